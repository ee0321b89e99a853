/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault in RTL beside the model's: a card DRAM with several ports and one order, and
 * each operation done to both.
 */
#ifndef VAULT_BENCH_HPP
#define VAULT_BENCH_HPP

#include <array>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "crc32c.h"
#include "flips.hpp"
#include "stream.hpp"
#include "tap.hpp"
#include "vault_top/Vvault_top.h"

extern "C" {
#include "vault_model.h"
#include "vault_pools.h"
#include "vault_tier.h"
}

namespace vault_bench
{

/* Fields of a packed struct, as they stand in its declaration: from the highest bit down. */
template <class Beat> class Writer
{
	Beat &beat_;
	unsigned int at_;

      public:
	Writer(Beat &beat, unsigned int width) : beat_(beat), at_(width)
	{
	}

	Writer &field(unsigned int width, uint64_t value)
	{
		at_ -= width;
		rtl::set_bits(beat_, at_, width, value);
		return *this;
	}

	unsigned int left() const
	{
		return at_;
	}
};

template <class Beat> class Reader
{
	const Beat &beat_;
	unsigned int at_;

      public:
	Reader(const Beat &beat, unsigned int width) : beat_(beat), at_(width)
	{
	}

	uint64_t field(unsigned int width)
	{
		at_ -= width;
		return rtl::get_bits(beat_, at_, width);
	}
};

/* Ports of dram_pkg on one memory: requests take effect in the order of acceptance. */
class SharedDram
{
      public:
	struct Port {
		const char *name;
		CData *req_valid, *req_ready;
		const QData *req;
		CData *wdata_valid, *wdata_ready;
		const VlWide<18> *wdata;
		CData *rdata_valid;
		VlWide<17> *rdata;
	};

      private:
	struct Item {
		unsigned int port;
		bool write;
		uint64_t line;
		unsigned int lines;
		uint64_t due;
	};

	/* As dram_mux has it: not finished, and so in the way of others. */
	struct Unfinished {
		unsigned int port;
		bool write;
		uint64_t line, end;
		uint64_t until;
	};

	struct State {
		bool takes_req = false, takes_wdata = false;
		/* When its next request can be taken. */
		uint64_t free_at = 0;
		QData req = 0;
		VlWide<18> wdata{};
		std::deque<VlWide<18>> lines;
	};

	std::vector<Port> ports_;
	std::vector<State> states_;
	std::vector<rtl::Pacer> pacers_;
	std::vector<uint8_t> bytes_;
	std::deque<Item> items_;
	std::deque<Unfinished> unfinished_;
	rtl::Random random_;
	uint64_t now_ = 0;
	std::set<uint64_t> broken_;

	/* dram_mux takes a request of a port every four cycles, and none that must wait for
	 * one that touches its lines. */
	bool passes(unsigned int n)
	{
		const QData req = *ports_[n].req;
		const bool write = req >> 37 & 1;
		const uint64_t line = req >> 7 & 0x3fffffff, end = line + (req & 0x7f);
		unsigned int same = 0;

		if (!*ports_[n].req_valid || now_ < states_[n].free_at)
			return false;
		for (const Unfinished &other : unfinished_) {
			if (other.write != write && other.line < end && line < other.end)
				return false;
			same +=
			    other.write && write ? 1 : !other.write && !write && other.port == n;
		}
		return same < (write ? 16 : 8);
	}

	/* True: it is done and was no read, so another may follow at once. */
	bool serve(bool &read)
	{
		Item &item = items_.front();
		State &state = states_[item.port];

		if (item.write) {
			if (state.lines.empty())
				return false;
			const uint8_t *from =
			    reinterpret_cast<const uint8_t *>(&state.lines.front());
			uint64_t strb = rtl::get_bits(state.lines.front(), 512, 64);

			for (unsigned int n = 0; n < 64; n++)
				if (strb >> n & 1)
					bytes_[item.line * 64 + n] = from[n];
			state.lines.pop_front();
			written++;
		} else {
			if (read || item.due > now_)
				return false;
			const Port &port = ports_[item.port];

			std::memcpy(port.rdata, &bytes_[item.line * 64], 64);
			rtl::set_bits(*port.rdata, 512, 1, item.lines == 1);
			rtl::set_bits(*port.rdata, 513, 1, broken_.count(item.line));
			*port.rdata_valid = 1;
			read = true;
		}
		item.line++;
		if (--item.lines == 0)
			items_.pop_front();
		return true;
	}

