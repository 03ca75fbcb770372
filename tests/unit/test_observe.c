/* Recorded calls: what is read, what is refused, what is seen in them. */
#include "dimsat/dimsat.h"
#include "lib/base/json_write.h"
#include "lib/observe/calls.h"
#include "lib/observe/echelon.h"
#include "tests/unit/calls_text.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* The answer to `text` as JSON. */
static const char *answer_to(const char *text) {
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(calls != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  const dimsat_observation *const o = dimsat_observe(calls);
  ck_assert_msg(o != NULL, "%s", dimsat_last_error(cx)->text);
  return dimsat_observation_write(o, DIMSAT_OBSERVATION_JSON);
}

/* ---- Reading ------------------------------------------------------------- */

#define CACHES(own, crossed)                                                   \
  "{\"class\": \"EncoderDecoderCache\", \"items\": [" CACHE(own) ", " CACHE(   \
      crossed) "]}"
#define COUNTER(number)                                                        \
  "{\"class\": \"DynamicCache\", \"items\": [], \"state\": {\"dict\": "        \
  "{\"count_0\": " number "}}}"
#define XY P("x") ", " P("y")

static const struct {
  const char *text;
  unsigned column;
  const char *says;
} refused[] = {
    {"[]", 1, "recorded calls are one object"},
    {"{}", 1, "signature is missing; a list is expected"},
    {"{\"signature\": []}", 1, "observations is missing; a list is expected"},
    {RECORD("", ARGS("[1]")), 46, "observations[0].args[0] is a list; "},
    {RECORD("", ARGS("{\"x\": 1}")), 46, "says not what it is"},
    {RECORD("", ARGS(T("2, -1"))), 85, "shape[1] is below 0"},
    {RECORD("", ARGS(T("2, 1.5"))), 85, "an integer is expected"},
    {RECORD("", ARGS("{\"list\": {}}")), 55, "a list is expected"},
    {RECORD("", ARGS("{\"dict\": []}")), 55, "an object is expected"},
    {RECORD("", ARGS("{\"class\": 1, \"items\": []}")), 56, "a string"},
    {RECORD("", ARGS("{\"class\": \"C\"}")), 46, "items is missing"},
    {RECORD("", ARGS("{\"list\": [], \"a\": 1}")), 59, "unknown key 'a'"},
    {RECORD("", NAMED("\"a\": {\"tensor\": 1}")), 64, "an object is expected"},
    {RECORD("", "{\"arg\": []}"), 37, "unknown key 'arg'"},
    {RECORD(P("a") ", " P("a"), ""), 31, "two parameters are called 'a'"},
    {RECORD(P("2a"), ""), 25, "'2a' cannot be the name of a parameter"},
    {RECORD(P_KIND("a", "ODD"), ""), 38, "kind is 'ODD'; POSITIONAL_ONLY, "},
    {RECORD(P_KIND("a", "VAR_KEYWORD") ", " P("b"), ""), 54,
     "parameter 'b' cannot stand behind 'a'"},
};

START_TEST(bad_text_is_refused) {
  const char *const text = refused[_i].text;
  ck_assert_ptr_null(dimsat_calls_read(cx, text, strlen(text), true));
  const dimsat_error *const e = dimsat_last_error(cx);
  ck_assert_int_eq(e->status, DIMSAT_BAD_FORMAT);
  ck_assert_msg(strstr(e->text, refused[_i].says) != NULL, "row %d: %s", _i,
                e->text);
  ck_assert_msg(e->column == refused[_i].column, "row %d: column %u, %s", _i,
                (unsigned)e->column, e->text);
}
END_TEST

START_TEST(unknown_keys_become_notes) {
  const char *const text = "{\"signature\": [], \"observations\": [],"
                           " \"colour\": 1, \"title\": \"t\"}";
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), false);
  ck_assert_ptr_nonnull(calls);
  ck_assert_uint_eq(dimsat_calls_count(calls), 0);
  ck_assert_uint_eq(calls->note_count, 1);
  ck_assert_str_eq(calls->notes[0], "unknown key 'colour' is ignored");
}
END_TEST

