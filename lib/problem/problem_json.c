#include "lib/problem/problem_json.h"

#include "lib/base/buffer.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Loading ----------------------------------------------------------- */

/* Fills the record at an offset of the whole text; raises nothing. */
static void set_error(dimsat_context *cx, dimsat_status status,
                      const char *text, size_t length, text_span at) {
  cx->error.status = status;
  cx->error.offset = at.offset;
  cx->error.length = at.length;
  locate_line(&cx->error, text, length);
}

/* Where the number or word that ends at `end` starts. */
static size_t word_start(const char *text, size_t end) {
  while (end > 0 && (isalnum((unsigned char)text[end - 1]) ||
                     text[end - 1] == '-' || text[end - 1] == '.'))
    end--;
  return end;
}

/* Behind the last byte that is not white. */
static size_t text_end(const char *text, size_t length) {
  while (length > 0 && isspace((unsigned char)text[length - 1]))
    length--;
  return length;
}

/* The bytes of the token that jansson stopped behind; the byte behind it where
 * a string is broken off. */
static text_span token_before(const char *text, size_t length,
                              const json_error_t *e) {
  const size_t end = e->position < 0 ? 0 : (size_t)e->position;
  const size_t stop = end < length ? end : length;
  const char *near = strstr(e->text, " near '");
  if (end >= length && strstr(e->text, "near end of file"))
    return (text_span){text_end(text, length), 0};
  const size_t size = near != NULL ? strlen(near + 7) - 1 : 0;
  if (size == 0 || size > stop || memcmp(text + stop - size, near + 7, size))
    return (text_span){word_start(text, stop), stop - word_start(text, stop)};
  const bool whole = near[7] != '"' || (size > 1 && text[stop - 1] == '"');
  return whole ? (text_span){stop - size, size}
               : (text_span){stop, stop < length};
}

/* Says in our words what jansson found. */
static void set_json_error(dimsat_context *cx, const char *text, size_t length,
                           const json_error_t *e) {
  dimsat_error *error = &cx->error;
  const enum json_error_code code = json_error_code(e);
  const char *near = strstr(e->text, " near ");
  const int size = near ? (int)(near - e->text) : (int)strlen(e->text);
  dimsat_status status = DIMSAT_BAD_FORMAT;
  if (code == json_error_out_of_memory)
    status = DIMSAT_NO_MEMORY;
  else if (code == json_error_stack_overflow)
    status = DIMSAT_TOO_LARGE;
  set_error(cx, status, text, length, token_before(text, length, e));
  if (code == json_error_numeric_overflow && strstr(e->text, "integer"))
    snprintf(error->text, sizeof error->text,
             "the integer does not fit into 64 bits; write it as a string");
  else if (code == json_error_null_character ||
           code == json_error_null_byte_in_key)
    snprintf(error->text, sizeof error->text,
             "a string holds a NUL character (\\u0000)");
  else if (code == json_error_premature_end_of_input ||
           (near && strcmp(near, " near end of file") == 0))
    snprintf(error->text, sizeof error->text,
             "the text ends inside of the JSON value: %.*s", size, e->text);
  else
    snprintf(error->text, sizeof error->text, "the text is not JSON: %.*s",
             size, e->text);
}

/* Duplicate keys are errors; numbers stay exact. */
json_t *reader_load(dimsat_context *cx, const char *text, size_t length) {
  json_error_t e;
  locate_check_text(cx, text, length);
  json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &e);
  if (root == NULL) {
    set_json_error(cx, text, length, &e);
    fault_raise(&cx->fault, cx->error.status);
  }
  return root;
}

/* ---- Path -------------------------------------------------------------- */

/* One step down by key. */
void reader_enter(json_reader *r, const char *key) {
  assert(r->depth < READER_DEPTH);
  r->path[r->depth++] = (json_step){.key = key};
}

/* One step down by index. */
void reader_enter_index(json_reader *r, size_t index) {
  assert(r->depth < READER_DEPTH);
  r->path[r->depth++] = (json_step){.index = index};
}

