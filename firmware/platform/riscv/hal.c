// SPDX-License-Identifier: Apache-2.0
/* What the firmware needs of where it runs (hal.h), on the management core itself. */
#include "boot_hal.h"

#include "mcu.h"
#include "nor.h"
#include "pamc_mailbox.h"
#include "rom.h"

uint64_t hal_cycles(struct hal *hal)
{
	uint32_t low = mcu_read(MCU_CYCLES);

	(void)hal;
	return low | (uint64_t)mcu_read(MCU_CYCLES + 4) << 32;
}

uint32_t hal_random(struct hal *hal)
{
	(void)hal;
	return mcu_read(MCU_RANDOM);
}

/* 64 random bits: two boots of one card do not meet. */
uint64_t hal_epoch(struct hal *hal)
{
	uint32_t low = hal_random(hal);

	return low | (uint64_t)hal_random(hal) << 32;
}

/* No sensor is at the core's bus yet. */
unsigned int hal_temperature(struct hal *hal)
{
	(void)hal;
	return 0;
}

unsigned int hal_clear_memory(struct hal *hal, int restart)
{
	(void)hal;
	if (restart) {
		mcu_write(MCU_CLEAR, 1);
	}
	return mcu_read(MCU_CLEAR);
}

/* The host reads STATUS.FATAL; how often is kept for whoever looks at the core. */
void hal_panic(struct hal *hal, const char *what)
{
	(void)hal;
	(void)what;
	mcu_keep(KEPT_PANICS, mcu_kept(KEPT_PANICS) + 1);
}

/* ---------------------------------------------------------------- boot flash */

static void boot_read(struct hal *hal, uint32_t from, uint32_t *to, uint32_t words)
{
	(void)hal;
	nor_read(from, to, words);
}

static void boot_program(struct hal *hal, uint32_t to, const uint8_t *from, uint32_t bytes)
{
	(void)hal;
	nor_program(to, from, bytes);
}

static void boot_erase(struct hal *hal, uint32_t sector)
{
	(void)hal;
	nor_erase(sector);
}

static bool boot_busy(struct hal *hal)
{
	(void)hal;
	return nor_busy();
}

static const struct rom_services *rom(void)
{
	return (const struct rom_services *)(uintptr_t)mcu_read(MCU_ROM + ROM_SERVICES_AT);
}

static void boot_verify_begin(struct hal_verify *verify, const uint8_t signature[64])
{
	rom()->verify_begin(verify, signature);
}

static void boot_verify_more(struct hal_verify *verify, const void *part, uint32_t bytes)
{
	rom()->verify_more(verify, part, bytes);
}

static bool boot_verify_end(struct hal_verify *verify)
{
	return rom()->verify_end(verify);
}

/* The loader takes the wanted image when it knows of none that ran. */
static void boot_restart(struct hal *hal)
{
	(void)hal;
	mcu_keep(KEPT_BOOT, 0);
	mcu_write(MCU_ASK_RESTART, 1);
	for (;;) {
	}
}

const struct hal_boot *boot_hal(void)
{
	static const struct hal_boot boot = {
	    .read = boot_read,
	    .program = boot_program,
	    .erase = boot_erase,
	    .busy = boot_busy,
	    .verify_begin = boot_verify_begin,
	    .verify_more = boot_verify_more,
	    .verify_end = boot_verify_end,
	    .restart = boot_restart,
	};

	return mcu_read(MCU_ROM + ROM_MAGIC_AT) == ROM_MAGIC ? &boot : NULL;
}
