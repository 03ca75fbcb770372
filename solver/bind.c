#include "solver/bind.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"
#include "solver/factor.h"

#include <stdio.h>
#include <string.h>

/* What the spec and the assumptions leave of a variable. */
interval variable_domain(const variable *v) {
  return interval_meet(v->user, v->assumed);
}

/* What a repair may start from: the user's range is widened to the example. */
interval variable_own(const variable *v) {
  const bool outside = v->named && v->has_example;
  const interval user =
      outside ? interval_join(v->user, interval_of(v->example, v->example))
              : v->user;
  return interval_meet(user, v->assumed);
}

/* A dim is never negative. */
interval variable_counted(const variable *v) {
  return v->named ? interval_meet(v->assumed, interval_from(integer_of(0)))
                  : v->assumed;
}

/* Looks at all of them. */
const variable *bind_named(const binding *b, const char *name) {
  for (size_t v = 0; v < b->named_count; v++)
    if (strcmp(b->variable[v].name, name) == 0)
      return &b->variable[v];
  return NULL;
}

/* The example if it may be that, else the lowest size. */
integer variable_default(const variable *v) {
  const interval domain = variable_domain(v);
  return v->has_example && interval_has(domain, v->example) ? v->example
                                                            : domain.lo;
}

/* The values of x for which scale*x + offset lies in `range`; scale >= 1. */
static interval solve_range(arena *m, interval range, integer scale,
                            integer offset) {
  interval r = range;
  if (r.has_lo)
    r.lo = integer_ceildiv(m, integer_sub(m, r.lo, offset), scale);
  if (r.has_hi)
    r.hi = integer_floordiv(m, integer_sub(m, r.hi, offset), scale);
  return r;
}

/* The value that a meaning gives. */
integer meaning_value(arena *m, const place *meaning, integer x) {
  if (meaning->constant)
    return meaning->offset;
  return integer_add(m, meaning->offset, integer_mul(m, meaning->scale, x));
}

/* The meaning as an expression. */
const expr *meaning_expression(const binding *b, const place *meaning) {
  if (meaning->constant)
    return build_integer(b->cx, meaning->offset);
  return build_linear(b->cx, meaning->offset, &meaning->scale,
                      &b->symbol[meaning->parameter], 1);
}

/* ---- Variables --------------------------------------------------------- */

/* Adds a variable; its meaning as a place. */
static place add_variable(binding *b, variable v) {
  b->variable[b->variable_count] = v;
  b->symbol[b->variable_count] = v.symbol;
  return (place){.parameter = (uint32_t)b->variable_count++,
                 .scale = integer_of(1),
                 .offset = integer_of(0)};
}

/* A meaning has a value in `range`, which the tracer took for granted. */
static void assume(binding *b, const place *meaning, interval range) {
  variable *v = &b->variable[meaning->parameter];
  v->assumed = interval_meet(
      v->assumed, solve_range(b->m, range, meaning->scale, meaning->offset));
}

/* A variable for each root, and each dim over its root, which has no sizes at
 * which a dim that follows it would be negative. */
static void bind_dims(binding *b) {
  const dimsat_problem *p = b->problem;
  for (size_t i = 0; i < p->dim_count; i++)
    if (!p->dims[i].derived)
      b->dim_meaning[i] = add_variable(
          b, (variable){.name = p->dims[i].name,
                        .symbol = build_symbol(b->cx, p->dims[i].name),
                        .named = true,
                        .dim = i,
                        .user = p->dims[i].range,
                        .assumed = interval_all()});
  b->named_count = b->variable_count;
  for (size_t i = 0; i < p->dim_count; i++)
    if (p->dims[i].derived) {
      integer scale, offset;
      const size_t root = problem_root_of(p, i, &scale, &offset);
      b->dim_meaning[i] = b->dim_meaning[root];
      b->dim_meaning[i].scale = scale;
      b->dim_meaning[i].offset = offset;
      assume(b, &b->dim_meaning[i], interval_from(integer_of(0)));
    }
}

