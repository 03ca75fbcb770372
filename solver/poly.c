#include "solver/poly.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The one monomial of these ascending atoms. */
static const monomial *monomial_of(poly_store *s, const uint32_t *atom,
                                   uint32_t degree) {
  const uint32_t hash = hash_bytes(degree, atom, degree * sizeof *atom);
  uint32_t at = hash;
  const monomial *found;
  while ((found = table_next(&s->monomials, hash, &at)))
    if (found->degree == degree &&
        (degree == 0 || memcmp(found->atom, atom, degree * sizeof *atom) == 0))
      return found;
  monomial *made =
      arena_alloc(s->arena, sizeof *made + degree * sizeof *made->atom);
  made->hash = hash;
  made->degree = degree;
  if (degree)
    memcpy(made->atom, atom, degree * sizeof *atom);
  table_add(&s->monomials, s->arena, hash, made);
  return made;
}

/* An empty store in `m`. */
void poly_store_init(poly_store *s, arena *m, budget *b) {
  *s = (poly_store){.arena = m, .budget = b};
  table_init(&s->monomials, m, 32);
  s->one = monomial_of(s, NULL, 0);
}

/* Higher degree first, then the atoms in lexicographic order. */
static int monomial_compare(const monomial *a, const monomial *b) {
  if (a == b)
    return 0;
  if (a->degree != b->degree)
    return a->degree > b->degree ? -1 : 1;
  for (uint32_t i = 0; i < a->degree; i++)
    if (a->atom[i] != b->atom[i])
      return a->atom[i] < b->atom[i] ? -1 : 1;
  return 0;
}

/* The product of two monomials. */
static const monomial *monomial_mul(poly_store *s, const monomial *a,
                                    const monomial *b) {
  if (a->degree == 0)
    return b;
  if (b->degree == 0)
    return a;
  uint32_t small[16];
  const uint32_t degree = a->degree + b->degree;
  uint32_t *atom =
      degree <= 16 ? small : arena_alloc(s->arena, degree * sizeof *atom);
  uint32_t i = 0, j = 0;
  for (uint32_t k = 0; k < degree; k++)
    atom[k] = j == b->degree || (i < a->degree && a->atom[i] <= b->atom[j])
                  ? a->atom[i++]
                  : b->atom[j++];
  return monomial_of(s, atom, degree);
}

/* The monomial c with b*c = a, or NULL. */
static const monomial *monomial_divide(poly_store *s, const monomial *a,
                                       const monomial *b) {
  if (b->degree > a->degree)
    return NULL;
  uint32_t *atom = arena_alloc(s->arena, (a->degree + 1) * sizeof *atom);
  uint32_t j = 0, n = 0;
  for (uint32_t i = 0; i < a->degree; i++)
    if (j < b->degree && a->atom[i] == b->atom[j])
      j++;
    else
      atom[n++] = a->atom[i];
  return j == b->degree ? monomial_of(s, atom, n) : NULL;
}

/* A polynomial with room for `count` terms. */
static poly *poly_new(poly_store *s, uint32_t count) {
  budget_spend(s->budget, count);
  poly *p = arena_alloc(s->arena, sizeof *p + count * sizeof *p->term);
  p->count = count;
  return p;
}

/* The number `value`. */
const poly *poly_constant(poly_store *s, integer value) {
  poly *p = poly_new(s, 1);
  p->term[0] = (term){s->one, value};
  p->count = integer_is(value, 0) ? 0 : 1;
  return p;
}

/* coefficient*atom + constant */
const poly *poly_linear(poly_store *s, uint32_t atom, integer coefficient,
                        integer constant) {
  if (integer_is(coefficient, 0))
    return poly_constant(s, constant);
  poly *p = poly_new(s, 2);
  p->term[0] = (term){monomial_of(s, &atom, 1), coefficient};
  p->term[1] = (term){s->one, constant};
  p->count = integer_is(constant, 0) ? 1 : 2;
  return p;
}

/* Appends coefficient*monomial unless it is zero. */
static void push(poly *p, const monomial *m, integer coefficient) {
  if (!integer_is(coefficient, 0))
    p->term[p->count++] = (term){m, coefficient};
}

