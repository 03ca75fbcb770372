/* A stored result as data: what docs/formats.md says a result is. */
#ifndef SOLVER_RESULT_READ_H
#define SOLVER_RESULT_READ_H

#include "solver/result.h"

/*
 * The result of `p` in `text`.  Raises with line and column where the text is
 * no result; whether what it says is true, or about this problem, nobody asks
 * here: guards may be out of range and dims unknown.  Keys that are not known
 * are ignored.  `name` is NULL where there is none.
 */
dimsat_result *result_read(dimsat_problem *p, const char *text, size_t length,
                           const char **name);

#endif
