/*
 * Steps on one relation of a case: bounds into ranges, equalities into
 * substitutions, inequalities into slack.  With p the difference of the sides,
 * as a sum of terms k*t,
 *
 *   p >= 0   narrows the symbols among the t; k*floor(n/d) with k = 1 or -1
 *            goes over to n; x + rest, where x has no other bound on that side,
 *            is x = -rest + t with t >= 0
 *   p == 0   gives away a symbol with k = 1 or -1; without one, one step of the
 *            Euclidean algorithm on the coefficients
 *   p != 0   trims a range at its end; a product splits into its factors
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"

/* A number as a sum of terms. */
typedef struct {
  const expr *whole;
  bool sum;
  integer constant;
  uint32_t count;
} terms;

static terms terms_of(const expr *p) {
  if (p->op == OP_INT)
    return (terms){.whole = p, .constant = p->value};
  if (p->op == OP_ADD)
    return (terms){
        .whole = p, .sum = true, .constant = p->value, .count = p->count};
  return (terms){.whole = p, .count = 1};
}

static integer coefficient(const terms *t, uint32_t i) {
  return t->sum ? t->whole->coefficient[i] : integer_of(1);
}

static const expr *term_at(const terms *t, uint32_t i) {
  return t->sum ? t->whole->arg[i] : t->whole;
}

/* k*a + b */
static const expr *combine(ask_case *k, integer factor, const expr *a,
                           const expr *b) {
  const integer by[] = {factor, integer_of(1)};
  const expr *arg[] = {a, b};
  return build_linear(k->a->cx, integer_of(0), by, arg, 2);
}

/* The sum without term i. */
static const expr *without(ask_case *k, const terms *t, uint32_t i) {
  const integer back = integer_neg(&k->a->cx->work, coefficient(t, i));
  return ask_bare(k->a, combine(k, back, term_at(t, i), t->whole));
}

static bool is_unit(integer c) {
  return integer_is(c, 1) || integer_is(c, -1);
}

/* Whether term i is a symbol that no other term holds. */
static bool is_alone(ask_case *k, const terms *t, uint32_t i) {
  const expr *x = term_at(t, i);
  if (x->op != OP_SYMBOL)
    return false;
  for (uint32_t j = 0; j < t->count; j++)
    if (j != i && ask_mentions(k->a, term_at(t, j), x))
      return false;
  return true;
}

/* Puts relation i in other words. */
static ask_step rewrite(ask_case *k, size_t i, const expr *condition) {
  ask_case_drop(k, i);
  ask_case_add(k, condition);
  return STEP_DONE;
}

/* The condition e >= 0. */
static const expr *at_least_zero(ask_case *k, const expr *e) {
  return build_le(k->a->cx, build_small(k->a->cx, 0), e);
}

/* ---- p >= 0 ------------------------------------------------------------- */

/* Narrows variable v. */
static ask_step narrow(ask_case *k, size_t v, interval to) {
  const interval r = interval_meet(k->range[v], to);
  if (interval_is_empty(r))
    return STEP_CONTRADICTION;
  if (k->patience == 0 || interval_equal(r, k->range[v]))
    return STEP_NONE;
  const bool jump = r.has_lo != k->range[v].has_lo ||
                    r.has_hi != k->range[v].has_hi || interval_is_single(r);
  k->patience -= !jump;
  k->range[v] = r;
  return STEP_DONE;
}

/* k*x >= -rest for each symbol x among the terms. */
static ask_step propagate(ask_case *k, const expr *p) {
  arena *m = &k->a->cx->work;
  const terms t = terms_of(p);
  for (uint32_t i = 0; i < t.count; i++) {
    const integer c = coefficient(&t, i);
    if (term_at(&t, i)->op != OP_SYMBOL || integer_is(c, 0))
      continue;
    const interval rest = ask_case_range(k, without(k, &t, i));
    if (!rest.has_hi)
      continue;
    const integer least = integer_neg(m, rest.hi);
    const interval to = integer_sign(c) > 0
                            ? interval_from(integer_ceildiv(m, least, c))
                            : interval_upto(integer_floordiv(m, least, c));
    const ask_step s = narrow(k, ask_case_variable(k, term_at(&t, i)), to);
    if (s != STEP_NONE)
      return s;
  }
  return STEP_NONE;
}

