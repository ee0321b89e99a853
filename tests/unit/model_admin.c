// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands of the card model: identity, pools, features, logs, and what is
 * not supported.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

#define FIELD(name) offsetof(struct pamc_admin_sqe, name)

static struct rig rig;
static struct rig_queue admin, io;
static uint64_t buffer; /* 64 KiB of host memory */

static bool start_with(const struct pam_model_config *config)
{
	if (!rig_start(&rig, config, &admin, &io)) {
		return false;
	}
	buffer = rig_alloc(&rig, PAMC_MAX_ADMIN_DATA);
	return true;
}

static bool start(void)
{
	return start_with(NULL);
}

static union rig_sqe entry(unsigned int opcode, uint32_t id, uint32_t length)
{
	return (union rig_sqe){
	    .admin = {.opcode = (uint8_t)opcode, .id = id, .addr = buffer, .length = length}};
}

static enum pamc_status pool_create(const struct pamc_pool_info *info, uint32_t *id)
{
	struct pamc_cqe cqe = {0};
	enum pamc_status status;

	memcpy(rig_at(&rig, buffer), info, sizeof(*info));
	status = rig_admin(&admin, PAMC_ADMIN_POOL_CREATE, 0, buffer, sizeof(*info), &cqe);
	*id = cqe.result;
	return status;
}

static enum pamc_status feature(unsigned int opcode, uint32_t id, uint64_t value, uint32_t qid,
				uint64_t *got)
{
	union rig_sqe sqe = {.admin = {.opcode = (uint8_t)opcode, .id = id}};
	struct pamc_cqe cqe = {0};
	enum pamc_status status;

	sqe.admin.p.feature.value = value;
	sqe.admin.p.feature.qid = qid;
	status = rig_command(&admin, &sqe, &cqe);
	*got = cqe.result | (uint64_t)cqe.info << 32;
	return status;
}

TAP_CASE(identify_tells_the_card)
{
	struct pam_model_config config;
	struct pamc_identify identify;

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.serial = "TEST 1";
	TAP_CHECK(start_with(&config));
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, buffer, 512, NULL),
		  PAMC_STATUS_SUCCESS);
	memcpy(&identify, rig_at(&rig, buffer), sizeof(identify));
	TAP_EQUAL(identify.vendor, PAMC_PCI_VENDOR);
	TAP_EQUAL(identify.device, PAMC_PCI_DEVICE);
	TAP_EQUAL(identify.cap, rig_read(&rig, PAMC_REG_CAP, 8));
	TAP_EQUAL(identify.boot_epoch, rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8));
	TAP_EQUAL(identify.dram_bytes, 8 << 20);
	TAP_CHECK(identify.usable_bytes > 0 && identify.usable_bytes < 8 << 20);
	TAP_CHECK(identify.promisable_pages > 0);
	TAP_CHECK(strcmp((char *)identify.serial, "TEST 1") == 0);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, buffer, 511, NULL),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(length));
	rig_close(&rig);
	return true;
}

