// SPDX-License-Identifier: Apache-2.0
/*
 * I/O commands of the card model: what each does, every status they can end with
 * and the error log entry that names the wrong field, and what a failure leaves
 * behind.
 */
#include <string.h>

#include "crc32c.h"
#include "rig.h"
#include "tap.h"

#define FIELD(name) offsetof(struct pamc_sqe, name)

static struct rig rig;
static struct rig_queue admin, io;
static uint32_t persistent, ephemeral;
static uint64_t page, copy; /* 64 KiB of host memory each */

static bool start_with(const struct pam_model_config *config)
{
	if (!rig_start(&rig, config, &admin, &io)) {
		return false;
	}
	persistent = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	ephemeral = rig_pool(&admin, PAMC_POOL_TYPE_EPHEMERAL, 0, 0, 0);
	page = rig_alloc(&rig, 16 * PAMC_BLOCK_SIZE);
	copy = rig_alloc(&rig, 16 * PAMC_BLOCK_SIZE);
	rig_fill(rig_at(&rig, page), 16 * PAMC_BLOCK_SIZE, 42);
	return persistent && ephemeral;
}

static bool start(void)
{
	return start_with(NULL);
}

static union rig_sqe entry(unsigned int opcode, uint32_t pool, uint64_t index, uint64_t addr)
{
	return (union rig_sqe){.io = {.opcode = (uint8_t)opcode,
				      .pool = pool,
				      .object = {7, 7, 7},
				      .index = index,
				      .addr = addr}};
}

static enum pamc_status put(uint32_t pool, uint64_t index)
{
	return rig_page(&io, PAMC_OP_PUT, pool, index, page, 0);
}

static enum pamc_status get(uint32_t pool, uint64_t index)
{
	return rig_page(&io, PAMC_OP_GET, pool, index, copy, 0);
}

static struct pamc_pool_info info_of(uint32_t pool)
{
	uint64_t addr = rig_alloc(&rig, sizeof(struct pamc_pool_info));
	struct pamc_pool_info info;

	rig_admin(&admin, PAMC_ADMIN_POOL_LIST, pool, addr, sizeof(info), NULL);
	memcpy(&info, rig_at(&rig, addr), sizeof(info));
	return info;
}

/* Puts and gets pages of all sizes; the card copies them, or writes them in place. */
static bool pages_come_back(bool in_place)
{
	TAP_CHECK(start());
	rig.in_place = in_place;
	for (unsigned int order = 0; order <= PAMC_MAX_PAGE_ORDER; order++) {
		size_t size = (size_t)PAMC_BLOCK_SIZE << order;
		uint32_t pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, order, 0, 0);
		union rig_sqe sqe = entry(PAMC_OP_PUT, pool, 1, page);
		struct pamc_cqe cqe;
		uint32_t crc = crc32c(rig_at(&rig, page), size);

		sqe.io.flags = PAMC_SQE_CRC;
		sqe.io.crc = crc;
		TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, crc);
		TAP_CHECK((cqe.info & 0xffffff) > 0 && (cqe.info & 0xffffff) < size);
		TAP_EQUAL(cqe.info >> 24, PAMC_TIER_DRAM);
		memset(rig_at(&rig, copy), 0xee, 16 * PAMC_BLOCK_SIZE);
		sqe = entry(PAMC_OP_GET, pool, 1, copy);
		TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, crc);
		TAP_CHECK(memcmp(rig_at(&rig, page), rig_at(&rig, copy), size) == 0);
		/* Not a byte beyond. */
		for (size_t at = size; at < 16 * PAMC_BLOCK_SIZE; at++) {
			TAP_EQUAL(*((uint8_t *)rig_at(&rig, copy) + at), 0xee);
		}
		sqe = entry(PAMC_OP_QUERY, pool, 1, 0);
		TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, crc);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(pages_of_every_order_come_back)
{
	return pages_come_back(false);
}

