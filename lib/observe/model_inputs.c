/* ModelInputs.guess_dynamic_shapes: which axes vary, argument by argument. */
#include "lib/observe/model_inputs.h"

#include <string.h>

/* ---- Values of one place ----------------------------------------------- */

/* What one argument, or a part of it, is in the calls that have it. */
typedef struct {
  guess *g;
  const recorded *const *value;
  size_t count;
  const char *name; /* of dynamic axes: this and the axis; NULL for a mark */
} place;

static shapes guess_place(const place *p);

/* The name of a part: "d_0I_1t"; NULL where no names are asked for. */
static const char *part_name(const place *p, const char *part,
                             const char *suffix) {
  return p->name != NULL
             ? arena_format(p->g->a->work, "%s_%s%s", p->name, part, suffix)
             : NULL;
}

/* The same with a number. */
static const char *item_name(const place *p, size_t index, const char *suffix) {
  return part_name(p, arena_format(p->g->a->work, "%zu", index), suffix);
}

/* Raises as the tool does, whose code trips over a None that is not first. */
static void refuse_none(const place *p, const char *type) {
  for (size_t i = 0; i < p->count; i++)
    if (p->value[i]->kind == RECORDED_NONE)
      answer_refuse(
          p->g->a, type,
          "argument '%.100s' is None in a call but not in the first one; "
          "record the call without it",
          p->g->argument);
}

/* ---- Tensors ----------------------------------------------------------- */

/* Whether an axis varies, or is 0 in every call. */
static bool is_dynamic(const place *p, size_t axis) {
  const integer first = p->value[0]->size[axis];
  for (size_t i = 1; i < p->count; i++)
    if (!integer_equal(p->value[i]->size[axis], first))
      return true;
  return p->count > 1 && integer_is(first, 0);
}

/* The mark or name of an axis. */
static shapes_axis axis_of(const place *p, size_t axis) {
  shapes_axis x = {.axis = axis,
                   .mark = p->g->automatic ? AXIS_AUTO : AXIS_DYNAMIC};
  if (p->name != NULL) {
    x.mark = AXIS_NAMED;
    x.name = arena_format(p->g->a->work, "%s%zu", p->name, axis);
  }
  return x;
}

/* One call alone says nothing: with `auto`, all axes. */
static shapes guess_tensor(const place *p) {
  const size_t rank = p->value[0]->count;
  refuse_none(p, "AttributeError");
  for (size_t i = 1; i < p->count; i++)
    if (p->value[i]->count != rank)
      answer_refuse(p->g->a, "AssertionError",
                    "argument '%.100s' has a tensor of rank %zu in one call "
                    "and of rank %zu in another",
                    p->g->argument, rank, p->value[i]->count);
  shapes s = shapes_make(p->g->a->work, SHAPES_DIMS, rank);
  s.count = 0;
  for (size_t axis = 0; axis < rank; axis++)
    if (p->count == 1 ? p->g->automatic : is_dynamic(p, axis))
      s.axis[s.count++] = axis_of(p, axis);
  return s;
}

/* ---- Containers -------------------------------------------------------- */

/* Raises unless all have as many parts. */
static void check_counts(const place *p, const recorded *const *value,
                         const char *what) {
  for (size_t i = 1; i < p->count; i++)
    if (value[i]->count != value[0]->count)
      answer_refuse(p->g->a, "AssertionError",
                    "argument '%.100s' has a %s of %zu parts in one call and "
                    "of %zu in another",
                    p->g->argument, what, value[0]->count, value[i]->count);
}

/* Part `index` of each value, which are lists or tuples. */
static shapes guess_item(const place *p, const recorded *const *value,
                         size_t index, const char *name) {
  const recorded **const part =
      arena_zeroed(p->g->a->work, p->count, sizeof *part);
  for (size_t i = 0; i < p->count; i++)
    part[i] = &value[i]->item[index];
  return guess_place(&(place){p->g, part, p->count, name});
}

/* Lists and tuples, item by item. */
static shapes guess_items(const place *p, const recorded *const *value,
                          const char *what, const char *suffix) {
  check_counts(p, value, what);
  shapes s =
      shapes_make(p->g->a->work, *suffix == 't' ? SHAPES_TUPLE : SHAPES_LIST,
                  value[0]->count);
  for (size_t i = 0; i < s.count; i++)
    s.item[i] = guess_item(p, value, i, item_name(p, i, suffix));
  return s;
}

/* Dicts, key by key of the first. */
static shapes guess_dict(const place *p) {
  refuse_none(p, "TypeError");
  check_counts(p, p->value, "dict");
  shapes s = shapes_make(p->g->a->work, SHAPES_DICT, p->value[0]->count);
  const recorded **const part =
      arena_zeroed(p->g->a->work, p->count, sizeof *part);
  for (size_t k = 0; k < s.count; k++) {
    s.key[k] = p->value[0]->member[k].key;
    for (size_t i = 0; i < p->count; i++) {
      part[i] =
          recorded_find(p->value[i]->member, p->value[i]->count, s.key[k]);
      if (part[i] == NULL)
        answer_refuse(
            p->g->a, "KeyError",
            "argument '%.100s' has a dict without key '%.100s' in one call",
            p->g->argument, s.key[k]);
    }
    s.item[k] = guess_place(
        &(place){p->g, part, p->count, part_name(p, s.key[k], "d")});
  }
  return s;
}

