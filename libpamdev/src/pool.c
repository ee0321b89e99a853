// SPDX-License-Identifier: Apache-2.0
/*
 * Pools: admin commands, and the small handle that operations refer to.
 */
#include <stdlib.h>
#include <string.h>

#include "device.h"

/* Pools fetched by one POOL_LIST while looking for one of them. */
#define LIST_PART 32u

static struct pamdev_pool *pool_new(struct pamdev *dev, const struct pamc_pool_info *info)
{
	struct pamdev_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->dev = dev;
	pool->epoch = atomic_load(&dev->epoch);
	pool->id = info->id;
	pool->order = info->order;
	pool->type = info->type;
	pool->domain = info->domain;
	return pool;
}

/* Lost with power? Its id may be another pool's by now. */
static int pool_lost(const struct pamdev_pool *pool)
{
	return pool->epoch == atomic_load(&pool->dev->epoch) ? 0 : -ENXIO;
}

static int pool_command(struct pamdev *dev, enum pamc_admin opcode, uint32_t id)
{
	struct pamc_admin_sqe entry = {.opcode = (uint8_t)opcode, .id = id};

	return admin_command(dev, &entry, NULL, 0, NULL, 0, NULL);
}

int pamdev_pool_create(struct pamdev *dev, const struct pamdev_pool_options *options,
		       struct pamdev_pool **pool)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_POOL_CREATE};
	struct pamc_pool_info info = {0};
	struct pamc_cqe cqe;
	int status;

	*pool = NULL;
	if (options->order > PAMC_MAX_PAGE_ORDER || options->type > PAMC_POOL_TYPE_PERSISTENT ||
	    (options->flags & ~PAMC_POOL_ALL_FLAGS) ||
	    (options->name && strlen(options->name) >= PAMC_POOL_NAME_LEN))
		return -EINVAL;
	info.type = (uint8_t)options->type;
	info.order = (uint8_t)options->order;
	info.flags = options->flags;
	info.domain = options->domain;
	info.reserve = options->reserve;
	info.limit = options->limit;
	memcpy(info.owner, options->owner, sizeof(info.owner));
	if (options->name)
		memcpy(info.name, options->name, strlen(options->name));
	status = admin_command(dev, &entry, &info, sizeof(info), NULL, 0, &cqe);
	if (status != 0)
		return status;
	info.id = cqe.result;
	*pool = pool_new(dev, &info);
	if (!*pool) {
		pool_command(dev, PAMC_ADMIN_POOL_DESTROY, info.id);
		return -ENOMEM;
	}
	return 0;
}

int pamdev_pool_list(struct pamdev *dev, uint32_t from, struct pamc_pool_info *infos,
		     unsigned int max)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_POOL_LIST, .id = from};
	const unsigned int most = PAMC_MAX_ADMIN_DATA / sizeof(*infos);
	unsigned int done = 0;

	while (done < max) {
		unsigned int part = max - done < most ? max - done : most;
		struct pamc_cqe cqe;
		int status =
		    admin_command(dev, &entry, NULL, 0, &infos[done], part * sizeof(*infos), &cqe);

		if (status != 0)
			return status;
		if (cqe.result > part)
			return -EPROTO;
		done += cqe.result;
		if (cqe.result < part || infos[done - 1].id == UINT32_MAX)
			break;
		entry.id = infos[done - 1].id + 1;
	}
	return (int)done;
}

/*
 * The pools, part by part, until found says that it is enough (a positive
 * number) or they are at their end. Returns what found returned last.
 */
static int pool_search(struct pamdev *dev, uint32_t from,
		       int (*found)(const struct pamc_pool_info *info, void *context),
		       void *context)
{
	struct pamc_pool_info *infos = malloc(LIST_PART * sizeof(*infos));
	int count = (int)LIST_PART;
	int verdict = 0;

	if (!infos)
		return -ENOMEM;
	while (verdict == 0 && count == (int)LIST_PART) {
		count = pamdev_pool_list(dev, from, infos, LIST_PART);
		if (count < 0)
			verdict = count;
		for (int i = 0; i < count && verdict == 0; i++)
			verdict = found(&infos[i], context);
		if (count > 0)
			from = infos[count - 1].id + 1;
	}
	free(infos);
	return verdict;
}

struct by_name {
	const char *name;
	unsigned int matches;
	struct pamc_pool_info info;
};

static int match_name(const struct pamc_pool_info *info, void *context)
{
	struct by_name *wanted = context;

	if (strncmp((const char *)info->name, wanted->name, PAMC_POOL_NAME_LEN) != 0)
		return 0;
	wanted->info = *info;
	wanted->matches++;
	return 0;
}

int pamdev_pool_open(struct pamdev *dev, const char *name, struct pamdev_pool **pool)
{
	struct by_name wanted = {.name = name};
	int status;

	*pool = NULL;
	if (!name || !*name || strlen(name) >= PAMC_POOL_NAME_LEN)
		return -EINVAL;
	status = pool_search(dev, 0, match_name, &wanted);
	if (status != 0)
		return status;
	if (wanted.matches != 1)
		return wanted.matches ? -ENOTUNIQ : -ENOENT;
	*pool = pool_new(dev, &wanted.info);
	return *pool ? 0 : -ENOMEM;
}

int pamdev_pool_open_id(struct pamdev *dev, uint32_t id, struct pamdev_pool **pool)
{
	struct pamc_pool_info info;
	int count = pamdev_pool_list(dev, id, &info, 1);

	*pool = NULL;
	if (count < 0)
		return count;
	if (count == 0 || info.id != id)
		return -ENOENT;
	*pool = pool_new(dev, &info);
	return *pool ? 0 : -ENOMEM;
}

void pamdev_pool_close(struct pamdev_pool *pool)
{
	free(pool);
}

int pamdev_pool_destroy(struct pamdev_pool *pool)
{
	int status = 0;

	/* What is lost need not be destroyed. */
	if (pool_lost(pool) == 0)
		status = pool_command(pool->dev, PAMC_ADMIN_POOL_DESTROY, pool->id);
	free(pool);
	return status;
}

int pamdev_pool_flush(struct pamdev_pool *pool)
{
	int status = pool_lost(pool);

	return status ? status : pool_command(pool->dev, PAMC_ADMIN_POOL_FLUSH, pool->id);
}

int pamdev_pool_set(struct pamdev_pool *pool, uint32_t what, uint32_t flags, uint64_t reserve,
		    uint64_t limit)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_POOL_SET, .id = pool->id};
	int status = pool_lost(pool);

	if (status != 0)
		return status;
	entry.p.pool_set.what = what;
	entry.p.pool_set.flags = flags;
	entry.p.pool_set.reserve = reserve;
	entry.p.pool_set.limit = limit;
	return admin_command(pool->dev, &entry, NULL, 0, NULL, 0, NULL);
}

int pamdev_pool_info(struct pamdev_pool *pool, struct pamc_pool_info *info)
{
	int count = pool_lost(pool);

	if (count == 0)
		count = pamdev_pool_list(pool->dev, pool->id, info, 1);
	if (count < 0)
		return count;
	return count == 1 && info->id == pool->id ? 0 : -ENXIO;
}

uint32_t pamdev_pool_id(const struct pamdev_pool *pool)
{
	return pool->id;
}

size_t pamdev_pool_page_size(const struct pamdev_pool *pool)
{
	return (size_t)PAMC_BLOCK_SIZE << pool->order;
}
