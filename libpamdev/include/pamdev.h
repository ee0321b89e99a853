/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpamdev: page-accessible memory (PAM) for programs.
 *
 * A PAM card keeps pages: a program hands it a page under a handle and asks for
 * it back by that handle. What a card promises is docs/contract.md; this library
 * adds nothing to it and takes nothing away. The program below needs no card, as
 * "model:" is one inside the process, and runs unchanged on any other.
 *
 *	struct pamdev *dev;
 *	struct pamdev_pool *pool;
 *	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
 *	struct pamdev_handle handle = {{0, 0, 42}, 7};
 *
 *	if (pamdev_open("model:", NULL, &dev) == 0) {
 *		options.name = "example";
 *		if (pamdev_pool_create(dev, &options, &pool) == 0) {
 *			pamdev_put(pool, &handle, page);
 *			pamdev_get(pool, &handle, page, 0);
 *			pamdev_pool_destroy(pool);
 *		}
 *		pamdev_close(dev);
 *	}
 *
 * Errors: functions that return int give 0 (or a count) or a negative errno;
 * pamdev_strerror says what it means here. Those of page operations:
 *
 *	-ENOENT	   the page is absent (a miss)
 *	-ENOSPC	   a put was refused: no space, the pool's limit, no object slot
 *	-EPERM	   a put was refused: the pool is frozen
 *	-EBADMSG   the page is damaged (CRC32C); no data was returned
 *	-ERANGE	   the index has more bits than the card takes (identify.index_bits)
 *	-EACCES	   the pool belongs to another domain than the queue
 *	-ENXIO	   the pool is not there (any more): destroyed, or lost with power
 *	-EIO	   the transfer failed, or the card is broken inside
 *	-ECANCELED aborted: by pamdev_cancel, after a timeout, or by a reset
 *	-ETIMEDOUT the card did not answer in time; what was asked has been aborted
 *	-ENODEV	   the card is gone; only close still works
 *	-EINVAL	   an argument is out of range
 *
 * A put that fails for any reason of the card leaves its handle absent.
 *
 * Threads: devices, pools and all synchronous functions may be used from any
 * number of threads at once. A queue belongs to one thread at a time. Nothing may
 * be in use by another thread when it is closed, freed or destroyed.
 *
 * Ordering: an operation that completed before another was submitted is seen by
 * it, whatever threads and queues they came from. Operations of one queue on one
 * handle take effect in the order of their preparation.
 *
 * Signals and processes: no function raises or handles a signal. A device does
 * not survive fork() in the child; only the process that opened it may use it.
 *
 * Growth: structures that a program passes in begin with their size, which the
 * PAMDEV_*_INIT initializers set; later versions append fields.
 */
#ifndef PAMDEV_H
#define PAMDEV_H

#include <stddef.h>
#include <stdint.h>

/* The card interface: what identify, pool information and log pages look like. */
#include "pamc_if.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAMDEV_VERSION_MAJOR 0
#define PAMDEV_VERSION_MINOR 1
#define PAMDEV_VERSION_PATCH 0

/* Version of the library that runs, e.g. "0.1.0". */
const char *pamdev_version(void);

/*
 * What a negative errno of this library means, in a few words; never NULL. For
 * values that it does not use itself, strerror's text of the C locale.
 */
const char *pamdev_strerror(int error);

/* A card that is open. */
struct pamdev;
/* A pool of a card. */
struct pamdev_pool;
/* A queue pair for asynchronous operations. */
struct pamdev_queue;

/* ---- devices ---- */

struct pamdev_open_options {
	size_t size;
	/*
	 * Longest time for one operation of the card, in milliseconds, from 1;
	 * 0 = 10 s. After it the operation is aborted; if that fails too the
	 * card is disabled, and everything gives -EIO until pamdev_reset.
	 */
	unsigned int timeout_ms;
	/* Where a sentence goes that says why open failed; may be NULL. */
	char *message;
	size_t message_size;
};

#define PAMDEV_OPEN_OPTIONS_INIT {sizeof(struct pamdev_open_options), 0, NULL, 0}

