// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: the operations of the PAM core on them, what becomes of them when the
 * card lost its memory, and those that a predecessor left behind.
 *
 * All pools of this host carry its owner id.  One that carries it and is not
 * known here was made before a crash, or by a command that timed out: it is
 * destroyed, or with adopt=1 kept for whoever creates a pool of that name again.
 * Durable pools are always kept, for whoever opens them by name, until they are
 * destroyed by name.
 */
#include <linux/slab.h>

#include "card.h"

#define PCARD_POOLS_PER_LIST	(PCARD_ADMIN_DATA / sizeof(struct pamc_pool_info))
/* More than any card needs: a broken one must not keep us busy for ever. */
#define PCARD_MAX_LISTS		4096

/* A walk through the card's pools; zeroed to begin with. */
struct pcard_pool_walk {
	u32 id;			/* the next pool has this one or a higher */
	unsigned int lists;	/* so far */
};

static u32 pcard_pool_flags(const struct pam_pool_params *params)
{
	u32 flags = 0;

	if (params->flags & PAM_POOL_EXCLUSIVE)
		flags |= PAMC_POOL_EXCLUSIVE;
	if (params->flags & PAM_POOL_FROZEN)
		flags |= PAMC_POOL_FROZEN;
	if (params->flags & PAM_POOL_DURABLE)
		flags |= PAMC_POOL_DURABLE;
	return flags;
}

/* The card counts in blocks of its own, 4 KiB. */
static u8 pcard_pool_order(const struct pam_pool_params *params)
{
	return params->order + PAGE_SHIFT - PAMC_BLOCK_SHIFT;
}

static void pcard_pool_describe(const struct pam_pool_params *params, struct pamc_pool_info *info)
{
	memset(info, 0, sizeof(*info));
	info->type = params->type == PAM_PERSISTENT ? PAMC_POOL_TYPE_PERSISTENT :
						      PAMC_POOL_TYPE_EPHEMERAL;
	info->order = pcard_pool_order(params);
	info->domain = cpu_to_le16(PAMC_DOMAIN_HOST);
	info->flags = cpu_to_le32(pcard_pool_flags(params));
	info->reserve = cpu_to_le64(params->reserve);
	info->limit = cpu_to_le64(params->limit);
	memcpy(info->name, params->name, min(sizeof(info->name), sizeof(params->name)));
	memcpy(info->owner, &pcard_options.owner, sizeof(info->owner));
}

/* Makes @pool on the card; admin.mutex is held and the admin queue pair works. */
static int pcard_pool_make(struct pcard *card, struct pcard_pool *pool)
{
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_POOL_CREATE };
	int ret;

	pcard_pool_describe(&pool->params, card->admin.data);
	ret = pcard_admin_command(card, &sqe, sizeof(struct pamc_pool_info));
	if (ret)
		return ret;
	WRITE_ONCE(pool->id, le32_to_cpu(card->admin.cqe.result));
	WRITE_ONCE(pool->lost, false);
	return 0;
}

static int pcard_pool_unmake(struct pcard *card, u32 id)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_POOL_DESTROY,
		.id = cpu_to_le32(id),
	};

	int ret = pcard_admin_command(card, &sqe, 0);

	/* An earlier try may have done it. */
	return ret == -ENOENT ? 0 : ret;
}

/*
 * Lists the card's next pools into admin.data and advances @walk past them;
 * admin.mutex is held.  How many there are in admin.data, or a negative errno.
 */
static int pcard_pool_list(struct pcard *card, struct pcard_pool_walk *walk)
{
	const struct pamc_pool_info *info = card->admin.data;
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_POOL_LIST,
		.id = cpu_to_le32(walk->id),
	};
	u32 n, i;
	int ret;

	if (walk->lists++ >= PCARD_MAX_LISTS)
		return -EIO;
	ret = pcard_admin_command(card, &sqe, PCARD_ADMIN_DATA);
	if (ret)
		return ret;
	n = min_t(u32, le32_to_cpu(card->admin.cqe.result), PCARD_POOLS_PER_LIST);
	for (i = 0; i < n; i++) {
		u32 id = le32_to_cpu(info[i].id);

		/* Ids rise; one that does not would have us go round in circles. */
		if (id < walk->id || id == PAMC_ALL)
			return -EIO;
		walk->id = id + 1;
	}
	return n;
}

