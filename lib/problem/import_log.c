/*
 * TORCH_LOGS=+dynamic: what the tracer did, in order.  `track_symint` lines, at
 * the end, tell the spec.  Violations that stand in the log give dims their
 * names; their guards were logged before.
 */
#include "lib/problem/import.h"

#include <string.h>

#define ADDED " [guard added]"

/* Whether only this log has such a line. */
bool import_is_log(const char *line) {
  return strcmp(line, "create_env") == 0 ||
         (import_behind(line, "create_symbol ") && strstr(line, " for ")) ||
         import_behind(line, "create_unbacked_symint ") ||
         import_behind(line, "track_symint ") ||
         ((import_behind(line, "eval ") ||
           import_behind(line, "runtime_assert ")) &&
          strstr(line, ADDED));
}

/* ---- Symbols ------------------------------------------------------------ */

/* Behind "create_symbol ". */
static void read_symbol(import_work *w, const char *at) {
  import_draft *d = &w->draft;
  const char *const duck = strstr(at, " duck sized ");
  const char *name, *value = NULL, *source;
  if (duck) {
    name = draft_copy(d, at, (size_t)(duck - at));
    source = duck + strlen(" duck sized ");
    source = draft_copy(d, source, strcspn(source, " "));
  } else {
    name = import_between(w, &at, "", " = ");
    value = name ? import_between(w, &at, "", " for ") : NULL;
    source = value ? import_between(w, &at, "", " [") : NULL;
  }
  if (!source)
    return;
  draft_symbol *const s = draft_add_symbol(d, name, source);
  draft_axis *const a = draft_need_axis(d, source);
  if (value) {
    s->hint = value;
    draft_read_range(d, at - 1, &s->min, &s->max);
  }
  if (a) {
    a->traced = s->name;
    a->example = s->hint;
    a->min = draft_spec_min(s);
    a->max = s->max;
  }
  w->specless = true;
}

/* Behind "create_unbacked_symint ". */
static void read_unbacked(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " [");
  if (!name)
    return;
  draft_symbol *const s = draft_add_symbol(&w->draft, name, NULL);
  draft_read_range(&w->draft, at - 1, &s->min, &s->max);
}

/* Behind "set_replacement ": a symbol is gone. */
static void read_replacement(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " = ");
  const char *const made = name ? import_between(w, &at, "", " (") : NULL;
  draft_symbol *const s = made ? draft_find_symbol(&w->draft, name) : NULL;
  if (s && s->source)
    s->made = made;
}

/* ---- Guards ------------------------------------------------------------- */

/* A copy of the place in `(..)` at the end of the line, or NULL. */
static const char *framework_place(import_work *w, const char *at) {
  const char *const advice = strstr(at, ", for more info run with");
  const char *end = advice ? advice : at + strlen(at);
  const char *open = NULL;
  for (const char *c = at; c < end; c++)
    if (*c == '(' && (c == at || c[-1] == ' '))
      open = c;
  if (!open || end[-1] != ')')
    return NULL;
  return draft_copy(&w->draft, open + 1, (size_t)(end - open) - 2);
}

/* The place behind "code  # ", which strict mode prints, or NULL. */
static const char *user_place(import_work *w, const char *at) {
  const char *const mark = strstr(at, "  # ");
  const char *const end = mark ? strstr(mark, " (") : NULL;
  if (!end)
    return NULL;
  const char *const start = mark + strlen("  # ");
  return draft_copy(&w->draft, start, (size_t)(end - start));
}

/* Behind "eval " or "runtime_assert ". */
static void read_guard(import_work *w, const char *at, guard_kind kind) {
  const char *const suppressed = import_behind(at, "[guard suppressed] ");
  const char *const added = strstr(at, ADDED);
  if (suppressed || !added)
    return;
  const char *const forced = import_behind(at, "(forcing_spec) ");
  at = forced ? forced : at;
  const char *const text = draft_copy(&w->draft, at, (size_t)(added - at));
  const char *const rest = added + strlen(ADDED);
  const char *const user = user_place(w, rest);
  const char *const place = framework_place(w, rest);
  draft_guard *const g =
      draft_add_guard(&w->draft, text, kind, user ? user : place);
  if (g && user)
    draft_add_frame(&w->draft, g, user);
  if (g && place)
    draft_add_frame(&w->draft, g, place);
}

/* ---- The spec ----------------------------------------------------------- */

/* Behind "track_symint ": an axis, its value, its constraint. */
static void read_track(import_work *w, const char *at) {
  import_draft *d = &w->draft;
  const char *const end = strstr(at, "] ");
  if (!end)
    return;
  const char *const source = draft_copy(d, at, (size_t)(end - at) + 1);
  const char *const constraint =
      strrchr(end, ')') || strstr(end, " None") ? strstr(end + 2, " ") : NULL;
  draft_axis *const a = constraint ? draft_need_axis(d, source) : NULL;
  if (!a)
    return;
  const char *value = end + 2;
  const char *start = strstr(value, " StrictMinMaxConstraint(");
  const bool strict = start != NULL;
  start = start ? start : strstr(value, " RelaxedUnspecConstraint(");
  const bool dynamic = !strict && start != NULL;
  start = start ? start : strstr(value, " None");
  if (!start)
    return;
  value = draft_copy(d, value, (size_t)(start - value));
  const bool constant = strspn(value, "0123456789") == strlen(value);
  if (!a->traced && (constant || draft_find_symbol(d, value)))
    a->traced = value;
  if (!a->example && constant)
    a->example = value;
  a->min = a->max = NULL;
  if (strict)
    draft_read_range(d, start, &a->min, &a->max);
  else
    a->word = dynamic ? "dynamic" : constant ? "null" : "auto";
  w->has_spec = true;
}

/* One line of the log. */
void import_log_line(import_work *w, const char *line) {
  const char *at;
  if (strcmp(line, "create_env") == 0)
    import_flush(w);
  else if ((at = import_behind(line, "create_symbol ")) != NULL)
    read_symbol(w, at);
  else if ((at = import_behind(line, "create_unbacked_symint ")) != NULL)
    read_unbacked(w, at);
  else if ((at = import_behind(line, "set_replacement ")) != NULL)
    read_replacement(w, at);
  else if ((at = import_behind(line, "runtime_assert ")) != NULL)
    read_guard(w, at, GUARD_RUNTIME_ASSERT);
  else if ((at = import_behind(line, "eval ")) != NULL)
    read_guard(w, at, GUARD_GUARD);
  else if ((at = import_behind(line, "track_symint ")) != NULL)
    read_track(w, at);
  else
    import_error_line(w, line);
}
