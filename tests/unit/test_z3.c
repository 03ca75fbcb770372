/*
 * The Z3 backend, on questions with known answers and on random questions
 * about small boxes, where enumeration says what is right.
 */
#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/parse.h"
#include "solver/z3_backend.h"
#include "solver/z3_load.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define SYMBOLS 4
#define CONDITIONS 6

static dimsat_context *cx;
static counters stats;

/* A new context. */
static void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
  stats = (counters){0};
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_context(void) {
  dimsat_context_free(cx);
}

/* ---- Questions from text --------------------------------------------------
 */

typedef struct {
  const expr *symbol[SYMBOLS];
  interval range[SYMBOLS];
  const expr *holds[CONDITIONS], *breaks[CONDITIONS];
  integer model[SYMBOLS];
  z3_question q;
} question;

/* The bound that `text` begins with, if there is one. */
static bool read_bound(const char **text, integer *out) {
  const size_t length = strspn(*text, "-0123456789");
  const bool found =
      length != 0 && integer_parse(&cx->work, *text, length, out);
  *text += length;
  return found;
}

/* "x 2..100, y 0.." */
static void read_symbols(question *s, const char *text) {
  while (*text != '\0') {
    const size_t length = strcspn(text, " ");
    const char *const name = arena_copy_text(&cx->work, text, length);
    interval *const r = &s->range[s->q.count];
    s->symbol[s->q.count++] = build_symbol(cx, name);
    text += length + 1;
    *r = interval_all();
    r->has_lo = read_bound(&text, &r->lo);
    ck_assert_int_eq(strncmp(text, "..", 2), 0);
    text += 2;
    r->has_hi = read_bound(&text, &r->hi);
    text += strspn(text, ", ");
  }
}

/* "x == y; x % 4 == 0" */
static size_t read_conditions(const expr **out, const char *text) {
  size_t count = 0;
  while (*text != '\0') {
    const size_t length = strcspn(text, ";");
    const expr *const e = parse_expression(cx, text, length);
    out[count++] = build_as_truth(cx, e);
    text += length + strspn(text + length, "; ");
  }
  return count;
}

/* Points the question at its own arrays. */
static void link_question(question *s) {
  s->q.symbol = s->symbol;
  s->q.range = s->range;
  s->q.holds = s->holds;
  s->q.breaks = s->breaks;
}

/* Puts the question to Z3 with the default budget. */
static z3_verdict ask(question *s, const char **why) {
  budget b;
  budget_init(&b, &cx->fault, NULL, 0);
  link_question(s);
  return z3_find(cx, &cx->work, &b, &stats, &s->q, 1, s->model, why);
}

/* ---- Known answers --------------------------------------------------------
 */

#define HUGE "100000000000000000000000000000"

