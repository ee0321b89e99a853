/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Throws sessions at pamsim that begin as a client's would and are then damaged:
 * messages cut, lengthened, repeated, reordered, with flipped bits and boundary
 * values, with descriptors that do not belong, with answers nobody asked for, and
 * rings full of noise.  Whatever comes, the server must go on, keep its card
 * consistent, and forget the client: a good client must still work afterwards, and
 * no descriptor may be left open.
 *
 * A fixed number of sessions (FUZZ_SESSIONS) from PAMCARD_SEED; the same seed
 * sends the same bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"
#include "tap.h"

#define SESSIONS     1200u
#define MAX_MESSAGES 40u
#define MAX_PAYLOAD  1024u
#define MAX_FDS      20u

/* A good client has its turn after so many sessions. */
#define CHECK_EVERY 250u

/* A message before it is damaged, and how it will be sent. */
struct fuzz_message {
	struct vfio_user_header header;
	uint8_t payload[MAX_PAYLOAD];
	size_t size;
	unsigned int fds;
};

static uint64_t boundary(struct tap *tap)
{
	static const uint64_t values[] = {
	    0,
	    1,
	    7,
	    8,
	    0xfff,
	    0x1000,
	    0x1001,
	    0x7fffffff,
	    0x80000000,
	    0xffffffff,
	    UINT64_C(0x100000000),
	    INT64_MAX,
	    UINT64_C(1) << 63,
	    UINT64_MAX - 0xfff,
	    UINT64_MAX,
	    HOST_BASE,
	    HOST_BASE + HOST_SIZE,
	};
	uint64_t value = values[tap_below(tap, sizeof(values) / sizeof(values[0]))];

	return tap_below(tap, 4) ? value : value + tap_below(tap, 64) - 32;
}

static void set_payload(struct fuzz_message *message, const void *data, size_t size)
{
	memcpy(message->payload, data, size);
	message->size = size;
}

static void make_version(struct fuzz_message *message)
{
	static const char json[] = "{\"capabilities\":{\"max_msg_fds\":16,\"pgsizes\":4096,"
				   "\"max_data_xfer_size\":1048576,\"write_multiple\":true}}";

	memset(message->payload, 0, sizeof(struct vfio_user_version));
	memcpy(message->payload + sizeof(struct vfio_user_version), json, sizeof(json));
	message->size = sizeof(struct vfio_user_version) + sizeof(json);
}

static void make_map(struct tap *tap, struct fuzz_message *message)
{
	uint64_t page = tap_below(tap, 8) * 0x10000;
	struct vfio_user_dma_map map = {.argsz = sizeof(map),
					.flags = (uint32_t)tap_below(tap, 16),
					.address = HOST_BASE + page,
					.size = (1 + tap_below(tap, 4)) * 0x10000};

	message->fds = (unsigned int)tap_below(tap, 3) ? 1 : 0;
	if (message->fds)
		map.offset = page;
	set_payload(message, &map, sizeof(map));
}

static void make_unmap(struct tap *tap, struct fuzz_message *message)
{
	struct vfio_user_dma_unmap unmap = {.argsz = sizeof(unmap),
					    .address = HOST_BASE + tap_below(tap, 8) * 0x10000,
					    .size = (1 + tap_below(tap, 4)) * 0x10000};

	set_payload(message, &unmap, sizeof(unmap));
}

static void make_irqs(struct tap *tap, struct fuzz_message *message)
{
	struct vfio_user_irq_set set = {.argsz = sizeof(set),
					.flags = 1u << tap_below(tap, 3) | 8u << tap_below(tap, 3),
					.index = tap_below(tap, 4) ? VFIO_PCI_MSIX_IRQ_INDEX
								   : (uint32_t)tap_below(tap, 6),
					.start = (uint32_t)tap_below(tap, 66),
					.count = (uint32_t)tap_below(tap, 17)};

	set_payload(message, &set, sizeof(set));
	message->size += tap_below(tap, 2) ? set.count : 0;
	if (set.flags & VFIO_IRQ_SET_DATA_EVENTFD)
		message->fds = set.count;
}

/* Where register and doorbell writes do the most. */
static uint64_t interesting_offset(struct tap *tap, uint32_t region)
{
	if (region == PAMC_BAR_DB)
		return tap_below(tap, 3) * PAMC_DB_STRIDE +
		       (tap_below(tap, 2) ? tap_below(tap, 4) * 4
					  : PAMC_DB_PUSH + tap_below(tap, 512) * 4);
	if (region == PAMC_BAR_REGS)
		return tap_below(tap, 20) ? tap_below(tap, 16) * 4 : PAMC_MSIX_PBA;
	return tap_below(tap, 0x150);
}

