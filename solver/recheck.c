#include "solver/recheck.h"

#include "lib/base/buffer.h"
#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "solver/opposite.h"
#include "solver/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Sizes that a sentence names at most. */
enum { MOST_NAMED = 8 };

/* ---- Beginning and end --------------------------------------------------- */

/* Memory, budget and oracle. */
void recheck_init(recheck *k, dimsat_problem *p,
                  const dimsat_options *options) {
  *k = (recheck){.problem = p, .cx = p->cx};
  k->m = &k->memory;
  k->o = &k->oracle;
  budget_init(&k->budget, &p->cx->fault, options ? &options->budget : NULL,
              p->guard_count);
  arena_init(&k->memory, &p->cx->fault);
  oracle_init(&k->oracle, p->cx, &k->memory, &k->budget, &k->stats, options);
}

/* What is left of all that. */
void recheck_clear(recheck *k) {
  oracle_clear(&k->oracle);
  arena_clear(&k->memory);
}

/* The user's ranges, widened to the example, within the assumptions. */
static void find_own(recheck *k) {
  const binding *b = k->b;
  k->own = arena_zeroed(k->m, b->variable_count + 1, sizeof *k->own);
  for (size_t i = 0; i < b->variable_count; i++)
    k->own[i] = variable_own(&b->variable[i]);
}

/* Nothing is found yet. */
void recheck_begin(recheck *k) {
  problem_validate(k->problem);
  k->found = arena_zeroed(&k->cx->nodes, 1, sizeof *k->found);
  k->found->problem = k->problem;
}

/* The problem as questions, twice: as it is, and with free axes eliminated. */
void recheck_bind(recheck *k) {
  k->plain = bind_problem(k->problem, k->m, &k->budget);
  k->whole = bind_problem(k->problem, k->m, &k->budget);
  k->b = &k->whole->all;
  k->existence = exists_eliminate(k->b, true);
  k->group = exists_groups(k->b, &k->group_count);
  bind_index(k->b);
  opposite_find(k->b);
  find_own(k);
}

/* Runs a step that may run out of budget; the next one has a quarter of it at
 * least. */
bool recheck_try(recheck *k, void (*ask)(void *), void *data) {
  budget *b = &k->budget;
  budget_grant(b);
  const dimsat_status s = fault_try(&k->cx->fault, ask, data);
  if (s == DIMSAT_OK)
    return true;
  if (!budget_ended(s))
    fault_raise(&k->cx->fault, s);
  k->oracle.why = budget_reason(b, s);
  return false;
}

/* ---- Questions ----------------------------------------------------------- */

/* Sizes of all variables in `s` where those of the claim are `point`: the
 * example where that is possible. */
static void complete(recheck *k, const space *s, const claim *c,
                     const integer *point, breach *out) {
  const binding *b = k->b;
  bool *known = arena_zeroed(k->m, s->parameter_count + 1, sizeof *known);
  integer *t = arena_zeroed(k->m, s->parameter_count + 1, sizeof *t);
  out->size = arena_zeroed(k->m, b->variable_count + 1, sizeof *out->size);
  for (size_t i = 0; i < c->variable_count; i++)
    space_place(k->m, s, c->variable[i], point[i], known, t);
  for (size_t v = 0; v < b->named_count; v++)
    if (b->variable[v].has_example)
      space_place(k->m, s, v, b->variable[v].example, known, t);
  space_values(k->m, s, t, out->size);
}

/* Whether a claim speaks of a marked variable. */
static bool is_touched(const claim *c, const bool *touched) {
  for (size_t i = 0; touched && i < c->variable_count; i++)
    if (touched[c->variable[i]])
      return true;
  return touched == NULL;
}

/* Decides one requirement on `s`. */
static outcome decide(recheck *k, const requirement *r, const space *s,
                      breach *out) {
  integer *point =
      arena_zeroed(k->m, r->claim->variable_count + 1, sizeof *point);
  const outcome o = oracle_prove(k->o, r->claim, s, point);
  if (o != PROOF_BREAKS)
    return o;
  out->guard = r->guard;
  out->axis = r->axis;
  complete(k, s, r->claim, point, out);
  return o;
}

/* Decides one group on `s`. */
static outcome decide_group(recheck *k, const group *g, const space *s,
                            breach *out) {
  integer *point = arena_zeroed(k->m, k->b->variable_count + 1, sizeof *point);
  const outcome o = exists_prove(k->o, k->b, g, s, point);
  if (o != PROOF_BREAKS)
    return o;
  *out = (breach){.guard = g->part[0]->guard, .size = point};
  return o;
}

