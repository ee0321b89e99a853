// SPDX-License-Identifier: Apache-2.0
/* What the card tells of itself: IDENTIFY and the log pages. */
#include "fw_priv.h"

/* LATENCY_SELECT */
#define LATENCY_BUCKET 0u
#define LATENCY_COUNT  (1u << 9)
#define LATENCY_SUM    (2u << 9)
#define MOST_ERRORS    8u /* calls of fw_take_errors before the error log is shown */

uint64_t fw_time_ns(struct fw *fw)
{
	uint64_t since = fw->timestamp ? fw->timestamp_at : fw->started;

	return fw->timestamp + (fw_now(fw) - since) * (1000 / fw->platform.cycles_per_us);
}

/* Shown in the page, and the rest of it is zero. */
static uint32_t show(struct fw *fw, const void *from, uint32_t bytes)
{
	memcpy(fw->page, from, bytes);
	return bytes;
}

static uint32_t zeroes(struct fw *fw, uint32_t bytes)
{
	memset(fw->page, 0, bytes);
	return bytes;
}

static uint32_t smaller(uint64_t a, uint64_t b)
{
	return (uint32_t)(a < b ? a : b);
}

/* ---------------------------------------------------------------- IDENTIFY */

void fw_identify(struct fw *fw)
{
	const struct fw_platform *platform = &fw->platform;
	uint32_t lanes = (uint32_t)fw_counter(fw, MAILBOX_COUNTER_LANES);
	uint32_t worst = fw_worst_units(0, platform->tier != NULL);
	struct pamc_identify data;

	memset(&data, 0, sizeof(data));
	data.vendor = PAMC_PCI_VENDOR;
	data.device = PAMC_PCI_DEVICE;
	data.version = PAMC_REG_VERSION_RESET;
	memcpy(data.serial, platform->serial, sizeof(data.serial));
	memcpy(data.model, platform->model, sizeof(data.model));
	memcpy(data.firmware, FW_REVISION, sizeof(FW_REVISION) - 1);
	if (platform->revision[0]) {
		memcpy(data.firmware, platform->revision, sizeof(data.firmware));
	}
	data.boot_epoch = fw->epoch;
	data.cap = (PAMC_REG_CAP_RESET & ~(uint64_t)(PAMC_CAP_QPS_MASK | PAMC_CAP_VECTORS_MASK)) |
		   PAMC_PREP(PAMC_CAP_QPS, platform->queue_pairs) |
		   PAMC_PREP(PAMC_CAP_VECTORS, platform->vectors);
	if (platform->tier) {
		struct fw_tier_figures flash;

		platform->tier->figures(fw, &flash);
		data.flash_bytes = flash.bytes;
		data.cap |= PAMC_CAP_FLASH_MASK | PAMC_CAP_DURABLE_MASK | PAMC_CAP_TIMEOUT_MASK;
	}
	data.dram_bytes = platform->dram_bytes;
	data.usable_bytes = (uint64_t)fw->layout.units * UNIT_BYTES;
	data.worst_page_bytes = worst * UNIT_BYTES;
	data.promisable_pages = smaller(
	    (fw->layout.units - fw_counter(fw, MAILBOX_COUNTER_VAULT_COMMITTED_UNITS)) / worst,
	    (fw->layout.slot_limit - fw_counter(fw, MAILBOX_COUNTER_VAULT_COMMITTED_SLOTS)) /
		WORST_SLOTS);
	if (platform->tier) {
		data.promisable_pages = platform->tier->promisable(fw);
	}
	data.max_pools = FW_POOLS - 1;
	data.max_objects = fw->layout.slot_limit / WORST_SLOTS;
	data.codecs = 1u << PAMC_CODEC_RAW | 1u << PAMC_CODEC_LZ4 | 1u << PAMC_CODEC_SAME;
	data.index_bits = 64;
	data.lanes_put = lanes & 0xff;
	data.lanes_get = lanes >> 8 & 0xff;
	data.clock_khz = platform->clock_khz;
	fw_host_write(fw, fw->sqe.addr, &data, sizeof(data), &fw->outcome);
}

