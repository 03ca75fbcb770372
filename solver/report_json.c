/*
 * Results as one line of JSON, for programs.  Keys stand in one fixed order and
 * integers beyond 64 bits are strings of digits: docs/formats.md.
 *
 * Each new value is put into its parent before anything else happens, so that
 * `report_json` can free the whole tree whatever is raised.
 */
#include "solver/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const dimsat_result *result;
  dimsat_context *cx;
  buffer *out;
  bool stats;
  json_t *root;
  char *text; /* what jansson wrote, to be freed */
} writer;

/* Puts `value` under `key`; raises where memory ended. */
static json_t *put(writer *w, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, value))
    fault_raise(&w->cx->fault, DIMSAT_NO_MEMORY);
  return value;
}

/* Appends `value`; raises where memory ended. */
static json_t *append(writer *w, json_t *array, json_t *value) {
  if (json_array_append_new(array, value))
    fault_raise(&w->cx->fault, DIMSAT_NO_MEMORY);
  return value;
}

/* A copy of `text` with `?` for every byte beyond ASCII. */
static const char *as_ascii(writer *w, const char *text) {
  char *copy = arena_copy_text(&w->cx->work, text, strlen(text));
  for (char *c = copy; *c; c++)
    if ((unsigned char)*c >= 0x80)
      *c = '?';
  return copy;
}

/* `text` as JSON; null for NULL. */
static json_t *of_text(writer *w, const char *text) {
  if (!text)
    return json_null();
  json_t *value = json_string(text);
  return value ? value : json_string(as_ascii(w, text));
}

/* `name` as a key: itself, unless it is no UTF-8. */
static const char *key_of(writer *w, const char *name) {
  json_t *probe = json_string(name);
  json_decref(probe);
  return probe ? name : as_ascii(w, name);
}

/* `a` as JSON: a number, or digits when it does not fit in 64 bits. */
static json_t *of_integer(writer *w, integer a) {
  if (integer_is_small(a))
    return json_integer(a.small);
  return json_string(integer_text(&w->cx->work, a));
}

/* A bound as JSON: null where there is none. */
static json_t *of_bound(writer *w, bool has, integer bound) {
  return has ? of_integer(w, bound) : json_null();
}

/* Puts "min" and "max" of `range` into `object`. */
static void put_range(writer *w, json_t *object, interval range) {
  put(w, object, "min", of_bound(w, range.has_lo, range.lo));
  put(w, object, "max", of_bound(w, range.has_hi, range.hi));
}

/* Appends each text of `list`. */
static void append_texts(writer *w, json_t *array, const text_list *list) {
  for (size_t i = 0; i < list->count; i++)
    append(w, array, of_text(w, list->item[i]));
}

/* Puts the sizes of `sizes` under "witness"; null where there are none. */
static void put_witness(writer *w, json_t *object, const witness *sizes) {
  if (sizes->count == 0) {
    put(w, object, "witness", json_null());
    return;
  }
  json_t *values = put(w, object, "witness", json_object());
  for (size_t i = 0; i < sizes->count; i++) {
    const char *name = key_of(w, sizes->name[i]);
    put(w, values, name, of_integer(w, sizes->value[i]));
  }
}

/* Appends violation `v`. */
static void append_violation(writer *w, json_t *array, const violation *v) {
  json_t *o = append(w, array, json_object());
  put(w, o, "kind", json_string(violation_kind_name(v->kind)));
  json_t *dims = put(w, o, "dims", json_array());
  for (size_t i = 0; i < v->dim_count; i++)
    append(w, dims, of_text(w, v->dims[i]));
  put(w, o, "guard",
      v->guard == NO_GUARD ? json_null() : json_integer((int64_t)v->guard));
  json_t *because = put(w, o, "because", json_array());
  for (size_t i = 0; i < v->because_count; i++)
    append(w, because, json_integer((int64_t)v->because[i]));
  put_witness(w, o, &v->witness);
  put(w, o, "at", of_text(w, v->at));
  put(w, o, "message", of_text(w, v->message));
}

/* Appends fix `f`. */
static void append_fix(writer *w, json_t *array, const fix *f) {
  json_t *o = append(w, array, json_object());
  put(w, o, "dim", of_text(w, f->dim));
  switch (f->kind) {
  case FIX_VALUE:
    put(w, o, "value", of_integer(w, f->value));
    break;
  case FIX_RANGE:
    put_range(w, o, f->range);
    break;
  case FIX_DERIVED:
    put(w, o, "root", of_text(w, f->root));
    put(w, o, "scale", of_integer(w, f->scale));
    put(w, o, "offset", of_integer(w, f->offset));
    break;
  }
}

