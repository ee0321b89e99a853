// SPDX-License-Identifier: Apache-2.0
/*
 * vfio-user messages on a socket; see vfu_wire.h. All input comes from another
 * process and is checked; nothing here waits longer than the connection's
 * timeout, and no write raises SIGPIPE.
 */
#include "vfu_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Most file descriptors of one message. */
#define MAX_FDS 16
/* The server's version and capabilities. */
#define VERSION_SPACE 4096

static const char capabilities[] = "{\"capabilities\":{\"max_msg_fds\":16,"
				   "\"max_data_xfer_size\":1048576,\"pgsizes\":4096}}";

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for events until the deadline; 0, or -ENODEV. */
static int await(const struct vfu_wire *wire, short events, int64_t deadline)
{
	struct pollfd fd = {.fd = wire->fd, .events = events};

	for (;;) {
		int64_t left = deadline - now_ms();
		int ready;

		if (left <= 0)
			return -ENODEV;
		ready = poll(&fd, 1, (int)left);
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -ENODEV;
	}
}

/* Sends what iov holds; fds go with its first byte. */
static int send_all(struct vfu_wire *wire, struct iovec *iov, const int *fds, unsigned int fd_count,
		    int64_t deadline)
{
	char control[CMSG_SPACE(MAX_FDS * sizeof(int))] = {0};
	struct msghdr header = {.msg_iov = iov, .msg_iovlen = 2};
	size_t left = iov[0].iov_len + iov[1].iov_len;

	if (fd_count) {
		struct cmsghdr *cmsg;

		header.msg_control = control;
		header.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&header);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, fd_count * sizeof(int));
	}
	while (left) {
		ssize_t sent = sendmsg(wire->fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			if ((errno != EAGAIN && errno != EWOULDBLOCK) ||
			    await(wire, POLLOUT, deadline) != 0)
				return -ENODEV;
			continue;
		}
		left -= (size_t)sent;
		header.msg_control = NULL;
		header.msg_controllen = 0;
		for (unsigned int i = 0; i < 2; i++) {
			size_t part = (size_t)sent < iov[i].iov_len ? (size_t)sent : iov[i].iov_len;

			iov[i].iov_base = (char *)iov[i].iov_base + part;
			iov[i].iov_len -= part;
			sent -= (ssize_t)part;
		}
	}
	return 0;
}

static int receive_all(struct vfu_wire *wire, void *data, size_t size, int64_t deadline)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = recv(wire->fd, (char *)data + done, size - done, MSG_DONTWAIT);

		if (got > 0) {
			done += (size_t)got;
			continue;
		}
		if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			return -ENODEV;
		if (await(wire, POLLIN, deadline) != 0)
			return -ENODEV;
	}
	return 0;
}

static int send_message(struct vfu_wire *wire, struct vfio_user_header *header,
			const struct vfu_request *request, int64_t deadline)
{
	struct iovec iov[2] = {
	    {header, sizeof(*header)},
	    {(void *)request->out, request->out_size},
	};

	return send_all(wire, iov, request->fds, request->fd_count, deadline);
}

/* Takes size bytes that nobody wants. */
static int discard(struct vfu_wire *wire, size_t size, int64_t deadline)
{
	char sink[256];

	while (size) {
		size_t part = size < sizeof(sink) ? size : sizeof(sink);

		if (receive_all(wire, sink, part, deadline) != 0)
			return -ENODEV;
		size -= part;
	}
	return 0;
}

/*
 * A request of the server's own (access to memory that it cannot map) while we
 * wait for a reply: all memory we announced can be mapped, so there is none to
 * serve.
 */
static int refuse(struct vfu_wire *wire, struct vfio_user_header *header, int64_t deadline)
{
	static const struct vfu_request empty;
	bool wants_reply = !(header->flags & VFIO_USER_NO_REPLY);

	if (header->size < sizeof(*header) || header->size > VFIO_USER_DEFAULT_DATA_XFER + 4096)
		return -ENODEV;
	if (discard(wire, header->size - sizeof(*header), deadline) != 0)
		return -ENODEV;
	header->size = sizeof(*header);
	header->flags = VFIO_USER_TYPE_REPLY | VFIO_USER_ERROR;
	header->error = ENOTSUP;
	return wants_reply ? send_message(wire, header, &empty, deadline) : 0;
}

/* The header of the reply to message id. */
static int receive_header(struct vfu_wire *wire, struct vfio_user_header *header, uint16_t id,
			  int64_t deadline)
{
	for (;;) {
		if (receive_all(wire, header, sizeof(*header), deadline) != 0)
			return -ENODEV;
		if ((header->flags & VFIO_USER_TYPE_MASK) == VFIO_USER_TYPE_COMMAND) {
			if (refuse(wire, header, deadline) != 0)
				return -ENODEV;
			continue;
		}
		return header->id == id && header->size >= sizeof(*header) ? 0 : -ENODEV;
	}
}

