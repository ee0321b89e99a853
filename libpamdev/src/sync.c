// SPDX-License-Identifier: Apache-2.0
/*
 * Synchronous functions: each takes one of a few queues that the device keeps for
 * this, hands over its operation and waits for it. The queue of the processor the
 * thread is on is tried first, so that threads seldom meet.
 */
#include <sched.h>

#include "device.h"

/* The device's queue with its lock held, or an errno. */
static int sync_take(struct pamdev *dev, struct sync_queue **taken)
{
	int processor = sched_getcpu();
	unsigned int first = processor < 0 ? 0 : (unsigned int)processor % SYNC_QUEUES;
	struct sync_queue *found = NULL;
	int status = 0;

	for (unsigned int i = 0; i < SYNC_QUEUES && !found; i++) {
		struct sync_queue *s = &dev->sync[(first + i) % SYNC_QUEUES];

		if (pthread_mutex_trylock(&s->lock) == 0)
			found = s;
	}
	if (!found) {
		found = &dev->sync[first];
		pthread_mutex_lock(&found->lock);
	}
	if (!found->queue) {
		struct pamdev_queue_options options = PAMDEV_QUEUE_OPTIONS_INIT;

		options.depth = SYNC_DEPTH;
		status = pamdev_queue_create(dev, &options, &found->queue);
	}
	if (status != 0)
		pthread_mutex_unlock(&found->lock);
	*taken = found;
	return status;
}

/* Waits for the one operation that is outstanding; too long, and it is aborted. */
static int sync_finish(struct pamdev_queue *queue, struct pamdev_completion *completion)
{
	int timeout_ms = (int)(queue->dev->timeout_ns / NS_PER_MS);
	int status = 0;

	pamdev_submit(queue);
	if (pamdev_wait(queue, completion, 1, 1, timeout_ms) == 1)
		return completion->status;
	status = pamdev_cancel(queue, 0);
	if (pamdev_wait(queue, completion, 1, 1, timeout_ms) != 1) {
		/* Aborted, and still not there. */
		device_disable(queue->dev);
		pamdev_reap(queue, completion, 1);
		return -ETIMEDOUT;
	}
	/* It may have made it just in time. */
	return completion->status == -ECANCELED || status != 0 ? -ETIMEDOUT : completion->status;
}

/* One operation on a queue of the device's: PREP is a call of pamdev_prep_*. */
#define SYNCHRONOUSLY(pool, completion, PREP)                                                      \
	({                                                                                         \
		struct sync_queue *taken_;                                                         \
		int status_ = sync_take((pool)->dev, &taken_);                                     \
		if (status_ == 0) {                                                                \
			struct pamdev_queue *queue = taken_->queue;                                \
			status_ = (PREP);                                                          \
			if (status_ == 0)                                                          \
				status_ = sync_finish(queue, (completion));                        \
			pthread_mutex_unlock(&taken_->lock);                                       \
		}                                                                                  \
		status_;                                                                           \
	})

int pamdev_put(struct pamdev_pool *pool, const struct pamdev_handle *handle, const void *page)
{
	struct pamdev_completion done;

	return SYNCHRONOUSLY(pool, &done, pamdev_prep_put(queue, pool, handle, page, 0));
}

int pamdev_get(struct pamdev_pool *pool, const struct pamdev_handle *handle, void *page,
	       unsigned int flags)
{
	struct pamdev_completion done;

	return SYNCHRONOUSLY(pool, &done, pamdev_prep_get(queue, pool, handle, page, flags, 0));
}

int pamdev_flush_page(struct pamdev_pool *pool, const struct pamdev_handle *handle)
{
	struct pamdev_completion done;

	return SYNCHRONOUSLY(pool, &done, pamdev_prep_flush_page(queue, pool, handle, 0));
}

int pamdev_flush_object(struct pamdev_pool *pool, const uint64_t object[3])
{
	struct pamdev_completion done;

	return SYNCHRONOUSLY(pool, &done, pamdev_prep_flush_object(queue, pool, object, 0));
}

int pamdev_sync(struct pamdev_pool *pool)
{
	struct pamdev_completion done;

	return SYNCHRONOUSLY(pool, &done, pamdev_prep_sync(queue, pool, 0));
}

int pamdev_query(struct pamdev_pool *pool, const struct pamdev_handle *handle,
		 struct pamdev_page *page)
{
	struct pamdev_completion done;
	int status = SYNCHRONOUSLY(pool, &done, pamdev_prep_query(queue, pool, handle, 0));

	if (status == 0 && page)
		*page = done.page;
	return status;
}
