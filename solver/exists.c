#include "solver/exists.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/sets.h"

#include <string.h>

/* Variables with more inequalities are left alone. */
enum { MOST_BOUNDS = 12 };

/* Where a free variable occurs: requirements, some of them replaced since. */
typedef struct {
  size_t *at;
  size_t count, capacity;
} occurrences;

/*
 * An elimination in progress.  Requirements are only appended; one that was
 * replaced or dropped is `gone`.  What was looked at in vain stays in vain
 * until it is replaced, so that each scan goes on where it stopped.
 */
typedef struct {
  binding *b;
  existence *x;
  bool choosing; /* choices are asked for */
  bool *gone;    /* of each requirement */
  size_t gone_capacity;
  size_t seen;              /* requirements whose occurrences are listed */
  occurrences *occurrences; /* of each variable */
  char *changed;            /* of each variable: its requirements did */
  size_t next[2];           /* to look at for a definition: any, unit */
} elimination;

/* ---- Equalities ------------------------------------------------------- */

/* Whether `e` holds the symbol. */
bool exists_mentions(binding *b, const expr *e, const expr *f) {
  const arena_mark mark = arena_get_mark(&b->cx->work);
  bool found = false;
  size_t n;
  const expr **node = expr_nodes(b->cx, &e, 1, &n);
  for (size_t i = 0; i < n && !found; i++)
    found = node[i] == f;
  arena_rewind(&b->cx->work, mark);
  return found;
}

/*
 * Where `e` == 0 is c*f + rest == 0 with f nowhere in rest: c, and rest.
 */
bool exists_isolate(binding *b, const expr *e, const expr *f, integer *c,
                    const expr **rest) {
  if (e == f) {
    *c = integer_of(1);
    *rest = build_small(b->cx, 0);
    return true;
  }
  if (e->op != OP_ADD)
    return false;
  bool found = false;
  for (uint32_t i = 0; i < e->count; i++) {
    if (e->arg[i] == f) {
      *c = e->coefficient[i];
      found = true;
    } else if (exists_mentions(b, e->arg[i], f)) {
      return false;
    }
  }
  if (!found)
    return false;
  *rest = build_sub(b->cx, e, build_linear(b->cx, integer_of(0), c, &f, 1));
  return true;
}

/* The size of f from c*f + rest == 0, with what that demands. */
static const expr *solve_for(binding *b, size_t from, const variable *v,
                             integer c, const expr *rest) {
  const expr *minus = build_neg(b->cx, rest), *size = minus;
  if (integer_is(c, -1)) {
    size = rest;
  } else if (!integer_is(c, 1)) {
    const expr *divisor = build_integer(b->cx, c);
    size = build_floordiv(b->cx, minus, divisor);
    bind_require(b, from,
                 build_eq(b->cx, build_mod(b->cx, minus, divisor),
                          build_small(b->cx, 0)),
                 NULL);
  }
  if (v->assumed.has_lo)
    bind_require(b, from,
                 build_le(b->cx, build_integer(b->cx, v->assumed.lo), size),
                 NULL);
  if (v->assumed.has_hi)
    bind_require(b, from,
                 build_le(b->cx, size, build_integer(b->cx, v->assumed.hi)),
                 NULL);
  if (size->partial)
    bind_require(b, from, build_eq(b->cx, size, size), NULL);
  return size;
}

/* Lists the occurrences of free variables in what was appended. */
static void take_note(elimination *e) {
  binding *b = e->b;
  for (; e->seen < b->requirement_count; e->seen++) {
    const claim *c = b->requirement[e->seen].claim;
    e->gone =
        arena_grow(b->m, e->gone, e->seen, &e->gone_capacity, sizeof *e->gone);
    e->gone[e->seen] = false;
    for (size_t k = 0; k < c->variable_count; k++) {
      occurrences *o = &e->occurrences[c->variable[k]];
      if (c->variable[k] < b->named_count)
        continue;
      o->at = arena_grow(b->m, o->at, o->count, &o->capacity, sizeof *o->at);
      o->at[o->count++] = e->seen;
      e->changed[c->variable[k]] = 1;
    }
  }
}

