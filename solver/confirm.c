/*
 * dimsat_observation_confirm: observed relations before the guards of a
 * program.
 *
 * A relation is asked with the guards that hang together with it, and with what
 * the tracer assumed of their symbols.  Then each guard is asked with what was
 * found necessary and with the static sizes: one that does not follow says what
 * the calls did not show.
 */
#include "solver/confirm.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

/* ---- Assumptions ------------------------------------------------------- */

/* Marks the variables of `e`; whether one was not marked. */
static bool mark_variables(const confirming *c, bool *marked, const expr *e) {
  size_t count;
  bool grew = false;
  const expr **const known = expr_symbols(c->cx, e, &count);
  for (size_t i = 0; i < count; i++) {
    grew |= !marked[known[i]->id];
    marked[known[i]->id] = true;
  }
  return grew;
}

/* Whether `e` speaks of a marked variable. */
bool confirm_is_near(const confirming *c, const bool *marked, const expr *e) {
  size_t count;
  const expr **const known = expr_symbols(c->cx, e, &count);
  for (size_t i = 0; i < count; i++)
    if (marked[known[i]->id])
      return true;
  return false;
}

/* Adds what is known of a variable: it is a size, in the tracer's range. */
static void assume_range(confirming *c, const expr *variable) {
  const size_t s = problem_find_symbol(c->p, variable->name);
  interval range = interval_from(integer_of(0));
  if (s != SIZE_MAX && c->p->symbols[s].unbacked)
    range = interval_all();
  if (s != SIZE_MAX)
    range = interval_meet(range, c->p->symbols[s].range);
  if (range.has_lo)
    c->assume[c->assume_count++] =
        build_le(c->cx, build_integer(c->cx, range.lo), variable);
  if (range.has_hi)
    c->assume[c->assume_count++] =
        build_le(c->cx, variable, build_integer(c->cx, range.hi));
}

/* Marks what hangs together with `about`; `taken` says which conditions. */
static void spread(confirming *c, bool *marked, bool *taken, const wish *wishes,
                   size_t wish_count) {
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < c->condition_count; i++)
      if (!taken[i] && confirm_is_near(c, marked, c->condition[i])) {
        taken[i] = true;
        grew |= mark_variables(c, marked, c->condition[i]);
      }
    for (size_t i = 0; i < wish_count; i++)
      if (confirm_is_near(c, marked, wishes[i].condition))
        grew |= mark_variables(c, marked, wishes[i].condition);
  }
}

/* The conditions, then the ranges of all variables in them. */
void confirm_gather(confirming *c, const expr *about, const wish *wishes,
                    size_t wish_count) {
  arena *const m = &c->cx->nodes;
  const uint32_t nodes = c->cx->node_count;
  bool *const marked = arena_zeroed(m, nodes, sizeof *marked);
  bool *const taken =
      arena_zeroed(&c->cx->work, c->condition_count + 1, sizeof *taken);
  const expr **const all = arena_zeroed(
      &c->cx->work, c->condition_count + wish_count + 1, sizeof *all);
  size_t used = 0, count;
  all[used++] = about;
  mark_variables(c, marked, about);
  spread(c, marked, taken, wishes, wish_count);
  for (size_t i = 0; i < c->condition_count; i++)
    if (taken[i])
      all[used++] = c->condition[i];
  const size_t conditions = used;
  for (size_t i = 0; i < wish_count; i++)
    if (confirm_is_near(c, marked, wishes[i].condition))
      all[used++] = wishes[i].condition;
  const expr **const node = expr_nodes(c->cx, all, used, &count);
  c->near = marked;
  c->assume = arena_zeroed(m, used + 2 * count + 1, sizeof *c->assume);
  c->generic = arena_zeroed(m, count + 1, sizeof *c->generic);
  c->generic_count = c->assume_count = 0;
  for (size_t i = 1; i < conditions; i++)
    c->assume[c->assume_count++] = all[i];
  for (size_t i = 0; i < count; i++)
    if (node[i]->op == OP_SYMBOL) {
      assume_range(c, node[i]);
      c->generic[c->generic_count++] =
          build_le(c->cx, build_small(c->cx, 2), node[i]);
    }
}

/* ---- Relations --------------------------------------------------------- */

