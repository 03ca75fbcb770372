/*
 * A problem from .dims text, line by line.
 *
 *   file   = (line "\n")*
 *   line   = [statement] ["#" comment]
 *   statement =
 *       "name" STRING  |  "origin" STRING  |  "incomplete" STRING
 *     | "dim" NAME ["=" (range | EXPR)]
 *     | "input" (SOURCE | STRING) ["from" SOURCE] ":" list
 *             ["=" list] ["traced" list]
 *     | "symbol" SOURCE ["=" SOURCE] ["hint" INTEGER] ["in" range]
 *     | "unbacked" SOURCE ["=" SOURCE] ["hint" INTEGER] ["in" range]
 *     | ("guard" | "assert" | "spec") EXPR
 *     | "stack" STRING            a frame of the guard above
 *     | "assume" EXPR
 *   range  = [INTEGER] ".." [INTEGER]  |  INTEGER
 *   list   = "[" [entry ("," entry)*] "]"
 *
 * Lines may stand in any order: dims are read first, then inputs, symbols,
 * assumptions and guards, each kind from top to bottom.
 */
#include "lib/base/limits.h"
#include "lib/base/similar.h"
#include "lib/expr/parse.h"
#include "lib/problem/dims_scan.h"
#include "lib/problem/problem_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef enum {
  LINE_NAME,
  LINE_ORIGIN,
  LINE_INCOMPLETE,
  LINE_STACK, /* the last of the lines with free text */
  LINE_DIM,
  LINE_INPUT,
  LINE_SYMBOL,
  LINE_UNBACKED,
  LINE_GUARD,
  LINE_ASSERT,
  LINE_SPEC,
  LINE_ASSUME,
  LINE_KINDS
} line_kind;

static const char *const words[LINE_KINDS] = {
    "name",   "origin",   "incomplete", "stack",  "dim",  "input",
    "symbol", "unbacked", "guard",      "assert", "spec", "assume"};

typedef struct {
  line_kind kind;
  text_span rest;    /* behind the first word, in front of the comment */
  text_span comment; /* behind the `#` */
  text_span value;   /* what a later check speaks of */
  size_t index;      /* of the piece that the line made */
} line;

typedef struct {
  dims_reader r;
  dimsat_problem *p;
  line *lines;
  size_t count, capacity;
  problem_place where;
} job;

/* ---- Lines ------------------------------------------------------------- */

/* Where the comment of a line with free text starts, or its end. */
static size_t find_free_comment(const dims_reader *r, text_span at) {
  const size_t end = at.offset + at.length;
  for (size_t i = at.offset; i < end; i++)
    if (r->text[i] == '#' &&
        (i == at.offset || isspace((unsigned char)r->text[i - 1])))
      return i;
  return end;
}

/* Cuts `rest` into what the line says and its comment. */
static void cut_comment(const dims_reader *r, line *l) {
  const text_span all = dims_trim(r, l->rest);
  const bool quoted = all.length > 0 && r->text[all.offset] == '"';
  size_t at = l->kind <= LINE_STACK && !quoted ? find_free_comment(r, all)
                                               : dims_find(r, all, '#');
  if (at == SIZE_MAX)
    at = all.offset + all.length;
  l->rest = dims_trim(r, dims_before(all, at));
  l->comment = dims_from(all, at);
  if (l->comment.length > 0)
    l->comment = dims_trim(r, dims_from(l->comment, at + 1));
}

/* The letters at the front of `at`. */
static text_span first_word(const dims_reader *r, text_span at) {
  size_t end = at.offset;
  while (end < at.offset + at.length && isalpha((unsigned char)r->text[end]))
    end++;
  return dims_before(at, end);
}

/* Whether the last line is a guard or a frame of one. */
static bool follows_guard(const job *j) {
  if (j->count == 0)
    return false;
  const line_kind last = j->lines[j->count - 1].kind;
  return last == LINE_STACK || last == LINE_GUARD || last == LINE_ASSERT ||
         last == LINE_SPEC;
}

/* Raises for a line that starts with `word`. */
static _Noreturn void refuse_word(dims_reader *r, text_span word) {
  char similar[128];
  const char *wanted = dims_copy(r, word);
  similar_words s;
  similar_start(&s, wanted, similar_edits(wanted));
  for (size_t i = 0; i < LINE_KINDS; i++)
    similar_consider(&s, words[i]);
  dims_fail(r, word,
            "a line starts with dim, input, guard, assert, spec, assume, "
            "symbol, unbacked, name, origin, incomplete or stack%s",
            similar_ask(&s, similar, sizeof similar));
}

