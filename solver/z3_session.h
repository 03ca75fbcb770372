/*
 * A Z3 context with its solvers: what one dimsat call asks Z3 with.
 *
 * Seeds are fixed and nothing is carried over from one call to the next, so
 * that Z3's answers, which depend on everything its context has seen, are the
 * same on every run.
 */
#ifndef SOLVER_Z3_SESSION_H
#define SOLVER_Z3_SESSION_H

#include "solver/z3_load.h"

/* Ways to run Z3, one solver each. */
typedef enum {
  PLAIN,      /* incremental */
  REAL,       /* the same with real numbers: decides more, but steps are slow */
  STRATEGIC,  /* by tactics for products and quotients */
  QUANTIFIED, /* by tactics for quantifiers */
  WAYS
} z3_way;

/* PLAIN and REAL take scopes; the others start anew with each check. */
typedef struct {
  Z3_context z3;
  Z3_solver solver[WAYS]; /* NULL where Z3 knows no such way */
} z3_session;

/* A new session, which the caller ends; NULL when Z3 cannot be started. */
z3_session *session_open(void);
/* `s` may be NULL. */
void session_close(z3_session *s);

/* Gives `w`, which takes scopes, a new solver, so that nothing is left of a
 * check that gave up. */
void session_renew(z3_session *s, z3_way w);

#endif
