/* SPDX-License-Identifier: Apache-2.0 */
/* The mailbox's words on the management core (hal.h): each is a load or a store. */
#ifndef HAL_WORDS_H
#define HAL_WORDS_H

#include "mcu.h"
#include "pamc_mailbox.h"

static inline uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	(void)hal;
	return mcu_read(MCU_MAILBOX + offset);
}

static inline void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	(void)hal;
	mcu_write(MCU_MAILBOX + offset, value);
	/* Who asks flash for something is alive: a shutdown, or a start, waits for thousands of
	 * pages in one step. */
	if (__builtin_constant_p(offset) && offset == MAILBOX_FLASH) {
		mcu_write(MCU_WATCHDOG, WATCHDOG);
	}
}

#endif /* HAL_WORDS_H */
