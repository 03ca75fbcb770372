/*
 * The allowed sets of a stored result: no size between the pieces will do, and
 * every size in them does, proved where the dim stands alone and else at the
 * sizes around the ends of the pieces.
 */
#include "solver/recheck.h"

#include "lib/expr/build.h"

#include <stdlib.h>
#include <string.h>

/* Classes times pieces that are proved one by one, pieces whose ends are tried,
 * and sizes tried on either side of an end. */
enum { MOST_GAPS = 2048, MOST_ENDS = 16, NEAR = 2 };

/* The set of one dim under trial. */
typedef struct {
  recheck *k;
  const char *where; /* "allowed.seq" */
  uint32_t v;        /* the variable */
  allowed set;
  interval domain;
  const expr **condition; /* all that is connected with it */
  size_t count;
  const space *spec;
  size_t tried; /* sizes */
} trial;

/* Says that the set is wrong; always false. */
static bool refuse(const trial *t, const char *text) {
  recheck_say(t->k, PROOF_BREAKS, t->where, "%s", text);
  return false;
}

/* The spec where the dim runs through `p`. */
static const space *space_of(const trial *t, const progression *p) {
  space *s = space_copy(t->k->m, t->spec);
  s->parameter[t->v] = *p;
  return s;
}

/* ---- Sizes --------------------------------------------------------------- */

/* Whether size x is in the set just when the guards let it be. */
static bool try_size(trial *t, integer x, outcome *worst) {
  recheck *k = t->k;
  if (!interval_has(t->domain, x))
    return true;
  const progression one = progression_of(k->m, interval_of(x, x));
  const outcome o = recheck_never(k, t->condition, t->count, space_of(t, &one));
  const bool in = allowed_has(k->m, &t->set, x);
  const char *name = k->b->variable[t->v].name, *size = integer_text(k->m, x);
  t->tried++;
  if (o == PROOF_OPEN)
    *worst = o;
  if (in && o == PROOF_HOLDS)
    return refuse(t, arena_format(k->m, "no sizes of the others suit %s = %s",
                                  name, size));
  if (!in && o == PROOF_BREAKS)
    return refuse(
        t, arena_format(k->m, "%s = %s will do, but is left out", name, size));
  return true;
}

/* Tries the sizes around an end of a piece. */
static bool try_end(trial *t, integer end, integer stride, outcome *worst) {
  arena *m = t->k->m;
  for (int64_t d = -NEAR; d <= NEAR; d++) {
    const integer near = integer_add(m, end, integer_of(d));
    const integer far =
        integer_add(m, end, integer_mul(m, integer_of(d), stride));
    if (!try_size(t, near, worst) ||
        (!integer_equal(near, far) && !try_size(t, far, worst)))
      return false;
  }
  return true;
}

/* The first member of a piece from `x` on. */
static integer first_member(arena *m, const piece *p, integer x) {
  return integer_add(m, x,
                     integer_mod(m, integer_sub(m, p->residue, x), p->modulo));
}

/* Tries the sizes around the ends of the first and last pieces. */
static bool try_ends(trial *t, outcome *worst) {
  arena *m = t->k->m;
  for (size_t i = 0; i < t->set.count; i++) {
    const piece *p = &t->set.piece[i];
    if (i >= MOST_ENDS && i + MOST_ENDS < t->set.count)
      continue;
    if (!try_end(t, first_member(m, p, p->range.lo), p->modulo, worst))
      return false;
    if (p->range.has_hi && !try_end(t, p->range.hi, p->modulo, worst))
      return false;
  }
  return try_size(t, t->domain.lo, worst) &&
         (!t->domain.has_hi || try_size(t, t->domain.hi, worst));
}

/* ---- Proofs -------------------------------------------------------------- */

/* The members of `range` that leave `residue` modulo `modulo`; false when there
 * is none. */
static bool class_of(arena *m, interval range, integer modulo, integer residue,
                     progression *out) {
  if (interval_is_empty(range))
    return false;
  const progression all = progression_of(m, range);
  return progression_class(
      m, &all, modulo,
      integer_mod(m,
                  integer_mul(m, all.stride, integer_sub(m, residue, all.base)),
                  modulo),
      out);
}

/* Whether each size of a piece satisfies all guards over the dim alone. */
static outcome prove_piece(trial *t, const piece *p) {
  recheck *k = t->k;
  progression members;
  if (!class_of(k->m, p->range, p->modulo, p->residue, &members))
    return PROOF_HOLDS;
  const claim *every =
      bind_claim(k->b, build_and(k->cx, t->condition, t->count));
  integer *point = arena_zeroed(k->m, every->variable_count + 1, sizeof *point);
  return oracle_prove(k->o, every, space_of(t, &members), point);
}

/* qsort order of integers. */
static int by_value(const void *a, const void *b) {
  return integer_compare(*(const integer *)a, *(const integer *)b);
}

/* Where pieces begin and behind which sizes they end, ascending. */
static integer *list_cuts(const trial *t, size_t *count) {
  arena *m = t->k->m;
  integer *cut = arena_alloc(m, (2 * t->set.count + 1) * sizeof *cut);
  *count = 0;
  cut[(*count)++] = t->domain.lo;
  for (size_t i = 0; i < t->set.count; i++) {
    const interval r = t->set.piece[i].range;
    cut[(*count)++] = r.lo;
    if (r.has_hi)
      cut[(*count)++] = integer_add(m, r.hi, integer_of(1));
  }
  qsort(cut, *count, sizeof *cut, by_value);
  return cut;
}

