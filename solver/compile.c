/*
 * dimsat_program_compile: which conditions a program must check.
 *
 * The promises of the spec and the guards become conditions over the sizes, in
 * the meaning that solver/eval.c gives them.  A size that a promise settles is
 * replaced by what it must be, because the promise itself is checked.  A guard
 * that is proved for all sizes that keep the promises is dropped; the tracer's
 * assumptions are no promises.
 */
#include "lib/expr/build.h"
#include "lib/expr/substitute.h"
#include "lib/program/program.h"
#include "solver/eval_sizes.h"
#include "solver/prove.h"

/* Of Z3's usual work limit, a guard: to keep one that is implied is no error.
 */
#define Z3_SHARE 0.2

/* What a name stands for. */
typedef struct {
  const expr *check;  /* over the sizes, as cheap as can be; NULL: unknown */
  const expr *plain;  /* the same without what promises settle */
  const expr *proof;  /* over roots and free axes */
  const expr *from;   /* a root: the size that says it */
  const char *absent; /* unknown: what it is called */
} meaning;

/* A symbol of proofs: where it may lie. */
typedef struct {
  const expr *symbol;
  interval range;
} root_size;

typedef struct {
  dimsat_problem *problem;
  dimsat_context *cx;
  arena *m;
  dimsat_program *program;
  sizes names;
  size_t *first;   /* size of axis 0 of each input */
  meaning *dim;    /* of each dim */
  meaning *axis;   /* of each axis, as the sizes */
  size_t *loose;   /* size of each symbol that stands for no dim, or SIZE_MAX */
  root_size *root; /* of proofs, by a symbol's id */
  uint32_t *root_of;
  size_t root_count, root_capacity;
  uint32_t *variable_of; /* scratch of proofs, by a symbol's id */
  budget budget;
  oracle oracle;
  bool tired; /* the budget for proofs is spent */
} compilation;

/* ---- Promises ------------------------------------------------------------ */

/* Demands what the spec promises. */
static void promise(compilation *c, const expr *condition) {
  program_require(c->program, condition, SPEC_DEMAND);
}

/* Demands low <= e <= high for the bounds there are. */
static void promise_range(compilation *c, const expr *e, interval r) {
  if (r.has_lo)
    promise(c, build_le(c->cx, build_integer(c->cx, r.lo), e));
  if (r.has_hi)
    promise(c, build_le(c->cx, e, build_integer(c->cx, r.hi)));
}

/* scale*e + offset */
static const expr *linear_in(compilation *c, const expr *e, integer scale,
                             integer offset) {
  return build_linear(c->cx, offset, &scale, &e, 1);
}

/* scale*range + offset */
static interval scaled(compilation *c, interval range, integer scale,
                       integer offset) {
  return interval_add(c->m, interval_scale(c->m, range, scale),
                      interval_of(offset, offset));
}

/* ---- Roots --------------------------------------------------------------- */

/* Says where a symbol of proofs may lie. */
static void add_root(compilation *c, const expr *name, interval range) {
  c->root = arena_grow(c->m, c->root, c->root_count, &c->root_capacity,
                       sizeof *c->root);
  c->root[c->root_count++] = (root_size){.symbol = name, .range = range};
}

/* A root whose size is given as it is. */
static void root_from_size(compilation *c, size_t root, const expr *own) {
  const interval range = c->problem->dims[root].range;
  c->dim[root] =
      (meaning){.check = own, .plain = own, .proof = own, .from = own};
  add_root(c, own, range);
  promise_range(c, own, range);
}

/* A root that follows from the size scale*root + offset. */
static void root_from_scaled(compilation *c, size_t root, const expr *own,
                             integer scale, integer offset) {
  dimsat_context *const cx = c->cx;
  const expr *const rest = build_sub(cx, own, build_integer(cx, offset));
  const expr *const factor = build_integer(cx, scale);
  const expr *const quotient = build_floordiv(cx, rest, factor);
  const expr *const name =
      build_symbol(cx, arena_format(c->m, "root!%zu", root));
  const interval range = c->problem->dims[root].range;
  c->dim[root] = (meaning){
      .check = quotient, .plain = quotient, .proof = name, .from = own};
  add_root(c, name, range);
  promise_range(c, own, scaled(c, range, scale, offset));
  promise(c, build_eq(cx, build_mod(cx, rest, factor), build_small(cx, 0)));
}

