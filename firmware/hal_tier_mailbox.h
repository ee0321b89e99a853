/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hal_tier.h by the mailbox's words TIER_* and WINDOW_*: the vault in RTL. Records that go to flash
 * are copied by the vault to card memory that the platform sets aside, and from there through
 * the window to the firmware's buffer. One that comes back goes to lines of the get lane that asks,
 * without the firmware.
 */
#ifndef HAL_TIER_MAILBOX_H
#define HAL_TIER_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hal;
struct fw;

/* Lines of a record that the vault copies; of one that the data path wants, for each get lane
 * (ask_pkg). */
#define HAL_TIER_RECORD_LINES  1040u
#define HAL_TIER_STAGING_LINES 1040u
#define HAL_TIER_RECORD_MOST   65576u

struct hal_tier_mailbox {
	struct fw *fw;    /* that waits for the vault */
	uint32_t line;    /* of card memory, for a record */
	uint64_t promise; /* of flash, as the vault was told */
	bool asked;       /* the question was taken; that for a record */
	bool fetching;
	bool by_itself; /* which the card reads */
	bool has_read;  /* some that were read wait to be told */
};

/* Lines of card memory that it takes. */
uint32_t hal_tier_lines(struct hal *hal);

/* Tells the card that there is flash, for the vault's next INIT. `line`: of these lines the first.
 * After each loss of power, before the firmware's start. */
void hal_tier_init(struct hal_tier_mailbox *tier, struct hal *hal, struct fw *fw, uint32_t line);

/* What was taken of what the data path asks for, and not answered, is told once more. */
void hal_tier_ask_again(struct hal *hal);

/* The platform's. */
struct hal_tier_mailbox *hal_tier_of(struct hal *hal);

#ifdef __cplusplus
}
#endif

#endif /* HAL_TIER_MAILBOX_H */
