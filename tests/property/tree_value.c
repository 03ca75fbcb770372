#include "tests/property/tree.h"

#include <string.h>

/* ---- Operators ---------------------------------------------------------- */

/* r = floor(r) */
static void floor_of(mpq_t r) {
  mpz_fdiv_q(mpq_numref(r), mpq_numref(r), mpq_denref(r));
  mpz_set_ui(mpq_denref(r), 1);
}

/* r = r rounded to the nearest integer, ties to even. */
static void nearest_of(mpq_t r) {
  mpq_t half, copy;
  mpq_inits(half, copy, NULL);
  mpq_set_si(half, 1, 2);
  mpq_add(copy, r, half);
  mpq_set(half, copy);
  floor_of(half);
  if (mpq_equal(half, copy) && mpz_odd_p(mpq_numref(half)))
    mpz_sub_ui(mpq_numref(half), mpq_numref(half), 1);
  mpq_set(r, half);
  mpq_clears(half, copy, NULL);
}

/* r = r rounded as `how` says. */
static void round_of(mpq_t r, rounding how) {
  const bool up = how == ROUND_CEIL || (how == ROUND_TRUNC && mpq_sgn(r) < 0);
  if (how == ROUND_EVEN) {
    nearest_of(r);
    return;
  }
  if (up)
    mpq_neg(r, r);
  floor_of(r);
  if (up)
    mpq_neg(r, r);
}

/* r = what a function that nobody knows gives at r: (r + 1)/2 or so. */
static void function_of(mpq_t r, int64_t which) {
  mpq_t slope, shift;
  mpq_inits(slope, shift, NULL);
  mpq_set_si(slope, 1, (unsigned long)which + 2);
  mpq_set_si(shift, 1, 2);
  mpq_mul(r, r, slope);
  mpq_add(r, r, shift);
  mpq_clears(slope, shift, NULL);
}

/* Whether |r| has reached 2**53. */
static bool is_far(const mpq_t r) {
  return mpz_sizeinbase(mpq_numref(r), 2) > 53 ||
         mpz_sizeinbase(mpq_denref(r), 2) > 53;
}

/* a // b, a % b, a / b and the ceiling, for b other than 0. */
static void divide_of(mpq_t r, kind k, const mpq_t a, const mpq_t b) {
  mpq_t quotient;
  mpq_init(quotient);
  mpq_div(quotient, a, b);
  if (k == CEILDIV)
    mpq_neg(quotient, quotient);
  if (k != RATIO)
    floor_of(quotient);
  if (k == CEILDIV)
    mpq_neg(quotient, quotient);
  if (k == MOD) {
    mpq_mul(quotient, quotient, b);
    mpq_sub(quotient, a, quotient);
  }
  mpq_set(r, quotient);
  mpq_clear(quotient);
}

/* a ** b for a small integer b >= 0. */
static void power_of(mpq_t r, const mpq_t a, const mpq_t b) {
  const unsigned long times = mpz_get_ui(mpq_numref(b));
  mpq_t result;
  mpq_init(result);
  mpz_pow_ui(mpq_numref(result), mpq_numref(a), times);
  mpz_pow_ui(mpq_denref(result), mpq_denref(a), times);
  mpq_set(r, result);
  mpq_clear(result);
}

/* The bitwise operators. */
static void bits_of(mpq_t r, kind k, const mpq_t a, const mpq_t b) {
  mpz_t result;
  mpz_init(result);
  if (k == BITAND)
    mpz_and(result, mpq_numref(a), mpq_numref(b));
  else if (k == BITOR)
    mpz_ior(result, mpq_numref(a), mpq_numref(b));
  else
    mpz_xor(result, mpq_numref(a), mpq_numref(b));
  mpq_set_z(r, result);
  mpz_clear(result);
}

/* Operators over two operands; true is 1. */
static state compute_two(mpq_t r, const tree *t, const mpq_t a, const mpq_t b) {
  const kind k = t->kind == BIT_TRUTH ? (kind)(BITAND + t->number) : t->kind;
  switch ((int)k) {
  case ADD:
    mpq_add(r, a, b);
    return VALUE;
  case SUB:
    mpq_sub(r, a, b);
    return VALUE;
  case MUL:
    mpq_mul(r, a, b);
    return VALUE;
  case BITAND:
  case BITOR:
  case BITXOR:
    bits_of(r, k, a, b);
    return VALUE;
  case POW:
    if (mpq_sgn(b) < 0)
      return NOTHING;
    power_of(r, a, b);
    return VALUE;
  case FLOORDIV:
  case CEILDIV:
  case MOD:
  case RATIO:
    if (mpq_sgn(b) == 0)
      return NOTHING;
    if (k == RATIO && (is_far(a) || is_far(b)))
      return FAR;
    divide_of(r, k, a, b);
    return VALUE;
  case NE:
    mpq_set_si(r, !mpq_equal(a, b), 1);
    return VALUE;
  case LE:
    mpq_set_si(r, mpq_cmp(a, b) <= 0, 1);
    return VALUE;
  case LT:
    mpq_set_si(r, mpq_cmp(a, b) < 0, 1);
    return VALUE;
  default:
    mpq_set_si(r, mpq_equal(a, b) != 0, 1);
    return VALUE;
  }
}

