/*
 * Sizes for an export, one for each class, such that whatever a tracer learns
 * from them is learnt of the model: 2 or more, none like a static axis, no two
 * classes alike and none like the sum of two others unless relations say so,
 * all relations kept; the smallest in total.
 *
 * Classes that no relation gives are tried one by one from small to large, the
 * others follow.  The search ends after a fixed amount of work with the best
 * that it found; so that no class takes all of it in vain, few sizes of each
 * are tried first, then more.  Where it found nothing, as with large sizes
 * between which few calls leave no choice, the calls themselves are tried.
 */
#include "lib/observe/echelon.h"
#include "lib/observe/observation.h"

#include <string.h>

/* Sizes tried for one class in the first round, each with twice as many, and in
 * the last; work for all classes together in a round; classes among which sums
 * are looked for. */
enum { FEW_TRIED = 8, MOST_TRIED = 256, MOST_WORK = 1000000, MOST_SUMMED = 16 };

/* Classes for which sizes are picked: bounds the C stack. */
enum { MOST_PICKED = 64 };

typedef struct {
  dimsat_observation *o;
  arena *m;
  const relation **relation; /* all, those without evidence too */
  size_t *given;             /* the class that each relation gives, or NONE */
  size_t relation_count;
  echelon affine; /* factors and rest of the affine ones */
  bool *free;     /* of each class: no relation gives it */
  bool *known;
  bool broken; /* the sizes in hand: a relation gives no whole number */
  integer *size;
  integer *best, best_total;
  bool found;
  size_t most; /* sizes tried for one class in this round */
  size_t work; /* done in this round */
  bool cut;    /* sizes were left out in this round */
  table fixed; /* the sizes of static axes */
} picking;

/* ---- What follows ------------------------------------------------------ */

/* The value of an affine relation without class `skip`, if all others are
 * known. */
static bool affine_sum(const picking *w, const relation *r, size_t skip,
                       integer *out) {
  integer sum = r->rest;
  for (size_t f = 0; f < w->o->family_count; f++) {
    if (f == skip || integer_sign(r->factor[f]) == 0)
      continue;
    if (!w->known[f])
      return false;
    sum = integer_add(w->m, sum, integer_mul(w->m, r->factor[f], w->size[f]));
  }
  *out = sum;
  return true;
}

/* Whether the classes on the right of a product or quotient are known. */
static bool right_is_known(const picking *w, const relation *r) {
  return w->known[r->right[0]] &&
         (r->kind != RELATION_PRODUCT || w->known[r->right[1]]);
}

/* What the right side of a product or quotient is. */
static integer right_value(const picking *w, const relation *r) {
  const integer a = w->size[r->right[0]];
  if (r->kind == RELATION_PRODUCT)
    return integer_mul(w->m, a, w->size[r->right[1]]);
  return r->kind == RELATION_QUOTIENT ? integer_floordiv(w->m, a, r->number)
                                      : integer_ceildiv(w->m, a, r->number);
}

/* Sets the class that relation `i` gives, if it is known what that needs.
 * Where no whole number fits, the sizes in hand are broken. */
static bool give(picking *w, size_t i) {
  const relation *const r = w->relation[i];
  const size_t f = w->given[i];
  integer sum;
  if (f == OBSERVED_NONE || w->known[f])
    return false;
  if (r->kind != RELATION_AFFINE) {
    w->known[f] = right_is_known(w, r);
    if (w->known[f])
      w->size[f] = right_value(w, r);
    return w->known[f];
  }
  if (!affine_sum(w, r, f, &sum))
    return false;
  w->known[f] = true;
  w->broken |= !integer_divides(r->factor[f], sum);
  w->size[f] = integer_floordiv(w->m, integer_neg(w->m, sum), r->factor[f]);
  return true;
}

/* Sets what follows from the free classes below `end`; whether that is all. */
static bool follow(picking *w, size_t end) {
  const dimsat_observation *const o = w->o;
  w->broken = false;
  for (size_t f = 0; f < o->family_count; f++)
    w->known[f] = w->free[f] && f < end;
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < w->relation_count; i++)
      grew |= give(w, i);
  }
  for (size_t f = 0; f < o->family_count; f++)
    if (!w->known[f])
      return false;
  return true;
}

