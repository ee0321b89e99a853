/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox that is made of memory, to test the firmware without a card: a host's memory
 * and registers, admin entries, queues that answer, a vault that keeps nothing but its
 * table of contents. Whatever a data path may take its time for can be made to wait, or
 * never to come. What the firmware must not do is noted in broken.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <setjmp.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fw.h"
#include "pamc_mailbox.h"

/* Host memory is MAILBOX_MEMORY bytes from this bus address on. */
#define MAILBOX_BASE     UINT64_C(0x100000)
#define MAILBOX_MEMORY   (32u * 4096)
#define MAILBOX_NOWHERE  UINT64_C(0x7000000)
#define MAILBOX_ENTRIES  64u
#define MAILBOX_CONTENTS 512u

/* What never comes to an end while its bit is set in stuck. */
enum mailbox_stuck {
	STUCK_VAULT = 1,
	STUCK_DMA = 2,
	STUCK_DONE = 4,      /* completions are not taken */
	STUCK_CONTROL = 8,   /* orders are not taken */
	STUCK_ANSWER = 16,   /* orders are not answered */
	STUCK_POOL = 32,     /* commands of pools */
	STUCK_INSIDE = 64,   /* all commands */
	STUCK_TRAFFIC = 128, /* to and from the host */
	STUCK_FLR = 256,
};

struct mailbox_done {
	uint32_t result, info;
	uint16_t cid;
	uint8_t status;
	bool logged;
};

struct mailbox_contents {
	bool used, dead, ephemeral;
	uint32_t order, pages, units, limit;
	uint64_t reserve;
	uint64_t count[8];
};

/* An order that is not answered yet. */
struct mailbox_order {
	uint32_t op, tag, qid, cid;
};

struct hal {
	uint32_t word[0x1000 / 4];
	uint32_t buffer[MAILBOX_BUFFER_WORDS];
	uint32_t stuck;
	uint64_t now, tick; /* cycles; of one access */
	uint64_t random;
	const char *broken, *panic; /* the first one; the latest one */
	unsigned int panics, accesses, clears, clear_steps;
	unsigned int temperature;
	uint32_t stuck_bit; /* of the page buffer: byte offset of its word; 0: none is */
	bool cleared;       /* since something was written by the window */
	uint32_t uncleared; /* card memory is not clear from this line on; 0: it is */

	/* Of the host. */
	alignas(8) uint8_t memory[MAILBOX_MEMORY]; /* C++ reads this, too */
	uint32_t ctrl, aq_attr;
	uint64_t asq, acq;
	bool ctrl_written, ctrl_fell, flr;
	struct pamc_admin_sqe entries[MAILBOX_ENTRIES];
	unsigned int entered, taken; /* entries */
	struct mailbox_done done[MAILBOX_ENTRIES];
	unsigned int done_count;
	bool done_busy, dma_busy, vault_busy, control_busy, dma_error;

	/* Of the queues. */
	struct mailbox_order orders[16]; /* the oldest first */
	unsigned int order_count, discards;
	bool answered; /* an answer waits */
	uint32_t answer;
	uint64_t queues; /* bit n: queue pair n exists */
	uint32_t inside; /* the command that is executed: cid and queue pair as in WATCH, or 0 */
	bool seen;       /* the one that is watched was */

	/* Of executor and vault. */
	bool error_waits, fault_waits, lost_waits;
	bool refuse_create; /* no contents are free */
	bool refuse_set;    /* the reserve cannot be promised */
	struct mailbox_contents contents[MAILBOX_CONTENTS];
	uint32_t pool_attr[FW_POOLS], pool_id[FW_POOLS];
	uint64_t counter[512];

	/* The core crashes before so many accesses more; where it does; 0: it does not. */
	unsigned int crash_in;
	jmp_buf *crash;

	struct fw fw;
};

/* A card that was powered on and is not enabled. */
void mailbox_open(struct hal *hal);
/* Lets the firmware run until it has nothing to do; at most so many steps. */
void mailbox_run(struct hal *hal, unsigned int steps);
/* CTRL as the host writes it. */
void mailbox_ctrl(struct hal *hal, uint32_t value);
/* As a driver does it, with rings of 16. False: not ready. */
bool mailbox_enable(struct hal *hal);
uint32_t mailbox_status(const struct hal *hal);
void *mailbox_at(struct hal *hal, uint64_t addr);
/* An admin entry; its cid. */
uint16_t mailbox_submit(struct hal *hal, const struct pamc_admin_sqe *sqe);
/* The completion of an entry, or NULL. */
const struct mailbox_done *mailbox_find(const struct hal *hal, uint16_t cid);
/* Submits and runs; INTERNAL also when nothing came. done may be NULL. */
enum pamc_status mailbox_command(struct hal *hal, const struct pamc_admin_sqe *sqe,
				 struct mailbox_done *done);
/* Answers ABORT with tag 8 + n. */
void mailbox_answer_abort(struct hal *hal, unsigned int n, bool found);

#endif /* MAILBOX_H */
