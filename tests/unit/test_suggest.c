/* Repairs of small problems, in PyTorch's spelling. */
#include "dimsat/dimsat.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
  const char *problem, *fixes; /* separated by "; " */
} rows[] = {
    /* one dim: ranges */
    {"dim s\ninput x: [s] = [9]\nguard s//4 == 2",
     "s = Dim('s', min=8, max=11)"},
    {"dim s\ninput x: [s] = [9]\nguard s//2 <= s", ""},
    {"dim t\ninput x: [t] = [9]\nguard 3*t < 100", "t = Dim('t', max=33)"},
    {"dim t\ninput x: [t] = [9]\nguard 2*t + 1 > 10", "t = Dim('t', min=5)"},
    {"dim s\ninput x: [s] = [5]\nguard s*s + s <= 100", "s = Dim('s', max=9)"},
    {"dim s\ninput x: [s] = [4]\nguard s**3 + s <= 100", "s = Dim('s', max=4)"},
    {"dim s\ninput x: [s] = [8]\nguard s <= 512 and s != 512",
     "s = Dim('s', max=511)"},
    {"dim s\ninput x: [s] = [20]\nguard s >= 16\nguard s != 16",
     "s = Dim('s', min=17)"},
    {"dim s\ninput x: [s] = [20]\nguard s % 4 == s - 20",
     "s = Dim('s', min=20, max=23)"},
    {"dim s\ninput x: [s] = [7]\nguard s != 4\nguard s != 12",
     "s = Dim('s', min=5, max=11)"},
    {"dim s\ninput x: [s] = [8]\nguard s == 8", "s = 8"},
    {"dim s = 2..64\ninput x: [s] = [8]\nguard s <= 32",
     "s = Dim('s', min=2, max=32)"},
    /* one dim: strides */
    {"dim s\ninput x: [s] = [16]\nguard (s**2+s) % 8 == 0\nguard (s+1) % 8 != "
     "0\n"
     "assume s >= 2",
     "_s = Dim('_s', min=1); s = 8*_s"},
    {"dim s\ninput x: [s] = [8]\nguard s % 4 == 0\nassume s >= 2",
     "_s = Dim('_s', min=1); s = 4*_s"},
    {"dim s\ninput x: [s] = [3]\nguard s % 4 == 3\nassume s >= 2",
     "_s = Dim('_s', min=2); s = 4*_s - 5"},
    {"dim s = 4..64\ninput x: [s] = [12]\nguard s % 6 == 0",
     "_s = Dim('_s', min=1, max=10); s = 6*_s"},
    {"dim s\ninput x: [s] = [11]\nguard s % 2 == 1\nguard s % 3 == 2",
     "_s = Dim('_s', min=1); s = 6*_s - 1"},
    {"dim s\ninput x: [2*s] = [12]\nguard x[0] % 3 == 0\nassume s >= 1",
     "_s = Dim('_s', min=1); s = 3*_s"},
    {"dim n = 0..17\ninput x: [n] = [8]\nassume n >= 2\nguard n % 4 == 0\n"
     "guard n <= 15\nguard n//9 < 2",
     "_n = Dim('_n', min=1, max=3); n = 4*_n"},
    /* dims that move together by a stride do not reach their bounds by it */
    {"dim a = 4..12\ndim b = 1..4\ndim c = 2..11\n"
     "input x: [a, b, c] = [12, 3, 7]\nguard a - c == 5\nguard a - b == 9\n"
     "guard a//5 != 3",
     "a = Dim('a', min=10, max=12); b = a - 9; c = a - 5"},
    /* a guard that is always true gives no stride */
    {"dim a = 2..9\ninput x: [a] = [7]\nguard a <= 7\nguard a % 3 <= 18",
     "a = Dim('a', min=2, max=7)"},
    {"dim b = 0..4\ninput x: [b] = [3]\nguard b % 5 != 4",
     "b = Dim('b', max=3)"},
    {"dim n = 0..24\ninput x: [n] = [12]\nguard (n - 1)//16 == 0\n"
     "assume n >= 2",
     "n = Dim('n', max=16)"},
    /* no fix where the tracer leaves no other size */
    {"dim a = 0..3\ndim b = 1..24\ninput x: [a, b] = [3, 8]\nassume a >= 3\n"
     "guard a + b >= 8",
     "b = Dim('b', min=5, max=24)"},
    {"dim a = 0..9\ndim b = 1..24\ninput x: [a, b] = [3, 8]\nassume a == 3\n"
     "guard 2*a <= b",
     "b = Dim('b', min=6, max=24)"},
    /* nor where only a derived dim keeps its root from the user's own bound */
    {"dim a = 0..9\ndim b = 2*a - 5\ndim c = 1..24\n"
     "input x: [a, b, c] = [3, 1, 8]\nguard a + c >= 9",
     "c = Dim('c', min=6, max=24)"},
    /* a spec without sizes, which the example makes wider */
    {"dim a = 1..\ndim f = 17\ninput x: [a, f] = [15, 1]\nassume f <= 1\n"
     "guard a >= 8",
     "a = Dim('a', min=8); f = 1"},
    /* several dims */
    {"dim a\ndim b\ninput x: [a, b] = [4, 4]\nguard a == b", "b = a"},
    {"dim a\ndim b\ninput x: [a, b] = [4, 9]\nguard b == 2*a + 1",
     "b = 2*a + 1"},
    {"dim a\ndim b\ninput x: [a, b] = [9, 4]\nguard a == 2*b + 1",
     "a = 2*b + 1"},
    {"dim a\ndim b\ninput x: [a, b] = [6, 9]\nguard 3*a == 2*b",
     "_a = Dim('_a', min=0); a = 2*_a; b = 3*_a"},
    {"dim a\ndim b\ninput x: [a, b] = [10, 22]\nguard a + b == 32",
     "a = 10; b = 22"},
    {"dim a\ndim b\ndim c\ninput x: [a, b, c] = [3, 4, 7]\nguard a + b == c",
     "c = a + 4; b = 4"},
    {"dim a\ndim b\ninput x: [a, b] = [4, 8]\nguard a == (b + 1)//2",
     "b = 2*a"},
    {"dim a\ndim b\ninput x: [a, b] = [4, 7]\nguard a == (b + 1)//2",
     "a = Dim('a', min=1); b = 2*a - 1"},
    {"dim a\ndim b\ndim c\ninput x: [a, b, c] = [4, 4, 4]\nguard a == b\n"
     "guard b == c",
     "b = a; c = a"},
    {"dim a = 2..\ndim b = 2..\ndim s = 1..\ninput x: [a, b, s] = [4, 4, 2]\n"
     "guard s*a == s*b",
     "b = a"},
    {"dim a\ndim b\ninput x: [a, b] = [7, 9]\nguard a*b == 63", "a = 7; b = 9"},
    /* burned in, examples */
    {"dim s\ninput x: [s] = [1] traced [1]", "s = 1"},
    {"dim s = 10..\ninput x: [s] = [6]", "s = Dim('s', min=6)"},
    {"dim s\ninput x: [2*s] = [9]", ""},
    {"input x: [dynamic] = [4]\nguard x[0] == 4", ""},
    /* free axes */
    {"dim s\ninput x: [s, auto] = [4, 2]\nguard x[0] == 2*x[1]",
     "_s = Dim('_s', min=0); s = 2*_s"},
    {"dim s\ninput x: [s, auto] = [4, 3]\nguard x[0] + x[1] == 7",
     "s = Dim('s', max=7)"},
    {"dim a = 0..36\ninput x: [a, auto(0..8)] = [8, 8]\n"
     "guard (a + x[1]) % 32 == 16",
     "a = Dim('a', min=8, max=16)"},
    {"dim a\ndim b\ninput x: [a, b, auto] = [8, 2, 4]\nguard x[2] == a // b",
     "b = Dim('b', min=1)"},
    {"dim a\ndim b\ninput x: [a, b, auto] = [4, 4, 4]\nguard x[2] == a\n"
     "guard x[2] == b",
     "b = a"},
    {"dim a\ndim b = 5..\ninput x: [a, b, auto] = [4, 6, 5]\nguard x[2] >= a\n"
     "guard x[2] <= b",
     "a = Dim('a', max=5)"},
    {"dim a\ninput x: [a, auto] = [5, 1]\nguard x[1] % 4 == a % 4", ""},
    {"dim a = 2..60\ninput x: [a, auto] = [9, 3]\nguard x[1]*x[1] == a",
     "a = 9"},
    {"dim a\ninput x: [a] = [9]\nunbacked u0 in 3..\nguard u0 < a",
     "a = Dim('a', min=4)"},
    {"dim a\ninput x: [a, auto(2..)] = [9, 3]\nguard x[1] < a",
     "a = Dim('a', min=3)"},
    {"dim a\ninput x: [a, auto, auto] = [9, 3, 3]\nguard x[1]*x[2] == a\n"
     "guard x[1] >= 2\nguard x[2] >= 2",
     "a = Dim('a', min=8, max=10)"},
    {"dim a = 2..40\ninput x: [a, auto, auto] = [9, 3, 3]\n"
     "guard 3*x[1] + 5*x[2] == a + 15",
     ""},
    {"dim a\ninput x: [a, auto] = [9, 3]\nguard x[1] == 7 - a or x[1] == a - 6",
     ""},
    /* a stride that goes on to the user's bound comes before a longer range */
    {"dim a = 0..54\ninput x: [a, auto(0..8)] = [8, 8]\n"
     "guard (a + x[1]) % 32 == 16",
     "_a = Dim('_a', min=2, max=3); a = 32*_a - 56"},
    {"dim a = 0..14\ninput x: [a, dynamic(2..5)] = [3, 4]\n"
     "guard x[0]*x[1] == 12\nassume a >= 2",
     "a = Dim('a', min=3, max=4)"},
    {"dim h = 2..53\ninput x: [h] = [21]\nassume h >= 2\n"
     "unbacked u0 in 0..10\nguard h % 7 == u0 % 6 - 5",
     "_h = Dim('_h', min=1, max=7); h = 7*_h"},
    /* without an example, from sizes that satisfy the guards */
    {"dim s = 2..\ninput x: [s]\nguard s % 4 == 0",
     "_s = Dim('_s', min=2); s = 4*_s - 4"},
    {"dim s\ninput x: [s]\nguard 3 <= s <= 9", "s = Dim('s', min=3, max=9)"},
    {"dim a\ndim b\ninput x: [a, b]\nguard a == b + 1\nassume b >= 2",
     "a = Dim('a', min=3); b = a - 1"},
    {"dim a\ndim b\ninput x: [a, b] = [?, 4]\nguard a*b == 12", "a = 3; b = 4"},
    {"dim s\ninput x: [s]\nguard s == 5 or s == 1000", "s = 5"},
    /* two strides that are alike are no equality */
    {"dim a = 2..7\ndim b = 0..8\ndim c = 2..8\ninput x: [a, b, c]\n"
     "guard a != 3\nguard (max(2*c, a) if b <= a else 10*a) != 3*b",
     "_a = Dim('_a', min=2, max=3); a = 2*_a - 2; _c = Dim('_c', min=2, "
     "max=3); c = 2*_c - 2"},
    /* numbers beyond 64 bits, strides beyond what is tried */
    {"dim s\ninput x: [s] = [18446744073709551617]\n"
     "guard s >= 18446744073709551610",
     "s = Dim('s', min=18446744073709551610)"},
    {"dim s\ninput x: [s] = [18446744073709551616]\n"
     "guard s % 18446744073709551616 == 0",
     "s = 18446744073709551616"},
    {"dim s\ninput x: [s] = [6]\n"
     "guard 18446744073709551616*s % 36893488147419103232 == 0",
     "_s = Dim('_s', min=0); s = 2*_s"},
    {"dim a\ndim b\ninput x: [a, b] = [100000000000000000000, "
     "200000000000000000000]\nguard b == 2*a",
     "b = 2*a"},
    {"dim s\ninput x: [s] = [12]\nguard (s // 1000003) % 3 == 0",
     "s = Dim('s', max=1000002)"},
    {"dim s\ndim t\ninput x: [s, t] = [6, 4]\nguard s % t == 2",
     "s = Dim('s', min=5); t = s - 2"},
    {"dim s\ninput x: [s] = [6]\nguard (s % 3 + s) % 4 == 2",
     "_s = Dim('_s', min=2); s = 12*_s - 18"},
    {"dim a = 2..\ninput x: [a, auto] = [8, ?]\nguard x[1] == a // 2\n"
     "guard x[1] % 2 == 0",
     "_a = Dim('_a', min=1); a = 4*_a"},
    {"dim a = 2..9\ninput x: [a] = [8]\nguard 2**a <= 256",
     "a = Dim('a', min=2, max=8)"},
    {"dim a\ndim b\ninput x: [a, b] = [8, 3]\nguard a*a == b + 61",
     "a = 8; b = 3"},
    {"dim a\ninput x: [a, ?] = [8, 2]\nguard x[1]*a == 16", "a = 8"},
    /* two axes that were traced with one symbol */
    {"dim a\ndim b\ninput x: [a, b] = [4, 4] traced [s0, s0]", "b = a"},
    {"dim a = 2..8\ninput x: [a, static] = [4, 4] traced [s0, s0]", "a = 4"},
    /* names are names */
    {"dim N\ndim E\ninput x: [N, E] = [8, 9]\nguard N % 4 == 0\nguard E < 100\n"
     "assume N >= 2",
     "E = Dim('E', max=99); _N = Dim('_N', min=1); N = 4*_N"},
    {"dim beta\ninput x: [beta] = [8]\nguard beta > 3",
     "beta = Dim('beta', min=4)"},
    /* guards that say the same, one of them with a divisor, in both orders */
    {"dim a = 2..8\ndim b = 2*a + 2\ninput x: [a, b] = [6, 14]\n"
     "guard (x[1] - b) % 2 >= 2 - b\nguard 2 - b <= 0\nguard a != 7",
     "_a = Dim('_a', min=1, max=4); a = 2*_a"},
    {"dim a = 2..8\ndim b = 2*a + 2\ninput x: [a, b] = [6, 14]\n"
     "guard 2 - b <= 0\nguard (x[1] - b) % 2 >= 2 - b\nguard a != 7",
     "_a = Dim('_a', min=1, max=4); a = 2*_a"},
};

