/* The spec: what a Dim expression says, and what the pieces say together. */
#include "lib/problem/spec.h"

#include "lib/base/limits.h"
#include "lib/base/similar.h"
#include "lib/expr/parse.h"
#include "lib/expr/substitute.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Dim expressions --------------------------------------------------- */

/* Raises for an expression that is not scale*dim + offset. */
static _Noreturn void refuse_form(dimsat_context *cx, const char *text,
                                  const char *what, const expr *e) {
  size_t count;
  const expr **names = expr_symbols(cx, e, &count);
  const char *brief = name_brief(cx, text);
  if (count > 1)
    context_fail(cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                 "%s is '%s', which speaks of '%s' and '%s'; a Dim expression "
                 "follows one dim",
                 what, brief, name_brief(cx, names[0]->name),
                 name_brief(cx, names[1]->name));
  context_fail(
      cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
      "%s is '%s'; a dim, a*dim + b with whole a and b, or a number is "
      "expected",
      what, brief);
}

/* Raises for a form that falls, stands still, or follows no plain name. */
static void check_form(dimsat_context *cx, const char *text, const char *what,
                       dim_form f) {
  const char *brief = name_brief(cx, text);
  if (f.root == NULL && integer_sign(f.offset) < 0)
    context_fail(cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                 "%s is '%s', but a size is never negative", what, brief);
  if (f.root != NULL && integer_sign(f.scale) <= 0)
    context_fail(cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                 "%s is '%s', which falls as '%s' grows; derived dims must "
                 "increase",
                 what, brief, name_brief(cx, f.root));
  if (f.root != NULL && !name_is_plain(f.root))
    context_fail(cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                 "%s is '%s', but '%s' is not the name of a dim", what, brief,
                 name_brief(cx, f.root));
}

/* Raises for a text with names that is the same number for all sizes. */
static void refuse_constant(dimsat_context *cx, const char *text,
                            const char *what, integer value) {
  for (const char *c = text; *c != '\0'; c++)
    if (isalpha((unsigned char)*c))
      context_fail(cx, DIMSAT_BAD_PROBLEM, 0, strlen(text),
                   "%s is '%s', which is %s for all sizes; derived dims must "
                   "increase",
                   what, name_brief(cx, text), integer_text(&cx->work, value));
}

/* Looks at the linear form of the expression. */
dim_form spec_read_form(dimsat_context *cx, const char *text,
                        const char *what) {
  const expr *e = parse_expression(cx, text, strlen(text));
  dim_form f = {NULL, integer_of(1), integer_of(0)};
  if (e->op == OP_INT) {
    f.offset = e->value;
    refuse_constant(cx, text, what, f.offset);
  } else if (e->op == OP_SYMBOL) {
    f.root = e->name;
  } else if (e->op == OP_ADD && e->count == 1 && e->arg[0]->op == OP_SYMBOL) {
    f.root = e->arg[0]->name;
    f.scale = e->coefficient[0];
    f.offset = e->value;
  } else {
    refuse_form(cx, text, what, e);
  }
  check_form(cx, text, what, f);
  return f;
}

/* ---- Axes -------------------------------------------------------------- */

/* The text of `a` becomes the plain spelling of the word. */
bool spec_read_hint(const char *word, axis *a) {
  static const struct {
    const char *word, *text;
    axis_kind kind;
  } words[] = {{"auto", "auto", AXIS_AUTO},
               {"dynamic", "dynamic", AXIS_DYNAMIC},
               {"static", "static", AXIS_STATIC},
               {"null", "null", AXIS_STATIC},
               {"None", "null", AXIS_STATIC}};
  if (strncasecmp(word, "Dim.", 4) == 0)
    word += 4;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcasecmp(word, words[i].word) == 0) {
      a->kind = words[i].kind;
      a->text = words[i].text;
      return true;
    }
  return false;
}

/* Notes that `name` was never declared where it looks like a slip. */
static void note_slip(dimsat_problem *p, const char *name) {
  static const char *const hints[] = {"auto", "dynamic", "static"};
  const char *near = names_nearest(p, name);
  similar_words s;
  if (near != NULL && problem_find_dim(p, near) == SIZE_MAX)
    near = NULL;
  similar_start(&s, name, 1);
  for (size_t i = 0; i < sizeof hints / sizeof *hints && near == NULL; i++)
    similar_consider(&s, hints[i]);
  if (s.count > 0)
    near = s.found[0];
  if (near == NULL)
    return;
  problem_add_note(p, arena_format(&p->cx->work,
                                   "dim '%s' is not declared and taken as 0..; "
                                   "did you mean '%s'?",
                                   name_brief(p->cx, name),
                                   name_brief(p->cx, near)));
}

