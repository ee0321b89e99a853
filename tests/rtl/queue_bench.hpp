/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verilated queue_top with all that is around it: a host with rings and doorbells
 * for each queue pair, its memory behind DMA with random latency, order and errors, an
 * executor that completes entries in any order, and a management that creates, deletes
 * and aborts. Whatever leaves the card is compared with the rules (queue_ref.hpp).
 */
#ifndef QUEUE_BENCH_HPP
#define QUEUE_BENCH_HPP

#include "dma_bits.hpp"
#include "flips.hpp"
#include "queue_parts.hpp"
#include "queue_test/Vqueue_test.h"
#include "tap.hpp"

namespace queue
{

class Bench
{
      public:
	rtl::Clocked<Vqueue_test> dut;
	rtl::Random random;
	rtl::Flips flips;
	Options options;
	std::array<Pair, queue_pairs> pairs;
	uint64_t entries = 0, completions = 0, interrupts = 0, faults = 0, pushed = 0,
		 aborts_found = 0, aborts_lost = 0, deleted = 0, lost_reads = 0;
	bool hold_done = false;
	/* A queue pair of which something is lost; its entries that were aborted. */
	unsigned int lossy = queue_pairs, aborted_of_lossy = 0;
	/* Something of one that is not known is: who had entries aborted, completions dropped, or
	 * interrupts too many or too few. */
	bool any_lossy = false;
	std::set<unsigned int> hurt;

      private:
	rtl::Source<HostWrite> host_;
	rtl::Source<Done> done_;
	rtl::Source<Control> control_;
	rtl::Sink<ReadRequest> read_;
	rtl::Sink<WriteRequest> write_;
	rtl::Sink<CData> irq_;
	rtl::Sink<EntryBeat> io_, admin_;
	rtl::Sink<CData> rsp_;
	rtl::Sink<IData> fault_;
	std::deque<HostWrite> sent_; /* in host_, to be judged when taken */
	uint64_t host_count_ = 0, done_count_ = 0;
	std::vector<Read> reads_;
	std::vector<Command> commands_;
	std::deque<Completion> completing_; /* given to the card or about to be */
	size_t completing_taken_ = 0;
	std::array<Abort, 8> aborts_;
	int control_tag_ = -1;
	bool control_ok_ = false;
	VlWide<4> cqe_{};

      public:
	explicit Bench(uint64_t seed)
	    : dut(seed), random(seed), flips(&dut->inject_i, &dut->ecc_o, seed ^ 11),
	      host_(&dut->host_valid_i, &dut->host_ready_o, &dut->host_i, seed ^ 1),
	      done_(&dut->done_valid_i, &dut->done_ready_o, &dut->done_i, seed ^ 2),
	      control_(&dut->control_valid_i, &dut->control_ready_o, &dut->control_i, seed ^ 3),
	      read_(&dut->read_valid_o, &dut->read_ready_i, &dut->read_o, seed ^ 4),
	      write_(&dut->write_valid_o, &dut->write_ready_i, &dut->write_o, seed ^ 5),
	      irq_(&dut->irq_valid_o, &dut->irq_ready_i, &dut->irq_vector_o, seed ^ 6),
	      io_(&dut->io_valid_o, &dut->io_ready_i, &dut->io_o, seed ^ 7),
	      admin_(&dut->admin_valid_o, &dut->admin_ready_i, &dut->admin_o, seed ^ 8),
	      rsp_(&dut->control_rsp_valid_o, &dut->control_rsp_ready_i, &dut->control_rsp_o,
		   seed ^ 9),
	      fault_(&dut->fault_valid_o, &dut->fault_ready_i, &dut->fault_o, seed ^ 10)
	{
		dut->rsp_valid_i = 0;
		dut->stop_i = 0;
		dut.reset();
		set(options);
	}

	void set(const Options &wanted)
	{
		options = wanted;
		host_.pace(options.host);
		read_.pace(options.read);
		write_.pace(options.write);
		irq_.pace(options.irq);
		io_.pace(options.io);
		admin_.pace(options.admin);
	}

