/* The repair of a stored result: well formed, sound, faithful, maximal. */
#include "solver/recheck.h"

#include "lib/problem/spec.h"
#include "solver/fixes.h"
#include "solver/report.h"
#include "solver/verify.h"
#include "solver/widen.h"

#include <string.h>

/* The fixes under trial. */
typedef struct {
  recheck *k;
  const fix *fixes;
  size_t count;
  const space *space; /* the spec with the fixes applied */
  outcome if_wider; /* what a wider repair makes of the result: BREAKS, or OPEN
                          where that says so itself */
} trial;

/* Where fix i stands in the result. */
static const char *place_of(const trial *t, size_t i, const char *key) {
  return arena_format(t->k->m, "fixes[%zu]%s%s", i, *key ? "." : "", key);
}

/* Says that a member of fix i is wrong. */
static bool refuse(const trial *t, size_t i, const char *key,
                   const char *text) {
  recheck_say(t->k, PROOF_BREAKS, place_of(t, i, key), "%s", text);
  return false;
}

/* ---- Form ---------------------------------------------------------------- */

/* The fix of the dim or root `name`; `count` when there is none. */
static size_t find_fix(const trial *t, const char *name) {
  size_t i = 0;
  while (i < t->count && strcmp(t->fixes[i].dim, name) != 0)
    i++;
  return i;
}

/* Whether a name is that of a dim that follows no other in the problem. */
static bool is_root(const recheck *k, const char *name) {
  const size_t d = problem_find_dim(k->problem, name);
  return d != SIZE_MAX && !k->problem->dims[d].derived;
}

/* Whether some fix derives its dim from the root `name`. */
static bool is_followed(const trial *t, const char *name) {
  for (size_t i = 0; i < t->count; i++)
    if (t->fixes[i].kind == FIX_DERIVED && strcmp(t->fixes[i].root, name) == 0)
      return true;
  return false;
}

/* Whether a derived fix follows a root. */
static bool check_derived(const trial *t, size_t i) {
  const fix *f = &t->fixes[i];
  arena *m = t->k->m;
  const size_t root = find_fix(t, f->root);
  const bool fixed = root < t->count;
  if (integer_sign(f->scale) < 1)
    return refuse(t, i, "scale", "Dim takes whole factors from 1 on");
  if (!fixed && !is_root(t->k, f->root))
    return refuse(
        t, i, "root",
        arena_format(m, "'%.60s' is neither a dim nor a new root", f->root));
  if (fixed && t->fixes[root].kind != FIX_RANGE)
    return refuse(
        t, i, "root",
        arena_format(m, "%.60s is no root: it is not free itself", f->root));
  return true;
}

/* Whether fix i says something new of a dim, or of a new root that some dim
 * follows. */
static bool check_form(const trial *t, size_t i) {
  const fix *f = &t->fixes[i];
  recheck *k = t->k;
  if (find_fix(t, f->dim) != i)
    return refuse(t, i, "dim", "it is fixed twice");
  if (f->new_root) {
    if (!name_is_plain(f->dim) || !is_followed(t, f->dim))
      return refuse(t, i, "dim", "no dim of this name, and none follows it");
  } else if (!is_root(k, f->dim)) {
    return refuse(t, i, "dim",
                  "it is no dim of its own: it follows another in the problem");
  }
  if (f->kind == FIX_DERIVED)
    return check_derived(t, i);
  if (f->kind == FIX_VALUE && integer_sign(f->value) < 0)
    return refuse(t, i, "value", "no size is below 0");
  if (f->kind == FIX_RANGE &&
      (!f->range.has_lo || integer_sign(f->range.lo) < 0 ||
       interval_is_empty(f->range)))
    return refuse(t, i, "min", "this is no range of sizes");
  return true;
}

/* Whether every fix is well formed. */
static bool check_forms(const trial *t) {
  for (size_t i = 0; i < t->count; i++)
    if (!check_form(t, i))
      return false;
  return true;
}

/* ---- Sound --------------------------------------------------------------- */

/* Whether every guard holds on the repaired spec. */
static outcome check_sound(const trial *t) {
  recheck *k = t->k;
  breach x;
  const outcome o = recheck_space(k, t->space, NULL, &x);
  if (o == PROOF_BREAKS)
    recheck_show(k, "fixes", "the repaired spec does not agree", &x);
  else if (o == PROOF_OPEN)
    recheck_say(k, o, "fixes", "not every guard is proved on them: %s",
                k->oracle.why ? k->oracle.why : "no proof was found");
  else
    recheck_say(k, o, "fixes",
                "sound: every guard is proved on what they "
                "allow");
  return o;
}

/* ---- Faithful ------------------------------------------------------------ */

/* The user's range of a variable, with the example. */
static interval user_range(const variable *u) {
  if (!u->has_example)
    return u->user;
  return interval_join(u->user, interval_of(u->example, u->example));
}

