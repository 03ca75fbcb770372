/* Errors for people: file:line:column, the source line, a caret. */
#ifndef CLI_ERROR_TEXT_H
#define CLI_ERROR_TEXT_H

#include "dimsat/problem.h"

#include <stdio.h>

/* A text that was read, and where it came from. */
typedef struct {
  const char *name; /* of the file, or what the text is: "query" */
  size_t line;      /* where its first byte stands, from 1 */
  const char *text;
  size_t length;
  dimsat_format format; /* how a problem in it is written */
  bool is_record;       /* one line of several in that file */
} text_origin;

/* The part of a line around a place, fit for a terminal. */
typedef struct {
  char line[512];
  size_t indent; /* columns before the place */
  size_t width;  /* columns of the place, at least 1 */
} excerpt;

/* The line around `offset`, of which `length` bytes are to be underlined. */
void excerpt_make(excerpt *out, const text_origin *from, size_t offset,
                  size_t length);

/* Prints `e` on standard error.  Line and column count from `from`. */
void error_print(const text_origin *from, const dimsat_error *e, bool colour);

#endif