static bool pcard_pool_is_ours(const struct pamc_pool_info *info)
{
	return !memcmp(info->owner, &pcard_options.owner, sizeof(info->owner));
}

static bool pcard_pool_is_known(struct pcard *card, u32 id)
{
	struct pcard_pool *pool;

	list_for_each_entry(pool, &card->pools, node)
		if (pool->id == id && !pool->lost)
			return true;
	return false;
}

/* The next pool that nobody uses; -ENOENT: none. */
static int pcard_pool_next_orphan(struct pcard *card, struct pcard_pool_walk *walk,
				  struct pamc_pool_info *orphan, unsigned int *foreign)
{
	int n, i;

	while ((n = pcard_pool_list(card, walk)) > 0) {
		const struct pamc_pool_info *info = card->admin.data;

		for (i = 0; i < n; i++) {
			u32 found = le32_to_cpu(info[i].id);

			if (!pcard_pool_is_ours(&info[i])) {
				++*foreign;
			} else if (!pcard_pool_is_known(card, found)) {
				*orphan = info[i];
				walk->id = found + 1;
				return 0;
			}
		}
	}
	return n ?: -ENOENT;
}

static bool pcard_pool_is_durable(const struct pamc_pool_info *info)
{
	return le32_to_cpu(info->flags) & PAMC_POOL_DURABLE;
}

/*
 * Finds the durable pool of that name that nobody uses; admin.mutex is held.
 * -ENOENT: there is none, -ENOTUNIQ: there are several.
 */
static int pcard_pool_find(struct pcard *card, const char *name, struct pamc_pool_info *found)
{
	struct pcard_pool_walk walk = { };
	unsigned int foreign = 0, n = 0;
	struct pamc_pool_info orphan;
	int ret;

	while (!(ret = pcard_pool_next_orphan(card, &walk, &orphan, &foreign))) {
		if (!pcard_pool_is_durable(&orphan) ||
		    strncmp(orphan.name, name, sizeof(orphan.name)))
			continue;
		if (n++)
			return -ENOTUNIQ;
		*found = orphan;
	}
	return ret == -ENOENT && n ? 0 : ret;
}

/*
 * Of a durable pool that lost power older pages are back, so it stays lost until it
 * is closed and opened; but what makes an end of its pages is executed on them.
 */
static int pcard_pool_find_lost(struct pcard_pool *pool, struct pamc_admin_sqe *sqe)
{
	struct pamc_pool_info info;
	int ret;

	if (!pool->durable || (sqe->opcode != PAMC_ADMIN_POOL_DESTROY &&
			       sqe->opcode != PAMC_ADMIN_POOL_FLUSH))
		return -ENODEV;
	ret = pcard_pool_find(pool->card, pool->params.name, &info);
	if (!ret)
		sqe->id = info.id;
	return ret == -ENOENT ? -ENODEV : ret;
}

/*
 * Executes a command on @pool, again when a reset came in between; then the pool may
 * have got another id, or be lost (-ENODEV).  @info: takes the data, or NULL.
 */
static int pcard_pool_run(struct pcard_pool *pool, struct pamc_admin_sqe *sqe,
			  struct pamc_pool_info *info)
{
	struct pcard *card = pool->card;
	unsigned int tries;
	int ret = -EIO;

