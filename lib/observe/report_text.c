/* The answer for people: what varies, what hangs together, what to run next. */
#include "lib/observe/plans.h"

#include "lib/base/json_write.h"

#include <string.h>

/* Sizes of an axis, names of a class, and inputs of one shape, that are shown.
 */
enum { MOST_SIZES = 8, MOST_MEMBERS = 6, WIDEST_NAME = 40, MOST_ALIKE = 4 };

/* "1 call", "2 calls" */
static void add_count(buffer *out, size_t count, const char *word) {
  buffer_format(out, "%zu %s%s", count, word, count == 1 ? "" : "s");
}

/* What calls disagree in. */
static void add_troubles(buffer *out, const dimsat_observation *o) {
  if (o->trouble_count > 0)
    buffer_add(out, "\nErrors:\n");
  for (size_t i = 0; i < o->trouble_count; i++) {
    buffer_format(out, "  %s", o->trouble[i].message);
    if (o->trouble[i].more > 0) {
      buffer_add(out, ", and more in ");
      add_count(out, o->trouble[i].more, "call");
    }
    buffer_add(out, "\n");
  }
}

/* ---- Axes -------------------------------------------------------------- */

/* The value of each call in order, the last ones left out where they are many.
 */
static const char *sizes_text(const buffer *out, const dimsat_observation *o,
                              const column *c) {
  buffer b;
  size_t shown = 0;
  buffer_init(&b, out->arena);
  for (size_t i = 0; i < o->calls->call_count && shown < MOST_SIZES; i++) {
    if (c->family == OBSERVED_NONE && (!c->cell[i].known || shown > 0))
      continue;
    buffer_format(&b, "%s%s", shown > 0 ? ", " : "",
                  c->cell[i].known ? integer_text(out->arena, c->cell[i].size)
                                   : "-");
    shown++;
  }
  if (c->family != OBSERVED_NONE && o->calls->call_count > MOST_SIZES)
    buffer_add(&b, ", ...");
  return b.text;
}

/* Whether two leaves have the same columns but for their names. */
static bool leaves_alike(const dimsat_observation *o, const leaf *a,
                         const leaf *b) {
  if (a->parameter != b->parameter || a->count != b->count ||
      a->whole_number != b->whole_number || a->mixed || b->mixed)
    return false;
  for (size_t k = 0; k < a->count; k++) {
    const column *const x = &o->column[a->first + k];
    const column *const y = &o->column[b->first + k];
    if (x->family != y->family || x->declared != y->declared)
      return false;
    for (size_t i = 0; i < o->calls->call_count; i++)
      if (x->cell[i].known != y->cell[i].known ||
          !integer_equal(x->cell[i].size, y->cell[i].size))
        return false;
  }
  return true;
}

/* Characters of UTF-8, not bytes. */
static size_t count_characters(const char *text) {
  size_t count = 0;
  for (; *text != '\0'; text++)
    count += (*text & 0xC0) != 0x80;
  return count;
}

/* One axis; `like` other tensors have the same. */
static void add_column(buffer *out, const dimsat_observation *o,
                       const column *c, size_t width, size_t like) {
  const bool dynamic = c->family != OBSERVED_NONE;
  buffer_format(out, "  %s", c->name);
  for (size_t k = count_characters(c->name); k < width; k++)
    buffer_add_char(out, ' ');
  buffer_format(out, "  %-8s %-20s %s", dynamic ? "dynamic" : "static",
                sizes_text(out, o, c),
                dynamic ? o->family[c->family].name : "");
  buffer_add(out, c->declared ? ", as declared" : "");
  while (out->text[out->length - 1] == ' ')
    buffer_cut(out, out->length - 1);
  if (like > 0) {
    buffer_add(out, "   and ");
    add_count(out, like, "tensor");
    buffer_add(out, " like it");
  }
  buffer_add(out, "\n");
}

/* The columns of the name table: the longest name that is not too long. */
static size_t name_width(const dimsat_observation *o) {
  size_t width = 0;
  for (size_t i = 0; i < o->column_count; i++) {
    const size_t length = count_characters(o->column[i].name);
    if (length > width && length <= WIDEST_NAME)
      width = length;
  }
  return width;
}