/* a + factor*b, merged in order. */
const poly *poly_add(poly_store *s, const poly *a, const poly *b,
                     integer factor) {
  if (!a || !b || a->count + b->count > 2 * POLY_MAX_TERMS)
    return NULL;
  if (integer_is(factor, 0) || b->count == 0)
    return a;
  poly *sum = poly_new(s, a->count + b->count);
  sum->count = 0;
  uint32_t i = 0, j = 0;
  while (i < a->count || j < b->count) {
    const int side = i == a->count   ? 1
                     : j == b->count ? -1
                                     : monomial_compare(a->term[i].monomial,
                                                        b->term[j].monomial);
    integer c = side <= 0 ? a->term[i].coefficient : integer_of(0);
    if (side >= 0)
      c = integer_add(s->arena, c,
                      integer_mul(s->arena, factor, b->term[j].coefficient));
    push(sum, side <= 0 ? a->term[i].monomial : b->term[j].monomial, c);
    i += side <= 0;
    j += side >= 0;
  }
  return sum->count > POLY_MAX_TERMS ? NULL : sum;
}

/* factor*a */
const poly *poly_scale(poly_store *s, const poly *a, integer factor) {
  if (!a || integer_is(factor, 1))
    return a;
  poly *p = poly_new(s, a->count);
  p->count = 0;
  for (uint32_t i = 0; i < a->count; i++)
    push(p, a->term[i].monomial,
         integer_mul(s->arena, factor, a->term[i].coefficient));
  return p;
}

/* qsort order of terms. */
static int term_order(const void *a, const void *b) {
  return monomial_compare(((const term *)a)->monomial,
                          ((const term *)b)->monomial);
}

/* a*b */
const poly *poly_mul(poly_store *s, const poly *a, const poly *b) {
  if (!a || !b)
    return NULL;
  if ((uint64_t)a->count * b->count > 8 * POLY_MAX_TERMS)
    return NULL;
  poly *p = poly_new(s, a->count * b->count);
  p->count = 0;
  for (uint32_t i = 0; i < a->count; i++)
    for (uint32_t j = 0; j < b->count; j++)
      push(p, monomial_mul(s, a->term[i].monomial, b->term[j].monomial),
           integer_mul(s->arena, a->term[i].coefficient,
                       b->term[j].coefficient));
  qsort(p->term, p->count, sizeof *p->term, term_order);
  uint32_t n = 0;
  for (uint32_t i = 0; i < p->count;) {
    term t = p->term[i++];
    while (i < p->count && p->term[i].monomial == t.monomial)
      t.coefficient =
          integer_add(s->arena, t.coefficient, p->term[i++].coefficient);
    if (!integer_is(t.coefficient, 0))
      p->term[n++] = t;
  }
  p->count = n;
  return n > POLY_MAX_TERMS ? NULL : p;
}

/* Whether both have the same terms. */
bool poly_equal(const poly *a, const poly *b) {
  if (a == b)
    return true;
  if (!a || !b || a->count != b->count)
    return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (a->term[i].monomial != b->term[i].monomial ||
        !integer_equal(a->term[i].coefficient, b->term[i].coefficient))
      return false;
  return true;
}

/* Whether p is a number. */
bool poly_is_constant(const poly *p, integer *value) {
  if (!p || p->count > 1 || (p->count == 1 && p->term[0].monomial->degree))
    return false;
  *value = p->count ? p->term[0].coefficient : integer_of(0);
  return true;
}

/* The coefficient of the empty monomial. */
integer poly_constant_term(const poly *p) {
  if (p->count == 0 || p->term[p->count - 1].monomial->degree)
    return integer_of(0);
  return p->term[p->count - 1].coefficient;
}

/* gcd of the coefficients of all terms but the constant. */
integer poly_content(arena *m, const poly *p) {
  integer g = integer_of(0);
  for (uint32_t i = 0; i < p->count; i++)
    if (p->term[i].monomial->degree)
      g = integer_gcd(m, g, p->term[i].coefficient);
  return g;
}

/* Each coefficient divided by `divisor`. */
const poly *poly_divide_content(poly_store *s, const poly *p, integer divisor) {
  poly *q = poly_new(s, p->count);
  for (uint32_t i = 0; i < p->count; i++)
    q->term[i] =
        (term){p->term[i].monomial,
               integer_floordiv(s->arena, p->term[i].coefficient, divisor)};
  return q;
}

