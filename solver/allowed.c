/*
 * Frames decide whole progressions at once; where they leave one open it is
 * cut at sign changes and split into residue classes, down to single sizes.
 * The pieces found are joined again as far as they tile.
 */
#include "solver/allowed.h"

#include "solver/split.h"

#include <stdlib.h>
#include <string.h>

/* Frames that one set may take, and pieces that one may have. */
enum { MOST_FRAMES = 60000, MOST_PIECES = 1024 };

typedef struct {
  oracle *o;
  space *space;
  int frames; /* left */
  int depth;  /* splits that led here */
  bool failed;
  progression *found;
  size_t found_count, found_capacity;
} search;

/* The claims that are still open on a progression. */
typedef struct {
  const claim *const *item;
  size_t count;
} claims;

/* Keeps a progression that satisfies everything. */
static void keep(search *s, const progression *p) {
  arena *m = s->o->m;
  if (s->found_count == MOST_PIECES) {
    s->failed = true;
    return;
  }
  s->found = arena_grow(m, s->found, s->found_count, &s->found_capacity,
                        sizeof *s->found);
  progression *kept = &s->found[s->found_count++];
  *kept = *p;
  kept->base = integer_copy(m, p->base);
  kept->stride = integer_copy(m, p->stride);
  kept->last = integer_copy(m, p->last);
}

/* Decides the open claims on one size. */
static void solve_single(search *s, const progression *p, claims open) {
  oracle *o = s->o;
  for (size_t i = 0; i < open.count; i++) {
    const point_truth t = claim_at_point(open.item[i], &o->scratch, &p->base);
    s->failed |= t == POINT_UNDECIDED;
    if (t != POINT_HOLDS)
      return;
  }
  keep(s, p);
}

static void solve(search *s, const progression *p, claims open, uint16_t cuts);

/* All parts of a split. */
static void solve_parts(search *s, const progression *whole, claims open,
                        const split *at, uint16_t cuts) {
  arena *m = &s->o->scratch;
  progression low, high;
  if (!at->classes) {
    progression_cut(m, whole, at->number, &low, &high);
    solve(s, &low, open, (uint16_t)(cuts + 1));
    solve(s, &high, open, (uint16_t)(cuts + 1));
    return;
  }
  for (integer r = integer_of(0); integer_compare(r, at->number) < 0;
       r = integer_add(m, r, integer_of(1))) {
    if (!progression_class(m, whole, at->number, r, &low))
      return;
    solve(s, &low, open, cuts);
  }
}

/*
 * Narrows `open` to the claims that are open on the space, and says where each
 * would split it; false when one never holds there.
 */
static bool narrow(search *s, uint16_t cuts, claims *open, split *at) {
  oracle *o = s->o;
  const claim **left =
      arena_alloc(&o->scratch, (open->count + 1) * sizeof *left);
  size_t n = 0;
  for (size_t i = 0; i < open->count; i++) {
    frame f;
    s->failed |= s->frames-- <= 0;
    frame_init(&f, &o->scratch, o->b, open->item[i], s->space);
    const truth t = frame_decide(&f);
    if (t == TRUTH_NEVER || s->failed)
      return false;
    if (t == TRUTH_ALWAYS)
      continue;
    if (!split_choose(&f, &cuts, &at[n]))
      at[n].number = integer_of(0);
    left[n++] = open->item[i];
  }
  *open = (claims){left, n};
  return true;
}

/* The middle one of the cuts of a kind, so that many bounds are halved; NULL
 * when there is none. */
static const split *middle_cut(const split *at, size_t count, bool quotient) {
  size_t cuts = 0, seen = 0;
  for (int round = 0; round < 2; round++)
    for (size_t i = 0; i < count; i++) {
      if (at[i].classes || at[i].quotient != quotient ||
          integer_is(at[i].number, 0))
        continue;
      if (round == 0)
        cuts++;
      else if (seen++ == cuts / 2)
        return &at[i];
    }
  return NULL;
}

