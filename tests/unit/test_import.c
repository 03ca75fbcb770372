/* Lines and forms of texts to import; texts of JAX. */
#include "lib/problem/import_lines.h"
#include "tests/unit/import_texts.h"
#include "tests/unit/suites.h"

#include <stdio.h>

#define GLOG "I1121 04:22:22.210000 19570 torch/symbolic_shapes.py:4058] "

/* ---- Lines --------------------------------------------------------------- */

static const struct {
  const char *text, *line;
} lines[] = {
    {GLOG "create_env", "create_env"},
    {GLOG "[0/0_1] create_env", "create_env"},
    {"[rank0]: " GLOG "[0/0] create_env\r", "create_env"},
    {"[rank0]:" GLOG "create_env", "create_env"},
    {"\033[31m" GLOG "\033[1;32mcreate_env\033[0m", "create_env"},
    {"  - The values", "- The values"},
    {"E1121 04:22:25.394000 7 torch/_guards.py:375]   - A", "- A"},
    {"I1121 04:22:22", ""},
    {"INFO:torch.fx.symbolic_shapes:create_env", "create_env"},
    {"DEBUG:torch.fx:[0/0] eval s7: x", "eval s7: x"},
    {"INFO     torch.fx:symbolic_shapes.py:12 create_env", "create_env"},
    {"[2024-01-31 10:00:00,000] torch.fx: [INFO] create_env", "create_env"},
    {"[2024-01-31 10:00:00,000] [0/0] torch.fx: [DEBUG] eval s", "eval s"},
    {"[2024-01-31 10:00:00,000] INFO create_env",
     "[2024-01-31 10:00:00,000] INFO create_env"},
    {"INFO create_env", "INFO create_env"},
    {"ERROR", "ERROR"},
    {"ERROR: Constraints violated (a)!", "ERROR: Constraints violated (a)!"},
    {"INFO:torch", "INFO:torch"},
    {"Info] plain", "Info] plain"},
    {"a\xFFz", "a?z"},
    {"\033[", ""},
    {"", NULL},
};

/* Prefixes, colours and bad bytes are gone. */
START_TEST(lines_are_bare) {
  fault none = {0};
  arena memory;
  arena_init(&memory, &none);
  import_lines l;
  import_lines_init(&l, &memory, lines[_i].text, strlen(lines[_i].text));
  const char *const line = import_next_line(&l);
  ck_assert_pstr_eq(line, lines[_i].line);
  ck_assert_ptr_null(import_next_line(&l));
  arena_clear(&memory);
}
END_TEST

/* ---- Forms --------------------------------------------------------------- */

static const struct {
  const char *text;
  dimsat_import_form form;
} forms[] = {
    {"dim a\nguard a > 2\n", DIMSAT_IMPORT_NONE},
    {"# Constraints violated (a)!\n", DIMSAT_IMPORT_NONE},
    {"{\"guards\": [\"Constraints violated (a)!\"]}", DIMSAT_IMPORT_NONE},
    {"", DIMSAT_IMPORT_NONE},
    {"x.UserError: Constraints violated (a)!", DIMSAT_IMPORT_TORCH_ERROR},
    {"10 not in range [11, 18]", DIMSAT_IMPORT_TORCH_ERROR},
    {"ValueError: 10 not in range [11, 18]", DIMSAT_IMPORT_TORCH_ERROR},
    {GLOG "create_env\nConstraints violated (a)!", DIMSAT_IMPORT_TORCH_LOG},
    {"[rank0]: " GLOG "create_env", DIMSAT_IMPORT_TORCH_LOG},
    {GLOG "{\"str\": [\"a.py\", 0]}", DIMSAT_IMPORT_TORCH_TRACE},
    {"b, = export.symbolic_shape('b')", DIMSAT_IMPORT_JAX},
};

/* Each text is known by its lines. */
START_TEST(forms_are_recognised) {
  const char *const text = forms[_i].text;
  ck_assert_int_eq(dimsat_import_guess(cx, text, strlen(text)), forms[_i].form);
}
END_TEST

/* ---- JAX ----------------------------------------------------------------- */

#define UNSURE(left, sign, right)                                              \
  "Symbolic dimension comparison '" left "' " sign " '" right                  \
  "' is inconclusive.\n"
#define SCOPE "14008 created at /a.py:5:2 (<module>) with constraints:\n"

