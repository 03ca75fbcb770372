/*
 * AdditionalInputs.dynamic_shapes of PyTorch: the first call, merged with all
 * others.  Calls are bound to the signature; sizes and whole numbers that
 * differ become dynamic, and everything else must be the same.
 */
#include "lib/observe/answer.h"

#include <string.h>

/* ---- Binding ----------------------------------------------------------- */

/* Appends a member. */
static void add(recorded *dict, recorded_member *member, const char *key,
                recorded value) {
  member[dict->count++] = (recorded_member){.key = key, .value = value};
}

/* The positional arguments from `from` on as a tuple. */
static recorded rest_of(const recorded_call *call, size_t from) {
  return (recorded){.kind = RECORDED_TUPLE,
                    .count = call->arg_count - from,
                    .item = call->arg + from};
}

/* Whether a parameter can be given by that name. */
static bool takes_name(const dimsat_calls *c, const char *name) {
  for (size_t i = 0; i < c->parameter_count; i++) {
    const parameter_kind kind = c->parameter[i].kind;
    if (strcmp(c->parameter[i].name, name) == 0)
      return kind == PARAMETER_POSITIONAL_OR_KEYWORD ||
             kind == PARAMETER_KEYWORD_ONLY;
  }
  return false;
}

/* Keyword arguments that no parameter takes, as a dict. */
static recorded extra_of(answer *a, const recorded_call *call) {
  recorded extra = {.kind = RECORDED_DICT};
  recorded_member *const member =
      arena_zeroed(a->work, call->kwarg_count + 1, sizeof *member);
  for (size_t i = 0; i < call->kwarg_count; i++)
    if (!takes_name(a->calls, call->kwarg[i].key))
      add(&extra, member, call->kwarg[i].key, call->kwarg[i].value);
  extra.member = member;
  return extra;
}

/* What one parameter gets, or a value whose kind is SET for nothing. */
static recorded bound(answer *a, const recorded_call *call, size_t p) {
  const recorded nothing = {.kind = RECORDED_SET};
  const parameter *const to = &a->calls->parameter[p];
  if (to->kind == PARAMETER_VAR_POSITIONAL)
    return call->arg_count > p ? rest_of(call, p) : nothing;
  if (to->kind == PARAMETER_VAR_KEYWORD) {
    const recorded extra = extra_of(a, call);
    return extra.count > 0 ? extra : nothing;
  }
  const recorded *const named =
      takes_name(a->calls, to->name)
          ? recorded_find(call->kwarg, call->kwarg_count, to->name)
          : NULL;
  const bool placed = to->kind != PARAMETER_KEYWORD_ONLY && p < call->arg_count;
  if (placed && named != NULL)
    answer_refuse(a, "TypeError", "'%.100s' is given by position and by name",
                  to->name);
  if (!placed && named == NULL && !to->has_default)
    answer_refuse(a, "TypeError", "a call lacks '%.100s'", to->name);
  return placed ? call->arg[p] : named != NULL ? *named : nothing;
}

/* Raises for arguments that no parameter takes. */
static void check_surplus(answer *a, const recorded_call *call) {
  const dimsat_calls *const c = a->calls;
  size_t places = 0;
  for (size_t i = 0; i < c->parameter_count; i++)
    places += c->parameter[i].kind <= PARAMETER_POSITIONAL_OR_KEYWORD;
  if (call->arg_count > places &&
      calls_variadic(c, PARAMETER_VAR_POSITIONAL) == NULL)
    answer_refuse(a, "TypeError",
                  "a call has %zu positional arguments, not %zu",
                  call->arg_count, places);
  if (extra_of(a, call).count > 0 &&
      calls_variadic(c, PARAMETER_VAR_KEYWORD) == NULL)
    answer_refuse(a, "TypeError",
                  "a call has an argument that no parameter "
                  "takes");
}

/* The arguments of a call as a dict by parameter. */
static recorded bind_call(answer *a, const recorded_call *call) {
  const size_t count = a->calls->parameter_count;
  recorded all = {.kind = RECORDED_DICT};
  recorded_member *const member =
      arena_zeroed(a->work, count + 1, sizeof *member);
  check_surplus(a, call);
  for (size_t p = 0; p < count; p++) {
    const recorded v = bound(a, call, p);
    if (v.kind != RECORDED_SET)
      add(&all, member, a->calls->parameter[p].name, v);
  }
  all.member = member;
  return all;
}

/* ---- Merging ----------------------------------------------------------- */

/* The same place of all calls. */
typedef struct {
  answer *a;
  const recorded **value;
  size_t count;
  const char *argument; /* for messages */
} place;

static shapes merge(const place *p);

_Noreturn static void refuse_difference(const place *p) {
  answer_refuse(p->a, "ValueError",
                "argument '%.100s' differs between two calls in something that "
                "cannot be dynamic",
                p->argument);
}

/* A new place with room for one value a call. */
static place part_of(const place *p) {
  place part = *p;
  part.value = arena_zeroed(p->a->work, p->count, sizeof *part.value);
  return part;
}

