#include "solver/exists.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"

#include <string.h>

/* Variables with more bounds on a side are left alone. */
enum { MOST_BOUNDS = 8 };

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

/*
 * Whether free variable f occurs in inequalities alone, linear and all in one
 * direction: `*up` when larger sizes are better for all of them.
 */
static bool is_one_sided(binding *b, uint32_t f, bool *up) {
  int direction = 0;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    integer c;
    const expr *rest;
    if (!r->claim->used[f])
      continue;
    if (r->condition->op != OP_LE)
      return false;
    const expr *e =
        build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
    if (!exists_isolate(b, e, b->symbol[f], &c, &rest) || rest->partial ||
        (direction && direction != integer_sign(c)))
      return false;
    direction = integer_sign(c);
  }
  *up = direction < 0;
  return direction != 0;
}

/* Removes the requirements that hold f: an endless range satisfies them. */
static void drop_everywhere(binding *b, uint32_t f) {
  size_t n = 0;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (!b->requirement[i].claim->used[f])
      b->requirement[n++] = b->requirement[i];
  b->requirement_count = n;
}

/* Terms that bound a free variable from one side. */
typedef struct {
  const expr *item[MOST_BOUNDS];
  size_t from[MOST_BOUNDS]; /* the guard each comes from */
  size_t count;
} bounds;

/* Adds a bound; false when there are too many. */
static bool add_bound(bounds *list, const expr *e, size_t from) {
  if (list->count == MOST_BOUNDS)
    return false;
  list->from[list->count] = from;
  list->item[list->count++] = e;
  return true;
}

/* The bounds of f, where it occurs in inequalities alone and with the
 * coefficients 1 and -1; false elsewhere. */
static bool find_bounds(binding *b, uint32_t f, bounds *low, bounds *high) {
  const variable *v = &b->variable[f];
  *low = *high = (bounds){.count = 0};
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    integer c;
    const expr *rest;
    if (!r->claim->used[f])
      continue;
    if (r->condition->op != OP_LE)
      return false;
    const expr *e =
        build_sub(b->cx, r->condition->arg[0], r->condition->arg[1]);
    if (!exists_isolate(b, e, b->symbol[f], &c, &rest) || rest->partial)
      return false;
    if (integer_is(c, -1)
            ? !add_bound(low, rest, r->guard)
            : !integer_is(c, 1) ||
                  !add_bound(high, build_neg(b->cx, rest), r->guard))
      return false;
  }
  return low->count && high->count &&
         (!v->assumed.has_lo ||
          add_bound(low, build_integer(b->cx, v->assumed.lo), NO_GUARD)) &&
         (!v->assumed.has_hi ||
          add_bound(high, build_integer(b->cx, v->assumed.hi), NO_GUARD));
}

/* Every lower bound is at most every upper one: exact, since the coefficients
 * are 1 (Fourier and Motzkin). */
static void pair_bounds(binding *b, uint32_t f, const bounds *low,
                        const bounds *high) {
  drop_everywhere(b, f);
  for (size_t i = 0; i < low->count; i++)
    for (size_t k = 0; k < high->count; k++)
      bind_require(b, low->from[i] != NO_GUARD ? low->from[i] : high->from[k],
                   build_le(b->cx, low->item[i], high->item[k]), NULL);
}

/* Settles one free variable that occurs in inequalities alone; false when there
 * is none.  The size of a DYNAMIC axis is of interest itself, so it stays. */
static bool settle_bounded(binding *b) {
  for (uint32_t f = (uint32_t)b->named_count; f < b->variable_count; f++) {
    const variable *v = &b->variable[f];
    bool up;
    bounds low, high;
    if (v->dynamic)
      continue;
    if (is_one_sided(b, f, &up)) {
      if (up ? !v->assumed.has_hi : !v->assumed.has_lo)
        drop_everywhere(b, f);
      else
        replace_everywhere(
            b, f, build_integer(b->cx, up ? v->assumed.hi : v->assumed.lo));
      return true;
    }
    if (find_bounds(b, f, &low, &high)) {
      pair_bounds(b, f, &low, &high);
      return true;
    }
  }
  return false;
}

/* ---- Groups ------------------------------------------------------------ */

/* The representative of a set of variables. */
static uint32_t root_of(uint32_t *parent, uint32_t i) {
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

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
        parent[root_of(parent, c->variable[k])] =
            root_of(parent, c->variable[k - 1]);
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
    if (root_of(parent, i) == root)
      g->free[g->free_count++] = i;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    const claim *c = r->claim;
    if (r->mixed && root_of(parent, c->variable[c->variable_count - 1]) == root)
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
    if (root_of(parent, i) == i &&
        collect_group(b, parent, i, &x->group[x->group_count]))
      x->group_count++;
  return x;
}
