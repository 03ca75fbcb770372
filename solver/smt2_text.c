#include "solver/smt2_text.h"

#include <assert.h>
#include <string.h>

/* Python's meaning, for all integers.  A float from 2**53 on is no exact
 * integer: that counts as broken. */
// clang-format off
static const char *const helpers[SMT2_HELPERS] = {
  [SMT2_DIV] = "(define-fun div! ((a Int) (b Int)) Int\n"
               "  (ite (> b 0) (div a b) (div (- a) (- b))))\n",
  [SMT2_MOD] = "(define-fun mod! ((a Int) (b Int)) Int\n"
               "  (ite (> b 0) (mod a b) (- (mod (- a) (- b)))))\n",
  [SMT2_MIN] = "(define-fun min! ((a Int) (b Int)) Int (ite (<= a b) a b))\n",
  [SMT2_MAX] = "(define-fun max! ((a Int) (b Int)) Int (ite (<= a b) b a))\n",
  [SMT2_POW] = "(define-fun-rec pow! ((a Int) (n Int)) Int\n"
               "  (ite (<= n 0) 1 (* a (pow! a (- n 1)))))\n",
  [SMT2_AND] = "(define-fun-rec and! ((a Int) (b Int)) Int\n"
               "  (ite (or (= a 0) (= b 0)) 0\n"
               "  (ite (= a (- 1)) b (ite (= b (- 1)) a\n"
               "  (+ (* 2 (and! (div a 2) (div b 2)))"
               " (* (mod a 2) (mod b 2)))))))\n",
  [SMT2_OR] = "(define-fun or! ((a Int) (b Int)) Int\n"
              "  (- (+ a b) (and! a b)))\n",
  [SMT2_XOR] = "(define-fun xor! ((a Int) (b Int)) Int\n"
               "  (- (+ a b) (* 2 (and! a b))))\n",
  [SMT2_FLOAT] = "(define-fun float! ((a Int)) Bool\n"
                 "  (< (- 9007199254740992) a 9007199254740992))\n",
};
// clang-format on

/* How often a node is spoken of, and its name when it has one. */
typedef struct {
  const expr *e;
  size_t place; /* among the nodes */
  unsigned uses;
  bool real; /* a number that may be no integer */
  bool named;
  size_t number;
} entry;

/* One condition on its way. */
typedef struct {
  smt2_writer *w;
  buffer *out;
  const expr **node; /* operands first */
  entry *entry;      /* one a node */
  size_t count;
  table index; /* the entries, by their nodes */
} writing;

/* ---- Names and numbers --------------------------------------------------- */

/* Whether a byte may stand in a quoted name as it is. */
static bool is_plain(char c) {
  return (unsigned char)c >= 0x20 && c != 0x7f && c != '|' && c != '\\' &&
         c != '!';
}

/* A quoted name; what cannot be quoted is written as its code. */
void smt2_name(buffer *out, const char *name) {
  buffer_add_char(out, '|');
  for (const char *c = name; *c != '\0'; c++)
    if (is_plain(*c))
      buffer_add_char(out, *c);
    else
      buffer_format(out, "!%02x", (unsigned)(unsigned char)*c);
  buffer_add_char(out, '|');
}

/* A number; negative ones are applications of `-`. */
void smt2_integer(buffer *out, integer value) {
  const char *const text = integer_text(out->arena, value);
  if (*text == '-')
    buffer_format(out, "(- %s)", text + 1);
  else
    buffer_add(out, text);
}

/* Both bounds, or the one there is. */
void smt2_range(buffer *out, const char *name, interval range) {
  if (!range.has_lo && !range.has_hi) {
    buffer_add(out, "true");
    return;
  }
  buffer_add(out, "(<= ");
  if (range.has_lo) {
    smt2_integer(out, range.lo);
    buffer_add_char(out, ' ');
  }
  smt2_name(out, name);
  if (range.has_hi) {
    buffer_add_char(out, ' ');
    smt2_integer(out, range.hi);
  }
  buffer_add_char(out, ')');
}

