// SPDX-License-Identifier: Apache-2.0
/*
 * Results: tables with units for people, JSON with raw numbers for programs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "pamctl.h"

#define CELL 64

static size_t text_size(const struct field *f)
{
	return f->size ? strnlen(f->text, f->size) : strlen(f->text);
}

/* The field as a person reads it. */
static const char *cell(const struct field *f, char buffer[CELL])
{
	switch (f->unit) {
	case UNIT_BYTES:
		return text_bytes(f->value, buffer);
	case UNIT_NS:
		return text_ns(f->value, buffer);
	case UNIT_SECONDS:
		snprintf(buffer, CELL, "%" PRIu64 " s", f->value);
		return buffer;
	case UNIT_PERCENT:
		snprintf(buffer, CELL, "%" PRIu64 " %%", f->value);
		return buffer;
	case UNIT_KELVIN:
		if (!f->value)
			return "not measured";
		snprintf(buffer, CELL, "%" PRId64 " C", (int64_t)f->value - 273);
		return buffer;
	case UNIT_HEX:
		snprintf(buffer, CELL, "0x%" PRIx64, f->value);
		return buffer;
	case UNIT_BOOL:
		return f->value ? "yes" : "no";
	case UNIT_TEXT:
		snprintf(buffer, CELL, "%.*s", (int)text_size(f), f->text);
		return buffer;
	case UNIT_NUMBER:
		break;
	}
	snprintf(buffer, CELL, "%" PRIu64, f->value);
	return buffer;
}

static void json_field(struct json *json, const struct field *f)
{
	if (f->unit == UNIT_TEXT)
		json_bytes(json, f->name, f->text, text_size(f));
	else if (f->unit == UNIT_BOOL)
		json_bool(json, f->name, f->value);
	else
		json_u64(json, f->name, f->value);
}

static void json_fields(struct json *json, const struct field *fields, unsigned int count)
{
	json_object(json, NULL);
	for (unsigned int i = 0; i < count; i++)
		json_field(json, &fields[i]);
	json_end(json, '}');
}

/* The name as a heading: spaces for underscores, and no unit, which the figures have. */
static const char *heading(const struct field *f, char buffer[CELL])
{
	static const char *const suffixes[] = {
	    [UNIT_BYTES] = "_bytes",
	    [UNIT_NS] = "_ns",
	    [UNIT_SECONDS] = "_s",
	    [UNIT_PERCENT] = "_percent",
	};
	const char *suffix = f->unit <= UNIT_PERCENT ? suffixes[f->unit] : NULL;
	size_t length = strlen(f->name);

	if (suffix && length > strlen(suffix) &&
	    strcmp(f->name + length - strlen(suffix), suffix) == 0)
		length -= strlen(suffix);
	snprintf(buffer, CELL, "%.*s", (int)length, f->name);
	for (char *c = buffer; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return buffer;
}

void report_one(const struct session *session, const struct field *fields, unsigned int count)
{
	struct json json;
	char name[CELL];
	char value[CELL];

	if (session->json) {
		json_open(&json, stdout);
		json_fields(&json, fields, count);
		json_close(&json);
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		printf("%-20s %s\n", heading(&fields[i], name), cell(&fields[i], value));
}

static void print_row(const struct field *fields, unsigned int columns, const size_t *widths,
		      bool names)
{
	char buffer[CELL];

	for (unsigned int c = 0; c < columns; c++) {
		const char *text = names ? heading(&fields[c], buffer) : cell(&fields[c], buffer);
		/* Words to the left, figures to the right. */
		int width = (int)widths[c] * (fields[c].unit == UNIT_TEXT ? -1 : 1);

		printf("%s%*s", c ? "  " : "", width, text);
	}
	printf("\n");
}

static void print_table(const struct field *fields, unsigned int columns, unsigned int rows)
{
	size_t *widths = calloc(columns, sizeof(*widths));
	char buffer[CELL];

	if (!widths)
		return;
	for (unsigned int i = 0; i < columns * rows; i++) {
		size_t *width = &widths[i % columns];
		size_t head = strlen(heading(&fields[i], buffer));
		size_t body = strlen(cell(&fields[i], buffer));

		*width = *width < head ? head : *width;
		*width = *width < body ? body : *width;
	}
	print_row(fields, columns, widths, true);
	for (unsigned int r = 0; r < rows; r++)
		print_row(fields + r * columns, columns, widths, false);
	free(widths);
}

void report_many(const struct session *session, const char *key, const char *empty,
		 const struct field *fields, unsigned int columns, unsigned int rows)
{
	struct json json;

	if (session->json) {
		json_open(&json, stdout);
		json_object(&json, NULL);
		json_array(&json, key);
		for (unsigned int r = 0; r < rows; r++)
			json_fields(&json, fields + r * columns, columns);
		json_end(&json, ']');
		json_end(&json, '}');
		json_close(&json);
	} else if (rows) {
		print_table(fields, columns, rows);
	} else {
		printf("%s\n", empty);
	}
}
