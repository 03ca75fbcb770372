/*
 * Problems built by hand: names and what they mean, derived dims, checks of
 * each piece alone and of all together, streams of records.
 */
#include "lib/problem/problem.h"
#include "lib/problem/stream.h"
#include "tests/unit/suites.h"

#include <stdio.h>
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

/* A problem from .dims lines; it must be right. */
static dimsat_problem *read_lines(const char *text) {
  dimsat_problem *p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert(problem_ok(p));
  return p;
}

/* ---- What names mean ---------------------------------------------------- */

static const char names_text[] = "dim batch\n"
                                 "dim seq\n"
                                 "dim long = 2*seq + 1\n"
                                 "input x from L['x']: [batch, long, 3]\n"
                                 "input L['ys'][0]: [batch]\n"
                                 "input 'z' from L['z']: []\n"
                                 "symbol s7 = x[0]\n"
                                 "symbol s8 = seq\n"
                                 "unbacked u0 in 0..\n"
                                 "assume x[1] >= 2\n";

static const struct {
  const char *name;
  name_kind kind;
  size_t index, axis;
} name_rows[] = {
    {"s7", NAMES_SYMBOL, 0, 0},
    {"s8", NAMES_SYMBOL, 1, 0},
    {"u0", NAMES_SYMBOL, 2, 0},
    {"batch", NAMES_DIM, 0, 0},
    {"seq", NAMES_SYMBOL, 1, 0},
    {"long", NAMES_DIM, 2, 0},
    {"L['x'].size()[0]", NAMES_AXIS, 0, 0},
    {"L['x'].size()[2]", NAMES_AXIS, 0, 2},
    {"L['x'].shape[2]", NAMES_AXIS, 0, 2},
    {"L['x'].size()[1]", NAMES_SYMBOL, 3, 0},
    {"x.size()[0]", NAMES_AXIS, 0, 0},
    {"x.shape[1]", NAMES_AXIS, 0, 1},
    {"x[0]", NAMES_AXIS, 0, 0},
    {"x[-1]", NAMES_AXIS, 0, 2},
    {"x[-3]", NAMES_AXIS, 0, 0},
    {"x[-4]", NAMES_NOTHING, 0, 0},
    {"x[3]", NAMES_NOTHING, 0, 0},
    {"x[99999999999999999999]", NAMES_NOTHING, 0, 0},
    {"L['x'][0]", NAMES_NOTHING, 0, 0},
    {"L['ys'][0][0]", NAMES_AXIS, 1, 0},
    {"L['ys'][0].size()[0]", NAMES_AXIS, 1, 0},
    {"L['ys'][0]", NAMES_NOTHING, 0, 0},
    {"z[0]", NAMES_NOTHING, 0, 0},
    {"x", NAMES_NOTHING, 0, 0},
    {"x[]", NAMES_NOTHING, 0, 0},
    {"[0]", NAMES_NOTHING, 0, 0},
    {".size()[0]", NAMES_NOTHING, 0, 0},
    {"", NAMES_NOTHING, 0, 0},
    {"s9", NAMES_NOTHING, 0, 0},
};

START_TEST(names_have_meanings) {
  dimsat_problem *p = read_lines(names_text);
  const name_meaning m = problem_find(p, name_rows[_i].name);
  ck_assert_msg(m.kind == name_rows[_i].kind, "%s is of kind %d",
                name_rows[_i].name, (int)m.kind);
  if (m.kind == NAMES_NOTHING)
    return;
  ck_assert_msg(m.index == name_rows[_i].index, "%s", name_rows[_i].name);
  ck_assert_msg(m.axis == name_rows[_i].axis, "%s", name_rows[_i].name);
}
END_TEST

/* Thousands of names of each sort are found. */
START_TEST(many_names_are_found) {
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  char name[32], source[64];
  const char *shape[] = {name}, *hint[] = {"8"};
  for (int i = 0; i < 5000; i++) {
    snprintf(name, sizeof name, "d%d", i);
    ck_assert(dimsat_problem_add_dim(p, name, NULL, NULL));
    snprintf(source, sizeof source, "x%d", i);
    ck_assert(dimsat_problem_add_input(p, source, shape, hint, 1));
    snprintf(name, sizeof name, "s%d", i);
    snprintf(source, sizeof source, "x%d[0]", i);
    ck_assert(dimsat_problem_add_symbol(p, name, source, "8", "2", NULL));
  }
  ck_assert(dimsat_problem_validate(p));
  ck_assert(problem_ok(p));
  ck_assert_uint_eq(problem_find(p, "s4321").index, 4321);
  ck_assert_int_eq((int)problem_find(p, "x4999[0]").kind, NAMES_AXIS);
}
END_TEST