/* ---------------------------------------------------------------- pages */

/* Newest first, and one of zeroes that ends the list. */
static uint32_t show_errors(struct fw *fw)
{
	struct pamc_log_error *out = (struct pamc_log_error *)fw->page;
	uint32_t bytes = zeroes(fw, (FW_ERRORS + 1) * sizeof(*out));

	for (uint32_t n = 0; n < FW_ERRORS && fw->error_sequence > n; n++) {
		out[n] = fw->errors[(fw->error_last + FW_ERRORS - n) % FW_ERRORS];
	}
	return bytes;
}

bool fw_hot(struct fw *fw)
{
	return fw->temperature && hal_temperature(fw->platform.hal) >= fw->temperature;
}

/* Flash's part: spare is what was provided for blocks that fail, one in 32. */
#define SPARE_SHARE 32u
#define SPARE_LOW   10u
static uint32_t spare_percent(const struct fw_tier_figures *flash)
{
	uint32_t spare = flash->blocks / SPARE_SHARE;
	uint32_t used = flash->wear.bad_grown < spare ? (uint32_t)flash->wear.bad_grown : spare;

	return spare ? 100 - used * 100 / spare : 0;
}

bool fw_spare_low(struct fw *fw)
{
	struct fw_tier_figures flash;

	if (!fw->platform.tier) {
		return false;
	}
	fw->platform.tier->figures(fw, &flash);
	return spare_percent(&flash) < SPARE_LOW;
}

static void flash_health(struct fw *fw, struct pamc_log_health *health)
{
	struct fw_tier_figures flash;
	uint64_t used;

	fw->platform.tier->figures(fw, &flash);
	health->spare_percent = (uint8_t)spare_percent(&flash);
	if (fw->platform.flash_endurance) {
		used = flash.wear.erase_mean * 100 / fw->platform.flash_endurance;
		health->used_percent = (uint8_t)(used < UINT8_MAX ? used : UINT8_MAX);
	}
	health->warnings |= health->spare_percent < SPARE_LOW ? HEALTH_SPARE : 0;
	health->warnings |= flash.broken ? 8 : 0;
}

static uint32_t show_wear(struct fw *fw)
{
	struct fw_tier_figures flash;

	if (!fw->platform.tier) {
		return zeroes(fw, sizeof(struct pamc_log_wear));
	}
	fw->platform.tier->figures(fw, &flash);
	return show(fw, &flash.wear, sizeof(flash.wear));
}

static uint32_t show_health(struct fw *fw)
{
	struct pamc_log_health health;

	memset(&health, 0, sizeof(health));
	health.spare_percent = 100;
	health.power_on_s =
	    (fw_now(fw) - fw->started) / ((uint64_t)fw->platform.cycles_per_us * 1000000);
	health.power_cycles = fw->platform.power_cycles;
	health.unsafe_shutdowns = fw->platform.unsafe_shutdowns;
	health.fw_restarts = fw->platform.restarts;
	health.dram_uncorrected = fw_counter(fw, MAILBOX_COUNTER_DRAM_READ_ERRORS);
	health.errors = fw->error_sequence;
	for (uint32_t memory = 0; memory < FW_MEMORIES; memory++) {
		uint64_t words = fw_counter(fw, MAILBOX_COUNTER_ECC + memory);

		health.chip_corrected += (uint32_t)words;
		health.chip_uncorrected += words >> 32;
	}
	health.temperature = (uint16_t)hal_temperature(fw->platform.hal);
	health.warnings = (health.dram_uncorrected ? 2 : 0) | (health.chip_uncorrected ? 32 : 0) |
			  (fw_hot(fw) ? HEALTH_HOT : 0);
	if (fw->platform.tier) {
		flash_health(fw, &health);
	}
	return show(fw, &health, sizeof(health));
}

static uint64_t latency(struct fw *fw, uint32_t select)
{
	fw_write(fw, MAILBOX_LATENCY_SELECT, select);
	return fw_read64(fw, MAILBOX_LATENCY);
}

