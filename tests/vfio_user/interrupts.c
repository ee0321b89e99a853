/* SPDX-License-Identifier: Apache-2.0 */
/* MSI-X vectors: eventfds, masking, and that no interrupt is ever lost or waited for. */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "driver.h"
#include "tap.h"

#define ASSIGN  (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define DISABLE (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)
#define MASK    (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK)
#define UNMASK  (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK)
#define TRIGGER (VFIO_IRQ_SET_DATA_BOOL | VFIO_IRQ_SET_ACTION_TRIGGER)

struct bench {
	struct sim sim;
	struct client client;
	int fds[64];
};

static bool bench_open(struct bench *bench)
{
	for (unsigned int i = 0; i < 64; i++)
		bench->fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return sim_start(&bench->sim, NULL) && client_open(&bench->client, &bench->sim);
}

static bool bench_close(struct bench *bench)
{
	for (unsigned int i = 0; i < 64; i++)
		close(bench->fds[i]);
	client_close(&bench->client);
	return sim_stop(&bench->sim);
}

/* How often fd was signalled, if it is within ms. */
static uint64_t signals(int fd, int ms)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	uint64_t count = 0;

	if (poll(&ready, 1, ms) == 1 && read(fd, &count, sizeof(count)) != sizeof(count))
		return UINT64_MAX;
	return count;
}

/* Raises vector, as the card would. */
static int raise_vector(struct client *client, uint32_t vector)
{
	const uint8_t yes = 1;

	return client_irqs(client, TRIGGER, vector, 1, NULL, 0, &yes, 1);
}

static uint64_t pending(struct client *client)
{
	return client_get(client, PAMC_BAR_REGS, PAMC_MSIX_PBA, 8);
}

