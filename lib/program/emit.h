/*
 * A program as C.  Inside of emit_*.c.
 *
 * The checks are cut into parts of bounded size, one function each, because
 * compilers need more than linear time for long functions.  A part computes on
 * machine words; where they may not suffice it has a twin that computes the
 * same on numbers of a fixed width, which the bounds of all numbers decide.
 */
#ifndef LIB_PROGRAM_EMIT_H
#define LIB_PROGRAM_EMIT_H

#include "lib/base/buffer.h"
#include "lib/program/program.h"

/* Functions that the parts call; each stands in the file only when needed, and
 * behind those that it uses. */
typedef enum {
  HELPER_QUOTIENT, /* of words */
  HELPER_MODULO,
  HELPER_OF, /* the others: of wide numbers */
  HELPER_JOIN,
  HELPER_ADD,
  HELPER_NEGATE,
  HELPER_MULTIPLY,
  HELPER_LESS,
  HELPER_IS_ZERO,
  HELPER_EQUAL,
  HELPER_DIVIDE,
  HELPER_REMAINDER,
  HELPER_IS_FLOAT,
  HELPER_AND,
  HELPER_OR,
  HELPER_XOR,
  HELPER_COUNT
} helper;

#define WIDEST_BITS 4096 /* of a number in emitted C */

typedef struct {
  dimsat_program *program;
  arena *m;
  const char *name; /* of the function */
  buffer out;       /* the parts so far */
  lowering fast;    /* words */
  facts exact;      /* wide numbers: what `fast` knows of sizes, no more */
  bool needs[HELPER_COUNT];
  size_t bits;      /* of the largest wide number so far */
  size_t variables; /* of the wide function that is being written */
  const check *now; /* the check that is being written */
} emission;

/* Appends text in which `@` stands for the function's name and a `_`. */
void emit(emission *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a comment that says which promises and guards `c` stands for. */
void emit_origin(emission *e, const check *c);

/* "12", or a macro of stdint.h where the number needs one. */
const char *emit_word(emission *e, int64_t number);

/* Appends the statements of a block; starts[i] is the first instruction of
 * checks[i], and `exact` what to return where words do not suffice. */
void emit_block(emission *e, const block *b, const check *checks,
                const size_t *starts, size_t count, const char *exact);

/* Appends the statements that decide `checks` on wide numbers. */
void emit_exact(emission *e, const check *checks, size_t count);

/* The functions that are needed, and the type of wide numbers. */
void emit_helpers(emission *e);

#endif
