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
  uint32_t *symbol_variable; /* of each node: its variable when a SYMBOL */
  uint32_t *variable;        /* the variables that occur, ascending */
  size_t variable_count;
  bool *used; /* per variable of the system: occurs here */
  size_t system_count;
  bool opaque;    /* holds a function nobody knows, or bitwise operators */
  evaluator *run; /* takes the values of `variable`, in that order */
} claim;

/*
 * `symbol[i]` is variable i of the system.  Every symbol of `condition` is
 * among them.  `variable_of` maps a symbol's node id to its variable.
 */
claim *claim_new(dimsat_context *cx, arena *m, const expr *condition,
                 const expr *const *symbol, size_t count,
                 const uint32_t *variable_of);

/* The exact value where variable i has value[i]. */
typedef enum { POINT_HOLDS, POINT_BREAKS, POINT_UNDECIDED } point_truth;
point_truth claim_at(const claim *c, arena *m, const integer *value);

/* Index of `e` among the claim's nodes. */
uint32_t claim_index(const claim *c, const expr *e);

#endif
