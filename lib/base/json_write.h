/*
 * JSON into a buffer, piece by piece, with ", " and ": " where they belong.
 * Bytes of names and texts that are no UTF-8 become `?`.
 * The caller opens and closes in order, and gives each key of an object once.
 */
#ifndef LIB_BASE_JSON_WRITE_H
#define LIB_BASE_JSON_WRITE_H

#include "lib/base/buffer.h"

/* `{` or `[`, and the bracket that ends it. */
void json_open(buffer *b, char bracket);
void json_close(buffer *b, char bracket);

/* The key of the value that follows. */
void json_key(buffer *b, const char *key);

/* Values: a string (null for NULL), an integer, a fraction with six digits. */
void json_text(buffer *b, const char *text);
void json_integer(buffer *b, int64_t value);
void json_real(buffer *b, double value);
/* true, false, or a number as it is written. */
void json_word(buffer *b, const char *word);
/* A string without a comma in front. */
void json_quote(buffer *b, const char *text);
/* Decimal digits as a number, or as a string beyond 64 bits; null for NULL. */
void json_digits(buffer *b, const char *digits);

#endif
