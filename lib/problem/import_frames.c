/*
 * The stacks of TORCH_TRACE events: files by number, the frames that a reader
 * wants to see, and what a stack tells of its guard that the event does not.
 */
#include "lib/problem/import_frames.h"
#include "lib/problem/import.h"

#include <string.h>

#define FILES_MOST 65536

/* ---- Places ------------------------------------------------------------- */

/* {"str": ["model.py", 20]}; see import_frames.h. */
void frames_read_file(import_work *w, const json_value *pair) {
  if (!value_is(pair, VALUE_LIST) || pair->count != 2 ||
      !value_is(&pair->item[0], VALUE_STRING) ||
      !value_is(&pair->item[1], VALUE_INTEGER))
    return;
  const int64_t id = pair->item[1].integer;
  if (id < 0 || id >= FILES_MOST)
    return;
  if (id == 0 && w->draft.symbol_count + w->draft.guard_count > 0)
    import_flush(w); /* another process numbers its files */
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
size_t frames_choose(import_work *w, const json_value *event,
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

/* ---- Kinds of guards ---------------------------------------------------- */

/* The name of a frame, "" where it has none. */
static const char *frame_name(const json_value *frame) {
  const char *const name = value_text(value_member(frame, "name"));
  return name ? name : "";
}

/* PyTorch suppresses what arises while it copies the sizes of a result that its
 * cache holds; only reading these sizes is not suppressed. */
static bool is_suppressing(const json_value *frame) {
  const char *const code = value_text(value_member(frame, "loc"));
  return strcmp(frame_name(frame), "_get_output_tensor_from_cache_entry") ==
             0 &&
         !(code && strstr(code, "check_value("));
}

/* From the outermost frame to the innermost; see import_frames.h. */
traced_kind frames_kind(const json_value *event) {
  const json_value *const stack = value_member(event, "stack");
  traced_kind kind = TRACED_GUARD;
  for (size_t i = 0; value_is(stack, VALUE_LIST) && i < stack->count; i++) {
    const json_value *const frame = &stack->item[i];
    const char *const name = frame_name(frame);
    if (is_suppressing(frame))
      return TRACED_SUPPRESSED;
    if (strcmp(name, "produce_guards_verbose") == 0)
      kind = TRACED_SPEC;
    else if (strcmp(name, "guard_or_defer_runtime_assert") == 0 &&
             kind != TRACED_SPEC)
      kind = TRACED_ASSERT;
    else if (strcmp(name, "evaluate_expr") == 0 && kind == TRACED_ASSERT)
      kind = TRACED_GUARD;
  }
  return kind;
}
