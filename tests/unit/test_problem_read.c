/* Problems as JSON: what is read, what is written back, and where errors are
 * seen. */
#include "lib/base/memory.h"
#include "lib/problem/problem.h"
#include "lib/problem/problem_locate.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static dimsat_context *cx;

/* A context for each test. */
static void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
}

/* Its invariants hold to the end. */
static void close_context(void) {
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}

/* A problem from JSON; NULL when it is refused. */
static dimsat_problem *read_json(const char *text, bool strict) {
  return dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_JSON,
                             strict);
}

/* A problem from JSON; it must be right. */
static dimsat_problem *read_good(const char *text) {
  dimsat_problem *p = read_json(text, false);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert(problem_ok(p));
  return p;
}

/* ---- What is read ----------------------------------------------------------
 */

/* `out` without its head `{"dimsat": 1` and its lists that are empty. */
static const struct {
  const char *text, *out;
} good_rows[] = {
    {"{}", ""},
    {" {\"dimsat\": 1, \"name\": null, \"dims\": null}\n", ""},
    {"{\"name\":\"a \\\"b\\\"\\n\\u0001\\t\\\\\",\"origin\":\"\\u00e9\"}",
     "\"name\": \"a \\\"b\\\"\\n\\u0001\\t\\\\\", \"origin\": \"\xC3\xA9\""},
    {"{\"dims\":[{\"name\":\"a\"},{\"name\":\"b\",\"min\":2,\"max\":7}]}",
     "\"dims\": [{\"name\": \"a\", \"min\": 0, \"max\": null}, "
     "{\"name\": \"b\", \"min\": 2, \"max\": 7}]"},
    {"{\"name\":\"\\uD83d\\uDe00\\u20AC\\/\"}",
     "\"name\": \"\xF0\x9F\x98\x80\xE2\x82\xAC/\""},
    {"{\"dims\":[{\"name\":\"a\",\"max\":9223372036854775807}],"
     "\"symbols\":[{\"name\":\"u\",\"min\":-9223372036854775808,"
     "\"unbacked\":true}]}",
     "\"dims\": [{\"name\": \"a\", \"min\": 0, "
     "\"max\": 9223372036854775807}], "
     "\"symbols\": [{\"name\": \"u\", \"unbacked\": true, "
     "\"min\": -9223372036854775808, \"max\": null}]"},
    {"{\"dims\":[{\"name\":\"a\",\"min\":\"5\",\"max\":\"int_oo\"},"
     "{\"name\":\"b\",\"max\":\"18446744073709551616\"}]}",
     "\"dims\": [{\"name\": \"a\", \"min\": 5, \"max\": null}, "
     "{\"name\": \"b\", \"min\": 0, \"max\": \"18446744073709551616\"}]"},
    {"{\"dims\":[{\"name\":\"l\",\"derived\":\"1 + 2*s\"},{\"name\":\"s\"},"
     "{\"name\":\"t\",\"derived\":{\"root\":\"l\"}},"
     "{\"name\":\"u\",\"derived\":{\"root\":\"l\",\"scale\":3,"
     "\"offset\":-1}}]}",
     "\"dims\": [{\"name\": \"l\", \"derived\": {\"root\": \"s\", \"scale\": "
     "2, \"offset\": 1}}, {\"name\": \"s\", \"min\": 0, \"max\": null}, "
     "{\"name\": \"t\", \"derived\": {\"root\": \"l\", \"scale\": 1, "
     "\"offset\": 0}}, {\"name\": \"u\", \"derived\": {\"root\": \"l\", "
     "\"scale\": 3, \"offset\": -1}}]"},
    {"{\"inputs\":[{\"name\":\"x\",\"source\":\"L[\\\"x\\\"]\",\"shape\":"
     "[\"a\",\" 2*a+1 \",3,null,{\"hint\":\"AUTO\",\"min\":2},"
     "{\"hint\":\"dynamic\",\"max\":9},\"Dim.STATIC\",\"4\"],"
     "\"hint\":[1,3,3,null,\"99999999999999999999\",5,6,4],"
     "\"traced\":[\"s0\",3,3,null,\"s1\",\"s2\",\"6\",4]}],"
     "\"symbols\":[{\"name\":\"s0\",\"source\":\"x[0]\",\"hint\":1},"
     "{\"name\":\"s1\",\"source\":\"x.shape[-4]\",\"min\":2},"
     "{\"name\":\"s2\",\"source\":\"L['x'].size()[5]\"}]}",
     "\"inputs\": [{\"name\": \"x\", \"source\": \"L['x']\", \"shape\": "
     "[\"a\", \"2*a+1\", 3, null, {\"hint\": \"AUTO\", \"min\": 2}, "
     "{\"hint\": \"DYNAMIC\", \"max\": 9}, {\"hint\": \"STATIC\"}, 4], "
     "\"hint\": [1, 3, 3, null, \"99999999999999999999\", 5, 6, 4], "
     "\"traced\": [\"s0\", 3, 3, null, \"s1\", \"s2\", 6, 4]}], "
     "\"symbols\": [{\"name\": \"s0\", \"source\": \"L['x'].size()[0]\", "
     "\"hint\": 1, \"min\": null, \"max\": null}, {\"name\": \"s1\", "
     "\"source\": \"L['x'].size()[4]\", \"min\": 2, \"max\": null}, "
     "{\"name\": \"s2\", \"source\": \"L['x'].size()[5]\", \"min\": null, "
     "\"max\": null}]"},
    {"{\"inputs\":[{\"source\":\"L['y'][0]\",\"shape\":[]}]}",
     "\"inputs\": [{\"name\": \"L['y'][0]\", \"source\": \"L['y'][0]\", "
     "\"shape\": []}]"},
    {"{\"symbols\":[{\"name\":\"u0\",\"unbacked\":true,\"min\":-5,"
     "\"hint\":null}]}",
     "\"symbols\": [{\"name\": \"u0\", \"unbacked\": true, \"min\": -5, "
     "\"max\": null}]"},
    {"{\"dims\":[{\"name\":\"h\"}],\"symbols\":[{\"name\":\"s5\","
     "\"source\":\"h\"},{\"name\":\"s5\",\"source\":\"h\"}]}",
     "\"dims\": [{\"name\": \"h\", \"min\": 0, \"max\": null}], "
     "\"symbols\": [{\"name\": \"s5\", \"source\": \"h\", \"min\": null, "
     "\"max\": null}]"},
    {"{\"inputs\":[{\"name\":\"x\",\"shape\":[\"a\"],\"hint\":[7],"
     "\"traced\":[\"s3\"]}],\"guards\":[\"s3 > 2\"]}",
     "\"inputs\": [{\"name\": \"x\", \"shape\": [\"a\"], \"hint\": [7], "
     "\"traced\": [\"s3\"]}], \"symbols\": [{\"name\": \"s3\", \"source\": "
     "\"x[0]\", \"hint\": 7, \"min\": null, \"max\": null}], "
     "\"guards\": [\"s3 > 2\"]"},
    {"{\"dims\":[{\"name\":\"a\"}],\"guards\":[\"Ne(a, 3)\","
     "{\"expr\":\"  "
     "a\\n\",\"kind\":\"guard\"},{\"expr\":\"a<9\",\"at\":\"m.py:1\","
     "\"stack\":[\"f\",\"g\"],\"kind\":\"spec\"},{\"expr\":\"a<8\",\"kind\":"
     "\"runtime_assert\",\"at\":null,\"stack\":[]}]}",
     "\"dims\": [{\"name\": \"a\", \"min\": 0, \"max\": null}], \"guards\": "
     "[\"Ne(a, 3)\", \"a\", {\"expr\": \"a<9\", \"at\": \"m.py:1\", "
     "\"stack\": [\"f\", \"g\"], \"kind\": \"spec\"}, {\"expr\": \"a<8\", "
     "\"kind\": \"runtime_assert\"}]"},
};