/* Takes a requirement out. */
static void remove_requirement(elimination *e, size_t i) {
  const claim *c = e->b->requirement[i].claim;
  e->gone[i] = true;
  for (size_t k = 0; k < c->variable_count; k++)
    if (c->variable[k] >= e->b->named_count)
      e->changed[c->variable[k]] = 1;
}

/* Whether a requirement gives a free variable away: the last it can. */
static bool gives_away(elimination *e, const requirement *r, bool unit,
                       uint32_t *f, integer *c, const expr **rest) {
  binding *b = e->b;
  if (!r->mixed || r->condition->op != OP_EQ)
    return false;
  const expr *d = build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
  for (size_t k = r->claim->variable_count; k-- > 0;) {
    *f = r->claim->variable[k];
    if (*f < b->named_count)
      return false;
    if (exists_isolate(b, d, b->symbol[*f], c, rest) &&
        (!unit || integer_is(*c, 1) || integer_is(*c, -1)))
      return true;
  }
  return false;
}

/* An equality that gives a free variable away: unit coefficients first. */
static bool find_definition(elimination *e, size_t *index, uint32_t *f,
                            integer *c, const expr **rest) {
  for (int unit = 1; unit >= 0; unit--)
    for (size_t *i = &e->next[unit]; *i < e->b->requirement_count; ++*i)
      if (!e->gone[*i] &&
          gives_away(e, &e->b->requirement[*i], unit, f, c, rest)) {
        *index = *i;
        return true;
      }
  return false;
}

/* Notes that f is eliminated, and which size of it will do. */
static void settle(elimination *e, uint32_t f, const expr *choice) {
  e->x->choice[f] = choice;
  e->x->settled[e->x->settled_count++] = f;
}

/* Replaces f everywhere by its size. */
static void replace_everywhere(elimination *e, uint32_t f, const expr *size) {
  binding *b = e->b;
  const substitution s = {.from = &b->symbol[f], .to = &size, .count = 1};
  const occurrences at = e->occurrences[f];
  for (size_t k = 0; k < at.count; k++) {
    if (e->gone[at.at[k]])
      continue;
    const requirement r = b->requirement[at.at[k]];
    remove_requirement(e, at.at[k]);
    bind_require(b, r.guard, substitute(b->cx, r.condition, &s), r.axis);
  }
  take_note(e);
}

/* Gives one free variable away by an equality; false when there is none. */
static bool settle_equal(elimination *e) {
  size_t i;
  uint32_t f;
  integer c;
  const expr *rest;
  if (!find_definition(e, &i, &f, &c, &rest))
    return false;
  binding *b = e->b;
  remove_requirement(e, i);
  const expr *size =
      solve_for(b, b->requirement[i].guard, &b->variable[f], c, rest);
  take_note(e);
  replace_everywhere(e, f, size);
  settle(e, f, size);
  e->x->size[f] = size;
  e->x->given[e->x->given_count++] = f;
  return true;
}

/* ---- Bounds ------------------------------------------------------------ */

/* c*f + rest <= 0 */
typedef struct {
  integer c;
  const expr *rest;
  size_t from; /* the guard it comes from */
} inequality;

/* The inequalities of free variable f; NULL where it occurs in anything else,
 * or too often. */
static inequality *list_inequalities(elimination *e, uint32_t f,
                                     size_t *count) {
  binding *b = e->b;
  const occurrences *at = &e->occurrences[f];
  inequality *list = arena_alloc(b->m, MOST_BOUNDS * sizeof *list);
  *count = 0;
  for (size_t k = 0; k < at->count; k++) {
    const requirement *r = &b->requirement[at->at[k]];
    if (e->gone[at->at[k]])
      continue;
    if (r->condition->op != OP_LE || *count == MOST_BOUNDS)
      return NULL;
    inequality *x = &list[(*count)++];
    const expr *d =
        build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
    x->from = r->guard;
    if (!exists_isolate(b, d, b->symbol[f], &x->c, &x->rest) ||
        x->rest->partial)
      return NULL;
  }
  return *count ? list : NULL;
}

/* Whether all inequalities bound f from one side. */
static bool are_one_sided(const inequality *list, size_t count) {
  for (size_t i = 1; i < count; i++)
    if (integer_sign(list[i].c) != integer_sign(list[0].c))
      return false;
  return true;
}

