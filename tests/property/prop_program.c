/*
 * One meaning, three ways: `dimsat_eval`, the program for one assignment and
 * the program for many, by each vector unit of this processor, must accept the
 * same sizes, of random problems with random guards, at sizes of every
 * magnitude.
 */
#include "dimsat/dimsat.h"
#include "lib/program/program.h"
#include "tests/property/guard_grow.h"
#include "tests/unit/suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PARTS 20
#define PROBLEMS 30 /* a part */
#define POINTS 300  /* a problem: more than a tile, which may be narrow */
#define SIZES 6
#define TEXT 20000

/* What an axis or a dim may be; the guards speak of all. */
static const char *const specs[] = {
    "dim a\ndim b = 2..\ninput x: [a, b, auto]\ninput y: [a, b, auto]\n",
    "dim a = 1..64\ndim b = 2*a + 1\ninput x: [a, b, 3]\n"
    "input y: [b, auto, auto]\n",
    "dim a = 0..40\ninput x: [3*a + 2, auto, 2*a]\n"
    "input y: [auto, dynamic, static] = [2, 3, 4]\n",
    "dim a = 1..4611686018427387904\ndim b\n"
    "input x: [a, b, 4611686018427387904*b]\ninput y: [a, auto, auto]\n",
    "input x: [auto, auto, auto]\ninput y: [auto, auto, auto]\n",
    "input x: [auto, auto, auto] = [4, 5, 6] traced [s0, s1, 6]\n"
    "input y: [auto, auto, auto] = [4, 5, 6] traced [s0, s2, s3]\n",
    "dim a\ndim b = 3..\ndim c = 2*a - 3\ndim d\ndim e = 0..9\ndim f\n",
};

#define SPECS (sizeof specs / sizeof *specs)

static const char *const axes[] = {"x[0]", "x[1]", "x[2]",
                                   "y[0]", "y[1]", "y[2]"};
static const char *const dims[] = {"a", "b", "c", "d", "e", "f"};

static dimsat_context *cx;
static random_source *r;

/* Whether the spec at `index` has no inputs. */
static bool has_inputs(size_t index) {
  return index + 1 < SPECS;
}

/* Forms that guard_grow does not know: floats, bits, powers, functions. */
static const char *grow_special(const char *a, const char *b, char *text,
                                size_t length) {
  static const char *const form[] = {
      "math.ceil(IntTrueDiv(%s, 3)) <= %s + 2",
      "FloorToInt(IntTrueDiv(%s, 2)) != %s",
      "TruncToInt(ToFloat(%s) * 0.5) <= %s or True",
      "(%s & 12) != (%s | 1)",
      "(%s ^ 5) >= %s - 9",
      "2**Min(%s, 70) != %s",
      "Max(%s, 5)**3 > %s",
      "math.sqrt(%s) == 3 or %s > 0",
      "%s*%s < 9223372036854775808",
      "%s < 18446744073709551616 + %s",
      "2*%s + 9223372036854775807 > %s",
      "Mod(%s, 4611686018427387904) != %s + 1",
      "%s // 7 <= %s // 3 + 5",
      "ToFloat(%s) <= 9007199254740991 and %s >= 0",
      "(%s == 3) == (math.sqrt(%s) == 3)",
      "7 %% int(math.sqrt(%s)) == 1 or %s > 2",
      "(%s if math.sqrt(%s) > 2 else 5) != 4",
      "%s * 2**200 + %s != 3**150",
      "True or %s // %s == 1",
      "%s %% 7 != 3 or %s > 4",
  };
  snprintf(text, length, form[random_below(r, sizeof form / sizeof *form)], a,
           b);
  return text;
}

/* A random problem. */
static dimsat_problem *grow_problem(guard_grower *g, size_t spec) {
  static char text[TEXT];
  char special[200];
  size_t length = (size_t)snprintf(text, sizeof text, "%s", specs[spec]);
  const size_t guards = 1 + random_below(r, 3);
  for (size_t i = 0; i < guards; i++) {
    const char *const a = g->name[random_below(r, g->name_count)];
    const char *const b = g->name[random_below(r, g->name_count)];
    const char *const said = random_below(r, 3) == 0
                                 ? grow_special(a, b, special, sizeof special)
                                 : grow_guard(g, 1 + (unsigned)i % 3);
    length += (size_t)snprintf(text + length, sizeof text - length,
                               "guard %s\n", said);
    ck_assert_uint_lt(length, sizeof text);
  }
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, length, DIMSAT_FORMAT_DIMS, true);
  ck_assert_msg(p != NULL, "%s\n%s", text, dimsat_last_error(cx)->text);
  return p;
}

/* A size: small, near a power of two, or anything. */
static int64_t grow_size(void) {
  const int64_t edge[] = {INT64_MIN, INT64_MAX, -1, 0, 1, INT64_C(1) << 62};
  const uint64_t dice = random_below(r, 40);
  if (dice < 28)
    return random_range(r, 0, 9);
  if (dice < 34)
    return random_range(r, 0, 200);
  if (dice < 35)
    return edge[random_below(r, 6)];
  if (dice < 39) {
    const int64_t power = INT64_C(1) << random_range(r, 29, 62);
    return power + random_range(r, -2, 2);
  }
  return (int64_t)random_word(r);
}

