/* Constructors: leaves, choices, and the way from a node to its constructor. */
#include "lib/expr/build_parts.h"

#include "lib/base/limits.h"

#include <assert.h>
#include <string.h>

/* ---- Nodes without rules ------------------------------------------------ */

/* `o` over `count` operands. */
const expr *intern_list(dimsat_context *cx, op o, const expr *const *arg,
                        size_t count) {
  if (count > UINT32_MAX)
    too_large(cx, "an operator has too many operands");
  return expr_intern(
      cx, &(expr_key){.op = o, .count = (uint32_t)count, .arg = arg});
}

/* `o` over two operands. */
const expr *intern_two(dimsat_context *cx, op o, const expr *a, const expr *b) {
  return intern_list(cx, o, (const expr *[]){a, b}, 2);
}

/* Raises DIMSAT_TOO_LARGE with a sentence. */
void too_large(dimsat_context *cx, const char *sentence) {
  context_fail(cx, DIMSAT_TOO_LARGE, 0, 0, "%s", sentence);
}

/* ---- Lists -------------------------------------------------------------- */

/* Appends `e`. */
void operands_add(dimsat_context *cx, operands *list, const expr *e) {
  list->item = arena_grow(&cx->work, list->item, list->count, &list->capacity,
                          sizeof *list->item);
  list->item[list->count++] = e;
}

/* Whether a RATIO is among the operands. */
bool any_ratio(const expr *const *arg, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (arg[i]->op == OP_RATIO)
      return true;
  return false;
}

/* Whether an operand may have no value. */
bool any_partial(const expr *const *arg, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (arg[i]->partial)
      return true;
  return false;
}

/* ---- Leaves ------------------------------------------------------------- */

/* An integer. */
const expr *build_integer(dimsat_context *cx, integer value) {
  return expr_intern(cx, &(expr_key){.op = OP_INT, .value = value});
}

/* A small integer. */
const expr *build_small(dimsat_context *cx, int64_t value) {
  return build_integer(cx, integer_of(value));
}

/* A symbol; any name that is not too long. */
const expr *build_symbol(dimsat_context *cx, const char *name) {
  if (strlen(name) > LIMIT_NAME_BYTES)
    too_large(cx, "a name is too long");
  return expr_intern(cx, &(expr_key){.op = OP_SYMBOL, .name = name});
}

/* TRUE or FALSE. */
const expr *build_truth(dimsat_context *cx, bool value) {
  return intern_list(cx, value ? OP_TRUE : OP_FALSE, NULL, 0);
}

/* A function that nobody knows; a condition has value 1, see `derive`. */
const expr *build_opaque(dimsat_context *cx, const char *name,
                         const expr *const *arg, size_t count, bool truth) {
  if (strlen(name) > LIMIT_NAME_BYTES)
    too_large(cx, "a name is too long");
  if (count > UINT32_MAX)
    too_large(cx, "a function has too many operands");
  return expr_intern(cx, &(expr_key){.op = OP_OPAQUE,
                                     .count = (uint32_t)count,
                                     .arg = arg,
                                     .value = integer_of(truth),
                                     .name = name});
}

/* ---- Conditions and numbers --------------------------------------------- */

/* A number is true where it is not 0. */
const expr *build_as_truth(dimsat_context *cx, const expr *a) {
  return a->truth ? a : build_ne(cx, a, build_small(cx, 0));
}

/* A condition is 1 or 0. */
const expr *build_as_number(dimsat_context *cx, const expr *a) {
  if (!a->truth)
    return a;
  return build_ite(cx, a, build_small(cx, 1), build_small(cx, 0));
}

/* A choice between two conditions: (c and a) or (not c and b). */
static const expr *choose_truth(dimsat_context *cx, const expr *c,
                                const expr *a, const expr *b) {
  const expr *const yes[] = {c, a};
  const expr *const no[] = {build_not(cx, c), b};
  const expr *const either[] = {build_and(cx, yes, 2), build_and(cx, no, 2)};
  return build_or(cx, either, 2);
}

/* ITE(TRUE, a, b) = a   where b is total
 * ITE(c, a, a) = a      where c is total
 * ITE(not c, a, b) = ITE(c, b, a) */
