/*
 * What guards are called in reports.  A guard that a person wrote is shown as
 * it was written; one over a tracer's symbols is shown over the dims they stand
 * for, because nobody knows what s27 is.
 */
#ifndef SOLVER_WORDS_H
#define SOLVER_WORDS_H

#include "solver/bind.h"

/* The condition as Python text. */
const char *condition_text(dimsat_context *cx, const expr *e);

/* Whether the guard speaks of dims and axes alone, not of a tracer's symbols.
 */
bool guard_is_plain(dimsat_problem *p, const guard *g);

/* The guard, for the line "guard 3: ...".  Of a long conjunction only the part
 * that the requirement is. */
const char *guard_words(binding *b, const requirement *r);

/* The same over the names of dims, for sentences: "a*b == 32". */
const char *demand_words(binding *b, const requirement *r);

/* Why a condition with functions of unknown value cannot be decided, in `m`;
 * NULL where it has none. */
const char *opaque_reason(dimsat_context *cx, arena *m, const expr *e);

#endif
