/*
 * Columns: one number of each call.  What is absent has none, but for one
 * policy: where a cache is absent or empty, or a list is empty, the length of
 * what it would hold is 0; so a cache of `generate()` is 0, 7, 8 long.
 */
#include "lib/observe/observation.h"

#include <string.h>

/* ---- Making ------------------------------------------------------------ */

/* The axes of a leaf: 1 for a whole number. */
static size_t column_count(const dimsat_observation *o, const leaf *l) {
  for (size_t i = 0; !l->mixed && i < o->calls->call_count; i++)
    if (l->value[i] != NULL)
      return l->whole_number ? 1 : l->value[i]->count;
  return 0;
}

/* The cells of a column, as they were seen. */
static void fill_column(dimsat_observation *o, column *c, const leaf *l,
                        size_t axis) {
  arena *const m = &o->cx->nodes;
  c->cell = arena_zeroed(m, o->calls->call_count + 1, sizeof *c->cell);
  c->axis = l->whole_number ? OBSERVED_NONE : axis;
  c->name =
      l->whole_number ? l->path : arena_format(m, "%s[%zu]", l->path, axis);
  c->family = c->next = c->equality = OBSERVED_NONE;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = l->value[i];
    c->cell[i].known = v != NULL;
    if (v != NULL)
      c->cell[i].size = l->whole_number ? v->number : v->size[axis];
  }
}

/* Sets what a column is like. */
static void look_at(const dimsat_observation *o, column *c) {
  const cell *first = NULL;
  c->varies = false;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    if (!c->cell[i].known)
      continue;
    first = first != NULL ? first : &c->cell[i];
    c->varies |= !integer_equal(first->size, c->cell[i].size);
  }
  c->seen = first != NULL;
}

/* ---- Growth ------------------------------------------------------------ */

/* The axis on which a leaf grows, or NONE. */
static size_t growing_axis(const dimsat_observation *o, const leaf *l) {
  size_t axis = OBSERVED_NONE;
  if (l->growth == GROWTH_NONE || l->whole_number)
    return OBSERVED_NONE;
  if (l->growth == GROWTH_CACHE)
    return l->count >= 2 ? l->count - 2 : OBSERVED_NONE;
  for (size_t k = 0; k < l->count; k++)
    if (o->column[l->first + k].varies) {
      if (axis != OBSERVED_NONE)
        return OBSERVED_NONE;
      axis = k;
    }
  return axis;
}

/* Gives a leaf the length 0 where what holds it is absent or empty; the number
 * of calls where that was so. */
static size_t grow_leaf(dimsat_observation *o, const leaf *l) {
  const size_t axis = growing_axis(o, l);
  size_t assumed = 0;
  if (axis == OBSERVED_NONE)
    return 0;
  column *const c = &o->column[l->first + axis];
  for (size_t i = 0; i < o->calls->call_count; i++)
    if (!c->cell[i].known && l->hollow[i]) {
      c->cell[i] = (cell){true, true, integer_of(0)};
      assumed++;
    }
  look_at(o, c);
  return assumed;
}

/* Says once a parameter that the policy was used. */
static void note_growth(dimsat_observation *o, const leaf *l, size_t assumed) {
  const size_t axis = growing_axis(o, l);
  observe_note(o,
               "%s is absent or empty in %zu call%s: counted as length 0 on "
               "axis %zu of %s%s",
               o->calls->parameter[l->parameter].name, assumed,
               assumed == 1 ? "" : "s", axis, l->path,
               l->in_cache ? " and of the other tensors of the cache" : "");
}

/* All leaves that grow. */
static void grow(dimsat_observation *o) {
  size_t noted = OBSERVED_NONE;
  for (size_t i = 0; i < o->leaf_count; i++) {
    const size_t assumed = grow_leaf(o, &o->leaf[i]);
    if (assumed > 0 && o->leaf[i].parameter != noted) {
      noted = o->leaf[i].parameter;
      note_growth(o, &o->leaf[i], assumed);
    }
  }
}

/* ---- Declared axes ----------------------------------------------------- */

/* Whether `set` holds the parameter, by name or by position. */
static bool names_parameter(const dimsat_observation *o, const recorded *set,
                            size_t index) {
  for (size_t i = 0; i < set->count && set->item != NULL; i++) {
    const recorded *const v = &set->item[i];
    if (v->kind == RECORDED_TEXT &&
        strcmp(v->text, o->calls->parameter[index].name) == 0)
      return true;
    if (v->kind == RECORDED_INT && integer_is(v->number, (int64_t)index))
      return true;
  }
  return false;
}

