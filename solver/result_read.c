#include "solver/result_read.h"

#include "lib/problem/problem_json.h"

#include <string.h>

/* One text while it is read. */
typedef struct {
  json_reader reader;
  arena *m;
  dimsat_result *result;
  const char *name;
  const json_value *root;
} reading;

/* ---- Pieces -------------------------------------------------------------- */

/* A copy that outlives the JSON value; NULL for NULL. */
static const char *keep(const reading *g, const char *text) {
  return text ? arena_copy_text(g->m, text, strlen(text)) : NULL;
}

/* The index of the member's text in `word`; raises where it is none of them. */
static size_t read_word(reading *g, const json_value *object, const char *key,
                        const char *const *word, size_t count) {
  const char *text = reader_string_field(&g->reader, object, key);
  reader_enter(&g->reader, key);
  if (text == NULL)
    reader_refuse(&g->reader, NULL, "a word");
  for (size_t i = 0; i < count; i++)
    if (strcmp(word[i], text) == 0) {
      reader_leave(&g->reader);
      return i;
    }
  reader_fail(&g->reader, "'%s' is no word for %s",
              name_brief(g->reader.cx, text), key);
}

/* A member that must be there. */
static const json_value *need(reading *g, const json_value *object,
                              const char *key, const char *what) {
  const json_value *value = reader_field(object, key);
  if (value != NULL)
    return value;
  reader_enter(&g->reader, key);
  reader_refuse(&g->reader, NULL, what);
}

/* The texts of a list. */
static size_t read_texts(reading *g, const json_value *object, const char *key,
                         const char ***out) {
  const size_t n = reader_list_field(&g->reader, object, key);
  *out = arena_zeroed(g->m, n + 1, sizeof **out);
  reader_enter(&g->reader, key);
  for (size_t i = 0; i < n; i++) {
    reader_enter_index(&g->reader, i);
    (*out)[i] =
        keep(g, reader_string(&g->reader, &value_member(object, key)->item[i]));
    reader_leave(&g->reader);
  }
  reader_leave(&g->reader);
  return n;
}

/* An index of a guard; NO_GUARD for what no guard can have. */
static size_t read_index(reading *g, const json_value *value) {
  const integer i = reader_integer(&g->reader, value);
  if (!integer_is_small(i) || i.small < 0)
    return NO_GUARD - 1;
  return (size_t)i.small;
}

/* ---- Violations ---------------------------------------------------------- */

/* Reads "because". */
static void read_because(reading *g, const json_value *object, violation *v) {
  const json_value *list = value_member(object, "because");
  const size_t n = reader_list_field(&g->reader, object, "because");
  size_t *index = arena_zeroed(g->m, n + 1, sizeof *index);
  reader_enter(&g->reader, "because");
  for (size_t i = 0; i < n; i++) {
    reader_enter_index(&g->reader, i);
    index[i] = read_index(g, &list->item[i]);
    reader_leave(&g->reader);
  }
  reader_leave(&g->reader);
  v->because = index;
  v->because_count = n;
}

/* Reads "witness". */
static void read_witness(reading *g, const json_value *object, violation *v) {
  const json_value *sizes = reader_field(object, "witness");
  if (sizes == NULL)
    return;
  reader_enter(&g->reader, "witness");
  if (!value_is(sizes, VALUE_OBJECT))
    reader_refuse(&g->reader, sizes, "an object");
  witness *w = &v->witness;
  w->count = sizes->count;
  w->name = arena_zeroed(g->m, w->count + 1, sizeof *w->name);
  w->value = arena_zeroed(g->m, w->count + 1, sizeof *w->value);
  for (size_t i = 0; i < w->count; i++) {
    reader_enter(&g->reader, sizes->key[i]);
    w->name[i] = keep(g, sizes->key[i]);
    w->value[i] =
        integer_copy(g->m, reader_integer(&g->reader, &sizes->item[i]));
    reader_leave(&g->reader);
  }
  reader_leave(&g->reader);
}

