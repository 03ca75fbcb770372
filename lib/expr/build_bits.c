/*
 * Bitwise operators on Python's endless two's complement: flat, sorted, with
 * one constant, and
 *   x & 0 == 0     x & -1 == x    x & (2**k - 1) == x % 2**k    x & x == x
 *   x | 0 == x     x | -1 == -1   x | x == x
 *   x ^ 0 == x     x ^ -1 == -x - 1                             x ^ x == 0
 */
#include "lib/expr/build_parts.h"

#include <assert.h>

typedef struct {
  op op;
  operands list;
  operands lost; /* operands without influence, but perhaps without value */
  integer constant;
} bits;

/* Folds a constant into the others. */
static integer fold(arena *m, op o, integer a, integer b) {
  if (o == OP_BITAND)
    return integer_and(m, a, b);
  return o == OP_BITOR ? integer_or(m, a, b) : integer_xor(m, a, b);
}

/* Takes one operand in. */
static void bits_add(dimsat_context *cx, bits *b, const expr *e) {
  if (e->op == OP_RATIO)
    context_fail(cx, DIMSAT_BAD_SORT, 0, 0,
                 "a bitwise operator needs integers, not a quotient");
  if (e->op == OP_INT)
    b->constant = fold(&cx->work, b->op, b->constant, e->value);
  else if (e->op != b->op)
    operands_add(cx, &b->list, e);
  for (uint32_t i = 0; e->op == b->op && i < e->count; i++)
    bits_add(cx, b, e->arg[i]);
}

/* x ^ x == 0: of each operand, one is left where their number is odd. */
static void cancel_pairs(dimsat_context *cx, bits *b) {
  const expr **const item = b->list.item;
  size_t kept = 0;
  for (size_t i = 0; i < b->list.count; i++)
    if (kept > 0 && item[kept - 1] == item[i])
      operands_add(cx, &b->lost, item[--kept]);
    else
      item[kept++] = item[i];
  b->list.count = kept;
}

/* Removes repeats, and everything where the constant alone decides. */
static void reduce(dimsat_context *cx, bits *b) {
  if (b->op == OP_BITXOR) {
    sort_operands(b->list.item, b->list.count);
    cancel_pairs(cx, b);
    return;
  }
  b->list.count = sort_distinct(b->list.item, b->list.count);
  if (integer_is(b->constant, b->op == OP_BITAND ? 0 : -1)) {
    b->lost = b->list;
    b->list = (operands){0};
  }
}

/* Whether `c` is 2**k - 1 for a k > 0. */
static bool is_mask(arena *m, integer c) {
  const integer next = integer_add(m, c, integer_of(1));
  return integer_sign(c) > 0 && integer_is(integer_and(m, c, next), 0);
}

/* The operator over what is left of operands and constant. */
static const expr *finish(dimsat_context *cx, bits *b) {
  arena *const m = &cx->work;
  const integer neutral = integer_of(b->op == OP_BITAND ? -1 : 0);
  const expr *const constant = build_integer(cx, b->constant);
  if (b->list.count == 0)
    return constant;
  const expr *const rest =
      b->list.count == 1 ? b->list.item[0]
                         : intern_list(cx, b->op, b->list.item, b->list.count);
  if (integer_equal(b->constant, neutral))
    return rest;
  if (b->op == OP_BITXOR && integer_is(b->constant, -1))
    return scale(cx, rest, integer_of(-1), integer_of(-1));
  if (b->op == OP_BITAND && is_mask(m, b->constant))
    return build_mod(
        cx, rest,
        build_integer(cx, integer_add(m, b->constant, integer_of(1))));
  operands_add(cx, &b->list, constant);
  return intern_list(cx, b->op, b->list.item, b->list.count);
}

/* `o` over any number of numbers. */
const expr *build_bits(dimsat_context *cx, op o, const expr *const *arg,
                       size_t count) {
  assert(o == OP_BITAND || o == OP_BITOR || o == OP_BITXOR);
  const arena_mark mark = arena_get_mark(&cx->work);
  bits b = {.op = o, .constant = integer_of(o == OP_BITAND ? -1 : 0)};
  for (size_t i = 0; i < count; i++)
    bits_add(cx, &b, build_as_number(cx, arg[i]));
  reduce(cx, &b);
  const expr *e = finish(cx, &b);
  if (b.lost.count > 0) {
    const expr *const nothing =
        vanish(cx, integer_of(0), b.lost.item, b.lost.count);
    e = build_add(cx, e, nothing);
  }
  arena_rewind(&cx->work, mark);
  return e;
}

/* Two conditions: and, or, differ; anything else as numbers. */
const expr *build_bitwise(dimsat_context *cx, op bit, const expr *a,
                          const expr *b) {
  const expr *const both[] = {a, b};
  if (!a->truth || !b->truth)
    return build_bits(cx, bit, both, 2);
  if (bit == OP_BITAND)
    return build_and(cx, both, 2);
  return bit == OP_BITOR ? build_or(cx, both, 2) : build_ne(cx, a, b);
}
