/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management core's registers (pamc_mcu.h), and what the boot loader leaves for the
 * firmware in those that are kept over restarts.
 */
#ifndef MCU_H
#define MCU_H

#include <stdint.h>

#include "pamc_mcu.h"

/* RESTART: why the core started. */
enum mcu_why {
	BY_POWER,
	BY_WATCHDOG,
	BY_TRAP,
	BY_LOST,
	BY_NOWHERE,
	BY_ASKED,
};

/* KEPT: the boot loader's words, then the firmware's. */
enum mcu_kept {
	KEPT_BOOT,   /* 7:0 slot that runs, from 1; 15:8 boot_reason; 23:16 slot that was wanted; 24
			the loader said FATAL */
	KEPT_CRC,    /* of the image in RAM, that was found good */
	KEPT_TRIES,  /* 7:0 restarts of this image before it said that it works; 8 the one before it
			was given up */
	KEPT_STATE,  /* the firmware's: RAM has its state (main.c) */
	KEPT_PANICS, /* the firmware's: promises that the data path broke */
};

#define BOOT_FATAL  (1u << 24) /* of KEPT_BOOT */
#define TRIES_OTHER (1u << 8)  /* of KEPT_TRIES */

/* Without a sign of life the core restarts: more than any step takes, which waits for the
 * data path for 40 million cycles at most, a few times. */
#define WATCHDOG 500000000u

static inline uint32_t mcu_read(uint32_t address)
{
	return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void mcu_write(uint32_t address, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)address = value;
}

static inline uint32_t mcu_kept(enum mcu_kept which)
{
	return mcu_read(MCU_KEPT + 4u * which);
}

static inline void mcu_keep(enum mcu_kept which, uint32_t value)
{
	mcu_write(MCU_KEPT + 4u * which, value);
}

#endif /* MCU_H */
