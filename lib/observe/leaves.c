/*
 * The values of all calls, merged into one tree: what stands at the same path
 * is one leaf.  Dicts are merged by key, lists and tuples by position, caches
 * by layer and role, whatever the order they were written in.
 */
#include "lib/observe/plans.h"

#include "lib/problem/spec.h"

#include <string.h>

/* One place of the tree, in all calls. */
typedef struct {
  const char *path, *source; /* source: NULL where it is not known */
  size_t parameter;
  growth_kind growth;
  bool in_cache;
  bool attributes;        /* a dict of what an object has, not of keys */
  bool crossed;           /* in what a decoder keeps of its encoder */
  const recorded **value; /* of each call; NULL or None: absent */
  bool *hollow;           /* of each call: its holder is absent or empty */
} place;

static void merge(dimsat_observation *o, const place *at);

/* ---- Places ------------------------------------------------------------ */

/* Absent everywhere. */
static place make_place(const dimsat_observation *o) {
  arena *const m = &o->cx->nodes;
  const size_t count = o->calls->call_count + 1;
  return (place){.value = arena_zeroed(m, count, sizeof(const recorded *)),
                 .hollow = arena_zeroed(m, count, sizeof(bool))};
}

/* A place inside of `at`, absent everywhere; both texts get the same end. */
static place make_child(const dimsat_observation *o, const place *at,
                        const char *end) {
  arena *const m = &o->cx->nodes;
  place child = make_place(o);
  child.path = arena_format(m, "%s%s", at->path, end);
  child.source = at->source ? arena_format(m, "%s%s", at->source, end) : NULL;
  child.parameter = at->parameter;
  child.growth = at->growth;
  child.in_cache = at->in_cache;
  child.crossed = at->crossed;
  return child;
}

/* The value of a call, or NULL where it is absent or None. */
static const recorded *present(const place *at, size_t call) {
  const recorded *const v = at->value[call];
  return v != NULL && v->kind != RECORDED_NONE ? v : NULL;
}

/* Whether both are merged as the same: lists and tuples are. */
static bool same_kind(recorded_kind a, recorded_kind b) {
  const bool list = (a == RECORDED_LIST || a == RECORDED_TUPLE) &&
                    (b == RECORDED_LIST || b == RECORDED_TUPLE);
  return a == b || list;
}

/* What a value is, in words. */
static const char *kind_words(const recorded *v) {
  static const char *const words[] = {
      [RECORDED_NONE] = "None",        [RECORDED_BOOL] = "a truth value",
      [RECORDED_INT] = "an integer",   [RECORDED_REAL] = "a float",
      [RECORDED_TEXT] = "a string",    [RECORDED_TENSOR] = "a tensor",
      [RECORDED_LIST] = "a list",      [RECORDED_TUPLE] = "a tuple",
      [RECORDED_SET] = "a set",        [RECORDED_DICT] = "a dict",
      [RECORDED_OBJECT] = "an object",
  };
  return words[v->kind];
}

/* Notes that calls `a` and `b` disagree in `kind`. */
static trouble disagree(trouble_kind kind, const place *at, size_t a,
                        size_t b) {
  return (trouble){.kind = kind,
                   .argument = at->path,
                   .axis = OBSERVED_NONE,
                   .call = {a, b}};
}

/* ---- Containers -------------------------------------------------------- */

/* `[3]`, or `['key']` as Python writes it. */
static const char *subscript(const dimsat_observation *o, const char *key) {
  buffer b;
  buffer_init(&b, &o->cx->nodes);
  buffer_add(&b, "['");
  for (const char *c = key; *c != '\0'; c++) {
    if (*c == '\'' || *c == '\\')
      buffer_add_char(&b, '\\');
    buffer_add_char(&b, *c);
  }
  buffer_add(&b, "']");
  return b.text;
}

/* Says where lengths differ though no side is empty. */
static void compare_lengths(dimsat_observation *o, const place *at) {
  size_t first = OBSERVED_NONE;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    if (v == NULL || v->count == 0)
      continue;
    if (first == OBSERVED_NONE)
      first = i;
    if (v->count != at->value[first]->count)
      observe_trouble(o, disagree(TROUBLE_LENGTH, at, first, i),
                      "%s has %zu item%s in call %zu and %zu in call %zu",
                      at->path, at->value[first]->count,
                      at->value[first]->count == 1 ? "" : "s", first, v->count,
                      i);
  }
}

