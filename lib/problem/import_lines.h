/*
 * The lines of a log or a traceback, without what loggers and terminals put
 * around them.  Time is linear in the text.
 */
#ifndef LIB_PROBLEM_IMPORT_LINES_H
#define LIB_PROBLEM_IMPORT_LINES_H

#include "lib/base/buffer.h"

typedef struct {
  const char *text;
  size_t length, at; /* what is taken of the text */
  buffer line;       /* the line, as UTF-8 without NUL and colours */
  bool framed;       /* its prefix had a frame: [0/0] */
  size_t rank;       /* 1 for [rank0]: in it, and so on; 0: none */
} import_lines;

void import_lines_init(import_lines *l, arena *work, const char *text,
                       size_t length);

/*
 * The next line behind its prefix: a rank, `I1121 04:22:22.210000 19570
 * file.py:12] `, `[0/0] `; without spaces at its ends.  It is good until the
 * next call; NULL at the end of the text.
 */
const char *import_next_line(import_lines *l);

/* What stands behind `prefix`, or NULL where `text` starts otherwise. */
const char *import_behind(const char *text, const char *prefix);

#endif
