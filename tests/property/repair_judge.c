#include "tests/property/repair_judge.h"

#include <string.h>

/* ---- Sizes -------------------------------------------------------------- */

/* Whether all guards hold at these values. */
static bool all_hold(const task *t, const integer *at) {
  for (size_t i = 0; i < t->guard_count; i++) {
    const value v = evaluator_run(t->guard[i], &t->cx->work, at);
    if (v.kind != VALUE_TRUTH || !v.truth)
      return false;
  }
  return true;
}

/* Whether all guards hold, for some size of the axis. */
bool task_holds(const task *t, const int64_t *size) {
  integer at[MOST_DIMS + 1] = {{0}};
  for (size_t i = 0; i < t->count; i++)
    at[i] = integer_of(size[i]);
  if (!t->has_axis)
    return all_hold(t, at);
  for (int64_t x = t->axis.lo; x <= t->axis.hi; x++) {
    at[MOST_DIMS] = integer_of(x);
    if (all_hold(t, at))
      return true;
  }
  return false;
}

/* The size of item `i` where the roots have these. */
static int64_t size_of(const repaired *r, const int64_t *root, size_t i) {
  const definition *const d = &r->item[i];
  if (!d->follows)
    return root[i];
  return d->scale * size_of(r, root, d->root) + d->offset;
}

/* Moves the roots to their next sizes; false after the last. */
static bool next_sizes(const repaired *r, int64_t *root) {
  for (size_t i = 0; i < r->count; i++) {
    const definition *const d = &r->item[i];
    if (d->follows)
      continue;
    if (root[i]++ < d->own.hi)
      return true;
    root[i] = d->own.lo;
  }
  return false;
}

/* Whether `accept` says yes to all sizes that the definitions allow. */
static bool every_size(const task *t, const repaired *r,
                       bool (*accept)(const task *, const int64_t *)) {
  int64_t root[MOST_ITEMS] = {0}, size[MOST_DIMS];
  for (size_t i = 0; i < r->count; i++)
    root[i] = r->item[i].own.lo;
  const arena_mark mark = arena_get_mark(&t->cx->work);
  bool all = true;
  do {
    for (size_t i = 0; i < t->count; i++)
      size[i] = size_of(r, root, i);
    all = accept(t, size);
    arena_rewind(&t->cx->work, mark);
  } while (all && next_sizes(r, root));
  return all;
}

/* The spec as the user gave it. */
static repaired spec_of(const task *t) {
  repaired r = {.count = t->count};
  for (size_t i = 0; i < t->count; i++) {
    r.item[i] = t->dim[i];
    r.name[i] = t->name[i];
  }
  return r;
}

/* Whether the guards hold at all sizes the user allows. */
bool task_agrees(const task *t) {
  const repaired r = spec_of(t);
  return every_size(t, &r, task_holds);
}

/* Whether the user allows these sizes. */
bool task_allows(const task *t, const int64_t *size) {
  for (size_t i = 0; i < t->count; i++) {
    const definition *const d = &t->dim[i];
    const bool in = d->follows ? size[i] == d->scale * size[d->root] + d->offset
                               : size[i] >= d->own.lo && size[i] <= d->own.hi;
    if (!in)
      return false;
  }
  return true;
}

/* ---- Reading fixes ------------------------------------------------------ */

/* The item of this name; a new root where there is none. */
static size_t find_item(repaired *r, const char *name) {
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(r->name[i], name) == 0)
      return i;
  r->name[r->count] = name;
  r->item[r->count] = (definition){.own = {.lo = 0, .hi = -1}};
  return r->count++;
}

/* Puts one fix in. */
static const char *read_fix(repaired *r, const fix *f) {
  definition *const d = &r->item[find_item(r, f->dim)];
  *d = (definition){0};
  switch (f->kind) {
  case FIX_VALUE:
    d->own = (span){.lo = f->value.small, .hi = f->value.small};
    return NULL;
  case FIX_RANGE:
    d->own = (span){.lo = f->range.lo.small, .hi = f->range.hi.small};
    return f->range.has_lo && f->range.has_hi && d->own.lo <= d->own.hi
               ? NULL
               : "a range is empty or endless";
  case FIX_DERIVED:
    d->follows = true;
    d->scale = f->scale.small;
    d->offset = f->offset.small;
    d->root = find_item(r, f->root);
    return d->scale >= 1 ? NULL : "a scale is not positive";
  }
  return "a fix has no kind";
}

/* The spec with the fixes put in. */
const char *judge_read(const task *t, const dimsat_result *r, repaired *out) {
  const char *wrong = NULL;
  *out = spec_of(t);
  for (size_t i = 0; i < r->fix_count && !wrong; i++)
    wrong = out->count == MOST_ITEMS ? "too many new roots"
                                     : read_fix(out, &r->fixes[i]);
  for (size_t i = 0; i < out->count && !wrong; i++) {
    const definition *const d = &out->item[i];
    if (d->follows && out->item[d->root].follows &&
        (i >= t->count || !t->dim[i].follows))
      wrong = "a fix follows a dim that is no root";
    if (!d->follows && d->own.lo > d->own.hi)
      wrong = "a new root has no range";
  }
  return wrong;
}

