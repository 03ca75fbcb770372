#include "solver/fixes.h"

#include <string.h>

/* Appends one fix, its numbers copied to the result's memory. */
static fix *add_fix(dimsat_result *r, fix f) {
  arena *m = &r->problem->cx->nodes;
  r->fixes =
      arena_grow(m, r->fixes, r->fix_count, &r->fix_capacity, sizeof *r->fixes);
  f.value = integer_copy(m, f.value);
  f.range.lo = integer_copy(m, f.range.lo);
  f.range.hi = integer_copy(m, f.range.hi);
  f.scale = integer_copy(m, f.scale);
  f.offset = integer_copy(m, f.offset);
  r->fixes[r->fix_count] = f;
  return &r->fixes[r->fix_count++];
}

/* The item of a table with this name, each item beginning with its name; or
 * NULL. */
static const void *find_named(const table *t, const char *name) {
  const uint32_t hash = hash_bytes(0, name, strlen(name));
  uint32_t at = hash;
  const void *item;
  while ((item = table_next(t, hash, &at)))
    if (strcmp(*(const char *const *)item, name) == 0)
      break;
  return item;
}

/* Puts an item in that begins with its name. */
static void add_named(arena *m, table *t, const void *item) {
  const char *name = *(const char *const *)item;
  if (!t->slot)
    table_init(t, m, 8);
  table_add(t, m, hash_bytes(0, name, strlen(name)), item);
}

/* Whether something has this name: a dim, an axis, a symbol, a new root. */
static bool name_taken(const dimsat_result *r, const char *name) {
  return problem_find(r->problem, name).kind != NAMES_NOTHING ||
         (r->roots.slot && find_named(&r->roots, name));
}

/* "_seq" for seq, with more underscores where that is taken. */
static const char *new_root_name(dimsat_result *r, const char *of) {
  arena *m = &r->problem->cx->nodes;
  const char **name = arena_alloc(m, sizeof *name);
  *name = of;
  do
    *name = arena_format(m, "_%s", *name);
  while (name_taken(r, *name));
  add_named(m, &r->roots, name);
  return *name;
}

/* A plan while it is turned into fixes. */
typedef struct {
  dimsat_result *r;
  const plan *p;
  listing members; /* variables by parameter */
  listing dims;    /* dims by variable */
} writer;

/* The first value of K at which every variable of parameter i, and every dim
 * derived from it, is at least 0. */
static integer lowest_step(const writer *w, uint32_t i, integer k) {
  const binding *b = w->p->c->b;
  arena *m = b->m;
  for (uint32_t j = w->members.start[i]; j < w->members.start[i + 1]; j++) {
    const uint32_t v = w->members.item[j];
    const place *at = &w->p->space->place[v];
    for (uint32_t d = w->dims.start[v]; d < w->dims.start[v + 1]; d++) {
      const place *x = &b->dim_meaning[w->dims.item[d]];
      const integer offset =
          integer_add(m, x->offset, integer_mul(m, x->scale, at->offset));
      const integer scale = integer_mul(m, x->scale, at->scale);
      k = integer_max(k, integer_ceildiv(m, integer_neg(m, offset), scale));
    }
  }
  return k;
}

/* The user's bounds where the repair reaches them, the repair's elsewhere. */
static interval faithful_range(const plan *p, uint32_t v, interval x) {
  const variable *u = &p->c->b->variable[v];
  const interval own = p->c->own[v];
  interval r = x;
  const bool low = own.has_lo && integer_compare(x.lo, own.lo) <= 0;
  const bool high =
      own.has_hi ? x.has_hi && integer_compare(x.hi, own.hi) >= 0 : !x.has_hi;
  if (low)
    r.lo = u->user.has_lo ? integer_min(x.lo, u->user.lo) : integer_of(0);
  if (high && u->user.has_hi &&
      (!x.has_hi || integer_compare(u->user.hi, x.hi) > 0)) {
    r.has_hi = true;
    r.hi = u->user.hi;
  }
  if (high && !u->user.has_hi) {
    r.has_hi = false;
    r.hi = integer_of(0);
  }
  return r;
}

/* Fixes a variable that keeps its own size, where its range changes or others
 * follow it now; then no dim derived from it may be negative. */
