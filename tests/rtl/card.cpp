// SPDX-License-Identifier: Apache-2.0
/*
 * The card in RTL beside the C model: the same commands to both, good ones and hostile
 * ones, many outstanding on the RTL's side. Statuses, results, and every byte of what is
 * read must be the same.
 */
#include "model_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr uint64_t dram_bytes = 32 << 20;
constexpr unsigned int most_blocks = 16;

struct Pools {
	uint32_t id;
	pamc_pool_info info;
};

/* A command that was sent and what it has to come to. */
struct Sent {
	bool open = false;
	pamc_sqe sqe{};
	pamc_cqe wanted{};
	unsigned int blocks = 0;
	std::vector<uint64_t> blocks_rtl, blocks_model; /* of a get */
};

class Twins
{
	rtl::Random random_;
	CardHost card_;
	ModelHost model_;
	std::vector<PageFile> files_ = tap_page_files();
	std::vector<Pools> pools_;
	/* Places for the pages of commands, by cid; pages in a row, and lists. */
	static constexpr unsigned int most_sent = 48;
	std::array<Sent, most_sent> sent_;
	std::array<std::array<uint64_t, 2>, most_sent> space_, list_;
	uint64_t count_ = 0, by_status_[32] = {};

	static rtl_card::Settings settings(uint64_t seed)
	{
		rtl_card::Settings made;

		made.dram_bytes = dram_bytes;
		made.seed = seed;
		return made;
	}

	void add_pool(uint8_t type, uint8_t order, uint16_t domain, uint32_t flags)
	{
		pamc_pool_info info{};

		info.type = type;
		info.order = order;
		info.domain = domain;
		info.flags = flags;

		uint32_t id = card_.create_pool(info);

		tap_check(id == model_.create_pool(info), "pools have different ids");
		pools_.push_back({id, info});
	}

	void fill(uint64_t addr)
	{
		CardHost::Page &page = card_.page(addr);

		switch (random_.below(8)) {
		case 0:
			page.fill(uint8_t(random_()));
			break;
		case 1:
			for (uint8_t &byte : page)
				byte = uint8_t(random_());
			break;
		default: {
			const PageFile &file = files_[random_.below(files_.size())];
			const Bytes &bytes = file.pages[random_.below(file.pages.size())];

			std::copy(bytes.begin(), bytes.end(), page.begin());
		}
		}
	}

	/* Where a command's page is, on one side: in a row, or blocks of it in any order by a
	 * list. bad: one block of it cannot be reached; crooked: the list has a bad entry. */
	std::vector<uint64_t> lay_out(unsigned int cid, unsigned int side, bool listed,
				      unsigned int blocks, bool bad, bool crooked, pamc_sqe &sqe)
	{
		std::vector<uint64_t> where;
		uint64_t space = space_[cid][side];

		sqe.addr = space;
		for (unsigned int n = 0; n < blocks; n++)
			where.push_back(space + 4096 * n);
		if (listed) {
			uint64_t list = list_[cid][side] + 4096 - 8 * most_blocks;

			sqe.flags |= PAMC_SQE_LIST;
			std::reverse(where.begin(), where.end());
			if (bad)
				where[0] = 0x7777000;
			for (unsigned int n = 0; n < blocks; n++) {
				uint64_t entry = where[n] + (crooked && n == blocks - 1 ? 8 : 0);

				card_.access(list + 8 * n, 8, nullptr, &entry);
			}
			sqe.addr = list;
		} else if (bad) {
			sqe.addr = 0x7777000;
		}
		return where;
	}

	void spoil(pamc_sqe &sqe)
	{
		switch (random_.below(7)) {
		case 0:
			sqe.opcode = uint8_t(random_.between(7, 255));
			break;
		case 1:
			sqe.flags |= uint8_t(1u << random_.below(8));
			break;
		case 2:
			sqe.function = uint16_t(random_.between(1, 0xffff));
			break;
		case 3:
			sqe.rsvd = uint32_t(random_.between(1, 0xffffffff));
			break;
		case 4:
			sqe.pool ^= 1u << random_.below(32);
			break;
		case 5:
			sqe.addr += 8 * random_.between(1, 511);
			break;
		default:
			sqe.addr = ~uint64_t(0) << 12;
			break;
		}
	}

