/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in RTL against the model's record.c: what is written is the model's memory byte
 * for byte, what the model wrote is read; chains, damage, stalls, resets.
 */
#include <functional>

#include "record_rig.hpp"

#include "record_read/Vrecord_read.h"
#include "record_write/Vrecord_write.h"

namespace
{

using rtl::Pace;

struct Paces {
	DramPace dram;
	Pace in, out;
};

Paces random_paces(rtl::Random &random)
{
	auto pace = [&] {
		return random.one_in(3)
			   ? Pace{}
			   : Pace{unsigned(random.between(1, 20)), unsigned(random.between(1, 20))};
	};
	Paces paces;

	paces.dram.latency = unsigned(random.between(1, 80));
	paces.dram.jitter = random.one_in(2) ? 0 : 30;
	paces.dram.req = pace();
	paces.dram.wdata = pace();
	paces.dram.rdata = pace();
	paces.in = pace();
	paces.out = pace();
	return paces;
}

[[noreturn]] void fail(const std::string &what)
{
	throw rtl::Broken(what);
}

std::string describe(const Record &record)
{
	std::string text = std::to_string(record.blocks.size()) + " blocks, " +
			   std::to_string(record.stream.size()) + " bytes, flags " +
			   std::to_string(record.page.flags) + ", extents";

	for (const auto &extent : record.extents)
		text += " " + std::to_string(extent.unit) + "+" + std::to_string(extent.units);
	return text;
}

/* The writer with its memory. */
class Writer
{
	rtl::Clocked<Vrecord_write> dut_;
	rtl::Source<VlWide<8>> cmd_;
	rtl::Source<QData> extent_;
	rtl::Source<VlWide<4>> stream_;
	rtl::Sink<CData> done_;

      public:
	DramPort port;

	Writer(Memory &memory, uint64_t seed)
	    : dut_(seed), cmd_(&dut_->cmd_valid_i, &dut_->cmd_ready_o, &dut_->cmd_i, seed + 1),
	      extent_(&dut_->extent_valid_i, &dut_->extent_ready_o, &dut_->extent_i, seed + 2),
	      stream_(&dut_->stream_valid_i, &dut_->stream_ready_o, &dut_->stream_i, seed + 3),
	      done_(&dut_->done_valid_o, &dut_->done_ready_i, &dut_->done_error_o, seed + 4),
	      port(memory, &dut_->req_valid_o, &dut_->req_ready_i, &dut_->req_o, seed + 5)
	{
		port.writes(&dut_->wdata_valid_o, &dut_->wdata_ready_i, &dut_->wdata_o);
		dut_->base_i = rig_base;
		reset();
	}

	void reset()
	{
		cmd_.reset();
		extent_.reset();
		stream_.reset();
		done_.reset();
		port.reset();
		dut_.reset();
		run(2);
	}

	void pace(const Paces &paces)
	{
		port.pace(paces.dram);
		cmd_.pace(paces.in);
		extent_.pace(paces.in);
		stream_.pace(paces.in);
		done_.pace(paces.out);
	}

	void step()
	{
		rig_cycle(dut_, cmd_, extent_, stream_, done_, port);
	}

	void run(unsigned int cycles)
	{
		while (cycles--)
			step();
	}

	void push(const Record &record)
	{
		VlWide<8> cmd{};
		const record_page &page = record.page;

		rtl::set_bits(cmd, 0, 31, page.object);
		rtl::set_bits(cmd, 31, 64, page.index);
		rtl::set_bits(cmd, 95, 32, page.crc);
		rtl::set_bits(cmd, 127, 14, page.shape);
		rtl::set_bits(cmd, 141, 1, page.flags & RECORD_FIFO ? 1 : 0);
		rtl::set_bits(cmd, 142, 32, record.previous);
		rtl::set_bits(cmd, 174, 64, record.age);
		rtl::set_bits(cmd, 238, 17, record.stream.size());
		cmd_.push(cmd);
		for (size_t n = 0; n < record.extents.size(); n++)
			extent_.push(uint64_t(n + 1 == record.extents.size()) << 40 |
				     uint64_t(record.extents[n].units) << 32 |
				     record.extents[n].unit);
		for (size_t at = 0; at < record.stream.size(); at += 16) {
			VlWide<4> beat{};

			std::memcpy(&beat, record.stream.data() + at,
				    std::min<size_t>(16, record.stream.size() - at));
			stream_.push(beat);
		}
	}

