/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's PCI Express side between a host that is a model (sim/verilator) and clients
 * that ask at random: every line, every error and the order of writes and interrupts is
 * checked here, every packet by the model of the host.
 */
#ifndef PCIE_BENCH_HPP
#define PCIE_BENCH_HPP

#include <map>

#include "dma_bits.hpp"
#include "flips.hpp"
#include "pcie_test/Vpcie_test.h"
#include "root_complex.hpp"
#include "tap.hpp"

namespace pcie_bench
{

constexpr unsigned int clients = 4, timeout_cycles = 4000, quarantine_cycles = 12000;
using rtl::dma_own_bits;
using rtl::dma_tag_bits;
constexpr unsigned int own_tags = 1u << dma_own_bits;

/* Every dword of the host's memory tells where it is. */
inline uint32_t content(uint64_t address)
{
	uint64_t z = (address >> 2) * 0x9e3779b97f4a7c15ull;

	return uint32_t(z >> 32 ^ z);
}

struct ReadRequest {
	uint64_t address = 0;
	unsigned int lines = 1;
	bool probe = false;
	/* While it is open. */
	uint64_t began = 0;
	uint64_t seen = 0;
	bool error = false;
};

struct WriteRequest {
	uint64_t address = 0;
	std::vector<uint32_t> data;
};

struct Knobs {
	unsigned int read_one_in = 4, write_one_in = 4; /* cycles until a new request */
	unsigned int gap_one_in = 0;                    /* data of writes pauses */
	unsigned int most_lines = 64, most_dwords = 1024;
	unsigned int irq_one_in = 0;
	bool may_fail = false;
};

class Bench
{
      public:
	rtl::Clocked<Vpcie_test> dut;
	pcie::RootComplex host;
	rtl::Sink<VlWide<19>> bells;
	rtl::Random random;
	rtl::Flips flips;
	Knobs knobs;

	/* Totals. */
	uint64_t reads_done = 0, reads_failed = 0, lines_read = 0, writes_done = 0,
		 writes_taken = 0;

      private:
	struct Client {
		std::deque<ReadRequest> reads;            /* to be asked */
		std::map<unsigned int, ReadRequest> open; /* by the tag's low bits */
		bool read_offered = false;
		unsigned int read_tag = 0;
		std::deque<WriteRequest> writes;
		std::deque<uint32_t> data; /* of writes, not yet taken, whole beats */
		bool write_offered = false, data_offered = false;
		unsigned int write_tag = 0;
		std::deque<unsigned int> undone; /* tags of writes taken */
	};

	Client c_[clients];
	/* Accepted, in order: what the host must see. */
	std::deque<WriteRequest> expected_;
	size_t expected_at_ = 0; /* dwords of the first that were seen */
	uint64_t writes_seen_ = 0;
	bool irq_offered_ = false, draining_ = false;
	/* By vector: writes taken before the last request; requests; messages; writes seen
	 * at the last message. */
	struct Vector {
		uint64_t before = 0, asked = 0, sent = 0, seen = 0;
	};
	std::map<unsigned int, Vector> vectors_;
	unsigned int irq_ = 0;

      public:
	explicit Bench(uint64_t seed)
	    : dut(seed), host(pcie::ports_of(*dut.operator->()), seed ^ 21),
	      bells(&dut->doorbell_valid_o, &dut->doorbell_ready_i, &dut->doorbell_o, seed ^ 22),
	      random(seed ^ 23), flips(&dut->inject_i, &dut->ecc_o, seed ^ 24)
	{
		host.on_read = [](uint64_t address, void *to, size_t bytes) {
			for (size_t n = 0; n < bytes; n += 4) {
				uint32_t word = content(address + n);

				std::memcpy(static_cast<char *>(to) + n, &word, 4);
			}
			return address >> 44 != 0xbad;
		};
		host.on_write = [this](uint64_t address, const void *from, size_t bytes) {
			written(address, static_cast<const uint32_t *>(from), bytes / 4);
			return true;
		};
		host.on_interrupt = [this](uint64_t address, uint32_t data) {
			interrupt(address, data);
		};
		/* The card counts from before the packet has left. */
		host.options().forget_after = timeout_cycles + quarantine_cycles - 2000;
		dut->idle_i = 1;
		for (auto &word : dut->regs_i.m_storage)
			word = 0;
		reset();
	}

	void reset()
	{
		for (auto &client : c_)
			client = {};
		expected_.clear();
		expected_at_ = 0;
		vectors_.clear();
		irq_offered_ = false;
		dut->read_valid_i = 0;
		dut->write_valid_i = 0;
		dut->data_valid_i = 0;
		dut->irq_valid_i = 0;
		host.reset();
		bells.reset();
		dut.reset();
		host.set_bus_master(true);
	}

