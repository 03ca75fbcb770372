/*
 * Repairs, judged by trying every size: random bounded problems whose example
 * satisfies the guards, read as text and repaired through the public calls.
 * The answer must not depend on who decides, on the order of the guards, or on
 * what the dims are called.
 */
#include "tests/property/guard_grow.h"
#include "tests/property/repair_judge.h"
#include "tests/unit/suites.h"

#include <stdlib.h>
#include <string.h>

Suite *suite_prop_suggest(void);

#define PARTS 20
#define PROBLEMS 40      /* a part */
#define ALONE 4          /* of them, Z3 alone repairs every fourth */
#define TRIES 60         /* for a guard that the example satisfies */
#define OPEN_PER_CENT 10 /* of a part, without verdict or repair */

static const char *const names[MOST_DIMS + 1] = {"a", "b", "c", "x[3]"};
static const char *const others[MOST_DIMS + 1] = {"N", "beta", "E", "x[3]"};

static dimsat_context *cx;
static guard_grower grower;

/* What is written down, in any order and with any names. */
typedef struct {
  task task;
  const char *guard[2][MOST_GUARDS]; /* over `names`, over `others` */
} draft;

/* A new context. */
static void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_context(void) {
  dimsat_context_free(cx);
}

/* ---- Growing ------------------------------------------------------------ */

/* A number from `low` to `high`. */
static int64_t pick(int64_t low, int64_t high) {
  return random_range(&grower.random, low, high);
}

/* Up to three dims with examples; the last may be derived. */
static void grow_dims(task *t) {
  static const int64_t widths[] = {0, 70, 24, 9};
  t->count = (size_t)pick(1, 3);
  for (size_t i = 0; i < t->count; i++) {
    const int64_t lo = pick(0, 4);
    t->dim[i].own = (span){.lo = lo, .hi = lo + pick(3, widths[t->count])};
    t->example[i] = pick(lo > 2 ? lo : 2, t->dim[i].own.hi);
  }
  if (t->count < 3 && pick(0, 4) == 0) {
    const int64_t scale = pick(1, 3), offset = pick(-1, 3);
    t->dim[t->count] = (definition){
        .follows = true, .root = 0, .scale = scale, .offset = offset};
    if (t->dim[0].own.lo == 0)
      t->dim[0].own.lo = 1;
    t->example[t->count++] = scale * t->example[0] + offset;
  }
  t->has_axis = pick(0, 5) == 0;
  t->axis.lo = pick(0, 2);
  t->axis.hi = pick(10, 20);
  t->axis_example = pick(2, t->axis.hi);
}

/* Whether the guards so far hold at the example. */
static bool example_holds(const task *t) {
  task at = *t;
  at.axis = (span){.lo = t->axis_example, .hi = t->axis_example};
  return task_holds(&at, t->example);
}

/* Prepares a guard, given as text over `names`. */
static evaluator *read_guard(const char *text) {
  const dimsat_expr *const e = dimsat_parse(cx, text, strlen(text));
  const dimsat_expr *all[MOST_DIMS + 1];
  for (size_t i = 0; i <= MOST_DIMS; i++)
    all[i] = dimsat_parse(cx, names[i], strlen(names[i]));
  ck_assert_msg(e != NULL, "%s", text);
  return evaluator_new(cx, &cx->nodes, e, all, MOST_DIMS + 1);
}

/* The names that guards may use: the dims, and the axis. */
static void name_all(const task *t, const char *const *from,
                     const char **name) {
  for (size_t i = 0; i < t->count; i++)
    name[i] = from[i];
  name[t->count] = from[MOST_DIMS];
  grower.name = name;
  grower.name_count = t->count + t->has_axis;
}

/* Adds a guard that the example satisfies; false when none was found. */
static bool grow_guard_at_example(draft *d) {
  task *const t = &d->task;
  const char *name[MOST_DIMS + 1];
  for (int i = 0; i < TRIES; i++) {
    const unsigned depth = (unsigned)pick(0, 2);
    const random_source start = grower.random;
    const size_t k = t->guard_count;
    name_all(t, names, name);
    d->guard[0][k] = grow_guard(&grower, depth);
    grower.random = start;
    name_all(t, others, name);
    d->guard[1][k] = grow_guard(&grower, depth);
    t->guard[t->guard_count++] = read_guard(d->guard[0][k]);
    if (example_holds(t))
      return true;
    t->guard_count--;
  }
  return false;
}

/* A problem. */
static void grow_draft(draft *d) {
  *d = (draft){.task = {.cx = cx, .name = names}};
  grow_dims(&d->task);
  const size_t guards = (size_t)pick(1, MOST_GUARDS);
  grower.safe = pick(0, 2) != 0;
  while (d->task.guard_count < guards && grow_guard_at_example(d))
    continue;
}

/* ---- As text ------------------------------------------------------------ */