/* All fixes, separated by "; ". */
static void join_fixes(const dimsat_result *r, char *out, size_t size) {
  out[0] = '\0';
  for (size_t i = 0; i < dimsat_result_fix_count(r); i++) {
    const size_t n = strlen(out);
    snprintf(out + n, size - n, "%s%s", i ? "; " : "", dimsat_result_fix(r, i));
  }
}

/* Whether both hold the same fixes, in any order. */
static bool same_fixes(const char *a, const char *b) {
  char copy[512];
  if (strlen(a) != strlen(b))
    return false;
  snprintf(copy, sizeof copy, "%s", b);
  for (char *rest, *part = strtok_r(copy, ";", &rest); part;
       part = strtok_r(NULL, ";", &rest))
    if (!strstr(a, part + (part[0] == ' ')))
      return false;
  return true;
}

START_TEST(repairs_are_the_best_ones) {
  char got[512];
  const char *text = rows[_i].problem;
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  const dimsat_result *r = dimsat_suggest(p, NULL);
  ck_assert_ptr_nonnull(r);
  join_fixes(r, got, sizeof got);
  ck_assert_msg(same_fixes(got, rows[_i].fixes), "%s\n  gives %s\n  not   %s",
                text, got, rows[_i].fixes);
  if (got[0])
    ck_assert(dimsat_result_proved(r));
}
END_TEST

