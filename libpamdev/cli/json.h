/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON, for the programs' --output-format=json: stable keys, raw
 * integers, two spaces of indentation. It cannot be used wrongly enough to give
 * invalid JSON, as long as every begin has its end.
 */
#ifndef PAMDEV_CLI_JSON_H
#define PAMDEV_CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	unsigned int depth;
	bool first; /* of its object or array */
};

void json_open(struct json *json, FILE *out);
/* Ends the document's line. */
void json_close(struct json *json);

/* key is NULL in arrays and for the document itself. */
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
/* Ends the innermost one; bracket is '}' or ']'. */
void json_end(struct json *json, char bracket);

void json_u64(struct json *json, const char *key, uint64_t value);
/* Rounded to 4 digits after the point; not finite: null. */
void json_double(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* At most size bytes, up to a NUL; what is not printable ASCII is escaped. */
void json_bytes(struct json *json, const char *key, const void *text, size_t size);
void json_string(struct json *json, const char *key, const char *text);

#endif /* PAMDEV_CLI_JSON_H */