/* One line that is neither empty nor only a comment. */
static void add_line(job *j, text_span at) {
  dims_reader *r = &j->r;
  const text_span word = first_word(r, at);
  line l = {.kind = LINE_NAME};
  while (l.kind < LINE_KINDS && !dims_is(r, word, words[l.kind]))
    l.kind++;
  const size_t behind = word.offset + word.length;
  const bool apart = behind == at.offset + at.length ||
                     isspace((unsigned char)r->text[behind]) ||
                     r->text[behind] == '#';
  if (l.kind == LINE_KINDS || !apart)
    refuse_word(r, word.length ? word : dims_before(at, at.offset + 1));
  if (l.kind == LINE_STACK && !follows_guard(j))
    dims_fail(r, at, "a stack line follows the guard that it belongs to");
  l.rest = dims_from(at, behind);
  cut_comment(r, &l);
  l.value = l.rest;
  j->lines = arena_grow(&r->cx->work, j->lines, j->count, &j->capacity,
                        sizeof *j->lines);
  j->lines[j->count++] = l;
}

/* All lines with their first words. */
static void cut_lines(job *j) {
  const dims_reader *r = &j->r;
  for (size_t at = 0; at < r->length;) {
    const char *end = memchr(r->text + at, '\n', r->length - at);
    const size_t next = end ? (size_t)(end - r->text) : r->length;
    const text_span all = dims_trim(r, (text_span){at, next - at});
    if (all.length > 0 && r->text[all.offset] != '#')
      add_line(j, all);
    at = next + 1;
  }
  if (j->count == 0)
    dims_fail(&j->r, (text_span){0, 0}, "the text holds no problem");
}

/* ---- Name, origin, gaps ------------------------------------------------ */

/* Name and origin at most once. */
static void read_head(job *j, line *l) {
  if (l->kind == LINE_INCOMPLETE) {
    problem_add_gap(j->p, dims_string(&j->r, l->rest));
    return;
  }
  const char **to = l->kind == LINE_NAME ? &j->p->name : &j->p->origin;
  if (*to != NULL)
    dims_fail(&j->r, l->rest, "the %s is given twice", words[l->kind]);
  *to = dims_string(&j->r, l->rest);
}

/* ---- Dims -------------------------------------------------------------- */

/* Whether the right side of a dim is a range: it has dots, or is a number. */
static bool is_range(const dims_reader *r, text_span at) {
  bool plain = true;
  for (size_t i = at.offset; i < at.offset + at.length; i++) {
    if (r->text[i] == '.' && i > at.offset && r->text[i - 1] == '.')
      return true;
    plain &= strchr("0123456789.+- \t", r->text[i]) != NULL;
  }
  return plain;
}

/* The range of a dim; a side that is absent is 0 or endless. */
static interval read_dim_range(job *j, text_span value) {
  interval range = interval_from(integer_of(0));
  if (value.length > 0 && is_range(&j->r, value))
    range = dims_range(&j->r, value);
  range.has_lo = true;
  return range;
}

/* A dim with its range; what it follows is read when all are known. */
static void declare_dim(job *j, line *l) {
  const size_t equals = dims_find(&j->r, l->rest, '=');
  const bool plain = equals == SIZE_MAX;
  const text_span name =
      dims_trim(&j->r, plain ? l->rest : dims_before(l->rest, equals));
  l->value = (text_span){l->rest.offset + l->rest.length, 0};
  if (!plain)
    l->value = dims_trim(&j->r, dims_from(l->rest, equals + 1));
  const size_t gap = dims_find_gap(&j->r, name);
  if (name.length == 0)
    dims_fail(&j->r, l->rest, "the name of a dim is expected");
  if (gap != SIZE_MAX)
    dims_fail(&j->r, dims_from(name, gap),
              "'=' is expected behind the name of the dim");
  if (!plain && l->value.length == 0)
    dims_fail(&j->r, l->value,
              "a range such as 2..64 or a Dim expression such "
              "as 2*seq + 1 is expected");
  const interval range = read_dim_range(j, l->value);
  j->r.at =
      interval_is_empty(range) || integer_sign(range.lo) < 0 ? l->value : name;
  const dim *d = problem_add_dim(j->p, dims_copy(&j->r, name), range);
  l->index = (size_t)(d - j->p->dims);
}

