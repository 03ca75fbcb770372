/* dimsat_program_emit_c: the file around the parts. */
#include "lib/program/emit.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PART_INSTRUCTIONS 200 /* of one function, about */
#define PART_CHECKS 100       /* of one function that is only wide */
#define SHOWN_TEXT 120        /* bytes of a guard in a comment */
#define LINE 76               /* columns of a list of guards */

/* ---- Text ---------------------------------------------------------------- */

/* Formats, then puts the name for each `@`. */
void emit(emission *e, const char *format, ...) {
  char small[400];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(small, sizeof small, format, arguments);
  va_end(arguments);
  char *text = small;
  if ((size_t)length >= sizeof small) {
    text = arena_alloc(e->m, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
  }
  for (const char *at = text; *at;) {
    const size_t plain = strcspn(at, "@");
    buffer_add_bytes(&e->out, at, plain);
    at += plain;
    if (*at == '@') {
      buffer_add(&e->out, e->name);
      buffer_add_char(&e->out, '_');
      at++;
    }
  }
}

/* A constant of type int64_t, or one of int that stands for it. */
const char *emit_word(emission *e, int64_t number) {
  if (number == INT64_MIN)
    return "INT64_MIN";
  if (number == INT64_MAX)
    return "INT64_MAX";
  if (number > INT32_MAX || number < -INT32_MAX)
    return arena_format(e->m, number < 0 ? "(-INT64_C(%lld))" : "INT64_C(%lld)",
                        (long long)(number < 0 ? -number : number));
  return arena_format(e->m, number < 0 ? "(%lld)" : "%lld", (long long)number);
}

/* Text of the input within a comment: one line of ASCII that cannot end it or
 * start another. */
static const char *comment_text(emission *e, const char *text) {
  buffer out;
  buffer_init(&out, e->m);
  size_t i = 0;
  for (; text[i] != '\0' && i < SHOWN_TEXT; i++) {
    const bool pair = i > 0 && ((text[i - 1] == '*' && text[i] == '/') ||
                                (text[i - 1] == '/' && text[i] == '*'));
    const bool plain = text[i] >= ' ' && text[i] <= '~' && text[i] != '\\';
    if (pair)
      buffer_add_char(&out, ' ');
    buffer_add_char(&out, plain ? text[i] : '_');
  }
  buffer_add(&out, text[i] ? "..." : "");
  return out.text;
}

/* "guard 3: x[0] % 4 == 0", or "spec" */
static const char *origin_text(emission *e, const origin *o) {
  if (o->guard == SPEC_DEMAND)
    return "spec";
  const char *const text = e->program->problem->guards[o->guard].text;
  if (text == NULL)
    return arena_format(e->m, "guard %zu", o->guard);
  return arena_format(e->m, "guard %zu: %s", o->guard, comment_text(e, text));
}

/* Who asks for a check. */
void emit_origin(emission *e, const check *c) {
  for (const origin *o = c->from; o != NULL; o = o->next) {
    buffer_add(&e->out, "  /* ");
    buffer_add(&e->out, origin_text(e, o));
    buffer_add(&e->out, " */\n");
  }
}

/* ---- Parts --------------------------------------------------------------- */

/* Starts a function over the sizes. */
static void open_function(emission *e, const char *head) {
  emit(e, "static bool %s(const int64_t *sizes) {\n", head);
}

/* Starts the function that is asked for. */
static void open_main(emission *e) {
  emit(e, "bool %s(const int64_t *sizes);\n\n", e->name);
  emit(e, "bool %s(const int64_t *sizes) {\n", e->name);
}

/* Ends a function. */
static void close_function(emission *e) {
  emit(e, "  (void)sizes;\n  return true;\n}\n\n");
}

/* Whether a block may hand over. */
static bool may_escape(const block *b) {
  for (size_t i = 0; i < b->count; i++)
    switch (b->code[i].op) {
#define VALUE(name, meaning)
#define CONDITION(name, meaning)
#define CHECKED(name, trouble) case DO_##name:
#include "lib/program/ops.def"
#undef VALUE
#undef CONDITION
#undef CHECKED
      return true;
    default:
      break;
    }
  return false;
}

/* Native checks from `first` until the part is long enough or words may not
 * suffice any more; where the next part starts. */
static size_t lower_part(emission *e, size_t first, size_t *starts) {
  const dimsat_program *const g = e->program;
  size_t next = first;
  lowering_begin(&e->fast);
  while (next < g->native_count && e->fast.block.count < PART_INSTRUCTIONS &&
         g->check[next].wide == g->check[first].wide) {
    starts[next - first] = e->fast.block.count;
    lower_check(&e->fast, &g->check[next++]);
  }
  return next;
}

/* One part of native checks, or with SIZE_MAX all there is. */
static void emit_native_part(emission *e, size_t part, size_t first,
                             size_t count, const size_t *starts) {
  const check *const checks = &e->program->check[first];
  const block b = e->fast.block;
  const char *const exact = part == SIZE_MAX
                                ? "@wide_checks"
                                : arena_format(e->m, "@wide_part%zu", part);
  if (may_escape(&b)) {
    open_function(e, arena_format(e->m, "%s", exact));
    emit_exact(e, checks, count);
    close_function(e);
  }
  if (part == SIZE_MAX)
    open_main(e);
  else
    open_function(e, arena_format(e->m, "@part%zu", part));
  emit_block(e, &b, checks, starts, count,
             arena_format(e->m, "%s(sizes)", exact));
  close_function(e);
}

/* All parts; how many there are, or SIZE_MAX where one is the function that is
 * asked for. */
static size_t emit_parts(emission *e) {
  const dimsat_program *const g = e->program;
  size_t part = 0, first = 0;
  size_t *const starts =
      arena_alloc(e->m, (g->check_count + 1) * sizeof *starts);
  while (first < g->native_count) {
    const size_t next = lower_part(e, first, starts);
    const bool only = first == 0 && next == g->check_count;
    block_sweep(e->m, &e->fast.block, starts, next - first);
    emit_native_part(e, only ? SIZE_MAX : part, first, next - first, starts);
    if (only)
      return SIZE_MAX;
    part++;
    first = next;
  }
  while (first < g->check_count) {
    size_t count = g->check_count - first;
    count = count < PART_CHECKS ? count : PART_CHECKS;
    open_function(e, arena_format(e->m, "@part%zu", part++));
    emit_exact(e, &g->check[first], count);
    close_function(e);
    first += count;
  }
  return part;
}

/* The function that is asked for, from its parts. */
static void emit_main(emission *e, size_t parts) {
  open_main(e);
  for (size_t i = 0; i < parts; i++)
    emit(e, "  if (!@part%zu(sizes))\n    return false;\n", i);
  close_function(e);
}

/* ---- Head ---------------------------------------------------------------- */

/* "The spec implies guards 0, 3 and is ..." as a list that wraps. */
static void emit_guards(emission *e, dimsat_guard_use use, const char *title) {
  const dimsat_program *const g = e->program;
  size_t column = 0;
  for (size_t i = 0; i < g->problem->guard_count; i++) {
    if (g->use[i] != use)
      continue;
    const char *const item =
        g->missing[i]
            ? arena_format(e->m, "%zu (%s)", i, comment_text(e, g->missing[i]))
            : arena_format(e->m, "%zu", i);
    if (column == 0)
      buffer_format(&e->out, " *\n * %s\n *  ", title);
    else
      buffer_add(&e->out, ",");
    if (column + strlen(item) > LINE) {
      buffer_add(&e->out, "\n *  ");
      column = 0;
    }
    column += strlen(item) + 2;
    buffer_format(&e->out, " %s", item);
  }
  buffer_add(&e->out, column ? "\n" : "");
}

/* What the function does, and what it is given. */
static void emit_head(emission *e) {
  const dimsat_program *const g = e->program;
  const char *const title = g->problem->name;
  buffer_add(&e->out, "/*\n * Made by `dimsat compile`");
  if (title != NULL)
    buffer_format(&e->out, " from %s", comment_text(e, title));
  buffer_format(&e->out,
                ".\n *\n * Whether sizes keep all promises of the spec and all "
                "guards, exactly, for\n * any numbers.  %s\n",
                g->size_count ? "What is expected:\n *" : "None is expected.");
  for (size_t i = 0; i < g->size_count; i++) {
    const char *const name = comment_text(e, g->size_name[i]);
    buffer_format(&e->out, " *   sizes[%zu]  %s", i, name);
    if (g->size_words[i] != NULL)
      buffer_format(&e->out, "  (%s)", comment_text(e, g->size_words[i]));
    buffer_add(&e->out, "\n");
  }
  emit_guards(e, DIMSAT_GUARD_IMPLIED,
              "Guards that the spec implies; dropped:");
  emit_guards(e, DIMSAT_GUARD_NO_DEMAND,
              "Guards that the tracer took from the spec; not checked:");
  emit_guards(e, DIMSAT_GUARD_NOT_CHECKED,
              "Guards about something that no size gives; not checked:");
  buffer_add(&e->out, " */\n#include <stdbool.h>\n#include <stdint.h>\n\n");
}

/* ---- Names --------------------------------------------------------------- */

static const char *const reserved[] = {
    "auto",    "break",    "case",     "char",     "const",  "continue",
    "default", "do",       "double",   "else",     "enum",   "extern",
    "float",   "for",      "goto",     "if",       "inline", "int",
    "long",    "main",     "register", "restrict", "return", "short",
    "signed",  "sizeof",   "static",   "struct",   "switch", "typedef",
    "union",   "unsigned", "void",     "volatile", "while",  "bool",
    "true",    "false",    "asm",      "typeof",   "sizes"};

/* Whether C allows `name` for a function beside <stdint.h>. */
static bool is_allowed(const char *name) {
  const size_t length = strlen(name);
  if (length == 0 || length > 200 || isdigit((unsigned char)name[0]) ||
      name[0] == '_' || strncmp(name, "INT", 3) == 0 ||
      strncmp(name, "UINT", 4) == 0 ||
      (length > 2 && strcmp(name + length - 2, "_t") == 0))
    return false;
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)name[i]) && name[i] != '_')
      return false;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (strcmp(name, reserved[i]) == 0)
      return false;
  return true;
}

