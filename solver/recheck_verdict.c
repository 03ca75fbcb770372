/* The verdict of a stored result, and the violations that it lists. */
#include "solver/recheck.h"

#include "lib/expr/build.h"
#include "lib/problem/spec.h"

#include <string.h>

/* ---- Violations ---------------------------------------------------------- */

/* One violation under trial. */
typedef struct {
  recheck *k;
  const violation *v;
  const char *where; /* "violations[0]" */
} trial;

/* Says that a member of the violation is wrong. */
static bool refuse(const trial *t, const char *key, const char *text) {
  recheck_say(t->k, PROOF_BREAKS, arena_format(t->k->m, "%s.%s", t->where, key),
              "%s", text);
  return false;
}

/* Whether the guards named exist, and the place is that of the guard. */
static bool check_guards(const trial *t) {
  const dimsat_problem *p = t->k->problem;
  const violation *v = t->v;
  arena *m = t->k->m;
  if (v->guard != NO_GUARD && v->guard >= p->guard_count)
    return refuse(t, "guard",
                  arena_format(m, "the problem has %zu guards, counted from 0",
                               p->guard_count));
  if (v->guard != NO_GUARD && p->guards[v->guard].kind != GUARD_GUARD)
    return refuse(t, "guard", "that guard is no demand on the spec");
  for (size_t i = 0; i < v->because_count; i++)
    if (v->because[i] >= p->guard_count)
      return refuse(t, "because",
                    arena_format(m,
                                 "the problem has %zu guards, counted from 0",
                                 p->guard_count));
  const char *at = v->guard == NO_GUARD ? NULL : p->guards[v->guard].at;
  if ((at == NULL) != (v->at == NULL) || (at && strcmp(at, v->at) != 0))
    return refuse(
        t, "at",
        arena_format(m, "the guard arose at %s", at ? at : "no place"));
  return true;
}

/* Whether the dims are those whose variables the claim has. */
static bool same_dims(const recheck *k, const violation *v, const claim *c) {
  size_t named = 0;
  for (size_t i = 0; i < c->variable_count; i++) {
    if (c->variable[i] >= k->b->named_count)
      continue;
    const char *name = k->b->variable[c->variable[i]].name;
    bool found = false;
    for (size_t n = 0; n < v->dim_count && !found; n++)
      found = strcmp(v->dims[n], name) == 0;
    if (!found)
      return false;
    named++;
  }
  return named == v->dim_count;
}

/* The requirement of the violation's guard that is about its dims, or NULL. */
static const requirement *find_requirement(const trial *t) {
  const binding *b = t->k->b;
  for (size_t i = 0; i < b->requirement_count; i++) {
    const requirement *r = &b->requirement[i];
    if (r->guard == t->v->guard && same_dims(t->k, t->v, r->claim))
      return r;
  }
  return NULL;
}

/* Whether the guard is among those to blame. */
static bool is_blamed(const violation *v, size_t from) {
  for (size_t i = 0; i < v->because_count; i++)
    if (v->because[i] == from)
      return true;
  return false;
}

/* The kind of what the guards to blame demand of one dim. */
static violation_kind kind_of_single(recheck *k, const violation *v,
                                     uint32_t only) {
  const binding *b = k->b;
  const variable_uses *u = &b->use[only];
  const claim **list = arena_alloc(k->m, (u->alone_count + 1) * sizeof *list);
  size_t n = 0;
  for (size_t i = 0; i < u->alone_count; i++) {
    const requirement *r = &b->requirement[u->alone[i]];
    if (!r->axis && r->guard != NO_GUARD && is_blamed(v, r->guard))
      list[n++] = r->claim;
  }
  const allowed set = allowed_of(k->o, k->own[only], list, n);
  return set.exact ? violation_of_set(&set) : VIOLATION_RANGE;
}

/* The kind that the demand of a requirement has. */
static violation_kind kind_of(recheck *k, const violation *v,
                              const requirement *r) {
  if (r->axis)
    return r->axis->burned ? VIOLATION_CONSTANT : VIOLATION_RELATION;
  if (r->mixed)
    return VIOLATION_RELATION;
  if (r->claim->variable_count == 1)
    return kind_of_single(k, v, r->claim->variable[0]);
  return violation_of_relation(
      k->b, r->equation && is_blamed(v, k->b->requirement[r->opposite].guard)
                ? r->equation
                : r->condition);
}