	[[noreturn]] void broken(const std::string &what)
	{
		throw rtl::Broken("cycle " + std::to_string(dut.now()) + ": " + what);
	}

	[[noreturn]] void broken(unsigned int qid, const std::string &what)
	{
		broken("queue pair " + std::to_string(qid) + ": " + what);
	}

	/* ------------------------------------------------------------ host */

	/* Bytes of the doorbell BAR, within a line. */
	void host_write(uint64_t at, const void *data, size_t bytes, unsigned int bar = PAMC_BAR_DB)
	{
		HostWrite beat{};

		std::memcpy(reinterpret_cast<uint8_t *>(&beat) + at % 64, data, bytes);
		rtl::set_bits(beat, 512, 64,
			      (bytes == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bytes) - 1) << at % 64);
		rtl::set_bits(beat, 576, 12, at / 64);
		rtl::set_bits(beat, 588, 3, bar);
		rtl::set_bits(beat, 591, 1, at % 4 != 0 || bytes % 4 != 0);
		host_.push(beat);
		sent_.push_back(beat);
	}

	void ring(unsigned int qid, uint64_t tail)
	{
		uint32_t value = uint16_t(tail);

		host_write(qid * PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL, &value, 4);
	}

	void consume(unsigned int qid, uint64_t head, bool arm)
	{
		uint32_t value = uint16_t(head) | uint32_t(arm) << 31;

		host_write(qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD, &value, 4);
	}

	/* Part of an entry, to its push slot. */
	void push(unsigned int qid, uint64_t index, unsigned int from = 0, unsigned int to = 64)
	{
		const Pair &pair = pairs[qid];
		const Entry &entry = pair.ring[index % pair.ref.sq_entries()];

		host_write(qid * PAMC_DB_STRIDE + PAMC_DB_PUSH + index % PAMC_PUSH_SLOTS * 64 +
			       from,
			   entry.data() + from, to - from);
	}

	/* Doorbell writes that the card has not taken. */
	size_t unsent() const
	{
		return host_.waiting();
	}

	uint64_t host_taken() const
	{
		return host_.count();
	}

	/* Room for entries in the submission ring. */
	uint64_t room(unsigned int qid) const
	{
		const Pair &pair = pairs[qid];

		return pair.ref.sq_entries() - (pair.written - pair.sq_head);
	}

	/* Writes the next entry into the ring; returns its index. */
	uint64_t write_entry(unsigned int qid)
	{
		Pair &pair = pairs[qid];
		uint64_t index = pair.written++;
		Entry &entry = pair.ring[index % pair.ref.sq_entries()];

		for (unsigned int n = 0; n < 64; n += 8)
			set_field<uint64_t>(entry, n, random());
		set_field<uint16_t>(entry, offsetof(pamc_sqe, cid), uint16_t(index));
		set_field<uint16_t>(entry, offsetof(pamc_sqe, sq_index), uint16_t(index));
		seal(entry);
		return index;
	}

	/* ------------------------------------------------------------ management */

	bool control_idle() const
	{
		return control_tag_ < 0;
	}

	void control(Op op, unsigned int qid, const Config &config = {})
	{
		Control beat{};

		control_tag_ = 8;
		rtl::set_bits(beat, 0, 16, config.usec);
		rtl::set_bits(beat, 16, 16, config.count);
		rtl::set_bits(beat, 32, 16, config.domain);
		rtl::set_bits(beat, 48, 1, config.irq);
		rtl::set_bits(beat, 49, 6, config.vector);
		rtl::set_bits(beat, 55, 4, config.cq_shift);
		rtl::set_bits(beat, 59, 4, config.sq_shift);
		rtl::set_bits(beat, 63, 52, config.cq_base >> 12);
		rtl::set_bits(beat, 115, 52, config.sq_base >> 12);
		rtl::set_bits(beat, 183, 6, qid);
		rtl::set_bits(beat, 189, 4, unsigned(control_tag_));
		rtl::set_bits(beat, 193, 3, op);
		control_.push(beat);
	}

	/* Waits for the answer. */
	bool finish_control()
	{
		for (unsigned int n = 0; control_tag_ >= 0; n++) {
			if (n > 200000)
				broken("no answer to a control request");
			step();
		}
		return control_ok_;
	}

