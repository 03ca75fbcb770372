/*
 * What guards say of relations, held against all sizes of a small box, to which
 * the guards themselves confine them: necessary, incidental and refuted are
 * what enumeration says; a witness is allowed and breaks the relation, and
 * breaks no other that is open if any sizes do so; what is said to break with
 * it always does; the sizes that break several break them; what is necessary,
 * static or discovered implies all guards; and the calls that are refused are
 * those that break a guard.
 */
#include "dimsat/dimsat.h"
#include "lib/base/buffer.h"
#include "lib/expr/evaluate.h"
#include "lib/expr/expr.h"
#include "lib/observe/observation.h"
#include "lib/problem/problem.h"
#include "tests/unit/random.h"
#include "tests/unit/suites.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_prop_confirm(void);

enum {
  ROUNDS = 1000,
  MOST = 4,
  CALLS = 6,
  EDGE = 6,
  POINTS = 2401,
  TEXT = 8192
};

/* Columns a, b, c, d: axes of tensors, and the last one perhaps a whole number.
 */
typedef struct {
  size_t columns, calls;
  bool has_number;
  int64_t size[CALLS][MOST];
  char guards[TEXT], text[TEXT], program[TEXT];
} a_round;

/* A round that was answered. */
typedef struct {
  const a_round *r;
  dimsat_context *cx;
  dimsat_observation *o;
  dimsat_problem *p;
  size_t points; /* that the guards allow */
  int64_t at[POINTS][MOST];
  const expr *symbol[MOST];
} answered;

/* ---- Making -------------------------------------------------------------- */

static void say(char *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(char *text, const char *format, ...) {
  const size_t length = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + length, TEXT - length, format, arguments);
  va_end(arguments);
}

/* "b[0]", or "d" for a number */
static const char *name(const a_round *r, size_t k) {
  static char names[MOST][8];
  const bool number = r->has_number && k + 1 == r->columns;
  snprintf(names[k], sizeof names[k], number ? "%c" : "%c[0]", (int)('a' + k));
  return names[k];
}

/* Sizes that have something to do with each other. */
static void make_calls(a_round *r, random_source *random) {
  size_t kind[MOST], from[MOST];
  for (size_t k = 0; k < r->columns; k++) {
    kind[k] = k == 0 ? 0 : random_below(random, 7);
    from[k] = k == 0 ? 0 : random_below(random, k);
  }
  for (size_t i = 0; i < r->calls; i++)
    for (size_t k = 0; k < r->columns; k++) {
      const int64_t a = k == 0 ? 0 : r->size[i][from[k]];
      const int64_t b = k == 0 ? 0 : r->size[i][k - 1];
      const int64_t made[] = {
          random_range(random, 0, EDGE), a, a, a + 1, a + b, a * 2, 3};
      r->size[i][k] = made[kind[k]] < EDGE ? made[kind[k]] : EDGE;
    }
}

/* One guard about two or three columns. */
static void add_guard(a_round *r, random_source *random) {
  const char *const a = name(r, random_below(random, r->columns));
  const char *const b = name(r, random_below(random, r->columns));
  const char *const c = name(r, random_below(random, r->columns));
  const int n = (int)random_range(random, 0, 4);
  say(r->guards, "guard ");
  switch (random_below(random, 12)) {
  case 0:
  case 1:
    say(r->guards, "%s == %s", a, b);
    break;
  case 2:
    say(r->guards, "%s == %s + %d", a, b, n);
    break;
  case 3:
    say(r->guards, "%s == %s + %s", a, b, c);
    break;
  case 4:
    say(r->guards, "%s <= %s + %d", a, b, n);
    break;
  case 5:
    say(r->guards, "%s %% %d == 0", a, n % 3 + 2);
    break;
  case 6:
    say(r->guards, "%s != %d", a, n);
    break;
  case 7:
    say(r->guards, "%s * %s == %s", a, b, c);
    break;
  case 8:
    say(r->guards, "%s // 2 == %s", a, b);
    break;
  case 9:
    say(r->guards, "%s == %s or %s == %d", a, b, a, n % 2 + 1);
    break;
  case 10:
    say(r->guards, "max(%s, %s) >= %s", a, b, c);
    break;
  default:
    say(r->guards, "%s >= %d", a, n % 3);
  }
  say(r->guards, "\n");
}

