/*
 * Calls bound to the signature, as Python binds them: by position, by name, the
 * rest to *args and **kwargs, then defaults.  A call that Python would refuse
 * is a trouble, and bound as far as it goes.
 */
#include "lib/observe/observation.h"

#include <string.h>

typedef struct {
  dimsat_observation *o;
  const parameter *parameter;
  size_t count;
  size_t named;  /* those that take one argument by position come first */
  size_t number; /* of the call */
  const recorded_call *call;
  const recorded **value; /* of each parameter */
  const table *known;     /* parameters that take an argument by name */
} binding;

/* Where an argument by position goes: the parameter, or `count` for nowhere. */
static size_t positional(const binding *b, size_t index) {
  if (index < b->named)
    return index;
  const bool rest = b->named < b->count &&
                    b->parameter[b->named].kind == PARAMETER_VAR_POSITIONAL;
  return rest ? b->named : b->count;
}

/* The parameter that an argument of that name goes to, or `count`. */
static size_t by_name(const binding *b, const char *name) {
  const uint32_t hash = hash_bytes(0, name, strlen(name));
  uint32_t at = hash;
  for (const parameter *p; (p = table_next(b->known, hash, &at)) != NULL;)
    if (strcmp(p->name, name) == 0)
      return (size_t)(p - b->parameter);
  return b->count;
}

/* Room for what a variadic parameter takes. */
static recorded *make_value(binding *b, recorded_kind kind) {
  recorded *const v = arena_zeroed(&b->o->cx->nodes, 1, sizeof *v);
  v->kind = kind;
  return v;
}

/* The arguments by position. */
static void bind_positions(binding *b) {
  const recorded_call *const call = b->call;
  for (size_t k = 0; k < call->arg_count; k++) {
    const size_t i = positional(b, k);
    if (i == b->count) {
      observe_trouble(
          b->o,
          (trouble){.kind = TROUBLE_EXTRA,
                    .argument = arena_format(&b->o->cx->nodes, "args[%zu]", k),
                    .axis = OBSERVED_NONE,
                    .call = {b->number, OBSERVED_NONE}},
          "call %zu has %zu arguments by position; the signature takes %zu",
          b->number, call->arg_count, k);
      return;
    }
    if (b->parameter[i].kind != PARAMETER_VAR_POSITIONAL) {
      b->value[i] = &call->arg[k];
      continue;
    }
    recorded *const rest = make_value(b, RECORDED_TUPLE);
    rest->count = call->arg_count - k;
    rest->item = &call->arg[k];
    b->value[i] = rest;
    return;
  }
}

/* What is wrong with a name that cannot be bound. */
static void refuse_name(binding *b, const char *name, trouble_kind kind) {
  observe_trouble(b->o,
                  (trouble){.kind = kind,
                            .argument = name,
                            .axis = OBSERVED_NONE,
                            .call = {b->number, OBSERVED_NONE}},
                  kind == TROUBLE_EXTRA
                      ? "call %zu gives '%s', which the signature does not know"
                      : "call %zu gives '%s' by position and by name",
                  b->number, name);
}

/* The arguments by name; those without a parameter go to **kwargs. */
static void bind_names(binding *b) {
  const recorded_call *const call = b->call;
  const parameter *const rest =
      calls_variadic(b->o->calls, PARAMETER_VAR_KEYWORD);
  recorded_member *left = NULL;
  size_t count = 0;
  if (rest != NULL && call->kwarg_count > 0)
    left = arena_zeroed(&b->o->cx->nodes, call->kwarg_count, sizeof *left);
  for (size_t k = 0; k < call->kwarg_count; k++) {
    const size_t i = by_name(b, call->kwarg[k].key);
    if (i < b->count && b->value[i] != NULL)
      refuse_name(b, call->kwarg[k].key, TROUBLE_DUPLICATE);
    else if (i < b->count)
      b->value[i] = &call->kwarg[k].value;
    else if (left != NULL)
      left[count++] = call->kwarg[k];
    else
      refuse_name(b, call->kwarg[k].key, TROUBLE_EXTRA);
  }
  if (count == 0)
    return;
  recorded *const v = make_value(b, RECORDED_DICT);
  v->count = count;
  v->member = left;
  b->value[rest - b->parameter] = v;
}

/* Defaults for what was not given. */
static void bind_defaults(binding *b) {
  for (size_t i = 0; i < b->count; i++) {
    const parameter *const p = &b->parameter[i];
    if (b->value[i] != NULL || p->kind == PARAMETER_VAR_POSITIONAL ||
        p->kind == PARAMETER_VAR_KEYWORD)
      continue;
    if (p->has_default)
      b->value[i] = &p->preset;
    else
      observe_trouble(b->o,
                      (trouble){.kind = TROUBLE_MISSING,
                                .argument = p->name,
                                .axis = OBSERVED_NONE,
                                .call = {b->number, OBSERVED_NONE}},
                      "call %zu does not give '%s', which has no default",
                      b->number, p->name);
  }
}

/* Takes in the parameters that take an argument by name. */
static void find_named(const dimsat_observation *o, table *known) {
  table_init(known, &o->cx->work, 0);
  for (size_t i = 0; i < o->calls->parameter_count; i++) {
    const parameter *const p = &o->calls->parameter[i];
    if (p->kind == PARAMETER_POSITIONAL_OR_KEYWORD ||
        p->kind == PARAMETER_KEYWORD_ONLY)
      table_add(known, &o->cx->work, hash_bytes(0, p->name, strlen(p->name)),
                p);
  }
}

/* Call by call. */
const recorded **observe_bind(dimsat_observation *o) {
  const dimsat_calls *const c = o->calls;
  const recorded **const all = arena_zeroed(
      &o->cx->nodes, c->call_count * c->parameter_count + 1, sizeof *all);
  size_t named = 0;
  table known;
  find_named(o, &known);
  while (named < c->parameter_count &&
         c->parameter[named].kind <= PARAMETER_POSITIONAL_OR_KEYWORD)
    named++;
  for (size_t i = 0; i < c->call_count; i++) {
    binding b = {.o = o,
                 .known = &known,
                 .named = named,
                 .parameter = c->parameter,
                 .count = c->parameter_count,
                 .number = i,
                 .call = &c->call[i],
                 .value = &all[i * c->parameter_count]};
    bind_positions(&b);
    bind_names(&b);
    bind_defaults(&b);
  }
  return all;
}