/* ---- Functions ----------------------------------------------------------- */

/* A writer that needs nothing yet. */
void smt2_init(smt2_writer *w, dimsat_context *cx, arena *m) {
  *w = (smt2_writer){.cx = cx, .m = m};
  table_init(&w->functions, m, 8);
  buffer_init(&w->declared, m);
}

/* Helpers and opaque functions that the formulas use. */
void smt2_preamble(const smt2_writer *w, buffer *out) {
  for (size_t i = 0; i < SMT2_HELPERS; i++)
    if (w->needed[i])
      buffer_add(out, helpers[i]);
  buffer_add(out, w->declared.text);
}

/* The entry of a node of the condition: all of its nodes have one. */
static entry *entry_of(const writing *g, const expr *e) {
  uint32_t at = e->hash;
  const entry *x;
  do {
    x = table_next(&g->index, e->hash, &at);
    assert(x != NULL);
  } while (x->e != e);
  return &g->entry[x->place];
}

/* Whether a node is a number that may be no integer. */
static bool is_real(const writing *g, const expr *e) {
  return entry_of(g, e)->real;
}

/* Whether some operand may be no integer. */
static bool takes_real(const writing *g, const expr *e) {
  bool real = false;
  for (size_t i = 0; i < e->count && !real; i++)
    real = is_real(g, e->arg[i]);
  return real;
}

/* The same, found from the operands.  Of opaque functions only those that round
 * are known to give integers. */
static bool becomes_real(const writing *g, const expr *e) {
  if (e->truth)
    return false;
  if (e->op != OP_OPAQUE)
    return e->op == OP_RATIO || takes_real(g, e);
  const size_t length = strlen(e->name);
  return length < 5 || strcmp(e->name + length - 5, "ToInt") != 0;
}

/* The sort of a node. */
static const char *sort_of(const writing *g, const expr *e) {
  return e->truth ? "Bool" : is_real(g, e) ? "Real" : "Int";
}

/* The name of an opaque function, or of an operator on numbers that are no
 * integers: one for each list of sorts. */
static const char *function_name(const writing *g, const expr *e) {
  buffer name;
  buffer_init(&name, g->w->m);
  buffer_format(&name, "%s(", e->name ? e->name : op_name((op)e->op));
  for (size_t i = 0; i < e->count; i++)
    buffer_format(&name, "%s%s", i ? " " : "", sort_of(g, e->arg[i]));
  buffer_format(&name, ") %s", sort_of(g, e));
  return name.text;
}

/* Declares an opaque function once. */
static void declare(const writing *g, const expr *e, const char *name) {
  smt2_writer *const w = g->w;
  const uint32_t hash = hash_bytes(0, name, strlen(name));
  uint32_t at = hash;
  for (const char *old; (old = table_next(&w->functions, hash, &at)) != NULL;)
    if (strcmp(old, name) == 0)
      return;
  table_add(&w->functions, w->m, hash, name);
  buffer_add(&w->declared, "(declare-fun ");
  smt2_name(&w->declared, name);
  buffer_add(&w->declared, " (");
  for (size_t i = 0; i < e->count; i++)
    buffer_format(&w->declared, "%s%s", i ? " " : "", sort_of(g, e->arg[i]));
  buffer_format(&w->declared, ") %s)\n", sort_of(g, e));
}

/* ---- Terms --------------------------------------------------------------- */

static void write_term(const writing *g, const expr *e);

/* A number as an integer, or as one of the reals. */
static void write_number(const writing *g, const expr *e, bool real) {
  const bool turn = real && !e->truth && !is_real(g, e);
  buffer_add(g->out, turn ? "(to_real " : "");
  write_term(g, e);
  buffer_add(g->out, turn ? ")" : "");
}