	Config config_of(unsigned int qid, unsigned int sq_shift, unsigned int cq_shift, bool irq)
	{
		Config config;
		uint64_t generation = pairs[qid].generation + 1;

		/* Ring addresses tell whose they are. */
		config.sq_base = uint64_t(qid + 1) << 40 | generation % 256 << 32 | 0x7f123000;
		config.cq_base = uint64_t(qid + 129) << 40 | generation % 256 << 32 | 0x1000;
		config.sq_shift = sq_shift;
		config.cq_shift = cq_shift;
		config.vector = qid;
		config.domain = unsigned(random.below(65536));
		config.irq = irq;
		return config;
	}

	void create(unsigned int qid, const Config &config)
	{
		Pair &pair = pairs[qid];
		unsigned int generation = pair.generation + 1;
		uint64_t bad_min = pair.ref.bad_min, bad_max = pair.ref.bad_max;

		while (unsent()) /* doorbells of its former life */
			step();
		control(CREATE, qid, config);
		if (!finish_control())
			broken(qid, "was not created");
		pair = {};
		pair.ref.config = config;
		pair.ref.bad_min = bad_min;
		pair.ref.bad_max = bad_max;
		pair.generation = generation;
		pair.ring.resize(pair.ref.sq_entries());
		pair.alive = true;
	}

	/* Doorbells to it may be bad or not from now on; after the answer they are. */
	void end(Op op, unsigned int qid)
	{
		for (unsigned int n = 0; n < queue_pairs; n++) {
			if (op == DISCARD || n == qid)
				pairs[n].ending = true;
		}
		control(op, qid);
	}

	/* Called when the answer to it is there. */
	void ended(Op op, unsigned int qid)
	{
		for (unsigned int n = 0; n < queue_pairs; n++) {
			if (op != DISCARD && n != qid)
				continue;
			for (const Read &read : reads_) {
				if (read.qid == n && read.generation == pairs[n].generation)
					broken(n, "was deleted with reads under way");
			}
			for (const Command &command : commands_) {
				if (command.qid == n)
					broken(n, "was deleted with commands under way");
			}
			for (const Completion &done : completing_) {
				if (done.qid == n)
					broken(n, "was deleted with completions under way");
			}
			pairs[n].alive = pairs[n].ending = false;
			deleted++;
		}
	}

	/* False: all are in use. */
	bool abort(unsigned int qid, uint16_t cid)
	{
		for (unsigned int tag = 0; tag < aborts_.size(); tag++) {
			Abort &abort = aborts_[tag];

			if (abort.used)
				continue;
			Control beat{};

			rtl::set_bits(beat, 167, 16, cid);
			rtl::set_bits(beat, 183, 6, qid);
			rtl::set_bits(beat, 189, 4, tag);
			rtl::set_bits(beat, 193, 3, ABORT);
			control_.push(beat);
			abort = {};
			abort.used = true;
			abort.qid = qid;
			abort.cid = cid;
			abort.generation = pairs[qid].generation;
			abort.since = dut.now();
			/* Submitted and far from being handed out: it must be found. */
			const Pair &pair = pairs[qid];
			int16_t ahead = int16_t(uint16_t(cid - uint16_t(pair.ref.handed)));

			abort.must = unsent() == 0 && ahead >= 24 &&
				     ahead < int64_t(pair.ref.tail - pair.ref.handed);
			return true;
		}
		return false;
	}

	bool aborts_open() const
	{
		for (const Abort &abort : aborts_) {
			if (abort.used)
				return true;
		}
		return false;
	}

      private:
	/* ------------------------------------------------------------ what the card does */

	bool is_lossy(unsigned int qid) const
	{
		return any_lossy || qid == lossy;
	}

