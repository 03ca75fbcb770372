/*
 * DAG to Z3 terms.  Owns the difference between Python's floor division and
 * SMT-LIB's Euclidean one, and the places where an expression has no value.
 *
 * A condition becomes three Z3 formulas over the sizes, because a model may be
 * found where the term is not what the condition means:
 *
 *   holds     the condition, right wherever the other two are true
 *   defined   every divisor is not 0 and every exponent is not negative, also
 *             in branches that are not taken
 *   certain   everything in it is encoded exactly: no float reaches 2^53, no
 *             exponent or bit pattern leaves the part that is written out, no
 *             opaque function occurs
 *
 * NULL stands for a formula that is true on all sizes within their ranges.
 */
#ifndef SOLVER_Z3_ENCODE_H
#define SOLVER_Z3_ENCODE_H

#include "lib/expr/expr.h"
#include "solver/z3_term.h"

typedef struct {
  Z3_ast holds, defined, certain;
} z3_condition;

typedef struct {
  dimsat_context *cx;
  arena *m; /* not the work arena of `cx` */
  z3_terms terms;
  table known;          /* nodes that have a term */
  size_t nodes;         /* how many */
  bool hard;            /* products, quotients or bits of two sizes occurred */
  const char *obstacle; /* what first kept a term from being exact; in `m` */
} z3_encoder;

void encode_init(z3_encoder *n, dimsat_context *cx, arena *m, Z3_context z3);

/* The constant that stands for `symbol`, which takes values of `range` only.
 * Symbols come before conditions. */
Z3_ast encode_symbol(z3_encoder *n, const expr *symbol, interval range);
z3_condition encode_condition(z3_encoder *n, const expr *condition);

#endif
