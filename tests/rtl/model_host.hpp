/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C model of the card on the memory of a CardHost, so that both can be told the same
 * and compared. Commands are executed at once, one after the other.
 */
#ifndef MODEL_HOST_HPP
#define MODEL_HOST_HPP

#include <cerrno>

#include "card_host.hpp"

extern "C" {
#include "pam_model.h"
}

class ModelHost
{
	CardHost &memory_;
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

		return host->memory_.access(addr, bytes, nullptr, from) ? 0 : -EFAULT;
	}

	template <class Value> void poke(unsigned int bar, uint64_t offset, Value value)
	{
		pam_model_reg_write(model_, bar, offset, &value, sizeof(value));
		while (pam_model_run(model_, 64)) {
		}
	}

      public:
	ModelHost(CardHost &memory, uint64_t dram_bytes, uint64_t seed) : memory_(memory)
	{
		pam_model_config config;
		pam_model_host host{};

		pam_model_config_init(&config);
		config.dram_bytes = dram_bytes;
		config.seed = seed;
		config.lz4 = PAM_MODEL_LZ4_CARD;
		host.dma_read = read;
		host.dma_write = write;
		host.irq = [](void *, unsigned int) {};
		host.now_ns = [](void *self) { return static_cast<ModelHost *>(self)->ns_ += 100; };
		host.ctx = this;
		if (pam_model_create(&config, &host, &model_) != 0)
			throw rtl::Broken("no model");
		ring(0);
		poke<uint32_t>(PAMC_BAR_REGS, PAMC_REG_AQ_ATTR, shift | shift << 4);
		poke<uint64_t>(PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, queues_[0].sq);
		poke<uint64_t>(PAMC_BAR_REGS, PAMC_REG_ACQ_BASE, queues_[0].cq);
		poke<uint32_t>(PAMC_BAR_REGS, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK);
	}

	~ModelHost()
	{
		pam_model_destroy(model_);
	}

	ModelHost(const ModelHost &) = delete;
	ModelHost &operator=(const ModelHost &) = delete;

	void ring(unsigned int qid)
	{
		queues_[qid] = {memory_.allocate(), memory_.allocate(), 0};
	}

	template <class Entry> pamc_cqe execute(unsigned int qid, Entry sqe)
	{
		Queue &queue = queues_[qid];
		pamc_cqe cqe;

		memory_.access(queue.sq + queue.index % 16 * 64u, 64, nullptr, &sqe);
		queue.index++;
		poke<uint32_t>(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL, queue.index);
		memory_.access(queue.cq + (queue.index - 1) % 16 * 16u, 16, &cqe, nullptr);
		poke<uint32_t>(PAMC_BAR_DB, qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD, queue.index);
		return cqe;
	}

	void create_queue(unsigned int qid, uint16_t domain)
	{
		pamc_admin_sqe sqe{};

		ring(qid);
		sqe.opcode = PAMC_ADMIN_QP_CREATE;
		sqe.id = qid;
		sqe.p.qp_create.sq_base = queues_[qid].sq;
		sqe.p.qp_create.cq_base = queues_[qid].cq;
		sqe.p.qp_create.sq_shift = sqe.p.qp_create.cq_shift = shift;
		sqe.p.qp_create.domain = domain;
		execute(0, sqe);
	}

	uint32_t create_pool(const pamc_pool_info &info)
	{
		pamc_admin_sqe sqe{};
		uint64_t addr = memory_.allocate();

		std::memcpy(memory_.page(addr).data(), &info, sizeof(info));
		sqe.opcode = PAMC_ADMIN_POOL_CREATE;
		sqe.addr = addr;
		sqe.length = sizeof(info);
		return execute(0, sqe).result;
	}

	pam_model *model()
	{
		return model_;
	}
};

#endif /* MODEL_HOST_HPP */
