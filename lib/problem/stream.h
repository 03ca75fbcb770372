/*
 * A file of problems, cut into records: one JSON object over any number of
 * lines, JSON Lines, or one .dims text.
 *
 * The text is only looked at, never copied; a wrong line of JSON Lines is a
 * record like any other, so that it never spoils the next one.
 */
#ifndef LIB_PROBLEM_STREAM_H
#define LIB_PROBLEM_STREAM_H

#include "dimsat/problem.h"

typedef enum { STREAM_OBJECT, STREAM_LINES, STREAM_DIMS } stream_form;

typedef struct {
  const char *text;
  size_t length;
  stream_form form;
  size_t at;     /* what is taken of the text */
  uint32_t line; /* of `at`, from 1 */
} stream;

typedef struct {
  const char *text;
  size_t length;
  uint32_t line; /* of its first byte: add an error's line, less 1 */
} stream_record;

/* Finds the form; a byte order mark is skipped. */
void stream_init(stream *s, const char *text, size_t length);
/* JSON Lines, whatever the text looks like. */
void stream_init_lines(stream *s, const char *text, size_t length);

/* The next record, or false at the end.  Lines of spaces are no records; a text
 * without any record but with form OBJECT or DIMS is one empty record. */
bool stream_next(stream *s, stream_record *r);

/* How such a record is read by `dimsat_problem_read`. */
dimsat_format stream_format(const stream *s);

#endif
