/*
 * dimsat_ask: known questions, and random ones about small boxes, where
 * enumeration says what is right.
 */
#include "lib/expr/build.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/parse.h"
#include "solver/ask.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))
#define MOST 12

static dimsat_context *cx;

static void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
}

static void close_context(void) {
  ck_assert(context_ok(cx));
  dimsat_context_free(cx);
}

static const char *const kind_names[] = {
    [DIMSAT_ANSWER_ALWAYS] = "always",
    [DIMSAT_ANSWER_NEVER] = "never",
    [DIMSAT_ANSWER_SOMETIMES] = "sometimes",
    [DIMSAT_ANSWER_CONTRADICTORY] = "contradictory",
    [DIMSAT_ANSWER_UNDECIDED] = "undecided"};

/* The answer in a word, or "lo..hi". */
static const char *word_of(const dimsat_answer *a) {
  static char text[200];
  if (a->kind != DIMSAT_ANSWER_BOUNDS)
    return kind_names[a->kind];
  snprintf(text, sizeof text, "%s..%s", a->lo ? a->lo : "", a->hi ? a->hi : "");
  return text;
}

/* Parses "a >= 1; b % 2 == 0". */
static size_t read_conditions(const dimsat_expr **out, const char *text) {
  size_t count = 0;
  while (*text != '\0') {
    const size_t length = strcspn(text, ";");
    ck_assert_uint_lt(count, MOST);
    out[count] = dimsat_parse(cx, text, length);
    ck_assert_ptr_nonnull(out[count++]);
    text += length + strspn(text + length, "; ");
  }
  return count;
}

/* Whether a witness is one: all assumptions hold, and the query as told. */
static void check_witness(const dimsat_answer *a, const char *const *sizes,
                          const dimsat_expr *const *assume, size_t count,
                          const dimsat_expr *query, bool holds) {
  if (!sizes)
    return;
  for (size_t i = 0; i < count; i++) {
    const char *v =
        dimsat_evaluate(cx, assume[i], a->names, sizes, a->name_count);
    ck_assert_ptr_nonnull(v);
    ck_assert_str_ne(v, "False");
    ck_assert_str_ne(v, "0");
  }
  const char *v = dimsat_evaluate(cx, query, a->names, sizes, a->name_count);
  ck_assert_int_eq(v && strcmp(v, "True") == 0, holds);
}

/* ---- Known answers ------------------------------------------------------- */