/* Whether some part of the group speaks of a marked variable. */
static bool group_touched(const group *g, const bool *touched) {
  for (size_t i = 0; i < g->part_count; i++)
    if (is_touched(g->part[i]->claim, touched))
      return true;
  return false;
}

/* One question of `recheck_space`, which may run out of budget alone. */
typedef struct {
  recheck *k;
  const requirement *requirement; /* or NULL */
  const group *group;
  const space *space;
  breach *out;
  outcome outcome;
} question;

/* Answers it. */
static void answer(void *data) {
  question *q = data;
  q->outcome = q->requirement ? decide(q->k, q->requirement, q->space, q->out)
                              : decide_group(q->k, q->group, q->space, q->out);
}

/* Asks it; memory is given back where nothing came of it. */
static outcome ask(recheck *k, question q) {
  const arena_mark mark = arena_get_mark(k->m);
  q.k = k;
  if (!recheck_try(k, answer, &q))
    return PROOF_OPEN;
  if (q.outcome == PROOF_HOLDS)
    arena_rewind(k->m, mark);
  return q.outcome;
}

/* Whether all that is required holds on `s`. */
outcome recheck_space(recheck *k, const space *s, const bool *touched,
                      breach *out) {
  outcome worst = PROOF_HOLDS;
  const char *why = NULL;
  for (size_t i = 0; i < k->b->requirement_count + k->group_count; i++) {
    question q = {.space = s, .out = out};
    if (i < k->b->requirement_count) {
      q.requirement = &k->b->requirement[i];
      if (q.requirement->mixed || !is_touched(q.requirement->claim, touched))
        continue;
    } else {
      q.group = &k->group[i - k->b->requirement_count];
      if (!group_touched(q.group, touched))
        continue;
    }
    const outcome o = ask(k, q);
    if (o == PROOF_BREAKS)
      return o;
    if (o == PROOF_OPEN) {
      worst = o;
      why = k->oracle.why;
    }
  }
  k->oracle.why = why;
  return worst;
}

/* Marks the variables whose places differ, or whose parameters do; new roots
 * have no lasting number. */
bool *recheck_changed(recheck *k, const space *before, const space *after) {
  const binding *b = k->b;
  bool *touched = arena_zeroed(k->m, b->variable_count + 1, sizeof *touched);
  for (uint32_t v = 0; v < b->named_count; v++) {
    const place *x = &before->place[v], *y = &after->place[v];
    if (x->constant && y->constant)
      continue;
    if (x->constant != y->constant) {
      touched[v] = true;
      continue;
    }
    const progression *p = &before->parameter[x->parameter];
    const progression *q = &after->parameter[y->parameter];
    const bool known =
        x->parameter < b->variable_count || y->parameter < b->variable_count;
    touched[v] =
        (known && x->parameter != y->parameter) ||
        !integer_equal(x->scale, y->scale) ||
        !integer_equal(x->offset, y->offset) ||
        !interval_equal(progression_hull(k->m, p), progression_hull(k->m, q));
  }
  return touched;
}

/* Whether at no assignment in `s` all conditions hold. */
outcome recheck_never(recheck *k, const expr *const *condition, size_t count,
                      const space *s) {
  const claim *every = bind_claim(k->b, build_and(k->cx, condition, count));
  integer *point = arena_zeroed(k->m, every->variable_count + 1, sizeof *point);
  return oracle_refute(k->o, every, s, point);
}

/* Marks the variables of a claim that holds a marked one; whether any is new.
 */
static bool spread(const claim *c, bool *marked) {
  bool any = false, new_one = false;
  for (size_t i = 0; i < c->variable_count; i++)
    any |= marked[c->variable[i]];
  for (size_t i = 0; i < c->variable_count && any; i++) {
    new_one |= !marked[c->variable[i]];
    marked[c->variable[i]] = true;
  }
  return new_one;
}

/* All conditions in the chains that start at marked variables. */
const expr **recheck_connected(recheck *k, const binding *b, bool *marked,
                               size_t *count) {
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < b->requirement_count; i++)
      again |= spread(b->requirement[i].claim, marked);
  }
  const expr **list =
      arena_alloc(k->m, (b->requirement_count + 2) * sizeof *list);
  *count = 0;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    if (c->variable_count && marked[c->variable[0]])
      list[(*count)++] = b->requirement[i].condition;
  }
  return list;
}

/* All variables at one size each, free ones within what is assumed. */
static space *space_at(recheck *k, const integer *size) {
  const binding *b = k->b;
  interval *range = arena_alloc(k->m, (b->variable_count + 1) * sizeof *range);
  for (size_t v = 0; v < b->variable_count; v++)
    range[v] = v < b->named_count ? interval_of(size[v], size[v])
                                  : variable_domain(&b->variable[v]);
  return bind_space(b, range);
}

