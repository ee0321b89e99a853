/* SPDX-License-Identifier: Apache-2.0 */
/* Framing of vfio-user messages: see wire.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

/* How long the peer may leave its receive buffer full. */
#define SEND_TIMEOUT_MS 2000

/* Most descriptors the kernel passes in one message (SCM_MAX_FD). */
#define KERNEL_MAX_FDS 253u

struct wire {
	int fd;
	pthread_mutex_t send_lock;

	/* Received, not yet taken: bytes [start, end). */
	uint8_t *buffer;
	size_t start;
	size_t end;
	/*
	 * Descriptors that came with the message that holds byte fd_last. The kernel
	 * ends a read behind data that carries descriptors, so they always belong
	 * to the last message begun.
	 */
	int fds[WIRE_MAX_FDS];
	unsigned int fd_count;
	size_t fd_last;
	bool too_many_fds;
};

/* Room to receive many small messages at once behind part of the largest. */
#define BUFFER_SIZE (2 * WIRE_MAX_MESSAGE)

int wire_create(int fd, struct wire **wire)
{
	struct wire *self = calloc(1, sizeof(*self));

	if (self)
		self->buffer = malloc(BUFFER_SIZE);
	if (!self || !self->buffer) {
		free(self);
		close(fd);
		return -ENOMEM;
	}
	self->fd = fd;
	pthread_mutex_init(&self->send_lock, NULL);
	*wire = self;
	return 0;
}

void wire_destroy(struct wire *wire)
{
	if (!wire)
		return;
	for (unsigned int i = 0; i < wire->fd_count; i++)
		close(wire->fds[i]);
	close(wire->fd);
	pthread_mutex_destroy(&wire->send_lock);
	free(wire->buffer);
	free(wire);
}

int wire_fd(const struct wire *wire)
{
	return wire->fd;
}

static void keep_fd(struct wire *wire, int fd)
{
	if (wire->fd_count < WIRE_MAX_FDS) {
		wire->fds[wire->fd_count++] = fd;
	} else {
		wire->too_many_fds = true;
		close(fd);
	}
}

static void keep_fds(struct wire *wire, struct msghdr *msg)
{
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		size_t count;

		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
			keep_fd(wire, fd);
		}
		wire->fd_last = wire->end - 1;
	}
	/* The process is out of descriptors: the message lost some of its own. */
	if (msg->msg_flags & MSG_CTRUNC)
		wire->too_many_fds = true;
}

int wire_fill(struct wire *wire)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(KERNEL_MAX_FDS * sizeof(int))];
	} control;
	struct iovec part;
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control};
	ssize_t got;

	if (wire->start && BUFFER_SIZE - wire->end < WIRE_MAX_MESSAGE) {
		memmove(wire->buffer, wire->buffer + wire->start, wire->end - wire->start);
		wire->end -= wire->start;
		wire->fd_last -= wire->start;
		wire->start = 0;
	}
	part.iov_base = wire->buffer + wire->end;
	part.iov_len = BUFFER_SIZE - wire->end;
	msg.msg_controllen = sizeof(control);
	got = recvmsg(wire->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (got == 0)
		return -ECONNRESET;
	wire->end += (size_t)got;
	keep_fds(wire, &msg);
	return 1;
}

/* Hands the message of size bytes at start its descriptors, if it has the byte they came with. */
static void take_fds(struct wire *wire, struct wire_message *message, size_t size)
{
	message->fd_count = 0;
	if (!wire->fd_count || wire->fd_last >= wire->start + size)
		return;
	memcpy(message->fds, wire->fds, sizeof(wire->fds));
	message->fd_count = wire->fd_count;
	wire->fd_count = 0;
}

int wire_next(struct wire *wire, struct wire_message *message)
{
	size_t there = wire->end - wire->start;
	size_t size;

	message->fd_count = 0;
	if (wire->too_many_fds)
		return -EPROTO;
	if (there < sizeof(message->header))
		return 0;
	memcpy(&message->header, wire->buffer + wire->start, sizeof(message->header));
	size = message->header.size;
	if (size < sizeof(message->header) || size > WIRE_MAX_MESSAGE)
		return -EPROTO;
	if (there < size)
		return 0;
	message->payload = wire->buffer + wire->start + sizeof(message->header);
	message->size = size - sizeof(message->header);
	take_fds(wire, message, size);
	wire->start += size;
	if (wire->start == wire->end) {
		wire->start = 0;
		wire->end = 0;
	}
	return 1;
}

void wire_close_fds(struct wire_message *message)
{
	for (unsigned int i = 0; i < message->fd_count; i++)
		if (message->fds[i] >= 0)
			close(message->fds[i]);
	message->fd_count = 0;
}

/* Drops the first sent bytes of msg's parts. */
static void advance(struct msghdr *msg, size_t sent)
{
	while (msg->msg_iovlen && sent >= msg->msg_iov->iov_len) {
		sent -= msg->msg_iov->iov_len;
		msg->msg_iov++;
		msg->msg_iovlen--;
	}
	if (!msg->msg_iovlen)
		return;
	msg->msg_iov->iov_base = (uint8_t *)msg->msg_iov->iov_base + sent;
	msg->msg_iov->iov_len -= sent;
}

static int send_all(int fd, struct msghdr *msg)
{
	while (msg->msg_iovlen) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		ssize_t sent = sendmsg(fd, msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0) {
			advance(msg, (size_t)sent);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		if (poll(&room, 1, SEND_TIMEOUT_MS) == 0)
			return -ETIMEDOUT;
	}
	return 0;
}

int wire_send(struct wire *wire, struct vfio_user_header *header, const struct iovec *parts,
	      unsigned int part_count)
{
	struct iovec all[3] = {{.iov_base = header, .iov_len = sizeof(*header)}};
	struct msghdr msg = {.msg_iov = all, .msg_iovlen = 1};
	size_t size = sizeof(*header);
	int ret;

	for (unsigned int i = 0; i < part_count; i++) {
		all[msg.msg_iovlen++] = parts[i];
		size += parts[i].iov_len;
	}
	header->size = (uint32_t)size;
	pthread_mutex_lock(&wire->send_lock);
	ret = send_all(wire->fd, &msg);
	/* Part of a message may be out: nothing can follow it. */
	if (ret)
		shutdown(wire->fd, SHUT_RDWR);
	pthread_mutex_unlock(&wire->send_lock);
	return ret;
}