/* Calls, and a program whose example is the last of them. */
static void make(a_round *r, random_source *random) {
  memset(r, 0, sizeof *r);
  r->columns = 2 + random_below(random, MOST - 1);
  r->calls = 2 + random_below(random, CALLS - 1);
  r->has_number = random_below(random, 3) == 0;
  make_calls(r, random);
  say(r->text, "{\"signature\": [");
  for (size_t k = 0; k < r->columns; k++)
    say(r->text, "%s{\"name\": \"%c\"}", k ? ", " : "", (int)('a' + k));
  say(r->text, "], \"observations\": [");
  for (size_t i = 0; i < r->calls; i++) {
    say(r->text, "%s{\"args\": [", i ? ", " : "");
    for (size_t k = 0; k < r->columns; k++)
      say(r->text,
          r->has_number && k + 1 == r->columns
              ? "%s%jd"
              : "%s{\"tensor\": {\"dtype\": \"f\", \"shape\": [%jd]}}",
          k ? ", " : "", (intmax_t)r->size[i][k]);
    say(r->text, "]}");
  }
  say(r->text, "]}");
  for (size_t n = random_below(random, 5); n > 0; n--)
    add_guard(r, random);
  for (size_t k = 0; k < r->columns; k++) {
    const bool number = r->has_number && k + 1 == r->columns;
    say(r->program,
        number ? "unbacked %c hint %jd\n" : "input %c: [auto] = [%jd]\n",
        (int)('a' + k), (intmax_t)r->size[r->calls - 1][k]);
    say(r->guards, "guard 0 <= %s\nguard %s <= %d\n", name(r, k), name(r, k),
        EDGE);
  }
  say(r->program, "%s", r->guards);
}

/* ---- Enumerating --------------------------------------------------------- */

/* The condition with that text. */
static const expr *condition(const answered *a, const char *text) {
  const expr *const e = dimsat_parse(a->cx, text, strlen(text));
  ck_assert_msg(e != NULL, "%s: %s", text, dimsat_last_error(a->cx)->text);
  return e;
}

/* A condition, ready for many sizes. */
static evaluator *ready(const answered *a, const char *text) {
  return evaluator_new(a->cx, &a->cx->nodes, condition(a, text), a->symbol,
                       a->r->columns);
}

/* Whether it holds at these sizes. */
static bool holds(const answered *a, evaluator *e, const int64_t *size) {
  integer sizes[MOST];
  for (size_t k = 0; k < a->r->columns; k++)
    sizes[k] = integer_of(size[k]);
  const value v = evaluator_run(e, &a->cx->work, sizes);
  return v.kind == VALUE_TRUTH && v.truth;
}

/* Finds all sizes that the guards allow. */
static void enumerate(answered *a) {
  evaluator **const demand =
      arena_zeroed(&a->cx->nodes, a->p->guard_count + 1, sizeof *demand);
  for (size_t k = 0; k < a->r->columns; k++)
    a->symbol[k] = condition(a, name(a->r, k));
  for (size_t i = 0; i < a->p->guard_count; i++)
    demand[i] = ready(a, a->p->guards[i].text);
  size_t total = 1;
  for (size_t k = 0; k < a->r->columns; k++)
    total *= EDGE + 1;
  for (size_t n = 0; n < total; n++) {
    int64_t *const size = a->at[a->points];
    bool good = true;
    for (size_t k = 0, rest = n; k < a->r->columns; k++, rest /= EDGE + 1)
      size[k] = (int64_t)(rest % (EDGE + 1));
    for (size_t i = 0; good && i < a->p->guard_count; i++)
      good = holds(a, demand[i], size);
    a->points += good;
  }
}

/* ---- What must be said --------------------------------------------------- */

