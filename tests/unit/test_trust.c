/* Certificates and stored results, as programs ask for them. */
#include "dimsat/dimsat.h"
#include "tests/unit/context.h"
#include "tests/unit/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array) ((int)(sizeof(array) / sizeof *(array)))

static const char decoder[] = "dim seq = 2..\n"
                              "dim width\n"
                              "input x: [seq, width, auto] = [8, 64, 16]\n"
                              "guard x[0] % 4 == 0   # at model.py:12 in f\n"
                              "guard x[1] <= 512\n"
                              "guard x[2] == 2*x[0]\n";

/* The problem that `text` says. */
static dimsat_problem *read_problem(const char *text) {
  dimsat_problem *const p =
      dimsat_problem_read(cx, text, strlen(text), DIMSAT_FORMAT_GUESS, true);
  ck_assert_msg(p != NULL, "%s", dimsat_last_error(cx)->text);
  return p;
}

/* The JSON of its result. */
static const char *result_of(dimsat_problem *p) {
  const dimsat_report_options json = {.form = DIMSAT_REPORT_JSON};
  const dimsat_result *const r = dimsat_suggest(p, NULL);
  ck_assert_ptr_nonnull(r);
  return dimsat_report_write(r, &json);
}

/* What verifying `result` finds. */
static const dimsat_verification *verify(dimsat_problem *p,
                                         const char *result) {
  const dimsat_verification *const v =
      dimsat_verify(p, result, strlen(result), NULL);
  ck_assert_msg(v != NULL, "%s", dimsat_last_error(cx)->text);
  return v;
}

/* ---- Stored results ------------------------------------------------------ */

START_TEST(true_result_holds) {
  dimsat_problem *const p = read_problem(decoder);
  const dimsat_verification *const v = verify(p, result_of(p));
  dimsat_claim found = DIMSAT_CLAIM_FAILS;
  ck_assert_int_eq(dimsat_verification_outcome(v), DIMSAT_CLAIM_HOLDS);
  ck_assert_str_eq(dimsat_verification_claim(v, 0, &found), "verdict");
  ck_assert_int_eq(found, DIMSAT_CLAIM_HOLDS);
  ck_assert_uint_gt(dimsat_verification_count(v), 8);
  const size_t end = dimsat_verification_count(v);
  ck_assert_ptr_null(dimsat_verification_claim(v, end, &found));
  ck_assert_ptr_null(dimsat_verification_text(v, end));
}
END_TEST

/* One change of the result: `from` becomes `to`. */
static const struct {
  const char *from, *to;
  const char *claim, *says;
} changes[] = {
    {"\"max\": 512}", "\"max\": 513}", "fixes", "width = 513 breaks guard 1"},
    {"\"max\": 512}", "\"max\": 511}", "fixes[2].max", "too narrow"},
    {"\"scale\": 4", "\"scale\": 2", "fixes", "breaks guard 0"},
    {"\"scale\": 4", "\"scale\": 8", "fixes[1]", "2 times finer"},
    {"\"violated\"", "\"ok\"", "verdict", "violations or fixes follow"},
    {"\"modulo\": 4", "\"modulo\": 2", "allowed.seq", "refuses some size"},
    {"\"2*seq\"", "\"3*seq\"", "inferred.x[2]", "break it"},
    {"\"2*seq\"", "\"2*\"", "inferred.x[2]", "no expression"},
};

/* `text` with the first `from` replaced, for `free`. */
static char *replaced(const char *text, const char *from, const char *to) {
  const char *const at = strstr(text, from);
  ck_assert_msg(at != NULL, "no %s in %s", from, text);
  const size_t size = strlen(text) + strlen(to) + 1;
  char *const changed = malloc(size);
  ck_assert_ptr_nonnull(changed);
  snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, to,
           at + strlen(from));
  return changed;
}

START_TEST(changed_result_fails) {
  dimsat_problem *const p = read_problem(decoder);
  char *const changed =
      replaced(result_of(p), changes[_i].from, changes[_i].to);
  const dimsat_verification *const v = verify(p, changed);
  bool seen = false;
  for (size_t i = 0; i < dimsat_verification_count(v); i++) {
    dimsat_claim found;
    const char *const claim = dimsat_verification_claim(v, i, &found);
    seen |= found == DIMSAT_CLAIM_FAILS &&
            strcmp(claim, changes[_i].claim) == 0 &&
            strstr(dimsat_verification_text(v, i), changes[_i].says);
  }
  ck_assert_int_eq(dimsat_verification_outcome(v), DIMSAT_CLAIM_FAILS);
  ck_assert_msg(seen, "%s", dimsat_verification_write(v, NULL));
  free(changed);
}
END_TEST

