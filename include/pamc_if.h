/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The card interface: registers, doorbells, queue entries, log pages.
 *
 * GENERATED from spec/card.toml by tools/ifgen; do not edit. "make generate"
 * renews it and "make test" fails when it is stale. docs/interface.md is the
 * same in prose.
 *
 * All multi-byte values are little-endian. Fields are declared as __leNN: in
 * the kernel sparse checks their use; elsewhere they are plain integers and
 * the host must be little-endian.
 */
#ifndef PAMC_IF_H
#define PAMC_IF_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#define PAMC_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size))
typedef __le16 pamc_le16;
typedef __le32 pamc_le32;
typedef __le64 pamc_le64;
#else
#include <stdint.h>
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "pamc_if.h: only little-endian hosts are supported outside the kernel"
#endif
#ifdef __cplusplus
#define PAMC_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size), #type)
#else
#define PAMC_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#endif
typedef uint16_t pamc_le16;
typedef uint32_t pamc_le32;
typedef uint64_t pamc_le64;
#endif

/*
 * PCI vendor id. Unassigned by PCI-SIG; boards that are sold use their maker's
 * own.
 */
#define PAMC_PCI_VENDOR			0x1234u
/* PCI device id ('PA'). */
#define PAMC_PCI_DEVICE			0x5041u
/* PCI class code: memory controller, other. */
#define PAMC_PCI_CLASS			0x58000u
/* Content of the MAGIC register: 'PAMC' in memory order. */
#define PAMC_MAGIC			0x434d4150u
/* BAR of the registers, 64-bit, 16 KiB; also holds the MSI-X table and PBA. */
#define PAMC_BAR_REGS			0u
/* Size of the register BAR. */
#define PAMC_BAR_REGS_SIZE		0x4000u
/* BAR of the doorbells, 64-bit: one page of DB_STRIDE bytes per queue pair. */
#define PAMC_BAR_DB			2u
/* Size of the doorbell BAR: MAX_QP pages. */
#define PAMC_BAR_DB_SIZE		0x40000u
/* Offset of the MSI-X table in the register BAR. */
#define PAMC_MSIX_TABLE			0x2000u
/* Offset of the MSI-X pending bit array in the register BAR. */
#define PAMC_MSIX_PBA			0x3000u
/* Most MSI-X vectors a card has. */
#define PAMC_MAX_VECTORS		0x40u
/* Most queue pairs a card has, the admin queue pair 0 included. */
#define PAMC_MAX_QP			0x40u
/* log2 of the fewest entries of a ring. */
#define PAMC_MIN_QUEUE_SHIFT		4u
/* log2 of the most entries of a ring. */
#define PAMC_MAX_QUEUE_SHIFT		0xcu
/* log2 of a block: the unit of page lists, of alignment and of compression. */
#define PAMC_BLOCK_SHIFT		0xcu
/* A block in bytes. */
#define PAMC_BLOCK_SIZE			0x1000u
/* Largest page: BLOCK_SIZE << MAX_PAGE_ORDER (64 KiB). */
#define PAMC_MAX_PAGE_ORDER		4u
/* Most blocks of a page. */
#define PAMC_MAX_PAGE_BLOCKS		0x10u
/* Distance of two queue pairs' doorbell pages. */
#define PAMC_DB_STRIDE			0x1000u
/* Push slots of a doorbell page; slot = entry index mod PUSH_SLOTS. */
#define PAMC_PUSH_SLOTS			0x20u
/* Bytes of a submission entry that push_crc covers, from offset 0. */
#define PAMC_PUSH_CRC_BYTES		0x3cu
/* Bytes of a pool's name, NUL-padded. */
#define PAMC_POOL_NAME_LEN		0x20u
/* Most bytes an admin command transfers, one contiguous buffer. */
#define PAMC_MAX_ADMIN_DATA		0x10000u
/* Most ASYNC_EVENT commands that may be outstanding. */
#define PAMC_MAX_AEN			4u
/*
 * Buckets of a latency histogram. Bucket of v ns: v below 4, else 4*(k-1) + ((v
 * >> (k-2)) & 3) with k = floor(log2 v); the last bucket takes all longer ones.
 */
#define PAMC_HIST_BUCKETS		0x80u
/* Domain of the host itself; the driver's queues and pools. */
#define PAMC_DOMAIN_HOST		0u
/* Wildcard for a pool id or queue id where a command allows it. */
#define PAMC_ALL			0xffffffffu
#define PAMC_VERSION_MAJOR		1u
#define PAMC_VERSION_MINOR		0u

/* Field access: PAMC_GET(PAMC_CAP_QPS, cap), PAMC_PREP(PAMC_CTRL_EN, 1). */
#define PAMC_GET(field, value) (((value) & field##_MASK) >> field##_SHIFT)
#define PAMC_PREP(field, value) ((((field##_MASK) * 0) + (value)) << field##_SHIFT & field##_MASK)

/* Registers: byte offsets in PAMC_BAR_REGS. */

/*
 * Constant MAGIC; anything else (all-ones above all) means that the card is not
 * there. [32 bits, ro]
 */
#define PAMC_REG_MAGIC			0x0u
#define PAMC_REG_MAGIC_RESET		0x434d4150u

/*
 * Version of this interface. A driver refuses another major and accepts any
 * minor. [32 bits, ro]
 */
#define PAMC_REG_VERSION		0x4u
#define PAMC_REG_VERSION_RESET		0x10000u
/* Compatible additions. */
#define PAMC_VERSION_MINOR_SHIFT	0
#define PAMC_VERSION_MINOR_MASK		0xffffu
/* Incompatible changes. */
#define PAMC_VERSION_MAJOR_SHIFT	16
#define PAMC_VERSION_MAJOR_MASK		0xffff0000u

/* What the card can do; constant while it is powered. [64 bits, ro] */
#define PAMC_REG_CAP			0x8u
#define PAMC_REG_CAP_RESET		0x1403fc4040ull
/* Queue pairs, admin included (2..MAX_QP). */
#define PAMC_CAP_QPS_SHIFT		0
#define PAMC_CAP_QPS_MASK		0xffull
/* MSI-X vectors (1..MAX_VECTORS). */
#define PAMC_CAP_VECTORS_SHIFT		8
#define PAMC_CAP_VECTORS_MASK		0xff00ull
/* log2 of the most ring entries. */
#define PAMC_CAP_MQS_SHIFT		16
#define PAMC_CAP_MQS_MASK		0xf0000ull
/* Bit n set: pages of BLOCK_SIZE << n are supported. */
#define PAMC_CAP_PAGE_ORDERS_SHIFT	20
#define PAMC_CAP_PAGE_ORDERS_MASK	0x1f00000ull
/* Push submission is supported. */
#define PAMC_CAP_PUSH_SHIFT		25
#define PAMC_CAP_PUSH_MASK		0x2000000ull
/* A flash tier is present. */
#define PAMC_CAP_FLASH_SHIFT		26
#define PAMC_CAP_FLASH_MASK		0x4000000ull
/* Durable pools are supported. */
#define PAMC_CAP_DURABLE_SHIFT		27
#define PAMC_CAP_DURABLE_MASK		0x8000000ull
/*
 * Longest time for a change of CTRL.EN or CTRL.SHUTDOWN to show in STATUS, in
 * units of 500 ms. With a flash tier it is 0xff: after a power cycle every
 * record is found in flash again before hosts see the card ready.
 */
#define PAMC_CAP_TIMEOUT_SHIFT		32
#define PAMC_CAP_TIMEOUT_MASK		0xff00000000ull