/* One step up. */
void reader_leave(json_reader *r) {
  assert(r->depth > 0);
  r->depth--;
}

/* Joins the first `depth` steps. */
static const char *path_text(const json_reader *r, size_t depth) {
  buffer b;
  buffer_init(&b, &r->cx->work);
  for (size_t i = 0; i < depth; i++) {
    if (r->path[i].key == NULL)
      buffer_format(&b, "[%zu]", r->path[i].index);
    else
      buffer_format(&b, "%s%s", i ? "." : "",
                    name_brief(r->cx, r->path[i].key));
  }
  return b.length ? b.text : "the problem";
}

/* Joins all steps. */
const char *reader_path(const json_reader *r) {
  return path_text(r, r->depth);
}

/* Finds the value again in the text. */
void reader_place_error(json_reader *r) {
  dimsat_error *e = &r->cx->error;
  text_span at = locate_value(r->text, r->length, r->path, r->depth, r->at_key);
  if (r->inside)
    at = locate_inside(r->text, at, (text_span){e->offset, e->length});
  e->offset = at.offset;
  e->length = at.length;
  locate_line(e, r->text, r->length);
}

/* ---- Refusals ---------------------------------------------------------- */

/* What `value` is, in words. */
static const char *kind_text(const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    return "an object";
  case JSON_ARRAY:
    return "a list";
  case JSON_STRING:
    return "a string";
  case JSON_INTEGER:
    return "an integer";
  case JSON_REAL:
    return "a number with a fraction or exponent";
  case JSON_TRUE:
  case JSON_FALSE:
    return "a truth value";
  case JSON_NULL:
    return "null";
  }
  return "unknown";
}

/* The value at the path is something else than expected. */
_Noreturn void reader_refuse(json_reader *r, json_t *value,
                             const char *expected) {
  if (value == NULL)
    reader_fail(r, "%s is missing; %s is expected", reader_path(r), expected);
  reader_fail(r, "%s is %s; %s is expected", reader_path(r), kind_text(value),
              expected);
}

/* The value at the path is wrong. */
_Noreturn void reader_fail(json_reader *r, const char *format, ...) {
  char text[sizeof r->cx->error.text];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  context_fail(r->cx, DIMSAT_BAD_FORMAT, 0, 0, "%s", text);
}

/* ---- Values ------------------------------------------------------------ */

/* null says the same as absence. */
json_t *reader_field(const json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  return json_is_null(value) ? NULL : value;
}

/* Whether the list holds `key`. */
static bool is_known(const char *const *known, const char *key) {
  while (*known != NULL && strcmp(*known, key) != 0)
    known++;
  return *known != NULL;
}

/* Remembers an unknown key once a problem; raises when reading is strict. */
static void note_unknown(json_reader *r, const char *key) {
  const char *brief = name_brief(r->cx, key);
  if (r->strict) {
    const char *in =
        r->depth ? arena_format(&r->cx->work, " in %s", reader_path(r)) : "";
    reader_enter(r, key);
    r->at_key = true;
    reader_fail(r, "unknown key '%s'%s", brief, in);
  }
  for (size_t i = 0; i < r->unknown_count && i < READER_UNKNOWN; i++)
    if (strcmp(r->unknown[i], brief) == 0)
      return;
  if (r->unknown_count < READER_UNKNOWN) {
    r->unknown[r->unknown_count] = brief;
    r->unknown_at[r->unknown_count] =
        r->depth ? arena_format(&r->cx->work, "%s.", reader_path(r)) : "";
  }
  r->unknown_count += r->unknown_count <= READER_UNKNOWN;
}

/* Looks at each key. */
void reader_object(json_reader *r, json_t *value, const char *const *known) {
  if (!json_is_object(value))
    reader_refuse(r, value, "an object");
  for (void *at = json_object_iter(value); at != NULL;
       at = json_object_iter_next(value, at))
    if (!is_known(known, json_object_iter_key(at)))
      note_unknown(r, json_object_iter_key(at));
}

