#include "tests/volume/totals.h"

#include <stdio.h>

/* ---- Counting ----------------------------------------------------------- */

/* Notes the operators of a formula and the variables in it. */
static void note(const formula *f, bool *operators, bool *variables) {
  operators[f->kind] = true;
  if (f->kind == FORM_NAME)
    variables[f->name] = true;
  if (f->a)
    note(f->a, operators, variables);
  if (f->b)
    note(f->b, operators, variables);
  if (f->c)
    note(f->c, operators, variables);
}

/* Whether some divisor is no number above 0. */
static bool may_fail(const formula *f) {
  if ((f->kind == FORM_DIV || f->kind == FORM_MOD) &&
      (f->b->kind != FORM_NUMBER || f->b->number <= 0))
    return true;
  return (f->a && may_fail(f->a)) || (f->b && may_fail(f->b)) ||
         (f->c && may_fail(f->c));
}

/* Counts the guards and their operators. */
static void cover_guards(totals *t, const draft *d, bool *features) {
  size_t uses[MOST_ITEMS] = {0};
  for (size_t i = 0; i < d->guard_count; i++) {
    bool operators[FORM_KINDS] = {false}, variables[MOST_ITEMS] = {false};
    note(d->guard[i].formula, operators, variables);
    t->guards++;
    for (size_t k = 0; k < FORM_KINDS; k++)
      t->with[k] += operators[k];
    for (size_t k = 0; k < d->count; k++)
      features[FEATURE_SHARED] |= variables[k] && uses[k]++ > 0;
    features[FEATURE_NO_VALUE] |= may_fail(d->guard[i].formula);
    features[FEATURE_BURNED] |= d->guard[i].burned;
  }
}

void totals_cover(totals *t, const draft *d) {
  bool has[FEATURES] = {false};
  size_t dims = 0;
  for (size_t i = 0; i < d->count; i++) {
    const item *const x = &d->item[i];
    const bool derived = x->kind == ITEM_DERIVED;
    dims += item_is_dim(x);
    has[FEATURE_SYMBOL] |= derived && !x->unnamed && x->has_symbol;
    has[FEATURE_NO_SYMBOL] |= derived && !x->unnamed && !x->has_symbol;
    has[FEATURE_EXPRESSION] |= x->unnamed;
    has[FEATURE_AUTO] |= x->kind == ITEM_FREE && !x->dynamic;
    has[FEATURE_DYNAMIC] |= x->kind == ITEM_FREE && x->dynamic;
    has[FEATURE_STATIC] |= x->kind == ITEM_STATIC;
    has[FEATURE_ENDLESS] |= x->kind == ITEM_ROOT && x->own.hi == ENDLESS;
    has[FEATURE_OUTSIDE] |= item_misses(x);
  }
  cover_guards(t, d, has);
  for (size_t i = 0; i < FEATURES; i++)
    t->feature[i] += has[i];
  t->dims[dims < MOST_DIMS ? dims : MOST_DIMS]++;
  t->problems++;
}

void totals_add_answer(totals *t, way w, const dimsat_result *r) {
  t->asked[w]++;
  t->undecided[w] += r->verdict == DIMSAT_VERDICT_UNDECIDED;
  t->repairs += r->fix_count > 0;
  t->wider += r->fix_count > 0 && r->may_be_wider;
  if (w == WAY_NATIVE)
    t->verdict[r->verdict]++;
}

/* Adds what another process counted: all members are counters. */
void totals_add(totals *to, const totals *t) {
  uint64_t *const sum = (uint64_t *)(void *)to;
  const uint64_t *const part = (const uint64_t *)(const void *)t;
  for (size_t i = 0; i < sizeof *t / sizeof *sum; i++)
    sum[i] += part[i];
}

/* ---- Printing ----------------------------------------------------------- */

#define WIDTH 78 /* of a line */

/* "title: a 12, b 3", in lines of a terminal's width. */
static void print_counts(const char *title, const char *const *name,
                         const uint64_t *count, size_t n) {
  int column = printf("%s:", title);
  for (size_t i = 0; i < n; i++) {
    char one[64];
    const int length = snprintf(one, sizeof one, " %s %ju%s", name[i],
                                (uintmax_t)count[i], i + 1 < n ? "," : "\n");
    if (column + length > WIDTH)
      column = printf("\n ") - 1;
    column += length;
    fputs(one, stdout);
  }
}

/* What the problems were made of. */
static void print_problems(const totals *t) {
  static const char *const dims[] = {"0", "1", "2", "3", "4", "5", "6"};
  static const char *const features[] = {"derived dims with a symbol",
                                         "derived dims without",
                                         "expressions in shapes",
                                         "AUTO axes",
                                         "DYNAMIC axes",
                                         "static axes",
                                         "burned axes",
                                         "endless dims",
                                         "the example outside",
                                         "divisors that may be 0",
                                         "guards that share dims"};
  static const char *const operators[FORM_KINDS] = {
      [FORM_NUMBER] = "numbers", [FORM_NAME] = "names", [FORM_ADD] = "+",
      [FORM_SUB] = "-",          [FORM_MUL] = "*",      [FORM_DIV] = "//",
      [FORM_MOD] = "%",          [FORM_MIN] = "min",    [FORM_MAX] = "max",
      [FORM_CHOICE] = "if",      [FORM_EQ] = "==",      [FORM_NE] = "!=",
      [FORM_LE] = "<=",          [FORM_LT] = "<",       [FORM_GE] = ">=",
      [FORM_GT] = ">",           [FORM_AND] = "and",    [FORM_OR] = "or",
      [FORM_NOT] = "not"};
  print_counts("problems by dims", dims, t->dims, MOST_DIMS + 1);
  print_counts("problems with", features, t->feature, FEATURES);
  printf("guards: %ju\n", (uintmax_t)t->guards);
  print_counts("guards with", operators, t->with, FORM_KINDS);
}

/* What was said of them. */
static void print_answers(const totals *t) {
  static const char *const ways[] = {"native", "native and Z3", "Z3 alone"};
  static const char *const verdicts[] = {
      [DIMSAT_VERDICT_OK] = "ok",
      [DIMSAT_VERDICT_VIOLATED] = "violated",
      [DIMSAT_VERDICT_CONTRADICTORY] = "contradictory",
      [DIMSAT_VERDICT_UNDECIDED] = "undecided"};
  static const char *const laws[] = {
      "order of guards",      "order of dims",    "order of axes",
      "order of inputs",      "inputs alone",     "renamed",
      "an always true guard", "an implied guard", "axes in other units",
      "dims in other units"};
  print_counts("verdicts of the native way", verdicts, t->verdict, 4);
  print_counts("compared with every size", ways, t->asked, WAYS);
  print_counts("undecided", ways, t->undecided, WAYS);
  print_counts("slow calls", ways, t->slow, WAYS);
  printf("repairs: %ju, all sizes tried for %ju, may be wider by their own "
         "word %ju; none found for %ju\n",
         (uintmax_t)t->repairs, (uintmax_t)t->exact, (uintmax_t)t->wider,
         (uintmax_t)t->unrepaired);
  print_counts("asked again", laws, t->law, LAWS);
  printf("answers compared: %ju; another repair, left open by its own word, in "
         "%ju; a set less in %ju\n",
         (uintmax_t)t->comparisons, (uintmax_t)t->open_differs,
         (uintmax_t)t->sets_lost);
  printf("disagreements: %ju\n", (uintmax_t)t->disagreements);
}

void totals_print(const totals *t) {
  print_problems(t);
  print_answers(t);
}
