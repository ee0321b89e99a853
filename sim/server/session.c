/* SPDX-License-Identifier: Apache-2.0 */
/* The vfio-user protocol, as its server: see session.h and include/vfio_user.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamc_if.h"
#include "session.h"
#include "version.h"
#include "wire.h"

/* Interrupt types of a PCI device, up to VFIO_PCI_REQ_IRQ_INDEX. */
#define NUM_IRQ_TYPES VFIO_PCI_NUM_IRQS

/* Longest reply payload: a read of the whole larger BAR. */
#define REPLY_SIZE (sizeof(struct vfio_user_region_access) + PAMC_BAR_DB_SIZE)

struct session {
	struct wire *wire;
	struct device *device;
	bool versioned; /* VERSION has been agreed on */
	const char *complaint;
	struct version_caps client;
	size_t reply_size;
	_Alignas(8) uint8_t reply[REPLY_SIZE];
};

static const struct version_caps our_caps = {
    .max_msg_fds = WIRE_MAX_FDS,
    .max_data_xfer = WIRE_MAX_DATA,
    .max_dma_maps = DMA_MAX_REGIONS,
    .pgsizes = DMA_PAGE_SIZE,
    .write_multiple = true,
};

/* The reply's payload is data. */
static void set_reply(struct session *session, const void *data, size_t size)
{
	memcpy(session->reply, data, size);
	session->reply_size = size;
}

/* Card thread: asks the client for memory it did not share. */
static int request_dma(void *ctx, uint16_t id, bool write, uint64_t addr, const void *data,
		       size_t len)
{
	struct session *session = ctx;
	struct vfio_user_dma_access access = {.address = addr, .count = len};
	struct vfio_user_header header = {
	    .id = id,
	    .command = write ? VFIO_USER_DMA_WRITE : VFIO_USER_DMA_READ,
	    .flags = VFIO_USER_TYPE_COMMAND,
	};
	const struct iovec parts[2] = {
	    {&access, sizeof(access)},
	    {(void *)(uintptr_t)data, write ? len : 0},
	};

	return wire_send(session->wire, &header, parts, 2);
}

static int serve_version(struct session *session, struct wire_message *message)
{
	struct dma_peer peer = {.request = request_dma, .ctx = session};
	struct vfio_user_version version;
	size_t len;

	if (session->versioned)
		return -EINVAL;
	memcpy(&version, message->payload, sizeof(version));
	if (version.major != VFIO_USER_MAJOR)
		return -EPROTONOSUPPORT;
	if (version_parse(message->payload + sizeof(version), message->size - sizeof(version),
			  &session->client))
		return -EINVAL;
	version.minor = VFIO_USER_MINOR;
	memcpy(session->reply, &version, sizeof(version));
	/* QEMU receives the reply into the buffer of its own message: not longer than that. */
	len = version_reply(&session->client, &our_caps, (char *)session->reply + sizeof(version),
			    message->size - sizeof(version));
	session->reply_size = sizeof(version) + len;
	session->versioned = true;
	peer.max_bytes = session->client.max_data_xfer;
	device_client_arrived(session->device, &peer);
	return 0;
}

static int serve_dma_map(struct session *session, struct wire_message *message)
{
	const uint32_t known = VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE |
			       VFIO_USER_DMA_MMAP | VFIO_USER_DMA_FILE_IO;
	struct dma_region_info info = {0};
	struct vfio_user_dma_map map;

	memcpy(&map, message->payload, sizeof(map));
	if (map.flags & ~known || message->fd_count > 1)
		return -EINVAL;
	info.addr = map.address;
	info.size = map.size;
	if (map.flags & VFIO_USER_DMA_READABLE)
		info.access |= DMA_CAN_READ;
	if (map.flags & VFIO_USER_DMA_WRITEABLE)
		info.access |= DMA_CAN_WRITE;
	info.fd = message->fd_count ? message->fds[0] : -1;
	info.file_io = (map.flags & VFIO_USER_DMA_FILE_IO) && !(map.flags & VFIO_USER_DMA_MMAP);
	info.offset = map.offset;
	return dma_map(device_dma(session->device), &info);
}

static int serve_dma_unmap(struct session *session, struct wire_message *message)
{
	struct vfio_user_dma_unmap unmap;
	int ret;

	memcpy(&unmap, message->payload, sizeof(unmap));
	if (unmap.flags)
		return -EINVAL;
	ret = dma_unmap(device_dma(session->device), unmap.address, unmap.size);
	if (ret == 0)
		set_reply(session, &unmap, sizeof(unmap));
	return ret;
}