/* Operators over one operand. */
static state compute_one(mpq_t r, const tree *t, const mpq_t a) {
  mpq_set(r, a);
  switch ((int)t->kind) {
  case NEG:
    mpq_neg(r, a);
    return VALUE;
  case ABS:
    mpq_abs(r, a);
    return VALUE;
  case ROUND:
    round_of(r, (rounding)t->number);
    return VALUE;
  case NOT:
    mpq_set_si(r, mpq_sgn(a) == 0, 1);
    return VALUE;
  case AS_TRUTH:
    mpq_set_si(r, mpq_sgn(a) != 0, 1);
    return VALUE;
  case FLOAT:
    return is_far(a) ? FAR : VALUE;
  case UNKNOWN:
    function_of(r, t->number);
    return VALUE;
  default:
    return VALUE;
  }
}

/* One step of an operator over a list. */
static void compute_step(mpq_t r, const tree *t, size_t i, const mpq_t a) {
  mpq_t part;
  mpq_init(part);
  mpq_set_si(part, t->kind == LINEAR ? t->factor[i] : 1, 1);
  mpq_mul(part, part, a);
  if (t->kind == LINEAR || t->kind == SUM)
    mpq_add(r, r, part);
  else if (t->kind == PRODUCT)
    mpq_mul(r, r, a);
  else if (i == 0 ||
           ((t->kind == MIN || t->kind == AND) && mpq_cmp(a, r) < 0) ||
           ((t->kind == MAX || t->kind == OR) && mpq_cmp(a, r) > 0))
    mpq_set(r, a);
  mpq_clear(part);
}

/* Operators over a list, and the choice. */
static state compute_list(mpq_t r, const tree *t, mpq_t *a) {
  if (t->kind == ITE) {
    mpq_set(r, mpq_sgn(a[0]) != 0 ? a[1] : a[2]);
    return VALUE;
  }
  mpq_set_si(r, t->kind == PRODUCT ? 1 : 0, 1);
  if (t->kind == LINEAR)
    mpq_set_si(r, t->factor[OPERANDS], 1);
  for (size_t i = 0; i < t->count; i++)
    compute_step(r, t, i, a[i]);
  return VALUE;
}

/* One operator over values. */
static state compute(mpq_t r, const tree *t, mpq_t *a) {
  switch ((int)t->kind) {
  case LINEAR:
  case SUM:
  case PRODUCT:
  case MIN:
  case MAX:
  case AND:
  case OR:
  case ITE:
    return compute_list(r, t, a);
  default:
    return t->count == 1 ? compute_one(r, t, a[0])
                         : compute_two(r, t, a[0], a[1]);
  }
}

/* The value of a tree; nothing wins over far. */
state tree_value(mpq_t r, const tree *t, mpq_t *sizes) {
  mpq_t a[OPERANDS];
  const size_t count = t->count < OPERANDS ? t->count : OPERANDS;
  state worst = VALUE;
  if (t->kind == CONSTANT)
    mpq_set_si(r, t->number, 1);
  else if (t->kind == SYMBOL)
    mpq_set(r, sizes[t->number]);
  if (t->kind == CONSTANT || t->kind == SYMBOL)
    return VALUE;
  for (size_t i = 0; i < count; i++) {
    mpq_init(a[i]);
    const state s = tree_value(a[i], t->operand[i], sizes);
    worst = s > worst ? s : worst;
  }
  if (worst == VALUE)
    worst = compute(r, t, a);
  for (size_t i = 0; i < count; i++)
    mpq_clear(a[i]);
  return worst;
}

/* ---- Nodes -------------------------------------------------------------- */

