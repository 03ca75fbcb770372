/* Specs, names and guards of a certificate, as SMT-LIB. */
#include "solver/certificate.h"

#include "lib/expr/build.h"
#include "lib/expr/print.h"
#include "lib/expr/substitute.h"
#include "lib/problem/spec.h"

#include <string.h>

/* Appends ; and text on one line. */
static void add_comment(buffer *out, const char *text) {
  buffer_add(out, "; ");
  for (const char *at = text; *at != '\0'; at++)
    buffer_add_char(out, (unsigned char)*at < 0x20 ? ' ' : *at);
  buffer_add_char(out, '\n');
}

/* (declare-const |name| Int) (assert range) */
static void declare(buffer *out, const char *name, interval range) {
  buffer_add(out, "(declare-const ");
  smt2_name(out, name);
  buffer_add(out, " Int)\n");
  if (!range.has_lo && !range.has_hi)
    return;
  buffer_add(out, "(assert ");
  smt2_range(out, name, range);
  buffer_add(out, ")\n");
}

/* (define-fun |name| () Int value) */
static void define(certificate *c, buffer *out, const char *name,
                   const expr *e) {
  buffer_add(out, "(define-fun ");
  smt2_name(out, name);
  buffer_add(out, " () Int ");
  smt2_number(&c->smt2, out, e);
  buffer_add(out, ")\n");
}

/* ---- Dims ---------------------------------------------------------------- */

/* The fix of the dim `name`, or NULL. */
static const fix *find_fix(const fix *fixes, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(fixes[i].dim, name) == 0)
      return &fixes[i];
  return NULL;
}

/* The fix of variable v where it is wanted, or NULL. */
static const fix *wanted_fix(const certificate *c, const fix *fixes,
                             size_t count, const bool *wanted, size_t v) {
  if (wanted && !wanted[v])
    return NULL;
  return find_fix(fixes, count, c->plain->variable[v].name);
}

/* Declares a root once: a new one, or a dim that is free to be chosen. */
static void declare_root(certificate *c, buffer *out, table *known,
                         const char *name, interval range) {
  const uint32_t hash = hash_bytes(0, name, strlen(name));
  uint32_t at = hash;
  for (const char *old; (old = table_next(known, hash, &at)) != NULL;)
    if (strcmp(old, name) == 0)
      return;
  table_add(known, c->k.m, hash, name);
  declare(out, name, range);
}

/* Declares the roots of the wanted dims. */
static void write_roots(certificate *c, buffer *out, const fix *fixes,
                        size_t count, const bool *wanted) {
  const binding *b = c->plain;
  table known;
  table_init(&known, c->k.m, 16);
  for (uint32_t v = 0; v < b->named_count; v++) {
    const fix *f = wanted_fix(c, fixes, count, wanted, v);
    if (!f || f->kind != FIX_DERIVED)
      continue;
    const fix *root = find_fix(fixes, count, f->root);
    const size_t of = problem_find_dim(c->problem, f->root);
    declare_root(c, out, &known, f->root,
                 root ? root->range : c->problem->dims[of].range);
  }
  for (uint32_t v = 0; v < b->named_count; v++) {
    const fix *f = wanted_fix(c, fixes, count, wanted, v);
    if ((!wanted || wanted[v]) && (!f || f->kind == FIX_RANGE))
      declare_root(c, out, &known, b->variable[v].name,
                   f ? f->range : b->variable[v].user);
  }
}

/* Defines the dims that follow, or are one size. */
static void write_followers(certificate *c, buffer *out, const fix *fixes,
                            size_t count, const bool *wanted) {
  const binding *b = c->plain;
  for (uint32_t v = 0; v < b->named_count; v++) {
    const variable *u = &b->variable[v];
    const fix *f = wanted_fix(c, fixes, count, wanted, v);
    if (!f || f->kind == FIX_RANGE)
      continue;
    const expr *root =
        f->kind == FIX_DERIVED ? build_symbol(b->cx, f->root) : NULL;
    define(c, out, u->name,
           root ? build_linear(b->cx, f->offset, &f->scale, &root, 1)
                : build_integer(b->cx, f->value));
  }
}

