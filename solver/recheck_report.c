/*
 * dimsat_verify: a stored result is read, everything in it is asked anew, and
 * what was found is written for people or programs.
 */
#include "dimsat/check.h"
#include "lib/base/buffer.h"
#include "lib/base/json_write.h"
#include "solver/recheck.h"
#include "solver/result_read.h"

#include <string.h>

/* One call. */
typedef struct {
  recheck k;
  const char *text;
  size_t length;
  const dimsat_result *stored;
  const char *name; /* of its problem */
} call;

/* Whether the result is of this problem: names that both have are the same. */
static void check_name(recheck *k, const char *name) {
  const char *own = k->problem->name;
  if (own && *own && name && strcmp(own, name) != 0)
    recheck_say(k, PROOF_BREAKS, "name",
                "the result is of '%.200s', the problem is '%.200s'", name,
                own);
}

/* The verdict is checked last, because it rests on the violations, and stands
 * first. */
static void put_verdict_first(dimsat_verification *v, size_t at) {
  const statement last = v->item[v->count - 1];
  memmove(&v->item[at + 1], &v->item[at],
          (v->count - 1 - at) * sizeof *v->item);
  v->item[at] = last;
}

/* Everything in the result. */
static void check_all(void *data) {
  call *c = data;
  recheck *k = &c->k;
  const dimsat_result *r = c->stored;
  recheck_bind(k);
  check_name(k, c->name);
  const size_t first = k->found->count;
  recheck_violations(k, r);
  recheck_verdict(k, r);
  put_verdict_first(k->found, first);
  recheck_fixes(k, r);
  recheck_allowed(k, r);
  recheck_knowledge(k, r);
}

/* Reads, and checks as far as the budget goes. */
static void run(void *data) {
  call *c = data;
  c->stored = result_read(c->k.problem, c->text, c->length, &c->name);
  recheck_begin(&c->k);
  if (!recheck_try(&c->k, check_all, c))
    recheck_say(&c->k, PROOF_OPEN, "result", "%s before everything was checked",
                c->k.oracle.why);
}

/* What the stored result says, proved anew. */
dimsat_verification *dimsat_verify(dimsat_problem *p, const char *result,
                                   size_t length,
                                   const dimsat_options *options) {
  call c = {.text = result, .length = length};
  recheck_init(&c.k, p, options);
  const dimsat_status s = context_run(p->cx, run, &c);
  dimsat_verification *found = s == DIMSAT_OK ? c.k.found : NULL;
  recheck_clear(&c.k);
  return found;
}

/* ---- What was found ------------------------------------------------------ */

/* An outcome in the words of the interface. */
static dimsat_claim claim_of(outcome o) {
  return o == PROOF_HOLDS    ? DIMSAT_CLAIM_HOLDS
         : o == PROOF_BREAKS ? DIMSAT_CLAIM_FAILS
                             : DIMSAT_CLAIM_UNDECIDED;
}

/* All claims together. */
dimsat_claim dimsat_verification_outcome(const dimsat_verification *v) {
  dimsat_claim worst = DIMSAT_CLAIM_HOLDS;
  for (size_t i = 0; i < v->count; i++) {
    const dimsat_claim c = claim_of(v->item[i].outcome);
    if (c == DIMSAT_CLAIM_FAILS)
      return c;
    worst = c == DIMSAT_CLAIM_UNDECIDED ? c : worst;
  }
  return worst;
}

/* How many claims there are. */
size_t dimsat_verification_count(const dimsat_verification *v) {
  return v->count;
}

/* Where claim `i` stands. */
const char *dimsat_verification_claim(const dimsat_verification *v, size_t i,
                                      dimsat_claim *found) {
  if (i >= v->count)
    return NULL;
  if (found != NULL)
    *found = claim_of(v->item[i].outcome);
  return v->item[i].where;
}

/* What was found about claim `i`. */
const char *dimsat_verification_text(const dimsat_verification *v, size_t i) {
  return i < v->count ? v->item[i].text : NULL;
}

/* ---- For people ---------------------------------------------------------- */

static const char *const words[] = {[DIMSAT_CLAIM_HOLDS] = "holds",
                                    [DIMSAT_CLAIM_FAILS] = "fails",
                                    [DIMSAT_CLAIM_UNDECIDED] = "undecided"};

