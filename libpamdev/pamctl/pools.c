// SPDX-License-Identifier: Apache-2.0
/*
 * Commands on pools.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pamctl.h"

#define MAX_POOLS   1024u
#define POOL_FIELDS 20

struct pamdev_pool *find_pool(struct session *session, const char *name)
{
	struct pamdev *dev = session_device(session);
	struct pamdev_pool *pool = NULL;
	uint64_t id;
	int status;

	if (!dev)
		return NULL;
	if (*name == '#') {
		if (!text_number(name + 1, &id) || id > UINT32_MAX) {
			complain(EXIT_USAGE, "'%s' is no pool id", name);
			return NULL;
		}
		status = pamdev_pool_open_id(dev, (uint32_t)id, &pool);
	} else {
		status = pamdev_pool_open(dev, name, &pool);
	}
	if (status == -ENOENT)
		complain(EXIT_FAILED, "no pool '%s'; 'pamctl pool list' shows them", name);
	else if (status == -ENOTUNIQ)
		complain(EXIT_FAILED, "several pools are named '%s'; use #ID", name);
	else if (status != 0)
		refused(status, "pool '%s'", name);
	return pool;
}

/* A number of an option into *value. False after a complaint. */
static bool option_number(const char *name, uint64_t most, uint64_t *value)
{
	if (text_number(optarg, value) && *value <= most)
		return true;
	complain(EXIT_USAGE, "--%s wants a number up to %llu, not '%s'", name,
		 (unsigned long long)most, optarg);
	return false;
}

/* ---- create ---- */

static bool create_option(int option, struct pamdev_pool_options *o)
{
	uint64_t value = 0;
	bool good = true;

	switch (option) {
	case 't':
		good = strcmp(optarg, "ephemeral") == 0 || strcmp(optarg, "persistent") == 0 ||
		       strcmp(optarg, "durable") == 0;
		o->type = *optarg == 'e' ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT;
		o->flags |= *optarg == 'd' ? PAMC_POOL_DURABLE : 0;
		if (!good)
			complain(EXIT_USAGE, "--type is persistent, durable or ephemeral, not '%s'",
				 optarg);
		break;
	case 'n':
		good = option_number("order", PAMC_MAX_PAGE_ORDER, &value);
		o->order = (unsigned int)value;
		break;
	case 'r':
		good = option_number("reserve", UINT64_MAX, &o->reserve);
		break;
	case 'l':
		good = option_number("limit", UINT64_MAX, &o->limit);
		break;
	case 'd':
		good = option_number("domain", UINT16_MAX, &value);
		o->domain = (uint16_t)value;
		break;
	case 'x':
		o->flags |= PAMC_POOL_EXCLUSIVE;
		break;
	default:
		o->flags |= PAMC_POOL_DURABLE;
	}
	return good;
}

static int create_pool(struct session *session, const struct pamdev_pool_options *options)
{
	struct pamdev *dev = session_device(session);
	struct pamdev_pool *pool;
	int status;

	if (!dev)
		return EXIT_FAILED;
	/* Cards allow it; people would not find their pages again. */
	if (pamdev_pool_open(dev, options->name, &pool) != -ENOENT) {
		pamdev_pool_close(pool);
		return complain(EXIT_FAILED, "there is a pool '%s' already", options->name);
	}
	status = pamdev_pool_create(dev, options, &pool);
	if (status == -ENOSPC)
		return complain(EXIT_FAILED,
				"pool '%s': the reserve of %llu pages cannot be promised, or the "
				"card has no pool left; 'pamctl info' shows both",
				options->name, (unsigned long long)options->reserve);
	if (status != 0)
		return refused(status, "pool '%s'", options->name);
	const struct field fields[] = {
	    FIELD_NUMBER("id", pamdev_pool_id(pool)),
	    FIELD_TEXT("name", options->name),
	};
	report_one(session, fields, 2);
	pamdev_pool_close(pool);
	return EXIT_OK;
}

int run_pool_create(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	int option;
	int code;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		if (!create_option(option, &options))
			return EXIT_USAGE;
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 1, 1))
		return EXIT_USAGE;
	options.name = argv[optind];
	if (!*options.name || *options.name == '#' || strlen(options.name) >= PAMC_POOL_NAME_LEN)
		return complain(EXIT_USAGE,
				"'%s' cannot name a pool: want 1 to %u characters, not # in front",
				options.name, PAMC_POOL_NAME_LEN - 1);
	return create_pool(session, &options);
}

/* ---- list ---- */

