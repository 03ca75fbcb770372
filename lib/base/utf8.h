/* Which bytes are characters. */
#ifndef LIB_BASE_UTF8_H
#define LIB_BASE_UTF8_H

#include <stddef.h>

/* The length of the UTF-8 character at `text`, of which `left` bytes may be
 * looked at; 0 for NUL and where there is none. */
size_t utf8_length(const char *text, size_t left);

#endif