/*
 * Opens a card and enables it: checks that it is one and speaks this version of
 * the interface, resets its controller (queues go, pools and pages stay) and sets
 * up its admin queue.
 *
 * uri:
 *   model:[OPTION=VALUE,...]	a new, empty card inside the process; gone when
 *				closed. Options: dram (bytes; K, M, G), flash
 *				(bytes behind it; 0, the default: none), seed,
 *				queues, vectors, serial, put_latency and
 *				get_latency (ns), and faults, each one in so many
 *				events: fault_dma, fault_irq, fault_refuse,
 *				fault_delay (by delay ns), fault_flip; lz4 (liblz4,
 *				or card: pages are compressed to the same bytes as
 *				by the hardware, several times slower);
 *				boot_flash (a file with its firmware's slots, made
 *				if there is none).
 *   vfio-user:PATH		a card served on a Unix socket, as pamsim does.
 *				Its pools outlive the program.
 *
 * options: NULL = all defaults.
 *
 * -EINVAL: the URI makes no sense. -ENOENT, -ECONNREFUSED, -EACCES: nothing to
 * connect to. -ENODEV: what is there is not a PAM card. -EPROTO: it does not
 * speak the protocol, or serves another program. -EOPNOTSUPP: another major
 * version of the card interface. -ETIMEDOUT: it does not get ready. -ENOMEM.
 */
int pamdev_open(const char *uri, const struct pamdev_open_options *options, struct pamdev **dev);

/*
 * Closes the card; NULL is allowed. All its queues must have been destroyed and
 * all its pools closed. Pools and pages stay on a card that is not inside the
 * process.
 */
void pamdev_close(struct pamdev *dev);

/* The URI it was opened by. Valid until close. */
const char *pamdev_uri(const struct pamdev *dev);

/*
 * 0, or the reason why the card is out of order: -ENODEV (gone for good), -EIO
 * (disabled after a failed abort; pamdev_reset may help).
 */
int pamdev_state(const struct pamdev *dev);

/*
 * Resets the controller and sets everything up again. What is outstanding on any
 * queue completes with -ECANCELED. Pools stay valid unless the card has lost
 * them (its boot epoch changed): then gets from ephemeral pools miss, and
 * everything else with such a pool is -ENXIO until it is closed.
 */
int pamdev_reset(struct pamdev *dev);

/* What the card is; see docs/interface.md. promisable_pages is of this moment. */
int pamdev_identify(struct pamdev *dev, struct pamc_identify *identify);

/*
 * Reads log page `page` (enum pamc_log) from byte `offset` on, at most `size`
 * bytes. Returns how many were read; 0 beyond its end. -ENOENT: no such page.
 */
long pamdev_log(struct pamdev *dev, unsigned int page, uint64_t offset, void *data, size_t size);

/*
 * From a histogram of log page LATENCY: the time in ns below which `percent`
 * (0-100) of the commands completed: the upper end of their bucket, hence up to
 * 25 % more than the true figure. 0 when there are none.
 */
uint64_t pamdev_latency_percentile(const struct pamc_log_latency *latency, double percent);

/* ---- firmware ---- */

/* Bytes that any firmware image has at least; their number is a multiple of 4. */
#define PAMDEV_FIRMWARE_LEAST 128u

/*
 * Downloads a firmware image to the slot that does not run, which loses what it had. What
 * runs stays as it is. progress, unless NULL, is called with the bytes that have arrived.
 *
 * -EINVAL: the card will not have it; *fault (enum pamc_fw_fault, unless NULL) is why.
 * -EOPNOTSUPP: the firmware of this card cannot be replaced. After any error a download
 * begins anew. fault is 0 if nothing is wrong with the image.
 */
int pamdev_firmware_download(struct pamdev *dev, const void *image, size_t size,
			     void (*progress)(void *ctx, size_t done), void *ctx,
			     unsigned int *fault);

