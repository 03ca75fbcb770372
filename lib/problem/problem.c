/* The pieces of a problem: added one by one, each checked alone. */
#include "lib/base/limits.h"
#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "lib/problem/spec.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* An empty problem. */
dimsat_problem *problem_new(dimsat_context *cx, const char *name) {
  dimsat_problem *p = arena_zeroed(&cx->nodes, 1, sizeof *p);
  p->cx = cx;
  if (name != NULL)
    p->name = arena_copy_text(&cx->nodes, name, strlen(name));
  table_init(&p->names, &cx->nodes, 16);
  return p;
}

/* A copy of `text` in the problem's memory; NULL stays NULL. */
static const char *keep(dimsat_problem *p, const char *text) {
  return text ? arena_copy_text(&p->cx->nodes, text, strlen(text)) : NULL;
}

/* `text` on one line, without spaces around it. */
const char *problem_keep_line(dimsat_problem *p, const char *text) {
  while (isspace((unsigned char)*text))
    text++;
  size_t length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1]))
    length--;
  char *copy = arena_copy_text(&p->cx->nodes, text, length);
  for (char *c = copy; *c != '\0'; c++)
    *c = *c == '\n' ? ' ' : *c;
  return copy;
}

/* Raises DIMSAT_TOO_LARGE for a name beyond the limit. */
static void check_length(dimsat_problem *p, const char *name) {
  if (strlen(name) > LIMIT_NAME_BYTES)
    context_fail(p->cx, DIMSAT_TOO_LARGE, 0, 0,
                 "the name '%s' has %zu bytes; the limit is %d",
                 name_brief(p->cx, name), strlen(name), LIMIT_NAME_BYTES);
}

/* A range must have a member and none below 0. */
void problem_check_range(dimsat_problem *p, interval range, const char *what) {
  arena *m = &p->cx->work;
  if (interval_is_empty(range))
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "%s has min %s above max %s: no size is left", what,
                 name_brief(p->cx, integer_text(m, range.lo)),
                 name_brief(p->cx, integer_text(m, range.hi)));
  if (range.has_lo && integer_sign(range.lo) < 0)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "%s has min %s, but a size is never negative", what,
                 name_brief(p->cx, integer_text(m, range.lo)));
  if (range.has_hi && integer_sign(range.hi) < 0)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "%s has max %s, but a size is never negative", what,
                 name_brief(p->cx, integer_text(m, range.hi)));
}

/* ---- Dims -------------------------------------------------------------- */

/* Words that mean something else in a shape. */
static bool is_reserved(const char *name) {
  static const char *const words[] = {"auto", "dynamic", "static", "null",
                                      "None"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcasecmp(name, words[i]) == 0)
      return true;
  return false;
}

/* Raises where `name` cannot name a dim; gives its canonical text. */
static const char *check_dim_name(dimsat_problem *p, const char *name) {
  check_length(p, name);
  const char *source =
      name_is_plain(name) ? name_try_source(p->cx, name) : NULL;
  if (source == NULL)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "'%s' cannot name a dim; letters, digits and _ are expected",
                 name_brief(p->cx, name));
  if (is_reserved(name))
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "'%s' cannot name a dim: it has a meaning in shapes", name);
  return source;
}

/* Appends a dim without any check. */
static size_t append_dim(dimsat_problem *p, const char *name, interval range,
                         bool implicit) {
  p->dims = arena_grow(&p->cx->nodes, p->dims, p->dim_count, &p->dim_capacity,
                       sizeof *p->dims);
  p->dims[p->dim_count] = (dim){.name = keep(p, name),
                                .implicit = implicit,
                                .range = range,
                                .scale = integer_of(1)};
  names_add_dim(p, p->dim_count++);
  return p->dim_count - 1;
}

/* A root; a dim that was implicit so far becomes this one. */
dim *problem_add_dim(dimsat_problem *p, const char *name, interval range) {
  name = check_dim_name(p, name);
  problem_check_range(
      p, range,
      arena_format(&p->cx->work, "dim '%s'", name_brief(p->cx, name)));
  size_t index = problem_find_dim(p, name);
  const bool known = index != SIZE_MAX;
  if (!known)
    index = append_dim(p, name, range, false);
  dim *d = &p->dims[index];
  if (known && !d->implicit)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0, "dim '%s' is defined twice",
                 name_brief(p->cx, name));
  d->implicit = false;
  d->range = range;
  return d;
}

/* The dim `name`, made with min 0 where nobody declared it. */
size_t problem_need_dim(dimsat_problem *p, const char *name) {
  const size_t index = problem_find_dim(p, name);
  if (index != SIZE_MAX)
    return index;
  name = check_dim_name(p, name);
  return append_dim(p, name, interval_from(integer_of(0)), true);
}