/* Takes `part` out of `text`, if it is there. */
static void take_out(char *text, const char *part) {
  char *at = strstr(text, part);
  if (at != NULL)
    memmove(at, at + strlen(part), strlen(at + strlen(part)) + 1);
}

/* What was written, without what is always there. */
static void check_written(const char *text, const char *out) {
  char *copy = strdup(text);
  take_out(copy, "{\"dimsat\": 1, ");
  take_out(copy, "\"dims\": [], ");
  take_out(copy, "\"inputs\": [], ");
  take_out(copy, "\"symbols\": [], ");
  take_out(copy, "\"guards\": []");
  ck_assert_str_eq(copy + strlen(copy) - 1, "}");
  copy[strlen(copy) - 1] = '\0';
  if (strlen(copy) > 1 && strcmp(copy + strlen(copy) - 2, ", ") == 0)
    copy[strlen(copy) - 2] = '\0';
  ck_assert_str_eq(copy, out);
  free(copy);
}

/* The written form says what was read, and reads to the same again, also by
 * way of .dims. */
START_TEST(good_texts_are_read) {
  const dimsat_problem *p = read_good(good_rows[_i].text);
  ck_assert_uint_eq(p->note_count, 0);
  const char *json = dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON);
  check_written(json, good_rows[_i].out);
  p = read_json(json, true);
  ck_assert(p != NULL);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
  const char *dims = dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS);
  if (dims[0] == '\0')
    return;
  p = dimsat_problem_read(cx, dims, strlen(dims), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s\n%s", dimsat_last_error(cx)->text, dims);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
}
END_TEST

