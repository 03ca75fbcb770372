/*
 * One claim on one space: the normal forms of its nodes, the atoms they are
 * made of, and the truth of its conditions.
 *
 * Everything here is sound: a range holds every value that the term takes on
 * the space, TRUTH_ALWAYS means true and with a value everywhere on the space,
 * TRUTH_NEVER means at no assignment true and with a value.
 */
#ifndef SOLVER_FRAME_H
#define SOLVER_FRAME_H

#include "solver/claim.h"
#include "solver/poly.h"

typedef enum {
  ATOM_PARAMETER, /* the index t of a parameter */
  ATOM_QUOTIENT,  /* floor(numerator / divisor), divisor >= 1 */
  ATOM_CHOICE,    /* one of `option`s */
  ATOM_OPAQUE     /* anything in `range` */
} atom_kind;

typedef enum { CHOICE_ANY, CHOICE_MIN, CHOICE_MAX } choice_kind;

typedef struct {
  atom_kind kind;
  interval range;
  const poly *numerator, *divisor; /* QUOTIENT */
  choice_kind choice;              /* CHOICE */
  const poly *const *option;
  uint32_t option_count;
  uint32_t node;      /* CHOICE: the ITE it came from */
  bool has_condition; /* CHOICE: of an ITE, whose condition is open */
} atom;

typedef enum { TRUTH_UNKNOWN, TRUTH_ALWAYS, TRUTH_NEVER } truth;

typedef struct {
  const claim *claim;
  const space *space;
  poly_store store;
  atom *atom;
  size_t atom_count, atom_capacity;
  const poly **number; /* normal form of each numeric node */
  truth *truth;        /* of each condition node */
  const poly **open;   /* of each relation left UNKNOWN: its difference */
  const poly **doubt;  /* differences that definedness hangs on */
  size_t doubt_count, doubt_capacity;
  uint32_t branches;  /* that the range in question may still take */
  bool never_defined; /* some divisor is 0 everywhere */
  bool uncertain;     /* some divisor may be 0 somewhere */
  bool unsettled;     /* a float may leave its exact range, or a function is
                         unknown: neither ALWAYS nor NEVER can be said */
} frame;

void frame_init(frame *f, arena *m, budget *b, const claim *c, const space *s);

/* Normal forms and truths of all nodes; the truth of the claim, counting
 * "has no value" as not true. */
truth frame_decide(frame *f);

/* ---- Atoms and ranges (ranges.c) -------------------------------------- */

/* The polynomial of an atom like `a`, found or added. */
const poly *frame_atom(frame *f, const atom *a);
/* A sound interval for p; `deep` also eliminates quotients and choices. */
interval frame_range(frame *f, const poly *p, bool deep);
bool frame_at_least(frame *f, const poly *p, int64_t bound); /* p >= bound */
bool frame_at_most(frame *f, const poly *p, int64_t bound);  /* p <= bound */

/* ---- Normal forms (normal.c) ------------------------------------------ */

/* The normal form of node i, whose operands have theirs. */
const poly *frame_normal(frame *f, uint32_t i);
/* `p` without factors that are >= 1 on the space; only for p == 0. */
const poly *frame_primitive(frame *f, const poly *p);

#endif
