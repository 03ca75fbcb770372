/* What no Dim can say, and what a user can do instead. */
#ifndef SOLVER_ALTERNATIVES_H
#define SOLVER_ALTERNATIVES_H

#include "solver/plan.h"
#include "solver/violation.h"

/* Says which relations and sets the plan keeps only in part. */
void alternatives_of_plan(findings *f, const plan *p);

/* Says which axes of the part need a larger example, because the tracer burned
 * in 0 or 1. */
void alternatives_of_example(findings *f);

#endif
