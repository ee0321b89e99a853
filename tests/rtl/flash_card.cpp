// SPDX-License-Identifier: Apache-2.0
/*
 * The card's flash from the mailbox's words to the pins: the window to card memory; requests of
 * all kinds whose pages are there; and the flash translation layer (firmware/flash.c) with the
 * stand-in for its owner (tests/unit/flash_rig.h), which knows what may be there after power
 * went in any cycle. What is on flash, and what goes wrong with it, is sim/nand's.
 */
#include <map>

#include "flash_card_bench.hpp"
#include "flash_card_page/Vflash_card_page.h"
#include "flash_card_small/Vflash_card_small.h"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "flash_rig.h"
#pragma GCC diagnostic pop
#include "hal_flash_mailbox.h"

extern "C" {

uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	return hal->read(offset);
}

void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	hal->write(offset, value);
}

void hal_panic(struct hal *, const char *what)
{
	throw rtl::Broken(what);
}

} /* extern "C" */

using namespace flash_card;

namespace
{

constexpr unsigned int CHUNKS = 2, PAGES = 16, BLOCKS = 9;
using Small = Bench<Vflash_card_small, 2, 2, CHUNKS>;

/* Times of a flash that is quick enough to be simulated a lot. */
onfi::Shape quick(unsigned int blocks)
{
	onfi::Shape shape;

	shape.blocks = blocks;
	shape.read = 400;
	shape.program = 1500;
	shape.erase = 4000;
	shape.reset = 300;
	return shape;
}

/* ---- The window ---- */

void window(uint64_t seed)
{
	Small card(seed, 1 << 14);
	nand_config config = onfi::config_of({}, 2, 2, CHUNKS, PAGES, seed);
	struct nand *nand;
	uint64_t read = 0, written = 0;

	config.blocks = 1;
	nand = nand_create(&config);
	card.attach(nand, {}, 1);
	tap_check(card.read(MAILBOX_FLASH_GEOMETRY) == 0, "no flash, and a geometry");
	Bytes want = card.memory;
	for (unsigned int n = 0; n < 400; n++) {
		unsigned int lines = unsigned(want.size() / 64);
		unsigned int line = unsigned(card.random.below(lines));
		unsigned int most = std::min(lines - line, 6u);
		unsigned int count = 1 + unsigned(card.random.below(most));
		unsigned int words = unsigned(card.random.below(16 * count + 1));

		if (n % 50 == 0)
			card.manner({unsigned(card.random.below(80)),
				     unsigned(card.random.below(60)),
				     {4, unsigned(card.random.below(8))},
				     {4, unsigned(card.random.below(8))},
				     {4, unsigned(card.random.below(8))}});
		if (card.random.one_in(2)) {
			card.write(MAILBOX_WINDOW, line | 1u << 31);
			for (unsigned int w = 0; w < words; w++) {
				uint32_t value = uint32_t(card.random());

				card.write(MAILBOX_WINDOW_DATA, value);
				std::memcpy(&want[line * 64 + 4 * w], &value, 4);
			}
			written += words;
		} else {
			card.write(MAILBOX_WINDOW_LINES, count);
			card.write(MAILBOX_WINDOW, line);
			for (unsigned int w = 0; w < words; w++) {
				uint32_t value;

				std::memcpy(&value, &want[line * 64 + 4 * w], 4);
				tap_check(card.read(MAILBOX_WINDOW_DATA) == value, "a word");
			}
			read += words;
			tap_check(card.read(MAILBOX_WINDOW) == 0, "an error");
		}
	}
	card.write(MAILBOX_WINDOW, 0);
	tap_check(card.memory == want, "memory");
	/* A line that memory cannot correct; with none announced, zeroes. */
	card.dram().break_line(5);
	card.write(MAILBOX_WINDOW_LINES, 3);
	card.write(MAILBOX_WINDOW, 4);
	for (unsigned int w = 0; w < 48; w++) {
		tap_check(w >= 16 || card.read(MAILBOX_WINDOW) == 0, "an early error");
		card.read(MAILBOX_WINDOW_DATA);
	}
	tap_check(card.read(MAILBOX_WINDOW) == 1, "a damaged line is not told of");
	tap_check(card.read(MAILBOX_WINDOW_DATA) == 0, "a word of nowhere");
	uint64_t from = card.now();
	card.write(MAILBOX_WINDOW_LINES, 100);
	card.write(MAILBOX_WINDOW, 8);
	tap_check(card.read(MAILBOX_WINDOW) == 0, "an old error");
	for (unsigned int w = 0; w < 1600; w++)
		card.read(MAILBOX_WINDOW_DATA);
	std::printf("# %llu words read, %llu written at random; in a row %.1f cycles each\n",
		    (unsigned long long)read, (unsigned long long)written,
		    double(card.now() - from) / 1600);
	nand_destroy(nand);
}

/* ---- Requests ---- */

void requests(uint64_t seed)
{
	onfi::Shape shape = quick(BLOCKS);

	shape.bad = 100;
	shape.bits = 6;
	nand_config config = onfi::config_of(shape, 2, 2, CHUNKS, PAGES, seed);
	struct nand *nand = nand_create(&config);
	Small card(seed);
	std::map<uint32_t, Bytes> held; /* by die, block and page */
	std::map<uint32_t, unsigned int> next;
	uint64_t counts[5] = {}, corrected = 0, lines_in = 0, lines_out = 0, parts = 0;
	struct Open {
		Op op;
		uint32_t key;
		unsigned int first, count;
		/* In words: what memory gets of it (FLASH_PART). */
		unsigned int skip, at, words;
	};
	std::map<unsigned int, Open> open;

	card.attach(nand, shape, 1);
	tap_check(card.read(MAILBOX_FLASH_GEOMETRY) == (2 | 2 << 4 | CHUNKS << 8 | 4 << 16),
		  "geometry");
	tap_check(card.read(MAILBOX_FLASH_BLOCKS) == BLOCKS, "blocks");
	tap_check(!End(card.read(MAILBOX_FLASH_END)).there, "an end of nothing");
	auto finish = [&] {
		End end = card.wait();
		auto at = open.find(end.die);

		tap_check(at != open.end(), "an end of no request");
		const Open &o = at->second;
		auto there = held.find(o.key);

		tap_check(end.result == DONE, "result");
		tap_check(!end.damaged, "damage");
		if (o.op == MARK)
			tap_check((end.status != 0xff) ==
				      nand_factory_bad(nand, end.die, o.key >> 8 & 0xff),
				  "a mark");
		if (o.op == READ) {
			unsigned int words = o.count * onfi::chunk_bytes / 4 - o.skip;
			Bytes all = there == held.end() ? Bytes(Small::PAGE, 0xff) : there->second;
			Bytes want(Small::PAGE, 0x5a);

			if (o.words)
				words = std::min(words, o.words);
			std::memcpy(&want[4 * o.at], &all[o.first * onfi::chunk_bytes + 4 * o.skip],
				    4 * words);

			tap_check(end.erased == (there == held.end()), "erased");
			/* Accepted is not done; the port's order makes it look so. */
			while (!card.dram().idle())
				card.cycle();
			tap_check(!std::memcmp(card.buffer(end.die), want.data(), want.size()),
				  "data of a read");
			corrected += end.corrected;
			lines_in += (o.at + words + 15) / 16;
			parts += o.words != 0;
		}
		lines_out += o.op == PROGRAM ? Small::LINES : 0;
		counts[o.op]++;
		open.erase(at);
	};
	for (unsigned int n = 0; n < 300; n++) {
		unsigned int die = unsigned(card.random.below(Small::ALL)), block, page;
		uint32_t key;
		Op op = READ;

		/* A memory that is slow to accept shows whether ends wait for it. */
		if (n % 50 == 0)
			card.manner({unsigned(card.random.below(80)),
				     unsigned(card.random.below(60)),
				     {4, n % 100 ? 400 : unsigned(card.random.below(8))},
				     {4, unsigned(card.random.below(8))},
				     {4, unsigned(card.random.below(8))}});
		while (open.count(die))
			finish();
		block = unsigned(card.random.below(BLOCKS));
		while (nand_factory_bad(nand, die, block))
			block = (block + 1) % BLOCKS;
		unsigned int &at = next[die << 8 | block];
		switch (card.random.below(8)) {
		case 0:
			op = at > 4 ? ERASE : MARK;
			break;
		case 1:
		case 2:
		case 3:
			op = at < PAGES ? PROGRAM : READ;
			break;
		default:
			break;
		}
		/* Firmware asks for marks before it programs anything. */
		if (op == MARK)
			block = unsigned(card.random.below(BLOCKS));
		if (op == MARK && next[die << 8 | block])
			continue;
		page = op == PROGRAM ? at++ : op == READ ? unsigned(card.random.below(at + 1)) : 0;
		page = std::min(page, PAGES - 1);
		key = die << 16 | block << 8 | page;
		if (op == PROGRAM) {
			Bytes bytes(Small::PAGE);

			for (auto &byte : bytes)
				byte = uint8_t(card.random());
			std::memcpy(card.buffer(die), bytes.data(), bytes.size());
			held[key] = bytes;
		} else if (op == ERASE) {
			at = 0;
			for (unsigned int p = 0; p < PAGES; p++)
				held.erase(key + p);
		} else if (op == READ) {
			std::memset(card.buffer(die), 0x5a, Small::PAGE);
		}
		unsigned int first = unsigned(card.random.below(CHUNKS));
		unsigned int count = 1 + unsigned(card.random.below(CHUNKS - first));

		/* Whole chunks, or from somewhere in the first one on; all of that, or so much. */
		unsigned int skip = 0, begins = 0, words = 0;
		if (op == READ && card.random.one_in(2)) {
			skip = unsigned(card.random.below(256));
			begins = unsigned(card.random.below(std::min(skip, 15u) + 1));
			words = unsigned(card.random.below(count * 256 - skip + 1));
			if (card.random.one_in(4))
				words = std::min(words, 20u);
		}
		open[die] = {op, key, first, count, skip, begins, words};
		card.ask(op, die, block, page, op == READ ? first : 0, op == READ ? count : 0,
			 skip | begins << 8 | words << 16);
		if (card.random.one_in(4))
			finish();
	}
	while (!open.empty())
		finish();
	std::printf("# %llu reads, %llu programs, %llu erases, %llu marks\n",
		    (unsigned long long)counts[READ], (unsigned long long)counts[PROGRAM],
		    (unsigned long long)counts[ERASE], (unsigned long long)counts[MARK]);
	tap_check(corrected > 0 && counts[ERASE] > 0 && parts > 10, "too little was tested");
	uint64_t in = 0, out = 0, reads = 0, bits = 0;
	for (unsigned int channel = 0; channel < 2; channel++) {
		bits += card.counter(channel, 0);
		reads += card.counter(channel, 8 + 2);
		in += card.counter(channel, 35 + 2);
		out += card.counter(channel, 35 + 3);
		tap_check(card.counter(channel, 35) > 0 && card.counter(channel, 35 + 4) == 0,
			  "counters of the way to memory");
	}
	tap_check(in == lines_in && out == lines_out, "lines are miscounted");
	tap_check(reads == counts[READ] + counts[MARK] && bits >= corrected,
		  "reads are miscounted");

	/* What is not there; a line that memory lost; one that is as it should be again. */
	End end = card.run(READ, Small::ALL, 0, 0, 0, 1);
	tap_check(end.result == REFUSED && end.die == Small::ALL, "a die that is not there");
	end = card.run(READ, 1, 0, 0, 1, CHUNKS);
	tap_check(end.result == REFUSED && end.die == 1, "chunks that are not there");
	unsigned int block = 0;
	while (nand_factory_bad(nand, 2, block))
		block++;
	tap_check(card.run(ERASE, 2, block).result == DONE, "erase");
	card.dram().break_line(card.line(2) + 7);
	end = card.run(PROGRAM, 2, block, 0);
	tap_check(end.result == DONE && end.damaged, "a damaged page is not told of");
	card.dram().mend();
	end = card.run(PROGRAM, 2, block, 1);
	tap_check(end.result == DONE && !end.damaged, "a good page");
	nand_damage(nand, 2, block, 1);
	end = card.run(READ, 2, block, 1, 0, CHUNKS);
	tap_check(end.result == UNCORRECTABLE, "what is beyond correction");
	nand_wear_out(nand, 2, block);
	tap_check(card.run(PROGRAM, 2, block, 2).result == FAILED, "a block that fails");
	card.flash().die(3).hang = true;
	tap_check(card.run(READ, 3, 0, 0, 0, 1).result == SILENT, "a die that is silent");
	card.flash().die(3).revive();
	tap_check(card.run(RESET, 3).result == DONE, "a reset");
	for (unsigned int n = 0; n < 100; n++)
		card.cycle();
	tap_check(card.idle(), "it does not rest");
	nand_destroy(nand);
}

/* ---- The translation layer ---- */

/* The rig with the card in between. */
struct Layer {
	onfi::Shape shape;
	Small card;
	struct rig *rig;
	hal_flash flash{};
	/* rig->pass has but the rig. */
	static Layer *one;