/*
 * Control. EN 1 to 0 is the controller reset: every queue pair, the admin one
 * included, is dropped with its commands; pools and their pages stay. [32 bits,
 * rw]
 */
#define PAMC_REG_CTRL			0x10u
#define PAMC_REG_CTRL_RESET		0u
/* Enable. Set it after AQ_ATTR, ASQ_BASE and ACQ_BASE. */
#define PAMC_CTRL_EN_SHIFT		0
#define PAMC_CTRL_EN_MASK		1u
/*
 * The host is going to power off: finish, flush durable pools, then report
 * STATUS.SHUTDOWN.
 */
#define PAMC_CTRL_SHUTDOWN_SHIFT	1
#define PAMC_CTRL_SHUTDOWN_MASK		2u

/* State of the controller. [32 bits, ro] */
#define PAMC_REG_STATUS			0x14u
#define PAMC_REG_STATUS_RESET		0u
/* Follows CTRL.EN: 1 when queues are served, 0 when a reset is complete. */
#define PAMC_STATUS_READY_SHIFT		0
#define PAMC_STATUS_READY_MASK		1u
/* The controller stopped; CAUSE says why. A controller reset clears it. */
#define PAMC_STATUS_FATAL_SHIFT		1
#define PAMC_STATUS_FATAL_MASK		2u
/* Shutdown processing is complete. */
#define PAMC_STATUS_SHUTDOWN_SHIFT	2
#define PAMC_STATUS_SHUTDOWN_MASK	4u
/* Why FATAL is set. */
#define PAMC_STATUS_CAUSE_SHIFT		8
#define PAMC_STATUS_CAUSE_MASK		0xff00u

/*
 * Never zero. Changes whenever pools were lost (power cycle, failed DRAM), and
 * only then: a driver compares it before it declares a recovery. [64 bits, ro]
 */
#define PAMC_REG_BOOT_EPOCH		0x18u
#define PAMC_REG_BOOT_EPOCH_RESET	0x0ull

/*
 * Controller resets and function-level resets since the boot epoch began. [32
 * bits, ro]
 */
#define PAMC_REG_RESETS			0x20u
#define PAMC_REG_RESETS_RESET		0u

/* Admin queue pair; writable while CTRL.EN is 0. [32 bits, rw] */
#define PAMC_REG_AQ_ATTR		0x24u
#define PAMC_REG_AQ_ATTR_RESET		0x44u
/* log2 of the submission ring's entries. */
#define PAMC_AQ_ATTR_SQ_SHIFT_SHIFT	0
#define PAMC_AQ_ATTR_SQ_SHIFT_MASK	0xfu
/* log2 of the completion ring's entries. */
#define PAMC_AQ_ATTR_CQ_SHIFT_SHIFT	4
#define PAMC_AQ_ATTR_CQ_SHIFT_MASK	0xf0u

/*
 * Bus address of the admin submission ring, 4 KiB aligned; writable while
 * CTRL.EN is 0. [64 bits, rw]
 */
#define PAMC_REG_ASQ_BASE		0x28u
#define PAMC_REG_ASQ_BASE_RESET		0x0ull

/*
 * Bus address of the admin completion ring, 4 KiB aligned; writable while
 * CTRL.EN is 0. The admin completions use vector 0. [64 bits, rw]
 */
#define PAMC_REG_ACQ_BASE		0x30u
#define PAMC_REG_ACQ_BASE_RESET		0x0ull

/*
 * No effect; a probe writes and reads it to prove the path to the card. [32
 * bits, rw]
 */
#define PAMC_REG_SCRATCH		0x38u
#define PAMC_REG_SCRATCH_RESET		0u

/*
 * Doorbell writes that were ignored because they made no sense (queue that does
 * not exist, tail past the ring, head past what was posted). [32 bits, ro]
 */
#define PAMC_REG_BAD_DOORBELL		0x3cu
#define PAMC_REG_BAD_DOORBELL_RESET	0u

/* Doorbells: byte offsets in a queue pair's page of PAMC_BAR_DB. */

/*
 * Index after the last valid entry of the submission ring. Indices run freely
 * over 16 bits; the ring slot is index mod entries, so all entries are usable.
 * A value more than 'entries' past the head is ignored and counted; one between
 * head and tail changes nothing.
 */
#define PAMC_DB_SQ_TAIL			0x0u
/* New tail. */
#define PAMC_DB_SQ_TAIL_INDEX_SHIFT	0
#define PAMC_DB_SQ_TAIL_INDEX_MASK	0xffffu

/*
 * Consumer index of the completion ring, free-running like SQ_TAIL, and in the
 * same write the interrupt re-arm. A completion queue raises at most one
 * interrupt per arm: at once if entries beyond INDEX are already posted
 * (coalescing allowing), else when one is. It is not armed when created;
 * writing INDEX without ARM leaves it as it is.
 */
#define PAMC_DB_CQ_HEAD			0x8u
/* New head. */
#define PAMC_DB_CQ_HEAD_INDEX_SHIFT	0
#define PAMC_DB_CQ_HEAD_INDEX_MASK	0xffffu
/* 1: raise an interrupt for the next completion. */
#define PAMC_DB_CQ_HEAD_ARM_SHIFT	31
#define PAMC_DB_CQ_HEAD_ARM_MASK	0x80000000u

/*
 * Push slots, write only. Writing the 64-byte entry whose sq_index is the
 * current tail submits it, as if the entry were in the ring and the tail
 * advanced by one. The host writes every entry into the ring first in any case;
 * the push is the doorbell and saves the fetch. A slot is taken when its
 * push_crc is right and its sq_index is the tail; so it may be written in any
 * order, in pieces of 4 bytes or more, and torn or late lines harm nothing. A
 * slot may be used for its next entry (PUSH_SLOTS further) once a completion's
 * sq_head has passed the last. A later SQ_TAIL write past that index makes the
 * card fetch the ring's copy and forget the slot.
 */
#define PAMC_DB_PUSH			0x800u

/* STATUS.CAUSE. */
enum pamc_fatal {
	/* Not fatal. */
	PAMC_FATAL_NONE = 0x0,
	/* AQ_ATTR, ASQ_BASE or ACQ_BASE make no sense. */
	PAMC_FATAL_BAD_ADMIN_QUEUE = 0x1,
	/* The admin queue could not be read or written. */
	PAMC_FATAL_ADMIN_DMA = 0x2,
	/* The card found itself inconsistent. */
	PAMC_FATAL_INTERNAL = 0x3,
	/*
	 * No firmware image would start, or would work: the boot loader goes on
	 * trying. A reset clears it once there is firmware that works.
	 */
	PAMC_FATAL_FIRMWARE = 0x4,
};

/* Opcodes of I/O queue pairs. */
enum pamc_op {
	/* Completes with SUCCESS. */
	PAMC_OP_NOP = 0x0,
	/*
	 * Store the page at addr under the handle, replacing what it held.
	 * Fails: the handle is absent.
	 */
	PAMC_OP_PUT = 0x1,
	/*
	 * Write the handle's page to addr; with F_EXCLUSIVE also flush it.
	 * After any other status than SUCCESS what is at addr is undefined.
	 */
	PAMC_OP_GET = 0x2,
	/*
	 * Forget the handle's page. SUCCESS also when there was none; info =
	 * pages flushed.
	 */
	PAMC_OP_FLUSH_PAGE = 0x3,
	/*
	 * Forget every page of the object. info = pages flushed, saturating;
	 * ordered after earlier commands of its queue.
	 */
	PAMC_OP_FLUSH_OBJECT = 0x4,
	/*
	 * Completes when every earlier completed put and flush of the pool is
	 * as safe as the pool's type promises.
	 */
	PAMC_OP_SYNC = 0x5,
	/*
	 * Is the handle present? SUCCESS or MISS; transfers nothing; result and
	 * info as for GET.
	 */
	PAMC_OP_QUERY = 0x6,
};

