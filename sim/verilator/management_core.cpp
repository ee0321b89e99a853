// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware on the core in RTL. Core and card are two models, which meet at the mailbox's
 * bus: they are stepped together, except while the core boots, when the card, which has
 * nothing to do then, only gets the cycles that accesses and its flash take.
 *
 * What the firmware tells the card is seen here on its way, as a simulation wants to know of
 * it: which interrupt timers run, that a function-level reset is over.
 */
#include <sys/random.h>

#include <algorithm>
#include <array>

#include "core.hpp"
#include "management_parts.hpp"
#include "pamc_mailbox.h"
#include "stream.hpp"

extern "C" {
#include "image.h"
/* firmware/platform/riscv/images.S */
extern const uint8_t mcu_image_begin[], mcu_image_end[], mcu_rom_quick_begin[], mcu_rom_quick_end[];
}

namespace rtl_card
{

namespace
{

/* HOLD, CONTROL: spec/mailbox.toml, queue_pkg::control_op_e */
constexpr uint32_t hold_flr_done = 1u << 3, hold_full = 1u << 5;
enum Control { CREATE, DELETE, DISCARD, COALESCE };
/* Of a boot. */
constexpr uint64_t patience = 200'000'000;
/* Of a call of background(). */
constexpr unsigned int slice = 10'000;

class OnCore : public Manager
{
	MailboxBus &card_;
	Settings settings_;
	Core core_;
	rtl::Random random_;
	unsigned int entropy_ = 0; /* so many numbers are still from the system */
	bool pending_ = false, line_pending_ = false, reset_over_ = false, full_ = false;
	uint32_t hold_ = 0, coalesce_ = 0, selected_ = 0;
	unsigned int flash_open_ = 0; /* requests that the firmware has heard no end of */
	std::array<uint32_t, PAMC_MAX_QP> usec_{};

      public:
	OnCore(MailboxBus &card, const Settings &settings)
	    : card_(card), settings_(settings), core_(settings.seed), random_(settings.seed)
	{
		boot_card made{};

		/* The product's checks a signature, which takes longer than many a test. */
		core_.load_rom(mcu_rom_quick_begin,
			       size_t(mcu_rom_quick_end - mcu_rom_quick_begin));
		core_.random = [this] { return random(); };
		core_.clear = [this](uint64_t end) { card_.clear_memory(end); };
		made.magic = CARD_MAGIC;
		made.queue_pairs = uint16_t(settings.queue_pairs);
		made.vectors = uint16_t(settings.vectors);
		made.cycles_per_us = cycles_per_us;
		made.tier = settings.tier;
		describe(settings, made.serial, made.model);
		core_.flash().write(FLASH_CARD, &made, sizeof(made));
		for (unsigned int slot = 1; slot <= FLASH_SLOTS; slot++)
			core_.flash().write(FLASH_SLOT(slot), mcu_image_begin,
					    size_t(mcu_image_end - mcu_image_begin));
	}

	/* The firmware runs when it sleeps for the first time. */
	void power_on(bool) override
	{
		uint64_t from = core_.now();

		pending_ = line_pending_ = reset_over_ = false;
		hold_ = flash_open_ = 0;
		usec_.fill(0);
		/* The epoch, which is drawn first, is to be another one in each run; what comes
		 * then, the layout of pages, the same for the same seed. */
		entropy_ = 3;
		core_.power_on(settings_.dram_bytes);
		while (!core_.asleep()) {
			if (pending_ || line_pending_ || flash_open_)
				card_.step();
			serve();
			if (core_.now() - from > patience)
				throw rtl::Broken("the management core does not boot");
		}
		/* It would be a card without flash. */
		if (settings_.tier && !(card_.read(MAILBOX_TIER) & 1))
			throw rtl::Broken("flash-tier=yes: card memory has no room for the core's "
					  "tables, or no flash translation layer fits this flash");
		card_.enable_interrupts();
	}

