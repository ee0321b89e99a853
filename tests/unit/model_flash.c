// SPDX-License-Identifier: Apache-2.0
/*
 * The card model with flash behind its memory, from outside: what IDENTIFY and logs tell, durable
 * pools over power cycles, shutdown and SANITIZE, pages that flash cannot read any more, and
 * power that goes in the middle of any operation of flash.
 */
#include <string.h>

#include "crc32c.h"
#include "rig.h"
#include "tap.h"

#define FIELD(name) offsetof(struct pamc_admin_sqe, name)
#define DRAM        (UINT64_C(2) << 20)
#define FLASH       (UINT64_C(32) << 20)
/* Pages of rig_fill that are some times more than memory. */
#define MANY 3000u

static struct rig rig;
static struct rig_queue admin, io;
static uint64_t buffer, page; /* in host memory */

static bool session(void)
{
	struct rig_queue_config config = {.sq_shift = 6, .cq_shift = 6};

	return rig_enable(&rig, &admin, 5) &&
	       rig_queue_create(&admin, &io, 1, &config) == PAMC_STATUS_SUCCESS;
}

static bool start(void)
{
	struct pam_model_config config;

	pam_model_config_init(&config);
	config.dram_bytes = DRAM;
	config.flash_bytes = FLASH;
	config.seed = 1;
	if (!rig_open(&rig, &config) || !session()) {
		return false;
	}
	buffer = rig_alloc(&rig, PAMC_MAX_ADMIN_DATA);
	page = rig_alloc(&rig, PAMC_BLOCK_SIZE << PAMC_MAX_PAGE_ORDER);
	return true;
}

/* Power goes and comes back, and the host starts anew. */
static bool cycle(void)
{
	char message[200] = "";
	int error;

	pam_model_power_cycle(rig.model);
	error = pam_model_check(rig.model, message, sizeof(message));
	if (error) {
		printf("# %s\n", message);
	}
	rig_disable(&rig);
	return error == 0 && session();
}

static enum pamc_status put(uint32_t pool, uint64_t index, uint64_t seed, size_t size)
{
	rig_fill(rig_at(&rig, page), size, seed);
	return rig_page(&io, PAMC_OP_PUT, pool, index, page, 0);
}

static enum pamc_status get(uint32_t pool, uint64_t index)
{
	memset(rig_at(&rig, page), 0x5a, PAMC_BLOCK_SIZE);
	return rig_page(&io, PAMC_OP_GET, pool, index, page, 0);
}

/* What a get brings is this content. */
static bool brings(uint32_t pool, uint64_t index, uint64_t seed, size_t size)
{
	static uint8_t want[PAMC_BLOCK_SIZE << PAMC_MAX_PAGE_ORDER];

	if (get(pool, index) != PAMC_STATUS_SUCCESS) {
		return false;
	}
	rig_fill(want, size, seed);
	return memcmp(rig_at(&rig, page), want, size) == 0;
}

static enum pamc_status pool_command(unsigned int opcode, uint32_t pool)
{
	return rig_page(&io, opcode, pool, 0, 0, 0);
}

/* The tier that QUERY tells, or a negative status. */
static int tier_of(uint32_t pool, uint64_t index, uint32_t *crc)
{
	union rig_sqe sqe = {
	    .io = {.opcode = PAMC_OP_QUERY, .pool = pool, .object = {7, 7, 7}, .index = index}};
	enum pamc_status status;
	struct pamc_cqe cqe;

	status = rig_command(&io, &sqe, &cqe);
	if (crc) {
		*crc = cqe.result;
	}
	return status == PAMC_STATUS_SUCCESS ? (int)(cqe.info >> 24) : -(int)status;
}

/* How many pools there are; the first in *info. */
static unsigned int list(struct pamc_pool_info *info)
{
	struct pamc_cqe cqe;

	if (rig_admin(&admin, PAMC_ADMIN_POOL_LIST, 0, buffer, sizeof(*info), &cqe)) {
		return 1000;
	}
	memcpy(info, rig_at(&rig, buffer), sizeof(*info));
	return cqe.info;
}

static struct pamc_log_wear wear(void)
{
	struct pamc_log_wear log = {0};

	pam_model_log(rig.model, PAMC_LOG_WEAR, &log, sizeof(log));
	return log;
}

