/*
 * Quotients and floats.
 *
 * A RATIO stands only at the top of a number: whatever takes one apart works on
 * its numerator and denominator, which are integers.  The denominator is an
 * integer greater than 1, or no constant, or 0, which never has a value; the
 * numerator is a constant or a FLOAT, so that the value counts only while it
 * fits in a float.  Two constants are in lowest terms.
 *
 * Where a denominator d is multiplied away it is put back as 0*(1 // d): no
 * rule may give a value to a division by 0.
 */
#include "lib/expr/build_parts.h"

#include <assert.h>

/* Distinct denominators of one sum that are no constants. */
#define DENOMINATORS_LAST 64

/* ---- Parts -------------------------------------------------------------- */

/* The numerator of any number. */
static const expr *numerator(const expr *a) {
  return a->op == OP_RATIO ? a->arg[0] : a;
}

/* The denominator of any number. */
static const expr *denominator(dimsat_context *cx, const expr *a) {
  return a->op == OP_RATIO ? a->arg[1] : build_small(cx, 1);
}

/* Whether `d` is a constant other than 0. */
static bool is_constant(const expr *d) {
  return d->op == OP_INT && !integer_is(d->value, 0);
}

/* Whether |a| < 2**53. */
static bool fits_float(integer a) {
  return integer_bits(a) <= 53;
}

/* FLOAT(FLOAT(a)) = FLOAT(a), FLOAT(c) = c where c is exact. */
const expr *build_float(dimsat_context *cx, const expr *a) {
  a = build_as_number(cx, a);
  if (a->op == OP_FLOAT || a->op == OP_RATIO ||
      (a->op == OP_INT && fits_float(a->value)))
    return a;
  return intern_list(cx, OP_FLOAT, &a, 1);
}

/* As `build_float`, but constants stay exact. */
static const expr *float_of(dimsat_context *cx, const expr *a) {
  return a->op == OP_INT ? a : build_float(cx, a);
}

/* The gcd of everything in `n` and of d. */
static integer common_factor(dimsat_context *cx, const expr *n, integer d) {
  const linear l = linear_of(cx, n);
  arena *const m = &cx->work;
  return integer_gcd(m, d, integer_gcd(m, l.constant, linear_gcd(cx, &l)));
}

/* n/d for a constant d other than 0. */
static const expr *over_constant(dimsat_context *cx, const expr *n, integer d) {
  arena *const m = &cx->work;
  integer g = common_factor(cx, n, d);
  if (integer_sign(d) < 0)
    g = integer_neg(m, g);
  const linear l = linear_of(cx, n);
  const expr *const top = linear_build(cx, &l, integer_of(1), g,
                                       integer_floordiv(m, l.constant, g));
  const integer bottom = integer_floordiv(m, d, g);
  const expr *const exact = float_of(cx, top);
  return integer_is(bottom, 1)
             ? exact
             : intern_two(cx, OP_RATIO, exact, build_integer(cx, bottom));
}

/* n/d for integers n and d. */
static const expr *make(dimsat_context *cx, const expr *n, const expr *d) {
  if (!is_constant(d))
    return intern_two(cx, OP_RATIO, float_of(cx, n), build_float(cx, d));
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *const e = over_constant(cx, n, d->value);
  arena_rewind(&cx->work, mark);
  return e;
}

/* a / b */
const expr *build_ratio(dimsat_context *cx, const expr *a, const expr *b) {
  a = build_as_number(cx, a);
  b = build_as_number(cx, b);
  const expr *const below = denominator(cx, b);
  const expr *n = build_mul(cx, numerator(a), below);
  const expr *d = build_mul(cx, denominator(cx, a), numerator(b));
  if (!is_constant(below)) {
    n = build_mul(cx, n, below);
    d = build_mul(cx, d, below);
  }
  return make(cx, n, d);
}

/* ---- Common denominators ------------------------------------------------ */

typedef struct {
  integer constant; /* lcm of the constant denominators, > 0 */
  operands other;   /* the distinct others */
} common;

/* Takes in one denominator. */
static void common_add(dimsat_context *cx, common *c, const expr *d) {
  if (is_constant(d)) {
    c->constant = integer_lcm(&cx->work, c->constant, d->value);
    return;
  }
  for (size_t i = 0; i < c->other.count; i++)
    if (c->other.item[i] == d)
      return;
  if (c->other.count >= DENOMINATORS_LAST)
    too_large(cx, "a sum has too many different denominators");
  operands_add(cx, &c->other, d);
}

/* The common denominator of `count` numbers. */
static common common_of(dimsat_context *cx, const expr *const *arg,
                        size_t count) {
  common c = {.constant = integer_of(1)};
  for (size_t i = 0; i < count; i++)
    common_add(cx, &c, denominator(cx, arg[i]));
  return c;
}

