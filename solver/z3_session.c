#include "solver/z3_session.h"

#include "lib/base/memory.h"

/* Z3's own handler would print and exit; the codes are asked for instead. */
static void ignore_error(Z3_context z3, Z3_error_code code) {
  (void)z3;
  (void)code;
}

/* The solver that the tactic `name` makes, or NULL. */
static Z3_solver make_strategic(Z3_context z3, const char *name) {
  const Z3_tactic tactic = z3_api->mk_tactic(z3, name);
  if (tactic == NULL)
    return NULL;
  z3_api->tactic_inc_ref(z3, tactic);
  const Z3_solver solver = z3_api->mk_solver_from_tactic(z3, tactic);
  if (solver != NULL)
    z3_api->solver_inc_ref(z3, solver);
  z3_api->tactic_dec_ref(z3, tactic);
  return solver;
}

/* Sets a parameter that is true or false. */
static void set_flag(Z3_context z3, Z3_params p, const char *name, bool value) {
  z3_api->params_set_bool(z3, p, z3_api->mk_string_symbol(z3, name), value);
}

/* A solver that takes scopes.  Without lemmas of the kinds "order" and
 * "tangents", whose steps Z3 does not count and whose numbers may grow without
 * end, it decides as much. */
static Z3_solver make_plain(Z3_context z3, bool real) {
  const Z3_solver solver = z3_api->mk_simple_solver(z3);
  if (solver == NULL)
    return NULL;
  z3_api->solver_inc_ref(z3, solver);
  const Z3_params p = z3_api->mk_params(z3);
  z3_api->params_inc_ref(z3, p);
  set_flag(z3, p, "arith.nl.nra", real);
  set_flag(z3, p, "arith.nl.order", false);
  set_flag(z3, p, "arith.nl.tangents", real);
  z3_api->params_set_uint(z3, p, z3_api->mk_string_symbol(z3, "arith.nl.delay"),
                          0);
  z3_api->solver_set_params(z3, solver, p);
  z3_api->params_dec_ref(z3, p);
  return solver;
}

/* A new solver in the place of the old. */
void session_renew(z3_session *s, z3_way w) {
  if (s->solver[w] != NULL)
    z3_api->solver_dec_ref(s->z3, s->solver[w]);
  s->solver[w] = make_plain(s->z3, w == REAL);
}

/* Ends the context and its solvers. */
void session_close(z3_session *s) {
  if (s == NULL)
    return;
  for (z3_way w = PLAIN; w < WAYS; w++)
    if (s->solver[w] != NULL)
      z3_api->solver_dec_ref(s->z3, s->solver[w]);
  if (s->z3 != NULL)
    z3_api->del_context(s->z3);
  memory_release(s);
}

/* The context of a session. */
static Z3_context make_context(void) {
  const Z3_config config = z3_api->mk_config();
  const Z3_context z3 = z3_api->mk_context(config);
  z3_api->del_config(config);
  if (z3 != NULL)
    z3_api->set_error_handler(z3, ignore_error);
  return z3;
}

/* A context and its solvers. */
z3_session *session_open(void) {
  z3_session *const s = memory_allocate(sizeof *s);
  if (s == NULL)
    return NULL;
  *s = (z3_session){.z3 = make_context()};
  if (s->z3 != NULL) {
    session_renew(s, PLAIN);
    session_renew(s, REAL);
    s->solver[STRATEGIC] = make_strategic(s->z3, "qfnia");
    s->solver[QUANTIFIED] = make_strategic(s->z3, "qsat");
  }
  if (s->z3 != NULL && s->solver[PLAIN] != NULL)
    return s;
  session_close(s);
  return NULL;
}
