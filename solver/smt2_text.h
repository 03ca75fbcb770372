/*
 * Conditions as SMT-LIB 2 text, for any solver that reads it.
 *
 * A condition becomes the formula that says: it is true and has a value, in
 * every branch.  Functions that SMT-LIB lacks are defined in a preamble, each
 * only when it is needed; their names hold a `!`, which no quoted name does.
 */
#ifndef SOLVER_SMT2_TEXT_H
#define SOLVER_SMT2_TEXT_H

#include "lib/base/buffer.h"
#include "lib/expr/expr.h"
#include "lib/number/interval.h"

#define SMT2_HELPER_LIST(X)                                                    \
  X(DIV, "(define-fun div! ((a Int) (b Int)) Int\n"                            \
         "  (ite (> b 0) (div a b) (div (- a) (- b))))")                       \
  X(MOD, "(define-fun mod! ((a Int) (b Int)) Int\n"                            \
         "  (ite (> b 0) (mod a b) (- (mod (- a) (- b)))))")                   \
  X(MIN, "(define-fun min! ((a Int) (b Int)) Int (ite (<= a b) a b))")         \
  X(MAX, "(define-fun max! ((a Int) (b Int)) Int (ite (<= a b) b a))")         \
  X(POW, "(define-fun-rec pow! ((a Int) (n Int)) Int\n"                        \
         "  (ite (<= n 0) 1 (* a (pow! a (- n 1)))))")                         \
  X(AND, "(define-fun-rec and! ((a Int) (b Int)) Int\n"                        \
         "  (ite (or (= a 0) (= b 0)) 0 (ite (= a (- 1)) b (ite (= b (- 1)) "  \
         "a\n"                                                                 \
         "  (+ (* 2 (and! (div a 2) (div b 2))) (* (mod a 2) (mod b 2)))))))") \
  X(OR, "(define-fun or! ((a Int) (b Int)) Int (- (+ a b) (and! a b)))")       \
  X(XOR,                                                                       \
    "(define-fun xor! ((a Int) (b Int)) Int (- (+ a b) (* 2 (and! a b))))")    \
  X(FLOAT, "; from 2**53 on a float is no exact integer: counted as broken\n"
 "(define-fun float! ((a Int)) Bool\n"                               \
           "  (< (- 9007199254740992) a 9007199254740992))")

typedef enum {
#define SMT2_HELPER_NAME(name, text) SMT2_##name,
  SMT2_HELPER_LIST(SMT2_HELPER_NAME)
#undef SMT2_HELPER_NAME
      SMT2_HELPER_COUNT
} smt2_helper;

 typedef struct {
   dimsat_context *cx;
   arena *m;
   bool needed[SMT2_HELPER_COUNT];
   table functions; /* opaque functions that occur, by declared name */
   buffer declared; /* their declarations */
 } smt2_writer;

 void smt2_init(smt2_writer *w, dimsat_context *cx, arena *m);
 /* The formula for `condition`. */
 void smt2_condition(smt2_writer *w, buffer *out, const expr *condition);
 /* `name` lies in `range`; "true" when the range is endless. */
 void smt2_range(buffer *out, const char *name, interval range);
 void smt2_name(buffer *out, const char *name);
 /* What must stand before all formulas that were written. */
 void smt2_preamble(smt2_writer *w, buffer *out);

#endif
