/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of memory through all of it: compressor, gather, write, card memory, read,
 * decompressor; while one page is written and read, the next one comes in.
 */
#include "record_loop/Vrecord_loop.h"
#include "record_rig.hpp"

namespace
{

/* A page on its way. */
struct Page {
	std::vector<Bytes> blocks;
	Record record;
	uint64_t in = 0, told = 0, written = 0, out = 0; /* cycles */
};

class Loop
{
	Memory memory_;
	rtl::Clocked<Vrecord_loop> dut_;
	rtl::Source<QData> in_;
	rtl::Sink<VlWide<3>> info_;
	rtl::Source<VlWide<8>> cmd_;
	rtl::Source<QData> extent_;
	rtl::Sink<CData> written_;
	rtl::Source<QData> read_;
	rtl::Sink<VlWide<5>> header_;
	rtl::Sink<QData> done_;
	rtl::Sink<VlWide<10>> out_;
	DramPort write_port_, read_port_;
	rtl::Random random_;
	std::deque<Page> entering_, placed_, reading_;
	std::deque<unsigned int> counts_;
	Bytes plain_;
	size_t blocks_out_ = 0;
	uint64_t moved_ = 0;

	[[noreturn]] void fail(const std::string &what)
	{
		throw rtl::Broken("page " + std::to_string(pages) + ": " + what);
	}

	/* The record gets its place as soon as its size is known. */
	void told()
	{
		const auto &info = info_.taken().front().beat;
		Page page = std::move(entering_.front());
		Record &record = page.record;
		Bytes plain;
		VlWide<8> cmd{};

		for (const auto &block : page.blocks)
			plain.insert(plain.end(), block.begin(), block.end());
		record.page.crc = uint32_t(rtl::get_bits(info, 0, 32));
		record.page.shape = uint16_t(rtl::get_bits(info, 32, 14));
		record.stream.resize(rtl::get_bits(info, 46, 17));
		if (record.page.crc != crc32c(plain.data(), plain.size()))
			fail("gather tells a wrong CRC");
		if (!place(memory_, record))
			fail("test: no room");
		record.page.object = uint32_t(random_()) >> 1;
		record.page.index = random_() >> 16;
		rtl::set_bits(cmd, 0, 31, record.page.object);
		rtl::set_bits(cmd, 31, 64, record.page.index);
		rtl::set_bits(cmd, 95, 32, record.page.crc);
		rtl::set_bits(cmd, 127, 14, record.page.shape);
		rtl::set_bits(cmd, 238, 17, record.stream.size());
		cmd_.push(cmd);
		for (size_t n = 0; n < record.extents.size(); n++)
			extent_.push(uint64_t(n + 1 == record.extents.size()) << 40 |
				     uint64_t(record.extents[n].units) << 32 |
				     record.extents[n].unit);
		page.told = dut_.now();
		info_.taken().pop_front();
		entering_.pop_front();
		placed_.push_back(std::move(page));
	}

	void written()
	{
		Page page = std::move(placed_.front());
		const auto &extent = page.record.extents[0];

		if (written_.taken().front().beat)
			fail("the extents are too short");
		page.written = dut_.now();
		read_.push(uint64_t(page.blocks.size()) << 40 | uint64_t(extent.units) << 32 |
			   extent.unit);
		written_.taken().pop_front();
		placed_.pop_front();
		reading_.push_back(std::move(page));
	}

	void plain_beat()
	{
		const auto &beat = out_.taken().front().beat;
		const auto *part = reinterpret_cast<const uint8_t *>(&beat);

		plain_.insert(plain_.end(), part, part + 32);
		if (rtl::get_bits(beat, 256, 1)) {
			const Page &page = reading_.front();
			unsigned int error = unsigned(rtl::get_bits(beat, 257, 3));
			const Bytes &block = page.blocks.at(blocks_out_++);

			/* Of single blocks of several the record has no CRC. */
			if (error != DECODE_OK && !(error == DECODE_CRC && page.blocks.size() > 1))
				fail(std::string("the decompressor says ") + error_name(error));
			if (plain_ != block)
				fail("a block came back as another");
			if (rtl::get_bits(beat, 260, 32) != crc32c(block.data(), block.size()))
				fail("the decompressor tells a wrong CRC");
			plain_.clear();
		}
		moved_ = dut_.now();
		out_.taken().pop_front();
	}

