#include "lib/expr/context.h"
#include "solver/report.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

/* A number beyond 64 bits. */
static integer beyond(void) {
  integer a;
  ck_assert(integer_parse(&cx->nodes, "9223372036854775808", 19, &a));
  return a;
}

/* ---- PyTorch's form ------------------------------------------------------ */

static const struct {
  bool has_hi;
  int64_t lo, hi;
  const char *text;
} range_rows[] = {
    {false, 0, 0, "a = Dim('a')"},
    {false, 1, 0, "a = Dim('a', min=1)"},
    {false, 2, 0, "a = Dim('a', min=2)"},
    {true, 0, 511, "a = Dim('a', max=511)"},
    {true, 4, 511, "a = Dim('a', min=4, max=511)"},
};

START_TEST(ranges_are_spelled_for_pytorch) {
  interval range = interval_from(integer_of(range_rows[_i].lo));
  range.has_hi = range_rows[_i].has_hi;
  range.hi = integer_of(range_rows[_i].hi);
  const fix f = {.kind = FIX_RANGE, .dim = "a", .range = range};
  buffer out;
  buffer_init(&out, &cx->nodes);
  report_fix(&out, &f);
  ck_assert_str_eq(out.text, range_rows[_i].text);
}
END_TEST

static const struct {
  int64_t scale, offset;
  const char *text;
} derived_rows[] = {
    {1, 0, "a = b"},
    {1, 3, "a = b + 3"},
    {1, -1, "a = b - 1"},
    {4, 0, "a = 4*b"},
    {4, -5, "a = 4*b - 5"},
    {2, 1, "a = 2*b + 1"},
    {3, INT64_MIN, "a = 3*b - 9223372036854775808"},
};

START_TEST(derived_dims_are_spelled_for_pytorch) {
  const fix f = {.kind = FIX_DERIVED,
                 .dim = "a",
                 .root = "b",
                 .scale = integer_of(derived_rows[_i].scale),
                 .offset = integer_of(derived_rows[_i].offset)};
  buffer out;
  buffer_init(&out, &cx->nodes);
  report_fix(&out, &f);
  ck_assert_str_eq(out.text, derived_rows[_i].text);
}
END_TEST

/* ---- A whole result ------------------------------------------------------ */

/* A problem over `seq`, and a result on it that is filled by hand. */
static dimsat_result *make_result(fix *fixes, size_t count) {
  dimsat_problem *p = dimsat_problem_new(cx, "example");
  ck_assert(dimsat_problem_add_dim(p, "seq", "2", NULL));
  ck_assert(dimsat_problem_add_dim(p, "k", NULL, NULL));
  ck_assert(dimsat_problem_require(p, "seq % 4 == 0", "m.py:3 in forward"));
  dimsat_result *r = arena_zeroed(&cx->nodes, 1, sizeof *r);
  r->problem = p;
  r->verdict = DIMSAT_VERDICT_VIOLATED;
  r->suggested = true;
  r->proof = PROOF_PROVED;
  r->fixes = fixes;
  r->fix_count = count;
  return r;
}

/* The fixes of the tests below, in an order that no report may keep. */
static size_t make_fixes(fix *fixes) {
  fixes[0] = (fix){.kind = FIX_VALUE, .dim = "k", .value = beyond()};
  fixes[1] = (fix){.kind = FIX_DERIVED,
                   .dim = "seq",
                   .root = "_seq",
                   .scale = integer_of(4)};
  fixes[2] = (fix){.kind = FIX_RANGE,
                   .dim = "_seq",
                   .range = interval_from(integer_of(1)),
                   .new_root = true};
  return 3;
}

START_TEST(torch_block_puts_roots_before_what_follows_them) {
  fix fixes[3];
  dimsat_result *r = make_result(fixes, make_fixes(fixes));
  const char *text = dimsat_report_write(
      r, &(dimsat_report_options){.form = DIMSAT_REPORT_TORCH});
  ck_assert_str_eq(text, "Suggested fixes:\n"
                         "  _seq = Dim('_seq', min=1)\n"
                         "  seq = 4*_seq\n"
                         "  k = 9223372036854775808\n");
}
END_TEST

