// SPDX-License-Identifier: Apache-2.0
/*
 * The management core alone: memories, registers, boot flash, the boot loader with good and
 * bad images, restarts. At the mailbox is a test that answers; what runs is mcu_probe.c.
 */
#include "core.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "crc32c.h"
#include "mcu_probe.h"
#include "pamc_if.h"
#include "pamc_mcu.h"
#include "stream.hpp"
#include "tap.hpp"

extern "C" {
#include "image.h"
/* tests/rtl/mcu_images.S */
extern const uint8_t probe_begin[], probe_end[];
/* firmware/platform/riscv/images.S */
extern const uint8_t mcu_rom_quick_begin[], mcu_rom_quick_end[];
}

namespace
{

/* firmware/platform/riscv: enum mcu_why, enum reason */
enum Why { POWER, WATCHDOG, TRAP, LOST, NOWHERE, ASKED, LINE_LOST };
constexpr uint32_t BOOT_FATAL = 1u << 24; /* of KEPT_BOOT */
enum Reason { WANTED, BAD_LENGTH, BAD_VERSION, BAD_CRC, BAD_SIGNATURE, BAD_WATCHDOG };

constexpr uint64_t dram = 64 << 20;
/* Where the core's share begins. */
constexpr uint32_t card_line = dram / 64 - PROBE_CARD_WORDS / 16 - 2;
/* Cycles: a boot with its check of a signature, anything else. */
constexpr uint64_t boot_patience = 60'000'000, patience = 200'000, work_patience = 20'000'000;

/* STATUS when no image works. */
constexpr uint32_t fatal =
    PAMC_STATUS_FATAL_MASK | PAMC_PREP(PAMC_STATUS_CAUSE, uint32_t(PAMC_FATAL_FIRMWARE));

class Bench
{
	rtl::Random random_;
	std::array<uint32_t, PROBE_PLACES> words_{};
	std::array<bool, PROBE_PLACES> told_{};

      public:
	rtl_card::Core core;
	/* Card memory, by lines; what it cannot correct; how often it was asked. */
	std::map<uint32_t, std::array<uint32_t, 16>> lines;
	std::set<uint32_t> damaged_lines;
	unsigned int line_reads = 0, line_writes = 0;

	/* The product's loader, or one that takes any signature: checking one takes longer than
	 * most of what is tested here. */
	enum Loader { REAL, QUICK };
	explicit Bench(uint64_t seed, Loader loader = QUICK) : random_(seed), core(seed)
	{
		if (loader == QUICK)
			core.load_rom(mcu_rom_quick_begin,
				      size_t(mcu_rom_quick_end - mcu_rom_quick_begin));
		core.random = [this] { return uint32_t(random_()); };
		install(1);
		install(2);
	}

	void install(unsigned int slot)
	{
		core.flash().blank(FLASH_SLOT(slot), FLASH_SLOT_BYTES);
		core.flash().write(FLASH_SLOT(slot), probe_begin, size_t(probe_end - probe_begin));
	}

	void want(unsigned int slot)
	{
		uint8_t byte = uint8_t(slot);
		uint32_t at = FLASH_WANTED;

		while (core.flash()[at] != 0xff)
			at++;
		core.flash().write(at, &byte, 1);
	}

	/* A cycle. The mailbox takes its time. */
	void step()
	{
		serve_lines();
		core.step();
		if (!core.accesses() || !random_.one_in(4))
			return;

		unsigned int place = core.offset() / 4;

		tap_check(place < PROBE_PLACES, "an access somewhere else");
		if (core.writes()) {
			words_[place] = core.value();
			told_[place] = true;
		}
		core.answer(place == PROBE_COMMAND ? std::exchange(words_[place], 0)
						   : words_[place]);
		core.step();
	}