/* ---- What must hold ---------------------------------------------------- */

/* Whether a relation is broken by the sizes in hand, as far as they are known.
 */
static bool is_broken(const picking *w, const relation *r) {
  integer sum;
  switch (r->kind) {
  case RELATION_EQUAL:
    return false;
  case RELATION_AFFINE:
    return affine_sum(w, r, OBSERVED_NONE, &sum) && integer_sign(sum) != 0;
  case RELATION_PRODUCT:
  case RELATION_QUOTIENT:
  case RELATION_CEILING:
    return w->known[r->left] && right_is_known(w, r) &&
           !integer_equal(right_value(w, r), w->size[r->left]);
  case RELATION_DIVISIBLE:
    return w->known[r->left] &&
           !integer_equal(integer_mod(w->m, w->size[r->left], r->number),
                          r->rest);
  }
  return true;
}

/* Whether the affine relations say that `c` is `a`, or the sum of `a` and `b`
 * where that is not NONE. */
static bool is_related(const picking *w, size_t c, size_t a, size_t b) {
  const arena_mark mark = arena_get_mark(w->m);
  integer *const sum = arena_zeroed(w->m, w->affine.width, sizeof *sum);
  sum[c] = integer_of(1);
  sum[a] = integer_of(-1);
  if (b != OBSERVED_NONE)
    sum[b] = integer_of(-1);
  const bool related = echelon_spans(&w->affine, sum);
  arena_rewind(w->m, mark);
  return related;
}

