/*
 * Proving that free axes can follow the named dims: each free variable is given
 * a size as an expression of the rest (solver/candidate.h), and the guards are
 * proved with it.  What is left goes to Z3 with a quantifier.
 */
#include "solver/allowed.h"
#include "solver/candidate.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/z3_backend.h"

/* Proofs for one group, and fixed sizes tried at each end of a range. */
enum { MOST_TRIES = 64, FIXED_SIZES = 8 };

typedef struct {
  oracle *o;
  binding *b;
  const group *group;
  const space *space;
  int tries;
  const expr **choice; /* of each free variable, once all are found */
} search;

/* Whether a condition without free variables holds on the space. */
static bool holds(search *s, const expr *condition) {
  const claim *c = bind_claim(s->b, condition);
  integer *ignored =
      arena_alloc(s->o->m, (c->variable_count + 1) * sizeof *ignored);
  return native_prove(s->o, c, s->space, ignored) == PROOF_HOLDS;
}

/* Appends that the size lies in the variable's range. */
static size_t add_range(const search *s, const expr *size, interval range,
                        const expr **part, size_t count) {
  dimsat_context *cx = s->o->cx;
  if (range.has_lo)
    part[count++] = build_le(cx, build_integer(cx, range.lo), size);
  if (range.has_hi)
    part[count++] = build_le(cx, size, build_integer(cx, range.hi));
  return count;
}

/* Whether a condition still speaks of a free variable from the i-th on. */
static bool has_free(const search *s, const expr *e, size_t i) {
  for (; i < s->group->free_count; i++)
    if (exists_mentions(s->b, e, s->b->symbol[s->group->free[i]]))
      return true;
  return false;
}

/* The first size whose condition holds. */
static const expr *first_that_holds(dimsat_context *cx,
                                    const expr *const *condition,
                                    const expr *const *size, size_t n) {
  const expr *e = size[n - 1];
  for (size_t i = n - 1; i-- > 0;)
    e = build_ite(cx, condition[i], size[i], e);
  return e;
}

/*
 * Whether one of several fixed sizes of v will do wherever it is asked: for a
 * last free variable that no single expression serves.
 */
static bool one_of_several(search *s, const expr *const *part, size_t count,
                           uint32_t v) {
  dimsat_context *cx = s->o->cx;
  const variable *u = &s->b->variable[v];
  const expr *option[2 * FIXED_SIZES], *fixed[2 * FIXED_SIZES], **all;
  size_t n = 0;
  for (int64_t k = 0; k < 2 * FIXED_SIZES; k++) {
    if (k % 2 ? !u->assumed.has_hi : !u->assumed.has_lo)
      continue;
    const integer x =
        k % 2 ? integer_sub(s->b->m, u->assumed.hi, integer_of(k / 2))
              : integer_add(s->b->m, u->assumed.lo, integer_of(k / 2));
    const expr *size = build_integer(cx, x);
    const substitution give = {
        .from = &s->b->symbol[v], .to = &size, .count = 1};
    if (!interval_has(u->assumed, x))
      continue;
    all = arena_alloc(s->o->m, (count + 1) * sizeof *all);
    for (size_t j = 0; j < count; j++)
      all[j] = substitute(cx, part[j], &give);
    fixed[n] = size;
    option[n++] = build_and(cx, all, count);
  }
  if (n == 0 || !holds(s, build_or(cx, option, n)))
    return false;
  s->choice[0] = first_that_holds(cx, option, fixed, n);
  return true;
}

/* Gives sizes to the free variables from the i-th on; whether all parts can be
 * proved.  A part is proved as soon as it is free of free variables. */
