// SPDX-License-Identifier: Apache-2.0
/* What the card tells of itself: IDENTIFY and the log pages. */
#include <cstddef>
#include <cstring>

#include "management.hpp"
#include "pamc_mailbox.h"
#include "vault_layout.h"

namespace rtl_card
{

constexpr uint32_t OP_READ = 8;
constexpr uint64_t unit_bytes = 32;
constexpr uint64_t ns_per_cycle = 1000 / cycles_per_us;

uint64_t Management::counter(unsigned int which)
{
	sim_.write(MAILBOX_COUNTER_SELECT, which);
	return sim_.read64(MAILBOX_COUNTER);
}

uint64_t Management::time_ns() const
{
	uint64_t since = timestamp_ ? timestamp_at_ : started_;

	return timestamp_ + (sim_.now() - since) * ns_per_cycle;
}

static void set_text(uint8_t *field, size_t size, const std::string &text)
{
	std::memcpy(field, text.data(), std::min(text.size(), size));
}

void Management::identify(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	pamc_identify data{};
	uint64_t worst = vault_worst_units(0);
	uint64_t lanes = counter(MAILBOX_COUNTER_LANES);
	uint64_t pages = (layout_.units - counter(MAILBOX_COUNTER_VAULT_COMMITTED_UNITS)) / worst;
	uint64_t by_slots =
	    (layout_.slot_limit - counter(MAILBOX_COUNTER_VAULT_COMMITTED_SLOTS)) / 2;
	char serial[24];

	std::snprintf(serial, sizeof(serial), "RTL%016llx",
		      static_cast<unsigned long long>(settings_.seed));
	data.vendor = PAMC_PCI_VENDOR;
	data.device = PAMC_PCI_DEVICE;
	data.version = PAMC_REG_VERSION_RESET;
	set_text(data.serial, sizeof(data.serial), serial);
	set_text(data.model, sizeof(data.model), "PAM card, RTL in simulation");
	set_text(data.firmware, sizeof(data.firmware), "stand-in");
	data.boot_epoch = epoch_;
	data.cap = (PAMC_REG_CAP_RESET & ~uint64_t(PAMC_CAP_QPS_MASK | PAMC_CAP_VECTORS_MASK)) |
		   settings_.queue_pairs | uint64_t(settings_.vectors) << 8;
	data.dram_bytes = settings_.dram_bytes;
	data.usable_bytes = layout_.units * unit_bytes;
	data.worst_page_bytes = worst * unit_bytes;
	data.promisable_pages = std::min(pages, by_slots);
	data.max_pools = uint32_t(pools_.size() - 1);
	data.max_objects = layout_.slot_limit / 2;
	data.codecs = 1u << PAMC_CODEC_RAW | 1u << PAMC_CODEC_LZ4 | 1u << PAMC_CODEC_SAME;
	data.index_bits = 64;
	data.lanes_put = uint16_t(lanes & 0xff);
	data.lanes_get = uint16_t(lanes >> 8 & 0xff);
	data.clock_khz = uint32_t(cycles_per_us * 1000);
	host_write(sqe.addr, &data, sizeof(data), outcome);
}

/* ---------------------------------------------------------------- pages */

pamc_log_capacity Management::capacity()
{
	pamc_log_capacity page{};

	page.total_bytes = settings_.dram_bytes;
	page.usable_bytes = layout_.units * unit_bytes;
	page.index_bytes = layout_.index_bytes;
	page.map_bytes = layout_.map_bytes;
	page.free_bytes = counter(MAILBOX_COUNTER_STORE_FREE_UNITS) * unit_bytes;
	page.used_bytes = page.usable_bytes - page.free_bytes;
	for (const Pool &pool : pools_) {
		if (!pool.info.id)
			continue;

		Vault read = vault(OP_READ | pool.contents << 16);
		uint64_t blocks = uint64_t(read.row[1]) << pool.info.order;
		uint64_t reserve = read.row[9] | uint64_t(read.row[10]) << 32;

		page.data_bytes += blocks * PAMC_BLOCK_SIZE;
		page.stored_bytes += read.row[3] | uint64_t(read.row[4]) << 32;
		page.pages += blocks;
		page.same_pages += read.row[5];
		page.raw_pages += read.row[6];
		if (pool.info.type == PAMC_POOL_TYPE_EPHEMERAL)
			page.ephemeral_pages += blocks;
		else if (reserve > read.row[2])
			page.promised_bytes += (reserve - read.row[2]) * unit_bytes;
		page.pools++;
	}
	page.extents = counter(MAILBOX_COUNTER_VAULT_EXTENTS);
	page.index_slots = uint64_t(layout_.buckets) * 8;
	page.index_used = counter(MAILBOX_COUNTER_INDEX_USED);
	page.stash_used = counter(MAILBOX_COUNTER_STASH_USED);
	page.objects = counter(MAILBOX_COUNTER_VAULT_OBJECTS);
	page.dead_pages = counter(MAILBOX_COUNTER_VAULT_DEAD_PAGES);
	return page;
}

template <class Page> static std::vector<uint8_t> bytes_of(const Page &page)
{
	const uint8_t *at = reinterpret_cast<const uint8_t *>(&page);

	return {at, at + sizeof(page)};
}

std::vector<uint8_t> Management::log(unsigned int page)
{
	switch (page) {
	case PAMC_LOG_ERROR: {
		std::array<pamc_log_error, 64> list{};

		std::copy(errors_.begin(), errors_.end(), list.begin());
		return bytes_of(list);
	}
	case PAMC_LOG_HEALTH: {
		pamc_log_health health{};

		health.spare_percent = 100;
		health.power_on_s = (sim_.now() - started_) / (cycles_per_us * 1000000);
		health.power_cycles = power_cycles_;
		health.unsafe_shutdowns = unsafe_;
		health.dram_uncorrected = counter(MAILBOX_COUNTER_DRAM_READ_ERRORS);
		health.errors = error_sequence_;
		for (unsigned int memory = 0; memory < lost_.size(); memory++) {
			uint64_t words = counter(MAILBOX_COUNTER_ECC + memory);

			health.chip_corrected += uint32_t(words);
			health.chip_uncorrected += words >> 32;
		}
		health.warnings =
		    (health.dram_uncorrected ? 2 : 0) | (health.chip_uncorrected ? 32 : 0);
		return bytes_of(health);
	}
	case PAMC_LOG_LATENCY: {
		std::array<pamc_log_latency, PAMC_LAT_COUNT> list{};

		for (uint32_t kind = 0; kind < PAMC_LAT_COUNT; kind++) {
			auto read = [&](uint32_t what, uint32_t bucket) {
				sim_.write(MAILBOX_LATENCY_SELECT, what << 9 | kind << 7 | bucket);
				return sim_.read64(MAILBOX_LATENCY);
			};

			list[kind].count = read(1, 0);
			list[kind].sum_ns = read(2, 0) * ns_per_cycle;
			for (uint32_t bucket = 0; bucket < PAMC_HIST_BUCKETS; bucket++)
				list[kind].bucket[bucket] = read(0, bucket);
		}
		return bytes_of(list);
	}
	case PAMC_LOG_CAPACITY:
		return bytes_of(capacity());
	case PAMC_LOG_COUNTERS: {
		pamc_log_counters all{};

		all.puts = counter(MAILBOX_COUNTER_EXEC_PUTS);
		all.puts_refused = counter(MAILBOX_COUNTER_EXEC_PUTS_REFUSED);
		all.gets = counter(MAILBOX_COUNTER_EXEC_GETS);
		all.misses = counter(MAILBOX_COUNTER_EXEC_MISSES);
		all.flushes = counter(MAILBOX_COUNTER_VAULT_FLUSHES);
		all.evictions = counter(MAILBOX_COUNTER_VAULT_EVICTIONS);
		all.errors = counter(MAILBOX_COUNTER_EXEC_ERRORS) + admin_errors_;
		all.admin = admin_;
		all.pushed = counter(MAILBOX_COUNTER_QUEUE_PUSHED);
		all.fetched = counter(MAILBOX_COUNTER_QUEUE_FETCHED);
		all.push_dropped = counter(MAILBOX_COUNTER_QUEUE_PUSH_DROPPED);
		all.interrupts = counter(MAILBOX_COUNTER_QUEUE_INTERRUPTS);
		all.completions = counter(MAILBOX_COUNTER_QUEUE_COMPLETIONS);
		all.cq_full_stalls = counter(MAILBOX_COUNTER_QUEUE_CQ_FULL_STALLS);
		all.hazard_stalls = counter(MAILBOX_COUNTER_HAZARD_STALLS);
		all.read_bytes = counter(MAILBOX_COUNTER_PCIE_READ_LINES) * 64;
		all.write_bytes = counter(MAILBOX_COUNTER_PCIE_WRITE_DWORDS) * 4;
		all.dma_faults = counter(MAILBOX_COUNTER_PCIE_READ_ERRORS) +
				 counter(MAILBOX_COUNTER_PCIE_READ_TIMEOUTS);
		all.aborts = counter(MAILBOX_COUNTER_EXEC_ABORTS) + admin_aborts_;
		all.resets = resets_;
		all.merges = counter(MAILBOX_COUNTER_STORE_MERGES);
		all.splits = counter(MAILBOX_COUNTER_STORE_SPLITS);
		all.index_moves = counter(MAILBOX_COUNTER_INDEX_MOVES);
		all.index_full = counter(MAILBOX_COUNTER_VAULT_INDEX_FULL);
		all.busy_cycles = counter(MAILBOX_COUNTER_BUSY_CYCLES);
		return bytes_of(all);
	}
	case PAMC_LOG_WEAR: /* no flash, nothing worn */
		return bytes_of(pamc_log_wear{});
	case PAMC_LOG_FIRMWARE: /* no firmware, no slots */
		return bytes_of(pamc_log_firmware{});
	case PAMC_LOG_SELF_TEST:
		return bytes_of(self_test_);
	case PAMC_LOG_SANITIZE:
		return bytes_of(sanitize_);
	default:
		return {};
	}
}

void Management::log_page(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	std::vector<uint8_t> page;
	uint64_t offset = sqe.p.log.offset;

	take_errors();
	page = log(sqe.id);
	if (page.empty())
		return fail(outcome, PAMC_STATUS_NOT_FOUND, offsetof(pamc_admin_sqe, id));
	offset = std::min<uint64_t>(offset, page.size());

	size_t length = std::min<size_t>(page.size() - offset, sqe.length);

	if (length && !host_write(sqe.addr, page.data() + offset, length, outcome))
		return;
	outcome.result = uint32_t(length);
}

} // namespace rtl_card