	void send(unsigned int cid)
	{
		Sent &sent = sent_[cid];
		pamc_sqe mine{}, theirs;
		const Pools &pool = pools_[random_.below(pools_.size())];
		static const uint8_t mix[] = {1, 1, 1, 1, 2, 2, 2, 2, 3, 6, 6};
		bool listed = random_.one_in(3), bad = random_.one_in(25),
		     crooked = listed && random_.one_in(20);

		sent.open = true;
		sent.blocks = 1u << pool.info.order;
		mine.opcode = random_.one_in(40)   ? uint8_t(PAMC_OP_FLUSH_OBJECT)
			      : random_.one_in(40) ? uint8_t(PAMC_OP_NOP)
			      : random_.one_in(40) ? uint8_t(PAMC_OP_SYNC)
						   : mix[random_.below(sizeof(mix))];
		mine.cid = uint16_t(cid);
		mine.pool = pool.id;
		mine.object[0] = random_.below(3);
		mine.object[2] = random_.below(2) << 63;
		mine.index = random_.below(24) << (random_.one_in(4) ? 50 : 0);
		theirs = mine;
		sent.blocks_rtl.clear();
		sent.blocks_model.clear();
		if (mine.opcode == PAMC_OP_PUT) {
			for (unsigned int n = 0; n < sent.blocks; n++)
				fill(space_[cid][0] + 4096 * n);
			lay_out(cid, 0, listed, sent.blocks, bad, crooked, mine);
			theirs = mine;
			if (random_.one_in(10)) {
				mine.flags |= PAMC_SQE_CRC;
				mine.crc = uint32_t(random_());
				theirs = mine;
			}
		} else if (mine.opcode == PAMC_OP_GET) {
			sent.blocks_rtl = lay_out(cid, 0, listed, sent.blocks, bad, crooked, mine);
			sent.blocks_model =
			    lay_out(cid, 1, listed, sent.blocks, bad, crooked, theirs);
			if (random_.one_in(5))
				mine.flags |= PAMC_SQE_EXCLUSIVE;
			theirs.flags = mine.flags;
		}
		if (random_.one_in(15)) {
			uint64_t addr = theirs.addr;
			bool get = mine.opcode == PAMC_OP_GET;

			spoil(mine);
			theirs = mine;
			/* As crooked, but to the model's own place. */
			if (get && mine.addr != ~uint64_t(0) << 12)
				theirs.addr = addr + mine.addr % 4096 - addr % 4096;
			sent.blocks_rtl.clear();
		}
		sent.sqe = mine;
		card_.submit(1, mine, random_.one_in(3));
		sent.wanted = model_.execute(1, theirs);
		count_++;
	}

	void take(const CardHost::Done &done)
	{
		const pamc_cqe &cqe = done.cqe;
		Sent &sent = sent_.at(cqe.cid);
		std::string what = "command " + std::to_string(count_) + ": opcode " +
				   std::to_string(sent.sqe.opcode) + ", flags " +
				   std::to_string(sent.sqe.flags) + ", pool " +
				   std::to_string(sent.sqe.pool) + ", status " +
				   std::to_string(CardHost::status(cqe)) + ", the model's " +
				   std::to_string(CardHost::status(sent.wanted));

		tap_check(sent.open, "a completion too many: " + what);
		tap_check((cqe.status & ~1) == (sent.wanted.status & ~1), what);
		tap_check(cqe.result == sent.wanted.result, what + ": another result");
		tap_check(cqe.info == sent.wanted.info,
			  what + ": info " + std::to_string(cqe.info) + ", the model's " +
			      std::to_string(sent.wanted.info));
		if (CardHost::status(cqe) == PAMC_STATUS_SUCCESS) {
			for (size_t n = 0; n < sent.blocks_rtl.size(); n++)
				tap_check(card_.page(sent.blocks_rtl[n]) ==
					      card_.page(sent.blocks_model[n]),
					  what + ": other data");
		}
		by_status_[CardHost::status(cqe)]++;
		sent.open = false;
	}

      public:
	explicit Twins(uint64_t seed)
	    : random_(seed), card_(settings(seed)), model_(card_, dram_bytes, seed)
	{
		card_.start();
		card_.create_queue(1, 6, 3);
		model_.create_queue(1, 3);
		add_pool(PAMC_POOL_TYPE_PERSISTENT, 0, 3, 0);
		add_pool(PAMC_POOL_TYPE_EPHEMERAL, 0, 3, 0);
		add_pool(PAMC_POOL_TYPE_PERSISTENT, 2, 3, 0);
		add_pool(PAMC_POOL_TYPE_EPHEMERAL, 4, 3, 0);
		add_pool(PAMC_POOL_TYPE_PERSISTENT, 0, 3, PAMC_POOL_EXCLUSIVE);
		add_pool(PAMC_POOL_TYPE_PERSISTENT, 0, 3, PAMC_POOL_FROZEN);
		add_pool(PAMC_POOL_TYPE_PERSISTENT, 0, 4, 0);
		for (unsigned int cid = 0; cid < most_sent; cid++) {
			for (unsigned int side = 0; side < 2; side++) {
				space_[cid][side] = card_.allocate(most_blocks);
				list_[cid][side] = card_.allocate();
			}
		}
	}