      public:
	unsigned int latency = 45;
	unsigned int more = 0;
	/* Requests wait for each other as in dram_mux. */
	bool mux = false;
	uint64_t written = 0;
	/* Requests by port since the beginning. */
	std::vector<uint64_t> requests;

	SharedDram(std::vector<Port> ports, size_t size, uint64_t seed)
	    : ports_(std::move(ports)), states_(ports_.size()), bytes_(size), random_(seed),
	      requests(ports_.size())
	{
		for (const Port &port : ports_) {
			pacers_.emplace_back(random_());
			pacers_.emplace_back(random_());
			*port.req_ready = 0;
			if (port.wdata_ready)
				*port.wdata_ready = 0;
			if (port.rdata_valid)
				*port.rdata_valid = 0;
		}
	}

	void pace(rtl::Pace pace)
	{
		for (rtl::Pacer &pacer : pacers_)
			pacer.set(pace);
	}

	std::vector<uint8_t> &bytes()
	{
		return bytes_;
	}

	bool idle() const
	{
		return items_.empty();
	}

	void break_line(uint64_t line)
	{
		broken_.insert(line);
	}

	void mend()
	{
		broken_.clear();
	}

	void before()
	{
		bool read = false;

		while (!unfinished_.empty() && unfinished_.front().until <= now_)
			unfinished_.pop_front();
		for (unsigned int n = 0; n < ports_.size(); n++) {
			Port &port = ports_[n];
			State &state = states_[n];

			*port.req_ready = pacers_[2 * n].next() && (!mux || passes(n));
			state.takes_req = *port.req_valid && *port.req_ready;
			state.req = *port.req;
			if (port.wdata_ready) {
				*port.wdata_ready = pacers_[2 * n + 1].next();
				state.takes_wdata = *port.wdata_valid && *port.wdata_ready;
				state.wdata = *port.wdata;
			}
			if (port.rdata_valid) {
				*port.rdata_valid = 0;
				std::memset(static_cast<void *>(port.rdata), 0x5a, 64);
			}
		}
		while (!items_.empty() && serve(read))
			;
	}

	void after(uint64_t now)
	{
		unsigned int first = unsigned(random_.below(ports_.size()));

		now_ = now;
		for (unsigned int i = 0; i < ports_.size(); i++) {
			unsigned int n = unsigned((first + i) % ports_.size());
			State &state = states_[n];

			if (state.takes_wdata)
				state.lines.push_back(state.wdata);
			if (!state.takes_req)
				continue;
			Item item = {n, bool(state.req >> 37 & 1), state.req >> 7 & 0x3fffffff,
				     unsigned(state.req & 0x7f), now + latency - 1};

			if (more)
				item.due += random_.below(more + 1);
			if (item.lines == 0 || item.lines > 64 ||
			    (item.line + item.lines) * 64 > bytes_.size())
				throw rtl::Broken(std::string("a request outside of the memory: ") +
						  ports_[n].name);
			requests[n]++;
			items_.push_back(item);
			if (mux) {
				state.free_at = now + 3;
				unfinished_.push_back({n, item.write, item.line,
						       item.line + item.lines,
						       now + latency + item.lines});
			}
		}
	}
};

enum Op {
	INIT,
	PUT,
	REMOVE,
	FLUSH_OBJECT,
	SWEEP,
	CREATE,
	ABANDON,
	SET,
	READ,
	TIER_OLDEST,
	TIER_FIND,
	TIER_LEAVING,
	TIER_MOVE,
	TIER_DURABLE,
	TIER_CLOCK,
	TIER_RECOVER,
	TIER_LOSE,
	TIER_RESERVE,
	TIER_PROMISE,
	TIER_PROMOTE
};
enum Count { COUNT_NONE, COUNT_FLUSH, COUNT_REFUSED };
enum Result { DONE, ABSENT, REFUSED, DROPPED, ERROR };

struct Command {
	Op op = READ;
	unsigned int contents = 0;
	vault_handle handle{};
	const vault_model_page *page = nullptr;
	uint32_t crc = 0;
	Count count = COUNT_NONE;
	bool ephemeral = false;
	unsigned int order = 0;
	bool set_reserve = false, set_limit = false;
	uint64_t reserve_units = 0, reserve_slots = 0, limit = 0;
	/* tier_args_t: which is vault_pkg::which_e. */
	unsigned int which = 0;
	bool copy = false;
	uint64_t version = 0, place = 0, to = 0;
	uint32_t bytes = 0;
};

struct Answer {
	unsigned int tag;
	Result result;
	uint32_t value;
	vault_row row;
	uint64_t cycles;
};

constexpr unsigned int command_bits = 478, row_bits = 514, answer_bits = 41 + row_bits;
constexpr unsigned int globals_bits = 586, handle_bits = 280, place_bits = 464;
constexpr unsigned int tier_args_bits = 257, tier_record_bits = 430;
/* Behind what the vault uses, for records on their way to flash. */
constexpr size_t buffer_bytes = 128 << 10;

/* In the order of vault_pkg::row_t. */
template <class Beat> vault_row read_row(Reader<Beat> &reader)
{
	vault_row row{};

	row.in_use = reader.field(1);
	row.dead = reader.field(1);
	row.ephemeral = reader.field(1);
	row.durable = reader.field(1);
	row.order = reader.field(3);
	row.pages = reader.field(32);
	row.units = reader.field(32);
	row.stored = reader.field(40);
	row.same = reader.field(32);
	row.raw = reader.field(32);
	row.slots = reader.field(32);
	row.records = reader.field(32);
	row.reserve_units = reader.field(40);
	row.reserve_slots = reader.field(32);
	reader.field(41); /* of flash */
	row.limit = reader.field(32);
	row.oldest = reader.field(32);
	row.newest = reader.field(32);
	reader.field(2);
	row.oldest_age = reader.field(64);
	return row;
}

/* Streams of puts, each with the tag of its command; two ports ask for them by tag. */
class Payloads
{
	Vvault_top &top_;
	std::map<unsigned int, std::deque<VlWide<4>>> streams_;
	rtl::Pacer pacer_;
	unsigned int valid_ = 0, taken_ = 0, tags_[2] = {0, 0};

