/*
 * The law of lib/expr/print.c: what a node prints as, in any spelling, parses
 * back to that node.  Nodes are grown by the constructors from a pool of small
 * ones, so that every operator meets every other as an operand; towers of one
 * operator reach down to the limit of depth.
 */
#include "lib/base/limits.h"
#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "lib/expr/print.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <string.h>

Suite *suite_prop_print(void);

#define POOLS 400
#define POOL 60
#define SPELLINGS 3

typedef struct {
  dimsat_context *cx;
  random_source random;
  const expr *pool[POOL];
  size_t count;
  const expr *made;
  unsigned choice; /* which constructor */
  unsigned seen[OP_COUNT];
} grower;

/* ---- The law ------------------------------------------------------------ */

/* One node, one spelling, and what came of it. */
typedef struct {
  dimsat_context *cx;
  const expr *e, *back;
  dimsat_spelling spelling;
  char text[400];
  bool too_large;
} attempt;

/* Prints and parses; the body of a fault_try. */
static void print_and_parse(void *data) {
  attempt *a = data;
  buffer out;
  buffer_init(&out, &a->cx->work);
  print_expression(&out, a->e, a->spelling);
  strncpy(a->text, out.text, sizeof a->text - 1);
  a->back = parse_expression(a->cx, out.text, out.length);
}

/* The law for one node; text beyond the limit of parse.c is no failure. */
static void check_law(dimsat_context *cx, const expr *e) {
  for (int i = 0; i < SPELLINGS; i++) {
    attempt a = {.cx = cx, .e = e, .spelling = (dimsat_spelling)i};
    const dimsat_status status = context_run(cx, print_and_parse, &a);
    if (status == DIMSAT_TOO_LARGE && a.text[0] == '\0')
      continue;
    ck_assert_msg(status == DIMSAT_OK, "seed %ju: %s: %s",
                  (uintmax_t)random_seed(), a.text, cx->error.text);
    ck_assert_msg(a.back == e, "seed %ju: %s", (uintmax_t)random_seed(),
                  a.text);
  }
}

/* ---- Growing ------------------------------------------------------------ */

/* A node of the pool. */
static const expr *pick(grower *g) {
  return g->pool[random_below(&g->random, g->count)];
}

/* An integer, mostly small or with many divisors, sometimes beyond 64 bits. */
static const expr *pick_integer(grower *g) {
  static const int64_t rich[] = {8, 11, 12, 16, 22, 24, 44, 60};
  const int64_t small = random_range(&g->random, -6, 6);
  const uint64_t dice = random_below(&g->random, 20);
  if (dice < 6)
    return build_small(g->cx, rich[random_below(&g->random, 8)]);
  if (dice < 19)
    return build_small(g->cx, small);
  arena *m = &g->cx->work;
  const integer large = integer_pow(m, integer_of(10), 30);
  return build_integer(g->cx, integer_mul(m, large, integer_of(small)));
}

/* Up to four nodes of the pool, of any sort. */
static size_t pick_some(grower *g, const expr *arg[4]) {
  const size_t count = 1 + random_below(&g->random, 4);
  for (size_t i = 0; i < count; i++)
    arg[i] = pick(g);
  return count;
}

/* A node that the constructor `choice` makes of the pool; a dispatch. */
static const expr *grow(grower *g, unsigned choice) {
  dimsat_context *cx = g->cx;
  const expr *a = pick(g), *b = pick(g), *c = pick(g), *some[4];
  const size_t count = pick_some(g, some);
  switch (choice) {
  case 0:
    return pick_integer(g);
  case 1:
    return build_sum(cx, some, count);
  case 2:
    return build_product(cx, some, count);
  case 3:
    return build_sub(cx, a, b);
  case 4:
    return build_mul(cx, pick_integer(g), a);
  case 5:
    return build_add(cx, pick_integer(g), a);
  case 6:
    return build_floordiv(cx, a, b);
  case 7:
    return build_floordiv(cx, a, pick_integer(g));
  case 8:
    return build_mod(cx, a, b);
  case 9:
    return build_mod(cx, a, pick_integer(g));
  case 10:
    return build_pow(cx, a, b);
  case 11:
    return build_pow(cx, a, pick_integer(g));
  case 12:
    return build_min(cx, some, count);
  case 13:
    return build_max(cx, some, count);
  case 14:
    return build_ite(cx, a, b, c);
  case 15:
    return build_bitwise(cx, OP_BITAND, a, b);
  case 16:
    return build_bitwise(cx, OP_BITOR, a, pick_integer(g));
  case 17:
    return build_bitwise(cx, OP_BITXOR, a, b);
  case 18:
    return build_float(cx, a);
  case 19:
    return build_ratio(cx, a, b);
  case 20:
    return build_round(cx, (rounding)random_below(&g->random, 4), a);
  case 21:
    return build_opaque(cx, "OpaqueUnaryFn_sqrt", &a, 1, false);
  case 22:
    return build_opaque(cx, "is_non_overlapping_and_dense", some, count, true);
  case 23:
  case 24:
    return build_eq(cx, a, b);
  case 25:
    return build_ne(cx, a, pick_integer(g));
  case 26:
    return build_le(cx, a, b);
  case 27:
    return build_lt(cx, a, pick_integer(g));
  case 28:
    return build_not(cx, build_as_truth(cx, a));
  case 29:
    return build_and(cx, some, count);
  case 30:
    return build_or(cx, some, count);
  case 31:
    return build_abs(cx, a);
  default:
    return build_symbol(cx, "L['x'].size()[0]");
  }
}

