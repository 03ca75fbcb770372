/*
 * Random trees of constructor calls, and their values in GMP's quotients,
 * computed one operator at a time without any help of the library.
 */
#ifndef TESTS_PROPERTY_TREE_H
#define TESTS_PROPERTY_TREE_H

#include "lib/expr/build.h"
#include "tests/unit/random.h"

#include <gmp.h>

#define SYMBOLS 4
#define POOL 4096
#define OPERANDS 4

typedef enum { INTEGER, REAL, TRUTH } sort;

/* Every constructor there is. */
typedef enum {
  CONSTANT,
  SYMBOL,
  LINEAR,
  SUM,
  PRODUCT,
  ADD,
  SUB,
  NEG,
  MUL,
  FLOORDIV,
  CEILDIV,
  MOD,
  POW,
  MIN,
  MAX,
  ABS,
  ITE,
  BITAND,
  BITOR,
  BITXOR,
  ROUND,
  FLOAT,
  UNKNOWN,
  RATIO,
  AS_NUMBER,
  EQ,
  NE,
  LE,
  LT,
  EQ_TRUTH,
  NOT,
  AND,
  OR,
  AS_TRUTH,
  BIT_TRUTH
} kind;

typedef struct tree {
  kind kind;
  sort sort;
  int64_t number; /* CONSTANT, SYMBOL (index), ROUND (how), BIT_TRUTH (op),
                     UNKNOWN (which)  */
  int64_t factor[OPERANDS + 1]; /* LINEAR */
  size_t count;
  struct tree *operand[OPERANDS];
} tree;

typedef struct {
  random_source random;
  tree pool[POOL];
  size_t used;
  bool reals;     /* quotients and floats may occur */
  bool functions; /* functions that nobody knows, too */
} grower;

/* A number below `count`. */
int64_t pick(grower *g, int64_t count);
/* A tree of sort `s`, at most `depth` operators deep. */
tree *grow(grower *g, sort s, int depth);
bool takes_list(kind k);

typedef enum { VALUE, FAR, NOTHING } state;

/* The value of a tree; true is 1, a function that nobody knows is some real.
 * NOTHING wins over FAR, which is a float of 2**53 or more. */
state tree_value(mpq_t r, const tree *t, mpq_t *sizes);
/* The same for a node, whose symbols are `symbol`. */
state node_value(mpq_t r, const expr *e, const expr *const *symbol,
                 mpq_t *sizes);

#endif
