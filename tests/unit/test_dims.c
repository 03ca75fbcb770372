/*
 * Problems as .dims lines: each good text is compared with what it means as
 * JSON, and comes back from both forms; each bad text with its place.
 */
#include "lib/base/memory.h"
#include "lib/problem/problem.h"
#include "tests/unit/suites.h"

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

/* A problem from text in either form; it must be right. */
static dimsat_problem *read_good(const char *text) {
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s\n%s", text, dimsat_last_error(cx)->text);
  ck_assert(problem_ok(p));
  return p;
}

/* ---- What is read
 * ------------------------------------------------------------ */

/* `dims` is how the text is written back, NULL: as it stands. */
static const struct {
  const char *text, *dims, *json;
} good_rows[] = {
    {"dim batch = 1..64\n"
     "dim seq                       # 0.. is the default\n"
     "dim long = 2*seq + 1\n"
     "input x: [batch, seq, auto, 3] = [8, 16, 7, 3]\n"
     "guard x[1] % 4 == 0           # at model.py:12 in forward\n"
     "guard x[0] != 3\n"
     "assume x[0] >= 2\n",
     "dim batch = 1..64\n"
     "dim seq\n"
     "dim long = 2*seq + 1\n"
     "input x: [batch, seq, auto, 3] = [8, 16, 7, 3]\n"
     "assume x[0] >= 2\n"
     "guard x[1] % 4 == 0  # at model.py:12 in forward\n"
     "guard x[0] != 3\n",
     "{'dimsat': 1, 'dims': [{'name': 'batch', 'min': 1, 'max': 64}, {'name': "
     "'seq', 'min': 0, 'max': null}, {'name': 'long', 'derived': {'root': "
     "'seq', 'scale': 2, 'offset': 1}}], 'inputs': [{'name': 'x', 'shape': "
     "['batch', 'seq', {'hint': 'AUTO'}, 3], 'hint': [8, 16, 7, 3]}], "
     "'symbols': [{'name': 'x[0]', 'source': 'x[0]', 'min': 2, "
     "'max': null}], 'guards': [{'expr': 'x[1] % 4 == 0', 'at': 'model.py:12 "
     "in forward', 'kind': 'guard'}, 'x[0] != 3']}"},
    {"incomplete the log  ends # at its end\n"
     "incomplete \"one # more\"\n",
     "incomplete the log  ends\n"
     "incomplete \"one # more\"\n",
     "{'dimsat': 1, 'dims': [], 'inputs': [], 'symbols': [], 'guards': [], "
     "'incomplete': ['the log  ends', 'one # more']}"},
    {"name  two words  # not this\n"
     "origin \"a # b\\n\\u00e9\"  # nor this\n"
     "dim a=5..\n"
     "dim b = ..64\n"
     "dim c = 3\n"
     "dim d = 0 .. int_oo\n"
     "dim e = ..\n"
     "dim f = 99999999999999999999..\n"
     "dim g = g2 - 1\n",
     "name two words\n"
     "origin \"a # b\\n\xC3\xA9\"\n"
     "dim a = 5..\n"
     "dim b = 0..64\n"
     "dim c = 3\n"
     "dim d\n"
     "dim e\n"
     "dim f = 99999999999999999999..\n"
     "dim g = g2 - 1\n",
     "{'dimsat': 1, 'name': 'two words', 'origin': 'a # b\\n\xC3\xA9', 'dims': "
     "[{'name': 'a', 'min': 5, 'max': null}, {'name': 'b', 'min': 0, 'max': "
     "64}, {'name': 'c', 'min': 3, 'max': 3}, {'name': 'd', 'min': 0, 'max': "
     "null}, {'name': 'e', 'min': 0, 'max': null}, {'name': 'f', 'min': "
     "'99999999999999999999', 'max': null}, {'name': 'g', 'derived': {'root': "
     "'g2', 'scale': 1, 'offset': -1}}], 'inputs': [], 'symbols': [], "
     "'guards': []}"},
    {"input x from L['x']: [2*a + 1, auto(2..64), dynamic(8..), static(6), "
     "null, static, dynamic] = [3, ?, 9, 6, ?, 4, 5] traced [s1, ?, s2, 6, ?, "
     "?, s3]\n"
     "input \"past key\" from L['p#q']['from z: [1]']: [a] traced [s4]\n"
     "input L['ys'][0]: []\n"
     "symbol s1 = L['x'].size()[0] hint 3 in 2..64\n"
     "symbol s2 = L['x'].size()[2] in ..9\n"
     "symbol s3 = L['x'].size()[6] hint 5\n"
     "symbol s5 = a\n"
     "unbacked u0 in 0..\n"
     "unbacked u1 hint 3\n"
     "symbol s4 = L['p#q']['from z: [1]'].size()[0]\n",
     NULL,
     "{'dimsat': 1, 'dims': [], 'inputs': [{'name': 'x', 'source': "
     "'L[`x`]', 'shape': ['2*a + 1', {'hint': 'AUTO', 'min': 2, 'max': 64}, "
     "{'hint': 'DYNAMIC', 'min': 8}, {'hint': 'STATIC', 'min': 6, 'max': 6}, "
     "null, {'hint': 'STATIC'}, {'hint': 'DYNAMIC'}], 'hint': [3, null, 9, 6, "
     "null, 4, 5], 'traced': ['s1', null, 's2', 6, null, null, 's3']}, "
     "{'name': 'past key', 'source': 'L[`p#q`][`from z: [1]`]', 'shape': "
     "['a'], 'traced': ['s4']}, {'name': 'L[`ys`][0]', 'shape': []}], "
     "'symbols': [{'name': 's1', 'source': 'L[`x`].size()[0]', 'hint': 3, "
     "'min': 2, 'max': 64}, {'name': 's2', 'source': 'L[`x`].size()[2]', "
     "'min': null, 'max': 9}, {'name': 's3', 'source': 'L[`x`].size()[6]', "
     "'hint': 5, 'min': null, 'max': null}, {'name': 's5', 'source': 'a', "
     "'min': null, 'max': null}, {'name': 'u0', 'unbacked': true, 'min': 0, "
     "'max': null}, {'name': 'u1', 'unbacked': true, 'hint': 3, 'min': null, "
     "'max': null}, {'name': 's4', 'source': 'L[`p#q`][`from z: [1]`]"
     ".size()[0]', 'min': null, 'max': null}], 'guards': []}"},
    {"guard x[0] > 2  # at a.py:1\n"
     "  stack a.py:1 in f\n"
     "\n"
     "  # a comment between\n"
     "  stack \" b # c\"\n"
     "assert x[0] < L['q']['a # b'].size()[0]  # at \"p\\\"q \"\n"
     "spec x[1] == x[0]  # anything else\n"
     "guard x[0] - 3  # at   b.py:2 in \"g\"\n"
     "input x: [a, b]\n"
     "input L['q'][\"a # b\"]: [c]\n",
     "input x: [a, b]\n"
     "input L['q']['a # b']: [c]\n"
     "guard x[0] > 2  # at a.py:1\n"
     "  stack a.py:1 in f\n"
     "  stack \" b # c\"\n"
     "assert x[0] < L['q']['a # b'].size()[0]  # at \"p\\\"q \"\n"
     "spec x[1] == x[0]\n"
     "guard x[0] - 3  # at b.py:2 in \"g\"\n",
     "{'dimsat': 1, 'dims': [], 'inputs': [{'name': 'x', 'shape': ['a', 'b']},"
     " {'name': 'L[`q`][`a # b`]', 'shape': ['c']}], 'symbols': [], 'guards': "
     "[{'expr': 'x[0] > 2', 'at': 'a.py:1', 'stack': ['a.py:1 in f', ' b # "
     "c'], 'kind': 'guard'}, {'expr': 'x[0] < L[`q`][`a # b`].size()[0]', "
     "'at': 'p\\\"q ', 'kind': 'runtime_assert'}, {'expr': 'x[1] == x[0]', "
     "'kind': 'spec'}, {'expr': 'x[0] - 3', 'at': 'b.py:2 in \\\"g\\\"', "
     "'kind': 'guard'}]}"},
    {"dim a\n"
     "assume 2 <= s0 <= 512\n"
     "assume 3*a > 5 and x[1] <= 7 and x[-1] >= 1\n"
     "assume s1 == 4\n"
     "assume x[0] < 100\n"
     "input x: [a, auto] traced [s0, ?]\n"
     "unbacked s1\n",
     "dim a\n"
     "input x: [a, auto] traced [s0, ?]\n"
     "unbacked s1 in 4\n"
     "symbol s0 = x[0] in 2..99\n"
     "assume 1 <= x[1] <= 7\n"
     "assume a >= 2\n",
     "{'dimsat': 1, 'dims': [{'name': 'a', 'min': 0, 'max': null}], 'inputs': "
     "[{'name': 'x', 'shape': ['a', {'hint': 'AUTO'}], 'traced': ['s0', "
     "null]}], 'symbols': [{'name': 's1', 'unbacked': true, 'min': 4, 'max': "
     "4}, {'name': 's0', 'source': 'x[0]', 'min': 2, 'max': 99}, "
     "{'name': 'x[1]', 'source': 'x[1]', 'min': 1, 'max': 7}, "
     "{'name': 'a', 'source': 'a', 'min': 2, 'max': null}], 'guards': []}"},
    {"name \"\\ud83d\\ude00 \\u0800\\uD7FF\\uE000\"\n",
     "name \xF0\x9F\x98\x80 \xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\n",
     "{'dimsat': 1, 'name': '\xF0\x9F\x98\x80 "
     "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80', 'dims': [], 'inputs': [], "
     "'symbols': [], 'guards': []}"},
    {"dim a\r\nguard a > 3 # at b.py:1\r\n",
     "dim a\nguard a > 3  # at b.py:1\n",
     "{'dimsat': 1, 'dims': [{'name': 'a', 'min': 0, 'max': null}], 'inputs': "
     "[], 'symbols': [], 'guards': [{'expr': 'a > 3', 'at': 'b.py:1', 'kind': "
     "'guard'}]}"},
};

