/*
 * Values as trees, the way PyTorch takes them apart: containers have children,
 * everything else is a leaf.  Whether a cache is a container, and of what,
 * depends on who registered its class; the layouts known are those of
 * transformers and of the packages that stand in for it.  An object of another
 * class is a container of what is recorded of it.
 */
#ifndef LIB_OBSERVE_PYTREE_H
#define LIB_OBSERVE_PYTREE_H

#include "lib/observe/calls.h"

typedef enum {
  LAYOUT_OPAQUE,    /* nothing is registered: a cache is one leaf */
  LAYOUT_FLAT,      /* key, value, key, value, ... (yobx, onnx-diagnostic) */
  LAYOUT_KEY_VALUE, /* a list of keys and one of values, any cache of layers */
  LAYOUT_NATIVE,    /* the same, DynamicCache alone (transformers) */
  LAYOUT_EXPORTER,  /* every tensor a cache holds (transformers.exporters) */
  LAYOUT_STATES     /* key, value and what more it holds of each layer in turn
                       (dimsat) */
} cache_layout;

/* The layout that the text under "registration" names; FLAT for NULL. */
cache_layout layout_of(const char *registration);

/* Leaves in order. */
typedef struct {
  const recorded **leaf;
  size_t count, capacity;
} leaves;

/* Whether `v` has no children under `layout`, not even an empty list of them.
 */
bool pytree_is_leaf(cache_layout layout, const recorded *v);

/* The children of what is no leaf; new ones are in `a`. */
const recorded *pytree_children(arena *a, cache_layout layout,
                                const recorded *v, size_t *count);

/* Appends the leaves of `v`. */
void pytree_flatten(arena *a, cache_layout layout, const recorded *v,
                    leaves *out);

/* The value of the structure of `like` with the leaves at `*next`, which moves
 * behind them.  Fields of objects, such as max_cache_len, are left out; those
 * of caches stay in LAYOUT_STATES, and their state is of these leaves. */
recorded pytree_rebuild(arena *a, cache_layout layout, const recorded *like,
                        const recorded *const **next);

/* Whether an object is a cache, by the name of its class. */
bool recorded_is_cache(const recorded *v);

/* Whether `v` is a cache into which nothing was put yet, but in LAYOUT_STATES
 * has leaves already: counters, which are numbers or tensors without axes. */
bool pytree_is_hollow(cache_layout layout, const recorded *v);

/* Whether Python takes `v` for true: a tensor counts as true. */
bool recorded_is_true(const recorded *v);

/* The value without fields of objects. */
recorded recorded_plain(arena *a, const recorded *v);

#endif
