/*
 * Concrete sizes against problems written by hand: each row gives sizes and the
 * lines that refuse them, word for word.
 */
#include "dimsat/dimsat.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define SIZES 12

/* The problem that `text` says. */
static dimsat_problem *read_problem(const char *text) {
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  return p;
}

/* Names and sizes of "x[0]=8 x[1]=20", cut into `buffer`. */
static size_t read_sizes(char *buffer, const char **name, const char **size) {
  size_t count = 0;
  for (char *at = strtok(buffer, " "); at != NULL; at = strtok(NULL, " ")) {
    char *const equals = strrchr(at, '=');
    ck_assert(equals != NULL && count < SIZES);
    *equals = '\0';
    name[count] = at;
    size[count++] = equals + 1;
  }
  return count;
}

/* Checks sizes; the number of refusals, and all lines in one text. */
static int evaluate_at(dimsat_problem *p, const char *sizes, char *text,
                       size_t length) {
  char buffer[400];
  const char *name[SIZES], *size[SIZES];
  const char *const *lines = NULL;
  ck_assert_uint_lt(strlen(sizes), sizeof buffer);
  strcpy(buffer, sizes);
  const size_t count = read_sizes(buffer, name, size);
  const int refusals = dimsat_eval(p, name, size, count, &lines);
  text[0] = '\0';
  for (size_t i = 0; refusals >= 0 && lines[i] != NULL; i++) {
    ck_assert_uint_lt(strlen(text) + strlen(lines[i]) + 2, length);
    strcat(text, i != 0 ? "\n" : "");
    strcat(text, lines[i]);
  }
  return refusals;
}

/* ---- Rows -----------------------------------------------------------------
 */

#define TUTORIAL                                                               \
  "dim inp1_dim1 = 4..18\n"                                                    \
  "dim batch = 1..64\n"                                                        \
  "dim long = 2*batch + 1\n"                                                   \
  "input x: [batch, inp1_dim1, static, 5] = [8, 12, 2, 5]\n"                   \
  "input y: [2*batch + 1, long, auto, batch] = [17, 17, 3, 8]\n"               \
  "guard x[1] % 4 == 0    # at model.py:12 in forward\n"                       \
  "guard x[0] // (y[2] - 4) != 7\n"                                            \
  "guard x[0] < y[0]\n"

#define TRACED                                                                 \
  "{\"dimsat\": 1, \"dims\": [{\"name\": \"n\", \"min\": 2}],"                 \
  " \"inputs\": [{\"name\": \"x\", \"source\": \"L['x']\","                    \
  "  \"shape\": [\"n\", null, \"n\"], \"hint\": [8, 2, 8],"                    \
  "  \"traced\": [\"s0\", 2, 8]},"                                             \
  "  {\"name\": \"y\", \"source\": \"L['y']\","                                \
  "  \"shape\": [{\"hint\": \"AUTO\"}], \"hint\": [8], \"traced\": "           \
  "[\"s0\"]}],"                                                                \
  " \"symbols\": [{\"name\": \"s0\", \"source\": \"L['x'].size()[0]\","        \
  "  \"hint\": 8, \"min\": 2}, {\"name\": \"u0\", \"unbacked\": true}],"       \
  " \"guards\": [\"Eq(Mod(s0, 4), 0)\","                                       \
  "  {\"expr\": \"u0 <= 4\", \"kind\": \"runtime_assert\"},"                   \
  "  {\"expr\": \"Eq(s0, 8)\", \"kind\": \"spec\"}]}"

