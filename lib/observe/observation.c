/* The pieces of an observation, and the steps that make it. */
#include "lib/observe/plans.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Axes that a note names. */
enum { MOST_NAMED = 4 };

/* ---- Pieces ------------------------------------------------------------ */

/* A message in the memory of the answer, however long the names in it are. */
static const char *keep_message(dimsat_observation *o, const char *format,
                                va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const size_t size = (size_t)vsnprintf(NULL, 0, format, again) + 1;
  va_end(again);
  char *const text = arena_alloc(&o->cx->nodes, size);
  vsnprintf(text, size, format, arguments);
  return text;
}

/* The trouble of that kind with that argument, or NULL. */
static trouble *find_trouble(dimsat_observation *o, const trouble *t,
                             uint32_t hash) {
  uint32_t at = hash;
  const size_t *index;
  while ((index = table_next(&o->troubles, hash, &at)) != NULL) {
    trouble *const old = &o->trouble[*index];
    if (old->kind == t->kind && strcmp(old->argument, t->argument) == 0)
      return old;
  }
  return NULL;
}

/* One of a kind for each argument. */
void observe_trouble(dimsat_observation *o, trouble t, const char *format,
                     ...) {
  arena *const m = &o->cx->nodes;
  const uint32_t hash =
      hash_bytes((uint32_t)t.kind, t.argument, strlen(t.argument));
  trouble *const old = find_trouble(o, &t, hash);
  if (old != NULL) {
    old->more++;
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  t.message = keep_message(o, format, arguments);
  va_end(arguments);
  o->trouble = arena_grow(m, o->trouble, o->trouble_count, &o->trouble_capacity,
                          sizeof *o->trouble);
  size_t *const index = arena_alloc(m, sizeof *index);
  *index = o->trouble_count;
  o->trouble[o->trouble_count++] = t;
  table_add(&o->troubles, m, hash, index);
}

/* A sentence without a dot. */
void observe_note(dimsat_observation *o, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *const text = keep_message(o, format, arguments);
  va_end(arguments);
  o->note = arena_grow(&o->cx->nodes, o->note, o->note_count, &o->note_capacity,
                       sizeof *o->note);
  o->note[o->note_count++] = text;
}

/* All but its kind is for the caller to set. */
relation *observe_relation(dimsat_observation *o, relation_kind kind) {
  o->relation = arena_grow(&o->cx->nodes, o->relation, o->relation_count,
                           &o->relation_capacity, sizeof *o->relation);
  relation *const r = &o->relation[o->relation_count++];
  *r = (relation){.kind = kind, .left = OBSERVED_NONE};
  return r;
}

/* An affine relation that there is no evidence for. */
relation *observe_doubt(dimsat_observation *o) {
  o->doubt = arena_grow(&o->cx->nodes, o->doubt, o->doubt_count,
                        &o->doubt_capacity, sizeof *o->doubt);
  relation *const r = &o->doubt[o->doubt_count++];
  *r = (relation){.kind = RELATION_AFFINE, .left = OBSERVED_NONE};
  return r;
}

/* The same of a need. */
need *observe_need(dimsat_observation *o, size_t more) {
  o->need = arena_grow(&o->cx->nodes, o->need, o->need_count, &o->need_capacity,
                       sizeof *o->need);
  need *const n = &o->need[o->need_count++];
  *n = (need){.more = more};
  return n;
}

/* ---- Evidence ---------------------------------------------------------- */

/* Whether all of the classes are there in a call. */
static bool all_known(const dimsat_observation *o, const size_t *families,
                      size_t count, size_t call) {
  for (size_t k = 0; k < count; k++)
    if (!o->family[families[k]].cell[call].known)
      return false;
  return true;
}

/* Whether all of the classes are the same in two calls. */
static bool all_equal(const dimsat_observation *o, const size_t *families,
                      size_t count, size_t a, size_t b) {
  for (size_t k = 0; k < count; k++) {
    const cell *const c = o->family[families[k]].cell;
    if (!integer_equal(c[a].size, c[b].size))
      return false;
  }
  return true;
}

/* Tuples of sizes by hash. */
size_t observe_support(const dimsat_observation *o, const size_t *families,
                       size_t count, size_t *points) {
  table known;
  size_t support = 0;
  table_init(&known, &o->cx->work, 0);
  for (size_t i = 0; i < o->point_count; i++) {
    const size_t call = o->point[i];
    uint32_t hash = 0;
    if (!all_known(o, families, count, call))
      continue;
    support += o->weight[call];
    for (size_t k = 0; k < count; k++)
      hash =
          hash_mix(hash, integer_hash(o->family[families[k]].cell[call].size));
    uint32_t at = hash;
    const size_t *old;
    while ((old = table_next(&known, hash, &at)) != NULL &&
           !all_equal(o, families, count, *old, call))
      continue;
    if (old == NULL)
      table_add(&known, &o->cx->work, hash, &o->point[i]);
  }
  *points = known.count;
  return support;
}

/* ---- The steps --------------------------------------------------------- */

/* Says what can be done where nothing was seen to vary. */
static void need_variety(dimsat_observation *o) {
  if (o->family_count > 0 || (o->leaf_count == 0 && o->calls->call_count > 0))
    return;
  need *const n = observe_need(o, o->calls->call_count == 0 ? 2 : 1);
  n->message = o->calls->call_count == 0 ? "no call was recorded"
               : o->calls->call_count == 1
                   ? "one call alone does not show what varies"
                   : "no size that can be compared "
                     "differs between the calls";
}

/* Whether a column is an axis of size 0 or 1 in every call. */
static bool is_small(const dimsat_observation *o, const column *c) {
  bool small = c->axis != OBSERVED_NONE && c->family == OBSERVED_NONE;
  for (size_t i = 0; small && i < o->calls->call_count; i++)
    small = !c->cell[i].known ||
            integer_compare(c->cell[i].size, integer_of(1)) <= 0;
  return small;
}

/* Batches of 1 are common in calls, and rarely all that a model is for. */
static void note_small(dimsat_observation *o) {
  buffer b;
  size_t count = 0;
  buffer_init(&b, &o->cx->work);
  for (size_t i = 0; i < o->column_count; i++)
    if (is_small(o, &o->column[i]) && count++ < MOST_NAMED)
      buffer_format(&b, "%s%s", count > 1 ? ", " : "", o->column[i].name);
  if (count > MOST_NAMED)
    buffer_format(&b, " and %zu more", count - MOST_NAMED);
  if (count > 0)
    observe_note(o, "0 or 1 in every call, maybe not always: %s", b.text);
}

/* Whatever was read. */
static dimsat_observation *run(dimsat_calls *c) {
  dimsat_observation *const o = arena_zeroed(&c->cx->nodes, 1, sizeof *o);
  o->cx = c->cx;
  o->calls = c;
  table_init(&o->troubles, &c->cx->nodes, 0);
  for (size_t i = 0; i < c->note_count; i++)
    observe_note(o, "%s", c->notes[i]);
  observe_leaves(o, observe_bind(o));
  observe_columns(o);
  observe_plans(o);
  observe_families(o);
  observe_affine(o);
  observe_templates(o);
  need_variety(o);
  observe_names(o);
  observe_example(o);
  observe_problem(o);
  observe_pick(o);
  note_small(o);
  return o;
}

typedef struct {
  dimsat_calls *calls;
  const dimsat_observation *source;
  dimsat_observation *observation;
  dimsat_observation_form form;
  const char *text;
} job;

/* The body of `dimsat_observe`. */
static void run_observe(void *data) {
  job *const j = data;
  budget b;
  budget_init(&b, &j->calls->cx->fault, NULL, j->calls->call_count);
  j->observation = run(j->calls);
}

/* Bounds the memory by the number of calls. */
dimsat_observation *dimsat_observe(dimsat_calls *c) {
  job j = {.calls = c};
  return context_run(c->cx, run_observe, &j) == DIMSAT_OK ? j.observation
                                                          : NULL;
}

/* The body of `dimsat_observation_write`. */
static void run_write(void *data) {
  job *const j = data;
  dimsat_context *const cx = j->source->cx;
  buffer b;
  buffer_init(&b, &cx->work);
  if (j->form == DIMSAT_OBSERVATION_JSON)
    observe_write_json(&b, j->source);
  else
    observe_write_text(&b, j->source);
  j->text = arena_copy_text(&cx->nodes, b.text, b.length);
}

/* Ends with a newline as text for people, without one as JSON. */
const char *dimsat_observation_write(const dimsat_observation *o,
                                     dimsat_observation_form form) {
  job j = {.source = o, .form = form};
  return context_run(o->cx, run_write, &j) == DIMSAT_OK ? j.text : NULL;
}

/* Borrowed. */
dimsat_problem *dimsat_observation_problem(const dimsat_observation *o) {
  return o->problem;
}
