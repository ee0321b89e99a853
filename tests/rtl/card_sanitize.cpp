// SPDX-License-Identifier: Apache-2.0
/*
 * SANITIZE and SELF_TEST on the card with flash behind its memory: with pages of each kind of pool,
 * in memory and in flash. What SANITIZE leaves is looked for in the dies and in memory themselves.
 */
#include <map>
#include <set>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "nand.h"
#pragma GCC diagnostic pop

namespace
{

/* Hardly more blocks than the tier needs: all of their pages are read back. */
constexpr unsigned int qid = 1, dies = 4, blocks = 7, pages = 64;
constexpr uint64_t patience = 100'000'000;
enum Outcome { NEVER, PASSED, FAILED };

/* The core's tables are in card memory; the host's are not. */
uint64_t dram_bytes()
{
	return std::getenv("PAMCARD_MANAGEMENT") ? 736 << 10 : 384 << 10;
}

rtl_card::Figures flash()
{
	rtl_card::Figures figures;

	figures.flash.blocks = blocks;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.flash.bad = 40;
	figures.firmware.tier = true;
	return figures;
}

struct Kind {
	uint8_t type;
	uint32_t flags;
};
constexpr Kind kinds[] = {{PAMC_POOL_TYPE_EPHEMERAL, 0},
			  {PAMC_POOL_TYPE_PERSISTENT, 0},
			  {PAMC_POOL_TYPE_PERSISTENT, PAMC_POOL_DURABLE}};
constexpr unsigned int durable = 2;

class Bench
{
	const std::vector<PageFile> files_ = tap_page_files();
	rtl::Random random_;
	uint64_t buffer_ = 0;
	/* Page n is of pool n % 3; its first bytes no other one has, and no codec shortens them. */
	std::vector<uint64_t> stamps_;
	/* What the translation layer has in flash when there is nothing. */
	std::map<Bytes, uint64_t> empty_;

	Bytes content(uint64_t n) const
	{
		const std::vector<Bytes> &samples = files_[n % files_.size()].pages;
		Bytes page = samples[n / files_.size() % samples.size()];

		std::memcpy(page.data(), &stamps_[n], sizeof(stamps_[n]));
		return page;
	}

      public:
	CardHost card;
	std::vector<uint32_t> pools;

	explicit Bench(uint64_t seed) : random_(seed), card(dram_bytes(), seed, flash())
	{
		begin();
		empty_ = stands();
	}

	void begin()
	{
		card.start();
		card.create_queue(qid, 5);
		if (!buffer_)
			buffer_ = card.allocate();
	}

	struct nand *nand()
	{
		return card.sim().flash();
	}

	uint64_t in_flash()
	{
		return card.management().counter(MAILBOX_COUNTER_TIER_PAGES);
	}

	pamc_cqe execute(uint8_t opcode, unsigned int kind, uint64_t index)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pools[kind];
		sqe.object[0] = 5;
		sqe.index = index;
		sqe.addr = buffer_;
		card.submit(qid, sqe, true);
		return card.wait(qid, patience).cqe;
	}

	void put()
	{
		uint64_t n = stamps_.size();

		stamps_.push_back(random_());

		Bytes page = content(n);

		std::copy(page.begin(), page.end(), card.page(buffer_).begin());
		unsigned int status = CardHost::status(execute(PAMC_OP_PUT, n % 3, n));

		tap_check(status == PAMC_STATUS_SUCCESS,
			  "put " + std::to_string(n) + ": status " + std::to_string(status));
	}

	/* Until pages leave for flash, and so many of its own are written; then what is durable is
	 * there, and more in memory. */
	void fill(uint64_t programs = 0)
	{
		stamps_.clear();
		pools.clear();
		for (const Kind &kind : kinds) {
			pamc_pool_info info{};

			info.type = kind.type;
			info.flags = kind.flags;
			pools.push_back(card.create_pool(info, patience));
		}
		while (in_flash() < 8 || nand_figures(nand()).programs < programs) {
			tap_check(stamps_.size() < 2000, "pages do not get to flash");
			put();
		}
		tap_check(CardHost::status(execute(PAMC_OP_SYNC, durable, 0)) ==
			      PAMC_STATUS_SUCCESS,
			  "a sync");
		for (unsigned int n = 0; n < 12; n++)
			put();
		rest();
	}

	void rest()
	{
		for (uint64_t last = card.now() + patience;
		     card.sim().idle() < 2000 || card.management().busy(); card.step())
			tap_check(card.now() < last, "it does not rest");
	}

