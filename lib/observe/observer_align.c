/* InputObserver once it has recorded: calls laid over the best one. */
#include "lib/observe/observer.h"

#include <string.h>

/* ---- Keys of dicts ----------------------------------------------------- */

/* Whether both have the same keys, in any order. */
static bool same_keys(const recorded *a, const recorded *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (recorded_find(b->member, b->count, a->member[i].key) == NULL)
      return false;
  return true;
}

/* Whether the items of both can be laid over each other. */
static bool same_items(const recorded *a, const recorded *b) {
  return (a->kind == RECORDED_LIST || a->kind == RECORDED_TUPLE) &&
         a->kind == b->kind && a->count == b->count;
}

/* `v` with the keys of its dicts in the order that `like` has. */
static recorded in_order_of(arena *a, const recorded *like, const recorded *v) {
  recorded result = *v;
  if (like->kind == RECORDED_DICT && v->kind == RECORDED_DICT &&
      same_keys(like, v)) {
    recorded_member *const member =
        arena_zeroed(a, v->count + 1, sizeof *member);
    for (size_t i = 0; i < v->count; i++) {
      const char *const key = like->member[i].key;
      member[i] = (recorded_member){
          .key = key,
          .value = in_order_of(a, &like->member[i].value,
                               recorded_find(v->member, v->count, key))};
    }
    result.member = member;
  } else if (same_items(like, v)) {
    recorded *const item = arena_zeroed(a, v->count + 1, sizeof *item);
    for (size_t i = 0; i < v->count; i++)
      item[i] = in_order_of(a, &like->item[i], &v->item[i]);
    result.item = item;
  }
  return result;
}

/* Whether leaf by leaf both are the same. */
static bool same_leaves(const leaves *a, const leaves *b) {
  for (size_t i = 0; i < a->count && i < b->count; i++)
    if (!recorded_equal(a->leaf[i], b->leaf[i]))
      return false;
  return a->count == b->count;
}

/* ---- One argument ------------------------------------------------------ */

/* Appends one leaf. */
static void push_leaf(observer *o, leaves *all, const recorded *leaf) {
  all->leaf = arena_grow(o->a->work, all->leaf, all->count, &all->capacity,
                         sizeof *all->leaf);
  all->leaf[all->count++] = leaf;
}

/* The leaves of `v`, its dicts in the order of `like`. */
static leaves ordered_leaves(observer *o, candidate *c, const recorded *like,
                             const recorded *v) {
  leaves written = {NULL, 0, 0};
  leaves ordered = {NULL, 0, 0};
  recorded *const other = arena_zeroed(o->a->work, 1, sizeof *other);
  *other = in_order_of(o->a->work, like, v);
  pytree_flatten(o->a->work, o->a->layout, v, &written);
  pytree_flatten(o->a->work, o->a->layout, other, &ordered);
  if (!same_leaves(&written, &ordered))
    c->reordered = true;
  return ordered;
}

/* One argument of the best call: its value there, and how many leaves. */
typedef struct {
  const recorded *like;
  size_t leaf_count;
  ptrdiff_t *seen; /* leaves that calls had so far; -1: none had any */
  const char *name;
} slot;

/* Appends the leaves of `v`, or as many None as the best call has where the
 * call lacks the argument (`v` is NULL) or has something empty for it. */
static void lay_over(observer *o, candidate *c, const slot *s,
                     const recorded *v) {
  static const recorded none = {.kind = RECORDED_NONE};
  if (v == NULL || !recorded_is_true(v) ||
      (pytree_is_hollow(o->a->layout, v) &&
       !pytree_is_hollow(o->a->layout, s->like))) {
    for (size_t i = 0; i < s->leaf_count; i++)
      push_leaf(o, &c->aligned, &none);
    return;
  }
  const leaves all = ordered_leaves(o, c, s->like, v);
  if (*s->seen >= 0 && (size_t)*s->seen != all.count)
    answer_refuse(o->a, "RuntimeError",
                  "argument '%.100s' has %zu tensors in one call and %td in "
                  "another",
                  s->name, all.count, *s->seen);
  *s->seen = (ptrdiff_t)all.count;
  for (size_t i = 0; i < all.count; i++)
    push_leaf(o, &c->aligned, all.leaf[i]);
}

/* The name of the argument at `position`. */
const char *observer_position_name(const observer *o, size_t position) {
  const dimsat_calls *const c = o->a->calls;
  return position < c->parameter_count
             ? c->parameter[position].name
             : arena_format(o->a->work, "arg_%zu", position);
}