	/* So many commands, with up to so many outstanding. */
	void run(uint64_t commands, unsigned int outstanding)
	{
		uint64_t patience = 0, until = count_ + commands;
		unsigned int open = 0;

		for (;;) {
			bool ring = false;

			while (open < outstanding && count_ < until && card_.room(1) &&
			       !random_.one_in(4)) {
				unsigned int cid = 0;

				while (sent_[cid].open)
					cid++;
				send(cid);
				open++;
				ring = true;
			}
			if (ring)
				card_.doorbell(1);
			card_.step();
			while (auto done = card_.poll(1)) {
				take(*done);
				open--;
				patience = 0;
			}
			if (count_ == until && open == 0)
				return;
			if (++patience == 200000)
				hangs();
		}
	}

	[[noreturn]] void hangs() const
	{
		std::string what =
		    "completions do not come, after " + std::to_string(count_) + " commands, of";

		for (const Sent &sent : sent_) {
			if (sent.open)
				what += " opcode " + std::to_string(sent.sqe.opcode) + " flags " +
					std::to_string(sent.sqe.flags) + " pool " +
					std::to_string(sent.sqe.pool) + " (status " +
					std::to_string(CardHost::status(sent.wanted)) + ")";
		}
		throw rtl::Broken(what);
	}

	void tell()
	{
		std::printf("# %llu commands in %llu cycles; by status:",
			    (unsigned long long)count_, (unsigned long long)card_.now());
		for (unsigned int n = 0; n < 32; n++) {
			if (by_status_[n])
				std::printf(" %u: %llu", n, (unsigned long long)by_status_[n]);
		}
		std::printf("\n");
	}
};

/* CTRL.EN falls while ASYNC_EVENTs wait; the card comes back, again and again. */
void resets(uint64_t seed)
{
	rtl_card::Settings settings;

	settings.dram_bytes = 2 << 20;
	settings.seed = seed;

	CardHost card(settings);

	for (unsigned int round = 1; round <= 4; round++) {
		pamc_admin_sqe sqe{};
		unsigned int reads = 0;

		card.start();
		card.create_queue(1, 4);
		sqe.opcode = PAMC_ADMIN_ASYNC_EVENT;
		for (sqe.cid = 0; sqe.cid < PAMC_MAX_AEN; sqe.cid++)
			card.submit(0, sqe, false);
		card.doorbell(0);
		/* With and without time to take them. */
		for (unsigned int n = 0; n < 700 * round; n++)
			card.step();
		card.write_register<uint32_t>(PAMC_REG_CTRL, 0);
		while (card.read32(PAMC_REG_STATUS) & PAMC_STATUS_READY_MASK)
			tap_check(++reads < 1000, "READY does not fall");
		tap_check(card.read32(PAMC_REG_RESETS) == round, "resets are not counted");
	}
}

/* One command alone waits for one thing at a time: its stages' counters add up to what its
 * latency was, but for decoding, dispatch and completion. */
void waits(uint64_t seed)
{
	constexpr uint64_t outside = 60;
	rtl_card::Settings settings;

	settings.dram_bytes = 4 << 20;
	settings.seed = seed;

	CardHost card(settings);
	pamc_pool_info info{};
	pamc_sqe sqe{};

	card.start();
	card.create_queue(1, 4);
	info.type = PAMC_POOL_TYPE_PERSISTENT;
	sqe.pool = card.create_pool(info);
	sqe.addr = card.allocate();
	std::memcpy(card.page(sqe.addr).data(), tap_page_files().front().pages.front().data(),
		    4096);

	auto sum = [&](unsigned int first, unsigned int last) {
		uint64_t all = 0;

		for (unsigned int n = first; n <= last; n++)
			all += card.management().counter(n);
		return all;
	};
	auto check = [&](uint8_t opcode, unsigned int kind, unsigned int first, unsigned int last) {
		uint64_t before = sum(first, last);

		sqe.opcode = opcode;
		card.submit(1, sqe, true);
		tap_check(CardHost::status(card.wait(1).cqe) == PAMC_STATUS_SUCCESS, "a failure");
		card.sim().write(MAILBOX_LATENCY_SELECT, 2u << 9 | kind << 7);

		uint64_t latency = card.sim().read64(MAILBOX_LATENCY);
		uint64_t stages = sum(first, last) - before;

		tap_check(stages < latency && stages + outside > latency,
			  std::to_string(stages) + " of " + std::to_string(latency) +
			      " cycles are told by the counters");
	};

	check(PAMC_OP_PUT, PAMC_LAT_PUT, MAILBOX_COUNTER_WAIT_PUT_HOST,
	      MAILBOX_COUNTER_WAIT_PUT_RESULT);
	check(PAMC_OP_GET, PAMC_LAT_GET, MAILBOX_COUNTER_WAIT_GET_INDEX,
	      MAILBOX_COUNTER_WAIT_GET_RESULT);
}

