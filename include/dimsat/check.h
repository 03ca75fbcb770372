/*
 * The questions: does the spec agree with the guards, what is the least change
 * that makes it agree, what does a condition amount to.
 */
#ifndef DIMSAT_CHECK_H
#define DIMSAT_CHECK_H

#include "dimsat/observe.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dimsat_result dimsat_result;

typedef struct {
  dimsat_budget budget;
  bool no_native; /* let Z3 alone decide */
  bool no_z3;     /* let the native layer alone decide */
} dimsat_options;

typedef enum {
  DIMSAT_VERDICT_OK,
  DIMSAT_VERDICT_VIOLATED,
  DIMSAT_VERDICT_CONTRADICTORY, /* no size at all satisfies the guards */
  DIMSAT_VERDICT_UNDECIDED
} dimsat_verdict;

/* ---- Check and suggest ------------------------------------------------- *
 *
 * `dimsat_check` gives verdict and violations, `dimsat_suggest` the repair too.
 * `options` may be NULL.  NULL on failure (bad problem, out of memory); running
 * out of budget is no failure but an undecided result.  Results belong to the
 * context.
 */
DIMSAT_API dimsat_result *dimsat_check(dimsat_problem *p,
                                       const dimsat_options *options);
DIMSAT_API dimsat_result *dimsat_suggest(dimsat_problem *p,
                                         const dimsat_options *options);

DIMSAT_API dimsat_verdict dimsat_result_verdict(const dimsat_result *r);
DIMSAT_API size_t dimsat_result_violation_count(const dimsat_result *r);
DIMSAT_API const char *dimsat_result_message(const dimsat_result *r,
                                             size_t violation);
DIMSAT_API size_t dimsat_result_fix_count(const dimsat_result *r);
/* One fix in PyTorch's spelling: "width = Dim('width', min=4, max=511)". */
DIMSAT_API const char *dimsat_result_fix(const dimsat_result *r, size_t fix);
/* Whether the repair as a whole was proved by a fresh query. */
DIMSAT_API bool dimsat_result_proved(const dimsat_result *r);

/* ---- Report ------------------------------------------------------------ */

typedef enum {
  DIMSAT_REPORT_TEXT, /* for people */
  DIMSAT_REPORT_JSON, /* one line, for programs (docs/formats.md) */
  DIMSAT_REPORT_TORCH /* PyTorch's "Suggested fixes:" block */
} dimsat_report;

typedef struct {
  dimsat_report form;
  bool colour;             /* TEXT: with ANSI colours */
  bool stats;              /* with counters */
  const char *source_root; /* where source lines are looked up, or NULL */
} dimsat_report_options;

/* The report as text that lives as long as the context; NULL on failure. */
DIMSAT_API const char *dimsat_report_write(const dimsat_result *r,
                                           const dimsat_report_options *o);

/* ---- Trust ------------------------------------------------------------- *
 *
 * A certificate lets anybody check a result without this library: a shell
 * script that holds every query as SMT-LIB 2 and runs any solver over them
 * (docs/certificate.md).  `r` is of `dimsat_check` or `dimsat_suggest`, whose
 * problem has not changed since.  What the result left undecided is asked
 * within `options` (or NULL).  Text of the context; NULL on failure.
 */
DIMSAT_API const char *dimsat_certificate(const dimsat_result *r,
                                          const dimsat_options *options);

/*
 * `dimsat_verify` proves anew what a stored result says of `p`: `result` is the
 * JSON that a report gave, of `length` bytes.  Each claim of it holds, fails
 * (mostly with sizes that show it) or stays undecided.  NULL on failure: the
 * text is no result, the problem is bad.  Belongs to the context.
 */
typedef enum {
  DIMSAT_CLAIM_HOLDS,
  DIMSAT_CLAIM_FAILS,
  DIMSAT_CLAIM_UNDECIDED
} dimsat_claim;

typedef struct dimsat_verification dimsat_verification;

