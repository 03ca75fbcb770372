#include "cli/sizes.h"

#include <ctype.h>
#include <string.h>

/* Fails: the place is `length` bytes at `offset`. */
static _Noreturn void fail(sizes *s, text_span at, const char *text) {
  context_fail(s->cx, DIMSAT_BAD_FORMAT, at.offset, at.length, "%s", text);
}

/* Appends one size, which was given at `at`. */
static void add_size(sizes *s, const char *name, const char *value,
                     text_span at) {
  arena *m = &s->cx->nodes;
  for (size_t i = 0; i < s->count; i++)
    if (strcmp(s->names[i], name) == 0)
      fail(s, at, arena_format(m, "%s is given twice", name));
  s->names =
      arena_grow(m, s->names, s->count, &s->name_capacity, sizeof *s->names);
  s->values =
      arena_grow(m, s->values, s->count, &s->value_capacity, sizeof *s->values);
  s->places =
      arena_grow(m, s->places, s->count, &s->place_capacity, sizeof *s->places);
  s->places[s->count] = (size_place){s->text, at};
  s->names[s->count] = arena_copy_text(m, name, strlen(name));
  s->values[s->count] = value;
  s->count++;
}

/* The input that is called `name`, or NULL. */
static const input *find_input(const dimsat_problem *p, const char *name) {
  for (size_t i = 0; i < p->input_count; i++)
    if (strcmp(p->inputs[i].name, name) == 0 ||
        strcmp(p->inputs[i].source, name) == 0)
      return &p->inputs[i];
  return NULL;
}

/* Whether the input `name` has `rank` axes; a refusal when it has not. */
static bool check_rank(sizes *s, const char *name, size_t rank, text_span at) {
  const input *found = find_input(s->problem, name);
  if (!found)
    context_fail(s->cx, DIMSAT_BAD_PROBLEM, at.offset, at.length,
                 "the problem has no input '%.60s'", name);
  if (found->rank == rank)
    return true;
  s->refusals = arena_grow(&s->cx->nodes, s->refusals, s->refusal_count,
                           &s->refusal_capacity, sizeof *s->refusals);
  const char *axes = found->rank == 1 ? "axis" : "axes";
  s->refusals[s->refusal_count++] =
      arena_format(&s->cx->nodes, "%s must have %zu %s, got %zu", name,
                   found->rank, axes, rank);
  return false;
}

/* The name of axis `k`. */
static const char *name_axis(sizes *s, const char *input_name, size_t k) {
  return arena_format(&s->cx->nodes, "%s[%zu]", input_name, k);
}

/* ---- From JSON ---------------------------------------------------------- */

/* The value at the reader's path, or its key. */
static text_span place_of(const json_reader *r, bool key) {
  return locate_value(r->text, r->length, r->path, r->depth, key);
}

/* Reads the sizes of a whole input. */
static void read_axes(json_reader *r, const json_value *list, sizes *s,
                      const char *name) {
  const size_t rank = list->count;
  const bool fits = check_rank(s, name, rank, place_of(r, true));
  for (size_t k = 0; k < rank; k++) {
    reader_enter_index(r, k);
    const integer size = reader_integer(r, &list->item[k]);
    if (fits)
      add_size(s, name_axis(s, name, k), integer_text(&s->cx->nodes, size),
               place_of(r, false));
    reader_leave(r);
  }
}

/* Reads one size; that it is given twice is a fault of the name. */
static void read_size(json_reader *r, const json_value *value, sizes *s,
                      const char *name) {
  const integer size = reader_integer(r, value);
  r->at_key = true;
  add_size(s, name, integer_text(&s->cx->nodes, size), place_of(r, true));
  r->at_key = false;
}

/* Reads the object of a line; see sizes.h. */
void sizes_read_object(json_reader *r, const json_value *object, void *data) {
  sizes *s = data;
  for (size_t i = 0; i < object->count; i++) {
    const json_value *value = &object->item[i];
    reader_enter(r, object->key[i]);
    if (value_is(value, VALUE_LIST))
      read_axes(r, value, s, object->key[i]);
    else
      read_size(r, value, s, object->key[i]);
    reader_leave(r);
  }
}