/* Raises unless a derived dim grows with its root. */
static void check_scale(dimsat_problem *p, const char *name, integer scale) {
  if (integer_sign(scale) > 0)
    return;
  context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
               "dim '%s' has scale %s; derived dims must increase",
               name_brief(p->cx, name),
               name_brief(p->cx, integer_text(&p->cx->work, scale)));
}

/* Makes a root follow another dim. */
void problem_derive(dimsat_problem *p, size_t index, const char *root,
                    integer scale, integer offset) {
  check_scale(p, p->dims[index].name, scale);
  const size_t root_index = problem_need_dim(p, root);
  p->dims[index].derived = true;
  p->dims[index].root = root_index;
  p->dims[index].scale = integer_copy(&p->cx->nodes, scale);
  p->dims[index].offset = integer_copy(&p->cx->nodes, offset);
}

/* Declares the name first, so that dims keep the order of their lines. */
dim *problem_add_derived(dimsat_problem *p, const char *name, const char *root,
                         integer scale, integer offset) {
  check_scale(p, name, scale);
  root = check_dim_name(p, root);
  const dim *d = problem_add_dim(p, name, interval_from(integer_of(0)));
  const size_t index = (size_t)(d - p->dims);
  problem_derive(p, index, root, scale, offset);
  return &p->dims[index];
}

/* Follows the roots up; dims are not cyclic here. */
size_t problem_root_of(const dimsat_problem *p, size_t index, integer *scale,
                       integer *offset) {
  arena *m = &p->cx->nodes;
  *scale = integer_of(1);
  *offset = integer_of(0);
  for (size_t steps = 0; p->dims[index].derived; steps++) {
    const dim *d = &p->dims[index];
    assert(steps <= p->dim_count);
    *offset = integer_add(m, *offset, integer_mul(m, *scale, d->offset));
    *scale = integer_mul(m, *scale, d->scale);
    index = d->root;
  }
  return index;
}

/* ---- Inputs ------------------------------------------------------------ */

/* Raises where an input of that name or source is known. */
static void check_new_input(dimsat_problem *p, const char *name,
                            const char *source, size_t rank) {
  const size_t twin = problem_find_input_source(p, source);
  if (problem_find_input(p, name) != SIZE_MAX)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "two inputs have the name '%s'", name_brief(p->cx, name));
  if (twin != SIZE_MAX)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "inputs '%s' and '%s' have the same source",
                 name_brief(p->cx, p->inputs[twin].name),
                 name_brief(p->cx, name));
  if (rank > LIMIT_RANK)
    context_fail(p->cx, DIMSAT_TOO_LARGE, 0, 0,
                 "input '%s' has %zu axes; the limit is %d",
                 name_brief(p->cx, name), rank, LIMIT_RANK);
}

/* Axes that are static until the caller says more.  Where no source was given
 * they are called x[0], as people do. */
static axis *new_axes(dimsat_problem *p, const input *i) {
  const char *format = i->has_source ? ".size()" : "";
  axis *axes = arena_zeroed(&p->cx->nodes, i->rank, sizeof *axes);
  for (size_t k = 0; k < i->rank; k++) {
    axes[k].kind = AXIS_STATIC;
    axes[k].scale = integer_of(1);
    axes[k].text = "null";
    axes[k].source =
        arena_format(&p->cx->nodes, "%s%s[%zu]", i->source, format, k);
  }
  return axes;
}

/* An input whose name is no source must come with a source. */
input *problem_add_input(dimsat_problem *p, const char *name,
                         const char *source, size_t rank) {
  check_length(p, name);
  if (source != NULL)
    check_length(p, source);
  const char *canonical = name_try_source(p->cx, name);
  if (canonical == NULL && source == NULL)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "input '%s' needs a source such as L['x']: expressions cannot "
                 "spell its name",
                 name_brief(p->cx, name));
  name = canonical ? canonical : keep(p, name);
  const bool has_source = source != NULL;
  source = source ? parse_source(p->cx, source, strlen(source)) : name;
  check_new_input(p, name, source, rank);
  p->inputs = arena_grow(&p->cx->nodes, p->inputs, p->input_count,
                         &p->input_capacity, sizeof *p->inputs);
  input *i = &p->inputs[p->input_count];
  *i = (input){
      .name = name, .source = source, .has_source = has_source, .rank = rank};
  i->axes = new_axes(p, i);
  names_add_input(p, p->input_count++);
  return i;
}

/* ---- Symbols ----------------------------------------------------------- */

/* Whether two texts, or two absent texts, are equal. */
static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether two records say the same. */
static bool same_symbol(const symbol *a, const symbol *b) {
  return same_text(a->source, b->source) && a->unbacked == b->unbacked &&
         a->has_hint == b->has_hint && integer_equal(a->hint, b->hint) &&
         interval_equal(a->range, b->range);
}