static const import_row jax_rows[] = {
    {"symbolic_shape('b, _', constraints=['b >= 2', 'b <= 9', 'b <= "
     "12'])\n" UNSURE("b", ">=", "mod(b, 3)"),
     "{\"name\": \"b\", \"min\": 2, \"max\": 9}", "\"b >= Mod(b, 3)\"",
     "incomplete"},
    {"symbolic_shape('b, c', constraints=['b >= c', 'd >= 2*e'])\n" UNSURE(
         "b", ">", "5"),
     "not ((b >= c)) or (b > 5)", "a repair may leave the constraints", NULL},
    {"symbolic_shape('b, c', constraints=['b >= c', 'c >= 2*e', 'e != "
     "3'])\n" UNSURE("b + c", ">", "e"),
     "not ((b >= c) and (c >= 2*e) and (e != 3)) or (b + c > e)", NULL, NULL},
    {"symbolic_shape('b', constraints=['mod(b, 4) == 1', 'b <= 99'])\n" UNSURE(
         "b", ">", "5"),
     "{\"name\": \"_b\", \"min\": 0, \"max\": 24}",
     "\"derived\": {\"root\": \"_b\", \"scale\": 4, \"offset\": 1}", "not ("},
    {"symbolic_shape('b', constraints=['mod(b, 4) == 9', 'mod(b, 0) == "
     "0'])\n" UNSURE("b", ">", "5"),
     "not ((Mod(b, 4) == 9) and (Mod(b, 0) == 0)) or", NULL, NULL},
    {"symbolic_shape('b', constraints=['mod(b, 4) == 1', 'b <= 0'])\n", "\"b\"",
     NULL, NULL},
    {"symbolic_shape('b', constraints=['0 <= b', 'b >= b2', 'b >= -3'])\n",
     "\"min\": 1", NULL, NULL},
    {"symbolic_shape('b', constraints=['b >= 99999999999999999999', 'mod(b, 4) "
     "== 0'])\n" UNSURE("b", ">", "5"),
     "\"99999999999999999999\"", "not ((Mod(b, 4) == 0)) or", NULL},
    {"# symbolic_shape('c')\nsymbolic_shape('b , 2*b', constraints=['b >= 0', "
     "'3 >= 2'])\n",
     "[\"b\", \"2*b\"]", "\"min\": 1", "\"c\""},
    {"symbolic_shape('a, b, c, d', constraints=['a >= b', 'c >= d', 'b >= d', "
     "'e >= a', 'a != a'])\n" UNSURE("e", ">", "c"),
     "not ((a >= b) and (c >= d) and (b >= d) and (e >= a) and (a != a)) or",
     NULL, NULL},
    {"symbolic_shape('b')\nsymbolic_shape('c')\n", "\n{",
     "no demand of the model", NULL},
    {"a = symbolic_shape('b')\nsymbolic_shape('2*b', scope=a)\n", "2*b", NULL,
     "\n{"},
    {"a = symbolic_shape('..., (b, floordiv(b, 2), b*c, b^2)')\n",
     "is no a*dim + b", "\"AUTO\", \"min\": 1", "left out"},
    {"symbolic_args_specs(args, 'b, 2*b',\n  constraints=('b >= 4',))\n",
     "\"shape\": [\"b\", \"2*b\"]", "\"min\": 4", NULL},
    {SCOPE "  a >= 4\n  floordiv(a,2)<=b\nother\n" UNSURE("a", "==", "b"),
     "\"min\": 4", "not ((FloorDiv(a,2)<=b)) or (a == b)", "other"},
    {"InconclusiveDimensionOperation: Cannot divide evenly the sizes of shapes "
     "(n, m) and (-1, 4). The remainder mod(m*n, - 4) should be 0.\n",
     "Mod(m*n, - 4) == 0", "{\"name\": \"n\", \"min\": 1", NULL},
    {"ValueError: array split does not result in an equal division: rest is "
     "mod(n, 2)\n",
     "Mod(n, 2) == 0", NULL, NULL},
    {"InconclusiveDimensionOperation: Symbolic dimension '2*c' used in a "
     "context "
     "that requires a constant\n",
     "needs '2*c' to be one size", NULL, NULL},
    {"TypeError: add got incompatible shapes for broadcasting: (n, m, 1), (k, "
     "7).\n",
     "[\"m == k\"]", NULL, "7"},
    {"Incompatible shapes for broadcasting: shapes=[(n, max(a, b)), (m, c)]\n",
     "\"max(a, b) == c\", \"n == m\"", NULL, NULL},
    {"TypeError: dot_general requires contracting dimensions to have the same "
     "shape, got (m,) and (n,).\n",
     "\"m == n\"", NULL, NULL},
    {"TypeError: Cannot concatenate arrays: concatenating along dimension 0 "
     "for "
     "shapes (n, m), (m, n).\n",
     "[\"m == n\"]", NULL, NULL},
    {"concatenating along dimension 7 for shapes (n, m), (m, n).\n"
     "symbolic_shape('b')\n",
     "\"b\"", NULL, "m == n"},
    {"ValueError: Input shapes do not match the polymorphic shapes "
     "specification. Found inconsistency between dimension size "
     "args[0].shape[1] (= 7) and the specification '2*b' (= 6). Using the "
     "following polymorphic shapes specifications: args[0].shape = (b, 2*b). "
     "Obtained dimension variables: 'b' = 3 from specification 'b' for "
     "dimension args[0].shape[0] (= 3), .\n",
     "\"shape\": [\"b\", \"2*b\"], \"hint\": [3, 7]", NULL, NULL},
    {"ValueError: Input shapes do not match the symbolic shape constraint "
     "b>=3. "
     "Expected 'b - 3' to be greater or equal to 0, but found -1. Using the "
     "following polymorphic shapes specifications: args[0].shape = (b). "
     "Obtained dimension variables: 'b' = 2 from specification 'b' for "
     "dimension args[0].shape[0] (= 2), .\n",
     "\"min\": 3", "\"hint\": [2]", NULL},
};

