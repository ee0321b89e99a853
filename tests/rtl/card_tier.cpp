// SPDX-License-Identifier: Apache-2.0
/*
 * The card with flash behind its memory: what firmware asks of the vault by the mailbox, also
 * what it must not ask; pages that go to flash when memory gets short, and come back.
 */
#include <map>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "nand.h"
#pragma GCC diagnostic pop

namespace
{

constexpr unsigned int qid = 1;
/* Of which the tier takes more than half. */
constexpr uint64_t small_bytes = 384 << 10;
/* vault_pkg */
constexpr uint32_t op_init = 0, op_oldest = 9, op_find = 10, op_leaving = 11, op_move = 12,
		   op_clock = 14, op_recover = 15;
enum Result { DONE, ABSENT, REFUSED, DROPPED, ERROR };
constexpr uint32_t busy_vault = 1u << 16, has_short = 1u << 12;

rtl_card::Figures flash(unsigned int blocks, bool tier)
{
	rtl_card::Figures figures;

	figures.flash.blocks = blocks;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.flash.bits = 4;
	figures.firmware.tier = tier;
	return figures;
}

/* Pages of a host, which do not compress, but for zeroes at their end. */
class Pages
{
	CardHost &card_;
	uint32_t pool_;
	uint64_t buffer_;

      public:
	explicit Pages(CardHost &card, uint32_t flags = 0) : card_(card)
	{
		pamc_pool_info info{};

		card_.start();
		card_.create_queue(qid, 5);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		info.flags = flags;
		pool_ = card_.create_pool(info, 20'000'000);
		buffer_ = card_.allocate();
	}

	unsigned int execute(uint8_t opcode, uint64_t object, uint64_t cycles = 5'000'000)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool_;
		sqe.object[0] = one_object ? 5 : object;
		sqe.index = one_object && opcode != PAMC_OP_FLUSH_OBJECT ? object : 0;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
		const pamc_cqe cqe = card_.wait(qid, cycles).cqe;

		tier = cqe.info >> 24;
		return CardHost::status(cqe);
	}

	/* Where the latest one was. */
	unsigned int tier = 0;

	/* All pages are of one object from then on. */
	bool one_object = false;

	/* All of it: a record that is longer than a page of flash. */
	unsigned int random_bytes = 4096;

	/* Of a page of that seed. */
	unsigned int put(uint64_t object, uint64_t page)
	{
		rtl::Random random(page);

		card_.page(buffer_).fill(0);
		for (unsigned int n = 0; n < random_bytes; n += 8) {
			uint64_t word = random();

			std::memcpy(card_.page(buffer_).data() + n, &word, 8);
		}
		return execute(PAMC_OP_PUT, object);
	}

