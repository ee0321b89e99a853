/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of a driver as it takes to make the card use host memory and interrupts:
 * the admin queue pair and one more, in a client's memory.
 */
#ifndef TEST_DRIVER_H
#define TEST_DRIVER_H

#include "client.h"
#include "pamc_if.h"

/* Bus addresses: rings, then memory for the tests. */
#define DRIVER_ASQ  HOST_BASE
#define DRIVER_ACQ  (HOST_BASE + 0x1000)
#define DRIVER_SQ   (HOST_BASE + 0x2000)
#define DRIVER_CQ   (HOST_BASE + 0x3000)
#define DRIVER_DATA (HOST_BASE + 0x10000)

#define DRIVER_SHIFT 4u

struct driver_queue {
	unsigned int qid;
	uint64_t sq;
	uint64_t cq;
	uint16_t tail;
	uint16_t head;
};

struct driver {
	struct client *client;
	struct driver_queue admin;
	struct driver_queue io;
	uint32_t pool;
};

/* Memory at a bus address. */
void *driver_at(struct driver *driver, uint64_t addr);

/* Bus mastering on, card enabled. False: it does not become ready. */
bool driver_up(struct driver *driver, struct client *client);

/* Makes queue pair 1 (vector 1, interrupts as flags say) and a persistent pool. */
bool driver_make_queue(struct driver *driver, uint16_t flags);
bool driver_make_pool(struct driver *driver);

/* Writes an entry, 64 bytes, fills in cid and indices, rings the doorbell. */
void driver_submit(struct driver *driver, struct driver_queue *queue, void *sqe);
/* The next completion; false: none within ms. */
bool driver_reap(struct driver *driver, struct driver_queue *queue, struct pamc_cqe *cqe, int ms);
/* Both; the status, or -1 when nothing came in 10 s. */
int driver_run(struct driver *driver, struct driver_queue *queue, void *sqe, struct pamc_cqe *cqe);
/* Lets completions after the last reaped one interrupt. */
void driver_arm(struct driver *driver, struct driver_queue *queue);

/* PUT or GET of a 4 KiB page at addr under index; the status or -1. */
int driver_page(struct driver *driver, enum pamc_op op, uint64_t index, uint64_t addr);

#endif /* TEST_DRIVER_H */
