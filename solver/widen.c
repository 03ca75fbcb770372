#include "solver/widen.h"

#include <string.h>

/* Steps that pairs are tried with. */
const int64_t widen_step[WIDEN_STEPS] = {1, 2, 3, 4, 6, 8, 16};

/* A repair whose widenings are listed. */
typedef struct {
  const binding *b;
  const interval *own;
  const fix *fixes;
  size_t count;
  widening *list;
  size_t n, capacity;
} widener;

/* The variable that is called `name`, or UINT32_MAX. */
static uint32_t variable_named(const binding *b, const char *name) {
  const variable *v = bind_named(b, name);
  return v ? (uint32_t)(v - b->variable) : UINT32_MAX;
}

/* A copy of the fixes with room for one more. */
static fix *copy_fixes(const binding *b, const fix *fixes, size_t count) {
  fix *copy = arena_alloc(b->m, (count + 1) * sizeof *copy);
  if (count)
    memcpy(copy, fixes, count * sizeof *copy);
  return copy;
}

/* Appends a widening of fix i. */
static void add(widener *w, widen_kind kind, size_t i, integer now) {
  w->list = arena_grow(w->b->m, w->list, w->n, &w->capacity, sizeof *w->list);
  w->list[w->n++] =
      (widening){.kind = kind, .fix = i, .name = w->fixes[i].dim, .now = now};
}

/* ---- What the user allows ------------------------------------------------ */

/* Whether x is no negative size of variable v, nor of what is derived from it.
 */
static bool is_size(const binding *b, uint32_t v, integer x) {
  for (size_t i = 0; i < b->dim_count; i++)
    if (b->dim_meaning[i].parameter == v &&
        integer_sign(meaning_value(b->m, &b->dim_meaning[i], x)) < 0)
      return false;
  return true;
}

/* Whether variable v may be x within spec and assumptions. */
static bool may_be(const widener *w, uint32_t v, integer x) {
  return interval_has(w->own[v], x) && is_size(w->b, v, x);
}

/* Whether the root of fix f may be x, by the ranges of all that follow it;
 * `loose`: as long as none of them is negative. */
static bool suits_followers(const widener *w, const fix *f, integer x,
                            bool loose) {
  const binding *b = w->b;
  for (size_t i = 0; i < w->count; i++) {
    const fix *g = &w->fixes[i];
    if (g->kind != FIX_DERIVED || strcmp(g->root, f->dim) != 0)
      continue;
    const uint32_t u = variable_named(b, g->dim);
    const integer size =
        integer_add(b->m, g->offset, integer_mul(b->m, g->scale, x));
    if (u == UINT32_MAX || (!loose && !may_be(w, u, size)) ||
        (loose && !is_size(b, u, size)))
      return false;
  }
  return true;
}

/* Whether the root of fix f may be x.  A bound that only the assumptions keep
 * from moving was taken for nothing: it may move, and no guard says no. */
static bool root_may_be(const widener *w, const fix *f, integer x) {
  const binding *b = w->b;
  const uint32_t v = variable_named(b, f->dim);
  if (v == UINT32_MAX)
    return integer_sign(x) >= 0 && suits_followers(w, f, x, false);
  const bool assumed = interval_has(b->variable[v].assumed, x);
  if (assumed || !interval_has(b->variable[v].user, x))
    return may_be(w, v, x) && suits_followers(w, f, x, false);
  return is_size(b, v, x) && suits_followers(w, f, x, true);
}

/* ---- Widenings ----------------------------------------------------------- */

/* The bounds of a range, each by one. */
static void widen_range(widener *w, size_t i) {
  const fix *f = &w->fixes[i];
  arena *m = w->b->m;
  const integer low = integer_sub(m, f->range.lo, integer_of(1));
  if (root_may_be(w, f, low))
    add(w, WIDEN_MIN, i, low);
  if (!f->range.has_hi)
    return;
  const integer high = integer_add(m, f->range.hi, integer_of(1));
  if (root_may_be(w, f, high))
    add(w, WIDEN_MAX, i, high);
}

/* A constant, as a range of two sizes. */
static void widen_value(widener *w, size_t i) {
  const fix *f = &w->fixes[i];
  const uint32_t v = variable_named(w->b, f->dim);
  for (int side = -1; side <= 1; side += 2) {
    const integer x = integer_add(w->b->m, f->value, integer_of(side));
    if (v != UINT32_MAX && may_be(w, v, x))
      add(w, side < 0 ? WIDEN_MIN : WIDEN_MAX, i, x);
  }
}

/* The greatest common divisor of the scales on a root. */
static integer common_scale(const widener *w, const char *root) {
  integer g = integer_of(0);
  for (size_t i = 0; i < w->count; i++)
    if (w->fixes[i].kind == FIX_DERIVED && strcmp(w->fixes[i].root, root) == 0)
      g = integer_gcd(w->b->m, g, w->fixes[i].scale);
  return g;
}

/* The stride of a new root divided by each of its primes, up to a bound. */
static void widen_stride(widener *w, size_t i) {
  enum { LARGEST = 1 << 20 };
  arena *m = w->b->m;
  integer rest = common_scale(w, w->fixes[i].dim);
  for (int64_t p = 2; p < LARGEST && integer_compare(rest, integer_of(1)) > 0;
       p++) {
    const integer q = integer_of(p);
    if (!integer_divides(q, rest))
      continue;
    add(w, WIDEN_STRIDE, i, q);
    while (integer_divides(q, rest))
      rest = integer_floordiv(m, rest, q);
  }
}

