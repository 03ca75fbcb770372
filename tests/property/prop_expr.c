/*
 * Random trees, built by the constructors and evaluated by `evaluate`, against
 * the same trees evaluated one operator at a time in GMP's quotients.
 */
#include "lib/expr/evaluate.h"
#include "lib/expr/parse.h"
#include "lib/expr/print.h"
#include "tests/property/tree.h"

#include <check.h>
#include <string.h>

Suite *suite_prop_expr(void);

#define TREES 8000
#define SIZES 6

/* ---- The library's side ------------------------------------------------- */

/* The constructors over any number of operands. */
static const expr *construct_list(dimsat_context *cx, const tree *t,
                                  const expr *const *arg) {
  integer factor[OPERANDS];
  for (size_t i = 0; i < t->count; i++)
    factor[i] = integer_of(t->factor[i]);
  switch ((int)t->kind) {
  case LINEAR:
    return build_linear(cx, integer_of(t->factor[OPERANDS]), factor, arg,
                        t->count);
  case SUM:
    return build_sum(cx, arg, t->count);
  case PRODUCT:
    return build_product(cx, arg, t->count);
  case MIN:
    return build_min(cx, arg, t->count);
  case MAX:
    return build_max(cx, arg, t->count);
  case AND:
    return build_and(cx, arg, t->count);
  case OR:
    return build_or(cx, arg, t->count);
  default:
    return build_ite(cx, arg[0], arg[1], arg[2]);
  }
}

/* The constructors over one operand. */
static const expr *construct_one(dimsat_context *cx, const tree *t,
                                 const expr *a) {
  static const char *const functions[] = {
      "OpaqueUnaryFn_sqrt", "OpaqueUnaryFn_exp", "OpaqueUnaryFn_log"};
  switch ((int)t->kind) {
  case NEG:
    return build_neg(cx, a);
  case ABS:
    return build_abs(cx, a);
  case ROUND:
    return build_round(cx, (rounding)t->number, a);
  case FLOAT:
    return build_float(cx, a);
  case UNKNOWN:
    return build_opaque(cx, functions[t->number], &a, 1, false);
  case AS_NUMBER:
    return build_as_number(cx, a);
  case AS_TRUTH:
    return build_as_truth(cx, a);
  default:
    return build_not(cx, a);
  }
}

/* The constructors over two operands. */
static const expr *construct_two(dimsat_context *cx, const tree *t,
                                 const expr *a, const expr *b) {
  static const op bits[] = {OP_BITAND, OP_BITOR, OP_BITXOR};
  switch ((int)t->kind) {
  case ADD:
    return build_add(cx, a, b);
  case SUB:
    return build_sub(cx, a, b);
  case MUL:
    return build_mul(cx, a, b);
  case FLOORDIV:
    return build_floordiv(cx, a, b);
  case CEILDIV:
    return build_ceildiv(cx, a, b);
  case MOD:
    return build_mod(cx, a, b);
  case POW:
    return build_pow(cx, a, b);
  case BITAND:
  case BITOR:
  case BITXOR:
    return build_bitwise(cx, bits[t->kind - BITAND], a, b);
  case BIT_TRUTH:
    return build_bitwise(cx, bits[t->number], a, b);
  case RATIO:
    return build_ratio(cx, a, b);
  case NE:
    return build_ne(cx, a, b);
  case LE:
    return build_le(cx, a, b);
  case LT:
    return build_lt(cx, a, b);
  default:
    return build_eq(cx, a, b);
  }
}

/* The expression of a tree. */
static const expr *construct(dimsat_context *cx, const tree *t) {
  if (t->kind == CONSTANT)
    return build_small(cx, t->number);
  if (t->kind == SYMBOL)
    return build_symbol(
        cx, (const char *[]){"s9", "s10", "L['x'].size()[0]", "b"}[t->number]);
  const expr *arg[OPERANDS];
  for (size_t i = 0; i < t->count; i++)
    arg[i] = construct(cx, t->operand[i]);
  if (takes_list(t->kind))
    return construct_list(cx, t, arg);
  return t->count == 1 ? construct_one(cx, t, arg[0])
                       : construct_two(cx, t, arg[0], arg[1]);
}

