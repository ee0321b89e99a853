// SPDX-License-Identifier: Apache-2.0
/*
 * A hostile host. First, entries with wrong fields: every access of the card to
 * host memory must be one that its entry asked for. Then chaos: doorbells, push
 * slots, rings and registers with anything in them; the card must neither fall over
 * nor loop, and in the end be whole and work.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

#define ENTRIES 50000
#define CHAOS   50000
#define POOLS   6

static struct rig rig;
static struct rig_queue admin, io;
static uint64_t data; /* 64 pages for pages, lists and admin data */
#define DATA_PAGES 64

struct pool {
	uint32_t id;
	unsigned int order;
};
static struct pool pools[POOLS];
static uint64_t flash; /* bytes; with it, every other persistent pool is durable */

static bool start(struct tap *tap)
{
	struct pam_model_config config;

	pam_model_config_init(&config);
	config.dram_bytes = 1 << 20; /* soon full */
	config.flash_bytes = flash;
	config.seed = tap->seed + 1;
	if (!rig_start(&rig, &config, &admin, &io)) {
		return false;
	}
	data = rig_alloc(&rig, (uint64_t)DATA_PAGES * PAMC_BLOCK_SIZE);
	tap_fill_random(tap, rig_at(&rig, data), 32 * PAMC_BLOCK_SIZE);
	for (unsigned int i = 0; i < POOLS; i++) {
		pools[i].order = i % 5;
		pools[i].id = rig_pool(
		    &admin, i % 2 ? PAMC_POOL_TYPE_PERSISTENT : PAMC_POOL_TYPE_EPHEMERAL,
		    pools[i].order, i == 4 ? 3 : 0, flash && i % 4 == 1 ? PAMC_POOL_DURABLE : 0);
		if (!pools[i].id) {
			return false;
		}
	}
	return true;
}

/* ---------------------------------------------------------------- entries */

static uint64_t some_address(struct tap *tap)
{
	uint64_t inside = data + tap_below(tap, DATA_PAGES) * PAMC_BLOCK_SIZE;

	switch (tap_below(tap, 12)) {
	case 0:
		return inside + tap_below(tap, PAMC_BLOCK_SIZE);
	case 1:
		return inside + tap_below(tap, PAMC_BLOCK_SIZE / 8) * 8;
	case 2:
		return RIG_NOWHERE;
	case 3:
		return UINT64_MAX - tap_below(tap, 0x20000);
	case 4:
		return ~UINT64_C(0xfff) - tap_below(tap, 16) * PAMC_BLOCK_SIZE;
	case 5:
		return RIG_BASE + RIG_MEMORY - tap_below(tap, 17) * PAMC_BLOCK_SIZE;
	case 6:
		return tap_random(tap);
	default:
		return inside;
	}
}

/* A list somewhere in the data, with some entries that are wrong. */
static uint64_t some_list(struct tap *tap)
{
	uint64_t list = data + (32 + tap_below(tap, 32)) * PAMC_BLOCK_SIZE +
			tap_below(tap, PAMC_BLOCK_SIZE / 8) * 8;
	uint64_t end = list - list % PAMC_BLOCK_SIZE + PAMC_BLOCK_SIZE;

	for (uint64_t at = list; at < end && at < list + 128; at += 8) {
		uint64_t block = tap_below(tap, 30) ? data + tap_below(tap, 32) * PAMC_BLOCK_SIZE
						    : some_address(tap);

		memcpy(rig_at(&rig, at), &block, 8);
	}
	return list;
}

static union rig_sqe some_io(struct tap *tap)
{
	union rig_sqe sqe = {.io = {.opcode = (uint8_t)tap_below(tap, 7),
				    .pool = pools[tap_below(tap, POOLS)].id,
				    .object = {tap_below(tap, 3), 0, 1},
				    .index = tap_below(tap, 100),
				    .addr = some_address(tap)}};

	if (tap_below(tap, 3) == 0) {
		sqe.io.flags = (uint8_t)(1u << tap_below(tap, 3));
	}
	if (sqe.io.flags & PAMC_SQE_LIST && tap_below(tap, 4)) {
		sqe.io.addr = some_list(tap);
	}
	if (tap_below(tap, 4) == 0) {
		((uint8_t *)&sqe)[tap_below(tap, sizeof(sqe))] = (uint8_t)tap_random(tap);
	}
	return sqe;
}

static union rig_sqe some_admin(struct tap *tap)
{
	union rig_sqe sqe = {
	    .admin = {.opcode = (uint8_t)(0x80 + tap_below(tap, 18)),
		      .id = (uint32_t)tap_below(tap, 12),
		      .addr = some_address(tap),
		      .length = (uint32_t)(tap_below(tap, 3) ? tap_below(tap, 0x11000) : 512)}};

