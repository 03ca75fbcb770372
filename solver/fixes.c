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

/* Whether some dim or fix has this name. */
static bool name_taken(const dimsat_result *r, const char *name) {
  for (size_t i = 0; i < r->problem->dim_count; i++)
    if (strcmp(r->problem->dims[i].name, name) == 0)
      return true;
  for (size_t i = 0; i < r->fix_count; i++)
    if (strcmp(r->fixes[i].dim, name) == 0)
      return true;
  return false;
}

/* "_seq" for seq, with more underscores where that is taken. */
static const char *new_root_name(const dimsat_result *r, const char *of) {
  const char *name = of;
  do
    name = arena_format(&r->problem->cx->nodes, "_%s", name);
  while (name_taken(r, name));
  return name;
}

/* The first value of K at which every variable of parameter i, and every dim
 * derived from it, is at least 0. */
static integer lowest_step(const plan *p, uint32_t i, integer k) {
  arena *m = p->c->b->m;
  const binding *b = p->c->b;
  for (size_t d = 0; d < b->problem->dim_count; d++) {
    const place *follower = &b->dim[d];
    const place *at = &p->space->place[follower->parameter];
    if (follower->constant || at->constant || at->parameter != i)
      continue;
    const integer offset = integer_add(
        m, follower->offset, integer_mul(m, follower->scale, at->offset));
    const integer scale = integer_mul(m, follower->scale, at->scale);
    k = integer_max(k, integer_ceildiv(m, integer_neg(m, offset), scale));
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

/* Fixes a variable that keeps its own size and its range. */
static void fix_range(dimsat_result *r, const plan *p, uint32_t v,
                      bool followed) {
  arena *m = p->c->b->m;
  const variable *u = &p->c->b->variable[v];
  const place *at = &p->space->place[v];
  const interval now = p->reach[at->parameter].now;
  const interval x = interval_add(m, now, interval_of(at->offset, at->offset));
  interval range = faithful_range(p, v, x);
  if (followed) {
    const integer least = integer_add(
        m, at->offset,
        lowest_step(p, at->parameter, integer_sub(m, range.lo, at->offset)));
    range.lo = integer_max(range.lo, least);
  }
  if (interval_is_single(range) && !interval_is_single(u->user))
    add_fix(r, (fix){.kind = FIX_VALUE, .dim = u->name, .value = range.lo});
  else if (!interval_equal(range, u->user))
    add_fix(r, (fix){.kind = FIX_RANGE, .dim = u->name, .range = range});
}

/* Fixes variable v as scale*root + offset, where root's K is shifted by `at`.
 */
static void fix_derived(dimsat_result *r, const plan *p, uint32_t v,
                        const char *root, integer at) {
  arena *m = p->c->b->m;
  const place *w = &p->space->place[v];
  add_fix(r, (fix){.kind = FIX_DERIVED,
                   .dim = p->c->b->variable[v].name,
                   .root = root,
                   .scale = w->scale,
                   .offset = integer_sub(m, w->offset,
                                         integer_mul(m, w->scale, at))});
}

/* The variables on parameter i, in order; how many. */
static size_t members(const plan *p, uint32_t i, uint32_t *out) {
  size_t n = 0;
  for (size_t k = 0; k < p->c->variable_count; k++) {
    const uint32_t v = p->c->variable[k];
    const place *at = &p->space->place[v];
    if (!at->constant && at->parameter == i)
      out[n++] = v;
  }
  return n;
}

/* A new root for the members of parameter i: its example is at least 2, its
 * min high enough that nothing is negative. */
static void fix_new_root(dimsat_result *r, const plan *p, uint32_t i,
                         const uint32_t *member, size_t count) {
  arena *m = p->c->b->m;
  const place *first = &p->space->place[member[0]];
  const char *root = new_root_name(r, p->c->b->variable[member[0]].name);
  const integer example = integer_max(
      integer_of(2), integer_floordiv(m, first->offset, first->scale));
  interval now = p->reach[i].now;
  now.lo = lowest_step(p, i, now.lo);
  const interval range = interval_add(m, now, interval_of(example, example));
  for (size_t k = 0; k < count; k++)
    fix_derived(r, p, member[k], root, example);
  add_fix(
      r,
      (fix){.kind = FIX_RANGE, .dim = root, .range = range, .new_root = true});
}

/* The fixes of the variables on parameter i. */
static void fix_parameter(dimsat_result *r, const plan *p, uint32_t i,
                          const uint32_t *member, size_t count) {
  size_t root = 0;
  while (root < count && !integer_is(p->space->place[member[root]].scale, 1))
    root++;
  if (root == count) {
    fix_new_root(r, p, i, member, count);
    return;
  }
  const variable *u = &p->c->b->variable[member[root]];
  const integer at = p->space->place[member[root]].offset;
  fix_range(r, p, member[root], true);
  for (size_t k = 0; k < count; k++)
    if (k != root)
      fix_derived(r, p, member[k], u->name, at);
}

/* Fixes a variable that stays at the anchor. */
static void fix_value(dimsat_result *r, const variable *u, integer x) {
  if (interval_is_single(u->user) && integer_equal(u->user.lo, x))
    return;
  add_fix(r, (fix){.kind = FIX_VALUE, .dim = u->name, .value = x});
}

/* The fixes that turn the user's spec into the plan. */
void fixes_of_plan(dimsat_result *r, const plan *p) {
  const component *c = p->c;
  uint32_t *member =
      arena_alloc(c->b->m, (c->variable_count + 1) * sizeof *member);
  for (uint32_t i = 0; i < c->variable_count; i++) {
    const uint32_t v = c->variable[i];
    if (p->space->place[v].constant)
      fix_value(r, &c->b->variable[v], p->space->place[v].offset);
    const size_t n = members(p, i, member);
    if (n == 0)
      continue;
    if (interval_is_single(p->reach[i].now))
      for (size_t k = 0; k < n; k++)
        fix_value(
            r, &c->b->variable[member[k]],
            integer_add(c->b->m, p->space->place[member[k]].offset,
                        integer_mul(c->b->m, p->space->place[member[k]].scale,
                                    p->reach[i].now.lo)));
    else
      fix_parameter(r, p, i, member, n);
  }
}

/* ---- Back to a space --------------------------------------------------- */

/* The fix of a dim, or NULL. */
static const fix *find_fix(const fix *fixes, size_t count, const char *of) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(fixes[i].dim, of) == 0)
      return &fixes[i];
  return NULL;
}