/* The problem in .dims lines. */
static const char *write_draft(const draft *d, bool renamed, bool reversed) {
  const task *const t = &d->task;
  const char *const *const name = renamed ? others : names;
  const char *text = "", *shape = "", *sizes = "";
  for (size_t i = 0; i < t->count; i++) {
    const definition *const e = &t->dim[i];
    text = e->follows ? arena_format(&cx->nodes, "%sdim %s = %d*%s%+d\n", text,
                                     name[i], (int)e->scale, name[e->root],
                                     (int)e->offset)
                      : arena_format(&cx->nodes, "%sdim %s = %d..%d\n", text,
                                     name[i], (int)e->own.lo, (int)e->own.hi);
    shape = arena_format(&cx->nodes, "%s%s, ", shape, name[i]);
    sizes = arena_format(&cx->nodes, "%s%d, ", sizes, (int)t->example[i]);
  }
  for (size_t i = t->count; i < MOST_DIMS; i++) {
    shape = arena_format(&cx->nodes, "%s1, ", shape);
    sizes = arena_format(&cx->nodes, "%s1, ", sizes);
  }
  text = arena_format(&cx->nodes, "%sinput x: [%sauto(%d..%d)]", text, shape,
                      (int)t->axis.lo, (int)t->axis.hi);
  if (!t->hides_example)
    text = arena_format(&cx->nodes, "%s = [%s%d]", text, sizes,
                        (int)t->axis_example);
  text = arena_format(&cx->nodes, "%s\n", text);
  for (size_t i = 0; i < t->guard_count; i++)
    text =
        arena_format(&cx->nodes, "%sguard %s\n", text,
                     d->guard[renamed][reversed ? t->guard_count - 1 - i : i]);
  return text;
}

/* Reads and repairs. */
static dimsat_result *suggest(const draft *d, bool renamed, bool reversed,
                              const dimsat_options *options) {
  const char *const text = write_draft(d, renamed, reversed);
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s\n%s", dimsat_last_error(cx)->text, text);
  dimsat_result *const r = dimsat_suggest(p, options);
  ck_assert_msg(r != NULL, "%s\n%s", dimsat_last_error(cx)->text, text);
  return r;
}

/* ---- Fixes as a set ----------------------------------------------------- */

/* The name with the dim's number in place of its own: "_a" is "_0". */
static const char *number_name(const char *name, const char *const *from) {
  const size_t bare = strspn(name, "_");
  for (size_t i = 0; i < MOST_DIMS; i++)
    if (strcmp(name + bare, from[i]) == 0)
      return arena_format(&cx->nodes, "%.*s%zu", (int)bare, name, i);
  return name;
}

/* qsort order of texts. */
static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The fixes as sorted lines. */
static const char *fix_text(const dimsat_result *r, const char *const *from) {
  const char *line[MOST_ITEMS + 1], *text = "";
  ck_assert_uint_le(r->fix_count, MOST_ITEMS);
  for (size_t i = 0; i < r->fix_count; i++) {
    const fix *const f = &r->fixes[i];
    line[i] = arena_format(
        &cx->nodes, "%s: %d, value %d, range %d..%d, %d*%s%+d",
        number_name(f->dim, from), (int)f->kind, (int)f->value.small,
        (int)f->range.lo.small, (int)f->range.hi.small, (int)f->scale.small,
        f->root ? number_name(f->root, from) : "", (int)f->offset.small);
  }
  qsort(line, r->fix_count, sizeof *line, by_text);
  for (size_t i = 0; i < r->fix_count; i++)
    text = arena_format(&cx->nodes, "%s  %s\n", text, line[i]);
  return text;
}

/* ---- Laws --------------------------------------------------------------- */

/* Each witness is allowed by the user and breaks a guard. */
static void check_witnesses(const draft *d, const dimsat_result *r) {
  const task *const t = &d->task;
  for (size_t i = 0; i < r->violation_count; i++) {
    const witness *const w = &r->violations[i].witness;
    int64_t size[MOST_DIMS];
    ck_assert_msg(w->count == t->count,
                  "seed %ju: a witness names %zu dims\n%s",
                  (uintmax_t)random_seed(), w->count, write_draft(d, 0, 0));
    for (size_t k = 0; k < w->count; k++)
      for (size_t n = 0; n < t->count; n++)
        if (strcmp(w->name[k], names[n]) == 0)
          size[n] = w->value[k].small;
    ck_assert_msg(task_allows(t, size) && !task_holds(t, size),
                  "seed %ju: the witness of violation %zu is none\n%s",
                  (uintmax_t)random_seed(), i, write_draft(d, 0, 0));
  }
}

/* Judges the verdict. */
static void check_verdict(const draft *d, const dimsat_result *r,
                          const char *who) {
  if (r->verdict == DIMSAT_VERDICT_UNDECIDED)
    return;
  ck_assert_msg((r->verdict == DIMSAT_VERDICT_OK) == task_agrees(&d->task) &&
                    r->verdict != DIMSAT_VERDICT_CONTRADICTORY,
                "seed %ju: %s: verdict %d of\n%s", (uintmax_t)random_seed(),
                who, (int)r->verdict, write_draft(d, false, false));
}

/* Whether there is a verdict, and a repair where one is needed. */
static bool is_answered(const dimsat_result *r) {
  return r->verdict == DIMSAT_VERDICT_OK ||
         (r->verdict == DIMSAT_VERDICT_VIOLATED && r->fix_count != 0);
}

