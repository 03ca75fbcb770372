/*
 * Named variables that requirements connect: each component is repaired alone.
 */
#ifndef SOLVER_COMPONENT_H
#define SOLVER_COMPONENT_H

#include "solver/exists.h"

/* Sizes known to break a requirement; tried before any proof. */
typedef struct {
  integer **point; /* values of all variables */
  size_t count;
} refutations;

typedef struct {
  binding *b;
  oracle *o;
  uint32_t *variable; /* named, ascending */
  size_t variable_count, variable_capacity;
  const requirement **require; /* plain ones: small conditions first, so that
                                  nothing depends on the order of guards */
  refutations *known;          /* one a requirement */
  size_t require_count, require_capacity;
  const group **group;
  size_t group_count, group_capacity;
  bool broken;     /* some requirement or group does not hold on the spec */
  integer *anchor; /* values of all variables: the example, or sizes that
                      satisfy the component */
  interval *own;   /* of all variables: the user's range widened to the anchor,
                      within the assumptions */
} component;

/* The components; `broken_requirement[i]` and `broken_group[i]` say what does
 * not hold. */
component *component_list(binding *b, oracle *o, const existence *x,
                          const bool *broken_requirement,
                          const bool *broken_group, size_t *count);

/*
 * Whether all requirements of the component that mention a variable of
 * parameter `touched` hold on `s` (every requirement for SIZE_MAX).  BREAKS
 * with the sizes in `point`.
 */
outcome component_holds(component *c, const space *s, size_t touched,
                        integer *point);

/* Fills `anchor` and `own`; false when no sizes satisfy the component. */
bool component_anchor(component *c);

#endif
