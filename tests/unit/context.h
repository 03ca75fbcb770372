/* The context of a suite's tests: a fresh one for each, freed behind it. */
#ifndef TESTS_UNIT_CONTEXT_H
#define TESTS_UNIT_CONTEXT_H

#include "dimsat/dimsat.h"

#include <check.h>

static dimsat_context *cx;

/* Makes the context. */
static inline void open_context(void) {
  cx = dimsat_context_new();
  ck_assert_ptr_nonnull(cx);
}

/* Frees it, so that a leak checker sees what was lost. */
static inline void close_context(void) {
  dimsat_context_free(cx);
}

#endif
