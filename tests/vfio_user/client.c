/* SPDX-License-Identifier: Apache-2.0 */
/* A vfio-user client for tests: see client.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

#define PATIENCE_MS 20000
#define MAX_FDS     64

bool client_attach(struct client *client, int fd)
{
	memset(client, 0, sizeof(*client));
	client->fd = fd;
	client->memory_fd = memfd_create("host", MFD_CLOEXEC);
	if (client->memory_fd < 0 || ftruncate(client->memory_fd, HOST_SIZE))
		return false;
	client->memory =
	    mmap(NULL, HOST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, client->memory_fd, 0);
	return client->memory != MAP_FAILED;
}

bool client_connect(struct client *client, const char *path)
{
	int fd = sim_connect(path);

	return fd >= 0 && client_attach(client, fd);
}

bool client_open(struct client *client, const struct sim *sim)
{
	static const char json[] = "{\"capabilities\":{\"max_msg_fds\":16,\"pgsizes\":4096,"
				   "\"max_data_xfer_size\":1048576,\"max_dma_maps\":65535,"
				   "\"write_multiple\":true}}";

	return client_connect(client, sim->socket) && client_version(client, 0, json, NULL, 0) > 0;
}

void client_close(struct client *client)
{
	close(client->fd);
	close(client->memory_fd);
	munmap(client->memory, HOST_SIZE);
}

static bool send_message(struct client *client, struct vfio_user_header *header,
			 const void *payload, size_t size, const int *fds, unsigned int fd_count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(MAX_FDS * sizeof(int))];
	} control;
	struct iovec parts[2] = {{header, sizeof(*header)}, {(void *)(uintptr_t)payload, size}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	header->size = (uint32_t)(sizeof(*header) + size);
	if (fd_count) {
		struct cmsghdr *cmsg;

		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, fd_count * sizeof(int));
	}
	return sendmsg(client->fd, &msg, MSG_NOSIGNAL) == (ssize_t)header->size;
}

bool client_send(struct client *client, uint16_t command, uint32_t flags, const void *payload,
		 size_t size, const int *fds, unsigned int fd_count)
{
	struct vfio_user_header header = {.id = ++client->id, .command = command, .flags = flags};

	return send_message(client, &header, payload, size, fds, fd_count);
}

/* Exactly len bytes: 0, CLIENT_CLOSED or CLIENT_SILENT. */
static int receive(struct client *client, void *buffer, size_t len, int ms)
{
	struct pollfd ready = {.fd = client->fd, .events = POLLIN};
	uint8_t *at = buffer;

	while (len) {
		ssize_t got;

		if (poll(&ready, 1, ms) != 1)
			return CLIENT_SILENT;
		got = recv(client->fd, at, len, 0);
		if (got <= 0)
			return CLIENT_CLOSED;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

/* Answers a request of the server, out of memory. */
static bool answer_request(struct client *client, const struct vfio_user_header *request,
			   const uint8_t *payload, size_t size)
{
	struct vfio_user_header header = *request;
	struct vfio_user_dma_access access;
	uint8_t reply[sizeof(access) + 65536];
	uint64_t at;

	client->asked++;
	if (client->mute)
		return true;
	memcpy(&access, payload, sizeof(access));
	at = access.address - HOST_BASE;
	header.flags = VFIO_USER_TYPE_REPLY;
	if (at > HOST_SIZE || access.count > HOST_SIZE - at || access.count > 65536) {
		header.flags |= VFIO_USER_ERROR;
		header.error = EFAULT;
		return send_message(client, &header, NULL, 0, NULL, 0);
	}
	memcpy(reply, &access, sizeof(access));
	if (request->command == VFIO_USER_DMA_READ) {
		memcpy(reply + sizeof(access), client->memory + at, access.count);
		return send_message(client, &header, reply, sizeof(access) + access.count, NULL, 0);
	}
	memcpy(client->memory + at, payload + sizeof(access), size - sizeof(access));
	return send_message(client, &header, reply, sizeof(access), NULL, 0);
}

/* One message into payload: its size, CLIENT_CLOSED or CLIENT_SILENT. */
static int receive_message(struct client *client, struct vfio_user_header *header, uint8_t *payload,
			   size_t size, int ms)
{
	int ret = receive(client, header, sizeof(*header), ms);

	if (ret)
		return ret;
	if (header->size < sizeof(*header) || header->size - sizeof(*header) > size) {
		printf("# the server sent a message of %u bytes\n", header->size);
		return CLIENT_CLOSED;
	}
	ret = receive(client, payload, header->size - sizeof(*header), ms);
	return ret ? ret : (int)(header->size - sizeof(*header));
}

static bool is_request(const struct vfio_user_header *header)
{
	return (header->flags & VFIO_USER_TYPE_MASK) == VFIO_USER_TYPE_COMMAND;
}

int client_call(struct client *client, uint16_t command, const void *payload, size_t size,
		const int *fds, unsigned int fd_count, void *reply, size_t reply_size)
{
	static _Thread_local uint8_t buffer[512 * 1024];
	struct vfio_user_header header;
	int ret;

	if (!client_send(client, command, VFIO_USER_TYPE_COMMAND, payload, size, fds, fd_count))
		return CLIENT_CLOSED;
	for (;;) {
		ret = receive_message(client, &header, buffer, sizeof(buffer), PATIENCE_MS);
		if (ret < 0)
			return ret;
		if (!is_request(&header) && header.id == client->id)
			break;
		if (!is_request(&header) || !answer_request(client, &header, buffer, (size_t)ret))
			return CLIENT_CLOSED;
	}
	if (header.flags & VFIO_USER_ERROR)
		return -(int)header.error;
	if (reply)
		memcpy(reply, buffer, (size_t)ret < reply_size ? (size_t)ret : reply_size);
	return ret;
}

bool client_pump(struct client *client, int ms)
{
	static uint8_t buffer[512 * 1024];
	struct vfio_user_header header;
	int ret = receive_message(client, &header, buffer, sizeof(buffer), ms);

	if (ret == CLIENT_SILENT)
		return true;
	if (ret < 0)
		return false;
	return !is_request(&header) || answer_request(client, &header, buffer, (size_t)ret);
}

int client_version(struct client *client, unsigned int major, const char *json, void *reply,
		   size_t size)
{
	uint8_t payload[1024] = {0};
	struct vfio_user_version version = {.major = (uint16_t)major};
	size_t len = sizeof(version);

	memcpy(payload, &version, sizeof(version));
	if (json) {
		memcpy(payload + len, json, strlen(json) + 1);
		len += strlen(json) + 1;
	}
	return client_call(client, VFIO_USER_VERSION, payload, len, NULL, 0, reply, size);
}

int client_map(struct client *client, uint64_t addr, uint64_t size, uint32_t flags, uint64_t offset,
	       int fd)
{
	struct vfio_user_dma_map map = {
	    .argsz = sizeof(map), .flags = flags, .offset = offset, .address = addr, .size = size};

	return client_call(client, VFIO_USER_DMA_MAP, &map, sizeof(map), &fd, fd >= 0, NULL, 0);
}

int client_share(struct client *client)
{
	return client_map(client, HOST_BASE, HOST_SIZE,
			  VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE, 0, client->memory_fd);
}

int client_unmap(struct client *client, uint64_t addr, uint64_t size)
{
	struct vfio_user_dma_unmap unmap = {.argsz = sizeof(unmap), .address = addr, .size = size};
	int ret = client_call(client, VFIO_USER_DMA_UNMAP, &unmap, sizeof(unmap), NULL, 0, NULL, 0);

	return ret == (int)sizeof(unmap) ? 0 : ret;
}

int client_read(struct client *client, uint32_t region, uint64_t offset, void *data, uint32_t len)
{
	static _Thread_local uint8_t reply[512 * 1024];
	struct vfio_user_region_access access = {.offset = offset, .region = region, .count = len};
	int ret = client_call(client, VFIO_USER_REGION_READ, &access, sizeof(access), NULL, 0,
			      reply, sizeof(reply));

	if (ret < 0)
		return ret;
	if (ret != (int)(sizeof(access) + len) || memcmp(reply, &access, sizeof(access)) != 0)
		return -EPROTO;
	memcpy(data, reply + sizeof(access), len);
	return 0;
}

static size_t fill_write(uint8_t *payload, uint32_t region, uint64_t offset, const void *data,
			 uint32_t len)
{
	struct vfio_user_region_access access = {.offset = offset, .region = region, .count = len};

	memcpy(payload, &access, sizeof(access));
	memcpy(payload + sizeof(access), data, len);
	return sizeof(access) + len;
}

int client_write(struct client *client, uint32_t region, uint64_t offset, const void *data,
		 uint32_t len)
{
	uint8_t payload[4096 + sizeof(struct vfio_user_region_access)];
	size_t size = fill_write(payload, region, offset, data, len);
	int ret = client_call(client, VFIO_USER_REGION_WRITE, payload, size, NULL, 0, NULL, 0);

	return ret < 0 ? ret : ret == sizeof(struct vfio_user_region_access) ? 0 : -EPROTO;
}

bool client_post(struct client *client, uint32_t region, uint64_t offset, const void *data,
		 uint32_t len)
{
	uint8_t payload[4096 + sizeof(struct vfio_user_region_access)];
	size_t size = fill_write(payload, region, offset, data, len);

	return client_send(client, VFIO_USER_REGION_WRITE, VFIO_USER_NO_REPLY, payload, size, NULL,
			   0);
}

uint64_t client_get(struct client *client, uint32_t region, uint64_t offset, uint32_t len)
{
	uint64_t value = 0;

	return client_read(client, region, offset, &value, len) ? UINT64_MAX : value;
}

int client_set(struct client *client, uint32_t region, uint64_t offset, uint64_t value,
	       uint32_t len)
{
	return client_write(client, region, offset, &value, len);
}

int client_irqs(struct client *client, uint32_t flags, uint32_t start, uint32_t count,
		const int *fds, unsigned int fd_count, const uint8_t *data, size_t size)
{
	uint8_t payload[256];
	struct vfio_user_irq_set set = {.argsz = (uint32_t)(sizeof(set) + size),
					.flags = flags,
					.index = VFIO_PCI_MSIX_IRQ_INDEX,
					.start = start,
					.count = count};

	memcpy(payload, &set, sizeof(set));
	if (size)
		memcpy(payload + sizeof(set), data, size);
	return client_call(client, VFIO_USER_DEVICE_SET_IRQS, payload, sizeof(set) + size, fds,
			   fd_count, NULL, 0);
}