static const struct {
  const char *assume, *query, *answer;
} rows[] = {
    /* plain */
    {"", "x == x", "always"},
    {"", "x != x", "never"},
    {"", "x == 3", "sometimes"},
    {"", "True", "always"},
    {"", "7", "7..7"},
    {"", "x", ".."},
    {"", "x*x", "0.."},
    {"x >= 1", "x", "1.."},
    {"x <= -3", "x", "..-3"},
    {"x >= 2; y >= 2; x <= 9; y <= 9", "y <= 8", "sometimes"},
    {"a >= 1; b >= 1; c >= 1; a + 2 <= b; b <= a + 5; a + b >= c", "b - a",
     "2..5"},
    {"a >= 1; d >= 1; m >= 1; m <= 3; a == 4*d + m", "a", "5.."},
    {"27 <= 11*x + 13*y; 11*x + 13*y <= 45; -10 <= 7*x - 9*y", "7*x - 9*y <= 4",
     "never"},
    {"6*x + 10*y == 15*z + 1; x >= 0", "z % 2 == 1", "always"},
    {"6*x + 10*y == 7", "x > 0", "contradictory"},
    {"x == -1 or x == 1", "x", "-1..1"},
    {"0 <= x and x < m and m <= 4", "x", "0..3"},
    /* contradictory assumptions: JAX proves from nothing (D3) */
    {"x >= 3; x <= 2", "x == 7", "contradictory"},
    {"x >= 3; x <= 2", "x", "contradictory"},
    {"a >= 8; min(a, b) <= 2; b >= 1; a % b >= 2", "a >= 9", "contradictory"},
    {"x % 4 == 1; x % 2 == 0", "x > 0", "contradictory"},
    {"x != x", "x", "contradictory"},
    {"False", "1 // x == 0", "contradictory"},
    {"2*x == 7", "x == x", "contradictory"},
    /* negative numbers */
    {"", "x // -4 * -4 + x % -4 == x", "always"},
    {"", "x % -4", "-3..0"},
    {"x <= -1", "x // 2 <= -1", "always"},
    {"x >= -9; x <= 4; y >= -2; y <= 0; y != 0", "x // y", "-4..9"},
    {"x <= -5; x % 3 == 1", "x", "..-5"},
    {"x <= -6; x % 3 == 1", "x", "..-8"},
    {"a >= 1", "-5 - a % -5", "-5..-1"},
    /* divisors that can be 0 */
    {"", "x // y == x // y", "sometimes"},
    {"y != 0", "x // y == x // y", "always"},
    {"", "x // 0 == 0", "never"},
    {"x // 0 == 0", "x > 0", "contradictory"},
    {"", "x // 0", "undecided"},
    {"5 // x >= -99", "x != 0", "always"},
    {"x >= 0; x // (x - 4) >= 0", "x != 4", "always"},
    {"x >= 0", "x >= 0 or 1 % (x - 4) == 0", "sometimes"},
    {"x*y != 0", "(x*y) // x == y", "always"},
    {"y != 0", "((x - 1)*y) % y == 1", "never"},
    {"y != 0", "(x - x % y) % y == 0", "always"},
    {"z != 0", "(x*z + y) // z == x + y // z", "always"},
    {"", "10 // x", "-10..10"},
    {"a >= 0; a <= 6; b >= -5; b <= 7; b != 0", "a % b", "-4..6"},
    {"v > 0; n % 2 == 0; l != 0; n // 2 == n // l; (n // l) % v == 0",
     "n % v == 0", "always"},
    /* numbers as conditions, conditions as numbers */
    {"x", "x != 0", "always"},
    {"x - x", "x == 1", "contradictory"},
    {"x % 2", "x % 2 == 1", "always"},
    {"", "(x > 0) + (x < 0)", "0..1"},
    {"", "(x > 3) == (not (x <= 3))", "always"},
    /* huge numbers: JAX goes through floats (D2) */
    {"a >= 2**60 - 1", "a", "1152921504606846975.."},
    {"2*a >= 2**61 - 3", "a", "1152921504606846975.."},
    {"a <= 2**60 + 1; a >= 2**60 + 1", "a",
     "1152921504606846977.."
     "1152921504606846977"},
    {"a >= 0; a <= 10**40", "a // 3",
     "0..3333333333333333333333333333333333333333"},
    {"a >= 2**300", "a > 2**299", "always"},
    {"a <= 2**300; a >= 0", "a // 2**299", "0..2"},
    /* powers across zero (D1) */
    {"a >= 1", "min(a - 5, 2) * min(a - 5, 2)", "0..16"},
    {"a >= 1", "min(a - 5, 2) * min(a - 5, 2) >= 4", "sometimes"},
    {"x >= -3; x <= 2", "x**2", "0..9"},
    {"x >= -3; x <= 2", "x**3", "-27..8"},
    /* what JAX leaves open (D4, D5) */
    {"b >= 1", "b >= b % 3", "always"},
    {"s >= 1", "(s + 1) // 2 == -(-s // 2)", "always"},
    {"t >= 1", "128*((t + (-t) % 128) // 128) == t + (-t) % 128", "always"},
    {"a >= 1; b >= 1; a >= b + 8", "a >= 9", "always"},
    {"", "(a // 2)*2 == a - a % 2", "always"},
    {"b >= 1; a >= 1; 4*a == b", "b >= 3*a", "always"},
    /* min and max */
    {"max(a, b) <= 5; min(a, b) >= 3", "a + b", "6..10"},
    {"", "max(min(x, y), y) == y", "always"},
    {"", "max(y + x, x + z) == max(y, z) + x", "always"},
    {"a >= 1; b >= 1; c >= 1; d >= 1; b == a; c >= b + 3; max(d, a) == b + 3",
     "d - b", "3..3"},
    /* tight bounds that intervals miss */
    {"a >= 1", "5 - a % 5", "1..5"},
    {"a >= 1", "a - a // 2", "1.."},
    {"x >= 1; x <= 4; y >= 0; y <= 12; y != 0", "x // y", "0..4"},
    {"A >= 1; A <= 1024; B >= 1; C >= 2048; C <= 2048", "(A + B)*C - A*B",
     "4095.."},
    {"n >= 0; n <= 1", "(n*64 + 63) % 256", "63..127"},
    /* powers: a negative exponent has no value */
    {"", "2**(a - b) >= 1", "sometimes"},
    {"a >= b", "2**(a - b) >= 1", "always"},
    {"a < b", "2**(a - b) >= 1", "never"},
    {"a >= -3; a <= 5", "2**a", "1..32"},
    {"a**3 >= 0", "a >= 0", "always"},
    {"a >= 2 or a <= -2", "a*a >= 4", "always"},
    {"a*b == 12; a >= 1; b >= 1", "a + b", "7..13"},
    {"a >= 2; a <= 9", "a**2 - 3*a", "-2..54"},
    /* equalities that no integers meet, and what equalities imply */
    {"2*a == 7", "a > 1", "contradictory"},
    {"2*a + 4*b == 7", "a > 1", "contradictory"},
    {"a == 3; a >= 5", "b > 1", "contradictory"},
    {"a == b; b == c; c == a + 1", "a > 1", "contradictory"},
    {"3*a == 12; a != 4", "b", "contradictory"},
    {"a <= b; b <= c; c <= a", "a == c", "always"},
    {"a == b + 1", "a % 2 != b % 2", "always"},
    {"a + b == 10", "a*b <= 25", "always"},
    {"a != 3; a >= 3; a <= 9; a != 9", "a", "4..8"},
    {"a // 3 == 2", "a", "6..8"},
    {"a % 4 == 2", "a // 2 % 2 == 1", "always"},
    /* choices, bits */
    {"a >= 1; a <= 4; b >= 0; b <= 2", "a if b > 0 else 3", "1..4"},
    {"a >= 1; a <= 4; b >= 0; b <= 2", "a if b > 5 else 3", "3..3"},
    {"a >= -3; a <= 5", "abs(a)", "0..5"},
    {"", "(a & 3) <= 3", "always"},
    {"a >= 0", "(a ^ 1) - a <= 1", "always"},
    {"a >= 1; a <= 6", "a | 1", "1..7"},
    /* powers and bits that are not constant */
    {"a >= 0; b >= 0", "(a & b) >= 0", "always"},
    {"a >= 0; b >= 0", "(a | b) >= 0", "always"},
    {"a >= 0; a <= 20; b >= 0; b <= 20", "a & b", "0..20"},
    {"a >= 0; a <= 20; b >= 0; b <= 20", "(a ^ b) + 2*(a & b) == a + b",
     "always"},
    {"a >= 1; b >= 0", "a**b >= 1", "always"},
    {"a >= 2; b >= 0", "a**b >= 2**b", "undecided"},
    {"", "(-2)**a >= 0", "sometimes"},
    {"a >= 0; a <= 1", "3**a == 2*a + 1", "always"},
    {"n >= 1; n <= 3; k >= 1; k <= 3", "n**k <= 27", "always"},
    {"a >= 0", "a**100 >= a", "undecided"},
    /* divisors that are no numbers */
    {"", "a // (b*b + 1) * (b*b + 1) <= a", "always"},
    {"", "a % (b*b + 1) <= b*b", "always"},
    {"b >= 1; a >= b", "a // b >= 1", "always"},
    {"b <= -1; a >= 0", "a // b <= 0", "always"},
    {"b <= -1", "a % b <= 0", "always"},
    {"", "(a*b + b) // b == a + 1", "sometimes"},
    {"b != 0", "(a*b*b + b) // b == a*b + 1", "always"},
    {"b != 0", "(a*b + 1) // b >= a", "sometimes"},
    {"b >= 2", "(a*b + 1) % b == 1", "always"},
    {"b >= 2", "(a*b + 1) // b == a", "always"},
    /* divisions inside of divisions, residues of polynomials */
    {"", "a // -2 // -3 == -(a // 2) // 3", "sometimes"},
    {"", "a % 6 % 3 == a % 3", "always"},
    {"", "a*(a + 1)*(a + 2) % 6 == 0", "always"},
    {"", "(a**5 - a) % 30 == 0", "always"},
    {"a % 2 == 1", "a*a % 8 == 1", "always"},
    {"", "4*a + 6*b != 9", "always"},
    /* choices on both sides */
    {"", "max(a, b)*min(a, b) == a*b", "always"},
    {"", "abs(a*b) == abs(a)*abs(b)", "always"},
    {"", "abs(a + b) <= abs(a) + abs(b)", "always"},
    /* what is not computed */
    {"a >= 2; a <= 9", "a / 2", "undecided"},
    {"a >= 0; a <= 3", "sqrt(a)", "undecided"},
    {"", "sqrt(a) >= 0", "undecided"},
    {"sqrt(a) >= 2", "1 < 0", "undecided"},
    {"a / 3 >= 2.5", "a >= 8", "undecided"},
    {"a >= 0; a <= 9999; a / 3 >= 2.5", "a >= 8", "always"},
};

