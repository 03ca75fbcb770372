/*
 * Sizes against relations that the guards leave open.
 *
 * Whether a model needs a relation is seen by calling it with sizes that break
 * this relation and nothing else: if the model refuses them, it is known why.
 * So the guards and the broken relation are demanded, and everything else is
 * wished for, in this order: each other relation that is open, those with
 * evidence first; static sizes as recorded; sizes of 2 or more, for tracers
 * burn in smaller ones; the sizes of the example; at last that what changes is
 * like no other size, and small.  Mostly one size of the example is changed,
 * and no question need be asked.  Else a row of wishes is tried as a whole and,
 * if that fails, by halves: what d wishes cost is O(d log n) questions.
 */
#include "solver/confirm.h"

#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

/* Questions without an answer after which nothing more is wished for, and
 * columns that are made small; sizes that one change is
 * tried with. */
enum { MOST_OPEN = 4, MOST_SMALL = 16, MOST_CHANGES = 8 };

/* Steps for each question about a wish: what cannot be seen in these is not
 * kept.
 */
#define WISH_STEPS UINT64_C(1000000)

typedef struct {
  confirming *c;
  dimsat_options brief; /* those of the call, with fewer steps */
  size_t index;         /* the relation to break */
  bool whole;           /* all guards are asked, not only those near the goal */
  const expr *goal, *broken; /* the goal, and its opposite */
  const expr **kept;         /* what is demanded and kept */
  size_t kept_count;
  wish *wish;
  size_t wish_count;
  size_t relations, sizes; /* where the rows of these end */
  size_t open;
  size_t column; /* that is made small */
  const char *least;
  dimsat_answer answer;       /* the last sizes that were found */
  dimsat_answer_kind verdict; /* the last answer, found or not */
  integer *size;              /* of variables, by node */
  uint32_t size_count;
  bool good; /* these satisfy all guards */
} search;

/* ---- Wishes ------------------------------------------------------------ */

/* The size that a column has in the example of the program, else in the one
 * that was picked, else in a call. */
static integer base_size(const confirming *c, size_t index) {
  const column *const seen = &c->o->column[index];
  const axis *const a = confirm_axis_of(c, index);
  const size_t in = c->input[seen->leaf];
  size_t call = 0;
  if (a != NULL && a->has_example)
    return a->example;
  if (a == NULL && in != OBSERVED_NONE && c->p->symbols[in].has_hint)
    return c->p->symbols[in].hint;
  if (seen->family != OBSERVED_NONE && c->o->picked != NULL)
    return c->o->picked[seen->family];
  while (!seen->cell[call].known)
    call++;
  return seen->cell[call].size;
}

/* Adds a wish about what the goal hangs together with. */
static void add_wish(search *s, const expr *condition, size_t subject) {
  if (condition->op != OP_TRUE && condition->op != OP_FALSE)
    s->wish[s->wish_count++] = (wish){condition, subject, false, false};
}

/* The other relations that are open. */
static void add_relations(search *s) {
  const confirming *const c = s->c;
  for (size_t i = 0; i < c->asked_count; i++)
    if (i != s->index && c->asked[i]->status == STATUS_INCIDENTAL)
      add_wish(s, c->claim[i], i);
}

/* How late a column is pinned to the example: the later, the rather it changes.
 * What the relation speaks of comes last, its left side at the very end. */
static int rank_of(const search *s, size_t index) {
  const column *const seen = &s->c->o->column[index];
  if (seen->family == OBSERVED_NONE)
    return 0;
  const relation *const r = s->c->asked[s->index];
  if (r->kind == RELATION_EQUAL)
    return index == r->left ? 3 : index == r->right[0] ? 2 : 1;
  if (seen->family == r->left)
    return 3;
  if (r->kind == RELATION_AFFINE)
    return integer_sign(r->factor[seen->family]) != 0 ? 2 : 1;
  return seen->family == r->right[0] || seen->family == r->right[1] ? 2 : 1;
}

/* Columns near the goal have the size of the example. */
static void add_columns(search *s, int rank) {
  confirming *const c = s->c;
  for (size_t i = 0; i < c->o->column_count; i++) {
    const expr *const at = c->place[i];
    if (at == NULL || at->op == OP_INT || rank_of(s, i) != rank ||
        !confirm_is_near(c, c->near, at))
      continue;
    add_wish(s, build_eq(c->cx, at, build_integer(c->cx, base_size(c, i))), i);
  }
}

