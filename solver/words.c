#include "solver/words.h"

#include "lib/expr/build.h"
#include "lib/expr/print.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

/* A conjunction up to this length is shown whole. */
#define WHOLE_MOST 100

const char *condition_text(dimsat_context *cx, const expr *e) {
  buffer out;
  buffer_init(&out, &cx->nodes);
  print_expression(&out, e, DIMSAT_PYTHON);
  return out.text;
}

/* Whether a symbol is only an axis or dim by its own name, with a bound. */
static bool is_own_source(const symbol *s) {
  return s->source && strcmp(s->name, s->source) == 0;
}

bool guard_is_plain(dimsat_problem *p, const guard *g) {
  const arena_mark mark = arena_get_mark(&p->cx->work);
  bool plain = true;
  size_t count;
  const expr **names = expr_symbols(p->cx, g->condition, &count);
  for (size_t i = 0; i < count && plain; i++) {
    const name_meaning n = problem_find(p, names[i]->name);
    plain = n.kind != NAMES_SYMBOL || is_own_source(&p->symbols[n.index]);
  }
  arena_rewind(&p->cx->work, mark);
  return plain;
}

/* ---- Over dims ----------------------------------------------------------- */

/* What an axis is promised to be, over the dim that it carries. */
static const expr *axis_over_dims(const dimsat_problem *p, const axis *a) {
  if (a->kind == AXIS_DIM) {
    const expr *dim_symbol = build_symbol(p->cx, p->dims[a->dim].name);
    return build_linear(p->cx, a->offset, &a->scale, &dim_symbol, 1);
  }
  if (a->kind == AXIS_CONSTANT)
    return build_integer(p->cx, a->constant);
  if (a->burned)
    return build_integer(p->cx, a->traced_constant);
  if (a->kind == AXIS_STATIC && a->has_example)
    return build_integer(p->cx, a->example);
  return build_symbol(p->cx, a->source);
}

/* What a name means, over dims: derived ones stay what they are. */
static const expr *name_over_dims(dimsat_problem *p, const char *name) {
  name_meaning n = problem_find(p, name);
  if (n.kind == NAMES_SYMBOL && p->symbols[n.index].source)
    n = problem_find_source(p, p->symbols[n.index].source);
  if (n.kind == NAMES_DIM)
    return build_symbol(p->cx, p->dims[n.index].name);
  if (n.kind == NAMES_AXIS)
    return axis_over_dims(p, &p->inputs[n.index].axes[n.axis]);
  return build_symbol(p->cx, name);
}

/* The guard's condition over dims. */
static const expr *guard_over_dims(binding *b, const guard *g) {
  const arena_mark mark = arena_get_mark(&b->cx->work);
  size_t count;
  const expr **from = expr_symbols(b->cx, g->condition, &count);
  const expr **to = arena_zeroed(b->m, count + 1, sizeof *to);
  for (size_t i = 0; i < count; i++)
    to[i] = name_over_dims(b->problem, from[i]->name);
  const expr *e =
      substitute(b->cx, g->condition,
                 &(substitution){.from = from, .to = to, .count = count});
  arena_rewind(&b->cx->work, mark);
  return e;
}

/* Whether the text of the node would say less than what was written: a truth,
 * floats in their exact form, functions under their inner names. */
static bool reads_badly(binding *b, const expr *e) {
  const arena_mark mark = arena_get_mark(&b->cx->work);
  size_t n;
  const expr **node = expr_nodes(b->cx, &e, 1, &n);
  bool bad = e->opaque || e->op == OP_TRUE || e->op == OP_FALSE;
  for (size_t i = 0; i < n && !bad; i++)
    bad = node[i]->op == OP_FLOAT;
  arena_rewind(&b->cx->work, mark);
  return bad;
}

const char *demand_words(binding *b, const requirement *r) {
  if (r->guard == NO_GUARD)
    return condition_text(b->cx, r->condition);
  const guard *g = &b->problem->guards[r->guard];
  const expr *e = r->condition;
  if (g->condition->op != OP_AND)
    e = guard_over_dims(b, g);
  return reads_badly(b, e) ? g->text : condition_text(b->cx, e);
}

const char *guard_words(binding *b, const requirement *r) {
  if (r->guard == NO_GUARD)
    return demand_words(b, r);
  const guard *g = &b->problem->guards[r->guard];
  const bool entire =
      g->condition->op != OP_AND || strlen(g->text) <= WHOLE_MOST;
  return entire && guard_is_plain(b->problem, g) ? g->text : demand_words(b, r);
}

/* ---- Functions that are not computed ------------------------------------- */

const char *opaque_reason(dimsat_context *cx, arena *m, const expr *e) {
  static const char prefix[] = "OpaqueUnaryFn_";
  if (!e->opaque)
    return NULL;
  size_t n;
  const expr **node = expr_nodes(cx, &e, 1, &n);
  for (size_t i = 0; i < n; i++) {
    const char *name = node[i]->name;
    if (node[i]->op != OP_OPAQUE || strcmp(name, "Lt") == 0)
      continue;
    if (strcmp(name, TOO_LARGE_TO_KNOW) == 0)
      return "its numbers have too many digits";
    if (strcmp(name, "FloatPow") == 0)
      return "it takes a power whose exponent is no whole number, and such "
             "powers are not computed";
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
      name += sizeof prefix - 1;
    return arena_format(m, "it depends on %s, whose values are not computed",
                        name);
  }
  return NULL;
}
