/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control channel: text commands on a socket of its own, and SIGUSR1, for
 * those who watch the card or break it while it runs.  A thread of its own, because
 * what it asks of the card may have to wait.  docs/man/pamsim.1.scd has the commands.
 */
#ifndef PAMSIM_CONTROL_H
#define PAMSIM_CONTROL_H

#include "device.h"
#include "server.h"

struct control;

struct control_config {
	int listen_fd;             /* non-blocking; -1: only SIGUSR1 */
	const char *counters_path; /* where SIGUSR1 writes to; NULL = stderr */
	bool json;                 /* counters as JSON */
};

/* Starts the thread. SIGUSR1 must be blocked. 0 or a negative errno. */
int control_start(struct device *device, struct server *server, const struct control_config *config,
		  struct control **control);

/* Ends it; NULL is allowed. */
void control_stop(struct control *control);

#endif /* PAMSIM_CONTROL_H */
