/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's end of a vfio-user connection: messages out, replies in, each with
 * a deadline. It knows the protocol's framing and nothing of cards.
 */
#ifndef PAMDEV_VFU_WIRE_H
#define PAMDEV_VFU_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user.h"

struct vfu_wire {
	int fd;
	uint16_t next_id;
	unsigned int max_fds; /* file descriptors the server takes with a message */
	int timeout_ms;
};

struct vfu_request {
	enum vfio_user_command command;
	const void *out; /* payload */
	size_t out_size;
	void *in; /* exactly in_size bytes of payload must come back */
	size_t in_size;
	const int *fds;
	unsigned int fd_count;
	bool posted; /* no reply is wanted */
};

/*
 * Connects to the socket and agrees on the version. A negative errno comes with a
 * sentence in message.
 */
int vfu_connect(struct vfu_wire *wire, const char *path, unsigned int timeout_ms, char *message,
		size_t size);
void vfu_disconnect(struct vfu_wire *wire);

/*
 * One request and its reply. 0; the error the server gave, negative; -ENODEV: the
 * connection is gone or no longer makes sense, and must not be used again.
 */
int vfu_call(struct vfu_wire *wire, const struct vfu_request *request);

#endif /* PAMDEV_VFU_WIRE_H */