static void pool_fields(struct field *fields, const struct pamc_pool_info *p)
{
	const struct field row[POOL_FIELDS] = {
	    FIELD_NUMBER("id", p->id),
	    FIELD_CHARS("name", p->name),
	    FIELD_TEXT("type", p->type == PAMC_POOL_TYPE_EPHEMERAL ? "ephemeral" : "persistent"),
	    FIELD_BYTES("page_bytes", (uint64_t)PAMC_BLOCK_SIZE << p->order),
	    {"frozen", UNIT_BOOL, !!(p->flags & PAMC_POOL_FROZEN), NULL, 0},
	    {"exclusive", UNIT_BOOL, !!(p->flags & PAMC_POOL_EXCLUSIVE), NULL, 0},
	    {"durable", UNIT_BOOL, !!(p->flags & PAMC_POOL_DURABLE), NULL, 0},
	    FIELD_NUMBER("domain", p->domain),
	    FIELD_NUMBER("pages", p->pages),
	    FIELD_NUMBER("reserve", p->reserve),
	    FIELD_NUMBER("limit", p->limit),
	    FIELD_BYTES("stored_bytes", p->stored_bytes),
	    FIELD_BYTES("used_bytes", p->used_bytes),
	    FIELD_NUMBER("puts", p->puts),
	    FIELD_NUMBER("puts_refused", p->puts_refused),
	    FIELD_NUMBER("gets", p->gets),
	    FIELD_NUMBER("misses", p->misses),
	    FIELD_NUMBER("flushes", p->flushes),
	    FIELD_NUMBER("evicted", p->evicted),
	    FIELD_NUMBER("errors", p->errors),
	};

	memcpy(fields, row, sizeof(row));
}

int run_pool_list(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamc_pool_info *pools;
	struct field *fields;
	struct pamdev *dev;
	int count;
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 0, 0))
		return EXIT_USAGE;
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	pools = calloc(MAX_POOLS, sizeof(*pools));
	fields = calloc(MAX_POOLS * POOL_FIELDS, sizeof(*fields));
	count = pools && fields ? pamdev_pool_list(dev, 0, pools, MAX_POOLS) : -ENOMEM;
	for (int i = 0; i < count; i++)
		pool_fields(fields + i * POOL_FIELDS, &pools[i]);
	if (count >= 0)
		report_many(session, "pools", "no pools", fields, POOL_FIELDS, (unsigned int)count);
	free(fields);
	free(pools);
	return count < 0 ? refused(count, "%s", session->uri) : EXIT_OK;
}

/* ---- one pool ---- */

/* Options (none) and the one argument. NULL: *code is the exit code. */
static struct pamdev_pool *one_pool(struct session *session, const struct command *command,
				    int argc, char *argv[], int *code)
{
	struct pamdev_pool *pool;

	if (command_option(session, command, argc, argv, code) == -1 && *code >= 0)
		return NULL;
	*code = EXIT_USAGE;
	if (!command_arguments(command, argc, 1, 1))
		return NULL;
	*code = EXIT_FAILED;
	pool = find_pool(session, argv[optind]);
	return pool;
}

int run_pool_destroy(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code;
	struct pamdev_pool *pool = one_pool(session, command, argc, argv, &code);
	int status;

	if (!pool)
		return code;
	status = pamdev_pool_destroy(pool);
	return status ? refused(status, "pool '%s'", argv[optind]) : EXIT_OK;
}

int run_pool_flush(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code;
	struct pamdev_pool *pool = one_pool(session, command, argc, argv, &code);
	int status;

	if (!pool)
		return code;
	status = pamdev_pool_flush(pool);
	pamdev_pool_close(pool);
	return status ? refused(status, "pool '%s'", argv[optind]) : EXIT_OK;
}

/* What pool set is to change. */
struct change {
	uint32_t what;
	uint32_t set, clear; /* of the flags */
	uint64_t reserve, limit;
};

static bool set_option(int option, struct change *change)
{
	switch (option) {
	case 'r':
		change->what |= PAMC_POOL_SET_RESERVE;
		return option_number("reserve", UINT64_MAX, &change->reserve);
	case 'l':
		change->what |= PAMC_POOL_SET_LIMIT;
		return option_number("limit", UINT64_MAX, &change->limit);
	case 'f':
		change->set |= PAMC_POOL_FROZEN;
		break;
	case 'w':
		change->clear |= PAMC_POOL_FROZEN;
		break;
	case 'x':
		change->set |= PAMC_POOL_EXCLUSIVE;
		break;
	default:
		change->clear |= PAMC_POOL_EXCLUSIVE;
	}
	change->what |= PAMC_POOL_SET_FLAGS;
	return true;
}

int run_pool_set(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct change change = {0};
	struct pamc_pool_info info;
	struct pamdev_pool *pool;
	int option;
	int status;
	int code;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		if (!set_option(option, &change))
			return EXIT_USAGE;
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 1, 1))
		return EXIT_USAGE;
	if (!change.what)
		return complain(EXIT_USAGE, "pool set: nothing to change was named");
	if (change.set & change.clear)
		return complain(EXIT_USAGE, "pool set: options contradict each other");
	pool = find_pool(session, argv[optind]);
	if (!pool)
		return EXIT_FAILED;
	status = pamdev_pool_info(pool, &info);
	if (status == 0)
		status =
		    pamdev_pool_set(pool, change.what, (info.flags | change.set) & ~change.clear,
				    change.reserve, change.limit);
	pamdev_pool_close(pool);
	return status ? refused(status, "pool '%s'", argv[optind]) : EXIT_OK;
}