/* ---- Caches ------------------------------------------------------------ */

/* A registered object as nested lists of what it holds. */
static recorded as_lists(answer *a, const recorded *v) {
  if (pytree_is_leaf(a->layout, v))
    return *v;
  recorded list = {.kind = RECORDED_LIST};
  const recorded *const child =
      pytree_children(a->work, a->layout, v, &list.count);
  recorded *const item = arena_zeroed(a->work, list.count + 1, sizeof *item);
  for (size_t i = 0; i < list.count; i++)
    item[i] = as_lists(a, &child[i]);
  list.item = item;
  return list;
}

/* A number that a cache counts with: whether it varies. No export knows a
 * name for one. */
static shapes guess_counter(const place *p, const recorded *const *list,
                            size_t index) {
  bool varies = p->count == 1 && p->g->automatic;
  for (size_t i = 1; i < p->count; i++)
    varies |= !recorded_equal(&list[i]->item[index], &list[0]->item[index]);
  shapes s = {.kind = SHAPES_NONE};
  if (!varies)
    return s;
  s = shapes_make(p->g->a->work, SHAPES_WHOLE, 1);
  s.axis->mark = p->g->automatic ? AXIS_AUTO : AXIS_DYNAMIC;
  return s;
}

/* Registered objects, child by child. */
static shapes guess_object(const place *p) {
  refuse_none(p, "UnboundLocalError");
  const recorded **const list =
      arena_zeroed(p->g->a->work, p->count, sizeof *list);
  for (size_t i = 0; i < p->count; i++) {
    recorded *const lists = arena_zeroed(p->g->a->work, 1, sizeof *lists);
    answer_note_caches(p->g->a, p->value[i]);
    *lists = as_lists(p->g->a, p->value[i]);
    list[i] = lists;
  }
  shapes s = guess_items(p, list, p->value[0]->text, "o");
  for (size_t i = 0; recorded_is_cache(p->value[0]) && i < s.count; i++)
    if (list[0]->item[i].kind == RECORDED_INT)
      s.item[i] = guess_counter(p, list, i);
  return s;
}

/* A DynamicCache whose class is not registered: key, value, key, value, .. */
static shapes guess_layers(const place *p) {
  refuse_none(p, "AttributeError");
  check_counts(p, p->value, "DynamicCache");
  shapes s = shapes_make(p->g->a->work, SHAPES_LIST, p->value[0]->count);
  for (size_t i = 0; i < s.count; i++) {
    const char *const name = item_name(p, i / 2, i % 2 == 0 ? "kdc" : "vdc");
    const bool there = p->value[0]->item[i].kind == RECORDED_TENSOR;
    if (!there)
      answer_refuse(p->g->a,
                    p->count == 1 ? "AssertionError" : "AttributeError",
                    "argument '%.100s' has a DynamicCache with a layer that "
                    "has no tensors yet",
                    p->g->argument);
    s.item[i] = guess_item(p, p->value, i, name);
  }
  return s;
}

/* ---- Any value --------------------------------------------------------- */

/* Whether Python's `type` is the same for both. */
static bool same_type(const recorded *a, const recorded *b) {
  return a->kind == b->kind &&
         (a->kind != RECORDED_OBJECT || strcmp(a->text, b->text) == 0);
}

/* Raises unless all values but None have one type. */
static void check_types(const place *p) {
  const recorded *first = NULL;
  for (size_t i = 0; i < p->count; i++) {
    if (p->value[i]->kind == RECORDED_NONE)
      continue;
    if (first != NULL && !same_type(first, p->value[i]))
      answer_refuse(p->g->a, "AssertionError",
                    "argument '%.100s' has different types in two calls",
                    p->g->argument);
    first = p->value[i];
  }
  if (first == NULL)
    answer_refuse(p->g->a, "AssertionError",
                  "argument '%.100s' is None in every call", p->g->argument);
}

/* What the tool has no rule for. */
static shapes guess_unknown(const place *p) {
  const bool hidden = p->g->alone || !recorded_is_cache(p->value[0]);
  if (hidden)
    answer_improve(p->g->a, "the type of the error is that of its cause; the "
                            "tool fails while it words the message");
  answer_refuse(p->g->a, "NotImplementedError",
                "argument '%.100s' has a %.100s, whose class is not registered",
                p->g->argument, p->value[0]->text);
}

/* By the type of the first value. */
static shapes guess_place(const place *p) {
  const recorded *const first = p->value[0];
  check_types(p);
  switch (first->kind) {
  case RECORDED_TENSOR:
    return guess_tensor(p);
  case RECORDED_LIST:
    refuse_none(p, "TypeError");
    return guess_items(p, p->value, "list", "l");
  case RECORDED_TUPLE:
    refuse_none(p, "TypeError");
    return guess_items(p, p->value, "tuple", "t");
  case RECORDED_DICT:
    return guess_dict(p);
  case RECORDED_OBJECT:
    if (!pytree_is_leaf(p->g->a->layout, first))
      return guess_object(p);
    return strcmp(first->text, "DynamicCache") == 0 ? guess_layers(p)
                                                    : guess_unknown(p);
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

/* One argument. */
shapes guess_argument(guess *g, const recorded *const *value, size_t count,
                      const char *name) {
  return guess_place(&(place){g, value, count, name});
}
