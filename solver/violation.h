/* What a broken requirement amounts to, in the user's words. */
#ifndef SOLVER_VIOLATION_H
#define SOLVER_VIOLATION_H

#include "solver/allowed.h"
#include "solver/exists.h"

/* What checking learned, for those who describe it. */
typedef struct {
  binding *b;
  oracle *o;
  const existence *existence;
  dimsat_result *result;
  bool *broken;    /* of each requirement */
  bool *implied;   /* broken, but not where each dim is what guards over it
                      alone demand: not worth a violation of its own */
  integer **point; /* breaking sizes of each broken requirement */
  bool *group_broken;
  integer **group_point;
} findings;

/* Appends the violations that the findings amount to, in the order of their
 * first guards. */
void violation_list(findings *f);

/* Appends an empty violation, or one with its guards to blame set. */
violation *violation_add(findings *f, violation_kind kind, size_t from,
                         const char *message);
void violation_blame(findings *f, violation *v, const size_t *from,
                     size_t count);

/* Appends violations of DYNAMIC axes that can have only one size. */
void violation_dynamic(findings *f);

/* Sizes near the example that still break the claim, from some that do. */
void violation_simplify(findings *f, const claim *c, integer *point);

/* Appends a line to a list of the result (copied to its memory). */
void result_add_text(dimsat_result *r, text_list *list, const char *text);

/* A requirement over dims, or as written where that reads better. */
const char *guard_words(binding *b, const requirement *r);

/* The condition over dims as Python text. */
const char *condition_text(dimsat_context *cx, const expr *e);

#endif
