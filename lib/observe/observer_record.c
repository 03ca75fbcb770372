/* InputObserver while it records: which calls it keeps, and what of them. */
#include "lib/observe/observer.h"

#include <stdlib.h>
#include <string.h>

enum { CALLS_KEPT = 3 }; /* unless option store_n_calls says otherwise */

/* ---- Signature --------------------------------------------------------- */

/* The parameter of that name, or NULL. */
static const parameter *find_parameter(const dimsat_calls *c,
                                       const char *name) {
  for (size_t i = 0; i < c->parameter_count; i++)
    if (strcmp(c->parameter[i].name, name) == 0)
      return &c->parameter[i];
  return NULL;
}

/* ---- Scalars ----------------------------------------------------------- */

static bool is_scalar(const recorded *v) {
  return v->kind == RECORDED_BOOL || v->kind == RECORDED_INT ||
         v->kind == RECORDED_REAL || v->kind == RECORDED_TEXT;
}

/* The number a scalar stands for.  Beyond 2^53 neighbours may be equal, as
 * they are in Python once one of the two is a float. */
static double scalar_number(const recorded *v) {
  return v->kind == RECORDED_REAL ? strtod(v->text, NULL)
                                  : (double)v->number.small;
}

/* Python's `==`, for which True is 1 and 1 is 1.0. */
static bool scalars_equal(const recorded *a, const recorded *b) {
  if (a->kind == RECORDED_TEXT || b->kind == RECORDED_TEXT)
    return a->kind == b->kind && strcmp(a->text, b->text) == 0;
  if (a->kind != RECORDED_REAL && b->kind != RECORDED_REAL)
    return integer_equal(a->number, b->number);
  return scalar_number(a) == scalar_number(b);
}

/* Whether a keyword argument is a constant of the call: a scalar that differs
 * from the scalar its parameter has as default. */
static bool is_constant(const dimsat_calls *c, const recorded_member *m) {
  const parameter *const p = find_parameter(c, m->key);
  return is_scalar(&m->value) && p != NULL && p->has_default &&
         is_scalar(&p->preset) && !scalars_equal(&m->value, &p->preset);
}

/* Whether both are the same constant. */
static bool constants_equal(const recorded *a, const recorded *b) {
  return is_scalar(a) && is_scalar(b) ? scalars_equal(a, b)
                                      : recorded_equal(a, b);
}

/* The first constant of `a` that `b` has not, or not so; NULL for none. */
static const char *missing_constant(const candidate *a, const candidate *b) {
  for (size_t i = 0; i < a->constant_count; i++) {
    const recorded *const other =
        recorded_find(b->constant, b->constant_count, a->constant[i].key);
    if (other == NULL || !constants_equal(&a->constant[i].value, other))
      return a->constant[i].key;
  }
  return NULL;
}

/* Either may have one that the other has not. */
const char *observer_other_constant(const candidate *a, const candidate *b) {
  const char *const name = missing_constant(a, b);
  return name != NULL ? name : missing_constant(b, a);
}

/* ---- Values ------------------------------------------------------------ */

/* Whether a cache of that class is in `v`. */
static bool holds_class(const recorded *v, const char *name) {
  if (v->kind == RECORDED_OBJECT && strcmp(v->text, name) == 0)
    return true;
  for (size_t i = 0; v->item != NULL && i < v->count; i++)
    if (holds_class(&v->item[i], name))
      return true;
  for (size_t i = 0; v->member != NULL && i < v->count; i++)
    if (holds_class(&v->member[i].value, name))
      return true;
  return false;
}

/* Only yobx takes a StaticCache apart by an attribute that is gone. */
void answer_note_caches(answer *a, const recorded *v) {
  if (a->layout == LAYOUT_FLAT && a->calls->registration != NULL &&
      strstr(a->calls->registration, "yobx") != NULL &&
      holds_class(v, "StaticCache"))
    answer_improve(a, "a StaticCache is taken apart like a DynamicCache; the "
                      "tool fails on it with this version of transformers");
}