/* Opcodes of the admin queue pair. */
enum pamc_admin {
	/* Write struct identify to addr. */
	PAMC_ADMIN_IDENTIFY = 0x80,
	/* Create I/O queue pair id: p.qp_create. */
	PAMC_ADMIN_QP_CREATE = 0x81,
	/*
	 * Delete queue pair id; its commands complete as ABORTED or not at all,
	 * and none touches host memory after this completes. What they had done
	 * by then stays done.
	 */
	PAMC_ADMIN_QP_DELETE = 0x82,
	/*
	 * Create a pool from the struct pool_info at addr (type, order, flags,
	 * domain, reserve, limit, name, owner); result = the new pool id.
	 */
	PAMC_ADMIN_POOL_CREATE = 0x83,
	/* Forget and scrub every page of pool id, and the pool. */
	PAMC_ADMIN_POOL_DESTROY = 0x84,
	/* Forget every page of pool id. */
	PAMC_ADMIN_POOL_FLUSH = 0x85,
	/*
	 * Write struct pool_info of the pools with ids >= id to addr, in rising
	 * order, as many as length holds; result = how many were written, info
	 * = how many pools there are with ids >= id.
	 */
	PAMC_ADMIN_POOL_LIST = 0x86,
	/* Change pool id: p.pool_set. */
	PAMC_ADMIN_POOL_SET = 0x87,
	/*
	 * Read feature id (of queue pair p.feature.qid); result and info =
	 * value.
	 */
	PAMC_ADMIN_FEATURE_GET = 0x88,
	/* Set feature id to p.feature.value. */
	PAMC_ADMIN_FEATURE_SET = 0x89,
	/*
	 * Write log page id, from byte p.log.offset, at most length bytes, to
	 * addr; result = bytes written, 0 beyond its end.
	 */
	PAMC_ADMIN_LOG = 0x8a,
	/*
	 * Completes when something happens (enum event); result = event, info =
	 * log page to read or pool id.
	 */
	PAMC_ADMIN_ASYNC_EVENT = 0x8b,
	/*
	 * Abort command p.abort.cid of queue pair id. SUCCESS: that command
	 * completes or has completed, at the latest with this one; NOT_FOUND:
	 * it is not there. A command that has taken effect completes with its
	 * own status.
	 */
	PAMC_ADMIN_ABORT = 0x8c,
	/*
	 * Take length bytes at addr as part of a firmware image, from byte
	 * p.fw.offset. Offset 0 begins anew, with no fewer than the 128 bytes
	 * of the image's header; others go on where the last piece ended.
	 * BAD_FIRMWARE: info = enum fw_fault. After any error it begins anew.
	 * The image goes to a slot that does not run, which loses what it had;
	 * what arrived stays over a controller reset, not over a power loss.
	 */
	PAMC_ADMIN_FW_DOWNLOAD = 0x8d,
	/*
	 * Check the downloaded image, or the one that slot p.fw.slot has, and
	 * start it as p.fw.action says; result = its slot. BAD_FIRMWARE: info =
	 * enum fw_fault, and what runs is the same now and later.
	 */
	PAMC_ADMIN_FW_ACTIVATE = 0x8e,
	/*
	 * Start self-test id (1 short, 2 extended, 15 abort); its log page has
	 * the outcome.
	 */
	PAMC_ADMIN_SELF_TEST = 0x8f,
	/*
	 * Destroy all pools and overwrite all media; its log page has the
	 * progress.
	 */
	PAMC_ADMIN_SANITIZE = 0x90,
};

/* Status codes of completions. */
enum pamc_status {
	/* Done. */
	PAMC_STATUS_SUCCESS = 0x0,
	/* The handle is absent. */
	PAMC_STATUS_MISS = 0x1,
	/* A put was refused; the handle is absent. Try again after flushes. */
	PAMC_STATUS_NO_SPACE = 0x2,
	/* Not an opcode of this kind of queue. */
	PAMC_STATUS_BAD_OPCODE = 0x3,
	/*
	 * A field of the entry or of its data is out of range, or a reserved
	 * one that is checked is not zero.
	 */
	PAMC_STATUS_BAD_FIELD = 0x4,
	/* The handle cannot exist (index out of the card's range). */
	PAMC_STATUS_BAD_HANDLE = 0x5,
	/* No pool with this id. */
	PAMC_STATUS_BAD_POOL = 0x6,
	/* The pool belongs to another domain than the queue pair. */
	PAMC_STATUS_ACCESS_DENIED = 0x7,
	/*
	 * Host memory could not be read or written. A put left the handle
	 * absent; an exclusive get left it present.
	 */
	PAMC_STATUS_DMA_FAULT = 0x8,
	/*
	 * The stored page is damaged; no data was returned. The handle stays an
	 * error until flushed or put again (EPAM: is absent from now on).
	 */
	PAMC_STATUS_UNCORRECTABLE = 0x9,
	/*
	 * Stopped by ABORT, queue deletion or shutdown; a put left the handle
	 * absent, anything else had no effect.
	 */
	PAMC_STATUS_ABORTED = 0xa,
	/* The card cannot do this now; try again. */
	PAMC_STATUS_NOT_READY = 0xb,
	/* This card does not have it. */
	PAMC_STATUS_NOT_SUPPORTED = 0xc,
	/*
	 * A put was refused because the pool is frozen; the handle is absent.
	 */
	PAMC_STATUS_FROZEN = 0xd,
	/*
	 * The page that arrived does not have the CRC32C the entry announced;
	 * the handle is absent.
	 */
	PAMC_STATUS_CRC_MISMATCH = 0xe,
	/* Queue pair id out of range, in use, or not there. */
	PAMC_STATUS_BAD_QUEUE = 0xf,
	/* No free pool, object or command slot. */
	PAMC_STATUS_NO_RESOURCES = 0x10,
	/* ABORT: no such command. LOG, FEATURE: no such page or feature. */
	PAMC_STATUS_NOT_FOUND = 0x11,
	/* Reserved for reporting pushes that stay torn. */
	PAMC_STATUS_BAD_CRC_PUSH = 0x12,
	/*
	 * The card failed in a way it did not expect; the error log has more.
	 */
	PAMC_STATUS_INTERNAL = 0x13,
	/* Length, version, CRC or signature are wrong. */
	PAMC_STATUS_BAD_FIRMWARE = 0x14,
};

/* Types of pools. */
enum pamc_pool_type {
	/* May forget any page at any time. */
	PAMC_POOL_TYPE_EPHEMERAL = 0x0,
	/* May refuse a put; never forgets. */
	PAMC_POOL_TYPE_PERSISTENT = 0x1,
};

/* Where a page is, in info of GET and QUERY. */
enum pamc_tier {
	/* Same-filled; only the pattern is kept. */
	PAMC_TIER_PATTERN = 0x0,
	/* Card DRAM. */
	PAMC_TIER_DRAM = 0x1,
	/* Card flash. */
	PAMC_TIER_FLASH = 0x2,
};

/* How a block is stored. */
enum pamc_codec {
	/* As it came. */
	PAMC_CODEC_RAW = 0x0,
	/* LZ4 block. */
	PAMC_CODEC_LZ4 = 0x1,
	/* One 8-byte pattern. */
	PAMC_CODEC_SAME = 0x2,
	/* zstd frame; reserved. */
	PAMC_CODEC_ZSTD = 0x3,
};

