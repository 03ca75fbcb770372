/* Exact sets of one dim: against enumeration, and in words. */
#include "lib/expr/parse.h"
#include "solver/allowed.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static dimsat_context *cx;
static budget steps;
static counters stats;
static oracle asked;
static const expr *symbols[1];

/* An oracle over one variable s. */
static void open_oracle(void) {
  cx = dimsat_context_new();
  budget_init(&steps, &cx->fault, NULL, 0);
  oracle_init(&asked, cx, &cx->work, &steps, &stats, NULL);
  symbols[0] = dimsat_symbol(cx, "s");
}

/* Frees all. */
static void close_oracle(void) {
  oracle_clear(&asked);
  dimsat_context_free(cx);
}

static const struct {
  const char *guard;
  int64_t lo, hi; /* hi < 0: endless */
  const char *set, *demand;
} rows[] = {
    {"s >= 0", 0, -1, "0..", "must be at least 0"},
    {"s % 4 == 0", 0, -1, "multiples of 4 in 0..", "must be a multiple of 4"},
    {"s % 4 == 3", 2, 30, "4*k + 3 in 3..27",
     "must be 3 more than a multiple of 4"},
    {"s % 4 == 0", 0, 3, "0", "must be 0"},
    {"s != 16", 2, -1, "2..15 or 17..", "must not be 16"},
    {"s != 16 and s != 20", 2, -1, "2..15, 17..19 or 21..",
     "must not be 16 or 20"},
    {"s <= 512 and s != 512", 2, -1, "2..511", "must be at most 511"},
    {"s // 4 == 2", 2, -1, "8..11", "must be 8..11"},
    {"s*s + s <= 100", 0, -1, "0..9", "must be at most 9"},
    {"s == 16 or s == 32 or s == 64", 2, -1, "16, 32 or 64",
     "must be 16, 32 or 64"},
    {"s % 4 != 1", 0, -1, "multiples of 2 in 0.. or 4*k + 3 in 3..",
     "must not leave the remainder 1 when divided by 4"},
    {"((s - 1)//2) % 2 != 0", 2, -1, "4*k + 3 in 3.. or multiples of 4 in 4..",
     "must leave the remainder 0 or 3 when divided by 4"},
    {"(s*s + s) % 8 == 0 and (s + 1) % 8 != 0", 2, -1, "multiples of 8 in 8..",
     "must be a multiple of 8"},
    {"s % 2 == 1 and s % 3 == 2", 2, -1, "6*k + 5 in 5..",
     "must be 5 more than a multiple of 6"},
    {"1000 % s == 0 and s > 100", 2, 2000, "125, 200, 250, 500 or 1000",
     "must be 125, 200, 250, 500 or 1000"},
    {"771*s <= 343597309504", 2, -1, "2..445651503",
     "must be at most 445651503"},
    {"s > 5 and s < 3", 2, -1, "nothing", "cannot have any size"},
    {"7 // (s - 3) >= 0", 2, 10, "4..10", "must be at least 4"},
};

/* The set of row i; the claim goes to `*c`. */
static allowed solve_row(int i, interval *domain, claim **c) {
  const char *text = rows[i].guard;
  const expr *e = dimsat_parse(cx, text, strlen(text));
  ck_assert_ptr_nonnull(e);
  uint32_t *variable_of =
      arena_zeroed(&cx->work, cx->node_count + 1, sizeof *variable_of);
  *c = claim_new(cx, &cx->work, e, symbols, variable_of);
  *domain = rows[i].hi < 0
                ? interval_from(integer_of(rows[i].lo))
                : interval_of(integer_of(rows[i].lo), integer_of(rows[i].hi));
  const claim *const claims[] = {*c};
  return allowed_of(&asked, *domain, claims, 1);
}

START_TEST(sets_are_exact) {
  interval domain;
  claim *c;
  const allowed a = solve_row(_i, &domain, &c);
  ck_assert(a.exact);
  for (int64_t x = 0; x <= 1100; x++) {
    const integer at = integer_of(x);
    ck_assert_msg(allowed_has(&cx->work, &a, at) ==
                      (interval_has(domain, at) &&
                       claim_at(c, &cx->work, &at) == POINT_HOLDS),
                  "%s at %ld", rows[_i].guard, (long)x);
  }
}
END_TEST

START_TEST(sets_are_told_in_words) {
  interval domain;
  claim *c;
  const allowed a = solve_row(_i, &domain, &c);
  ck_assert_str_eq(allowed_text(&cx->work, &a), rows[_i].set);
  if (strcmp(rows[_i].guard, "s >= 0") != 0)
    ck_assert_str_eq(allowed_demand(&cx->work, &a, domain), rows[_i].demand);
}
END_TEST

Suite *suite_allowed(void) {
  Suite *s = suite_create("allowed");
  TCase *tc = tcase_create("sets");
  tcase_add_checked_fixture(tc, open_oracle, close_oracle);
  tcase_add_loop_test(tc, sets_are_exact, 0, ROWS(rows));
  tcase_add_loop_test(tc, sets_are_told_in_words, 0, ROWS(rows));
  suite_add_tcase(s, tc);
  return s;
}
