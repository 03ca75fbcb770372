/* Which recorded calls one program can take. */
#include "dimsat/dimsat.h"
#include "tests/unit/calls_text.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The answer to `text`. */
static const char *answer_to(const char *text, dimsat_observation_form form) {
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(calls != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  const dimsat_observation *const o = dimsat_observe(calls);
  ck_assert_msg(o != NULL, "%s", dimsat_last_error(cx)->text);
  return dimsat_observation_write(o, form);
}

#define PLAN(calls, arguments)                                                 \
  "{\"calls\": [" calls "], \"arguments\": {" arguments                        \
  "}, \"empty\": {}, \"filled\": {}}"
#define XM P("x") ", " P_NONE("m")
#define MISSING(option, value)                                                 \
  "{\"signature\": [" XM "], \"options\": {\"" option "\": {" value            \
  "}}, \"observations\": [" ARGS(T("2, 3")) ", " ARGS(                         \
      T("4, 5") ", " T("4, 5")) "]}"
#define NUMBERS(constants)                                                     \
  "{\"signature\": [" XM "], \"options\": {\"constants\": {\"m\": [" constants \
  "]}}, \"observations\": [" ARGS("1, 3") ", " ARGS("2, 4") ", " ARGS(         \
      "1, 3") ", " ARGS("1, 5") "]}"
#define ONE_DTYPE(name)                                                        \
  "{\"tensor\": {\"dtype\": \"" name "\", \"shape\": [2]}}"
#define LAYER T("1, 2, 7, 8") ", " T("1, 2, 7, 8")
#define PAIR CACHE(LAYER)

#define FIXED(items)                                                           \
  "{\"class\": \"StaticCache\", \"items\": [" items "], \"n\": 8}"
#define CROSSED(items)                                                         \
  "{\"class\": \"EncoderDecoderCache\", \"items\": [" PAIR                     \
  ", " FIXED(items) "]}"
#define CROSS(count)                                                           \
  "\"c.cross_attention_cache\": \"StaticCache of " count ", n 8\""
#define PAST(count) "\"past_key\": \"DynamicCache of " count "\""
#define COUNTED(number)                                                        \
  "{\"class\": \"DynamicCache\", \"items\": [" LAYER                           \
  "], \"state\": {\"dict\": "                                                  \
  "{\"count_0\": " number "}}}"
#define EMPTY(calls, arguments, parameter, empty)                              \
  "{\"calls\": [" calls "], \"arguments\": {" arguments                        \
  "}, \"empty\": {\"" parameter "\": [" empty "]}, \"filled\": {}}"

static const struct {
  const char *text, *plans;
} grouped[] = {
    {RECORD(P("x"), ""), ""},
    /* sizes and whole numbers do not count, nor how a value was given
     */
    {RECORD(XM, ARGS(T("2") ", 1") ", " BOTH(T("3"), "\"m\": 7")),
     PLAN("0, 1", "")},
    /* what is given, the plan with more first */
    {RECORD(XM, ARGS(T("2")) ", " ARGS(T("2") ", " T("3")) ", " BOTH(
                    T("2"), "\"m\": null")),
     PLAN("1", "\"m\": \"given\"") ", " PLAN("0, 2", "\"m\": \"not given\"")},
    /* else that with more calls, else the earlier one */
    {RECORD(XM, ARGS("true") ", " ARGS("false") ", " ARGS("false")),
     PLAN("1, 2", "\"x\": \"False\"") ", " PLAN("0", "\"x\": \"True\"")},
    {RECORD(XM, ARGS("2.5") ", " ARGS("\"s\"")),
     PLAN("0", "\"x\": \"2.5\"") ", " PLAN("1", "\"x\": \"'s'\"")},
    /* a default is as good as its value */
    {RECORD(P("x") ", {\"name\": \"k\", \"default\": true}",
            ARGS("1") ", " ARGS("1, true")),
     PLAN("0, 1", "")},
    /* rank, dtype, kind */
    {RECORD(P("x"), ARGS(T("2")) ", " ARGS(T("2, 3"))),
     PLAN("0", "\"x\": \"f with 1 axis\"") ", " PLAN(
         "1", "\"x\": \"f with 2 axes\"")},
    {RECORD(P("x"), ARGS(ONE_DTYPE("f")) ", " ARGS(ONE_DTYPE("g"))),
     PLAN("0", "\"x\": \"f with 1 axis\"") ", " PLAN(
         "1", "\"x\": \"g with 1 axis\"")},
    {RECORD(P("x"), ARGS(T("2")) ", " ARGS("3")),
     PLAN("0", "\"x\": \"f with 1 axis\"") ", " PLAN(
         "1", "\"x\": \"a whole number\"")},
    /* what differs inside of one that differs is not told */
    {RECORD(P("x"), ARGS("{\"list\": [1]}") ", " ARGS("{\"list\": [1, 2]}")),
     PLAN("1", "\"x\": \"a list of 2\"") ", " PLAN("0",
                                                   "\"x\": \"a list of 1\"")},
    {RECORD(P("x"),
            ARGS("{\"dict\": {\"a\": 1, \"b\": true}}") ", " ARGS(
                "{\"dict\": {\"b\": true, \"a\": 2}}") ", " ARGS("{\"dict"
                                                                 "\": "
                                                                 "{\"b\": "
                                                                 "true}"
                                                                 "}")),
     PLAN("0, 1",
          "\"x['a']\": \"given\"") ", " PLAN("2", "\"x['a']\": \"not given\"")},
    /* a value of another kind than the first is compared as a whole */
    {RECORD(P("x"), ARGS("1") ", " ARGS("{\"list\": [1]}") ", " ARGS(
                        "{\"list\": [true]}")),
     PLAN("0", "\"x\": \"a whole number\"") ", " PLAN(
         "1", "\"x\": \"a list of 1 (a whole number)\"") ", " PLAN("2",
                                                                   "\"x\": "
                                                                   "\"a "
                                                                   "list of "
                                                                   "1 "
                                                                   "(True)"
                                                                   "\"")},
    /* what differs inside is told where that around it does not tell */
    {RECORD(P("x"), ARGS("{\"list\": [true]}") ", " ARGS(
                        "{\"list\": [false]}") ", " ARGS("null")),
     PLAN("0", "\"x\": \"given\", \"x[0]\": \"True\"") ", " PLAN(
         "1", "\"x\": \"given\", \"x[0]\": \"False\"") ", " PLAN("2",
                                                                 "\"x\": "
                                                                 "\"not "
                                                                 "given\", "
                                                                 "\"x[0]\": "
                                                                 "\"not "
                                                                 "given\"")},
    /* *args and **kwargs */
    {RECORD(P_KIND("rest", "VAR_POSITIONAL"), ARGS("1, 2") ", " ARGS("")),
     PLAN("0", "\"rest\": \"given\"") ", " PLAN("1",
                                                "\"rest\": \"not given\"")},
    {RECORD(P_KIND("kw", "VAR_KEYWORD"), NAMED("\"a\": 1") ", " NAMED("")),
     PLAN("0", "\"kw['a']\": \"given\"") ", " PLAN(
         "1", "\"kw['a']\": \"not given\"")},
    /* a static cache has a length of its own */
    {RECORD(P("c"), ARGS("{\"class\": \"StaticCache\", \"items\": [], \"n\": "
                         "8}") ", " ARGS("{\"class\": \"StaticCache\", "
                                         "\"items\": [], \"n\": 9}")),
     PLAN("0", "\"c\": \"StaticCache, n 8\"") ", " PLAN(
         "1", "\"c\": \"StaticCache, n 9\"")},
    /* an empty cache goes with a full one; not with None where there is none */
    {RECORD(P_NONE("past_key"), ARGS("null") ", " ARGS(PAIR) ", " ARGS(
                                    CACHE("")) ", " ARGS(CACHE("null, null"))),
     EMPTY("0, 1, 2, 3", "", "past_key", "0, 2, 3")},
    {RECORD(P_NONE("c"), ARGS(CACHE("")) ", " ARGS("null")),
     PLAN("0", "\"c\": \"given\"") ", " PLAN("1", "\"c\": \"not given\"")},
    /* nor where no call of the plan has one; layers without any do not
       count */
    {RECORD(P_NONE("past_key") ", " P_NONE("m"),
            ARGS("null, " T("2")) ", " ARGS(PAIR)),
     PLAN("1", "\"m\": \"not given\"") ", " PLAN("0", "\"m\": \"given\"")},
    {RECORD(P("c"), ARGS(PAIR) ", " ARGS(CACHE(
                        T("1, 2, 7, 8") ", " T("1, 2, 7, 8") ", null, null"))),
     PLAN("0, 1", "")},
    /* what layers count beside */
    {RECORD(P_NONE("past_key"),
            ARGS(COUNTED("5")) ", " ARGS("null") ", " ARGS(COUNTED("9"))),
     EMPTY("0, 1, 2", "", "past_key", "1")},
    /* one of fixed length goes as zeros, but not what is kept of an encoder */
    {RECORD(P("c"), ARGS(FIXED("")) ", " ARGS(FIXED(LAYER))),
     EMPTY("0, 1", "", "c", "0")},
    {RECORD(P("c"), ARGS(CROSSED("")) ", " ARGS(CROSSED(LAYER))),
     PLAN("1", CROSS("2")) ", " PLAN("0", CROSS("0"))},
    /* one that could go with either takes the first; it makes no third */
    {RECORD(P_NONE("past_key"),
            ARGS("null") ", " ARGS(PAIR) ", " ARGS(CACHE(LAYER ", " LAYER))),
     PLAN("2", PAST("4")) ", " EMPTY("0, 1", PAST("2"), "past_key", "0")},
    /* whole numbers that the user says a tracer burns in */
    {NUMBERS("3, 4"),
     PLAN("0, 2", "\"m\": \"3\"") ", " PLAN("1", "\"m\": \"4\"") ", " PLAN(
         "3", "\"m\": \"another whole number\"")},
    {NUMBERS("9"), PLAN("0, 1, 2, 3", "")},
    /* value_if_missing, where it is as the others are */
    {MISSING("value_if_missing", "\"m\": " T("0, 5")),
     "{\"calls\": [0, 1], \"arguments\": {}, \"empty\": {}, "
     "\"filled\": "
     "{\"m\": [0]}}"},
    {MISSING("value_if_missing_pos", "\"1\": " T("0, 5")),
     "{\"calls\": [0, 1], \"arguments\": {}, \"empty\": {}, "
     "\"filled\": "
     "{\"m\": [0]}}"},
    {MISSING("value_if_missing", "\"m\": " T("5")),
     PLAN("1", "\"m\": \"given\"") ", " PLAN("0", "\"m\": \"not given\"")},
};

START_TEST(calls_are_grouped) {
  const char *const answer =
      answer_to(grouped[_i].text, DIMSAT_OBSERVATION_JSON);
  char wanted[512];
  snprintf(wanted, sizeof wanted, "\"plans\": [%s], \"errors\"",
           grouped[_i].plans);
  ck_assert_msg(strstr(answer, wanted) != NULL, "row %d: no %s in %s", _i,
                wanted, answer);
}
END_TEST

START_TEST(people_see_what_differs) {
  const char *const answer =
      answer_to(RECORD(XM, ARGS(T("2")) ", " ARGS(T("2") ", true") ", " ARGS(
                               T("3") ", true") ", " ARGS(T("4") ", true")),
                DIMSAT_OBSERVATION_TEXT);
  ck_assert_msg(strstr(answer, "\n2 programs are needed:\n"
                               "  calls 1 to 3: m True\n"
                               "  call 0: m not given\n") != NULL,
                "%s", answer);
}
END_TEST

START_TEST(what_cannot_stand_for_an_argument_is_told) {
  const char *const answer = answer_to(
      MISSING("value_if_missing", "\"m\": " T("5")), DIMSAT_OBSERVATION_TEXT);
  ck_assert_msg(strstr(answer,
                       "Note: value_if_missing of m is not used: it is "
                       "f with 1 axis, and calls give f with 2 axes\n") != NULL,
                "%s", answer);
}
END_TEST

START_TEST(one_program_is_not_told) {
  ck_assert_ptr_null(
      strstr(answer_to(RECORD(P("x"), ARGS("1")), DIMSAT_OBSERVATION_TEXT),
             "program"));
}
END_TEST

Suite *suite_plans(void) {
  Suite *const s = suite_create("plans");
  TCase *const tc = tcase_create("plans");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_add_loop_test(tc, calls_are_grouped, 0, ROWS(grouped));
  tcase_add_test(tc, people_see_what_differs);
  tcase_add_test(tc, what_cannot_stand_for_an_argument_is_told);
  tcase_add_test(tc, one_program_is_not_told);
  suite_add_tcase(s, tc);
  return s;
}
