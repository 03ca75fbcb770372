/*
 * dimsat_verify: a stored result is read, everything in it is asked anew, and
 * what was found is written for people or programs.
 */
#include "dimsat/check.h"
#include "lib/base/buffer.h"
#include "solver/recheck.h"
#include "solver/result_read.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* One call. */
typedef struct {
  recheck k;
  const char *text;
  size_t length;
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
static void run(void *data) {
  call *c = data;
  recheck *k = &c->k;
  const char *name;
  const dimsat_result *r = result_read(k->problem, c->text, c->length, &name);
  recheck_bind(k);
  check_name(k, name);
  const size_t first = k->found->count;
  recheck_violations(k, r);
  recheck_verdict(k, r);
  put_verdict_first(k->found, first);
  recheck_fixes(k, r);
  recheck_allowed(k, r);
  recheck_knowledge(k, r);
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
  if (bad + open == 0)
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

/* The JSON on its way: raises leave it to its owner. */
typedef struct {
  const dimsat_verification *v;
  dimsat_context *cx;
  json_t *root;
  char *text; /* what jansson wrote, to be freed */
  buffer *out;
} json_call;

/* Puts `value` under `key`; raises where memory ended. */
static json_t *put(const json_call *c, json_t *object, const char *key,
                   json_t *member) {
  if (json_object_set_new(object, key, member))
    fault_raise(&c->cx->fault, DIMSAT_NO_MEMORY);
  return member;
}

/* Text as JSON; bytes that are no UTF-8 become `?`. */
static json_t *of_text(const json_call *c, const char *text) {
  json_t *exact = json_string(text);
  if (exact)
    return exact;
  char *copy = arena_copy_text(&c->cx->work, text, strlen(text));
  for (char *at = copy; *at; at++)
    if ((unsigned char)*at >= 0x80)
      *at = '?';
  return json_string(copy);
}

/* One claim. */
static void put_statement(const json_call *c, json_t *list,
                          const statement *s) {
  json_t *o = json_object();
  if (json_array_append_new(list, o))
    fault_raise(&c->cx->fault, DIMSAT_NO_MEMORY);
  put(c, o, "claim", of_text(c, s->where));
  put(c, o, "outcome", json_string(words[claim_of(s->outcome)]));
  put(c, o, "message", of_text(c, s->text));
  if (s->guard != NO_GUARD)
    put(c, o, "guard", json_integer((json_int_t)s->guard));
  if (s->witness.count == 0)
    return;
  json_t *sizes = put(c, o, "witness", json_object());
  for (size_t i = 0; i < s->witness.count; i++) {
    const integer x = s->witness.value[i];
    put(c, sizes, s->witness.name[i],
        integer_is_small(x) ? json_integer(x.small)
                            : json_string(integer_text(&c->cx->work, x)));
  }
}

/* Builds the whole tree of `data`, a json_call. */
static void build(void *data) {
  const json_call *c = data;
  put(c, c->root, "dimsat", json_integer(1));
  put(c, c->root, "name",
      c->v->problem->name ? of_text(c, c->v->problem->name) : json_null());
  put(c, c->root, "outcome",
      json_string(words[dimsat_verification_outcome(c->v)]));
  json_t *list = put(c, c->root, "claims", json_array());
  for (size_t i = 0; i < c->v->count; i++)
    put_statement(c, list, &c->v->item[i]);
}

/* Copies what jansson wrote behind what `out` holds. */
static void copy_text(void *data) {
  const json_call *c = data;
  buffer_add(c->out, c->text);
}

/* One line of JSON. */
static void write_json(buffer *out, const dimsat_verification *v) {
  fault *f = &v->problem->cx->fault;
  json_call c = {.v = v, .cx = v->problem->cx, .root = json_object()};
  dimsat_status status = c.root ? fault_try(f, build, &c) : DIMSAT_NO_MEMORY;
  if (status == DIMSAT_OK)
    c.text = json_dumps(c.root, 0);
  json_decref(c.root);
  if (status == DIMSAT_OK && !c.text)
    status = DIMSAT_NO_MEMORY;
  if (status != DIMSAT_OK)
    fault_raise(f, status);
  c.out = out;
  status = fault_try(f, copy_text, &c);
  free(c.text);
  if (status != DIMSAT_OK)
    fault_raise(f, status);
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
