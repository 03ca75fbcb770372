/*
 * JSON (RFC 8259) as values in the work arena: they live until the call ends,
 * and nothing is to be freed.  Strings are decoded; a number is an integer that
 * fits into 64 bits, or a real, whose text is kept as it was written.  The
 * source is the RFC's grammar.
 *
 * It is our own because a problem must never be misread: jansson, for one,
 * drops characters of numbers and strings without a word where malloc fails.
 */
#ifndef LIB_PROBLEM_JSON_VALUE_H
#define LIB_PROBLEM_JSON_VALUE_H

#include "lib/expr/context.h"

typedef enum {
  VALUE_NULL,
  VALUE_FALSE,
  VALUE_TRUE,
  VALUE_INTEGER,
  VALUE_REAL,
  VALUE_STRING,
  VALUE_LIST,
  VALUE_OBJECT
} value_kind;

typedef struct json_value json_value;

struct json_value {
  value_kind kind;
  size_t count; /* bytes of a string or real, elements of a list, members */
  union {
    int64_t integer;
    const char *text; /* of a string, or of a real as it was written; with a
                         NUL behind it */
    struct {
      const json_value *item;
      const char *const *key; /* of an object; no two are equal */
    };
  };
};

/*
 * The list or object that `text` is; raises with the place.  `text` is UTF-8
 * without NUL (see `locate_check_text`).  Time is linear.
 */
const json_value *json_value_read(dimsat_context *cx, const char *text,
                                  size_t length);

/* Member `key`; NULL where there is none or `v` is no object. */
const json_value *value_member(const json_value *v, const char *key);
/* The text of a string; NULL where `v` is NULL or something else. */
const char *value_text(const json_value *v);

/* Whether `v`, which may be NULL, is of that kind. */
static inline bool value_is(const json_value *v, value_kind kind) {
  return v != NULL && v->kind == kind;
}

#endif
