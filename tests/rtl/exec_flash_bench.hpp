/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The executor in RTL on the model's vault: what it asks of index, vault and card DRAM the
 * model answers after some cycles, and what it asks of flash a firmware that is played here.
 * Records leave card DRAM while gets read them, line by line.
 */
#ifndef EXEC_FLASH_BENCH_HPP
#define EXEC_FLASH_BENCH_HPP

#include <array>
#include <deque>
#include <map>
#include <vector>

#include "crc32c.h"
#include "dma_bits.hpp"
#include "exec_flash/Vexec_flash.h"
#include "flips.hpp"
#include "stream.hpp"
#include "tap.hpp"

extern "C" {
#include "vault_model.h"
#include "vault_tier.h"
}

namespace exec_flash
{

constexpr unsigned int put_lanes = 1, get_lanes = 2, readers = put_lanes + get_lanes;
constexpr unsigned int read_bits = rtl::read_req_bits, write_bits = rtl::write_req_bits,
		       req_bits = 38;
constexpr unsigned int staging_lines = 1040;

/* A command's word in the executor, with its parities (exec_commands). */
constexpr unsigned int command_bits = 490 + 14;

enum Ask { READ, ROOM, DURABLE_ROOM, FLUSH_PAGE, FLUSH_OBJECT, SYNC, SYNC_ON, ASKS };
enum Reply { DONE, AGAIN, NO, FAILED };
enum VaultOp { OP_PUT = 1, OP_REMOVE, OP_FLUSH_OBJECT, OP_SWEEP, OP_CREATE, OP_TIER_DURABLE = 13 };
enum VaultResult { VAULT_DONE, VAULT_ABSENT, VAULT_REFUSED };

/* Fields of a packed struct, the first one highest. */
template <class Beat> class Fields
{
	Beat &beat_;
	unsigned int at_;

      public:
	Fields(Beat &beat, unsigned int width) : beat_(beat), at_(width)
	{
	}

	uint64_t get(unsigned int width)
	{
		at_ -= width;
		return rtl::get_bits(beat_, at_, width);
	}

	Fields &put(unsigned int width, uint64_t value)
	{
		at_ -= width;
		rtl::set_bits(beat_, at_, width, value);
		return *this;
	}
};

struct Completion {
	unsigned int cid, status;
	uint32_t result, info;
};

struct Question {
	Ask kind;
	unsigned int contents;
	vault_handle handle;
	uint32_t bytes;
	uint64_t line;
};

class Bench
{
	struct HostRead {
		uint64_t line;
		unsigned int tag, lines, offset;
		uint64_t due;
	};
	struct CardRead {
		uint64_t line;
		unsigned int lines;
		uint64_t due;
	};
	struct HostWrite {
		uint64_t addr;
		size_t left;
	};
	struct Lookup {
		VlWide<9> handle;
		uint64_t due;
	};

	rtl::Clocked<Vexec_flash> top_;
	rtl::Source<VlWide<18>> entries_;
	rtl::Sink<VlWide<3>> completions_;
	rtl::Random random_;
	std::deque<HostRead> host_reads_[readers];
	std::deque<CardRead> card_reads_[get_lanes];
	std::deque<HostWrite> host_writes_[get_lanes];
	std::deque<Lookup> lookups_;
	vault_model_layout layout_{};
	std::vector<uint8_t> staging_;
	/* The vault's operation. */
	bool inside_ = false;
	VlWide<15> command_{};
	uint64_t vault_due_ = 0;
	size_t beats_ = 0;
	std::vector<uint8_t> payload_;
	vault_model_page encoded_{};
	unsigned int core_op_ = 0;
	bool core_done_ = false;
	/* The firmware. */
	/* Records, and all else. */
	bool asked_[2] = {};
	uint64_t ask_due_[2] = {};

