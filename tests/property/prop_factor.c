/*
 * Taking factors out of a comparison changes no truth: random guards whose
 * terms share factors, held against what they become, at every size that can
 * count.
 */
#include "lib/base/buffer.h"
#include "lib/problem/problem.h"
#include "solver/bind.h"
#include "tests/unit/context.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

Suite *suite_prop_factor(void);

#define PARTS 20
#define GUARDS 60 /* a part */
#define MOST 8    /* sizes from the assumed least to this are tried */

static const char *const factors[] = {"x",     "y",           "z",
                                      "x//3",  "(y % 4)",     "max(1, z//2)",
                                      "(x-2)", "(y + z - 1)", "max(1, x//4)",
                                      "(z+1)", "(x // y)"};
static const char *const relations[] = {"<=", "<", "==", "!=", ">=", ">"};

static random_source source;
static size_t shorter; /* guards that lost a variable */

/* One of `count` texts. */
static const char *one_of(const char *const *list, size_t count) {
  return list[random_below(&source, count)];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof *(list))

/* Appends a term, mostly a multiple of `common`. */
static void grow_term(buffer *out, const char *common) {
  buffer_format(out, "%d", (int)random_range(&source, 1, 3));
  if (random_below(&source, 10) > 0)
    buffer_format(out, "*%s", common);
  for (uint64_t n = random_below(&source, 3); n > 0; n--)
    buffer_format(out, "*%s", ONE_OF(factors));
}

/* The text of a problem with one guard. */
static const char *grow_problem(void) {
  buffer out;
  buffer_init(&out, &cx->nodes);
  buffer_add(&out, "dim x\ndim y\ndim z\n");
  for (int i = 0; i < 3; i++)
    if (random_below(&source, 2))
      buffer_format(&out, "assume %c >= %d\n", "xyz"[i],
                    (int)random_range(&source, 1, 2));
  const char *const common = ONE_OF(factors);
  buffer_add(&out, "guard ");
  grow_term(&out, common);
  if (random_below(&source, 2)) {
    buffer_add(&out, " + ");
    grow_term(&out, common);
  }
  buffer_format(&out, " %s ", ONE_OF(relations));
  grow_term(&out, common);
  if (random_below(&source, 4) == 0)
    buffer_format(&out, " + %d", (int)random_range(&source, -1, 2));
  return out.text;
}

/* Whether all requirements hold at the sizes. */
static bool all_hold(const binding *b, const integer *size) {
  for (size_t i = 0; i < b->requirement_count; i++)
    if (claim_at(b->requirement[i].claim, b->m, size) != POINT_HOLDS)
      return false;
  return true;
}

/* Holds the requirements against the guard at one point. */
static void hold_point(const binding *b, const claim *original,
                       const integer *size, const char *text) {
  const arena_mark mark = arena_get_mark(b->m);
  const bool holds = claim_at(original, b->m, size) == POINT_HOLDS;
  ck_assert_msg(all_hold(b, size) == holds, "%s\nx = %d, y = %d, z = %d", text,
                (int)size[0].small, (int)size[1].small, (int)size[2].small);
  arena_rewind(b->m, mark);
}

/* Holds a problem's requirements against its guard at all points. */
static void hold_problem(void *data) {
  const char *const text = *(const char **)data;
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s", text);
  budget limit;
  budget_init(&limit, &cx->fault, NULL, 1);
  whole *const w = bind_problem(p, &cx->work, &limit);
  const claim *const original = bind_claim(&w->all, p->guards[0].condition);
  int64_t least[3];
  for (int i = 0; i < 3; i++)
    least[i] = variable_counted(&w->all.variable[i]).lo.small;
  for (int64_t x = least[0]; x <= MOST; x++)
    for (int64_t y = least[1]; y <= MOST; y++)
      for (int64_t z = least[2]; z <= MOST; z++)
        hold_point(&w->all, original,
                   (integer[]){integer_of(x), integer_of(y), integer_of(z)},
                   text);
  size_t most = 0;
  for (size_t i = 0; i < w->all.requirement_count; i++)
    if (w->all.requirement[i].claim->variable_count > most)
      most = w->all.requirement[i].claim->variable_count;
  shorter += most < original->variable_count;
}

START_TEST(factored_guards_mean_the_same) {
  source = random_start();
  source.state += (uint64_t)_i * 7919;
  shorter = 0;
  for (int i = 0; i < GUARDS; i++) {
    const char *text = grow_problem();
    ck_assert_int_eq(fault_try(&cx->fault, hold_problem, &text), DIMSAT_OK);
  }
  ck_assert_msg(shorter >= 1, "only %zu lost a variable", shorter);
}
END_TEST

/* Laws of solver/factor.h. */
Suite *suite_prop_factor(void) {
  Suite *const s = suite_create("prop_factor");
  TCase *const c = tcase_create("prop_factor");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 120);
  tcase_add_loop_test(c, factored_guards_mean_the_same, 0, PARTS);
  suite_add_tcase(s, c);
  return s;
}
