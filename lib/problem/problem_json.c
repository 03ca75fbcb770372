#include "lib/problem/problem_json.h"

#include "lib/base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Loading ----------------------------------------------------------- */

/* Bytes first, so that the reader of JSON need not look at them. */
const json_value *reader_load(dimsat_context *cx, const char *text,
                              size_t length) {
  locate_check_text(cx, text, length);
  return json_value_read(cx, text, length);
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
static const char *kind_text(const json_value *value) {
  static const char *const texts[] = {
      [VALUE_NULL] = "null",
      [VALUE_FALSE] = "a truth value",
      [VALUE_TRUE] = "a truth value",
      [VALUE_INTEGER] = "an integer",
      [VALUE_REAL] = "a number with a fraction or exponent",
      [VALUE_STRING] = "a string",
      [VALUE_LIST] = "a list",
      [VALUE_OBJECT] = "an object",
  };
  return texts[value->kind];
}

/* The value at the path is something else than expected. */
_Noreturn void reader_refuse(json_reader *r, const json_value *value,
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
const json_value *reader_field(const json_value *object, const char *key) {
  const json_value *value = value_member(object, key);
  return value_is(value, VALUE_NULL) ? NULL : value;
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
void reader_object(json_reader *r, const json_value *value,
                   const char *const *known) {
  if (!value_is(value, VALUE_OBJECT))
    reader_refuse(r, value, "an object");
  for (size_t i = 0; i < value->count; i++)
    if (!is_known(known, value->key[i]))
      note_unknown(r, value->key[i]);
}

/* The length of the list. */
size_t reader_list(json_reader *r, const json_value *value) {
  if (!value_is(value, VALUE_LIST))
    reader_refuse(r, value, "a list");
  return value->count;
}

/* The text, which lives as long as the JSON value. */
const char *reader_string(json_reader *r, const json_value *value) {
  if (!value_is(value, VALUE_STRING))
    reader_refuse(r, value, "a string");
  return value->text;
}

/* An integer, or a string of digits for one beyond 64 bits. */
integer reader_integer(json_reader *r, const json_value *value) {
  integer number;
  if (value_is(value, VALUE_INTEGER))
    return integer_of(value->integer);
  if (!value_is(value, VALUE_STRING))
    reader_refuse(r, value, "an integer");
  if (!integer_parse(&r->cx->nodes, value->text, value->count, &number))
    reader_fail(r, "%s is '%s'; an integer, as digits, is expected",
                reader_path(r), name_brief(r->cx, value->text));
  return number;
}

/* ---- Members ----------------------------------------------------------- */

/* The length of a list that may be absent. */
size_t reader_list_field(json_reader *r, const json_value *object,
                         const char *key) {
  const json_value *value = reader_field(object, key);
  if (value == NULL)
    return 0;
  reader_enter(r, key);
  const size_t count = reader_list(r, value);
  reader_leave(r);
  return count;
}

/* A string that may be absent. */
const char *reader_string_field(json_reader *r, const json_value *object,
                                const char *key) {
  const json_value *value = reader_field(object, key);
  if (value == NULL)
    return NULL;
  reader_enter(r, key);
  const char *text = reader_string(r, value);
  reader_leave(r);
  return text;
}

/* An integer that may be absent. */
integer reader_integer_field(json_reader *r, const json_value *object,
                             const char *key, integer absent) {
  const json_value *value = reader_field(object, key);
  if (value == NULL)
    return absent;
  reader_enter(r, key);
  const integer number = reader_integer(r, value);
  reader_leave(r);
  return number;
}

/* A truth value that may be absent. */
bool reader_bool_field(json_reader *r, const json_value *object,
                       const char *key) {
  const json_value *value = reader_field(object, key);
  if (value == NULL)
    return false;
  reader_enter(r, key);
  if (value->kind != VALUE_TRUE && value->kind != VALUE_FALSE)
    reader_refuse(r, value, "true or false");
  reader_leave(r);
  return value->kind == VALUE_TRUE;
}

/* Whether `value` is "int_oo" or "-int_oo": endless. */
static bool is_endless(const json_value *value) {
  const char *text = value_text(value);
  return text && (strcmp(text, "int_oo") == 0 || strcmp(text, "-int_oo") == 0);
}

/* A bound that is absent, null or "int_oo" is none. */
interval reader_range(json_reader *r, const json_value *object) {
  interval range = interval_all();
  const integer none = integer_of(0);
  const json_value *min = reader_field(object, "min"),
                   *max = reader_field(object, "max");
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
