#include "lib/number/integer_big.h"

#include <inttypes.h>
#include <string.h>

/* Digits that always fit in an int64_t. */
#define SMALL_DIGITS 18
/* More digits than these, the first not 0, are more than LIMIT_BITS bits. */
#define LIMIT_DIGITS ((size_t)LIMIT_BITS * 30103 / 100000 + 2)

/* So many digits, the most that a limb holds, are read and written at once. */
#define GROUP_DIGITS 19
#define GROUP UINT64_C(10000000000000000000)

/* Whether all bytes are digits and there is one. */
static bool all_digits(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] < '0' || text[i] > '9')
      return false;
  return length != 0;
}

/* The value of at most GROUP_DIGITS digits. */
static mp_limb_t read_group(const char *digits, size_t length) {
  mp_limb_t value = 0;
  for (size_t i = 0; i < length; i++)
    value = 10 * value + (mp_limb_t)(digits[i] - '0');
  return value;
}

/* The value of at most SMALL_DIGITS digits. */
static integer parse_small(const char *digits, size_t length, bool negative) {
  const int64_t value = (int64_t)read_group(digits, length);
  return integer_of(negative ? -value : value);
}

/* The value of more digits: group after group, each shifting what is there. */
static integer parse_big(arena *m, const char *digits, size_t length,
                         bool negative) {
  if (length > LIMIT_DIGITS)
    fault_raise_limit(m->fault, TOO_MANY_BITS);
  const size_t most = length / GROUP_DIGITS + 2;
  const arena_mark mark = arena_get_mark(m);
  big_integer *const room = big_make(m, most);
  mp_size_t count = 0;
  for (size_t size = (length - 1) % GROUP_DIGITS + 1; length > 0;
       size = GROUP_DIGITS) {
    const mp_limb_t group = read_group(digits, size);
    mp_limb_t carry = group;
    if (count > 0) {
      carry = mpn_mul_1(room->limb, room->limb, count, GROUP);
      carry += mpn_add_1(room->limb, room->limb, count, group);
    }
    if (carry != 0)
      room->limb[count++] = carry;
    digits += size;
    length -= size;
  }
  mpz_t value;
  big_open(value, room, most);
  mpz_limbs_finish(value, negative ? -count : count);
  return big_settle(m, mark, value, room);
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

/* Writes the digits of a big part from the last to the first; the first. */
static char *write_digits(arena *m, integer a, char *end) {
  mp_size_t count = (mp_size_t)(integer_bits(a) + 63) / 64;
  mp_limb_t *const rest = arena_alloc(m, (size_t)count * sizeof *rest);
  memcpy(rest, a.big->limb, (size_t)count * sizeof *rest);
  while (count > 0) {
    mp_limb_t group = mpn_divrem_1(rest, 0, rest, count, GROUP);
    count -= rest[count - 1] == 0;
    for (int i = 0; i < GROUP_DIGITS && (count > 0 || group > 0); i++) {
      *--end = (char)('0' + group % 10);
      group /= 10;
    }
  }
  return end;
}

/* Decimal digits in the arena, with a minus sign where one is due. */
const char *integer_text(arena *m, integer a) {
  if (a.big == NULL)
    return arena_format(m, "%" PRId64, a.small);
  const size_t size = integer_bits(a) * 30103 / 100000 + 3;
  char *const text = arena_alloc(m, size);
  const arena_mark mark = arena_get_mark(m);
  char *const end = text + size - 1;
  char *first = write_digits(m, a, end);
  *end = '\0';
  if (integer_sign(a) < 0)
    *--first = '-';
  arena_rewind(m, mark);
  return first;
}
