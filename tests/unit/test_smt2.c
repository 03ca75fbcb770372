/*
 * The script of a problem, and what the `z3` command says to it where there is
 * one.
 */
#include "dimsat/dimsat.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The script of the problem that `text` says. */
static const char *script_of(const char *text, size_t guard) {
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  const char *const script = dimsat_smt2(p, guard);
  ck_assert_msg(script != NULL, "%s", dimsat_last_error(cx)->text);
  return script;
}

/* ---- Text -----------------------------------------------------------------
 */

START_TEST(script_is_as_written) {
  const char *const text = "dim seq = 2..64\n"
                           "input x: [seq] = [8]\n"
                           "guard x[0] % 4 == 0   # at model.py:12 in f\n";
  ck_assert_str_eq(script_of(text, SIZE_MAX),
                   "; dimsat\n"
                   "; unsat: the guard holds on the whole spec; sat: some "
                   "sizes break it\n"
                   "; run with: z3 FILE, or cvc5 --incremental FILE\n"
                   "(set-logic ALL)\n"
                   "(declare-const |seq| Int)\n"
                   "(assert (<= 2 |seq| 64))\n"
                   "\n"
                   "; guard 0: x[0] % 4 == 0    model.py:12 in f\n"
                   "(push 1)\n"
                   "(assert (not (= (mod |seq| 4) 0)))\n"
                   "(check-sat)\n"
                   "(pop 1)\n");
  ck_assert(strstr(script_of(text, 0), "push") == NULL);
}
END_TEST

/* ---- Answers --------------------------------------------------------------
 */

static const struct {
  const char *problem;
  const char *answers; /* of z3, one a line */
} rows[] = {
    {"dim a = 2..\nguard a >= 2\nguard a >= 3\n", "unsat\nsat\n"},
    {"dim a = 2..\ndim b = 2*a + 1\nguard b % 2 == 1\nguard b > 5\n",
     "unsat\nsat\n"},
    {"dim a = 0..\nguard a // -4 * -4 + a % -4 == a\nguard a % -4 >= 0\n",
     "unsat\nsat\n"},
    {"dim a = 0..9\ndim b = 0..9\nguard a // b >= 0\n", "sat\n"},
    {"dim a = 0..9\ndim b = 1..9\nguard a // b * b + a % b == a\n"
     "guard a // b < 10\n",
     "unsat\nunsat\n"},
    {"dim a = 0..9\ndim b = 0..5\nguard a // (b - 6) <= 0\n"
     "guard a % (b - 6) <= 0\n",
     "unsat\nunsat\n"},
    {"dim a = 0..9\nguard (1 if a >= 0 else 1 // (a - 3)) == 1\n", "sat\n"},
    {"dim a = 0..9\ndim b = 0..9\ndim c = 0..9\nguard min(a, b, c) <= b\n"
     "guard max(a, b, c) >= c\nguard max(a, b, c) >= 1\n",
     "unsat\nunsat\nsat\n"},
    {"dim a = 0..5\nguard 2**a <= 32\nguard 2**a <= 31\nguard a**3 <= 125\n",
     "unsat\nsat\nunsat\n"},
    {"dim a = 0..15\nguard (a & 12) <= 12\nguard (a | 1) >= a\n"
     "guard (a ^ 5) != 9\n",
     "unsat\nunsat\nsat\n"},
    {"dim a = 0..99\nguard ToFloat(a) >= 0\nguard ToFloat(a) < 99\n",
     "unsat\nsat\n"},
    {"dim a = 0..99\nguard a < 100 or IsNonOverlappingAndDenseIndicator(a) == "
     "1\nguard IsNonOverlappingAndDenseIndicator(a) == 1\n",
     "unsat\nsat\n"},
    {"dim a = 2..\nguard 2*sin(a) != 1\nguard sin(a) == sin(a) + 0*a\n",
     "sat\nunsat\n"},
    {"dim a = 2..99\nguard a ** 0.5 > 1 or a ** 0.5 <= 1\n"
     "guard sqrt(a / 2) + a > 0.5 or sqrt(a / 2) + a < 1\n"
     "guard max(sqrt(a), 2) == max(sqrt(a), 2) + sqrt(a) - sqrt(a)\n",
     "unsat\nunsat\nunsat\n"},
    {"dim a = 2..\nguard floor(sqrt(a)) % 2 < 2\nguard sqrt(a) // 2 <= a\n",
     "unsat\nsat\n"},
    /* constants that may be 0 or negative where the other operand is opaque */
    {"dim a = 2..\nguard int(sqrt(a)) // -2 * -2 + int(sqrt(a)) % -2 == "
     "int(sqrt(a))\nguard int(sqrt(a)) % -2 <= 0\nguard int(sqrt(a)) % -2 == "
     "0\nguard int(sqrt(a)) // 0 <= 0 or a >= 2\n",
     "unsat\nunsat\nsat\nsat\n"},
    {"dim a = 0..3\nguard a**70 <= 3**70\nguard a**70 < 3**70\n"
     "guard 3**-1 >= 0\n",
     "unsat\nsat\nsat\n"},
    {"dim a = 0..9\nguard 1 == 2\nguard True\nguard (a > 3) == (a > 2)\n"
     "guard (a > 3 and a % 2 == 0) == (a % 2 == 0 and a >= 4)\n"
     "guard (a > 3 and a % 2 == 0 or a == 9) == (a < 9)\n",
     "sat\nunsat\nsat\nunsat\nsat\n"},
    {"dim a = 2..99\ninput x: [a, auto] = [4, 4]\nguard x[1] == a\n",
     "unsat\n"},
    {"dim a = 2..99\ninput x: [a, auto] = [4, 4]\nguard x[1] == a\n"
     "guard x[1] % 2 == 0\n",
     "unsat\nunsat\nsat\n"},
    {"dim a = 2..99\ninput x: [a, auto] = [4, 2]\nguard 2*x[1] == a\n",
     "sat\n"},
    {"dim a = 0..\nguard a < 100000000000000000000000\n", "sat\n"},
    {"dim n = 2..99\ninput x from L['a|b\\\\c']: [n, auto] = [4, 4]\n"
     "spec n == x[0]\nguard L['a|b\\\\c'].size()[1] == n\n",
     "unsat\n"},
    {"dim a = 0..9\nguard (a + 1) * (a + 1) >= (a + 1)\n"
     "guard (a*a + 1) // 3 <= (a*a + 1) // 2\n",
     "unsat\nunsat\n"},
    {"{\"dimsat\": 1, \"dims\": [{\"name\": \"n\", \"min\": 2}], \"inputs\": "
     "[{\"name\": \"x\", \"shape\": [\"n\"], \"hint\": [8], \"traced\": [8]}], "
     "\"guards\": [{\"expr\": \"n > 1\", \"kind\": \"runtime_assert\"}]}",
     "sat\n"}};

