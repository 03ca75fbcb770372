/* Text to DAG.  The grammar stands in docs/language.md and in parse.c. */
#ifndef LIB_EXPR_PARSE_H
#define LIB_EXPR_PARSE_H

#include "lib/expr/expr.h"

/*
 * Reads all of `text`.  Raises with the error record filled: offset and length
 * are within `text`.  A source is a symbol whose name is its canonical text:
 * no spaces, single quotes, `L['x'].size()[0]`.
 */
const expr *parse_expression(dimsat_context *cx, const char *text,
                             size_t length);

/* The canonical text of a source or name (in `nodes`), as symbols are named.
 * Raises when `text` is neither. */
const char *parse_source(dimsat_context *cx, const char *text, size_t length);

#endif