	sqe.admin.p.log.offset = tap_below(tap, 3) ? 0 : tap_random(tap) % 5000;
	/* What would end this test: its queue pair, its pools. The chaos below does that. */
	if (sqe.admin.opcode == PAMC_ADMIN_QP_DELETE || sqe.admin.opcode == PAMC_ADMIN_QP_CREATE ||
	    sqe.admin.opcode == PAMC_ADMIN_SANITIZE ||
	    sqe.admin.opcode == PAMC_ADMIN_POOL_DESTROY ||
	    sqe.admin.opcode == PAMC_ADMIN_ASYNC_EVENT) {
		sqe.admin.opcode = PAMC_ADMIN_LOG;
	}
	if (sqe.admin.opcode == PAMC_ADMIN_POOL_SET) {
		sqe.admin.p.pool_set.what = (uint32_t)tap_below(tap, 9);
		sqe.admin.p.pool_set.flags = (uint32_t)tap_below(tap, 9);
		sqe.admin.p.pool_set.reserve = tap_below(tap, 50);
		sqe.admin.p.pool_set.limit = tap_below(tap, 2) ? 0 : tap_below(tap, 50);
	}
	return sqe;
}

/* ---------------------------------------------------------------- accesses */

/* Other pools than the test's own may have been made by its wrong entries. */
static unsigned int order_of(uint32_t pool)
{
	for (unsigned int i = 0; i < POOLS; i++) {
		if (pools[i].id == pool) {
			return pools[i].order;
		}
	}
	return PAMC_MAX_PAGE_ORDER;
}

static bool within(const struct rig_access_record *access, uint64_t addr, uint64_t len)
{
	return access->addr >= addr && access->len <= len &&
	       access->addr - addr <= len - access->len;
}

/* The list of an entry as it is before the card sees it: a get may write over it. */
static uint64_t named[PAMC_MAX_PAGE_BLOCKS];

static void remember_list(uint64_t list)
{
	for (unsigned int i = 0; i < PAMC_MAX_PAGE_BLOCKS; i++) {
		uint64_t at = list + i * sizeof(*named);

		named[i] = RIG_NOWHERE;
		if (at >= RIG_BASE && at <= RIG_BASE + RIG_MEMORY - sizeof(*named)) {
			memcpy(&named[i], rig_at(&rig, at), sizeof(*named));
		}
	}
}

/* Whether the list names the block that was accessed. */
static bool in_list(const struct rig_access_record *access, unsigned int order)
{
	for (unsigned int i = 0; i < 1u << order; i++) {
		if (within(access, named[i], PAMC_BLOCK_SIZE)) {
			return true;
		}
	}
	return false;
}

static bool io_explains(const struct pamc_sqe *sqe, const struct rig_access_record *access)
{
	unsigned int order = order_of(sqe->pool);
	uint64_t size = (uint64_t)PAMC_BLOCK_SIZE << order;
	bool list = sqe->flags & PAMC_SQE_LIST;

	if (sqe->opcode != PAMC_OP_PUT && sqe->opcode != PAMC_OP_GET) {
		return false;
	}
	if (list && !access->write && within(access, sqe->addr, 8u << order)) {
		return true;
	}
	if (access->write != (sqe->opcode == PAMC_OP_GET)) {
		return false;
	}
	return list ? in_list(access, order) : within(access, sqe->addr, size);
}

static bool admin_explains(const struct pamc_admin_sqe *sqe, const struct rig_access_record *access)
{
	bool reads = sqe->opcode == PAMC_ADMIN_POOL_CREATE || sqe->opcode == PAMC_ADMIN_FW_DOWNLOAD;
	bool writes = sqe->opcode == PAMC_ADMIN_IDENTIFY || sqe->opcode == PAMC_ADMIN_LOG ||
		      sqe->opcode == PAMC_ADMIN_POOL_LIST;

	uint64_t length = sqe->length;

	/* The card writes dwords: of the last one, what is not its to write is read before. */
	if (sqe->opcode == PAMC_ADMIN_LOG) {
		length = (length + 3) / 4 * 4;
		reads = access->len == 4;
	}
	return (access->write ? writes : reads) && within(access, sqe->addr, length);
}

/* Every access since the record was cleared, but those to the queue's rings. */
static bool all_explained(const struct rig_queue *queue, const union rig_sqe *sqe)
{
	unsigned int slot = (queue->tail - 1u) % (1u << queue->sq_shift);

	for (unsigned int i = 0; i < rig.record_count && i < RIG_RECORDS; i++) {
		const struct rig_access_record *access = &rig.records[i];
		bool ring = access->write
				? within(access, queue->cq, 16u << queue->cq_shift)
				: access->addr == queue->sq + slot * 64 && access->len == 64;

		if (!ring && !(queue->qid ? io_explains(&sqe->io, access)
					  : admin_explains(&sqe->admin, access))) {
			printf("# %s of %zu bytes at %#llx\n", access->write ? "write" : "read",
			       access->len, (unsigned long long)access->addr);
			return false;
		}
	}
	return true;
}