START_TEST(row_has_its_answer) {
  const dimsat_expr *assume[MOST];
  const size_t count = read_conditions(assume, rows[_i].assume);
  const char *text = rows[_i].query;
  const dimsat_expr *query = dimsat_parse(cx, text, strlen(text));
  dimsat_answer a;
  ck_assert(dimsat_ask(cx, assume, count, query, NULL, &a));
  ck_assert_msg(strcmp(word_of(&a), rows[_i].answer) == 0,
                "%s |- %s: %s, not %s (%s)", rows[_i].assume, text, word_of(&a),
                rows[_i].answer, a.reason ? a.reason : "");
  ck_assert_int_eq(a.kind == DIMSAT_ANSWER_UNDECIDED, a.reason != NULL);
  check_witness(&a, a.holds, assume, count, query, true);
  check_witness(&a, a.breaks, assume, count, query, false);
}
END_TEST

START_TEST(an_easy_question_needs_no_z3) {
  const dimsat_expr *assume[MOST];
  const size_t count = read_conditions(assume, "y != 0; x >= y");
  const char *text = "(x - x % y) % y == 0";
  const dimsat_expr *query = dimsat_parse(cx, text, strlen(text));
  dimsat_answer a;
  ck_assert(dimsat_ask(cx, assume, count, query, NULL, &a));
  ck_assert_int_eq(a.kind, DIMSAT_ANSWER_ALWAYS);
  ck_assert_uint_eq(a.native, 2);
  ck_assert_uint_eq(a.z3 + a.z3_contexts, 0);
}
END_TEST