/* Puts None over the leaves of `v` that are no tensors, from leaf `*next` on,
 * which moves behind them.  Caches may count with numbers, which stay. */
static void drop_others(answer *a, const recorded *v, bool counts,
                        const recorded ***next) {
  static const recorded none = {.kind = RECORDED_NONE};
  if (pytree_is_leaf(a->layout, v)) {
    if (v->kind != RECORDED_TENSOR && !(counts && v->kind == RECORDED_INT))
      **next = &none;
    (*next)++;
    return;
  }
  size_t count = 0;
  const recorded *const child = pytree_children(a->work, a->layout, v, &count);
  counts |= v->kind == RECORDED_OBJECT && recorded_is_cache(v);
  for (size_t i = 0; i < count; i++)
    drop_others(a, &child[i], counts, next);
}

/* The value with None for every leaf that is no tensor. */
static recorded keep_tensors(answer *a, const recorded *v) {
  leaves all = {NULL, 0, 0};
  answer_note_caches(a, v);
  pytree_flatten(a->work, a->layout, v, &all);
  const recorded **kept = all.leaf;
  drop_others(a, v, false, &kept);
  const recorded *const *next = all.leaf;
  return pytree_rebuild(a->work, a->layout, v, &next);
}

/* How many leaves `v` has. */
static size_t count_leaves(answer *a, const recorded *v) {
  leaves all = {NULL, 0, 0};
  pytree_flatten(a->work, a->layout, v, &all);
  return all.count;
}

/* ---- One call ---------------------------------------------------------- */

/* An option that is a dict, or NULL. */
static const recorded *dict_option(answer *a, const char *name) {
  const recorded *const v = calls_option(a->calls, name);
  if (v != NULL && v->kind != RECORDED_DICT)
    answer_refuse(a, "TypeError", "option %s is no dict", name);
  return v;
}

/* Option value_if_missing: arguments by name. */
static void add_missing(answer *a, candidate *c) {
  const recorded *const given = dict_option(a, "value_if_missing");
  const bool any = calls_variadic(a->calls, PARAMETER_VAR_KEYWORD) != NULL;
  for (size_t i = 0; given != NULL && i < given->count; i++) {
    const recorded_member *const m = &given->member[i];
    if (recorded_find(c->kwarg, c->kwarg_count, m->key) != NULL)
      continue;
    if (find_parameter(a->calls, m->key) == NULL && !any)
      answer_refuse(a, "ValueError",
                    "value_if_missing names '%.100s', which is no parameter",
                    m->key);
    c->kwarg[c->kwarg_count++] = *m;
  }
}

/* Option value_if_missing for a position, whatever the call has there. */
static void put_at(answer *a, candidate *c, const recorded_member *m) {
  char *end = NULL;
  const size_t place = (size_t)strtoull(m->key, &end, 10);
  if (end == m->key || *end != '\0')
    answer_refuse(a, "TypeError",
                  "value_if_missing_pos has '%.100s' where a position is "
                  "expected",
                  m->key);
  if (place >= a->calls->parameter_count)
    answer_refuse(a, "ValueError",
                  "value_if_missing has position %zu, but there are %zu "
                  "parameters",
                  place, a->calls->parameter_count);
  if (place >= c->arg_count)
    answer_refuse(a, "NotImplementedError",
                  "value_if_missing has position %zu, but a call has %zu "
                  "positional arguments; give the name instead",
                  place, c->arg_count);
  if (c->arg[place].kind != RECORDED_NONE) {
    recorded *const kept = arena_zeroed(a->work, 1, sizeof *kept);
    *kept = keep_tensors(a, &c->arg[place]);
    c->overwritten[place].count = 0;
    pytree_flatten(a->work, a->layout, kept, &c->overwritten[place]);
  }
  c->arg[place] = m->value;
}

/* Option value_if_missing_pos: arguments by position. */
static void add_missing_positions(answer *a, candidate *c) {
  const recorded *const given = dict_option(a, "value_if_missing_pos");
  for (size_t i = 0; given != NULL && i < given->count; i++)
    put_at(a, c, &given->member[i]);
}

