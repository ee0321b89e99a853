/* SPDX-License-Identifier: Apache-2.0 */
/* The boot flash: any SPI NOR memory of 3-byte addresses and sectors of 4 KiB. */
#ifndef NOR_H
#define NOR_H

#include <stdbool.h>
#include <stdint.h>

/* It works on what was told last. Whoever tells it more, or reads, waits for that. */
bool nor_busy(void);

/* Whole words, from an address that need be none's multiple. */
void nor_read(uint32_t from, uint32_t *to, uint32_t words);

/* Clears bits; within a page (FLASH_PAGE). Both only begin. */
void nor_program(uint32_t to, const uint8_t *from, uint32_t bytes);
void nor_erase(uint32_t sector);

#endif /* NOR_H */
