/* Instructions as C statements on machine words. */
#include "lib/program/emit.h"

/* The state of one block. */
typedef struct {
  emission *e;
  const block *block;
  bool *declared; /* of each size */
  const char *exact;
} writer;

/* A register as C; a size is declared where it is first read. */
static const char *name_of(writer *w, uint32_t r) {
  if (r & REGISTER_RESULT)
    return arena_format(w->e->m, "t%u", r & ~REGISTER_RESULT);
  if (r & REGISTER_CONSTANT)
    return emit_word(w->e, w->block->constant[r & REGISTER_NUMBER]);
  if (!w->declared[r]) {
    emit(w->e, "  const int64_t s%u = sizes[%u];\n", r, r);
    w->declared[r] = true;
  }
  return arena_format(w->e->m, "s%u", r);
}

/* The first operand and the second. */
static const char *left(writer *w, const instruction *x) {
  return name_of(w, x->a);
}

static const char *right(writer *w, const instruction *x) {
  return name_of(w, x->b);
}

/* ---- Conditions ---------------------------------------------------------- */

/* low <= a <= low + width */
static const char *range_text(writer *w, const char *a, int64_t low,
                              int64_t width) {
  arena *const m = w->e->m;
  const int64_t high = wrap_add(low, width);
  const char *const l = emit_word(w->e, low), *const h = emit_word(w->e, high);
  if (low == high)
    return arena_format(m, "%s == %s", a, l);
  if (low == INT64_MIN)
    return arena_format(m, "%s <= %s", a, h);
  if (high == INT64_MAX)
    return arena_format(m, "%s >= %s", a, l);
  return arena_format(m, "%s >= %s && %s <= %s", a, l, a, h);
}

/* a + i RELATION b */
static const char *relation_text(writer *w, const instruction *x,
                                 const char *relation) {
  const char *const a = left(w, x), *const b = right(w, x);
  if (x->i == 0)
    return arena_format(w->e->m, "%s %s %s", a, relation, b);
  return arena_format(w->e->m, "%s + %s %s %s", a, emit_word(w->e, x->i),
                      relation, b);
}

/* a % k, in the way that what is known of a allows. */
static const char *modulo_text(writer *w, const instruction *x, const char *a) {
  arena *const m = w->e->m;
  if ((x->i & (x->i - 1)) == 0)
    return arena_format(m, "(%s & %s)", a, emit_word(w->e, x->i - 1));
  if (x->c == SIGN_SHORT && x->i <= INT32_MAX)
    return arena_format(m, "(int64_t)((uint32_t)%s %% UINT32_C(%lld))", a,
                        (long long)x->i);
  if (x->c != SIGN_ANY)
    return arena_format(m, "(int64_t)((uint64_t)%s %% UINT64_C(%lld))", a,
                        (long long)x->i);
  w->e->needs[HELPER_MODULO] = true;
  return arena_format(m, "@modulo(%s, %s)", a, emit_word(w->e, x->i));
}

/* a % k RELATION j */
static const char *residue_text(writer *w, const instruction *x, const char *a,
                                const char *relation) {
  const char *const rest =
      x->j == 0 && x->c == SIGN_ANY && (x->i & (x->i - 1)) != 0
          ? arena_format(w->e->m, "%s %% %s", a, emit_word(w->e, x->i))
          : modulo_text(w, x, a);
  return arena_format(w->e->m, "%s %s %s", rest, relation,
                      emit_word(w->e, x->j));
}

/* The condition of IS_ and TEST_ operations; NULL for others; a dispatch. */
static const char *condition_text(writer *w, const instruction *x) {
  switch (x->op) {
  case DO_IS_WITHIN:
  case DO_TEST_WITHIN:
    return range_text(w, left(w, x), x->i, x->j);
  case DO_IS_OTHER:
  case DO_TEST_OTHER:
    return arena_format(w->e->m, "%s != %s", left(w, x), emit_word(w->e, x->i));
  case DO_IS_AT_MOST:
  case DO_TEST_AT_MOST:
    return relation_text(w, x, "<=");
  case DO_IS_EQUAL:
  case DO_TEST_EQUAL:
    return relation_text(w, x, "==");
  case DO_IS_DIFFERENT:
  case DO_TEST_DIFFERENT:
    return relation_text(w, x, "!=");
  case DO_IS_RESIDUE_BY:
  case DO_TEST_RESIDUE_BY:
    return residue_text(w, x, left(w, x), "==");
  case DO_IS_NO_RESIDUE_BY:
  case DO_TEST_NO_RESIDUE_BY:
    return residue_text(w, x, left(w, x), "!=");
  default:
    return NULL;
  }
}