/* The common denominator, without `d` and divided by `divisor`, times `n`. */
static const expr *common_times(dimsat_context *cx, const common *c,
                                const expr *d, integer divisor, const expr *n) {
  operands factor = {0};
  for (size_t i = 0; i < c->other.count; i++)
    if (c->other.item[i] != d)
      operands_add(cx, &factor, c->other.item[i]);
  operands_add(
      cx, &factor,
      build_integer(cx, integer_floordiv(&cx->work, c->constant, divisor)));
  operands_add(cx, &factor, n);
  return build_product(cx, factor.item, factor.count);
}

/* The common denominator as an expression. */
static const expr *common_whole(dimsat_context *cx, const common *c) {
  return common_times(cx, c, NULL, integer_of(1), build_small(cx, 1));
}

/* What `a` becomes when it is brought to the common denominator. */
static const expr *common_numerator(dimsat_context *cx, const common *c,
                                    const expr *a) {
  const expr *const d = denominator(cx, a);
  const integer divisor = is_constant(d) ? d->value : integer_of(1);
  return common_times(cx, c, d, divisor, numerator(a));
}

/* Brings all of `arg` to one denominator, which is returned. */
static const expr *align(dimsat_context *cx, const expr *const *arg,
                         size_t count, const expr **top) {
  const common c = common_of(cx, arg, count);
  for (size_t i = 0; i < count; i++)
    top[i] = common_numerator(cx, &c, arg[i]);
  return common_whole(cx, &c);
}

/* ---- Arithmetic --------------------------------------------------------- */

/* constant + sum of coefficient[i]*arg[i]. */
const expr *ratio_linear(dimsat_context *cx, integer constant,
                         const integer *coefficient, const expr *const *arg,
                         size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr **const top = arena_alloc(&cx->work, (count + 1) * sizeof *top);
  integer *const factor = arena_alloc(&cx->work, (count + 1) * sizeof *factor);
  for (size_t i = 0; i < count; i++)
    top[i] = build_as_number(cx, arg[i]);
  const expr *const bottom = align(cx, top, count, top);
  for (size_t i = 0; i < count; i++)
    factor[i] = coefficient[i];
  top[count] = bottom;
  factor[count] = constant;
  const size_t terms = integer_is(constant, 0) ? count : count + 1;
  const expr *const sum = build_linear(cx, integer_of(0), factor, top, terms);
  const expr *const e = make(cx, sum, bottom);
  arena_rewind(&cx->work, mark);
  return e;
}

/* The product of all numerators over the product of all denominators. */
const expr *ratio_product(dimsat_context *cx, const expr *const *arg,
                          size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  operands top = {0}, bottom = {0};
  for (size_t i = 0; i < count; i++) {
    operands_add(cx, &top, numerator(arg[i]));
    operands_add(cx, &bottom, denominator(cx, arg[i]));
  }
  const expr *const n = build_product(cx, top.item, top.count);
  const expr *const d = build_product(cx, bottom.item, bottom.count);
  const expr *const e = make(cx, n, d);
  arena_rewind(&cx->work, mark);
  return e;
}

/* a // b == floor(a / b) */
const expr *ratio_floordiv(dimsat_context *cx, const expr *a, const expr *b) {
  return build_round(cx, ROUND_FLOOR, build_ratio(cx, a, b));
}

/* a % b == a - b*(a // b) */
const expr *ratio_mod(dimsat_context *cx, const expr *a, const expr *b) {
  return build_sub(cx, a, build_mul(cx, b, ratio_floordiv(cx, a, b)));
}

/* ---- Choices ------------------------------------------------------------ */

/* ITE(c, n/d, m/d) == ITE(c, n, m)/d */
const expr *ratio_ite(dimsat_context *cx, const expr *condition, const expr *a,
                      const expr *b) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *top[] = {a, b};
  const expr *const bottom = align(cx, top, 2, top);
  const expr *const e =
      make(cx, build_ite(cx, condition, top[0], top[1]), bottom);
  arena_rewind(&cx->work, mark);
  return e;
}

/* min(a, b) or max(a, b) as a choice, for denominators of any sign. */
static const expr *choose(dimsat_context *cx, op o, const expr *a,
                          const expr *b) {
  const expr *const first = build_le(cx, a, b);
  return o == OP_MIN ? build_ite(cx, first, a, b) : build_ite(cx, first, b, a);
}