/* (f a b ...) with numbers that are all integers or all reals */
static void write_alike(const writing *g, const char *f, const expr *e) {
  const bool real = e->op == OP_RATIO || takes_real(g, e);
  buffer_format(g->out, "(%s", f);
  for (size_t i = 0; i < e->count; i++) {
    buffer_add_char(g->out, ' ');
    write_number(g, e->arg[i], real);
  }
  buffer_add_char(g->out, ')');
}

/* (f a b ...) */
static void write_call(const writing *g, const char *f, const expr *e) {
  buffer_format(g->out, "(%s", f);
  for (size_t i = 0; i < e->count; i++) {
    buffer_add_char(g->out, ' ');
    write_term(g, e->arg[i]);
  }
  buffer_add_char(g->out, ')');
}

/* (f a (f b c)) with a function of two operands that the preamble defines. */
static void write_nested(const writing *g, smt2_helper helper, const char *f,
                         const expr *e) {
  g->w->needed[helper] = true;
  for (size_t i = 0; i < e->count; i++) {
    if (i + 1 < e->count)
      buffer_format(g->out, "(%s ", f);
    write_term(g, e->arg[i]);
    if (i + 1 < e->count)
      buffer_add_char(g->out, ' ');
  }
  for (size_t i = 1; i < e->count; i++)
    buffer_add_char(g->out, ')');
}

/* An integer as it is, or as one of the reals. */
static void write_constant(const writing *g, integer value, bool real) {
  buffer_add(g->out, real ? "(to_real " : "");
  smt2_integer(g->out, value);
  buffer_add(g->out, real ? ")" : "");
}

/* One term of a sum. */
static void write_addend(const writing *g, integer factor, const expr *e,
                         bool real) {
  if (integer_is(factor, 1)) {
    write_number(g, e, real);
    return;
  }
  buffer_add(g->out, "(* ");
  write_constant(g, factor, real);
  buffer_add_char(g->out, ' ');
  write_number(g, e, real);
  buffer_add_char(g->out, ')');
}

/* The terms of a sum, then its constant. */
static void write_sum(const writing *g, const expr *e) {
  size_t terms = 0;
  for (size_t i = 0; i < e->count; i++)
    terms += integer_sign(e->coefficient[i]) != 0;
  const bool constant = integer_sign(e->value) != 0 || terms == 0;
  const bool sum = terms + constant > 1, real = is_real(g, e);
  if (sum)
    buffer_add(g->out, "(+");
  for (size_t i = 0; i < e->count; i++)
    if (integer_sign(e->coefficient[i]) != 0) {
      if (sum)
        buffer_add_char(g->out, ' ');
      write_addend(g, e->coefficient[i], e->arg[i], real);
    }
  if (sum && constant)
    buffer_add_char(g->out, ' ');
  if (constant)
    write_constant(g, e->value, real);
  if (sum)
    buffer_add_char(g->out, ')');
}

/* Python's `//` and `%`: SMT-LIB's are the same for a divisor above 0. */
static void write_division(const writing *g, const expr *e) {
  const bool quotient = e->op == OP_FLOORDIV;
  const expr *const divisor = e->arg[1];
  if (divisor->op != OP_INT) {
    g->w->needed[quotient ? SMT2_DIV : SMT2_MOD] = true;
    write_call(g, quotient ? "div!" : "mod!", e);
  } else if (integer_sign(divisor->value) > 0) {
    write_call(g, quotient ? "div" : "mod", e);
  } else {
    buffer_add(g->out, quotient ? "(div (- " : "(- (mod (- ");
    write_term(g, e->arg[0]);
    buffer_add(g->out, ") ");
    smt2_integer(g->out, integer_abs(g->w->m, divisor->value));
    buffer_add(g->out, quotient ? ")" : "))");
  }
}

