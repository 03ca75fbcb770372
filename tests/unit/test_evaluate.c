/* Exact values: tables of text, sizes and result, and the prepared walk. */
#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"

#include <check.h>
#include <string.h>

Suite *suite_evaluate(void);

/* ---- Text to value ------------------------------------------------------ *
 *
 * `a` and `b` are the sizes of the symbols of these names; NULL as a result
 * stands for an error.
 */
typedef struct {
  const char *text, *a, *b, *result;
} row;

// clang-format off
static const row rows[] = {
    /* Python's division, in all four quarters. */
    {"a // b", "7", "2", "3"},
    {"a // b", "-7", "2", "-4"},
    {"a // b", "7", "-2", "-4"},
    {"a // b", "-7", "-2", "3"},
    {"a % b", "7", "3", "1"},
    {"a % b", "-7", "3", "2"},
    {"a % b", "7", "-3", "-2"},
    {"a % b", "-7", "-3", "-1"},
    {"a // 2", "-7", "0", "-4"},
    {"a // -2", "-7", "0", "3"},
    {"a // -2", "7", "0", "-4"},
    {"a % 3", "-7", "0", "2"},
    {"a % -3", "7", "0", "-2"},
    {"a % -3", "-7", "0", "-1"},
    {"CeilDiv(a, b)", "-7", "2", "-3"},
    {"CeilDiv(a, b)", "7", "2", "4"},
    {"ModularIndexing(a, 2, 3)", "-7", "0", "2"},

    /* No value: everywhere, in every branch. */
    {"a // b", "1", "0", NULL},
    {"a % b", "1", "0", NULL},
    {"a / b", "1", "0", NULL},
    {"0*(a // b)", "1", "0", NULL},
    {"a // b == a // b", "1", "0", NULL},
    {"False and a // b == 1", "1", "0", NULL},
    {"True or a // b == 1", "1", "0", NULL},
    {"a == 2 and a // b == 1", "1", "0", NULL},
    {"3 if a == 1 else a // b", "1", "0", NULL},
    {"(a // b)**0", "1", "0", NULL},
    {"(a / b)**0", "1", "0", NULL},
    {"a ** b", "2", "-1", NULL},
    {"a << b", "2", "-1", NULL},
    {"a / b == 1", "1", "0", NULL},
    {"a / b <= 1", "1", "0", NULL},
    {"not a / b <= 1", "1", "0", NULL},
    {"min(a / b, 1)", "1", "0", NULL},
    {"math.floor(a / b)", "1", "0", NULL},
    {"1 / (a / b)", "0", "1", NULL},
    {"1 / (1 / b)", "1", "0", NULL},
    {"c", "1", "0", NULL},
    {"sqrt(a)", "1", "0", NULL},

    /* One operand may decide where another is not known. */
    {"a == 2 and sqrt(a) <= 1", "1", "0", "False"},
    {"a == 1 or sqrt(a) <= 1", "1", "0", "True"},
    {"3 if a == 1 else sqrt(a)", "1", "0", "3"},
    {"a == 1 and sqrt(a) <= 1", "1", "0", NULL},

    /* Other operators. */
    {"a ** b", "-2", "3", "-8"},
    {"a ** b", "0", "0", "1"},
    {"a ** b", "10", "30", "1000000000000000000000000000000"},
    {"a ** b", "-1", "1000000000000000000001", "-1"},
    {"a ** b", "10", "1000000000000000000000", NULL},
    {"a ** 100", "2", "0", "1267650600228229401496703205376"},
    {"a << b", "3", "4", "48"},
    {"a >> b", "-5", "1", "-3"},
    {"a & b", "-6", "3", "2"},
    {"a | b", "-6", "3", "-5"},
    {"a ^ b", "-6", "3", "-7"},
    {"min(a, b, 5)", "7", "6", "5"},
    {"max(a, b, 5)", "7", "6", "7"},
    {"abs(a)", "-7", "0", "7"},
    {"a if a < b else b", "7", "6", "6"},
    {"(a < b) + 1", "5", "6", "2"},
    {"(a < b) == (b < a)", "5", "5", "True"},
    {"a < b", "5", "5", "False"},
    {"a <= b", "5", "5", "True"},
    {"a != b", "5", "5", "False"},
    {"a and b", "5", "0", "False"},

    /* Beyond 64 bits. */
    {"a*a", "10000000000000000000", "0", "100000000000000000000000000000000000000"},
    {"a + 1", "9223372036854775807", "0", "9223372036854775808"},
    {"a - 2", "-9223372036854775807", "0", "-9223372036854775809"},
    {"a // b", "-9223372036854775808", "-1", "9223372036854775808"},
    {"a % b", "100000000000000000000", "-7", "-5"},

    /* Quotients. */
    {"a / b", "7", "2", "7/2"},
    {"a / b", "-6", "4", "-3/2"},
    {"a / b", "6", "-4", "-3/2"},
    {"a / b", "6", "3", "2"},
    {"a / b + 1/3", "1", "2", "5/6"},
    {"math.trunc(a / b)", "-7", "2", "-3"},
    {"math.trunc(a / b)", "7", "-2", "-3"},
    {"math.floor(a / b)", "-7", "2", "-4"},
    {"math.ceil(a / b)", "-7", "2", "-3"},
    {"round(a / b)", "5", "2", "2"},
    {"round(a / b)", "7", "2", "4"},
    {"round(a / b)", "-5", "2", "-2"},
    {"round(a / b)", "5", "-2", "-2"},
    {"round(a / b)", "5", "3", "2"},
    {"math.trunc(1.4*torch.sym_float(a)) == 14", "10", "0", "True"},
    {"math.trunc(1.4*torch.sym_float(a)) == 14", "11", "0", "False"},
    {"a / b <= 3.5", "7", "2", "True"},
    {"a / b < 3.5", "7", "2", "False"},
    {"a / b <= -3.5", "7", "-2", "True"},
    {"a / b <= 1", "-1", "-2", "True"},

    /* Floats count while they are exact. */
    {"ToFloat(a)", "9007199254740991", "0", "9007199254740991"},
    {"ToFloat(a)", "9007199254740992", "0", NULL},
    {"ToFloat(a)", "-9007199254740992", "0", NULL},
    {"a / b", "9007199254740992", "2", NULL},
};
// clang-format on