START_TEST(a_spent_budget_is_undecided) {
  const char *text = "(x*y*z + x) % 7 == (y*z + 1) * x % 7";
  const dimsat_expr *query = dimsat_parse(cx, text, strlen(text));
  const dimsat_options o = {.budget = {.steps = 3}};
  dimsat_answer a;
  ck_assert(dimsat_ask(cx, NULL, 0, query, &o, &a));
  ck_assert_int_eq(a.kind, DIMSAT_ANSWER_UNDECIDED);
  ck_assert_ptr_nonnull(a.reason);
}
END_TEST

START_TEST(any_budget_gives_an_answer) {
  const dimsat_expr *assume[MOST];
  const char *text = "max(x - 1, 2*y) // 3";
  const size_t count = read_conditions(
      assume, "2 <= x; x <= 20; -3 <= y; y <= 5; x % 2 == 0 or y > 0");
  const dimsat_expr *query = dimsat_parse(cx, text, strlen(text));
  for (uint64_t steps = 1; steps < 300; steps++) {
    const dimsat_options o = {.budget = {.steps = steps}, .no_z3 = true};
    dimsat_answer a;
    ck_assert(dimsat_ask(cx, assume, count, query, &o, &a));
    if (a.kind == DIMSAT_ANSWER_UNDECIDED)
      ck_assert_str_eq(a.reason, "the step budget ran out");
    else
      ck_assert_str_eq(word_of(&a), "0..6");
  }
}
END_TEST

/* ---- Random questions ---------------------------------------------------- */

enum { LOW = -4, WIDE = 5, PARTS = 10, QUESTIONS = 150 };

static const expr *random_condition(random_source *r, unsigned depth);

/* A number over x and y. */
static const expr *random_number(random_source *r, unsigned depth) {
  static const char *const names[] = {"x", "y"};
  if (depth == 0 || random_below(r, 8) == 0)
    return random_below(r, 3) != 0 ? build_symbol(cx, names[random_below(r, 2)])
                                   : build_small(cx, random_range(r, -5, 9));
  const expr *const arg[] = {random_number(r, depth - 1),
                             random_number(r, depth - 1)};
  const expr *const k = build_small(cx, random_range(r, -5, 6));
  const expr *const b = random_below(r, 2) != 0 ? k : arg[1];
  switch (random_below(r, 8)) {
  case 0:
    return build_mul(cx, arg[0], b);
  case 1:
    return build_floordiv(cx, arg[0], b);
  case 2:
    return build_mod(cx, arg[0], b);
  case 3:
    return build_min(cx, arg, 2);
  case 4:
    return build_max(cx, arg, 2);
  case 5:
    return build_ite(cx, random_condition(r, 0), arg[0], arg[1]);
  case 6:
    return build_sub(cx, arg[0], b);
  default:
    return build_add(cx, arg[0], build_mul(cx, k, arg[1]));
  }
}