/* ---- Numbers ------------------------------------------------------------- */

/* a // k */
static const char *quotient_text(writer *w, const instruction *x,
                                 const char *a) {
  arena *const m = w->e->m;
  if (x->c == SIGN_SHORT && x->i <= INT32_MAX)
    return arena_format(m, "(int64_t)((uint32_t)%s / UINT32_C(%lld))", a,
                        (long long)x->i);
  if (x->c != SIGN_ANY)
    return arena_format(m, "(int64_t)((uint64_t)%s / UINT64_C(%lld))", a,
                        (long long)x->i);
  w->e->needs[HELPER_QUOTIENT] = true;
  return arena_format(m, "@quotient(%s, %s)", a, emit_word(w->e, x->i));
}

/* Division of numbers from 0 up by numbers from 1 up. */
static const char *division_text(writer *w, const instruction *x) {
  const bool quotient = x->op == DO_DIVIDE_UP || x->op == DO_DIVIDE_SHORT;
  const bool narrow = x->op == DO_DIVIDE_SHORT || x->op == DO_MODULO_SHORT;
  const char *const type = narrow ? "uint32_t" : "uint64_t";
  if (x->b & REGISTER_CONSTANT) {
    w->e->needs[quotient ? HELPER_QUOTIENT : HELPER_MODULO] = true;
    return arena_format(w->e->m, "@%s(%s, %s)",
                        quotient ? "quotient" : "modulo", left(w, x),
                        right(w, x));
  }
  return arena_format(w->e->m, "(int64_t)((%s)%s %s (%s)%s)", type, left(w, x),
                      quotient ? "/" : "%", type, right(w, x));
}

/* a*i + j */
static const char *scale_text(writer *w, const instruction *x, const char *a) {
  const char *const i = emit_word(w->e, x->i), *const j = emit_word(w->e, x->j);
  if (x->i == 1)
    return arena_format(w->e->m, "%s + %s", a, j);
  if (x->j == 0)
    return arena_format(w->e->m, "%s * %s", a, i);
  return arena_format(w->e->m, "%s * %s + %s", a, i, j);
}

/* What a VALUE operation stores; a dispatch. */
static const char *value_text(writer *w, const instruction *x) {
  arena *const m = w->e->m;
  switch (x->op) {
  case DO_ADD:
    return arena_format(m, "%s + %s", left(w, x), right(w, x));
  case DO_SUB:
    return arena_format(m, "%s - %s", left(w, x), right(w, x));
  case DO_SCALE:
    return scale_text(w, x, left(w, x));
  case DO_SCALE_ADD:
    return arena_format(m, "%s * %s + %s", left(w, x), emit_word(w->e, x->i),
                        right(w, x));
  case DO_MUL:
    return arena_format(m, "%s * %s", left(w, x), right(w, x));
  case DO_DIVIDE_BY:
    return quotient_text(w, x, left(w, x));
  case DO_MODULO_BY:
    return modulo_text(w, x, left(w, x));
  case DO_DIVIDE:
    w->e->needs[HELPER_QUOTIENT] = true;
    return arena_format(m, "@quotient(%s, %s)", left(w, x), right(w, x));
  case DO_MODULO:
    w->e->needs[HELPER_MODULO] = true;
    return arena_format(m, "@modulo(%s, %s)", left(w, x), right(w, x));
  case DO_MINIMUM:
    return arena_format(m, "%s < %s ? %s : %s", left(w, x), right(w, x),
                        left(w, x), right(w, x));
  case DO_MAXIMUM:
    return arena_format(m, "%s > %s ? %s : %s", left(w, x), right(w, x),
                        left(w, x), right(w, x));
  case DO_BIT_AND:
    return arena_format(m, "%s & %s", left(w, x), right(w, x));
  case DO_BIT_OR:
    return arena_format(m, "%s | %s", left(w, x), right(w, x));
  case DO_BIT_XOR:
    return arena_format(m, "%s ^ %s", left(w, x), right(w, x));
  case DO_CHOOSE:
    return arena_format(m, "%s != 0 ? %s : %s", left(w, x), right(w, x),
                        name_of(w, x->c));
  default:
    return division_text(w, x);
  }
}