	/* ---- What the clients want. */

	void read(unsigned int client, uint64_t address, unsigned int lines, bool probe = false)
	{
		ReadRequest request;

		request.address = address;
		request.lines = lines;
		request.probe = probe;
		c_[client].reads.push_back(request);
	}

	void write(unsigned int client, uint64_t address, unsigned int dwords)
	{
		WriteRequest request{address, {}};

		for (unsigned int n = 0; n < dwords; n++)
			request.data.push_back(uint32_t(random()));
		c_[client].writes.push_back(request);
	}

	void ask_at_random()
	{
		for (unsigned int n = 0; n < clients; n++) {
			if (knobs.read_one_in && c_[n].reads.size() < 2 &&
			    random.one_in(knobs.read_one_in)) {
				uint64_t page = (random() & 0xffffffff) << 12;
				unsigned int lines = unsigned(random.between(1, knobs.most_lines));
				bool probe = random.one_in(8);

				if (random.one_in(3))
					lines = unsigned(random.between(1, 2));
				if (random.one_in(4))
					lines = knobs.most_lines;
				if (probe)
					lines = 1;
				if (knobs.may_fail && random.one_in(16))
					page |= 0xbadull << 44;
				read(n, page + 64 * random.below(65 - lines), lines, probe);
			}
			if (knobs.write_one_in && c_[n].writes.size() < 2 &&
			    random.one_in(knobs.write_one_in)) {
				uint64_t page = (random() & 0xffffffff) << 12 | 1ull << 50;
				unsigned int dwords =
				    unsigned(random.between(1, knobs.most_dwords));

				if (random.one_in(3))
					dwords = std::min(4u, knobs.most_dwords);
				if (random.one_in(4))
					dwords = knobs.most_dwords;
				write(n, page + 4 * random.below(1025 - dwords), dwords);
			}
		}
	}

	/* Nothing is asked for and not answered. */
	bool idle()
	{
		for (const auto &client : c_)
			if (!client.reads.empty() || !client.open.empty() ||
			    !client.writes.empty() || !client.undone.empty() ||
			    !client.data.empty())
				return false;
		return expected_.empty() && !irq_offered_ && dut->quiet_o;
	}

	size_t open_reads() const
	{
		size_t sum = 0;

		for (const auto &client : c_)
			sum += client.open.size();
		return sum;
	}

	void run(uint64_t cycles)
	{
		while (cycles--) {
			ask_at_random();
			step();
		}
	}

	void drain(uint64_t most = 60000)
	{
		uint64_t end = dut.now() + most;

		draining_ = true;
		while (!idle() || host.waiting()) {
			if (dut.now() > end)
				throw rtl::Broken("something is never answered");
			step();
		}
		/* Interrupts may be pending still. */
		for (unsigned int n = 0; n < 100; n++) {
			if (!idle())
				n = 0;
			step();
		}
		draining_ = false;
	}

	/* ---- Interrupts. */

	void interrupt(uint64_t address, uint32_t data)
	{
		unsigned int vector = data & 63;

		if (address != host.options().msi_base + 16 * vector || data != 0xc0de0000 + vector)
			throw rtl::Broken("an interrupt that is not in the table");
		vectors_[vector].sent++;
		vectors_[vector].seen = writes_seen_;
	}

	/* Each vector that was asked for came, after what was written before. */
	void check_interrupts()
	{
		for (const auto &entry : vectors_) {
			const Vector &v = entry.second;

			tap_check((v.asked != 0) == (v.sent != 0), "an interrupt is lost");
			tap_check(v.sent <= v.asked, "an interrupt that nobody asked for");
			tap_check(v.seen >= v.before, "an interrupt came before its data");
		}
	}

	uint64_t sent(unsigned int vector)
	{
		return vectors_[vector].sent;
	}

	/* Offers one interrupt and waits until it is taken. */
	void irq(unsigned int vector)
	{
		irq_ = vector;
		irq_offered_ = true;
		while (irq_offered_)
			step();
	}

	/* ---- Registers. */

	void mmio_write(unsigned int bar, uint64_t offset, uint64_t value, unsigned int bytes)
	{
		host.mmio_write(bar, offset, &value, bytes);
	}

	pcie::HostAnswer wait(uint64_t id)
	{
		uint64_t end = dut.now() + 20000;

		while (!host.answered(id)) {
			if (dut.now() > end)
				throw rtl::Broken("a read by the host is not answered");
			step();
		}
		return host.answer(id);
	}

