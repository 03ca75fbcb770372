#include "solver/prove.h"

#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/split.h"
#include "solver/z3_backend.h"

#include <string.h>

/* One native proof. */
typedef struct {
  oracle *o;
  const claim *claim;
  integer *point;
  uint32_t frames; /* left */
  uint32_t depth;  /* splits that led here */
  bool seek;       /* for a point that holds, not for one that breaks */
} search;

/* An oracle with scratch memory of its own. */
void oracle_init(oracle *o, dimsat_context *cx, arena *m, budget *b,
                 counters *stats, const dimsat_options *options) {
  *o = (oracle){.cx = cx,
                .m = m,
                .b = b,
                .stats = stats,
                .native = !options || !options->no_native,
                .z3 = !options || !options->no_z3,
                .effort = EFFORT_FULL,
                .z3_effort = 1};
  arena_init(&o->scratch, &cx->fault);
}

/* Gives back the scratch memory, and what Z3 holds. */
void oracle_clear(oracle *o) {
  z3_end(o->cx);
  arena_clear(&o->scratch);
}

/* Evaluates at indices t; a point that is sought is kept. */
static bool hits_at(search *s, const space *sp, const integer *t) {
  oracle *o = s->o;
  integer *size =
      arena_alloc(&o->scratch, (sp->variable_count + 1) * sizeof *size);
  budget_spend(o->b, 1 + s->claim->node_count / 4);
  space_values(&o->scratch, sp, t, size);
  if (claim_at_point(s->claim, &o->scratch, size) !=
      (s->seek ? POINT_HOLDS : POINT_BREAKS))
    return false;
  for (size_t i = 0; i < sp->variable_count; i++)
    s->point[i] = integer_copy(o->m, size[i]);
  return true;
}

/* How many indices are tried for one parameter, and for how many parameters
 * alone. */
enum { PROBES = 13, MOST_MOVED = 64 };

/* The k-th index to try for a parameter: near its start, far, at its end. */
static integer probe_index(arena *m, const progression *p, int k) {
  static const int64_t near[] = {0, 1, 2, 3, 4, 6, 7, 15, 62, 1000003};
  enum { NEAR = sizeof near / sizeof *near };
  integer t;
  if (k < NEAR)
    t = integer_of(near[k]);
  else if (p->endless)
    t = integer_of((INT64_C(1) << 20) * (k - NEAR + 1) + k);
  else
    t = k == NEAR       ? p->last
        : k == NEAR + 1 ? integer_sub(m, p->last, integer_of(1))
                        : integer_floordiv(m, p->last, integer_of(2));
  if (integer_sign(t) < 0 || (!p->endless && integer_compare(t, p->last) > 0))
    return integer_of(0);
  return t;
}

/* Where the parameters stand that are not moved. */
typedef enum { OTHERS_LOW, OTHERS_HIGH, OTHERS_MIXED, OTHERS_COUNT } others;

/* The k-th point that moves parameter `mover`, or all when there is no such. */
static void set_point(arena *m, const space *sp, size_t mover, int k,
                      others rest, integer *t) {
  for (size_t j = 0; j < sp->parameter_count; j++) {
    int step = k;
    if (j != mover && mover != sp->parameter_count)
      step = rest == OTHERS_LOW ? 0 : rest == OTHERS_HIGH ? 10 : 2 + (int)j % 3;
    t[j] = probe_index(m, &sp->parameter[j], step);
  }
}

/* Tries a few dozen points: each parameter (of many, the first) through its
 * probes with the others low, high and mixed, then all at once. */
static bool hits_somewhere(search *s, const space *sp) {
  arena *m = &s->o->scratch;
  const size_t n = sp->parameter_count;
  integer *t = arena_zeroed(m, n + 1, sizeof *t);
  if (n == 0)
    return hits_at(s, sp, t);
  for (others rest = OTHERS_LOW; rest < OTHERS_COUNT; rest++)
    for (size_t i = 0; i <= n; i++)
      for (int k = 0; k < PROBES && (i < MOST_MOVED || i == n); k++) {
        set_point(m, sp, i, k, rest, t);
        if (hits_at(s, sp, t))
          return true;
      }
  return false;
}