/* Log pages. */
enum pamc_log {
	/* Latest errors, newest first: an array of struct log_error. */
	PAMC_LOG_ERROR = 0x1,
	/* Health and temperature. */
	PAMC_LOG_HEALTH = 0x2,
	/* Latency histograms: an array, one for each opcode of enum lat. */
	PAMC_LOG_LATENCY = 0x3,
	/* Space and where it goes. */
	PAMC_LOG_CAPACITY = 0x4,
	/* Commands, bytes, stalls since the boot epoch. */
	PAMC_LOG_COUNTERS = 0x5,
	/* Flash wear. */
	PAMC_LOG_WEAR = 0x6,
	/* Firmware slots. */
	PAMC_LOG_FIRMWARE = 0x7,
	/* Self-test in progress and last outcome. */
	PAMC_LOG_SELF_TEST = 0x8,
	/* Sanitize in progress and last outcome. */
	PAMC_LOG_SANITIZE = 0x9,
};

/* Index of a histogram in log page LATENCY. */
enum pamc_lat {
	/* PUT, entry fetched to completion posted. */
	PAMC_LAT_PUT = 0x0,
	/* GET that hit. */
	PAMC_LAT_GET = 0x1,
	/* GET that missed. */
	PAMC_LAT_MISS = 0x2,
	/* FLUSH_PAGE. */
	PAMC_LAT_FLUSH = 0x3,
	/* Number of histograms. */
	PAMC_LAT_COUNT = 0x4,
};

/* result of ASYNC_EVENT. */
enum pamc_event {
	/* An entry was added to the error log; info = LOG_ERROR. */
	PAMC_EVENT_ERROR = 0x1,
	/* A health threshold was crossed; info = LOG_HEALTH. */
	PAMC_EVENT_HEALTH = 0x2,
	/*
	 * The list of pools changed by another host's or function's doing; info
	 * = pool id. Never on a card of one function, whose pools nobody else
	 * changes.
	 */
	PAMC_EVENT_POOLS = 0x3,
	/*
	 * Free space fell below the threshold of feature PRESSURE; info =
	 * percent free.
	 */
	PAMC_EVENT_PRESSURE = 0x4,
	/* Firmware restarted or was replaced; info = LOG_FIRMWARE. */
	PAMC_EVENT_FIRMWARE = 0x5,
	/* A self-test or sanitize ended; info = its log page. */
	PAMC_EVENT_SELF_TEST = 0x6,
};

/*
 * What FW_ACTIVATE does with an image that is good. Pools, pages and queue
 * pairs stay when firmware starts, except at power-up.
 */
enum pamc_fw_action {
	/* Keep it in its slot. */
	PAMC_FW_ACTION_STORE = 0x0,
	/*
	 * And start it at the next controller reset or power-up; one that
	 * cannot go on with the pages that are there (STATE below), at the next
	 * power-up.
	 */
	PAMC_FW_ACTION_RESET = 0x1,
	/* And start it after this command has completed. */
	PAMC_FW_ACTION_NOW = 0x2,
};

/*
 * What SELF_TEST looks at, one after the other. A controller reset ends it as
 * aborted.
 */
enum pamc_test_part {
	/* Nothing was wrong. */
	PAMC_TEST_PART_NONE = 0x0,
	/* The firmware's tables of pools; detail = place in the table. */
	PAMC_TEST_PART_TABLES = 0x1,
	/*
	 * Page buffer of the management core, by patterns; detail = byte in it.
	 */
	PAMC_TEST_PART_BUFFER = 0x2,
	/*
	 * What the vault knows of a pool's contents, and all of them together;
	 * detail = place in the table, 0: together.
	 */
	PAMC_TEST_PART_VAULT = 0x3,
	/*
	 * Flash: a page of each die; extended: of each block that has pages;
	 * detail = die << 32 | block.
	 */
	PAMC_TEST_PART_FLASH = 0x4,
};

/* Where SANITIZE failed. */
enum pamc_sanitize_part {
	/* It did not. */
	PAMC_SANITIZE_PART_NONE = 0x0,
	/* Commands inside the card did not end. */
	PAMC_SANITIZE_PART_DRAIN = 0x1,
	/* The vault did not start again. */
	PAMC_SANITIZE_PART_LAYOUT = 0x2,
	/*
	 * Blocks of flash do not read as erased; detail = die << 32 | block, of
	 * the first.
	 */
	PAMC_SANITIZE_PART_FLASH = 0x3,
	/* Card memory is not clear; detail = address of a line that is not. */
	PAMC_SANITIZE_PART_MEMORY = 0x4,
};

/*
 * What is wrong with a firmware image: why FW_DOWNLOAD or FW_ACTIVATE refused
 * it, or the loader did not start it.
 */
enum pamc_fw_fault {
	/* Nothing. */
	PAMC_FW_FAULT_NONE = 0x0,
	/* No image at all, or one of another length than it says. */
	PAMC_FW_FAULT_LENGTH = 0x1,
	/* Of a form or for a card that is not this one's. */
	PAMC_FW_FAULT_VERSION = 0x2,
	/* Damaged. */
	PAMC_FW_FAULT_CRC = 0x3,
	/* Not signed by whom the card trusts. */
	PAMC_FW_FAULT_SIGNATURE = 0x4,
	/* It does not work: the core restarted again and again. */
	PAMC_FW_FAULT_WATCHDOG = 0x5,
	/* Its security number is lower than that of the firmware that runs. */
	PAMC_FW_FAULT_DOWNGRADE = 0x6,
	/* Not all of it was downloaded, or nothing at all. */
	PAMC_FW_FAULT_INCOMPLETE = 0x7,
	/*
	 * It cannot go on with the pages that are there: it may start at power-
	 * up only.
	 */
	PAMC_FW_FAULT_STATE = 0x8,
	/* Boot flash did not take it. */
	PAMC_FW_FAULT_FLASH = 0x9,
};

/*
 * Features. A reset sets all but TIMESTAMP to their defaults; COALESCE goes
 * with its queue pair.
 */
enum pamc_feature {
	/*
	 * Per queue pair: value bits 15:0 = completions, 31:16 = microseconds;
	 * an interrupt is raised when either is reached, or the completion ring
	 * is full; a half that is 0 does not count, 0 in all = at once.
	 */
	PAMC_FEATURE_COALESCE = 0x1,
	/* Bit n set: event n is reported. Default: all. */
	PAMC_FEATURE_EVENT_MASK = 0x2,
	/*
	 * Percent of free space below which event PRESSURE fires; 0 = never
	 * (default).
	 */
	PAMC_FEATURE_PRESSURE = 0x3,
	/*
	 * Temperature from which on the card is too hot, in kelvin: event
	 * HEALTH, once until it is cooler, and bit 0 of warnings. 0 = never;
	 * default 358.
	 */
	PAMC_FEATURE_TEMPERATURE = 0x4,
	/* Host time, ns since 1970; used in logs. */
	PAMC_FEATURE_TIMESTAMP = 0x5,
	/*
	 * Bytes of DRAM that may hold data of durable pools not yet in flash.
	 * NOT_SUPPORTED without flash.
	 */
	PAMC_FEATURE_DIRTY_BUDGET = 0x6,
};