/* JSON with ' for " and ` for ', as the rows spell it. */
static char *swap_quotes(const char *json) {
  char *copy = strdup(json);
  for (char *c = copy; *c != '\0'; c++)
    *c = *c == '\'' ? '"' : *c == '`' ? '\'' : *c;
  return copy;
}

START_TEST(good_lines_are_read) {
  const char *text = good_rows[_i].text;
  char *json = swap_quotes(good_rows[_i].json);
  const dimsat_problem *p = read_good(text);
  const char *dims = dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS);
  ck_assert_str_eq(dims, good_rows[_i].dims ? good_rows[_i].dims : text);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
  p = read_good(dims);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS), dims);
  p = read_good(json);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS), dims);
  free(json);
}
END_TEST

/* ---- There and back
 * ------------------------------------------------------------ */

/* JSON with features that lines spell in another way. */
static const char *const json_rows[] = {
    "{'dimsat': 1, 'name': '', 'origin': ' x', 'dims': [], 'inputs': [], "
    "'symbols': [], 'guards': []}",
    "{'dimsat': 1, 'name': '\\\"a\\\"', 'origin': 'b # c', 'dims': [], "
    "'inputs': [], 'symbols': [], 'guards': []}",
    "{'dimsat': 1, 'name': 'a\\u0001\\n\\tb', 'dims': [], 'inputs': [], "
    "'symbols': [], 'guards': []}",
    "{'dimsat': 1, 'dims': [], 'inputs': [{'name': 'from', 'shape': []}, "
    "{'name': 'traced', 'shape': []}, {'name': 'a b', 'source': 'hint', "
    "'shape': [0]}], 'symbols': [{'name': 'hint', 'unbacked': true, 'min': 1, "
    "'max': 2}], 'guards': []}",
    "{'dimsat': 1, 'dims': [], 'inputs': [{'name': 'x', 'shape': [3, 4]}], "
    "'symbols': [{'name': 'x[0]', 'source': 'x[0]', 'min': 3, "
    "'max': null}, {'name': 's0', 'source': 'x[0]', 'min': 2, 'max': "
    "null}, {'name': 'x[1]', 'source': 'x[1]', 'min': null, "
    "'max': null}], 'guards': []}",
    "{'dimsat': 1, 'dims': [{'name': 'h', 'min': 0, 'max': null}], 'inputs': "
    "[{'name': 'x', 'shape': [3, 4]}], 'symbols': [{'name': 'x[1]', "
    "'source': 'x[1]', 'min': 2, 'max': null}, {'name': 's5', 'source':"
    " 'h', 'min': 2, 'max': null}, {'name': 'h', 'source': 'h', 'min': 3, "
    "'max': 9}], 'guards': []}",
    "{'dimsat': 1, 'dims': [{'name': 'a', 'min': 0, 'max': null}], 'inputs': "
    "[], 'symbols': [], 'guards': [{'expr': 'a > 3', 'at': 'at at', 'stack': "
    "['', '#', 'a\\nb'], 'kind': 'guard'}, {'expr': 'a > 4', 'at': '', "
    "'kind': 'spec'}]}",
};

