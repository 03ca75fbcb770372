/*
 * A problem from JSON.  Dims are declared before any is derived and before
 * inputs are read, so that their order is the order of the text, and element i
 * of "dims", "inputs" and "guards" is piece i of the problem.
 */
#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "lib/problem/problem_json.h"
#include "lib/problem/problem_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  json_reader r;
  dimsat_problem *p;
  const json_value *root;
  size_t *symbol_row; /* which element of "symbols" gave symbol i */
  problem_place where;
} job;

/* ---- Dims -------------------------------------------------------------- */

static const char *const dim_keys[] = {"name", "min", "max", "derived", NULL};
static const char *const form_keys[] = {"root", "scale", "offset", NULL};

/* A derived dim has no range of its own. */
static void refuse_bound(job *j, const json_value *d, const char *key) {
  if (reader_field(d, key) == NULL)
    return;
  reader_enter(&j->r, key);
  reader_fail(&j->r, "%s cannot be given: a derived dim follows its root",
              reader_path(&j->r));
}

/* Where an error about a dim or symbol of that range belongs. */
static const char *blamed_key(const json_value *object, interval range) {
  if (!interval_is_empty(range) && integer_sign(range.lo) >= 0)
    return "name";
  return reader_field(object, "min") != NULL ? "min" : "max";
}

/* A name with its range; absent min is 0. */
static void declare_dim(job *j, const json_value *d) {
  reader_object(&j->r, d, dim_keys);
  reader_enter(&j->r, "name");
  const char *name = reader_string(&j->r, value_member(d, "name"));
  reader_leave(&j->r);
  if (reader_field(d, "derived") != NULL) {
    refuse_bound(j, d, "min");
    refuse_bound(j, d, "max");
  }
  interval range = reader_range(&j->r, d);
  range.has_lo = true;
  reader_enter(&j->r, blamed_key(d, range));
  problem_add_dim(j->p, name, range);
  reader_leave(&j->r);
}

/* {"root": "seq", "scale": 2, "offset": 1} */
static dim_form read_form_object(job *j, const json_value *value) {
  reader_object(&j->r, value, form_keys);
  dim_form f = {NULL, integer_of(1), integer_of(0)};
  reader_enter(&j->r, "root");
  f.root = reader_string(&j->r, value_member(value, "root"));
  reader_leave(&j->r);
  f.scale = reader_integer_field(&j->r, value, "scale", f.scale);
  f.offset = reader_integer_field(&j->r, value, "offset", f.offset);
  return f;
}

/* "2*seq + 1" */
static dim_form read_form_text(job *j, size_t index, const json_value *value) {
  const char *text = reader_string(&j->r, value);
  const char *what = arena_format(&j->r.cx->work, "dim '%s'",
                                  name_brief(j->r.cx, j->p->dims[index].name));
  j->r.inside = true;
  const dim_form f = spec_read_form(j->r.cx, text, what);
  if (f.root == NULL)
    context_fail(j->r.cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                 "%s is a number; a derived dim follows another dim", what);
  j->r.inside = false;
  return f;
}

/* Makes dim `index` follow its root where it has one. */
static void derive_dim(job *j, size_t index, const json_value *d) {
  const json_value *value = reader_field(d, "derived");
  if (value == NULL)
    return;
  reader_enter(&j->r, "derived");
  const dim_form f = value_is(value, VALUE_OBJECT)
                         ? read_form_object(j, value)
                         : read_form_text(j, index, value);
  if (value_is(value, VALUE_OBJECT))
    reader_enter(&j->r, integer_sign(f.scale) <= 0 ? "scale" : "root");
  problem_derive(j->p, index, f.root, f.scale, f.offset);
  if (value_is(value, VALUE_OBJECT))
    reader_leave(&j->r);
  reader_leave(&j->r);
}

