#include "tests/volume/summary.h"

#include "tests/volume/repaired.h"

#include <stdlib.h>
#include <string.h>

#define TOLD 300 /* sizes up to this one are told */

/* A number, with `none` where there is none. */
static const char *number_text(arena *m, bool has, integer x,
                               const char *none) {
  return has ? arena_format(m, "%jd", (intmax_t)x.small) : none;
}

/* A dim's number; of a new root that of the first dim that follows it. */
static const char *neutral(const draft *d, const dimsat_result *r,
                           const char *name, bool renamed) {
  size_t i = repaired_find_dim(d, name, renamed);
  if (i < d->count)
    return arena_format(d->m, "#%zu", i);
  for (size_t k = 0; k < r->fix_count; k++) {
    const fix *const f = &r->fixes[k];
    if (f->kind != FIX_DERIVED || strcmp(f->root, name) != 0)
      continue;
    const size_t at = repaired_find_dim(d, f->dim, renamed);
    i = at < i ? at : i;
  }
  return arena_format(d->m, "_#%zu", i);
}

/* Adds a line. */
static void add(summary *s, const char *line) {
  if (s->count < MOST_LINES)
    s->line[s->count++] = line;
}

/* One fix. */
static void add_fix(summary *s, const draft *d, const dimsat_result *r,
                    const fix *f, bool renamed) {
  arena *const m = d->m;
  const char *const name = neutral(d, r, f->dim, renamed);
  if (f->kind == FIX_VALUE)
    add(s, arena_format(m, "fix %s = %jd", name, (intmax_t)f->value.small));
  else if (f->kind == FIX_RANGE)
    add(s,
        arena_format(m, "fix %s = %jd..%s", name, (intmax_t)f->range.lo.small,
                     number_text(m, f->range.has_hi, f->range.hi, "")));
  else
    add(s, arena_format(
               m, "fix %s = %jd*%s%+jd", name, (intmax_t)f->scale.small,
               neutral(d, r, f->root, renamed), (intmax_t)f->offset.small));
}

/* Whether a set holds a size. */
static bool set_has(const allowed_set *a, int64_t x) {
  for (size_t i = 0; i < a->count; i++)
    if (interval_has(a->piece[i].range, integer_of(x)) &&
        x % a->piece[i].modulo.small == a->piece[i].residue.small)
      return true;
  return false;
}

/* Whether a set holds a size that is not a multiple of the unit. */
static bool set_has_between(const allowed_set *a, int64_t unit) {
  for (int64_t x = 0; x <= unit * TOLD; x++)
    if (x % unit != 0 && set_has(a, x))
      return true;
  return false;
}

/* One allowed set by its sizes, in units: the same may be said in other
 * pieces. */
static void add_set(summary *s, const draft *d, const allowed_set *a,
                    bool renamed, int64_t unit) {
  buffer text;
  buffer_init(&text, d->m);
  buffer_format(&text, "set #%zu:", repaired_find_dim(d, a->dim, renamed));
  for (int64_t x = 0; x <= TOLD; x++)
    if (set_has(a, unit * x) && (x == 0 || !set_has(a, unit * (x - 1)))) {
      buffer_format(&text, " %jd..", (intmax_t)x);
      while (x < TOLD && set_has(a, unit * (x + 1)))
        x++;
      buffer_format(&text, "%jd", (intmax_t)x);
    }
  if (set_has_between(a, unit))
    buffer_add(&text, " and between");
  add(s, text.text);
}

void summary_add_sets(summary *s, const draft *d, const dimsat_result *r,
                      bool renamed, int64_t unit) {
  for (size_t i = 0; i < r->allowed_count; i++)
    add_set(s, d, &r->allowed[i], renamed, unit);
}

/* The verdict of two parts together. */
static dimsat_verdict worse(dimsat_verdict a, dimsat_verdict b) {
  static const int rank[] = {[DIMSAT_VERDICT_OK] = 0,
                             [DIMSAT_VERDICT_UNDECIDED] = 1,
                             [DIMSAT_VERDICT_VIOLATED] = 2,
                             [DIMSAT_VERDICT_CONTRADICTORY] = 3};
  return rank[a] > rank[b] ? a : b;
}