static outcome explore(search *s, const space *sp, const uint16_t *cuts);

/* All parts of a split: breaks where one breaks, holds where all hold. */
static outcome explore_parts(search *s, const space *sp, const split *at,
                             const uint16_t *cuts) {
  arena *m = &s->o->scratch;
  const progression whole = sp->parameter[at->parameter];
  space *part = space_copy(m, sp);
  progression *p = &part->parameter[at->parameter];
  if (at->classes) {
    for (integer r = integer_of(0); integer_compare(r, at->number) < 0;
         r = integer_add(m, r, integer_of(1))) {
      if (!progression_class(m, &whole, at->number, r, p))
        break;
      const outcome part_outcome = explore(s, part, cuts);
      if (part_outcome != PROOF_HOLDS)
        return part_outcome;
    }
    return PROOF_HOLDS;
  }
  uint16_t *more = arena_alloc(m, (sp->parameter_count + 1) * sizeof *more);
  memcpy(more, cuts, sp->parameter_count * sizeof *more);
  more[at->parameter]++;
  progression low, high;
  progression_cut(m, &whole, at->number, &low, &high);
  *p = low;
  const outcome first = explore(s, part, more);
  if (first != PROOF_HOLDS)
    return first;
  *p = high;
  return explore(s, part, more);
}

/* Decides the claim on `sp` by a frame, by points, or by parts. */
static outcome explore(search *s, const space *sp, const uint16_t *cuts) {
  oracle *o = s->o;
  frame f;
  split at;
  if (s->frames == 0 || s->depth == MOST_NESTED_SPLITS)
    return PROOF_OPEN;
  s->frames--;
  s->depth++;
  const arena_mark mark = arena_get_mark(&o->scratch);
  frame_init(&f, &o->scratch, o->b, s->claim, sp);
  const truth t = frame_decide(&f);
  const truth settled = s->seek ? TRUTH_NEVER : TRUTH_ALWAYS;
  outcome answer = t == settled ? PROOF_HOLDS : PROOF_OPEN;
  integer *zero =
      arena_zeroed(&o->scratch, sp->parameter_count + 1, sizeof *zero);
  if (t != settled && hits_at(s, sp, zero))
    answer = PROOF_BREAKS;
  else if (t == TRUTH_UNKNOWN && split_choose(&f, cuts, &at))
    answer = explore_parts(s, sp, &at, cuts);
  s->depth--;
  arena_rewind(&o->scratch, mark);
  return answer;
}

/* One frame, points, then parts, on the part of `whole` that the claim sees. */
static outcome run(search *s, const space *whole) {
  oracle *o = s->o;
  const arena_mark mark = arena_get_mark(&o->scratch);
  const space *sp = claim_space(s->claim, &o->scratch, whole, NULL);
  uint16_t *cuts =
      arena_zeroed(&o->scratch, sp->parameter_count + 1, sizeof *cuts);
  outcome answer = PROOF_BREAKS;
  frame f;
  frame_init(&f, &o->scratch, o->b, s->claim, sp);
  if (frame_decide(&f) == (s->seek ? TRUTH_NEVER : TRUTH_ALWAYS))
    answer = PROOF_HOLDS;
  else if (!hits_somewhere(s, sp))
    answer = explore(s, sp, cuts);
  arena_rewind(&o->scratch, mark);
  return answer;
}

/* The native prover alone. */
outcome native_prove(oracle *o, const claim *c, const space *s,
                     integer *point) {
  search left = {.o = o, .claim = c, .point = point, .frames = o->effort};
  return run(&left, s);
}

/* The same with the roles swapped. */
static outcome native_refute(oracle *o, const claim *c, const space *s,
                             integer *point) {
  search left = {
      .o = o, .claim = c, .point = point, .frames = o->effort, .seek = true};
  return run(&left, s);
}

