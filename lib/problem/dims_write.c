/*
 * A problem as lines of .dims.
 *
 * A symbol whose name is its own source is what an `assume` line made; it is
 * written as one again where the line would make the same record.
 */
#include "lib/problem/problem_text.h"

#include "lib/base/json_write.h"
#include "lib/problem/spec.h"

#include <ctype.h>
#include <string.h>

/* ---- Words ------------------------------------------------------------- */

/* Whether a line can carry `text` as it is. */
static bool is_free_text(const char *text) {
  const size_t length = strlen(text);
  if (length == 0 || text[0] == '"' || isspace((unsigned char)text[0]) ||
      isspace((unsigned char)text[length - 1]))
    return false;
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '#' || (unsigned char)*c < 0x20)
      return false;
  return true;
}

/* Free text, in quotes where it needs them. */
static void write_free(buffer *out, const char *text) {
  if (is_free_text(text))
    buffer_add(out, text);
  else
    json_quote(out, text);
}

/* word TEXT, or nothing */
static void write_head(buffer *out, const char *word, const char *text) {
  if (text == NULL)
    return;
  buffer_format(out, "%s ", word);
  write_free(out, text);
  buffer_add(out, "\n");
}

/* 2..64, 2.., ..64 or 3 */
static void write_dots(buffer *out, interval range) {
  if (range.has_lo)
    buffer_add(out, integer_text(out->arena, range.lo));
  if (interval_is_single(range))
    return;
  buffer_add(out, "..");
  if (range.has_hi)
    buffer_add(out, integer_text(out->arena, range.hi));
}

/* 2*seq + 1 */
static void write_form(buffer *out, const char *root, integer scale,
                       integer offset) {
  if (!integer_is(scale, 1))
    buffer_format(out, "%s*", integer_text(out->arena, scale));
  buffer_add(out, root);
  if (integer_sign(offset) != 0)
    buffer_format(out, " %c %s", integer_sign(offset) < 0 ? '-' : '+',
                  integer_text(out->arena, integer_abs(out->arena, offset)));
}

/* ---- Lines ------------------------------------------------------------- */

/* dim long = 2*seq + 1 */
static void write_dim(buffer *out, const dimsat_problem *p, const dim *d) {
  const bool plain = integer_sign(d->range.lo) == 0 && !d->range.has_hi;
  buffer_format(out, "dim %s", d->name);
  if (d->derived || !plain)
    buffer_add(out, " = ");
  if (d->derived)
    write_form(out, p->dims[d->root].name, d->scale, d->offset);
  else if (!plain)
    write_dots(out, d->range);
  buffer_add(out, "\n");
}

/* The word of a kind of hint. */
static const char *hint_word(const axis *a, bool ranged) {
  if (a->kind == AXIS_AUTO)
    return "auto";
  if (a->kind == AXIS_DYNAMIC)
    return "dynamic";
  return ranged || strcmp(a->text, "null") != 0 ? "static" : "null";
}

/* auto(2..64), static, null */
static void write_hint(buffer *out, const axis *a) {
  const bool ranged = a->range.has_lo || a->range.has_hi;
  buffer_add(out, hint_word(a, ranged));
  if (!ranged)
    return;
  buffer_add(out, "(");
  write_dots(out, a->range);
  buffer_add(out, ")");
}

/* One entry of the shape. */
static void write_shape_entry(buffer *out, const axis *a) {
  if (a->kind == AXIS_DIM)
    buffer_add(out, a->text);
  else if (a->kind == AXIS_CONSTANT)
    buffer_add(out, integer_text(out->arena, a->constant));
  else
    write_hint(out, a);
}

/* A number, or `?`. */
static void write_known(buffer *out, bool has, integer number) {
  buffer_add(out, has ? integer_text(out->arena, number) : "?");
}

/* One example size. */
static void write_example(buffer *out, const axis *a) {
  write_known(out, a->has_example, a->example);
}

/* A symbol, a constant, or `?`. */
static void write_traced(buffer *out, const axis *a) {
  if (a->traced != NULL)
    buffer_add(out, a->traced);
  else
    write_known(out, a->burned, a->traced_constant);
}

typedef struct {
  const char *before; /* " = " */
  void (*write)(buffer *, const axis *);
  bool (*known)(const axis *);
} axis_list;

/* Whether the axis has an example. */
static bool has_example(const axis *a) {
  return a->has_example;
}

/* Whether the axis was traced. */
static bool is_traced(const axis *a) {
  return a->traced || a->burned;
}

/* Whether any axis is known; every shape is. */
static bool is_listed(const input *i, const axis_list *list) {
  if (list->known == NULL)
    return true;
  for (size_t k = 0; k < i->rank; k++)
    if (list->known(&i->axes[k]))
      return true;
  return false;
}

