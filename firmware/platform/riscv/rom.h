/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ROM does for the firmware: checks signatures, as it does itself, with the same key,
 * so that no image carries the code for it. A ROM never changes: neither may this.
 */
#ifndef ROM_H
#define ROM_H

#define ROM_MAGIC       0x724d4150 /* "PAMr", at ROM_MAGIC_AT */
#define ROM_MAGIC_AT    4
#define ROM_SERVICES_AT 8 /* its address */

#ifndef __ASSEMBLER__
#include "hal.h"

struct rom_services {
	void (*verify_begin)(struct hal_verify *verify, const uint8_t signature[64]);
	void (*verify_more)(struct hal_verify *verify, const void *part, uint32_t bytes);
	bool (*verify_end)(struct hal_verify *verify);
};
#endif

#endif /* ROM_H */
