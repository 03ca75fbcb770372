/*
 * Compiled programs: division without dividing, what is dropped, what the
 * emitted C says, the errors, and sizes at the edges.
 */
#include "dimsat/dimsat.h"
#include "lib/base/memory.h"
#include "lib/program/divide.h"
#include "tests/unit/context.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN

/* The problem that `text` says. */
static dimsat_problem *read_problem(const char *text) {
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  return p;
}

/* Its program. */
static dimsat_program *compile(const char *text) {
  dimsat_program *const g = dimsat_program_compile(read_problem(text), NULL);
  ck_assert_msg(g != NULL, "%s", dimsat_last_error(cx)->text);
  return g;
}

/* ---- Division ------------------------------------------------------------ */

/* Divisors and dividends worth trying. */
static const int64_t numbers[] = {1,
                                  2,
                                  3,
                                  5,
                                  6,
                                  7,
                                  10,
                                  12,
                                  48,
                                  641,
                                  1 << 20,
                                  (1 << 20) + 1,
                                  2147483647,
                                  INT64_C(2147483648),
                                  INT64_C(2147483649),
                                  INT64_C(1) << 62,
                                  (INT64_C(1) << 62) - 1,
                                  (INT64_C(1) << 62) + 1,
                                  INT64_MAX,
                                  INT64_MAX - 1,
                                  0,
                                  -1,
                                  -2,
                                  -7,
                                  INT64_MIN,
                                  INT64_MIN + 1};

#define DIVISORS 20 /* of them: those above 0 */

/* What the prepared instruction gives for `a`. */
static int64_t apply(const instruction *x, int64_t a) {
  switch (x->op) {
  case DO_SHIFT:
    return a >> x->i;
  case DO_MASK:
    return a & x->i;
  case DO_QUOTIENT_SHORT:
    return quotient_short(a, x->i, x->j);
  case DO_REMAINDER_SHORT:
    return a - quotient_short(a, x->i, x->j) * x->k;
  case DO_QUOTIENT_LONG:
    return quotient_long(a, x->i, x->j);
  case DO_REMAINDER_LONG:
    return wrap_sub(a, wrap_mul(quotient_long(a, x->i, x->j), x->k));
  case DO_IS_MASKED:
    return (a & x->i) == x->j;
  case DO_IS_RESIDUE:
    return has_residue(a, x->i, x->j, x->k, x->c);
  case DO_IS_NOT_MASKED:
    return (a & x->i) != x->j;
  case DO_IS_NO_RESIDUE:
    return !has_residue(a, x->i, x->j, x->k, x->c);
  default:
    ck_abort_msg("operation %" PRIu32 " still divides", x->op);
  }
}

/* Holds one division against the one of C. */
static void compare_division(int64_t a, int64_t k, int64_t residue) {
  const sign known = a < 0 ? SIGN_ANY : a > INT32_MAX ? SIGN_UP : SIGN_SHORT;
  for (sign s = SIGN_ANY; s <= known; s++) {
    instruction quotient = {.op = DO_DIVIDE_BY, .i = k, .c = s};
    instruction modulo = {.op = DO_MODULO_BY, .i = k, .c = s};
    instruction same = {.op = DO_IS_RESIDUE_BY, .i = k, .j = residue, .c = s};
    instruction other = same;
    other.op = DO_IS_NO_RESIDUE_BY;
    divide_prepare(&other);
    divide_prepare(&quotient);
    divide_prepare(&modulo);
    divide_prepare(&same);
    const int64_t q = floor_quotient(a, k), r = floor_modulo(a, k);
    ck_assert_msg(apply(&quotient, a) == q && apply(&modulo, a) == r &&
                      apply(&same, a) == (r == residue) &&
                      apply(&other, a) == (r != residue),
                  "%" PRId64 " by %" PRId64 ", residue %" PRId64 ", sign %d", a,
                  k, residue, (int)s);
  }
}

