/* ModelInputs: the shapes of all arguments, and the same by name. */
#include "lib/observe/model_inputs.h"

#include "lib/base/json_write.h"

#include <string.h>

/* Names of keyword arguments. */
typedef struct {
  const char **name;
  size_t count, capacity;
} name_list;

static void add_name(arena *a, name_list *l, const char *name) {
  for (size_t i = 0; i < l->count; i++)
    if (strcmp(l->name[i], name) == 0)
      return;
  l->name = arena_grow(a, l->name, l->count, &l->capacity, sizeof *l->name);
  l->name[l->count++] = name;
}

/* All names, in the order in which calls bring them up. */
static name_list all_names(answer *a) {
  name_list l = {NULL, 0, 0};
  for (size_t i = 0; i < a->calls->call_count; i++)
    for (size_t k = 0; k < a->calls->call[i].kwarg_count; k++)
      add_name(a->work, &l, a->calls->call[i].kwarg[k].key);
  return l;
}

/* Whether each call has all names. */
static bool names_agree(const answer *a, const name_list *l) {
  for (size_t i = 0; i < a->calls->call_count; i++)
    if (a->calls->call[i].kwarg_count != l->count)
      return false;
  return true;
}

/* How many of the names are less than `name`: its place among them sorted. */
static size_t rank_of(const name_list *l, const char *name) {
  size_t rank = 0;
  for (size_t i = 0; i < l->count; i++)
    rank += strcmp(l->name[i], name) < 0;
  return rank;
}

/* ---- Arguments --------------------------------------------------------- */

/* The values of keyword `name` in the calls that have it. */
static shapes guess_keyword(guess *g, const char *name, const char *prefix) {
  const dimsat_calls *const c = g->a->calls;
  const recorded **const value =
      arena_zeroed(g->a->work, c->call_count, sizeof *value);
  size_t count = 0;
  for (size_t i = 0; i < c->call_count; i++) {
    const recorded *const v =
        recorded_find(c->call[i].kwarg, c->call[i].kwarg_count, name);
    if (v != NULL)
      value[count++] = v;
  }
  g->argument = name;
  return guess_argument(g, value, count, prefix);
}

/* The name that axes of argument `index` start with, or NULL. */
static const char *argument_name(const guess *g, size_t index) {
  return g->prefix != NULL
             ? arena_format(g->a->work, "%s_%zuI", g->prefix, index)
             : NULL;
}

/* Positional arguments, of which all calls have as many. */
static shapes guess_positions(guess *g) {
  const dimsat_calls *const c = g->a->calls;
  const size_t count = c->call[0].arg_count;
  const recorded **const value =
      arena_zeroed(g->a->work, c->call_count, sizeof *value);
  for (size_t i = 1; i < c->call_count; i++)
    if (c->call[i].arg_count != count)
      answer_refuse(g->a, "AssertionError",
                    "call 0 has %zu positional arguments, call %zu has %zu",
                    count, i, c->call[i].arg_count);
  shapes s = shapes_make(g->a->work, SHAPES_TUPLE, count);
  for (size_t k = 0; k < count; k++) {
    for (size_t i = 0; i < c->call_count; i++)
      value[i] = &c->call[i].arg[k];
    g->argument = k < c->parameter_count ? c->parameter[k].name
                                         : arena_format(g->a->work, "%zu", k);
    s.item[k] = guess_argument(g, value, c->call_count, argument_name(g, k));
  }
  return s;
}

/* Keyword arguments, numbered from `first` on in the order of their names. */
static shapes guess_keywords(guess *g, const name_list *l, size_t first) {
  shapes s = shapes_make(g->a->work, SHAPES_DICT, l->count);
  for (size_t i = 0; i < l->count; i++) {
    s.key[i] = l->name[i];
    s.item[i] = guess_keyword(g, l->name[i],
                              argument_name(g, first + rank_of(l, l->name[i])));
  }
  return s;
}

/* ---- Errors of keyword arguments --------------------------------------- */

/* One keyword argument that is guessed for its error. */
typedef struct {
  guess *g;
  const char *name;
} trial;