	static fl_config layer_config(const nand_config &nand)
	{
		fl_config config{};

		config.dies = Small::ALL;
		config.blocks = nand.blocks;
		config.pages = PAGES;
		config.page_bytes = Small::PAGE;
		config.lanes = 2;
		config.record_most = RIG_LONGEST;
		config.pools = 8;
		config.tombs = 48;
		config.anchors = 2;
		config.journal = 2;
		config.dirty_bytes = 20000;
		config.refresh_bits = FL_REFRESH_BITS(HAL_FLASH_CORRECTABLE);
		config.refresh_reads = 100000;
		config.wear_spread = 1000;
		return config;
	}

	/* Behind the dies' page buffers there is a place for a record. */
	Layer(uint64_t seed, const onfi::Shape &made)
	    : shape(made), card(seed, size_t(Small::ALL + 5) * Small::PAGE)
	{
		nand_config nand = onfi::config_of(shape, 2, 2, CHUNKS, PAGES, seed);
		fl_config config = layer_config(nand);

		rig = rig_new(&nand, &config, seed ^ 0x5eed);
		rig->usual_bytes = 1000;
		rig->hal = &flash;
		rig->pass = [](struct rig *) { one->pass(); };
		rig->data_path = reinterpret_cast<void *>(uintptr_t(record_line));
		rig->fetch = [](struct rig *, void *to, uint32_t bytes) { one->fetch(to, bytes); };
		one = this;
		card.attach(rig->nand, shape, 1);
		begin();
	}