/* Grows one node; the body of a context_run. */
static void grow_one(void *data) {
  grower *g = data;
  g->made = grow(g, g->choice);
}

/* The first nodes of a pool; the body of a context_run. */
static void plant(void *data) {
  static const char *const names[] = {"a", "b", "s77", "L['x'].size()[0]"};
  grower *g = data;
  g->count = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    g->pool[g->count++] = build_symbol(g->cx, names[i]);
  g->pool[g->count++] = build_small(g->cx, 2);
  g->pool[g->count++] = build_truth(g->cx, true);
}

/* Fills a pool and holds every node of it against the law. */
static void fill_pool(grower *g) {
  ck_assert_int_eq(context_run(g->cx, plant, g), DIMSAT_OK);
  while (g->count < POOL) {
    g->choice = (unsigned)random_below(&g->random, 33);
    if (context_run(g->cx, grow_one, g) != DIMSAT_OK)
      continue;
    g->seen[g->made->op]++;
    check_law(g->cx, g->made);
    if (g->made->depth < 40)
      g->pool[g->count++] = g->made;
    else
      g->count++, g->pool[g->count - 1] = g->pool[0];
  }
}

START_TEST(print_parses_back) {
  grower g = {.cx = dimsat_context_new(), .random = random_start()};
  ck_assert_ptr_nonnull(g.cx);
  for (int i = 0; i < POOLS; i++)
    fill_pool(&g);
  for (int o = 0; o < OP_COUNT; o++)
    ck_assert_msg(g.seen[o] > 0, "no %s was ever grown", op_name((op)o));
  ck_assert(context_ok(g.cx));
  dimsat_context_free(g.cx);
}
END_TEST

/* ---- Towers ------------------------------------------------------------- */

/* One storey more on `e`, of kind `choice`. */
static const expr *build_storey(dimsat_context *cx, unsigned choice,
                                const expr *e) {
  const expr *a = build_symbol(cx, "a"), *b = build_symbol(cx, "b");
  const expr *two[] = {e, a};
  switch (choice) {
  case 0:
    return build_floordiv(cx, a, build_neg(cx, e));
  case 1:
    return build_add(cx, build_mul(cx, e, a), b);
  case 2:
    return build_mod(cx, e, b);
  case 3:
    return build_pow(cx, e, b);
  case 4:
    return build_pow(cx, b, build_neg(cx, e));
  case 5:
    return build_max(cx, (const expr *[]){build_neg(cx, e), a}, 2);
  case 6:
    return build_ite(cx, build_le(cx, e, a), b, e);
  case 7:
    return build_ite(cx, build_eq(cx, a, b), a, e);
  case 8:
    return build_bitwise(cx, OP_BITXOR, build_mul(cx, e, a), b);
  case 9:
    return build_float(cx, build_add(cx, e, a));
  case 10:
    return build_eq(cx, build_as_truth(cx, e), build_eq(cx, a, b));
  case 11:
    return build_or(cx, (const expr *[]){build_and(cx, two, 2), b}, 2);
  case 12:
    return build_min(cx, two, 2);
  default:
    return build_opaque(cx, "OpaqueUnaryFn_log", &e, 1, false);
  }
}

#define STOREYS 14

/* Builds until the limit of depth raises; the body of a context_run. */
static void build_tower(void *data) {
  grower *g = data;
  g->made = build_symbol(g->cx, "c");
  for (int i = 0; i < 2 * LIMIT_DEPTH; i++)
    g->made = build_storey(g->cx, g->choice, g->made);
}

START_TEST(towers_parse_back) {
  grower g = {.cx = dimsat_context_new(), .choice = (unsigned)_i};
  ck_assert_ptr_nonnull(g.cx);
  context_run(g.cx, build_tower, &g);
  ck_assert_uint_ge(g.made->depth, 2);
  check_law(g.cx, g.made);
  dimsat_context_free(g.cx);
}
END_TEST

Suite *suite_prop_print(void) {
  Suite *suite = suite_create("prop_print");
  TCase *laws = tcase_create("laws");
  tcase_set_timeout(laws, 60);
  tcase_add_test(laws, print_parses_back);
  tcase_add_loop_test(laws, towers_parse_back, 0, STOREYS);
  suite_add_tcase(suite, laws);
  return suite;
}