/* The body of `errors_differ`. */
static void run_trial(void *data) {
  const trial *const t = data;
  (void)guess_keyword(t->g, t->name, NULL);
}

/* The type of error that a keyword argument leaves the question with, or NULL;
 * "" where the tool fails on it and this does not, or otherwise. */
static const char *error_of(guess *g, const char *name) {
  answer *const a = g->a;
  const char *const better = a->better;
  trial t = {.g = g, .name = name};
  a->better = NULL;
  const dimsat_status status = fault_try(&a->calls->cx->fault, run_trial, &t);
  const bool improved = a->better != NULL;
  a->better = better;
  if (status != DIMSAT_OK && status != DIMSAT_BAD_PROBLEM)
    fault_raise(&a->calls->cx->fault, status);
  return improved ? "" : status != DIMSAT_OK ? a->error_type : NULL;
}

/* Whether keyword arguments fail with errors of two types: which of them the
 * tool meets first is then chance. */
static bool errors_differ(guess *g, const name_list *l) {
  const char *first = NULL;
  for (size_t i = 0; i < l->count; i++) {
    const char *const type = error_of(g, l->name[i]);
    if (first == NULL)
      first = type;
    else if (type != NULL && strcmp(first, type) != 0)
      return true;
  }
  return false;
}

/* ---- Names that occur twice -------------------------------------------- */

/* Whether a name of an axis in `s` is `name`. */
static bool uses_name(const shapes *s, const char *name) {
  for (size_t i = 0; s->axis != NULL && i < s->count; i++)
    if (s->axis[i].mark == AXIS_NAMED && strcmp(s->axis[i].name, name) == 0)
      return true;
  for (size_t i = 0; s->item != NULL && i < s->count; i++)
    if (uses_name(&s->item[i], name))
      return true;
  return false;
}

/* Whether both use a name. */
static bool share_name(const shapes *a, const shapes *b) {
  for (size_t i = 0; a->axis != NULL && i < a->count; i++)
    if (a->axis[i].mark == AXIS_NAMED && uses_name(b, a->axis[i].name))
      return true;
  for (size_t i = 0; a->item != NULL && i < a->count; i++)
    if (share_name(&a->item[i], b))
      return true;
  return false;
}

/* Whether an axis has a name. */
static bool has_names(const shapes *s) {
  for (size_t i = 0; s->axis != NULL && i < s->count; i++)
    if (s->axis[i].mark == AXIS_NAMED)
      return true;
  for (size_t i = 0; s->item != NULL && i < s->count; i++)
    if (has_names(&s->item[i]))
      return true;
  return false;
}

/* ---- Order ------------------------------------------------------------- */

/* The place of a parameter, or behind all. */
static size_t place_of(const dimsat_calls *c, const char *name) {
  size_t i = 0;
  while (i < c->parameter_count && strcmp(c->parameter[i].name, name) != 0)
    i++;
  return i;
}

/* Moves entries into the order of the signature, others behind in theirs. */
static shapes in_signature_order(answer *a, const shapes *dict) {
  shapes s = shapes_make(a->work, SHAPES_DICT, dict->count);
  size_t count = 0;
  for (size_t p = 0; p <= a->calls->parameter_count; p++)
    for (size_t i = 0; i < dict->count; i++)
      if (place_of(a->calls, dict->key[i]) == p) {
        s.key[count] = dict->key[i];
        s.item[count++] = dict->item[i];
      }
  return s;
}

/* The names sorted. */
static name_list sorted_names(answer *a, const name_list *l) {
  name_list s = {.count = l->count};
  s.name = arena_zeroed(a->work, l->count + 1, sizeof *s.name);
  for (size_t i = 0; i < l->count; i++)
    s.name[rank_of(l, l->name[i])] = l->name[i];
  return s;
}

/* The entries in the order of `l`. */
static shapes in_order(answer *a, const shapes *dict, const name_list *l) {
  shapes s = shapes_make(a->work, SHAPES_DICT, dict->count);
  for (size_t i = 0; i < l->count; i++)
    for (size_t k = 0; k < dict->count; k++)
      if (strcmp(dict->key[k], l->name[i]) == 0) {
        s.key[i] = l->name[i];
        s.item[i] = dict->item[k];
      }
  return s;
}

