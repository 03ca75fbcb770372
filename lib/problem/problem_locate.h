/*
 * Where something stands in a text.  The JSON library gives no positions for
 * values, so an error's place is found again by a light scan along the path.
 */
#ifndef LIB_PROBLEM_PROBLEM_LOCATE_H
#define LIB_PROBLEM_PROBLEM_LOCATE_H

#include "lib/expr/context.h"

/* One step down into a JSON value. */
typedef struct {
  const char *key; /* of an object; NULL: of a list */
  size_t index;    /* of a list */
} json_step;

typedef struct {
  size_t offset, length; /* raw bytes */
} text_span;

/*
 * The value at the end of the path in well-formed JSON, or as far as the path
 * leads; a string with its quotes.  With `key`, the key of the last step.
 */
text_span locate_value(const char *text, size_t length, const json_step *step,
                       size_t count, bool key);

/* The raw bytes of the part `inside` of the decoded string at `string`; all of
 * it, without quotes, where `inside` is empty and at the start. */
text_span locate_inside(const char *text, text_span string, text_span inside);

/* Sets line and column of `error` from its offset. */
void locate_line(dimsat_error *error, const char *text, size_t length);

/* The first byte that is NUL or no UTF-8, or `length`. */
size_t locate_bad_byte(const char *text, size_t length);

/* Raises, with the place, where `text` is too long, or holds a NUL or what is
 * not UTF-8. */
void locate_check_text(dimsat_context *cx, const char *text, size_t length);

#endif
