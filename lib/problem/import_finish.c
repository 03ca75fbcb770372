/* A draft as a problem: each piece is tried, and left out with a note where the
 * problem refuses it. */
#include "lib/expr/parse.h"
#include "lib/expr/substitute.h"
#include "lib/problem/import_draft.h"
#include "lib/problem/import_lines.h"
#include "lib/problem/spec.h"

#include <ctype.h>
#include <string.h>

typedef struct finish finish;

struct finish {
  import_draft *d;
  dimsat_problem *p;
  void (*add)(finish *f);
  draft_input *input;
  draft_axis *axis;
  draft_symbol *symbol;
  draft_guard *guard;
  draft_dim dim;
  axis *into;
  size_t serial; /* of names that had to be made different */
};

/* The body of `try_piece`. */
static void run_piece(void *data) {
  finish *f = data;
  f->add(f);
}

/* Adds one piece; false where the problem refuses it: what it `is` is left out,
 * and the problem lacks it. */
static bool try_piece(finish *f, void (*add)(finish *f), const char *is) {
  dimsat_problem *p = f->p;
  dimsat_context *cx = f->d->cx;
  const size_t guards = p->guard_count;
  f->add = add;
  const dimsat_status status = fault_try(&cx->fault, run_piece, f);
  if (status == DIMSAT_OK)
    return true;
  if (status == DIMSAT_NO_MEMORY)
    fault_raise(&cx->fault, status);
  p->guard_count = guards;
  const char *words = cx->error.status != DIMSAT_OK
                          ? cx->error.text
                          : fault_text(&cx->fault, status);
  const bool counts = !f->guard || f->guard->kind != GUARD_RUNTIME_ASSERT;
  (counts ? draft_add_gap : draft_add_note)(
      f->d, arena_format(&cx->work, "%s is left out: %s", is, words));
  cx->error = (dimsat_error){.status = DIMSAT_OK};
  return false;
}

/* min..max of decimal text. */
static interval range_of(finish *f, const char *min, const char *max) {
  arena *m = &f->d->cx->nodes;
  interval range = interval_all();
  range.has_lo = min && integer_parse(m, min, strlen(min), &range.lo);
  range.has_hi = max && integer_parse(m, max, strlen(max), &range.hi);
  return range;
}

/* ---- Dims --------------------------------------------------------------- */

/* What the user calls the input. */
static const char *source_of(const draft_input *i) {
  return i->alias ? i->alias : i->source;
}

/* A name for the axis that is no name of a dim yet: "x_dim0". */
static const char *invent_name(finish *f, const draft_axis *a) {
  buffer b;
  buffer_init(&b, f->d->memory);
  const char *source = source_of(a->input);
  const char *behind = import_behind(source, "L[");
  if (behind && isdigit((unsigned char)*behind))
    behind = NULL;
  for (const char *c = behind ? behind : source; *c; c++)
    if (isalnum((unsigned char)*c))
      buffer_add_char(&b, *c);
    else if (b.length > 0 && b.text[b.length - 1] != '_')
      buffer_add_char(&b, '_');
  if (b.length > 0 && b.text[b.length - 1] != '_')
    buffer_add_char(&b, '_');
  buffer_format(&b, "dim%zu", a->k);
  while (problem_find_dim(f->p, b.text) != SIZE_MAX)
    buffer_format(&b, "_%zu", ++f->serial);
  return b.text;
}

static void add_dim(finish *f);

/* A dim that follows another, which is added first: its range counts. */
static void add_derived(finish *f) {
  const draft_dim made = f->dim;
  const dim_form form = spec_read_form(f->d->cx, made.form, made.name);
  const draft_dim *const root = draft_find_dim(f->d, form.root);
  if (root && !root->form) {
    f->dim = *root;
    add_dim(f);
  }
  problem_add_derived(f->p, made.name, form.root, form.scale, form.offset);
}

/* One dim; a second one of its name is the first. */
static void add_dim(finish *f) {
  if (problem_find_dim(f->p, f->dim.name) != SIZE_MAX)
    return;
  if (f->dim.form) {
    add_derived(f);
    return;
  }
  interval range = range_of(f, f->dim.min, f->dim.max);
  range.lo = range.has_lo ? range.lo : integer_of(0);
  range.has_lo = true;
  problem_add_dim(f->p, f->dim.name, range);
}

/* Whether the axis carries a dim that follows none of another axis. */
static bool is_root(const draft_axis *a) {
  return !a->word && !a->form && (!a->dim || name_is_plain(a->dim));
}