static int serve_get_info(struct session *session, struct wire_message *message)
{
	struct vfio_user_device_info info;

	memcpy(&info, message->payload, sizeof(info));
	if (info.argsz < sizeof(info))
		return -EINVAL;
	info.argsz = sizeof(info);
	info.flags = VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI;
	info.num_regions = VFIO_PCI_NUM_REGIONS;
	info.num_irqs = NUM_IRQ_TYPES;
	set_reply(session, &info, sizeof(info));
	return 0;
}

static uint64_t region_size(uint32_t index)
{
	if (index == VFIO_PCI_CONFIG_REGION_INDEX)
		return DEVICE_CONFIG_SIZE;
	return index < DEVICE_BARS ? device_bar_size(index) : 0;
}

static int serve_get_region_info(struct session *session, struct wire_message *message)
{
	struct vfio_user_region_info info;

	memcpy(&info, message->payload, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.size = region_size(info.index);
	/* Never mappable: as soon as one region is, QEMU waits for every register write. */
	info.flags = info.size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
	info.cap_offset = 0;
	info.offset = 0;
	set_reply(session, &info, sizeof(info));
	return 0;
}

static uint32_t irq_count(const struct session *session, uint32_t index)
{
	if (index == VFIO_PCI_MSIX_IRQ_INDEX)
		return irqs_count(device_irqs(session->device));
	/* Accepted and never raised; QEMU warns when it is missing. */
	return index == VFIO_PCI_ERR_IRQ_INDEX ? 1 : 0;
}

static int serve_get_irq_info(struct session *session, struct wire_message *message)
{
	struct vfio_user_irq_info info;

	memcpy(&info, message->payload, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= NUM_IRQ_TYPES)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.count = irq_count(session, info.index);
	info.flags = info.count ? VFIO_IRQ_INFO_EVENTFD : 0;
	if (info.index == VFIO_PCI_MSIX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE;
	set_reply(session, &info, sizeof(info));
	return 0;
}

/* Eventfds for vectors; none at all takes those that are there away. */
static int assign_eventfds(struct irqs *irqs, const struct vfio_user_irq_set *set,
			   struct wire_message *message)
{
	int ret = 0;

	if (message->fd_count && message->fd_count != set->count)
		return -EINVAL;
	for (uint32_t i = 0; i < set->count && ret == 0; i++) {
		int fd = -1;

		if (message->fd_count) {
			fd = message->fds[i];
			message->fds[i] = -1;
		}
		ret = irqs_set_eventfd(irqs, set->start + i, fd);
	}
	return ret;
}

/* Triggers, masks or unmasks those vectors that data says, or all when there is none. */
static int act_on_vectors(struct irqs *irqs, const struct vfio_user_irq_set *set,
			  const uint8_t *data)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (data && !data[i])
			continue;
		if (set->flags & VFIO_IRQ_SET_ACTION_TRIGGER)
			irqs_raise(irqs, set->start + i);
		else
			irqs_mask(irqs, set->start + i, set->flags & VFIO_IRQ_SET_ACTION_MASK);
	}
	return 0;
}

static bool one_bit(uint32_t bits)
{
	return bits && !(bits & (bits - 1));
}

static int set_vectors(struct session *session, const struct vfio_user_irq_set *set,
		       struct wire_message *message)
{
	struct irqs *irqs = device_irqs(session->device);
	const uint32_t data = set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;

	if (data == VFIO_IRQ_SET_DATA_EVENTFD) {
		/* Being told of masking is for devices whose table the server keeps. */
		if (!(set->flags & VFIO_IRQ_SET_ACTION_TRIGGER))
			return -EINVAL;
		return assign_eventfds(irqs, set, message);
	}
	if (data == VFIO_IRQ_SET_DATA_BOOL) {
		if (message->size < sizeof(*set) + set->count)
			return -EINVAL;
		return act_on_vectors(irqs, set, message->payload + sizeof(*set));
	}
	if (set->count == 0 && set->start == 0 && (set->flags & VFIO_IRQ_SET_ACTION_TRIGGER)) {
		irqs_release(irqs);
		return 0;
	}
	return act_on_vectors(irqs, set, NULL);
}

