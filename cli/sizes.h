/* Concrete sizes by name, for `eval`; whole inputs become axes. */
#ifndef CLI_SIZES_H
#define CLI_SIZES_H

#include "cli/json_text.h"

/* Everything lives in the `nodes` of `cx`. */
typedef struct {
  dimsat_context *cx;
  const dimsat_problem *problem;
  const char **names, **values;
  size_t count, name_capacity, value_capacity;
  const char **refusals; /* of inputs with a wrong rank */
  size_t refusal_count, refusal_capacity;
} sizes;

/* Reads the object of a line: {"s0": 3, "x": [8, 4]}; for json_text_read. */
void sizes_read_object(json_reader *r, json_t *object, void *data);

/* Reads "s0=3, x=[8, 4]"; false with the context's error record filled. */
bool sizes_read_text(sizes *s, const char *text);

#endif