/* Without a signature: as the first call with all names has them. */
static name_list call_order(answer *a, const name_list *l) {
  for (size_t i = 0; i < a->calls->call_count; i++)
    if (a->calls->call[i].kwarg_count == l->count) {
      name_list s = {NULL, 0, 0};
      for (size_t k = 0; k < l->count; k++)
        add_name(a->work, &s, a->calls->call[i].kwarg[k].key);
      return s;
    }
  return *l;
}

/* Whether the tool leaves the order of names, or their numbers in the names of
 * axes, to chance. */
static bool order_is_random(const guess *g, const name_list *l,
                            const shapes *kwargs) {
  size_t extra = 0;
  if (l->count < 2 || names_agree(g->a, l))
    return false;
  for (size_t i = 0; i < l->count; i++)
    extra += place_of(g->a->calls, l->name[i]) == g->a->calls->parameter_count;
  if (has_names(kwargs) || (!g->alone && extra > 1))
    return true;
  for (size_t i = 0; i < g->a->calls->call_count; i++)
    if (g->a->calls->call[i].kwarg_count == l->count)
      return false;
  return g->alone;
}

/* ---- The guess --------------------------------------------------------- */

/* Option `auto`: a mark for axes, or what their names start with. */
static guess read_options(answer *a, bool alone) {
  static const char *const known[] = {"auto", NULL};
  answer_check_options(a, known);
  const recorded *const v = answer_option(a, "auto");
  guess g = {.a = a, .alone = alone};
  if (v != NULL && v->kind == RECORDED_TEXT)
    g.prefix = v->text;
  else if (v != NULL && v->kind == RECORDED_BOOL)
    g.automatic = recorded_is_true(v);
  else if (v != NULL)
    answer_refuse(a, "TypeError", "auto is a bool or a str");
  return g;
}

/* Argument by argument, then in order. */
shapes guess_all(guess *g) {
  answer *const a = g->a;
  shapes both = shapes_make(a->work, SHAPES_TUPLE, 2);
  both.item[0].kind = SHAPES_TUPLE;
  both.item[1].kind = SHAPES_DICT;
  if (a->calls->call_count == 0)
    return both;
  const name_list found = all_names(a);
  const name_list l =
      a->calls->call_count == 1 ? found : sorted_names(a, &found);
  both.item[0] = guess_positions(g);
  if (!names_agree(a, &found) && errors_differ(g, &l))
    a->doubt = "the error is that of the first name in order; which one the "
               "tool meets first changes from run to run";
  both.item[1] = guess_keywords(g, &l, 0);
  if (order_is_random(g, &found, &both.item[1]))
    answer_improve(a, "keyword arguments come in a fixed order; that of the "
                      "tool changes from run to run");
  if (share_name(&both.item[0], &both.item[1])) {
    answer_improve(a, "keyword arguments are numbered behind positional ones; "
                      "the tool gives one name to axes of both");
    both.item[1] = guess_keywords(g, &l, both.item[0].count);
  }
  if (g->alone || a->calls->call_count == 1) {
    const name_list order = call_order(a, &found);
    both.item[1] = in_order(a, &both.item[1], &order);
  } else {
    both.item[1] = in_signature_order(a, &both.item[1]);
  }
  return both;
}

/* ModelInputs(model, inputs).guess_dynamic_shapes(auto=False) */
void inputs_answer_guess(answer *a, buffer *out) {
  guess g = read_options(a, false);
  const shapes s = guess_all(&g);
  shapes_write(out, &s);
}

/* guess_dynamic_shapes_from_inputs(inputs, auto=False) */
void inputs_answer_guess_alone(answer *a, buffer *out) {
  guess g = read_options(a, true);
  const shapes s = guess_all(&g);
  shapes_write(out, &s);
}

/* ---- move_to_kwargs ---------------------------------------------------- */