/* Whether class `c` is the sum of two others by accident. */
static bool is_sum(const picking *w, size_t c) {
  const size_t n = w->o->family_count;
  for (size_t a = 0; a < n && n <= MOST_SUMMED; a++)
    for (size_t b = a + 1; b < n; b++)
      if (a != c && b != c && w->known[a] && w->known[b] &&
          integer_equal(w->size[c],
                        integer_add(w->m, w->size[a], w->size[b])) &&
          !is_related(w, c, a, b))
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

/* Whether a class before `f` has its size by accident. */
static bool is_alike(const picking *w, size_t f) {
  for (size_t g = 0; g < f; g++)
    if (w->known[g] && integer_equal(w->size[f], w->size[g]) &&
        !is_related(w, f, g, OBSERVED_NONE))
      return true;
  return false;
}

/* Whether the sizes in hand are fit to be traced, as far as they are known;
 * adds up what that takes. */
static bool is_generic(picking *w) {
  const size_t n = w->o->family_count;
  w->work += n + n * w->relation_count;
  if (w->broken)
    return false;
  for (size_t i = 0; i < w->relation_count; i++)
    if (is_broken(w, w->relation[i]))
      return false;
  for (size_t f = 0; f < n; f++)
    if (w->known[f] && (integer_compare(w->size[f], integer_of(2)) < 0 ||
                        is_alike(w, f) || is_static_size(w, w->size[f])))
      return false;
  w->work += n <= MOST_SUMMED ? n * n * n / 2 : 0;
  for (size_t f = 0; f < n; f++)
    if (w->known[f] && is_sum(w, f))
      return false;
  return true;
}

/* ---- The search -------------------------------------------------------- */

/* Keeps the sizes in hand, which are generic, if they are better than the best
 * so far. */
static void judge(picking *w) {
  integer total = integer_of(0);
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

/* Tries sizes for the free classes from `f` on; those before it are set, and
 * all sizes together are at least `total`.  What already follows is looked at
 * before others are tried. */
static void search(picking *w, size_t f, integer total) {
  integer size;
  while (f < w->o->family_count && !w->free[f])
    f++;
  if (f == w->o->family_count) {
    judge(w);
    return;
  }
  const integer stride = stride_of(w, f, &size);
  for (size_t tried = 0;; size = integer_add(w->m, size, stride)) {
    if (integer_compare(size, integer_of(2)) < 0)
      continue;
    const integer sum =
        integer_sub(w->m, integer_add(w->m, total, size), integer_of(2));
    if (w->found && integer_compare(sum, w->best_total) >= 0)
      return;
    if (tried++ == w->most || w->work >= MOST_WORK) {
      w->cut = true;
      return;
    }
    w->size[f] = size;
    follow(w, f + 1);
    if (is_generic(w))
      search(w, f + 1, sum);
  }
}

/* Tries the sizes of calls, in which all relations hold. */
static void try_calls(picking *w) {
  const dimsat_observation *const o = w->o;
  for (size_t i = 0; i < o->point_count && i < MOST_TRIED; i++) {
    bool whole = true;
    for (size_t f = 0; f < o->family_count && whole; f++) {
      whole = o->family[f].cell[o->point[i]].known;
      w->size[f] = o->family[f].cell[o->point[i]].size;
    }
    if (whole && follow(w, o->family_count) && is_generic(w))
      judge(w);
  }
}

/* Takes in an affine relation. */
static void take_affine(picking *w, const relation *r) {
  const size_t n = w->o->family_count;
  integer *const row = arena_zeroed(w->m, n + 1, sizeof *row);
  memcpy(row, r->factor, n * sizeof *row);
  row[n] = r->rest;
  echelon_add(&w->affine, row);
}

/* Takes in all relations, those with evidence first. */
static void take_relations(picking *w) {
  const dimsat_observation *const o = w->o;
  w->relation = arena_zeroed(w->m, o->relation_count + o->doubt_count + 1,
                             sizeof(const relation *));
  w->given = arena_zeroed(w->m, o->relation_count + o->doubt_count + 1,
                          sizeof *w->given);
  for (size_t i = 0; i < o->relation_count; i++)
    w->relation[w->relation_count++] = &o->relation[i];
  for (size_t i = 0; i < o->doubt_count; i++)
    w->relation[w->relation_count++] = &o->doubt[i];
  echelon_init(&w->affine, w->m, o->family_count + 1);
  for (size_t i = 0; i < w->relation_count; i++)
    if (w->relation[i]->kind == RELATION_AFFINE)
      take_affine(w, w->relation[i]);
}

/* The class that a relation is best solved for: its left side, else the free
 * one with the smallest factor, the last of several; or NONE. */
static size_t best_given(const picking *w, const relation *r) {
  size_t best = OBSERVED_NONE;
  if (r->kind == RELATION_EQUAL || r->kind == RELATION_DIVISIBLE)
    return OBSERVED_NONE;
  if (r->left != OBSERVED_NONE)
    return w->free[r->left] ? r->left : OBSERVED_NONE;
  for (size_t f = 0; f < w->o->family_count; f++)
    if (w->free[f] && integer_sign(r->factor[f]) != 0 &&
        (best == OBSERVED_NONE ||
         integer_compare(integer_abs(w->m, r->factor[f]),
                         integer_abs(w->m, r->factor[best])) <= 0))
      best = f;
  return best;
}

/* Marks what relations give, unless two would wait for each other. */
static void find_free(picking *w) {
  for (size_t f = 0; f < w->o->family_count; f++)
    w->free[f] = true;
  for (size_t i = 0; i < w->relation_count; i++)
    w->given[i] = OBSERVED_NONE;
  for (size_t i = 0; i < w->relation_count; i++) {
    const size_t f = best_given(w, w->relation[i]);
    if (f == OBSERVED_NONE)
      continue;
    w->given[i] = f;
    w->free[f] = false;
    if (follow(w, w->o->family_count))
      continue;
    w->given[i] = OBSERVED_NONE;
    w->free[f] = true;
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
  w.cut = true;
  for (w.most = FEW_TRIED; w.cut && w.most <= MOST_TRIED; w.most *= 2) {
    w.work = 0;
    w.cut = false;
    search(&w, 0, integer_of(2 * (int64_t)o->family_count));
  }
  if (!w.found)
    try_calls(&w);
  o->picked = w.found ? w.best : NULL;
}
