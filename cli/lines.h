/* Lines in, one line each out, in the same order: `batch` and `ask -`. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include "cli/input.h"

/* The answer to one line, which `free` ends, and its exit code.  Several run at
 * once; what a line gets must not depend on others. */
typedef char *line_answer(const options *o, const text_origin *line, int *code);

/*
 * Answers each line of `path` that is not blank by `o->jobs` threads.  An
 * answer is printed as soon as it and all before it are there.  The worst exit
 * code.
 */
int lines_answer(const options *o, const char *path, line_answer *answer);

#endif
