#include "tests/volume/laws.h"

#include "tests/volume/scaled.h"

/* A problem and its answer. */
typedef struct {
  session *s;
  const answer_case *c;
  const summary *base;
} known;

static const char *const name[LAWS] = {
    [LAW_GUARD_ORDER] = "guards in another order",
    [LAW_DIM_ORDER] = "dims in another order",
    [LAW_AXIS_ORDER] = "axes in another order",
    [LAW_GROUP_ORDER] = "inputs in another order",
    [LAW_GROUPS_ALONE] = "inputs alone",
    [LAW_NAMES] = "other names",
    [LAW_TRUE_GUARD] = "one more guard that is always true",
    [LAW_WEAKER_GUARD] = "one more guard that another implies",
    [LAW_UNITS] = "axes in other units",
    [LAW_SCALED] = "dims in other units"};

/* ---- Answers that must be the same -------------------------------------- */

/* Asks again. */
static void again(const known *k, law l, const writing *w) {
  session *const s = k->s;
  const char *const text = draft_write(&s->d, w);
  const dimsat_result *const r = session_suggest(s, text);
  summary now = {0};
  s->t.law[l]++;
  if (!r)
    return;
  summary_add(&now, &s->d, r, w->renamed);
  session_compare(s, name[l], text, k->base, &now, SAME_ALL);
}

/* Puts numbers in another order. */
static void shuffle(session *s, size_t *order, size_t count) {
  for (size_t i = count; i > 1; i--) {
    const size_t k = random_below(&s->d.random, i);
    const size_t x = order[i - 1];
    order[i - 1] = order[k];
    order[k] = x;
  }
}

/* Guards in another order, other names, inputs in another order. */
static void reorder(const known *k) {
  session *const s = k->s;
  writing w = draft_plain(&s->d);
  shuffle(s, w.order, w.count);
  if (w.count > 1)
    again(k, LAW_GUARD_ORDER, &w);
  w = draft_plain(&s->d);
  w.renamed = true;
  again(k, LAW_NAMES, &w);
  w = draft_plain(&s->d);
  shuffle(s, w.groups, w.group_count);
  if (w.group_count > 1)
    again(k, LAW_GROUP_ORDER, &w);
}

/* Each group as a problem of its own. */
static void separate(const known *k) {
  session *const s = k->s;
  const writing all = draft_plain(&s->d);
  summary now = {0};
  bool stuck = false;
  for (size_t g = 0; g < s->d.group_count; g++) {
    writing w = all;
    w.groups[0] = g;
    w.group_count = 1;
    summary one = {0};
    const dimsat_result *const r = session_suggest(s, draft_write(&s->d, &w));
    if (!r)
      return;
    summary_add(&one, &s->d, r, false);
    stuck |= one.verdict == DIMSAT_VERDICT_CONTRADICTORY ||
             (one.verdict != DIMSAT_VERDICT_OK && one.fixes == 0);
    summary_add(&now, &s->d, r, false);
  }
  s->t.law[LAW_GROUPS_ALONE]++;
  if (!stuck)
    session_compare(s, name[LAW_GROUPS_ALONE], draft_write(&s->d, &all),
                    k->base, &now, SAME_ALL);
}

/* ---- Answers whose truth must be the same ------------------------------- */

/* Asks again with this text and judges the answer. */
static void ask_judged(const known *k, law l, const char *text, bool connected,
                       judging how) {
  session *const s = k->s;
  answer_case c = *k->c;
  summary now = {0};
  s->t.law[l]++;
  c.connected = connected;
  c.result = session_suggest(s, text);
  if (!c.result)
    return;
  summary_add(&now, &s->d, c.result, false);
  session_compare(s, name[l], text, k->base, &now, SAME_TRUTH);
  session_judge(s, text, &c, how);
}

/* The same with a writing. */
static void again_judged(const known *k, law l, const writing *w) {
  ask_judged(k, l, draft_write(&k->s->d, w), w->extra != NULL, JUDGE_ALL);
}

