/*
 * Exact evaluation.  The nodes become instructions over numbered slots once;
 * a run fills the slots from the first to the last.
 *
 * A slot that is not known stands for some value that nobody can tell: a float
 * beyond 2**53, a function that is opaque, a number beyond LIMIT_BITS.  It
 * spreads to what depends on it, but `False and ?` is False, `True or ?` is
 * True, and a choice asks only for the branch taken.  A division by 0 ends the
 * run wherever it happens.
 */
#include "lib/expr/evaluate.h"

#include "lib/base/limits.h"
#include "lib/expr/node_map.h"

#include <assert.h>

typedef struct {
  const expr *node;
  uint32_t slot;
  const uint32_t *operand; /* slots of the operands */
} instruction;

struct evaluator {
  const expr *root;
  uint32_t root_slot;
  bool complete;     /* every symbol of the expression is listed */
  integer *slot;     /* conditions are 1 and 0 */
  bool *known;       /* by slot */
  instruction *code; /* operands first */
  size_t code_count;
  uint32_t *input; /* slot of symbol i, or NO_SLOT */
  size_t input_count;
};

#define NO_SLOT UINT32_MAX

/* ---- Preparing ---------------------------------------------------------- */

/* Fills in what never changes; leaves the rest to the run. */
static void prepare_slot(evaluator *v, arena *m, const node_map *map,
                         uint32_t slot) {
  const expr *const e = map->node[slot];
  v->known[slot] = true;
  if (e->op == OP_INT || e->op == OP_TRUE || e->op == OP_FALSE) {
    v->slot[slot] = e->op == OP_INT ? e->value : integer_of(e->op == OP_TRUE);
    return;
  }
  if (e->op == OP_SYMBOL)
    return;
  uint32_t *const operand = arena_alloc(m, e->count * sizeof *operand);
  for (uint32_t i = 0; i < e->count; i++)
    operand[i] = (uint32_t)node_map_find(map, e->arg[i]);
  v->code[v->code_count++] =
      (instruction){.node = e, .slot = slot, .operand = operand};
}

/* Finds the slots of the symbols; `complete` is false when one is missing. */
static void prepare_inputs(evaluator *v, const node_map *map,
                           const expr *const *symbol, size_t count) {
  size_t needed = 0, given = 0;
  for (size_t i = 0; i < map->count; i++)
    needed += map->node[i]->op == OP_SYMBOL;
  for (size_t i = 0; i < map->count; i++)
    v->known[i] = map->node[i]->op != OP_SYMBOL;
  for (size_t i = 0; i < count; i++) {
    const size_t place = node_map_find(map, symbol[i]);
    v->input[i] = place == NODE_MAP_NONE ? NO_SLOT : (uint32_t)place;
    if (place != NODE_MAP_NONE && !v->known[place]) {
      v->known[place] = true;
      given++;
    }
  }
  v->complete = given == needed;
}

/* One slot a node, one instruction a node that is no leaf. */
evaluator *evaluator_new(dimsat_context *cx, arena *m, const expr *e,
                         const expr *const *symbol, size_t symbol_count) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const node_map map = node_map_of(cx, e);
  evaluator *const v = arena_alloc(m, sizeof *v);
  *v = (evaluator){.root = e,
                   .root_slot = (uint32_t)(map.count - 1),
                   .slot = arena_zeroed(m, map.count, sizeof *v->slot),
                   .known = arena_zeroed(m, map.count, sizeof *v->known),
                   .code = arena_zeroed(m, map.count, sizeof *v->code),
                   .input = arena_zeroed(m, symbol_count, sizeof *v->input),
                   .input_count = symbol_count};
  for (size_t i = 0; i < map.count; i++)
    prepare_slot(v, m, &map, (uint32_t)i);
  prepare_inputs(v, &map, symbol, symbol_count);
  if (m != &cx->work)
    arena_rewind(&cx->work, mark);
  return v;
}

/* ---- Numbers within the limit ------------------------------------------- */

/* *r += b; false when the result could be too large. */
static bool add_to(arena *m, integer *r, integer b) {
  if ((r->big || b.big) &&
      (integer_bits(*r) >= LIMIT_BITS || integer_bits(b) >= LIMIT_BITS))
    return false;
  *r = integer_add(m, *r, b);
  return true;
}

/* *r *= b; false when the result could be too large. */
static bool multiply_by(arena *m, integer *r, integer b) {
  if ((r->big || b.big) && integer_bits(*r) + integer_bits(b) > LIMIT_BITS)
    return false;
  *r = integer_mul(m, *r, b);
  return true;
}

