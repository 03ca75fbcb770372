/*
 * What a name means.  The table holds the names of symbols, dims and inputs and
 * the sources of symbols and inputs; the axes of an input are found through the
 * input, so that their many spellings cost nothing.
 *
 * An entry is only believed when the piece it points at still bears that very
 * text: a caller may take back pieces by lowering a count.
 */
#include "lib/base/similar.h"
#include "lib/expr/parse.h"
#include "lib/problem/spec.h"

#include <ctype.h>
#include <string.h>

typedef enum {
  ENTRY_SYMBOL,
  ENTRY_SYMBOL_SOURCE,
  ENTRY_INPUT,
  ENTRY_INPUT_SOURCE,
  ENTRY_DIM
} entry_kind;

typedef struct {
  entry_kind kind;
  size_t index;
  const char *text;
} entry;

/* ---- The table --------------------------------------------------------- */

/* The text that piece `index` bears now, or NULL when there is none. */
static const char *text_of(const dimsat_problem *p, entry_kind kind,
                           size_t index) {
  switch (kind) {
  case ENTRY_SYMBOL:
    return index < p->symbol_count ? p->symbols[index].name : NULL;
  case ENTRY_SYMBOL_SOURCE:
    return index < p->symbol_count ? p->symbols[index].source : NULL;
  case ENTRY_INPUT:
    return index < p->input_count ? p->inputs[index].name : NULL;
  case ENTRY_INPUT_SOURCE:
    return index < p->input_count ? p->inputs[index].source : NULL;
  case ENTRY_DIM:
    return index < p->dim_count ? p->dims[index].name : NULL;
  }
  return NULL;
}

/* The hash of an entry. */
static uint32_t hash_of(entry_kind kind, const char *text, size_t length) {
  return hash_bytes((uint32_t)kind + 1, text, length);
}

/* The index of the piece that bears `text`, or SIZE_MAX. */
static size_t look_up(const dimsat_problem *p, entry_kind kind,
                      const char *text, size_t length) {
  const uint32_t hash = hash_of(kind, text, length);
  uint32_t at = hash;
  for (const entry *e; (e = table_next(&p->names, hash, &at)) != NULL;)
    if (e->kind == kind && strncmp(e->text, text, length) == 0 &&
        e->text[length] == '\0') {
      const char *now = text_of(p, kind, e->index);
      if (now != NULL && strcmp(now, e->text) == 0)
        return e->index;
    }
  return SIZE_MAX;
}

/* Remembers that piece `index` bears `text`, unless an older one does. */
static void remember(dimsat_problem *p, entry_kind kind, size_t index,
                     const char *text) {
  const size_t length = strlen(text);
  if (look_up(p, kind, text, length) < index)
    return;
  entry *e = arena_alloc(&p->cx->nodes, sizeof *e);
  *e = (entry){.kind = kind, .index = index, .text = text};
  table_add(&p->names, &p->cx->nodes, hash_of(kind, text, length), e);
}

/* Remembers the name of a dim. */
void names_add_dim(dimsat_problem *p, size_t index) {
  remember(p, ENTRY_DIM, index, p->dims[index].name);
}

/* Remembers name and source of an input. */
void names_add_input(dimsat_problem *p, size_t index) {
  remember(p, ENTRY_INPUT, index, p->inputs[index].name);
  remember(p, ENTRY_INPUT_SOURCE, index, p->inputs[index].source);
}

/* Remembers name and source of a symbol. */
void names_add_symbol(dimsat_problem *p, size_t index) {
  remember(p, ENTRY_SYMBOL, index, p->symbols[index].name);
  if (p->symbols[index].source != NULL)
    remember(p, ENTRY_SYMBOL_SOURCE, index, p->symbols[index].source);
}

/* The symbol of that name. */
size_t problem_find_symbol(const dimsat_problem *p, const char *name) {
  return look_up(p, ENTRY_SYMBOL, name, strlen(name));
}

/* The first symbol of that source. */
size_t problem_find_symbol_source(const dimsat_problem *p, const char *source) {
  return look_up(p, ENTRY_SYMBOL_SOURCE, source, strlen(source));
}

/* The input of that name. */
size_t problem_find_input(const dimsat_problem *p, const char *name) {
  return look_up(p, ENTRY_INPUT, name, strlen(name));
}

/* The input of that source. */
size_t problem_find_input_source(const dimsat_problem *p, const char *source) {
  return look_up(p, ENTRY_INPUT_SOURCE, source, strlen(source));
}

/* The dim of that name. */
size_t problem_find_dim(const dimsat_problem *p, const char *name) {
  return look_up(p, ENTRY_DIM, name, strlen(name));
}

/* ---- Axes -------------------------------------------------------------- */

/* Reads the `[k]` at the end of `name`; gives where its `[` stands. */
static bool read_subscript(const char *name, size_t *open, int64_t *k) {
  const size_t length = strlen(name);
  size_t at = length - (length > 0);
  int64_t value = 0, unit = 1;
  if (length < 4 || name[at] != ']')
    return false;
  for (at--; at > 0 && isdigit((unsigned char)name[at]); at--, unit *= 10) {
    if (unit > 100000000)
      return false;
    value += unit * (name[at] - '0');
  }
  if (unit == 1)
    return false;
  const bool negative = name[at] == '-';
  at -= negative && at > 0;
  *k = negative ? -value : value;
  *open = at;
  return name[at] == '[';
}

