/*
 * One question, three ways: the native prover, Z3, and enumeration by exact
 * evaluation must agree on random claims over small spaces.  What the provers
 * rest on is held against enumeration too: the ranges and truths of frames,
 * and the exact sets that one variable may take.
 */
#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "solver/allowed.h"
#include "solver/frame.h"
#include "tests/property/guard_grow.h"
#include "tests/unit/suites.h"

#include <string.h>

Suite *suite_prop_decide(void);

#define VARIABLES 3
#define PARTS 20
#define CLAIMS 100      /* a part */
#define SETS 40         /* a part */
#define LOOK 24         /* members of an endless parameter that are tried */
#define LARGEST 200     /* size up to which an allowed set is enumerated */
#define OPEN_PER_CENT 3 /* what each way may leave open */

static const char *const names[VARIABLES] = {"x", "y", "z"};

static dimsat_context *cx;
static budget steps;
static counters stats;
static oracle native, z3;
static const expr *symbols[VARIABLES];
static uint32_t *variable_of;
static guard_grower grower;

/* ---- Fixture ------------------------------------------------------------ */

/* A context with three symbols, and an oracle of each kind. */
static void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
  budget_init(&steps, &cx->fault, &(dimsat_budget){.steps = UINT64_C(1) << 60},
              0);
  for (size_t i = 0; i < VARIABLES; i++)
    symbols[i] = build_symbol(cx, names[i]);
  variable_of = arena_zeroed(&cx->nodes, cx->node_count, sizeof *variable_of);
  for (uint32_t i = 0; i < VARIABLES; i++)
    variable_of[symbols[i]->id] = i;
  oracle_init(&native, cx, &cx->work, &steps, &stats,
              &(dimsat_options){.no_z3 = true});
  oracle_init(&z3, cx, &cx->work, &steps, &stats,
              &(dimsat_options){.no_native = true});
}

/* Frees all, so that a leak checker sees what was lost. */
static void close_context(void) {
  oracle_clear(&native);
  oracle_clear(&z3);
  dimsat_context_free(cx);
}

/* A grower for part `part` of the law `law`. */
static void start(int part, unsigned law, size_t variables) {
  grower = (guard_grower){.random = random_start(),
                          .name = names,
                          .name_count = variables,
                          .m = &cx->work};
  grower.random.state += (uint64_t)part * 1000003 + law;
}

/* A number from `low` to `high`. */
static int64_t pick(int64_t low, int64_t high) {
  return random_range(&grower.random, low, high);
}

/* A random claim, and its text. */
static claim *grow_claim(unsigned depth, const char **text) {
  *text = grow_guard(&grower, depth);
  const expr *const e = parse_expression(cx, *text, strlen(*text));
  return claim_new(cx, &cx->work, build_as_truth(cx, e), symbols, variable_of);
}

/* ---- Spaces ------------------------------------------------------------- */

/* A progression of at most seven members, or an endless one. */
static progression grow_progression(bool may_be_endless) {
  const int64_t stride = pick(0, 2) ? 1 : pick(-3, 4);
  return (progression){.base = integer_of(pick(-2, 9)),
                       .stride = integer_of(stride ? stride : 2),
                       .endless = may_be_endless && pick(0, 5) == 0,
                       .last = integer_of(pick(0, 6))};
}

/* A space of up to three parameters that variables may share. */
static space *grow_space(bool may_be_endless) {
  space *const s = space_new(&cx->work, VARIABLES, VARIABLES);
  for (size_t i = 0; i < VARIABLES; i++) {
    s->parameter[i] = grow_progression(may_be_endless);
    if (s->parameter[i].endless)
      s->parameter[i].last = integer_of(0);
    s->place[i] = (place){.parameter = (uint32_t)i, .scale = integer_of(1)};
    if (pick(0, 5) == 0)
      s->place[i] = (place){.parameter = (uint32_t)pick(0, VARIABLES - 1),
                            .scale = integer_of(pick(1, 3)),
                            .offset = integer_of(pick(-2, 5))};
    if (pick(0, 9) == 0)
      s->place[i] = (place){.constant = true, .offset = integer_of(pick(0, 9))};
  }
  return s;
}

/* How many members of the parameter are tried. */
static int64_t member_count(const space *s, size_t parameter) {
  const progression *const p = &s->parameter[parameter];
  return p->endless ? LOOK : p->last.small + 1;
}

/* The sizes at indices t, computed without the library. */
static void sizes_at(const space *s, const int64_t *t, integer *out) {
  for (size_t i = 0; i < VARIABLES; i++) {
    const place *const p = &s->place[i];
    int64_t x = p->offset.small;
    if (!p->constant) {
      const progression *const q = &s->parameter[p->parameter];
      x += p->scale.small * (q->base.small + q->stride.small * t[p->parameter]);
    }
    out[i] = integer_of(x);
  }
}