/* All leaves; those like the one before are counted. */
static void add_axes(buffer *out, const dimsat_observation *o) {
  const size_t width = name_width(o);
  if (o->column_count > 0)
    buffer_add(out, "\nAxes, and their sizes in each call:\n");
  for (size_t i = 0; i < o->leaf_count;) {
    const leaf *const l = &o->leaf[i];
    size_t like = 0;
    while (i + like + 1 < o->leaf_count &&
           leaves_alike(o, l, &o->leaf[i + like + 1]))
      like++;
    for (size_t k = 0; k < l->count; k++)
      add_column(out, o, &o->column[l->first + k], width, k == 0 ? like : 0);
    i += like + 1;
  }
}

/* ---- Relations --------------------------------------------------------- */

/* How much a relation was put to the test. */
static void add_evidence(buffer *out, const relation *r) {
  buffer_add(out, "   (");
  add_count(out, r->support, "call");
  buffer_format(out, ", %zu different", r->points);
  if (r->freedom < 1)
    buffer_add(out, ": fits by construction");
  buffer_add(out, ")\n");
}

/* The columns that are always equal, on one line. */
static void add_family(buffer *out, const dimsat_observation *o, size_t f) {
  size_t shown = 0;
  const relation *weakest = NULL;
  if (o->family[f].count < 2)
    return;
  buffer_add(out, "  ");
  for (size_t i = o->family[f].head; i != OBSERVED_NONE;
       i = o->column[i].next) {
    const relation *const r = o->column[i].equality != OBSERVED_NONE
                                  ? &o->relation[o->column[i].equality]
                                  : weakest;
    if (weakest == NULL || r->freedom < weakest->freedom)
      weakest = r;
    if (shown < MOST_MEMBERS)
      buffer_format(out, "%s%s", shown > 0 ? " == " : "", o->column[i].name);
    shown++;
  }
  if (shown > MOST_MEMBERS)
    buffer_format(out, " == %zu more", shown - MOST_MEMBERS);
  if (weakest != NULL)
    add_evidence(out, weakest);
}

/* Whether two inputs have the same shape. */
static bool shapes_alike(const witness_input *a, const witness_input *b) {
  if (a->whole_number || b->whole_number || a->rank != b->rank)
    return false;
  for (size_t k = 0; k < a->rank; k++)
    if (strcmp(a->size[k], b->size[k]) != 0)
      return false;
  return true;
}

/* Sizes to call the model with; long rows of like ones are counted. */
static void add_sizes(buffer *out, const witness_input *all, size_t count) {
  for (size_t i = 0, like; i < count; i += like) {
    const witness_input *const w = &all[i];
    buffer_format(out, "%s %s %s", i > 0 ? "," : "", w->name,
                  w->whole_number ? w->size[0] : "[");
    for (size_t k = 0; !w->whole_number && k < w->rank; k++)
      buffer_format(out, "%s%s", k > 0 ? ", " : "", w->size[k]);
    buffer_add(out, w->whole_number ? "" : "]");
    like = 1;
    while (i + like < count && shapes_alike(w, &all[i + like]))
      like++;
    if (like < MOST_ALIKE)
      like = 1;
    else
      buffer_format(out, " and %zu more like it", like - 1);
  }
}

/* What the guards say of one relation. */
static void add_status(buffer *out, const relation *r) {
  buffer_format(out, "  %-10s  %s", observe_status_word(r->status), r->text);
  if (r->why != NULL)
    buffer_format(out, ": %s", r->why);
  if (r->witness_count > 0) {
    buffer_add(out, ": try");
    add_sizes(out, r->witness, r->witness_count);
  }
  for (size_t i = 0; i < r->together_count; i++)
    buffer_format(out, "%s %s",
                  i > 0 ? " and" : "; that breaks too:", r->together[i]);
  buffer_add(out, "\n");
}

/* One call that settles several relations. */
static void add_probe(buffer *out, const dimsat_observation *o) {
  if (o->probe_count == 0)
    return;
  buffer_add(out, "\nTry first: call the model with");
  add_sizes(out, o->probe, o->probe_count);
  buffer_format(out, "; if it takes them, %zu of these hold by chance\n",
                o->probe_break_count);
}

