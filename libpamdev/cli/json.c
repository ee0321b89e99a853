// SPDX-License-Identifier: Apache-2.0
/*
 * The JSON writer; see json.h.
 */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void json_open(struct json *json, FILE *out)
{
	json->out = out;
	json->depth = 0;
	json->first = true;
}

void json_close(struct json *json)
{
	fputc('\n', json->out);
}

static void write_text(struct json *json, const char *text, size_t size)
{
	fputc('"', json->out);
	for (size_t i = 0; i < size && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(json->out, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			fprintf(json->out, "\\u%04x", c);
		else
			fputc(c, json->out);
	}
	fputc('"', json->out);
}

/* What stands before a value: comma, line, key. */
static void lead(struct json *json, const char *key)
{
	if (json->depth) {
		fprintf(json->out, "%s\n%*s", json->first ? "" : ",", (int)(2 * json->depth), "");
		json->first = false;
	}
	if (key) {
		write_text(json, key, strlen(key));
		fputs(": ", json->out);
	}
}

static void begin(struct json *json, const char *key, char bracket)
{
	lead(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->first = true;
}

void json_object(struct json *json, const char *key)
{
	begin(json, key, '{');
}

void json_array(struct json *json, const char *key)
{
	begin(json, key, '[');
}

void json_end(struct json *json, char bracket)
{
	json->depth--;
	if (!json->first)
		fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
	fputc(bracket, json->out);
	json->first = false;
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
	lead(json, key);
	fprintf(json->out, "%" PRIu64, value);
}

void json_double(struct json *json, const char *key, double value)
{
	if (!isfinite(value)) {
		json_null(json, key);
		return;
	}
	lead(json, key);
	fprintf(json->out, "%.4f", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	lead(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
	lead(json, key);
	fputs("null", json->out);
}

void json_bytes(struct json *json, const char *key, const void *text, size_t size)
{
	lead(json, key);
	write_text(json, text, size);
}

void json_string(struct json *json, const char *key, const char *text)
{
	json_bytes(json, key, text, strlen(text));
}