int vfu_call(struct vfu_wire *wire, const struct vfu_request *request)
{
	int64_t deadline = now_ms() + wire->timeout_ms;
	struct vfio_user_header header = {
	    .id = wire->next_id++,
	    .command = (uint16_t)request->command,
	    .size = (uint32_t)(sizeof(header) + request->out_size),
	    .flags = request->posted ? VFIO_USER_NO_REPLY : 0,
	};
	uint16_t id = header.id;

	if (send_message(wire, &header, request, deadline) != 0)
		return -ENODEV;
	if (request->posted)
		return 0;
	if (receive_header(wire, &header, id, deadline) != 0)
		return -ENODEV;
	if (header.flags & VFIO_USER_ERROR) {
		if (header.size != sizeof(header))
			return -ENODEV;
		/* Not taken for the end of the connection. */
		return header.error && header.error != ENODEV && header.error < 4096
			   ? -(int)header.error
			   : -EIO;
	}
	if (header.size - sizeof(header) < request->in_size)
		return -ENODEV;
	if (receive_all(wire, request->in, request->in_size, deadline) != 0)
		return -ENODEV;
	return discard(wire, header.size - sizeof(header) - request->in_size, deadline);
}

/* The number of a capability in the server's JSON, or what the specification has for none. */
static unsigned int capability(const char *json, const char *name, unsigned int otherwise)
{
	const char *at = strstr(json, name);
	unsigned long value;
	char *end;

	if (!at)
		return otherwise;
	at += strlen(name);
	at += strspn(at, "\": \t\n");
	value = strtoul(at, &end, 10);
	return end == at || value > UINT32_MAX ? otherwise : (unsigned int)value;
}

static int negotiate(struct vfu_wire *wire)
{
	struct {
		struct vfio_user_version version;
		char json[sizeof(capabilities)];
	} ours = {{VFIO_USER_MAJOR, VFIO_USER_MINOR}, {0}};
	struct {
		struct vfio_user_version version;
		char json[VERSION_SPACE];
	} theirs = {{0}, {0}};
	const struct vfu_request request = {
	    .out = &ours, .out_size = sizeof(ours.version) + sizeof(capabilities)};
	int64_t deadline = now_ms() + wire->timeout_ms;
	struct vfio_user_header header = {
	    .command = VFIO_USER_VERSION,
	    .size = (uint32_t)(sizeof(header) + request.out_size),
	};

	memcpy(ours.json, capabilities, sizeof(capabilities));
	if (send_message(wire, &header, &request, deadline) != 0 ||
	    receive_header(wire, &header, 0, deadline) != 0)
		return -EPROTO;
	if ((header.flags & VFIO_USER_ERROR) ||
	    header.size < sizeof(header) + sizeof(theirs.version) ||
	    header.size >= sizeof(header) + sizeof(theirs))
		return -EPROTO;
	if (receive_all(wire, &theirs, header.size - sizeof(header), deadline) != 0 ||
	    theirs.version.major != VFIO_USER_MAJOR)
		return -EPROTO;
	wire->max_fds = capability(theirs.json, "max_msg_fds", VFIO_USER_DEFAULT_MSG_FDS);
	if (wire->max_fds > MAX_FDS)
		wire->max_fds = MAX_FDS;
	if (!wire->max_fds)
		return -EPROTO;
	wire->next_id = 1;
	return 0;
}

int vfu_connect(struct vfu_wire *wire, const char *path, unsigned int timeout_ms, char *message,
		size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int status;

	wire->fd = -1;
	wire->timeout_ms = (int)timeout_ms;
	if (!*path || strlen(path) >= sizeof(address.sun_path)) {
		snprintf(message, size,
			 "vfio-user:PATH wants the path of a socket, up to %zu bytes",
			 sizeof(address.sun_path) - 1);
		return -EINVAL;
	}
	strcpy(address.sun_path, path);
	wire->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (wire->fd < 0)
		return -errno;
	/* Non-blocking: a server whose backlog is full must not hold us. */
	if (connect(wire->fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		status = -errno;
		snprintf(message, size, "cannot connect to %s: %s; does pamsim serve there?", path,
			 strerror(-status));
		return status;
	}
	status = negotiate(wire);
	if (status != 0)
		snprintf(message, size,
			 "%s does not answer as a vfio-user server, or is in use by another client",
			 path);
	return status;
}

void vfu_disconnect(struct vfu_wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
}
