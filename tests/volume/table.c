#include "tests/volume/table.h"

#define FAR 64 /* sizes of an endless axis that are tried */

/* Whether a size is in a span. */
static bool is_in(span s, int64_t x) {
  return x >= s.lo && x <= s.hi;
}

/* Fills in the sizes of dims that follow; false where one is no size or not
 * assumed. */
static bool follow(const draft *d, size_t group, int64_t *at) {
  bool assumed = true;
  for (size_t i = d->first[group]; i < d->first[group + 1]; i++) {
    const item *const x = &d->item[i];
    if (x->kind == ITEM_DERIVED)
      at[i] = x->scale * at[x->root] + x->offset;
    if (x->kind == ITEM_STATIC)
      at[i] = x->example;
    if (x->kind != ITEM_FREE)
      assumed &= at[i] >= 0 && is_in(x->assumed, at[i]);
  }
  return assumed;
}

/* Whether the guards of a group hold. */
static bool guards_hold(const draft *d, size_t group, const int64_t *at) {
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guard[i].group == group && !formula_holds(d->guard[i].formula, at))
      return false;
  return true;
}

/* The free axis of a group, or the end of the group. */
static size_t free_axis(const draft *d, size_t group) {
  size_t i = d->first[group];
  while (i < d->first[group + 1] && d->item[i].kind != ITEM_FREE)
    i++;
  return i;
}

/* Notes the sizes at which everything holds. */
static void note(group_table *t, const int64_t *at) {
  const draft *const d = t->d;
  for (size_t i = d->first[t->group]; i < d->first[t->group + 1]; i++)
    if (at[i] >= 0 && at[i] < t->seen_end[i])
      t->seen[i][at[i]] = 1;
}

/* What the guards say; notes it in the table, if there is one. */
static cell judge(const draft *d, size_t group, int64_t *at, group_table *t) {
  if (!follow(d, group, at))
    return CELL_VOID;
  const size_t axis = free_axis(d, group);
  if (axis == d->first[group + 1]) {
    const bool holds = guards_hold(d, group, at);
    if (holds && t)
      note(t, at);
    return holds ? CELL_HOLDS : CELL_BREAKS;
  }
  const span s = item_free_range(&d->item[axis]);
  bool found = false;
  for (int64_t v = s.lo; v <= s.hi && v < s.lo + FAR; v++) {
    at[axis] = v;
    if (!guards_hold(d, group, at))
      continue;
    found = true;
    if (t)
      note(t, at);
  }
  if (found)
    return CELL_HOLDS;
  return s.hi == ENDLESS ? CELL_UNKNOWN : CELL_BREAKS;
}

/* The same at sizes of all items, with no limit. */
cell table_evaluate(const draft *d, size_t group, int64_t *at) {
  return judge(d, group, at, NULL);
}

/* Where the sizes of the roots stand in the table. */
static size_t index_of(const group_table *t, const int64_t *root) {
  size_t index = 0;
  for (size_t k = 0; k < t->root_count; k++)
    index = index * (size_t)(t->box[k].hi - t->box[k].lo + 1) +
            (size_t)(root[k] - t->box[k].lo);
  return index;
}

/* Whether the tracer assumed that the roots never have these sizes. */
static bool is_void(const group_table *t, const int64_t *root) {
  int64_t at[MOST_ITEMS] = {0};
  for (size_t k = 0; k < t->root_count; k++)
    at[t->root[k]] = root[k];
  return !follow(t->d, t->group, at);
}

/* What the guards say where the roots have these sizes. */
cell table_at(const group_table *t, const int64_t *root) {
  bool far = false;
  for (size_t k = 0; k < t->root_count; k++) {
    if (root[k] < t->box[k].lo || (!t->open[k] && root[k] > t->box[k].hi))
      return is_void(t, root) ? CELL_VOID : CELL_OUT;
    far |= root[k] > t->box[k].hi;
  }
  return far ? CELL_FAR : (cell)t->cell[index_of(t, root)];
}

