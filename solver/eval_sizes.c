#include "solver/eval_sizes.h"

#include "lib/expr/parse.h"
#include "lib/problem/spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Lines --------------------------------------------------------------- */

/* Appends a line that lives as long as the context. */
static void add_line(sizes *s, lines *list, const char *format,
                     va_list arguments) {
  char text[2000];
  vsnprintf(text, sizeof text, format, arguments);
  list->item = arena_grow(s->m, list->item, list->count, &list->capacity,
                          sizeof *list->item);
  list->item[list->count++] =
      arena_copy_text(&s->cx->nodes, text, strlen(text));
}

/* A promise that the sizes break. */
void sizes_refuse(sizes *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_line(s, &s->refusals, format, arguments);
  va_end(arguments);
}

/* Something else to know. */
void sizes_note(sizes *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_line(s, &s->notes, format, arguments);
  va_end(arguments);
}

/* ---- Names --------------------------------------------------------------- */

/* "x[1]" */
const char *axis_short_name(const sizes *s, size_t index, size_t k) {
  return arena_format(s->m, "%s[%zu]", s->problem->inputs[index].name, k);
}

/* How people call it. */
const char *sizes_name(const sizes *s, name_meaning m) {
  switch (m.kind) {
  case NAMES_AXIS:
    return axis_short_name(s, m.index, m.axis);
  case NAMES_DIM:
    return s->problem->dims[m.index].name;
  case NAMES_SYMBOL:
    return s->problem->symbols[m.index].name;
  case NAMES_NOTHING:
    break;
  }
  return "";
}

/* The size of what `m` means. */
size *sizes_at(sizes *s, name_meaning m) {
  switch (m.kind) {
  case NAMES_AXIS:
    return &s->axis[m.index][m.axis];
  case NAMES_DIM:
    return &s->dim[m.index];
  case NAMES_SYMBOL:
    return &s->symbol[m.index];
  case NAMES_NOTHING:
    break;
  }
  return NULL;
}

/* The axis or dim that a symbol stands for; a dim also where its name would
 * mean the symbol anywhere else. */
static name_meaning source_of(const sizes *s, size_t index) {
  const char *const source = s->problem->symbols[index].source;
  return source != NULL ? problem_find_source(s->problem, source)
                        : (name_meaning){NAMES_NOTHING, 0, 0};
}

/* A symbol is seldom what people think of: its axis or dim is. */
name_meaning sizes_meaning(sizes *s, const char *name) {
  const name_meaning m = problem_find(s->problem, name);
  if (m.kind != NAMES_SYMBOL)
    return m;
  const name_meaning source = source_of(s, m.index);
  return source.kind == NAMES_NOTHING ? m : source;
}

/* ---- Given sizes --------------------------------------------------------- */

/* No sizes yet. */
void sizes_init(sizes *s, dimsat_problem *p) {
  arena *const m = &p->cx->work;
  *s = (sizes){.problem = p, .cx = p->cx, .m = m};
  s->dim = arena_zeroed(m, p->dim_count + 1, sizeof *s->dim);
  s->symbol = arena_zeroed(m, p->symbol_count + 1, sizeof *s->symbol);
  s->axis = arena_zeroed(m, p->input_count + 1, sizeof *s->axis);
  for (size_t i = 0; i < p->input_count; i++)
    s->axis[i] = arena_zeroed(m, p->inputs[i].rank + 1, sizeof **s->axis);
}

/* What `name` means, also with blanks in it or as SOURCE[k]. */
static name_meaning meaning_of(sizes *s, const char *name) {
  name_meaning m = problem_find(s->problem, name);
  if (m.kind != NAMES_NOTHING)
    return m;
  name = parse_source(s->cx, name, strlen(name));
  m = problem_find(s->problem, name);
  const char *const subscript = strrchr(name, '[');
  if (m.kind != NAMES_NOTHING || subscript == NULL)
    return m;
  return problem_find(s->problem,
                      arena_format(s->m, "%.*s.size()%s",
                                   (int)(subscript - name), name, subscript));
}

/* Raises for a name that means nothing, and says what comes near it. */
static _Noreturn void refuse_name(sizes *s, const char *name) {
  dimsat_problem *const p = s->problem;
  axis_name found;
  const size_t whole = problem_find_input(p, name);
  if (whole != SIZE_MAX)
    context_fail(s->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "'%.80s' is an input with %zu axes; give all their sizes, "
                 "[..], or one, %.80s[0]",
                 name, p->inputs[whole].rank, p->inputs[whole].name);
  if (problem_split_axis(p, name, &found))
    context_fail(s->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "'%.80s' does not exist: %.80s has %zu axes", name,
                 p->inputs[found.input].name, p->inputs[found.input].rank);
  context_fail(s->cx, DIMSAT_BAD_PROBLEM, 0, 0,
               "'%.80s' is no symbol, axis or dim of this problem%s", name,
               names_hint(p, name));
}