static uint32_t show_latency(struct fw *fw)
{
	struct pamc_log_latency *out = (struct pamc_log_latency *)fw->page;

	for (uint32_t kind = 0; kind < PAMC_LAT_COUNT; kind++) {
		out[kind].count = latency(fw, LATENCY_COUNT | kind << 7);
		out[kind].sum_ns =
		    latency(fw, LATENCY_SUM | kind << 7) * (1000 / fw->platform.cycles_per_us);
		for (uint32_t bucket = 0; bucket < PAMC_HIST_BUCKETS; bucket++) {
			out[kind].bucket[bucket] = latency(fw, LATENCY_BUCKET | kind << 7 | bucket);
		}
	}
	return PAMC_LAT_COUNT * sizeof(*out);
}

static void add_pool(struct fw *fw, const struct fw_pool *pool, struct pamc_log_capacity *page)
{
	uint64_t blocks, units, reserve;

	fw_vault(fw, VAULT_READ | VAULT_CONTENTS(pool->contents));
	blocks = (uint64_t)fw_row(fw, 1) << pool->order;
	units = fw_row(fw, 2);
	reserve = fw_row64(fw, 9);
	page->data_bytes += blocks * PAMC_BLOCK_SIZE;
	page->stored_bytes += fw_row64(fw, 3);
	page->pages += blocks;
	page->same_pages += fw_row(fw, 5);
	page->raw_pages += fw_row(fw, 6);
	if (pool->type == PAMC_POOL_TYPE_EPHEMERAL) {
		page->ephemeral_pages += blocks;
	} else if (reserve > units) {
		page->promised_bytes += (reserve - units) * UNIT_BYTES;
	}
	page->pools++;
}

static uint32_t show_capacity(struct fw *fw)
{
	struct pamc_log_capacity page;

	memset(&page, 0, sizeof(page));
	page.total_bytes = fw->platform.dram_bytes;
	page.usable_bytes = (uint64_t)fw->layout.units * UNIT_BYTES;
	page.index_bytes = fw->layout.index_bytes;
	page.map_bytes = fw->layout.map_bytes;
	page.free_bytes = fw_counter(fw, MAILBOX_COUNTER_STORE_FREE_UNITS) * UNIT_BYTES;
	page.used_bytes = page.usable_bytes - page.free_bytes;
	for (uint32_t place = 1; place < FW_POOLS; place++) {
		if (fw->pools[place].id) {
			add_pool(fw, &fw->pools[place], &page);
		}
	}
	page.extents = fw_counter(fw, MAILBOX_COUNTER_VAULT_EXTENTS);
	page.index_slots = (uint64_t)fw->layout.buckets * 8;
	page.index_used = fw_counter(fw, MAILBOX_COUNTER_INDEX_USED);
	page.stash_used = fw_counter(fw, MAILBOX_COUNTER_STASH_USED);
	page.objects = fw_counter(fw, MAILBOX_COUNTER_VAULT_OBJECTS);
	page.dead_pages = fw_counter(fw, MAILBOX_COUNTER_VAULT_DEAD_PAGES);
	if (fw->platform.tier) {
		struct fw_tier_figures flash;

		fw->platform.tier->figures(fw, &flash);
		page.flash_bytes = flash.bytes;
		page.flash_used_bytes = flash.used;
	}
	return show(fw, &page, sizeof(page));
}