/* All widenings but pairs. */
widening *widen_list(const binding *b, const interval *own, const fix *fixes,
                     size_t count, size_t *n) {
  widener w = {.b = b, .own = own, .fixes = fixes, .count = count};
  for (size_t i = 0; i < count; i++)
    switch (fixes[i].kind) {
    case FIX_VALUE:
      widen_value(&w, i);
      break;
    case FIX_RANGE:
      widen_range(&w, i);
      if (fixes[i].new_root)
        widen_stride(&w, i);
      break;
    case FIX_DERIVED:
      add(&w, WIDEN_FREE, i, integer_of(0));
      break;
    }
  *n = w.n;
  return w.list;
}

/* Divides the scales on a root, whose range grows. */
static void refine(arena *m, fix *fixes, size_t count, size_t root, integer q) {
  for (size_t i = 0; i < count; i++)
    if (fixes[i].kind == FIX_DERIVED &&
        strcmp(fixes[i].root, fixes[root].dim) == 0)
      fixes[i].scale = integer_floordiv(m, fixes[i].scale, q);
  fixes[root].range = interval_scale(m, fixes[root].range, q);
}

/* The repair with one of them. */
fix *widen_fixes(const binding *b, const fix *fixes, size_t count,
                 const widening *w, size_t *n) {
  fix *copy = copy_fixes(b, fixes, count);
  fix *f = &copy[w->fix];
  *n = count;
  if (w->kind == WIDEN_STRIDE) {
    refine(b->m, copy, count, w->fix, w->now);
  } else if (w->kind == WIDEN_FREE) {
    memmove(f, f + 1, (count - w->fix - 1) * sizeof *f);
    (*n)--;
  } else if (f->kind == FIX_VALUE) {
    f->kind = FIX_RANGE;
    f->range = interval_of(integer_min(w->now, f->value),
                           integer_max(w->now, f->value));
  } else if (w->kind == WIDEN_MIN) {
    f->range.lo = w->now;
  } else {
    f->range.hi = w->now;
  }
  return copy;
}

/* "width up to 512" */
const char *widen_text(arena *m, const widening *w) {
  const char *number = integer_text(m, w->now);
  switch (w->kind) {
  case WIDEN_MIN:
    return arena_format(m, "%s down to %s", w->name, number);
  case WIDEN_MAX:
    return arena_format(m, "%s up to %s", w->name, number);
  case WIDEN_STRIDE:
    return arena_format(m, "a stride of %s that is %s times finer", w->name,
                        number);
  case WIDEN_FREE:
    break;
  }
  return arena_format(m, "%s over its own range", w->name);
}

/* ---- Pairs --------------------------------------------------------------- */

/* The constants that may have another size, by variable: their fixes, or
 * SIZE_MAX. */
static size_t *list_constants(const binding *b, const interval *own,
                              const fix *fixes, size_t count) {
  size_t *of = arena_alloc(b->m, (b->variable_count + 1) * sizeof *of);
  for (size_t v = 0; v < b->variable_count; v++)
    of[v] = SIZE_MAX;
  for (size_t i = 0; i < count; i++) {
    const uint32_t v = variable_named(b, fixes[i].dim);
    if (fixes[i].kind == FIX_VALUE && v != UINT32_MAX &&
        !interval_is_single(own[v]))
      of[v] = i;
  }
  return of;
}

/* Pairs while they are listed. */
typedef struct {
  const size_t *of;
  widen_pair *list;
  size_t n;
  bool all;
} pairing;

/* Adds the pair of variables u < v, once. */
static void add_pair(pairing *p, uint32_t u, uint32_t v) {
  for (size_t i = 0; i < p->n; i++)
    if (p->list[i].variable[0] == u && p->list[i].variable[1] == v)
      return;
  if (p->n == WIDEN_MOST_PAIRS) {
    p->all = false;
    return;
  }
  p->list[p->n++] =
      (widen_pair){.fix = {p->of[u], p->of[v]}, .variable = {u, v}};
}

/* Pairs of constants that a requirement connects. */
widen_pair *widen_pairs(const binding *b, const interval *own, const fix *fixes,
                        size_t count, size_t *n, bool *all) {
  pairing p = {.of = list_constants(b, own, fixes, count), .all = true};
  p.list = arena_alloc(b->m, WIDEN_MOST_PAIRS * sizeof *p.list);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    for (size_t k = 0; k < c->variable_count; k++)
      for (size_t j = k + 1; j < c->variable_count && p.all; j++)
        if (p.of[c->variable[k]] != SIZE_MAX &&
            p.of[c->variable[j]] != SIZE_MAX)
          add_pair(&p, c->variable[k], c->variable[j]);
  }
  *n = p.n;
  *all = p.all;
  return p.list;
}

/* The repair where the pair may be a step further. */
fix *widen_together(const binding *b, const interval *own, const fix *fixes,
                    size_t count, const widen_pair *pair, int64_t first,
                    int64_t second, size_t *n) {
  arena *m = b->m;
  const int64_t step[] = {first, second};
  fix *copy = copy_fixes(b, fixes, count);
  for (size_t k = 0; k < 2; k++) {
    fix *f = &copy[pair->fix[k]];
    const integer x = integer_add(m, f->value, integer_of(step[k]));
    if (!interval_has(own[pair->variable[k]], x))
      return NULL;
    const integer size = integer_of(step[k] < 0 ? -step[k] : step[k]);
    *f = (fix){.kind = FIX_DERIVED,
               .dim = f->dim,
               .root = "both!",
               .scale = size,
               .offset = integer_min(f->value, x)};
  }
  copy[count] = (fix){.kind = FIX_RANGE,
                      .dim = "both!",
                      .range = interval_of(integer_of(0), integer_of(1)),
                      .new_root = true};
  *n = count + 1;
  return copy;
}