/* Sizes by any name that the problem knows. */
void sizes_give(sizes *s, const char *name, const char *text) {
  integer value;
  if (!integer_parse(s->m, text, strlen(text), &value))
    context_fail(s->cx, DIMSAT_BAD_FORMAT, 0, 0,
                 "the size of %.80s is '%.80s', which is no integer", name,
                 text);
  const name_meaning m = meaning_of(s, name);
  size *const place = sizes_at(s, m);
  if (place == NULL)
    refuse_name(s, name);
  if (place->known && !integer_equal(place->value, value))
    sizes_refuse(s, "%s is given twice, as %s and as %s", sizes_name(s, m),
                 integer_text(s->m, place->value), integer_text(s->m, value));
  *place = (size){.known = true, .value = value};
}

/* ---- Symbols ------------------------------------------------------------- */

/* Gives `to` the size of `from`, when only that has one. */
static void pass(size *to, const size *from, const char *name) {
  if (!to->known && from->known)
    *to = (size){.known = true, .value = from->value, .from = name};
}

/* Refuses a symbol that was given another size than its source. */
static void compare_symbol(sizes *s, size_t index, const size *other,
                           name_meaning source) {
  const size *const own = &s->symbol[index];
  if (own->known && other->known && !integer_equal(own->value, other->value))
    sizes_refuse(s, "%s stands for %s and must be %s, but is %s",
                 s->problem->symbols[index].name, sizes_name(s, source),
                 integer_text(s->m, other->value),
                 integer_text(s->m, own->value));
}

/* A symbol and its source are one size. */
static void join_symbols(sizes *s, bool compare) {
  for (size_t i = 0; i < s->problem->symbol_count; i++) {
    const name_meaning m = source_of(s, i);
    size *const source = sizes_at(s, m), *const own = &s->symbol[i];
    if (source == NULL)
      continue;
    if (compare)
      compare_symbol(s, i, source, m);
    pass(source, own, NULL);
    pass(own, source, sizes_name(s, m));
  }
}

/* ---- Dims ---------------------------------------------------------------- */

/* Takes the root of dim `index` from scale*dim + offset == value, unless it is
 * known or no integer fits. */
static void solve_root(sizes *s, size_t index, integer scale, integer offset,
                       const size *from, const char *name) {
  integer inner_scale, inner_offset;
  const size_t root =
      problem_root_of(s->problem, index, &inner_scale, &inner_offset);
  if (s->dim[root].known || !from->known)
    return;
  offset = integer_add(s->m, offset, integer_mul(s->m, scale, inner_offset));
  scale = integer_mul(s->m, scale, inner_scale);
  const integer rest = integer_sub(s->m, from->value, offset);
  if (integer_divides(scale, rest))
    s->dim[root] = (size){.known = true,
                          .value = integer_floordiv(s->m, rest, scale),
                          .from = name};
}

/* Roots from all axes that carry a dim: as it is, or else scaled. */
static void solve_axes(sizes *s, bool scaled) {
  const dimsat_problem *const p = s->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *const a = &p->inputs[i].axes[k];
      if (a->kind != AXIS_DIM)
        continue;
      const bool plain = !p->dims[a->dim].derived && integer_is(a->scale, 1) &&
                         integer_is(a->offset, 0);
      if (plain != scaled)
        solve_root(s, a->dim, a->scale, a->offset, &s->axis[i][k],
                   axis_short_name(s, i, k));
    }
}

/* What an axis must be by the spec and the dims; not known when anything. */
static size size_of_axis(sizes *s, const axis *a) {
  if (a->kind == AXIS_DIM) {
    const size *const d = &s->dim[a->dim];
    if (!d->known)
      return (size){.known = false};
    const integer product = integer_mul(s->m, a->scale, d->value);
    return (size){.known = true,
                  .value = integer_add(s->m, product, a->offset),
                  .from = s->problem->dims[a->dim].name};
  }
  if (a->kind == AXIS_CONSTANT)
    return (size){.known = true, .value = a->constant};
  if (a->burned)
    return (size){.known = true, .value = a->traced_constant};
  if (a->kind == AXIS_STATIC && a->has_example)
    return (size){.known = true, .value = a->example};
  return (size){.known = false};
}

/* Derived dims that were not given, from their roots. */
static void follow_roots(sizes *s) {
  for (size_t i = 0; i < s->problem->dim_count; i++) {
    integer scale, offset;
    const size_t root = problem_root_of(s->problem, i, &scale, &offset);
    if (s->dim[i].known || !s->dim[root].known)
      continue;
    const integer product = integer_mul(s->m, scale, s->dim[root].value);
    s->dim[i] = (size){.known = true,
                       .value = integer_add(s->m, product, offset),
                       .from = s->problem->dims[root].name};
  }
}

/* Roots that were given count first, then derived dims, then plain axes. */
void sizes_derive(sizes *s) {
  join_symbols(s, true);
  const dimsat_problem *const p = s->problem;
  const integer one = integer_of(1), zero = integer_of(0);
  for (size_t i = 0; i < p->dim_count; i++)
    if (p->dims[i].derived)
      solve_root(s, i, one, zero, &s->dim[i], p->dims[i].name);
  solve_axes(s, false);
  solve_axes(s, true);
  follow_roots(s);
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const size expected = size_of_axis(s, &p->inputs[i].axes[k]);
      pass(&s->axis[i][k], &expected, expected.from);
    }
  join_symbols(s, false);
}
