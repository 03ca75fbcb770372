/* What a call may spend: steps, time, patience, memory. */
#include "lib/base/budget.h"
#include "lib/base/limits.h"
#include "tests/unit/suites.h"

#include <math.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static fault trouble;
static volatile bool cancelled;

/* Spends one step at a time until something is raised. */
static void spend_ones(void *data) {
  for (;;)
    budget_spend(data, 1);
}

START_TEST(steps_end_just_behind_the_limit) {
  static const struct {
    dimsat_budget asked;
    uint64_t spent;
  } rows[] = {{{.steps = 0}, BUDGET_DEFAULT_STEPS + 1},
              {{.steps = 1}, 2},
              {{.steps = 4096, .seconds = 1e9}, 4097},
              {{.steps = 4095, .cancel = &cancelled}, 4096},
              {{.steps = 100000, .seconds = INFINITY}, 100001},
              {{.steps = 5, .seconds = -1}, 6},
              {{.steps = 5, .seconds = NAN}, 6}};
  for (int i = 0; i < ROWS(rows); i++) {
    budget b;
    budget_init(&b, &trouble, &rows[i].asked, 0);
    ck_assert_int_eq(fault_try(&trouble, spend_ones, &b), DIMSAT_OUT_OF_BUDGET);
    ck_assert_msg(b.spent == rows[i].spent, "row %d", i);
    ck_assert_int_eq(fault_try(&trouble, spend_ones, &b), DIMSAT_OUT_OF_BUDGET);
    ck_assert_msg(b.spent == rows[i].spent + 1, "row %d", i);
  }
}
END_TEST

START_TEST(no_request_means_defaults) {
  budget b;
  budget_init(&b, &trouble, NULL, 0);
  ck_assert_uint_eq(b.limit, BUDGET_DEFAULT_STEPS);
  ck_assert_double_eq(b.deadline, 0);
  budget_spend(&b, BUDGET_DEFAULT_STEPS);
}
END_TEST

START_TEST(guards_grant_steps_and_memory) {
  budget b;
  trouble.held = 77;
  budget_init(&b, &trouble, NULL, 1000);
  ck_assert_uint_eq(b.limit,
                    BUDGET_DEFAULT_STEPS + 1000 * BUDGET_STEPS_PER_GUARD);
  ck_assert_uint_eq(trouble.most,
                    77 + LIMIT_CALL_BYTES + 1000 * LIMIT_CALL_BYTES_PER_GUARD);
  budget_init(&b, &trouble, &(dimsat_budget){.steps = 5}, 1000);
  ck_assert_uint_eq(b.limit, 5);
  trouble = (fault){0};
}
END_TEST

START_TEST(cancel_is_seen_soon) {
  const dimsat_budget asked = {.cancel = &cancelled};
  budget b;
  cancelled = false;
  budget_init(&b, &trouble, &asked, 0);
  budget_spend(&b, 10000);
  cancelled = true;
  ck_assert_int_eq(fault_try(&trouble, spend_ones, &b), DIMSAT_CANCELLED);
  ck_assert_uint_le(b.spent, 10000 + 256);
}
END_TEST

START_TEST(time_ends) {
  const dimsat_budget asked = {.steps = UINT64_MAX, .seconds = 0.01};
  budget b;
  budget_init(&b, &trouble, &asked, 0);
  ck_assert_int_eq(fault_try(&trouble, spend_ones, &b), DIMSAT_OUT_OF_BUDGET);
  ck_assert(b.late);
  ck_assert_uint_lt(b.spent, UINT64_MAX / 2);
}
END_TEST

Suite *suite_budget(void) {
  Suite *const s = suite_create("budget");
  TCase *const t = tcase_create("budget");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, steps_end_just_behind_the_limit);
  tcase_add_test(t, no_request_means_defaults);
  tcase_add_test(t, guards_grant_steps_and_memory);
  tcase_add_test(t, cancel_is_seen_soon);
  tcase_add_test(t, time_ends);
  suite_add_tcase(s, t);
  return s;
}
