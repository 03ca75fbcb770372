#include "solver/alternatives.h"

#include "lib/base/buffer.h"
#include "lib/expr/build.h"
#include "solver/words.h"

#include <string.h>

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

/* ---- Sizes that a plan gives up ------------------------------------------ */

/* Sizes of one dim that are tried: near the anchor, and multiples of it. */
enum { NEAR = 8, MULTIPLES = 4, MOST_TRIED = 1 + 2 * (NEAR + MULTIPLES) };

typedef struct {
  const plan *plan;
  integer *size; /* of all variables: the anchor, but where one is tried */
} search;

/* Sizes of variable v worth trying, the anchor among them; how many. */
static size_t list_tried(const search *s, uint32_t v, integer *list) {
  const component *c = s->plan->c;
  arena *m = c->b->m;
  const integer here = c->anchor[v];
  integer all[MOST_TRIED];
  size_t n = 0, kept = 0;
  list[kept++] = here;
  for (int64_t d = 1; d <= NEAR; d++) {
    all[n++] = integer_add(m, here, integer_of(d));
    all[n++] = integer_sub(m, here, integer_of(d));
  }
  for (int64_t k = 2; k < 2 + MULTIPLES; k++) {
    all[n++] = integer_mul(m, here, integer_of(k));
    all[n++] = integer_floordiv(m, here, integer_of(k));
  }
  for (size_t i = 0; i < n; i++)
    if (interval_has(c->own[v], all[i]))
      list[kept++] = all[i];
  return kept;
}

/* Whether all guards over variable v alone or with others hold. */
static bool suits(const search *s, uint32_t v) {
  const component *c = s->plan->c;
  for (uint32_t i = 0; i < c->on_count[v]; i++)
    if (claim_at(c->require[c->on[v][i]]->claim, c->b->m, s->size) !=
        POINT_HOLDS)
      return false;
  return true;
}

/* Whether the plan has the sizes. */
static bool keeps(const search *s) {
  const plan *p = s->plan;
  arena *m = p->c->b->m;
  for (size_t v = 0; v < p->c->b->variable_count; v++) {
    const place *at = &p->space->place[v];
    const uint32_t lead =
        at->constant ? NOWHERE : p->reach[at->parameter].first;
    if (lead == NOWHERE) {
      if (!integer_equal(s->size[v], p->c->anchor[v]))
        return false;
      continue;
    }
    /* steps from the anchor, which all that share the parameter must take */
    const integer moved = integer_sub(m, s->size[v], p->c->anchor[v]);
    if (!integer_divides(at->scale, moved))
      return false;
    const integer k = integer_floordiv(m, moved, at->scale);
    const integer first =
        integer_floordiv(m, integer_sub(m, s->size[lead], p->c->anchor[lead]),
                         p->space->place[lead].scale);
    if (!integer_equal(k, first) ||
        !interval_has(p->reach[at->parameter].now, k))
      return false;
  }
  return true;
}

/* Whether the sizes of u or v, or of both, may change to some that satisfy all
 * guards and that the plan does not have. */
static bool loses_pair(search *s, uint32_t u, uint32_t v) {
  const component *c = s->plan->c;
  integer one[MOST_TRIED], other[MOST_TRIED];
  const size_t n = list_tried(s, u, one), k = list_tried(s, v, other);
  bool lost = false;
  for (size_t i = 0; i < n && !lost; i++)
    for (size_t j = 0; j < k && !lost; j++) {
      s->size[u] = one[i];
      s->size[v] = other[j];
      budget_spend(c->b->budget, 4);
      lost = suits(s, u) && suits(s, v) && !keeps(s);
    }
  s->size[u] = c->anchor[u];
  s->size[v] = c->anchor[v];
  return lost;
}

/* Whether sizes of dims of the claim were found that the guards allow and the
 * plan does not. */
static bool loses_sizes(const plan *p, const claim *q) {
  const component *c = p->c;
  const size_t n = c->b->variable_count;
  search s = {.plan = p,
              .size = arena_alloc(c->b->m, (n + 1) * sizeof *s.size)};
  memcpy(s.size, c->anchor, n * sizeof *s.size);
  for (size_t i = 0; i < q->variable_count; i++)
    for (size_t j = i + 1; j < q->variable_count; j++)
      if (loses_pair(&s, q->variable[i], q->variable[j]))
        return true;
  return false;
}

/* ---- Relations ----------------------------------------------------------- */

/* Whether Dim can say only a part of the relation. */
static bool is_kept_in_part(const findings *f, const plan *p, size_t i) {
  const requirement *r = &f->b->requirement[i];
  return f->broken[i] && !f->implied[i] && r->claim->variable_count > 1 &&
         !r->mixed &&
         (pins_one(p, r->claim) ||
          !is_sayable(f->b, violation_condition(f, i))) &&
         loses_sizes(p, r->claim);
}

/* Says which relations the plan keeps only in part. */
static void explain_relations(findings *f, const plan *p) {
  for (size_t i = 0; i < f->b->requirement_count; i++)
    if (is_kept_in_part(f, p, i))
      result_add_text(
          f->result, &f->result->alternatives,
          arena_format(f->b->m,
                       "Dim cannot say %s in full; to keep it general, make "
                       "%s Dim.AUTO and let it be checked at run time",
                       condition_text(f->b->cx, violation_condition(f, i)),
                       dims_text(f->b, f->b->requirement[i].claim)));
}

/* ---- Sets ---------------------------------------------------------------- */

/* Says which sets the plan keeps only in part. */
static void explain_sets(findings *f, const plan *p) {
  const component *c = p->c;
  for (size_t v = 0; v < c->b->named_count; v++) {
    size_t n;
    const claim **claims = bind_alone(f->b, v, &n);
    budget_spend(f->b->budget, 1);
    if (n == 0 || interval_is_empty(c->own[v]))
      continue;
    const allowed a = allowed_of(f->o, c->own[v], claims, n);
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
void alternatives_of_plan(findings *f, const plan *p) {
  explain_relations(f, p);
  explain_sets(f, p);
}

/* A larger example, where the tracer burned in 0 or 1. */
void alternatives_of_example(findings *f) {
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
