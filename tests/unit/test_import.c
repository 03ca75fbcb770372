/* Texts of PyTorch and JAX, and the problems that they tell of. */
#include "dimsat/dimsat.h"
#include "lib/problem/import_lines.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
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

/* ---- Facts --------------------------------------------------------------- */

#define SYMBOL GLOG "create_symbol s7 = 8 for L['x'].size()[0] [2, 64] (a.py)\n"
#define CONFLICT "Found the following conflicts between user-specified ranges\n"

/* A text, and a piece that its problems have, or have not. */
static const struct {
  const char *text, *has, *lacks;
} facts[] = {
    {SYMBOL, "\"hint\": [8], \"traced\": [\"s7\"]", NULL},
    {SYMBOL, "\"min\": 2, \"max\": 64", NULL},
    {SYMBOL GLOG "eval s7 <= 9 [guard added] (m.py:1 in f)\n",
     "{\"expr\": \"s7 <= 9\", \"at\": \"m.py:1 in f\"", NULL},
    {SYMBOL GLOG "eval [guard suppressed] Ne(s7, 9) [guard added] (m.py)\n",
     NULL, "left out"},
    {SYMBOL GLOG "runtime_assert s7 <= 9 [guard added] (m.py:1 in f)\n",
     "\"kind\": \"runtime_assert\"", NULL},
    {SYMBOL GLOG "runtime_assert s7 <= 9 == True [statically known]\n", NULL,
     "<= 9"},
    {SYMBOL GLOG "eval s9 <= 9 [guard added] (m.py:1 in f)\n",
     "the text does not say what 's9' is", "\"expr\""},
    {SYMBOL GLOG "eval s7 <= <= [guard added] (m.py:1 in f)\n",
     "left out: ", "\"expr\""},
    {SYMBOL GLOG "set_replacement s7 = 8 (find) VR[8, 8]\n", "Eq(s7, 8)", NULL},
    {SYMBOL GLOG "eval Eq(s7, 8) [guard added] (m.py:1 in f)\n" GLOG
                 "set_replacement s7 = 8 (find) VR[8, 8]\n",
     "Eq(s7, 8)", ", \"Eq(s7, 8)\""},
    {SYMBOL GLOG "track_symint L['x'].size()[0] s7 None\n",
     "{\"hint\": \"AUTO\"}", "spec is told"},
    {SYMBOL GLOG "track_symint L['x'].size()[0] s7 "
                 "RelaxedUnspecConstraint(warn_only=False)\n",
     "{\"hint\": \"DYNAMIC\"}", NULL},
    {SYMBOL GLOG "track_symint L['x'].size()[0] s7 StrictMinMaxConstraint("
                 "warn_only=False, vr=VR[0, 40])\n",
     "\"min\": 0, \"max\": 40", NULL},
    {SYMBOL, "the log ends before the spec is told", NULL},
    {SYMBOL "ValueError: 8 not in range [9, 18]\n",
     "outside of its dim: 8 not in range [9, 18]", NULL},
    {SYMBOL SYMBOL, "s7", "\n{"},
    {SYMBOL GLOG "create_env\n" SYMBOL, "\n{", NULL},
    {"Constraints violated (a)!\n  - Not all values of a = L['x'].size()[0] in "
     "the specified range a <= 9 are valid because a was inferred to be a "
     "constant (4).\n",
     "Eq(L['x'].size()[0], 4)", NULL},
    {"Constraints violated (a)!\n  - The values of a = L['x'].size()[0] must "
     "always be related to the values of b = L['y'].size()[0] by a = b + 1.\n",
     "Eq(L['x'].size()[0], b + 1)", NULL},
    {"10 not in range [11, 18]\n" CONFLICT
     "- Received user-specified dim hint Dim.DYNAMIC(min=None, max=None), but "
     "export 0/1 specialized due to hint of 1 for dimension "
     "inputs['x'].shape[0].\n",
     "\n{\"dimsat\"", NULL},
    {"10 not in range [11, 18]\n", "\"min\": 11, \"max\": 18", NULL},
    {CONFLICT "- Received user-specified min/max range of [10, 20], "
              "conflicting with the inferred min/max range of [2, 8], for "
              "inputs['x'].shape[0].\n",
     "{\"hint\": \"DYNAMIC\", \"min\": 10, \"max\": 20}", NULL},
    {CONFLICT "- Received user-specified dim hint Dim.DYNAMIC(min=None, "
              "max=None), but tracing inferred a static shape of 5 for "
              "dimension inputs['x'].shape[0].\n",
     "\"traced\": [5]", NULL},
    {"symbolic_shape('b, _', constraints=['b >= 2'])\nSymbolic dimension "
     "comparison 'b' >= 'mod(b, 3)' is inconclusive.\n",
     "not ((b >= 2)) or (b >= Mod(b, 3))", NULL},
    {"symbolic_shape('b')\nsymbolic_shape('c')\n", "\n{", NULL},
    {"a = symbolic_shape('b')\nsymbolic_shape('2*b', scope=a)\n", "2*b", "\n{"},
};

/* The whole text, and every start of it, gives problems that read back. */
static const char *import(const char *text, size_t length) {
  const char *const result =
      dimsat_import(cx, text, length, DIMSAT_IMPORT_NONE);
  for (const char *at = result; at && *at; at = strchr(at, '\n') + 1) {
    const dimsat_problem *const p = dimsat_problem_read(
        cx, at, strcspn(at, "\n"), DIMSAT_FORMAT_JSON, true);
    ck_assert_msg(p != NULL, "%s: %s", at, dimsat_last_error(cx)->text);
    const char *const again = dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON);
    ck_assert_msg(strncmp(at, again, strlen(again)) == 0, "%s", again);
  }
  return result;
}

/* What it says and what it does not. */
START_TEST(texts_say) {
  const char *const text = facts[_i].text;
  const char *const result = import(text, strlen(text));
  ck_assert_msg(result != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_msg(!facts[_i].has || strstr(result, facts[_i].has), "%s", result);
  ck_assert_msg(!facts[_i].lacks || !strstr(result, facts[_i].lacks), "%s",
                result);
  for (size_t length = 0; length < strlen(text); length++)
    import(text, length);
}
END_TEST

/* A text without a problem is refused. */
START_TEST(nothing_is_refused) {
  ck_assert_ptr_null(dimsat_import(cx, "hm", 2, DIMSAT_IMPORT_TORCH_LOG));
  ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_BAD_FORMAT);
}
END_TEST

/* ---- Suite --------------------------------------------------------------- */

/* Everything in lib/problem/import*.c. */
Suite *suite_import(void) {
  Suite *const s = suite_create("import");
  TCase *const c = tcase_create("import");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_loop_test(c, lines_are_bare, 0, ROWS(lines));
  tcase_add_loop_test(c, forms_are_recognised, 0, ROWS(forms));
  tcase_add_loop_test(c, texts_say, 0, ROWS(facts));
  tcase_add_test(c, nothing_is_refused);
  suite_add_tcase(s, c);
  return s;
}