START_TEST(rows_hold) {
  dimsat_context *const cx = dimsat_context_new();
  const row *const r = &rows[_i];
  const dimsat_expr *const e = dimsat_parse(cx, r->text, strlen(r->text));
  ck_assert_msg(e != NULL, "%s: %s", r->text, dimsat_last_error(cx)->text);
  const char *const names[] = {"a", "b"};
  const char *const values[] = {r->a, r->b};
  const char *const got = dimsat_evaluate(cx, e, names, values, 2);
  ck_assert_msg((got == NULL) == (r->result == NULL), "%s gives %s", r->text,
                got ? got : "nothing");
  if (got != NULL)
    ck_assert_str_eq(got, r->result);
  else
    ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_NO_VALUE);
  dimsat_context_free(cx);
}
END_TEST

/* ---- Kinds -------------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  const char *text;
  int64_t a;
  value result;
} question;

/* Behind a door: the value of `text` at a. */
static void answer(void *data) {
  question *const q = data;
  const expr *const e = dimsat_parse(q->cx, q->text, strlen(q->text));
  const expr *const symbol[] = {build_symbol(q->cx, "a")};
  const integer size[] = {integer_of(q->a)};
  q->result = evaluate(
      q->cx, e, &(assignment){.symbol = symbol, .value = size, .count = 1});
}

static const struct {
  const char *text;
  value_kind kind;
} kinds[] = {
    {"a // 0", VALUE_NONE},
    {"sqrt(a) // 0", VALUE_NONE},
    {"sqrt(a // 0)", VALUE_NONE},
    {"sqrt(a) + a // 0", VALUE_NONE},
    {"missing + sqrt(a)", VALUE_NONE},
    {"sqrt(a)", VALUE_UNDECIDED},
    {"sqrt(a / 2)", VALUE_UNDECIDED},
    {"sin(a) <= 1", VALUE_UNDECIDED},
    {"10 ** (a * 10 ** 9)", VALUE_UNDECIDED},
    {"(a * 2 ** 40000) * (a * 2 ** 40000 + 1)", VALUE_UNDECIDED},
    {"a + 2 ** 65535", VALUE_UNDECIDED},
    {"a * sqrt(a)", VALUE_UNDECIDED},
    {"2 ** int(sqrt(a))", VALUE_UNDECIDED},
    {"max(a, int(sqrt(a)))", VALUE_UNDECIDED},
    {"int(sqrt(a)) & 3", VALUE_UNDECIDED},
    {"int(sqrt(a)) // a", VALUE_UNDECIDED},
    {"int(sqrt(a)) % 0", VALUE_NONE},
    {"int(sqrt(a)) ** (0 - a)", VALUE_NONE},
    {"a", VALUE_NUMBER},
    {"a / 7", VALUE_NUMBER},
    {"a / 2", VALUE_RATIO},
    {"a == 7", VALUE_TRUTH},
};

