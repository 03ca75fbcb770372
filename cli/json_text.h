/* What the commands that speak JSON Lines share. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include "cli/error_text.h"
#include "lib/problem/problem_json.h"

#include <jansson.h>

/*
 * Reads one line: `body` gets a reader at its top and the value there, an
 * object; what it raises is placed in the line.  False with the context's error
 * record filled.
 */
bool json_text_read(dimsat_context *cx, const text_origin *line,
                    void (*body)(json_reader *r, const json_value *object,
                                 void *data),
                    void *data);

/* `value` as one line, which `free` ends; frees `value`. */
char *json_text_line(json_t *value);

/* {"line", "column", "message"} of an error in `line`. */
json_t *json_text_error(const text_origin *line, const dimsat_error *e);

/* Decimal digits as a number, or as a string beyond 64 bits; null for NULL. */
json_t *json_text_integer(const char *digits);

#endif