static void make_access(struct tap *tap, struct fuzz_message *message)
{
	static const uint32_t regions[] = {PAMC_BAR_REGS, PAMC_BAR_DB, PAMC_BAR_DB,
					   VFIO_PCI_CONFIG_REGION_INDEX};
	struct vfio_user_region_access access = {.region = regions[tap_below(tap, 4)],
						 .count = 1u << tap_below(tap, 4)};
	uint64_t value = tap_below(tap, 2) ? tap_below(tap, 40) : tap_random(tap);

	access.offset = interesting_offset(tap, access.region);
	if (tap_below(tap, 8) == 0)
		access.count = (uint32_t)tap_below(tap, 80);
	set_payload(message, &access, sizeof(access));
	if (message->header.command == VFIO_USER_REGION_READ)
		return;
	memset(message->payload + message->size, 0, access.count);
	memcpy(message->payload + message->size, &value,
	       access.count < sizeof(value) ? access.count : sizeof(value));
	message->size += access.count;
}

static void make_multi(struct tap *tap, struct fuzz_message *message)
{
	uint64_t count = tap_below(tap, 6);

	set_payload(message, &count, sizeof(count));
	for (uint64_t i = 0; i < count; i++) {
		struct vfio_user_write_one one = {.region = PAMC_BAR_DB, .count = 8};

		one.offset = interesting_offset(tap, one.region) & ~UINT64_C(7);
		tap_fill_random(tap, one.data, sizeof(one.data));
		memcpy(message->payload + message->size, &one, sizeof(one));
		message->size += sizeof(one);
	}
}

/* How a prepared session begins: card up, both rings handed over, so that noise gets into them. */
static const struct {
	uint16_t command;
	uint32_t region;
	uint32_t offset;
	uint32_t len;
	uint64_t value;
} preparation[] = {
    {VFIO_USER_VERSION, 0, 0, 0, 0},
    {VFIO_USER_DEVICE_RESET, 0, 0, 0, 0},
    {VFIO_USER_DMA_MAP, 0, 0, 0, 0},
    {VFIO_USER_DEVICE_SET_IRQS, 0, 0, 0, 0},
    {VFIO_USER_REGION_WRITE, VFIO_PCI_CONFIG_REGION_INDEX, 4, 2, 6},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, 8, DRIVER_ASQ},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_REGS, PAMC_REG_ACQ_BASE, 8, DRIVER_ACQ},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_REGS, PAMC_REG_CTRL, 4, PAMC_CTRL_EN_MASK},
    {VFIO_USER_REGION_READ, PAMC_BAR_REGS, PAMC_REG_STATUS, 4, 0},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_DB, PAMC_DB_SQ_TAIL, 4, 16},
    {VFIO_USER_REGION_READ, PAMC_BAR_REGS, PAMC_REG_STATUS, 4, 0},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_DB, PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD, 4,
     PAMC_DB_CQ_HEAD_ARM_MASK},
    {VFIO_USER_REGION_WRITE, PAMC_BAR_DB, PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL, 4, 16},
};

#define PREPARATION_STEPS (sizeof(preparation) / sizeof(preparation[0]))

static void make_preparation(struct tap *tap, struct fuzz_message *message, unsigned int step)
{
	struct vfio_user_region_access access = {.offset = preparation[step].offset,
						 .region = preparation[step].region,
						 .count = preparation[step].len};
	struct vfio_user_dma_map map = {.argsz = sizeof(map),
					.flags = VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE,
					.address = HOST_BASE,
					.size = HOST_SIZE};
	struct vfio_user_irq_set set = {.argsz = sizeof(set),
					.flags =
					    VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
					.index = VFIO_PCI_MSIX_IRQ_INDEX,
					.count = 16};

	message->header.command = preparation[step].command;
	switch (preparation[step].command) {
	case VFIO_USER_VERSION:
		make_version(message);
		break;
	case VFIO_USER_DMA_MAP:
		/* Now and then not shared: the server's requests are never answered here. */
		message->fds = tap_below(tap, 10) != 0;
		set_payload(message, &map, sizeof(map));
		break;
	case VFIO_USER_DEVICE_SET_IRQS:
		message->fds = set.count;
		set_payload(message, &set, sizeof(set));
		break;
	case VFIO_USER_REGION_READ:
	case VFIO_USER_REGION_WRITE:
		set_payload(message, &access, sizeof(access));
		if (preparation[step].command == VFIO_USER_REGION_READ)
			break;
		memcpy(message->payload + message->size, &preparation[step].value, access.count);
		message->size += access.count;
		break;
	}
}