START_TEST(kinds_hold) {
  dimsat_context *const cx = dimsat_context_new();
  question q = {.cx = cx, .text = kinds[_i].text, .a = 7};
  ck_assert_int_eq(context_run(cx, answer, &q), DIMSAT_OK);
  ck_assert_int_eq(q.result.kind, kinds[_i].kind);
  dimsat_context_free(cx);
}
END_TEST

/* ---- The prepared walk -------------------------------------------------- */

/* Small integers take no memory, in the order that was asked for. */
static void run_often(void *data) {
  dimsat_context *const cx = data;
  static const char text[] = "(a*b + 3) // 4 == c % (a + 1) or max(a, b) > 40";
  const expr *const e = dimsat_parse(cx, text, strlen(text));
  const expr *const symbol[] = {build_symbol(cx, "c"),
                                build_symbol(cx, "unused"),
                                build_symbol(cx, "a"), build_symbol(cx, "b")};
  evaluator *const v = evaluator_new(cx, &cx->nodes, e, symbol, 4);
  const arena_mark before = arena_get_mark(&cx->work);
  for (int64_t i = 0; i < 100000; i++) {
    const int64_t a = i % 47, b = i % 31, c = i % 101;
    const integer sizes[] = {integer_of(c), integer_of(-1), integer_of(a),
                             integer_of(b)};
    const value r = evaluator_run(v, &cx->work, sizes);
    ck_assert_int_eq(r.kind, VALUE_TRUTH);
    ck_assert(r.truth == ((a * b + 3) / 4 == c % (a + 1) || a > 40 || b > 40));
  }
  const arena_mark after = arena_get_mark(&cx->work);
  ck_assert(before.block == after.block && before.next == after.next);
}

START_TEST(runs_take_no_memory) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, run_often, cx), DIMSAT_OK);
  dimsat_context_free(cx);
}
END_TEST

/* A run that ends early leaves nothing behind for the next. */
static void run_after_trouble(void *data) {
  dimsat_context *const cx = data;
  static const char text[] = "ToFloat(a) + a // b";
  const expr *const e = dimsat_parse(cx, text, strlen(text));
  const expr *const symbol[] = {build_symbol(cx, "a"), build_symbol(cx, "b")};
  evaluator *const v = evaluator_new(cx, &cx->work, e, symbol, 2);
  static const struct {
    int64_t a, b, result;
    value_kind kind;
  } run[] = {{8, 2, 12, VALUE_NUMBER},
             {8, 0, 0, VALUE_NONE},
             {INT64_MAX, 1, 0, VALUE_UNDECIDED},
             {8, 2, 12, VALUE_NUMBER}};
  for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
    const integer sizes[] = {integer_of(run[i].a), integer_of(run[i].b)};
    const value r = evaluator_run(v, &cx->work, sizes);
    ck_assert_int_eq(r.kind, run[i].kind);
    if (r.kind == VALUE_NUMBER)
      ck_assert(integer_is(r.number, run[i].result));
  }
}

START_TEST(runs_are_independent) {
  dimsat_context *const cx = dimsat_context_new();
  ck_assert_int_eq(context_run(cx, run_after_trouble, cx), DIMSAT_OK);
  dimsat_context_free(cx);
}
END_TEST

/* The suite. */
Suite *suite_evaluate(void) {
  Suite *const s = suite_create("evaluate");
  TCase *const tc = tcase_create("evaluate");
  tcase_add_loop_test(tc, rows_hold, 0, sizeof rows / sizeof *rows);
  tcase_add_loop_test(tc, kinds_hold, 0, sizeof kinds / sizeof *kinds);
  tcase_add_test(tc, runs_take_no_memory);
  tcase_add_test(tc, runs_are_independent);
  suite_add_tcase(s, tc);
  return s;
}
