/* InputObserver.infer_arguments: example arguments out of the calls. */
#include "lib/observe/observer.h"

#include <string.h>

/* ---- Which call -------------------------------------------------------- */

/* The first call with as many arguments as the best one, which is among them.
 */
static candidate *usual_call(observer *o) {
  candidate *c = o->call;
  while (c->arg_count != o->best->arg_count ||
         c->kwarg_count != o->best->kwarg_count)
    c++;
  return c;
}

/* Call `index`, counted from the end below 0. */
static candidate *call_at(observer *o, integer index) {
  const integer count = integer_of((int64_t)o->count);
  if (integer_compare(index, count) >= 0)
    answer_refuse(o->a, "RuntimeError",
                  "there is no call %s: %zu calls are kept",
                  integer_text(o->a->work, index), o->count);
  if (integer_sign(index) < 0)
    index = integer_add(o->a->work, index, count);
  if (integer_sign(index) < 0)
    answer_refuse(o->a, "IndexError", "there is no such call: %zu are kept",
                  o->count);
  return &o->call[index.small];
}

/* Whether a parameter has a bool, number or str for default. */
static bool has_scalar_default(const dimsat_calls *c, const char *name) {
  for (size_t i = 0; i < c->parameter_count; i++) {
    const recorded_kind kind = c->parameter[i].preset.kind;
    if (strcmp(c->parameter[i].name, name) == 0)
      return c->parameter[i].has_default &&
             (kind == RECORDED_BOOL || kind == RECORDED_INT ||
              kind == RECORDED_REAL || kind == RECORDED_TEXT);
  }
  return false;
}

/* A call of arguments that were not recorded: a tuple or a dict by name. */
static candidate *new_call(observer *o, const recorded *v) {
  arena *const work = o->a->work;
  candidate *const c = arena_zeroed(work, 1, sizeof *c);
  c->arg = arena_zeroed(work, v->count + 1, sizeof *c->arg);
  c->kwarg = arena_zeroed(work, v->count + 1, sizeof *c->kwarg);
  c->constant = arena_zeroed(work, v->count + 1, sizeof *c->constant);
  for (size_t i = 0; v->kind == RECORDED_TUPLE && i < v->count; i++)
    c->arg[c->arg_count++] = v->item[i];
  for (size_t i = 0; v->kind == RECORDED_DICT && i < v->count; i++) {
    if (has_scalar_default(o->a->calls, v->member[i].key))
      c->constant[c->constant_count++] = v->member[i];
    else
      c->kwarg[c->kwarg_count++] = v->member[i];
  }
  observer_align_call(o, c);
  return c;
}

/* What says which call the question is about, or NULL. */
static const recorded *chosen(const answer *a) {
  const recorded *const v = answer_option(a, "index_or_args_or_kwargs");
  return v != NULL ? v : answer_option(a, "index");
}

/* The call that the question is about. */
static candidate *chosen_call(observer *o) {
  const recorded *const v = chosen(o->a);
  if (v == NULL)
    return usual_call(o);
  if (v->kind == RECORDED_INT || v->kind == RECORDED_BOOL)
    return call_at(o, v->number);
  if (v->kind != RECORDED_TUPLE && v->kind != RECORDED_DICT)
    answer_refuse(o->a, "ValueError",
                  "index_or_args_or_kwargs is a number, a tuple or a dict");
  return new_call(o, v);
}

/* ---- Filling ----------------------------------------------------------- */

static bool has_no_elements(const recorded *t) {
  for (size_t i = 0; i < t->count; i++)
    if (integer_is(t->size[i], 0))
      return true;
  return false;
}

/* What stands for leaf `index` where a call lacks it: a tensor like that of
 * the last call that has one, its last dynamic axis empty; 0 for a number. */
static const recorded *stand_in(observer *o, const leaf_shapes *leaf,
                                size_t index) {
  static const recorded zero = {.kind = RECORDED_INT};
  if (index >= leaf->count)
    answer_refuse(o->a, "IndexError",
                  "the arguments have more tensors than any call");
  const shapes *const s = &leaf->leaf[index];
  const recorded *last = NULL;
  for (size_t i = 0; i < o->count; i++)
    if (o->call[i].aligned.leaf[index]->kind != RECORDED_NONE)
      last = o->call[i].aligned.leaf[index];
  if (last == NULL)
    answer_refuse(o->a, "RuntimeError", "no call has a tensor there");
  if (s->kind == SHAPES_WHOLE)
    return &zero;
  if (has_no_elements(last) || s->count == 0)
    return last;
  recorded *const t = arena_zeroed(o->a->work, 1, sizeof *t);
  integer *const size = arena_zeroed(o->a->work, last->count, sizeof *size);
  memcpy(size, last->size, last->count * sizeof *size);
  size[s->axis[s->count - 1].axis] = integer_of(0);
  *t = *last;
  t->size = size;
  return t;
}

