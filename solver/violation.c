/*
 * Guards over one dim are taken together: what they allow as a set says what
 * the dim must be, and a guard without which the set is the same is not to
 * blame.  A guard over several dims stands alone.
 */
#include "solver/violation.h"

#include "lib/expr/build.h"
#include "solver/blame.h"
#include "solver/opposite.h"
#include "solver/words.h"

#include <stdlib.h>
#include <string.h>

/* Whether the list holds the text; if not, it is put in. */
static bool add_new(arena *m, text_list *list, const char *text) {
  const size_t length = strlen(text);
  const uint32_t hash = hash_bytes(0, text, length);
  uint32_t at = hash;
  const char *known;
  if (!list->known.slot)
    table_init(&list->known, m, 8);
  while ((known = table_next(&list->known, hash, &at)))
    if (strcmp(known, text) == 0)
      return false;
  list->item = arena_grow(m, list->item, list->count, &list->capacity,
                          sizeof *list->item);
  list->item[list->count++] = arena_copy_text(m, text, length);
  table_add(&list->known, m, hash, list->item[list->count - 1]);
  return true;
}

/* Appends a line to a list of the result. */
void result_add_text(dimsat_result *r, text_list *list, const char *text) {
  add_new(&r->problem->cx->nodes, list, text);
}

/* ---- Witnesses --------------------------------------------------------- */

/* Whether `v` may have size x within spec and assumptions. */
static bool may_be(const variable *v, integer x) {
  return interval_has(variable_domain(v), x);
}

/* A claim, sizes of its variables that break it, and which one to move. */
typedef struct {
  findings *f;
  const claim *claim;
  integer *point;
} breaking;

/* Tries size x for the claim's variable i; whether the claim still breaks. */
static bool try_size(const breaking *k, size_t i, integer x) {
  const integer before = k->point[i];
  if (!may_be(&k->f->b->variable[k->claim->variable[i]], x))
    return false;
  k->point[i] = x;
  if (claim_at_point(k->claim, k->f->b->m, k->point) == POINT_BREAKS)
    return true;
  k->point[i] = before;
  return false;
}

/* Bisection between the example, where the claim holds, and the size that
 * breaks it: a size whose neighbour toward the example does not break. */
static void approach(const breaking *k, size_t i, integer good) {
  arena *m = k->f->b->m;
  integer bad = k->point[i];
  while (!integer_is(integer_abs(m, integer_sub(m, bad, good)), 1)) {
    const integer middle =
        integer_floordiv(m, integer_add(m, good, bad), integer_of(2));
    if (integer_equal(middle, good) || integer_equal(middle, bad))
      break;
    if (try_size(k, i, middle))
      bad = middle;
    else
      good = middle;
  }
}

/* The size nearest to the example, or the smallest, that still breaks; where
 * all sizes near it hold, one at a border. */
static void simplify_size(const breaking *k, size_t i) {
  arena *m = k->f->b->m;
  const variable *u = &k->f->b->variable[k->claim->variable[i]];
  const integer start = u->has_example ? u->example : variable_domain(u).lo;
  for (int64_t d = 0; d <= 64; d++)
    for (int side = 1; side >= -1; side -= 2)
      if (try_size(k, i, integer_add(m, start, integer_of(side * d))))
        return;
  if (u->has_example && !integer_equal(k->point[i], u->example))
    approach(k, i, u->example);
}

/* Sizes near the example that still break the claim, from some that do. */
static void simplify(const breaking *k) {
  const claim *c = k->claim;
  for (size_t i = 0; i < c->variable_count; i++) {
    const variable *u = &k->f->b->variable[c->variable[i]];
    if (u->named && u->has_example)
      try_size(k, i, u->example);
  }
  for (size_t i = 0; i < c->variable_count; i++)
    if (k->f->b->variable[c->variable[i]].named)
      simplify_size(k, i);
}

/* Memory for a witness. */
static witness new_witness(arena *m, size_t most) {
  return (witness){.name = arena_alloc(m, (most + 1) * sizeof(const char *)),
                   .value = arena_alloc(m, (most + 1) * sizeof(integer))};
}

/* Appends a size of a dim. */
static void add_size(arena *m, witness *w, const char *name, integer size) {
  w->name[w->count] = name;
  w->value[w->count++] = integer_copy(m, size);
}

