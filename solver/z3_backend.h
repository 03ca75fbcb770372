/*
 * The authority: one kind of question, put to Z3.
 *
 * Find sizes of `symbol[0..count)`, each within its range, for which every
 * condition of `holds` is true and has a value, and for which the conditions of
 * `breaks` do not all hold: at least one is false or has no value.  With
 * `quantified` > 0 the last so many symbols are not chosen: `breaks` must fail
 * for all their values within their ranges.  With no `breaks` only `holds`
 * matters.
 *
 * The session is made at the first question of a call.  Seeds are fixed, terms
 * are built in a fixed order, and `rlimit` bounds the work, so answers are the
 * same on every run.  The caller verifies each model by exact evaluation.
 */
#ifndef SOLVER_Z3_BACKEND_H
#define SOLVER_Z3_BACKEND_H

#include "lib/base/budget.h"
#include "lib/expr/expr.h"
#include "lib/number/interval.h"
#include "solver/result.h"

typedef struct {
  const expr *const *symbol;
  const interval *range;
  size_t count, quantified;
  const expr *const *holds;
  size_t holds_count;
  const expr *const *breaks;
  size_t breaks_count;
} z3_question;

typedef enum { Z3_FOUND, Z3_NONE, Z3_GAVE_UP } z3_verdict;

/*
 * `model` takes count - quantified values when FOUND (in `m`).  `why` (may be
 * NULL) gets a sentence in `m` when Z3 gave up: budget, timeout, a function
 * that has no encoding.  `effort` scales the rlimit: 1 is the default.
 */
z3_verdict z3_find(dimsat_context *cx, arena *m, budget *b, counters *stats,
                   const z3_question *q, double effort, integer *model,
                   const char **why);

/* Ends the session, at the end of each call: what Z3 answers depends on all
 * that a session has seen. */
void z3_end(dimsat_context *cx);

#endif