/* ---- What is refused
 * --------------------------------------------------------- */

#define FORMAT DIMSAT_BAD_FORMAT
#define PROBLEM DIMSAT_BAD_PROBLEM
#define SYNTAX DIMSAT_BAD_SYNTAX

/* The place is marked in the text by « and », which are taken out. */
static const struct {
  const char *text;
  dimsat_status status;
  const char *part;
} bad_rows[] = {
    {"«[»]", FORMAT, "the problem is a list; an object is expected"},
    {"{\"dims\": 3«»", FORMAT, "the text ends inside of the JSON value"},
    {"{\"name\": \"abc«»", FORMAT, "the text ends inside of the JSON value"},
    {"{\"a\": 1,«}»", FORMAT, "a key is expected behind the comma"},
    {"{\"a\":\n 1,\n  «x»: 2}", FORMAT, "not JSON"},
    {"{} «{»}", FORMAT, "the end of the text is expected"},
    {"{\"name\": \"\xE2\x82\xAC\", «\"name\"»: 1}", FORMAT, "duplicate"},
    {"{\"name\": \"a«\x01»\"}", FORMAT, "control character"},
    {"{\"name\": «\"a\\u0000\"»}", FORMAT, "NUL character"},
    {"{\"name\": \"a«\\q»\"}", FORMAT, "no such escape"},
    {"{\"name\": \"a«\\u»12G4\"}", FORMAT, "four hex digits"},
    {"{\"name\": \"a«\\u»D83D\"}", FORMAT, "four hex digits"},
    {"{\"name\": \"a«\\u»D83D\\u0041\"}", FORMAT, "four hex digits"},
    {"{\"name\": \"a«\\u»DC00\"}", FORMAT, "four hex digits"},
    {"{\"name\": \"a\\\"}«»", FORMAT, "the string is not closed"},
    {"{\"name\": \"a\\u12«»", FORMAT, "the string is not closed"},
    {"{\"name\" «\"a\"»}", FORMAT, "':' is expected behind a key"},
    {"{\"name\": «nul»}", FORMAT, "a value is expected"},
    {"{\"name\": «]»}", FORMAT, "a value is expected"},
    {"{\"a\": 1 «\"b\"»: 2}", FORMAT, "',' or '}' is expected"},
    {"{\"a\": [1 «2»]}", FORMAT, "',' or ']' is expected"},
    {"{\"a\": [1,«]»}", FORMAT, "a value is expected"},
    {"{\"a\": [«01»]}", FORMAT, "not a number"},
    {"{\"a\": [«-»]}", FORMAT, "not a number"},
    {"{\"a\": [«1.»]}", FORMAT, "not a number"},
    {"{\"a\": [«1e+»]}", FORMAT, "not a number"},
    {"{\"a\": [«1x»]}", FORMAT, "not a number"},
    {"{\"a\": [1.5e-3, 0, -0, 2E9, 1e999, «.5»]}", FORMAT, "a value is"},
    {"«3»", FORMAT, "'{' is expected"},
    {"{\"name\": \"a«\xFF»\"}", FORMAT, "byte 0xFF is not UTF-8"},
    {"{\"name\": \"a«\xC0»\x80\"}", FORMAT, "byte 0xC0 is not UTF-8"},
    {"{\"name\": \"a«\xED»\xA0\x80\"}", FORMAT, "byte 0xED is not UTF-8"},
    {"{\"name\": \"a«\xE2»\x82\"}", FORMAT, "byte 0xE2 is not UTF-8"},
    {"{\"name\": \"a«\xE0»\x9F\xBF\"}", FORMAT, "byte 0xE0 is not UTF-8"},
    {"{\"name\": \"a«\xF0»\x8F\xBF\xBF\"}", FORMAT, "byte 0xF0 is not UTF-8"},
    {"{\"name\": \"a«\xF4»\x90\x80\x80\"}", FORMAT, "byte 0xF4 is not UTF-8"},
    {"{\"name\": \"a«\xF5»\x80\x80\x80\"}", FORMAT, "byte 0xF5 is not UTF-8"},
    {"{\"name\": \"\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF«\x80»\"}",
     FORMAT, "byte 0x80 is not UTF-8"},
    {"{\"dims\": [{\"name\":\"a\",\n\"min\": «12345678901234567890123»}]}",
     FORMAT, "write it as a string"},
    {"{\"dims\": [{\"name\":\"a\",\"min\": «-12345678901234567890»}]}", FORMAT,
     "write it as a string"},
    {"{\"dimsat\": «2»}", FORMAT, "version 2; version 1 is expected"},
    {"{\"dimsat\": «\"a\"»}", FORMAT, "dimsat is 'a'; an integer"},
    {"{\"a\": [1 «2»]}", FORMAT, "']' is expected"},
    {"{\"a\": «nul»}", FORMAT, "a value is expected"},
    {"{\"a\": «-x»}", FORMAT, "not a number"},
    {"{\"a\": \"b«\\q»\"}", FORMAT, "no such escape"},
    {"{\"a\": \"\\\\«\\u»12g4\"}", FORMAT, "four hex digits"},
    {"{\"a\\u0000«\": 1}", FORMAT, "NUL character"},
    {"«»  \n", FORMAT, "the text ends"},
    {"{\"dims\": [{\"name\": \"a\", \"min\": «[»]}]}", FORMAT,
     "dims[0].min is a list"},
    {"{\"guards\": [«null»]}", FORMAT, "guards[0] is null"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\", \"min\":"
     " «2.5»}]}]}",
     FORMAT, "inputs[0].shape[0].min is a number with a fraction"},
    {"{\"name\": «3»}", FORMAT, "name is an integer; a string is expected"},
    {"{\"dims\": «{»}}", FORMAT, "dims is an object; a list is expected"},
    {"{\"dims\": [«3»]}", FORMAT, "dims[0] is an integer; an object"},
    {"{\"dims\": [{\"name\": \"a\"}, «{»\"min\": 1}]}", FORMAT,
     "dims[1].name is missing; a string is expected"},
    {"{\"dims\": [{\"name\": \"a\", \"min\": «1.0»}]}", FORMAT,
     "dims[0].min is a number with a fraction"},
    {"{\"dims\": [{\"name\": \"a\", \"min\": «true»}]}", FORMAT,
     "dims[0].min is a truth value; an integer is expected"},
    {"{\"dims\": [{\"name\": \"a\", \"max\": «\"1x\"»}]}", FORMAT,
     "dims[0].max is '1x'"},
    {"{\"dims\": [{\"name\": \"a\", \"min\": «5», \"max\": 3}]}", PROBLEM,
     "dim 'a' has min 5 above max 3"},
    {"{\"dims\": [{\"name\": \"a\", \"max\": «-3»}]}", PROBLEM, "max -3"},
    {"{\"dims\": [{\"name\": \"a\", \"min\": «-3»}]}", PROBLEM,
     "a size is never negative"},
    {"{\"dims\": [{\"name\": \"a\"},\n{\"name\": «\"a\"»}]}", PROBLEM,
     "dim 'a' is defined twice"},
    {"{\"dims\": [{\"name\": «\"a b\"»}]}", PROBLEM, "cannot name a dim"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": \"b\", \"min\": «1»}]}",
     FORMAT, "a derived dim follows its root"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": «3»}]}", FORMAT,
     "dims[0].derived is an integer; a string"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": «{»\"scale\": 2}}]}", FORMAT,
     "dims[0].derived.root is missing"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": {\"root\": \"b\", \"scale\":"
     " «0»}}]}",
     PROBLEM, "derived dims must increase"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": \"«32 - b»\"}]}", PROBLEM,
     "dim 'a' is '32 - b', which falls as 'b' grows; derived dims must"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": \"«7»\"}]}", PROBLEM,
     "a derived dim follows another dim"},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": \"2\\u002a\\\"«\"}]}", SYNTAX,
     ""},
    {"{\"dims\": [{\"name\": \"a\", \"derived\": «\"2*b\"»}, {\"name\": "
     "\"b\", \"derived\": \"a\"}]}",
     PROBLEM, "in a circle: a -> b -> a"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": []}, {\"name\": «\"x\"», "
     "\"shape\": []}]}",
     PROBLEM, "two inputs have the name 'x'"},
    {"{\"inputs\": [{\"name\": \"x\", \"source\": \"L['a']\", \"shape\": []}, "
     "{\"name\": «\"y\"», \"source\": \"L['a']\", \"shape\": []}]}",
     PROBLEM, "inputs 'x' and 'y' have the same source"},
    {"{\"inputs\": [«{»\"shape\": []}]}", FORMAT, "inputs[0].name is missing"},
    {"{\"inputs\": [«{»\"name\": \"x\"}]}", FORMAT,
     "inputs[0].shape is missing; a list is expected"},
    {"{\"inputs\": [{\"name\": \"x\", \"source\": \"L[«»\", \"shape\": []}]}",
     SYNTAX, ""},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"a\", 3], \"hint\": «[»1]"
     "}]}",
     PROBLEM, "inputs[0].hint has 1 entry, but the shape of 'x' has 2"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [3], \"traced\": «[»]}]}",
     PROBLEM, "inputs[0].traced has 0 entries"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"a\", 3], \"hint\": [1, "
     "«-2»]}]}",
     PROBLEM, "the example of x[1] is -2"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"a\", «-3»]}]}", FORMAT,
     "inputs[0].shape[1] is -3"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [«[»]]}]}", FORMAT,
     "inputs[0].shape[0] is a list; a dim's name, an integer, null or"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": «\"AUT\"»}]}]}",
     FORMAT, "AUTO, DYNAMIC or STATIC is expected"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [«{»\"hint\": \"AUTO\", "
     "\"min\": 3, \"max\": 2}]}]}",
     PROBLEM, "the hint of x[0] has min 3 above max 2"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"\\u0061 + «*»b\"]}]}",
     SYNTAX, "found '*'"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"\\ud83d\\ude00 + «*»\"]}]}",
     SYNTAX, ""},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [\"a\"], \"traced\": "
     "[«true»]}]}",
     FORMAT, "inputs[0].traced[0] is a truth value; a symbol or an integer"},
    {"{\"symbols\": [{\"name\": \"s0\", \"source\": «\"y[0]\"»}]}", PROBLEM,
     "neither an axis nor a dim"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [3]}], \"symbols\": [{"
     "\"name\": \"s0\", \"source\": «\"x[1]\"»}]}",
     PROBLEM, "x has 1 axis: x[1] does not exist"},
    {"{\"symbols\": [«{»\"name\": \"s0\"}]}", PROBLEM, "has no source"},
    {"{\"symbols\": [«{»\"source\": \"s0\"}]}", FORMAT, "symbols[0].name"},
    {"{\"symbols\": [{\"name\": \"u\", \"unbacked\": true}, {\"name\": «\"u\"»"
     ", \"unbacked\": true, \"min\": 1}]}",
     PROBLEM, "given twice with different content"},
    {"{\"symbols\": [{\"name\": \"u\", \"unbacked\": «1»}]}", FORMAT,
     "true or false is expected"},
    {"{\"symbols\": [{\"name\": \"u\", \"unbacked\": true, \"min\": «4», "
     "\"max\": 2}]}",
     PROBLEM, "min above max"},
    {"{\"guards\": [«3»]}", FORMAT, "guards[0] is an integer; a string or"},
    {"{\"guards\": [\"True\", «{»\"at\": \"x\"}]}", FORMAT,
     "guards[1].expr is missing"},
    {"{\"guards\": [\"True\", {\"expr\": \"1 \\t<\\u003d \\\"«\"}]}", SYNTAX,
     ""},
    {"{\"guards\": [\"a «$» b\"]}", SYNTAX, ""},
    {"{\"guards\": [\"1 +«»\"]}", SYNTAX, "the end"},
    {"{\"guards\": [{\"expr\": \"True\", \"kind\": «\"x\"»}]}", FORMAT,
     "'guard', 'runtime_assert' or 'spec' is expected"},
    {"{\"guards\": [{\"expr\": \"True\", \"stack\": [\"a\", «3»]}]}", FORMAT,
     "guards[0].stack[1] is an integer"},
    {"{\"dims\": [{\"name\": \"s99\"}], \"guards\": [\"True\", {\"at\": "
     "\"x\", \"expr\":\n \"Eq(s99*«\\\\»s9, 3)\"}]}",
     SYNTAX, ""},
    {"{\"dims\": [{\"name\": \"s99\"}], \"guards\": [\"True\", {\"at\": "
     "\"x\", \"expr\":\n \"Eq(s99*\\u0020«s9», 3)\"}]}",
     PROBLEM,
     "guard 1 speaks of 's9', which is neither a symbol, an axis nor "
     "a dim; did you mean 's99'?"},
    {"{\"guards\": [\"\\n \\t«a» > 3\"]}", PROBLEM, "guard 0 speaks of 'a'"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2]}], \"guards\": "
     "[\"x[1] > «x[-3]»\"]}",
     PROBLEM, "guard 0 speaks of 'x[-3]', but x has 2 axes"},
};

