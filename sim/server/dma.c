/* SPDX-License-Identifier: Apache-2.0 */
/* DMA of the card: see dma.h. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dma.h"
#include "dma_table.h"
#include "guard.h"

/* How long the client may take to supply or accept data. Well below QEMU's own 5 s. */
#define ANSWER_TIMEOUT_S 2

/* The one request to the client that may be under way; the card is one thread. */
struct dma_request {
	bool active;
	bool done;
	uint16_t id;
	bool write;
	int error;
	void *buf;
	size_t len;
};

struct dma {
	pthread_mutex_t lock;   /* of all below */
	pthread_cond_t changed; /* a user left, an answer came, a hold began */
	struct dma_table table;
	unsigned int holds; /* DMA_HOLD_* */
	bool told;          /* this client's driver has been told of its likely mistake */
	struct dma_peer peer;
	bool requesting; /* peer.request is running */
	uint16_t last_id;
	struct dma_request request;
	struct dma_counters counters;
};

int dma_create(struct dma **dma)
{
	struct dma *self = calloc(1, sizeof(*self));
	pthread_condattr_t monotonic;

	if (!self)
		return -ENOMEM;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&self->lock, NULL);
	pthread_cond_init(&self->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	self->holds = DMA_HOLD_NO_CLIENT;
	*dma = self;
	return 0;
}

void dma_destroy(struct dma *dma)
{
	if (!dma)
		return;
	dma_unmap_all(dma);
	dma_table_free(&dma->table);
	pthread_cond_destroy(&dma->changed);
	pthread_mutex_destroy(&dma->lock);
	free(dma);
}

int dma_map(struct dma *dma, const struct dma_region_info *info)
{
	struct dma_region *region;
	int ret = dma_region_open(info, &region);

	if (ret)
		return ret;
	pthread_mutex_lock(&dma->lock);
	ret = dma_table_insert(&dma->table, region);
	pthread_mutex_unlock(&dma->lock);
	if (ret)
		dma_region_close(region);
	return ret;
}

/* Takes region out once nobody uses it, and returns it for closing. Lock held. */
static struct dma_region *retire(struct dma *dma, struct dma_region *region)
{
	region->dead = true;
	pthread_cond_broadcast(&dma->changed);
	while (region->users)
		pthread_cond_wait(&dma->changed, &dma->lock);
	dma_table_remove(&dma->table, region);
	return region;
}

int dma_unmap(struct dma *dma, uint64_t addr, uint64_t size)
{
	struct dma_region *region;

	pthread_mutex_lock(&dma->lock);
	region = dma_table_find(&dma->table, addr);
	if (region && region->addr == addr && region->size == size)
		retire(dma, region);
	else
		region = NULL;
	pthread_mutex_unlock(&dma->lock);
	if (!region)
		return -ENOENT;
	dma_region_close(region);
	return 0;
}

void dma_unmap_all(struct dma *dma)
{
	pthread_mutex_lock(&dma->lock);
	while (dma->table.count)
		dma_region_close(retire(dma, dma->table.regions[dma->table.count - 1]));
	pthread_mutex_unlock(&dma->lock);
}

void dma_hold(struct dma *dma, unsigned int reason, bool hold)
{
	pthread_mutex_lock(&dma->lock);
	if (hold)
		dma->holds |= reason;
	else
		dma->holds &= ~reason;
	pthread_cond_broadcast(&dma->changed);
	pthread_mutex_unlock(&dma->lock);
}

void dma_set_peer(struct dma *dma, const struct dma_peer *peer)
{
	static const struct dma_peer nobody;

	pthread_mutex_lock(&dma->lock);
	while (dma->requesting)
		pthread_cond_wait(&dma->changed, &dma->lock);
	dma->peer = peer ? *peer : nobody;
	dma->told = false;
	pthread_mutex_unlock(&dma->lock);
}

void dma_reply(struct dma *dma, uint16_t id, bool write, int error, const void *data, size_t len)
{
	struct dma_request *request = &dma->request;

	pthread_mutex_lock(&dma->lock);
	if (request->active && !request->done && request->id == id && request->write == write) {
		if (!error && !write && len != request->len)
			error = EPROTO;
		if (!error && !write)
			memcpy(request->buf, data, len);
		request->error = error;
		request->done = true;
		pthread_cond_broadcast(&dma->changed);
	}
	pthread_mutex_unlock(&dma->lock);
}

/* Waits for the answer to the request under way. Lock held. */
static int await_answer(struct dma *dma, const struct dma_region *region)
{
	struct dma_request *request = &dma->request;
	struct timespec until;
	int expired = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ANSWER_TIMEOUT_S;
	while (!request->done && !region->dead && !dma->holds && !expired)
		expired = pthread_cond_timedwait(&dma->changed, &dma->lock, &until);
	if (request->done)
		return request->error ? -EFAULT : 0;
	if (expired)
		dma->counters.timeouts++;
	return -EFAULT;
}

