#include "tests/fuzz/samples.h"

#include "lib/expr/context.h"
#include "solver/eval_sizes.h"

#include <inttypes.h>
#include <string.h>

#define FAR 40                     /* from a bound */
#define LARGEST (INT64_C(1) << 40) /* bound that is tried */

/* ---- Picking ------------------------------------------------------------ */

/* The fix of this dim, or NULL. */
static const fix *find_fix(const dimsat_result *r, const char *name) {
  for (size_t i = 0; i < r->fix_count; i++)
    if (strcmp(r->fixes[i].dim, name) == 0)
      return &r->fixes[i];
  return NULL;
}

/* The range of the dim in the problem, or of all sizes. */
static interval own_range(const dimsat_problem *p, const char *name) {
  for (size_t i = 0; i < p->dim_count; i++)
    if (strcmp(p->dims[i].name, name) == 0)
      return p->dims[i].range;
  return interval_from(integer_of(0));
}

/* Whether a number can be counted with. */
static bool is_plain(integer x) {
  return integer_is_small(x) && x.small <= LARGEST && x.small >= -LARGEST;
}

/* A number of the range, near one of its ends. */
static bool pick_in(interval range, random_source *choices, int64_t *x) {
  const uint64_t dice = random_below(choices, FAR);
  if (!range.has_lo || !is_plain(range.lo))
    return false;
  *x = range.lo.small + (int64_t)dice;
  if (!range.has_hi)
    return true;
  if (!is_plain(range.hi))
    return false;
  if (*x > range.hi.small || dice % 4 == 3)
    *x = range.hi.small - (int64_t)(dice % 3);
  if (*x < range.lo.small)
    *x = range.lo.small;
  return true;
}

/* What was picked for roots so far, new ones too. */
typedef struct {
  const dimsat_result *r;
  random_source *choices;
  const char *name[2 * SAMPLE_DIMS];
  int64_t size[2 * SAMPLE_DIMS];
  size_t count;
} picking;

/* The size of a root that is not defined by another. */
static bool pick_root(picking *k, const char *name, int64_t *x) {
  const fix *const f = find_fix(k->r, name);
  for (size_t i = 0; i < k->count; i++)
    if (strcmp(k->name[i], name) == 0)
      return *x = k->size[i], true;
  if (k->count == 2 * SAMPLE_DIMS)
    return false;
  if (f && f->kind == FIX_VALUE) {
    *x = f->value.small;
    return is_plain(f->value);
  }
  const interval range = f ? f->range : own_range(k->r->problem, name);
  if (!pick_in(range, k->choices, x))
    return false;
  k->name[k->count] = name;
  k->size[k->count++] = *x;
  return true;
}

/* The size of any root of the problem. */
static bool pick_dim(picking *k, const char *name, int64_t *x) {
  const fix *const f = find_fix(k->r, name);
  int64_t root;
  if (!f || f->kind != FIX_DERIVED)
    return pick_root(k, name, x);
  if (!is_plain(f->scale) || !is_plain(f->offset) ||
      !pick_root(k, f->root, &root) || f->scale.small > LARGEST / 4096)
    return false;
  return !__builtin_mul_overflow(f->scale.small, root, x) &&
         !__builtin_add_overflow(*x, f->offset.small, x);
}

bool sample_pick(sample *s, const dimsat_result *r, random_source *choices,
                 arena *m) {
  picking k = {.r = r, .choices = choices};
  const dimsat_problem *const p = r->problem;
  s->count = 0;
  for (size_t i = 0; i < p->dim_count; i++) {
    int64_t x;
    if (p->dims[i].derived)
      continue;
    if (s->count == SAMPLE_DIMS || !pick_dim(&k, p->dims[i].name, &x))
      return false;
    s->name[s->count] = p->dims[i].name;
    s->text[s->count++] = arena_format(m, "%" PRId64, x);
  }
  return true;
}

/* ---- Judging ------------------------------------------------------------ */

typedef struct {
  dimsat_problem *p;
  const sample *s;
  bool assumed;
} look;

/* Looks whether each symbol is within its range, and no size below 0. */
static void look_at(void *data) {
  look *const l = data;
  sizes s;
  sizes_init(&s, l->p);
  for (size_t i = 0; i < l->s->count; i++)
    sizes_give(&s, l->s->name[i], l->s->text[i]);
  sizes_derive(&s);
  l->assumed = true;
  for (size_t i = 0; i < l->p->symbol_count; i++) {
    const size *const x =
        sizes_at(&s, sizes_meaning(&s, l->p->symbols[i].name));
    if (x && x->known)
      l->assumed &= interval_has(l->p->symbols[i].range, x->value);
  }
  for (size_t i = 0; i < l->p->dim_count; i++)
    l->assumed &= !s.dim[i].known || integer_sign(s.dim[i].value) >= 0;
  for (size_t i = 0; i < l->p->input_count; i++)
    for (size_t k = 0; k < l->p->inputs[i].rank; k++)
      l->assumed &=
          !s.axis[i][k].known || integer_sign(s.axis[i][k].value) >= 0;
}

bool sample_is_assumed(dimsat_problem *p, const sample *s) {
  look l = {.p = p, .s = s};
  return context_run(p->cx, look_at, &l) == DIMSAT_OK && l.assumed;
}

const char *sample_refusal(dimsat_problem *p, const sample *s) {
  const char *const *messages = NULL;
  const int count = dimsat_eval(p, s->name, s->text, s->count, &messages);
  hold(count >= 0, "sizes of dims are no sizes: %s",
       dimsat_last_error(p->cx)->text);
  for (int i = 0; i < count; i++)
    if (strncmp(messages[i], "guard ", 6) == 0)
      return messages[i];
  return NULL;
}
