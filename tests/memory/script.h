/*
 * Scripts of public calls, each with an answer in words, for tests that want
 * every call to behave: all calls, on problems of every kind.
 */
#ifndef TESTS_MEMORY_SCRIPT_H
#define TESTS_MEMORY_SCRIPT_H

#include "dimsat/dimsat.h"

/* What a script works on, and what it has answered so far. */
typedef struct {
  const char *text; /* of the problem */
  dimsat_options options;
  dimsat_context *cx;
  dimsat_problem *problem;
  dimsat_result *result;
  dimsat_program *program;
  dimsat_calls *calls;
  dimsat_observation *observation;
  const dimsat_expr *number, *condition;
  char answer[1 << 18];
  size_t length;
} stage;

/* One public call: it fails, or adds to the answer. */
typedef struct {
  const char *name;
  bool (*run)(stage *t);
} call;

typedef struct {
  const char *name, *text;
  const call *call;
  size_t count;
} script;

extern const script scripts[];
extern const size_t script_count;

/* Before the first call, and after the last. */
void stage_open(stage *t, const script *s);
void stage_close(stage *t);

#endif