/* base ** exponent for exponent >= 0; false when it could be too large. */
static bool raise_to(arena *m, integer *base, integer exponent) {
  uint64_t times = 0;
  if (integer_sign(exponent) == 0 || integer_bits(*base) <= 1) {
    if (integer_sign(exponent) == 0 ||
        (integer_is(*base, -1) && integer_divides(integer_of(2), exponent)))
      *base = integer_of(1);
    return true;
  }
  if (!integer_get_uint64(exponent, &times) || times > LIMIT_BITS ||
      integer_bits(*base) * times > LIMIT_BITS)
    return false;
  *base = integer_pow(m, *base, times);
  return true;
}

/* ---- Instructions ------------------------------------------------------- *
 *
 * Each gives its result in `*r`, or says that it is not known, or that the
 * whole expression has no value.
 */
typedef enum { KNOWN, UNKNOWN, NONE } outcome;

/* Operand `i`. */
static integer get(const evaluator *v, const instruction *c, uint32_t i) {
  return v->slot[c->operand[i]];
}

/* Whether operand `i` is known. */
static bool is_known(const evaluator *v, const instruction *c, uint32_t i) {
  return v->known[c->operand[i]];
}

/* Whether all operands are known. */
static bool all_known(const evaluator *v, const instruction *c) {
  for (uint32_t i = 0; i < c->node->count; i++)
    if (!is_known(v, c, i))
      return false;
  return true;
}

/* The linear form. */
static outcome run_sum(const evaluator *v, arena *m, const instruction *c,
                       integer *r) {
  *r = c->node->value;
  for (uint32_t i = 0; i < c->node->count; i++) {
    integer part = get(v, c, i);
    if (!multiply_by(m, &part, c->node->coefficient[i]) || !add_to(m, r, part))
      return UNKNOWN;
  }
  return KNOWN;
}

/* The product. */
static outcome run_product(const evaluator *v, arena *m, const instruction *c,
                           integer *r) {
  *r = get(v, c, 0);
  for (uint32_t i = 1; i < c->node->count; i++)
    if (!multiply_by(m, r, get(v, c, i)))
      return UNKNOWN;
  return KNOWN;
}

/* Quotient, remainder and true quotient, whose divisor may be 0. */
static outcome run_division(const evaluator *v, arena *m, const instruction *c,
                            integer *r) {
  if (is_known(v, c, 1) && integer_is(get(v, c, 1), 0))
    return NONE;
  if (!all_known(v, c))
    return UNKNOWN;
  if (c->node->op == OP_FLOORDIV)
    *r = integer_floordiv(m, get(v, c, 0), get(v, c, 1));
  else if (c->node->op == OP_MOD)
    *r = integer_mod(m, get(v, c, 0), get(v, c, 1));
  return KNOWN;
}

/* The power, whose exponent may be negative. */
static outcome run_power(const evaluator *v, arena *m, const instruction *c,
                         integer *r) {
  if (is_known(v, c, 1) && integer_sign(get(v, c, 1)) < 0)
    return NONE;
  if (!all_known(v, c))
    return UNKNOWN;
  *r = get(v, c, 0);
  return raise_to(m, r, get(v, c, 1)) ? KNOWN : UNKNOWN;
}

/* One step of min, max, and, or, xor over numbers. */
static integer fold(arena *m, op o, integer a, integer b) {
  if (o == OP_MIN)
    return integer_min(a, b);
  if (o == OP_MAX)
    return integer_max(a, b);
  if (o == OP_BITAND)
    return integer_and(m, a, b);
  return o == OP_BITOR ? integer_or(m, a, b) : integer_xor(m, a, b);
}

/* min, max and the bitwise operators. */
static outcome run_fold(const evaluator *v, arena *m, const instruction *c,
                        integer *r) {
  *r = get(v, c, 0);
  for (uint32_t i = 1; i < c->node->count; i++)
    *r = fold(m, (op)c->node->op, *r, get(v, c, i));
  return KNOWN;
}

/* The branch taken, if that is known. */
static outcome run_choice(const evaluator *v, const instruction *c,
                          integer *r) {
  if (!is_known(v, c, 0))
    return UNKNOWN;
  const uint32_t branch = integer_is(get(v, c, 0), 0) ? 2 : 1;
  *r = get(v, c, branch);
  return is_known(v, c, branch) ? KNOWN : UNKNOWN;
}