/* X-macro over the statuses: X(name, value, text for people). */
#define PAMC_STATUS_TABLE(X) \
	X(SUCCESS, 0x00, "success") \
	X(MISS, 0x01, "no such page") \
	X(NO_SPACE, 0x02, "no space") \
	X(BAD_OPCODE, 0x03, "unknown opcode") \
	X(BAD_FIELD, 0x04, "bad field") \
	X(BAD_HANDLE, 0x05, "bad handle") \
	X(BAD_POOL, 0x06, "no such pool") \
	X(ACCESS_DENIED, 0x07, "access denied") \
	X(DMA_FAULT, 0x08, "DMA fault") \
	X(UNCORRECTABLE, 0x09, "uncorrectable data error") \
	X(ABORTED, 0x0a, "aborted") \
	X(NOT_READY, 0x0b, "not ready") \
	X(NOT_SUPPORTED, 0x0c, "not supported") \
	X(FROZEN, 0x0d, "pool is frozen") \
	X(CRC_MISMATCH, 0x0e, "CRC mismatch") \
	X(BAD_QUEUE, 0x0f, "bad queue") \
	X(NO_RESOURCES, 0x10, "out of resources") \
	X(NOT_FOUND, 0x11, "not found") \
	X(BAD_CRC_PUSH, 0x12, "bad push") \
	X(INTERNAL, 0x13, "internal error") \
	X(BAD_FIRMWARE, 0x14, "bad firmware image")

/*
 * X-macro over the faults of firmware images: X(name, value, text for people).
 */
#define PAMC_FW_FAULT_TABLE(X) \
	X(NONE, 0x00, "none") \
	X(LENGTH, 0x01, "not a firmware image, or not all of one") \
	X(VERSION, 0x02, "an image for another card") \
	X(CRC, 0x03, "the image is damaged") \
	X(SIGNATURE, 0x04, "the image is not signed by whom the card trusts") \
	X(WATCHDOG, 0x05, "the firmware does not work: its core restarted again and again") \
	X(DOWNGRADE, 0x06, "the image is older than the card allows") \
	X(INCOMPLETE, 0x07, "there is no image that was downloaded to its end") \
	X(STATE, 0x08, "the image cannot go on with the pages on the card: it may start at power-up only") \
	X(FLASH, 0x09, "the card's boot flash did not take the image")

/* X-macro over the I/O opcodes: X(name, value). */
#define PAMC_OP_TABLE(X) \
	X(NOP, 0x00) \
	X(PUT, 0x01) \
	X(GET, 0x02) \
	X(FLUSH_PAGE, 0x03) \
	X(FLUSH_OBJECT, 0x04) \
	X(SYNC, 0x05) \
	X(QUERY, 0x06)

/* X-macro over the admin opcodes: X(name, value). */
#define PAMC_ADMIN_TABLE(X) \
	X(IDENTIFY, 0x80) \
	X(QP_CREATE, 0x81) \
	X(QP_DELETE, 0x82) \
	X(POOL_CREATE, 0x83) \
	X(POOL_DESTROY, 0x84) \
	X(POOL_FLUSH, 0x85) \
	X(POOL_LIST, 0x86) \
	X(POOL_SET, 0x87) \
	X(FEATURE_GET, 0x88) \
	X(FEATURE_SET, 0x89) \
	X(LOG, 0x8a) \
	X(ASYNC_EVENT, 0x8b) \
	X(ABORT, 0x8c) \
	X(FW_DOWNLOAD, 0x8d) \
	X(FW_ACTIVATE, 0x8e) \
	X(SELF_TEST, 0x8f) \
	X(SANITIZE, 0x90)

/* flags of a submission entry. */
/* GET: flush the page in the same step if it hit. */
#define PAMC_SQE_EXCLUSIVE		(1u << 0)
/*
 * addr is the address of a list of page-size / BLOCK_SIZE 64-bit block
 * addresses, the list 8-byte aligned and not crossing a 4 KiB boundary. Without
 * it the page is contiguous at addr.
 */
#define PAMC_SQE_LIST			(1u << 1)
/* PUT: crc is the CRC32C of the page; the card checks it on arrival. */
#define PAMC_SQE_CRC			(1u << 2)
#define PAMC_SQE_ALL_FLAGS \
	(PAMC_SQE_EXCLUSIVE | PAMC_SQE_LIST | PAMC_SQE_CRC)

/* flags of a pool. */
/* Every GET is exclusive. */
#define PAMC_POOL_EXCLUSIVE		(1u << 0)
/* PERSISTENT only: pages survive power loss after a SYNC. */
#define PAMC_POOL_DURABLE		(1u << 1)
/* Puts are refused. */
#define PAMC_POOL_FROZEN		(1u << 2)
#define PAMC_POOL_ALL_FLAGS \
	(PAMC_POOL_EXCLUSIVE | PAMC_POOL_DURABLE | PAMC_POOL_FROZEN)

/* What POOL_SET changes. */
/* flags := p.pool_set.flags (EXCLUSIVE and FROZEN may change). */
#define PAMC_POOL_SET_FLAGS		(1u << 0)
/* reserve := p.pool_set.reserve; NO_SPACE if that cannot be promised. */
#define PAMC_POOL_SET_RESERVE		(1u << 1)
/* limit := p.pool_set.limit. */
#define PAMC_POOL_SET_LIMIT		(1u << 2)
#define PAMC_POOL_SET_ALL_FLAGS \
	(PAMC_POOL_SET_FLAGS | PAMC_POOL_SET_RESERVE | PAMC_POOL_SET_LIMIT)

/* flags of QP_CREATE. */
/* Raise vector when armed; without it the queue pair is only polled. */
#define PAMC_QP_IRQ			(1u << 0)
#define PAMC_QP_ALL_FLAGS \
	(PAMC_QP_IRQ)

/* Submission entry of an I/O queue pair. */
struct pamc_sqe {
	/* What to do. */
	uint8_t opcode;
	/*
	 * SQE_* flags; unknown ones and those of another opcode are BAD_FIELD.
	 */
	uint8_t flags;
	/*
	 * Chosen by the host, returned in the completion; unique among the
	 * queue pair's outstanding commands.
	 */
	pamc_le16 cid;
	/* Pool id. */
	pamc_le32 pool;
	/* Object id of the handle. */
	pamc_le64 object[3];
	/* Page index of the handle. */
	pamc_le64 index;
	/*
	 * PUT, GET: bus address of the page or of its list (SQE_LIST); pages
	 * and blocks are 4 KiB aligned.
	 */
	pamc_le64 addr;
	/* PUT with SQE_CRC: CRC32C of the page. */
	pamc_le32 crc;
	/* Function id, reserved for SR-IOV. */
	pamc_le16 function;
	/*
	 * Free-running index of this entry in the submission queue; checked for
	 * pushed entries only.
	 */
	pamc_le16 sq_index;
	/* Reserved. */
	pamc_le32 rsvd;
	/*
	 * CRC32C of the PUSH_CRC_BYTES bytes before it; checked for pushed
	 * entries only.
	 */
	pamc_le32 push_crc;
};
PAMC_ASSERT_SIZE(struct pamc_sqe, 64);

/*
 * Completion entry. The card writes it in one 16-byte write after all data of
 * the command, and the phase bit is part of its last word.
 */
struct pamc_cqe {
	/* PUT, GET, QUERY: CRC32C of the page. Admin: as the opcode says. */
	pamc_le32 result;
	/*
	 * PUT, GET, QUERY: bits 23:0 stored bytes of the page, 31:24 tier.
	 * Others: as the opcode says.
	 */
	pamc_le32 info;
	/*
	 * Submission entries before this free-running index may be overwritten.
	 */
	pamc_le16 sq_head;
	/* Queue pair. */
	pamc_le16 qid;
	/* From the submission entry. */
	pamc_le16 cid;
	/*
	 * Bit 0: phase, inverted on each pass over the ring, 1 on the first
	 * pass. Bits 8:1: enum status. Bit 15: the error log has an entry for
	 * this command.
	 */
	pamc_le16 status;
};
PAMC_ASSERT_SIZE(struct pamc_cqe, 16);