/* ---- One call ---------------------------------------------------------- */

/* Keyword `name` of a call, which may have been passed by position behind the
 * positional arguments of the best call. */
static const recorded *find_keyword(const observer *o, const candidate *c,
                                    const char *name) {
  const recorded *const v = recorded_find(c->kwarg, c->kwarg_count, name);
  const dimsat_calls *const calls = o->a->calls;
  if (v != NULL)
    return v;
  for (size_t i = o->best->arg_count; i < c->arg_count; i++)
    if (i < calls->parameter_count &&
        strcmp(calls->parameter[i].name, name) == 0)
      return &c->arg[i];
  return NULL;
}

/* Argument by argument of the best call. */
void observer_align_call(observer *o, candidate *c) {
  const candidate *const best = o->best;
  const char *const constant = observer_other_constant(c, best);
  if (constant != NULL)
    answer_refuse(o->a, "RuntimeError",
                  "'%.100s' is a constant that differs between two calls; "
                  "observe the calls with each value apart",
                  constant);
  if (c->arg_count > best->arg_count &&
      c->arg_count > o->a->calls->parameter_count)
    answer_refuse(o->a, "IndexError",
                  "a call has %zu positional arguments, more than there are "
                  "parameters",
                  c->arg_count);
  for (size_t i = 0; i < best->arg_count; i++)
    lay_over(o, c,
             &(slot){&best->arg[i], o->arg_leaves[i], &o->arg_seen[i],
                     observer_position_name(o, i)},
             i < c->arg_count ? &c->arg[i] : NULL);
  for (size_t i = 0; i < best->kwarg_count; i++)
    lay_over(o, c,
             &(slot){&best->kwarg[i].value, o->kwarg_leaves[i],
                     &o->kwarg_seen[i], best->kwarg[i].key},
             find_keyword(o, c, best->kwarg[i].key));
}

/* ---- All calls --------------------------------------------------------- */

/* Counts the leaves of the best call, and says whose they are. */
static void prepare_best(observer *o) {
  arena *const work = o->a->work;
  const candidate *const best = o->best;
  const size_t args = best->arg_count, kwargs = best->kwarg_count;
  o->arg_leaves = arena_zeroed(work, args + 1, sizeof *o->arg_leaves);
  o->arg_first = arena_zeroed(work, args + 1, sizeof *o->arg_first);
  o->kwarg_leaves = arena_zeroed(work, kwargs + 1, sizeof *o->kwarg_leaves);
  o->arg_seen = arena_zeroed(work, args + 1, sizeof *o->arg_seen);
  o->kwarg_seen = arena_zeroed(work, kwargs + 1, sizeof *o->kwarg_seen);
  o->owner = arena_zeroed(work, best->leaf_count + 1, sizeof *o->owner);
  size_t next = 0;
  for (size_t i = 0; i < args + kwargs; i++) {
    leaves all = {NULL, 0, 0};
    if (i < args)
      o->arg_first[i] = next;
    pytree_flatten(work, o->a->layout,
                   i < args ? &best->arg[i] : &best->kwarg[i - args].value,
                   &all);
    *(i < args ? &o->arg_leaves[i] : &o->kwarg_leaves[i - args]) = all.count;
    *(i < args ? &o->arg_seen[i] : &o->kwarg_seen[i - args]) = -1;
    for (size_t k = 0; k < all.count && next < best->leaf_count; k++)
      o->owner[next++] = i;
  }
}

/* Raises where a call has a keyword that the best call lacks. */
static void check_keywords(observer *o, const candidate *c) {
  for (size_t i = 0; i < c->kwarg_count; i++)
    if (recorded_find(o->best->kwarg, o->best->kwarg_count, c->kwarg[i].key) ==
        NULL)
      answer_refuse(o->a, "RuntimeError",
                    "no call has all named arguments: '%.100s' is missing in "
                    "the call with the most tensors; record one call with all "
                    "of them, or give value_if_missing",
                    c->kwarg[i].key);
}

/* In the order of the calls. */
void observer_align(observer *o) {
  if (o->best == NULL)
    answer_refuse(o->a, "RuntimeError", "no call was recorded");
  prepare_best(o);
  for (size_t i = 0; i < o->count; i++) {
    check_keywords(o, &o->call[i]);
    observer_align_call(o, &o->call[i]);
  }
}