/* A function nobody knows: any function of these sorts. */
static void write_opaque(const writing *g, const expr *e) {
  const char *const name = function_name(g, e);
  declare(g, e, name);
  if (e->count == 0) {
    smt2_name(g->out, name);
    return;
  }
  buffer_add_char(g->out, '(');
  smt2_name(g->out, name);
  for (size_t i = 0; i < e->count; i++) {
    buffer_add_char(g->out, ' ');
    write_term(g, e->arg[i]);
  }
  buffer_add_char(g->out, ')');
}

/* Whether an operator has its meaning for integers only, and others stand. */
static bool is_beyond(const writing *g, const expr *e) {
  switch ((op)e->op) {
  case OP_FLOORDIV:
  case OP_MOD:
  case OP_POW:
  case OP_MIN:
  case OP_MAX:
  case OP_BITAND:
  case OP_BITOR:
  case OP_BITXOR:
    return takes_real(g, e);
  case OP_INT:
  case OP_SYMBOL:
  case OP_ADD:
  case OP_MUL:
  case OP_ITE:
  case OP_FLOAT:
  case OP_RATIO:
  case OP_OPAQUE:
  case OP_FALSE:
  case OP_TRUE:
  case OP_EQ:
  case OP_LE:
  case OP_NOT:
  case OP_AND:
  case OP_OR:
  case OP_COUNT:
    break;
  }
  return false;
}

/* A node in full. */
static void write_node(const writing *g, const expr *e) {
  if (is_beyond(g, e)) {
    write_opaque(g, e);
    return;
  }
  switch ((op)e->op) {
  case OP_INT:
    smt2_integer(g->out, e->value);
    break;
  case OP_SYMBOL:
    smt2_name(g->out, e->name);
    break;
  case OP_ADD:
    write_sum(g, e);
    break;
  case OP_MUL:
    write_alike(g, "*", e);
    break;
  case OP_FLOORDIV:
  case OP_MOD:
    write_division(g, e);
    break;
  case OP_POW:
    g->w->needed[SMT2_POW] = true;
    write_call(g, "pow!", e);
    break;
  case OP_MIN:
    write_nested(g, SMT2_MIN, "min!", e);
    break;
  case OP_MAX:
    write_nested(g, SMT2_MAX, "max!", e);
    break;
  case OP_ITE:
    write_alike(g, "ite", e);
    break;
  case OP_BITAND:
    write_nested(g, SMT2_AND, "and!", e);
    break;
  case OP_BITOR:
    g->w->needed[SMT2_AND] = true;
    write_nested(g, SMT2_OR, "or!", e);
    break;
  case OP_BITXOR:
    g->w->needed[SMT2_AND] = true;
    write_nested(g, SMT2_XOR, "xor!", e);
    break;
  case OP_FLOAT:
    write_term(g, e->arg[0]);
    break;
  case OP_RATIO:
    write_alike(g, "/", e);
    break;
  case OP_OPAQUE:
    if (e->truth && strcmp(e->name, "Lt") == 0)
      write_alike(g, "<", e);
    else
      write_opaque(g, e);
    break;
  case OP_FALSE:
    buffer_add(g->out, "false");
    break;
  case OP_TRUE:
    buffer_add(g->out, "true");
    break;
  case OP_EQ:
    write_alike(g, "=", e);
    break;
  case OP_LE:
    write_alike(g, "<=", e);
    break;
  case OP_NOT:
    write_call(g, "not", e);
    break;
  case OP_AND:
    write_call(g, "and", e);
    break;
  case OP_OR:
    write_call(g, "or", e);
    break;
  case OP_COUNT:
    assert(false);
    break;
  }
}

/* A node by its name, or in full. */
static void write_term(const writing *g, const expr *e) {
  const entry *const x = entry_of(g, e);
  if (x->named)
    buffer_format(g->out, "t!%zu", x->number);
  else
    write_node(g, e);
}

/* ---- Conditions ---------------------------------------------------------- */

