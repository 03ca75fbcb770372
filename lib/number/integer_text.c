#include "lib/base/limits.h"
#include "lib/number/integer_big.h"

#include <assert.h>
#include <inttypes.h>

/* Digits that always fit in an int64_t. */
#define SMALL_DIGITS 18
/* More digits than these, the first not 0, are more than LIMIT_BITS bits. */
#define LIMIT_DIGITS ((size_t)LIMIT_BITS * 30103 / 100000 + 2)

/* Whether all bytes are digits and there is one. */
static bool all_digits(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] < '0' || text[i] > '9')
      return false;
  return length != 0;
}

/* The value of at most SMALL_DIGITS digits. */
static integer parse_small(const char *digits, size_t length, bool negative) {
  int64_t value = 0;
  for (size_t i = 0; i < length; i++)
    value = 10 * value + (digits[i] - '0');
  return integer_of(negative ? -value : value);
}

/* The value of more digits, read from a copy that ends in NUL. */
static integer parse_big(arena *m, const char *digits, size_t length,
                         bool negative) {
  if (length > LIMIT_DIGITS)
    fault_raise(m->fault, DIMSAT_TOO_LARGE);
  const arena_mark mark = arena_get_mark(m);
  const char *const copy = arena_copy_text(m, digits, length);
  mpz_t value;
  const int failed = mpz_init_set_str(value, copy, 10);
  assert(failed == 0);
  (void)failed;
  if (negative)
    mpz_neg(value, value);
  arena_rewind(m, mark);
  return big_take(m, value);
}

/* Reads [+-]?[0-9]+ of any length; zeros in front are allowed. */
bool integer_parse(arena *m, const char *text, size_t length, integer *out) {
  const bool sign = length != 0 && (text[0] == '+' || text[0] == '-');
  const char *digits = text + sign;
  length -= sign;
  if (!all_digits(digits, length))
    return false;
  while (length > 1 && *digits == '0') {
    digits++;
    length--;
  }
  const bool negative = sign && text[0] == '-';
  *out = length <= SMALL_DIGITS ? parse_small(digits, length, negative)
                                : parse_big(m, digits, length, negative);
  return true;
}

/* Decimal digits in the arena, with a minus sign where one is due. */
const char *integer_text(arena *m, integer a) {
  if (a.big == NULL)
    return arena_format(m, "%" PRId64, a.small);
  big_view view;
  const mpz_srcptr value = big_view_of(&view, a);
  char *const text = arena_alloc(m, mpz_sizeinbase(value, 10) + 2);
  return mpz_get_str(text, 10, value);
}
