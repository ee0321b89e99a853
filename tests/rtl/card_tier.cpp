// SPDX-License-Identifier: Apache-2.0
/*
 * The card with flash behind its memory: what firmware asks of the vault by the mailbox, also
 * what it must not ask; pages that go to flash when memory gets short, and come back.
 */
#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1;
/* vault_pkg */
constexpr uint32_t op_init = 0, op_oldest = 9, op_find = 10, op_leaving = 11, op_move = 12,
		   op_clock = 14;
enum Result { DONE, ABSENT, REFUSED, DROPPED, ERROR };
constexpr uint32_t busy_vault = 1u << 16, has_short = 1u << 12;

rtl_card::Figures flash(unsigned int blocks, bool tier)
{
	rtl_card::Figures figures;

	figures.flash.blocks = blocks;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.firmware.tier = tier;
	return figures;
}

/* Pages of a host, which do not compress. */
class Pages
{
	CardHost &card_;
	uint32_t pool_;
	uint64_t buffer_;

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

	unsigned int execute(uint8_t opcode, uint64_t object, uint64_t cycles = 5'000'000)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool_;
		sqe.object[0] = object;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
		return CardHost::status(card_.wait(qid, cycles).cqe);
	}

	unsigned int put(uint64_t object)
	{
		rtl::Random random(object);

		for (unsigned int n = 0; n < 4096; n += 8) {
			uint64_t word = random();

			std::memcpy(card_.page(buffer_).data() + n, &word, 8);
		}
		return execute(PAMC_OP_PUT, object);
	}
};

/* The vault at the mailbox, as firmware has it. */
class Vault
{
	rtl_card::Sim &card_;

      public:
	explicit Vault(CardHost &card) : card_(card.sim())
	{
	}

	unsigned int operator()(uint32_t op, uint32_t contents = 0)
	{
		card_.write(MAILBOX_VAULT, op | contents << 16);
		while (card_.read(MAILBOX_EVENTS) & busy_vault)
			;
		return card_.read(MAILBOX_VAULT_RESULT);
	}

	void args(uint32_t which, uint32_t line)
	{
		card_.write(MAILBOX_TIER_WHICH, which);
		card_.write(MAILBOX_TIER_LINE, line);
	}

	uint64_t told(unsigned int word)
	{
		return card_.read64(MAILBOX_TIER_RECORD + 4 * word);
	}

	uint32_t attr()
	{
		return card_.read(MAILBOX_TIER_RECORD + 52);
	}

	void mean(uint64_t version, uint64_t place, uint64_t to, uint32_t bytes)
	{
		card_.write64(MAILBOX_TIER_VERSION, version);
		card_.write64(MAILBOX_TIER_PLACE, place);
		card_.write64(MAILBOX_TIER_TO, to);
		card_.write(MAILBOX_TIER_BYTES, bytes);
	}
};

