/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's mailbox (spec/mailbox.toml) and the firmware at it: all that is no page. The
 * firmware is the product's (firmware/); what it would find in the data path's hardware, it
 * finds here over the model's queues, executor and vault.
 *
 *   management.c        runs the firmware: hal.h but for the words
 *   boot_flash.c        slots that images of it go to, and the loader
 *   mailbox.c           the words: what each is, and those about registers and DMA
 *   mailbox_admin.c     admin entries and completions, errors, faults
 *   mailbox_control.c   orders to the queues and their answers
 *   mailbox_vault.c     pools and contents
 *   mailbox_counters.c  counters and latencies
 *   mailbox_tier.c      flash, and what firmware and executor ask of each other for it
 *
 * What hardware takes time for is done at once: no word is ever seen busy.
 */
#ifndef PAM_MODEL_MAILBOX_H
#define PAM_MODEL_MAILBOX_H

#include "fw.h"
#include "fw_mailbox_bits.h"
#include "pamc_mailbox.h"

/* Admin entries that the firmware can have, and has a place to complete from. */
#define MAX_ADMIN FW_DONE
/* Errors that wait to be logged; the queues stop before there are more. */
#define MAX_ERRORS 64u
/* One for each ABORT, and for the one order beside them. */
#define MAX_ANSWERS 16u

/* HOLD */
#define HOLD_PAUSE    (1u << 0)
#define HOLD_OFFLINE  (1u << 1)
#define HOLD_STOP     (1u << 2)
#define HOLD_FLR_DONE (1u << 3)
#define HOLD_REFUSE   (1u << 4)
#define HOLD_FULL     (1u << 5)

/* An admin entry that was handed out and has no completion yet. */
struct admin_entry {
	bool used;
	bool dropped; /* its session is over: nobody is told how it ends */
	uint64_t order;
	uint64_t start_ns;
	union entry entry;
};

struct hal {
	struct pam_model *model;
	struct fw fw;
	struct fw_platform platform;
	struct model_flash *flash; /* NULL: none */
	uint8_t *boot_flash;
	unsigned int temperature;
	bool restart; /* the firmware wants to be started anew */
	bool fatal;   /* there is none that would start, until power was away */
	bool busy;    /* fw_busy(), as it was after the last step */

	/* Words that are what was written, up to the buffer. */
	uint32_t word[MAILBOX_ECC_INJECT / 4 + 1];
	uint32_t buffer[MAILBOX_BUFFER_WORDS];
	uint64_t window; /* byte of card memory that is next for WINDOW_DATA */
	bool window_writes;
	uint32_t hold;
	uint32_t high; /* of the value whose low word was read */
	bool dma_error;

	bool flr;
	struct admin_entry admin[MAX_ADMIN];
	struct admin_entry *waiting; /* of these; NULL: none */
	uint64_t admin_order;
	uint32_t error[MAX_ERRORS][MAILBOX_ERROR_WORDS];
	unsigned int error_first, error_count;
	uint64_t faults; /* bit n: queue pair n broke */
	uint32_t answers[MAX_ANSWERS];
	unsigned int answer_first, answer_count;
	bool discarding; /* answered when every admin entry was completed */
	uint32_t discard_answer;

	uint32_t vault_result, vault_value;
	uint32_t row[MAILBOX_VAULT_ROW_WORDS];
};

static inline uint32_t mailbox_word(const struct hal *hal, uint32_t offset)
{
	return hal->word[offset / 4];
}
static inline uint64_t mailbox_word64(const struct hal *hal, uint32_t offset)
{
	return mailbox_word(hal, offset) | (uint64_t)mailbox_word(hal, offset + 4) << 32;
}

#endif /* PAM_MODEL_MAILBOX_H */
