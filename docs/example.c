/*
 * A program that uses the library:
 *
 *     cc -o example example.c $(pkg-config --cflags --libs dimsat)
 */
#include <dimsat/dimsat.h>

#include <stdio.h>

/* The spec says that `seq` may be any size from 2 on; the model was traced with
 * 8 and divides it by 4. */
static dimsat_problem *make_problem(dimsat_context *cx) {
  const char *shape[] = {"seq"}, *traced_with[] = {"8"};
  dimsat_problem *p = dimsat_problem_new(cx, "example");
  if (!p || !dimsat_problem_add_dim(p, "seq", "2", NULL) ||
      !dimsat_problem_add_input(p, "x", shape, traced_with, 1) ||
      !dimsat_problem_require(p, "x[0] % 4 == 0", "model.py:12 in forward"))
    return NULL;
  return p;
}

/* Prints the report and the fixes; false where something failed. */
static bool explain(dimsat_problem *p) {
  const dimsat_result *r = dimsat_suggest(p, NULL);
  const char *report = r ? dimsat_report_write(r, NULL) : NULL;
  if (!report)
    return false;
  fputs(report, stdout);
  for (size_t i = 0; i < dimsat_result_fix_count(r); i++)
    printf("fix %zu: %s\n", i + 1, dimsat_result_fix(r, i));
  return true;
}

int main(void) {
  dimsat_context *cx = dimsat_context_new();
  if (!cx)
    return 1;
  dimsat_problem *p = make_problem(cx);
  const bool good = p && explain(p);
  if (!good)
    fprintf(stderr, "example: %s\n", dimsat_last_error(cx)->text);
  dimsat_context_free(cx);
  return good ? 0 : 1;
}