static const struct {
  const char *symbols;
  size_t quantified;
  const char *holds, *breaks;
  z3_verdict verdict;
} rows[] = {
    /* plain */
    {"x 2..", 0, "", "x >= 2", Z3_NONE},
    {"x 2..", 0, "", "x >= 3", Z3_FOUND},
    {"x 2..", 0, "x > 7", "", Z3_FOUND},
    {"x 2..6", 0, "x > 7", "", Z3_NONE},
    {"x 5..4", 0, "", "", Z3_NONE},
    {"x ..", 0, "", "", Z3_FOUND},
    {"x 2.., y 2..", 0, "x == 2*y + 1", "x % 2 == 1", Z3_NONE},
    {"x 2.., y 2..", 0, "x == 2*y + 1", "x % 4 == 1", Z3_FOUND},
    {"x 2..", 0, "x % 4 == 0; x % 6 == 0", "x % 12 == 0", Z3_NONE},
    {"x 2..", 0, "x % 4 == 0", "x // 4 * 4 == x", Z3_NONE},
    {"x ..", 0, "", "x*x >= 0", Z3_NONE},
    {"x 0..40, y 0..40", 0, "", "x*y <= 1599", Z3_FOUND},
    {"x 0..40, y 0..40", 0, "", "x*y <= 1600", Z3_NONE},
    {"x 0..", 0, "", "min(x, 5) <= 5; max(x, 5) >= 5", Z3_NONE},
    {"x 0..", 0, "", "x <= 4 or x >= 6", Z3_FOUND},
    /* negative operands and divisors */
    {"x -50..50", 0, "", "x // 4 * 4 + x % 4 == x", Z3_NONE},
    {"x -50..50", 0, "", "x // -4 * -4 + x % -4 == x", Z3_NONE},
    {"x ..", 0, "", "x % -4 <= 0; x % -4 > -4", Z3_NONE},
    {"x ..", 0, "", "x % -4 >= 0", Z3_FOUND},
    {"x ..", 0, "x == -7", "x // 2 == -4; x % 2 == 1", Z3_NONE},
    {"x ..", 0, "x == 7", "x // -2 == -4; x % -2 == -1", Z3_NONE},
    {"x -9..9, y -5..-1", 0, "", "x % y <= 0; x % y > y", Z3_NONE},
    {"x -9..9, y -5..-1", 0, "", "x // y * y + x % y == x", Z3_NONE},
    {"x -9..9, y 1..5", 0, "", "x % y >= 0; x % y < y", Z3_NONE},
    {"x -4..4, y -4..4", 0, "y != 0", "x // y * y + x % y == x", Z3_NONE},
    /* divisors that can be 0 */
    {"x 0..9, y 0..9", 0, "", "x // y <= 9", Z3_FOUND},
    {"x 0..9, y 1..9", 0, "", "x // y <= 9", Z3_NONE},
    {"x 0..9, y 0..9", 0, "x // y == x // y", "y > 0", Z3_NONE},
    {"x 0..9", 0, "x // (x - 4) >= 0", "x != 4", Z3_NONE},
    {"x 0..9", 0, "", "x >= 0 or 1 % (x - 4) == 0", Z3_FOUND},
    {"x 0..9", 0, "", "(1 if x >= 0 else 1 // (x - 3)) == 1", Z3_FOUND},
    {"x 0..9", 0, "", "x // 0 == x // 0", Z3_FOUND},
    {"x 0..9", 0, "x % 0 == 0", "", Z3_NONE},
    /* powers */
    {"x 0..9", 0, "", "2**x <= 512", Z3_NONE},
    {"x 0..9", 0, "", "2**x < 512", Z3_FOUND},
    {"x -9..9", 0, "", "2**x >= 0", Z3_FOUND},
    {"x 0..", 0, "", "2**x != 1048576", Z3_FOUND},
    {"x 0..", 0, "", "2**x >= 1", Z3_GAVE_UP},
    {"x 0..5, y 0..3", 0, "", "x**y <= 125", Z3_NONE},
    {"x 0..5, y 0..3", 0, "", "x**y <= 124", Z3_FOUND},
    {"x -3..3", 0, "", "x**4 <= 81; x**3 >= -27", Z3_NONE},
    {"x 90..95", 0, "", "2**x >= 1237940039285380274899124224", Z3_NONE},
    /* bits */
    {"x ..", 0, "", "(x & 7) == x % 8", Z3_NONE},
    {"x ..", 0, "", "(x & 12) == x % 16 - x % 4", Z3_NONE},
    {"x ..", 0, "", "(x & -8) == x - x % 8", Z3_NONE},
    {"x ..", 0, "", "(x | 1) >= x", Z3_NONE},
    {"x 0..99", 0, "", "(x ^ 5) != 77", Z3_FOUND},
    {"x 0..15, y 0..15", 0, "", "(x & y) <= x; (x | y) >= y", Z3_NONE},
    {"x 0..15, y 0..15", 0, "(x ^ y) == 9; x == 12", "y == 5", Z3_NONE},
    {"x -4..3, y -4..3", 0, "x < 0; y < 0", "(x & y) < 0", Z3_NONE},
    {"x 0.., y 0..", 0, "", "(x & y) <= x", Z3_GAVE_UP},
    /* floats */
    {"x 0..1000", 0, "", "TruncToInt(ToFloat(x)) == x", Z3_NONE},
    {"x 0..", 0, "", "ToFloat(x) >= 3", Z3_FOUND},
    {"x 0..", 0, "", "ToFloat(x) >= 0", Z3_GAVE_UP},
    {"x 0..", 0, "x < 9007199254740992", "ToFloat(x) >= 0", Z3_NONE},
    /* functions without meaning */
    {"x 0..9", 0, "", "IsNonOverlappingAndDenseIndicator(x) > 2; x <= 8",
     Z3_FOUND},
    {"x 0..9", 0, "", "IsNonOverlappingAndDenseIndicator(x) > 2; x <= 9",
     Z3_GAVE_UP},
    {"x 0..9", 0,
     "IsNonOverlappingAndDenseIndicator(x) == "
     "IsNonOverlappingAndDenseIndicator(x); x > 9",
     "", Z3_NONE},
    {"x 0..9", 0, "IsNonOverlappingAndDenseIndicator(x) == 3", "", Z3_GAVE_UP},
    /* large numbers */
    {"x 0.." HUGE, 0, "", "x <= " HUGE, Z3_NONE},
    {"x 0.." HUGE, 0, "", "x < " HUGE, Z3_FOUND},
    {"x -" HUGE "..", 0, "", "x // 3 >= -" HUGE, Z3_NONE},
    {"x 0..", 0, "x % " HUGE " == 5", "x <= 5", Z3_FOUND},
    /* quantified */
    {"x 2..100, q 2..", 1, "", "x == 4*q", Z3_FOUND},
    {"x 4..100, q 1..", 1, "x % 4 == 0", "x == 4*q", Z3_NONE},
    {"x 4..100, q 1..9", 1, "x % 4 == 0", "x == 4*q", Z3_FOUND},
    {"x 2.., q 0..", 1, "", "q == x", Z3_NONE},
    {"x 2.., q 0..", 1, "", "q == x; q % 2 == 0", Z3_FOUND},
    {"x 2.., q 3..", 1, "q % 2 == 0", "x != q", Z3_NONE},
    {"x 2.., q 3..3", 1, "q % 2 == 0", "x != q", Z3_FOUND},
    {"x 2..9, q 0..9", 1, "", "x // q == 1", Z3_NONE},
    {"x 2.., y 2.., q 0..", 1, "", "q == x*y", Z3_NONE},
    {"x 2..9, q ..", 1, "", "x + q == 0; q > 0", Z3_FOUND},
    {"x 2.., q 0.., r 0..", 2, "", "x == 3*q + r; r < 3", Z3_NONE},
    {"x 2.., q 0.., r 0..", 2, "", "x == 3*q + r; r < 2", Z3_FOUND},
    {"x 2..9, q 5..4", 1, "", "x == x", Z3_FOUND},
    {"x 2..9, q 5..9", 1, "x > 3", "", Z3_FOUND}};

