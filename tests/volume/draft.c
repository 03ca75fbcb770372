#include "tests/volume/draft.h"

#define TRIES 40 /* for a guard that the example satisfies */

/* ---- Growing ------------------------------------------------------------ */

/* A number from `low` to `high`. */
static int64_t pick(draft *d, int64_t low, int64_t high) {
  return random_range(&d->random, low, high);
}

/* Once in `count`. */
static bool once_in(draft *d, uint64_t count) {
  return random_below(&d->random, count) == 0;
}

bool item_is_dim(const item *x) {
  return x->kind == ITEM_ROOT || x->kind == ITEM_DERIVED;
}

/* Where a FREE item may be: a hint counts only where there is no symbol. */
span item_free_range(const item *x) {
  return x->has_symbol ? x->assumed : x->own;
}

/* Whether the example of a root is outside of its range. */
bool item_misses(const item *x) {
  return x->kind == ITEM_ROOT &&
         (x->example < x->own.lo || x->example > x->own.hi);
}

/* Adds an item of group g. */
static item *add_item(draft *d, size_t g, item_kind kind) {
  item *const x = &d->item[d->count++];
  *x = (item){.kind = kind, .group = g, .assumed = {0, ENDLESS}};
  x->axis = d->count - 1 - d->first[g];
  return x;
}

/* A named dim with its own range, about `width` wide. */
static void grow_root(draft *d, size_t g, int64_t width) {
  item *const x = add_item(d, g, ITEM_ROOT);
  const int64_t lo = pick(d, 0, 4);
  x->own = (span){lo, lo + pick(d, 3, width)};
  x->example = pick(d, lo > 2 || once_in(d, 12) ? lo : 2, x->own.hi);
  if (once_in(d, 3))
    x->own.hi = ENDLESS;
  if (once_in(d, 40))
    x->own.hi = x->own.lo = x->example;
  if (once_in(d, 60) && x->own.hi != ENDLESS)
    x->example = pick(d, 1, x->own.hi + 4);
}

/* A dim that follows one in front of it. */
static void grow_derived(draft *d, size_t g) {
  const size_t root =
      d->first[g] + random_below(&d->random, d->count - d->first[g]);
  item *const x = add_item(d, g, ITEM_DERIVED);
  x->root = root;
  x->scale = pick(d, 1, 3);
  x->offset = pick(d, -1, 3);
  x->example = x->scale * d->item[root].example + x->offset;
  size_t top = root;
  while (d->item[top].kind == ITEM_DERIVED)
    top = d->item[top].root;
  if (d->item[top].example == 0 || x->example < 0)
    d->count--;
  else if (d->item[top].own.lo == 0)
    d->item[top].own.lo = 1;
}

/* An AUTO, DYNAMIC or static axis. */
static void grow_axis(draft *d, size_t g, bool is_static) {
  item *const x = add_item(d, g, is_static ? ITEM_STATIC : ITEM_FREE);
  const int64_t lo = pick(d, 0, 2);
  x->own = (span){lo, once_in(d, 6) ? ENDLESS : pick(d, 8, 20)};
  x->example = pick(d, 2, 8);
  x->dynamic = !is_static && once_in(d, 3);
  if (is_static)
    x->own = (span){x->example, x->example};
}

/* Gives some items a symbol, with a range around the example. */
static void grow_symbol(draft *d, item *x) {
  x->has_symbol = !once_in(d, 3);
  if (!x->has_symbol || x->kind == ITEM_STATIC)
    return;
  x->assumed.lo = x->example < 2 ? 0 : pick(d, 0, once_in(d, 6) ? 4 : 2);
  if (x->assumed.lo > x->example)
    x->assumed.lo = x->example;
  if (once_in(d, 6))
    x->assumed.hi = x->example + pick(d, 0, 12);
}

/* The dims and axes of a group. */
static void grow_items(draft *d, size_t g, size_t dims) {
  static const int64_t widths[] = {0, 70, 24, 9};
  d->first[g] = d->count;
  const size_t derived = dims > 1 ? random_below(&d->random, dims) / 2 +
                                        (dims > 1 && once_in(d, 6))
                                  : once_in(d, 6);
  const size_t roots = derived < dims ? dims - derived : 1;
  for (size_t i = 0; i < roots; i++)
    grow_root(d, g, widths[roots]);
  for (size_t i = 0; i < derived; i++)
    grow_derived(d, g);
  if (once_in(d, 5))
    grow_axis(d, g, false);
  if (once_in(d, 8))
    grow_axis(d, g, true);
  for (size_t i = d->first[g]; i < d->count; i++)
    grow_symbol(d, &d->item[i]);
}

/* A guard of group g; almost always one that the example satisfies. */
static const formula *grow_guard(draft *d, size_t g, bool safe) {
  int64_t at[MOST_ITEMS];
  garden plot = {.random = &d->random,
                 .m = d->m,
                 .first = d->first[g],
                 .count = d->count - d->first[g],
                 .safe = safe};
  for (size_t i = 0; i < d->count; i++)
    at[i] = d->item[i].example;
  const bool any = once_in(d, 60);
  for (int i = 0; i < TRIES; i++) {
    const formula *const f = formula_grow(&plot);
    if (any || formula_holds(f, at))
      return f;
  }
  return NULL;
}