/* The dims that axes carry, in the order of the axes, then the others. */
static void add_dims(finish *f) {
  import_draft *d = f->d;
  for (size_t i = 0; i < d->input_count; i++)
    for (draft_axis *a = d->inputs[i]->axes; a; a = a->next) {
      if (!is_root(a))
        continue;
      a->dim = a->dim ? a->dim : invent_name(f, a);
      const draft_dim *const known = draft_find_dim(d, a->dim);
      f->dim = known && !a->min && !a->max
                   ? *known
                   : (draft_dim){.name = a->dim, .min = a->min, .max = a->max};
      try_piece(f, add_dim, "a dim");
    }
  for (size_t i = 0; i < d->dim_count; i++) {
    f->dim = *d->dims[i];
    try_piece(f, add_dim, "a dim");
  }
}

/* ---- Forms -------------------------------------------------------------- */

/* How many axes may follow each other before the last is no dim. */
#define FORM_STEPS 16

/* The dim that a symbol is, or NULL. */
static const char *symbol_dim(finish *f, const char *name) {
  for (size_t step = 0; step < FORM_STEPS; step++) {
    const draft_symbol *s = draft_find_symbol(f->d, name);
    if (!s || !s->source)
      return NULL;
    const draft_axis *a = draft_find_axis(f->d, s->source);
    if (!a)
      return problem_find_dim(f->p, s->source) != SIZE_MAX ? s->source : NULL;
    if (is_root(a))
      return a->dim;
    if (a->word || !a->form)
      return NULL;
    name = a->form;
  }
  return NULL;
}

/* "2*s17 + 1" over dims: "2*y_dim0 + 1"; NULL where a symbol is none. */
static const char *form_text(finish *f, const char *form) {
  buffer b;
  buffer_init(&b, f->d->memory);
  for (const char *at = form; *at;) {
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
      length++;
    if (length > 0 && !isdigit((unsigned char)*at)) {
      const char *name = symbol_dim(f, draft_copy(f->d, at, length));
      if (!name)
        return NULL;
      buffer_add(&b, name);
    } else {
      length = length > 0 ? length : 1;
      buffer_add_bytes(&b, at, length);
    }
    at += length;
  }
  return b.text;
}

/* ---- Inputs ------------------------------------------------------------- */

/* "x" for L['x'], else the source. */
static const char *input_name(finish *f) {
  const char *source = source_of(f->input);
  const char *name = import_behind(source, "L['");
  const size_t length = name ? strcspn(name, "'") : 0;
  if (length == 0 || strcmp(name + length, "']") != 0)
    return source;
  return draft_copy(f->d, name, length);
}

/* The input itself. */
static void add_input(finish *f) {
  const draft_input *i = f->input;
  const input *made =
      problem_add_input(f->p, input_name(f), source_of(i), i->rank);
  f->into = made->axes;
}

/* What the spec says of the axis. */
static void add_shape(finish *f) {
  const draft_axis *a = f->axis;
  const char *text = a->word ? a->word : a->dim;
  text = text ? text : form_text(f, a->form);
  if (!text)
    context_fail(f->d->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "'%s' is not of dims that are known",
                 name_brief(f->d->cx, a->form));
  problem_read_axis(f->p, &f->into[a->k], text);
  if (a->word)
    f->into[a->k].range = range_of(f, a->min, a->max);
}

/* An axis whose shape cannot be said demands nothing of the others. */
static void add_unknown(finish *f) {
  problem_read_axis(f->p, &f->into[f->axis->k], "auto");
}

/* What the tracer made of it. */
static void add_traced(finish *f) {
  const draft_axis *a = f->axis;
  axis *into = &f->into[a->k];
  arena *m = &f->d->cx->nodes;
  if (a->example)
    into->has_example =
        integer_parse(m, a->example, strlen(a->example), &into->example);
  if (!a->traced)
    return;
  into->burned =
      integer_parse(m, a->traced, strlen(a->traced), &into->traced_constant);
  if (!into->burned && draft_find_symbol(f->d, a->traced))
    into->traced = parse_source(f->d->cx, a->traced, strlen(a->traced));
}

/* All inputs with their axes. */
static void add_inputs(finish *f) {
  import_draft *d = f->d;
  for (size_t i = 0; i < d->input_count; i++) {
    f->input = d->inputs[i];
    if (!try_piece(f, add_input, "an input"))
      continue;
    for (f->axis = f->input->axes; f->axis; f->axis = f->axis->next) {
      if (!try_piece(f, add_shape, f->axis->source))
        try_piece(f, add_unknown, f->axis->source);
      try_piece(f, add_traced, f->axis->source);
    }
  }
}

