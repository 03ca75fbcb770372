/*
 * JAX: calls of symbolic_shape("b, 2*b", constraints=["b >= 8"]), printed
 * scopes, and errors.  Variables are 1 and above.  Constraints are of the spec:
 * bounds of one variable become its range, and what an error demands is
 * demanded only where the others hold.
 */
#include "lib/problem/import.h"

#include <ctype.h>
#include <string.h>

#define CALL "symbolic_shape("
#define SPECS "symbolic_args_specs("
/* Of the constraints that a demand repeats: keeps the work linear. */
#define CONSTRAINT_BYTES 4096
/* Whether a printed scope starts: "140080 created at model.py:5:2 (f) with
 * constraints:". */
static bool starts_scope(const char *line) {
  const char *const at = strstr(line, " created at ");
  return at && strstr(at, " with constraints:");
}

/* Behind the bracket of a call, or NULL. */
static const char *find_call(const char *line) {
  const char *const call = strstr(line, CALL);
  const char *const specs = strstr(line, SPECS);
  if (line[0] == '#')
    return NULL;
  return call ? call + strlen(CALL) : specs ? specs + strlen(SPECS) : NULL;
}

/* Whether the line is of such a text. */
bool import_is_jax(const char *line) {
  const char *const call = find_call(line);
  return (call && strpbrk(call, "\"'")) || starts_scope(line) ||
         import_is_jax_error(line);
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

/* From JAX's spelling; see import.h. */
const char *import_jax_expression(import_work *w, const char *text,
                                  size_t length) {
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

/* ---- Constraints -------------------------------------------------------- */

/* Whether `a` is above `b`: decimal numbers without sign. */
static bool is_above(const char *a, const char *b) {
  const size_t x = strlen(a), y = strlen(b);
  return x != y ? x > y : strcmp(a, b) > 0;
}

/* Reads "b >= 8" and "b <= 64" into the range of b; false for all else. */
static bool read_bound(import_work *w, const char *text) {
  size_t name = 0;
  while (isalnum((unsigned char)text[name]) || text[name] == '_')
    name++;
  const char *const sign = text + name + strspn(text + name, " ");
  const bool lower = import_behind(sign, ">=") != NULL;
  if (name == 0 || isdigit((unsigned char)*text) ||
      (!lower && !import_behind(sign, "<=")))
    return false;
  const char *value = sign + 2 + strspn(sign + 2, " ");
  const size_t digits = strspn(value, "0123456789");
  draft_dim *const d =
      draft_find_dim(&w->draft, draft_copy(&w->draft, text, name));
  if (!d || digits == 0 || *value == '0' || value[digits] != '\0')
    return false;
  const char **const bound = lower ? &d->min : &d->max;
  if (!*bound || is_above(value, *bound) == lower)
    *bound = draft_keep(&w->draft, value);
  return true;
}

/* A range, or a guard of the spec; see import.h. */
void import_jax_constraint(import_work *w, const char *text, size_t length) {
  const char *const own = import_jax_expression(w, text, length);
  if (!read_bound(w, own))
    draft_add_guard(&w->draft, own, GUARD_SPEC, NULL);
}

/* A number that fits, behind spaces; false where there is none. */
static bool read_number(const char **at, int64_t *value) {
  const char *const start = *at + strspn(*at, " ");
  const size_t digits = strspn(start, "0123456789");
  if (digits == 0 || digits > 18)
    return false;
  *value = 0;
  for (size_t i = 0; i < digits; i++)
    *value = *value * 10 + (start[i] - '0');
  *at = start + digits + strspn(start + digits, " ");
  return true;
}

/* Makes b follow a new root where the constraint is "Mod(b, 4) == 1"; false
 * where it is another one, or where the numbers are too large. */
static bool read_residue(import_work *w, const char *text) {
  import_draft *const d = &w->draft;
  const char *at = text, *min, *max = "0";
  const char *const name = import_between(w, &at, "Mod(", ",");
  draft_dim *const b = name ? draft_find_dim(d, name) : NULL;
  int64_t factor, rest, low, high = 0;
  if (!b || b->form || text[0] != 'M' || !read_number(&at, &factor) ||
      (at = import_behind(at, ") ==")) == NULL || !read_number(&at, &rest) ||
      *at || rest >= factor)
    return false;
  min = b->min;
  max = b->max ? b->max : max;
  if (!read_number(&min, &low) || !read_number(&max, &high) ||
      (b->max && high < rest))
    return false;
  low = low > rest ? (low - rest + factor - 1) / factor : 0;
  high = (high - rest) / factor;
  const char *const root = arena_format(d->memory, "_%s", b->name);
  if (draft_find_dim(d, root) || (b->max && high < low))
    return false;
  draft_add_dim(d, root, arena_format(d->memory, "%lld", (long long)low),
                b->max ? arena_format(d->memory, "%lld", (long long)high)
                       : NULL);
  b->form = arena_format(d->memory, "%lld*%s + %lld", (long long)factor, root,
                         (long long)rest);
  return true;
}

/* The next dim that the expression at `*at` names, or NULL; moves `*at`. */
static draft_dim *next_dim(import_work *w, const char **at) {
  while (**at) {
    size_t length = 0;
    while (isalnum((unsigned char)(*at)[length]) || (*at)[length] == '_')
      length++;
    const char *const name = *at;
    *at += length > 0 ? length : 1;
    draft_dim *const d =
        length > 0
            ? draft_find_dim(&w->draft, draft_copy(&w->draft, name, length))
            : NULL;
    if (d)
      return d;
  }
  return NULL;
}

/* The dim that stands for all that constraints connect with `d`. */
static draft_dim *group_of(draft_dim *d) {
  while (d->group)
    d = d->group;
  return d;
}

/* Connects the dims of a constraint, shorter chains below longer ones. */
static void connect(import_work *w, const char *text) {
  const char *at = text;
  draft_dim *first = next_dim(w, &at), *next;
  while (first && (next = next_dim(w, &at)) != NULL) {
    draft_dim *a = group_of(first), *b = group_of(next);
    if (a == b)
      continue;
    if (a->group_depth < b->group_depth) {
      draft_dim *const swap = a;
      a = b;
      b = swap;
    }
    b->group = a;
    a->group_depth += a->group_depth == b->group_depth;
  }
}

/* Adds the constraint to those of its group. */
static void collect(import_work *w, const char *text) {
  import_draft *const d = &w->draft;
  const char *at = text;
  draft_dim *const one = next_dim(w, &at);
  draft_dim *const group = one ? group_of(one) : NULL;
  if (!group)
    return;
  const size_t length = group->given ? strlen(group->given) : 0;
  if (length + strlen(text) > CONSTRAINT_BYTES)
    draft_add_gap(d, "the constraints are too long to be counted on");
  else
    group->given =
        length ? arena_format(d->memory, "%s and (%s)", group->given, text)
               : arena_format(d->memory, "(%s)", text);
}

/* The demand where the constraints on its dims hold. */
static const char *restrict_demand(import_work *w, const char *text) {
  buffer b;
  buffer_init(&b, w->draft.memory);
  const char *at = text;
  draft_dim *d;
  while ((d = next_dim(w, &at)) != NULL) {
    d = group_of(d);
    if (!d->given || (b.length > 0 && strstr(b.text, d->given)))
      continue;
    buffer_format(&b, "%s%s", b.length > 0 ? " and " : "", d->given);
  }
  if (b.length == 0)
    return text;
  draft_add_note(&w->draft,
                 arena_format(w->draft.memory,
                              "a repair may leave the constraints of the "
                              "scope: '%s' as one more constraint does not",
                              text));
  return arena_format(w->draft.memory, "not (%s) or (%s)", b.text, text);
}

/* What is demanded is so only where the constraints hold; see import.h. */
void import_jax_finish(import_work *w) {
  import_draft *d = &w->draft;
  bool demands = false;
  for (size_t i = 0; i < d->guard_count; i++) {
    draft_guard *const g = &d->guards[i];
    g->settled = g->kind == GUARD_SPEC && read_residue(w, g->text);
    if (g->kind == GUARD_SPEC && !g->settled)
      connect(w, g->text);
  }
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guards[i].kind == GUARD_SPEC && !d->guards[i].settled)
      collect(w, d->guards[i].text);
  for (size_t i = 0; i < d->guard_count; i++)
    if (d->guards[i].kind == GUARD_GUARD) {
      demands = true;
      d->guards[i].text = restrict_demand(w, d->guards[i].text);
    }
  if (!demands)
    draft_add_gap(d,
                  "the text has no demand of the model, such as a comparison "
                  "that JAX could not decide");
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

/* Whether the expression may be an axis of a dim: no other axis than one that
 * is a Dim expression matters, as demands are of dims. */
static bool is_linear(const char *text) {
  return !strpbrk(text, "(/%") && !strstr(text, "**");
}

/* The entry of a shape between two commas. */
static void read_entry(import_work *w, const char *source, size_t k,
                       const char *text, size_t length) {
  while (length > 0 && strchr(" ()", *text))
    text++, length--;
  while (length > 0 && text[length - 1] == ' ')
    length--;
  if (length == 0 || strncmp(text, "...", length) == 0)
    return;
  draft_axis *const a = draft_need_axis(
      &w->draft, arena_format(w->draft.memory, "%s.size()[%zu]", source, k));
  if (!a)
    return;
  const char *const own = length == 1 && *text == '_'
                              ? NULL
                              : import_jax_expression(w, text, length);
  if (own && is_linear(own)) {
    a->dim = own;
  } else {
    a->word = "auto";
    a->min = "1";
  }
  if (own && !a->dim)
    draft_add_note(&w->draft,
                   arena_format(w->draft.memory,
                                "the axis '%s' is no a*dim + b: AUTO stands "
                                "for it",
                                own));
}

/* "b, 2*b, _": commas within brackets are of a call; see import.h. */
void import_jax_shape(import_work *w, const char *source, const char *text,
                      size_t length) {
  size_t start = 0, depth = 0, k = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i == length || (text[i] == ',' && depth == 0)) {
      read_entry(w, source, k++, text + start, i - start);
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
      import_jax_constraint(w, inside, length);
    else if (shape)
      import_jax_shape(w, arena_format(w->draft.memory, "shape%zu", w->shapes),
                       inside, length);
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

/* Whether the line of a printed scope is a constraint. */
static bool is_constraint(const char *line) {
  return strstr(line, ">=") || strstr(line, "<=") || strstr(line, "==");
}

/* One line of a program, of a printed scope, or of an error. */
void import_jax_line(import_work *w, const char *line) {
  const char *const call = find_call(line);
  if (w->depth > 0) {
    take_call(w, line);
  } else if (!import_jax_error(w, line) && call) {
    w->depth = 1;
    w->quote = '\0';
    take_call(w, call);
  }
  if (starts_scope(line))
    w->in_scope = true;
  else if (w->in_scope && is_constraint(line))
    import_jax_constraint(w, line, strlen(line));
  else
    w->in_scope = false;
}