	for (tries = 0; tries < PCARD_MAX_TRIES; tries++) {
		ret = pcard_admin_begin(card);
		if (ret)
			return ret;
		sqe->id = cpu_to_le32(pool->id);
		ret = pool->lost ? pcard_pool_find_lost(pool, sqe) : 0;
		if (!ret)
			ret = pcard_admin_command(card, sqe, info ? sizeof(*info) : 0);
		/* A lost one that is empty now is as good as new. */
		if (!ret && pool->lost) {
			WRITE_ONCE(pool->id, le32_to_cpu(sqe->id));
			WRITE_ONCE(pool->lost, false);
		}
		/* An empty list leaves what was in the buffer before. */
		if (!ret && info && !le32_to_cpu(card->admin.cqe.result))
			ret = -EIO;
		if (!ret && info)
			memcpy(info, card->admin.data, sizeof(*info));
		pcard_admin_end(card);
		if (!pcard_admin_retry(card, ret))
			break;
	}
	return ret;
}

/**
 * pcard_pools_sweep - destroy pools of ours that nobody uses
 * @card: the card; admin.mutex is held, and the admin queue pair works
 *
 * Sleeps.  Failures are left for the next time.
 */
void pcard_pools_sweep(struct pcard *card)
{
	struct pcard_pool_walk walk = { };
	struct pamc_pool_info orphan;
	unsigned int foreign = 0, durable = 0;

	if (pcard_options.adopt)
		return;
	while (!pcard_pool_next_orphan(card, &walk, &orphan, &foreign)) {
		if (pcard_pool_is_durable(&orphan)) {
			durable++;
			continue;
		}
		dev_warn(pcard_dev(card), "destroying pool %u \"%.32s\" that was left behind with %llu pages\n",
			 le32_to_cpu(orphan.id), orphan.name, le64_to_cpu(orphan.pages));
		if (pcard_pool_unmake(card, le32_to_cpu(orphan.id)))
			return;
	}
	if (foreign)
		dev_info(pcard_dev(card), "%u pools of other owners are left alone\n", foreign);
	if (durable)
		dev_info(pcard_dev(card), "%u durable pools are there to be opened\n", durable);
}

/**
 * pcard_pools_after_loss - the card came back without its memory
 * @card: the card; admin.mutex is held, and the admin queue pair works
 *
 * Ephemeral pools may be empty at any time, so they are made again; what was in
 * persistent pools is lost, and asking for it must fail.  So it must in durable ones,
 * as a page that was put after the last SYNC may have become an older one: who has
 * the pool has to know, and opens it again.
 *
 * Sleeps.
 * Return: 0, or a negative errno when the admin queue pair failed.
 */
int pcard_pools_after_loss(struct pcard *card)
{
	struct pcard_pool *pool;
	int ret;

	list_for_each_entry(pool, &card->pools, node)
		WRITE_ONCE(pool->lost, true);
	list_for_each_entry(pool, &card->pools, node) {
		if (pool->persistent) {
			dev_err(pcard_dev(card), "pool \"%s\": %s\n", pool->params.name,
				pool->durable ? "open it again, what was not synced is lost" :
						"all pages are lost");
			continue;
		}
		ret = pcard_pool_make(card, pool);
		if (ret == -EAGAIN || ret == -ETIMEDOUT || ret == -ENODEV)
			return ret;
		if (ret)
			dev_err(pcard_dev(card), "pool \"%s\" cannot be made again: %d\n",
				pool->params.name, ret);
	}
	return 0;
}

/* Finds an orphan to adopt for @pool; admin.mutex is held. */
static bool pcard_pool_adopt(struct pcard *card, struct pcard_pool *pool)
{
	struct pamc_pool_info orphan, wanted;
	struct pcard_pool_walk walk = { };
	unsigned int foreign = 0;

	pcard_pool_describe(&pool->params, &wanted);
	while (!pcard_pool_next_orphan(card, &walk, &orphan, &foreign)) {
		if (memcmp(orphan.name, wanted.name, sizeof(wanted.name)) ||
		    orphan.type != wanted.type || orphan.order != wanted.order ||
		    pcard_pool_is_durable(&orphan))
			continue;
		pool->id = le32_to_cpu(orphan.id);
		dev_info(pcard_dev(card), "adopting pool %u \"%s\" with %llu pages\n", pool->id,
			 pool->params.name, le64_to_cpu(orphan.pages));
		return true;
	}
	return false;
}

