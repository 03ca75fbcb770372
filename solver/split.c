/*
 * A relation that one value of a parameter settles is cut there.  A floor
 * quotient by a number is exact on residue classes, so else the smallest
 * modulus that settles an innermost quotient comes first.  Where none is open,
 * a sign is: the parameter that was cut least often is cut.
 */
#include "solver/split.h"

/* Larger moduli are never enumerated. */
enum { LARGEST_MODULUS = 4096 };

/* What the open relations of a frame are made of. */
typedef struct {
  frame *f;
  bool *node; /* visited */
  bool *atom; /* occurs */
} search;

static void visit_poly(search *s, const poly *p);

/* Marks the open relations below condition node i, and what they hold. */
static void visit_node(search *s, uint32_t i) {
  frame *f = s->f;
  const expr *e = f->claim->node[i];
  if (s->node[i])
    return;
  s->node[i] = true;
  if (!e->truth) {
    visit_poly(s, f->number[i]);
    return;
  }
  if (f->truth[i] != TRUTH_UNKNOWN)
    return;
  if (f->open[i])
    visit_poly(s, f->open[i]);
  else
    for (uint32_t k = 0; k < e->count; k++)
      visit_node(s, claim_index(f->claim, e->arg[k]));
}

/* Marks the atoms of p and what they are made of. */
static void visit_poly(search *s, const poly *p) {
  for (uint32_t i = 0; p && i < p->count; i++) {
    const monomial *m = p->term[i].monomial;
    for (uint32_t k = 0; k < m->degree; k++) {
      if (s->atom[m->atom[k]])
        continue;
      s->atom[m->atom[k]] = true;
      const atom *a = &s->f->atom[m->atom[k]];
      visit_poly(s, a->numerator);
      visit_poly(s, a->divisor);
      for (uint32_t j = 0; j < a->option_count; j++)
        visit_poly(s, a->option[j]);
      if (a->has_condition)
        visit_node(s, a->node);
    }
  }
}

/* Marks everything that keeps the claim open. */
static search search_open(frame *f) {
  arena *m = f->store.arena;
  search s = {.f = f,
              .node = arena_zeroed(m, f->claim->node_count, sizeof(bool)),
              .atom = arena_zeroed(m, f->atom_count, sizeof(bool))};
  visit_node(&s, f->claim->node_count - 1);
  for (size_t i = 0; i < f->doubt_count; i++)
    visit_poly(&s, f->doubt[i]);
  return s;
}

/* Whether p is made of parameters alone. */
static bool is_innermost(const frame *f, const poly *p) {
  uint32_t top;
  return !poly_top_atom(p, &top) || top < f->space->parameter_count;
}

/* The cut between two values of a quotient that takes few, when its numerator
 * is linear in one parameter. */
static bool cut_between(frame *f, const atom *a, integer c, uint32_t parameter,
                        integer k, integer modulus, split *out) {
  arena *m = f->store.arena;
  if (!a->range.has_lo || !a->range.has_hi || a->numerator->count > 2 ||
      a->numerator->term[0].monomial->degree != 1)
    return false;
  const integer values = integer_sub(m, a->range.hi, a->range.lo);
  if (integer_compare(values, modulus) >= 0)
    return false;
  const integer sum = integer_add(m, a->range.lo, a->range.hi);
  const integer middle = integer_ceildiv(m, sum, integer_of(2));
  const integer bound = integer_sub(m, integer_mul(m, middle, c),
                                    poly_constant_term(a->numerator));
  const progression *p = &f->space->parameter[parameter];
  const integer at = integer_ceildiv(m, bound, k);
  if (integer_sign(k) < 0 || integer_sign(at) <= 0 ||
      (!p->endless && integer_compare(at, p->last) > 0))
    return false;
  *out = (split){.parameter = parameter, .number = at};
  return true;
}

/* Improves `best` by the moduli that settle quotient `a`, divisor `c`. */
static void offer_classes(frame *f, const atom *a, integer c, split *best,
                          bool *found) {
  arena *m = f->store.arena;
  for (uint32_t i = 0; i < a->numerator->count; i++) {
    const term t = a->numerator->term[i];
    const integer modulus =
        integer_floordiv(m, c, integer_gcd(m, c, t.coefficient));
    if (integer_is(modulus, 1))
      continue;
    for (uint32_t k = 0; k < t.monomial->degree; k++) {
      const uint32_t p = t.monomial->atom[k];
      split cut;
      if (p >= f->space->parameter_count)
        continue;
      if (!*found && cut_between(f, a, c, p, t.coefficient, modulus, &cut)) {
        *best = cut;
        *found = true;
        return;
      }
      if (integer_compare(modulus, integer_of(LARGEST_MODULUS)) > 0 ||
          (*found &&
           (!best->classes || integer_compare(best->number, modulus) <= 0)))
        continue;
      *best = (split){.parameter = p, .classes = true, .number = modulus};
      *found = true;
    }
  }
}

/* The best split into classes, innermost quotients first. */
static bool choose_classes(frame *f, const bool *marked, split *out) {
  for (int inner = 1; inner >= 0; inner--) {
    bool found = false;
    for (size_t i = f->space->parameter_count; i < f->atom_count; i++) {
      const atom a = f->atom[i];
      integer c;
      if (!marked[i] || a.kind != ATOM_QUOTIENT ||
          !poly_is_constant(a.divisor, &c) ||
          (inner && !is_innermost(f, a.numerator)))
        continue;
      offer_classes(f, &a, c, out, &found);
    }
    if (found)
      return true;
  }
  return false;
}