/* What the question is about: the goal, or everything. */
static const expr *subject(const search *s) {
  confirming *const c = s->c;
  const expr **const part = arena_zeroed(
      &c->cx->work, c->condition_count + c->asked_count + 1, sizeof *part);
  size_t count = 0;
  part[count++] = s->goal;
  for (size_t i = 0; s->whole && i < c->condition_count; i++)
    part[count++] = c->condition[i];
  return build_and(c->cx, part, count);
}

/* Gathers what is near; wishes for what is not are dropped. */
static void gather(search *s) {
  confirming *const c = s->c;
  size_t left = 0;
  s->wish = arena_zeroed(&c->cx->nodes, c->asked_count + 1, sizeof *s->wish);
  add_relations(s);
  confirm_gather(c, subject(s), s->wish, s->wish_count);
  for (size_t i = 0; i < s->wish_count; i++)
    if (confirm_is_near(c, c->near, s->wish[i].condition))
      s->wish[left++] = s->wish[i];
  s->wish_count = s->relations = left;
}

/* What is demanded, and all wishes but the last. */
static void run_begin(void *data) {
  search *const s = data;
  confirming *const c = s->c;
  arena *const m = &c->cx->nodes;
  gather(s);
  const size_t most =
      s->wish_count + c->generic_count + 3 * c->o->column_count + 1;
  wish *const all = arena_zeroed(m, most, sizeof *all);
  memcpy(all, s->wish, s->wish_count * sizeof *all);
  s->wish = all;
  s->broken = build_not(c->cx, s->goal);
  s->kept = arena_zeroed(m, c->assume_count + most + 1, sizeof *s->kept);
  memcpy(s->kept, c->assume, c->assume_count * sizeof *s->kept);
  s->kept_count = c->assume_count;
  add_columns(s, 0);
  for (size_t i = 0; i < c->generic_count; i++)
    add_wish(s, c->generic[i], OBSERVED_NONE);
  s->sizes = s->wish_count;
  for (int rank = 1; rank <= 3; rank++)
    add_columns(s, rank);
}

/* ---- Keeping ----------------------------------------------------------- */

/* Whether the goal can be broken with the wishes `from` to `to` too. */
static bool try_wishes(search *s, size_t from, size_t to, bool *fit) {
  confirming *const c = s->c;
  dimsat_answer answer;
  size_t count = s->kept_count;
  for (size_t i = from; i < to; i++)
    s->kept[count++] = s->wish[i].condition;
  if (!dimsat_ask(c->cx, s->kept, count, s->goal,
                  from == to ? c->options : &s->brief, &answer))
    return false;
  *fit = answer.breaks != NULL;
  s->verdict = answer.kind;
  if (*fit)
    s->answer = answer;
  else if (answer.kind == DIMSAT_ANSWER_UNDECIDED)
    s->open++;
  else if (to == from + 1)
    s->wish[from].impossible = true;
  return true;
}

/* Keeps of these wishes what can be kept, the first ones rather. */
static bool keep_wishes(search *s, size_t from, size_t to) {
  bool fit;
  if (from == to || s->open >= MOST_OPEN)
    return true;
  if (!try_wishes(s, from, to, &fit))
    return false;
  for (size_t i = from; fit && i < to; i++) {
    s->wish[i].kept = true;
    s->kept[s->kept_count++] = s->wish[i].condition;
  }
  if (fit || to == from + 1)
    return true;
  const size_t middle = from + (to - from) / 2;
  return keep_wishes(s, from, middle) && keep_wishes(s, middle, to);
}

/* ---- What changes ------------------------------------------------------ */

/* `at` is like none of the sizes in the example that are near. */
static const expr *unlike_others(const search *s, const expr *at) {
  confirming *const c = s->c;
  const size_t columns = c->o->column_count;
  const expr **const part =
      arena_zeroed(&c->cx->work, columns + 1, sizeof *part);
  size_t count = 0;
  for (size_t i = 0; i < columns; i++)
    if (c->place[i] != NULL && c->place[i] != at)
      part[count++] =
          build_ne(c->cx, at, build_integer(c->cx, base_size(c, i)));
  return build_and(c->cx, part, count);
}

/* Wishes that the columns which change be like no other. */
static void run_unlike(void *data) {
  search *const s = data;
  const size_t end = s->wish_count;
  for (size_t i = s->sizes; i < end; i++)
    if (!s->wish[i].kept)
      add_wish(s, unlike_others(s, s->c->place[s->wish[i].subject]),
               s->wish[i].subject);
}

