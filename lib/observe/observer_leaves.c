/* InputObserver.infer_dynamic_shapes, leaf by leaf: which axes vary. */
#include "lib/observe/observer.h"

#include <string.h>

/* ---- The calls of one leaf --------------------------------------------- */

/* The name of the argument that leaf `index` belongs to. */
const char *observer_leaf_name(const observer *o, size_t index) {
  const size_t owner = o->owner[index];
  return owner < o->best->arg_count
             ? observer_position_name(o, owner)
             : o->best->kwarg[owner - o->best->arg_count].key;
}

/* Leaf `index` in call `call`, or NULL where it has no tensor. */
const recorded *observer_leaf(const observer *o, size_t call, size_t index) {
  const recorded *const leaf = o->call[call].aligned.leaf[index];
  return leaf->kind == RECORDED_TENSOR ? leaf : NULL;
}

/* The first tensor of a leaf; raises where no call has one, or where two
 * differ in rank. */
static const recorded *common_tensor(observer *o, size_t index) {
  const recorded *first = NULL;
  size_t first_call = 0;
  for (size_t i = 0; i < o->count; i++) {
    const recorded *const t = observer_leaf(o, i, index);
    if (t == NULL)
      continue;
    if (first == NULL) {
      first = t;
      first_call = i;
    }
    if (t->count != first->count)
      answer_refuse(o->a, "RuntimeError",
                    "argument '%.100s' has rank %zu in call %zu and rank %zu "
                    "in call %zu",
                    observer_leaf_name(o, index), first->count, first_call,
                    t->count, i);
  }
  if (first == NULL)
    answer_refuse(o->a, "RuntimeError",
                  "argument '%.100s' has a value that is no tensor in any "
                  "call: pass a number by name, and register the class of a "
                  "cache",
                  observer_leaf_name(o, index));
  return first;
}

/* Whether the calls have different sizes at `axis`. */
static bool varies(const observer *o, size_t index, size_t axis,
                   const recorded *first) {
  for (size_t i = 0; i < o->count; i++) {
    const recorded *const t = observer_leaf(o, i, index);
    if (t != NULL && !integer_equal(t->size[axis], first->size[axis]))
      return true;
  }
  return false;
}

/* Whether a value that an option has replaced had another size at `axis`. */
static bool varied_before(observer *o, size_t index, size_t axis,
                          const recorded *first) {
  const size_t owner = o->owner[index];
  if (owner >= o->best->arg_count)
    return false;
  for (size_t i = 0; i < o->count; i++) {
    const candidate *const c = &o->call[i];
    if (owner >= c->arg_count ||
        c->overwritten[owner].count != o->arg_leaves[owner])
      continue;
    const recorded *const t =
        c->overwritten[owner].leaf[index - o->arg_first[owner]];
    if (t->kind == RECORDED_TENSOR && t->count == first->count &&
        !integer_equal(t->size[axis], first->size[axis]))
      return true;
  }
  return false;
}

/* ---- Numbers ----------------------------------------------------------- */

/* What is said of leaf `index`, a number in call `call`. */
static shapes number_shape(observer *o, size_t index, size_t call) {
  const recorded *const first = o->call[call].aligned.leaf[index];
  shapes s = {.kind = SHAPES_NONE};
  for (size_t i = call + 1; i < o->count; i++) {
    const recorded *const v = o->call[i].aligned.leaf[index];
    if (v->kind == RECORDED_NONE || recorded_equal(v, first))
      continue;
    if (v->kind != RECORDED_INT)
      answer_refuse(o->a, "RuntimeError",
                    "argument '%.100s' has a number in call %zu and a tensor "
                    "in call %zu",
                    observer_leaf_name(o, index), call, i);
    s = shapes_make(o->a->work, SHAPES_WHOLE, 1);
    s.count = 0;
  }
  return s;
}

/* ---- Batch ------------------------------------------------------------- */

/* Whether `set` has that text, or that position where `text` is NULL. */
static bool set_has(const recorded *set, const char *text, size_t position) {
  for (size_t i = 0; i < set->count; i++) {
    const recorded *const v = &set->item[i];
    if (text != NULL && v->kind == RECORDED_TEXT && strcmp(v->text, text) == 0)
      return true;
    if (text == NULL && v->kind == RECORDED_INT &&
        integer_is(v->number, (int64_t)position))
      return true;
  }
  return false;
}

/* Whether option `batch` is about leaf `index`.  A set may have positions for
 * positional arguments, and names for all. */
static bool has_batch(observer *o, const recorded *batch, size_t index) {
  const size_t owner = o->owner[index];
  if (batch == NULL || !recorded_is_true(batch))
    return false;
  if (batch->kind == RECORDED_BOOL)
    return true;
  if (batch->item == NULL)
    answer_refuse(o->a, "TypeError",
                  "set_batch_dimension_for is true or a set of names and "
                  "positions");
  if (owner >= o->best->arg_count)
    return set_has(batch, observer_leaf_name(o, index), 0);
  if (set_has(batch, NULL, owner))
    return true;
  if (owner >= o->a->calls->parameter_count)
    answer_refuse(o->a, "RuntimeError",
                  "position %zu is behind the parameters; "
                  "set_batch_dimension_for can only be true here",
                  owner);
  return set_has(batch, observer_leaf_name(o, index), 0);
}

/* ---- All leaves -------------------------------------------------------- */

/* Raises unless each call has as many leaves as the best one. */
static void check_leaves(observer *o) {
  for (size_t i = 0; i < o->count; i++)
    if (o->call[i].aligned.count != o->best->leaf_count)
      answer_refuse(o->a, "NotImplementedError",
                    "call %zu has %zu tensors, the call with the most has %zu: "
                    "no call has all of every argument",
                    i, o->call[i].aligned.count, o->best->leaf_count);
}

/* The first call that has leaf `index`, or the number of calls. */
static size_t first_call(const observer *o, size_t index) {
  size_t i = 0;
  while (i < o->count && o->call[i].aligned.leaf[index]->kind == RECORDED_NONE)
    i++;
  return i;
}

/* The dynamic axes of one leaf. */
static shapes leaf_axes(observer *o, const recorded *batch, size_t index) {
  const bool has = has_batch(o, batch, index);
  const recorded *const first = common_tensor(o, index);
  shapes s = shapes_make(o->a->work, SHAPES_DIMS, first->count);
  s.count = 0;
  for (size_t axis = 0; axis < first->count; axis++) {
    bool dynamic = varies(o, index, axis, first) || (has && axis == 0);
    if (!dynamic && varied_before(o, index, axis, first)) {
      answer_improve(o->a, "value_if_missing of a position is put over values "
                           "that are there; their sizes count as observed");
      dynamic = true;
    }
    if (dynamic)
      s.axis[s.count++] = (shapes_axis){.axis = axis, .mark = AXIS_DYNAMIC};
  }
  return s;
}

/* Leaf by leaf. */
leaf_shapes observer_leaf_shapes(observer *o, const recorded *batch) {
  for (size_t i = 0; i < o->count; i++)
    if (o->call[i].reordered)
      answer_improve(o->a, "values of dicts are compared by key, not by place");
  check_leaves(o);
  leaf_shapes s = {.count = o->best->leaf_count};
  s.leaf = arena_zeroed(o->a->work, s.count + 1, sizeof *s.leaf);
  for (size_t i = 0; i < s.count; i++) {
    const size_t call = first_call(o, i);
    s.leaf[i] =
        call < o->count && o->call[call].aligned.leaf[i]->kind == RECORDED_INT
            ? number_shape(o, i, call)
            : leaf_axes(o, batch, i);
  }
  return s;
}