/* Takes the marks out of `text`; without a second mark, or with none, the place
 * or its end is not looked at. */
static char *take_marks(const char *text, size_t *from, size_t *to) {
  char *copy = strdup(text);
  char *open = strstr(copy, "\xC2\xAB");
  *from = open ? (size_t)(open - copy) : SIZE_MAX;
  take_out(copy, "\xC2\xAB");
  char *close = strstr(copy, "\xC2\xBB");
  *to = close ? (size_t)(close - copy) : SIZE_MAX;
  take_out(copy, "\xC2\xBB");
  return copy;
}

/* Line and column that belong to an offset, counted the slow way. */
static void count_lines(const char *text, size_t offset, uint32_t *line,
                        uint32_t *column) {
  *line = *column = 1;
  for (size_t i = 0; i < offset; i++) {
    *line += text[i] == '\n';
    *column = text[i] == '\n' ? 1 : *column + 1;
  }
}

START_TEST(bad_texts_have_a_place) {
  size_t from, to;
  uint32_t line, column;
  char *text = take_marks(bad_rows[_i].text, &from, &to);
  ck_assert_msg(read_json(text, false) == NULL, "%s", text);
  const dimsat_error *e = dimsat_last_error(cx);
  ck_assert_msg(e->status == bad_rows[_i].status, "%s\n%s", text, e->text);
  ck_assert_msg(strstr(e->text, bad_rows[_i].part) != NULL, "%s", e->text);
  count_lines(text, e->offset, &line, &column);
  ck_assert_uint_eq(e->line, line);
  ck_assert_uint_eq(e->column, column);
  if (to != SIZE_MAX)
    ck_assert_msg(e->offset == from && e->length == to - from,
                  "%s\n%s: %zu+%zu", text, e->text, e->offset, e->length);
  free(text);
}
END_TEST