/* The leaves of a call without None. */
static leaves filled(observer *o, const candidate *c) {
  bool complete = true;
  for (size_t i = 0; i < c->aligned.count; i++)
    complete = complete && c->aligned.leaf[i]->kind != RECORDED_NONE;
  if (complete)
    return c->aligned;
  const leaf_shapes leaf = observer_leaf_shapes(o, NULL);
  leaves all = {NULL, 0, 0};
  for (size_t i = 0; i < c->aligned.count; i++) {
    all.leaf = arena_grow(o->a->work, all.leaf, all.count, &all.capacity,
                          sizeof *all.leaf);
    all.leaf[all.count++] = c->aligned.leaf[i]->kind != RECORDED_NONE
                                ? c->aligned.leaf[i]
                                : stand_in(o, &leaf, i);
  }
  return all;
}

/* ---- The answer -------------------------------------------------------- */

/* Arguments in the structure of the best call, with its constants. */
typedef struct {
  recorded args;   /* TUPLE */
  recorded kwargs; /* DICT */
} arguments;

/* Puts a key into a dict with room for it. */
static void put(recorded_member *member, size_t *count, const char *key,
                recorded value) {
  size_t i = 0;
  while (i < *count && strcmp(member[i].key, key) != 0)
    i++;
  member[i] = (recorded_member){.key = key, .value = value};
  *count += i == *count;
}

/* Puts leaves back into the structure. */
static arguments rebuild(observer *o, const leaves *all) {
  arena *const work = o->a->work;
  const candidate *const best = o->best;
  if (all->count != best->leaf_count)
    answer_refuse(o->a, "ValueError",
                  "the call has %zu tensors, the call with the most has %zu",
                  all->count, best->leaf_count);
  const recorded *const *next = all->leaf;
  recorded *const item = arena_zeroed(work, best->arg_count + 1, sizeof *item);
  recorded_member *const member = arena_zeroed(
      work, best->kwarg_count + best->constant_count + 1, sizeof *member);
  size_t count = 0;
  for (size_t i = 0; i < best->arg_count; i++)
    item[i] = pytree_rebuild(work, o->a->layout, &best->arg[i], &next);
  for (size_t i = 0; i < best->kwarg_count; i++)
    put(member, &count, best->kwarg[i].key,
        pytree_rebuild(work, o->a->layout, &best->kwarg[i].value, &next));
  for (size_t i = 0; i < best->constant_count; i++)
    put(member, &count, best->constant[i].key, best->constant[i].value);
  return (arguments){
      .args = {.kind = RECORDED_TUPLE, .count = best->arg_count, .item = item},
      .kwargs = {.kind = RECORDED_DICT, .count = count, .member = member}};
}

/* All arguments by name. */
static recorded by_name(observer *o, const arguments *all) {
  const dimsat_calls *const c = o->a->calls;
  if (calls_variadic(c, PARAMETER_VAR_POSITIONAL) != NULL)
    answer_refuse(o->a, "RuntimeError",
                  "arguments of *args have no name; ask with "
                  "as_args_kwargs=True");
  recorded_member *const member = arena_zeroed(
      o->a->work, all->args.count + all->kwargs.count + 1, sizeof *member);
  size_t count = 0;
  for (size_t i = 0; i < all->args.count && i < c->parameter_count; i++)
    put(member, &count, c->parameter[i].name, all->args.item[i]);
  for (size_t i = 0; i < all->kwargs.count; i++)
    put(member, &count, all->kwargs.member[i].key, all->kwargs.member[i].value);
  return (recorded){.kind = RECORDED_DICT, .count = count, .member = member};
}

/* A tuple, a dict, or both in a tuple. */
static recorded arrange(observer *o, const arguments *all) {
  if (answer_flag(o->a, "as_args_kwargs")) {
    recorded *const both = arena_zeroed(o->a->work, 2, sizeof *both);
    both[0] = all->args;
    both[1] = all->kwargs;
    return (recorded){.kind = RECORDED_TUPLE, .count = 2, .item = both};
  }
  if (all->kwargs.count == 0)
    return all->args;
  return all->args.count == 0 ? all->kwargs : by_name(o, all);
}

/* The leaves as a list. */
static recorded as_list(arena *work, const leaves *all) {
  recorded *const item = arena_zeroed(work, all->count + 1, sizeof *item);
  for (size_t i = 0; i < all->count; i++)
    item[i] = *all->leaf[i];
  return (recorded){.kind = RECORDED_LIST, .count = all->count, .item = item};
}

/* infer_arguments(index_or_args_or_kwargs=None, flat=False,
 * as_args_kwargs=False) */
void observer_answer_arguments(answer *a, buffer *out) {
  static const char *const known[] = {"index_or_args_or_kwargs", "flat",
                                      "as_args_kwargs", "index", NULL};
  answer_check_options(a, known);
  if (chosen(a) != NULL)
    answer_note_caches(a, chosen(a));
  observer *const o = observer_record(a);
  observer_align(o);
  const candidate *const c = chosen_call(o);
  if (c->reordered)
    answer_improve(a, "values of dicts are compared by key, not by place");
  const leaves all = filled(o, c);
  recorded result = as_list(a->work, &all);
  if (!answer_flag(a, "flat")) {
    const arguments rebuilt = rebuild(o, &all);
    result = arrange(o, &rebuilt);
  }
  if (a->layout != LAYOUT_STATES)
    result = recorded_plain(a->work, &result);
  recorded_write(out, &result);
}