START_TEST(no_result_is_an_error) {
  dimsat_problem *const p = read_problem(decoder);
  static const char *const texts[] = {"", "{", "[1]", "{\"verdict\": 3}",
                                      "{\"verdict\": \"ok\", \"fixes\": [1]}"};
  for (int i = 0; i < ROWS(texts); i++) {
    ck_assert_ptr_null(dimsat_verify(p, texts[i], strlen(texts[i]), NULL));
    ck_assert_int_eq(dimsat_last_error(cx)->status, DIMSAT_BAD_FORMAT);
    ck_assert_uint_ge(dimsat_last_error(cx)->line, 1);
  }
}
END_TEST

START_TEST(a_spent_budget_is_undecided) {
  dimsat_problem *const p =
      read_problem("dim a = 2..\ndim b = 2..\ninput x: [a, b] = [8, 8]\n"
                   "guard (x[0]*x[1] + 7) // (x[0] + x[1]) % 5 != 11\n");
  const dimsat_options little = {.budget = {.steps = 1}, .no_z3 = true};
  static const char result[] =
      "{\"verdict\": \"ok\", \"violations\": [], \"fixes\": []}";
  const dimsat_verification *const v =
      dimsat_verify(p, result, strlen(result), &little);
  ck_assert_ptr_nonnull(v);
  ck_assert_int_eq(dimsat_verification_outcome(v), DIMSAT_CLAIM_UNDECIDED);
}
END_TEST

/* ---- Certificates -------------------------------------------------------- */

START_TEST(certificate_holds_claims_and_queries) {
  dimsat_problem *const p = read_problem(decoder);
  const dimsat_result *const r = dimsat_suggest(p, NULL);
  const char *const text = dimsat_certificate(r, NULL);
  ck_assert_ptr_nonnull(text);
  static const char *const parts[] = {
      "#!/bin/sh\n",
      "#   seq = 4*_seq\n",
      "#   guard 0: x[0] % 4 == 0    model.py:12 in f\n",
      "(define-fun |seq| () Int (* 4 |_seq|))\n",
      "(define-fun |x[2]| () Int (* 2 |seq|))\n",
      "(assert (not (= (mod |x[0]| 4) 0)))\n",
      "#   with the numbers put in: 513 <= 512\n",
      "(assert (= |width| 513))\n",
      "; 0 statements are marked NOT CERTIFIED.\n",
  };
  for (int i = 0; i < ROWS(parts); i++)
    ck_assert_msg(strstr(text, parts[i]) != NULL, "no %s in %s", parts[i],
                  text);
  ck_assert_ptr_null(strstr(text, "forall"));
  ck_assert_str_eq(text, dimsat_certificate(r, NULL));
}
END_TEST

START_TEST(axes_without_a_known_size_are_quantified) {
  dimsat_problem *const p =
      read_problem("dim a = 2..40\ninput x: [a, auto(2..)] = [8, 8]\n"
                   "guard x[1] % 3 == x[0] % 3\nguard x[1] % 50 == 8\n");
  const dimsat_result *const r = dimsat_check(p, NULL);
  ck_assert_int_eq(dimsat_result_verdict(r), DIMSAT_VERDICT_OK);
  const char *const text = dimsat_certificate(r, NULL);
  ck_assert_ptr_nonnull(strstr(text, "(assert (forall ((|x[1]| Int)) (not "));
}
END_TEST

/* ---- Suite --------------------------------------------------------------- */

/* Everything in solver/recheck*.c and solver/certificate*.c. */
Suite *suite_trust(void) {
  Suite *const s = suite_create("trust");
  TCase *const c = tcase_create("trust");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, true_result_holds);
  tcase_add_loop_test(c, changed_result_fails, 0, ROWS(changes));
  tcase_add_test(c, no_result_is_an_error);
  tcase_add_test(c, a_spent_budget_is_undecided);
  tcase_add_test(c, certificate_holds_claims_and_queries);
  tcase_add_test(c, axes_without_a_known_size_are_quantified);
  suite_add_tcase(s, c);
  return s;
}