START_TEST(row_has_its_answer) {
  question s = {0};
  const char *why = NULL;
  read_symbols(&s, rows[_i].symbols);
  s.q.quantified = rows[_i].quantified;
  s.q.holds_count = read_conditions(s.holds, rows[_i].holds);
  s.q.breaks_count = read_conditions(s.breaks, rows[_i].breaks);
  const z3_verdict verdict = ask(&s, &why);
  ck_assert_msg(verdict == rows[_i].verdict, "row %d, %s / %s: %d (%s)", _i,
                rows[_i].holds, rows[_i].breaks, (int)verdict, why ? why : "");
  ck_assert_int_eq(verdict == Z3_GAVE_UP, why != NULL);
  ck_assert_uint_eq(stats.z3, 1);
  ck_assert_uint_eq(stats.z3_contexts, 1);
}
END_TEST

/* ---- Random questions -----------------------------------------------------
 */

#define LOW (-2)
#define HIGH 4
#define BOX (HIGH - LOW + 1)
#define QUESTIONS 400
#define PARTS 10

static const expr *random_condition(random_source *r, unsigned depth);

/* A number over the symbols x, y and z. */
static const expr *random_number(random_source *r, unsigned depth) {
  static const char *const names[] = {"x", "y", "z"};
  if (depth == 0 || random_below(r, 8) == 0)
    return random_below(r, 3) != 0 ? build_symbol(cx, names[random_below(r, 3)])
                                   : build_small(cx, random_range(r, -5, 9));
  const expr *const arg[] = {random_number(r, depth - 1),
                             random_number(r, depth - 1)};
  const expr *const k = build_small(cx, random_range(r, -6, 6));
  const expr *const b = random_below(r, 2) != 0 ? k : arg[1];
  switch (random_below(r, 14)) {
  case 0:
    return build_mul(cx, arg[0], b);
  case 1:
  case 2:
    return build_floordiv(cx, arg[0], b);
  case 3:
  case 4:
    return build_mod(cx, arg[0], b);
  case 5:
    return build_min(cx, arg, 2);
  case 6:
    return build_max(cx, arg, 2);
  case 7:
    return build_ite(cx, random_condition(r, depth - 1), arg[0], arg[1]);
  case 8:
    return build_bitwise(cx, OP_BITAND, arg[0], b);
  case 9:
    return build_bitwise(cx, OP_BITXOR, arg[0], b);
  case 10:
    return build_bitwise(cx, OP_BITOR, arg[0], b);
  case 11:
    return build_pow(cx, arg[0], build_small(cx, random_range(r, 0, 3)));
  case 12:
    return build_sub(cx, arg[0], b);
  default:
    return build_add(cx, arg[0], build_mul(cx, k, arg[1]));
  }
}