/* The longest list of all calls. */
static size_t longest(const dimsat_observation *o, const place *at) {
  size_t most = 0;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    if (v != NULL && v->count > most)
      most = v->count;
  }
  return most;
}

/* Merges item number `index`, whose place has the name `end`. */
static void merge_item(dimsat_observation *o, const place *at, size_t index,
                       const char *end, growth_kind growth) {
  place child = make_child(o, at, end);
  if (at->growth != GROWTH_CACHE)
    child.growth = growth;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    child.hollow[i] = v == NULL ? child.growth == GROWTH_CACHE : v->count == 0;
    if (v != NULL && index < v->count)
      child.value[i] = &v->item[index];
    if (child.growth == GROWTH_CACHE && child.value[i] != NULL &&
        child.value[i]->kind == RECORDED_NONE)
      child.hollow[i] = true;
  }
  merge(o, &child);
}

/* A list or a tuple, item by item; *args do not grow. */
static void merge_items(dimsat_observation *o, const place *at, bool grows) {
  const size_t count = longest(o, at);
  compare_lengths(o, at);
  for (size_t k = 0; k < count; k++)
    merge_item(o, at, k, arena_format(&o->cx->nodes, "[%zu]", k),
               grows ? GROWTH_LIST : GROWTH_NONE);
}

/* What dicts have under one key. */
typedef struct {
  const char *key;
  place child;
} entry;

/* All of them, in the order of first appearance. */
typedef struct {
  entry *entry;
  size_t count, capacity;
  table known; /* their numbers, by key */
} entries;

/* The entry of a key; a new one is absent everywhere. */
static entry *entry_of(dimsat_observation *o, const place *at, entries *e,
                       const char *key) {
  arena *const m = &o->cx->work;
  const uint32_t hash = hash_bytes(0, key, strlen(key));
  uint32_t next = hash;
  for (const size_t *i; (i = table_next(&e->known, hash, &next)) != NULL;)
    if (strcmp(e->entry[*i].key, key) == 0)
      return &e->entry[*i];
  size_t *const number = arena_alloc(m, sizeof *number);
  *number = e->count;
  table_add(&e->known, m, hash, number);
  e->entry = arena_grow(m, e->entry, e->count, &e->capacity, sizeof *e->entry);
  const char *const step = at->attributes ? arena_format(&o->cx->nodes, ".%s",
                                                         name_brief(o->cx, key))
                                          : subscript(o, key);
  e->entry[e->count] = (entry){key, make_child(o, at, step)};
  return &e->entry[e->count++];
}

/* Says of a key that some dicts have and others do not. */
static void compare_keys(dimsat_observation *o, const place *at,
                         const entry *e) {
  size_t with = OBSERVED_NONE, without = OBSERVED_NONE;
  for (size_t i = o->calls->call_count; i-- > 0;) {
    if (e->child.value[i] != NULL)
      with = i;
    else if (present(at, i) != NULL)
      without = i;
  }
  if (without != OBSERVED_NONE)
    observe_trouble(o, disagree(TROUBLE_KEYS, at, with, without),
                    "%s has the key '%s' in call %zu and not in call %zu",
                    at->path, name_brief(o->cx, e->key), with, without);
}

/* Dicts by key. */
static void merge_dict(dimsat_observation *o, const place *at, bool optional) {
  entries all = {0};
  table_init(&all.known, &o->cx->work, 0);
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    for (size_t k = 0; v != NULL && k < v->count; k++)
      entry_of(o, at, &all, v->member[k].key)->child.value[i] =
          &v->member[k].value;
  }
  for (size_t k = 0; k < all.count; k++) {
    if (!optional)
      compare_keys(o, at, &all.entry[k]);
    merge(o, &all.entry[k].child);
  }
}

/* ---- Objects ----------------------------------------------------------- */

/* Whether `text` ends with `tail`. */
static bool ends_with(const char *text, const char *tail) {
  const size_t length = strlen(text), size = strlen(tail);
  return length >= size && strcmp(text + length - size, tail) == 0;
}

/* Whether an item of some call is an object itself. */
static bool holds_objects(const dimsat_observation *o, const place *at) {
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    for (size_t k = 0; v != NULL && k < v->count; k++)
      if (v->item[k].kind == RECORDED_OBJECT)
        return true;
  }
  return false;
}