      public:
	Payloads(Vvault_top &top, uint64_t seed) : top_(top), pacer_(seed)
	{
		top_.payload_valid_i = 0;
	}

	void pace(rtl::Pace pace)
	{
		pacer_.set(pace);
	}

	void push(unsigned int tag, const VlWide<4> &beat)
	{
		streams_[tag].push_back(beat);
	}

	/* A put that found no memory leaves its stream. */
	void drop(unsigned int tag)
	{
		streams_[tag].clear();
	}

	size_t waiting(unsigned int tag)
	{
		return streams_[tag].size();
	}

	void before()
	{
		valid_ = 0;
		for (unsigned int n = 0; n < 2; n++) {
			tags_[n] = top_.payload_tag_o >> 6 * n & 63;
			/* Both may have the same tag, but only one of them is open. */
			if (streams_[tags_[n]].empty() || !pacer_.next())
				continue;
			valid_ |= 1u << n;
			for (unsigned int word = 0; word < 4; word++)
				top_.payload_i[4 * n + word] = streams_[tags_[n]].front()[word];
		}
		top_.payload_valid_i = CData(valid_);
		taken_ = valid_ & top_.payload_ready_o;
	}

	void after(uint64_t)
	{
		for (unsigned int n = 0; n < 2; n++)
			if (taken_ >> n & 1)
				streams_[tags_[n]].pop_front();
	}
};

/* Places in flash that are dropped, which are taken or, on demand, not. */
class Drops
{
	Vvault_top &top_;
	rtl::Pacer pacer_;
	bool taken_ = false;

      public:
	std::vector<std::pair<uint64_t, uint32_t>> all;
	bool hold = false;

	Drops(Vvault_top &top, uint64_t seed) : top_(top), pacer_(seed)
	{
		top_.drop_ready_i = 0;
	}

	void pace(rtl::Pace pace)
	{
		pacer_.set(pace);
	}

	void before()
	{
		top_.drop_ready_i = !hold && pacer_.next();
		taken_ = top_.drop_valid_o && top_.drop_ready_i;
		if (!taken_)
			return;
		Reader<VlWide<3>> drop(top_.drop_o, 96);
		uint64_t place = drop.field(64);

		all.emplace_back(place, uint32_t(drop.field(32)));
	}