	/* So does card memory. */
	void serve_lines()
	{
		uint32_t line = core.line();

		if (!core.line_accesses() || !random_.one_in(20))
			return;
		tap_check(line >= card_line && line < dram / 64, "a line beyond memory");
		if (core.line_writes()) {
			std::copy_n(core.line_data(), 16, lines[line].begin());
			damaged_lines.erase(line);
			line_writes++;
		} else {
			line_reads++;
		}
		core.answer_line(lines[line].data(),
				 !core.line_writes() && damaged_lines.count(line));
	}

	uint32_t wait(probe_place place, uint64_t cycles)
	{
		told_[place] = false;
		for (uint64_t end = core.now() + cycles; core.now() < end;) {
			step();
			if (told_[place])
				return words_[place];
		}
		throw std::runtime_error("nothing is told at place " + std::to_string(place));
	}

	uint32_t told(probe_place place) const
	{
		return words_[place];
	}

	/* Until the probe runs: slot, reason; cycles. */
	uint64_t booted(unsigned int slot, Reason reason, Why why, uint64_t cycles = boot_patience)
	{
		uint64_t from = core.now();

		wait(PROBE_READY, cycles);
		tap_check((told(PROBE_BOOT) & 0xff) == slot,
			  "slot " + std::to_string(told(PROBE_BOOT) & 0xff) + " runs");
		tap_check((told(PROBE_BOOT) >> 8 & 0xff) == reason,
			  "boot_reason " + std::to_string(told(PROBE_BOOT) >> 8 & 0xff));
		tap_check((told(PROBE_WHY) & 7) == why,
			  "restarted because of " + std::to_string(told(PROBE_WHY) & 7));
		tap_check(told(PROBE_DATA) == 6, "data of the firmware is wrong");
		return core.now() - from;
	}

	uint64_t power_on(unsigned int slot, Reason reason)
	{
		core.power_on(dram);
		return booted(slot, reason, POWER);
	}

	void command(probe_command what, uint32_t with = 0)
	{
		words_[PROBE_WITH] = with;
		words_[PROBE_COMMAND] = what;
	}