/* An axis as scale*root + offset. */
static size_t root_of_axis(compilation *c, const axis *a, integer *scale,
                           integer *offset) {
  const size_t root = problem_root_of(c->problem, a->dim, scale, offset);
  *offset = integer_add(c->m, a->offset, integer_mul(c->m, a->scale, *offset));
  *scale = integer_mul(c->m, a->scale, *scale);
  return root;
}

/* Finds each root on the first axis that is it, or else on the first that
 * follows it, as `dimsat_eval` does. */
static void find_roots(compilation *c, bool follows) {
  const dimsat_problem *const p = c->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *const a = &p->inputs[i].axes[k];
      integer scale, offset;
      if (a->kind != AXIS_DIM)
        continue;
      const size_t root = root_of_axis(c, a, &scale, &offset);
      const bool is_root =
          root == a->dim && integer_is(scale, 1) && integer_is(offset, 0);
      const expr *const own = c->program->size[c->first[i] + k];
      if (c->dim[root].check != NULL || is_root == follows)
        continue;
      if (is_root)
        root_from_size(c, root, own);
      else
        root_from_scaled(c, root, own, scale, offset);
    }
}

/* Derived dims, from their roots. */
static void follow_roots(compilation *c) {
  const dimsat_problem *const p = c->problem;
  for (size_t i = 0; i < p->dim_count; i++) {
    integer scale, offset;
    const size_t root = problem_root_of(p, i, &scale, &offset);
    const meaning r = c->dim[root];
    if (r.check == NULL)
      c->dim[i].absent = p->dims[i].name;
    else if (c->dim[i].check == NULL)
      c->dim[i] = (meaning){.check = linear_in(c, r.check, scale, offset),
                            .plain = linear_in(c, r.plain, scale, offset),
                            .proof = linear_in(c, r.proof, scale, offset)};
  }
}

/* ---- Axes ---------------------------------------------------------------- */

/* The number that an axis must be, if it must be one. */
static bool settled(const axis *a, integer *out) {
  if (a->kind == AXIS_CONSTANT)
    *out = a->constant;
  else if (a->burned)
    *out = a->traced_constant;
  else if (a->kind == AXIS_STATIC && a->has_example)
    *out = a->example;
  else
    return false;
  return true;
}

/* An axis that carries a dim.  It needs no promise of its own that it is not
 * negative where it has the size of another, or its dim's range says so. */
static meaning mean_dim_axis(compilation *c, const axis *a, const expr *own) {
  integer scale, offset;
  const size_t root = root_of_axis(c, a, &scale, &offset);
  const meaning r = c->dim[root];
  const expr *const must = linear_in(c, r.check, scale, offset);
  meaning x = {.check = own, .plain = own};
  x.proof = linear_in(c, r.proof, scale, offset);
  const interval range = scaled(c, c->problem->dims[root].range, scale, offset);
  if (must->op == OP_SYMBOL && must != own)
    x.check = must;
  else if (must != own || integer_sign(range.lo) < 0)
    promise_range(c, own, interval_from(integer_of(0)));
  if (r.from != own)
    promise(c, build_eq(c->cx, own, must));
  return x;
}

/* An axis that carries no dim. */
static meaning mean_free_axis(compilation *c, const axis *a, const expr *own) {
  const interval up = interval_from(integer_of(0));
  meaning x = {.check = own, .plain = own, .proof = own};
  integer number;
  if (settled(a, &number)) {
    x.check = x.proof = build_integer(c->cx, number);
    promise(c, build_eq(c->cx, own, x.check));
  } else {
    add_root(c, own, up);
  }
  promise_range(c, own, up);
  return x;
}

/* What an axis stands for, with its own promises. */
static meaning mean_axis(compilation *c, const axis *a, const expr *own) {
  const meaning x = a->kind == AXIS_DIM ? mean_dim_axis(c, a, own)
                                        : mean_free_axis(c, a, own);
  if (a->burned)
    promise(c, build_eq(c->cx, own, build_integer(c->cx, a->traced_constant)));
  return x;
}

/* Axes whose symbol stands for another axis have the size of that. */
static void promise_shared(compilation *c) {
  const dimsat_problem *const p = c->problem;
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const char *const traced = p->inputs[i].axes[k].traced;
      if (traced == NULL)
        continue;
      const name_meaning n = sizes_meaning(&c->names, traced);
      if (n.kind == NAMES_AXIS)
        promise(c, build_eq(c->cx, c->axis[c->first[i] + k].check,
                            c->axis[c->first[n.index] + n.axis].check));
    }
}

/* "2*seq + 1, traced as s3" */
static const char *axis_words(compilation *c, const axis *a) {
  arena *const m = &c->cx->nodes;
  return a->traced ? arena_format(m, "%s, traced as %s", a->text, a->traced)
                   : a->text;
}

