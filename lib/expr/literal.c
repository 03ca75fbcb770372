/*
 * Literals.  A decimal is read as the exact rational that it spells: `1.4` is
 * 7/5.  Sizes are checked on the digits, before any conversion: a million
 * digits, or an exponent of a million, never reach GMP.
 */
#include "lib/expr/literal.h"

#include "lib/base/limits.h"
#include "lib/expr/build.h"

#include <string.h>

/* More decimal digits than this make more than LIMIT_BITS bits. */
#define MOST_DIGITS ((size_t)LIMIT_BITS * 30103 / 100000 + 1)

/* Fails because the number at `at` has too many bits. */
static _Noreturn void fail_large(const tokens *t, token at) {
  context_fail(t->cx, DIMSAT_TOO_LARGE, at.offset, at.length,
               "a number of more than %d bits is beyond the limit", LIMIT_BITS);
}

/* The value of a letter or digit as a digit of any base; beyond all bases for
 * what is no digit. */
static int digit_of(char c) {
  const char small = (char)(c | 0x20);
  if (c >= '0' && c <= '9')
    return c - '0';
  return small >= 'a' && small <= 'z' ? small - 'a' + 10 : INT8_MAX;
}

/* The decimal number of `count` digits. */
static integer read_digits(const tokens *t, token at, const char *digits,
                           size_t count) {
  integer n = integer_of(0);
  if (count <= 18) {
    for (size_t i = 0; i < count; i++)
      n.small = n.small * 10 + digit_of(digits[i]);
    return n;
  }
  if (count > MOST_DIGITS)
    fail_large(t, at);
  integer_parse(&t->cx->work, digits, count, &n);
  return n;
}

/* The digits of `at` alone, to the first that is none; `*count` of them. */
static char *copy_digits(const tokens *t, token at, size_t *count) {
  char *digits = arena_alloc(&t->cx->work, at.length + 1);
  const char *text = t->text + at.offset;
  size_t n = 0;
  for (uint32_t i = 0; i < at.length; i++) {
    if (text[i] == '_')
      continue;
    if (text[i] < '0' || text[i] > '9')
      break;
    if (n > 0 || text[i] != '0')
      digits[n++] = text[i];
  }
  *count = n;
  return digits;
}

/* "0x", "0o" or "0b" and digits of that base, which underscores may group. */
static integer read_based(const tokens *t, token at) {
  arena *m = &t->cx->work;
  const char *text = t->text + at.offset;
  const char mark = (char)(text[1] | 0x20);
  const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
  integer n = integer_of(0);
  int64_t part = 0, scale = 1;
  bool any = false;
  if (at.length > LIMIT_BITS + 2)
    fail_large(t, at);
  for (uint32_t i = 2; i < at.length; i++) {
    const int digit = text[i] == '_' ? -1 : digit_of(text[i]);
    if (digit < 0 && i + 1 < at.length && text[i - 1] != '_')
      continue;
    if (digit < 0 || digit >= base)
      context_fail(t->cx, DIMSAT_BAD_SYNTAX, at.offset, at.length,
                   "%s is no number of base %d", tokens_quote(t, at), base);
    any = true;
    part = part * base + digit;
    scale *= base;
    if (scale < INT64_MAX / 32)
      continue;
    n = integer_add(m, integer_mul(m, n, integer_of(scale)), integer_of(part));
    part = 0;
    scale = 1;
  }
  if (!any)
    context_fail(t->cx, DIMSAT_BAD_SYNTAX, at.offset, at.length,
                 "%s has no digits", tokens_quote(t, at));
  return integer_add(m, integer_mul(m, n, integer_of(scale)), integer_of(part));
}

/* The value of an INTEGER token. */
static integer read_integer(const tokens *t, token at) {
  const char *text = t->text + at.offset;
  if (at.length > 1 && memchr("xXoObB", text[1], 6))
    return read_based(t, at);
  size_t count;
  const char *digits = copy_digits(t, at, &count);
  return read_digits(t, at, digits, count);
}

/* The exponent that follows the "e" at `text`, kept within +-`most`. */
static int64_t read_exponent(const char *text, const char *end, int64_t most) {
  int64_t n = 0;
  const bool negative = text + 1 < end && text[1] == '-';
  for (; text < end; text++)
    if (*text >= '0' && *text <= '9' && n < most)
      n = n * 10 + (*text - '0');
  n = n < most ? n : most;
  return negative ? -n : n;
}

/* The digits of a DECIMAL token without its point, and how far the point
 * stands to their right. */
