/* Names and sources: `batch`, `x[0]`, `L['x'].size()[0]`. */
#ifndef LIB_EXPR_SOURCE_H
#define LIB_EXPR_SOURCE_H

#include "lib/expr/functions.h"
#include "lib/expr/token.h"

typedef struct {
  const char *name;       /* canonical text, in the work arena */
  const function *called; /* not NULL: `name` is a function and "(" is next */
} source;

/* Reads the longest source that starts at the next token, which is a NAME.
 * With `any_call` it may end in a call that dimsat knows nothing of. */
source source_read(tokens *t, bool any_call);

#endif
