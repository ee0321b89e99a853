/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's access to its client's memory: what can be mapped, how it is reached,
 * and that it is let go: on unmapping, on reset, on disconnect, at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include "driver.h"
#include "tap.h"

#define BOTH (VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE)

/* Longest time in which the server must have answered, whatever the card waits for. */
#define AT_ONCE_MS 1000

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A server, a client, a driver. */
struct bench {
	struct sim sim;
	struct client client;
	struct driver driver;
};

static bool bench_open(struct bench *bench)
{
	return sim_start(&bench->sim, NULL) && client_open(&bench->client, &bench->sim);
}

static bool bench_close(struct bench *bench)
{
	char answer[512];
	bool good = sim_control(&bench->sim, "check", answer, sizeof(answer)) &&
		    strcmp(answer, "ok\n") == 0;

	if (!good)
		printf("# check: %s\n", answer);
	client_close(&bench->client);
	return sim_stop(&bench->sim) && good;
}

/* Queue pair, pool, and a page put and got back through what memory there is. */
static bool put_and_get(struct tap *tap, struct driver *driver)
{
	uint8_t *put = driver_at(driver, DRIVER_DATA);
	uint8_t *got = driver_at(driver, DRIVER_DATA + 0x4000);

	TAP_CHECK(driver_make_queue(driver, 0), "queue pair");
	TAP_CHECK(driver_make_pool(driver), "pool");
	tap_fill_random(tap, put, 4096);
	TAP_EQUAL(driver_page(driver, PAMC_OP_PUT, 5, DRIVER_DATA), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(driver_page(driver, PAMC_OP_GET, 5, DRIVER_DATA + 0x4000), PAMC_STATUS_SUCCESS);
	TAP_CHECK(memcmp(put, got, 4096) == 0, "the page came back different");
	return true;
}

TAP_CASE(map_rules)
{
	struct bench bench;
	struct client *client = &bench.client;
	int fd;
	int pipes[2];

	TAP_CHECK(bench_open(&bench), "no server");
	fd = client->memory_fd;
	TAP_EQUAL(client_map(client, HOST_BASE, 0x10000, BOTH, 0, fd), 0);
	/* Over an existing one: same, inside, across either end, around. */
	TAP_EQUAL(client_map(client, HOST_BASE, 0x10000, BOTH, 0, fd), -EEXIST);
	TAP_EQUAL(client_map(client, HOST_BASE + 0x1000, 0x1000, BOTH, 0, fd), -EEXIST);
	TAP_EQUAL(client_map(client, HOST_BASE - 0x1000, 0x2000, BOTH, 0, fd), -EEXIST);
	TAP_EQUAL(client_map(client, HOST_BASE + 0xf000, 0x2000, BOTH, 0, fd), -EEXIST);
	TAP_EQUAL(client_map(client, HOST_BASE - 0x1000, 0x20000, BOTH, 0, fd), -EEXIST);
	/* Beside it. */
	TAP_EQUAL(client_map(client, HOST_BASE + 0x10000, 0x1000, BOTH, 0, fd), 0);
	TAP_EQUAL(client_map(client, HOST_BASE - 0x1000, 0x1000, BOTH, 0, -1), 0);
	/* The very end of the address space, and beyond. */
	TAP_EQUAL(client_map(client, UINT64_MAX - 0xfff, 0x1000, BOTH, 0, -1), 0);
	TAP_EQUAL(client_map(client, UINT64_MAX - 0x1fff, 0x3000, BOTH, 0, -1), -EINVAL);
	/* Sizes, alignments, flags, files. */
	TAP_EQUAL(client_map(client, 0, 0, BOTH, 0, -1), -EINVAL);
	TAP_EQUAL(client_map(client, 0x800, 0x1000, BOTH, 0, -1), -EINVAL);
	TAP_EQUAL(client_map(client, 0, 0x1001, BOTH, 0, -1), -EINVAL);
	TAP_EQUAL(client_map(client, 0, 0x1000, BOTH, 0x10, fd), -EINVAL);
	TAP_EQUAL(client_map(client, 0, 0x1000, 0x80, 0, -1), -EINVAL);
	TAP_EQUAL(client_map(client, 0, HOST_SIZE, BOTH, 0x1000, fd), -EINVAL);
	TAP_EQUAL(client_map(client, 0, 0x1000, BOTH, UINT64_MAX - 0xfff, fd), -EINVAL);
	TAP_EQUAL(client_map(client, 0, UINT64_MAX - 0xfff, BOTH, 0, fd), -EINVAL);
	TAP_CHECK(pipe2(pipes, O_CLOEXEC) == 0, "pipe");
	TAP_CHECK(client_map(client, 0, 0x1000, BOTH, 0, pipes[0]) < 0, "mapped a pipe");
	TAP_EQUAL(client_map(client, 0, 0x1000, BOTH | VFIO_USER_DMA_FILE_IO, 0, pipes[1]),
		  -EINVAL);
	close(pipes[0]);
	close(pipes[1]);
	/* Unmapping wants the very same range. */
	TAP_EQUAL(client_unmap(client, HOST_BASE, 0x1000), -ENOENT);
	TAP_EQUAL(client_unmap(client, HOST_BASE + 0x1000, 0xf000), -ENOENT);
	TAP_EQUAL(client_unmap(client, HOST_BASE, 0x10000), 0);
	TAP_EQUAL(client_unmap(client, HOST_BASE, 0x10000), -ENOENT);
	TAP_EQUAL(client_map(client, HOST_BASE, 0x10000, BOTH, 0, fd), 0);
	TAP_EQUAL(sim_counter(&bench.sim, "dma", "regions"), 4);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(too_many_regions)
{
	struct bench bench;
	struct client *client = &bench.client;
	uint64_t at;
	int ret = 0;

	TAP_CHECK(bench_open(&bench), "no server");
	for (at = 0; at < 5000 && ret == 0; at++)
		ret = client_map(client, at * 0x2000, 0x1000, BOTH, 0, -1);
	TAP_EQUAL(ret, -ENOSPC);
	TAP_EQUAL(at, 4097);
	TAP_EQUAL(client_unmap(client, 0x2000, 0x1000), 0);
	TAP_EQUAL(client_map(client, 0x2000, 0x1000, BOTH, 0, -1), 0);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(by_mapping)
{
	struct bench bench;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_share(&bench.client), 0);
	TAP_CHECK(driver_up(&bench.driver, &bench.client), "not ready");
	TAP_CHECK(put_and_get(tap, &bench.driver), "pages");
	TAP_EQUAL(bench.client.asked, 0);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(by_file)
{
	struct bench bench;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_map(&bench.client, HOST_BASE, HOST_SIZE, BOTH | VFIO_USER_DMA_FILE_IO, 0,
			     bench.client.memory_fd),
		  0);
	TAP_CHECK(driver_up(&bench.driver, &bench.client), "not ready");
	TAP_CHECK(put_and_get(tap, &bench.driver), "pages");
	TAP_EQUAL(bench.client.asked, 0);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(by_asking)
{
	struct bench bench;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_map(&bench.client, HOST_BASE, HOST_SIZE, BOTH, 0, -1), 0);
	TAP_CHECK(driver_up(&bench.driver, &bench.client), "not ready");
	TAP_CHECK(put_and_get(tap, &bench.driver), "pages");
	TAP_CHECK(bench.client.asked > 6, "%u requests", bench.client.asked);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* A page that lies in three regions: mapped, asked for, file. */
TAP_CASE(across_regions)
{
	const uint64_t page = 0x1000;
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_map(client, HOST_BASE, 0x10000, BOTH, 0, client->memory_fd), 0);
	for (unsigned int i = 0; i < 16; i++) {
		uint32_t flags = i % 3 == 2 ? BOTH | VFIO_USER_DMA_FILE_IO : BOTH;
		int fd = i % 3 == 1 ? -1 : client->memory_fd;
		uint64_t at = 0x10000 + i * page;

		TAP_EQUAL(client_map(client, HOST_BASE + at, page, flags, fd < 0 ? 0 : at, fd), 0);
	}
	TAP_CHECK(driver_up(&bench.driver, client), "not ready");
	TAP_CHECK(driver_make_queue(&bench.driver, 0), "queue pair");
	for (unsigned int round = 0; round < 2; round++) {
		/* IDENTIFY's 512 bytes, over the edge of each kind of region. */
		struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_IDENTIFY,
					     .addr = DRIVER_DATA + (round + 1) * page - 256,
					     .length = sizeof(struct pamc_identify)};
		struct pamc_identify identify;

		TAP_EQUAL(driver_run(&bench.driver, &bench.driver.admin, &sqe, NULL),
			  PAMC_STATUS_SUCCESS);
		memcpy(&identify, driver_at(&bench.driver, sqe.addr), sizeof(identify));
		TAP_EQUAL(identify.vendor, PAMC_PCI_VENDOR);
		TAP_EQUAL(identify.dram_bytes, 32u << 20);
		TAP_CHECK(identify.index_bits > 0 && identify.max_pools > 0, "second half");
	}
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(forbidden)
{
	struct bench bench;
	struct client *client = &bench.client;
	struct driver *driver = &bench.driver;
	const uint64_t readable = HOST_BASE + 0x100000;
	const uint64_t writable = HOST_BASE + 0x101000;
	static const uint64_t hostile[] = {
	    0x1000,
	    HOST_BASE - 0x1000,
	    HOST_BASE + HOST_SIZE,
	    UINT64_MAX - 0xfff,
	    UINT64_C(0x8000000000000000),
	};

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_map(client, HOST_BASE, 0x100000, BOTH, 0, client->memory_fd), 0);
	TAP_EQUAL(client_map(client, readable, 0x1000, VFIO_USER_DMA_READABLE, 0x100000,
			     client->memory_fd),
		  0);
	TAP_EQUAL(client_map(client, writable, 0x1000, VFIO_USER_DMA_WRITEABLE, 0x101000,
			     client->memory_fd),
		  0);
	TAP_CHECK(driver_up(driver, client), "not ready");
	TAP_CHECK(put_and_get(tap, driver), "pages");
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		TAP_EQUAL(driver_page(driver, PAMC_OP_PUT, 1, hostile[i]), PAMC_STATUS_DMA_FAULT);
		TAP_EQUAL(driver_page(driver, PAMC_OP_GET, 5, hostile[i]), PAMC_STATUS_DMA_FAULT);
	}
	TAP_EQUAL(driver_page(driver, PAMC_OP_PUT, 6, readable), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(driver_page(driver, PAMC_OP_GET, 5, readable), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(driver_page(driver, PAMC_OP_PUT, 7, writable), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(driver_page(driver, PAMC_OP_GET, 5, writable), PAMC_STATUS_SUCCESS);
	/* Nothing of it has stopped the card. */
	TAP_EQUAL(driver_page(driver, PAMC_OP_GET, 5, DRIVER_DATA), PAMC_STATUS_SUCCESS);
	/* Bus mastering off: the card reaches nothing, not even its rings. */
	TAP_EQUAL(client_set(client, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, 0, 2), 0);
	{
		struct pamc_sqe sqe = {.opcode = PAMC_OP_NOP};
		struct pamc_cqe cqe;

		driver_submit(driver, &driver->io, &sqe);
		TAP_CHECK(!driver_reap(driver, &driver->io, &cqe, 100),
			  "DMA without bus mastering");
	}
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* The file behind a mapping gets shorter: a fault for the card, not the end of the server. */
TAP_CASE(truncated_file)
{
	struct bench bench;
	struct client *client = &bench.client;
	const uint64_t at = HOST_BASE + HOST_SIZE;
	int fd = memfd_create("short", MFD_CLOEXEC);

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_share(client), 0);
	TAP_CHECK(fd >= 0 && ftruncate(fd, 0x10000) == 0, "memfd");
	TAP_EQUAL(client_map(client, at, 0x10000, BOTH, 0, fd), 0);
	TAP_CHECK(driver_up(&bench.driver, client), "not ready");
	TAP_CHECK(put_and_get(tap, &bench.driver), "pages");
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_GET, 5, at + 0x8000), PAMC_STATUS_SUCCESS);
	TAP_CHECK(ftruncate(fd, 0x1000) == 0, "truncate");
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_GET, 5, at + 0x8000), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_PUT, 6, at + 0x8000), PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_GET, 5, at), PAMC_STATUS_SUCCESS);
	close(fd);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* Rings shared, one region to be asked for, and a GET into it that the client leaves unanswered. */
