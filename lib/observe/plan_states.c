/* What calls have at each place, as far as a program depends on it. */
#include "lib/observe/plans.h"

#include <string.h>

/* Places inside of each other that a description goes into. */
enum { DEEPEST = 64 };

/* ---- Values ------------------------------------------------------------ */

/* None is as good as absent. */
static bool is_given(const recorded *v) {
  return v != NULL && v->kind != RECORDED_NONE;
}

/* Whether there is no tensor, no number and no other constant in a value. */
static bool holds_nothing(const recorded *v) {
  if (!is_given(v))
    return true;
  if (v->kind == RECORDED_DICT) {
    for (size_t i = 0; i < v->count; i++)
      if (!holds_nothing(&v->member[i].value))
        return false;
    return true;
  }
  if (v->item == NULL && v->count > 0)
    return false;
  for (size_t i = 0; i < v->count; i++)
    if (!holds_nothing(&v->item[i]))
      return false;
  return v->kind == RECORDED_LIST || v->kind == RECORDED_TUPLE ||
         v->kind == RECORDED_OBJECT;
}

static void add_value(buffer *b, const recorded *v, int depth);

/* The items in brackets; none below `depth` 1. */
static void add_items(buffer *b, const recorded *v, int depth) {
  if (depth <= 1)
    return;
  for (size_t i = 0; i < v->count; i++) {
    buffer_add(b, i == 0 ? " (" : ", ");
    if (v->kind == RECORDED_DICT)
      buffer_format(b, "%s: ", v->member[i].key);
    add_value(b, v->kind == RECORDED_DICT ? &v->member[i].value : &v->item[i],
              depth - 1);
  }
  buffer_add(b, v->count > 0 ? ")" : "");
}

/* Whether a field of an object is no structure: members of its state have
 * places of their own, and the length of a cache is a size of its tensors. */
static bool is_size(const char *key) {
  return strcmp(key, "state") == 0 || strcmp(key, "max_cache_len") == 0;
}

/* An object: its class, how many children it has, and what else is known. */
static void add_object(buffer *b, const recorded *v, bool counted) {
  size_t count = 0;
  for (size_t i = 0; i < v->count; i++)
    count += is_given(&v->item[i]);
  buffer_add(b, v->text);
  if (counted)
    buffer_format(b, " of %zu", count);
  for (size_t i = 0; i < v->field_count; i++) {
    if (is_size(v->field[i].key))
      continue;
    buffer_format(b, ", %s ", v->field[i].key);
    recorded_write(b, &v->field[i].value);
  }
}

/* Sizes and whole numbers are left out, and what is below `depth` levels. */
static void add_value(buffer *b, const recorded *v, int depth) {
  switch (v->kind) {
  case RECORDED_NONE:
    buffer_add(b, "None");
    return;
  case RECORDED_BOOL:
    buffer_add(b, integer_is(v->number, 0) ? "False" : "True");
    return;
  case RECORDED_INT:
    buffer_add(b, "a whole number");
    return;
  case RECORDED_REAL:
    buffer_add(b, v->text);
    return;
  case RECORDED_TEXT:
    buffer_format(b, "'%s'", v->text);
    return;
  case RECORDED_TENSOR:
    buffer_format(b, "%s with %zu %s", v->text, v->count,
                  v->count == 1 ? "axis" : "axes");
    return;
  case RECORDED_LIST:
  case RECORDED_TUPLE:
  case RECORDED_SET:
    buffer_format(b, "a %s of %zu",
                  v->kind == RECORDED_LIST    ? "list"
                  : v->kind == RECORDED_TUPLE ? "tuple"
                                              : "set",
                  v->count);
    break;
  case RECORDED_DICT:
    buffer_add(b, "a dict");
    break;
  case RECORDED_OBJECT:
    add_object(b, v, true);
  }
  add_items(b, v, depth);
}

/* ---- Places ------------------------------------------------------------ */

