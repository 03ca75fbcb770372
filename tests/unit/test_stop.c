/*
 * Calls that another thread cancels, or whose time ends: they return within a
 * tenth of a second, also while Z3 works, and the context goes on as if nothing
 * had been.
 */
#include "solver/z3_load.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* How late a call may come back, and how often it may try: a busy machine may
 * be late by itself. */
#define LATE 0.1
#define TRIES 8

#define TWO_DIMS "dim a = 2..\ndim b = 2..\ninput x: [a, b] = [7, 9]\n"

/* Too hard, each for another reason. */
static const char *const hard[] = {
    /* native: products of many dims */
    "dim a = 2..\ndim b = 2..\ndim c = 2..\ndim d = 2..\ndim e = 2..\n"
    "dim f = 2..\ndim g = 2..\ndim h = 2..\n"
    "input x: [a, b, c, d, e, f, g, h] = [2, 3, 4, 5, 6, 7, 8, 9]\n"
    "guard a*b*c*d*e*f*g*h % 97 != 5\n"
    "guard a**3*b**3*c**3*d**3*e**3*f**3*g**3*h**3 >= a*a + b*b + c*c + d*d\n",
    /* Z3, which obeys at once */
    TWO_DIMS "guard a*a - 61*b*b != 1\nguard a**3 - 2*b**3 != 1\n",
    /* Z3, which does not obey when it is deep in arithmetic of long numbers, as
       it is here after some seconds */
    TWO_DIMS "guard a*b*(a+b) != 1000000007\n",
};

/* When calls are stopped, in seconds; the last is for the last problem only. */
static const double moments[] = {1e-9, 0.005, 0.05, 0.3, 0.8, 2.5};

/* How many of them are for problem `i`. */
static int moment_count(int i) {
  return ROWS(moments) - (i + 1 < ROWS(hard));
}

static const char *const easy = TWO_DIMS "guard a*b % 2 == 1\n";

/* Seconds of the clock on the wall. */
static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The repair of a text. */
static const dimsat_result *suggest(const char *text,
                                    const dimsat_options *options) {
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_ptr_nonnull(p);
  const dimsat_result *const r = dimsat_suggest(p, options);
  ck_assert_msg(r != NULL, "%s", dimsat_last_error(cx)->text);
  return r;
}

/* The easy problem has the answer of a new context. */
static void check_context(const char *expected) {
  const dimsat_result *const r = suggest(easy, NULL);
  ck_assert_str_eq(dimsat_report_write(r, NULL), expected);
}

/* ---- Another thread ------------------------------------------------------ */

typedef struct {
  double after; /* seconds until it cancels */
  volatile bool flag;
  double set; /* when it did */
} canceller;

/* Waits, and cancels. */
static void *cancel_later(void *data) {
  canceller *const c = data;
  const time_t whole = (time_t)c->after;
  const struct timespec wait = {
      .tv_sec = whole, .tv_nsec = (long)((c->after - (double)whole) * 1e9)};
  nanosleep(&wait, NULL);
  c->set = seconds_now();
  dimsat_cancel(&c->flag);
  return NULL;
}

/* By how much a cancelled call comes back late; 0 where it ended before. */
static double lateness(const char *text, double after) {
  canceller c = {.after = after};
  pthread_t thread;
  const dimsat_options options = {
      .budget = {.steps = UINT64_C(1) << 40, .cancel = &c.flag}};
  ck_assert_int_eq(pthread_create(&thread, NULL, cancel_later, &c), 0);
  const dimsat_result *const r = suggest(text, &options);
  const double back = seconds_now();
  pthread_join(thread, NULL);
  if (back < c.set)
    return 0;
  ck_assert_int_ne(dimsat_result_verdict(r), DIMSAT_VERDICT_OK);
  return back - c.set;
}

START_TEST(cancel_returns_in_time) {
  const char *const expected = dimsat_report_write(suggest(easy, NULL), NULL);
  for (int i = 0; i < moment_count(_i); i++) {
    double best = 1e9;
    for (int k = 0; k < TRIES && best >= LATE; k++) {
      const double late = lateness(hard[_i], moments[i]);
      best = late < best ? late : best;
      check_context(expected);
    }
    ck_assert_msg(best < LATE, "row %d after %g s: %g s late", _i, moments[i],
                  best);
  }
}
END_TEST

START_TEST(flag_that_is_set_before_ends_at_once) {
  const char *const expected = dimsat_report_write(suggest(easy, NULL), NULL);
  const volatile bool set = true;
  const dimsat_options options = {.budget = {.cancel = &set}};
  const dimsat_result *const r = suggest(hard[_i], &options);
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_UNDECIDED);
  check_context(expected);
}
END_TEST

/* ---- Time ---------------------------------------------------------------- */

