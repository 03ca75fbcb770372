#include "tests/volume/judge.h"

#include "tests/volume/repaired.h"

#include <string.h>

/* ---- Verdict ------------------------------------------------------------ */

/* How many sizes an item has where all guards hold. */
static int64_t count_sizes(const group_table *t, size_t index) {
  int64_t sizes = 0;
  for (int64_t v = 0; v < t->seen_end[index]; v++)
    sizes += t->seen[index][v];
  return sizes;
}

/* Whether the guards leave some DYNAMIC axis of the group one size of several,
 * or where `at_most` is set, none. */
static bool is_forced(const group_table *t, bool at_most) {
  for (size_t i = t->d->first[t->group]; i < t->d->first[t->group + 1]; i++) {
    const item *const x = &t->d->item[i];
    const span range = item_free_range(x);
    const int64_t sizes =
        x->kind == ITEM_FREE && x->dynamic ? count_sizes(t, i) : 2;
    if (sizes == 0 ? at_most : sizes == 1 && (at_most || range.hi > range.lo))
      return true;
  }
  return false;
}

/* Whether the verdict can be. */
const char *judge_verdict(const answer_case *c) {
  const dimsat_verdict v = c->result->verdict;
  bool breaks = false, holds = true, forced = false, misses = false;
  for (size_t g = 0; g < c->d->group_count; g++) {
    breaks |= c->table[g]->breaks;
    holds &= c->table[g]->holds;
    forced |= c->table[g]->exact && is_forced(c->table[g], false);
    misses |= c->table[g]->misses;
  }
  if (v == DIMSAT_VERDICT_OK && breaks)
    return "it agrees, but some sizes break a guard";
  if (v == DIMSAT_VERDICT_OK && forced)
    return "it agrees, but a DYNAMIC axis is forced to one size";
  if (v == DIMSAT_VERDICT_OK && misses)
    return "it agrees, but the example is outside of the spec";
  if (v == DIMSAT_VERDICT_CONTRADICTORY && holds)
    return "it is contradictory, but some sizes satisfy all guards";
  if (v == DIMSAT_VERDICT_VIOLATED && c->result->violation_count == 0)
    return "it is violated without a violation";
  return NULL;
}

/* ---- Witnesses ---------------------------------------------------------- */

/* Reads a witness's sizes; false where a dim has none. */
static bool read_witness(const draft *d, const witness *w, int64_t *at) {
  bool known[MOST_ITEMS] = {false};
  for (size_t k = 0; k < w->count; k++) {
    const size_t i = repaired_find_dim(d, w->name[k], false);
    if (i == d->count)
      return false;
    at[i] = w->value[k].small;
    known[i] = true;
  }
  for (size_t i = 0; i < d->count; i++)
    if (item_is_dim(&d->item[i]) && !known[i])
      return false;
  return true;
}

/* Whether the user allows these sizes. */
static bool is_allowed(const draft *d, const int64_t *at) {
  for (size_t i = 0; i < d->count; i++) {
    const item *const x = &d->item[i];
    if (x->kind == ITEM_ROOT && (at[i] < x->own.lo || at[i] > x->own.hi))
      return false;
    if (x->kind == ITEM_DERIVED && !x->unnamed &&
        at[i] != x->scale * at[x->root] + x->offset)
      return false;
  }
  return true;
}

/* A violation that no sizes show. */
static const char *judge_bare(const answer_case *c, const violation *v) {
  bool misses = false, forced = false;
  for (size_t g = 0; g < c->d->group_count; g++) {
    misses |= c->table[g]->misses;
    forced |= is_forced(c->table[g], true);
  }
  if (v->kind == VIOLATION_EXAMPLE)
    return misses ? NULL : "an example is refused that lies in the spec";
  if (v->kind == VIOLATION_CONSTANT)
    return misses || forced ? NULL
                            : "a DYNAMIC axis is called forced that is not";
  return "a violation has no witness";
}

/* One violation. */
static const char *judge_violation(const answer_case *c, const violation *v) {
  const draft *const d = c->d;
  int64_t at[MOST_ITEMS] = {0};
  if (v->witness.count == 0)
    return judge_bare(c, v);
  if (!read_witness(d, &v->witness, at))
    return "a witness does not name the dims";
  if (!is_allowed(d, at))
    return "a witness is not allowed by the user";
  bool breaks = false;
  for (size_t g = 0; g < d->group_count; g++) {
    const cell x = table_evaluate(d, g, at);
    if (x == CELL_VOID)
      return "a witness is outside of the assumptions";
    breaks |= x != CELL_HOLDS;
  }
  return breaks ? NULL : "a witness breaks nothing";
}