TAP_CASE(common_fields_are_checked)
{
	TAP_CHECK(start());

#define WRONG(member, value, wanted)                                                               \
	do {                                                                                       \
		union rig_sqe wrong_sqe = entry(PAMC_ADMIN_IDENTIFY, 0, 512);                      \
		wrong_sqe.admin.member = (value);                                                  \
		TAP_EQUAL(rig_command(&admin, &wrong_sqe, NULL), wanted);                          \
		TAP_EQUAL(rig_last_error(&rig).field, FIELD(member));                              \
		TAP_EQUAL(rig_last_error(&rig).qid, 0);                                            \
	} while (0)

	WRONG(flags, 1, PAMC_STATUS_BAD_FIELD);
	WRONG(function, 1, PAMC_STATUS_BAD_FIELD);
	WRONG(rsvd, 1, PAMC_STATUS_BAD_FIELD);
	WRONG(addr, buffer + 4, PAMC_STATUS_BAD_FIELD);
	WRONG(addr, UINT64_MAX - 7, PAMC_STATUS_BAD_FIELD);
	WRONG(addr, RIG_NOWHERE, PAMC_STATUS_DMA_FAULT);
	WRONG(length, PAMC_MAX_ADMIN_DATA + 8, PAMC_STATUS_BAD_FIELD);
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		if (opcode < PAMC_ADMIN_IDENTIFY || opcode > PAMC_ADMIN_SANITIZE) {
			WRONG(opcode, (uint8_t)opcode, PAMC_STATUS_BAD_OPCODE);
		}
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(pools_are_made_listed_and_destroyed)
{
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_PERSISTENT,
				      .order = 2,
				      .domain = 9,
				      .reserve = 4,
				      .limit = 100,
				      .name = "swap",
				      .owner = {11, 22},
				      .pages = 77};
	const struct pamc_pool_info *list;
	uint32_t first, second, third;
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	list = rig_at(&rig, buffer);
	TAP_EQUAL(pool_create(&info, &first), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(pool_create(&info, &second), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(pool_create(&info, &third), PAMC_STATUS_SUCCESS);
	TAP_CHECK(first && first < second && second < third);
	memset(rig_at(&rig, buffer), 0xee, 4096);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, 0, buffer, 2 * 256 + 255, &cqe),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.result, 2);
	TAP_EQUAL(cqe.info, 3);
	TAP_EQUAL(list[0].id, first);
	TAP_EQUAL(list[1].id, second);
	TAP_EQUAL(list[0].domain, 9);
	TAP_EQUAL(list[0].order, 2);
	TAP_EQUAL(list[0].owner[1], 22);
	TAP_EQUAL(list[0].pages, 0);
	TAP_CHECK(strcmp((const char *)list[0].name, "swap") == 0);
	TAP_EQUAL(*((const uint8_t *)list + 512), 0xee);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, second + 1, buffer, 4096, &cqe),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.result, 1);
	TAP_EQUAL(list[0].id, third);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, UINT32_MAX, buffer, 4096, &cqe),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 0);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, 0, buffer, 0, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.result, 0);
	TAP_EQUAL(cqe.info, 3);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_FLUSH, second, 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_DESTROY, second, 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_DESTROY, second, 0, 0, NULL),
		  PAMC_STATUS_BAD_POOL);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(id));
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_FLUSH, 0, 0, 0, NULL), PAMC_STATUS_BAD_POOL);
	rig_close(&rig);
	return true;
}

TAP_CASE(pool_descriptions_are_checked)
{
	struct pamc_pool_info good = {.type = PAMC_POOL_TYPE_PERSISTENT};
	struct pamc_pool_info bad;
	uint32_t id;

	TAP_CHECK(start());

#define BAD(member, value, wanted)                                                                 \
	do {                                                                                       \
		bad = good;                                                                        \
		bad.member = (value);                                                              \
		TAP_EQUAL(pool_create(&bad, &id), wanted);                                         \
		TAP_EQUAL(id, 0);                                                                  \
	} while (0)

	BAD(type, 2, PAMC_STATUS_BAD_FIELD);
	BAD(order, 5, PAMC_STATUS_BAD_FIELD);
	BAD(flags, 8, PAMC_STATUS_BAD_FIELD);
	BAD(rsvd, 1, PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(addr));
	BAD(flags, PAMC_POOL_DURABLE, PAMC_STATUS_NOT_SUPPORTED);
	BAD(reserve, 1 << 20, PAMC_STATUS_NO_SPACE);
	BAD(reserve, UINT64_MAX, PAMC_STATUS_NO_SPACE);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_CREATE, 0, buffer, 255, NULL),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_CREATE, 0, RIG_NOWHERE, 256, NULL),
		  PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(rig_last_error(&rig).addr, RIG_NOWHERE);
	rig_close(&rig);
	return true;
}

TAP_CASE(pools_run_out)
{
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_EPHEMERAL};
	enum pamc_status status = PAMC_STATUS_SUCCESS;
	struct pamc_identify identify;
	uint32_t id;
	unsigned int made = 0;

	TAP_CHECK(start());
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, buffer, 512, NULL),
		  PAMC_STATUS_SUCCESS);
	memcpy(&identify, rig_at(&rig, buffer), sizeof(identify));
	while (made <= identify.max_pools && status == PAMC_STATUS_SUCCESS) {
		status = pool_create(&info, &id);
		made += status == PAMC_STATUS_SUCCESS;
	}
	TAP_EQUAL(status, PAMC_STATUS_NO_RESOURCES);
	TAP_EQUAL(made, identify.max_pools);
	rig_close(&rig);
	return true;
}

