/*
 * dimsat: do a tracer's guards agree with the dynamic dimensions that a user
 * asked for, and if not, what is the least change that makes them agree?
 *
 *     dimsat_context *cx = dimsat_context_new();
 *     dimsat_problem *p = dimsat_problem_new(cx, "example");
 *     dimsat_problem_add_dim(p, "seq", "2", NULL);
 *     dimsat_problem_add_input(p, "x", (const char *[]){"seq"},
 *                              (const char *[]){"8"}, 1);
 *     dimsat_problem_require(p, "x[0] % 4 == 0", "model.py:12 in forward");
 *     dimsat_result *r = dimsat_suggest(p, NULL);
 *     puts(dimsat_report_write(r, &(dimsat_report_options){0}));
 *     dimsat_context_free(cx);
 *
 * Nothing here prints, exits or keeps global state.  Sizes are exact integers.
 */
#ifndef DIMSAT_H
#define DIMSAT_H

#include "dimsat/base.h"
#include "dimsat/check.h"
#include "dimsat/expr.h"
#include "dimsat/observe.h"
#include "dimsat/problem.h"
#include "dimsat/program.h"

#define DIMSAT_VERSION "0.1.0"

#endif
