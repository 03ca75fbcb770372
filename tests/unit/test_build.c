/*
 * The constructors: text to the text of the node, and what text cannot say.
 */
#include "lib/base/limits.h"
#include "lib/base/memory.h"
#include "lib/expr/build.h"
#include "lib/expr/substitute.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_build(void);

/* ---- Text to text ------------------------------------------------------- */

typedef struct {
  const char *text, *canonical;
} row;

// clang-format off
static const row rows[] = {
    /* Sums. */
    {"b + a", "a + b"},
    {"a + a", "2*a"},
    {"a - a", "0"},
    {"3 + a + 4 - b + a", "2*a - b + 7"},
    {"2*(a + 1)", "2*a + 2"},
    {"-(a - b)", "b - a"},
    {"(a + b) + (a - b) - 2*a", "0"},
    {"x10 + x9 + x2", "x2 + x9 + x10"},
    {"True + 1", "2"},
    {"(a > 1) + 1", "(1 if a >= 2 else 0) + 1"},

    /* Products. */
    {"b*a", "a*b"},
    {"a*a*a", "a**3"},
    {"2*a*3*b", "6*a*b"},
    {"a*0", "0"},
    {"a*1", "a"},
    {"(a + 1)*(b + 1)", "(a + 1)*(b + 1)"},
    {"(2*a + 2)*b", "2*b*(a + 1)"},
    {"2*(a + 1)*b", "2*b*(a + 1)"},
    {"(-2*a - 2)*(-b)", "2*b*(a + 1)"},
    {"(1 - a)*(b - 1)", "-(a - 1)*(b - 1)"},
    {"(a*b)*(b*a)", "a**2*b**2"},
    {"2*a*b + a*b", "3*a*b"},

    /* Division by a constant. */
    {"x // 1", "x"},
    {"x // -1", "-x"},
    {"7 // 2", "3"},
    {"-7 // 2", "-4"},
    {"7 // -2", "-4"},
    {"-7 // -2", "3"},
    {"x // -2", "-x // 2"},
    {"(6*a + b) // 3", "2*a + b // 3"},
    {"(4*a) // 6", "2*a // 3"},
    {"(4*a + 3) // 6", "(2*a + 1) // 3"},
    {"1 + (x - 1) // 2", "(x + 1) // 2"},
    {"(x // 2) // 3", "x // 6"},
    {"(x // 2 + 1) // 3", "(x + 2) // 6"},
    {"(x % 4) // 4", "0"},
    {"(x % 4) // 3", "(x % 4) // 3"},
    {"x // 0", "x // 0"},
    {"0 // 0", "0 // 0"},

    /* Remainder by a constant. */
    {"x % 1", "0"},
    {"7 % 3", "1"},
    {"-7 % 3", "2"},
    {"7 % -3", "-2"},
    {"-7 % -3", "-1"},
    {"x % -3", "-(-x % 3)"},
    {"(5*x + 7) % 4", "(x + 3) % 4"},
    {"(3*x) % 4", "-x % 4"},
    {"(2*x) % 4", "2*(x % 2)"},
    {"(2*x + 3) % 4", "2*((x + 1) % 2) + 1"},
    {"(x % 8) % 4", "x % 4"},
    {"(x % 4) % 8", "x % 4"},
    {"(x % 8 + y) % 4", "(x + y) % 4"},
    {"(32 - h % 32) % 32", "-h % 32"},
    {"x % 0", "x % 0"},

    /* Division by anything else stays. */
    {"x // y", "x // y"},
    {"x // x", "x // x"},
    {"0 // x", "0 // x"},
    {"x % x", "x % x"},

    /* What may have no value is never dropped. */
    {"0*(a // b)", "0*(a // b)"},
    {"a // b - a // b", "0*(a // b)"},
    {"0*c*(a // b)", "0*(a // b)"},
    {"0*(a // b)*(c % d)", "0*(a // b) + 0*(c % d)"},
    {"a*b*(c // d) - a*b*(c // d)", "0*(c // d)"},
    {"0*(a // b + 1)*c + a // b", "a // b"},
    {"(a // b) % 1", "0*(a // b)"},
    {"(a // b)**0", "0*(a // b) + 1"},
    {"x**0", "1"},
    {"a // b == a // b", "a // b == a // b"},
    {"a // b <= a // b + 1", "a // b <= a // b + 1"},
    {"x == x", "True"},
    {"x <= x + 1", "True"},
    {"x + 1 <= x", "False"},
    {"x == x + 1", "False"},
    {"False and a // b == 1", "False and a // b == 1"},
    {"True or a // b == 1", "True or a // b == 1"},
    {"False and a == 1", "False"},
    {"False and a == 1 and c % d == 0", "False and c % d == 0"},
    {"x if a // b == 1 else x", "x if a // b == 1 else x"},
    {"x if a == 1 else x", "x"},
    {"x if True else a // b", "x if True else a // b"},
    {"x if True else y", "x"},
    {"(a // b) & 0", "0*(a // b)"},
    {"(a // b) ^ (a // b)", "0*(a // b)"},

    /* Powers. */
    {"x**1", "x"},
    {"x**3", "x**3"},
    {"(x + 1)**2", "(x + 1)**2"},
    {"(2*x)**3", "8*x**3"},
    {"x**65", "x**65"},
    {"2**10", "1024"},
    {"2**-1", "2**-1"},
    {"(-1)**1000000000000", "1"},
    {"(-1)**1000000000001", "-1"},
    {"0**1000000000000", "0"},
    {"2**x", "2**x"},
    {"1**x", "1**x"},

    /* Bits. */
    {"6 & 3", "2"},
    {"-6 | 3", "-5"},
    {"5 ^ -1", "-6"},
    {"x & 7", "x % 8"},
    {"x & 1", "x % 2"},
    {"x & -1", "x"},
    {"x & 0", "0"},
    {"x | 0", "x"},
    {"x | -1", "-1"},
    {"x ^ x", "0"},
    {"~x", "-x - 1"},
    {"(b & a) & (a & c)", "a & b & c"},
    {"x & 12 & 6", "x & 4"},

    /* Minimum, maximum, choice. */
    {"max(5, x, 3)", "max(x, 5)"},
    {"min(min(b, a), a)", "min(a, b)"},
    {"max(x)", "x"},
    {"min(4, 2, 3)", "2"},
    {"abs(x)", "max(x, -x)"},
    {"abs(-3)", "3"},
    {"1 if a != 1 else 2", "2 if a == 1 else 1"},

    /* Relations. */
    {"3*t < 100", "t <= 33"},
    {"2*t + 1 > 10", "t >= 5"},
    {"4*x == 6", "False"},
    {"4*x == 8", "x == 2"},
    {"x - 3 <= 9", "x <= 12"},
    {"x + 1 <= y", "x < y"},
    {"x + 3 <= y + 5", "x <= y + 2"},
    {"x + 5 <= y + 3", "x + 2 <= y"},
    {"2*x <= 2*y + 5", "x <= y + 2"},
    {"-x <= -5", "x >= 5"},
    {"-3*x == 9", "x == -3"},
    {"b - a == 3", "a - b == -3"},
    {"3 == x", "x == 3"},
    {"y + 1 == x", "x == y + 1"},
    {"x + y == 32", "x + y == 32"},
    {"x < 513", "x <= 512"},
    {"x != 1", "x != 1"},
    {"3 < 4", "True"},
    {"3 == 4", "False"},
    {"4*(a // b) == 6", "4*(a // b) == 6"},
    {"1 == (1 if c > 2 else 0)", "c >= 3"},
    {"(1 if c > 2 else 0) == 0", "c <= 2"},
    {"(1 if c > 2 else 0) <= 5", "True"},
    {"(5 if c > 2 else 7) <= 6", "c >= 3"},
    {"(5 if c > 2 else 7) == 6", "False"},

    /* Conditions. */
    {"(a > 1) == True", "a >= 2"},
    {"(a > 1) == False", "a <= 1"},
    {"(a > 1) == (b > 1)", "(a >= 2) == (b >= 2)"},
    {"(a == 1) != (b == 1)", "(a == 1) != (b == 1)"},
    {"(a != 1) == (b != 1)", "(a == 1) == (b == 1)"},
    {"(a != 1) == (b == 1)", "(a == 1) != (b == 1)"},
    {"(a > 1) == (a > 1)", "True"},
    {"(a > 1) & (b > 1) | (c > 1)", "c >= 2 or (a >= 2 and b >= 2)"},
    {"not a", "a == 0"},
    {"a and b > 1", "b >= 2 and a != 0"},
    {"not (x <= 3 and y == 2)", "x >= 4 or y != 2"},
    {"not (x <= 3 or y != 2)", "y == 2 and x >= 4"},
    {"not not x < 4", "x <= 3"},
    {"a > 1 and a > 1", "a >= 2"},
    {"True and a > 1", "a >= 2"},
    {"a > 1 or False", "a >= 2"},
    {"a > 1 or True", "True"},
    {"a > 1 and (b > 1 and c > 1)", "a >= 2 and b >= 2 and c >= 2"},

    /* Quotients and floats. */
    {"6/4", "3 / 2"},
    {"6/-4", "-3 / 2"},
    {"6/3", "2"},
    {"1/2 + 1/3", "5 / 6"},
    {"(1/2)*4", "2"},
    {"(1/2)/(1/3)", "3 / 2"},
    {"7/2 < 3.5", "False"},
    {"ToFloat(ToFloat(x)) == ToFloat(x)", "ToFloat(x) == ToFloat(x)"},
    {"ToFloat(3)", "3"},
    {"(x/2)*2", "ToFloat(x)"},
    {"math.floor(7/2)", "3"},
    {"math.ceil(7/2)", "4"},
    {"math.ceil(-7/2)", "-3"},
    {"math.trunc(-7/2)", "-3"},
    {"round(5/2)", "2"},
    {"round(7/2)", "4"},
    {"round(-5/2)", "-2"},
    {"math.floor(x/4) == ToFloat(x)//4", "ToFloat(x) // 4 == ToFloat(x) // 4"},
    {"math.floor(x)", "x"},
    {"IntTrueDiv(x, 3) > 2.5", "ToFloat(x) >= 8"},
    {"IntTrueDiv(x, 3) == 2.5", "2*ToFloat(x) == 15"},
    {"x/2 <= y/2", "ToFloat(x) <= ToFloat(y)"},

    /* Functions nobody knows may give reals. */
    {"2*sqrt(x) <= 5", "2*OpaqueUnaryFn_sqrt(x) <= 5"},
    {"sqrt(x) < 5", "Lt(OpaqueUnaryFn_sqrt(x), 5)"},
    {"not (sqrt(x) < 5)", "OpaqueUnaryFn_sqrt(x) >= 5"},
    {"not (sqrt(x) <= 5)", "Lt(5, OpaqueUnaryFn_sqrt(x))"},
    {"int(sqrt(x))", "TruncToInt(OpaqueUnaryFn_sqrt(x))"},
    {"(2*sqrt(x)) // 2", "2*OpaqueUnaryFn_sqrt(x) // 2"},
};
// clang-format on

