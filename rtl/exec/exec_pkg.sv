// SPDX-License-Identifier: Apache-2.0
//
// What the executor's blocks tell each other of a command and of a pool.

/* verilator lint_off UNUSEDPARAM */
package exec_pkg;

  // Commands that are between hand-out and completion.
  localparam int unsigned Slots = 64;
  localparam int unsigned SlotBits = 6;

  // Entries of the pool table; a pool's id is its entry and, above, how often it was used.
  localparam int unsigned Pools = 256;
  localparam int unsigned PoolBits = 8;
  localparam int unsigned UseBits = 24;
  localparam int unsigned ContentsBits = 9;

  // A pool as a command needs to know it. contents: see sim/model/vault_priv.h.
  typedef struct packed {
    logic                    valid;
    logic [UseBits-1:0]      uses;
    logic [15:0]             domain;
    logic [2:0]              order;
    logic                    ephemeral;
    logic                    exclusive;
    logic                    frozen;
    logic [ContentsBits-1:0] contents;
  } pool_t;

  localparam int unsigned PoolWidth = UseBits + ContentsBits + 16 + 7;

  // What is left to do once an entry has been looked at.
  typedef enum logic [2:0] {
    // Complete with the status found.
    TASK_NOTHING      = 3'd0,
    TASK_PUT          = 3'd1,
    TASK_GET          = 3'd2,
    TASK_QUERY        = 3'd3,
    TASK_FLUSH        = 3'd4,
    // A put that is not to be: flush its handle, complete with the status found.
    TASK_FORGET       = 3'd5,
    TASK_FLUSH_OBJECT = 3'd6,
    // Nothing but to wait for what came before it.
    TASK_SYNC         = 3'd7
  } task_e;

  // A command. What the pool table said of its pool goes with it: a pool changes only when
  // none of its commands is inside.
  typedef struct packed {
    task_e                   todo;
    // pamc_pkg::status_e, as far as it is known.
    logic [7:0]              status;
    // Place in the entry of the field that is wrong; all ones: none.
    logic [15:0]             field;
    logic [5:0]              qid;
    logic [15:0]             cid;
    logic [7:0]              opcode;
    logic [31:0]             start;
    logic [UseBits-1:0]      uses;
    logic [PoolBits-1:0]     pool;
    logic [2:0]              order;
    logic                    ephemeral;
    logic                    frozen;
    // What is flushed of it must be forgotten by flash before.
    logic                    durable;
    logic [ContentsBits-1:0] contents;
    // GET: flush in the same step.
    logic                    exclusive;
    // addr is that of a list of blocks.
    logic                    listed;
    // crc is what the page should have.
    logic                    check;
    logic [31:0]             crc;
    logic [63:0]             addr;
    logic [63:0]             index;
    logic [191:0]            object;
  } command_t;

  localparam int unsigned CommandWidth =
      3 + 8 + 16 + 6 + 16 + 8 + 32 + UseBits + PoolBits + 3 + 3 + ContentsBits + 3 + 32 + 64 + 64 + 192;

  // Where is the page of this handle? quick: the answer may be another page.
  typedef struct packed {
    logic [ContentsBits-1:0] contents;
    logic [191:0]            object;
    logic [63:0]             index;
    logic                    quick;
  } lookup_t;

  localparam int unsigned LookupWidth = ContentsBits + 192 + 64 + 1;

  // There is such a page; its first extent, its object's number. error: memory could not
  // tell; page then is worthless.
  typedef struct packed {
    logic        error;
    logic        page;
    logic [30:0] object;
    logic [7:0]  units;
    logic [31:0] first;
  } found_t;

  // How a get or query comes to its lane: anew, or once more, as what was read was not, or is
  // not known to be, its page.
  typedef struct packed {
    // The record was another page's: it is to be looked at before.
    logic       again;
    // It was bad, but may have gone to flash while it was read.
    logic       sure;
    // It is in flash, and was brought to where the lane's records from there are; or it could
    // not be brought.
    logic       staged;
    logic       failed;
    // How often it has been asked for in flash.
    logic [3:0] tries;
  } turn_t;

  // A get or query whose handle was looked up.
  typedef struct packed {
    logic [SlotBits-1:0] slot;
    turn_t               turn;
    logic                query;
    logic                ephemeral;
    logic [4:0]          blocks;
    // The record has not been looked at, and may be another page's.
    logic                quick;
    found_t              found;
  } hit_t;

  // A page that was read, or was not: blocks of it are in the output buffer.
  typedef struct packed {
    logic [SlotBits-1:0] slot;
    logic                query;
    // It has to come once more; or first to be brought from flash, where so many bytes of it are
    // (crc, if that is known).
    logic                retry;
    logic                in_flash;
    logic                known;
    logic [16:0]         bytes;
    turn_t               turn;
    logic [7:0]          status;
    logic [4:0]          blocks;
    logic [31:0]         crc;
    logic [23:0]         stored;
    logic [7:0]          tier;
  } page_t;
  localparam int unsigned TurnBits  = 8;
  localparam int unsigned HitWidth  = SlotBits + TurnBits + 8 + 73;
  localparam int unsigned PageWidth = SlotBits + 2 + 19 + TurnBits + 8 + 5 + 32 + 24 + 8;

  // What a command came to. field and addr are of use when the error log gets an entry: the
  // field that was wrong (all ones: none), the bus address that failed.
  typedef struct packed {
    logic [SlotBits-1:0] slot;
    logic [7:0]          status;
    logic [15:0]         field;
    logic [31:0]         result;
    logic [31:0]         info;
    logic [63:0]         addr;
  } result_t;

  localparam int unsigned ResultWidth = SlotBits + 8 + 16 + 32 + 32 + 64;

  // An entry of the error log, as far as the executor knows it (struct log_error).
  typedef struct packed {
    logic [5:0]  qid;
    logic [15:0] cid;
    logic [7:0]  status;
    logic [7:0]  opcode;
    logic [15:0] field;
    logic [31:0] pool;
    logic [63:0] addr;
    logic [63:0] index;
  } error_t;

  localparam int unsigned ErrorWidth = 6 + 16 + 8 + 8 + 16 + 32 + 64 + 64;

  // What the commands that are over came to, counted from power-up.
  typedef struct packed {
    logic [63:0] puts;
    logic [63:0] puts_refused;
    logic [63:0] gets;
    logic [63:0] misses;
    logic [63:0] aborts;
    logic [63:0] errors;
    // Errors whose log entry found no room.
    logic [63:0] unlogged;
    // Pages whose CRC32C was wrong: as the host sent them, or as they were read.
    logic [63:0] damaged;
  } counters_t;

  // What commands in a lane wait for in a cycle, for the counters; with nothing else inside, one
  // of them at a time from the lane's taking the command to its result.
  typedef struct packed {
    // Its list or its next words, from the host.
    logic host;
    // The compressor: words go in, or what it makes is not complete.
    logic codec;
    // The vault's answer.
    logic vault;
    // To be completed.
    logic result;
    // What the compressor makes has no room: the record before it is with the vault.
    logic held;
  } put_wait_t;

  typedef struct packed {
    // The lookup of its handle.
    logic index;
    // Found, but the one before is being read, or has left no room.
    logic room;
    // The next beat of its record, from card memory.
    logic memory;
    // The decompressor, and what is said of the page.
    logic codec;
    // The second lookup of an ephemeral page.
    logic again;
    // The page is good; the answers to its probes are not all there.
    logic probe;
    // To be taken by the way to the host.
    logic host;
    logic vault;
    logic result;
  } get_wait_t;

  localparam int unsigned PutWaitBits = 5;
  localparam int unsigned GetWaitBits = 9;

  // Of a vault_pkg::command_t, for ports that have one for each source.
  localparam int unsigned VaultCommandWidth = 478;

  // By what commands are held apart. Two handles may have the same key: then one of two
  // commands waits for nothing. Pools are told apart exactly, so no domain can make
  // another's commands wait.
  localparam int unsigned FoldBits = 24;
  typedef struct packed {
    // It has a handle, or all those of an object (whole).
    logic                keyed;
    logic                whole;
    logic [5:0]          qid;
    logic [15:0]         cid;
    logic [PoolBits-1:0] pool;
    logic [FoldBits-1:0] object;
    logic [FoldBits-1:0] index;
  } key_t;

  // A command by its name, as ABORT has it, if valid.
  typedef struct packed {
    logic        valid;
    logic [5:0]  qid;
    logic [15:0] cid;
  } watch_t;

endpackage
