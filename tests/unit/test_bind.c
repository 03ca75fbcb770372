/* What guards amount to once names have their meanings. */
#include "lib/base/buffer.h"
#include "lib/expr/context.h"
#include "lib/problem/problem.h"
#include "solver/opposite.h"
#include "solver/words.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

#define DIMS                                                                   \
  "dim h = 0..\ndim w = 0..\ninput x: [h, w] = [64, 96]\nassume w >= 2\n"

static const struct {
  const char *guard, *requirements; /* separated by "; " */
} rows[] = {
    {"h < w*h + 1 and h != 7", "h <= h*w; h != 7"},
    /* a factor that is at least 1 */
    {"w*h >= w*3", "h >= 3"},
    {"w*h == w*w*3", "h == 3*w"},
    {"w < w*h", "h >= 2"},
    {"max(1, w//16) < max(1, h//16)*max(1, w//16)", "max(h // 16, 1) >= 2"},
    {"2*w*h + 3*w <= 5*w", "h <= 1"},
    {"w*h >= 1", "h >= 1"},
    {"w*h >= 2", "h*w >= 2"},
    /* one that may be 0, or may have no value */
    {"h*w >= h*3", "3*h <= h*w"},
    {"(w // h)*w == (w // h)*5", "5*(w // h) == w*(w // h)"},
    /* a product that differs from 0, of anything */
    {"(h//16)*(w//16) != h//16", "h // 16 != 0; w // 16 != 1"},
    {"h*w != 0", "h != 0; w != 0"},
    {"h*w != 5*w", "h != 5; w != 0"},
    {"w != 0", "w != 0"},
};

typedef struct {
  dimsat_problem *problem;
  buffer out;
} job;

/* Binds the problem and lists its requirements. */
static void list_requirements(void *data) {
  job *j = data;
  budget b;
  budget_init(&b, &cx->fault, NULL, 1);
  const whole *w = bind_problem(j->problem, &cx->work, &b);
  buffer_init(&j->out, &cx->nodes);
  for (size_t i = 0; i < w->all.requirement_count; i++)
    buffer_format(&j->out, "%s%s", i ? "; " : "",
                  condition_text(cx, w->all.requirement[i].condition));
}

START_TEST(common_factors_go) {
  char text[400];
  snprintf(text, sizeof text, DIMS "guard %s\n", rows[_i].guard);
  job j = {.problem = dimsat_problem_read(cx, text, strlen(text),
                                          DIMSAT_FORMAT_DIMS, true)};
  ck_assert_ptr_nonnull(j.problem);
  ck_assert_int_eq(fault_try(&cx->fault, list_requirements, &j), DIMSAT_OK);
  ck_assert_str_eq(j.out.text, rows[_i].requirements);
}
END_TEST

static const struct {
  const char *guards, *equation; /* of the last; NULL: it has no opposite */
} pairs[] = {
    {"guard h <= w\nguard w <= h\n", "h == w"},
    {"guard h - w - 3 <= 0\nguard h - w >= 3\n", "h - w == 3"},
    {"guard h <= w\nguard w <= h + 1\n", NULL},
    {"guard h <= w\nguard h <= w\n", NULL},
    {"guard h <= w\nguard w <= h\nguard w <= h\n", NULL},
    {"guard h == w\nguard w <= h\n", NULL},
};

/* Binds the problem; what the last requirement says with its opposite. */
static void find_equation(void *data) {
  job *j = data;
  budget b;
  budget_init(&b, &cx->fault, NULL, 1);
  whole *w = bind_problem(j->problem, &cx->work, &b);
  opposite_find(&w->all);
  const requirement *last = &w->all.requirement[w->all.requirement_count - 1];
  buffer_init(&j->out, &cx->nodes);
  if (!last->equation)
    return;
  buffer_add(&j->out, condition_text(cx, last->equation));
  const requirement *other = &w->all.requirement[last->opposite];
  ck_assert_ptr_eq(&w->all.requirement[other->opposite], last);
  ck_assert_ptr_eq(other->equation, last->equation);
}

START_TEST(opposite_inequalities_find_each_other) {
  char text[400];
  snprintf(text, sizeof text, DIMS "%s", pairs[_i].guards);
  job j = {.problem = dimsat_problem_read(cx, text, strlen(text),
                                          DIMSAT_FORMAT_DIMS, true)};
  ck_assert_ptr_nonnull(j.problem);
  ck_assert_int_eq(fault_try(&cx->fault, find_equation, &j), DIMSAT_OK);
  if (pairs[_i].equation)
    ck_assert_str_eq(j.out.text, pairs[_i].equation);
  else
    ck_assert_uint_eq(j.out.length, 0);
}
END_TEST

/* Tests for solver/bind.h, factor.h and opposite.h. */
Suite *suite_bind(void) {
  Suite *const s = suite_create("bind");
  TCase *const c = tcase_create("bind");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_add_loop_test(c, common_factors_go, 0, ROWS(rows));
  tcase_add_loop_test(c, opposite_inequalities_find_each_other, 0, ROWS(pairs));
  suite_add_tcase(s, c);
  return s;
}
