// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware compiled for the host, at the card's mailbox: its platform, and what a
 * simulation wants of it beside. Time passes inside its accesses.
 */
#include "management_parts.hpp"

#include <sys/random.h>

#include <algorithm>
#include <vector>

#include "fw.h"
#include "hal_flash_mailbox.h"
#include "hal_tier_mailbox.h"
#include "stream.hpp"
#include "tier.h"

/* The firmware's platform. */
struct hal {
	rtl_card::MailboxBus &card;
	uint64_t random;
	struct hal_tier_mailbox tier;
};

extern "C" {

uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	return hal->card.read(offset);
}

void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	hal->card.write(offset, value);
}

uint64_t hal_cycles(struct hal *hal)
{
	return hal->card.now();
}

/* From the card's seed: the same run comes to the same layout of pages. */
uint32_t hal_random(struct hal *hal)
{
	uint64_t z = hal->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return uint32_t(z ^ z >> 31);
}

uint64_t hal_epoch(struct hal *)
{
	uint64_t epoch = 0;

	return getrandom(&epoch, sizeof(epoch), 0) == sizeof(epoch) ? epoch : 0;
}

/* As on the core: the card in RTL has no sensor. */
unsigned int hal_temperature(struct hal *)
{
	return 0;
}

unsigned int hal_clear_memory(struct hal *hal, int)
{
	hal->card.clear_memory();
	return 100;
}

struct hal_tier_mailbox *hal_tier_of(struct hal *hal)
{
	return &hal->tier;
}

/* A card that breaks a promise is one to be repaired, not to be simulated on. */
void hal_panic(struct hal *, const char *what)
{
	throw rtl::Broken(std::string("firmware: ") + what);
}

} /* extern "C" */

namespace rtl_card
{

namespace
{

class OnHost : public Manager
{
	MailboxBus &card_;
	hal hal_;
	fw_platform platform_{};
	fw fw_{};
	/* Its page buffers, and a record's, are the end of card memory, which the firmware is not
	 * told of. */
	hal_flash flash_{};
	std::vector<uint64_t> tier_;
	uint64_t dram_bytes_;
	bool wants_tier_;

      public:
	OnHost(MailboxBus &card, const Settings &settings)
	    : card_(card), hal_{card, settings.seed, {}}, dram_bytes_(settings.dram_bytes),
	      wants_tier_(settings.tier)
	{
		platform_.hal = &hal_;
		platform_.queue_pairs = settings.queue_pairs;
		platform_.vectors = settings.vectors;
		platform_.cycles_per_us = cycles_per_us;
		platform_.clock_khz = cycles_per_us * 1000;
		describe(settings, platform_.serial, platform_.model);
	}

	void power_on(bool first) override
	{
		if (!first) {
			platform_.power_cycles++;
			platform_.unsafe_shutdowns += !fw_.stopped;
		}
		platform_.dram_bytes = dram_bytes_;
		if (hal_flash_init(&flash_, &hal_, 0)) {
			platform_.dram_bytes -= uint64_t(flash_.dies) * flash_.page_bytes;
			flash_.line = uint32_t(platform_.dram_bytes / 64);
			if (wants_tier_)
				tier_power_on();
		}
		fw_power_on(&fw_, &platform_);
		card_.enable_interrupts();
	}

	/* Flash is behind card memory. */
	void tier_power_on()
	{
		tier_geometry geometry{flash_.dies, flash_.blocks, flash_.pages, flash_.page_bytes,
				       HAL_FLASH_CORRECTABLE};
		size_t bytes = tier_bytes(&geometry);

		if (!bytes)
			throw rtl::Broken("no flash translation layer fits this flash");
		tier_.assign((bytes + 7) / 8, 0);
		platform_.dram_bytes -= uint64_t(hal_tier_lines(&hal_)) * 64;
		hal_tier_init(&hal_.tier, &hal_, &fw_, uint32_t(platform_.dram_bytes / 64));
		platform_.tier = &tier_ops;
		platform_.flash_endurance = TIER_ENDURANCE;
		platform_.tier_state = tier_init(tier_.data(), &geometry, &flash_);
		platform_.flash_bytes =
		    uint64_t(flash_.dies) * flash_.blocks * flash_.pages * flash_.page_bytes;
	}

	void serve() override
	{
		bool was_reset = fw_.state == FW_FLR_END;

		if (!card_.wants_management() && !fw_busy(&fw_))
			return;
		fw_step(&fw_);
		if (was_reset && fw_.state != FW_FLR_END)
			card_.enable_interrupts();
	}

	bool busy() const override
	{
		return fw_busy(&fw_);
	}

	bool background() override
	{
		return fw_background(&fw_);
	}

	uint64_t linger() const override
	{
		uint64_t longest = 64;

		for (const fw_queue &queue : fw_.queues)
			longest = std::max<uint64_t>(
			    longest, queue.valid ? (queue.coalesce_usec + 2) * cycles_per_us : 0);
		return longest;
	}

	void set_full(bool full) override
	{
		fw_set_full(&fw_, full);
	}

	std::vector<uint8_t> log(unsigned int page) override
	{
		uint32_t bytes = fw_log(&fw_, page);
		const uint8_t *at = reinterpret_cast<const uint8_t *>(fw_.page);

		return {at, at + bytes};
	}

	uint64_t counter(unsigned int which) override
	{
		return fw_counter(&fw_, which);
	}

	struct hal_flash *flash() override
	{
		return flash_.dies ? &flash_ : nullptr;
	}
};

} // namespace

std::unique_ptr<Manager> manage_on_host(MailboxBus &card, const Settings &settings)
{
	return std::make_unique<OnHost>(card, settings);
}

} // namespace rtl_card