/* Reads one violation. */
static void read_violation(reading *g, const json_value *object, violation *v) {
  const char *kinds[VIOLATION_SPEC + 1];
  if (!value_is(object, VALUE_OBJECT))
    reader_refuse(&g->reader, object, "an object");
  for (size_t i = 0; i <= VIOLATION_SPEC; i++)
    kinds[i] = violation_kind_name((violation_kind)i);
  v->kind =
      (violation_kind)read_word(g, object, "kind", kinds, VIOLATION_SPEC + 1);
  v->dim_count = read_texts(g, object, "dims", &v->dims);
  v->guard = NO_GUARD;
  if (reader_field(object, "guard")) {
    reader_enter(&g->reader, "guard");
    v->guard = read_index(g, reader_field(object, "guard"));
    reader_leave(&g->reader);
  }
  read_because(g, object, v);
  read_witness(g, object, v);
  v->at = keep(g, reader_string_field(&g->reader, object, "at"));
  v->message = keep(g, reader_string_field(&g->reader, object, "message"));
}

/* ---- Fixes --------------------------------------------------------------- */

/* Reads an integer that must be there. */
static integer need_integer(reading *g, const json_value *object,
                            const char *key) {
  need(g, object, key, "an integer");
  return reader_integer_field(&g->reader, object, key, integer_of(0));
}

/* Reads one fix. */
static void read_fix(reading *g, const json_value *object, fix *f) {
  if (!value_is(object, VALUE_OBJECT))
    reader_refuse(&g->reader, object, "an object");
  need(g, object, "dim", "the name of a dim");
  f->dim = keep(g, reader_string_field(&g->reader, object, "dim"));
  if (reader_field(object, "value")) {
    f->kind = FIX_VALUE;
    f->value = need_integer(g, object, "value");
  } else if (reader_field(object, "root")) {
    f->kind = FIX_DERIVED;
    f->root = keep(g, reader_string_field(&g->reader, object, "root"));
    f->scale = need_integer(g, object, "scale");
    f->offset = need_integer(g, object, "offset");
  } else {
    need(g, object, "min", "an integer");
    f->kind = FIX_RANGE;
    f->range = reader_range(&g->reader, object);
    f->new_root = problem_find_dim(g->result->problem, f->dim) == SIZE_MAX;
  }
}

/* ---- Knowledge ----------------------------------------------------------- */

/* Reads the pieces of one dim. */
static void read_pieces(reading *g, const json_value *list, allowed_set *set) {
  set->count = reader_list(&g->reader, list);
  set->piece = arena_zeroed(g->m, set->count + 1, sizeof *set->piece);
  for (size_t i = 0; i < set->count; i++) {
    const json_value *object = &list->item[i];
    reader_enter_index(&g->reader, i);
    if (!value_is(object, VALUE_OBJECT))
      reader_refuse(&g->reader, object, "an object");
    piece *p = &set->piece[i];
    p->range = reader_range(&g->reader, object);
    p->modulo =
        reader_integer_field(&g->reader, object, "modulo", integer_of(1));
    p->residue =
        reader_integer_field(&g->reader, object, "residue", integer_of(0));
    reader_leave(&g->reader);
  }
}

/* Reads [lo, hi]. */
static interval read_pair(reading *g, const json_value *list) {
  interval r = interval_all();
  if (reader_list(&g->reader, list) != 2)
    reader_fail(&g->reader, "%s must hold two bounds", reader_path(&g->reader));
  const json_value *lo = &list->item[0], *hi = &list->item[1];
  r.has_lo = !value_is(lo, VALUE_NULL);
  r.has_hi = !value_is(hi, VALUE_NULL);
  if (r.has_lo)
    r.lo = reader_integer(&g->reader, lo);
  if (r.has_hi)
    r.hi = reader_integer(&g->reader, hi);
  return r;
}

/* Calls `take` for each member of the object under `key`. */
static void read_members(reading *g, const char *key,
                         void (*take)(reading *g, const char *name,
                                      const json_value *value)) {
  const json_value *object = reader_field(g->root, key);
  if (object == NULL)
    return;
  reader_enter(&g->reader, key);
  if (!value_is(object, VALUE_OBJECT))
    reader_refuse(&g->reader, object, "an object");
  for (size_t i = 0; i < object->count; i++) {
    reader_enter(&g->reader, object->key[i]);
    take(g, keep(g, object->key[i]), &object->item[i]);
    reader_leave(&g->reader);
  }
  reader_leave(&g->reader);
}

/* Takes the set of one dim. */
static void take_allowed(reading *g, const char *name,
                         const json_value *value) {
  dimsat_result *r = g->result;
  r->allowed = arena_grow(g->m, r->allowed, r->allowed_count,
                          &r->allowed_capacity, sizeof *r->allowed);
  allowed_set *set = &r->allowed[r->allowed_count++];
  *set = (allowed_set){.dim = name};
  read_pieces(g, value, set);
}