/* Whether dims and kind are what the guards demand. */
static bool check_demand(const trial *t) {
  const requirement *r = find_requirement(t);
  if (!r)
    return refuse(t, "dims", "the guard does not speak of just these dims");
  if (r->guard != NO_GUARD && !is_blamed(t->v, r->guard) && !r->mixed &&
      r->claim->variable_count > 1)
    return refuse(t, "because", "the guard itself is not among them");
  const violation_kind kind = kind_of(t->k, t->v, r);
  if (kind == t->v->kind)
    return true;
  return refuse(t, "kind",
                arena_format(t->k->m, "what the guards demand is of kind %s",
                             violation_kind_name(kind)));
}

/* ---- Witnesses ----------------------------------------------------------- */

/* The size that the witness gives a dim, or NULL. */
static const integer *witness_size(const violation *v, const char *name) {
  for (size_t i = 0; i < v->witness.count; i++)
    if (strcmp(v->witness.name[i], name) == 0)
      return &v->witness.value[i];
  return NULL;
}

/* Whether each name is a dim of the problem. */
static bool check_names(const trial *t) {
  for (size_t i = 0; i < t->v->witness.count; i++)
    if (problem_find_dim(t->k->problem, t->v->witness.name[i]) == SIZE_MAX)
      return refuse(t, "witness",
                    arena_format(t->k->m, "the problem has no dim '%.60s'",
                                 t->v->witness.name[i]));
  return true;
}

/* Takes the size of each variable from the witness; those that it leaves out
 * may have any. */
static bool take_sizes(const trial *t, integer *size) {
  const recheck *k = t->k;
  const binding *b = k->b;
  for (size_t v = 0; v < b->named_count; v++) {
    const integer *x = witness_size(t->v, b->variable[v].name);
    size[v] = x ? *x : variable_default(&b->variable[v]);
  }
  for (size_t i = 0; i < b->dim_count; i++) {
    const char *name = k->problem->dims[i].name;
    const integer *x = witness_size(t->v, name);
    const place *at = &b->dim_meaning[i];
    if (!x && b->dim_count <= MOST_WITNESSED)
      return refuse(t, "witness",
                    arena_format(k->m, "it gives no size to %s", name));
    const integer is = meaning_value(k->m, at, size[at->parameter]);
    if (x && !integer_equal(*x, is))
      return refuse(t, "witness",
                    arena_format(k->m, "%s is %s there, not %s", name,
                                 integer_text(k->m, is),
                                 integer_text(k->m, *x)));
  }
  return true;
}

/* Whether spec and assumptions allow the sizes. */
static bool check_allowed(const trial *t, const integer *size) {
  const recheck *k = t->k;
  for (size_t v = 0; v < k->b->named_count; v++) {
    const variable *u = &k->b->variable[v];
    if (!interval_has(u->user, size[v]))
      return refuse(t, "witness",
                    arena_format(k->m, "the spec does not allow %s = %s",
                                 u->name, integer_text(k->m, size[v])));
    if (!interval_has(u->assumed, size[v]))
      return refuse(t, "witness",
                    arena_format(k->m,
                                 "%s = %s is outside of what the tracer "
                                 "assumed, and does not count",
                                 u->name, integer_text(k->m, size[v])));
  }
  return true;
}

/* Whether the witness is allowed and breaks the guard. */
static bool check_witness(const trial *t) {
  recheck *k = t->k;
  const violation *v = t->v;
  breach x = {.guard = v->guard};
  x.size = arena_zeroed(k->m, k->b->variable_count + 1, sizeof *x.size);
  if (!check_names(t) || !take_sizes(t, x.size) || !check_allowed(t, x.size))
    return false;
  const outcome o = recheck_breaks_at(k, v->guard, x.size);
  const char *sizes = recheck_sizes_text(k, &x);
  const char *what = recheck_guard_text(k, v->guard, NULL);
  if (o == PROOF_BREAKS)
    return refuse(t, "witness",
                  arena_format(k->m, "%s does not break %s", sizes, what));
  if (o == PROOF_OPEN) {
    recheck_say(k, o, t->where, "whether %s breaks %s is not decided", sizes,
                what);
    return false;
  }
  if (!check_demand(t))
    return false;
  recheck_say(k, PROOF_HOLDS, t->where, "%s is allowed and breaks %s", sizes,
              what);
  return true;
}

/* ---- Violations without a witness ---------------------------------------- */

