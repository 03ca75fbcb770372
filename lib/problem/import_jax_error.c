/*
 * Errors of JAX: what it could not decide, or what it refused, as demands; and
 * what an exported function says of the sizes that it was called with.
 */
#include "lib/problem/import.h"

#include <string.h>

/* ---- Demands ------------------------------------------------------------ */

/* Adds `left sign right`, each in JAX's spelling. */
static void demand(import_work *w, const char *left, const char *sign,
                   const char *right) {
  draft_add_guard(&w->draft,
                  arena_format(w->draft.memory, "%s %s %s",
                               import_jax_expression(w, left, strlen(left)),
                               sign,
                               import_jax_expression(w, right, strlen(right))),
                  GUARD_GUARD, NULL);
}

/* Behind "Symbolic dimension comparison '": b' >= 'mod(b, 3)' is inconclusive
 */
static void read_comparison(import_work *w, const char *at) {
  const char *const left = import_between(w, &at, "", "' ");
  const char *const sign = left ? import_between(w, &at, "", " '") : NULL;
  const char *const right = sign ? import_between(w, &at, "", "' is") : NULL;
  if (right && strlen(sign) <= 2)
    demand(w, left, sign, right);
}

/* A remainder that must be 0. */
static void read_remainder(import_work *w, const char *at) {
  const char *const should = strstr(at, " should be 0");
  demand(w,
         draft_copy(&w->draft, at, should ? (size_t)(should - at) : strlen(at)),
         "==", "0");
}

/* (n, m) and (-1, 4). The remainder mod(m*n, - 4) should be 0. */
static void read_division(import_work *w, const char *at) {
  const char *const rest = strstr(at, "The remainder ");
  if (rest)
    read_remainder(w, rest + strlen("The remainder "));
}

/* Behind "Symbolic dimension '": what would have to be one size. */
static void read_constant(import_work *w, const char *at) {
  const char *const text = import_between(w, &at, "", "' used in a context");
  if (!text)
    return;
  import_jax_expression(w, text, strlen(text));
  draft_add_gap(&w->draft,
                arena_format(w->draft.memory,
                             "the model needs '%s' to be one size", text));
}

/* ---- Shapes that must be equal ------------------------------------------ */

/* The text between a bracket and the one that ends it; NULL without. */
static const char *read_list(import_work *w, const char **at) {
  const char *const open = strchr(*at, '(');
  size_t depth = 0;
  for (const char *c = open; c && *c; c++) {
    depth += *c == '(';
    depth -= *c == ')';
    if (depth > 0)
      continue;
    *at = c + 1;
    return draft_copy(&w->draft, open + 1, (size_t)(c - open) - 1);
  }
  return NULL;
}

/* Where entry `k` of a list starts, counted from its end, and its length; false
 * where the list is shorter. */
static bool find_entry(const char *list, size_t k, const char **start,
                       size_t *length) {
  size_t depth = 0, end = strlen(list);
  while (end > 0 && strchr(" ,", list[end - 1]))
    end--;
  for (size_t i = end; i-- > 0;) {
    depth += list[i] == ')';
    depth -= list[i] == '(' && depth > 0;
    const bool comma = list[i] == ',' && depth == 0;
    if (!comma && i > 0)
      continue;
    const size_t first = comma ? i + 1 : 0;
    if (k == 0) {
      *start = list + first + strspn(list + first, " ");
      *length = (size_t)(list + end - *start);
      return *length > 0;
    }
    k--;
    end = i;
  }
  return false;
}

/* Two lists, from their ends: what is not 1 is equal, but for entry `skip`. */
static void demand_equal(import_work *w, const char *one, const char *two,
                         size_t skip) {
  const char *a, *b;
  size_t x, y;
  for (size_t k = 0; find_entry(one, k, &a, &x) && find_entry(two, k, &b, &y);
       k++) {
    const char *const left = draft_copy(&w->draft, a, x);
    const char *const right = draft_copy(&w->draft, b, y);
    if (k != skip && strcmp(left, right) != 0 && strcmp(left, "1") != 0 &&
        strcmp(right, "1") != 0)
      demand(w, left, "==", right);
  }
}