/* Any message but VERSION, as a client would send it. */
static void make_any(struct tap *tap, struct fuzz_message *message)
{
	static const uint16_t commands[] = {
	    VFIO_USER_DMA_MAP,
	    VFIO_USER_DMA_UNMAP,
	    VFIO_USER_DEVICE_SET_IRQS,
	    VFIO_USER_REGION_READ,
	    VFIO_USER_REGION_WRITE,
	    VFIO_USER_REGION_WRITE,
	    VFIO_USER_REGION_WRITE,
	    VFIO_USER_REGION_WRITE_MULTI,
	    VFIO_USER_DEVICE_GET_INFO,
	    VFIO_USER_DEVICE_GET_REGION_INFO,
	    VFIO_USER_DEVICE_GET_IRQ_INFO,
	    VFIO_USER_DEVICE_RESET,
	};

	message->header.command = commands[tap_below(tap, sizeof(commands) / sizeof(commands[0]))];
	if (tap_below(tap, 4) == 0)
		message->header.flags = VFIO_USER_NO_REPLY;
	switch (message->header.command) {
	case VFIO_USER_DMA_MAP:
		make_map(tap, message);
		break;
	case VFIO_USER_DMA_UNMAP:
		make_unmap(tap, message);
		break;
	case VFIO_USER_DEVICE_SET_IRQS:
		make_irqs(tap, message);
		break;
	case VFIO_USER_REGION_READ:
	case VFIO_USER_REGION_WRITE:
		make_access(tap, message);
		break;
	case VFIO_USER_REGION_WRITE_MULTI:
		make_multi(tap, message);
		break;
	default:
		/* argsz and index of the information commands. */
		message->size = 32;
		message->payload[0] = 32;
		message->payload[8] = (uint8_t)tap_below(tap, 10);
	}
}

/* The undamaged message of this number in a session. */
static void make_message(struct tap *tap, struct fuzz_message *message, bool prepared,
			 unsigned int number)
{
	memset(message, 0, sizeof(*message));
	message->header.id = (uint16_t)number;
	if (number == 0 || (prepared && number < PREPARATION_STEPS))
		make_preparation(tap, message, number);
	else
		make_any(tap, message);
	message->header.size = (uint32_t)(sizeof(message->header) + message->size);
}

static void damage_bytes(struct tap *tap, struct fuzz_message *message)
{
	uint64_t value = boundary(tap);
	size_t width = (size_t)1 << tap_below(tap, 4);
	size_t at;

	if (message->size < width)
		return;
	at = tap_below(tap, message->size - width + 1) & ~(width - 1);
	if (tap_below(tap, 2))
		memcpy(message->payload + at, &value, width);
	else
		message->payload[at] ^= (uint8_t)(1u << tap_below(tap, 8));
}

static void damage_size(struct tap *tap, struct fuzz_message *message)
{
	switch (tap_below(tap, 4)) {
	case 0: /* shorter, and says so */
		message->size = tap_below(tap, message->size + 1);
		message->header.size = (uint32_t)(sizeof(message->header) + message->size);
		break;
	case 1: /* longer, and says so */
		message->size = tap_below(tap, MAX_PAYLOAD);
		message->header.size = (uint32_t)(sizeof(message->header) + message->size);
		break;
	case 2: /* says something else than it is */
		message->header.size = (uint32_t)boundary(tap);
		break;
	default: /* the rest never comes */
		message->size = tap_below(tap, message->size + 1);
	}
}

static void damage(struct tap *tap, struct fuzz_message *message)
{
	switch (tap_below(tap, 8)) {
	case 0:
		damage_size(tap, message);
		break;
	case 1:
		message->header.command = (uint16_t)tap_below(tap, 20);
		break;
	case 2:
		message->header.flags =
		    tap_below(tap, 2) ? VFIO_USER_TYPE_REPLY : (uint32_t)tap_random(tap) & 0x7f;
		break;
	case 3:
		message->fds = (unsigned int)tap_below(tap, MAX_FDS + 1);
		break;
	default:
		damage_bytes(tap, message);
		break;
	}
}

/* Descriptors of all sorts, the client's memory the most. */
struct fuzz_fds {
	int memory;
	int event;
	int pipes[2];
	int null;
};