	uint32_t mmio_read(unsigned int bar, uint64_t offset)
	{
		auto answer = wait(host.mmio_read(bar, offset, 4));

		tap_check(answer.status == 0 && answer.data.size() == 1, "a register was not read");
		return answer.data[0];
	}

	void open_interrupts()
	{
		for (unsigned int n = 0; n < 64; n++) {
			mmio_write(0, 0x2000 + 16 * n, host.options().msi_base + 16 * n, 8);
			mmio_write(0, 0x2008 + 16 * n, 0xc0de0000 + n, 8);
		}
		mmio_read(0, 0);
		host.set_msix(true, false);
	}

	uint32_t stat(unsigned int from_end)
	{
		return uint32_t(rtl::get_bits(dut->stats_o, 32 * from_end, 32));
	}

	/* ---- A cycle. */

	void step()
	{
		before();
		host.before();
		bells.before();
		flips.before();
		dut.edge();
		host.after(dut.now());
		bells.after(dut.now());
		after();
	}

      private:
	uint8_t read_taken_ = 0, write_taken_ = 0, data_taken_ = 0;
	bool irq_taken_ = false;

	void before()
	{
		for (unsigned int n = 0; n < clients; n++) {
			Client &c = c_[n];

			if (!c.read_offered && !c.reads.empty() && c.open.size() < own_tags) {
				const ReadRequest &r = c.reads.front();

				c.read_tag = unsigned(random.below(own_tags));
				while (c.open.count(c.read_tag))
					c.read_tag = (c.read_tag + 1) % own_tags;
				put(dut->read_i, n * rtl::read_req_bits, dma_tag_bits,
				    c.read_tag | random.below(1u << rtl::dma_client_bits)
						     << dma_own_bits);
				put(dut->read_i, n * rtl::read_req_bits + rtl::read_lines_at, 7,
				    r.lines);
				put(dut->read_i, n * rtl::read_req_bits + rtl::read_line_at, 58,
				    r.address >> 6);
				put(dut->read_i, n * rtl::read_req_bits + rtl::read_probe_at, 1,
				    r.probe);
				c.read_offered = true;
			}
			if (!c.write_offered && !c.writes.empty() && c.data.empty()) {
				const WriteRequest &w = c.writes.front();

				c.write_tag = unsigned(random.below(own_tags));
				put(dut->write_i, n * rtl::write_req_bits, dma_tag_bits,
				    c.write_tag | random.below(1u << rtl::dma_client_bits)
						      << dma_own_bits);
				put(dut->write_i, n * rtl::write_req_bits + rtl::write_dwords_at,
				    11, w.data.size());
				put(dut->write_i, n * rtl::write_req_bits + rtl::write_dword_at, 62,
				    w.address >> 2);
				c.write_offered = true;
			}
			if (!c.data_offered && !c.data.empty() &&
			    (!knobs.gap_one_in || !random.one_in(knobs.gap_one_in))) {
				for (unsigned int i = 0; i < 16; i++)
					dut->data_i.m_storage[16 * n + i] = c.data[i];
				c.data_offered = true;
			}
			flag(dut->read_valid_i, n, c.read_offered);
			flag(dut->write_valid_i, n, c.write_offered);
			flag(dut->data_valid_i, n, c.data_offered);
		}
		if (!irq_offered_ && !draining_ && knobs.irq_one_in &&
		    random.one_in(knobs.irq_one_in)) {
			irq_ = unsigned(random.one_in(2) ? random.below(64) : random.below(4));
			irq_offered_ = true;
		}
		dut->irq_valid_i = irq_offered_;
		dut->irq_i = uint8_t(irq_);
		/* Whose write is taken depends on who offers one. */
		dut->eval();
		read_taken_ = dut->read_valid_i & dut->read_ready_o;
		write_taken_ = dut->write_valid_i & dut->write_ready_o;
		data_taken_ = dut->data_valid_i & dut->data_ready_o;
		irq_taken_ = dut->irq_valid_i && dut->irq_ready_o;

		for (unsigned int n = 0; n < clients; n++) {
			if (dut->rsp_valid_o >> n & 1)
				response(n);
			if (dut->done_valid_o >> n & 1)
				done(n);
		}
		if (dut->rsp_valid_o & (dut->rsp_valid_o - 1))
			throw rtl::Broken("an answer for two");
	}

