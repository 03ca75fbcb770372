/* The public functions of problems, each behind the clean door. */
#include "lib/base/limits.h"
#include "lib/expr/build.h"
#include "lib/expr/parse.h"
#include "lib/problem/problem_locate.h"
#include "lib/problem/problem_text.h"
#include "lib/problem/spec.h"

#include <ctype.h>
#include <string.h>

/* ---- Read and write ---------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  const char *text;
  size_t length;
  dimsat_format format;
  bool strict;
  dimsat_problem *p;
} read_job;

/* JSON starts with a bracket, a line of .dims never does. */
static dimsat_format guess_format(const char *text, size_t length) {
  size_t at = 0;
  while (at < length && isspace((unsigned char)text[at]))
    at++;
  const bool bracket = at < length && (text[at] == '{' || text[at] == '[');
  return bracket ? DIMSAT_FORMAT_JSON : DIMSAT_FORMAT_DIMS;
}

/* The body of `dimsat_problem_read`. */
static void run_read(void *data) {
  read_job *j = data;
  if (j->format == DIMSAT_FORMAT_GUESS)
    j->format = guess_format(j->text, j->length);
  j->p = j->format == DIMSAT_FORMAT_JSON
             ? problem_read_json(j->cx, j->text, j->length, j->strict)
             : problem_read_dims(j->cx, j->text, j->length);
}

/* Reads and validates. */
dimsat_problem *dimsat_problem_read(dimsat_context *cx, const char *text,
                                    size_t length, dimsat_format format,
                                    bool strict) {
  read_job j = {cx, text, length, format, strict, NULL};
  return context_run(cx, run_read, &j) == DIMSAT_OK ? j.p : NULL;
}

typedef struct {
  dimsat_context *cx;
  const dimsat_problem *p;
  dimsat_format format;
  const char *text;
} write_job;

/* The body of `dimsat_problem_write`. */
static void run_write(void *data) {
  write_job *j = data;
  buffer b;
  buffer_init(&b, &j->cx->work);
  if (j->format == DIMSAT_FORMAT_DIMS)
    problem_write_dims(&b, j->p);
  else
    problem_write_json(&b, j->p);
  j->text = arena_copy_text(&j->cx->nodes, b.text, b.length);
}

/* JSON unless .dims is asked for. */
const char *dimsat_problem_write(dimsat_context *cx, const dimsat_problem *p,
                                 dimsat_format format) {
  write_job j = {cx, p, format, NULL};
  return context_run(cx, run_write, &j) == DIMSAT_OK ? j.text : NULL;
}

/* ---- Build by hand ----------------------------------------------------- */

typedef struct piece_job piece_job;

/* The arguments of any of the functions below. */
struct piece_job {
  dimsat_context *cx;
  dimsat_problem *p;
  void (*add)(piece_job *j);
  const char *name, *source; /* source: also root, guard text */
  const char *min, *max;     /* also scale, offset */
  const char *hint;          /* also the place of a guard */
  const char *const *shape, *const *example;
  size_t rank;
};

/* Raises for text that is missing or not UTF-8. */
static const char *check_text(piece_job *j, const char *text,
                              const char *what) {
  if (text == NULL)
    context_fail(j->cx, DIMSAT_BAD_PROBLEM, 0, 0, "%s is missing", what);
  const size_t length = strlen(text), bad = locate_bad_byte(text, length);
  if (bad < length)
    context_fail(j->cx, DIMSAT_BAD_FORMAT, bad, 1, "%s is not UTF-8", what);
  return text;
}

/* Decimal text as a number in the problem's memory. */
static integer read_digits(piece_job *j, const char *text, const char *what) {
  integer number;
  check_text(j, text, what);
  if (!integer_parse(&j->cx->nodes, text, strlen(text), &number))
    context_fail(j->cx, DIMSAT_BAD_FORMAT, 0, strlen(text),
                 "%s is '%s'; decimal digits are expected", what,
                 name_brief(j->cx, text));
  return number;
}

/* NULL on a side is no bound there. */
static interval read_bounds(piece_job *j) {
  interval range = interval_all();
  range.has_lo = j->min != NULL;
  range.has_hi = j->max != NULL;
  if (range.has_lo)
    range.lo = read_digits(j, j->min, "the min");
  if (range.has_hi)
    range.hi = read_digits(j, j->max, "the max");
  return range;
}

/* The body of `run_piece`. */
static void run_body(void *data) {
  piece_job *j = data;
  j->add(j);
}

/* Adds one piece, or leaves the problem as it was. */
static bool run_piece(piece_job *j) {
  dimsat_problem *p = j->p;
  const size_t dims = p->dim_count, inputs = p->input_count;
  const size_t symbols = p->symbol_count, guards = p->guard_count;
  const size_t notes = p->note_count;
  j->cx = p->cx;
  if (context_run(p->cx, run_body, j) == DIMSAT_OK)
    return true;
  p->dim_count = dims;
  p->input_count = inputs;
  p->symbol_count = symbols;
  p->guard_count = guards;
  p->note_count = notes;
  return false;
}

