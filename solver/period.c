/*
 * A quotient by d multiplies the period by d, less what the coefficients share
 * with d; a remainder by d has period d but is constant on its classes, so that
 * further divisions of it add nothing.
 */
#include "solver/period.h"

/* Of one node: linear on classes modulo `period`; `flat`: constant there. */
typedef struct {
  int64_t period;
  bool flat;
} rhythm;

/* Least common multiple; 0 once it passes PERIOD_MAX. */
static int64_t join(int64_t a, int64_t b) {
  int64_t x = a, y = b;
  if (a == 0 || b == 0)
    return 0;
  while (y) {
    const int64_t r = x % y;
    x = y;
    y = r;
  }
  const int64_t lcm = a / x * b;
  return lcm > PERIOD_MAX ? 0 : lcm;
}

/* divisor / gcd(divisor, coefficient), or 0 when it is too large. */
static int64_t reduced(arena *m, integer divisor, integer coefficient) {
  const integer d = integer_abs(m, divisor);
  const integer q = integer_floordiv(m, d, integer_gcd(m, d, coefficient));
  return integer_is_small(q) && q.small <= PERIOD_MAX ? q.small : 0;
}

/* The rhythm of a // d or a % d. */
static rhythm divided(arena *m, const claim *c, const rhythm *at,
                      const expr *e) {
  const expr *a = e->arg[0], *d = e->arg[1];
  const rhythm whole = at[claim_index(c, a)];
  rhythm r = {whole.period, e->op == OP_MOD || whole.flat};
  if (d->op != OP_INT || integer_is(d->value, 0))
    return (rhythm){join(whole.period, at[claim_index(c, d)].period), false};
  if (whole.flat)
    return r;
  if (a->op != OP_ADD) {
    const int64_t k = reduced(m, d->value, integer_of(1));
    r.period = k && whole.period * k <= PERIOD_MAX ? whole.period * k : 0;
    return r;
  }
  r.period = 1;
  for (uint32_t i = 0; i < a->count; i++) {
    const rhythm part = at[claim_index(c, a->arg[i])];
    const int64_t k = part.flat ? 1 : reduced(m, d->value, a->coefficient[i]);
    r.period = k && part.period * k <= PERIOD_MAX
                   ? join(r.period, part.period * k)
                   : 0;
  }
  return r;
}

/* The rhythm of any other node: that of all its operands together. */
static rhythm together(const claim *c, const rhythm *at, const expr *e) {
  rhythm r = {1, true};
  for (uint32_t i = 0; i < e->count; i++) {
    const rhythm part = at[claim_index(c, e->arg[i])];
    r.period = join(r.period, part.period);
    r.flat &= part.flat;
  }
  return r;
}

/* The period of variable `v` in the claim. */
int64_t period_of(arena *m, const claim *c, uint32_t v) {
  rhythm *at = arena_alloc(m, (c->node_count + 1) * sizeof *at);
  int64_t all = 1;
  for (uint32_t i = 0; i < c->node_count; i++) {
    const expr *e = c->node[i];
    if (e->op == OP_SYMBOL)
      at[i] = (rhythm){1, c->variable[c->own[i]] != v};
    else if (e->op == OP_FLOORDIV || e->op == OP_MOD)
      at[i] = divided(m, c, at, e);
    else
      at[i] = together(c, at, e);
    if (at[i].period)
      all = join(all, at[i].period) ? join(all, at[i].period) : all;
    else
      at[i].period = 1;
  }
  return all;
}