START_TEST(nul_bytes_are_refused) {
  static const char text[] = "{\"name\":\n\"a\0b\"}";
  ck_assert(dimsat_problem_read(cx, text, sizeof text - 1, DIMSAT_FORMAT_GUESS,
                                false) == NULL);
  const dimsat_error *e = dimsat_last_error(cx);
  ck_assert_int_eq((int)e->status, DIMSAT_BAD_FORMAT);
  ck_assert_uint_eq(e->line, 2);
  ck_assert_uint_eq(e->column, 3);
}
END_TEST

/* ---- Limits
 * ------------------------------------------------------------------ */

/* `head`, then `count` times `part`, then `tail`. */
static char *repeat(const char *head, const char *part, size_t count,
                    const char *tail) {
  const size_t size = strlen(part);
  char *text = malloc(strlen(head) + size * count + strlen(tail) + 1);
  char *at = stpcpy(text, head);
  for (size_t i = 0; i < count; i++, at += size)
    memcpy(at, part, size);
  strcpy(at, tail);
  return text;
}

static const struct {
  const char *head, *part;
  size_t count;
  const char *tail, *message;
} limit_rows[] = {
    {"", "[", 100000, "", "nested deeper than 256 levels"},
    {"", "{\"a\":", 100000, "", "nested deeper than 256 levels"},
    {"{\"guards\":[\"", "(", 100000, "\"]}", "deeper"},
    {"{\"dims\":[{\"name\":\"", "d", 5000, "\"}]}", "limit is 4096"},
    {"{\"inputs\":[{\"name\":\"x\",\"shape\":[1", ",1", 2000, "]}]}",
     "limit is 1024"},
    {"{\"guards\":[\"a < ", "9", 2000000, "\"]}", ""},
};