TAP_CASE(pool_set_changes_what_it_names)
{
	uint32_t pool;
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_POOL_SET}};
	const struct pamc_pool_info *info;

	TAP_CHECK(start());
	info = rig_at(&rig, buffer);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	sqe.admin.id = pool;
	sqe.admin.p.pool_set.what = PAMC_POOL_SET_LIMIT | PAMC_POOL_SET_RESERVE;
	sqe.admin.p.pool_set.flags = PAMC_POOL_FROZEN;
	sqe.admin.p.pool_set.limit = 3;
	sqe.admin.p.pool_set.reserve = 2;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, pool, buffer, 256, NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(info->limit, 3);
	TAP_EQUAL(info->reserve, 2);
	TAP_EQUAL(info->flags, 0);
	for (uint64_t i = 0; i < 3; i++) {
		TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, i, buffer, 0), PAMC_STATUS_SUCCESS);
	}
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 3, buffer, 0), PAMC_STATUS_NO_SPACE);
	sqe.admin.p.pool_set.what = PAMC_POOL_SET_RESERVE;
	sqe.admin.p.pool_set.reserve = 4; /* more than the limit */
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.pool_set.reserve));
	sqe.admin.p.pool_set.what = PAMC_POOL_SET_RESERVE | PAMC_POOL_SET_LIMIT;
	sqe.admin.p.pool_set.limit = 0;
	sqe.admin.p.pool_set.reserve = UINT64_MAX;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_NO_SPACE);
	sqe.admin.p.pool_set.what = 8;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.pool_set.what));
	sqe.admin.p.pool_set.what = PAMC_POOL_SET_FLAGS;
	sqe.admin.p.pool_set.flags = 0x100;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.pool_set.flags));
	sqe.admin.id = pool + 1;
	sqe.admin.p.pool_set.flags = 0;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_POOL);
	rig_close(&rig);
	return true;
}

