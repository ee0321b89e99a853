/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's view of host memory: the regions its client has given it, each
 * mapped, or read and written as a file, or reached by asking the client.
 *
 * Threads: dma_read_host and dma_write_host belong to the card thread, dma_hold and
 * dma_get_counters to any, everything else to the thread at the socket.  The latter never waits for
 * a client's answer: when a region goes away, an access that waits for the client to supply its
 * content is cut short, and one that copies is waited for.
 */
#ifndef PAMSIM_DMA_H
#define PAMSIM_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dma;

/* What a region allows. */
#define DMA_CAN_READ  0x1u
#define DMA_CAN_WRITE 0x2u

/* Granularity of addresses, sizes and file offsets. */
#define DMA_PAGE_SIZE 4096u

/* Most regions at once. */
#define DMA_MAX_REGIONS 4096u

/* Why DMA is stopped; any of them does. */
#define DMA_HOLD_NO_CLIENT  0x1u
#define DMA_HOLD_BUS_MASTER 0x2u /* bus mastering is off in the command register */
#define DMA_HOLD_RESET      0x4u

/* Asks the client for what it did not share. */
struct dma_peer {
	/*
	 * Sends a request to read or write len bytes at addr; the answer comes
	 * by dma_reply with this id. Card thread. 0 or a negative errno.
	 */
	int (*request)(void *ctx, uint16_t id, bool write, uint64_t addr, const void *data,
		       size_t len);
	void *ctx;
	size_t max_bytes; /* of one request */
};

/* A region to map. */
struct dma_region_info {
	uint64_t addr;
	uint64_t size;
	unsigned int access; /* DMA_CAN_* */
	int fd;              /* stays the caller's; -1: ask the client */
	bool file_io;        /* read and write the file instead of mapping it */
	uint64_t offset;     /* in the file */
};

struct dma_counters {
	uint64_t regions;  /* now */
	uint64_t direct;   /* accesses by mapping or file */
	uint64_t messages; /* accesses by asking the client */
	uint64_t faults;   /* accesses that failed */
	uint64_t timeouts; /* of these, because the client did not answer */
};

/* Held for DMA_HOLD_NO_CLIENT. 0 or -ENOMEM. */
int dma_create(struct dma **dma);
void dma_destroy(struct dma *dma);

/*
 * 0, or a negative errno: -EINVAL (unaligned, empty or wrapping range, file too
 * short), -EEXIST (overlaps another region), -ENOSPC (too many), or mmap's own.
 */
int dma_map(struct dma *dma, const struct dma_region_info *info);

/*
 * Forgets the region of exactly this address and size; when it returns nothing
 * touches it any more. 0 or -ENOENT.
 */
int dma_unmap(struct dma *dma, uint64_t addr, uint64_t size);
void dma_unmap_all(struct dma *dma);

/*
 * Sets or clears a reason to refuse all DMA, and ends accesses that wait for
 * the client. An access under way may still copy until the card thread is seen idle.
 */
void dma_hold(struct dma *dma, unsigned int reason, bool hold);

/*
 * Who is asked from now on; NULL: nobody. When this returns, the former peer's
 * request is not running and will not be called again.
 */
void dma_set_peer(struct dma *dma, const struct dma_peer *peer);

/* The client's answer to request id; error 0 or an errno; data of a read. Unknown ids are ignored.
 */
void dma_reply(struct dma *dma, uint16_t id, bool write, int error, const void *data, size_t len);

/* Card thread. 0 or -EFAULT. */
int dma_read_host(struct dma *dma, uint64_t addr, void *buf, size_t len);
int dma_write_host(struct dma *dma, uint64_t addr, const void *buf, size_t len);

void dma_get_counters(struct dma *dma, struct dma_counters *counters);

#endif /* PAMSIM_DMA_H */
