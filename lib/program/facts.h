/*
 * What is known of the nodes of a program's conditions where the checks made so
 * far hold: the interval of each number, and whether machine words can compute
 * it.
 */
#ifndef LIB_PROGRAM_FACTS_H
#define LIB_PROGRAM_FACTS_H

#include "lib/expr/expr.h"
#include "lib/number/interval.h"

typedef struct node_fact {
  const expr *node;
  interval range; /* of a number; conditions: 0..1 */
  bool native;    /* made of what the machine has, and of constants of a word */
  bool wide;      /* it or a part of it may leave int64_t or a float's 2**53 */
  bool unknown;   /* it or a part of it may be UNDECIDED (evaluate.h) */
  bool placed;    /* its number is in the register `result` */
  uint32_t result;
} fact;

typedef struct {
  dimsat_context *cx;
  arena *m;
  uint32_t *of_node; /* place of each node's fact + 1, by id; 0: none yet */
  struct node_fact **fact; /* they stay where they are; sizes first */
  size_t count, capacity, size_count;
} facts;

/* Nothing is known.  `m` holds all facts; nodes made later are not covered. */
void facts_init(facts *f, dimsat_context *cx, arena *m);

/* The next size: a symbol, before anything is asked of it. */
void facts_size(facts *f, const expr *symbol, interval range);

/* The fact of a node. */
fact *facts_of(facts *f, const expr *e);

/* Forgets all but the sizes, whose ranges become range[i]. */
void facts_forget(facts *f, const interval *range);

/* A check has shown that `e` lies in `range`. */
void facts_learn(facts *f, const expr *e, interval range);

interval interval_word(void); /* int64_t */
bool fits_word(interval r);

/* Bits of the largest member, without its sign; SIZE_MAX for endless. */
size_t interval_bits(interval r);

/* The interval of one step of a sum: sum + factor*term. */
interval range_step(arena *m, interval sum, integer factor, interval term);

/* The interval of a product; endless where it could pass LIMIT_BITS. */
interval range_product(arena *m, interval a, interval b);

#endif
