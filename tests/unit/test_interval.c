/*
 * Intervals are compared with the sets that they stand for: all intervals with
 * ends from -REACH to REACH or none are tried on all members in a window.
 */
#include "lib/base/limits.h"
#include "lib/number/interval.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define REACH 4
#define WINDOW 11
#define ROUNDS 4000
#define ENDS (2 * REACH + 2) /* -REACH .. REACH, and none */
#define INTERVALS (ENDS * ENDS)

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

/* ---- Helpers ---------------------------------------------------------- */

/* Interval number `index` of all small ones, the empty ones included. */
static interval small_interval(int index) {
  const int lo = index / ENDS, hi = index % ENDS;
  interval a = interval_all();
  if (lo < ENDS - 1)
    a = interval_from(integer_of(lo - REACH));
  if (hi < ENDS - 1)
    a = interval_meet(a, interval_upto(integer_of(hi - REACH)));
  return a;
}

/* Whether `x` is a member of `a`. */
static bool has(interval a, int64_t x) {
  return interval_has(a, integer_of(x));
}

/* Whether both ends are there and within REACH. */
static bool is_bounded(interval a) {
  return a.has_lo && a.has_hi;
}

/* "lo..hi" for messages. */
static const char *text_of(interval a) {
  return arena_format(&memory, "%s..%s",
                      a.has_lo ? integer_text(&memory, a.lo) : "",
                      a.has_hi ? integer_text(&memory, a.hi) : "");
}

/* Whether bounds are canonical, and 0 where there is none. */
static bool interval_ok(interval a) {
  return integer_is_canonical(a.lo) && integer_is_canonical(a.hi) &&
         (a.has_lo || integer_is(a.lo, 0)) && (a.has_hi || integer_is(a.hi, 0));
}

/* ---- Sets of one interval and of two ---------------------------------- */

START_TEST(members_are_those_between_the_ends) {
  for (int i = 0; i < INTERVALS; i++) {
    const interval a = small_interval(i);
    int members = 0;
    for (int64_t x = -WINDOW; x <= WINDOW; x++) {
      const bool in =
          (!a.has_lo || a.lo.small <= x) && (!a.has_hi || x <= a.hi.small);
      ck_assert_msg(has(a, x) == in, "%s", text_of(a));
      members += in;
    }
    ck_assert_msg(interval_is_empty(a) == (members == 0), "%s", text_of(a));
    ck_assert_msg(interval_is_single(a) == (members == 1), "%s", text_of(a));
  }
}
END_TEST

/* The members of `a` in the window, one bit each. */
static uint32_t members_of(interval a) {
  uint32_t members = 0;
  for (int64_t x = -WINDOW; x <= WINDOW; x++)
    members |= (uint32_t)has(a, x) << (x + WINDOW);
  return members;
}

/* All bits from the lowest to the highest that is set in `members`. */
static uint32_t filled(uint32_t members) {
  uint32_t below = members, above = members;
  for (int i = 1; i <= 2 * WINDOW; i++) {
    below |= members >> i;
    above |= members << i;
  }
  return below & above;
}

/* Checks meet, join, containment and equality of one pair. */
static void check_sets(interval a, interval b) {
  const uint32_t p = members_of(a), q = members_of(b);
  const interval meet = interval_meet(a, b), join = interval_join(a, b);
  const bool right = members_of(meet) == (p & q) &&
                     members_of(join) == filled(p | q) &&
                     interval_contains(a, b) == ((q & ~p) == 0) &&
                     interval_equal(a, b) == (p == q) && interval_ok(meet) &&
                     interval_ok(join);
  ck_assert_msg(right, "%s %s", text_of(a), text_of(b));
}

START_TEST(sets_of_two_are_exact) {
  for (int i = 0; i < INTERVALS; i++)
    for (int k = 0; k < INTERVALS; k++)
      check_sets(small_interval(i), small_interval(k));
}
END_TEST