/* Makes the dim follow its root where the line says so. */
static void derive_dim(job *j, line *l) {
  if (l->value.length == 0 || is_range(&j->r, l->value))
    return;
  const char *what =
      arena_format(&j->r.cx->work, "dim '%s'",
                   name_brief(j->r.cx, j->p->dims[l->index].name));
  j->r.at = l->value;
  const dim_form f = spec_read_form(j->r.cx, dims_copy(&j->r, l->value), what);
  if (f.root != NULL)
    problem_derive(j->p, l->index, f.root, f.scale, f.offset);
  else
    j->p->dims[l->index].range = interval_of(f.offset, f.offset);
}

/* ---- Inputs ------------------------------------------------------------ */

/* "auto(2..64)": kind and range; false for an entry of another form. */
static bool read_hint_call(job *j, axis *a, text_span entry) {
  const size_t open = dims_find(&j->r, entry, '(');
  const size_t last = entry.offset + entry.length - 1;
  if (open == SIZE_MAX || j->r.text[last] != ')')
    return false;
  const text_span word = dims_trim(&j->r, dims_before(entry, open));
  if (!spec_read_hint(dims_copy(&j->r, word), a))
    return false;
  const text_span inside = {open + 1, last - open - 1};
  a->range = dims_range(&j->r, inside);
  j->r.at = inside;
  problem_check_range(j->p, a->range,
                      arena_format(&j->r.cx->work, "the hint of %s",
                                   name_brief(j->r.cx, a->source)));
  return true;
}

typedef void entry_reader(job *j, axis *a, text_span entry);

/* One entry of the shape; `?` is a static size. */
static void read_shape_entry(job *j, axis *a, text_span entry) {
  if (dims_is(&j->r, entry, "?") || read_hint_call(j, a, entry))
    return;
  j->r.at = entry;
  problem_read_axis(j->p, a, dims_copy(&j->r, entry));
}

/* One example size, or `?`. */
static void read_example(job *j, axis *a, text_span entry) {
  if (dims_is(&j->r, entry, "?"))
    return;
  a->has_example = true;
  a->example = dims_integer(&j->r, entry);
  if (integer_sign(a->example) < 0)
    dims_fail(&j->r, entry, "a size is never negative");
}

/* A symbol, a burned-in constant, or `?`. */
static void read_traced(job *j, axis *a, text_span entry) {
  const char *text = j->r.text + entry.offset;
  if (dims_is(&j->r, entry, "?"))
    return;
  a->burned =
      integer_parse(&j->r.cx->nodes, text, entry.length, &a->traced_constant);
  j->r.at = entry;
  if (!a->burned)
    a->traced = parse_source(j->r.cx, text, entry.length);
}

/* A list with one entry an axis. */
static void read_entries(job *j, input *i, text_span inside,
                         entry_reader *read) {
  const size_t count = dims_count_entries(&j->r, inside);
  j->r.at = inside;
  if (count != i->rank)
    context_fail(j->r.cx, DIMSAT_BAD_PROBLEM, 0, inside.length,
                 "the list has %zu entr%s, but the shape of '%s' has %zu",
                 count, count == 1 ? "y" : "ies", name_brief(j->r.cx, i->name),
                 i->rank);
  size_t k = 0;
  for (text_span entry; dims_next_entry(&j->r, &inside, &entry); k++)
    read(j, &i->axes[k], entry);
}

/* Where the clause `word` starts; what stands first is a name, not a clause. */
static size_t find_clause(const dims_reader *r, text_span at,
                          const char *word) {
  at = dims_trim(r, at);
  const size_t found = dims_find_word(r, at, word);
  if (found != at.offset)
    return found;
  return dims_find_word(r, dims_from(at, found + strlen(word)), word);
}

/* "x from L['x']": an input without axes so far. */
static input *add_input(job *j, text_span head, size_t rank) {
  dims_reader *r = &j->r;
  const size_t from = find_clause(r, head, "from");
  const char *source = NULL;
  text_span name = dims_trim(r, head);
  if (from != SIZE_MAX) {
    r->at = dims_trim(r, dims_from(head, from + strlen("from")));
    source = parse_source(r->cx, r->text + r->at.offset, r->at.length);
    name = dims_trim(r, dims_before(head, from));
  }
  if (name.length == 0)
    dims_fail(r, head, "the name of an input is expected");
  r->at = name;
  return problem_add_input(j->p, dims_string(r, name), source, rank);
}