	void finished()
	{
		Page &page = reading_.front();
		const auto &header = header_.taken().front().beat;

		if (done_.taken().front().beat >> 8 & 7 || rtl::get_bits(header, 151, 1))
			fail("an error of a good record");
		if (rtl::get_bits(header, 0, 31) != page.record.page.object ||
		    rtl::get_bits(header, 31, 64) != page.record.page.index ||
		    rtl::get_bits(header, 95, 32) != page.record.page.crc)
			fail("the header is wrong");
		for (const auto &extent : page.record.extents)
			store_free(memory_.units(), extent);
		page.out = dut_.now();
		last = page;
		bytes += page.record.stream.size();
		pages++;
		blocks += page.blocks.size();
		header_.taken().pop_front();
		done_.taken().pop_front();
		reading_.pop_front();
		blocks_out_ = 0;
	}

      public:
	uint64_t pages = 0, blocks = 0, bytes = 0;
	Page last;

	Loop(uint64_t seed, unsigned int longest)
	    : dut_(seed), in_(&dut_->in_valid_i, &dut_->in_ready_o, &dut_->in_data_i, seed + 1),
	      info_(&dut_->info_valid_o, &dut_->info_ready_i, &dut_->info_o, seed + 2),
	      cmd_(&dut_->cmd_valid_i, &dut_->cmd_ready_o, &dut_->cmd_i, seed + 3),
	      extent_(&dut_->extent_valid_i, &dut_->extent_ready_o, &dut_->extent_i, seed + 4),
	      written_(&dut_->written_valid_o, &dut_->written_ready_i, &dut_->written_error_o,
		       seed + 5),
	      read_(&dut_->read_valid_i, &dut_->read_ready_o, &dut_->read_i, seed + 6),
	      header_(&dut_->header_valid_o, &dut_->header_ready_i, &dut_->header_o, seed + 7),
	      done_(&dut_->done_valid_o, &dut_->done_ready_i, &dut_->done_o, seed + 8),
	      out_(&dut_->out_valid_o, &dut_->out_ready_i, &dut_->out_o, seed + 9),
	      write_port_(memory_, &dut_->wreq_valid_o, &dut_->wreq_ready_i, &dut_->wreq_o,
			  seed + 10),
	      read_port_(memory_, &dut_->rreq_valid_o, &dut_->rreq_ready_i, &dut_->rreq_o,
			 seed + 11),
	      random_(seed)
	{
		write_port_.writes(&dut_->wdata_valid_o, &dut_->wdata_ready_i, &dut_->wdata_o);
		read_port_.reads(&dut_->rdata_valid_i, &dut_->rdata_i);
		read_port_.follow(write_port_);
		dut_->base_i = rig_base;
		dut_->units_i = rig_units;
		dut_->page_valid_i = 0;
		memory_.fragment(random_, longest);
		dut_.reset();
	}

	void pace(bool slow)
	{
		rtl::Pace pace = slow ? rtl::Pace{20, 10} : rtl::Pace{};
		DramPace dram;

		if (slow)
			dram = {60, 30, pace, pace, pace};
		in_.pace(pace);
		out_.pace(pace);
		write_port_.pace(dram);
		read_port_.pace(dram);
	}

