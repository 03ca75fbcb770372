/*
 * Every operation on integers is computed twice, here and by GMP, on random
 * operands with a bias to the places where the representation changes.
 */
#include "lib/base/limits.h"
#include "lib/number/integer.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define ROUNDS 4000

static fault trouble;
static arena memory;

/* An empty arena and a fault without a door. */
static void open_arena(void) {
  trouble = (fault){0};
  arena_init(&memory, &trouble);
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_arena(void) {
  arena_clear(&memory);
}

/* ---- Both ways between text, integer and GMP -------------------------- */

/* The integer that `text` spells. */
static integer number(const char *text) {
  integer value;
  ck_assert_msg(integer_parse(&memory, text, strlen(text), &value), "%s", text);
  ck_assert_msg(integer_is_canonical(value), "%s", text);
  return value;
}

/* The integer with the value of `z`, by way of text. */
static integer from_gmp(const mpz_t z) {
  char *const text = arena_alloc(&memory, mpz_sizeinbase(z, 10) + 2);
  return number(mpz_get_str(text, 10, z));
}

/* Checks that `value` is canonical and equals `z`, in value and in hash. */
static void check_equals(integer value, const mpz_t z) {
  char *const expected = arena_alloc(&memory, mpz_sizeinbase(z, 10) + 2);
  mpz_get_str(expected, 10, z);
  ck_assert_str_eq(integer_text(&memory, value), expected);
  ck_assert_msg(integer_is_canonical(value), "%s", expected);
  const integer same = number(expected);
  ck_assert_msg(integer_equal(value, same), "%s", expected);
  ck_assert_msg(integer_hash(value) == integer_hash(same), "%s", expected);
}

/* ---- Operands --------------------------------------------------------- */

/* Sets `z` to a power of two that matters, or its neighbour, of any sign. */
static void draw_corner(random_source *r, mpz_t z) {
  static const unsigned long bits[] = {0, 1, 31, 32, 62, 63, 64, 127, 128, 200};
  mpz_set_ui(z, 1);
  mpz_mul_2exp(z, z, bits[random_below(r, ROWS(bits))]);
  mpz_add_ui(z, z, (unsigned long)random_below(r, 3));
  mpz_sub_ui(z, z, (unsigned long)random_below(r, 3));
}

/* Sets `z` to a number of up to 320 bits, short ones as likely as long ones. */
static void draw_any(random_source *r, mpz_t z) {
  const unsigned long bits = (unsigned long)random_below(r, 321);
  mpz_set_ui(z, 0);
  for (int i = 0; i < 5; i++) {
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, (unsigned long)random_word(r));
  }
  mpz_fdiv_r_2exp(z, z, bits);
}

/* Sets `z` to a random number with a bias to corners. */
static void draw(random_source *r, mpz_t z) {
  switch (random_below(r, 4)) {
  case 0:
    mpz_set_si(z, (long)random_range(r, -20, 20));
    break;
  case 1:
    draw_any(r, z);
    break;
  default:
    draw_corner(r, z);
    break;
  }
  if (random_below(r, 2))
    mpz_neg(z, z);
}

typedef struct {
  mpz_t a, b, expected;
  integer x, y;
} operands;

/* Runs `check` on many random pairs, the same object twice now and then. */
static void for_random_pairs(void (*check)(operands *)) {
  random_source r = random_start();
  operands o;
  mpz_inits(o.a, o.b, o.expected, (mpz_ptr)NULL);
  for (int i = 0; i < ROUNDS; i++) {
    const arena_mark mark = arena_get_mark(&memory);
    draw(&r, o.a);
    draw(&r, o.b);
    o.x = from_gmp(o.a);
    o.y = from_gmp(o.b);
    if (random_below(&r, 16) == 0) {
      mpz_set(o.b, o.a);
      o.y = o.x;
    }
    check(&o);
    arena_rewind(&memory, mark);
  }
  mpz_clears(o.a, o.b, o.expected, (mpz_ptr)NULL);
}

/* Compares an operation with the function of GMP that it must equal. */
static void compare(operands *o, integer (*run)(arena *, integer, integer),
                    void (*gmp)(mpz_ptr, mpz_srcptr, mpz_srcptr)) {
  gmp(o->expected, o->a, o->b);
  check_equals(run(&memory, o->x, o->y), o->expected);
}

/* ---- Laws ------------------------------------------------------------- */

/* Operations without a condition on the operands. */
static void check_total(operands *o) {
  compare(o, integer_add, mpz_add);
  compare(o, integer_sub, mpz_sub);
  compare(o, integer_mul, mpz_mul);
  compare(o, integer_gcd, mpz_gcd);
  compare(o, integer_lcm, mpz_lcm);
  compare(o, integer_and, mpz_and);
  compare(o, integer_or, mpz_ior);
  compare(o, integer_xor, mpz_xor);
}

START_TEST(total_operations_equal_gmp) {
  for_random_pairs(check_total);
}
END_TEST