/* ---- Operations ------------------------------------------------------- */

typedef interval interval_operation(arena *, interval, interval);
typedef integer integer_operation(arena *, integer, integer);

/* `interval_min` with the arguments of an operation. */
static interval least(arena *m, interval a, interval b) {
  (void)m;
  return interval_min(a, b);
}

/* `interval_max` with the arguments of an operation. */
static interval greatest(arena *m, interval a, interval b) {
  (void)m;
  return interval_max(a, b);
}

/* `integer_min` with the arguments of an operation. */
static integer least_number(arena *m, integer a, integer b) {
  (void)m;
  return integer_min(a, b);
}

/* `integer_max` with the arguments of an operation. */
static integer greatest_number(arena *m, integer a, integer b) {
  (void)m;
  return integer_max(a, b);
}

/* The difference, by way of sum and mirror. */
static interval difference(arena *m, interval a, interval b) {
  return interval_add(m, a, interval_neg(m, b));
}

/* The product with the lower end of `b`, or with 0. */
static interval scaled(arena *m, interval a, interval b) {
  return interval_scale(m, a, b.lo);
}

static const struct {
  const char *name;
  interval_operation *run;
  integer_operation *one;
  bool divides; /* not for 0 on the right */
  bool tight;   /* no smaller interval holds the results */
  bool single;  /* the right operand is one number */
} operations[] = {
    {"add", interval_add, integer_add, false, true, false},
    {"sub", difference, integer_sub, false, true, false},
    {"mul", interval_mul, integer_mul, false, true, false},
    {"scale", scaled, integer_mul, false, true, true},
    {"floordiv", interval_floordiv, integer_floordiv, true, true, false},
    {"mod", interval_mod, integer_mod, true, false, false},
    {"mod by one", interval_mod, integer_mod, true, true, true},
    {"min", least, least_number, false, true, false},
    {"max", greatest, greatest_number, false, true, false},
};

/* Results of operation `op` on members of `a` and `b` within the window. */
static interval hull_of(int op, interval a, interval b, interval result) {
  interval hull = interval_of(integer_of(1), integer_of(0));
  for (int64_t x = -WINDOW; x <= WINDOW; x++) {
    for (int64_t y = -WINDOW; has(a, x) && y <= WINDOW; y++) {
      if (!has(b, y) || (operations[op].divides && y == 0))
        continue;
      const integer left = integer_of(x), right = integer_of(y);
      const integer z = operations[op].one(&memory, left, right);
      if (!interval_has(result, z))
        ck_abort_msg("%s: %s %s", operations[op].name, text_of(a), text_of(b));
      hull = interval_join(hull, interval_of(z, z));
    }
  }
  return hull;
}

/* Checks that operation `op` on one pair is sound, and tight where promised. */
static void check_operation(int op, interval a, interval b) {
  if (operations[op].single && !interval_is_single(b))
    return;
  const arena_mark mark = arena_get_mark(&memory);
  const interval result = operations[op].run(&memory, a, b);
  ck_assert(interval_ok(result));
  const interval hull = hull_of(op, a, b, result);
  if (operations[op].tight && is_bounded(a) && is_bounded(b))
    ck_assert_msg(interval_equal(hull, result), "%s: %s %s gives %s, not %s",
                  operations[op].name, text_of(a), text_of(b), text_of(result),
                  text_of(hull));
  arena_rewind(&memory, mark);
}

START_TEST(operation_holds_each_result) {
  for (int i = 0; i < INTERVALS; i++)
    for (int k = 0; k < INTERVALS; k++)
      check_operation(_i, small_interval(i), small_interval(k));
}
END_TEST