	void get(uint64_t object, uint64_t page)
	{
		rtl::Random random(page);

		card_.page(buffer_).fill(0);
		tap_check(execute(PAMC_OP_GET, object) == PAMC_STATUS_SUCCESS,
			  "a get of " + std::to_string(object));
		for (unsigned int n = 0; n < random_bytes; n += 8) {
			uint64_t word = random();

			tap_check(!std::memcmp(card_.page(buffer_).data() + n, &word, 8),
				  "bytes of " + std::to_string(object));
		}
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

bool flash_told(CardHost &card)
{
	constexpr uint32_t both = uint32_t(PAMC_CAP_FLASH_MASK | PAMC_CAP_DURABLE_MASK);
	uint32_t told = card.read32(PAMC_REG_CAP) & both;

	tap_check(told == 0 || told == both, "flash, or durable pools, alone");
	return told;
}

/* The words alone: firmware that has no tier stands aside. */
void words(uint64_t seed)
{
	constexpr uint64_t place = 1ull << 63 | 0x1234567890;
	CardHost card(2 << 20, seed, flash(4, false));
	rtl_card::Sim &sim = card.sim();
	Vault vault(card);
	const uint32_t line = (2 << 20) / 64 - 64;

	/* Without the setting, and with it before the next INIT, the operations do nothing. */
	tap_check(sim.read(MAILBOX_TIER) == 0, "flash behind memory that nobody asked for");
	vault(op_oldest);
	tap_check(!flash_told(card), "CAP tells of flash that no page goes to");
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
	/* Nothing is asked, whoever answers. */
	sim.write(MAILBOX_TIER_ASK, 0);
	tap_check(sim.read(MAILBOX_TIER_ASK) == 0, "a question of nothing");
	/* There is no such operation, and no such contents; the vault goes on. */
	vault(15 | 1 << 12);
	tap_check(vault(op_recover) != DONE, "contents that are none get a page");

	Pages pages(card);
	sim.write(MAILBOX_TIER_LOW, UINT32_MAX);
	sim.write(MAILBOX_EVENTS, has_short);
	for (uint64_t n = 0; n < 4; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
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
	for (uint32_t offset = MAILBOX_TIER_DROP + 4; offset < MAILBOX_TIER_ASK; offset += 4) {
		sim.write(offset, UINT32_MAX);
		tap_check(sim.read(offset) == 0, "a word that is none");
	}
}

uint64_t counter(CardHost &card, uint32_t which)
{
	return card.management().counter(which);
}

/* Puts of more than memory holds; all of them are got, replaced, flushed. */
void demotion(uint64_t seed)
{
	constexpr uint64_t count = 80, first = 12;
	CardHost card(small_bytes, seed, flash(8, true));
	Pages pages(card);
	std::map<uint64_t, uint64_t> held;
	rtl::Random random(seed);
	uint64_t began = card.now(), kept;

	tap_check(flash_told(card), "CAP does not tell of flash");
	auto flushed = [&](uint64_t object) {
		tap_check(pages.execute(PAMC_OP_FLUSH_PAGE, object) == PAMC_STATUS_SUCCESS,
			  "a flush");
		tap_check(pages.execute(PAMC_OP_GET, object) == PAMC_STATUS_MISS,
			  "a get of nothing");
		held.erase(object);
	};
	for (uint64_t n = 0; n < count; n++) {
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
		held[n] = n;
	}
	kept = counter(card, MAILBOX_COUNTER_TIER_PAGES);
	std::printf("# %llu pages in flash, %llu cycles a put\n", (unsigned long long)kept,
		    (unsigned long long)(card.now() - began) / count);
	tap_check(kept >= 20, "few pages are in flash");
	began = card.now();
	for (const auto &[object, page] : held)
		if (object < first)
			pages.get(object, page);
	std::printf("# %llu cycles a get from there\n",
		    (unsigned long long)(card.now() - began) / first);
	for (uint64_t n = 0; n < count / 2; n++) {
		uint64_t object = random() % count;

		switch (random() % 4) {
		case 0:
			flushed(object);
			break;
		case 1:
			tap_check(pages.put(object, count + n) == PAMC_STATUS_SUCCESS, "a put");
			held[object] = count + n;
			break;
		default:
			if (held.count(object))
				pages.get(object, held[object]);
		}
	}
	while (!held.empty())
		flushed(held.begin()->first);
	for (unsigned int n = 0; n < 20000; n++)
		card.step();
	tap_check(counter(card, MAILBOX_COUNTER_TIER_PAGES) == 0, "pages stay in flash");
	tap_check(!(card.sim().read(MAILBOX_TIER_DROP) >> 31), "a place is not taken");
}

/* Pages in flash that gets bring without firmware, those that they do not, and firmware that wants
 * all of them. */
void by_itself(uint64_t seed)
{
	constexpr uint64_t count = 130;
	CardHost card(small_bytes, seed, flash(8, true));
	Pages pages(card);
	uint64_t reads, left;
	auto counts = [&](uint64_t more_reads, uint64_t more_left, const char *what) {
		tap_check(counter(card, MAILBOX_COUNTER_TIER_READS) == reads + more_reads &&
			      counter(card, MAILBOX_COUNTER_TIER_READS_LEFT) == left + more_left,
			  what);
		reads += more_reads;
		left += more_left;
	};
	auto rest = [&] {
		for (uint64_t last = card.now() + 20'000'000; card.sim().idle() < 2000; card.step())
			tap_check(card.now() < last, "it does not rest");
	};

	pages.random_bytes = 2048;
	for (uint64_t n = 0; n < count; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
	rest();
	reads = counter(card, MAILBOX_COUNTER_TIER_READS);
	left = counter(card, MAILBOX_COUNTER_TIER_READS_LEFT);
	for (uint64_t n = 0; n < 6; n++) {
		pages.get(n, n);
		tap_check(pages.tier == PAMC_TIER_FLASH, "it is not in flash");
	}
	counts(6, 0, "the card reads them by itself");
	pages.get(count - 1, count - 1);
	counts(0, 0, "what is in memory is not looked for");
	/* Firmware takes each end, or its queue would be full by now. */
	for (uint64_t n = 0; n < 20; n++)
		pages.get(n % 10, n % 10);
	tap_check(counter(card, MAILBOX_COUNTER_TIER_READS_LEFT) == left,
		  "some are left to firmware");
	tap_check(!(card.sim().read(MAILBOX_TIER_READ_END) >> 31), "ends are not taken");

	/* Beside it firmware may want the long ones, or all. */
	card.sim().write(MAILBOX_TIER_READ_MOST, 0);
	reads = counter(card, MAILBOX_COUNTER_TIER_READS);
	pages.get(12, 12);
	tap_check(pages.tier == PAMC_TIER_FLASH, "it is not in flash");
	counts(0, 0, "the card reads what it is not to");
	card.sim().write(MAILBOX_TIER_READ_MOST, 100);
	pages.get(13, 13);
	counts(0, 1, "the card reads what is too long");
	card.sim().write(MAILBOX_TIER_READ_MOST, 4200);
	pages.get(14, 14);
	counts(1, 0, "the card reads none any more");

	/* Longer than a page of flash. */
	pages.random_bytes = 4096;
	tap_check(pages.put(count, count) == PAMC_STATUS_SUCCESS, "a put");
	for (uint64_t n = count + 1; counter(card, MAILBOX_COUNTER_TIER_READS_LEFT) == left; n++) {
		tap_check(n < 3 * count, "it does not get to flash");
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
		pages.get(count, count);
	}
	tap_check(pages.tier == PAMC_TIER_FLASH, "it is not in flash");
	counts(0, 1, "the card reads a part of it");
	rest();
	pages.random_bytes = 2048;

	/* What cannot be corrected firmware tries again, and says so. */
	for (unsigned int page = 0; page < 4 * 8 * 64; page++)
		nand_damage(card.sim().flash(), page / 512, page / 64 % 8, page % 64);
	tap_check(pages.execute(PAMC_OP_GET, 15) == PAMC_STATUS_UNCORRECTABLE,
		  "what cannot be read is got");
	counts(0, 1, "a read that failed is the card's alone");
}

/* What is read twice comes back, if there is room, and then goes again. */
void promotion(uint64_t seed)
{
	constexpr uint64_t count = 50;
	CardHost card(small_bytes, seed, flash(8, true));
	Pages pages(card);
	uint64_t before;

	for (uint64_t n = 0; n < count; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
	before = counter(card, MAILBOX_COUNTER_TIER_PAGES);
	tap_check(before >= 5, "few pages are in flash");
	for (uint64_t n = count - 12; n < count; n++)
		tap_check(pages.execute(PAMC_OP_FLUSH_PAGE, n) == PAMC_STATUS_SUCCESS, "a flush");
	/* What was on its way to flash gets there. */
	for (uint64_t last = card.now() + 20'000'000; card.sim().idle() < 2000; card.step())
		tap_check(card.now() < last, "it does not rest");
	before = counter(card, MAILBOX_COUNTER_TIER_PAGES);
	for (uint64_t n = 0; n < 5; n++) {
		pages.get(n, n);
		tap_check(pages.tier == PAMC_TIER_FLASH, "it is not in flash");
	}
	tap_check(counter(card, MAILBOX_COUNTER_TIER_PAGES) == before, "it came back at once");
	for (uint64_t n = 0; n < 4; n++) {
		pages.get(n, n);
		tap_check(pages.tier == PAMC_TIER_FLASH, "it was not in flash");
		pages.get(n, n);
		tap_check(pages.tier == PAMC_TIER_DRAM, "it did not come back");
	}
	tap_check(counter(card, MAILBOX_COUNTER_TIER_PAGES) == before - 4, "others came back");
	/* As many as memory holds, so that they are the oldest. */
	for (uint64_t n = count; n < count + 45; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
	for (uint64_t n = 0; n < 4; n++) {
		pages.get(n, n);
		tap_check(pages.tier == PAMC_TIER_FLASH, "it stays in memory");
	}
}

/* What is durable is in flash after a SYNC; more places are dropped at once than the vault keeps.
 */
void durable(uint64_t seed)
{
	constexpr uint64_t count = 40;
	CardHost card(1 << 20, seed, flash(8, true));
	Pages pages(card, PAMC_POOL_DURABLE);

	pages.one_object = true;
	for (uint64_t n = 0; n < count; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
	tap_check(pages.execute(PAMC_OP_SYNC, 0, 50'000'000) == PAMC_STATUS_SUCCESS, "a sync");
	tap_check(counter(card, MAILBOX_COUNTER_TIER_PAGES) == count, "not all are in flash");
	tap_check(counter(card, MAILBOX_COUNTER_TIER_DURABLE_BYTES) == 0, "bytes are not");
	for (uint64_t n = 0; n < count; n += 7)
		pages.get(n, n);
	tap_check(pages.put(3, 100) == PAMC_STATUS_SUCCESS, "a put over it");
	pages.get(3, 100);
	tap_check(pages.execute(PAMC_OP_FLUSH_PAGE, 4) == PAMC_STATUS_SUCCESS, "a flush");
	tap_check(pages.execute(PAMC_OP_GET, 4) == PAMC_STATUS_MISS, "a get of nothing");
	tap_check(pages.execute(PAMC_OP_FLUSH_OBJECT, 0, 50'000'000) == PAMC_STATUS_SUCCESS,
		  "a flush of all");
	for (uint64_t n = 0; n < count; n += 9)
		tap_check(pages.execute(PAMC_OP_GET, n) == PAMC_STATUS_MISS, "a get of nothing");
	/* Its places come to be known as the index is swept. */
	for (uint64_t n = 0; n < count; n++)
		tap_check(pages.put(n, n + 200) == PAMC_STATUS_SUCCESS, "a put again");
	for (uint64_t n = 0; n < count; n += 5)
		pages.get(n, n + 200);
	tap_check(pages.execute(PAMC_OP_SYNC, 0, 50'000'000) == PAMC_STATUS_SUCCESS,
		  "a sync again");
	tap_check(counter(card, MAILBOX_COUNTER_TIER_DURABLE_BYTES) == 0, "bytes are not again");
	for (uint64_t n = 0; n < count; n += 5)
		pages.get(n, n + 200);
}

/* Durable puts come in without asking firmware while that has said they may, and with as many bytes
 * as it said. */
void granted(uint64_t seed)
{
	constexpr uint64_t count = 30;
	CardHost card(1 << 20, seed, flash(8, true));
	Pages pages(card, PAMC_POOL_DURABLE);
	unsigned int answers = 0;

	card.sim().on_access = [&](uint32_t offset, bool write, uint32_t) {
		answers += write && offset == MAILBOX_TIER_ASK;
	};
	auto puts = [&](uint64_t first) {
		answers = 0;
		for (uint64_t n = 0; n < count; n++)
			tap_check(pages.put(n, first + n) == PAMC_STATUS_SUCCESS, "a put");
		return answers;
	};
	uint32_t most = card.sim().read(MAILBOX_TIER_GRANT);

	tap_check(most > 3 * 65576, "nothing is granted");
	tap_check(puts(0) == 0, "firmware is asked");
	tap_check(counter(card, MAILBOX_COUNTER_TIER_DURABLE_BYTES) > 0, "it is in flash by now");
	/* With the longest record there is, whatever this one's length: as firmware would say. */
	card.sim().write(MAILBOX_TIER_GRANT, 65575);
	tap_check(puts(100) == count, "beyond what is granted");
	card.sim().write(MAILBOX_TIER_GRANT, 0);
	tap_check(puts(200) == count, "without a grant");
	card.sim().write(MAILBOX_TIER_GRANT, most);
	tap_check(puts(300) == 0, "with one again");
	for (uint64_t n = 0; n < count; n++)
		pages.get(n, 300 + n);
	/* A SYNC takes it back, and gives it when all of its pool is on its way. */
	tap_check(pages.execute(PAMC_OP_SYNC, 0, 50'000'000) == PAMC_STATUS_SUCCESS, "a sync");
	tap_check(puts(400) == 0 && card.sim().read(MAILBOX_TIER_GRANT) == most, "after a sync");
}

/* Flash that cannot be read, and flash that cannot be used at all. */
void damage(uint64_t seed)
{
	CardHost card(small_bytes, seed, flash(8, true));
	Pages pages(card);
	unsigned int damaged = 0;

	for (uint64_t n = 0; n < 70; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a put");
	for (unsigned int page = 0; page < 4 * 8 * 64; page++)
		nand_damage(card.sim().flash(), page / 512, page / 64 % 8, page % 64);
	for (uint64_t n = 0; n < 4; n++)
		damaged += pages.execute(PAMC_OP_GET, n) == PAMC_STATUS_UNCORRECTABLE;
	tap_check(damaged == 4, "what cannot be read is got");
	pages.get(69, 69);
}

void useless(uint64_t seed)
{
	rtl_card::Figures figures = flash(8, true);

	figures.flash.bad = 1000;

	CardHost card(small_bytes, seed, figures);
	Pages pages(card);
	unsigned int status = PAMC_STATUS_SUCCESS;
	uint64_t n = 0;

	while (n < 200 && (status = pages.put(n, n)) == PAMC_STATUS_SUCCESS)
		n++;
	tap_check(n > 20 && status == PAMC_STATUS_NO_SPACE, "what memory alone holds");
	pages.get(0, 0);
}

/* What IDENTIFY tells that firmware reckons, and what the vault grants, are one. */
void promises(uint64_t seed)
{
	CardHost card(512 << 10, seed, flash(12, true));
	pamc_admin_sqe sqe{};
	pamc_identify identify;
	pamc_pool_info info{};

	card.start();
	sqe.opcode = PAMC_ADMIN_IDENTIFY;
	sqe.addr = card.allocate();
	sqe.length = sizeof(identify);
	tap_check(CardHost::status(card.admin(sqe, 20'000'000)) == PAMC_STATUS_SUCCESS, "IDENTIFY");
	std::memcpy(&identify, card.page(sqe.addr).data(), sizeof(identify));
	sqe.opcode = PAMC_ADMIN_POOL_CREATE;
	sqe.length = sizeof(info);
	info.type = PAMC_POOL_TYPE_PERSISTENT;
	info.reserve = identify.promisable_pages + 1;
	std::memcpy(card.page(sqe.addr).data(), &info, sizeof(info));
	tap_check(CardHost::status(card.admin(sqe, 5'000'000)) == PAMC_STATUS_NO_SPACE,
		  "more than can be promised is not refused");
	info.reserve--;
	card.create_pool(info, 5'000'000);
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("the mailbox's words for the tier", [&] { words(tap.seed()); });
	tap.run("more pages than memory holds", [&] { demotion(tap.seed()); });
	tap.run("pages that the card reads by itself", [&] { by_itself(tap.seed()); });
	tap.run("pages that are read often", [&] { promotion(tap.seed()); });
	tap.run("a durable pool", [&] { durable(tap.seed()); });
	tap.run("durable puts that need not ask", [&] { granted(tap.seed()); });
	tap.run("flash that cannot be read", [&] { damage(tap.seed()); });
	tap.run("flash that cannot be used", [&] { useless(tap.seed()); });
	tap.run("what can be promised is promised", [&] { promises(tap.seed()); });
	return tap.done();
}
