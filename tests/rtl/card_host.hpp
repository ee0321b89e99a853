/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for the Verilated card, cycle by cycle: memory, rings, doorbells, pushes. What a
 * driver does, as short as it can be said, with every cycle in the caller's hands.
 */
#ifndef CARD_HOST_HPP
#define CARD_HOST_HPP

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "card_sim.hpp"
#include "crc32c.h"
#include "host_memory.hpp"
#include "management.hpp"
#include "pamc_if.h"

class CardHost
{
      public:
	using Page = HostMemory::Page;

	struct Done {
		pamc_cqe cqe;
		uint64_t when;
	};

      private:
	struct Queue {
		uint64_t sq = 0, cq = 0;
		unsigned int entries = 0;
		uint16_t tail = 0, head = 0, sq_head = 0;
	};

	rtl_card::Sim sim_;
	rtl_card::Management management_;
	HostMemory memory_;
	std::array<Queue, 64> queues_;
	uint64_t interrupts_ = 0;

	static rtl_card::Settings settings(uint64_t dram_bytes, uint64_t seed, bool tier)
	{
		rtl_card::Settings made;

		made.dram_bytes = dram_bytes;
		made.seed = seed;
		made.tier = tier;
		/* PAMCARD_MANAGEMENT=core: the firmware runs on the core in RTL. */
		made.core = std::getenv("PAMCARD_MANAGEMENT") != nullptr &&
			    std::getenv("PAMCARD_MANAGEMENT") == std::string("core");
		return made;
	}

      public:
	CardHost(uint64_t dram_bytes, uint64_t seed, const rtl_card::Figures &figures = {})
	    : sim_(seed, figures),
	      management_(sim_, settings(dram_bytes, seed, figures.firmware.tier))
	{
		pcie::RootComplex &host = sim_.host();

		host.on_read = [this](uint64_t addr, void *to, size_t bytes) {
			return bytes ? access(addr, bytes, to, nullptr) : memory_.there(addr);
		};
		host.on_write = [this](uint64_t addr, const void *from, size_t bytes) {
			return access(addr, bytes, nullptr, from);
		};
		host.on_interrupt = [this](uint64_t, uint32_t) { interrupts_++; };
		management_.power_on(true);
	}

	rtl_card::Sim &sim()
	{
		return sim_;
	}

	rtl_card::Management &management()
	{
		return management_;
	}

	void step()
	{
		sim_.step();
		management_.serve();
	}

	uint64_t now() const
	{
		return sim_.now();
	}

	/* ------------------------------------------------------------ memory */

	HostMemory &memory()
	{
		return memory_;
	}

	bool access(uint64_t addr, size_t bytes, void *to, const void *from)
	{
		return memory_.access(addr, bytes, to, from);
	}

	uint64_t allocate(unsigned int pages = 1)
	{
		return memory_.allocate(pages);
	}

	Page &page(uint64_t addr)
	{
		return memory_.page(addr);
	}

	/* ------------------------------------------------------------ registers */

	uint32_t read32(uint64_t offset)
	{
		uint64_t id = sim_.host().mmio_read(PAMC_BAR_REGS, offset, 4);

		while (!sim_.host().answered(id))
			step();
		return sim_.host().answer(id).data.at(0);
	}

	template <class Value> void write_register(uint64_t offset, Value value)
	{
		sim_.host().mmio_write(PAMC_BAR_REGS, offset, &value, sizeof(value));
	}

	/* Brings the card up, with an admin queue pair of 16 entries. */
	void start()
	{
		ring(0, 4);
		write_register<uint32_t>(PAMC_REG_AQ_ATTR, 4 | 4 << 4);
		write_register<uint64_t>(PAMC_REG_ASQ_BASE, queues_[0].sq);
		write_register<uint64_t>(PAMC_REG_ACQ_BASE, queues_[0].cq);
		write_register<uint32_t>(PAMC_REG_CTRL, PAMC_CTRL_EN_MASK);
		for (unsigned int n = 0; !(read32(PAMC_REG_STATUS) & PAMC_STATUS_READY_MASK); n++) {
			if (n == 20000)
				throw rtl::Broken("the card does not get ready");
		}
	}

	void ring(unsigned int qid, unsigned int shift)
	{
		Queue &queue = queues_[qid];

		queue = {};
		queue.entries = 1u << shift;
		queue.sq = allocate((queue.entries * 64 + 4095) / 4096);
		queue.cq = allocate((queue.entries * 16 + 4095) / 4096);
	}

	/* ------------------------------------------------------------ queues */

	bool room(unsigned int qid) const
	{
		const Queue &queue = queues_[qid];

		return uint16_t(queue.tail - queue.sq_head) < queue.entries &&
		       uint16_t(queue.tail - queue.head) < queue.entries;
	}