/* Appends `text` without control characters. */
static void add_text(buffer *out, const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    buffer_add_char(out, (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
}

/* How many claims have this outcome. */
static size_t count_of(const dimsat_verification *v, dimsat_claim wanted) {
  size_t n = 0;
  for (size_t i = 0; i < v->count; i++)
    n += claim_of(v->item[i].outcome) == wanted;
  return n;
}

/* "decoder: all 12 claims hold", then a line a claim. */
static void write_text(buffer *out, const dimsat_verification *v, bool colour) {
  static const char *const paint[] = {[DIMSAT_CLAIM_HOLDS] = "",
                                      [DIMSAT_CLAIM_FAILS] = "\033[1;31m",
                                      [DIMSAT_CLAIM_UNDECIDED] = "\033[1m"};
  const size_t bad = count_of(v, DIMSAT_CLAIM_FAILS);
  const size_t open = count_of(v, DIMSAT_CLAIM_UNDECIDED);
  add_text(out, v->problem->name ? v->problem->name : "the problem");
  if (v->count == 1 && bad + open == 0)
    buffer_add(out, ": its one claim holds\n");
  else if (bad + open == 0)
    buffer_format(out, ": all %zu claims hold\n", v->count);
  else if (bad == 0)
    buffer_format(out, ": %zu of %zu claims are undecided\n", open, v->count);
  else
    buffer_format(out, ": %zu of %zu claims fail\n", bad, v->count);
  for (size_t i = 0; i < v->count; i++) {
    const dimsat_claim c = claim_of(v->item[i].outcome);
    const bool painted = colour && *paint[c];
    buffer_format(out, "  %s%-9s%s  ", painted ? paint[c] : "", words[c],
                  painted ? "\033[0m" : "");
    add_text(out, v->item[i].where);
    buffer_add(out, ": ");
    add_text(out, v->item[i].text);
    buffer_add_char(out, '\n');
  }
}

/* ---- For programs -------------------------------------------------------- */

/* One claim. */
static void put_statement(buffer *out, arena *m, const statement *s) {
  json_open(out, '{');
  json_key(out, "claim");
  json_text(out, s->where);
  json_key(out, "outcome");
  json_text(out, words[claim_of(s->outcome)]);
  json_key(out, "message");
  json_text(out, s->text);
  if (s->guard != NO_GUARD) {
    json_key(out, "guard");
    json_integer(out, (int64_t)s->guard);
  }
  if (s->witness.count != 0) {
    json_key(out, "witness");
    json_open(out, '{');
    for (size_t i = 0; i < s->witness.count; i++) {
      json_key(out, s->witness.name[i]);
      json_digits(out, integer_text(m, s->witness.value[i]));
    }
    json_close(out, '}');
  }
  json_close(out, '}');
}

/* One line of JSON. */
static void write_json(buffer *out, const dimsat_verification *v) {
  json_open(out, '{');
  json_key(out, "dimsat");
  json_integer(out, 1);
  json_key(out, "name");
  json_text(out, v->problem->name);
  json_key(out, "outcome");
  json_text(out, words[dimsat_verification_outcome(v)]);
  json_key(out, "claims");
  json_open(out, '[');
  for (size_t i = 0; i < v->count; i++)
    put_statement(out, &v->problem->cx->work, &v->item[i]);
  json_close(out, ']');
  json_close(out, '}');
}

/* One report. */
typedef struct {
  const dimsat_verification *v;
  const dimsat_report_options *options;
  const char *text;
} report_call;

/* Writes the report of `data`, a report_call. */
static void write_report(void *data) {
  report_call *c = data;
  buffer out;
  buffer_init(&out, &c->v->problem->cx->nodes);
  if (c->options && c->options->form == DIMSAT_REPORT_JSON)
    write_json(&out, c->v);
  else
    write_text(&out, c->v, c->options && c->options->colour);
  c->text = out.text;
}

/* The whole as text. */
const char *dimsat_verification_write(const dimsat_verification *v,
                                      const dimsat_report_options *o) {
  report_call c = {.v = v, .options = o};
  return context_run(v->problem->cx, write_report, &c) == DIMSAT_OK ? c.text
                                                                    : NULL;
}
