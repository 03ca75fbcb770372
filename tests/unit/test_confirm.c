/* Observed relations before the guards of a program. */
#include "dimsat/dimsat.h"
#include "tests/unit/calls_text.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The answer about the recording `text` and the program `guards`. */
static const char *confirm(const char *text, const char *guards) {
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(calls != NULL, "%s", dimsat_last_error(cx)->text);
  dimsat_observation *const o = dimsat_observe(calls);
  dimsat_problem *const p = dimsat_problem_read(cx, guards, strlen(guards),
                                                DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_msg(dimsat_observation_confirm(o, p, NULL), "%s",
                dimsat_last_error(cx)->text);
  return dimsat_observation_write(o, DIMSAT_OBSERVATION_JSON);
}

#define CALLS(c0, c1, c2)                                                      \
  RECORD(P("x") ", " P("y") ", " P_NONE("c"), c0 ", " c1 ", " c2)
#define XY(x, y) ARGS(T(x) ", " T(y))
#define PLAIN "input x: [auto] = [4]\ninput y: [auto] = [9]\n"

static const struct {
  const char *calls, *guards, *says;
} rows[] = {
    /* two inequalities make an equality */
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard x[0]*2 <= y[0] - 1\nguard y[0] <= 2*x[0] + 1\n",
     "\"relation\": \"y[0] == 2*x[0] + 1\", \"kind\": \"affine\", \"support\": "
     "3, \"freedom\": 1, \"status\": \"necessary\"}"},
    /* what the guards allow comes with sizes to try, none of them 0 or 1 */
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard x[0] <= y[0]\nguard y[0] <= 3\n",
     "\"status\": \"incidental\", \"witness\": {\"x\": [2], \"y\": [2]}"},
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard x[0] >= y[0]\n", "\"status\": \"refuted\""},
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard x[0] < y[0]\nguard y[0] < x[0]\n",
     "\"status\": \"undecided\", \"reason\": \"no size at all satisfies the "
     "guards\""},
    /* the tracer's symbols and constants */
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     "{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\"}], "
     "\"hint\": [4], \"traced\": [\"s0\"]}, {\"name\": \"y\", \"shape\": "
     "[{\"hint\": \"AUTO\"}], \"hint\": [9], \"traced\": [\"s1\"]}], "
     "\"guards\": [\"Eq(s1, 2*s0 + 1)\"]}",
     "\"status\": \"necessary\""},
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     "{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\"}], "
     "\"hint\": [4], \"traced\": [4]}, {\"name\": \"y\", \"shape\": "
     "[{\"hint\": \"AUTO\"}], \"hint\": [9], \"traced\": [9]}]}",
     "\"status\": \"necessary\""},
    /* what came from the spec is no demand of the model */
    {CALLS(XY("2", "2"), XY("3", "3"), XY("5", "5")),
     "{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\"}], "
     "\"hint\": [4]}, {\"name\": \"y\", \"shape\": [{\"hint\": \"AUTO\"}], "
     "\"hint\": [4]}], \"guards\": [{\"expr\": \"x[0] == y[0]\", \"kind\": "
     "\"spec\"}]}",
     "\"status\": \"incidental\""},
    {CALLS(XY("2", "2"), XY("3", "3"), XY("5", "5")),
     "dim a\ninput x: [a] = [4]\ninput y: [2*a + 1] = [9]\n",
     "\"status\": \"refuted\""},
    {CALLS(XY("6", "2"), XY("12", "4"), XY("30", "10")),
     PLAIN "guard x[0] == 3*y[0]\n", "\"status\": \"necessary\""},
    {CALLS(XY("2, 3", "6"), XY("4, 9", "36"), XY("7, 5", "35")),
     "input x: [auto, auto] = [4, 3]\ninput y: [auto] = [12]\n"
     "guard x[0]*x[1] == y[0]\n",
     "\"kind\": \"product\", \"support\": 3, \"freedom\": 2, \"status\": "
     "\"necessary\""},
    {CALLS(ARGS(T("8") ", 1"), ARGS(T("24") ", 1"), ARGS(T("64") ", 1")),
     PLAIN "guard x[0] % 16 == 8\n",
     "\"relation\": \"x[0] % 8 == 0\", \"kind\": \"remainder\", \"support\": "
     "3, "
     "\"freedom\": 2, \"status\": \"necessary\""},
    /* what is no axis of the program */
    {CALLS(ARGS(T("3") ", 3"), ARGS(T("4") ", 4"), ARGS(T("6") ", 6")), PLAIN,
     "\"status\": \"undecided\", \"reason\": \"y is no size of the program\""},
    /* tensors of a cache, in order */
    {CALLS(ARGS("1, 2, " CACHE(T("2, 1, 3, 4") ", " T("2, 1, 3, 4"))),
           ARGS("1, 2, " CACHE(T("2, 1, 5, 4") ", " T("2, 1, 5, 4"))),
           ARGS("1, 2, " CACHE(T("2, 1, 9, 4") ", " T("2, 1, 9, 4")))),
     "{\"inputs\": [{\"name\": \"c['a']\", \"source\": \"L['c']['a']\", "
     "\"shape\": [null, null, {\"hint\": \"AUTO\"}, null], \"hint\": [2, 1, 3, "
     "4]}, {\"name\": \"c['b']\", \"source\": \"L['c']['b']\", \"shape\": "
     "[null, null, {\"hint\": \"AUTO\"}, null], \"hint\": [2, 1, 3, 4]}], "
     "\"guards\": [\"L['c']['a'].size()[2] == L['c']['b'].size()[2]\"]}",
     "\"relation\": \"c.value_0[2] == c.key_0[2]\", \"kind\": \"equal\", "
     "\"support\": 3, \"freedom\": 2, \"status\": \"necessary\""},
    /* what only fits by construction is asked too */
    {CALLS(XY("7", "8"), XY("8", "9"), XY("8", "9")),
     PLAIN "guard x[0] + 1 == y[0]\n",
     "\"relations\": [{\"relation\": \"y[0] == x[0] + 1\", \"kind\": "
     "\"affine\", \"support\": 3, \"freedom\": 0, \"status\": "
     "\"necessary\"}], \"discovered\": []"},
    {CALLS(XY("7", "8"), XY("8", "9"), XY("8", "9")), PLAIN,
     "\"freedom\": 0, \"status\": \"incidental\", \"witness\": "},
    /* whole numbers, by path or by source, free or burned in */
    {CALLS(ARGS(T("3") ", 4"), ARGS(T("4") ", 5"), ARGS(T("6") ", 7")),
     "input x: [auto] = [4]\nunbacked y hint 5\nguard y == x[0] + 1\n",
     "\"relation\": \"y == x[0] + 1\", \"kind\": \"affine\", \"support\": 3, "
     "\"freedom\": 1, \"status\": \"necessary\"}"},
    {CALLS(ARGS(T("3") ", 4"), ARGS(T("4") ", 5"), ARGS(T("6") ", 7")),
     "input x: [auto] = [4]\nunbacked L['y'] hint 5\nguard L['y'] == 5\n",
     "\"status\": \"incidental\", \"witness\": {\"x\": [2], \"y\": 5}"},
    {CALLS(ARGS(T("3") ", 4"), ARGS(T("4") ", 5"), ARGS(T("6") ", 7")),
     "input x: [auto] = [4]\nunbacked L['y'] hint 5\nguard L['y'] == 5\n",
     "\"refused\": [{\"call\": 0, \"messages\": [\"guard 0: L['y'] == 5 does "
     "not "
     "hold: L['y'] is 4\"]}, {\"call\": 2"},
    /* one relation is broken and the others are kept, with the example's sizes
       and none that another axis has */
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto] = [2, 2]\ninput y: [auto] = [2]\n",
     "\"relation\": \"x[1] == x[0]\", \"kind\": \"equal\", \"support\": 3, "
     "\"freedom\": 2, \"status\": \"incidental\", \"witness\": {\"x\": [2, 3], "
     "\"y\": [2]}}"},
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto] = [2, 2]\ninput y: [auto] = [2]\n",
     "\"probe\": {\"sizes\": {\"x\": [2, 3], \"y\": [4]}, \"breaks\": [\"x[1] "
     "== "
     "x[0]\", \"y[0] == x[0]\"]}"},
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto] = [2, 2]\ninput y: [auto] = [2]\n"
     "guard y[0] == x[1]\n",
     "\"together\": [\"y[0] == x[0]\"]"},
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto] = [2, 2]\ninput y: [auto] = [2]\n"
     "guard y[0] % x[0] == 0\nguard x[0] == x[1]\n",
     "\"witness\": {\"x\": [2, 2], \"y\": [4]}}"},
    /* guards far away count too */
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto]\ninput y: [auto]\nguard y[0] >= 9\n",
     "\"relation\": \"x[1] == x[0]\", \"kind\": \"equal\", \"support\": 3, "
     "\"freedom\": 2, \"status\": \"incidental\", \"witness\": {\"x\": [9, 2], "
     "\"y\": [9]}}"},
    {CALLS(XY("2, 2", "2"), XY("3, 3", "3"), XY("5, 5", "5")),
     "input x: [auto, auto]\ninput y: [auto]\nguard y[0] >= 9\n"
     "guard y[0] <= 8\n",
     "\"status\": \"undecided\", \"reason\": \"no size at all satisfies the "
     "guards\""},
    /* tensors of a cache, by role: keys of all layers, then values */
    {CALLS(ARGS("1, 2, " CACHE(
               T("2, 4") ", " T("3, 4") ", " T("5, 4") ", " T("6, 4"))),
           ARGS("1, 2, " CACHE(
               T("3, 4") ", " T("4, 4") ", " T("6, 4") ", " T("7, 4"))),
           ARGS("1, 2, " CACHE(
               T("5, 4") ", " T("6, 4") ", " T("9, 4") ", " T("9, 4")))),
     "{\"inputs\": [{\"name\": \"a\", \"source\": \"L['c']['key_cache'][0]\", "
     "\"shape\": [\"auto\", null], \"hint\": [3, 4]}, {\"name\": \"b\", "
     "\"source\": \"L['c']['key_cache'][1]\", \"shape\": [\"auto\", null], "
     "\"hint\": [7, 4]}, {\"name\": \"c\", \"source\": "
     "\"L['c']['value_cache'][0]\", \"shape\": [\"auto\", null], \"hint\": [4, "
     "4]}, {\"name\": \"d\", \"source\": \"L['c']['value_cache'][1]\", "
     "\"shape\": [\"auto\", null], \"hint\": [8, 4]}], \"guards\": "
     "[\"L['c']['value_cache'][0].size()[0] == "
     "L['c']['key_cache'][0].size()[0] + 1\"]}",
     "\"relation\": \"c.value_0[0] == c.key_0[0] + 1\", \"kind\": \"affine\", "
     "\"support\": 3, \"freedom\": 1, \"status\": \"necessary\""},
    /* guards that the calls did not show, as the calls name sizes */
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     "{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\"}], "
     "\"hint\": [4], \"traced\": [\"s0\"]}, {\"name\": \"y\", \"shape\": "
     "[{\"hint\": \"AUTO\"}], \"hint\": [9], \"traced\": [\"s1\"]}], "
     "\"guards\": [\"Eq(s1, 2*s0 + 1)\", \"s0 <= 64\", \"s1 <= 129\"]}",
     "\"discovered\": [\"x[0] <= 64\"]"},
    {CALLS(XY("2, 8", "5"), XY("3, 8", "7"), XY("5, 8", "11")),
     "input x: [auto, 8] = [4, 8]\ninput y: [auto] = [9]\n"
     "guard x[1] == 8\nguard 2*x[0] < y[0]\nguard y[0] <= 2*x[0] + 1\n"
     "guard y[0] % 2 == 1\nguard x[0] <= 64\nguard y[0] <= 129\n",
     "\"discovered\": [\"x[0] <= 64\"], "},
    /* calls that the program refuses */
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard y[0] <= 10\n",
     "\"refused\": [{\"call\": 2, \"messages\": [\""},
    {CALLS(XY("2", "5"), XY("3", "7"), XY("5", "11")),
     PLAIN "guard y[0] <= 11\n", "\"refused\": []"},
};

START_TEST(relations_are_confirmed) {
  const char *const answer = confirm(rows[_i].calls, rows[_i].guards);
  ck_assert_msg(strstr(answer, rows[_i].says) != NULL, "row %d: no %s in %s",
                _i, rows[_i].says, answer);
}
END_TEST

Suite *suite_confirm(void) {
  Suite *const s = suite_create("confirm");
  TCase *const tc = tcase_create("relations");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_add_loop_test(tc, relations_are_confirmed, 0, ROWS(rows));
  suite_add_tcase(s, tc);
  return s;
}