/* Whether all coefficients are 1 or -1. */
static bool are_unit(const inequality *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!integer_is(list[i].c, 1) && !integer_is(list[i].c, -1))
      return false;
  return true;
}

/* Removes the requirements that hold f: an endless range satisfies them. */
static void drop_everywhere(elimination *e, uint32_t f) {
  const occurrences *at = &e->occurrences[f];
  for (size_t k = 0; k < at->count; k++)
    if (!e->gone[at->at[k]])
      remove_requirement(e, at->at[k]);
}

/* The variable's own range as two more inequalities. */
static size_t add_range(binding *b, const variable *v, inequality *list,
                        size_t count) {
  if (v->assumed.has_lo)
    list[count++] = (inequality){integer_of(-1),
                                 build_integer(b->cx, v->assumed.lo), NO_GUARD};
  if (v->assumed.has_hi)
    list[count++] = (inequality){
        integer_of(1), build_neg(b->cx, build_integer(b->cx, v->assumed.hi)),
        NO_GUARD};
  return count;
}

/* The end that an inequality leaves f: the least size where c < 0, else the
 * greatest. */
static const expr *end_of(binding *b, const inequality *x) {
  const expr *minus = build_neg(b->cx, x->rest);
  const expr *divisor = build_integer(b->cx, x->c);
  return integer_sign(x->c) < 0 ? build_ceildiv(b->cx, minus, divisor)
                                : build_floordiv(b->cx, minus, divisor);
}

/* The largest of all lower ends, or the smallest of all upper ones where there
 * is no lower; a size that will do where any does. */
static const expr *best_end(binding *b, const inequality *list, size_t count) {
  const expr **low = arena_alloc(b->m, (count + 1) * sizeof *low);
  const expr **high = arena_alloc(b->m, (count + 1) * sizeof *high);
  size_t lows = 0, highs = 0;
  for (size_t i = 0; i < count; i++)
    if (integer_sign(list[i].c) < 0)
      low[lows++] = end_of(b, &list[i]);
    else
      high[highs++] = end_of(b, &list[i]);
  return lows ? build_max(b->cx, low, lows) : build_min(b->cx, high, highs);
}

/* Every lower bound is at most every upper one: exact, since the coefficients
 * are 1 and -1 (Fourier and Motzkin). */
static void pair_bounds(elimination *e, uint32_t f, const inequality *list,
                        size_t count) {
  binding *b = e->b;
  inequality *all = arena_alloc(b->m, (count + 2) * sizeof *all);
  memcpy(all, list, count * sizeof *all);
  count = add_range(b, &b->variable[f], all, count);
  settle(e, f, e->choosing ? best_end(b, all, count) : NULL);
  drop_everywhere(e, f);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < count; k++)
      if (integer_is(all[i].c, -1) && integer_is(all[k].c, 1))
        bind_require(
            b, all[i].from != NO_GUARD ? all[i].from : all[k].from,
            build_le(b->cx, all[i].rest, build_neg(b->cx, all[k].rest)), NULL);
  take_note(e);
}

/* Gives f its best size for inequalities of one side: that end of its range, or
 * as far as they ask where it has none. */
static void take_best(elimination *e, uint32_t f, const inequality *list,
                      size_t count) {
  binding *b = e->b;
  const interval range = b->variable[f].assumed;
  const bool up = integer_sign(list[0].c) < 0;
  if (up ? range.has_hi : range.has_lo) {
    const expr *end = build_integer(b->cx, up ? range.hi : range.lo);
    settle(e, f, end);
    replace_everywhere(e, f, end);
    return;
  }
  inequality *all = arena_alloc(b->m, (count + 2) * sizeof *all);
  memcpy(all, list, count * sizeof *all);
  count = add_range(b, &b->variable[f], all, count);
  settle(e, f, e->choosing ? best_end(b, all, count) : NULL);
  drop_everywhere(e, f);
}

/* Settles free variable f if it occurs in inequalities alone. */
static bool settle_variable(elimination *e, uint32_t f) {
  size_t n;
  const inequality *list = list_inequalities(e, f, &n);
  if (!list)
    return false;
  if (are_one_sided(list, n))
    take_best(e, f, list, n);
  else if (are_unit(list, n))
    pair_bounds(e, f, list, n);
  else
    return false;
  return true;
}