/* Positional shapes by name; those of *args in a tuple. */
static void name_positions(answer *a, const shapes *args, shapes *dict) {
  const dimsat_calls *const c = a->calls;
  const parameter *const rest = calls_variadic(c, PARAMETER_VAR_POSITIONAL);
  size_t named =
      rest != NULL ? (size_t)(rest - c->parameter) : c->parameter_count;
  if (named > args->count)
    named = args->count;
  for (size_t i = 0; i < named; i++) {
    dict->key[dict->count] = c->parameter[i].name;
    dict->item[dict->count++] = args->item[i];
  }
  if (rest == NULL || args->count <= named)
    return;
  shapes tuple = shapes_make(a->work, SHAPES_TUPLE, args->count - named);
  for (size_t i = 0; i < tuple.count; i++)
    tuple.item[i] = args->item[named + i];
  dict->key[dict->count] = rest->name;
  dict->item[dict->count++] = tuple;
  answer_improve(a, "shapes of *args are together under its name");
}

/* Whether a parameter can be given by that name. */
static bool is_keyword(const dimsat_calls *c, const char *name) {
  const size_t place = place_of(c, name);
  return place < c->parameter_count &&
         (c->parameter[place].kind == PARAMETER_POSITIONAL_OR_KEYWORD ||
          c->parameter[place].kind == PARAMETER_KEYWORD_ONLY);
}

/* All shapes by name: of parameters, and under the name of **kwargs the
 * others. */
static shapes name_shapes(answer *a, const shapes *both) {
  const shapes *const args = &both->item[0], *const kwargs = &both->item[1];
  const parameter *const rest = calls_variadic(a->calls, PARAMETER_VAR_KEYWORD);
  shapes dict =
      shapes_make(a->work, SHAPES_DICT, args->count + kwargs->count + 1);
  shapes extra = shapes_make(a->work, SHAPES_DICT, kwargs->count);
  dict.count = extra.count = 0;
  name_positions(a, args, &dict);
  for (size_t i = 0; i < kwargs->count; i++) {
    const bool known = rest == NULL || is_keyword(a->calls, kwargs->key[i]);
    shapes *const to = known ? &dict : &extra;
    to->key[to->count] = kwargs->key[i];
    to->item[to->count++] = kwargs->item[i];
  }
  if (extra.count > 0) {
    dict.key[dict.count] = rest->name;
    dict.item[dict.count++] = extra;
  }
  return in_signature_order(a, &dict);
}

/* Writes the arguments of the first call: keyword ones in the order of the
 * signature. */
static void write_arguments(answer *a, buffer *out) {
  const recorded_call *const call = &a->calls->call[0];
  recorded args = {
      .kind = RECORDED_TUPLE, .count = call->arg_count, .item = call->arg};
  recorded_member *const member =
      arena_zeroed(a->work, call->kwarg_count + 1, sizeof *member);
  size_t count = 0;
  for (size_t p = 0; p <= a->calls->parameter_count; p++)
    for (size_t i = 0; i < call->kwarg_count; i++)
      if (place_of(a->calls, call->kwarg[i].key) == p)
        member[count++] = call->kwarg[i];
  recorded kwargs = {.kind = RECORDED_DICT, .count = count, .member = member};
  args = recorded_plain(a->work, &args);
  kwargs = recorded_plain(a->work, &kwargs);
  json_key(out, "args");
  recorded_write(out, &args);
  json_key(out, "kwargs");
  recorded_write(out, &kwargs);
}

/* move_to_kwargs(*inputs[0], guess_dynamic_shapes()) */
void inputs_answer_move(answer *a, buffer *out) {
  guess g = read_options(a, false);
  if (a->calls->call_count == 0)
    answer_refuse(a, "IndexError", "no call was recorded");
  const shapes both = guess_all(&g);
  shapes moved = shapes_make(a->work, SHAPES_TUPLE, 2);
  moved.item[0].kind = SHAPES_TUPLE;
  moved.item[1] = name_shapes(a, &both);
  json_open(out, '{');
  write_arguments(a, out);
  json_key(out, "dynamic_shapes");
  shapes_write(out, &moved);
  json_close(out, '}');
}