/* A condition over the symbols x, y and z. */
static const expr *random_condition(random_source *r, unsigned depth) {
  if (depth > 1 && random_below(r, 3) == 0) {
    const expr *const arg[] = {random_condition(r, depth - 1),
                               random_condition(r, depth - 1)};
    if (random_below(r, 3) == 0)
      return build_not(cx, arg[0]);
    return random_below(r, 2) != 0 ? build_and(cx, arg, 2)
                                   : build_or(cx, arg, 2);
  }
  const expr *const a = random_number(r, depth);
  const expr *const b = random_number(r, depth / 2);
  switch (random_below(r, 4)) {
  case 0:
    return build_eq(cx, a, b);
  case 1:
    return build_ne(cx, a, b);
  default:
    return build_le(cx, a, b);
  }
}

/* The truth of a condition: 1, 0, or -1 where it is not known. */
static int truth_at(const question *s, const expr *e, const integer *at) {
  const assignment a = {.symbol = s->symbol, .value = at, .count = s->q.count};
  const value v = evaluate(cx, e, &a);
  if (v.kind == VALUE_UNDECIDED)
    return -1;
  return v.kind == VALUE_TRUTH && v.truth;
}

/* The conjunction of conditions, three-valued. */
static int all_at(const question *s, const expr *const *e, size_t count,
                  const integer *at) {
  int truth = 1;
  for (size_t i = 0; i < count; i++) {
    const int next = truth_at(s, e[i], at);
    if (next == 0)
      return 0;
    if (next < 0)
      truth = -1;
  }
  return truth;
}

/* Whether the sizes of the box from symbol `from` on answer the question: all
 * choices of the quantified symbols must, some of the others.  The conditions
 * have no undecided points. */
static bool answers(const question *s, integer *at, size_t from) {
  const z3_question *const q = &s->q;
  if (from >= q->count || from >= SYMBOLS) {
    const bool holds = all_at(s, q->holds, q->holds_count, at) == 1;
    return holds && (q->breaks_count == 0 ||
                     all_at(s, q->breaks, q->breaks_count, at) == 0);
  }
  const bool universal = from >= q->count - q->quantified;
  for (int64_t x = LOW; x <= HIGH; x++) {
    at[from] = integer_of(x);
    if (interval_has(s->range[from], at[from]) &&
        answers(s, at, from + 1) != universal)
      return !universal;
  }
  return universal;
}