/* Key by key of the first. */
static shapes merge_dicts(const place *p) {
  const recorded *const first = p->value[0];
  shapes s = shapes_make(p->a->work, SHAPES_DICT, first->count);
  const place part = part_of(p);
  for (size_t k = 0; k < s.count; k++) {
    s.key[k] = first->member[k].key;
    for (size_t i = 0; i < p->count; i++) {
      part.value[i] =
          recorded_find(p->value[i]->member, p->value[i]->count, s.key[k]);
      if (part.value[i] == NULL || p->value[i]->count != first->count)
        refuse_difference(p);
    }
    s.item[k] = merge(&part);
  }
  for (size_t i = 1; i < p->count; i++)
    if (p->value[i]->count != first->count)
      refuse_difference(p);
  return s;
}

/* Item by item. */
static shapes merge_items(const place *p) {
  const recorded *const first = p->value[0];
  shapes s = shapes_make(
      p->a->work, first->kind == RECORDED_TUPLE ? SHAPES_TUPLE : SHAPES_LIST,
      first->count);
  const place part = part_of(p);
  for (size_t i = 1; i < p->count; i++)
    if (p->value[i]->count != first->count)
      refuse_difference(p);
  for (size_t k = 0; k < s.count; k++) {
    for (size_t i = 0; i < p->count; i++)
      part.value[i] = &p->value[i]->item[k];
    s.item[k] = merge(&part);
  }
  return s;
}

/* Numbers may differ; nothing else may, and no two caches are the same. */
static shapes merge_leaves(const place *p) {
  const recorded *const first = p->value[0];
  bool same = true;
  for (size_t i = 1; i < p->count; i++)
    same = same && recorded_equal(first, p->value[i]) &&
           first->kind != RECORDED_OBJECT;
  if (same)
    return (shapes){.kind = SHAPES_NONE};
  if (first->kind != RECORDED_INT)
    refuse_difference(p);
  shapes s = shapes_make(p->a->work, SHAPES_WHOLE, 1);
  s.axis[0].mark = AXIS_DYNAMIC;
  return s;
}

/* The sizes of a tensor. */
static const recorded *sizes_of(const recorded *t, arena *work) {
  recorded *const tuple = arena_zeroed(work, 1, sizeof *tuple);
  recorded *const item = arena_zeroed(work, t->count + 1, sizeof *item);
  for (size_t axis = 0; axis < t->count; axis++)
    item[axis] = (recorded){.kind = RECORDED_INT, .number = t->size[axis]};
  *tuple = (recorded){.kind = RECORDED_TUPLE, .count = t->count, .item = item};
  return tuple;
}

/* A tensor as the tuple of its sizes, a registered object as the list of its
 * children. */
static const recorded *opened(answer *a, const recorded *v) {
  if (v->kind == RECORDED_TENSOR)
    return sizes_of(v, a->work);
  if (v->kind != RECORDED_OBJECT || pytree_is_leaf(a->layout, v))
    return v;
  recorded *const list = arena_zeroed(a->work, 1, sizeof *list);
  list->kind = RECORDED_LIST;
  list->item = pytree_children(a->work, a->layout, v, &list->count);
  return list;
}

/* By the kind of the first value, which all must share. */
static shapes merge(const place *p) {
  for (size_t i = 0; i < p->count; i++) {
    p->value[i] = opened(p->a, p->value[i]);
    if (p->value[i]->kind != p->value[0]->kind)
      refuse_difference(p);
  }
  switch (p->value[0]->kind) {
  case RECORDED_DICT:
    return merge_dicts(p);
  case RECORDED_LIST:
  case RECORDED_TUPLE:
    return merge_items(p);
  case RECORDED_TENSOR:
  case RECORDED_NONE:
  case RECORDED_BOOL:
  case RECORDED_INT:
  case RECORDED_REAL:
  case RECORDED_TEXT:
  case RECORDED_SET:
  case RECORDED_OBJECT:
    break;
  }
  return merge_leaves(p);
}

/* ---- The answer -------------------------------------------------------- */

/* Parameter by parameter of the first call. */
static shapes merge_calls(answer *a, const recorded *call, size_t count) {
  place p = {.a = a, .count = count, .argument = ""};
  shapes s = shapes_make(a->work, SHAPES_DICT, call[0].count);
  p.value = arena_zeroed(a->work, count, sizeof *p.value);
  for (size_t k = 0; k < s.count; k++) {
    p.argument = s.key[k] = call[0].member[k].key;
    for (size_t i = 0; i < count; i++) {
      p.value[i] = recorded_find(call[i].member, call[i].count, s.key[k]);
      if (p.value[i] == NULL)
        refuse_difference(&p);
    }
    s.item[k] = merge(&p);
  }
  for (size_t i = 1; i < count; i++)
    if (call[i].count != call[0].count)
      answer_refuse(a, "ValueError",
                    "call %zu has an argument that call 0 lacks", i);
  return s;
}

/* dynamic_shapes(model, *first_call), the other calls added */
void additional_answer_shapes(answer *a, buffer *out) {
  static const char *const known[] = {NULL};
  answer_check_options(a, known);
  const size_t count = a->calls->call_count;
  if (count == 0)
    answer_refuse(a, "IndexError", "no call was recorded");
  recorded *const call = arena_zeroed(a->work, count, sizeof *call);
  for (size_t i = 0; i < count; i++) {
    call[i] = bind_call(a, &a->calls->call[i]);
    answer_note_caches(a, &call[i]);
  }
  const shapes s = merge_calls(a, call, count);
  shapes_write(out, &s);
}