/* Each is written as it was read. */
static const char *const values[] = {
    "null",
    "true",
    "false",
    "-3",
    "{\"int\": \"18446744073709551615\"}",
    "2.0",
    "1e-5",
    "\"a \\\"b\\\"\"",
    "{\"tensor\": {\"dtype\": \"int64\", \"shape\": [2, 0]}}",
    "{\"tensor\": {\"dtype\": \"bool\", \"shape\": []}}",
    "{\"tensor\": {\"dtype\": \"f\", \"shape\": [\"9223372036854775808\"]}}",
    "{\"list\": [1, {\"tuple\": []}]}",
    "{\"set\": [\"x\", 0]}",
    "{\"dict\": {\"b\": 1, \"a\": {\"dict\": {}}}}",
    "{\"class\": \"StaticCache\", \"items\": [null], \"max_cache_len\": 96}",
};

/* What `recorded_write` made of a value. */
typedef struct {
  const recorded *value;
  buffer out;
} writing;

/* The body of `context_run`. */
static void write_value(void *data) {
  writing *const w = data;
  buffer_init(&w->out, &cx->nodes);
  recorded_write(&w->out, w->value);
}

START_TEST(values_are_kept) {
  char text[512];
  snprintf(text, sizeof text, RECORD(P("x"), ARGS("%s") ", " ARGS("%s")),
           values[_i], values[_i]);
  const dimsat_calls *const c = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(c != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert(recorded_equal(&c->call[0].arg[0], &c->call[1].arg[0]));
  writing w = {.value = &c->call[0].arg[0]};
  ck_assert_int_eq(context_run(cx, write_value, &w), DIMSAT_OK);
  ck_assert_str_eq(w.out.text, values[_i]);
}
END_TEST

START_TEST(values_differ) {
  char text[512];
  const size_t other = ((size_t)_i + 1) % (sizeof values / sizeof *values);
  snprintf(text, sizeof text, RECORD(P("x"), ARGS("%s") ", " ARGS("%s")),
           values[_i], values[other]);
  const dimsat_calls *const c = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_ptr_nonnull(c);
  ck_assert(!recorded_equal(&c->call[0].arg[0], &c->call[1].arg[0]));
}
END_TEST

/* ---- What is seen -------------------------------------------------------- */

#define GENERATE P("ids") ", " P_NONE("mask") ", " P_NONE("past_key_values")
#define STEP(ids, mask, past)                                                  \
  NAMED("\"mask\": " T(mask) ", \"ids\": " T(                                  \
      ids) ", \"past_key_values\": " past)

static const struct {
  const char *text;
  const char *says; /* the answer holds it */
} seen[] = {
    /* static and dynamic */
    {RECORD(P("x"), ARGS(T("2, 3")) ", " ARGS(T("2, 4"))),
     "{\"argument\": \"x\", \"axis\": 0, \"static\": 2}, {\"argument\": \"x\", "
     "\"axis\": 1, \"values\": [3, 4], \"class\": 0, \"name\": \"x_dim_1\"}"},
    /* a call by name and one by position are the same */
    {RECORD(XY, ARGS(T("2") ", " T("5")) ", " BOTH(T("3"), "\"y\": " T("5"))),
     "\"argument\": \"y\", \"axis\": 0, \"static\": 5"},
    /* defaults are values, None is absence */
    {RECORD(P("x") ", {\"name\": \"k\", \"default\": 0}",
            ARGS(T("2")) ", " BOTH(T("2"), "\"k\": 4")),
     "\"argument\": \"k\", \"axis\": null, \"values\": [0, 4]"},
    {RECORD(P("x") ", " P_NONE("y"),
            ARGS(T("2") ", null") ", " ARGS(T("3") ", " T("3")) ", " ARGS(
                T("4") ", " T("4"))),
     "\"argument\": \"y\", \"axis\": 0, \"values\": [null, 3, 4], \"class\": "
     "0"},
    /* dicts by key, in any order */
    {RECORD(
         P("d"),
         ARGS("{\"dict\": {\"a\": " T("2") ", \"b\": " T("7") "}}") ", " ARGS(
             "{\"dict\": {\"b\": " T("7") ", \"a\": " T("3") "}}")),
     "\"argument\": \"d['b']\", \"axis\": 0, \"static\": 7"},
    {RECORD(P("d"), ARGS("{\"dict\": {\"it's\": " T("2") "}}")),
     "\"argument\": \"d['it\\\\'s']\""},
    /* *args and **kwargs */
    {RECORD(P_KIND("args", "VAR_POSITIONAL") ", " P_KIND("rest", "VAR_KEYWORD"),
            BOTH(T("2") ", " T("4"), "\"z\": " T("6"))),
     "\"argument\": \"args[1]\", \"axis\": 0, \"static\": 4}, {\"argument\": "
     "\"rest['z']\", \"axis\": 0, \"static\": 6"},
    /* caches by layer and role; one without layers is of length 0 */
    {RECORD(GENERATE,
            STEP("1, 7", "1, 7", CACHE("")) ", " STEP(
                "1, 1", "1, 8", CACHE(T("1, 2, 7, 8") ", " T("1, 2, 7, 8")))),
     "\"argument\": \"past_key_values.value_0\", \"axis\": 2, \"values\": [0, "
     "7], \"assumed\": [0]"},
    {RECORD(GENERATE,
            STEP("1, 7", "1, 7", CACHE("null, null")) ", " STEP(
                "1, 1", "1, 8", CACHE(T("1, 2, 7, 8") ", " T("1, 2, 7, 8")))),
     "\"argument\": \"past_key_values.key_0\", \"axis\": 2, \"values\": [0, "
     "7]"},
    {RECORD(P("x"),
            ARGS("{\"list\": []}") ", " ARGS("{\"list\": [" T("5, 7") "]}")),
     "\"argument\": \"x[0]\", \"axis\": 1, \"static\": 7"},
    {RECORD(P("c"),
            ARGS("{\"class\": \"EncoderDecoderCache\", \"items\": [" CACHE(
                T("1, 2, 3, 4") ", " T("1, 2, 3, 4")) ", " CACHE("") "]}")),
     "\"argument\": \"c.self_attention_cache.key_0\", \"axis\": 2, \"static\": "
     "3"},
    /* what a decoder keeps of its encoder does not grow */
    {RECORD(P("c"), ARGS(CACHES("", "")) ", " ARGS(
                        CACHES(T("1, 2, 3, 4") ", " T("1, 2, 3, 4"),
                               T("1, 2, 9, 4") ", " T("1, 2, 9, 4")))),
     "\"argument\": \"c.self_attention_cache.value_0\", \"axis\": 2, "
     "\"values\": [0, 3]"},
    {RECORD(P("c"), ARGS(CACHES("", "")) ", " ARGS(
                        CACHES(T("1, 2, 3, 4") ", " T("1, 2, 3, 4"),
                               T("1, 2, 9, 4") ", " T("1, 2, 9, 4")))),
     "\"argument\": \"c.cross_attention_cache.key_0\", \"axis\": 2, "
     "\"static\": 9"},
    /* what layers count */
    {RECORD(P("c") ", " P("x"),
            ARGS(COUNTER("5") ", " T("7")) ", " ARGS(
                COUNTER("9") ", " T("11")) ", " ARGS(COUNTER("2") ", " T("4"))),
     "\"relation\": \"x[0] == c.count_0 + 2\""},
    /* relations, with their evidence */
    {RECORD(XY, ARGS(T("2") ", " T("2")) ", " ARGS(T("3") ", " T("3"))),
     "{\"relation\": \"y[0] == x[0]\", \"kind\": \"equal\", \"support\": 2, "
     "\"freedom\": 1, \"status\": \"observed\"}"},
    {RECORD(XY, ARGS(T("5") ", " T("11")) ", " ARGS(
                    T("7") ", " T("15")) ", " ARGS(T("10") ", " T("21"))),
     "{\"relation\": \"y[0] == 2*x[0] + 1\", \"kind\": \"affine\", "
     "\"support\": "
     "3, \"freedom\": 1, "},
    {RECORD(XY, ARGS(T("4") ", " T("6")) ", " ARGS(T("8") ", " T("12"))),
     "\"relation\": \"2*y[0] == 3*x[0]\""},
    {RECORD(XY, ARGS(T("4") ", " T("28")) ", " ARGS(
                    T("8") ", " T("24")) ", " ARGS(T("9") ", " T("23"))),
     "\"relation\": \"x[0] + y[0] == 32\""},
    {RECORD(XY, ARGS(T("2, 3") ", " T("6")) ", " ARGS(
                    T("4, 9") ", " T("36")) ", " ARGS(T("7, 5") ", " T("35"))),
     "\"relation\": \"y[0] == x[0]*x[1]\", \"kind\": \"product\", \"support\": "
     "3, \"freedom\": 2"},
    {RECORD(XY,
            ARGS(T("9") ", " T("2")) ", " ARGS(T("19") ", " T("4")) ", " ARGS(
                T("38") ", " T("9")) ", " ARGS(T("64") ", " T("16"))),
     "\"relation\": \"y[0] == x[0] // 4\", \"kind\": \"quotient\""},
    {RECORD(XY,
            ARGS(T("9") ", " T("3")) ", " ARGS(T("17") ", " T("5")) ", " ARGS(
                T("38") ", " T("10")) ", " ARGS(T("64") ", " T("16"))),
     "\"relation\": \"y[0] == (x[0] + 3) // 4\", \"kind\": \"quotient\""},
    {RECORD(XY,
            ARGS(T("0") ", " T("0")) ", " ARGS(T("17") ", " T("5")) ", " ARGS(
                T("38") ", " T("10")) ", " ARGS(T("63") ", " T("16"))),
     "\"relation\": \"y[0] == (x[0] + 3) // 4\", \"kind\": \"quotient\""},
    {RECORD(XY,
            ARGS(T("0") ", " T("1")) ", " ARGS(T("17") ", " T("5")) ", " ARGS(
                T("38") ", " T("10")) ", " ARGS(T("63") ", " T("16"))),
     "\"relations\": []"},
    {RECORD(P("x"), ARGS(T("8")) ", " ARGS(T("24")) ", " ARGS(T("64"))),
     "\"relation\": \"x[0] % 8 == 0\", \"kind\": \"remainder\", \"support\": "
     "3, "
     "\"freedom\": 2"},
    {RECORD(P("x"), ARGS(T("8")) ", " ARGS(T("24")) ", " ARGS(T("64"))),
     "\"example\": {\"x_dim_0\": 8}"},
    /* a product of which something else follows is still told */
    {RECORD(XY, ARGS(T("2, 3") ", " T("6, 10")) ", " ARGS(T("4, 9") ", " T(
                    "36, 40")) ", " ARGS(T("7, 5") ", " T("35, 39"))),
     "\"relation\": \"y[0] == x[0]*x[1]\", \"kind\": \"product\""},
    /* an example is found where small sizes of one class alone are tried in
       vain */
    {RECORD(
         P("x") ", " P("y") ", " P("z"),
         ARGS(T("3") ", " T("8, 1, 27") ", " T("0")) ", " ARGS(T("8") ", " T(
             "3"
             ","
             " "
             "2"
             ","
             " "
             "1"
             "4") ", " T("2")) ", " ARGS(T("5") ", " T("5, 1, 18") ", " T("1")) ", " ARGS(T("8") ", " T("6, 2, 23") ", " T("2")) ","
                                                                                                                                 " " ARGS(
                                                                                                                                     T("9") ", " T("7, 2, 26") ", " T(
                                                                                                                                         "2"))),
     "\"example\": {\"x_dim_0\": 8, \"y_dim_0\": 3, \"y_dim_1\": 4, "
     "\"y_dim_2\": 18, \"z_dim_0\": 2}"},
    /* no sum by accident (5, 2, 3), though a relation speaks of all three */
    {RECORD(
         XY,
         ARGS(T("2, 5") ", " T("4")) ", " ARGS(T("8, 5") ", " T("6")) ", " ARGS(
             T("10, 1") ", " T(
                 "4")) ", " ARGS(T("3, 9") ", " T("7")) ", " ARGS(T("7, 4") ","
                                                                            " " T(
                                                                                "5"))),
     "\"example\": {\"x_dim_0\": 2, \"x_dim_1\": 5, \"y_dim_0\": 4}"},
    /* between large sizes few calls leave no choice but one of theirs */
    {RECORD(XY, ARGS(T("99991") ", " T("99989")) ", " ARGS(
                    T("99971") ", " T("89867"))),
     "\"example\": {\"x_dim_0\": 99971, \"y_dim_0\": 89867}"},
    /* alike calls support, but do not add freedom */
    {RECORD(XY, ARGS(T("2") ", " T("2")) ", " ARGS(
                    T("2") ", " T("2")) ", " ARGS(T("3") ", " T("3"))),
     "\"support\": 3, \"freedom\": 1"},
    /* what only fits by construction is a need */
    {RECORD(XY, ARGS(T("7") ", " T("8")) ", " ARGS(T("8") ", " T("9"))),
     "\"relations\": [], \"needs_calls\": [{\"calls\": 1, \"axes\": [\"x[0]\", "
     "\"y[0]\"], \"fits\": \"y[0] == x[0] + 1\""},
    {RECORD(P("x"), ARGS(T("2"))),
     "\"needs_calls\": [{\"calls\": 1, \"axes\": [], \"message\": \"one call "
     "alone does not show what varies\"}]"},
    {RECORD(P("x"), ""), "\"message\": \"no call was recorded\""},
    /* nor what other calls refute: only z is open */
    {RECORD(
         P("x") ", " P("y") ", " P_NONE("z"),
         ARGS(T("4") ", " T("9")) ", " ARGS(T("8") ", " T("5")) ", " ARGS(T("5") ", " T("6")) ", " ARGS(
             T("9") ", " T("17") ", " T(
                 "6")) ", " ARGS(T("2") ", " T("21") ", " T("7"))),
     "\"needs_calls\": [{\"calls\": 1, \"axes\": [\"x[0]\", \"z[0]\"], "
     "\"fits\": \"x[0] + 7*z[0] == 51\""},
    /* a class is called by what is there in most calls, which all support */
    {RECORD(
         P_NONE("x") ", " P("y") ", " P_NONE("z"),
         NAMED("\"y\": " T("3, 7")) ", " ARGS(T("4") ", " T("4, 9") ", " T("4")) ", " ARGS(
             T("6") ", " T(
                 "6, 13")) ", " NAMED("\"y\": " T("5, 11") ", \"z\": " T("5"))),
     "{\"relation\": \"x[0] == y[0]\", \"kind\": \"equal\", \"support\": 2, "
     "\"freedom\": 1, \"status\": \"observed\"}, {\"relation\": \"z[0] == "
     "y[0]\", \"kind\": \"equal\", \"support\": 2, "},
    {RECORD(P_NONE("x") ", " P("y"),
            NAMED("\"y\": " T("3, 7")) ", " ARGS(
                T("4") ", " T("4, 9")) ", " ARGS(T("6") ", " T("6, 13"))),
     "\"relation\": \"y[1] == 2*y[0] + 1\", \"kind\": \"affine\", "
     "\"support\": 3, "},
    /* what fewer calls settle is not open in more */
    {RECORD(
         P("x") ", " P_NONE("y") ", " P_NONE("z"),
         ARGS(T("31") ", " T("28") ", " T("28")) ", " ARGS(T("38") ", " T("35") ", " T(
             "35")) ", " ARGS(T("31") ", null, " T("28")) ", " ARGS(T("19") ","
                                                                            " " T(
                                                                                "16"))),
     "\"needs_calls\": []"},
    /* no dim can be called 1_dim_0 */
    {RECORD(P("_1"), ARGS(T("2")) ", " ARGS(T("3"))),
     "\"dims\": [{\"name\": \"_1_dim_0\""},
    /* what calls disagree in */
    {RECORD(P("x"), ARGS(T("5, 6")) ", " ARGS(T("5, 6, 2"))),
     "{\"kind\": \"rank\", \"argument\": \"x\", \"axis\": 2, \"calls\": [0, "
     "1], "
     "\"message\": \"x has 2 axes in call 0 and 3 in call 1"},
    {RECORD(P("x"), ARGS(T("5, 6")) ", " ARGS(T("5, 6, 2"))),
     "{\"argument\": \"x\", \"shapes\": [[5, 6], [5, 6, 2]]}"},
    {RECORD(P("x"), ARGS(T("5")) ", " ARGS("{\"tensor\": {\"dtype\": \"int8\", "
                                           "\"shape\": [6]}}")),
     "{\"kind\": \"dtype\", \"argument\": \"x\", \"calls\": [0, 1], "},
    {RECORD(P("x"), ARGS(T("5")) ", " ARGS("3")),
     "x is a tensor in call 0 and an integer in call 1"},
    {RECORD(P("x"), ARGS("{\"list\": [1]}") ", " ARGS("{\"list\": [1, 2]}")),
     "\"kind\": \"length\", \"argument\": \"x\""},
    {RECORD(P("x"), ARGS("{\"dict\": {\"a\": 1}}") ", " ARGS("{\"dict\": {}}")),
     "x has the key 'a' in call 0 and not in call 1"},
    {RECORD(P("x"), ARGS("{\"class\": \"A\", \"items\": []}") ", " ARGS(
                        "{\"class\": \"B\", \"items\": []}")),
     "x is of class A in call 0 and B in call 1"},
    {RECORD(XY, ARGS(T("2"))),
     "\"kind\": \"missing\", \"argument\": \"y\", \"calls\": [0], "},
    {RECORD(P("x"), ARGS("1, 2")),
     "call 0 has 2 arguments by position; the signature takes 1"},
    {RECORD(P("x"), BOTH("1", "\"q\": 2")),
     "call 0 gives 'q', which the signature does not know"},
    {RECORD(P("x"), BOTH("1", "\"x\": 2")),
     "call 0 gives 'x' by position and by name"},
    {RECORD(P("x"), ARGS("true") ", " ARGS("false")),
     "\"notes\": [\"x is another value in call 1 than in call 0"},
    /* the spec */
    {RECORD(XY, ARGS(T("5") ", " T("11")) ", " ARGS(
                    T("7") ", " T("15")) ", " ARGS(T("10") ", " T("21"))),
     "{\"name\": \"y_dim_0\", \"derived\": {\"root\": \"x_dim_0\", \"scale\": "
     "2, "
     "\"offset\": 1}}"},
    {RECORD(XY, ARGS(T("5") ", " T("3")) ", " ARGS(
                    T("7") ", " T("7")) ", " ARGS(T("10") ", " T("13"))),
     "{\"name\": \"x_dim_0\", \"min\": 4, \"max\": null}"},
    {RECORD(XY, ARGS(T("4") ", " T("28")) ", " ARGS(
                    T("8") ", " T("24")) ", " ARGS(T("9") ", " T("23"))),
     "\"shape\": [{\"hint\": \"AUTO\"}], \"hint\": [28]"},
    /* the best example has all arguments, and no 0 or 1 */
    {RECORD(P("x"), ARGS(T("1, 5")) ", " ARGS(T("4, 5")) ", " ARGS(T("9, 5"))),
     "\"hint\": [4, 5]"},
};

START_TEST(calls_are_observed) {
  const char *const answer = answer_to(seen[_i].text);
  ck_assert_msg(strstr(answer, seen[_i].says) != NULL, "row %d: no %s in %s",
                _i, seen[_i].says, answer);
}
END_TEST

#define STEPS(first)                                                           \
  first ", " STEP(                                                             \
      "1, 1", "1, 8",                                                          \
      CACHE(T("1, 2, 7, 8") ", " T(                                            \
          "1, 2, 7, 8"))) ", " STEP("1, 1", "1, 9",                            \
                                    CACHE(T("1, "                              \
                                            "2, "                              \
                                            "8, "                              \
                                            "8") ","                           \
                                                 " " T("1, 2, 8, 8")))
#define PAST "past_key_values"

/* The calls of `generate()`: however the cache is absent, one relation fits. */
static const char *const generates[] = {
    RECORD(GENERATE, STEPS(STEP("1, 7", "1, 7", CACHE("")))),
    RECORD(GENERATE, STEPS(STEP("1, 7", "1, 7", CACHE("null, null")))),
    RECORD(GENERATE, STEPS(STEP("1, 7", "1, 7", "null"))),
    RECORD(GENERATE,
           STEPS(NAMED("\"ids\": " T("1, 7") ", \"mask\": " T("1, 7")))),
};

START_TEST(generate_is_understood) {
  const char *const answer = answer_to(generates[_i]);
  ck_assert_msg(strstr(answer, "\"relation\": \"mask[1] == ids[1] + " PAST
                               ".key_0[2]\", \"kind\": \"affine\", "
                               "\"support\": 3, \"freedom\": 1") != NULL,
                "%s", answer);
  ck_assert_ptr_nonnull(strstr(answer, "\"needs_calls\": []"));
  ck_assert_ptr_nonnull(strstr(answer, "counted as length 0 on axis 2"));
}
END_TEST

START_TEST(declared_batch_is_dynamic) {
  const char *const text =
      "{\"signature\": [" XY "], \"options\": {\"set_batch_dimension_for\": "
      "[\"x\", 1]}, \"observations\": [" ARGS(
          T("1, 5") ", " T("1, 4")) ", " ARGS(T("1, 6") ", " T("1, 4")) "]}";
  const char *const answer = answer_to(text);
  ck_assert_ptr_nonnull(strstr(
      answer, "\"argument\": \"y\", \"axis\": 0, \"values\": [1, 1], "
              "\"class\": 0, \"name\": \"x_dim_0\", \"declared\": true"));
  ck_assert_ptr_nonnull(strstr(answer, "\"relation\": \"y[0] == x[0]\", "
                                       "\"kind\": \"equal\", \"support\": 2, "
                                       "\"freedom\": 0"));
}
END_TEST

START_TEST(problem_is_one_to_check) {
  const char *const text = generates[0];
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  const dimsat_observation *const o = dimsat_observe(calls);
  dimsat_problem *const p = dimsat_observation_problem(o);
  ck_assert_ptr_nonnull(p);
  const dimsat_result *const r = dimsat_check(p, NULL);
  ck_assert_ptr_nonnull(r);
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_OK);
}
END_TEST

