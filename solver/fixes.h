/* A plan as fixes of dims, and fixes as a space again. */
#ifndef SOLVER_FIXES_H
#define SOLVER_FIXES_H

#include "solver/plan.h"

/* Appends to `r` the fixes that turn the user's spec into the plan. */
void fixes_of_plan(dimsat_result *r, const plan *p);

/*
 * The spec of a part with its fixes applied, as a space over its variables
 * within the assumptions; NULL when it is empty.  Uses nothing but the fixes,
 * so that a proof on it does not lean on how they were found.
 */
space *fixes_space(const binding *b, const fix *fixes, size_t count);

#endif