/* Takes the range of one symbol. */
static void take_range(reading *g, const char *name, const json_value *value) {
  dimsat_result *r = g->result;
  const interval range = read_pair(g, value);
  r->ranges = arena_grow(g->m, r->ranges, r->range_count, &r->range_capacity,
                         sizeof *r->ranges);
  r->ranges[r->range_count++] = (symbol_range){.symbol = name, .range = range};
}

/* Takes what one axis is. */
static void take_inferred(reading *g, const char *name,
                          const json_value *value) {
  dimsat_result *r = g->result;
  const char *text = keep(g, reader_string(&g->reader, value));
  r->inferred = arena_grow(g->m, r->inferred, r->inferred_count,
                           &r->inferred_capacity, sizeof *r->inferred);
  r->inferred[r->inferred_count++] = (inference){.axis = name, .text = text};
}

/* ---- All ----------------------------------------------------------------- */

/* Reads violations and fixes. */
static void read_lists(reading *g) {
  dimsat_result *r = g->result;
  json_reader *at = &g->reader;
  r->violation_count = reader_list_field(at, g->root, "violations");
  r->violations =
      arena_zeroed(g->m, r->violation_count + 1, sizeof *r->violations);
  reader_enter(at, "violations");
  for (size_t i = 0; i < r->violation_count; i++) {
    reader_enter_index(at, i);
    read_violation(g, &value_member(g->root, "violations")->item[i],
                   &r->violations[i]);
    reader_leave(at);
  }
  reader_leave(at);
  r->fix_count = reader_list_field(at, g->root, "fixes");
  r->fixes = arena_zeroed(g->m, r->fix_count + 1, sizeof *r->fixes);
  reader_enter(at, "fixes");
  for (size_t i = 0; i < r->fix_count; i++) {
    reader_enter_index(at, i);
    read_fix(g, &value_member(g->root, "fixes")->item[i], &r->fixes[i]);
    reader_leave(at);
  }
  reader_leave(at);
}

/* Reads all of `data`, a reading. */
static void read_all(void *data) {
  static const char *const verdicts[] = {
      [DIMSAT_VERDICT_OK] = "ok",
      [DIMSAT_VERDICT_VIOLATED] = "violated",
      [DIMSAT_VERDICT_CONTRADICTORY] = "contradictory",
      [DIMSAT_VERDICT_UNDECIDED] = "undecided",
  };
  static const char *const proofs[] = {"proved", "undecided"};
  reading *g = data;
  dimsat_result *r = g->result;
  g->root = reader_load(g->reader.cx, g->reader.text, g->reader.length);
  if (!value_is(g->root, VALUE_OBJECT))
    reader_fail(&g->reader, "a result is one object: {...}");
  if (reader_field(g->root, "error"))
    reader_fail(&g->reader, "this is no result: it says that its problem could "
                            "not be read");
  g->name = keep(g, reader_string_field(&g->reader, g->root, "name"));
  r->verdict = (dimsat_verdict)read_word(g, g->root, "verdict", verdicts, 4);
  read_lists(g);
  if (reader_field(g->root, "proof"))
    r->proof = read_word(g, g->root, "proof", proofs, 2) == 0 ? PROOF_PROVED
                                                              : PROOF_UNDECIDED;
  r->may_be_wider = reader_field(g->root, "maximal") &&
                    read_word(g, g->root, "maximal", proofs, 2) == 1;
  read_members(g, "allowed", take_allowed);
  read_members(g, "ranges", take_range);
  read_members(g, "inferred", take_inferred);
  r->relations.count = read_texts(g, g->root, "relations", &r->relations.item);
}

/* The result in `text`. */
dimsat_result *result_read(dimsat_problem *p, const char *text, size_t length,
                           const char **name) {
  reading g = {.m = &p->cx->nodes};
  g.reader = (json_reader){.cx = p->cx, .text = text, .length = length};
  g.result = arena_zeroed(g.m, 1, sizeof *g.result);
  g.result->problem = p;
  const dimsat_status s = fault_try(&p->cx->fault, read_all, &g);
  if (s != DIMSAT_OK && g.root != NULL)
    reader_place_error(&g.reader);
  if (s != DIMSAT_OK)
    fault_raise(&p->cx->fault, s);
  *name = g.name;
  return g.result;
}