/* What people are told of few calls. */
#define DECLARED(set, calls)                                                   \
  "{\"signature\": [" P("x") "], \"options\": "                                \
                             "{\"set_batch_dimension_for\": " set              \
                             "}, \"observations\": [" calls "]}"

static const struct {
  const char *text;
  const char *says; /* the answer for people holds it */
} told[] = {
    {RECORD("", ""), "0 calls: no sizes to compare\n"},
    {RECORD("", ""), "Next: record 2 calls: no call was recorded\n"},
    {RECORD(P("x"), ARGS("true") ", " ARGS("false")),
     "2 calls: no sizes to compare\n"},
    {RECORD(P("x"), ARGS(T("2"))), "1 call: 0 of 1 size vary\n"},
    {RECORD(P("x"), ARGS(T("2, 5")) ", " ARGS(T("3, 5"))),
     "2 calls: 1 of 2 sizes varies\n"},
    {RECORD(P("x"), ARGS("2") ", " ARGS("3")), "2 calls: 1 of 1 size varies\n"},
    {RECORD(P("x"), ARGS(T("5")) ", " ARGS(T("5, 6"))),
     "x has 1 axis in call 0 and 2 in call 1; "},
    {RECORD(P("x"), ARGS("{\"list\": [1]}") ", " ARGS("{\"list\": [1, 2]}")),
     "x has 1 item in call 0 and 2 in call 1"},
    /* what is only declared does not vary */
    {DECLARED("true", ARGS(T("2"))), "1 call: 0 of 1 size vary\n"},
    {DECLARED("true", ARGS(T("2"))),
     "  x[0]  dynamic  2                    x_dim_0, as declared\n"},
    {DECLARED("[0, \"x\", \"y\", 1]", ""),
     "\nNote: set_batch_dimension_for names \"y\", which is no parameter\n"
     "Note: set_batch_dimension_for names 1, which is no parameter\n"},
    {DECLARED("\"x\"", ""),
     "Note: set_batch_dimension_for is neither true nor a list"},
    /* sizes stand below each other whatever names are made of */
    {RECORD(P("xy") ", " P("\xc3\xa9"), ARGS(T("2") ", " T("3"))),
     "  xy[0]  static   2\n  \xc3\xa9[0]   static   3\n"},
};

