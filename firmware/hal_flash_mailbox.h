/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hal_flash.h by the mailbox's words FLASH_* and WINDOW_*: the card's own flash. Each die has one
 * page buffer in card memory, which the platform sets aside, and pages are copied between it
 * and the firmware's memory through the window.
 *
 * The data path's memory is card memory: there "void *" is a line of it.
 *
 * On the core the firmware's memory for pages is card memory, too, but behind a cache that flash
 * does not see (spec/mcu.toml, CARD): so pages are copied there as everywhere. Pages that stay
 * where they are would be quicker.
 */
#ifndef HAL_FLASH_MAILBOX_H
#define HAL_FLASH_MAILBOX_H

#include "hal_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HAL_FLASH_DIES_MOST 128u
/* Wrong bits of a chunk that the card corrects (rtl/flash/flash_bch_pkg.sv, T). */
#define HAL_FLASH_CORRECTABLE 40u

struct hal;

struct hal_flash_die {
	uint8_t state;
	uint8_t op;
	bool silent; /* sent nothing but a reset before it has answered to one */
	uint32_t end;
	void *to; /* of a read; NULL: of a part */
};

struct hal_flash {
	struct hal *hal;
	uint32_t line; /* of card memory: the first die's page buffer */
	uint32_t dies;
	uint32_t blocks; /* of a die */
	uint32_t pages;  /* of a block */
	uint32_t page_bytes;
	struct hal_flash_die die[HAL_FLASH_DIES_MOST];
};

/* What there is; false: no flash, or none that ends what it was asked before. The buffers take dies
 * × page_bytes, from `line` on. After each loss of power and each reset of the card. */
bool hal_flash_init(struct hal_flash *flash, struct hal *hal, uint32_t line);

#ifdef __cplusplus
}
#endif

#endif /* HAL_FLASH_MAILBOX_H */
