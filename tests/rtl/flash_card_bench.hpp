/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flash_top with everything around it: card memory at its port, NAND flash at its pins
 * (sim/verilator/nand_flash.hpp), and the firmware's way to it (hal.h) in place of the mailbox,
 * whose accesses take two cycles more.
 */
#ifndef FLASH_CARD_BENCH_HPP
#define FLASH_CARD_BENCH_HPP

#include "card_dram.hpp"
#include "nand_flash.hpp"
#include "pamc_mailbox.h"
#include "stream.hpp"
#include "tap.hpp"

/* What firmware sees of it. */
struct hal {
	virtual ~hal() = default;
	virtual uint32_t access(uint32_t offset, bool write, uint32_t value) = 0;

	uint32_t read(uint32_t offset)
	{
		return access(offset, false, 0);
	}

	void write(uint32_t offset, uint32_t value)
	{
		access(offset, true, value);
	}
};

namespace flash_card
{

enum Op { READ, PROGRAM, ERASE, MARK, RESET };
enum Result { DONE, FAILED, SILENT, UNCORRECTABLE, REFUSED };

struct End {
	unsigned int result, die, status, corrected;
	bool damaged, there, erased;

	explicit End(uint32_t word)
	    : result(word & 7), die(word >> 8 & 255), status(word >> 16 & 255),
	      corrected(word >> 24 & 127), damaged(word >> 3 & 1), there(word >> 4 & 1),
	      erased(word >> 31)
	{
	}
};

template <class Model, unsigned int CHANNELS, unsigned int DIES, unsigned int CHUNKS>
class Bench : public hal
{
	rtl::Clocked<Model> dut_;
	std::unique_ptr<rtl::CardDram> dram_;
	std::unique_ptr<onfi::Flash> flash_;
	rtl::DramManner manner_;

	void fresh_memory()
	{
		for (auto &byte : memory)
			byte = uint8_t(random());
		dram_ = std::make_unique<rtl::CardDram>(rtl::dram_ports(dut_), memory, random());
		dram_->manner(manner_);
	}

      public:
	static constexpr unsigned int ALL = CHANNELS * DIES, PAGE = CHUNKS * onfi::chunk_bytes;
	static constexpr unsigned int LINES = PAGE / 64;

	Bytes memory;
	rtl::Random random;
	struct nand *model = nullptr;
	uint64_t cut_at = ~0ull; /* cycle in which power goes */

	explicit Bench(uint64_t seed, size_t memory_bytes = size_t(ALL + 4) * PAGE)
	    : dut_(seed), memory(memory_bytes), random(seed + 1)
	{
		fresh_memory();
		quiet();
	}

	void attach(struct nand *nand, const onfi::Shape &shape, unsigned int period)
	{
		model = nand;
		flash_ = std::make_unique<onfi::Flash>(nand, shape, period, random());
		dut_->blocks_i = SData(shape.blocks);
		dut_.reset();
	}

	void quiet()
	{
		dut_->write_i = dut_->read_done_i = 0;
		dut_->addr_i = 0;
		dut_->ready_i = 0;
		dut_->line_access_i = 0;
	}

	rtl::CardDram &dram()
	{
		return *dram_;
	}

	void manner(const rtl::DramManner &manner)
	{
		manner_ = manner;
		dram_->manner(manner);
	}

	onfi::Flash &flash()
	{
		return *flash_;
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	bool end_waits()
	{
		return dut_->end_o;
	}

	bool idle()
	{
		return dut_->idle_o;
	}

	/* What card memory held is gone. */
	void power_cycle()
	{
		flash_->power_cycle();
		quiet();
		fresh_memory();
		dut_.reset();
	}

	void cycle()
	{
		if (now() == cut_at && !nand_is_off(model))
			nand_cut_now(model);
		unsigned int ready = 0;
		uint64_t dq = 0;

		for (unsigned int n = 0; n < CHANNELS; n++) {
			onfi::Answer answer = flash_->cycle(
			    n, {unsigned(dut_->ce_no >> n * DIES), bool(dut_->cle_o >> n & 1),
				bool(dut_->ale_o >> n & 1), bool(dut_->we_no >> n & 1),
				bool(dut_->re_no >> n & 1), bool(dut_->dq_oe_o >> n & 1),
				uint8_t(dut_->dq_o >> 8 * n)});

			ready |= answer.ready << n * DIES;
			dq |= uint64_t(answer.dq) << 8 * n;
		}
		dut_->ready_i = ready;
		dut_->dq_i = dq;
		rtl::cycle(dut_, *dram_);
	}

	uint32_t access(uint32_t offset, bool write, uint32_t value) override
	{
		unsigned int patience = 100000;

		dut_->addr_i = SData(offset);
		dut_->write_i = write;
		dut_->data_i = value;
		cycle();
		dut_->write_i = 0;
		for (unsigned int n = 0; n < 2; n++)
			cycle();
		while (!dut_->ready_o) {
			cycle();
			if (!--patience)
				throw rtl::Broken("an access does not end");
		}
		cycle();
		uint32_t data = dut_->data_o;

		dut_->read_done_i = !write;
		cycle();
		dut_->read_done_i = 0;
		return data;
	}

	/* Where a die has its page. */
	uint32_t line(unsigned int die) const
	{
		return die * LINES;
	}

	uint8_t *buffer(unsigned int die)
	{
		return &memory[size_t(line(die)) * 64];
	}

	/* part: FLASH_PART. */
	void ask(Op op, unsigned int die, unsigned int block = 0, unsigned int page = 0,
		 unsigned int first = 0, unsigned int count = 0, uint32_t part = 0)
	{
		while (read(MAILBOX_FLASH) & 1)
			continue;
		write(MAILBOX_FLASH_LINE, line(die));
		write(MAILBOX_FLASH_PLACE, page << 16 | block);
		if (part)
			write(MAILBOX_FLASH_PART, part);
		write(MAILBOX_FLASH, op | die << 8 | first << 16 | count << 24);
	}

	End wait(unsigned int patience = 10000000)
	{
		while (!end_waits()) {
			cycle();
			if (!--patience)
				throw rtl::Broken("no end comes");
		}
		End end(read(MAILBOX_FLASH_END));

		write(MAILBOX_FLASH_END, 0);
		return end;
	}

	End run(Op op, unsigned int die, unsigned int block = 0, unsigned int page = 0,
		unsigned int first = 0, unsigned int count = 0)
	{
		ask(op, die, block, page, first, count);
		return wait();
	}

	uint32_t counter(unsigned int channel, unsigned int which)
	{
		write(MAILBOX_FLASH_SELECT, channel << 6 | which);
		return read(MAILBOX_FLASH_COUNTER);
	}
};

} /* namespace flash_card */

#endif /* FLASH_CARD_BENCH_HPP */