/* Each witness is allowed and breaks a guard. */
const char *judge_witnesses(const answer_case *c) {
  const char *wrong = NULL;
  for (size_t i = 0; i < c->result->violation_count && !wrong; i++)
    wrong = judge_violation(c, &c->result->violations[i]);
  return wrong;
}

/* ---- Fixes -------------------------------------------------------------- */

/* Sizes that nobody can object to. */
static bool is_safe(cell x, void *data) {
  (void)data;
  return x == CELL_HOLDS || x == CELL_VOID || x == CELL_FAR ||
         x == CELL_UNKNOWN;
}

/* Sizes that are known to be good, unlike those beyond the table; notes whether
 * one counts. */
static bool is_good(cell x, void *counts) {
  *(bool *)counts |= x == CELL_HOLDS;
  return x == CELL_HOLDS || x == CELL_VOID;
}

/* Whether all sizes are good, and one counts. */
static bool all_good(const repaired *r, const group_table *t) {
  bool counts = false;
  return repaired_every(r, t, is_good, &counts) && counts;
}

/* Whether the example is kept. */
static const char *judge_example(const repaired *r) {
  int64_t at[2 * MOST_ITEMS];
  bool known[2 * MOST_ITEMS] = {false};
  for (size_t i = 0; i < r->d->count; i++) {
    const definition *const x = &r->of[i];
    const int64_t rest = r->d->item[i].example - x->offset;
    if (r->d->item[i].kind != ITEM_ROOT)
      continue;
    if (x->variable == NO_VARIABLE ? rest != 0 : rest % x->scale != 0)
      return "the example is not kept";
    if (x->variable == NO_VARIABLE)
      continue;
    const int64_t k = rest / x->scale;
    const span s = r->range[x->variable];
    if (k < s.lo || k > s.hi || (known[x->variable] && at[x->variable] != k))
      return "the example is not kept";
    if (x->variable >= r->d->count && k < 2)
      return "a new root is 0 or 1 at the example";
    at[x->variable] = k;
    known[x->variable] = true;
  }
  return NULL;
}

/* Sound and faithful. */
const char *judge_fixes(const answer_case *c) {
  repaired r;
  if (c->result->fix_count == 0)
    return NULL;
  if (c->result->proof != PROOF_PROVED)
    return "the repair is not proved";
  const char *wrong = repaired_read(&r, c->d, c->result);
  if (!wrong && !c->connected && repaired_connects(&r))
    wrong = "dims that nothing connects follow one root";
  for (size_t g = 0; g < c->d->group_count && !wrong; g++)
    if (!repaired_every(&r, c->table[g], is_safe, NULL))
      wrong = "the repair is not sound";
  return wrong ? wrong : judge_example(&r);
}

/* ---- Maximal ------------------------------------------------------------ */

/* Whether a root of the group follows this variable. */
static bool is_of_group(const repaired *r, const group_table *t, size_t v) {
  for (size_t k = 0; k < t->root_count; k++)
    if (r->of[t->root[k]].variable == v)
      return true;
  return false;
}

/* Whether a variable may also be x. */
static bool may_take(const repaired *r, const group_table *t, size_t v,
                     int64_t x) {
  repaired copy = *r;
  copy.range[v] = (span){x, x};
  return all_good(&copy, t);
}

/* Whether a bound can be given back by one. */
static const char *judge_bounds(const repaired *r, const group_table *t) {
  for (size_t v = 0; v < r->count; v++) {
    if (!is_of_group(r, t, v))
      continue;
    if (may_take(r, t, v, r->range[v].lo - 1))
      return "a lower bound can be given back by one";
    if (r->range[v].hi != ENDLESS && may_take(r, t, v, r->range[v].hi + 1))
      return "an upper bound can be given back by one";
  }
  return NULL;
}

/* Whether a root's fix can be dropped. */
static const char *judge_drop(const repaired *r, const group_table *t) {
  for (size_t k = 0; k < t->root_count; k++) {
    const size_t i = t->root[k];
    bool followed = false;
    for (size_t n = 0; n < t->root_count; n++)
      followed |= n != k && r->of[t->root[n]].variable == i;
    repaired copy = *r;
    copy.of[i] = (definition){i, 1, 0};
    copy.range[i] = r->d->item[i].own;
    if (r->changed[i] && !followed && all_good(&copy, t))
      return "a fix can be dropped";
  }
  return NULL;
}

/* Greatest common divisor. */
static int64_t gcd(int64_t a, int64_t b) {
  return b ? gcd(b, a % b) : a;
}