static int serve_set_irqs(struct session *session, struct wire_message *message)
{
	const uint32_t known = VFIO_IRQ_SET_DATA_TYPE_MASK | VFIO_IRQ_SET_ACTION_TYPE_MASK;
	struct vfio_user_irq_set set;
	uint32_t count;

	memcpy(&set, message->payload, sizeof(set));
	if (set.flags & ~known || !one_bit(set.flags & VFIO_IRQ_SET_DATA_TYPE_MASK) ||
	    !one_bit(set.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) || set.index >= NUM_IRQ_TYPES)
		return -EINVAL;
	count = irq_count(session, set.index);
	if (set.start > count || set.count > count - set.start)
		return -EINVAL;
	if (set.index == VFIO_PCI_MSIX_IRQ_INDEX)
		return set_vectors(session, &set, message);
	/* The error interrupt's eventfd is not kept: the card never raises it. */
	return 0;
}

/* Reads or writes count bytes of region, which must lie in it. */
static int access_region(struct session *session, bool write,
			 const struct vfio_user_region_access *access, void *data)
{
	struct device *device = session->device;

	if (access->region == VFIO_PCI_CONFIG_REGION_INDEX)
		return write ? device_config_write(device, access->offset, data, access->count)
			     : device_config_read(device, access->offset, data, access->count);
	if (access->region >= DEVICE_BARS)
		return -EINVAL;
	return write ? device_bar_write(device, access->region, access->offset, data, access->count)
		     : device_bar_read(device, access->region, access->offset, data, access->count);
}

static int serve_region_read(struct session *session, struct wire_message *message)
{
	struct vfio_user_region_access access;
	int ret;

	memcpy(&access, message->payload, sizeof(access));
	if (access.count > REPLY_SIZE - sizeof(access) ||
	    access.count > session->client.max_data_xfer)
		return -EINVAL;
	ret = access_region(session, false, &access, session->reply + sizeof(access));
	if (ret)
		return ret;
	memcpy(session->reply, &access, sizeof(access));
	session->reply_size = sizeof(access) + access.count;
	return 0;
}

static int serve_region_write(struct session *session, struct wire_message *message)
{
	struct vfio_user_region_access access;
	int ret;

	memcpy(&access, message->payload, sizeof(access));
	if (access.count != message->size - sizeof(access))
		return -EINVAL;
	/* Only read from: access_region is told so. */
	ret = access_region(session, true, &access,
			    (void *)(uintptr_t)(message->payload + sizeof(access)));
	if (ret == 0)
		set_reply(session, &access, sizeof(access));
	return ret;
}

static int serve_write_multi(struct session *session, struct wire_message *message)
{
	const uint8_t *next = message->payload + sizeof(struct vfio_user_write_multi);
	struct vfio_user_write_multi multi;
	struct vfio_user_write_one one;
	int ret = 0;

	memcpy(&multi, message->payload, sizeof(multi));
	if (multi.count != (message->size - sizeof(multi)) / sizeof(one))
		return -EINVAL;
	for (uint64_t i = 0; i < multi.count && ret == 0; i++) {
		struct vfio_user_region_access access;

		memcpy(&one, next, sizeof(one));
		next += sizeof(one);
		access = (struct vfio_user_region_access){one.offset, one.region, one.count};
		ret = one.count > sizeof(one.data)
			  ? -EINVAL
			  : access_region(session, true, &access, one.data);
	}
	if (ret == 0)
		set_reply(session, &multi, sizeof(multi));
	return ret;
}

static int serve_reset(struct session *session, struct wire_message *message)
{
	(void)message;
	device_reset(session->device);
	return 0;
}

/* What we answer; min_size is that of the payload. */
static const struct {
	int (*serve)(struct session *session, struct wire_message *message);
	size_t min_size;
} commands[] = {
    [VFIO_USER_VERSION] = {serve_version, sizeof(struct vfio_user_version)},
    [VFIO_USER_DMA_MAP] = {serve_dma_map, sizeof(struct vfio_user_dma_map)},
    [VFIO_USER_DMA_UNMAP] = {serve_dma_unmap, sizeof(struct vfio_user_dma_unmap)},
    [VFIO_USER_DEVICE_GET_INFO] = {serve_get_info, sizeof(struct vfio_user_device_info)},
    [VFIO_USER_DEVICE_GET_REGION_INFO] = {serve_get_region_info,
					  sizeof(struct vfio_user_region_info)},
    [VFIO_USER_DEVICE_GET_IRQ_INFO] = {serve_get_irq_info, sizeof(struct vfio_user_irq_info)},
    [VFIO_USER_DEVICE_SET_IRQS] = {serve_set_irqs, sizeof(struct vfio_user_irq_set)},
    [VFIO_USER_REGION_READ] = {serve_region_read, sizeof(struct vfio_user_region_access)},
    [VFIO_USER_REGION_WRITE] = {serve_region_write, sizeof(struct vfio_user_region_access)},
    [VFIO_USER_REGION_WRITE_MULTI] = {serve_write_multi, sizeof(struct vfio_user_write_multi)},
    [VFIO_USER_DEVICE_RESET] = {serve_reset, 0},
};