	void judge_host(const HostWrite &beat)
	{
		const auto *data = reinterpret_cast<const uint8_t *>(&beat);
		uint64_t strobe = rtl::get_bits(beat, 512, 64), line = rtl::get_bits(beat, 576, 12);
		unsigned int qid = unsigned(line / 64), at = line % 64;
		Pair &pair = pairs[qid];
		Ref &ref = pair.ref;
		bool whole = true;
		uint32_t tail, head;

		if (rtl::get_bits(beat, 588, 3) != PAMC_BAR_DB || !strobe)
			return;
		for (unsigned int n = 0; n < 64; n += 4)
			whole = whole && ((strobe >> n & 15) == 0 || (strobe >> n & 15) == 15);
		if (!pair.alive) {
			ref.bad_min++;
			ref.bad_max += 2;
			return;
		}
		std::memcpy(&tail, data + PAMC_DB_SQ_TAIL, 4);
		std::memcpy(&head, data + PAMC_DB_CQ_HEAD, 4);
		/* It may be gone already. */
		uint64_t bad_min = ref.bad_min;

		ref.bad_max += pair.ending ? 2 : 0;
		bool is_tail = at == 0 && strobe & 1, is_head = at == 0 && strobe >> 8 & 1;

		if (!whole || (at < 32 && !is_tail && !is_head)) {
			ref.bad_min += !pair.ending;
			ref.bad_max++;
			return;
		}
		if (at >= 32)
			ref.slot_write(at - 32, data, strobe);
		if (is_tail)
			ref.sq_tail(uint16_t(tail));
		if (is_head)
			ref.cq_head(uint16_t(head), head >> 31, dut.now());
		if (pair.ending)
			ref.bad_min = bad_min;
	}

	void entry_came(const EntryBeat &beat, bool admin)
	{
		unsigned int qid = unsigned(rtl::get_bits(beat, 560, 6));
		Pair &pair = pairs[qid];
		Ref &ref = pair.ref;
		uint64_t index = ref.handed;
		bool aborted = rtl::get_bits(beat, 567, 1), wanted = false;

		if (!pair.alive ||
		    (pair.broken && int16_t(uint16_t(index) - pair.fault_index) >= 0))
			broken(qid, "an entry of no queue pair");
		if (admin != (qid == 0))
			broken(qid, "the entry took the wrong way");
		if (index >= ref.tail)
			broken(qid, "an entry that was not submitted");
		if (index - ref.head >= ref.cq_entries())
			broken(qid, "an entry without room for its completion");
		/* Its command identifier is right in any case, as it is completed by that. */
		bool lost = is_lossy(qid) && aborted;

		if (lost ? rtl::get_bits(beat, 16, 16) != uint16_t(index)
			 : std::memcmp(&beat, pair.ring[index % ref.sq_entries()].data(), 64) != 0)
			broken(qid, "entry " + std::to_string(index) + " is another one: " +
					std::to_string(rtl::get_bits(beat, 16, 16)) + ", index " +
					std::to_string(rtl::get_bits(beat, 432, 16)));
		if (lost) {
			/* Nobody looks at queue pair 0's aborted; but it has no such command. */
			if (admin && rtl::get_bits(beat, 0, 8) != 0xff)
				broken(qid, "an entry that is lost would be executed");
			wanted = true;
			aborted_of_lossy++;
			hurt.insert(qid);
		} else if (rtl::get_bits(beat, 544, 16) != ref.config.domain) {
			broken(qid, "the wrong domain");
		}
		/* Of several that name it, the oldest has found it; the others may be too late. */
		Abort *oldest = nullptr;

		for (Abort &abort : aborts_) {
			if (!abort.used || abort.qid != qid || abort.cid != uint16_t(index) ||
			    abort.generation != pair.generation)
				continue;
			wanted = true;
			if (!oldest || abort.since < oldest->since)
				oldest = &abort;
			/* It came just before the card knew, or the ABORT was over by then. */
			if (!aborted && abort.must)
				broken(qid, "an entry was to be aborted");
		}
		bool told = pair.told.erase(uint16_t(index));

		wanted = wanted || told;
		if (oldest && !told)
			oldest->found |= aborted;
		if (aborted && !wanted)
			broken(qid, "an entry is aborted that nobody named");
		pair.aborted += aborted;
		pair.pushed += unsigned(rtl::get_bits(beat, 566, 1));
		pushed += rtl::get_bits(beat, 566, 1);
		ref.handed++;
		entries++;
		commands_.push_back(
		    {qid, index, uint16_t(index),
		     dut.now() + random.between(options.exec_min, options.exec_max)});
	}

