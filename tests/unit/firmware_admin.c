// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware's admin commands on a mailbox made of memory: what they come to, what they
 * tell the data path, and what they must not touch.
 */
#include "fw_priv.h"
#include "mailbox.h"
#include "tap.h"

/* Where data of commands is, on a page's last bytes for what must cross it. */
#define DATA  (MAILBOX_BASE + 4 * 4096)
#define CROSS (DATA + 4096 - 64)

static struct hal hal;

static bool start(void)
{
	mailbox_open(&hal);
	return mailbox_enable(&hal);
}

/* Nothing was done that a data path would have suffered from. */
static bool well(void)
{
	if (hal.broken || hal.panics) {
		printf("# %s\n", hal.broken ? hal.broken : hal.panic);
	}
	return !hal.broken && !hal.panics;
}

static struct pamc_admin_sqe entry(unsigned int opcode, uint32_t id)
{
	return (struct pamc_admin_sqe){.opcode = (uint8_t)opcode, .id = id};
}

static enum pamc_status run(struct pamc_admin_sqe sqe, struct mailbox_done *done)
{
	return mailbox_command(&hal, &sqe, done);
}

static enum pamc_status run_data(unsigned int opcode, uint32_t id, uint64_t addr, uint32_t length,
				 struct mailbox_done *done)
{
	struct pamc_admin_sqe sqe = entry(opcode, id);

	sqe.addr = addr;
	sqe.length = length;
	return run(sqe, done);
}

/* The newest entry of the error log. */
static struct pamc_log_error last_error(void)
{
	fw_log(&hal.fw, PAMC_LOG_ERROR);
	return *(const struct pamc_log_error *)hal.fw.page;
}

static uint32_t pool(const struct pamc_pool_info *info)
{
	struct mailbox_done done;

	memcpy(mailbox_at(&hal, DATA), info, sizeof(*info));
	return run_data(PAMC_ADMIN_POOL_CREATE, 0, DATA, sizeof(*info), &done) ? 0 : done.result;
}

static uint32_t plain_pool(uint8_t type)
{
	return pool(&(struct pamc_pool_info){.type = type, .domain = 3, .name = "pool"});
}

/* The pool's contents in the vault. */
static struct mailbox_contents *contents(uint32_t id)
{
	return &hal.contents[hal.pool_attr[id % FW_POOLS] >> 16 & 511];
}

static const struct pamc_pool_info *listed(uint32_t id)
{
	struct mailbox_done done;

	if (run_data(PAMC_ADMIN_POOL_LIST, id, DATA, sizeof(struct pamc_pool_info), &done) ||
	    done.result != 1) {
		return NULL;
	}
	return mailbox_at(&hal, DATA);
}

/* ---------------------------------------------------------------- cases */

TAP_CASE(comes_up)
{
	mailbox_open(&hal);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_CHECK(hal.word[MAILBOX_BOOT_EPOCH / 4] || hal.word[MAILBOX_BOOT_EPOCH / 4 + 1],
		  "epoch");
	hal.aq_attr = 5 | 4 << 4; /* a completion ring that is too small */
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
	mailbox_run(&hal, 100);
	TAP_EQUAL(mailbox_status(&hal),
		  PAMC_STATUS_FATAL_MASK |
		      PAMC_PREP(PAMC_STATUS_CAUSE, PAMC_FATAL_BAD_ADMIN_QUEUE));
	hal.aq_attr = 4 | 5 << 4;
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 100);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 1);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_EQUAL(hal.queues, 1);
	return well();
}

