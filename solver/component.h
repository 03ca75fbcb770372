/*
 * One part in repair: its requirements in an order of their own, where they
 * occur, what is known to break them, and the sizes that the repair keeps.
 */
#ifndef SOLVER_COMPONENT_H
#define SOLVER_COMPONENT_H

#include "solver/violation.h"

/* Sizes known to break a requirement; tried before any proof. */
typedef struct {
  integer **point; /* values of the claim's variables */
  size_t count;
} refutations;

typedef struct {
  findings *f;
  binding *b;
  oracle *o;
  const requirement **require; /* plain ones: small conditions first, so that
                                  nothing depends on the order of guards */
  refutations *known;          /* one a requirement */
  size_t require_count;
  uint32_t **on; /* of each variable: the requirements over it, ascending */
  uint32_t *on_count;
  integer *anchor; /* values of all variables: the example, or sizes that
                      satisfy the component */
  interval *own;   /* of all variables: the user's range widened to the anchor,
                      within the assumptions */
} component;

/* The part of the findings, ready for repair. */
component *component_new(findings *f);

/* Whether it needs a repair: something is broken, or misses its example. */
bool component_is_broken(const findings *f);

/*
 * Whether the requirements in `list` (indices into `require`, ascending) and
 * all groups hold on `s`.  Where one breaks, `*bad` is the value of parameter
 * `touched`, on which something in the list is placed, at a point that breaks
 * it.
 */
outcome component_holds(component *c, const space *s, const uint32_t *list,
                        size_t count, uint32_t touched, integer *bad);

/* Fills `anchor` and `own`; false when no sizes satisfy the component. */
bool component_anchor(component *c);

#endif
