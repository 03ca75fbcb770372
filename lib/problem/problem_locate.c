#include "lib/problem/problem_locate.h"

#include "lib/base/limits.h"
#include "lib/base/utf8.h"

#include <stdio.h>
#include <string.h>

/* A place in well-formed JSON; `end` is behind the last byte. */
typedef struct {
  const char *text;
  size_t at, end;
} scanner;

/* ---- Scanning ---------------------------------------------------------- */

/* The byte at the place, or 0 at the end. */
static char peek(const scanner *s) {
  return s->at < s->end ? s->text[s->at] : '\0';
}

/* Skips spaces and whatever of `also` is there. */
static void skip_space(scanner *s, char also) {
  while (s->at < s->end) {
    const char c = s->text[s->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != also)
      return;
    s->at++;
  }
}

/* Skips a string, from quote to behind the other quote. */
static void skip_string(scanner *s) {
  for (s->at++; s->at < s->end && s->text[s->at] != '"'; s->at++)
    s->at += s->text[s->at] == '\\';
  s->at = s->at < s->end ? s->at + 1 : s->end;
}

/* Skips a number or a word. */
static void skip_word(scanner *s) {
  while (s->at < s->end && strchr(",]} \t\r\n", s->text[s->at]) == NULL)
    s->at++;
}

/* Skips any value. */
static void skip_value(scanner *s) {
  size_t depth = 0;
  do {
    skip_space(s, ',');
    const char c = peek(s);
    if (c == '"') {
      skip_string(s);
      skip_space(s, ':');
      continue;
    }
    if (c == '{' || c == '[')
      depth++;
    else if (c == '}' || c == ']')
      depth--;
    else
      skip_word(s);
    s->at += strchr("{[}]", c) != NULL && s->at < s->end;
  } while (depth > 0 && s->at < s->end);
}

/* ---- Strings ----------------------------------------------------------- */

/* The four hex digits at `text`. */
static unsigned hex4(const char *text) {
  unsigned value = 0;
  for (int i = 0; i < 4; i++) {
    const unsigned c = (unsigned char)text[i];
    value = value * 16 + (c <= '9' ? c - '0' : (c & 0x5F) - 'A' + 10);
  }
  return value;
}

/* How many raw bytes the character or escape at `raw` takes, and how many its
 * decoded form. */
static size_t decode_size(const char *raw, size_t *decoded) {
  *decoded = 1;
  if (raw[0] != '\\')
    return 1;
  if (raw[1] != 'u')
    return 2;
  const unsigned value = hex4(raw + 2);
  *decoded = value < 0x80 ? 1 : value < 0x800 ? 2 : 3;
  if (value < 0xD800 || value > 0xDBFF)
    return 6;
  *decoded = 4;
  return 12;
}

/* The raw length of the first `wanted` decoded bytes at `raw`. */
static size_t raw_length(const char *raw, size_t limit, size_t wanted) {
  size_t length = 0, decoded;
  for (size_t done = 0; done < wanted && length < limit; done += decoded)
    length += decode_size(raw + length, &decoded);
  return length < limit ? length : limit;
}

/* Walks the escapes from the start of the string. */
text_span locate_inside(const char *text, text_span string, text_span inside) {
  if (string.length < 2 || text[string.offset] != '"')
    return string;
  const char *raw = text + string.offset + 1;
  const size_t limit = string.length - 2;
  if (inside.offset == 0 && inside.length == 0)
    return (text_span){string.offset + 1, limit};
  const size_t start = raw_length(raw, limit, inside.offset);
  const size_t size = raw_length(raw + start, limit - start, inside.length);
  return (text_span){string.offset + 1 + start, size};
}

/* Whether the raw string at the scanner decodes to `key`. */
static bool is_key(const scanner *s, const char *key) {
  const char *raw = s->text + s->at + 1;
  for (; *raw != '"' && *key != '\0'; key++, raw++)
    if (*raw == '\\' || *raw != *key)
      return false;
  return *raw == '"' && *key == '\0';
}