	void host_dma()
	{
		unsigned int first = unsigned(random_.below(readers));

		top_->read_ready_i = (1u << readers) - 1;
		top_->answer_valid_i = 0;
		for (unsigned int i = 0; i < readers; i++) {
			unsigned int n = (first + i) % readers;
			std::deque<HostRead> &queue = host_reads_[n];

			if (!top_->answer_valid_i && !queue.empty() && queue.front().due <= now()) {
				HostRead &read = queue.front();
				bool last = read.offset + 1 == read.lines;

				auto page = host.find((read.line + read.offset) / 64);

				tap_check(page != host.end(), "a read of no host memory");
				rtl::set_bits(top_->answer_i, rtl::rsp_tag_at, rtl::dma_tag_bits,
					      read.tag);
				rtl::set_bits(top_->answer_i, rtl::rsp_error_at, 1, 0);
				rtl::set_bits(top_->answer_i, rtl::rsp_last_at, 1, last);
				rtl::set_bits(top_->answer_i, rtl::rsp_offset_at, 6, read.offset);
				std::memcpy(static_cast<void *>(&top_->answer_i),
					    &page->second[(read.line + read.offset) % 64 * 64], 64);
				top_->answer_valid_i = CData(1u << n);
				read.offset++;
				if (last)
					queue.pop_front();
			}
			if (!(top_->read_valid_o >> n & 1))
				continue;
			HostRead read{
			    rtl::get_bits(top_->read_o, n * read_bits + rtl::read_line_at, 58),
			    unsigned(rtl::get_bits(top_->read_o, n * read_bits, rtl::dma_tag_bits)),
			    unsigned(
				rtl::get_bits(top_->read_o, n * read_bits + rtl::read_lines_at, 7)),
			    0, now() + 100};

			queue.push_back(read);
		}
		top_->write_ready_i = (1u << get_lanes) - 1;
		top_->data_ready_i = 0;
		for (unsigned int n = 0; n < get_lanes; n++) {
			std::deque<HostWrite> &queue = host_writes_[n];

			if (!queue.empty() && (top_->data_valid_o >> n & 1)) {
				HostWrite &write = queue.front();
				size_t bytes = std::min<size_t>(64, write.left);

				std::memcpy(&host[write.addr / 4096][write.addr % 4096],
					    reinterpret_cast<const uint8_t *>(&top_->data_o) +
						64 * n,
					    bytes);
				top_->data_ready_i |= CData(1u << n);
				write.addr += bytes;
				write.left -= bytes;
				if (write.left == 0)
					queue.pop_front();
			}
			if (top_->write_valid_o >> n & 1)
				queue.push_back(
				    {rtl::get_bits(top_->write_o,
						   n * write_bits + rtl::write_dword_at, 62) *
					 4,
				     rtl::get_bits(top_->write_o,
						   n * write_bits + rtl::write_dwords_at, 11) *
					 4});
		}
	}

	void card_dram()
	{
		bool came = false;
		unsigned int first = unsigned(random_.below(get_lanes));

		top_->req_ready_i = (1u << get_lanes) - 1;
		top_->rdata_valid_i = 0;
		for (unsigned int i = 0; i < get_lanes; i++) {
			unsigned int n = (first + i) % get_lanes;
			std::deque<CardRead> &queue = card_reads_[n];

			if (!came && !queue.empty() && queue.front().due <= now() &&
			    !random_.one_in(8)) {
				CardRead &read = queue.front();

				came = true;
				std::memcpy(static_cast<void *>(&top_->rdata_i),
					    card_line(read.line), 64);
				rtl::set_bits(top_->rdata_i, 512, 1, read.lines == 1);
				rtl::set_bits(top_->rdata_i, 513, 1, broken == read.line);
				top_->rdata_valid_i = CData(1u << n);
				read.line++;
				if (--read.lines == 0)
					queue.pop_front();
			}
			if (top_->req_valid_o >> n & 1) {
				uint64_t req = rtl::get_bits(top_->req_o, n * req_bits, req_bits);

				tap_check(!(req >> 37), "a get lane writes");
				queue.push_back(
				    {req >> 7 & 0x3fffffff, unsigned(req & 127), now() + 30});
			}
		}
	}

	const uint8_t *card_line(uint64_t line)
	{
		uint64_t staged = layout_.dram_bytes / 64;

		if (line < staged)
			return layout_.dram + line * 64;
		tap_check(line < staged + get_lanes * staging_lines, "a read behind card memory");
		return &staging_[(line - staged) * 64];
	}

	void lookups()
	{
		top_->handle_ready_i = 1;
		top_->place_valid_i = 0;
		if (!lookups_.empty() && lookups_.front().due <= now()) {
			Fields<VlWide<9>> handle(lookups_.front().handle, 281);
			Fields<VlWide<15>> place(top_->place_i, 464);
			vault_handle which{};
			uint32_t object;

			handle.get(1);
			uint64_t id = handle.get(8), contents = handle.get(16);

			for (unsigned int n = 3; n-- > 0;)
				which.object[n] = handle.get(64);
			which.index = handle.get(64);
			uint64_t slot =
			    vault_model_locate(vault, unsigned(contents), &which, &object);

			place.put(8, id).put(1, 0).put(1, object != UINT32_MAX).put(31, object);
			place.put(1, slot != 0).put(64, slot);
			top_->place_valid_i = 1;
			lookups_.pop_front();
		}
		if (top_->handle_valid_o)
			lookups_.push_back({top_->handle_o, now() + 20 + random_.below(20)});
	}