static void pick_fds(struct tap *tap, const struct fuzz_fds *fds, bool events, int *to,
		     unsigned int count)
{
	const int others[] = {fds->memory, fds->event, fds->pipes[0], fds->pipes[1], fds->null};

	for (unsigned int i = 0; i < count; i++)
		to[i] = tap_below(tap, 8) == 0 ? others[tap_below(tap, 5)]
			: events               ? fds->event
					       : fds->memory;
}

static bool send_raw(struct tap *tap, int socket, const struct fuzz_fds *fds,
		     const struct fuzz_message *message)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(MAX_FDS * sizeof(int))];
	} control;
	struct iovec parts[2] = {{(void *)(uintptr_t)&message->header, sizeof(message->header)},
				 {(void *)(uintptr_t)message->payload, message->size}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};
	int picked[MAX_FDS];

	pick_fds(tap, fds, message->header.command == VFIO_USER_DEVICE_SET_IRQS, picked,
		 message->fds);
	if (message->fds) {
		struct cmsghdr *cmsg;

		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(message->fds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(message->fds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), picked, message->fds * sizeof(int));
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) > 0;
}

/*
 * Takes what the server sends, whatever it is, until nothing comes for us
 * microseconds; false when it has closed the connection.
 */
static bool drain(int socket, long us)
{
	const struct timespec patience = {us / 1000000, us % 1000000 * 1000};
	struct pollfd ready = {.fd = socket, .events = POLLIN};
	uint8_t buffer[65536];

	while (ppoll(&ready, 1, &patience, NULL) == 1)
		if (recv(socket, buffer, sizeof(buffer), 0) <= 0)
			return false;
	return true;
}

static void fill_admin(struct tap *tap, struct pamc_admin_sqe *sqe, unsigned int place)
{
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = (uint8_t)(0x80 + tap_below(tap, 18));
	if (place < 2 && tap_below(tap, 8))
		sqe->opcode = place ? PAMC_ADMIN_POOL_CREATE : PAMC_ADMIN_QP_CREATE;
	sqe->cid = (uint16_t)place;
	sqe->id = place ? (uint32_t)tap_below(tap, 3) : 1;
	sqe->addr = tap_below(tap, 4) ? DRIVER_DATA + tap_below(tap, 64) * 8 : boundary(tap);
	sqe->length = (uint32_t)tap_below(tap, 8192);
	if (sqe->opcode == PAMC_ADMIN_POOL_CREATE && tap_below(tap, 4)) {
		sqe->addr = HOST_BASE + 0x4000;
		sqe->length = sizeof(struct pamc_pool_info);
	}
	if (sqe->opcode != PAMC_ADMIN_QP_CREATE)
		return;
	sqe->p.qp_create.sq_base = DRIVER_SQ;
	sqe->p.qp_create.cq_base = DRIVER_CQ;
	sqe->p.qp_create.sq_shift = DRIVER_SHIFT;
	sqe->p.qp_create.cq_shift = DRIVER_SHIFT;
	sqe->p.qp_create.vector = (uint16_t)tap_below(tap, 17);
	sqe->p.qp_create.flags = PAMC_QP_IRQ;
}

static void fill_io(struct tap *tap, struct pamc_sqe *sqe, unsigned int place)
{
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = (uint8_t)tap_below(tap, 8);
	sqe->flags = (uint8_t)tap_below(tap, 4);
	sqe->cid = (uint16_t)place;
	sqe->pool = 1 + (uint32_t)tap_below(tap, 3);
	sqe->index = tap_below(tap, 4);
	sqe->addr = tap_below(tap, 4) ? HOST_BASE + tap_below(tap, 0x80) * 0x1000 : boundary(tap);
}

/* Rings of plausible entries, with some that are noise, and a pool for POOL_CREATE. */
static void fill_rings(struct tap *tap, uint8_t *memory)
{
	struct pamc_pool_info pool = {.type = (uint8_t)tap_below(tap, 2),
				      .order = (uint8_t)tap_below(tap, 5)};

	tap_fill_random(tap, memory, 0x20000);
	memcpy(memory + 0x4000, &pool, sizeof(pool));
	for (unsigned int i = 0; i < 16; i++) {
		if (tap_below(tap, 8) == 0)
			continue;
		fill_admin(tap, (struct pamc_admin_sqe *)(memory + i * 64), i);
		fill_io(tap, (struct pamc_sqe *)(memory + 0x2000 + i * 64), i);
	}
}

