#include "solver/summary.h"

#include "lib/base/buffer.h"
#include "lib/expr/build.h"
#include "lib/expr/print.h"
#include "solver/frame.h"
#include "solver/project.h"

#include <string.h>

/* ---- Allowed sets ------------------------------------------------------ */

/* The requirements over variable v alone. */
static const claim **claims_on(const binding *b, size_t v, size_t *count) {
  const variable_uses *u = &b->use[v];
  const claim **list = arena_alloc(b->m, (u->alone_count + 1) * sizeof *list);
  for (size_t i = 0; i < u->alone_count; i++)
    list[i] = b->requirement[u->alone[i]].claim;
  *count = u->alone_count;
  return list;
}

/* The sizes of v for which the others can follow. */
static allowed sizes_of(findings *f, size_t v, interval domain) {
  size_t n;
  if (f->b->use[v].shared)
    return project_onto(f->o, f->b, v, domain);
  const claim **claims = claims_on(f->b, v, &n);
  return allowed_of(f->o, (uint32_t)v, domain, claims, n);
}

/* A piece that outlives the call. */
static piece keep_piece(arena *m, piece p) {
  p.range.lo = integer_copy(m, p.range.lo);
  p.range.hi = integer_copy(m, p.range.hi);
  p.modulo = integer_copy(m, p.modulo);
  p.residue = integer_copy(m, p.residue);
  return p;
}

/* Appends the set of one dim to the result. */
static void add_allowed(findings *f, size_t v, const allowed *a) {
  dimsat_result *r = f->result;
  arena *m = &r->problem->cx->nodes;
  r->allowed = arena_grow(m, r->allowed, r->allowed_count, &r->allowed_capacity,
                          sizeof *r->allowed);
  allowed_set *set = &r->allowed[r->allowed_count++];
  *set = (allowed_set){.dim = f->b->variable[v].name, .count = a->count};
  set->piece = arena_alloc(m, (a->count + 1) * sizeof *set->piece);
  for (size_t i = 0; i < a->count; i++)
    set->piece[i] = keep_piece(m, a->piece[i]);
}

/* Smallest interval that holds the set. */
static interval hull_of(const allowed *a) {
  interval r = {0};
  for (size_t i = 0; i < a->count; i++)
    r = i ? interval_join(r, a->piece[i].range) : a->piece[i].range;
  return r;
}

/* The sets of all variables that guards speak of; `hull[i]` becomes what is
 * left of variable i. */
static void find_allowed(findings *f, interval *hull) {
  binding *b = f->b;
  for (size_t v = 0; v < b->variable_count; v++) {
    const variable_uses *u = &b->use[v];
    hull[v] = variable_domain(&b->variable[v]);
    if ((!u->shared && u->alone_count == 0) || !hull[v].has_lo ||
        interval_is_empty(hull[v]))
      continue;
    const allowed a = sizes_of(f, v, hull[v]);
    if (!a.exact)
      continue;
    if (a.count)
      hull[v] = hull_of(&a);
    if (b->variable[v].named)
      add_allowed(f, v, &a);
  }
}

/* ---- Ranges ------------------------------------------------------------ */

/* A sound interval of `e` where each variable is within hull[i]. */
static interval range_of(findings *f, const expr *e, const interval *hull) {
  binding *b = f->b;
  const space *s = bind_space(b, hull);
  if (e->op == OP_INT)
    return interval_of(e->value, e->value);
  if (!s)
    return interval_all();
  const claim *c = bind_claim(b, e);
  frame g;
  frame_init(&g, b->m, f->o->b, c, s);
  frame_decide(&g);
  return frame_range(&g, g.number[c->node_count - 1], true);
}

/* What is left of each symbol's range. */
static void find_ranges(findings *f, const interval *hull) {
  dimsat_result *r = f->result;
  const dimsat_problem *p = r->problem;
  arena *m = &p->cx->nodes;
  for (size_t i = 0; i < p->symbol_count; i++) {
    const place *at = &f->b->meaning[i];
    interval x = interval_of(at->offset, at->offset);
    if (!at->constant &&
        exists_size(f->existence, f->b, at->parameter)->op == OP_SYMBOL)
      x = interval_add(
          f->b->m, interval_scale(f->b->m, hull[at->parameter], at->scale), x);
    else if (!at->constant)
      x = interval_meet(
          range_of(f, exists_size(f->existence, f->b, at->parameter), hull),
          p->symbols[i].range);
    r->ranges = arena_grow(m, r->ranges, r->range_count, &r->range_capacity,
                           sizeof *r->ranges);
    x.lo = integer_copy(m, x.lo);
    x.hi = integer_copy(m, x.hi);
    r->ranges[r->range_count++] =
        (symbol_range){.symbol = p->symbols[i].name, .range = x};
  }
}

