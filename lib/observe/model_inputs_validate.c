/*
 * ModelInputs.validate_inputs_for_export: dynamic axes of size 0 or 1, which
 * torch.export would make static.
 *
 * The tool fails on two calls and more, and where shapes are given.  What is
 * given then is what its CoupleInputsDynamicShapes gives for each call: None,
 * or the structure of the arguments with {axis: "d=[1]"} for such axes: a tuple
 * of positional arguments, or a dict of all by name.
 */
#include "lib/observe/model_inputs.h"

#include "lib/base/limits.h"

#include <string.h>

/* ---- Shapes of the question -------------------------------------------- */

/* Whether `v` is {"dims": {..}}. */
static bool is_dims(const recorded *v) {
  return v->kind == RECORDED_DICT && v->count == 1 &&
         strcmp(v->member[0].key, "dims") == 0 &&
         v->member[0].value.kind == RECORDED_DICT;
}

/* The axes of {"0": {"dim": "DYNAMIC"}, "1": null} that are dynamic: null and
 * numbers are static. */
static shapes read_dims(answer *a, const recorded *axes) {
  shapes s = shapes_make(a->work, SHAPES_DIMS, axes->count);
  s.count = 0;
  for (size_t axis = 0; axis < LIMIT_RANK; axis++) {
    const recorded *const v = recorded_find(axes->member, axes->count,
                                            arena_format(a->work, "%zu", axis));
    if (v != NULL && v->kind != RECORDED_NONE && v->kind != RECORDED_INT)
      s.axis[s.count++] = (shapes_axis){.axis = axis, .mark = AXIS_DYNAMIC};
  }
  return s;
}

/* Dynamic shapes as results have them. */
static shapes read_shapes(answer *a, const recorded *v) {
  if (is_dims(v))
    return read_dims(a, &v->member[0].value);
  const bool has_items = v->kind == RECORDED_LIST || v->kind == RECORDED_TUPLE;
  if (!has_items && v->kind != RECORDED_DICT)
    return (shapes){.kind = SHAPES_NONE};
  shapes s = shapes_like(a->work, v, v->count);
  for (size_t i = 0; i < s.count; i++)
    s.item[i] = read_shapes(a, has_items ? &v->item[i] : &v->member[i].value);
  return s;
}

/* Whether `s` can be the shapes of keyword arguments; those of none are
 * {"dims": {}}. */
static bool is_keywords(const shapes *s) {
  return s->kind == SHAPES_DICT || (s->kind == SHAPES_DIMS && s->count == 0);
}

/* Option `dynamic_shapes` as (args, kwargs): that pair, or one of both. */
static shapes read_pair(answer *a, const recorded *given) {
  const shapes s = read_shapes(a, given);
  shapes both = shapes_make(a->work, SHAPES_TUPLE, 2);
  both.item[0].kind = SHAPES_TUPLE;
  both.item[1].kind = SHAPES_DICT;
  if (s.kind == SHAPES_TUPLE && s.count == 2 &&
      s.item[0].kind == SHAPES_TUPLE && is_keywords(&s.item[1]))
    return s;
  if (s.kind != SHAPES_TUPLE && !is_keywords(&s))
    answer_refuse(a, "TypeError",
                  "dynamic_shapes is a tuple of positional arguments and a "
                  "dict of others, or one of both");
  both.item[s.kind == SHAPES_TUPLE ? 0 : 1] = s;
  return both;
}

/* ---- One value --------------------------------------------------------- */

typedef struct {
  answer *a;
  const shapes *both;   /* (args, kwargs) */
  const char *argument; /* the one that is looked at, for messages */
} validation;

static shapes find_small(const validation *v, const recorded *value,
                         const shapes *s);

/* The entry of `key`, or NULL. */
static const shapes *find_shapes(const shapes *dict, const char *key) {
  for (size_t i = 0; dict->kind == SHAPES_DICT && i < dict->count; i++)
    if (strcmp(dict->key[i], key) == 0)
      return &dict->item[i];
  return NULL;
}

/* Raises where shapes do not have the structure of the argument. */
_Noreturn static void refuse_structure(const validation *v) {
  answer_refuse(v->a, "AssertionError",
                "the shapes of argument '%.100s' have another structure than "
                "the argument",
                v->argument);
}

