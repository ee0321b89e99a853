/* SPDX-License-Identifier: Apache-2.0 */
/* The NAND model as the flash of the firmware (firmware/hal_flash.h). */
#ifndef NAND_HAL_H
#define NAND_HAL_H

#include "nand.h"

struct hal_flash {
	struct nand *nand;
};

#endif /* NAND_HAL_H */