/* A constant meaning. */
static place constant(integer x) {
  return (place){.constant = true, .offset = x};
}

/* A free variable for an axis or an unbacked symbol. */
static place add_free(binding *b, const char *name, bool dynamic,
                      interval range, const integer *example) {
  variable v = {.name = name,
                .symbol = build_symbol(b->cx, name),
                .dynamic = dynamic,
                .assumed = range,
                .has_example = example != NULL};
  if (example)
    v.example = *example;
  return add_variable(b, v);
}

/* The meaning of one axis.  A hint's bounds count where the tracer's symbol
 * has none of its own. */
static place bind_axis(binding *b, const axis *a) {
  arena *m = b->m;
  budget_spend(b->budget, 1);
  if (a->kind == AXIS_DIM) {
    place p = b->dim_meaning[a->dim];
    p.offset = integer_add(m, a->offset, integer_mul(m, a->scale, p.offset));
    p.scale = integer_mul(m, a->scale, p.scale);
    assume(b, &p, interval_from(integer_of(0)));
    return p;
  }
  if (a->kind == AXIS_CONSTANT)
    return constant(a->constant);
  if (a->burned)
    return constant(a->traced_constant);
  if (a->kind == AXIS_STATIC && a->has_example)
    return constant(a->example);
  return add_free(b, a->source, a->kind == AXIS_DYNAMIC,
                  a->traced
                      ? interval_from(integer_of(0))
                      : interval_meet(a->range, interval_from(integer_of(0))),
                  a->has_example ? &a->example : NULL);
}

/* The meanings of all axes. */
static void bind_inputs(whole *w) {
  const dimsat_problem *p = w->all.problem;
  arena *m = w->all.m;
  w->axis = arena_zeroed(m, p->input_count + 1, sizeof *w->axis);
  for (size_t i = 0; i < p->input_count; i++) {
    w->axis[i] = arena_zeroed(m, p->inputs[i].rank + 1, sizeof(place));
    for (size_t k = 0; k < p->inputs[i].rank; k++)
      w->axis[i][k] = bind_axis(&w->all, &p->inputs[i].axes[k]);
  }
}

/* The meaning of a name, or of a symbol's source, which is no symbol. */
static bool find_meaning(const whole *w, const char *name, bool is_source,
                         place *out) {
  dimsat_problem *p = w->all.problem;
  const name_meaning n =
      is_source ? problem_find_source(p, name) : problem_find(p, name);
  switch (n.kind) {
  case NAMES_DIM:
    *out = w->all.dim_meaning[n.index];
    return true;
  case NAMES_AXIS:
    *out = w->axis[n.index][n.axis];
    return true;
  case NAMES_SYMBOL:
    if (is_source)
      return false;
    *out = w->symbol[n.index];
    return true;
  case NAMES_NOTHING:
    break;
  }
  return false;
}

/* A symbol whose source is an axis or a dim narrows what is assumed of it; one
 * without becomes a free variable. */
static place bind_symbol(whole *w, const symbol *s) {
  binding *b = &w->all;
  place p;
  budget_spend(b->budget, 1);
  if (!s->source || !find_meaning(w, s->source, true, &p))
    return add_free(b, s->name, false, s->range, s->has_hint ? &s->hint : NULL);
  if (p.constant)
    return p;
  assume(b, &p, s->range);
  return p;
}

/* ---- Requirements ------------------------------------------------------ */

/* Prepares a condition over the variables. */
claim *bind_claim(binding *b, const expr *condition) {
  claim *c = claim_new(b->cx, b->m, condition, b->symbol, b->variable_of);
  budget_spend(b->budget, 1 + c->node_count / 4);
  return c;
}

/* Whether a claim speaks of a free variable. */
static bool is_mixed(const binding *b, const claim *c) {
  return c->variable_count &&
         c->variable[c->variable_count - 1] >= b->named_count;
}