/* The body of `dimsat_problem_new`. */
static void run_new(void *data) {
  piece_job *j = data;
  if (j->name != NULL)
    check_text(j, j->name, "the name of the problem");
  j->p = problem_new(j->cx, j->name);
}

/* An empty problem. */
dimsat_problem *dimsat_problem_new(dimsat_context *cx, const char *name) {
  piece_job j = {.cx = cx, .name = name};
  return context_run(cx, run_new, &j) == DIMSAT_OK ? j.p : NULL;
}

/* A root with its range. */
static void add_dim(piece_job *j) {
  interval range = read_bounds(j);
  range.has_lo = true;
  problem_add_dim(j->p, check_text(j, j->name, "the name of the dim"), range);
}

/* No min is min 0. */
bool dimsat_problem_add_dim(dimsat_problem *p, const char *name,
                            const char *min, const char *max) {
  piece_job j = {.p = p, .add = add_dim, .name = name, .min = min, .max = max};
  return run_piece(&j);
}

/* A dim that follows another. */
static void add_derived(piece_job *j) {
  problem_add_derived(j->p, check_text(j, j->name, "the name of the dim"),
                      check_text(j, j->source, "the root"),
                      read_digits(j, j->min, "the scale"),
                      read_digits(j, j->max, "the offset"));
}

/* The root may be declared later. */
bool dimsat_problem_add_derived(dimsat_problem *p, const char *name,
                                const char *root, const char *scale,
                                const char *offset) {
  piece_job j = {.p = p,
                 .add = add_derived,
                 .name = name,
                 .source = root,
                 .min = scale,
                 .max = offset};
  return run_piece(&j);
}

/* One input with its axes. */
static void add_input(piece_job *j) {
  check_text(j, j->name, "the name of the input");
  input *i = problem_add_input(j->p, j->name, NULL, j->rank);
  for (size_t k = 0; k < j->rank; k++) {
    axis *a = &i->axes[k];
    problem_read_axis(j->p, a, check_text(j, j->shape[k], "the shape"));
    a->has_example = j->example != NULL && j->example[k] != NULL;
    if (a->has_example)
      a->example = read_digits(j, j->example[k], "the example");
  }
}

/* `example` may be NULL: nothing is known of it. */
bool dimsat_problem_add_input(dimsat_problem *p, const char *name,
                              const char *const *shape,
                              const char *const *example, size_t rank) {
  piece_job j = {.p = p,
                 .add = add_input,
                 .name = name,
                 .shape = shape,
                 .example = example,
                 .rank = rank};
  return run_piece(&j);
}

/* One symbol. */
static void add_symbol(piece_job *j) {
  symbol s = {.name = check_text(j, j->name, "the name of the symbol"),
              .source = j->source,
              .unbacked = j->source == NULL,
              .has_hint = j->hint != NULL,
              .range = read_bounds(j)};
  if (s.source != NULL)
    check_text(j, s.source, "the source");
  if (s.has_hint)
    s.hint = read_digits(j, j->hint, "the hint");
  problem_add_symbol(j->p, &s);
}

/* No source makes it unbacked. */
bool dimsat_problem_add_symbol(dimsat_problem *p, const char *name,
                               const char *source, const char *hint,
                               const char *min, const char *max) {
  piece_job j = {.p = p,
                 .add = add_symbol,
                 .name = name,
                 .source = source,
                 .min = min,
                 .max = max,
                 .hint = hint};
  return run_piece(&j);
}

/* One guard. */
static void add_guard(piece_job *j) {
  const char *text = check_text(j, j->source, "the guard");
  if (j->hint != NULL)
    check_text(j, j->hint, "the place of the guard");
  problem_add_guard(j->p, parse_expression(j->cx, text, strlen(text)), text,
                    j->hint, GUARD_GUARD);
}

/* The names in the guard are looked at by `dimsat_problem_validate`. */
bool dimsat_problem_require(dimsat_problem *p, const char *guard_text,
                            const char *at) {
  piece_job j = {.p = p, .add = add_guard, .source = guard_text, .hint = at};
  return run_piece(&j);
}

/* The body of `dimsat_problem_validate`. */
static void validate(piece_job *j) {
  problem_validate(j->p);
}

/* All pieces together. */
bool dimsat_problem_validate(dimsat_problem *p) {
  piece_job j = {.p = p, .add = validate};
  return run_piece(&j);
}

/* ---- Inspect ----------------------------------------------------------- */

/* NULL when it has none. */
const char *dimsat_problem_name(const dimsat_problem *p) {
  return p->name;
}

/* All kinds of guards. */
size_t dimsat_problem_guard_count(const dimsat_problem *p) {
  return p->guard_count;
}
