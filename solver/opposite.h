/*
 * Pairs of inequalities that are an equality: `a <= b` and `b <= a`, as tracers
 * leave them of `a == b`.
 */
#ifndef SOLVER_OPPOSITE_H
#define SOLVER_OPPOSITE_H

#include "solver/bind.h"

/* Fills `opposite` and `equation` of all requirements over named variables
 * alone; linear in their number. */
void opposite_find(binding *b);

#endif
