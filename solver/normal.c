/*
 * Normal forms of numbers on a space.
 *
 * Floor division by a number splits off whole quotients, cancels common
 * factors and folds nested divisions; by a polynomial it is long division with
 * a remainder that is proved to lie in one quotient.  What stays open becomes
 * an atom with a sound interval.
 */
#include "solver/frame.h"

#include <assert.h>

/* A fresh atom that can be anything in `range`. */
static const poly *opaque(frame *f, interval range) {
  const atom a = {.kind = ATOM_OPAQUE, .range = range};
  return frame_atom(f, &a);
}

/* Remembers a difference that definedness hangs on, for choosing splits. */
static void doubt(frame *f, const poly *p) {
  if (!p)
    return;
  f->doubt = arena_grow(f->store.arena, f->doubt, f->doubt_count,
                        &f->doubt_capacity, sizeof(const poly *));
  f->doubt[f->doubt_count++] = p;
}

/* floor(n / c) as an atom, or as a number where its range is one quotient. */
static const poly *quotient_atom(frame *f, const poly *n, integer c) {
  arena *m = f->store.arena;
  const interval r = frame_range(f, n, true);
  atom a = {.kind = ATOM_QUOTIENT,
            .numerator = n,
            .divisor = poly_constant(&f->store, c),
            .range = {.has_lo = r.has_lo, .has_hi = r.has_hi}};
  if (r.has_lo)
    a.range.lo = integer_floordiv(m, r.lo, c);
  if (r.has_hi)
    a.range.hi = integer_floordiv(m, r.hi, c);
  if (interval_is_single(a.range))
    return poly_constant(&f->store, a.range.lo);
  return frame_atom(f, &a);
}

/* floor((n/d + k) / c) = floor((n + k*d) / (d*c)) where `p` is one quotient by
 * a number plus k; NULL where it is not. */
static const poly *fold_nested(frame *f, const poly *p, integer c) {
  poly_store *s = &f->store;
  integer d;
  if (p->count == 0 || p->term[0].monomial->degree != 1 ||
      !integer_is(p->term[0].coefficient, 1) ||
      (p->count == 2 && p->term[1].monomial->degree) || p->count > 2)
    return NULL;
  const atom q = f->atom[p->term[0].monomial->atom[0]];
  if (q.kind != ATOM_QUOTIENT || !poly_is_constant(q.divisor, &d))
    return NULL;
  const integer k = integer_mul(s->arena, poly_constant_term(p), d);
  return quotient_atom(
      f, poly_add(s, q.numerator, poly_constant(s, k), integer_of(1)),
      integer_mul(s->arena, c, d));
}

/* floor(p / c) for 0 <= every coefficient < c: cancels, folds, or an atom. */
static const poly *small_quotient(frame *f, const poly *p, integer c) {
  poly_store *s = &f->store;
  const integer g = integer_gcd(s->arena, c, poly_content(s->arena, p));
  if (!integer_is(g, 1)) {
    const integer k = poly_constant_term(p);
    const integer rest = integer_mod(s->arena, k, g);
    const poly *even = poly_add(s, p, poly_constant(s, rest), integer_of(-1));
    p = poly_divide_content(s, even, g);
    c = integer_floordiv(s->arena, c, g);
  }
  if (integer_is(c, 1))
    return p;
  const poly *folded = fold_nested(f, p, c);
  return folded ? folded : quotient_atom(f, p, c);
}

/* floor(a / c) for a number c >= 1: each coefficient k = c*q + r gives q. */
static const poly *quotient_by_number(frame *f, const poly *a, integer c) {
  poly_store *s = &f->store;
  const poly *whole = poly_constant(s, integer_of(0)), *rest = whole;
  for (uint32_t i = 0; i < a->count; i++) {
    const term t = a->term[i];
    poly *one = arena_alloc(s->arena, sizeof *one + sizeof *one->term);
    one->count = 1;
    one->term[0] = (term){t.monomial, integer_of(1)};
    whole =
        poly_add(s, whole, one, integer_floordiv(s->arena, t.coefficient, c));
    rest = poly_add(s, rest, one, integer_mod(s->arena, t.coefficient, c));
  }
  integer k;
  if (poly_is_constant(rest, &k))
    return whole;
  return poly_add(s, whole, small_quotient(f, rest, c), integer_of(1));
}

