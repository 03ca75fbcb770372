/*
 * The test program: `unit`, `property`, or both without an argument.
 * CK_RUN_SUITE=name runs one suite, CK_FORK=no keeps it in one process for a
 * debugger.
 */
#include "tests/unit/suites.h"

#include <stdlib.h>
#include <string.h>

typedef Suite *(*suite_maker)(void);

#define SUITE_MAKER(name) suite_##name,
static const suite_maker unit[] = {UNIT_LIST(SUITE_MAKER) NULL};
static const suite_maker property[] = {PROPERTY_LIST(SUITE_MAKER) NULL};
#undef SUITE_MAKER

/* Adds the suites of a list that NULL ends. */
static void add_suites(SRunner *runner, const suite_maker *makers) {
  for (; *makers; makers++)
    srunner_add_suite(runner, (*makers)());
}

/* Runs the suites; the exit status says whether every test passed. */
int main(int argc, char **argv) {
  const char *which = argc > 1 ? argv[1] : "";
  SRunner *runner = srunner_create(NULL);
  if (strcmp(which, "property") != 0)
    add_suites(runner, unit);
  if (strcmp(which, "unit") != 0)
    add_suites(runner, property);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
