/*
 * Comparisons without common factors, which often leaves one dim where the
 * guard speaks of two: `n < m*n` is `2 <= m` where n is at least 1.
 */
#ifndef SOLVER_FACTOR_H
#define SOLVER_FACTOR_H

#include "solver/bind.h"

/*
 * What `condition` amounts to on `sizes`, the space of all sizes that count
 * (NULL: there are none).  A factor of all terms of a comparison is divided out
 * where it is at least 1 there; a product that must differ from 0 becomes two.
 * Everything that is no comparison stays as it is.
 */
const expr *factor_out(binding *b, const expr *condition, const space *sizes);

#endif