TAP_CASE(says_who_it_is)
{
	const struct pamc_identify *data = mailbox_at(&hal, CROSS);

	TAP_CHECK(start(), "start");
	hal.counter[MAILBOX_COUNTER_LANES] = 4 | 6 << 8;
	TAP_EQUAL(run_data(PAMC_ADMIN_IDENTIFY, 0, CROSS, sizeof(*data), NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(data->vendor, PAMC_PCI_VENDOR);
	TAP_CHECK(!strcmp((const char *)data->serial, "serial"), "serial");
	TAP_CHECK(!strcmp((const char *)data->firmware, FW_REVISION), "revision");
	TAP_EQUAL(data->boot_epoch, hal.fw.epoch);
	TAP_EQUAL(PAMC_GET(PAMC_CAP_QPS, data->cap), 16);
	TAP_EQUAL(PAMC_GET(PAMC_CAP_VECTORS, data->cap), 8);
	TAP_EQUAL(data->dram_bytes, 64 << 20);
	TAP_EQUAL(data->lanes_put, 4);
	TAP_EQUAL(data->lanes_get, 6);
	TAP_EQUAL(run_data(PAMC_ADMIN_IDENTIFY, 0, MAILBOX_NOWHERE, sizeof(*data), NULL),
		  PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(last_error().addr, MAILBOX_NOWHERE);
	TAP_EQUAL(last_error().field, FIELD(addr));
	return well();
}

TAP_CASE(refuses_what_is_malformed)
{
	static const struct {
		struct pamc_admin_sqe sqe;
		uint32_t status, field;
	} wrong[] = {
	    {{.opcode = 0}, PAMC_STATUS_BAD_OPCODE, FIELD(opcode)},
	    {{.opcode = PAMC_ADMIN_SANITIZE + 1}, PAMC_STATUS_BAD_OPCODE, FIELD(opcode)},
	    {{.opcode = PAMC_ADMIN_FW_DOWNLOAD}, PAMC_STATUS_NOT_SUPPORTED, FIELD(opcode)},
	    {{.opcode = PAMC_ADMIN_LOG, .flags = 1}, PAMC_STATUS_BAD_FIELD, FIELD(flags)},
	    {{.opcode = PAMC_ADMIN_LOG, .addr = 4}, PAMC_STATUS_BAD_FIELD, FIELD(addr)},
	    {{.opcode = PAMC_ADMIN_LOG, .addr = -8ull, .length = 16},
	     PAMC_STATUS_BAD_FIELD,
	     FIELD(addr)},
	    {{.opcode = PAMC_ADMIN_LOG, .length = PAMC_MAX_ADMIN_DATA + 1},
	     PAMC_STATUS_BAD_FIELD,
	     FIELD(length)},
	    {{.opcode = PAMC_ADMIN_IDENTIFY, .length = 511}, PAMC_STATUS_BAD_FIELD, FIELD(length)},
	    {{.opcode = PAMC_ADMIN_LOG, .function = 1}, PAMC_STATUS_BAD_FIELD, FIELD(function)},
	    {{.opcode = PAMC_ADMIN_LOG, .rsvd = 1}, PAMC_STATUS_BAD_FIELD, FIELD(rsvd)},
	    {{.opcode = PAMC_ADMIN_LOG, .id = 77}, PAMC_STATUS_NOT_FOUND, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_QP_CREATE, .id = 16}, PAMC_STATUS_BAD_QUEUE, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_QP_DELETE, .id = 0}, PAMC_STATUS_BAD_QUEUE, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_QP_DELETE, .id = 9}, PAMC_STATUS_BAD_QUEUE, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_POOL_FLUSH, .id = 5}, PAMC_STATUS_BAD_POOL, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_POOL_SET, .p.pool_set.what = 128},
	     PAMC_STATUS_BAD_FIELD,
	     FIELD(p.pool_set.what)},
	    {{.opcode = PAMC_ADMIN_SELF_TEST, .id = 3}, PAMC_STATUS_BAD_FIELD, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_ABORT, .id = 4}, PAMC_STATUS_BAD_QUEUE, FIELD(id)},
	    {{.opcode = PAMC_ADMIN_ABORT, .p.abort.cid = 65536},
	     PAMC_STATUS_BAD_FIELD,
	     FIELD(p.abort.cid)},
	};
	struct mailbox_done done;

	TAP_CHECK(start(), "start");
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		TAP_EQUAL(run(wrong[n].sqe, &done), wrong[n].status);
		TAP_CHECK(done.logged, "entry %zu", n);
		TAP_EQUAL(last_error().sequence, n + 1);
		TAP_EQUAL(last_error().field, wrong[n].field);
		TAP_EQUAL(last_error().cid, done.cid);
	}
	return well();
}

