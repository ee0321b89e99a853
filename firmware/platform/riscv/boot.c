// SPDX-License-Identifier: Apache-2.0
/*
 * The boot loader, in ROM. After power-up it takes the wanted image out of boot flash, or the
 * other one if that one is no good, and says in KEPT_BOOT which and why.
 *
 * While the firmware runs, its image in RAM cannot be written (LOCK). So after a restart it is
 * used again as it is, at once, unless a word of RAM was lost; its data is the firmware's
 * business. An image that restarts again and again without ever saying that it works
 * (KEPT_TRIES) is no good, either.
 *
 * When there is none to run, or the second one was given up too, hosts are told so
 * (STATUS.FATAL), who would wait for READY otherwise; and it goes on trying.
 *
 * It has no memory but its stack, at the end of RAM, where no image reaches.
 */
#include <string.h>

#include "image.h"
#include "mcu.h"
#include "nor.h"
#include "pamc_mailbox.h"
#include "rom.h"
#include "verify.h"

/* For the firmware; rom_start.S says where it is. */
extern const struct rom_services rom_services;
const struct rom_services rom_services = {fw_verify_begin, fw_verify_more, fw_verify_end};

#define WANTED PAMC_FW_FAULT_NONE
#define TRIES  3u

static struct image *const image = (struct image *)MCU_RAM;

static uint32_t crc_of_image(void)
{
	const uint32_t *at = (const uint32_t *)image + IMAGE_CRC_FROM / 4;

	mcu_write(MCU_CRC, ~0u);
	for (uint32_t words = (image->bytes - IMAGE_CRC_FROM) / 4; words; words--) {
		mcu_write(MCU_CRC_WORD, *at++);
	}
	return ~mcu_read(MCU_CRC);
}

/* Copies the image of a slot to RAM. */
static uint8_t load(uint32_t slot)
{
	struct image first;
	uint8_t fault;

	/* Until it is started, no image is. */
	mcu_keep(KEPT_CRC, 0);
	nor_read(FLASH_SLOT(slot), (uint32_t *)image, sizeof(*image) / 4);
	first = *image;
	fault = image_fault(image);
	if (fault != WANTED) {
		return fault;
	}
	nor_read(FLASH_SLOT(slot), (uint32_t *)image, image->bytes / 4);
	/* What was checked is what counts: a second reading may come to something else. */
	if (memcmp(&first, image, sizeof(first)) != 0 || crc_of_image() != image->crc) {
		return PAMC_FW_FAULT_CRC;
	}
	return fw_verify((const uint8_t *)image + IMAGE_SIGNED_FROM,
			 image->bytes - IMAGE_SIGNED_FROM, image->signature)
		   ? WANTED
		   : PAMC_FW_FAULT_SIGNATURE;
}

/* The last byte that was written; slot 1 if there is none. */
static uint32_t wanted_slot(void)
{
	uint32_t word, slot = 1;

	for (uint32_t at = 0; at < FLASH_SECTOR; at += 4) {
		nor_read(FLASH_WANTED + at, &word, 1);
		if (image_wanted(&word, 4, &slot)) {
			break;
		}
	}
	return slot;
}

static void start(uint32_t slot, uint32_t wanted, uint8_t reason)
{
	mcu_keep(KEPT_BOOT,
		 (mcu_kept(KEPT_BOOT) & BOOT_FATAL) | slot | (uint32_t)reason << 8 | wanted << 16);
	mcu_keep(KEPT_CRC, image->crc);
	mcu_write(MCU_LOCK, image->bytes);
	((void (*)(void))(uintptr_t)image->entry)();
}

static void tell_fatal(void)
{
	mcu_keep(KEPT_BOOT, mcu_kept(KEPT_BOOT) | BOOT_FATAL);
	mcu_write(MCU_MAILBOX + MAILBOX_STATUS,
		  PAMC_STATUS_FATAL_MASK |
		      PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_FIRMWARE));
}

void boot(void)
{
	uint32_t why = mcu_read(MCU_RESTART) & 7, kept = mcu_kept(KEPT_BOOT);
	uint32_t slot = kept & 0xff, wanted = kept >> 16 & 0xff, tries = mcu_kept(KEPT_TRIES) + 1;
	uint8_t reason = kept >> 8 & 0xff;

	mcu_keep(KEPT_TRIES, tries);
	if (why != BY_POWER && slot != 0 && (tries & 0xff) <= TRIES) {
		/* A word that was lost is so until it is written: a look at it would end here
		 * again. */
		if (why != BY_LOST && mcu_kept(KEPT_CRC) != 0) {
			start(slot, wanted, reason);
		}
		/* Damaged in RAM, not in flash. */
		if (load(slot) == WANTED) {
			start(slot, wanted, reason);
		}
	}
	if (why == BY_POWER || slot == 0) {
		wanted = wanted_slot();
		reason = load(wanted);
		slot = wanted;
	} else {
		reason = PAMC_FW_FAULT_WATCHDOG;
		if (tries & TRIES_OTHER) {
			tell_fatal();
		}
	}
	if (reason != WANTED) {
		mcu_keep(KEPT_TRIES, TRIES_OTHER | 1);
		slot = slot == FLASH_SLOTS ? 1 : slot + 1;
		if (load(slot) != WANTED) {
			/* Nothing to run. The watchdog tries again: flash may be read better then.
			 */
			mcu_keep(KEPT_BOOT, (uint32_t)reason << 8 | wanted << 16);
			tell_fatal();
			for (;;) {
			}
		}
	}
	start(slot, wanted, reason);
}
