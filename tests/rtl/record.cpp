/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in RTL against the model's record.c: what is written is the model's memory byte
 * for byte, what the model wrote is read; chains, damage, stalls, resets.
 */
#include <functional>

#include "record_benches.hpp"
#include "record_damage.hpp"

extern "C" {
#include "lz4_card.h"
}

namespace
{

/* Writes records by RTL into a copy of the memory, and by the model; reads by RTL. */
class Pair
{
	Memory model_, rtl_;

      public:
	rtl::Random random;
	Writer writer;
	Reader reader;

	Pair(uint64_t seed, unsigned int longest)
	    : random(seed), writer(rtl_, seed ^ 0x100), reader(model_, seed ^ 0x200)
	{
		model_.fragment(random, longest);
	}

	Memory &memory()
	{
		return model_;
	}

	void copy()
	{
		rtl_.bytes() = model_.bytes();
	}

	/* False: no room for it. */
	bool placed(Record &record)
	{
		return place(model_, record);
	}

	void compare(const Record &record)
	{
		if (rtl_.bytes() == model_.bytes())
			return;
		size_t at = 0;

		while (rtl_.bytes()[at] == model_.bytes()[at])
			at++;
		fail("memory differs from unit " + std::to_string(at / 32) + ", byte " +
		     std::to_string(at % 32) + " on: " + describe(record));
	}

	/* Extents anywhere, of zeroes. */
	void write_only(const Record &record)
	{
		size_t done = writer.done();

		for (const auto &extent : record.extents)
			std::memset(store_at(model_.units(), extent.unit), 0,
				    size_t(extent.units) * STORE_UNIT);
		copy();
		write_by_model(model_, record);
		writer.push(record);
		writer.wait(done + 1);
		compare(record);
	}

