// SPDX-License-Identifier: Apache-2.0
/*
 * vfio-user: a card behind a Unix socket, as pamsim serves it: BAR accesses are
 * messages, memory is shared by file descriptor, interrupts are eventfds.
 *
 * Whatever goes wrong on the socket (the server died, answers nonsense, or not in
 * time) ends the connection for good, as the stream cannot be trusted any more:
 * from then on the state is -ENODEV and every call fails at once.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "device.h"
#include "vfu_wire.h"

/* One for each queue pair is plenty; more vectors cost more descriptors. */
#define MAX_VECTORS 16u
/* PCI configuration space: command register, and what we set in it. */
#define PCI_COMMAND        4u
#define PCI_COMMAND_ENABLE 6u /* memory space, bus master */

struct vfu_transport {
	struct transport base;
	struct vfu_wire wire;
	/* The socket carries one request at a time. */
	pthread_mutex_t lock;
	int irq[MAX_VECTORS];
};

static struct vfu_transport *own(struct transport *transport)
{
	return (struct vfu_transport *)transport;
}

/* A request under the lock; a connection that failed once is not used again. */
static int call(struct vfu_transport *t, const struct vfu_request *request)
{
	int status = atomic_load(&t->base.state);

	if (status != 0)
		return status;
	pthread_mutex_lock(&t->lock);
	/* It may have failed while we waited. */
	status = atomic_load(&t->base.state);
	if (status == 0)
		status = vfu_call(&t->wire, request);
	if (status == -ENODEV)
		atomic_store(&t->base.state, -ENODEV);
	pthread_mutex_unlock(&t->lock);
	return status;
}

static int region_read(struct vfu_transport *t, unsigned int region, uint64_t offset,
		       unsigned int len, uint64_t *value)
{
	struct vfio_user_region_access access = {offset, region, len};
	struct {
		struct vfio_user_region_access access;
		uint64_t data;
	} reply = {{0}, 0};
	const struct vfu_request request = {
	    .command = VFIO_USER_REGION_READ,
	    .out = &access,
	    .out_size = sizeof(access),
	    .in = &reply,
	    .in_size = sizeof(access) + len,
	};
	int status = call(t, &request);

	*value = reply.data;
	return status;
}

/* Posted: nobody waits for a write to arrive, as on the bus. */
static int region_write(struct vfu_transport *t, unsigned int region, uint64_t offset,
			const void *data, unsigned int len)
{
	struct {
		struct vfio_user_region_access access;
		char data[64];
	} message = {{offset, region, len}, {0}};
	const struct vfu_request request = {
	    .command = VFIO_USER_REGION_WRITE,
	    .out = &message,
	    .out_size = sizeof(message.access) + len,
	    .posted = true,
	};

	if (len > sizeof(message.data))
		return -EINVAL;
	memcpy(message.data, data, len);
	return call(t, &request);
}

static int vfu_read(struct transport *transport, unsigned int bar, uint64_t offset,
		    unsigned int len, uint64_t *value)
{
	/* VFIO numbers the regions of BARs like the BARs. */
	return region_read(own(transport), bar, offset, len, value);
}

static int vfu_write(struct transport *transport, unsigned int bar, uint64_t offset,
		     const void *data, unsigned int len)
{
	return region_write(own(transport), bar, offset, data, len);
}

static int vfu_map(struct transport *transport, void *address, size_t size, int fd, uint64_t offset)
{
	struct vfio_user_dma_map map = {
	    .argsz = sizeof(map),
	    .flags = VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE,
	    .offset = offset,
	    .address = (uintptr_t)address,
	    .size = size,
	};
	const struct vfu_request request = {
	    .command = VFIO_USER_DMA_MAP,
	    .out = &map,
	    .out_size = sizeof(map),
	    .fds = &fd,
	    .fd_count = 1,
	};

	return call(own(transport), &request);
}

static int vfu_unmap(struct transport *transport, void *address, size_t size)
{
	struct vfio_user_dma_unmap unmap = {
	    .argsz = sizeof(unmap),
	    .address = (uintptr_t)address,
	    .size = size,
	};
	struct vfio_user_dma_unmap reply;
	const struct vfu_request request = {
	    .command = VFIO_USER_DMA_UNMAP,
	    .out = &unmap,
	    .out_size = sizeof(unmap),
	    .in = &reply,
	    .in_size = sizeof(reply),
	};

	return call(own(transport), &request);
}

static void vfu_wait(struct transport *transport, unsigned int vector, uint64_t timeout_ns)
{
	struct vfu_transport *t = own(transport);
	struct pollfd fds[2] = {
	    {.fd = t->irq[vector], .events = POLLIN},
	    {.fd = t->wire.fd, .events = POLLRDHUP},
	};
	const struct timespec timeout = {(time_t)(timeout_ns / 1000000000u),
					 (long)(timeout_ns % 1000000000u)};
	uint64_t count;

	if (atomic_load(&t->base.state) != 0)
		return;
	if (ppoll(fds, 2, &timeout, NULL) <= 0)
		return;
	if (fds[0].revents & POLLIN) {
		/* Another thread that shares the vector may have been faster. */
		if (read(t->irq[vector], &count, sizeof(count)) < 0)
			return;
	}
	if (fds[1].revents & (POLLRDHUP | POLLHUP | POLLERR))
		atomic_store(&t->base.state, -ENODEV);
}

static int vfu_prepare(struct transport *transport)
{
	const uint16_t command = PCI_COMMAND_ENABLE;

	return region_write(own(transport), VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command,
			    sizeof(command));
}

