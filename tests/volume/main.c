/*
 * Random problems by the ten thousand, judged by trying every size, and asked
 * again in other words: guards in another order, other names, groups in another
 * order, each group alone, one guard more that always holds.  By default the
 * native layer decides alone.
 *
 *     dimsat_volume [--seed N] [--count N] [--seconds S] [--z3]
 *                   [--skip NAMES] [--open] [--dump]
 *
 * Problem number i has the seed N + i; `--count 1` runs one again.  Each
 * disagreement is printed with its seed and the problem; the exit status is
 * then 1.  `--open` prints what stays undecided or without a repair too,
 * `--skip` leaves out disagreements of these names, `--dump` writes the
 * problems as JSON Lines instead.
 */
#include "tests/volume/judge.h"
#include "tests/volume/summary.h"

#include "dimsat/dimsat.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOW 10.0 /* seconds of one call that are too many */

/* ---- The run ------------------------------------------------------------ */

typedef struct {
  uint64_t seed, count;
  double seconds;
  bool z3, dump, show_open;
  const char *skip; /* laws that are not looked at, or "" */
} settings;

typedef struct {
  settings set;
  uint64_t now; /* the seed of the problem at hand */
  draft d;
  arena memory;
  dimsat_context *cx;
  uint64_t problems, calls, wrong, open, unrepaired;
  double slowest;
  uint64_t slowest_seed;
} volume;

/* Seconds of this thread. */
static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Prints a disagreement. */
static void say(volume *v, const char *what, const char *text,
                const char *more) {
  if (strstr(v->set.skip, what))
    return;
  v->wrong++;
  printf("---- seed %ju: %s\n%s%s", (uintmax_t)v->now, what, text, more);
  fflush(stdout);
}

