/*
 * Conditions as SMT-LIB 2 text, for any solver that reads it.
 *
 * A condition becomes the formula that says: it is true and has a value, in
 * every branch.  Functions that SMT-LIB lacks are defined in a preamble, each
 * only when it is needed; their names hold a `!`, which no quoted name does.
 */
#ifndef SOLVER_SMT2_TEXT_H
#define SOLVER_SMT2_TEXT_H

#include "lib/base/buffer.h"
#include "lib/expr/expr.h"
#include "lib/number/interval.h"

/* Functions that the preamble may define. */
typedef enum {
  SMT2_DIV,
  SMT2_MOD,
  SMT2_MIN,
  SMT2_MAX,
  SMT2_POW,
  SMT2_AND,
  SMT2_OR,
  SMT2_XOR,
  SMT2_FLOAT,
  SMT2_HELPERS
} smt2_helper;

typedef struct {
  dimsat_context *cx;
  arena *m;
  bool needed[SMT2_HELPERS];
  table functions; /* opaque functions that occur, by declared name */
  buffer declared; /* their declarations */
} smt2_writer;

void smt2_init(smt2_writer *w, dimsat_context *cx, arena *m);
/* The formula for `condition`. */
void smt2_condition(smt2_writer *w, buffer *out, const expr *condition);
/* The term for a number; where it has no value the term may have any. */
void smt2_number(smt2_writer *w, buffer *out, const expr *number);
/* A whole number. */
void smt2_integer(buffer *out, integer value);
/* `name` lies in `range`; "true" when the range is endless. */
void smt2_range(buffer *out, const char *name, interval range);
void smt2_name(buffer *out, const char *name);
/* What must stand before all formulas that were written. */
void smt2_preamble(const smt2_writer *w, buffer *out);

#endif
