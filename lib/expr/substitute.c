#include "lib/expr/substitute.h"

#include "lib/expr/build_parts.h"
#include "lib/expr/node_map.h"

#include <assert.h>

/* The node over the images of its operands; itself where none changed. */
static const expr *rebuild(dimsat_context *cx, const node_map *map,
                           const expr *const *image, const expr *e) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const expr **const arg = arena_alloc(&cx->work, e->count * sizeof *arg);
  bool changed = false;
  for (uint32_t i = 0; i < e->count; i++) {
    arg[i] = image[node_map_find(map, e->arg[i])];
    changed = changed || arg[i] != e->arg[i];
  }
  const expr *const result = changed ? build_again(cx, e, arg) : e;
  arena_rewind(&cx->work, mark);
  return result;
}

/* Bottom-up over the nodes, each once. */
const expr *substitute(dimsat_context *cx, const expr *e,
                       const substitution *s) {
  const arena_mark mark = arena_get_mark(&cx->work);
  const node_map map = node_map_of(cx, e);
  const expr **const image = arena_alloc(&cx->work, map.count * sizeof *image);
  for (size_t i = 0; i < map.count; i++)
    image[i] = NULL;
  for (size_t i = 0; i < s->count; i++) {
    assert(s->from[i]->op == OP_SYMBOL);
    const size_t place = node_map_find(&map, s->from[i]);
    if (place != NODE_MAP_NONE)
      image[place] = s->to[i];
  }
  for (size_t i = 0; i < map.count; i++)
    if (image[i] == NULL)
      image[i] = rebuild(cx, &map, image, map.node[i]);
  const expr *const result = image[map.count - 1];
  arena_rewind(&cx->work, mark);
  return result;
}

/* The symbols among the nodes. */
const expr **expr_symbols(dimsat_context *cx, const expr *e, size_t *count) {
  size_t all;
  const expr **const list = expr_nodes(cx, &e, 1, &all);
  *count = 0;
  for (size_t i = 0; i < all; i++)
    if (list[i]->op == OP_SYMBOL)
      list[(*count)++] = list[i];
  sort_operands(list, *count);
  return list;
}