/* Symbols for the parameters' indices, and their ranges. */
const expr **parameter_symbols(oracle *o, const space *s, interval **range) {
  const expr **index =
      arena_alloc(o->m, (s->parameter_count + 1) * sizeof *index);
  *range = arena_alloc(o->m, (s->parameter_count + 1) * sizeof **range);
  for (size_t i = 0; i < s->parameter_count; i++) {
    const progression *p = &s->parameter[i];
    index[i] = build_symbol(o->cx, arena_format(o->m, "parameter!%zu", i));
    (*range)[i] = p->endless ? interval_from(integer_of(0))
                             : interval_of(integer_of(0), p->last);
  }
  return index;
}

/* offset + scale*(base + stride*parameter) */
const expr *place_expression(oracle *o, const space *s, const place *p,
                             const expr *const *parameter) {
  if (p->constant)
    return build_integer(o->cx, p->offset);
  const progression *t = &s->parameter[p->parameter];
  const integer constant =
      integer_add(o->m, p->offset, integer_mul(o->m, p->scale, t->base));
  const integer factor = integer_mul(o->m, p->scale, t->stride);
  return build_linear(o->cx, constant, &factor, &parameter[p->parameter], 1);
}

/* The claim's condition over the parameters of the space it sees. */
static const expr *placed_condition(oracle *o, const claim *c, const space *s,
                                    const expr *const *parameter) {
  const expr **to = arena_alloc(o->m, (s->variable_count + 1) * sizeof *to);
  for (size_t i = 0; i < s->variable_count; i++)
    to[i] = place_expression(o, s, &s->place[i], parameter);
  return substitute(
      o->cx, c->condition,
      &(substitution){.from = c->symbol, .to = to, .count = s->variable_count});
}

/* Asks Z3 for a breaking point, or for one that holds. */
static outcome ask_z3(oracle *o, const claim *c, const space *whole, bool seek,
                      integer *point) {
  interval *range;
  const space *s = claim_space(c, o->m, whole, NULL);
  const expr **parameter = parameter_symbols(o, s, &range);
  const expr *goal = placed_condition(o, c, s, parameter);
  integer *t = arena_alloc(o->m, (s->parameter_count + 1) * sizeof *t);
  const z3_question q = {.symbol = parameter,
                         .range = range,
                         .count = s->parameter_count,
                         .holds = seek ? &goal : NULL,
                         .holds_count = seek,
                         .breaks = seek ? NULL : &goal,
                         .breaks_count = !seek};
  switch (z3_find(o->cx, o->m, o->b, o->stats, &q, o->z3_effort, t, &o->why)) {
  case Z3_NONE:
    return PROOF_HOLDS;
  case Z3_GAVE_UP:
    return PROOF_OPEN;
  case Z3_FOUND:
    break;
  }
  space_values(o->m, s, t, point);
  if (claim_at_point(c, o->m, point) == (seek ? POINT_HOLDS : POINT_BREAKS))
    return PROOF_BREAKS;
  o->why = "a size was found that could not be confirmed";
  return PROOF_OPEN;
}

/* Native first, then Z3. */
static outcome ask_both(oracle *o, const claim *c, const space *s, bool seek,
                        integer *point) {
  o->why = NULL;
  if (o->native) {
    const outcome answer =
        seek ? native_refute(o, c, s, point) : native_prove(o, c, s, point);
    if (answer != PROOF_OPEN) {
      o->stats->native++;
      return answer;
    }
    o->why = "the native steps ran out";
  }
  return o->z3 ? ask_z3(o, c, s, seek, point) : PROOF_OPEN;
}

/* Whether the claim holds everywhere. */
outcome oracle_prove(oracle *o, const claim *c, const space *s,
                     integer *point) {
  return ask_both(o, c, s, false, point);
}

/* Whether the claim holds nowhere. */
outcome oracle_refute(oracle *o, const claim *c, const space *s,
                      integer *point) {
  return ask_both(o, c, s, true, point);
}
