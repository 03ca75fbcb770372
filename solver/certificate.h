/*
 * A certificate: one shell script that holds every query which a result rests
 * on, and runs any SMT solver over them.
 *
 * `certificate.c` says what is claimed, and asks it; `certificate_spec.c`
 * writes specs, names and guards as SMT-LIB; `certificate_script.c` is the
 * shell around them.  A query is made of parts (shell functions) and a text of
 * its own, so that the script grows with the problem, not with its square.
 */
#ifndef SOLVER_CERTIFICATE_H
#define SOLVER_CERTIFICATE_H

#include "lib/base/buffer.h"
#include "solver/recheck.h"
#include "solver/smt2_text.h"

typedef struct {
  recheck k;
  dimsat_problem *problem;
  binding *plain; /* of all guards, free axes as they are */
  const dimsat_result *result;
  arena text; /* of `smt2` and `out`, while `k.m` is rewound */
  smt2_writer smt2;
  buffer out;          /* parts and queries */
  bool *chosen;        /* of each variable: free, and has a size */
  const expr **choice; /* that size, over variables that come before */
  uint32_t *order;     /* free variables with a size, as they are defined */
  size_t order_count;
  size_t queries, gaps; /* what is not certified */
} certificate;

/* ---- Specs and guards (certificate_spec.c) ------------------------------- */

/*
 * The dims of the marked variables (NULL: all), by the problem and `fixes`:
 * declared, defined, bounded; `assumed`: also within what the tracer took for
 * granted.
 */
void certificate_spec(certificate *c, buffer *out, const fix *fixes,
                      size_t count, const bool *wanted, bool assumed);
/* The same dims, each of one size. */
void certificate_sizes(certificate *c, buffer *out, const integer *size,
                       const bool *wanted);
/* Free axes: those with a size are that; `all`: any size that is assumed. */
void certificate_free(certificate *c, buffer *out, bool all);
/* What the names in the marked guards stand for. */
void certificate_names(certificate *c, buffer *out, const bool *guards);
/* (assert the guard), or what was traced, or its opposite. */
void certificate_guard(certificate *c, buffer *out, size_t index,
                       bool opposite);
/* The guard with the numbers put in: "17 % 4 == 0". */
const char *certificate_numbers(certificate *c, size_t index,
                                const integer *size);

/* ---- Claims -------------------------------------------------------------- */

/* "guard 3: x[0] % 4 == 0    model.py:12 in forward"; of NO_GUARD what was
 * traced. */
const char *certificate_title(certificate *c, size_t index);
/* Whether something was traced that must hold. */
bool certificate_traced(const certificate *c);
/* Sections that are made of sizes (certificate_witness.c). */
void certificate_violations(certificate *c);
void certificate_contradiction(certificate *c);
void certificate_maximal(certificate *c);

/* ---- The shell around them (certificate_script.c) ------------------------ */

/* A line for people; control characters become spaces. */
void script_line(buffer *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Starts the part `name`; `script_end` ends it. */
void script_part(buffer *out, const char *name);
/* Starts a query that is made of the parts `from` and what follows;
 * `script_answer` ends it. */
void script_question(certificate *c, const char *expected, const char *from,
                     const char *words);
void script_end(buffer *out);
void script_answer(certificate *c);
/* Says that something is not certified. */
void script_gap(certificate *c, const char *text);
/* The whole script around the text in `c->out`. */
const char *script_whole(certificate *c, const buffer *head);

#endif