/* Whether two texts differ only in how floats are spelled. */
static const char *plain(char *out, size_t size, const char *text) {
  static const char spelled[] = "torch.sym_float";
  size_t n = 0;
  while (*text != '\0' && n + 8 < size) {
    const bool found = strncmp(text, spelled, sizeof spelled - 1) == 0;
    const char *const add = found ? "ToFloat" : (char[]){*text, '\0'};
    n += (size_t)snprintf(out + n, size - n, "%s", add);
    text += found ? sizeof spelled - 1 : 1;
  }
  out[n] = '\0';
  return out;
}

START_TEST(rows_hold) {
  dimsat_context *const cx = dimsat_context_new();
  const row *const r = &rows[_i];
  const dimsat_expr *const e = dimsat_parse(cx, r->text, strlen(r->text));
  ck_assert_msg(e != NULL, "%s: %s", r->text, dimsat_last_error(cx)->text);
  char got[1000];
  const char *const text = dimsat_print(cx, e, DIMSAT_PYTHON);
  ck_assert_str_eq(plain(got, sizeof got, text), r->canonical);
  ck_assert_ptr_eq(dimsat_parse(cx, text, strlen(text)), e);
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}
END_TEST

/* Texts that fail, and with which status. */
static const struct {
  const char *text;
  dimsat_status status;
} bad_rows[] = {
    {"2**100000", DIMSAT_TOO_LARGE},
    {"2**(2**70)", DIMSAT_TOO_LARGE},
    {"((x**64)**64)**64", DIMSAT_TOO_LARGE},
    {"(x/2) & 1", DIMSAT_BAD_SORT},
};