/* Without a copy between; what is refused still is, and a list goes the other way. */
TAP_CASE(pages_are_written_in_place)
{
	TAP_CHECK(pages_come_back(true));
	TAP_CHECK(start());
	rig.in_place = true;
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, persistent, 1, RIG_NOWHERE, PAMC_SQE_EXCLUSIVE),
		  PAMC_STATUS_DMA_FAULT);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 1);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, persistent, 1, copy, PAMC_SQE_EXCLUSIVE),
		  PAMC_STATUS_DMA_FAULT);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, persistent, 1, copy, PAMC_SQE_EXCLUSIVE),
		  PAMC_STATUS_SUCCESS);
	TAP_CHECK(memcmp(rig_at(&rig, page), rig_at(&rig, copy), PAMC_BLOCK_SIZE) == 0);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_MISS);
	rig_close(&rig);
	return true;
}

/* A list may name blocks in any order and place. */
TAP_CASE(lists_scatter_and_gather)
{
	unsigned int blocks = 16;
	uint64_t list, frame;
	uint32_t pool;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 4, 0, 0);
	list = rig_alloc(&rig, PAMC_BLOCK_SIZE) + PAMC_BLOCK_SIZE - blocks * 8;
	frame = rig_alloc(&rig, 40 * PAMC_BLOCK_SIZE);

	uint64_t *at = rig_at(&rig, list);

	for (unsigned int i = 0; i < blocks; i++) {
		at[i] = frame + (uint64_t)(39 - 2 * i) * PAMC_BLOCK_SIZE;
		rig_fill(rig_at(&rig, at[i]), PAMC_BLOCK_SIZE, i);
	}
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, copy, 0), PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < blocks; i++) {
		TAP_CHECK(memcmp(rig_at(&rig, copy + (uint64_t)i * PAMC_BLOCK_SIZE),
				 rig_at(&rig, at[i]), PAMC_BLOCK_SIZE) == 0,
			  "block %u", i);
		memset(rig_at(&rig, at[i]), 0, PAMC_BLOCK_SIZE);
	}
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < blocks; i++) {
		TAP_CHECK(memcmp(rig_at(&rig, copy + (uint64_t)i * PAMC_BLOCK_SIZE),
				 rig_at(&rig, at[i]), PAMC_BLOCK_SIZE) == 0,
			  "block %u", i);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(flushes_say_how_many)
{
	union rig_sqe sqe;
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	for (uint64_t i = 0; i < 5; i++) {
		TAP_EQUAL(put(persistent, i), PAMC_STATUS_SUCCESS);
	}
	sqe = entry(PAMC_OP_FLUSH_PAGE, persistent, 2, 0);
	TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 1);
	TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 0);
	TAP_EQUAL(get(persistent, 2), PAMC_STATUS_MISS);
	sqe = entry(PAMC_OP_FLUSH_OBJECT, persistent, 99, 0);
	TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 4);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_MISS);
	sqe = entry(PAMC_OP_SYNC, persistent, 0, 0);
	TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(exclusive_gets_flush)
{
	uint32_t pool;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_EPHEMERAL, 0, 0, PAMC_POOL_EXCLUSIVE);
	TAP_EQUAL(put(pool, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(pool, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(pool, 1), PAMC_STATUS_MISS);
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, persistent, 1, copy, PAMC_SQE_EXCLUSIVE),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_MISS);
	/* The data did not arrive: the page stays. */
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, persistent, 1, RIG_NOWHERE, PAMC_SQE_EXCLUSIVE),
		  PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

/* An entry of this opcode with one field changed; the status, with its log entry checked. */
#define WRONG(opcode, member, value, wanted)                                                       \
	do {                                                                                       \
		union rig_sqe wrong_sqe = entry(opcode, persistent, 1, page);                      \
		struct pamc_cqe wrong_cqe;                                                         \
		wrong_sqe.io.member = (value);                                                     \
		TAP_EQUAL(rig_command(&io, &wrong_sqe, &wrong_cqe), wanted);                       \
		TAP_EQUAL(wrong_cqe.status >> 15, 1);                                              \
		TAP_EQUAL(rig_last_error(&rig).field, FIELD(member));                              \
		TAP_EQUAL(rig_last_error(&rig).status, wanted);                                    \
		TAP_EQUAL(rig_last_error(&rig).cid, io.cid);                                       \
		TAP_EQUAL(rig_last_error(&rig).qid, 1);                                            \
	} while (0)