/* Whether the stride of a new root can be dropped. */
static const char *judge_stride(const repaired *r, const group_table *t,
                                size_t v) {
  repaired finer = *r;
  int64_t common = 0;
  for (size_t k = 0; k < t->root_count; k++)
    if (r->of[t->root[k]].variable == v)
      common = gcd(r->of[t->root[k]].scale, common);
  if (common < 2)
    return NULL;
  for (size_t k = 0; k < t->root_count; k++)
    if (r->of[t->root[k]].variable == v)
      finer.of[t->root[k]].scale /= common;
  finer.range[v].lo *= common;
  if (finer.range[v].hi != ENDLESS)
    finer.range[v].hi *= common;
  return all_good(&finer, t) ? "a stride can be dropped" : NULL;
}

/* Nothing can be given back, unless the answer says that it does not know. */
const char *judge_maximal(const answer_case *c) {
  repaired r;
  if (c->result->fix_count == 0 || c->result->may_be_wider)
    return NULL;
  const char *wrong = repaired_read(&r, c->d, c->result);
  for (size_t g = 0; g < c->d->group_count && !wrong; g++) {
    const group_table *const t = c->table[g];
    if (t->misses)
      continue;
    wrong = judge_bounds(&r, t);
    if (!wrong)
      wrong = judge_drop(&r, t);
    for (size_t v = c->d->count; v < r.count && !wrong; v++)
      wrong = judge_stride(&r, t, v);
  }
  return wrong;
}

/* ---- Sets and ranges ---------------------------------------------------- */

/* Whether a set holds a size. */
static bool set_has(const allowed_set *s, int64_t x) {
  for (size_t i = 0; i < s->count; i++) {
    const piece *const p = &s->piece[i];
    if (interval_has(p->range, integer_of(x)) &&
        x % p->modulo.small == p->residue.small)
      return true;
  }
  return false;
}

/* One dim's allowed set. */
static const char *judge_set(const answer_case *c, const allowed_set *s) {
  const size_t i = repaired_find_dim(c->d, s->dim, false);
  if (i == c->d->count)
    return "an allowed set is of no dim";
  const group_table *const t = c->table[c->d->item[i].group];
  const bool whole = table_covers(t, i);
  const bool open = t->open[table_root(t, i)];
  for (int64_t x = 0; x < t->seen_end[i] + (open ? 0 : 9); x++) {
    const bool seen = x < t->seen_end[i] && t->seen[i][x];
    if (seen && !set_has(s, x))
      return "a size is missing in an allowed set";
    if (whole && !seen && set_has(s, x))
      return "an allowed set has a size that is not allowed";
  }
  return NULL;
}

/* Whether every group can be satisfied, with its example within the spec. */
static bool is_plain(const answer_case *c) {
  for (size_t g = 0; g < c->d->group_count; g++)
    if (!c->table[g]->holds || c->table[g]->misses)
      return false;
  return true;
}

/* Allowed sets are exact. */
const char *judge_allowed(const answer_case *c) {
  const char *wrong = NULL;
  if (!is_plain(c))
    return NULL;
  for (size_t i = 0; i < c->result->allowed_count && !wrong; i++)
    wrong = judge_set(c, &c->result->allowed[i]);
  return wrong;
}

/* Whether the answer has an exact set of this dim's root. */
static bool has_set(const answer_case *c, size_t i) {
  const group_table *const t = c->table[c->d->item[i].group];
  const size_t k = table_root(t, i);
  for (size_t n = 0; n < c->result->allowed_count; n++)
    if (k < t->root_count &&
        repaired_find_dim(c->d, c->result->allowed[n].dim, false) == t->root[k])
      return true;
  return false;
}

/* One symbol's range. */
static const char *judge_range(const answer_case *c, size_t i, interval r) {
  const group_table *const t = c->table[c->d->item[i].group];
  int64_t lo = -1, hi = -1;
  for (int64_t x = 0; x < t->seen_end[i]; x++) {
    if (!t->seen[i][x])
      continue;
    lo = lo < 0 ? x : lo;
    hi = x;
  }
  if (!interval_has(r, integer_of(lo)) || !interval_has(r, integer_of(hi)))
    return "a range leaves out a size that is allowed";
  if (t->exact && has_set(c, i) &&
      (!r.has_lo || r.lo.small != lo || !r.has_hi || r.hi.small != hi))
    return "a range is not tight";
  return NULL;
}

/* Ranges are sound, and tight where an exact set is known. */
const char *judge_ranges(const answer_case *c) {
  const char *wrong = NULL;
  if (!is_plain(c))
    return NULL;
  for (size_t k = 0; k < c->result->range_count && !wrong; k++)
    for (size_t i = 0; i < c->d->count && !wrong; i++)
      if (c->d->item[i].has_symbol && strcmp(draft_symbol(c->d, i, false),
                                             c->result->ranges[k].symbol) == 0)
        wrong = judge_range(c, i, c->result->ranges[k].range);
  return wrong;
}