/* A hint word, a number, or a Dim expression. */
void problem_read_axis(dimsat_problem *p, axis *a, const char *text) {
  arena *m = &p->cx->nodes;
  const char *what = arena_format(&p->cx->work, "the shape of %s",
                                  name_brief(p->cx, a->source));
  a->text = problem_keep_line(p, text);
  if (spec_read_hint(a->text, a))
    return;
  const dim_form f = spec_read_form(p->cx, text, what);
  a->kind = f.root ? AXIS_DIM : AXIS_CONSTANT;
  if (f.root == NULL) {
    a->constant = integer_copy(m, f.offset);
    return;
  }
  if (problem_find_dim(p, f.root) == SIZE_MAX)
    note_slip(p, f.root);
  a->dim = problem_need_dim(p, f.root);
  a->scale = integer_copy(m, f.scale);
  a->offset = integer_copy(m, f.offset);
}

/* ---- What dims say together -------------------------------------------- */

/* The names around a cycle: "a -> b -> a". */
static const char *cycle_text(const dimsat_problem *p, size_t start) {
  char *text =
      arena_format(&p->cx->work, "%s", name_brief(p->cx, p->dims[start].name));
  size_t i = p->dims[start].root;
  for (size_t shown = 0; i != start && shown < 5; shown++) {
    text = arena_format(&p->cx->work, "%s -> %s", text,
                        name_brief(p->cx, p->dims[i].name));
    i = p->dims[i].root;
  }
  return arena_format(&p->cx->work, "%s%s -> %s", text,
                      i != start ? " -> ..." : "",
                      name_brief(p->cx, p->dims[start].name));
}

/* Walks up from each dim once; meeting the own walk again is a cycle. */
static void check_cycles(dimsat_problem *p, problem_place *where) {
  size_t *walk = arena_zeroed(&p->cx->work, p->dim_count, sizeof *walk);
  for (size_t i = 0; i < p->dim_count; i++) {
    size_t at = i;
    while (walk[at] == 0) {
      walk[at] = i + 1;
      if (p->dims[at].derived)
        at = p->dims[at].root;
    }
    if (walk[at] != i + 1 || !p->dims[at].derived)
      continue;
    *where = (problem_place){PLACE_DIM, at, 0};
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "derived dims follow each other in a circle: %s",
                 cycle_text(p, at));
  }
}

/* ---- What inputs and symbols say --------------------------------------- */

/* An example is a size. */
static void check_examples(dimsat_problem *p, problem_place *where) {
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      if (!a->has_example || integer_sign(a->example) >= 0)
        continue;
      *where = (problem_place){PLACE_EXAMPLE, i, k};
      context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                   "the example of %s is %s, but a size is never negative",
                   name_brief(p->cx, a->source),
                   name_brief(p->cx, integer_text(&p->cx->work, a->example)));
    }
}

/* A traced symbol that nobody declared stands for the first axis it names. */
void problem_declare_traced(dimsat_problem *p) {
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *a = &p->inputs[i].axes[k];
      if (a->traced == NULL || problem_find_symbol(p, a->traced) != SIZE_MAX)
        continue;
      problem_add_symbol(p, &(symbol){.name = a->traced,
                                      .source = a->source,
                                      .has_hint = a->has_example,
                                      .hint = a->example});
    }
}

typedef struct {
  const char *owner; /* "guard 3" */
  const char *name;
  size_t offset, length; /* of the name, in the text of its owner */
} mention;

/* Raises for a name that spells an axis beyond the rank of its input. */
static void check_rank(dimsat_problem *p, const mention *w) {
  axis_name found;
  if (!problem_split_axis(p, w->name, &found))
    return;
  const input *i = &p->inputs[found.input];
  context_fail(p->cx, DIMSAT_BAD_PROBLEM, w->offset, w->length,
               "%s speaks of '%s', but %s has %zu ax%ss: %s[%lld] does not "
               "exist",
               w->owner, name_brief(p->cx, w->name), name_brief(p->cx, i->name),
               i->rank, i->rank == 1 ? "i" : "e", name_brief(p->cx, i->name),
               (long long)found.k);
}

/* A source names an axis or a dim, and is made canonical here. */
static void check_symbol(dimsat_problem *p, symbol *s, problem_place *where) {
  const char *brief = name_brief(p->cx, s->name);
  if (s->source == NULL && !s->unbacked)
    context_fail(p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
                 "symbol '%s' has no source and is not unbacked", brief);
  if (s->source == NULL)
    return;
  const name_meaning m = problem_find_source(p, s->source);
  if (m.kind == NAMES_AXIS)
    s->source = p->inputs[m.index].axes[m.axis].source;
  if (m.kind != NAMES_NOTHING)
    return;
  where->kind = PLACE_SOURCE;
  const char *owner = arena_format(&p->cx->work, "symbol '%s'", brief);
  check_rank(p, &(mention){owner, s->source, 0, 0});
  context_fail(
      p->cx, DIMSAT_BAD_PROBLEM, 0, 0,
      "symbol '%s' has the source '%s', which is neither an axis nor a "
      "dim%s",
      brief, name_brief(p->cx, s->source), names_hint(p, s->source));
}