/* Whether the guard cannot hold at these sizes. */
outcome recheck_breaks_at(recheck *k, size_t from, const integer *size) {
  const binding *b = &k->plain->all;
  bool mixed = false;
  outcome worst = PROOF_HOLDS;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->guard != from)
      continue;
    mixed |= r->mixed;
    if (r->mixed)
      continue;
    const point_truth t = claim_at(r->claim, k->m, size);
    if (t == POINT_BREAKS)
      return PROOF_HOLDS;
    worst = t == POINT_UNDECIDED ? PROOF_OPEN : worst;
  }
  const space *s = space_at(k, size);
  if (!mixed || !s)
    return worst == PROOF_OPEN ? PROOF_OPEN : PROOF_BREAKS;
  const expr **list =
      arena_alloc(k->m, (b->requirement_count + 1) * sizeof *list);
  size_t n = 0;
  for (size_t i = 0; i < b->requirement_count; i++)
    if (b->requirement[i].mixed)
      list[n++] = b->requirement[i].condition;
  return recheck_never(k, list, n, s);
}

/* ---- Words --------------------------------------------------------------- */

/* Marks the variables that the requirements of the breach's guard speak of. */
static bool *marked_by(const recheck *k, const breach *x) {
  const binding *b = k->b;
  bool *marked = arena_zeroed(k->m, b->variable_count + 1, sizeof *marked);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->guard == x->guard && (x->guard != NO_GUARD || r->axis == x->axis))
      for (size_t n = 0; n < r->claim->variable_count; n++)
        marked[r->claim->variable[n]] = true;
  }
  return marked;
}

/* The sizes of the dims that the breach is about; of all where it is about
 * none. */
witness recheck_witness(recheck *k, const breach *x) {
  arena *m = &k->cx->nodes;
  const dimsat_problem *p = k->problem;
  witness w = {.name = arena_alloc(m, (p->dim_count + 1) * sizeof *w.name),
               .value = arena_alloc(m, (p->dim_count + 1) * sizeof *w.value)};
  const bool *marked = marked_by(k, x);
  for (int all = 0; all < 2 && w.count == 0; all++)
    for (size_t i = 0; i < p->dim_count; i++) {
      const place *at = &k->b->dim_meaning[i];
      if (!all && !marked[at->parameter])
        continue;
      w.name[w.count] = p->dims[i].name;
      w.value[w.count++] =
          integer_copy(m, meaning_value(k->m, at, x->size[at->parameter]));
    }
  return w;
}

/* "seq = 17, batch = 3" */
const char *recheck_sizes_text(recheck *k, const breach *x) {
  const witness w = recheck_witness(k, x);
  buffer out;
  buffer_init(&out, k->m);
  for (size_t i = 0; i < w.count && i < MOST_NAMED; i++)
    buffer_format(&out, "%s%s = %s", i ? ", " : "", w.name[i],
                  integer_text(k->m, w.value[i]));
  if (w.count > MOST_NAMED)
    buffer_add(&out, ", ...");
  return w.count ? out.text : "any sizes";
}

/* "guard 3: x[0] % 4 == 0" */
const char *recheck_guard_text(recheck *k, size_t from, const axis *a) {
  if (from == NO_GUARD)
    return a == NULL ? "what was traced"
           : a->burned
               ? arena_format(k->m, "%s, which was traced as the constant %s",
                              a->source, integer_text(k->m, a->traced_constant))
               : arena_format(k->m, "%s, which was traced as %s", a->source,
                              a->traced);
  const char *text = k->problem->guards[from].text;
  return arena_format(k->m, "guard %zu: %s", from, text ? text : "");
}

/* Appends a statement. */
statement *recheck_say(recheck *k, outcome o, const char *where,
                       const char *format, ...) {
  arena *m = &k->cx->nodes;
  dimsat_verification *v = k->found;
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  v->item = arena_grow(m, v->item, v->count, &v->capacity, sizeof *v->item);
  statement *s = &v->item[v->count++];
  *s = (statement){.outcome = o,
                   .where = arena_copy_text(m, where, strlen(where)),
                   .text = arena_copy_text(m, text, strlen(text)),
                   .guard = NO_GUARD};
  return s;
}

/* Says that a claim is wrong, and the sizes that show it. */
void recheck_show(recheck *k, const char *where, const char *what,
                  const breach *x) {
  statement *s = recheck_say(k, PROOF_BREAKS, where, "%s: %s breaks %s", what,
                             recheck_sizes_text(k, x),
                             recheck_guard_text(k, x->guard, x->axis));
  s->guard = x->guard;
  s->witness = recheck_witness(k, x);
}