	void one(Record &record)
	{
		size_t done = writer.done();

		copy();
		write_by_model(model_, record);
		writer.push(record);
		writer.wait(done + 1);
		compare(record);
		if (writer.last_error() || !writer.quiet())
			fail("the writer's end: " + describe(record));
		check_read(record, reader.read(record.extents[0].unit, record.extents[0].units,
					       unsigned(record.blocks.size())));
		free_all(model_, record);
	}
};

void random_pages(Tap &tap, unsigned int order, unsigned int longest, unsigned int pages)
{
	Pair pair(tap.seed() * 100 + order * 10 + longest, longest);
	uint64_t extents = 0, most = 0, count = 0;

	for (unsigned int n = 0; n < pages; n++) {
		Record record = random_record(pair.random, 1u << order);
		Paces paces = n % 4 ? random_paces(pair.random) : Paces{};

		if (!pair.placed(record))
			continue;
		count++;
		extents += record.extents.size();
		most = std::max<uint64_t>(most, record.extents.size());
		pair.writer.pace(paces);
		pair.reader.pace(paces);
		pair.one(record);
	}
	std::printf("# order %u: %llu pages, %llu extents, at most %llu\n", order,
		    (unsigned long long)count, (unsigned long long)extents,
		    (unsigned long long)most);
	tap_check(count > pages / 2, "test: hardly a page found room");
}

/* Several pages pushed at once: extents and beats of the next are taken early. */
void pages_in_a_row(Tap &tap)
{
	Pair pair(tap.seed() + 77, 40);

	for (unsigned int round = 0; round < 30; round++) {
		std::vector<Record> records;
		size_t done = pair.writer.done();

		pair.writer.pace(round % 2 ? random_paces(pair.random) : Paces{});
		for (unsigned int n = 0; n < 8; n++) {
			Record record = random_record(pair.random, n % 3 ? 1 : 2);

			if (pair.placed(record))
				records.push_back(record);
		}
		pair.copy();
		for (const auto &record : records) {
			write_by_model(pair.memory(), record);
			pair.writer.push(record);
		}
		pair.writer.wait(done + records.size());
		pair.compare(records.back());
		for (const auto &record : records)
			free_all(pair.memory(), record);
	}
}

/* First extents of every length, at both places in a line. */
void every_length(Tap &tap)
{
	Pair pair(tap.seed() + 99, 100);

	for (unsigned int units = 3; units <= 255; units += units < 20 || units > 250 ? 1 : 7) {
		for (unsigned int odd = 0; odd < 2; odd++) {
			for (unsigned int chain = 0; chain < 2; chain++) {
				Record record = random_record(pair.random, 8);
				size_t bytes = units * 32 - 56 + (chain ? 32 : 0);

				/* The stream's content is not looked at by the writer. */
				record.stream.resize(bytes);
				record.extents = {{1000 + odd, units}};
				if (chain)
					record.extents.push_back({2001 - odd, 3});
				pair.write_only(record);
			}
		}
	}
}

/* Extents that are too short: the writer says so, and goes on with the next page. */
void too_short(Tap &tap)
{
	Pair pair(tap.seed() + 55, 40);

	for (unsigned int n = 0; n < 60; n++) {
		Record record = random_record(pair.random, 2);
		size_t done = pair.writer.done();

		if (!pair.placed(record))
			continue;
		pair.writer.pace(random_paces(pair.random));
		Record cut = record;

		cut.stream.resize(record.stream.size() + pair.random.between(120, 4000));
		pair.copy();
		pair.writer.push(cut);
		pair.writer.wait(done + 1);
		tap_check(pair.writer.last_error(), "no error of an extent too short");
		pair.writer.run(3000);
		tap_check(pair.writer.quiet(), "the rest of the stream was not dropped");
		pair.one(record);
	}
}

void resets(Tap &tap)
{
	Pair pair(tap.seed() + 33, 40);

	for (unsigned int n = 0; n < 80; n++) {
		Record record = random_record(pair.random, 1u << pair.random.below(3));
		Record other = random_record(pair.random, 1);

		if (!pair.placed(record))
			continue;
		if (!pair.placed(other)) {
			free_all(pair.memory(), record);
			continue;
		}
		write_by_model(pair.memory(), other);
		pair.copy();
		pair.writer.push(record);
		pair.writer.run(unsigned(pair.random.below(400)));
		pair.writer.reset();
		pair.reader.start(other.extents[0].unit, other.extents[0].units, 1, 0);
		pair.reader.run(unsigned(pair.random.below(200)));
		pair.reader.reset();
		pair.one(record);
		check_read(other,
			   pair.reader.read(other.extents[0].unit, other.extents[0].units, 1));
		free_all(pair.memory(), other);
	}
}

void freeing(Tap &tap)
{
	Pair pair(tap.seed() + 44, 30);
	Freer freer(pair.memory(), tap.seed() + 45);

	for (unsigned int n = 0; n < 200; n++) {
		Record record = random_record(pair.random, 1u << pair.random.below(4));
		size_t next = 0;

		if (!pair.placed(record))
			continue;
		write_by_model(pair.memory(), record);
		freer.pace(n % 3 ? random_paces(pair.random) : Paces{});
		auto list = freer.free(
		    record.extents[0].unit, record.extents[0].units, [&](const Freed &freed) {
			    const auto &extent = record.extents.at(next++);

			    if (freed.error || freed.unit != extent.unit ||
				freed.units != extent.units ||
				freed.last != (next == record.extents.size()))
				    fail("a wrong extent: " + describe(record));
			    /* Nothing of it is read again. */
			    std::memset(store_at(pair.memory().units(), freed.unit), 0xff,
					size_t(freed.units) * STORE_UNIT);
		    });
		tap_check(list.size() == record.extents.size(), "not as many extents");
		free_all(pair.memory(), record);
	}
}

/* Links that are impossible, lost, or lead round in a circle. */
void freeing_damaged(Tap &tap)
{
	Pair pair(tap.seed() + 46, 14);
	Freer freer(pair.memory(), tap.seed() + 47);
	unsigned int errors = 0;

	for (unsigned int n = 0; n < 150; n++) {
		Record record = random_record(pair.random, 4);

		if (!pair.placed(record))
			continue;
		write_by_model(pair.memory(), record);
		Damage damage(pair.memory(), pair.random, record);
		auto none = [](const Freed &) {};

		damage.link();
		std::vector<Freed> want = damage.chain();
		std::vector<Freed> got =
		    freer.free(record.extents[0].unit, record.extents[0].units, none);

		errors += got.back().error;
		tap_check(got.size() == want.size(), "a chain of " + std::to_string(got.size()) +
							 " extents, not " +
							 std::to_string(want.size()));
		for (size_t i = 0; i < got.size(); i++)
			tap_check(got[i].unit == want[i].unit && got[i].units == want[i].units &&
				      got[i].last == want[i].last && got[i].error == want[i].error,
				  "extent " + std::to_string(i) + " is wrong");
		got = freer.free(uint32_t(rig_units - 5), 6, none);
		tap_check(got.size() == 1 && got[0].error && got[0].units == 0,
			  "a first extent that cannot be");
		damage.undo();
		free_all(pair.memory(), record);
	}
	std::printf("# %u chains ended with an error\n", errors);
	tap_check(errors > 50, "test: hardly any error");
}

void damaged(Tap &tap)
{
	Pair pair(tap.seed() + 66, 60);
	unsigned int counts[8] = {};

	for (unsigned int n = 0; n < 1200; n++) {
		Record record = random_record(pair.random, 1u << pair.random.below(n % 8 ? 3 : 5));

		if (!pair.placed(record))
			continue;
		write_by_model(pair.memory(), record);
		pair.reader.pace(n % 4 ? random_paces(pair.random) : Paces{});
		Damage damage(pair.memory(), pair.random, record);

		damage.any();
		Expected want = damage.expected();
		ReadResult got;

		try {
			got = pair.reader.read(damage.unit, damage.units, damage.blocks);
		} catch (const std::exception &error) {
			fail(std::string(error.what()) + ": " + damage.text(want));
		}
		counts[got.error]++;
		damage.check(want, got);
		damage.undo();
		if (n % 10 == 0)
			check_read(record,
				   pair.reader.read(record.extents[0].unit, record.extents[0].units,
						    unsigned(record.blocks.size())));
		free_all(pair.memory(), record);
	}
	std::printf("# ended with: %u ok, %u extent, %u shape, %u table, %u short, %u long, "
		    "%u memory\n",
		    counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);
	for (unsigned int error = 0; error < 7; error++)
		tap_check(counts[error] > 5, "test: hardly any of one error");
}

void check_gathered(const Record &record, const Gathered &got, const uint32_t *crc)
{
	Bytes stream = record.stream;
	unsigned int same = 0, raw = 0, stored = 0;

	stream.resize((stream.size() + 15) / 16 * 16);
	for (const auto &block : record.blocks) {
		stored += block.length;
		same += block.kind == KIND_SAME;
		raw += block.kind == KIND_RAW;
	}
	if (got.stream != stream)
		fail("the stream is wrong: " + describe(record));
	if (got.shape != record.page.shape || got.bytes != record.stream.size() ||
	    got.stored != stored || got.same != same || got.raw != raw)
		fail("shape or sums are wrong: " + describe(record));
	if (crc && got.crc != *crc)
		fail("the CRC is wrong: " + describe(record));
}

/* Beats before those of the last block. */
uint64_t beats_before_last(const Record &record)
{
	uint64_t beats = 0;

	for (size_t n = 0; n + 1 < record.blocks.size(); n++)
		beats += beats_of(record.blocks[n].length);
	return beats;
}

void gathering(Tap &tap)
{
	Gatherer gatherer(tap.seed() + 88);
	rtl::Random random(tap.seed() + 89);

	for (unsigned int n = 0; n < 300; n++) {
		Record record = random_record(random, n % 2 ? unsigned(random.between(1, 16)) : 1);
		uint64_t before = gatherer.beats_in();

		gatherer.pace(n % 3 ? random_paces(random) : Paces{});
		gatherer.push(record);
		check_gathered(record,
			       gatherer.wait((record.stream.size() + 15) / 16,
					     before + beats_before_last(record)),
			       record.blocks.size() == 1 ? &record.page.crc : nullptr);
	}
	tap_check(gatherer.quiet(), "beats of no page");
}

void dropping(Tap &tap)
{
	Gatherer gatherer(tap.seed() + 90);
	rtl::Random random(tap.seed() + 91);

	for (unsigned int n = 0; n < 300; n++) {
		Record gone = random_record(random, unsigned(random.between(1, 5)));
		Record record = random_record(random, unsigned(random.between(1, 5)));

		gatherer.pace(n % 3 ? random_paces(random) : Paces{});
		gatherer.push(gone);
		/* It has begun, and is not over: that takes a cycle a beat at least. */
		size_t beats = (gone.stream.size() + 15) / 16;
		size_t steps = 3 + random.below(beats);

		if (random.one_in(4))
			gatherer.reset();
		else {
			gatherer.pace({{}, {}, {1, 2}});
			while (steps--)
				gatherer.step();
			gatherer.drop();
		}
		uint64_t before = gatherer.beats_in() + gatherer.waiting();

		gatherer.push(record);
		check_gathered(record,
			       gatherer.wait((record.stream.size() + 15) / 16,
					     before + beats_before_last(record)),
			       record.blocks.size() == 1 ? &record.page.crc : nullptr);
		tap_check(gatherer.quiet(), "beats of a page that was dropped");
	}
}

/* Blocks as a lane makes them. */
class Lane
{
	lz4_card *card_ = lz4_card_create(nullptr);

