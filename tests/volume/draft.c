#include "tests/volume/draft.h"

#define TRIES 40 /* for a guard that the example satisfies */

/* ---- Growing ------------------------------------------------------------ */

/* A number from `low` to `high`. */
static int64_t pick(draft *d, int64_t low, int64_t high) {
  return random_range(&d->random, low, high);
}

/* Once in `count`. */
static bool once_in(draft *d, uint64_t count) {
  return random_below(&d->random, count) == 0;
}

bool item_is_dim(const item *x) {
  return x->kind == ITEM_ROOT || (x->kind == ITEM_DERIVED && !x->unnamed);
}

/* Where a FREE item may be: a hint counts only where there is no symbol. */
span item_free_range(const item *x) {
  return x->has_symbol ? x->assumed : x->own;
}

/* Whether the example of a root is outside of its range. */
bool item_misses(const item *x) {
  return x->kind == ITEM_ROOT &&
         (x->example < x->own.lo || x->example > x->own.hi);
}

/* Adds an item of group g. */
static item *add_item(draft *d, size_t g, item_kind kind) {
  item *const x = &d->item[d->count++];
  *x = (item){.kind = kind, .group = g, .assumed = {0, ENDLESS}};
  x->axis = d->count - 1 - d->first[g];
  return x;
}

/* A named dim with its own range, about `width` wide. */
static void grow_root(draft *d, size_t g, int64_t width) {
  item *const x = add_item(d, g, ITEM_ROOT);
  const int64_t lo = pick(d, 0, 4);
  x->own = (span){lo, lo + pick(d, 3, width)};
  x->example = pick(d, lo > 2 || once_in(d, 12) ? lo : 2, x->own.hi);
  if (once_in(d, 3))
    x->own.hi = ENDLESS;
  if (once_in(d, 40))
    x->own.hi = x->own.lo = x->example;
  if (once_in(d, 60) && x->own.hi != ENDLESS)
    x->example = pick(d, 1, x->own.hi + 4);
}

/* A dim that follows one in front of it. */
static void grow_derived(draft *d, size_t g) {
  const size_t root =
      d->first[g] + random_below(&d->random, d->count - d->first[g]);
  item *const x = add_item(d, g, ITEM_DERIVED);
  x->root = root;
  x->scale = pick(d, 1, 3);
  x->offset = pick(d, -1, 3);
  x->example = x->scale * d->item[root].example + x->offset;
  size_t top = root;
  while (d->item[top].kind == ITEM_DERIVED)
    top = d->item[top].root;
  if (d->item[top].example == 0 || d->item[top].own.hi == 0 || x->example < 0)
    d->count--;
  else if (d->item[top].own.lo == 0)
    d->item[top].own.lo = 1;
}

/* Puts the expressions of some dims that none follows into the shape; a dim
 * may stand there twice. */
static void grow_unnamed(draft *d, size_t g) {
  bool followed[MOST_ITEMS] = {false};
  for (size_t i = d->first[g]; i < d->count; i++)
    if (d->item[i].kind == ITEM_DERIVED)
      followed[d->item[i].root] = true;
  for (size_t i = d->first[g]; i < d->count; i++)
    if (d->item[i].kind == ITEM_DERIVED && !followed[i])
      d->item[i].unnamed = once_in(d, 4);
  if (!once_in(d, 10))
    return;
  item *const x = add_item(d, g, ITEM_DERIVED);
  x->root = d->first[g];
  x->scale = 1;
  x->example = d->item[x->root].example;
  x->unnamed = true;
}

/* An AUTO, DYNAMIC or static axis. */
static void grow_axis(draft *d, size_t g, bool is_static) {
  item *const x = add_item(d, g, is_static ? ITEM_STATIC : ITEM_FREE);
  const int64_t lo = pick(d, 0, 2);
  x->own = (span){lo, once_in(d, 6) ? ENDLESS : pick(d, 8, 20)};
  x->example = pick(d, 2, 8);
  x->dynamic = !is_static && once_in(d, 3);
  if (is_static)
    x->own = (span){x->example, x->example};
}

