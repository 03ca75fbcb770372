/*
 * Z3, loaded when it is first needed: what never asks it does not pay for it,
 * and runs where there is no Z3.  The only way to Z3's functions.
 *
 * Z3_FUNCTIONS lists what is used.  The members of the table have the types of
 * z3.h, so a call that does not fit the header does not compile.
 */
#ifndef SOLVER_Z3_LOAD_H
#define SOLVER_Z3_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <z3.h>

// clang-format off
#define Z3_FUNCTIONS(X)                                                        \
  X(mk_config) X(del_config) X(mk_context) X(del_context)                      \
  X(set_error_handler) X(get_error_code) X(interrupt)                          \
  X(mk_params) X(params_inc_ref) X(params_dec_ref)                             \
  X(params_set_bool) X(params_set_uint)                                        \
  X(mk_tactic) X(tactic_inc_ref) X(tactic_dec_ref)                             \
  X(mk_simple_solver) X(mk_solver_from_tactic)                                 \
  X(solver_inc_ref) X(solver_dec_ref) X(solver_set_params)                     \
  X(solver_push) X(solver_pop) X(solver_reset) X(solver_assert)                \
  X(solver_check) X(solver_get_model) X(solver_get_num_scopes)                 \
  X(solver_get_reason_unknown) X(solver_get_statistics)                        \
  X(stats_inc_ref) X(stats_dec_ref) X(stats_size) X(stats_get_key)             \
  X(stats_is_uint) X(stats_get_uint_value)                                     \
  X(model_inc_ref) X(model_dec_ref) X(model_eval)                              \
  X(get_estimated_alloc_size)                                                  \
  X(get_ast_kind) X(get_numeral_string) X(to_app) X(substitute)                \
  X(mk_int_symbol) X(mk_string_symbol) X(mk_int_sort) X(mk_const)              \
  X(mk_int64) X(mk_numeral) X(mk_true) X(mk_false)                             \
  X(mk_add) X(mk_sub) X(mk_mul) X(mk_unary_minus) X(mk_div) X(mk_mod)          \
  X(mk_eq) X(mk_le) X(mk_and) X(mk_or) X(mk_not) X(mk_ite)                     \
  X(mk_forall_const)
// clang-format on

#define Z3_MEMBER(name) __typeof__(&Z3_##name) name;
typedef struct {
  Z3_FUNCTIONS(Z3_MEMBER)
} z3_functions;
#undef Z3_MEMBER

/* Z3's functions, after `z3_load` returned NULL. */
extern const z3_functions *const z3_api;

/*
 * Loads the Z3 that was found when dimsat was configured, once a process. NULL,
 * or a sentence that says why there is no Z3; it stays.  Any thread may call.
 */
const char *z3_load(void);

/*
 * Fills `f` from the shared library `name`: a path, or what the system's loader
 * looks up.  False with the loader's words, or the function that is missing, in
 * `reason` of `size` bytes.  A library that was loaded stays loaded.
 */
bool z3_load_from(z3_functions *f, const char *name, char *reason, size_t size);

#endif
