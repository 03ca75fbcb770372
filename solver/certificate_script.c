/* The shell of a certificate: POSIX sh, and a solver that reads a file. */
#include "solver/certificate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What runs a query: `question` writes it to a file, `answer` asks for it. */
static const char runner[] =
    "if [ $# -eq 0 ]; then\n"
    "  echo \"usage: sh $0 SOLVER [OPTION...]\" >&2\n"
    "  echo 'SOLVER reads SMT-LIB 2 from the file named last, as z3 and cvc5 "
    "do' >&2\n"
    "  exit 2\n"
    "fi\n"
    "command -v \"$1\" >/dev/null || { echo \"$1: no such command\" >&2; exit "
    "2; "
    "}\n"
    "folder=$(mktemp -d) || exit 2\n"
    "trap 'rm -rf \"$folder\"' EXIT\n"
    "trap 'exit 2' HUP INT TERM\n"
    "asked=0 wrong=0 open=0\n"
    "\n"
    "# question EXPECTED WORDS PART...: the parts and standard input are one "
    "query.\n"
    "question() {\n"
    "  expected=$1 words=$2\n"
    "  shift 2\n"
    "  {\n"
    "    echo '(set-logic ALL)'\n"
    "    for part in functions \"$@\"; do \"$part\"; done\n"
    "    cat\n"
    "    echo '(check-sat)'\n"
    "  } >\"$folder/query.smt2\"\n"
    "}\n"
    "\n"
    "# answer SOLVER [OPTION...]: asks it, and compares.\n"
    "answer() {\n"
    "  asked=$((asked + 1))\n"
    "  \"$@\" \"$folder/query.smt2\" >\"$folder/answer\" 2>&1\n"
    "  got=$(grep -E '^(sat|unsat|unknown|\\(error)' \"$folder/answer\" | head "
    "-n 1)\n"
    "  case $got in\n"
    "    \"$expected\") verdict=ok ;;\n"
    "    sat | unsat) verdict=WRONG wrong=$((wrong + 1)) ;;\n"
    "    *) verdict=open open=$((open + 1)) got=${got:-no answer} ;;\n"
    "  esac\n"
    "  printf '%-5s  %-7s  %s\\n' \"$verdict\" \"$got\" \"$words\"\n"
    "}\n";

/* What is said in the end. */
static const char ending[] =
    "\n"
    "echo\n"
    "echo \"$asked queries: $((asked - wrong - open)) as expected, $wrong "
    "otherwise, $open without an answer\"\n"
    "[ \"$wrong\" -eq 0 ] || exit 1\n"
    "[ \"$open\" -eq 0 ] || exit 3\n";

/* Appends `text` on one line. */
static void add_line(buffer *out, const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    buffer_add_char(out, (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c);
}

/* A line for people. */
void script_line(buffer *out, const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  buffer_add(out, *text ? "# " : "#");
  add_line(out, text);
  buffer_add_char(out, '\n');
}

/* Starts a part. */
void script_part(buffer *out, const char *name) {
  buffer_format(out, "\n%s() {\n  cat <<'END'\n", name);
}

/* Ends it; no line of SMT-LIB that is written here is END. */
void script_end(buffer *out) {
  buffer_add(out, "END\n}\n");
}

/* Starts a query. */
void script_question(certificate *c, const char *expected, const char *from,
                     const char *words) {
  buffer line;
  buffer_init(&line, c->k.m);
  add_line(&line, words);
  buffer_format(&c->out, "\nquestion %s '", expected);
  for (const char *at = line.text; *at != '\0'; at++)
    if (*at == '\'')
      buffer_add(&c->out, "'\\''");
    else
      buffer_add_char(&c->out, *at);
  buffer_format(&c->out, "'%s%s <<'END'\n", *from ? " " : "", from);
  c->queries++;
}

/* Ends it. */
void script_answer(certificate *c) {
  buffer_add(&c->out, "END\nanswer \"$@\"\n");
}

/* Says that something is not certified. */
void script_gap(certificate *c, const char *text) {
  buffer_add_char(&c->out, '\n');
  script_line(&c->out, "NOT CERTIFIED: %s", text);
  c->gaps++;
}

/* The whole script. */
const char *script_whole(certificate *c, const buffer *head) {
  buffer out;
  buffer_init(&out, &c->k.cx->nodes);
  buffer_add(&out, "#!/bin/sh\n");
  buffer_add(&out, head->text);
  script_line(&out, "%s", "");
  script_line(&out,
              "%zu queries follow; %zu statements are marked NOT CERTIFIED.",
              c->queries, c->gaps);
  buffer_add(&out, "\n");
  buffer_add(&out, runner);
  script_part(&out, "functions");
  smt2_preamble(&c->smt2, &out);
  script_end(&out);
  buffer_add(&out, c->out.text ? c->out.text : "");
  buffer_add(&out, ending);
  return out.text;
}