/* Sizes of a problem with inputs: their axes. */
static void take_inputs(compilation *c) {
  const dimsat_problem *const p = c->problem;
  dimsat_program *const g = c->program;
  find_roots(c, false);
  find_roots(c, true);
  follow_roots(c);
  for (size_t i = 0; i < p->input_count; i++)
    for (size_t k = 0; k < p->inputs[i].rank; k++) {
      const axis *const a = &p->inputs[i].axes[k];
      const size_t s = c->first[i] + k;
      g->size_name[s] =
          arena_format(&c->cx->nodes, "%s[%zu]", p->inputs[i].name, k);
      g->size_words[s] = axis_words(c, a);
      c->axis[s] = mean_axis(c, a, g->size[s]);
    }
  promise_shared(c);
}

/* Sizes of a problem without inputs: its dims, and symbols of their own. */
static void take_dims(compilation *c) {
  const dimsat_problem *const p = c->problem;
  dimsat_program *const g = c->program;
  for (size_t i = 0; i < p->dim_count; i++) {
    g->size_name[i] = p->dims[i].name;
    if (!p->dims[i].derived)
      root_from_size(c, i, g->size[i]);
  }
  follow_roots(c);
  for (size_t i = 0; i < p->dim_count; i++)
    if (p->dims[i].derived) {
      promise(c, build_eq(c->cx, g->size[i], c->dim[i].check));
      c->dim[i].check = c->dim[i].plain = g->size[i];
    }
  for (size_t i = 0; i < p->symbol_count; i++)
    if (c->loose[i] != SIZE_MAX)
      g->size_name[c->loose[i]] = p->symbols[i].name;
}

/* ---- Guards -------------------------------------------------------------- */

/* What a name in a guard stands for. */
static meaning mean_name(compilation *c, const char *name) {
  const name_meaning n = sizes_meaning(&c->names, name);
  if (n.kind == NAMES_AXIS)
    return c->axis[c->first[n.index] + n.axis];
  if (n.kind == NAMES_DIM)
    return c->dim[n.index];
  if (n.kind != NAMES_SYMBOL || c->loose[n.index] == SIZE_MAX)
    return (meaning){.absent = name};
  const expr *const own = c->program->size[c->loose[n.index]];
  return (meaning){.check = own, .plain = own};
}

/* Whether the exact value of `e` depends on how it is written: powers are
 * given up where they grow beyond a limit. */
static bool has_power(dimsat_context *cx, const expr *e) {
  size_t count;
  const expr **const node = expr_nodes(cx, &e, 1, &count);
  for (size_t i = 0; i < count; i++)
    if (node[i]->op == OP_POW)
      return true;
  return false;
}

/* A guard, in all its forms. */
typedef struct {
  compilation *c;
  const expr *check, *proof; /* NULL: nothing can be proved */
  bool implied;
} bound_guard;

/* Puts the meanings of its names into a guard; the name that has none, or
 * NULL. */
static const char *bind_guard(compilation *c, const expr *e, bound_guard *out) {
  size_t n;
  const expr **const from = expr_symbols(c->cx, e, &n);
  const expr **const form = arena_alloc(c->m, (n + 1) * sizeof *form);
  const expr **const proof = arena_alloc(c->m, (n + 1) * sizeof *proof);
  const bool power = has_power(c->cx, e);
  bool provable = true;
  for (size_t i = 0; i < n; i++) {
    const meaning x = mean_name(c, from[i]->name);
    if (x.check == NULL)
      return x.absent;
    form[i] = power ? x.plain : x.check;
    proof[i] = x.proof;
    provable = provable && x.proof != NULL;
  }
  substitution s = {.from = from, .to = form, .count = n};
  out->check = substitute(c->cx, e, &s);
  s.to = proof;
  out->proof = provable ? substitute(c->cx, e, &s) : NULL;
  return NULL;
}

/* Asks the prover; a spent budget is raised. */
static void prove(void *data) {
  bound_guard *const x = data;
  compilation *const c = x->c;
  size_t n;
  const expr **const name = expr_symbols(c->cx, x->proof, &n);
  space *const s = space_new(c->m, n, n);
  for (size_t i = 0; i < n; i++) {
    c->variable_of[name[i]->id] = (uint32_t)i;
    s->place[i] = (place){.parameter = (uint32_t)i,
                          .scale = integer_of(1),
                          .offset = integer_of(0)};
    s->parameter[i] =
        progression_of(c->m, c->root[c->root_of[name[i]->id]].range);
  }
  integer *const point = arena_zeroed(c->m, n + 1, sizeof *point);
  const claim *const k = claim_new(c->cx, c->m, x->proof, name, c->variable_of);
  x->implied = oracle_prove(&c->oracle, k, s, point) == PROOF_HOLDS;
}