const expr *build_ite(dimsat_context *cx, const expr *condition, const expr *a,
                      const expr *b) {
  const expr *const c = build_as_truth(cx, condition);
  if (c->op == OP_NOT)
    return build_ite(cx, c->arg[0], b, a);
  if (c->op == OP_TRUE && !b->partial)
    return a;
  if (c->op == OP_FALSE && !a->partial)
    return b;
  if (a == b && !c->partial)
    return a;
  if (a->truth && b->truth)
    return choose_truth(cx, c, a, b);
  const expr *const three[] = {c, build_as_number(cx, a),
                               build_as_number(cx, b)};
  if (three[1] == three[2] && !c->partial)
    return three[1];
  if (any_ratio(three + 1, 2))
    return ratio_ite(cx, three[0], three[1], three[2]);
  return intern_list(cx, OP_ITE, three, 3);
}

/* ---- Minimum and maximum ------------------------------------------------ */

typedef struct {
  op op;
  operands list;
  bool has_constant;
  integer constant;
} extremum;

/* Takes one operand in: constants into the constant, equals apart. */
static void extremum_add(dimsat_context *cx, extremum *x, const expr *e) {
  if (e->op == x->op) {
    for (uint32_t i = 0; i < e->count; i++)
      extremum_add(cx, x, e->arg[i]);
  } else if (e->op != OP_INT) {
    operands_add(cx, &x->list, e);
  } else if (!x->has_constant) {
    x->has_constant = true;
    x->constant = e->value;
  } else {
    x->constant = x->op == OP_MIN ? integer_min(x->constant, e->value)
                                  : integer_max(x->constant, e->value);
  }
}

/* min and max are flat, sorted, without repeats and with one constant. */
static const expr *build_extremum(dimsat_context *cx, op o,
                                  const expr *const *arg, size_t count) {
  assert(count > 0);
  if (any_ratio(arg, count))
    return ratio_extremum(cx, o, arg, count);
  const arena_mark mark = arena_get_mark(&cx->work);
  extremum x = {.op = o};
  for (size_t i = 0; i < count; i++)
    extremum_add(cx, &x, build_as_number(cx, arg[i]));
  x.list.count = sort_distinct(x.list.item, x.list.count);
  if (x.has_constant)
    operands_add(cx, &x.list, build_integer(cx, x.constant));
  const expr *const e = x.list.count == 1
                            ? x.list.item[0]
                            : intern_list(cx, o, x.list.item, x.list.count);
  arena_rewind(&cx->work, mark);
  return e;
}

/* The least of one or more numbers. */
const expr *build_min(dimsat_context *cx, const expr *const *arg,
                      size_t count) {
  return build_extremum(cx, OP_MIN, arg, count);
}

/* The greatest of one or more numbers. */
const expr *build_max(dimsat_context *cx, const expr *const *arg,
                      size_t count) {
  return build_extremum(cx, OP_MAX, arg, count);
}

/* |a| = max(a, -a) */
const expr *build_abs(dimsat_context *cx, const expr *a) {
  const expr *const number = build_as_number(cx, a);
  const expr *const both[] = {number, build_neg(cx, number)};
  return build_max(cx, both, 2);
}

/* ---- Again -------------------------------------------------------------- */

/* One case an operator; a dispatch, so longer than other functions. */
const expr *build_again(dimsat_context *cx, const expr *e,
                        const expr *const *arg) {
  switch ((op)e->op) {
  case OP_INT:
  case OP_SYMBOL:
  case OP_FALSE:
  case OP_TRUE:
    return e;
  case OP_ADD:
    return build_linear(cx, e->value, e->coefficient, arg, e->count);
  case OP_MUL:
    return build_product(cx, arg, e->count);
  case OP_FLOORDIV:
    return build_floordiv(cx, arg[0], arg[1]);
  case OP_MOD:
    return build_mod(cx, arg[0], arg[1]);
  case OP_POW:
    return build_pow(cx, arg[0], arg[1]);
  case OP_MIN:
    return build_min(cx, arg, e->count);
  case OP_MAX:
    return build_max(cx, arg, e->count);
  case OP_ITE:
    return build_ite(cx, arg[0], arg[1], arg[2]);
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    return build_bits(cx, (op)e->op, arg, e->count);
  case OP_FLOAT:
    return build_float(cx, arg[0]);
  case OP_RATIO:
    return build_ratio(cx, arg[0], arg[1]);
  case OP_OPAQUE:
    return build_opaque(cx, e->name, arg, e->count, e->truth);
  case OP_EQ:
    return build_eq(cx, arg[0], arg[1]);
  case OP_LE:
    return build_le(cx, arg[0], arg[1]);
  case OP_NOT:
    return build_not(cx, arg[0]);
  case OP_AND:
    return build_and(cx, arg, e->count);
  case OP_OR:
    return build_or(cx, arg, e->count);
  case OP_COUNT:
    break;
  }
  assert(false && "an operator of ops.def");
  return e;
}