/* ---- Relations --------------------------------------------------------- */

/* Equalities and inequalities between dims that the spec does not give. */
static void find_relations(findings *f) {
  const binding *b = f->b;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (!r->mixed && r->claim->variable_count > 1 && f->broken[i] &&
        !f->implied[i] &&
        (r->condition->op == OP_EQ || r->condition->op == OP_LE))
      result_add_text(f->result, &f->result->relations,
                      condition_text(b->cx, r->condition));
  }
}

/* What the free axes must be. */
static void find_inferred(findings *f) {
  dimsat_result *r = f->result;
  arena *m = &r->problem->cx->nodes;
  for (size_t i = 0; i < f->existence->given_count; i++) {
    const given *g = &f->existence->given[i];
    r->inferred = arena_grow(m, r->inferred, r->inferred_count,
                             &r->inferred_capacity, sizeof *r->inferred);
    r->inferred[r->inferred_count++] =
        (inference){.axis = f->b->variable[g->variable].name,
                    .text = condition_text(f->b->cx, g->size)};
  }
}

/* ---- Texts ------------------------------------------------------------- */

/* "2.." or "1..64" or "8". */
static const char *range_text(arena *m, interval r) {
  const char *lo = r.has_lo ? integer_text(m, r.lo) : "";
  if (interval_is_single(r))
    return lo;
  return arena_format(m, "%s..%s", lo, r.has_hi ? integer_text(m, r.hi) : "");
}

/* One line a dim: what it may be. */
static void write_dims(findings *f) {
  const dimsat_problem *p = f->result->problem;
  arena *m = f->b->m;
  for (size_t i = 0; i < p->dim_count; i++) {
    const dim *d = &p->dims[i];
    const char *now =
        d->derived
            ? condition_text(f->b->cx, meaning_expression(f->b, &f->b->dim[i]))
            : range_text(m, d->range);
    if (!d->implicit)
      result_add_text(f->result, &f->result->summary,
                      arena_format(m, "%s = %s", d->name, now));
  }
  for (size_t i = 0; i < f->result->inferred_count; i++)
    result_add_text(f->result, &f->result->summary,
                    arena_format(m, "%s = %s", f->result->inferred[i].axis,
                                 f->result->inferred[i].text));
}

/* Each guard over the dims. */
static void write_guards(findings *f) {
  dimsat_result *r = f->result;
  r->guard_text =
      arena_zeroed(&r->problem->cx->nodes, r->problem->guard_count + 1,
                   sizeof *r->guard_text);
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *q = &f->b->requirement[i];
    if (q->guard == NO_GUARD)
      continue;
    const char *text = guard_words(f->b, q);
    const char **at = &r->guard_text[q->guard];
    *at = *at ? arena_format(&r->problem->cx->nodes, "%s and %s", *at, text)
              : text;
  }
}

/* One note for all sizes that the tracer took for impossible. */
static void note_assumptions(findings *f) {
  buffer out;
  bool any = false;
  buffer_init(&out, f->b->m);
  buffer_add(&out, "sizes outside the tracer's assumptions are not counted: ");
  for (size_t i = 0; i < f->b->named_count; i++) {
    const variable *v = &f->b->variable[i];
    if (interval_contains(v->assumed, v->user))
      continue;
    buffer_format(&out, "%s%s = %s", any ? ", " : "", v->name,
                  range_text(f->b->m, v->assumed));
    any = true;
  }
  if (any)
    result_add_text(f->result, &f->result->notes, out.text);
}

/* ---- Alternatives ------------------------------------------------------ */

/* The names of a claim's dims: "x, y or z". */
static const char *dims_text(const binding *b, const claim *c) {
  buffer out;
  buffer_init(&out, b->m);
  for (size_t i = 0; i < c->variable_count; i++) {
    if (i)
      buffer_add(&out, i + 1 == c->variable_count ? " or " : ", ");
    buffer_add(&out, b->variable[c->variable[i]].name);
  }
  return out.text;
}

/* Whether the plan holds a variable of the claim to one size. */
static bool pins_one(const plan *p, const claim *c) {
  for (size_t i = 0; i < c->variable_count; i++) {
    const place *at = &p->space->place[c->variable[i]];
    if (at->constant || interval_is_single(p->reach[at->parameter].now))
      return true;
  }
  return false;
}

/* Whether Dim can say the relation: x == a*y + b over two dims, or multiples of
 * a common root. */
static bool is_sayable(binding *b, const expr *e) {
  if (e->op != OP_EQ)
    return false;
  const expr *d = build_sub(b->cx, e->arg[0], e->arg[1]);
  return d->op == OP_ADD && d->count == 2 && d->arg[0]->op == OP_SYMBOL &&
         d->arg[1]->op == OP_SYMBOL &&
         integer_sign(d->coefficient[0]) != integer_sign(d->coefficient[1]);
}

