/*
 * Integer polynomials over atoms, the normal form of a number on a space.
 *
 * An atom is a parameter index t_i >= 0 of the space or an opaque term (a floor
 * quotient, a choice between terms) with a known interval.  Monomials are
 * interned in their frame, so equal monomials are the same pointer.  A
 * polynomial lists its terms from high degree to low, without zero
 * coefficients.  Polynomials are immutable.
 */
#ifndef SOLVER_POLY_H
#define SOLVER_POLY_H

#include "lib/base/budget.h"
#include "lib/base/table.h"
#include "lib/number/interval.h"

typedef struct {
  uint32_t hash;
  uint32_t degree;
  uint32_t atom[]; /* `degree` atoms, ascending; repeats are powers */
} monomial;

typedef struct {
  const monomial *monomial;
  integer coefficient;
} term;

typedef struct {
  uint32_t count;
  term term[];
} poly;

/* Where polynomials live. */
typedef struct {
  arena *arena;
  budget *budget;
  table monomials;
  const monomial *one;
} poly_store;

/* More terms than this are given up: the caller treats NULL as opaque. */
#define POLY_MAX_TERMS 400

void poly_store_init(poly_store *s, arena *m, budget *b);

const poly *poly_constant(poly_store *s, integer value);
/* coefficient*atom + constant */
const poly *poly_linear(poly_store *s, uint32_t atom, integer coefficient,
                        integer constant);
/* a + factor*b.  NULL in, NULL out; NULL when too large. */
const poly *poly_add(poly_store *s, const poly *a, const poly *b,
                     integer factor);
const poly *poly_scale(poly_store *s, const poly *a, integer factor);
const poly *poly_mul(poly_store *s, const poly *a, const poly *b);

bool poly_equal(const poly *a, const poly *b);
/* Whether p is a number; then `*value` is it. */
bool poly_is_constant(const poly *p, integer *value);
integer poly_constant_term(const poly *p);
/* gcd of the coefficients of all terms but the constant; 0 when there are
 * none. */
integer poly_content(arena *m, const poly *p);
/* Each coefficient divided by `divisor`, which divides them all. */
const poly *poly_divide_content(poly_store *s, const poly *p, integer divisor);

/*
 * a = quotient*b + remainder by long division on the leading term of b; the
 * remainder may still hold terms that a larger quotient would take.
 */
void poly_divide(poly_store *s, const poly *a, const poly *b,
                 const poly **quotient, const poly **remainder);

/* p = linear*atom + rest, where the atom occurs in no other power; false when
 * it does.  `linear` is NULL when the atom does not occur. */
bool poly_split_atom(poly_store *s, const poly *p, uint32_t atom,
                     const poly **linear, const poly **rest);
/* p divided by the atom, which divides each term, or NULL. */
const poly *poly_divide_atom(poly_store *s, const poly *p, uint32_t atom);
bool poly_has_atom(const poly *p, uint32_t atom);
/* The largest atom that occurs; false when p is constant. */
bool poly_top_atom(const poly *p, uint32_t *atom);

#endif