/*
 * Has the card check the image that was downloaded (slot 0) or is in a slot, and start it as
 * action (enum pamc_fw_action) says: pools, pages and queues stay. What came of it is in log
 * page FIRMWARE. Errors as above; with them the card runs what it did, and will, unless a
 * reset, a restart of its core or a timeout ended the command: next_slot there tells then.
 */
int pamdev_firmware_activate(struct pamdev *dev, unsigned int slot, unsigned int action,
			     unsigned int *fault);

/* What a fault is, in a few words; never NULL. */
const char *pamdev_firmware_fault(unsigned int fault);

/* ---- care ---- */

#define PAMDEV_SELF_TEST_SHORT    1u
#define PAMDEV_SELF_TEST_EXTENDED 2u
#define PAMDEV_SELF_TEST_STOP     15u

/*
 * Has the card test itself while it goes on, or stop doing so; log page SELF_TEST (struct
 * pamc_log_progress) tells how far it is and what it found. -EAGAIN: it is at one, or at
 * pamdev_sanitize.
 */
int pamdev_self_test(struct pamdev *dev, unsigned int test);

/*
 * Destroys all pools and what is in memory and flash, and reads back that it is gone. It has only
 * begun on return: log page SANITIZE tells how far it is, and whether all is gone. Until its end
 * pages and pools cannot be reached. -EAGAIN: the card is at it already.
 */
int pamdev_sanitize(struct pamdev *dev);

/* ---- features ---- */

/*
 * Reads or sets a feature of the card, PAMC_FEATURE_*; what they are and their defaults is in
 * docs/interface.md. A reset sets all but TIMESTAMP to their defaults, and pamdev_open,
 * pamdev_close and pamdev_reset are resets: who sets one sets it again after those.
 * -ENOENT: no such feature; -EINVAL: COALESCE, which is a queue pair's, or more than the card
 * takes; -EOPNOTSUPP: DIRTY_BUDGET without flash.
 */
int pamdev_feature_get(struct pamdev *dev, unsigned int feature, uint64_t *value);
int pamdev_feature_set(struct pamdev *dev, unsigned int feature, uint64_t value);

/* ---- simulated cards ---- */

/* Faults of "model:", as in its URI. */
enum pamdev_fault {
	PAMDEV_FAULT_DMA,    /* a transfer from or to host memory fails */
	PAMDEV_FAULT_IRQ,    /* an interrupt is lost */
	PAMDEV_FAULT_REFUSE, /* a put is refused for space */
	PAMDEV_FAULT_DELAY,  /* a completion is late */
	PAMDEV_FAULT_FLIP,   /* a bit of a stored page is damaged before it is read */
};

/*
 * Makes the fault happen in one of `one_in` events; 0 = never. For programs that
 * want to see whether they can cope. -EOPNOTSUPP: not a card inside the process.
 */
int pamdev_simulate_fault(struct pamdev *dev, enum pamdev_fault fault, uint32_t one_in);

/*
 * Power loss and return: all pools of the card are gone, but durable ones, which
 * have what was synced. The device must be brought back by pamdev_reset. -EOPNOTSUPP: not a card
 * inside the process.
 */
int pamdev_simulate_power_cycle(struct pamdev *dev);

/*
 * Checks every invariant of the card's index and store, which is slow; for tests.
 * -EUCLEAN: the first thing found wrong is in message (size bytes). -EOPNOTSUPP:
 * not a card inside the process.
 */
int pamdev_simulate_check(struct pamdev *dev, char *message, size_t size);

/* ---- memory ---- */

/*
 * Memory that the card can reach: pages in it that are aligned to 4 KiB are put
 * and got without a copy. Any other memory works everywhere too, at the price of
 * one copy. ("model:" reaches all memory; there only the alignment counts.)
 *
 * size: bytes, rounded up to 4 KiB; zeroed. NULL: no memory, or the card is gone.
 */
void *pamdev_alloc(struct pamdev *dev, size_t size);

/* Frees what pamdev_alloc gave; NULL is allowed. No operation may be using it. */
void pamdev_free(struct pamdev *dev, void *memory);