static const struct {
  const char *problem, *allowed; /* as the JSON report has it */
} allowed_rows[] = {
    {"dim s = 0..20\nguard s % 4 == 0",
     "{\"s\": [{\"min\": 0, \"max\": 20, \"modulo\": 4, \"residue\": 0}]}"},
    {"dim x\ndim y\nguard x + y == 32",
     "{\"x\": [{\"min\": 0, \"max\": 32, \"modulo\": 1, \"residue\": 0}], "
     "\"y\": [{\"min\": 0, \"max\": 32, \"modulo\": 1, \"residue\": 0}]}"},
    {"dim a\ndim b\nguard a < b\nguard a + b <= 64",
     "{\"a\": [{\"min\": 0, \"max\": 31, \"modulo\": 1, \"residue\": 0}], "
     "\"b\": [{\"min\": 1, \"max\": 64, \"modulo\": 1, \"residue\": 0}]}"},
    {"dim a = 2..9\ndim b = 2..9\nguard a == 3*b",
     "{\"a\": [{\"min\": 6, \"max\": 9, \"modulo\": 3, \"residue\": 0}], "
     "\"b\": [{\"min\": 2, \"max\": 3, \"modulo\": 1, \"residue\": 0}]}"},
    {"dim a = 2..9\ndim b = 2..9\nguard a*b == 63", "{}"},
    /* sizes at which a derived dim is negative are none */
    {"dim a = 0..9\ndim b = 2*a - 5\nguard a != 6",
     "{\"a\": [{\"min\": 3, \"max\": 5, \"modulo\": 1, \"residue\": 0}, "
     "{\"min\": 7, \"max\": 9, \"modulo\": 1, \"residue\": 0}]}"},
    /* a guard that others imply hides nothing */
    {"dim a = 0..13\ndim e = 0..19\ninput x: [a, e] = [6, 9]\nguard a//6 >= "
     "1\nguard e % 3 == 0\n"
     "guard a + e >= 0\nguard a//6 >= 1 or e > 4",
     "{\"a\": [{\"min\": 6, \"max\": 13, \"modulo\": 1, \"residue\": 0}], "
     "\"e\": [{\"min\": 0, \"max\": 18, \"modulo\": 3, \"residue\": 0}]}"},
    /* whatever the order of the guards */
    {"dim b = 2..9\ndim c = 3..\ndim d = 2..11\n"
     "guard b + 2*(d % 2) == 2\nguard (3*d + c) % 5 != 4*c*b\n"
     "guard max(d, b) <= 19\nguard d - 2*b == 4",
     "{\"b\": [{\"min\": 2, \"max\": 2, \"modulo\": 1, \"residue\": 0}], "
     "\"c\": [{\"min\": 3, \"max\": null, \"modulo\": 1, \"residue\": 0}], "
     "\"d\": [{\"min\": 8, \"max\": 8, \"modulo\": 1, \"residue\": 0}]}"},
    /* a guard over no dim says nothing of the first */
    {"dim a = 2..9\nguard 1 == 2\nguard a <= 6",
     "{\"a\": [{\"min\": 2, \"max\": 6, \"modulo\": 1, \"residue\": 0}]}"},
};