/* Whether a range changes the user's, and only to a smaller one. */
static bool check_range(const trial *t, size_t i) {
  const fix *f = &t->fixes[i];
  const variable *u = bind_named(t->k->b, f->dim);
  if (!u || f->kind != FIX_RANGE)
    return true;
  const interval user = user_range(u);
  if (interval_equal(f->range, u->user))
    return refuse(t, i, "", "it changes nothing");
  if (!interval_contains(interval_from(user.lo), f->range))
    return refuse(t, i, "min", "it is below the user's own");
  if (!interval_contains(user, f->range))
    return refuse(t, i, "max", "it is above the user's own");
  return true;
}

/* The range that a root has, by its fix or by the problem. */
static interval root_range(const trial *t, const char *name) {
  const size_t i = find_fix(t, name);
  if (i < t->count)
    return t->fixes[i].range;
  return t->k->problem->dims[problem_find_dim(t->k->problem, name)].range;
}

/* The sizes that a dim has by its fix, where its root keeps to what the tracer
 * assumed of it. */
static interval sizes_of(const trial *t, const fix *f) {
  arena *m = t->k->m;
  if (f->kind == FIX_VALUE)
    return interval_of(f->value, f->value);
  const variable *root = bind_named(t->k->b, f->root);
  interval r = root_range(t, f->root);
  if (root)
    r = interval_meet(r, root->assumed);
  return interval_add(m, interval_scale(m, r, f->scale),
                      interval_of(f->offset, f->offset));
}

/* Whether a constant, or a dim that follows, keeps to the user's own range. */
static bool check_sizes(const trial *t, size_t i) {
  const fix *f = &t->fixes[i];
  const variable *u = bind_named(t->k->b, f->dim);
  if (!u || f->kind == FIX_RANGE)
    return true;
  const interval user = user_range(u), now = sizes_of(t, f);
  if (interval_contains(user, now))
    return true;
  const bool low =
      user.has_lo && now.has_lo && integer_compare(now.lo, user.lo) < 0;
  return refuse(t, i, "",
                arena_format(t->k->m,
                             "it lets %s be %s than the user asked for",
                             u->name, low ? "smaller" : "larger"));
}

/* Whether the roots are high enough for the dims that follow. */
static bool check_roots(const trial *t) {
  arena *m = t->k->m;
  for (size_t i = 0; i < t->count; i++) {
    const fix *f = &t->fixes[i];
    if (f->kind != FIX_DERIVED)
      continue;
    const integer low = integer_add(
        m, f->offset, integer_mul(m, f->scale, root_range(t, f->root).lo));
    if (integer_sign(low) < 0)
      return refuse(t, i, "",
                    arena_format(m, "%s would be %s where %s is least", f->dim,
                                 integer_text(m, low), f->root));
  }
  return true;
}

/* Whether the fixes change something, and no more than they may. */
static bool check_faithful(const trial *t) {
  if (!verify_example(t->k->b, t->space)) {
    recheck_say(t->k, PROOF_BREAKS, "fixes",
                "the example is not within the repaired spec");
    return false;
  }
  for (size_t i = 0; i < t->count; i++)
    if (!check_range(t, i) || !check_sizes(t, i))
      return false;
  if (!check_roots(t))
    return false;
  recheck_say(t->k, PROOF_HOLDS, "fixes",
              "faithful: they keep the example and allow nothing that the user "
              "did not");
  return true;
}

/* ---- Maximal ------------------------------------------------------------- */

/* Which member of its fix a widening is about. */
static const char *member_of(const trial *t, const widening *w) {
  const bool constant = t->fixes[w->fix].kind == FIX_VALUE;
  switch (w->kind) {
  case WIDEN_MIN:
    return constant ? "value" : "min";
  case WIDEN_MAX:
    return constant ? "value" : "max";
  case WIDEN_FREE:
    return "root";
  case WIDEN_STRIDE:
    break;
  }
  return "";
}

/* Whether some guard is against a widening. */
static void try_widening(const trial *t, const widening *w) {
  recheck *k = t->k;
  const arena_mark mark = arena_get_mark(k->m);
  size_t n;
  const fix *fixes = widen_fixes(k->b, t->fixes, t->count, w, &n);
  const space *s = fixes_space(k->b, fixes, n);
  const char *where = place_of(t, w->fix, member_of(t, w));
  const char *what = widen_text(k->m, w);
  breach x;
  const outcome o = s ? recheck_space(k, s, recheck_changed(k, t->space, s), &x)
                      : PROOF_HOLDS;
  if (o == PROOF_BREAKS)
    recheck_say(k, PROOF_HOLDS, where, "maximal: with %s, %s breaks %s", what,
                recheck_sizes_text(k, &x),
                recheck_guard_text(k, x.guard, x.axis));
  else if (o == PROOF_HOLDS)
    recheck_say(k, t->if_wider, where,
                "too narrow: every guard holds with %s too", what);
  else
    recheck_say(k, o, where, "whether every guard holds with %s is not decided",
                what);
  arena_rewind(k->m, mark);
}