/* Chooses the sizes to try; how many. */
static size_t choose_box(group_table *t) {
  static const int64_t window[] = {0, 110, 28, 12, 6};
  const draft *const d = t->d;
  size_t count = 1;
  for (size_t i = d->first[t->group]; i < d->first[t->group + 1]; i++)
    if (d->item[i].kind == ITEM_ROOT)
      t->root[t->root_count++] = i;
  for (size_t k = 0; k < t->root_count; k++) {
    const item *const x = &d->item[t->root[k]];
    t->box[k] = x->own;
    t->open[k] = x->own.hi == ENDLESS;
    t->misses |= item_misses(x);
    if (x->example < x->own.lo)
      t->box[k].lo = x->example;
    if (x->example > x->own.hi)
      t->box[k].hi = x->example;
    if (t->open[k])
      t->box[k].hi = (x->own.lo > x->example ? x->own.lo : x->example) +
                     window[t->root_count];
    t->exact &= !t->open[k];
    count *= (size_t)(t->box[k].hi - t->box[k].lo + 1);
  }
  return count;
}

/* Memory for what is seen of each item. */
static void prepare_seen(group_table *t) {
  const draft *const d = t->d;
  int64_t top[MOST_ITEMS];
  for (size_t k = 0; k < t->root_count; k++)
    top[t->root[k]] = t->box[k].hi;
  for (size_t i = d->first[t->group]; i < d->first[t->group + 1]; i++) {
    const item *const x = &d->item[i];
    if (x->kind == ITEM_DERIVED)
      top[i] = x->scale * top[x->root] + x->offset;
    else if (x->kind == ITEM_STATIC)
      top[i] = x->example;
    else if (x->kind == ITEM_FREE)
      top[i] = item_free_range(x).hi;
    if (top[i] == ENDLESS)
      top[i] = 2 * FAR;
    t->seen_end[i] = top[i] + 1;
    t->seen[i] = arena_zeroed(d->m, (size_t)t->seen_end[i] + 1, 1);
  }
}

/* Moves to the next sizes; false after the last. */
static bool next_sizes(const group_table *t, int64_t *root) {
  for (size_t k = t->root_count; k-- > 0;) {
    if (root[k]++ < t->box[k].hi)
      return true;
    root[k] = t->box[k].lo;
  }
  return false;
}

/* Whether the user allows these sizes of the roots. */
static bool is_own(const group_table *t, const int64_t *root) {
  for (size_t k = 0; k < t->root_count; k++)
    if (!is_in(t->d->item[t->root[k]].own, root[k]))
      return false;
  return true;
}

group_table *table_fill(const draft *d, size_t group) {
  group_table *const t = arena_zeroed(d->m, 1, sizeof *t);
  int64_t root[MOST_ROOTS], at[MOST_ITEMS] = {0};
  *t = (group_table){.d = d, .group = group, .exact = true};
  t->cell = arena_alloc(d->m, choose_box(t));
  prepare_seen(t);
  for (size_t k = 0; k < t->root_count; k++)
    root[k] = t->box[k].lo;
  do {
    for (size_t k = 0; k < t->root_count; k++)
      at[t->root[k]] = root[k];
    const cell c = judge(d, group, at, t);
    t->cell[index_of(t, root)] = (uint8_t)c;
    t->breaks |= c == CELL_BREAKS && is_own(t, root);
    t->holds |= c == CELL_HOLDS && is_own(t, root);
    t->exact &= c != CELL_UNKNOWN;
  } while (next_sizes(t, root));
  const size_t axis = free_axis(d, group);
  if (axis < d->first[group + 1])
    t->exact &= item_free_range(&d->item[axis]).hi != ENDLESS;
  return t;
}

/* The root that an item follows: its place in `root`. */
size_t table_root(const group_table *t, size_t index) {
  while (t->d->item[index].kind == ITEM_DERIVED)
    index = t->d->item[index].root;
  size_t k = 0;
  while (k < t->root_count && t->root[k] != index)
    k++;
  return k;
}

/* Whether all sizes of the roots but those of an item were tried. */
bool table_covers(const group_table *t, size_t index) {
  const size_t own = table_root(t, index);
  const size_t axis = free_axis(t->d, t->group);
  for (size_t k = 0; k < t->root_count; k++)
    if (k != own && t->open[k])
      return false;
  return axis == t->d->first[t->group + 1] ||
         item_free_range(&t->d->item[axis]).hi != ENDLESS;
}