/* min(n/d, m/d) == min(n, m)/d   where d > 0 */
const expr *ratio_extremum(dimsat_context *cx, op o, const expr *const *arg,
                           size_t count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr **const top = arena_alloc(&cx->work, count * sizeof *top);
  for (size_t i = 0; i < count; i++)
    top[i] = build_as_number(cx, arg[i]);
  const expr *e = top[0];
  if (common_of(cx, top, count).other.count == 0) {
    const expr *const bottom = align(cx, top, count, top);
    e = make(
        cx, o == OP_MIN ? build_min(cx, top, count) : build_max(cx, top, count),
        bottom);
  } else {
    for (size_t i = 1; i < count; i++)
      e = choose(cx, o, e, top[i]);
  }
  arena_rewind(&cx->work, mark);
  return e;
}

/* ---- Rounding ----------------------------------------------------------- */

/* Toward 0: up below it, down above it. */
static const expr *truncate(dimsat_context *cx, const expr *n, const expr *d) {
  const expr *const sign = is_constant(d) ? n : build_mul(cx, n, d);
  return build_ite(cx, build_le(cx, build_small(cx, 0), sign),
                   build_floordiv(cx, n, d), build_ceildiv(cx, n, d));
}

/* To the nearest, ties to even: floor(n/d + 1/2), less 1 where that is odd and
 * the division was even. */
static const expr *round_even(dimsat_context *cx, const expr *n,
                              const expr *d) {
  const expr *const two = build_small(cx, 2);
  const expr *const top = build_add(cx, build_mul(cx, two, n), d);
  const expr *const bottom = build_mul(cx, two, d);
  const expr *const nearest = build_floordiv(cx, top, bottom);
  const expr *const zero = build_small(cx, 0);
  const expr *const tie[] = {build_eq(cx, build_mod(cx, top, bottom), zero),
                             build_ne(cx, build_mod(cx, nearest, two), zero)};
  return build_sub(cx, nearest, build_and(cx, tie, 2));
}

/* Integers stay; what may be a real that nobody knows becomes a function. */
const expr *build_round(dimsat_context *cx, rounding how, const expr *any) {
  static const char *const name[] = {
      [ROUND_TRUNC] = "TruncToInt",
      [ROUND_FLOOR] = "FloorToInt",
      [ROUND_CEIL] = "CeilToInt",
      [ROUND_EVEN] = "RoundToInt",
  };
  const expr *const a = build_as_number(cx, any);
  if (a->opaque)
    return build_opaque(cx, name[how], &a, 1, false);
  if (a->op != OP_RATIO)
    return a;
  const expr *const n = a->arg[0], *const d = a->arg[1];
  switch (how) {
  case ROUND_FLOOR:
    return build_floordiv(cx, n, d);
  case ROUND_CEIL:
    return build_ceildiv(cx, n, d);
  case ROUND_TRUNC:
    return truncate(cx, n, d);
  case ROUND_EVEN:
    return round_even(cx, n, d);
  }
  assert(false && "a way of rounding");
  return a;
}

/* ---- Relations ---------------------------------------------------------- */

/* x/d against y/d; positive constants in the denominator make no difference
 * and are left out of d. */
typedef struct {
  const expr *x, *y, *d;
} pair;

/* Brings two numbers to one denominator. */
static pair pair_of(dimsat_context *cx, const expr *a, const expr *b) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr *const both[] = {a, b};
  const common c = common_of(cx, both, 2);
  const pair p = {.x = common_numerator(cx, &c, a),
                  .y = common_numerator(cx, &c, b),
                  .d = build_product(cx, c.other.item, c.other.count)};
  arena_rewind(&cx->work, mark);
  return p;
}

/* `e`, without a value where d is 0. */
static const expr *unless_zero(dimsat_context *cx, const expr *e,
                               const expr *d) {
  const expr *const inverse = build_floordiv(cx, build_small(cx, 1), d);
  return build_add(cx, e, vanish(cx, integer_of(0), &inverse, 1));
}

/* x/d == y/d where x == y and d is not 0. */
const expr *ratio_eq(dimsat_context *cx, const expr *a, const expr *b) {
  const pair p = pair_of(cx, a, b);
  const expr *const x = is_constant(p.d) ? p.x : unless_zero(cx, p.x, p.d);
  return build_eq(cx, x, p.y);
}

/* x/d <= y/d where 0 < d and x <= y, or d < 0 and y <= x. */
const expr *ratio_le(dimsat_context *cx, const expr *a, const expr *b) {
  const pair p = pair_of(cx, a, b);
  if (is_constant(p.d))
    return build_le(cx, p.x, p.y);
  const expr *const zero = build_small(cx, 0);
  const expr *const above[] = {build_lt(cx, zero, unless_zero(cx, p.d, p.d)),
                               build_le(cx, p.x, p.y)};
  const expr *const below[] = {build_lt(cx, p.d, zero), build_le(cx, p.y, p.x)};
  const expr *const either[] = {build_and(cx, above, 2),
                                build_and(cx, below, 2)};
  return build_or(cx, either, 2);
}
