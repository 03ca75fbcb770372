/*
 * What the user asked, as data.  Everything lives in the context's `nodes`.
 */
#ifndef LIB_PROBLEM_PROBLEM_H
#define LIB_PROBLEM_PROBLEM_H

#include "dimsat/problem.h"
#include "lib/expr/expr.h"
#include "lib/number/interval.h"

/* A dim: what the user named.  A root has a range, a derived dim follows a root
 * (which may itself be derived): scale*root + offset with scale >= 1. */
typedef struct {
  const char *name;
  bool derived;
  bool implicit;  /* not declared: the root that a derived dim named */
  interval range; /* root: min..max */
  size_t root;    /* derived: index of the dim it follows */
  integer scale, offset;
} dim;

typedef enum {
  AXIS_DIM,      /* scale*dim + offset; 1*dim + 0 for a plain dim */
  AXIS_CONSTANT, /* the user wrote a number */
  AXIS_STATIC,   /* null or Dim.STATIC: the example's size */
  AXIS_AUTO,
  AXIS_DYNAMIC
} axis_kind;

typedef struct {
  axis_kind kind;
  size_t dim; /* AXIS_DIM */
  integer scale, offset;
  integer constant; /* AXIS_CONSTANT */
  interval range;   /* AXIS_AUTO, AXIS_DYNAMIC: the hint's min and max */
  const char *text; /* as the user wrote it: "seq", "2*seq + 1", "auto", "3" */
  bool has_example;
  integer example;
  const char *source; /* canonical: L['x'].size()[0] */
  const char *traced; /* the tracer's symbol, or NULL */
  bool burned;        /* traced as the constant `traced_constant` */
  integer traced_constant;
} axis;

typedef struct {
  const char *name;   /* "x" */
  const char *source; /* canonical: "L['x']"; the name when not given */
  bool has_source;    /* it was given; axes are called x[0] where it was not */
  axis *axes;
  size_t rank;
} input;

/* The tracer's integer variable. */
typedef struct {
  const char *name;
  const char *source; /* canonical source of an axis, a dim's name, or NULL */
  bool unbacked;
  bool has_hint;
  integer hint;
  interval range; /* what the tracer assumed */
} symbol;

typedef enum { GUARD_GUARD, GUARD_RUNTIME_ASSERT, GUARD_SPEC } guard_kind;

typedef struct {
  const expr *condition;
  const char *text; /* as written, on one line */
  const char *at;   /* "model.py:12 in forward", or NULL */
  const char **stack;
  size_t stack_count;
  guard_kind kind;
} guard;

struct dimsat_problem {
  dimsat_context *cx;
  const char *name, *origin; /* NULL when absent */
  dim *dims;
  size_t dim_count, dim_capacity;
  input *inputs;
  size_t input_count, input_capacity;
  symbol *symbols;
  size_t symbol_count, symbol_capacity;
  guard *guards;
  size_t guard_count, guard_capacity;
  const char **notes; /* given, then what reading noticed */
  size_t note_count, note_capacity;
  size_t given_notes; /* the first ones, which came with the problem */
  const char **gaps;  /* what may be demanded beside the guards */
  size_t gap_count, gap_capacity;
  table names; /* for problem_find */
};

/* An empty problem in `nodes`; `name` may be NULL. */
dimsat_problem *problem_new(dimsat_context *cx, const char *name);

/* What a symbol of an expression speaks of. */
typedef enum { NAMES_NOTHING, NAMES_DIM, NAMES_AXIS, NAMES_SYMBOL } name_kind;

typedef struct {
  name_kind kind;
  size_t index; /* of the dim, the input or the symbol */
  size_t axis;  /* NAMES_AXIS: which axis of the input */
} name_meaning;

/*
 * The meaning of a canonical name, in this order: a symbol's name; an axis by
 * `SOURCE.size()[k]`, `SOURCE.shape[k]`, `NAME.size()[k]`, `NAME.shape[k]`,
 * `NAME[k]`; a symbol's source; a dim's name.  Negative k counts from the end.
 * Constant time after the first call.
 */
name_meaning problem_find(dimsat_problem *p, const char *name);

/* Appends; each checks its own arguments and raises with a clear error
 * (duplicate name, min > max, scale < 1, ...). */
dim *problem_add_dim(dimsat_problem *p, const char *name, interval range);
dim *problem_add_derived(dimsat_problem *p, const char *name, const char *root,
                         integer scale, integer offset);
input *problem_add_input(dimsat_problem *p, const char *name,
                         const char *source, size_t rank);
symbol *problem_add_symbol(dimsat_problem *p, const symbol *s);
guard *problem_add_guard(dimsat_problem *p, const expr *condition,
                         const char *text, const char *at, guard_kind kind);
void problem_add_note(dimsat_problem *p, const char *note);
/* Says what more may be demanded than the guards: the verdict is never `ok`. */
void problem_add_gap(dimsat_problem *p, const char *gap);

/* Finds or adds (implicit, min 0) the dim `name`; its index. */
size_t problem_need_dim(dimsat_problem *p, const char *name);

/*
 * Reads the user's text of an axis ("seq", "2*seq + 1", "7", "auto") into `a`.
 * Raises on anything that is not linear and increasing in one dim, naming the
 * text and the axis.
 */
void problem_read_axis(dimsat_problem *p, axis *a, const char *text);

/*
 * What the pieces say together: derived dims are not cyclic, each name in a
 * guard is known, an axis in a guard is within the rank, a symbol's source
 * exists.  Raises DIMSAT_BAD_PROBLEM with names.
 */
void problem_validate(dimsat_problem *p);

/* dim `index` as scale*root + offset of a root that is not derived. */
size_t problem_root_of(const dimsat_problem *p, size_t index, integer *scale,
                       integer *offset);

bool problem_ok(const dimsat_problem *p); /* invariants; for tests */

#endif