/* k*max(..) + rest >= 0 with k < 0, or k*min(..) with k > 0, is that of all. */
static ask_step spread(ask_case *k, size_t i, const terms *t) {
  for (uint32_t j = 0; j < t->count; j++) {
    const expr *e = term_at(t, j);
    const integer c = coefficient(t, j);
    if (!(e->op == OP_MAX && integer_sign(c) < 0) &&
        !(e->op == OP_MIN && integer_sign(c) > 0))
      continue;
    const expr *rest = without(k, t, j);
    ask_case_drop(k, i);
    for (uint32_t n = 0; n < e->count; n++)
      ask_case_add(k, at_least_zero(k, combine(k, c, e->arg[n], rest)));
    return STEP_DONE;
  }
  return STEP_NONE;
}

/*
 * With d >= 1, floor(n/d) + rest >= 0 is n + d*rest >= 0, and
 * rest - floor(n/d) >= 0 is d*rest + d - 1 - n >= 0.
 */
static ask_step multiply_out(ask_case *k, size_t i, const terms *t) {
  dimsat_context *cx = k->a->cx;
  for (uint32_t j = 0; j < t->count; j++) {
    const expr *e = term_at(t, j);
    const integer c = coefficient(t, j);
    if (e->op != OP_FLOORDIV || !is_unit(c))
      continue;
    const interval d = ask_case_range(k, e->arg[1]);
    if (!d.has_lo || integer_sign(d.lo) <= 0)
      continue;
    const expr *rest = build_mul(cx, e->arg[1], without(k, t, j));
    const expr *p = combine(k, c, e->arg[0], rest);
    if (integer_sign(c) < 0)
      p = build_sub(cx, build_add(cx, p, e->arg[1]), build_small(cx, 1));
    return rewrite(k, i, at_least_zero(k, p));
  }
  return STEP_NONE;
}

/* x + rest >= 0 where x has no other bound on that side: x = t - rest. */
static ask_step take_slack(ask_case *k, size_t i, const terms *t) {
  dimsat_context *cx = k->a->cx;
  for (uint32_t j = 0; j < t->count; j++) {
    const integer c = coefficient(t, j);
    if (!is_unit(c) || term_at(t, j)->op != OP_SYMBOL)
      continue;
    const expr *x = term_at(t, j);
    const interval r = k->range[ask_case_variable(k, x)];
    const bool up = integer_sign(c) > 0;
    if (up ? r.has_hi : r.has_lo)
      continue;
    const expr *rest = without(k, t, j);
    const interval s = ask_case_range(k, rest);
    if (up && r.has_lo &&
        !(s.has_hi && integer_sign(integer_add(&cx->work, s.hi, r.lo)) <= 0))
      continue;
    if (!up && r.has_hi && !(s.has_hi && integer_compare(s.hi, r.hi) <= 0))
      continue;
    if (!is_alone(k, t, j))
      continue;
    ask_case_drop(k, i);
    const expr *slack = ask_case_invent(k, interval_from(integer_of(0)));
    const expr *e = build_sub(cx, slack, rest);
    ask_case_substitute(k, x, up ? e : build_neg(cx, e));
    return STEP_DONE;
  }
  return STEP_NONE;
}

/* A step on p >= 0. */
static ask_step step_at_least(ask_case *k, size_t i, const expr *p) {
  const interval r = ask_case_range(k, p);
  if (r.has_lo && integer_sign(r.lo) >= 0) {
    ask_case_drop(k, i);
    return STEP_DONE;
  }
  if (r.has_hi && integer_sign(r.hi) < 0)
    return STEP_CONTRADICTION;
  const terms t = terms_of(p);
  ask_step s = propagate(k, p);
  if (s == STEP_NONE)
    s = spread(k, i, &t);
  if (s == STEP_NONE)
    s = multiply_out(k, i, &t);
  return s == STEP_NONE ? take_slack(k, i, &t) : s;
}

/* ---- p == 0 ------------------------------------------------------------- */