/* What follows the shape: "= [8, 16] traced [s0, 16]". */
static void read_input_tail(job *j, input *i, text_span rest) {
  dims_reader *r = &j->r;
  while ((rest = dims_trim(r, rest)).length > 0) {
    const text_span word = first_word(r, rest);
    const bool traced = dims_is(r, word, "traced");
    if (!traced && r->text[rest.offset] != '=')
      dims_fail(r, rest,
                "'= [sizes]', 'traced [symbols]' or the end of the "
                "line is expected");
    rest = dims_from(rest, rest.offset + (traced ? word.length : 1));
    const text_span inside = dims_take_list(r, &rest);
    read_entries(j, i, inside, traced ? read_traced : read_example);
  }
}

/* One input with all its axes. */
static void read_input(job *j, line *l) {
  dims_reader *r = &j->r;
  const size_t colon = dims_find(r, l->rest, ':');
  if (colon == SIZE_MAX)
    dims_fail(r, l->rest,
              "an input reads 'input x: [batch, 3]', but ':' is "
              "missing");
  text_span rest = dims_from(l->rest, colon + 1);
  const text_span shape = dims_take_list(r, &rest);
  input *i =
      add_input(j, dims_before(l->rest, colon), dims_count_entries(r, shape));
  l->index = (size_t)(i - j->p->inputs);
  read_entries(j, i, shape, read_shape_entry);
  read_input_tail(j, i, rest);
}

/* ---- Symbols and assumptions ------------------------------------------- */

/* Cuts the clause that starts with `word` off the end of `*rest`. */
static bool cut_clause(dims_reader *r, text_span *rest, const char *word,
                       text_span *clause) {
  const size_t at = find_clause(r, *rest, word);
  if (at == SIZE_MAX)
    return false;
  *clause = dims_trim(r, dims_from(*rest, at + strlen(word)));
  *rest = dims_trim(r, dims_before(*rest, at));
  return true;
}

/* The canonical text of a source in the line. */
static const char *read_source(dims_reader *r, text_span at) {
  r->at = at = dims_trim(r, at);
  return parse_source(r->cx, r->text + at.offset, at.length);
}

/* Raises where a word follows a name that no clause starts with. */
static void refuse_clause(dims_reader *r, text_span name) {
  const size_t gap = dims_find_gap(r, name);
  if (gap == SIZE_MAX)
    return;
  dims_fail(r, first_word(r, dims_from(name, gap)),
            "'hint' with a number, 'in' with a range or the end of the line is "
            "expected here");
}

/* "s77 = L['x'].size()[0] hint 8 in 2..64" */
static void read_symbol(job *j, line *l) {
  dims_reader *r = &j->r;
  symbol s = {.unbacked = l->kind == LINE_UNBACKED};
  text_span name = l->rest, clause = name;
  if (cut_clause(r, &name, "in", &clause))
    s.range = dims_range(r, clause);
  const text_span range = clause;
  s.has_hint = cut_clause(r, &name, "hint", &clause);
  if (s.has_hint)
    s.hint = dims_integer(r, clause);
  const size_t equals = dims_find(r, name, '=');
  if (equals != SIZE_MAX) {
    l->value = dims_trim(r, dims_from(name, equals + 1));
    refuse_clause(r, l->value);
    s.source = read_source(r, l->value);
    name = dims_before(name, equals);
  }
  refuse_clause(r, name);
  s.name = read_source(r, name);
  if (interval_is_empty(s.range))
    r->at = range;
  l->index = (size_t)(problem_add_symbol(j->p, &s) - j->p->symbols);
}

/* Bounds of axes, dims or symbols. */
static void read_assumption(job *j, line *l) {
  const text_span at = l->rest;
  problem_assume(j->p,
                 parse_expression(j->r.cx, j->r.text + at.offset, at.length));
}

/* ---- Guards ------------------------------------------------------------ */

/* What a comment "at model.py:12 in forward" says, or NULL. */
static const char *read_place(job *j, text_span comment) {
  dims_reader *r = &j->r;
  const text_span word = first_word(r, comment);
  const size_t behind = word.offset + word.length;
  if (!dims_is(r, word, "at") || word.length == comment.length ||
      !isspace((unsigned char)r->text[behind]))
    return NULL;
  const text_span at = dims_trim(r, dims_from(comment, behind));
  r->at = at;
  if (r->text[at.offset + at.length - 1] == '"')
    return dims_string(r, at);
  return arena_copy_text(&r->cx->nodes, r->text + at.offset, at.length);
}

