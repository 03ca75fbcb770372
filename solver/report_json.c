/*
 * Results as one line of JSON, for programs.  Keys stand in one fixed order and
 * integers beyond 64 bits are strings of digits: docs/formats.md.
 */
#include "solver/report.h"

#include "lib/base/json_write.h"

typedef struct {
  const dimsat_result *result;
  dimsat_context *cx;
  buffer *out;
} writer;

/* A value: a number, or digits when it does not fit in 64 bits. */
static void add_integer(writer *w, integer a) {
  if (integer_is_small(a))
    json_integer(w->out, a.small);
  else
    json_text(w->out, integer_text(&w->cx->work, a));
}

/* A value: a bound, or null where there is none. */
static void add_bound(writer *w, bool has, integer bound) {
  if (has)
    add_integer(w, bound);
  else
    json_text(w->out, NULL);
}

/* Members of an object. */
static void put_text(writer *w, const char *key, const char *text) {
  json_key(w->out, key);
  json_text(w->out, text);
}

static void put_integer(writer *w, const char *key, integer value) {
  json_key(w->out, key);
  add_integer(w, value);
}

static void put_count(writer *w, const char *key, uint64_t value) {
  json_key(w->out, key);
  json_integer(w->out, (int64_t)value);
}

/* Opens the list or object under `key`. */
static void open_member(writer *w, const char *key, char bracket) {
  json_key(w->out, key);
  json_open(w->out, bracket);
}

/* "min" and "max" of `range`. */
static void put_range(writer *w, interval range) {
  json_key(w->out, "min");
  add_bound(w, range.has_lo, range.lo);
  json_key(w->out, "max");
  add_bound(w, range.has_hi, range.hi);
}

/* Each text of `list`. */
static void add_texts(writer *w, const text_list *list) {
  for (size_t i = 0; i < list->count; i++)
    json_text(w->out, list->item[i]);
}

/* The list `key` with the texts of `list`. */
static void put_texts(writer *w, const char *key, const text_list *list) {
  open_member(w, key, '[');
  add_texts(w, list);
  json_close(w->out, ']');
}

/* The sizes of `sizes` under "witness"; null where there are none. */
static void put_witness(writer *w, const witness *sizes) {
  if (sizes->count == 0) {
    put_text(w, "witness", NULL);
    return;
  }
  open_member(w, "witness", '{');
  for (size_t i = 0; i < sizes->count; i++) {
    json_key(w->out, sizes->name[i]);
    add_integer(w, sizes->value[i]);
  }
  json_close(w->out, '}');
}

/* Violation `v`. */
static void add_violation(writer *w, const violation *v) {
  json_open(w->out, '{');
  put_text(w, "kind", violation_kind_name(v->kind));
  open_member(w, "dims", '[');
  for (size_t i = 0; i < v->dim_count; i++)
    json_text(w->out, v->dims[i]);
  json_close(w->out, ']');
  if (v->guard == NO_GUARD)
    put_text(w, "guard", NULL);
  else
    put_count(w, "guard", v->guard);
  open_member(w, "because", '[');
  for (size_t i = 0; i < v->because_count; i++)
    json_integer(w->out, (int64_t)v->because[i]);
  json_close(w->out, ']');
  put_witness(w, &v->witness);
  put_text(w, "at", v->at);
  put_text(w, "message", v->message);
  json_close(w->out, '}');
}

/* Fix `f`. */
static void add_fix(writer *w, const fix *f) {
  json_open(w->out, '{');
  put_text(w, "dim", f->dim);
  switch (f->kind) {
  case FIX_VALUE:
    put_integer(w, "value", f->value);
    break;
  case FIX_RANGE:
    put_range(w, f->range);
    break;
  case FIX_DERIVED:
    put_text(w, "root", f->root);
    put_integer(w, "scale", f->scale);
    put_integer(w, "offset", f->offset);
    break;
  }
  json_close(w->out, '}');
}

