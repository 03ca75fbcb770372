#include "lib/base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_FIRST 64

/* An empty text in `a`. */
void buffer_init(buffer *b, arena *a) {
  *b = (buffer){.arena = a, .capacity = BUFFER_FIRST};
  b->text = arena_alloc(a, BUFFER_FIRST);
  b->text[0] = '\0';
}

/* Makes room for `more` bytes and a NUL behind the text. */
static void reserve(buffer *b, size_t more) {
  if (more < b->capacity - b->length)
    return;
  size_t needed;
  if (__builtin_add_overflow(b->length, more, &needed) ||
      needed > SIZE_MAX / 2 - 1)
    fault_raise(b->arena->fault, DIMSAT_NO_MEMORY);
  const size_t twice = 2 * b->capacity;
  const size_t capacity = needed + 1 > twice ? needed + 1 : twice;
  char *const text = arena_alloc(b->arena, capacity);
  memcpy(text, b->text, b->length + 1);
  b->text = text;
  b->capacity = capacity;
}

/* Adds a whole text. */
void buffer_add(buffer *b, const char *text) {
  buffer_add_bytes(b, text, strlen(text));
}

/* Adds `length` bytes. */
void buffer_add_bytes(buffer *b, const char *bytes, size_t length) {
  reserve(b, length);
  if (length != 0)
    memcpy(b->text + b->length, bytes, length);
  b->length += length;
  b->text[b->length] = '\0';
}

/* Adds one byte. */
void buffer_add_char(buffer *b, char c) {
  reserve(b, 1);
  b->text[b->length++] = c;
  b->text[b->length] = '\0';
}

/* Adds what `printf` would write. */
void buffer_format(buffer *b, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0)
    fault_raise(b->arena->fault, DIMSAT_NO_MEMORY);
  reserve(b, (size_t)length);
  va_start(arguments, format);
  vsnprintf(b->text + b->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  b->length += (size_t)length;
}

/* Shortens the text to `length` bytes. */
void buffer_cut(buffer *b, size_t length) {
  assert(length <= b->length);
  b->length = length;
  b->text[length] = '\0';
}
