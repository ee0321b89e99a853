/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that is the card: it runs the card when there is work and sleeps
 * otherwise, so that the thread at the socket never waits for a command.
 */
#ifndef PAMSIM_CARD_THREAD_H
#define PAMSIM_CARD_THREAD_H

#include "card.h"

struct card_thread;

/* Not yet running: card_thread_wake may be called, and is remembered. 0 or -ENOMEM. */
int card_thread_create(struct card_thread **thread);

/* Starts running card. 0 or a negative errno. */
int card_thread_start(struct card_thread *thread, struct card *card);

/* There is work. Any thread, never blocks. */
void card_thread_wake(struct card_thread *thread);

/*
 * Runs function on the card thread, between two runs of the card, and returns
 * when it has: at most one run later, if DMA cannot hold it up (dma_hold).
 * Any thread but the card thread, while the card runs.
 */
void card_thread_call(struct card_thread *thread, void (*function)(struct card *card, void *arg),
		      void *arg);

/* A call that nobody waits for here; function may wake who does. */
struct card_call {
	void (*function)(struct card *card, void *arg);
	void *arg;
	bool waits, done; /* of card_thread_call */
	struct card_call *next;
};

/*
 * As card_thread_call, and returns at once. The call stays as it is until function
 * has begun; one that the end of the thread overtakes is not run.
 */
void card_thread_post(struct card_thread *thread, struct card_call *call);

/* Stops it, if it runs, and frees it. The card stays. NULL is allowed. */
void card_thread_destroy(struct card_thread *thread);

#endif /* PAMSIM_CARD_THREAD_H */
