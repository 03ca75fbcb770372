/* Replaces symbols by expressions, rebuilding through the constructors. */
#ifndef LIB_EXPR_SUBSTITUTE_H
#define LIB_EXPR_SUBSTITUTE_H

#include "lib/expr/expr.h"

typedef struct {
  const expr *const *from; /* symbols */
  const expr *const *to;
  size_t count;
} substitution;

const expr *substitute(dimsat_context *cx, const expr *e,
                       const substitution *s);

/* The symbols in `e`, sorted by `expr_compare`, each once; in the work arena.
 */
const expr **expr_symbols(dimsat_context *cx, const expr *e, size_t *count);

#endif
