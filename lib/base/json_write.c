#include "lib/base/json_write.h"

#include "lib/base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A comma, unless the next piece is a first one or follows its key.  No value
 * ends with one of these bytes. */
static void separate(buffer *b) {
  const char last = b->length > 0 ? b->text[b->length - 1] : '[';
  if (last != '{' && last != '[' && last != ' ')
    buffer_add(b, ", ");
}

/* One character, or a byte that is none. */
static void add_character(buffer *b, const char *c, size_t length) {
  if (length == 0)
    buffer_add_char(b, '?');
  else if (*c == '"' || *c == '\\')
    buffer_format(b, "\\%c", *c);
  else if (*c == '\n')
    buffer_add(b, "\\n");
  else if (*c == '\t')
    buffer_add(b, "\\t");
  else if ((unsigned char)*c < 0x20)
    buffer_format(b, "\\u%04x", (unsigned)*c);
  else
    buffer_add_bytes(b, c, length);
}

/* The text with its quotes. */
void json_quote(buffer *b, const char *text) {
  size_t left = strlen(text);
  buffer_add_char(b, '"');
  while (left > 0) {
    const size_t length = utf8_length(text, left);
    const size_t taken = length > 0 ? length : 1;
    add_character(b, text, length);
    text += taken;
    left -= taken;
  }
  buffer_add_char(b, '"');
}

/* A value like any other, so far. */
void json_open(buffer *b, char bracket) {
  separate(b);
  buffer_add_char(b, bracket);
}

/* No comma in front. */
void json_close(buffer *b, char bracket) {
  buffer_add_char(b, bracket);
}

/* The space makes the value that follows one without a comma. */
void json_key(buffer *b, const char *key) {
  separate(b);
  json_quote(b, key);
  buffer_add(b, ": ");
}

/* Quoted. */
void json_text(buffer *b, const char *text) {
  separate(b);
  if (text != NULL)
    json_quote(b, text);
  else
    buffer_add(b, "null");
}

/* Digits. */
void json_integer(buffer *b, int64_t value) {
  separate(b);
  buffer_format(b, "%" PRId64, value);
}

/* Always with a point or an exponent, so that readers take it for a fraction.
 */
void json_real(buffer *b, double value) {
  separate(b);
  const size_t start = b->length;
  buffer_format(b, "%.6g", value);
  if (strpbrk(b->text + start, ".e") == NULL)
    buffer_add(b, ".0");
}

/* As it is. */
void json_word(buffer *b, const char *word) {
  separate(b);
  buffer_add(b, word);
}

/* strtoll knows what fits. */
void json_digits(buffer *b, const char *digits) {
  errno = 0;
  if (digits != NULL)
    (void)strtoll(digits, NULL, 10);
  if (digits == NULL || errno != 0) {
    json_text(b, digits);
    return;
  }
  separate(b);
  buffer_add(b, digits);
}