	/* The operation of the model, when its time has come and its stream is here. */
	void operate()
	{
		Fields<VlWide<15>> command(command_, 478);
		unsigned int op = unsigned(command.get(5)), tag = unsigned(command.get(6)),
			     result = VAULT_DONE;
		unsigned int contents = unsigned(command.get(9));
		vault_handle handle{};
		uint32_t value = 0;
		vault_page told{};

		for (unsigned int n = 3; n-- > 0;)
			handle.object[n] = command.get(64);
		handle.index = command.get(64);
		switch (op) {
		case OP_PUT: {
			const std::vector<uint8_t> &page = content.at(handle.index);

			if (!filled_) {
				vault_model_encode(vault, contents, page.data(), &encoded_);
				filled_ = true;
				if (refuse_puts > 0) {
					refuse_puts--;
					result = VAULT_REFUSED;
					value = 1;
					break;
				}
			}
			if (payload_.size() < encoded_.bytes)
				return;
			tap_check(!std::memcmp(payload_.data(), encoded_.stream, encoded_.bytes),
				  "another stream is put");
			if (vault_put(vault, contents, &handle, page.data(),
				      crc32c(page.data(), page.size()), &told))
				result = VAULT_REFUSED;
			break;
		}
		case OP_REMOVE:
			removes++;
			command.get(14 + 17 + 17 + 5 + 5);
			command.get(32);
			refused += command.get(2) == 2;
			result =
			    vault_forget_page(vault, contents, &handle) ? VAULT_DONE : VAULT_ABSENT;
			break;
		case OP_FLUSH_OBJECT:
			value = vault_flush_object(vault, contents, handle.object);
			break;
		case OP_SWEEP:
			sweeps++;
			value = vault_model_sweep_step(vault);
			break;
		case OP_CREATE:
			value = core_contents_;
			break;
		default:
			break;
		}
		inside_ = false;
		filled_ = false;
		payload_.clear();
		for (unsigned int n = 0; n < 18; n++)
			top_->vault_answer_i[n] = 0;
		Fields<VlWide<18>>(top_->vault_answer_i, 555)
		    .put(6, tag)
		    .put(3, result)
		    .put(32, value);
		top_->vault_answer_valid_i = 1;
	}

	bool filled_ = false;
	unsigned int core_contents_ = 0;

	void vault_port()
	{
		top_->vault_answer_valid_i = 0;
		top_->vault_ready_i = !inside_;
		if (inside_ && filled_ && (top_->payload_valid_o & 1) &&
		    payload_.size() < encoded_.bytes) {
			const uint8_t *from = reinterpret_cast<const uint8_t *>(&top_->payload_o);

			top_->payload_ready_i = 1;
			payload_.insert(payload_.end(), from, from + 16);
		} else {
			top_->payload_ready_i = 0;
		}
		if (inside_ && now() >= vault_due_)
			operate();
		else if (!inside_ && top_->vault_valid_o) {
			inside_ = true;
			command_ = top_->vault_o;
			top_->payload_tag_i = SData(rtl::get_bits(command_, 467, 6));
			vault_due_ = now() + 20 + random_.below(60);
		}
	}

	void firmware()
	{
		top_->ask_done_i = top_->fetch_done_i = 0;
		/* One of the two is answered in a cycle. */
		if (!firmware(0, top_->ask_valid_o, top_->ask_o, top_->ask_done_i))
			firmware(1, top_->fetch_valid_o, top_->fetch_o, top_->fetch_done_i);
	}