/* Whether the example is not within the spec, about this dim. */
static bool check_example(const trial *t) {
  const whole *w = t->k->plain;
  const violation *v = t->v;
  for (size_t i = 0; i < w->misfit_count; i++) {
    const char *name = w->misfit[i].dim;
    if (v->dim_count == (name != NULL) &&
        (!name || strcmp(name, v->dims[0]) == 0)) {
      recheck_say(t->k, PROOF_HOLDS, t->where, "%s", w->misfit[i].message);
      return true;
    }
  }
  return refuse(t, "kind", "the example is within the spec there");
}

/* Whether a DYNAMIC axis is forced to one size by the guards to blame. */
static bool check_dynamic(const trial *t) {
  const violation *v = t->v;
  if (v->kind != VIOLATION_CONSTANT || v->dim_count > 0)
    return refuse(t, "witness", "there is none");
  const outcome o = recheck_dynamic_forced(t->k);
  if (o == PROOF_BREAKS)
    return refuse(t, "kind",
                  "the guards leave every DYNAMIC axis more than one size");
  recheck_say(t->k, o, t->where,
              o == PROOF_HOLDS ? "a DYNAMIC axis can have one size only"
                               : "whether an axis is forced is not decided");
  return o == PROOF_HOLDS;
}

/* Checks one violation; a statement is made in any case. */
static void check_violation(void *data) {
  const trial *t = data;
  const violation *v = t->v;
  if (!check_guards(t))
    return;
  if (v->kind == VIOLATION_EXAMPLE && v->witness.count > 0)
    refuse(t, "kind", "it has a witness, so it is not about the example");
  else if (v->kind == VIOLATION_EXAMPLE)
    check_example(t);
  else if (v->witness.count == 0)
    check_dynamic(t);
  else
    check_witness(t);
}

/* Checks every violation. */
void recheck_violations(recheck *k, const dimsat_result *r) {
  for (size_t i = 0; i < r->violation_count; i++) {
    const arena_mark mark = arena_get_mark(k->m);
    trial t = {.k = k,
               .v = &r->violations[i],
               .where = arena_format(k->m, "violations[%zu]", i)};
    if (!recheck_try(k, check_violation, &t))
      recheck_say(k, PROOF_OPEN, t.where, "%s", k->oracle.why);
    arena_rewind(k->m, mark);
  }
}

/* ---- DYNAMIC axes -------------------------------------------------------- */

/* Whether an axis of this meaning can have no size but its example's. */
outcome recheck_forced(recheck *k, const place *at, integer example) {
  const binding *b = &k->plain->all;
  const space *s = bind_space(b, NULL);
  size_t n = 0;
  if (at->constant)
    return PROOF_HOLDS;
  if (!s)
    return PROOF_BREAKS;
  bool *marked = arena_zeroed(k->m, b->variable_count + 1, sizeof *marked);
  marked[at->parameter] = true;
  const expr **list = recheck_connected(k, b, marked, &n);
  list[n++] =
      build_ne(k->cx, meaning_expression(b, at), build_integer(k->cx, example));
  return recheck_never(k, list, n, s);
}

/* Whether that is so of some DYNAMIC axis. */
outcome recheck_dynamic_forced(recheck *k) {
  const dimsat_problem *p = k->problem;
  outcome best = PROOF_BREAKS;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t n = 0; n < p->inputs[i].rank; n++) {
      const axis *a = &p->inputs[i].axes[n];
      if (a->kind != AXIS_DYNAMIC || !a->has_example)
        continue;
      const outcome o = recheck_forced(k, &k->plain->axis[i][n], a->example);
      if (o == PROOF_HOLDS)
        return o;
      best = o == PROOF_OPEN ? o : best;
    }
  return best;
}

/* ---- Verdict ------------------------------------------------------------- */

/* A verdict under trial. */
typedef struct {
  recheck *k;
  const dimsat_result *result;
} verdict_trial;

/* Whether the spec satisfies everything. */
static void check_ok(recheck *k, const dimsat_result *r) {
  static const char where[] = "verdict";
  breach x;
  if (r->violation_count > 0 || r->fix_count > 0) {
    recheck_say(k, PROOF_BREAKS, where, "ok, but violations or fixes follow");
    return;
  }
  if (k->problem->gap_count > 0) {
    recheck_say(k, PROOF_BREAKS, where, "ok, but not all is known: %s",
                k->problem->gaps[0]);
    return;
  }
  if (k->plain->misfit_count > 0) {
    recheck_say(k, PROOF_BREAKS, where, "%s", k->plain->misfit[0].message);
    return;
  }
  if (recheck_dynamic_forced(k) == PROOF_HOLDS) {
    recheck_say(k, PROOF_BREAKS, where,
                "a DYNAMIC axis can have one size only");
    return;
  }
  const space *s = bind_space(k->b, NULL);
  const outcome o = s ? recheck_space(k, s, NULL, &x) : PROOF_HOLDS;
  if (o == PROOF_BREAKS)
    recheck_show(k, where, "the spec does not agree", &x);
  else if (o == PROOF_OPEN)
    recheck_say(k, o, where, "not every guard is proved on the spec: %s",
                k->oracle.why ? k->oracle.why : "no proof was found");
  else
    recheck_say(k, o, where, "ok: every guard is proved on the spec");
}

