/* What is worth knowing besides the verdict. */
#ifndef SOLVER_SUMMARY_H
#define SOLVER_SUMMARY_H

#include "solver/violation.h"

/* Allowed sets, ranges, relations, inferred axes, one line a dim; `part[i]` are
 * the findings of part i of `p`. */
void summarise(findings *part, const parts *p, whole *w, const existence *x);

#endif
