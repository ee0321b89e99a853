/* SPDX-License-Identifier: Apache-2.0 */
/* VERSION's JSON: see version.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "version.h"
#include "vfio_user.h"

/* Objects and arrays within each other; deeper ones are refused, not recursed into. */
#define MAX_DEPTH 8u

/* Longest capability name that is looked at. */
#define NAME_SIZE 32u

struct parser {
	const char *at;
	const char *end;
	struct version_caps *caps;
};

/* What a value was, as far as anybody here cares. */
struct value {
	enum { VALUE_OTHER, VALUE_NUMBER, VALUE_BOOL } kind;
	uint64_t number;
	bool truth;
};

static bool parse_value(struct parser *p, unsigned int depth, bool in_caps, struct value *value);

static void skip_space(struct parser *p)
{
	while (p->at < p->end && strchr(" \t\r\n", *p->at) && *p->at)
		p->at++;
}

/* Skips space, then takes c if it is next. */
static bool take(struct parser *p, char c)
{
	skip_space(p);
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static bool take_word(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(p->end - p->at) < len || memcmp(p->at, word, len) != 0)
		return false;
	p->at += len;
	return true;
}

/* A string; name gets it if it fits and has no escapes, else becomes empty. */
static bool parse_string(struct parser *p, char name[NAME_SIZE])
{
	const char *start;
	size_t len;
	bool plain = true;

	if (!take(p, '"'))
		return false;
	start = p->at;
	for (; p->at < p->end && *p->at != '"'; p->at++) {
		if ((unsigned char)*p->at < 0x20)
			return false;
		if (*p->at != '\\')
			continue;
		plain = false;
		if (++p->at == p->end)
			return false;
	}
	if (p->at == p->end)
		return false;
	len = (size_t)(p->at++ - start);
	if (!plain || len >= NAME_SIZE)
		len = 0;
	memcpy(name, start, len);
	name[len] = '\0';
	return true;
}

