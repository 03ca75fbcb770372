/*
 * Intervals of polynomials.
 *
 * First the sum of the monomials' intervals.  Where that leaves the sign open,
 * the youngest opaque atom is eliminated: a quotient q = floor(n/d) by
 * d*q = n - r with 0 <= r <= d - 1, a choice by trying its options.
 */
#include "solver/frame.h"

#include <assert.h>

/* Elimination depth: each level removes one atom. */
enum { DEEPEST = 12 };

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

static interval range_at(frame *f, const poly *p, int depth);

/* Bounds divided by d >= 1, rounded inward. */
static interval divide_inward(arena *m, interval r, integer d) {
  if (r.has_lo)
    r.lo = integer_ceildiv(m, r.lo, d);
  if (r.has_hi)
    r.hi = integer_floordiv(m, r.hi, d);
  return r;
}

/*
 * p = linear*q + rest with q = floor(n/c) for a number c: c*p = linear*n +
 * c*rest - linear*r with 0 <= r <= c - 1, and `linear` has one sign.
 */
static interval without_quotient(frame *f, const atom *q, const poly *linear,
                                 const poly *rest, integer c, int depth) {
  poly_store *s = &f->store;
  const interval k = plain_range(f, linear);
  const bool up = k.has_lo && integer_sign(k.lo) >= 0;
  if (!up && !(k.has_hi && integer_sign(k.hi) <= 0))
    return interval_all();
  const poly *top = poly_add(s, poly_mul(s, linear, q->numerator), rest, c);
  const poly *low =
      poly_add(s, top, linear, integer_sub(s->arena, integer_of(1), c));
  if (!top || !low)
    return interval_all();
  const interval a = range_at(f, up ? low : top, depth + 1);
  const interval b = range_at(f, up ? top : low, depth + 1);
  return divide_inward(
      s->arena,
      (interval){
          .has_lo = a.has_lo, .lo = a.lo, .has_hi = b.has_hi, .hi = b.hi},
      c);
}

/*
 * The same for a divisor d that is no number, where linear = k*d: p = rest +
 * k*(n - r) with 0 <= r <= d - 1.
 */
static interval without_symbolic(frame *f, const atom *q, const poly *linear,
                                 const poly *rest, int depth) {
  poly_store *s = &f->store;
  const poly *factor, *left;
  integer k;
  poly_divide(s, linear, q->divisor, &factor, &left);
  if (!left || left->count || !poly_is_constant(factor, &k))
    return interval_all();
  const poly *top = poly_add(s, rest, q->numerator, k);
  const poly *less =
      poly_add(s, q->divisor, poly_constant(s, integer_of(1)), integer_of(-1));
  const poly *low = poly_add(s, top, less, integer_neg(s->arena, k));
  if (!top || !low)
    return interval_all();
  const bool up = integer_sign(k) > 0;
  const interval a = range_at(f, up ? low : top, depth + 1);
  const interval b = range_at(f, up ? top : low, depth + 1);
  return (interval){
      .has_lo = a.has_lo, .lo = a.lo, .has_hi = b.has_hi, .hi = b.hi};
}

/* p = linear*choice + rest: the hull over the options, and for a maximum or a
 * minimum the side that each option bounds. */
static interval without_choice(frame *f, const atom *c, const poly *linear,
                               const poly *rest, int depth) {
  poly_store *s = &f->store;
  const interval sign = plain_range(f, linear);
  const bool up = sign.has_lo && integer_sign(sign.lo) >= 0;
  const bool down = sign.has_hi && integer_sign(sign.hi) <= 0;
  interval hull = interval_all(), sides = interval_all();
  for (uint32_t i = 0; i < c->option_count; i++) {
    const poly *p =
        poly_add(s, rest, poly_mul(s, linear, c->option[i]), integer_of(1));
    const interval r = p ? range_at(f, p, depth + 1) : interval_all();
    hull = i ? interval_join(hull, r) : r;
    const bool below =
        (c->choice == CHOICE_MAX && up) || (c->choice == CHOICE_MIN && down);
    const bool above =
        (c->choice == CHOICE_MAX && down) || (c->choice == CHOICE_MIN && up);
    if (below && r.has_lo)
      sides = interval_meet(sides, interval_from(r.lo));
    if (above && r.has_hi)
      sides = interval_meet(sides, interval_upto(r.hi));
  }
  return interval_meet(hull, sides);
}

/* p without its atom `i`, where that can be done. */
static interval without_atom(frame *f, const poly *p, uint32_t i, int depth) {
  const poly *linear, *rest;
  integer c;
  if (!poly_split_atom(&f->store, p, i, &linear, &rest) || !linear)
    return interval_all();
  const atom a = f->atom[i];
  if (a.kind == ATOM_CHOICE)
    return without_choice(f, &a, linear, rest, depth);
  if (a.kind != ATOM_QUOTIENT)
    return interval_all();
  if (poly_is_constant(a.divisor, &c))
    return without_quotient(f, &a, linear, rest, c, depth);
  return without_symbolic(f, &a, linear, rest, depth);
}

/* The interval of p at this depth of elimination. */
static interval range_at(frame *f, const poly *p, int depth) {
  interval r = plain_range(f, p);
  uint32_t top;
  if (depth >= DEEPEST || !poly_top_atom(p, &top))
    return r;
  for (uint32_t i = top + 1; i-- > f->space->parameter_count;)
    if (poly_has_atom(p, i)) {
      const interval better = without_atom(f, p, i, depth);
      r = interval_meet(r, better);
      if (better.has_lo || better.has_hi)
        break;
    }
  return r;
}

/* A sound interval for p. */
interval frame_range(frame *f, const poly *p, bool deep) {
  if (!p)
    return interval_all();
  return deep ? range_at(f, p, 0) : plain_range(f, p);
}

/* p >= bound on the whole space. */
bool frame_at_least(frame *f, const poly *p, int64_t bound) {
  const integer b = integer_of(bound);
  if (!p)
    return false;
  interval r = plain_range(f, p);
  if (!(r.has_lo && integer_compare(r.lo, b) >= 0))
    r = range_at(f, p, 0);
  return r.has_lo && integer_compare(r.lo, b) >= 0;
}

/* p <= bound on the whole space. */
bool frame_at_most(frame *f, const poly *p, int64_t bound) {
  const integer b = integer_of(bound);
  if (!p)
    return false;
  interval r = plain_range(f, p);
  if (!(r.has_hi && integer_compare(r.hi, b) <= 0))
    r = range_at(f, p, 0);
  return r.has_hi && integer_compare(r.hi, b) <= 0;
}
