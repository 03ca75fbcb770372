/* What a result tells its caller. */
#include "solver/result.h"
#include "solver/report.h"

static const char *const kind_names[] = {
    [VIOLATION_RANGE] = "range",       [VIOLATION_CONSTANT] = "constant",
    [VIOLATION_EQUALITY] = "equality", [VIOLATION_DERIVED] = "derived",
    [VIOLATION_RESIDUE] = "residue",   [VIOLATION_RELATION] = "relation",
    [VIOLATION_EXAMPLE] = "example",   [VIOLATION_SPEC] = "spec",
};

/* The word for `kind` in JSON. */
const char *violation_kind_name(violation_kind kind) {
  return kind_names[kind];
}

/* The verdict. */
dimsat_verdict dimsat_result_verdict(const dimsat_result *r) {
  return r->verdict;
}

/* How many violations there are. */
size_t dimsat_result_violation_count(const dimsat_result *r) {
  return r->violation_count;
}

/* What violation number `i` says, or NULL when there is none. */
const char *dimsat_result_message(const dimsat_result *r, size_t i) {
  return i < r->violation_count ? r->violations[i].message : NULL;
}

/* How many fixes there are. */
size_t dimsat_result_fix_count(const dimsat_result *r) {
  return r->fix_count;
}

/* Whether the repair was proved. */
bool dimsat_result_proved(const dimsat_result *r) {
  return r->proof == PROOF_PROVED;
}

typedef struct {
  const dimsat_result *result;
  size_t index;
  const char *text;
} fix_call;

/* Writes the fix of `data`, a fix_call, as text. */
static void write_fix(void *data) {
  fix_call *call = data;
  buffer out;
  buffer_init(&out, &call->result->problem->cx->nodes);
  report_fix(&out, &call->result->fixes[call->index]);
  call->text = out.text;
}

/* Fix number `i` in PyTorch's spelling; NULL when there is none. */
const char *dimsat_result_fix(const dimsat_result *r, size_t i) {
  fix_call call = {.result = r, .index = i};
  if (i >= r->fix_count || context_run(r->problem->cx, write_fix, &call))
    return NULL;
  return call.text;
}
