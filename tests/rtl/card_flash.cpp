// SPDX-License-Identifier: Apache-2.0
/*
 * The card with flash: the firmware's way to it (hal_flash.h) by the whole card's mailbox and
 * memory, to dies at the card's pins, while pages of hosts come and go. flash_card has the same
 * without the card around, and far more of it.
 */
#include "card_host.hpp"
#include "hal_flash_mailbox.h"
#include "tap.hpp"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "nand.h"
#pragma GCC diagnostic pop
#include "pamc_mailbox.h"

namespace
{

constexpr unsigned int qid = 1;

/* A page of a host, put and got while the flash works. */
class Pages
{
	CardHost &card_;
	const std::vector<Bytes> pages_ = tap_page_files().at(0).pages;
	uint32_t pool_;
	uint64_t buffer_;
	unsigned int next_ = 0;
	std::vector<unsigned int> held_;

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
	explicit Pages(CardHost &card) : card_(card)
	{
		pamc_pool_info info{};

		card_.start();
		card_.create_queue(qid, 5);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		pool_ = card_.create_pool(info);
		buffer_ = card_.allocate();
	}

	void one(uint64_t random)
	{
		if (held_.empty() || random % 2) {
			const Bytes &page = pages_.at(next_ % pages_.size());

			std::memcpy(card_.page(buffer_).data(), page.data(), page.size());
			tap_check(execute(PAMC_OP_PUT, next_) == PAMC_STATUS_SUCCESS, "a put");
			held_.push_back(next_++);
		} else {
			unsigned int object = held_.at(random / 2 % held_.size());

			tap_check(execute(PAMC_OP_GET, object) == PAMC_STATUS_SUCCESS, "a get");
			tap_check(!std::memcmp(card_.page(buffer_).data(),
					       pages_.at(object % pages_.size()).data(), 4096),
				  "a page of the host");
		}
	}
};

void run(uint64_t seed, unsigned int operations)
{
	rtl_card::Figures figures;

	figures.flash.blocks = 4;
	figures.flash.read = 2000;
	figures.flash.program = 9000;
	figures.flash.erase = 20000;
	figures.flash.bits = 4;
	CardHost card(4 << 20, seed, figures);
	hal_flash *flash = card.management().flash();
	rtl::Random random(seed);

	tap_check(flash && flash->dies == 4 && flash->blocks == 4 && flash->page_bytes == 4096,
		  "what firmware finds");
	Pages pages(card);
	std::map<uint32_t, std::vector<uint32_t>> held; /* by die and page, of block 1 */
	std::vector<std::vector<uint32_t>> to(4, std::vector<uint32_t>(1024));
	std::vector<unsigned int> next(4);
	uint64_t got = 0, corrected = 0;

	auto end_of = [&](unsigned int die) {
		uint32_t bits;
		hal_flash_status status;

		while ((status = hal_flash_poll(flash, die, &bits)) == HAL_FLASH_BUSY)
			pages.one(random());
		corrected += bits;
		return status;
	};
	tap_check(!hal_flash_marked_bad(flash, 2, 3), "a bad block");
	for (unsigned int die = 0; die < 4; die++)
		tap_check(hal_flash_erase(flash, die, 1), "an erase");
	for (unsigned int die = 0; die < 4; die++)
		tap_check(end_of(die) == HAL_FLASH_OK, "an erase fails");
	for (unsigned int n = 0; n < operations; n++) {
		unsigned int die = n % 4;

		std::vector<uint32_t> page(1024);
		for (auto &word : page)
			word = uint32_t(random());
		held[die << 8 | next[die]] = page;
		tap_check(hal_flash_program(flash, die, 1, next[die]++, page.data()), "a program");
		if (die == 3)
			for (unsigned int d = 0; d < 4; d++)
				tap_check(end_of(d) == HAL_FLASH_OK, "a program fails");
	}
	auto read_all = [&] {
		for (unsigned int n = 0; n < operations; n++) {
			unsigned int die = n % 4;

			tap_check(hal_flash_read(flash, die, 1, n / 4, to[die].data()), "a read");
			if (die == 3)
				for (unsigned int d = 0; d < 4; d++) {
					tap_check(end_of(d) == HAL_FLASH_OK, "a read fails");
					tap_check(to[d] == held[d << 8 | n / 4], "data of a page");
					got++;
				}
		}
	};
	/* Firmware that starts anew takes no end of a request for one of its own. */
	tap_check(hal_flash_erase(flash, 1, 2), "an erase");
	tap_check(card.sim().read(MAILBOX_FLASH) >> 1 & 1, "a request is not under way");
	tap_check(hal_flash_init(flash, flash->hal, flash->line), "a start");
	tap_check(!(card.sim().read(MAILBOX_FLASH) >> 1 & 1), "it is still under way");
	read_all();
	nand_damage(card.sim().flash(), 3, 1, 0);
	tap_check(hal_flash_read(flash, 3, 1, 0, to[3].data()), "a read");
	tap_check(end_of(3) == HAL_FLASH_UNCORRECTABLE, "what is beyond correction");
	held.erase(3 << 8);
	std::printf("# %llu pages read back, %llu bits corrected at most in each, %llu cycles\n",
		    (unsigned long long)got, (unsigned long long)corrected,
		    (unsigned long long)card.now());
	tap_check(corrected > 0, "no bit was wrong");
}

/* What a card without flash does with it: nothing. */
void none(uint64_t seed)
{
	CardHost card(4 << 20, seed);

	tap_check(!card.management().flash() && !card.sim().flash(), "flash that is not there");
	for (unsigned int n = 0; n < 2000; n++)
		card.step();
	tap_check(card.sim().idle() > 1000, "it does not rest");
	tap_check(card.sim().read(MAILBOX_FLASH_GEOMETRY) == 0, "a geometry");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("pages to flash and back, beside those of hosts", [&] { run(tap.seed(), 8); });
	tap.run("a card without flash", [&] { none(tap.seed()); });
	return tap.done();
}
