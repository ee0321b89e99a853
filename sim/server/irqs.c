/* SPDX-License-Identifier: Apache-2.0 */
/* MSI-X vectors: see irqs.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irqs.h"

struct irqs {
	pthread_mutex_t lock;
	unsigned int count;
	uint64_t pending;
	uint64_t masked;
	struct irqs_counters counters;
	int fds[]; /* -1: none */
};

static uint64_t bit(unsigned int vector)
{
	return UINT64_C(1) << vector;
}

int irqs_create(unsigned int count, struct irqs **irqs)
{
	struct irqs *self = calloc(1, sizeof(*self) + count * sizeof(self->fds[0]));

	if (!self)
		return -ENOMEM;
	pthread_mutex_init(&self->lock, NULL);
	self->count = count;
	for (unsigned int i = 0; i < count; i++)
		self->fds[i] = -1;
	*irqs = self;
	return 0;
}

void irqs_destroy(struct irqs *irqs)
{
	if (!irqs)
		return;
	irqs_release(irqs);
	pthread_mutex_destroy(&irqs->lock);
	free(irqs);
}

unsigned int irqs_count(const struct irqs *irqs)
{
	return irqs->count;
}

/*
 * Adds one to the eventfd. One whose counter is full has been signalled already,
 * and a client that never reads must not stop the card: so it is not waited for.
 */
static void signal_eventfd(int fd)
{
	const uint64_t one = 1;
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	ssize_t written;

	if (!(fcntl(fd, F_GETFL) & O_NONBLOCK) && poll(&room, 1, 0) != 1)
		return;
	written = write(fd, &one, sizeof(one));
	(void)written;
}

/* Delivers what is pending for vector, if it can be. Lock held. */
static void deliver(struct irqs *irqs, unsigned int vector)
{
	if (!(irqs->pending & ~irqs->masked & bit(vector)) || irqs->fds[vector] < 0)
		return;
	irqs->pending &= ~bit(vector);
	irqs->counters.signalled++;
	signal_eventfd(irqs->fds[vector]);
}

void irqs_raise(struct irqs *irqs, unsigned int vector)
{
	if (vector >= irqs->count)
		return;
	pthread_mutex_lock(&irqs->lock);
	irqs->counters.raised++;
	irqs->pending |= bit(vector);
	deliver(irqs, vector);
	if (irqs->pending & bit(vector))
		irqs->counters.latched++;
	pthread_mutex_unlock(&irqs->lock);
}

/* Anything else could block a writer for good, or be something it must not write to. */
static bool is_eventfd(int fd)
{
	static const char want[] = "anon_inode:[eventfd]";
	char path[64];
	char target[sizeof(want)];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, target, sizeof(target));
	return len == (ssize_t)(sizeof(want) - 1) && memcmp(target, want, (size_t)len) == 0;
}

int irqs_set_eventfd(struct irqs *irqs, unsigned int vector, int fd)
{
	if (vector >= irqs->count || (fd >= 0 && !is_eventfd(fd))) {
		if (fd >= 0)
			close(fd);
		return -EINVAL;
	}
	pthread_mutex_lock(&irqs->lock);
	if (irqs->fds[vector] >= 0)
		close(irqs->fds[vector]);
	irqs->fds[vector] = fd;
	deliver(irqs, vector);
	pthread_mutex_unlock(&irqs->lock);
	return 0;
}

int irqs_mask(struct irqs *irqs, unsigned int vector, bool masked)
{
	if (vector >= irqs->count)
		return -EINVAL;
	pthread_mutex_lock(&irqs->lock);
	if (masked)
		irqs->masked |= bit(vector);
	else
		irqs->masked &= ~bit(vector);
	deliver(irqs, vector);
	pthread_mutex_unlock(&irqs->lock);
	return 0;
}

uint64_t irqs_pending(struct irqs *irqs)
{
	uint64_t pending;

	pthread_mutex_lock(&irqs->lock);
	pending = irqs->pending;
	pthread_mutex_unlock(&irqs->lock);
	return pending;
}

void irqs_release(struct irqs *irqs)
{
	pthread_mutex_lock(&irqs->lock);
	for (unsigned int i = 0; i < irqs->count; i++) {
		if (irqs->fds[i] >= 0)
			close(irqs->fds[i]);
		irqs->fds[i] = -1;
	}
	irqs->masked = 0;
	pthread_mutex_unlock(&irqs->lock);
}

void irqs_clear(struct irqs *irqs)
{
	pthread_mutex_lock(&irqs->lock);
	irqs->pending = 0;
	pthread_mutex_unlock(&irqs->lock);
}

void irqs_get_counters(struct irqs *irqs, struct irqs_counters *counters)
{
	pthread_mutex_lock(&irqs->lock);
	*counters = irqs->counters;
	pthread_mutex_unlock(&irqs->lock);
}
