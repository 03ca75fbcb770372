/*
 * Recorded calls from JSON.  Of a value's marks ("tensor", "list", ...) exactly
 * one must be there; what stands beside a "class" is kept, anything else that
 * is not known is noted, or refused when reading is strict.
 */
#include "lib/observe/calls.h"

#include "lib/base/limits.h"
#include "lib/problem/problem_json.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  json_reader r;
  dimsat_calls *c;
  const json_value *root;
  bool loose; /* options: objects and lists need no mark */
} job;

static const char *const call_keys[] = {"args", "kwargs", NULL};
static const char *const parameter_keys[] = {"name", "kind", "default", NULL};
/* "library" and "version" say whose function is meant; those known agree. */
static const char *const question_keys[] = {"function", "args",    "kwargs",
                                            "library",  "version", NULL};
/* What is not understood may be for people: who recorded what, and where. */
static const char *const top_keys[] = {
    "signature", "observations", "options", "registration", "ask", "id", "name",
    "title",     "environment",  "source",  "expected",     NULL};

/* `text` in the memory of the calls. */
static const char *keep(job *j, const char *text) {
  return arena_copy_text(&j->r.cx->nodes, text, strlen(text));
}

/* `count` elements of `size` bytes, all zero; NULL for none. */
static void *make(job *j, size_t count, size_t size) {
  return count > 0 ? arena_zeroed(&j->r.cx->nodes, count, size) : NULL;
}

/* ---- Values ------------------------------------------------------------ */

static recorded read_value(job *j, const json_value *value);

/* The elements of a list at the reader's place. */
static const recorded *read_items(job *j, const json_value *list,
                                  size_t *count) {
  *count = reader_list(&j->r, list);
  recorded *const item = make(j, *count, sizeof *item);
  for (size_t i = 0; i < *count; i++) {
    reader_enter_index(&j->r, i);
    item[i] = read_value(j, &list->item[i]);
    reader_leave(&j->r);
  }
  return item;
}

/* The members of an object at the reader's place but those in `skip`. */
static const recorded_member *read_members(job *j, const json_value *object,
                                           const char *const *skip,
                                           size_t *count) {
  if (!value_is(object, VALUE_OBJECT))
    reader_refuse(&j->r, object, "an object");
  recorded_member *const member = make(j, object->count, sizeof *member);
  size_t kept = 0;
  for (size_t i = 0; i < object->count; i++) {
    size_t known = 0;
    while (skip[known] != NULL && strcmp(skip[known], object->key[i]) != 0)
      known++;
    if (skip[known] != NULL)
      continue;
    reader_enter(&j->r, object->key[i]);
    member[kept++] =
        (recorded_member){.key = keep(j, object->key[i]),
                          .value = read_value(j, &object->item[i])};
    reader_leave(&j->r);
  }
  *count = kept;
  return member;
}

/* One size of a shape. */
static integer read_size(job *j, const json_value *value) {
  const integer size = reader_integer(&j->r, value);
  if (integer_sign(size) < 0)
    reader_fail(&j->r, "%s is below 0; a size is expected", reader_path(&j->r));
  return size;
}