/* ---- Judging ------------------------------------------------------------ */

/* Scale and offset of item `i` over its root, whose index is returned. */
static size_t root_of(const repaired *r, size_t i, int64_t *scale,
                      int64_t *offset) {
  *scale = 1;
  *offset = 0;
  while (r->item[i].follows) {
    *offset += *scale * r->item[i].offset;
    *scale *= r->item[i].scale;
    i = r->item[i].root;
  }
  return i;
}

/* Whether some sizes of the roots give the example. */
static const char *judge_example(const task *t, const repaired *r) {
  int64_t root[MOST_ITEMS];
  bool known[MOST_ITEMS] = {false};
  for (size_t i = 0; i < t->count; i++) {
    int64_t scale, offset;
    const size_t k = root_of(r, i, &scale, &offset);
    const int64_t x = (t->example[i] - offset) / scale;
    if (scale * x + offset != t->example[i] || (known[k] && root[k] != x))
      return "the example is not allowed";
    root[k] = x;
    known[k] = true;
    if (x < r->item[k].own.lo || x > r->item[k].own.hi)
      return "the example is out of range";
    if (k >= t->count && x < 2)
      return "a new root is 0 or 1 at the example";
  }
  return NULL;
}

/* Whether the sizes are the user's at the root's size x, and all hold. */
static bool may_take(const task *t, repaired *r, size_t root, int64_t x) {
  const span own = r->item[root].own;
  r->item[root].own = (span){.lo = x, .hi = x};
  const bool may =
      every_size(t, r, task_allows) && every_size(t, r, task_holds);
  r->item[root].own = own;
  return may;
}

/* Whether some root's range can be given back by one. */
static const char *judge_ranges(const task *t, repaired *r) {
  for (size_t i = 0; i < r->count; i++) {
    const definition *const d = &r->item[i];
    if (d->follows)
      continue;
    if (may_take(t, r, i, d->own.lo - 1))
      return "a lower bound can be given back by one";
    if (may_take(t, r, i, d->own.hi + 1))
      return "an upper bound can be given back by one";
  }
  return NULL;
}

/* Greatest common divisor. */
static int64_t gcd(int64_t a, int64_t b) {
  return b ? gcd(b, a % b) : a;
}

/* Whether the stride of a new root can be dropped: the dims that follow it in
 * larger steps follow in the smallest that keep them together. */
static const char *judge_stride(const task *t, const repaired *r, size_t root) {
  repaired finer = *r;
  int64_t common = 0, scale, offset;
  for (size_t i = 0; i < t->count; i++)
    if (root_of(r, i, &scale, &offset) == root)
      common = gcd(scale, common);
  if (common < 2)
    return NULL;
  for (size_t i = 0; i < t->count; i++)
    if (root_of(r, i, &scale, &offset) == root)
      finer.item[i] = (definition){.follows = true,
                                   .root = root,
                                   .scale = scale / common,
                                   .offset = offset};
  finer.item[root].own.lo *= common;
  finer.item[root].own.hi *= common;
  return every_size(t, &finer, task_allows) && every_size(t, &finer, task_holds)
             ? "a stride can be dropped"
             : NULL;
}

/* Whether dim `i`, which follows a root with others, could do so alone. */
static const char *judge_equality(const task *t, const repaired *r, size_t i) {
  repaired apart = *r;
  int64_t scale, offset;
  const size_t root = root_of(r, i, &scale, &offset);
  bool shared = root < t->count;
  for (size_t k = 0; k < t->count; k++) {
    int64_t s, o;
    shared |= k != i && !t->dim[k].follows && root_of(r, k, &s, &o) == root;
  }
  if (!shared || root == i || t->dim[i].follows || r->count == MOST_ITEMS)
    return NULL;
  for (size_t k = 0; k < t->count; k++)
    if (t->dim[k].follows)
      apart.item[k] = t->dim[k];
  apart.item[apart.count] = r->item[root];
  apart.item[i] = (definition){
      .follows = true, .root = apart.count++, .scale = scale, .offset = offset};
  return every_size(t, &apart, task_holds) ? "an equality can be dropped"
                                           : NULL;
}

/* Sound and faithful. */
const char *judge_sound(const task *t, const repaired *r) {
  if (!every_size(t, r, task_allows))
    return "it leaves the user's bounds";
  if (!every_size(t, r, task_holds))
    return "it is not sound";
  return t->hides_example ? NULL : judge_example(t, r);
}

/* Nothing can be given back. */
const char *judge_maximal(const task *t, const repaired *r) {
  repaired copy = *r;
  const char *wrong = judge_ranges(t, &copy);
  for (size_t i = t->count; i < r->count && !wrong; i++)
    wrong = judge_stride(t, r, i);
  for (size_t i = 0; i < t->count && !wrong; i++)
    wrong = judge_equality(t, r, i);
  return wrong;
}