/* Whether there is a z3 command. */
static bool has_z3(void) {
  return system("z3 --version >/dev/null 2>&1") == 0;
}

/* What the z3 command answers to `script`. */
static void run_z3(const char *script, char *answers, size_t length) {
  char name[] = "/tmp/dimsat_smt2_XXXXXX", command[80];
  const int file = mkstemp(name);
  ck_assert_int_ge(file, 0);
  ck_assert_int_eq(write(file, script, strlen(script)),
                   (ssize_t)strlen(script));
  close(file);
  snprintf(command, sizeof command, "z3 -T:20 %s 2>&1", name);
  FILE *const pipe = popen(command, "r");
  ck_assert_ptr_nonnull(pipe);
  answers[fread(answers, 1, length - 1, pipe)] = '\0';
  pclose(pipe);
  unlink(name);
}

START_TEST(z3_answers_as_expected) {
  char answers[400];
  if (!has_z3())
    return;
  const char *const script = script_of(rows[_i].problem, SIZE_MAX);
  run_z3(script, answers, sizeof answers);
  ck_assert_msg(strcmp(answers, rows[_i].answers) == 0, "row %d: %s for\n%s",
                _i, answers, script);
}
END_TEST

START_TEST(shared_terms_are_written_once) {
  char text[2000] = "dim a = 2..\nguard ";
  for (int i = 0; i < 40; i++)
    strcat(text, "(");
  strcat(text, "a");
  for (int i = 0; i < 40; i++)
    strcat(text, " % 97 + 1)");
  char twice[4500];
  snprintf(twice, sizeof twice, "%s*(%s) >= 0\n", text, strstr(text, "(((("));
  ck_assert_uint_lt(strlen(script_of(twice, 0)), 8000);
}
END_TEST

/* ---- Suite ----------------------------------------------------------------
 */

/* Everything in solver/smt2*.c. */
Suite *suite_smt2(void) {
  Suite *const s = suite_create("smt2");
  TCase *const c = tcase_create("smt2");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, script_is_as_written);
  tcase_add_loop_test(c, z3_answers_as_expected, 0, ROWS(rows));
  tcase_add_test(c, shared_terms_are_written_once);
  suite_add_tcase(s, c);
  return s;
}