START_TEST(bad_rows_fail) {
  dimsat_context *const cx = dimsat_context_new();
  const char *const text = bad_rows[_i].text;
  ck_assert_ptr_null(dimsat_parse(cx, text, strlen(text)));
  ck_assert_int_eq(dimsat_last_error(cx)->status, bad_rows[_i].status);
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}
END_TEST

/* ---- Orders ------------------------------------------------------------- */

START_TEST(order_is_natural) {
  static const char *const names[] = {"a",   "a01", "a1", "a2",
                                      "a2b", "a10", "b"};
  dimsat_context *const cx = dimsat_context_new();
  const int n = sizeof names / sizeof *names;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const int order = expr_compare(dimsat_symbol(cx, names[i]),
                                     dimsat_symbol(cx, names[j]));
      ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
    }
  dimsat_context_free(cx);
}
END_TEST

/* ---- The public builders ------------------------------------------------ */

/* "name op name" through the public interface. */
static const char *apply(dimsat_context *cx, dimsat_operator o) {
  const dimsat_expr *const e =
      dimsat_apply(cx, o, dimsat_symbol(cx, "a"), dimsat_integer(cx, 3));
  return dimsat_print(cx, e, DIMSAT_PYTHON);
}

START_TEST(operators_apply) {
  static const char *const text[] = {
      [DIMSAT_ADD] = "a + 3",     [DIMSAT_SUB] = "a - 3",
      [DIMSAT_MUL] = "3*a",       [DIMSAT_FLOORDIV] = "a // 3",
      [DIMSAT_MOD] = "a % 3",     [DIMSAT_MIN] = "min(a, 3)",
      [DIMSAT_MAX] = "max(a, 3)", [DIMSAT_EQ] = "a == 3",
      [DIMSAT_NE] = "a != 3",     [DIMSAT_LT] = "a <= 2",
      [DIMSAT_LE] = "a <= 3",     [DIMSAT_GT] = "a >= 4",
      [DIMSAT_GE] = "a >= 3",     [DIMSAT_AND] = "a != 0",
      [DIMSAT_OR] = "True"};
  dimsat_context *const cx = dimsat_context_new();
  for (int o = DIMSAT_ADD; o <= DIMSAT_OR; o++)
    ck_assert_str_eq(apply(cx, (dimsat_operator)o), text[o]);
  dimsat_context_free(cx);
}
END_TEST