START_TEST(json_survives_lines) {
  char *json = swap_quotes(json_rows[_i]);
  const dimsat_problem *p = read_good(json);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
  p = read_good(dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS));
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_JSON), json);
  free(json);
}
END_TEST

/* ---- What is refused
 * ------------------------------------------------------------ */

static const struct {
  const char *text;
  dimsat_status status;
  uint32_t line, column;
  size_t length;
  const char *part;
} bad_rows[] = {
    {"", DIMSAT_BAD_FORMAT, 1, 1, 0, "the text holds no problem"},
    {"# only\n\n", DIMSAT_BAD_FORMAT, 1, 1, 0, "the text holds no problem"},
    {"dim a\nfoo b", DIMSAT_BAD_FORMAT, 2, 1, 3, "a line starts with dim"},
    {"  %%", DIMSAT_BAD_FORMAT, 1, 3, 1, "a line starts with dim"},
    {"dim", DIMSAT_BAD_FORMAT, 1, 4, 0, "the name of a dim is expected"},
    {"dim =3", DIMSAT_BAD_FORMAT, 1, 5, 2, "the name of a dim is expected"},
    {"dim a b", DIMSAT_BAD_FORMAT, 1, 7, 1, "'=' is expected"},
    {"dim a 2..", DIMSAT_BAD_FORMAT, 1, 7, 3, "'=' is expected"},
    {"dim a = five..", DIMSAT_BAD_FORMAT, 1, 9, 4, "'five' is no integer"},
    {"dim a = 0*b", DIMSAT_BAD_PROBLEM, 1, 9, 3, "0 for all sizes"},
    {"dim a = b - b + 3", DIMSAT_BAD_PROBLEM, 1, 9, 9, "3 for all sizes"},
    {"input x: [0*b]", DIMSAT_BAD_PROBLEM, 1, 11, 3, "0 for all sizes"},
    {"dim a = ", DIMSAT_BAD_FORMAT, 1, 8, 0, "a range such as 2..64"},
    {"dim a = 5..3", DIMSAT_BAD_PROBLEM, 1, 9, 4, "min 5 above max 3"},
    {"dim a = -3..", DIMSAT_BAD_PROBLEM, 1, 9, 4, "never negative"},
    {"dim a = -3", DIMSAT_BAD_PROBLEM, 1, 9, 2, "never negative"},
    {"dim a = 2..x", DIMSAT_BAD_FORMAT, 1, 12, 1, "'x' is no integer"},
    {"dim a = 2 3", DIMSAT_BAD_FORMAT, 1, 9, 3, "'2 3' is no integer"},
    {"dim a = 2*", DIMSAT_BAD_SYNTAX, 1, 11, 0, ""},
    {"dim a\n dim a", DIMSAT_BAD_PROBLEM, 2, 6, 1, "defined twice"},
    {"dim a = 2*b\ndim b = a", DIMSAT_BAD_PROBLEM, 1, 9, 3, "a -> b -> a"},
    {"dim a = b\ndim b = c\ndim c = d\ndim d = e\ndim e = f\ndim f = g\n"
     "dim g = a",
     DIMSAT_BAD_PROBLEM, 1, 9, 1, "a -> b -> c -> d -> e -> f -> ... -> a"},
    {"dim a = 3 - b", DIMSAT_BAD_PROBLEM, 1, 9, 5, "must increase"},
    {"dim a = b*c", DIMSAT_BAD_PROBLEM, 1, 9, 3, "'b' and 'c'"},
    {"input x", DIMSAT_BAD_FORMAT, 1, 7, 1, "':' is missing"},
    {"input x:", DIMSAT_BAD_FORMAT, 1, 9, 0, "a list such as"},
    {"input x: [a", DIMSAT_BAD_FORMAT, 1, 10, 1, "not closed by ']'"},
    {"input x: [a)", DIMSAT_BAD_FORMAT, 1, 10, 1, "not closed by ']'"},
    {"input x: [a,,b]", DIMSAT_BAD_FORMAT, 1, 13, 0, "an entry of the list"},
    {"input x: [a b]", DIMSAT_BAD_FORMAT, 1, 13, 1, "',' is missing"},
    {"input x: [a, 2] = [4 2]", DIMSAT_BAD_FORMAT, 1, 22, 1, "',' is missing"},
    {"gaurd 1 < 2", DIMSAT_BAD_FORMAT, 1, 1, 5, "did you mean 'guard'?"},
    {"symbol s = x[0] hnt 3", DIMSAT_BAD_FORMAT, 1, 17, 3, "'hint' with a"},
    {"unbacked u inn 2..3", DIMSAT_BAD_FORMAT, 1, 12, 3, "'in' with a range"},
    {"input x: [a] = [1,2]", DIMSAT_BAD_PROBLEM, 1, 17, 3, "has 2 entries"},
    {"input x: [a] = [-1]", DIMSAT_BAD_FORMAT, 1, 17, 2, "never negative"},
    {"input x: [a] = [b]", DIMSAT_BAD_FORMAT, 1, 17, 1, "'b' is no integer"},
    {"input x: [a] traced []", DIMSAT_BAD_PROBLEM, 1, 22, 0, "has 0 entries"},
    {"input x: [a] foo", DIMSAT_BAD_FORMAT, 1, 14, 3, "the end of the line"},
    {"input : [a]", DIMSAT_BAD_FORMAT, 1, 7, 0, "the name of an input"},
    {"input from from L[0]: []\nfoo", DIMSAT_BAD_FORMAT, 2, 1, 3,
     "a line starts"},
    {"input x from : []", DIMSAT_BAD_SYNTAX, 1, 14, 0, ""},
    {"input x from L[: []", DIMSAT_BAD_FORMAT, 1, 7, 13, "':' is missing"},
    {"input a b: [3]", DIMSAT_BAD_PROBLEM, 1, 7, 3, "needs a source"},
    {"input x: []\ninput x: []", DIMSAT_BAD_PROBLEM, 2, 7, 1, "two inputs"},
    {"input x: [auto(3..2)]", DIMSAT_BAD_PROBLEM, 1, 16, 4, "min 3 above"},
    {"input x: [auto(..-3)]", DIMSAT_BAD_PROBLEM, 1, 16, 4, "max -3, but"},
    {"input x: [auto(3..]", DIMSAT_BAD_SYNTAX, 1, 11, 4, "'auto' is unknown"},
    {"input x: [auto(3..9) + 1]", DIMSAT_BAD_SYNTAX, 1, 11, 4, ""},
    {"input x: [some(3..9)]", DIMSAT_BAD_SYNTAX, 1, 11, 4, ""},
    {"input x: [auto(a)]", DIMSAT_BAD_FORMAT, 1, 16, 1, "'a' is no integer"},
    {"symbol", DIMSAT_BAD_SYNTAX, 1, 7, 0, ""},
    {"symbol s0", DIMSAT_BAD_PROBLEM, 1, 8, 2, "has no source"},
    {"symbol s0 = x[0]", DIMSAT_BAD_PROBLEM, 1, 13, 4, "neither an axis nor"},
    {"unbacked u in 3..2", DIMSAT_BAD_PROBLEM, 1, 15, 4, "min above max"},
    {"unbacked u hint x", DIMSAT_BAD_FORMAT, 1, 17, 1, "'x' is no integer"},
    {"guard", DIMSAT_BAD_SYNTAX, 1, 6, 0, ""},
    {"dim a\nguard a ==  # b", DIMSAT_BAD_SYNTAX, 2, 11, 0, ""},
    {"dim aa\nguard 1 < bb # at c", DIMSAT_BAD_PROBLEM, 2, 11, 2,
     "guard 0 speaks of 'bb'"},
    {"dim a\nguard a > 3\nguard b > a", DIMSAT_BAD_PROBLEM, 3, 7, 1,
     "guard 1 speaks of 'b'"},
    {"dim aab\nguard aab + 2*_aa > aa", DIMSAT_BAD_PROBLEM, 2, 15, 3,
     "guard 0 speaks of '_aa'"},
    {"dim aab\nguard aab > aa", DIMSAT_BAD_PROBLEM, 2, 13, 2,
     "guard 0 speaks of 'aa'"},
    {"dim a\nguard L[\"q\"][0] > a", DIMSAT_BAD_PROBLEM, 2, 7, 13,
     "guard 0 speaks of 'L['q'][0]'"},
    {"dim a\nguard a_______________________________________________"
     "___________\xC3\xA9_ > a",
     DIMSAT_BAD_PROBLEM, 2, 7, 62, "__________...'"},
    {"stack a", DIMSAT_BAD_FORMAT, 1, 1, 7, "follows the guard"},
    {"guard 1 < 2\ndim a\nstack a", DIMSAT_BAD_FORMAT, 3, 1, 7, "follows the"},
    {"assume a > 3", DIMSAT_BAD_PROBLEM, 1, 8, 5, "the assumption speaks of"},
    {"dim a\nassume a != 3", DIMSAT_BAD_PROBLEM, 2, 8, 6, "by numbers"},
    {"dim a\nassume a", DIMSAT_BAD_PROBLEM, 2, 8, 1, "by numbers"},
    {"dim a\nassume 2*a == 5", DIMSAT_BAD_PROBLEM, 2, 8, 8, "by numbers"},
    {"dim a\ndim b\nassume (a < 3) == (b < 3)", DIMSAT_BAD_PROBLEM, 3, 8, 18,
     "by numbers"},
    {"dim a\nassume a*a > 3", DIMSAT_BAD_PROBLEM, 2, 8, 7, "by numbers"},
    {"dim a\nassume a > 3 or a < 2", DIMSAT_BAD_PROBLEM, 2, 8, 14, "by num"},
    {"dim a\ndim b\nassume a <= b", DIMSAT_BAD_PROBLEM, 3, 8, 6, "by numbers"},
    {"dim a\nassume a > 3 and a < 2", DIMSAT_BAD_PROBLEM, 2, 8, 15,
     "leave no size"},
    {"name a\nname b", DIMSAT_BAD_FORMAT, 2, 6, 1, "given twice"},
    {"name \"a", DIMSAT_BAD_FORMAT, 1, 6, 2, "not closed by a quote"},
    {"name \"a\" b", DIMSAT_BAD_FORMAT, 1, 6, 5, "follows the closing"},
    {"name \"a\\q\"", DIMSAT_BAD_FORMAT, 1, 8, 1, "not one of JSON's"},
    {"name \"\\u12\"", DIMSAT_BAD_FORMAT, 1, 7, 2, "four hex digits"},
    {"name \"\\ud800\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\ud83dx\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\ude00\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\ud83d\\u00\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\ud83d\\n\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\ud800\\u0041\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"name \"\\u0000\"", DIMSAT_BAD_FORMAT, 1, 7, 6, "no character"},
    {"dim a\xFF", DIMSAT_BAD_FORMAT, 1, 6, 1, "not UTF-8"},
    {"\"dim a", DIMSAT_BAD_FORMAT, 1, 1, 1, "a line starts with dim"},
};

