/* DAG to text that parses back to the same node. */
#ifndef LIB_EXPR_PRINT_H
#define LIB_EXPR_PRINT_H

#include "lib/base/buffer.h"
#include "lib/expr/expr.h"

void print_expression(buffer *out, const expr *e, dimsat_spelling spelling);

#endif
