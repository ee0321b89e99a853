/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of records share: card memory with the model's store on it, ports to it
 * that check dram_pkg's rules, made pages, and what a read of a record has to give.
 */
#ifndef RECORD_RIG_HPP
#define RECORD_RIG_HPP

#include <set>

#include "packed_page.hpp"
#include "stream.hpp"

/* C has structures and functions of the same name. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "record.h"
}
#pragma GCC diagnostic pop

/* Card memory: units from line base on; before and behind them nothing may be touched. */
constexpr uint32_t rig_units = 12000;
constexpr uint32_t rig_base = 0x1234;

class Memory
{
	Bytes bytes_ = Bytes(size_t(rig_units) * STORE_UNIT);
	Bytes map_ = Bytes(store_map_bytes(rig_units));
	store store_{};

      public:
	std::set<uint32_t> lost; /* lines that cannot be corrected */

	Memory()
	{
		store_init(&store_, bytes_.data(), map_.data(), rig_units);
	}

	Memory(const Memory &) = delete;
	Memory &operator=(const Memory &) = delete;

	struct store *units()
	{
		return &store_;
	}

	Bytes &bytes()
	{
		return bytes_;
	}

	uint8_t *line(uint64_t line)
	{
		if (line < rig_base || line - rig_base >= rig_units / 2)
			throw rtl::Broken("line " + std::to_string(line) + " is outside the store");
		return bytes_.data() + (line - rig_base) * 64;
	}

	/* Free runs of many lengths, few of them long. */
	void fragment(rtl::Random &random, unsigned int most_units)
	{
		std::vector<store_extent> held;
		store_extent extent;

		for (;;) {
			size_t bytes = random.between(1, most_units) * STORE_UNIT;

			if (store_alloc(&store_, bytes, &extent, 1) != 1)
				break;
			held.push_back(extent);
		}
		/* Of the shortest, neighbours stay used. */
		for (size_t n = 0; n < held.size(); n++)
			if (most_units <= STORE_MIN_RUN ? n % 2 == 0 : random.below(5) < 3)
				store_free(&store_, held[n]);
	}
};

struct Record {
	record_page page{};
	uint32_t previous = 0;
	uint64_t age = 0;
	Bytes stream;
	std::vector<PackedPage> blocks;
	std::vector<store_extent> extents;
};

/* A block of random bytes; content means nothing to records. */
inline PackedPage random_block(rtl::Random &random)
{
	unsigned int what = unsigned(random.below(8));
	size_t length = what == 0   ? 8
			: what == 1 ? 4096
			: what == 2 ? random.between(1, 40)
				    : random.between(1, 4096);
	Bytes data(length);

	for (auto &byte : data)
		byte = uint8_t(random());
	return packed(what == 0   ? KIND_SAME
		      : what == 1 ? KIND_RAW
				  : KIND_LZ4,
		      data, uint32_t(random()));
}

/* Stream and shape as vault_page.c makes them of the blocks. */
inline void put_blocks(Record &record, std::vector<PackedPage> blocks)
{
	record.stream.clear();
	record.page.shape = RECORD_SHAPE(blocks[0].kind, blocks[0].length);
	if (blocks.size() > 1) {
		record.page.shape = RECORD_SHAPE(PAMC_CODEC_RAW, unsigned(blocks.size()));
		for (const auto &block : blocks) {
			uint16_t shape = RECORD_SHAPE(block.kind, block.length);

			record.stream.push_back(uint8_t(shape));
			record.stream.push_back(uint8_t(shape >> 8));
		}
	}
	for (const auto &block : blocks)
		record.stream.insert(record.stream.end(), block.data.begin(), block.data.end());
	record.blocks = std::move(blocks);
}

inline Record random_record(rtl::Random &random, unsigned int blocks)
{
	Record record;
	std::vector<PackedPage> list;

	while (list.size() < blocks)
		list.push_back(random_block(random));
	put_blocks(record, list);
	record.page.object = uint32_t(random()) >> 1;
	record.page.index = random() >> (random.one_in(2) ? 16 : 0);
	record.page.crc = blocks == 1 ? list[0].crc : uint32_t(random());
	record.page.flags = random.one_in(2) ? RECORD_FIFO : 0;
	record.previous = uint32_t(random());
	record.age = random();
	return record;
}

