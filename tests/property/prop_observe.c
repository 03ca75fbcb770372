/*
 * Laws of observing: what is said holds in every call; neither the order of the
 * calls nor that of keyword arguments changes what is said; a relation that was
 * planted is found once there are calls enough, and nothing else is then; sizes
 * against a relation satisfy the guards and break it.
 */
#include "dimsat/dimsat.h"
#include "lib/base/buffer.h"
#include "lib/observe/observation.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Suite *suite_prop_observe(void);

enum { RECORDINGS = 400, MOST_CALLS = 10, MOST_SIZES = 7, TEXT = 16384 };

/* Calls of a function of so many tensors with one axis each; some sizes are
 * free, the others affine in them. */
typedef struct {
  size_t calls, sizes, free;
  int64_t factor[MOST_SIZES][MOST_SIZES], constant[MOST_SIZES];
  int64_t size[MOST_CALLS][MOST_SIZES]; /* negative: absent */
} recording;

/* ---- Making -------------------------------------------------------------- */

/* What the derived size `k` of a call is. */
static int64_t derived(const recording *r, const int64_t *size, size_t k) {
  int64_t sum = r->constant[k];
  for (size_t f = 0; f < r->free; f++)
    sum += r->factor[k][f] * size[f];
  return sum;
}

/* Sizes up to `range`. */
static recording grow(random_source *random, size_t calls, int64_t range) {
  recording r = {.calls = calls};
  r.free = 1 + random_below(random, 3);
  r.sizes = r.free + random_below(random, MOST_SIZES - 2 - r.free);
  for (size_t k = r.free; k < r.sizes; k++) {
    r.constant[k] = random_range(random, 0, 4);
    for (size_t f = 0; f < r.free; f++)
      r.factor[k][f] = random_range(random, 0, 2);
    r.factor[k][random_below(random, r.free)]++;
  }
  for (size_t i = 0; i < calls; i++) {
    for (size_t f = 0; f < r.free; f++)
      r.size[i][f] = random_range(random, 0, range);
    for (size_t k = r.free; k < r.sizes; k++)
      r.size[i][k] = derived(&r, r.size[i], k);
  }
  return r;
}

/* An order of `count` things. */
static void shuffle(random_source *random, size_t *order, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t k = random_below(random, i + 1);
    order[i] = order[k];
    order[k] = i;
  }
}

/* Appends to a text of TEXT bytes. */
static void say(char *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(char *text, const char *format, ...) {
  const size_t length = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + length, TEXT - length, format, arguments);
  va_end(arguments);
}

/* The recording as JSON, its calls in this order, each with its arguments in
 * another one. */
static void write(char *text, const recording *r, const size_t *order,
                  random_source *random) {
  text[0] = '\0';
  say(text, "{\"signature\": [");
  for (size_t k = 0; k < r->sizes; k++)
    say(text, "%s{\"name\": \"x%zu\", \"default\": null}", k ? ", " : "", k);
  say(text, "], \"observations\": [");
  for (size_t i = 0; i < r->calls; i++) {
    size_t place[MOST_SIZES];
    const char *between = "";
    shuffle(random, place, r->sizes);
    say(text, "%s{\"kwargs\": {", i ? ", " : "");
    for (size_t k = 0; k < r->sizes; k++) {
      const int64_t size = r->size[order[i]][place[k]];
      if (size < 0)
        continue;
      say(text,
          "%s\"x%zu\": {\"tensor\": {\"dtype\": \"f\", \"shape\": [%jd]}}",
          between, place[k], (intmax_t)size);
      between = ", ";
    }
    say(text, "}}");
  }
  say(text, "]}");
}

