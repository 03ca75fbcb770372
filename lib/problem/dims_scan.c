#include "lib/problem/dims_scan.h"

#include "lib/base/buffer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The line is wrong at `at`. */
_Noreturn void dims_fail(dims_reader *r, text_span at, const char *format,
                         ...) {
  char text[sizeof r->cx->error.text];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  r->at = at;
  context_fail(r->cx, DIMSAT_BAD_FORMAT, 0, 0, "%s", text);
}

/* ---- Spans ------------------------------------------------------------- */

/* Spaces only: a line has no newline inside. */
text_span dims_trim(const dims_reader *r, text_span at) {
  while (at.length > 0 && isspace((unsigned char)r->text[at.offset])) {
    at.offset++;
    at.length--;
  }
  while (at.length > 0 &&
         isspace((unsigned char)r->text[at.offset + at.length - 1]))
    at.length--;
  return at;
}

/* The front. */
text_span dims_before(text_span at, size_t offset) {
  return (text_span){at.offset, offset - at.offset};
}

/* The rest. */
text_span dims_from(text_span at, size_t offset) {
  return (text_span){offset, at.offset + at.length - offset};
}

/* A copy with a NUL behind it. */
const char *dims_copy(const dims_reader *r, text_span at) {
  return arena_copy_text(&r->cx->work, r->text + at.offset, at.length);
}

/* A copy that is short. */
const char *dims_brief(const dims_reader *r, text_span at) {
  return name_brief(r->cx, dims_copy(r, at));
}

/* Compares bytes. */
bool dims_is(const dims_reader *r, text_span at, const char *word) {
  return at.length == strlen(word) &&
         memcmp(r->text + at.offset, word, at.length) == 0;
}

/* ---- Quotes and brackets ----------------------------------------------- */

/* Behind the quoted part that starts at `at`. */
static size_t skip_quotes(const char *text, size_t at, size_t end) {
  const char quote = text[at];
  for (at++; at < end && text[at] != quote; at++)
    at += text[at] == '\\';
  return at < end ? at + 1 : end;
}

/* Behind one character, one quoted part, or one bracketed part. */
static size_t skip_part(const char *text, size_t at, size_t end) {
  size_t depth = 0;
  do {
    const char c = text[at];
    if (c == '\'' || c == '"') {
      at = skip_quotes(text, at, end);
      continue;
    }
    if (strchr("([{", c))
      depth++;
    else if (strchr(")]}", c) && depth > 0)
      depth--;
    at++;
  } while (depth > 0 && at < end);
  return at;
}

/* Steps over what is quoted or bracketed. */
size_t dims_find(const dims_reader *r, text_span at, char c) {
  const size_t end = at.offset + at.length;
  for (size_t i = at.offset; i < end; i = skip_part(r->text, i, end))
    if (r->text[i] == c)
      return i;
  return SIZE_MAX;
}

/* Whether a word may end or start beside the byte at `i`. */
static bool is_gap(const dims_reader *r, text_span at, size_t i) {
  return i < at.offset || i >= at.offset + at.length ||
         strchr(" \t[]()=:", r->text[i]) != NULL;
}

/* A word with spaces or brackets around it. */
size_t dims_find_word(const dims_reader *r, text_span at, const char *word) {
  const size_t end = at.offset + at.length, size = strlen(word);
  for (size_t i = at.offset; i + size <= end; i = skip_part(r->text, i, end))
    if (memcmp(r->text + i, word, size) == 0 && is_gap(r, at, i - 1) &&
        is_gap(r, at, i + size))
      return i;
  return SIZE_MAX;
}

