/* What a broken requirement amounts to, in the user's words. */
#ifndef SOLVER_VIOLATION_H
#define SOLVER_VIOLATION_H

#include "solver/allowed.h"
#include "solver/exists.h"
#include "solver/parts.h"

/* What checking learned of one part, for those who describe it. */
typedef struct {
  const whole *whole;
  binding *b;
  oracle *o;
  dimsat_result *result;
  const space *spec; /* all sizes that the spec allows; NULL: none */
  group *group;
  size_t group_count;
  bool *broken;    /* of each requirement */
  bool *implied;   /* broken, but not where each dim is what guards over it
                      alone demand: not worth a violation of its own */
  bool *follows;   /* proved on the spec, or implied: what dims may be does not
                      depend on it */
  integer **point; /* of each broken requirement: sizes that break it */
  bool *group_broken;
  integer **group_point; /* of each broken group: of all named variables */
  size_t first_fix, fix_count; /* the part's own, in the result */
} findings;

/* Appends the violations of the example's misfits. */
void violation_misfits(dimsat_result *r, const whole *w);

/* Appends the violations that the findings amount to. */
void violation_list(findings *f);

/* Sorts the violations from the `first` on by their first guards. */
void violation_sort(dimsat_result *r, size_t first);

/* The kind of a demand that a set makes, and of one between dims. */
violation_kind violation_of_set(const allowed *a);
violation_kind violation_of_relation(binding *b, const expr *condition);
/* What a broken requirement over several dims says of them, with its opposite
 * where that is broken too. */
const expr *violation_condition(const findings *f, size_t i);

/* Appends an empty violation, or one with its guards to blame set. */
violation *violation_add(dimsat_result *r, violation_kind kind, size_t from,
                         const char *message);
void violation_blame(findings *f, violation *v, const size_t *from,
                     size_t count);

/* Appends a line to a list of the result (copied to its memory). */
void result_add_text(dimsat_result *r, text_list *list, const char *text);

#endif
