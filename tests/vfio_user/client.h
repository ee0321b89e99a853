/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vfio-user client that can also do what a client must not: for tests.  It
 * shares memory or answers the server's requests for it, as told.
 */
#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim.h"
#include "vfio_user.h"

/* Memory of the pretended host, and its bus address. */
#define HOST_SIZE (2u << 20)
#define HOST_BASE UINT64_C(0x100000000)

/* What client_call returns when the server closed the connection, or was silent too long. */
#define CLIENT_CLOSED (-1000)
#define CLIENT_SILENT (-1001)

struct client {
	int fd;
	uint16_t id;   /* of the latest command */
	int memory_fd; /* memfd of HOST_SIZE bytes */
	uint8_t *memory;
	bool mute;          /* do not answer the server's requests */
	unsigned int asked; /* requests for memory that came */
};

/* Connects; the handshake is not made. Memory is new and zero. */
bool client_connect(struct client *client, const char *path);
/* As a client on a connected socket, which it takes over. */
bool client_attach(struct client *client, int fd);
/* client_connect and a handshake that must succeed. */
bool client_open(struct client *client, const struct sim *sim);
void client_close(struct client *client);

/* VERSION with this JSON (NUL included by the callee) and major; as client_call. */
int client_version(struct client *client, unsigned int major, const char *json, void *reply,
		   size_t size);

/* Sends a message as told; false: the server is gone. header.id and size are filled in. */
bool client_send(struct client *client, uint16_t command, uint32_t flags, const void *payload,
		 size_t size, const int *fds, unsigned int fd_count);

/*
 * Sends a command and awaits its reply, answering the server's own requests in
 * between. The number of payload bytes, copied to reply as far as size allows; or a
 * negative errno from the reply, CLIENT_CLOSED or CLIENT_SILENT.
 */
int client_call(struct client *client, uint16_t command, const void *payload, size_t size,
		const int *fds, unsigned int fd_count, void *reply, size_t reply_size);

/* Answers requests of the server for at most ms. False: it closed the connection. */
bool client_pump(struct client *client, int ms);

/* 0, or as client_call. */
int client_map(struct client *client, uint64_t addr, uint64_t size, uint32_t flags, uint64_t offset,
	       int fd);
int client_unmap(struct client *client, uint64_t addr, uint64_t size);
/* Maps all of the memory at HOST_BASE, shared. */
int client_share(struct client *client);

/* Region access: 0, or as client_call. client_post awaits no reply. */
int client_read(struct client *client, uint32_t region, uint64_t offset, void *data, uint32_t len);
int client_write(struct client *client, uint32_t region, uint64_t offset, const void *data,
		 uint32_t len);
bool client_post(struct client *client, uint32_t region, uint64_t offset, const void *data,
		 uint32_t len);
/* Value of up to 8 bytes; all-ones when it cannot be read. */
uint64_t client_get(struct client *client, uint32_t region, uint64_t offset, uint32_t len);
int client_set(struct client *client, uint32_t region, uint64_t offset, uint64_t value,
	       uint32_t len);

/* SET_IRQS for MSI-X; fds or data may be NULL. As client_call. */
int client_irqs(struct client *client, uint32_t flags, uint32_t start, uint32_t count,
		const int *fds, unsigned int fd_count, const uint8_t *data, size_t size);

#endif /* TEST_CLIENT_H */
