/*
 * The last word on a repair: the fixes alone are read back as a spec, and every
 * guard is asked again on the whole of it, with nothing remembered.
 */
#ifndef SOLVER_VERIFY_H
#define SOLVER_VERIFY_H

#include "solver/exists.h"

/* PROVED, or UNDECIDED; BREAKS is reported as `*broken`. */
outcome verify_fixes(oracle *o, binding *b, const existence *x,
                     const fix *fixes, size_t count);

#endif