static const struct {
  const char *problem, *sizes, *lines;
  int refusals;
} rows[] = {
    {TUTORIAL, "x[0]=8 x[1]=12 x[2]=2 x[3]=5 y[0]=17 y[1]=17 y[2]=3 y[3]=8", "",
     0},
    {TUTORIAL, "x[1]=20 y[2]=3 batch=8",
     "x[1] (inp1_dim1) must be 4..18, but is 20", 1},
    {TUTORIAL, "x[1]=1 y[2]=3 batch=8",
     "x[1] (inp1_dim1) must be 4..18, but is 1\n"
     "guard 0: x[1] % 4 == 0 does not hold: x[1] is 1 (model.py:12 in "
     "forward)",
     2},
    {TUTORIAL, "x[0]=8 x[1]=12 x[2]=3 y[2]=3",
     "x[2] must be 2 (static, as in the example), but is 3", 1},
    {TUTORIAL, "x[3]=6 x[1]=12 y[2]=3 batch=8", "x[3] must be 5, but is 6", 1},
    {TUTORIAL, "x[0]=8 x[1]=12 y[0]=18 y[2]=3",
     "y[0] must be 2*batch + 1 = 17 with batch = 8 (from x[0]), but is 18", 1},
    {TUTORIAL, "x[0]=8 x[1]=12 y[1]=19 y[3]=9 y[2]=3",
     "y[1] must be 2*batch + 1 = 17 with batch = 8 (from x[0]), but is 19\n"
     "y[3] must be batch = 8 (from x[0]), but is 9",
     2},
    {TUTORIAL, "y[0]=18 x[1]=12 y[2]=3",
     "y[0] must be 2*batch + 1 for some batch, but is 18\n"
     "2 guards were not checked: the size of x[0] is not known",
     1},
    {TUTORIAL, "y[0]=201 x[1]=12 y[2]=3",
     "y[0] must be 2*batch + 1 with batch 1..64, but is 201 (batch = 100)", 1},
    {TUTORIAL, "batch=70 long=3 x[1]=12 y[2]=3",
     "batch must be 1..64, but is 70\n"
     "long must be 2*batch + 1 = 141 with batch = 70, but is 3",
     2},
    {TUTORIAL, "batch=8 x[1]=12 y[2]=4",
     "guard 1: x[0] // (y[2] - 4) != 7 has no value: the divisor y[2] - 4 is "
     "0, x[0] is 8 and y[2] is 4",
     1},
    {TUTORIAL, "batch=8 x[1]=12 y[2]=5", "", 0},
    {TUTORIAL, "batch=7 x[1]=12 y[2]=5",
     "guard 1: x[0] // (y[2] - 4) != 7 does not hold: x[0] is 7 and y[2] is 5",
     1},
    {TUTORIAL, "batch=8 x[0]=8 x[-3]=16 y[2]=-1",
     "y[2] is -1, and no size is below 0", 1},
    {TUTORIAL, "batch=8 x[0]=9 x[1]=12 y[2]=3",
     "x[0] must be batch = 8, but is 9", 1},
    {TRACED, "x[0]=8 x[1]=2 x[2]=8 y[0]=8 u0=4", "", 0},
    {TRACED, "L['x'][0]=8 u0=4", "", 0},
    {TRACED, "s0=8 u0=5", "runtime assertion 1: u0 <= 4 does not hold: u0 is 5",
     1},
    {TRACED, "s0=8", "1 guard was not checked: the size of u0 is not known", 0},
    {TRACED, "s0=1 u0=0",
     "x[0] (n) must be at least 2, but is 1\n"
     "x[2] must be 8 (traced as a constant), but is 1 (from n)\n"
     "guard 0: x[0] % 4 == 0 does not hold: x[0] is 1",
     3},
    {TRACED, "x[0]=12 x[1]=3 x[2]=12 y[0]=13 u0=0",
     "x[1] must be 2 (traced as a constant), but is 3\n"
     "x[2] must be 8 (traced as a constant), but is 12\n"
     "y[0] must be x[0] = 12 (both were traced as s0), but is 13",
     3},
    {TRACED, "n=9 u0=0",
     "x[2] must be 8 (traced as a constant), but is 9 (from n)\n"
     "guard 0: x[0] % 4 == 0 does not hold: x[0] is 9",
     2},
    {"dim k = 0..\ninput x: [2*k - 1] = [7]\nsymbol s6 = k hint 4 in 2..\n"
     "guard k % 2 == 0\nguard s6 != 3\n",
     "k=3",
     "guard 0: k % 2 == 0 does not hold: k is 3\n"
     "guard 1: k != 3 does not hold: k is 3",
     2},
    {"dim k = 0..\ninput x: [2*k - 1] = [7]\nsymbol s6 = k hint 4 in 2..\n",
     "k=0", "x[0] is -1 (from k), and no size is below 0", 1},
    {TRACED, "x[0]=8 s0=12 u0=0", "s0 stands for x[0] and must be 8, but is 12",
     1},
    {TRACED, "x[0]=8 L['x'].size()[0]=12 u0=0",
     "x[0] is given twice, as 8 and as 12\n"
     "x[2] must be 8 (traced as a constant), but is 12 (from n)",
     2},
    {"dim a = 4\ndim b = 2..\ninput x: [a, a] traced [s0, s0]\n"
     "input y: [b, b] traced [s1, s1]\n",
     "x[0]=5 x[1]=4 y[0]=3 y[1]=4",
     "x[0] (a) must be 4, but is 5\n"
     "x[1] must be a = 5 (from x[0]), but is 4\n"
     "y[1] must be b = 3 (from y[0]), but is 4",
     3},
    {"dim a\ndim b\nguard a / b > 1\nguard 1/(a - b) != 5\n"
     "guard max(a/b, 1) > 1\n",
     "a=0 b=0",
     "guard 0: a / b > 1 has no value: the divisor b is 0, a is 0 and b is 0\n"
     "guard 1: 1/(a - b) != 5 has no value: the divisor a - b is 0, a is 0 and "
     "b is 0\n"
     "guard 2: max(a/b, 1) > 1 has no value: the divisor b is 0, a is 0 and b "
     "is 0",
     3},
    {"input x: [auto, auto, auto, auto, auto, auto, auto, auto, auto]\n"
     "guard x[0]+x[1]+x[2]+x[3]+x[4]+x[5]+x[6]+x[7]+x[8] != 3\n"
     "guard 1 == 2\n",
     "x[0]=1 x[1]=1 x[2]=1 x[3]=0 x[4]=0 x[5]=0 x[6]=0 x[7]=0 x[8]=0",
     "guard 0: x[0]+x[1]+x[2]+x[3]+x[4]+x[5]+x[6]+x[7]+x[8] != 3 does not "
     "hold: x[0] is 1, x[1] is 1, x[2] is 1, x[3] is 0, x[4] is 0, x[5] is 0, "
     "x[6] is 0, x[7] is 0, ...\n"
     "guard 1: 1 == 2 does not hold",
     2},
    {"dim a = 0..\nguard 100000000000000000000 > a\n",
     "a=100000000000000000000",
     "guard 0: 100000000000000000000 > a does not hold: a is "
     "100000000000000000000",
     1},
    {"dim a = 0..\ndim b = 0..\nguard a // 0 == 1\nguard 2**(a - b) > 0\n",
     "a=1 b=2",
     "guard 0: a // 0 == 1 has no value: a divisor is 0, a is 1\n"
     "guard 1: 2**(a - b) > 0 has no value: the exponent a - b is negative, "
     "a is 1 and b is 2",
     2},
    {"dim a = 0..\nguard ToFloat(a) > 3\n", "a=9007199254740993",
     "guard 0: ToFloat(a) > 3 cannot be decided at these sizes", 0}};

