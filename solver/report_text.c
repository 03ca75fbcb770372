/*
 * Results for people: a heading, the violations with their source lines, the
 * repair, then what else is worth knowing.  Text that came from the user is
 * shown without its control characters.
 */
#include "solver/report.h"

#include <string.h>

#define INDENT "     "
#define LINE_WIDTH 100
#define GUARD_WIDTH 120
#define BECAUSE_MOST 4
#define AT_COLUMN_MOST 70

static const char *const style_codes[] = {
    [STYLE_PLAIN] = "",
    [STYLE_HEADING] = "\033[1m",
    [STYLE_NUMBER] = "\033[36m",
    [STYLE_CARET] = "\033[33m",
};

/* Appends `text`, control characters replaced; in colour where asked for. */
void text_add(text_report *t, style s, const char *text) {
  const bool coloured = t->options->colour && s != STYLE_PLAIN;
  if (coloured)
    buffer_add(t->out, style_codes[s]);
  for (const char *c = text; *c; c++) {
    const unsigned char byte = (unsigned char)*c;
    const bool control = (byte < 0x20 && byte != '\n') || byte == 0x7f;
    buffer_add_char(t->out, control ? '?' : *c);
  }
  if (coloured)
    buffer_add(t->out, "\033[0m");
}

/* Width of `text` on a screen: its code points. */
size_t text_width(const char *text) {
  size_t width = 0;
  for (; *text; text++)
    width += ((unsigned char)*text & 0xC0) != 0x80;
  return width;
}

/* Appends spaces until a line that is `width` wide reaches `column`. */
void text_pad(text_report *t, size_t width, size_t column) {
  for (; width < column; width++)
    buffer_add_char(t->out, ' ');
}

/* "2..", "4..511", "..7". */
const char *text_range(arena *m, interval range) {
  const char *lo = range.has_lo ? integer_text(m, range.lo) : "";
  const char *hi = range.has_hi ? integer_text(m, range.hi) : "";
  return arena_format(m, "%s..%s", lo, hi);
}

/* What the problem says of a root: "2.."; NULL for other names. */
const char *text_spec(const dimsat_problem *p, const char *dim_name) {
  for (size_t i = 0; i < p->dim_count; i++)
    if (!p->dims[i].derived && strcmp(p->dims[i].name, dim_name) == 0)
      return text_range(&p->cx->nodes, p->dims[i].range);
  return NULL;
}