/* {"dtype": "float32", "shape": [2, 3]} */
static void read_tensor(job *j, const json_value *object, recorded *v) {
  static const char *const keys[] = {"dtype", "shape", NULL};
  reader_object(&j->r, object, keys);
  reader_enter(&j->r, "dtype");
  v->text = keep(j, reader_string(&j->r, value_member(object, "dtype")));
  reader_leave(&j->r);
  reader_enter(&j->r, "shape");
  const json_value *const shape = value_member(object, "shape");
  v->count = reader_list(&j->r, shape);
  if (v->count > LIMIT_RANK)
    reader_fail(&j->r, "%s has %zu axes; the limit is %d", reader_path(&j->r),
                v->count, LIMIT_RANK);
  integer *const size = make(j, v->count, sizeof *size);
  for (size_t i = 0; i < v->count; i++) {
    reader_enter_index(&j->r, i);
    size[i] = read_size(j, &shape->item[i]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
  v->size = size;
}

/* {"class": "DynamicCache", "items": [..]} and fields */
static void read_class(job *j, const json_value *object, recorded *v) {
  static const char *const keys[] = {"class", "items", NULL};
  reader_enter(&j->r, "class");
  v->text = keep(j, reader_string(&j->r, value_member(object, "class")));
  reader_leave(&j->r);
  reader_enter(&j->r, "items");
  v->item = read_items(j, value_member(object, "items"), &v->count);
  reader_leave(&j->r);
  v->field = read_members(j, object, keys, &v->field_count);
}

/* What stands at the mark `kind`, down one step. */
static void read_marked(job *j, const char *mark, const json_value *inside,
                        recorded *v) {
  static const char *const none[] = {NULL};
  reader_enter(&j->r, mark);
  if (v->kind == RECORDED_TENSOR)
    read_tensor(j, inside, v);
  else if (v->kind == RECORDED_INT)
    v->number = reader_integer(&j->r, inside);
  else if (v->kind == RECORDED_DICT)
    v->member = read_members(j, inside, none, &v->count);
  else
    v->item = read_items(j, inside, &v->count);
  reader_leave(&j->r);
}

/* The value of an object without a mark. */
static recorded read_unmarked(job *j, const json_value *object) {
  static const char *const none[] = {NULL};
  recorded v = {.kind = RECORDED_DICT};
  if (!j->loose)
    reader_fail(&j->r,
                "%s says not what it is; one of \"tensor\", \"list\", "
                "\"tuple\", \"dict\", \"int\" and \"class\" is expected in it",
                reader_path(&j->r));
  v.member = read_members(j, object, none, &v.count);
  return v;
}

/* The value of an object, by its mark. */
static recorded read_object(job *j, const json_value *object) {
  static const struct {
    const char *mark[2]; /* as a list of known keys */
    recorded_kind kind;
  } marks[] = {{{"tensor"}, RECORDED_TENSOR}, {{"list"}, RECORDED_LIST},
               {{"tuple"}, RECORDED_TUPLE},   {{"dict"}, RECORDED_DICT},
               {{"int"}, RECORDED_INT},       {{"set"}, RECORDED_SET}};
  recorded v = {.kind = RECORDED_OBJECT};
  if (value_member(object, "class") != NULL) {
    read_class(j, object, &v);
    return v;
  }
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const json_value *const in = value_member(object, marks[i].mark[0]);
    if (in == NULL)
      continue;
    reader_object(&j->r, object, marks[i].mark);
    v.kind = marks[i].kind;
    read_marked(j, marks[i].mark[0], in, &v);
    return v;
  }
  return read_unmarked(j, object);
}

/* A bare list, which stands in options only. */
static recorded read_bare_list(job *j, const json_value *list) {
  recorded v = {.kind = RECORDED_LIST};
  if (!j->loose)
    reader_refuse(&j->r, list, "{\"list\": [..]} or {\"tuple\": [..]}");
  v.item = read_items(j, list, &v.count);
  return v;
}

/* Any value. */
static recorded read_value(job *j, const json_value *value) {
  switch (value->kind) {
  case VALUE_NULL:
    return (recorded){.kind = RECORDED_NONE};
  case VALUE_FALSE:
  case VALUE_TRUE:
    return (recorded){.kind = RECORDED_BOOL,
                      .number = integer_of(value->kind == VALUE_TRUE)};
  case VALUE_INTEGER:
    return (recorded){.kind = RECORDED_INT,
                      .number = integer_of(value->integer)};
  case VALUE_REAL:
    return (recorded){.kind = RECORDED_REAL, .text = keep(j, value->text)};
  case VALUE_STRING:
    return (recorded){.kind = RECORDED_TEXT, .text = keep(j, value->text)};
  case VALUE_LIST:
    return read_bare_list(j, value);
  case VALUE_OBJECT:
    return read_object(j, value);
  }
  return (recorded){.kind = RECORDED_NONE};
}

/* Member `key`, an object of values that may be absent. */
static const recorded_member *read_map(job *j, const json_value *object,
                                       const char *key, size_t *count) {
  static const char *const none[] = {NULL};
  const json_value *const map = reader_field(object, key);
  *count = 0;
  if (map == NULL)
    return NULL;
  reader_enter(&j->r, key);
  const recorded_member *const member = read_members(j, map, none, count);
  reader_leave(&j->r);
  return member;
}

/* ---- Signature --------------------------------------------------------- */

/* The kind of a parameter; "kind" may be absent. */
static parameter_kind read_kind(job *j, const json_value *object) {
  static const char *const kinds[] = {
      [PARAMETER_POSITIONAL_ONLY] = "POSITIONAL_ONLY",
      [PARAMETER_POSITIONAL_OR_KEYWORD] = "POSITIONAL_OR_KEYWORD",
      [PARAMETER_VAR_POSITIONAL] = "VAR_POSITIONAL",
      [PARAMETER_KEYWORD_ONLY] = "KEYWORD_ONLY",
      [PARAMETER_VAR_KEYWORD] = "VAR_KEYWORD",
  };
  const char *const text = reader_string_field(&j->r, object, "kind");
  if (text == NULL)
    return PARAMETER_POSITIONAL_OR_KEYWORD;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i], text) == 0)
      return (parameter_kind)i;
  reader_enter(&j->r, "kind");
  reader_fail(&j->r,
              "%s is '%s'; POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, "
              "VAR_POSITIONAL, KEYWORD_ONLY or VAR_KEYWORD is expected",
              reader_path(&j->r), name_brief(j->r.cx, text));
}