/* ---- Comparing ---------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  grower *grower;
  size_t compared, undecided;
} comparison;

/* What is compared. */
typedef struct {
  const tree *tree;
  const expr *e;
  const expr *symbol[SYMBOLS];
  evaluator *evaluator;
} subject;

/* The text of an expression, for messages. */
static const char *show(dimsat_context *cx, const expr *e) {
  buffer out;
  buffer_init(&out, &cx->work);
  print_expression(&out, e, DIMSAT_PYTHON);
  return out.text;
}

/* Every node is what its constructor makes of its operands, and the text of the
 * whole is read back as the whole. */
static void check_canonical(dimsat_context *cx, const expr *e) {
  size_t count;
  const expr **const list = expr_nodes(cx, &e, 1, &count);
  for (size_t i = 0; i < count; i++)
    ck_assert_msg(build_again(cx, list[i], list[i]->arg) == list[i],
                  "again: %s, inside %s", show(cx, list[i]), show(cx, e));
  const char *const text = show(cx, e);
  const expr *const read = parse_expression(cx, text, strlen(text));
  ck_assert_msg(read == e, "read back: %s as %s", text, show(cx, read));
}

/* The size of a symbol: small, or now and then beyond 64 bits. */
static integer pick_size(comparison *c) {
  grower *const g = c->grower;
  const integer small = integer_of(pick(g, 14) - 4);
  if (g->reals || pick(g, 12) != 0)
    return small;
  return integer_add(&c->cx->work, small,
                     integer_pow(&c->cx->work, integer_of(-7), 23));
}

/* The quotient that `n` is. */
static void set_integer(dimsat_context *cx, mpq_t r, integer n) {
  mpq_set_str(r, integer_text(&cx->work, n), 10);
}

/* Whether `v` is what the tree gave. */
static bool agree(comparison *c, value v, state s, const mpq_t expected) {
  if (s == NOTHING || v.kind == VALUE_NONE)
    return s == NOTHING && v.kind == VALUE_NONE;
  mpq_t got, below;
  mpq_inits(got, below, NULL);
  if (v.kind == VALUE_TRUTH)
    mpq_set_si(got, v.truth, 1);
  else
    set_integer(c->cx, got, v.number);
  if (v.kind == VALUE_RATIO) {
    set_integer(c->cx, below, v.denominator);
    mpq_div(got, got, below);
  }
  const bool same = mpq_equal(got, expected) != 0;
  mpq_clears(got, below, NULL);
  return same;
}

/* Picks sizes: as integers, and as GMP's. */
static void pick_sizes(comparison *c, integer *size, mpq_t *sizes) {
  for (size_t i = 0; i < SYMBOLS; i++) {
    size[i] = pick_size(c);
    set_integer(c->cx, sizes[i], size[i]);
  }
}

/* A symbol to a huge power is no test of anything. */
static bool is_reasonable(const tree *t, const integer *size) {
  if (t->kind == POW && t->operand[1]->kind == SYMBOL &&
      integer_bits(size[t->operand[1]->number]) > 8)
    return false;
  for (size_t i = 0; i < t->count; i++)
    if (!is_reasonable(t->operand[i], size))
      return false;
  return true;
}

/* Fails the test with everything that is known. */
static void complain(comparison *c, const expr *e, const integer *size, state s,
                     const mpq_t expected) {
  arena *const m = &c->cx->work;
  ck_abort_msg("%s should have %s %s where s9 = %s, s10 = %s, x = %s, b = %s",
               show(c->cx, e), s == NOTHING ? "no value" : "value",
               s == NOTHING ? "" : mpq_get_str(NULL, 10, expected),
               integer_text(m, size[0]), integer_text(m, size[1]),
               integer_text(m, size[2]), integer_text(m, size[3]));
}