TAP_CASE(malformed_entries_name_their_field)
{
	TAP_CHECK(start());
	for (unsigned int opcode = PAMC_OP_QUERY + 1; opcode < 256; opcode++) {
		WRONG(PAMC_OP_PUT, opcode, (uint8_t)opcode, PAMC_STATUS_BAD_OPCODE);
	}
	for (unsigned int opcode = PAMC_OP_NOP; opcode <= PAMC_OP_QUERY; opcode++) {
		WRONG(opcode, flags, 0x80, PAMC_STATUS_BAD_FIELD);
		WRONG(opcode, function, 1, PAMC_STATUS_BAD_FIELD);
		WRONG(opcode, rsvd, 0x80000000, PAMC_STATUS_BAD_FIELD);
		if (opcode != PAMC_OP_NOP) {
			WRONG(opcode, pool, 0, PAMC_STATUS_BAD_POOL);
			WRONG(opcode, pool, UINT32_MAX, PAMC_STATUS_BAD_POOL);
		}
	}
	WRONG(PAMC_OP_PUT, flags, PAMC_SQE_EXCLUSIVE, PAMC_STATUS_BAD_FIELD);
	WRONG(PAMC_OP_GET, flags, PAMC_SQE_CRC, PAMC_STATUS_BAD_FIELD);
	WRONG(PAMC_OP_FLUSH_PAGE, flags, PAMC_SQE_LIST, PAMC_STATUS_BAD_FIELD);
	WRONG(PAMC_OP_PUT, addr, page + 8, PAMC_STATUS_BAD_FIELD);
	WRONG(PAMC_OP_GET, addr, page + 2048, PAMC_STATUS_BAD_FIELD);
	rig_close(&rig);
	return true;
}

TAP_CASE(indices_beyond_the_range_are_bad_handles)
{
	struct pamc_identify identify;
	uint64_t addr;

	TAP_CHECK(start());
	addr = rig_alloc(&rig, sizeof(identify));
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, addr, sizeof(identify), NULL),
		  PAMC_STATUS_SUCCESS);
	memcpy(&identify, rig_at(&rig, addr), sizeof(identify));
	TAP_CHECK(identify.index_bits > 0 && identify.index_bits <= 64);
	if (identify.index_bits < 64) {
		uint64_t beyond = UINT64_C(1) << identify.index_bits;

		WRONG(PAMC_OP_PUT, index, beyond, PAMC_STATUS_BAD_HANDLE);
		WRONG(PAMC_OP_GET, index, beyond, PAMC_STATUS_BAD_HANDLE);
		WRONG(PAMC_OP_QUERY, index, UINT64_MAX, PAMC_STATUS_BAD_HANDLE);
		TAP_EQUAL(put(persistent, beyond - 1), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(get(persistent, beyond - 1), PAMC_STATUS_SUCCESS);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(lists_are_checked)
{
	uint64_t list;
	uint32_t pool;
	uint64_t *at;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 4, 0, 0);
	list = rig_alloc(&rig, 2 * PAMC_BLOCK_SIZE);
	at = rig_at(&rig, list);
	for (unsigned int i = 0; i < 16; i++) {
		at[i] = page + (uint64_t)i * PAMC_BLOCK_SIZE;
	}
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_SUCCESS);
	/* Not aligned to 8; across a block's end; not there; around the end of all addresses. */
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list + 4, PAMC_SQE_LIST),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(addr));
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list + 4096 - 120, PAMC_SQE_LIST),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, RIG_NOWHERE, PAMC_SQE_LIST),
		  PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(rig_last_error(&rig).addr, RIG_NOWHERE);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, UINT64_MAX - 7, PAMC_SQE_LIST),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, UINT64_MAX - 127, PAMC_SQE_LIST),
		  PAMC_STATUS_DMA_FAULT);
	/* A block that is not aligned, or not there. */
	at[7] = page + 8;
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_BAD_FIELD);
	at[7] = RIG_NOWHERE;
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(rig_last_error(&rig).addr, RIG_NOWHERE);
	at[7] = UINT64_C(0xfffffffffffff000);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, list, PAMC_SQE_LIST), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, copy, 0), PAMC_STATUS_MISS);
	/* A page that would end beyond all addresses. */
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, UINT64_C(0xffffffffffffe000), 0),
		  PAMC_STATUS_BAD_FIELD);
	rig_close(&rig);
	return true;
}