/* Moves keyword arguments into the order of the signature, others behind. */
static void order_keywords(answer *a, candidate *c) {
  recorded_member *const ordered =
      arena_zeroed(a->work, c->kwarg_count + 1, sizeof *ordered);
  size_t count = 0;
  for (size_t p = 0; p < a->calls->parameter_count; p++)
    for (size_t i = 0; i < c->kwarg_count; i++)
      if (strcmp(c->kwarg[i].key, a->calls->parameter[p].name) == 0)
        ordered[count++] = c->kwarg[i];
  for (size_t i = 0; i < c->kwarg_count; i++)
    if (find_parameter(a->calls, c->kwarg[i].key) == NULL)
      ordered[count++] = c->kwarg[i];
  c->kwarg = ordered;
}

/* Keeps positional arguments, keyword arguments and constants apart; None and
 * other scalars among the keyword arguments are dropped. */
static void split_call(answer *a, const recorded_call *call, candidate *c) {
  const recorded *const given = dict_option(a, "value_if_missing");
  const size_t room = call->kwarg_count + (given != NULL ? given->count : 0);
  c->arg_count = call->arg_count;
  c->arg = arena_zeroed(a->work, call->arg_count + 1, sizeof *c->arg);
  c->overwritten =
      arena_zeroed(a->work, call->arg_count + 1, sizeof *c->overwritten);
  c->kwarg = arena_zeroed(a->work, room + 1, sizeof *c->kwarg);
  c->constant = arena_zeroed(a->work, room + 1, sizeof *c->constant);
  for (size_t i = 0; i < call->arg_count; i++)
    c->arg[i] = call->arg[i];
  for (size_t i = 0; i < call->kwarg_count; i++) {
    const recorded_member *const m = &call->kwarg[i];
    if (is_constant(a->calls, m))
      c->constant[c->constant_count++] = *m;
    if (m->value.kind != RECORDED_NONE && !is_scalar(&m->value))
      c->kwarg[c->kwarg_count++] = *m;
  }
}

/* One call as it is kept. */
static void record_call(answer *a, const recorded_call *call, candidate *c) {
  split_call(a, call, c);
  add_missing(a, c);
  add_missing_positions(a, c);
  order_keywords(a, c);
  for (size_t i = 0; i < c->arg_count; i++) {
    c->leaf_count += count_leaves(a, &c->arg[i]);
    c->arg[i] = keep_tensors(a, &c->arg[i]);
  }
  for (size_t i = 0; i < c->kwarg_count; i++) {
    c->leaf_count += count_leaves(a, &c->kwarg[i].value);
    c->kwarg[i].value = keep_tensors(a, &c->kwarg[i].value);
  }
}

/* How many of the calls are kept. */
static size_t calls_kept(answer *a) {
  const dimsat_calls *const c = a->calls;
  const recorded *const most = calls_option(c, "store_n_calls");
  if (most != NULL && most->kind != RECORDED_INT)
    answer_refuse(a, "TypeError", "option store_n_calls is no number");
  const integer limit = most != NULL ? most->number : integer_of(CALLS_KEPT);
  if (integer_compare(limit, integer_of((int64_t)c->call_count)) >= 0)
    return c->call_count;
  return integer_sign(limit) > 0 ? (size_t)limit.small : 0;
}

/* The first call with the most leaves is the best one. */
observer *observer_record(answer *a) {
  observer *const o = arena_zeroed(a->work, 1, sizeof *o);
  o->a = a;
  o->count = calls_kept(a);
  o->call = arena_zeroed(a->work, o->count + 1, sizeof *o->call);
  for (size_t i = 0; i < o->count; i++) {
    candidate *const c = &o->call[i];
    record_call(a, &a->calls->call[i], c);
    if (o->best == NULL || o->best->leaf_count < c->leaf_count)
      o->best = c;
  }
  return o;
}
