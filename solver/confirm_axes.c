/*
 * What the names of a program mean, and which of its inputs are which arguments
 * of the observed function.
 */
#include "solver/confirm.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

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
const expr *confirm_axis(const confirming *c, const axis *a) {
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
    return confirm_axis(c, &c->p->inputs[m.index].axes[m.axis]);
  if (m.kind == NAMES_DIM)
    return dim_expression(c, m.index);
  return named;
}

/* A condition over variables. */
const expr *confirm_condition(const confirming *c, const expr *condition) {
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
void confirm_pair_inputs(confirming *c) {
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
