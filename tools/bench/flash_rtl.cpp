// SPDX-License-Identifier: Apache-2.0
/*
 * The card in RTL with flash behind its memory: cycles of a get by where the page is, of puts
 * while pages go to flash, and how much more it holds. As JSON, for flash.py. The firmware runs
 * on the host, at the card's mailbox, and takes no time but that of its accesses there.
 *
 * usage: flash_rtl [--seed=N]
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1, depth = 8;
constexpr uint64_t memory_bytes = 1 << 20, alone = 40, demoted = 400;
constexpr unsigned int gets = 40;

class Bench
{
	CardHost card_;
	std::vector<Bytes> pages_;
	uint32_t pool_ = 0;
	std::vector<uint64_t> buffer_;
	pamc_identify identify_{};

	static rtl_card::Figures figures()
	{
		rtl_card::Figures made;

		made.flash.blocks = 12;
		made.firmware.tier = true;
		return made;
	}

      public:
	explicit Bench(uint64_t seed) : card_(memory_bytes, seed, figures())
	{
		pamc_pool_info info{};
		pamc_admin_sqe sqe{};

		for (const PageFile &file : tap_page_files())
			pages_.insert(pages_.end(), file.pages.begin(), file.pages.end());
		/* As programs have them, whatever their files' order. */
		rtl::Random random(seed);
		for (size_t n = pages_.size(); n > 1; n--)
			std::swap(pages_[n - 1], pages_[random() % n]);
		card_.start();
		card_.create_queue(qid, 5);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		pool_ = card_.create_pool(info);
		for (unsigned int n = 0; n < depth; n++)
			buffer_.push_back(card_.allocate());
		sqe.opcode = PAMC_ADMIN_IDENTIFY;
		sqe.addr = buffer_[0];
		sqe.length = sizeof(identify_);
		tap_check(CardHost::status(card_.admin(sqe)) == PAMC_STATUS_SUCCESS, "IDENTIFY");
		std::memcpy(&identify_, card_.page(buffer_[0]).data(), sizeof(identify_));
	}

	const pamc_identify &identify() const
	{
		return identify_;
	}

	uint64_t in_flash()
	{
		return card_.management().counter(MAILBOX_COUNTER_TIER_PAGES);
	}

	uint64_t now() const
	{
		return card_.now();
	}

	void submit(uint8_t opcode, uint64_t index, unsigned int slot)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.cid = uint16_t(slot);
		sqe.pool = pool_;
		sqe.index = index;
		sqe.addr = buffer_[slot];
		if (opcode == PAMC_OP_PUT) {
			const Bytes &page = pages_[index % pages_.size()];

			std::memcpy(card_.page(sqe.addr).data(), page.data(), page.size());
		}
		card_.submit(qid, sqe, true);
	}

	unsigned int end()
	{
		CardHost::Done done = card_.wait(qid, 50'000'000);

		tap_check(CardHost::status(done.cqe) == PAMC_STATUS_SUCCESS, "a command fails");
		return done.cqe.cid;
	}

	/* One alone: its cycles. */
	uint64_t one(uint8_t opcode, uint64_t index)
	{
		uint64_t began = now();

		submit(opcode, index, 0);
		end();
		if (opcode == PAMC_OP_GET)
			tap_check(!std::memcmp(card_.page(buffer_[0]).data(),
					       pages_[index % pages_.size()].data(), 4096),
				  "another page");
		return now() - began;
	}
};

void tell(const char *what, std::vector<uint64_t> cycles)
{
	std::sort(cycles.begin(), cycles.end());
	std::printf("\"%s\": {\"median\": %llu, \"p90\": %llu}, ", what,
		    (unsigned long long)cycles[cycles.size() / 2],
		    (unsigned long long)cycles[cycles.size() * 9 / 10]);
}

void run(uint64_t seed)
{
	Bench bench(seed);
	std::vector<uint64_t> put, from_memory, from_flash;
	uint64_t next = 0, ended = 0, began, held_alone = 0, first;

	std::printf("{");
	for (; next < alone; next++)
		put.push_back(bench.one(PAMC_OP_PUT, next));
	/* Until the first page has gone; then as many at a time as there are buffers. */
	while (bench.in_flash() == 0)
		bench.one(PAMC_OP_PUT, next++);
	held_alone = next;
	began = bench.now();
	first = next;
	for (unsigned int slot = 0; slot < depth; slot++)
		bench.submit(PAMC_OP_PUT, next++, slot);
	for (uint64_t last = next + demoted; ended < demoted + depth; ended++) {
		unsigned int slot = bench.end();

		if (next < last)
			bench.submit(PAMC_OP_PUT, next++, slot);
	}
	std::printf("\"put_cycles_while_demoting\": %.0f, ",
		    double(bench.now() - began) / double(next - first));
	for (unsigned int n = 0; n < gets; n++) {
		from_memory.push_back(bench.one(PAMC_OP_GET, next - 1 - n));
		from_flash.push_back(bench.one(PAMC_OP_GET, n * 3));
	}
	tell("put", put);
	tell("get_from_memory", from_memory);
	tell("get_from_flash", from_flash);
	std::printf("\"pages_in_memory_alone\": %llu, \"pages\": %llu, \"pages_in_flash\": %llu, "
		    "\"memory_bytes\": %llu, \"flash_bytes\": %llu, \"seed\": %llu}\n",
		    (unsigned long long)held_alone, (unsigned long long)next,
		    (unsigned long long)bench.in_flash(),
		    (unsigned long long)bench.identify().usable_bytes,
		    (unsigned long long)bench.identify().flash_bytes, (unsigned long long)seed);
}

} /* namespace */

int main(int argc, char **argv)
{
	uint64_t seed = 1;

	if (argc > 1 && std::string(argv[1]).rfind("--seed=", 0) == 0)
		seed = std::strtoull(argv[1] + 7, nullptr, 0);
	try {
		run(seed);
	} catch (const std::exception &error) {
		std::fprintf(stderr, "flash_rtl: %s\n", error.what());
		return 1;
	}
	return 0;
}