/* Adds a guard of group g. */
static void add_guard(draft *d, size_t g, const formula *f) {
  if (f)
    d->guard[d->guard_count++] = (draft_guard){.formula = f, .group = g};
}

/* Lets the axis of a dim be a constant for the tracer. */
static void burn(draft *d, size_t index) {
  item *const x = &d->item[index];
  formula *const f = arena_alloc(d->m, 3 * sizeof *f);
  f[1] = (formula){.kind = FORM_NAME, .name = index};
  f[2] = (formula){.kind = FORM_NUMBER, .number = x->example};
  f[0] = (formula){.kind = FORM_EQ, .a = &f[1], .b = &f[2]};
  x->has_symbol = false;
  x->assumed = (span){0, ENDLESS};
  d->guard[d->guard_count++] = (draft_guard){
      .formula = f, .group = x->group, .burned = true, .item = index};
}

/* One group: dims, axes, guards. */
static void grow_group(draft *d, size_t g, size_t dims) {
  grow_items(d, g, dims);
  const size_t guards = random_below(&d->random, 5);
  const bool safe = !once_in(d, 3);
  for (size_t i = 0; i < guards; i++)
    add_guard(d, g, grow_guard(d, g, safe));
  const size_t burned =
      d->first[g] + random_below(&d->random, d->count - d->first[g]);
  if (once_in(d, 20) && item_is_dim(&d->item[burned]))
    burn(d, burned);
}

/* A problem. */
void draft_grow(draft *d, uint64_t seed, arena *m) {
  *d =
      (draft){.m = m, .random = {.state = seed * UINT64_C(0x2545f4914f6cdd1d)}};
  size_t dims = (size_t)pick(d, 2, 6);
  while (d->group_count < MOST_GROUPS && dims > 0) {
    const size_t most = dims < 3 ? dims : 3;
    const size_t n = (size_t)pick(d, 1, (int64_t)most);
    grow_group(d, d->group_count, n);
    d->first[++d->group_count] = d->count;
    dims -= n;
  }
}

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
  bool renamed;
} naming;

/* One of the names of an item. */
static const char *write_name(const void *data, size_t index, size_t spelling) {
  const naming *const n = data;
  if (spelling == 0 && n->d->item[index].has_symbol)
    return draft_symbol(n->d, index, n->renamed);
  return spelling == 1 ? axis_name(n->d, index, n->renamed)
                       : draft_name(n->d, index, n->renamed);
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

/* An entry of a shape. */
static void write_entry(buffer *out, const draft *d, size_t index,
                        bool renamed) {
  const item *const x = &d->item[index];
  if (item_is_dim(x)) {
    buffer_add(out, draft_name(d, index, renamed));
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

/* What an axis was traced as. */
static void write_traced(buffer *out, const draft *d, size_t index,
                         bool renamed) {
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guard[i].burned && d->guard[i].item == index) {
      buffer_format(out, "%jd", (intmax_t)d->item[index].example);
      return;
    }
  buffer_add(out,
             d->item[index].has_symbol ? draft_symbol(d, index, renamed) : "?");
}

/* The input of a group, and its symbols. */
static void write_input(buffer *out, const draft *d, size_t g, bool renamed) {
  const size_t end = d->first[g + 1];
  buffer_format(out, "input %s: [", input_names[renamed][g]);
  for (size_t i = d->first[g]; i < end; i++) {
    write_entry(out, d, i, renamed);
    buffer_add(out, i + 1 < end ? ", " : "] = [");
  }
  for (size_t i = d->first[g]; i < end; i++)
    buffer_format(out, "%jd%s", (intmax_t)d->item[i].example,
                  i + 1 < end ? ", " : "] traced [");
  for (size_t i = d->first[g]; i < end; i++) {
    write_traced(out, d, i, renamed);
    buffer_add(out, i + 1 < end ? ", " : "]\n");
  }
  for (size_t i = d->first[g]; i < end; i++)
    if (d->item[i].has_symbol) {
      buffer_format(out, "symbol %s = %s hint %jd in ",
                    draft_symbol(d, i, renamed), axis_name(d, i, renamed),
                    (intmax_t)d->item[i].example);
      write_span(out, d->item[i].assumed);
      buffer_add_char(out, '\n');
    }
}

/* All of it, as it was grown. */
writing draft_plain(const draft *d) {
  writing w = {.count = d->guard_count, .group_count = d->group_count};
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
  const naming n = {d, w->renamed};
  buffer_add(out, "guard ");
  formula_write(out, f, write_name, &n);
  buffer_add_char(out, '\n');
}

/* As .dims text. */
const char *draft_write(const draft *d, const writing *w) {
  buffer out;
  buffer_init(&out, d->m);
  for (size_t k = 0; k < w->group_count; k++) {
    const size_t g = w->groups[k];
    for (size_t i = d->first[g]; i < d->first[g + 1]; i++)
      if (item_is_dim(&d->item[i]))
        write_dim(&out, d, i, w->renamed);
    write_input(&out, d, g, w->renamed);
  }
  if (w->extra)
    write_guard(&out, d, w, w->extra);
  for (size_t i = 0; i < w->count; i++) {
    const draft_guard *const x = &d->guard[w->order[i]];
    if (!x->burned && is_written(w, x->group))
      write_guard(&out, d, w, x->formula);
  }
  return out.text;
}