/* Appends `condition`, split at its top-level `and`s. */
void bind_require(binding *b, size_t from, const expr *condition,
                  const axis *a) {
  if (condition->op == OP_AND) {
    for (uint32_t i = 0; i < condition->count; i++)
      bind_require(b, from, condition->arg[i], a);
    return;
  }
  b->requirement = arena_grow(b->m, b->requirement, b->requirement_count,
                              &b->requirement_capacity, sizeof *b->requirement);
  const claim *c = bind_claim(b, condition);
  b->requirement[b->requirement_count++] =
      (requirement){.guard = from,
                    .condition = condition,
                    .claim = c,
                    .mixed = is_mixed(b, c),
                    .axis = a};
}

/* Axes that carry a dim but were burned in, and symbols that stand for two
 * axes whose promises differ. */
static void require_traced(whole *w) {
  binding *b = &w->all;
  const dimsat_problem *p = b->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      const expr *size = meaning_expression(b, &w->axis[i][k]);
      place traced = {0};
      budget_spend(b->budget, 1);
      if (a->burned && a->kind == AXIS_DIM)
        bind_require(
            b, NO_GUARD,
            build_eq(b->cx, size, build_integer(b->cx, a->traced_constant)), a);
      else if (a->traced && find_meaning(w, a->traced, false, &traced) &&
               meaning_expression(b, &traced) != size)
        bind_require(b, NO_GUARD,
                     build_eq(b->cx, size, meaning_expression(b, &traced)), a);
    }
}

/* A condition and what its names stand for. */
typedef struct {
  dimsat_context *cx;
  const expr *condition;
  substitution meanings;
  const expr *result;
} rewriting;

/* Puts the meanings in. */
static void rewrite(void *data) {
  rewriting *r = data;
  r->result = substitute(r->cx, r->condition, &r->meanings);
}

/* The condition over the variables.  One whose numbers pass a limit there is
 * not known: only its own guard stays undecided for that. */
static const expr *rewrite_within_limits(rewriting *r) {
  const substitution *s = &r->meanings;
  const dimsat_status status = fault_try(&r->cx->fault, rewrite, r);
  if (status == DIMSAT_OK)
    return r->result;
  if (status != DIMSAT_TOO_LARGE)
    fault_raise(&r->cx->fault, status);
  r->cx->error = (dimsat_error){.status = DIMSAT_OK};
  return build_opaque(r->cx, TOO_LARGE_TO_KNOW, s->to, s->count, true);
}

/* One guard over the variables. */
static const expr *bind_guard(const whole *w, const expr *condition) {
  const binding *b = &w->all;
  const arena_mark mark = arena_get_mark(&b->cx->work);
  size_t n;
  const expr **names = expr_symbols(b->cx, condition, &n);
  const expr **to = arena_alloc(b->m, (n + 1) * sizeof *to);
  for (size_t i = 0; i < n; i++) {
    place p;
    if (!find_meaning(w, names[i]->name, false, &p))
      context_fail(b->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                   "'%s' in a guard is neither a symbol, an axis nor a dim",
                   names[i]->name);
    to[i] = meaning_expression(b, &p);
  }
  const expr *e = rewrite_within_limits(
      &(rewriting){.cx = b->cx,
                   .condition = condition,
                   .meanings = {.from = names, .to = to, .count = n}});
  if (b->m != &b->cx->work)
    arena_rewind(&b->cx->work, mark);
  return e;
}

/* Marks the variables that a condition speaks of. */
static void mention(binding *b, const expr *condition) {
  const claim *c = bind_claim(b, condition);
  for (size_t i = 0; i < c->variable_count; i++)
    b->variable[c->variable[i]].mentioned = true;
}

/* All guards that count. */
static void require_guards(whole *w) {
  binding *b = &w->all;
  const space *sizes = bind_counted(b);
  for (size_t i = 0; i < b->problem->guard_count; i++) {
    const guard *g = &b->problem->guards[i];
    if (g->kind != GUARD_GUARD)
      continue;
    const expr *whole_condition = bind_guard(w, g->condition);
    const expr *condition = factor_out(b, whole_condition, sizes);
    if (condition != whole_condition)
      mention(b, whole_condition);
    bind_require(b, i, condition, NULL);
  }
}