	bool firmware(unsigned int which, bool valid, VlWide<10> &what, CData &done)
	{
		if (!valid)
			return false;
		if (!asked_[which]) {
			asked_[which] = true;
			ask_due_[which] = now() + flash_latency + random_.below(flash_latency + 1) +
					  (which ? 0 : other_latency);
			return false;
		}
		if (now() < ask_due_[which])
			return false;
		Fields<VlWide<10>> ask(what, 315);
		Question question{};

		question.kind = Ask(ask.get(3));
		question.contents = unsigned(ask.get(9));
		for (unsigned int n = 3; n-- > 0;)
			question.handle.object[n] = ask.get(64);
		question.handle.index = ask.get(64);
		question.bytes = uint32_t(ask.get(17));
		question.line = ask.get(30);
		tap_check((question.kind == READ) == which, "a question at the wrong place");
		asks[question.kind]++;
		top_->ask_answer_i = answer(question);
		done = 1;
		asked_[which] = false;
		return true;
	}

	/* As firmware/tier.c does it, or as the test wants it. */
	Reply answer(const Question &question)
	{
		if (on_ask) {
			int reply = on_ask(question);

			if (reply >= 0)
				return Reply(reply);
		}
		if (question.kind != READ)
			return DONE;
		vault_tier_record record{};
		unsigned int flags = 0;

		if (!vault_tier_where(vault, question.contents, &question.handle, &record, &flags))
			return AGAIN;
		const std::vector<uint8_t> &bytes = flash.at(record.place);
		uint64_t at = question.line - layout_.dram_bytes / 64;

		tap_check(at % staging_lines == 0 && at / staging_lines < get_lanes,
			  "a record is to be elsewhere");
		/* What was there before is of no use. */
		for (uint8_t &byte : staging_)
			if (&byte >= &staging_[at * 64] &&
			    &byte < &staging_[at * 64] + staging_lines * 64)
				byte = 0x5a;
		std::memcpy(&staging_[at * 64], bytes.data(), bytes.size());
		return DONE;
	}

      public:
	struct vault *vault = nullptr;
	/* Host memory by pages; what a handle's index has. */
	std::map<uint64_t, std::array<uint8_t, 4096>> host;
	std::map<uint64_t, std::vector<uint8_t>> content;
	/* Records in flash, by place. */
	std::map<uint64_t, std::vector<uint8_t>> flash;
	std::function<int(const Question &)> on_ask;
	uint64_t asks[ASKS] = {}, removes = 0, refused = 0, sweeps = 0, next_place = 1;
	unsigned int refuse_puts = 0;
	/* All but records takes so much longer. */
	uint64_t broken = UINT64_MAX, flash_latency = 500, other_latency = 0;
	/* Bits of commands that flip as they enter: on or off in all benches; how many were put
	 * right. */
	static inline bool flips_on = false;
	static inline uint64_t flips_made = 0, flips_found = 0, flips_lost = 0, durable_found = 0;
	rtl::Flips flips;

	Bench(uint64_t seed, size_t dram)
	    : top_(seed),
	      entries_(&top_->entry_valid_i, &top_->entry_ready_o, &top_->entry_i, seed + 1),
	      completions_(&top_->completion_valid_o, &top_->completion_ready_i,
			   &top_->completion_o, seed + 2),
	      random_(seed + 3), staging_(size_t(get_lanes) * staging_lines * 64),
	      flips(&top_->inject_i, &top_->ecc_o, seed + 4)
	{
		/* Each command's, or almost. */
		if (flips_on)
			flips.make({{rtl::COMMANDS, command_bits}}, 2, 1);
		tap_check(vault_create(dram, seed, &vault) == 0, "no vault");
		vault_tier_use(vault, 1ull << 30);
		tap_check(vault_use_card_lz4(vault) == 0, "no codec");
		vault_model_read_layout(vault, &layout_);
		top_->units_base_i = unsigned(layout_.units_at / 64);
		top_->units_i = layout_.units;
		top_->flash_i = 1;
		top_->staging_line_i = unsigned(layout_.dram_bytes / 64);
		top_->buckets_i = layout_.buckets;
		top_->error_ready_i = 1;
		top_->pause_i = top_->offline_i = top_->refuse_i = top_->failed_i = top_->full_i =
		    0;
		top_->watch_i = top_->ask_pool_i = top_->now_i = 0;
		top_->pool_write_i = 0;
		top_->vault_valid_i = 0;
		top_.reset();
	}

	~Bench()
	{
		flips_made += flips.made[rtl::COMMANDS];
		flips_found += flips.corrected[rtl::COMMANDS];
		durable_found += flips.corrected[rtl::DURABLE];
		flips_lost += flips.all_lost();
		vault_destroy(vault);
	}

	uint64_t now() const
	{
		return top_.now();
	}

