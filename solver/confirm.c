/*
 * dimsat_observation_confirm: observed relations before the guards of a
 * program.
 *
 * Every name of a guard becomes an expression over one variable an axis: the
 * symbol that the tracer gave it, else its source.  A relation is asked with
 * the guards that hang together with it, and with what the tracer assumed of
 * their symbols.
 */
#include "dimsat/check.h"
#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "lib/observe/observation.h"
#include "lib/problem/spec.h"

#include <string.h>

typedef struct {
  dimsat_observation *o;
  dimsat_problem *p;
  dimsat_context *cx;
  const dimsat_options *options;
  size_t *input;      /* of each leaf: the input of the program, or NONE */
  const expr **guard; /* over variables */
  size_t guard_count;
  relation *relation; /* the one that is asked about */
  const expr *query;  /* NULL: `why` */
  const expr **assume;
  size_t assume_count, generic_count; /* and behind them: sizes of 2 or more */
  dimsat_answer answer;
  size_t call; /* the one that is tried */
  const char **name, **size;
  size_t size_count;
  const char *const *message; /* why it is refused */
  size_t message_count;
} confirming;

/* ---- Variables --------------------------------------------------------- */

/* What the tracer calls axis `k` of input `i`, or NULL. */
static const char *symbol_of(const dimsat_problem *p, const axis *a) {
  if (a->traced != NULL)
    return a->traced;
  const size_t s = problem_find_symbol_source(p, a->source);
  return s != SIZE_MAX ? p->symbols[s].name : NULL;
}

/* A dim over its root. */
static const expr *dim_expression(const confirming *c, size_t index) {
  integer scale, offset;
  const size_t root = problem_root_of(c->p, index, &scale, &offset);
  const expr *const leader = build_symbol(c->cx, c->p->dims[root].name);
  return build_linear(c->cx, offset, &scale, &leader, 1);
}

/* An axis as an expression over variables. */
static const expr *axis_expression(const confirming *c, const axis *a) {
  const char *const name = symbol_of(c->p, a);
  if (a->burned)
    return build_integer(c->cx, a->traced_constant);
  if (name != NULL)
    return build_symbol(c->cx, name);
  if (a->kind == AXIS_CONSTANT)
    return build_integer(c->cx, a->constant);
  if (a->kind == AXIS_STATIC && a->has_example)
    return build_integer(c->cx, a->example);
  if (a->kind == AXIS_DIM) {
    const expr *const leader = dim_expression(c, a->dim);
    return build_linear(c->cx, a->offset, &a->scale, &leader, 1);
  }
  return build_symbol(c->cx, a->source);
}

/* The meaning of a symbol of a guard. */
static const expr *name_expression(const confirming *c, const expr *named) {
  const name_meaning m = problem_find(c->p, named->name);
  if (m.kind == NAMES_AXIS)
    return axis_expression(c, &c->p->inputs[m.index].axes[m.axis]);
  if (m.kind == NAMES_DIM)
    return dim_expression(c, m.index);
  return named;
}

/* A condition over variables. */
static const expr *over_variables(const confirming *c, const expr *condition) {
  size_t count;
  const expr **const from = expr_symbols(c->cx, condition, &count);
  const expr **const to = arena_zeroed(&c->cx->work, count + 1, sizeof *to);
  for (size_t i = 0; i < count; i++)
    to[i] = name_expression(c, from[i]);
  const substitution s = {from, to, count};
  return build_as_truth(c->cx, substitute(c->cx, condition, &s));
}

/* ---- Inputs ------------------------------------------------------------ */

/* The input of that name or source, or NONE. */
static size_t find_input(const dimsat_problem *p, const leaf *l) {
  size_t found = problem_find_input(p, l->path);
  if (found == SIZE_MAX && l->source != NULL)
    found = problem_find_input_source(p, l->source);
  return found == SIZE_MAX ? OBSERVED_NONE : found;
}

/* Whether an input belongs to the argument `name`: `name` alone, or with a
 * subscript or an attribute behind it, as name or within `L['..']`. */
static bool is_of(const input *in, const char *name) {
  const size_t length = strlen(name);
  const char *at = in->source;
  if (strncmp(at, "L['", 3) == 0)
    return strncmp(at + 3, name, length) == 0 &&
           strncmp(at + 3 + length, "']", 2) == 0;
  return strncmp(at, name, length) == 0 && strchr("[.", at[length]) != NULL;
}