/* Whether the plan gives up sizes that the relation would allow. */
static bool loses_relation(const plan *p, const requirement *r) {
  return r->claim->variable_count > 1 && !r->mixed &&
         (pins_one(p, r->claim) || !is_sayable(p->c->b, r->condition));
}

/* Whether the requirement belongs to the component. */
static bool belongs(const component *c, const requirement *r) {
  for (size_t k = 0; k < c->require_count; k++)
    if (c->require[k]->condition == r->condition)
      return true;
  return false;
}

/* Says which relations the plan keeps only in part. */
static void explain_relations(findings *f, const plan *p) {
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *q = &f->b->requirement[i];
    if (f->broken[i] && !f->implied[i] && belongs(p->c, q) &&
        loses_relation(p, q))
      result_add_text(
          f->result, &f->result->alternatives,
          arena_format(f->b->m,
                       "Dim cannot say %s in full; to keep it general, make "
                       "%s Dim.AUTO and let it be checked at run time",
                       condition_text(f->b->cx, q->condition),
                       dims_text(f->b, q->claim)));
  }
}

/* Says which sets the plan keeps only in part. */
static void explain_sets(findings *f, const plan *p) {
  const component *c = p->c;
  for (size_t i = 0; i < c->variable_count; i++) {
    const size_t v = c->variable[i];
    size_t n;
    const claim **claims = claims_on(f->b, v, &n);
    if (n == 0 || interval_is_empty(c->own[v]))
      continue;
    const allowed a = allowed_of(f->o, (uint32_t)v, c->own[v], claims, n);
    if (a.exact && a.count > 1)
      result_add_text(
          f->result, &f->result->alternatives,
          arena_format(f->b->m,
                       "%s %s, which Dim cannot say in full: export once for "
                       "each part, or make %s Dim.AUTO",
                       f->b->variable[v].name,
                       allowed_demand(f->b->m, &a, c->own[v]),
                       f->b->variable[v].name));
  }
}

/* Relations and sets that Dim cannot say, and what to do instead. */
void summary_of_plan(findings *f, const plan *p) {
  explain_relations(f, p);
  explain_sets(f, p);
}

/* A larger example, where the tracer burned in 0 or 1. */
static void suggest_example(findings *f) {
  const binding *b = f->b;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const axis *a = b->requirement[i].axis;
    if (!a || !a->burned ||
        (!integer_is(a->traced_constant, 0) &&
         !integer_is(a->traced_constant, 1)))
      continue;
    result_add_text(
        f->result, &f->result->alternatives,
        arena_format(b->m,
                     "trace %s with an example of 2 or more: sizes 0 and 1 are "
                     "always burned in",
                     a->source));
  }
}

/* Whether the user wrote a fixed size for the axis. */
static bool is_fixed(const axis *a) {
  return a->kind == AXIS_CONSTANT || a->kind == AXIS_STATIC;
}

/* Names the axes that are static at a size that a dim is forced to. */
static void name_static(findings *f, const violation *v, integer size) {
  const dimsat_problem *p = f->result->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      if (is_fixed(a) && a->has_example && integer_equal(a->example, size) &&
          integer_compare(size, integer_of(1)) > 0)
        result_add_text(
            f->result, &f->result->alternatives,
            arena_format(f->b->m,
                         "%s is static at %s; if it should follow %s, give it "
                         "that dim too and export again",
                         a->source, integer_text(f->b->m, size), v->dims[0]));
    }
}

/* Where a dim must be one size, a static axis of that size may be why. */
static void suspect_static(findings *f) {
  dimsat_result *r = f->result;
  for (size_t i = 0; i < r->violation_count; i++) {
    const violation *v = &r->violations[i];
    if (v->kind != VIOLATION_CONSTANT || v->dim_count != 1)
      continue;
    for (size_t k = 0; k < r->allowed_count; k++)
      if (strcmp(r->allowed[k].dim, v->dims[0]) == 0 &&
          r->allowed[k].count == 1)
        name_static(f, v, r->allowed[k].piece[0].range.lo);
  }
}

/* Allowed sets, ranges, relations, inferred axes, one line a dim. */
void summarise(findings *f) {
  interval *hull =
      arena_zeroed(f->b->m, f->b->variable_count + 1, sizeof *hull);
  find_allowed(f, hull);
  find_ranges(f, hull);
  find_relations(f);
  find_inferred(f);
  suggest_example(f);
  suspect_static(f);
  write_dims(f);
  write_guards(f);
  note_assumptions(f);
}