	uint32_t ask(probe_command what, uint32_t with = 0, uint64_t cycles = patience)
	{
		command(what, with);
		return wait(PROBE_ANSWER, cycles);
	}
};

void boots(uint64_t seed)
{
	Bench bench(seed, Bench::REAL);
	uint64_t cycles = bench.power_on(1, WANTED);

	std::printf("# %llu cycles from power-up to the firmware, of %zu bytes\n",
		    static_cast<unsigned long long>(cycles), size_t(probe_end - probe_begin));
	tap_check(bench.told(PROBE_RANDOM) == 0, "a random number comes twice");
	tap_check(bench.told(PROBE_DRAM) == dram / 64, "DRAM_LINES");
	tap_check(bench.core.lost == 0, "words of RAM are lost without anybody's doing");

	Bench quick(seed);

	quick.power_on(1, WANTED);
	quick.want(2);
	quick.power_on(2, WANTED);
	quick.want(1);
	quick.power_on(1, WANTED);
}

void works(uint64_t seed)
{
	Bench bench(seed);

	bench.power_on(1, WANTED);
	/* Parts of words, which are read and written again. */
	tap_check(bench.ask(PROBE_BYTES, 0x10) == 0x17161514, "bytes of a word");
	/* ff 01 02 03 ^ 04 05 06 ff. */
	uint32_t flash = bench.ask(PROBE_FLASH);

	tap_check(flash == 0xfc0404fb, "boot flash: " + std::to_string(flash));
	tap_check(bench.core.flash().erases == 1 && bench.core.flash().programs == 1,
		  "boot flash was asked for something else");

	/* Sums. */
	rtl::Random random(seed);

	for (unsigned int n = 0; n < 10; n++) {
		uint32_t words[32], first = uint32_t(random()) | 1, number = first;

		for (uint32_t &word : words)
			word = number = probe_next(number);
		tap_check(bench.ask(PROBE_CRC, first) == crc32c(words, sizeof(words)), "a CRC");
	}

	/* It sleeps until it is time, or something waits. */
	bench.command(PROBE_SLEEP, 5000);
	for (uint64_t n = 0; !bench.core.asleep(); bench.step())
		tap_check(++n < patience, "it does not fall asleep");

	uint64_t from = bench.core.now();

	tap_check(bench.wait(PROBE_ANSWER, patience) == 0, "woken by nothing");
	tap_check(bench.core.now() - from >= 5000, "woken before it is time");
	bench.command(PROBE_SLEEP, 1 << 30);
	for (unsigned int n = 0; n < 3000; n++)
		bench.step();
	tap_check(bench.core.asleep(), "it does not sleep");
	bench.core.wake(true);
	tap_check(bench.wait(PROBE_ANSWER, patience) == 1, "not woken by the mailbox");
	/* With something there, it does not even fall asleep. */
	tap_check(bench.ask(PROBE_SLEEP, 1 << 30) == 1, "it falls asleep before work");
}

/* What the core cannot go on after restarts it, and its memory stays. */
void restarts(uint64_t seed)
{
	Bench bench(seed);
	unsigned int count = 0;

	bench.power_on(1, WANTED);
	bench.ask(PROBE_WRITE, 0x600d);
	auto again = [&](Why why) {
		/* Quick: the image that was checked is still there. */
		bench.booted(1, WANTED, why, 20'000);
		tap_check(bench.told(PROBE_KEPT) == 0x600d, "memory was not kept");
		tap_check(bench.told(PROBE_WHY) >> 8 == ++count, "restarts are not counted");
		bench.ask(PROBE_HEALTHY);
	};

	bench.command(PROBE_SPIN, 3000);
	again(WATCHDOG);
	bench.command(PROBE_TRAP);
	again(TRAP);
	for (uint32_t address : {0x00008000u, 0x10020000u, 0x20002000u, 0x30000080u, 0x40000000u}) {
		bench.command(PROBE_NOWHERE, address);
		again(NOWHERE);
	}
	/* Its own code it cannot write, nor the ROM. */
	for (uint32_t address :
	     {MCU_ROM + 4, MCU_RAM, MCU_RAM + uint32_t(probe_end - probe_begin) - 1}) {
		bench.command(PROBE_POKE, address);
		again(NOWHERE);
	}
	bench.ask(PROBE_POKE, MCU_RAM + uint32_t(probe_end - probe_begin));
	bench.command(PROBE_RESTART);
	again(ASKED);
	bench.core.restart();
	again(ASKED);
	/* Also in the midst of a boot, or of an access to the mailbox. */
	for (unsigned int n = 0; n < 20; n++) {
		rtl::Random random(seed + n);

		bench.core.restart();
		for (uint64_t left = random.below(3000); left; left--)
			bench.step();
		count++;
		bench.core.restart();
		again(ASKED);
	}
	/* Power forgets all that. */
	bench.power_on(1, WANTED);
	tap_check(bench.told(PROBE_KEPT) == 0 && bench.told(PROBE_WHY) == 0,
		  "power forgets nothing");
}

/* Errors in RAM: one bit is corrected and told, two restart the core. */
void errors(uint64_t seed)
{
	Bench bench(seed);
	rtl::Random random(seed);

	bench.power_on(1, WANTED);
	for (unsigned int n = 0; n < 39; n++) {
		uint64_t before = bench.core.corrected;

		/* The next write is the probe's: it writes nothing else while it polls. */
		bench.core.damage(n, n);
		bench.ask(PROBE_WRITE, 0x1234);
		tap_check(bench.ask(PROBE_READ) == 0x1234, "a wrong bit was not corrected");
		tap_check(bench.core.corrected > before, "it was not told");
	}
	bench.ask(PROBE_HEALTHY);

	unsigned int first = unsigned(random.below(39)),
		     second = (first + 1 + unsigned(random.below(38))) % 39;

	bench.core.damage(first, second);
	bench.command(PROBE_WRITE, 0x4321);
	bench.wait(PROBE_ANSWER, patience);
	bench.command(PROBE_READ);
	/* The word is still lost when the firmware tells what was kept. */
	for (uint64_t n = 0; bench.core.lost == 0; bench.step())
		tap_check(++n < patience, "a lost word is not told");
	for (uint64_t n = 0; !bench.core.restarting(); bench.step())
		tap_check(++n < 10, "a lost word does not restart the core");
}

/* An image that is damaged somehow. */
std::vector<uint8_t> damaged(std::vector<uint8_t> image, size_t at, uint32_t with)
{
	for (size_t n = 0; n < 4 && at + n < image.size(); n++)
		image[at + n] = uint8_t(with >> 8 * n);
	return image;
}

/* Each kind of bad image: the other one runs, and says why. */
void bad_images(uint64_t seed)
{
	struct Bad {
		const char *what;
		Reason reason;
		std::vector<uint8_t> image;
	};
	const std::vector<uint8_t> good(probe_begin, probe_end);
	uint32_t signature = 0, code = 0;
	size_t in_signature = seed % 15 * 4, in_code = good.size() - 4 - seed % 16 * 4;

	std::memcpy(&signature, &good[in_signature], 4);
	std::memcpy(&code, &good[in_code], 4);

	const Bad told[] = {
	    {"nothing", BAD_LENGTH, std::vector<uint8_t>(good.size(), 0xff)},
	    {"target", BAD_VERSION, damaged(good, offsetof(struct image, format), 0x20001)},
	    {"code", BAD_CRC, damaged(good, in_code, code ^ 4)},
	    {"signature", BAD_SIGNATURE, damaged(good, in_signature, signature ^ 4)},
	};
	/* More of them: none may run. */
	const std::vector<uint8_t> refused[] = {
	    damaged(good, offsetof(struct image, bytes), 0),
	    damaged(good, offsetof(struct image, bytes), IMAGE_MOST + 4),
	    damaged(good, offsetof(struct image, bytes), uint32_t(good.size() + 2)),
	    damaged(good, offsetof(struct image, format), 0x10002),
	    damaged(good, offsetof(struct image, entry), 0),
	    damaged(good, offsetof(struct image, entry), MCU_RAM + IMAGE_MOST),
	    damaged(good, offsetof(struct image, crc), 0),
	    damaged(good, offsetof(struct image, revision), 0x31),
	};

	for (const Bad &bad : told) {
		Bench bench(seed, bad.reason == BAD_SIGNATURE ? Bench::REAL : Bench::QUICK);

		bench.core.flash().write(FLASH_SLOT(1), bad.image.data(), bad.image.size());
		try {
			bench.power_on(2, bad.reason);
		} catch (const std::exception &error) {
			throw std::runtime_error(std::string(bad.what) + ": " + error.what());
		}
	}
	for (size_t n = 0; n < std::size(refused); n += 2) {
		Bench bench(seed);

		for (size_t slot = 1; slot <= 2; slot++)
			bench.core.flash().write(FLASH_SLOT(slot), refused[n + slot - 1].data(),
						 good.size());
		bench.core.power_on(dram);
		for (unsigned int cycle = 0; cycle < 2'000'000; cycle++)
			bench.step();
		tap_check(!bench.core.accesses() && !bench.core.restarting(),
			  "bad image " + std::to_string(n) + " runs");
		tap_check(bench.told(PROBE_STATUS) == fatal, "hosts are not told");
		if (n != 0)
			continue;
		/* Nothing runs, until someone helps. */
		bench.install(1);
		bench.core.restart();
		bench.booted(1, WANTED, ASKED);
		tap_check(bench.told(PROBE_BOOT) & BOOT_FATAL, "nor is the firmware");
	}
}

/* An image that never gets to work is given up for the other one; so is that, and as the one before
 * it was, too, hosts are told. */
void bites(uint64_t seed)
{
	Bench bench(seed);
	auto give_up = [&](unsigned int slot, Reason reason) {
		for (unsigned int n = 0; n < 2; n++) {
			bench.command(PROBE_SPIN, 3000);
			bench.booted(slot, reason, WATCHDOG);
		}
		bench.command(PROBE_SPIN, 3000);
		bench.booted(3 - slot, BAD_WATCHDOG, WATCHDOG);
	};

	bench.power_on(1, WANTED);
	give_up(1, WANTED);
	bench.ask(PROBE_HEALTHY);
	/* Once one works, the other is forgiven. */
	bench.command(PROBE_SPIN, 3000);
	bench.booted(2, BAD_WATCHDOG, WATCHDOG);
	give_up(2, BAD_WATCHDOG);
	tap_check(!bench.told(PROBE_STATUS) && !(bench.told(PROBE_BOOT) & BOOT_FATAL),
		  "FATAL before both were given up");
	give_up(1, BAD_WATCHDOG);
	tap_check(bench.told(PROBE_STATUS) == fatal && (bench.told(PROBE_BOOT) & BOOT_FATAL),
		  "hosts are not told");
	bench.ask(PROBE_HEALTHY);
}

/* Card memory through the cache, against memory that is none: what the core did before it was
 * restarted is still there. */
void card_memory(uint64_t seed)
{
	Bench bench(seed);
	rtl::Random random(seed);
	std::vector<uint32_t> plain(PROBE_CARD_WORDS);

	bench.power_on(1, WANTED);
	/* Without a line there is nothing. */
	bench.command(PROBE_NOWHERE, MCU_CARD);
	bench.booted(1, WANTED, NOWHERE, 20'000);
	bench.ask(PROBE_HEALTHY);
	tap_check(bench.ask(PROBE_CARD_LINE, card_line) == card_line, "CARD_LINE");
	tap_check(bench.ask(PROBE_CARD_LINE, 5) == card_line, "CARD_LINE twice");
	bench.ask(PROBE_NOWHERE, MCU_CARD + (uint32_t(dram / 64) - card_line) * 64 - 4);
	bench.command(PROBE_NOWHERE, MCU_CARD + (uint32_t(dram / 64) - card_line) * 64);
	bench.booted(1, WANTED, NOWHERE, 20'000);
	bench.ask(PROBE_HEALTHY);

	bench.ask(PROBE_CARD_FILL, 0x9e3779b1, work_patience);
	for (uint32_t n = 0; n < PROBE_CARD_WORDS; n++)
		plain[n] = n * 0x9e3779b1;
	for (unsigned int n = 0; n < 3; n++) {
		uint32_t with = uint32_t(random()) | 1;

		tap_check(bench.ask(PROBE_CARD_WORK, with, work_patience) ==
			      probe_work(plain.data(), with),
			  "what is read is not what was written");
	}
	tap_check(bench.line_writes > 500 && bench.line_reads > 500, "a cache that holds all");
	/* Restarts in the midst of reads: the cache ends what it has begun. */
	for (unsigned int n = 0; n < 8; n++) {
		bench.command(PROBE_CARD_SUM);
		for (uint64_t left = random.below(3000) + 100; left; left--)
			bench.step();
		bench.core.restart();
		bench.booted(1, WANTED, ASKED, 20'000);
		bench.ask(PROBE_HEALTHY);
	}
	tap_check(bench.ask(PROBE_CARD_SUM, 0, work_patience) == probe_sum(plain.data()),
		  "memory is another after restarts");
	/* What is not in the cache is in memory; neighbours are not in each other's way. */
	unsigned int reads = bench.line_reads;

	for (uint32_t word = 0; word < 64 * 16; word++)
		tap_check(bench.ask(PROBE_CARD_READ, word) == plain[word], "a word");
	tap_check(bench.line_reads == reads + 64, "a line is fetched more than once");
	/* Power forgets where it was. */
	bench.power_on(1, WANTED);
	tap_check(bench.ask(PROBE_CARD_LINE, 0) == 0, "power keeps CARD_LINE");
}

/* Bits that turn in the cache are corrected; what is lost restarts the core, once, and is zero. */
void card_errors(uint64_t seed)
{
	using rtl_card::Core;
	constexpr unsigned int tag_bits = 16 + 6, word_bits = 39;
	Bench bench(seed);
	rtl::Random random(seed);
	std::vector<uint32_t> plain(PROBE_CARD_WORDS);
	auto lost = [&] {
		bench.booted(1, WANTED, LINE_LOST, 40'000);
		bench.ask(PROBE_HEALTHY);
	};

	bench.power_on(1, WANTED);
	bench.ask(PROBE_CARD_LINE, card_line);
	bench.ask(PROBE_CARD_FILL, 3, work_patience);
	for (uint32_t n = 0; n < PROBE_CARD_WORDS; n++)
		plain[n] = n * 3;
	for (Core::Memory memory : {Core::LINES, Core::TAGS}) {
		unsigned int bits = memory == Core::TAGS ? tag_bits : word_bits;
		uint64_t before = bench.core.corrected;

		for (unsigned int bit = 0; bit < bits; bit++) {
			bench.core.damage(bit, bit, memory);
			/* The first word of a line that comes, or its tag, at which nobody looks
			 * again before another line was wanted. */
			for (uint32_t line : {bit, bit + 300, bit})
				tap_check(bench.ask(PROBE_CARD_READ, line * 16) == plain[line * 16],
					  "a wrong bit was not corrected");
		}
		tap_check(bench.core.corrected >= before + bits, "what was wrong was not told");
	}
	tap_check(bench.ask(PROBE_CARD_SUM, 0, work_patience) == probe_sum(plain.data()),
		  "memory is another");

	/* Memory that cannot correct a line. */
	bench.ask(PROBE_CARD_READ, 1600);
	bench.damaged_lines.insert(card_line + 200);
	bench.command(PROBE_CARD_READ, 200 * 16);
	lost();
	for (uint32_t n = 0; n < 16; n++)
		tap_check(bench.ask(PROBE_CARD_READ, 200 * 16 + n) == 0,
			  "what is lost is not zero");
	tap_check(bench.ask(PROBE_CARD_READ, 201 * 16) == plain[201 * 16], "others are");

	/* A word of the cache, or a tag. */
	for (Core::Memory memory : {Core::LINES, Core::TAGS}) {
		unsigned int bits = memory == Core::TAGS ? tag_bits : word_bits,
			     first = unsigned(random.below(bits)),
			     second = (first + 1 + unsigned(random.below(bits - 1))) % bits;
		uint64_t before = bench.core.lost;

		bench.ask(PROBE_CARD_FILL, 5, work_patience);
		bench.core.damage(first, second, memory);
		bench.ask(PROBE_CARD_READ, 3 * 16 + 5);
		bench.command(PROBE_CARD_SUM);
		lost();
		tap_check(bench.core.lost == before + 1, "a loss is not told once");
		bench.ask(PROBE_CARD_FILL, 7, work_patience);
		for (uint32_t n = 0; n < PROBE_CARD_WORDS; n++)
			plain[n] = n * 7;
		tap_check(bench.ask(PROBE_CARD_SUM, 0, work_patience) == probe_sum(plain.data()),
			  "written anew it is not as before");
	}
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("boots", [&] { boots(tap.seed()); });
	tap.run("memory, boot flash, sleep", [&] { works(tap.seed()); });
	tap.run("restarts", [&] { restarts(tap.seed()); });
	tap.run("errors in memory", [&] { errors(tap.seed()); });
	tap.run("bad images", [&] { bad_images(tap.seed()); });
	tap.run("an image that does not work", [&] { bites(tap.seed()); });
	tap.run("card memory", [&] { card_memory(tap.seed()); });
	tap.run("errors in card memory", [&] { card_errors(tap.seed()); });
	return tap.done();
}