TAP_CASE(queue_pairs)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_QP_CREATE, 5);

	TAP_CHECK(start(), "start");
	sqe.p.qp_create.sq_base = MAILBOX_BASE;
	sqe.p.qp_create.cq_base = MAILBOX_BASE;
	sqe.p.qp_create.sq_shift = 4;
	sqe.p.qp_create.cq_shift = 5;
	sqe.p.qp_create.vector = 7;
	sqe.p.qp_create.domain = 0x1234;
	sqe.p.qp_create.flags = PAMC_QP_IRQ;
	sqe.p.qp_create.coalesce_count = 3;
	sqe.p.qp_create.coalesce_usec = 9;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.queues, 1 | 1 << 5);
	TAP_EQUAL(hal.word[MAILBOX_CONTROL_ATTR / 4],
		  4 | 5 << 4 | 7 << 8 | 1 << 14 | 0x1234u << 16);
	TAP_EQUAL(hal.word[MAILBOX_CONTROL_COALESCE / 4], 3 | 9 << 16);
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_BAD_QUEUE);
	sqe.id = 6;
	sqe.p.qp_create.vector = 8;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(last_error().field, FIELD(p.qp_create.vector));
	TAP_EQUAL(run(entry(PAMC_ADMIN_QP_DELETE, 5), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.queues, 1);
	TAP_EQUAL(run(entry(PAMC_ADMIN_QP_DELETE, 5), NULL), PAMC_STATUS_BAD_QUEUE);
	return well();
}

TAP_CASE(pools)
{
	struct pamc_pool_info wanted = {
	    .type = PAMC_POOL_TYPE_PERSISTENT,
	    .order = 2,
	    .domain = 9,
	    .flags = PAMC_POOL_EXCLUSIVE,
	    .reserve = 10,
	    .limit = 20,
	    .owner = {7, 8},
	};
	const struct pamc_pool_info *info;
	struct pamc_admin_sqe sqe;
	uint32_t first, second;

	TAP_CHECK(start(), "start");
	memset(wanted.name, 'x', sizeof(wanted.name));
	first = pool(&wanted);
	TAP_EQUAL(first, 1);
	TAP_EQUAL(contents(first)->order, 2);
	TAP_EQUAL(contents(first)->reserve, 10 * fw_worst_units(2, false));
	TAP_EQUAL(contents(first)->limit, 20);
	TAP_EQUAL(hal.pool_attr[1] >> 25, 1 << 6 | 1 << 4 | 2);
	second = plain_pool(PAMC_POOL_TYPE_EPHEMERAL);
	TAP_EQUAL(second, 2);
	contents(first)->pages = 4;
	contents(first)->count[FW_GETS] = 5;
	info = listed(0);
	TAP_CHECK(info, "list");
	TAP_EQUAL(info->id, 1);
	TAP_EQUAL(info->reserve, 10);
	TAP_EQUAL(info->owner[1], 8);
	TAP_EQUAL(info->pages, 4);
	TAP_EQUAL(info->gets, 5);
	TAP_EQUAL(info->name[31], 0);
	TAP_EQUAL(listed(2)->id, 2);

	/* Refused, and nothing changes. */
	sqe = entry(PAMC_ADMIN_POOL_SET, first);
	sqe.p.pool_set.what = PAMC_POOL_SET_RESERVE | PAMC_POOL_SET_LIMIT;
	sqe.p.pool_set.reserve = 15;
	sqe.p.pool_set.limit = 14;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_BAD_FIELD);
	sqe.p.pool_set.limit = 30;
	hal.refuse_set = true;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_NO_SPACE);
	TAP_EQUAL(listed(first)->reserve, 10);
	hal.refuse_set = false;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(listed(first)->limit, 30);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);

	/* The place is used again, and the id is another one. */
	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_DESTROY, first), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.pool_attr[1] >> 31, 0);
	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_DESTROY, first), NULL), PAMC_STATUS_BAD_POOL);
	TAP_EQUAL(plain_pool(PAMC_POOL_TYPE_PERSISTENT), 1 << 8 | 1);
	TAP_EQUAL(listed(0)->id, 2);
	return well();
}

