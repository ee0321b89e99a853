// SPDX-License-Identifier: Apache-2.0
/*
 * Puts that meet memory that cannot be read when their page is in the index already: the
 * record of its object, where it is to be booked. A put that says it failed must leave nothing
 * that is found, neither what it brought nor what was there before; one that says it succeeded
 * must leave its page, or an error if it cannot be looked up any more.
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

constexpr unsigned int qid = 1, objects = 40;
constexpr uint64_t dram_bytes = 4 << 20;

class Puts
{
	CardHost card_;
	std::vector<Bytes> pages_;
	uint32_t pool_ = 0;
	uint64_t buffer_;

	const Bytes &content(unsigned int object, unsigned int version) const
	{
		return pages_.at((object + version * objects) % pages_.size());
	}

	unsigned int execute(uint8_t opcode, unsigned int object)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool_;
		sqe.object[0] = object;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
		return CardHost::status(card_.wait(qid).cqe);
	}

      public:
	Puts(uint64_t seed, uint8_t type) : card_(dram_bytes, seed)
	{
		pamc_pool_info info{};

		pages_ = tap_page_files().at(0).pages;
		card_.start();
		card_.create_queue(qid, 5);
		info.type = type;
		pool_ = card_.create_pool(info);
		buffer_ = card_.allocate();
	}

	unsigned int put(unsigned int object, unsigned int version)
	{
		std::memcpy(card_.page(buffer_).data(), content(object, version).data(), 4096);
		return execute(PAMC_OP_PUT, object);
	}

	unsigned int get(unsigned int object)
	{
		card_.page(buffer_).fill(0x5a);
		return execute(PAMC_OP_GET, object);
	}

	bool is(unsigned int object, unsigned int version)
	{
		return std::memcmp(card_.page(buffer_).data(), content(object, version).data(),
				   4096) == 0;
	}

	/* Two bits of one word of each object's record, where its sums are. */
	unsigned int damage()
	{
		struct vault_layout layout;
		std::vector<uint64_t> slots;
		unsigned int count = 0;

		vault_lay_out(dram_bytes, 0, &layout);
		slots.resize(size_t(layout.buckets) * 8);
		card_.sim().memory().read(0, slots.data(), slots.size() * 8);
		for (uint64_t slot : slots) {
			if (index_kind(slot) != INDEX_OBJECT)
				continue;

			uint64_t record = dram_bytes - uint64_t(layout.units) * 32 +
					  uint64_t(index_unit(slot)) * 32;

			card_.sim().memory().flip(record + 32, 1);
			card_.sim().memory().flip(record + 33, 1);
			count++;
		}
		return count;
	}
};

void meet_damage(uint64_t seed, uint8_t type)
{
	Puts test(seed, type);
	unsigned int failed = 0;

	for (unsigned int n = 0; n < objects; n++)
		tap_check(test.put(n, 0) == PAMC_STATUS_SUCCESS, "test: no success");
	tap_check(test.damage() == objects, "test: where are the objects?");
	for (unsigned int n = 0; n < objects; n++) {
		unsigned int put = test.put(n, 1), get = test.get(n);

		failed += put != PAMC_STATUS_SUCCESS;
		if (put == PAMC_STATUS_SUCCESS)
			tap_check(get == PAMC_STATUS_SUCCESS ? test.is(n, 1)
							     : get != PAMC_STATUS_MISS,
				  "the page of a put that succeeded is not there");
		else
			tap_check(get != PAMC_STATUS_SUCCESS, "a put that failed left a page");
	}
	/* Which objects cannot be found depends on where their records begin. */
	tap_check(failed > 0 && failed < objects, "test: all puts, or none, failed");
	std::printf("# %u of %u puts failed\n", failed, objects);
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("objects that cannot be read",
		[&] { meet_damage(tap.seed(), PAMC_POOL_TYPE_PERSISTENT); });
	tap.run("the same in an ephemeral pool",
		[&] { meet_damage(tap.seed(), PAMC_POOL_TYPE_EPHEMERAL); });
	return tap.done();
}
