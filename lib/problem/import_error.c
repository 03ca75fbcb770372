/*
 * What torch.export.export raises about sizes.  A header and a line for each
 * violation, or one sentence; suggestions are passed over.  Tracebacks around
 * it tell whether the export failed for another reason.
 */
#include "lib/expr/parse.h"
#include "lib/expr/substitute.h"
#include "lib/problem/import.h"
#include "lib/problem/spec.h"

#include <ctype.h>
#include <string.h>

#define HEADER "Constraints violated ("
#define CONFLICTS "Found the following conflicts between user-specified ranges"
#define OUTSIDE " not in range ["
#define UNEQUAL " is not equal to "

/* ---- Demands ------------------------------------------------------------ */

/* A guard, where nothing has told it before; see import.h. */
void import_demand(import_work *w, const char *text) {
  if (w->form == DIMSAT_IMPORT_TORCH_ERROR)
    draft_add_guard(&w->draft, text, GUARD_GUARD, NULL);
}

typedef struct {
  dimsat_context *cx;
  const char *text;
  const expr **names;
  size_t count;
} names_job;

/* The names of an expression; raises where the text is none. */
static void find_names(void *data) {
  names_job *j = data;
  j->names = expr_symbols(
      j->cx, parse_expression(j->cx, j->text, strlen(j->text)), &j->count);
}

/* An unbacked symbol of PyTorch: "u0". */
static bool is_unbacked(const char *name) {
  return name[0] == 'u' && isdigit((unsigned char)name[1]);
}

/* Axes, dims and unbacked symbols; see import.h. */
void import_declare(import_work *w, const char *text) {
  names_job j = {.cx = w->cx, .text = text};
  const dimsat_status status = fault_try(&w->cx->fault, find_names, &j);
  if (status == DIMSAT_NO_MEMORY)
    fault_raise(&w->cx->fault, status);
  w->cx->error = (dimsat_error){.status = DIMSAT_OK};
  for (size_t i = 0; i < j.count; i++) {
    const char *const name = j.names[i]->name;
    if (draft_find_symbol(&w->draft, name) ||
        draft_need_axis(&w->draft, name) || !name_is_plain(name))
      continue;
    if (is_unbacked(name))
      draft_add_symbol(&w->draft, name, NULL);
    else if (!draft_named_axis(&w->draft, name))
      draft_add_dim(&w->draft, name, "0", NULL);
  }
}

/* ---- Starts ------------------------------------------------------------- */

/* At the front, or behind a name of an error; see import.h. */
const char *import_find_start(const char *line, const char *text) {
  const char *const at = strstr(line, text);
  if (!at || at == line)
    return at;
  return at - line >= 2 && at[-1] == ' ' && at[-2] == ':' ? at : NULL;
}

/* Where the sentence starts: behind "torch._dynamo.exc.UserError: ". */
static const char *skip_class(const char *line) {
  const size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz_."
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  const char *const behind = import_behind(line + name, ": ");
  return behind && name > 0 ? behind : line;
}

/* The `10` of "10 not in range", or NULL. */
static const char *find_outside(const char *line) {
  const char *const start = skip_class(line);
  const size_t digits = strspn(start, "0123456789");
  return digits > 0 && import_behind(start + digits, OUTSIDE) ? start : NULL;
}

/* The first source of "L['y'].size()[0] = 9 is not equal to ...", or NULL. */
static const char *find_unequal(const char *line) {
  const char *const mark = strstr(line, UNEQUAL);
  const char *const start = mark ? skip_class(line) : NULL;
  const char *const equals = start ? strstr(start, "] = ") : NULL;
  return equals && equals < mark && strstr(mark, "] = ") ? start : NULL;
}

/* ---- Sentences about the spec ------------------------------------------- */

/* Starts a problem in a list of errors; false where the sentence is that of the
 * last one, which Python repeats for each exception that another one caused. */
static bool start(import_work *w, const char *sentence) {
  if (w->header && strcmp(w->header, sentence) == 0) {
    w->repeated = true;
    return false;
  }
  const char *const kept = arena_format(&w->cx->nodes, "%s", sentence);
  if (w->form == DIMSAT_IMPORT_TORCH_ERROR)
    import_flush(w);
  w->header = kept;
  w->repeated = false;
  return true;
}