void summary_add(summary *s, const draft *d, const dimsat_result *r,
                 bool renamed) {
  s->verdict = worse(s->verdict, r->verdict);
  s->fixes += r->fix_count;
  s->open |= r->may_be_wider || r->verdict == DIMSAT_VERDICT_UNDECIDED ||
             (r->verdict == DIMSAT_VERDICT_VIOLATED && r->fix_count == 0);
  for (size_t i = 0; i < r->fix_count; i++)
    add_fix(s, d, r, &r->fixes[i], renamed);
  summary_add_sets(s, d, r, renamed, 1);
}

/* qsort order of texts. */
static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void summary_sort(summary *s) {
  qsort(s->line, s->count, sizeof *s->line, by_text);
}

/* The number of the next line from `i` on that is no set. */
static size_t next_fix(const summary *s, size_t i) {
  while (i < s->count && strncmp(s->line[i], "set ", 4) == 0)
    i++;
  return i;
}

bool summary_equal(const summary *a, const summary *b) {
  size_t i = next_fix(a, 0), k = next_fix(b, 0);
  while (i < a->count && k < b->count && strcmp(a->line[i], b->line[k]) == 0) {
    i = next_fix(a, i + 1);
    k = next_fix(b, k + 1);
  }
  return a->verdict == b->verdict && i == a->count && k == b->count;
}

/* A violated problem or more. */
static bool is_violated(const summary *s) {
  return s->verdict == DIMSAT_VERDICT_VIOLATED ||
         s->verdict == DIMSAT_VERDICT_CONTRADICTORY;
}

bool summary_verdicts_agree(const summary *a, const summary *b) {
  return a->verdict == b->verdict || a->verdict == DIMSAT_VERDICT_UNDECIDED ||
         b->verdict == DIMSAT_VERDICT_UNDECIDED ||
         ((a->open || b->open) && is_violated(a) && is_violated(b));
}

/* Whether two lines are sets of one dim. */
static bool of_one_dim(const char *a, const char *b) {
  const char *const end = strchr(a, ':');
  return strncmp(a, "set ", 4) == 0 && end &&
         strncmp(a, b, (size_t)(end - a) + 1) == 0;
}

/* Whether some dim can have no size. */
static bool has_empty_set(const summary *s) {
  for (size_t i = 0; i < s->count; i++)
    if (s->line[i][strlen(s->line[i]) - 1] == ':')
      return true;
  return s->verdict == DIMSAT_VERDICT_CONTRADICTORY;
}

bool summary_sets_agree(const summary *a, const summary *b) {
  if (has_empty_set(a) || has_empty_set(b))
    return true;
  for (size_t i = 0; i < a->count; i++)
    for (size_t k = 0; k < b->count; k++)
      if (of_one_dim(a->line[i], b->line[k]) &&
          strcmp(a->line[i], b->line[k]) != 0)
        return false;
  return true;
}

size_t summary_sets_lost(const summary *a, const summary *b) {
  size_t lost = 0;
  for (size_t i = 0; i < a->count; i++) {
    bool found = strncmp(a->line[i], "set ", 4) != 0;
    for (size_t k = 0; k < b->count && !found; k++)
      found = of_one_dim(a->line[i], b->line[k]);
    lost += !found;
  }
  return lost;
}

const char *summary_text(const summary *s, arena *m) {
  static const char *const verdict[] = {
      [DIMSAT_VERDICT_OK] = "ok",
      [DIMSAT_VERDICT_VIOLATED] = "violated",
      [DIMSAT_VERDICT_CONTRADICTORY] = "contradictory",
      [DIMSAT_VERDICT_UNDECIDED] = "undecided"};
  buffer out;
  buffer_init(&out, m);
  buffer_format(&out, "  %s\n", verdict[s->verdict]);
  for (size_t i = 0; i < s->count; i++)
    buffer_format(&out, "  %s\n", s->line[i]);
  return out.text;
}