TAP_CASE(from_the_card)
{
	struct bench bench;
	struct client *client = &bench.client;
	struct driver driver;
	struct pamc_sqe nop = {.opcode = PAMC_OP_NOP};

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_share(client), 0);
	TAP_EQUAL(client_irqs(client, ASSIGN, 0, 2, bench.fds, 2, NULL, 0), 0);
	TAP_CHECK(driver_up(&driver, client), "not ready");
	TAP_CHECK(driver_make_queue(&driver, PAMC_QP_IRQ), "queue pair");
	/* Armed once: one interrupt, and only on its vector. */
	driver_arm(&driver, &driver.io);
	TAP_EQUAL(driver_run(&driver, &driver.io, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(signals(bench.fds[1], 5000), 1);
	TAP_EQUAL(driver_run(&driver, &driver.io, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(signals(bench.fds[1], 50), 0);
	driver_arm(&driver, &driver.io);
	TAP_EQUAL(driver_run(&driver, &driver.io, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(signals(bench.fds[1], 5000), 1);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* What QEMU does for each further vector: all eventfds away, then all given again. */
TAP_CASE(latched_without_eventfd)
{
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench), "no server");
	for (uint32_t i = 0; i < 64; i += 16)
		TAP_EQUAL(client_irqs(client, ASSIGN, i, 16, bench.fds + i, 16, NULL, 0), 0);
	TAP_EQUAL(client_irqs(client, DISABLE, 0, 0, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(raise_vector(client, 0), 0);
	TAP_EQUAL(raise_vector(client, 63), 0);
	TAP_EQUAL(raise_vector(client, 63), 0);
	TAP_EQUAL(pending(client), UINT64_C(0x8000000000000001));
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_MSIX_PBA + 7, 1), 0x80);
	TAP_EQUAL(signals(bench.fds[63], 20), 0);
	TAP_EQUAL(client_irqs(client, ASSIGN, 63, 1, bench.fds + 63, 1, NULL, 0), 0);
	TAP_EQUAL(signals(bench.fds[63], 1000), 1);
	TAP_EQUAL(pending(client), 1);
	/* One vector's eventfd away, by a list of none. */
	TAP_EQUAL(client_irqs(client, ASSIGN, 63, 1, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(raise_vector(client, 63), 0);
	TAP_EQUAL(signals(bench.fds[63], 20), 0);
	TAP_EQUAL(pending(client), UINT64_C(0x8000000000000001));
	/* A reset forgets. */
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_RESET, NULL, 0, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(pending(client), 0);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(masking)
{
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(client_irqs(client, ASSIGN, 4, 4, bench.fds + 4, 4, NULL, 0), 0);
	TAP_EQUAL(client_irqs(client, MASK, 5, 2, NULL, 0, NULL, 0), 0);
	for (uint32_t i = 4; i < 8; i++)
		TAP_EQUAL(raise_vector(client, i), 0);
	TAP_EQUAL(signals(bench.fds[4], 1000), 1);
	TAP_EQUAL(signals(bench.fds[7], 1000), 1);
	TAP_EQUAL(signals(bench.fds[5], 20), 0);
	TAP_EQUAL(pending(client), 0x60);
	TAP_EQUAL(client_irqs(client, UNMASK, 5, 1, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(signals(bench.fds[5], 1000), 1);
	TAP_EQUAL(signals(bench.fds[6], 20), 0);
	TAP_EQUAL(pending(client), 0x40);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(refused)
{
	const uint8_t yes[4] = {1, 1, 1, 1};
	struct bench bench;
	struct client *client = &bench.client;
	int pipes[2];
	int before;

	TAP_CHECK(bench_open(&bench), "no server");
	before = sim_descriptors_at_rest(&bench.sim);
	TAP_EQUAL(client_irqs(client, ASSIGN, 64, 1, bench.fds, 1, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, ASSIGN, 60, 5, bench.fds, 5, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, ASSIGN, UINT32_MAX, 2, bench.fds, 2, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, ASSIGN, 2, UINT32_MAX, bench.fds, 2, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, ASSIGN, 0, 3, bench.fds, 2, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, 0, 0, 1, NULL, 0, NULL, 0), -EINVAL);
	TAP_EQUAL(client_irqs(client, ASSIGN | VFIO_IRQ_SET_DATA_NONE, 0, 1, bench.fds, 1, NULL, 0),
		  -EINVAL);
	TAP_EQUAL(client_irqs(client, DISABLE | VFIO_IRQ_SET_ACTION_MASK, 0, 1, NULL, 0, NULL, 0),
		  -EINVAL);
	TAP_EQUAL(client_irqs(client, 0x40 | DISABLE, 0, 1, NULL, 0, NULL, 0), -EINVAL);
	/* Fewer booleans than vectors. */
	TAP_EQUAL(client_irqs(client, TRIGGER, 0, 5, NULL, 0, yes, 4), -EINVAL);
	/* Not an eventfd: writing to it could block the card. */
	TAP_CHECK(pipe(pipes) == 0, "pipe");
	TAP_EQUAL(client_irqs(client, ASSIGN, 0, 1, pipes + 1, 1, NULL, 0), -EINVAL);
	close(pipes[0]);
	close(pipes[1]);
	TAP_EQUAL(sim_descriptors(&bench.sim), before);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* An eventfd that is full and would block: the server goes on. */
TAP_CASE(full_eventfd)
{
	const uint64_t full = UINT64_MAX - 1;
	struct bench bench;
	struct client *client = &bench.client;
	int fd = eventfd(0, EFD_CLOEXEC);

	TAP_CHECK(bench_open(&bench), "no server");
	TAP_EQUAL(write(fd, &full, sizeof(full)), sizeof(full));
	TAP_EQUAL(client_irqs(client, ASSIGN, 3, 1, &fd, 1, NULL, 0), 0);
	TAP_EQUAL(raise_vector(client, 3), 0);
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	close(fd);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(released_on_disconnect)
{
	struct bench bench;
	struct client *client = &bench.client;
	int before;

	TAP_CHECK(bench_open(&bench), "no server");
	before = sim_descriptors_at_rest(&bench.sim);
	TAP_EQUAL(client_irqs(client, ASSIGN, 0, 16, bench.fds, 16, NULL, 0), 0);
	TAP_EQUAL(client_irqs(client, MASK, 2, 1, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(sim_descriptors(&bench.sim), before + 16);
	client_close(client);
	TAP_CHECK(client_open(client, &bench.sim), "second client");
	TAP_EQUAL(sim_descriptors(&bench.sim), before);
	/* Nobody listens: pending, for this client. */
	TAP_EQUAL(raise_vector(client, 2), 0);
	TAP_EQUAL(signals(bench.fds[2], 20), 0);
	TAP_EQUAL(client_irqs(client, ASSIGN, 2, 1, bench.fds + 2, 1, NULL, 0), 0);
	TAP_EQUAL(signals(bench.fds[2], 1000), 1);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "a completion interrupts once per arming", from_the_card);
	tap_run(&tap, "an interrupt without eventfd stays pending", latched_without_eventfd);
	tap_run(&tap, "a masked interrupt stays pending", masking);
	tap_run(&tap, "what makes no sense is refused", refused);
	tap_run(&tap, "a full eventfd holds nobody up", full_eventfd);
	tap_run(&tap, "eventfds are released when the client leaves", released_on_disconnect);
	return tap_done(&tap);
}
