// SPDX-License-Identifier: Apache-2.0
/*
 * The card behind tb.sv: the Verilated card_top with card memory and management. A shared
 * library that exports card_eval and nothing else, so that two Verilated models with
 * options of their own can live in one program.
 *
 * Management is written as if time passed inside its calls; here time passes only when
 * cocotb's clock rises. So it runs on a stack of its own and hands over after every cycle.
 */
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "card_top/Vcard_top.h"
#include "dram.hpp"
#include "management.hpp"
#include "svdpi.h"

namespace
{

/* Cycles of the card that may pass unseen in one of the clock, so that management, whose
 * every word costs six, does not take most of the time: the host is slower than it is. */
constexpr uint32_t management_cycles = 16;
/* An access to the mailbox that takes so many hangs. */
constexpr unsigned int patience = 1000;

class Card : public rtl_card::MailboxBus
{
	rtl::Clocked<Vcard_top> top_;
	std::unique_ptr<dram::Slave> memory_;
	rtl_card::Settings settings_;
	std::unique_ptr<rtl_card::Management> management_;
	ucontext_t outside_{}, inside_{};
	std::vector<uint8_t> stack_ = std::vector<uint8_t>(1 << 20);
	/* powered_: has been in reset, as it is from the beginning on a board. */
	bool powered_ = false, working_ = false, started_ = false;

      public:
	explicit Card(uint64_t seed) : top_(seed)
	{
		settings_.seed = seed;
		settings_.dram_bytes = 64 << 20;
		top_->mcu_access_i = 0;
		top_->nand_blocks_i = 0;
		top_->nand_dq_i = top_->nand_ready_i = 0;
		top_->mcu_ecc_i = top_->mcu_ecc_lines_i = top_->mcu_ecc_tags_i = 0;
		top_->mcu_line_access_i = 0;
		clear_memory();
	}

	Vcard_top *operator->()
	{
		return top_.operator->();
	}

	uint64_t now() const override
	{
		return top_.now();
	}

	bool idle()
	{
		return started_ && !working_ && top_->idle_o && memory_->idle();
	}

	bool wants_management() override
	{
		return top_->mcu_irq_o;
	}

	uint32_t read(uint32_t offset) override
	{
		return access(offset, false, 0);
	}

	void write(uint32_t offset, uint32_t value) override
	{
		access(offset, true, value);
	}

	void clear_memory(uint64_t = 0) override
	{
		memory_ = std::make_unique<dram::Slave>(dram::ports_of(*top_.operator->()),
							top_.now() + 1);
		memory_->junk = settings_.seed | 1;
	}

	/* The host does it. */
	void enable_interrupts() override
	{
	}

	bool powered() const
	{
		return powered_;
	}

	/* Power is not there. */
	void reset()
	{
		powered_ = true;
		top_->mcu_access_i = 0;
		top_->mcu_ecc_i = 0;
		top_.reset(1);
		if (started_)
			clear_memory();
		started_ = working_ = false;
	}

	/* The clock rises. */
	void rise(uint32_t hurry)
	{
		cycle();
		for (uint32_t n = 1;
		     n < std::max(hurry, working_ ? management_cycles : 1) && still(); n++)
			cycle();
	}

	void manage()
	{
		working_ = true;
		management_ = std::make_unique<rtl_card::Management>(*this, settings_);
		management_->power_on(true);
		for (;;) {
			management_->serve();
			working_ = management_->busy();
			hand_over();
			working_ = true;
		}
	}

      private:
	/* Nothing to see on any stream. */
	bool still()
	{
		return !top_->rq_tvalid_o && !top_->cc_tvalid_o && !top_->cq_tvalid_i &&
		       !top_->rc_tvalid_i && !top_->cq_np_req_o && !top_->cfg_flr_done_o;
	}

	void cycle()
	{
		rtl::cycle(top_, *memory_);
		if (!started_)
			start();
		else if (working_ || wants_management())
			swapcontext(&outside_, &inside_);
	}

	void start();

	void hand_over()
	{
		swapcontext(&inside_, &outside_);
	}