	size_t done() const
	{
		return const_cast<Writer *>(this)->done_.taken().size();
	}

	bool last_error()
	{
		return done_.taken().back().beat & 1;
	}

	/* Until so many pages are done in all and the memory has got all lines; cycles. */
	uint64_t wait(size_t pages)
	{
		uint64_t start = dut_.now(), when = 0;

		while (done() < pages || !port.idle()) {
			step();
			if (dut_.now() - start > 200000)
				fail("a write that never ends");
		}
		when = done_.taken().back().when;
		return when - start;
	}

	bool quiet()
	{
		return cmd_.waiting() + extent_.waiting() + stream_.waiting() == 0;
	}
};

/* What a read gives. */
enum ReadError { READ_OK, READ_EXTENT, READ_SHAPE, READ_TABLE, READ_SHORT, READ_LONG, READ_MEMORY };

struct ReadResult {
	bool header_error = false;
	record_page page{};
	std::vector<PackedPage> blocks; /* crc as told */
	unsigned int error = 0, blocks_told = 0, stored = 0, same = 0, raw = 0;
	uint64_t first_beat = 0, last_beat = 0, header = 0, done = 0; /* cycles from the command */
};

class Reader
{
	rtl::Clocked<Vrecord_read> dut_;
	rtl::Source<QData> cmd_;
	rtl::Sink<VlWide<5>> header_;
	rtl::Sink<VlWide<6>> packed_;
	rtl::Sink<QData> done_;

      public:
	DramPort port;

	Reader(Memory &memory, uint64_t seed)
	    : dut_(seed), cmd_(&dut_->cmd_valid_i, &dut_->cmd_ready_o, &dut_->cmd_i, seed + 1),
	      header_(&dut_->header_valid_o, &dut_->header_ready_i, &dut_->header_o, seed + 2),
	      packed_(&dut_->packed_valid_o, &dut_->packed_ready_i, &dut_->packed_o, seed + 3),
	      done_(&dut_->done_valid_o, &dut_->done_ready_i, &dut_->done_o, seed + 4),
	      port(memory, &dut_->req_valid_o, &dut_->req_ready_i, &dut_->req_o, seed + 5)
	{
		port.reads(&dut_->rdata_valid_i, &dut_->rdata_i);
		dut_->base_i = rig_base;
		dut_->units_i = rig_units;
		reset();
	}

	void reset()
	{
		cmd_.reset();
		header_.reset();
		packed_.reset();
		done_.reset();
		port.reset();
		dut_.reset();
		run(2);
	}

	void pace(const Paces &paces)
	{
		port.pace(paces.dram);
		cmd_.pace(paces.in);
		header_.pace(paces.out);
		packed_.pace(paces.out);
		done_.pace(paces.out);
	}

	void step()
	{
		rig_cycle(dut_, cmd_, header_, packed_, done_, port);
	}

	void run(unsigned int cycles)
	{
		while (cycles--)
			step();
	}

	void start(uint32_t unit, uint32_t units, unsigned int blocks, unsigned int tag)
	{
		cmd_.push(uint64_t(tag) << 45 | uint64_t(blocks) << 40 | uint64_t(units) << 32 |
			  unit);
	}

	/* Beats to blocks; their form is checked. */
	std::vector<PackedPage> blocks()
	{
		std::vector<PackedPage> list;
		bool inside = false;

		for (const auto &taken : packed_.taken()) {
			const auto &beat = taken.beat;
			const auto *bytes = reinterpret_cast<const uint8_t *>(&beat);
			unsigned int length = unsigned(rtl::get_bits(beat, 137, 13));
			uint8_t kind = uint8_t(rtl::get_bits(beat, 129, 8));
			uint32_t crc = uint32_t(rtl::get_bits(beat, 150, 32));

			if (!inside)
				list.push_back(packed(kind, {}, crc));
			PackedPage &block = list.back();

			if (!inside)
				block.length = length;
			if (block.length != length || block.kind != kind || block.crc != crc)
				fail("beats of a block do not agree");
			for (unsigned int n = 0; n < 16; n++)
				if (block.data.size() < length)
					block.data.push_back(bytes[n]);
				else if (bytes[n])
					fail("bytes behind a block");
			inside = block.data.size() < length;
			if (rtl::get_bits(beat, 128, 1) == inside)
				fail("\"last\" is wrong");
		}
		if (inside)
			fail("a block without an end");
		return list;
	}