/* "guards_decoder" of the problem "decoder" or "nets/decoder.dims"; "guards"
 * of one without a name. */
static const char *default_name(const dimsat_program *g) {
  const char *title = g->problem->name ? g->problem->name : "";
  const char *const slash = strrchr(title, '/');
  if (slash != NULL)
    title = slash + 1;
  const char *const dot = strrchr(title, '.');
  const size_t length = dot > title ? (size_t)(dot - title) : strlen(title);
  if (length == 0)
    return "guards";
  char *const name = arena_format(&g->cx->work, "guards_%.*s",
                                  (int)(length < 100 ? length : 100), title);
  for (char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c))
      *c = '_';
  return name;
}

/* ---- All ----------------------------------------------------------------- */

typedef struct {
  dimsat_program *program;
  const char *name, *text;
} call;

/* The parts first: they tell what must stand before them. */
static void run(void *data) {
  call *const c = data;
  dimsat_program *const g = c->program;
  emission e = {.program = g, .m = &g->cx->work, .name = c->name};
  if (e.name == NULL)
    e.name = default_name(g);
  else if (!is_allowed(e.name))
    context_fail(g->cx, DIMSAT_BAD_FORMAT, 0, 0,
                 "'%.80s' is no name for a C function: letters, digits and _, "
                 "no keyword, nothing of stdint.h",
                 e.name);
  buffer parts;
  program_lowering(g, &e.fast, e.m, interval_word());
  facts_init(&e.exact, g->cx, e.m);
  for (size_t i = 0; i < g->size_count; i++)
    facts_size(&e.exact, g->size[i], interval_word());
  buffer_init(&e.out, e.m);
  const size_t count = emit_parts(&e);
  if (count != SIZE_MAX)
    emit_main(&e, count);
  parts = e.out;
  buffer_init(&e.out, &g->cx->nodes);
  emit_head(&e);
  emit_helpers(&e);
  buffer_add_bytes(&e.out, parts.text, parts.length - 1); /* no empty line */
  c->text = e.out.text;
}

/* The program as C. */
const char *dimsat_program_emit_c(dimsat_program *g, const char *name) {
  call c = {.program = g, .name = name};
  return context_run(g->cx, run, &c) == DIMSAT_OK ? c.text : NULL;
}
