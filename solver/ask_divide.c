/*
 * Divisions by a divisor that is no number, made simpler.  All divisors of a
 * case differ from 0, so with Python's rounding and for either sign
 *
 *   (d*m + n) // d = m + n // d        (d*m + n) % d = n % d
 *   (f*n) // (f*d) = n // d            (f*n) % (f*d) = f*(n % d)
 *   n // d = (-n) // (-d)              n % d = -((-n) % (-d))
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"

/* A product: number * factor * .. */
typedef struct {
  integer number;
  const expr *const *factor;
  uint32_t count;
} product;

/* c*e as a product; `e` is no sum of several terms. */
static product product_of(arena *m, integer c, const expr *const *e) {
  const expr *x = *e;
  if (x->op == OP_INT)
    return (product){.number = integer_mul(m, c, x->value)};
  if (x->op == OP_ADD && x->count == 1 && integer_is(x->value, 0))
    return product_of(m, integer_mul(m, c, x->coefficient[0]), x->arg);
  if (x->op == OP_MUL)
    return (product){.number = c, .factor = x->arg, .count = x->count};
  return (product){.number = c, .factor = e, .count = 1};
}

/* a / b where b divides a factor by factor, or NULL. */
static const expr *quotient(dimsat_context *cx, product a, product b) {
  arena *m = &cx->work;
  if (integer_is(b.number, 0) || !integer_divides(b.number, a.number))
    return NULL;
  const expr **rest = arena_zeroed(m, a.count + 1, sizeof *rest);
  size_t kept = 0;
  uint32_t met = 0;
  for (uint32_t i = 0; i < a.count; i++) {
    if (met < b.count && a.factor[i] == b.factor[met])
      met++;
    else
      rest[kept++] = a.factor[i];
  }
  if (met < b.count)
    return NULL;
  rest[kept++] = build_integer(cx, integer_floordiv(m, a.number, b.number));
  return build_product(cx, rest, kept);
}

/* The part of n that d divides term by term: its quotient. */
static const expr *whole_part(dimsat_context *cx, const expr *n,
                              const expr *d) {
  const integer one = integer_of(1);
  const product by = product_of(&cx->work, one, &d);
  const expr *whole = build_small(cx, 0), *q;
  if (n->op != OP_ADD) {
    q = quotient(cx, product_of(&cx->work, one, &n), by);
    return q ? q : whole;
  }
  for (uint32_t i = 0; i < n->count; i++) {
    q = quotient(cx, product_of(&cx->work, n->coefficient[i], &n->arg[i]), by);
    if (q)
      whole = build_add(cx, whole, q);
  }
  return whole;
}

/* n / f where the symbol f divides each term, or NULL. */
static const expr *divided(dimsat_context *cx, const expr *n, const expr *f) {
  if (n->op != OP_ADD)
    return quotient(cx, product_of(&cx->work, integer_of(1), &n),
                    product_of(&cx->work, integer_of(1), &f));
  const expr *whole = whole_part(cx, n, f);
  return build_sub(cx, n, build_mul(cx, whole, f))->op == OP_INT &&
                 integer_is(n->value, 0)
             ? whole
             : NULL;
}

/* Replaces a division of n by d. */
static void replace_division(ask_case *k, const expr *n, const expr *d,
                             const expr *quotient_is,
                             const expr *remainder_is) {
  dimsat_context *cx = k->a->cx;
  ask_case_replace(k, build_floordiv(cx, n, d), quotient_is);
  ask_case_replace(k, build_mod(cx, n, d), remainder_is);
}

/* Cancels a symbol. */
static bool cancel(ask_case *k, const expr *n, const expr *d) {
  dimsat_context *cx = k->a->cx;
  for (size_t i = 0; i < k->count; i++) {
    const expr *f = k->symbol[i];
    const expr *below = divided(cx, d, f);
    const expr *above = below ? divided(cx, n, f) : NULL;
    if (!above || below == d)
      continue;
    replace_division(k, n, d, build_floordiv(cx, above, below),
                     build_mul(cx, f, build_mod(cx, above, below)));
    return true;
  }
  return false;
}

/* Turns the signs where the divisor is negative. */
static bool turn_signs(ask_case *k, const expr *n, const expr *d) {
  dimsat_context *cx = k->a->cx;
  const interval r = ask_case_range(k, d);
  if (!r.has_hi || integer_sign(r.hi) >= 0)
    return false;
  const expr *above = build_neg(cx, n), *below = build_neg(cx, d);
  const expr *quotient_is = build_floordiv(cx, above, below);
  const expr *remainder_is = build_neg(cx, build_mod(cx, above, below));
  if (quotient_is == build_floordiv(cx, n, d) ||
      remainder_is == build_mod(cx, n, d))
    return false;
  replace_division(k, n, d, quotient_is, remainder_is);
  return true;
}

/* Makes the division e simpler everywhere. */
bool ask_divide_step(ask_case *k, const expr *e) {
  dimsat_context *cx = k->a->cx;
  const expr *n = e->arg[0], *d = e->arg[1];
  if (turn_signs(k, n, d))
    return true;
  if (d->op == OP_INT || n->op == OP_INT)
    return false;
  const expr *whole = whole_part(cx, n, d);
  if (whole->op == OP_INT && integer_is(whole->value, 0))
    return cancel(k, n, d);
  const expr *rest = ask_bare(k->a, build_sub(cx, n, build_mul(cx, whole, d)));
  const bool even = rest->op == OP_INT && integer_is(rest->value, 0);
  const expr *zero = build_small(cx, 0);
  replace_division(
      k, n, d, even ? whole : build_add(cx, whole, build_floordiv(cx, rest, d)),
      even ? zero : build_mod(cx, rest, d));
  return true;
}
