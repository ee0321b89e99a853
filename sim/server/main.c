/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pamsim: a PAM card without a card.  Puts card, device, server and control channel
 * together, in that order, and takes them apart again.
 *
 * Follows the conventions for vfio-user server programs: --socket-path, --fd, no
 * daemonizing, SIGTERM.  Exits with 0, 1 (could not serve) or 2 (bad option).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control.h"
#include "guard.h"
#include "listener.h"
#include "options.h"
#include "server.h"
#include "trace.h"

struct pamsim {
	struct options options;
	struct listener listener;
	struct listener control_listener;
	int client_fd;
	struct trace *trace;
	struct device *device;
	struct server *server;
	struct control *control;
};

static int fail(const char *what, const char *which, const char *why)
{
	fprintf(stderr, "pamsim: error: %s%s: %s\n", what, which, why);
	return -1;
}

/* Threads inherit it: the signals arrive only where they are waited for. */
static void block_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* --fd: a listening socket or the one client. */
static int take_fd(struct pamsim *sim, int fd)
{
	int listening = 0;
	socklen_t size = sizeof(listening);
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size))
		return fail("--fd=", number, strerror(errno));
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (listening)
		sim->listener.fd = fd;
	else
		sim->client_fd = fd;
	return 0;
}

static int open_control(struct pamsim *sim)
{
	const char *path = sim->options.control_path;
	int ret = path ? listener_open(&sim->control_listener, path) : 0;

	return ret ? fail("cannot listen at ", path, listener_error(ret)) : 0;
}

static int open_socket(struct pamsim *sim)
{
	const char *path = sim->options.socket_path;
	int ret;

	if (!path)
		return take_fd(sim, sim->options.fd);
	ret = listener_open(&sim->listener, path);
	return ret ? fail("cannot listen at ", path, listener_error(ret)) : 0;
}

static int power_on(struct pamsim *sim)
{
	struct options *options = &sim->options;
	int ret;

	if (options->trace_path) {
		ret = trace_open(options->trace_path, &sim->trace);
		if (ret)
			return fail("cannot write ", options->trace_path, strerror(-ret));
		options->card.trace_ctx = sim->trace;
	}
	ret = device_create(options->kind, &options->card, &sim->device);
	if (ret == -EINVAL)
		return fail("the card does not come up", "",
			    "it does not support this size of --dram or --flash");
	return ret ? fail("the card does not come up", "", strerror(-ret)) : 0;
}

static int serve(struct pamsim *sim)
{
	const struct control_config config = {
	    .listen_fd = sim->control_listener.fd,
	    .counters_path = sim->options.counters_path,
	    .json = sim->options.json,
	};
	int ret = server_create(sim->device, sim->listener.fd, sim->client_fd, &sim->server);

	sim->client_fd = -1;
	if (ret == 0)
		ret = control_start(sim->device, sim->server, &config, &sim->control);
	if (ret)
		return fail("cannot start", "", strerror(-ret));
	if (sim->options.socket_path)
		fprintf(stderr, "pamsim: listening at %s\n", sim->options.socket_path);
	ret = server_run(sim->server);
	return ret ? fail("cannot go on", "", strerror(-ret)) : 0;
}

int main(int argc, char **argv)
{
	struct pamsim sim = {.listener.fd = -1, .control_listener.fd = -1, .client_fd = -1};
	int code;
	int ret;

	if (!options_parse(argc, argv, &sim.options, &code))
		return code;
	block_signals();
	ret = guard_install();
	if (ret == 0)
		ret = open_control(&sim);
	if (ret == 0)
		ret = power_on(&sim);
	/* Last, because who sees the socket may expect everything else to be there. */
	if (ret == 0)
		ret = open_socket(&sim);
	if (ret == 0)
		ret = serve(&sim);
	control_stop(sim.control);
	server_destroy(sim.server);
	device_destroy(sim.device);
	trace_close(sim.trace);
	listener_close(&sim.control_listener);
	listener_close(&sim.listener);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