/* Reads and repairs; NULL when that failed. */
static dimsat_result *suggest(volume *v, const char *text) {
  const dimsat_options options = {.no_z3 = !v->set.z3};
  const double start = seconds_now();
  dimsat_problem *const p =
      dimsat_problem_read(v->cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  dimsat_result *const r = p ? dimsat_suggest(p, &options) : NULL;
  const double spent = seconds_now() - start;
  v->calls++;
  if (spent > v->slowest) {
    v->slowest = spent;
    v->slowest_seed = v->now;
  }
  if (spent > SLOW)
    say(v, "the call is slow", text, arena_format(v->d.m, "  %.1f s\n", spent));
  if (!r)
    say(v, "the call failed", text, dimsat_last_error(v->cx)->text);
  return r;
}

/* The answer to a writing of the draft; false when the call failed. */
static bool summarise(volume *v, const writing *w, summary *s) {
  const dimsat_result *const r = suggest(v, draft_write(&v->d, w));
  if (r)
    summary_add(s, &v->d, r, w->renamed);
  return r != NULL;
}

/* ---- Other words -------------------------------------------------------- */

/* Says so where two answers differ; how far Z3 comes before it gives up may
 * depend on names and order. */
static void compare(volume *v, const char *what, const writing *w, summary *s,
                    const summary *base) {
  summary_sort(s);
  if (v->set.z3 && (s->open || base->open))
    return;
  if (s->verdict == base->verdict && s->count == base->count &&
      summary_within(s, base))
    return;
  say(v, what, draft_write(&v->d, w),
      arena_format(v->d.m, "first\n%sthen\n%s", summary_text(base, v->d.m),
                   summary_text(s, v->d.m)));
}

/* Asks again. */
static void again(volume *v, const char *what, const writing *w,
                  const summary *base) {
  summary s = {0};
  if (summarise(v, w, &s))
    compare(v, what, w, &s, base);
}

/* Puts numbers in another order. */
static void shuffle(volume *v, size_t *order, size_t count) {
  for (size_t i = count; i > 1; i--) {
    const size_t k = random_below(&v->d.random, i);
    const size_t x = order[i - 1];
    order[i - 1] = order[k];
    order[k] = x;
  }
}

/* Guards in another order, other names, groups in another order. */
static void reorder(volume *v, const summary *base) {
  writing w = draft_plain(&v->d);
  shuffle(v, w.order, w.count);
  if (w.count > 1)
    again(v, "guards in another order", &w, base);
  w = draft_plain(&v->d);
  w.renamed = true;
  again(v, "other names", &w, base);
  w = draft_plain(&v->d);
  shuffle(v, w.groups, w.group_count);
  if (w.group_count > 1)
    again(v, "groups in another order", &w, base);
}

/* Each group as a problem of its own. */
static void separate(volume *v, const summary *base) {
  const writing all = draft_plain(&v->d);
  summary s = {0};
  bool stuck = false;
  for (size_t g = 0; g < v->d.group_count; g++) {
    writing w = all;
    w.groups[0] = g;
    w.group_count = 1;
    summary one = {0};
    if (!summarise(v, &w, &one))
      return;
    stuck |= one.verdict == DIMSAT_VERDICT_CONTRADICTORY ||
             (one.verdict != DIMSAT_VERDICT_OK && one.fixes == 0);
    s.open |= one.open;
    s.verdict = s.verdict > one.verdict ? s.verdict : one.verdict;
    for (size_t i = 0; i < one.count && s.count < MOST_LINES; i++)
      s.line[s.count++] = one.line[i];
  }
  if (!stuck)
    compare(v, "groups alone", &all, &s, base);
}

/* ---- One problem -------------------------------------------------------- */

typedef const char *judge_function(const answer_case *);

/* Compares the answer with what is true. */
static void judge_all(volume *v, const char *text, const answer_case *c,
                      const summary *s) {
  judge_function *const judge[] = {judge_verdict, judge_witnesses,
                                   judge_fixes,   judge_maximal,
                                   judge_allowed, judge_ranges};
  for (size_t i = 0; i < sizeof judge / sizeof *judge; i++) {
    const char *const wrong = judge[i](c);
    if (wrong)
      say(v, wrong, text, summary_text(s, v->d.m));
  }
}

/* One of the dims. */
static size_t some_dim(volume *v) {
  size_t i;
  do
    i = random_below(&v->d.random, v->d.count);
  while (!item_is_dim(&v->d.item[i]));
  return i;
}

/* One more guard, that always holds and may connect groups: what is true stays
 * the same, though another repair may be found. */
static void add_implied(volume *v, answer_case c) {
  writing w = draft_plain(&v->d);
  summary s = {0};
  w.extra = formula_true(v->d.m, some_dim(v), some_dim(v));
  const char *const text = draft_write(&v->d, &w);
  c.connected = true;
  c.result = suggest(v, text);
  if (!c.result)
    return;
  summary_add(&s, &v->d, c.result, false);
  judge_all(v, text, &c, &s);
}

/* Whether the example satisfies all guards. */
static bool example_holds(const draft *d) {
  int64_t at[MOST_ITEMS];
  for (size_t i = 0; i < d->count; i++)
    at[i] = d->item[i].example;
  for (size_t i = 0; i < d->guard_count; i++)
    if (!formula_holds(d->guard[i].formula, at))
      return false;
  return true;
}

/* Counts answers that leave something open. */
static void count_open(volume *v, const char *text, const answer_case *c,
                       const summary *s) {
  const bool undecided = s->verdict == DIMSAT_VERDICT_UNDECIDED;
  const bool unrepaired = s->verdict == DIMSAT_VERDICT_VIOLATED &&
                          s->fixes == 0 && example_holds(c->d);
  v->open += undecided;
  v->unrepaired += unrepaired;
  if (v->set.show_open && (undecided || unrepaired))
    printf("---- seed %ju: %s\n%s%s", (uintmax_t)v->now,
           undecided ? "undecided" : "no repair", text,
           summary_text(s, v->d.m));
}

/* Grows, asks, judges, asks again. */
static void run_problem(volume *v) {
  draft *const d = &v->d;
  draft_grow(d, v->now, &v->memory);
  const writing plain = draft_plain(d);
  const char *const text = draft_write(d, &plain);
  answer_case c = {.d = d, .result = suggest(v, text)};
  if (!c.result)
    return;
  for (size_t g = 0; g < d->group_count; g++)
    c.table[g] = table_fill(d, g);
  summary base = {0};
  summary_add(&base, d, c.result, false);
  summary_sort(&base);
  judge_all(v, text, &c, &base);
  count_open(v, text, &c, &base);
  reorder(v, &base);
  separate(v, &base);
  add_implied(v, c);
}

/* The problem as one line of JSON. */
static void dump_problem(volume *v) {
  draft_grow(&v->d, v->now, &v->memory);
  const writing plain = draft_plain(&v->d);
  const char *const text = arena_format(
      v->d.m, "name %ju\n%s", (uintmax_t)v->now, draft_write(&v->d, &plain));
  dimsat_problem *const p =
      dimsat_problem_read(v->cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  if (p)
    printf("%s\n", dimsat_problem_write(v->cx, p, DIMSAT_FORMAT_JSON));
}

/* One problem after the other, each in memory of its own. */
static void run(volume *v) {
  fault trouble = {0};
  const double start = seconds_now();
  arena_init(&v->memory, &trouble);
  const arena_mark mark = arena_get_mark(&v->memory);
  for (uint64_t i = 0; i < v->set.count; i++) {
    if (v->set.seconds > 0 && seconds_now() - start > v->set.seconds)
      break;
    v->now = v->set.seed + i;
    v->cx = dimsat_context_new();
    if (v->set.dump)
      dump_problem(v);
    else
      run_problem(v);
    v->problems++;
    dimsat_context_free(v->cx);
    arena_rewind(&v->memory, mark);
  }
  arena_clear(&v->memory);
  if (!v->set.dump)
    printf("%ju problems, %ju calls in %.1f s; %ju undecided, %ju without "
           "repair, %ju disagreements; slowest %.3f s (seed %ju)\n",
           (uintmax_t)v->problems, (uintmax_t)v->calls, seconds_now() - start,
           (uintmax_t)v->open, (uintmax_t)v->unrepaired, (uintmax_t)v->wrong,
           v->slowest, (uintmax_t)v->slowest_seed);
}

/* ---- Options ------------------------------------------------------------ */

static const struct option options[] = {
    {"seed", required_argument, NULL, 's'},
    {"count", required_argument, NULL, 'n'},
    {"seconds", required_argument, NULL, 't'},
    {"skip", required_argument, NULL, 'k'},
    {"z3", no_argument, NULL, 'z'},
    {"open", no_argument, NULL, 'o'},
    {"dump", no_argument, NULL, 'd'},
    {0}};

/* Reads the options; false where one is unknown. */
static bool read_options(settings *s, int argc, char **argv) {
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
    switch (c) {
    case 's':
      s->seed = strtoull(optarg, NULL, 10);
      break;
    case 'n':
      s->count = strtoull(optarg, NULL, 10);
      break;
    case 't':
      s->seconds = strtod(optarg, NULL);
      break;
    case 'k':
      s->skip = optarg;
      break;
    case 'z':
      s->z3 = true;
      break;
    case 'o':
      s->show_open = true;
      break;
    case 'd':
      s->dump = true;
      break;
    default:
      return false;
    }
  return true;
}

int main(int argc, char **argv) {
  static volume v;
  v.set = (settings){.seed = 1, .count = 1000, .skip = ""};
  if (!read_options(&v.set, argc, argv))
    return 2;
  run(&v);
  return v.wrong != 0;
}