/* Raises where parameter `row` cannot stand behind those before it. */
static void check_parameter(job *j, const parameter *all, size_t row,
                            table *known) {
  const parameter *const p = &all[row], *old;
  const bool variadic =
      p->kind == PARAMETER_VAR_POSITIONAL || p->kind == PARAMETER_VAR_KEYWORD;
  const uint32_t hash = hash_bytes(0, p->name, strlen(p->name));
  uint32_t at = hash;
  while ((old = table_next(known, hash, &at)) != NULL)
    if (strcmp(old->name, p->name) == 0)
      reader_fail(&j->r, "two parameters are called '%s'",
                  name_brief(j->r.cx, p->name));
  table_add(known, &j->r.cx->work, hash, p);
  if (row > 0 && (p[-1].kind > p->kind || (variadic && p[-1].kind == p->kind)))
    reader_fail(&j->r,
                "parameter '%s' cannot stand behind '%s': kinds come in "
                "Python's order",
                name_brief(j->r.cx, p->name), name_brief(j->r.cx, p[-1].name));
}

/* {"name", "kind", "default"?} */
static void read_parameter(job *j, const json_value *object, parameter *p) {
  reader_object(&j->r, object, parameter_keys);
  reader_enter(&j->r, "name");
  const char *const name = reader_string(&j->r, value_member(object, "name"));
  if (!name_is_plain(name))
    reader_fail(&j->r, "'%s' cannot be the name of a parameter",
                name_brief(j->r.cx, name));
  p->name = keep(j, name);
  reader_leave(&j->r);
  p->kind = read_kind(j, object);
  const json_value *const preset = value_member(object, "default");
  p->has_default = preset != NULL;
  if (preset == NULL)
    return;
  reader_enter(&j->r, "default");
  p->preset = read_value(j, preset);
  reader_leave(&j->r);
}

/* ---- Calls, options, questions ----------------------------------------- */

/* Member "args", a list of values that may be absent. */
static const recorded *read_args(job *j, const json_value *object,
                                 size_t *count) {
  const json_value *const args = reader_field(object, "args");
  const recorded *item = NULL;
  *count = 0;
  if (args == NULL)
    return NULL;
  reader_enter(&j->r, "args");
  item = read_items(j, args, count);
  reader_leave(&j->r);
  return item;
}

/* {"args": [..], "kwargs": {..}} */
static void read_call(job *j, const json_value *object, recorded_call *call) {
  reader_object(&j->r, object, call_keys);
  call->arg = read_args(j, object, &call->arg_count);
  call->kwarg = read_map(j, object, "kwargs", &call->kwarg_count);
}

