/* InputObserver.infer_dynamic_shapes: the structure of the answer. */
#include "lib/observe/observer.h"

#include "lib/base/json_write.h"

#include <string.h>

/* ---- Structure of one argument ----------------------------------------- */

typedef struct {
  observer *o;
  const shapes *next; /* the leaf that comes next */
  bool strict;        /* the tool looks at the structure of arguments */
} builder;

static shapes build(builder *b, const recorded *v);

/* The shapes of children; those of objects become a list. */
static shapes build_children(builder *b, const recorded *v) {
  answer *const a = b->o->a;
  size_t count = 0;
  const recorded *const child = pytree_children(a->work, a->layout, v, &count);
  if (v->kind == RECORDED_OBJECT && count == 0 && b->strict &&
      a->layout == LAYOUT_FLAT)
    answer_refuse(a, "ValueError",
                  "the call with the most tensors has an empty %.100s",
                  v->text);
  shapes s = shapes_like(a->work, v, count);
  for (size_t i = 0; i < count; i++)
    s.item[i] = build(b, &child[i]);
  return s;
}

/* In the order of the leaves. */
static shapes build(builder *b, const recorded *v) {
  if (!pytree_is_leaf(b->o->a->layout, v))
    return build_children(b, v);
  return *b->next++;
}

/* ---- All arguments ----------------------------------------------------- */

/* Puts a key into a dict with room for it; a key that is there keeps its
 * place. */
static void put(shapes *dict, const char *key, shapes value) {
  size_t i = 0;
  while (i < dict->count && strcmp(dict->key[i], key) != 0)
    i++;
  dict->key[i] = key;
  dict->item[i] = value;
  dict->count += i == dict->count;
}

/* An empty dict with room for `room` keys. */
static shapes empty_dict(arena *a, size_t room) {
  shapes s = shapes_make(a, SHAPES_DICT, room + 1);
  s.count = 0;
  return s;
}

/* Positional arguments by name; those of *args together. */
static void put_positions(observer *o, const shapes *args, shapes *dict) {
  const dimsat_calls *const c = o->a->calls;
  const parameter *const rest = calls_variadic(c, PARAMETER_VAR_POSITIONAL);
  size_t named = c->parameter_count;
  if (rest != NULL)
    named = (size_t)(rest - c->parameter);
  if (named > args->count)
    named = args->count;
  for (size_t i = 0; i < named; i++)
    put(dict, c->parameter[i].name, args->item[i]);
  if (rest == NULL)
    return;
  shapes tuple = shapes_make(o->a->work, SHAPES_TUPLE, args->count - named);
  for (size_t i = 0; i < tuple.count; i++)
    tuple.item[i] = args->item[named + i];
  put(dict, rest->name, tuple);
}

/* Whether a parameter has that name. */
static bool is_parameter(const dimsat_calls *c, const char *name) {
  for (size_t i = 0; i < c->parameter_count; i++)
    if (strcmp(c->parameter[i].name, name) == 0)
      return true;
  return false;
}

/* Moves what **kwargs takes under its name. */
static shapes wrap_extra(answer *a, const shapes *dict) {
  const parameter *const rest = calls_variadic(a->calls, PARAMETER_VAR_KEYWORD);
  shapes kept = empty_dict(a->work, dict->count + 1);
  shapes extra = empty_dict(a->work, dict->count);
  for (size_t i = 0; i < dict->count; i++)
    put(rest == NULL || is_parameter(a->calls, dict->key[i]) ? &kept : &extra,
        dict->key[i], dict->item[i]);
  if (extra.count == 0)
    return *dict;
  for (size_t i = 0; i < kept.count; i++)
    if (strcmp(kept.key[i], rest->name) == 0)
      answer_refuse(a, "ValueError",
                    "a keyword argument is called '%.100s', like **%.100s",
                    rest->name, rest->name);
  put(&kept, rest->name, extra);
  return kept;
}