static bool is_digit(const struct parser *p)
{
	return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

/* A whole number that fits 63 bits is VALUE_NUMBER; any other is only skipped. */
static bool parse_number(struct parser *p, struct value *value)
{
	bool whole = true;

	value->kind = VALUE_OTHER;
	if (p->at < p->end && *p->at == '-') {
		whole = false;
		p->at++;
	}
	if (!is_digit(p))
		return false;
	for (value->number = 0; is_digit(p); p->at++) {
		if (value->number > (INT64_MAX - 9) / 10)
			whole = false;
		value->number = value->number * 10 + (uint64_t)(*p->at - '0');
	}
	/* Fraction and exponent, as loosely as they can be without accepting more than a token. */
	while (is_digit(p) || (p->at < p->end && *p->at && strchr(".eE+-", *p->at))) {
		whole = false;
		p->at++;
	}
	if (whole)
		value->kind = VALUE_NUMBER;
	return true;
}

/* One of the capabilities we know; unknown ones are ignored, as the specification wants. */
static bool set_capability(struct version_caps *caps, const char *name, const struct value *value)
{
	const struct {
		const char *name;
		unsigned int flag;
		uint64_t *number;
	} numbers[] = {
	    {"max_msg_fds", VERSION_MAX_MSG_FDS, &caps->max_msg_fds},
	    {"max_data_xfer_size", VERSION_MAX_DATA_XFER, &caps->max_data_xfer},
	    {"max_dma_maps", VERSION_MAX_DMA_MAPS, &caps->max_dma_maps},
	    {"pgsizes", VERSION_PGSIZES, &caps->pgsizes},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		*numbers[i].number = value->number;
		caps->named |= numbers[i].flag;
		return value->kind == VALUE_NUMBER;
	}
	if (strcmp(name, "write_multiple") == 0) {
		caps->write_multiple = value->truth;
		caps->named |= VERSION_WRITE_MULTIPLE;
		return value->kind == VALUE_BOOL;
	}
	return true;
}

/* Behind the '{'. depth 0 is the outermost object, whose "capabilities" are looked into. */
static bool parse_object(struct parser *p, unsigned int depth, bool in_caps)
{
	char name[NAME_SIZE];
	struct value value;

	if (take(p, '}'))
		return true;
	do {
		bool caps;

		if (!parse_string(p, name) || !take(p, ':'))
			return false;
		caps = depth == 0 && strcmp(name, "capabilities") == 0;
		if (!parse_value(p, depth + 1, caps, &value))
			return false;
		if (in_caps && !set_capability(p->caps, name, &value))
			return false;
	} while (take(p, ','));
	return take(p, '}');
}

/* Behind the '['. */
static bool parse_array(struct parser *p, unsigned int depth)
{
	struct value value;

	if (take(p, ']'))
		return true;
	do {
		if (!parse_value(p, depth + 1, false, &value))
			return false;
	} while (take(p, ','));
	return take(p, ']');
}

/* in_caps: if it is an object, its members are the capabilities. */
static bool parse_value(struct parser *p, unsigned int depth, bool in_caps, struct value *value)
{
	char unused[NAME_SIZE];

	*value = (struct value){.kind = VALUE_OTHER};
	if (depth > MAX_DEPTH)
		return false;
	if (take(p, '{'))
		return parse_object(p, depth, in_caps);
	if (take(p, '['))
		return parse_array(p, depth);
	if (p->at < p->end && *p->at == '"')
		return parse_string(p, unused);
	if (take_word(p, "true") || take_word(p, "false")) {
		value->kind = VALUE_BOOL;
		value->truth = p->at[-2] == 'u';
		return true;
	}
	return take_word(p, "null") || parse_number(p, value);
}

/* Figures nobody could work with. */
static bool caps_usable(const struct version_caps *caps)
{
	return caps->max_data_xfer >= 1 && caps->pgsizes && !(caps->pgsizes & 4095);
}

int version_parse(const uint8_t *data, size_t len, struct version_caps *caps)
{
	struct parser p = {.at = (const char *)data, .caps = caps};

	*caps = (struct version_caps){
	    .max_msg_fds = VFIO_USER_DEFAULT_MSG_FDS,
	    .max_data_xfer = VFIO_USER_DEFAULT_DATA_XFER,
	    .max_dma_maps = VFIO_USER_DEFAULT_DMA_MAPS,
	    .pgsizes = VFIO_USER_DEFAULT_PGSIZES,
	};
	if (len == 0)
		return 0;
	if (data[len - 1] != '\0')
		return -EINVAL;
	p.end = p.at + len - 1;
	if (!take(&p, '{') || !parse_object(&p, 0, false))
		return -EINVAL;
	skip_space(&p);
	return p.at == p.end && caps_usable(caps) ? 0 : -EINVAL;
}

size_t version_reply(const struct version_caps *client, const struct version_caps *ours,
		     char *reply, size_t size)
{
	static const char head[] = "{\"capabilities\":{";
	static const char tail[] = "}}";
	char items[5][48];
	const unsigned int flags[5] = {VERSION_MAX_MSG_FDS, VERSION_MAX_DATA_XFER, VERSION_PGSIZES,
				       VERSION_WRITE_MULTIPLE, VERSION_MAX_DMA_MAPS};
	size_t len = sizeof(head) - 1;

	if (size < sizeof(head) + sizeof(tail) - 1)
		return 0;
	snprintf(items[0], sizeof(items[0]), "\"max_msg_fds\":%llu",
		 (unsigned long long)ours->max_msg_fds);
	snprintf(items[1], sizeof(items[1]), "\"max_data_xfer_size\":%llu",
		 (unsigned long long)ours->max_data_xfer);
	snprintf(items[2], sizeof(items[2]), "\"pgsizes\":%llu", (unsigned long long)ours->pgsizes);
	snprintf(items[3], sizeof(items[3]), "\"write_multiple\":%s",
		 ours->write_multiple ? "true" : "false");
	snprintf(items[4], sizeof(items[4]), "\"max_dma_maps\":%llu",
		 (unsigned long long)ours->max_dma_maps);
	memcpy(reply, head, len);
	for (unsigned int i = 0; i < 5; i++) {
		const char *comma = len == sizeof(head) - 1 ? "" : ",";
		size_t more = strlen(comma) + strlen(items[i]);

		if (!(client->named & flags[i]) || len + more + sizeof(tail) > size)
			continue;
		memcpy(reply + len, comma, strlen(comma));
		memcpy(reply + len + strlen(comma), items[i], strlen(items[i]));
		len += more;
	}
	memcpy(reply + len, tail, sizeof(tail));
	return len + sizeof(tail);
}