	void after()
	{
		if (irq_taken_) {
			Vector &v = vectors_[irq_];

			v.before = writes_taken;
			v.asked++;
			irq_offered_ = false;
		}
		for (unsigned int n = 0; n < clients; n++) {
			Client &c = c_[n];

			if (read_taken_ >> n & 1) {
				c.reads.front().began = dut.now();
				c.open.emplace(c.read_tag, c.reads.front());
				c.reads.pop_front();
				c.read_offered = false;
			}
			if (write_taken_ >> n & 1) {
				WriteRequest &w = c.writes.front();

				c.data.assign(w.data.begin(), w.data.end());
				while (c.data.size() % 16)
					c.data.push_back(uint32_t(random()));
				c.undone.push_back(c.write_tag);
				expected_.push_back(w);
				writes_taken++;
				c.writes.pop_front();
				c.write_offered = false;
			}
			if (data_taken_ >> n & 1) {
				c.data.erase(c.data.begin(), c.data.begin() + 16);
				c.data_offered = false;
			}
		}
	}

	template <class Port>
	static void put(Port &port, unsigned int low, unsigned int width, uint64_t value)
	{
		rtl::set_bits(port, low, width, value);
	}

	static void flag(CData &port, unsigned int n, bool value)
	{
		port = CData((port & ~(1u << n)) | unsigned(value) << n);
	}

	void response(unsigned int n)
	{
		Client &c = c_[n];
		const auto &rsp = dut->rsp_o;
		unsigned int tag = unsigned(rtl::get_bits(rsp, rtl::rsp_tag_at, dma_tag_bits));
		unsigned int offset = unsigned(rtl::get_bits(rsp, rtl::rsp_offset_at, 6));
		bool last = rtl::get_bits(rsp, rtl::rsp_last_at, 1),
		     error = rtl::get_bits(rsp, rtl::rsp_error_at, 1);
		std::string who =
		    "client " + std::to_string(n) + ", tag " + std::to_string(tag) + ": ";

		if (tag >> dma_own_bits != n || !c.open.count(tag % own_tags))
			throw rtl::Broken(who + "an answer that nobody asked for");
		ReadRequest &r = c.open.at(tag % own_tags);

		if (error) {
			r.error = true;
		} else if (!r.probe) {
			if (offset >= r.lines || r.seen >> offset & 1)
				throw rtl::Broken(who + "line " + std::to_string(offset) +
						  " twice or of nowhere");
			r.seen |= 1ull << offset;
			for (unsigned int i = 0; i < 16; i++)
				if (rsp.m_storage[i] != content(r.address + 64 * offset + 4 * i))
					throw rtl::Broken(who + "line " + std::to_string(offset) +
							  " is wrong");
			lines_read++;
		}
		if (!last)
			return;
		bool may = !on_bus, must = !on_bus;

		for (unsigned int i = 0; i < r.lines; i++) {
			pcie::Fault f = host.fault(r.address + 64 * i);

			may |= f != pcie::NO_FAULT;
			/* The late may be in time. */
			must |= f != pcie::NO_FAULT && f != pcie::FAULT_LATE;
		}
		if (r.error && !may)
			throw rtl::Broken(who + "failed without a reason");
		if (!r.error && must)
			throw rtl::Broken(who + "an error was not told");
		if (!r.error && !r.probe && r.seen != ~0ull >> (64 - r.lines))
			throw rtl::Broken(who + "lines are missing");
		reads_done++;
		reads_failed += r.error;
		c.open.erase(tag % own_tags);
	}

	void done(unsigned int n)
	{
		Client &c = c_[n];

		if (c.undone.empty() || dut->done_tag_o != (c.undone.front() | n << dma_own_bits))
			throw rtl::Broken("a write is done that is none");
		c.undone.pop_front();
		writes_done++;
		/* Without bus mastering nothing arrives. */
		if (!on_bus)
			drop_one();
	}

	void drop_one()
	{
		expected_.pop_front();
		writes_seen_++;
	}

	void written(uint64_t address, const uint32_t *data, size_t dwords)
	{
		if (expected_.empty())
			throw rtl::Broken("a write that nobody asked for");
		const WriteRequest &w = expected_.front();

		if (address != w.address + 4 * expected_at_)
			throw rtl::Broken("a write out of order");
		if (expected_at_ + dwords > w.data.size() ||
		    std::memcmp(data, w.data.data() + expected_at_, 4 * dwords) != 0)
			throw rtl::Broken("a write with wrong data");
		expected_at_ += dwords;
		if (expected_at_ == w.data.size()) {
			expected_.pop_front();
			expected_at_ = 0;
			writes_seen_++;
		}
	}

      public:
	bool on_bus = true;
};

} /* namespace pcie_bench */

#endif /* PCIE_BENCH_HPP */