/* False: no room. */
inline bool place(Memory &memory, Record &record)
{
	std::vector<store_extent> extents(800);
	unsigned int count =
	    store_alloc(memory.units(), record_bytes(&record.page, record.stream.size()),
			extents.data(), unsigned(extents.size()));

	extents.resize(count);
	record.extents = extents;
	return count != 0;
}

/* The record as the model writes it. */
inline void write_by_model(Memory &memory, const Record &record)
{
	record_write(memory.units(), record.extents.data(), unsigned(record.extents.size()),
		     &record.page, record.stream.data(), record.stream.size());
	if (record.page.flags & RECORD_FIFO)
		*record_node(memory.units(), record.extents[0].unit) = {record.previous,
									STORE_NOWHERE, record.age};
}

inline void free_all(Memory &memory, const Record &record)
{
	for (const auto &extent : record.extents)
		store_free(memory.units(), extent);
}

/* How a port behaves. */
struct DramPace {
	unsigned int latency = 45; /* from a request's cycle to its first line's */
	unsigned int jitter = 0;
	rtl::Pace req, wdata, rdata;
};

/* A port of dram_pkg at the memory's side. Reads see writes accepted before them. */
class DramPort
{
	struct Read {
		uint64_t line, due;
		bool last;
		uint64_t behind; /* writes that must be done before */
	};
	struct Write {
		uint64_t line;
		unsigned int lines;
	};

	Memory &memory_;
	const CData *req_valid_;
	CData *req_ready_;
	const QData *req_;
	const CData *wdata_valid_ = nullptr;
	CData *wdata_ready_ = nullptr;
	const VlWide<18> *wdata_ = nullptr;
	CData *rdata_valid_ = nullptr;
	VlWide<17> *rdata_ = nullptr;
	rtl::Random random_;
	rtl::Pacer req_pacer_, wdata_pacer_, rdata_pacer_;
	DramPace pace_;
	std::deque<Read> reads_;
	std::deque<Write> writes_;
	uint64_t now_ = 0, waits_ = 0;
	uint64_t writes_in_ = 0, writes_out_ = 0;
	const DramPort *order_ = this;
	bool takes_req_ = false, takes_wdata_ = false, waiting_ = false;
	QData waiting_req_ = 0;

      public:
	uint64_t lines_read = 0, lines_written = 0, partial = 0, requests = 0;
	uint64_t touched = 0; /* bytes written */

	DramPort(Memory &memory, const CData *req_valid, CData *req_ready, const QData *req,
		 uint64_t seed)
	    : memory_(memory), req_valid_(req_valid), req_ready_(req_ready), req_(req),
	      random_(seed), req_pacer_(seed + 1), wdata_pacer_(seed + 2), rdata_pacer_(seed + 3)
	{
		*req_ready = 0;
	}

	void writes(const CData *valid, CData *ready, const VlWide<18> *data)
	{
		wdata_valid_ = valid;
		wdata_ready_ = ready;
		wdata_ = data;
		*ready = 0;
	}

	void reads(CData *valid, VlWide<17> *data)
	{
		rdata_valid_ = valid;
		rdata_ = data;
		*valid = 0;
	}

	/* Reads here see the writes that another port accepted before them. */
	void follow(const DramPort &port)
	{
		order_ = &port;
	}

	void pace(const DramPace &pace)
	{
		pace_ = pace;
		req_pacer_.set(pace.req);
		wdata_pacer_.set(pace.wdata);
		rdata_pacer_.set(pace.rdata);
	}

	bool idle() const
	{
		return reads_.empty() && writes_.empty();
	}

