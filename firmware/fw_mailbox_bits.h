/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits of the mailbox's word EVENTS (spec/mailbox.toml), for the firmware and for the mailbox
 * that its tests have.
 */
#ifndef FW_MAILBOX_BITS_H
#define FW_MAILBOX_BITS_H

/* EVENTS: what waits, what is under way. */
#define HAS_ADMIN    (1u << 0)
#define HAS_ERROR    (1u << 1)
#define HAS_FAULT    (1u << 2)
#define HAS_ANSWER   (1u << 3)
#define HAS_CTRL     (1u << 4)
#define HAS_FLR      (1u << 5)
#define HAS_FALL     (1u << 6)
#define HAS_LOST     (1u << 7)
#define HAS_LEFT     (1u << 8)
#define HAS_ANYTHING 0x01ffu /* that is the firmware's without a tier */
/* The tier's: it looks for itself, at each step. */
#define HAS_DROPPED  (1u << 9)
#define HAS_END      (1u << 10)
#define HAS_ASKED    (1u << 11)
#define HAS_SHORT    (1u << 12)
#define HAS_ALL      0x1fffu
#define BUSY_VAULT   (1u << 16)
#define BUSY_DMA     (1u << 17)
#define BUSY_DONE    (1u << 18)
#define BUSY_CONTROL (1u << 19)

#endif /* FW_MAILBOX_BITS_H */
