/*
 * Concrete sizes of a problem: those that were given, and those that follow
 * from them.
 */
#ifndef SOLVER_EVAL_SIZES_H
#define SOLVER_EVAL_SIZES_H

#include "lib/problem/problem.h"

typedef struct {
  bool known;
  integer value;
  const char *from; /* what it follows from: "x[0]"; NULL when it was given */
} size;

typedef struct {
  const char **item;
  size_t count, capacity;
} lines;

typedef struct {
  dimsat_problem *problem;
  dimsat_context *cx;
  arena *m;
  size *dim;    /* of each dim */
  size **axis;  /* [input][axis] */
  size *symbol; /* of each symbol */
  lines refusals, notes;
} sizes;

void sizes_init(sizes *s, dimsat_problem *p);

/* Takes a size in; raises when name or size say nothing, refuses when another
 * size was given to the same thing. */
void sizes_give(sizes *s, const char *name, const char *text);
/* Axes and dims from the symbols that stand for them, dims from their axes,
 * then everything that follows from dims; refuses symbols that differ. */
void sizes_derive(sizes *s);

/* The size of what `m` means, or NULL for nothing. */
size *sizes_at(sizes *s, name_meaning m);
/* How people call it: "x[1]", "batch", "s77". */
const char *sizes_name(const sizes *s, name_meaning m);
const char *axis_short_name(const sizes *s, size_t input, size_t k);
/* What a symbol stands for, if it is an axis or a dim; else itself. */
name_meaning sizes_meaning(sizes *s, const char *name);

void sizes_refuse(sizes *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sizes_note(sizes *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