	void after(uint64_t)
	{
	}
};

/* The RTL. */
class Dut
{
	rtl::Clocked<Vvault_top> top_;
	rtl::Source<VlWide<15>> commands_;
	Payloads payload_;
	rtl::Sink<VlWide<18>> answers_;
	rtl::Source<VlWide<9>> handles_;
	rtl::Sink<VlWide<15>> places_;
	unsigned int tag_ = 0;
	unsigned int buffer_line_;

      public:
	Drops drops;
	SharedDram dram;
	rtl::Flips flips;
	/* Events of contents, by kind: put, refused, evicted, flushed. */
	std::map<unsigned int, std::array<uint64_t, 4>> events;

	Dut(const vault_model_layout &layout, uint64_t seed, bool flash = false)
	    : top_(seed),
	      commands_(&top_->command_valid_i, &top_->command_ready_o, &top_->command_i, seed + 1),
	      payload_(*top_.operator->(), seed + 2),
	      answers_(&top_->answer_valid_o, &top_->answer_ready_i, &top_->answer_o, seed + 3),
	      handles_(&top_->handle_valid_i, &top_->handle_ready_o, &top_->handle_i, seed + 4),
	      places_(&top_->place_valid_o, &top_->place_ready_i, &top_->place_o, seed + 5),
	      buffer_line_(unsigned((layout.dram_bytes + 63) / 64)),
	      drops(*top_.operator->(), seed + 8),
	      dram({{"core", &top_->core_req_valid_o, &top_->core_req_ready_i, &top_->core_req_o,
		     &top_->core_wdata_valid_o, &top_->core_wdata_ready_i, &top_->core_wdata_o,
		     &top_->core_rdata_valid_i, &top_->core_rdata_i},
		    {"table", &top_->table_req_valid_o, &top_->table_req_ready_i,
		     &top_->table_req_o, &top_->table_wdata_valid_o, &top_->table_wdata_ready_i,
		     &top_->table_wdata_o, &top_->table_rdata_valid_i, &top_->table_rdata_i},
		    {"lookup", &top_->lookup_req_valid_o, &top_->lookup_req_ready_i,
		     &top_->lookup_req_o, nullptr, nullptr, nullptr, &top_->lookup_rdata_valid_i,
		     &top_->lookup_rdata_i},
		    {"store", &top_->store_req_valid_o, &top_->store_req_ready_i,
		     &top_->store_req_o, &top_->store_wdata_valid_o, &top_->store_wdata_ready_i,
		     &top_->store_wdata_o, &top_->store_rdata_valid_i, &top_->store_rdata_i},
		    {"write", &top_->write_req_valid_o, &top_->write_req_ready_i,
		     &top_->write_req_o, &top_->write_wdata_valid_o, &top_->write_wdata_ready_i,
		     &top_->write_wdata_o, nullptr, nullptr}},
		   layout.dram_bytes / 64 * 64 + 64 + buffer_bytes, seed + 6),
	      flips(&top_->inject_i, &top_->ecc_o, seed + 7)
	{
		top_->flash_i = flash;
		top_->fail_i = 0;
		top_->table_line_i = 0;
		top_->buckets_i = layout.buckets;
		top_->map_line_i = unsigned(layout.index_bytes / 64);
		top_->units_line_i = unsigned(layout.units_at / 64);
		top_->units_i = layout.units;
		top_->slot_limit_i = unsigned(layout.slot_limit);
		std::memcpy(&top_->page_secret_i, layout.page_key, 16);
		std::memcpy(&top_->object_secret_i, layout.object_key, 16);
		top_.reset();

		/* Index and map are to be wiped. */
		rtl::Random junk(seed + 7);

		for (size_t at = 0; at < layout.units_at; at++)
			dram.bytes()[at] = uint8_t(junk());
	}

	void pace(rtl::Pace pace)
	{
		payload_.pace(pace);
		answers_.pace(pace);
		drops.pace(pace);
		dram.pace(pace);
	}

	uint64_t now() const
	{
		return top_.now();
	}

	bool failed()
	{
		return top_->failed_o;
	}

	bool broken()
	{
		return top_->broken_o;
	}

	void cycle()
	{
		Reader<QData> event(reinterpret_cast<const QData &>(top_->event_o), 44);

		if (event.field(1)) {
			unsigned int contents = unsigned(event.field(9));
			unsigned int what = unsigned(event.field(2));

			events[contents][what] += event.field(32);
		}
		rtl::cycle(top_, commands_, payload_, answers_, handles_, places_, drops, dram,
			   flips);
	}