/* Wishes that a column have the least size that it can have. */
static void run_least(void *data) {
  search *const s = data;
  dimsat_context *const cx = s->c->cx;
  integer least;
  integer_parse(&cx->nodes, s->least, strlen(s->least), &least);
  s->wish[s->wish_count] = (wish){.subject = s->column};
  s->wish[s->wish_count++].condition =
      build_eq(cx, s->c->place[s->column], build_integer(cx, least));
}

/* Makes one column small. */
static bool shrink(search *s, size_t index) {
  confirming *const c = s->c;
  dimsat_answer bounds;
  s->column = index;
  s->kept[s->kept_count] = s->broken;
  if (!dimsat_ask(c->cx, s->kept, s->kept_count + 1, c->place[index], &s->brief,
                  &bounds))
    return false;
  s->least = bounds.lo;
  if (bounds.kind != DIMSAT_ANSWER_BOUNDS || bounds.lo == NULL)
    return true;
  return context_run(c->cx, run_least, s) == DIMSAT_OK &&
         keep_wishes(s, s->wish_count - 1, s->wish_count);
}

/* ---- Sizes ------------------------------------------------------------- */

/* Sets `size` of all variables as in the example; 2 where nothing is known. */
static void take_example(search *s) {
  confirming *const c = s->c;
  const uint32_t nodes = c->cx->node_count;
  s->size = arena_zeroed(&c->cx->nodes, nodes, sizeof *s->size);
  s->size_count = nodes;
  for (uint32_t i = 0; i < nodes; i++)
    s->size[i] = integer_of(2);
  for (size_t i = 0; i < c->p->input_count; i++)
    for (size_t k = 0; k < c->p->inputs[i].rank; k++) {
      const axis *const a = &c->p->inputs[i].axes[k];
      if (a->has_example)
        s->size[confirm_axis(c, a)->id] = a->example;
    }
  for (size_t i = c->o->column_count; i-- > 0;)
    if (c->place[i] != NULL)
      s->size[c->place[i]->id] = base_size(c, i);
}

/* Sets `size` as it was found. */
static void take_found(search *s) {
  dimsat_context *const cx = s->c->cx;
  for (size_t i = 0; s->answer.breaks != NULL && i < s->answer.name_count; i++)
    integer_parse(&cx->nodes, s->answer.breaks[i], strlen(s->answer.breaks[i]),
                  &s->size[build_symbol(cx, s->answer.names[i])->id]);
}

/* The value of an expression over variables. */
static value value_at(const search *s, const expr *e) {
  dimsat_context *const cx = s->c->cx;
  size_t count;
  const expr **const variable = expr_symbols(cx, e, &count);
  integer *const size = arena_zeroed(&cx->work, count + 1, sizeof *size);
  for (size_t i = 0; i < count; i++)
    size[i] = s->size[variable[i]->id];
  const assignment at = {variable, size, count};
  return evaluate(cx, e, &at);
}

/* Whether a condition holds. */
static bool is_true(const search *s, const expr *e) {
  const value v = value_at(s, e);
  return v.kind == VALUE_TRUTH && v.truth;
}

/* Whether all guards hold, also those far from the goal. */
static bool is_allowed(const search *s) {
  for (size_t i = 0; i < s->c->condition_count; i++)
    if (!is_true(s, s->c->condition[i]))
      return false;
  return true;
}

/* What the last answer amounts to. */
static void run_judge(void *data) {
  search *const s = data;
  take_example(s);
  take_found(s);
  s->good = s->answer.breaks != NULL && is_allowed(s);
}

/* The sizes of all inputs, and the whole numbers. */
static const witness_input *write_sizes(const search *s, size_t *count) {
  const confirming *const c = s->c;
  arena *const m = &c->cx->nodes;
  const size_t most = c->p->input_count + c->o->leaf_count + 1;
  witness_input *const all = arena_zeroed(m, most, sizeof *all);
  *count = 0;
  for (size_t i = 0; i < c->p->input_count; i++) {
    const input *const in = &c->p->inputs[i];
    witness_input *const w = &all[(*count)++];
    *w = (witness_input){in->name, false, in->rank, NULL};
    w->size = arena_zeroed(m, in->rank + 1, sizeof *w->size);
    for (size_t k = 0; k < in->rank; k++)
      w->size[k] =
          integer_text(m, value_at(s, confirm_axis(c, &in->axes[k])).number);
  }
  for (size_t i = 0; i < c->o->column_count; i++) {
    const leaf *const l = &c->o->leaf[c->o->column[i].leaf];
    if (!l->whole_number || c->place[i] == NULL)
      continue;
    witness_input *const w = &all[(*count)++];
    *w = (witness_input){l->path, true, 1, NULL};
    w->size = arena_zeroed(m, 1, sizeof *w->size);
    w->size[0] = integer_text(m, value_at(s, c->place[i]).number);
  }
  return all;
}