	void read_came(const ReadRequest &beat)
	{
		Read read{};
		uint64_t line = rtl::get_bits(beat, rtl::read_line_at, 58);

		read.tag = unsigned(rtl::get_bits(beat, 0, rtl::dma_tag_bits));
		read.lines = unsigned(rtl::get_bits(beat, rtl::read_lines_at, 7));
		read.qid = unsigned(line >> 34) - 1;
		if (rtl::get_bits(beat, rtl::read_probe_at, 1) || read.qid >= queue_pairs)
			broken("a read of nothing");
		Pair &pair = pairs[read.qid];
		Ref &ref = pair.ref;
		uint64_t at = line - (ref.config.sq_base >> 6), entries_here = ref.sq_entries();

		read.generation = pair.generation;
		read.index = pair.ref.handed / entries_here * entries_here + at;
		if (read.index < pair.ref.handed)
			read.index += entries_here;
		if (!pair.alive || read.lines == 0 || read.lines > 8 || at >= entries_here ||
		    at + read.lines > entries_here)
			broken(read.qid, "a read beyond the ring");
		if (line % 64 + read.lines > 64)
			broken(read.qid, "a read that crosses 4 KiB");
		if (!pair.ending && read.index + read.lines > ref.tail)
			broken(read.qid, "a read of what was not submitted");
		for (const Read &other : reads_) {
			if (other.tag == read.tag)
				broken(read.qid, "a tag that is in use");
			if (other.qid == read.qid && other.index < read.index + read.lines &&
			    read.index < other.index + other.lines)
				broken(read.qid, "an entry is read twice");
		}
		for (unsigned int n = 0; n < read.lines; n++)
			read.order.insert(read.order.begin() + long(random.below(n + 1)), n);
		read.left = read.lines;
		read.due = dut.now() + random.between(options.latency_min, options.latency_max);
		read.fails = options.error_one_in && random.one_in(options.error_one_in);
		reads_.push_back(read);
	}

	/* One answer a cycle, of any read that is due. */
	void answer()
	{
		dut->rsp_valid_i = 0;
		if (reads_.empty())
			return;
		size_t from = random.below(reads_.size());

		for (size_t n = 0; n < reads_.size(); n++) {
			Read &read = reads_[(from + n) % reads_.size()];

			if (read.due > dut.now())
				continue;
			Response beat{};
			unsigned int place = read.order.back();
			Pair &pair = pairs[read.qid];
			bool fails = read.fails && random.below(2);

			read.order.pop_back();
			read.left--;
			if (read.fails && read.left == 0)
				fails = true;
			if (fails && random.below(2))
				read.left = 0;
			std::memcpy(&beat,
				    pair.ring[(read.index + place) % pair.ref.sq_entries()].data(),
				    64);
			if (fails)
				std::memset(static_cast<void *>(&beat), 0xee, 64);
			rtl::set_bits(beat, rtl::rsp_offset_at, 6, place);
			rtl::set_bits(beat, rtl::rsp_last_at, 1, read.left == 0);
			rtl::set_bits(beat, rtl::rsp_error_at, 1, fails);
			rtl::set_bits(beat, rtl::rsp_tag_at, rtl::dma_tag_bits, read.tag);
			dut->rsp_i = beat;
			dut->rsp_valid_i = 1;
			if (read.left == 0) {
				if (read.fails) {
					pair.failed = true;
					lost_reads++;
				}
				reads_.erase(reads_.begin() + long((from + n) % reads_.size()));
			}
			return;
		}
	}

