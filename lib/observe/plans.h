/*
 * Which calls one exported program can take.  A program has one structure: the
 * same arguments are given, containers hold the same, tensors have the same
 * dtype and rank, and truth values, floats and strings are what they were.
 * Sizes and whole numbers may differ; what a tracer makes of them is for guards
 * to say, and then the option "constants" lists, by parameter, the numbers that
 * want programs of their own.
 *
 * Each place of the merged tree has a state in each call.  Two calls go
 * together where all of their states are equal or one of them is open: what
 * holds the place is absent or empty there, and that counts as length 0.  An
 * optional argument that a call lacks has the state of its `value_if_missing`,
 * where the user gave a tensor or a plain value.  Calls with the fewest open
 * states are placed first, each into the first group it fits; more groups than
 * necessary can come out only where open states differ.
 *
 * Time: places * calls, and for calls with open states times groups.
 */
#ifndef LIB_OBSERVE_PLANS_H
#define LIB_OBSERVE_PLANS_H

#include "lib/observe/observation.h"

/* A place before its calls are compared. */
struct plan_place {
  const char *path;
  size_t parameter;
  const recorded *kept;   /* a list of whole numbers that are kept, or NULL */
  bool is_leaf;           /* tensors or whole numbers; else containers, .. */
  const recorded **value; /* of each call; NULL where it is absent or None,
                             value_if_missing where that stands for it */
  size_t leaf[2];         /* the leaves in it: the first, behind the last */
  size_t end;             /* behind the last place in it */
};

/* What tells a plan from others. */
typedef struct {
  const char *path;
  const char *state; /* "given", "not given", "True", "float32 with 3 axes" */
} plan_part;

struct plan {
  size_t call_count;
  size_t *call; /* in order */
  size_t part_count;
  plan_part *part;
  size_t given; /* tensors and whole numbers */
};

/* Of a place in a call; others count from PLAN_GIVEN, equal ones alike. */
enum { PLAN_OPEN, PLAN_ABSENT, PLAN_GIVEN };

/* The states of all places: [place * calls + call], in the work arena. */
uint32_t *plan_states(const dimsat_observation *o);
/* Whether a tracer keeps the value `v` at a place as it is. */
bool plan_keeps(const plan_place *at, const recorded *v);
/* What place `at` has in a call, as far as a program depends on it. */
const char *plan_words(const dimsat_observation *o, const plan_place *at,
                       size_t call);

/* Tells of a place of parameter `of` before its leaves are made, and once they
 * are; what the first one gives is for the second. */
size_t observe_open_place(dimsat_observation *o, const char *path, size_t of,
                          const recorded **value);
void observe_close_place(dimsat_observation *o, size_t place);

/*
 * Makes the plans from all places, once it is known which lengths are assumed.
 * The plan with the most arguments is first; then the one with more calls, and
 * the earlier ones.
 */
void observe_plans(dimsat_observation *o);

/* For programs: all of them.  For people: where there is more than one. */
void observe_write_plans(buffer *out, const dimsat_observation *o);
void observe_add_plans(buffer *out, const dimsat_observation *o);

#endif
