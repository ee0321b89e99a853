/* SPDX-License-Identifier: Apache-2.0 */
/* The tier in flash on the management core: its memory, and what becomes of it in restarts. */
#ifndef FLASH_CORE_H
#define FLASH_CORE_H

#include <stddef.h>

#include "fw.h"

/* Power came: the tier for the firmware, if there is flash, and memory for it; the platform
 * says what card memory is left. */
void flash_power_on(struct fw *fw, struct fw_platform *platform);

/* The core was restarted, and the firmware goes on with fw, whose tier this is. False: the tier
 * cannot; flash_stand_still() when fw goes on. */
bool flash_restart(struct fw *fw, struct fw_platform *platform);
void flash_stand_still(struct fw *fw);

/* A step of the firmware has ended. */
void flash_step_over(void);

/* crc32c() of include/crc32c.h, of whole words. */
uint32_t flash_crc32c(const void *data, size_t size);

#endif /* FLASH_CORE_H */
