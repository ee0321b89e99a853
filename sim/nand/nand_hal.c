// SPDX-License-Identifier: Apache-2.0
/*
 * What the firmware's flash translation layer calls, answered by the NAND model. Without
 * power nothing starts and nothing ends: the firmware is gone then, too.
 */
#include "nand_hal.h"

#include "hal_flash.h"

bool hal_flash_read(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page, void *to)
{
	return nand_read(hal->nand, die, block, page, to);
}

bool hal_flash_read_part(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page,
			 const struct hal_flash_part *part)
{
	return nand_read_part(hal->nand, die, block, page, part->from, part->bytes,
			      (uint8_t *)part->to + part->at);
}

bool hal_flash_program(struct hal_flash *hal, uint32_t die, uint32_t block, uint32_t page,
		       const void *from)
{
	return nand_program(hal->nand, die, block, page, from);
}

bool hal_flash_erase(struct hal_flash *hal, uint32_t die, uint32_t block)
{
	return nand_erase(hal->nand, die, block);
}

enum hal_flash_status hal_flash_poll(struct hal_flash *hal, uint32_t die, uint32_t *corrected)
{
	switch (nand_poll(hal->nand, die, corrected)) {
	case NAND_OK:
		return HAL_FLASH_OK;
	case NAND_UNCORRECTABLE:
		return HAL_FLASH_UNCORRECTABLE;
	case NAND_FAILED:
	case NAND_MISUSE:
		return HAL_FLASH_FAILED;
	default:
		return HAL_FLASH_BUSY;
	}
}

bool hal_flash_erased(struct hal_flash *hal, uint32_t die)
{
	return nand_read_erased(hal->nand, die);
}

bool hal_flash_marked_bad(struct hal_flash *hal, uint32_t die, uint32_t block)
{
	return nand_factory_bad(hal->nand, die, block);
}