/* Behind "10": an example outside of its dim, which has no name. */
static void read_outside(import_work *w, const char *at) {
  const char *min, *max;
  const size_t digits = strspn(at, "0123456789");
  if (!draft_read_range(&w->draft, at, &min, &max) || !start(w, at))
    return;
  w->range_of = NULL;
  draft_axis *const a = draft_need_axis(&w->draft, "input.size()[0]");
  a->dim = "dim";
  a->min = min;
  a->max = max;
  a->example = draft_copy(&w->draft, at, digits);
  draft_add_note(&w->draft, "the text names neither the dim nor the input: "
                            "`dim` and `input` stand for them");
}

/* The axis with its example, which carries a dim of the spec. */
static draft_axis *read_example(import_work *w, const char *source,
                                const char *size) {
  draft_axis *const a = draft_need_axis(&w->draft, source);
  if (!a)
    return NULL;
  a->example = draft_copy(&w->draft, size, strspn(size, "0123456789"));
  return a;
}

/* "A = 9 is not equal to B = 8": the spec gives both the same dim. */
static void read_unequal(import_work *w, const char *at) {
  const char *const sentence = at;
  const char *const first = import_between(w, &at, "", " = ");
  const char *const size = first ? import_between(w, &at, "", UNEQUAL) : NULL;
  const char *const second = size ? import_between(w, &at, "", " = ") : NULL;
  if (!second || !start(w, sentence))
    return;
  draft_axis *const a = read_example(w, first, size);
  draft_axis *const b = read_example(w, second, at);
  if (!a || !b || a->form || b->form)
    return;
  if (!b->traced) {
    draft_add_symbol(&w->draft, second, second);
    b->traced = b->source;
    a->dim = b->dim = a->dim ? a->dim : "dim";
  } else {
    a->form = b->traced;
  }
}

/* Behind "Expected input ": an axis, what the spec makes it, sizes. */
static void read_expected(import_work *w, const char *at) {
  const char *const sentence = at;
  const char *const source = import_between(w, &at, "", " to be equal to ");
  const char *const form =
      source ? import_between(w, &at, "", ", where ") : NULL;
  const char *const root = form ? import_between(w, &at, "", " = ") : NULL;
  const char *const size = root ? strstr(at, ", but got ") : NULL;
  if (!size || !start(w, sentence))
    return;
  draft_axis *const a = read_example(w, source, size + strlen(", but got "));
  draft_axis *const other = read_example(w, "input.size()[0]", at);
  if (!a || a->form || !other)
    return;
  a->dim = form;
  other->dim = root;
  draft_add_note(&w->draft,
                 arena_format(w->draft.memory,
                              "the text does not say which axis is '%s': the "
                              "axis 0 of `input` stands for it",
                              root));
}

/* Behind "Expected shape[": an axis, its size, what the spec makes it. */
static void read_of_form(import_work *w, const char *at) {
  const char *const sentence = at;
  const char *const k = import_between(w, &at, "", "] = ");
  const char *const size =
      k ? import_between(w, &at, "", " of input Tensor to be of the form ")
        : NULL;
  const char *const form = size ? import_between(w, &at, "", ", where ") : NULL;
  if (!form || !start(w, sentence))
    return;
  draft_axis *const a = read_example(
      w, arena_format(w->draft.memory, "input.size()[%s]", k), size);
  if (a)
    a->dim = form;
  draft_add_note(&w->draft,
                 "the text does not name the input: `input` stands for it");
}

/* Behind "Static shape constraint of ": what the spec says, what came. */
static void read_static(import_work *w, const char *at) {
  const char *const sentence = at;
  const char *const value =
      import_between(w, &at, "", " does not match input size of ");
  const char *const size = value ? import_between(w, &at, "", ", for ") : NULL;
  if (!size || !start(w, sentence))
    return;
  draft_axis *const a =
      read_example(w, draft_copy(&w->draft, at, strcspn(at, " ")), size);
  if (a)
    a->dim = value;
}

/* ---- Conflicts of hints ------------------------------------------------- */

/* "inputs['x'].shape[0]" as "L['x'].size()[0]". */
static draft_axis *conflict_axis(import_work *w, const char *line) {
  const char *at = strstr(line, "inputs[");
  const char *const owner =
      at ? import_between(w, &at, "inputs", ".shape[") : NULL;
  const char *const k = owner ? import_between(w, &at, "", "]") : NULL;
  if (!k)
    return NULL;
  const char *const source =
      arena_format(w->draft.memory, "L%s.size()[%s]", owner, k);
  return w->form == DIMSAT_IMPORT_TORCH_ERROR
             ? draft_need_axis(&w->draft, source)
             : draft_find_axis(&w->draft, source);
}