/* What is waited for, in the order of the log's fields. */
static const uint16_t waits[] = {
    MAILBOX_COUNTER_WAIT_PUT_LANE,          MAILBOX_COUNTER_WAIT_PUT_HOST,
    MAILBOX_COUNTER_WAIT_PUT_CODEC,         MAILBOX_COUNTER_WAIT_PUT_VAULT,
    MAILBOX_COUNTER_WAIT_PUT_RESULT,        MAILBOX_COUNTER_WAIT_PUT_HELD,
    MAILBOX_COUNTER_WAIT_GET_LANE,          MAILBOX_COUNTER_WAIT_GET_INDEX,
    MAILBOX_COUNTER_WAIT_GET_ROOM,          MAILBOX_COUNTER_WAIT_GET_MEMORY,
    MAILBOX_COUNTER_WAIT_GET_CODEC,         MAILBOX_COUNTER_WAIT_GET_AGAIN,
    MAILBOX_COUNTER_WAIT_GET_PROBE,         MAILBOX_COUNTER_WAIT_GET_HOST,
    MAILBOX_COUNTER_WAIT_GET_VAULT,         MAILBOX_COUNTER_WAIT_GET_RESULT,
    MAILBOX_COUNTER_PUTS_ENTERED,           MAILBOX_COUNTER_PUTS_DIVERTED,
    MAILBOX_COUNTER_PUTS_WAIT_INSIDE,       MAILBOX_COUNTER_PUTS_WAIT_DRAINED,
    MAILBOX_COUNTER_PUTS_WAIT_OBJECT,       MAILBOX_COUNTER_PUTS_WAIT_ROOM,
    MAILBOX_COUNTER_PUTS_WAIT_STREAM,       MAILBOX_COUNTER_PUTS_WAIT_LOOKUP,
    MAILBOX_COUNTER_PUTS_WAIT_INDEX,        MAILBOX_COUNTER_PUTS_WAIT_FREE,
    MAILBOX_COUNTER_DRAM_READ_BURSTS,       MAILBOX_COUNTER_DRAM_LATENCY_SUM,
    MAILBOX_COUNTER_DRAM_LATENCY_MAX,       MAILBOX_COUNTER_PCIE_READ_PACKETS,
    MAILBOX_COUNTER_PCIE_READ_LATENCY_SUM,  MAILBOX_COUNTER_PCIE_READ_LATENCY_MAX,
    MAILBOX_COUNTER_PCIE_READ_STALL_TAG,    MAILBOX_COUNTER_PCIE_READ_STALL_READY,
    MAILBOX_COUNTER_PCIE_WRITE_STALL_READY,
};
_Static_assert(offsetof(struct pamc_log_counters, host_write_cycles) -
		       offsetof(struct pamc_log_counters, put_lane_cycles) ==
		   sizeof(uint64_t) * (sizeof(waits) / sizeof(waits[0]) - 1),
	       "a wait for each field");

static uint32_t show_counters(struct fw *fw)
{
	struct pamc_log_counters all;
	uint64_t *wait = (uint64_t *)&all +
			 offsetof(struct pamc_log_counters, put_lane_cycles) / sizeof(uint64_t);

	memset(&all, 0, sizeof(all));
	all.puts = fw_counter(fw, MAILBOX_COUNTER_EXEC_PUTS);
	all.puts_refused = fw_counter(fw, MAILBOX_COUNTER_EXEC_PUTS_REFUSED);
	all.gets = fw_counter(fw, MAILBOX_COUNTER_EXEC_GETS);
	all.misses = fw_counter(fw, MAILBOX_COUNTER_EXEC_MISSES);
	all.flushes = fw_counter(fw, MAILBOX_COUNTER_VAULT_FLUSHES);
	all.evictions = fw_counter(fw, MAILBOX_COUNTER_VAULT_EVICTIONS);
	all.errors = fw_counter(fw, MAILBOX_COUNTER_EXEC_ERRORS) + fw->admin_errors;
	all.admin = fw->admin;
	all.pushed = fw_counter(fw, MAILBOX_COUNTER_QUEUE_PUSHED);
	all.fetched = fw_counter(fw, MAILBOX_COUNTER_QUEUE_FETCHED);
	all.push_dropped = fw_counter(fw, MAILBOX_COUNTER_QUEUE_PUSH_DROPPED);
	all.interrupts = fw_counter(fw, MAILBOX_COUNTER_QUEUE_INTERRUPTS);
	all.completions = fw_counter(fw, MAILBOX_COUNTER_QUEUE_COMPLETIONS);
	all.cq_full_stalls = fw_counter(fw, MAILBOX_COUNTER_QUEUE_CQ_FULL_STALLS);
	all.hazard_stalls = fw_counter(fw, MAILBOX_COUNTER_HAZARD_STALLS);
	all.read_bytes = fw_counter(fw, MAILBOX_COUNTER_PCIE_READ_LINES) * 64;
	all.write_bytes = fw_counter(fw, MAILBOX_COUNTER_PCIE_WRITE_DWORDS) * 4;
	all.dma_faults = fw_counter(fw, MAILBOX_COUNTER_PCIE_READ_ERRORS) +
			 fw_counter(fw, MAILBOX_COUNTER_PCIE_READ_TIMEOUTS);
	all.crc_errors = fw_counter(fw, MAILBOX_COUNTER_EXEC_DAMAGED);
	all.aborts = fw_counter(fw, MAILBOX_COUNTER_EXEC_ABORTS) + fw->admin_aborts;
	all.resets = fw->resets;
	all.merges = fw_counter(fw, MAILBOX_COUNTER_STORE_MERGES);
	all.splits = fw_counter(fw, MAILBOX_COUNTER_STORE_SPLITS);
	all.index_moves = fw_counter(fw, MAILBOX_COUNTER_INDEX_MOVES);
	all.index_full = fw_counter(fw, MAILBOX_COUNTER_VAULT_INDEX_FULL);
	all.busy_cycles = fw_counter(fw, MAILBOX_COUNTER_BUSY_CYCLES);
	for (uint32_t n = 0; n < sizeof(waits) / sizeof(waits[0]); n++) {
		*wait++ = fw_counter(fw, waits[n]);
	}
	return show(fw, &all, sizeof(all));
}

