/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backend without memory that does what a test tells it to: it keeps requests
 * until told, completes them in a hard interrupt or when polled, has little room.
 */
#ifndef PAM_SELFTEST_SCRIPT_H
#define PAM_SELFTEST_SCRIPT_H

#include <linux/irq_work.h>
#include <linux/spinlock.h>

#include "pam.h"

/**
 * struct script - the backend
 * @backend: registered
 * @lock: protects all that follows
 * @held: requests not completed yet
 * @hold: keep requests until script_release(); else complete in an interrupt
 * @hold_until_sleep: keep them until the poller says that it goes to sleep
 * @room: requests that a submission may leave behind; less than it has: -EAGAIN
 * @submitted: requests taken so far
 * @polls: calls of poll so far
 * @created: calls of pool_create so far
 * @flushes: calls of pool_flush so far
 * @destroyed: calls of pool_destroy so far
 * @busy: a call that must come alone found requests of its pool
 *	outstanding
 * @irq: completes
 */
struct script {
	struct pam_backend *backend;
	/* Protects all that follows. */
	spinlock_t lock;
	struct list_head held;
	bool hold;
	bool hold_until_sleep;
	unsigned int room;
	unsigned int submitted;
	unsigned int polls;
	unsigned int created;
	unsigned int flushes;
	unsigned int destroyed;
	bool busy;
	struct irq_work irq;
};

int script_register(struct script *script, const char *name);
void script_release(struct script *script, int status);

#endif /* PAM_SELFTEST_SCRIPT_H */