/* The function that an OPAQUE is, as a tree of one operator. */
static tree function_tree(const expr *e) {
  static const struct {
    const char *name;
    tree tree;
  } known[] = {
      {"Lt", {.kind = LT, .count = 2}},
      {"TruncToInt", {.kind = ROUND, .number = ROUND_TRUNC, .count = 1}},
      {"FloorToInt", {.kind = ROUND, .number = ROUND_FLOOR, .count = 1}},
      {"CeilToInt", {.kind = ROUND, .number = ROUND_CEIL, .count = 1}},
      {"RoundToInt", {.kind = ROUND, .number = ROUND_EVEN, .count = 1}},
      {"OpaqueUnaryFn_sqrt", {.kind = UNKNOWN, .number = 0, .count = 1}},
      {"OpaqueUnaryFn_exp", {.kind = UNKNOWN, .number = 1, .count = 1}},
      {"OpaqueUnaryFn_log", {.kind = UNKNOWN, .number = 2, .count = 1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(e->name, known[i].name) == 0)
      return known[i].tree;
  abort();
}

/* A node as a tree of one operator, which has too few operands for lists. */
static tree node_tree(const expr *e) {
  static const kind kinds[OP_COUNT] = {
      [OP_ADD] = SUM,     [OP_MUL] = PRODUCT,   [OP_FLOORDIV] = FLOORDIV,
      [OP_MOD] = MOD,     [OP_POW] = POW,       [OP_MIN] = MIN,
      [OP_MAX] = MAX,     [OP_ITE] = ITE,       [OP_BITAND] = BITAND,
      [OP_BITOR] = BITOR, [OP_BITXOR] = BITXOR, [OP_FLOAT] = FLOAT,
      [OP_RATIO] = RATIO, [OP_EQ] = EQ,         [OP_LE] = LE,
      [OP_NOT] = NOT,     [OP_AND] = AND,       [OP_OR] = OR,
  };
  if (e->op == OP_OPAQUE)
    return function_tree(e);
  return (tree){.kind = kinds[e->op], .count = e->count};
}

/* r = n */
static void set_integer(mpq_t r, integer n) {
  if (integer_is_small(n)) {
    mpq_set_si(r, n.small, 1);
    return;
  }
  fault none = {0};
  arena m;
  arena_init(&m, &none);
  mpq_set_str(r, integer_text(&m, n), 10);
  arena_clear(&m);
}

/* A node without operands. */
static state leaf_value(mpq_t r, const expr *e, const expr *const *symbol,
                        mpq_t *sizes) {
  if (e->op == OP_INT)
    set_integer(r, e->value);
  else
    mpq_set_si(r, e->op == OP_TRUE, 1);
  for (size_t i = 0; i < SYMBOLS; i++)
    if (symbol[i] == e)
      mpq_set(r, sizes[i]);
  return VALUE;
}

/* Folds operand `i`, whose value is `a`, into `r`. */
static state fold_operand(mpq_t r, const tree *t, const expr *e, uint32_t i,
                          mpq_t a) {
  mpq_t factor;
  mpq_init(factor);
  if (e->coefficient != NULL) {
    set_integer(factor, e->coefficient[i]);
    mpq_mul(a, a, factor);
  }
  mpq_clear(factor);
  if (e->op == OP_BITAND || e->op == OP_BITOR || e->op == OP_BITXOR) {
    if (i == 0)
      mpq_set(r, a);
    else
      bits_of(r, t->kind, r, a);
  } else {
    compute_step(r, t, i, a);
  }
  return VALUE;
}

/* Operators over any number of operands. */
static state fold_node(mpq_t r, const tree *t, const expr *e, mpq_t *a) {
  mpq_set_si(r, e->op == OP_MUL, 1);
  if (e->op == OP_ADD)
    set_integer(r, e->value);
  for (uint32_t i = 0; i < e->count; i++)
    fold_operand(r, t, e, i, a[i]);
  return VALUE;
}

/* The value of a node, by the same steps as a tree. */
state node_value(mpq_t r, const expr *e, const expr *const *symbol,
                 mpq_t *sizes) {
  if (e->count == 0)
    return leaf_value(r, e, symbol, sizes);
  mpq_t *const a = malloc(e->count * sizeof *a);
  state worst = VALUE;
  for (uint32_t i = 0; i < e->count; i++) {
    mpq_init(a[i]);
    const state s = node_value(a[i], e->arg[i], symbol, sizes);
    worst = s > worst ? s : worst;
  }
  const tree t = node_tree(e);
  const bool folds = (takes_list(t.kind) && t.kind != ITE) ||
                     t.kind == BITAND || t.kind == BITOR || t.kind == BITXOR;
  if (worst == VALUE)
    worst = folds ? fold_node(r, &t, e, a) : compute(r, &t, a);
  for (uint32_t i = 0; i < e->count; i++)
    mpq_clear(a[i]);
  free(a);
  return worst;
}
