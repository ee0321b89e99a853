/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOT_HAL_H
#define BOOT_HAL_H

#include <stddef.h>

#include "hal.h"

/* Boot flash for the firmware; NULL: the ROM is one that does nothing for it. */
const struct hal_boot *boot_hal(void);

#endif /* BOOT_HAL_H */