/* What is seen in the text. */
static const dimsat_observation *observe(dimsat_context *cx, const char *text) {
  dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
  ck_assert_msg(calls != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  const dimsat_observation *const o = dimsat_observe(calls);
  ck_assert_msg(o != NULL, "%s: %s", text, dimsat_last_error(cx)->text);
  return o;
}

/* ---- What is said holds -------------------------------------------------- */

/* Whether a relation holds in a call, where all of it is there. */
static bool holds(dimsat_context *cx, const dimsat_observation *o,
                  const relation *r, size_t call) {
  const char *names[MOST_SIZES], *sizes[MOST_SIZES];
  size_t count = 0;
  for (size_t i = 0; i < o->column_count; i++) {
    const cell *const c = &o->column[i].cell[call];
    if (!c->known && strstr(r->text, o->column[i].name) != NULL)
      return true;
    if (!c->known)
      continue;
    names[count] = o->column[i].name;
    sizes[count++] = integer_text(&cx->nodes, c->size);
  }
  const dimsat_expr *const e = dimsat_parse(cx, r->text, strlen(r->text));
  ck_assert_msg(e != NULL, "%s: %s", r->text, dimsat_last_error(cx)->text);
  const char *const value = dimsat_evaluate(cx, e, names, sizes, count);
  return value != NULL && strcmp(value, "True") == 0;
}

/* Takes some sizes away. */
static void make_holes(random_source *random, recording *r) {
  for (size_t i = 0; i < r->calls; i++)
    for (size_t k = 0; k < r->sizes; k++)
      if (random_below(random, 5) == 0)
        r->size[i][k] = -1;
}

START_TEST(relations_hold) {
  static const size_t straight[MOST_CALLS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  static char text[TEXT];
  random_source random = random_start();
  for (size_t n = 0; n < RECORDINGS; n++) {
    dimsat_context *const cx = dimsat_context_new();
    recording r = grow(&random, 1 + random_below(&random, MOST_CALLS), 9);
    if (n % 2 == 1)
      make_holes(&random, &r);
    write(text, &r, straight, &random);
    const dimsat_observation *const o = observe(cx, text);
    for (size_t i = 0; i < o->relation_count; i++)
      for (size_t call = 0; call < r.calls; call++)
        ck_assert_msg(holds(cx, o, &o->relation[i], call),
                      "seed %ju: call %zu breaks %s: %s",
                      (uintmax_t)random_seed(), call, o->relation[i].text,
                      text);
    dimsat_context_free(cx);
  }
}
END_TEST

/* ---- Order does not matter ----------------------------------------------- */

/* What is said but for the values of each call and the example. */
static void summarise(char *out, const dimsat_observation *o) {
  out[0] = '\0';
  for (size_t i = 0; i < o->column_count; i++)
    say(out, "%s in %zd; ", o->column[i].name, (ssize_t)o->column[i].family);
  for (size_t i = 0; i < o->relation_count; i++)
    say(out, "%s (%zu, %jd); ", o->relation[i].text, o->relation[i].support,
        (intmax_t)o->relation[i].freedom);
  for (size_t i = 0; i < o->need_count; i++)
    say(out, "%zu more for %s; ", o->need[i].more, o->need[i].message);
}

START_TEST(order_does_not_matter) {
  static char first[TEXT], second[TEXT], said[TEXT], again[TEXT];
  random_source random = random_start();
  for (size_t n = 0; n < RECORDINGS; n++) {
    dimsat_context *const cx = dimsat_context_new();
    size_t order[MOST_CALLS];
    recording r = grow(&random, 1 + random_below(&random, MOST_CALLS), 9);
    if (n % 2 == 1)
      make_holes(&random, &r);
    shuffle(&random, order, r.calls);
    write(first, &r, order, &random);
    shuffle(&random, order, r.calls);
    write(second, &r, order, &random);
    summarise(said, observe(cx, first));
    summarise(again, observe(cx, second));
    ck_assert_msg(strcmp(said, again) == 0, "seed %ju: %s\nbut %s\n%s\n%s",
                  (uintmax_t)random_seed(), said, again, first, second);
    dimsat_context_free(cx);
  }
}
END_TEST

/* ---- What was planted is found ------------------------------------------- */

START_TEST(planted_relations_are_found) {
  static const size_t straight[MOST_CALLS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  static char text[TEXT];
  random_source random = random_start();
  for (size_t n = 0; n < RECORDINGS; n++) {
    dimsat_context *const cx = dimsat_context_new();
    const recording r = grow(&random, MOST_CALLS, 1000000);
    size_t said = 0;
    write(text, &r, straight, &random);
    const dimsat_observation *const o = observe(cx, text);
    for (size_t i = 0; i < o->relation_count; i++)
      said += o->relation[i].kind == RELATION_EQUAL ||
              o->relation[i].kind == RELATION_AFFINE;
    ck_assert_msg(said == r.sizes - r.free && o->need_count == 0,
                  "seed %ju: %zu of %zu relations: %s",
                  (uintmax_t)random_seed(), said, r.sizes - r.free, text);
    dimsat_context_free(cx);
  }
}
END_TEST

/* ---- Witnesses ----------------------------------------------------------- */

/* A program over the same inputs, with call 0 as its example and some of what
 * was planted as guards. */
static void write_program(char *text, const recording *r,
                          random_source *random) {
  text[0] = '\0';
  for (size_t k = 0; k < r->sizes; k++)
    say(text, "input x%zu: [auto] = [%jd]\n", k, (intmax_t)r->size[0][k]);
  for (size_t k = r->free; k < r->sizes; k++) {
    if (random_below(random, 3) == 0)
      continue;
    say(text, "guard x%zu[0] %s %jd", k,
        random_below(random, 2) ? "==" : "<=", (intmax_t)r->constant[k]);
    for (size_t f = 0; f < r->free; f++)
      say(text, " + %jd*x%zu[0]", (intmax_t)r->factor[k][f], f);
    say(text, "\n");
  }
}

/* The guards accept a witness, and the relation does not hold of it. */
static void check_witness(dimsat_context *cx, dimsat_problem *p,
                          const relation *r, const char *text) {
  const char *names[MOST_SIZES], *sizes[MOST_SIZES];
  for (size_t i = 0; i < r->witness_count; i++) {
    names[i] = arena_format(&cx->nodes, "%s[0]", r->witness[i].name);
    sizes[i] = r->witness[i].size[0];
  }
  ck_assert_msg(dimsat_eval(p, names, sizes, r->witness_count, NULL) == 0,
                "seed %ju: the guards refuse the witness against %s: %s",
                (uintmax_t)random_seed(), r->text, text);
  const dimsat_expr *const e = dimsat_parse(cx, r->text, strlen(r->text));
  const char *const value =
      dimsat_evaluate(cx, e, names, sizes, r->witness_count);
  ck_assert_msg(value != NULL && strcmp(value, "False") == 0,
                "seed %ju: %s holds of its witness: %s",
                (uintmax_t)random_seed(), r->text, text);
}

START_TEST(witnesses_are_right) {
  static const size_t straight[MOST_CALLS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  static char text[TEXT], program[TEXT];
  random_source random = random_start();
  size_t found[STATUS_UNDECIDED + 1] = {0};
  for (size_t n = 0; n < RECORDINGS / 4; n++) {
    dimsat_context *const cx = dimsat_context_new();
    const recording r = grow(&random, MOST_CALLS, 40);
    write(text, &r, straight, &random);
    write_program(program, &r, &random);
    dimsat_calls *const calls = dimsat_calls_read(cx, text, strlen(text), true);
    dimsat_observation *const o = dimsat_observe(calls);
    dimsat_problem *const p = dimsat_problem_read(cx, program, strlen(program),
                                                  DIMSAT_FORMAT_DIMS, true);
    ck_assert_msg(p != NULL, "%s: %s", program, dimsat_last_error(cx)->text);
    ck_assert(dimsat_observation_confirm(o, p, NULL));
    for (size_t i = 0; i < o->relation_count; i++) {
      found[o->relation[i].status]++;
      if (o->relation[i].status == STATUS_INCIDENTAL)
        check_witness(cx, p, &o->relation[i], program);
    }
    dimsat_context_free(cx);
  }
  ck_assert_uint_gt(found[STATUS_NECESSARY], 20);
  ck_assert_uint_gt(found[STATUS_INCIDENTAL], 20);
  ck_assert_uint_eq(found[STATUS_UNDECIDED], 0);
}
END_TEST

Suite *suite_prop_observe(void) {
  Suite *const s = suite_create("prop_observe");
  TCase *const tc = tcase_create("recordings");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, relations_hold);
  tcase_add_test(tc, order_does_not_matter);
  tcase_add_test(tc, planted_relations_are_found);
  tcase_add_test(tc, witnesses_are_right);
  suite_add_tcase(s, tc);
  return s;
}
