/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library needs of a way to a card: registers, memory that the card can
 * reach, interrupts. Everything above this knows only the card interface
 * (pamc_if.h) and this header; everything below knows neither queues nor pools.
 *
 * Bus addresses are the process's own virtual addresses on every transport, so
 * that no address is ever translated: map makes [address, address + size)
 * reachable at just that bus address.
 *
 * Threads: all calls but open and close may come from any thread at any time.
 */
#ifndef PAMDEV_TRANSPORT_H
#define PAMDEV_TRANSPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamdev.h"

struct transport;

struct transport_ops {
	/* First part of the URI, with its colon. */
	const char *scheme;
	/*
	 * Connects to `place`, the rest of the URI. A negative errno comes with a
	 * sentence in message (size bytes).
	 */
	int (*open)(const char *place, unsigned int timeout_ms, char *message, size_t size,
		    struct transport **transport);
	void (*close)(struct transport *transport);

	/* len is 1, 2, 4 or 8, aligned; writes also 64. Errors: transport->state. */
	int (*read)(struct transport *transport, unsigned int bar, uint64_t offset,
		    unsigned int len, uint64_t *value);
	int (*write)(struct transport *transport, unsigned int bar, uint64_t offset,
		     const void *data, unsigned int len);

	/*
	 * Makes a MAP_SHARED mapping of fd from offset on reachable, and takes
	 * that back. NULL when reaches_all.
	 */
	int (*map)(struct transport *transport, void *address, size_t size, int fd,
		   uint64_t offset);
	int (*unmap)(struct transport *transport, void *address, size_t size);

	/*
	 * Sleeps until the vector's interrupt, or something else that is worth a
	 * look, or for timeout_ns; may return early.
	 */
	void (*wait)(struct transport *transport, unsigned int vector, uint64_t timeout_ns);
	/* Lets a card inside the process run a little; true: it has more to do. May be NULL. */
	bool (*drive)(struct transport *transport);

	/*
	 * Before the controller is enabled, each time: lets the card reach memory
	 * (it forgets that with its power). NULL: not needed.
	 */
	int (*prepare)(struct transport *transport);
	/*
	 * Takes the card's access to our memory away, whatever state it is in;
	 * nothing works afterwards. NULL: not needed.
	 */
	void (*sever)(struct transport *transport);

	/* Simulated cards only; may be NULL. */
	int (*fault)(struct transport *transport, enum pamdev_fault fault, uint32_t one_in);
	int (*power_cycle)(struct transport *transport);
	int (*check)(struct transport *transport, char *message, size_t size);
};

/* First member of each transport's own structure. */
struct transport {
	const struct transport_ops *ops;
	/* 0, or -ENODEV from the moment on at which the card was found gone. */
	_Atomic int state;
	unsigned int vectors; /* interrupts that wait can tell apart; at least 1 */
	bool reaches_all;     /* all memory of the process, without map */
	bool push_saves;      /* a push is cheaper than a doorbell and a fetch */
	bool check_crc;       /* data travels: PAMDEV_CRC_AUTO means check */
	uint32_t spin_us;     /* for pamdev_queue_options.spin_us = 0 */
};

extern const struct transport_ops transport_model;
extern const struct transport_ops transport_vfio_user;

#endif /* PAMDEV_TRANSPORT_H */
