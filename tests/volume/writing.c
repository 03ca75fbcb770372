#include "tests/volume/writing.h"

/* ---- Names -------------------------------------------------------------- */

/* Names that mean something elsewhere, or look like those of new roots. */
static const char *const other[] = {"N",    "beta",    "E",    "_a", "zeta",
                                    "I",    "S",       "row",  "Q",  "__a",
                                    "rows", "lambda_", "_zeta"};
#define OTHERS (sizeof other / sizeof *other)

static const char *const input_names[2][MOST_GROUPS] = {{"x", "y", "z"},
                                                        {"q", "L['t']", "u"}};

/* The axis of an item, as guards spell it. */
static const char *axis_name(const draft *d, size_t index, bool renamed) {
  const item *const x = &d->item[index];
  return arena_format(d->m, "%s[%zu]", input_names[renamed][x->group], x->axis);
}

/* The name of an item: of a dim, or of an axis. */
const char *draft_name(const draft *d, size_t index, bool renamed) {
  if (!item_is_dim(&d->item[index]))
    return axis_name(d, index, renamed);
  if (!renamed)
    return arena_format(d->m, "%c", (char)('a' + index));
  return index < OTHERS ? other[index] : arena_format(d->m, "dim%zu", index);
}

/* The name of an item's symbol. */
const char *draft_symbol(const draft *d, size_t index, bool renamed) {
  return renamed ? arena_format(d->m, "u%zu", 90 - index)
                 : arena_format(d->m, "s%zu", index);
}

/* ---- Text --------------------------------------------------------------- */

/* What names are written from. */
typedef struct {
  const draft *d;
  const writing *w;
} naming;

/* Whether the axis of an item counts in the units of the writing. */
static bool has_unit(const item *x) {
  return x->kind == ITEM_ROOT || x->kind == ITEM_DERIVED;
}

/* One of the names of an item, in the units of the writing. */
static const char *write_name(const void *data, size_t index, size_t spelling) {
  const naming *const n = data;
  const item *const x = &n->d->item[index];
  const bool of_axis =
      spelling == 1 || (spelling == 0 && x->has_symbol) || !item_is_dim(x);
  const char *const name = spelling == 0 && x->has_symbol
                               ? draft_symbol(n->d, index, n->w->renamed)
                           : of_axis ? axis_name(n->d, index, n->w->renamed)
                                     : draft_name(n->d, index, n->w->renamed);
  if (n->w->unit == 1 || (of_axis && has_unit(x)))
    return name;
  return arena_format(n->d->m, "(%jd*%s)", (intmax_t)n->w->unit, name);
}

/* "2..64" */
static void write_span(buffer *out, span s) {
  buffer_format(out, "%jd..", (intmax_t)s.lo);
  if (s.hi != ENDLESS)
    buffer_format(out, "%jd", (intmax_t)s.hi);
}

/* The line of a dim. */
static void write_dim(buffer *out, const draft *d, size_t index, bool renamed) {
  const item *const x = &d->item[index];
  buffer_format(out, "dim %s = ", draft_name(d, index, renamed));
  if (x->kind == ITEM_DERIVED)
    buffer_format(out, "%jd*%s%+jd", (intmax_t)x->scale,
                  draft_name(d, x->root, renamed), (intmax_t)x->offset);
  else
    write_span(out, x->own);
  buffer_add_char(out, '\n');
}

/* "2*": how many times more the axis of an item counts. */
static int64_t unit_of(const item *x, const writing *w) {
  return has_unit(x) ? w->unit : 1;
}

/* An expression of a dim in a shape. */
static void write_expression(buffer *out, const draft *d, size_t index,
                             const writing *w) {
  const item *const x = &d->item[index];
  const int64_t unit = unit_of(x, w);
  const size_t root = x->unnamed ? x->root : index;
  const int64_t scale = unit * (x->unnamed ? x->scale : 1);
  const int64_t offset = unit * (x->unnamed ? x->offset : 0);
  if (scale != 1)
    buffer_format(out, "%jd*", (intmax_t)scale);
  buffer_add(out, draft_name(d, root, w->renamed));
  if (offset != 0)
    buffer_format(out, "%+jd", (intmax_t)offset);
}

/* An entry of a shape. */
static void write_entry(buffer *out, const draft *d, size_t index,
                        const writing *w) {
  const item *const x = &d->item[index];
  if (has_unit(x)) {
    write_expression(out, d, index, w);
  } else if (x->kind == ITEM_STATIC && index % 2) {
    buffer_add(out, "static");
  } else if (x->kind == ITEM_STATIC) {
    buffer_format(out, "%jd", (intmax_t)x->example);
  } else {
    buffer_add(out, x->dynamic ? "dynamic(" : "auto(");
    write_span(out, x->own);
    buffer_add_char(out, ')');
  }
}

