/* Which guards over one dim are to blame for the set of its sizes. */
#ifndef SOLVER_BLAME_H
#define SOLVER_BLAME_H

#include "solver/violation.h"

/*
 * Of `n` claims over one variable that allow just the set `all` within
 * `domain`, moves some that do so already to the front, with their entries of
 * `index`; how many.  None of them can be left out, unless they are too many to
 * try.
 */
size_t blame_minimise(findings *f, interval domain, const allowed *all,
                      const claim **claims, size_t *index, size_t n);

#endif