static void fix_range(const writer *w, uint32_t v) {
  const plan *p = w->p;
  arena *m = p->c->b->m;
  const variable *u = &p->c->b->variable[v];
  const place *at = &p->space->place[v];
  const interval now = p->reach[at->parameter].now;
  const interval x = interval_add(m, now, interval_of(at->offset, at->offset));
  interval range = faithful_range(p, v, x);
  if (interval_equal(range, u->user) && p->reach[at->parameter].members == 1)
    return;
  const integer low = integer_sub(m, range.lo, at->offset);
  range.lo = integer_max(
      range.lo, integer_add(m, at->offset, lowest_step(w, at->parameter, low)));
  if (interval_is_single(range) && !interval_is_single(u->user))
    add_fix(w->r, (fix){.kind = FIX_VALUE, .dim = u->name, .value = range.lo});
  else if (!interval_equal(range, u->user))
    add_fix(w->r, (fix){.kind = FIX_RANGE, .dim = u->name, .range = range});
}

/* Fixes variable v as scale*root + offset, where root's K is shifted by `at`.
 */
static void fix_derived(const writer *w, uint32_t v, const char *root,
                        integer at) {
  arena *m = w->p->c->b->m;
  const place *x = &w->p->space->place[v];
  add_fix(w->r, (fix){.kind = FIX_DERIVED,
                      .dim = w->p->c->b->variable[v].name,
                      .root = root,
                      .scale = x->scale,
                      .offset = integer_sub(m, x->offset,
                                            integer_mul(m, x->scale, at))});
}

/* A new root for the members of parameter i: its example is at least 2, its
 * min high enough that nothing is negative. */
static void fix_new_root(const writer *w, uint32_t i, const uint32_t *member,
                         size_t count) {
  const plan *p = w->p;
  arena *m = p->c->b->m;
  const place *first = &p->space->place[member[0]];
  const char *root = new_root_name(w->r, p->c->b->variable[member[0]].name);
  const integer example = integer_max(
      integer_of(2), integer_floordiv(m, first->offset, first->scale));
  interval now = p->reach[i].now;
  now.lo = lowest_step(w, i, now.lo);
  const interval range = interval_add(m, now, interval_of(example, example));
  for (size_t k = 0; k < count; k++)
    fix_derived(w, member[k], root, example);
  add_fix(
      w->r,
      (fix){.kind = FIX_RANGE, .dim = root, .range = range, .new_root = true});
}

/* The fixes of the variables on parameter i. */
static void fix_parameter(const writer *w, uint32_t i, const uint32_t *member,
                          size_t count) {
  const plan *p = w->p;
  size_t root = 0;
  while (root < count && !integer_is(p->space->place[member[root]].scale, 1))
    root++;
  if (root == count) {
    fix_new_root(w, i, member, count);
    return;
  }
  const variable *u = &p->c->b->variable[member[root]];
  const integer at = p->space->place[member[root]].offset;
  fix_range(w, member[root]);
  for (size_t k = 0; k < count; k++)
    if (k != root)
      fix_derived(w, member[k], u->name, at);
}

/* Fixes a variable that has one size, unless the user or, of the user's sizes,
 * the tracer leaves no other. */
static void fix_value(const writer *w, uint32_t v, integer x) {
  const variable *u = &w->p->c->b->variable[v];
  const interval own = w->p->c->own[v];
  if (interval_has(u->user, x) &&
      (interval_is_single(u->user) ||
       (interval_is_single(own) && interval_has(own, x))))
    return;
  add_fix(w->r, (fix){.kind = FIX_VALUE, .dim = u->name, .value = x});
}

/* Lists variables by their parameters, and dims by their variables. */
static writer start_writing(dimsat_result *r, const plan *p) {
  const binding *b = p->c->b;
  const size_t n = b->named_count;
  uint32_t *parameter = arena_alloc(b->m, (n + 1) * sizeof *parameter);
  uint32_t *root = arena_alloc(b->m, (b->dim_count + 1) * sizeof *root);
  for (size_t v = 0; v < n; v++)
    parameter[v] =
        p->space->place[v].constant ? NOWHERE : p->space->place[v].parameter;
  for (size_t d = 0; d < b->dim_count; d++)
    root[d] = b->dim_meaning[d].parameter;
  return (writer){.r = r,
                  .p = p,
                  .members = listing_of(b->m, parameter, n, n),
                  .dims = listing_of(b->m, root, b->dim_count, n)};
}