/* The sizes of all dims, where the named variables of the part have `size`. */
static witness witness_of_all(findings *f, const integer *size) {
  const dimsat_problem *p = f->b->problem;
  const binding *all = &f->whole->all;
  arena *m = &p->cx->nodes;
  witness w = new_witness(m, p->dim_count);
  for (size_t i = 0, k = 0; i < p->dim_count; i++) {
    const bool here = k < f->b->dim_count && f->b->dim[k] == i;
    const place *at = here ? &f->b->dim_meaning[k++] : &all->dim_meaning[i];
    const integer root = here ? size[at->parameter]
                              : variable_default(&all->variable[at->parameter]);
    add_size(m, &w, p->dims[i].name, meaning_value(f->b->m, at, root));
  }
  return w;
}

/* The sizes of the named variables of the part that `of` lists. */
static witness witness_of_few(findings *f, const claim *of,
                              const integer *point) {
  arena *m = &f->b->cx->nodes;
  witness w = new_witness(m, of->variable_count);
  for (size_t i = 0; i < of->variable_count; i++) {
    const variable *u = &f->b->variable[of->variable[i]];
    if (u->named)
      add_size(m, &w, u->name, point[i]);
  }
  return w;
}

/* The witness that a point of a claim is. */
static witness witness_of_point(findings *f, const claim *c,
                                const integer *point) {
  if (f->b->problem->dim_count > MOST_WITNESSED)
    return witness_of_few(f, c, point);
  integer *size =
      arena_alloc(f->b->m, (f->b->variable_count + 1) * sizeof *size);
  for (size_t v = 0; v < f->b->named_count; v++)
    size[v] = variable_default(&f->b->variable[v]);
  for (size_t i = 0; i < c->variable_count; i++)
    size[c->variable[i]] = point[i];
  return witness_of_all(f, size);
}

/* The witness against a group. */
static witness witness_of_group(findings *f, const integer *size) {
  if (f->b->problem->dim_count <= MOST_WITNESSED)
    return witness_of_all(f, size);
  arena *m = &f->b->cx->nodes;
  witness w = new_witness(m, f->b->named_count);
  for (size_t v = 0; v < f->b->named_count; v++)
    add_size(m, &w, f->b->variable[v].name, size[v]);
  return w;
}

/* ---- Violations -------------------------------------------------------- */

/* Appends an empty violation. */
violation *violation_add(dimsat_result *r, violation_kind kind, size_t from,
                         const char *message) {
  arena *m = &r->problem->cx->nodes;
  r->violations = arena_grow(m, r->violations, r->violation_count,
                             &r->violation_capacity, sizeof *r->violations);
  violation *v = &r->violations[r->violation_count++];
  *v = (violation){.kind = kind,
                   .guard = from,
                   .order = r->violation_count,
                   .message = arena_copy_text(m, message, strlen(message))};
  if (from != NO_GUARD)
    v->at = r->problem->guards[from].at;
  return v;
}

/* Names the dims that the variables of a claim stand for. */
static void name_dims(findings *f, violation *v, const claim *c) {
  arena *m = &f->b->cx->nodes;
  v->dims = arena_alloc(m, (c->variable_count + 1) * sizeof *v->dims);
  for (size_t i = 0; i < c->variable_count; i++)
    if (c->variable[i] < f->b->named_count)
      v->dims[v->dim_count++] = f->b->variable[c->variable[i]].name;
}

/* qsort order of indices. */
static int by_index(const void *a, const void *b) {
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return x < y ? -1 : x > y;
}

/* Sets the guards to blame: sorted, each once, without NO_GUARD. */
void violation_blame(findings *f, violation *v, const size_t *from,
                     size_t count) {
  size_t *list = arena_alloc(&f->b->cx->nodes, (count + 1) * sizeof *list);
  size_t n = 0;
  if (count)
    memcpy(list, from, count * sizeof *list);
  qsort(list, count, sizeof *list, by_index);
  for (size_t i = 0; i < count; i++)
    if (list[i] != NO_GUARD && (n == 0 || list[n - 1] != list[i]))
      list[n++] = list[i];
  v->because = list;
  v->because_count = n;
}

/* ---- One dim ----------------------------------------------------------- */

