/*
 * What calls have in common, as data: leaves (tensors and whole numbers, by
 * path), columns (one number of each call: a size, or a whole number),
 * classes (columns that are always equal) and relations between classes.
 * Built in this order, each part from those before it.  All of it lives in the
 * context's `nodes`; scratch is taken from `work`.
 */
#ifndef LIB_OBSERVE_OBSERVATION_H
#define LIB_OBSERVE_OBSERVATION_H

#include "lib/observe/calls.h"

#define OBSERVED_NONE SIZE_MAX

/* ---- Leaves ------------------------------------------------------------ */

/* What calls did not agree in, or a call had wrong. */
typedef enum {
  TROUBLE_MISSING,   /* a parameter without default was not given */
  TROUBLE_EXTRA,     /* an argument that the signature has no place for */
  TROUBLE_DUPLICATE, /* given by position and by name */
  TROUBLE_TYPE,      /* a tensor here, a number there */
  TROUBLE_CLASS,
  TROUBLE_LENGTH, /* of a list, a tuple or a cache, where neither is empty */
  TROUBLE_KEYS,   /* of a dict */
  TROUBLE_RANK,   /* the argument is left out of everything below */
  TROUBLE_DTYPE
} trouble_kind;

typedef struct {
  trouble_kind kind;
  const char *argument; /* path */
  size_t axis;          /* RANK: the first that is not in all; else NONE */
  size_t call[2];       /* those that disagree; call[1] may be NONE */
  size_t more;          /* other calls with the same trouble */
  const char *message;
} trouble;

/* How a leaf grows where it is absent because what holds it is. */
typedef enum {
  GROWTH_NONE,  /* absent is absent */
  GROWTH_CACHE, /* of a cache that grows: length 0 on the axis before the last
                 */
  GROWTH_LIST   /* of a list: length 0 on the one axis that varies */
} growth_kind;

typedef struct {
  const char *path;   /* "past_key_values.key_0", "d['a'][1]" */
  const char *source; /* "L['d']['a'][1]"; NULL where that is not known */
  size_t parameter;   /* of the signature */
  growth_kind growth;
  bool in_cache;
  bool whole_number;      /* else a tensor */
  bool mixed;             /* ranks differ: it has no columns */
  const recorded **value; /* of each call; NULL where it is absent */
  const bool *hollow;     /* of each call: absent, which `growth` explains */
  size_t first;           /* its columns */
  size_t count;
} leaf;

/* ---- Columns ----------------------------------------------------------- */

typedef struct {
  bool known;
  bool assumed; /* not seen: length 0 by growth */
  integer size;
} cell;

typedef struct {
  size_t leaf;
  size_t axis;      /* NONE: the whole number itself */
  const char *name; /* "x[1]", "k" */
  cell *cell;       /* of each call */
  bool seen;        /* in some call */
  bool varies;      /* two calls differ */
  bool declared;    /* constant so far; the user says that it is dynamic */
  size_t family;    /* its class, or NONE when static */
  size_t next;      /* the next column of its class, or NONE */
  size_t equality;  /* the relation to what stands for its class, or NONE */
} column;

/* ---- Classes ----------------------------------------------------------- */

typedef struct {
  const char *name;
  size_t head;      /* the first of its columns */
  size_t first;     /* that which stands for it: the first of those that are
                       there in most calls */
  size_t count;     /* of its columns */
  const cell *cell; /* of each call */
  bool varies;      /* else it is declared */
} family;

typedef enum {
  RELATION_EQUAL,    /* two columns of a class */
  RELATION_AFFINE,   /* the sum of factor*class is constant */
  RELATION_PRODUCT,  /* left == a * b */
  RELATION_QUOTIENT, /* left == a // number */
  RELATION_CEILING,  /* left == (a + number - 1) // number */
  RELATION_DIVISIBLE /* left % number == rest */
} relation_kind;

/* What the guards of an exported program make of a relation. */
typedef enum {
  STATUS_OBSERVED,   /* nobody asked */
  STATUS_NECESSARY,  /* the guards imply it */
  STATUS_INCIDENTAL, /* they allow sizes that break it: the witness */
  STATUS_REFUTED,    /* they forbid it */
  STATUS_UNDECIDED
} relation_status;

/* The sizes of one input, or a whole number, as text. */
typedef struct {
  const char *name;
  bool whole_number; /* size[0] */
  size_t rank;
  const char **size;
} witness_input;