/* Makes a durable pool, unless an earlier try did; admin.mutex is held. */
static int pcard_pool_make_durable(struct pcard *card, struct pcard_pool *pool)
{
	struct pamc_pool_info info;
	int ret = pcard_pool_find(card, pool->params.name, &info);

	if (!ret && pool->unique) {
		WRITE_ONCE(pool->id, le32_to_cpu(info.id));
		WRITE_ONCE(pool->lost, false);
		return 0;
	}
	if (ret != -ENOENT)
		return !ret || ret == -ENOTUNIQ ? -EEXIST : ret;
	pool->unique = true;
	return pcard_pool_make(card, pool);
}

/* A new pool on the card, or one that was left behind; admin.mutex is held. */
static int pcard_pool_begin(struct pcard *card, struct pcard_pool *pool)
{
	if (pool->durable)
		return pcard_pool_make_durable(card, pool);
	if (pcard_options.adopt && pcard_pool_adopt(card, pool))
		return 0;
	return pcard_pool_make(card, pool);
}

/* Takes the durable pool of that name; admin.mutex is held. */
static int pcard_pool_resume(struct pcard *card, struct pcard_pool *pool)
{
	const unsigned int shift = PAGE_SHIFT - PAMC_BLOCK_SHIFT;
	struct pam_pool_params *params = &pool->params;
	struct pamc_pool_info info;
	int ret = pcard_pool_find(card, params->name, &info);
	u32 flags;

	if (ret)
		return ret;
	if (info.order < shift || info.order - shift > card->max_order ||
	    info.type != PAMC_POOL_TYPE_PERSISTENT ||
	    le16_to_cpu(info.domain) != PAMC_DOMAIN_HOST)
		return -EOPNOTSUPP;
	flags = le32_to_cpu(info.flags);
	params->flags = PAM_POOL_DURABLE;
	if (flags & PAMC_POOL_EXCLUSIVE)
		params->flags |= PAM_POOL_EXCLUSIVE;
	if (flags & PAMC_POOL_FROZEN)
		params->flags |= PAM_POOL_FROZEN;
	params->order = info.order - shift;
	params->reserve = le64_to_cpu(info.reserve);
	params->limit = le64_to_cpu(info.limit);
	pool->id = le32_to_cpu(info.id);
	pool->unique = true;
	dev_info(pcard_dev(card), "opening durable pool %u \"%s\" with %llu pages\n", pool->id,
		 params->name, le64_to_cpu(info.pages));
	return 0;
}

/* The host's half of a pool, with what @begin does for that of the card. */
static struct pcard_pool *pcard_pool_new(struct pcard *card, const struct pam_pool_params *params,
					 int (*begin)(struct pcard *card, struct pcard_pool *pool))
{
	unsigned int tries = PCARD_MAX_TRIES;
	struct pcard_pool *pool;
	int ret;

	if (params->flags & PAM_POOL_DURABLE && !PAMC_GET(PAMC_CAP_DURABLE, card->cap)) {
		dev_err(pcard_dev(card), "pool \"%s\": this card has no durable pools\n",
			params->name);
		return ERR_PTR(-EOPNOTSUPP);
	}
	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->card = card;
	pool->params = *params;
	pool->persistent = params->type == PAM_PERSISTENT;
	pool->durable = params->flags & PAM_POOL_DURABLE;

	do {
		ret = pcard_admin_begin(card);
		if (ret)
			break;
		ret = begin(card, pool);
		if (!ret) {
			pool->bytes = PAGE_SIZE << pool->params.order;
			list_add_tail(&pool->node, &card->pools);
		}
		pcard_admin_end(card);
		/* What a command made that timed out, the bring-up sweeps away. */
	} while (pcard_admin_retry(card, ret) && --tries);

	if (ret) {
		kfree(pool);
		return ERR_PTR(ret);
	}
	return pool;
}

