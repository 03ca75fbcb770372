/* What all guards together say of one variable. */
#ifndef SOLVER_PROJECT_H
#define SOLVER_PROJECT_H

#include "solver/allowed.h"
#include "solver/exists.h"

/*
 * The sizes of variable `v` of a part within `domain` for which sizes of all
 * its other variables satisfy every requirement; not exact where that cannot be
 * told.  `follows[i]`: requirement i holds on the whole spec, or wherever those
 * over one variable alone do.
 */
allowed project_onto(oracle *o, binding *b, uint32_t v, interval domain,
                     const bool *follows);

#endif