/* What stands for parameter `p` in calls that lack it, or NULL. */
static const recorded *missing_value(const dimsat_observation *o, size_t p) {
  const recorded *const by_name = calls_option(o->calls, "value_if_missing");
  const recorded *const by_place =
      calls_option(o->calls, "value_if_missing_pos");
  const recorded *found = NULL;
  if (by_name != NULL && by_name->member != NULL)
    found = recorded_find(by_name->member, by_name->count,
                          o->calls->parameter[p].name);
  if (found == NULL && by_place != NULL && by_place->member != NULL)
    found = recorded_find(by_place->member, by_place->count,
                          arena_format(&o->cx->work, "%zu", p));
  if (!is_given(found) || found->item != NULL || found->kind == RECORDED_DICT ||
      found->kind == RECORDED_OBJECT)
    return NULL;
  return found;
}

/* Puts `value_if_missing` where a call has nothing for a whole parameter. */
static void fill(dimsat_observation *o, const plan_place *at) {
  const dimsat_calls *const c = o->calls;
  const size_t p = at->parameter;
  if (strcmp(at->path, c->parameter[p].name) != 0)
    return;
  const recorded *const found = missing_value(o, p);
  for (size_t i = 0; found != NULL && i < c->call_count; i++) {
    if (at->value[i] != NULL)
      continue;
    at->value[i] = found;
    o->filled[i * c->parameter_count + p] = true;
  }
}

/* What option "constants" lists for a parameter, or NULL. */
static const recorded *kept_numbers(const dimsat_observation *o, size_t p) {
  const recorded *const option = calls_option(o->calls, "constants");
  const recorded *found = NULL;
  if (option != NULL && option->kind == RECORDED_DICT)
    found = recorded_find(option->member, option->count,
                          o->calls->parameter[p].name);
  return found != NULL && found->kind == RECORDED_LIST ? found : NULL;
}

/* Copies the values, which the merge goes on to change.  The dict of **kwargs
 * is no place: each of its members is an argument. */
size_t observe_open_place(dimsat_observation *o, const char *path, size_t of,
                          const recorded **value) {
  arena *const m = &o->cx->nodes;
  const dimsat_calls *const c = o->calls;
  const parameter *const p = &c->parameter[of];
  recorded_kind kind = RECORDED_NONE;
  if (p->kind == PARAMETER_VAR_KEYWORD && strcmp(path, p->name) == 0)
    return OBSERVED_NONE;
  if (o->filled == NULL)
    o->filled = arena_zeroed(m, c->call_count * c->parameter_count + 1,
                             sizeof *o->filled);
  o->place = arena_grow(m, o->place, o->place_count, &o->place_capacity,
                        sizeof *o->place);
  plan_place *const at = &o->place[o->place_count];
  *at = (plan_place){.path = path, .parameter = of};
  at->value = arena_zeroed(m, c->call_count + 1, sizeof *at->value);
  for (size_t i = c->call_count; i-- > 0;)
    if (is_given(value[i])) {
      at->value[i] = value[i];
      kind = value[i]->kind;
    }
  at->kept = kept_numbers(o, of);
  at->is_leaf = kind == RECORDED_TENSOR || kind == RECORDED_INT;
  at->leaf[0] = o->leaf_count;
  fill(o, at);
  return o->place_count++;
}

/* Its leaves are those made since. */
void observe_close_place(dimsat_observation *o, size_t place) {
  if (place == OBSERVED_NONE)
    return;
  o->place[place].leaf[1] = o->leaf_count;
  o->place[place].end = o->place_count;
}

/* ---- Words -------------------------------------------------------------- */

/* Whether a tracer keeps a value at a place as it is. */
bool plan_keeps(const plan_place *at, const recorded *v) {
  if (v->kind != RECORDED_INT)
    return v->kind == RECORDED_BOOL || v->kind == RECORDED_REAL ||
           v->kind == RECORDED_TEXT;
  for (size_t i = 0; at->kept != NULL && i < at->kept->count; i++)
    if (recorded_equal(&at->kept->item[i], v))
      return true;
  return false;
}

/* Whether a program can take a cache as tensors of zeros where nothing was put
 * into it yet: it has a fixed length, and is not what a decoder keeps of its
 * encoder, which models look for. */
static bool is_fixed(const plan_place *at, const recorded *v) {
  static const char crossed[] = ".cross_attention_cache";
  const size_t length = strlen(at->path), tail = sizeof crossed - 1;
  return v != NULL && v->kind == RECORDED_OBJECT &&
         strncmp(v->text, "Static", 6) == 0 &&
         (length < tail || strcmp(at->path + length - tail, crossed) != 0);
}