/* What item `k` of a class is called: caches have key and value of each layer
 * in turn, or one cache for each kind of attention. */
static const char *item_name(const dimsat_observation *o, size_t k, bool cache,
                             bool nested) {
  static const char *const attention[] = {".self_attention_cache",
                                          ".cross_attention_cache"};
  if (cache && nested && k < 2)
    return attention[k];
  if (cache && !nested)
    return arena_format(&o->cx->nodes, ".%s_%zu", k % 2 ? "value" : "key",
                        k / 2);
  return arena_format(&o->cx->nodes, "[%zu]", k);
}

/* Says where classes differ. */
static void compare_classes(dimsat_observation *o, const place *at,
                            size_t first) {
  const char *const name = at->value[first]->text;
  for (size_t i = first + 1; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    if (v != NULL && strcmp(v->text, name) != 0)
      observe_trouble(o, disagree(TROUBLE_CLASS, at, first, i),
                      "%s is of class %s in call %zu and %s in call %zu",
                      at->path, name_brief(o->cx, name), first,
                      name_brief(o->cx, v->text), i);
  }
}

/* What layers of a cache hold beside key and value. */
static void merge_state(dimsat_observation *o, const place *at) {
  place state = make_child(o, at, "");
  state.attributes = true;
  for (size_t i = 0; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    if (v == NULL)
      continue;
    const recorded *const held =
        recorded_find(v->field, v->field_count, "state");
    if (held != NULL && held->kind == RECORDED_DICT)
      state.value[i] = held;
  }
  merge_dict(o, &state, true);
}

/* The children of registered classes, whose source depends on how the class
 * was registered. */
static void merge_object(dimsat_observation *o, const place *at, size_t first) {
  const char *const name = at->value[first]->text;
  const bool cache = ends_with(name, "Cache");
  const bool nested = holds_objects(o, at);
  const bool grows = cache && !at->crossed && strncmp(name, "Static", 6) != 0;
  const size_t count = longest(o, at);
  place inside = *at;
  inside.source = NULL;
  inside.in_cache |= cache;
  inside.growth = GROWTH_NONE;
  compare_classes(o, at, first);
  compare_lengths(o, at);
  for (size_t k = 0; k < count; k++) {
    inside.crossed = at->crossed || (cache && nested && k == 1);
    merge_item(o, &inside, k, item_name(o, k, cache, nested),
               grows && !inside.crossed ? GROWTH_CACHE : GROWTH_NONE);
  }
  merge_state(o, &inside);
}

/* ---- Leaves ------------------------------------------------------------ */

/* Adds a leaf without columns. */
static leaf *add_leaf(dimsat_observation *o, const place *at) {
  o->leaf = arena_grow(&o->cx->nodes, o->leaf, o->leaf_count, &o->leaf_capacity,
                       sizeof *o->leaf);
  leaf *const l = &o->leaf[o->leaf_count++];
  *l = (leaf){.path = at->path,
              .source = at->source,
              .parameter = at->parameter,
              .growth = at->growth,
              .in_cache = at->in_cache,
              .value = at->value,
              .hollow = at->hollow};
  for (size_t i = 0; i < o->calls->call_count; i++)
    at->value[i] = present(at, i);
  return l;
}

/* Says where ranks differ; the leaf has no columns then. */
static void compare_ranks(dimsat_observation *o, leaf *l, size_t first) {
  const recorded *const a = l->value[first];
  for (size_t i = first + 1; i < o->calls->call_count; i++) {
    const recorded *const b = l->value[i];
    if (b == NULL || b->count == a->count)
      continue;
    l->mixed = true;
    observe_trouble(o,
                    (trouble){.kind = TROUBLE_RANK,
                              .argument = l->path,
                              .axis = a->count < b->count ? a->count : b->count,
                              .call = {first, i}},
                    "%s has %zu ax%ss in call %zu and %zu in call %zu; none of "
                    "its axes is compared",
                    l->path, a->count, a->count == 1 ? "i" : "e", first,
                    b->count, i);
  }
}

/* Says where dtypes differ. */
static void compare_dtypes(dimsat_observation *o, const leaf *l, size_t first) {
  const recorded *const a = l->value[first];
  for (size_t i = first + 1; i < o->calls->call_count; i++) {
    const recorded *const b = l->value[i];
    if (b != NULL && strcmp(a->text, b->text) != 0)
      observe_trouble(o,
                      (trouble){.kind = TROUBLE_DTYPE,
                                .argument = l->path,
                                .axis = OBSERVED_NONE,
                                .call = {first, i}},
                      "%s is %s in call %zu and %s in call %zu", l->path,
                      name_brief(o->cx, a->text), first,
                      name_brief(o->cx, b->text), i);
  }
}