/*
 * Makes memory of the program's own reachable: `address` must be a MAP_SHARED
 * mapping of `fd` (a memfd or file) from `offset` on, readable and writable; all
 * three multiples of 4 KiB. fd may be closed afterwards.
 * -EINVAL; -EEXIST: overlaps what is reachable already; -ENOSPC: too many ranges.
 */
int pamdev_register(struct pamdev *dev, void *address, size_t size, int fd, uint64_t offset);

/* Takes that back; it must be a range that was registered. -ENOENT: it was not. */
int pamdev_unregister(struct pamdev *dev, void *address);

/* ---- pools ---- */

struct pamdev_pool_options {
	size_t size;
	/* For people and for pamdev_pool_open; up to 31 bytes; NULL = none. */
	const char *name;
	/* enum pamc_pool_type; default PERSISTENT. */
	unsigned int type;
	/* Page size is 4 KiB << order, 0 to 4. */
	unsigned int order;
	/* PAMC_POOL_* flags: EXCLUSIVE, DURABLE, FROZEN. */
	uint32_t flags;
	/* Domain whose queues may use it; default PAMC_DOMAIN_HOST. */
	uint16_t domain;
	/* PERSISTENT: pages whose puts are promised not to be refused for space. */
	uint64_t reserve;
	/* Most pages; 0 = no limit. */
	uint64_t limit;
	/* UUID of its owner, to recognize it by after a crash. */
	uint64_t owner[2];
};

#define PAMDEV_POOL_OPTIONS_INIT                                                                   \
	{sizeof(struct pamdev_pool_options),                                                       \
	 NULL,                                                                                     \
	 PAMC_POOL_TYPE_PERSISTENT,                                                                \
	 0,                                                                                        \
	 0,                                                                                        \
	 PAMC_DOMAIN_HOST,                                                                         \
	 0,                                                                                        \
	 0,                                                                                        \
	 {0, 0}}

/*
 * Creates a pool; options must not be NULL. -ENOSPC: the reserve cannot be promised, or the card
 * has no pool left; -EOPNOTSUPP: the card has no such pools (durable); -EINVAL.
 */
int pamdev_pool_create(struct pamdev *dev, const struct pamdev_pool_options *options,
		       struct pamdev_pool **pool);

/* Opens a pool by name. -ENOENT: there is none; -ENOTUNIQ: there are several. */
int pamdev_pool_open(struct pamdev *dev, const char *name, struct pamdev_pool **pool);

/* Opens a pool by the card's id. -ENOENT: there is none. */
int pamdev_pool_open_id(struct pamdev *dev, uint32_t id, struct pamdev_pool **pool);

/* Lets go of the pool, which stays on the card; NULL is allowed. */
void pamdev_pool_close(struct pamdev_pool *pool);

/*
 * Forgets and scrubs all its pages, removes it from the card and closes it. On an
 * error it is closed all the same, and may still be on the card.
 */
int pamdev_pool_destroy(struct pamdev_pool *pool);

/* Forgets all its pages. Ordered after everything that completed before. */
int pamdev_pool_flush(struct pamdev_pool *pool);

/*
 * Changes what `what` (PAMC_POOL_SET_* flags) names, and nothing else: flags
 * (EXCLUSIVE and FROZEN), reserve and limit in pages. -ENOSPC: the reserve cannot
 * be promised; nothing was changed.
 */
int pamdev_pool_set(struct pamdev_pool *pool, uint32_t what, uint32_t flags, uint64_t reserve,
		    uint64_t limit);

/* What it is and how full, as of now. */
int pamdev_pool_info(struct pamdev_pool *pool, struct pamc_pool_info *info);

/*
 * The card's pools in rising order of their ids, at most `max` of them from id
 * `from` on. Returns how many were written to `infos`.
 */
int pamdev_pool_list(struct pamdev *dev, uint32_t from, struct pamc_pool_info *infos,
		     unsigned int max);

/* The card's id of the pool. */
uint32_t pamdev_pool_id(const struct pamdev_pool *pool);
/* Bytes of its pages. */
size_t pamdev_pool_page_size(const struct pamdev_pool *pool);

/* ---- pages, one at a time ---- */