/* A box, and conditions that speak of the chosen symbols where they hold. */
static void make_question(question *s, random_source *r, size_t quantified) {
  static const char *const names[] = {"x", "y", "z"};
  for (size_t i = 0; i < 3; i++) {
    const int64_t lo = random_range(r, LOW, HIGH);
    s->symbol[i] = build_symbol(cx, names[i]);
    s->range[i] =
        interval_of(integer_of(lo), integer_of(random_range(r, lo, HIGH)));
  }
  s->q.count = 3;
  s->q.quantified = quantified;
  if (quantified == 0)
    for (size_t i = random_below(r, 3); i-- > 0;)
      s->holds[s->q.holds_count++] = random_condition(r, 2);
  for (size_t i = 1 + random_below(r, 2); i-- > 0;)
    s->breaks[s->q.breaks_count++] = random_condition(r, 3);
  link_question(s);
}

/* What the question says, for a message. */
static const char *text_of(const question *s) {
  const char *text = "";
  for (size_t i = 0; i < s->q.holds_count; i++)
    text = arena_format(&cx->work, "%s holds %s;", text,
                        dimsat_print(cx, s->holds[i], DIMSAT_PYTHON));
  for (size_t i = 0; i < s->q.breaks_count; i++)
    text = arena_format(&cx->work, "%s breaks %s;", text,
                        dimsat_print(cx, s->breaks[i], DIMSAT_PYTHON));
  for (size_t i = 0; i < s->q.count; i++)
    text = arena_format(&cx->work, "%s %s %ld..%ld", text, s->symbol[i]->name,
                        (long)s->range[i].lo.small, (long)s->range[i].hi.small);
  return text;
}

/* One random question against enumeration; true when Z3 decided. */
static bool compare(random_source *r, size_t quantified) {
  question s = {0};
  integer at[SYMBOLS];
  const char *why = NULL;
  make_question(&s, r, quantified);
  const bool expected = answers(&s, at, 0);
  const z3_verdict verdict = ask(&s, &why);
  if (verdict == Z3_GAVE_UP)
    return false;
  ck_assert_msg((verdict == Z3_FOUND) == expected, "%s: %d, not %d",
                text_of(&s), verdict == Z3_FOUND, expected);
  if (verdict == Z3_FOUND) {
    memcpy(at, s.model, sizeof at);
    for (size_t i = 0; i < 3 - quantified; i++)
      ck_assert(interval_has(s.range[i], at[i]));
    ck_assert_msg(answers(&s, at, 3 - quantified), "%s: no witness",
                  text_of(&s));
  }
  return true;
}

/* A part of all random questions, so that parts run one by one. */
static void compare_part(int part, size_t quantified) {
  random_source r = random_start();
  r.state += (uint64_t)part * 1000003 + quantified;
  int undecided = 0;
  for (int i = 0; i < QUESTIONS / PARTS; i++)
    undecided += !compare(&r, quantified);
  ck_assert_msg(undecided <= QUESTIONS / PARTS / 8, "%d undecided", undecided);
}

START_TEST(random_questions_agree_with_enumeration) {
  compare_part(_i, 0);
}
END_TEST

START_TEST(random_quantified_questions_agree) {
  compare_part(_i, 1);
}
END_TEST

/* ---- Limits ---------------------------------------------------------------
 */

/* A question that Z3 works on for long. */
static void make_hard(question *s) {
  read_symbols(s, "x 2.., y 2.., z 2..");
  s->q.holds_count = read_conditions(s->holds, "x**3 + y**3 == z**3 + 1;"
                                               "x*y*z % 1009 == 17; x > y + 9;"
                                               "(x*z) % (y*y + 1) == 5");
  link_question(s);
}

typedef struct {
  question *s;
  budget *b;
  z3_verdict verdict;
  const char *why;
} attempt;

/* Asks within a door. */
static void run_attempt(void *data) {
  attempt *const a = data;
  a->verdict =
      z3_find(cx, &cx->work, a->b, &stats, &a->s->q, 1, a->s->model, &a->why);
}

START_TEST(a_small_budget_ends_the_question) {
  question s = {0};
  budget b;
  make_hard(&s);
  budget_init(&b, &cx->fault, &(dimsat_budget){.steps = 5000}, 0);
  attempt a = {.s = &s, .b = &b};
  ck_assert_int_eq(fault_try(&cx->fault, run_attempt, &a),
                   DIMSAT_OUT_OF_BUDGET);
  ck_assert_uint_lt(b.spent, 200000);
  s = (question){0};
  read_symbols(&s, "x 2..");
  s.q.breaks_count = read_conditions(s.breaks, "x >= 2");
  ck_assert_int_eq(ask(&s, NULL), Z3_NONE);
}
END_TEST

