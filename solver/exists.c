#include "solver/exists.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/sets.h"

#include <string.h>

/* Variables with more inequalities are left alone. */
enum { MOST_BOUNDS = 12 };

/* ---- Equalities ------------------------------------------------------- */

/* Whether `e` holds the symbol. */
bool exists_mentions(binding *b, const expr *e, const expr *f) {
  size_t n;
  const expr **names = expr_symbols(b->cx, e, &n);
  for (size_t i = 0; i < n; i++)
    if (names[i] == f)
      return true;
  return false;
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

/* An equality that gives a free variable away: unit coefficients first. */
static bool find_definition(binding *b, size_t *index, uint32_t *f, integer *c,
                            const expr **rest) {
  for (int unit = 1; unit >= 0; unit--)
    for (size_t i = 0; i < b->requirement_count; i++) {
      const requirement *r = &b->requirement[i];
      if (!r->mixed || r->condition->op != OP_EQ)
        continue;
      const expr *e =
          build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
      for (size_t k = r->claim->variable_count; k-- > 0;) {
        *f = r->claim->variable[k];
        if (*f < b->named_count)
          break;
        if (exists_isolate(b, e, b->symbol[*f], c, rest) &&
            (!unit || integer_is(*c, 1) || integer_is(*c, -1))) {
          *index = i;
          return true;
        }
      }
    }
  return false;
}

/* Replaces f everywhere by its size. */
static void replace_everywhere(binding *b, uint32_t f, const expr *size) {
  const substitution s = {.from = &b->symbol[f], .to = &size, .count = 1};
  const size_t count = b->requirement_count;
  for (size_t i = 0, n = 0; i < count; i++) {
    const requirement r = b->requirement[n];
    if (!r.claim->used[f]) {
      n++;
      continue;
    }
    memmove(&b->requirement[n], &b->requirement[n + 1],
            (b->requirement_count - n - 1) * sizeof r);
    b->requirement_count--;
    bind_require(b, r.guard, substitute(b->cx, r.condition, &s), r.axis);
  }
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
static inequality *list_inequalities(binding *b, uint32_t f, size_t *count) {
  inequality *list = arena_alloc(b->m, MOST_BOUNDS * sizeof *list);
  *count = 0;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (!r->claim->used[f])
      continue;
    if (r->condition->op != OP_LE || *count == MOST_BOUNDS)
      return NULL;
    inequality *x = &list[(*count)++];
    const expr *e =
        build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
    x->from = r->guard;
    if (!exists_isolate(b, e, b->symbol[f], &x->c, &x->rest) ||
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
static void drop_everywhere(binding *b, uint32_t f) {
  size_t n = 0;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (!b->requirement[i].claim->used[f])
      b->requirement[n++] = b->requirement[i];
  b->requirement_count = n;
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

/* Every lower bound is at most every upper one: exact, since the coefficients
 * are 1 and -1 (Fourier and Motzkin). */
static void pair_bounds(binding *b, uint32_t f, const inequality *list,
                        size_t count) {
  inequality *all = arena_alloc(b->m, (count + 2) * sizeof *all);
  memcpy(all, list, count * sizeof *all);
  count = add_range(b, &b->variable[f], all, count);
  drop_everywhere(b, f);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < count; k++)
      if (integer_is(all[i].c, -1) && integer_is(all[k].c, 1))
        bind_require(
            b, all[i].from != NO_GUARD ? all[i].from : all[k].from,
            build_le(b->cx, all[i].rest, build_neg(b->cx, all[k].rest)), NULL);
}

/* Gives f its best size for inequalities of one side: that end of its range. */
static void take_best(binding *b, uint32_t f, bool up) {
  const interval range = b->variable[f].assumed;
  if (up ? !range.has_hi : !range.has_lo)
    drop_everywhere(b, f);
  else
    replace_everywhere(b, f, build_integer(b->cx, up ? range.hi : range.lo));
}

/* Settles one free variable that occurs in inequalities alone; false when there
 * is none.  The size of a DYNAMIC axis is of interest itself, so it stays. */
static bool settle_bounded(binding *b) {
  for (uint32_t f = (uint32_t)b->named_count; f < b->variable_count; f++) {
    size_t n;
    const inequality *list =
        b->variable[f].dynamic ? NULL : list_inequalities(b, f, &n);
    if (!list)
      continue;
    if (are_one_sided(list, n))
      take_best(b, f, integer_sign(list[0].c) < 0);
    else if (are_unit(list, n))
      pair_bounds(b, f, list, n);
    else
      continue;
    return true;
  }
  return false;
}

/* ---- Groups ------------------------------------------------------------ */

/* Joins the free variables of each mixed requirement. */
static uint32_t *join_free(binding *b) {
  uint32_t *parent =
      arena_alloc(b->m, (b->variable_count + 1) * sizeof *parent);
  for (uint32_t i = 0; i < b->variable_count; i++)
    parent[i] = i;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    for (size_t k = 1; k < c->variable_count; k++)
      if (c->variable[k - 1] >= b->named_count)
        parent[set_root(parent, c->variable[k])] =
            set_root(parent, c->variable[k - 1]);
  }
  return parent;
}

/* The group of the free variables whose representative is `root`. */
static bool collect_group(binding *b, uint32_t *parent, uint32_t root,
                          group *g) {
  *g = (group){0};
  g->part = arena_alloc(b->m, (b->requirement_count + 1) * sizeof *g->part);
  g->free = arena_alloc(b->m, (b->variable_count + 1) * sizeof *g->free);
  for (uint32_t i = (uint32_t)b->named_count; i < b->variable_count; i++)
    if (set_root(parent, i) == root)
      g->free[g->free_count++] = i;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    const claim *c = r->claim;
    if (r->mixed &&
        set_root(parent, c->variable[c->variable_count - 1]) == root)
      g->part[g->part_count++] = r;
  }
  return g->part_count > 0;
}

/* Eliminates what it can and groups the rest. */
existence *exists_prepare(binding *b) {
  existence *x = arena_zeroed(b->m, 1, sizeof *x);
  const size_t free_count = b->variable_count - b->named_count;
  x->given = arena_zeroed(b->m, free_count + 1, sizeof *x->given);
  size_t index;
  uint32_t f;
  integer c;
  const expr *rest;
  while (free_count) {
    if (!find_definition(b, &index, &f, &c, &rest)) {
      if (settle_bounded(b))
        continue;
      break;
    }
    const requirement r = b->requirement[index];
    memmove(&b->requirement[index], &b->requirement[index + 1],
            (b->requirement_count - index - 1) * sizeof r);
    b->requirement_count--;
    const expr *size = solve_for(b, r.guard, &b->variable[f], c, rest);
    replace_everywhere(b, f, size);
    x->given[x->given_count++] = (given){.variable = f, .size = size};
  }
  x->group = arena_zeroed(b->m, free_count + 1, sizeof *x->group);
  uint32_t *parent = join_free(b);
  for (uint32_t i = (uint32_t)b->named_count; i < b->variable_count; i++)
    if (set_root(parent, i) == i &&
        collect_group(b, parent, i, &x->group[x->group_count]))
      x->group_count++;
  return x;
}

/* The size of a variable: itself, or what it was given away for. */
const expr *exists_size(const existence *x, const binding *b, size_t v) {
  for (size_t i = 0; i < x->given_count; i++)
    if (x->given[i].variable == v)
      return x->given[i].size;
  return b->symbol[v];
}