	rtl::Random &random()
	{
		return random_;
	}

	void cycle()
	{
		vault_figures figures;

		vault_read_figures(vault, &figures);
		top_->dead_i = figures.dead_pages != 0;
		host_dma();
		card_dram();
		lookups();
		vault_port();
		firmware();
		/* Answers to questions of the management core's port come at once. */
		top_->eval();
		core_done_ = top_->vault_done_o;
		entries_.before();
		completions_.before();
		flips.before();
		top_.edge();
		entries_.after(now());
		completions_.after(now());
	}

	/* Contents, a pool of that number. */
	void pool(unsigned int number, bool durable, unsigned int order, bool exclusive = false)
	{
		unsigned int contents =
		    vault_contents_create(vault, PAMC_POOL_TYPE_PERSISTENT, order);
		QData entry = 0;

		/* And one of the three that say whether its contents are durable, as it is written
		 * last. */
		if (flips_on && !durable)
			flips.once(rtl::DURABLE, 0, 3);
		core(OP_CREATE, contents, order);
		if (flips_on && durable)
			flips.once(rtl::DURABLE, 0, 3);
		if (durable) {
			vault_tier_durable(vault, contents, order);
			core(OP_TIER_DURABLE, contents, order);
		}
		Fields<QData>(entry, 56)
		    .put(1, 1)
		    .put(24, 1)
		    .put(16, 0)
		    .put(3, order)
		    .put(1, 0)
		    .put(1, exclusive)
		    .put(1, 0)
		    .put(9, contents);
		top_->pool_number_i = CData(number);
		top_->pool_i = entry;
		top_->pool_write_i = 1;
		cycle();
		top_->pool_write_i = 0;
		contents_[number] = contents;
		orders_[number] = order;
	}

	unsigned int contents(unsigned int pool)
	{
		return contents_[pool];
	}

	unsigned int order(unsigned int pool)
	{
		return orders_[pool];
	}

	void core(unsigned int op, unsigned int contents, unsigned int order)
	{
		for (unsigned int n = 0; n < 15; n++)
			top_->vault_i[n] = 0;
		Fields<VlWide<15>>(top_->vault_i, 478).put(5, op).put(6, 0).put(9, contents);
		(void)order;
		core_contents_ = contents;
		top_->vault_valid_i = 1;
		for (core_done_ = false; !core_done_;)
			cycle();
		top_->vault_valid_i = 0;
		cycle();
	}

	void submit(const pamc_sqe &sqe)
	{
		VlWide<18> beat{};

		std::memcpy(static_cast<void *>(&beat), &sqe, 64);
		entries_.push(beat);
	}

	bool completed(Completion &completion)
	{
		if (completions_.taken().empty())
			return false;
		Fields<VlWide<3>> fields(completions_.taken().front().beat, 95);

		fields.get(6);
		completion.cid = unsigned(fields.get(16));
		fields.get(1);
		completion.status = unsigned(fields.get(8));
		completion.result = uint32_t(fields.get(32));
		completion.info = uint32_t(fields.get(32));
		completions_.taken().pop_front();
		return true;
	}

	Completion execute(const pamc_sqe &sqe)
	{
		Completion completion;
		uint64_t end = now() + 2'000'000;

		submit(sqe);
		while (!completed(completion)) {
			tap_check(now() < end, "no completion");
			cycle();
		}
		settle();
		return completion;
	}

	/* What was accepted for the host is there; completions are written behind it. */
	void settle()
	{
		while (!host_writes_[0].empty() || !host_writes_[1].empty())
			cycle();
	}

	/* The page goes to flash, or to another place there. */
	bool move(unsigned int pool, uint64_t index)
	{
		vault_handle handle{};
		vault_tier_record record{};
		std::vector<uint8_t> bytes(vault_tier_record_most());

		handle.index = index;
		if (!vault_tier_find(vault, contents_[pool], &handle, &record, bytes.data()) ||
		    !record.version)
			return false;
		uint64_t to = (1ull << 40) + next_place++;

		if (record.place < 1ull << 40) {
			bytes.resize(record.bytes);
			vault_tier_leaving(vault, &record);
			flash[to] = bytes;
		} else {
			flash[to] = flash.at(record.place);
		}
		return vault_tier_move(vault, &record, to);
	}

      private:
	std::map<unsigned int, unsigned int> contents_, orders_;
};

} // namespace exec_flash

#endif /* EXEC_FLASH_BENCH_HPP */
