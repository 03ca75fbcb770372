/* The suites, in layer order: tests/unit/test_<module>.c has `suite_<module>`,
 * tests/property/prop_<law>.c has `suite_prop_<law>`. */
#ifndef TESTS_UNIT_SUITES_H
#define TESTS_UNIT_SUITES_H

#include <check.h>

#define UNIT_LIST(SUITE)                                                       \
  SUITE(base)                                                                  \
  SUITE(budget)                                                                \
  SUITE(integer)                                                               \
  SUITE(integer_gmp)                                                           \
  SUITE(interval)                                                              \
  SUITE(build)                                                                 \
  SUITE(evaluate)                                                              \
  SUITE(parse)                                                                 \
  SUITE(problem)                                                               \
  SUITE(problem_read)                                                          \
  SUITE(import)                                                                \
  SUITE(import_torch)                                                          \
  SUITE(dims)                                                                  \
  SUITE(limits)                                                                \
  SUITE(observe)                                                               \
  SUITE(plans)                                                                 \
  SUITE(space)                                                                 \
  SUITE(poly)                                                                  \
  SUITE(allowed)                                                               \
  SUITE(bind)                                                                  \
  SUITE(z3)                                                                    \
  SUITE(program)                                                               \
  SUITE(eval)                                                                  \
  SUITE(smt2)                                                                  \
  SUITE(check)                                                                 \
  SUITE(suggest)                                                               \
  SUITE(ask)                                                                   \
  SUITE(stop)                                                                  \
  SUITE(report)                                                                \
  SUITE(trust)                                                                 \
  SUITE(confirm)

#define PROPERTY_LIST(SUITE)                                                   \
  SUITE(prop_expr)                                                             \
  SUITE(prop_print)                                                            \
  SUITE(prop_confirm)                                                          \
  SUITE(prop_observe)                                                          \
  SUITE(prop_decide)                                                           \
  SUITE(prop_factor)                                                           \
  SUITE(prop_suggest)                                                          \
  SUITE(prop_program)

/* SUITE(name): a file defines `Suite *suite_<name>(void)`. */
#define SUITE_DECLARE(name) Suite *suite_##name(void);
UNIT_LIST(SUITE_DECLARE)
PROPERTY_LIST(SUITE_DECLARE)
#undef SUITE_DECLARE

#endif