typedef const char *judge(const task *, const repaired *);

/* Judges the repair, if there is one. */
static void check_repair(const draft *d, const dimsat_result *r, judge *say,
                         const char *who) {
  repaired fixed;
  if (r->fix_count == 0 || (r->may_be_wider && say == judge_maximal))
    return;
  const char *wrong = judge_read(&d->task, r, &fixed);
  if (!wrong)
    wrong = say(&d->task, &fixed);
  if (!dimsat_result_proved(r))
    wrong = "it is not proved";
  ck_assert_msg(wrong == NULL, "seed %ju: %s: %s:\n%s%s",
                (uintmax_t)random_seed(), who, wrong,
                write_draft(d, false, false), fix_text(r, names));
}

/* Starts part `part` of the law `law`. */
static void start(int part, unsigned law) {
  grower = (guard_grower){.random = random_start(), .m = &cx->nodes};
  grower.random.state += (uint64_t)part * 1000003 + law;
}

/* A problem in a context of its own. */
static void next_draft(draft *d) {
  close_context();
  open_context();
  grower.m = &cx->nodes;
  grow_draft(d);
}

static const dimsat_options native = {.no_z3 = true}, z3 = {.no_native = true};

START_TEST(verdicts_and_repairs_are_sound) {
  unsigned open[3] = {0};
  start(_i, 0);
  for (int i = 0; i < PROBLEMS; i++) {
    static const char *const who[] = {"both", "native", "Z3"};
    const dimsat_options *const way[] = {NULL, &native, &z3};
    draft d;
    next_draft(&d);
    for (int k = 0; k < (i % ALONE == 0 ? 3 : 2); k++) {
      const dimsat_result *const r = suggest(&d, false, false, way[k]);
      check_verdict(&d, r, who[k]);
      check_witnesses(&d, r);
      check_repair(&d, r, judge_sound, who[k]);
      open[k] += !is_answered(r);
    }
  }
  for (int k = 0; k < 3; k++)
    ck_assert_msg(open[k] * 100 <= PROBLEMS * OPEN_PER_CENT,
                  "way %d leaves %u of %d open", k, open[k], PROBLEMS);
}
END_TEST

START_TEST(repairs_need_no_example) {
  unsigned open = 0;
  start(_i, 3);
  for (int i = 0; i < PROBLEMS; i++) {
    draft d;
    next_draft(&d);
    d.task.hides_example = true;
    const dimsat_result *const r = suggest(&d, false, false, NULL);
    check_verdict(&d, r, "both");
    check_witnesses(&d, r);
    check_repair(&d, r, judge_sound, "both");
    check_repair(&d, r, judge_maximal, "both");
    open += !is_answered(r);
  }
  ck_assert_msg(open * 100 <= PROBLEMS * OPEN_PER_CENT, "%u of %d are open",
                open, PROBLEMS);
}
END_TEST

START_TEST(repairs_are_maximal) {
  start(_i, 0);
  for (int i = 0; i < PROBLEMS; i++) {
    draft d;
    next_draft(&d);
    check_repair(&d, suggest(&d, false, false, NULL), judge_maximal, "both");
  }
}
END_TEST

/* Whether verdict and fixes are the same as those of `r`. */
static void check_same(const draft *d, const dimsat_result *r,
                       const dimsat_result *other, const char *const *from,
                       const char *what) {
  const char *const a = fix_text(r, names), *const b = fix_text(other, from);
  ck_assert_msg(r->verdict == other->verdict && strcmp(a, b) == 0,
                "seed %ju: %s: verdict %d, then %d\n%s%sthen\n%s",
                (uintmax_t)random_seed(), what, (int)r->verdict,
                (int)other->verdict, write_draft(d, 0, 0), a, b);
}

START_TEST(order_of_guards_does_not_matter) {
  start(_i, 1);
  for (int i = 0; i < PROBLEMS; i++) {
    draft d;
    next_draft(&d);
    check_same(&d, suggest(&d, false, false, NULL),
               suggest(&d, false, true, NULL), names, "in reverse");
  }
}
END_TEST

START_TEST(names_do_not_matter) {
  start(_i, 2);
  for (int i = 0; i < PROBLEMS; i++) {
    draft d;
    next_draft(&d);
    check_same(&d, suggest(&d, false, false, NULL),
               suggest(&d, true, false, NULL), others, "renamed");
  }
}
END_TEST

/* ---- Suite -------------------------------------------------------------- */

/* How problems are repaired. */
Suite *suite_prop_suggest(void) {
  Suite *const s = suite_create("prop_suggest");
  TCase *const c = tcase_create("prop_suggest");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 120);
  tcase_add_loop_test(c, verdicts_and_repairs_are_sound, 0, PARTS);
  tcase_add_loop_test(c, repairs_need_no_example, 0, PARTS);
  tcase_add_loop_test(c, repairs_are_maximal, 0, PARTS);
  tcase_add_loop_test(c, order_of_guards_does_not_matter, 0, PARTS);
  tcase_add_loop_test(c, names_do_not_matter, 0, PARTS);
  suite_add_tcase(s, c);
  return s;
}
