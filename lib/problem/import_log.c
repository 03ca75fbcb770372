/*
 * TORCH_LOGS=+dynamic: what the tracer did, in order.  Behind `produce_guards`,
 * at the end, stand equalities of the spec, then a `track_symint` line for each
 * axis.  Violations that stand in the text too give dims their names and tell
 * which axes are refused; their guards were logged before.
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
  if (w->range_of && strcmp(w->range_of, name) == 0)
    w->range_of = NULL;
  if (value) {
    s->hint = value;
    draft_read_range(d, at - 1, &s->min, &s->max);
  }
  draft_place_symbol(d, s, source);
}

/* Behind "_update_var_to_range ": the range of a dim, before its symbol is made
 * for the example, unless that is outside. */
static void read_range(import_work *w, const char *at) {
  const char *const name = import_between(w, &at, "", " = VR[");
  if (name && !draft_find_symbol(&w->draft, name))
    w->range_of = name;
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
  if (w->producing && !w->tracking && kind == GUARD_GUARD) {
    kind = GUARD_SPEC;
    import_spec_equality(w, text);
  }
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

/* What the spec says of the axis: a constraint, or none. */
static void read_constraint(import_work *w, draft_axis *a, const char *start) {
  const bool strict = import_behind(start, " Strict") != NULL;
  const bool dynamic = import_behind(start, " Relaxed") != NULL;
  const bool constant =
      a->value[strspn(a->value, "0123456789")] == '\0' && *a->value;
  if (!a->traced && (constant || draft_find_symbol(&w->draft, a->value)))
    a->traced = a->value;
  if (!a->example && constant)
    a->example = a->value;
  a->tracked = true;
  a->min = a->max = NULL;
  if (strict)
    draft_read_range(&w->draft, start, &a->min, &a->max);
  else
    a->word = dynamic ? "dynamic" : constant ? "null" : "auto";
}

/* The space behind a source, which may have spaces in quotes; NULL where the
 * line is cut. */
static const char *source_end(const char *at) {
  bool quoted = false;
  for (; *at && (quoted || *at != ' '); at++)
    quoted = quoted != (*at == '\'');
  return *at ? at : NULL;
}

/* Behind "track_symint ": an axis, a stride or an offset, its value, its
 * constraint. */
static void read_track(import_work *w, const char *at) {
  static const char *const constraints[] = {
      " StrictMinMaxConstraint(", " RelaxedUnspecConstraint(", " None"};
  import_draft *d = &w->draft;
  w->tracking = true;
  w->offset_last = strstr(at, ".storage_offset() ") ||
                   (w->offset_last && !strstr(at, ".size()["));
  const char *const end = source_end(at);
  const char *start = NULL;
  for (size_t i = 0; end && !start && i < 3; i++)
    start = strstr(end, constraints[i]);
  if (!start || (start[strlen(start) - 1] != ')' && !strstr(start, " None")))
    return;
  draft_axis *const a =
      draft_need_axis(d, draft_copy(d, at, (size_t)(end - at)));
  const char *const value =
      start > end ? draft_copy(d, end + 1, (size_t)(start - end) - 1) : "";
  draft_lead(d, value, a);
  if (!a || !*value)
    return;
  a->value = value;
  read_constraint(w, a, start);
}

/* ---- The whole ---------------------------------------------------------- */

/* Whether the spec of each traced axis was told. */
static bool is_told(const import_work *w) {
  const import_draft *const d = &w->draft;
  for (size_t i = 0; i < d->input_count; i++)
    for (const draft_axis *a = d->inputs[i]->axes; a; a = a->next)
      if (a->traced && !a->tracked)
        return false;
  return w->offset_last;
}

/* What is missing, and which axes share dims; see import.h. */
void import_log_finish(import_work *w) {
  import_draft *d = &w->draft;
  if (w->range_of)
    draft_add_gap(d,
                  "the log stops where an example is outside of the range of "
                  "its dim; the error tells which");
  if (!w->tracking)
    draft_add_gap(d, "the log ends before the spec is told: each traced axis "
                     "is taken as a dim of its own, with the range that "
                     "tracing started from, and guards may be missing");
  else if (!is_told(w))
    draft_add_gap(d, "the log ends while the spec is told");
  else if (w->strict && !w->closed && w->end != END_REFUSED)
    draft_add_gap(d, "the log ends before PyTorch does (`lru_cache_stats`): "
                     "strict mode finds guards behind the spec too");
  if (w->listing)
    draft_add_gap(d, "the text ends within the list of violations");
  if (w->end != END_UNKNOWN)
    import_share(w);
}

/* A log of strict mode that goes on without an error has seen no violation. */
static void see_end(import_work *w) {
  if (w->tracking && w->end == END_UNKNOWN && !w->listing)
    w->end = END_GOOD;
}

typedef struct {
  const char *mark;
  void (*read)(import_work *w, const char *at);
} event_row;

/* Behind "eval ". */
static void read_eval(import_work *w, const char *at) {
  if (strstr(at, ADDED) || strstr(at, " [statically known]"))
    see_end(w);
  read_guard(w, at, GUARD_GUARD);
}

/* Behind "runtime_assert ". */
static void read_assert(import_work *w, const char *at) {
  if (strstr(at, ADDED))
    see_end(w);
  read_guard(w, at, GUARD_RUNTIME_ASSERT);
}

/* At process exit, or where the next export starts. */
static void read_end(import_work *w, const char *at) {
  (void)at;
  import_end_list(w);
  w->closed = true;
  if (w->strict)
    see_end(w);
}

/* "create_env" */
static void read_env(import_work *w, const char *at) {
  read_end(w, at);
  import_flush(w);
}

/* "produce_guards" */
static void read_produce(import_work *w, const char *at) {
  (void)at;
  w->producing = true;
}

static const event_row events[] = {
    {"create_env", read_env},
    {"create_symbol ", read_symbol},
    {"create_unbacked_symint ", read_unbacked},
    {"_update_var_to_range ", read_range},
    {"set_replacement ", read_replacement},
    {"eval ", read_eval},
    {"runtime_assert ", read_assert},
    {"produce_guards", read_produce},
    {"track_symint ", read_track},
    {"lru_cache_stats ", read_end},
};

/* One line of the log, of an error, or of anything else. */
void import_log_line(import_work *w, const char *line) {
  for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
    const char *const at = import_behind(line, events[i].mark);
    if (!at || (*at && at[-1] != ' '))
      continue;
    events[i].read(w, at);
    w->strict = w->strict || w->framed;
    return;
  }
  import_error_line(w, line);
}