	/* All pages are there and right, but for ephemeral ones that were dropped; or each nth. */
	void get_all(unsigned int each = 1)
	{
		std::map<unsigned int, unsigned int> found[3]; /* by tier */

		for (uint64_t n = 0; n < stamps_.size(); n += each) {
			card.page(buffer_).fill(0);

			pamc_cqe cqe = execute(PAMC_OP_GET, n % 3, n);
			unsigned int status = CardHost::status(cqe);
			Bytes page = content(n);

			if (n % 3 == 0 && status == PAMC_STATUS_MISS)
				continue;
			tap_check(status == PAMC_STATUS_SUCCESS,
				  "a get: status " + std::to_string(status));
			tap_check(std::equal(page.begin(), page.end(), card.page(buffer_).begin()),
				  "another page");
			found[n % 3][cqe.info >> 24]++;
		}
		for (auto &kind : found) {
			tap_check(kind[PAMC_TIER_DRAM], "a pool has none in memory");
			tap_check(&kind == &found[0] || kind[PAMC_TIER_FLASH],
				  "a pool has none in flash");
		}
		std::printf("# %zu pages: ephemeral %u; in memory, flash: persistent %u, %u, "
			    "durable %u, %u\n",
			    stamps_.size(), found[0][PAMC_TIER_DRAM], found[1][PAMC_TIER_DRAM],
			    found[1][PAMC_TIER_FLASH], found[2][PAMC_TIER_DRAM],
			    found[2][PAMC_TIER_FLASH]);
	}

	unsigned int gets_of_any()
	{
		unsigned int got = 0;

		for (uint64_t n = 0; n < stamps_.size(); n++)
			got += CardHost::status(execute(PAMC_OP_GET, n % 3, n)) !=
			       PAMC_STATUS_BAD_POOL;
		return got;
	}

	/* Of how many pages is there something in card memory? */
	unsigned int in_memory()
	{
		std::vector<uint8_t> memory(dram_bytes());

		card.sim().memory().read(0, memory.data(), memory.size());
		return unsigned(
		    std::count_if(stamps_.begin(), stamps_.end(), [&](const uint64_t &stamp) {
			    return memmem(memory.data(), memory.size(), &stamp, sizeof(stamp));
		    }));
	}

	/* What stands in pages of flash, as it does there; in which block. */
	std::map<Bytes, uint64_t> stands()
	{
		std::map<Bytes, uint64_t> found;
		Bytes page(nand_config_of(nand())->page_bytes);
		uint32_t corrected;

		rest();
		for (uint64_t die = 0; die < dies; die++)
			for (unsigned int n = 0; n < blocks * pages; n++) {
				nand_read(nand(), uint32_t(die), n / pages, n % pages, page.data());
				nand_end(nand(), uint32_t(die), &corrected);
				if (!nand_read_erased(nand(), uint32_t(die)) && !empty_.count(page))
					found[page] = die << 32 | n / pages;
			}
		return found;
	}

	/* Without the maker's mark. */
	unsigned int good_blocks()
	{
		unsigned int good = 0;

		for (unsigned int n = 0; n < dies * blocks; n++)
			good += !nand_factory_bad(nand(), n / blocks, n % blocks);
		return good;
	}

	uint32_t listed()
	{
		pamc_admin_sqe sqe{};

		sqe.opcode = PAMC_ADMIN_POOL_LIST;
		sqe.addr = buffer_;
		sqe.length = 4096;
		return card.admin(sqe, patience).info;
	}

	/* To its end, which an event tells. */
	pamc_log_progress job(uint8_t opcode, uint32_t id, unsigned int log)
	{
		pamc_admin_sqe sqe{}, listen{};
		uint64_t began = card.now();

		sqe.opcode = opcode;
		sqe.id = id;
		tap_check(CardHost::status(card.admin(sqe, patience)) == PAMC_STATUS_SUCCESS,
			  "it does not begin");
		listen.opcode = PAMC_ADMIN_ASYNC_EVENT;

		/* Of so little flash HEALTH has something to say, too. */
		pamc_cqe cqe = card.admin(listen, patience);

		while (cqe.result == PAMC_EVENT_HEALTH)
			cqe = card.admin(listen, patience);
		tap_check(cqe.result == PAMC_EVENT_SELF_TEST && cqe.info == log, "another event");

		auto told = card.log<pamc_log_progress>(log);

		tap_check(!told.running, "it runs on");
		tap_check((told.outcome == PASSED) == (told.percent == 100 && !told.failed),
			  "how much is done");
		std::printf("# log %u: outcome %u, %llu right, %u wrong; %llu cycles\n", log,
			    told.outcome, (unsigned long long)told.checked, told.failed,
			    (unsigned long long)(card.now() - began));
		return told;
	}

