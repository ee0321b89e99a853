// SPDX-License-Identifier: Apache-2.0
/* Two cards, one stream: what they tell of themselves, and what they hold in the end. */
#include "pamc_mailbox.h"
#include "twins.hpp"

namespace card_stream
{

namespace
{

constexpr uint64_t DATA = 0x70000000;

} /* namespace */

/* What an admin command writes to DATA. */
std::vector<uint8_t> Twins::read(bool model, pamc_admin_sqe sqe)
{
	std::vector<uint8_t> bytes(PAMC_MAX_ADMIN_DATA);

	sqe.addr = DATA;
	sqe.length = uint32_t(bytes.size());

	pamc_cqe cqe = model ? model_.execute(0, sqe) : card_.admin(sqe);

	tap_check(CardHost::status(cqe) == PAMC_STATUS_SUCCESS,
		  "opcode " + std::to_string(sqe.opcode) + " id " + std::to_string(sqe.id) +
		      " fails");
	(model ? model_.memory() : card_.memory())
	    .access(DATA, bytes.size(), bytes.data(), nullptr);
	if (sqe.opcode == PAMC_ADMIN_POOL_LIST)
		bytes.resize(cqe.result * sizeof(pamc_pool_info));
	return bytes;
}

/* Figures that depend on where pages happen to lie are compared only when both cards have
 * placed them in the same order. */
void Twins::pool_figures(bool model, std::vector<Figure> &to)
{
	pamc_admin_sqe sqe{};

	sqe.opcode = PAMC_ADMIN_POOL_LIST;

	std::vector<uint8_t> bytes = read(model, sqe);

	for (size_t at = 0; at < bytes.size(); at += sizeof(pamc_pool_info)) {
		pamc_pool_info info;
		std::string name = "pool ";

		std::memcpy(&info, &bytes[at], sizeof(info));
		name += std::to_string(info.id) + " ";
		to.push_back({name + "type", info.type, false});
		to.push_back({name + "order", info.order, false});
		to.push_back({name + "domain", info.domain, false});
		to.push_back({name + "flags", info.flags, false});
		to.push_back({name + "reserve", info.reserve, false});
		to.push_back({name + "limit", info.limit, false});
		to.push_back({name + "name", crc32c(info.name, sizeof(info.name)), false});
		to.push_back({name + "pages", info.pages, false});
		to.push_back({name + "stored", info.stored_bytes, false});
		if (exact_ || empty_)
			to.push_back({name + "used", info.used_bytes, false});
		to.push_back({name + "same", info.same_pages, false});
		to.push_back({name + "raw", info.raw_pages, false});
		to.push_back({name + "puts", info.puts, true});
		to.push_back({name + "refused", info.puts_refused, true});
		to.push_back({name + "gets", info.gets, true});
		to.push_back({name + "misses", info.misses, true});
		to.push_back({name + "flushes", info.flushes, true});
		to.push_back({name + "evicted", info.evicted, true});
		to.push_back({name + "errors", info.errors, true});
	}
}

void Twins::log_figures(bool model, std::vector<Figure> &to)
{
	pamc_admin_sqe sqe{};
	pamc_log_capacity capacity;
	pamc_log_counters counters;
	pamc_log_latency latency[PAMC_LAT_COUNT];
	pamc_log_error errors[64];

	sqe.opcode = PAMC_ADMIN_LOG;
	sqe.id = PAMC_LOG_CAPACITY;
	std::memcpy(&capacity, read(model, sqe).data(), sizeof(capacity));
	if (!stream_.flash) {
		to.push_back({"total", capacity.total_bytes, false});
		to.push_back({"usable", capacity.usable_bytes, false});
		to.push_back({"index", capacity.index_bytes, false});
		to.push_back({"map", capacity.map_bytes, false});
		to.push_back({"slots", capacity.index_slots, false});
	}
	if (exact_ || (empty_ && !stream_.flash)) {
		to.push_back({"used", capacity.used_bytes, false});
		to.push_back({"free", capacity.free_bytes, false});
		to.push_back({"promised", capacity.promised_bytes, false});
		to.push_back({"extents", capacity.extents, false});
	}
	to.push_back({"stored", capacity.stored_bytes, false});
	to.push_back({"data", capacity.data_bytes, false});
	to.push_back({"pages", capacity.pages, false});
	to.push_back({"same", capacity.same_pages, false});
	to.push_back({"raw", capacity.raw_pages, false});
	to.push_back({"ephemeral", capacity.ephemeral_pages, false});
	to.push_back({"slots used", capacity.index_used, false});
	to.push_back({"pools", capacity.pools, false});
	to.push_back({"objects", capacity.objects, false});
	to.push_back({"dead", capacity.dead_pages, false});

	sqe.id = PAMC_LOG_COUNTERS;
	std::memcpy(&counters, read(model, sqe).data(), sizeof(counters));
	to.push_back({"puts", counters.puts, true});
	to.push_back({"puts refused", counters.puts_refused, true});
	to.push_back({"gets", counters.gets, true});
	to.push_back({"misses", counters.misses, true});
	to.push_back({"flushes", counters.flushes, true});
	to.push_back({"evictions", counters.evictions, true});
	to.push_back({"errors", counters.errors, true});
	to.push_back({"crc errors", counters.crc_errors, true});
	to.push_back({"admin", counters.admin, true});
	to.push_back({"completions", counters.completions, true});
	to.push_back({"aborts", counters.aborts, true});
	to.push_back({"resets", counters.resets, true});

	sqe.id = PAMC_LOG_LATENCY;
	std::memcpy(&latency, read(model, sqe).data(), sizeof(latency));
	for (unsigned int kind = 0; kind < PAMC_LAT_COUNT; kind++)
		to.push_back({"latency " + std::to_string(kind), latency[kind].count, true});

	if (!exact_)
		return;
	sqe.id = PAMC_LOG_ERROR;
	std::memcpy(&errors, read(model, sqe).data(), sizeof(errors));
	for (unsigned int n = 0; n < 64; n++) {
		std::string name = "error " + std::to_string(n) + " of opcode " +
				   std::to_string(errors[n].opcode) + ", status " +
				   std::to_string(errors[n].status) + ", ";

		to.push_back({name + "queue", errors[n].qid, false});
		to.push_back({name + "field", errors[n].field, false});
		to.push_back({name + "pool", errors[n].pool, false});
		/* The RTL tells the block, the model where the transfer began. */
		if (errors[n].status != PAMC_STATUS_DMA_FAULT)
			to.push_back({name + "address", errors[n].addr, false});
		to.push_back({name + "index", errors[n].index, false});
	}
}

std::vector<Twins::Figure> Twins::figures(bool model)
{
	std::vector<Figure> all;
	pamc_admin_sqe sqe{};
	pamc_identify identify;

	sqe.opcode = PAMC_ADMIN_IDENTIFY;
	std::memcpy(&identify, read(model, sqe).data(), sizeof(identify));
	all.push_back({"version", identify.version, false});
	all.push_back({"capabilities", identify.cap, false});
	all.push_back({"worst page", identify.worst_page_bytes, false});
	all.push_back({"most pools", identify.max_pools, false});
	all.push_back({"index bits", identify.index_bits, false});
	if (!stream_.flash) {
		all.push_back({"memory", identify.dram_bytes, false});
		all.push_back({"usable memory", identify.usable_bytes, false});
		all.push_back({"most objects", identify.max_objects, false});
	}
	if (exact_ || (empty_ && !stream_.flash))
		all.push_back({"promisable", identify.promisable_pages, false});
	pool_figures(model, all);
	log_figures(model, all);
	all.push_back(
	    {"bad doorbells",
	     model ? model_.read32(PAMC_REG_BAD_DOORBELL) : card_.read32(PAMC_REG_BAD_DOORBELL),
	     true});
	return all;
}

/* rebase: from now on counters may differ by what they differ now. */
void Twins::check(bool rebase)
{
	rest();
	tidy();

	report_.in_flash += card_.management().counter(MAILBOX_COUNTER_TIER_PAGES);
	std::vector<Figure> mine = figures(false), theirs = figures(true);

	report_.checks++;
	tap_check(mine.size() == theirs.size(), "not the same pools");
	for (size_t n = 0; n < mine.size(); n++) {
		const Figure &figure = mine[n];
		int64_t ahead = int64_t(figure.value - theirs[n].value);

		tap_check(figure.name == theirs[n].name,
			  "not the same: " + figure.name + ", the model's " + theirs[n].name);
		if (figure.name == "evictions")
			report_.evictions = theirs[n].value;
		if (rebase && figure.counter)
			ahead_[figure.name] = ahead;
		tap_check(ahead == (figure.counter ? ahead_[figure.name] : 0),
			  figure.name + ": " + std::to_string(figure.value) + ", the model's " +
			      std::to_string(theirs[n].value) +
			      (figure.counter ? ", " + std::to_string(ahead_[figure.name]) +
						    " less when last seen"
					      : ""));
	}
	progress_ = card_.now();
}

/* Every page of every pool. */
void Twins::read_back()
{
	std::set<Handle> all = ever_;

	for (const Handle &handle : all) {
		Step get;

		get.opcode = PAMC_OP_GET;
		for (unsigned int place = 1; place <= POOLS; place++) {
			if (pools_[place].id == std::get<0>(handle)) {
				get.pool = place;
				get.queue = pools_[place].domain == domain_of(QUEUES) ? QUEUES : 1;
			}
		}
		if (get.pool == 0)
			continue;
		get.object = std::get<1>(handle);
		get.object2 = std::get<2>(handle) >> 63;
		get.index = std::get<3>(handle);
		io(get);
		report_.read_back++;
	}
	rest();
}

} // namespace card_stream
