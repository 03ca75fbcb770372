/*
 * Fixes in the form that PyTorch reads back: one definition a line, ranges
 * before the dims derived from them, no comments and no "oo".
 */
#include "solver/report.h"

/* Appends "Dim('width', min=4, max=511)"; a min of 0 is PyTorch's default, but
 * a new root always shows its own. */
static void add_dim(buffer *out, const fix *f) {
  buffer_format(out, "Dim('%s'", f->dim);
  if (f->range.has_lo && (f->new_root || integer_sign(f->range.lo) > 0)) {
    buffer_add(out, ", min=");
    report_integer(out, f->range.lo);
  }
  if (f->range.has_hi) {
    buffer_add(out, ", max=");
    report_integer(out, f->range.hi);
  }
  buffer_add(out, ")");
}

/* Appends "seq = 4*_seq", "k = 8" or "width = Dim('width', max=511)". */
void report_fix(buffer *out, const fix *f) {
  buffer_format(out, "%s = ", f->dim);
  switch (f->kind) {
  case FIX_VALUE:
    report_integer(out, f->value);
    break;
  case FIX_RANGE:
    add_dim(out, f);
    break;
  case FIX_DERIVED:
    report_linear(out, f->scale, f->root, f->offset);
    break;
  }
}

/* Where a fix stands: changed ranges, new roots, derived dims, constants. */
static int rank_of(const fix *f) {
  if (f->kind == FIX_RANGE)
    return f->new_root ? 1 : 0;
  return f->kind == FIX_DERIVED ? 2 : 3;
}

/* Appends the block, one indented line a fix. */
void report_torch(buffer *out, const dimsat_result *r) {
  if (r->fix_count == 0)
    return;
  buffer_add(out, "Suggested fixes:\n");
  for (int rank = 0; rank < 4; rank++)
    for (size_t i = 0; i < r->fix_count; i++)
      if (rank_of(&r->fixes[i]) == rank) {
        buffer_add(out, "  ");
        report_fix(out, &r->fixes[i]);
        buffer_add(out, "\n");
      }
}