/* A tensor. */
static void merge_tensor(dimsat_observation *o, const place *at, size_t first) {
  leaf *const l = add_leaf(o, at);
  compare_ranks(o, l, first);
  compare_dtypes(o, l, first);
}

/* A value that an export keeps as it is. */
static void merge_constant(dimsat_observation *o, const place *at,
                           size_t first) {
  for (size_t i = first + 1; i < o->calls->call_count; i++) {
    const recorded *const v = present(at, i);
    if (v == NULL || recorded_equal(v, at->value[first]))
      continue;
    observe_note(o,
                 "%s is another value in call %zu than in call %zu; an "
                 "exported program keeps one of them",
                 at->path, i, first);
    return;
  }
}

/* Takes away what is of another kind than the first value, and says so. */
static void agree_in_kind(dimsat_observation *o, const place *at,
                          size_t first) {
  const recorded *const a = at->value[first];
  for (size_t i = first + 1; i < o->calls->call_count; i++) {
    const recorded *const b = present(at, i);
    if (b == NULL || a->kind == b->kind)
      continue;
    observe_trouble(o, disagree(TROUBLE_TYPE, at, first, i),
                    "%s is %s in call %zu and %s in call %zu", at->path,
                    kind_words(a), first, kind_words(b), i);
    if (!same_kind(a->kind, b->kind))
      at->value[i] = NULL;
  }
}

/* What stands at `at` in all calls, of the kind that it has in call `first`. */
static void merge_values(dimsat_observation *o, const place *at, size_t first) {
  const parameter_kind kind = o->calls->parameter[at->parameter].kind;
  const bool top = strchr(at->path, '[') == NULL;
  agree_in_kind(o, at, first);
  switch (at->value[first]->kind) {
  case RECORDED_TENSOR:
    merge_tensor(o, at, first);
    return;
  case RECORDED_INT:
    add_leaf(o, at)->whole_number = true;
    return;
  case RECORDED_LIST:
  case RECORDED_TUPLE:
    merge_items(o, at, !(top && kind == PARAMETER_VAR_POSITIONAL));
    return;
  case RECORDED_DICT:
    merge_dict(o, at, top && kind == PARAMETER_VAR_KEYWORD);
    return;
  case RECORDED_OBJECT:
    merge_object(o, at, first);
    return;
  case RECORDED_NONE:
  case RECORDED_BOOL:
  case RECORDED_REAL:
  case RECORDED_TEXT:
  case RECORDED_SET:
    merge_constant(o, at, first);
  }
}

/* What stands at `at` in all calls. */
static void merge(dimsat_observation *o, const place *at) {
  size_t first = 0;
  while (first < o->calls->call_count && present(at, first) == NULL)
    first++;
  if (first == o->calls->call_count)
    return;
  const size_t opened =
      observe_open_place(o, at->path, at->parameter, at->value);
  merge_values(o, at, first);
  observe_close_place(o, opened);
}

/* Whether a parameter holds what was computed before, in whatever form. */
static bool is_past(const char *name) {
  return strncmp(name, "past_key", 8) == 0 ||
         strncmp(name, "past_value", 10) == 0;
}

/* Makes a place a cache, absent where it is absent. */
static void make_cache(const dimsat_observation *o, place *at) {
  at->in_cache = true;
  at->growth = GROWTH_CACHE;
  for (size_t i = 0; i < o->calls->call_count; i++)
    at->hollow[i] = present(at, i) == NULL;
}

/* Parameter by parameter. */
void observe_leaves(dimsat_observation *o, const recorded **bound) {
  const dimsat_calls *const c = o->calls;
  for (size_t p = 0; p < c->parameter_count; p++) {
    place at = make_place(o);
    at.path = c->parameter[p].name;
    at.source = arena_format(&o->cx->nodes, "L['%s']", at.path);
    at.parameter = p;
    for (size_t i = 0; i < c->call_count; i++)
      at.value[i] = bound[i * c->parameter_count + p];
    if (is_past(at.path))
      make_cache(o, &at);
    merge(o, &at);
  }
}