/* The broken requirements that speak of variable v alone. */
static size_t collect_single(findings *f, size_t v, const claim **claims,
                             size_t *index) {
  const variable_uses *u = &f->b->use[v];
  size_t n = 0;
  for (size_t i = 0; i < u->alone_count; i++) {
    const requirement *r = &f->b->requirement[u->alone[i]];
    if (f->broken[u->alone[i]] && !r->mixed && !r->axis) {
      claims[n] = r->claim;
      index[n++] = u->alone[i];
    }
  }
  return n;
}

/* The kind of a demand that a set makes. */
violation_kind violation_of_set(const allowed *a) {
  if (a->count == 1 && interval_is_single(a->piece[0].range))
    return VIOLATION_CONSTANT;
  for (size_t i = 0; i < a->count; i++)
    if (!integer_is(a->piece[i].modulo, 1))
      return VIOLATION_RESIDUE;
  return VIOLATION_RANGE;
}

/* Fills in guard, place and witness from requirement i. */
static void point_out(findings *f, violation *v, size_t i) {
  const requirement *r = &f->b->requirement[i];
  simplify(&(breaking){.f = f, .claim = r->claim, .point = f->point[i]});
  v->witness = witness_of_point(f, r->claim, f->point[i]);
  if (r->guard == NO_GUARD)
    return;
  v->guard_text = guard_words(f->b, r);
}

/* Narrows variable v of `s` to a set that is one progression. */
static void narrow(findings *f, space *s, size_t v, const allowed *set) {
  if (!set->exact || set->count != 1)
    return;
  const piece *p = &set->piece[0];
  arena *m = f->b->m;
  progression all = progression_of(m, p->range);
  progression_class(m, &all, p->modulo, integer_of(0), &s->parameter[v]);
}

/* The violation of all broken guards over variable v alone; `s` is narrowed to
 * what they demand. */
static void describe_single(findings *f, size_t v, space *s) {
  const size_t most = f->b->use[v].alone_count + 1;
  arena *m = f->b->m;
  const claim **claims = arena_alloc(m, most * sizeof *claims);
  size_t *index = arena_alloc(m, most * sizeof *index);
  size_t n = collect_single(f, v, claims, index);
  if (n == 0)
    return;
  const variable *u = &f->b->variable[v];
  interval domain = variable_domain(u);
  if (u->has_example)
    domain = interval_meet(
        interval_join(domain, interval_of(u->example, u->example)), u->assumed);
  const allowed set = allowed_of(f->o, domain, claims, n);
  const char *demand = "breaks a guard";
  narrow(f, s, v, &set);
  if (set.exact) {
    n = blame_minimise(f, domain, &set, claims, index, n);
    demand = allowed_demand(m, &set, domain);
  }
  violation *x = violation_add(
      f->result, set.exact ? violation_of_set(&set) : VIOLATION_RANGE,
      f->b->requirement[index[0]].guard,
      set.exact
          ? arena_format(m, "%s %s", u->name, demand)
          : arena_format(m, "%s must satisfy %s", u->name,
                         demand_words(f->b, &f->b->requirement[index[0]])));
  name_dims(f, x, claims[0]);
  point_out(f, x, index[0]);
  for (size_t i = 0; i < n; i++)
    index[i] = f->b->requirement[index[i]].guard;
  violation_blame(f, x, index, n);
}

/* ---- Several dims ------------------------------------------------------ */

/* e == 0 as "v = rest" where v occurs once with coefficient 1 or -1; the last
 * such dim. */
static const expr *solve_last(binding *b, const expr *e, const expr **left) {
  if (e->op != OP_ADD)
    return NULL;
  for (uint32_t i = e->count; i-- > 0;) {
    const integer c = e->coefficient[i];
    if (e->arg[i]->op != OP_SYMBOL || (!integer_is(c, 1) && !integer_is(c, -1)))
      continue;
    *left = e->arg[i];
    const expr *term = build_linear(b->cx, integer_of(0), &c, &e->arg[i], 1);
    const expr *rest = build_sub(b->cx, e, term);
    return integer_is(c, 1) ? build_neg(b->cx, rest) : rest;
  }
  return NULL;
}

/* Whether `e` is scale*symbol + offset with scale >= 1. */
static bool is_derived(const expr *e) {
  if (e->op == OP_SYMBOL)
    return true;
  return e->op == OP_ADD && e->count == 1 && e->arg[0]->op == OP_SYMBOL &&
         integer_sign(e->coefficient[0]) > 0;
}

