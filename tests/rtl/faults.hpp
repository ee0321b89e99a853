/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card in RTL under faults: damaged memory, transfers that fail, answers that never
 * come, resets at any time, while pages are put, got and flushed. The test keeps account of
 * what each handle may hold. A page that is got is one of these; an error is no lie; nothing
 * waits forever; and when all is over, nothing has been lost.
 */
#ifndef FAULTS_HPP
#define FAULTS_HPP

#include <numeric>

#include "card_host.hpp"
#include "faults_plan.hpp"
#include "flips.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace card_faults
{

constexpr unsigned int PLACES = 32, QUEUES = 3;
constexpr uint64_t HANDLES = 48;
/* A read's timeout, as short as a host can ask for; when its tag is used again; and all that
 * may wait for a tag. */
constexpr uint64_t TIMEOUT = 25'000, EXPIRY = 11 * TIMEOUT, LONGEST = 4 * EXPIRY;

struct Sent {
	bool open = false;
	unsigned int queue = 0;
	pamc_sqe sqe{};
	Page *page = nullptr;
	uint64_t number = 0;
};

class Campaign
{
	const Plan &plan_;
	rtl::Random random_;
	CardHost card_;
	std::vector<PageFile> files_ = tap_page_files();
	std::array<Pool, 4> pools_;
	std::vector<Page> pages_;
	std::array<Sent, PLACES> sent_;
	std::array<uint64_t, PLACES> space_, list_;
	unsigned int open_ = 0;
	uint64_t number_ = 0, progress_ = 0, commands_ = 0, resets_ = 0, stuck_ = 0;
	uint64_t by_status_[32] = {};
	/* Groups of 512 bytes that had left before damage was seen. */
	uint64_t early_ = 0;
	bool calm_ = true;
	std::set<uint64_t> flipped_;

	/* Only pages suffer, unless rings shall, too: they lie beyond what was made first. */
	bool is_page(uint64_t addr) const
	{
		return addr >= space_[0] && addr < list_[PLACES - 1] + 4096;
	}

	void disturb(bool on)
	{
		pcie::Options &host = card_.sim().host().options();

		calm_ = !on;
		host.one_in = {};
		host.stray_one_in = on ? plan_.strays : 0;
		if (!on)
			return;
		for (unsigned int fault = 1; fault < pcie::FAULTS; fault++)
			host.one_in[fault] = plan_.transfers;
		host.one_in[pcie::FAULT_DROPPED] = plan_.dropped;
		host.one_in[pcie::FAULT_GIVEN_UP] = plan_.transfers;
	}

	void content(uint64_t number, unsigned int block, HostMemory::Page &page) const
	{
		rtl::Random random(number * 16 + block);
		const PageFile &file = files_[random.below(files_.size())];
		const Bytes &bytes = file.pages[random.below(file.pages.size())];

		std::copy(bytes.begin(), bytes.end(), page.begin());
		if (random.one_in(6)) {
			for (uint8_t &byte : page)
				byte = uint8_t(random());
		}
		/* No two puts are alike. */
		std::memcpy(page.data(), &number, sizeof(number));
	}

	/* A bit of what has been used of memory so far; flips in it are in the way of all. */
	void flip(bool twin)
	{
		dram::Slave &memory = card_.sim().memory();
		uint64_t addr =
		    random_.below(random_.one_in(2) ? plan_.dram : plan_.dram / 8) & ~7ull;
		unsigned int bit = unsigned(random_.below(8));

		/* Two single ones would be one double one. */
		if (!flipped_.insert(addr).second)
			return;
		memory.flip(addr, bit);
		if (twin)
			memory.flip(addr + 1 + random_.below(7), bit);
	}

	void step()
	{
		if (!calm_ && plan_.single && random_.one_in(plan_.single))
			flip(false);
		if (!calm_ && plan_.twin && random_.one_in(plan_.twin))
			flip(true);
		if (!calm_ && plan_.chip && random_.one_in(plan_.chip))
			spoil();
		card_.step();
	}

	/* A bit of the next word that is written to one of the memories on the chip. */
	void spoil()
	{
		static const std::pair<unsigned int, unsigned int> memories[] = {
		    {rtl::CONTENTS, 504},     {rtl::STORE_LISTS, 73},   {rtl::STORE_MAP, 600},
		    {rtl::INDEX_CACHE, 256},  {rtl::STASH, 120},        {rtl::INDEX_AHEAD, 576},
		    {rtl::INDEX_RECENT, 254}, {rtl::VAULT_RECENT, 242}, {rtl::COMMANDS, 504},
		    {rtl::COMMAND_COPY, 560}, {rtl::AHEAD_PLACES, 25},  {rtl::PAGE_IN, 576},
		    {rtl::DURABLE, 3},
		};
		auto [memory, width] = memories[random_.below(std::size(memories))];
		unsigned int bit = unsigned(random_.below(width));

		card_.sim().write(MAILBOX_ECC_INJECT, memory | bit << 5 | bit << 15);
	}

	/* ------------------------------------------------------------ commands */

	void send()
	{
		Page *page = &pages_[random_.below(pages_.size())];
		unsigned int place = 0;

		if (page->busy)
			return;
		while (sent_[place].open)
			place++;

		Sent &sent = sent_[place];
		Pool &pool = pools_[page->pool];
		unsigned int blocks = 1u << pool.order;
		static const uint8_t mix[] = {PAMC_OP_PUT, PAMC_OP_PUT, PAMC_OP_GET,
					      PAMC_OP_GET, PAMC_OP_GET, PAMC_OP_FLUSH_PAGE};

		sent = Sent();
		sent.queue = unsigned(random_.between(1, QUEUES));
		if (!card_.room(sent.queue))
			return;
		sent.open = true;
		sent.page = page;
		sent.sqe.opcode = mix[random_.below(sizeof(mix))];
		sent.sqe.cid = uint16_t(place);
		sent.sqe.pool = pool.id;
		sent.sqe.object[1] = page->index % 5;
		sent.sqe.index = page->index;
		sent.sqe.addr = space_[place];
		for (unsigned int n = 0; n < blocks; n++) {
			uint64_t entry = space_[place] + 4096 * n;

			card_.access(list_[place] + 8 * n, 8, nullptr, &entry);
			card_.page(entry).fill(0xa5);
		}
		if (sent.sqe.opcode == PAMC_OP_PUT) {
			sent.number = ++number_;
			for (unsigned int n = 0; n < blocks; n++)
				content(sent.number, n, card_.page(space_[place] + 4096 * n));
		}
		if (sent.sqe.opcode != PAMC_OP_FLUSH_PAGE && random_.one_in(3)) {
			sent.sqe.flags |= PAMC_SQE_LIST;
			sent.sqe.addr = list_[place];
		}
		if (sent.sqe.opcode == PAMC_OP_GET && random_.one_in(6))
			sent.sqe.flags |= PAMC_SQE_EXCLUSIVE;
		page->busy = true;
		open_++;
		commands_++;
		card_.submit(sent.queue, sent.sqe, random_.one_in(3));
		card_.doorbell(sent.queue);
	}

	void got(Sent &sent)
	{
		Page &page = *sent.page;
		unsigned int blocks = 1u << pools_[page.pool].order;
		std::set<uint64_t> is;
		HostMemory::Page wanted;

		for (uint64_t number : page.may) {
			bool same = number != 0;

			for (unsigned int n = 0; same && n < blocks; n++) {
				content(number, n, wanted);
				same = wanted == card_.page(space_[sent.sqe.cid] + 4096 * n);
			}
			if (same)
				is.insert(number);
		}
		tap_check(!is.empty(), tell(sent) + ": data that nobody put there");
		/* The same bit may have been wrong twice. */
		page.damaged = false;
		page.may = is;
		if (sent.sqe.flags & PAMC_SQE_EXCLUSIVE)
			page.may = {0};
	}

	static std::string tell(const Sent &sent)
	{
		return "opcode " + std::to_string(sent.sqe.opcode) + " flags " +
		       std::to_string(sent.sqe.flags) + " pool " + std::to_string(sent.sqe.pool) +
		       " index " + std::to_string(sent.sqe.index);
	}

	[[noreturn]] static void wrong(const Sent &sent, unsigned int status)
	{
		throw std::runtime_error(tell(sent) + ": status " + std::to_string(status));
	}

	void missed(Sent &sent)
	{
		Page &page = *sent.page;

		if (pools_[page.pool].type == PAMC_POOL_TYPE_PERSISTENT && !page.may.count(0))
			throw std::runtime_error(tell(sent) + ": a page is gone");
		page.may = {0};
		page.damaged = false;
	}

	/* Nothing has left the card. */
	void untouched(const Sent &sent)
	{
		HostMemory::Page wanted;

		wanted.fill(0xa5);
		for (unsigned int n = 0; n < 1u << pools_[sent.page->pool].order; n++)
			tap_check(card_.page(space_[sent.sqe.cid] + 4096 * n) == wanted,
				  tell(sent) + ": data with an error");
	}

	/* A persistent page of one block may have been on its way when its damage was seen, the
	 * last 512 bytes of it in pieces of 128; but never what comes behind that. */
	void damaged(const Sent &sent)
	{
		const Pool &pool = pools_[sent.page->pool];

		if (pool.type == PAMC_POOL_TYPE_EPHEMERAL || pool.order) {
			untouched(sent);
			return;
		}
		const HostMemory::Page &page = card_.page(space_[sent.sqe.cid]);
		const size_t piece = 128;
		bool ended = false;

		for (size_t at = 0; at < page.size(); at += piece) {
			bool here =
			    std::any_of(page.begin() + long(at), page.begin() + long(at + piece),
					[](uint8_t byte) { return byte != 0xa5; });

			tap_check(!(here && ended), tell(sent) + ": a hole in what was sent");
			ended = ended || !here;
			early_ += here;
		}
		/* Where the memory says that something is wrong, that may be behind the page. */
		tap_check(ended || plan_.twin, tell(sent) + ": all of a damaged page");
	}

	void settle(Sent &sent, unsigned int status)
	{
		Page &page = *sent.page;
		uint8_t opcode = sent.sqe.opcode;

		by_status_[status & 31]++;
		if (status == PAMC_STATUS_INTERNAL && plan_.twin) {
			/* A failed put leaves nothing that can be read; what has become of a page
			 * otherwise cannot be known. */
			if (opcode == PAMC_OP_PUT)
				page.may.clear();
			page.may.insert(0);
		} else if (opcode == PAMC_OP_PUT) {
			page.may = {status == PAMC_STATUS_SUCCESS ? sent.number : 0};
			page.damaged = false;
			if (status != PAMC_STATUS_SUCCESS && status != PAMC_STATUS_DMA_FAULT &&
			    status != PAMC_STATUS_ABORTED && status != PAMC_STATUS_NO_SPACE)
				wrong(sent, status);
			if (status == PAMC_STATUS_NO_SPACE &&
			    pools_[page.pool].type == PAMC_POOL_TYPE_EPHEMERAL)
				wrong(sent, status);
		} else if (opcode == PAMC_OP_FLUSH_PAGE) {
			if (status == PAMC_STATUS_SUCCESS) {
				page.may = {0};
				page.damaged = false;
			} else if (status != PAMC_STATUS_ABORTED) {
				wrong(sent, status);
			}
		} else if (status == PAMC_STATUS_SUCCESS) {
			got(sent);
		} else if (status == PAMC_STATUS_MISS) {
			missed(sent);
			untouched(sent);
		} else if (status == PAMC_STATUS_UNCORRECTABLE && (plan_.payload || plan_.twin)) {
			damaged(sent);
			/* An ephemeral page is gone with it. */
			page.damaged = pools_[page.pool].type == PAMC_POOL_TYPE_PERSISTENT;
			if (!page.damaged)
				page.may = {0};
		} else if (status != PAMC_STATUS_ABORTED && status != PAMC_STATUS_DMA_FAULT) {
			wrong(sent, status);
		}
		close(sent);
	}

	void close(Sent &sent)
	{
		sent.page->busy = false;
		sent.open = false;
		open_--;
		progress_ = card_.now();
	}

	void poll(unsigned int queue)
	{
		while (auto done = card_.poll(queue)) {
			Sent &sent = sent_.at(done->cqe.cid);

			tap_check(sent.open && sent.queue == queue, "a completion of nothing");
			settle(sent, CardHost::status(done->cqe));
		}
	}

	void pump()
	{
		step();
		for (unsigned int queue = 1; queue <= QUEUES; queue++)
			poll(queue);
	}

	/* ------------------------------------------------------------ resets */

	/* What was outstanding has happened or not. */
	void give_up(unsigned int only)
	{
		for (Sent &sent : sent_) {
			if (!sent.open || (only && sent.queue != only))
				continue;

			Page &page = *sent.page;

			if (sent.sqe.opcode == PAMC_OP_PUT)
				page.may.insert({0, sent.number});
			else if (sent.sqe.opcode == PAMC_OP_FLUSH_PAGE ||
				 sent.sqe.flags & PAMC_SQE_EXCLUSIVE)
				page.may.insert(0);
			/* It may have gone, or been replaced. */
			if (sent.sqe.opcode != PAMC_OP_GET)
				page.damaged = false;
			close(sent);
		}
	}

	void await_not_ready()
	{
		uint64_t end = card_.now() + LONGEST;

		while (card_.read32(PAMC_REG_STATUS) & PAMC_STATUS_READY_MASK)
			tap_check(card_.now() < end, "READY does not fall");
	}

	void open_queues(unsigned int only)
	{
		for (unsigned int queue = 1; queue <= QUEUES; queue++) {
			if (!only || queue == only)
				card_.create_queue(queue, 5);
		}
	}

	/* kind: the controller's, of the function, or of one queue pair. */
	void reset(unsigned int kind)
	{
		unsigned int only = kind == 2 ? unsigned(random_.between(1, QUEUES)) : 0;

		/* In any cycle of what is under way, not only when something was sent just now. */
		for (uint64_t wait = random_.below(1500); wait; wait--)
			step();
		resets_++;
		if (kind == 2) {
			pamc_admin_sqe sqe{};

			sqe.opcode = PAMC_ADMIN_QP_DELETE;
			sqe.id = only;
			tap_check(CardHost::status(card_.admin(sqe, LONGEST)) ==
				      PAMC_STATUS_SUCCESS,
				  "a queue pair cannot be deleted");
		} else if (kind == 1) {
			uint64_t end = card_.now() + LONGEST;

			card_.sim().host().start_flr();
			while (card_.sim().host().flr()) {
				tap_check(card_.now() < end, "a function's reset does not end");
				card_.step();
			}
			await_not_ready();
		} else {
			card_.write_register<uint32_t>(PAMC_REG_CTRL, 0);
			await_not_ready();
		}
		for (unsigned int queue = 1; queue <= QUEUES; queue++)
			poll(queue);
		give_up(only);
		disturb(false);
		if (kind != 2)
			card_.start();
		open_queues(only);
		disturb(true);
		progress_ = card_.now();
	}

	/* ------------------------------------------------------------ the end */

	void rest()
	{
		disturb(false);
		while (open_) {
			pump();
			tap_check(card_.now() - progress_ < LONGEST, "completions do not come");
		}
	}

	/* All handles once more, in peace; then nothing may be left of anything. */
	void account()
	{
		/* A queue pair may have broken last of all. */
		if (plan_.rings)
			reset(unsigned(random_.below(2)));
		rest();
		for (Page &page : pages_) {
			Sent &sent = sent_[0];

			sent = Sent();
			sent.open = true;
			sent.queue = 1;
			sent.page = &page;
			sent.sqe.opcode = PAMC_OP_GET;
			sent.sqe.pool = pools_[page.pool].id;
			sent.sqe.object[1] = page.index % 5;
			sent.sqe.index = page.index;
			sent.sqe.addr = space_[0];
			for (unsigned int n = 0; n < 1u << pools_[page.pool].order; n++)
				card_.page(space_[0] + 4096 * n).fill(0xa5);
			open_++;
			progress_ = card_.now();
			card_.submit(1, sent.sqe, true);
			rest();
		}
		for (Pool &pool : pools_) {
			pamc_admin_sqe sqe{};

			sqe.opcode = PAMC_ADMIN_POOL_DESTROY;
			sqe.id = pool.id;
			tap_check(CardHost::status(card_.admin(sqe, LONGEST)) ==
				      PAMC_STATUS_SUCCESS,
				  "a pool cannot be destroyed");
		}
		if (plan_.twin)
			return; /* what cannot be read cannot be freed */
		for (unsigned int n = 0; card_.management().background(); n++)
			tap_check(n < 2000, "pages that are dead are not found");

		const auto left = card_.log<pamc_log_capacity>(PAMC_LOG_CAPACITY, LONGEST);

		tap_check(left.free_bytes == left.usable_bytes,
			  std::to_string(left.used_bytes) + " bytes are lost");
		tap_check(left.extents == 0 && left.objects == 0 && left.index_used == 0 &&
			      left.stash_used == 0 && left.dead_pages == 0,
			  "something is left");
		for (unsigned int n = 0; card_.sim().idle() < 2000; n++) {
			tap_check(n < 100000, "the card does not come to rest");
			card_.step();
		}
	}

	void add_pool(unsigned int which, uint8_t type, uint8_t order)
	{
		pamc_pool_info info{};

		info.type = type;
		info.order = order;
		pools_[which] = {card_.create_pool(info), type, order};
		for (uint64_t n = 0; n < HANDLES >> order; n++) {
			Page page;

			page.pool = which;
			page.index = n;
			pages_.push_back(page);
		}
	}

      public:
	Campaign(const Plan &plan, uint64_t seed)
	    : plan_(plan), random_(seed), card_(plan.dram, seed)
	{
		pcie::RootComplex &host = card_.sim().host();

		for (uint64_t &addr : space_)
			addr = card_.allocate(PAMC_MAX_PAGE_BLOCKS);
		for (uint64_t &addr : list_)
			addr = card_.allocate();
		host.options().cpl_timeout = 1;
		host.options().forget_after = EXPIRY - 2000;
		host.options().late_cycles = TIMEOUT + 5000;
		host.options().split = host.options().reorder = true;
		host.options().latency_spread = 100;
		if (!plan.rings)
			host.suffers = [this](uint64_t addr) { return is_page(addr); };
		/* By the ports that pages are read by (card_rtl.cpp). */
		card_.sim().memory().on_read = [this](unsigned int id, uint64_t addr,
						      size_t lines) {
			uint8_t byte;

			if (calm_ || !plan_.payload || id < 5 || lines < 2 ||
			    !random_.one_in(plan_.payload))
				return;
			card_.sim().memory().read(addr + 72, &byte, 1);
			byte ^= uint8_t(1u << random_.below(8));
			card_.sim().memory().write(addr + 72, &byte, 1);
		};
		card_.start();
		open_queues(0);
		add_pool(0, PAMC_POOL_TYPE_PERSISTENT, 0);
		add_pool(1, PAMC_POOL_TYPE_EPHEMERAL, 0);
		add_pool(2, PAMC_POOL_TYPE_PERSISTENT, 2);
		add_pool(3, PAMC_POOL_TYPE_EPHEMERAL, 3);
	}

	void run(uint64_t commands)
	{
		uint64_t next_reset = plan_.resets ? random_.between(1, 2 * plan_.resets) : ~0ull;

		disturb(true);
		progress_ = card_.now();
		while (commands_ < commands) {
			if (open_ < PLACES && !random_.one_in(4))
				send();
			pump();
			if (open_ == 0)
				progress_ = card_.now();
			if (commands_ >= next_reset) {
				/* The admin queue's ring may be the one that cannot be read. */
				reset(unsigned(random_.below(plan_.rings ? 2 : 3)));
				next_reset = commands_ + random_.between(1, 2 * plan_.resets);
			}
			/* A queue pair whose ring was not read is broken: a host gives up. */
			if (plan_.rings && card_.now() - progress_ > 3 * TIMEOUT) {
				stuck_++;
				reset(unsigned(random_.below(2)));
			}
			tap_check(card_.now() - progress_ < LONGEST, "completions do not come");
		}
		account();
		tell();
		check_reach();
	}

	/* What was to happen has. */
	void check_reach()
	{
		const pcie::Counts &host = card_.sim().host().counts();
		const dram::Counts &memory = card_.sim().memory().counts;

		tap_check(failed() || !(plan_.transfers || plan_.dropped), "no transfer failed");
		tap_check(host.faults[pcie::FAULT_DROPPED] || !plan_.dropped,
			  "no read was dropped");
		tap_check(host.strays || !plan_.strays, "no strays");
		tap_check(memory.corrected || !plan_.single, "no single bit was wrong");
		if (plan_.chip) {
			pamc_log_health health;
			std::vector<uint8_t> bytes = card_.management().log(PAMC_LOG_HEALTH);

			std::memcpy(&health, bytes.data(), sizeof(health));
			std::printf("# %llu words of memories on the chip put right\n",
				    (unsigned long long)health.chip_corrected);
			tap_check(
			    health.chip_corrected > commands_ / 4 && health.chip_uncorrected == 0,
			    "memories on the chip: " + std::to_string(health.chip_corrected) +
				" put right, " + std::to_string(health.chip_uncorrected) + " lost");
			for (unsigned int status = 0; status < 32; status++)
				tap_check(by_status_[status] == 0 ||
					      status == PAMC_STATUS_SUCCESS ||
					      status == PAMC_STATUS_MISS ||
					      status == PAMC_STATUS_NO_SPACE,
					  "status " + std::to_string(status));
		}
		tap_check(memory.uncorrectable || !plan_.twin, "no two bits were wrong");
		tap_check(by_status_[PAMC_STATUS_UNCORRECTABLE] || !plan_.payload,
			  "no page was damaged");
		tap_check(resets_ || !plan_.resets, "no resets");
		tap_check(stuck_ || !plan_.rings, "no ring could not be read");
	}

	uint64_t failed()
	{
		const auto &faults = card_.sim().host().counts().faults;

		return std::accumulate(faults + 1, std::end(faults), uint64_t(0));
	}

	void tell()
	{
		const pcie::Counts &host = card_.sim().host().counts();
		const dram::Counts &memory = card_.sim().memory().counts;

		std::printf("# %llu commands, %llu cycles, %llu transfers failed (%llu dropped), "
			    "%llu strays, %llu + %llu damaged lines read, %llu parts of damaged "
			    "pages sent, %llu resets, %llu broken queue pairs; status:count",
			    (unsigned long long)commands_, (unsigned long long)card_.now(),
			    (unsigned long long)failed(),
			    (unsigned long long)host.faults[pcie::FAULT_DROPPED],
			    (unsigned long long)host.strays, (unsigned long long)memory.corrected,
			    (unsigned long long)memory.uncorrectable, (unsigned long long)early_,
			    (unsigned long long)resets_, (unsigned long long)stuck_);
		for (unsigned int status = 0; status < 32; status++) {
			if (by_status_[status])
				std::printf(" %u:%llu", status,
					    (unsigned long long)by_status_[status]);
		}
		std::printf("\n");
	}
};

} // namespace card_faults

#endif /* FAULTS_HPP */
