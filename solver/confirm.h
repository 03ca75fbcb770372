/*
 * Inside of `dimsat_observation_confirm`: an observation and a program, and
 * what is asked about them now.
 */
#ifndef SOLVER_CONFIRM_H
#define SOLVER_CONFIRM_H

#include "dimsat/check.h"
#include "lib/observe/observation.h"
#include "lib/problem/problem.h"

typedef struct {
  dimsat_observation *o;
  dimsat_problem *p;
  dimsat_context *cx;
  const dimsat_options *options;
  size_t *input;          /* of each leaf: the input of the program, or NONE */
  const expr **condition; /* over variables: what questions may assume */
  size_t condition_count;
  const expr **found; /* what is necessary, and the sizes that are static */
  size_t found_count;
  relation *relation; /* the one that is asked about */
  size_t guard;       /* or the guard */
  const expr *query;  /* NULL: the relation's `why` */
  const expr **assume;
  size_t assume_count, generic_count; /* and behind them: sizes of 2 or more */
  dimsat_answer answer;
  size_t call; /* the one that is tried */
  const char **name, **size;
  size_t size_count;
  const char *const *message; /* why it is refused */
  size_t message_count;
} confirming;

/* An axis of the program over its variables: one an axis, the symbol that the
 * tracer gave it, else its source. */
const expr *confirm_axis(const confirming *c, const axis *a);
/* A condition of the program over variables. */
const expr *confirm_condition(const confirming *c, const expr *condition);

/* Fills `input`: by name or source; the tensors of a cache also in order. */
void confirm_pair_inputs(confirming *c);

#endif
