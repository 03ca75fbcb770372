/*
 * Verdicts of small problems: the native layer alone and Z3 alone must both
 * give the one in the table.
 */
#include "lib/base/buffer.h"
#include "lib/expr/context.h"
#include "solver/result.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The problem in .dims form. */
static dimsat_problem *read(const char *text) {
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  return p;
}

#define OK DIMSAT_VERDICT_OK
#define VIOLATED DIMSAT_VERDICT_VIOLATED

static const struct {
  const char *problem;
  dimsat_verdict verdict;
} verdict_rows[] = {
    /* bounds */
    {"dim s = 4..64\nguard s >= 4", OK},
    /* no dim is negative */
    {"dim s\ndim t = s - 3\nguard s >= 3", OK},
    {"dim s\ndim t = s - 3\nguard s >= 4", VIOLATED},
    {"dim s\ninput x: [2*s - 5] = [3]\nguard s >= 3", OK},
    /* other bounds */
    {"dim s = 4..64\nguard s > 4", VIOLATED},
    {"dim s = 4..64\nguard s != 65", OK},
    {"dim s\nguard s*s + s <= 100", VIOLATED},
    {"dim s = 0..9\nguard s*s + s <= 100", OK},
    {"dim s = 0..9\ndim t = 1..3\nguard s*t <= 27", OK},
    {"dim s = 0..9\ndim t = 1..3\nguard s*t <= 26", VIOLATED},
    /* floor division by a number */
    {"dim s\nguard s//2 <= s", OK},
    {"dim s\nguard (2*s + 1)//2 == s", OK},
    {"dim s\nguard (s//2)//3 == s//6", OK},
    {"dim s\nguard (s//4)*4 + s % 4 == s", OK},
    {"dim s\nguard (6*s + 4)//4 == s + (s + 2)//2", OK},
    {"dim s\nguard (s + 1)//2 == -(-s//2)", OK},
    {"dim s\nguard (s - 7)//-2 == (7 - s)//2", OK},
    {"dim s\nguard s//3 == (s + 1)//3", VIOLATED},
    {"dim s\nguard ((s - 1)//2 + 1) * 2 >= s", OK},
    /* remainders */
    {"dim s\nguard s % 4 < 4", OK},
    {"dim s\nguard (7 - s % 7) % 7 == (-s) % 7", OK},
    {"dim s\nguard (s + (7 - s % 7) % 7) % 7 == 0", OK},
    {"dim s\nguard (s*s + s) % 2 == 0", OK},
    {"dim s\nguard (s*s + s) % 4 == 0", VIOLATED},
    {"dim s\nguard (s*s*s - s) % 6 == 0", OK},
    {"dim s\nguard (s % 12) % 4 == s % 4", OK},
    /* symbolic divisors */
    {"dim s = 1..\ndim t\nguard (s*t) % s == 0", OK},
    {"dim s\ndim t\nguard (s*t) % s == 0", VIOLATED},
    {"dim s = 1..\ndim t\nguard (s*t + s)//s == t + 1", OK},
    {"dim s = 2..\nguard 1 % s == 1", OK},
    {"dim s = 1..\nguard 1 % s == 1", VIOLATED},
    {"dim s = 2..\nguard (2*s - 1) % s != 0", OK},
    {"dim s = 4..\nguard s // (s//4) >= 4", OK},
    {"dim s\nguard 0*(1//s) == 0", VIOLATED},
    {"dim b = 2..\ndim h = 16..\nguard b % (b*(h//8) + b) == b", OK},
    /* min, max, choice */
    {"dim s = 3..\nguard max(1, s - 2) == s - 2", OK},
    {"dim s = 2..\nguard max(1, s - 2) == s - 2", VIOLATED},
    {"dim s\ndim t\nguard s <= max(s, t)", OK},
    {"dim s\ndim t\nguard min(s, t) + max(s, t) == s + t", OK},
    {"dim s\nguard (s if s > 3 else 3) >= 3", OK},
    {"dim s\nguard Where(s > 3, s, 4) > 3", OK},
    /* connectives */
    {"dim s = 2..\nguard Eq(s, 1) | Ne(s, 1)", OK},
    {"dim s = 2..9\nguard s <= 5 or s >= 6", OK},
    {"dim s = 2..9\nguard s < 5 or s > 5", VIOLATED},
    {"dim s = 2..9\nguard not (s > 9 and s % 2 == 0)", OK},
    {"dim s = 2..9\nguard (s > 4) == (s >= 5)", OK},
    {"dim s = 2..9\nguard (s > 4) != (s <= 4)", OK},
    /* common factors */
    {"dim s = 1..\ndim a\ndim b\ninput x: [a, a]\nguard s*a == s*a", OK},
    {"dim s = 2..\nguard s*s != s", OK},
    {"dim s = 2..\ndim h = 2..\nguard 4*s*(h//2) != 2*s*(h//2)", OK},
    /* derived dims */
    {"dim h = 1..\ndim w = 2*h + 1\nguard w % 2 == 1", OK},
    {"dim h = 1..\ndim w = 4*h\nguard w % 8 == 0", VIOLATED},
    {"input x: [8*h]\nassume h >= 2\nguard ((x[0] - 1)//4 + 1) == 2*((x[0] - "
     "1)//8 + 1)",
     OK},
    /* free axes */
    {"dim s\ninput x: [s, auto] = [4, 4]\nguard x[0] == x[1]", OK},
    {"dim s\ninput x: [s, auto] = [4, 8]\nguard 2*x[0] == x[1]", OK},
    {"dim s\ninput x: [s, auto] = [4, 2]\nguard x[0] == 2*x[1]", VIOLATED},
    {"dim s\ninput x: [s, auto] = [4, 3]\nguard x[0] + x[1] == 7", VIOLATED},
    {"dim s\ndim t\ninput x: [s, t, auto] = [4, 5, 17]\nguard (x[2] + 1)//2 "
     "== s + t",
     OK},
    {"dim s\ninput x: [s, auto] = [4, 9]\nguard x[0] < x[1]", OK},
    {"dim s\ninput x: [s, auto] = [4, 3]\nguard x[0] > x[1]", VIOLATED},
    {"input x: [auto, auto] = [4, 3]\nguard x[0] > x[1]", OK},
    {"input x: [dynamic] = [4]\nguard x[0] == 4", VIOLATED},
    {"input x: [dynamic] = [4]\nguard x[0] % 4 == 0", OK},
    {"input x: [dynamic] = [4]\nguard x[0] == 5", VIOLATED},
    {"input x: [dynamic] = [4]\nguard x[0] > 5", OK},
    {"dim a = 3..3\ninput x: [a, dynamic] = [3, 4]\nguard x[1] == 2*a",
     VIOLATED},
    {"dim a = 3..5\ninput x: [a, dynamic] = [3, 4]\nguard x[1] == 2*a", OK},
    {"input x: [dynamic(0..14)] = [2]\nguard x[0] <= 2\n"
     "guard x[0] % (x[0]//2) == 0",
     VIOLATED},
    {"dim w\ninput x: [w, auto] = [31, 12]\nassume w >= 2\n"
     "assume x[1] >= 2\nguard (x[0] + x[1] + 3)//4 + 1 == x[1]",
     OK},
    {"dim batch\ninput x: [batch, auto(3..)] = [5, 6]\nguard x[0] <= x[1]", OK},
    {"dim s = 2..15\ninput x: [s, dynamic(2..8)] = [6, 8]\n"
     "guard (2*x[0] - 3*x[1]) % 5 == 3",
     OK},
    /* examples */
    {"dim s = 10..\ninput x: [s] = [6]", VIOLATED},
    {"dim s\ninput x: [2*s] = [9]", VIOLATED},
    {"input x: [7] = [6]", VIOLATED},
    {"dim s\ninput x: [s, s] = [4, 5]", VIOLATED},
    /* what does not count */
    {"dim s\nassert s % 4 == 0", OK},
    {"dim s\nspec s % 4 == 0", OK},
    {"dim s\nassume s >= 2\nguard s != 1", OK},
};

