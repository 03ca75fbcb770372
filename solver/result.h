/*
 * What checking and repairing found, as data; reports are written from it.
 * Everything lives in the context's `nodes`.
 */
#ifndef SOLVER_RESULT_H
#define SOLVER_RESULT_H

#include "dimsat/check.h"
#include "lib/problem/problem.h"

#define NO_GUARD SIZE_MAX

typedef enum {
  VIOLATION_RANGE,    /* a dim reaches a size that a guard refuses */
  VIOLATION_CONSTANT, /* an axis must be one size */
  VIOLATION_EQUALITY, /* two dims must be equal */
  VIOLATION_DERIVED,  /* one dim must be a*other + b */
  VIOLATION_RESIDUE,  /* a dim must leave certain remainders */
  VIOLATION_RELATION, /* any other relation between dims */
  VIOLATION_EXAMPLE,  /* the example is not within the spec */
  VIOLATION_SPEC      /* the spec itself cannot hold */
} violation_kind;

const char *violation_kind_name(violation_kind kind);

/* In a problem of more dims a witness names only those that matter; the others
 * may have any size. */
enum { MOST_WITNESSED = 256 };

/* Sizes of dims (or symbols), in the order of the problem. */
typedef struct {
  const char **name;
  integer *value;
  size_t count;
} witness;

typedef struct {
  violation_kind kind;
  const char **dims;
  size_t dim_count;
  size_t guard; /* index in the problem, or NO_GUARD */
  size_t order; /* of its making, for sorting */
  const size_t *because;
  size_t because_count;
  witness witness;     /* count 0: none */
  const char *at;      /* or NULL */
  const char *message; /* "seq must be a multiple of 4" */
  const char
      *guard_text; /* the guard over dim names: "seq % 4 == 0"; or NULL */
} violation;

typedef enum { FIX_VALUE, FIX_RANGE, FIX_DERIVED } fix_kind;

/* A new definition of one dim. */
typedef struct {
  const char *dim;
  fix_kind kind;
  integer value;    /* FIX_VALUE */
  interval range;   /* FIX_RANGE: has_lo is always true */
  const char *root; /* FIX_DERIVED: scale*root + offset */
  integer scale, offset;
  bool new_root; /* FIX_RANGE of a root that the repair invents */
} fix;

/* { x : x in range, x % modulo == residue } */
typedef struct {
  interval range;
  integer modulo, residue; /* modulo 1, residue 0: no stride */
} piece;

typedef struct {
  const char *dim;
  piece *piece;
  size_t count;
} allowed_set;

typedef struct {
  const char *symbol;
  interval range;
} symbol_range;

typedef struct {
  const char *axis; /* source */
  const char *text; /* "2*seq" */
} inference;

typedef enum { PROOF_NONE, PROOF_PROVED, PROOF_UNDECIDED } proof_state;

typedef struct {
  uint64_t native;      /* questions the native layer decided */
  uint64_t z3;          /* questions Z3 was asked */
  uint64_t z3_contexts; /* Z3 contexts made */
  uint64_t steps;       /* budget steps spent */
  double seconds;
} counters;

/* Different texts, in the order in which they came. */
typedef struct {
  const char **item;
  size_t count, capacity;
  table known;
} text_list;

struct dimsat_result {
  dimsat_problem *problem;
  const char **guard_text; /* each guard over the dims; NULL: does not count */
  dimsat_verdict verdict;
  bool suggested; /* made by dimsat_suggest */
  violation *violations;
  size_t violation_count, violation_capacity;
  fix *fixes;
  size_t fix_count, fix_capacity;
  table roots; /* the names of new roots */
  proof_state proof;
  bool repairable;   /* nothing is known that rules a repair out */
  bool incomplete;   /* the problem says that it lacks something */
  bool work_helps;   /* more budget may decide what is undecided */
  bool may_be_wider; /* a bound stopped where nobody could decide */
  allowed_set *allowed;
  size_t allowed_count, allowed_capacity;
  symbol_range *ranges;
  size_t range_count, range_capacity;
  inference *inferred;
  size_t inferred_count, inferred_capacity;
  text_list relations, alternatives, notes;
  text_list summary;   /* one line a dim: "seq   4*_seq, _seq >= 1  was 2.." */
  text_list undecided; /* guards that stayed open, and why: one sentence each */
  counters stats;
};

#endif
