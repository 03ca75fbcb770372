/*
 * The leaves: a tidy case as spaces, one for each choice of signs of its free
 * variables.  A frame proves that the conditions never hold together; else a
 * space is split, and each part's first point is tried.
 */
#include "solver/ask_case.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/split.h"

#include <string.h>

/* More free variables are not tried. */
enum { MOST_FREE = 6 };

typedef struct {
  ask_case *k;
  oracle *o;
  const claim *claim; /* all conditions */
  integer *point;     /* of the claim's variables */
  uint32_t frames;    /* left */
  uint32_t depth;     /* splits that led here */
} search;

/* ---- Points ------------------------------------------------------------- */

/* Whether the conditions hold at indices t; leaves the point. */
static bool holds_at(search *s, const space *sp, const integer *t) {
  budget_spend(s->o->b, 1 + s->claim->node_count / 4);
  space_values(&s->o->scratch, sp, t, s->point);
  if (claim_at_point(s->claim, &s->o->scratch, s->point) != POINT_HOLDS)
    return false;
  for (size_t i = 0; i < s->claim->variable_count; i++)
    s->point[i] = integer_copy(&s->k->a->cx->nodes, s->point[i]);
  return true;
}

/* The k-th index to try; 0 where there are no more. */
static integer probe(arena *m, const progression *p, int k) {
  static const int64_t near[] = {0, 1, 2, 3, 5, 7, 16, 61, 1000};
  enum { NEAR = sizeof near / sizeof *near };
  integer t = integer_of(k < NEAR ? near[k] : INT64_C(1) << 40);
  if (p->endless)
    return t;
  if (k == NEAR)
    t = p->last;
  if (k == NEAR + 1)
    t = integer_floordiv(m, p->last, integer_of(2));
  return integer_compare(t, p->last) > 0 ? integer_of(0) : t;
}

/* Tries each parameter through its probes with the others low, then at their
 * ends, then all at once. */
static bool holds_somewhere(search *s, const space *sp) {
  arena *m = &s->o->scratch;
  const size_t n = sp->parameter_count;
  integer *t = arena_zeroed(m, n + 1, sizeof *t);
  for (int others = 0; others < 3; others++)
    for (size_t i = 0; i <= n; i++)
      for (int k = others > 0 && i < n; k < 11; k++) {
        for (size_t j = 0; j < n; j++)
          t[j] = probe(m, &sp->parameter[j],
                       j == i || i == n ? k + (i == n ? others * (int)j : 0)
                       : others == 0    ? 0
                       : others == 1    ? 9
                                        : 1 + (int)j % 3);
        if (holds_at(s, sp, t))
          return true;
      }
  return false;
}

/* ---- Proofs ------------------------------------------------------------- */

/* The differences that are >= 0 when all conditions hold. */
static size_t list_nonnegative(frame *f, const poly **list, size_t most) {
  const claim *c = f->claim;
  const expr *root = c->condition;
  size_t n = 0;
  for (uint32_t k = 0; k < root->count && root->op == OP_AND; k++) {
    const expr *e = root->arg[k];
    if ((e->op != OP_LE && e->op != OP_EQ) || e->arg[0]->truth || n + 2 > most)
      continue;
    const poly *a = f->number[claim_index(c, e->arg[0])];
    const poly *b = f->number[claim_index(c, e->arg[1])];
    list[n] = poly_add(&f->store, b, a, integer_of(-1));
    n += list[n] != NULL;
    if (e->op != OP_EQ)
      continue;
    list[n] = poly_add(&f->store, a, b, integer_of(-1));
    n += list[n] != NULL;
  }
  return n;
}