/* The verdict under some options. */
static dimsat_verdict verdict_of(const char *problem, bool no_native,
                                 bool no_z3) {
  const dimsat_options o = {.no_native = no_native, .no_z3 = no_z3};
  const dimsat_result *r = dimsat_check(read(problem), &o);
  ck_assert_msg(r != NULL, "%s: %s", problem, dimsat_last_error(cx)->text);
  return dimsat_result_verdict(r);
}

START_TEST(native_verdicts) {
  ck_assert_msg(verdict_of(verdict_rows[_i].problem, false, true) ==
                    verdict_rows[_i].verdict,
                "%s", verdict_rows[_i].problem);
}
END_TEST

START_TEST(z3_verdicts) {
  const dimsat_verdict v = verdict_of(verdict_rows[_i].problem, true, false);
  ck_assert_msg(v == verdict_rows[_i].verdict || v == DIMSAT_VERDICT_UNDECIDED,
                "%s", verdict_rows[_i].problem);
}
END_TEST

static const struct {
  const char *problem;
  dimsat_verdict verdict;
  const char *message; /* of the first violation; NULL: none */
} message_rows[] = {
    {"dim s\nguard s % 4 == 0", VIOLATED, "s must be a multiple of 4"},
    {"dim s\nguard s % 4 == 3", VIOLATED, "s must be 3 more than a multiple"},
    {"dim s\nguard s % 4 != 0", VIOLATED, "s must not be a multiple of 4"},
    {"dim s\nguard s % 4 > 1", VIOLATED,
     "s must leave the remainder 2 or 3 when divided by 4"},
    {"dim s\nguard s != 16", VIOLATED, "s must not be 16"},
    {"dim a\ninput x: [a, auto] = [4, 3] traced [s0, 3]\nguard s0 != x[1]",
     VIOLATED, "a must not be 3"},
    {"dim a\ndim b\ninput x: [a, b] = [4, 4] traced [s0, s0]", VIOLATED,
     "b (x[1]) was traced as s0, so a == b must hold"},
    {"dim s\nguard s <= 512\nguard s != 512", VIOLATED,
     "s must be at most 511"},
    {"dim s\nguard s == 9", VIOLATED, "s must be 9"},
    {"dim s\nguard s // 4 == 2", VIOLATED, "s must be 8..11"},
    {"dim s\ndim t\nguard s == t", VIOLATED, "s and t must be equal"},
    {"dim s\ndim t\nguard t == 2*s + 1", VIOLATED, "t must be 2*s + 1"},
    {"dim s\ndim t\nguard s + t == 32", VIOLATED, "s + t == 32 must hold"},
    {"dim s = 4..\nguard s < 4", VIOLATED, NULL},
    {"dim s\nguard s > 4\nguard s < 4", DIMSAT_VERDICT_CONTRADICTORY,
     "s cannot have any size"},
    {"dim s\nguard s == 16 or s == 32", VIOLATED, "s must be 16 or 32"},
    {"dim n\ninput x: [n] = [1]\nguard n % (n//2) == 0\nguard n <= 1",
     DIMSAT_VERDICT_CONTRADICTORY, "n cannot have any size"},
};

