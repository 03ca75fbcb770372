/* One problem of a run: asked in all ways and in other words, and judged. */
#ifndef TESTS_VOLUME_PROBLEM_H
#define TESTS_VOLUME_PROBLEM_H

#include "tests/volume/session.h"

/* The native way decides; where `z3` is set also with Z3 and Z3 alone. */
void problem_run(session *s, bool z3, bool show_open);
/* Prints it as one line of JSON. */
void problem_dump(session *s);

#endif