	/* Lookups that go on beside; places come in any order. */
	void lookup(unsigned int id, unsigned int contents, const vault_handle &handle)
	{
		VlWide<9> beat{};
		Writer<VlWide<9>> writer(beat, handle_bits);

		writer.field(8, id).field(16, contents);
		writer.field(64, handle.object[2])
		    .field(64, handle.object[1])
		    .field(64, handle.object[0]);
		writer.field(64, handle.index);
		handles_.push(beat);
	}

	std::deque<rtl::Sink<VlWide<15>>::Taken> &places()
	{
		return places_.taken();
	}

	void start(const Command &command)
	{
		VlWide<15> beat{};
		Writer<VlWide<15>> writer(beat, command_bits);
		const vault_model_page none{}, &page = command.page ? *command.page : none;

		tag_ = (tag_ + 1) % 64;
		writer.field(5, command.op).field(6, tag_).field(9, command.contents);
		writer.field(64, command.handle.object[2])
		    .field(64, command.handle.object[1])
		    .field(64, command.handle.object[0])
		    .field(64, command.handle.index);
		writer.field(14, page.shape).field(17, page.bytes).field(17, page.stored);
		writer.field(5, page.same).field(5, page.raw).field(32, command.crc);
		writer.field(2, command.count).field(1, command.ephemeral).field(3, command.order);
		writer.field(1, command.set_reserve).field(1, command.set_limit);
		writer.field(40, command.reserve_units).field(32, command.reserve_slots);
		writer.field(32, command.limit);
		Writer<VlWide<9>> args(top_->tier_args_i, tier_args_bits);

		args.field(2, command.which).field(1, command.copy).field(30, buffer_line_);
		args.field(64, command.version).field(64, command.place).field(64, command.to);
		args.field(32, command.bytes);
		if (writer.left() != 0)
			throw std::logic_error("command_t has other bits");
		for (size_t at = 0; command.page && at < page.bytes; at += 16) {
			VlWide<4> part;

			std::memcpy(&part, &page.stream[at], 16);
			payload_.push(tag_, part);
		}
		commands_.push(beat);
	}

	/* The tag of the command that was started last. */
	unsigned int tag() const
	{
		return tag_;
	}

	/* Answers as they come, by tag; several may be under way. */
	bool next_answer(unsigned int &tag, Result &result)
	{
		if (answers_.taken().empty())
			return false;
		Reader<VlWide<18>> reader(answers_.taken().front().beat, answer_bits);

		tag = unsigned(reader.field(6));
		result = Result(reader.field(3));
		if (result == REFUSED && reader.field(32) == 1)
			payload_.drop(tag);
		answers_.taken().pop_front();
		if (payload_.waiting(tag))
			throw rtl::Broken("payload was left");
		return true;
	}

	std::vector<uint32_t> stats()
	{
		std::vector<uint32_t> words;

		for (unsigned int n = 10; n-- > 0;)
			words.push_back(top_->puts_stats_o[n]);
		return words;
	}

	bool answered()
	{
		return !answers_.taken().empty();
	}

	Answer take(uint64_t since)
	{
		auto taken = answers_.taken().front();
		Reader<VlWide<18>> reader(taken.beat, answer_bits);
		Answer answer{};

		answers_.taken().pop_front();
		answer.tag = unsigned(reader.field(6));
		answer.result = Result(reader.field(3));
		answer.value = uint32_t(reader.field(32));
		answer.row = read_row(reader);
		answer.cycles = taken.when - since;
		if (answer.tag != tag_)
			throw rtl::Broken("an answer to something else");
		if (answer.result == REFUSED && answer.value == 1)
			payload_.drop(tag_);
		/* At most the skid's two beats of it may still be there: none. */
		if (payload_.waiting(tag_))
			throw rtl::Broken("payload was left");
		return answer;
	}

	/* Something that is to happen every cycle of an operation. */
	std::function<void()> beside = [] {};

	Answer operate(const Command &command, uint64_t limit = 5000000)
	{
		uint64_t since = now();

		start(command);
		while (!answered()) {
			beside();
			if (now() - since > limit)
				throw rtl::Broken("no answer to operation " +
						  std::to_string(command.op));
			cycle();
		}
		return take(since);
	}

	/* Where records are copied to. */
	uint8_t *buffer()
	{
		return &dram.bytes()[size_t(buffer_line_) * 64];
	}