/* ---- Derived dims -------------------------------------------------------- */

START_TEST(derived_dims_are_flattened) {
  dimsat_problem *p = read_lines("dim c = 3*b - 1\ndim b = 2*a + 5\ndim a\n"
                                 "dim e = 100000000000000000000*c");
  integer scale, offset;
  ck_assert_uint_eq(problem_root_of(p, 0, &scale, &offset), 2);
  ck_assert(integer_is(scale, 6) && integer_is(offset, 14));
  ck_assert_uint_eq(problem_root_of(p, 2, &scale, &offset), 2);
  ck_assert(integer_is(scale, 1) && integer_is(offset, 0));
  ck_assert_uint_eq(problem_root_of(p, 3, &scale, &offset), 2);
  ck_assert_str_eq(integer_text(&cx->nodes, scale), "600000000000000000000");
  ck_assert_str_eq(integer_text(&cx->nodes, offset), "1400000000000000000000");
}
END_TEST

START_TEST(undeclared_roots_are_implicit) {
  dimsat_problem *p = read_lines("dim a = 2*_a\ninput x: [_b, a, 4*_a]");
  ck_assert_uint_eq(p->dim_count, 3);
  ck_assert(!p->dims[0].implicit && p->dims[0].derived);
  ck_assert_str_eq(p->dims[1].name, "_a");
  ck_assert(p->dims[1].implicit && integer_is(p->dims[1].range.lo, 0));
  ck_assert(p->dims[2].implicit && !p->dims[2].range.has_hi);
  ck_assert_uint_eq(problem_need_dim(p, "_b"), 2);
}
END_TEST

START_TEST(a_late_declaration_keeps_the_index) {
  dimsat_problem *p = dimsat_problem_new(cx, "late");
  ck_assert(dimsat_problem_add_derived(p, "a", "b", "2", "0"));
  ck_assert(p->dims[1].implicit);
  ck_assert(dimsat_problem_add_dim(p, "b", "2", "9"));
  ck_assert_uint_eq(p->dim_count, 2);
  ck_assert(!p->dims[1].implicit && integer_is(p->dims[1].range.hi, 9));
  ck_assert(problem_ok(p));
}
END_TEST

/* ---- Axes ---------------------------------------------------------------- */

static const struct {
  const char *text;
  axis_kind kind;
  int64_t scale, offset; /* offset: also the constant */
} axis_rows[] = {
    {"seq", AXIS_DIM, 1, 0},
    {"  seq ", AXIS_DIM, 1, 0},
    {"2*seq", AXIS_DIM, 2, 0},
    {"2*seq + 1", AXIS_DIM, 2, 1},
    {"1 + seq*2", AXIS_DIM, 2, 1},
    {"seq - 3", AXIS_DIM, 1, -3},
    {"3*(seq + 2) - seq", AXIS_DIM, 2, 6},
    {"7", AXIS_CONSTANT, 1, 7},
    {"3 + 4", AXIS_CONSTANT, 1, 7},
    {"0", AXIS_CONSTANT, 1, 0},
    {"auto", AXIS_AUTO, 1, 0},
    {"Dim.AUTO", AXIS_AUTO, 1, 0},
    {"DYNAMIC", AXIS_DYNAMIC, 1, 0},
    {"static", AXIS_STATIC, 1, 0},
    {"None", AXIS_STATIC, 1, 0},
};

START_TEST(axes_are_read) {
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  ck_assert(dimsat_problem_add_input(p, "x", &axis_rows[_i].text, NULL, 1));
  const axis *a = &p->inputs[0].axes[0];
  ck_assert_int_eq((int)a->kind, (int)axis_rows[_i].kind);
  ck_assert(integer_is(a->scale, axis_rows[_i].scale));
  ck_assert(integer_is(a->kind == AXIS_CONSTANT ? a->constant : a->offset,
                       axis_rows[_i].offset));
  ck_assert_str_eq(a->source, "x[0]");
  ck_assert(!a->has_example);
}
END_TEST

static const char *const bad_axes[] = {
    "32 - seq",
    "-2*seq",
    "a + b",
    "a*b",
    "a // 2",
    "a % 2",
    "-1",
    "a == 2",
    "x[0]",
    "2*",
    "",
    "a/2",
    "Max(a, 2)",
    "a**2",
    "()",
    "a b",
    "L['x'].size()[0]",
};

