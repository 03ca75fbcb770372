/* Recorded calls as a test writes them: short. */
#ifndef TESTS_UNIT_CALLS_TEXT_H
#define TESTS_UNIT_CALLS_TEXT_H

/* A tensor; a call with arguments by position, by name, or both. */
#define T(sizes) "{\"tensor\": {\"dtype\": \"f\", \"shape\": [" sizes "]}}"
#define ARGS(args) "{\"args\": [" args "]}"
#define NAMED(kwargs) "{\"kwargs\": {" kwargs "}}"
#define BOTH(args, kwargs) "{\"args\": [" args "], \"kwargs\": {" kwargs "}}"
#define CACHE(items) "{\"class\": \"DynamicCache\", \"items\": [" items "]}"
/* The whole: parameters of a signature, calls. */
#define RECORD(parameters, calls)                                              \
  "{\"signature\": [" parameters "], \"observations\": [" calls "]}"
#define P(name) "{\"name\": \"" name "\"}"
#define P_NONE(name) "{\"name\": \"" name "\", \"default\": null}"
#define P_KIND(name, kind) "{\"name\": \"" name "\", \"kind\": \"" kind "\"}"

#endif