	void serve() override
	{
		uint32_t data;

		core_.wake(card_.wants_management());
		if (uint32_t inject = card_.damage())
			core_.damage(inject);
		if (pending_ && card_.answered(data)) {
			core_.answer(data);
			pending_ = false;
		}
		serve_lines();
		core_.step();
		if (!pending_ && core_.accesses())
			begin();
		if (!line_pending_ && core_.line_accesses())
			line_pending_ =
			    card_.begin_line(core_.line(), core_.line_writes(), core_.line_data());
		card_.manager_awake(busy());
		card_.core_memory(core_.memory_event());
		if (reset_over_) {
			reset_over_ = false;
			card_.enable_interrupts();
		}
	}

	bool busy() const override
	{
		return pending_ || line_pending_ || !core_.asleep();
	}

	bool background() override
	{
		for (unsigned int n = 0; n < slice && busy(); n++) {
			card_.step();
			serve();
		}
		return busy();
	}

	uint64_t linger() const override
	{
		uint32_t longest = *std::max_element(usec_.begin(), usec_.end());

		return std::max<uint64_t>(64, longest ? (longest + 2) * cycles_per_us : 0);
	}

	void set_full(bool full) override
	{
		if (full == full_)
			return;
		full_ = full;
		card_.write(MAILBOX_HOLD, hold_ | (full_ ? hold_full : 0));
	}

	std::vector<uint8_t> log(unsigned int) override
	{
		return {};
	}

	uint64_t counter(unsigned int which) override
	{
		card_.write(MAILBOX_COUNTER_SELECT, which);

		uint64_t value = card_.read64(MAILBOX_COUNTER);

		card_.write(MAILBOX_COUNTER_SELECT, selected_);
		return value;
	}

	Core *core() override
	{
		return &core_;
	}

      private:
	uint32_t random()
	{
		uint32_t number = uint32_t(random_());

		if (entropy_) {
			entropy_--;
			if (getrandom(&number, sizeof(number), 0) != sizeof(number))
				throw rtl::Broken("no random numbers");
		}
		return number;
	}

	void serve_lines()
	{
		bool error = false;
		const uint32_t *data = line_pending_ ? card_.answered_line(error) : nullptr;

		if (!data)
			return;
		core_.answer_line(data, error);
		line_pending_ = false;
	}

	void begin()
	{
		uint32_t value = core_.value();

		if (core_.writes())
			value = see(core_.offset(), value);
		pending_ = card_.begin(core_.offset(), core_.writes(), value);
	}

	/* A word on its way to the mailbox; what goes there instead. */
	uint32_t see(uint32_t offset, uint32_t value)
	{
		unsigned int qid = value >> 8 & 63;

		switch (offset) {
		case MAILBOX_HOLD:
			reset_over_ = (hold_ & hold_flr_done) && !(value & hold_flr_done);
			hold_ = value;
			return value | (full_ ? hold_full : 0);
		case MAILBOX_FLASH:
			flash_open_++;
			break;
		case MAILBOX_FLASH_END:
			flash_open_ -= flash_open_ > 0;
			break;
		case MAILBOX_COUNTER_SELECT:
			selected_ = value;
			break;
		case MAILBOX_CONTROL_COALESCE:
			coalesce_ = value >> 16;
			break;
		case MAILBOX_CONTROL:
			if ((value & 7) == CREATE || (value & 7) == COALESCE)
				usec_[qid] = coalesce_;
			else if ((value & 7) == DELETE)
				usec_[qid] = 0;
			else if ((value & 7) == DISCARD)
				usec_.fill(0);
			break;
		default:
			break;
		}
		return value;
	}
};

} // namespace

std::unique_ptr<Manager> manage_on_core(MailboxBus &card, const Settings &settings)
{
	return std::make_unique<OnCore>(card, settings);
}

} // namespace rtl_card