START_TEST(time_returns_in_time) {
  const char *const expected = dimsat_report_write(suggest(easy, NULL), NULL);
  for (int i = 0; i < moment_count(_i); i++) {
    const dimsat_options options = {
        .budget = {.steps = UINT64_C(1) << 40, .seconds = moments[i]}};
    double best = 1e9;
    for (int k = 0; k < TRIES && best >= LATE; k++) {
      const double start = seconds_now();
      suggest(hard[_i], &options);
      const double late = seconds_now() - start - moments[i];
      best = late < best ? late : best;
      check_context(expected);
    }
    ck_assert_msg(best < LATE, "row %d, %g s: %g s late", _i, moments[i], best);
  }
}
END_TEST

/* ---- A Z3 that does not obey --------------------------------------------- */

#define DEAF_SECONDS 1
#define MOST_DEAF 8 /* checks that may be left running in one process */

static Z3_lbool (*real_check)(Z3_context, Z3_solver);

/* Works for a second, whatever it is told. */
static Z3_lbool deaf_check(Z3_context z3, Z3_solver solver) {
  const struct timespec wait = {.tv_sec = DEAF_SECONDS};
  nanosleep(&wait, NULL);
  return real_check(z3, solver);
}

/* Puts a function in the place of Z3's. */
static void set_check(Z3_lbool (*check)(Z3_context, Z3_solver)) {
  ck_assert_ptr_null(z3_load());
  z3_functions now = *z3_api;
  now.solver_check = check;
  memcpy((void *)(uintptr_t)z3_api, &now, sizeof now);
}

/* Waits until Z3 has come back from all checks. */
static void wait_for_deaf(void) {
  const struct timespec wait = {.tv_sec = DEAF_SECONDS, .tv_nsec = 300000000};
  nanosleep(&wait, NULL);
}

START_TEST(check_that_does_not_obey_is_left) {
  const char *const z3 = TWO_DIMS "guard a*a - 61*b*b != 1\n";
  const dimsat_options quick = {.no_native = true, .budget = {.seconds = 0.01}};
  const dimsat_options without = {.no_native = true};
  ck_assert_ptr_null(z3_load());
  real_check = z3_api->solver_check;
  const char *const right = dimsat_report_write(suggest(easy, &without), NULL);
  set_check(deaf_check);
  for (int i = 0; i < MOST_DEAF; i++) {
    const double start = seconds_now();
    const dimsat_result *const r = suggest(z3, &quick);
    ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_UNDECIDED);
    ck_assert_double_lt(seconds_now() - start, DEAF_SECONDS * 0.9);
  }
  set_check(real_check);
  ck_assert_ptr_nonnull(strstr(dimsat_report_write(suggest(z3, &without), NULL),
                               "could not be started"));
  wait_for_deaf();
  ck_assert_str_eq(dimsat_report_write(suggest(easy, &without), NULL), right);
}
END_TEST

/* ---- Steps --------------------------------------------------------------- */

/* Notes, after a while, who gets an interrupt. */
static void *watch_interrupts(void *data) {
  nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
  sigaction(SIGINT, NULL, data);
  return NULL;
}

START_TEST(interrupts_stay_with_the_caller) {
  const dimsat_options quick = {.no_native = true, .budget = {.seconds = 0.5}};
  struct sigaction before, meanwhile, after;
  pthread_t thread;
  sigaction(SIGINT, NULL, &before);
  ck_assert_int_eq(pthread_create(&thread, NULL, watch_interrupts, &meanwhile),
                   0);
  suggest(hard[2], &quick);
  pthread_join(thread, NULL);
  sigaction(SIGINT, NULL, &after);
  ck_assert(meanwhile.sa_handler == before.sa_handler);
  ck_assert(after.sa_handler == before.sa_handler);
}
END_TEST

START_TEST(steps_are_the_same_in_a_used_context) {
  static const uint64_t budgets[] = {10, 1000, 30000, 300000};
  for (int i = 0; i < ROWS(budgets); i++) {
    const dimsat_options options = {.budget = {.steps = budgets[i]}};
    const dimsat_report_options form = {.form = DIMSAT_REPORT_JSON};
    const char *const used =
        dimsat_report_write(suggest(hard[_i], &options), &form);
    dimsat_context *const old = cx;
    open_context();
    ck_assert_str_eq(dimsat_report_write(suggest(hard[_i], &options), &form),
                     used);
    close_context();
    cx = old;
  }
}
END_TEST

/* ---- Suite --------------------------------------------------------------- */

Suite *suite_stop(void) {
  Suite *const s = suite_create("stop");
  TCase *const t = tcase_create("stop");
  tcase_add_checked_fixture(t, open_context, close_context);
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, cancel_returns_in_time, 0, ROWS(hard));
  tcase_add_loop_test(t, flag_that_is_set_before_ends_at_once, 0, ROWS(hard));
  tcase_add_loop_test(t, time_returns_in_time, 0, ROWS(hard));
  tcase_add_test(t, check_that_does_not_obey_is_left);
  tcase_add_test(t, interrupts_stay_with_the_caller);
  tcase_add_loop_test(t, steps_are_the_same_in_a_used_context, 0, ROWS(hard));
  suite_add_tcase(s, t);
  return s;
}