START_TEST(torch_block_is_empty_without_fixes) {
  const char *text = dimsat_report_write(
      make_result(NULL, 0),
      &(dimsat_report_options){.form = DIMSAT_REPORT_TORCH});
  ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(json_writes_large_integers_as_text) {
  fix fixes[3];
  dimsat_result *r = make_result(fixes, make_fixes(fixes));
  const char *text = dimsat_report_write(
      r, &(dimsat_report_options){.form = DIMSAT_REPORT_JSON});
  ck_assert_ptr_nonnull(
      strstr(text, "\"fixes\": [{\"dim\": \"k\", "
                   "\"value\": \"9223372036854775808\"}, "
                   "{\"dim\": \"seq\", \"root\": \"_seq\", "
                   "\"scale\": 4, \"offset\": 0}, "
                   "{\"dim\": \"_seq\", \"min\": 1, \"max\": null}], "
                   "\"proof\": \"proved\""));
}
END_TEST

START_TEST(text_aligns_the_repair) {
  fix fixes[3];
  dimsat_result *r = make_result(fixes, make_fixes(fixes));
  const char *text = dimsat_report_write(r, NULL);
  ck_assert_ptr_nonnull(strstr(
      text, "\nRepair, proved on the guard; no part of it can be widened:\n"
            "  k   = 9223372036854775808      was 0..\n"
            "  seq = 4*_seq, _seq >= 1        was 2..      "
            "3 of 4 sizes are given up\n"));
}
END_TEST

START_TEST(text_hides_control_characters) {
  dimsat_result *r = make_result(NULL, 0);
  r->problem->name = "\033[31mred\a";
  const char *text = dimsat_report_write(r, NULL);
  ck_assert_int_eq(strncmp(text, "?[31mred?: ", 11), 0);
}
END_TEST

START_TEST(json_replaces_what_is_no_utf8) {
  dimsat_result *r = make_result(NULL, 0);
  r->problem->name = "ex\xff";
  r->ranges = &(symbol_range){.symbol = "s\xc3", .range = interval_all()};
  r->range_count = 1;
  const char *text = dimsat_report_write(
      r, &(dimsat_report_options){.form = DIMSAT_REPORT_JSON});
  ck_assert_ptr_nonnull(strstr(text, "\"name\": \"ex?\""));
  ck_assert_ptr_nonnull(strstr(text, "\"s?\": [null, null]"));
}
END_TEST

START_TEST(text_tells_the_counters) {
  dimsat_result *r = make_result(NULL, 0);
  r->stats = (counters){.native = 12, .z3 = 3, .z3_contexts = 1, .steps = 4711};
  const char *text =
      dimsat_report_write(r, &(dimsat_report_options){.stats = true});
  ck_assert_ptr_nonnull(
      strstr(text, "\nStatistics: 12 questions decided natively, 3 by Z3 (1 "
                   "contexts), 4711 steps, 0.000000 s\n"));
  ck_assert_ptr_null(strstr(dimsat_report_write(r, NULL), "Statistics"));
}
END_TEST

START_TEST(accessors_tell_what_there_is) {
  fix fixes[3];
  dimsat_result *r = make_result(fixes, make_fixes(fixes));
  violation v = {.message = "seq must be a multiple of 4"};
  r->violations = &v;
  r->violation_count = 1;
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_VIOLATED);
  ck_assert_str_eq(dimsat_result_message(r, 0), v.message);
  ck_assert_ptr_null(dimsat_result_message(r, 1));
  ck_assert_uint_eq(dimsat_result_fix_count(r), 3);
  ck_assert_str_eq(dimsat_result_fix(r, 1), "seq = 4*_seq");
  ck_assert_ptr_null(dimsat_result_fix(r, 3));
  ck_assert(dimsat_result_proved(r));
}
END_TEST

