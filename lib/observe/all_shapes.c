/* all_dynamic_shapes_from_inputs and get_auto_dynamic_shapes: every axis of one
 * call. */
#include "lib/observe/answer.h"

#include <string.h>

typedef struct {
  answer *a;
  axis_mark mark;
  const char *prefix; /* of names */
  size_t number;      /* of the next tensor */
  bool open;          /* caches that are not registered are taken apart, too */
} naming;

/* All axes of a tensor, named by its number. */
static shapes name_tensor(naming *n, const recorded *t) {
  shapes s = shapes_make(n->a->work, SHAPES_DIMS, t->count);
  for (size_t axis = 0; axis < s.count; axis++) {
    s.axis[axis] = (shapes_axis){.axis = axis, .mark = n->mark};
    if (n->mark == AXIS_NAMED)
      s.axis[axis].name =
          arena_format(n->a->work, "%s_%zu_%zu", n->prefix, n->number, axis);
  }
  n->number++;
  return s;
}

static shapes name_value(naming *n, const recorded *v, cache_layout layout);

/* The shapes of what is no leaf; those of objects become a list. */
static shapes name_children(naming *n, const recorded *v, cache_layout layout) {
  size_t count = 0;
  const recorded *const child = pytree_children(n->a->work, layout, v, &count);
  if (v->kind == RECORDED_OBJECT && count == 0 && !n->open &&
      layout == LAYOUT_FLAT)
    answer_refuse(n->a, "ValueError", "a %.100s is empty", v->text);
  shapes s = shapes_like(n->a->work, v, count);
  for (size_t i = 0; i < count; i++)
    s.item[i] = name_value(n, &child[i], layout);
  return s;
}

/* The shapes of any value. */
static shapes name_value(naming *n, const recorded *v, cache_layout layout) {
  if (v->kind == RECORDED_TENSOR)
    return name_tensor(n, v);
  if (!pytree_is_leaf(layout, v))
    return name_children(n, v, layout);
  if (n->open && !pytree_is_leaf(LAYOUT_EXPORTER, v))
    return name_children(n, v, LAYOUT_EXPORTER);
  return (shapes){.kind = SHAPES_NONE};
}

/* ---- The question ------------------------------------------------------ */

/* Option dim_prefix: a text, or Dim.AUTO or Dim.DYNAMIC as a text or as
 * {"dim": ..}. */
static naming read_prefix(answer *a) {
  naming n = {.a = a, .mark = AXIS_NAMED, .prefix = "d"};
  const recorded *v = answer_option(a, "dim_prefix");
  if (v != NULL && v->kind == RECORDED_DICT && v->count == 1 &&
      strcmp(v->member[0].key, "dim") == 0)
    v = &v->member[0].value;
  if (v == NULL)
    return n;
  if (v->kind != RECORDED_TEXT)
    answer_refuse(a, "TypeError",
                  "dim_prefix is a str, Dim.AUTO or Dim.DYNAMIC");
  n.prefix = v->text;
  if (strcmp(v->text, "Dim.AUTO") == 0)
    n.mark = AXIS_AUTO;
  if (strcmp(v->text, "Dim.DYNAMIC") == 0)
    n.mark = AXIS_DYNAMIC;
  return n;
}

/* The arguments of a call: "args", "kwargs", or what it has of both. */
static recorded call_value(answer *a, const recorded_call *call,
                           const char *part) {
  const recorded args = {
      .kind = RECORDED_TUPLE, .count = call->arg_count, .item = call->arg};
  const recorded kwargs = {
      .kind = RECORDED_DICT, .count = call->kwarg_count, .member = call->kwarg};
  if (strcmp(part, "args") == 0)
    return args;
  if (strcmp(part, "kwargs") == 0 || call->arg_count == 0)
    return kwargs;
  if (call->kwarg_count == 0)
    return args;
  recorded *const both = arena_zeroed(a->work, 2, sizeof *both);
  both[0] = args;
  both[1] = kwargs;
  return (recorded){.kind = RECORDED_TUPLE, .count = 2, .item = both};
}

/* Which part the name of the function names behind itself:
 * "all_dynamic_shapes_from_inputs(args of call 0)". */
static const char *named_part(const answer *a) {
  const char *const open = strchr(a->question->function, '(');
  if (open == NULL)
    return "";
  return strncmp(open, "(args", 5) == 0     ? "args"
         : strncmp(open, "(kwargs", 7) == 0 ? "kwargs"
                                            : "";
}

/* Option inputs: a value, "args" or "kwargs" of the first call, or both. */
static recorded read_inputs(answer *a) {
  const recorded *const v = answer_option(a, "inputs");
  const char *part = named_part(a);
  if (v != NULL && v->kind != RECORDED_TEXT)
    return *v;
  if (v != NULL)
    part = v->text;
  if (a->calls->call_count == 0)
    answer_refuse(a, "IndexError", "no call was recorded");
  return call_value(a, &a->calls->call[0], part);
}

/* all_dynamic_shapes_from_inputs(inputs, dim_prefix="d") */
void all_shapes_answer(answer *a, buffer *out) {
  static const char *const known[] = {"inputs", "dim_prefix", NULL};
  answer_check_options(a, known);
  naming n = read_prefix(a);
  const recorded v = read_inputs(a);
  answer_note_caches(a, &v);
  const shapes s = name_value(&n, &v, a->layout);
  shapes_write(out, &s);
}

/* get_auto_dynamic_shapes(inputs): of a list of positional arguments, or of
 * keyword arguments where there is none of those. */
void all_shapes_answer_auto(answer *a, buffer *out) {
  static const char *const known[] = {"inputs", NULL};
  answer_check_options(a, known);
  naming n = {.a = a, .mark = AXIS_AUTO, .open = true};
  const recorded *const given = answer_option(a, "inputs");
  recorded v = {.kind = RECORDED_NONE};
  if (given != NULL)
    v = *given;
  else if (a->calls->call_count == 0)
    answer_refuse(a, "IndexError", "no call was recorded");
  else
    v = call_value(a, &a->calls->call[0],
                   a->calls->call[0].arg_count > 0 ? "args" : "kwargs");
  if (given == NULL && v.kind == RECORDED_TUPLE)
    v.kind = RECORDED_LIST;
  answer_note_caches(a, &v);
  const shapes s = name_value(&n, &v, a->layout);
  shapes_write(out, &s);
}