/* The lines of dims in another order. */
static void reorder_dims(const known *k) {
  writing w = draft_plain(&k->s->d);
  shuffle(k->s, w.line, k->s->d.count);
  again_judged(k, LAW_DIM_ORDER, &w);
}

/* The axes of each input in another order. */
static void reorder_axes(const known *k) {
  draft *const d = &k->s->d;
  size_t kept[MOST_ITEMS];
  for (size_t i = 0; i < d->count; i++)
    kept[i] = d->item[i].axis;
  for (size_t g = 0; g < d->group_count; g++) {
    size_t place[MOST_ITEMS];
    const size_t first = d->first[g], count = d->first[g + 1] - first;
    for (size_t i = 0; i < count; i++)
      place[i] = i;
    shuffle(k->s, place, count);
    for (size_t i = 0; i < count; i++)
      d->item[first + i].axis = place[i];
  }
  const writing w = draft_plain(d);
  again_judged(k, LAW_AXIS_ORDER, &w);
  for (size_t i = 0; i < d->count; i++)
    d->item[i].axis = kept[i];
}

/* One of the dims. */
static size_t some_dim(session *s) {
  size_t i;
  do
    i = random_below(&s->d.random, s->d.count);
  while (!item_is_dim(&s->d.item[i]));
  return i;
}

/* One more guard that always holds, and may connect groups. */
static void add_true(const known *k) {
  session *const s = k->s;
  writing w = draft_plain(&s->d);
  w.extra = formula_true(s->d.m, some_dim(s), some_dim(s));
  again_judged(k, LAW_TRUE_GUARD, &w);
}

/* One more guard: what one of the guards says, or something else, of any of the
 * groups. */
static void add_weaker(const known *k) {
  session *const s = k->s;
  draft *const d = &s->d;
  if (d->guard_count == 0)
    return;
  writing w = draft_plain(d);
  const draft_guard *const from =
      &d->guard[random_below(&d->random, d->guard_count)];
  garden other = {
      .random = &d->random, .m = d->m, .count = d->count, .safe = true};
  w.extra = formula_or(d->m, from->formula, formula_grow(&other));
  again_judged(k, LAW_WEAKER_GUARD, &w);
}

/* ---- Other units -------------------------------------------------------- */

/* Axes of dims count more; the dims stay. */
static void scale_axes(const known *k) {
  draft *const d = &k->s->d;
  writing w = draft_plain(d);
  w.unit = random_range(&d->random, 2, 5);
  const draft kept = *d;
  scale_guards(d, w.unit);
  const char *const text = draft_write(d, &w);
  *d = kept;
  ask_judged(k, LAW_UNITS, text, false, JUDGE_ALL_BUT_RANGES);
}

/* Dims themselves count more, and guards demand multiples: the allowed sets do
 * too. */
static void scale_dims(const known *k) {
  session *const s = k->s;
  const draft kept = s->d;
  const int64_t unit = random_range(&s->d.random, 2, 5);
  scale_guards(&s->d, unit);
  scale_sizes(&s->d, unit);
  const writing w = draft_plain(&s->d);
  const char *const text = draft_write(&s->d, &w);
  const dimsat_result *const r = session_suggest(s, text);
  s->t.law[LAW_SCALED]++;
  if (r) {
    summary now = {0};
    summary_add(&now, &s->d, r, false);
    const bool strides = now.verdict == DIMSAT_VERDICT_VIOLATED &&
                         k->base->verdict == DIMSAT_VERDICT_OK;
    now.count = 0;
    now.verdict = strides ? DIMSAT_VERDICT_OK : now.verdict;
    summary_add_sets(&now, &s->d, r, false, unit);
    session_compare(s, name[LAW_SCALED], text, k->base, &now, SAME_TRUTH);
  }
  s->d = kept;
}

void laws_hold(session *s, const answer_case *c, const summary *base) {
  const known k = {s, c, base};
  reorder(&k);
  separate(&k);
  reorder_dims(&k);
  reorder_axes(&k);
  add_true(&k);
  add_weaker(&k);
  scale_axes(&k);
  scale_dims(&k);
}