START_TEST(people_are_told) {
  const char *const text = told[_i].text;
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(calls != NULL, "%s", dimsat_last_error(cx)->text);
  const char *const answer =
      dimsat_observation_write(dimsat_observe(calls), DIMSAT_OBSERVATION_TEXT);
  ck_assert_msg(strstr(answer, told[_i].says) != NULL, "row %d: %s", _i,
                answer);
}
END_TEST

/* Messages end where they should, however long the names in them. */
START_TEST(long_names_are_kept) {
  char key[601] = "", text[4096];
  for (size_t i = 0; i + 1 < sizeof key; i += 2)
    memcpy(key + i, "\xc3\xa9", 3);
  snprintf(text, sizeof text,
           RECORD(P_KIND("kw", "VAR_KEYWORD"),
                  NAMED("\"%s\": " T("2")) ", " NAMED("\"%s\": " T("2, 3"))),
           key, key);
  ck_assert_ptr_nonnull(strstr(answer_to(text),
                               "\xc3\xa9'] has 1 axis in call 0 and 2 in call "
                               "1; none of its axes is compared"));
}
END_TEST

START_TEST(text_is_for_people) {
  const char *const text = generates[0];
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  const dimsat_observation *const o = dimsat_observe(calls);
  const char *const answer =
      dimsat_observation_write(o, DIMSAT_OBSERVATION_TEXT);
  ck_assert_ptr_nonnull(strstr(answer, "3 calls: 4 of 12 sizes vary\n"));
  ck_assert_ptr_nonnull(strstr(answer, "and 1 tensor like it\n"));
  ck_assert_ptr_nonnull(strstr(answer, "  mask[1] == ids[1] + " PAST
                                       ".key_0[2]   (3 calls, 3 "
                                       "different)\n"));
  ck_assert_ptr_nonnull(strstr(answer, "Next: export with "));
}
END_TEST