/* Where no size is possible, none is forced. */
START_TEST(a_contradiction_forces_no_size) {
  const dimsat_result *r =
      dimsat_check(read("dim a = 4..7\ninput x: [a, dynamic(0..17)] = [5, 2]\n"
                        "guard a*a == 8\nguard x[1] >= a or x[1] < 2*a"),
                   NULL);
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_CONTRADICTORY);
  for (size_t i = 0; i < dimsat_result_violation_count(r); i++)
    ck_assert_ptr_null(strstr(dimsat_result_message(r, i), "DYNAMIC"));
}
END_TEST

START_TEST(violations_say_what_must_hold) {
  const dimsat_result *r = dimsat_check(read(message_rows[_i].problem), NULL);
  ck_assert_ptr_nonnull(r);
  if (!message_rows[_i].message) {
    ck_assert(dimsat_result_verdict(r) != DIMSAT_VERDICT_OK);
    return;
  }
  ck_assert_int_eq(dimsat_result_verdict(r), message_rows[_i].verdict);
  ck_assert_uint_ge(dimsat_result_violation_count(r), 1);
  ck_assert_msg(strstr(dimsat_result_message(r, 0), message_rows[_i].message),
                "%s", dimsat_result_message(r, 0));
}
END_TEST

START_TEST(budgets_end_as_undecided) {
  const char *hard = "dim a = 2..\ndim b = 2..\ndim c = 2..\n"
                     "guard a*a*a + b*b*b != c*c*c\n";
  const dimsat_options few = {.budget.steps = 200000, .budget.seconds = 5};
  const dimsat_result *r = dimsat_suggest(read(hard), &few);
  ck_assert_ptr_nonnull(r);
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_UNDECIDED);
}
END_TEST

