/* What text can say, by the functions of the interface instead. */
#ifndef TESTS_FUZZ_BY_HAND_H
#define TESTS_FUZZ_BY_HAND_H

#include "dimsat/dimsat.h"
#include "tests/volume/draft.h"
#include "tests/volume/writing.h"

/* The problem of a draft; NULL where its text says what no function can. */
dimsat_problem *by_hand_problem(dimsat_context *cx, const draft *d);

/* A formula over the variables v0, v1, ..; NULL where it has a choice. */
const dimsat_expr *by_hand_formula(dimsat_context *cx, const formula *f);

#endif