typedef struct {
  relation_kind kind;
  relation_status status;
  const char *why;              /* UNDECIDED */
  const witness_input *witness; /* INCIDENTAL: of all inputs of the program */
  size_t witness_count;
  const char *const *together; /* what no witness can but break with it */
  size_t together_count;
  const char *text;
  size_t support; /* calls in which all of it was there */
  size_t points;  /* different ones of these */
  int64_t freedom;
  size_t left; /* EQUAL: column; AFFINE: what follows from the others, or
                  NONE; else family */
  size_t
      right[2]; /* EQUAL: column; PRODUCT: families; QUOTIENT, CEILING: one */
  const integer *factor; /* AFFINE: of each family */
  integer number;        /* QUOTIENT, CEILING, DIVISIBLE: the divisor */
  integer rest;          /* AFFINE: sum of factor*family + rest == 0 */
} relation;

/* More calls are needed to tell something. */
typedef struct {
  size_t more;
  size_t family_count;
  const size_t *family; /* what is open between them; none: anything at all */
  const char *fits;     /* a relation that fits by construction, or NULL */
  const char *message;
} need;

/* A call that the exported program refuses, and the sentences that say why. */
typedef struct {
  size_t call;
  size_t count;
  const char *const *message;
} refusal;

/* Calls that one program can take; see plans.h. */
typedef struct plan plan;
typedef struct plan_place plan_place;

struct dimsat_observation {
  dimsat_context *cx;
  const dimsat_calls *calls;
  plan_place *place; /* in the order of the tree */
  size_t place_count, place_capacity;
  plan *plan;
  size_t plan_count;
  bool *filled; /* [call * parameters + parameter]: by value_if_missing */
  bool *empty;  /* the same: a cache of length 0 is to be given there */
  leaf *leaf;
  size_t leaf_count, leaf_capacity;
  column *column;
  size_t column_count;
  size_t *point; /* calls that differ from all before them, in order */
  size_t point_count;
  size_t *weight; /* of each call: how many calls are like it */
  family *family;
  size_t family_count, family_capacity;
  relation *relation;
  size_t relation_count, relation_capacity;
  relation *doubt; /* affine ones that fit by construction */
  size_t doubt_count, doubt_capacity;
  need *need;
  size_t need_count, need_capacity;
  trouble *trouble;
  size_t trouble_count, trouble_capacity;
  table troubles; /* by kind and argument */
  const char **note;
  size_t note_count, note_capacity;
  bool confirmed; /* guards were asked */
  refusal *refusal;
  size_t refusal_count, refusal_capacity;
  const char *
      *discovered; /* guards that do not follow from what was observed */
  size_t discovered_count, discovered_capacity;
  const witness_input *probe; /* sizes that break several relations */
  size_t probe_count;
  const char *const *probe_breaks;
  size_t probe_break_count;
  integer *picked; /* a size for each class to export with; NULL: none found */
  size_t example;  /* the call whose sizes are the hints, or NONE */
  dimsat_problem *problem;
};

/* ---- The steps, in order ----------------------------------------------- */

/* Binds each call to the signature: value[call * slots + parameter], NULL where
 * there is none.  *args become a tuple, **kwargs a dict. */
const recorded **observe_bind(dimsat_observation *o);
/* Merges the bound values into leaves. */
void observe_leaves(dimsat_observation *o, const recorded **bound);
void observe_columns(dimsat_observation *o);
void observe_families(dimsat_observation *o);
void observe_affine(dimsat_observation *o);
void observe_templates(dimsat_observation *o);
void observe_names(dimsat_observation *o);
void observe_example(dimsat_observation *o);
void observe_problem(dimsat_observation *o);
void observe_pick(dimsat_observation *o);

/* ---- Shared ------------------------------------------------------------ */

/* Adds, or counts where the argument has this kind of trouble already; `format`
 * is for `message`. */
void observe_trouble(dimsat_observation *o, trouble t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void observe_note(dimsat_observation *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
relation *observe_relation(dimsat_observation *o, relation_kind kind);
relation *observe_doubt(dimsat_observation *o);
need *observe_need(dimsat_observation *o, size_t more);

/* In how many calls all of `family` are there, and in `*points` how many
 * different sizes they had. */
size_t observe_support(const dimsat_observation *o, const size_t *families,
                       size_t count, size_t *points);
const char *observe_status_word(relation_status status);
/* What class `f` is called in relations: the column that stands for it. */
const char *observe_term(const dimsat_observation *o, size_t f);

/*
 * An affine relation as people write it: on the left the smaller side, alone
 * and with factor 1 if there is such a class, which is then `*left`.  `factor`
 * and `*rest` change sign together where that helps.
 */
const char *observe_affine_text(const dimsat_observation *o, integer *factor,
                                integer *rest, size_t *left);

/* The answer. */
void observe_write_json(buffer *out, const dimsat_observation *o);
void observe_write_text(buffer *out, const dimsat_observation *o);

#endif
