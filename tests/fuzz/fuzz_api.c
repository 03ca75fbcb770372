/*
 * Calls of the interface in any order, in up to two contexts at once, each with
 * a problem that is known by trying every size.  Every answer is compared with
 * that, also after calls that were cancelled or ran out of steps.
 */
#include "lib/expr/context.h"
#include "tests/fuzz/by_hand.h"
#include "tests/fuzz/target.h"
#include "tests/volume/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SLOTS 2
#define MOST_CALLS 24
#define MOST_POINTS 600 /* of a question */

/* A context with a problem, whose texts live in `m`. */
typedef struct {
  dimsat_context *cx;
  dimsat_problem *problem;
  dimsat_program *program; /* or NULL */
  draft d;
  const char *text;
  const group_table *table[MOST_GROUPS]; /* NULL: not filled yet */
  const char *answer;                    /* to the first plain `suggest` */
} slot;

typedef struct {
  arena m;
  random_source choices;
  slot slot[SLOTS];
} session;

/* ---- Problems ----------------------------------------------------------- */

/* Frees the context of a slot. */
static void close_slot(slot *s) {
  hold(!s->cx || context_ok(s->cx), "the nodes are damaged");
  if (s->cx)
    dimsat_context_free(s->cx);
  *s = (slot){.cx = NULL};
}

/* The problem that a text is. */
static dimsat_problem *read_problem(slot *s, const char *text,
                                    dimsat_format format) {
  dimsat_problem *const p =
      dimsat_problem_read(s->cx, text, strlen(text), format, true);
  hold(p != NULL, "a problem is refused: %s\n%s",
       dimsat_last_error(s->cx)->text, text);
  return p;
}

/* A new context with a problem, read from .dims or JSON, or made by hand. */
static void open_slot(session *all, slot *s) {
  close_slot(s);
  s->cx = dimsat_context_new();
  draft_grow_from(&s->d, all->choices, &all->m);
  all->choices = s->d.random;
  const writing plain = draft_plain(&s->d);
  s->text = draft_write(&s->d, &plain);
  s->problem = read_problem(s, s->text, DIMSAT_FORMAT_DIMS);
  const uint64_t dice = random_below(&all->choices, 3);
  dimsat_problem *const made = dice == 0 ? by_hand_problem(s->cx, &s->d) : NULL;
  if (made)
    s->problem = made;
  else if (dice == 1)
    s->problem = read_problem(
        s, dimsat_problem_write(s->cx, s->problem, DIMSAT_FORMAT_JSON),
        DIMSAT_FORMAT_JSON);
}

/* Says which problem it was about. */
#define HOLD(s, law, ...)                                                      \
  do {                                                                         \
    if (!(law))                                                                \
      fprintf(stderr, "%s", (s)->text);                                        \
    hold(law, __VA_ARGS__);                                                    \
  } while (false)

/* ---- Check and suggest -------------------------------------------------- */

/* Steps as a hasty or a patient caller gives them. */
static dimsat_options pick_options(session *all, bool *plain) {
  static const volatile bool cancelled = true;
  dimsat_options options = fuzz_options();
  const uint64_t dice = random_below(&all->choices, 4);
  *plain = dice < 2;
  if (dice == 2)
    options.budget.steps = random_below(&all->choices, 256) * 20 + 1;
  if (dice == 3)
    options.budget.cancel = &cancelled;
  return options;
}

/* The answer is the same as before. */
static void hold_same(slot *s, const dimsat_result *r) {
  const dimsat_report_options form = {.form = DIMSAT_REPORT_JSON};
  const char *const now = dimsat_report_write(r, &form);
  HOLD(s, now && (!s->answer || strcmp(now, s->answer) == 0),
       "the answer changes\n%s\n%s", s->answer, now);
  s->answer = now;
}

/* Compares an answer with what is true. */
static void hold_result(slot *s, const dimsat_result *r, bool plain) {
  const answer_case c = {.d = &s->d,
                         .table = {s->table[0], s->table[1], s->table[2]},
                         .result = r};
  const char *(*const judge[])(const answer_case *) = {
      judge_verdict, judge_witnesses, judge_fixes,
      judge_allowed, judge_ranges,    judge_maximal};
  for (size_t i = 0; i < (plain ? 6 : 5); i++) {
    const char *const wrong = judge[i](&c);
    HOLD(s, !wrong, "%s", wrong ? wrong : "");
  }
}

typedef struct {
  slot *s;
  const dimsat_options *options;
  bool suggest;
  dimsat_result *result;
} asking;

/* Asks; for fuzz_timed. */
static void ask_result(void *data) {
  asking *const a = data;
  a->result = a->suggest ? dimsat_suggest(a->s->problem, a->options)
                         : dimsat_check(a->s->problem, a->options);
}