/* k*x + rest == 0 with k = 1 or -1: x is given away. */
static ask_step give_away(ask_case *k, size_t i, const terms *t) {
  dimsat_context *cx = k->a->cx;
  for (uint32_t j = 0; j < t->count; j++) {
    const integer c = coefficient(t, j);
    if (!is_unit(c) || !is_alone(k, t, j))
      continue;
    const expr *x = term_at(t, j), *rest = without(k, t, j);
    ask_case_drop(k, i);
    ask_case_substitute(k, x, integer_sign(c) > 0 ? build_neg(cx, rest) : rest);
    return STEP_DONE;
  }
  return STEP_NONE;
}

/* One term: k*x + c == 0. */
static ask_step solve_single(ask_case *k, size_t i, const terms *t) {
  arena *m = &k->a->cx->work;
  const integer c = coefficient(t, 0);
  const expr *x = term_at(t, 0);
  if (t->count != 1 || x->op != OP_SYMBOL || integer_is(c, 0))
    return STEP_NONE;
  if (!integer_divides(c, t->constant))
    return STEP_CONTRADICTION;
  const integer at = integer_neg(m, integer_floordiv(m, t->constant, c));
  if (!interval_has(k->range[ask_case_variable(k, x)], at))
    return STEP_CONTRADICTION;
  ask_case_drop(k, i);
  ask_case_substitute(k, x, build_integer(k->a->cx, at));
  return STEP_DONE;
}

/*
 * floor(n/d) == e is n == d*e + s, and n % d == e is n == d*q + e with
 * 0 <= e < d, for d >= 1, an s from 0 to d - 1 and some q.
 */
static ask_step open_division(ask_case *k, size_t i, const terms *t) {
  dimsat_context *cx = k->a->cx;
  for (uint32_t j = 0; j < t->count; j++) {
    const expr *e = term_at(t, j);
    const integer c = coefficient(t, j);
    if ((e->op != OP_FLOORDIV && e->op != OP_MOD) || !is_unit(c))
      continue;
    if (ask_divide_step(k, e))
      return STEP_DONE;
    const expr *n = e->arg[0], *d = e->arg[1], *rest = without(k, t, j);
    const interval r = ask_case_range(k, d);
    if (!r.has_lo || integer_sign(r.lo) <= 0)
      continue;
    const expr *is = integer_sign(c) > 0 ? build_neg(cx, rest) : rest;
    const bool quotient = e->op == OP_FLOORDIV;
    ask_case_drop(k, i);
    if (is->depth < e->depth)
      ask_case_replace(k, e, is);
    const expr *other = ask_case_invent(
        k, quotient ? interval_from(integer_of(0)) : interval_all());
    const expr *q = quotient ? is : other, *s = quotient ? other : is;
    ask_case_add(k, at_least_zero(k, s));
    ask_case_add(k, build_lt(cx, s, d));
    ask_case_add(k, build_eq(cx, n, build_add(cx, build_mul(cx, d, q), s)));
    return STEP_DONE;
  }
  return STEP_NONE;
}

/*
 * All terms symbols, no unit coefficient: with k the smallest, of x, a new
 * z = x + sum of floor(k_i/k)*x_i + floor(c/k) leaves k*z + the remainders.
 */
static ask_step euclid(ask_case *k, const terms *t) {
  dimsat_context *cx = k->a->cx;
  arena *m = &cx->work;
  uint32_t least = 0;
  for (uint32_t i = 0; i < t->count; i++) {
    if (term_at(t, i)->op != OP_SYMBOL || integer_is(coefficient(t, i), 0))
      return STEP_NONE;
    if (integer_compare(integer_abs(m, coefficient(t, i)),
                        integer_abs(m, coefficient(t, least))) < 0)
      least = i;
  }
  if (t->count < 2)
    return STEP_NONE;
  const integer c = coefficient(t, least);
  const expr *e = ask_case_invent(k, interval_all());
  e = combine(k, integer_of(-1),
              build_integer(cx, integer_floordiv(m, t->constant, c)), e);
  for (uint32_t i = 0; i < t->count; i++)
    if (i != least)
      e = combine(k, integer_neg(m, integer_floordiv(m, coefficient(t, i), c)),
                  term_at(t, i), e);
  ask_case_substitute(k, term_at(t, least), e);
  return STEP_DONE;
}