/**
 * pcard_pool_create - see &struct pam_backend_ops
 * @backend: this card's
 * @params: what it is to be
 * @priv: set to the struct pcard_pool
 *
 * Return: 0, -EOPNOTSUPP, -ENOSPC, -ENOMEM, -EEXIST, -ENODEV, -EIO.
 */
int pcard_pool_create(struct pam_backend *backend, const struct pam_pool_params *params,
		      void **priv)
{
	struct pcard *card = pam_backend_priv(backend);
	struct pcard_pool *pool;

	if (params->order > card->max_order)
		return -EOPNOTSUPP;
	pool = pcard_pool_new(card, params, pcard_pool_begin);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	*priv = pool;
	return 0;
}

/**
 * pcard_pool_open - see &struct pam_backend_ops
 * @backend: this card's
 * @params: its name; the rest is filled in
 * @priv: set to the struct pcard_pool
 *
 * Return: 0, -ENOENT, -ENOTUNIQ, -EOPNOTSUPP, -ENOMEM, -ENODEV, -EIO.
 */
int pcard_pool_open(struct pam_backend *backend, struct pam_pool_params *params, void **priv)
{
	struct pcard_pool *pool;

	pool = pcard_pool_new(pam_backend_priv(backend), params, pcard_pool_resume);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	*params = pool->params;
	*priv = pool;
	return 0;
}

/**
 * pcard_pool_close - see &struct pam_backend_ops
 * @backend: this card's
 * @priv: the struct pcard_pool
 */
void pcard_pool_close(struct pam_backend *backend, void *priv)
{
	struct pcard_pool *pool = priv;
	struct pcard *card = pool->card;

	mutex_lock(&card->admin.mutex);
	list_del(&pool->node);
	mutex_unlock(&card->admin.mutex);
	kfree(pool);
}

/**
 * pcard_pool_destroy - see &struct pam_backend_ops
 * @backend: this card's
 * @priv: the struct pcard_pool
 */
void pcard_pool_destroy(struct pam_backend *backend, void *priv)
{
	struct pcard_pool *pool = priv;
	struct pcard *card = pool->card;
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_POOL_DESTROY };
	int ret = pcard_pool_run(pool, &sqe, NULL);

	/* -ENOENT: by an earlier try. */
	if (ret && ret != -ENODEV && ret != -ENOENT)
		dev_err(pcard_dev(card), "pool \"%s\" could not be destroyed: %d\n",
			pool->params.name, ret);
	pcard_pool_close(backend, pool);
}

/**
 * pcard_pool_set - see &struct pam_backend_ops
 * @backend: this card's
 * @priv: the struct pcard_pool
 * @params: new flags, reserve and limit
 *
 * Return: 0, -ENOSPC, -ENODEV, -EIO.
 */
int pcard_pool_set(struct pam_backend *backend, void *priv, const struct pam_pool_params *params)
{
	struct pcard_pool *pool = priv;
	struct pcard *card = pool->card;
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_POOL_SET,
		.p.pool_set = {
			.what = cpu_to_le32(PAMC_POOL_SET_ALL_FLAGS),
			.flags = cpu_to_le32(pcard_pool_flags(params)),
			.reserve = cpu_to_le64(params->reserve),
			.limit = cpu_to_le64(params->limit),
		},
	};
	int ret;

	ret = pcard_pool_run(pool, &sqe, NULL);
	if (ret)
		return ret;
	mutex_lock(&card->admin.mutex);
	pool->params.flags = params->flags;
	pool->params.reserve = params->reserve;
	pool->params.limit = params->limit;
	mutex_unlock(&card->admin.mutex);
	return 0;
}

