/*
 * Strides worth trying: on residue classes modulo the period of a variable
 * every linear floor division and remainder by a number is exactly linear.
 */
#ifndef SOLVER_PERIOD_H
#define SOLVER_PERIOD_H

#include "solver/claim.h"

/* Larger periods are not tried. */
#define PERIOD_MAX 4096

/* The period of variable `v` in the claim; 1 when it has none that is tried. */
int64_t period_of(arena *m, const claim *c, uint32_t v);

#endif
