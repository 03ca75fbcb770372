/* What number and string tokens are worth. */
#ifndef LIB_EXPR_LITERAL_H
#define LIB_EXPR_LITERAL_H

#include "lib/base/buffer.h"
#include "lib/expr/expr.h"
#include "lib/expr/token.h"

/* The number of an INTEGER or DECIMAL token: an INT, or a RATIO of two. */
const expr *literal_number(const tokens *t, token at);

/* Adds a STRING token in canonical form: single quotes, fewest escapes. */
void literal_add_string(const tokens *t, token at, buffer *out);

/* Adds an INTEGER token in canonical form: decimal digits. */
void literal_add_integer(const tokens *t, token at, buffer *out);

#endif