	~Layer()
	{
		rig_free(rig);
	}

	Layer(const Layer &) = delete;

	void begin()
	{
		tap_check(hal_flash_init(&flash, &card, 0) && flash.dies == Small::ALL &&
			      flash.page_bytes == Small::PAGE && flash.blocks == shape.blocks,
			  "what firmware finds");
	}

	static constexpr unsigned int record_line = Small::ALL * Small::LINES;

	void fetch(void *to, uint32_t bytes)
	{
		while (!card.dram().idle())
			card.cycle();
		std::memcpy(to, &card.memory[size_t(record_line) * 64], bytes);
	}

	/* Until something ends. */
	void pass()
	{
		for (unsigned int n = 0; n < 200 && !card.end_waits(); n++)
			card.cycle();
	}

	void power_cycle()
	{
		card.power_cycle();
		begin();
	}

	void good() const
	{
		tap_check(!rig->wrong[0], rig->wrong);
		tap_check(nand_figures(rig->nand).misuses == 0, "flash was misused");
	}
};

Layer *Layer::one;

/* A page in which a record is. */
void damage(Layer &layer)
{
	struct rig *rig = layer.rig;

	for (auto &pool : rig->pools)
		for (auto &entry : pool.entries) {
			uint64_t page = (entry.place & ~FL_FLASH) * FL_UNIT_BYTES / Small::PAGE;

			if (!(entry.place & FL_FLASH) || !entry.version || entry.lost)
				continue;
			nand_damage(rig->nand, uint32_t(page / PAGES / rig->config.blocks),
				    uint32_t(page / PAGES % rig->config.blocks),
				    uint32_t(page % PAGES));
			fl_note_read(rig->fl, entry.place, rig->config.refresh_bits);
			rig_settle(rig);
			return;
		}
}

void life(uint64_t seed, unsigned int operations)
{
	onfi::Shape shape = quick(20);

	shape.bits = 3;
	shape.bits_reads = 100;
	shape.bad = 50;
	shape.endurance = 12;
	Layer layer(seed, shape);
	struct rig *rig = layer.rig;
	fl_figures figures;

	tap_check(rig_format(rig), "no power");
	for (unsigned int n = 0; n < operations && !rig->wrong[0]; n++) {
		/* Blocks fail their next program or erase; pages go beyond correction, and are
		 * found to be when the layer refreshes them. */
		if (n % 200 == 50)
			nand_wear_out(rig->nand, n / 200 % Small::ALL, 3 + n / 200);
		if (n % 200 == 150) {
			rig_settle(rig);
			damage(layer);
		}
		rig_random(rig);
	}
	rig_settle(rig);
	rig_read_all(rig);
	rig_check(rig);
	layer.good();
	fl_get_figures(rig->fl, &figures);
	std::printf(
	    "# %llu puts, %llu blocks collected, %llu records moved; %u bad blocks by the "
	    "maker, %u grown; %llu bits corrected, %llu pages uncorrectable; %llu reads, "
	    "%llu programs, %llu erases; %.1f million cycles\n",
	    (unsigned long long)rig->puts, (unsigned long long)figures.collected,
	    (unsigned long long)figures.moved, figures.bad_factory, figures.bad_grown,
	    (unsigned long long)figures.corrected_bits, (unsigned long long)figures.uncorrectable,
	    (unsigned long long)nand_figures(rig->nand).reads,
	    (unsigned long long)nand_figures(rig->nand).programs,
	    (unsigned long long)nand_figures(rig->nand).erases, double(layer.card.now()) / 1e6);
	tap_check(figures.collected > 0 && figures.moved > 0 && figures.corrected_bits > 0 &&
		      figures.bad_factory > 0 && figures.bad_grown > 0 &&
		      figures.uncorrectable > 0 && rig->lost > 0,
		  "too little was tested");
}

static_assert(HAL_FLASH_CORRECTABLE == onfi::correctable);

/* A pool with records that are in flash. */
void sixteen_records(struct rig *rig)
{
	tap_check(rig_format(rig) && rig_create(rig, 0, true), "no power");
	for (unsigned int key = 0; key < 16; key++) {
		rig_put(rig, 0, key);
		rig_demote(rig, 0, key);
	}
	rig_sync(rig, 0);
}

/* Reads make bits go wrong: what is read is written anew before there are more than the card
 * corrects. */
void read_disturb(uint64_t seed)
{
	onfi::Shape shape = quick(12);

	shape.bits_reads = 200;
	Layer layer(seed, shape);
	struct rig *rig = layer.rig;
	fl_figures figures;

	sixteen_records(rig);
	for (unsigned int n = 0; n < 28; n++) {
		rig_settle(rig);
		rig_read_all(rig);
	}
	layer.good();
	fl_get_figures(rig->fl, &figures);
	std::printf("# %llu reads of flash, %llu pages written anew, %llu uncorrectable; %.1f "
		    "million cycles\n",
		    (unsigned long long)nand_figures(rig->nand).reads,
		    (unsigned long long)figures.refreshed,
		    (unsigned long long)figures.uncorrectable, double(layer.card.now()) / 1e6);
	tap_check(figures.refreshed > 0 && figures.uncorrectable == 0 && rig->lost == 0,
		  "it was not written anew in time");
}

/* So do days, of what nobody reads: each block is looked after, from time to time. */
void forgetting(uint64_t seed)
{
	onfi::Shape shape = quick(12);

	shape.bits_days = 200;
	Layer layer(seed, shape);
	struct rig *rig = layer.rig;
	fl_figures figures;

	sixteen_records(rig);
	for (unsigned int n = 0; n < 2; n++) {
		nand_pass_days(rig->nand, 170);
		for (unsigned int block = 0; block < rig->config.dies * rig->config.blocks; block++)
			while (!fl_care(rig->fl))
				rig_step(rig);
		for (unsigned int step = 0; step < 20; step++)
			rig_step(rig);
		rig_settle(rig);
	}
	rig_read_all(rig);
	layer.good();
	fl_get_figures(rig->fl, &figures);
	std::printf("# %llu reads of flash, %llu pages written anew, %llu uncorrectable; %.1f "
		    "million cycles\n",
		    (unsigned long long)nand_figures(rig->nand).reads,
		    (unsigned long long)figures.refreshed,
		    (unsigned long long)figures.uncorrectable, double(layer.card.now()) / 1e6);
	tap_check(figures.refreshed > 0 && figures.uncorrectable == 0 && rig->lost == 0,
		  "it was not written anew in time");
}

void power_cuts(uint64_t seed, unsigned int cuts)
{
	onfi::Shape shape = quick(BLOCKS);

	/* Long enough to be met in the middle. */
	shape.program = 10000;
	shape.erase = 30000;
	Layer layer(seed, shape);
	struct rig *rig = layer.rig;
	uint64_t start_cuts = 0;
	bool on = rig_format(rig);

	tap_check(on, "no power");
	for (unsigned int n = 0; n < 20; n++)
		rig_random(rig);
	for (unsigned int n = 0; n < cuts && !rig->wrong[0]; n++) {
		layer.card.cut_at = layer.card.now() + 1 + rig_rand(rig, 250000);
		while (rig_random(rig) && !rig->wrong[0])
			continue;
		/* A start may be cut off, too. */
		for (unsigned int more = unsigned(rig_rand(rig, 3)); !rig->wrong[0]; more--) {
			layer.power_cycle();
			layer.card.cut_at =
			    more ? layer.card.now() + 1 + rig_rand(rig, 400000) : ~0ull;
			if (rig_power_on(rig)) {
				layer.card.cut_at = ~0ull;
				break;
			}
			start_cuts++;
		}
		if (n % 4 == 3 && !rig->wrong[0])
			rig_read_all(rig);
		if (rig->wrong[0])
			std::printf("# cut %u of the run of seed %llu\n", n,
				    (unsigned long long)seed);
	}
	rig_read_all(rig);
	rig_check(rig);
	layer.good();
	std::printf("# %u cuts, %llu more during starts, %llu operations torn; %llu puts, %llu "
		    "syncs, %llu records found again; %.1f million cycles\n",
		    cuts, (unsigned long long)start_cuts,
		    (unsigned long long)nand_figures(rig->nand).torn, (unsigned long long)rig->puts,
		    (unsigned long long)rig->synced, (unsigned long long)rig->recovered,
		    double(layer.card.now()) / 1e6);
	tap_check(nand_figures(rig->nand).torn > 0 && rig->recovered > cuts,
		  "too little was tested");
}

/* ---- Figures ---- */

void figures(uint64_t seed)
{
	using Page = Bench<Vflash_card_page, 1, 4, 16>;
	onfi::Shape shape;

	shape.blocks = 2;
	shape.read = 15000;
	shape.program = 175000;
	nand_config config = onfi::config_of(shape, 1, 4, 16, 64, seed);
	struct nand *nand = nand_create(&config);
	Page card(seed);

	card.attach(nand, shape, 1);
	card.run(RESET, 0);
	std::printf("# pages of 16 KiB, a byte a cycle, tR 15000 cycles, tPROG 175000; from the "
		    "request to its end, its data in card memory\n");
	uint64_t start = card.now();
	tap_check(card.run(PROGRAM, 0, 0, 0).result == DONE, "program");
	uint64_t took = card.now() - start;
	std::printf("# program: %llu cycles, %llu beside tPROG and transfer\n",
		    (unsigned long long)took, (unsigned long long)(took - 175000 - 17536));
	for (unsigned int count : {16u, 4u, 1u}) {
		start = card.now();
		tap_check(card.run(READ, 0, 0, 0, 0, count).result == DONE, "read");
		took = card.now() - start;
		std::printf("# read of %2u chunks: %llu cycles = tR + %u transfer + %llu (%.1f %% "
			    "over both)\n",
			    count, (unsigned long long)took, count * onfi::stored_bytes,
			    (unsigned long long)(took - 15000 - count * onfi::stored_bytes),
			    100.0 * double(took - 15000 - count * onfi::stored_bytes) /
				double(15000 + count * onfi::stored_bytes));
		tap_check(took < 15000 + count * onfi::stored_bytes + 1000, "a read is slow");
	}
	for (unsigned int die = 1; die < 4; die++)
		card.ask(PROGRAM, die, 0, 0);
	for (unsigned int die = 1; die < 4; die++)
		card.wait();
	start = card.now();
	for (unsigned int n = 0; n < 4; n++)
		card.ask(READ, n, 0, 0, 0, 16);
	for (unsigned int n = 4; n < 20; n++) {
		End end = card.wait();

		if (n < 16)
			card.ask(READ, end.die, 0, 0, 0, 16);
		else if (n == 19)
			break;
	}
	took = (card.now() - start) / 16;
	std::printf(
	    "# four dies: %llu cycles a page: %.0f pages/s, %.0f MB/s at 250 MHz; the way to "
	    "memory waited %u of %u cycles\n",
	    (unsigned long long)took, 250e6 / double(took), 250.0 * 16384 / double(took),
	    card.counter(0, 36), card.counter(0, 35));
	tap_check(took < 15000 + 17536, "dies wait for each other");
	nand_destroy(nand);
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 20 : 1;

	tap.run("the window to card memory", [&] { window(tap.seed()); });
	tap.run("requests, their pages in card memory", [&] {
		for (unsigned int n = 0; n < 2 * times; n++)
			requests(tap.seed() * 1000 + n);
	});
	tap.run("the translation layer: collection, bad blocks, bits that flip", [&] {
		for (unsigned int n = 0; n < times; n++)
			life(tap.seed() * 1000 + 100 + n, 700);
	});
	tap.run("the translation layer: reads that flip bits",
		[&] { read_disturb(tap.seed() * 1000 + 300); });
	tap.run("the translation layer: days that flip bits",
		[&] { forgetting(tap.seed() * 1000 + 400); });
	tap.run("the translation layer: power goes in any cycle", [&] {
		for (unsigned int n = 0; n < times; n++)
			power_cuts(tap.seed() * 1000 + 200 + n, 12);
	});
	tap.run("cycles a page", [&] { figures(tap.seed()); });
	return tap.done();
}