/* Submission entry of the admin queue pair. p is a union by opcode. */
struct pamc_admin_sqe {
	/* What to do. */
	uint8_t opcode;
	/* Reserved. */
	uint8_t flags;
	/* As for I/O. */
	pamc_le16 cid;
	/*
	 * Pool, queue pair, feature, log page or test id, as the opcode says.
	 */
	pamc_le32 id;
	/* Parameters. */
	union {
		uint8_t bytes[32];
		struct {
			/* Submission ring, 4 KiB aligned, contiguous. */
			pamc_le64 sq_base;
			/* Completion ring, 4 KiB aligned, contiguous. */
			pamc_le64 cq_base;
			/* log2 of its entries. */
			uint8_t sq_shift;
			/* log2 of its entries; not less than sq_shift. */
			uint8_t cq_shift;
			/* MSI-X vector. */
			pamc_le16 vector;
			/*
			 * Domain of the queue pair, fixed until it is deleted.
			 */
			pamc_le16 domain;
			/* QP_* flags. */
			pamc_le16 flags;
			/* As feature COALESCE. */
			pamc_le16 coalesce_count;
			/* As feature COALESCE. */
			pamc_le16 coalesce_usec;
			/* Reserved. */
			pamc_le32 rsvd;
		} qp_create;
		struct {
			/* POOL_SET_* flags. */
			pamc_le32 what;
			/* New POOL_* flags. */
			pamc_le32 flags;
			/* New promise, in pages. */
			pamc_le64 reserve;
			/* New limit, in pages; 0 = none. */
			pamc_le64 limit;
		} pool_set;
		struct {
			/* New value. */
			pamc_le64 value;
			/* Queue pair, for per-queue features. */
			pamc_le32 qid;
		} feature;
		struct {
			/* First byte of the log page to return. */
			pamc_le64 offset;
		} log;
		struct {
			/* Command to abort. */
			pamc_le32 cid;
		} abort;
		struct {
			/*
			 * FW_DOWNLOAD: position in the image, a multiple of 4.
			 */
			pamc_le64 offset;
			/*
			 * FW_ACTIVATE: slot; 0 = that of the downloaded image.
			 */
			pamc_le32 slot;
			/* FW_ACTIVATE: enum fw_action. */
			pamc_le32 action;
		} fw;
	} p;
	/* Bus address of the data, 8-byte aligned, contiguous. */
	pamc_le64 addr;
	/* Bytes of data, at most MAX_ADMIN_DATA. */
	pamc_le32 length;
	/* Function id, reserved for SR-IOV. */
	pamc_le16 function;
	/* As for I/O. */
	pamc_le16 sq_index;
	/* Reserved. */
	pamc_le32 rsvd;
	/* As for I/O. */
	pamc_le32 push_crc;
};
PAMC_ASSERT_SIZE(struct pamc_admin_sqe, 64);

/* A pool: what POOL_CREATE takes (up to owner) and POOL_LIST returns. */
struct pamc_pool_info {
	/* Pool id, chosen by the card, never 0; ignored by POOL_CREATE. */
	pamc_le32 id;
	/* Type. */
	uint8_t type;
	/* Page size is BLOCK_SIZE << order. */
	uint8_t order;
	/* Domain whose queue pairs may use the pool. */
	pamc_le16 domain;
	/* POOL_* flags. */
	pamc_le32 flags;
	/* Reserved. */
	pamc_le32 rsvd;
	/*
	 * PERSISTENT: so many pages are promised: while the pool holds fewer, a
	 * put is not refused for space, whatever the pages contain.
	 */
	pamc_le64 reserve;
	/*
	 * Most pages; 0 = no limit. A put beyond it is NO_SPACE (EPAM: drops
	 * the pool's oldest page instead).
	 */
	pamc_le64 limit;
	/* For people; NUL-padded, need not be unique. */
	uint8_t name[32];
	/* UUID of the owner, for re-adoption after a host crash. */
	pamc_le64 owner[2];
	/* Pages held. */
	pamc_le64 pages;
	/* Bytes of the pages as compressed. */
	pamc_le64 stored_bytes;
	/* Bytes of card memory they occupy, rounding and headers included. */
	pamc_le64 used_bytes;
	/* Blocks held as a pattern. */
	pamc_le64 same_pages;
	/* Blocks held uncompressed. */
	pamc_le64 raw_pages;
	/* Puts that succeeded. */
	pamc_le64 puts;
	/* Puts refused for space, limit or frozen. */
	pamc_le64 puts_refused;
	/* Gets that hit. */
	pamc_le64 gets;
	/* Gets that missed. */
	pamc_le64 misses;
	/* Pages flushed by command. */
	pamc_le64 flushes;
	/* EPAM pages dropped to make room. */
	pamc_le64 evicted;
	/* Commands that failed otherwise. */
	pamc_le64 errors;
	/* Reserved. */
	pamc_le64 rsvd2[10];
};
PAMC_ASSERT_SIZE(struct pamc_pool_info, 256);

/* What IDENTIFY returns. */
struct pamc_identify {
	/* PCI vendor id. */
	pamc_le16 vendor;
	/* PCI device id. */
	pamc_le16 device;
	/* As register VERSION. */
	pamc_le32 version;
	/* Serial number, ASCII, NUL-padded. */
	uint8_t serial[24];
	/* Model, ASCII, NUL-padded. */
	uint8_t model[40];
	/* Firmware revision, ASCII, NUL-padded. */
	uint8_t firmware[16];
	/* As register BOOT_EPOCH. */
	pamc_le64 boot_epoch;
	/* As register CAP. */
	pamc_le64 cap;
	/* Card DRAM. */
	pamc_le64 dram_bytes;
	/* Usable flash; 0 = none. */
	pamc_le64 flash_bytes;
	/* DRAM that can hold pages, fixed metadata taken off. */
	pamc_le64 usable_bytes;
	/*
	 * DRAM that one 4 KiB block takes at worst; without flash, reserve
	 * pages are counted at this.
	 */
	pamc_le64 worst_page_bytes;
	/*
	 * 4 KiB pages that could still be promised to a pool now, by DRAM and
	 * flash together.
	 */
	pamc_le64 promisable_pages;
	/* Most pools at once. */
	pamc_le32 max_pools;
	/* Most objects at once. */
	pamc_le32 max_objects;
	/* Bit n set: codec n of enum codec is implemented. */
	pamc_le32 codecs;
	/*
	 * Page indices of this many bits are accepted; larger ones are
	 * BAD_HANDLE.
	 */
	pamc_le32 index_bits;
	/* Compress lanes; 0 = not told. */
	pamc_le16 lanes_put;
	/* Decompress lanes; 0 = not told. */
	pamc_le16 lanes_get;
	/* Card clock; 0 = not told. */
	pamc_le32 clock_khz;
	/* Reserved. */
	pamc_le64 rsvd[43];
};
PAMC_ASSERT_SIZE(struct pamc_identify, 512);

/* One entry of log page ERROR; an entry with sequence 0 ends the list. */
struct pamc_log_error {
	/* Counts errors since the boot epoch, from 1. */
	pamc_le64 sequence;
	/* Feature TIMESTAMP's time, or ns since the card started. */
	pamc_le64 time_ns;
	/* Queue pair. */
	pamc_le16 qid;
	/* Command. */
	pamc_le16 cid;
	/* Its status. */
	uint8_t status;
	/* Its opcode. */
	uint8_t opcode;
	/*
	 * Byte offset in the entry of the field that was wrong; 0xffff = none.
	 */
	pamc_le16 field;
	/* Pool id. */
	pamc_le32 pool;
	/* Reserved. */
	pamc_le32 rsvd;
	/* Bus address of a DMA fault, or card DRAM address of damaged data. */
	pamc_le64 addr;
	/* Page index. */
	pamc_le64 index;
	/* Reserved. */
	pamc_le64 rsvd2[2];
};
PAMC_ASSERT_SIZE(struct pamc_log_error, 64);

