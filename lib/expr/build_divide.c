/*
 * Floor division, remainder, powers and bits.
 *
 * Division by a constant brings its left side to one form.  With d > 0:
 *   x // -d == (-x) // d              x % -d == -((-x) % d)
 *   (d*x + y) // d == x + y // d      (d*x + y) % d == y % d
 *   (g*x + r) // (g*d) == (x + r // g) // d
 *   (g*x + r) % (g*d) == g*((x + r // g) % d) + r % g
 *   (x // p + k) // d == (x + k*p) // (p*d)
 *   (x % p + k) // d == 0             (x % p + k) % d == x % p + k
 *                                     where k >= 0 and k + p <= d
 *   (x % p + y) % d == (x + y) % d    where d divides p
 * so constants on the left end in 0..d-1.  What may have no value is kept as
 * 0*x.  None of this is done where an OPAQUE is below: it may be no integer.
 */
#include "lib/expr/build_parts.h"

#include "lib/base/limits.h"

#include <assert.h>

/* Powers up to this become products. */
#define EXPONENT_LAST 64

/* ---- Division by a constant --------------------------------------------- */

/* The terms of a dividend, apart: what leaves the division, and what stays. */
typedef struct {
  integer *out, *in;
  size_t in_count; /* terms with a coefficient in `in` that is not 0 */
  integer gcd;     /* of the divisor and all of `in` */
} split;

/* The least of absolute value among the numbers that are `c` modulo `d`. */
static integer centred(arena *m, integer c, integer d) {
  const integer rest = integer_mod(m, c, d);
  const integer twice = integer_add(m, rest, rest);
  return integer_compare(twice, d) > 0 ? integer_sub(m, rest, d) : rest;
}

/* Puts each coefficient inside or outside; inside is reduced for `%`. */
static split split_terms(dimsat_context *cx, const linear *l, integer d,
                         bool reduce) {
  arena *const m = &cx->work;
  split s = {.out = arena_zeroed(m, l->count, sizeof *s.out),
             .in = arena_zeroed(m, l->count, sizeof *s.in),
             .gcd = d};
  for (size_t i = 0; i < l->count; i++) {
    const integer c = l->coefficient[i];
    if (integer_divides(d, c)) {
      s.out[i] = reduce ? integer_of(0) : integer_floordiv(m, c, d);
      continue;
    }
    s.in[i] = reduce ? centred(m, c, d) : c;
    s.in_count++;
    s.gcd = integer_gcd(m, s.gcd, s.in[i]);
  }
  return s;
}

/* The inner terms divided by their gcd, without those outside. */
static const expr *inner_sum(dimsat_context *cx, const linear *l,
                             const split *s, integer constant) {
  arena *const m = &cx->work;
  const expr **const arg = arena_alloc(m, l->count * sizeof *arg);
  integer *const coefficient = arena_alloc(m, l->count * sizeof *coefficient);
  size_t count = 0;
  for (size_t i = 0; i < l->count; i++)
    if (!integer_is(s->in[i], 0)) {
      arg[count] = l->arg[i];
      coefficient[count++] = integer_floordiv(m, s->in[i], s->gcd);
    }
  return build_linear(cx, constant, coefficient, arg, count);
}

/* constant + the terms outside + factor*core. */
static const expr *outer_sum(dimsat_context *cx, const linear *l,
                             const split *s, integer constant, integer factor,
                             const expr *core) {
  arena *const m = &cx->work;
  const expr **const arg = arena_alloc(m, (l->count + 1) * sizeof *arg);
  integer *const coefficient =
      arena_alloc(m, (l->count + 1) * sizeof *coefficient);
  size_t count = 0;
  for (size_t i = 0; i < l->count; i++)
    if (integer_is(s->in[i], 0)) {
      arg[count] = l->arg[i];
      coefficient[count++] = s->out[i];
    }
  arg[count] = core;
  coefficient[count++] = factor;
  return build_linear(cx, constant, coefficient, arg, count);
}

/* The node `x` in x + k for k >= 0 when it is `o` by a constant, or NULL. */
static const expr *inner_division(dimsat_context *cx, const expr *e, op o,
                                  integer *k) {
  const linear l = linear_of(cx, e);
  *k = l.constant;
  if (l.count != 1 || !integer_is(l.coefficient[0], 1) ||
      integer_sign(l.constant) < 0)
    return NULL;
  const expr *const x = l.arg[0];
  if (x->op != o || x->arg[1]->op != OP_INT ||
      integer_sign(x->arg[1]->value) <= 0)
    return NULL;
  return x;
}

