/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU plugin that counts the instructions a guest's kernel executes, by the
 * address of the code: what a benchmark in an emulated guest can measure exactly,
 * however busy the host is.
 *
 * Arguments: socket=PATH. Whoever connects there and sends the name of a file gets
 * the counts so far written to it, one line "ADDRESS INSTRUCTIONS" (hex, decimal)
 * for each block of code, and "ok" in return. Address 0 stands for all of user
 * space. Counts are by whole blocks: one that an exception leaves early counts in
 * full.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "qemu_plugin.h"

/* More blocks than a kernel runs; a power of two, for the hash. */
#define BLOCKS       (1u << 18)
#define KERNEL_SPACE (UINT64_C(1) << 63)
#define PATH_SIZE    1024

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 7;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

struct profile {
	int listener;
	struct qemu_plugin_scoreboard *counts; /* BLOCKS numbers per virtual CPU */
	pthread_mutex_t lock;                  /* of address */
	uint64_t address[BLOCKS];              /* whose count it is; 0: free, but for place 0 */
};

static qemu_plugin_u64 count_of(const struct profile *profile, size_t place)
{
	return (qemu_plugin_u64){profile->counts, place * sizeof(uint64_t)};
}

/* Where a block is counted; 0 is user space, and whatever finds no place. */
static size_t place_of(struct profile *profile, uint64_t address)
{
	size_t place = (address * UINT64_C(0x9e3779b97f4a7c15)) >> 46;

	if (address < KERNEL_SPACE)
		return 0;
	for (unsigned tries = 0; tries < 64; tries++, place++) {
		size_t here = place % BLOCKS;

		if (here == 0)
			continue;
		if (profile->address[here] == 0)
			profile->address[here] = address;
		if (profile->address[here] == address)
			return here;
	}
	return 0;
}

static void on_translation(struct qemu_plugin_tb *block, void *userdata)
{
	struct profile *profile = userdata;
	size_t place;

	pthread_mutex_lock(&profile->lock);
	place = place_of(profile, qemu_plugin_tb_vaddr(block));
	pthread_mutex_unlock(&profile->lock);
	qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(block, QEMU_PLUGIN_INLINE_ADD_U64,
							  count_of(profile, place),
							  qemu_plugin_tb_n_insns(block));
}

static bool write_counts(const struct profile *profile, const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	for (size_t place = 0; place < BLOCKS; place++) {
		uint64_t count;

		if (place && !profile->address[place])
			continue;
		count = qemu_plugin_u64_sum(count_of(profile, place));
		if (count)
			fprintf(file, "%" PRIx64 " %" PRIu64 "\n", profile->address[place], count);
	}
	return fclose(file) == 0;
}

static void *serve(void *userdata)
{
	struct profile *profile = userdata;
	char path[PATH_SIZE];

	for (;;) {
		int client = accept(profile->listener, NULL, NULL);
		ssize_t size;

		if (client < 0)
			continue;
		size = recv(client, path, sizeof(path) - 1, 0);
		path[size > 0 ? size : 0] = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (write_counts(profile, path))
			send(client, "ok\n", 3, MSG_NOSIGNAL);
		close(client);
	}
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1)) {
		close(fd);
		return -1;
	}
	return fd;
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	struct profile *profile = calloc(1, sizeof(*profile)); /* as long as QEMU runs */
	pthread_t thread;

	(void)info;
	if (!profile || argc != 1 || strncmp(argv[0], "socket=", 7) != 0) {
		fprintf(stderr, "profile: wants socket=PATH\n");
		return -1;
	}
	pthread_mutex_init(&profile->lock, NULL);
	profile->counts = qemu_plugin_scoreboard_new(BLOCKS * sizeof(uint64_t));
	profile->listener = listen_at(argv[0] + 7);
	if (profile->listener < 0 || pthread_create(&thread, NULL, serve, profile)) {
		fprintf(stderr, "profile: cannot listen at %s: %s\n", argv[0] + 7, strerror(errno));
		return -1;
	}
	pthread_detach(thread);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, profile);
	return 0;
}
