/*
 * Sizes for an export, one for each class, such that whatever a tracer learns
 * from them is learnt of the model: 2 or more, no two classes alike, none like
 * a static axis or like the sum of two others unless a relation says so, all
 * relations kept; the smallest in total.
 *
 * Classes that no relation gives are tried one by one from small to large, the
 * others follow.  The search ends after a fixed number of trials with the best
 * that it found.
 */
#include "lib/observe/observation.h"

/* Sizes tried for one class, and trials for all of them together. */
enum { MOST_TRIED = 64, MOST_TRIALS = 20000, MOST_SUMMED = 16 };

/* Classes for which sizes are picked: bounds the C stack. */
enum { MOST_PICKED = 64 };

typedef struct {
  dimsat_observation *o;
  arena *m;
  const relation **relation; /* all, those without evidence too */
  size_t relation_count;
  bool *free; /* of each class: no relation gives it */
  bool *known;
  integer *size;
  integer *best, best_total;
  bool found;
  size_t trials;
  table fixed; /* the sizes of static axes */
} picking;

/* ---- What follows ------------------------------------------------------ */

/* Whether all other classes of an affine relation are known; what it gives. */
static bool affine_gives(const picking *w, const relation *r, integer *out) {
  integer sum = integer_neg(w->m, r->rest);
  for (size_t f = 0; f < w->o->family_count; f++) {
    if (f == r->left || integer_sign(r->factor[f]) == 0)
      continue;
    if (!w->known[f])
      return false;
    sum = integer_sub(w->m, sum, integer_mul(w->m, r->factor[f], w->size[f]));
  }
  *out = sum;
  return true;
}

/* What a relation gives for its left side, if it is known what it needs. */
static bool gives(const picking *w, const relation *r, integer *out) {
  const integer *const size = w->size;
  if (r->kind == RELATION_AFFINE)
    return affine_gives(w, r, out);
  if (!w->known[r->right[0]] || !w->known[r->right[1]])
    return false;
  if (r->kind == RELATION_PRODUCT)
    *out = integer_mul(w->m, size[r->right[0]], size[r->right[1]]);
  else if (r->kind == RELATION_QUOTIENT)
    *out = integer_floordiv(w->m, size[r->right[0]], r->number);
  else
    *out = integer_ceildiv(w->m, size[r->right[0]], r->number);
  return true;
}

/* Whether a relation gives the size of a class. */
static bool is_rule(const relation *r) {
  return r->kind != RELATION_EQUAL && r->kind != RELATION_DIVISIBLE &&
         r->left != OBSERVED_NONE;
}

/* Sets what follows from the free classes; false where something does not. */
static bool follow(picking *w) {
  const dimsat_observation *const o = w->o;
  for (size_t f = 0; f < o->family_count; f++)
    w->known[f] = w->free[f];
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < w->relation_count; i++) {
      const relation *const r = w->relation[i];
      if (is_rule(r) && !w->known[r->left] && gives(w, r, &w->size[r->left])) {
        w->known[r->left] = true;
        grew = true;
      }
    }
  }
  for (size_t f = 0; f < o->family_count; f++)
    if (!w->known[f])
      return false;
  return true;
}

/* ---- What must hold ---------------------------------------------------- */

/* Whether a relation holds of the sizes in hand. */
static bool holds(const picking *w, const relation *r) {
  integer value;
  if (r->kind == RELATION_EQUAL)
    return true;
  if (r->kind == RELATION_DIVISIBLE)
    return integer_equal(integer_mod(w->m, w->size[r->left], r->number),
                         r->rest);
  if (r->kind == RELATION_AFFINE && r->left == OBSERVED_NONE)
    return affine_gives(w, r, &value) && integer_sign(value) == 0;
  return gives(w, r, &value) && integer_equal(value, w->size[r->left]);
}

/* Whether a relation speaks of all three classes. */
static bool is_related(const picking *w, size_t a, size_t b, size_t c) {
  for (size_t i = 0; i < w->relation_count; i++) {
    const relation *const r = w->relation[i];
    if (r->kind == RELATION_AFFINE && integer_sign(r->factor[a]) != 0 &&
        integer_sign(r->factor[b]) != 0 && integer_sign(r->factor[c]) != 0)
      return true;
  }
  return false;
}

/* Whether class `c` is the sum of two others by accident. */
static bool is_sum(const picking *w, size_t c) {
  const size_t n = w->o->family_count;
  for (size_t a = 0; a < n && n <= MOST_SUMMED; a++)
    for (size_t b = a + 1; b < n; b++)
      if (a != c && b != c &&
          integer_equal(w->size[c],
                        integer_add(w->m, w->size[a], w->size[b])) &&
          !is_related(w, a, b, c))
        return true;
  return false;
}

/* Whether a static axis has the size. */
static bool is_static_size(const picking *w, integer size) {
  const uint32_t hash = integer_hash(size);
  uint32_t at = hash;
  for (const cell *c; (c = table_next(&w->fixed, hash, &at)) != NULL;)
    if (integer_equal(c->size, size))
      return true;
  return false;
}