/* One request to the client, at most peer.max_bytes. Lock held, and dropped meanwhile. */
static int ask_client(struct dma *dma, const struct dma_region *region, bool write, uint64_t addr,
		      void *buf, size_t len)
{
	const struct dma_peer peer = dma->peer;
	int ret;

	if (!peer.request)
		return -EFAULT;
	dma->counters.messages++;
	dma->request = (struct dma_request){
	    .active = true, .id = ++dma->last_id, .write = write, .buf = buf, .len = len};
	dma->requesting = true;
	pthread_mutex_unlock(&dma->lock);
	ret = peer.request(peer.ctx, dma->last_id, write, addr, write ? buf : NULL, len);
	pthread_mutex_lock(&dma->lock);
	dma->requesting = false;
	pthread_cond_broadcast(&dma->changed);
	if (ret == 0)
		ret = await_answer(dma, region);
	dma->request.active = false;
	return ret;
}

static int access_by_client(struct dma *dma, const struct dma_region *region, bool write,
			    uint64_t addr, uint8_t *buf, size_t len)
{
	while (len) {
		size_t part = dma->peer.max_bytes < len ? dma->peer.max_bytes : len;
		int ret = ask_client(dma, region, write, addr, buf, part);

		if (ret)
			return ret;
		addr += part;
		buf += part;
		len -= part;
	}
	return 0;
}

/* By mapping or file; the lock is not held, the region is kept by its user count. */
static int access_directly(const struct dma_region *region, bool write, uint64_t at, uint8_t *buf,
			   size_t len)
{
	while (!region->base && len) {
		off_t offset = (off_t)(region->offset + at);
		ssize_t done = write ? pwrite(region->fd, buf, len, offset)
				     : pread(region->fd, buf, len, offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -EFAULT;
		at += (size_t)done;
		buf += done;
		len -= (size_t)done;
	}
	if (!len)
		return 0;
	if (write)
		return guard_copy((uint8_t *)region->base + at, buf, len) ? 0 : -EFAULT;
	return guard_copy(buf, (uint8_t *)region->base + at, len) ? 0 : -EFAULT;
}

/* The part of [addr, addr + len) that lies in one region; *part is how much. Lock held. */
static int access_part(struct dma *dma, bool write, uint64_t addr, uint8_t *buf, size_t len,
		       size_t *part)
{
	struct dma_region *region = dma_table_find(&dma->table, addr);
	uint64_t at;
	int ret;

	if (!region || region->dead || !(region->access & (write ? DMA_CAN_WRITE : DMA_CAN_READ)))
		return -EFAULT;
	at = addr - region->addr;
	*part = region->size - at < len ? (size_t)(region->size - at) : len;
	region->users++;
	if (region->base || region->fd >= 0) {
		dma->counters.direct++;
		pthread_mutex_unlock(&dma->lock);
		ret = access_directly(region, write, at, buf, *part);
		pthread_mutex_lock(&dma->lock);
	} else {
		ret = access_by_client(dma, region, write, addr, buf, *part);
	}
	region->users--;
	if (region->dead)
		pthread_cond_broadcast(&dma->changed);
	return ret;
}

/* The one hold that is a driver's mistake as a rule, and hard to find. Lock held. */
static void tell_why_held(struct dma *dma)
{
	if (dma->holds != DMA_HOLD_BUS_MASTER || dma->told)
		return;
	dma->told = true;
	fprintf(stderr, "pamsim: the card's DMA is refused: bus mastering is off (bit 2 of the PCI "
			"command register)\n");
}

static int dma_access(struct dma *dma, bool write, uint64_t addr, void *buf, size_t len)
{
	uint8_t *bytes = buf;
	size_t part = 0;
	int ret = 0;

	/* Bus addresses do not wrap. */
	if (len && addr + (len - 1) < addr)
		ret = -EFAULT;
	pthread_mutex_lock(&dma->lock);
	if (dma->holds)
		tell_why_held(dma);
	while (ret == 0 && len) {
		ret = dma->holds ? -EFAULT : access_part(dma, write, addr, bytes, len, &part);
		addr += part;
		bytes += part;
		len -= part;
	}
	if (ret)
		dma->counters.faults++;
	pthread_mutex_unlock(&dma->lock);
	return ret;
}

int dma_read_host(struct dma *dma, uint64_t addr, void *buf, size_t len)
{
	return dma_access(dma, false, addr, buf, len);
}

int dma_write_host(struct dma *dma, uint64_t addr, const void *buf, size_t len)
{
	/* Only ever read from: dma_access is told so. */
	return dma_access(dma, true, addr, (void *)(uintptr_t)buf, len);
}

void dma_get_counters(struct dma *dma, struct dma_counters *counters)
{
	pthread_mutex_lock(&dma->lock);
	*counters = dma->counters;
	counters->regions = dma->table.count;
	pthread_mutex_unlock(&dma->lock);
}
