/*
 * Problems: what the user promised (spec), what the model was traced with
 * (example), and what the tracer relied on (guards).  The formats are described
 * in docs/formats.md.
 *
 * Problems belong to their context and live as long as it does.
 */
#ifndef DIMSAT_PROBLEM_H
#define DIMSAT_PROBLEM_H

#include "dimsat/expr.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dimsat_problem dimsat_problem;

/* ---- Read and write ---------------------------------------------------- */

typedef enum {
  DIMSAT_FORMAT_GUESS, /* JSON when the text starts with `{`, else .dims */
  DIMSAT_FORMAT_JSON,
  DIMSAT_FORMAT_DIMS
} dimsat_format;

/*
 * Reads one problem.  With `strict`, unknown JSON keys are errors; else they
 * become notes.  NULL on failure: the error record has line and column of the
 * place, also inside a guard's text.
 */
DIMSAT_API dimsat_problem *dimsat_problem_read(dimsat_context *cx,
                                               const char *text, size_t length,
                                               dimsat_format format,
                                               bool strict);
/* The problem as one line of JSON, or as .dims text; NULL on failure. */
DIMSAT_API const char *dimsat_problem_write(dimsat_context *cx,
                                            const dimsat_problem *p,
                                            dimsat_format format);

/* ---- Import ------------------------------------------------------------ */

typedef enum {
  DIMSAT_IMPORT_NONE,        /* no form that is known; to import: guess */
  DIMSAT_IMPORT_TORCH_ERROR, /* what torch.export.export raised */
  DIMSAT_IMPORT_TORCH_LOG,   /* TORCH_LOGS=+dynamic */
  DIMSAT_IMPORT_TORCH_TRACE, /* a TORCH_TRACE file */
  DIMSAT_IMPORT_JAX          /* symbolic_shape(..) calls, or a printed scope */
} dimsat_import_form;

/* The form of a text of another tool; never of JSON or .dims. */
DIMSAT_API dimsat_import_form dimsat_import_guess(dimsat_context *cx,
                                                  const char *text,
                                                  size_t length);
/*
 * The problems of such a text, a line of JSON each; what the text does not hold
 * is said in their `notes` and `incomplete`.  It lives as long as the context.
 * NULL on failure, also where there is no problem in it.  Time is linear in the
 * text.
 */
DIMSAT_API const char *dimsat_import(dimsat_context *cx, const char *text,
                                     size_t length, dimsat_import_form form);

/* ---- Build by hand ----------------------------------------------------- *
 *
 * Bounds and sizes are decimal text, so that any size fits; NULL is "no bound"
 * or "unknown".  Each function returns false with the error record filled.
 *
 * `name` may be NULL.  NULL on failure: memory ended, or a name that is no
 * UTF-8.  The other functions need a problem.
 */
DIMSAT_API dimsat_problem *dimsat_problem_new(dimsat_context *cx,
                                              const char *name);
DIMSAT_API bool dimsat_problem_add_dim(dimsat_problem *p, const char *name,
                                       const char *min, const char *max);
/* name = scale*root + offset */
DIMSAT_API bool dimsat_problem_add_derived(dimsat_problem *p, const char *name,
                                           const char *root, const char *scale,
                                           const char *offset);
/*
 * One input.  `shape[k]` is a dim's name, an expression of one dim, a number,
 * "auto", "dynamic" or "static"; `example[k]` the size that was traced.
 */
DIMSAT_API bool dimsat_problem_add_input(dimsat_problem *p, const char *name,
                                         const char *const *shape,
                                         const char *const *example,
                                         size_t rank);
DIMSAT_API bool dimsat_problem_add_symbol(dimsat_problem *p, const char *name,
                                          const char *source, const char *hint,
                                          const char *min, const char *max);
/* `at` is where the guard arose, or NULL. */
DIMSAT_API bool dimsat_problem_require(dimsat_problem *p, const char *guard,
                                       const char *at);
/* Checks what the pieces say together; called by every solver function. */
DIMSAT_API bool dimsat_problem_validate(dimsat_problem *p);

DIMSAT_API const char *dimsat_problem_name(const dimsat_problem *p);
DIMSAT_API size_t dimsat_problem_guard_count(const dimsat_problem *p);

#ifdef __cplusplus
}
#endif
#endif