TAP_CASE(entries_reach_only_what_they_name)
{
	unsigned int seen[256] = {0};
	char finding[128] = "";

	TAP_CHECK(start(tap));
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct rig_queue *queue = tap_below(tap, 8) ? &io : &admin;
		union rig_sqe sqe = queue == &io ? some_io(tap) : some_admin(tap);
		struct pamc_cqe cqe;

		rig.record_count = 0;
		rig.in_place = tap_below(tap, 2);
		remember_list(sqe.io.addr);
		rig_submit(queue, &sqe);
		TAP_CHECK(rig_wait(queue, &cqe), "entry %u: no completion", i);
		TAP_EQUAL(cqe.cid, queue->cid);
		TAP_CHECK(rig_status(&cqe) <= PAMC_STATUS_BAD_FIRMWARE &&
			      rig_status(&cqe) != PAMC_STATUS_INTERNAL,
			  "entry %u: status %u, opcode %#x", i, rig_status(&cqe), sqe.io.opcode);
		TAP_CHECK(all_explained(queue, &sqe), "entry %u, opcode %#x", i, sqe.io.opcode);
		seen[rig_status(&cqe)]++;
	}
	TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);

	static const enum pamc_status expected[] = {
	    PAMC_STATUS_SUCCESS,       PAMC_STATUS_MISS,         PAMC_STATUS_NO_SPACE,
	    PAMC_STATUS_BAD_OPCODE,    PAMC_STATUS_BAD_FIELD,    PAMC_STATUS_BAD_POOL,
	    PAMC_STATUS_ACCESS_DENIED, PAMC_STATUS_DMA_FAULT,    PAMC_STATUS_NOT_SUPPORTED,
	    PAMC_STATUS_FROZEN,        PAMC_STATUS_CRC_MISMATCH, PAMC_STATUS_BAD_QUEUE,
	    PAMC_STATUS_NOT_FOUND,
	};

	for (unsigned int i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		TAP_CHECK(seen[expected[i]] > 0, "status %u was never seen", expected[i]);
	}
	rig_close(&rig);
	return true;
}

/* ---------------------------------------------------------------- chaos */

static void some_doorbell(struct tap *tap)
{
	unsigned int qid = (unsigned int)tap_below(tap, tap_below(tap, 8) ? 6 : 64);
	uint8_t bytes[64];
	unsigned int len = 4u << tap_below(tap, 5);
	uint64_t offset = tap_below(tap, 3) ? PAMC_DB_PUSH + tap_below(tap, 512) * 4
					    : tap_below(tap, PAMC_DB_STRIDE);

	tap_fill_random(tap, bytes, sizeof(bytes));
	switch (tap_below(tap, 4)) {
	case 0:
		rig_doorbell(&rig, qid, PAMC_DB_SQ_TAIL, (uint32_t)tap_below(tap, 40));
		break;
	case 1:
		rig_doorbell(&rig, qid, PAMC_DB_CQ_HEAD,
			     (uint32_t)(tap_below(tap, 40) | tap_below(tap, 2) << 31));
		break;
	default:
		pam_model_reg_write(rig.model, PAMC_BAR_DB, qid * (uint64_t)PAMC_DB_STRIDE + offset,
				    bytes, len);
		break;
	}
}

/* Anything into a ring, and rung; completions may be consumed or not. */
static void some_entries(struct tap *tap, struct rig_queue *queue)
{
	union rig_sqe sqe =
	    queue->qid == 0 || tap_below(tap, 8) == 0 ? some_admin(tap) : some_io(tap);
	struct pamc_cqe cqe;

	if (queue->qid == 0 && tap_below(tap, 4) == 0) {
		sqe.admin.opcode = (uint8_t)(PAMC_ADMIN_IDENTIFY + tap_below(tap, 17));
		sqe.admin.p.qp_create.sq_base = some_address(tap);
		sqe.admin.p.qp_create.cq_base = some_address(tap);
		sqe.admin.p.qp_create.sq_shift = (uint8_t)tap_below(tap, 14);
		sqe.admin.p.qp_create.cq_shift = (uint8_t)tap_below(tap, 14);
		sqe.admin.p.qp_create.vector = (uint16_t)tap_below(tap, 70);
		sqe.admin.p.qp_create.domain = (uint16_t)tap_below(tap, 4);
		sqe.admin.p.qp_create.flags = (uint16_t)tap_below(tap, 3);
		sqe.admin.p.qp_create.coalesce_count = (uint16_t)tap_below(tap, 5);
		sqe.admin.p.qp_create.coalesce_usec = (uint16_t)tap_below(tap, 5);
		sqe.admin.p.qp_create.rsvd = tap_below(tap, 10) == 0;
	}
	rig_enter(queue, &sqe);
	if (tap_below(tap, 3)) {
		rig_ring(queue);
	} else {
		rig_push(queue, &sqe);
	}
	if (tap_below(tap, 2)) {
		while (rig_poll(queue, &cqe, true)) {
		}
	}
}

