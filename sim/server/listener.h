/* SPDX-License-Identifier: Apache-2.0 */
/* Listening UNIX sockets: of the device, and of the control channel. */
#ifndef PAMSIM_LISTENER_H
#define PAMSIM_LISTENER_H

#include <sys/types.h>

struct listener {
	int fd;
	const char *path; /* the caller's; NULL: not made here, not removed */
	dev_t device;     /* of the socket file, so that only it is removed */
	ino_t inode;
};

/*
 * Listens at path.  A socket file that a dead server left there is replaced; one
 * with a living server behind it, or another kind of file, is left alone.
 * 0 or a negative errno: -EADDRINUSE a server is there, -EEXIST not a socket,
 * -ENAMETOOLONG.  path must stay valid until listener_close.
 */
int listener_open(struct listener *listener, const char *path);

/* Closes it and removes the socket file, if it is still the one that was made. */
void listener_close(struct listener *listener);

/* What a failure of listener_open means, for people. */
const char *listener_error(int error);

#endif /* PAMSIM_LISTENER_H */
