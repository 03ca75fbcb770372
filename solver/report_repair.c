/* The repair for people: each changed dim in one aligned row. */
#include "solver/report.h"

#include <string.h>

typedef struct {
  const char *dim, *now, *was, *cost; /* `cost` may be "" */
} row;

/* The fix that gives the new root `name` its range, or NULL. */
static const fix *find_new_root(const dimsat_result *r, const char *name) {
  for (size_t i = 0; i < r->fix_count; i++)
    if (r->fixes[i].kind == FIX_RANGE && r->fixes[i].new_root &&
        strcmp(r->fixes[i].dim, name) == 0)
      return &r->fixes[i];
  return NULL;
}

/* Appends ", _seq >= 1" or ", 1 <= _seq <= 128". */
static void add_condition(buffer *out, const char *name, interval range) {
  if (range.has_hi) {
    buffer_add(out, ", ");
    report_integer(out, range.lo);
    buffer_format(out, " <= %s <= ", name);
    report_integer(out, range.hi);
  } else if (integer_sign(range.lo) > 0) {
    buffer_format(out, ", %s >= ", name);
    report_integer(out, range.lo);
  }
}

/* What the dim of `f` becomes: "4*_seq, _seq >= 1", "4..511", "8". */
static const char *describe_fix(const dimsat_result *r, const fix *f) {
  arena *m = &r->problem->cx->nodes;
  if (f->kind == FIX_VALUE)
    return integer_text(m, f->value);
  if (f->kind == FIX_RANGE)
    return text_range(m, f->range);
  buffer out;
  buffer_init(&out, m);
  report_linear(&out, f->scale, f->root, f->offset);
  const fix *root = find_new_root(r, f->root);
  if (root)
    add_condition(&out, f->root, root->range);
  return out.text;
}

/* The range that the problem gives the dim `name`, when it is a root. */
static bool find_old_range(const dimsat_problem *p, const char *name,
                           interval *range) {
  for (size_t i = 0; i < p->dim_count; i++)
    if (!p->dims[i].derived && strcmp(p->dims[i].name, name) == 0) {
      *range = p->dims[i].range;
      return true;
    }
  return false;
}

/* How many members a bounded range has. */
static integer count_of(arena *m, interval range) {
  const integer width = integer_sub(m, range.hi, range.lo);
  return integer_add(m, width, integer_of(1));
}

/* "3 of 4 sizes are given up" by following a new root, or "". */
static const char *describe_cost(const dimsat_result *r, const fix *f) {
  arena *m = &r->problem->cx->nodes;
  const fix *root = f->kind == FIX_DERIVED ? find_new_root(r, f->root) : NULL;
  interval old;
  if (!root || !find_old_range(r->problem, f->dim, &old) || !old.has_lo ||
      old.has_hi != root->range.has_hi)
    return "";
  const integer all = old.has_hi ? count_of(m, old) : f->scale;
  const integer kept = old.has_hi ? count_of(m, root->range) : integer_of(1);
  const integer lost = integer_sub(m, all, kept);
  if (integer_sign(lost) <= 0)
    return "";
  return arena_format(m, "%s of %s sizes are given up", integer_text(m, lost),
                      integer_text(m, all));
}

/* The rows of the dims that change; how many. */
static size_t make_rows(const dimsat_result *r, row *rows) {
  arena *m = &r->problem->cx->nodes;
  size_t count = 0;
  for (size_t i = 0; i < r->fix_count; i++) {
    const fix *f = &r->fixes[i];
    if (f->kind == FIX_RANGE && f->new_root)
      continue;
    const char *spec = text_spec(r->problem, f->dim);
    rows[count++] = (row){.dim = f->dim,
                          .now = describe_fix(r, f),
                          .was = spec ? arena_format(m, "was %s", spec) : "",
                          .cost = describe_cost(r, f)};
  }
  return count;
}

/* The larger of a width and the width of `text`. */
static size_t widest(size_t width, const char *text) {
  const size_t other = text_width(text);
  return other > width ? other : width;
}

/* Appends `text` and spaces up to `width`, unless nothing follows. */
static void add_cell(text_report *t, const char *text, size_t width,
                     bool last) {
  text_add(t, STYLE_PLAIN, text);
  if (!last)
    text_pad(t, text_width(text), width);
}

/* Appends the rows in aligned columns. */
static void add_rows(text_report *t, const row *rows, size_t count) {
  size_t dim_width = 0, now_width = 0, was_width = 0;
  for (size_t i = 0; i < count; i++) {
    dim_width = widest(dim_width, rows[i].dim);
    now_width = widest(now_width, rows[i].now);
    was_width = widest(was_width, rows[i].was);
  }
  for (size_t i = 0; i < count; i++) {
    const bool has_cost = rows[i].cost[0] != '\0';
    buffer_add(t->out, "  ");
    add_cell(t, rows[i].dim, dim_width, false);
    buffer_add(t->out, " = ");
    add_cell(t, rows[i].now, now_width, rows[i].was[0] == '\0' && !has_cost);
    buffer_add(t->out, rows[i].was[0] ? "      " : "");
    add_cell(t, rows[i].was, was_width, !has_cost);
    buffer_add(t->out, has_cost ? "      " : "");
    add_cell(t, rows[i].cost, 0, true);
    buffer_add(t->out, "\n");
  }
}

/* The heading of the repair, which is proved, or it were not shown. */
static const char *describe_proof(const dimsat_result *r) {
  arena *m = &r->problem->cx->nodes;
  size_t guards = 0;
  for (size_t i = 0; i < r->problem->guard_count; i++)
    guards += r->problem->guards[i].kind == GUARD_GUARD;
  const char *on = "";
  if (guards == 1)
    on = " on the guard";
  else if (guards == 2)
    on = " on both guards";
  else if (guards > 2)
    on = arena_format(m, " on all %zu guards", guards);
  return arena_format(m, "Repair, proved%s; %s:", on,
                      r->may_be_wider ? "it may be possible to widen it"
                                      : "no part of it can be widened");
}

/* Appends the repair, or why there is none; see report.h. */
void text_repair(text_report *t) {
  const dimsat_result *r = t->result;
  buffer_add(t->out, "\n");
  if (r->fix_count == 0) {
    buffer_add(t->out, r->undecided.count || r->proof == PROOF_UNDECIDED
                           ? "No repair could be proved.\n"
                           : "No change of dims alone makes the spec agree.\n");
    return;
  }
  row *rows = arena_zeroed(&r->problem->cx->work, r->fix_count, sizeof *rows);
  const size_t count = make_rows(r, rows);
  text_add(t, STYLE_HEADING, describe_proof(r));
  buffer_add(t->out, "\n");
  add_rows(t, rows, count);
  buffer_add(t->out, "\n");
  report_torch(t->out, r);
}