/* ---- From text ---------------------------------------------------------- */

typedef struct {
  sizes *sizes;
  const char *text;
  size_t at, end;
} scanner;

/* Fails at `length` bytes from `offset` on, as far as there are so many. */
static _Noreturn void refuse(const scanner *c, size_t offset, size_t length,
                             const char *text) {
  if (length > c->end - offset)
    length = c->end - offset;
  fail(c->sizes, (text_span){offset, length}, text);
}

/* Where the name that starts at `at` ends: at a `=` outside of brackets. */
static size_t find_equals(const scanner *c) {
  size_t depth = 0, i = c->at;
  char quote = '\0';
  for (; i < c->end; i++) {
    const char byte = c->text[i];
    if (quote)
      quote = byte == quote ? '\0' : quote;
    else if (byte == '\'' || byte == '"')
      quote = byte;
    else if (byte == '[' || byte == '(')
      depth++;
    else if ((byte == ']' || byte == ')') && depth > 0)
      depth--;
    else if (byte == '=' && depth == 0)
      return i;
    else if (byte == ',' && depth == 0)
      break;
  }
  refuse(c, c->at, i > c->at ? i - c->at : 1,
         "expected NAME=SIZE or NAME=[SIZES]");
}

/* Skips blanks. */
static void skip_blanks(scanner *c) {
  while (c->at < c->end && isspace((unsigned char)c->text[c->at]))
    c->at++;
}

/* Skips blanks; whether `byte` is next, which is then taken. */
static bool accept(scanner *c, char byte) {
  skip_blanks(c);
  if (c->at == c->end || c->text[c->at] != byte)
    return false;
  c->at++;
  return true;
}

/* Takes an integer. */
static const char *take_integer(scanner *c) {
  skip_blanks(c);
  const size_t start = c->at;
  while (c->at < c->end && strchr("+-0123456789", c->text[c->at]))
    c->at++;
  integer value;
  arena *m = &c->sizes->cx->nodes;
  if (!integer_parse(m, c->text + start, c->at - start, &value))
    refuse(c, start, c->at - start, "expected a whole number");
  return integer_text(m, value);
}

/* Takes a name, without blanks around it; where it stands. */
static const char *take_name(scanner *c, text_span *at) {
  skip_blanks(c);
  const size_t start = c->at, equals = find_equals(c);
  size_t stop = equals;
  while (stop > start && isspace((unsigned char)c->text[stop - 1]))
    stop--;
  if (stop == start)
    refuse(c, start, 1, "expected a name in front of `=`");
  c->at = equals + 1;
  *at = (text_span){start, stop - start};
  return arena_copy_text(&c->sizes->cx->nodes, c->text + start, stop - start);
}

/* Takes the sizes of a whole input, behind the `[`. */
static void take_axes(scanner *c, const char *name, text_span at) {
  sizes *s = c->sizes;
  const size_t first = s->count;
  size_t rank = 0;
  while (!accept(c, ']')) {
    if (rank > 0 && !accept(c, ','))
      refuse(c, c->at, 1, "expected `,` or `]`");
    const char *value = take_integer(c);
    add_size(s, name_axis(s, name, rank++), value, at);
  }
  if (!check_rank(s, name, rank, at))
    s->count = first;
}

/* Takes all of the text of `data`, a scanner. */
static void take_all(void *data) {
  scanner *c = data;
  do {
    text_span at;
    const char *name = take_name(c, &at);
    if (accept(c, '['))
      take_axes(c, name, at);
    else
      add_size(c->sizes, name, take_integer(c), at);
  } while (accept(c, ','));
  if (c->at < c->end)
    refuse(c, c->at, 1, "expected `,`");
}

/* Reads "s0=3, x=[8, 4]"; see sizes.h. */
bool sizes_read_text(sizes *s, const char *text) {
  scanner c = {.sizes = s, .text = text, .end = strlen(text)};
  return context_run(s->cx, take_all, &c) == DIMSAT_OK;
}