	void complete()
	{
		if (hold_done || done_.waiting() > 2 || commands_.empty())
			return;
		size_t from = random.below(commands_.size());

		for (size_t n = 0; n < commands_.size() && n < 32; n++) {
			size_t at = (from + n) % commands_.size();
			Command command = commands_[at];

			if (command.due > dut.now())
				continue;
			Completion done{command.qid,
					pairs[command.qid].generation,
					command.index,
					uint32_t(random()),
					uint32_t(random()),
					command.cid,
					unsigned(random.below(256)),
					random.one_in(4)};
			Done beat{};

			rtl::set_bits(beat, 0, 32, done.info);
			rtl::set_bits(beat, 32, 32, done.result);
			rtl::set_bits(beat, 64, 8, done.status);
			rtl::set_bits(beat, 72, 1, done.logged);
			rtl::set_bits(beat, 73, 16, done.cid);
			rtl::set_bits(beat, 89, 6, done.qid);
			done_.push(beat);
			completing_.push_back(done);
			commands_[at] = commands_.back();
			commands_.pop_back();
			return;
		}
	}

	/* The completion at the front was dropped. */
	void dropped()
	{
		Pair &pair = pairs[completing_.front().qid];

		if (!pair.failed && !pair.ending) {
			if (!is_lossy(completing_.front().qid))
				broken(completing_.front().qid, "a completion is missing");
			hurt.insert(completing_.front().qid);
		}
		completing_.pop_front();
		completing_taken_--;
	}

	void write_came(const WriteRequest &beat)
	{
		uint64_t dword = rtl::get_bits(beat, rtl::write_dword_at, 62);
		unsigned int qid = unsigned(dword >> 38) - 129;

		if (qid >= queue_pairs || rtl::get_bits(beat, rtl::write_dwords_at, 11) != 4)
			broken("a write to nowhere");
		const auto *data = reinterpret_cast<const uint8_t *>(&cqe_);
		struct pamc_cqe cqe;

		std::memcpy(&cqe, data, sizeof(cqe));
		while (completing_taken_ > 1 &&
		       (completing_.front().qid != qid || completing_.front().cid != cqe.cid))
			dropped();
		if (!completing_taken_ || completing_.front().qid != qid ||
		    completing_.front().cid != cqe.cid)
			broken(qid, "a completion that nobody gave");
		Completion done = completing_.front();

		completing_.pop_front();
		completing_taken_--;
		Pair &pair = pairs[qid];
		Ref &ref = pair.ref;
		uint64_t slot = ref.posted % ref.cq_entries(), pass = ref.posted / ref.cq_entries();
		unsigned int status =
		    done.status << 1 | (pass % 2 == 0) | unsigned(done.logged) << 15;

		if (!pair.alive || done.generation != pair.generation)
			broken(qid, "a completion of no queue pair");
		if (dword != (ref.config.cq_base + slot * 16) / 4)
			broken(qid, "a completion in the wrong place");
		if (cqe.status != status || cqe.qid != qid || cqe.result != done.result ||
		    cqe.info != done.info)
			broken(qid, "a wrong completion");
		if (ref.posted - ref.head >= ref.cq_entries())
			broken(qid, "a completion without room");
		uint64_t sq_head = pair.sq_head + uint16_t(cqe.sq_head - uint16_t(pair.sq_head));

		if (sq_head > ref.tail || sq_head <= done.index)
			broken(qid, "sq_head " + std::to_string(sq_head));
		/* What may be overwritten is, but for what this bench compares with. */
		pair.sq_head = std::min(sq_head, ref.handed);
		ref.posted++;
		completions++;
	}

	void irq_came(unsigned int vector)
	{
		Pair &pair = pairs[vector];

		if (!pair.alive)
			broken(vector, "an interrupt of no queue pair");
		bool armed = !pair.ref.irq.arms.empty();

		/* Between the decision and its way out there is what the sink waits. */
		std::string what =
		    pair.ref.irq_came(dut.now(), 64 + options.irq.rest, cycles_per_us);

		if (!what.empty() && (options.exact_irq || !pair.ref.config.irq)) {
			/* Too early is early enough, but without a reason there is none. */
			if (!is_lossy(vector) || !pair.ref.config.irq || !armed)
				broken(vector, what);
			hurt.insert(vector);
		}
		pair.irqs++;
		interrupts++;
	}