static bool fuzz_session(struct tap *tap, const struct sim *sim, const struct fuzz_fds *fds,
			 uint8_t *memory)
{
	const bool prepared = tap_below(tap, 2);
	unsigned int count = 1 + (unsigned int)tap_below(tap, MAX_MESSAGES);
	struct fuzz_message message;
	int socket = sim_connect(sim->socket);
	bool open = socket >= 0;

	if (!open)
		return false;
	fill_rings(tap, memory);
	for (unsigned int i = 0; i < count && open; i++) {
		/* At times without the handshake. */
		make_message(tap, &message, prepared, i + (tap_below(tap, 100) == 0));
		if (tap_below(tap, i < PREPARATION_STEPS ? 60 : 5) == 0)
			damage(tap, &message);
		open = send_raw(tap, socket, fds, &message);
		/* At times again, the very same. */
		if (open && tap_below(tap, 20) == 0)
			open = send_raw(tap, socket, fds, &message);
		/* A reply awaited gives the card time. */
		if (message.header.command == VFIO_USER_REGION_READ || tap_below(tap, 3) == 0)
			open = open && drain(socket, 200);
	}
	/* Every message is to be looked at before the connection goes. */
	shutdown(socket, SHUT_WR);
	if (drain(socket, 10000000))
		printf("# the server does not notice that the client is done\n");
	close(socket);
	return true;
}

/* A client as it should be: card up, a page put and got back. */
static bool good_client(struct tap *tap, const struct sim *sim)
{
	struct client client;
	struct driver driver;
	char answer[512];
	uint8_t *put;

	TAP_CHECK(client_open(&client, sim), "handshake");
	TAP_EQUAL(client_call(&client, VFIO_USER_DEVICE_RESET, NULL, 0, NULL, 0, NULL, 0), 0);
	TAP_EQUAL(client_share(&client), 0);
	TAP_CHECK(driver_up(&driver, &client), "not ready");
	TAP_CHECK(driver_make_queue(&driver, 0), "queue pair");
	TAP_CHECK(sim_control(sim, "check", answer, sizeof(answer)), "no answer");
	TAP_CHECK(strcmp(answer, "ok\n") == 0, "%s", answer);
	TAP_CHECK(sim_control(sim, "power-cycle", answer, sizeof(answer)), "no answer");
	TAP_CHECK(driver_up(&driver, &client), "not ready");
	TAP_CHECK(driver_make_queue(&driver, 0), "queue pair");
	TAP_CHECK(driver_make_pool(&driver), "pool");
	put = driver_at(&driver, DRIVER_DATA);
	tap_fill_random(tap, put, 4096);
	TAP_EQUAL(driver_page(&driver, PAMC_OP_PUT, 5, DRIVER_DATA), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(driver_page(&driver, PAMC_OP_GET, 5, DRIVER_DATA + 0x1000), PAMC_STATUS_SUCCESS);
	TAP_CHECK(memcmp(put, put + 0x1000, 4096) == 0, "another page");
	client_close(&client);
	return true;
}

/* The server notices a closed connection a moment later. */
static bool descriptors_settle(const struct sim *sim, int want)
{
	for (int i = 0; i < 200; i++) {
		if (sim_descriptors(sim) == want)
			return true;
		usleep(10000);
	}
	printf("# %d descriptors are open, %d at the start\n", sim_descriptors(sim), want);
	return false;
}

TAP_CASE(sessions)
{
	const char *wanted = getenv("FUZZ_SESSIONS");
	unsigned long count = wanted ? strtoul(wanted, NULL, 0) : SESSIONS;
	struct fuzz_fds fds = {.event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
			       .null = open("/dev/null", O_RDWR | O_CLOEXEC)};
	struct client memory;
	struct sim sim;
	int before;

	TAP_CHECK(sim_start(&sim, NULL), "no server");
	TAP_CHECK(pipe2(fds.pipes, O_CLOEXEC) == 0, "pipe");
	TAP_CHECK(client_attach(&memory, dup(fds.null)), "memory");
	fds.memory = memory.memory_fd;
	before = sim_descriptors_at_rest(&sim);
	for (unsigned long i = 0; i < count; i++) {
		TAP_CHECK(fuzz_session(tap, &sim, &fds, memory.memory) && sim_alive(&sim),
			  "the server has gone in session %lu", i);
		if (i % CHECK_EVERY == CHECK_EVERY - 1 || i == count - 1)
			TAP_CHECK(good_client(tap, &sim), "after session %lu", i);
	}
	TAP_CHECK(descriptors_settle(&sim, before), "descriptors are left open");
	client_close(&memory);
	TAP_CHECK(sim_stop(&sim), "server");
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "damaged sessions harm nobody else", sessions);
	return tap_done(&tap);
}
