#include "lib/problem/stream.h"

#include <string.h>

/* Whether `c` is white. */
static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first byte at or behind `at` that is not white. */
static size_t skip_space(const char *text, size_t length, size_t at) {
  while (at < length && is_space(text[at]))
    at++;
  return at;
}

/* The end of the line that holds `at`: its newline, or the end of the text. */
static size_t line_end(const char *text, size_t length, size_t at) {
  const char *end = memchr(text + at, '\n', length - at);
  return end ? (size_t)(end - text) : length;
}

/* Behind the string that starts at `at`; a string ends with its line too. */
static size_t skip_string(const char *text, size_t length, size_t at) {
  for (at++; at < length && text[at] != '"' && text[at] != '\n'; at++)
    at += text[at] == '\\' && at + 1 < length && text[at + 1] != '\n';
  return at < length ? at + 1 : length;
}

/* Behind the JSON object or list that starts at `at`; SIZE_MAX: it is open at
 * `length`. */
static size_t skip_value(const char *text, size_t length, size_t at) {
  size_t depth = 0;
  while (at < length) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, length, at);
      continue;
    }
    depth += c == '{' || c == '[';
    depth -= c == '}' || c == ']';
    at++;
    if (depth == 0)
      return at;
  }
  return SIZE_MAX;
}

/* Whether a line behind `at` is a whole JSON object. */
static bool has_whole_line(const char *text, size_t length, size_t at) {
  while (at < length) {
    const size_t end = line_end(text, length, at);
    const size_t start = skip_space(text, end, at);
    if (start < end && text[start] == '{') {
      const size_t behind = skip_value(text, end, start);
      if (behind != SIZE_MAX && skip_space(text, end, behind) == end)
        return true;
    }
    at = end + 1;
  }
  return false;
}

/* One object when it fills the text.  Otherwise lines, when the first line
 * closes what it opens or a later line stands for itself. */
static stream_form form_of(const char *text, size_t length) {
  const size_t start = skip_space(text, length, 0);
  if (start == length || (text[start] != '{' && text[start] != '['))
    return STREAM_DIMS;
  const size_t behind = skip_value(text, length, start);
  const size_t end = line_end(text, length, start);
  if (behind != SIZE_MAX && skip_space(text, length, behind) == length)
    return STREAM_OBJECT;
  if (behind <= end || has_whole_line(text, length, end))
    return STREAM_LINES;
  return STREAM_OBJECT;
}

/* Skips a byte order mark. */
void stream_init_lines(stream *s, const char *text, size_t length) {
  const bool mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
  *s = (stream){.text = text, .length = length, .form = STREAM_LINES};
  s->at = mark ? 3 : 0;
  s->line = 1;
}

/* Looks at the first value. */
void stream_init(stream *s, const char *text, size_t length) {
  stream_init_lines(s, text, length);
  s->form = form_of(text + s->at, length - s->at);
}

/* The rest of the text, once. */
static bool take_all(stream *s, stream_record *r) {
  if (s->line == 0)
    return false;
  *r = (stream_record){s->text + s->at, s->length - s->at, s->line};
  s->line = 0;
  return true;
}

/* The next line that is not white. */
static bool take_line(stream *s, stream_record *r) {
  while (s->at < s->length) {
    const size_t start = s->at, end = line_end(s->text, s->length, start);
    const uint32_t line = s->line++;
    s->at = end < s->length ? end + 1 : end;
    if (skip_space(s->text, end, start) == end)
      continue;
    *r = (stream_record){s->text + start, end - start, line};
    return true;
  }
  return false;
}

/* By form. */
bool stream_next(stream *s, stream_record *r) {
  return s->form == STREAM_LINES ? take_line(s, r) : take_all(s, r);
}

/* A line of JSON Lines is JSON. */
dimsat_format stream_format(const stream *s) {
  return s->form == STREAM_DIMS ? DIMSAT_FORMAT_DIMS : DIMSAT_FORMAT_JSON;
}