START_TEST(other_axes_are_refused) {
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  const char *shape[] = {"first", bad_axes[_i]};
  ck_assert_msg(!dimsat_problem_add_input(p, "x", shape, NULL, 2), "%s",
                bad_axes[_i]);
  ck_assert_int_ne((int)dimsat_last_error(cx)->status, DIMSAT_OK);
  ck_assert_str_ne(dimsat_last_error(cx)->text, "");
  ck_assert_uint_eq(p->input_count, 0);
  ck_assert_uint_eq(p->dim_count, 0);
  ck_assert(problem_ok(p));
  ck_assert(dimsat_problem_add_input(p, "x", shape, NULL, 1));
  ck_assert(problem_ok(p));
}
END_TEST

/* ---- Pieces ----------------------------------------------------------------
 */

START_TEST(the_example_of_the_header_works) {
  dimsat_problem *p = dimsat_problem_new(cx, "example");
  ck_assert(dimsat_problem_add_dim(p, "seq", "2", NULL));
  ck_assert(dimsat_problem_add_input(p, "x", (const char *[]){"seq"},
                                     (const char *[]){"8"}, 1));
  ck_assert(dimsat_problem_require(p, "x[0] % 4 == 0", "model.py:12"));
  ck_assert(dimsat_problem_validate(p));
  ck_assert_str_eq(dimsat_problem_name(p), "example");
  ck_assert_uint_eq(dimsat_problem_guard_count(p), 1);
  ck_assert_str_eq(dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS),
                   "name example\n"
                   "dim seq = 2..\n"
                   "input x: [seq] = [8]\n"
                   "guard x[0] % 4 == 0  # at model.py:12\n");
}
END_TEST

/* What adding a piece says when it is refused, or NULL. */
static const char *refusal(bool added) {
  return added ? NULL : dimsat_last_error(cx)->text;
}

#define REFUSED(call, part)                                                    \
  do {                                                                         \
    const char *said = refusal(call);                                          \
    ck_assert_msg(said &&strstr(said, part), "%s", said ? said : "accepted");  \
  } while (0)

/* One dim, one input, one symbol. */
static dimsat_problem *small_problem(void) {
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  ck_assert(dimsat_problem_add_dim(p, "a", "2", "8"));
  ck_assert(dimsat_problem_add_input(p, "x", (const char *[]){"a"}, NULL, 1));
  ck_assert(dimsat_problem_add_symbol(p, "s0", "x[0]", "4", "2", NULL));
  return p;
}

/* It is as it was. */
static void check_unharmed(dimsat_problem *p) {
  ck_assert_uint_eq(p->symbol_count, 1);
  ck_assert_uint_eq(p->dim_count, 1);
  ck_assert_uint_eq(p->input_count, 1);
  ck_assert_uint_eq(p->guard_count, 0);
  ck_assert(dimsat_problem_validate(p));
  ck_assert(problem_ok(p));
}

START_TEST(wrong_dims_are_refused) {
  dimsat_problem *p = small_problem();
  REFUSED(dimsat_problem_add_dim(p, "a", NULL, NULL), "defined twice");
  REFUSED(dimsat_problem_add_dim(p, "b", "5", "3"), "min 5 above max 3");
  REFUSED(dimsat_problem_add_dim(p, "b", "-1", NULL), "never negative");
  REFUSED(dimsat_problem_add_dim(p, "b", "2.0", NULL), "decimal digits");
  REFUSED(dimsat_problem_add_dim(p, "b", "", NULL), "decimal digits");
  REFUSED(dimsat_problem_add_dim(p, "b c", NULL, NULL), "cannot name a dim");
  REFUSED(dimsat_problem_add_dim(p, "2b", NULL, NULL), "cannot name a dim");
  REFUSED(dimsat_problem_add_dim(p, "", NULL, NULL), "cannot name a dim");
  REFUSED(dimsat_problem_add_dim(p, "and", NULL, NULL), "cannot name a dim");
  REFUSED(dimsat_problem_add_dim(p, "Static", NULL, NULL), "has a meaning");
  REFUSED(dimsat_problem_add_dim(p, NULL, NULL, NULL), "is missing");
  REFUSED(dimsat_problem_add_dim(p, "\xC3(", NULL, NULL), "not UTF-8");
  REFUSED(dimsat_problem_add_derived(p, "b", "a", "0", "1"), "must increase");
  REFUSED(dimsat_problem_add_derived(p, "b", "a", "-2", "1"), "must increase");
  REFUSED(dimsat_problem_add_derived(p, "b", "a c", "2", "1"), "cannot name");
  REFUSED(dimsat_problem_add_derived(p, "b", "a", NULL, "1"), "is missing");
  check_unharmed(p);
}
END_TEST