/* The words alone: firmware that has no tier stands aside. */
void words(uint64_t seed)
{
	constexpr uint64_t place = 1ull << 63 | 0x1234567890;
	CardHost card(2 << 20, seed, flash(4, false));
	rtl_card::Sim &sim = card.sim();
	Vault vault(card);
	const uint32_t line = (2 << 20) / 64 - 64;

	/* Without the setting, and with it before the next INIT, the operations are not known. */
	tap_check(sim.read(MAILBOX_TIER) == 0, "flash behind memory that nobody asked for");
	vault(op_oldest);
	sim.write(MAILBOX_TIER, 1);
	tap_check(sim.read(MAILBOX_TIER) == 0, "the setting takes effect before INIT");
	tap_check(vault(op_init) == DONE && sim.read(MAILBOX_TIER) == 1, "INIT");
	sim.write(MAILBOX_TIER, 0);
	tap_check(sim.read(MAILBOX_TIER) == 1, "the setting takes effect without INIT");

	vault.args(1, line);
	tap_check(vault(op_oldest) == ABSENT, "the oldest of nothing");
	vault.args(3, line);
	tap_check(vault(op_oldest) == ABSENT || vault(op_oldest) == ERROR, "nobody's oldest");
	/* No place waits, whoever takes one. */
	tap_check(!(sim.read(MAILBOX_TIER_DROP) >> 31), "a place of nothing");
	sim.write(MAILBOX_TIER_DROP, 0);
	/* There is no such operation; the vault goes on. */
	vault(15);

	Pages pages(card);
	sim.write(MAILBOX_TIER_LOW, UINT32_MAX);
	sim.write(MAILBOX_EVENTS, has_short);
	for (uint64_t n = 0; n < 4; n++)
		tap_check(pages.put(n) == PAMC_STATUS_SUCCESS, "a put");
	tap_check(sim.read(MAILBOX_EVENTS) & has_short, "memory gets short and nobody is told");
	sim.write(MAILBOX_TIER_LOW, 0);
	sim.write(MAILBOX_EVENTS, has_short);
	tap_check(!(sim.read(MAILBOX_EVENTS) & has_short), "it does not end");

	vault.args(1 | 4, line);
	tap_check(vault(op_oldest) == DONE, "the oldest");
	uint64_t version = vault.told(8), from = vault.told(10);
	uint32_t bytes = sim.read(MAILBOX_TIER_RECORD + 48), contents = vault.attr() & 0xffff;

	tap_check(vault.told(0) == 0 && bytes == 4096 + 8 && from && from >> 63 == 0, "what it is");
	sim.write(MAILBOX_WINDOW_LINES, 65);
	sim.write(MAILBOX_WINDOW, line);
	/* CRC and shape are in front. */
	sim.read(MAILBOX_WINDOW_DATA);
	sim.read(MAILBOX_WINDOW_DATA);
	rtl::Random random(0);
	for (unsigned int n = 0; n < 512; n++) {
		uint64_t word = sim.read(MAILBOX_WINDOW_DATA);

		word |= uint64_t(sim.read(MAILBOX_WINDOW_DATA)) << 32;
		tap_check(word == random(), "the record's bytes");
	}

	/* A record that is not leaving, or is another one, moves nowhere. */
	vault.mean(version, from, place, bytes);
	tap_check(vault(op_move, contents) == REFUSED, "what is not leaving moves");
	vault.mean(version + 1, from, place, bytes);
	tap_check(vault(op_leaving, contents) == REFUSED, "another version leaves");
	vault.mean(version, from + 1, place, bytes);
	tap_check(vault(op_leaving, contents) == REFUSED, "from another place");
	vault.mean(version, from, place, bytes);
	tap_check(vault(op_leaving, contents) == DONE, "it leaves");
	tap_check(vault(op_leaving, 400) != DONE, "it leaves contents that are none");

	/* What is written while the vault works on it is not what it works with. */
	vault.mean(version, from, place, bytes);
	sim.write(MAILBOX_VAULT, op_move | contents << 16);
	sim.write(MAILBOX_TIER_TO, 1);
	sim.write(MAILBOX_TIER_TO + 4, 1);
	while (sim.read(MAILBOX_EVENTS) & busy_vault)
		;
	tap_check(sim.read(MAILBOX_VAULT_RESULT) == DONE, "it moves");
	vault.args(0, line);
	tap_check(vault(op_find, contents) == DONE && vault.told(10) == place &&
		      vault.attr() >> 18 & 1,
		  "it is in flash");
	vault.mean(version, place, place + 64, bytes);
	tap_check(vault(op_move, contents) == DONE, "it moves in flash");
	sim.write(MAILBOX_COUNTER_SELECT, MAILBOX_COUNTER_TIER_PAGES);
	tap_check(sim.read64(MAILBOX_COUNTER) == 1, "pages in flash");

	/* Flushed: its place is nobody's, and is told of until somebody takes it. */
	tap_check(pages.execute(PAMC_OP_FLUSH_PAGE, 0) == PAMC_STATUS_SUCCESS, "a flush");
	for (unsigned int n = 0; n < 2; n++)
		tap_check(sim.read(MAILBOX_TIER_DROP) == (1u << 31 | bytes) &&
			      sim.read64(MAILBOX_TIER_DROP_PLACE) == place + 64,
			  "the place");
	sim.write(MAILBOX_TIER_DROP, 0);
	tap_check(!(sim.read(MAILBOX_TIER_DROP) >> 31), "it was taken");

	vault.mean(1000000, 0, 0, 0);
	tap_check(vault(op_clock) == DONE, "the clock");
	sim.write(MAILBOX_COUNTER_SELECT, MAILBOX_COUNTER_TIER_CLOCK);
	tap_check(sim.read64(MAILBOX_COUNTER) == 1000000, "is set");

	/* Beyond the words, and beyond memory. */
	for (uint32_t offset = MAILBOX_TIER_DROP + 4; offset < MAILBOX_TIER_DROP + 64;
	     offset += 4) {
		sim.write(offset, UINT32_MAX);
		tap_check(sim.read(offset) == 0, "a word that is none");
	}
}

uint64_t counter(CardHost &card, uint32_t which)
{
	return card.management().counter(which);
}

/* Puts of more than memory holds. */
void demotion(uint64_t seed)
{
	CardHost card(512 << 10, seed, flash(8, true));
	Pages pages(card);
	uint64_t began = card.now(), again = 0;

	for (uint64_t n = 0; n < 150; n++) {
		unsigned int status;

		while ((status = pages.put(n)) == PAMC_STATUS_NO_SPACE && again++ < 100)
			for (unsigned int cycle = 0; cycle < 50000; cycle++)
				card.step();
		tap_check(status == PAMC_STATUS_SUCCESS, "a put");
	}
	std::printf("# %llu puts found no memory\n", (unsigned long long)again);
	std::printf("# %llu pages in flash, %llu units free, %llu cycles a put\n",
		    (unsigned long long)counter(card, MAILBOX_COUNTER_TIER_PAGES),
		    (unsigned long long)counter(card, MAILBOX_COUNTER_STORE_FREE_UNITS),
		    (unsigned long long)(card.now() - began) / 150);
	tap_check(counter(card, MAILBOX_COUNTER_TIER_PAGES) >= 60, "few pages are in flash");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("the mailbox's words for the tier", [&] { words(tap.seed()); });
	tap.run("more pages than memory holds", [&] { demotion(tap.seed()); });
	return tap.done();
}
