/* SPDX-License-Identifier: Apache-2.0 */
/* The card thread: see card_thread.h. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "card_thread.h"

/* Commands between two looks for calls: short, because a reset waits so long. */
#define RUN_BUDGET 32u

/* Bounds the sums of times; waking up so seldom costs nothing. */
#define LONGEST_SLEEP_NS (60u * 1000000000ull)

struct card_thread {
	struct card *card;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;  /* for the card thread */
	pthread_cond_t done;  /* for who called */
	bool woken;
	bool stop;
	struct card_call *calls; /* first come, first served */
	struct card_call **calls_end;
};

/* Waits for work, at most ns. Lock held. */
static void wait_for_work(struct card_thread *thread, uint64_t ns)
{
	struct timespec until;

	if (ns > LONGEST_SLEEP_NS)
		ns = LONGEST_SLEEP_NS;
	clock_gettime(CLOCK_MONOTONIC, &until);
	ns += (uint64_t)until.tv_nsec;
	until.tv_sec += (time_t)(ns / 1000000000u);
	until.tv_nsec = (long)(ns % 1000000000u);
	if (pthread_cond_timedwait(&thread->work, &thread->lock, &until) == ETIMEDOUT)
		thread->woken = true;
}

/* Runs the first of the calls. Lock held, and dropped meanwhile. */
static void run_call(struct card_thread *thread)
{
	struct card_call *call = thread->calls;
	bool *done = call->waits ? &call->done : NULL;

	thread->calls = call->next;
	if (!thread->calls)
		thread->calls_end = &thread->calls;
	pthread_mutex_unlock(&thread->lock);
	call->function(thread->card, call->arg);
	pthread_mutex_lock(&thread->lock);
	/* One that was posted may be posted again by now. */
	if (done)
		*done = true;
	thread->woken = true;
	pthread_cond_broadcast(&thread->done);
}

static void *card_thread_main(void *arg)
{
	struct card_thread *thread = arg;
	const struct card_ops *ops = thread->card->ops;
	uint64_t idle_ns;
	bool more;

	pthread_mutex_lock(&thread->lock);
	while (!thread->stop) {
		if (thread->calls) {
			run_call(thread);
			continue;
		}
		if (thread->woken) {
			thread->woken = false;
			pthread_mutex_unlock(&thread->lock);
			more = ops->run(thread->card, RUN_BUDGET);
			pthread_mutex_lock(&thread->lock);
			thread->woken |= more;
			continue;
		}
		/* Unlocked: a card may hold a lock of its own when it calls wake. */
		pthread_mutex_unlock(&thread->lock);
		idle_ns = ops->next_deadline(thread->card);
		pthread_mutex_lock(&thread->lock);
		if (idle_ns == 0)
			thread->woken = true;
		else if (!thread->woken && !thread->calls && !thread->stop)
			wait_for_work(thread, idle_ns);
	}
	pthread_mutex_unlock(&thread->lock);
	return NULL;
}

int card_thread_create(struct card_thread **thread)
{
	struct card_thread *self = calloc(1, sizeof(*self));
	pthread_condattr_t monotonic;

	if (!self)
		return -ENOMEM;
	self->calls_end = &self->calls;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&self->lock, NULL);
	pthread_cond_init(&self->work, &monotonic);
	pthread_cond_init(&self->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*thread = self;
	return 0;
}

int card_thread_start(struct card_thread *thread, struct card *card)
{
	int ret;

	thread->card = card;
	ret = pthread_create(&thread->thread, NULL, card_thread_main, thread);
	thread->started = ret == 0;
	return -ret;
}

void card_thread_wake(struct card_thread *thread)
{
	pthread_mutex_lock(&thread->lock);
	if (!thread->woken) {
		thread->woken = true;
		pthread_cond_signal(&thread->work);
	}
	pthread_mutex_unlock(&thread->lock);
}

/* Lock held. */
static void queue(struct card_thread *thread, struct card_call *call)
{
	call->next = NULL;
	*thread->calls_end = call;
	thread->calls_end = &call->next;
	pthread_cond_signal(&thread->work);
}

void card_thread_post(struct card_thread *thread, struct card_call *call)
{
	pthread_mutex_lock(&thread->lock);
	queue(thread, call);
	pthread_mutex_unlock(&thread->lock);
}

void card_thread_call(struct card_thread *thread, void (*function)(struct card *card, void *arg),
		      void *arg)
{
	struct card_call call = {.function = function, .arg = arg, .waits = true};

	pthread_mutex_lock(&thread->lock);
	queue(thread, &call);
	while (!call.done)
		pthread_cond_wait(&thread->done, &thread->lock);
	pthread_mutex_unlock(&thread->lock);
}

void card_thread_destroy(struct card_thread *thread)
{
	if (!thread)
		return;
	if (thread->started) {
		pthread_mutex_lock(&thread->lock);
		thread->stop = true;
		pthread_cond_signal(&thread->work);
		pthread_mutex_unlock(&thread->lock);
		pthread_join(thread->thread, NULL);
	}
	pthread_cond_destroy(&thread->done);
	pthread_cond_destroy(&thread->work);
	pthread_mutex_destroy(&thread->lock);
	free(thread);
}