START_TEST(test_floor_division) {
  const int64_t a[] = {7, -7, 7, -7, 6, -6, INT64_MIN, INT64_MAX, 0};
  const int64_t b[] = {2, 2, -2, -2, 3, 3, 3, -3, 5};
  const int64_t q[] = {3,
                       -4,
                       -4,
                       3,
                       2,
                       -2,
                       INT64_C(-3074457345618258603),
                       INT64_C(-3074457345618258603),
                       0};
  const int64_t r[] = {1, 1, -1, -1, 0, 0, 1, -2, 0};
  for (int i = 0; i < ROWS(a); i++) {
    ck_assert_int_eq(floor_quotient(a[i], b[i]), q[i]);
    ck_assert_int_eq(floor_modulo(a[i], b[i]), r[i]);
  }
}
END_TEST

START_TEST(test_division_by_constants) {
  random_source r = random_start();
  for (int k = 0; k < DIVISORS; k++)
    for (int i = 0; i < 400; i++) {
      int64_t a = (int64_t)(random_word(&r) >> random_below(&r, 64));
      if (i < ROWS(numbers))
        a = numbers[i];
      else if (i % 3 == 0)
        a = wrap_mul(a, numbers[k]);
      else if (i % 3 == 1)
        a = (int64_t) ~(uint64_t)a;
      const int64_t residue =
          i % 2 ? floor_modulo(a, numbers[k])
                : (int64_t)random_below(&r, (uint64_t)numbers[k]);
      compare_division(a, numbers[k], residue);
    }
}
END_TEST

/* ---- What is dropped ----------------------------------------------------- */

START_TEST(test_guard_use) {
  static const dimsat_guard_use want[] = {
      DIMSAT_GUARD_IMPLIED, DIMSAT_GUARD_CHECKED,     DIMSAT_GUARD_IMPLIED,
      DIMSAT_GUARD_CHECKED, DIMSAT_GUARD_NO_DEMAND,   DIMSAT_GUARD_CHECKED,
      DIMSAT_GUARD_CHECKED, DIMSAT_GUARD_NOT_CHECKED, DIMSAT_GUARD_NOT_CHECKED};
  const dimsat_program *const g =
      compile("dim a = 3..9\ndim z = 0..5\n"
              "input x: [2*a, auto, 7] = [8, 4, 7] traced [s0, s1, 7]\n"
              "assume s1 >= 2\nunbacked u0\n"
              "guard x[0] % 2 == 0\nguard x[0] % 4 == 0\nguard x[2] == 7\n"
              "guard x[1] >= 2\nspec x[0] == 2*a\nassert x[1] < 50\n"
              "guard a != 5\nguard u0 > 0\nguard z < 4\n");
  for (int i = 0; i < ROWS(want); i++)
    ck_assert_msg(dimsat_program_guard_use(g, (size_t)i) == want[i], "guard %d",
                  i);
  ck_assert_uint_eq(dimsat_program_size_count(g), 3);
  ck_assert_str_eq(dimsat_program_size_name(g, 1), "x[1]");
}
END_TEST

START_TEST(test_sizes_without_inputs) {
  dimsat_program *const g =
      compile("dim a = 2..\ndim b = 2*a - 8\nunbacked u0\nguard u0 < a\n");
  ck_assert_uint_eq(dimsat_program_size_count(g), 3);
  ck_assert_str_eq(dimsat_program_size_name(g, 0), "a");
  ck_assert_str_eq(dimsat_program_size_name(g, 2), "u0");
  ck_assert(dimsat_program_run(g, (int64_t[]){3, -2, -5}));
  ck_assert(!dimsat_program_run(g, (int64_t[]){3, -1, -5}));
  ck_assert(!dimsat_program_run(g, (int64_t[]){3, -2, 3}));
}
END_TEST

/* ---- Edges --------------------------------------------------------------- */

