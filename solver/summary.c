#include "solver/summary.h"

#include "lib/base/buffer.h"
#include "lib/expr/build.h"
#include "lib/expr/print.h"
#include "solver/alternatives.h"
#include "solver/frame.h"
#include "solver/project.h"
#include "solver/words.h"

#include <stdlib.h>
#include <string.h>

/* What is summarised. */
typedef struct {
  findings *part;
  const parts *parts;
  whole *whole;
  const existence *existence;
  dimsat_result *result;
  interval *hull; /* what is left of each variable of the whole */
  table sets;     /* the allowed sets, by dim */
} summary;

/* Static axes that are named for one dim. */
enum { MOST_SUSPECTS = 4 };

/* ---- Allowed sets ------------------------------------------------------ */

/* The sizes of v for which the others can follow. */
static allowed sizes_of(findings *f, uint32_t v, interval domain) {
  size_t n;
  if (f->b->use[v].shared)
    return project_onto(f->o, f->b, v, domain, f->follows);
  const claim **claims = bind_alone(f->b, v, &n);
  return allowed_of(f->o, domain, claims, n);
}

/* An interval that outlives the call. */
static interval keep_interval(arena *m, interval r) {
  r.lo = integer_copy(m, r.lo);
  r.hi = integer_copy(m, r.hi);
  return r;
}

/* A piece that outlives the call. */
static piece keep_piece(arena *m, piece p) {
  p.range = keep_interval(m, p.range);
  p.modulo = integer_copy(m, p.modulo);
  p.residue = integer_copy(m, p.residue);
  return p;
}

/* Appends the set of one dim to the result. */
static void add_allowed(dimsat_result *r, const char *name, const allowed *a) {
  arena *m = &r->problem->cx->nodes;
  r->allowed = arena_grow(m, r->allowed, r->allowed_count, &r->allowed_capacity,
                          sizeof *r->allowed);
  allowed_set *set = &r->allowed[r->allowed_count++];
  *set = (allowed_set){.dim = name, .count = a->count};
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
static void find_allowed(summary *s) {
  const binding *all = &s->whole->all;
  for (size_t v = 0; v < all->variable_count; v++) {
    findings *f = &s->part[s->parts->part_of[v]];
    const uint32_t own = s->parts->number[v];
    const variable_uses *u = &f->b->use[own];
    interval *hull = &s->hull[v];
    budget_spend(all->budget, 1);
    *hull = variable_domain(&all->variable[v]);
    const bool met = u->shared || u->alone_count || all->variable[v].mentioned;
    if (!met || !hull->has_lo || interval_is_empty(*hull))
      continue;
    const arena_mark mark = arena_get_mark(all->m);
    const allowed a = sizes_of(f, own, *hull);
    if (a.exact && a.count)
      *hull = keep_interval(&all->cx->nodes, hull_of(&a));
    if (a.exact && all->variable[v].named)
      add_allowed(s->result, all->variable[v].name, &a);
    arena_rewind(all->m, mark);
  }
}

/* ---- Ranges ------------------------------------------------------------ */

/* A sound interval of `e`, over the variables of the whole, on a space. */
static interval range_of(summary *s, const expr *e, const space *all) {
  binding *b = &s->whole->all;
  if (e->op == OP_INT)
    return interval_of(e->value, e->value);
  if (!all)
    return interval_all();
  const claim *c = bind_claim(b, e);
  frame f;
  frame_init(&f, b->m, s->part->o->b, c, claim_space(c, b->m, all, NULL));
  frame_decide(&f);
  return frame_range(&f, f.number[c->node_count - 1], true);
}

/* What is left of each symbol's range. */
static void find_ranges(summary *s) {
  dimsat_result *r = s->result;
  const dimsat_problem *p = r->problem;
  arena *m = &p->cx->nodes, *work = s->whole->all.m;
  const space *all = bind_space(&s->whole->all, s->hull);
  for (size_t i = 0; i < p->symbol_count; i++) {
    const place *at = &s->whole->symbol[i];
    const expr *size = at->constant ? NULL : s->existence->size[at->parameter];
    interval x = interval_of(at->offset, at->offset);
    budget_spend(s->whole->all.budget, 1);
    if (size && size->op == OP_SYMBOL)
      x = interval_add(
          work, interval_scale(work, s->hull[at->parameter], at->scale), x);
    else if (size)
      x = interval_meet(range_of(s, size, all), p->symbols[i].range);
    r->ranges = arena_grow(m, r->ranges, r->range_count, &r->range_capacity,
                           sizeof *r->ranges);
    r->ranges[r->range_count++] = (symbol_range){.symbol = p->symbols[i].name,
                                                 .range = keep_interval(m, x)};
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
                      condition_text(b->cx, violation_condition(f, i)));
  }
}

