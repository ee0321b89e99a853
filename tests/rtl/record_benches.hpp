/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verilated blocks of rtl/record, each with its streams and its port to memory.
 */
#ifndef RECORD_BENCHES_HPP
#define RECORD_BENCHES_HPP

#include "record_rig.hpp"

#include "record_free/Vrecord_free.h"
#include "record_gather/Vrecord_gather.h"
#include "record_read/Vrecord_read.h"
#include "record_write/Vrecord_write.h"

using rtl::Pace;

struct Paces {
	DramPace dram;
	Pace in, out;
};

inline Paces random_paces(rtl::Random &random)
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

[[noreturn]] inline void fail(const std::string &what)
{
	throw rtl::Broken(what);
}

inline std::string describe(const Record &record)
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
		dut_->cmd_flat_i = 0;
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
		if (rtl::get_bits(header, 150, 1))
			result.page.flags |= RECORD_CHAINED;
		result.header_error = rtl::get_bits(header, 151, 1);
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

inline void check_read(const Record &record, const ReadResult &result)
{
	unsigned int same = 0, raw = 0, stored = 0;
	bool one = record.blocks.size() == 1;
	unsigned int flags = (record.page.flags & RECORD_FIFO) |
			     (record.extents.size() > 1 ? RECORD_CHAINED : 0);

	if (result.error || result.header_error)
		fail("error " + std::to_string(result.error) +
		     " of a good record: " + describe(record));
	if (result.page.object != record.page.object || result.page.index != record.page.index ||
	    result.page.crc != record.page.crc || result.page.shape != record.page.shape ||
	    result.page.flags != flags)
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

/* An extent as record_free tells it. */
struct Freed {
	uint32_t unit, units;
	bool last, error;
};

class Freer
{
	rtl::Clocked<Vrecord_free> dut_;
	rtl::Sink<QData> extent_;

      public:
	DramPort port;

	Freer(Memory &memory, uint64_t seed)
	    : dut_(seed),
	      extent_(&dut_->extent_valid_o, &dut_->extent_ready_i, &dut_->extent_o, seed + 1),
	      port(memory, &dut_->req_valid_o, &dut_->req_ready_i, &dut_->req_o, seed + 2)
	{
		port.reads(&dut_->rdata_valid_i, &dut_->rdata_i);
		dut_->base_i = rig_base;
		dut_->units_i = rig_units;
		dut_->cmd_valid_i = 0;
		dut_.reset();
	}

	void pace(const Paces &paces)
	{
		port.pace(paces.dram);
		extent_.pace(paces.out);
	}

	/* taken is called for each extent in the cycle in which it is taken. */
	template <class Taken> std::vector<Freed> free(uint32_t unit, uint32_t units, Taken taken)
	{
		std::vector<Freed> list;
		uint64_t start = dut_.now();

		dut_->cmd_valid_i = 1;
		dut_->cmd_unit_i = unit;
		dut_->cmd_units_i = uint8_t(units);
		while (list.empty() || !list.back().last) {
			rig_cycle(dut_, extent_, port);
			dut_->cmd_valid_i = 0;
			for (; !extent_.taken().empty(); extent_.taken().pop_front()) {
				QData beat = extent_.taken().front().beat;

				list.push_back({uint32_t(beat), uint32_t(beat >> 32 & 255),
						bool(beat >> 40 & 1), bool(beat >> 41 & 1)});
				taken(list.back());
			}
			if (dut_.now() - start > 300000)
				fail("extents without an end");
		}
		for (unsigned int n = 0; n < 4; n++)
			rig_cycle(dut_, extent_, port);
		if (!extent_.taken().empty() || !port.idle())
			fail("something behind the last extent");
		cycles = dut_.now() - start;
		return list;
	}

	uint64_t cycles = 0;
};

/* What record_gather tells. */
struct Gathered {
	uint32_t crc;
	unsigned int shape, bytes, stored, same, raw;
	uint64_t told;        /* cycles from the first beat of the last block */
	uint64_t first, last; /* of the stream, from the same */
	Bytes stream;
};

class Gatherer
{
	rtl::Clocked<Vrecord_gather> dut_;
	std::deque<unsigned int> pages_;
	rtl::Source<VlWide<6>> in_;
	rtl::Sink<VlWide<3>> info_;
	rtl::Sink<VlWide<4>> stream_;

      public:
	explicit Gatherer(uint64_t seed)
	    : dut_(seed), in_(&dut_->in_valid_i, &dut_->in_ready_o, &dut_->in_i, seed + 2),
	      info_(&dut_->info_valid_o, &dut_->info_ready_i, &dut_->info_o, seed + 3),
	      stream_(&dut_->stream_valid_o, &dut_->stream_ready_i, &dut_->stream_o, seed + 4)
	{
		dut_->drop_i = 0;
		reset();
	}

	void reset()
	{
		pages_.clear();
		dut_->page_valid_i = 0;
		in_.reset();
		info_.reset();
		stream_.reset();
		dut_.reset();
		step();
	}

	void pace(const Paces &paces)
	{
		in_.pace(paces.in);
		info_.pace(paces.out);
		stream_.pace(paces.out);
	}

	void step()
	{
		if (!pages_.empty()) {
			dut_->page_valid_i = 1;
			dut_->page_blocks_i = CData(pages_.front());
		}
		bool taken = dut_->page_valid_i && dut_->page_ready_o;

		rtl::cycle(dut_, in_, info_, stream_);
		if (taken) {
			pages_.pop_front();
			dut_->page_valid_i = 0;
		}
	}

	void push(const Record &record)
	{
		pages_.push_back(unsigned(record.blocks.size()));
		for (const auto &block : record.blocks) {
			VlWide<6> beat{};

			rtl::set_bits(beat, 129, 8, block.kind);
			rtl::set_bits(beat, 137, 13, block.length);
			rtl::set_bits(beat, 150, 32, block.crc);
			for (size_t at = 0; at < block.length; at += 16) {
				size_t part = std::min<size_t>(16, block.length - at);

				std::memset(static_cast<void *>(&beat), 0, 16);
				std::memcpy(static_cast<void *>(&beat), block.data.data() + at,
					    part);
				rtl::set_bits(beat, 128, 1, at + 16 >= block.length);
				in_.push(beat);
			}
		}
	}

	/* The page in front of those pushed. */
	Gathered wait(size_t beats, uint64_t last_block_beat)
	{
		Gathered result{};
		uint64_t start = dut_.now(), last_block = 0;

		while (info_.taken().empty() || stream_.taken().size() < beats) {
			if (!last_block && in_.count() > last_block_beat)
				last_block = dut_.now();
			step();
			if (dut_.now() - start > 200000)
				fail("a stream without an end");
		}
		const auto &info = info_.taken().front().beat;

		result.crc = uint32_t(rtl::get_bits(info, 0, 32));
		result.shape = unsigned(rtl::get_bits(info, 32, 14));
		result.bytes = unsigned(rtl::get_bits(info, 46, 17));
		result.stored = unsigned(rtl::get_bits(info, 63, 17));
		result.same = unsigned(rtl::get_bits(info, 80, 5));
		result.raw = unsigned(rtl::get_bits(info, 85, 5));
		result.told = info_.taken().front().when - last_block;
		result.first = stream_.taken().front().when - last_block;
		for (size_t n = 0; n < beats; n++) {
			const auto *bytes =
			    reinterpret_cast<const uint8_t *>(&stream_.taken().front().beat);

			result.stream.insert(result.stream.end(), bytes, bytes + 16);
			result.last = stream_.taken().front().when - last_block;
			stream_.taken().pop_front();
		}
		info_.taken().pop_front();
		return result;
	}

	uint64_t beats_in() const
	{
		return in_.count();
	}

	size_t waiting() const
	{
		return in_.waiting();
	}

	/* Throws away the page that is under way, if one is; what of it was told is forgotten. */
	void drop()
	{
		info_.taken().clear();
		stream_.taken().clear();
		dut_->drop_i = 1;
		step();
		dut_->drop_i = 0;
		info_.reset();
		stream_.reset();
		step();
	}

	bool quiet()
	{
		return info_.taken().empty() && stream_.taken().empty();
	}
};

#endif /* RECORD_BENCHES_HPP */
