/*
 * A question about sizes that range over all integers: is there a point where
 * conditions hold?  Everything `dimsat_ask` says comes from such questions.
 */
#ifndef SOLVER_ASK_H
#define SOLVER_ASK_H

#include "solver/prove.h"

typedef enum { ASK_FOUND, ASK_NONE, ASK_OPEN } ask_outcome;

/* One call of `dimsat_ask`. */
typedef struct {
  dimsat_context *cx;
  oracle o;
  const expr **symbol; /* all that occur, sorted by structure */
  size_t count;
  const expr **assume; /* conditions */
  size_t assume_count;
  uint32_t fresh; /* symbols invented */
  uint32_t cases; /* left in the question that is asked */
} asking;

/*
 * Is there a point where all assumptions and all of `holds` are true and have a
 * value, and `breaks`, unless it is NULL, is false or has no value?  `point`
 * takes a value for each symbol, verified by exact evaluation.
 */
ask_outcome ask_find(asking *a, const expr *const *holds, size_t holds_count,
                     const expr *breaks, integer *point);

/* The smallest and largest value of `e`, a number, where the assumptions hold;
 * fills kind, lo, hi and reason. */
void ask_bounds(asking *a, const expr *e, dimsat_answer *answer);

/* The conditions under which `e` has a value, operands first. */
const expr **ask_defined(asking *a, const expr *e, size_t *count);

#endif
