/*
 * InputObserver.infer_dynamic_shapes(dim_names=..): names of dynamic axes.
 *
 * Axes with the same sizes in every call that has them share a name: that of
 * the first of them.  The tool looks at sizes alone, not at which calls had
 * them, gives one name to all tensors of an argument, and gives a known name,
 * such as batch_size, without a look at the sizes; here, axes that differ in a
 * call never share a name.
 */
#include "lib/observe/observer.h"

#include "lib/base/limits.h"

#include <string.h>

/* ---- Known names ------------------------------------------------------- */

/* The usual name of an axis of an argument, or NULL. */
static const char *known_name(const char *argument, size_t axis) {
  static const struct {
    const char *argument;
    size_t axis;
    const char *name;
  } known[] = {
      {"input_ids", 0, "batch_size"},
      {"input_ids", 1, "sequence_length"},
      {"position_ids", 0, "batch_size"},
      {"position_ids", 1, "sequence_length"},
      {"token_type_ids", 0, "batch_size"},
      {"token_type_ids", 1, "sequence_length"},
      {"attention_mask", 0, "batch_size"},
      {"attention_mask", 1, "total_sequence_length"},
      {"past_key_values", 0, "batch_size"},
      {"past_key_values", 2, "past_sequence_length"},
      {"cache_position", 0, "sequence_length"},
      {"pixel_values", 0, "batch_size"},
      {"decoder_input_ids", 0, "batch_size"},
      {"decoder_input_ids", 1, "decoder_sequence_length"},
      {"decoder_attention_mask", 0, "batch_size"},
      {"decoder_attention_mask", 1, "decoder_sequence_length"},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].axis == axis && strcmp(known[i].argument, argument) == 0)
      return known[i].name;
  return NULL;
}

/* <argument>_dim_<axis> */
static const char *plain_name(const observer *o, const char *argument,
                              size_t axis) {
  return arena_format(o->a->work, "%s_dim_%zu", argument, axis);
}

/* ---- Names that were given --------------------------------------------- */

/* The only member of `v`, where it is called `mark`; else `v`. */
static const recorded *unwrapped(const recorded *v, const char *mark) {
  const bool marked = v != NULL && v->kind == RECORDED_DICT && v->count == 1 &&
                      strcmp(v->member[0].key, mark) == 0;
  return marked ? &v->member[0].value : v;
}

/* The member of `v` at number `key`, or NULL. */
static const recorded *find_number(const observer *o, const recorded *v,
                                   size_t key) {
  return v != NULL && v->kind == RECORDED_DICT
             ? recorded_find(v->member, v->count,
                             arena_format(o->a->work, "%zu", key))
             : NULL;
}

/* The name that `names` has for an axis of leaf `index`, or NULL: of an
 * argument, by name or position, {"dims": {"0": {"name": ..}}} or {"0": ..}. */
static const char *given_name(const observer *o, const recorded *names,
                              size_t index, size_t axis) {
  const recorded *mine =
      recorded_find(names->member, names->count, observer_leaf_name(o, index));
  if (mine == NULL && o->owner[index] < o->best->arg_count)
    mine = find_number(o, names, o->owner[index]);
  const recorded *const name =
      unwrapped(find_number(o, unwrapped(mine, "dims"), axis), "name");
  return name != NULL && name->kind == RECORDED_TEXT ? name->text : NULL;
}

/* Names from the question; axes without one get a plain name. */
static void use_given(observer *o, const recorded *names, leaf_shapes *s) {
  for (size_t i = 0; i < s->count; i++)
    for (size_t k = 0; k < s->leaf[i].count; k++) {
      shapes_axis *const x = &s->leaf[i].axis[k];
      const char *const name = given_name(o, names, i, x->axis);
      x->mark = AXIS_NAMED;
      x->name = name != NULL ? name
                             : plain_name(o, observer_leaf_name(o, i), x->axis);
    }
}

/* ---- Names that are found ---------------------------------------------- */

/* One dynamic axis of one leaf. */
typedef struct {
  size_t leaf, axis;
  const char *argument;
  const char *name; /* given here */
  const char *tool; /* what the tool gives the first axis of these sizes */
  bool hidden;      /* the answer has a keyword argument of that name instead */
} named_axis;

/* Whether a keyword argument has the name of the positional one that leaf
 * `index` belongs to: value_if_missing by name can do that. */
static bool is_hidden(const observer *o, size_t index) {
  return o->owner[index] < o->best->arg_count &&
         recorded_find(o->best->kwarg, o->best->kwarg_count,
                       observer_leaf_name(o, index)) != NULL;
}

