/*
 * Classes of columns that are equal wherever both are there.
 *
 * Columns that are there in the same calls are compared directly.  A column
 * that is there in fewer calls joins a class only if exactly one fits, in at
 * least two different sizes; else it stays alone, for lack of evidence.  Axes
 * that only the user calls dynamic are compared by their one size.
 */
#include "lib/observe/observation.h"

/* Classes among which one is looked for that another fits into. */
enum { MOST_JOINED = 2000 };

/* ---- Comparing --------------------------------------------------------- */

/* Whether two columns are there in the same calls and equal. */
static bool identical(const dimsat_observation *o, const cell *a,
                      const cell *b) {
  for (size_t i = 0; i < o->point_count; i++) {
    const size_t call = o->point[i];
    if (a[call].known != b[call].known ||
        !integer_equal(a[call].size, b[call].size))
      return false;
  }
  return true;
}

/* Whether two columns that do not vary are of one size, be they there together
 * or not: there is no more evidence for one than for the other. */
static bool same_constant(const dimsat_observation *o, const cell *a,
                          const cell *b) {
  size_t i = 0, k = 0;
  while (!a[o->point[i]].known)
    i++;
  while (!b[o->point[k]].known)
    k++;
  return integer_equal(a[o->point[i]].size, b[o->point[k]].size);
}

/* In how many points the column is there. */
static size_t presence(const dimsat_observation *o, const cell *a) {
  size_t count = 0;
  for (size_t i = 0; i < o->point_count; i++)
    count += a[o->point[i]].known;
  return count;
}

/* Whether `small` equals `large` wherever it is there, in two sizes at least.
 */
static bool fits_into(const dimsat_observation *o, const cell *small,
                      const cell *large) {
  const cell *first = NULL;
  bool varies = false;
  for (size_t i = 0; i < o->point_count; i++) {
    const size_t call = o->point[i];
    if (!small[call].known)
      continue;
    if (!large[call].known ||
        !integer_equal(small[call].size, large[call].size))
      return false;
    first = first != NULL ? first : &small[call];
    varies |= !integer_equal(first->size, small[call].size);
  }
  return varies;
}

/* ---- Making ------------------------------------------------------------ */

/* A class of this column alone. */
static size_t add_family(dimsat_observation *o, size_t index) {
  const column *const c = &o->column[index];
  o->family = arena_grow(&o->cx->nodes, o->family, o->family_count,
                         &o->family_capacity, sizeof *o->family);
  o->family[o->family_count] =
      (family){.first = index, .cell = c->cell, .varies = c->varies};
  return o->family_count++;
}

/* The same for columns that are identical. */
static uint32_t hash_of(const dimsat_observation *o, const column *c) {
  uint32_t hash = c->varies;
  for (size_t i = 0; c->varies && i < o->point_count; i++) {
    const cell *const x = &c->cell[o->point[i]];
    hash = hash_mix(hash, x->known ? 1 + (uint64_t)integer_hash(x->size) : 0);
  }
  return hash;
}

/* The class that the column is identical to, or a new one. */
static size_t family_of(dimsat_observation *o, table *known, size_t index) {
  column *const c = &o->column[index];
  const uint32_t hash = hash_of(o, c);
  uint32_t at = hash;
  for (const column *old; (old = table_next(known, hash, &at)) != NULL;)
    if (old->varies == c->varies &&
        (c->varies ? identical(o, old->cell, c->cell)
                   : same_constant(o, old->cell, c->cell)))
      return old->family;
  table_add(known, &o->cx->work, hash, c);
  return add_family(o, index);
}

/* The one class that class `f` fits into, or `f` itself; `there` tells in how
 * many points each is there.  Larger classes have found theirs. */
static size_t only_host(const dimsat_observation *o, const size_t *target,
                        const size_t *there, size_t f) {
  size_t host = f;
  for (size_t g = 0; g < o->family_count; g++) {
    if (!o->family[g].varies || there[g] <= there[f] ||
        !fits_into(o, o->family[f].cell, o->family[g].cell))
      continue;
    if (host != f && host != target[g])
      return f;
    host = target[g];
  }
  return host;
}