/* One call. */
static void call_suggest(session *all, slot *s, bool suggest) {
  bool plain;
  const dimsat_options options = pick_options(all, &plain);
  asking a = {.s = s, .options = &options, .suggest = suggest};
  fuzz_timed("suggest", ask_result, &a);
  HOLD(s, a.result != NULL, "there is no answer: %s",
       dimsat_last_error(s->cx)->text);
  for (size_t g = 0; g < s->d.group_count; g++)
    if (!s->table[g])
      s->table[g] = table_fill(&s->d, g);
  hold_result(s, a.result, plain && suggest);
  if (plain && suggest)
    hold_same(s, a.result);
}

/* ---- Ask ---------------------------------------------------------------- */

/* What a formula is over a box, by trying. */
typedef struct {
  int64_t lo[MOST_ITEMS], hi[MOST_ITEMS];
  bool some, all, valued;
  int64_t least, most; /* of the numbers */
} box;

/* The name of a variable in a question. */
static const char *variable_name(const void *m, size_t index, size_t spelling) {
  (void)spelling;
  return arena_format((arena *)(uintptr_t)m, "v%zu", index);
}

/* Notes what the formula is at one point. */
static void look(box *b, const formula *f, const int64_t *at) {
  int64_t value = 0;
  const bool valued = formula_value(f, at, &value);
  b->some |= valued && value != 0;
  b->all &= valued && value != 0;
  b->valued &= valued;
  if (valued && value < b->least)
    b->least = value;
  if (valued && value > b->most)
    b->most = value;
}

/* Tries all points over the variables first .. end-1. */
static void try_all(box *b, const formula *f, size_t first, size_t end) {
  int64_t at[MOST_ITEMS] = {0};
  size_t i = first;
  memcpy(at, b->lo, sizeof at);
  b->all = b->valued = true;
  b->least = INT64_MAX;
  b->most = INT64_MIN;
  do {
    look(b, f, at);
    for (i = first; i < end && at[i] == b->hi[i]; i++)
      at[i] = b->lo[i];
    if (i < end)
      at[i]++;
  } while (i < end);
}

/* A number as text, or NULL: the same number. */
static bool is_number(const char *text, int64_t number) {
  char own[24];
  snprintf(own, sizeof own, "%" PRId64, number);
  return text && strcmp(text, own) == 0;
}

/* Whether the answer is that of the box. */
static bool is_right(const dimsat_answer *a, const box *b) {
  switch (a->kind) {
  case DIMSAT_ANSWER_ALWAYS:
    return b->all;
  case DIMSAT_ANSWER_NEVER:
    return !b->some;
  case DIMSAT_ANSWER_SOMETIMES:
    return b->some && !b->all;
  case DIMSAT_ANSWER_CONTRADICTORY:
    return false;
  case DIMSAT_ANSWER_BOUNDS:
    return !b->valued ||
           (is_number(a->lo, b->least) && is_number(a->hi, b->most));
  case DIMSAT_ANSWER_UNDECIDED:
    break;
  }
  return true;
}

/* The expression that a text is. */
static const dimsat_expr *parse(slot *s, const char *text) {
  const dimsat_expr *const e = dimsat_parse(s->cx, text, strlen(text));
  hold(e != NULL, "'%s' is refused: %s", text, dimsat_last_error(s->cx)->text);
  return e;
}

/* Asks about a guard, or its left side, over a small box. */
static void call_ask(session *all, slot *s) {
  bool plain;
  box b = {.some = false};
  buffer query;
  const dimsat_expr *assume[MOST_ITEMS];
  dimsat_answer answer;
  size_t count = 0, points = 1;
  if (s->d.guard_count == 0)
    return;
  const draft_guard *const chosen =
      &s->d.guard[random_below(&all->choices, s->d.guard_count)];
  const bool half =
      chosen->formula->kind != FORM_NOT && random_below(&all->choices, 3) == 0;
  const formula *const f = half ? chosen->formula->a : chosen->formula;
  const size_t first = s->d.first[chosen->group];
  const size_t end = s->d.first[chosen->group + 1];
  for (size_t i = first; i < end; i++) {
    const size_t room = MOST_POINTS / points < 9 ? MOST_POINTS / points : 9;
    b.lo[i] = random_range(&all->choices, -2, 6);
    b.hi[i] = b.lo[i] + (int64_t)random_below(&all->choices, room ? room : 1);
    points *= (size_t)(b.hi[i] - b.lo[i] + 1);
    assume[count++] =
        parse(s, arena_format(&all->m, "%" PRId64 " <= v%zu <= %" PRId64,
                              b.lo[i], i, b.hi[i]));
  }
  buffer_init(&query, &all->m);
  formula_write(&query, f, variable_name, &all->m);
  const dimsat_expr *const e = parse(s, query.text);
  const dimsat_expr *const made = by_hand_formula(s->cx, f);
  HOLD(s, !made || made == e, "%s is not what functions make of it",
       query.text);
  const dimsat_options options = pick_options(all, &plain);
  try_all(&b, f, first, end);
  HOLD(s, dimsat_ask(s->cx, assume, count, e, &options, &answer),
       "there is no answer to %s: %s", query.text,
       dimsat_last_error(s->cx)->text);
  HOLD(s, is_right(&answer, &b), "%s is answered with %d [%s, %s]", query.text,
       (int)answer.kind, answer.lo ? answer.lo : "",
       answer.hi ? answer.hi : "");
}

