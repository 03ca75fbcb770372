/* The operator table in memory. */
#include "lib/expr/expr.h"

#include <assert.h>

enum { COMM = 1, TRUTH = 2, PARTIAL = 4 };

typedef struct {
  const char *name;
  int flags;
} row;

static const row rows[OP_COUNT] = {
#define OP(name, flags) [OP_##name] = {#name, (flags)},
#include "lib/expr/ops.def"
#undef OP
};

/* Whether the row of `o` has `flag`. */
static bool has(op o, int flag) {
  assert((unsigned)o < OP_COUNT);
  return (rows[o].flags & flag) != 0;
}

/* Whether operands of `o` are kept sorted. */
bool op_is_commutative(op o) {
  return has(o, COMM);
}

/* Whether `o` makes conditions. */
bool op_is_truth(op o) {
  return has(o, TRUTH);
}

/* Whether `o` may have no value although its operands have one. */
bool op_is_partial(op o) {
  return has(o, PARTIAL);
}

/* The name of `o` as the table spells it. */
const char *op_name(op o) {
  assert((unsigned)o < OP_COUNT);
  return rows[o].name;
}