/* q + floor(r / b): the number that the quotient of r is, or an atom. */
static const poly *quotient_of_rest(frame *f, const poly *r, const poly *b) {
  poly_store *s = &f->store;
  const integer one = integer_of(1);
  const poly *over = poly_add(s, b, r, integer_of(-1));
  if (frame_at_least(f, r, 0)) {
    if (frame_at_least(f, over, 1))
      return poly_constant(s, integer_of(0));
    if (frame_at_most(f, over, 0) &&
        frame_at_least(f, poly_add(s, over, b, one), 1))
      return poly_constant(s, one);
  } else if (frame_at_most(f, r, -1) &&
             frame_at_least(f, poly_add(s, r, b, one), 0)) {
    return poly_constant(s, integer_of(-1));
  }
  const atom a = {.kind = ATOM_QUOTIENT,
                  .numerator = r,
                  .divisor = b,
                  .range = interval_floordiv(s->arena, frame_range(f, r, true),
                                             frame_range(f, b, true))};
  return frame_atom(f, &a);
}

/* Divides a and b by a symbol's normal form that is >= 1 and divides both. */
static bool cancel_symbol(frame *f, const poly **a, const poly **b) {
  poly_store *s = &f->store;
  for (size_t i = 0; i < f->claim->factor_count; i++) {
    const uint32_t node = f->claim->factor[i];
    const poly *x = f->number[node], *qa, *ra, *qb, *rb;
    integer k;
    if (f->claim->node[node]->op != OP_SYMBOL || poly_is_constant(x, &k) ||
        !frame_at_least(f, x, 1))
      continue;
    poly_divide(s, *a, x, &qa, &ra);
    if (!ra || ra->count)
      continue;
    poly_divide(s, *b, x, &qb, &rb);
    if (!rb || rb->count || !qa || !qb)
      continue;
    *a = qa;
    *b = qb;
    return true;
  }
  return false;
}

/* floor(a / b); NULL when b may be 0 or the terms are too many. */
static const poly *quotient(frame *f, const poly *a, const poly *b) {
  poly_store *s = &f->store;
  const integer minus = integer_of(-1);
  integer c;
  const poly *q, *r;
  if (!a || !b)
    return NULL;
  if (poly_is_constant(b, &c)) {
    if (integer_is(c, 0))
      return NULL;
    if (integer_sign(c) > 0)
      return quotient_by_number(f, a, c);
    return quotient_by_number(f, poly_scale(s, a, minus),
                              integer_neg(s->arena, c));
  }
  if (frame_at_most(f, b, -1)) {
    a = poly_scale(s, a, minus);
    b = poly_scale(s, b, minus);
  } else if (!frame_at_least(f, b, 1)) {
    return NULL;
  }
  while (cancel_symbol(f, &a, &b))
    if (poly_is_constant(b, &c))
      return quotient_by_number(f, a, c);
  poly_divide(s, a, b, &q, &r);
  return r ? poly_add(s, q, quotient_of_rest(f, r, b), integer_of(1)) : NULL;
}

/* a // b or a % b, noting what its definedness hangs on. */
static const poly *division(frame *f, uint32_t i, bool remainder) {
  poly_store *s = &f->store;
  const expr *e = f->claim->node[i];
  const poly *a = f->number[claim_index(f->claim, e->arg[0])];
  const poly *b = f->number[claim_index(f->claim, e->arg[1])];
  const poly *q = quotient(f, a, b);
  if (!q && b && !frame_at_least(f, b, 1) && !frame_at_most(f, b, -1)) {
    doubt(f, b);
    f->never_defined |= b->count == 0;
    f->uncertain = true;
  }
  const poly *p =
      q && remainder ? poly_add(s, a, poly_mul(s, b, q), integer_of(-1)) : q;
  if (p)
    return p;
  const interval x = frame_range(f, a, true), y = frame_range(f, b, true);
  return opaque(f, remainder ? interval_mod(s->arena, x, y)
                             : interval_floordiv(s->arena, x, y));
}

/* Whether option i is never better than option j (earlier wins ties). */
static bool dominated(frame *f, choice_kind kind, const poly *i,
                      const poly *j) {
  const poly *d = poly_add(&f->store, j, i, integer_of(-1));
  return kind == CHOICE_MAX ? frame_at_least(f, d, 0) : frame_at_most(f, d, 0);
}

