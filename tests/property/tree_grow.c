#include "tests/property/tree.h"

/* A number below `count`. */
int64_t pick(grower *g, int64_t count) {
  return (int64_t)random_below(&g->random, (uint64_t)count);
}

/* A tree without operands. */
static tree *grow_leaf(grower *g, sort s) {
  tree *const t = &g->pool[g->used++];
  *t = (tree){.sort = s, .kind = CONSTANT};
  if (s == TRUTH) {
    t->kind = AS_TRUTH;
    t->count = 1;
    t->operand[0] = grow_leaf(g, INTEGER);
  } else if (pick(g, 3) != 0) {
    t->kind = SYMBOL;
    t->number = pick(g, SYMBOLS);
  } else {
    t->number = pick(g, 9) - 3;
    if (pick(g, 20) == 0)
      t->number = pick(g, 200) - 100;
  }
  return t;
}

/* Integers become reals now and then. */
static sort pick_number(grower *g) {
  return g->reals && pick(g, 3) == 0 ? REAL : INTEGER;
}

/* The kind and shape of an integer. */
static void shape_integer(grower *g, tree *t, sort *below) {
  static const kind kinds[] = {LINEAR, SUM,   PRODUCT, ADD,      SUB,      NEG,
                               MUL,    MUL,   CEILDIV, FLOORDIV, FLOORDIV, MOD,
                               MOD,    POW,   MIN,     MAX,      ABS,      ITE,
                               BITAND, BITOR, BITXOR,  ROUND,    AS_NUMBER};
  t->kind = kinds[pick(g, sizeof kinds / sizeof *kinds)];
  *below = INTEGER;
  if (t->kind == ROUND || t->kind == FLOORDIV || t->kind == CEILDIV)
    *below = pick_number(g);
  if (t->kind == AS_NUMBER)
    *below = TRUTH;
}

/* The kind and shape of a real. */
static void shape_real(grower *g, tree *t, sort *below) {
  static const kind kinds[] = {LINEAR, SUM, PRODUCT, ADD,   SUB,   NEG,
                               MUL,    MOD, MIN,     MAX,   ABS,   ITE,
                               FLOAT,  POW, RATIO,   RATIO, RATIO, RATIO};
  t->kind = kinds[pick(g, sizeof kinds / sizeof *kinds)];
  if (g->functions && pick(g, 4) == 0)
    t->kind = UNKNOWN;
  *below = pick_number(g);
}

/* The kind and shape of a condition. */
static void shape_truth(grower *g, tree *t, sort *below) {
  static const kind kinds[] = {EQ,  NE,  LE, LT,  LE,       EQ_TRUTH,
                               NOT, AND, OR, ITE, AS_TRUTH, BIT_TRUTH};
  t->kind = kinds[pick(g, sizeof kinds / sizeof *kinds)];
  const bool relation = t->kind == EQ || t->kind == NE || t->kind == LE ||
                        t->kind == LT || t->kind == AS_TRUTH;
  *below = relation ? pick_number(g) : TRUTH;
}

/* How many operands a kind takes. */
static size_t operand_count(grower *g, kind k) {
  switch ((int)k) {
  case NEG:
  case ABS:
  case ROUND:
  case FLOAT:
  case UNKNOWN:
  case AS_NUMBER:
  case NOT:
  case AS_TRUTH:
    return 1;
  case ITE:
    return 3;
  case LINEAR:
  case SUM:
  case PRODUCT:
  case MIN:
  case MAX:
  case AND:
  case OR:
    return (size_t)pick(g, OPERANDS) + 1;
  default:
    return 2;
  }
}

/* Small exponents only: a symbol now and then where the base is an integer. */
static tree *grow_exponent(grower *g, sort base) {
  tree *const t = grow_leaf(g, INTEGER);
  if (base == REAL || pick(g, 3) != 0) {
    t->kind = CONSTANT;
    t->number = base == REAL ? pick(g, 3) : pick(g, 6) - 1;
  }
  return t;
}

/* A tree of sort `s`, at most `depth` operators deep. */
tree *grow(grower *g, sort s, int depth) {
  if (depth == 0 || g->used + 200 > POOL || pick(g, 8) == 0)
    return grow_leaf(g, s);
  tree *const t = &g->pool[g->used++];
  *t = (tree){.sort = s};
  sort below = INTEGER;
  if (s == INTEGER)
    shape_integer(g, t, &below);
  else if (s == REAL)
    shape_real(g, t, &below);
  else
    shape_truth(g, t, &below);
  t->count = operand_count(g, t->kind);
  t->number = t->kind == ROUND ? pick(g, 4) : pick(g, 3);
  for (size_t i = 0; i <= OPERANDS; i++)
    t->factor[i] = pick(g, 9) - 4;
  for (size_t i = 0; i < t->count; i++) {
    const bool condition = t->kind == ITE && i == 0;
    t->operand[i] = grow(g, condition ? TRUTH : below, depth - 1);
  }
  if (t->count > 1 && t->kind != ITE && pick(g, 8) == 0)
    t->operand[1] = t->operand[0];
  if (t->kind == POW)
    t->operand[1] = grow_exponent(g, below);
  return t;
}

/* Whether the constructor of `k` takes an array. */
bool takes_list(kind k) {
  return k == LINEAR || k == SUM || k == PRODUCT || k == MIN || k == MAX ||
         k == AND || k == OR || k == ITE;
}