START_TEST(bad_lines_have_a_place) {
  const char *text = bad_rows[_i].text;
  ck_assert_msg(
      !dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, false),
      "%s", text);
  const dimsat_error *e = dimsat_last_error(cx);
  ck_assert_msg(e->status == bad_rows[_i].status, "%s\n%s", text, e->text);
  ck_assert_msg(strstr(e->text, bad_rows[_i].part) != NULL, "%s\n%s", text,
                e->text);
  ck_assert_msg(
      e->line == bad_rows[_i].line && e->column == bad_rows[_i].column &&
          e->length == bad_rows[_i].length,
      "%s\n%s: %u:%u+%zu", text, e->text, e->line, e->column, e->length);
}
END_TEST

START_TEST(form_is_guessed) {
  static const char *const texts[] = {"\n \t{\"name\": \"a\"}", "name a",
                                      "  # [\n\tname a"};
  for (int i = 0; i < ROWS(texts); i++)
    ck_assert_str_eq(dimsat_problem_name(read_good(texts[i])), "a");
  static const char list[] = " [1]";
  ck_assert(!dimsat_problem_read(cx, list, sizeof list - 1, DIMSAT_FORMAT_GUESS,
                                 false));
  ck_assert_ptr_nonnull(strstr(dimsat_last_error(cx)->text, "is a list"));
  ck_assert(!dimsat_problem_read(cx, " \n", 2, DIMSAT_FORMAT_GUESS, false));
}
END_TEST

