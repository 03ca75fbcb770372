#include "lib/observe/pytree.h"

#include <stdlib.h>
#include <string.h>

/* ---- Which layout ------------------------------------------------------ */

/* The first word that occurs decides: the text of one state names the package
 * of another. */
cache_layout layout_of(const char *registration) {
  static const struct {
    const char *word;
    cache_layout layout;
  } words[] = {
      {"key_cache", LAYOUT_KEY_VALUE},
      {"key_value", LAYOUT_KEY_VALUE},
      {"od077", LAYOUT_KEY_VALUE},
      {"executorch", LAYOUT_NATIVE},
      {"hf_native", LAYOUT_NATIVE},
      {"exporter", LAYOUT_EXPORTER},
      {"yobx", LAYOUT_FLAT},
      {"onnx-diagnostic", LAYOUT_FLAT},
      {"onnx_diagnostic", LAYOUT_FLAT},
      {"flat", LAYOUT_FLAT},
      {"dimsat", LAYOUT_STATES},
  };
  if (registration == NULL)
    return LAYOUT_FLAT;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strstr(registration, words[i].word) != NULL)
      return words[i].layout;
  return LAYOUT_OPAQUE;
}

/* A cache whose items are the keys and values of its layers: both are there,
 * or none of the two. */
static bool has_layers(const recorded *v) {
  if (v->kind != RECORDED_OBJECT || (strcmp(v->text, "DynamicCache") != 0 &&
                                     strcmp(v->text, "StaticCache") != 0))
    return false;
  for (size_t i = 0; i < v->count; i += 2)
    if (i + 1 == v->count || v->item[i].kind != v->item[i + 1].kind ||
        (v->item[i].kind != RECORDED_TENSOR &&
         v->item[i].kind != RECORDED_NONE))
      return false;
  return true;
}

/* A cache of two caches. */
static bool has_caches(const recorded *v) {
  return strcmp(v->text, "EncoderDecoderCache") == 0 && v->count == 2 &&
         has_layers(&v->item[0]) && has_layers(&v->item[1]);
}

/* By the end of its name. */
bool recorded_is_cache(const recorded *v) {
  static const char end[] = "Cache";
  const size_t length = strlen(v->text), most = sizeof end - 1;
  return length >= most && strcmp(v->text + length - most, end) == 0;
}

/* Whether the class of an object is registered.  A cache that is not built like
 * one is not; any other object has children where it is. */
static bool is_registered(cache_layout layout, const recorded *v) {
  if (!recorded_is_cache(v))
    return v->count > 0;
  switch (layout) {
  case LAYOUT_OPAQUE:
    return false;
  case LAYOUT_KEY_VALUE:
    return has_layers(v);
  case LAYOUT_NATIVE:
    return has_layers(v) && strcmp(v->text, "DynamicCache") == 0;
  case LAYOUT_FLAT:
  case LAYOUT_EXPORTER:
  case LAYOUT_STATES:
    return has_layers(v) || has_caches(v);
  }
  return false;
}

/* Scalars and unregistered objects are leaves, and so is None. */
bool pytree_is_leaf(cache_layout layout, const recorded *v) {
  switch (v->kind) {
  case RECORDED_LIST:
  case RECORDED_TUPLE:
  case RECORDED_DICT:
    return false;
  case RECORDED_OBJECT:
    return !is_registered(layout, v);
  case RECORDED_NONE:
  case RECORDED_BOOL:
  case RECORDED_INT:
  case RECORDED_REAL:
  case RECORDED_TEXT:
  case RECORDED_TENSOR:
  case RECORDED_SET:
    return true;
  }
  return true;
}

/* ---- What layers hold beside key and value ------------------------------ */

/* The state of a cache, layer by layer: members order[first[n]] up to
 * order[first[n + 1]] are those of layer n, as they were written. */
typedef struct {
  size_t count; /* members, also those of no layer */
  const recorded_member *member;
  size_t *order;
  size_t *first;
} states;

/* The layer that the name of a member ends with, cumulative_length_0;
 * `layers` for none of them. */
static size_t layer_of(const char *key, size_t layers) {
  const char *const mark = strrchr(key, '_');
  if (mark == NULL || mark[1] < '0' || mark[1] > '9')
    return layers;
  char *end = NULL;
  const unsigned long long layer = strtoull(mark + 1, &end, 10);
  return *end == '\0' && layer < layers ? (size_t)layer : layers;
}