/* All dims, then what they follow. */
static void read_dims(job *j) {
  const size_t count = reader_list_field(&j->r, j->root, "dims");
  const json_value *list = value_member(j->root, "dims");
  reader_enter(&j->r, "dims");
  for (size_t i = 0; i < count; i++) {
    reader_enter_index(&j->r, i);
    declare_dim(j, &list->item[i]);
    reader_leave(&j->r);
  }
  for (size_t i = 0; i < count; i++) {
    reader_enter_index(&j->r, i);
    derive_dim(j, i, &list->item[i]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
}

/* ---- Inputs ------------------------------------------------------------ */

static const char *const input_keys[] = {"name", "source", "shape",
                                         "hint", "traced", NULL};
static const char *const hint_keys[] = {"hint", "min", "max", NULL};

/* {"hint": "AUTO", "min": 2} */
static void read_hint(job *j, axis *a, const json_value *value) {
  reader_object(&j->r, value, hint_keys);
  reader_enter(&j->r, "hint");
  const char *word = reader_string(&j->r, value_member(value, "hint"));
  j->r.inside = true;
  problem_read_axis(j->p, a, word);
  j->r.inside = false;
  if (a->kind == AXIS_DIM || a->kind == AXIS_CONSTANT)
    reader_fail(&j->r, "%s is '%s'; AUTO, DYNAMIC or STATIC is expected",
                reader_path(&j->r), name_brief(j->r.cx, word));
  reader_leave(&j->r);
  a->range = reader_range(&j->r, value);
  problem_check_range(j->p, a->range,
                      arena_format(&j->r.cx->work, "the hint of %s",
                                   name_brief(j->r.cx, a->source)));
}

/* One entry of "shape". */
static void read_shape_entry(job *j, axis *a, const json_value *value) {
  if (value_is(value, VALUE_OBJECT)) {
    read_hint(j, a, value);
  } else if (value_is(value, VALUE_STRING)) {
    j->r.inside = true;
    problem_read_axis(j->p, a, value_text(value));
    j->r.inside = false;
  } else if (value_is(value, VALUE_INTEGER)) {
    a->kind = AXIS_CONSTANT;
    a->constant = reader_integer(&j->r, value);
    a->text = integer_text(&j->r.cx->nodes, a->constant);
    if (integer_sign(a->constant) < 0)
      reader_fail(&j->r, "%s is %s, but a size is never negative",
                  reader_path(&j->r), a->text);
  } else if (!value_is(value, VALUE_NULL)) {
    reader_refuse(&j->r, value,
                  "a dim's name, an integer, null or {\"hint\": ..}");
  }
}

/* One entry of "hint": the example size, or null. */
static void read_example(job *j, axis *a, const json_value *value) {
  if (value_is(value, VALUE_NULL))
    return;
  a->has_example = true;
  a->example = reader_integer(&j->r, value);
}

/* One entry of "traced": a symbol, a burned-in constant, or null. */
static void read_traced(job *j, axis *a, const json_value *value) {
  const char *text = value_text(value);
  if (value_is(value, VALUE_NULL))
    return;
  a->burned = value_is(value, VALUE_INTEGER) ||
              (text && integer_parse(&j->r.cx->nodes, text, strlen(text),
                                     &a->traced_constant));
  if (value_is(value, VALUE_INTEGER))
    a->traced_constant = reader_integer(&j->r, value);
  if (a->burned)
    return;
  if (text == NULL)
    reader_refuse(&j->r, value, "a symbol or an integer");
  j->r.inside = true;
  a->traced = parse_source(j->r.cx, text, strlen(text));
  j->r.inside = false;
}

typedef void entry_reader(job *j, axis *a, const json_value *value);

/* A list with one entry an axis; absent but for "shape". */
static void read_entries(job *j, const json_value *object, const char *key,
                         input *i, entry_reader *read) {
  const json_value *list = reader_field(object, key);
  if (list == NULL)
    return;
  reader_enter(&j->r, key);
  const size_t count = reader_list(&j->r, list);
  if (count != i->rank)
    context_fail(j->r.cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "%s has %zu entr%s, but the shape of '%s' has %zu",
                 reader_path(&j->r), count, count == 1 ? "y" : "ies",
                 name_brief(j->r.cx, i->name), i->rank);
  for (size_t k = 0; k < count; k++) {
    reader_enter_index(&j->r, k);
    read(j, &i->axes[k], &list->item[k]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
}

/* The canonical text of member `key`, or NULL when there is none. */
static const char *source_field(job *j, const json_value *object,
                                const char *key) {
  const char *text = reader_string_field(&j->r, object, key);
  if (text == NULL)
    return NULL;
  reader_enter(&j->r, key);
  j->r.inside = true;
  const char *source = parse_source(j->r.cx, text, strlen(text));
  j->r.inside = false;
  reader_leave(&j->r);
  return source;
}

/* Name or source is needed; each stands in for the other. */
static void read_input(job *j, const json_value *value) {
  reader_object(&j->r, value, input_keys);
  const char *name = reader_string_field(&j->r, value, "name");
  const char *source = source_field(j, value, "source");
  const char *key = name || !source ? "name" : "source";
  reader_enter(&j->r, key);
  if (name == NULL && source == NULL)
    reader_refuse(&j->r, NULL, "a string");
  reader_leave(&j->r);
  reader_enter(&j->r, "shape");
  const size_t rank = reader_list(&j->r, value_member(value, "shape"));
  reader_leave(&j->r);
  reader_enter(&j->r, key);
  input *i = problem_add_input(j->p, name ? name : source, source, rank);
  reader_leave(&j->r);
  read_entries(j, value, "shape", i, read_shape_entry);
  read_entries(j, value, "hint", i, read_example);
  read_entries(j, value, "traced", i, read_traced);
}

/* ---- Symbols ----------------------------------------------------------- */

static const char *const symbol_keys[] = {"name", "source",   "hint", "min",
                                          "max",  "unbacked", NULL};

/* A symbol must have a source or be unbacked. */
static void read_symbol(job *j, size_t row, const json_value *value) {
  reader_object(&j->r, value, symbol_keys);
  symbol s = {.name = source_field(j, value, "name"),
              .source = source_field(j, value, "source"),
              .unbacked = reader_bool_field(&j->r, value, "unbacked"),
              .has_hint = reader_field(value, "hint") != NULL};
  s.hint = reader_integer_field(&j->r, value, "hint", s.hint);
  s.range = reader_range(&j->r, value);
  reader_enter(&j->r, s.name ? blamed_key(value, s.range) : "name");
  if (s.name == NULL)
    reader_refuse(&j->r, value_member(value, "name"), "a string");
  const symbol *added = problem_add_symbol(j->p, &s);
  j->symbol_row[added - j->p->symbols] = row;
  reader_leave(&j->r);
}

/* ---- Guards ------------------------------------------------------------ */

static const char *const guard_keys[] = {"expr", "at", "stack", "kind", NULL};

/* The meaning of member "kind". */
static guard_kind read_kind(job *j, const json_value *object) {
  const char *text = reader_string_field(&j->r, object, "kind");
  if (text == NULL || strcmp(text, "guard") == 0)
    return GUARD_GUARD;
  if (strcmp(text, "runtime_assert") == 0)
    return GUARD_RUNTIME_ASSERT;
  if (strcmp(text, "spec") == 0)
    return GUARD_SPEC;
  reader_enter(&j->r, "kind");
  reader_fail(&j->r,
              "%s is '%s'; 'guard', 'runtime_assert' or 'spec' is expected",
              reader_path(&j->r), name_brief(j->r.cx, text));
}

/* The frames of member "stack". */
static void read_stack(job *j, const json_value *object, guard *g) {
  arena *m = &j->r.cx->nodes;
  const size_t count = reader_list_field(&j->r, object, "stack");
  if (count == 0)
    return;
  const json_value *list = value_member(object, "stack");
  g->stack = arena_zeroed(m, count, sizeof *g->stack);
  reader_enter(&j->r, "stack");
  for (size_t i = 0; i < count; i++) {
    reader_enter_index(&j->r, i);
    const json_value *value = &list->item[i];
    const char *text = reader_string(&j->r, value);
    g->stack[i] = arena_copy_text(m, text, value->count);
    reader_leave(&j->r);
  }
  g->stack_count = count;
  reader_leave(&j->r);
}

/* A condition as text. */
static guard *read_condition(job *j, const json_value *value, const char *at,
                             guard_kind kind) {
  const char *text = reader_string(&j->r, value);
  j->r.inside = true;
  const expr *e = parse_expression(j->r.cx, text, value->count);
  guard *g = problem_add_guard(j->p, e, text, at, kind);
  j->r.inside = false;
  return g;
}

/* A string, or an object around it. */
static void read_guard(job *j, size_t row, const json_value *value) {
  (void)row;
  if (value_is(value, VALUE_STRING)) {
    read_condition(j, value, NULL, GUARD_GUARD);
    return;
  }
  if (!value_is(value, VALUE_OBJECT))
    reader_refuse(&j->r, value, "a string or an object with 'expr'");
  reader_object(&j->r, value, guard_keys);
  const char *at = reader_string_field(&j->r, value, "at");
  const guard_kind kind = read_kind(j, value);
  reader_enter(&j->r, "expr");
  guard *g = read_condition(j, value_member(value, "expr"), at, kind);
  reader_leave(&j->r);
  read_stack(j, value, g);
}

/* ---- The problem ------------------------------------------------------- */

static const char *const problem_keys[] = {
    "dimsat",  "name",   "origin", "dims",       "inputs",
    "symbols", "guards", "notes",  "incomplete", NULL};

typedef void row_reader(job *j, size_t row, const json_value *value);

/* Input `row`. */
static void read_input_row(job *j, size_t row, const json_value *value) {
  (void)row;
  read_input(j, value);
}

/* Each element of the list `key`. */
static void read_rows(job *j, const char *key, row_reader *read) {
  const size_t count = reader_list_field(&j->r, j->root, key);
  const json_value *list = value_member(j->root, key);
  reader_enter(&j->r, key);
  for (size_t i = 0; i < count; i++) {
    reader_enter_index(&j->r, i);
    read(j, i, &list->item[i]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
}

/* A note of whoever made the problem. */
static void read_note(job *j, size_t row, const json_value *value) {
  (void)row;
  problem_add_note(j->p, reader_string(&j->r, value));
}

/* What the problem may lack. */
static void read_gap(job *j, size_t row, const json_value *value) {
  (void)row;
  problem_add_gap(j->p, reader_string(&j->r, value));
}

/* Version, name and origin. */
static void read_head(job *j) {
  const integer version =
      reader_integer_field(&j->r, j->root, "dimsat", integer_of(1));
  if (!integer_is(version, 1)) {
    reader_enter(&j->r, "dimsat");
    reader_fail(&j->r, "the format is version %s; version 1 is expected",
                name_brief(j->r.cx, integer_text(&j->r.cx->work, version)));
  }
  j->p = problem_new(j->r.cx, reader_string_field(&j->r, j->root, "name"));
  const char *origin = reader_string_field(&j->r, j->root, "origin");
  if (origin != NULL)
    j->p->origin = arena_copy_text(&j->r.cx->nodes, origin, strlen(origin));
}

/* Points the path at guard `row`, to a place inside of its text, which the
 * problem keeps without the spaces in front. */
static void enter_guard(job *j, size_t row) {
  const json_value *value = &value_member(j->root, "guards")->item[row];
  if (value_is(value, VALUE_OBJECT)) {
    reader_enter(&j->r, "expr");
    value = value_member(value, "expr");
  }
  const char *text = value_text(value);
  while (isspace((unsigned char)*text)) {
    j->r.cx->error.offset++;
    text++;
  }
  j->r.inside = true;
}

/* Points the path at the piece that the check looked at, if it got so far. */
static void enter_place(job *j, problem_place where) {
  static const char *const lists[] = {
      [PLACE_DIM] = "dims",       [PLACE_EXAMPLE] = "inputs",
      [PLACE_SYMBOL] = "symbols", [PLACE_SOURCE] = "symbols",
      [PLACE_GUARD] = "guards",
  };
  size_t row = where.index;
  if (where.kind == PLACE_NONE)
    return;
  if (where.kind == PLACE_SYMBOL || where.kind == PLACE_SOURCE)
    row = j->symbol_row[row];
  reader_enter(&j->r, lists[where.kind]);
  reader_enter_index(&j->r, row);
  if (where.kind == PLACE_DIM)
    reader_enter(&j->r, "derived");
  if (where.kind == PLACE_SOURCE)
    reader_enter(&j->r, "source");
  if (where.kind == PLACE_EXAMPLE) {
    reader_enter(&j->r, "hint");
    reader_enter_index(&j->r, where.axis);
  }
  if (where.kind == PLACE_GUARD)
    enter_guard(j, row);
}

/* Gives the error record its place; a limit that was raised without words gets
 * the words of its status. */
static void place_error(job *j, dimsat_status status) {
  dimsat_error *error = &j->r.cx->error;
  if (error->status == DIMSAT_OK && status == DIMSAT_NO_MEMORY)
    return;
  if (error->status == DIMSAT_OK)
    snprintf(error->text, sizeof error->text, "%s",
             fault_text(&j->r.cx->fault, status));
  error->status = status;
  enter_place(j, j->where);
  reader_place_error(&j->r);
}

/* The body of `problem_read_json`. */
static void run_job(void *data) {
  job *j = data;
  reader_object(&j->r, j->root, problem_keys);
  read_head(j);
  read_rows(j, "notes", read_note);
  j->p->given_notes = j->p->note_count;
  read_rows(j, "incomplete", read_gap);
  read_dims(j);
  read_rows(j, "inputs", read_input_row);
  const size_t symbols = reader_list_field(&j->r, j->root, "symbols");
  j->symbol_row =
      arena_zeroed(&j->r.cx->work, symbols + 1, sizeof *j->symbol_row);
  read_rows(j, "symbols", read_symbol);
  read_rows(j, "guards", read_guard);
  problem_validate_at(j->p, &j->where);
  const char *note = reader_unknown_note(&j->r);
  if (note != NULL)
    problem_add_note(j->p, note);
}

/* Every error gets its place in the text. */
dimsat_problem *problem_read_json(dimsat_context *cx, const char *text,
                                  size_t length, bool strict) {
  job j = {.r = {.cx = cx, .text = text, .length = length, .strict = strict}};
  j.root = reader_load(cx, text, length);
  const dimsat_status status = fault_try(&cx->fault, run_job, &j);
  if (status != DIMSAT_OK)
    place_error(&j, status);
  if (status != DIMSAT_OK)
    fault_raise(&cx->fault, status);
  return j.p;
}