/* The kind and the sentence of a relation between dims: a condition, in words
 * of its own where nothing shorter says it. */
static const char *relation_message(binding *b, const expr *e,
                                    const char *words, violation_kind *kind) {
  *kind = VIOLATION_RELATION;
  if (e->op == OP_EQ) {
    const expr *left = NULL;
    const expr *right =
        solve_last(b, build_sub(b->cx, e->arg[0], e->arg[1]), &left);
    if (right && right->op == OP_SYMBOL) {
      *kind = VIOLATION_EQUALITY;
      return arena_format(b->m, "%s and %s must be equal", right->name,
                          left->name);
    }
    if (right && is_derived(right)) {
      *kind = VIOLATION_DERIVED;
      return arena_format(b->m, "%s must be %s", left->name,
                          condition_text(b->cx, right));
    }
  }
  return arena_format(b->m, "%s must hold", words);
}

/* The kind of a relation between dims. */
violation_kind violation_of_relation(binding *b, const expr *condition) {
  violation_kind kind;
  relation_message(b, condition, "", &kind);
  return kind;
}

/* Whether requirement i and its opposite are broken. */
static bool breaks_equation(const findings *f, size_t i) {
  const requirement *r = &f->b->requirement[i];
  return r->equation && f->broken[r->opposite];
}

const expr *violation_condition(const findings *f, size_t i) {
  const requirement *r = &f->b->requirement[i];
  return breaks_equation(f, i) ? r->equation : r->condition;
}

/* What requirement i says of several dims. */
static const char *message_of(findings *f, size_t i, violation_kind *kind) {
  const requirement *r = &f->b->requirement[i];
  const expr *e = violation_condition(f, i);
  return relation_message(f->b, e,
                          e == r->condition ? demand_words(f->b, r)
                                            : condition_text(f->b->cx, e),
                          kind);
}

/* The violation of one guard over several dims, or over none. */
static void describe_relation(findings *f, size_t i) {
  const requirement *r = &f->b->requirement[i];
  violation_kind kind;
  const char *message = message_of(f, i, &kind);
  const size_t from[] = {r->guard, f->b->requirement[r->opposite].guard};
  violation *v = violation_add(f->result, kind, r->guard, message);
  name_dims(f, v, r->claim);
  point_out(f, v, i);
  violation_blame(f, v, from, breaks_equation(f, i) ? 2 : 1);
}

/* Whether both axes, promised the same, were burned in as the same constant. */
static bool burned_alike(const axis *a, const axis *b) {
  return a->burned && b->burned && strcmp(a->text, b->text) == 0 &&
         integer_equal(a->traced_constant, b->traced_constant);
}

/* How many axes like that of requirement i stand before it, or behind it. */
static size_t count_alike(const findings *f, size_t i, bool before) {
  const axis *a = f->b->requirement[i].axis;
  const size_t from = before ? 0 : i + 1;
  const size_t end = before ? i : f->b->requirement_count;
  size_t n = 0;
  for (size_t k = from; k < end; k++) {
    const axis *other = f->b->requirement[k].axis;
    n += other && burned_alike(a, other);
  }
  budget_spend(f->b->budget, end - from);
  return n;
}

/* "dim (axis and 3 more axes) was traced as the constant 8" */
static const char *burned_message(const findings *f, size_t i) {
  const axis *a = f->b->requirement[i].axis;
  const size_t more = count_alike(f, i, false);
  const char *rest = more == 0 ? ""
                               : arena_format(f->b->m, " and %zu more ax%s",
                                              more, more == 1 ? "is" : "es");
  return arena_format(f->b->m, "%s (%s%s) was traced as the constant %s",
                      a->text, a->source, rest,
                      integer_text(f->b->m, a->traced_constant));
}

/* The violation of an axis that was burned in, or shares its symbol. */
static void describe_axis(findings *f, size_t i) {
  const requirement *r = &f->b->requirement[i];
  const axis *a = r->axis;
  const char *message =
      a->burned
          ? burned_message(f, i)
          : arena_format(f->b->m, "%s (%s) was traced as %s, so %s must hold",
                         a->text, a->source, a->traced,
                         condition_text(f->b->cx, r->condition));
  violation *v = violation_add(
      f->result, a->burned ? VIOLATION_CONSTANT : VIOLATION_RELATION, NO_GUARD,
      message);
  name_dims(f, v, r->claim);
  point_out(f, v, i);
}

