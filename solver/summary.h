/* What is worth knowing besides the verdict. */
#ifndef SOLVER_SUMMARY_H
#define SOLVER_SUMMARY_H

#include "solver/plan.h"
#include "solver/violation.h"

/* Relations that a plan leaves out, and what to do instead. */
void summary_of_plan(findings *f, const plan *p);

/* Allowed sets, ranges, relations, inferred axes, one line a dim. */
void summarise(findings *f);

#endif