TAP_CASE(identify)
{
	struct pamc_identify id;

	TAP_CHECK(start(), "no card");
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, buffer, sizeof(id), NULL),
		  PAMC_STATUS_SUCCESS);
	memcpy(&id, rig_at(&rig, buffer), sizeof(id));
	TAP_CHECK(id.flash_bytes <= FLASH && id.flash_bytes > FLASH / 2, "flash");
	TAP_EQUAL(PAMC_GET(PAMC_CAP_FLASH, id.cap), 1);
	TAP_EQUAL(PAMC_GET(PAMC_CAP_DURABLE, id.cap), 1);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_CAP, 8), id.cap);
	return true;
}

/* Every size that is allowed makes a card, whatever part it is made of. */
TAP_CASE(sizes)
{
	static const uint64_t mib[] = {16,   17,   31,   64,    100,   512,      1000,
				       2047, 2048, 2049, 10000, 65536, 256 << 10};
	struct pam_model_config config;
	struct pamc_log_wear log;

	pam_model_config_init(&config);
	config.dram_bytes = DRAM;
	for (unsigned int i = 0; i < sizeof(mib) / sizeof(mib[0]); i++) {
		config.flash_bytes = mib[i] << 20;
		TAP_CHECK(rig_open(&rig, &config), "%u MiB", (unsigned int)mib[i]);
		log = wear();
		TAP_CHECK(log.spare_blocks > 0, "%u MiB: no block is free", (unsigned int)mib[i]);
	}
	config.flash_bytes = UINT64_C(15) << 20;
	TAP_CHECK(!rig_open(&rig, &config), "so little flash is no flash");
	config.flash_bytes = UINT64_C(257) << 30;
	TAP_CHECK(!rig_open(&rig, &config), "so much flash");
	return true;
}

static void describe(struct pamc_pool_info *info)
{
	*info = (struct pamc_pool_info){.type = PAMC_POOL_TYPE_PERSISTENT,
					.order = 2,
					.flags = PAMC_POOL_DURABLE | PAMC_POOL_EXCLUSIVE,
					.domain = 0x1234,
					.reserve = 3,
					.limit = 70000,
					.owner = {0x1122334455667788, 0x99aabbccddeeff00}};
	strcpy((char *)info->name, "a name of thirty-one characters");
}

static uint32_t create(const struct pamc_pool_info *info, enum pamc_status *status)
{
	struct pamc_cqe cqe;

	memcpy(rig_at(&rig, buffer), info, sizeof(*info));
	*status = rig_admin(&admin, PAMC_ADMIN_POOL_CREATE, 0, buffer, sizeof(*info), &cqe);
	return *status == PAMC_STATUS_SUCCESS ? cqe.result : 0;
}

static enum pamc_status set(uint32_t pool, uint32_t what, uint32_t flags, uint64_t limit)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_POOL_SET, .id = pool}};

	sqe.admin.p.pool_set.what = what;
	sqe.admin.p.pool_set.flags = flags;
	sqe.admin.p.pool_set.limit = limit;
	return rig_command(&admin, &sqe, NULL);
}

TAP_CASE(pools)
{
	struct pamc_pool_info wanted, found;
	enum pamc_status status;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	describe(&wanted);
	wanted.type = PAMC_POOL_TYPE_EPHEMERAL;
	wanted.reserve = 0;
	create(&wanted, &status);
	TAP_EQUAL(status, PAMC_STATUS_BAD_FIELD);
	describe(&wanted);
	pool = create(&wanted, &status);
	TAP_EQUAL(status, PAMC_STATUS_SUCCESS);
	/* One that is not durable is gone, and does not become so. */
	TAP_CHECK(rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0), "no second pool");
	TAP_EQUAL(set(pool + 1, PAMC_POOL_SET_FLAGS, PAMC_POOL_DURABLE, 0),
		  PAMC_STATUS_NOT_SUPPORTED);
	TAP_EQUAL(set(pool, PAMC_POOL_SET_FLAGS, 0, 0), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.pool_set.flags));
	TAP_CHECK(cycle(), "no card after the power cycle");
	TAP_EQUAL(list(&found), 1);
	TAP_EQUAL(found.type, wanted.type);
	TAP_EQUAL(found.order, wanted.order);
	TAP_EQUAL(found.flags, wanted.flags);
	TAP_EQUAL(found.domain, wanted.domain);
	TAP_EQUAL(found.reserve, wanted.reserve);
	TAP_EQUAL(found.limit, wanted.limit);
	TAP_EQUAL(found.pages, 0);
	TAP_CHECK(memcmp(found.owner, wanted.owner, sizeof(found.owner)) == 0, "owner");
	TAP_CHECK(memcmp(found.name, wanted.name, sizeof(found.name)) == 0, "name");
	/* What it is changed to stays as well, once it is in flash. */
	TAP_EQUAL(set(found.id, PAMC_POOL_SET_FLAGS | PAMC_POOL_SET_LIMIT,
		      PAMC_POOL_DURABLE | PAMC_POOL_FROZEN, 99),
		  PAMC_STATUS_SUCCESS);
	describe(&wanted);
	create(&wanted, &status);
	TAP_CHECK(cycle(), "no card after the power cycle");
	TAP_EQUAL(list(&found), 2);
	TAP_EQUAL(found.limit, 99);
	TAP_EQUAL(found.flags, PAMC_POOL_DURABLE | PAMC_POOL_FROZEN);
	return true;
}