/* One tree against `evaluate`. */
static void check_value(comparison *c, const subject *on, const integer *size,
                        mpq_t *sizes) {
  mpq_t expected;
  mpq_init(expected);
  const state s = tree_value(expected, on->tree, sizes);
  const value got = evaluator_run(on->evaluator, &c->cx->work, size);
  c->compared++;
  if (s == FAR || got.kind == VALUE_UNDECIDED) {
    ck_assert_msg(c->grower->reals, "undecided: %s", show(c->cx, on->e));
    c->undecided++;
  } else if (!agree(c, got, s, expected)) {
    complain(c, on->e, size, s, expected);
  }
  mpq_clear(expected);
}

/* One tree against its node, where functions give reals. */
static void check_functions(comparison *c, const subject *on,
                            const integer *size, mpq_t *sizes) {
  mpq_t expected, got;
  mpq_inits(expected, got, NULL);
  const state s = tree_value(expected, on->tree, sizes);
  const state t = node_value(got, on->e, on->symbol, sizes);
  if (s != FAR && t != FAR &&
      (s != t || (s == VALUE && !mpq_equal(got, expected))))
    complain(c, on->e, size, s, expected);
  mpq_clears(expected, got, NULL);
}

/* One tree at a few sizes. */
static void check_sizes(comparison *c, const subject *on) {
  mpq_t sizes[SYMBOLS];
  integer size[SYMBOLS];
  for (size_t i = 0; i < SYMBOLS; i++)
    mpq_init(sizes[i]);
  for (int i = 0; i < SIZES; i++) {
    pick_sizes(c, size, sizes);
    if (!is_reasonable(on->tree, size))
      continue;
    if (c->grower->functions)
      check_functions(c, on, size, sizes);
    else
      check_value(c, on, size, sizes);
  }
  for (size_t i = 0; i < SYMBOLS; i++)
    mpq_clear(sizes[i]);
}

/* One tree. */
static void check_tree(void *data) {
  comparison *const c = data;
  grower *const g = c->grower;
  g->used = 0;
  sort s = pick(g, 2) == 0 ? TRUTH : INTEGER;
  if (g->reals && pick(g, 3) == 0)
    s = REAL;
  const tree *const t = grow(g, s, 1 + (int)pick(g, 4));
  subject on = {.tree = t, .e = construct(c->cx, t)};
  check_canonical(c->cx, on.e);
  for (int64_t i = 0; i < SYMBOLS; i++)
    on.symbol[i] = construct(c->cx, &(tree){.kind = SYMBOL, .number = i});
  on.evaluator = evaluator_new(c->cx, &c->cx->work, on.e, on.symbol, SYMBOLS);
  check_sizes(c, &on);
}

/* Many trees in one context. */
static void check_trees(bool reals, bool functions) {
  static grower g;
  g.random = random_start();
  g.reals = reals;
  g.functions = functions;
  comparison c = {.cx = dimsat_context_new(), .grower = &g};
  for (int i = 0; i < TREES; i++) {
    const dimsat_status status = context_run(c.cx, check_tree, &c);
    ck_assert_msg(status == DIMSAT_OK, "tree %d: %s", i,
                  dimsat_last_error(c.cx)->text);
  }
  ck_assert(context_ok(c.cx));
  ck_assert_msg(c.undecided * 10 <= c.compared, "%zu of %zu undecided",
                c.undecided, c.compared);
  dimsat_context_free(c.cx);
}

START_TEST(integers_agree) {
  check_trees(false, false);
}
END_TEST

START_TEST(reals_agree) {
  check_trees(true, false);
}
END_TEST

START_TEST(functions_agree) {
  check_trees(true, true);
}
END_TEST

/* The suite. */
Suite *suite_prop_expr(void) {
  Suite *const s = suite_create("prop_expr");
  TCase *const tc = tcase_create("prop_expr");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, integers_agree);
  tcase_add_test(tc, reals_agree);
  tcase_add_test(tc, functions_agree);
  suite_add_tcase(s, tc);
  return s;
}