/* The parameter of a root, by its name: a variable's, or a new one's. */
static uint32_t root_index(const binding *b, const fix *fixes, size_t count,
                           const char *root) {
  for (uint32_t i = 0; i < b->named_count; i++)
    if (strcmp(b->variable[i].name, root) == 0)
      return i;
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(fixes[i].dim, root) == 0)
      return (uint32_t)b->variable_count + i;
  return UINT32_MAX;
}

/* What a parameter may be: the spec's or the fix's range, cut by what is
 * assumed of every variable placed on it. */
static interval parameter_range(binding *b, const space *s, uint32_t i,
                                const fix *fixes, size_t count) {
  interval r = interval_from(integer_of(0));
  if (i < b->named_count) {
    const fix *f = find_fix(fixes, count, b->variable[i].name);
    r = f && f->kind == FIX_RANGE ? f->range : b->variable[i].user;
  } else if (i >= b->variable_count) {
    r = fixes[i - b->variable_count].range;
  } else {
    r = b->variable[i].assumed;
  }
  for (size_t v = 0; v < b->named_count; v++) {
    const place *p = &s->place[v];
    const interval a = b->variable[v].assumed;
    if (p->constant || p->parameter != i)
      continue;
    if (a.has_lo)
      r = interval_meet(
          r, interval_from(integer_ceildiv(
                 b->m, integer_sub(b->m, a.lo, p->offset), p->scale)));
    if (a.has_hi)
      r = interval_meet(
          r, interval_upto(integer_floordiv(
                 b->m, integer_sub(b->m, a.hi, p->offset), p->scale)));
  }
  return r;
}

/* The spec with the fixes applied. */
space *fixes_space(binding *b, const fix *fixes, size_t count) {
  space *s = space_new(b->m, b->variable_count, b->variable_count + count);
  for (uint32_t v = 0; v < b->variable_count; v++) {
    const fix *f =
        v < b->named_count ? find_fix(fixes, count, b->variable[v].name) : NULL;
    s->place[v] = (place){
        .parameter = v, .scale = integer_of(1), .offset = integer_of(0)};
    if (f && f->kind == FIX_VALUE)
      s->place[v] = (place){.constant = true, .offset = f->value};
    else if (f && f->kind == FIX_DERIVED)
      s->place[v] = (place){.parameter = root_index(b, fixes, count, f->root),
                            .scale = f->scale,
                            .offset = f->offset};
  }
  for (uint32_t i = 0; i < s->parameter_count; i++) {
    const interval r = parameter_range(b, s, i, fixes, count);
    if (interval_is_empty(r))
      return NULL;
    s->parameter[i] = progression_of(
        b->m, r.has_lo || r.has_hi ? r : interval_from(integer_of(0)));
  }
  return s;
}