/* The question about relation `c->index`. */
static void run_question(void *data) {
  confirming *const c = data;
  relation *const r = c->asked[c->index];
  r->status = STATUS_UNDECIDED;
  r->why = NULL;
  r->witness_count = r->together_count = 0;
  c->query = confirm_claim(c, r);
  c->claim[c->index] = c->query;
  if (c->query != NULL)
    confirm_gather(c, c->query, NULL, 0);
}

/* What the answer says of the relation. */
static void take_answer(confirming *c, relation *r) {
  static const relation_status status[] = {
      [DIMSAT_ANSWER_ALWAYS] = STATUS_NECESSARY,
      [DIMSAT_ANSWER_NEVER] = STATUS_REFUTED,
      [DIMSAT_ANSWER_SOMETIMES] = STATUS_INCIDENTAL,
      [DIMSAT_ANSWER_CONTRADICTORY] = STATUS_UNDECIDED,
      [DIMSAT_ANSWER_UNDECIDED] = STATUS_UNDECIDED,
      [DIMSAT_ANSWER_BOUNDS] = STATUS_UNDECIDED,
  };
  r->status = status[c->answer.kind];
  if (r->status == STATUS_NECESSARY)
    c->found[c->found_count++] = c->query;
  else if (c->answer.kind == DIMSAT_ANSWER_CONTRADICTORY)
    r->why = "no size at all satisfies the guards";
  else if (r->status == STATUS_UNDECIDED)
    r->why = c->answer.reason;
}

/* Asks about one relation. */
static bool confirm_relation(confirming *c, size_t index) {
  c->index = index;
  if (context_run(c->cx, run_question, c) != DIMSAT_OK)
    return false;
  if (!c->possible)
    c->asked[index]->why = "no size at all satisfies the guards";
  if (c->query == NULL || !c->possible)
    return true;
  if (!dimsat_ask(c->cx, c->assume, c->assume_count, c->query, c->options,
                  &c->answer))
    return false;
  take_answer(c, c->asked[index]);
  return true;
}

/* ---- Calls ------------------------------------------------------------- */

/* What the program calls a column that it has. */
static const char *name_of(const confirming *c, size_t index) {
  const axis *const a = confirm_axis_of(c, index);
  return a != NULL ? a->source : c->place[index]->name;
}

/* The sizes of a call by axis of the program. */
static void run_sizes(void *data) {
  confirming *const c = data;
  arena *const m = &c->cx->nodes;
  c->size_count = 0;
  c->name = arena_zeroed(m, c->o->column_count + 1, sizeof *c->name);
  c->size = arena_zeroed(m, c->o->column_count + 1, sizeof *c->size);
  for (size_t i = 0; i < c->o->column_count; i++) {
    const cell *const seen = &c->o->column[i].cell[c->call];
    if (c->place[i] == NULL || !seen->known)
      continue;
    c->name[c->size_count] = name_of(c, i);
    c->size[c->size_count++] = integer_text(m, seen->size);
  }
}

/* Keeps a refusal. */
static void run_refusal(void *data) {
  confirming *const c = data;
  dimsat_observation *const o = c->o;
  o->refusal = arena_grow(&c->cx->nodes, o->refusal, o->refusal_count,
                          &o->refusal_capacity, sizeof *o->refusal);
  o->refusal[o->refusal_count++] =
      (refusal){c->call, c->message_count, c->message};
}

/* Tries one call on the guards. */
static bool confirm_call(confirming *c, size_t call) {
  c->call = call;
  if (context_run(c->cx, run_sizes, c) != DIMSAT_OK)
    return false;
  const int count =
      dimsat_eval(c->p, c->name, c->size, c->size_count, &c->message);
  c->message_count = (size_t)(count > 0 ? count : 0);
  return count == 0 ||
         (count > 0 && context_run(c->cx, run_refusal, c) == DIMSAT_OK);
}

/* ---- Guards ------------------------------------------------------------ */

/* Adds that static axes have their size. */
static void run_static(void *data) {
  confirming *const c = data;
  for (size_t i = 0; i < c->o->column_count; i++) {
    const column *const seen = &c->o->column[i];
    size_t call = 0;
    if (c->place[i] == NULL || seen->family != OBSERVED_NONE)
      continue;
    while (!seen->cell[call].known)
      call++;
    c->found[c->found_count++] = build_eq(
        c->cx, c->place[i], build_integer(c->cx, seen->cell[call].size));
  }
}

/* The question whether guard `c->guard` follows from what was found. */
static void run_guard(void *data) {
  confirming *const c = data;
  c->query = confirm_condition(c, c->p->guards[c->guard].condition);
  c->condition = c->found;
  c->condition_count = c->found_count;
  confirm_gather(c, c->query, NULL, 0);
}