/* Whether the first `length` bytes of `name` end with `tail`. */
static bool ends_with(const char *name, size_t length, const char *tail) {
  const size_t size = strlen(tail);
  return length > size && memcmp(name + length - size, tail, size) == 0;
}

/* The input that `length` bytes of `name` speak of, by source or by name. */
static size_t input_of(const dimsat_problem *p, const char *name,
                       size_t length) {
  const size_t index = look_up(p, ENTRY_INPUT_SOURCE, name, length);
  return index != SIZE_MAX ? index : look_up(p, ENTRY_INPUT, name, length);
}

/* `SOURCE.size()[k]`, `SOURCE.shape[k]`, the same of a name, or `NAME[k]`. */
bool problem_split_axis(const dimsat_problem *p, const char *name,
                        axis_name *out) {
  size_t length;
  if (!read_subscript(name, &length, &out->k))
    return false;
  if (ends_with(name, length, ".size()"))
    out->input = input_of(p, name, length - strlen(".size()"));
  else if (ends_with(name, length, ".shape"))
    out->input = input_of(p, name, length - strlen(".shape"));
  else
    out->input = look_up(p, ENTRY_INPUT, name, length);
  return out->input != SIZE_MAX;
}

/* The axis that `name` spells, when there is one. */
static bool find_axis(const dimsat_problem *p, const char *name,
                      name_meaning *out) {
  axis_name found;
  if (!problem_split_axis(p, name, &found))
    return false;
  const int64_t rank = (int64_t)p->inputs[found.input].rank;
  const int64_t k = found.k < 0 ? found.k + rank : found.k;
  *out = (name_meaning){NAMES_AXIS, found.input, (size_t)k};
  return k >= 0 && k < rank;
}

/* ---- Meaning ----------------------------------------------------------- */

/* An axis by any spelling, else a dim. */
name_meaning problem_find_source(const dimsat_problem *p, const char *name) {
  name_meaning m;
  if (find_axis(p, name, &m))
    return m;
  const size_t index = problem_find_dim(p, name);
  if (index != SIZE_MAX)
    return (name_meaning){NAMES_DIM, index, 0};
  return (name_meaning){NAMES_NOTHING, 0, 0};
}

/* Symbols first, then axes, sources of symbols, dims. */
name_meaning problem_find(dimsat_problem *p, const char *name) {
  size_t index = problem_find_symbol(p, name);
  if (index != SIZE_MAX)
    return (name_meaning){NAMES_SYMBOL, index, 0};
  const name_meaning m = problem_find_source(p, name);
  if (m.kind == NAMES_AXIS)
    return m;
  index = problem_find_symbol_source(p, name);
  if (index != SIZE_MAX)
    return (name_meaning){NAMES_SYMBOL, index, 0};
  return m;
}

/* ---- Spelling ---------------------------------------------------------- */

typedef struct {
  dimsat_context *cx;
  const char *text;
  const char *canonical;
} source_job;

/* The body of `name_try_source`. */
static void run_source_job(void *data) {
  source_job *job = data;
  job->canonical = parse_source(job->cx, job->text, strlen(job->text));
}

/* Only a lack of memory is passed on. */
const char *name_try_source(dimsat_context *cx, const char *text) {
  source_job job = {.cx = cx, .text = text};
  const dimsat_status status = fault_try(&cx->fault, run_source_job, &job);
  if (status == DIMSAT_NO_MEMORY)
    fault_raise(&cx->fault, status);
  if (status != DIMSAT_OK) {
    cx->error = (dimsat_error){.status = DIMSAT_OK};
    return NULL;
  }
  return job.canonical;
}

/* No subscript, no dot, no quote; not a digit first. */
bool name_is_plain(const char *name) {
  if (name[0] == '\0' || isdigit((unsigned char)name[0]))
    return false;
  for (const char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c) && *c != '_' && (unsigned char)*c < 0x80)
      return false;
  return true;
}

/* At most 60 bytes, cut between two characters of UTF-8. */
const char *name_brief(dimsat_context *cx, const char *text) {
  size_t length = strlen(text), most = 60;
  if (length <= most)
    return text;
  while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
    most--;
  return arena_format(&cx->work, "%.*s...", (int)most, text);
}

/* ---- The nearest name -------------------------------------------------- */

/* A third of the letters, and one at least, may differ. */
const char *names_nearest(const dimsat_problem *p, const char *name) {
  const size_t length = strlen(name);
  similar_words s;
  similar_start(&s, name, length < 6 ? 1 : length / 3);
  for (size_t i = 0; i < p->symbol_count; i++)
    similar_consider(&s, p->symbols[i].name);
  for (size_t i = 0; i < p->dim_count; i++)
    similar_consider(&s, p->dims[i].name);
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++)
      similar_consider(&s, p->inputs[i].axes[k].source);
  return s.count > 0 ? s.found[0] : NULL;
}

/* A question at the end of a message. */
const char *names_hint(const dimsat_problem *p, const char *name) {
  const char *near = names_nearest(p, name);
  return near ? arena_format(&p->cx->work, "; did you mean '%s'?",
                             name_brief(p->cx, near))
              : "";
}