/* Moves t to the next assignment; false after the last. */
static bool next_indices(const space *s, int64_t *t) {
  for (size_t i = 0; i < VARIABLES; i++) {
    if (++t[i] < member_count(s, i))
      return true;
    t[i] = 0;
  }
  return false;
}

/* Whether the values of the claim's variables are those of a member of the
 * space that is tried, or may be those of an endless parameter. */
static bool is_member(const space *s, const claim *c, const integer *point) {
  int64_t t[VARIABLES] = {0};
  integer x[VARIABLES];
  bool endless = false;
  do {
    bool same = true;
    sizes_at(s, t, x);
    for (size_t i = 0; i < c->variable_count; i++)
      same &= integer_equal(x[c->variable[i]], point[i]);
    if (same)
      return true;
  } while (next_indices(s, t));
  for (size_t i = 0; i < VARIABLES; i++)
    endless |= s->parameter[i].endless;
  return endless;
}

/* ---- Enumeration -------------------------------------------------------- */

/* Whether the condition is true and has a value. */
static bool holds_at(const expr *condition, const integer *at) {
  const assignment a = {.symbol = symbols, .value = at, .count = VARIABLES};
  const value v = evaluate(cx, condition, &a);
  return v.kind == VALUE_TRUTH && v.truth;
}

typedef struct {
  bool some, all; /* of the members tried, hold */
  bool whole;     /* all members were tried */
} survey;

/* Tries all members. */
static survey enumerate(const expr *condition, const space *s) {
  int64_t t[VARIABLES] = {0};
  integer at[VARIABLES];
  survey found = {.all = true, .whole = true};
  do {
    sizes_at(s, t, at);
    if (holds_at(condition, at))
      found.some = true;
    else
      found.all = false;
  } while (next_indices(s, t));
  for (size_t i = 0; i < VARIABLES; i++)
    found.whole &= !s->parameter[i].endless;
  return found;
}

/* ---- Three ways --------------------------------------------------------- */

/* The space in words, for a message. */
static const char *space_text(const space *s) {
  const char *text = "";
  for (size_t i = 0; i < VARIABLES; i++) {
    const place *const p = &s->place[i];
    const progression *const q = &s->parameter[p->parameter];
    text = p->constant ? arena_format(&cx->work, "%s %s=%d", text, names[i],
                                      (int)p->offset.small)
                       : arena_format(&cx->work, "%s %s=%d*(%d + %d*t%u)%+d",
                                      text, names[i], (int)p->scale.small,
                                      (int)q->base.small, (int)q->stride.small,
                                      p->parameter, (int)p->offset.small);
    if (!p->constant)
      text = arena_format(&cx->work, "%s[t<=%d%s]", text, (int)q->last.small,
                          q->endless ? " endless" : "");
  }
  return text;
}

/* One answer against enumeration; whether it was one. */
static bool answer_is_right(const char *who, outcome answer, const claim *c,
                            const space *s, const survey *found,
                            const integer *point, const char *text) {
  const uintmax_t seed = random_seed();
  if (answer == PROOF_OPEN)
    return false;
  if (answer == PROOF_HOLDS) {
    ck_assert_msg(found->all, "seed %ju: %s proves %s on%s", seed, who, text,
                  space_text(s));
    return true;
  }
  ck_assert_msg(!found->all || !found->whole, "seed %ju: %s breaks %s on%s",
                seed, who, text, space_text(s));
  integer at[VARIABLES] = {integer_of(0)};
  for (size_t i = 0; i < c->variable_count; i++)
    at[c->variable[i]] = point[i];
  ck_assert_msg(!holds_at(c->condition, at) && is_member(s, c, point),
                "seed %ju: %s has no witness for %s on%s", seed, who, text,
                space_text(s));
  return true;
}

START_TEST(native_z3_and_enumeration_agree) {
  unsigned open_native = 0, open_z3 = 0;
  start(_i, 1, VARIABLES);
  for (int i = 0; i < CLAIMS; i++) {
    const arena_mark mark = arena_get_mark(&cx->work);
    const char *text;
    integer point[VARIABLES], other[VARIABLES];
    grower.name_count = (size_t)pick(1, VARIABLES);
    const claim *const c = grow_claim((unsigned)pick(1, 3), &text);
    const space *const s = grow_space(true);
    const survey found = enumerate(c->condition, s);
    const outcome a = native_prove(&native, c, s, point);
    const outcome b = oracle_prove(&z3, c, s, other);
    open_native += !answer_is_right("native", a, c, s, &found, point, text);
    open_z3 += !answer_is_right("Z3", b, c, s, &found, other, text);
    ck_assert_msg(a == PROOF_OPEN || b == PROOF_OPEN || a == b,
                  "seed %ju: native %d, Z3 %d: %s on%s",
                  (uintmax_t)random_seed(), (int)a, (int)b, text,
                  space_text(s));
    arena_rewind(&cx->work, mark);
  }
  ck_assert_uint_le(open_native * 100, CLAIMS * OPEN_PER_CENT);
  ck_assert_uint_le(open_z3 * 100, CLAIMS * OPEN_PER_CENT);
}
END_TEST