DIMSAT_API dimsat_verification *dimsat_verify(dimsat_problem *p,
                                              const char *result, size_t length,
                                              const dimsat_options *options);
/* All claims together: FAILS where one does, else UNDECIDED where one is. */
DIMSAT_API dimsat_claim
dimsat_verification_outcome(const dimsat_verification *v);
DIMSAT_API size_t dimsat_verification_count(const dimsat_verification *v);
/* Claim number `i`: where it stands in the result ("fixes[0].max"), what was
 * found, as a sentence; NULL when there is none. */
DIMSAT_API const char *dimsat_verification_claim(const dimsat_verification *v,
                                                 size_t i, dimsat_claim *found);
DIMSAT_API const char *dimsat_verification_text(const dimsat_verification *v,
                                                size_t i);
/* The whole as text for people or as one line of JSON; NULL on failure. */
DIMSAT_API const char *
dimsat_verification_write(const dimsat_verification *v,
                          const dimsat_report_options *o);

/* ---- Ask --------------------------------------------------------------- *
 *
 * What `query` amounts to where all `assume` hold.  A condition: the answer
 * ALWAYS, NEVER, SOMETIMES, CONTRADICTORY (the assumptions admit nothing) or
 * UNDECIDED, with a witness on each side.  A number: its tightest bounds.
 */
typedef enum {
  DIMSAT_ANSWER_ALWAYS,
  DIMSAT_ANSWER_NEVER,
  DIMSAT_ANSWER_SOMETIMES,
  DIMSAT_ANSWER_CONTRADICTORY,
  DIMSAT_ANSWER_UNDECIDED,
  DIMSAT_ANSWER_BOUNDS
} dimsat_answer_kind;

typedef struct {
  dimsat_answer_kind kind;
  const char *lo, *hi; /* BOUNDS: decimal text, NULL for endless */
  const char *reason;  /* UNDECIDED: why */
  size_t name_count;   /* symbols of the witnesses */
  const char *const *names;
  const char *const *holds;  /* sizes where the query holds, or NULL */
  const char *const *breaks; /* sizes where it does not, or NULL */
  uint64_t native, z3;       /* questions that each layer answered */
  uint64_t z3_contexts;      /* Z3 contexts made */
} dimsat_answer;

DIMSAT_API bool dimsat_ask(dimsat_context *cx, const dimsat_expr *const *assume,
                           size_t assume_count, const dimsat_expr *query,
                           const dimsat_options *options,
                           dimsat_answer *answer);

/* ---- Confirm ----------------------------------------------------------- *
 *
 * Asks the guards of a program, exported from the observed function, about what
 * `o` says.  Each relation becomes necessary (the guards imply it), incidental
 * (they allow sizes that break it, and if possible nothing else that is
 * incidental; these are kept), refuted or undecided; and each call that the
 * guards refuse is kept with the reasons.  `program` is in the same context;
 * its inputs bear the paths of `o`, the tensors of a cache say layer and role
 * or stand in the same order, and whole numbers are unbacked symbols called by
 * path or source.  False on failure, with the error record filled.
 */
DIMSAT_API bool dimsat_observation_confirm(dimsat_observation *o,
                                           dimsat_problem *program,
                                           const dimsat_options *options);

/* ---- Run-time check ---------------------------------------------------- *
 *
 * Concrete sizes against the promises of the spec and the guards.  Each size is
 * named by symbol, dim or axis.  The refusals, one sentence each, go to
 * `messages`; their number is returned, or -1 on failure.
 */
DIMSAT_API int dimsat_eval(dimsat_problem *p, const char *const *names,
                           const char *const *sizes, size_t count,
                           const char *const **messages);

/* ---- Export ------------------------------------------------------------ */

/* The validity questions of `p` as an SMT-LIB 2 script: push, assert, check-sat
 * (unsat: the guard holds on the whole spec), pop, one a guard.  With
 * `guard` < guard count only that one, without push and pop. */
DIMSAT_API const char *dimsat_smt2(dimsat_problem *p, size_t guard);

#ifdef __cplusplus
}
#endif
#endif
