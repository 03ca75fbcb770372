/*
 * Intervals of polynomials.
 *
 * First the sum of the monomials' intervals.  Where that leaves the sign open,
 * the youngest opaque atom is eliminated: a quotient q = floor(n/d) by
 * d*q = n - r with 0 <= r <= d - 1, a choice by trying its options.
 */
#include "solver/frame.h"

#include <assert.h>

/* Elimination depth: each level removes one atom; and how many polynomials one
 * question may lead to, since each choice branches. */
enum { DEEPEST = 12, MOST_BRANCHES = 32 };

/* Whether two atoms are the same term. */
static bool same_atom(const atom *a, const atom *b) {
  if (a->kind != b->kind || a->kind == ATOM_OPAQUE)
    return false;
  if (a->kind == ATOM_QUOTIENT)
    return poly_equal(a->numerator, b->numerator) &&
           poly_equal(a->divisor, b->divisor);
  if (a->choice != b->choice || a->option_count != b->option_count ||
      a->has_condition || b->has_condition)
    return false;
  for (uint32_t i = 0; i < a->option_count; i++)
    if (!poly_equal(a->option[i], b->option[i]))
      return false;
  return true;
}

/* The polynomial of an atom like `a`, found or added. */
const poly *frame_atom(frame *f, const atom *a) {
  size_t i = f->space->parameter_count;
  while (i < f->atom_count && !same_atom(&f->atom[i], a))
    i++;
  if (i == f->atom_count) {
    f->atom = arena_grow(f->store.arena, f->atom, f->atom_count,
                         &f->atom_capacity, sizeof *f->atom);
    f->atom[f->atom_count++] = *a;
  }
  return poly_linear(&f->store, (uint32_t)i, integer_of(1), integer_of(0));
}

/* The interval of a monomial whose atoms may be negative. */
static interval signed_range(frame *f, const monomial *m) {
  arena *a = f->store.arena;
  interval r = interval_of(integer_of(1), integer_of(1));
  for (uint32_t i = 0; i < m->degree;) {
    uint32_t power = 1;
    while (i + power < m->degree && m->atom[i + power] == m->atom[i])
      power++;
    r = interval_mul(a, r, interval_pow(a, f->atom[m->atom[i]].range, power));
    i += power;
  }
  return r;
}

/* The interval of a monomial: the ends multiply where no atom is negative. */
static interval monomial_range(frame *f, const monomial *m) {
  arena *a = f->store.arena;
  interval r = interval_of(integer_of(1), integer_of(1));
  for (uint32_t i = 0; i < m->degree; i++) {
    const interval x = f->atom[m->atom[i]].range;
    if (!x.has_lo || integer_sign(x.lo) < 0 ||
        (x.has_hi && integer_is(x.hi, 0)))
      return signed_range(f, m);
    r.lo = integer_mul(a, r.lo, x.lo);
    r.has_hi = r.has_hi && x.has_hi;
    r.hi = r.has_hi ? integer_mul(a, r.hi, x.hi) : integer_of(0);
  }
  return r;
}

/* Adds coefficient * x to the interval r. */
static void accumulate(arena *m, interval *r, interval x, integer coefficient) {
  const bool up = integer_sign(coefficient) > 0;
  const bool has_lo = up ? x.has_lo : x.has_hi;
  const bool has_hi = up ? x.has_hi : x.has_lo;
  r->has_lo = r->has_lo && has_lo;
  r->has_hi = r->has_hi && has_hi;
  r->lo = r->has_lo ? integer_add(m, r->lo,
                                  integer_mul(m, coefficient, up ? x.lo : x.hi))
                    : integer_of(0);
  r->hi = r->has_hi ? integer_add(m, r->hi,
                                  integer_mul(m, coefficient, up ? x.hi : x.lo))
                    : integer_of(0);
}

/* The sum of the monomials' intervals. */
static interval plain_range(frame *f, const poly *p) {
  interval r = interval_of(integer_of(0), integer_of(0));
  budget_spend(f->store.budget, p->count);
  for (uint32_t i = 0; i < p->count; i++)
    accumulate(f->store.arena, &r, monomial_range(f, p->term[i].monomial),
               p->term[i].coefficient);
  return r;
}

/*
 * Bounds are sought one side at a time: each elimination leads to one
 * polynomial a side, so that a chain of them costs its length and not all ways
 * of choosing sides.
 */
typedef enum { LOWER, UPPER } side;

/* That side of an interval, if it has one. */
static bool side_of(interval r, side s, integer *out) {
  *out = s == LOWER ? r.lo : r.hi;
  return s == LOWER ? r.has_lo : r.has_hi;
}

/* The tighter, or the looser, of two bounds of a side. */
static integer tighter(side s, integer a, integer b) {
  return s == LOWER ? integer_max(a, b) : integer_min(a, b);
}
static integer looser(side s, integer a, integer b) {
  return s == LOWER ? integer_min(a, b) : integer_max(a, b);
}

static bool bound_at(frame *f, const poly *p, side s, int depth, integer *out);

/*
 * p = linear*q + rest with q = floor(n/c) for a number c: c*p = linear*n +
 * c*rest - linear*r with 0 <= r <= c - 1, and `linear` has one sign.
 */