/* Puts classes that are there in fewer calls into the one that they fit. */
static void join(dimsat_observation *o, size_t *target) {
  const size_t count = o->family_count;
  size_t *const there = arena_zeroed(&o->cx->work, count + 1, sizeof *there);
  for (size_t f = 0; f < count; f++) {
    there[f] = presence(o, o->family[f].cell);
    target[f] = f;
  }
  if (count > MOST_JOINED)
    return;
  for (size_t own = o->point_count; own-- > 1;)
    for (size_t f = 0; f < count; f++)
      if (there[f] == own && o->family[f].varies)
        target[f] = only_host(o, target, there, f);
}

/* Renumbers the classes that are left in the order of their columns. */
static void renumber(dimsat_observation *o, const size_t *target) {
  family *const old = o->family;
  size_t *const number =
      arena_zeroed(&o->cx->work, o->family_count + 1, sizeof *number);
  const size_t count = o->family_count;
  size_t *const last = arena_zeroed(&o->cx->work, count + 1, sizeof *last);
  o->family = arena_zeroed(&o->cx->nodes, count + 1, sizeof *o->family);
  o->family_count = 0;
  for (size_t i = 0; i < o->column_count; i++) {
    column *const c = &o->column[i];
    if (c->family == OBSERVED_NONE)
      continue;
    const size_t f = target[c->family];
    if (number[f] == 0) {
      o->family[o->family_count] = old[f];
      o->family[o->family_count].head = i;
      number[f] = ++o->family_count;
    }
    c->family = number[f] - 1;
    if (o->family[c->family].count++ > 0)
      o->column[last[c->family]].next = i;
    last[c->family] = i;
  }
}

/* ---- Relations --------------------------------------------------------- */

/* Different sizes of what both columns are where both are there. */
static size_t distinct_sizes(const dimsat_observation *o, const cell *a,
                             const cell *b) {
  arena *const m = &o->cx->work;
  const arena_mark mark = arena_get_mark(m);
  table known;
  table_init(&known, m, 0);
  for (size_t i = 0; i < o->point_count; i++) {
    const cell *const x = &a[o->point[i]], *old;
    const uint32_t hash = integer_hash(x->size);
    uint32_t at = hash;
    if (!x->known || !b[o->point[i]].known)
      continue;
    while ((old = table_next(&known, hash, &at)) != NULL &&
           !integer_equal(old->size, x->size))
      continue;
    if (old == NULL)
      table_add(&known, m, hash, x);
  }
  const size_t count = known.count;
  arena_rewind(m, mark);
  return count;
}

/* In how many calls both are there. */
static size_t common_calls(const dimsat_observation *o, const cell *a,
                           const cell *b) {
  size_t count = 0;
  for (size_t i = 0; i < o->point_count; i++)
    if (a[o->point[i]].known && b[o->point[i]].known)
      count += o->weight[o->point[i]];
  return count;
}

/* Each column of a class equals the one that stands for it. */
static void add_equality(dimsat_observation *o, size_t index) {
  column *const c = &o->column[index];
  const size_t first = o->family[c->family].first;
  c->equality = o->relation_count;
  const column *const other = &o->column[first];
  relation *const r = observe_relation(o, RELATION_EQUAL);
  r->left = index;
  r->right[0] = first;
  r->support = common_calls(o, c->cell, other->cell);
  r->points = distinct_sizes(o, c->cell, other->cell);
  r->freedom = (int64_t)r->points - 1;
  r->text = arena_format(&o->cx->nodes, "%s == %s", c->name, other->name);
}

/* Columns that vary, or are said to; then what they have in common. */
void observe_families(dimsat_observation *o) {
  table known;
  table_init(&known, &o->cx->work, 0);
  for (size_t i = 0; i < o->column_count; i++)
    if (o->column[i].varies || o->column[i].declared)
      o->column[i].family = family_of(o, &known, i);
  size_t *const target =
      arena_zeroed(&o->cx->work, o->family_count + 1, sizeof *target);
  join(o, target);
  renumber(o, target);
  for (size_t i = 0; i < o->column_count; i++) {
    const size_t f = o->column[i].family;
    if (f != OBSERVED_NONE && o->family[f].first != i)
      add_equality(o, i);
  }
}
