/* Concrete sizes by name, for `eval`; whole inputs become axes. */
#ifndef CLI_SIZES_H
#define CLI_SIZES_H

#include "cli/json_text.h"

/* Where a size was given. */
typedef struct {
  size_t text; /* which of several texts */
  text_span span;
} size_place;

/* Everything lives in the `nodes` of `cx`. */
typedef struct {
  dimsat_context *cx;
  const dimsat_problem *problem;
  const char **names, **values;
  size_place *places;
  size_t count, name_capacity, value_capacity, place_capacity;
  size_t text;           /* the one that is read now */
  const char **refusals; /* of inputs with a wrong rank */
  size_t refusal_count, refusal_capacity;
} sizes;

/* Reads the object of a line: {"s0": 3, "x": [8, 4]}; for json_text_read. */
void sizes_read_object(json_reader *r, const json_value *object, void *data);

/* Reads one more text, "s0=3, x=[8, 4]"; false with the context's error record
 * filled. */
bool sizes_read_text(sizes *s, const char *text);

#endif
