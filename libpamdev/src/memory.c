// SPDX-License-Identifier: Apache-2.0
/*
 * Memory that the card can reach. Where a card reaches all of the process this
 * only keeps what pamdev_alloc gave; elsewhere every range is a shared mapping
 * that the transport has announced.
 *
 * The table is written under a lock and read without one, by every operation
 * with a buffer: a reader that finds a range has it from the thread that owns the
 * buffer, and nobody may take a range away that is in use.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"

static size_t round_up(size_t size)
{
	return (size + PAMC_BLOCK_SIZE - 1) & ~(size_t)(PAMC_BLOCK_SIZE - 1);
}

bool memory_reachable(const struct pamdev *dev, const void *address, size_t size)
{
	unsigned int count = atomic_load_explicit(&dev->region_count, memory_order_acquire);

	if (dev->transport->reaches_all)
		return true;
	for (unsigned int i = 0; i < count; i++) {
		const struct region *r = &dev->regions[i];
		size_t have = atomic_load_explicit(&r->size, memory_order_acquire);
		uintptr_t start = atomic_load_explicit(&r->start, memory_order_relaxed);
		uintptr_t offset = (uintptr_t)address - start;

		if (offset < have && size <= have - offset)
			return true;
	}
	return false;
}

/* Enters a range; the lock is held. */
static int region_add(struct pamdev *dev, void *address, size_t size, bool owned)
{
	unsigned int count = atomic_load(&dev->region_count);
	uintptr_t start = (uintptr_t)address;
	unsigned int at = count;

	for (unsigned int i = 0; i < count; i++) {
		size_t have = atomic_load(&dev->regions[i].size);
		uintptr_t other = atomic_load(&dev->regions[i].start);

		if (!have)
			at = i;
		else if (start < other + have && other < start + size)
			return -EEXIST;
	}
	if (at == MAX_REGIONS)
		return -ENOSPC;
	dev->regions[at].owned = owned;
	atomic_store(&dev->regions[at].start, start);
	atomic_store_explicit(&dev->regions[at].size, size, memory_order_release);
	if (at == count)
		atomic_store_explicit(&dev->region_count, count + 1, memory_order_release);
	return 0;
}

/* Finds the range that starts there; the lock is held. */
static struct region *region_find(struct pamdev *dev, const void *address, bool owned)
{
	unsigned int count = atomic_load(&dev->region_count);

	for (unsigned int i = 0; i < count; i++) {
		struct region *r = &dev->regions[i];

		if (atomic_load(&r->size) && atomic_load(&r->start) == (uintptr_t)address &&
		    r->owned == owned)
			return r;
	}
	return NULL;
}

static int announce(struct pamdev *dev, void *address, size_t size, int fd, uint64_t offset,
		    bool owned)
{
	struct transport *transport = dev->transport;
	int status;

	pthread_mutex_lock(&dev->region_lock);
	status = region_add(dev, address, size, owned);
	if (status == 0 && !transport->reaches_all) {
		status = transport->ops->map(transport, address, size, fd, offset);
		if (status != 0)
			atomic_store(&region_find(dev, address, owned)->size, 0);
	}
	pthread_mutex_unlock(&dev->region_lock);
	return status;
}

/* Returns the size of the range, 0 when there was none. */
static size_t withdraw(struct pamdev *dev, void *address, bool owned)
{
	struct transport *transport = dev->transport;
	struct region *r;
	size_t size = 0;

	pthread_mutex_lock(&dev->region_lock);
	r = region_find(dev, address, owned);
	if (r) {
		size = atomic_load(&r->size);
		if (!transport->reaches_all)
			transport->ops->unmap(transport, address, size);
		atomic_store(&r->size, 0);
	}
	pthread_mutex_unlock(&dev->region_lock);
	return size;
}

void *memory_alloc(struct pamdev *dev, size_t size)
{
	bool private = dev->transport->reaches_all;
	void *memory;
	int fd = -1;

	if (size == 0 || size > PTRDIFF_MAX - PAMC_BLOCK_SIZE)
		return NULL;
	size = round_up(size);
	if (!private) {
		fd = memfd_create("pamdev", MFD_CLOEXEC);
		if (fd < 0 || ftruncate(fd, (off_t)size) != 0) {
			if (fd >= 0)
				close(fd);
			return NULL;
		}
	}
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      private ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	if (memory != MAP_FAILED && announce(dev, memory, size, fd, 0, true) != 0) {
		munmap(memory, size);
		memory = MAP_FAILED;
	}
	if (fd >= 0)
		close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

void memory_free(struct pamdev *dev, void *memory)
{
	size_t size;

	if (!memory)
		return;
	size = withdraw(dev, memory, true);
	if (size)
		munmap(memory, size);
}

void memory_free_all(struct pamdev *dev)
{
	for (unsigned int i = 0; i < atomic_load(&dev->region_count); i++) {
		if (atomic_load(&dev->regions[i].size) && dev->regions[i].owned)
			memory_free(dev, (void *)atomic_load(&dev->regions[i].start));
	}
}

void *pamdev_alloc(struct pamdev *dev, size_t size)
{
	return memory_alloc(dev, size);
}

void pamdev_free(struct pamdev *dev, void *memory)
{
	memory_free(dev, memory);
}

int pamdev_register(struct pamdev *dev, void *address, size_t size, int fd, uint64_t offset)
{
	if (!address || !size || fd < 0 ||
	    (((uintptr_t)address | size | offset) & (PAMC_BLOCK_SIZE - 1)))
		return -EINVAL;
	return announce(dev, address, size, fd, offset, false);
}

int pamdev_unregister(struct pamdev *dev, void *address)
{
	return withdraw(dev, address, false) ? 0 : -ENOENT;
}