static bool stall(struct tap *tap, struct bench *bench, uint64_t at)
{
	struct pamc_sqe sqe = {.opcode = PAMC_OP_GET, .index = 5, .addr = at};
	struct client *client = &bench->client;

	TAP_EQUAL(client_share(client), 0);
	TAP_EQUAL(client_map(client, at, 0x10000, BOTH, 0, -1), 0);
	TAP_CHECK(driver_up(&bench->driver, client), "not ready");
	TAP_CHECK(put_and_get(tap, &bench->driver), "pages");
	client->mute = true;
	client->asked = 0;
	sqe.pool = bench->driver.pool;
	driver_submit(&bench->driver, &bench->driver.io, &sqe);
	for (int i = 0; i < 100 && !client->asked; i++)
		TAP_CHECK(client_pump(client, 100), "the server has gone");
	TAP_EQUAL(client->asked, 1);
	return true;
}

TAP_CASE(unmap_in_flight)
{
	const uint64_t at = HOST_BASE + HOST_SIZE;
	struct bench bench;
	struct client *client = &bench.client;
	struct pamc_cqe cqe;
	uint64_t start;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_CHECK(stall(tap, &bench, at), "stall");
	start = now_ms();
	/* The socket is answered although the card waits. */
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	TAP_EQUAL(client_unmap(client, at, 0x10000), 0);
	TAP_CHECK(now_ms() - start < AT_ONCE_MS, "%llu ms", (unsigned long long)(now_ms() - start));
	TAP_CHECK(driver_reap(&bench.driver, &bench.driver.io, &cqe, 1000), "completion");
	TAP_EQUAL(cqe.status >> 1 & 0xff, PAMC_STATUS_DMA_FAULT);
	client->mute = false;
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_GET, 5, DRIVER_DATA), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(sim_counter(&bench.sim, "dma", "timeouts"), 0);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(unanswered_request)
{
	const uint64_t at = HOST_BASE + HOST_SIZE;
	struct bench bench;
	struct pamc_cqe cqe;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_CHECK(stall(tap, &bench, at), "stall");
	TAP_CHECK(driver_reap(&bench.driver, &bench.driver.io, &cqe, 5000), "completion");
	TAP_EQUAL(cqe.status >> 1 & 0xff, PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(sim_counter(&bench.sim, "dma", "timeouts"), 1);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(reset_in_flight)
{
	const uint64_t at = HOST_BASE + HOST_SIZE;
	struct bench bench;
	struct client *client = &bench.client;
	uint64_t start;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_CHECK(stall(tap, &bench, at), "stall");
	start = now_ms();
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_RESET, NULL, 0, NULL, 0, NULL, 0), 0);
	TAP_CHECK(now_ms() - start < AT_ONCE_MS, "%llu ms", (unsigned long long)(now_ms() - start));
	client->mute = false;
	TAP_CHECK(driver_up(&bench.driver, client), "not ready after the reset");
	TAP_CHECK(put_and_get(tap, &bench.driver), "pages");
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(disconnect_in_flight)
{
	const uint64_t at = HOST_BASE + HOST_SIZE;
	struct bench bench;
	struct client *client = &bench.client;
	uint32_t pool;
	int before;

	TAP_CHECK(bench_open(&bench), "no server");
	before = sim_descriptors_at_rest(&bench.sim);
	TAP_CHECK(stall(tap, &bench, at), "stall");
	pool = bench.driver.pool;
	client_close(client);
	/* The next client finds registers, epoch and pools as they were, and no memory. */
	TAP_CHECK(client_open(client, &bench.sim), "second client");
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, 8), DRIVER_ASQ);
	TAP_EQUAL(sim_descriptors(&bench.sim), before);
	TAP_EQUAL(sim_counter(&bench.sim, "dma", "regions"), 0);
	TAP_EQUAL(client_share(client), 0);
	TAP_CHECK(driver_up(&bench.driver, client), "not ready for the second client");
	TAP_CHECK(driver_make_queue(&bench.driver, 0), "queue pair");
	bench.driver.pool = pool;
	TAP_EQUAL(driver_page(&bench.driver, PAMC_OP_GET, 5, DRIVER_DATA), PAMC_STATUS_SUCCESS);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(descriptors_refused)
{
	struct bench bench;
	struct client *client = &bench.client;
	struct vfio_user_dma_map map = {
	    .argsz = sizeof(map), .flags = BOTH, .address = HOST_BASE, .size = 0x1000};
	int before;
	int fds[40];

	TAP_CHECK(bench_open(&bench), "no server");
	for (unsigned int i = 0; i < 40; i++)
		fds[i] = client->memory_fd;
	before = sim_descriptors_at_rest(&bench.sim);
	TAP_EQUAL(client_call(client, VFIO_USER_DMA_MAP, &map, sizeof(map), fds, 2, NULL, 0),
		  -EINVAL);
	/* Where none belong: they are closed. */
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_RESET, NULL, 0, fds, 16, NULL, 0), 0);
	TAP_EQUAL(client_call(client, 99, NULL, 0, fds, 16, NULL, 0), -ENOTSUP);
	TAP_EQUAL(sim_descriptors(&bench.sim), before);
	/* More than announced: the end of the connection, and they are closed. */
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_RESET, NULL, 0, fds, 40, NULL, 0),
		  CLIENT_CLOSED);
	client_close(client);
	TAP_CHECK(client_open(client, &bench.sim), "next client");
	TAP_EQUAL(sim_descriptors(&bench.sim), before);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "what can be mapped and unmapped", map_rules);
	tap_run(&tap, "too many regions", too_many_regions);
	tap_run(&tap, "memory by mapping", by_mapping);
	tap_run(&tap, "memory by file access", by_file);
	tap_run(&tap, "memory by asking the client", by_asking);
	tap_run(&tap, "accesses across regions", across_regions);
	tap_run(&tap, "what the card may not reach is a DMA fault", forbidden);
	tap_run(&tap, "a file cut short under its mapping", truncated_file);
	tap_run(&tap, "unmapping does not wait for an answer", unmap_in_flight);
	tap_run(&tap, "a client that does not answer is a DMA fault", unanswered_request);
	tap_run(&tap, "a reset does not wait for an answer", reset_in_flight);
	tap_run(&tap, "a disconnect keeps the pages and nothing of the client",
		disconnect_in_flight);
	tap_run(&tap, "descriptors that do not belong", descriptors_refused);
	return tap_done(&tap);
}