/* Appends "1 guard", "9 guards". */
static void add_count(text_report *t, size_t count, const char *noun) {
  buffer_format(t->out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

/* How many guards are demands of the model. */
static size_t count_guards(const dimsat_problem *p) {
  size_t count = 0;
  for (size_t i = 0; i < p->guard_count; i++)
    count += p->guards[i].kind == GUARD_GUARD;
  return count;
}

/* Whether an earlier violation, or an earlier dim of this one, is `name`. */
static bool is_repeated(const dimsat_result *r, size_t i, size_t k) {
  const char *name = r->violations[i].dims[k];
  for (size_t a = 0; a <= i; a++)
    for (size_t b = 0; b < (a < i ? r->violations[a].dim_count : k); b++)
      if (strcmp(r->violations[a].dims[b], name) == 0)
        return true;
  return false;
}

/* How many different dims the violations speak of. */
static size_t count_violated(const dimsat_result *r) {
  size_t count = 0;
  for (size_t i = 0; i < r->violation_count; i++)
    for (size_t k = 0; k < r->violations[i].dim_count; k++)
      count += !is_repeated(r, i, k);
  return count;
}

/* Whether only the example is at fault. */
static bool only_example(const dimsat_result *r) {
  for (size_t i = 0; i < r->violation_count; i++)
    if (r->violations[i].kind != VIOLATION_EXAMPLE)
      return false;
  return r->violation_count > 0;
}

/* The verdict in words. */
static const char *verdict_text(const dimsat_result *r) {
  switch (r->verdict) {
  case DIMSAT_VERDICT_OK:
    return "the spec and the guards agree";
  case DIMSAT_VERDICT_VIOLATED:
    return only_example(r) ? "the spec does not allow the traced example"
                           : "the spec promises sizes that the model refuses";
  case DIMSAT_VERDICT_CONTRADICTORY:
    return "no sizes at all satisfy the guards";
  case DIMSAT_VERDICT_UNDECIDED:
    break;
  }
  return "undecided";
}

/* Appends "NAME: verdict (2 of 5 dims, 9 guards)". */
static void add_heading(text_report *t) {
  const dimsat_result *r = t->result;
  const size_t violated = count_violated(r);
  if (r->problem->name) {
    text_add(t, STYLE_HEADING, r->problem->name);
    text_add(t, STYLE_HEADING, ": ");
  }
  text_add(t, STYLE_HEADING, verdict_text(r));
  buffer_add(t->out, " (");
  if (violated > 0)
    buffer_format(t->out, "%zu of ", violated);
  add_count(t, r->problem->dim_count, "dim");
  buffer_add(t->out, ", ");
  add_count(t, count_guards(r->problem), "guard");
  buffer_add(t->out, ")\n");
}

/* Appends the value of `name` as "seq = 17"; false when it has none. */
static bool add_size(text_report *t, const witness *w, const char *name) {
  for (size_t i = 0; i < w->count; i++)
    if (strcmp(w->name[i], name) == 0) {
      text_add(t, STYLE_PLAIN, name);
      buffer_add(t->out, " = ");
      text_add(t, STYLE_NUMBER, integer_text(t->out->arena, w->value[i]));
      return true;
    }
  return false;
}

/* Appends "a = 1, b = 2" for the dims of `v`; how many there are. */
static size_t add_sizes(text_report *t, const violation *v) {
  const char *const *names = v->dims;
  size_t count = v->dim_count;
  if (count == 0) {
    names = v->witness.name;
    count = v->witness.count;
  }
  size_t shown = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t before = t->out->length;
    if (shown > 0)
      buffer_add(t->out, ", ");
    if (add_size(t, &v->witness, names[i]))
      shown++;
    else
      buffer_cut(t->out, before);
  }
  return shown;
}

/* Appends "seq = 17 is allowed by 2.. and breaks it". */
static void add_witness(text_report *t, const violation *v) {
  const size_t shown = add_sizes(t, v);
  const char *breaks = v->guard_text ? "breaks it" : "refused";
  if (shown > 1)
    breaks = v->guard_text ? "break it" : "refused";
  buffer_add(t->out, shown > 1 ? " are allowed" : " is allowed");
  const char *spec = shown == 1 && v->dim_count == 1
                         ? text_spec(t->result->problem, v->dims[0])
                         : NULL;
  if (spec) {
    buffer_add(t->out, " by ");
    text_add(t, STYLE_PLAIN, spec);
  }
  buffer_format(t->out, " and %s", breaks);
}

/* Appends "guard 3: text", the text cut when it is long. */
static void add_guard(text_report *t, size_t index, const char *text) {
  if (index != NO_GUARD)
    buffer_format(t->out, "guard %zu: ", index);
  if (strlen(text) <= GUARD_WIDTH) {
    text_add(t, STYLE_PLAIN, text);
    return;
  }
  size_t end = GUARD_WIDTH;
  while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
    end--;
  text_add(t, STYLE_PLAIN, arena_copy_text(t->out->arena, text, end));
  buffer_add(t->out, " ...");
}

/* Appends the guard of `v` and its witness, on one line where they fit. */
static void add_evidence(text_report *t, const violation *v) {
  const size_t start = t->out->length;
  if (v->guard_text) {
    buffer_add(t->out, INDENT);
    add_guard(t, v->guard, v->guard_text);
  }
  if (v->witness.count > 0) {
    const size_t before = t->out->length;
    buffer_add(t->out, v->guard_text ? "        " : INDENT);
    add_witness(t, v);
    if (v->guard_text && t->out->length - start > LINE_WIDTH) {
      buffer_cut(t->out, before);
      buffer_add(t->out, "\n" INDENT);
      add_witness(t, v);
    }
  }
  if (t->out->length > start)
    buffer_add(t->out, "\n");
}

/* Guard `index` over the dims where that is known, else as written. */
static const char *guard_words_of(const dimsat_result *r, size_t index) {
  const char *text = r->guard_text ? r->guard_text[index] : NULL;
  return text ? text : r->problem->guards[index].text;
}

/* Appends the other guards that `v` is due to, the first few of them. */
static void add_because(text_report *t, const violation *v) {
  size_t shown = 0, left = 0;
  for (size_t i = 0; i < v->because_count; i++) {
    const size_t index = v->because[i];
    if (index == v->guard && v->guard_text)
      continue;
    if (shown == BECAUSE_MOST) {
      left++;
      continue;
    }
    shown++;
    buffer_add(t->out, INDENT);
    add_guard(t, index, guard_words_of(t->result, index));
    buffer_add(t->out, "\n");
  }
  if (left > 0) {
    buffer_add(t->out, INDENT "and ");
    add_count(t, left, "more guard");
    buffer_add(t->out, "\n");
  }
}

/* Appends the source line of `v` when it is found. */
static void add_source(text_report *t, const violation *v) {
  uint32_t number;
  const char *line =
      source_line(t->out->arena, t->options->source_root, v->at, &number);
  if (!line)
    return;
  buffer_format(t->out, INDENT "%u", (unsigned)number);
  text_add(t, STYLE_CARET, " | ");
  text_add(t, STYLE_PLAIN, line);
  buffer_add(t->out, "\n");
}

/* "12. " before the message of violation `i`. */
static const char *violation_number(text_report *t, size_t i) {
  return arena_format(t->out->arena, "%zu. ", i + 1);
}

/* The column where the places of all violations start. */
static size_t place_column(text_report *t) {
  size_t column = 0;
  for (size_t i = 0; i < t->result->violation_count; i++) {
    const size_t width = text_width(violation_number(t, i)) +
                         text_width(t->result->violations[i].message) + 4;
    if (width > column && width <= AT_COLUMN_MOST)
      column = width;
  }
  return column;
}

/* Appends violation `i`, its place at `column`. */
static void add_violation(text_report *t, size_t i, size_t column) {
  const violation *v = &t->result->violations[i];
  const char *number = violation_number(t, i);
  text_add(t, STYLE_NUMBER, number);
  text_add(t, STYLE_PLAIN, v->message);
  if (v->at) {
    const size_t width = text_width(number) + text_width(v->message);
    text_pad(t, width, column > width + 2 ? column : width + 2);
    text_add(t, STYLE_PLAIN, v->at);
  }
  buffer_add(t->out, "\n");
  add_source(t, v);
  add_evidence(t, v);
  add_because(t, v);
}

/* Appends `text` below an indent of 2, broken between words where long. */
static void add_wrapped(text_report *t, const char *text) {
  size_t width = 0;
  buffer_add(t->out, "  ");
  while (*text) {
    const size_t length = strcspn(text + 1, " ") + 1;
    const char *word = arena_copy_text(t->out->arena, text, length);
    const bool breaks = *text == ' ' && width + length > LINE_WIDTH;
    text_add(t, STYLE_PLAIN, breaks ? "\n   " : "");
    text_add(t, STYLE_PLAIN, word);
    width = (breaks ? 3 : width) + text_width(word);
    text += length;
  }
  buffer_add(t->out, "\n");
}

/* Appends a titled list, each item on its own line; nothing when empty. */
static void add_list(text_report *t, const char *title, const text_list *list) {
  if (list->count == 0)
    return;
  if (title) {
    buffer_add(t->out, "\n");
    text_add(t, STYLE_HEADING, title);
    buffer_add(t->out, "\n");
  }
  for (size_t i = 0; i < list->count; i++)
    add_wrapped(t, list->item[i]);
}

/* Appends what was found about the axes without a named dim; the summary of an
 * "ok" says it already. */
static void add_inferred(text_report *t) {
  const dimsat_result *r = t->result;
  if (r->inferred_count == 0 || r->verdict == DIMSAT_VERDICT_OK)
    return;
  buffer_add(t->out, "\n");
  text_add(t, STYLE_HEADING, "Inferred:");
  buffer_add(t->out, "\n");
  for (size_t i = 0; i < r->inferred_count; i++) {
    buffer_add(t->out, "  ");
    text_add(t, STYLE_PLAIN, r->inferred[i].axis);
    buffer_add(t->out, " = ");
    text_add(t, STYLE_PLAIN, r->inferred[i].text);
    buffer_add(t->out, "\n");
  }
}

/* What to do next, or NULL. */
static const char *next_step(const dimsat_result *r) {
  switch (r->verdict) {
  case DIMSAT_VERDICT_OK:
    return NULL;
  case DIMSAT_VERDICT_VIOLATED:
    if (r->suggested)
      return NULL;
    if (!r->repairable)
      return "change the example, the axes or the model; no change of dims "
             "alone makes the spec agree";
    return "type `dimsat suggest` for the least change that repairs the spec";
  case DIMSAT_VERDICT_CONTRADICTORY:
    return "drop or change one of these guards; no change of dims can help";
  case DIMSAT_VERDICT_UNDECIDED:
    break;
  }
  if (r->incomplete && !r->work_helps)
    return "nothing that is known speaks against the spec; give a problem that "
           "holds the rest";
  if (!r->work_helps)
    return "write the guard without that function (n <= m*m for sqrt(n) <= m), "
           "or leave it to a check\n      at run time; more work does not help";
  return "allow more work (--budget STEPS, --timeout SECONDS), or write the "
         "guard more simply";
}

/* Appends the counters. */
static void add_stats(text_report *t) {
  const counters *c = &t->result->stats;
  buffer_format(t->out,
                "\nStatistics: %llu questions decided natively, %llu by Z3 "
                "(%llu contexts), %llu steps, %.6f s\n",
                (unsigned long long)c->native, (unsigned long long)c->z3,
                (unsigned long long)c->z3_contexts,
                (unsigned long long)c->steps, c->seconds);
}

/* Appends everything behind the violations. */
static void add_rest(text_report *t) {
  const dimsat_result *r = t->result;
  if (r->suggested && r->verdict == DIMSAT_VERDICT_VIOLATED)
    text_repair(t);
  add_list(t, "Other ways:", &r->alternatives);
  add_inferred(t);
  add_list(t, "Notes:", &r->notes);
  const char *next = next_step(r);
  if (next)
    buffer_format(t->out, "\nNext: %s\n", next);
  if (t->options->stats)
    add_stats(t);
}

/* Appends the report for people; see report.h. */
void report_text(buffer *out, const dimsat_result *r,
                 const dimsat_report_options *o) {
  text_report t = {.out = out, .result = r, .options = o};
  add_heading(&t);
  if (r->verdict == DIMSAT_VERDICT_OK)
    add_list(&t, NULL, &r->summary);
  const size_t column = place_column(&t);
  for (size_t i = 0; i < r->violation_count; i++) {
    buffer_add(out, "\n");
    add_violation(&t, i, column);
  }
  add_list(&t, "Undecided:", &r->undecided);
  add_rest(&t);
}