START_TEST(row_has_its_lines) {
  char text[4000];
  dimsat_problem *const p = read_problem(rows[_i].problem);
  const int refusals = evaluate_at(p, rows[_i].sizes, text, sizeof text);
  ck_assert_msg(refusals == rows[_i].refusals, "row %d, %s: %d refusals: %s %s",
                _i, rows[_i].sizes, refusals, text,
                dimsat_last_error(cx)->text);
  ck_assert_str_eq(text, rows[_i].lines);
}
END_TEST

/* ---- Mistakes -------------------------------------------------------------
 */

static const struct {
  const char *sizes, *error;
} mistakes[] = {
    {"z=3", "'z' is no symbol, axis or dim of this problem"},
    {"x[4]=3", "'x[4]' does not exist: x has 4 axes"},
    {"x[0]=many", "the size of x[0] is 'many', which is no integer"},
    {"x[0]=", "the size of x[0] is '', which is no integer"}};

START_TEST(mistake_is_explained) {
  char text[100];
  dimsat_problem *const p = read_problem(TUTORIAL);
  ck_assert_int_eq(evaluate_at(p, mistakes[_i].sizes, text, sizeof text), -1);
  ck_assert_str_eq(dimsat_last_error(cx)->text, mistakes[_i].error);
}
END_TEST

START_TEST(one_problem_takes_many_sizes) {
  char text[400];
  dimsat_problem *const p = read_problem(TUTORIAL);
  for (int i = 0; i < 300; i++)
    ck_assert_int_eq(
        evaluate_at(p, "batch=8 x[1]=20 y[2]=3", text, sizeof text), 1);
}
END_TEST

/* ---- Suite ----------------------------------------------------------------
 */

/* Everything in solver/eval*.c. */
Suite *suite_eval(void) {
  Suite *const s = suite_create("eval");
  TCase *const c = tcase_create("eval");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_add_loop_test(c, row_has_its_lines, 0, ROWS(rows));
  tcase_add_loop_test(c, mistake_is_explained, 0, ROWS(mistakes));
  tcase_add_test(c, one_problem_takes_many_sizes);
  suite_add_tcase(s, c);
  return s;
}
