/*
 * The small words of the .dims form: spans of a line, lists, ranges, strings.
 * All offsets are of the whole text.
 */
#ifndef LIB_PROBLEM_DIMS_SCAN_H
#define LIB_PROBLEM_DIMS_SCAN_H

#include "lib/number/interval.h"
#include "lib/problem/problem_locate.h"
#include "lib/problem/spec.h"

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  text_span at; /* what is read now: an error's offset counts from here */
} dims_reader;

/* Raises DIMSAT_BAD_FORMAT about `at`. */
_Noreturn void dims_fail(dims_reader *r, text_span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* `at` without the spaces around it. */
text_span dims_trim(const dims_reader *r, text_span at);
/* The part of `at` in front of `offset`, and the part from it on. */
text_span dims_before(text_span at, size_t offset);
text_span dims_from(text_span at, size_t offset);
/* The bytes as text in the work arena; `dims_brief` for messages. */
const char *dims_copy(const dims_reader *r, text_span at);
const char *dims_brief(const dims_reader *r, text_span at);
/* Whether the bytes are exactly `word`. */
bool dims_is(const dims_reader *r, text_span at, const char *word);

/* Where the character `c` or the separate word `word` first stands outside of
 * quotes and brackets; SIZE_MAX: nowhere. */
size_t dims_find(const dims_reader *r, text_span at, char c);
size_t dims_find_word(const dims_reader *r, text_span at, const char *word);
/* Where a word starts that stands beside another with nothing but blanks
 * between them, outside of quotes and brackets; SIZE_MAX: nowhere. */
size_t dims_find_gap(const dims_reader *r, text_span at);

/* Takes a `[..]` off the front of `*rest`: what stands between the brackets. */
text_span dims_take_list(dims_reader *r, text_span *rest);
/* Takes the next entry off the front of a list's inside; false at the end. */
bool dims_next_entry(dims_reader *r, text_span *inside, text_span *entry);
size_t dims_count_entries(dims_reader *r, text_span inside);

/* Digits; `2..64`, `2..`, `..64`, `..` or one number; each raises. */
integer dims_integer(dims_reader *r, text_span at);
interval dims_range(dims_reader *r, text_span at);

/* Free text, or a string in double quotes with the escapes of JSON. */
const char *dims_string(dims_reader *r, text_span at);

#endif
