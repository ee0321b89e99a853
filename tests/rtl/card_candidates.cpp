// SPDX-License-Identifier: Apache-2.0
/*
 * Gets whose first candidate is another page: entries with the tag of a page, but another
 * page's place, are put in front of it in the index in card memory. A get reads the record of
 * its first candidate unseen, so it has to see whose that is, try again, and give the right
 * page in the end, however many do so at a time.
 */
#include "card_host.hpp"
#include "tap.hpp"
#include "vault_layout.h"

/* A function there has the name of a struct, as C allows. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "index.h"
}
#pragma GCC diagnostic pop

namespace
{

constexpr unsigned int qid = 1, handles = 400;
constexpr uint64_t dram_bytes = 4 << 20;

/* A pool of which every second page was flushed again. */
class Candidates
{
	CardHost card_;
	std::vector<Bytes> pages_;
	uint32_t pool_ = 0;
	uint64_t buffers_ = 0;

	const Bytes &content(unsigned int index) const
	{
		return pages_[index % pages_.size()];
	}

	uint64_t buffer(unsigned int index) const
	{
		return buffers_ + index * 4096ull;
	}

	/* The same of each handle from first on; calls over(index, status) for each. */
	template <class Over>
	void each(uint8_t opcode, uint16_t flags, unsigned int first, unsigned int step, Over over)
	{
		unsigned int next = first, inside = 0;
		uint64_t end = card_.now() + 20'000'000;

		while (next < handles || inside) {
			tap_check(card_.now() < end, "commands hang");
			if (next < handles && card_.room(qid)) {
				pamc_sqe sqe{};

				sqe.opcode = opcode;
				sqe.flags = flags;
				sqe.cid = uint16_t(next);
				sqe.pool = pool_;
				sqe.index = next;
				sqe.addr = buffer(next);
				card_.submit(qid, sqe, true);
				next += step;
				inside++;
			}
			card_.step();
			while (auto done = card_.poll(qid)) {
				over(done->cqe.cid, CardHost::status(done->cqe));
				inside--;
			}
		}
	}

      public:
	Candidates(uint64_t seed, uint8_t type) : card_(dram_bytes, seed)
	{
		pamc_pool_info info{};

		for (const PageFile &file : tap_page_files())
			pages_.insert(pages_.end(), file.pages.begin(), file.pages.end());
		card_.start();
		card_.create_queue(qid, 5);
		info.type = type;
		pool_ = card_.create_pool(info);
		buffers_ = card_.allocate(handles);
		for (unsigned int n = 0; n < handles; n++)
			std::memcpy(card_.page(buffer(n)).data(), content(n).data(), 4096);

		auto success = [](unsigned int, unsigned int status) {
			tap_check(status == PAMC_STATUS_SUCCESS, "test: no success");
		};

		each(PAMC_OP_PUT, 0, 0, 1, success);
		each(PAMC_OP_FLUSH_PAGE, 0, 1, 2, success);
	}

	/* Entries give way to some that lead to other pages, where their bucket has room. */
	unsigned int mislead()
	{
		struct vault_layout layout;
		std::vector<uint64_t> slots;
		uint32_t other = 0;
		unsigned int count = 0;

		vault_lay_out(dram_bytes, 0, &layout);
		slots.resize(size_t(layout.buckets) * 8);
		card_.sim().memory().read(0, slots.data(), slots.size() * 8);
		for (size_t bucket = 0; bucket < slots.size(); bucket += 8) {
			uint64_t *slot = &slots[bucket], *free = slot + 7;

			for (; slot < free; slot++) {
				if (index_kind(*slot) != INDEX_PAGE)
					continue;
				uint32_t own = index_unit(*slot);

				while (free > slot && *free)
					free--;
				if (other && free > slot) {
					*free = *slot;
					*slot = (*slot & ~UINT64_C(0xffffffff)) | other;
					count++;
				}
				other = own;
			}
		}
		card_.sim().memory().write(0, slots.data(), slots.size() * 8);
		return count;
	}

	/* Gets all pages that are there: the cycles that it took. */
	uint64_t get(uint16_t flags)
	{
		uint64_t since = card_.now();

		for (unsigned int n = 0; n < handles; n++)
			card_.page(buffer(n)).fill(0x5a);
		each(PAMC_OP_GET, flags, 0, 1, [&](unsigned int index, unsigned int status) {
			bool there = index % 2 == 0;

			tap_check(status == (there ? PAMC_STATUS_SUCCESS : PAMC_STATUS_MISS),
				  "page " + std::to_string(index) + ": status " +
				      std::to_string(status));
			tap_check(!there || std::memcmp(card_.page(buffer(index)).data(),
							content(index).data(), 4096) == 0,
				  "page " + std::to_string(index) + " is another one");
		});
		return card_.now() - since;
	}
};

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (uint8_t type : {PAMC_POOL_TYPE_PERSISTENT, PAMC_POOL_TYPE_EPHEMERAL}) {
		tap.run(type == PAMC_POOL_TYPE_PERSISTENT ? "candidates of other pages"
							  : "the same in an ephemeral pool",
			[&] {
				Candidates test(tap.seed(), type);
				uint64_t before = test.get(0);
				unsigned int misled = test.mislead();
				uint64_t after = test.get(0);

				std::printf("# %u of %u pages behind another one; %llu cycles, "
					    "before %llu\n",
					    misled, handles / 2, (unsigned long long)after,
					    (unsigned long long)before);
				tap_check(misled > handles / 10, "test: few are misled");
				/* Each of them is read twice. */
				tap_check(after > before + misled * 50, "test: nobody was misled");
			});
	}
	return tap.done();
}