/* ---- Eval and programs -------------------------------------------------- */

/* Sizes of all items; those that follow mostly do. */
static void pick_sizes(session *all, const draft *d, int64_t *at) {
  for (size_t i = 0; i < d->count; i++) {
    const item *const x = &d->item[i];
    at[i] = random_range(&all->choices, -1, 20);
    if (random_below(&all->choices, 8) == 0)
      continue;
    if (x->kind == ITEM_DERIVED)
      at[i] = x->scale * at[x->root] + x->offset;
    if (x->kind == ITEM_STATIC)
      at[i] = x->example;
  }
}

/* Whether the sizes keep every promise and every guard. */
static bool is_accepted(const draft *d, const int64_t *at) {
  for (size_t i = 0; i < d->count; i++) {
    const item *const x = &d->item[i];
    if (at[i] < 0)
      return false;
    if (x->kind == ITEM_ROOT && (at[i] < x->own.lo || at[i] > x->own.hi))
      return false;
    if (x->kind == ITEM_DERIVED && at[i] != x->scale * at[x->root] + x->offset)
      return false;
    if (x->kind == ITEM_STATIC && at[i] != x->example)
      return false;
  }
  for (size_t i = 0; i < d->guard_count; i++)
    if (!formula_holds(d->guard[i].formula, at))
      return false;
  return true;
}

/* Judges sizes by dim and axis. */
static void call_eval(session *all, slot *s) {
  const draft *const d = &s->d;
  int64_t at[MOST_ITEMS];
  const char *name[MOST_ITEMS], *size[MOST_ITEMS];
  const char *const *messages = NULL;
  pick_sizes(all, d, at);
  for (size_t i = 0; i < d->count; i++) {
    name[i] = draft_name(d, i, false);
    size[i] = arena_format(&all->m, "%" PRId64, at[i]);
  }
  const int count = dimsat_eval(s->problem, name, size, d->count, &messages);
  HOLD(s, count >= 0, "sizes are refused: %s", dimsat_last_error(s->cx)->text);
  HOLD(s, (count == 0) == is_accepted(d, at), "sizes are judged wrongly: %s",
       count ? messages[0] : "accepted");
}

/* Judges sizes by the compiled problem. */
static void call_program(session *all, slot *s) {
  bool plain;
  int64_t at[MOST_ITEMS];
  const dimsat_options options = pick_options(all, &plain);
  if (!s->program || random_below(&all->choices, 4) == 0)
    s->program = dimsat_program_compile(s->problem, &options);
  HOLD(s, s->program != NULL, "there is no program: %s",
       dimsat_last_error(s->cx)->text);
  hold(dimsat_program_size_count(s->program) == s->d.count,
       "a program takes other sizes");
  for (size_t i = 0; i < 4; i++) {
    pick_sizes(all, &s->d, at);
    HOLD(s, dimsat_program_run(s->program, at) == is_accepted(&s->d, at),
         "a program judges wrongly");
  }
}

/* ---- Errors ------------------------------------------------------------- */

/* Calls that fail leave an error, and nothing else. */
static void call_wrongly(session *all, slot *s) {
  static const char *const texts[] = {
      "a +", "1 // ", "f(", "dim a\ndim a", "{\"dims\": [1]}", "guard nobody"};
  const char *const text =
      texts[random_below(&all->choices, sizeof texts / sizeof *texts)];
  hold(!dimsat_parse(s->cx, text, strlen(text)), "'%s' is read", text);
  hold_error(s->cx, text, strlen(text));
  hold(!dimsat_problem_read(s->cx, text, strlen(text), DIMSAT_FORMAT_GUESS,
                            true),
       "'%s' is a problem", text);
  hold_error(s->cx, text, strlen(text));
}

/* ---- Sessions ----------------------------------------------------------- */

/* One call, which the next choices say. */
static void call_next(session *all) {
  slot *const s = &all->slot[random_below(&all->choices, SLOTS)];
  const uint64_t dice = random_below(&all->choices, 12);
  if (!s->cx || dice == 0) {
    open_slot(all, s);
    return;
  }
  if (dice == 1)
    close_slot(s);
  else if (dice == 2)
    call_wrongly(all, s);
  else if (dice < 5)
    call_ask(all, s);
  else if (dice < 7)
    call_eval(all, s);
  else if (dice == 7)
    call_program(all, s);
  else
    call_suggest(all, s, dice > 8);
}

void fuzz_api(const uint8_t *data, size_t size) {
  fault none = {0};
  session all = {.choices = fuzz_choices(data, size)};
  arena_init(&all.m, &none);
  for (size_t i = 0; i < MOST_CALLS && all.choices.next < all.choices.end; i++)
    call_next(&all);
  for (size_t i = 0; i < SLOTS; i++)
    close_slot(&all.slot[i]);
  arena_clear(&all.m);
}