/* Guards over x[0] and x[1], sizes, and whether they are accepted. */
static const struct {
  const char *guard;
  int64_t a, b;
  bool accepted;
} edges[] = {
    {"x[0]*x[1] == 0", INT64_MAX, 0, true},
    {"x[0]*x[1] > 9223372036854775807", INT64_MAX, 2, true},
    {"x[0]*x[1] <= 9223372036854775807", INT64_MAX, 2, false},
    {"x[0] + x[1] == 18446744073709551614", INT64_MAX, INT64_MAX, true},
    {"x[0]**4 % 7 == 4", INT64_C(4611686018427387904), 1, true},
    {"x[0]**4 % 7 == 2", INT64_C(4611686018427387904), 1, false},
    {"x[0] // x[1] >= 0", 5, 0, false},
    {"x[1] == 0 or x[0] // x[1] > 1", 5, 0, false},
    {"x[0] % (x[1] - 3) <= 0", 7, 0, true},
    {"x[0] >= 0", -1, 0, false},
    {"x[0] < 18446744073709551616", INT64_MAX, 0, true},
    {"x[0] > 18446744073709551616", INT64_MAX, 0, false},
    {"ToFloat(x[0]) > 5", INT64_C(9007199254740992), 0, true},
    {"ToFloat(x[0]) < 5", INT64_C(9007199254740992), 0, true},
    {"ToFloat(x[0]) < 5", INT64_C(9007199254740991), 0, false},
    {"ToFloat(x[0]) < 5 and x[1] > 0", INT64_MAX, 0, false},
    {"2**x[0] == 1024", 10, 0, true},
    {"2**x[0] > 1", 100000, 0, true},
    {"2**(x[0] - 3) > 0", 2, 0, false},
    {"math.sqrt(x[0]) == 3", 4, 0, true},
    {"math.sqrt(x[0]) == 3 and x[1] > 0", 4, 0, false},
};

START_TEST(test_no_size_is_negative) {
  dimsat_program *const g =
      compile("dim a = 2..\ninput x: [a - 5, 2*a - 5, auto]\n");
  ck_assert(dimsat_program_run(g, (const int64_t[]){0, 5, 0}));
  ck_assert(!dimsat_program_run(g, (const int64_t[]){-1, 3, 0}));
  ck_assert(!dimsat_program_run(g, (const int64_t[]){-3, -1, 0}));
  ck_assert(!dimsat_program_run(g, (const int64_t[]){0, 5, -1}));
}
END_TEST

START_TEST(test_edges) {
  char text[200];
  const int64_t sizes[] = {edges[_i].a, edges[_i].b};
  const int64_t *const columns[] = {&sizes[0], &sizes[1]};
  bool many;
  snprintf(text, sizeof text, "input x: [auto, auto]\nguard %s\n",
           edges[_i].guard);
  dimsat_program *const g = compile(text);
  ck_assert(dimsat_program_run(g, sizes) == edges[_i].accepted);
  ck_assert(dimsat_program_run_many(g, columns, 1, &many));
  ck_assert(many == edges[_i].accepted);
}
END_TEST

/* ---- Emitted C ----------------------------------------------------------- */