/* Whether `e` is x % p + k within 0..d-1. */
static bool is_small_rest(dimsat_context *cx, const expr *e, integer d) {
  integer k;
  const expr *const x = inner_division(cx, e, OP_MOD, &k);
  return x != NULL &&
         integer_compare(integer_add(&cx->work, k, x->arg[1]->value), d) <= 0;
}

/* x // d for d > 1 and coprime coefficients in x. */
static const expr *quotient(dimsat_context *cx, const expr *x, integer d) {
  integer k;
  if (is_small_rest(cx, x, d))
    return vanish(cx, integer_of(0), &x, 1);
  const expr *const inner = inner_division(cx, x, OP_FLOORDIV, &k);
  if (inner == NULL)
    return intern_two(cx, OP_FLOORDIV, x, build_integer(cx, d));
  arena *const m = &cx->work;
  const integer p = inner->arg[1]->value;
  const expr *const top =
      scale(cx, inner->arg[0], integer_of(1), integer_mul(m, k, p));
  return build_floordiv(cx, top, build_integer(cx, integer_mul(m, p, d)));
}

/* a // d for d > 1. */
static const expr *divide(dimsat_context *cx, const expr *a, integer d) {
  arena *const m = &cx->work;
  const linear l = linear_of(cx, a);
  const split s = split_terms(cx, &l, d, false);
  const integer whole = integer_floordiv(m, l.constant, d);
  if (s.in_count == 0)
    return build_linear(cx, whole, s.out, l.arg, l.count);
  const integer rest = integer_mod(m, l.constant, d);
  const expr *const x = inner_sum(cx, &l, &s, integer_floordiv(m, rest, s.gcd));
  const expr *const core = quotient(cx, x, integer_floordiv(m, d, s.gcd));
  return outer_sum(cx, &l, &s, whole, integer_of(1), core);
}

/* (x % p + y) % d == (x + y) % d   where d divides p; `a` when there is none */
static const expr *drop_inner_rests(dimsat_context *cx, const expr *a,
                                    integer d) {
  const linear l = linear_of(cx, a);
  const expr **const arg = arena_alloc(&cx->work, l.count * sizeof *arg);
  bool found = false;
  for (size_t i = 0; i < l.count; i++) {
    const expr *const t = l.arg[i];
    const bool drop = t->op == OP_MOD && t->arg[1]->op == OP_INT &&
                      integer_sign(t->arg[1]->value) > 0 &&
                      integer_divides(d, t->arg[1]->value);
    arg[i] = drop ? t->arg[0] : t;
    found = found || drop;
  }
  return found ? build_linear(cx, l.constant, l.coefficient, arg, l.count) : a;
}

/* a % d for d > 1. */
static const expr *remainder_of(dimsat_context *cx, const expr *a, integer d) {
  arena *const m = &cx->work;
  for (const expr *next; (next = drop_inner_rests(cx, a, d)) != a;)
    a = next;
  const linear l = linear_of(cx, a);
  const split s = split_terms(cx, &l, d, true);
  const integer rest = integer_mod(m, l.constant, d);
  if (s.in_count == 0)
    return build_linear(cx, rest, s.out, l.arg, l.count);
  const expr *const x = inner_sum(cx, &l, &s, integer_floordiv(m, rest, s.gcd));
  const integer part = integer_floordiv(m, d, s.gcd);
  const expr *core = x;
  if (!is_small_rest(cx, x, part))
    core = integer_is(s.gcd, 1)
               ? intern_two(cx, OP_MOD, x, build_integer(cx, part))
               : remainder_of(cx, x, part);
  return outer_sum(cx, &l, &s, integer_mod(m, rest, s.gcd), s.gcd, core);
}

/* Whether the rules of this file may look at a / b. */
static bool is_plain(const expr *a, const expr *b) {
  return b->op == OP_INT && !integer_is(b->value, 0) && !a->opaque;
}

