/*
 * What the names of a program mean, and how people call what it means.
 */
#include "solver/confirm.h"

#include "lib/expr/build.h"
#include "lib/expr/print.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

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

/* ---- Words ------------------------------------------------------------- */

/* The axis of the program that a column is, or NULL. */
const axis *confirm_axis_of(const confirming *c, size_t index) {
  const column *const seen = &c->o->column[index];
  const size_t in = c->input[seen->leaf];
  if (seen->axis == OBSERVED_NONE || in == OBSERVED_NONE)
    return NULL;
  return &c->p->inputs[in].axes[seen->axis];
}

/* What people call a variable: the first column that it is, else the first axis
 * of the program. */
static const char *variable_name(const confirming *c, const expr *variable) {
  for (size_t i = 0; i < c->o->column_count; i++)
    if (c->place[i] == variable)
      return c->o->column[i].name;
  for (size_t i = 0; i < c->p->input_count; i++)
    for (size_t k = 0; k < c->p->inputs[i].rank; k++)
      if (confirm_axis(c, &c->p->inputs[i].axes[k]) == variable)
        return arena_format(&c->cx->nodes, "%s[%zu]", c->p->inputs[i].name, k);
  return variable->name;
}

/* A condition in the terms of the calls. */
const char *confirm_words(const confirming *c, const expr *condition) {
  size_t count;
  buffer out;
  const expr **const from = expr_symbols(c->cx, condition, &count);
  const expr **const to = arena_zeroed(&c->cx->work, count + 1, sizeof *to);
  for (size_t i = 0; i < count; i++)
    to[i] = build_symbol(c->cx, variable_name(c, from[i]));
  const substitution s = {from, to, count};
  buffer_init(&out, &c->cx->nodes);
  print_expression(&out, substitute(c->cx, condition, &s), DIMSAT_PYTHON);
  return out.text;
}