START_TEST(a_cancel_flag_ends_the_question) {
  question s = {0};
  budget b;
  const volatile bool cancel = true;
  make_hard(&s);
  budget_init(&b, &cx->fault, &(dimsat_budget){.cancel = &cancel}, 0);
  attempt a = {.s = &s, .b = &b};
  ck_assert_int_eq(fault_try(&cx->fault, run_attempt, &a), DIMSAT_CANCELLED);
}
END_TEST

START_TEST(a_deadline_ends_the_question) {
  question s = {0};
  budget b;
  make_hard(&s);
  budget_init(&b, &cx->fault, &(dimsat_budget){.seconds = 0.003}, 0);
  attempt a = {.s = &s, .b = &b};
  ck_assert_int_eq(fault_try(&cx->fault, run_attempt, &a),
                   DIMSAT_OUT_OF_BUDGET);
}
END_TEST

START_TEST(equal_questions_cost_equal_steps) {
  uint64_t spent[2];
  for (int i = 0; i < 2; i++) {
    question s = {0};
    budget b;
    budget_init(&b, &cx->fault, NULL, 0);
    read_symbols(&s, "x 2..99, y 2..99");
    s.q.breaks_count = read_conditions(s.breaks, "x*y % 7 != 3; x // y < 40");
    link_question(&s);
    ck_assert_int_eq(z3_find(cx, &cx->work, &b, &stats, &s.q, 1, s.model, NULL),
                     Z3_FOUND);
    spent[i] = b.spent;
    close_context();
    open_context();
  }
  ck_assert_uint_eq(spent[0], spent[1]);
}
END_TEST

START_TEST(many_questions_use_few_contexts) {
  for (int i = 0; i < 2100; i++) {
    question s = {0};
    read_symbols(&s, "x 2..");
    s.q.breaks_count = read_conditions(s.breaks, "x % 4 != 1");
    ck_assert_int_eq(ask(&s, NULL), Z3_FOUND);
    ck_assert(integer_is(integer_mod(&cx->work, s.model[0], integer_of(4)), 1));
  }
  ck_assert_uint_eq(stats.z3_contexts, 3);
  ck_assert_uint_eq(stats.z3, 2100);
}
END_TEST

/* ---- Loading --------------------------------------------------------------
 */

START_TEST(what_is_no_z3_says_why) {
  static const struct {
    const char *name, *reason;
  } libraries[] = {
      {"libno-such-z3.so", "Z3 could not be loaded: libno-such-z3.so: "},
      {"libc.so.6", "Z3 could not be loaded: libc.so.6 has no function "
                    "Z3_mk_config"},
  };
  z3_functions f;
  char reason[256];
  ck_assert(!z3_load_from(&f, libraries[_i].name, reason, sizeof reason));
  ck_assert_str_eq(
      arena_copy_text(&cx->work, reason, strlen(libraries[_i].reason)),
      libraries[_i].reason);
  ck_assert_ptr_null(z3_load());
}
END_TEST

/* ---- Suite ----------------------------------------------------------------
 */

/* Everything in solver/z3_*.c. */
Suite *suite_z3(void) {
  Suite *const s = suite_create("z3");
  TCase *const c = tcase_create("z3");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 120);
  tcase_add_loop_test(c, row_has_its_answer, 0, ROWS(rows));
  tcase_add_loop_test(c, random_questions_agree_with_enumeration, 0, PARTS);
  tcase_add_loop_test(c, random_quantified_questions_agree, 0, PARTS);
  tcase_add_test(c, a_small_budget_ends_the_question);
  tcase_add_test(c, a_cancel_flag_ends_the_question);
  tcase_add_test(c, a_deadline_ends_the_question);
  tcase_add_test(c, equal_questions_cost_equal_steps);
  tcase_add_test(c, many_questions_use_few_contexts);
  tcase_add_loop_test(c, what_is_no_z3_says_why, 0, 2);
  suite_add_tcase(s, c);
  return s;
}
