/* What the commands that speak JSON Lines share. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include "cli/error_text.h"
#include "lib/base/json_write.h"
#include "lib/problem/problem_json.h"

/*
 * Reads one line: `body` gets a reader at its top and the value there, an
 * object; what it raises is placed in the line.  False with the context's error
 * record filled.
 */
bool json_text_read(dimsat_context *cx, const text_origin *line,
                    void (*body)(json_reader *r, const json_value *object,
                                 void *data),
                    void *data);

/* What `write` makes of `data`, as a line that `free` ends. */
char *json_text_line(dimsat_context *cx,
                     void (*write)(buffer *out, const void *data),
                     const void *data);

/* {"line", "column", "message"} of an error in `line`; left open. */
void json_text_error(buffer *out, const text_origin *line,
                     const dimsat_error *e);

#endif