/* Each symbol alone. */
static void check_symbols(dimsat_problem *p, problem_place *where) {
  for (size_t i = 0; i < p->symbol_count; i++) {
    *where = (problem_place){PLACE_SYMBOL, i, 0};
    check_symbol(p, &p->symbols[i], where);
  }
  where->kind = PLACE_NONE;
}

/* ---- What guards speak of ---------------------------------------------- */

/* All nodes of all guards, operands first. */
static const expr **guard_nodes(dimsat_problem *p, size_t *count) {
  const expr **roots =
      arena_alloc(&p->cx->work, (p->guard_count + 1) * sizeof *roots);
  for (size_t i = 0; i < p->guard_count; i++)
    roots[i] = p->guards[i].condition;
  return expr_nodes(p->cx, roots, p->guard_count, count);
}

/* Whether `e` is a name without a meaning. */
static bool is_unknown(dimsat_problem *p, const expr *e) {
  return e->op == OP_SYMBOL && problem_find(p, e->name).kind == NAMES_NOTHING;
}

/* The first guard that holds a name without a meaning: there is one. */
static size_t blame_guard(dimsat_problem *p, const expr **nodes, size_t count) {
  bool *bad = arena_zeroed(&p->cx->work, p->cx->node_count, sizeof *bad);
  for (size_t i = 0; i < count; i++) {
    bad[nodes[i]->id] = is_unknown(p, nodes[i]);
    for (uint32_t k = 0; k < nodes[i]->count; k++)
      bad[nodes[i]->id] |= bad[nodes[i]->arg[k]->id];
  }
  size_t index = 0;
  while (!bad[p->guards[index].condition->id])
    index++;
  return index;
}

/* Where `name` stands in the text of a guard; all of it when it is spelled
 * otherwise there. */
static const char *find_word(const char *text, const char *name,
                             size_t *length) {
  *length = strlen(name);
  for (const char *at = text; (at = strstr(at, name)) != NULL; at++) {
    const char before = at > text ? at[-1] : ' ', after = at[*length];
    if (!isalnum((unsigned char)before) && before != '_' &&
        !isalnum((unsigned char)after) && after != '_')
      return at;
  }
  *length = strlen(text);
  return text;
}

/* Raises for guard `index`, which holds a name without a meaning. */
static void refuse_guard(dimsat_problem *p, size_t index) {
  const guard *g = &p->guards[index];
  size_t count, length, i = 0;
  const expr **names = expr_symbols(p->cx, g->condition, &count);
  while (!is_unknown(p, names[i]))
    i++;
  const char *name = names[i]->name;
  const char *at = find_word(g->text, name, &length);
  const char *owner = arena_format(&p->cx->work, "guard %zu", index);
  const size_t offset = (size_t)(at - g->text);
  check_rank(p, &(mention){owner, name, offset, length});
  context_fail(p->cx, DIMSAT_BAD_PROBLEM, offset, length,
               "%s speaks of '%s', which is neither a symbol, an axis nor a "
               "dim%s",
               owner, name_brief(p->cx, name), names_hint(p, name));
}

/* Each name in a guard has a meaning. */
static void check_guards(dimsat_problem *p, problem_place *where) {
  size_t count;
  const expr **nodes = guard_nodes(p, &count);
  for (size_t i = 0; i < count; i++)
    if (is_unknown(p, nodes[i])) {
      const size_t index = blame_guard(p, nodes, count);
      *where = (problem_place){PLACE_GUARD, index, 0};
      refuse_guard(p, index);
    }
}

/* ---- All together ------------------------------------------------------ */

/* In the order in which a reader of the problem would look. */
void problem_validate_at(dimsat_problem *p, problem_place *where) {
  arena *work = &p->cx->work;
  const arena_mark mark = arena_get_mark(work);
  *where = (problem_place){PLACE_NONE, 0, 0};
  check_cycles(p, where);
  check_examples(p, where);
  problem_declare_traced(p);
  check_symbols(p, where);
  check_guards(p, where);
  arena_rewind(work, mark);
}

/* The same for callers that have no text. */
void problem_validate(dimsat_problem *p) {
  problem_place where;
  problem_validate_at(p, &where);
}