/* ---- Symbols and guards ------------------------------------------------- */

/* The source of the symbol as the problem spells it; NULL where it is neither
 * an axis nor a dim. */
static const char *symbol_source(finish *f, const draft_symbol *s) {
  const draft_axis *a = s->source ? draft_find_axis(f->d, s->source) : NULL;
  if (a && a->input->alias)
    return arena_format(f->d->memory, "%s.size()[%zu]", a->input->alias, a->k);
  if (a)
    return s->source;
  return s->source && problem_find_dim(f->p, s->source) != SIZE_MAX ? s->source
                                                                    : NULL;
}

/* One symbol; what stands for no axis is unbacked. */
static void add_symbol(finish *f) {
  const draft_symbol *s = f->symbol;
  if (problem_find_dim(f->p, s->name) != SIZE_MAX)
    return;
  const char *source = symbol_source(f, s);
  symbol made = {.name = s->name,
                 .source = source,
                 .unbacked = !source,
                 .range = range_of(f, s->min, s->max)};
  if (s->hint && source)
    made.has_hint =
        integer_parse(&f->d->cx->nodes, s->hint, strlen(s->hint), &made.hint);
  problem_add_symbol(f->p, &made);
  if (s->source && !source)
    draft_add_note(f->d, arena_format(&f->d->cx->work,
                                      "'%s' stands for '%s', which is no "
                                      "axis: any value of it is allowed",
                                      s->name, s->source));
}

/* Raises where the guard speaks of a name that is not known; marks symbols. */
static void check_names(finish *f, const expr *condition) {
  size_t count;
  const expr **names = expr_symbols(f->d->cx, condition, &count);
  for (size_t i = 0; i < count; i++) {
    if (problem_find(f->p, names[i]->name).kind == NAMES_NOTHING)
      context_fail(f->d->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                   "the text does not say what '%s' is",
                   name_brief(f->d->cx, names[i]->name));
    draft_symbol *s = draft_find_symbol(f->d, names[i]->name);
    if (s)
      s->used = true;
  }
}

/* One guard with its stack. */
static void add_guard(finish *f) {
  dimsat_context *cx = f->d->cx;
  const draft_guard *g = f->guard;
  const expr *condition = parse_expression(cx, g->text, strlen(g->text));
  check_names(f, condition);
  guard *made = problem_add_guard(f->p, condition, g->text, g->at, g->kind);
  made->stack = g->stack;
  made->stack_count = g->stack_count;
}

/* Tries the guard. */
static void try_guard(finish *f) {
  dimsat_context *cx = f->d->cx;
  try_piece(f, add_guard,
            arena_format(&cx->work, "the guard '%s'",
                         name_brief(cx, f->guard->text)));
}

/* All guards; then what was replaced although no guard speaks of it. */
static void add_guards(finish *f) {
  import_draft *d = f->d;
  for (size_t i = 0; i < d->guard_count; i++) {
    f->guard = &d->guards[i];
    try_guard(f);
  }
  for (size_t i = 0; i < d->symbol_count; i++) {
    const draft_symbol *s = d->symbols[i];
    if (!s->made || s->used)
      continue;
    draft_guard g = {
        .text = arena_format(d->memory, "Eq(%s, %s)", s->name, s->made)};
    f->guard = &g;
    try_guard(f);
  }
}

/* ---- The problem -------------------------------------------------------- */

/* All that is known; see import_draft.h. */
dimsat_problem *draft_finish(import_draft *d) {
  finish f = {.d = d, .p = problem_new(d->cx, NULL)};
  add_dims(&f);
  add_inputs(&f);
  for (size_t i = 0; i < d->symbol_count; i++) {
    f.symbol = d->symbols[i];
    try_piece(&f, add_symbol, f.symbol->name);
  }
  add_guards(&f);
  f.p->note_count = 0; /* what reading notices is noticed when it is read */
  for (size_t i = 0; i < d->note_count; i++)
    problem_add_note(f.p, d->notes[i]);
  f.p->given_notes = f.p->note_count;
  for (size_t i = 0; i < d->gap_count; i++)
    problem_add_gap(f.p, d->gaps[i]);
  problem_validate(f.p);
  return f.p;
}