START_TEST(conditions_are_negated) {
  dimsat_context *const cx = dimsat_context_new();
  const dimsat_expr *const a = dimsat_symbol(cx, "a");
  const dimsat_expr *const three = dimsat_integer(cx, 3);
  const dimsat_expr *const less = dimsat_apply(cx, DIMSAT_LT, a, three);
  ck_assert_str_eq(dimsat_print(cx, dimsat_not(cx, less), DIMSAT_PYTHON),
                   "a >= 3");
  ck_assert_ptr_eq(dimsat_not(cx, dimsat_not(cx, less)), less);
  dimsat_context_free(cx);
}
END_TEST

START_TEST(wrong_use_is_an_error) {
  dimsat_context *const cx = dimsat_context_new();
  const dimsat_expr *const a = dimsat_symbol(cx, "a");
  ck_assert_ptr_null(dimsat_apply(cx, (dimsat_operator)(DIMSAT_OR + 1), a, a));
  ck_assert_str_eq(dimsat_last_error(cx)->text, "there is no such operator");
  ck_assert_ptr_null(dimsat_apply(cx, DIMSAT_ADD, a, NULL));
  ck_assert_uint_eq(dimsat_node_count(cx, NULL), 0);
  ck_assert_ptr_null(dimsat_evaluate(cx, NULL, NULL, NULL, 0));
  dimsat_context_free(cx);
}
END_TEST

START_TEST(null_keeps_the_first_error) {
  dimsat_context *const cx = dimsat_context_new();
  const dimsat_expr *const bad = dimsat_integer_text(cx, "12x");
  ck_assert_ptr_null(bad);
  const dimsat_error *const error = dimsat_last_error(cx);
  ck_assert_int_eq(error->status, DIMSAT_BAD_SYNTAX);
  ck_assert_uint_eq(error->length, 3);
  const dimsat_expr *const e =
      dimsat_not(cx, dimsat_apply(cx, DIMSAT_EQ, bad,
                                  dimsat_apply(cx, DIMSAT_ADD, bad, bad)));
  ck_assert_ptr_null(e);
  ck_assert_int_eq(error->status, DIMSAT_BAD_SYNTAX);
  ck_assert_ptr_null(dimsat_print(cx, e, DIMSAT_PYTHON));
  ck_assert_ptr_nonnull(dimsat_integer(cx, 1));
  ck_assert_int_eq(error->status, DIMSAT_OK);
  dimsat_context_free(cx);
  dimsat_context_free(NULL);
}
END_TEST