/* a // b; a zero divisor stays. */
const expr *build_floordiv(dimsat_context *cx, const expr *a, const expr *b) {
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  const expr *const both[] = {a, b};
  if (any_ratio(both, 2))
    return ratio_floordiv(cx, a, b);
  if (!is_plain(a, b))
    return intern_two(cx, OP_FLOORDIV, a, b);
  if (integer_is(b->value, 1))
    return a;
  if (integer_sign(b->value) < 0)
    return build_floordiv(cx, build_neg(cx, a), build_neg(cx, b));
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *const e = divide(cx, a, b->value);
  arena_rewind(&cx->work, mark);
  return e;
}

/* -((-a) // b) */
const expr *build_ceildiv(dimsat_context *cx, const expr *a, const expr *b) {
  return build_neg(cx, build_floordiv(cx, build_neg(cx, a), b));
}

/* a % b; a zero divisor stays. */
const expr *build_mod(dimsat_context *cx, const expr *a, const expr *b) {
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  const expr *const both[] = {a, b};
  if (any_ratio(both, 2))
    return ratio_mod(cx, a, b);
  if (!is_plain(a, b))
    return intern_two(cx, OP_MOD, a, b);
  if (integer_is(b->value, 1))
    return vanish(cx, integer_of(0), &a, 1);
  if (integer_sign(b->value) < 0)
    return build_neg(cx, build_mod(cx, build_neg(cx, a), build_neg(cx, b)));
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *const e = remainder_of(cx, a, b->value);
  arena_rewind(&cx->work, mark);
  return e;
}

/* ---- Powers ------------------------------------------------------------- */

/* An integer to a positive power; refused before it is computed. */
static const expr *fold_power(dimsat_context *cx, integer base,
                              integer exponent) {
  uint64_t times;
  if (integer_sign(base) == 0)
    return build_small(cx, 0);
  if (integer_bits(base) == 1)
    return build_small(cx, integer_is(base, -1) &&
                                   !integer_divides(integer_of(2), exponent)
                               ? -1
                               : 1);
  if (!integer_get_uint64(exponent, &times) || times > LIMIT_BITS ||
      (integer_bits(base) - 1) * times >= LIMIT_BITS)
    too_large(cx, "the power of a number has too many digits");
  return build_integer(cx, integer_pow(&cx->work, base, times));
}

/* x*x*..., `times` of them, at most EXPONENT_LAST. */
static const expr *repeat(dimsat_context *cx, const expr *x, size_t times) {
  const expr *factor[EXPONENT_LAST];
  assert(times <= EXPONENT_LAST);
  for (size_t i = 0; i < times; i++)
    factor[i] = x;
  return build_product(cx, factor, times);
}

/* (n/d) ** e == n**e / d**e, and (n/d) ** -e == d**e / n**e */
static const expr *ratio_power(dimsat_context *cx, const expr *a,
                               const expr *e) {
  if (integer_sign(e->value) < 0)
    return build_ratio(cx, build_small(cx, 1),
                       build_pow(cx, a, build_neg(cx, e)));
  return build_ratio(cx, build_pow(cx, a->arg[0], e),
                     build_pow(cx, a->arg[1], e));
}

/* a ** b for an integer b. */
static const expr *constant_power(dimsat_context *cx, const expr *a,
                                  const expr *b) {
  if (integer_is(b->value, 0))
    return vanish(cx, integer_of(1), &a, 1);
  if (a->op == OP_RATIO)
    return ratio_power(cx, a, b);
  if (integer_sign(b->value) < 0)
    return intern_two(cx, OP_POW, a, b);
  if (a->op == OP_INT)
    return fold_power(cx, a->value, b->value);
  if (integer_compare(b->value, integer_of(EXPONENT_LAST)) <= 0)
    return repeat(cx, a, (size_t)b->value.small);
  return intern_two(cx, OP_POW, a, b);
}

/* a ** b; a power of reals that is no product is a function like any other. */
const expr *build_pow(dimsat_context *cx, const expr *a, const expr *b) {
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  if (b->op == OP_INT) {
    const arena_mark mark = arena_get_mark(&cx->work);
    const expr *const e = constant_power(cx, a, b);
    arena_rewind(&cx->work, mark);
    return e;
  }
  const expr *const both[] = {a, b};
  if (any_ratio(both, 2))
    return build_opaque(cx, "FloatPow", both, 2, false);
  return intern_two(cx, OP_POW, a, b);
}