START_TEST(wrong_pieces_are_refused) {
  dimsat_problem *p = small_problem();
  const char *shape[] = {"a"}, *negative[] = {"-1"}, *none[] = {NULL};
  REFUSED(dimsat_problem_add_input(p, "x", shape, none, 1), "two inputs");
  REFUSED(dimsat_problem_add_input(p, "y z", shape, none, 1), "needs a source");
  REFUSED(dimsat_problem_add_input(p, "y", none, none, 1), "is missing");
  REFUSED(dimsat_problem_add_input(p, "y", shape, NULL, 2000), "limit");
  REFUSED(dimsat_problem_add_symbol(p, "s0", "x[0]", "5", "2", NULL),
          "given twice");
  REFUSED(dimsat_problem_add_symbol(p, "s1", "x[0]", "-5", "2", NULL),
          "negative hint");
  REFUSED(dimsat_problem_add_symbol(p, "s1", "x[0]", "5", "9", "8"),
          "min above max");
  REFUSED(dimsat_problem_require(p, "x[0] +", NULL), "expected");
  REFUSED(dimsat_problem_require(p, NULL, NULL), "is missing");
  ck_assert(dimsat_problem_add_symbol(p, "s0", "x[0]", "4", "2", NULL));
  check_unharmed(p);
  ck_assert(dimsat_problem_add_input(p, "y", shape, negative, 1));
  REFUSED(dimsat_problem_validate(p), "the example of y[0] is -1");
}
END_TEST

START_TEST(pieces_are_checked_together) {
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  const char *shape[] = {"a", "3"};
  ck_assert(dimsat_problem_add_input(p, "x", shape, NULL, 2));
  ck_assert(dimsat_problem_require(p, "x[1] > 2 and a > 1", NULL));
  ck_assert(dimsat_problem_validate(p));
  ck_assert(dimsat_problem_require(p, "x[2] > 2", NULL));
  REFUSED(dimsat_problem_validate(p),
          "guard 1 speaks of 'x[2]', but x has 2 axes: x[2] does not exist");
  p->guard_count = 1;
  ck_assert(dimsat_problem_add_symbol(p, "s99", "x[0]", NULL, NULL, NULL));
  ck_assert(dimsat_problem_require(p, "s99 > 2", NULL));
  ck_assert(dimsat_problem_require(p, "s9 > 2", NULL));
  REFUSED(dimsat_problem_validate(p),
          "guard 2 speaks of 's9', which is neither a symbol, an axis nor a "
          "dim; did you mean 's99'?");
  p->guard_count = 2;
  ck_assert(dimsat_problem_validate(p));
  ck_assert(dimsat_problem_add_symbol(p, "t", "y[0]", NULL, NULL, NULL));
  REFUSED(dimsat_problem_validate(p), "neither an axis nor a dim");
  p->symbol_count = 1;
  ck_assert(dimsat_problem_add_derived(p, "b", "c", "2", "0"));
  ck_assert(dimsat_problem_add_derived(p, "c", "d", "1", "1"));
  ck_assert(dimsat_problem_validate(p));
  ck_assert(dimsat_problem_add_derived(p, "d", "b", "3", "0"));
  REFUSED(dimsat_problem_validate(p), "in a circle: ");
}
END_TEST

/* Long names are shortened in messages, between characters. */
START_TEST(messages_stay_whole) {
  char name[4200] = "";
  for (int i = 0; i < 1000; i++)
    strcat(name, "\xE2\x82\xAC");
  dimsat_problem *p = dimsat_problem_new(cx, NULL);
  ck_assert(dimsat_problem_add_dim(p, "a", NULL, NULL));
  ck_assert(dimsat_problem_add_dim(p, name, NULL, NULL));
  REFUSED(dimsat_problem_add_dim(p, name, NULL, NULL),
          "\xE2\x82\xAC...' is defined twice");
  for (int i = 0; i < 400; i++)
    strcat(name, "\xE2\x82\xAC");
  REFUSED(dimsat_problem_add_dim(p, name, NULL, NULL), "the limit is 4096");
  ck_assert_int_eq((int)dimsat_last_error(cx)->status, DIMSAT_TOO_LARGE);
}
END_TEST

/* ---- Streams ---------------------------------------------------------------
 */