/* Puts the pieces of each dim's exact set into `object`. */
static void put_allowed(writer *w, json_t *object) {
  for (size_t i = 0; i < w->result->allowed_count; i++) {
    const allowed_set *set = &w->result->allowed[i];
    const char *name = key_of(w, set->dim);
    json_t *pieces = put(w, object, name, json_array());
    for (size_t k = 0; k < set->count; k++) {
      json_t *o = append(w, pieces, json_object());
      put_range(w, o, set->piece[k].range);
      put(w, o, "modulo", of_integer(w, set->piece[k].modulo));
      put(w, o, "residue", of_integer(w, set->piece[k].residue));
    }
  }
}

/* Puts the range of each symbol into `object`. */
static void put_ranges(writer *w, json_t *object) {
  for (size_t i = 0; i < w->result->range_count; i++) {
    const symbol_range *s = &w->result->ranges[i];
    const char *name = key_of(w, s->symbol);
    json_t *pair = put(w, object, name, json_array());
    append(w, pair, of_bound(w, s->range.has_lo, s->range.lo));
    append(w, pair, of_bound(w, s->range.has_hi, s->range.hi));
  }
}

/* Puts the counters. */
static void put_stats(writer *w) {
  const counters *c = &w->result->stats;
  json_t *o = put(w, w->root, "stats", json_object());
  put(w, o, "native", json_integer((int64_t)c->native));
  put(w, o, "z3", json_integer((int64_t)c->z3));
  put(w, o, "z3_contexts", json_integer((int64_t)c->z3_contexts));
  put(w, o, "steps", json_integer((int64_t)c->steps));
  put(w, o, "seconds", json_real(c->seconds));
}

static const char *const verdict_names[] = {
    [DIMSAT_VERDICT_OK] = "ok",
    [DIMSAT_VERDICT_VIOLATED] = "violated",
    [DIMSAT_VERDICT_CONTRADICTORY] = "contradictory",
    [DIMSAT_VERDICT_UNDECIDED] = "undecided",
};

/* Puts verdict, violations and fixes. */
static void put_answer(writer *w) {
  const dimsat_result *r = w->result;
  put(w, w->root, "dimsat", json_integer(1));
  put(w, w->root, "name", of_text(w, r->problem->name));
  put(w, w->root, "verdict", json_string(verdict_names[r->verdict]));
  json_t *violations = put(w, w->root, "violations", json_array());
  for (size_t i = 0; i < r->violation_count; i++)
    append_violation(w, violations, &r->violations[i]);
  json_t *fixes = put(w, w->root, "fixes", json_array());
  for (size_t i = 0; i < r->fix_count; i++)
    append_fix(w, fixes, &r->fixes[i]);
  if (r->proof != PROOF_NONE)
    put(w, w->root, "proof",
        json_string(r->proof == PROOF_PROVED ? "proved" : "undecided"));
}

/* Puts what is known beside the answer. */
static void put_knowledge(writer *w) {
  const dimsat_result *r = w->result;
  put_allowed(w, put(w, w->root, "allowed", json_object()));
  put_ranges(w, put(w, w->root, "ranges", json_object()));
  append_texts(w, put(w, w->root, "relations", json_array()), &r->relations);
  append_texts(w, put(w, w->root, "alternatives", json_array()),
               &r->alternatives);
  json_t *inferred = put(w, w->root, "inferred", json_object());
  for (size_t i = 0; i < r->inferred_count; i++) {
    const char *source = key_of(w, r->inferred[i].axis);
    put(w, inferred, source, of_text(w, r->inferred[i].text));
  }
  json_t *notes = put(w, w->root, "notes", json_array());
  append_texts(w, notes, &r->undecided);
  append_texts(w, notes, &r->notes);
}

/* Builds the whole tree of `data`, a writer. */
static void build(void *data) {
  writer *w = data;
  put_answer(w);
  put_knowledge(w);
  if (w->stats)
    put_stats(w);
}

/* Copies the text of `data`, a writer, behind what `out` holds. */
static void copy_text(void *data) {
  const writer *w = data;
  buffer_add(w->out, w->text);
}

/* Appends the line, without newline; see report.h. */
void report_json(buffer *out, const dimsat_result *r, bool stats) {
  fault *f = &r->problem->cx->fault;
  writer w = {.result = r, .cx = r->problem->cx, .out = out, .stats = stats};
  w.root = json_object();
  dimsat_status status = w.root ? fault_try(f, build, &w) : DIMSAT_NO_MEMORY;
  if (status == DIMSAT_OK)
    w.text = json_dumps(w.root, JSON_REAL_PRECISION(6));
  json_decref(w.root);
  if (status == DIMSAT_OK)
    status = w.text ? fault_try(f, copy_text, &w) : DIMSAT_NO_MEMORY;
  free(w.text);
  if (status != DIMSAT_OK)
    fault_raise(f, status);
}