/* The split to take: at a value, else the first into classes, which quotients
 * are cut into as well where another claim needs them; NULL when there is
 * none. */
static const split *next_split(const split *at, size_t count) {
  const split *cut = middle_cut(at, count, false);
  if (cut)
    return cut;
  for (size_t i = 0; i < count; i++)
    if (at[i].classes)
      return &at[i];
  return middle_cut(at, count, true);
}

/* Collects the members of `p` that satisfy all open claims. */
static void solve(search *s, const progression *p, claims open, uint16_t cuts) {
  arena *m = &s->o->scratch;
  s->failed |= s->depth == MOST_NESTED_SPLITS;
  if (s->failed)
    return;
  s->depth++;
  const arena_mark mark = arena_get_mark(m);
  if (progression_is_single(p)) {
    solve_single(s, p, open);
  } else {
    split *at = arena_zeroed(m, open.count + 1, sizeof *at);
    s->space->parameter[0] = *p;
    if (narrow(s, cuts, &open, at)) {
      const split *next = next_split(at, open.count);
      if (open.count == 0)
        keep(s, p);
      else if (next)
        solve_parts(s, p, open, next, cuts);
      else
        s->failed = true;
    }
  }
  s->depth--;
  arena_rewind(m, mark);
}

/* ---- Joining ----------------------------------------------------------- */

/* qsort order: stride, then base. */
static int by_stride(const void *a, const void *b) {
  const progression *x = a, *y = b;
  const int order = integer_compare(x->stride, y->stride);
  return order ? order : integer_compare(x->base, y->base);
}

/* Whether q follows p without a gap at p's own stride. */
static bool follows(arena *m, const progression *p, const progression *q) {
  return !p->endless && integer_equal(p->stride, q->stride) &&
         integer_equal(q->base, integer_add(m, progression_value(m, p, p->last),
                                            p->stride));
}

/* p with q, which follows it. */
static void append(arena *m, progression *p, const progression *q) {
  p->endless = q->endless;
  if (!q->endless)
    p->last = integer_add(m, integer_add(m, p->last, q->last), integer_of(1));
}

/* Removes entry i. */
static void drop(search *s, size_t i) {
  memmove(&s->found[i], &s->found[i + 1],
          (s->found_count - i - 1) * sizeof *s->found);
  s->found_count--;
}

/* Joins the first two pieces that fit together. */
static bool join_some(search *s) {
  arena *m = s->o->m;
  for (size_t i = 0; i < s->found_count; i++)
    for (size_t j = 0; j < s->found_count; j++) {
      progression *p = &s->found[i], *q = &s->found[j];
      if (i == j)
        continue;
      progression first = *p, second = *q;
      if (progression_is_single(p) && progression_is_single(q))
        first.stride = second.stride = integer_of(1);
      else if (progression_is_single(q))
        second.stride = p->stride;
      else if (progression_is_single(p))
        first.stride = q->stride;
      if (follows(m, &first, &second)) {
        append(m, &first, &second);
        *p = first;
        drop(s, j);
        return true;
      }
    }
  return false;
}

/* Whether `count` classes from `first` on have one stride and bases a step of
 * stride/count apart, all endless or none. */
static bool is_comb(const search *s, size_t first, size_t count, integer step) {
  arena *m = s->o->m;
  const progression *p = &s->found[first];
  for (size_t i = 1; i < count; i++) {
    const progression *x = &s->found[first + i];
    const integer base =
        integer_add(m, p->base, integer_mul(m, step, integer_of((int64_t)i)));
    if (!integer_equal(x->stride, p->stride) || x->endless != p->endless ||
        !integer_equal(x->base, base))
      return false;
  }
  return true;
}

/* Joins `count` classes from `first` on into one progression, if they tile it:
 * member t of class i is member count*t + i of the whole. */