/* "(n, m), (m, n)": as the first. */
static void read_equal(import_work *w, const char *at) {
  const char *const first = read_list(w, &at);
  const char *next;
  while (first && (next = read_list(w, &at)) != NULL)
    demand_equal(w, first, next, SIZE_MAX);
}

/* Behind "concatenating along dimension ": 0 for shapes (n, m), (m, n) */
static void read_concatenated(import_work *w, const char *at) {
  size_t axis_at = 0, rank = 0, length;
  const char *start;
  while (*at >= '0' && *at <= '9' && axis_at < IMPORT_RANK)
    axis_at = axis_at * 10 + (size_t)(*at++ - '0');
  const char *const first = read_list(w, &at);
  const char *next;
  while (first && find_entry(first, rank, &start, &length))
    rank++;
  if (!first || axis_at >= rank)
    return;
  while ((next = read_list(w, &at)) != NULL)
    demand_equal(w, first, next, rank - 1 - axis_at);
}

/* ---- Calls of exported functions ---------------------------------------- */

/* "args[0].shape[1] (= 7)", for all of them. */
static void read_sizes(import_work *w, const char *at) {
  while ((at = strstr(at, "args[")) != NULL) {
    const char *const end = strstr(at, "] (= ");
    const char *const shape = strstr(at, ".shape");
    if (!end)
      return;
    if (shape && shape < end) {
      draft_axis *const a = draft_find_axis(
          &w->draft,
          arena_format(w->draft.memory, "%.*s.size()%.*s", (int)(shape - at),
                       at, (int)(end + 1 - shape) - 6, shape + 6));
      const char *const size = end + strlen("] (= ");
      if (a)
        a->example = draft_copy(&w->draft, size, strspn(size, "0123456789"));
    }
    at += strlen("args[");
  }
}

/* Behind "Input shapes do not match the ": the spec, and the sizes. */
static void read_call(import_work *w, const char *at) {
  const char *const marked = import_behind(at, "symbolic shape constraint ");
  const char *const list = strstr(at, "shapes specifications: ");
  const char *next = list ? list + strlen("shapes specifications: ") : NULL;
  while (next && (next = strstr(next, "args[")) != NULL) {
    const char *const shape = strstr(next, ".shape = (");
    if (!shape)
      break;
    const char *const source =
        draft_copy(&w->draft, next, (size_t)(shape - next));
    next = shape;
    const char *const inside = read_list(w, &next);
    if (!inside)
      break;
    import_jax_shape(w, source, inside, strlen(inside));
  }
  if (marked && strstr(marked, ". Expected"))
    import_jax_constraint(w, marked,
                          (size_t)(strstr(marked, ". Expected") - marked));
  read_sizes(w, at);
}

/* ---- Lines -------------------------------------------------------------- */

typedef struct {
  const char *mark;
  void (*read)(import_work *w, const char *at);
} error_row;

static const error_row errors[] = {
    {"Symbolic dimension comparison '", read_comparison},
    {"Symbolic dimension '", read_constant},
    {"Cannot divide evenly the sizes of shapes ", read_division},
    {"result in an equal division: rest is ", read_remainder},
    {"got incompatible shapes for broadcasting: ", read_equal},
    {"Incompatible shapes for broadcasting: shapes=[", read_equal},
    {"All input arrays must have the same shape. Got ", read_equal},
    {"contracting dimensions to have the same shape, got ", read_equal},
    {"concatenating along dimension ", read_concatenated},
    {"Input shapes do not match the ", read_call},
};

/* The row of the line, and what stands behind its mark. */
static const error_row *find_row(const char *line, const char **at) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    const char *const found = strstr(line, errors[i].mark);
    if (!found)
      continue;
    *at = found + strlen(errors[i].mark);
    return &errors[i];
  }
  return NULL;
}

/* Whether JAX speaks of sizes; see import.h. */
bool import_is_jax_error(const char *line) {
  const char *at;
  return find_row(line, &at) != NULL;
}

/* One of the lines; see import.h. */
bool import_jax_error(import_work *w, const char *line) {
  const char *at;
  const error_row *const row = find_row(line, &at);
  if (row)
    row->read(w, at);
  return row != NULL;
}