/* Whether some piece holds x. */
static bool is_covered(const trial *t, integer x) {
  return allowed_has(t->k->m, &t->set, x);
}

/* Whether nothing of one class between two cuts, which the set leaves out, will
 * do. */
static outcome prove_gap(trial *t, interval between, integer modulo,
                         integer residue) {
  recheck *k = t->k;
  progression gap;
  if (!class_of(k->m, between, modulo, residue, &gap) ||
      is_covered(t, progression_value(k->m, &gap, integer_of(0))))
    return PROOF_HOLDS;
  return recheck_never(k, t->condition, t->count, space_of(t, &gap));
}

/* The least common multiple of all strides. */
static integer common_modulo(const trial *t) {
  integer all = integer_of(1);
  for (size_t i = 0; i < t->set.count; i++)
    all = integer_lcm(t->k->m, all, t->set.piece[i].modulo);
  return all;
}

/* Whether nothing that the set leaves out will do; OPEN where that is too much
 * to ask. */
static outcome prove_gaps(trial *t) {
  arena *m = t->k->m;
  size_t n;
  const integer *cut = list_cuts(t, &n);
  const integer modulo = common_modulo(t);
  outcome worst = PROOF_HOLDS;
  if (!integer_is_small(modulo) || modulo.small > MOST_GAPS ||
      n * (size_t)modulo.small > MOST_GAPS)
    return PROOF_OPEN;
  for (size_t i = 0; i < n; i++) {
    interval between = interval_from(cut[i]);
    if (i + 1 < n)
      between = interval_of(cut[i], integer_sub(m, cut[i + 1], integer_of(1)));
    between = interval_meet(between, t->domain);
    for (int64_t r = 0; r < modulo.small; r++) {
      const outcome o = prove_gap(t, between, modulo, integer_of(r));
      if (o == PROOF_BREAKS)
        return o;
      worst = o == PROOF_OPEN ? o : worst;
    }
  }
  return worst;
}

/* ---- One set ------------------------------------------------------------- */

/* Whether the pieces are sets of sizes that the spec allows. */
static bool check_pieces(const trial *t) {
  for (size_t i = 0; i < t->set.count; i++) {
    const piece *p = &t->set.piece[i];
    if (integer_sign(p->modulo) < 1 || integer_sign(p->residue) < 0 ||
        integer_compare(p->residue, p->modulo) >= 0)
      return refuse(t, "a residue is from 0 up to less than its modulo");
    if (interval_is_empty(p->range) || !p->range.has_lo)
      return refuse(t, "a piece has no sizes, or no least one");
    if (!interval_contains(t->domain, p->range))
      return refuse(t, "a piece holds sizes that the spec does not allow");
    const bool tight =
        integer_equal(first_member(t->k->m, p, p->range.lo), p->range.lo) &&
        (!p->range.has_hi ||
         integer_equal(first_member(t->k->m, p, p->range.hi), p->range.hi));
    if (!tight)
      return refuse(t, "a piece does not begin and end with its own sizes");
  }
  return true;
}

/* Whether the pieces are right, whatever they leave out. */
static bool check_members(trial *t, bool *proved) {
  for (size_t i = 0; i < t->set.count; i++) {
    if (t->k->b->use[t->v].shared) {
      *proved = false;
      return true;
    }
    const outcome o = prove_piece(t, &t->set.piece[i]);
    if (o == PROOF_BREAKS)
      return refuse(t, "a guard refuses some size of a piece");
    *proved = *proved && o == PROOF_HOLDS;
  }
  return true;
}

/* Checks the set of `data`, a trial. */
static void check_set(void *data) {
  trial *t = data;
  recheck *k = t->k;
  bool proved = true;
  outcome worst = PROOF_HOLDS;
  if (!t->spec || !check_pieces(t) || !check_members(t, &proved))
    return;
  const outcome gaps = prove_gaps(t);
  if (gaps == PROOF_BREAKS) {
    refuse(t, "it leaves out a size that will do");
    return;
  }
  if (gaps == PROOF_HOLDS && proved) {
    recheck_say(k, PROOF_HOLDS, t->where, "exact: proved on all sizes");
    return;
  }
  if (!try_ends(t, &worst))
    return;
  recheck_say(k, worst, t->where,
              worst == PROOF_HOLDS
                  ? "right at the %zu sizes around the ends of its pieces"
                  : "not decided at some of the %zu sizes around the ends of "
                    "its pieces",
              t->tried);
}

/* Checks every set. */
void recheck_allowed(recheck *k, const dimsat_result *r) {
  for (size_t i = 0; i < r->allowed_count; i++) {
    const allowed_set *set = &r->allowed[i];
    const arena_mark mark = arena_get_mark(k->m);
    trial t = {.k = k,
               .where = arena_format(k->m, "allowed.%.60s", set->dim),
               .set = {.piece = set->piece, .count = set->count, .exact = true},
               .spec = bind_space(k->b, NULL)};
    const variable *u = bind_named(k->b, set->dim);
    if (!u) {
      refuse(&t, "the problem has no dim of its own with this name");
      continue;
    }
    bool *marked = arena_zeroed(k->m, k->b->variable_count + 1, sizeof *marked);
    t.v = (uint32_t)(u - k->b->variable);
    t.domain = variable_domain(u);
    marked[t.v] = true;
    t.condition = recheck_connected(k, k->b, marked, &t.count);
    if (!recheck_try(k, check_set, &t))
      recheck_say(k, PROOF_OPEN, t.where, "%s", k->oracle.why);
    arena_rewind(k->m, mark);
  }
}
