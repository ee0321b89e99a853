/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the management core reaches: areas, and its registers by address.
 *
 * GENERATED from spec/mcu.toml by tools/ifgen; do not edit. "make generate"
 * renews it.
 */
#ifndef PAMC_MCU_H
#define PAMC_MCU_H

/* The boot loader. Not to be written. */
#define MCU_ROM 0x00000000u
#define MCU_ROM_BYTES 0x8000u

/*
 * Code and data of the firmware, with ECC. Keeps its words when the core
 * restarts.
 */
#define MCU_RAM 0x10000000u
#define MCU_RAM_BYTES 0x20000u

/* spec/mailbox.toml, by words. */
#define MCU_MAILBOX 0x20000000u
#define MCU_MAILBOX_BYTES 0x2000u

/* The registers below, by words. */
#define MCU_REGS 0x30000000u
#define MCU_REGS_BYTES 0x80u

/*
 * Card memory from CARD_LINE to its end, as far as the area reaches, through a
 * cache that is written back. Others see of it what was there before.
 */
#define MCU_CARD 0x40000000u
#define MCU_CARD_BYTES 0x10000000u

/*
 * Cycles of the card's clock since power-up. Reading the low word keeps the
 * high one for the next read.
 */
#define MCU_CYCLES 0x30000000u
#define MCU_CYCLES_WORDS 2u

/* A random number, another one with each read. */
#define MCU_RANDOM 0x30000008u

/*
 * 2:0 why the core started last: 0 power, 1 the watchdog, 2 a trap, 3 a word
 * of RAM was lost, 4 an address that nothing is at, 5 asked for, 6 a line of
 * CARD was lost, which is zero now. 31:8 restarts since power-up; never wraps.
 */
#define MCU_RESTART 0x3000000cu

/*
 * Cycles until the core restarts, counted down from what was written; stands
 * while the core sleeps. After a start it is 0x0fffffff.
 */
#define MCU_WATCHDOG 0x30000010u

/*
 * Reading takes until something waits in the mailbox (1) or until WAKE (0).
 * The core's clock stands meanwhile.
 */
#define MCU_SLEEP 0x30000014u

/* For SLEEP: so many cycles from its read. */
#define MCU_WAKE 0x30000018u

/* Card memory that the board has, in lines of 64 bytes. */
#define MCU_DRAM_LINES 0x3000001cu

/*
 * Write: all of card memory before CARD_LINE is to be zero. Read: 6:0 percent
 * done.
 */
#define MCU_CLEAR 0x30000020u

/* Boot flash: bit 0 1: it is selected. */
#define MCU_FLASH_SELECT 0x30000024u

/*
 * Write: 7:0 is sent; what came back is read. An access takes until it is
 * done.
 */
#define MCU_FLASH_BYTE 0x30000028u

/* Read: four bytes, the first in 7:0. */
#define MCU_FLASH_WORD 0x3000002cu

/* Writing 1 restarts the core. */
#define MCU_ASK_RESTART 0x30000030u

/*
 * So many bytes of RAM, from its start, cannot be written: to write there
 * restarts the core, as if nothing were there. 0 after each start; then it
 * only grows.
 */
#define MCU_LOCK 0x30000034u

/*
 * The line of card memory that CARD begins with. Can be written once after
 * power-up; without it there is no CARD.
 */
#define MCU_CARD_LINE 0x30000038u

/*
 * Kept when the core restarts, 0 at power-up: what the boot loader tells the
 * firmware (firmware/platform/riscv).
 */
#define MCU_KEPT 0x30000040u
#define MCU_KEPT_WORDS 8u

/*
 * CRC32C, as a state without inversions: written, it begins with that; read,
 * it is that of all words since.
 */
#define MCU_CRC 0x30000060u

/* Write: four more bytes, the first in 7:0. */
#define MCU_CRC_WORD 0x30000064u

#endif /* PAMC_MCU_H */