/* Says which members of `set` are no parameter. */
static void note_strangers(dimsat_observation *o, const recorded *set) {
  for (size_t i = 0; i < set->count && set->item != NULL; i++) {
    const recorded one = {.kind = set->kind, .count = 1, .item = &set->item[i]};
    bool known = false;
    buffer text;
    for (size_t k = 0; k < o->calls->parameter_count; k++)
      known |= names_parameter(o, &one, k);
    if (known)
      continue;
    buffer_init(&text, &o->cx->work);
    recorded_write(&text, &set->item[i]);
    observe_note(o, "set_batch_dimension_for names %s, which is no parameter",
                 text.text);
  }
  if (set->kind != RECORDED_BOOL && set->kind != RECORDED_NONE &&
      set->kind != RECORDED_LIST && set->kind != RECORDED_TUPLE &&
      set->kind != RECORDED_SET)
    observe_note(o, "set_batch_dimension_for is neither true nor a list of "
                    "parameters; it is ignored");
}

/* Marks the batch axes that the user says are dynamic, though they are not seen
 * to vary. */
static void declare_batches(dimsat_observation *o) {
  const recorded *const set = calls_option(o->calls, "set_batch_dimension_for");
  if (set == NULL)
    return;
  note_strangers(o, set);
  const bool all = set->kind == RECORDED_BOOL && !integer_is(set->number, 0);
  for (size_t i = 0; i < o->leaf_count; i++) {
    const leaf *const l = &o->leaf[i];
    if (l->count == 0 || l->whole_number)
      continue;
    column *const c = &o->column[l->first];
    c->declared =
        c->seen && !c->varies && (all || names_parameter(o, set, l->parameter));
  }
}

/* ---- Points ------------------------------------------------------------ */

/* The hash of what all columns are in a call. */
static uint32_t hash_call(const dimsat_observation *o, size_t call) {
  uint32_t hash = 0;
  for (size_t i = 0; i < o->column_count; i++) {
    const cell *const c = &o->column[i].cell[call];
    hash = hash_mix(hash, c->known ? 1 + (uint64_t)integer_hash(c->size) : 0);
  }
  return hash;
}

/* Whether two calls have the same numbers. */
static bool calls_alike(const dimsat_observation *o, size_t a, size_t b) {
  for (size_t i = 0; i < o->column_count; i++) {
    const cell *const x = &o->column[i].cell[a], *const y =
                                                     &o->column[i].cell[b];
    if (x->known != y->known || !integer_equal(x->size, y->size))
      return false;
  }
  return true;
}

/* Finds the calls that differ from all before them. */
static void find_points(dimsat_observation *o) {
  table known;
  const size_t count = o->calls->call_count;
  o->point = arena_zeroed(&o->cx->nodes, count + 1, sizeof *o->point);
  o->weight = arena_zeroed(&o->cx->nodes, count + 1, sizeof *o->weight);
  table_init(&known, &o->cx->work, 0);
  for (size_t i = 0; i < count; i++) {
    const uint32_t hash = hash_call(o, i);
    uint32_t at = hash;
    const size_t *old;
    while ((old = table_next(&known, hash, &at)) != NULL &&
           !calls_alike(o, *old, i))
      continue;
    if (old == NULL) {
      o->point[o->point_count] = i;
      table_add(&known, &o->cx->work, hash, &o->point[o->point_count++]);
    }
    o->weight[old != NULL ? *old : i]++;
  }
}

/* ---- The whole --------------------------------------------------------- */

/* Leaf by leaf, axis by axis. */
void observe_columns(dimsat_observation *o) {
  for (size_t i = 0; i < o->leaf_count; i++) {
    leaf *const l = &o->leaf[i];
    l->first = o->column_count;
    l->count = column_count(o, l);
    o->column_count += l->count;
  }
  o->column =
      arena_zeroed(&o->cx->nodes, o->column_count + 1, sizeof *o->column);
  for (size_t i = 0; i < o->leaf_count; i++)
    for (size_t k = 0; k < o->leaf[i].count; k++) {
      column *const c = &o->column[o->leaf[i].first + k];
      c->leaf = i;
      fill_column(o, c, &o->leaf[i], k);
      look_at(o, c);
    }
  grow(o);
  declare_batches(o);
  find_points(o);
}