/* Gives some items a symbol, with a range around the example. */
static void grow_symbol(draft *d, item *x) {
  x->has_symbol = !once_in(d, 3);
  if (!x->has_symbol || x->kind == ITEM_STATIC)
    return;
  x->assumed.lo = x->example < 2 ? 0 : pick(d, 0, once_in(d, 6) ? 4 : 2);
  if (x->assumed.lo > x->example)
    x->assumed.lo = x->example;
  if (once_in(d, 6))
    x->assumed.hi = x->example + pick(d, 0, 12);
}

/* The dims and axes of a group. */
static void grow_items(draft *d, size_t g, size_t dims) {
  static const int64_t widths[] = {0, 70, 24, 9, 5};
  d->first[g] = d->count;
  const size_t derived = dims > 1 ? random_below(&d->random, dims) / 2 +
                                        (dims > 1 && once_in(d, 6))
                                  : once_in(d, 6);
  const size_t roots = derived < dims ? dims - derived : 1;
  for (size_t i = 0; i < roots; i++)
    grow_root(d, g, widths[roots]);
  for (size_t i = 0; i < derived; i++)
    grow_derived(d, g);
  grow_unnamed(d, g);
  if (once_in(d, 5))
    grow_axis(d, g, false);
  if (once_in(d, 8))
    grow_axis(d, g, true);
  for (size_t i = d->first[g]; i < d->count; i++)
    grow_symbol(d, &d->item[i]);
}

/* A guard of group g; almost always one that the example satisfies. */
static const formula *grow_guard(draft *d, size_t g, bool safe) {
  int64_t at[MOST_ITEMS];
  garden plot = {.random = &d->random,
                 .m = d->m,
                 .first = d->first[g],
                 .count = d->count - d->first[g],
                 .safe = safe};
  for (size_t i = 0; i < d->count; i++)
    at[i] = d->item[i].example;
  const bool any = once_in(d, 60);
  if (once_in(d, 3))
    return formula_fit(&plot, at);
  for (int i = 0; i < TRIES; i++) {
    const formula *const f = formula_grow(&plot);
    if (any || formula_holds(f, at))
      return f;
  }
  return NULL;
}

/* Adds a guard of group g. */
static void add_guard(draft *d, size_t g, const formula *f) {
  if (f)
    d->guard[d->guard_count++] = (draft_guard){.formula = f, .group = g};
}

/* Lets the axis of a dim be a constant for the tracer. */
static void burn(draft *d, size_t index) {
  item *const x = &d->item[index];
  formula *const f = arena_alloc(d->m, 3 * sizeof *f);
  f[1] = (formula){.kind = FORM_NAME, .name = index};
  f[2] = (formula){.kind = FORM_NUMBER, .number = x->example};
  f[0] = (formula){.kind = FORM_EQ, .a = &f[1], .b = &f[2]};
  x->has_symbol = false;
  x->assumed = (span){0, ENDLESS};
  d->guard[d->guard_count++] = (draft_guard){
      .formula = f, .group = x->group, .burned = true, .item = index};
}

/* One group: dims, axes, guards. */
static void grow_group(draft *d, size_t g, size_t dims) {
  grow_items(d, g, dims);
  const size_t guards = random_below(&d->random, 5);
  const bool safe = !once_in(d, 3);
  for (size_t i = 0; i < guards; i++)
    add_guard(d, g, grow_guard(d, g, safe));
  const size_t burned =
      d->first[g] + random_below(&d->random, d->count - d->first[g]);
  if (once_in(d, 20) && item_is_dim(&d->item[burned]))
    burn(d, burned);
}

/* A problem. */
void draft_grow(draft *d, uint64_t seed, arena *m) {
  const uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d);
  draft_grow_from(d, (random_source){.state = state}, m);
}

/* The same, from any source. */
void draft_grow_from(draft *d, random_source random, arena *m) {
  *d = (draft){.m = m, .random = random};
  size_t dims = (size_t)pick(d, 2, 6);
  while (d->group_count < MOST_GROUPS && dims > 0) {
    const size_t large = once_in(d, 12) ? MOST_ROOTS : 3;
    const size_t most = dims < large ? dims : large;
    const size_t n = (size_t)pick(d, 1, (int64_t)most);
    grow_group(d, d->group_count, n);
    d->first[++d->group_count] = d->count;
    dims -= n;
  }
}
