/*
 * Recorded calls as data: the signature of a function, and what it was called
 * with, tensors by dtype and shape alone.  docs/observe.md describes the
 * format. Everything lives in the context's `nodes`, is never changed once it
 * was read, and keeps the order in which it was written.
 */
#ifndef LIB_OBSERVE_CALLS_H
#define LIB_OBSERVE_CALLS_H

#include "dimsat/observe.h"
#include "lib/base/buffer.h"
#include "lib/expr/context.h"

/* ---- Values ------------------------------------------------------------ */

typedef enum {
  RECORDED_NONE,   /* null */
  RECORDED_BOOL,   /* true, false */
  RECORDED_INT,    /* 3; beyond 64 bits {"int": "18446744073709551615"} */
  RECORDED_REAL,   /* 2.0 */
  RECORDED_TEXT,   /* "s" */
  RECORDED_TENSOR, /* {"tensor": {"dtype": "float32", "shape": [2, 3]}} */
  RECORDED_LIST,   /* {"list": [..]} */
  RECORDED_TUPLE,  /* {"tuple": [..]} */
  RECORDED_SET,    /* {"set": [..]}, of options only */
  RECORDED_DICT,   /* {"dict": {..}} */
  RECORDED_OBJECT  /* {"class": "DynamicCache", "items": [..], ..} */
} recorded_kind;

typedef struct recorded recorded;
typedef struct recorded_member recorded_member;

struct recorded {
  recorded_kind kind;
  const char *text; /* TEXT: it; REAL: as written; TENSOR: dtype; OBJECT: class;
                       else NULL */
  integer number;   /* INT; BOOL: 0 or 1 */
  size_t count;     /* TENSOR: axes; LIST, TUPLE, SET, OBJECT: items; DICT:
                       members */
  const integer *size;           /* TENSOR: of each axis, >= 0 */
  const recorded *item;          /* LIST, TUPLE, SET, OBJECT */
  const recorded_member *member; /* DICT: in order, no two keys are equal */
  size_t field_count;            /* OBJECT: what else was written of it, */
  const recorded_member *field;  /* such as max_cache_len */
};

struct recorded_member {
  const char *key;
  recorded value;
};

/* The member of that key, or NULL. */
const recorded *recorded_find(const recorded_member *member, size_t count,
                              const char *key);

/* Whether both are the same, dtypes, keys and order included. */
bool recorded_equal(const recorded *a, const recorded *b);

/* The value as JSON, in the encoding it was read in. */
void recorded_write(buffer *out, const recorded *v);

/* ---- Calls ------------------------------------------------------------- */

/* The kinds of Python's inspect.Parameter, in the order a signature has. */
typedef enum {
  PARAMETER_POSITIONAL_ONLY,
  PARAMETER_POSITIONAL_OR_KEYWORD,
  PARAMETER_VAR_POSITIONAL, /* *args */
  PARAMETER_KEYWORD_ONLY,
  PARAMETER_VAR_KEYWORD /* **kwargs */
} parameter_kind;

typedef struct {
  const char *name; /* no two are equal */
  parameter_kind kind;
  bool has_default;
  recorded preset; /* its default */
} parameter;

typedef struct {
  size_t arg_count, kwarg_count;
  const recorded *arg;
  const recorded_member *kwarg; /* in the order of the call */
} recorded_call;

/* One question of "ask". */
typedef struct {
  const char *function;
  size_t arg_count, kwarg_count;
  const recorded *arg;
  const recorded_member *kwarg;
} recorded_question;

struct dimsat_calls {
  dimsat_context *cx;
  const char *registration; /* free text, or NULL */
  size_t parameter_count, call_count;
  const parameter *parameter;
  const recorded_call *call; /* "observations" */
  /*
   * "options".  The members of `value_if_missing` and `value_if_missing_pos`
   * are a DICT each (keys: names, positions as digits); elsewhere an object
   * without a mark of its own is a DICT and a bare list is a LIST.
   */
  size_t option_count;
  const recorded_member *option;
  bool has_ask; /* "ask" was there, maybe empty */
  size_t question_count;
  const recorded_question *question;
  const char **notes; /* what reading noticed: unknown keys */
  size_t note_count;
};

/* Reads recorded calls; raises with line, column and what was expected. */
dimsat_calls *calls_read(dimsat_context *cx, const char *text, size_t length,
                         bool strict);

/* Option `name`, or NULL where it is absent or null. */
const recorded *calls_option(const dimsat_calls *c, const char *name);

/* The first parameter of that kind, or NULL. */
const parameter *calls_variadic(const dimsat_calls *c, parameter_kind kind);

/*
 * Writes what "ask" asked for as a list: {"result": ..} or {"error": {"type",
 * "message"}} each, with "better" where the answer differs from that of the
 * tool of that name on purpose.
 */
void calls_write_answers(buffer *out, const dimsat_calls *c);
/* The answer to one of them. */
void calls_write_answer(buffer *out, const dimsat_calls *c, size_t question);

#endif
