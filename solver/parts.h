/*
 * A problem falls apart: variables that no chain of requirements connects have
 * nothing to say to each other.  Each connected set is a system of its own,
 * decided and repaired alone, so that the cost of many small ones is the sum
 * of their costs.
 */
#ifndef SOLVER_PARTS_H
#define SOLVER_PARTS_H

#include "solver/bind.h"

typedef struct {
  binding *part; /* by their first variables; variables keep their order; the
                    last may have none */
  size_t count;
  uint32_t *part_of; /* of each variable of the whole */
  uint32_t *number;  /* of each variable of the whole: in its part */
} parts;

/*
 * Takes the requirements of `w` apart: it has none afterwards, but its own
 * variables serve for claims still.  Requirements over no variable at all, and
 * a problem without variables, get a part without variables: what they say of
 * every size must not be said of the dims of one part.  Near-linear
 * (union-find, Tarjan 1975).
 */
parts parts_of(whole *w);

#endif