/* Log page HEALTH. */
struct pamc_log_health {
	/*
	 * Bit 0 temperature (feature TEMPERATURE), 1 DRAM errors, 2 flash spare
	 * low, 3 read-only, 4 power-loss store failed, 5 a memory on the card's
	 * chip lost a word.
	 */
	pamc_le32 warnings;
	/* Kelvin; 0 = not measured. */
	pamc_le16 temperature;
	/* Flash spare left; 100 without flash. */
	uint8_t spare_percent;
	/* Flash life used; may exceed 100; 0 without flash. */
	uint8_t used_percent;
	/* Seconds powered in this boot epoch. */
	pamc_le64 power_on_s;
	/* Power cycles. */
	pamc_le64 power_cycles;
	/* Power losses without CTRL.SHUTDOWN. */
	pamc_le64 unsafe_shutdowns;
	/* Corrected DRAM errors. */
	pamc_le64 dram_corrected;
	/* Uncorrectable DRAM or CRC errors. */
	pamc_le64 dram_uncorrected;
	/* Entries ever added to the error log. */
	pamc_le64 errors;
	/* Firmware restarts by watchdog or crash. */
	pamc_le64 fw_restarts;
	/*
	 * Words of memories on the card's chip that were wrong, and corrected
	 * or read again.
	 */
	pamc_le64 chip_corrected;
	/* Words of memories on the card's chip that were lost. */
	pamc_le64 chip_uncorrected;
	/* Reserved. */
	pamc_le64 rsvd[6];
};
PAMC_ASSERT_SIZE(struct pamc_log_health, 128);

/* One histogram of log page LATENCY. */
struct pamc_log_latency {
	/* Commands. */
	pamc_le64 count;
	/* Sum of their latencies. */
	pamc_le64 sum_ns;
	/* Counts; HIST_BUCKETS says which is which. */
	pamc_le64 bucket[128];
};
PAMC_ASSERT_SIZE(struct pamc_log_latency, 1040);

/* Log page CAPACITY. total = usable + index + map; usable = used + free. */
struct pamc_log_capacity {
	/* Card DRAM. */
	pamc_le64 total_bytes;
	/* For pages. */
	pamc_le64 usable_bytes;
	/* Index and object table. */
	pamc_le64 index_bytes;
	/* Allocator's own memory. */
	pamc_le64 map_bytes;
	/* Occupied, rounding and headers included. */
	pamc_le64 used_bytes;
	/* Free. */
	pamc_le64 free_bytes;
	/*
	 * Free bytes of these spoken for by reserves; what flash is to hold is
	 * not counted.
	 */
	pamc_le64 promised_bytes;
	/* Sum of the compressed sizes of what is held. */
	pamc_le64 stored_bytes;
	/* What is held, uncompressed. */
	pamc_le64 data_bytes;
	/* Blocks (4 KiB) held. */
	pamc_le64 pages;
	/* Of these, held as a pattern. */
	pamc_le64 same_pages;
	/* Of these, held uncompressed. */
	pamc_le64 raw_pages;
	/* Of these, in EPAM pools: may be dropped. */
	pamc_le64 ephemeral_pages;
	/* Runs of DRAM they are stored in. */
	pamc_le64 extents;
	/* Slots of the index. */
	pamc_le64 index_slots;
	/* Slots in use. */
	pamc_le64 index_used;
	/* Entries in the on-chip stash. */
	pamc_le64 stash_used;
	/* Pools. */
	pamc_le64 pools;
	/* Objects. */
	pamc_le64 objects;
	/* Flushed with their object or pool, not yet reclaimed. */
	pamc_le64 dead_pages;
	/*
	 * Flash for records of pages, as IDENTIFY tells; 0 without a flash
	 * tier.
	 */
	pamc_le64 flash_bytes;
	/*
	 * Of these, in records that are still wanted; the rest is free, or is
	 * when it has been collected.
	 */
	pamc_le64 flash_used_bytes;
	/* Reserved. */
	pamc_le64 rsvd[10];
};
PAMC_ASSERT_SIZE(struct pamc_log_capacity, 256);

/* X-macro over its fields, all 64 bits: X(name). */
#define PAMC_LOG_CAPACITY_TABLE(X) \
	X(total_bytes) \
	X(usable_bytes) \
	X(index_bytes) \
	X(map_bytes) \
	X(used_bytes) \
	X(free_bytes) \
	X(promised_bytes) \
	X(stored_bytes) \
	X(data_bytes) \
	X(pages) \
	X(same_pages) \
	X(raw_pages) \
	X(ephemeral_pages) \
	X(extents) \
	X(index_slots) \
	X(index_used) \
	X(stash_used) \
	X(pools) \
	X(objects) \
	X(dead_pages) \
	X(flash_bytes) \
	X(flash_used_bytes)

/*
 * Log page COUNTERS, since the boot epoch. From put_lane_cycles on, the lower
 * 32 bits alone, and 0 for a card without a clock: what commands waited for,
 * summed over the lanes in which something waited.
 */
