/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware needs of where it runs: the card's management core, the Verilated card
 * (sim/verilator), the C model (sim/model), a test. Each has its own struct hal; the firmware only
 * hands it on.
 */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hal;

/* Words of the mailbox (pamc_mailbox.h), by byte offset. */
#ifdef HAL_WORDS
#include HAL_WORDS /* a platform's, without a call for each (its build.mk) */
#else
uint32_t hal_read(struct hal *hal, uint32_t offset);
void hal_write(struct hal *hal, uint32_t offset, uint32_t value);
#endif

/* Cycles of the card's clock since it started; does not wrap, does not stand still while
 * the firmware waits for something. */
uint64_t hal_cycles(struct hal *hal);

/* For keys that hosts must not guess. */
uint32_t hal_random(struct hal *hal);

/* A number that no boot had before. */
uint64_t hal_epoch(struct hal *hal);

/* The card's, in kelvin; 0: it is not measured. */
unsigned int hal_temperature(struct hal *hal);

/* Overwrites some more of card memory, from its start when restart is not 0; percent done. */
unsigned int hal_clear_memory(struct hal *hal, int restart);

/* Boot flash, of a card whose firmware comes from there (image.h), its loader, and the check
 * of signatures that the loader does, too: no call waits, but for what was begun before. */
struct hal_verify {
	uint64_t state[36];
};

struct hal_boot {
	void (*read)(struct hal *hal, uint32_t from, uint32_t *to, uint32_t words);
	/* Within a page, of a sector; they begin only. */
	void (*program)(struct hal *hal, uint32_t to, const uint8_t *from, uint32_t bytes);
	void (*erase)(struct hal *hal, uint32_t sector);
	bool (*busy)(struct hal *hal);
	/* Of an image that comes in pieces, all that the signature is of. */
	void (*verify_begin)(struct hal_verify *verify, const uint8_t signature[64]);
	void (*verify_more)(struct hal_verify *verify, const void *part, uint32_t bytes);
	bool (*verify_end)(struct hal_verify *verify);
	/* The wanted image starts, by fw_restart, at the latest when the step has ended. */
	void (*restart)(struct hal *hal);
};

/* The data path broke a promise: what names it. The host is told by STATUS.FATAL, so this
 * may return. */
void hal_panic(struct hal *hal, const char *what);

#ifdef __cplusplus
}
#endif

#endif /* HAL_H */
