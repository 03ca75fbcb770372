/*
 * Every hard limit of the library, with its reason.  Reaching one is a clean
 * error with status DIMSAT_TOO_LARGE.
 */
#ifndef LIB_BASE_LIMITS_H
#define LIB_BASE_LIMITS_H

#include <stddef.h>

/* Sizes and counts below are compared and multiplied as size_t. */
_Static_assert(sizeof(size_t) >= 8, "dimsat needs a 64-bit size_t");

/* One expression's text: guards of real exports stay below 10 KiB. */
#define LIMIT_TEXT_BYTES ((size_t)1 << 20)
/* Nesting of one expression: bounds the C stack of every recursive walk. */
#define LIMIT_DEPTH 1000
/* Nodes of one context: bounds memory. */
#define LIMIT_NODES ((uint32_t)1 << 26)
/* Bits of one integer: GMP aborts when memory ends, so it is never asked. */
#define LIMIT_BITS 65536
/* Bytes of one name or source. */
#define LIMIT_NAME_BYTES 4096
/* Axes of one input. */
#define LIMIT_RANK 1024
/* Axes that `dim_names` names: each is compared with all others. */
#define LIMIT_NAMED_AXES 4096
/* Nesting of JSON: problems need 8 levels, recorded calls 3 for each container
 * within another.  Bounds the C stack of its reader. */
#define LIMIT_JSON_DEPTH 256
/* Bytes of one problem file or one line of a stream. */
#define LIMIT_PROBLEM_BYTES ((size_t)1 << 30)
/* Bytes that one call may take beyond what the context holds, and for each
 * guard: where they are not enough, a question stays undecided. */
#define LIMIT_CALL_BYTES ((size_t)1 << 30)
#define LIMIT_CALL_BYTES_PER_GUARD ((size_t)32 << 10)

#endif