/* `and` and `or`: one operand may decide alone. */
static outcome run_connective(const evaluator *v, const instruction *c,
                              integer *r) {
  const int64_t decides = c->node->op == OP_OR;
  bool known = true;
  for (uint32_t i = 0; i < c->node->count; i++) {
    known = known && is_known(v, c, i);
    if (is_known(v, c, i) && integer_is(get(v, c, i), decides)) {
      *r = integer_of(decides);
      return KNOWN;
    }
  }
  *r = integer_of(!decides);
  return known ? KNOWN : UNKNOWN;
}

/* Relations, `not` and FLOAT, whose operands are known. */
static outcome run_simple(const evaluator *v, const instruction *c,
                          integer *r) {
  const integer a = get(v, c, 0);
  const op o = (op)c->node->op;
  if (o == OP_FLOAT) {
    *r = a;
    return integer_bits(a) <= 53 ? KNOWN : UNKNOWN;
  }
  if (o == OP_NOT)
    *r = integer_of(integer_is(a, 0));
  else if (o == OP_EQ)
    *r = integer_of(integer_equal(a, get(v, c, 1)));
  else
    *r = integer_of(integer_compare(a, get(v, c, 1)) <= 0);
  return KNOWN;
}

/* One instruction; a dispatch, so longer than other functions. */
static outcome run_one(const evaluator *v, arena *m, const instruction *c,
                       integer *r) {
  switch ((op)c->node->op) {
  case OP_FLOORDIV:
  case OP_MOD:
  case OP_RATIO:
    return run_division(v, m, c, r);
  case OP_POW:
    return run_power(v, m, c, r);
  case OP_ITE:
    return run_choice(v, c, r);
  case OP_AND:
  case OP_OR:
    return run_connective(v, c, r);
  case OP_OPAQUE:
    return UNKNOWN;
  case OP_ADD:
    return all_known(v, c) ? run_sum(v, m, c, r) : UNKNOWN;
  case OP_MUL:
    return all_known(v, c) ? run_product(v, m, c, r) : UNKNOWN;
  case OP_MIN:
  case OP_MAX:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    return all_known(v, c) ? run_fold(v, m, c, r) : UNKNOWN;
  case OP_FLOAT:
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
    return all_known(v, c) ? run_simple(v, c, r) : UNKNOWN;
  case OP_INT:
  case OP_SYMBOL:
  case OP_FALSE:
  case OP_TRUE:
  case OP_COUNT:
    break;
  }
  assert(false && "an operator that is no leaf");
  return NONE;
}

/* ---- Results ------------------------------------------------------------ */

/* n/d in lowest terms. */
static value reduce(arena *m, integer n, integer d) {
  integer g = integer_gcd(m, n, d);
  if (integer_sign(d) < 0)
    g = integer_neg(m, g);
  value r = {.number = integer_floordiv(m, n, g),
             .denominator = integer_floordiv(m, d, g)};
  r.kind = integer_is(r.denominator, 1) ? VALUE_NUMBER : VALUE_RATIO;
  return r;
}

/* The value of the root after a run. */
static value result(const evaluator *v, arena *m) {
  if (!v->known[v->root_slot])
    return (value){.kind = VALUE_UNDECIDED};
  if (v->root->op == OP_RATIO) {
    const instruction *const c = &v->code[v->code_count - 1];
    return reduce(m, get(v, c, 0), get(v, c, 1));
  }
  const integer n = v->slot[v->root_slot];
  if (v->root->truth)
    return (value){.kind = VALUE_TRUTH, .truth = !integer_is(n, 0)};
  return (value){
      .kind = VALUE_NUMBER, .number = n, .denominator = integer_of(1)};
}

/* Fills the slots in order. */
value evaluator_run(evaluator *v, arena *m, const integer *values) {
  if (!v->complete)
    return (value){.kind = VALUE_NONE};
  for (size_t i = 0; i < v->input_count; i++)
    if (v->input[i] != NO_SLOT)
      v->slot[v->input[i]] = values[i];
  for (size_t i = 0; i < v->code_count; i++) {
    const instruction *const c = &v->code[i];
    const outcome o = run_one(v, m, c, &v->slot[c->slot]);
    if (o == NONE)
      return (value){.kind = VALUE_NONE};
    v->known[c->slot] = o == KNOWN;
  }
  return result(v, m);
}

/* One run of an evaluator that is thrown away. */
value evaluate(dimsat_context *cx, const expr *e, const assignment *at) {
  const arena_mark mark = arena_get_mark(&cx->work);
  evaluator *const v = evaluator_new(cx, &cx->work, e, at->symbol, at->count);
  const value r = evaluator_run(v, &cx->work, at->value);
  if (integer_is_small(r.number) && integer_is_small(r.denominator))
    arena_rewind(&cx->work, mark);
  return r;
}