static bool choose(search *s, const expr *const *part, size_t count, size_t i) {
  if (i == s->group->free_count)
    return true;
  const uint32_t v = s->group->free[i];
  const candidates c = candidate_list(s->b, s->group, part, count, v);
  const expr **next = arena_alloc(s->o->m, (count + 3) * sizeof *next);
  for (size_t k = 0; k < c.count && s->tries-- > 0; k++) {
    const substitution give = {
        .from = &s->b->symbol[v], .to = &c.item[k], .count = 1};
    for (size_t j = 0; j < count; j++)
      next[j] = substitute(s->o->cx, part[j], &give);
    const size_t n =
        add_range(s, c.item[k], s->b->variable[v].assumed, next, count);
    bool good = true;
    for (size_t j = 0; j < n && good; j++)
      good = has_free(s, next[j], i + 1) || holds(s, next[j]);
    s->choice[i] = c.item[k];
    if (good && choose(s, next, n, i + 1))
      return true;
  }
  return i + 1 == s->group->free_count && i == 0 &&
         one_of_several(s, part, count, v);
}

/* Sizes of the free variables that satisfy the group, where some are found. */
bool exists_choose(oracle *o, binding *b, const group *g, const space *sp,
                   const expr **choice) {
  search s = {.o = o,
              .b = b,
              .group = g,
              .space = sp,
              .tries = MOST_TRIES,
              .choice = choice};
  const uint32_t effort = o->effort;
  const expr **part = arena_alloc(o->m, (g->part_count + 1) * sizeof *part);
  for (size_t i = 0; i < g->part_count; i++)
    part[i] = g->part[i]->condition;
  o->effort = effort / 4;
  const bool found = choose(&s, part, g->part_count, 0);
  o->effort = effort;
  return found;
}

/* ---- Refuting ---------------------------------------------------------- */

/* Whether no size of the group's only free variable will do where the named
 * variables have the sizes `point`. */
static bool is_refuted(oracle *o, binding *b, const group *g,
                       const integer *point) {
  const uint32_t v = g->free[0];
  const claim **part = arena_alloc(o->m, (g->part_count + 1) * sizeof *part);
  const expr **to = arena_alloc(o->m, (b->named_count + 1) * sizeof *to);
  const substitution at = {
      .from = b->symbol, .to = to, .count = b->named_count};
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = build_integer(o->cx, point[i]);
  for (size_t i = 0; i < g->part_count; i++)
    part[i] = bind_claim(b, substitute(o->cx, g->part[i]->condition, &at));
  if (!b->variable[v].assumed.has_lo)
    return false;
  const allowed a = allowed_of(o, b->variable[v].assumed, part, g->part_count);
  return a.exact && a.count == 0;
}

/* Looks for a refutation where all parameters are low, or one is high. */
static bool find_refutation(oracle *o, binding *b, const group *g,
                            const space *s, integer *point) {
  integer *t = arena_zeroed(o->m, s->parameter_count + 1, sizeof *t);
  if (g->free_count != 1)
    return false;
  for (size_t i = 0; i <= b->named_count; i++)
    for (int64_t k = 1; k <= 64; k *= 4) {
      if (i < b->named_count) {
        if (s->place[i].constant)
          break;
        const progression *p = &s->parameter[s->place[i].parameter];
        t[s->place[i].parameter] =
            p->endless ? integer_of(k) : integer_min(integer_of(k), p->last);
      }
      space_values(o->m, s, t, point);
      if (is_refuted(o, b, g, point))
        return true;
      if (i < b->named_count)
        t[s->place[i].parameter] = integer_of(0);
      else
        break;
    }
  return false;
}

/* ---- Z3 ---------------------------------------------------------------- */

/* The group's conditions over parameters and free symbols, for Z3. */
static const expr **part_expressions(oracle *o, binding *b, const group *g,
                                     const space *s,
                                     const expr *const *parameter) {
  const expr **goal = arena_alloc(o->m, g->part_count * sizeof *goal);
  const expr **to = arena_alloc(o->m, (b->variable_count + 1) * sizeof *to);
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = place_expression(o, s, &s->place[i], parameter);
  for (size_t i = 0; i < g->part_count; i++)
    goal[i] = substitute(
        o->cx, g->part[i]->condition,
        &(substitution){.from = b->symbol, .to = to, .count = b->named_count});
  return goal;
}