/* A list with one entry an axis. */
static void write_axes(buffer *out, const input *i, const axis_list *list) {
  if (!is_listed(i, list))
    return;
  buffer_add(out, list->before);
  for (size_t k = 0; k < i->rank; k++) {
    buffer_add(out, k > 0 ? ", " : "[");
    list->write(out, &i->axes[k]);
  }
  buffer_add(out, i->rank > 0 ? "]" : "[]");
}

/* input x from L['x']: [batch, 3] = [8, 3] traced [s0, 3] */
static void write_input(buffer *out, const dimsat_problem *p, const input *i) {
  static const axis_list lists[] = {{": ", write_shape_entry, NULL},
                                    {" = ", write_example, has_example},
                                    {" traced ", write_traced, is_traced}};
  const char *source = name_try_source(p->cx, i->name);
  buffer_add(out, "input ");
  if (source != NULL && strcmp(source, i->name) == 0)
    buffer_add(out, i->name);
  else
    json_quote(out, i->name);
  if (i->has_source)
    buffer_format(out, " from %s", i->source);
  for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
    write_axes(out, i, &lists[k]);
  buffer_add(out, "\n");
}

/* symbol s77 = L['x'].size()[0] hint 8 in 2.. */
static void write_symbol(buffer *out, const symbol *s) {
  buffer_format(out, "%s %s", s->unbacked ? "unbacked" : "symbol", s->name);
  if (s->source != NULL)
    buffer_format(out, " = %s", s->source);
  if (s->has_hint)
    buffer_format(out, " hint %s", integer_text(out->arena, s->hint));
  if (s->range.has_lo || s->range.has_hi) {
    buffer_add(out, " in ");
    write_dots(out, s->range);
  }
  buffer_add(out, "\n");
}

/* assume 2 <= x.size()[0] <= 64 */
static void write_assumption(buffer *out, const symbol *s) {
  const interval r = s->range;
  buffer_add(out, "assume ");
  if (r.has_lo && r.has_hi)
    buffer_format(out, "%s <= ", integer_text(out->arena, r.lo));
  buffer_add(out, s->source);
  if (r.has_hi)
    buffer_format(out, " <= %s", integer_text(out->arena, r.hi));
  else
    buffer_format(out, " >= %s", integer_text(out->arena, r.lo));
  buffer_add(out, "\n");
}

/* For each symbol, whether another has the same source. */
static bool *find_shared(const dimsat_problem *p, arena *m) {
  bool *shared = arena_zeroed(m, p->symbol_count, sizeof *shared);
  for (size_t i = 0; i < p->symbol_count; i++) {
    if (p->symbols[i].source == NULL)
      continue;
    const size_t first = problem_find_symbol_source(p, p->symbols[i].source);
    if (first != i && first < p->symbol_count)
      shared[i] = shared[first] = true;
  }
  return shared;
}

/* Whether an `assume` line would make this record. */
static bool is_assumption(const symbol *s) {
  return s->source != NULL && strcmp(s->name, s->source) == 0 && !s->unbacked &&
         !s->has_hint && (s->range.has_lo || s->range.has_hi);
}

/* Assumptions are read behind all symbols, so only the last can be such. */
static void write_symbols(buffer *out, const dimsat_problem *p) {
  const bool *shared = find_shared(p, out->arena);
  size_t assumed = p->symbol_count;
  while (assumed > 0 && !shared[assumed - 1] &&
         is_assumption(&p->symbols[assumed - 1]))
    assumed--;
  for (size_t i = 0; i < assumed; i++)
    write_symbol(out, &p->symbols[i]);
  for (size_t i = assumed; i < p->symbol_count; i++)
    write_assumption(out, &p->symbols[i]);
}

/* guard s77 % 4 == 0  # at model.py:12 in forward */
static void write_guard(buffer *out, const guard *g) {
  static const char *const words[] = {[GUARD_GUARD] = "guard",
                                      [GUARD_RUNTIME_ASSERT] = "assert",
                                      [GUARD_SPEC] = "spec"};
  buffer_format(out, "%s ", words[g->kind]);
  buffer_add(out, g->text);
  if (g->at != NULL) {
    buffer_add(out, "  # at ");
    write_free(out, g->at);
  }
  buffer_add(out, "\n");
  for (size_t i = 0; i < g->stack_count; i++)
    write_head(out, "  stack", g->stack[i]);
}

/* In the order in which the lines are read. */
void problem_write_dims(buffer *out, const dimsat_problem *p) {
  write_head(out, "name", p->name);
  write_head(out, "origin", p->origin);
  for (size_t i = 0; i < p->gap_count; i++)
    write_head(out, "incomplete", p->gaps[i]);
  for (size_t i = 0; i < p->dim_count; i++)
    if (!p->dims[i].implicit)
      write_dim(out, p, &p->dims[i]);
  for (size_t i = 0; i < p->input_count; i++)
    write_input(out, p, &p->inputs[i]);
  write_symbols(out, p);
  for (size_t i = 0; i < p->guard_count; i++)
    write_guard(out, &p->guards[i]);
}