/* Whether some guard is against each way in which a pair could move. */
static void try_pair(const trial *t, const widen_pair *pair) {
  recheck *k = t->k;
  const char *where = place_of(t, pair->fix[1], "value");
  const char *one = t->fixes[pair->fix[0]].dim;
  const char *two = t->fixes[pair->fix[1]].dim;
  outcome worst = PROOF_BREAKS;
  for (int i = 0; i < 2 * WIDEN_STEPS * WIDEN_STEPS; i++) {
    const int64_t sign = i % 2 ? -1 : 1;
    const int64_t first = sign * widen_step[i / 2 / WIDEN_STEPS];
    const int64_t second = sign * widen_step[i / 2 % WIDEN_STEPS];
    const arena_mark mark = arena_get_mark(k->m);
    size_t n;
    breach x;
    const fix *fixes = widen_together(k->b, k->own, t->fixes, t->count, pair,
                                      first, second, &n);
    const space *s = fixes ? fixes_space(k->b, fixes, n) : NULL;
    const outcome o =
        s ? recheck_space(k, s, recheck_changed(k, t->space, s), &x)
          : PROOF_BREAKS;
    if (o == PROOF_HOLDS) {
      recheck_say(k, t->if_wider, where,
                  "too narrow: every guard holds where %s and %s move together "
                  "by %lld and %lld",
                  one, two, (long long)first, (long long)second);
      return;
    }
    worst = o == PROOF_OPEN ? o : worst;
    arena_rewind(k->m, mark);
  }
  recheck_say(k, worst == PROOF_OPEN ? PROOF_OPEN : PROOF_HOLDS, where,
              worst == PROOF_OPEN
                  ? "whether %s and %s can move together is not decided"
                  : "maximal: %s and %s cannot move together by small steps",
              one, two);
}

/* Whether nothing can be given back. */
static void check_maximal(const trial *t) {
  recheck *k = t->k;
  size_t n, pairs;
  bool all;
  const widening *list = widen_list(k->b, k->own, t->fixes, t->count, &n);
  for (size_t i = 0; i < n; i++)
    try_widening(t, &list[i]);
  const widen_pair *pair =
      widen_pairs(k->b, k->own, t->fixes, t->count, &pairs, &all);
  for (size_t i = 0; i < pairs; i++)
    try_pair(t, &pair[i]);
  if (!all)
    recheck_say(k, PROOF_OPEN, "fixes",
                "only the first %d pairs of constants were tried together",
                WIDEN_MOST_PAIRS);
}

/* ---- All ----------------------------------------------------------------- */

/* Whether "proof" says what the fixes are. */
static void check_proof(recheck *k, const dimsat_result *r, outcome sound) {
  static const char *const found[] = {
      [PROOF_HOLDS] = "proved, and proved anew",
      [PROOF_BREAKS] = "proved, but the fixes are wrong",
      [PROOF_OPEN] = "proved, but not anew",
  };
  if (r->fix_count == 0 && r->proof == PROOF_PROVED)
    recheck_say(k, PROOF_BREAKS, "proof", "there are no fixes to be proved");
  else if (r->fix_count > 0 && r->proof == PROOF_PROVED)
    recheck_say(k, sound, "proof", "%s", found[sound]);
  else if (r->fix_count > 0)
    recheck_say(k, PROOF_BREAKS, "proof",
                "fixes without \"proof\": \"proved\" claim nothing");
}

/* The fixes of a result, and whether they are sound. */
typedef struct {
  recheck *k;
  const dimsat_result *result;
  outcome sound;
} job;

/* Checks all of `data`, a job. */
static void check_all(void *data) {
  job *j = data;
  trial t = {.k = j->k,
             .fixes = j->result->fixes,
             .count = j->result->fix_count,
             .if_wider = j->result->may_be_wider ? PROOF_OPEN : PROOF_BREAKS};
  j->sound = PROOF_BREAKS;
  if (!check_forms(&t))
    return;
  t.space = fixes_space(t.k->b, t.fixes, t.count);
  if (!t.space) {
    recheck_say(t.k, PROOF_BREAKS, "fixes", "they leave no sizes at all");
    return;
  }
  j->sound = check_sound(&t);
  if (check_faithful(&t))
    check_maximal(&t);
}

/* Checks the fixes. */
void recheck_fixes(recheck *k, const dimsat_result *r) {
  job j = {.k = k, .result = r, .sound = PROOF_OPEN};
  if (r->fix_count > 0 && !recheck_try(k, check_all, &j))
    recheck_say(k, PROOF_OPEN, "fixes", "%s", k->oracle.why);
  check_proof(k, r, j.sound);
}