/* A guard over x[0], x[1], x[2] of the spec below, and a line of its C. */
static const struct {
  const char *guard, *line;
} lines[] = {
    {"x[0] % 4 == 0", "  if (!((s0 & 3) == 0))\n    return false;\n"},
    {"x[0] % 6 == 2", "  if (!((int64_t)((uint32_t)s0 % UINT32_C(6)) == 2))\n"},
    {"x[2] % 6 == 2", "  if (!((int64_t)((uint64_t)s2 % UINT64_C(6)) == 2))\n"},
    {"x[0] <= 40", "  if (!(s0 >= 2 && s0 <= 40))\n"},
    {"x[0] == x[1] + 3", "  if (!(s1 + 3 == s0))\n"},
    {"x[0]*x[1] <= 100", "  const int64_t t0 = s0 * s1;\n"},
    {"x[2]*x[1] <= 100", "  if (__builtin_mul_overflow(s1, s2, &t0))\n"
                         "    return f_wide_part1(sizes);\n"},
    {"x[2] <= 99 and x[2]*x[1] <= 100", "  const int64_t t0 = s1 * s2;\n"},
    {"x[2] % 5 == 6 - x[0]", "UINT64_C(5)"},
    {"(x[0] - x[1]) // 7 != x[2]", "  const int64_t t1 = f_quotient(t0, 7);\n"},
    {"(x[0] - x[1]) % 7 == x[1] % 2",
     "  const int64_t t2 = f_modulo(t1, 7);\n"},
    {"x[2] // 3 != 5", "  const int64_t t0 = (int64_t)((uint64_t)s2 / "
                       "UINT64_C(3));\n"},
    {"Max(x[0], 7) != x[1]", "  const int64_t t0 = s0 > 7 ? s0 : 7;\n"},
    {"x[0] != 5", "  /* guard 0: x[0] != 5 */\n"},
    {"x[0] != 5", " *   sizes[0]  x[0]  (a)\n"},
    {"x[0] >= 2", " * Guards that the spec implies; dropped:\n *   0\n"},
    {"x[2] != 1000000000000", "  if (!(s2 != INT64_C(1000000000000)))\n"},
};