/* p and q, both >= 0, added so that the first term of p goes away. */
static const poly *cancel(frame *f, const poly *p, const poly *q) {
  arena *m = f->store.arena;
  for (uint32_t i = 0; i < q->count && p->count; i++) {
    if (q->term[i].monomial != p->term[0].monomial)
      continue;
    const integer a = p->term[0].coefficient, b = q->term[i].coefficient;
    if (integer_sign(a) == integer_sign(b))
      return NULL;
    return poly_add(&f->store, poly_scale(&f->store, p, integer_abs(m, b)), q,
                    integer_abs(m, a));
  }
  return NULL;
}

/* Whether two conditions exclude each other: a sum of both is negative. */
static bool exclude_each_other(frame *f) {
  enum { MOST = 16 };
  const poly *list[MOST];
  const size_t n = list_nonnegative(f, list, MOST);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      if (i == j)
        continue;
      if (j > i &&
          frame_at_most(f, poly_add(&f->store, list[i], list[j], integer_of(1)),
                        -1))
        return true;
      if (frame_at_most(f, cancel(f, list[i], list[j]), -1))
        return true;
    }
  return false;
}

static ask_outcome explore(search *s, const space *sp, const uint16_t *cuts);

/* All parts of a split: found in one, or in none. */
static ask_outcome explore_parts(search *s, const space *sp, const split *at,
                                 const uint16_t *cuts) {
  arena *m = &s->o->scratch;
  const progression whole = sp->parameter[at->parameter];
  space *part = space_copy(m, sp);
  progression *p = &part->parameter[at->parameter];
  ask_outcome all = ASK_NONE;
  uint16_t *more = arena_zeroed(m, sp->parameter_count + 1, sizeof *more);
  memcpy(more, cuts, sp->parameter_count * sizeof *more);
  progression half[2];
  if (!at->classes) {
    more[at->parameter]++;
    progression_cut(m, &whole, at->number, &half[0], &half[1]);
  }
  const integer count = at->classes ? at->number : integer_of(2);
  for (integer r = integer_of(0); integer_compare(r, count) < 0;
       r = integer_add(m, r, integer_of(1))) {
    if (!at->classes)
      *p = half[r.small];
    else if (!progression_class(m, &whole, at->number, r, p))
      break;
    const ask_outcome o = explore(s, part, more);
    if (o == ASK_FOUND)
      return o;
    if (o == ASK_OPEN)
      all = o;
    if (s->frames == 0)
      return ASK_OPEN;
  }
  return all;
}

/* Decides a space by a frame, by its first point, or by parts. */
static ask_outcome explore(search *s, const space *sp, const uint16_t *cuts) {
  oracle *o = s->o;
  if (s->frames == 0 || s->depth == MOST_NESTED_SPLITS)
    return ASK_OPEN;
  s->frames--;
  s->depth++;
  const arena_mark mark = arena_get_mark(&o->scratch);
  frame f;
  split at;
  frame_init(&f, &o->scratch, o->b, s->claim, sp);
  const truth t = frame_decide(&f);
  integer *zero =
      arena_zeroed(&o->scratch, sp->parameter_count + 1, sizeof *zero);
  ask_outcome answer = ASK_OPEN;
  if (t == TRUTH_NEVER)
    answer = ASK_NONE;
  else if (holds_at(s, sp, zero))
    answer = ASK_FOUND;
  else if (!f.unsettled && exclude_each_other(&f))
    answer = ASK_NONE;
  else if (t == TRUTH_UNKNOWN && split_choose(&f, cuts, &at))
    answer = explore_parts(s, sp, &at, cuts);
  s->depth--;
  arena_rewind(&o->scratch, mark);
  return answer;
}

/* ---- Spaces ------------------------------------------------------------- */

/* The space of the claim's variables, the n-th free one of them going up where
 * bit n of `signs` is clear. */
