/*
 * What torch.export.export raises: a header, a line for each violation, and a
 * suggestion, which is passed over.  Violations speak of axes and of the names
 * of dims.
 */
#include "lib/problem/import.h"
#include "lib/problem/spec.h"

#include <string.h>

#define HEADER "Constraints violated ("
#define CONFLICTS "Found the following conflicts between user-specified ranges"
#define OUTSIDE " not in range ["

/* Where `text` stands at the start of the line or behind a name of an error. */
static const char *find_start(const char *line, const char *text) {
  const char *const at = strstr(line, text);
  if (!at || at == line)
    return at;
  return at - line >= 2 && at[-1] == ' ' && at[-2] == ':' ? at : NULL;
}

/* Behind `10 not in range`, or NULL. */
static const char *find_outside(const char *line) {
  const char *const at = strstr(line, OUTSIDE);
  if (!at)
    return NULL;
  const char *start = at;
  while (start > line && start[-1] >= '0' && start[-1] <= '9')
    start--;
  const bool first = start == line || (start - line >= 2 && start[-2] == ':');
  return start < at && first ? start : NULL;
}

/* Whether the line starts an error about sizes. */
bool import_is_error(const char *line) {
  return find_start(line, HEADER) || find_start(line, CONFLICTS) ||
         find_start(line, "Specializations unexpectedly required (") ||
         find_outside(line);
}

/* ---- Violations --------------------------------------------------------- */

/* The dim `name` belongs to the axis `source`. */
static draft_axis *bind(import_work *w, const char *name, const char *source) {
  if (!name || !source)
    return NULL;
  if (w->form == DIMSAT_IMPORT_TORCH_LOG)
    return draft_find_axis(&w->draft, source);
  draft_axis *a = draft_need_axis(&w->draft, source);
  if (!a)
    return NULL;
  if (!a->min)
    a->min = "0";
  if (draft_find_symbol(&w->draft, source))
    return a;
  draft_symbol *const s = draft_add_symbol(&w->draft, source, source);
  s->min = "2";
  draft_add_note(&w->draft, "the text has no sizes of examples; ranges that it "
                            "does not tell are taken as 0 and above, and sizes "
                            "are traced as 2 and above, as PyTorch does");
  return a;
}

/* The same, and the name is kept. */
static draft_axis *bind_dim(import_work *w, const char *name,
                            const char *source) {
  draft_axis *const a = bind(w, name, source);
  if (a && !a->word)
    a->dim = a->dim ? a->dim : name;
  return a;
}

/* A guard of the violations; a log has told it before. */
static void demand(import_work *w, const char *text) {
  if (w->form != DIMSAT_IMPORT_TORCH_LOG)
    draft_add_guard(&w->draft, text, GUARD_GUARD, NULL);
}

/* " 3 <= dimx <= 6", " dimx <= 6" or " 3 <= dimx" */
static void read_declared(import_work *w, draft_axis *a, const char *range) {
  const size_t digits = strspn(range, "-0123456789");
  const char *const last = strstr(range, " <= ");
  if (!a || !last || w->form == DIMSAT_IMPORT_TORCH_LOG)
    return;
  if (digits > 0)
    a->min = draft_copy(&w->draft, range, digits);
  const char *max = last;
  for (const char *at = last; at; at = strstr(at + 1, " <= "))
    max = at + strlen(" <= ");
  const size_t count = strspn(max, "0123456789");
  if (count > 0 && max[count] == '\0')
    a->max = draft_copy(&w->draft, max, count);
}

/* Behind "Not all values of ": a name, a source, a range and a guard. */
static void read_not_all(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " = ");
  const char *const source =
      name ? import_between(w, &at, "", " in the specified range") : NULL;
  draft_axis *const a = bind_dim(w, name, source);
  const char *const satisfy = strstr(at, "satisfy the generated guard ");
  const char *const valid = strstr(at, "are valid because ");
  if (!source || (!satisfy && !valid))
    return;
  const char *const end = satisfy ? satisfy : valid;
  if (*at == ' ' && end - at > 1)
    read_declared(w, a, draft_copy(&w->draft, at + 1, (size_t)(end - at - 2)));
  const char *text = satisfy ? satisfy + strlen("satisfy the generated guard ")
                             : strstr(valid, "inferred to be ");
  if (!text)
    return;
  size_t length = strlen(text);
  const char *const glued = strstr(text, ".Specializations unexpectedly");
  if (glued)
    length = (size_t)(glued - text);
  else
    length -= length > 0 && text[length - 1] == '.';
  text = draft_copy(&w->draft, text, length);
  if (satisfy) {
    demand(w, text);
    return;
  }
  const char *value = text;
  const char *const constant = import_between(w, &value, "a constant (", ")");
  const char *const equal = strstr(text, "equal to ");
  if (constant || equal)
    demand(w, arena_format(w->draft.memory, "Eq(%s, %s)", source,
                           constant ? constant : equal + strlen("equal to ")));
}

