/*
 * TORCH_TRACE files: a line of JSON each.  They hold inputs with their sizes,
 * symbols, guards with whole stacks, and specialisations, but not the spec.  In
 * strict mode they tell how the export ended.
 */
#include "lib/problem/import_frames.h"
#include "lib/problem/problem_json.h"

#include <string.h>

/* Whether the line is of a trace. */
bool import_is_trace(const char *line) {
  return import_behind(line, "{\"str\": [") ||
         import_behind(line, "{\"describe_") ||
         import_behind(line, "{\"create_symbol\": ") ||
         import_behind(line, "{\"guard_added_fast\": ") ||
         import_behind(line, "{\"guard_added\": ");
}

/* ---- Events ------------------------------------------------------------- */

/* A symbol; one for an axis that has one already is of the next export. */
static void read_symbol(import_work *w, const json_value *event) {
  const char *const name = value_text(value_member(event, "symbol"));
  const char *const source = value_text(value_member(event, "source"));
  const char *const range = value_text(value_member(event, "vr"));
  if (!name || !source)
    return;
  const draft_symbol *const known = draft_find_symbol(&w->draft, name);
  const draft_axis *const old = draft_find_axis(&w->draft, source);
  if (known || (old && old->traced))
    import_flush(w);
  draft_symbol *const s = draft_add_symbol(&w->draft, name, source);
  s->hint = draft_keep(&w->draft, value_text(value_member(event, "val")));
  if (range)
    draft_read_range(&w->draft, range, &s->min, &s->max);
  draft_place_symbol(&w->draft, s, source);
}

/* A symbol without an axis. */
static void read_unbacked(import_work *w, const json_value *event) {
  const char *const name = value_text(value_member(event, "symbol"));
  const char *const range = value_text(value_member(event, "vr"));
  if (!name)
    return;
  draft_symbol *const s = draft_add_symbol(&w->draft, name, NULL);
  if (range)
    draft_read_range(&w->draft, range, &s->min, &s->max);
}

/* A guard, as far as it counts. */
static void read_guard(import_work *w, const json_value *event) {
  static const guard_kind kinds[] = {[TRACED_GUARD] = GUARD_GUARD,
                                     [TRACED_SPEC] = GUARD_SPEC,
                                     [TRACED_ASSERT] = GUARD_RUNTIME_ASSERT};
  const char *const text = value_text(value_member(event, "expr"));
  const traced_kind kind = frames_kind(event);
  if (!text || kind == TRACED_SUPPRESSED)
    return;
  if (kind == TRACED_SPEC)
    import_spec_equality(w, text);
  const char *frames[IMPORT_FRAMES];
  const size_t count = frames_choose(w, event, frames);
  draft_guard *const g = draft_add_guard(&w->draft, text, kinds[kind],
                                         count > 0 ? frames[0] : NULL);
  for (size_t i = 0; g && i < count; i++)
    draft_add_frame(&w->draft, g, frames[i]);
}

/* A symbol that became a number. */
static void read_specialization(import_work *w, const json_value *event) {
  const char *const name = value_text(value_member(event, "symbol"));
  draft_symbol *const s = name ? draft_find_symbol(&w->draft, name) : NULL;
  if (s)
    s->made = draft_keep(&w->draft, value_text(value_member(event, "value")));
}

/* ---- Inputs ------------------------------------------------------------- */

/* The sizes of the tensor that `describe_source` names next. */
static void read_tensor(import_work *w, const json_value *event) {
  const json_value *const sizes = value_member(event, "size");
  w->size_count = 0;
  for (size_t i = 0;
       value_is(sizes, VALUE_LIST) && i < sizes->count && i < IMPORT_RANK; i++)
    w->sizes[w->size_count++] =
        value_is(&sizes->item[i], VALUE_INTEGER) ? sizes->item[i].integer : -1;
}

/* A tensor of the user; one that was described before, or that another
 * describer tells of, is of the next export. */