/* A condition over x and y. */
static const expr *random_condition(random_source *r, unsigned depth) {
  if (depth > 1 && random_below(r, 3) == 0) {
    const expr *const arg[] = {random_condition(r, depth - 1),
                               random_condition(r, depth - 1)};
    switch (random_below(r, 4)) {
    case 0:
      return build_not(cx, arg[0]);
    case 1:
      return build_eq(cx, arg[0], arg[1]);
    case 2:
      return build_and(cx, arg, 2);
    default:
      return build_or(cx, arg, 2);
    }
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

/* What enumeration of a box sees. */
typedef struct {
  size_t points, yes, no;
  bool any;
  int64_t lo, hi;
} seen;

/* Counts one point of the box. */
static void look_at(seen *s, const expr *const *assume, size_t count,
                    const expr *query, const assignment *at) {
  for (size_t i = 0; i < count; i++) {
    const value v = evaluate(cx, assume[i], at);
    if (v.kind != VALUE_TRUTH || !v.truth)
      return;
  }
  const value v = evaluate(cx, query, at);
  s->points++;
  if (v.kind == VALUE_TRUTH && v.truth)
    s->yes++;
  else
    s->no++;
  if (v.kind != VALUE_NUMBER)
    return;
  const int64_t n = v.number.small;
  s->lo = s->any && s->lo < n ? s->lo : n;
  s->hi = s->any && s->hi > n ? s->hi : n;
  s->any = true;
}

/* What the answer is, by what was seen. */
static const char *word_seen(const seen *s, bool number) {
  static char text[100];
  snprintf(text, sizeof text, "%lld..%lld", (long long)s->lo, (long long)s->hi);
  if (s->points == 0)
    return "contradictory";
  if (number)
    return s->any ? text : "undecided";
  return s->yes && s->no ? "sometimes" : s->yes ? "always" : "never";
}

/* Asks one random question three ways. */
static void ask_random(random_source *r) {
  const expr *const box[] = {build_symbol(cx, "x"), build_symbol(cx, "y")};
  const expr *assume[MOST];
  integer low[2], high[2];
  size_t count = 0;
  for (int i = 0; i < 2; i++) {
    low[i] = integer_of(random_range(r, LOW, 3));
    high[i] = integer_of(low[i].small + random_range(r, 0, WIDE));
    assume[count++] = build_le(cx, build_integer(cx, low[i]), box[i]);
    assume[count++] = build_le(cx, box[i], build_integer(cx, high[i]));
  }
  for (uint64_t n = random_below(r, 3); n > 0; n--)
    assume[count++] = random_condition(r, 2);
  const bool number = random_below(r, 3) == 0;
  const expr *query = number ? random_number(r, 3) : random_condition(r, 3);
  seen s = {0};
  for (int64_t x = low[0].small; x <= high[0].small; x++)
    for (int64_t y = low[1].small; y <= high[1].small; y++) {
      const integer size[] = {integer_of(x), integer_of(y)};
      look_at(&s, assume, count, query,
              &(assignment){.symbol = box, .value = size, .count = 2});
    }
  const bool z3_too = random_below(r, 8) == 0;
  for (int way = 0; way < (z3_too ? 3 : 2); way++) {
    const dimsat_options o = {.no_native = way == 2, .no_z3 = way == 1};
    dimsat_answer a;
    ck_assert(dimsat_ask(cx, assume, count, query, &o, &a));
    if (way > 0 && a.kind == DIMSAT_ANSWER_UNDECIDED)
      continue;
    ck_assert_msg(strcmp(word_of(&a), word_seen(&s, number)) == 0,
                  "%s: %s, not %s (way %d)",
                  dimsat_print(cx, query, DIMSAT_PYTHON), word_of(&a),
                  word_seen(&s, number), way);
    check_witness(&a, a.holds, assume, count, query, true);
    check_witness(&a, a.breaks, assume, count, query, false);
  }
}

START_TEST(random_questions_agree_with_enumeration) {
  random_source r = random_start();
  r.state += (uint64_t)_i << 32;
  for (int i = 0; i < QUESTIONS; i++)
    ask_random(&r);
}
END_TEST

/* The tests of solver/ask*.c. */
Suite *suite_ask(void) {
  Suite *const s = suite_create("ask");
  TCase *const c = tcase_create("ask");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 120);
  tcase_add_loop_test(c, row_has_its_answer, 0, ROWS(rows));
  tcase_add_test(c, an_easy_question_needs_no_z3);
  tcase_add_test(c, a_spent_budget_is_undecided);
  tcase_add_test(c, any_budget_gives_an_answer);
  tcase_add_loop_test(c, random_questions_agree_with_enumeration, 0, PARTS);
  suite_add_tcase(s, c);
  return s;
}
