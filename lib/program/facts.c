#include "lib/program/facts.h"

#include "lib/base/limits.h"

#define FLOAT_BITS 53 /* integers below 2**53 are floats */

/* ---- Intervals ----------------------------------------------------------- */

/* All that fits in a word. */
interval interval_word(void) {
  return interval_of(integer_of(INT64_MIN), integer_of(INT64_MAX));
}

/* Whether every member fits in a word. */
bool fits_word(interval r) {
  return r.has_lo && r.has_hi && integer_is_small(r.lo) &&
         integer_is_small(r.hi);
}

/* Bits of the largest member. */
size_t interval_bits(interval r) {
  if (!r.has_lo || !r.has_hi)
    return SIZE_MAX;
  const size_t low = integer_bits(r.lo), high = integer_bits(r.hi);
  return low > high ? low : high;
}

/* Endless where numbers would grow beyond all limits. */
interval range_product(arena *m, interval a, interval b) {
  const size_t x = interval_bits(a), y = interval_bits(b);
  if (x > LIMIT_BITS / 4 || y > LIMIT_BITS / 4)
    return interval_all();
  return interval_mul(m, a, b);
}

/* sum + factor*term */
interval range_step(arena *m, interval sum, integer factor, interval term) {
  const interval part = range_product(m, interval_of(factor, factor), term);
  if (interval_bits(sum) > LIMIT_BITS / 2)
    return interval_all();
  return interval_add(m, sum, part);
}

/* -2**bits .. 2**bits - 1, or from 0 up. */
static interval power_range(arena *m, size_t bits, bool up) {
  if (bits > LIMIT_BITS / 4)
    return up ? interval_from(integer_of(0)) : interval_all();
  const integer end = integer_pow(m, integer_of(2), bits);
  return interval_of(up ? integer_of(0) : integer_neg(m, end),
                     integer_sub(m, end, integer_of(1)));
}

/* Bitwise operators: no longer than the longer operand, and not negative where
 * no operand is, or for `and` where one is not. */
static interval range_bits(arena *m, op o, interval a, interval b) {
  const bool up_a = a.has_lo && integer_sign(a.lo) >= 0;
  const bool up_b = b.has_lo && integer_sign(b.lo) >= 0;
  const size_t x = interval_bits(a), y = interval_bits(b);
  if (o == OP_BITAND && up_a && up_b)
    return interval_meet(
        a.has_hi ? interval_upto(a.hi) : interval_all(),
        interval_meet(interval_from(integer_of(0)),
                      b.has_hi ? interval_upto(b.hi) : interval_all()));
  const bool up = o == OP_BITAND ? up_a || up_b : up_a && up_b;
  return power_range(m, x > y ? x : y, up);
}

/* ---- Facts --------------------------------------------------------------- */

/* Room for the fact of every node there is. */
void facts_init(facts *f, dimsat_context *cx, arena *m) {
  *f = (facts){.cx = cx, .m = m};
  f->of_node = arena_zeroed(m, cx->node_count + 1, sizeof *f->of_node);
}

/* A new fact. */
static fact *add_fact(facts *f, const expr *e) {
  f->fact = arena_grow(f->m, f->fact, f->count, &f->capacity, sizeof *f->fact);
  fact *const x = arena_zeroed(f->m, 1, sizeof *x);
  x->node = e;
  f->fact[f->count++] = x;
  f->of_node[e->id] = (uint32_t)f->count;
  return x;
}

/* A symbol that is a size. */
void facts_size(facts *f, const expr *symbol, interval range) {
  fact *const x = add_fact(f, symbol);
  x->range = range;
  x->native = x->placed = true;
  x->result = (uint32_t)f->size_count++;
}

/* Only the sizes are left. */
void facts_forget(facts *f, const interval *range) {
  for (size_t i = f->size_count; i < f->count; i++)
    f->of_node[f->fact[i]->node->id] = 0;
  f->count = f->size_count;
  for (size_t i = 0; i < f->count; i++)
    f->fact[i]->range = range[i];
}