TAP_CASE(as_many_pools_as_there_are)
{
	struct mailbox_done done;

	TAP_CHECK(start(), "start");
	for (uint32_t n = 1; n < FW_POOLS; n++) {
		TAP_EQUAL(plain_pool(n % 2), n);
	}
	TAP_EQUAL(plain_pool(0), 0);
	TAP_EQUAL(last_error().status, PAMC_STATUS_NO_RESOURCES);
	hal.accesses = 0;
	TAP_EQUAL(run_data(PAMC_ADMIN_POOL_LIST, 10, DATA, PAMC_MAX_ADMIN_DATA, &done),
		  PAMC_STATUS_SUCCESS);
	TAP_CHECK(hal.accesses < 40000, "%u accesses", hal.accesses);
	TAP_EQUAL(done.result, 246);
	TAP_EQUAL(done.info, 246);
	for (uint32_t n = 0; n < 246; n++) {
		const struct pamc_pool_info *info = mailbox_at(&hal, DATA);

		TAP_EQUAL(info[n].id, n + 10);
	}
	TAP_EQUAL(run_data(PAMC_ADMIN_POOL_LIST, 0, MAILBOX_NOWHERE, 256, NULL),
		  PAMC_STATUS_DMA_FAULT);
	return well();
}

TAP_CASE(flush)
{
	uint32_t id, before;

	TAP_CHECK(start(), "start");
	id = pool(&(struct pamc_pool_info){.type = PAMC_POOL_TYPE_PERSISTENT, .reserve = 2});
	before = hal.pool_attr[id];
	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_FLUSH, id), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.pool_attr[id], before); /* there was nothing */
	contents(id)->pages = 6;
	contents(id)->count[FW_PUTS] = 9;
	contents(id)->count[FW_FLUSHES] = 3;

	/* No contents are free: refused, and not counted. */
	hal.refuse_create = true;
	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_FLUSH, id), NULL), PAMC_STATUS_NO_RESOURCES);
	hal.refuse_create = false;
	TAP_EQUAL(listed(id)->puts, 9);
	TAP_EQUAL(listed(id)->flushes, 3);
	TAP_EQUAL(listed(id)->pages, 6);

	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_FLUSH, id), NULL), PAMC_STATUS_SUCCESS);
	TAP_CHECK(hal.pool_attr[id] != before, "other contents");
	TAP_EQUAL(contents(id)->reserve, 2 * fw_worst_units(0, false));
	TAP_EQUAL(listed(id)->puts, 9);
	TAP_EQUAL(listed(id)->flushes, 9);
	TAP_EQUAL(listed(id)->pages, 0);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	return well();
}

/* A log page's part of any length, to every place: not a byte beyond it is written. */
TAP_CASE(logs_as_long_as_asked_for)
{
	uint8_t *memory = mailbox_at(&hal, DATA);
	static uint8_t whole[sizeof(struct pamc_log_counters)];

	TAP_CHECK(start(), "start");
	hal.counter[MAILBOX_COUNTER_EXEC_PUTS] = 0x1122334455667788;
	for (unsigned int n = 0; n < 600; n++) {
		struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_LOG, PAMC_LOG_COUNTERS);
		uint32_t place = 4096 - 8 * (uint32_t)tap_below(tap, 40);
		uint64_t wanted;
		struct mailbox_done done;

		sqe.addr = DATA + place;
		sqe.length = (uint32_t)tap_below(tap, 300);
		sqe.p.log.offset = tap_below(tap, sizeof(whole) + 10);
		memset(memory, 0xa5, 3 * 4096);
		TAP_EQUAL(run(sqe, &done), PAMC_STATUS_SUCCESS);
		wanted = sqe.p.log.offset < sizeof(whole) ? sizeof(whole) - sqe.p.log.offset : 0;
		wanted = wanted < sqe.length ? wanted : sqe.length;
		TAP_EQUAL(done.result, wanted);
		memcpy(whole, hal.fw.page, sizeof(whole));
		TAP_CHECK(!wanted || !memcmp(memory + place, whole + sqe.p.log.offset, wanted),
			  "offset %llu, %u bytes", (unsigned long long)sqe.p.log.offset,
			  sqe.length);
		for (uint32_t at = 0; at < 3 * 4096; at++) {
			TAP_CHECK((at >= place && at < place + wanted) || memory[at] == 0xa5,
				  "byte %u, data at %u, %u bytes", at, place, sqe.length);
		}
	}
	return well();
}

