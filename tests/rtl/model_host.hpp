/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for the C model of the card, with memory of its own: does what CardHost does with
 * the card in RTL, so that both can be told the same and compared. Commands are executed at
 * once, one after the other.
 */
#ifndef MODEL_HOST_HPP
#define MODEL_HOST_HPP

#include <cerrno>
#include <string>
#include <vector>

#include "crc32c.h"
#include "host_memory.hpp"
#include "pamc_if.h"
#include "stream.hpp"

extern "C" {
#include "pam_model.h"
}

class ModelHost
{
	HostMemory memory_;
	pam_model *model_ = nullptr;
	struct Queue {
		uint64_t sq = 0, cq = 0;
		uint16_t index = 0;
	};
	std::array<Queue, 64> queues_;
	uint64_t ns_ = 0;
	static constexpr unsigned int shift = 4;

	static int read(void *self, uint64_t addr, void *to, size_t bytes)
	{
		auto *host = static_cast<ModelHost *>(self);

		return host->memory_.access(addr, bytes, to, nullptr) ? 0 : -EFAULT;
	}

	static int write(void *self, uint64_t addr, const void *from, size_t bytes)
	{
		auto *host = static_cast<ModelHost *>(self);

		/* All or nothing. */
		return host->memory_.access(addr, bytes, nullptr, nullptr) &&
			       host->memory_.access(addr, bytes, nullptr, from)
			   ? 0
			   : -EFAULT;
	}

	void run()
	{
		while (pam_model_run(model_, 64)) {
		}
	}

	template <class Value> void poke(unsigned int bar, uint64_t offset, Value value)
	{
		pam_model_reg_write(model_, bar, offset, &value, sizeof(value));
	}

	void ring(unsigned int qid)
	{
		queues_[qid] = {memory_.allocate(), memory_.allocate(), 0};
	}

	/* Into the ring, and the doorbell: the model does not run yet. */
	template <class Entry> void submit(unsigned int qid, const Entry &sqe)
	{
		Queue &queue = queues_[qid];

		memory_.access(queue.sq + queue.index % 16 * 64u, 64, nullptr, &sqe);
		queue.index++;
		poke<uint32_t>(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL, queue.index);
	}

	pamc_cqe take(unsigned int qid)
	{
		Queue &queue = queues_[qid];
		pamc_cqe cqe;

		run();
		memory_.access(queue.cq + (queue.index - 1) % 16 * 16u, 16, &cqe, nullptr);
		poke<uint32_t>(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD, queue.index);
		run();
		return cqe;
	}

      public:
	ModelHost(uint64_t dram_bytes, uint64_t seed, uint64_t flash_bytes = 0)
	{
		pam_model_config config;
		pam_model_host host{};

		pam_model_config_init(&config);
		config.no_boot_flash = true;
		config.dram_bytes = dram_bytes;
		config.flash_bytes = flash_bytes;
		config.seed = seed ? seed : 1;
		config.lz4 = PAM_MODEL_LZ4_CARD;
		host.dma_read = read;
		host.dma_write = write;
		host.irq = [](void *, unsigned int) {};
		host.now_ns = [](void *self) { return static_cast<ModelHost *>(self)->ns_ += 100; };
		host.ctx = this;
		if (pam_model_create(&config, &host, &model_) != 0)
			throw rtl::Broken("no model");
		start();
	}

	~ModelHost()
	{
		pam_model_destroy(model_);
	}

	ModelHost(const ModelHost &) = delete;
	ModelHost &operator=(const ModelHost &) = delete;

	HostMemory &memory()
	{
		return memory_;
	}

	void start()
	{
		ring(0);
		poke<uint32_t>(PAMC_BAR_REGS, PAMC_REG_AQ_ATTR, shift | shift << 4);
		poke<uint64_t>(PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, queues_[0].sq);
		poke<uint64_t>(PAMC_BAR_REGS, PAMC_REG_ACQ_BASE, queues_[0].cq);
		poke<uint32_t>(PAMC_BAR_REGS, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK);
		run();
	}

	/* Of the controller, by CTRL.EN, or of the function. */
	void reset(bool function)
	{
		if (function)
			pam_model_reset(model_);
		else
			poke<uint32_t>(PAMC_BAR_REGS, PAMC_REG_CTRL, 0);
		run();
	}

	uint32_t read32(uint64_t offset)
	{
		return uint32_t(pam_model_reg_read(model_, PAMC_BAR_REGS, offset, 4));
	}

	template <class Entry> pamc_cqe execute(unsigned int qid, const Entry &sqe)
	{
		submit(qid, sqe);
		return take(qid);
	}

	/* The command, which an ABORT comes to before it is executed; the ABORT's completion,
	 * too. */
	pamc_cqe execute_aborted(unsigned int qid, const pamc_sqe &sqe, const pamc_admin_sqe &abort,
				 pamc_cqe &aborts)
	{
		submit(0, abort);
		pam_model_run(model_, 1);
		submit(qid, sqe);
		pamc_cqe cqe = take(qid);
		aborts = take(0);
		return cqe;
	}

	void wrong_doorbell(unsigned int qid, uint64_t offset, uint32_t beyond)
	{
		poke<uint32_t>(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + offset,
			       queues_[qid].index + beyond);
		run();
	}

	pamc_cqe create_queue(unsigned int qid, uint16_t domain)
	{
		pamc_admin_sqe sqe{};

		ring(qid);
		sqe.opcode = PAMC_ADMIN_QP_CREATE;
		sqe.id = qid;
		sqe.p.qp_create.sq_base = queues_[qid].sq;
		sqe.p.qp_create.cq_base = queues_[qid].cq;
		sqe.p.qp_create.sq_shift = sqe.p.qp_create.cq_shift = shift;
		sqe.p.qp_create.domain = domain;
		return execute(0, sqe);
	}

	/* Throws if index, store and lists do not fit each other. */
	void check()
	{
		char message[256] = "";

		if (pam_model_check(model_, message, sizeof(message)) != 0)
			throw rtl::Broken(std::string("the model: ") + message);
	}
};

#endif /* MODEL_HOST_HPP */
