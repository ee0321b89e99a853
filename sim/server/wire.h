/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on a vfio-user socket: cuts the stream into messages with their file
 * descriptors and sends messages whole.  It knows the header and no command.
 *
 * Receiving belongs to one thread and never blocks; wire_send may be called from
 * any thread, and gives up on a peer that does not take what it is sent.
 */
#ifndef PAMSIM_WIRE_H
#define PAMSIM_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vfio_user.h"

/* Most file descriptors of one message: what we announce, and what QEMU accepts at most. */
#define WIRE_MAX_FDS 16u

/* Most data of one message that is received, and what comes before the data at most. */
#define WIRE_MAX_DATA    (1024u * 1024u)
#define WIRE_MAX_MESSAGE (WIRE_MAX_DATA + 64u)

struct wire;

struct wire_message {
	struct vfio_user_header header;
	const uint8_t *payload; /* not aligned; valid until the next wire_fill */
	size_t size;            /* of the payload */
	int fds[WIRE_MAX_FDS];  /* whoever takes one puts -1 in its place */
	unsigned int fd_count;
};

/* Takes fd over, a connected stream socket; also when it fails (-ENOMEM). */
int wire_create(int fd, struct wire **wire);
void wire_destroy(struct wire *wire);

/* For poll. */
int wire_fd(const struct wire *wire);

/*
 * Receives what is there. 1: something came, call wire_next; 0: nothing. -ECONNRESET:
 * the peer is gone; other negative errno: it cannot be understood. Both end it.
 */
int wire_fill(struct wire *wire);

/*
 * The next complete message. 1; 0: none yet; -EPROTO: a header with an impossible
 * size or too many descriptors, after which the stream cannot be understood.
 */
int wire_next(struct wire *wire, struct wire_message *message);

/* Closes the descriptors nobody took. */
void wire_close_fds(struct wire_message *message);

/*
 * Sends header and up to two further parts as one message; sets header->size.
 * 0, -ETIMEDOUT or another negative errno; then the stream is unusable and
 * wire_fill will say so.
 */
int wire_send(struct wire *wire, struct vfio_user_header *header, const struct iovec *parts,
	      unsigned int part_count);

#endif /* PAMSIM_WIRE_H */
