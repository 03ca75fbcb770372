/* The nodes of an expression, operands first, and the place of each. */
#ifndef LIB_EXPR_NODE_MAP_H
#define LIB_EXPR_NODE_MAP_H

#include "lib/expr/expr.h"

#define NODE_MAP_NONE SIZE_MAX

typedef struct {
  const expr **node;
  size_t count;
  table place; /* of pointers into `node`, by id */
} node_map;

/* All nodes below `root`, in the work arena. */
static inline node_map node_map_of(dimsat_context *cx, const expr *root) {
  node_map map;
  map.node = expr_nodes(cx, &root, 1, &map.count);
  table_init(&map.place, &cx->work, (uint32_t)map.count);
  for (size_t i = 0; i < map.count; i++)
    table_add(&map.place, &cx->work, map.node[i]->id, &map.node[i]);
  return map;
}

/* The index of `e`, or NODE_MAP_NONE. */
static inline size_t node_map_find(const node_map *map, const expr *e) {
  uint32_t at = e->id;
  const expr *const *const found = table_next(&map->place, e->id, &at);
  return found == NULL ? NODE_MAP_NONE : (size_t)(found - map->node);
}

#endif