/* Sizes of one assignment, often such that the promises hold. */
static void grow_sizes(size_t spec, int64_t *at) {
  for (size_t i = 0; i < SIZES; i++)
    at[i] = grow_size();
  if (random_below(r, 8) == 0)
    return;
  const int64_t a = at[0], b = at[1];
  const uint64_t twice = 2 * (uint64_t)a;
  if (spec == 0 || spec == 3)
    at[3] = a;
  if (spec == 0)
    at[4] = b;
  if (spec == 1) {
    at[1] = at[3] = (int64_t)(twice + 1);
    at[2] = 3;
  }
  if (spec == 2) {
    at[0] = (int64_t)(twice + (uint64_t)a + 2);
    at[2] = (int64_t)twice;
    at[5] = 4;
  }
  if (spec == 3)
    at[2] = (int64_t)((uint64_t)b << 62);
  if (spec == 5) {
    at[2] = 6;
    at[3] = a;
  }
  if (spec == 6)
    at[2] = (int64_t)(twice - 3);
}

/* Whether `dimsat_eval` accepts the sizes. */
static bool eval_accepts(dimsat_problem *p, const dimsat_program *g,
                         const int64_t *at) {
  char text[SIZES][24];
  const char *name[SIZES], *size[SIZES];
  for (size_t i = 0; i < SIZES; i++) {
    snprintf(text[i], sizeof text[i], "%" PRId64, at[i]);
    name[i] = dimsat_program_size_name(g, i);
    size[i] = text[i];
  }
  const int refusals = dimsat_eval(p, name, size, SIZES, NULL);
  ck_assert_int_ge(refusals, 0);
  return refusals == 0;
}

/* The sizes once more for each vector unit: all must accept the same. */
static void try_units(dimsat_program *g, const int64_t *const *columns,
                      bool *accepted) {
  bool again[POINTS];
  ck_assert(dimsat_program_run_many(g, columns, POINTS, accepted));
  for (int kind = 0; kind < TILE_KINDS; kind++) {
    g->loops = tile_loops_for(kind);
    if (g->loops == NULL)
      continue;
    ck_assert(dimsat_program_run_many(g, columns, POINTS, again));
    ck_assert_msg(memcmp(again, accepted, sizeof again) == 0, "unit %d", kind);
  }
}

/* One problem at many sizes, all three ways. */
static size_t try_problem(dimsat_problem *p, size_t spec) {
  static int64_t column[SIZES][POINTS];
  const int64_t *columns[SIZES];
  bool accepted[POINTS];
  size_t accepts = 0;
  const bool narrow = random_below(r, 2) == 0;
  dimsat_program *const g = dimsat_program_compile(
      p, &(dimsat_options){.no_z3 = random_below(r, 4) != 0});
  ck_assert_msg(g != NULL, "%s", dimsat_last_error(cx)->text);
  ck_assert_uint_eq(dimsat_program_size_count(g), SIZES);
  for (size_t i = 0; i < SIZES; i++)
    columns[i] = column[i];
  for (size_t k = 0; k < POINTS; k++) {
    int64_t at[SIZES];
    grow_sizes(spec, at);
    for (size_t i = 0; i < SIZES; i++)
      column[i][k] = narrow && k < 256 ? at[i] & 255 : at[i];
  }
  try_units(g, columns, accepted);
  for (size_t k = 0; k < POINTS; k++) {
    int64_t at[SIZES];
    for (size_t i = 0; i < SIZES; i++)
      at[i] = column[i][k];
    const bool want = eval_accepts(p, g, at);
    const bool one = dimsat_program_run(g, at);
    accepts += want;
    ck_assert_msg(one == want && accepted[k] == want,
                  "%s\neval %d, one %d, many %d at %" PRId64 " %" PRId64
                  " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
                  dimsat_problem_write(cx, p, DIMSAT_FORMAT_DIMS), want, one,
                  accepted[k], at[0], at[1], at[2], at[3], at[4], at[5]);
  }
  return accepts;
}

START_TEST(test_three_ways) {
  random_source own = {.state = random_seed() + 1000 * (uint64_t)_i};
  size_t accepts = 0;
  r = &own;
  for (size_t i = 0; i < PROBLEMS; i++) {
    const size_t spec = (i + (size_t)_i) % SPECS;
    cx = dimsat_context_new();
    ck_assert_ptr_nonnull(cx);
    guard_grower g = {.random = {.state = random_word(r)},
                      .name = has_inputs(spec) ? axes : dims,
                      .name_count = SIZES,
                      .m = &cx->nodes};
    accepts += try_problem(grow_problem(&g, spec), spec);
    dimsat_context_free(cx);
  }
  ck_assert_uint_gt(accepts, POINTS * PROBLEMS / 20);
}
END_TEST

/* The suite. */
Suite *suite_prop_program(void) {
  Suite *const s = suite_create("prop_program");
  TCase *const c = tcase_create("agreement");
  tcase_set_timeout(c, 600);
  tcase_add_loop_test(c, test_three_ways, 0, PARTS);
  suite_add_tcase(s, c);
  return s;
}
