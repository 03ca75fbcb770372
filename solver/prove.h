/*
 * Does a claim hold everywhere on a space?
 *
 * The native prover decides frames (solver/frame.h) and splits the space where
 * a frame leaves the claim open: into residue classes where a floor division
 * is open, at a value where a sign is.  What it leaves open goes to Z3.  A "no"
 * always comes with an assignment at which exact evaluation breaks the claim.
 */
#ifndef SOLVER_PROVE_H
#define SOLVER_PROVE_H

#include "solver/claim.h"
#include "solver/result.h"

typedef enum { PROOF_HOLDS, PROOF_BREAKS, PROOF_OPEN } outcome;

/* Who is asked, and on whose account. */
typedef struct {
  dimsat_context *cx;
  arena *m;      /* answers live here */
  arena scratch; /* rewound after each question */
  budget *b;
  counters *stats;
  bool native, z3;
  uint32_t effort;  /* frames a native proof may take */
  double z3_effort; /* share of Z3's usual work limit */
  const char *why;  /* of the last PROOF_OPEN: a sentence, or NULL */
} oracle;

#define EFFORT_FULL 6000
#define EFFORT_TRY 1500

/* Answers live in `m`, which outlives the oracle. */
void oracle_init(oracle *o, dimsat_context *cx, arena *m, budget *b,
                 counters *stats, const dimsat_options *options);
void oracle_clear(oracle *o);

/*
 * `s` places the variables of the system.  `point` takes an assignment that
 * breaks: values of the claim's variables, in its order, in o->m.
 */
outcome oracle_prove(oracle *o, const claim *c, const space *s, integer *point);

/*
 * Does the claim hold nowhere on the space?  HOLDS: nowhere; BREAKS: at
 * `point` it is true and has a value.  This is not the proof of its negation,
 * which has no value where the claim has none.
 */
outcome oracle_refute(oracle *o, const claim *c, const space *s,
                      integer *point);

/* `oracle_prove` by the native prover alone. */
outcome native_prove(oracle *o, const claim *c, const space *s, integer *point);

/* What a place says, over parameters whose indices are the symbols
 * `parameter[i]`; for Z3 and for text. */
const expr *place_expression(oracle *o, const space *s, const place *p,
                             const expr *const *parameter);
/* Symbols for the parameters of a space, named so that no input can name them,
 * and the ranges of their indices. */
const expr **parameter_symbols(oracle *o, const space *s, interval **range);

#endif
