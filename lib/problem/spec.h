/*
 * Inside of lib/problem: what readers and checks share.
 */
#ifndef LIB_PROBLEM_SPEC_H
#define LIB_PROBLEM_SPEC_H

#include "lib/problem/problem.h"

/* Which piece of a problem an error speaks of; a reader turns it into a place
 * of the text that it read. */
typedef enum {
  PLACE_NONE,
  PLACE_DIM,
  PLACE_EXAMPLE, /* hint[axis] of input `index` */
  PLACE_SYMBOL,
  PLACE_SOURCE, /* the source of symbol `index` */
  PLACE_GUARD
} place_kind;

typedef struct {
  place_kind kind;
  size_t index;
  size_t axis;
} problem_place;

/* As `problem_validate`; `*where` says which piece was looked at last. */
void problem_validate_at(dimsat_problem *p, problem_place *where);

/* Adds a symbol for each traced name that is none yet. */
void problem_declare_traced(dimsat_problem *p);

/* Takes bounds of axes, dims or symbols as what the tracer assumed: they narrow
 * the symbol of that source, which is made where there is none.  Raises on any
 * condition that says more. */
void problem_assume(dimsat_problem *p, const expr *condition);

/* A Dim expression: scale*root + offset, or the number `offset` when `root` is
 * NULL. */
typedef struct {
  const char *root;
  integer scale, offset;
} dim_form;

/* Reads `text` as a Dim expression; `what` names its owner in errors. */
dim_form spec_read_form(dimsat_context *cx, const char *text, const char *what);

/* Reads "auto", "Dim.DYNAMIC", "static" or "null" into kind and text of `a`;
 * false for any other word. */
bool spec_read_hint(const char *word, axis *a);

/* Turns dim `index`, so far a root, into scale*root + offset. */
void problem_derive(dimsat_problem *p, size_t index, const char *root,
                    integer scale, integer offset);

/* An axis as a name spells it: `k` may be out of the rank of the input. */
typedef struct {
  size_t input;
  int64_t k;
} axis_name;

/* Whether `name` spells an axis of a known input, in or out of its rank. */
bool problem_split_axis(const dimsat_problem *p, const char *name,
                        axis_name *out);

/* As `problem_find`, but an axis or a dim only: what a symbol's source names.
 */
name_meaning problem_find_source(const dimsat_problem *p, const char *name);

/* What is named as `text`: the index, or SIZE_MAX. */
size_t problem_find_symbol(const dimsat_problem *p, const char *name);
size_t problem_find_symbol_source(const dimsat_problem *p, const char *source);
size_t problem_find_input(const dimsat_problem *p, const char *name);
size_t problem_find_input_source(const dimsat_problem *p, const char *source);
size_t problem_find_dim(const dimsat_problem *p, const char *name);

/* Remembers the names of the piece that was just added. */
void names_add_dim(dimsat_problem *p, size_t index);
void names_add_input(dimsat_problem *p, size_t index);
void names_add_symbol(dimsat_problem *p, size_t index);

/* "; did you mean 's99'?" with the known name most like `name`, or "". */
const char *names_hint(const dimsat_problem *p, const char *name);

/* The known name most like `name`, or NULL when none is like it. */
const char *names_nearest(const dimsat_problem *p, const char *name);

/* Whether `name` may name a dim: letters, digits and `_`. */
bool name_is_plain(const char *name);

/* `parse_source`, but NULL where `text` is no source. */
const char *name_try_source(dimsat_context *cx, const char *text);

/* `text` for a message: cut at a character when it is long. */
const char *name_brief(dimsat_context *cx, const char *text);

/* A copy of `text` on one line, without spaces around it. */
const char *problem_keep_line(dimsat_problem *p, const char *text);

/* Raises DIMSAT_BAD_PROBLEM where `range` is empty or below 0; `what` names
 * its owner. */
void problem_check_range(dimsat_problem *p, interval range, const char *what);

#endif