START_TEST(limits_are_clean_errors) {
  char *text = repeat(limit_rows[_i].head, limit_rows[_i].part,
                      limit_rows[_i].count, limit_rows[_i].tail);
  ck_assert(read_json(text, false) == NULL);
  const dimsat_error *e = dimsat_last_error(cx);
  ck_assert_int_eq((int)e->status, DIMSAT_TOO_LARGE);
  ck_assert_msg(strstr(e->text, limit_rows[_i].message), "%s", e->text);
  ck_assert_uint_ge(e->line, 1);
  free(text);
}
END_TEST

/* A hundred thousand guards, the last of which is wrong. */
START_TEST(many_guards_are_read) {
  char *text =
      repeat("{\"dims\":[{\"name\":\"a\"}],\"guards\":[\"a > 1\"",
             ",\n{\"expr\":\"Eq(Mod(a + 3, 4), 0)\",\"at\":\"m.py:1 in f\"}",
             100000, "]}");
  ck_assert_uint_eq(read_good(text)->guard_count, 100001);
  free(text);
  text = repeat("{\"dims\":[{\"name\":\"a\"}],\"guards\":[\"a > 1\"",
                ",\n\"a != 3\"", 100000, ",\n\"a != b\"]}");
  ck_assert(read_json(text, false) == NULL);
  ck_assert_uint_eq(dimsat_last_error(cx)->line, 100002);
  ck_assert_uint_eq(dimsat_last_error(cx)->column, 7);
  free(text);
}
END_TEST