	uint32_t access(uint32_t offset, bool write, uint32_t value)
	{
		top_->mcu_access_i = 1;
		top_->mcu_write_i = write;
		top_->mcu_addr_i = SData(offset >> 2);
		top_->mcu_data_i = value;
		for (unsigned int n = 0; n < patience; n++) {
			hand_over();
			if (top_->mcu_ack_o) {
				uint32_t data = top_->mcu_data_o;

				/* Held until it is over. */
				hand_over();
				top_->mcu_access_i = 0;
				return data;
			}
		}
		throw rtl::Broken("the mailbox does not answer");
	}
};

Card *card;

[[noreturn]] void give_up(const std::exception &error)
{
	std::fprintf(stderr, "the card broke a rule in cycle %llu: %s\n",
		     static_cast<unsigned long long>(card->now()), error.what());
	std::fflush(nullptr);
	std::_Exit(1);
}

void management_entry()
{
	try {
		card->manage();
	} catch (const std::exception &error) {
		give_up(error);
	}
}

void Card::start()
{
	started_ = true;
	getcontext(&inside_);
	inside_.uc_stack.ss_sp = stack_.data();
	inside_.uc_stack.ss_size = stack_.size();
	inside_.uc_link = nullptr;
	makecontext(&inside_, management_entry, 0);
	swapcontext(&outside_, &inside_);
}

template <class Port> void take(Port &port, const svBitVecVal *value)
{
	std::memcpy(static_cast<void *>(&port), value, sizeof(port));
}

template <class Port> void give(svBitVecVal *value, const Port &port)
{
	std::memcpy(value, &port, sizeof(port));
}

} /* namespace */

extern "C" void
card_eval(svBit clk, svBit reset, uint32_t hurry, svBit cq_valid, const svBitVecVal *cq_data,
	  const svBitVecVal *cq_keep, svBit cq_last, const svBitVecVal *cq_user, svBit cc_ready,
	  svBit rq_ready, svBit rc_valid, const svBitVecVal *rc_data, const svBitVecVal *rc_keep,
	  svBit rc_last, const svBitVecVal *rc_user, char max_payload, char max_read_req,
	  svBit ext_tag, svBit bus_master, svBit msix_enable, svBit msix_mask, svBit flr,
	  svBit *cq_ready, char *np_req, svBit *cc_valid, svBitVecVal *cc_data,
	  svBitVecVal *cc_keep, svBit *cc_last, svBitVecVal *cc_user, svBit *rq_valid,
	  svBitVecVal *rq_data, svBitVecVal *rq_keep, svBit *rq_last, svBitVecVal *rq_user,
	  svBit *rc_ready, svBit *flr_done, uint64_t *now, svBit *idle)
{
	static bool high;

	if (!card) {
		const char *seed = std::getenv("PAMCARD_SEED");

		card = new Card(seed ? std::strtoull(seed, nullptr, 0) : 1);
	}

	Card &top = *card;

	top->cq_tvalid_i = cq_valid;
	take(top->cq_tdata_i, cq_data);
	take(top->cq_tkeep_i, cq_keep);
	top->cq_tlast_i = cq_last;
	take(top->cq_tuser_i, cq_user);
	top->cc_tready_i = cc_ready;
	top->rq_tready_i = rq_ready;
	top->rc_tvalid_i = rc_valid;
	take(top->rc_tdata_i, rc_data);
	take(top->rc_tkeep_i, rc_keep);
	top->rc_tlast_i = rc_last;
	take(top->rc_tuser_i, rc_user);
	top->cfg_max_payload_i = uint8_t(max_payload);
	top->cfg_max_read_req_i = uint8_t(max_read_req);
	top->cfg_ext_tag_i = ext_tag;
	/* 50 to 100 us, so that a test can wait for it. */
	top->cfg_cpl_timeout_i = 1;
	top->cfg_bus_master_i = bus_master;
	top->cfg_msix_enable_i = msix_enable;
	top->cfg_msix_mask_i = msix_mask;
	top->cfg_flr_in_process_i = flr;
	try {
		if (clk && !high && (reset || !top.powered()))
			top.reset();
		else if (clk && !high)
			top.rise(hurry);
		else
			top->eval();
	} catch (const std::exception &error) {
		give_up(error);
	}
	high = clk;
	*cq_ready = top->cq_tready_o;
	*np_req = char(top->cq_np_req_o);
	*cc_valid = top->cc_tvalid_o;
	give(cc_data, top->cc_tdata_o);
	give(cc_keep, top->cc_tkeep_o);
	*cc_last = top->cc_tlast_o;
	give(cc_user, top->cc_tuser_o);
	*rq_valid = top->rq_tvalid_o;
	give(rq_data, top->rq_tdata_o);
	give(rq_keep, top->rq_tkeep_o);
	*rq_last = top->rq_tlast_o;
	give(rq_user, top->rq_tuser_o);
	*rc_ready = top->rc_tready_o;
	*flr_done = top->cfg_flr_done_o;
	*now = top.now();
	*idle = top.idle();
}