/* ---- Source lines -------------------------------------------------------- */

static char folder[] = "/tmp/dimsat_report_XXXXXX";

/* Writes `text` to a file of the folder. */
static void write_file(const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

/* Removes a file of the folder. */
static void remove_file(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  remove(path);
}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG FIFTY FIFTY FIFTY "012345678" /* as much as is shown of a line */

static const struct {
  const char *at;
  uint32_t number;
  const char *line; /* NULL: not found */
} source_rows[] = {
    {"a.py:1 in forward", 1, "one"},
    {"a.py:2", 2, " two"},
    {"a.py:2:7 in f", 2, " two"},
    {"/elsewhere/model/a.py:3 in forward", 3, "three"},
    {"sub/b.py:1", 1, "b"},
    {"x/sub/b.py:1", 1, "b"},
    {"b.py:1", 0, NULL},
    {"a.py:4", 0, NULL},
    {"a.py:0", 0, NULL},
    {"a.py", 0, NULL},
    {"sub:1", 0, NULL},
    {":1", 0, NULL},
    {"a.py:1x", 0, NULL},
    {"a.py:1234567890", 0, NULL},
    {"C:a.py:2", 2, NULL},
    {"no:1/../a.py:2 in f", 2, " two"},
    {"a:b.py:1 in f", 1, "colon"},
    {"sub/b.py:2", 2, LONG},
    {"../root/../secret.py:1", 0, NULL},
    {"/etc/passwd:1", 0, NULL},
};

START_TEST(source_lines_are_found_below_the_root_only) {
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char path[256], root[256];
  snprintf(path, sizeof path, "%s/root/sub", folder);
  snprintf(root, sizeof root, "%s/root", folder);
  ck_assert_int_eq(mkdir(root, 0700) | mkdir(path, 0700), 0);
  write_file("secret.py", "secret\n");
  write_file("root/a.py", "one\n\ttwo\nthree");
  write_file("root/sub/b.py", "b\n" FIFTY FIFTY FIFTY FIFTY "\n");
  write_file("root/a:b.py", "colon\n");
  for (int i = 0; i < ROWS(source_rows); i++) {
    uint32_t number = 0;
    const char *line =
        source_line(&cx->nodes, root, source_rows[i].at, &number);
    ck_assert_pstr_eq(line, source_rows[i].line);
    if (line)
      ck_assert_uint_eq(number, source_rows[i].number);
  }
  uint32_t number;
  ck_assert_ptr_null(source_line(&cx->nodes, path + 1, "a.py:1", &number));
  ck_assert_ptr_null(source_line(&cx->nodes, NULL, "a.py:1", &number));
  ck_assert_ptr_null(source_line(&cx->nodes, root, NULL, &number));
  remove_file("root/a:b.py");
  remove_file("root/sub/b.py");
  remove_file("root/sub");
  remove_file("root/a.py");
  remove_file("root");
  remove_file("secret.py");
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* The reports. */
Suite *suite_report(void) {
  Suite *const s = suite_create("report");
  TCase *const c = tcase_create("report");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_add_loop_test(c, ranges_are_spelled_for_pytorch, 0, ROWS(range_rows));
  tcase_add_loop_test(c, derived_dims_are_spelled_for_pytorch, 0,
                      ROWS(derived_rows));
  tcase_add_test(c, torch_block_puts_roots_before_what_follows_them);
  tcase_add_test(c, torch_block_is_empty_without_fixes);
  tcase_add_test(c, json_writes_large_integers_as_text);
  tcase_add_test(c, text_aligns_the_repair);
  tcase_add_test(c, text_hides_control_characters);
  tcase_add_test(c, json_replaces_what_is_no_utf8);
  tcase_add_test(c, text_tells_the_counters);
  tcase_add_test(c, accessors_tell_what_there_is);
  tcase_add_test(c, source_lines_are_found_below_the_root_only);
  suite_add_tcase(s, c);
  return s;
}
