/*
 * The DAG: nodes, interning, structural order.
 *
 * A node is immutable and unique in its context.  `id`s are dense and operands
 * are older than the node, so side tables are arrays indexed by id.
 */
#ifndef LIB_EXPR_EXPR_H
#define LIB_EXPR_EXPR_H

#include "lib/expr/context.h"

typedef enum {
#define OP(name, flags) OP_##name,
#include "lib/expr/ops.def"
#undef OP
  OP_COUNT
} op;

struct dimsat_expr {
  uint32_t id;
  uint32_t hash;
  uint8_t op;
  bool truth;     /* a condition */
  bool partial;   /* may have no value: it or an operand divides by a
                     non-constant, or is POW, FLOAT or OPAQUE */
  bool opaque;    /* it or an operand is OPAQUE: a value that nobody knows and
                     that may be no integer */
  uint16_t depth; /* 1 for a leaf, at most LIMIT_DEPTH */
  uint32_t count; /* operands */
  const expr *const *arg;
  const integer *coefficient; /* ADD: one an operand; else NULL */
  integer value;              /* INT: the number; ADD: the constant; OPAQUE:
                                 1 for a condition */
  const char *name;           /* SYMBOL, OPAQUE; else NULL */
};

/* What `expr_intern` looks for; arrays are copied when a node is made. */
typedef struct {
  op op;
  uint32_t count;
  const expr *const *arg;
  const integer *coefficient;
  integer value;
  const char *name;
} expr_key;

/* The one node for `key`: found, or made and remembered.  No rules here. */
const expr *expr_intern(dimsat_context *cx, const expr_key *key);

/*
 * Order by structure: symbols by name (digits inside names compare as
 * numbers), then by operator, operands and values.  Never by address or age.
 */
int expr_compare(const expr *a, const expr *b);

bool op_is_commutative(op o);
bool op_is_truth(op o);
bool op_is_partial(op o);
const char *op_name(op o);

/* Each node below `root`, operands first, each once; `count` of them.  In the
 * work arena.  Iterative: depth costs no C stack. */
const expr **expr_nodes(dimsat_context *cx, const expr *const *roots,
                        size_t root_count, size_t *count);

#endif