/* The fixes that turn the user's spec into the plan. */
void fixes_of_plan(dimsat_result *r, const plan *p) {
  const binding *b = p->c->b;
  const writer w = start_writing(r, p);
  for (uint32_t i = 0; i < b->named_count; i++) {
    const uint32_t *member = &w.members.item[w.members.start[i]];
    const size_t n = w.members.start[i + 1] - w.members.start[i];
    if (p->space->place[i].constant)
      fix_value(&w, i, p->space->place[i].offset);
    if (n == 0)
      continue;
    if (!interval_is_single(p->reach[i].now)) {
      fix_parameter(&w, i, member, n);
      continue;
    }
    for (size_t k = 0; k < n; k++) {
      const place *at = &p->space->place[member[k]];
      fix_value(&w, member[k],
                integer_add(b->m, at->offset,
                            integer_mul(b->m, at->scale, p->reach[i].now.lo)));
    }
  }
}

/* ---- Back to a space --------------------------------------------------- */

/* Fixes as a spec: what each variable and each root is now. */
typedef struct {
  const binding *b;
  const fix *fixes;
  size_t count;
  table by_dim;    /* fixes */
  table variables; /* of the binding */
} reader;

/* Finds everything by name. */
static reader start_reading(const binding *b, const fix *fixes, size_t count) {
  reader r = {.b = b, .fixes = fixes, .count = count};
  table_init(&r.by_dim, b->m, (uint32_t)count);
  table_init(&r.variables, b->m, (uint32_t)b->named_count);
  for (size_t i = 0; i < count; i++)
    add_named(b->m, &r.by_dim, &fixes[i]);
  for (size_t v = 0; v < b->named_count; v++)
    add_named(b->m, &r.variables, &b->variable[v]);
  return r;
}

/* The parameter of a root, by its name: a variable's, or a new one's. */
static uint32_t root_index(const reader *r, const char *root) {
  const variable *v = find_named(&r->variables, root);
  if (v)
    return (uint32_t)(v - r->b->variable);
  const fix *f = find_named(&r->by_dim, root);
  return f ? (uint32_t)(r->b->variable_count + (size_t)(f - r->fixes))
           : NOWHERE;
}

/* Where variable v is, by its fix. */
static place place_of(const reader *r, uint32_t v) {
  const fix *f = v < r->b->named_count
                     ? find_named(&r->by_dim, r->b->variable[v].name)
                     : NULL;
  if (f && f->kind == FIX_VALUE)
    return (place){.constant = true, .offset = f->value};
  if (f && f->kind == FIX_DERIVED)
    return (place){.parameter = root_index(r, f->root),
                   .scale = f->scale,
                   .offset = f->offset};
  return (place){
      .parameter = v, .scale = integer_of(1), .offset = integer_of(0)};
}

/* What a parameter may be by the spec or its fix. */
static interval range_of(const reader *r, uint32_t i) {
  const binding *b = r->b;
  if (i >= b->variable_count)
    return r->fixes[i - b->variable_count].range;
  if (i >= b->named_count)
    return b->variable[i].assumed;
  const fix *f = find_named(&r->by_dim, b->variable[i].name);
  return f && f->kind == FIX_RANGE ? f->range : b->variable[i].user;
}

/* Cuts the ranges by what is assumed of the variables placed on them. */
static void assume(const binding *b, const space *s, interval *range) {
  arena *m = b->m;
  for (size_t v = 0; v < b->named_count; v++) {
    const place *p = &s->place[v];
    interval a = b->variable[v].assumed;
    if (p->constant)
      continue;
    if (a.has_lo)
      a.lo = integer_ceildiv(m, integer_sub(m, a.lo, p->offset), p->scale);
    if (a.has_hi)
      a.hi = integer_floordiv(m, integer_sub(m, a.hi, p->offset), p->scale);
    range[p->parameter] = interval_meet(range[p->parameter], a);
  }
}

/* The spec with the fixes applied. */
space *fixes_space(const binding *b, const fix *fixes, size_t count) {
  const reader r = start_reading(b, fixes, count);
  space *s = space_new(b->m, b->variable_count, b->variable_count + count);
  interval *range = arena_alloc(b->m, (s->parameter_count + 1) * sizeof *range);
  for (uint32_t v = 0; v < b->variable_count; v++)
    s->place[v] = place_of(&r, v);
  for (uint32_t i = 0; i < s->parameter_count; i++)
    range[i] = range_of(&r, i);
  assume(b, s, range);
  for (uint32_t i = 0; i < s->parameter_count; i++) {
    if (interval_is_empty(range[i]))
      return NULL;
    const bool bounded = range[i].has_lo || range[i].has_hi;
    s->parameter[i] =
        progression_of(b->m, bounded ? range[i] : interval_from(integer_of(0)));
  }
  return s;
}