/*
 * Names a page within a pool. All bits of the object count; index_bits of
 * identify say how many of the index do (beyond them: -ERANGE).
 */
struct pamdev_handle {
	uint64_t object[3];
	uint64_t index;
};

/* What the card tells of a page. */
struct pamdev_page {
	uint32_t crc;          /* CRC32C of the page */
	uint32_t stored_bytes; /* as compressed */
	uint32_t tier;         /* enum pamc_tier */
};

/* Flag of a get: flush the page in the same step if it is there. */
#define PAMDEV_EXCLUSIVE 1u

/*
 * These wait for their completion. Buffers are of the pool's page size, with any
 * alignment. Any thread; each waits on a queue pair that the library keeps, so
 * threads in excess of those wait for each other. Those queue pairs are of
 * PAMC_DOMAIN_HOST: pools of other domains need a queue of their own domain.
 * Besides the errors above: -ENOSPC when the card has no queue pair left.
 */

/* Stores the page under the handle, in place of what it held. */
int pamdev_put(struct pamdev_pool *pool, const struct pamdev_handle *handle, const void *page);

/*
 * Brings the page; flags: 0 or PAMDEV_EXCLUSIVE. After an error the contents of
 * `page` are unspecified.
 */
int pamdev_get(struct pamdev_pool *pool, const struct pamdev_handle *handle, void *page,
	       unsigned int flags);

/* Forgets the page. 0 also when there was none. */
int pamdev_flush_page(struct pamdev_pool *pool, const struct pamdev_handle *handle);

/* Forgets all pages of the object. */
int pamdev_flush_object(struct pamdev_pool *pool, const uint64_t object[3]);

/* Waits until all completed puts and flushes of the pool are as safe as its type promises. */
int pamdev_sync(struct pamdev_pool *pool);

/* 0 when the page is there, else -ENOENT; *page, unless NULL, tells about it. */
int pamdev_query(struct pamdev_pool *pool, const struct pamdev_handle *handle,
		 struct pamdev_page *page);

/* ---- pages, many at a time ---- */

/* Values of pamdev_queue_options.crc. */
#define PAMDEV_CRC_AUTO  0u /* as the transport needs: not inside the process */
#define PAMDEV_CRC_CHECK 1u /* the card checks puts, the library checks gets */
#define PAMDEV_CRC_NONE  2u

/* Values of pamdev_queue_options.submission. */
#define PAMDEV_SUBMIT_AUTO 0u /* single entries are pushed where that saves time */
#define PAMDEV_SUBMIT_PUSH 1u /* all entries are pushed */
#define PAMDEV_SUBMIT_RING 2u /* none is */

struct pamdev_queue_options {
	size_t size;
	/* Most operations outstanding: a power of two, 16 to 2048; 0 = 128. */
	unsigned int depth;
	/* Largest page order it will be used for, 0 to 4: room for copies. Default 4. */
	unsigned int max_order;
	/* Domain; only pools of the same one can be reached. */
	uint16_t domain;
	unsigned int crc;        /* PAMDEV_CRC_* */
	unsigned int submission; /* PAMDEV_SUBMIT_* */
	/*
	 * Waiting polls for so many microseconds before it sleeps until the
	 * interrupt; UINT32_MAX = never sleep. 0 = what suits the transport.
	 */
	uint32_t spin_us;
};

#define PAMDEV_QUEUE_OPTIONS_INIT                                                                  \
	{sizeof(struct pamdev_queue_options),                                                      \
	 0,                                                                                        \
	 PAMC_MAX_PAGE_ORDER,                                                                      \
	 PAMC_DOMAIN_HOST,                                                                         \
	 PAMDEV_CRC_AUTO,                                                                          \
	 PAMDEV_SUBMIT_AUTO,                                                                       \
	 0}

/*
 * Creates a queue; options NULL = all defaults. -ENOSPC: the card has no queue
 * pair left; -ENOMEM; -EINVAL.
 *
 * The functions on a queue allocate nothing and take no lock; on "model:" they
 * make no system call but to sleep. On "model:" the card runs inside
 * pamdev_reap and pamdev_wait of any queue, and in synchronous functions.
 */