/* `s`, or None where all of it is None. */
static shapes unless_empty(const shapes *s) {
  for (size_t i = 0; i < s->count; i++)
    if (s->kind == SHAPES_DIMS || s->item[i].kind != SHAPES_NONE)
      return *s;
  return (shapes){.kind = SHAPES_NONE};
}

/* {axis: "d=[1]"} */
static shapes small_axes(const validation *v, const recorded *tensor,
                         const shapes *s) {
  if (s->kind != SHAPES_DIMS)
    refuse_structure(v);
  shapes found = shapes_make(v->a->work, SHAPES_DIMS, s->count);
  found.count = 0;
  for (size_t i = 0; i < s->count; i++) {
    const size_t axis = s->axis[i].axis;
    if (axis >= tensor->count ||
        integer_compare(tensor->size[axis], integer_of(1)) > 0)
      continue;
    found.axis[found.count++] = (shapes_axis){
        .axis = axis,
        .mark = AXIS_NAMED,
        .name = integer_is(tensor->size[axis], 0) ? "d=[0]" : "d=[1]"};
  }
  return unless_empty(&found);
}

/* Items of lists, tuples and caches. */
static shapes small_items(const validation *v, const recorded *item,
                          size_t count, const shapes *s) {
  if (count == 0)
    return (shapes){.kind = SHAPES_NONE};
  if ((s->kind != SHAPES_TUPLE && s->kind != SHAPES_LIST) || s->count != count)
    refuse_structure(v);
  shapes found = shapes_make(v->a->work, s->kind, count);
  for (size_t i = 0; i < count; i++)
    found.item[i] = find_small(v, &item[i], &s->item[i]);
  return unless_empty(&found);
}

/* Only the keys that have such axes. */
static shapes small_members(const validation *v, const recorded *dict,
                            const shapes *s) {
  shapes found = shapes_make(v->a->work, SHAPES_DICT, dict->count);
  found.count = 0;
  for (size_t i = 0; i < dict->count; i++) {
    const shapes *const mine = find_shapes(s, dict->member[i].key);
    if (mine == NULL)
      refuse_structure(v);
    found.key[found.count] = dict->member[i].key;
    found.item[found.count] = find_small(v, &dict->member[i].value, mine);
    found.count += found.item[found.count].kind != SHAPES_NONE;
  }
  return unless_empty(&found);
}

/* Caches as the guess takes them apart, those without a registration, too. */
static shapes small_object(const validation *v, const recorded *object,
                           const shapes *s) {
  size_t count = object->count;
  const recorded *item = object->item;
  if (!pytree_is_leaf(v->a->layout, object))
    item = pytree_children(v->a->work, v->a->layout, object, &count);
  return small_items(v, item, count, s);
}

/* What is static, no tensor or not said has no such axes. */
static shapes find_small(const validation *v, const recorded *value,
                         const shapes *s) {
  if (s->kind == SHAPES_NONE)
    return *s;
  switch (value->kind) {
  case RECORDED_TENSOR:
    return small_axes(v, value, s);
  case RECORDED_LIST:
  case RECORDED_TUPLE:
    return small_items(v, value->item, value->count, s);
  case RECORDED_DICT:
    return small_members(v, value, s);
  case RECORDED_OBJECT:
    return small_object(v, value, s);
  case RECORDED_NONE:
  case RECORDED_BOOL:
  case RECORDED_INT:
  case RECORDED_REAL:
  case RECORDED_TEXT:
  case RECORDED_SET:
    break;
  }
  return (shapes){.kind = SHAPES_NONE};
}

/* ---- One call ---------------------------------------------------------- */

/* What a positional argument is called; those of *args by number. */
static const char *position_name(const answer *a, size_t position) {
  const dimsat_calls *const c = a->calls;
  const parameter *const rest = calls_variadic(c, PARAMETER_VAR_POSITIONAL);
  const size_t named =
      rest != NULL ? (size_t)(rest - c->parameter) : c->parameter_count;
  return position < named ? c->parameter[position].name
                          : arena_format(a->work, "%zu", position);
}