/* The linear form. */
static interval sum_range(facts *f, const expr *e) {
  interval r = interval_of(e->value, e->value);
  for (uint32_t i = 0; i < e->count; i++)
    r = range_step(f->m, r, e->coefficient[i], facts_of(f, e->arg[i])->range);
  return r;
}

/* One step of an operator that takes its operands one by one. */
static interval fold_range(facts *f, op o, interval a, interval b) {
  if (o == OP_MUL)
    return range_product(f->m, a, b);
  if (o == OP_MIN)
    return interval_min(a, b);
  if (o == OP_MAX)
    return interval_max(a, b);
  return range_bits(f->m, o, a, b);
}

/* The interval of a number that is no leaf; a dispatch. */
static interval range_of(facts *f, const expr *e) {
  interval r = e->count ? facts_of(f, e->arg[0])->range : interval_all();
  switch ((op)e->op) {
  case OP_ADD:
    return sum_range(f, e);
  case OP_MUL:
  case OP_MIN:
  case OP_MAX:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    for (uint32_t i = 1; i < e->count; i++)
      r = fold_range(f, (op)e->op, r, facts_of(f, e->arg[i])->range);
    return r;
  case OP_FLOORDIV:
    return interval_floordiv(f->m, r, facts_of(f, e->arg[1])->range);
  case OP_MOD:
    return interval_mod(f->m, r, facts_of(f, e->arg[1])->range);
  case OP_ITE:
    return interval_join(facts_of(f, e->arg[1])->range,
                         facts_of(f, e->arg[2])->range);
  case OP_FLOAT:
    return r;
  case OP_POW:
  case OP_RATIO:
  case OP_OPAQUE:
  case OP_INT:
  case OP_SYMBOL:
  case OP_FALSE:
  case OP_TRUE:
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
  case OP_AND:
  case OP_OR:
  case OP_COUNT:
    break;
  }
  return interval_all();
}

/* Whether the machine has the operator. */
static bool has_operator(const expr *e) {
  return e->op != OP_POW && e->op != OP_RATIO && e->op != OP_OPAQUE &&
         e->op != OP_SYMBOL;
}

/* Whether all numbers in the node itself are words. */
static bool has_words(const expr *e) {
  bool all = integer_is_small(e->value);
  for (uint32_t i = 0; e->coefficient && i < e->count; i++)
    all = all && integer_is_small(e->coefficient[i]);
  return all;
}

/* What a node inherits from its operands.  0 stands for a number that has no
 * value or that nobody knows.  Recursion ends at LIMIT_DEPTH. */
static fact derive(facts *f, const expr *e) {
  fact x = {.node = e,
            .native = has_operator(e) && has_words(e),
            .unknown = e->op == OP_OPAQUE || e->op == OP_POW};
  for (uint32_t i = 0; i < e->count; i++) {
    const fact *const part = facts_of(f, e->arg[i]);
    x.native = x.native && part->native;
    x.wide = x.wide || part->wide;
    x.unknown = x.unknown || part->unknown;
  }
  if (e->op == OP_INT)
    x.range = interval_of(e->value, e->value);
  else if (e->truth)
    x.range = interval_of(integer_of(0), integer_of(1));
  else
    x.range = range_of(f, e);
  if (interval_is_empty(x.range) || e->op == OP_OPAQUE)
    x.range = interval_of(integer_of(0), integer_of(0));
  if (e->op == OP_FLOAT && interval_bits(x.range) > FLOAT_BITS)
    x.wide = x.unknown = true;
  x.wide = x.wide || !fits_word(x.range);
  return x;
}

/* The fact of a node, made when first asked for. */
fact *facts_of(facts *f, const expr *e) {
  if (f->of_node[e->id] != 0)
    return f->fact[f->of_node[e->id] - 1];
  const fact x = derive(f, e);
  fact *const made = add_fact(f, e);
  *made = x;
  return made;
}

/* A narrower interval; one without members belongs to a check that always
 * refuses, and nothing is learnt from it. */
void facts_learn(facts *f, const expr *e, interval range) {
  fact *const x = facts_of(f, e);
  const interval both = interval_meet(x->range, range);
  if (!interval_is_empty(both))
    x->range = both;
}
