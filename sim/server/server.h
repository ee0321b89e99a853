/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop at the socket: accepts clients, one at a time, and serves the
 * present one until it leaves, misbehaves, or is told to go.
 */
#ifndef PAMSIM_SERVER_H
#define PAMSIM_SERVER_H

#include "device.h"

struct server;

/*
 * listen_fd: a listening socket, non-blocking, or -1; client_fd: a connected one that
 * is the only client there will ever be, or -1.  One of them is given; client_fd is
 * taken over, also on failure. The signals SIGTERM and SIGINT must be blocked.
 * 0 or a negative errno.
 */
int server_create(struct device *device, int listen_fd, int client_fd, struct server **server);
void server_destroy(struct server *server);

/* Serves until SIGTERM or SIGINT, or until the only client has left. 0 or a negative errno. */
int server_run(struct server *server);

/* Ends the present client's session, as if the card were pulled out. Any thread. */
void server_disconnect(struct server *server);

#endif /* PAMSIM_SERVER_H */