/* The state of a cache as it was written, or NULL. */
static const recorded *state_of(const recorded *v) {
  const recorded *const state =
      recorded_find(v->field, v->field_count, "state");
  return state != NULL && state->kind == RECORDED_DICT ? state : NULL;
}

/* Sorts by counting: members may be written in any order. */
static states sort_states(arena *a, const recorded *v) {
  const recorded *const state = state_of(v);
  const size_t layers = v->count / 2;
  states s = {.first = arena_zeroed(a, layers + 2, sizeof *s.first)};
  if (state == NULL)
    return s;
  s.count = state->count;
  s.member = state->member;
  s.order = arena_zeroed(a, s.count + 1, sizeof *s.order);
  for (size_t i = 0; i < s.count; i++)
    s.first[layer_of(s.member[i].key, layers) + 1]++;
  for (size_t n = 0; n <= layers; n++)
    s.first[n + 1] += s.first[n];
  for (size_t i = s.count; i-- > 0;)
    s.order[--s.first[layer_of(s.member[i].key, layers) + 1]] = i;
  memmove(s.first, s.first + 1, (layers + 1) * sizeof *s.first);
  return s;
}

/* Key, value and state of each layer in turn. */
static const recorded *state_children(arena *a, const recorded *v,
                                      size_t *count) {
  const states s = sort_states(a, v);
  recorded *const item = arena_zeroed(a, v->count + s.count + 1, sizeof *item);
  size_t total = 0;
  for (size_t i = 0; i < v->count; i++) {
    if (v->item[i].kind != RECORDED_NONE)
      item[total++] = v->item[i];
    if (i % 2 == 1)
      for (size_t k = s.first[i / 2]; k < s.first[i / 2 + 1]; k++)
        item[total++] = s.member[s.order[k]].value;
  }
  *count = total;
  return item;
}

/* Whether a part of a state only counts. */
static bool is_counter(const recorded *v) {
  return v->kind == RECORDED_INT ||
         (v->kind == RECORDED_TENSOR && v->count == 0);
}

/* A cache of layers, or of caches. */
bool pytree_is_hollow(cache_layout layout, const recorded *v) {
  if (layout != LAYOUT_STATES || v->kind != RECORDED_OBJECT ||
      pytree_is_leaf(layout, v) || !recorded_is_cache(v))
    return false;
  for (size_t i = 0; i < v->count; i++)
    if (v->item[i].kind != RECORDED_NONE &&
        !pytree_is_hollow(layout, &v->item[i]))
      return false;
  const recorded *const state = state_of(v);
  for (size_t i = 0; state != NULL && i < state->count; i++)
    if (!is_counter(&state->member[i].value))
      return false;
  return true;
}

/* ---- Children ---------------------------------------------------------- */

/* Items `start`, `start + step`, ... of a cache that are there. */
static size_t pick_items(const recorded *v, size_t start, size_t step,
                         recorded *out) {
  size_t count = 0;
  for (size_t i = start; i < v->count; i += step)
    if (v->item[i].kind != RECORDED_NONE)
      out[count++] = v->item[i];
  return count;
}

/* Two lists: keys, then values. */
static const recorded *key_value_children(arena *a, const recorded *v,
                                          size_t *count) {
  recorded *const lists = arena_zeroed(a, 2, sizeof *lists);
  for (size_t side = 0; side < 2; side++) {
    recorded *const item = arena_zeroed(a, v->count + 1, sizeof *item);
    lists[side] = (recorded){.kind = RECORDED_LIST,
                             .count = pick_items(v, side, 2, item),
                             .item = item};
  }
  *count = 2;
  return lists;
}

/* How many tensors `exporter_tensors` writes at most. */
static size_t most_tensors(const recorded *v) {
  size_t total = v->count + v->count / 2 + 1;
  for (size_t i = 0; i < v->count; i++)
    if (v->item[i].kind == RECORDED_OBJECT)
      total += most_tensors(&v->item[i]);
  return total;
}

/* Every tensor of a cache: a layer of a StaticCache counts what it holds in a
 * tensor of its own. */
static size_t exporter_tensors(const recorded *v, recorded *out) {
  const recorded counter = {.kind = RECORDED_TENSOR, .text = "int64"};
  const bool counts = strcmp(v->text, "StaticCache") == 0;
  size_t count = 0;
  for (size_t i = 0; i < v->count; i++) {
    if (v->item[i].kind == RECORDED_OBJECT)
      count += exporter_tensors(&v->item[i], out + count);
    else if (v->item[i].kind != RECORDED_NONE)
      out[count++] = v->item[i];
    if (counts && i % 2 == 1)
      out[count++] = counter;
  }
  return count;
}

