/*
 * Laws of a problem's text and of the answer to it, whatever the problem is.
 *
 * The text is refused with its place, or what is written of the problem reads
 * back and is then written the same.  The answer, asked for with few steps, is
 * the same in a fresh context; its reports are written in each form; each
 * witness breaks a guard; where the spec is said to agree, and where a repair
 * is said to be proved, no sizes that are tried break a guard.
 */
#ifndef TESTS_FUZZ_ANSWER_H
#define TESTS_FUZZ_ANSWER_H

#include "tests/fuzz/target.h"

void hold_problem(const fuzz_text *t, dimsat_format format, bool suggest);

/* The problem of a text; NULL once the error was held to its laws. */
dimsat_problem *fuzz_read(dimsat_context *cx, const char *text, size_t length,
                          dimsat_format format);

#endif