/* Behind "- Received user-specified ". */
static void read_conflict(import_work *w, const char *line) {
  draft_axis *const a = conflict_axis(w, line);
  const char *const range = strstr(line, "min/max range of [");
  const char *const inferred = strstr(line, "inferred min/max range of [");
  const char *at = line, *min, *max;
  if (!a)
    return;
  a->word = strstr(line, "Dim.AUTO") ? "auto" : "dynamic";
  if (range && draft_read_range(&w->draft, range, &min, &max)) {
    a->min = min;
    a->max = max;
  }
  if (inferred && draft_read_range(&w->draft, inferred, &min, &max)) {
    if (min)
      import_demand(w,
                    arena_format(w->draft.memory, "%s >= %s", a->source, min));
    if (max)
      import_demand(w,
                    arena_format(w->draft.memory, "%s <= %s", a->source, max));
  }
  if (a->traced)
    return;
  a->traced = import_between(w, &at, "due to hint of ", " for dimension");
  if (a->traced)
    a->example = a->traced;
  else
    a->traced = import_between(w, &at, "static shape of ", " for dimension");
}

/* ---- Lines -------------------------------------------------------------- */

/* The header of another error starts a problem; that of the same, printed once
 * more, goes on with it. */
static void read_header(import_work *w, const char *header) {
  const char *const names = import_between(w, &header, "(", ")!");
  start(w, names ? names : "");
  w->listing = w->end != END_REFUSED;
}

/* PyTorch looks at hints when it has found nothing else to refuse. */
static void read_conflicts(import_work *w, const char *line) {
  start(w, line);
  w->end = END_GOOD;
  w->closed = true;
}

typedef struct {
  const char *mark;
  bool header; /* read from the mark on, not behind it */
  void (*read)(import_work *w, const char *at);
} sentence_row;

static const sentence_row sentences[] = {
    {HEADER, true, read_header},
    {CONFLICTS, true, read_conflicts},
    {"Static shape constraint of ", false, read_static},
    {"Expected shape[", false, read_of_form},
    {"Expected input ", false, read_expected},
};

/* Whether the line starts an error about sizes. */
bool import_is_error(const char *line) {
  for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
    if (import_find_start(line, sentences[i].mark))
      return true;
  return import_find_start(line, "Specializations unexpectedly required (") ||
         find_outside(line) || find_unequal(line) || import_is_refusal(line);
}

/* A sentence or a line of a list; false where it is none. */
static bool read_sentence(import_work *w, const char *line) {
  const char *at;
  for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
    const sentence_row *row = &sentences[i];
    if ((at = import_find_start(line, row->mark)) == NULL)
      continue;
    row->read(w, row->header ? at : at + strlen(row->mark));
    return true;
  }
  if ((at = find_outside(line)) != NULL)
    read_outside(w, at);
  else if ((at = find_unequal(line)) != NULL)
    read_unequal(w, at);
  else if ((at = import_behind(line, "- Received user-specified ")) != NULL)
    read_conflict(w, at);
  else
    return false;
  return true;
}

/* Whether the line ends a traceback: "RuntimeError: ...". */
static bool is_exception(const char *line) {
  const char *const behind = skip_class(line);
  const char *const class = strstr(line, "Error");
  const char *const other = strstr(line, "Exception");
  const char *const data = strstr(line, "DataDependent");
  return behind > line &&
         ((class && class < behind) || (other && other < behind) ||
          (data && data < behind));
}

/* Behind the last violation: all were told. */
void import_end_list(import_work *w) {
  if (w->listing)
    w->end = END_REFUSED;
  w->listing = false;
}

/* Whether the line stands behind a list of violations, and never in it, as
 * other lines may, such as stacks of the user. */
static bool ends_list(const char *line) {
  static const char *const marks[] = {
      "Suggested fixes:", "Created at:", "The error above occurred",
      "Traceback (most recent call last)", "During handling of the above"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (import_behind(line, marks[i]))
      return true;
  return false;
}

/* One line of an error, or of anything else. */
void import_error_line(import_work *w, const char *line) {
  if (ends_list(line))
    import_end_list(w);
  if (import_behind(line, "Traceback (most recent call last)")) {
    w->in_traceback = true;
  } else if (import_violation_line(w, line) || import_refusal_line(w, line) ||
             read_sentence(w, line)) {
    w->in_traceback = w->failed = false;
  } else if (w->in_traceback && is_exception(line)) {
    w->in_traceback = false;
    w->failed = true;
  }
}

/* An error is never all; see import.h. */
void import_error_finish(import_work *w) {
  draft_add_gap(&w->draft, "the text holds what PyTorch refused, not all that "
                           "the model demands");
}