TAP_CASE(tiers)
{
	uint32_t pool, lasting, crc, told = 0;
	struct pamc_pool_info found;
	struct pamc_log_capacity empty, full;
	unsigned int in_flash = 0;

	TAP_CHECK(start(), "no card");
	pam_model_log(rig.model, PAMC_LOG_CAPACITY, &empty, sizeof(empty));
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	lasting = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (uint64_t i = 0; i < MANY; i++) {
		TAP_CHECK(put(pool, i, i, PAMC_BLOCK_SIZE) == PAMC_STATUS_SUCCESS, "page %u",
			  (unsigned int)i);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		in_flash += tier_of(pool, i, NULL) == PAMC_TIER_FLASH;
	}
	pam_model_log(rig.model, PAMC_LOG_CAPACITY, &full, sizeof(full));
	TAP_CHECK(in_flash > MANY / 4, "%u of %u pages are in flash", in_flash, MANY);
	/* What flash is full of is told: at least those, which are longer than a stub. */
	TAP_CHECK(empty.flash_bytes > FLASH / 2 && full.flash_bytes == empty.flash_bytes, "flash");
	TAP_EQUAL(empty.flash_used_bytes, 0);
	TAP_CHECK(full.flash_used_bytes > in_flash * 160 &&
		      full.flash_used_bytes < full.stored_bytes,
		  "%llu bytes of flash for %u pages of %llu in all",
		  (unsigned long long)full.flash_used_bytes, in_flash,
		  (unsigned long long)full.stored_bytes);
	TAP_EQUAL(tier_of(pool, 0, NULL), PAMC_TIER_FLASH);
	TAP_EQUAL(tier_of(pool, MANY - 1, NULL), PAMC_TIER_DRAM);
	for (uint64_t i = 0; i < MANY; i++) {
		TAP_CHECK(brings(pool, i, i, PAMC_BLOCK_SIZE), "page %u", (unsigned int)i);
	}
	/* After a sync all of a durable pool is there. */
	put(lasting, 5, 5, PAMC_BLOCK_SIZE);
	TAP_EQUAL(tier_of(lasting, 5, NULL), PAMC_TIER_DRAM);
	TAP_EQUAL(pool_command(PAMC_OP_SYNC, lasting), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(tier_of(lasting, 5, NULL), PAMC_TIER_FLASH);
	/* A page's CRC is told when nobody has read it since power was away, too. */
	TAP_CHECK(cycle(), "no card after the power cycle");
	rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, 5);
	crc = crc32c(rig_at(&rig, page), PAMC_BLOCK_SIZE);
	TAP_EQUAL(list(&found), 1);
	TAP_EQUAL(tier_of(found.id, 5, &told), PAMC_TIER_FLASH);
	TAP_EQUAL(told, crc);
	return true;
}