/* The server sees it, and lets go of our memory. */
static void vfu_sever(struct transport *transport)
{
	struct vfu_transport *t = own(transport);

	atomic_store(&t->base.state, -ENODEV);
	shutdown(t->wire.fd, SHUT_RDWR);
}

static void vfu_close(struct transport *transport)
{
	struct vfu_transport *t = own(transport);

	vfu_disconnect(&t->wire);
	for (unsigned int i = 0; i < MAX_VECTORS; i++) {
		if (t->irq[i] >= 0)
			close(t->irq[i]);
	}
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* ---- opening ---- */

/* Are the BARs those of a card, and how many vectors has it? */
static int check_device(struct vfu_transport *t, char *message, size_t size)
{
	static const struct {
		unsigned int region;
		uint64_t size;
	} bars[] = {{PAMC_BAR_REGS, PAMC_BAR_REGS_SIZE}, {PAMC_BAR_DB, PAMC_BAR_DB_SIZE}};
	uint64_t id;
	int status;

	status = region_read(t, VFIO_PCI_CONFIG_REGION_INDEX, 0, 4, &id);
	if (status != 0) {
		snprintf(message, size, "no PCI configuration space: %s", strerror(-status));
		return status;
	}
	if (id != (PAMC_PCI_VENDOR | PAMC_PCI_DEVICE << 16)) {
		snprintf(message, size, "PCI device %04x:%04x is not a PAM card (%04x:%04x)",
			 (unsigned int)id & 0xffff, (unsigned int)(id >> 16), PAMC_PCI_VENDOR,
			 PAMC_PCI_DEVICE);
		return -ENODEV;
	}
	for (unsigned int i = 0; i < 2; i++) {
		struct vfio_user_region_info info = {.argsz = sizeof(info),
						     .index = bars[i].region};
		const struct vfu_request request = {
		    .command = VFIO_USER_DEVICE_GET_REGION_INFO,
		    .out = &info,
		    .out_size = sizeof(info),
		    .in = &info,
		    .in_size = sizeof(info),
		};

		status = call(t, &request);
		if (status == 0 && info.size < bars[i].size)
			status = -ENODEV;
		if (status != 0) {
			snprintf(message, size, "BAR %u is not that of a PAM card", bars[i].region);
			return status;
		}
	}
	return 0;
}

/* Hands over one eventfd for each vector, as many at once as the server takes. */
static int set_vectors(struct vfu_transport *t, unsigned int count)
{
	for (unsigned int i = 0; i < count;) {
		unsigned int part = count - i < t->wire.max_fds ? count - i : t->wire.max_fds;
		struct vfio_user_irq_set set = {
		    .argsz = sizeof(set),
		    .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		    .index = VFIO_PCI_MSIX_IRQ_INDEX,
		    .start = i,
		    .count = part,
		};
		const struct vfu_request request = {
		    .command = VFIO_USER_DEVICE_SET_IRQS,
		    .out = &set,
		    .out_size = sizeof(set),
		    .fds = &t->irq[i],
		    .fd_count = part,
		};
		int status = call(t, &request);

		if (status != 0)
			return status;
		i += part;
	}
	return 0;
}

static int open_vectors(struct vfu_transport *t)
{
	struct vfio_user_irq_info info = {.argsz = sizeof(info), .index = VFIO_PCI_MSIX_IRQ_INDEX};
	const struct vfu_request request = {
	    .command = VFIO_USER_DEVICE_GET_IRQ_INFO,
	    .out = &info,
	    .out_size = sizeof(info),
	    .in = &info,
	    .in_size = sizeof(info),
	};
	int status = call(t, &request);

	if (status != 0)
		return status;
	if (!info.count)
		return -ENODEV;
	t->base.vectors = info.count < MAX_VECTORS ? info.count : MAX_VECTORS;
	for (unsigned int i = 0; i < t->base.vectors; i++) {
		t->irq[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (t->irq[i] < 0)
			return -errno;
	}
	return set_vectors(t, t->base.vectors);
}

static int set_up(struct vfu_transport *t, char *message, size_t size)
{
	int status = check_device(t, message, size);

	if (status != 0)
		return status;
	status = open_vectors(t);
	if (status != 0)
		snprintf(message, size, "no interrupts from the card: %s", strerror(-status));
	return status;
}

static int vfu_open(const char *place, unsigned int timeout_ms, char *message, size_t size,
		    struct transport **transport)
{
	struct vfu_transport *t = calloc(1, sizeof(*t));
	int status;

	if (!t)
		return -ENOMEM;
	pthread_mutex_init(&t->lock, NULL);
	for (unsigned int i = 0; i < MAX_VECTORS; i++)
		t->irq[i] = -1;
	t->base.ops = &transport_vfio_user;
	t->base.vectors = 1;
	t->base.push_saves = true;
	t->base.check_crc = true;
	/* Two processes may share one core: spinning long would keep the card from it. */
	t->base.spin_us = 20;
	status = vfu_connect(&t->wire, place, timeout_ms, message, size);
	if (status == 0)
		status = set_up(t, message, size);
	if (status != 0) {
		vfu_close(&t->base);
		return status;
	}
	*transport = &t->base;
	return 0;
}

const struct transport_ops transport_vfio_user = {
    .scheme = "vfio-user:",
    .open = vfu_open,
    .close = vfu_close,
    .read = vfu_read,
    .write = vfu_write,
    .map = vfu_map,
    .unmap = vfu_unmap,
    .wait = vfu_wait,
    .prepare = vfu_prepare,
    .sever = vfu_sever,
};