#define DEMAND(a, good, ...)                                                   \
  do {                                                                         \
    char why[400];                                                             \
    snprintf(why, sizeof why, __VA_ARGS__);                                    \
    ck_assert_msg(good, "seed %ju: %s\n%s\n%s", (uintmax_t)random_seed(), why, \
                  (a)->r->program, (a)->r->text);                              \
  } while (0)

/* All relations: those with evidence, then the others. */
static relation *relation_at(const answered *a, size_t i) {
  const size_t count = a->o->relation_count;
  return i < count ? &a->o->relation[i] : &a->o->doubt[i - count];
}

static size_t relation_count(const answered *a) {
  return a->o->relation_count + a->o->doubt_count;
}

/* The status is what enumeration says. */
static void check_status(const answered *a, const relation *r) {
  evaluator *const e = ready(a, r->text);
  size_t held = 0;
  for (size_t n = 0; n < a->points; n++)
    held += holds(a, e, a->at[n]);
  const relation_status must = a->points == 0      ? STATUS_UNDECIDED
                               : held == a->points ? STATUS_NECESSARY
                               : held == 0         ? STATUS_REFUTED
                                                   : STATUS_INCIDENTAL;
  DEMAND(a, r->status == must, "%s is %s, not %s (%s)", r->text,
         observe_status_word(r->status), observe_status_word(must),
         r->why != NULL ? r->why : "");
}

/* The sizes of a witness by column. */
static void read_sizes(const answered *a, const witness_input *w, size_t count,
                       int64_t *size) {
  DEMAND(a, count == a->r->columns, "%zu inputs in a witness", count);
  for (size_t k = 0; k < count; k++)
    size[k] = strtoll(w[k].size[0], NULL, 10);
}

/* Whether the guards allow the sizes. */
static bool is_allowed(const answered *a, const int64_t *size) {
  for (size_t n = 0; n < a->points; n++)
    if (memcmp(a->at[n], size, a->r->columns * sizeof *size) == 0)
      return true;
  return false;
}

/* Whether `text` is in a list. */
static bool is_in(const char *text, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(list[i], text) == 0)
      return true;
  return false;
}

/* Whether some allowed sizes break `r` and keep all open relations but those
 * that are said to break with it, and perhaps `kept` too. */
static bool can_break(const answered *a, const relation *r,
                      const relation *kept) {
  for (size_t n = 0; n < a->points; n++) {
    bool good = !holds(a, ready(a, r->text), a->at[n]);
    for (size_t i = 0; good && i < relation_count(a); i++) {
      const relation *const other = relation_at(a, i);
      const bool may = is_in(other->text, r->together, r->together_count);
      if (other != r && other->status == STATUS_INCIDENTAL &&
          (!may || other == kept))
        good = holds(a, ready(a, other->text), a->at[n]);
    }
    if (good)
      return true;
  }
  return false;
}

/* A witness is allowed, and breaks what it is said to break and no more. */
static void check_witness(const answered *a, const relation *r) {
  int64_t size[MOST];
  read_sizes(a, r->witness, r->witness_count, size);
  DEMAND(a, is_allowed(a, size), "the witness against %s is refused", r->text);
  for (size_t i = 0; i < relation_count(a); i++) {
    const relation *const other = relation_at(a, i);
    if (other->status != STATUS_INCIDENTAL)
      continue;
    const bool must =
        other == r || is_in(other->text, r->together, r->together_count);
    DEMAND(a, must != holds(a, ready(a, other->text), size),
           "the witness against %s %s %s", r->text, must ? "keeps" : "breaks",
           other->text);
    if (must && other != r)
      DEMAND(a, !can_break(a, r, other), "%s breaks without %s", r->text,
             other->text);
  }
}

/* The sizes that break several are allowed, and break them. */
static void check_probe(const answered *a) {
  int64_t size[MOST];
  if (a->o->probe_count == 0)
    return;
  read_sizes(a, a->o->probe, a->o->probe_count, size);
  DEMAND(a, is_allowed(a, size), "the probe is refused");
  for (size_t i = 0; i < relation_count(a); i++) {
    const relation *const r = relation_at(a, i);
    if (r->status != STATUS_INCIDENTAL)
      continue;
    const bool said =
        is_in(r->text, a->o->probe_breaks, a->o->probe_break_count);
    DEMAND(a, said != holds(a, ready(a, r->text), size), "the probe and %s: %s",
           r->text, said ? "kept" : "broken");
  }
}