START_TEST(sets_are_projected) {
  const char *text = allowed_rows[_i].problem;
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  const dimsat_result *r = dimsat_check(p, NULL);
  const char *json = dimsat_report_write(
      r, &(dimsat_report_options){.form = DIMSAT_REPORT_JSON});
  const char *at = strstr(json, "\"allowed\": ");
  ck_assert_ptr_nonnull(at);
  at += strlen("\"allowed\": ");
  const char *want = allowed_rows[_i].allowed;
  ck_assert_msg(strncmp(at, want, strlen(want)) == 0, "%s\n  gives %.200s",
                text, at);
}
END_TEST

/* A stride stays where the native layer cannot tell whether it must. */
START_TEST(a_repair_says_that_it_may_be_wider) {
  static const char text[] =
      "dim f = 0..24\ninput y: [f, auto(0..16)] = [22, 4]\n"
      "guard (8*y[1] - 4*f) % 8 <= (f // 5)*2\n"
      "guard min(f, 2*y[1] - 8*f) == -168";
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  const dimsat_options native = {.no_z3 = true};
  const dimsat_result *r = dimsat_suggest(p, &native);
  const char *said = dimsat_report_write(r, NULL);
  ck_assert_msg(strstr(said, "f = 2*_f") &&
                    strstr(said, "it may be possible to widen it"),
                "%s", said);
  const dimsat_report_options json = {.form = DIMSAT_REPORT_JSON};
  ck_assert_ptr_nonnull(
      strstr(dimsat_report_write(r, &json), "\"maximal\": \"undecided\""));
}
END_TEST

Suite *suite_suggest(void) {
  Suite *s = suite_create("suggest");
  TCase *tc = tcase_create("repairs");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, repairs_are_the_best_ones, 0, ROWS(rows));
  tcase_add_test(tc, a_repair_says_that_it_may_be_wider);
  tcase_add_loop_test(tc, sets_are_projected, 0, ROWS(allowed_rows));
  suite_add_tcase(s, tc);
  return s;
}