/* The children of a registered object. */
static const recorded *object_children(arena *a, cache_layout layout,
                                       const recorded *v, size_t *count) {
  if (layout == LAYOUT_KEY_VALUE || layout == LAYOUT_NATIVE)
    return key_value_children(a, v, count);
  if (layout == LAYOUT_STATES && has_layers(v))
    return state_children(a, v, count);
  recorded *const item = arena_zeroed(a, most_tensors(v), sizeof *item);
  *count = layout == LAYOUT_EXPORTER ? exporter_tensors(v, item)
                                     : pick_items(v, 0, 1, item);
  return item;
}

/* The values of a dict. */
static const recorded *dict_children(arena *a, const recorded *v,
                                     size_t *count) {
  recorded *const item = arena_zeroed(a, v->count + 1, sizeof *item);
  for (size_t i = 0; i < v->count; i++)
    item[i] = v->member[i].value;
  *count = v->count;
  return item;
}

/* Items, values, or what is registered. */
const recorded *pytree_children(arena *a, cache_layout layout,
                                const recorded *v, size_t *count) {
  if (v->kind == RECORDED_DICT)
    return dict_children(a, v, count);
  if (v->kind == RECORDED_OBJECT && recorded_is_cache(v))
    return object_children(a, layout, v, count);
  *count = v->count;
  return v->item;
}

/* ---- Apart and together ------------------------------------------------ */

/* Depth first. */
void pytree_flatten(arena *a, cache_layout layout, const recorded *v,
                    leaves *out) {
  if (pytree_is_leaf(layout, v)) {
    out->leaf =
        arena_grow(a, out->leaf, out->count, &out->capacity, sizeof *out->leaf);
    out->leaf[out->count++] = v;
    return;
  }
  size_t count = 0;
  const recorded *const child = pytree_children(a, layout, v, &count);
  for (size_t i = 0; i < count; i++)
    pytree_flatten(a, layout, &child[i], out);
}

/* Where the item `i` of a cache stands among the leaves of that cache, where
 * `there` layers hold tensors. */
static size_t leaf_place(cache_layout layout, size_t i, size_t there) {
  return layout == LAYOUT_FLAT ? i : i / 2 + (i % 2) * there;
}

/* A cache of layers.  transformers puts layers without tensors behind the
 * others; the other layouts forget them. */
static recorded rebuild_layers(arena *a, cache_layout layout,
                               const recorded *like,
                               const recorded *const **next) {
  recorded v = {.kind = RECORDED_OBJECT, .text = like->text};
  recorded *const item = arena_zeroed(a, like->count + 1, sizeof *item);
  size_t there = 0;
  for (size_t i = 0; i < like->count; i += 2)
    there += like->item[i].kind != RECORDED_NONE;
  for (size_t i = 0; i < 2 * there; i++)
    item[i] = *(*next)[leaf_place(layout, i, there)];
  if (there > 0) /* without leaves there may be no array of them */
    *next += 2 * there;
  v.count = layout == LAYOUT_NATIVE ? like->count : 2 * there;
  v.item = item;
  return v;
}

/* A cache as transformers.exporters has it: everything stays where it was. */
static recorded rebuild_exporter(arena *a, const recorded *like,
                                 const recorded *const **next) {
  recorded v = {
      .kind = RECORDED_OBJECT, .text = like->text, .count = like->count};
  recorded *const item = arena_zeroed(a, like->count + 1, sizeof *item);
  for (size_t i = 0; i < like->count; i++) {
    if (like->item[i].kind == RECORDED_OBJECT)
      item[i] = rebuild_exporter(a, &like->item[i], next);
    else if (like->item[i].kind != RECORDED_NONE)
      item[i] = *(*next)++[0];
    if (strcmp(like->text, "StaticCache") == 0 && i % 2 == 1)
      (*next)++;
  }
  v.item = item;
  return v;
}

/* A cache of layers with what they hold; everything stays where it was. */
static recorded rebuild_states(arena *a, cache_layout layout,
                               const recorded *like,
                               const recorded *const **next) {
  const states s = sort_states(a, like);
  recorded v = *like;
  recorded *const item = arena_zeroed(a, like->count + 1, sizeof *item);
  recorded_member *const member = arena_zeroed(a, s.count + 1, sizeof *member);
  recorded_member *const field =
      arena_zeroed(a, like->field_count + 1, sizeof *field);
  for (size_t i = 0; i < s.count; i++)
    member[i] = s.member[i];
  for (size_t i = 0; i < like->count; i++) {
    if (like->item[i].kind != RECORDED_NONE)
      item[i] = *(*next)++[0];
    if (i % 2 == 1)
      for (size_t k = s.first[i / 2]; k < s.first[i / 2 + 1]; k++)
        member[s.order[k]].value =
            pytree_rebuild(a, layout, &s.member[s.order[k]].value, next);
  }
  for (size_t i = 0; i < like->field_count; i++) {
    field[i] = like->field[i];
    if (&like->field[i].value == state_of(like))
      field[i].value.member = member;
  }
  v.item = item;
  v.field = field;
  return v;
}