/* Whatever a put fails of, the older page is not there any more. */
TAP_CASE(failed_puts_leave_the_handle_absent)
{
	union rig_sqe sqe;

	TAP_CHECK(start());

#define FAILS(pool_id, wanted, ...)                                                                \
	do {                                                                                       \
		TAP_EQUAL(put(pool_id, 1), PAMC_STATUS_SUCCESS);                                   \
		sqe = entry(PAMC_OP_PUT, pool_id, 1, page);                                        \
		__VA_ARGS__;                                                                       \
		TAP_EQUAL(rig_command(&io, &sqe, NULL), wanted);                                   \
		TAP_EQUAL(get(pool_id, 1), PAMC_STATUS_MISS);                                      \
	} while (0)

	uint32_t pools[] = {persistent, ephemeral};

	for (unsigned int i = 0; i < 2; i++) {
		FAILS(pools[i], PAMC_STATUS_DMA_FAULT, sqe.io.addr = RIG_NOWHERE);
		FAILS(pools[i], PAMC_STATUS_BAD_FIELD, sqe.io.addr += 1);
		FAILS(pools[i], PAMC_STATUS_BAD_FIELD, sqe.io.flags = 0xff);
		FAILS(pools[i], PAMC_STATUS_BAD_FIELD, sqe.io.function = 1);
		FAILS(pools[i], PAMC_STATUS_BAD_FIELD, sqe.io.rsvd = 1);
		FAILS(pools[i], PAMC_STATUS_CRC_MISMATCH, sqe.io.flags = PAMC_SQE_CRC);
		pam_model_set_fault(rig.model, PAM_MODEL_FAULT_REFUSE, 0);
		FAILS(pools[i], PAMC_STATUS_NO_SPACE,
		      pam_model_set_fault(rig.model, PAM_MODEL_FAULT_REFUSE, 1));
		pam_model_set_fault(rig.model, PAM_MODEL_FAULT_REFUSE, 0);
		FAILS(pools[i], PAMC_STATUS_DMA_FAULT,
		      pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 1));
		pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 0);
	}
	rig_close(&rig);
	return true;
}

static enum pamc_status set_flags(uint32_t pool, uint32_t flags)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_POOL_SET, .id = pool}};

	sqe.admin.p.pool_set.what = PAMC_POOL_SET_FLAGS;
	sqe.admin.p.pool_set.flags = flags;
	return rig_command(&admin, &sqe, NULL);
}