TAP_CASE(log_pages)
{
	static const struct {
		uint32_t log, bytes;
	} pages[] = {
	    {PAMC_LOG_ERROR, 64 * sizeof(struct pamc_log_error)},
	    {PAMC_LOG_HEALTH, sizeof(struct pamc_log_health)},
	    {PAMC_LOG_LATENCY, PAMC_LAT_COUNT * sizeof(struct pamc_log_latency)},
	    {PAMC_LOG_CAPACITY, sizeof(struct pamc_log_capacity)},
	    {PAMC_LOG_COUNTERS, sizeof(struct pamc_log_counters)},
	    {PAMC_LOG_WEAR, sizeof(struct pamc_log_wear)},
	    {PAMC_LOG_FIRMWARE, sizeof(struct pamc_log_firmware)},
	    {PAMC_LOG_SELF_TEST, sizeof(struct pamc_log_progress)},
	    {PAMC_LOG_SANITIZE, sizeof(struct pamc_log_progress)},
	};
	const struct pamc_log_error *errors = mailbox_at(&hal, CROSS);
	struct mailbox_done done;

	TAP_CHECK(start(), "start");
	for (size_t n = 0; n < sizeof(pages) / sizeof(pages[0]); n++) {
		TAP_EQUAL(run_data(PAMC_ADMIN_LOG, pages[n].log, CROSS, 65536, &done),
			  PAMC_STATUS_SUCCESS);
		TAP_EQUAL(done.result, pages[n].bytes);
	}
	/* More errors than the log holds, one of them the executor's. */
	for (unsigned int n = 0; n < 70; n++) {
		TAP_EQUAL(run(entry(0, 0), NULL), PAMC_STATUS_BAD_OPCODE);
	}
	hal.word[MAILBOX_ERROR / 4] = 5 | 0x77 << 16;
	hal.word[MAILBOX_ERROR / 4 + 1] = PAMC_STATUS_DMA_FAULT | 1 << 8 | 0xffffu << 16;
	hal.word[MAILBOX_ERROR / 4 + 4] = 1;
	hal.error_waits = true;
	TAP_EQUAL(run_data(PAMC_ADMIN_LOG, PAMC_LOG_ERROR, CROSS, 65536, NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(errors[0].sequence, 71);
	TAP_EQUAL(errors[0].qid, 5);
	TAP_EQUAL(errors[0].cid, 0x77);
	TAP_EQUAL(errors[0].addr, UINT64_C(1) << 32);
	for (unsigned int n = 0; n < 63; n++) {
		TAP_EQUAL(errors[n].sequence, 71 - n);
	}
	TAP_EQUAL(errors[63].sequence, 0);
	return well();
}

TAP_CASE(features)
{
	struct pamc_admin_sqe get = entry(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_COALESCE);
	struct pamc_admin_sqe set = entry(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_COALESCE);
	struct mailbox_done done;

	TAP_CHECK(start(), "start");
	set.p.feature.value = 0x40003;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.word[MAILBOX_CONTROL_COALESCE / 4], 0x40003);
	TAP_EQUAL(run(get, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(done.result, 0x40003);
	get.p.feature.qid = set.p.feature.qid = 3;
	TAP_EQUAL(run(get, NULL), PAMC_STATUS_BAD_QUEUE);
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_BAD_QUEUE);
	set.id = PAMC_FEATURE_PRESSURE;
	set.p.feature.value = 101;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_BAD_FIELD);
	set.id = PAMC_FEATURE_DIRTY_BUDGET;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_NOT_SUPPORTED);
	set.id = 99;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_NOT_FOUND);
	set.id = get.id = PAMC_FEATURE_TIMESTAMP;
	set.p.feature.value = UINT64_C(1) << 40;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(run(get, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(done.info, 1 << 8);
	TAP_CHECK(done.result > 0 && done.result < 1000000, "%u ns", done.result);
	return well();
}

TAP_CASE(events)
{
	struct pamc_admin_sqe wait = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	struct pamc_admin_sqe set = entry(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_PRESSURE);
	struct pamc_admin_sqe abort = entry(PAMC_ADMIN_ABORT, 0);
	const struct mailbox_done *done;
	uint16_t cids[PAMC_MAX_AEN];

	TAP_CHECK(start(), "start");
	for (unsigned int n = 0; n < PAMC_MAX_AEN; n++) {
		cids[n] = mailbox_submit(&hal, &wait);
	}
	mailbox_run(&hal, 1000);
	TAP_EQUAL(hal.done_count, 0);
	TAP_EQUAL(run(wait, NULL), PAMC_STATUS_NO_RESOURCES);
	/* That is an error, which is an event. */
	done = mailbox_find(&hal, cids[0]);
	TAP_CHECK(done, "event");
	TAP_EQUAL(done->result, PAMC_EVENT_ERROR);
	TAP_EQUAL(done->info, PAMC_LOG_ERROR);
	abort.p.abort.cid = cids[2];
	TAP_EQUAL(run(abort, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(mailbox_find(&hal, cids[2])->status, PAMC_STATUS_ABORTED);
	TAP_EQUAL(run(abort, NULL), PAMC_STATUS_NOT_FOUND);
	/* 10 % free. */
	hal.counter[MAILBOX_COUNTER_STORE_FREE_UNITS] = hal.fw.layout.units / 10 + 1;
	set.p.feature.value = 10;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_SUCCESS);
	TAP_CHECK(!mailbox_find(&hal, cids[1]), "enough is free");
	hal.counter[MAILBOX_COUNTER_STORE_FREE_UNITS] -= 2;
	while (fw_background(&hal.fw)) {
		mailbox_run(&hal, 100);
	}
	done = mailbox_find(&hal, cids[1]);
	TAP_CHECK(done, "event");
	TAP_EQUAL(done->result, PAMC_EVENT_PRESSURE);
	TAP_EQUAL(done->info, 9);
	while (fw_background(&hal.fw)) {
		mailbox_run(&hal, 100);
	}
	TAP_CHECK(!mailbox_find(&hal, cids[3]), "told once");
	return well();
}

/* A damaged page is an error of its own, and a warning the first time. */
TAP_CASE(damage)
{
	struct pamc_admin_sqe wait = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	const struct mailbox_done *done;
	struct pamc_log_counters counters;
	uint16_t first, second, third;

	TAP_CHECK(start(), "start");
	first = mailbox_submit(&hal, &wait);
	second = mailbox_submit(&hal, &wait);
	third = mailbox_submit(&hal, &wait);
	mailbox_run(&hal, 1000);
	for (unsigned int n = 0; n < 2; n++) {
		hal.word[MAILBOX_ERROR / 4 + 1] = PAMC_STATUS_UNCORRECTABLE | 2 << 8;
		hal.error_waits = true;
		mailbox_run(&hal, 1000);
	}
	done = mailbox_find(&hal, first);
	TAP_CHECK(done && done->result == PAMC_EVENT_ERROR, "error");
	done = mailbox_find(&hal, second);
	TAP_CHECK(done && done->result == PAMC_EVENT_HEALTH && done->info == PAMC_LOG_HEALTH,
		  "health");
	done = mailbox_find(&hal, third);
	TAP_CHECK(done && done->result == PAMC_EVENT_ERROR, "the next error");
	hal.counter[MAILBOX_COUNTER_EXEC_DAMAGED] = 3;
	fw_log(&hal.fw, PAMC_LOG_COUNTERS);
	memcpy(&counters, hal.fw.page, sizeof(counters));
	TAP_EQUAL(counters.crc_errors, 3);
	return well();
}

/* Each wait is in the field of its name: what makes a page slow can be told. */
TAP_CASE(waits)
{
	struct pamc_log_counters counters;

	TAP_CHECK(start(), "start");
	for (unsigned int n = 0; n < 0x100; n++)
		hal.counter[n] = 1000 + n;
	TAP_EQUAL(fw_log(&hal.fw, PAMC_LOG_COUNTERS), sizeof(counters));
	memcpy(&counters, hal.fw.page, sizeof(counters));
	TAP_EQUAL(counters.put_lane_cycles, 1000 + MAILBOX_COUNTER_WAIT_PUT_LANE);
	TAP_EQUAL(counters.put_held_cycles, 1000 + MAILBOX_COUNTER_WAIT_PUT_HELD);
	TAP_EQUAL(counters.get_lane_cycles, 1000 + MAILBOX_COUNTER_WAIT_GET_LANE);
	TAP_EQUAL(counters.get_codec_cycles, 1000 + MAILBOX_COUNTER_WAIT_GET_CODEC);
	TAP_EQUAL(counters.get_result_cycles, 1000 + MAILBOX_COUNTER_WAIT_GET_RESULT);
	TAP_EQUAL(counters.vault_entered, 1000 + MAILBOX_COUNTER_PUTS_ENTERED);
	TAP_EQUAL(counters.vault_free_cycles, 1000 + MAILBOX_COUNTER_PUTS_WAIT_FREE);
	TAP_EQUAL(counters.dram_read_cycles, 1000 + MAILBOX_COUNTER_DRAM_LATENCY_SUM);
	TAP_EQUAL(counters.host_read_most, 1000 + MAILBOX_COUNTER_PCIE_READ_LATENCY_MAX);
	TAP_EQUAL(counters.host_write_cycles, 1000 + MAILBOX_COUNTER_PCIE_WRITE_STALL_READY);
	return well();
}

TAP_CASE(aborts)
{
	struct pamc_admin_sqe create = entry(PAMC_ADMIN_QP_CREATE, 1);
	struct pamc_admin_sqe abort = entry(PAMC_ADMIN_ABORT, 1);
	uint16_t cids[FW_ABORTS];

	TAP_CHECK(start(), "start");
	create.p.qp_create.sq_base = create.p.qp_create.cq_base = MAILBOX_BASE;
	create.p.qp_create.sq_shift = create.p.qp_create.cq_shift = 4;
	TAP_EQUAL(run(create, NULL), PAMC_STATUS_SUCCESS);
	for (unsigned int n = 0; n < FW_ABORTS; n++) {
		abort.p.abort.cid = n == 4 ? 9 : 0;
		cids[n] = mailbox_submit(&hal, &abort);
	}
	mailbox_run(&hal, 1000);
	TAP_EQUAL(run(abort, NULL), PAMC_STATUS_NO_RESOURCES);
	/* Answers come in any order, also between others. */
	mailbox_answer_abort(&hal, 5, true);
	TAP_EQUAL(run(entry(PAMC_ADMIN_QP_DELETE, 1), NULL), PAMC_STATUS_SUCCESS);
	TAP_CHECK(mailbox_find(&hal, cids[5]), "answered");
	TAP_EQUAL(mailbox_find(&hal, cids[5])->status, PAMC_STATUS_SUCCESS);
	mailbox_answer_abort(&hal, 0, false);
	mailbox_run(&hal, 1000);
	TAP_CHECK(mailbox_find(&hal, cids[0]), "answered");
	TAP_EQUAL(mailbox_find(&hal, cids[0])->status, PAMC_STATUS_NOT_FOUND);
	TAP_CHECK(!mailbox_find(&hal, cids[1]), "not answered");
	/* The queues do not have it any more: it is executed, and the ABORT waits for it, others
	 * behind that. */
	hal.inside = 1 << 16; /* queue pair 1, cid 0 */
	mailbox_answer_abort(&hal, 3, false);
	mailbox_run(&hal, 1000);
	mailbox_answer_abort(&hal, 4, true);
	mailbox_run(&hal, 1000);
	TAP_CHECK(!mailbox_find(&hal, cids[3]) && !mailbox_find(&hal, cids[4]), "inside");
	hal.inside = 0;
	mailbox_run(&hal, 1000);
	TAP_CHECK(mailbox_find(&hal, cids[3]) && mailbox_find(&hal, cids[4]), "over");
	TAP_EQUAL(mailbox_find(&hal, cids[3])->status, PAMC_STATUS_SUCCESS);
	TAP_EQUAL(mailbox_find(&hal, cids[4])->status, PAMC_STATUS_SUCCESS);
	return well();
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "comes up, with a good admin queue only", comes_up);
	tap_run(&tap, "IDENTIFY", says_who_it_is);
	tap_run(&tap, "malformed entries are refused and logged", refuses_what_is_malformed);
	tap_run(&tap, "queue pairs", queue_pairs);
	tap_run(&tap, "pools", pools);
	tap_run(&tap, "as many pools as there are", as_many_pools_as_there_are);
	tap_run(&tap, "POOL_FLUSH counts once", flush);
	tap_run(&tap, "LOG writes what it is asked for and no byte more",
		logs_as_long_as_asked_for);
	tap_run(&tap, "log pages", log_pages);
	tap_run(&tap, "features", features);
	tap_run(&tap, "events", events);
	tap_run(&tap, "damaged pages", damage);
	tap_run(&tap, "what commands waited for", waits);
	tap_run(&tap, "ABORT", aborts);
	return tap_done(&tap);
}