TAP_CASE(features_keep_their_values)
{
	uint64_t value;

	TAP_CHECK(start());
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_EVENT_MASK, 0, 0, &value), 0);
	TAP_EQUAL(value, 0x7e);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_TEMPERATURE, 0, 0, &value), 0);
	TAP_EQUAL(value, 358);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_PRESSURE, 30, 0, &value), 0);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE, 0, 0, &value), 0);
	TAP_EQUAL(value, 30);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_TIMESTAMP, 1ull << 60, 0, &value),
		  0);
	rig.now += 500;
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_TIMESTAMP, 0, 0, &value), 0);
	TAP_EQUAL(value, (1ull << 60) + 500);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_PRESSURE, 101, 0, &value),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.feature.value));
	TAP_EQUAL(rig_last_error(&rig).time_ns, (1ull << 60) + 500);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_COALESCE, 1ull << 32, 1, &value),
		  PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_COALESCE, 0, 2, &value),
		  PAMC_STATUS_BAD_QUEUE);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.feature.qid));
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_COALESCE, 0, 64, &value),
		  PAMC_STATUS_BAD_QUEUE);
	for (unsigned int opcode = PAMC_ADMIN_FEATURE_GET; opcode <= PAMC_ADMIN_FEATURE_SET;
	     opcode++) {
		TAP_EQUAL(feature(opcode, PAMC_FEATURE_DIRTY_BUDGET, 0, 0, &value),
			  PAMC_STATUS_NOT_SUPPORTED);
		TAP_EQUAL(feature(opcode, 0, 0, 0, &value), PAMC_STATUS_NOT_FOUND);
		TAP_EQUAL(feature(opcode, 99, 0, 0, &value), PAMC_STATUS_NOT_FOUND);
		TAP_EQUAL(rig_last_error(&rig).field, FIELD(id));
	}
	rig_disable(&rig);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	TAP_EQUAL(feature(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE, 0, 0, &value), 0);
	TAP_EQUAL(value, 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(logs_are_read_in_parts)
{
	static const struct {
		unsigned int log;
		size_t size;
	} logs[] = {
	    {PAMC_LOG_ERROR, 64 * 64},
	    {PAMC_LOG_HEALTH, sizeof(struct pamc_log_health)},
	    {PAMC_LOG_LATENCY, PAMC_LAT_COUNT * sizeof(struct pamc_log_latency)},
	    {PAMC_LOG_CAPACITY, sizeof(struct pamc_log_capacity)},
	    {PAMC_LOG_COUNTERS, sizeof(struct pamc_log_counters)},
	    {PAMC_LOG_WEAR, sizeof(struct pamc_log_wear)},
	    {PAMC_LOG_FIRMWARE, sizeof(struct pamc_log_firmware)},
	    {PAMC_LOG_SELF_TEST, sizeof(struct pamc_log_progress)},
	    {PAMC_LOG_SANITIZE, sizeof(struct pamc_log_progress)},
	};
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	for (unsigned int i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		union rig_sqe sqe = entry(PAMC_ADMIN_LOG, logs[i].log, PAMC_MAX_ADMIN_DATA);

		memset(rig_at(&rig, buffer), 0xee, PAMC_MAX_ADMIN_DATA);
		TAP_EQUAL(rig_command(&admin, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, logs[i].size);
		TAP_EQUAL(*((uint8_t *)rig_at(&rig, buffer) + logs[i].size), 0xee);
		sqe.admin.p.log.offset = logs[i].size - 8;
		TAP_EQUAL(rig_command(&admin, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, 8);
		sqe.admin.p.log.offset = UINT64_MAX;
		TAP_EQUAL(rig_command(&admin, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, 0);
		sqe.admin.p.log.offset = 0;
		sqe.admin.length = 5;
		TAP_EQUAL(rig_command(&admin, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(cqe.result, 5);
	}
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_LOG, 0, buffer, 64, NULL), PAMC_STATUS_NOT_FOUND);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_LOG, 10, buffer, 64, NULL), PAMC_STATUS_NOT_FOUND);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(id));
	TAP_CHECK(pam_model_log(rig.model, 10, rig_at(&rig, buffer), 64) < 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(error_log_keeps_the_latest)
{
	struct pamc_log_error errors[64];

	TAP_CHECK(start());
	for (unsigned int i = 0; i < 100; i++) {
		TAP_EQUAL(rig_page(&io, PAMC_OP_GET, 1000 + i, i, buffer, 0), PAMC_STATUS_BAD_POOL);
	}
	TAP_EQUAL(pam_model_log(rig.model, PAMC_LOG_ERROR, errors, sizeof(errors)),
		  (int)sizeof(errors));
	for (unsigned int i = 0; i < 63; i++) {
		TAP_EQUAL(errors[i].sequence, 100 - i);
		TAP_EQUAL(errors[i].pool, 1099 - i);
		TAP_EQUAL(errors[i].index, 99 - i);
		TAP_EQUAL(errors[i].opcode, PAMC_OP_GET);
	}
	TAP_EQUAL(errors[63].sequence, 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(latencies_and_counters_add_up)
{
	struct pamc_log_latency latency[PAMC_LAT_COUNT];
	struct pamc_log_counters counters;
	uint32_t pool;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	rig.tick = 100;
	for (uint64_t i = 0; i < 10; i++) {
		TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, i, buffer, 0), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, i, buffer, 0), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, i + 50, buffer, 0), PAMC_STATUS_MISS);
		TAP_EQUAL(rig_page(&io, PAMC_OP_FLUSH_PAGE, pool, i, 0, 0), PAMC_STATUS_SUCCESS);
	}
	pam_model_log(rig.model, PAMC_LOG_LATENCY, latency, sizeof(latency));
	for (unsigned int i = 0; i < PAMC_LAT_COUNT; i++) {
		TAP_EQUAL(latency[i].count, 10);
		TAP_EQUAL(latency[i].sum_ns, 1000);
		TAP_EQUAL(latency[i].bucket[4 * (6 - 1) + (100 >> 4 & 3)], 10);
	}
	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	TAP_EQUAL(counters.puts, 10);
	TAP_EQUAL(counters.gets, 10);
	TAP_EQUAL(counters.misses, 10);
	TAP_EQUAL(counters.flushes, 10);
	TAP_EQUAL(counters.errors, 0);
	TAP_EQUAL(counters.admin, 2);
	TAP_EQUAL(counters.completions, 42);
	TAP_EQUAL(counters.fetched, 42);
	TAP_EQUAL(counters.write_bytes, 42 * 16 + 10 * 4096);
	TAP_EQUAL(counters.read_bytes, 42 * 64 + 10 * 4096 + 256);
	rig_close(&rig);
	return true;
}

TAP_CASE(firmware_is_checked)
{
	TAP_CHECK(start());
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_FW_DOWNLOAD, 0, buffer, 4096, NULL),
		  PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_FW_ACTIVATE, 0, 0, 0, NULL),
		  PAMC_STATUS_BAD_FIRMWARE);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "IDENTIFY tells the card", identify_tells_the_card);
	tap_run(&tap, "common fields are checked", common_fields_are_checked);
	tap_run(&tap, "pools are made, listed and destroyed", pools_are_made_listed_and_destroyed);
	tap_run(&tap, "pool descriptions are checked", pool_descriptions_are_checked);
	tap_run(&tap, "pools run out", pools_run_out);
	tap_run(&tap, "POOL_SET changes what it names", pool_set_changes_what_it_names);
	tap_run(&tap, "features keep their values", features_keep_their_values);
	tap_run(&tap, "logs are read in parts", logs_are_read_in_parts);
	tap_run(&tap, "the error log keeps the latest", error_log_keeps_the_latest);
	tap_run(&tap, "latencies and counters add up", latencies_and_counters_add_up);
	tap_run(&tap, "firmware is checked", firmware_is_checked);
	return tap_done(&tap);
}