static uint32_t show_firmware(struct fw *fw)
{
	const struct fw_platform *platform = &fw->platform;
	struct pamc_log_firmware page;

	memset(&page, 0, sizeof(page));
	page.slots = platform->slots;
	page.active_slot = platform->slot;
	page.boot_reason = platform->boot_reason;
	if (platform->slot >= 1 &&
	    platform->slot <= sizeof(page.revision) / sizeof(platform->revision)) {
		memcpy(page.revision + sizeof(platform->revision) * (platform->slot - 1u),
		       platform->revision, sizeof(platform->revision));
	}
	fw_update_show(fw, &page);
	return show(fw, &page, sizeof(page));
}

uint32_t fw_log(struct fw *fw, uint32_t number)
{
	switch (number) {
	case PAMC_LOG_ERROR:
		return show_errors(fw);
	case PAMC_LOG_HEALTH:
		return show_health(fw);
	case PAMC_LOG_LATENCY:
		return show_latency(fw);
	case PAMC_LOG_CAPACITY:
		return show_capacity(fw);
	case PAMC_LOG_COUNTERS:
		return show_counters(fw);
	case PAMC_LOG_WEAR:
		return show_wear(fw);
	case PAMC_LOG_FIRMWARE:
		return show_firmware(fw);
	case PAMC_LOG_SELF_TEST:
		return show(fw, &fw->self_test.log, sizeof(fw->self_test.log));
	case PAMC_LOG_SANITIZE:
		return show(fw, &fw->sanitize.log, sizeof(fw->sanitize.log));
	default:
		return 0;
	}
}

void fw_log_page(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	uint64_t offset = sqe->p.log.offset;
	uint32_t bytes, length;

	for (uint32_t n = 0; n < MOST_ERRORS && (fw_read(fw, MAILBOX_EVENTS) & HAS_ERROR); n++) {
		fw_take_errors(fw);
	}
	bytes = fw_log(fw, sqe->id);
	if (!bytes) {
		fw_fail(&fw->outcome, PAMC_STATUS_NOT_FOUND, FIELD(id));
		return;
	}
	offset = offset < bytes ? offset : bytes;
	length = smaller(bytes - offset, sqe->length);
	if (length && !fw_host_write(fw, sqe->addr, (const uint8_t *)fw->page + offset, length,
				     &fw->outcome)) {
		return;
	}
	fw->outcome.result = length;
}
