/*
 * Typed access to a JSON value, with the path to it in mind: every error knows
 * which value it is about and says it as `inputs[0].shape[1].min`.
 */
#ifndef LIB_PROBLEM_PROBLEM_JSON_H
#define LIB_PROBLEM_PROBLEM_JSON_H

#include "lib/base/limits.h"
#include "lib/problem/json_value.h"
#include "lib/problem/problem_locate.h"
#include "lib/problem/spec.h"

#define READER_DEPTH (LIMIT_JSON_DEPTH + 2) /* and a member that is missing */
#define READER_UNKNOWN 5

typedef struct {
  dimsat_context *cx;
  const char *text; /* of the whole JSON */
  size_t length;
  bool strict;
  json_step path[READER_DEPTH]; /* to the value that is read now */
  size_t depth;
  bool at_key; /* an error is about the last key, not its value */
  bool inside; /* an error's offset counts within the decoded string */
  const char *unknown[READER_UNKNOWN];    /* keys, and where they stood */
  const char *unknown_at[READER_UNKNOWN]; /* "dims[0].", or "" */
  size_t unknown_count;                   /* may pass READER_UNKNOWN */
} json_reader;

/* The JSON value of `length` bytes, in the work arena; raises with line, column
 * and all. */
const json_value *reader_load(dimsat_context *cx, const char *text,
                              size_t length);

/* Down to a member or an element, and up again. */
void reader_enter(json_reader *r, const char *key);
void reader_enter_index(json_reader *r, size_t index);
void reader_leave(json_reader *r);

/* The path as text, in the work arena; "the problem" at the top. */
const char *reader_path(const json_reader *r);

/* Turns the error record's offset into a place of the whole text. */
void reader_place_error(json_reader *r);

/* Raises DIMSAT_BAD_FORMAT about the value at the path. */
_Noreturn void reader_refuse(json_reader *r, const json_value *value,
                             const char *expected);
_Noreturn void reader_fail(json_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Member `key` of `object`; NULL when absent or null. */
const json_value *reader_field(const json_value *object, const char *key);

/* Raises unless `value` is an object; deals with keys that are not in `known`,
 * which a NULL ends. */
void reader_object(json_reader *r, const json_value *value,
                   const char *const *known);

/* The value at the path as what it must be; raises when it is not. */
size_t reader_list(json_reader *r, const json_value *value);
const char *reader_string(json_reader *r, const json_value *value);
integer reader_integer(json_reader *r, const json_value *value);

/* The same for member `key`; NULL, 0, false or `absent` when there is none. */
size_t reader_list_field(json_reader *r, const json_value *object,
                         const char *key);
const char *reader_string_field(json_reader *r, const json_value *object,
                                const char *key);
integer reader_integer_field(json_reader *r, const json_value *object,
                             const char *key, integer absent);
bool reader_bool_field(json_reader *r, const json_value *object,
                       const char *key);
/* From members "min" and "max". */
interval reader_range(json_reader *r, const json_value *object);

/* What the unknown keys make of a note, or NULL when there was none. */
const char *reader_unknown_note(const json_reader *r);

#endif
