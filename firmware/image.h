/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot flash: what is where, and what an image begins with. tools/fwimage.py writes both.
 *
 * An image is copied to the start of RAM as it is, header and all. Numbers are
 * little-endian.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "pamc_if.h"
#include "pamc_mcu.h"

#define FLASH_BYTES      0x100000u
#define FLASH_SECTOR     0x1000u /* what is erased at once */
#define FLASH_PAGE       256u    /* what is programmed at once */
#define FLASH_CARD       0x0000u /* struct boot_card */
#define FLASH_WANTED     0x1000u /* slots that were wanted, a byte each, the last one counts */
#define FLASH_POWER      0x2000u /* a word for each power-up, see power.c */
#define FLASH_SLOT(slot) (0x10000u + 0x40000u * ((slot) - 1))
#define FLASH_SLOTS      2u
#define FLASH_SLOT_BYTES 0x40000u

#define IMAGE_MAGIC  0x464d4150u /* "PAMF" */
#define IMAGE_FORMAT 1u
#define IMAGE_TARGET 1u       /* this card: changes when an older core could not run it */
#define IMAGE_MOST   0x10000u /* of RAM; behind it are data and stacks (firmware.ld) */

struct image {
	/* Of all that follows. */
	uint8_t signature[64]; /* EdDSA, edwards25519 with BLAKE2b */
	uint32_t crc;          /* CRC32C, of all that follows it */
	uint32_t magic;
	uint32_t bytes; /* with this header */
	uint16_t format, target;
	uint32_t entry; /* address */
	uint8_t revision[16];
	/* Raised when no older image may run any more; firmware takes none with a lower one. */
	uint32_t security;
	/* Form of struct fw: images of the same one can go on with each other's. */
	uint32_t state;
	uint8_t rsvd[20];
};

#define IMAGE_CRC_FROM    68u /* the CRC is of what is from here on, */
#define IMAGE_SIGNED_FROM 64u /* the signature from here */

/* What its header alone tells: enum pamc_fw_fault. */
static inline uint8_t image_fault(const struct image *image)
{
	if (image->magic != IMAGE_MAGIC || image->bytes <= sizeof(*image) ||
	    image->bytes > IMAGE_MOST || image->bytes % 4) {
		return PAMC_FW_FAULT_LENGTH;
	}
	return image->format != IMAGE_FORMAT || image->target != IMAGE_TARGET ||
		       image->entry < MCU_RAM + sizeof(*image) ||
		       image->entry >= MCU_RAM + image->bytes
		   ? PAMC_FW_FAULT_VERSION
		   : PAMC_FW_FAULT_NONE;
}

/* Bytes of FLASH_WANTED, in their order. Without any, slot 1 is wanted. True: that was all. */
static inline bool image_wanted(const void *bytes, uint32_t count, uint32_t *slot)
{
	const uint8_t *at = (const uint8_t *)bytes;

	for (uint32_t n = 0; n < count; n++) {
		if (at[n] == 0xff) {
			return true;
		}
		*slot = at[n] >= 1 && at[n] <= FLASH_SLOTS ? at[n] : *slot;
	}
	return false;
}

/* What the card's maker writes. */
#define CARD_MAGIC 0x434d4150u /* "PAMC" */
struct boot_card {
	uint32_t magic;
	uint16_t queue_pairs, vectors;
	uint32_t cycles_per_us;
	uint8_t serial[24], model[40];
	uint32_t tier; /* not 0: flash, if there is some, is behind card memory */
};

#endif /* IMAGE_H */
