/*
 * What a context holds.  Two memory regimes: `nodes` lives as long as the
 * context (nodes, names, problems, results), `work` is rewound at the end of
 * each public call.
 */
#ifndef LIB_EXPR_CONTEXT_H
#define LIB_EXPR_CONTEXT_H

#include "dimsat/expr.h"
#include "lib/base/budget.h"
#include "lib/base/table.h"
#include "lib/number/integer.h"

typedef struct dimsat_expr expr;

struct dimsat_context {
  fault fault;
  arena nodes;
  arena work;
  arena index;         /* the slots of `known`, replaced when it grows */
  table known;         /* every node, for hash-consing */
  uint32_t node_count; /* ids are 0 .. node_count-1 */
  dimsat_error error;  /* of the last call that failed */
  void *backend;       /* the solver's Z3, made when first needed */
  void (*backend_free)(void *);
};

/*
 * Runs `body(data)` behind a clean door: clears the error record, catches what
 * is raised, rewinds the work arena, and fills the error record from the
 * status table if the body left it empty.
 */
dimsat_status context_run(dimsat_context *cx, void (*body)(void *), void *data);

/* Fills the error record, unless it is filled, and raises its status. */
_Noreturn void context_fail(dimsat_context *cx, dimsat_status status,
                            size_t offset, size_t length, const char *format,
                            ...) __attribute__((format(printf, 5, 6)));

/* Every invariant of the node store; for tests. */
bool context_ok(const dimsat_context *cx);

#endif
