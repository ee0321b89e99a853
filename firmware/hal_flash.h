/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the flash translation layer needs of the flash: the sequencer with its ECC on
 * the card, the NAND model (sim/nand) everywhere else. One operation a die at a time;
 * several dies at once. A buffer belongs to the operation until the poll that ends it.
 */
#ifndef HAL_FLASH_H
#define HAL_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hal_flash;

enum hal_flash_status {
	HAL_FLASH_BUSY,
	HAL_FLASH_OK,            /* of a read: corrected if need be. An erased page reads as ones */
	HAL_FLASH_FAILED,        /* program or erase: the block is to be given up */
	HAL_FLASH_UNCORRECTABLE, /* read */
};

/* False: not started; try again. block is one of the die's own. to NULL: only how it ends matters.
 */
bool hal_flash_read(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page, void *to);
/* A part of it, to memory of the data path (hal_tier.h: hal_tier_request.to); no other byte of that
 * is written. All figures are multiples of 4. Not more of the page has to come, so what is beyond
 * correction elsewhere in it is perhaps not told of. */
struct hal_flash_part {
	uint32_t from; /* byte of the page */
	uint32_t bytes;
	void *to;
	uint32_t at; /* byte there */
};
bool hal_flash_read_part(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page,
			 const struct hal_flash_part *part);
bool hal_flash_program(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page,
		       const void *from);
bool hal_flash_erase(struct hal_flash *hal, uint32_t die, uint32_t block);

/* Not BUSY: the operation is over. corrected: most bits in one codeword. */
enum hal_flash_status hal_flash_poll(struct hal_flash *hal, uint32_t die, uint32_t *corrected);

/* Of the page that the die read last, all of it: it was never written since its block was erased.
 */
bool hal_flash_erased(struct hal_flash *hal, uint32_t die);

/* The maker's mark in the block's first page; asked when the flash is formatted. Of a block that
 * was written, and cannot be read, nobody knows: it has one. */
bool hal_flash_marked_bad(struct hal_flash *hal, uint32_t die, uint32_t block);

#ifdef __cplusplus
}
#endif

#endif /* HAL_FLASH_H */