/* The violation of a group of guards over free axes. */
static void describe_group(findings *f, size_t i) {
  const group *g = &f->group[i];
  size_t *from = arena_alloc(f->b->m, (g->part_count + 1) * sizeof *from);
  for (size_t k = 0; k < g->part_count; k++)
    from[k] = g->part[k]->guard;
  violation *v =
      violation_add(f->result, VIOLATION_RELATION, from[0],
                    arena_format(f->b->m, "no size of %s satisfies %s",
                                 f->b->variable[g->free[0]].name,
                                 demand_words(f->b, g->part[0])));
  name_dims(f, v, g->part[0]->claim);
  v->witness = witness_of_group(f, f->group_point[i]);
  v->guard_text = guard_words(f->b, g->part[0]);
  violation_blame(f, v, from, g->part_count);
}

/* ---- All --------------------------------------------------------------- */

/* The example's misfits. */
void violation_misfits(dimsat_result *r, const whole *w) {
  for (size_t i = 0; i < w->misfit_count; i++) {
    const misfit *x = &w->misfit[i];
    violation *v = violation_add(r, VIOLATION_EXAMPLE, NO_GUARD, x->message);
    v->dims = arena_alloc(&r->problem->cx->nodes, sizeof *v->dims);
    if (x->dim)
      v->dims[v->dim_count++] = x->dim;
  }
}

/* Marks guards over several dims that hold on `s`, where the guards over one
 * dim have what they demand. */
static void mark_implied(findings *f, const space *s) {
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *r = &f->b->requirement[i];
    if (!f->broken[i] || r->mixed || r->axis || r->claim->variable_count < 2)
      continue;
    integer *point =
        arena_alloc(f->b->m, r->claim->variable_count * sizeof *point);
    f->implied[i] = native_prove(f->o, r->claim, s, point) == PROOF_HOLDS;
    f->follows[i] |= f->implied[i];
  }
}

/* Appends the violations of guards over several dims, each relation once. */
static void describe_relations(findings *f) {
  arena *m = f->b->m;
  text_list said = {0};
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *r = &f->b->requirement[i];
    violation_kind kind;
    budget_spend(f->b->budget, 1);
    if (!f->broken[i] || f->implied[i])
      continue;
    if (r->axis) {
      if (!r->axis->burned || count_alike(f, i, true) == 0)
        describe_axis(f, i);
    } else if (r->claim->variable_count != 1 &&
               add_new(m, &said, message_of(f, i, &kind)))
      describe_relation(f, i);
  }
}

/* Whether an inequality between dims is broken: its opposite may be, too. */
static bool breaks_inequality(const findings *f) {
  for (size_t i = 0; i < f->b->requirement_count; i++) {
    const requirement *r = &f->b->requirement[i];
    if (f->broken[i] && r->condition->op == OP_LE &&
        r->claim->variable_count > 1)
      return true;
  }
  return false;
}

/* Appends the violations that the findings amount to. */
void violation_list(findings *f) {
  const binding *b = f->b;
  const size_t first = f->result->violation_count;
  space *s = f->spec ? space_copy(b->m, f->spec) : NULL;
  for (size_t v = 0; s && v < b->named_count; v++) {
    budget_spend(b->budget, 1 + b->use[v].alone_count);
    describe_single(f, v, s);
  }
  if (f->result->violation_count > first)
    mark_implied(f, s);
  if (breaks_inequality(f))
    opposite_find(f->b);
  describe_relations(f);
  for (size_t i = 0; i < f->group_count; i++)
    if (f->group_broken[i])
      describe_group(f, i);
}

/* qsort order: first guard to blame. */
static int by_guard(const void *a, const void *b) {
  const violation *x = a, *y = b;
  if (x->guard != y->guard)
    return x->guard < y->guard ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

/* Sorts violations by their first guards. */
void violation_sort(dimsat_result *r, size_t first) {
  if (r->violation_count > first)
    qsort(r->violations + first, r->violation_count - first, sizeof(violation),
          by_guard);
}