/* Any cut of a good text is read or refused, never more. */
START_TEST(cut_texts_are_harmless) {
  for (int i = 0; i < ROWS(good_rows); i++)
    for (size_t n = 0; n < strlen(good_rows[i].text); n++) {
      dimsat_problem_read(cx, good_rows[i].text, n, DIMSAT_FORMAT_GUESS, true);
      const dimsat_error *e = dimsat_last_error(cx);
      ck_assert_uint_le(e->offset + e->length, n);
    }
}
END_TEST

/* Reading and writing fail cleanly wherever memory ends. */
START_TEST(memory_may_end_anywhere) {
  const char *text = good_rows[_i].text;
  bool failed = true;
  for (uint64_t n = 1; failed; n++) {
    dimsat_context *small = dimsat_context_new();
    memory_fail_after(n);
    const dimsat_problem *p = dimsat_problem_read(small, text, strlen(text),
                                                  DIMSAT_FORMAT_GUESS, false);
    const char *dims =
        p ? dimsat_problem_write(small, p, DIMSAT_FORMAT_DIMS) : NULL;
    failed = memory_fail_after(0) == 0;
    ck_assert_int_eq(dims == NULL, failed);
    ck_assert(dims || dimsat_last_error(small)->status == DIMSAT_NO_MEMORY);
    dimsat_context_free(small);
  }
}
END_TEST

/* All tests of this file. */
Suite *suite_dims(void) {
  Suite *suite = suite_create("dims");
  TCase *tc = tcase_create("all");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, good_lines_are_read, 0, ROWS(good_rows));
  tcase_add_loop_test(tc, json_survives_lines, 0, ROWS(json_rows));
  tcase_add_loop_test(tc, bad_lines_have_a_place, 0, ROWS(bad_rows));
  tcase_add_test(tc, form_is_guessed);
  tcase_add_test(tc, cut_texts_are_harmless);
  tcase_add_loop_test(tc, memory_may_end_anywhere, 0, ROWS(good_rows));
  suite_add_tcase(suite, tc);
  return suite;
}