/* Takes in the sizes of static axes. */
static void take_static(picking *w) {
  const dimsat_observation *const o = w->o;
  table_init(&w->fixed, w->m, 0);
  for (size_t i = 0; i < o->column_count; i++) {
    const cell *c = o->column[i].cell;
    while (!c->known)
      c++;
    if (o->column[i].family == OBSERVED_NONE && !is_static_size(w, c->size))
      table_add(&w->fixed, w->m, integer_hash(c->size), c);
  }
}

/* Whether the sizes in hand are fit to be traced. */
static bool is_generic(const picking *w) {
  const dimsat_observation *const o = w->o;
  for (size_t i = 0; i < w->relation_count; i++)
    if (!holds(w, w->relation[i]))
      return false;
  for (size_t f = 0; f < o->family_count; f++) {
    if (integer_compare(w->size[f], integer_of(2)) < 0 ||
        is_static_size(w, w->size[f]) || is_sum(w, f))
      return false;
    for (size_t g = 0; g < f; g++)
      if (integer_equal(w->size[f], w->size[g]))
        return false;
  }
  return true;
}

/* ---- The search -------------------------------------------------------- */

/* Keeps the sizes in hand if they are better than the best so far. */
static void judge(picking *w) {
  integer total = integer_of(0);
  if (!follow(w) || !is_generic(w))
    return;
  for (size_t f = 0; f < w->o->family_count; f++)
    total = integer_add(w->m, total, w->size[f]);
  if (w->found && integer_compare(total, w->best_total) >= 0)
    return;
  w->found = true;
  w->best_total = total;
  for (size_t f = 0; f < w->o->family_count; f++)
    w->best[f] = integer_copy(&w->o->cx->nodes, w->size[f]);
}

/* The divisor and the remainder that sizes of class `f` must have. */
static integer stride_of(const picking *w, size_t f, integer *rest) {
  *rest = integer_of(0);
  for (size_t i = 0; i < w->relation_count; i++) {
    const relation *const r = w->relation[i];
    if (r->kind == RELATION_DIVISIBLE && r->left == f) {
      *rest = r->rest;
      return r->number;
    }
  }
  return integer_of(1);
}

/* Whether a free class before `f` has the size. */
static bool is_used(const picking *w, size_t f, integer size) {
  for (size_t g = 0; g < f; g++)
    if (w->free[g] && integer_equal(w->size[g], size))
      return true;
  return false;
}

/* Tries sizes for the free classes from `f` on; those before it, `total` in
 * all, are set. */
static void search(picking *w, size_t f, integer total) {
  integer size;
  while (f < w->o->family_count && !w->free[f])
    f++;
  if (f == w->o->family_count) {
    judge(w);
    return;
  }
  const integer stride = stride_of(w, f, &size);
  for (size_t tried = 0; tried < MOST_TRIED && w->trials < MOST_TRIALS;
       size = integer_add(w->m, size, stride)) {
    if (integer_compare(size, integer_of(2)) < 0)
      continue;
    const integer sum = integer_add(w->m, total, size);
    if (w->found && integer_compare(sum, w->best_total) >= 0)
      return;
    tried++;
    w->trials++;
    if (is_used(w, f, size) || is_static_size(w, size))
      continue;
    w->size[f] = size;
    search(w, f + 1, sum);
  }
}

/* Takes in all relations, those with evidence first. */
static void take_relations(picking *w) {
  const dimsat_observation *const o = w->o;
  w->relation = arena_zeroed(w->m, o->relation_count + o->doubt_count + 1,
                             sizeof(const relation *));
  for (size_t i = 0; i < o->relation_count; i++)
    w->relation[w->relation_count++] = &o->relation[i];
  for (size_t i = 0; i < o->doubt_count; i++)
    w->relation[w->relation_count++] = &o->doubt[i];
}

/* Marks what relations give, unless two would wait for each other. */
static void find_free(picking *w) {
  for (size_t f = 0; f < w->o->family_count; f++)
    w->free[f] = true;
  for (size_t i = 0; i < w->relation_count; i++) {
    const relation *const r = w->relation[i];
    if (!is_rule(r) || !w->free[r->left])
      continue;
    w->free[r->left] = false;
    w->free[r->left] = !follow(w);
  }
}

/* NULL where nothing was found. */
void observe_pick(dimsat_observation *o) {
  arena *const m = &o->cx->work;
  const size_t n = o->family_count + 1;
  picking w = {.o = o, .m = m};
  w.free = arena_zeroed(m, n, sizeof *w.free);
  w.known = arena_zeroed(m, n, sizeof *w.known);
  w.size = arena_zeroed(m, n, sizeof *w.size);
  w.best = arena_zeroed(&o->cx->nodes, n, sizeof *w.best);
  if (o->family_count == 0 || o->family_count > MOST_PICKED)
    return;
  take_relations(&w);
  take_static(&w);
  find_free(&w);
  search(&w, 0, integer_of(0));
  o->picked = w.found ? w.best : NULL;
}
