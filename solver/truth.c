/* The truth of conditions on a space, from the normal forms of numbers. */
#include "solver/frame.h"

/* An empty frame: the space's parameters are its first atoms. */
void frame_init(frame *f, arena *m, budget *b, const claim *c, const space *s) {
  *f = (frame){.claim = c, .space = s};
  poly_store_init(&f->store, m, b);
  f->atom_count = s->parameter_count;
  f->atom_capacity = s->parameter_count + 8;
  f->atom = arena_zeroed(m, f->atom_capacity, sizeof *f->atom);
  for (size_t i = 0; i < s->parameter_count; i++) {
    const progression *p = &s->parameter[i];
    f->atom[i] =
        (atom){.kind = ATOM_PARAMETER,
               .range = p->endless ? interval_from(integer_of(0))
                                   : interval_of(integer_of(0), p->last)};
  }
  f->number = arena_zeroed(m, c->node_count, sizeof *f->number);
  f->truth = arena_zeroed(m, c->node_count, sizeof *f->truth);
  f->open = arena_zeroed(m, c->node_count, sizeof *f->open);
}

/* b - a of a relation. */
static const poly *difference(frame *f, const expr *e) {
  return poly_add(&f->store, f->number[claim_index(f->claim, e->arg[1])],
                  f->number[claim_index(f->claim, e->arg[0])], integer_of(-1));
}

/* Whether p can be 0: NEVER when its range or its gcd says no. */
static truth is_zero(frame *f, const poly *p) {
  arena *m = f->store.arena;
  if (p->count == 0)
    return TRUTH_ALWAYS;
  if (frame_at_least(f, p, 1) || frame_at_most(f, p, -1))
    return TRUTH_NEVER;
  const integer g = poly_content(m, p);
  if (!integer_is(g, 0) && !integer_divides(g, poly_constant_term(p)))
    return TRUTH_NEVER;
  return TRUTH_UNKNOWN;
}

/* Whether p is >= 0. */
static truth is_nonnegative(frame *f, const poly *p) {
  if (frame_at_least(f, p, 0))
    return TRUTH_ALWAYS;
  return frame_at_most(f, p, -1) ? TRUTH_NEVER : TRUTH_UNKNOWN;
}

/* EQ or LE by the sign of the difference, then without common factors. */
static truth relation(frame *f, uint32_t i) {
  const expr *e = f->claim->node[i];
  truth (*const test)(frame *, const poly *) =
      e->op == OP_EQ ? is_zero : is_nonnegative;
  const poly *p = difference(f, e);
  if (!p)
    return TRUTH_UNKNOWN;
  truth t = test(f, p);
  if (t == TRUTH_UNKNOWN) {
    const poly *q = frame_primitive(f, p);
    if (q != p)
      t = test(f, q);
    f->open[i] = q;
  }
  return t;
}

/* Always when all operands are `all`, never when one is its opposite; turned
 * round for OR. */
static truth connective(const frame *f, const expr *e, truth all, truth any) {
  bool every = true;
  for (uint32_t k = 0; k < e->count; k++) {
    const truth t = f->truth[claim_index(f->claim, e->arg[k])];
    if (t == any)
      return any;
    every &= t == all;
  }
  return every ? all : TRUTH_UNKNOWN;
}

/* Whether two conditions have one truth. */
static truth equivalence(const frame *f, const expr *e) {
  const truth a = f->truth[claim_index(f->claim, e->arg[0])];
  const truth b = f->truth[claim_index(f->claim, e->arg[1])];
  if (a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN)
    return TRUTH_UNKNOWN;
  return a == b ? TRUTH_ALWAYS : TRUTH_NEVER;
}

/* The truth of condition node i. */
static truth condition(frame *f, uint32_t i) {
  const expr *e = f->claim->node[i];
  if (e->op == OP_TRUE)
    return TRUTH_ALWAYS;
  if (e->op == OP_FALSE)
    return TRUTH_NEVER;
  if (e->op == OP_EQ && e->arg[0]->truth)
    return equivalence(f, e);
  if (e->op == OP_EQ || e->op == OP_LE)
    return relation(f, i);
  if (e->op == OP_AND)
    return connective(f, e, TRUTH_ALWAYS, TRUTH_NEVER);
  if (e->op == OP_OR)
    return connective(f, e, TRUTH_NEVER, TRUTH_ALWAYS);
  if (e->op == OP_NOT) {
    const truth t = f->truth[claim_index(f->claim, e->arg[0])];
    return t == TRUTH_ALWAYS  ? TRUTH_NEVER
           : t == TRUTH_NEVER ? TRUTH_ALWAYS
                              : TRUTH_UNKNOWN;
  }
  f->unsettled = true;
  return TRUTH_UNKNOWN;
}

/* Normal forms and truths of all nodes; the truth of the claim.  A claim may
 * also be a number, for its normal form: its truth is then UNKNOWN. */
truth frame_decide(frame *f) {
  const claim *c = f->claim;
  for (uint32_t i = 0; i < c->node_count; i++) {
    budget_spend(f->store.budget, 1);
    if (c->node[i]->truth)
      f->truth[i] = condition(f, i);
    else
      f->number[i] = frame_normal(f, i);
  }
  const truth t = f->truth[c->node_count - 1];
  if (f->never_defined)
    return TRUTH_NEVER;
  if (f->unsettled || (t == TRUTH_ALWAYS && f->uncertain))
    return TRUTH_UNKNOWN;
  return t;
}
