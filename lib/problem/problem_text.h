/* The two written forms of a problem; docs/formats.md describes them. */
#ifndef LIB_PROBLEM_PROBLEM_TEXT_H
#define LIB_PROBLEM_PROBLEM_TEXT_H

#include "lib/base/buffer.h"
#include "lib/problem/problem.h"

/* Both read and validate; they raise with line and column in the record. */
dimsat_problem *problem_read_json(dimsat_context *cx, const char *text,
                                  size_t length, bool strict);
dimsat_problem *problem_read_dims(dimsat_context *cx, const char *text,
                                  size_t length);

/* One line of JSON, and lines of .dims; each reads back to the same problem. */
void problem_write_json(buffer *out, const dimsat_problem *p);
void problem_write_dims(buffer *out, const dimsat_problem *p);

#endif