/* ---- Elimination --------------------------------------------------------- */

/* Rows over the columns 1, a, b, c with c == a + b, b == 2*a + 1. */
static void eliminate(void *data) {
  static const int64_t rows[][4] = {
      {1, 1, 3, 4}, {1, 2, 5, 7}, {1, 3, 7, 10}, {1, 9, 19, 28}};
  echelon *const e = data;
  echelon_init(e, &cx->nodes, 4);
  for (size_t i = 0; i < 4; i++) {
    integer *const row = arena_zeroed(&cx->nodes, 4, sizeof *row);
    for (size_t k = 0; k < 4; k++)
      row[k] = integer_of(rows[i][k]);
    ck_assert(echelon_add(e, row) == (i < 2));
  }
}

START_TEST(nullspace_is_exact) {
  static const int64_t null[][4] = {{-1, -2, 1, 0}, {-1, -3, 0, 1}};
  echelon e;
  integer vector[4];
  ck_assert_int_eq(context_run(cx, eliminate, &e), DIMSAT_OK);
  ck_assert_uint_eq(e.count, 2);
  ck_assert(echelon_has_pivot(&e, 0) && echelon_has_pivot(&e, 1));
  for (size_t open = 2; open < 4; open++) {
    ck_assert(!echelon_has_pivot(&e, open));
    echelon_null(&e, open, vector);
    for (size_t k = 0; k < 4; k++)
      ck_assert_int_eq(vector[k].small, null[open - 2][k]);
  }
}
END_TEST

Suite *suite_observe(void) {
  Suite *const s = suite_create("observe");
  TCase *const tc = tcase_create("calls");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_add_loop_test(tc, bad_text_is_refused, 0, ROWS(refused));
  tcase_add_test(tc, unknown_keys_become_notes);
  tcase_add_loop_test(tc, values_are_kept, 0, ROWS(values));
  tcase_add_loop_test(tc, values_differ, 0, ROWS(values));
  tcase_add_loop_test(tc, calls_are_observed, 0, ROWS(seen));
  tcase_add_loop_test(tc, generate_is_understood, 0, ROWS(generates));
  tcase_add_test(tc, declared_batch_is_dynamic);
  tcase_add_test(tc, problem_is_one_to_check);
  tcase_add_loop_test(tc, people_are_told, 0, ROWS(told));
  tcase_add_test(tc, long_names_are_kept);
  tcase_add_test(tc, text_is_for_people);
  tcase_add_test(tc, nullspace_is_exact);
  suite_add_tcase(s, tc);
  return s;
}
