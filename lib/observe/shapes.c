#include "lib/observe/shapes.h"

#include "lib/base/json_write.h"

/* Room, all zero. */
shapes shapes_make(arena *a, shapes_kind kind, size_t count) {
  shapes s = {.kind = kind, .count = count};
  if (count == 0)
    return s;
  if (kind == SHAPES_DIMS || kind == SHAPES_WHOLE)
    s.axis = arena_zeroed(a, count, sizeof *s.axis);
  else
    s.item = arena_zeroed(a, count, sizeof *s.item);
  if (kind == SHAPES_DICT)
    s.key = arena_zeroed(a, count, sizeof *s.key);
  return s;
}

shapes shapes_like(arena *a, const recorded *v, size_t count) {
  const shapes_kind kind = v->kind == RECORDED_DICT    ? SHAPES_DICT
                           : v->kind == RECORDED_TUPLE ? SHAPES_TUPLE
                                                       : SHAPES_LIST;
  shapes s = shapes_make(a, kind, count);
  for (size_t i = 0; kind == SHAPES_DICT && i < count; i++)
    s.key[i] = v->member[i].key;
  return s;
}

/* What is said of one axis. */
static void write_axis(buffer *out, const shapes_axis *x) {
  json_open(out, '{');
  json_key(out, x->mark == AXIS_NAMED ? "name" : "dim");
  json_text(out, x->mark == AXIS_NAMED     ? x->name
                 : x->mark == AXIS_DYNAMIC ? "DYNAMIC"
                                           : "AUTO");
  json_close(out, '}');
}

/* {"dims": {"0": ..}} */
static void write_dims(buffer *out, const shapes *s) {
  json_key(out, "dims");
  json_open(out, '{');
  for (size_t i = 0; i < s->count; i++) {
    json_key(out, arena_format(out->arena, "%zu", s->axis[i].axis));
    write_axis(out, &s->axis[i]);
  }
  json_close(out, '}');
}

/* {"tuple": [..]} or {"list": [..]} */
static void write_items(buffer *out, const shapes *s) {
  json_key(out, s->kind == SHAPES_TUPLE ? "tuple" : "list");
  json_open(out, '[');
  for (size_t i = 0; i < s->count; i++)
    shapes_write(out, &s->item[i]);
  json_close(out, ']');
}

/* {"dict": {..}} */
static void write_dict(buffer *out, const shapes *s) {
  json_key(out, s->count > 0 ? "dict" : "dims");
  json_open(out, '{');
  for (size_t i = 0; i < s->count; i++) {
    json_key(out, s->key[i]);
    shapes_write(out, &s->item[i]);
  }
  json_close(out, '}');
}

/* By its kind. */
void shapes_write(buffer *out, const shapes *s) {
  static void (*const writers[])(buffer *, const shapes *) = {
      [SHAPES_DIMS] = write_dims,
      [SHAPES_TUPLE] = write_items,
      [SHAPES_LIST] = write_items,
      [SHAPES_DICT] = write_dict,
  };
  if (s->kind == SHAPES_NONE) {
    json_text(out, NULL);
    return;
  }
  if (s->kind == SHAPES_WHOLE) {
    write_axis(out, s->axis);
    return;
  }
  json_open(out, '{');
  writers[s->kind](out, s);
  json_close(out, '}');
}