/* The size of an axis in the example. */
static void write_hint(buffer *out, const draft *d, size_t index,
                       const writing *w) {
  const item *const x = &d->item[index];
  buffer_format(out, "%jd", (intmax_t)(unit_of(x, w) * x->example));
}

/* What an axis was traced as. */
static void write_traced(buffer *out, const draft *d, size_t index,
                         const writing *w) {
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guard[i].burned && d->guard[i].item == index) {
      write_hint(out, d, index, w);
      return;
    }
  buffer_add(out, d->item[index].has_symbol ? draft_symbol(d, index, w->renamed)
                                            : "?");
}

/* Something about each axis of an input, in their order, with commas. */
static void write_axes(buffer *out, const draft *d, size_t g, const writing *w,
                       void (*write)(buffer *, const draft *, size_t,
                                     const writing *)) {
  const size_t first = d->first[g], end = d->first[g + 1];
  for (size_t axis = 0; axis < end - first; axis++)
    for (size_t i = first; i < end; i++)
      if (d->item[i].axis == axis) {
        buffer_add(out, axis ? ", " : "[");
        write(out, d, i, w);
      }
  buffer_add(out, "]");
}

/* The symbol of an item. */
static void write_symbol(buffer *out, const draft *d, size_t index,
                         const writing *w) {
  const item *const x = &d->item[index];
  const int64_t unit = unit_of(x, w);
  buffer_format(out, "symbol %s = %s hint ", draft_symbol(d, index, w->renamed),
                axis_name(d, index, w->renamed));
  write_hint(out, d, index, w);
  buffer_add(out, " in ");
  write_span(out,
             (span){unit * x->assumed.lo,
                    x->assumed.hi == ENDLESS ? ENDLESS : unit * x->assumed.hi});
  buffer_add_char(out, '\n');
}

/* The input of a group, and its symbols. */
static void write_input(buffer *out, const draft *d, size_t g,
                        const writing *w) {
  buffer_format(out, "input %s: ", input_names[w->renamed][g]);
  write_axes(out, d, g, w, write_entry);
  buffer_add(out, " = ");
  write_axes(out, d, g, w, write_hint);
  buffer_add(out, " traced ");
  write_axes(out, d, g, w, write_traced);
  buffer_add_char(out, '\n');
  for (size_t i = d->first[g]; i < d->first[g + 1]; i++)
    if (d->item[i].has_symbol)
      write_symbol(out, d, i, w);
}

/* All of it, as it was grown. */
writing draft_plain(const draft *d) {
  writing w = {
      .count = d->guard_count, .group_count = d->group_count, .unit = 1};
  for (size_t i = 0; i < d->count; i++)
    w.line[i] = i;
  for (size_t i = 0; i < d->guard_count; i++)
    w.order[i] = i;
  for (size_t g = 0; g < d->group_count; g++)
    w.groups[g] = g;
  return w;
}

/* Whether a group is written. */
static bool is_written(const writing *w, size_t g) {
  for (size_t i = 0; i < w->group_count; i++)
    if (w->groups[i] == g)
      return true;
  return false;
}

/* One guard. */
static void write_guard(buffer *out, const draft *d, const writing *w,
                        const formula *f) {
  const naming n = {d, w};
  buffer_add(out, "guard ");
  formula_write(out, f, write_name, &n);
  buffer_add_char(out, '\n');
}

/* As .dims text. */
const char *draft_write(const draft *d, const writing *w) {
  buffer out;
  buffer_init(&out, d->m);
  for (size_t k = 0; k < w->group_count; k++)
    for (size_t i = 0; i < d->count; i++) {
      const item *const x = &d->item[w->line[i]];
      if (item_is_dim(x) && x->group == w->groups[k])
        write_dim(&out, d, w->line[i], w->renamed);
    }
  for (size_t k = 0; k < w->group_count; k++)
    write_input(&out, d, w->groups[k], w);
  if (w->extra)
    write_guard(&out, d, w, w->extra);
  for (size_t i = 0; i < w->count; i++) {
    const draft_guard *const x = &d->guard[w->order[i]];
    if (!x->burned && is_written(w, x->group))
      write_guard(&out, d, w, x->formula);
  }
  return out.text;
}