START_TEST(jax_says) {
  check_row(&jax_rows[_i]);
}
END_TEST

/* Constraints that are too long to be repeated leave the problem open. */
START_TEST(long_constraints_are_refused) {
  static char text[8192] = SCOPE;
  size_t length = strlen(text);
  for (int i = 0; i < 200; i++)
    length += (size_t)snprintf(text + length, sizeof text - length,
                               "  a*b >= 2*a + 7*b + %d\n", i);
  snprintf(text + length, sizeof text - length, "%s", UNSURE("a", ">", "5"));
  const char *const result = import_text(text, strlen(text));
  ck_assert_ptr_nonnull(result);
  ck_assert_msg(strstr(result, "too long"), "%s", result);
}
END_TEST

/* A demand that follows from the scope holds; one that is not told is not. */
static const struct {
  const char *text;
  dimsat_verdict verdict;
} jax_verdicts[] = {
    {"symbolic_shape('b', constraints=['mod(b, 4) == 0'])\n" UNSURE("mod(b, 2)",
                                                                    "<", "1"),
     DIMSAT_VERDICT_OK},
    {"symbolic_shape('b, c', constraints=['b >= c + 2'])\n" UNSURE("b", ">",
                                                                   "c"),
     DIMSAT_VERDICT_OK},
    {"symbolic_shape('b')\n" UNSURE("b", ">", "5"), DIMSAT_VERDICT_VIOLATED},
    {"symbolic_shape('b')\n", DIMSAT_VERDICT_UNDECIDED},
};

START_TEST(jax_verdicts_are_honest) {
  ck_assert_int_eq(verdict_of(jax_verdicts[_i].text), jax_verdicts[_i].verdict);
}
END_TEST

/* A text without a problem is refused. */
START_TEST(nothing_is_refused) {
  ck_assert_ptr_null(dimsat_import(cx, "hm", 2, DIMSAT_IMPORT_TORCH_LOG));
  ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_BAD_FORMAT);
}
END_TEST

/* ---- Suite --------------------------------------------------------------- */

/* What all importers share, and that of JAX. */
Suite *suite_import(void) {
  Suite *const s = suite_create("import");
  TCase *const c = tcase_create("import");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_loop_test(c, lines_are_bare, 0, ROWS(lines));
  tcase_add_loop_test(c, forms_are_recognised, 0, ROWS(forms));
  tcase_add_loop_test(c, jax_says, 0, ROWS(jax_rows));
  tcase_add_test(c, long_constraints_are_refused);
  tcase_add_loop_test(c, jax_verdicts_are_honest, 0, ROWS(jax_verdicts));
  tcase_add_test(c, nothing_is_refused);
  suite_add_tcase(s, c);
  return s;
}
