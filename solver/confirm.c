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

/* ---- Questions --------------------------------------------------------- */

/* The axis of the program that a column is, or NULL. */
static const axis *axis_of(const confirming *c, size_t index) {
  const column *const seen = &c->o->column[index];
  const size_t in = c->input[seen->leaf];
  if (seen->axis == OBSERVED_NONE || in == OBSERVED_NONE)
    return NULL;
  return &c->p->inputs[in].axes[seen->axis];
}

/* A column as an expression; NULL, with a reason, where it is no axis. */
static const expr *column_expression(confirming *c, size_t index) {
  const axis *const a = axis_of(c, index);
  if (a != NULL)
    return confirm_axis(c, a);
  c->relation->why = arena_format(&c->cx->nodes, "%s is no axis of the program",
                                  c->o->column[index].name);
  return NULL;
}

/* A class as an expression: its first column that is an axis. */
static const expr *family_expression(confirming *c, size_t f) {
  for (size_t i = c->o->family[f].head; i != OBSERVED_NONE;
       i = c->o->column[i].next)
    if (axis_of(c, i) != NULL)
      return column_expression(c, i);
  return column_expression(c, c->o->family[f].first);
}

/* sum of factor*class == -rest */
static const expr *affine_query(confirming *c, const relation *r) {
  const size_t count = c->o->family_count;
  const expr **const arg = arena_zeroed(&c->cx->work, count, sizeof *arg);
  integer *const factor = arena_zeroed(&c->cx->work, count, sizeof *factor);
  size_t used = 0;
  for (size_t f = 0; f < count; f++) {
    if (integer_sign(r->factor[f]) == 0)
      continue;
    factor[used] = r->factor[f];
    arg[used] = family_expression(c, f);
    if (arg[used++] == NULL)
      return NULL;
  }
  return build_eq(c->cx, build_linear(c->cx, r->rest, factor, arg, used),
                  build_small(c->cx, 0));
}

/* What a relation other than EQUAL and AFFINE gives for its left side. */
static const expr *right_side(confirming *c, const relation *r) {
  dimsat_context *const cx = c->cx;
  const expr *const a = family_expression(c, r->right[0]);
  if (a == NULL)
    return NULL;
  if (r->kind == RELATION_QUOTIENT)
    return build_floordiv(cx, a, build_integer(cx, r->number));
  if (r->kind == RELATION_CEILING)
    return build_ceildiv(cx, a, build_integer(cx, r->number));
  const expr *const b = family_expression(c, r->right[1]);
  return b != NULL ? build_mul(cx, a, b) : NULL;
}

/* The relation as a condition; NULL, with a reason, where it is none. */
static const expr *query_of(confirming *c, const relation *r) {
  if (r->kind == RELATION_AFFINE)
    return affine_query(c, r);
  if (r->kind == RELATION_EQUAL) {
    const expr *const a = column_expression(c, r->left);
    const expr *const b = column_expression(c, r->right[0]);
    return a != NULL && b != NULL ? build_eq(c->cx, a, b) : NULL;
  }
  const expr *const left = family_expression(c, r->left);
  if (left == NULL)
    return NULL;
  if (r->kind == RELATION_DIVISIBLE)
    return build_eq(c->cx,
                    build_mod(c->cx, left, build_integer(c->cx, r->number)),
                    build_integer(c->cx, r->rest));
  const expr *const right = right_side(c, r);
  return right != NULL ? build_eq(c->cx, left, right) : NULL;
}

/* ---- Assumptions ------------------------------------------------------- */

/* Marks the symbols of `e`; whether one was not marked. */
static bool mark_symbols(const confirming *c, bool *marked, const expr *e) {
  size_t count;
  bool grew = false;
  const expr **const known = expr_symbols(c->cx, e, &count);
  for (size_t i = 0; i < count; i++) {
    grew |= !marked[known[i]->id];
    marked[known[i]->id] = true;
  }
  return grew;
}

/* Whether `e` speaks of a marked symbol. */
static bool is_near(const confirming *c, const bool *marked, const expr *e) {
  size_t count;
  const expr **const known = expr_symbols(c->cx, e, &count);
  for (size_t i = 0; i < count; i++)
    if (marked[known[i]->id])
      return true;
  return false;
}

/* Adds what is known of a symbol: it is a size, in the tracer's range. */
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

/* The conditions that hang together with the query, and the ranges of all
 * symbols in them. */