START_TEST(no_budget_turns_a_verdict_round) {
  const char *bad = "dim n = 2..\ninput x: [n] = [4]\nguard n % 3 == 1\n"
                    "guard n <= 512\n";
  const char *good = "dim s = 4..\nguard s // (s//4) >= 4\n";
  for (uint64_t n = 1; n < 2000; n += 149) {
    const dimsat_options o = {.budget.steps = n};
    const dimsat_result *r = dimsat_suggest(read(bad), &o);
    ck_assert_ptr_nonnull(r);
    ck_assert(dimsat_result_verdict(r) != DIMSAT_VERDICT_OK);
    ck_assert(dimsat_result_verdict(r) != DIMSAT_VERDICT_CONTRADICTORY);
    r = dimsat_check(read(good), &o);
    ck_assert_ptr_nonnull(r);
    ck_assert(dimsat_result_verdict(r) == OK ||
              dimsat_result_verdict(r) == DIMSAT_VERDICT_UNDECIDED);
  }
}
END_TEST

/* A problem of 300 dims over one input, with these guards. */
static dimsat_problem *read_wide(const char *guards) {
  enum { DIMS = 300 };
  buffer text;
  buffer_init(&text, &cx->nodes);
  buffer_add(&text, "input x: [auto");
  for (int i = 0; i < DIMS; i++)
    buffer_format(&text, ", d%d", i);
  buffer_format(&text, "]\n%s", guards);
  return read(text.text);
}

START_TEST(witnesses_of_wide_problems_are_short) {
  static const struct {
    const char *guards, *names[3];
  } wide[] = {{"guard d7 % 4 == 0\n", {"d7"}},
              {"guard d1*d250 != 6\n", {"d1", "d250"}},
              {"guard 3*x[0] == d9 + d200\n", {"d9", "d200"}}};
  for (int i = 0; i < ROWS(wide); i++) {
    const dimsat_result *r = dimsat_check(read_wide(wide[i].guards), NULL);
    ck_assert_int_eq(dimsat_result_verdict(r), VIOLATED);
    ck_assert_uint_eq(r->violation_count, 1);
    const witness *w = &r->violations[0].witness;
    for (size_t k = 0; k < 3; k++)
      ck_assert_pstr_eq(k < w->count ? w->name[k] : NULL, wide[i].names[k]);
  }
}
END_TEST

START_TEST(cancelled_calls_end_and_the_context_works_on) {
  const volatile bool stop = true;
  const dimsat_options o = {.budget.cancel = &stop};
  const char *hard = "dim a = 2..\ndim b = 2..\ndim c = 2..\n"
                     "guard a*a*a + b*b*b != c*c*c\n";
  const dimsat_result *r = dimsat_check(read(hard), &o);
  ck_assert(!r || dimsat_result_verdict(r) == DIMSAT_VERDICT_UNDECIDED);
  r = dimsat_check(read("dim s\nguard s >= 0"), NULL);
  ck_assert_ptr_nonnull(r);
  ck_assert_int_eq(dimsat_result_verdict(r), OK);
}
END_TEST

Suite *suite_check(void) {
  Suite *s = suite_create("check");
  TCase *tc = tcase_create("verdicts");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, native_verdicts, 0, ROWS(verdict_rows));
  tcase_add_loop_test(tc, z3_verdicts, 0, ROWS(verdict_rows));
  tcase_add_test(tc, a_contradiction_forces_no_size);
  tcase_add_loop_test(tc, violations_say_what_must_hold, 0, ROWS(message_rows));
  tcase_add_test(tc, budgets_end_as_undecided);
  tcase_add_test(tc, no_budget_turns_a_verdict_round);
  tcase_add_test(tc, witnesses_of_wide_problems_are_short);
  tcase_add_test(tc, cancelled_calls_end_and_the_context_works_on);
  suite_add_tcase(s, tc);
  return s;
}
