/* One assignment through a machine: threaded where the compiler has labels as
 * values, else a loop around a switch. */
#include "lib/program/execute.h"

#define DIVIDE_SHORT(a, b) divide_up(a, b)
#define A (r[x->a])
#define B (r[x->b])
#define C (r[x->c])
#define I (x->i)
#define J (x->j)
#define K (x->k)
#define L (x->l)
#define S (x->c)
#define R (r[x->out])

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wpedantic"
#define CASE(name) do_##name:
#define NEXT goto *label[(++x)->op]
#else
#define CASE(name) case DO_##name:
#define NEXT break
#endif

#ifdef __GNUC__

/* Runs until a check fails, an operation escapes, or the end comes. */
run_outcome execute(const machine *m, int64_t *r) {
  static const void *const label[] = {
#define VALUE(name, meaning) &&do_##name,
#define CHECKED(name, trouble) &&do_##name,
#define CONDITION(name, meaning) &&do_IS_##name, &&do_TEST_##name,
#include "lib/program/ops.def"
#undef VALUE
#undef CHECKED
#undef CONDITION
      &&do_ACCEPT};
  const instruction *x = m->code;
  goto *label[x->op];

#else

/* Runs until a check fails, an operation escapes, or the end comes. */
run_outcome execute(const machine *m, int64_t *r) {
  for (const instruction *x = m->code;; x++)
    switch (x->op) {

#endif

#define VALUE(name, meaning)                                                   \
  CASE(name)                                                                   \
  R = (meaning);                                                               \
  NEXT;
#define CHECKED(name, trouble)                                                 \
  CASE(name)                                                                   \
  if (trouble)                                                                 \
    return RUN_ESCAPES;                                                        \
  NEXT;
#define CONDITION(name, meaning)                                               \
  CASE(IS_##name)                                                              \
  R = (meaning);                                                               \
  NEXT;                                                                        \
  CASE(TEST_##name)                                                            \
  if (!(meaning))                                                              \
    return RUN_REFUSES;                                                        \
  NEXT;

#include "lib/program/ops.def"
#ifdef __GNUC__
do_ACCEPT:
  return RUN_ACCEPTS;
}
#else
    default:
      return RUN_ACCEPTS;
    }
}
#endif
