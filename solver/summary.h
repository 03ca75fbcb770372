/* What is worth knowing besides the verdict. */
#ifndef SOLVER_SUMMARY_H
#define SOLVER_SUMMARY_H

#include "solver/plan.h"
#include "solver/violation.h"

/* Relations that a plan leaves out, and what to do instead. */
void summary_of_plan(findings *f, const plan *p);

/* Allowed sets, ranges, relations, inferred axes, one line a dim; `part[i]` are
 * the findings of part i of `p`. */
void summarise(findings *part, const parts *p, whole *w, const existence *x);

#endif