/* The relations that cannot be kept with the one that is broken. */
static const char *const *impossible(const search *s, size_t *count) {
  const confirming *const c = s->c;
  const char **const text =
      arena_zeroed(&c->cx->nodes, s->relations + 1, sizeof *text);
  *count = 0;
  for (size_t i = 0; i < s->relations; i++)
    if (s->wish[i].impossible)
      text[(*count)++] = c->asked[s->wish[i].subject]->text;
  return text;
}

/* Keeps what was found for a relation. */
static void run_witness(void *data) {
  const search *const s = data;
  relation *const r = s->c->asked[s->index];
  r->witness = write_sizes(s, &r->witness_count);
  r->together = impossible(s, &r->together_count);
}

/* ---- The example, changed ---------------------------------------------- */

/* Whether a column is what the relation gives. */
static bool is_given(const confirming *c, const relation *r, size_t index) {
  if (r->kind == RELATION_EQUAL)
    return index == r->left;
  return r->left != OBSERVED_NONE && c->o->column[index].family == r->left;
}

/* Whether no column of the example has that size. */
static bool is_new(const confirming *c, integer size) {
  for (size_t i = 0; i < c->o->column_count; i++)
    if (c->place[i] != NULL && integer_equal(base_size(c, i), size))
      return false;
  return true;
}

/* Whether the tracer's ranges allow the size of a variable. */
static bool is_in_range(const search *s, const expr *variable) {
  const dimsat_problem *const p = s->c->p;
  const size_t k = problem_find_symbol(p, variable->name);
  return k == SIZE_MAX ||
         interval_has(p->symbols[k].range, s->size[variable->id]);
}

/* Whether the sizes in hand satisfy all guards and break the relation `index`:
 * and no other that is open, or all that were broken before. */
static bool breaks(const search *s, size_t index, const bool *before) {
  const confirming *const c = s->c;
  for (size_t i = 0; i < c->asked_count; i++) {
    if (c->asked[i]->status != STATUS_INCIDENTAL)
      continue;
    const bool must = i == index || (before != NULL && before[i]);
    if ((must || before == NULL) && is_true(s, c->claim[i]) == must)
      return false;
  }
  return is_allowed(s);
}

/* Gives what relation `index` gives another size; whether there is such. */
static bool change(search *s, size_t index, integer size) {
  const confirming *const c = s->c;
  bool changed = false;
  for (size_t i = 0; i < c->o->column_count; i++) {
    if (c->place[i] == NULL || !is_given(c, c->asked[index], i))
      continue;
    if (c->place[i]->op != OP_SYMBOL)
      return false;
    s->size[c->place[i]->id] = size;
    changed = true;
    if (!is_in_range(s, c->place[i]))
      return false;
  }
  return changed;
}

/* Breaks relation `index` by a size from `from` on that is new; the size, or 0,
 * and then nothing is changed. */
static int64_t change_one(search *s, size_t index, int64_t from,
                          const bool *before) {
  integer *const old =
      arena_zeroed(&s->c->cx->work, s->size_count, sizeof *old);
  memcpy(old, s->size, s->size_count * sizeof *old);
  for (int64_t size = from, tried = 0; tried < MOST_CHANGES; size++) {
    if (!is_new(s->c, integer_of(size)))
      continue;
    tried++;
    if (change(s, index, integer_of(size)) && breaks(s, index, before))
      return size;
    memcpy(s->size, old, s->size_count * sizeof *old);
  }
  return 0;
}

/* Looks for a witness that differs from the example in that only. */
static void run_change(void *data) {
  search *const s = data;
  take_example(s);
  s->good = change_one(s, s->index, 2, NULL) != 0;
}