struct pamc_log_counters {
	/* PUTs that succeeded. */
	pamc_le64 puts;
	/* PUTs with NO_SPACE or FROZEN. */
	pamc_le64 puts_refused;
	/* GETs that hit. */
	pamc_le64 gets;
	/* GETs that missed. */
	pamc_le64 misses;
	/* Pages flushed. */
	pamc_le64 flushes;
	/* EPAM pages dropped for room. */
	pamc_le64 evictions;
	/* Commands with another status. */
	pamc_le64 errors;
	/* Admin commands. */
	pamc_le64 admin;
	/* Entries taken from push slots. */
	pamc_le64 pushed;
	/* Entries fetched from rings. */
	pamc_le64 fetched;
	/* Push slots forgotten because the tail passed them. */
	pamc_le64 push_dropped;
	/* Interrupts raised. */
	pamc_le64 interrupts;
	/* Completions posted. */
	pamc_le64 completions;
	/* Times a queue pair waited for room in its completion ring. */
	pamc_le64 cq_full_stalls;
	/* Times a command waited for another one on its handle. */
	pamc_le64 hazard_stalls;
	/* Read from host memory. */
	pamc_le64 read_bytes;
	/* Written to host memory. */
	pamc_le64 write_bytes;
	/* Failed accesses to host memory. */
	pamc_le64 dma_faults;
	/* Pages whose CRC32C was wrong. */
	pamc_le64 crc_errors;
	/* Commands aborted. */
	pamc_le64 aborts;
	/* As register RESETS. */
	pamc_le64 resets;
	/* Free runs joined with a neighbour. */
	pamc_le64 merges;
	/* Free runs split. */
	pamc_le64 splits;
	/* Index entries moved to make room. */
	pamc_le64 index_moves;
	/* PUTs refused because the index had no place. */
	pamc_le64 index_full;
	/* Card clocks with work; 0 for a card without a clock. */
	pamc_le64 busy_cycles;
	/* Waits of PUTs, in card clocks: for a lane. */
	pamc_le64 put_lane_cycles;
	/* For their list or their words, from the host. */
	pamc_le64 put_host_cycles;
	/* For the compressor. */
	pamc_le64 put_codec_cycles;
	/* For the vault. */
	pamc_le64 put_vault_cycles;
	/* To be completed. */
	pamc_le64 put_result_cycles;
	/* In the compressor, as the record before is still with the vault. */
	pamc_le64 put_held_cycles;
	/* Waits of GETs: for a lane. */
	pamc_le64 get_lane_cycles;
	/* For the lookup of their handle. */
	pamc_le64 get_index_cycles;
	/* For the one before, which is being read or has left no room. */
	pamc_le64 get_room_cycles;
	/* For card memory. */
	pamc_le64 get_memory_cycles;
	/* For the decompressor. */
	pamc_le64 get_codec_cycles;
	/* For the second lookup of an ephemeral page. */
	pamc_le64 get_again_cycles;
	/* For the probes of where the page goes. */
	pamc_le64 get_probe_cycles;
	/* For the way to the host. */
	pamc_le64 get_host_cycles;
	/* Of exclusive ones: for the vault. */
	pamc_le64 get_vault_cycles;
	/* To be completed. */
	pamc_le64 get_result_cycles;
	/* PUTs that went through the vault beside others. */
	pamc_le64 vault_entered;
	/* Of these, PUTs that had to be finished alone. */
	pamc_le64 vault_diverted;
	/* Waits in the vault: of a PUT, for a place inside. */
	pamc_le64 vault_inside_cycles;
	/* Of what works alone, for those inside to end. */
	pamc_le64 vault_drained_cycles;
	/* For the object's lookup. */
	pamc_le64 vault_object_cycles;
	/* For the allocator. */
	pamc_le64 vault_room_cycles;
	/* Of a writer, for the page's bytes. */
	pamc_le64 vault_stream_cycles;
	/* Of a page that is written, for its lookup. */
	pamc_le64 vault_lookup_cycles;
	/* For the index's change. */
	pamc_le64 vault_index_cycles;
	/* For what was replaced to be freed. */
	pamc_le64 vault_free_cycles;
	/* Reads of card memory. */
	pamc_le64 dram_reads;
	/* How long all of them took. */
	pamc_le64 dram_read_cycles;
	/* How long the longest took. */
	pamc_le64 dram_read_most;
	/* Reads of host memory. */
	pamc_le64 host_reads;
	/* How long all of them took. */
	pamc_le64 host_read_cycles;
	/* How long the longest took. */
	pamc_le64 host_read_most;
	/* Reads that waited for a tag. */
	pamc_le64 host_tag_cycles;
	/* Reads that waited for the link. */
	pamc_le64 host_ready_cycles;
	/* Writes that waited for the link. */
	pamc_le64 host_write_cycles;
	/* Reserved. */
	pamc_le64 rsvd[3];
};
PAMC_ASSERT_SIZE(struct pamc_log_counters, 512);

/* X-macro over its fields, all 64 bits: X(name). */
#define PAMC_LOG_COUNTERS_TABLE(X) \
	X(puts) \
	X(puts_refused) \
	X(gets) \
	X(misses) \
	X(flushes) \
	X(evictions) \
	X(errors) \
	X(admin) \
	X(pushed) \
	X(fetched) \
	X(push_dropped) \
	X(interrupts) \
	X(completions) \
	X(cq_full_stalls) \
	X(hazard_stalls) \
	X(read_bytes) \
	X(write_bytes) \
	X(dma_faults) \
	X(crc_errors) \
	X(aborts) \
	X(resets) \
	X(merges) \
	X(splits) \
	X(index_moves) \
	X(index_full) \
	X(busy_cycles) \
	X(put_lane_cycles) \
	X(put_host_cycles) \
	X(put_codec_cycles) \
	X(put_vault_cycles) \
	X(put_result_cycles) \
	X(put_held_cycles) \
	X(get_lane_cycles) \
	X(get_index_cycles) \
	X(get_room_cycles) \
	X(get_memory_cycles) \
	X(get_codec_cycles) \
	X(get_again_cycles) \
	X(get_probe_cycles) \
	X(get_host_cycles) \
	X(get_vault_cycles) \
	X(get_result_cycles) \
	X(vault_entered) \
	X(vault_diverted) \
	X(vault_inside_cycles) \
	X(vault_drained_cycles) \
	X(vault_object_cycles) \
	X(vault_room_cycles) \
	X(vault_stream_cycles) \
	X(vault_lookup_cycles) \
	X(vault_index_cycles) \
	X(vault_free_cycles) \
	X(dram_reads) \
	X(dram_read_cycles) \
	X(dram_read_most) \
	X(host_reads) \
	X(host_read_cycles) \
	X(host_read_most) \
	X(host_tag_cycles) \
	X(host_ready_cycles) \
	X(host_write_cycles)

/* Log page WEAR. */
struct pamc_log_wear {
	/* Fewest erases of a block. */
	pamc_le64 erase_min;
	/* Mean erases of a block. */
	pamc_le64 erase_mean;
	/* Most erases of a block. */
	pamc_le64 erase_max;
	/* Demoted or synced to flash. */
	pamc_le64 host_bytes;
	/* Written to flash in all. */
	pamc_le64 flash_bytes;
	/* Blocks bad from the factory. */
	pamc_le64 bad_factory;
	/* Blocks retired since. */
	pamc_le64 bad_grown;
	/* Spare blocks left. */
	pamc_le64 spare_blocks;
	/* Bits corrected. */
	pamc_le64 corrected_bits;
	/* Flash pages beyond correction. */
	pamc_le64 uncorrectable;
	/* Flash pages rewritten for retention or read disturb. */
	pamc_le64 refreshed;
	/* Reserved. */
	pamc_le64 rsvd[5];
};
PAMC_ASSERT_SIZE(struct pamc_log_wear, 128);

/* Log page FIRMWARE. */
struct pamc_log_firmware {
	/*
	 * Slot that runs, from 1; 0 = none: the firmware is part of the card.
	 */
	uint8_t active_slot;
	/* Slot that is wanted at the next power-up; 0 = the one that runs. */
	uint8_t next_slot;
	/* Slots. */
	uint8_t slots;
	/* Why the loader did not start the wanted slot; 0 = it did. */
	uint8_t boot_reason;
	/*
	 * Slot of the image that is being or was downloaded and not activated;
	 * 0 = none.
	 */
	uint8_t downloaded_slot;
	/* Reserved. */
	uint8_t rsvd[3];
	/*
	 * Revisions, 16 bytes each, ASCII, NUL-padded; up to 4 slots; empty: no
	 * image.
	 */
	uint8_t revision[64];
	/* Reserved. */
	pamc_le64 rsvd2[7];
};
PAMC_ASSERT_SIZE(struct pamc_log_firmware, 128);

/* Log pages SELF_TEST and SANITIZE. */
struct pamc_log_progress {
	/* 1: in progress. */
	uint8_t running;
	/* Done so far. */
	uint8_t percent;
	/* Of the last one: 0 never run, 1 passed, 2 failed, 3 aborted. */
	uint8_t outcome;
	/* Where it failed: enum test_part or sanitize_part. */
	uint8_t step;
	/*
	 * What was found wrong: SANITIZE: blocks of flash, and looks at card
	 * memory.
	 */
	pamc_le32 failed;
	/* Runs since the boot epoch. */
	pamc_le64 runs;
	/* Where, of the first that was wrong, as the enum says. */
	pamc_le64 detail;
	/*
	 * What was found right: SANITIZE: blocks of flash that were read back
	 * and are erased; SELF_TEST: all that it looked at.
	 */
	pamc_le64 checked;
};
PAMC_ASSERT_SIZE(struct pamc_log_progress, 32);

#endif /* PAMC_IF_H */
