/* Plans in the answer. */
#include "lib/base/json_write.h"
#include "lib/observe/plans.h"

/* Plans, and parts and ranges of one, that are shown to people. */
enum { MOST_PLANS = 8, MOST_PARTS = 6, MOST_RANGES = 6 };

/* ---- For programs ------------------------------------------------------ */

/* By parameter, the calls of a plan that are marked; those without any are left
 * out. */
static void write_marked(buffer *out, const dimsat_observation *o,
                         const plan *p, const char *key, const bool *marked) {
  const size_t parameters = o->calls->parameter_count;
  json_key(out, key);
  json_open(out, '{');
  for (size_t k = 0; k < parameters; k++) {
    bool any = false;
    for (size_t i = 0; i < p->call_count; i++) {
      if (!marked[p->call[i] * parameters + k])
        continue;
      if (!any) {
        json_key(out, o->calls->parameter[k].name);
        json_open(out, '[');
      }
      any = true;
      json_integer(out, (int64_t)p->call[i]);
    }
    if (any)
      json_close(out, ']');
  }
  json_close(out, '}');
}

/* One plan. */
static void write_plan(buffer *out, const dimsat_observation *o,
                       const plan *p) {
  json_open(out, '{');
  json_key(out, "calls");
  json_open(out, '[');
  for (size_t i = 0; i < p->call_count; i++)
    json_integer(out, (int64_t)p->call[i]);
  json_close(out, ']');
  json_key(out, "arguments");
  json_open(out, '{');
  for (size_t i = 0; i < p->part_count; i++) {
    json_key(out, p->part[i].path);
    json_text(out, p->part[i].state);
  }
  json_close(out, '}');
  write_marked(out, o, p, "empty", o->empty);
  write_marked(out, o, p, "filled", o->filled);
  json_close(out, '}');
}

/* In order. */
void observe_write_plans(buffer *out, const dimsat_observation *o) {
  json_key(out, "plans");
  json_open(out, '[');
  for (size_t i = 0; i < o->plan_count; i++)
    write_plan(out, o, &o->plan[i]);
  json_close(out, ']');
}

/* ---- For people -------------------------------------------------------- */

/* "call 0", "calls 1 to 3, 5" */
static void add_calls(buffer *out, const plan *p) {
  size_t shown = 0;
  buffer_add(out, p->call_count == 1 ? "call " : "calls ");
  for (size_t i = 0; i < p->call_count; shown++) {
    size_t last = i;
    while (last + 1 < p->call_count && p->call[last + 1] == p->call[last] + 1)
      last++;
    buffer_add(out, shown > 0 ? ", " : "");
    if (shown == MOST_RANGES) {
      buffer_add(out, "...");
      return;
    }
    buffer_format(out, "%zu", p->call[i]);
    if (last > i)
      buffer_format(out, "%s%zu", last > i + 1 ? " to " : ", ", p->call[last]);
    i = last + 1;
  }
}

/* What tells it from others. */
static void add_parts(buffer *out, const plan *p) {
  for (size_t i = 0; i < p->part_count && i < MOST_PARTS; i++)
    buffer_format(out, "%s%s %s", i > 0 ? "; " : "", p->part[i].path,
                  p->part[i].state);
  if (p->part_count > MOST_PARTS)
    buffer_format(out, "; %zu more", p->part_count - MOST_PARTS);
}

/* A line each. */
void observe_add_plans(buffer *out, const dimsat_observation *o) {
  if (o->plan_count < 2)
    return;
  buffer_format(out, "\n%zu programs are needed:\n", o->plan_count);
  for (size_t i = 0; i < o->plan_count && i < MOST_PLANS; i++) {
    buffer_add(out, "  ");
    add_calls(out, &o->plan[i]);
    buffer_add(out, ": ");
    add_parts(out, &o->plan[i]);
    buffer_add(out, "\n");
  }
  if (o->plan_count > MOST_PLANS)
    buffer_format(out, "  and %zu more\n", o->plan_count - MOST_PLANS);
}