/* Behind "The values of ": two names with sources, equal or related. */
static void read_pair(import_work *w, const char *at) {
  const bool equal = strstr(at, " must always be equal") != NULL;
  const char *const first = import_between(w, &at, "", " = ");
  const char *const source = import_between(
      w, &at, "",
      equal ? " and " : " must always be related to the values of ");
  const char *const second = import_between(w, &at, "", " = ");
  const char *const other =
      import_between(w, &at, "", equal ? " must always be equal" : " by ");
  if (!first || !source || !second || !other)
    return;
  bind_dim(w, second, other); /* PyTorch puts the later axis first */
  bind_dim(w, first, source);
  if (equal) {
    demand(w, arena_format(w->draft.memory, "Eq(%s, %s)", source, other));
    return;
  }
  const char *const form = strstr(at, " = ");
  size_t length = form ? strlen(form + 3) : 0;
  length -= length > 0 && form[2 + length] == '.';
  if (length > 0)
    demand(w, arena_format(w->draft.memory, "Eq(%s, %.*s)", source, (int)length,
                           form + 3));
}

/* Behind "You marked ": a dim without its axis, and what it became. */
static void read_marked(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " as dynamic");
  const char *const value = import_between(w, &at, "be a constant (", ")");
  if (!name || !value || w->form == DIMSAT_IMPORT_TORCH_LOG)
    return;
  if (name_is_plain(name))
    draft_add_dim(&w->draft, name, "0", NULL);
  demand(w, arena_format(w->draft.memory, "Eq(%s, %s)", name, value));
  draft_add_note(&w->draft,
                 arena_format(w->draft.memory,
                              "the text does not say which axis is '%s', nor "
                              "its range: 0 and above is taken",
                              name));
}

/* ---- Conflicts ---------------------------------------------------------- */

/* "inputs['x'].shape[0]" as "L['x'].size()[0]". */
static draft_axis *conflict_axis(import_work *w, const char *line) {
  const char *at = strstr(line, "inputs[");
  const char *const owner =
      at ? import_between(w, &at, "inputs", ".shape[") : NULL;
  const char *const k = owner ? import_between(w, &at, "", "]") : NULL;
  if (!k)
    return NULL;
  return draft_need_axis(
      &w->draft, arena_format(w->draft.memory, "L%s.size()[%s]", owner, k));
}

/* A line below "Found the following conflicts". */
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
      demand(w, arena_format(w->draft.memory, "%s >= %s", a->source, min));
    if (max)
      demand(w, arena_format(w->draft.memory, "%s <= %s", a->source, max));
  }
  a->traced = import_between(w, &at, "due to hint of ", " for dimension");
  if (a->traced)
    a->example = a->traced;
  else
    a->traced = import_between(w, &at, "static shape of ", " for dimension");
}

/* "10 not in range [11, 18]" names nothing. */
static void read_outside(import_work *w, const char *at) {
  const char *min, *max;
  const size_t digits = strspn(at, "0123456789");
  if (!draft_read_range(&w->draft, at, &min, &max))
    return;
  import_flush(w);
  draft_axis *const a = draft_need_axis(&w->draft, "input.size()[0]");
  a->dim = "dim";
  a->min = min;
  a->max = max;
  a->example = draft_copy(&w->draft, at, digits);
  draft_add_note(&w->draft, "the text names neither the dim nor the input: "
                            "`dim` and `input` stand for them");
}

/* ---- Lines -------------------------------------------------------------- */

/* The header of another error starts a problem; that of the same, printed once
 * more, goes on with it. */
static void read_header(import_work *w, const char *header) {
  if (w->form != DIMSAT_IMPORT_TORCH_ERROR)
    return;
  const char *const names = import_between(w, &header, "(", ")!");
  if (!w->header || (names && strcmp(w->header, names) != 0))
    import_flush(w);
  w->header = names ? names : "";
}

/* One line of an error, or of anything else. */
void import_error_line(import_work *w, const char *line) {
  const char *at = find_start(line, HEADER);
  if (at) {
    read_header(w, at);
  } else if (find_start(line, CONFLICTS)) {
    if (w->form == DIMSAT_IMPORT_TORCH_ERROR)
      import_flush(w);
  } else if ((at = find_outside(line)) != NULL) {
    if (w->form == DIMSAT_IMPORT_TORCH_ERROR)
      read_outside(w, at);
    else
      draft_add_note(&w->draft,
                     arena_format(w->draft.memory,
                                  "PyTorch stopped, as an example is outside "
                                  "of its dim: %s",
                                  at));
  } else if ((at = import_behind(line, "- Not all values of ")) != NULL) {
    read_not_all(w, at);
  } else if ((at = import_behind(line, "- The values of ")) != NULL) {
    read_pair(w, at);
  } else if ((at = import_behind(line, "- You marked ")) != NULL) {
    read_marked(w, at);
  } else if ((at = import_behind(line, "- Received user-specified ")) != NULL) {
    read_conflict(w, at);
  }
}
