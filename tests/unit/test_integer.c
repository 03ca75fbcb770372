#include "lib/base/limits.h"
#include "lib/base/memory.h"
#include "lib/number/integer.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static fault trouble;
static arena memory;

/* An empty arena and a fault without a door. */
static void open_arena(void) {
  trouble = (fault){0};
  arena_init(&memory, &trouble);
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_arena(void) {
  memory_fail_after(0);
  arena_clear(&memory);
}

/* The integer that `text` spells. */
static integer number(const char *text) {
  integer value;
  ck_assert_msg(integer_parse(&memory, text, strlen(text), &value), "%s", text);
  ck_assert_msg(integer_is_canonical(value), "%s", text);
  return value;
}

/* ---- Operations by name ----------------------------------------------- */

typedef integer operation(arena *, integer, integer);

/* `integer_min` with the arguments of an operation. */
static integer minimum(arena *m, integer a, integer b) {
  (void)m;
  return integer_min(a, b);
}

/* `integer_max` with the arguments of an operation. */
static integer maximum(arena *m, integer a, integer b) {
  (void)m;
  return integer_max(a, b);
}

/* `integer_pow` of an exponent that is not negative. */
static integer power(arena *m, integer a, integer b) {
  uint64_t exponent = 0;
  ck_assert(integer_get_uint64(b, &exponent));
  return integer_pow(m, a, exponent);
}

/* The gcd of the extended algorithm. */
static integer extended(arena *m, integer a, integer b) {
  integer x, y;
  return integer_gcd_extended(m, a, b, &x, &y);
}

/* A copy of the left operand. */
static integer copy_left(arena *m, integer a, integer b) {
  (void)b;
  return integer_copy(m, a);
}

static const struct {
  const char *name;
  operation *run;
} operations[] = {
    {"+", integer_add},       {"-", integer_sub},      {"*", integer_mul},
    {"//", integer_floordiv}, {"/^", integer_ceildiv}, {"%", integer_mod},
    {"gcd", integer_gcd},     {"lcm", integer_lcm},    {"&", integer_and},
    {"|", integer_or},        {"^", integer_xor},      {"min", minimum},
    {"max", maximum},         {"**", power},           {"gcdext", extended},
    {"copy", copy_left}};

/* The operation called `name`. */
static operation *find_operation(const char *name) {
  for (int i = 0; i < ROWS(operations); i++)
    if (strcmp(operations[i].name, name) == 0)
      return operations[i].run;
  ck_abort_msg("no operation %s", name);
  return NULL;
}

/* ---- Tables ----------------------------------------------------------- */

#define MIN64 "-9223372036854775808"
#define MAX64 "9223372036854775807"
#define TWO63 "9223372036854775808"
#define TWO64 "18446744073709551616"

static const struct {
  const char *left, *name, *right, *expected;
} operation_rows[] = {{"7", "//", "2", "3"},
                      {"-7", "//", "2", "-4"},
                      {"7", "//", "-2", "-4"},
                      {"-7", "//", "-2", "3"},
                      {"-8", "//", "2", "-4"},
                      {"7", "/^", "2", "4"},
                      {"-7", "/^", "2", "-3"},
                      {"7", "/^", "-2", "-3"},
                      {"-7", "/^", "-2", "4"},
                      {"8", "/^", "2", "4"},
                      {"7", "%", "3", "1"},
                      {"-7", "%", "3", "2"},
                      {"7", "%", "-3", "-2"},
                      {"-7", "%", "-3", "-1"},
                      {"0", "%", "-3", "0"},
                      {MIN64, "//", "-1", TWO63},
                      {MIN64, "/^", "-1", TWO63},
                      {MIN64, "%", "-1", "0"},
                      {MIN64, "//", "1", MIN64},
                      {MIN64, "%", TWO63, "0"},
                      {MIN64, "//", TWO63, "-1"},
                      {"1", "//", "-" TWO64, "-1"},
                      {"1", "%", "-" TWO64, "-18446744073709551615"},
                      {"-1", "%", TWO64, "18446744073709551615"},
                      {MAX64, "+", "1", TWO63},
                      {MIN64, "-", "1", "-9223372036854775809"},
                      {TWO63, "-", "1", MAX64},
                      {"-" TWO64, "+", TWO64, "0"},
                      {"0", "-", MIN64, TWO63},
                      {"0", "-", TWO63, MIN64},
                      {MIN64, "*", "-1", TWO63},
                      {TWO64, "*", "0", "0"},
                      {"4294967296", "*", "4294967296", TWO64},
                      {"0", "gcd", "0", "0"},
                      {"0", "gcd", "-5", "5"},
                      {"12", "gcd", "-18", "6"},
                      {MIN64, "gcd", "0", TWO63},
                      {MIN64, "gcd", MIN64, TWO63},
                      {MIN64, "gcd", "6", "2"},
                      {MIN64, "gcdext", MIN64, TWO63},
                      {"0", "lcm", "0", "0"},
                      {"0", "lcm", "7", "0"},
                      {"-4", "lcm", "6", "12"},
                      {MIN64, "lcm", "3", "27670116110564327424"},
                      {MIN64, "lcm", "-1", TWO63},
                      {"0", "**", "0", "1"},
                      {"0", "**", "5", "0"},
                      {TWO64, "**", "0", "1"},
                      {"-1", "**", "18446744073709551615", "-1"},
                      {"1", "**", "18446744073709551614", "1"},
                      {"-2", "**", "63", MIN64},
                      {"2", "**", "63", TWO63},
                      {"-2", "**", "64", TWO64},
                      {"-3", "**", "3", "-27"},
                      {"7", "**", "1", "7"},
                      {MIN64, "**", "1", MIN64},
                      {"-1", "&", TWO64, TWO64},
                      {"-6", "&", "12", "8"},
                      {"-6", "|", "3", "-5"},
                      {"-6", "^", "-1", "5"},
                      {MIN64, "min", TWO64, MIN64},
                      {"-" TWO64, "min", MIN64, "-" TWO64},
                      {MIN64, "max", "-" TWO64, MIN64},
                      {MAX64, "max", TWO63, TWO63},
                      {TWO64, "copy", "0", TWO64}};

START_TEST(operation_row_holds) {
  const integer a = number(operation_rows[_i].left);
  const integer b = number(operation_rows[_i].right);
  operation *const run = find_operation(operation_rows[_i].name);
  const integer result = run(&memory, a, b);
  ck_assert(integer_is_canonical(result));
  ck_assert_str_eq(integer_text(&memory, result), operation_rows[_i].expected);
}
END_TEST

static const struct {
  const char *text;
  bool good;
  const char *printed;
} text_rows[] = {{"0", true, "0"},
                 {"-0", true, "0"},
                 {"+7", true, "7"},
                 {"007", true, "7"},
                 {"-000", true, "0"},
                 {MAX64, true, MAX64},
                 {MIN64, true, MIN64},
                 {TWO63, true, TWO63},
                 {"00000000000000000000000000000001", true, "1"},
                 {"999999999999999999", true, "999999999999999999"},
                 {"1000000000000000000", true, "1000000000000000000"},
                 {"-340282366920938463463374607431768211456", true,
                  "-340282366920938463463374607431768211456"},
                 {"", false, NULL},
                 {"-", false, NULL},
                 {"+", false, NULL},
                 {"--1", false, NULL},
                 {"1 ", false, NULL},
                 {" 1", false, NULL},
                 {"1.0", false, NULL},
                 {"0x10", false, NULL},
                 {"1_000", false, NULL},
                 {"12345678901234567890a", false, NULL}};

START_TEST(text_row_holds) {
  const char *const text = text_rows[_i].text;
  integer value = integer_of(42);
  const bool good = integer_parse(&memory, text, strlen(text), &value);
  ck_assert_int_eq(good, text_rows[_i].good);
  if (good)
    ck_assert_str_eq(integer_text(&memory, value), text_rows[_i].printed);
  else
    ck_assert(integer_is(value, 42));
}
END_TEST

START_TEST(only_given_bytes_are_parsed) {
  integer value;
  ck_assert(integer_parse(&memory, "12345", 2, &value));
  ck_assert(integer_is(value, 12));
  ck_assert(!integer_parse(&memory, "1\0002", 3, &value));
}
END_TEST

START_TEST(magnitude_row_holds) {
  static const struct {
    const char *text;
    bool fits;
    uint64_t magnitude;
    size_t bits;
  } rows[] = {{"0", true, 0, 0},
              {"-1", true, 1, 1},
              {"255", true, 255, 8},
              {MIN64, true, UINT64_C(1) << 63, 64},
              {TWO63, true, UINT64_C(1) << 63, 64},
              {"-18446744073709551615", true, UINT64_MAX, 64},
              {TWO64, false, 0, 65},
              {"-" TWO64, false, 0, 65}};
  for (int i = 0; i < ROWS(rows); i++) {
    uint64_t magnitude = 0;
    const integer value = number(rows[i].text);
    ck_assert_int_eq(integer_get_uint64(value, &magnitude), rows[i].fits);
    ck_assert_msg(magnitude == rows[i].magnitude, "row %d", i);
    ck_assert_uint_eq(integer_bits(value), rows[i].bits);
  }
}
END_TEST

START_TEST(noncanonical_forms_are_recognised) {
  const integer big = number(TWO64);
  const integer least = number(TWO63);
  ck_assert(integer_is_canonical(big));
  ck_assert(integer_is_canonical(least));
  const integer mixed = {.small = 1, .big = big.big};
  ck_assert(!integer_is_canonical(mixed));
}
END_TEST

/* ---- Limits and memory ------------------------------------------------ */

typedef struct {
  operation *run;
  integer a, b, result;
  arena *into;
} request;

/* Runs one operation inside of a door. */
static void run_request(void *data) {
  request *const q = data;
  q->result = q->run(q->into, q->a, q->b);
}

/* 2**bits plus `rest`. */
static integer near_power(uint64_t bits, int64_t rest) {
  const integer power = integer_pow(&memory, integer_of(2), bits);
  return integer_add(&memory, power, integer_of(rest));
}

/* Operands of the form 2**bits + rest; bits 0 and rest -1 make 0. */
static const struct {
  const char *name;
  struct {
    uint64_t bits;
    int64_t rest;
    bool negative;
  } a, b;
  dimsat_status status;
} limit_rows[] = {
    {"**", {1, 0, false}, {16, -1, false}, DIMSAT_OK},
    {"**", {1, 0, false}, {16, 0, false}, DIMSAT_TOO_LARGE},
    {"**", {1, 0, true}, {16, 0, false}, DIMSAT_TOO_LARGE},
    {"**", {1, 1, false}, {15, 10000, false}, DIMSAT_TOO_LARGE},
    {"**", {1, 0, false}, {64, -1, false}, DIMSAT_TOO_LARGE},
    {"**", {63, 0, true}, {10, 16, false}, DIMSAT_OK},
    {"**", {63, 0, true}, {10, 17, false}, DIMSAT_TOO_LARGE},
    {"**", {64, 0, false}, {64, -1, false}, DIMSAT_TOO_LARGE},
    {"**", {0, 0, true}, {64, -1, false}, DIMSAT_OK},
    {"+", {65535, 0, false}, {65535, -1, false}, DIMSAT_OK},
    {"+", {65535, 0, false}, {65535, 0, false}, DIMSAT_TOO_LARGE},
    {"-", {65535, 0, true}, {65535, 0, false}, DIMSAT_TOO_LARGE},
    {"+", {65535, 0, true}, {65535, 0, false}, DIMSAT_OK},
    {"*", {32768, 0, false}, {32767, 0, true}, DIMSAT_OK},
    {"*", {32768, -1, false}, {32768, -1, false}, DIMSAT_OK},
    {"*", {32768, 0, true}, {32768, 0, true}, DIMSAT_TOO_LARGE},
    {"*", {65535, 0, false}, {0, 0, true}, DIMSAT_OK},
    {"*", {65535, 0, false}, {0, -1, false}, DIMSAT_OK},
    {"*", {65535, 0, false}, {65535, 0, false}, DIMSAT_TOO_LARGE},
    {"*", {65535, 1, false}, {1, 0, false}, DIMSAT_TOO_LARGE},
    {"*", {65535, 1, false}, {0, 0, false}, DIMSAT_OK},
    {"lcm", {40000, 1, false}, {40000, -1, false}, DIMSAT_TOO_LARGE},
    {"lcm", {40000, 0, false}, {39999, 0, true}, DIMSAT_OK},
    {"//", {65535, 5, false}, {0, 0, true}, DIMSAT_OK},
    {"&", {65535, 0, true}, {1, 0, true}, DIMSAT_OK},
    {"^", {65535, 0, true}, {65535, -1, false}, DIMSAT_OK},
};

START_TEST(limit_row_holds) {
  request q = {.run = find_operation(limit_rows[_i].name), .into = &memory};
  q.a = near_power(limit_rows[_i].a.bits, limit_rows[_i].a.rest);
  q.b = near_power(limit_rows[_i].b.bits, limit_rows[_i].b.rest);
  if (limit_rows[_i].a.negative)
    q.a = integer_neg(&memory, q.a);
  if (limit_rows[_i].b.negative)
    q.b = integer_neg(&memory, q.b);
  ck_assert_int_eq(fault_try(&trouble, run_request, &q), limit_rows[_i].status);
  if (limit_rows[_i].status == DIMSAT_OK)
    ck_assert(integer_is_canonical(q.result));
}
END_TEST

START_TEST(and_of_two_negatives_may_be_too_large) {
  integer a = number("0");
  for (int i = 0; i < 2; i++)
    a = integer_sub(&memory, a, near_power(65535, 0 - (i == 1)));
  request q = {.run = integer_and, .into = &memory, .a = a};
  q.b = integer_of(-2);
  ck_assert_uint_eq(integer_bits(a), LIMIT_BITS);
  ck_assert_int_eq(fault_try(&trouble, run_request, &q), DIMSAT_TOO_LARGE);
}
END_TEST

/* Parses a text of the digit 9 as long as the small left operand says. */
static integer parse_nines(arena *m, integer a, integer b) {
  integer value = b;
  const size_t length = (size_t)a.small;
  char *const text = arena_zeroed(&memory, length, 1);
  memset(text, '9', length);
  ck_assert(integer_parse(m, text, length, &value));
  return value;
}

START_TEST(long_digits_are_refused) {
  static const struct {
    int64_t digits;
    dimsat_status status;
  } rows[] = {{19728, DIMSAT_OK},
              {19729, DIMSAT_TOO_LARGE},
              {19730, DIMSAT_TOO_LARGE},
              {19731, DIMSAT_TOO_LARGE},
              {1000000, DIMSAT_TOO_LARGE}};
  for (int i = 0; i < ROWS(rows); i++) {
    request q = {.run = parse_nines, .into = &memory};
    q.a = integer_of(rows[i].digits);
    ck_assert_int_eq(fault_try(&trouble, run_request, &q), rows[i].status);
  }
}
END_TEST

START_TEST(leading_zeros_do_not_count) {
  char *const text = arena_zeroed(&memory, 100001, 1);
  integer value;
  memset(text, '0', 100000);
  text[99999] = '5';
  ck_assert(integer_parse(&memory, text, 100000, &value));
  ck_assert(integer_is(value, 5));
}
END_TEST

/* Prints the left operand into the arena under test. */
static integer print_left(arena *m, integer a, integer b) {
  ck_assert_uint_gt(strlen(integer_text(m, a)), 0);
  return b;
}

START_TEST(ended_memory_raises_and_loses_nothing) {
  static operation *const runs[] = {
      integer_add, integer_sub, integer_mul, integer_lcm, integer_or,
      integer_xor, integer_and, integer_mod, copy_left,   extended,
      power,       parse_nines, print_left};
  const bool small = runs[_i] == power || runs[_i] == parse_nines;
  arena empty;
  arena_init(&empty, &trouble);
  request q = {.run = runs[_i], .into = &empty};
  q.a = small ? integer_of(99) : integer_neg(&memory, near_power(300, 1));
  q.b = small ? integer_of(99) : near_power(200, 77);
  memory_fail_after(1);
  ck_assert_int_eq(fault_try(&trouble, run_request, &q), DIMSAT_NO_MEMORY);
  ck_assert_int_eq(fault_try(&trouble, run_request, &q), DIMSAT_OK);
  arena_clear(&empty);
}
END_TEST

/* ---- Suite ------------------------------------------------------------ */

/* Tables for lib/number/integer*.c; test_integer_gmp.c has the properties. */
Suite *suite_integer(void) {
  Suite *const s = suite_create("integer");
  TCase *const c = tcase_create("integer");
  tcase_add_checked_fixture(c, open_arena, close_arena);
  tcase_add_loop_test(c, operation_row_holds, 0, ROWS(operation_rows));
  tcase_add_loop_test(c, text_row_holds, 0, ROWS(text_rows));
  tcase_add_test(c, only_given_bytes_are_parsed);
  tcase_add_test(c, magnitude_row_holds);
  tcase_add_test(c, noncanonical_forms_are_recognised);
  tcase_add_loop_test(c, limit_row_holds, 0, ROWS(limit_rows));
  tcase_add_test(c, and_of_two_negatives_may_be_too_large);
  tcase_add_test(c, long_digits_are_refused);
  tcase_add_test(c, leading_zeros_do_not_count);
  tcase_add_loop_test(c, ended_memory_raises_and_loses_nothing, 0, 13);
  suite_add_tcase(s, c);
  return s;
}