/* ---- Notes
 * ------------------------------------------------------------------- */

static const struct {
  const char *text, *note, *strict;
} note_rows[] = {
    {"{\"torch\": {}}", "unknown key 'torch' is ignored",
     "unknown key 'torch'"},
    {"{\"dims\": [{\"name\": \"a\"}, {\"name\": \"b\", \"foo\": 1}]}",
     "unknown key 'dims[1].foo' is ignored", "unknown key 'foo' in dims[1]"},
    {"{\"inputs\": [{\"name\": \"x\", \"shape\": [{\"hint\": \"AUTO\", \"a\": "
     "1}], \"b\": 2, \"b2\": 3}]}",
     "unknown keys 'inputs[0].b', 'inputs[0].b2', 'inputs[0].shape[0].a' are "
     "ignored",
     "unknown key 'b' in inputs[0]"},
    {"{\"a\": 1, \"dims\": [{\"name\": \"a\", \"a\": 1}, {\"name\": \"b\", "
     "\"a\": 1}]}",
     "unknown key 'a' is ignored", "unknown key 'a'"},
    {"{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1, \"e\": 1, \"f\": 1, \"g\": 1}",
     "unknown keys 'a', 'b', 'c', 'd', 'e' and more are ignored",
     "unknown key 'a'"},
    {"{\"dims\": [{\"name\": \"batch\"}], \"inputs\": [{\"name\": \"x\", "
     "\"shape\": [\"bacth\"]}]}",
     "dim 'bacth' is not declared and taken as 0..; did you mean 'batch'?",
     NULL},
};