START_TEST(nodes_are_counted) {
  dimsat_context *const cx = dimsat_context_new();
  const char text[] = "a*b + a*b*c <= a // b";
  const dimsat_expr *const e = dimsat_parse(cx, text, strlen(text));
  ck_assert_uint_eq(dimsat_node_count(cx, e), 8);
  ck_assert(dimsat_is_condition(e));
  ck_assert(!dimsat_is_condition(dimsat_integer(cx, 1)));
  ck_assert(!dimsat_is_condition(NULL));
  dimsat_context_free(cx);
}
END_TEST

/* ---- Sizes -------------------------------------------------------------- */

#define MANY 100000

/* Sums 100,000 symbols in an order that is not theirs, twice each. */
static void sum_many(void *data) {
  dimsat_context *const cx = data;
  const expr **const list = arena_alloc(&cx->work, 2 * MANY * sizeof *list);
  for (size_t i = 0; i < MANY; i++) {
    const size_t k = i * 7919 % MANY;
    list[i] = build_symbol(cx, arena_format(&cx->work, "a%zu", k));
    list[2 * MANY - 1 - i] = list[i];
  }
  const expr *const e = build_sum(cx, list, 2 * MANY);
  ck_assert_uint_eq(e->count, MANY);
  ck_assert_str_eq(e->arg[MANY - 1]->name, "a99999");
  ck_assert(integer_is(e->coefficient[5], 2));
  ck_assert_ptr_eq(build_again(cx, e, e->arg), e);
}

START_TEST(many_terms_add_up) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, sum_many, cx), DIMSAT_OK);
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}
END_TEST

/* Nests divisions without end. */
static void nest(void *data) {
  dimsat_context *const cx = data;
  const expr *e = build_symbol(cx, "x");
  const expr *const y = build_symbol(cx, "y");
  for (;;)
    e = build_floordiv(cx, e, y);
}

START_TEST(depth_is_limited) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, nest, cx), DIMSAT_TOO_LARGE);
  ck_assert_ptr_nonnull(strstr(dimsat_last_error(cx)->text, "1000 levels"));
  ck_assert_uint_eq(cx->node_count, LIMIT_DEPTH + 1);
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}
END_TEST

/* Shares each level twice: a tree of 2**300 conditions, 600 nodes. */
static void negate_shared(void *data) {
  dimsat_context *const cx = data;
  const expr *const x = build_symbol(cx, "x");
  const expr *e = build_eq(cx, x, build_small(cx, 0));
  for (int i = 1; i <= 300; i++) {
    const expr *const k = build_small(cx, i);
    const expr *const left[] = {e, build_eq(cx, x, k)};
    const expr *const right[] = {e, build_le(cx, x, k)};
    const expr *const both[] = {build_or(cx, left, 2), build_or(cx, right, 2)};
    e = build_and(cx, both, 2);
  }
  ck_assert_ptr_eq(build_not(cx, build_not(cx, e)), e);
}

START_TEST(shared_conditions_are_negated_once) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, negate_shared, cx), DIMSAT_OK);
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}
END_TEST

/* A product of sums that share both factors, 2**300 as a tree, times 0. */
static void cancel_shared(void *data) {
  dimsat_context *const cx = data;
  const expr *const p =
      build_floordiv(cx, build_symbol(cx, "x"), build_symbol(cx, "y"));
  const expr *e = p;
  for (int i = 0; i < 300; i++)
    e = build_mul(cx, build_add(cx, e, build_small(cx, 1)),
                  build_add(cx, e, build_small(cx, 2)));
  const expr *const nothing = build_mul(cx, e, build_small(cx, 0));
  ck_assert_uint_eq(nothing->count, 1);
  ck_assert_ptr_eq(nothing->arg[0], p);
}

START_TEST(shared_products_cancel_once) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, cancel_shared, cx), DIMSAT_OK);
  dimsat_context_free(cx);
}
END_TEST

/* ---- Substitution ------------------------------------------------------- */