/* ---- Frames ------------------------------------------------------------- */

/* Each number of the frame lies in its range at these sizes. */
static void check_ranges(frame *f, const integer *at, const char *text,
                         const space *s) {
  const assignment a = {.symbol = symbols, .value = at, .count = VARIABLES};
  for (uint32_t i = 0; i < f->claim->node_count; i++) {
    const expr *const e = f->claim->node[i];
    if (e->truth || !f->number[i])
      continue;
    const value v = evaluate(cx, e, &a);
    if (v.kind != VALUE_NUMBER)
      continue;
    for (int deep = 0; deep < 2; deep++)
      ck_assert_msg(
          interval_has(frame_range(f, f->number[i], deep != 0), v.number),
          "seed %ju: %s leaves its range in %s on%s", (uintmax_t)random_seed(),
          dimsat_print(cx, e, DIMSAT_PYTHON), text, space_text(s));
  }
}

START_TEST(frames_are_sound) {
  start(_i, 2, VARIABLES);
  for (int i = 0; i < CLAIMS; i++) {
    const arena_mark mark = arena_get_mark(&cx->work);
    const char *text;
    frame f;
    integer at[VARIABLES];
    int64_t t[VARIABLES] = {0};
    const claim *const c = grow_claim((unsigned)pick(1, 3), &text);
    const space *const s = grow_space(true);
    const survey found = enumerate(c->condition, s);
    frame_init(&f, &cx->work, &steps, c, claim_space(c, &cx->work, s, NULL));
    const truth said = frame_decide(&f);
    ck_assert_msg(said != TRUTH_ALWAYS || found.all, "seed %ju: %s on%s",
                  (uintmax_t)random_seed(), text, space_text(s));
    ck_assert_msg(said != TRUTH_NEVER || !found.some, "seed %ju: %s on%s",
                  (uintmax_t)random_seed(), text, space_text(s));
    do {
      sizes_at(s, t, at);
      check_ranges(&f, at, text, s);
    } while (next_indices(s, t));
    arena_rewind(&cx->work, mark);
  }
}
END_TEST

/* ---- Allowed sets ------------------------------------------------------- */

/* Whether all claims hold where x has this size. */
static bool all_hold(const claim *const *claims, size_t count, int64_t x) {
  const integer at[VARIABLES] = {integer_of(x)};
  for (size_t i = 0; i < count; i++)
    if (!holds_at(claims[i]->condition, at))
      return false;
  return true;
}

/* The pieces are exactly the sizes at which all claims hold. */
static void check_set(const allowed *a, interval domain,
                      const claim *const *claims, size_t count,
                      const char *text) {
  for (int64_t x = 0; x <= LARGEST; x++) {
    const bool right =
        interval_has(domain, integer_of(x)) && all_hold(claims, count, x);
    ck_assert_msg(allowed_has(&cx->work, a, integer_of(x)) == right,
                  "seed %ju: %s at x = %d: %s", (uintmax_t)random_seed(), text,
                  (int)x, allowed_text(&cx->work, a));
  }
}

START_TEST(allowed_sets_are_exact) {
  unsigned given_up = 0;
  start(_i, 3, 1);
  for (int i = 0; i < SETS; i++) {
    const arena_mark mark = arena_get_mark(&cx->work);
    const claim *claims[VARIABLES];
    const char *text = "", *next;
    const size_t count = (size_t)pick(1, VARIABLES);
    for (size_t k = 0; k < count; k++) {
      claims[k] = grow_claim((unsigned)pick(1, 3), &next);
      text = arena_format(&cx->work, "%s %s;", text, next);
    }
    interval domain = interval_from(integer_of(pick(0, 4)));
    if (pick(0, 1))
      domain = interval_of(domain.lo, integer_of(pick(4, LARGEST)));
    const allowed a = allowed_of(&native, domain, claims, count);
    given_up += !a.exact;
    if (a.exact)
      check_set(&a, domain, claims, count, text);
    arena_rewind(&cx->work, mark);
  }
  ck_assert_uint_le(given_up * 100, SETS * OPEN_PER_CENT);
}
END_TEST

/* ---- Suite -------------------------------------------------------------- */

/* How claims are decided. */
Suite *suite_prop_decide(void) {
  Suite *const s = suite_create("prop_decide");
  TCase *const c = tcase_create("prop_decide");
  tcase_add_checked_fixture(c, open_context, close_context);
  tcase_set_timeout(c, 120);
  tcase_add_loop_test(c, native_z3_and_enumeration_agree, 0, PARTS);
  tcase_add_loop_test(c, frames_are_sound, 0, PARTS);
  tcase_add_loop_test(c, allowed_sets_are_exact, 0, PARTS);
  suite_add_tcase(s, c);
  return s;
}