/* The pieces of a dim's exact set, as a list under its name. */
static void put_allowed_set(writer *w, const allowed_set *set) {
  json_key(w->out, set->dim);
  json_open(w->out, '[');
  for (size_t k = 0; k < set->count; k++) {
    json_open(w->out, '{');
    put_range(w, set->piece[k].range);
    put_integer(w, "modulo", set->piece[k].modulo);
    put_integer(w, "residue", set->piece[k].residue);
    json_close(w->out, '}');
  }
  json_close(w->out, ']');
}

/* A symbol's range as a pair under its name. */
static void put_symbol(writer *w, const symbol_range *s) {
  json_key(w->out, s->symbol);
  json_open(w->out, '[');
  add_bound(w, s->range.has_lo, s->range.lo);
  add_bound(w, s->range.has_hi, s->range.hi);
  json_close(w->out, ']');
}

/* The counters. */
static void put_stats(writer *w) {
  const counters *c = &w->result->stats;
  open_member(w, "stats", '{');
  put_count(w, "native", c->native);
  put_count(w, "z3", c->z3);
  put_count(w, "z3_contexts", c->z3_contexts);
  put_count(w, "steps", c->steps);
  json_key(w->out, "seconds");
  json_real(w->out, c->seconds);
  json_close(w->out, '}');
}

static const char *const verdict_names[] = {
    [DIMSAT_VERDICT_OK] = "ok",
    [DIMSAT_VERDICT_VIOLATED] = "violated",
    [DIMSAT_VERDICT_CONTRADICTORY] = "contradictory",
    [DIMSAT_VERDICT_UNDECIDED] = "undecided",
};

/* Verdict, violations and fixes. */
static void put_answer(writer *w) {
  const dimsat_result *r = w->result;
  put_count(w, "dimsat", 1);
  put_text(w, "name", r->problem->name);
  put_text(w, "verdict", verdict_names[r->verdict]);
  open_member(w, "violations", '[');
  for (size_t i = 0; i < r->violation_count; i++)
    add_violation(w, &r->violations[i]);
  json_close(w->out, ']');
  open_member(w, "fixes", '[');
  for (size_t i = 0; i < r->fix_count; i++)
    add_fix(w, &r->fixes[i]);
  json_close(w->out, ']');
  if (r->proof != PROOF_NONE)
    put_text(w, "proof", r->proof == PROOF_PROVED ? "proved" : "undecided");
  if (r->fix_count && r->may_be_wider)
    put_text(w, "maximal", "undecided");
}

/* What is known beside the answer. */
static void put_knowledge(writer *w) {
  const dimsat_result *r = w->result;
  open_member(w, "allowed", '{');
  for (size_t i = 0; i < r->allowed_count; i++)
    put_allowed_set(w, &r->allowed[i]);
  json_close(w->out, '}');
  open_member(w, "ranges", '{');
  for (size_t i = 0; i < r->range_count; i++)
    put_symbol(w, &r->ranges[i]);
  json_close(w->out, '}');
  put_texts(w, "relations", &r->relations);
  put_texts(w, "alternatives", &r->alternatives);
  open_member(w, "inferred", '{');
  for (size_t i = 0; i < r->inferred_count; i++) {
    json_key(w->out, r->inferred[i].axis);
    json_text(w->out, r->inferred[i].text);
  }
  json_close(w->out, '}');
  open_member(w, "notes", '[');
  add_texts(w, &r->undecided);
  add_texts(w, &r->notes);
  json_close(w->out, ']');
}

/* Appends the line, without newline; see report.h. */
void report_json(buffer *out, const dimsat_result *r, bool stats) {
  writer w = {.result = r, .cx = r->problem->cx, .out = out};
  json_open(out, '{');
  put_answer(&w);
  put_knowledge(&w);
  if (stats)
    put_stats(&w);
  json_close(out, '}');
}