START_TEST(test_lines) {
  char text[300];
  snprintf(text, sizeof text,
           "dim a = 2..64\ndim b = 3..70\ninput x: [a, b, auto]\nguard %s\n",
           lines[_i].guard);
  const char *const c = dimsat_program_emit_c(compile(text), "f");
  ck_assert_msg(c != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_msg(strstr(c, lines[_i].line) != NULL, "%s", c);
}
END_TEST

START_TEST(test_comments_stay_closed) {
  const char *const c = dimsat_program_emit_c(
      compile("{\"dimsat\": 1, \"name\": \"a*/ b /* c\\\\\", \"inputs\": "
              "[{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\"}]}], "
              "\"guards\": [\"x[0] != 3\"]}"),
      NULL);
  ck_assert_ptr_nonnull(strstr(c, "from a* / b / * c_.\n"));
  ck_assert_ptr_nonnull(
      strstr(c, "bool guards___c_(const int64_t *sizes) {\n"));
}
END_TEST

/* What a function is called without a name of its own, and how its comments
 * spell what is not plain. */
static const struct {
  const char *title, *guard, *part;
} titles[] = {
    {NULL, "x[0] != 3", "bool guards(const int64_t *sizes) {\n"},
    {"decoder", "x[0] != 3", "bool guards_decoder(const"},
    {"nets/my-net.v2.dims", "x[0] != 3", "bool guards_my_net_v2(const"},
    {"nets/", "x[0] != 3", "bool guards(const"},
    {".dims", "x[0] != 3", "bool guards__dims(const"},
    {"gr\xC3\xB6\xC3\x9F"
     "e",
     "x[0] != 3", " from gr____e.\n"},
    {FIFTY FIFTY FIFTY, "x[0] != 3", "bool guards_" FIFTY FIFTY "(const"},
    {"a",
     "x[0] != 3 and x[0] != 5 and x[0] != 7 and x[0] != 9 and x[0] != 11 and "
     "x[0] != 13 and x[0] != 15 and x[0] != 17 and x[0] != 19",
     "x[0] != 13 and x[0] != 15 and x[0] != 17 and x[0]... */"},
};

START_TEST(test_titles) {
  dimsat_problem *const p = dimsat_problem_new(cx, titles[_i].title);
  ck_assert(
      dimsat_problem_add_input(p, "x", (const char *[]){"auto"}, NULL, 1));
  ck_assert(dimsat_problem_require(p, titles[_i].guard, NULL));
  dimsat_program *const g = dimsat_program_compile(p, NULL);
  const char *const c = dimsat_program_emit_c(g, NULL);
  ck_assert_msg(c != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_msg(strstr(c, titles[_i].part) != NULL, "%s", c);
}
END_TEST

/* What cannot be written as C. */
static const struct {
  const char *guard, *name;
  dimsat_status status;
  const char *text;
} refusals[] = {
    {"2**x[0] <= 1024", "f", DIMSAT_TOO_LARGE,
     "guard 0: 2**x[0] <= 1024: C has no bound for a power whose exponent is "
     "no small number; check it with `dimsat eval` or the library"},
    {"(x[0]**30)**3 > 7", "f", DIMSAT_TOO_LARGE,
     "guard 0: (x[0]**30)**3 > 7: its exact value may need more than 4096 "
     "bits; bound its sizes in the spec"},
    {"x[0] != 7", "while", DIMSAT_BAD_FORMAT,
     "'while' is no name for a C function: letters, digits and _, no keyword, "
     "nothing of stdint.h"},
    {"x[0] != 7", "2nd", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "a-b", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "INT64_MAX", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "UINT8_F", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "size_t", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "_f", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", "f\xC3\xA9", DIMSAT_BAD_FORMAT, NULL},
    {"x[0] != 7", FIFTY FIFTY FIFTY FIFTY "f", DIMSAT_BAD_FORMAT, NULL},
};

START_TEST(test_refusals) {
  char text[200];
  snprintf(text, sizeof text, "input x: [auto]\nguard %s\n",
           refusals[_i].guard);
  dimsat_program *const g = compile(text);
  ck_assert_ptr_null(dimsat_program_emit_c(g, refusals[_i].name));
  ck_assert_int_eq(dimsat_last_error(cx)->status, refusals[_i].status);
  if (refusals[_i].text != NULL)
    ck_assert_str_eq(dimsat_last_error(cx)->text, refusals[_i].text);
}
END_TEST

/* ---- Memory -------------------------------------------------------------- */

START_TEST(test_no_memory) {
  bool done = false;
  for (uint64_t count = 1; !done && count < 10000; count++) {
    dimsat_context *const own = dimsat_context_new();
    static const char text[] =
        "input x: [auto]\nguard x[0]*x[0]*x[0] % 5 != 2**x[0]\n";
    const int64_t big = INT64_MAX;
    const int64_t *const columns[] = {&big};
    bool accepted;
    dimsat_problem *const p =
        dimsat_problem_read(own, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
    memory_fail_after(count);
    dimsat_program *const g = dimsat_program_compile(p, NULL);
    done = g != NULL && dimsat_program_run(g, &big) &&
           dimsat_program_run_many(g, columns, 1, &accepted) && accepted;
    if (memory_fail_after(0) != 0)
      ck_assert(done);
    else
      ck_assert(done || dimsat_last_error(own)->status == DIMSAT_NO_MEMORY);
    dimsat_context_free(own);
  }
  ck_assert(done);
}
END_TEST

/* The suite. */
Suite *suite_program(void) {
  Suite *const s = suite_create("program");
  TCase *const c = tcase_create("program");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, test_floor_division);
  tcase_add_test(c, test_division_by_constants);
  tcase_add_test(c, test_guard_use);
  tcase_add_test(c, test_sizes_without_inputs);
  tcase_add_test(c, test_no_size_is_negative);
  tcase_add_loop_test(c, test_edges, 0, ROWS(edges));
  tcase_add_loop_test(c, test_lines, 0, ROWS(lines));
  tcase_add_test(c, test_comments_stay_closed);
  tcase_add_loop_test(c, test_titles, 0, ROWS(titles));
  tcase_add_loop_test(c, test_refusals, 0, ROWS(refusals));
  tcase_add_test(c, test_no_memory);
  suite_add_tcase(s, c);
  return s;
}