/* ---- Checked operations -------------------------------------------------- */

/* When a CHECKED operation hands over, `*also` what is computed after it; NULL
 * for other operations; a dispatch. */
static const char *trouble_text(writer *w, const instruction *x, const char *t,
                                const char **also) {
  arena *const m = w->e->m;
  const char *const i = emit_word(w->e, x->i), *const j = emit_word(w->e, x->j);
  switch (x->op) {
  case DO_ADD_CHECKED:
    return arena_format(m, "__builtin_add_overflow(%s, %s, &%s)", left(w, x),
                        right(w, x), t);
  case DO_SUB_CHECKED:
    return arena_format(m, "__builtin_sub_overflow(%s, %s, &%s)", left(w, x),
                        right(w, x), t);
  case DO_MUL_CHECKED:
    return arena_format(m, "__builtin_mul_overflow(%s, %s, &%s)", left(w, x),
                        right(w, x), t);
  case DO_SCALE_CHECKED:
  case DO_SCALE_ADD_CHECKED:
    return arena_format(m,
                        "__builtin_mul_overflow(%s, %s, &%s) ||\n"
                        "      __builtin_add_overflow(%s, %s, &%s)",
                        left(w, x), i, t, t,
                        x->op == DO_SCALE_CHECKED ? j : right(w, x), t);
  case DO_DIVIDE_CHECKED:
    w->e->needs[HELPER_QUOTIENT] = true;
    *also = arena_format(m, "@quotient(%s, %s)", left(w, x), right(w, x));
    return arena_format(m, "%s == INT64_MIN && %s == -1", left(w, x),
                        right(w, x));
  case DO_FENCE:
    *also = left(w, x);
    return arena_format(m, "!(%s)", range_text(w, left(w, x), x->i, x->j));
  default:
    return NULL;
  }
}

/* Writes a CHECKED operation; whether it is one. */
static bool write_checked(writer *w, const instruction *x, const char *t) {
  const char *also = NULL;
  const char *const trouble = trouble_text(w, x, t, &also);
  if (trouble == NULL)
    return false;
  if (also == NULL)
    emit(w->e, "  int64_t %s;\n", t);
  emit(w->e, "  if (%s)\n    return %s;\n", trouble, w->exact);
  if (also != NULL)
    emit(w->e, "  const int64_t %s = %s;\n  (void)%s;\n", t, also, t);
  return true;
}

/* ---- Blocks -------------------------------------------------------------- */

/* One instruction.  Texts come first: what they read may have to be declared.
 */
static void write_instruction(writer *w, const instruction *x) {
  const char *const t = name_of(w, x->out | REGISTER_RESULT);
  const char *const condition = condition_text(w, x);
  if (condition != NULL && !(x->out & REGISTER_RESULT))
    emit(w->e, "  if (!(%s))\n    return false;\n", condition);
  else if (condition != NULL)
    emit(w->e, "  const int64_t %s = %s;\n", t, condition);
  else if (!write_checked(w, x, t)) {
    const char *const text = value_text(w, x);
    emit(w->e, "  const int64_t %s = %s;\n", t, text);
  }
}

/* All instructions, with a comment before each check. */
void emit_block(emission *e, const block *b, const check *checks,
                const size_t *starts, size_t count, const char *exact) {
  writer w = {.e = e, .block = b, .exact = exact};
  size_t next = 0;
  w.declared =
      arena_zeroed(e->m, e->program->size_count + 1, sizeof *w.declared);
  for (size_t i = 0; i < b->count; i++) {
    for (; next < count && starts[next] == i; next++)
      emit_origin(e, &checks[next]);
    write_instruction(&w, &b->code[i]);
  }
}