TAP_CASE(frozen_pools_refuse_puts_and_flush)
{
	TAP_CHECK(start());
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(persistent, 2), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(set_flags(persistent, PAMC_POOL_FROZEN), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_FROZEN);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_MISS);
	TAP_EQUAL(get(persistent, 2), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(persistent, 3), PAMC_STATUS_FROZEN);
	TAP_EQUAL(rig_page(&io, PAMC_OP_FLUSH_PAGE, persistent, 2, 0, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(persistent, 2), PAMC_STATUS_MISS);
	TAP_EQUAL(info_of(persistent).puts_refused, 2);
	TAP_EQUAL(set_flags(persistent, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(domains_keep_apart)
{
	struct rig_queue_config config = {.sq_shift = 4, .cq_shift = 4, .domain = 5};
	struct rig_queue other;
	uint32_t theirs;

	TAP_CHECK(start());
	TAP_EQUAL(rig_queue_create(&admin, &other, 2, &config), PAMC_STATUS_SUCCESS);
	theirs = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 5, 0);
	TAP_EQUAL(rig_page(&other, PAMC_OP_PUT, theirs, 1, page, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	for (unsigned int opcode = PAMC_OP_PUT; opcode <= PAMC_OP_QUERY; opcode++) {
		TAP_EQUAL(rig_page(&io, opcode, theirs, 1, copy, 0), PAMC_STATUS_ACCESS_DENIED);
		TAP_EQUAL(rig_last_error(&rig).field, FIELD(pool));
		TAP_EQUAL(rig_page(&other, opcode, persistent, 1, copy, 0),
			  PAMC_STATUS_ACCESS_DENIED);
	}
	/* Nor does a malformed put of one domain flush a page of the other. */
	union rig_sqe sqe = entry(PAMC_OP_PUT, theirs, 1, page);

	sqe.io.rsvd = 1;
	TAP_EQUAL(rig_command(&io, &sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_page(&other, PAMC_OP_GET, theirs, 1, copy, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(damage_is_an_error_and_never_data)
{
	uint64_t before;

	TAP_CHECK(start());
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(put(ephemeral, 1), PAMC_STATUS_SUCCESS);
	memset(rig_at(&rig, copy), 0xee, PAMC_BLOCK_SIZE);
	memcpy(&before, rig_at(&rig, copy), 8);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_BIT_FLIP, 1);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_UNCORRECTABLE);
	TAP_EQUAL(get(ephemeral, 1), PAMC_STATUS_UNCORRECTABLE);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_BIT_FLIP, 0);
	TAP_CHECK(memcmp(rig_at(&rig, copy), &before, 8) == 0, "damaged data was handed out");
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_UNCORRECTABLE);
	TAP_EQUAL(get(ephemeral, 1), PAMC_STATUS_MISS);
	TAP_EQUAL(put(persistent, 1), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(get(persistent, 1), PAMC_STATUS_SUCCESS);

	struct pamc_log_health health;
	struct pamc_log_counters counters;

	pam_model_log(rig.model, PAMC_LOG_HEALTH, &health, sizeof(health));
	TAP_EQUAL(health.dram_uncorrected, 3);
	TAP_EQUAL(health.warnings, 2);
	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	TAP_EQUAL(counters.crc_errors, 3);
	rig_close(&rig);
	return true;
}

static void scribble(struct rig *scribbled, uint64_t addr, size_t len)
{
	(void)len;
	if (addr == page) {
		uint64_t *number = scribbled->before_read_arg;

		rig_fill(rig_at(scribbled, page), PAMC_BLOCK_SIZE, ++*number);
	}
}

/* The host changes a page while the card takes it: the CRC is that of what arrived. */
TAP_CASE(pages_that_change_meanwhile_are_whole)
{
	uint64_t number = 0;
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	rig.before_read = scribble;
	rig.before_read_arg = &number;
	for (unsigned int i = 0; i < 50; i++) {
		union rig_sqe sqe = entry(PAMC_OP_PUT, persistent, 1, page);
		uint32_t crc;

		TAP_EQUAL(rig_command(&io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		crc = cqe.result;
		TAP_EQUAL(number, i + 1); /* looked at once */
		rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, 0);
		TAP_EQUAL(get(persistent, 1), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(crc32c(rig_at(&rig, copy), PAMC_BLOCK_SIZE), crc);
	}
	rig_close(&rig);
	return true;
}

/* One queue's commands on one handle take effect in order, also when held back. */
TAP_CASE(order_on_one_handle)
{
	struct pam_model_config config;

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.put_latency_ns = 5000;
	config.get_latency_ns = 100;
	TAP_CHECK(start_with(&config));
	for (unsigned int round = 0; round < 20; round++) {
		uint16_t got[3];
		struct pamc_cqe cqe;
		union rig_sqe sqe;

		rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, round);
		sqe = entry(PAMC_OP_PUT, persistent, 1, page);
		rig_enter(&io, &sqe);
		sqe = entry(PAMC_OP_GET, persistent, 1, copy);
		rig_enter(&io, &sqe);
		sqe = entry(PAMC_OP_FLUSH_PAGE, persistent, 1, 0);
		rig_enter(&io, &sqe);
		rig_ring(&io);
		rig_run(&rig);
		for (unsigned int i = 0; i < 3; i++) {
			TAP_CHECK(rig_poll(&io, &cqe, true) || i > 0);
			if (i > 0) {
				TAP_EQUAL(pam_model_next_deadline(rig.model), i == 1 ? 100 : 4900);
				rig.now += i == 1 ? 100 : 4900;
				rig_run(&rig);
				TAP_CHECK(rig_poll(&io, &cqe, true));
			}
			TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
			got[i] = cqe.cid;
		}
		/* The flush, which is not held, comes first; the put, held longest, last. */
		TAP_EQUAL(got[0], io.cid);
		TAP_EQUAL(got[1], io.cid - 1);
		TAP_EQUAL(got[2], io.cid - 2);
		TAP_CHECK(memcmp(rig_at(&rig, page), rig_at(&rig, copy), PAMC_BLOCK_SIZE) == 0);
	}
	rig_close(&rig);
	return true;
}

/* A full persistent pool refuses and forgets nothing; a full ephemeral one forgets. */
TAP_CASE(full_card_refuses_or_evicts)
{
	struct pam_model_config config;
	uint64_t stored = 0, random = 0;

	pam_model_config_init(&config);
	config.dram_bytes = 1 << 20;
	TAP_CHECK(start_with(&config));
	for (;; stored++) {
		for (unsigned int i = 0; i < PAMC_BLOCK_SIZE / 8; i++) {
			random = tap_random(tap);
			memcpy((uint8_t *)rig_at(&rig, page) + i * 8, &random, 8);
		}
		enum pamc_status status = put(persistent, stored);

		if (status == PAMC_STATUS_NO_SPACE) {
			break;
		}
		TAP_EQUAL(status, PAMC_STATUS_SUCCESS);
		TAP_CHECK(stored < 300);
	}
	for (uint64_t i = 0; i < stored; i++) {
		TAP_EQUAL(get(persistent, i), PAMC_STATUS_SUCCESS);
	}
	TAP_EQUAL(info_of(persistent).puts_refused, 1);
	TAP_EQUAL(rig_page(&io, PAMC_OP_FLUSH_OBJECT, persistent, 0, 0, 0), PAMC_STATUS_SUCCESS);
	for (uint64_t i = 0; i < 2 * stored; i++) {
		TAP_EQUAL(put(ephemeral, i), PAMC_STATUS_SUCCESS);
	}
	TAP_EQUAL(get(ephemeral, 0), PAMC_STATUS_MISS);
	TAP_EQUAL(get(ephemeral, 2 * stored - 1), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "pages of every order come back", pages_of_every_order_come_back);
	tap_run(&tap, "pages are written in place", pages_are_written_in_place);
	tap_run(&tap, "lists scatter and gather", lists_scatter_and_gather);
	tap_run(&tap, "flushes say how many", flushes_say_how_many);
	tap_run(&tap, "exclusive gets flush", exclusive_gets_flush);
	tap_run(&tap, "malformed entries name their field", malformed_entries_name_their_field);
	tap_run(&tap, "indices beyond the range are bad handles",
		indices_beyond_the_range_are_bad_handles);
	tap_run(&tap, "lists are checked", lists_are_checked);
	tap_run(&tap, "failed puts leave the handle absent", failed_puts_leave_the_handle_absent);
	tap_run(&tap, "frozen pools refuse puts and flush", frozen_pools_refuse_puts_and_flush);
	tap_run(&tap, "domains keep apart", domains_keep_apart);
	tap_run(&tap, "damage is an error and never data", damage_is_an_error_and_never_data);
	tap_run(&tap, "pages that change meanwhile are whole",
		pages_that_change_meanwhile_are_whole);
	tap_run(&tap, "order on one handle", order_on_one_handle);
	tap_run(&tap, "a full card refuses or evicts", full_card_refuses_or_evicts);
	return tap_done(&tap);
}