	void answer_came(unsigned int beat)
	{
		unsigned int tag = beat >> 2;
		bool ok = beat >> 1 & 1, found = beat & 1;

		if (tag == 8 && control_tag_ == 8) {
			control_tag_ = -1;
			control_ok_ = ok;
			return;
		}
		if (tag >= aborts_.size() || !aborts_[tag].used)
			broken("an answer to nothing");
		Abort &abort = aborts_[tag];
		Pair &pair = pairs[abort.qid];
		bool same = abort.generation == pair.generation;

		abort.used = false;
		/* An entry that is found may not have been taken by the executor yet. */
		(found ? aborts_found : aborts_lost)++;
		if (!found && abort.found)
			broken(abort.qid, "an abort was found and told not to be");
		if (!found && abort.must && same && pair.alive && !pair.ending && !pair.failed)
			broken(abort.qid, "an abort did not find its command");
		if (found && same && !abort.found)
			pair.told.insert(abort.cid);
	}

	void fault_came(unsigned int beat)
	{
		unsigned int qid = beat >> 16;
		Pair &pair = pairs[qid];

		faults++;
		if (!pair.alive || !pair.failed || pair.broken)
			broken(qid, "a fault of its ring that did not happen");
		pair.broken = true;
		pair.fault_index = uint16_t(beat);
	}

	template <class Stream, class Function> void drain(Stream &stream, Function function)
	{
		for (; !stream.taken().empty(); stream.taken().pop_front())
			function(stream.taken().front().beat);
	}

      public:
	/* The host's view of time: runs a cycle. */
	void step()
	{
		answer();
		complete();
		host_.before(), done_.before(), control_.before();
		read_.before(), write_.before(), irq_.before(), io_.before(), admin_.before();
		rsp_.before(), fault_.before();
		flips.before();
		cqe_ = dut->write_data_o;
		dut.edge();
		host_.after(dut.now()), done_.after(dut.now()), control_.after(dut.now());
		read_.after(dut.now()), write_.after(dut.now()), irq_.after(dut.now());
		io_.after(dut.now()), admin_.after(dut.now());
		rsp_.after(dut.now()), fault_.after(dut.now());

		if (done_.count() != done_count_) {
			done_count_ = done_.count();
			completing_taken_++;
		}
		if (host_.count() != host_count_) {
			host_count_ = host_.count();
			judge_host(sent_.front());
			sent_.pop_front();
		}
		drain(write_, [this](const WriteRequest &beat) { write_came(beat); });
		drain(io_, [this](const EntryBeat &beat) { entry_came(beat, false); });
		drain(admin_, [this](const EntryBeat &beat) { entry_came(beat, true); });
		drain(read_, [this](const ReadRequest &beat) { read_came(beat); });
		drain(irq_, [this](CData beat) { irq_came(beat); });
		drain(rsp_, [this](CData beat) { answer_came(beat); });
		drain(fault_, [this](IData beat) { fault_came(beat); });
		for (unsigned int qid = 0; qid < queue_pairs; qid++)
			step_irq(qid);
		/* It has none any more. */
		while (completing_taken_ && dut->done_ready_o && !dut->write_valid_o)
			dropped();
	}

	void steps(uint64_t cycles)
	{
		while (cycles--)
			step();
	}

	/* Cycles until the next entry is offered; at most so many. */
	uint64_t wait_entry(uint64_t most)
	{
		uint64_t cycles = 0;

		while (!dut->io_valid_o && cycles++ < most)
			step();
		return cycles;
	}

	uint64_t counter(unsigned int n)
	{
		return rtl::get_bits(dut->counters_o, 32 * n, 32);
	}

	bool commands_open() const
	{
		return !commands_.empty() || !completing_.empty();
	}

      private:
	void step_irq(unsigned int qid)
	{
		Pair &pair = pairs[qid];

		if (!pair.alive || pair.ending || pair.broken || !pair.ref.config.irq)
			return;
		pair.ref.irq_step(dut.now());
		if (!options.exact_irq)
			return;
		std::string what =
		    pair.ref.irq_missing(dut.now(), 700 + 64 * options.irq.rest, cycles_per_us);

		if (!what.empty() && !is_lossy(qid))
			broken(qid, what);
		if (!what.empty())
			hurt.insert(qid);
	}
};

} // namespace queue

#endif /* QUEUE_BENCH_HPP */
