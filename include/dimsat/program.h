/*
 * Compiled problems: the promises of the spec and the guards as a program that
 * checks concrete sizes, for one call or for many at once, and as a C function
 * that needs no library.
 *
 *     dimsat_program *g = dimsat_program_compile(p, NULL);
 *     if (!dimsat_program_run(g, (const int64_t[]){8, 64}))
 *       puts("refused");
 *     puts(dimsat_program_emit_c(g, "guards"));
 *
 * All forms accept exactly the sizes that `dimsat_eval` has no refusal for,
 * whatever the int64_t values are.  Arithmetic is done on machine words where
 * that is exact; else exact evaluation takes over.
 */
#ifndef DIMSAT_PROGRAM_H
#define DIMSAT_PROGRAM_H

#include "dimsat/check.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dimsat_program dimsat_program;

/*
 * Compiles `p`.  Guards that the spec implies are dropped; `options` limits the
 * work on that (a guard that is not proved in time is kept) and may be NULL.
 * NULL on failure: bad problem, out of memory.  The program belongs to the
 * context of `p`, lives as long as it does, and is used by one thread at a
 * time.  Time is close to linear in the size of the problem.
 */
DIMSAT_API dimsat_program *
dimsat_program_compile(dimsat_problem *p, const dimsat_options *options);

/*
 * How many sizes a run takes, and what each is: every axis of every input in
 * turn, static ones too; or, of a problem without inputs, every dim and then
 * every symbol that stands for no dim.  The name is short: "x[1]", "batch".
 */
DIMSAT_API size_t dimsat_program_size_count(const dimsat_program *g);
DIMSAT_API const char *dimsat_program_size_name(const dimsat_program *g,
                                                size_t size);

/* What became of a guard of the problem. */
typedef enum {
  DIMSAT_GUARD_CHECKED,
  DIMSAT_GUARD_IMPLIED,    /* holds wherever the spec does: dropped */
  DIMSAT_GUARD_NO_DEMAND,  /* the tracer took it from the spec */
  DIMSAT_GUARD_NOT_CHECKED /* it speaks of a size that no axis gives */
} dimsat_guard_use;

DIMSAT_API dimsat_guard_use dimsat_program_guard_use(const dimsat_program *g,
                                                     size_t guard);

/*
 * Whether sizes[0 .. size_count-1] keep every promise and every guard.  False
 * also where memory ends: then `dimsat_last_error` has the status
 * DIMSAT_NO_MEMORY, else DIMSAT_OK.
 */
DIMSAT_API bool dimsat_program_run(dimsat_program *g, const int64_t *sizes);

/*
 * The same for `count` assignments at once: size i of assignment k is
 * columns[i][k], the answer accepted[k].  False where memory ends.
 */
DIMSAT_API bool dimsat_program_run_many(dimsat_program *g,
                                        const int64_t *const *columns,
                                        size_t count, bool *accepted);

/*
 * A C file with one function `bool NAME(const int64_t *sizes)`, for gcc and
 * clang, that needs no library and no memory.  `name` is an identifier; NULL
 * stands for one made from the problem's name.  The text lives as long as the
 * context.  NULL on failure: a name that C does not allow
 * (DIMSAT_BAD_FORMAT), a guard whose exact value may need more than 4,096 bits
 * (DIMSAT_TOO_LARGE).
 */
DIMSAT_API const char *dimsat_program_emit_c(dimsat_program *g,
                                             const char *name);

#ifdef __cplusplus
}
#endif
#endif