static int serve_command(struct session *session, struct wire_message *message)
{
	const size_t count = sizeof(commands) / sizeof(commands[0]);
	unsigned int command = message->header.command;

	session->reply_size = 0;
	if (command >= count || !commands[command].serve)
		return -ENOTSUP;
	if (message->size < commands[command].min_size)
		return -EINVAL;
	return commands[command].serve(session, message);
}

static int send_reply(struct session *session, const struct vfio_user_header *command, int error)
{
	struct vfio_user_header header = {
	    .id = command->id,
	    .command = command->command,
	    .flags = VFIO_USER_TYPE_REPLY | (error ? VFIO_USER_ERROR : 0),
	    .error = (uint32_t)-error,
	};
	const struct iovec payload = {session->reply, session->reply_size};

	return wire_send(session->wire, &header, &payload, error ? 0 : 1);
}

/* The client's answer to request_dma; anything else that calls itself a reply is dropped. */
static void take_reply(struct session *session, const struct wire_message *message)
{
	const bool write = message->header.command == VFIO_USER_DMA_WRITE;
	const size_t fixed = sizeof(struct vfio_user_dma_access);
	int error = 0;

	if (!write && message->header.command != VFIO_USER_DMA_READ)
		return;
	if (message->header.flags & VFIO_USER_ERROR)
		error = message->header.error ? (int)(message->header.error & 0xfff) : EIO;
	else if (message->size < fixed && !write)
		error = EPROTO;
	dma_reply(device_dma(session->device), message->header.id, write, error,
		  error || write ? NULL : message->payload + fixed,
		  error || write ? 0 : message->size - fixed);
}

/* 0, or a negative errno: the session is over. */
static int serve_message(struct session *session, struct wire_message *message)
{
	const struct vfio_user_header *header = &message->header;
	const uint32_t type = header->flags & VFIO_USER_TYPE_MASK;
	const bool first = !session->versioned;
	int error;
	int ret;

	if (first && (type != VFIO_USER_TYPE_COMMAND || header->command != VFIO_USER_VERSION)) {
		session->complaint = "its first message is not VERSION";
		return -EPROTO;
	}
	if (type == VFIO_USER_TYPE_REPLY) {
		take_reply(session, message);
		return 0;
	}
	if (type != VFIO_USER_TYPE_COMMAND) {
		session->complaint = "a message is neither command nor reply";
		return -EPROTO;
	}
	error = serve_command(session, message);
	/* Before the reply, so that the client finds nothing of its own still held. */
	wire_close_fds(message);
	ret = header->flags & VFIO_USER_NO_REPLY ? 0 : send_reply(session, header, error);
	if (ret == -EPIPE || ret == -ECONNRESET)
		return -ECONNRESET;
	if (ret)
		session->complaint = "it does not take our replies";
	if (ret == 0 && first && error) {
		session->complaint = "no agreement on the protocol version";
		ret = -EPROTONOSUPPORT;
	}
	return ret;
}

int session_create(int fd, struct device *device, struct session **session)
{
	struct session *self = calloc(1, sizeof(*self));
	int ret;

	if (!self) {
		close(fd);
		return -ENOMEM;
	}
	ret = wire_create(fd, &self->wire);
	if (ret) {
		free(self);
		return ret;
	}
	self->device = device;
	self->complaint = "its messages cannot be understood";
	*session = self;
	return 0;
}

void session_destroy(struct session *session)
{
	if (!session)
		return;
	device_client_gone(session->device);
	wire_destroy(session->wire);
	free(session);
}

int session_fd(const struct session *session)
{
	return wire_fd(session->wire);
}

const char *session_complaint(const struct session *session)
{
	return session->complaint;
}

int session_serve(struct session *session)
{
	struct wire_message message;
	int ret = wire_fill(session->wire);

	if (ret <= 0)
		return ret;
	while ((ret = wire_next(session->wire, &message)) == 1) {
		ret = serve_message(session, &message);
		wire_close_fds(&message);
		if (ret)
			return ret;
	}
	return ret ? ret : 1;
}