/* Whether the promises imply a guard. */
static bool is_implied(compilation *c, bound_guard *x) {
  if (x->check->op == OP_TRUE)
    return true;
  if (x->proof == NULL || c->tired)
    return false;
  x->c = c;
  const dimsat_status s = fault_try(&c->cx->fault, prove, x);
  if (s != DIMSAT_OK && !budget_ended(s))
    fault_raise(&c->cx->fault, s);
  c->tired |= s == DIMSAT_OUT_OF_BUDGET || s == DIMSAT_CANCELLED;
  return s == DIMSAT_OK && x->implied;
}

/* One guard: dropped, or demanded. */
static void take_guard(compilation *c, size_t index) {
  dimsat_program *const g = c->program;
  const guard *const asked = &c->problem->guards[index];
  const arena_mark mark = arena_get_mark(c->m);
  bound_guard x = {0};
  if (asked->kind == GUARD_SPEC) {
    g->use[index] = DIMSAT_GUARD_NO_DEMAND;
    return;
  }
  g->missing[index] = bind_guard(c, asked->condition, &x);
  if (g->missing[index] != NULL)
    g->use[index] = DIMSAT_GUARD_NOT_CHECKED;
  else if (is_implied(c, &x))
    g->use[index] = DIMSAT_GUARD_IMPLIED;
  else
    program_require(g, x.check, index);
  arena_rewind(c->m, mark);
}

/* ---- All ----------------------------------------------------------------- */

/* Numbers the sizes; how many there are. */
static size_t number_sizes(compilation *c) {
  const dimsat_problem *const p = c->problem;
  size_t count = 0;
  c->first = arena_zeroed(c->m, p->input_count + 1, sizeof *c->first);
  c->loose = arena_zeroed(c->m, p->symbol_count + 1, sizeof *c->loose);
  for (size_t i = 0; i < p->input_count; i++) {
    c->first[i] = count;
    count += p->inputs[i].rank;
  }
  if (p->input_count == 0)
    count = p->dim_count;
  for (size_t i = 0; i < p->symbol_count; i++) {
    const name_meaning n = sizes_meaning(&c->names, p->symbols[i].name);
    const bool own = p->input_count == 0 && n.kind == NAMES_SYMBOL;
    c->loose[i] = own ? count++ : SIZE_MAX;
  }
  return count;
}

/* Where each symbol of proofs finds its range. */
static void index_roots(compilation *c) {
  c->root_of = arena_zeroed(c->m, c->cx->node_count, sizeof *c->root_of);
  c->variable_of =
      arena_zeroed(c->m, c->cx->node_count, sizeof *c->variable_of);
  for (size_t i = 0; i < c->root_count; i++)
    c->root_of[c->root[i].symbol->id] = (uint32_t)i;
}

/* The body of a call. */
static void run(void *data) {
  compilation *const c = data;
  dimsat_problem *const p = c->problem;
  problem_validate(p);
  sizes_init(&c->names, p);
  const size_t count = number_sizes(c);
  dimsat_program *const g = program_new(p, count);
  c->program = g;
  c->dim = arena_zeroed(c->m, p->dim_count + 1, sizeof *c->dim);
  c->axis = arena_zeroed(c->m, count + 1, sizeof *c->axis);
  if (p->input_count)
    take_inputs(c);
  else
    take_dims(c);
  index_roots(c);
  for (size_t i = 0; i < p->guard_count; i++)
    take_guard(c, i);
  program_finish(g);
}

/* The program of a problem. */
dimsat_program *dimsat_program_compile(dimsat_problem *p,
                                       const dimsat_options *options) {
  counters stats = {0};
  compilation c = {.problem = p, .cx = p->cx, .m = &p->cx->work};
  budget_init(&c.budget, &p->cx->fault, options ? &options->budget : NULL,
              p->guard_count);
  oracle_init(&c.oracle, p->cx, c.m, &c.budget, &stats, options);
  c.oracle.effort = EFFORT_TRY;
  c.oracle.z3_effort = Z3_SHARE;
  const dimsat_status s = context_run(p->cx, run, &c);
  oracle_clear(&c.oracle);
  return s == DIMSAT_OK ? c.program : NULL;
}
