// SPDX-License-Identifier: Apache-2.0
/*
 * Power of the card with flash goes in any cycle, in the midst of what its firmware does, too:
 * while pages of a durable pool are put, flushed and synced, while pools come and go, and while it
 * starts after the power cut before. What was synced is there when it comes back, or what came
 * after that, nothing older, and nothing of other pools. flash-power has the translation layer
 * alone and cuts it at each operation of flash; here are the vault, the mailbox, and dies at pins.
 */
#include <map>
#include <set>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1;
/* Of which the tier takes more than half. */
constexpr uint64_t memory_bytes = 384 << 10;
constexpr uint64_t pages = 12, patience = 20'000'000;
/* Rounds, if power goes before enough was done. */
constexpr unsigned int most = 20;
/* A page that is not there. */
constexpr uint64_t absent = 0;

/* The fewest blocks that leave the host some: with 6 of a die, what the translation layer keeps
 * free is all there is after a few starts, and puts find no space. */
rtl_card::Figures flash()
{
	rtl_card::Figures figures;

	figures.flash.blocks = 9;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.flash.bits = 4;
	figures.firmware.tier = true;
	return figures;
}

/* Of a page, what the last SYNC that was acknowledged covered, and what was asked for since. */
struct Key {
	uint64_t synced = absent;
	std::set<uint64_t> later;
	uint64_t now = absent; /* if all that was acknowledged is there */
};

/* Power is gone. */
struct Cut {
};

class Cuts
{
	CardHost card_;
	rtl::Random random_;
	uint64_t buffer_, cut_at_ = UINT64_MAX, next_ = 1, start_ = 0;
	/* The durable pool: its id, and its name, which no other had. None: 0. */
	uint32_t pool_ = 0, name_ = 0;
	/* What POOL_LIST may find after a cut: these names. */
	std::set<uint32_t> names_{0};
	uint32_t next_name_ = 1;
	std::map<uint64_t, Key> keys_;

      public:
	unsigned int syncs = 0, puts = 0, creates = 0, lost = 0, kept = 0;

	bool enough() const
	{
		return puts >= 10 && syncs >= 2 && kept >= 2;
	}

	explicit Cuts(uint64_t seed)
	    : card_(memory_bytes, seed, flash()), random_(seed), buffer_(card_.allocate())
	{
		/* Between two cycles of the firmware, which runs inside of one of the host's. */
		card_.sim().on_access = [this](uint32_t, bool, uint32_t) { live(); };
		start();
		start_ = card_.now();
	}

	/* Some work, until power goes; then it goes again so often before the card is ready; then
	 * all that is there is looked at. */
	void round(unsigned int starts)
	{
		try {
			cut_at_ = card_.now() + random_.below(800'000);
			for (;;)
				work();
		} catch (const Cut &) {
			told("at work");
		}
		while (starts--) {
			try {
				power(card_.now() + random_.below(start_));
			} catch (const Cut &) {
				told("as it starts");
			}
		}
		power(UINT64_MAX);
		look();
	}

      private:
	void live() const
	{
		if (card_.now() >= cut_at_)
			throw Cut();
	}

	void told(const char *when) const
	{
		std::printf("# power goes in cycle %llu, %s, after %u puts, %u syncs, %u pools\n",
			    (unsigned long long)card_.now(), when, puts, syncs, creates);
	}

	/* Comes back, and may go in a cycle of the start. */
	void power(uint64_t until)
	{
		cut_at_ = UINT64_MAX;
		card_.sim().power_cycle();
		cut_at_ = until;

		uint64_t began = card_.now();

		card_.management().power_on(false);
		start();
		cut_at_ = UINT64_MAX;
		start_ = card_.now() - began;
	}

	void start()
	{
		card_.start();
		card_.create_queue(qid, 5);
	}

	/* ------------------------------------------------------------ commands */

	pamc_cqe wait(unsigned int queue)
	{
		for (uint64_t end = card_.now() + patience; card_.now() < end; card_.step()) {
			if (auto done = card_.poll(queue))
				return done->cqe;
			live();
		}
		throw rtl::Broken("no completion on queue pair " + std::to_string(queue));
	}

	pamc_cqe admin(pamc_admin_sqe sqe)
	{
		sqe.addr = buffer_;
		sqe.length = 4096;
		card_.submit(0, sqe, false);
		card_.doorbell(0);
		return wait(0);
	}

	unsigned int execute(uint8_t opcode, uint64_t index)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool_;
		sqe.object[0] = 5;
		sqe.index = index;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
		return CardHost::status(wait(qid));
	}

	void good(const char *what, unsigned int status)
	{
		tap_check(status == PAMC_STATUS_SUCCESS,
			  std::string(what) + ": status " + std::to_string(status));
	}

	/* Its first bytes are the seed; half of the pages compress. */
	void fill(uint64_t seed)
	{
		rtl::Random random(seed);

		for (unsigned int n = 0; n < 4096; n++)
			card_.page(buffer_)[n] =
			    uint8_t(random() & (seed % 2 && n % 64 >= 16 ? 1 : 0xff));
		std::memcpy(card_.page(buffer_).data(), &seed, sizeof(seed));
	}

	/* ------------------------------------------------------------ work */