START_TEST(power_holds_each_result) {
  for (int i = 0; i < INTERVALS; i++) {
    const interval a = small_interval(i);
    const interval result = interval_pow(&memory, a, (uint32_t)_i);
    interval hull = interval_of(integer_of(1), integer_of(0));
    ck_assert(interval_ok(result));
    for (int64_t x = -WINDOW; x <= WINDOW; x++) {
      if (!has(a, x))
        continue;
      const integer z = integer_pow(&memory, integer_of(x), (uint64_t)_i);
      ck_assert_msg(interval_has(result, z), "%s ** %d", text_of(a), _i);
      hull = interval_join(hull, interval_of(z, z));
    }
    if (is_bounded(a) || _i == 0)
      ck_assert_msg(interval_equal(hull, result), "%s ** %d", text_of(a), _i);
  }
}
END_TEST

START_TEST(negation_is_the_mirror) {
  for (int i = 0; i < INTERVALS; i++) {
    const interval a = small_interval(i), b = interval_neg(&memory, a);
    for (int64_t x = -WINDOW; x <= WINDOW; x++)
      ck_assert_msg(has(a, x) == has(b, -x), "%s", text_of(a));
    ck_assert(interval_ok(b));
  }
}
END_TEST

/* ---- Endless sides and large numbers ---------------------------------- */

/* The interval that "lo..hi" spells; an end may be missing. */
static interval interval_from_text(const char *text) {
  const char *const dots = strstr(text, "..");
  interval a = interval_all();
  a.has_lo = dots != text;
  a.has_hi = dots[2] != '\0';
  ck_assert(!a.has_lo ||
            integer_parse(&memory, text, (size_t)(dots - text), &a.lo));
  ck_assert(!a.has_hi ||
            integer_parse(&memory, dots + 2, strlen(dots + 2), &a.hi));
  return a;
}

static const struct {
  int operation; /* index in `operations` */
  const char *left, *right, *expected;
} endless_rows[] = {
    {0, "1..", "2..5", "3.."},
    {0, "1..", "..5", ".."},
    {0, "9223372036854775807..", "1..1", "9223372036854775808.."},
    {2, "2..", "3..", "6.."},
    {2, "2..", "..-3", "..-6"},
    {2, "0..0", "..", "0..0"},
    {2, "-1..", "0..2", "-2.."},
    {2, "..", "1..1", ".."},
    {3, "1..", "-2..-2", "..-2"},
    {4, "0..7", "2..", "0..3"},
    {4, "-7..-1", "2..", "-4..-1"},
    {4, "10..", "3..", "0.."},
    {4, "..-1", "1..", "..-1"},
    {4, "5..9", "0..0", "1..0"},
    {4, "5..9", "..", "-9..9"},
    {4, "-9223372036854775808..0", "-1..-1", "0..9223372036854775808"},
    {5, "..", "7..7", "0..6"},
    {5, "..", "1..", "0.."},
    {5, "0..5", "10..", "0..5"},
    {5, "0..50", "10..", "0..50"},
    {5, "..", "-7..-3", "-6..0"},
    {5, "-3..-1", "10..20", "7..19"},
    {5, "13..14", "5..5", "3..4"},
    {5, "5..9", "0..0", "1..0"},
    {7, "3..", "..5", "..5"},
    {7, "3..", "..", ".."},
    {8, "3..", "..5", "3.."},
    {8, "..3", "..5", "..5"},
};

START_TEST(endless_row_holds) {
  const interval a = interval_from_text(endless_rows[_i].left);
  const interval b = interval_from_text(endless_rows[_i].right);
  const interval expected = interval_from_text(endless_rows[_i].expected);
  const interval result =
      operations[endless_rows[_i].operation].run(&memory, a, b);
  ck_assert_msg(interval_equal(result, expected), "%s", text_of(result));
}
END_TEST