/* A value at a place, `depth` levels of it. */
static void add_state(buffer *b, const plan_place *at, const recorded *v,
                      int depth) {
  if (is_fixed(at, v))
    add_object(b, v, false);
  else if (v->kind != RECORDED_INT || at->kept == NULL)
    add_value(b, v, depth);
  else if (plan_keeps(at, v))
    buffer_add(b, integer_text(b->arena, v->number));
  else
    buffer_add(b, "another whole number");
}

/* How far a value is described: what is of another kind than the first one was
 * not merged with the others, and has no places of its own. */
static int depth_of(const plan_place *at, const recorded *v, size_t count) {
  size_t first = 0;
  while (first < count && at->value[first] == NULL)
    first++;
  return first < count && at->value[first]->kind == v->kind ? 1 : DEEPEST;
}

/* As far as it tells values apart. */
const char *plan_words(const dimsat_observation *o, const plan_place *at,
                       size_t call) {
  buffer b;
  buffer_init(&b, &o->cx->nodes);
  add_state(&b, at, at->value[call],
            depth_of(at, at->value[call], o->calls->call_count));
  return b.text;
}

/* ---- States ------------------------------------------------------------ */

/* Whether a call counts as having length 0 at a place where it has nothing. */
static bool is_open(const dimsat_observation *o, const plan_place *at,
                    size_t call) {
  if (!holds_nothing(at->value[call]))
    return false;
  for (size_t i = at->leaf[0]; i < at->leaf[1]; i++)
    for (size_t k = 0; k < o->leaf[i].count; k++)
      if (o->column[o->leaf[i].first + k].cell[call].assumed)
        return true;
  return false;
}

/* The states of one place so far, by description. */
typedef struct {
  arena *m;
  table table;
  buffer text; /* of the value that is looked up */
} state_names;

typedef struct {
  uint32_t state;
  const char *text;
} state_name;

/* The state that `n->text` describes, a new one where it is new. */
static uint32_t state_named(state_names *n) {
  const uint32_t hash = hash_bytes(0, n->text.text, n->text.length);
  uint32_t after = hash;
  const state_name *old;
  while ((old = table_next(&n->table, hash, &after)) != NULL)
    if (strcmp(old->text, n->text.text) == 0)
      return old->state;
  state_name *const made = arena_alloc(n->m, sizeof *made);
  *made =
      (state_name){.state = PLAN_GIVEN + n->table.count,
                   .text = arena_copy_text(n->m, n->text.text, n->text.length)};
  table_add(&n->table, n->m, hash, made);
  return made->state;
}

/* One place in all calls. */
static void find_states(const dimsat_observation *o, const plan_place *at,
                        uint32_t *row) {
  const size_t count = o->calls->call_count;
  state_names known = {.m = &o->cx->work};
  table_init(&known.table, known.m, 0);
  buffer_init(&known.text, known.m);
  for (size_t i = 0; i < count; i++) {
    const recorded *const v = at->value[i];
    if (is_open(o, at, i)) {
      row[i] = PLAN_OPEN;
    } else if (v == NULL) {
      row[i] = PLAN_ABSENT;
    } else {
      buffer_cut(&known.text, 0);
      add_state(&known.text, at, v, depth_of(at, v, count));
      row[i] = state_named(&known);
    }
  }
}

/* Where a whole cache is open, or of fixed length and empty, all that others
 * hold in it is open. */
static void open_inside(const dimsat_observation *o, size_t k, uint32_t *all) {
  const size_t count = o->calls->call_count;
  const plan_place *const at = &o->place[k];
  for (size_t i = 0; i < count; i++) {
    if (all[k * count + i] != PLAN_OPEN &&
        !(is_fixed(at, at->value[i]) && holds_nothing(at->value[i])))
      continue;
    for (size_t j = k + 1; j < at->end; j++)
      if (o->place[j].value[i] == NULL)
        all[j * count + i] = PLAN_OPEN;
  }
}

/* Place by place. */
uint32_t *plan_states(const dimsat_observation *o) {
  const size_t count = o->calls->call_count;
  uint32_t *const all =
      arena_zeroed(&o->cx->work, o->place_count * count + 1, sizeof *all);
  for (size_t i = 0; i < o->place_count; i++)
    find_states(o, &o->place[i], &all[i * count]);
  for (size_t i = 0; i < o->place_count; i++)
    open_inside(o, i, all);
  return all;
}