int pamdev_queue_create(struct pamdev *dev, const struct pamdev_queue_options *options,
			struct pamdev_queue **queue);

/*
 * Deletes the queue pair; NULL is allowed. What is outstanding is aborted, and
 * no buffer is touched any more once this returns.
 */
void pamdev_queue_destroy(struct pamdev_queue *queue);

/* One finished operation. */
struct pamdev_completion {
	uint64_t user_data;      /* as given to prep */
	int status;              /* 0 or a negative errno */
	uint32_t flushed;        /* flushes: pages forgotten, saturating */
	struct pamdev_page page; /* put, get, query of status 0 */
};

/*
 * Prepare an operation; nothing happens before pamdev_submit. Buffers must stay,
 * and those of a put must not change, until the completion has been reaped;
 * handles are copied. user_data comes back in the completion.
 *
 * 0; -EAGAIN: `depth` operations are outstanding, reap first; -EINVAL: the pool's
 * order is above the queue's max_order, unknown flags, or the pool is another
 * device's. What else is wrong is told by the completion.
 */
int pamdev_prep_put(struct pamdev_queue *queue, struct pamdev_pool *pool,
		    const struct pamdev_handle *handle, const void *page, uint64_t user_data);
int pamdev_prep_get(struct pamdev_queue *queue, struct pamdev_pool *pool,
		    const struct pamdev_handle *handle, void *page, unsigned int flags,
		    uint64_t user_data);
int pamdev_prep_flush_page(struct pamdev_queue *queue, struct pamdev_pool *pool,
			   const struct pamdev_handle *handle, uint64_t user_data);
int pamdev_prep_flush_object(struct pamdev_queue *queue, struct pamdev_pool *pool,
			     const uint64_t object[3], uint64_t user_data);
int pamdev_prep_sync(struct pamdev_queue *queue, struct pamdev_pool *pool, uint64_t user_data);
int pamdev_prep_query(struct pamdev_queue *queue, struct pamdev_pool *pool,
		      const struct pamdev_handle *handle, uint64_t user_data);

/*
 * The same for a page whose 4 KiB blocks lie apart: blocks[0] ... one for each
 * block of the pool's page. Each block that the card cannot reach is copied.
 */
int pamdev_prep_putv(struct pamdev_queue *queue, struct pamdev_pool *pool,
		     const struct pamdev_handle *handle, const void *const blocks[],
		     uint64_t user_data);
int pamdev_prep_getv(struct pamdev_queue *queue, struct pamdev_pool *pool,
		     const struct pamdev_handle *handle, void *const blocks[], unsigned int flags,
		     uint64_t user_data);

/*
 * Hands everything prepared over to the card, at once. Returns how many, or
 * -ENODEV, -EIO: the card is out of order, and they complete with that status.
 */
int pamdev_submit(struct pamdev_queue *queue);

/*
 * Takes up to `max` completions, in the order in which the card finished them;
 * never waits. Returns how many.
 */
int pamdev_reap(struct pamdev_queue *queue, struct pamdev_completion *completions,
		unsigned int max);

/*
 * The same, but waits until there are `min` of them, for at most timeout_ms (-1 =
 * without end). Returns how many, fewer than `min` when time ran out or fewer are
 * outstanding. min <= max.
 */
int pamdev_wait(struct pamdev_queue *queue, struct pamdev_completion *completions, unsigned int max,
		unsigned int min, int timeout_ms);

/*
 * Aborts the operation with this user_data (the oldest, if several). 0: it
 * completes, or has completed, with -ECANCELED or with its result. -ENOENT: it is
 * not outstanding. After -ETIMEDOUT the card is disabled (pamdev_state).
 */
int pamdev_cancel(struct pamdev_queue *queue, uint64_t user_data);

/* Operations prepared or submitted and not yet reaped. */
unsigned int pamdev_queue_outstanding(const struct pamdev_queue *queue);

#ifdef __cplusplus
}
#endif

#endif /* PAMDEV_H */