START_TEST(notes_say_what_is_odd) {
  const dimsat_problem *p = read_good(note_rows[_i].text);
  ck_assert_uint_eq(p->note_count, 1);
  ck_assert_str_eq(p->notes[0], note_rows[_i].note);
  p = read_json(note_rows[_i].text, true);
  ck_assert_int_eq(p == NULL, note_rows[_i].strict != NULL);
  if (p == NULL)
    ck_assert_str_eq(dimsat_last_error(cx)->text, note_rows[_i].strict);
}
END_TEST

START_TEST(strict_points_at_the_key) {
  ck_assert(!read_json("{\"dims\": [{\"name\": \"a\",\n \"foo\": 1}]}", true));
  const dimsat_error *e = dimsat_last_error(cx);
  ck_assert_uint_eq(e->line, 2);
  ck_assert_uint_eq(e->column, 2);
  ck_assert_uint_eq(e->length, 5);
}
END_TEST

/* ---- Memory
 * ------------------------------------------------------------------- */

/* Reading fails cleanly wherever memory ends, and works again afterwards. */
START_TEST(memory_may_end_anywhere) {
  const char *text = good_rows[6].text;
  int failures = 0;
  for (uint64_t n = 1;; n++) {
    dimsat_context *small = dimsat_context_new();
    memory_fail_after(n);
    const dimsat_problem *p = dimsat_problem_read(small, text, strlen(text),
                                                  DIMSAT_FORMAT_JSON, false);
    const bool failed = memory_fail_after(0) == 0;
    ck_assert_int_eq(p == NULL, failed);
    ck_assert(p || dimsat_last_error(small)->status == DIMSAT_NO_MEMORY);
    failures += failed;
    ck_assert(dimsat_problem_read(small, text, strlen(text), DIMSAT_FORMAT_JSON,
                                  false) != NULL);
    dimsat_context_free(small);
    if (!failed)
      break;
  }
  ck_assert_int_gt(failures, 0);
}
END_TEST

/* ---- Places
 * ------------------------------------------------------------------- */

START_TEST(values_are_located) {
  static const char text[] =
      "{\"a}\": [1, {\"b\": \"]\\\"\"}, {\"k\": [ ] , \"v\" : -2.5e3 }], "
      "\"z\": true}";
  const json_step path[] = {{"a}", 0}, {NULL, 2}, {"v", 0}};
  text_span at = locate_value(text, strlen(text), path, 3, false);
  ck_assert_int_eq(strncmp(text + at.offset, "-2.5e3 ", at.length + 1), 0);
  at = locate_value(text, strlen(text), path, 3, true);
  ck_assert_int_eq(strncmp(text + at.offset, "\"v\" ", at.length + 1), 0);
  at = locate_value(text, strlen(text), path, 2, false);
  ck_assert_uint_eq(at.length, 1);
  ck_assert_int_eq(text[at.offset], '{');
  at = locate_value(text, strlen(text), (json_step[]){{"z", 0}}, 1, false);
  ck_assert_int_eq(strncmp(text + at.offset, "true}", at.length + 1), 0);
  at = locate_value(text, strlen(text), (json_step[]){{"y", 0}}, 1, false);
  ck_assert_uint_eq(at.offset, 0);
}
END_TEST

/* All tests of this file. */
Suite *suite_problem_read(void) {
  Suite *suite = suite_create("problem_read");
  TCase *tc = tcase_create("all");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, good_texts_are_read, 0, ROWS(good_rows));
  tcase_add_loop_test(tc, bad_texts_have_a_place, 0, ROWS(bad_rows));
  tcase_add_test(tc, nul_bytes_are_refused);
  tcase_add_loop_test(tc, limits_are_clean_errors, 0, ROWS(limit_rows));
  tcase_add_test(tc, many_guards_are_read);
  tcase_add_loop_test(tc, notes_say_what_is_odd, 0, ROWS(note_rows));
  tcase_add_test(tc, strict_points_at_the_key);
  tcase_add_test(tc, memory_may_end_anywhere);
  tcase_add_test(tc, values_are_located);
  suite_add_tcase(suite, tc);
  return suite;
}