/* All sizes that the assumptions admit; NULL where one has no end. */
static const space *assumed_space(recheck *k) {
  const binding *b = k->b;
  interval *range = arena_alloc(k->m, (b->variable_count + 1) * sizeof *range);
  for (size_t i = 0; i < b->variable_count; i++) {
    const variable *v = &b->variable[i];
    range[i] = v->named
                   ? interval_meet(v->assumed, interval_from(integer_of(0)))
                   : v->assumed;
    if (!range[i].has_lo && !range[i].has_hi)
      return NULL;
  }
  return bind_space(b, range);
}

/* Whether no sizes at all satisfy the guards: HOLDS for "none do". */
static outcome nothing_fits(recheck *k) {
  const binding *b = k->b;
  const space *s = assumed_space(k);
  outcome best = PROOF_BREAKS;
  if (!s)
    return PROOF_OPEN;
  bool *seen = arena_zeroed(k->m, b->variable_count + 1, sizeof *seen);
  for (size_t i = 0; i < b->requirement_count; i++) {
    const claim *c = b->requirement[i].claim;
    const expr *alone = b->requirement[i].condition, **list = &alone;
    size_t n = 1;
    if (c->variable_count && seen[c->variable[0]])
      continue;
    if (c->variable_count) {
      bool *marked = arena_zeroed(k->m, b->variable_count + 1, sizeof *marked);
      marked[c->variable[0]] = true;
      list = recheck_connected(k, b, marked, &n);
      for (size_t v = 0; v < b->variable_count; v++)
        seen[v] |= marked[v];
    }
    const outcome o = recheck_never(k, list, n, s);
    if (o == PROOF_HOLDS)
      return o;
    best = o == PROOF_OPEN ? o : best;
  }
  return best;
}

/* Whether some violation stands. */
static void check_violated(recheck *k, bool contradictory) {
  static const char where[] = "verdict";
  bool stands = false;
  for (size_t i = 0; i < k->found->count; i++)
    stands |= strncmp(k->found->item[i].where, "violations", 10) == 0 &&
              k->found->item[i].outcome == PROOF_HOLDS;
  const outcome none = nothing_fits(k);
  if (contradictory)
    recheck_say(k, none, where,
                none == PROOF_HOLDS
                    ? "contradictory: no sizes satisfy every guard"
                : none == PROOF_BREAKS
                    ? "contradictory, but some sizes satisfy every guard"
                    : "whether some sizes satisfy every guard is not decided");
  else if (none == PROOF_HOLDS)
    recheck_say(k, PROOF_BREAKS, where,
                "violated, but no sizes satisfy every guard: contradictory");
  else if (stands)
    recheck_say(k, PROOF_HOLDS, where, "violated: shown by a violation below");
  else
    recheck_say(k, PROOF_BREAKS, where, "violated, but no violation shows it");
}

/* Checks the verdict of `data`, a verdict_trial. */
static void check_verdict(void *data) {
  const verdict_trial *t = data;
  switch (t->result->verdict) {
  case DIMSAT_VERDICT_OK:
    check_ok(t->k, t->result);
    break;
  case DIMSAT_VERDICT_VIOLATED:
    check_violated(t->k, false);
    break;
  case DIMSAT_VERDICT_CONTRADICTORY:
    check_violated(t->k, true);
    break;
  case DIMSAT_VERDICT_UNDECIDED:
    recheck_say(t->k, PROOF_OPEN, "verdict", "undecided: nothing is claimed");
    break;
  }
}

/* Checks the verdict, once the violations are. */
void recheck_verdict(recheck *k, const dimsat_result *r) {
  verdict_trial t = {.k = k, .result = r};
  if (!recheck_try(k, check_verdict, &t))
    recheck_say(k, PROOF_OPEN, "verdict", "%s", k->oracle.why);
}
