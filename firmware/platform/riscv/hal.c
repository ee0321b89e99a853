// SPDX-License-Identifier: Apache-2.0
/* What the firmware needs of where it runs (hal.h), on the management core itself. */
#include "hal.h"

#include "mcu.h"

uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	(void)hal;
	return mcu_read(MCU_MAILBOX + offset);
}

void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	(void)hal;
	mcu_write(MCU_MAILBOX + offset, value);
}

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
