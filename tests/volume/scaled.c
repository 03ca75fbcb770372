#include "tests/volume/scaled.h"

void scale_guards(draft *d, int64_t unit) {
  for (size_t i = 0; i < d->guard_count; i++)
    d->guard[i].formula = formula_scale(d->m, d->guard[i].formula, unit);
}

/* A range whose ends count more. */
static span scale_span(span s, int64_t unit) {
  return (span){unit * s.lo, s.hi == ENDLESS ? ENDLESS : unit * s.hi};
}

/* Item % unit == 0. */
static const formula *multiple(arena *m, size_t index, int64_t unit) {
  formula *const f = arena_alloc(m, 5 * sizeof *f);
  f[0] = (formula){.kind = FORM_EQ, .a = &f[1], .b = &f[2]};
  f[1] = (formula){.kind = FORM_MOD, .a = &f[3], .b = &f[4]};
  f[2] = (formula){.kind = FORM_NUMBER, .number = 0};
  f[3] = (formula){.kind = FORM_NAME, .name = index, .spelling = 1};
  f[4] = (formula){.kind = FORM_NUMBER, .number = unit};
  return f;
}

void scale_sizes(draft *d, int64_t unit) {
  for (size_t i = 0; i < d->count; i++) {
    item *const x = &d->item[i];
    x->own = scale_span(x->own, unit);
    x->assumed = scale_span(x->assumed, unit);
    x->offset *= unit;
    x->example *= unit;
    if ((x->kind == ITEM_ROOT || x->kind == ITEM_FREE) &&
        d->guard_count < MOST_GUARDS)
      d->guard[d->guard_count++] =
          (draft_guard){.formula = multiple(d->m, i, unit), .group = x->group};
  }
}