/* Pairs the tensors of a cache with inputs in order, where their numbers are
 * the same. */
static void pair_cache(confirming *c, size_t parameter_index) {
  const dimsat_observation *const o = c->o;
  const char *const name = o->calls->parameter[parameter_index].name;
  size_t leaves = 0, inputs = 0, next = 0;
  for (size_t i = 0; i < o->leaf_count; i++)
    leaves += o->leaf[i].parameter == parameter_index && o->leaf[i].in_cache;
  for (size_t i = 0; i < c->p->input_count; i++)
    inputs += is_of(&c->p->inputs[i], name);
  if (leaves == 0 || leaves != inputs)
    return;
  for (size_t i = 0; i < o->leaf_count; i++) {
    if (o->leaf[i].parameter != parameter_index)
      continue;
    while (!is_of(&c->p->inputs[next], name))
      next++;
    if (c->input[i] == OBSERVED_NONE)
      c->input[i] = next;
    next++;
  }
}

/* Finds the input of each leaf; one of another rank is another thing. */
static void pair_inputs(confirming *c) {
  const dimsat_observation *const o = c->o;
  c->input = arena_zeroed(&c->cx->nodes, o->leaf_count + 1, sizeof *c->input);
  for (size_t i = 0; i < o->leaf_count; i++)
    c->input[i] = find_input(c->p, &o->leaf[i]);
  for (size_t i = 0; i < o->calls->parameter_count; i++)
    pair_cache(c, i);
  for (size_t i = 0; i < o->leaf_count; i++)
    if (c->input[i] != OBSERVED_NONE &&
        c->p->inputs[c->input[i]].rank != o->leaf[i].count)
      c->input[i] = OBSERVED_NONE;
}

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
    return axis_expression(c, a);
  c->relation->why = arena_format(&c->cx->nodes, "%s is no axis of the program",
                                  c->o->column[index].name);
  return NULL;
}

/* A class as an expression: its first column that is an axis. */
static const expr *family_expression(confirming *c, size_t f) {
  for (size_t i = 0; i < c->o->column_count; i++)
    if (c->o->column[i].family == f && axis_of(c, i) != NULL)
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

/* The guards that hang together with the query, and the ranges of all symbols
 * in them. */
static void collect(confirming *c) {
  const uint32_t nodes = c->cx->node_count;
  bool *const marked = arena_zeroed(&c->cx->work, nodes, sizeof *marked);
  bool *const taken =
      arena_zeroed(&c->cx->work, c->guard_count + 1, sizeof *taken);
  const expr **const all =
      arena_zeroed(&c->cx->work, c->guard_count + 1, sizeof *all);
  size_t used = 0, count;
  all[used++] = c->query;
  mark_symbols(c, marked, c->query);
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < c->guard_count; i++)
      if (!taken[i] && is_near(c, marked, c->guard[i])) {
        taken[i] = true;
        all[used++] = c->guard[i];
        grew |= mark_symbols(c, marked, c->guard[i]);
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
  const expr *const e = axis_expression(c, a);
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

/* ---- The whole --------------------------------------------------------- */

/* Guards over variables, and the inputs of leaves. */
static void run_prepare(void *data) {
  confirming *const c = data;
  problem_validate(c->p);
  pair_inputs(c);
  c->guard =
      arena_zeroed(&c->cx->nodes, c->p->guard_count + 1, sizeof *c->guard);
  for (size_t i = 0; i < c->p->guard_count; i++)
    if (c->p->guards[i].kind != GUARD_SPEC)
      c->guard[c->guard_count++] = over_variables(c, c->p->guards[i].condition);
  c->o->confirmed = true;
  c->o->refusal_count = 0;
}

/* Relations, then calls; of calls that are alike, the first. */
bool dimsat_observation_confirm(dimsat_observation *o, dimsat_problem *program,
                                const dimsat_options *options) {
  confirming c = {.o = o, .p = program, .cx = o->cx, .options = options};
  if (context_run(c.cx, run_prepare, &c) != DIMSAT_OK)
    return false;
  for (size_t i = 0; i < o->relation_count; i++)
    if (!confirm_relation(&c, &o->relation[i]))
      return false;
  for (size_t i = 0; i < o->point_count; i++)
    if (!confirm_call(&c, o->point[i]))
      return false;
  return true;
}