/* Where each variable's symbol finds its variable. */
static void index_variables(binding *b) {
  uint32_t last = 0;
  for (size_t i = 0; i < b->variable_count; i++)
    if (b->symbol[i]->id > last)
      last = b->symbol[i]->id;
  b->variable_of = arena_zeroed(b->m, (size_t)last + 1, sizeof *b->variable_of);
  for (size_t i = 0; i < b->variable_count; i++)
    b->variable_of[b->symbol[i]->id] = (uint32_t)i;
}

/* ---- Example ----------------------------------------------------------- */

/* Remembers why the example is not within the spec. */
static void add_misfit(whole *w, const char *name, const char *message) {
  w->misfit = arena_grow(w->all.m, w->misfit, w->misfit_count,
                         &w->misfit_capacity, sizeof *w->misfit);
  w->misfit[w->misfit_count++] = (misfit){.message = message, .dim = name};
}

/* Takes a variable's example from one size; false when the size contradicts. */
static bool learn_example(binding *b, const place *p, integer size) {
  if (p->constant)
    return integer_equal(p->offset, size);
  variable *v = &b->variable[p->parameter];
  const integer d = integer_sub(b->m, size, p->offset);
  if (!integer_divides(p->scale, d))
    return false;
  const integer x = integer_floordiv(b->m, d, p->scale);
  if (v->has_example)
    return integer_equal(v->example, x);
  v->has_example = true;
  v->example = x;
  return true;
}

/* Why an axis cannot have its example size. */
static const char *misfit_text(binding *b, const axis *a, const place *p) {
  arena *m = &b->cx->nodes;
  const char *size = integer_text(m, a->example);
  if (p->constant)
    return arena_format(m, "%s must be %s, but the example has %s", a->source,
                        integer_text(m, p->offset), size);
  const variable *v = &b->variable[p->parameter];
  if (!v->has_example)
    return arena_format(m, "%s = %s cannot be %s, the size in the example",
                        a->source, a->text, size);
  return arena_format(m,
                      "%s = %s cannot be %s, the size in the example: %s is "
                      "%s there",
                      a->source, a->text, size, v->name,
                      integer_text(m, v->example));
}

/* Examples of all variables from the axes. */
static void learn_axes(whole *w) {
  binding *b = &w->all;
  const dimsat_problem *p = b->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      if (!a->has_example || learn_example(b, &w->axis[i][k], a->example))
        continue;
      add_misfit(w, a->kind == AXIS_DIM ? p->dims[a->dim].name : NULL,
                 misfit_text(b, a, &w->axis[i][k]));
      w->has_example = false;
    }
}

/* Examples from symbols that stand for a dim. */
static void learn_symbols(whole *w) {
  const dimsat_problem *p = w->all.problem;
  for (size_t i = 0; i < p->symbol_count; i++) {
    place meaning;
    const symbol *s = &p->symbols[i];
    if (s->has_hint && s->source &&
        find_meaning(w, s->source, true, &meaning) && !meaning.constant &&
        !w->all.variable[meaning.parameter].has_example)
      learn_example(&w->all, &meaning, s->hint);
  }
}

/* An example outside its dim's range is a misfit that a wider range mends. */
static void check_ranges(whole *w) {
  arena *m = &w->all.cx->nodes;
  for (size_t i = 0; i < w->all.named_count; i++) {
    variable *v = &w->all.variable[i];
    if (!v->has_example || interval_has(v->user, v->example))
      continue;
    const bool low =
        v->user.has_lo && integer_compare(v->example, v->user.lo) < 0;
    v->misses = true;
    add_misfit(w, v->name,
               arena_format(m, "%s is %s in the example, %s its %s of %s",
                            v->name, integer_text(m, v->example),
                            low ? "below" : "above",
                            low ? "minimum" : "maximum",
                            integer_text(m, low ? v->user.lo : v->user.hi)));
  }
}