/* Settles one free variable that occurs in inequalities alone; false when there
 * is none.  The size of a DYNAMIC axis is of interest itself, so it stays. */
static bool settle_bounded(elimination *e) {
  const size_t n = e->b->variable_count;
  const char *found = e->changed;
  while ((found = memchr(found, 1, n - (size_t)(found - e->changed)))) {
    const uint32_t f = (uint32_t)(found - e->changed);
    e->changed[f] = 0;
    if (!e->b->variable[f].dynamic && settle_variable(e, f))
      return true;
  }
  return false;
}

/* Closes the gaps that replaced requirements left. */
static void compact(elimination *e) {
  binding *b = e->b;
  size_t n = 0;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (!e->gone[i])
      b->requirement[n++] = b->requirement[i];
  b->requirement_count = n;
}

/* Eliminates what it can. */
existence *exists_eliminate(binding *b, bool choosing) {
  existence *x = arena_zeroed(b->m, 1, sizeof *x);
  const size_t n = b->variable_count;
  elimination e = {.b = b, .x = x, .choosing = choosing};
  x->given = arena_alloc(b->m, (n + 1) * sizeof *x->given);
  x->size = arena_alloc(b->m, (n + 1) * sizeof *x->size);
  x->settled = arena_alloc(b->m, (n + 1) * sizeof *x->settled);
  x->choice = arena_zeroed(b->m, n + 1, sizeof *x->choice);
  for (size_t v = 0; v < n; v++)
    x->size[v] = b->symbol[v];
  if (n == b->named_count)
    return x;
  e.occurrences = arena_zeroed(b->m, n + 1, sizeof *e.occurrences);
  e.changed = arena_zeroed(b->m, n + 1, sizeof *e.changed);
  take_note(&e);
  while (settle_equal(&e) || settle_bounded(&e))
    continue;
  compact(&e);
  return x;
}

/* ---- Groups ------------------------------------------------------------ */

/* Joins the free variables of each mixed requirement. */
static uint32_t *join_free(binding *b) {
  uint32_t *parent = sets_alone(b->m, b->variable_count);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    for (size_t k = 1; k < c->variable_count; k++)
      if (c->variable[k - 1] >= b->named_count)
        set_join(parent, c->variable[k], c->variable[k - 1]);
  }
  return parent;
}

/* A group for each set of free variables that occur; `of[i]` is that of
 * variable i.  Their lists have room and are empty. */
static group *list_groups(binding *b, size_t *of, size_t *count) {
  uint32_t *parent = join_free(b);
  const size_t n = b->variable_count;
  group *list = arena_zeroed(b->m, n - b->named_count + 1, sizeof *list);
  for (uint32_t v = (uint32_t)b->named_count; v < n; v++) {
    const uint32_t root = set_root(parent, v);
    of[v] = root == v ? (*count)++ : of[root];
    list[of[v]].free_count++;
  }
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    if (b->requirement[i].mixed)
      list[of[c->variable[c->variable_count - 1]]].part_count++;
  }
  for (size_t i = 0; i < *count; i++) {
    group *g = &list[i];
    g->part = arena_alloc(b->m, (g->part_count + 1) * sizeof *g->part);
    g->free = arena_alloc(b->m, (g->free_count + 1) * sizeof *g->free);
    g->part_count = g->free_count = 0;
  }
  return list;
}

/* Groups what is left. */
group *exists_groups(binding *b, size_t *count) {
  size_t *of = arena_alloc(b->m, (b->variable_count + 1) * sizeof *of);
  size_t all = 0;
  group *list = list_groups(b, of, &all);
  for (uint32_t v = (uint32_t)b->named_count; v < b->variable_count; v++) {
    group *g = &list[of[v]];
    g->free[g->free_count++] = v;
  }
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (!r->mixed)
      continue;
    group *g = &list[of[r->claim->variable[r->claim->variable_count - 1]]];
    g->part[g->part_count++] = r;
  }
  *count = 0;
  for (size_t i = 0; i < all; i++)
    if (list[i].part_count)
      list[(*count)++] = list[i];
  return list;
}
