/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vfio-user protocol on the wire: what its server (pamsim), its client
 * (libpamdev's vfio-user: transport) and their tests share.
 *
 * Written from the specification, QEMU's docs/interop/vfio-user.  Constants that
 * the specification takes over from VFIO (region and interrupt flags, the
 * indices of a PCI device's regions) come from <linux/vfio.h>.
 *
 * Everything is in host byte order.  A message is a struct vfio_user_header and
 * the structure of its command; file descriptors travel beside it as SCM_RIGHTS.
 */
#ifndef VFIO_USER_H
#define VFIO_USER_H

#include <assert.h>
#include <stdint.h>

#include <linux/vfio.h>

#define VFIO_USER_MAJOR 0
#define VFIO_USER_MINOR 0

enum vfio_user_command {
	VFIO_USER_VERSION = 1,
	VFIO_USER_DMA_MAP = 2,
	VFIO_USER_DMA_UNMAP = 3,
	VFIO_USER_DEVICE_GET_INFO = 4,
	VFIO_USER_DEVICE_GET_REGION_INFO = 5,
	VFIO_USER_DEVICE_GET_REGION_IO_FDS = 6,
	VFIO_USER_DEVICE_GET_IRQ_INFO = 7,
	VFIO_USER_DEVICE_SET_IRQS = 8,
	VFIO_USER_REGION_READ = 9,
	VFIO_USER_REGION_WRITE = 10,
	VFIO_USER_DMA_READ = 11,  /* server to client */
	VFIO_USER_DMA_WRITE = 12, /* server to client */
	VFIO_USER_DEVICE_RESET = 13,
	/* 14 was DIRTY_PAGES in drafts */
	VFIO_USER_REGION_WRITE_MULTI = 15,
	VFIO_USER_DEVICE_FEATURE = 16,
	VFIO_USER_MIG_DATA_READ = 17,
	VFIO_USER_MIG_DATA_WRITE = 18,
};

/* struct vfio_user_header.flags */
#define VFIO_USER_TYPE_MASK    0xfu
#define VFIO_USER_TYPE_COMMAND 0x0u
#define VFIO_USER_TYPE_REPLY   0x1u
#define VFIO_USER_NO_REPLY     0x10u
#define VFIO_USER_ERROR        0x20u

/* What a peer may do that named no figure of its own (capabilities of VERSION). */
#define VFIO_USER_DEFAULT_MSG_FDS   1u
#define VFIO_USER_DEFAULT_DATA_XFER (1024u * 1024u)
#define VFIO_USER_DEFAULT_DMA_MAPS  65535u
#define VFIO_USER_DEFAULT_PGSIZES   4096u

struct vfio_user_header {
	uint16_t id;      /* the sender's; echoed in the reply, need not be unique */
	uint16_t command; /* enum vfio_user_command */
	uint32_t size;    /* bytes of the whole message, this header included */
	uint32_t flags;
	uint32_t error; /* an errno, in replies with VFIO_USER_ERROR; these have no payload */
};
static_assert(sizeof(struct vfio_user_header) == 16, "vfio-user header");

/* VERSION, both ways; NUL-terminated JSON follows. */
struct vfio_user_version {
	uint16_t major;
	uint16_t minor;
};
static_assert(sizeof(struct vfio_user_version) == 4, "vfio-user VERSION");

/* struct vfio_user_dma_map.flags */
#define VFIO_USER_DMA_READABLE  0x1u
#define VFIO_USER_DMA_WRITEABLE 0x2u
/* How the file descriptor that came along may be used; neither bit means mmap. */
#define VFIO_USER_DMA_MMAP    0x4u
#define VFIO_USER_DMA_FILE_IO 0x8u

/* DMA_MAP; at most one file descriptor along. The reply has no payload. */
struct vfio_user_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset; /* in the file */
	uint64_t address;
	uint64_t size;
};
static_assert(sizeof(struct vfio_user_dma_map) == 32, "vfio-user DMA_MAP");

/* DMA_UNMAP, and its reply. */
struct vfio_user_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t address;
	uint64_t size;
};
static_assert(sizeof(struct vfio_user_dma_unmap) == 24, "vfio-user DMA_UNMAP");

/* DEVICE_GET_INFO, and its reply; flags are VFIO_DEVICE_FLAGS_*. */
struct vfio_user_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
};
static_assert(sizeof(struct vfio_user_device_info) == 16, "vfio-user GET_INFO");

/* DEVICE_GET_REGION_INFO, and its reply; flags are VFIO_REGION_INFO_FLAG_*. */
struct vfio_user_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
};
static_assert(sizeof(struct vfio_user_region_info) == 32, "vfio-user GET_REGION_INFO");

/* DEVICE_GET_IRQ_INFO, and its reply; flags are VFIO_IRQ_INFO_*. */
struct vfio_user_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};
static_assert(sizeof(struct vfio_user_irq_info) == 16, "vfio-user GET_IRQ_INFO");

/*
 * DEVICE_SET_IRQS; flags are VFIO_IRQ_SET_*.  Boolean data follows, or eventfds
 * come along. The reply has no payload.
 */
struct vfio_user_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
};
static_assert(sizeof(struct vfio_user_irq_set) == 20, "vfio-user SET_IRQS");

/* REGION_READ and REGION_WRITE, and their replies; count bytes of data follow. */
struct vfio_user_region_access {
	uint64_t offset;
	uint32_t region; /* VFIO_PCI_*_REGION_INDEX */
	uint32_t count;
};
static_assert(sizeof(struct vfio_user_region_access) == 16, "vfio-user REGION_READ");

/* DMA_READ and DMA_WRITE, and their replies; count bytes of data follow. */
struct vfio_user_dma_access {
	uint64_t address;
	uint64_t count;
};
static_assert(sizeof(struct vfio_user_dma_access) == 16, "vfio-user DMA_READ");

/* REGION_WRITE_MULTI: the number of writes, then so many of these. The reply is the number. */
struct vfio_user_write_multi {
	uint64_t count;
};
struct vfio_user_write_one {
	uint64_t offset;
	uint32_t region;
	uint32_t count; /* 1 ... 8 */
	uint8_t data[8];
};
static_assert(sizeof(struct vfio_user_write_one) == 24, "vfio-user REGION_WRITE_MULTI");

#endif /* VFIO_USER_H */