/* Whether p is a multiple of one atom, but for a constant. */
static bool has_one_atom(const poly *p) {
  return p->count > 0 && p->term[0].monomial->degree == 1 &&
         (p->count == 1 || (p->count == 2 && p->term[1].monomial->degree == 0));
}

/* The sign change of a relation that is linear in one parameter alone. */
static bool cut_at_root(frame *f, const bool *node, split *out) {
  arena *m = f->store.arena;
  for (uint32_t i = 0; i < f->claim->node_count; i++) {
    const poly *p = f->open[i];
    if (!node[i] || f->truth[i] != TRUTH_UNKNOWN || !p || !has_one_atom(p) ||
        p->term[0].monomial->atom[0] >= f->space->parameter_count)
      continue;
    const uint32_t parameter = p->term[0].monomial->atom[0];
    const progression *t = &f->space->parameter[parameter];
    const integer k = p->term[0].coefficient, c = poly_constant_term(p);
    integer at = integer_ceildiv(m, integer_neg(m, c), k);
    if (integer_sign(k) < 0)
      at = integer_add(m, integer_floordiv(m, integer_neg(m, c), k),
                       integer_of(1));
    if (integer_sign(at) <= 0)
      at = integer_of(1);
    if (!t->endless && integer_compare(at, t->last) > 0)
      at = t->last;
    if (progression_is_single(t))
      continue;
    *out = (split){.parameter = parameter, .number = at};
    return true;
  }
  return false;
}

/* The quotient that p is a multiple of, but for a constant, if its numerator is
 * linear and grows in one parameter; or NULL. */
static const atom *single_quotient(const frame *f, const poly *p, integer *d) {
  if (!has_one_atom(p) ||
      p->term[0].monomial->atom[0] < f->space->parameter_count)
    return NULL;
  const atom *a = &f->atom[p->term[0].monomial->atom[0]];
  if (a->kind != ATOM_QUOTIENT || !poly_is_constant(a->divisor, d) ||
      !has_one_atom(a->numerator))
    return NULL;
  const term *n = &a->numerator->term[0];
  if (n->monomial->atom[0] >= f->space->parameter_count ||
      integer_sign(n->coefficient) < 0)
    return NULL;
  return a;
}

/* The cut where quotient `a`, divisor `d`, reaches q. */
static bool cut_where_reached(frame *f, const atom *a, integer d, integer q,
                              split *out) {
  arena *m = f->store.arena;
  const uint32_t parameter = a->numerator->term[0].monomial->atom[0];
  const progression *t = &f->space->parameter[parameter];
  const integer n =
      integer_sub(m, integer_mul(m, d, q), poly_constant_term(a->numerator));
  const integer at = integer_ceildiv(m, n, a->numerator->term[0].coefficient);
  if (integer_sign(at) <= 0 ||
      (!t->endless && integer_compare(at, t->last) > 0))
    return false;
  *out = (split){.parameter = parameter, .number = at, .quotient = true};
  return true;
}

/* Where a relation between one quotient and a number changes: at one multiple
 * of the divisor, whatever the residue. */
static bool cut_at_quotient(frame *f, const bool *node, split *out) {
  arena *m = f->store.arena;
  for (uint32_t i = 0; i < f->claim->node_count; i++) {
    const poly *p = f->open[i];
    integer d;
    if (!node[i] || f->truth[i] != TRUTH_UNKNOWN || !p)
      continue;
    const atom *a = single_quotient(f, p, &d);
    if (!a)
      continue;
    const integer k = p->term[0].coefficient;
    const integer minus = integer_neg(m, poly_constant_term(p));
    const integer one = integer_of(1);
    const integer first =
        integer_sign(k) > 0
            ? integer_ceildiv(m, minus, k)
            : integer_add(m, integer_floordiv(m, minus, k), one);
    if (cut_where_reached(f, a, d, first, out))
      return true;
    if (f->claim->node[i]->op == OP_EQ &&
        (cut_where_reached(f, a, d, integer_add(m, first, one), out) ||
         cut_where_reached(f, a, d, integer_sub(m, first, one), out)))
      return true;
  }
  return false;
}

/* Where to cut a parameter for the n-th time: near its start first, where
 * small sizes misbehave, later in the middle. */
static integer cut_at(arena *m, const progression *p, uint16_t n) {
  const integer near = integer_of(INT64_C(1) << (n < 15 ? 2 * n : 30));
  if (p->endless)
    return near;
  const integer middle = integer_ceildiv(m, p->last, integer_of(2));
  return n < 4 ? integer_min(near, middle) : middle;
}

/* The cut of the parameter that was cut least often. */
static bool choose_cut(frame *f, const bool *marked, const uint16_t *cuts,
                       split *out) {
  bool found = false;
  for (uint32_t i = 0; i < f->space->parameter_count; i++) {
    const progression *p = &f->space->parameter[i];
    if (!marked[i] || progression_is_single(p) || cuts[i] >= 40 ||
        (found && cuts[out->parameter] <= cuts[i]))
      continue;
    *out =
        (split){.parameter = i, .number = cut_at(f->store.arena, p, cuts[i])};
    found = true;
  }
  return found;
}

/* Where to split. */
bool split_choose(frame *f, const uint16_t *cuts, split *out) {
  const search s = search_open(f);
  return cut_at_root(f, s.node, out) || cut_at_quotient(f, s.node, out) ||
         choose_classes(f, s.atom, out) || choose_cut(f, s.atom, cuts, out);
}