static bool without_quotient(frame *f, const atom *q, const poly *linear,
                             const poly *rest, integer c, side s, int depth,
                             integer *out) {
  poly_store *m = &f->store;
  const interval k = plain_range(f, linear);
  const bool up = k.has_lo && integer_sign(k.lo) >= 0;
  if (!up && !(k.has_hi && integer_sign(k.hi) <= 0))
    return false;
  const poly *x = poly_add(m, poly_mul(m, linear, q->numerator), rest, c);
  if (up == (s == LOWER))
    x = poly_add(m, x, linear, integer_sub(m->arena, integer_of(1), c));
  if (!x || !bound_at(f, x, s, depth + 1, out))
    return false;
  *out = s == LOWER ? integer_ceildiv(m->arena, *out, c)
                    : integer_floordiv(m->arena, *out, c);
  return true;
}

/*
 * The same for a divisor d that is no number, where linear = k*d: p = rest +
 * k*(n - r) with 0 <= r <= d - 1.
 */
static bool without_symbolic(frame *f, const atom *q, const poly *linear,
                             const poly *rest, side s, int depth,
                             integer *out) {
  poly_store *m = &f->store;
  const poly *factor, *left;
  integer k;
  poly_divide(m, linear, q->divisor, &factor, &left);
  if (!left || left->count || !poly_is_constant(factor, &k))
    return false;
  const poly *x = poly_add(m, rest, q->numerator, k);
  if ((integer_sign(k) > 0) == (s == LOWER)) {
    const poly *most = poly_add(m, q->divisor, poly_constant(m, integer_of(1)),
                                integer_of(-1));
    x = poly_add(m, x, most, integer_neg(m->arena, k));
  }
  return x && bound_at(f, x, s, depth + 1, out);
}

/* p = linear*choice + rest: the loosest bound over the options; for a maximum
 * or a minimum any option bounds one side, and the tightest serves. */
static bool without_choice(frame *f, const atom *c, const poly *linear,
                           const poly *rest, side s, int depth, integer *out) {
  poly_store *m = &f->store;
  const interval sign = plain_range(f, linear);
  const bool up = sign.has_lo && integer_sign(sign.lo) >= 0;
  const bool down = sign.has_hi && integer_sign(sign.hi) <= 0;
  const bool any = (c->choice == CHOICE_MAX && (s == LOWER ? up : down)) ||
                   (c->choice == CHOICE_MIN && (s == LOWER ? down : up));
  bool found = false;
  for (uint32_t i = 0; i < c->option_count; i++) {
    const poly *p =
        poly_add(m, rest, poly_mul(m, linear, c->option[i]), integer_of(1));
    integer b;
    const bool has = p && bound_at(f, p, s, depth + 1, &b);
    if (!has && !any)
      return false;
    if (has)
      *out = !found ? b : any ? tighter(s, *out, b) : looser(s, *out, b);
    found |= has;
  }
  return found;
}

/* p without its atom `i`, where that can be done. */
static bool without_atom(frame *f, const poly *p, uint32_t i, side s, int depth,
                         integer *out) {
  const poly *linear, *rest;
  integer c;
  if (!poly_split_atom(&f->store, p, i, &linear, &rest) || !linear)
    return false;
  const atom a = f->atom[i];
  if (a.kind == ATOM_CHOICE)
    return without_choice(f, &a, linear, rest, s, depth, out);
  if (a.kind != ATOM_QUOTIENT)
    return false;
  if (poly_is_constant(a.divisor, &c))
    return without_quotient(f, &a, linear, rest, c, s, depth, out);
  return without_symbolic(f, &a, linear, rest, s, depth, out);
}

/* One bound of p at this depth of elimination. */
static bool bound_at(frame *f, const poly *p, side s, int depth, integer *out) {
  bool found = side_of(plain_range(f, p), s, out);
  uint32_t top;
  if (depth == 0)
    f->branches = MOST_BRANCHES;
  if (depth >= DEEPEST || f->branches == 0 || !poly_top_atom(p, &top))
    return found;
  f->branches--;
  for (uint32_t i = top + 1; i-- > f->space->parameter_count;) {
    integer better;
    if (!poly_has_atom(p, i) || !without_atom(f, p, i, s, depth, &better))
      continue;
    *out = found ? tighter(s, *out, better) : better;
    return true;
  }
  return found;
}

/* A sound interval for p. */
interval frame_range(frame *f, const poly *p, bool deep) {
  interval r = interval_all();
  if (!p)
    return r;
  if (!deep)
    return plain_range(f, p);
  r.has_lo = bound_at(f, p, LOWER, 0, &r.lo);
  r.has_hi = bound_at(f, p, UPPER, 0, &r.hi);
  r.lo = r.has_lo ? r.lo : integer_of(0);
  r.hi = r.has_hi ? r.hi : integer_of(0);
  return r;
}

/* p >= bound on the whole space. */
bool frame_at_least(frame *f, const poly *p, int64_t bound) {
  const integer b = integer_of(bound);
  integer lower;
  if (!p)
    return false;
  const interval r = plain_range(f, p);
  if (r.has_lo && integer_compare(r.lo, b) >= 0)
    return true;
  return bound_at(f, p, LOWER, 0, &lower) && integer_compare(lower, b) >= 0;
}

/* p <= bound on the whole space. */
bool frame_at_most(frame *f, const poly *p, int64_t bound) {
  const integer b = integer_of(bound);
  integer upper;
  if (!p)
    return false;
  const interval r = plain_range(f, p);
  if (r.has_hi && integer_compare(r.hi, b) <= 0)
    return true;
  return bound_at(f, p, UPPER, 0, &upper) && integer_compare(upper, b) <= 0;
}