      public:
	~Lane()
	{
		lz4_card_destroy(card_);
	}

	PackedPage pack(const Bytes &page)
	{
		Bytes out(page_bytes);
		uint32_t length = 0;
		auto kind = uint8_t(lz4_card_encode(card_, page.data(), out.data(), &length));

		if (kind == KIND_RAW)
			out = page;
		out.resize(length);
		return packed(kind, out, crc32c(page.data(), page.size()));
	}
};

/* Real pages, grouped; CRCs of groups are joined. */
void real_pages(Tap &tap)
{
	Gatherer gatherer(tap.seed() + 92);
	Pair pair(tap.seed() + 93, 200);
	Lane lane;

	for (const auto &file : tap_page_files()) {
		size_t at = 0;

		for (unsigned int n = 0; at + 16 <= file.pages.size() && n < 24; n++) {
			size_t count = size_t(1) << pair.random.below(5);
			std::vector<PackedPage> blocks;
			Bytes plain;
			Record record = random_record(pair.random, 1);

			for (; blocks.size() < count; at++) {
				blocks.push_back(lane.pack(file.pages[at]));
				plain.insert(plain.end(), file.pages[at].begin(),
					     file.pages[at].end());
			}
			put_blocks(record, blocks);
			record.page.crc = crc32c(plain.data(), plain.size());
			uint64_t before = gatherer.beats_in();

			gatherer.push(record);
			check_gathered(record,
				       gatherer.wait((record.stream.size() + 15) / 16,
						     before + beats_before_last(record)),
				       &record.page.crc);
			if (pair.placed(record))
				pair.one(record);
			at += 3;
		}
	}
}

/* Cycles at full speed with the memory of dram_pkg's latency, one extent where it can be. */
void figures(Tap &tap)
{
	Gatherer gatherer(tap.seed());
	Pair pair(tap.seed(), 255);
	Memory fresh;
	Writer writer(fresh, tap.seed());
	Reader reader(fresh, tap.seed());

	struct Case {
		unsigned int count;
		size_t length;
	};

	for (auto [count, length] : std::vector<Case>{{1, 8},
						      {1, 1024},
						      {1, 2048},
						      {1, 3000},
						      {1, 4096},
						      {2, 2048},
						      {16, 2048},
						      {16, 4096}}) {
		std::vector<PackedPage> blocks;
		Record record = random_record(pair.random, 1);

		for (unsigned int n = 0; n < count; n++) {
			blocks.push_back(packed(length == 8      ? KIND_SAME
						: length == 4096 ? KIND_RAW
								 : KIND_LZ4,
						Bytes(length, 0x11), 1));
		}
		record.page.flags = 0;
		record.page.index = 5;
		put_blocks(record, blocks);
		record.page.crc = 1;
		place(fresh, record);
		uint64_t before = gatherer.beats_in();

		gatherer.push(record);
		Gathered gathered = gatherer.wait((record.stream.size() + 15) / 16,
						  before + beats_before_last(record));
		size_t done = writer.done();
		uint64_t lines = writer.port.lines_written, requests = writer.port.requests;

		writer.push(record);
		uint64_t cycles = writer.wait(done + 1);
		ReadResult read =
		    reader.read(record.extents[0].unit, record.extents[0].units, count);

		check_read(record, read);
		std::printf("# %2u block(s), %5zu bytes, %zu extent(s): gather tells after %llu "
			    "cycles, stream %llu ... %llu; write %llu cycles (%llu lines, %llu "
			    "requests); read: header %llu, beats %llu ... %llu\n",
			    count, record.stream.size(), record.extents.size(),
			    (unsigned long long)gathered.told, (unsigned long long)gathered.first,
			    (unsigned long long)gathered.last, (unsigned long long)cycles,
			    (unsigned long long)(writer.port.lines_written - lines),
			    (unsigned long long)(writer.port.requests - requests),
			    (unsigned long long)read.header, (unsigned long long)read.first_beat,
			    (unsigned long long)read.last_beat);
		tap_check(read.first_beat <= 45 + 8, "the first beat is late");
		free_all(fresh, record);
	}
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (unsigned int order = 0; order <= 4; order++) {
		tap.run("order " + std::to_string(order) + ", long runs",
			[&] { random_pages(tap, order, 250, order < 3 ? 120 : 40); });
		tap.run("order " + std::to_string(order) + ", short runs",
			[&] { random_pages(tap, order, 12, order < 3 ? 120 : 40); });
		tap.run("order " + std::to_string(order) + ", shortest runs",
			[&] { random_pages(tap, order, 3, order < 3 ? 40 : 10); });
	}
	tap.run("extents of every length", [&] { every_length(tap); });
	tap.run("pages in a row", [&] { pages_in_a_row(tap); });
	tap.run("extents too short", [&] { too_short(tap); });
	tap.run("resets", [&] { resets(tap); });
	tap.run("damaged records", [&] { damaged(tap); });
	tap.run("extents to be freed", [&] { freeing(tap); });
	tap.run("damaged chains to be freed", [&] { freeing_damaged(tap); });
	tap.run("gathered pages", [&] { gathering(tap); });
	tap.run("gathered pages, dropped and reset", [&] { dropping(tap); });
	tap.run("pages of memory", [&] { real_pages(tap); });
	tap.run("figures", [&] { figures(tap); });
	return tap.done();
}