/* One step of long division: the largest multiple of b that takes from the
 * leading part of `rest`, or NULL. */
static const poly *division_step(poly_store *s, const poly *rest,
                                 const poly *b) {
  const term lead = b->term[0];
  for (uint32_t i = 0; i < rest->count; i++) {
    const monomial *m =
        monomial_divide(s, rest->term[i].monomial, lead.monomial);
    if (!m)
      continue;
    const integer c =
        integer_floordiv(s->arena, rest->term[i].coefficient, lead.coefficient);
    const bool exact =
        integer_divides(lead.coefficient, rest->term[i].coefficient);
    if (integer_is(c, 0) || (integer_is(c, -1) && m->degree == 0 && !exact))
      continue;
    poly *step = poly_new(s, 1);
    step->term[0] = (term){m, c};
    return step;
  }
  return NULL;
}

/* a = quotient*b + remainder. */
void poly_divide(poly_store *s, const poly *a, const poly *b,
                 const poly **quotient, const poly **remainder) {
  const poly *q = poly_constant(s, integer_of(0)), *r = a;
  for (int round = 0; r && round < 64; round++) {
    const poly *step = division_step(s, r, b);
    if (!step)
      break;
    q = poly_add(s, q, step, integer_of(1));
    r = poly_add(s, r, poly_mul(s, step, b), integer_of(-1));
  }
  *quotient = q;
  *remainder = r;
}

/* How often the atom occurs in the monomial. */
static uint32_t power_of(const monomial *m, uint32_t atom) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < m->degree; i++)
    n += m->atom[i] == atom;
  return n;
}

/* The monomial without one occurrence of the atom. */
static const monomial *without(poly_store *s, const monomial *m,
                               uint32_t atom) {
  uint32_t *rest = arena_alloc(s->arena, m->degree * sizeof *rest);
  uint32_t n = 0;
  bool dropped = false;
  for (uint32_t i = 0; i < m->degree; i++)
    if (m->atom[i] == atom && !dropped)
      dropped = true;
    else
      rest[n++] = m->atom[i];
  return monomial_of(s, rest, n);
}

/* p = linear*atom + rest. */
bool poly_split_atom(poly_store *s, const poly *p, uint32_t atom,
                     const poly **linear, const poly **rest) {
  poly *with = poly_new(s, p->count), *other = poly_new(s, p->count);
  with->count = other->count = 0;
  for (uint32_t i = 0; i < p->count; i++) {
    const term t = p->term[i];
    const uint32_t power = power_of(t.monomial, atom);
    if (power > 1)
      return false;
    if (power)
      push(with, without(s, t.monomial, atom), t.coefficient);
    else
      push(other, t.monomial, t.coefficient);
  }
  *linear = with->count ? with : NULL;
  *rest = other;
  return true;
}

/* p divided by the atom, or NULL. */
const poly *poly_divide_atom(poly_store *s, const poly *p, uint32_t atom) {
  for (uint32_t i = 0; i < p->count; i++)
    if (!power_of(p->term[i].monomial, atom))
      return NULL;
  poly *q = poly_new(s, p->count);
  for (uint32_t i = 0; i < p->count; i++)
    q->term[i] =
        (term){without(s, p->term[i].monomial, atom), p->term[i].coefficient};
  qsort(q->term, q->count, sizeof *q->term, term_order);
  return q;
}

/* Whether the atom occurs. */
bool poly_has_atom(const poly *p, uint32_t atom) {
  for (uint32_t i = 0; i < p->count; i++)
    if (power_of(p->term[i].monomial, atom))
      return true;
  return false;
}

/* The largest atom that occurs. */
bool poly_top_atom(const poly *p, uint32_t *atom) {
  bool any = false;
  for (uint32_t i = 0; i < p->count; i++) {
    const monomial *m = p->term[i].monomial;
    if (m->degree && (!any || m->atom[m->degree - 1] > *atom)) {
      *atom = m->atom[m->degree - 1];
      any = true;
    }
  }
  return any;
}
