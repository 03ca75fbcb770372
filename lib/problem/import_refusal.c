/*
 * What an exported program says when it refuses sizes, and what a report of
 * draft_export says that the spec did not hold.
 */
#include "lib/problem/import.h"

#include <string.h>

#define ADDED "Specifically, this guard was added: "
#define PROGRAM                                                                \
  "the text holds one demand of an exported program, and not what its spec "   \
  "promised"

/* ---- Exported programs -------------------------------------------------- */

/* A demand of sizes of which nothing else is told. */
static void demand(import_work *w, const char *text, const char *note) {
  import_declare(w, text);
  draft_add_guard(&w->draft, text, GUARD_GUARD, NULL);
  draft_add_note(&w->draft, note);
}

/* Behind "Guard failed: ". */
static void read_guard_failed(import_work *w, const char *at) {
  demand(w, at, PROGRAM);
}

/* Behind "Runtime assertion failed for expression ". */
static void read_assertion(import_work *w, const char *at) {
  const char *const text = import_between(w, &at, "", " on node ");
  if (text)
    demand(w, text,
           "the text does not say which axes the names of the assertion are");
}

/* Behind "Expected input at ": an axis and its bound. */
static void read_bound(import_work *w, const char *at) {
  static const struct {
    const char *words, *sign;
  } bounds[] = {
      {" to be equal to ", "=="}, {" to be >= ", ">="}, {" to be <= ", "<="}};
  at += *at == '*';
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    const char *value = at;
    const char *const source = import_between(w, &value, "", bounds[i].words);
    const size_t digits = source ? strspn(value, "0123456789") : 0;
    if (digits > 0)
      demand(w,
             arena_format(w->draft.memory, "%s %s %.*s", source, bounds[i].sign,
                          (int)digits, value),
             PROGRAM);
  }
}

/* ---- Reports of draft_export -------------------------------------------- */

/* {'s77': "L['x'].size()[0]", ..} */
static void read_sources(import_work *w, const char *at) {
  import_draft *const d = &w->draft;
  const char *name;
  while ((name = import_between(w, &at, "'", "': \"")) != NULL) {
    const char *const source = import_between(w, &at, "", "\"");
    if (!source)
      return;
    draft_symbol *const s = draft_add_symbol(d, name, source);
    s->min = s->min ? s->min : "2";
    draft_axis *const a = draft_need_axis(d, source);
    if (a && !a->traced)
      a->traced = s->name;
    at += *at == ',';
  }
}

/* Behind ADDED: a guard, and what its symbols are. */
static void read_added(import_work *w, const char *at) {
  const char *const text = import_between(w, &at, "", ", where {");
  if (!text)
    return;
  read_sources(w, at);
  import_declare(w, text);
  if (draft_add_guard(&w->draft, text, GUARD_GUARD, NULL))
    w->reported = w->draft.guard_count;
}

/* "File model.py, lineno 12, in forward": the last one is the place. */
static bool read_frame(import_work *w, const char *line) {
  const char *at = line;
  const char *const file = import_between(w, &at, "File ", ", lineno ");
  const char *const number = file ? import_between(w, &at, "", ", in ") : NULL;
  if (!number || w->reported == 0)
    return false;
  draft_guard *const g = &w->draft.guards[w->reported - 1];
  g->at = arena_format(w->draft.memory, "%s:%s in %s", file, number, at);
  draft_add_frame(&w->draft, g, g->at);
  return true;
}

/* ---- Lines -------------------------------------------------------------- */

typedef struct {
  const char *mark;
  void (*read)(import_work *w, const char *at);
} refusal_row;

static const refusal_row refusals[] = {
    {"Guard failed: ", read_guard_failed},
    {"Runtime assertion failed for expression ", read_assertion},
    {"Expected input at ", read_bound},
    {ADDED, read_added},
};

/* The row of the line, and what stands behind its mark. */
static const refusal_row *find_row(const char *line, const char **at) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    const char *const found = import_find_start(line, refusals[i].mark);
    if (!found)
      continue;
    *at = found + strlen(refusals[i].mark);
    return &refusals[i];
  }
  return NULL;
}

/* Whether a program or a report speaks. */
bool import_is_refusal(const char *line) {
  const char *at;
  return find_row(line, &at) != NULL;
}

/* One of the lines; see import.h. */
bool import_refusal_line(import_work *w, const char *line) {
  const char *at;
  if (w->form != DIMSAT_IMPORT_TORCH_ERROR) /* it was logged before */
    return import_is_refusal(line);
  if (read_frame(w, line))
    return true;
  if (import_behind(line, "Locals:") ||
      import_behind(line, "And the following framework"))
    w->reported = 0;
  const refusal_row *const row = find_row(line, &at);
  if (row)
    row->read(w, at);
  return row != NULL;
}