/* Defines the dims that the problem itself derives from others. */
static void write_derived(certificate *c, buffer *out, const bool *wanted) {
  const dimsat_problem *p = c->problem;
  for (size_t i = 0; i < p->dim_count; i++) {
    const place *at = &c->plain->dim_meaning[i];
    if (p->dims[i].derived && (!wanted || wanted[at->parameter]))
      define(c, out, p->dims[i].name, meaning_expression(c->plain, at));
  }
}

/* The dims of a spec. */
void certificate_spec(certificate *c, buffer *out, const fix *fixes,
                      size_t count, const bool *wanted, bool assumed) {
  const binding *b = c->plain;
  write_roots(c, out, fixes, count, wanted);
  write_followers(c, out, fixes, count, wanted);
  write_derived(c, out, wanted);
  for (uint32_t v = 0; v < b->named_count && assumed; v++) {
    const variable *u = &b->variable[v];
    if ((wanted && !wanted[v]) ||
        interval_contains(u->assumed, interval_from(integer_of(0))))
      continue;
    buffer_add(out, "(assert ");
    smt2_range(out, u->name, u->assumed);
    buffer_add(out, ") ; assumed by the tracer, or because "
                    "no size is negative\n");
  }
}

/* Dims of one size each. */
void certificate_sizes(certificate *c, buffer *out, const integer *size,
                       const bool *wanted) {
  const binding *b = c->plain;
  for (uint32_t v = 0; v < b->named_count; v++)
    if (!wanted || wanted[v])
      define(c, out, b->variable[v].name, build_integer(b->cx, size[v]));
  write_derived(c, out, wanted);
}

/* ---- Free axes ----------------------------------------------------------- */

/* The sizes of the free axes. */
void certificate_free(certificate *c, buffer *out, bool all) {
  const binding *b = c->plain;
  for (size_t i = 0; i < c->order_count && !all; i++)
    define(c, out, b->variable[c->order[i]].name, c->choice[c->order[i]]);
  for (size_t v = b->named_count; v < b->variable_count && all; v++)
    declare(out, b->variable[v].name, variable_domain(&b->variable[v]));
}

/* ---- Names --------------------------------------------------------------- */

/* What a name in a guard stands for. */
static place meaning_of(const certificate *c, const char *name) {
  const whole *w = c->k.plain;
  const name_meaning m = problem_find(c->problem, name);
  if (m.kind == NAMES_DIM)
    return w->all.dim_meaning[m.index];
  if (m.kind == NAMES_AXIS)
    return w->axis[m.index][m.axis];
  return w->symbol[m.index];
}

/* Whether a dim or a free axis is called that in the script. */
static bool is_taken(const certificate *c, const char *name) {
  for (size_t v = 0; v < c->plain->variable_count; v++)
    if (strcmp(c->plain->variable[v].name, name) == 0)
      return true;
  for (size_t i = 0; i < c->problem->dim_count; i++)
    if (strcmp(c->problem->dims[i].name, name) == 0)
      return true;
  return false;
}

/* What the script calls a name of a guard; NULL: what it calls so is that
 * already. */
static const char *alias_of(const certificate *c, const char *name) {
  if (!is_taken(c, name))
    return name;
  const place at = meaning_of(c, name);
  const expr *is = meaning_expression(c->plain, &at);
  if (problem_find(c->problem, name).kind == NAMES_DIM ||
      (is->op == OP_SYMBOL && strcmp(is->name, name) == 0))
    return NULL;
  return arena_format(c->k.m, "%s (the tracer's)", name);
}

/* Defines one name. */
static void write_name(certificate *c, buffer *out, const char *name) {
  const char *alias = alias_of(c, name);
  if (!alias)
    return;
  const place at = meaning_of(c, name);
  const name_meaning m = problem_find(c->problem, name);
  const char *source =
      m.kind == NAMES_SYMBOL ? c->problem->symbols[m.index].source : NULL;
  if (source && strcmp(source, name) != 0)
    add_comment(out,
                arena_format(c->k.m, "%s is the size of %s", name, source));
  define(c, out, alias, meaning_expression(c->plain, &at));
}