/* What the free axes must be. */
static void find_inferred(summary *s) {
  dimsat_result *r = s->result;
  const binding *all = &s->whole->all;
  arena *m = &r->problem->cx->nodes;
  for (size_t i = 0; i < s->existence->given_count; i++) {
    const uint32_t v = s->existence->given[i];
    r->inferred = arena_grow(m, r->inferred, r->inferred_count,
                             &r->inferred_capacity, sizeof *r->inferred);
    r->inferred[r->inferred_count++] =
        (inference){.axis = all->variable[v].name,
                    .text = condition_text(all->cx, s->existence->size[v])};
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
static void write_dims(summary *s) {
  const dimsat_problem *p = s->result->problem;
  const binding *all = &s->whole->all;
  for (size_t i = 0; i < p->dim_count; i++) {
    const dim *d = &p->dims[i];
    budget_spend(all->budget, 1);
    const char *now =
        d->derived ? condition_text(
                         all->cx, meaning_expression(all, &all->dim_meaning[i]))
                   : range_text(all->m, d->range);
    if (!d->implicit)
      result_add_text(s->result, &s->result->summary,
                      arena_format(all->m, "%s = %s", d->name, now));
  }
  for (size_t i = 0; i < s->result->inferred_count; i++)
    result_add_text(s->result, &s->result->summary,
                    arena_format(all->m, "%s = %s", s->result->inferred[i].axis,
                                 s->result->inferred[i].text));
}

/* Each guard over the dims: its requirements, which may be in several parts. */
static void write_guards(summary *s) {
  dimsat_result *r = s->result;
  const size_t n = r->problem->guard_count;
  arena *m = &r->problem->cx->nodes;
  buffer *text = arena_zeroed(s->whole->all.m, n + 1, sizeof *text);
  r->guard_text = arena_zeroed(m, n + 1, sizeof *r->guard_text);
  for (size_t i = 0; i < s->parts->count; i++) {
    binding *b = &s->parts->part[i];
    for (size_t k = 0; k < b->requirement_count; k++) {
      const requirement *q = &b->requirement[k];
      budget_spend(b->budget, 1);
      if (q->guard == NO_GUARD)
        continue;
      const char *words = guard_words(b, q);
      buffer *out = &text[q->guard];
      if (words == r->problem->guards[q->guard].text) {
        r->guard_text[q->guard] = words;
        continue;
      }
      if (out->arena)
        buffer_add(out, " and ");
      else
        buffer_init(out, m);
      buffer_add(out, words);
      r->guard_text[q->guard] = out->text;
    }
  }
}

/* One note for all sizes that the tracer took for impossible. */
static void note_assumptions(summary *s) {
  const binding *all = &s->whole->all;
  buffer out;
  bool any = false;
  buffer_init(&out, all->m);
  buffer_add(&out, "only sizes within the tracer's assumptions count: ");
  for (size_t i = 0; i < all->named_count; i++) {
    const variable *v = &all->variable[i];
    if (interval_contains(v->assumed, v->user))
      continue;
    buffer_format(&out, "%s%s = %s", any ? ", " : "", v->name,
                  range_text(all->m, v->assumed));
    any = true;
  }
  if (any)
    result_add_text(s->result, &s->result->notes, out.text);
}

/* ---- Static axes -------------------------------------------------------- */

/* Whether the user wrote a fixed size for the axis. */
static bool is_fixed(const axis *a) {
  return a->kind == AXIS_CONSTANT || a->kind == AXIS_STATIC;
}

/* Fills `sets`. */
static void index_sets(summary *s) {
  const dimsat_result *r = s->result;
  arena *m = s->whole->all.m;
  table_init(&s->sets, m, (uint32_t)r->allowed_count);
  for (size_t i = 0; i < r->allowed_count; i++) {
    const char *name = r->allowed[i].dim;
    table_add(&s->sets, m, hash_bytes(0, name, strlen(name)), &r->allowed[i]);
  }
}

/* The set of a dim, or NULL. */
static const allowed_set *find_set(const summary *s, const char *name) {
  uint32_t at = hash_bytes(0, name, strlen(name));
  const uint32_t hash = at;
  const allowed_set *set;
  while ((set = table_next(&s->sets, hash, &at)))
    if (strcmp(set->dim, name) == 0)
      break;
  return set;
}

/* A static axis, and its place in the problem. */
typedef struct {
  const axis *axis;
  size_t order;
} static_axis;

/* qsort order: sizes, then places. */
static int by_size(const void *a, const void *b) {
  const static_axis *x = a, *y = b;
  const int order = integer_compare(x->axis->example, y->axis->example);
  return order ? order : x->order < y->order ? -1 : 1;
}

/* The static axes of more than one size, sorted. */
static static_axis *list_static(const summary *s, size_t *count) {
  const dimsat_problem *p = s->result->problem;
  size_t most = 1;
  for (size_t i = 0; i < p->input_count; i++)
    most += p->inputs[i].rank;
  static_axis *list = arena_alloc(s->whole->all.m, most * sizeof *list);
  *count = 0;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      if (is_fixed(a) && a->has_example &&
          integer_compare(a->example, integer_of(1)) > 0) {
        list[*count] = (static_axis){.axis = a, .order = *count};
        ++*count;
      }
    }
  qsort(list, *count, sizeof *list, by_size);
  return list;
}

/* Names the first axes that are static at the size that `name` is forced to. */
static void name_static(summary *s, const char *name, integer size,
                        const static_axis *list, size_t count) {
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (integer_compare(list[middle].axis->example, size) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  for (size_t i = low; i < count && i < low + MOST_SUSPECTS &&
                       integer_equal(list[i].axis->example, size);
       i++)
    result_add_text(
        s->result, &s->result->alternatives,
        arena_format(s->whole->all.m,
                     "%s is static at %s; if it should follow %s, give it "
                     "that dim too and export again",
                     list[i].axis->source, integer_text(s->whole->all.m, size),
                     name));
}

/* Where a dim must be one size, a static axis of that size may be why. */
static void suspect_static(summary *s) {
  dimsat_result *r = s->result;
  size_t count;
  const static_axis *list = list_static(s, &count);
  index_sets(s);
  for (size_t i = 0; i < r->violation_count && count; i++) {
    const violation *v = &r->violations[i];
    if (v->kind != VIOLATION_CONSTANT || v->dim_count != 1)
      continue;
    const allowed_set *set = find_set(s, v->dims[0]);
    if (set && set->count == 1)
      name_static(s, v->dims[0], set->piece[0].range.lo, list, count);
  }
}

/* Allowed sets, ranges, relations, inferred axes, one line a dim. */
void summarise(findings *part, const parts *p, whole *w, const existence *x) {
  summary s = {.part = part,
               .parts = p,
               .whole = w,
               .existence = x,
               .result = part->result};
  s.hull = arena_zeroed(w->all.m, w->all.variable_count + 1, sizeof *s.hull);
  find_allowed(&s);
  find_ranges(&s);
  for (size_t i = 0; i < p->count; i++)
    find_relations(&part[i]);
  find_inferred(&s);
  for (size_t i = 0; i < p->count; i++)
    alternatives_of_example(&part[i]);
  suspect_static(&s);
  write_dims(&s);
  write_guards(&s);
  note_assumptions(&s);
}