static integer read_mantissa(const tokens *t, token at, int64_t *exponent) {
  const int64_t most = 4 * (int64_t)LIMIT_TEXT_BYTES;
  const char *text = t->text + at.offset, *end = text + at.length;
  char *digits = arena_alloc(&t->cx->work, at.length + 1);
  size_t count = 0;
  bool fraction = false;
  *exponent = 0;
  for (; text < end && (*text | 0x20) != 'e'; text++) {
    fraction = fraction || *text == '.';
    if (*text == '_' || *text == '.')
      continue;
    *exponent -= fraction;
    if (count > 0 || *text != '0')
      digits[count++] = *text;
  }
  *exponent += read_exponent(text, end, most);
  for (; count > 0 && digits[count - 1] == '0'; count--)
    *exponent += 1;
  return read_digits(t, at, digits, count);
}

const expr *literal_number(const tokens *t, token at) {
  dimsat_context *cx = t->cx;
  arena *m = &cx->work;
  if (at.kind == TOKEN_INTEGER)
    return build_integer(cx, read_integer(t, at));
  int64_t exponent;
  const integer n = read_mantissa(t, at, &exponent);
  if (integer_is(n, 0))
    return build_small(cx, 0);
  const uint64_t size = (uint64_t)(exponent < 0 ? -exponent : exponent);
  if (size > MOST_DIGITS)
    fail_large(t, at);
  const integer power = integer_pow(m, integer_of(10), size);
  if (exponent >= 0)
    return build_integer(cx, integer_mul(m, n, power));
  const integer common = integer_gcd(m, n, power);
  const expr *high = build_integer(cx, integer_floordiv(m, n, common));
  const expr *low = build_integer(cx, integer_floordiv(m, power, common));
  return build_ratio(cx, high, low);
}

void literal_add_integer(const tokens *t, token at, buffer *out) {
  buffer_add(out, integer_text(&t->cx->work, read_integer(t, at)));
}

/* Adds `code` as UTF-8. */
static void add_code(buffer *out, uint32_t code) {
  char s[4];
  size_t n = 0;
  if (code < 0x80) {
    s[n++] = (char)code;
  } else if (code < 0x800) {
    s[n++] = (char)(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    s[n++] = (char)(0xE0 | code >> 12);
    s[n++] = (char)(0x80 | (code >> 6 & 0x3F));
  } else {
    s[n++] = (char)(0xF0 | code >> 18);
    s[n++] = (char)(0x80 | (code >> 12 & 0x3F));
    s[n++] = (char)(0x80 | (code >> 6 & 0x3F));
  }
  if (code >= 0x80)
    s[n++] = (char)(0x80 | (code & 0x3F));
  buffer_add_bytes(out, s, n);
}

/* Adds one character of a string as Python's repr would. */
static void add_character(buffer *out, uint32_t code) {
  if (code == '\\' || code == '\'')
    buffer_format(out, "\\%c", (int)code);
  else if (code == '\n')
    buffer_add(out, "\\n");
  else if (code == '\r')
    buffer_add(out, "\\r");
  else if (code == '\t')
    buffer_add(out, "\\t");
  else if (code < 0x20 || (code >= 0x7F && code < 0xA0))
    buffer_format(out, "\\x%02x", (unsigned)code);
  else if (code >= 0xD800 && code <= 0xDFFF)
    buffer_format(out, "\\u%04x", (unsigned)code);
  else
    add_code(out, code);
}

/* Reads up to `most` digits of `base`; how many there were. */
static size_t read_code(const char *s, const char *end, int base, size_t most,
                        uint32_t *code) {
  size_t n = 0;
  *code = 0;
  for (; n < most && s + n < end; n++) {
    const char c = s[n];
    const bool digit =
        (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    if (!digit || digit_of(c) >= base)
      break;
    *code = *code * (uint32_t)base + (uint32_t)digit_of(c);
  }
  return n;
}

/* One escape, behind its backslash: its code point, and its bytes or 0 where
 * Python knows no such escape. */
static size_t read_escape(const char *s, const char *end, uint32_t *code) {
  static const char names[] = "abfnrtv\\'\"";
  static const char values[] = "\a\b\f\n\r\t\v\\'\"";
  const char *known = strchr(names, *s);
  if (*s != '\0' && known) {
    *code = (unsigned char)values[known - names];
    return 1;
  }
  if (*s >= '0' && *s <= '7')
    return read_code(s, end, 8, 3, code);
  const size_t digits = *s == 'x' ? 2 : *s == 'u' ? 4 : *s == 'U' ? 8 : 0;
  if (digits == 0 || read_code(s + 1, end, 16, digits, code) != digits)
    return 0;
  return *code <= 0x10FFFF ? digits + 1 : 0;
}

void literal_add_string(const tokens *t, token at, buffer *out) {
  const char *s = t->text + at.offset + 1, *end = s + at.length - 2;
  buffer_add_char(out, '\'');
  while (s < end) {
    uint32_t code = 0;
    size_t n = 0;
    if (*s == '\\' && s + 1 < end)
      n = read_escape(s + 1, end, &code);
    n = n > 0 ? n + 1 : utf8_read(s, (size_t)(end - s), &code);
    add_character(out, code);
    s += n;
  }
  buffer_add_char(out, '\'');
}