/* Items of a list, a tuple or an object that holds caches. */
static recorded rebuild_items(arena *a, cache_layout layout,
                              const recorded *like,
                              const recorded *const **next) {
  recorded v = {.kind = like->kind, .text = like->text, .count = like->count};
  recorded *const item = arena_zeroed(a, like->count + 1, sizeof *item);
  for (size_t i = 0; i < like->count; i++)
    item[i] = pytree_rebuild(a, layout, &like->item[i], next);
  v.item = item;
  return v;
}

/* A cache of caches with what is known of it, such as is_updated. */
static recorded rebuild_both(arena *a, cache_layout layout,
                             const recorded *like,
                             const recorded *const **next) {
  recorded v = rebuild_items(a, layout, like, next);
  v.field = like->field;
  v.field_count = like->field_count;
  return v;
}

/* Values of a dict. */
static recorded rebuild_dict(arena *a, cache_layout layout,
                             const recorded *like,
                             const recorded *const **next) {
  recorded v = {.kind = RECORDED_DICT, .count = like->count};
  recorded_member *const member =
      arena_zeroed(a, like->count + 1, sizeof *member);
  for (size_t i = 0; i < like->count; i++)
    member[i] = (recorded_member){
        .key = like->member[i].key,
        .value = pytree_rebuild(a, layout, &like->member[i].value, next)};
  v.member = member;
  return v;
}

/* In the order of `pytree_flatten`. */
recorded pytree_rebuild(arena *a, cache_layout layout, const recorded *like,
                        const recorded *const **next) {
  if (pytree_is_leaf(layout, like))
    return *(*next)++[0];
  if (like->kind == RECORDED_DICT)
    return rebuild_dict(a, layout, like, next);
  if (like->kind != RECORDED_OBJECT || !recorded_is_cache(like))
    return rebuild_items(a, layout, like, next);
  if (layout == LAYOUT_EXPORTER)
    return rebuild_exporter(a, like, next);
  if (layout == LAYOUT_STATES)
    return has_layers(like) ? rebuild_states(a, layout, like, next)
                            : rebuild_both(a, layout, like, next);
  return has_layers(like) ? rebuild_layers(a, layout, like, next)
                          : rebuild_items(a, layout, like, next);
}

/* ---- Values ------------------------------------------------------------ */

/* A cache has a length: that of its layers. */
bool recorded_is_true(const recorded *v) {
  switch (v->kind) {
  case RECORDED_NONE:
    return false;
  case RECORDED_BOOL:
  case RECORDED_INT:
    return !integer_is(v->number, 0);
  case RECORDED_REAL:
    return strtod(v->text, NULL) != 0;
  case RECORDED_TEXT:
    return *v->text != '\0';
  case RECORDED_TENSOR:
    return true;
  case RECORDED_LIST:
  case RECORDED_TUPLE:
  case RECORDED_SET:
  case RECORDED_DICT:
    return v->count > 0;
  case RECORDED_OBJECT:
    if (v->count > 0 && v->item[0].kind == RECORDED_OBJECT)
      return recorded_is_true(&v->item[0]);
    return v->count > 0;
  }
  return true;
}

/* Copies what it passes on the way. */
recorded recorded_plain(arena *a, const recorded *v) {
  recorded plain = *v;
  plain.field_count = 0;
  plain.field = NULL;
  if (v->item != NULL) {
    recorded *const item = arena_zeroed(a, v->count + 1, sizeof *item);
    for (size_t i = 0; i < v->count; i++)
      item[i] = recorded_plain(a, &v->item[i]);
    plain.item = item;
  }
  if (v->member != NULL) {
    recorded_member *const member =
        arena_zeroed(a, v->count + 1, sizeof *member);
    for (size_t i = 0; i < v->count; i++)
      member[i] =
          (recorded_member){.key = v->member[i].key,
                            .value = recorded_plain(a, &v->member[i].value)};
    plain.member = member;
  }
  return plain;
}
