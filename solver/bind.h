/*
 * A problem as questions: every symbol, axis and dim gets its meaning over the
 * variables of the problem, and every guard becomes a requirement over them.
 *
 * Variables are the roots of the named dims first, then the free axes (AUTO,
 * DYNAMIC) and the unbacked symbols.  A meaning is a `place` whose `parameter`
 * is a variable: scale*variable + offset, or a constant.
 */
#ifndef SOLVER_BIND_H
#define SOLVER_BIND_H

#include "solver/claim.h"
#include "solver/result.h"

typedef struct {
  const char *name;   /* the root dim, or the axis or symbol */
  const expr *symbol; /* stands for it in requirements */
  bool named;         /* a dim; else existential */
  size_t dim;         /* named: which */
  bool dynamic;       /* a DYNAMIC axis */
  bool mentioned;     /* a guard speaks of it, though no requirement may */
  interval user;      /* what the spec allows; everything when free */
  interval assumed;   /* what the tracer took for granted */
  bool has_example;
  bool misses; /* the example is outside `user` */
  integer example;
} variable;

/* One condition that must hold. */
typedef struct {
  size_t guard; /* index in the problem, or NO_GUARD: a burned axis or a
                   shared symbol */
  const expr *condition; /* over variables' symbols */
  const claim *claim;
  bool mixed;           /* speaks of free variables */
  const axis *axis;     /* NO_GUARD: the axis it is about */
  const expr *equation; /* what it and `opposite` say together, or NULL */
  size_t opposite;      /* the other requirement */
} requirement;

/* Why the example is not within the spec. */
typedef struct {
  const char *message;
  const char *dim; /* the dim concerned, or NULL */
} misfit;

/* Where a variable occurs. */
typedef struct {
  size_t *alone; /* requirements over it alone, ascending */
  size_t alone_count;
  bool shared; /* others speak of it too */
} variable_uses;

typedef struct {
  dimsat_problem *problem;
  dimsat_context *cx;
  arena *m;
  budget *budget; /* what binding costs */
  variable *variable;
  size_t variable_count, named_count;
  const expr **symbol;   /* of each variable */
  uint32_t *variable_of; /* by a symbol's node id */
  size_t *dim;           /* the dims over these variables: which */
  place *dim_meaning;    /* and the meaning of each */
  size_t dim_count;
  requirement *requirement;
  size_t requirement_count, requirement_capacity;
  variable_uses *use; /* of each variable; after `bind_index` */
} binding;

/* A problem as one system, with what only the whole has. */
typedef struct {
  binding all;
  place **axis;  /* meaning of each axis: [input][axis] */
  place *symbol; /* of each symbol */
  misfit *misfit;
  size_t misfit_count, misfit_capacity;
  bool has_example; /* no axis contradicts the example */
} whole;

/* The name of the function that stands for a guard whose numbers pass a limit;
 * no text can spell it. */
#define TOO_LARGE_TO_KNOW "too large"

/* Everything in `m`; may raise what `limit` raises. */
whole *bind_problem(dimsat_problem *p, arena *m, budget *limit);

/* Appends `condition`, split at its top-level `and`s. */
void bind_require(binding *b, size_t from, const expr *condition,
                  const axis *a);
/* Prepares a condition over the variables. */
claim *bind_claim(binding *b, const expr *condition);

/* The named variable that is called `name`, or NULL. */
const variable *bind_named(const binding *b, const char *name);

/* The requirements over variable v alone, once they are settled. */
const claim **bind_alone(const binding *b, size_t v, size_t *count);

/* Fills `use`, once the requirements are settled. */
void bind_index(binding *b);

/* What the spec and the assumptions leave of a variable. */
interval variable_domain(const variable *v);
/* The same with the example of a named one, wherever that lies. */
interval variable_own(const variable *v);
/* Every size that can count, whatever the spec becomes. */
interval variable_counted(const variable *v);
/* Its size where nothing else is said: the example if it may be that. */
integer variable_default(const variable *v);

/* The space of all sizes that can count, whatever the spec becomes. */
const space *bind_counted(const binding *b);

/* The space of all sizes: each variable its own parameter over `range[i]`,
 * which is not empty; NULL range: the variables' domains.  NULL when one is
 * empty. */
space *bind_space(const binding *b, const interval *range);

/* The value that a meaning gives where its variable is x. */
integer meaning_value(arena *m, const place *meaning, integer x);
/* "2*seq + 1" as an expression over the variables. */
const expr *meaning_expression(const binding *b, const place *meaning);

#endif