TAP_CASE(unreadable)
{
	struct pamc_pool_info info;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (uint64_t i = 0; i < 20; i++) {
		put(pool, i, i, PAMC_BLOCK_SIZE);
	}
	TAP_EQUAL(pool_command(PAMC_OP_SYNC, pool), PAMC_STATUS_SUCCESS);
	put(pool, 19, 19, PAMC_BLOCK_SIZE); /* in memory again */
	pam_model_spoil_flash(rig.model);
	for (unsigned int round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < 19; i++) {
			TAP_EQUAL(get(pool, i), PAMC_STATUS_UNCORRECTABLE);
		}
	}
	TAP_CHECK(brings(pool, 19, 19, PAMC_BLOCK_SIZE), "a page in memory");
	list(&info);
	TAP_EQUAL(info.errors, 38);
	TAP_EQUAL(info.pages, 20);
	TAP_CHECK(wear().uncorrectable > 0, "nobody noticed");
	/* A put or a flush heals. */
	TAP_EQUAL(put(pool, 3, 33, PAMC_BLOCK_SIZE), PAMC_STATUS_SUCCESS);
	TAP_CHECK(brings(pool, 3, 33, PAMC_BLOCK_SIZE), "a page that was put again");
	TAP_EQUAL(rig_page(&io, PAMC_OP_FLUSH_PAGE, pool, 4, 0, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(pool, 4), PAMC_STATUS_MISS);
	return true;
}

TAP_CASE(figures)
{
	struct pamc_log_health health;
	struct pamc_log_wear before, after;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	before = wear();
	TAP_EQUAL(before.host_bytes, 0);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	/* Over and over: flash is written several times. */
	for (uint64_t i = 0; i < 8 * MANY; i++) {
		TAP_EQUAL(put(pool, i % MANY, i, PAMC_BLOCK_SIZE), PAMC_STATUS_SUCCESS);
	}
	after = wear();
	TAP_CHECK(after.host_bytes > FLASH / 4, "%llu bytes went to flash",
		  (unsigned long long)after.host_bytes);
	TAP_CHECK(after.flash_bytes > after.host_bytes, "flash took less");
	TAP_CHECK(after.erase_max > 0 && after.erase_max >= after.erase_mean &&
		      after.erase_mean >= after.erase_min,
		  "erases");
	TAP_CHECK(after.spare_blocks < before.spare_blocks, "spare blocks");
	pam_model_log(rig.model, PAMC_LOG_HEALTH, &health, sizeof(health));
	TAP_EQUAL(health.spare_percent, 100);
	TAP_EQUAL(health.warnings, 0);
	return true;
}

static enum pamc_status feature(unsigned int opcode, uint64_t *value)
{
	union rig_sqe sqe = {.admin = {.opcode = (uint8_t)opcode, .id = PAMC_FEATURE_DIRTY_BUDGET}};
	enum pamc_status status;
	struct pamc_cqe cqe;

	sqe.admin.p.feature.value = *value;
	status = rig_command(&admin, &sqe, &cqe);
	if (opcode == PAMC_ADMIN_FEATURE_GET) {
		*value = cqe.result | (uint64_t)cqe.info << 32;
	}
	return status;
}

TAP_CASE(dirty_budget)
{
	uint64_t budget = 0, more;
	unsigned int in_dram = 0;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, &budget), PAMC_STATUS_SUCCESS);
	TAP_CHECK(budget >= 64 << 10, "a budget of %u bytes", (unsigned int)budget);
	more = budget + 1;
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, &more), PAMC_STATUS_BAD_FIELD);
	/* As good as none: each put waits until flash has the one before. */
	budget = 1;
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, &budget), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, &budget), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(budget, 1);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (uint64_t i = 0; i < 30; i++) {
		TAP_EQUAL(put(pool, i, i, PAMC_BLOCK_SIZE), PAMC_STATUS_SUCCESS);
	}
	for (uint64_t i = 0; i < 30; i++) {
		in_dram += tier_of(pool, i, NULL) == PAMC_TIER_DRAM;
	}
	TAP_CHECK(in_dram <= 1, "%u pages are in memory alone", in_dram);
	return true;
}

static bool sanitized(void)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_SANITIZE}};
	struct pamc_log_progress progress;

	if (rig_command(&admin, &sqe, NULL) != PAMC_STATUS_SUCCESS) {
		return false;
	}
	do {
		rig_run(&rig);
		pam_model_log(rig.model, PAMC_LOG_SANITIZE, &progress, sizeof(progress));
	} while (progress.running);
	return progress.outcome == 1;
}

/* Bytes that no codec makes shorter: they stand in flash as they are. */
static void fill_secret(uint8_t *to, uint64_t seed)
{
	for (size_t i = 0; i < PAMC_BLOCK_SIZE; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		to[i] = (uint8_t)(seed >> 56);
	}
}

