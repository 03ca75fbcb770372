#include "lib/observe/calls.h"

#include "lib/base/json_write.h"

#include <string.h>

/* ---- Looking up -------------------------------------------------------- */

/* Looks at each key: recorded calls have few. */
const recorded *recorded_find(const recorded_member *member, size_t count,
                              const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(member[i].key, key) == 0)
      return &member[i].value;
  return NULL;
}

/* None is as good as absent. */
const recorded *calls_option(const dimsat_calls *c, const char *name) {
  const recorded *v = recorded_find(c->option, c->option_count, name);
  return v != NULL && v->kind == RECORDED_NONE ? NULL : v;
}

/* A signature has at most one of each. */
const parameter *calls_variadic(const dimsat_calls *c, parameter_kind kind) {
  for (size_t i = 0; i < c->parameter_count; i++)
    if (c->parameter[i].kind == kind)
      return &c->parameter[i];
  return NULL;
}

/* ---- Comparing --------------------------------------------------------- */

/* Whether keys and values are the same, in the same order. */
static bool members_equal(const recorded_member *a, const recorded_member *b,
                          size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(a[i].key, b[i].key) != 0 ||
        !recorded_equal(&a[i].value, &b[i].value))
      return false;
  return true;
}

/* Whether what `v` points at is the same, as far as both have it. */
bool recorded_equal(const recorded *a, const recorded *b) {
  if (a->kind != b->kind || a->count != b->count ||
      a->field_count != b->field_count ||
      (a->text == NULL) != (b->text == NULL))
    return false;
  if (!integer_equal(a->number, b->number) ||
      (a->text != NULL && strcmp(a->text, b->text) != 0))
    return false;
  for (size_t i = 0; i < a->count && a->size != NULL; i++)
    if (!integer_equal(a->size[i], b->size[i]))
      return false;
  for (size_t i = 0; i < a->count && a->item != NULL; i++)
    if (!recorded_equal(&a->item[i], &b->item[i]))
      return false;
  return (a->member == NULL || members_equal(a->member, b->member, a->count)) &&
         members_equal(a->field, b->field, a->field_count);
}

/* ---- Writing ----------------------------------------------------------- */

/* A whole number, which is no string where it does not fit into 64 bits. */
static void write_integer(buffer *out, integer number) {
  const char *const digits = integer_text(out->arena, number);
  if (number.big == NULL) {
    json_digits(out, digits);
    return;
  }
  json_open(out, '{');
  json_key(out, "int");
  json_text(out, digits);
  json_close(out, '}');
}

/* Sizes of a tensor. */
static void write_tensor(buffer *out, const recorded *v) {
  json_key(out, "tensor");
  json_open(out, '{');
  json_key(out, "dtype");
  json_text(out, v->text);
  json_key(out, "shape");
  json_open(out, '[');
  for (size_t i = 0; i < v->count; i++)
    json_digits(out, integer_text(out->arena, v->size[i]));
  json_close(out, ']');
  json_close(out, '}');
}

/* Items under `key`. */
static void write_items(buffer *out, const char *key, const recorded *v) {
  json_key(out, key);
  json_open(out, '[');
  for (size_t i = 0; i < v->count; i++)
    recorded_write(out, &v->item[i]);
  json_close(out, ']');
}

/* Keys and values, without brackets. */
static void write_members(buffer *out, const recorded_member *member,
                          size_t count) {
  for (size_t i = 0; i < count; i++) {
    json_key(out, member[i].key);
    recorded_write(out, &member[i].value);
  }
}

/* The members of what is written as an object; scalars are not. */
static void write_marked(buffer *out, const recorded *v) {
  switch (v->kind) {
  case RECORDED_TENSOR:
    write_tensor(out, v);
    return;
  case RECORDED_LIST:
    write_items(out, "list", v);
    return;
  case RECORDED_TUPLE:
    write_items(out, "tuple", v);
    return;
  case RECORDED_SET:
    write_items(out, "set", v);
    return;
  case RECORDED_DICT:
    json_key(out, "dict");
    json_open(out, '{');
    write_members(out, v->member, v->count);
    json_close(out, '}');
    return;
  case RECORDED_OBJECT:
    json_key(out, "class");
    json_text(out, v->text);
    write_items(out, "items", v);
    write_members(out, v->field, v->field_count);
    return;
  case RECORDED_NONE:
  case RECORDED_BOOL:
  case RECORDED_INT:
  case RECORDED_REAL:
  case RECORDED_TEXT:
    return;
  }
}

/* Scalars as they are, the rest with a mark. */
void recorded_write(buffer *out, const recorded *v) {
  switch (v->kind) {
  case RECORDED_NONE:
    json_word(out, "null");
    return;
  case RECORDED_BOOL:
    json_word(out, integer_is(v->number, 0) ? "false" : "true");
    return;
  case RECORDED_INT:
    write_integer(out, v->number);
    return;
  case RECORDED_REAL:
    json_word(out, v->text);
    return;
  case RECORDED_TEXT:
    json_text(out, v->text);
    return;
  case RECORDED_TENSOR:
  case RECORDED_LIST:
  case RECORDED_TUPLE:
  case RECORDED_SET:
  case RECORDED_DICT:
  case RECORDED_OBJECT:
    json_open(out, '{');
    write_marked(out, v);
    json_close(out, '}');
  }
}