/* A number near a power of two where representations change. */
static integer draw_number(random_source *r) {
  static const uint64_t bits[] = {0, 2, 5, 31, 62, 63, 64, 100};
  const uint64_t exponent = bits[random_below(r, ROWS(bits))];
  const integer near = integer_pow(&memory, integer_of(2), exponent);
  const integer shift = integer_of(random_range(r, -3, 3));
  const integer value = integer_add(&memory, near, shift);
  return random_below(r, 2) ? value : integer_neg(&memory, value);
}

/* An interval with drawn ends, one in four of them missing. */
static interval draw_interval(random_source *r) {
  const integer p = draw_number(r), q = draw_number(r);
  interval a = interval_of(integer_min(p, q), integer_max(p, q));
  if (random_below(r, 4) == 0)
    a = interval_from(a.lo);
  if (random_below(r, 4) == 0)
    a = a.has_lo ? interval_from(a.lo) : interval_all();
  return a;
}

/* A drawn member of `a`: an end, or a number moved into `a`. */
static integer draw_member(random_source *r, interval a) {
  const integer x = draw_number(r);
  if (a.has_lo && (random_below(r, 4) == 0 || integer_compare(x, a.lo) < 0))
    return a.lo;
  if (a.has_hi && (random_below(r, 4) == 0 || integer_compare(x, a.hi) > 0))
    return a.hi;
  return x;
}

START_TEST(large_results_are_held) {
  random_source r = random_start();
  for (int round = 0; round < ROUNDS; round++) {
    const arena_mark mark = arena_get_mark(&memory);
    const interval a = draw_interval(&r), b = draw_interval(&r);
    const interval result = operations[_i].run(&memory, a, b);
    for (int i = 0; i < 5; i++) {
      const integer x = draw_member(&r, a);
      const integer y =
          operations[_i].run == scaled ? b.lo : draw_member(&r, b);
      if (operations[_i].divides && integer_sign(y) == 0)
        continue;
      const integer z = operations[_i].one(&memory, x, y);
      ck_assert_msg(interval_has(result, z), "%s: %s %s", operations[_i].name,
                    text_of(a), text_of(b));
    }
    arena_rewind(&memory, mark);
  }
}
END_TEST

START_TEST(power_gives_up_ends_that_are_too_large) {
  static const struct {
    const char *base;
    uint32_t exponent;
    const char *expected;
  } rows[] = {{"0..4294967296", 4000000000u, "0.."},
              {"2..3", 100000, "2.."},
              {"-3..-2", 100001, "..-2"},
              {"-3..-2", 100000, "2.."},
              {"-3..1", 100001, "..1"},
              {"-3..1", 100000, "0.."},
              {"-1..1", 4294967295u, "-1..1"},
              {"..", 2, "0.."},
              {"..-3", 2, "9.."},
              {"..-3", 3, "..-27"}};
  for (int i = 0; i < ROWS(rows); i++) {
    const interval a = interval_from_text(rows[i].base);
    const interval result = interval_pow(&memory, a, rows[i].exponent);
    ck_assert_msg(interval_equal(result, interval_from_text(rows[i].expected)),
                  "row %d: %s", i, text_of(result));
  }
}
END_TEST

/* ---- Suite ------------------------------------------------------------ */

/* Everything in lib/number/interval.c. */
Suite *suite_interval(void) {
  Suite *const s = suite_create("interval");
  TCase *const c = tcase_create("interval");
  tcase_add_checked_fixture(c, open_arena, close_arena);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, members_are_those_between_the_ends);
  tcase_add_test(c, sets_of_two_are_exact);
  tcase_add_loop_test(c, operation_holds_each_result, 0, ROWS(operations));
  tcase_add_loop_test(c, power_holds_each_result, 0, 8);
  tcase_add_test(c, negation_is_the_mirror);
  tcase_add_loop_test(c, endless_row_holds, 0, ROWS(endless_rows));
  tcase_add_loop_test(c, large_results_are_held, 0, ROWS(operations));
  tcase_add_test(c, power_gives_up_ends_that_are_too_large);
  suite_add_tcase(s, c);
  return s;
}