static space *space_of(search *s, uint32_t signs) {
  const claim *c = s->claim;
  arena *m = &s->o->scratch;
  space *sp = space_new(m, c->variable_count, c->variable_count);
  size_t n = 0;
  for (size_t i = 0; i < c->variable_count; i++) {
    interval r = s->k->range[c->variable[i]];
    if (!r.has_lo && !r.has_hi)
      r = (signs >> n++) & 1 ? interval_upto(integer_of(-1))
                             : interval_from(integer_of(0));
    sp->place[i] = (place){.parameter = (uint32_t)i, .scale = integer_of(1)};
    sp->parameter[i] = progression_of(m, r);
  }
  return sp;
}

/* A size of every variable of the case: any, where the claim does not care. */
static integer *sizes_of(search *s) {
  const ask_case *k = s->k;
  integer *size = arena_zeroed(&s->o->scratch, k->count + 1, sizeof *size);
  for (size_t i = 0; i < k->count; i++)
    size[i] = k->range[i].has_lo ? k->range[i].lo : k->range[i].hi;
  for (size_t i = 0; i < s->claim->variable_count; i++)
    size[s->claim->variable[i]] = s->point[i];
  return size;
}

/* The values of the question's symbols at the point found. */
static bool carry_back(search *s, integer *point) {
  asking *a = s->k->a;
  const assignment at = {
      .symbol = s->k->symbol, .value = sizes_of(s), .count = s->k->count};
  for (size_t i = 0; i < a->count; i++) {
    const value v = evaluate(a->cx, s->k->value[i], &at);
    if (v.kind != VALUE_NUMBER)
      return false;
    point[i] = integer_copy(&a->cx->nodes, v.number);
  }
  return true;
}

/* The claim that all conditions hold. */
static const claim *claim_of(search *s) {
  ask_case *k = s->k;
  dimsat_context *cx = k->a->cx;
  const expr *all = build_and(cx, k->condition, k->condition_count);
  uint32_t *variable_of =
      arena_alloc(&s->o->scratch, cx->node_count * sizeof *variable_of);
  for (size_t i = 0; i < k->count; i++)
    variable_of[k->symbol[i]->id] = (uint32_t)i;
  return claim_new(cx, &s->o->scratch, all, k->symbol, variable_of);
}

/* How many variables that matter are free. */
static size_t count_free(const search *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->claim->variable_count; i++) {
    const interval r = s->k->range[s->claim->variable[i]];
    n += !r.has_lo && !r.has_hi;
  }
  return n;
}

/* Looks for a point on the space of each choice of signs. */
static ask_outcome search_spaces(search *s, bool thorough) {
  arena *m = &s->o->scratch;
  const size_t n = count_free(s);
  if (n > MOST_FREE)
    return ASK_OPEN;
  ask_outcome all = ASK_NONE;
  uint16_t *cuts = arena_zeroed(m, s->claim->variable_count + 1, sizeof *cuts);
  for (uint32_t signs = 0; signs < UINT32_C(1) << n; signs++) {
    const space *sp = space_of(s, signs);
    s->frames = thorough ? EFFORT_TRY : 1;
    ask_outcome o = explore(s, sp, cuts);
    if (o == ASK_OPEN && holds_somewhere(s, sp))
      o = ASK_FOUND;
    if (o == ASK_FOUND)
      return o;
    if (o == ASK_OPEN && all == ASK_OPEN && n > 2)
      return o;
    if (o == ASK_OPEN)
      all = o;
  }
  return all;
}

/* Looks for a point on the spaces of a tidy case. */
ask_outcome ask_leaf(ask_case *k, bool thorough, integer *point) {
  asking *a = k->a;
  const arena_mark mark = arena_get_mark(&a->o.scratch);
  search s = {.k = k, .o = &a->o};
  s.claim = claim_of(&s);
  s.point =
      arena_zeroed(&a->o.scratch, s.claim->variable_count + 1, sizeof *s.point);
  ask_outcome o = search_spaces(&s, thorough);
  if (o == ASK_FOUND && !carry_back(&s, point))
    o = ASK_OPEN;
  arena_rewind(&a->o.scratch, mark);
  return o;
}