/* Its size in a call, or NULL. */
static const integer *size_in(const observer *o, const named_axis *x,
                              size_t call) {
  const recorded *const t = observer_leaf(o, call, x->leaf);
  return t != NULL ? &t->size[x->axis] : NULL;
}

/* Whether the sizes are the same where both are there. */
static bool agree(const observer *o, const named_axis *x, const named_axis *y) {
  for (size_t i = 0; i < o->count; i++) {
    const integer *const a = size_in(o, x, i), *const b = size_in(o, y, i);
    if (a != NULL && b != NULL && !integer_equal(*a, *b))
      return false;
  }
  return true;
}

/* The first call from `call` on that has the axis, or the number of calls. */
static size_t next_call(const observer *o, const named_axis *x, size_t call) {
  while (call < o->count && size_in(o, x, call) == NULL)
    call++;
  return call;
}

/* Whether the sizes are the same one after the other, as the tool compares
 * them. */
static bool same_sizes(const observer *o, const named_axis *x,
                       const named_axis *y) {
  size_t i = next_call(o, x, 0), k = next_call(o, y, 0);
  while (i < o->count && k < o->count) {
    if (!integer_equal(*size_in(o, x, i), *size_in(o, y, k)))
      return false;
    i = next_call(o, x, i + 1);
    k = next_call(o, y, k + 1);
  }
  return i == o->count && k == o->count;
}

/* Whether an axis may be called `name` after those before it were named. */
static bool may_be(const observer *o, const named_axis *all, size_t count,
                   const named_axis *x, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (!all[i].hidden && strcmp(all[i].name, name) == 0 &&
        !agree(o, &all[i], x))
      return false;
  return true;
}

/* The name of a new group of axes: the known one, a plain one, or a plain one
 * with a number. */
static const char *new_name(const observer *o, const named_axis *all,
                            size_t count, const named_axis *x) {
  const char *const known = known_name(x->argument, x->axis);
  if (known != NULL && may_be(o, all, count, x, known))
    return known;
  const char *const plain = plain_name(o, x->argument, x->axis);
  const char *name = plain;
  for (size_t i = 2; !may_be(o, all, count, x, name); i++)
    name = arena_format(o->a->work, "%s_%zu", plain, i);
  return name;
}

/* Names axis `count` of `all`. */
static void name_axis(const observer *o, named_axis *all, size_t count) {
  named_axis *const x = &all[count];
  const char *const known = known_name(x->argument, x->axis);
  for (size_t i = 0; i < count; i++) {
    if (!same_sizes(o, &all[i], x))
      continue;
    if (x->tool == NULL)
      x->tool = all[i].tool;
    if (x->name == NULL && may_be(o, all, count, x, all[i].name))
      x->name = all[i].name;
  }
  if (x->name == NULL)
    x->name = new_name(o, all, count, x);
  if (x->tool == NULL)
    x->tool = known != NULL ? known : plain_name(o, x->argument, x->axis);
}

/* Notes where the tool gives another name: to each axis that of the last
 * tensor of its argument. */
static void note_difference(observer *o, const named_axis *all, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *tool = all[i].tool;
    for (size_t k = i + 1; k < count; k++)
      if (o->owner[all[k].leaf] == o->owner[all[i].leaf] &&
          all[k].axis == all[i].axis)
        tool = all[k].tool;
    if (!all[i].hidden && strcmp(tool, all[i].name) != 0)
      answer_improve(o->a, "axes with different sizes in one call have "
                           "different names");
  }
}

/* Names all dynamic axes. */
static void find_names(observer *o, leaf_shapes *s) {
  size_t total = 0;
  for (size_t i = 0; i < s->count; i++)
    total += s->leaf[i].count;
  if (total > LIMIT_NAMED_AXES)
    answer_refuse(o->a, "ValueError",
                  "%zu axes are dynamic; at most %d get names", total,
                  LIMIT_NAMED_AXES);
  named_axis *const all = arena_zeroed(o->a->work, total + 1, sizeof *all);
  size_t count = 0;
  for (size_t i = 0; i < s->count; i++)
    for (size_t k = 0; k < s->leaf[i].count; k++) {
      all[count] = (named_axis){.leaf = i,
                                .axis = s->leaf[i].axis[k].axis,
                                .argument = observer_leaf_name(o, i),
                                .hidden = is_hidden(o, i)};
      name_axis(o, all, count);
      s->leaf[i].axis[k].mark = AXIS_NAMED;
      s->leaf[i].axis[k].name = all[count++].name;
    }
  note_difference(o, all, count);
}

/* `names` is true or a dict. */
void observer_name_axes(observer *o, const recorded *names, leaf_shapes *s) {
  if (names->kind == RECORDED_DICT)
    use_given(o, names, s);
  else
    find_names(o, s);
}