	void before()
	{
		if (waiting_ && (!*req_valid_ || *req_ != waiting_req_))
			throw rtl::Broken("a request that was offered has changed");
		*req_ready_ = req_pacer_.next();
		takes_req_ = *req_valid_ && *req_ready_;
		waiting_ = *req_valid_ && !*req_ready_;
		waiting_req_ = *req_;
		if (wdata_ready_) {
			*wdata_ready_ = wdata_pacer_.next();
			takes_wdata_ = *wdata_valid_ && *wdata_ready_;
			if (*wdata_valid_ && writes_.empty())
				throw rtl::Broken("a line that nobody asked for");
			waits_ = writes_.empty() || *wdata_valid_ ? 0 : waits_ + 1;
			if (waits_ > 1)
				throw rtl::Broken("the memory waits for the lines of a write");
		}
		if (!rdata_valid_)
			return;
		*rdata_valid_ = 0;
		std::memset(static_cast<void *>(rdata_), 0x5a, sizeof(*rdata_) - 4);
		if (!reads_.empty() && reads_.front().due <= now_ && rdata_pacer_.next() &&
		    order_->writes_out_ >= reads_.front().behind) {
			const Read &read = reads_.front();
			bool lost = memory_.lost.count(uint32_t(read.line - rig_base));

			*rdata_valid_ = 1;
			std::memcpy(rdata_, memory_.line(read.line), 64);
			if (lost)
				for (unsigned int n = 0; n < 16; n++)
					(*rdata_)[n] = uint32_t(random_());
			rtl::set_bits(*rdata_, 512, 1, read.last);
			rtl::set_bits(*rdata_, 513, 1, lost);
			reads_.pop_front();
			lines_read++;
		}
	}

	void after(uint64_t)
	{
		now_++;
		if (takes_wdata_) {
			uint8_t *to = memory_.line(writes_.front().line);
			const auto *bytes = reinterpret_cast<const uint8_t *>(&wdata_before_);
			bool whole = true;

			for (unsigned int n = 0; n < 64; n++) {
				bool strobe = bytes[64 + n / 8] >> n % 8 & 1;

				whole &= strobe;
				touched += strobe;
				if (strobe)
					to[n] = bytes[n];
			}
			partial += !whole;
			lines_written++;
			writes_.front().line++;
			if (--writes_.front().lines == 0) {
				writes_.pop_front();
				writes_out_++;
			}
		}
		if (takes_req_)
			accept();
	}

	/* Before the clock's edge, as the lines change with it. */
	void sample()
	{
		if (takes_wdata_)
			wdata_before_ = *wdata_;
	}

	void reset()
	{
		reads_.clear();
		writes_.clear();
		writes_in_ = writes_out_ = 0;
		waiting_ = false;
		waits_ = 0;
		*req_ready_ = 0;
		if (wdata_ready_)
			*wdata_ready_ = 0;
		if (rdata_valid_)
			*rdata_valid_ = 0;
	}

      private:
	VlWide<18> wdata_before_{};

	void accept()
	{
		bool write = waiting_req_ >> 37 & 1;
		uint64_t line = waiting_req_ >> 7 & 0x3fffffff;
		unsigned int lines = waiting_req_ & 0x7f;

		requests++;
		if (lines == 0 || lines > 64)
			throw rtl::Broken("a request of " + std::to_string(lines) + " lines");
		if (write != (wdata_ != nullptr))
			throw rtl::Broken("a request of the wrong direction");
		memory_.line(line);
		memory_.line(line + lines - 1);
		if (write) {
			writes_.push_back({line, lines});
			writes_in_++;
			return;
		}
		for (unsigned int n = 0; n < lines; n++)
			reads_.push_back({line + n,
					  now_ - 1 + pace_.latency +
					      (pace_.jitter ? random_.below(pace_.jitter) : 0),
					  n + 1 == lines, order_->writes_in_});
	}
};

/* rtl::cycle with ports among the streams. */
template <class T> void sample_port(T &)
{
}
inline void sample_port(DramPort &port)
{
	port.sample();
}
template <class Clock, class... Streams> void rig_cycle(Clock &clock, Streams &...streams)
{
	(streams.before(), ...);
	clock->eval();
	(sample_port(streams), ...);
	clock.edge();
	(streams.after(clock.now()), ...);
}

#endif /* RECORD_RIG_HPP */