TAP_CASE(sanitize)
{
	static uint8_t secret[PAMC_BLOCK_SIZE];
	struct pamc_log_progress log;
	struct pamc_pool_info info;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (uint64_t i = 0; i < 500; i++) {
		put(pool, i, i, PAMC_BLOCK_SIZE);
	}
	fill_secret(secret, 1);
	memcpy(rig_at(&rig, page), secret, sizeof(secret));
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 500, page, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(pool_command(PAMC_OP_SYNC, pool), PAMC_STATUS_SUCCESS);
	TAP_CHECK(pam_model_flash_holds(rig.model, secret, 256), "it is not in flash");
	/* Of each block; the firmware finds out, and erases it again. */
	pam_model_flash_lies(rig.model, 1);
	TAP_CHECK(sanitized(), "it failed");
	TAP_CHECK(!pam_model_flash_holds(rig.model, secret, 16), "it is still in flash");
	TAP_EQUAL(list(&info), 0);
	pam_model_log(rig.model, PAMC_LOG_SANITIZE, &log, sizeof(log));
	TAP_EQUAL(log.checked, 64);
	TAP_EQUAL(log.failed, 0);
	TAP_CHECK(cycle(), "no card after the power cycle");
	TAP_EQUAL(list(&info), 0);
	/* It is as good as new. */
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	TAP_EQUAL(put(pool, 1, 2, PAMC_BLOCK_SIZE), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(pool_command(PAMC_OP_SYNC, pool), PAMC_STATUS_SUCCESS);
	TAP_CHECK(cycle() && list(&info) == 1, "no pool after the power cycle");
	TAP_CHECK(brings(info.id, 1, 2, PAMC_BLOCK_SIZE), "another content");
	return true;
}

/* The host says that it goes while flash is being erased: nothing is missing there. */
TAP_CASE(shutdown_meets_sanitize)
{
	struct pamc_log_progress log;
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_SANITIZE}};
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	put(pool, 1, 1, PAMC_BLOCK_SIZE);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_SUCCESS);
	pam_model_log(rig.model, PAMC_LOG_SANITIZE, &log, sizeof(log));
	TAP_EQUAL(log.running, 1);
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
	rig_run(&rig);
	TAP_CHECK(rig_read(&rig, PAMC_REG_STATUS, 4) & PAMC_STATUS_SHUTDOWN_MASK, "no shutdown");
	pam_model_log(rig.model, PAMC_LOG_SANITIZE, &log, sizeof(log));
	TAP_EQUAL(log.running, 0);
	TAP_EQUAL(log.outcome, 1);
	return true;
}

TAP_CASE(shutdown)
{
	struct pamc_pool_info info;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (uint64_t i = 0; i < 50; i++) {
		put(pool, i, i, PAMC_BLOCK_SIZE);
	}
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
	rig_run(&rig);
	TAP_CHECK(rig_read(&rig, PAMC_REG_STATUS, 4) & PAMC_STATUS_SHUTDOWN_MASK, "no shutdown");
	rig_write(&rig, PAMC_REG_CTRL, 0, 4);
	TAP_CHECK(cycle() && list(&info) == 1, "no pool after the power cycle");
	TAP_EQUAL(info.pages, 50);
	for (uint64_t i = 0; i < 50; i++) {
		TAP_CHECK(brings(info.id, i, i, PAMC_BLOCK_SIZE), "page %u", (unsigned int)i);
	}
	return true;
}

/* ---------------------------------------------------------------- power cuts */

#define KEYS 60u

/* Of each page: the seeds that it may have, as the last sync left it or as it was made since.
 * 0: absent. */
static struct history {
	uint64_t seed[64];
	unsigned int count;
} history[KEYS];

static void may_be(unsigned int key, uint64_t seed)
{
	struct history *of = &history[key];

	of->seed[of->count < 64 ? of->count++ : 63] = seed;
}

static void is(unsigned int key)
{
	history[key].seed[0] = history[key].seed[history[key].count - 1];
	history[key].count = 1;
}

static unsigned int synced;