/* Parses, or fails the test. */
static const expr *read(dimsat_context *cx, const char *text) {
  const expr *const e = dimsat_parse(cx, text, strlen(text));
  ck_assert_msg(e != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  return e;
}

static const struct {
  const char *text, *a, *b, *result;
} substitutions[] = {
    {"a + b", "b", "a", "a + b"},
    {"a - b", "b", "a", "b - a"},
    {"a // b", "7", "2", "3"},
    {"a // b", "7", "0", "7 // 0"},
    {"(a + 3*c) % 4 == b", "4*d + c", "0", "True"},
    {"a <= 3 and b // a == 1", "4", "b", "False and b // 4 == 1"},
    {"(x if a == 1 else y) + b", "1", "y", "x + y"},
    {"sqrt(a + b)", "1", "2", "sqrt(3)"},
    {"c", "1", "2", "c"},
};

typedef struct {
  dimsat_context *cx;
  const expr *e, *result;
  substitution s;
} replacement;

/* Behind a door: substitutes and looks at the symbols. */
static void replace(void *data) {
  replacement *const r = data;
  r->result = substitute(r->cx, r->e, &r->s);
  size_t count;
  const expr **const symbols = expr_symbols(r->cx, r->e, &count);
  for (size_t i = 1; i < count; i++)
    ck_assert_int_lt(expr_compare(symbols[i - 1], symbols[i]), 0);
}

START_TEST(substitutions_hold) {
  dimsat_context *const cx = dimsat_context_new();
  const expr *const from[] = {read(cx, "a"), read(cx, "b")};
  const expr *const to[] = {read(cx, substitutions[_i].a),
                            read(cx, substitutions[_i].b)};
  replacement r = {.cx = cx,
                   .e = read(cx, substitutions[_i].text),
                   .s = {.from = from, .to = to, .count = 2}};
  ck_assert_int_eq(context_run(cx, replace, &r), DIMSAT_OK);
  ck_assert_ptr_eq(r.result, read(cx, substitutions[_i].result));
  dimsat_context_free(cx);
}
END_TEST

/* ---- Where memory ends -------------------------------------------------- */

/* Builds in a new context while allocation number `n` fails; what was built
 * before and what is built after is good.  False: there were fewer than `n`. */
static bool fails_cleanly(const char *text, uint64_t n) {
  memory_fail_after(n);
  dimsat_context *const cx = dimsat_context_new();
  const dimsat_expr *const e =
      cx != NULL ? dimsat_parse(cx, text, strlen(text)) : NULL;
  for (int i = 0; i < 300 && e != NULL; i++)
    dimsat_apply(cx, DIMSAT_ADD, e, dimsat_integer(cx, i));
  const bool failed = memory_fail_after(0) == 0;
  if (cx == NULL)
    return failed;
  if (e == NULL)
    ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_NO_MEMORY);
  ck_assert(context_ok(cx));
  const dimsat_expr *const again = dimsat_parse(cx, text, strlen(text));
  ck_assert(e != NULL ? again == e : again != NULL);
  dimsat_context_free(cx);
  return failed;
}

START_TEST(memory_may_end_anywhere) {
  uint64_t n = 1;
  while (fails_cleanly("(a*b + 3) // 4 == (c % d)*(e + 1) and "
                       "not (a // b <= x/y + sqrt(z) or max(a, b, c) > 7)",
                       n))
    n++;
  ck_assert_uint_gt(n, 5);
}
END_TEST

/* The suite. */
Suite *suite_build(void) {
  Suite *const s = suite_create("build");
  TCase *const tc = tcase_create("build");
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, rows_hold, 0, sizeof rows / sizeof *rows);
  tcase_add_loop_test(tc, bad_rows_fail, 0, sizeof bad_rows / sizeof *bad_rows);
  tcase_add_test(tc, order_is_natural);
  tcase_add_test(tc, operators_apply);
  tcase_add_test(tc, conditions_are_negated);
  tcase_add_test(tc, wrong_use_is_an_error);
  tcase_add_test(tc, null_keeps_the_first_error);
  tcase_add_test(tc, nodes_are_counted);
  tcase_add_test(tc, many_terms_add_up);
  tcase_add_test(tc, depth_is_limited);
  tcase_add_test(tc, shared_conditions_are_negated_once);
  tcase_add_test(tc, shared_products_cancel_once);
  tcase_add_loop_test(tc, substitutions_hold, 0,
                      sizeof substitutions / sizeof *substitutions);
  tcase_add_test(tc, memory_may_end_anywhere);
  suite_add_tcase(s, tc);
  return s;
}
