/*
 * The last word on a repair: the fixes alone are read back as a spec, and every
 * guard is asked again on the whole of it, with nothing remembered.
 */
#ifndef SOLVER_VERIFY_H
#define SOLVER_VERIFY_H

#include "solver/violation.h"

/* Whether the example is among the sizes of `s`. */
bool verify_example(const binding *b, const space *s);

/* Whether all guards of a part are proved on its spec with `fixes` applied,
 * which holds the example; BREAKS where one is broken. */
outcome verify_fixes(const findings *f, const fix *fixes, size_t count);

#endif
