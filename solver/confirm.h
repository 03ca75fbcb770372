/*
 * Inside of `dimsat_observation_confirm`: an observation and a program, and
 * what is asked about them now.
 */
#ifndef SOLVER_CONFIRM_H
#define SOLVER_CONFIRM_H

#include "dimsat/check.h"
#include "lib/observe/observation.h"
#include "lib/problem/problem.h"

/* A condition that is no demand, but kept where it can be. */
typedef struct {
  const expr *condition;
  size_t subject; /* the relation or the column that it is about */
  bool kept;
  bool impossible; /* proved: not with all that is kept before it */
} wish;

typedef struct {
  dimsat_observation *o;
  dimsat_problem *p;
  dimsat_context *cx;
  const dimsat_options *options;
  size_t *input;          /* of each leaf: the input of the program, for a whole
                             number the symbol, or NONE */
  const expr **place;     /* of each column, over variables; NULL: the program
                             has no such size */
  const expr **condition; /* over variables: what questions may assume */
  size_t condition_count;
  const expr **found; /* what is necessary, and the sizes that are static */
  size_t found_count;
  const expr **claim; /* of each relation; NULL where it cannot be asked */
  relation **asked;   /* all relations, those with evidence first */
  size_t asked_count;
  bool possible;     /* some sizes satisfy all guards, for all that is known */
  size_t index;      /* the relation that is asked about */
  size_t guard;      /* or the guard */
  const expr *query; /* NULL: the relation's `why` */
  const expr **assume;
  size_t assume_count;
  const expr **generic; /* sizes of 2 or more */
  size_t generic_count;
  const bool *near; /* by node: the variables that the question is about */
  dimsat_answer answer;
  size_t call; /* the one that is tried */
  const char **name, **size;
  size_t size_count;
  const char *const *message; /* why it is refused */
  size_t message_count;
} confirming;

/* ---- Names (confirm_axes.c) -------------------------------------------- */

/* An axis of the program over its variables: one an axis, the symbol that the
 * tracer gave it, else its source. */
const expr *confirm_axis(const confirming *c, const axis *a);
/* A condition of the program over variables. */
const expr *confirm_condition(const confirming *c, const expr *condition);
/* The axis of the program that a column is, or NULL. */
const axis *confirm_axis_of(const confirming *c, size_t index);
/* The text of a condition over variables, each as the calls name it. */
const char *confirm_words(const confirming *c, const expr *condition);

/* ---- Inputs (confirm_pair.c) ------------------------------------------- */

/* Fills `input`: by name or source; the tensors of a cache by layer and role,
 * or in order. */
void confirm_pair_inputs(confirming *c);

/* ---- Questions (confirm_claim.c) --------------------------------------- */

/* The relation as a condition over variables; NULL, with a reason, where it is
 * none. */
const expr *confirm_claim(confirming *c, relation *r);

/* ---- Assumptions (confirm.c) ------------------------------------------- */

/* Gathers `assume`, `generic` and `near` for a question about `about`: the
 * conditions that hang together with it, also through one of `wishes`, which
 * may be NULL where there are none. */
void confirm_gather(confirming *c, const expr *about, const wish *wishes,
                    size_t wish_count);
bool confirm_is_near(const confirming *c, const bool *marked, const expr *e);

/* ---- Witnesses (confirm_witness.c) ------------------------------------- */

/* Gives the incidental relation `index` sizes that the guards allow and that
 * break it, of all other such relations as few as can be; then as many sizes
 * as can be are those of the example, and the others small.  False on failure,
 * as below. */
bool confirm_find_witness(confirming *c, size_t index);
/* Whether any sizes satisfy all guards; also true where that is too hard. */
bool confirm_is_possible(confirming *c, bool *possible);
/* Sizes that break several incidental relations at once: the example, changed
 * for one after the other as long as the guards allow it. */
bool confirm_find_probe(confirming *c);

#endif
