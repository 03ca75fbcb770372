#include "lib/base/utf8.h"

/* RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
size_t utf8_length(const char *bytes, size_t left) {
  const unsigned char *const text = (const unsigned char *)bytes;
  if (left == 0)
    return 0;
  const unsigned c = text[0];
  if (c < 0x80)
    return c != 0;
  const size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  if (c < 0xC2 || c > 0xF4 || left < length)
    return 0;
  for (size_t i = 1; i < length; i++)
    if ((text[i] & 0xC0) != 0x80)
      return 0;
  const unsigned d = text[1];
  if ((c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F) ||
      (c == 0xF0 && d < 0x90) || (c == 0xF4 && d > 0x8F))
    return 0;
  return length;
}
