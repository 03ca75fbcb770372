/*
 * TORCH_TRACE files: a line of JSON each.  They hold symbols, guards with whole
 * stacks, and specialisations, but not the spec; guards that were suppressed
 * and runtime asserts look like any other.
 */
#include "lib/problem/import.h"
#include "lib/problem/problem_json.h"

#include <string.h>

#define FILES_MOST 65536

/* Whether the line is of a trace. */
bool import_is_trace(const char *line) {
  return import_behind(line, "{\"str\": [") ||
         import_behind(line, "{\"create_symbol\": ") ||
         import_behind(line, "{\"guard_added_fast\": ") ||
         import_behind(line, "{\"guard_added\": ");
}

/* ---- Places ------------------------------------------------------------- */

/* {"str": ["model.py", 20]} */
static void read_file(import_work *w, const json_value *pair) {
  if (!value_is(pair, VALUE_LIST) || pair->count != 2 ||
      !value_is(&pair->item[0], VALUE_STRING) ||
      !value_is(&pair->item[1], VALUE_INTEGER))
    return;
  const int64_t id = pair->item[1].integer;
  if (id < 0 || id >= FILES_MOST)
    return;
  if (id == 0) /* another process numbers its files */
    import_flush(w);
  if ((size_t)id >= w->file_count) {
    const size_t count = (size_t)id * 2 + 16;
    const char **files = arena_zeroed(&w->cx->nodes, count, sizeof *files);
    if (w->file_count > 0)
      memcpy(files, w->files, w->file_count * sizeof *files);
    w->files = files;
    w->file_count = count;
  }
  w->files[id] = draft_keep(&w->draft, value_text(&pair->item[0]));
}

/* The file of a frame, or NULL. */
static const char *frame_file(const import_work *w, const json_value *frame) {
  const json_value *id = value_member(frame, "filename");
  if (!value_is(id, VALUE_INTEGER) || id->integer < 0 ||
      (size_t)id->integer >= w->file_count)
    return NULL;
  return w->files[id->integer];
}

/* Whether the file is none of the user's. */
static bool is_framework(const char *file) {
  return import_behind(file, "torch/") || strstr(file, "/torch/") ||
         strstr(file, "site-packages/") || file[0] == '<';
}

/* Whether the file only keeps the books of sizes. */
static bool is_bookkeeping(const char *file) {
  return strstr(file, "fx/experimental/") || strstr(file, "torch/__init__") ||
         strstr(file, "torch/_logging/") || strstr(file, "utils/_stats");
}

/* "model.py:12 in forward", or NULL. */
static const char *frame_text(import_work *w, const json_value *frame) {
  const char *const file = frame_file(w, frame);
  const json_value *const line = value_member(frame, "line");
  const char *const name = value_text(value_member(frame, "name"));
  if (!file || !value_is(line, VALUE_INTEGER) || !name)
    return NULL;
  return arena_format(w->draft.memory, "%s:%lld in %s", file,
                      (long long)line->integer, name);
}

/* Frames of the user, the innermost first, then the framework's innermost. */
static size_t choose_frames(import_work *w, const json_value *event,
                            const char *out[IMPORT_FRAMES]) {
  const json_value *stack = value_member(event, "user_stack");
  const json_value *all = value_member(event, "stack");
  size_t count = 0;
  const char *framework = NULL;
  if (!value_is(stack, VALUE_LIST) || stack->count == 0)
    stack = all;
  for (size_t i = value_is(stack, VALUE_LIST) ? stack->count : 0; i-- > 0;) {
    const char *const file = frame_file(w, &stack->item[i]);
    if (file && !is_framework(file) && count + 1 < IMPORT_FRAMES) {
      out[count] = frame_text(w, &stack->item[i]);
      count += out[count] != NULL;
    }
  }
  for (size_t i = value_is(all, VALUE_LIST) ? all->count : 0;
       i-- > 0 && !framework;) {
    const char *const file = frame_file(w, &all->item[i]);
    if (file && is_framework(file) && !is_bookkeeping(file))
      framework = frame_text(w, &all->item[i]);
  }
  if (framework)
    out[count++] = framework;
  return count;
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
  draft_axis *const a = draft_need_axis(&w->draft, source);
  s->hint = draft_keep(&w->draft, value_text(value_member(event, "val")));
  if (range)
    draft_read_range(&w->draft, range, &s->min, &s->max);
  if (a) {
    a->traced = s->name;
    a->example = s->hint;
    a->min = draft_spec_min(s);
    a->max = s->max;
  }
  w->specless = true;
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

/* A guard, whatever its kind was. */
static void read_guard(import_work *w, const json_value *event) {
  const char *const text = value_text(value_member(event, "expr"));
  const char *const prefix = value_text(value_member(event, "prefix"));
  if (!text || (prefix && strstr(prefix, "suppressed")))
    return;
  const bool later = prefix && strstr(prefix, "runtime_assert");
  const char *frames[IMPORT_FRAMES];
  const size_t count = choose_frames(w, event, frames);
  draft_guard *const g = draft_add_guard(
      &w->draft, text, later ? GUARD_RUNTIME_ASSERT : GUARD_GUARD,
      count > 0 ? frames[0] : NULL);
  for (size_t i = 0; g && i < count; i++)
    draft_add_frame(&w->draft, g, frames[i]);
  if (!prefix)
    draft_add_note(&w->draft,
                   "a trace does not tell guards from those that PyTorch "
                   "suppressed, nor from runtime asserts: all count as guards");
}

/* A symbol that became a number. */
static void read_specialization(import_work *w, const json_value *event) {
  const char *const name = value_text(value_member(event, "symbol"));
  draft_symbol *const s = name ? draft_find_symbol(&w->draft, name) : NULL;
  if (s)
    s->made = draft_keep(&w->draft, value_text(value_member(event, "value")));
}

typedef struct {
  const char *key;
  void (*read)(import_work *w, const json_value *event);
} event_row;

static const event_row events[] = {
    {"str", read_file},
    {"create_symbol", read_symbol},
    {"create_unbacked_symbol", read_unbacked},
    {"guard_added_fast", read_guard},
    {"guard_added", read_guard},
    {"symbolic_shape_specialization", read_specialization},
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