	/* Into the ring, and into a push slot if asked for; otherwise doorbell() tells.
	 * damage: of the bytes that are pushed, this one is wrong. */
	template <class Entry>
	void submit(unsigned int qid, Entry sqe, bool push, std::optional<unsigned int> damage = {})
	{
		Queue &queue = queues_[qid];

		static_assert(sizeof(sqe) == 64);
		sqe.sq_index = queue.tail;
		sqe.push_crc = crc32c(&sqe, PAMC_PUSH_CRC_BYTES);
		access(queue.sq + queue.tail % queue.entries * 64u, 64, nullptr, &sqe);
		if (damage)
			reinterpret_cast<uint8_t *>(&sqe)[*damage % 64] ^= 1;
		if (push)
			sim_.host().mmio_write(PAMC_BAR_DB,
					       qid * PAMC_DB_STRIDE + PAMC_DB_PUSH +
						   queue.tail % PAMC_PUSH_SLOTS * 64,
					       &sqe, 64);
		queue.tail++;
	}

	void doorbell(unsigned int qid)
	{
		uint32_t tail = queues_[qid].tail;

		sim_.host().mmio_write(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL, &tail,
				       4);
	}

	/* Any doorbell, to be set to so much beyond what it would be. */
	void wrong_doorbell(unsigned int qid, uint64_t offset, uint32_t beyond)
	{
		uint32_t index = queues_[qid].tail + beyond;

		sim_.host().mmio_write(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + offset, &index, 4);
	}

	/* The next completion, if there is one. */
	std::optional<Done> poll(unsigned int qid)
	{
		Queue &queue = queues_[qid];
		Done done{{}, now()};

		access(queue.cq + queue.head % queue.entries * 16u, 16, &done.cqe, nullptr);
		if ((done.cqe.status & 1) != !(queue.head / queue.entries & 1))
			return {};
		queue.head++;
		queue.sq_head = done.cqe.sq_head;

		uint32_t head = queue.head;

		sim_.host().mmio_write(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD, &head,
				       4);
		return done;
	}

	Done wait(unsigned int qid, uint64_t cycles = 1'000'000)
	{
		for (uint64_t end = now() + cycles; now() < end; step()) {
			if (auto done = poll(qid))
				return *done;
		}
		throw rtl::Broken("no completion on queue pair " + std::to_string(qid));
	}

	static unsigned int status(const pamc_cqe &cqe)
	{
		return cqe.status >> 1 & 0xff;
	}

	/* ------------------------------------------------------------ admin */

	pamc_cqe admin(pamc_admin_sqe sqe, uint64_t cycles = 1'000'000)
	{
		submit(0, sqe, false);
		doorbell(0);
		return wait(0, cycles).cqe;
	}

	/* A log page, as hosts get it. */
	template <class Log> Log log(unsigned int page, uint64_t cycles = 5'000'000)
	{
		pamc_admin_sqe sqe{};
		Log got;

		sqe.opcode = PAMC_ADMIN_LOG;
		sqe.id = page;
		sqe.addr = allocate();
		sqe.length = sizeof(got);
		if (status(admin(sqe, cycles)) != PAMC_STATUS_SUCCESS)
			throw rtl::Broken("no log page " + std::to_string(page));
		std::memcpy(&got, memory_.page(sqe.addr).data(), sizeof(got));
		return got;
	}

	void create_queue(unsigned int qid, unsigned int shift, uint16_t domain = 0)
	{
		pamc_admin_sqe sqe{};

		ring(qid, shift);
		sqe.opcode = PAMC_ADMIN_QP_CREATE;
		sqe.id = qid;
		sqe.p.qp_create.sq_base = queues_[qid].sq;
		sqe.p.qp_create.cq_base = queues_[qid].cq;
		sqe.p.qp_create.sq_shift = sqe.p.qp_create.cq_shift = uint8_t(shift);
		sqe.p.qp_create.domain = domain;
		if (status(admin(sqe)) != PAMC_STATUS_SUCCESS)
			throw rtl::Broken("a queue pair cannot be created");
	}

	uint32_t create_pool(pamc_pool_info info, uint64_t cycles = 1'000'000)
	{
		pamc_admin_sqe sqe{};
		uint64_t addr = allocate();

		std::memcpy(page(addr).data(), &info, sizeof(info));
		sqe.opcode = PAMC_ADMIN_POOL_CREATE;
		sqe.addr = addr;
		sqe.length = sizeof(info);

		pamc_cqe cqe = admin(sqe, cycles);

		if (status(cqe) != PAMC_STATUS_SUCCESS)
			throw rtl::Broken("a pool cannot be created: " +
					  std::to_string(status(cqe)));
		return cqe.result;
	}
};

#endif /* CARD_HOST_HPP */