static bool tile(search *s, size_t first, size_t count) {
  arena *m = s->o->m;
  progression *p = &s->found[first];
  const integer q = integer_of((int64_t)count), one = integer_of(1);
  if (!integer_divides(q, p->stride))
    return false;
  const integer step = integer_floordiv(m, p->stride, q);
  if (!is_comb(s, first, count, step))
    return false;
  integer last = integer_of(-1), total = integer_of(0);
  for (size_t i = 0; i < count && !p->endless; i++) {
    const integer x = s->found[first + i].last;
    last = integer_max(
        last, integer_add(m, integer_mul(m, x, q), integer_of((int64_t)i)));
    total = integer_add(m, total, integer_add(m, x, one));
  }
  if (!p->endless && !integer_equal(total, integer_add(m, last, one)))
    return false;
  if (!p->endless)
    p->last = last;
  p->stride = step;
  for (size_t i = 1; i < count; i++)
    drop(s, first + 1);
  return true;
}

/* Joins whole sets of classes, largest sets first. */
static bool tile_some(search *s) {
  qsort(s->found, s->found_count, sizeof *s->found, by_stride);
  for (size_t count = s->found_count; count >= 2; count--)
    for (size_t first = 0; first + count <= s->found_count; first++)
      if (tile(s, first, count))
        return true;
  return false;
}

/* qsort order: smallest member. */
static int by_start(const void *a, const void *b) {
  const piece *x = a, *y = b;
  const int order = integer_compare(x->range.lo, y->range.lo);
  return order ? order : integer_compare(x->modulo, y->modulo);
}

/* The pieces, joined and sorted. */
static allowed collect(search *s) {
  arena *m = s->o->m;
  allowed a = {.exact = !s->failed};
  if (s->failed || s->found_count == 0)
    return a;
  if (s->found_count <= 256)
    while (tile_some(s) || join_some(s))
      budget_spend(s->o->b, s->found_count);
  a.piece = arena_alloc(m, (s->found_count + 1) * sizeof *a.piece);
  for (size_t i = 0; i < s->found_count; i++) {
    const progression *p = &s->found[i];
    const bool single = progression_is_single(p);
    a.piece[a.count++] = (piece){
        .range = progression_hull(m, p),
        .modulo = single ? integer_of(1) : p->stride,
        .residue = single ? integer_of(0) : integer_mod(m, p->base, p->stride)};
  }
  qsort(a.piece, a.count, sizeof *a.piece, by_start);
  return a;
}

/* qsort order: fewer nodes first, then structure. */
static int by_size(const void *a, const void *b) {
  const claim *x = *(const claim *const *)a, *y = *(const claim *const *)b;
  if (x->node_count != y->node_count)
    return x->node_count < y->node_count ? -1 : 1;
  return expr_compare(x->condition, y->condition);
}

/* A copy of the claims in an order of their own, so that the pieces do not
 * depend on the order of the guards. */
static claims in_order(arena *m, const claim *const *item, size_t count) {
  const claim **copy = arena_alloc(m, (count + 1) * sizeof *copy);
  for (size_t i = 0; i < count; i++)
    copy[i] = item[i];
  qsort(copy, count, sizeof *copy, by_size);
  return (claims){copy, count};
}

/* The members of `domain` that satisfy all claims. */
allowed allowed_of(oracle *o, interval domain, const claim *const *on_one,
                   size_t count) {
  search s = {.o = o, .frames = MOST_FRAMES, .space = space_new(o->m, 1, 1)};
  if (interval_is_empty(domain))
    return (allowed){.exact = true};
  s.space->place[0] = (place){.scale = integer_of(1)};
  const progression all = progression_of(o->m, domain);
  solve(&s, &all, in_order(o->m, on_one, count), 0);
  return collect(&s);
}

/* Whether x is in the set. */
bool allowed_has(arena *m, const allowed *a, integer x) {
  for (size_t i = 0; i < a->count; i++)
    if (interval_has(a->piece[i].range, x) &&
        integer_equal(integer_mod(m, x, a->piece[i].modulo),
                      a->piece[i].residue))
      return true;
  return false;
}