/* The largest or smallest operand, or an atom over those that can be. */
static const poly *extreme(frame *f, uint32_t i, choice_kind kind) {
  const expr *e = f->claim->node[i];
  arena *m = f->store.arena;
  const poly **kept = arena_alloc(m, e->count * sizeof *kept);
  uint32_t n = 0;
  interval range = interval_all();
  for (uint32_t k = 0; k < e->count; k++) {
    const poly *p = f->number[claim_index(f->claim, e->arg[k])];
    bool drop = false;
    for (uint32_t j = 0; j < n && !drop; j++)
      drop = dominated(f, kind, p, kept[j]);
    uint32_t left = 0;
    for (uint32_t j = 0; j < n && !drop; j++)
      if (!dominated(f, kind, kept[j], p))
        kept[left++] = kept[j];
    if (!drop) {
      n = left;
      kept[n++] = p;
    }
  }
  for (uint32_t k = 0; k < n; k++) {
    const interval r = frame_range(f, kept[k], true);
    range = k == 0               ? r
            : kind == CHOICE_MAX ? interval_max(range, r)
                                 : interval_min(range, r);
  }
  if (n == 1)
    return kept[0];
  const atom a = {.kind = ATOM_CHOICE,
                  .choice = kind,
                  .option = kept,
                  .option_count = n,
                  .range = range};
  return frame_atom(f, &a);
}

/* The smaller of two as a + b - max(a, b), so that both share one atom. */
static const poly *smaller(frame *f, uint32_t i) {
  poly_store *s = &f->store;
  const expr *e = f->claim->node[i];
  const poly *max = extreme(f, i, CHOICE_MAX);
  const poly *a = f->number[claim_index(f->claim, e->arg[0])];
  const poly *b = f->number[claim_index(f->claim, e->arg[1])];
  return poly_add(s, poly_add(s, a, b, integer_of(1)), max, integer_of(-1));
}

/* The branch that its condition chooses, or an atom over both. */
static const poly *conditional(frame *f, uint32_t i) {
  const expr *e = f->claim->node[i];
  const uint32_t c = claim_index(f->claim, e->arg[0]);
  const poly *yes = f->number[claim_index(f->claim, e->arg[1])];
  const poly *no = f->number[claim_index(f->claim, e->arg[2])];
  if (f->truth[c] == TRUTH_ALWAYS || poly_equal(yes, no))
    return yes;
  if (f->truth[c] == TRUTH_NEVER)
    return no;
  const poly **option = arena_alloc(f->store.arena, 2 * sizeof *option);
  option[0] = yes;
  option[1] = no;
  const atom a = {.kind = ATOM_CHOICE,
                  .option = option,
                  .option_count = 2,
                  .range = interval_join(frame_range(f, yes, true),
                                         frame_range(f, no, true)),
                  .node = c,
                  .has_condition = true};
  return frame_atom(f, &a);
}

/* x as a float: itself, and a doubt unless it stays below 2^53. */
static const poly *as_float(frame *f, const poly *x) {
  const int64_t edge = (INT64_C(1) << 53) - 1;
  if (frame_at_most(f, x, edge) && frame_at_least(f, x, -edge))
    return x;
  doubt(f, x);
  f->unsettled = true;
  return x;
}

/* base ** exponent: a number where both are, else what their ranges tell. */
static const poly *power(frame *f, const poly *base, const poly *exponent) {
  poly_store *s = &f->store;
  integer b, e;
  uint64_t n;
  if (!frame_at_least(f, exponent, 0)) {
    doubt(f, exponent);
    f->uncertain = true;
    f->never_defined |= frame_at_most(f, exponent, -1);
    return opaque(f, interval_all());
  }
  if (poly_is_constant(base, &b) && poly_is_constant(exponent, &e) &&
      integer_get_uint64(e, &n) && n < 4096 && integer_bits(b) * n < 4096)
    return poly_constant(s, integer_pow(s->arena, b, n));
  doubt(f, exponent);
  return opaque(f, frame_at_least(f, base, 1) ? interval_from(integer_of(1))
                                              : interval_all());
}

/* Bitwise operators: a number where both operands are. */
static const poly *bitwise(frame *f, op o, const poly *a, const poly *b) {
  arena *m = f->store.arena;
  integer x, y;
  if (!poly_is_constant(a, &x) || !poly_is_constant(b, &y)) {
    doubt(f, poly_add(&f->store, a, b, integer_of(1)));
    return opaque(f, frame_at_least(f, a, 0) && frame_at_least(f, b, 0)
                         ? interval_from(integer_of(0))
                         : interval_all());
  }
  return poly_constant(&f->store, o == OP_BITAND  ? integer_and(m, x, y)
                                  : o == OP_BITOR ? integer_or(m, x, y)
                                                  : integer_xor(m, x, y));
}