/* The frames on the lines behind the guard's. */
static void read_frames(job *j, guard *g, const line *l) {
  const line *const end = j->lines + j->count, *frame = l + 1;
  size_t count = 0;
  while (frame + count < end && frame[count].kind == LINE_STACK)
    count++;
  if (count == 0)
    return;
  g->stack = arena_zeroed(&j->r.cx->nodes, count, sizeof *g->stack);
  for (; g->stack_count < count; g->stack_count++, frame++) {
    j->r.at = frame->rest;
    g->stack[g->stack_count] = dims_string(&j->r, frame->rest);
  }
}

/* A condition of any kind. */
static void read_guard(job *j, line *l) {
  static const guard_kind kinds[LINE_KINDS] = {
      [LINE_GUARD] = GUARD_GUARD,
      [LINE_ASSERT] = GUARD_RUNTIME_ASSERT,
      [LINE_SPEC] = GUARD_SPEC,
  };
  const char *text = dims_copy(&j->r, l->rest);
  const expr *e = parse_expression(j->r.cx, text, l->rest.length);
  const char *at = read_place(j, l->comment);
  guard *g = problem_add_guard(j->p, e, text, at, kinds[l->kind]);
  l->index = j->p->guard_count - 1;
  read_frames(j, g, l);
}

/* ---- The problem ------------------------------------------------------- */

#define KIND(kind) (1U << (kind))

/* Reads all lines of some kinds, from top to bottom. */
static void read_lines(job *j, unsigned kinds, void (*read)(job *, line *)) {
  for (size_t i = 0; i < j->count; i++)
    if (kinds & KIND(j->lines[i].kind)) {
      j->r.at = j->lines[i].rest;
      read(j, &j->lines[i]);
    }
}

/* The body of `problem_read_dims`. */
static void run_job(void *data) {
  job *j = data;
  cut_lines(j);
  j->p = problem_new(j->r.cx, NULL);
  read_lines(j, KIND(LINE_NAME) | KIND(LINE_ORIGIN) | KIND(LINE_INCOMPLETE),
             read_head);
  read_lines(j, KIND(LINE_DIM), declare_dim);
  read_lines(j, KIND(LINE_DIM), derive_dim);
  read_lines(j, KIND(LINE_INPUT), read_input);
  read_lines(j, KIND(LINE_SYMBOL) | KIND(LINE_UNBACKED), read_symbol);
  problem_declare_traced(j->p);
  read_lines(j, KIND(LINE_ASSUME), read_assumption);
  read_lines(j, KIND(LINE_GUARD) | KIND(LINE_ASSERT) | KIND(LINE_SPEC),
             read_guard);
  problem_validate_at(j->p, &j->where);
}

/* Points the reader at the line of the piece that the check looked at, if it
 * got so far. */
static void enter_place(job *j) {
  static const unsigned kinds[] = {
      [PLACE_NONE] = 0,
      [PLACE_DIM] = KIND(LINE_DIM),
      [PLACE_EXAMPLE] = KIND(LINE_INPUT),
      [PLACE_SYMBOL] = KIND(LINE_SYMBOL) | KIND(LINE_UNBACKED),
      [PLACE_SOURCE] = KIND(LINE_SYMBOL) | KIND(LINE_UNBACKED),
      [PLACE_GUARD] = KIND(LINE_GUARD) | KIND(LINE_ASSERT) | KIND(LINE_SPEC),
  };
  for (size_t i = 0; i < j->count; i++)
    if (kinds[j->where.kind] & KIND(j->lines[i].kind) &&
        j->lines[i].index == j->where.index)
      j->r.at = j->lines[i].value;
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
  enter_place(j);
  if (error->offset == 0 && error->length == 0)
    error->length = j->r.at.length;
  error->offset += j->r.at.offset;
  locate_line(error, j->r.text, j->r.length);
}

/* Reads, and places an error in the text. */
dimsat_problem *problem_read_dims(dimsat_context *cx, const char *text,
                                  size_t length) {
  job j = {.r = {.cx = cx, .text = text, .length = length}};
  locate_check_text(cx, text, length);
  const dimsat_status status = fault_try(&cx->fault, run_job, &j);
  if (status == DIMSAT_OK)
    return j.p;
  place_error(&j, status);
  fault_raise(&cx->fault, status);
}
