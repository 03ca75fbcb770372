/* DYNAMIC axes, whose promise is that they can have more than one size. */
#ifndef SOLVER_DYNAMIC_H
#define SOLVER_DYNAMIC_H

#include "solver/violation.h"

/* Appends violations of DYNAMIC axes that can have only one size; `part[i]` are
 * the findings of part i of `p`. */
void violation_dynamic(findings *part, const parts *p, whole *w,
                       const existence *x);

#endif
