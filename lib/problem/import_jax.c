/*
 * JAX: calls of symbolic_shape("b, 2*b", constraints=["b >= 8"]), printed
 * scopes, and comparisons that JAX could not decide.  Variables are 1 and
 * above.  Constraints are of the spec; what was not decided is demanded.
 */
#include "lib/problem/import.h"

#include <ctype.h>
#include <string.h>

#define CALL "symbolic_shape("
/* Of all constraints that each demand repeats: keeps the work linear. */
#define CONSTRAINT_BYTES 4096
#define INCONCLUSIVE "Symbolic dimension comparison '"

/* Whether a printed scope starts. */
static bool starts_scope(const char *line) {
  return (strstr(line, "ymbolic scope") || strstr(line, "SymbolicScope")) &&
         (strstr(line, "created at") || strstr(line, "with constraints:"));
}

/* Whether the line is of such a text. */
bool import_is_jax(const char *line) {
  const char *const call = strstr(line, CALL);
  return (call && strpbrk(call, "\"'")) || starts_scope(line) ||
         strstr(line, INCONCLUSIVE);
}

/* ---- Expressions -------------------------------------------------------- */

/* Adds each name of the expression as a dim. */
static void take_name(import_work *w, buffer *b, const char *name,
                      size_t length, bool called) {
  const char *const word = draft_copy(&w->draft, name, length);
  if (called && strcmp(word, "mod") == 0)
    buffer_add(b, "Mod");
  else if (called && strcmp(word, "floordiv") == 0)
    buffer_add(b, "FloorDiv");
  else
    buffer_add(b, word);
  if (!called && !draft_find_symbol(&w->draft, word)) {
    draft_add_symbol(&w->draft, word, word);
    draft_add_dim(&w->draft, word, "1", NULL);
  }
}

/* `length` bytes in JAX's spelling, in ours. */
static const char *translate(import_work *w, const char *text, size_t length) {
  buffer b;
  buffer_init(&b, w->draft.memory);
  size_t at = 0;
  while (at < length) {
    size_t end = at;
    while (end < length &&
           (isalnum((unsigned char)text[end]) || text[end] == '_'))
      end++;
    if (end > at && !isdigit((unsigned char)text[at]))
      take_name(w, &b, text + at, end - at, end < length && text[end] == '(');
    else if (end > at)
      buffer_add_bytes(&b, text + at, end - at);
    else
      buffer_add(&b, text[at] == '^' ? "**" : (char[]){text[at], '\0'});
    at = end > at ? end : at + 1;
  }
  return b.text ? b.text : "";
}

/* One constraint of the spec. */
static void read_constraint(import_work *w, const char *text, size_t length) {
  draft_add_guard(&w->draft, translate(w, text, length), GUARD_SPEC, NULL);
}

/* All constraints, joined; NULL where there are none or too many. */
static const char *join_constraints(import_work *w) {
  import_draft *d = &w->draft;
  buffer b;
  buffer_init(&b, d->memory);
  for (size_t i = 0; i < d->guard_count; i++) {
    if (d->guards[i].kind != GUARD_SPEC)
      continue;
    buffer_format(&b, "%s(%s)", b.length > 0 ? " and " : "", d->guards[i].text);
    if (b.length > CONSTRAINT_BYTES) {
      draft_add_note(d, "the constraints are too long to be counted on");
      return NULL;
    }
  }
  return b.text;
}

/* What is demanded is so only where the constraints hold; see import.h. */
void import_jax_finish(import_work *w) {
  import_draft *d = &w->draft;
  const char *const given = join_constraints(w);
  for (size_t i = 0; given && i < d->guard_count; i++)
    if (d->guards[i].kind == GUARD_GUARD)
      d->guards[i].text =
          arena_format(d->memory, "not (%s) or (%s)", given, d->guards[i].text);
}

/* ---- Calls -------------------------------------------------------------- */

/* Behind the string that starts with a quote at `at`; its inside. */
static const char *read_string(const char *at, const char **inside,
                               size_t *length) {
  *inside = at + 1;
  const char *const end = strchr(at + 1, *at);
  *length = end ? (size_t)(end - at) - 1 : strlen(at + 1);
  return end ? end + 1 : at + 1 + *length;
}

