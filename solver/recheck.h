/*
 * What a stored result says, proved again.
 *
 * Nothing is remembered from finding it: the problem is bound anew as one
 * system, not part by part, and everything is asked by an oracle of its own.  A
 * "no" comes with sizes at which the guards were evaluated exactly.
 */
#ifndef SOLVER_RECHECK_H
#define SOLVER_RECHECK_H

#include "solver/violation.h"

/* One thing that the result says. */
typedef struct {
  outcome outcome;   /* HOLDS, BREAKS: it is wrong, OPEN */
  const char *where; /* where it stands: "violations[0].witness" */
  const char *text;  /* what was found, a sentence */
  size_t guard;      /* the guard that `witness` breaks, or NO_GUARD */
  witness witness;   /* count 0: none */
} statement;

struct dimsat_verification {
  dimsat_problem *problem;
  statement *item;
  size_t count, capacity;
};

/* Sizes that break something. */
typedef struct {
  size_t guard;
  const axis *axis; /* NO_GUARD: the axis it is about, or NULL */
  integer *size;    /* of each variable; those of free ones mean nothing */
} breach;

typedef struct {
  dimsat_problem *problem;
  dimsat_context *cx;
  arena memory;
  arena *m; /* the same */
  budget budget;
  counters stats;
  oracle oracle;
  oracle *o;            /* the same */
  whole *plain;         /* the guards as they were bound */
  whole *whole;         /* free axes eliminated where they can be */
  binding *b;           /* of `whole` */
  existence *existence; /* of it */
  group *group;         /* what is left of free axes */
  size_t group_count;
  interval *own; /* of each variable: the user's range widened to the example,
                    within the assumptions */
  dimsat_verification *found;
} recheck;

/* Memory, budget and oracle; then, behind the door, room for what is found, and
 * the problem as questions. */
void recheck_init(recheck *k, dimsat_problem *p, const dimsat_options *options);
void recheck_begin(recheck *k);
void recheck_bind(recheck *k);
void recheck_clear(recheck *k);

/* Runs `ask(data)`; false where the budget ended inside. */
bool recheck_try(recheck *k, void (*ask)(void *), void *data);

/* ---- Questions ----------------------------------------------------------- */

/*
 * Whether all that is required holds on `s`, which places the variables of `b`;
 * `touched` (or NULL) marks variables: what speaks of none of them is left out.
 * BREAKS fills `out`.
 */
outcome recheck_space(recheck *k, const space *s, const bool *touched,
                      breach *out);

/* Marks the variables that `after` places elsewhere than `before`. */
bool *recheck_changed(recheck *k, const space *before, const space *after);

/* Whether at no assignment in `s` all conditions hold (over the variables of
 * `plain` and `whole`, which are the same). */
outcome recheck_never(recheck *k, const expr *const *condition, size_t count,
                      const space *s);

/* The conditions that are connected with the marked variables by chains of
 * requirements of `b`; marks all variables in these chains. */
const expr **recheck_connected(recheck *k, const binding *b, bool *marked,
                               size_t *count);

/* Whether the guard (NO_GUARD: what was traced) cannot hold where the named
 * variables have these sizes, whatever the free axes do. */
outcome recheck_breaks_at(recheck *k, size_t from, const integer *size);

/* ---- Words --------------------------------------------------------------- */

/* The sizes of all dims, or of those that the breach is about. */
witness recheck_witness(recheck *k, const breach *x);
/* "seq = 17, batch = 3": the sizes of those dims. */
const char *recheck_sizes_text(recheck *k, const breach *x);
/* "guard 3: x[0] % 4 == 0", or what was traced. */
const char *recheck_guard_text(recheck *k, size_t from, const axis *a);

/* Appends a statement; texts are copied. */
statement *recheck_say(recheck *k, outcome o, const char *where,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with the sizes that show it. */
void recheck_show(recheck *k, const char *where, const char *what,
                  const breach *x);

/* ---- Parts of a result (recheck_*.c) ------------------------------------- */

void recheck_verdict(recheck *k, const dimsat_result *r);
void recheck_violations(recheck *k, const dimsat_result *r);
void recheck_fixes(recheck *k, const dimsat_result *r);
void recheck_allowed(recheck *k, const dimsat_result *r);
void recheck_knowledge(recheck *k, const dimsat_result *r);

/* Whether an axis of this meaning can have no size but its example's. */
outcome recheck_forced(recheck *k, const place *at, integer example);
/* Whether that is so of some DYNAMIC axis. */
outcome recheck_dynamic_forced(recheck *k);

#endif