/* Whether Z3 confirms that at the sizes `point` no free sizes will do. */
static bool confirm_break(oracle *o, binding *b, const group *g,
                          const integer *point) {
  const expr **free = arena_alloc(o->m, (g->free_count + 1) * sizeof *free);
  interval *range = arena_alloc(o->m, (g->free_count + 1) * sizeof *range);
  const expr **goal = arena_alloc(o->m, (g->part_count + 1) * sizeof *goal);
  const expr **to = arena_alloc(o->m, (b->named_count + 1) * sizeof *to);
  integer *model = arena_alloc(o->m, (g->free_count + 1) * sizeof *model);
  for (size_t i = 0; i < b->named_count; i++)
    to[i] = build_integer(o->cx, point[i]);
  for (size_t i = 0; i < g->free_count; i++) {
    free[i] = b->symbol[g->free[i]];
    range[i] = b->variable[g->free[i]].assumed;
  }
  for (size_t i = 0; i < g->part_count; i++)
    goal[i] = substitute(
        o->cx, g->part[i]->condition,
        &(substitution){.from = b->symbol, .to = to, .count = b->named_count});
  const z3_question q = {.symbol = free,
                         .range = range,
                         .count = g->free_count,
                         .holds = goal,
                         .holds_count = g->part_count};
  return z3_find(o->cx, o->m, o->b, o->stats, &q, o->z3_effort, model,
                 &o->why) == Z3_NONE;
}

/* Asks Z3 for sizes of the named dims that no free sizes can satisfy. */
static outcome ask_z3(oracle *o, binding *b, const group *g, const space *s,
                      integer *point) {
  interval *range;
  const expr **parameter = parameter_symbols(o, s, &range);
  const size_t n = s->parameter_count + g->free_count;
  const expr **all = arena_alloc(o->m, (n + 1) * sizeof *all);
  interval *ranges = arena_alloc(o->m, (n + 1) * sizeof *ranges);
  integer *t = arena_alloc(o->m, (n + 1) * sizeof *t);
  for (size_t i = 0; i < s->parameter_count; i++) {
    all[i] = parameter[i];
    ranges[i] = range[i];
  }
  for (size_t i = 0; i < g->free_count; i++) {
    all[s->parameter_count + i] = b->symbol[g->free[i]];
    ranges[s->parameter_count + i] = b->variable[g->free[i]].assumed;
  }
  const z3_question q = {.symbol = all,
                         .range = ranges,
                         .count = n,
                         .quantified = g->free_count,
                         .breaks = part_expressions(o, b, g, s, parameter),
                         .breaks_count = g->part_count};
  const z3_verdict v =
      z3_find(o->cx, o->m, o->b, o->stats, &q, o->z3_effort * 0.05, t, &o->why);
  if (v != Z3_FOUND)
    return v == Z3_NONE ? PROOF_HOLDS : PROOF_OPEN;
  space_values(o->m, s, t, point);
  return confirm_break(o, b, g, point) ? PROOF_BREAKS : PROOF_OPEN;
}

/* Whether the group can be satisfied everywhere on `s`. */
outcome exists_prove(oracle *o, binding *b, const group *g, const space *s,
                     integer *point) {
  o->why = NULL;
  if (o->native) {
    const expr **choice =
        arena_alloc(o->m, (g->free_count + 1) * sizeof *choice);
    if (exists_choose(o, b, g, s, choice)) {
      o->stats->native++;
      return PROOF_HOLDS;
    }
    if (find_refutation(o, b, g, s, point)) {
      o->stats->native++;
      return PROOF_BREAKS;
    }
    o->why = "no sizes of the free axes were found by trying";
  }
  return o->z3 ? ask_z3(o, b, g, s, point) : PROOF_OPEN;
}