/* The card is enabled anew once in a while, or when it has stopped. */
static bool revive(struct tap *tap)
{
	uint64_t mark = rig.used;

	switch (tap_below(tap, 4)) {
	case 0:
		pam_model_power_cycle(rig.model);
		break;
	case 1:
		pam_model_reset(rig.model);
		break;
	default:
		rig_disable(&rig);
		break;
	}
	if (!rig_enable(&rig, &admin, 5) ||
	    rig_queue_create(
		&admin, &io, 1,
		&(struct rig_queue_config){.sq_shift = 5, .cq_shift = 5, .irq = true}) != 0) {
		return false;
	}
	if (rig.used > RIG_MEMORY / 2) {
		rig.used = mark; /* the rings may stay where they are until the next time */
	}
	return true;
}

/* Completions posted since this was asked last, or since power came. */
static uint64_t completions(void)
{
	static uint64_t before;
	struct pamc_log_counters counters;
	uint64_t since;

	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	since = counters.completions - (counters.completions >= before ? before : 0);
	before = counters.completions;
	return since;
}

TAP_CASE(chaos_leaves_the_card_whole)
{
	char finding[128] = "";
	uint64_t random;

	uint64_t executed = 0;

	TAP_CHECK(start(tap));
	for (unsigned int i = 0; i < PAM_MODEL_FAULT_COUNT; i++) {
		pam_model_set_fault(rig.model, (enum pam_model_fault)i, 50);
	}
	for (unsigned int i = 0; i < CHAOS; i++) {
		switch (tap_below(tap, 8)) {
		case 0:
		case 1:
			some_doorbell(tap);
			break;
		case 2:
			random = tap_random(tap);
			if (tap_below(tap, 20) == 0) {
				rig_write(&rig, (unsigned int)tap_below(tap, 16) * 4, random, 4);
			}
			break;
		case 3:
			some_entries(tap, &admin);
			break;
		default:
			some_entries(tap, &io);
			break;
		}
		pam_model_run(rig.model, (unsigned int)tap_below(tap, 10));
		rig.now += tap_below(tap, 3000);
		if (tap_below(tap, 500) == 0 ||
		    rig_read(&rig, PAMC_REG_STATUS, 4) & PAMC_STATUS_FATAL_MASK) {
			for (unsigned int k = 0; k < PAM_MODEL_FAULT_COUNT; k++) {
				pam_model_set_fault(rig.model, (enum pam_model_fault)k, 0);
			}
			executed += completions();
			TAP_CHECK(revive(tap), "step %u: the card does not come back", i);
			for (unsigned int k = 0; k < PAM_MODEL_FAULT_COUNT; k++) {
				pam_model_set_fault(rig.model, (enum pam_model_fault)k, 50);
			}
		}
		if (i % 5000 == 0) {
			TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0,
				  "step %u: %s", i, finding);
		}
	}
	TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);
	for (unsigned int k = 0; k < PAM_MODEL_FAULT_COUNT; k++) {
		pam_model_set_fault(rig.model, (enum pam_model_fault)k, 0);
	}
	TAP_CHECK(executed > CHAOS / 20, "only %llu commands were executed",
		  (unsigned long long)executed);
	TAP_CHECK(revive(tap));

	uint32_t pool = rig_pool(&admin, PAMC_POOL_TYPE_EPHEMERAL, 0, 0, 0);

	TAP_CHECK(pool != 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, data, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, data + PAMC_BLOCK_SIZE, 0),
		  PAMC_STATUS_SUCCESS);
	TAP_CHECK(
	    memcmp(rig_at(&rig, data), rig_at(&rig, data + PAMC_BLOCK_SIZE), PAMC_BLOCK_SIZE) == 0);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "entries reach only what they name", entries_reach_only_what_they_name);
	tap_run(&tap, "chaos leaves the card whole", chaos_leaves_the_card_whole);
	flash = UINT64_C(16) << 20;
	tap_run(&tap, "the same with flash", entries_reach_only_what_they_name);
	tap_run(&tap, "the same chaos with flash", chaos_leaves_the_card_whole);
	return tap_done(&tap);
}