/* Keeps a guard that does not follow; others may follow from it. */
static void run_discovery(void *data) {
  confirming *const c = data;
  dimsat_observation *const o = c->o;
  o->discovered = arena_grow(&c->cx->nodes, o->discovered, o->discovered_count,
                             &o->discovered_capacity, sizeof *o->discovered);
  o->discovered[o->discovered_count++] = confirm_words(c, c->query);
  c->found[c->found_count++] = c->query;
}

/* Whether one guard says what was not found; false on failure. */
static bool discover(confirming *c, size_t index) {
  c->guard = index;
  if (c->p->guards[index].kind == GUARD_SPEC)
    return true;
  if (context_run(c->cx, run_guard, c) != DIMSAT_OK ||
      !dimsat_ask(c->cx, c->assume, c->assume_count, c->query, c->options,
                  &c->answer))
    return false;
  return c->answer.kind == DIMSAT_ANSWER_ALWAYS ||
         context_run(c->cx, run_discovery, c) == DIMSAT_OK;
}

/* ---- The whole --------------------------------------------------------- */

/* Each column over variables. */
static void place_columns(confirming *c) {
  const size_t count = c->o->column_count;
  c->place = arena_zeroed(&c->cx->nodes, count + 1, sizeof *c->place);
  for (size_t i = 0; i < count; i++) {
    const column *const seen = &c->o->column[i];
    const size_t in = c->input[seen->leaf];
    const axis *const a = confirm_axis_of(c, i);
    if (a != NULL)
      c->place[i] = confirm_axis(c, a);
    else if (in != OBSERVED_NONE)
      c->place[i] = build_symbol(c->cx, c->p->symbols[in].name);
  }
}

/* All relations, those with evidence first. */
static void list_relations(confirming *c) {
  dimsat_observation *const o = c->o;
  const size_t count = o->relation_count + o->doubt_count;
  c->asked = arena_zeroed(&c->cx->nodes, count + 1, sizeof *c->asked);
  c->claim = arena_zeroed(&c->cx->nodes, count + 1, sizeof *c->claim);
  for (size_t i = 0; i < o->relation_count; i++)
    c->asked[c->asked_count++] = &o->relation[i];
  for (size_t i = 0; i < o->doubt_count; i++)
    c->asked[c->asked_count++] = &o->doubt[i];
}

/* Guards over variables, and the inputs of leaves. */
static void run_prepare(void *data) {
  confirming *const c = data;
  dimsat_observation *const o = c->o;
  const size_t guards = c->p->guard_count;
  problem_validate(c->p);
  confirm_pair_inputs(c);
  place_columns(c);
  list_relations(c);
  c->condition = arena_zeroed(&c->cx->nodes, guards + 1, sizeof *c->condition);
  c->found =
      arena_zeroed(&c->cx->nodes, guards + c->asked_count + o->column_count + 1,
                   sizeof *c->found);
  for (size_t i = 0; i < guards; i++)
    if (c->p->guards[i].kind != GUARD_SPEC)
      c->condition[c->condition_count++] =
          confirm_condition(c, c->p->guards[i].condition);
  o->confirmed = true;
  o->refusal_count = 0;
  o->discovered_count = 0;
  o->probe_count = 0;
}

/* Relations, then sizes against those that the guards leave open, then calls,
 * then guards. */
bool dimsat_observation_confirm(dimsat_observation *o, dimsat_problem *program,
                                const dimsat_options *options) {
  confirming c = {.o = o, .p = program, .cx = o->cx, .options = options};
  bool good = context_run(c.cx, run_prepare, &c) == DIMSAT_OK;
  good = good && confirm_is_possible(&c, &c.possible);
  for (size_t i = 0; good && i < c.asked_count; i++)
    good = confirm_relation(&c, i);
  for (size_t i = 0; good && i < c.asked_count; i++)
    good =
        c.asked[i]->status != STATUS_INCIDENTAL || confirm_find_witness(&c, i);
  good = good && confirm_find_probe(&c);
  for (size_t i = 0; good && i < o->calls->call_count; i++)
    good = confirm_call(&c, i);
  good = good && context_run(c.cx, run_static, &c) == DIMSAT_OK;
  for (size_t i = 0; good && i < program->guard_count; i++)
    good = discover(&c, i);
  return good;
}