/* Division, and the law that defines it. */
static void check_division(operands *o) {
  if (integer_sign(o->y) == 0)
    return;
  compare(o, integer_floordiv, mpz_fdiv_q);
  compare(o, integer_ceildiv, mpz_cdiv_q);
  compare(o, integer_mod, mpz_fdiv_r);
  const integer q = integer_floordiv(&memory, o->x, o->y);
  const integer r = integer_mod(&memory, o->x, o->y);
  const integer back = integer_add(&memory, integer_mul(&memory, q, o->y), r);
  ck_assert(integer_equal(back, o->x));
  ck_assert(
      integer_compare(integer_abs(&memory, r), integer_abs(&memory, o->y)) < 0);
  ck_assert(integer_sign(r) * integer_sign(o->y) >= 0);
  ck_assert_int_eq(integer_divides(o->y, o->x), integer_sign(r) == 0);
  ck_assert(integer_divides(o->y, integer_mul(&memory, q, o->y)));
}

START_TEST(division_equals_gmp) {
  for_random_pairs(check_division);
}
END_TEST

/* Order, sign, size, and what follows from them. */
static void check_order(operands *o) {
  const int order = mpz_cmp(o->a, o->b);
  const int sign = (order > 0) - (order < 0);
  ck_assert_int_eq(integer_compare(o->x, o->y), sign);
  ck_assert_int_eq(integer_compare(o->y, o->x), -sign);
  ck_assert_int_eq(integer_equal(o->x, o->y), sign == 0);
  ck_assert_int_eq(integer_sign(o->x), mpz_sgn(o->a));
  check_equals(integer_min(o->x, o->y), sign <= 0 ? o->a : o->b);
  check_equals(integer_max(o->x, o->y), sign >= 0 ? o->a : o->b);
  ck_assert_uint_eq(integer_bits(o->x),
                    mpz_sgn(o->a) ? mpz_sizeinbase(o->a, 2) : 0);
  ck_assert_int_eq(integer_is_small(o->x), mpz_fits_slong_p(o->a) != 0);
  mpz_abs(o->expected, o->a);
  check_equals(integer_abs(&memory, o->x), o->expected);
  mpz_neg(o->expected, o->a);
  check_equals(integer_neg(&memory, o->x), o->expected);
  check_equals(integer_copy(&memory, o->x), o->a);
  uint64_t magnitude = 0;
  ck_assert_int_eq(integer_get_uint64(o->x, &magnitude),
                   integer_bits(o->x) <= 64);
  ck_assert(integer_bits(o->x) > 64 || mpz_cmpabs_ui(o->a, magnitude) == 0);
}

START_TEST(order_equals_gmp) {
  for_random_pairs(check_order);
}
END_TEST

/* The extended gcd keeps its promise: a*x + b*y == gcd(a, b). */
static void check_extended(operands *o) {
  integer x, y;
  const integer g = integer_gcd_extended(&memory, o->x, o->y, &x, &y);
  ck_assert(integer_is_canonical(x) && integer_is_canonical(y));
  ck_assert(integer_equal(g, integer_gcd(&memory, o->x, o->y)));
  const integer sum = integer_add(&memory, integer_mul(&memory, o->x, x),
                                  integer_mul(&memory, o->y, y));
  ck_assert(integer_equal(sum, g));
  const size_t most = integer_bits(
      integer_max(integer_abs(&memory, o->x), integer_abs(&memory, o->y)));
  ck_assert(integer_bits(x) <= most + 1 && integer_bits(y) <= most + 1);
}

START_TEST(extended_gcd_keeps_its_promise) {
  for_random_pairs(check_extended);
}
END_TEST

/* Powers with the left operand as base. */
static void check_power(operands *o) {
  const unsigned long exponent = mpz_fdiv_ui(o->b, 68);
  mpz_pow_ui(o->expected, o->a, exponent);
  check_equals(integer_pow(&memory, o->x, exponent), o->expected);
}

START_TEST(powers_equal_gmp) {
  for_random_pairs(check_power);
}
END_TEST

/* ---- Large operands, and where GMP takes memory ------------------------ */

static size_t heap_requests;

/* As GMP's own, but counted. */
static void *count_allocate(size_t size) {
  heap_requests++;
  return malloc(size);
}

/* As GMP's own, but counted. */
static void *count_reallocate(void *block, size_t before, size_t size) {
  (void)before;
  heap_requests++;
  return realloc(block, size);
}

/* As GMP's own. */
static void release(void *block, size_t size) {
  (void)size;
  free(block);
}

typedef struct {
  integer a, b;
  int which;
} large_job;