/* A step on p == 0. */
static ask_step step_equal(ask_case *k, size_t i, const expr *p) {
  const interval r = ask_case_range(k, p);
  if ((r.has_lo && integer_sign(r.lo) > 0) ||
      (r.has_hi && integer_sign(r.hi) < 0))
    return STEP_CONTRADICTION;
  if (interval_is_single(r)) {
    ask_case_drop(k, i);
    return STEP_DONE;
  }
  const terms t = terms_of(p);
  ask_step s = solve_single(k, i, &t);
  if (s == STEP_NONE)
    s = give_away(k, i, &t);
  if (s == STEP_NONE)
    s = propagate(k, p);
  if (s == STEP_NONE)
    s = propagate(k, build_neg(k->a->cx, p));
  if (s == STEP_NONE)
    s = open_division(k, i, &t);
  return s == STEP_NONE ? euclid(k, &t) : s;
}

/* ---- p != 0 ------------------------------------------------------------- */

/* k*x + c != 0 at an end of the range of x. */
static ask_step trim(ask_case *k, size_t i, const terms *t) {
  arena *m = &k->a->cx->work;
  const integer c = coefficient(t, 0);
  const size_t v = ask_case_variable(k, term_at(t, 0));
  interval *r = &k->range[v];
  const bool met = integer_divides(c, t->constant);
  const integer at =
      met ? integer_neg(m, integer_floordiv(m, t->constant, c)) : c;
  if (met && r->has_lo && integer_equal(r->lo, at))
    r->lo = integer_add(m, at, integer_of(1));
  else if (met && r->has_hi && integer_equal(r->hi, at))
    r->hi = integer_sub(m, at, integer_of(1));
  else if (met && interval_has(*r, at))
    return STEP_NONE;
  if (interval_is_empty(*r))
    return STEP_CONTRADICTION;
  ask_case_drop(k, i);
  return STEP_DONE;
}

/* A step on p != 0. */
static ask_step step_unequal(ask_case *k, size_t i, const expr *p) {
  dimsat_context *cx = k->a->cx;
  const interval r = ask_case_range(k, p);
  if ((r.has_lo && integer_sign(r.lo) > 0) ||
      (r.has_hi && integer_sign(r.hi) < 0)) {
    ask_case_drop(k, i);
    return STEP_DONE;
  }
  if (interval_is_single(r))
    return STEP_CONTRADICTION;
  const terms t = terms_of(p);
  if (t.count == 1 && term_at(&t, 0)->op == OP_SYMBOL)
    return trim(k, i, &t);
  if (t.count == 1 && term_at(&t, 0)->op == OP_MUL &&
      integer_is(t.constant, 0)) {
    const expr *e = term_at(&t, 0);
    ask_case_drop(k, i);
    for (uint32_t j = 0; j < e->count; j++)
      ask_case_add(k, build_ne(cx, e->arg[j], build_small(cx, 0)));
    return STEP_DONE;
  }
  const integer one = integer_of(1), minus = integer_of(-1);
  const expr *unit = build_small(cx, -1);
  if (r.has_lo && integer_is(r.lo, 0))
    return rewrite(k, i, at_least_zero(k, combine(k, one, p, unit)));
  if (r.has_hi && integer_is(r.hi, 0))
    return rewrite(k, i, at_least_zero(k, combine(k, minus, p, unit)));
  return STEP_NONE;
}

/* A step on the relation that is condition i. */
ask_step ask_relation_step(ask_case *k, size_t i) {
  const expr *e = k->condition[i];
  const expr *r = e->op == OP_NOT ? e->arg[0] : e;
  if ((r->op != OP_EQ && r->op != OP_LE) || r->opaque || r->arg[0]->truth)
    return STEP_NONE;
  const expr *p = ask_bare(k->a, build_sub(k->a->cx, r->arg[1], r->arg[0]));
  if (p->op == OP_RATIO)
    return STEP_NONE;
  if (r->op == OP_LE)
    return step_at_least(k, i, p);
  return e->op == OP_NOT ? step_unequal(k, i, p) : step_equal(k, i, p);
}
