#include "tests/volume/repaired.h"

#include <string.h>

/* ---- Reading ------------------------------------------------------------ */

/* The item of this dim, or the number of items. */
size_t repaired_find_dim(const draft *d, const char *name, bool renamed) {
  size_t i = 0;
  while (i < d->count && (!item_is_dim(&d->item[i]) ||
                          strcmp(draft_name(d, i, renamed), name) != 0))
    i++;
  return i;
}

/* The variable of a root's name; a new one where there is none. */
static size_t find_variable(repaired *r, const char *name) {
  size_t i = repaired_find_dim(r->d, name, false);
  if (i < r->d->count)
    return i;
  while (i < r->count && strcmp(r->name[i], name) != 0)
    i++;
  if (i == r->count) {
    r->name[i] = name;
    r->range[i] = (span){0, -1};
    r->count++;
  }
  return i;
}

/* Puts one fix in. */
static const char *read_fix(repaired *r, const fix *f) {
  const size_t i = find_variable(r, f->dim);
  const bool is_new = i >= r->d->count;
  if (is_new != (f->kind == FIX_RANGE && f->new_root))
    return "a fix is of a dim that does not exist";
  if (!is_new && r->d->item[i].kind != ITEM_ROOT)
    return "a fix changes a derived dim";
  if (!is_new && r->changed[i])
    return "a dim has two fixes";
  if (!is_new)
    r->changed[i] = true;
  switch (f->kind) {
  case FIX_VALUE:
    r->of[i] = (definition){NO_VARIABLE, 0, f->value.small};
    return NULL;
  case FIX_RANGE:
    r->range[i] = (span){f->range.lo.small,
                         f->range.has_hi ? f->range.hi.small : ENDLESS};
    return f->range.has_lo && r->range[i].lo <= r->range[i].hi
               ? NULL
               : "a range is empty";
  case FIX_DERIVED:
    r->of[i] = (definition){find_variable(r, f->root), f->scale.small,
                            f->offset.small};
    return r->of[i].scale >= 1 ? NULL : "a scale is not positive";
  }
  return "a fix has no kind";
}

/* Whether what a root follows is a root. */
static const char *check_root(const repaired *r, size_t i) {
  const size_t v = r->of[i].variable;
  if (v == NO_VARIABLE)
    return NULL;
  if (v < r->d->count && (r->d->item[v].kind != ITEM_ROOT ||
                          r->of[v].variable != v || r->of[v].scale != 1))
    return "a dim follows one that is no root";
  if (r->range[v].lo > r->range[v].hi)
    return "a new root has no range";
  return NULL;
}

/* Whether dims of different groups follow one root. */
bool repaired_connects(const repaired *r) {
  for (size_t i = 0; i < r->d->count; i++)
    for (size_t k = 0; k < i; k++)
      if (r->d->item[i].kind == ITEM_ROOT && r->d->item[k].kind == ITEM_ROOT &&
          r->d->item[i].group != r->d->item[k].group &&
          r->of[i].variable != NO_VARIABLE &&
          r->of[i].variable == r->of[k].variable)
        return true;
  return false;
}

/* Reads the fixes. */
const char *repaired_read(repaired *r, const draft *d,
                          const dimsat_result *result) {
  *r = (repaired){.d = d, .count = d->count};
  for (size_t i = 0; i < d->count; i++) {
    r->of[i] = (definition){i, 1, 0};
    r->range[i] = d->item[i].own;
  }
  const char *wrong = NULL;
  for (size_t i = 0; i < result->fix_count && !wrong; i++)
    wrong = read_fix(r, &result->fixes[i]);
  for (size_t i = 0; i < d->count && !wrong; i++)
    if (d->item[i].kind == ITEM_ROOT)
      wrong = check_root(r, i);
  return wrong;
}

/* ---- Sizes -------------------------------------------------------------- */

/* The variables of a group while they run. */
typedef struct {
  const repaired *r;
  const group_table *t;
  size_t variable[MOST_ROOTS], count;
  span range[MOST_ROOTS];
  int64_t now[MOST_ROOTS];
} runner;

/* Where a variable runs, no further than one behind what the table holds. */
static span reach(const repaired *r, const group_table *t, size_t v) {
  span s = r->range[v];
  int64_t most = s.lo;
  for (size_t k = 0; k < t->root_count; k++) {
    const definition *const x = &r->of[t->root[k]];
    const int64_t room = t->box[k].hi - x->offset;
    if (x->variable == v && room >= 0 && room / x->scale + 1 > most)
      most = room / x->scale + 1;
  }
  if (s.hi > most)
    s.hi = most;
  return s;
}

/* Collects the variables of a group. */
static runner start(const repaired *r, const group_table *t) {
  runner run = {.r = r, .t = t};
  for (size_t k = 0; k < t->root_count; k++) {
    const size_t v = r->of[t->root[k]].variable;
    size_t i = 0;
    while (i < run.count && run.variable[i] != v)
      i++;
    if (i < run.count || v == NO_VARIABLE)
      continue;
    run.variable[i] = v;
    run.range[i] = reach(r, t, v);
    run.now[i] = run.range[i].lo;
    run.count++;
  }
  return run;
}

/* What the table says now. */
static cell look(const runner *run) {
  int64_t root[MOST_ROOTS];
  for (size_t k = 0; k < run->t->root_count; k++) {
    const definition *const x = &run->r->of[run->t->root[k]];
    root[k] = x->offset;
    for (size_t i = 0; i < run->count; i++)
      if (run->variable[i] == x->variable)
        root[k] += x->scale * run->now[i];
  }
  return table_at(run->t, root);
}

/* The next sizes; false after the last. */
static bool advance(runner *run) {
  for (size_t i = run->count; i-- > 0;) {
    if (run->now[i]++ < run->range[i].hi)
      return true;
    run->now[i] = run->range[i].lo;
  }
  return false;
}

/* Whether `accept` takes all sizes. */
bool repaired_every(const repaired *r, const group_table *t,
                    bool (*accept)(cell, void *), void *data) {
  runner run = start(r, t);
  do
    if (!accept(look(&run), data))
      return false;
  while (advance(&run));
  return true;
}