/* Breaks one open relation after the other. */
static void run_changes(void *data) {
  search *const s = data;
  confirming *const c = s->c;
  dimsat_observation *const o = c->o;
  bool *const broken =
      arena_zeroed(&c->cx->work, c->asked_count + 1, sizeof *broken);
  const char **const text =
      arena_zeroed(&c->cx->nodes, c->asked_count + 1, sizeof *text);
  int64_t next = 2;
  take_example(s);
  o->probe_break_count = 0;
  for (size_t i = 0; i < c->asked_count; i++) {
    if (c->asked[i]->status != STATUS_INCIDENTAL)
      continue;
    const int64_t size = change_one(s, i, next, broken);
    broken[i] = size != 0;
    next = size != 0 ? size + 1 : next;
  }
  for (size_t i = 0; i < c->asked_count; i++)
    if (c->asked[i]->status == STATUS_INCIDENTAL && !is_true(s, c->claim[i]))
      text[o->probe_break_count++] = c->asked[i]->text;
  s->good = is_allowed(s);
  if (!s->good || o->probe_break_count < 2)
    return;
  o->probe = write_sizes(s, &o->probe_count);
  o->probe_breaks = text;
}

/* ---- The search -------------------------------------------------------- */

/* One search; `answer.breaks` stays NULL where nothing was found. */
static bool run_search(search *s) {
  s->kept_count = s->wish_count = s->open = 0;
  s->answer = (dimsat_answer){.kind = DIMSAT_ANSWER_UNDECIDED};
  if (context_run(s->c->cx, run_begin, s) != DIMSAT_OK ||
      !keep_wishes(s, 0, s->relations) ||
      !keep_wishes(s, s->relations, s->sizes) ||
      !keep_wishes(s, s->sizes, s->wish_count))
    return false;
  const size_t columns = s->wish_count;
  bool fit;
  if (context_run(s->c->cx, run_unlike, s) != DIMSAT_OK ||
      !keep_wishes(s, columns, s->wish_count))
    return false;
  for (size_t i = s->sizes, small = 0; i < columns && small < MOST_SMALL; i++)
    if (!s->wish[i].kept && (small++, !shrink(s, s->wish[i].subject)))
      return false;
  if (s->answer.breaks == NULL && !try_wishes(s, 0, 0, &fit))
    return false;
  return context_run(s->c->cx, run_judge, s) == DIMSAT_OK;
}

/* First near the goal, then of all guards. */
static bool find(search *s) {
  if (!run_search(s))
    return false;
  if (s->good)
    return true;
  s->whole = true;
  return run_search(s);
}

/* What each wish may cost. */
static dimsat_options brief_options(const confirming *c) {
  dimsat_options brief = {0};
  if (c->options != NULL)
    brief = *c->options;
  if (brief.budget.steps == 0 || brief.budget.steps > WISH_STEPS)
    brief.budget.steps = WISH_STEPS;
  return brief;
}

/* Sizes that break one relation. */
bool confirm_find_witness(confirming *c, size_t index) {
  search s = {.c = c,
              .brief = brief_options(c),
              .index = index,
              .goal = c->claim[index]};
  relation *const r = c->asked[index];
  if (context_run(c->cx, run_change, &s) != DIMSAT_OK || (!s.good && !find(&s)))
    return false;
  if (s.good)
    return context_run(c->cx, run_witness, &s) == DIMSAT_OK;
  r->status = STATUS_UNDECIDED;
  r->why = s.verdict == DIMSAT_ANSWER_CONTRADICTORY
               ? "no size at all satisfies the guards"
               : "no sizes were found that satisfy all guards";
  return true;
}

/* Whether the example is allowed; else gathers all guards. */
static void run_example(void *data) {
  search *const s = data;
  confirming *const c = s->c;
  take_example(s);
  s->good = is_allowed(s);
  if (s->good)
    return;
  const size_t count = c->condition_count;
  c->query = build_and(c->cx, c->condition, count);
  c->condition_count = 0;
  confirm_gather(c, c->query, NULL, 0);
  c->condition_count = count;
}

/* Mostly the example is allowed. */
bool confirm_is_possible(confirming *c, bool *possible) {
  search s = {.c = c};
  *possible = true;
  if (context_run(c->cx, run_example, &s) != DIMSAT_OK)
    return false;
  if (s.good)
    return true;
  if (!dimsat_ask(c->cx, c->assume, c->assume_count, c->query, c->options,
                  &c->answer))
    return false;
  *possible = c->answer.kind != DIMSAT_ANSWER_NEVER &&
              c->answer.kind != DIMSAT_ANSWER_CONTRADICTORY;
  return true;
}

/* Sizes that break several. */
bool confirm_find_probe(confirming *c) {
  search s = {.c = c, .index = OBSERVED_NONE};
  return context_run(c->cx, run_changes, &s) == DIMSAT_OK;
}