/* The shapes of argument `position` of *args by name, or NULL. */
static const shapes *rest_shapes(const validation *v, size_t position) {
  const dimsat_calls *const c = v->a->calls;
  const parameter *const rest = calls_variadic(c, PARAMETER_VAR_POSITIONAL);
  const shapes *const all =
      rest != NULL ? find_shapes(&v->both->item[1], rest->name) : NULL;
  const size_t first = rest != NULL ? (size_t)(rest - c->parameter) : 0;
  return all != NULL && all->kind == SHAPES_TUPLE &&
                 position - first < all->count
             ? &all->item[position - first]
             : NULL;
}

/* The shapes of keyword argument `v->argument`, maybe in **kwargs, or NULL. */
static const shapes *keyword_shapes(const validation *v) {
  const shapes *const kwargs = &v->both->item[1];
  const shapes *const found = find_shapes(kwargs, v->argument);
  const parameter *const rest =
      calls_variadic(v->a->calls, PARAMETER_VAR_KEYWORD);
  const shapes *const extra =
      found == NULL && rest != NULL ? find_shapes(kwargs, rest->name) : NULL;
  return extra != NULL ? find_shapes(extra, v->argument) : found;
}

/* What argument `v->argument` has; nothing where shapes say nothing of it. */
static shapes small_argument(const validation *v, const recorded *value,
                             const shapes *s) {
  return s != NULL ? find_small(v, value, s) : (shapes){.kind = SHAPES_NONE};
}

/* The same at a position: by position, by name, or among *args. */
static shapes small_position(const validation *v, const recorded *value,
                             size_t position) {
  const shapes *const args = &v->both->item[0];
  const shapes *s = position < args->count ? &args->item[position] : NULL;
  if (s == NULL)
    s = find_shapes(&v->both->item[1], v->argument);
  return small_argument(v, value, s != NULL ? s : rest_shapes(v, position));
}

/* The positional arguments, all of them. */
static shapes small_tuple(validation *v, const recorded_call *call) {
  shapes found = shapes_make(v->a->work, SHAPES_TUPLE, call->arg_count);
  for (size_t i = 0; i < call->arg_count; i++) {
    v->argument = position_name(v->a, i);
    found.item[i] = small_position(v, &call->arg[i], i);
  }
  return unless_empty(&found);
}

/* Adds an entry unless it is None. */
static void add_entry(shapes *dict, const char *key, shapes s) {
  dict->key[dict->count] = key;
  dict->item[dict->count] = s;
  dict->count += s.kind != SHAPES_NONE;
}

/* All arguments by name. */
static shapes small_dict(validation *v, const recorded_call *call) {
  shapes found =
      shapes_make(v->a->work, SHAPES_DICT, call->arg_count + call->kwarg_count);
  found.count = 0;
  for (size_t i = 0; i < call->arg_count; i++) {
    v->argument = position_name(v->a, i);
    add_entry(&found, v->argument, small_position(v, &call->arg[i], i));
  }
  for (size_t i = 0; i < call->kwarg_count; i++) {
    v->argument = call->kwarg[i].key;
    add_entry(&found, v->argument,
              small_argument(v, &call->kwarg[i].value, keyword_shapes(v)));
  }
  return unless_empty(&found);
}

/* ---- The question ------------------------------------------------------ */

/* validate_inputs_for_export(dynamic_shapes=None) */
void inputs_answer_validate(answer *a, buffer *out) {
  static const char *const known[] = {"dynamic_shapes", NULL};
  answer_check_options(a, known);
  const recorded *const given = answer_option(a, "dynamic_shapes");
  const size_t count = a->calls->call_count;
  shapes found = {.kind = SHAPES_LIST};
  if (given != NULL || count > 1) {
    guess g = {.a = a, .alone = a->calls->parameter_count == 0};
    const shapes both = given != NULL ? read_pair(a, given) : guess_all(&g);
    validation v = {.a = a, .both = &both};
    found = shapes_make(a->work, SHAPES_LIST, count);
    for (size_t i = 0; i < count; i++)
      found.item[i] = a->calls->call[i].kwarg_count > 0
                          ? small_dict(&v, &a->calls->call[i])
                          : small_tuple(&v, &a->calls->call[i]);
    answer_improve(a, "dynamic axes of size 0 or 1, call by call; the tool "
                      "fails on more than one call, and on given shapes");
  }
  shapes_write(out, &found);
}