/* Whether a name or number may end, or one start, with `c`. */
static bool is_of_word(char c) {
  return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Two words, or a word behind a bracket. */
size_t dims_find_gap(const dims_reader *r, text_span at) {
  const size_t end = at.offset + at.length;
  size_t last = SIZE_MAX; /* the last byte that is not blank */
  for (size_t i = at.offset; i < end;) {
    const size_t next = skip_part(r->text, i, end);
    if (isspace((unsigned char)r->text[i])) {
      i = next;
      continue;
    }
    if (last != SIZE_MAX && last + 1 < i && is_of_word(r->text[i]) &&
        (is_of_word(r->text[last]) || strchr("])?", r->text[last])))
      return i;
    last = next - 1;
    i = next;
  }
  return SIZE_MAX;
}

/* ---- Lists ------------------------------------------------------------- */

/* From `[` to its `]`. */
text_span dims_take_list(dims_reader *r, text_span *rest) {
  *rest = dims_trim(r, *rest);
  const size_t start = rest->offset, end = start + rest->length;
  if (rest->length == 0 || r->text[start] != '[')
    dims_fail(r, *rest, "a list such as [batch, 3] is expected here");
  const size_t behind = skip_part(r->text, start, end);
  if (behind - start < 2 || r->text[behind - 1] != ']')
    dims_fail(r, (text_span){start, 1}, "the list is not closed by ']'");
  *rest = dims_from(*rest, behind);
  return (text_span){start + 1, behind - start - 2};
}

/* Up to the next comma; a comma at the very end is allowed. */
bool dims_next_entry(dims_reader *r, text_span *inside, text_span *entry) {
  if (dims_trim(r, *inside).length == 0)
    return false;
  const size_t comma = dims_find(r, *inside, ',');
  const size_t end = inside->offset + inside->length;
  *entry = dims_trim(r, dims_before(*inside, comma == SIZE_MAX ? end : comma));
  *inside = dims_from(*inside, comma == SIZE_MAX ? end : comma + 1);
  if (entry->length == 0)
    dims_fail(r, *entry, "an entry of the list is missing in front of ','");
  const size_t gap = dims_find_gap(r, *entry);
  if (gap != SIZE_MAX)
    dims_fail(r, (text_span){gap, 1}, "',' is missing in front of '%s'",
              dims_brief(r, dims_from(*entry, gap)));
  return true;
}

/* Walks a copy of the span. */
size_t dims_count_entries(dims_reader *r, text_span inside) {
  size_t count = 0;
  for (text_span entry; dims_next_entry(r, &inside, &entry);)
    count++;
  return count;
}

/* ---- Numbers ----------------------------------------------------------- */

/* In the problem's memory. */
integer dims_integer(dims_reader *r, text_span at) {
  integer number;
  at = dims_trim(r, at);
  if (!integer_parse(&r->cx->nodes, r->text + at.offset, at.length, &number))
    dims_fail(r, at, "'%s' is no integer", dims_brief(r, at));
  return number;
}

/* Where `..` stands, or SIZE_MAX. */
static size_t find_dots(const dims_reader *r, text_span at) {
  for (size_t i = at.offset; i + 2 <= at.offset + at.length; i++)
    if (r->text[i] == '.' && r->text[i + 1] == '.')
      return i;
  return SIZE_MAX;
}

/* Two sides, each of which may be absent, or one size. */
interval dims_range(dims_reader *r, text_span at) {
  const size_t dots = find_dots(r, at);
  interval range = interval_all();
  if (dots == SIZE_MAX) {
    const integer only = dims_integer(r, at);
    return interval_of(only, only);
  }
  const text_span lo = dims_trim(r, dims_before(at, dots));
  const text_span hi = dims_trim(r, dims_from(at, dots + 2));
  range.has_lo = lo.length > 0;
  range.has_hi = hi.length > 0 && !dims_is(r, hi, "int_oo");
  if (range.has_lo)
    range.lo = dims_integer(r, lo);
  if (range.has_hi)
    range.hi = dims_integer(r, hi);
  return range;
}

/* ---- Strings ----------------------------------------------------------- */

/* Four hex digits at `at`; raises where they are none. */
static unsigned read_hex(dims_reader *r, size_t at, size_t end) {
  unsigned value = 0;
  for (size_t i = at; i < at + 4; i++) {
    const char c = i < end ? r->text[i] : ' ';
    if (!isxdigit((unsigned char)c))
      dims_fail(r, (text_span){at - 2, 2}, "four hex digits follow \\u");
    value =
        value * 16 +
        (unsigned)(isdigit((unsigned char)c) ? c - '0' : (c & 0x5F) - 'A' + 10);
  }
  return value;
}

/* Adds a code point as UTF-8. */
static void add_character(buffer *out, unsigned c) {
  const unsigned high = c < 0x800 ? 0xC0 | c >> 6 : 0xE0 | c >> 12;
  if (c < 0x80) {
    buffer_add_char(out, (char)c);
    return;
  }
  if (c < 0x10000) {
    buffer_add_char(out, (char)high);
  } else {
    buffer_add_char(out, (char)(0xF0 | c >> 18));
    buffer_add_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
  }
  if (c >= 0x800)
    buffer_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
  buffer_add_char(out, (char)(0x80 | (c & 0x3F)));
}

/* Whether another `\u` escape stands at `at`. */
static bool has_unicode(const dims_reader *r, size_t at, size_t end) {
  return at + 6 <= end && r->text[at] == '\\' && r->text[at + 1] == 'u';
}

/* Adds what `\uXXXX` at `at` stands for, a pair of them beyond 16 bits; gives
 * the place behind it. */
static size_t add_unicode(dims_reader *r, buffer *out, size_t at, size_t end) {
  unsigned c = read_hex(r, at + 2, end);
  size_t behind = at + 6;
  if (c >= 0xD800 && c < 0xDC00 && has_unicode(r, behind, end)) {
    const unsigned low = read_hex(r, behind + 2, end);
    if (low >= 0xDC00 && low < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      behind += 6;
    }
  }
  if (c == 0 || (c >= 0xD800 && c < 0xE000))
    dims_fail(r, (text_span){at, 6}, "the escape stands for no character");
  add_character(out, c);
  return behind;
}

/* Adds what the escape at `at` stands for; gives the place behind it. */
static size_t add_escape(dims_reader *r, buffer *out, size_t at, size_t end) {
  static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char c = at + 1 < end ? r->text[at + 1] : '\0';
  if (c == 'u')
    return add_unicode(r, out, at, end);
  const char *found = c ? strchr(letters, c) : NULL;
  if (found == NULL)
    dims_fail(r, (text_span){at, 1}, "the escape is not one of JSON's");
  buffer_add_char(out, values[found - letters]);
  return at + 2;
}

/* What stands between the quotes. */
static const char *read_quoted(dims_reader *r, text_span at) {
  const size_t end = at.offset + at.length;
  buffer out;
  buffer_init(&out, &r->cx->nodes);
  size_t i = at.offset + 1;
  while (i < end && r->text[i] != '"') {
    if (r->text[i] == '\\')
      i = add_escape(r, &out, i, end);
    else
      buffer_add_char(&out, r->text[i++]);
  }
  if (i + 1 != end)
    dims_fail(r, at,
              i < end ? "text follows the closing quote"
                      : "the string is not closed by a quote");
  return out.length ? out.text : "";
}

/* In the problem's memory. */
const char *dims_string(dims_reader *r, text_span at) {
  at = dims_trim(r, at);
  if (at.length > 0 && r->text[at.offset] == '"')
    return read_quoted(r, at);
  return arena_copy_text(&r->cx->nodes, r->text + at.offset, at.length);
}
