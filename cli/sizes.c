#include "cli/sizes.h"

#include <ctype.h>
#include <string.h>

/* Appends one size. */
static void add_size(sizes *s, const char *name, const char *value) {
  arena *m = &s->cx->nodes;
  s->names =
      arena_grow(m, s->names, s->count, &s->name_capacity, sizeof *s->names);
  s->values =
      arena_grow(m, s->values, s->count, &s->value_capacity, sizeof *s->values);
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

/* Fails: the place is `length` bytes at `offset`. */
static _Noreturn void fail(sizes *s, size_t offset, size_t length,
                           const char *text) {
  context_fail(s->cx, DIMSAT_BAD_FORMAT, offset, length, "%s", text);
}

/* Whether the input `name` has `rank` axes; a refusal when it has not. */
static bool check_rank(sizes *s, const char *name, size_t rank) {
  const input *found = find_input(s->problem, name);
  if (!found)
    context_fail(s->cx, DIMSAT_BAD_PROBLEM, 0, 0,
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

/* Reads the sizes of a whole input. */
static void read_axes(json_reader *r, json_t *list, sizes *s,
                      const char *name) {
  const size_t rank = json_array_size(list);
  const bool fits = check_rank(s, name, rank);
  for (size_t k = 0; k < rank; k++) {
    reader_enter_index(r, k);
    const integer size = reader_integer(r, json_array_get(list, k));
    if (fits)
      add_size(s, name_axis(s, name, k), integer_text(&s->cx->nodes, size));
    reader_leave(r);
  }
}

/* Reads the object of a line; see sizes.h. */
void sizes_read_object(json_reader *r, json_t *object, void *data) {
  sizes *s = data;
  const char *name;
  json_t *value;
  json_object_foreach(object, name, value) {
    reader_enter(r, name);
    if (json_is_array(value))
      read_axes(r, value, s, name);
    else
      add_size(s, name, integer_text(&s->cx->nodes, reader_integer(r, value)));
    reader_leave(r);
  }
}

/* ---- From text ---------------------------------------------------------- */

typedef struct {
  sizes *sizes;
  const char *text;
  size_t at, end;
} scanner;

/* Where the name that starts at `at` ends: at a `=` outside of brackets. */
static size_t find_equals(const scanner *c) {
  size_t depth = 0;
  char quote = '\0';
  for (size_t i = c->at; i < c->end; i++) {
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
  }
  fail(c->sizes, c->at, c->end - c->at, "expected NAME=SIZE or NAME=[SIZES]");
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
    fail(c->sizes, start, c->at - start, "expected a whole number");
  return integer_text(m, value);
}

/* Takes a name, without blanks around it. */
static const char *take_name(scanner *c) {
  skip_blanks(c);
  const size_t start = c->at, equals = find_equals(c);
  size_t stop = equals;
  while (stop > start && isspace((unsigned char)c->text[stop - 1]))
    stop--;
  if (stop == start)
    fail(c->sizes, start, 1, "expected a name in front of `=`");
  c->at = equals + 1;
  return arena_copy_text(&c->sizes->cx->nodes, c->text + start, stop - start);
}

/* Takes the sizes of a whole input, behind the `[`. */
static void take_axes(scanner *c, const char *name) {
  sizes *s = c->sizes;
  const size_t first = s->count;
  size_t rank = 0;
  while (!accept(c, ']')) {
    if (rank > 0 && !accept(c, ','))
      fail(s, c->at, 1, "expected `,` or `]`");
    add_size(s, name_axis(s, name, rank++), take_integer(c));
  }
  if (!check_rank(s, name, rank))
    s->count = first;
}

/* Takes all of the text of `data`, a scanner. */
static void take_all(void *data) {
  scanner *c = data;
  do {
    const char *name = take_name(c);
    if (accept(c, '['))
      take_axes(c, name);
    else
      add_size(c->sizes, name, take_integer(c));
  } while (accept(c, ','));
  if (c->at < c->end)
    fail(c->sizes, c->at, 1, "expected `,`");
}

/* Reads "s0=3, x=[8, 4]"; see sizes.h. */
bool sizes_read_text(sizes *s, const char *text) {
  scanner c = {.sizes = s, .text = text, .end = strlen(text)};
  return context_run(s->cx, take_all, &c) == DIMSAT_OK;
}