	/* In which blocks does anything stand that stood there before? No page is to be had. */
	std::set<uint64_t> sanitize(pamc_log_progress &told)
	{
		const auto before = stands();
		uint32_t epoch = card.read32(PAMC_REG_BOOT_EPOCH);
		std::set<uint64_t> left;

		tap_check(in_memory() && before.size() > 3, "nothing is there");
		told = job(PAMC_ADMIN_SANITIZE, 0, PAMC_LOG_SANITIZE);
		tap_check(gets_of_any() == 0 && listed() == 0, "a pool is left");
		tap_check(card.read32(PAMC_REG_BOOT_EPOCH) != epoch, "the boot epoch is the same");

		auto space = card.log<pamc_log_capacity>(PAMC_LOG_CAPACITY);

		tap_check(space.pools == 0 && space.pages == 0 && space.stored_bytes == 0 &&
			      space.free_bytes == space.usable_bytes && in_flash() == 0,
			  "space is taken");
		tap_check(in_memory() == 0, "something of a page is in memory");
		for (const auto &[page, block] : stands())
			if (before.count(page))
				left.insert(block);
		return left;
	}
};

/* Erases that are said to be good and do nothing: of each block one; or of one block all. */
void sanitize(uint64_t seed, bool fails)
{
	Bench bench(seed);
	pamc_log_progress told;
	std::map<uint64_t, unsigned int> written;
	uint64_t kept = 0;
	const unsigned int good = bench.good_blocks();

	std::printf("# %u blocks, %u with the maker's mark\n", good, dies * blocks - good);
	bench.fill();
	bench.get_all();
	for (const auto &[page, block] : bench.stands())
		if (++written[block] > written[kept])
			kept = block;
	if (fails)
		nand_lie(bench.nand(), uint32_t(kept >> 32), uint32_t(kept), 3);
	for (unsigned int n = 0; n < dies * blocks && !fails; n++)
		nand_lie(bench.nand(), n / blocks, n % blocks, 1);
	std::set<uint64_t> left = bench.sanitize(told);
	/* Unless that is the first to be written, for which it was erased once more. */
	if (fails)
		left.erase(kept);
	tap_check(left.empty(), "something stands in flash");
	if (fails)
		tap_check(told.outcome == FAILED && told.step == PAMC_SANITIZE_PART_FLASH &&
			      told.detail == kept && told.failed == 1 && told.checked == good - 1,
			  "it does not tell what is left");
	else
		tap_check(told.outcome == PASSED && told.step == 0 && told.checked == good,
			  "it does not tell that all is gone");
	bench.fill();
	bench.get_all();
}

void self_test(uint64_t seed)
{
	/* Pools in the table and in the vault, their sum, and patterns; beside them flash. */
	constexpr uint64_t brief = 3 + 3 + 1 + 2, extended = brief + 30;
	Bench bench(seed);
	std::map<uint64_t, unsigned int> written;
	std::set<uint64_t> full;

	bench.fill(2 * pages + 30);

	const uint64_t in_flash = bench.in_flash();
	auto told = bench.job(PAMC_ADMIN_SELF_TEST, 1, PAMC_LOG_SELF_TEST);

	tap_check(told.outcome == PASSED && told.step == 0 && told.runs == 1 &&
		      told.checked == brief + dies,
		  "what is told");
	told = bench.job(PAMC_ADMIN_SELF_TEST, 2, PAMC_LOG_SELF_TEST);
	tap_check(told.outcome == PASSED && told.step == 0 && told.runs == 2 &&
		      told.checked > extended,
		  "what the extended one tells");
	tap_check(bench.in_flash() == in_flash, "pages in flash");
	bench.get_all(4);

	/* Blocks that have been filled. */
	const uint64_t closed = told.checked - extended;

	for (const auto &[page, block] : bench.stands())
		if (++written[block] == pages)
			full.insert(block);
	for (uint64_t block : full)
		nand_damage(bench.nand(), uint32_t(block >> 32), uint32_t(block), 0);
	told = bench.job(PAMC_ADMIN_SELF_TEST, 2, PAMC_LOG_SELF_TEST);
	tap_check(told.outcome == FAILED && told.step == PAMC_TEST_PART_FLASH &&
		      told.failed == closed && full.count(told.detail) && told.checked == extended,
		  "it does not tell what cannot be read");
}

} /* namespace */

int main(int argc, char **argv)
{
	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	Tap tap(argc, argv);

	tap.run("SANITIZE", [&] { sanitize(tap.seed(), false); });
	tap.run("SANITIZE of flash that keeps something", [&] { sanitize(tap.seed(), true); });
	tap.run("SELF_TEST", [&] { self_test(tap.seed()); });
	return tap.done();
}