static const struct {
  const char *text;
  stream_form form;
  int count;        /* records */
  const char *last; /* the last one */
  uint32_t line;    /* and its line */
} stream_rows[] = {
    {"{\"a\": 1}", STREAM_OBJECT, 1, "{\"a\": 1}", 1},
    {"\n{\"a\":\n [1, {}]\n}\n\n", STREAM_OBJECT, 1,
     "\n{\"a\":\n [1, {}]\n}\n\n", 1},
    {"{\"a\": 1}\n{\"b\": 2}\n", STREAM_LINES, 2, "{\"b\": 2}", 2},
    {"{\"a\": 1}\r\n\r\n  {\"b\": 2}\r\n", STREAM_LINES, 2, "  {\"b\": 2}\r",
     3},
    {"\n\n{\"a\": 1}\nrubbish\n", STREAM_LINES, 2, "rubbish", 4},
    {"{\"a\": [1\n{\"b\": 2}", STREAM_LINES, 2, "{\"b\": 2}", 2},
    {"{\"a\": \"}\n{\"b\": 2}\n", STREAM_LINES, 2, "{\"b\": 2}", 2},
    {"{\"a\": }}\n{\"b\": 2}\n", STREAM_LINES, 2, "{\"b\": 2}", 2},
    {"{\"a\": \"}\\\"{\"}\n{\"b\": 2}", STREAM_LINES, 2, "{\"b\": 2}", 2},
    {"{\"a\": [\n{\"b\": 2},\n{\"c\": 3}\n]}", STREAM_OBJECT, 1,
     "{\"a\": [\n{\"b\": 2},\n{\"c\": 3}\n]}", 1},
    {"{\"a\": 1", STREAM_OBJECT, 1, "{\"a\": 1", 1},
    {"\xEF\xBB\xBF{\"a\": 1}", STREAM_OBJECT, 1, "{\"a\": 1}", 1},
    {"dim a\nguard a > 3\n", STREAM_DIMS, 1, "dim a\nguard a > 3\n", 1},
    {"", STREAM_DIMS, 1, "", 1},
    {" \n\t\n", STREAM_DIMS, 1, " \n\t\n", 1},
};

START_TEST(texts_are_cut_into_records) {
  stream s;
  stream_record r = {0}, last = {0};
  int count = 0;
  stream_init(&s, stream_rows[_i].text, strlen(stream_rows[_i].text));
  ck_assert_int_eq((int)s.form, (int)stream_rows[_i].form);
  for (; stream_next(&s, &r); count++)
    last = r;
  ck_assert_int_eq(count, stream_rows[_i].count);
  ck_assert_uint_eq(last.length, strlen(stream_rows[_i].last));
  ck_assert_int_eq(memcmp(last.text, stream_rows[_i].last, last.length), 0);
  ck_assert_uint_eq(last.line, stream_rows[_i].line);
  ck_assert(!stream_next(&s, &r));
}
END_TEST

START_TEST(lines_can_be_demanded) {
  static const char text[] = "dim a\n\n{\"a\": 1}";
  stream s;
  stream_record r;
  stream_init_lines(&s, text, strlen(text));
  ck_assert(stream_next(&s, &r) && r.length == 5 && r.line == 1);
  ck_assert(stream_next(&s, &r) && r.length == 8 && r.line == 3);
  ck_assert(!stream_next(&s, &r));
  ck_assert_int_eq((int)stream_format(&s), DIMSAT_FORMAT_JSON);
}
END_TEST

/* All tests of this file. */
Suite *suite_problem(void) {
  Suite *suite = suite_create("problem");
  TCase *tc = tcase_create("all");
  tcase_add_checked_fixture(tc, open_context, close_context);
  tcase_add_loop_test(tc, names_have_meanings, 0, ROWS(name_rows));
  tcase_add_test(tc, many_names_are_found);
  tcase_add_test(tc, derived_dims_are_flattened);
  tcase_add_test(tc, undeclared_roots_are_implicit);
  tcase_add_test(tc, a_late_declaration_keeps_the_index);
  tcase_add_loop_test(tc, axes_are_read, 0, ROWS(axis_rows));
  tcase_add_loop_test(tc, other_axes_are_refused, 0, ROWS(bad_axes));
  tcase_add_test(tc, the_example_of_the_header_works);
  tcase_add_test(tc, wrong_dims_are_refused);
  tcase_add_test(tc, wrong_pieces_are_refused);
  tcase_add_test(tc, pieces_are_checked_together);
  tcase_add_test(tc, messages_stay_whole);
  tcase_add_loop_test(tc, texts_are_cut_into_records, 0, ROWS(stream_rows));
  tcase_add_test(tc, lines_can_be_demanded);
  suite_add_tcase(suite, tc);
  return suite;
}