/* What the guards of the program say, once they were asked. */
static void add_statuses(buffer *out, const dimsat_observation *o) {
  if (!o->confirmed)
    return;
  if (o->relation_count + o->doubt_count > 0)
    buffer_add(out, "\nWhat the program's guards say of it:\n");
  for (size_t i = 0; i < o->relation_count; i++)
    add_status(out, &o->relation[i]);
  for (size_t i = 0; i < o->doubt_count; i++)
    add_status(out, &o->doubt[i]);
  add_probe(out, o);
  for (size_t i = 0; i < o->discovered_count; i++)
    buffer_format(out, "%s  %s\n", i == 0 ? "\nIts guards also demand:\n" : "",
                  o->discovered[i]);
  for (size_t i = 0; i < o->refusal_count; i++) {
    buffer_format(out, "\nCall %zu is refused by the program:\n",
                  o->refusal[i].call);
    for (size_t k = 0; k < o->refusal[i].count; k++)
      buffer_format(out, "  %s\n", o->refusal[i].message[k]);
  }
}

/* Equalities by class, then the rest. */
static void add_relations(buffer *out, const dimsat_observation *o) {
  if (o->relation_count > 0)
    buffer_add(out, "\nHeld in every call where all of it was there:\n");
  for (size_t f = 0; f < o->family_count; f++)
    add_family(out, o, f);
  for (size_t i = 0; i < o->relation_count; i++) {
    if (o->relation[i].kind == RELATION_EQUAL)
      continue;
    buffer_format(out, "  %s", o->relation[i].text);
    add_evidence(out, &o->relation[i]);
  }
}

/* ---- The rest ---------------------------------------------------------- */

/* All notes. */
static void add_notes(buffer *out, const dimsat_observation *o) {
  for (size_t i = 0; i < o->note_count; i++)
    buffer_format(out, "%sNote: %s\n", i == 0 ? "\n" : "", o->note[i]);
}

/* What to run next. */
static void add_needs(buffer *out, const dimsat_observation *o) {
  for (size_t i = 0; i < o->need_count; i++) {
    buffer_format(out, "%sNext: record ", i == 0 ? "\n" : "");
    add_count(out, o->need[i].more,
              o->calls->call_count == 0 ? "call" : "more call");
    buffer_format(out, ": %s\n", o->need[i].message);
  }
}

/* What to do with it. */
static void add_next(buffer *out, const dimsat_observation *o) {
  if (o->picked == NULL || o->family_count == 0)
    return;
  buffer_format(out, "%sNext: export with", o->need_count == 0 ? "\n" : "");
  for (size_t f = 0; f < o->family_count; f++)
    buffer_format(out, "%s %s = %s", f > 0 ? "," : "", o->family[f].name,
                  integer_text(out->arena, o->picked[f]));
  buffer_add(out, ", the spec of `--format json`; in Python, "
                  "observer.export(model) does it\n");
}

/* What "ask" asked for, each question with its answer as JSON. */
static void add_answers(buffer *out, const dimsat_observation *o) {
  if (o->calls->question_count > 0)
    buffer_add(out, "\nAnswers:\n");
  for (size_t i = 0; i < o->calls->question_count; i++) {
    buffer line;
    buffer_init(&line, out->arena);
    calls_write_answer(&line, o->calls, i);
    buffer_add(out, "  ");
    json_quote(out, o->calls->question[i].function);
    buffer_format(out, ": %s\n", line.text);
  }
}

/* From top to bottom. */
void observe_write_text(buffer *out, const dimsat_observation *o) {
  size_t varying = 0;
  for (size_t i = 0; i < o->column_count; i++)
    varying += o->column[i].varies;
  add_count(out, o->calls->call_count, "call");
  if (o->column_count > 0) {
    buffer_format(out, ": %zu of ", varying);
    add_count(out, o->column_count, "size");
    buffer_format(out, " var%s", varying == 1 ? "ies" : "y");
  } else
    buffer_add(out, ": no sizes to compare");
  if (o->trouble_count > 0) {
    buffer_add(out, "; ");
    add_count(out, o->trouble_count, "error");
  }
  buffer_add(out, "\n");
  add_troubles(out, o);
  add_axes(out, o);
  add_relations(out, o);
  add_statuses(out, o);
  observe_add_plans(out, o);
  add_notes(out, o);
  add_needs(out, o);
  add_next(out, o);
  add_answers(out, o);
}
