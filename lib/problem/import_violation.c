/*
 * The lines below "Constraints violated": each names dims and axes, and what
 * the model demands of them.  In a log or a trace the demand was told before,
 * and a line only gives dims their names.
 */
#include "lib/problem/import.h"
#include "lib/problem/spec.h"

#include <string.h>

#define SATISFY "satisfy the generated guard "
#define VALID "are valid because "

/* ---- Axes --------------------------------------------------------------- */

/* The axis of a log that the error calls `source`.  Strict mode logs
 * L['flat_args'][0] where its error says L['x']: the dim's name, which both
 * give, tells which input that is. */
static draft_axis *find_renamed(import_work *w, const char *name,
                                const char *source) {
  draft_axis *const a = draft_named_axis(&w->draft, name);
  const char *owner;
  size_t k;
  if (!a || !draft_split_axis(&w->draft, source, &owner, &k) || k != a->k)
    return NULL;
  if (!a->input->alias)
    a->input->alias = owner;
  return strcmp(a->input->alias, owner) == 0 ? a : NULL;
}

/* The axis as an error alone tells it. */
static draft_axis *need_axis(import_work *w, const char *source) {
  draft_axis *const a = draft_need_axis(&w->draft, source);
  if (!a || draft_find_symbol(&w->draft, source))
    return a;
  a->min = a->min ? a->min : "0";
  draft_symbol *const s = draft_add_symbol(&w->draft, source, source);
  s->min = "2";
  draft_add_note(&w->draft, "the text has no sizes of examples; ranges that it "
                            "does not tell are taken as 0 and above, and sizes "
                            "are traced as 2 and above, as PyTorch does");
  return a;
}

/* The axis `source`, whose dim is `name`; NULL where the text does not know it.
 */
static draft_axis *bind(import_work *w, const char *name, const char *source) {
  draft_axis *a;
  if (!name || !source)
    return NULL;
  if (w->form == DIMSAT_IMPORT_TORCH_ERROR)
    a = need_axis(w, source);
  else if ((a = draft_find_axis(&w->draft, source)) == NULL)
    a = find_renamed(w, name, source);
  if (!a)
    return NULL;
  if (strcmp(name, source) == 0) {
    a->word = a->word ? a->word : "dynamic"; /* what has no name is a hint */
    return a;
  }
  if (!a->word && !a->dim)
    a->dim = name;
  draft_name_axis(&w->draft, name, a);
  return a;
}

/* ---- Lines -------------------------------------------------------------- */

/* " 3 <= dimx <= 6", " dimx <= 6" or " 3 <= dimx" */
static void read_declared(import_work *w, draft_axis *a, const char *range) {
  const size_t digits = strspn(range, "-0123456789");
  const char *const last = strstr(range, " <= ");
  if (!a || !last || w->form != DIMSAT_IMPORT_TORCH_ERROR)
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

/* What is demanded, without the full stop, or what PyTorch glues behind it. */
static const char *take_demand(import_work *w, const char *text) {
  size_t length = strlen(text);
  const char *const glued = strstr(text, ".Specializations unexpectedly");
  if (glued)
    length = (size_t)(glued - text);
  else
    length -= length > 0 && text[length - 1] == '.';
  return draft_copy(&w->draft, text, length);
}

/* "inferred to be a constant (4)" or "inferred to be equal to y" */
static void read_inferred(import_work *w, const char *source,
                          const char *text) {
  const char *value = text;
  const char *const constant = import_between(w, &value, "a constant (", ")");
  const char *const equal = strstr(text, "equal to ");
  if (constant || equal)
    import_demand(
        w, arena_format(w->draft.memory, "Eq(%s, %s)", source,
                        constant ? constant : equal + strlen("equal to ")));
}

/* Behind "Not all values of ": a name, a source, a range and a guard. */
static void read_not_all(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " = ");
  const char *const source =
      name ? import_between(w, &at, "", " in the specified range") : NULL;
  draft_axis *const a = bind(w, name, source);
  const char *const satisfy = strstr(at, SATISFY);
  const char *const valid = strstr(at, VALID);
  if (!source || (!satisfy && !valid))
    return;
  const char *const end = satisfy ? satisfy : valid;
  if (*at == ' ' && end - at > 1)
    read_declared(w, a, draft_copy(&w->draft, at + 1, (size_t)(end - at - 2)));
  if (satisfy)
    import_demand(w, take_demand(w, satisfy + strlen(SATISFY)));
  else
    read_inferred(w, source, take_demand(w, valid + strlen(VALID)));
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
  bind(w, second, other); /* PyTorch puts the later axis first */
  draft_axis *const a = bind(w, first, source);
  if (a)
    a->apart = true;
  if (equal) {
    import_demand(w,
                  arena_format(w->draft.memory, "Eq(%s, %s)", source, other));
    return;
  }
  const char *const form = strstr(at, " = ");
  if (form)
    import_demand(w, arena_format(w->draft.memory, "Eq(%s, %s)", source,
                                  take_demand(w, form + strlen(" = "))));
}

/* The first axis of a dim that the tracer made `value`, and that has no name
 * yet; NULL where there is none. */
static draft_axis *find_burned(const import_draft *d, const char *value) {
  for (size_t i = 0; i < d->input_count; i++)
    for (draft_axis *a = d->inputs[i]->axes; a; a = a->next)
      if (a->tracked && !a->word && !a->dim && a->value &&
          strcmp(a->value, value) == 0)
        return a;
  return NULL;
}

/* The dim `name`, of which the text knows no axis, became `value`. */
static void demand_value(import_work *w, const char *name, const char *value) {
  const char *const text =
      arena_format(w->draft.memory, "Eq(%s, %s)", name, value);
  import_declare(w, text);
  draft_add_guard(&w->draft, text, GUARD_GUARD, NULL);
  draft_add_note(&w->draft,
                 arena_format(w->draft.memory,
                              "the text does not say which axis is '%s', nor "
                              "its range: 0 and above is taken",
                              name));
}

/* Behind "You marked ": a dim without its axis, or an axis, and its value. */
static void read_marked(import_work *w, const char *at) {
  import_draft *const d = &w->draft;
  const char *const name = import_between(w, &at, "", " as dynamic");
  const char *const value = import_between(w, &at, "be a constant (", ")");
  const char *owner;
  size_t k;
  if (!name || !value || w->repeated)
    return;
  if (draft_split_axis(d, name, &owner, &k)) {
    draft_axis *const a = bind(w, name, name);
    if (a && !a->traced)
      a->traced = a->example = value;
    return;
  }
  draft_axis *const a = find_burned(d, value);
  if (a) {
    a->dim = name;
    draft_name_axis(d, name, a);
  } else if (!draft_named_axis(d, name)) {
    demand_value(w, name, value);
  }
}

/* One of the lines; see import.h. */
bool import_violation_line(import_work *w, const char *line) {
  const char *at;
  if ((at = import_behind(line, "- Not all values of ")) != NULL)
    read_not_all(w, at);
  else if ((at = import_behind(line, "- The values of ")) != NULL)
    read_pair(w, at);
  else if ((at = import_behind(line, "- You marked ")) != NULL)
    read_marked(w, at);
  else
    return false;
  return true;
}
