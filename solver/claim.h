/*
 * A condition prepared for many questions: its nodes in order (operands first),
 * its variables, and an evaluator for exact checks.
 */
#ifndef SOLVER_CLAIM_H
#define SOLVER_CLAIM_H

#include "lib/expr/evaluate.h"
#include "solver/space.h"

typedef struct {
  const expr *condition;
  const expr **node; /* ascending ids; the last is the condition itself */
  uint32_t node_count;
  uint32_t *own;       /* of each node: its index in `variable` when a SYMBOL */
  uint32_t *variable;  /* the variables that occur, ascending */
  const expr **symbol; /* of each of them */
  size_t variable_count;
  uint32_t *factor; /* nodes that may divide others: symbols, and what products
                       are made of */
  size_t factor_count;
  evaluator *run; /* takes the values of `variable`, in that order */
} claim;

/*
 * `symbol[i]` is variable i of the system.  Every symbol of `condition` is
 * among them.  `variable_of` maps a symbol's node id to its variable.
 */
claim *claim_new(dimsat_context *cx, arena *m, const expr *condition,
                 const expr *const *symbol, const uint32_t *variable_of);

typedef enum { POINT_HOLDS, POINT_BREAKS, POINT_UNDECIDED } point_truth;

/* The exact value at a point: values of `variable`, in that order. */
point_truth claim_at_point(const claim *c, arena *m, const integer *point);
/* The same where variable i of the system has value[i]. */
point_truth claim_at(const claim *c, arena *m, const integer *value);

/*
 * The part of a space that the claim sees: its variables, in its order, and the
 * parameters they are placed on, renumbered upward; `parameter[k]` (which may
 * be NULL) takes the old number of the k-th.  Costs nothing in the size of the
 * system.
 */
space *claim_space(const claim *c, arena *m, const space *s,
                   uint32_t **parameter);

/* Index of `e` among the claim's nodes. */
uint32_t claim_index(const claim *c, const expr *e);

#endif
