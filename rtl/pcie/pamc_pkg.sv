// SPDX-License-Identifier: Apache-2.0
//
// The card interface: constants, opcodes, statuses, entries.
//
// GENERATED from spec/card.toml by tools/ifgen; do not edit. "make generate"
// renews it and "make test" fails when it is stale. docs/interface.md is the
// same in prose.

/* verilator lint_off UNUSEDPARAM */
package pamc_pkg;

  // PCI vendor id. Unassigned by PCI-SIG; boards that are sold use their maker's own.
  localparam logic [31:0] PCI_VENDOR = 32'h1234;
  // PCI device id ('PA').
  localparam logic [31:0] PCI_DEVICE = 32'h5041;
  // PCI class code: memory controller, other.
  localparam logic [31:0] PCI_CLASS = 32'h58000;
  // Content of the MAGIC register: 'PAMC' in memory order.
  localparam logic [31:0] MAGIC = 32'h434d4150;
  // BAR of the registers, 64-bit, 16 KiB; also holds the MSI-X table and PBA.
  localparam logic [31:0] BAR_REGS = 32'h0;
  // Size of the register BAR.
  localparam logic [31:0] BAR_REGS_SIZE = 32'h4000;
  // BAR of the doorbells, 64-bit: one page of DB_STRIDE bytes per queue pair.
  localparam logic [31:0] BAR_DB = 32'h2;
  // Size of the doorbell BAR: MAX_QP pages.
  localparam logic [31:0] BAR_DB_SIZE = 32'h40000;
  // Offset of the MSI-X table in the register BAR.
  localparam logic [31:0] MSIX_TABLE = 32'h2000;
  // Offset of the MSI-X pending bit array in the register BAR.
  localparam logic [31:0] MSIX_PBA = 32'h3000;
  // Most MSI-X vectors a card has.
  localparam logic [31:0] MAX_VECTORS = 32'h40;
  // Most queue pairs a card has, the admin queue pair 0 included.
  localparam logic [31:0] MAX_QP = 32'h40;
  // log2 of the fewest entries of a ring.
  localparam logic [31:0] MIN_QUEUE_SHIFT = 32'h4;
  // log2 of the most entries of a ring.
  localparam logic [31:0] MAX_QUEUE_SHIFT = 32'hc;
  // log2 of a block: the unit of page lists, of alignment and of compression.
  localparam logic [31:0] BLOCK_SHIFT = 32'hc;
  // A block in bytes.
  localparam logic [31:0] BLOCK_SIZE = 32'h1000;
  // Largest page: BLOCK_SIZE << MAX_PAGE_ORDER (64 KiB).
  localparam logic [31:0] MAX_PAGE_ORDER = 32'h4;
  // Most blocks of a page.
  localparam logic [31:0] MAX_PAGE_BLOCKS = 32'h10;
  // Distance of two queue pairs' doorbell pages.
  localparam logic [31:0] DB_STRIDE = 32'h1000;
  // Push slots of a doorbell page; slot = entry index mod PUSH_SLOTS.
  localparam logic [31:0] PUSH_SLOTS = 32'h20;
  // Bytes of a submission entry that push_crc covers, from offset 0.
  localparam logic [31:0] PUSH_CRC_BYTES = 32'h3c;
  // Bytes of a pool's name, NUL-padded.
  localparam logic [31:0] POOL_NAME_LEN = 32'h20;
  // Most bytes an admin command transfers, one contiguous buffer.
  localparam logic [31:0] MAX_ADMIN_DATA = 32'h10000;
  // Most ASYNC_EVENT commands that may be outstanding.
  localparam logic [31:0] MAX_AEN = 32'h4;
  // Buckets of a latency histogram. Bucket of v ns: v below 4, else 4*(k-1) + ((v >> (k-2)) & 3)
  // with k = floor(log2 v); the last bucket takes all longer ones.
  localparam logic [31:0] HIST_BUCKETS = 32'h80;
  // Domain of the host itself; the driver's queues and pools.
  localparam logic [31:0] DOMAIN_HOST = 32'h0;
  // Wildcard for a pool id or queue id where a command allows it.
  localparam logic [31:0] ALL = 32'hffffffff;
  // Version of the interface.
  localparam logic [15:0] VERSION_MAJOR = 16'h1;
  localparam logic [15:0] VERSION_MINOR = 16'h0;

  // Registers: byte offsets in BAR_REGS, and values after power-on.
  localparam logic [12:0] REG_MAGIC = 13'h0;
  localparam logic [31:0] REG_MAGIC_RESET = 32'h434d4150;
  localparam logic [12:0] REG_VERSION = 13'h4;
  localparam logic [31:0] REG_VERSION_RESET = 32'h10000;
  localparam logic [12:0] REG_CAP = 13'h8;
  localparam logic [63:0] REG_CAP_RESET = 64'h1403fc4040;
  localparam logic [12:0] REG_CTRL = 13'h10;
  localparam logic [31:0] REG_CTRL_RESET = 32'h0;
  localparam logic [12:0] REG_STATUS = 13'h14;
  localparam logic [31:0] REG_STATUS_RESET = 32'h0;
  localparam logic [12:0] REG_BOOT_EPOCH = 13'h18;
  localparam logic [63:0] REG_BOOT_EPOCH_RESET = 64'h0;
  localparam logic [12:0] REG_RESETS = 13'h20;
  localparam logic [31:0] REG_RESETS_RESET = 32'h0;
  localparam logic [12:0] REG_AQ_ATTR = 13'h24;
  localparam logic [31:0] REG_AQ_ATTR_RESET = 32'h44;
  localparam logic [12:0] REG_ASQ_BASE = 13'h28;
  localparam logic [63:0] REG_ASQ_BASE_RESET = 64'h0;
  localparam logic [12:0] REG_ACQ_BASE = 13'h30;
  localparam logic [63:0] REG_ACQ_BASE_RESET = 64'h0;
  localparam logic [12:0] REG_SCRATCH = 13'h38;
  localparam logic [31:0] REG_SCRATCH_RESET = 32'h0;
  localparam logic [12:0] REG_BAD_DOORBELL = 13'h3c;
  localparam logic [31:0] REG_BAD_DOORBELL_RESET = 32'h0;

  // Doorbells: byte offsets in a queue pair's page of BAR_DB.
  localparam logic [11:0] DB_SQ_TAIL = 12'h0;
  localparam logic [11:0] DB_CQ_HEAD = 12'h8;
  localparam logic [11:0] DB_PUSH = 12'h800;

  // STATUS.CAUSE.
  typedef enum logic [7:0] {
    // Not fatal.
    FATAL_NONE = 8'h0,
    // AQ_ATTR, ASQ_BASE or ACQ_BASE make no sense.
    FATAL_BAD_ADMIN_QUEUE = 8'h1,
    // The admin queue could not be read or written.
    FATAL_ADMIN_DMA = 8'h2,
    // The card found itself inconsistent.
    FATAL_INTERNAL = 8'h3,
    // No firmware image would start, or would work: the boot loader goes on trying. A reset
    // clears it once there is firmware that works.
    FATAL_FIRMWARE = 8'h4
  } fatal_e;

  // Opcodes of I/O queue pairs.
  typedef enum logic [7:0] {
    // Completes with SUCCESS.
    OP_NOP = 8'h0,
    // Store the page at addr under the handle, replacing what it held. Fails: the handle is
    // absent.
    OP_PUT = 8'h1,
    // Write the handle's page to addr; with F_EXCLUSIVE also flush it. After any other status
    // than SUCCESS what is at addr is undefined.
    OP_GET = 8'h2,
    // Forget the handle's page. SUCCESS also when there was none; info = pages flushed.
    OP_FLUSH_PAGE = 8'h3,
    // Forget every page of the object. info = pages flushed, saturating; ordered after earlier
    // commands of its queue.
    OP_FLUSH_OBJECT = 8'h4,
    // Completes when every earlier completed put and flush of the pool is as safe as the pool's
    // type promises.
    OP_SYNC = 8'h5,
    // Is the handle present? SUCCESS or MISS; transfers nothing; result and info as for GET.
    OP_QUERY = 8'h6
  } op_e;

  // Opcodes of the admin queue pair.
  typedef enum logic [7:0] {
    // Write struct identify to addr.
    ADMIN_IDENTIFY = 8'h80,
    // Create I/O queue pair id: p.qp_create.
    ADMIN_QP_CREATE = 8'h81,
    // Delete queue pair id; its commands complete as ABORTED or not at all, and none touches host
    // memory after this completes. What they had done by then stays done.
    ADMIN_QP_DELETE = 8'h82,
    // Create a pool from the struct pool_info at addr (type, order, flags, domain, reserve,
    // limit, name, owner); result = the new pool id.
    ADMIN_POOL_CREATE = 8'h83,
    // Forget and scrub every page of pool id, and the pool.
    ADMIN_POOL_DESTROY = 8'h84,
    // Forget every page of pool id.
    ADMIN_POOL_FLUSH = 8'h85,
    // Write struct pool_info of the pools with ids >= id to addr, in rising order, as many as
    // length holds; result = how many were written, info = how many pools there are with ids >=
    // id.
    ADMIN_POOL_LIST = 8'h86,
    // Change pool id: p.pool_set.
    ADMIN_POOL_SET = 8'h87,
    // Read feature id (of queue pair p.feature.qid); result and info = value.
    ADMIN_FEATURE_GET = 8'h88,
    // Set feature id to p.feature.value.
    ADMIN_FEATURE_SET = 8'h89,
    // Write log page id, from byte p.log.offset, at most length bytes, to addr; result = bytes
    // written, 0 beyond its end.
    ADMIN_LOG = 8'h8a,
    // Completes when something happens (enum event); result = event, info = log page to read or
    // pool id.
    ADMIN_ASYNC_EVENT = 8'h8b,
    // Abort command p.abort.cid of queue pair id. SUCCESS: that command completes or has
    // completed, at the latest with this one; NOT_FOUND: it is not there. A command that has
    // taken effect completes with its own status.
    ADMIN_ABORT = 8'h8c,
    // Take length bytes at addr as part of a firmware image, from byte p.fw.offset. Offset 0
    // begins anew, with no fewer than the 128 bytes of the image's header; others go on where the
    // last piece ended. BAD_FIRMWARE: info = enum fw_fault. After any error it begins anew. The
    // image goes to a slot that does not run, which loses what it had; what arrived stays over a
    // controller reset, not over a power loss.
    ADMIN_FW_DOWNLOAD = 8'h8d,
    // Check the downloaded image, or the one that slot p.fw.slot has, and start it as p.fw.action
    // says; result = its slot. BAD_FIRMWARE: info = enum fw_fault, and what runs is the same now
    // and later.
    ADMIN_FW_ACTIVATE = 8'h8e,
    // Start self-test id (1 short, 2 extended, 15 abort); its log page has the outcome.
    ADMIN_SELF_TEST = 8'h8f,
    // Destroy all pools and overwrite all media; its log page has the progress.
    ADMIN_SANITIZE = 8'h90
  } admin_e;

  // Status codes of completions.
  typedef enum logic [7:0] {
    // Done.
    STATUS_SUCCESS = 8'h0,
    // The handle is absent.
    STATUS_MISS = 8'h1,
    // A put was refused; the handle is absent. Try again after flushes.
    STATUS_NO_SPACE = 8'h2,
    // Not an opcode of this kind of queue.
    STATUS_BAD_OPCODE = 8'h3,
    // A field of the entry or of its data is out of range, or a reserved one that is checked is
    // not zero.
    STATUS_BAD_FIELD = 8'h4,
    // The handle cannot exist (index out of the card's range).
    STATUS_BAD_HANDLE = 8'h5,
    // No pool with this id.
    STATUS_BAD_POOL = 8'h6,
    // The pool belongs to another domain than the queue pair.
    STATUS_ACCESS_DENIED = 8'h7,
    // Host memory could not be read or written. A put left the handle absent; an exclusive get
    // left it present.
    STATUS_DMA_FAULT = 8'h8,
    // The stored page is damaged; no data was returned. The handle stays an error until flushed
    // or put again (EPAM: is absent from now on).
    STATUS_UNCORRECTABLE = 8'h9,
    // Stopped by ABORT, queue deletion or shutdown; a put left the handle absent, anything else
    // had no effect.
    STATUS_ABORTED = 8'ha,
    // The card cannot do this now; try again.
    STATUS_NOT_READY = 8'hb,
    // This card does not have it.
    STATUS_NOT_SUPPORTED = 8'hc,
    // A put was refused because the pool is frozen; the handle is absent.
    STATUS_FROZEN = 8'hd,
    // The page that arrived does not have the CRC32C the entry announced; the handle is absent.
    STATUS_CRC_MISMATCH = 8'he,
    // Queue pair id out of range, in use, or not there.
    STATUS_BAD_QUEUE = 8'hf,
    // No free pool, object or command slot.
    STATUS_NO_RESOURCES = 8'h10,
    // ABORT: no such command. LOG, FEATURE: no such page or feature.
    STATUS_NOT_FOUND = 8'h11,
    // Reserved for reporting pushes that stay torn.
    STATUS_BAD_CRC_PUSH = 8'h12,
    // The card failed in a way it did not expect; the error log has more.
    STATUS_INTERNAL = 8'h13,
    // Length, version, CRC or signature are wrong.
    STATUS_BAD_FIRMWARE = 8'h14
  } status_e;

  // Types of pools.
  typedef enum logic [7:0] {
    // May forget any page at any time.
    POOL_TYPE_EPHEMERAL = 8'h0,
    // May refuse a put; never forgets.
    POOL_TYPE_PERSISTENT = 8'h1
  } pool_type_e;

  // Where a page is, in info of GET and QUERY.
  typedef enum logic [7:0] {
    // Same-filled; only the pattern is kept.
    TIER_PATTERN = 8'h0,
    // Card DRAM.
    TIER_DRAM = 8'h1,
    // Card flash.
    TIER_FLASH = 8'h2
  } tier_e;

  // How a block is stored.
  typedef enum logic [7:0] {
    // As it came.
    CODEC_RAW = 8'h0,
    // LZ4 block.
    CODEC_LZ4 = 8'h1,
    // One 8-byte pattern.
    CODEC_SAME = 8'h2,
    // zstd frame; reserved.
    CODEC_ZSTD = 8'h3
  } codec_e;

  // Log pages.
  typedef enum logic [7:0] {
    // Latest errors, newest first: an array of struct log_error.
    LOG_ERROR = 8'h1,
    // Health and temperature.
    LOG_HEALTH = 8'h2,
    // Latency histograms: an array, one for each opcode of enum lat.
    LOG_LATENCY = 8'h3,
    // Space and where it goes.
    LOG_CAPACITY = 8'h4,
    // Commands, bytes, stalls since the boot epoch.
    LOG_COUNTERS = 8'h5,
    // Flash wear.
    LOG_WEAR = 8'h6,
    // Firmware slots.
    LOG_FIRMWARE = 8'h7,
    // Self-test in progress and last outcome.
    LOG_SELF_TEST = 8'h8,
    // Sanitize in progress and last outcome.
    LOG_SANITIZE = 8'h9
  } log_e;

  // Index of a histogram in log page LATENCY.
  typedef enum logic [7:0] {
    // PUT, entry fetched to completion posted.
    LAT_PUT = 8'h0,
    // GET that hit.
    LAT_GET = 8'h1,
    // GET that missed.
    LAT_MISS = 8'h2,
    // FLUSH_PAGE.
    LAT_FLUSH = 8'h3,
    // Number of histograms.
    LAT_COUNT = 8'h4
  } lat_e;

  // result of ASYNC_EVENT.
  typedef enum logic [7:0] {
    // An entry was added to the error log; info = LOG_ERROR.
    EVENT_ERROR = 8'h1,
    // A health threshold was crossed; info = LOG_HEALTH.
    EVENT_HEALTH = 8'h2,
    // The list of pools changed by another host's or function's doing; info = pool id. Never on a
    // card of one function, whose pools nobody else changes.
    EVENT_POOLS = 8'h3,
    // Free space fell below the threshold of feature PRESSURE; info = percent free.
    EVENT_PRESSURE = 8'h4,
    // Firmware restarted or was replaced; info = LOG_FIRMWARE.
    EVENT_FIRMWARE = 8'h5,
    // A self-test or sanitize ended; info = its log page.
    EVENT_SELF_TEST = 8'h6
  } event_e;

  // Features. A reset sets all but TIMESTAMP to their defaults; COALESCE goes with its queue
  // pair.
  typedef enum logic [7:0] {
    // Per queue pair: value bits 15:0 = completions, 31:16 = microseconds; an interrupt is raised
    // when either is reached, or the completion ring is full; a half that is 0 does not count, 0
    // in all = at once.
    FEATURE_COALESCE = 8'h1,
    // Bit n set: event n is reported. Default: all.
    FEATURE_EVENT_MASK = 8'h2,
    // Percent of free space below which event PRESSURE fires; 0 = never (default).
    FEATURE_PRESSURE = 8'h3,
    // Temperature from which on the card is too hot, in kelvin: event HEALTH, once until it is
    // cooler, and bit 0 of warnings. 0 = never; default 358.
    FEATURE_TEMPERATURE = 8'h4,
    // Host time, ns since 1970; used in logs.
    FEATURE_TIMESTAMP = 8'h5,
    // Bytes of DRAM that may hold data of durable pools not yet in flash. NOT_SUPPORTED without
    // flash.
    FEATURE_DIRTY_BUDGET = 8'h6
  } feature_e;

  // Bit numbers: flags of a submission entry.
  // GET: flush the page in the same step if it hit.
  localparam logic [31:0] SQE_EXCLUSIVE = 32'h0;
  // addr is the address of a list of page-size / BLOCK_SIZE 64-bit block addresses, the list
  // 8-byte aligned and not crossing a 4 KiB boundary. Without it the page is contiguous at addr.
  localparam logic [31:0] SQE_LIST = 32'h1;
  // PUT: crc is the CRC32C of the page; the card checks it on arrival.
  localparam logic [31:0] SQE_CRC = 32'h2;

  // Bit numbers: flags of a pool.
  // Every GET is exclusive.
  localparam logic [31:0] POOL_EXCLUSIVE = 32'h0;
  // PERSISTENT only: pages survive power loss after a SYNC.
  localparam logic [31:0] POOL_DURABLE = 32'h1;
  // Puts are refused.
  localparam logic [31:0] POOL_FROZEN = 32'h2;

  // Bit numbers: What POOL_SET changes.
  // flags := p.pool_set.flags (EXCLUSIVE and FROZEN may change).
  localparam logic [31:0] POOL_SET_FLAGS = 32'h0;
  // reserve := p.pool_set.reserve; NO_SPACE if that cannot be promised.
  localparam logic [31:0] POOL_SET_RESERVE = 32'h1;
  // limit := p.pool_set.limit.
  localparam logic [31:0] POOL_SET_LIMIT = 32'h2;

  // Bit numbers: flags of QP_CREATE.
  // Raise vector when armed; without it the queue pair is only polled.
  localparam logic [31:0] QP_IRQ = 32'h0;

  // Version of this interface. A driver refuses another major and accepts any minor.
  typedef struct packed {
    // Incompatible changes.
    logic [15:0] major;
    // Compatible additions.
    logic [15:0] minor;
  } version_t;

  // What the card can do; constant while it is powered.
  typedef struct packed {
    logic [23:0] rsvd40;
    // Longest time for a change of CTRL.EN or CTRL.SHUTDOWN to show in STATUS, in units of 500
    // ms. With a flash tier it is 0xff: after a power cycle every record is found in flash again
    // before hosts see the card ready.
    logic [7:0] timeout;
    logic [3:0] rsvd28;
    // Durable pools are supported.
    logic durable;
    // A flash tier is present.
    logic flash;
    // Push submission is supported.
    logic push;
    // Bit n set: pages of BLOCK_SIZE << n are supported.
    logic [4:0] page_orders;
    // log2 of the most ring entries.
    logic [3:0] mqs;
    // MSI-X vectors (1..MAX_VECTORS).
    logic [7:0] vectors;
    // Queue pairs, admin included (2..MAX_QP).
    logic [7:0] qps;
  } cap_t;

  // Control. EN 1 to 0 is the controller reset: every queue pair, the admin one included, is
  // dropped with its commands; pools and their pages stay.
  typedef struct packed {
    logic [29:0] rsvd2;
    // The host is going to power off: finish, flush durable pools, then report STATUS.SHUTDOWN.
    logic shutdown;
    // Enable. Set it after AQ_ATTR, ASQ_BASE and ACQ_BASE.
    logic en;
  } ctrl_t;

  // State of the controller.
  typedef struct packed {
    logic [15:0] rsvd16;
    // Why FATAL is set.
    logic [7:0] cause;
    logic [4:0] rsvd3;
    // Shutdown processing is complete.
    logic shutdown;
    // The controller stopped; CAUSE says why. A controller reset clears it.
    logic fatal;
    // Follows CTRL.EN: 1 when queues are served, 0 when a reset is complete.
    logic ready;
  } status_t;

  // Admin queue pair; writable while CTRL.EN is 0.
  typedef struct packed {
    logic [23:0] rsvd8;
    // log2 of the completion ring's entries.
    logic [3:0] cq_shift;
    // log2 of the submission ring's entries.
    logic [3:0] sq_shift;
  } aq_attr_t;

  // Index after the last valid entry of the submission ring. Indices run freely over 16 bits; the
  // ring slot is index mod entries, so all entries are usable. A value more than 'entries' past
  // the head is ignored and counted; one between head and tail changes nothing.
  typedef struct packed {
    logic [15:0] rsvd16;
    // New tail.
    logic [15:0] index;
  } db_sq_tail_t;

  // Consumer index of the completion ring, free-running like SQ_TAIL, and in the same write the
  // interrupt re-arm. A completion queue raises at most one interrupt per arm: at once if entries
  // beyond INDEX are already posted (coalescing allowing), else when one is. It is not armed when
  // created; writing INDEX without ARM leaves it as it is.
  typedef struct packed {
    // 1: raise an interrupt for the next completion.
    logic arm;
    logic [14:0] rsvd16;
    // New head.
    logic [15:0] index;
  } db_cq_head_t;

  // Submission entry of an I/O queue pair.
  typedef struct packed {
    // CRC32C of the PUSH_CRC_BYTES bytes before it; checked for pushed entries only.
    logic [31:0] push_crc;
    // Reserved.
    logic [31:0] rsvd;
    // Free-running index of this entry in the submission queue; checked for pushed entries only.
    logic [15:0] sq_index;
    // Function id, reserved for SR-IOV.
    logic [15:0] function_;
    // PUT with SQE_CRC: CRC32C of the page.
    logic [31:0] crc;
    // PUT, GET: bus address of the page or of its list (SQE_LIST); pages and blocks are 4 KiB
    // aligned.
    logic [63:0] addr;
    // Page index of the handle.
    logic [63:0] index;
    // Object id of the handle.
    logic [2:0][63:0] object;
    // Pool id.
    logic [31:0] pool;
    // Chosen by the host, returned in the completion; unique among the queue pair's outstanding
    // commands.
    logic [15:0] cid;
    // SQE_* flags; unknown ones and those of another opcode are BAD_FIELD.
    logic [7:0] flags;
    // What to do.
    logic [7:0] opcode;
  } sqe_t;

  // Completion entry. The card writes it in one 16-byte write after all data of the command, and
  // the phase bit is part of its last word.
  typedef struct packed {
    // Bit 0: phase, inverted on each pass over the ring, 1 on the first pass. Bits 8:1: enum
    // status. Bit 15: the error log has an entry for this command.
    logic [15:0] status;
    // From the submission entry.
    logic [15:0] cid;
    // Queue pair.
    logic [15:0] qid;
    // Submission entries before this free-running index may be overwritten.
    logic [15:0] sq_head;
    // PUT, GET, QUERY: bits 23:0 stored bytes of the page, 31:24 tier. Others: as the opcode
    // says.
    logic [31:0] info;
    // PUT, GET, QUERY: CRC32C of the page. Admin: as the opcode says.
    logic [31:0] result;
  } cqe_t;

  // admin_sqe.p as qp_create.
  typedef struct packed {
    // Reserved.
    logic [31:0] rsvd;
    // As feature COALESCE.
    logic [15:0] coalesce_usec;
    // As feature COALESCE.
    logic [15:0] coalesce_count;
    // QP_* flags.
    logic [15:0] flags;
    // Domain of the queue pair, fixed until it is deleted.
    logic [15:0] domain;
    // MSI-X vector.
    logic [15:0] vector_;
    // log2 of its entries; not less than sq_shift.
    logic [7:0] cq_shift;
    // log2 of its entries.
    logic [7:0] sq_shift;
    // Completion ring, 4 KiB aligned, contiguous.
    logic [63:0] cq_base;
    // Submission ring, 4 KiB aligned, contiguous.
    logic [63:0] sq_base;
  } admin_sqe_qp_create_t;

  // admin_sqe.p as pool_set.
  typedef struct packed {
    logic [63:0] unused;
    // New limit, in pages; 0 = none.
    logic [63:0] limit;
    // New promise, in pages.
    logic [63:0] reserve;
    // New POOL_* flags.
    logic [31:0] flags;
    // POOL_SET_* flags.
    logic [31:0] what;
  } admin_sqe_pool_set_t;

  // admin_sqe.p as feature.
  typedef struct packed {
    logic [159:0] unused;
    // Queue pair, for per-queue features.
    logic [31:0] qid;
    // New value.
    logic [63:0] value;
  } admin_sqe_feature_t;

  // admin_sqe.p as log.
  typedef struct packed {
    logic [191:0] unused;
    // First byte of the log page to return.
    logic [63:0] offset;
  } admin_sqe_log_t;

  // admin_sqe.p as abort.
  typedef struct packed {
    logic [223:0] unused;
    // Command to abort.
    logic [31:0] cid;
  } admin_sqe_abort_t;

  // admin_sqe.p as fw.
  typedef struct packed {
    logic [127:0] unused;
    // FW_ACTIVATE: enum fw_action.
    logic [31:0] action;
    // FW_ACTIVATE: slot; 0 = that of the downloaded image.
    logic [31:0] slot;
    // FW_DOWNLOAD: position in the image, a multiple of 4.
    logic [63:0] offset;
  } admin_sqe_fw_t;

  // Submission entry of the admin queue pair. p is a union by opcode.
  typedef struct packed {
    // As for I/O.
    logic [31:0] push_crc;
    // Reserved.
    logic [31:0] rsvd;
    // As for I/O.
    logic [15:0] sq_index;
    // Function id, reserved for SR-IOV.
    logic [15:0] function_;
    // Bytes of data, at most MAX_ADMIN_DATA.
    logic [31:0] length;
    // Bus address of the data, 8-byte aligned, contiguous.
    logic [63:0] addr;
    // Parameters.
    logic [255:0] p;
    // Pool, queue pair, feature, log page or test id, as the opcode says.
    logic [31:0] id;
    // As for I/O.
    logic [15:0] cid;
    // Reserved.
    logic [7:0] flags;
    // What to do.
    logic [7:0] opcode;
  } admin_sqe_t;

  // One entry of log page ERROR; an entry with sequence 0 ends the list.
  typedef struct packed {
    // Reserved.
    logic [1:0][63:0] rsvd2;
    // Page index.
    logic [63:0] index;
    // Bus address of a DMA fault, or card DRAM address of damaged data.
    logic [63:0] addr;
    // Reserved.
    logic [31:0] rsvd;
    // Pool id.
    logic [31:0] pool;
    // Byte offset in the entry of the field that was wrong; 0xffff = none.
    logic [15:0] field;
    // Its opcode.
    logic [7:0] opcode;
    // Its status.
    logic [7:0] status;
    // Command.
    logic [15:0] cid;
    // Queue pair.
    logic [15:0] qid;
    // Feature TIMESTAMP's time, or ns since the card started.
    logic [63:0] time_ns;
    // Counts errors since the boot epoch, from 1.
    logic [63:0] sequence_;
  } log_error_t;

  // Log pages SELF_TEST and SANITIZE.
  typedef struct packed {
    // What was found right: SANITIZE: blocks of flash that were read back and are erased;
    // SELF_TEST: all that it looked at.
    logic [63:0] checked;
    // Where, of the first that was wrong, as the enum says.
    logic [63:0] detail;
    // Runs since the boot epoch.
    logic [63:0] runs;
    // What was found wrong: SANITIZE: blocks of flash, and looks at card memory.
    logic [31:0] failed;
    // Where it failed: enum test_part or sanitize_part.
    logic [7:0] step;
    // Of the last one: 0 never run, 1 passed, 2 failed, 3 aborted.
    logic [7:0] outcome;
    // Done so far.
    logic [7:0] percent;
    // 1: in progress.
    logic [7:0] running;
  } log_progress_t;

  // pamc_regs: what the card tells the host.
  typedef struct packed {
    logic [63:0] cap;
    logic [31:0] status;
    logic [63:0] boot_epoch;
    logic [31:0] resets;
    logic [31:0] bad_doorbell;
  } regs_in_t;

  // pamc_regs: what the host told the card; _we: in the cycle before, in whole or in part.
  typedef struct packed {
    logic ctrl_we;
    logic [31:0] ctrl;
    logic aq_attr_we;
    logic [31:0] aq_attr;
    logic asq_base_we;
    logic [63:0] asq_base;
    logic acq_base_we;
    logic [63:0] acq_base;
    logic scratch_we;
    logic [31:0] scratch;
  } regs_out_t;

endpackage
/* verilator lint_on UNUSEDPARAM */