/* ---- All --------------------------------------------------------------- */

/* How many variables there can be at most. */
static size_t most_variables(const dimsat_problem *p) {
  size_t n = p->dim_count + p->symbol_count;
  for (size_t i = 0; i < p->input_count; i++)
    n += p->inputs[i].rank;
  return n;
}

/* The problem as questions. */
whole *bind_problem(dimsat_problem *p, arena *m, budget *limit) {
  whole *w = arena_zeroed(m, 1, sizeof *w);
  binding *b = &w->all;
  const size_t most = most_variables(p) + 1;
  *b = (binding){.problem = p,
                 .cx = p->cx,
                 .m = m,
                 .budget = limit,
                 .dim_count = p->dim_count};
  w->has_example = true;
  b->variable = arena_zeroed(m, most, sizeof *b->variable);
  b->symbol = arena_zeroed(m, most, sizeof *b->symbol);
  b->dim = arena_alloc(m, (p->dim_count + 1) * sizeof *b->dim);
  for (size_t i = 0; i < p->dim_count; i++)
    b->dim[i] = i;
  b->dim_meaning = arena_zeroed(m, p->dim_count + 1, sizeof *b->dim_meaning);
  w->symbol = arena_zeroed(m, p->symbol_count + 1, sizeof *w->symbol);
  bind_dims(b);
  bind_inputs(w);
  for (size_t i = 0; i < p->symbol_count; i++)
    w->symbol[i] = bind_symbol(w, &p->symbols[i]);
  index_variables(b);
  learn_axes(w);
  learn_symbols(w);
  check_ranges(w);
  require_traced(w);
  require_guards(w);
  return w;
}

/* The space of all sizes. */
space *bind_space(const binding *b, const interval *range) {
  space *s = space_new(b->m, b->variable_count, b->variable_count);
  for (size_t i = 0; i < b->variable_count; i++) {
    const interval r = range ? range[i] : variable_domain(&b->variable[i]);
    if (interval_is_empty(r))
      return NULL;
    s->place[i] = (place){.parameter = (uint32_t)i,
                          .scale = integer_of(1),
                          .offset = integer_of(0)};
    if (r.has_lo || r.has_hi)
      s->parameter[i] = progression_of(b->m, r);
    else
      s->parameter[i] = progression_of(b->m, interval_from(integer_of(0)));
  }
  return s;
}

/* The space of all sizes that can count. */
const space *bind_counted(const binding *b) {
  interval *range = arena_alloc(b->m, (b->variable_count + 1) * sizeof *range);
  for (size_t v = 0; v < b->variable_count; v++)
    range[v] = variable_counted(&b->variable[v]);
  return bind_space(b, range);
}

const claim **bind_alone(const binding *b, size_t v, size_t *count) {
  const variable_uses *u = &b->use[v];
  const claim **list = arena_alloc(b->m, (u->alone_count + 1) * sizeof *list);
  for (size_t i = 0; i < u->alone_count; i++)
    list[i] = b->requirement[u->alone[i]].claim;
  *count = u->alone_count;
  return list;
}

/* Fills `use`: counts first, then lists. */
void bind_index(binding *b) {
  b->use = arena_zeroed(b->m, b->variable_count + 1, sizeof *b->use);
  for (int fill = 0; fill < 2; fill++) {
    for (size_t v = 0; v < b->variable_count && fill; v++) {
      b->use[v].alone = arena_alloc(b->m, (b->use[v].alone_count + 1) *
                                              sizeof *b->use[v].alone);
      b->use[v].alone_count = 0;
    }
    for (size_t i = 0; i < b->requirement_count; i++) {
      const claim *c = b->requirement[i].claim;
      for (size_t k = 0; k < c->variable_count; k++) {
        variable_uses *u = &b->use[c->variable[k]];
        u->shared |= c->variable_count > 1;
        if (c->variable_count == 1 && fill)
          u->alone[u->alone_count] = i;
        u->alone_count += c->variable_count == 1;
      }
    }
  }
}
