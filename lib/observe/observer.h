/*
 * InputObserver: the calls it keeps, brought to one structure.
 *
 * It keeps the first calls, as tensors and None alone; constants of keyword
 * arguments are kept apart.  The call with the most leaves is the best one, and
 * the others are laid over it, None where they lack an argument.
 */
#ifndef LIB_OBSERVE_OBSERVER_H
#define LIB_OBSERVE_OBSERVER_H

#include "lib/observe/answer.h"

/* One call as it is kept. */
typedef struct {
  size_t arg_count, kwarg_count, constant_count;
  recorded *arg;
  recorded_member *kwarg;    /* in the order of the signature */
  recorded_member *constant; /* scalars that differ from a default */
  size_t leaf_count;
  leaves *overwritten; /* of each argument: what an option put another value
                          over, or no leaves */
  leaves aligned;      /* over the leaves of the best call */
  bool reordered; /* a dict had the keys of the best call in another order */
} candidate;

typedef struct {
  answer *a;
  size_t count; /* of calls kept */
  candidate *call;
  const candidate *best; /* NULL: no call was kept */
  size_t *arg_leaves;    /* of the best call, for each positional argument */
  size_t *arg_first;     /* the first of these leaves */
  size_t *kwarg_leaves;
  ptrdiff_t *arg_seen; /* leaves that calls had so far; -1: none had any */
  ptrdiff_t *kwarg_seen;
  size_t *owner; /* of each leaf of the best call: a position, or `arg_count`
                    and the place among its keyword arguments */
} observer;

/* Keeps the calls, or refuses as the tool does while it records. */
observer *observer_record(answer *a);

/* Aligns all calls; refuses where they do not fit together. */
void observer_align(observer *o);
/* Aligns one call with the others, which are aligned. */
void observer_align_call(observer *o, candidate *c);

/* The dynamic axes of each leaf of the best call. */
typedef struct {
  size_t count;
  shapes *leaf; /* DIMS each, marked AXIS_DYNAMIC; of numbers, which caches
                   count with, NONE or WHOLE, without axes to name */
} leaf_shapes;

/* `batch`, or NULL: whose first axis is dynamic anyway. */
leaf_shapes observer_leaf_shapes(observer *o, const recorded *batch);

/* A constant in which two calls differ, or NULL. */
const char *observer_other_constant(const candidate *a, const candidate *b);

/* The parameter at `position`, or a name for the position. */
const char *observer_position_name(const observer *o, size_t position);

/* The name of the argument that leaf `index` belongs to. */
const char *observer_leaf_name(const observer *o, size_t index);

/* Leaf `index` in call `call`, or NULL where it has no tensor. */
const recorded *observer_leaf(const observer *o, size_t call, size_t index);

/* Puts names in place of AXIS_DYNAMIC. `names` is true or a dict of names. */
void observer_name_axes(observer *o, const recorded *names, leaf_shapes *s);

#endif