/* The operand that must have a certain value for the node to have one. */
static const expr *obligation(const expr *e) {
  const expr *x = NULL;
  if (e->op == OP_FLOORDIV || e->op == OP_MOD || e->op == OP_POW)
    x = e->arg[1];
  else if (e->op == OP_FLOAT)
    return e->arg[0];
  if (x == NULL || x->op != OP_INT)
    return x;
  const int sign = integer_sign(x->value);
  return (e->op == OP_POW ? sign >= 0 : sign != 0) ? NULL : x;
}

/* What must hold for the node to have a value. */
static void write_obligation(const writing *g, const expr *e) {
  const expr *const x = obligation(e);
  if (x == NULL)
    return;
  const bool divides = e->op == OP_FLOORDIV || e->op == OP_MOD;
  const bool real = is_real(g, x);
  if (e->op == OP_FLOAT && real)
    return;
  if (e->op == OP_FLOAT)
    g->w->needed[SMT2_FLOAT] = true;
  buffer_add(g->out, divides             ? " (not (= "
                     : e->op == OP_FLOAT ? " (float! "
                     : real              ? " (<= 0.0 "
                                         : " (<= 0 ");
  write_term(g, x);
  buffer_add(g->out, !divides ? ")" : real ? " 0.0))" : " 0))");
}

/* Lists the nodes and counts how often each is spoken of. */
static void count_uses(writing *g) {
  g->entry = arena_zeroed(g->w->m, g->count, sizeof *g->entry);
  table_init(&g->index, g->w->m, (uint32_t)g->count);
  for (size_t i = 0; i < g->count; i++) {
    const expr *const e = g->node[i];
    g->entry[i] = (entry){.e = e, .place = i};
    table_add(&g->index, g->w->m, e->hash, &g->entry[i]);
    g->entry[i].real = becomes_real(g, e);
    for (size_t k = 0; k < e->count; k++)
      entry_of(g, e->arg[k])->uses += e->op == OP_POW ? 2 : 1;
    const expr *const needed = obligation(e);
    if (needed != NULL)
      entry_of(g, needed)->uses++;
  }
}

/* Names what is used more than once; returns how many names there are. */
static size_t write_names(const writing *g) {
  size_t names = 0;
  for (size_t i = 0; i < g->count; i++) {
    entry *const x = entry_of(g, g->node[i]);
    if (x->uses < 2 || x->e->op == OP_SYMBOL || x->e->op == OP_INT)
      continue;
    buffer_format(g->out, "(let ((t!%zu ", names);
    write_node(g, x->e);
    buffer_add(g->out, "))\n    ");
    x->named = true;
    x->number = names++;
  }
  return names;
}

/* (let (shared nodes) (and condition obligations)) */
void smt2_condition(smt2_writer *w, buffer *out, const expr *condition) {
  writing g = {.w = w, .out = out};
  g.node = expr_nodes(w->cx, &condition, 1, &g.count);
  count_uses(&g);
  bool partial = false;
  for (size_t i = 0; i < g.count; i++)
    partial = partial || obligation(g.node[i]) != NULL;
  const size_t names = write_names(&g);
  buffer_add(out, partial ? "(and " : "");
  write_term(&g, condition);
  for (size_t i = 0; i < g.count; i++)
    write_obligation(&g, g.node[i]);
  buffer_add(out, partial ? ")" : "");
  for (size_t i = 0; i < names; i++)
    buffer_add_char(out, ')');
}

/* (let (shared nodes) number) */
void smt2_number(smt2_writer *w, buffer *out, const expr *number) {
  writing g = {.w = w, .out = out};
  g.node = expr_nodes(w->cx, &number, 1, &g.count);
  count_uses(&g);
  const size_t names = write_names(&g);
  write_term(&g, number);
  for (size_t i = 0; i < names; i++)
    buffer_add_char(out, ')');
}