/* The entry of a shape between two commas. */
static void read_entry(import_work *w, size_t k, const char *text,
                       size_t length) {
  while (length > 0 && strchr(" ()", *text))
    text++, length--;
  while (length > 0 && text[length - 1] == ' ')
    length--;
  if (length == 0 || strncmp(text, "...", length) == 0)
    return;
  draft_axis *const a = draft_need_axis(
      &w->draft,
      arena_format(w->draft.memory, "shape%zu.size()[%zu]", w->shapes, k));
  if (!a)
    return;
  a->min = "1";
  if (length == 1 && *text == '_')
    a->word = "auto";
  else
    a->dim = translate(w, text, length);
}

/* "b, 2*b, _": commas within brackets are of a call. */
static void read_shape(import_work *w, const char *text, size_t length) {
  size_t start = 0, depth = 0, k = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i == length || (text[i] == ',' && depth == 0)) {
      read_entry(w, k++, text + start, i - start);
      start = i + 1;
    } else {
      depth += text[i] == '(' && i > 0;
      depth -= text[i] == ')' && depth > 0;
    }
  }
}

/* A whole call; one without a scope of its own starts a problem. */
static void read_call(import_work *w) {
  const char *const constraints = strstr(w->call.text, "constraints");
  if (!strstr(w->call.text, "scope"))
    import_flush(w);
  const char *at = w->call.text, *inside;
  bool shape = true;
  size_t length;
  while ((at = strpbrk(at, "\"'")) != NULL) {
    const bool later = constraints && at > constraints;
    at = read_string(at, &inside, &length);
    if (later)
      read_constraint(w, inside, length);
    else if (shape)
      read_shape(w, inside, length);
    shape = false;
  }
  w->shapes++;
}

/* Takes the part of `text` that is of the call. */
static void take_call(import_work *w, const char *text) {
  for (; *text && w->depth > 0; text++) {
    if (w->quote)
      w->quote = *text == w->quote ? '\0' : w->quote;
    else if (strchr("\"'", *text))
      w->quote = *text;
    else if (strchr("([", *text))
      w->depth++;
    else if (strchr(")]", *text))
      w->depth--;
    buffer_add_char(&w->call, *text);
  }
  if (w->depth > 0)
    return;
  read_call(w);
  buffer_cut(&w->call, 0);
}

/* ---- Lines -------------------------------------------------------------- */

/* Behind INCONCLUSIVE: 'b' >= 'mod(b, 3)' is inconclusive */
static void read_comparison(import_work *w, const char *at) {
  const char *const left = import_between(w, &at, "", "' ");
  const char *const sign = left ? import_between(w, &at, "", " '") : NULL;
  const char *const right = sign ? import_between(w, &at, "", "' is") : NULL;
  if (!right || strlen(sign) > 2)
    return;
  draft_add_guard(&w->draft,
                  arena_format(w->draft.memory, "%s %s %s",
                               translate(w, left, strlen(left)), sign,
                               translate(w, right, strlen(right))),
                  GUARD_GUARD, NULL);
}

/* One line of a program, of a printed scope, or of an error. */
void import_jax_line(import_work *w, const char *line) {
  const char *const call = strstr(line, CALL);
  const char *const comparison = strstr(line, INCONCLUSIVE);
  if (w->depth > 0) {
    take_call(w, line);
  } else if (comparison) {
    read_comparison(w, comparison + strlen(INCONCLUSIVE));
  } else if (call && line[0] != '#') {
    w->depth = 1;
    w->quote = '\0';
    take_call(w, call + strlen(CALL));
  }
  if (starts_scope(line) || strstr(line, "with constraints:"))
    w->in_scope = true;
  else if (w->in_scope && (strstr(line, " >= ") || strstr(line, " <= ") ||
                           strstr(line, " == ")))
    read_constraint(w, line, strlen(line));
  else
    w->in_scope = false;
}
