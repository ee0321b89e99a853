// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware on the management core: what the card is, the loop, sleep, the watchdog.
 *
 * All that the firmware knows is one struct, in memory that a restart of the core leaves
 * alone. So the core that crashed goes on with it (fw_restart), while pages come and go, and a
 * step that was cut off is done again.
 */
#include <string.h>

#include "boot_hal.h"
#include "flash.h"
#include "fw.h"
#include "image.h"
#include "mcu.h"
#include "nor.h"
#include "pamc_mailbox.h"
#include "power.h"

/* Asleep for no longer: what fw_background looks at changes meanwhile. */
#define NAP   2500000u
#define WAITS 0xffffu /* EVENTS: bits that call for the firmware */
/* The state in RAM has this firmware's form: another image may go on with it, too. */
#define STATE (0x46570000u ^ image->state ^ (uint32_t)sizeof(struct fw))

static struct fw fw __attribute__((section(".kept")));
/* Itself. */
static const struct image *const image = (const struct image *)MCU_RAM;

/* True: flash is to be behind card memory. */
static bool describe(struct fw_platform *platform)
{
	bool tier = false;
	struct boot_card card;
	uint32_t boot = mcu_kept(KEPT_BOOT);
	struct power_counts power = power_count((mcu_read(MCU_RESTART) & 7) == BY_POWER);

	memset(platform, 0, sizeof(*platform));
	/* There is but one; the tier takes none for a card that has not started. */
	platform->hal = (struct hal *)MCU_MAILBOX;
	nor_read(FLASH_CARD, (uint32_t *)&card, sizeof(card) / 4);
	platform->dram_bytes = (uint64_t)mcu_read(MCU_DRAM_LINES) * 64;
	platform->power_cycles = power.cycles;
	platform->unsafe_shutdowns = power.unsafe;
	platform->queue_pairs = PAMC_MAX_QP;
	platform->vectors = PAMC_MAX_VECTORS;
	platform->cycles_per_us = 250;
	platform->clock_khz = 250000;
	if (card.magic == CARD_MAGIC && card.queue_pairs >= 2 && card.queue_pairs <= PAMC_MAX_QP &&
	    card.vectors >= 1 && card.vectors <= PAMC_MAX_VECTORS && card.cycles_per_us >= 1) {
		platform->queue_pairs = card.queue_pairs;
		platform->vectors = card.vectors;
		platform->cycles_per_us = card.cycles_per_us;
		platform->clock_khz = card.cycles_per_us * 1000;
		tier = card.tier != 0;
		memcpy(platform->serial, card.serial, sizeof(card.serial));
		memcpy(platform->model, card.model, sizeof(card.model));
	}
	platform->journal = true;
	platform->restarts = mcu_read(MCU_RESTART) >> 8;
	platform->slots = FLASH_SLOTS;
	platform->slot = (uint8_t)boot;
	platform->boot_reason = (uint8_t)(boot >> 8);
	platform->fatal = (boot & BOOT_FATAL) != 0;
	memcpy(platform->revision, image->revision, sizeof(platform->revision));
	platform->security = image->security;
	/* One that does not say goes on with no other's. */
	platform->state = image->state ? image->state : ~0u;
	platform->boot = boot_hal();
	return tier;
}

int main(void)
{
	struct fw_platform platform;
	bool stopped = false, tier;

	mcu_write(MCU_WATCHDOG, WATCHDOG);
	tier = describe(&platform);
	if ((mcu_read(MCU_RESTART) & 7) == BY_POWER || mcu_kept(KEPT_STATE) == 0) {
		/* Nobody could use the card yet. */
		if (tier) {
			flash_power_on(&fw, &platform);
		}
		fw_power_on(&fw, &platform);
	} else if (mcu_kept(KEPT_STATE) == STATE) {
		bool whole = flash_restart(&fw, &platform);

		fw_restart(&fw, &platform);
		if (!whole) {
			flash_stand_still(&fw);
		}
	} else {
		if (tier) {
			flash_power_on(&fw, &platform);
		}
		fw_start_over(&fw, &platform);
	}
	flash_step_over();
	/* From here on it is the firmware's, until a reset. */
	mcu_keep(KEPT_BOOT, mcu_kept(KEPT_BOOT) & ~BOOT_FATAL);
	mcu_keep(KEPT_STATE, STATE);
	for (;;) {
		mcu_write(MCU_WATCHDOG, WATCHDOG);
		fw_step(&fw);
		flash_step_over();
		if (fw_busy(&fw) || (mcu_read(MCU_MAILBOX + MAILBOX_EVENTS) & WAITS)) {
			continue;
		}
		if (fw.stopped != stopped) {
			stopped = fw.stopped;
			power_stopped(stopped);
		}
		if (!fw_background(&fw)) {
			mcu_keep(KEPT_TRIES, 0);
			mcu_write(MCU_WAKE, NAP);
			mcu_read(MCU_SLEEP);
		}
	}
}