/* The normal form of a variable: its place on the space. */
static const poly *variable(frame *f, uint32_t i) {
  arena *m = f->store.arena;
  const place *p = &f->space->place[f->claim->own[i]];
  if (p->constant)
    return poly_constant(&f->store, p->offset);
  const progression *t = &f->space->parameter[p->parameter];
  const integer constant =
      integer_add(m, p->offset, integer_mul(m, p->scale, t->base));
  if (progression_is_single(t))
    return poly_constant(&f->store, constant);
  return poly_linear(&f->store, p->parameter,
                     integer_mul(m, p->scale, t->stride), constant);
}

/* value + coefficient*arg + ... */
static const poly *sum(frame *f, const expr *e) {
  const poly *p = poly_constant(&f->store, e->value);
  for (uint32_t k = 0; k < e->count; k++)
    p = poly_add(&f->store, p, f->number[claim_index(f->claim, e->arg[k])],
                 e->coefficient[k]);
  return p;
}

/* The product of the operands. */
static const poly *product(frame *f, const expr *e) {
  const poly *p = f->number[claim_index(f->claim, e->arg[0])];
  for (uint32_t k = 1; k < e->count; k++)
    p = poly_mul(&f->store, p, f->number[claim_index(f->claim, e->arg[k])]);
  return p;
}

/* The normal form of node i, whose operands have theirs. */
const poly *frame_normal(frame *f, uint32_t i) {
  const expr *e = f->claim->node[i];
  const poly *p = NULL, *a = NULL, *b = NULL;
  if (e->count && !e->arg[0]->truth)
    a = f->number[claim_index(f->claim, e->arg[0])];
  if (e->count > 1 && !e->arg[1]->truth)
    b = f->number[claim_index(f->claim, e->arg[1])];
  switch ((op)e->op) {
  case OP_INT:
    p = poly_constant(&f->store, e->value);
    break;
  case OP_SYMBOL:
    p = variable(f, i);
    break;
  case OP_ADD:
    p = sum(f, e);
    break;
  case OP_MUL:
    p = product(f, e);
    break;
  case OP_FLOORDIV:
    p = division(f, i, false);
    break;
  case OP_MOD:
    p = division(f, i, true);
    break;
  case OP_POW:
    p = power(f, a, b);
    break;
  case OP_MIN:
    p = e->count == 2 ? smaller(f, i) : extreme(f, i, CHOICE_MIN);
    break;
  case OP_MAX:
    p = extreme(f, i, CHOICE_MAX);
    break;
  case OP_ITE:
    p = conditional(f, i);
    break;
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    p = bitwise(f, (op)e->op, a, b);
    break;
  case OP_FLOAT:
    p = as_float(f, a);
    break;
  case OP_RATIO:
  case OP_OPAQUE:
    f->unsettled = true;
    break;
  case OP_FALSE:
  case OP_TRUE:
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
  case OP_AND:
  case OP_OR:
  case OP_COUNT:
    assert(false && "a condition has no normal form");
    break;
  }
  return p ? p : opaque(f, interval_all());
}

/* p divided by an atom that is >= 1 and divides each term, or p itself. */
static const poly *strip_atoms(frame *f, const poly *p) {
  for (;;) {
    const poly *q = NULL;
    const monomial *m = p->count ? p->term[0].monomial : f->store.one;
    for (uint32_t k = 0; k < m->degree && !q; k++) {
      const interval r = f->atom[m->atom[k]].range;
      if (r.has_lo && integer_sign(r.lo) > 0)
        q = poly_divide_atom(&f->store, p, m->atom[k]);
    }
    if (!q)
      return p;
    p = q;
  }
}

/* p divided by x while x, which is >= 1, divides it. */
static const poly *strip_factor(frame *f, const poly *p, const poly *x) {
  integer k;
  if (!x || poly_is_constant(x, &k) || !frame_at_least(f, x, 1))
    return p;
  for (;;) {
    const poly *q, *r;
    poly_divide(&f->store, p, x, &q, &r);
    if (!q || !r || r->count || poly_is_constant(p, &k))
      return p;
    p = q;
  }
}

/* `p` without factors that are >= 1 on the space. */
const poly *frame_primitive(frame *f, const poly *p) {
  p = strip_atoms(f, p);
  for (size_t i = 0; i < f->claim->factor_count; i++)
    p = strip_factor(f, p, f->number[f->claim->factor[i]]);
  return p;
}