/* The operations that hand something to GMP. */
static void run_large(void *data) {
  typedef integer operation(arena *, integer, integer);
  static operation *const operations[] = {
      integer_add,     integer_sub, integer_mul, integer_floordiv,
      integer_ceildiv, integer_mod, integer_gcd, integer_lcm,
      integer_and,     integer_or,  integer_xor};
  const large_job *const j = data;
  integer x, y;
  if (j->which < ROWS(operations))
    operations[j->which](&memory, j->a, j->b);
  else if (j->which == ROWS(operations))
    integer_gcd_extended(&memory, j->a, j->b, &x, &y);
  else if (j->which == ROWS(operations) + 1)
    integer_pow(&memory, j->a, 65535 / (integer_bits(j->a) - 1));
  else if (j->which == ROWS(operations) + 2)
    ck_assert_int_eq(integer_divides(j->b, j->a),
                     integer_sign(integer_mod(&memory, j->a, j->b)) == 0);
  else if (j->which == ROWS(operations) + 3)
    ck_assert(integer_equal(number(integer_text(&memory, j->a)), j->a));
}
#define LARGE_OPERATIONS 15

/* Sets `z` to a number of exactly `bits` bits: random ones, all set, or the
 * smallest, of any sign. */
static void draw_large(random_source *r, mpz_t z, unsigned long bits) {
  const bool ones = random_below(r, 3) == 0, least = random_below(r, 3) == 0;
  mpz_set_ui(z, 1);
  for (unsigned long made = 1; made < bits && !least; made += 64) {
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, ones ? UINT64_MAX : random_word(r));
  }
  while (mpz_sizeinbase(z, 2) < bits)
    mpz_mul_2exp(z, z, bits - mpz_sizeinbase(z, 2));
  mpz_fdiv_q_2exp(z, z, mpz_sizeinbase(z, 2) - bits);
  if (random_below(r, 2))
    mpz_neg(z, z);
}

/* Runs every operation on two numbers of so many bits, while GMP counts. */
static void run_counted(random_source *r, unsigned long a, unsigned long b) {
  mpz_t x, y;
  mpz_inits(x, y, (mpz_ptr)NULL);
  draw_large(r, x, a);
  draw_large(r, y, b);
  large_job j = {.a = from_gmp(x), .b = from_gmp(y)};
  check_equals(j.a, x);
  mpz_clears(x, y, (mpz_ptr)NULL);
  mp_set_memory_functions(count_allocate, count_reallocate, release);
  for (j.which = 0; j.which < LARGE_OPERATIONS; j.which++) {
    const dimsat_status status = fault_try(&trouble, run_large, &j);
    ck_assert(status == DIMSAT_OK || status == DIMSAT_TOO_LARGE);
    ck_assert_msg(heap_requests == 0, "operation %d on %lu and %lu bits",
                  j.which, a, b);
  }
  mp_set_memory_functions(NULL, NULL, NULL);
}

START_TEST(gmp_takes_no_heap_memory) {
  random_source r = random_start();
  for (unsigned long a = LIMIT_BITS; a > 64; a = a * 7 / 10)
    for (unsigned long b = a; b > 1; b = b * 7 / 10)
      for (int turn = 0; turn < 2; turn++) {
        const arena_mark mark = arena_get_mark(&memory);
        run_counted(&r, turn ? a : b, turn ? b : a);
        arena_rewind(&memory, mark);
      }
}
END_TEST

/* Operations on operands far longer than those above. */
static void check_large(operands *o) {
  if (mpz_sizeinbase(o->a, 2) + mpz_sizeinbase(o->b, 2) <= LIMIT_BITS)
    check_total(o);
  if (mpz_sizeinbase(o->a, 2) + mpz_sizeinbase(o->b, 2) <= LIMIT_BITS / 4)
    check_extended(o);
  check_division(o);
}

START_TEST(large_operands_equal_gmp) {
  random_source r = random_start();
  operands o;
  mpz_inits(o.a, o.b, o.expected, (mpz_ptr)NULL);
  for (int i = 0; i < ROUNDS / 20; i++) {
    const arena_mark mark = arena_get_mark(&memory);
    const uint32_t most = i % 2 ? LIMIT_BITS - 1 : LIMIT_BITS / 4;
    draw_large(&r, o.a, 1 + (unsigned long)random_below(&r, most));
    draw_large(&r, o.b, 1 + (unsigned long)random_below(&r, most));
    o.x = from_gmp(o.a);
    o.y = from_gmp(o.b);
    check_large(&o);
    arena_rewind(&memory, mark);
  }
  mpz_clears(o.a, o.b, o.expected, (mpz_ptr)NULL);
}
END_TEST

/* ---- Suite ------------------------------------------------------------ */

/* Properties of lib/number/integer*.c. */
Suite *suite_integer_gmp(void) {
  Suite *const s = suite_create("integer_gmp");
  TCase *const c = tcase_create("integer_gmp");
  tcase_add_checked_fixture(c, open_arena, close_arena);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, total_operations_equal_gmp);
  tcase_add_test(c, division_equals_gmp);
  tcase_add_test(c, order_equals_gmp);
  tcase_add_test(c, extended_gcd_keeps_its_promise);
  tcase_add_test(c, powers_equal_gmp);
  tcase_add_test(c, gmp_takes_no_heap_memory);
  tcase_add_test(c, large_operands_equal_gmp);
  suite_add_tcase(s, c);
  return s;
}