static void collect(confirming *c) {
  const uint32_t nodes = c->cx->node_count;
  bool *const marked = arena_zeroed(&c->cx->work, nodes, sizeof *marked);
  bool *const taken =
      arena_zeroed(&c->cx->work, c->condition_count + 1, sizeof *taken);
  const expr **const all =
      arena_zeroed(&c->cx->work, c->condition_count + 1, sizeof *all);
  size_t used = 0, count;
  all[used++] = c->query;
  mark_symbols(c, marked, c->query);
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < c->condition_count; i++)
      if (!taken[i] && is_near(c, marked, c->condition[i])) {
        taken[i] = true;
        all[used++] = c->condition[i];
        grew |= mark_symbols(c, marked, c->condition[i]);
      }
  }
  const expr **const node = expr_nodes(c->cx, all, used, &count);
  c->assume =
      arena_zeroed(&c->cx->nodes, used + 3 * count + 1, sizeof *c->assume);
  for (c->assume_count = 0; c->assume_count + 1 < used; c->assume_count++)
    c->assume[c->assume_count] = all[c->assume_count + 1];
  for (size_t i = 0; i < count; i++)
    if (node[i]->op == OP_SYMBOL)
      assume_range(c, node[i]);
  c->generic_count = 0;
  for (size_t i = 0; i < count; i++)
    if (node[i]->op == OP_SYMBOL)
      c->assume[c->assume_count + c->generic_count++] =
          build_le(c->cx, build_small(c->cx, 2), node[i]);
}

/* The question about `c->relation`. */
static void run_question(void *data) {
  confirming *const c = data;
  c->query = query_of(c, c->relation);
  if (c->query != NULL)
    collect(c);
}

/* ---- Answers ----------------------------------------------------------- */

/* The value of a variable in the witness; 2 where nothing is known of it. */
static const char *variable_text(const confirming *c, const expr *variable,
                                 const axis *a) {
  for (size_t i = 0; i < c->answer.name_count; i++)
    if (strcmp(c->answer.names[i], variable->name) == 0)
      return c->answer.breaks[i];
  return a->has_example ? integer_text(&c->cx->nodes, a->example) : "2";
}

/* The size of an axis in the witness. */
static const char *axis_text(const confirming *c, const axis *a) {
  const expr *const e = confirm_axis(c, a);
  if (e->op == OP_INT)
    return integer_text(&c->cx->nodes, e->value);
  if (e->op == OP_SYMBOL)
    return variable_text(c, e, a);
  integer value, x = integer_of(0);
  const char *const text = variable_text(c, e->arg[0], a);
  integer_parse(&c->cx->nodes, text, strlen(text), &x);
  value = integer_add(&c->cx->nodes, e->value,
                      integer_mul(&c->cx->nodes, e->coefficient[0], x));
  return integer_text(&c->cx->nodes, value);
}

/* Keeps the witness as sizes of all inputs. */
static void keep_witness(confirming *c) {
  arena *const m = &c->cx->nodes;
  relation *const r = c->relation;
  witness_input *const all =
      arena_zeroed(m, c->p->input_count + 1, sizeof *all);
  for (size_t i = 0; i < c->p->input_count; i++) {
    const input *const in = &c->p->inputs[i];
    all[i] = (witness_input){in->name, in->rank, NULL};
    all[i].size = arena_zeroed(m, in->rank + 1, sizeof *all[i].size);
    for (size_t k = 0; k < in->rank; k++)
      all[i].size[k] = axis_text(c, &in->axes[k]);
  }
  r->witness = all;
  r->witness_count = c->p->input_count;
}

/* What the answer says of the relation. */
static void run_answer(void *data) {
  static const relation_status status[] = {
      [DIMSAT_ANSWER_ALWAYS] = STATUS_NECESSARY,
      [DIMSAT_ANSWER_NEVER] = STATUS_REFUTED,
      [DIMSAT_ANSWER_SOMETIMES] = STATUS_INCIDENTAL,
      [DIMSAT_ANSWER_CONTRADICTORY] = STATUS_UNDECIDED,
      [DIMSAT_ANSWER_UNDECIDED] = STATUS_UNDECIDED,
      [DIMSAT_ANSWER_BOUNDS] = STATUS_UNDECIDED,
  };
  confirming *const c = data;
  relation *const r = c->relation;
  r->status = status[c->answer.kind];
  if (r->status == STATUS_NECESSARY)
    c->found[c->found_count++] = c->query;
  if (r->status == STATUS_INCIDENTAL)
    keep_witness(c);
  else if (c->answer.kind == DIMSAT_ANSWER_CONTRADICTORY)
    r->why = "no size at all satisfies the guards";
  else if (r->status == STATUS_UNDECIDED)
    r->why = c->answer.reason;
}

/* Asks; a witness without sizes of 0 and 1 is worth more, because tracers burn
 * these in. */