	ReadResult read(uint32_t unit, uint32_t units, unsigned int blocks_wanted)
	{
		ReadResult result;
		uint64_t start_at = dut_.now() + 1;
		unsigned int tag = unsigned(start_at & 255);

		start(unit, units, blocks_wanted, tag);
		while (done_.taken().empty() || header_.taken().empty() || packed_beats_missing()) {
			step();
			/* 746 extents, each waited for, and 4100 beats; by any pace. */
			if (dut_.now() - start_at > 1500000)
				fail("a read that never ends");
		}
		run(3);
		if (done_.taken().size() != 1 || header_.taken().size() != 1)
			fail("not exactly one header and one end");
		const auto &header = header_.taken().front().beat;
		const auto done = done_.taken().front().beat;

		result.page.object = uint32_t(rtl::get_bits(header, 0, 31));
		result.page.index = rtl::get_bits(header, 31, 64);
		result.page.crc = uint32_t(rtl::get_bits(header, 95, 32));
		result.page.shape = uint16_t(rtl::get_bits(header, 127, 14));
		result.page.flags = rtl::get_bits(header, 141, 1) ? RECORD_FIFO : 0;
		result.header_error = rtl::get_bits(header, 150, 1);
		if (rtl::get_bits(header, 142, 8) != tag || (done & 255) != tag)
			fail("the tag is wrong");
		result.error = done >> 8 & 7;
		result.blocks_told = done >> 11 & 31;
		result.stored = done >> 16 & 0x1ffff;
		result.same = done >> 33 & 31;
		result.raw = done >> 38 & 31;
		result.header = header_.taken().front().when - start_at;
		result.done = done_.taken().front().when - start_at;
		if (!packed_.taken().empty()) {
			result.first_beat = packed_.taken().front().when - start_at;
			result.last_beat = packed_.taken().back().when - start_at;
		}
		result.blocks = blocks();
		header_.taken().clear();
		packed_.taken().clear();
		done_.taken().clear();
		if (!port.idle())
			fail("the end is told while lines are still to come");
		return result;
	}

	/* done says how many blocks were given; some beats may be waiting. */
	bool packed_beats_missing()
	{
		unsigned int ends = 0;

		for (const auto &taken : packed_.taken())
			ends += unsigned(rtl::get_bits(taken.beat, 128, 1));
		return ends < (done_.taken().front().beat >> 11 & 31);
	}
};

void check_read(const Record &record, const ReadResult &result)
{
	unsigned int same = 0, raw = 0, stored = 0;
	bool one = record.blocks.size() == 1;

	if (result.error || result.header_error)
		fail("error " + std::to_string(result.error) +
		     " of a good record: " + describe(record));
	if (result.page.object != record.page.object || result.page.index != record.page.index ||
	    result.page.crc != record.page.crc || result.page.shape != record.page.shape ||
	    result.page.flags != (record.page.flags & RECORD_FIFO))
		fail("the header is wrong: " + describe(record));
	if (result.blocks.size() != record.blocks.size())
		fail("not as many blocks: " + describe(record));
	for (size_t n = 0; n < result.blocks.size(); n++) {
		const PackedPage &got = result.blocks[n], &want = record.blocks[n];

		if (got.kind != want.kind || got.data != want.data ||
		    got.crc != (one ? record.page.crc : 0))
			fail("block " + std::to_string(n) + " is wrong: " + describe(record));
		stored += want.length;
		same += want.kind == KIND_SAME;
		raw += want.kind == KIND_RAW;
	}
	if (result.stored != stored || result.same != same || result.raw != raw ||
	    result.blocks_told != result.blocks.size())
		fail("the sums are wrong: " + describe(record));
}

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

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (unsigned int order = 0; order <= 4; order++) {
		tap.run("order " + std::to_string(order) + ", long runs",
			[&] { random_pages(tap, order, 250, order < 3 ? 120 : 40); });
		tap.run("order " + std::to_string(order) + ", short runs",
			[&] { random_pages(tap, order, 12, order < 3 ? 120 : 40); });
	}
	return tap.done();
}
