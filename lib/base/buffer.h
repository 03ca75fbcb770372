/* Text that grows at its end, in an arena; always NUL-terminated. */
#ifndef LIB_BASE_BUFFER_H
#define LIB_BASE_BUFFER_H

#include "lib/base/arena.h"

typedef struct {
  arena *arena;
  char *text;
  size_t length, capacity;
} buffer;

void buffer_init(buffer *b, arena *a);
void buffer_add(buffer *b, const char *text);
void buffer_add_bytes(buffer *b, const char *bytes, size_t length);
void buffer_add_char(buffer *b, char c);
void buffer_format(buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Takes back everything behind the first `length` bytes. */
void buffer_cut(buffer *b, size_t length);

#endif
