/*
 * Z3 terms, built one by one.  Z3 returns no term when its memory ends: then
 * `failed` is set and a constant stands in, so that builders need no tests.
 *
 * Terms live as long as their Z3 context.  A NULL condition stands for one that
 * is true on all sizes in question.
 */
#ifndef SOLVER_Z3_TERM_H
#define SOLVER_Z3_TERM_H

#include "lib/number/interval.h"
#include "solver/z3_load.h"

typedef struct {
  Z3_context z3;
  arena *m;     /* for what is only needed while a term is built */
  Z3_sort sort; /* of integers */
  Z3_ast zero, yes, no;
  bool failed;
} z3_terms;

void terms_init(z3_terms *t, arena *m, Z3_context z3);

Z3_ast term_integer(z3_terms *t, integer value);
Z3_ast term_small(z3_terms *t, int64_t value);
/* The constant with the name `number`. */
Z3_ast term_constant(z3_terms *t, int number);

Z3_ast term_sum(z3_terms *t, const Z3_ast *part, size_t count);
Z3_ast term_product(z3_terms *t, const Z3_ast *part, size_t count);
Z3_ast term_add(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_sub(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_mul(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_neg(z3_terms *t, Z3_ast a);
/* Euclid's quotient and remainder: Python's for a divisor above 0. */
Z3_ast term_div(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_mod(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_ite(z3_terms *t, Z3_ast c, Z3_ast a, Z3_ast b);

Z3_ast term_eq(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_le(z3_terms *t, Z3_ast a, Z3_ast b);
/* `a` lies in `range`; NULL when the range is endless. */
Z3_ast term_range(z3_terms *t, Z3_ast a, interval range);
/* NULL when all members are, or none is given. */
Z3_ast term_all(z3_terms *t, const Z3_ast *part, size_t count);
/* NULL when one member is; false when none is given. */
Z3_ast term_any(z3_terms *t, const Z3_ast *part, size_t count);
Z3_ast term_both(z3_terms *t, Z3_ast a, Z3_ast b);
Z3_ast term_not(z3_terms *t, Z3_ast a);

#endif