/* A copy of `s` with canonical names, in the problem's memory. */
static symbol keep_symbol(dimsat_problem *p, const symbol *s) {
  arena *m = &p->cx->nodes;
  symbol copy = *s;
  copy.name = parse_source(p->cx, s->name, strlen(s->name));
  if (s->source != NULL) {
    copy.source = parse_source(p->cx, s->source, strlen(s->source));
    const name_meaning at = problem_find_source(p, copy.source);
    if (at.kind == NAMES_AXIS)
      copy.source = p->inputs[at.index].axes[at.axis].source;
  }
  copy.hint = s->has_hint ? integer_copy(m, s->hint) : integer_of(0);
  copy.range.lo = integer_copy(m, s->range.lo);
  copy.range.hi = integer_copy(m, s->range.hi);
  return copy;
}

/* A record that says what an older one says is that one. */
symbol *problem_add_symbol(dimsat_problem *p, const symbol *s) {
  check_length(p, s->name);
  if (s->source != NULL)
    check_length(p, s->source);
  const symbol copy = keep_symbol(p, s);
  const char *brief = name_brief(p->cx, copy.name);
  if (interval_is_empty(copy.range))
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "symbol '%s' has min above max: no size is left", brief);
  if (copy.has_hint && !copy.unbacked && integer_sign(copy.hint) < 0)
    context_fail(
        p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
        "symbol '%s' has a negative hint, but a size is never negative", brief);
  const size_t index = problem_find_symbol(p, copy.name);
  if (index != SIZE_MAX && same_symbol(&p->symbols[index], &copy))
    return &p->symbols[index];
  if (index != SIZE_MAX)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "symbol '%s' is given twice with different content", brief);
  p->symbols = arena_grow(&p->cx->nodes, p->symbols, p->symbol_count,
                          &p->symbol_capacity, sizeof *p->symbols);
  p->symbols[p->symbol_count] = copy;
  names_add_symbol(p, p->symbol_count++);
  return &p->symbols[p->symbol_count - 1];
}

/* ---- Guards and notes -------------------------------------------------- */

/* A number is taken as a condition: `!= 0`. */
guard *problem_add_guard(dimsat_problem *p, const expr *condition,
                         const char *text, const char *at, guard_kind kind) {
  p->guards = arena_grow(&p->cx->nodes, p->guards, p->guard_count,
                         &p->guard_capacity, sizeof *p->guards);
  guard *g = &p->guards[p->guard_count];
  *g = (guard){.condition = build_as_truth(p->cx, condition),
               .text = problem_keep_line(p, text),
               .at = keep(p, at),
               .kind = kind};
  p->guard_count++;
  return g;
}

/* Something the reader of the result should know. */
void problem_add_note(dimsat_problem *p, const char *note) {
  p->notes = arena_grow(&p->cx->nodes, p->notes, p->note_count,
                        &p->note_capacity, sizeof *p->notes);
  p->notes[p->note_count++] = keep(p, note);
}

/* Something that the guards do not tell. */
void problem_add_gap(dimsat_problem *p, const char *gap) {
  p->gaps = arena_grow(&p->cx->nodes, p->gaps, p->gap_count, &p->gap_capacity,
                       sizeof *p->gaps);
  p->gaps[p->gap_count++] = keep(p, gap);
}

/* ---- Invariants -------------------------------------------------------- */

/* Each dim has a name that finds it, and a root that exists. */
static bool dims_ok(const dimsat_problem *p) {
  for (size_t i = 0; i < p->dim_count; i++) {
    const dim *d = &p->dims[i];
    if (problem_find_dim(p, d->name) != i || integer_sign(d->scale) <= 0)
      return false;
    if (d->derived && (d->root >= p->dim_count || d->implicit))
      return false;
    if (!d->derived && interval_is_empty(d->range))
      return false;
  }
  return true;
}

/* An axis is found by its source and speaks of a dim that exists. */
static bool axis_ok(const dimsat_problem *p, size_t i, size_t k) {
  const axis *a = &p->inputs[i].axes[k];
  const name_meaning m = problem_find_source(p, a->source);
  if (m.kind != NAMES_AXIS || m.index != i || m.axis != k)
    return false;
  if (a->kind == AXIS_DIM &&
      (a->dim >= p->dim_count || integer_sign(a->scale) <= 0))
    return false;
  return a->text != NULL && !(a->burned && a->traced);
}

/* Everything that must hold after each call. */
bool problem_ok(const dimsat_problem *p) {
  if (p->cx == NULL || !dims_ok(p))
    return false;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++)
      if (!axis_ok(p, i, k))
        return false;
  for (size_t i = 0; i < p->symbol_count; i++)
    if (problem_find_symbol(p, p->symbols[i].name) != i)
      return false;
  for (size_t i = 0; i < p->guard_count; i++)
    if (!p->guards[i].condition->truth || p->guards[i].text == NULL)
      return false;
  return true;
}