/* ---- Paths ------------------------------------------------------------- */

/* From an object to the key `key`; false when it has none. */
static bool find_key(scanner *s, const char *key) {
  s->at++;
  for (skip_space(s, ','); peek(s) == '"'; skip_space(s, ',')) {
    if (is_key(s, key))
      return true;
    skip_string(s);
    skip_space(s, ':');
    skip_value(s);
  }
  return false;
}

/* From a list to its element `index`; false when it has none. */
static bool find_index(scanner *s, size_t index) {
  s->at++;
  for (skip_space(s, ','); index > 0 && peek(s) != ']'; skip_space(s, ',')) {
    skip_value(s);
    index--;
  }
  return index == 0 && peek(s) != ']';
}

/* One step down; the scanner stands on a key after a step by key. */
static bool step_down(scanner *s, const json_step *step) {
  skip_space(s, ' ');
  if (step->key != NULL)
    return peek(s) == '{' && find_key(s, step->key);
  return peek(s) == '[' && find_index(s, step->index);
}

/* The span of what stands at `at`: a whole scalar, or one bracket. */
static text_span span_at(scanner s) {
  const size_t start = s.at;
  if (peek(&s) == '{' || peek(&s) == '[')
    return (text_span){start, 1};
  if (peek(&s) == '"')
    skip_string(&s);
  else
    skip_word(&s);
  return (text_span){start, s.at - start};
}

/* Goes down while the path can be followed. */
text_span locate_value(const char *text, size_t length, const json_step *step,
                       size_t count, bool key) {
  scanner s = {text, 0, length};
  skip_space(&s, ' ');
  for (size_t i = 0; i < count; i++) {
    scanner next = s;
    if (!step_down(&next, &step[i]))
      break;
    s = next;
    if (step[i].key == NULL || (key && i + 1 == count))
      continue;
    skip_string(&s);
    skip_space(&s, ':');
  }
  return span_at(s);
}

/* ---- Lines and bytes --------------------------------------------------- */

/* Counts newlines up to the offset. */
void locate_line(dimsat_error *error, const char *text, size_t length) {
  if (error->offset > length)
    error->offset = length;
  if (error->length > length - error->offset)
    error->length = length - error->offset;
  const char *line = text, *const place = text + error->offset;
  error->line = 1;
  for (const char *c; (c = memchr(line, '\n', (size_t)(place - line)));) {
    line = c + 1;
    error->line++;
  }
  error->column = (uint32_t)(place - line) + 1;
}

/* Walks the characters. */
size_t locate_bad_byte(const char *text, size_t length) {
  for (size_t at = 0; at < length;) {
    const size_t size = utf8_length(text + at, length - at);
    if (size == 0)
      return at;
    at += size;
  }
  return length;
}

/* The record is filled by hand: only this error knows its line here. */
void locate_check_text(dimsat_context *cx, const char *text, size_t length) {
  if (length > LIMIT_PROBLEM_BYTES)
    context_fail(cx, DIMSAT_TOO_LARGE, 0, 0,
                 "the problem has %zu bytes; the limit is %zu", length,
                 LIMIT_PROBLEM_BYTES);
  const size_t bad = locate_bad_byte(text, length);
  if (bad == length)
    return;
  dimsat_error *e = &cx->error;
  *e = (dimsat_error){.status = DIMSAT_BAD_FORMAT, .offset = bad, .length = 1};
  if (text[bad] != '\0')
    snprintf(e->text, sizeof e->text, "byte 0x%02X is not UTF-8 here",
             (unsigned)(unsigned char)text[bad]);
  else
    snprintf(e->text, sizeof e->text, "the text holds a NUL byte");
  locate_line(e, text, length);
  fault_raise(&cx->fault, DIMSAT_BAD_FORMAT);
}