static bool ask(confirming *c) {
  dimsat_answer generic;
  if (!dimsat_ask(c->cx, c->assume, c->assume_count, c->query, c->options,
                  &c->answer))
    return false;
  if (c->answer.kind != DIMSAT_ANSWER_SOMETIMES)
    return true;
  if (!dimsat_ask(c->cx, c->assume, c->assume_count + c->generic_count,
                  c->query, c->options, &generic))
    return false;
  if (generic.breaks != NULL)
    c->answer = generic;
  c->answer.kind = DIMSAT_ANSWER_SOMETIMES;
  return true;
}

/* Asks about one relation. */
static bool confirm_relation(confirming *c, relation *r) {
  c->relation = r;
  r->status = STATUS_UNDECIDED;
  r->why = NULL;
  r->witness_count = 0;
  if (context_run(c->cx, run_question, c) != DIMSAT_OK)
    return false;
  if (c->query == NULL)
    return true;
  return ask(c) && context_run(c->cx, run_answer, c) == DIMSAT_OK;
}

/* ---- Calls ------------------------------------------------------------- */

/* The sizes of a call by axis of the program. */
static void run_sizes(void *data) {
  confirming *const c = data;
  arena *const m = &c->cx->nodes;
  c->size_count = 0;
  c->name = arena_zeroed(m, c->o->column_count + 1, sizeof *c->name);
  c->size = arena_zeroed(m, c->o->column_count + 1, sizeof *c->size);
  for (size_t i = 0; i < c->o->column_count; i++) {
    const axis *const a = axis_of(c, i);
    const cell *const seen = &c->o->column[i].cell[c->call];
    if (a == NULL || !seen->known)
      continue;
    c->name[c->size_count] = a->source;
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
    const axis *const a = axis_of(c, i);
    size_t call = 0;
    if (a == NULL || seen->family != OBSERVED_NONE)
      continue;
    while (!seen->cell[call].known)
      call++;
    c->found[c->found_count++] = build_eq(
        c->cx, confirm_axis(c, a), build_integer(c->cx, seen->cell[call].size));
  }
}

/* The question whether guard `c->guard` follows from what was found. */
static void run_guard(void *data) {
  confirming *const c = data;
  c->query = confirm_condition(c, c->p->guards[c->guard].condition);
  c->condition = c->found;
  c->condition_count = c->found_count;
  collect(c);
}

/* Keeps a guard that does not follow; others may follow from it. */
static void run_discovery(void *data) {
  confirming *const c = data;
  dimsat_observation *const o = c->o;
  o->discovered = arena_grow(&c->cx->nodes, o->discovered, o->discovered_count,
                             &o->discovered_capacity, sizeof *o->discovered);
  o->discovered[o->discovered_count++] = c->p->guards[c->guard].text;
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

/* Guards over variables, and the inputs of leaves. */
static void run_prepare(void *data) {
  confirming *const c = data;
  dimsat_observation *const o = c->o;
  const size_t guards = c->p->guard_count;
  problem_validate(c->p);
  confirm_pair_inputs(c);
  c->condition = arena_zeroed(&c->cx->nodes, guards + 1, sizeof *c->condition);
  c->found = arena_zeroed(&c->cx->nodes,
                          guards + o->relation_count + o->doubt_count +
                              o->column_count + 1,
                          sizeof *c->found);
  for (size_t i = 0; i < guards; i++)
    if (c->p->guards[i].kind != GUARD_SPEC)
      c->condition[c->condition_count++] =
          confirm_condition(c, c->p->guards[i].condition);
  o->confirmed = true;
  o->refusal_count = 0;
  o->discovered_count = 0;
}

/* Relations, with evidence and without, then calls, of those that are alike the
 * first, then guards. */
bool dimsat_observation_confirm(dimsat_observation *o, dimsat_problem *program,
                                const dimsat_options *options) {
  confirming c = {.o = o, .p = program, .cx = o->cx, .options = options};
  bool good = context_run(c.cx, run_prepare, &c) == DIMSAT_OK;
  for (size_t i = 0; good && i < o->relation_count; i++)
    good = confirm_relation(&c, &o->relation[i]);
  for (size_t i = 0; good && i < o->doubt_count; i++)
    good = confirm_relation(&c, &o->doubt[i]);
  for (size_t i = 0; good && i < o->point_count; i++)
    good = confirm_call(&c, o->point[i]);
  good = good && context_run(c.cx, run_static, &c) == DIMSAT_OK;
  for (size_t i = 0; good && i < program->guard_count; i++)
    good = discover(&c, i);
  return good;
}