/* The names in the marked guards, each once. */
void certificate_names(certificate *c, buffer *out, const bool *guards) {
  table seen;
  table_init(&seen, c->k.m, 16);
  for (size_t i = 0; i < c->problem->guard_count; i++) {
    if (!guards[i])
      continue;
    size_t n;
    const expr **name =
        expr_symbols(c->k.cx, c->problem->guards[i].condition, &n);
    for (size_t k = 0; k < n; k++) {
      uint32_t at = name[k]->hash;
      const expr *old = table_next(&seen, name[k]->hash, &at);
      while (old && old != name[k])
        old = table_next(&seen, name[k]->hash, &at);
      if (old)
        continue;
      table_add(&seen, c->k.m, name[k]->hash, name[k]);
      write_name(c, out, name[k]->name);
    }
  }
}

/* ---- Guards -------------------------------------------------------------- */

/* The guard's condition over the names of the script. */
static const expr *guard_condition(certificate *c, size_t index) {
  const expr *e = c->problem->guards[index].condition;
  size_t n;
  const expr **from = expr_symbols(c->k.cx, e, &n);
  const expr **to = arena_alloc(c->k.m, (n + 1) * sizeof *to);
  for (size_t i = 0; i < n; i++) {
    const char *alias = alias_of(c, from[i]->name);
    to[i] = alias ? build_symbol(c->k.cx, alias) : from[i];
  }
  return substitute(c->k.cx, e,
                    &(substitution){.from = from, .to = to, .count = n});
}

/* (assert guard) */
void certificate_guard(certificate *c, buffer *out, size_t index,
                       bool opposite) {
  const binding *b = c->plain;
  if (index != NO_GUARD) {
    add_comment(out, arena_format(c->k.m, "guard %zu: %s", index,
                                  c->problem->guards[index].text));
    buffer_add(out, opposite ? "(assert (not " : "(assert ");
    smt2_condition(&c->smt2, out, guard_condition(c, index));
    buffer_add(out, opposite ? "))\n" : ")\n");
    return;
  }
  buffer_add(out, opposite ? "(assert (not (and true" : "(assert (and true");
  for (size_t i = 0; i < b->requirement_count; i++)
    if (b->requirement[i].guard == NO_GUARD) {
      buffer_add(out, "\n  ");
      smt2_condition(&c->smt2, out, b->requirement[i].condition);
    }
  buffer_add(out, opposite ? ")))\n" : "))\n");
}

/* Drops the spaces that keep equal numbers apart. */
static const char *squeeze(certificate *c, const char *text) {
  buffer out;
  buffer_init(&out, c->k.m);
  for (const char *at = text; *at != '\0'; at++)
    if (*at != ' ' || (at[1] != ' ' && at[1] != ')' && at[1] != ','))
      buffer_add_char(&out, *at);
  return out.text ? out.text : "";
}

/* The guard with numbers in place of names: symbols that are called like the
 * numbers, so that nothing is worked out. */
const char *certificate_numbers(certificate *c, size_t index,
                                const integer *size) {
  const expr *e = c->problem->guards[index].condition;
  buffer out, spaces;
  buffer_init(&out, c->k.m);
  buffer_init(&spaces, c->k.m);
  size_t n;
  const expr **from = expr_symbols(c->k.cx, e, &n);
  const expr **to = arena_alloc(c->k.m, (n + 1) * sizeof *to);
  for (size_t i = 0; i < n; i++) {
    const place at = meaning_of(c, from[i]->name);
    const integer x = meaning_value(
        c->k.m, &at, at.constant ? at.offset : size[at.parameter]);
    const bool free = !at.constant && at.parameter >= c->plain->named_count;
    buffer_add_char(&spaces, ' ');
    to[i] = build_symbol(
        c->k.cx, arena_format(c->k.m, "%s%s",
                              free ? from[i]->name : integer_text(c->k.m, x),
                              free ? "" : spaces.text));
  }
  print_expression(&out, substitute(c->k.cx, e, &(substitution){from, to, n}),
                   DIMSAT_PYTHON);
  return squeeze(c, out.text);
}