	vault_tier_record tier_record()
	{
		Reader<VlWide<14>> reader(top_->tier_record_o, tier_record_bits);
		vault_tier_record record{};

		for (unsigned int n = 3; n-- > 0;)
			record.handle.object[n] = reader.field(64);
		record.handle.index = reader.field(64);
		record.version = reader.field(64);
		record.place = reader.field(64);
		record.contents = uint32_t(reader.field(9));
		record.bytes = uint32_t(reader.field(32));
		record.durable = reader.field(1);
		record.leaving = reader.field(1);
		return record;
	}

	/* Until memory is as it will be. */
	void settle()
	{
		for (unsigned int quiet = 0; quiet < 20; quiet++) {
			cycle();
			if (top_->store_busy_o || !dram.idle())
				quiet = 0;
		}
	}

	/* As of the last figures(). */
	uint64_t committed_flash = 0, committed_durable = 0;

	vault_model_figures figures()
	{
		vault_model_figures f{};
		Reader<VlWide<19>> globals(top_->globals_o, globals_bits);
		Reader<VlWide<10>> counters(top_->counters_o, 320);
		Reader<VlWide<6>> store(top_->store_counters_o, 192);

		f.committed_units = globals.field(48);
		f.committed_slots = globals.field(48);
		f.dead_sums_pages = globals.field(32);
		f.dead_sums_units = globals.field(32);
		f.dead_sums_stored = globals.field(40);
		f.dead_sums_same = globals.field(32);
		f.dead_sums_raw = globals.field(32);
		f.dead_pages = globals.field(32);
		f.extents = globals.field(32);
		f.objects = globals.field(32);
		f.age = globals.field(64);
		f.sweep_step = globals.field(32);
		f.durable_bytes = globals.field(40);
		f.flash_pages = globals.field(32);
		committed_flash = globals.field(48);
		committed_durable = globals.field(10);
		f.puts = counters.field(64);
		f.puts_refused = counters.field(64);
		f.evictions = counters.field(64);
		f.flushes = counters.field(64);
		f.index_full = counters.field(64);
		f.index_used = top_->index_used_o;
		f.index_moves = top_->index_moves_o;
		f.stash_used = top_->stash_used_o;
		f.free_units = store.field(32);
		f.runs = store.field(32);
		f.merges = store.field(64);
		f.splits = store.field(64);
		return f;
	}
};

struct Pool {
	uint32_t id; /* of the test: no other pool had it before */
	unsigned int contents, order;
	bool ephemeral;
	uint64_t reserve, limit; /* pages */
	/* Counts of contents that it had before. */
	std::array<uint64_t, 4> before{};
	/* Events since it was made, by kind. */
	std::array<uint64_t, 4> events{};
	bool durable = false;
};

/* What a run is made of. */
struct Mix {
	size_t dram = 1 << 20;
	unsigned int pools = 4;
	unsigned int most_order = 0;
	bool ephemeral = true, persistent = true;
	/* Some pools have limits and reserves. */
	bool limits = true;
	unsigned int objects = 6, indices = 120;
	/* Of 100 pages: compressed to nothing, not at all. */
	unsigned int same = 10, raw = 10;
	/* And to a hundred bytes or so. */
	unsigned int sparse = 0;
	/* In 100 operations; the rest are puts. */
	unsigned int removes = 20, flushes = 2, sweeps = 2, admin = 3;
	/* The index may be filled to the last slot. */
	bool whole_index = false;
	/* Entries that the index may have, if not as many as the layout says. */
	unsigned int slots = 0;
	/* Lookups beside the operations. */
	bool lookups = false;
	/* There is flash; of 100 operations, so many of the tier; some pools are durable. */
	bool flash = false, durable = false;
	unsigned int tier = 0;
	/* Among them promises, what is found in flash, and what is lost there. */
	bool promises = false;
};

/* A lookup beside an operation, and what it may find. */
struct Lookup {
	unsigned int contents;
	vault_handle handle;
	uint64_t before;
	bool asked, came;
};

inline uint64_t cycles_of(std::vector<uint64_t> &values, unsigned int percent)
{
	if (values.empty())
		return 0;
	std::sort(values.begin(), values.end());
	return values[(values.size() - 1) * percent / 100];
}

} // namespace vault_bench

#endif /* VAULT_BENCH_HPP */