/* A tuple where all is positional, else a dict by name. */
static shapes join(observer *o, const shapes *args, const shapes *kwargs) {
  const candidate *const best = o->best;
  const bool rest =
      calls_variadic(o->a->calls, PARAMETER_VAR_POSITIONAL) != NULL;
  if (kwargs->count == 0 && best->constant_count == 0 && !rest)
    return *args;
  shapes dict = empty_dict(o->a->work, args->count + kwargs->count +
                                           best->constant_count + 1);
  if (args->count > 0)
    put_positions(o, args, &dict);
  for (size_t i = 0; i < kwargs->count; i++)
    put(&dict, kwargs->key[i], kwargs->item[i]);
  for (size_t i = 0; i < best->constant_count; i++)
    put(&dict, best->constant[i].key, (shapes){.kind = SHAPES_NONE});
  return wrap_extra(o->a, &dict);
}

/* ---- Where the tool goes wrong ----------------------------------------- */

/* Whether each argument of the best call is one leaf. */
static bool all_leaves(const observer *o) {
  for (size_t i = 0; i < o->best->arg_count; i++)
    if (!pytree_is_leaf(o->a->layout, &o->best->arg[i]))
      return false;
  for (size_t i = 0; i < o->best->kwarg_count; i++)
    if (!pytree_is_leaf(o->a->layout, &o->best->kwarg[i].value))
      return false;
  return true;
}

/* Whether a leaf of the best call is None. */
static bool has_none(const observer *o) {
  const leaves *const all = &o->best->aligned;
  for (size_t i = 0; i < all->count; i++)
    if (all->leaf[i]->kind == RECORDED_NONE)
      return true;
  return false;
}

/* Says where this answer is not the tool's.  As many leaves as arguments make
 * the tool take each argument for one tensor (`flat`). */
static void note_differences(observer *o, bool flat) {
  const candidate *const best = o->best;
  const dimsat_calls *const c = o->a->calls;
  const parameter *const rest = calls_variadic(c, PARAMETER_VAR_POSITIONAL);
  if (flat && !all_leaves(o))
    answer_improve(o->a, "containers keep their structure; the tool takes each "
                         "argument for one tensor where there are as many "
                         "tensors as arguments");
  if (flat && rest != NULL && best->arg_count > 0 && best->kwarg_count > 0 &&
      best->arg_count < (size_t)(rest - c->parameter))
    answer_improve(o->a, "keyword arguments keep their names; the tool counts "
                         "the first ones to *args");
  if (!flat && has_none(o))
    answer_improve(o->a, "an argument that is None in the call with the most "
                         "tensors keeps its place; the tool moves the shapes "
                         "behind it up");
}

/* ---- The answer -------------------------------------------------------- */

/* Builds the structure over the leaves. */
static shapes infer(observer *o, const leaf_shapes *leaf) {
  const candidate *const best = o->best;
  const bool flat = leaf->count == best->arg_count + best->kwarg_count;
  builder b = {.o = o, .next = leaf->leaf, .strict = !flat};
  shapes args = shapes_make(o->a->work, SHAPES_TUPLE, best->arg_count);
  shapes kwargs = shapes_make(o->a->work, SHAPES_DICT, best->kwarg_count);
  for (size_t i = 0; i < args.count; i++)
    args.item[i] = build(&b, &best->arg[i]);
  for (size_t i = 0; i < kwargs.count; i++) {
    kwargs.key[i] = best->kwarg[i].key;
    kwargs.item[i] = build(&b, &best->kwarg[i].value);
  }
  note_differences(o, flat);
  return join(o, &args, &kwargs);
}

/* infer_dynamic_shapes(set_batch_dimension_for=None, dim_names=None) */
void observer_answer_shapes(answer *a, buffer *out) {
  static const char *const known[] = {"set_batch_dimension_for", "dim_names",
                                      NULL};
  answer_check_options(a, known);
  observer *const o = observer_record(a);
  observer_align(o);
  leaf_shapes leaf =
      observer_leaf_shapes(o, answer_option(a, "set_batch_dimension_for"));
  if (answer_flag(a, "dim_names"))
    observer_name_axes(o, answer_option(a, "dim_names"), &leaf);
  const shapes s = infer(o, &leaf);
  shapes_write(out, &s);
}

/* Recording. */
void observer_answer_recording(answer *a, buffer *out) {
  (void)observer_record(a);
  json_word(out, "null");
}

/* num_obs() */
void observer_answer_count(answer *a, buffer *out) {
  static const char *const known[] = {NULL};
  answer_check_options(a, known);
  json_integer(out, (int64_t)observer_record(a)->count);
}