	uint32_t create(uint32_t flags, uint64_t reserve, uint32_t name)
	{
		pamc_admin_sqe sqe{};
		pamc_pool_info info{};

		info.type = PAMC_POOL_TYPE_PERSISTENT;
		info.flags = flags;
		info.reserve = reserve;
		std::memcpy(info.name, &name, sizeof(name));
		card_.page(buffer_).fill(0);
		std::memcpy(card_.page(buffer_).data(), &info, sizeof(info));
		sqe.opcode = PAMC_ADMIN_POOL_CREATE;

		pamc_cqe cqe = admin(sqe);

		good("POOL_CREATE", CardHost::status(cqe));
		return cqe.result;
	}

	void create_pool()
	{
		uint32_t name = next_name_++;

		names_.insert(name);
		pool_ = create(PAMC_POOL_DURABLE, pages, name);
		name_ = name;
		names_ = {name};
		creates++;
	}

	void destroy_pool()
	{
		pamc_admin_sqe sqe{};

		sqe.opcode = PAMC_ADMIN_POOL_DESTROY;
		sqe.id = pool_;
		names_.insert(0);
		for (auto &[index, key] : keys_)
			key.later.insert(absent);
		good("POOL_DESTROY", CardHost::status(admin(sqe)));
		names_ = {0};
		pool_ = name_ = 0;
		keys_.clear();
	}

	/* A pool that power takes, with a page in it. */
	void other_pool()
	{
		pool_ = create(0, 0, UINT32_MAX);
		fill(next_++);
		good("a put to the other pool", execute(PAMC_OP_PUT, 0));
		pool_ = 0;
	}

	void put(uint64_t index)
	{
		Key &key = keys_[index];
		uint64_t seed = next_++;

		key.later.insert(seed);
		fill(seed);
		good("a put", execute(PAMC_OP_PUT, index));
		key.now = seed;
		puts++;
	}

	void flush(uint64_t index)
	{
		Key &key = keys_[index];

		key.later.insert(absent);
		good("a flush", execute(PAMC_OP_FLUSH_PAGE, index));
		key.now = absent;
	}

	void sync()
	{
		good("a sync", execute(PAMC_OP_SYNC, 0));
		for (auto &[index, key] : keys_) {
			key.synced = key.now;
			key.later.clear();
		}
		syncs++;
	}

	/* One command, or two. */
	void work()
	{
		uint64_t what = random_.below(64), index = random_.below(pages);

		if (!pool_) {
			other_pool();
			create_pool();
		} else if (what < 1) {
			destroy_pool();
		} else if (what < 8) {
			sync();
		} else if (what < 16) {
			flush(index);
		} else {
			put(index);
		}
	}

	/* ------------------------------------------------------------ after a cut */

	void look()
	{
		pamc_admin_sqe sqe{};
		pamc_pool_info info{};
		uint32_t name = 0;

		sqe.opcode = PAMC_ADMIN_POOL_LIST;
		pamc_cqe cqe = admin(sqe);

		good("POOL_LIST", CardHost::status(cqe));
		tap_check(cqe.info <= 1, "there are " + std::to_string(cqe.info) + " pools");
		if (cqe.info == 1) {
			std::memcpy(&info, card_.page(buffer_).data(), sizeof(info));
			std::memcpy(&name, info.name, sizeof(name));
		}
		tap_check(names_.count(name),
			  "pool " + std::to_string(name) + " came back, or is gone");
		if (name != name_)
			keys_.clear();
		pool_ = info.id;
		name_ = name;
		names_ = {name};
		for (uint64_t index = 0; pool_ && index < pages; index++)
			look_at(index);
		tap_check(card_.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");
	}

	void look_at(uint64_t index)
	{
		Key &key = keys_[index];
		CardHost::Page got;
		uint64_t seed = absent;

		card_.page(buffer_).fill(0);

		unsigned int status = execute(PAMC_OP_GET, index);

		if (status != PAMC_STATUS_MISS) {
			good("a get", status);
			got = card_.page(buffer_);
			std::memcpy(&seed, got.data(), sizeof(seed));
			fill(seed);
			tap_check(got == card_.page(buffer_), "bytes of " + std::to_string(index));
		}
		tap_check(seed == key.synced || key.later.count(seed),
			  "page " + std::to_string(index) + " is " + std::to_string(seed) +
			      ", and was " + std::to_string(key.synced) + " when it was synced");
		kept += seed != absent;
		lost += seed != key.now;
		/* What the host has seen may not change any more. */
		key = {seed, {}, seed};
	}
};

void cuts(uint64_t seed)
{
	const unsigned int wanted = Tap::wants_long() ? 100 : 2;
	Cuts cuts(seed);

	/* Power may go early each time: then once more, until there was something to lose. */
	for (unsigned int n = 0; n < wanted || (n < most && !cuts.enough()); n++)
		cuts.round(n % 3);
	std::printf("# %u puts, %u syncs; of the pages that were looked at %u were there, and %u "
		    "not as they had been last\n",
		    cuts.puts, cuts.syncs, cuts.kept, cuts.lost);
	tap_check(cuts.enough(), "not enough was put, or synced, or kept");
}

} // namespace

int main(int argc, char **argv)
{
	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	Tap tap(argc, argv);

	tap.run("power goes at any cycle", [&] { cuts(tap.seed()); });
	return tap.done();
}