/* The length of the list. */
size_t reader_list(json_reader *r, json_t *value) {
  if (!json_is_array(value))
    reader_refuse(r, value, "a list");
  return json_array_size(value);
}

/* The text, which lives as long as the JSON value. */
const char *reader_string(json_reader *r, json_t *value) {
  if (!json_is_string(value))
    reader_refuse(r, value, "a string");
  return json_string_value(value);
}

/* An integer, or a string of digits for one beyond 64 bits. */
integer reader_integer(json_reader *r, json_t *value) {
  integer number;
  if (json_is_integer(value))
    return integer_of(json_integer_value(value));
  if (!json_is_string(value))
    reader_refuse(r, value, "an integer");
  if (!integer_parse(&r->cx->nodes, json_string_value(value),
                     json_string_length(value), &number))
    reader_fail(r, "%s is '%s'; an integer, as digits, is expected",
                reader_path(r), name_brief(r->cx, json_string_value(value)));
  return number;
}

/* ---- Members ----------------------------------------------------------- */

/* The length of a list that may be absent. */
size_t reader_list_field(json_reader *r, json_t *object, const char *key) {
  json_t *value = reader_field(object, key);
  if (value == NULL)
    return 0;
  reader_enter(r, key);
  const size_t count = reader_list(r, value);
  reader_leave(r);
  return count;
}

/* A string that may be absent. */
const char *reader_string_field(json_reader *r, json_t *object,
                                const char *key) {
  json_t *value = reader_field(object, key);
  if (value == NULL)
    return NULL;
  reader_enter(r, key);
  const char *text = reader_string(r, value);
  reader_leave(r);
  return text;
}

/* An integer that may be absent. */
integer reader_integer_field(json_reader *r, json_t *object, const char *key,
                             integer absent) {
  json_t *value = reader_field(object, key);
  if (value == NULL)
    return absent;
  reader_enter(r, key);
  const integer number = reader_integer(r, value);
  reader_leave(r);
  return number;
}

/* A truth value that may be absent. */
bool reader_bool_field(json_reader *r, json_t *object, const char *key) {
  json_t *value = reader_field(object, key);
  if (value == NULL)
    return false;
  reader_enter(r, key);
  if (!json_is_boolean(value))
    reader_refuse(r, value, "true or false");
  reader_leave(r);
  return json_is_true(value);
}

/* Whether `value` is "int_oo" or "-int_oo": endless. */
static bool is_endless(const json_t *value) {
  const char *text = json_string_value(value);
  return text && (strcmp(text, "int_oo") == 0 || strcmp(text, "-int_oo") == 0);
}

/* A bound that is absent, null or "int_oo" is none. */
interval reader_range(json_reader *r, json_t *object) {
  interval range = interval_all();
  const integer none = integer_of(0);
  json_t *min = reader_field(object, "min"), *max = reader_field(object, "max");
  range.has_lo = min != NULL && !is_endless(min);
  range.has_hi = max != NULL && !is_endless(max);
  if (range.has_lo)
    range.lo = reader_integer_field(r, object, "min", none);
  if (range.has_hi)
    range.hi = reader_integer_field(r, object, "max", none);
  return range;
}

/* One sentence, however many they are. */
const char *reader_unknown_note(const json_reader *r) {
  buffer b;
  if (r->unknown_count == 0)
    return NULL;
  buffer_init(&b, &r->cx->work);
  buffer_add(&b, r->unknown_count == 1 ? "unknown key " : "unknown keys ");
  for (size_t i = 0; i < r->unknown_count && i < READER_UNKNOWN; i++)
    buffer_format(&b, "%s'%s%s'", i ? ", " : "", r->unknown_at[i],
                  r->unknown[i]);
  if (r->unknown_count > READER_UNKNOWN)
    buffer_add(&b, " and more");
  buffer_add(&b, r->unknown_count == 1 ? " is ignored" : " are ignored");
  return b.text;
}