	void push(std::vector<Bytes> page)
	{
		for (const auto &block : page)
			for (size_t at = 0; at < page_bytes; at += 8) {
				QData word;

				std::memcpy(&word, block.data() + at, 8);
				in_.push(word);
			}
		counts_.push_back(unsigned(page.size()));
		if (idle())
			moved_ = dut_.now();
		entering_.emplace_back();
		entering_.back().blocks = std::move(page);
		entering_.back().in = dut_.now();
	}

	bool idle() const
	{
		return entering_.empty() && placed_.empty() && reading_.empty();
	}

	size_t inside() const
	{
		return entering_.size() + placed_.size() + reading_.size();
	}

	void step()
	{
		if (!counts_.empty()) {
			dut_->page_valid_i = 1;
			dut_->page_blocks_i = CData(counts_.front());
		}
		bool page_taken = dut_->page_valid_i && dut_->page_ready_o;

		rig_cycle(dut_, in_, info_, cmd_, extent_, written_, read_, header_, done_, out_,
			  write_port_, read_port_);
		if (page_taken) {
			counts_.pop_front();
			dut_->page_valid_i = 0;
		}
		if (!info_.taken().empty())
			told();
		if (!written_.taken().empty())
			written();
		if (!out_.taken().empty())
			plain_beat();
		if (!done_.taken().empty() && !header_.taken().empty() &&
		    blocks_out_ == reading_.front().blocks.size())
			finished();
		if (!idle() && dut_.now() - moved_ > 60000)
			fail("nothing came out for a long time");
	}

	void run(size_t most)
	{
		while (inside() > most)
			step();
	}

	uint64_t now() const
	{
		return dut_.now();
	}
};

/* Groups of pages, all of the files' every so many. */
void pages_of_memory(Tap &tap, bool slow, unsigned int longest)
{
	Loop loop(tap.seed() + slow, longest);
	rtl::Random random(tap.seed() + 5);

	loop.pace(slow);
	for (const auto &file : tap_page_files()) {
		for (unsigned int n = 0; n < 12; n++) {
			size_t count = size_t(1) << random.below(5);
			std::vector<Bytes> page;

			if (file.pages.size() < 16)
				break;
			size_t at = random.below(file.pages.size() - 15);

			for (size_t i = 0; i < count; i++)
				page.push_back(file.pages[at + i]);
			loop.push(page);
			loop.run(2);
		}
	}
	loop.run(0);
	std::printf("# %llu pages of %llu blocks, %llu bytes of streams, %.0f cycles a block\n",
		    (unsigned long long)loop.pages, (unsigned long long)loop.blocks,
		    (unsigned long long)loop.bytes, double(loop.now()) / double(loop.blocks));
}

/* Blocks one behind the other at full speed: the compressor sets the pace. */
void single_blocks(Tap &tap)
{
	Loop loop(tap.seed() + 9, 250);
	uint64_t start = loop.now();
	std::string text;

	loop.pace(false);
	for (const auto &file : tap_page_files())
		for (size_t n = 0; n < std::min<size_t>(file.pages.size(), 40); n++) {
			loop.push({file.pages[n]});
			loop.run(6);
		}
	loop.run(0);
	std::printf("# %llu single blocks, %.0f cycles each\n", (unsigned long long)loop.pages,
		    double(loop.now() - start) / double(loop.pages));

	Bytes page = tap_page_files()[0].pages[7];

	loop.push({page});
	loop.run(0);
	std::printf("# one alone, of %zu bytes: told %llu cycles after its first word, written "
		    "after %llu more, back after %llu more\n",
		    loop.last.record.stream.size(),
		    (unsigned long long)(loop.last.told - loop.last.in),
		    (unsigned long long)(loop.last.written - loop.last.told),
		    (unsigned long long)(loop.last.out - loop.last.written));
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("single blocks at full speed", [&] { single_blocks(tap); });
	tap.run("pages of memory", [&] { pages_of_memory(tap, false, 250); });
	tap.run("pages of memory, stalls, short runs", [&] { pages_of_memory(tap, true, 12); });
	return tap.done();
}