/* {"function", "args"?, "kwargs"?} */
static void read_question(job *j, const json_value *object,
                          recorded_question *q) {
  reader_object(&j->r, object, question_keys);
  reader_enter(&j->r, "function");
  q->function = keep(j, reader_string(&j->r, value_member(object, "function")));
  reader_leave(&j->r);
  q->arg = read_args(j, object, &q->arg_count);
  q->kwarg = read_map(j, object, "kwargs", &q->kwarg_count);
}

/* The list under `key`, which must be there if it is `needed`. */
static const json_value *enter_list(job *j, const char *key, bool needed) {
  const json_value *const list = reader_field(j->root, key);
  reader_enter(&j->r, key);
  if (needed || list != NULL)
    reader_list(&j->r, list);
  return list;
}

/* All parameters. */
static void read_signature(job *j) {
  const json_value *const list = enter_list(j, "signature", true);
  parameter *const all = make(j, list->count, sizeof *all);
  table known;
  table_init(&known, &j->r.cx->work, 0);
  for (size_t i = 0; i < list->count; i++) {
    reader_enter_index(&j->r, i);
    read_parameter(j, &list->item[i], &all[i]);
    check_parameter(j, all, i, &known);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
  j->c->parameter = all;
  j->c->parameter_count = list->count;
}

/* All calls. */
static void read_calls(job *j) {
  const json_value *const list = enter_list(j, "observations", true);
  recorded_call *const all = make(j, list->count, sizeof *all);
  for (size_t i = 0; i < list->count; i++) {
    reader_enter_index(&j->r, i);
    read_call(j, &list->item[i], &all[i]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
  j->c->call = all;
  j->c->call_count = list->count;
}

/* All questions, if there are any. */
static void read_questions(job *j) {
  const json_value *const list = enter_list(j, "ask", false);
  const size_t count = list != NULL ? list->count : 0;
  recorded_question *const all = make(j, count, sizeof *all);
  for (size_t i = 0; i < count; i++) {
    reader_enter_index(&j->r, i);
    read_question(j, &list->item[i], &all[i]);
    reader_leave(&j->r);
  }
  reader_leave(&j->r);
  j->c->has_ask = list != NULL;
  j->c->question = all;
  j->c->question_count = count;
}

/* Keeps the note that unknown keys make. */
static void keep_notes(job *j) {
  const char *const note = reader_unknown_note(&j->r);
  if (note == NULL)
    return;
  j->c->notes = make(j, 1, sizeof *j->c->notes);
  j->c->notes[0] = keep(j, note);
  j->c->note_count = 1;
}

/* The body of `calls_read`. */
static void run_job(void *data) {
  job *const j = data;
  if (!value_is(j->root, VALUE_OBJECT))
    reader_fail(&j->r, "recorded calls are one object: {\"signature\": [..], "
                       "\"observations\": [..]}");
  j->c = make(j, 1, sizeof *j->c);
  j->c->cx = j->r.cx;
  reader_object(&j->r, j->root, top_keys);
  const char *const registration =
      reader_string_field(&j->r, j->root, "registration");
  j->c->registration = registration != NULL ? keep(j, registration) : NULL;
  read_signature(j);
  read_calls(j);
  j->loose = true;
  j->c->option = read_map(j, j->root, "options", &j->c->option_count);
  read_questions(j);
  keep_notes(j);
}

/* Every error gets its place in the text. */
dimsat_calls *calls_read(dimsat_context *cx, const char *text, size_t length,
                         bool strict) {
  job j = {.r = {.cx = cx, .text = text, .length = length, .strict = strict}};
  j.root = reader_load(cx, text, length);
  const dimsat_status status = fault_try(&cx->fault, run_job, &j);
  if (status == DIMSAT_OK)
    return j.c;
  if (cx->error.status != DIMSAT_OK)
    reader_place_error(&j.r);
  fault_raise(&cx->fault, status);
}
