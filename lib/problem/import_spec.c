/*
 * What a log or a trace tells of the spec: equalities that the tracer took from
 * it, and, once it is known how the export ended, which axes share a dim.
 */
#include "lib/problem/import.h"

#include <ctype.h>
#include <string.h>

/* Whether the text is one name. */
static bool is_name(const char *text) {
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || text[length] == '_')
    length++;
  return length > 0 && text[length] == '\0' && !isdigit((unsigned char)*text);
}

/* Whether the text may be a derived dim: "2*s17 + 1". */
static bool is_derived(const char *text) {
  size_t names = 0;
  for (size_t length; *text; text += length) {
    length = strspn(text, "0123456789*+- ");
    if (length > 0)
      continue;
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
      length++;
    if (length == 0)
      return false;
    names++;
  }
  return names == 1;
}

/* ---- Equalities --------------------------------------------------------- */

/* Where the argument at `at` ends. */
static const char *argument_end(const char *at) {
  for (size_t depth = 0; *at; at++) {
    if (depth == 0 && (*at == ',' || *at == ')'))
      return at;
    depth += *at == '(';
    depth -= *at == ')';
  }
  return NULL;
}

/* The axis of the symbol `name`, if what it follows is not known yet. */
static draft_axis *find_free(import_work *w, const char *name) {
  const draft_symbol *const s =
      is_name(name) ? draft_find_symbol(&w->draft, name) : NULL;
  draft_axis *const a =
      s && s->source ? draft_find_axis(&w->draft, s->source) : NULL;
  return a && !a->form && !a->dim && !a->word ? a : NULL;
}

/* Eq(axis, form of other axes); see import.h. */
void import_spec_equality(import_work *w, const char *text) {
  const char *at = import_behind(text, "Eq(");
  at = at ? at : import_behind(text, "Ne(");
  const char *const comma = at ? argument_end(at) : NULL;
  const char *const start = comma && *comma == ',' ? comma + 1 : NULL;
  const char *const end = start ? argument_end(start) : NULL;
  if (!end || end[0] != ')' || end[1] != '\0')
    return;
  const char *const left = draft_copy(&w->draft, at, (size_t)(comma - at));
  const size_t space = strspn(start, " ");
  const char *const right =
      draft_copy(&w->draft, start + space, (size_t)(end - start) - space);
  draft_axis *const a = find_free(w, left);
  if (a && is_derived(right))
    a->form = right;
}

/* ---- Shared dims -------------------------------------------------------- *
 *
 * PyTorch looks at each axis of a dim in turn.  One that became a symbol must
 * be equal in the spec to the first axis of that symbol; one that became an
 * expression of a symbol must follow that axis.  It complains, or the spec says
 * so.  It never complains where the first axis is a hint, and of expressions
 * not where that is no dim: then nothing is known.
 */

/* Whether the axis carries a dim of the user, and the text tells what the
 * tracer made of it. */
static bool is_dim(const draft_axis *a) {
  return a && a->tracked && !a->word && a->value;
}

/* The only name in the text. */
static const char *name_in(import_draft *d, const char *text) {
  while (!isalpha((unsigned char)*text) && *text != '_')
    text++;
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || text[length] == '_')
    length++;
  return draft_copy(d, text, length);
}

/* `a` is the dim of `first`. */
static void share_dim(draft_axis *a, draft_axis *first) {
  if (first->dim && a->dim && strcmp(first->dim, a->dim) != 0)
    return;
  if (!first->dim && a->dim && is_name(a->dim))
    first->dim = a->dim;
  const char *const form = first->form ? first->form : first->traced;
  if (form && a->traced && strcmp(form, a->traced) != 0)
    a->form = form;
}

/* What the silence of PyTorch says of the axis. */
static void read_silence(import_draft *d, draft_axis *a) {
  if (!is_dim(a) || a->apart || a->form || !is_derived(a->value))
    return;
  draft_axis *const first = draft_leader(d, name_in(d, a->value));
  if (!is_dim(first) || first == a)
    return;
  if (is_name(a->value))
    share_dim(a, first);
  else if (!a->dim)
    a->form = a->value;
}

/* All axes; see import.h. */
void import_share(import_work *w) {
  const import_draft *const d = &w->draft;
  for (size_t i = 0; i < d->input_count; i++)
    for (draft_axis *a = d->inputs[i]->axes; a; a = a->next)
      read_silence(&w->draft, a);
}
