/* What all guards together say of one variable. */
#ifndef SOLVER_PROJECT_H
#define SOLVER_PROJECT_H

#include "solver/allowed.h"
#include "solver/exists.h"

/* The requirements that are connected with the variables of `c`, through others
 * if need be, into `out`; how many. */
size_t project_connected(const binding *b, const claim *c,
                         const requirement **out);

/*
 * The sizes of variable `v` within `domain` for which sizes of all other
 * variables satisfy every requirement; not exact where that cannot be told.
 */
allowed project_onto(oracle *o, binding *b, size_t v, interval domain);

#endif