/* What is necessary, static or discovered implies the guards. */
static void check_discovered(const answered *a) {
  const size_t most = relation_count(a) + a->o->discovered_count;
  evaluator **const known =
      arena_zeroed(&a->cx->nodes, most + 1, sizeof *known);
  size_t count = 0, total = 1;
  for (size_t i = 0; i < relation_count(a); i++)
    if (relation_at(a, i)->status == STATUS_NECESSARY)
      known[count++] = ready(a, relation_at(a, i)->text);
  for (size_t i = 0; i < a->o->discovered_count; i++)
    known[count++] = ready(a, a->o->discovered[i]);
  for (size_t k = 0; k < a->r->columns; k++)
    total *= EDGE + 1;
  for (size_t n = 0; n < total; n++) {
    int64_t size[MOST];
    bool good = true;
    for (size_t k = 0, rest = n; k < a->r->columns; k++, rest /= EDGE + 1) {
      size[k] = (int64_t)(rest % (EDGE + 1));
      const column *const c = &a->o->column[k];
      if (c->family == OBSERVED_NONE)
        good &= size[k] == a->r->size[0][k];
    }
    for (size_t i = 0; good && i < count; i++)
      good = holds(a, known[i], size);
    DEMAND(a, !good || is_allowed(a, size), "point %zu is not allowed", n);
  }
}

/* Refused are the calls that no guard allows. */
static void check_refused(const answered *a) {
  for (size_t i = 0; i < a->r->calls; i++) {
    bool said = false;
    for (size_t k = 0; k < a->o->refusal_count; k++)
      said |= a->o->refusal[k].call == i;
    DEMAND(a, said != is_allowed(a, a->r->size[i]), "call %zu: %s", i,
           said ? "refused" : "taken");
  }
}

/* ---- Rounds -------------------------------------------------------------- */

/* One round; counts what was said. */
static void check(const a_round *r, size_t *found) {
  static answered a;
  dimsat_context *const cx = dimsat_context_new();
  a = (answered){.r = r, .cx = cx};
  dimsat_calls *const calls =
      dimsat_calls_read(cx, r->text, strlen(r->text), true);
  ck_assert_msg(calls != NULL, "%s: %s", r->text, dimsat_last_error(cx)->text);
  a.o = dimsat_observe(calls);
  a.p = dimsat_problem_read(cx, r->program, strlen(r->program),
                            DIMSAT_FORMAT_DIMS, true);
  DEMAND(&a, a.p != NULL, "%s", dimsat_last_error(cx)->text);
  DEMAND(&a, dimsat_observation_confirm(a.o, a.p, NULL), "%s",
         dimsat_last_error(cx)->text);
  enumerate(&a);
  for (size_t i = 0; i < relation_count(&a); i++) {
    const relation *const about = relation_at(&a, i);
    check_status(&a, about);
    found[about->status]++;
    if (about->status == STATUS_INCIDENTAL)
      check_witness(&a, about);
  }
  check_probe(&a);
  check_discovered(&a);
  check_refused(&a);
  dimsat_context_free(cx);
}

START_TEST(guards_are_understood) {
  static a_round r;
  random_source random = random_start();
  size_t found[STATUS_UNDECIDED + 1] = {0};
  for (size_t n = 0; n < ROUNDS; n++) {
    make(&r, &random);
    check(&r, found);
  }
  ck_assert_uint_gt(found[STATUS_NECESSARY], 20);
  ck_assert_uint_gt(found[STATUS_INCIDENTAL], 20);
  ck_assert_uint_gt(found[STATUS_REFUTED], 5);
}
END_TEST

Suite *suite_prop_confirm(void) {
  Suite *const s = suite_create("prop_confirm");
  TCase *const tc = tcase_create("boxes");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, guards_are_understood);
  suite_add_tcase(s, tc);
  return s;
}