/* A put of one page through queue pair 1: its status. */
unsigned int put(CardHost &card, uint32_t pool, uint64_t page)
{
	pamc_sqe sqe{};

	sqe.opcode = PAMC_OP_PUT;
	sqe.pool = pool;
	sqe.addr = page;
	card.submit(1, sqe, false);
	card.doorbell(1);
	return CardHost::status(card.wait(1).cqe);
}

unsigned int admin(CardHost &card, uint8_t opcode, uint32_t id)
{
	pamc_admin_sqe sqe{};

	sqe.opcode = opcode;
	sqe.id = id;
	return CardHost::status(card.admin(sqe));
}

void wait_status(CardHost &card, uint32_t wanted)
{
	for (unsigned int reads = 0; card.read32(PAMC_REG_STATUS) != wanted;)
		tap_check(++reads < 1000, "STATUS does not get " + std::to_string(wanted));
}

/* What the firmware does beside the path of a page. */
void admin_commands(uint64_t seed)
{
	rtl_card::Settings settings;

	settings.dram_bytes = 2 << 20;
	settings.seed = seed;

	CardHost card(settings);
	pamc_admin_sqe log{};
	uint32_t pool;

	card.start();
	card.create_queue(1, 4);
	pool = card.create_pool({});

	uint64_t page = card.allocate(2);

	/* A log page's bytes, up to the last one and none more; across a page of the host. */
	log.opcode = PAMC_ADMIN_LOG;
	log.id = PAMC_LOG_CAPACITY;
	log.addr = page + 4096 - 8;
	log.length = 13;
	card.page(page).fill(0xa5);
	card.page(page + 4096).fill(0xa5);
	tap_check(card.admin(log).result == 13, "a log page has another length");
	for (unsigned int n = 0; n < 4096; n++) {
		bool inside = n < 5;

		tap_check(n >= 4088 || card.page(page)[n] == 0xa5, "written before a log page");
		tap_check(inside || card.page(page + 4096)[n] == 0xa5, "written behind a log page");
	}
	tap_check(card.page(page + 4096)[4] != 0xa5, "a log page's last byte is missing");

	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put");
	tap_check(admin(card, PAMC_ADMIN_POOL_FLUSH, pool) == PAMC_STATUS_SUCCESS, "flush");
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after a flush");
	tap_check(admin(card, PAMC_ADMIN_SELF_TEST, 1) == PAMC_STATUS_SUCCESS, "self-test");

	/* Pools are gone, and the epoch is another one. */
	uint32_t epoch = card.read32(PAMC_REG_BOOT_EPOCH);

	tap_check(admin(card, PAMC_ADMIN_SANITIZE, 0) == PAMC_STATUS_SUCCESS, "sanitize");
	while (card.management().busy())
		card.step();
	tap_check(card.read32(PAMC_REG_BOOT_EPOCH) != epoch, "the epoch stays");
	tap_check(put(card, pool, page) == PAMC_STATUS_BAD_POOL, "the pool stays");
	pool = card.create_pool({});
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after sanitize");

	/* Shutdown, and not; a function-level reset. */
	card.write_register<uint32_t>(PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
	wait_status(card, PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	tap_check(put(card, pool, page) == PAMC_STATUS_ABORTED, "put after shutdown");
	tap_check(admin(card, PAMC_ADMIN_POOL_FLUSH, pool) == PAMC_STATUS_ABORTED,
		  "admin after it");
	card.write_register<uint32_t>(PAMC_REG_CTRL, PAMC_CTRL_EN_MASK);
	wait_status(card, PAMC_STATUS_READY_MASK);
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after all");
	card.sim().host().start_flr();
	while (card.sim().host().flr() || card.management().busy())
		card.step();
	wait_status(card, 0);
	card.start();
	card.create_queue(1, 4);
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after a reset");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	uint64_t many = Tap::wants_long() ? 50 : 1;

	tap.run("resets", [&] { resets(tap.seed()); });
	tap.run("what a command waits for", [&] { waits(tap.seed()); });
	tap.run("admin commands", [&] { admin_commands(tap.seed()); });
	tap.run("as the model does, one at a time", [&] {
		Twins twins(tap.seed());

		twins.run(300 * many, 1);
		twins.tell();
	});
	tap.run("as the model does, many at a time", [&] {
		Twins twins(tap.seed() + 1);

		twins.run(4000 * many, 40);
		twins.tell();
	});
	return tap.done();
}