static void read_source(import_work *w, const json_value *event) {
  const char *const source = value_text(value_member(event, "source"));
  const json_value *const describer = value_member(event, "describer_id");
  const int64_t id =
      value_is(describer, VALUE_INTEGER) ? describer->integer : w->describer;
  if (!source || !import_behind(source, "L['") ||
      import_behind(source, "L['self']"))
    return;
  const char *const first =
      arena_format(w->draft.memory, "%s.size()[0]", source);
  if ((id != w->describer && w->describer >= 0) ||
      draft_find_axis(&w->draft, first))
    import_flush(w);
  w->describer = id;
  for (size_t k = 0; k < w->size_count; k++) {
    draft_axis *const a = draft_need_axis(
        &w->draft, arena_format(w->draft.memory, "%s.size()[%zu]", source, k));
    if (a && !a->example && w->sizes[k] >= 0)
      a->example =
          arena_format(w->draft.memory, "%lld", (long long)w->sizes[k]);
  }
}

/* ---- The end ------------------------------------------------------------ */

/* How strict mode ended: without a failure, or with the text of an error. */
static void read_metrics(import_work *w, const json_value *event) {
  const json_value *const reason = value_member(event, "fail_reason");
  const char *text = value_text(reason);
  w->end = text ? w->end : END_GOOD;
  if (text)
    w->failed = true; /* unless a line of it can be read */
  while (text && *text) {
    const size_t length = strcspn(text, "\n");
    const size_t blank = strspn(text, " ");
    import_error_line(
        w, blank < length ? draft_copy(&w->draft, text + blank, length - blank)
                          : "");
    text += length + (text[length] == '\n');
  }
  import_end_list(w);
}

/* The spec is what PyTorch accepted, or as wide as the symbols. */
void import_trace_finish(import_work *w) {
  import_draft *const d = &w->draft;
  for (size_t i = 0; i < d->input_count; i++)
    for (draft_axis *a = d->inputs[i]->axes; a; a = a->next) {
      if (!a->traced)
        a->word = a->example ? "null" : "auto";
      else if (w->end == END_GOOD && !a->word && !a->form)
        a->word = "auto";
      if (a->word)
        a->min = a->max = NULL;
    }
  draft_add_gap(
      d, w->end == END_GOOD
             ? "a trace does not hold the spec, which PyTorch has accepted: "
               "each traced axis is taken as AUTO"
             : "a trace does not hold the spec: each traced axis is taken as a "
               "dim of its own, with the range that tracing started from, and "
               "an axis without a symbol as static");
}

/* ---- Lines -------------------------------------------------------------- */

typedef struct {
  const char *key;
  void (*read)(import_work *w, const json_value *event);
} event_row;

static const event_row events[] = {
    {"str", frames_read_file},
    {"describe_tensor", read_tensor},
    {"describe_source", read_source},
    {"create_symbol", read_symbol},
    {"create_unbacked_symbol", read_unbacked},
    {"guard_added_fast", read_guard},
    {"guard_added", read_guard},
    {"symbolic_shape_specialization", read_specialization},
    {"compilation_metrics", read_metrics},
};

typedef struct {
  import_work *w;
  const char *line;
  const json_value *root;
} trace_job;

/* The JSON of a line; raises where it is none. */
static void load_line(void *data) {
  trace_job *j = data;
  j->root = reader_load(j->w->cx, j->line, strlen(j->line));
}

/* One line of the trace; what is no JSON is passed over. */
void import_trace_line(import_work *w, const char *line) {
  trace_job j = {.w = w, .line = line};
  arena *const work = &w->cx->work;
  if (line[0] != '{')
    return;
  const arena_mark mark = arena_get_mark(work);
  const dimsat_status status = fault_try(&w->cx->fault, load_line, &j);
  if (status == DIMSAT_NO_MEMORY)
    fault_raise(&w->cx->fault, status);
  w->cx->error = (dimsat_error){.status = DIMSAT_OK};
  if (status != DIMSAT_OK)
    draft_add_note(&w->draft, "a line of the trace is cut off or is no JSON");
  for (size_t i = 0; j.root && i < sizeof events / sizeof *events; i++) {
    const json_value *const event = value_member(j.root, events[i].key);
    if (event)
      events[i].read(w, event);
  }
  arena_rewind(work, mark);
}
