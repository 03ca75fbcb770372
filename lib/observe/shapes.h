/*
 * Dynamic shapes as a tree of the structure torch.export wants them in, and
 * the same as JSON: {"tuple": [..]}, {"list": [..]}, {"dict": {..}},
 * {"dims": {"0": {"dim": "DYNAMIC"}, "1": {"name": "batch"}}}, null.
 */
#ifndef LIB_OBSERVE_SHAPES_H
#define LIB_OBSERVE_SHAPES_H

#include "lib/base/buffer.h"
#include "lib/observe/calls.h"

typedef enum {
  SHAPES_NONE,  /* no tensor, or nothing to say about it */
  SHAPES_DIMS,  /* a tensor: its dynamic axes */
  SHAPES_WHOLE, /* a number that varies: one axis */
  SHAPES_TUPLE, /* items */
  SHAPES_LIST,  /* items */
  SHAPES_DICT   /* keys and items */
} shapes_kind;

typedef enum { AXIS_DYNAMIC, AXIS_AUTO, AXIS_NAMED } axis_mark;

typedef struct {
  size_t axis;
  axis_mark mark;
  const char *name; /* NAMED */
} shapes_axis;

typedef struct shapes shapes;

struct shapes {
  shapes_kind kind;
  size_t count;
  shapes_axis *axis; /* DIMS, WHOLE */
  const char **key;  /* DICT */
  shapes *item;      /* TUPLE, LIST, DICT */
};

/* A tree of `kind` with room for `count` parts. */
shapes shapes_make(arena *a, shapes_kind kind, size_t count);
/* The same for `count` children of a container: with its keys, where it is a
 * dict; those of objects become a list. */
shapes shapes_like(arena *a, const recorded *v, size_t count);

/* Writes the tree.  A dict without keys is {"dims": {}}: in Python both are
 * `{}`. */
void shapes_write(buffer *out, const shapes *s);

#endif