/* A lost pool is as good as new once nobody expects its pages any more. */
static int pcard_pool_revive(struct pcard *card, struct pcard_pool *pool)
{
	int ret = pcard_admin_begin(card);

	if (ret)
		return ret;
	if (pool->lost)
		ret = pool->durable ? pcard_pool_make_durable(card, pool) :
				      pcard_pool_make(card, pool);
	pcard_admin_end(card);
	return ret;
}

/**
 * pcard_pool_flush - see &struct pam_backend_ops
 * @backend: this card's
 * @priv: the struct pcard_pool
 *
 * Return: 0, -ENODEV, -EIO; for a pool that was lost also -ENOSPC, -ENOMEM.
 */
int pcard_pool_flush(struct pam_backend *backend, void *priv)
{
	struct pcard_pool *pool = priv;
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_POOL_FLUSH };
	int ret = pcard_pool_run(pool, &sqe, NULL);

	return ret == -ENODEV && pool->lost ? pcard_pool_revive(pool->card, pool) : ret;
}

/**
 * pcard_pool_stats - see &struct pam_backend_ops
 * @backend: this card's
 * @priv: the struct pcard_pool
 * @stats: filled in
 *
 * Return: 0, -ENODEV, -EIO.
 */
int pcard_pool_stats(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats)
{
	struct pcard_pool *pool = priv;
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_POOL_LIST };
	struct pamc_pool_info info;
	int ret;

	ret = pcard_pool_run(pool, &sqe, &info);
	if (ret)
		return ret;
	/* A list begins with the next pool when there is none of that id. */
	if (info.id != sqe.id)
		return -EIO;
	stats->pages = le64_to_cpu(info.pages);
	stats->stored_bytes = le64_to_cpu(info.stored_bytes);
	stats->used_bytes = le64_to_cpu(info.used_bytes);
	/* The card counts blocks. */
	stats->same_pages = le64_to_cpu(info.same_pages) >> pcard_pool_order(&pool->params);
	stats->evicted = le64_to_cpu(info.evicted);
	return 0;
}

/**
 * pcard_pools_persistent_pages - pages that must not be lost
 * @card: the card, live
 * @pages: set to how many pages our persistent pools hold
 *
 * Sleeps.  Return: 0, or as pcard_admin_begin and pcard_admin_command.
 */
int pcard_pools_persistent_pages(struct pcard *card, u64 *pages)
{
	const struct pamc_pool_info *info = card->admin.data;
	struct pcard_pool_walk walk = { };
	int n;

	*pages = 0;
	n = pcard_admin_begin(card);
	if (n)
		return n;
	while ((n = pcard_pool_list(card, &walk)) > 0)
		while (n--)
			if (info[n].type == PAMC_POOL_TYPE_PERSISTENT &&
			    pcard_pool_is_known(card, le32_to_cpu(info[n].id)))
				*pages += le64_to_cpu(info[n].pages);
	pcard_admin_end(card);
	return n;
}

/**
 * pcard_pools_emit_unused - for sysfs: durable pools that can be opened
 * @card: the card
 * @buf: a page; set to their names, one a line, as many as it takes
 *
 * Sleeps.  Return: the length, or a negative errno.
 */
ssize_t pcard_pools_emit_unused(struct pcard *card, char *buf)
{
	struct pcard_pool_walk walk = { };
	struct pamc_pool_info orphan;
	unsigned int foreign = 0;
	ssize_t length = 0;
	int ret;

	ret = pcard_admin_begin(card);
	if (ret)
		return ret;
	while (!(ret = pcard_pool_next_orphan(card, &walk, &orphan, &foreign)))
		/* Others may have given names that are more than a line. */
		if (pcard_pool_is_durable(&orphan))
			length += sysfs_emit_at(buf, length, "%*pE\n",
						(int)strnlen(orphan.name, sizeof(orphan.name)),
						orphan.name);
	pcard_admin_end(card);
	return ret == -ENOENT ? length : ret;
}
