/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop at the socket: see server.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"
#include "session.h"

struct server {
	struct device *device;
	int listen_fd;
	int signal_fd;
	int disconnect_fd; /* eventfd: server_disconnect was called */
	struct session *session;
	bool only_client; /* there will be no other one */
};

int server_create(struct device *device, int listen_fd, int client_fd, struct server **server)
{
	struct server *self = calloc(1, sizeof(*self));
	sigset_t ending;
	int ret = 0;

	if (!self) {
		if (client_fd >= 0)
			close(client_fd);
		return -ENOMEM;
	}
	self->device = device;
	self->listen_fd = listen_fd;
	self->only_client = client_fd >= 0;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	self->signal_fd = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	self->disconnect_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (self->signal_fd < 0 || self->disconnect_fd < 0)
		ret = -errno;
	if (client_fd >= 0 && ret == 0)
		ret = session_create(client_fd, device, &self->session);
	if (ret) {
		server_destroy(self);
		return ret;
	}
	*server = self;
	return 0;
}

void server_destroy(struct server *server)
{
	if (!server)
		return;
	session_destroy(server->session);
	if (server->signal_fd >= 0)
		close(server->signal_fd);
	if (server->disconnect_fd >= 0)
		close(server->disconnect_fd);
	free(server);
}

static void end_session(struct server *server)
{
	session_destroy(server->session);
	server->session = NULL;
}

static void serve_client(struct server *server)
{
	int ret = session_serve(server->session);

	if (ret >= 0)
		return;
	if (ret != -ECONNRESET)
		fprintf(stderr, "pamsim: the client is disconnected: %s\n",
			session_complaint(server->session));
	end_session(server);
}

/* Serves what the present client still sent, so that one that has left is seen to have. */
static void drain_client(struct server *server)
{
	for (unsigned int i = 0; i < 64 && server->session; i++) {
		struct pollfd more = {.fd = session_fd(server->session), .events = POLLIN};

		if (poll(&more, 1, 0) != 1)
			return;
		serve_client(server);
	}
}

static void accept_client(struct server *server)
{
	int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	drain_client(server);
	if (server->session) {
		fprintf(stderr, "pamsim: a second client is refused: one is being served\n");
		close(fd);
		return;
	}
	if (session_create(fd, server->device, &server->session))
		fprintf(stderr, "pamsim: a client is refused: out of memory\n");
}

static void take_disconnect(struct server *server)
{
	uint64_t count;

	if (read(server->disconnect_fd, &count, sizeof(count)) != sizeof(count))
		return;
	end_session(server);
}

int server_run(struct server *server)
{
	while (server->session || !server->only_client) {
		struct pollfd fds[] = {
		    {.fd = server->signal_fd, .events = POLLIN},
		    {.fd = server->disconnect_fd, .events = POLLIN},
		    {.fd = server->session ? session_fd(server->session) : -1, .events = POLLIN},
		    {.fd = server->listen_fd, .events = POLLIN},
		};

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			take_disconnect(server);
		if (fds[2].revents && server->session)
			serve_client(server);
		if (fds[3].revents)
			accept_client(server);
	}
	return 0;
}

void server_disconnect(struct server *server)
{
	const uint64_t one = 1;
	ssize_t written = write(server->disconnect_fd, &one, sizeof(one));

	(void)written;
}