/* One command; false: flash is gone. What failed may have happened. */
static bool act(struct tap *tap, uint32_t pool, uint64_t *next)
{
	unsigned int key = (unsigned int)tap_below(tap, KEYS);
	uint64_t what = tap_below(tap, 100);
	enum pamc_status status;

	if (what < 75) {
		status = put(pool, key, ++*next, PAMC_BLOCK_SIZE);
		may_be(key, *next);
		if (status != PAMC_STATUS_SUCCESS) {
			may_be(key, 0);
		}
	} else if (what < 90) {
		status = rig_page(&io, PAMC_OP_FLUSH_PAGE, pool, key, 0, 0);
		may_be(key, 0);
	} else {
		status = pool_command(PAMC_OP_SYNC, pool);
		synced += status == PAMC_STATUS_SUCCESS;
		for (unsigned int k = 0; status == PAMC_STATUS_SUCCESS && k < KEYS; k++) {
			is(k);
		}
	}
	return status == PAMC_STATUS_SUCCESS;
}

static bool agrees(uint32_t pool, unsigned int key)
{
	static uint8_t want[PAMC_BLOCK_SIZE];
	const struct history *of = &history[key];
	enum pamc_status status = get(pool, key);

	for (unsigned int i = 0; i < of->count; i++) {
		uint64_t seed = of->seed[i];

		if (status == PAMC_STATUS_MISS && seed == 0) {
			return true;
		}
		rig_fill(want, sizeof(want), seed);
		if (status == PAMC_STATUS_SUCCESS && seed != 0 &&
		    memcmp(rig_at(&rig, page), want, sizeof(want)) == 0) {
			return true;
		}
	}
	printf("# page %u: status %d, none of %u contents\n", key, status, of->count);
	return false;
}

/* Power goes at an operation that is drawn, in a run of commands; again and again on the same
 * flash. What is found then is what every page's history allows, and is so from then on. */
TAP_CASE(cuts)
{
	struct pamc_pool_info info;
	uint64_t next = 0;
	unsigned int at_work = 0;
	uint32_t pool;

	TAP_CHECK(start(), "no card");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, PAMC_POOL_DURABLE);
	for (unsigned int key = 0; key < KEYS; key++) {
		history[key] = (struct history){.count = 1};
	}
	for (unsigned int round = 0; round < 150; round++) {
		bool power = true;

		pam_model_cut_flash(rig.model, tap_below(tap, 60));
		for (unsigned int n = 0; n < 400 && power; n++) {
			power = act(tap, pool, &next);
		}
		at_work += !power;
		TAP_CHECK(cycle(), "round %u: no card", round);
		TAP_CHECK(list(&info) == 1, "round %u: no pool", round);
		pool = info.id;
		for (unsigned int key = 0; key < KEYS; key++) {
			TAP_CHECK(agrees(pool, key), "round %u", round);
		}
		/* Who looked knows; and a sync makes it so. */
		for (unsigned int key = 0; key < KEYS; key++) {
			uint64_t seed = 0;

			if (get(pool, key) == PAMC_STATUS_SUCCESS) {
				seed = ++next;
				TAP_EQUAL(put(pool, key, seed, PAMC_BLOCK_SIZE),
					  PAMC_STATUS_SUCCESS);
			}
			history[key] = (struct history){.seed = {seed}, .count = 1};
		}
		TAP_EQUAL(pool_command(PAMC_OP_SYNC, pool), PAMC_STATUS_SUCCESS);
	}
	printf("# %u cuts in the midst of a command, %llu puts, %u syncs\n", at_work,
	       (unsigned long long)next, synced);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "IDENTIFY and CAP tell of flash", identify);
	tap_run(&tap, "flash has any size within its range", sizes);
	tap_run(&tap, "a durable pool comes back as it was made and changed", pools);
	tap_run(&tap, "QUERY tells where a page is, and its CRC", tiers);
	tap_run(&tap, "what flash cannot read is an error, until it is put or flushed", unreadable);
	tap_run(&tap, "wear and health", figures);
	tap_run(&tap, "what is dirty keeps to its budget", dirty_budget);
	tap_run(&tap, "SANITIZE leaves nothing in flash", sanitize);
	tap_run(&tap, "a shutdown while SANITIZE erases flash", shutdown_meets_sanitize);
	tap_run(&tap, "a shutdown is a sync", shutdown);
	tap_run(&tap, "power may go at any operation of flash", cuts);
	rig_close(&rig);
	return tap_done(&tap);
}
