// SPDX-License-Identifier: Apache-2.0
//
// The mailbox of the management core: byte offsets of its words.
//
// GENERATED from spec/mailbox.toml by tools/ifgen; do not edit. "make generate" renews it.

/* verilator lint_off UNUSEDPARAM */
package mailbox_pkg;

  localparam int unsigned AddrBits = 13;

  // What waits: 0 an admin entry, 1 an error, 2 a fault of a queue pair, 3 an answer to CONTROL,
  // 4 CTRL was written, 5 function-level reset, 6 CTRL.EN was written as 0, 7 a word on the chip
  // was lost, 8 the command of WATCH is not inside, 9 a place in flash that was dropped, 10 an
  // end of the flash's, 11 the data path asks for something (TIER_ASK, TIER_FETCH), 12 memory
  // has become short (TIER_LOW, TIER_DIRTY); what is under way: 16 the vault, 17 DMA, 18 an
  // admin completion, 19 CONTROL. Writing ones clears bits 4, 6, 7 and 12.
  localparam logic [AddrBits-1:0] EVENTS = 13'h0;

  // Register CTRL as the host wrote it.
  localparam logic [AddrBits-1:0] CTRL = 13'h4;

  // Register STATUS as the host reads it.
  localparam logic [AddrBits-1:0] STATUS = 13'h8;

  // Register BOOT_EPOCH.
  localparam logic [AddrBits-1:0] BOOT_EPOCH = 13'h10;

  // Register RESETS.
  localparam logic [AddrBits-1:0] RESETS = 13'h18;

  // Register AQ_ATTR as the host wrote it.
  localparam logic [AddrBits-1:0] AQ_ATTR = 13'h1c;

  // Register ASQ_BASE.
  localparam logic [AddrBits-1:0] ASQ_BASE = 13'h20;

  // Register ACQ_BASE.
  localparam logic [AddrBits-1:0] ACQ_BASE = 13'h28;

  // Cycles, modulo 2^32.
  localparam logic [AddrBits-1:0] NOW = 13'h30;

  // 0: take no entries to be executed. 1: pages cannot be reached, commands are NOT_READY. 2:
  // take no entries from rings and slots. 3: a function-level reset was dealt with. 4: every
  // command is ABORTED. 5: for tests of hosts, puts find no space.
  localparam logic [AddrBits-1:0] HOLD = 13'h34;

  // 0: no command is inside. 1: nothing is under way to or from the host.
  localparam logic [AddrBits-1:0] IDLE = 13'h38;

  // Write: a pool's place in the table. Read: 1 if a command of that pool is inside.
  localparam logic [AddrBits-1:0] POOL_BUSY = 13'h3c;

  // The admin entry that waits.
  localparam logic [AddrBits-1:0] ADMIN = 13'h40;

  // go: that entry was taken.
  localparam logic [AddrBits-1:0] ADMIN_NEXT = 13'h80;

  // An admin completion: result.
  localparam logic [AddrBits-1:0] DONE_RESULT = 13'h84;

  // Its info.
  localparam logic [AddrBits-1:0] DONE_INFO = 13'h88;

  // go: 15:0 cid, 23:16 status, 31 the error log has an entry.
  localparam logic [AddrBits-1:0] DONE = 13'h8c;

  // Write: a command to watch: 15:0 cid, 21:16 queue pair, 31 watch. Read: 1 if it was inside
  // since, from where its entry was handed out to where its completion was taken.
  localparam logic [AddrBits-1:0] WATCH = 13'h90;

  // For a queue pair: bus address of its submission ring.
  localparam logic [AddrBits-1:0] CONTROL_SQ = 13'ha0;

  // Of its completion ring.
  localparam logic [AddrBits-1:0] CONTROL_CQ = 13'ha8;

  // 3:0 sq_shift, 7:4 cq_shift, 13:8 vector, 14 interrupts, 31:16 domain.
  localparam logic [AddrBits-1:0] CONTROL_ATTR = 13'hb0;

  // 15:0 completions, 31:16 microseconds.
  localparam logic [AddrBits-1:0] CONTROL_COALESCE = 13'hb4;

  // go: 2:0 queue_pkg::control_op_e, 7:4 tag, 13:8 queue pair, 31:16 cid.
  localparam logic [AddrBits-1:0] CONTROL = 13'hb8;

  // The answer that waits: 3:0 tag, 4 ok, 5 found. Writing: it was taken.
  localparam logic [AddrBits-1:0] CONTROL_ANSWER = 13'hbc;

  // 15:0 domain, 24:16 contents, 27:25 order, 28 ephemeral, 29 exclusive, 30 frozen, 31 valid.
  localparam logic [AddrBits-1:0] POOL_ATTR = 13'hc0;

  // go: 7:0 place in the table, 31:8 how often it was used: the pool's id.
  localparam logic [AddrBits-1:0] POOL = 13'hc4;

  // For the vault: object.
  localparam logic [AddrBits-1:0] VAULT_OBJECT = 13'h100;

  // Page index.
  localparam logic [AddrBits-1:0] VAULT_INDEX = 13'h118;

  // Reserve, in units; for OP_TIER_RESERVE in bytes of flash.
  localparam logic [AddrBits-1:0] VAULT_UNITS = 13'h120;

  // Reserve, in slots of the index.
  localparam logic [AddrBits-1:0] VAULT_SLOTS = 13'h128;

  // Most pages; 0: none.
  localparam logic [AddrBits-1:0] VAULT_LIMIT = 13'h12c;

  // go: 3:0 and 12 (above them) vault_pkg::op_e, 5:4 count_e, 6 ephemeral, 9:7 order, 10 set the
  // reserve, 11 set the limit, 24:16 contents.
  localparam logic [AddrBits-1:0] VAULT = 13'h130;

  // vault_pkg::result_e of the last one.
  localparam logic [AddrBits-1:0] VAULT_RESULT = 13'h134;

  // Its value; of OP_TIER_OLDEST and OP_TIER_LOSE 1: not all was done in one go, ask again.
  localparam logic [AddrBits-1:0] VAULT_VALUE = 13'h138;

  // Of READ, in words: 0 in_use bit 0, dead 1, ephemeral 2, order 5:3; 1 pages; 2 units; 3, 4
  // stored; 5 same; 6 raw; 7 slots; 8 records; 9, 10 reserve_units; 11 reserve_slots; 12 limit;
  // 13 oldest; 14 newest; 15, 16 oldest_age.
  localparam logic [AddrBits-1:0] VAULT_ROW = 13'h140;

  // Of card memory: line of the index, buckets, line of the map, line of the units, units, most
  // index slots. Set before the vault's INIT.
  localparam logic [AddrBits-1:0] LAYOUT = 13'h1a0;

  // Key of the hash of pages.
  localparam logic [AddrBits-1:0] PAGE_SECRET = 13'h1c0;

  // Key of the hash of objects.
  localparam logic [AddrBits-1:0] OBJECT_SECRET = 13'h1d0;

  // The error that waits: 0: 5:0 queue pair, 31:16 cid; 1: 7:0 status, 15:8 opcode, 31:16 field;
  // 2 pool; 3, 4 address; 5, 6 index.
  localparam logic [AddrBits-1:0] ERROR = 13'h200;

  // go: it was taken.
  localparam logic [AddrBits-1:0] ERROR_NEXT = 13'h21c;

  // The queue pair that broke: 5:0, 31:16 index. Writing: it was taken.
  localparam logic [AddrBits-1:0] FAULT = 13'h220;

  // The bus address that it broke at, as far as the data path tells; else 0.
  localparam logic [AddrBits-1:0] FAULT_ADDR = 13'h228;

  // Bus address, a multiple of 4.
  localparam logic [AddrBits-1:0] DMA_ADDR = 13'h240;

  // go: 12:0 bytes, within 4 KiB, a multiple of 4; 17:16: 0 from the host, by whole lines into
  // the buffer, 1 to the host from the buffer's start, 2 a probe.
  localparam logic [AddrBits-1:0] DMA = 13'h248;

  // 1: the last one failed.
  localparam logic [AddrBits-1:0] DMA_ERROR = 13'h24c;

  // 8:0: which counter, see below.
  localparam logic [AddrBits-1:0] COUNTER_SELECT = 13'h280;

  // Its value; the low word holds the high one for the next read.
  localparam logic [AddrBits-1:0] COUNTER = 13'h284;

  // 6:0 bucket, 8:7 enum lat, 10:9: 0 a bucket, 1 the count, 2 the sum of cycles.
  localparam logic [AddrBits-1:0] LATENCY_SELECT = 13'h290;

  // Its value.
  localparam logic [AddrBits-1:0] LATENCY = 13'h294;

  // 11:3 contents, 2:0: 0 puts, 1 puts refused, 2 pages evicted, 3 pages flushed, 4 gets, 5
  // misses, 6 pages damaged. Written with bit 31: it starts anew.
  localparam logic [AddrBits-1:0] CONTENTS_SELECT = 13'h2a0;

  // Its value.
  localparam logic [AddrBits-1:0] CONTENTS_COUNTER = 13'h2a4;

  // go: the next write to a memory on the chip is damaged: 4:0 memory (ecc_pkg), 14:5 and 24:15
  // the bits, the same for one.
  localparam logic [AddrBits-1:0] ECC_INJECT = 13'h2b0;

  // How often was written, modulo 256, what starts something once: 7:0 DONE, 15:8 ADMIN_NEXT,
  // 23:16 CONTROL, 31:24 CONTROL_ANSWER. For firmware that was restarted to learn what it had
  // done; none does yet.
  localparam logic [AddrBits-1:0] WRITTEN = 13'h2b4;

  // NAND flash: 3:0 channels, 0 if there is none, 7:4 dies of each, 15:8 chunks of 1 KiB in a
  // page, 19:16 log2 of the pages of a block.
  localparam logic [AddrBits-1:0] FLASH_GEOMETRY = 13'h400;

  // Blocks of a die.
  localparam logic [AddrBits-1:0] FLASH_BLOCKS = 13'h404;

  // For a request: line of card memory from which on its data are or are to be, in the order of
  // chunks, for as long as it takes.
  localparam logic [AddrBits-1:0] FLASH_LINE = 13'h408;

  // For a request: 15:0 block, 31:16 page of it.
  localparam logic [AddrBits-1:0] FLASH_PLACE = 13'h40c;

  // go: a request: 2:0 flash_pkg::page_op_t, 15:8 die, counted over all channels, 23:16 first
  // chunk, 31:24 chunks (of a read). Read: bit 0 no channel has taken it yet, this and the two
  // words before are ignored until then; bit 1 requests are under way, or their ends wait.
  localparam logic [AddrBits-1:0] FLASH = 13'h410;

  // The end that waits: 2:0 flash_pkg::end_result_t, 3 the page's lines had one that card memory
  // could not correct, 4 there is an end, 15:8 die, 23:16 status of the die or a block's mark,
  // 30:24 most bits that were corrected in a chunk, 31 all chunks are erased. Writing: it was
  // taken.
  localparam logic [AddrBits-1:0] FLASH_END = 13'h414;

  // 5:0 which counter, in the order of flash_pkg::CounterWords, 9:6 of which channel.
  localparam logic [AddrBits-1:0] FLASH_SELECT = 13'h418;

  // Its value.
  localparam logic [AddrBits-1:0] FLASH_COUNTER = 13'h41c;

  // For the next request, if it is a read: what memory gets of its chunks, in words of 4 bytes:
  // 7:0 so many are left out at the beginning, 31:16 so many come, 0: all, 11:8 the word of the
  // first line where they begin. No other byte of memory is written.
  localparam logic [AddrBits-1:0] FLASH_PART = 13'h420;

  // For reads: lines that will be read at most.
  localparam logic [AddrBits-1:0] WINDOW_LINES = 13'h440;

  // go: a window to card memory: 29:0 line with which it begins, 31 it is written. Of a line
  // that was being written, what came is written. Read: 1 if memory could not correct a line
  // that was read since.
  localparam logic [AddrBits-1:0] WINDOW = 13'h444;

  // The next word there. An access ends when memory has answered, or has accepted the line that
  // is complete: what is started after it finds it.
  localparam logic [AddrBits-1:0] WINDOW_DATA = 13'h448;

  // Bit 0: there is flash behind memory, for the vault; takes effect with its next INIT. Read:
  // as the vault has it. This word and those up to TIER_STAGING are ignored while the vault is
  // busy.
  localparam logic [AddrBits-1:0] TIER = 13'h800;

  // For OP_TIER_OLDEST: 1:0 vault_pkg::which_e; for it and FIND: 2 the record's bytes are
  // wanted. For RESERVE: 1:0 TIER_DURABLE if they are a durable pool's.
  localparam logic [AddrBits-1:0] TIER_WHICH = 13'h804;

  // From this line of card memory on; for OP_TIER_PROMOTE the bytes are there.
  localparam logic [AddrBits-1:0] TIER_LINE = 13'h808;

  // Bytes of a record in flash; for OP_TIER_LOSE units of flash, 0: what was begun is given up.
  localparam logic [AddrBits-1:0] TIER_BYTES = 13'h80c;

  // The version that is meant; for OP_TIER_CLOCK the latest one.
  localparam logic [AddrBits-1:0] TIER_VERSION = 13'h810;

  // The place where it is meant to be; for OP_TIER_LOSE the first unit that is lost, for PROMISE
  // bytes of flash.
  localparam logic [AddrBits-1:0] TIER_PLACE = 13'h818;

  // For OP_TIER_MOVE: the place where it is from then on; 0: it is lost where it is.
  localparam logic [AddrBits-1:0] TIER_TO = 13'h820;

  // EVENTS 12 is set whenever memory is taken and less than so many units are free then.
  localparam logic [AddrBits-1:0] TIER_LOW = 13'h828;

  // And whenever there are more bytes of durable records in memory than before, and than this.
  localparam logic [AddrBits-1:0] TIER_DIRTY = 13'h82c;

  // Line of card memory from which on the get lanes have theirs for what comes from flash:
  // ask_pkg::StagingLines each.
  localparam logic [AddrBits-1:0] TIER_STAGING = 13'h830;

  // vault_pkg::tier_record_t of the last OP_TIER_* that told one: 0 to 5 object; 6, 7 index; 8,
  // 9 version; 10, 11 place; 12 bytes; 13: 15:0 contents, 16 durable, 17 leaving, 18 in flash,
  // 19 lost, 20 known.
  localparam logic [AddrBits-1:0] TIER_RECORD = 13'h840;

  // The place in flash that waits: no page is there any more.
  localparam logic [AddrBits-1:0] TIER_DROP_PLACE = 13'h880;

  // 31 one waits, 30:0 its bytes. Writing: it was taken. The vault waits, in the middle of what
  // it does, when 16 wait: whoever waits for the vault has to take them.
  localparam logic [AddrBits-1:0] TIER_DROP = 13'h888;

  // What the data path asks for, but records, and what TIER_GRANT has not answered: 31 it does,
  // 2:0 ask_pkg::kind_e, 24:16 contents; stays until it is answered. Write: the answer, 1:0
  // ask_pkg::answer_e; of nothing that is asked it is ignored.
  localparam logic [AddrBits-1:0] TIER_ASK = 13'h8c0;

  // Its bytes.
  localparam logic [AddrBits-1:0] TIER_ASK_BYTES = 13'h8c4;

  // So many bytes of durable records may be in memory: a durable put is let in at once, without
  // being asked for here, if there are none, or no more than this with it; 0: none is.
  localparam logic [AddrBits-1:0] TIER_GRANT = 13'h8c8;

  // Page index.
  localparam logic [AddrBits-1:0] TIER_ASK_INDEX = 13'h8d0;

  // Object.
  localparam logic [AddrBits-1:0] TIER_ASK_OBJECT = 13'h8d8;

  // Records that get lanes want from flash (ask_pkg::ASK_READ), told and answered as TIER_ASK,
  // beside it; 30: an end waits (TIER_READ_END).
  localparam logic [AddrBits-1:0] TIER_FETCH = 13'h900;

  // Line of card memory from which on it is to be, as OP_TIER_FIND copies it.
  localparam logic [AddrBits-1:0] TIER_FETCH_LINE = 13'h904;

  // Page index.
  localparam logic [AddrBits-1:0] TIER_FETCH_INDEX = 13'h908;

  // Object.
  localparam logic [AddrBits-1:0] TIER_FETCH_OBJECT = 13'h910;

  // What the card itself does about the question of TIER_FETCH (mailbox_fetch.sv): 2:0: 0 there
  // is none, 1 asks the vault where it is, 2 reads it, 3 has read it and waits for the answer, 4
  // leaves it to firmware, 5, 6 has answered it; 23:16 the question's number; 31 an end waits.
  // Writing, with that number: firmware knows of it; bit 0: it will answer it as the read has
  // ended, else the card does. An answer by TIER_FETCH is ignored while it is 1 or 2.
  localparam logic [AddrBits-1:0] TIER_READ = 13'h930;

  // The card reads records of so many bytes at most by itself, which are those that lie in one
  // page of flash; 0: none.
  localparam logic [AddrBits-1:0] TIER_READ_MOST = 13'h934;

  // 31: a record was read by the card, 30:24 most bits that were corrected in a chunk. Writing:
  // it was taken.
  localparam logic [AddrBits-1:0] TIER_READ_END = 13'h938;

  // Where it was, bits 31:0.
  localparam logic [AddrBits-1:0] TIER_READ_PLACE = 13'h93c;

  // What the vault told of the record that TIER_FETCH asks for, while TIER_READ is 2 or 3: 0, 1
  // version; 2, 3 place; 4 bytes; 5: 15:0 contents, 16 durable.
  localparam logic [AddrBits-1:0] TIER_FOUND = 13'h940;

  // A page for DMA.
  localparam logic [AddrBits-1:0] BUFFER = 13'h1000;

  // Counters, for COUNTER_SELECT.
  localparam int unsigned CounterBits = 9;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_BAD_DOORBELL = 9'h000;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_PUSHED = 9'h001;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_PUSH_DROPPED = 9'h002;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_FETCHED = 9'h003;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_CQ_FULL_STALLS = 9'h004;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_INTERRUPTS = 9'h005;
  localparam logic [CounterBits-1:0] COUNTER_QUEUE_COMPLETIONS = 9'h006;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_PUTS = 9'h010;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_PUTS_REFUSED = 9'h011;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_GETS = 9'h012;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_MISSES = 9'h013;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_ABORTS = 9'h014;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_ERRORS = 9'h015;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_UNLOGGED = 9'h016;
  localparam logic [CounterBits-1:0] COUNTER_HAZARD_STALLS = 9'h017;
  localparam logic [CounterBits-1:0] COUNTER_BUSY_CYCLES = 9'h018;
  localparam logic [CounterBits-1:0] COUNTER_EXEC_DAMAGED = 9'h019;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_PUTS = 9'h020;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_PUTS_REFUSED = 9'h021;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_EVICTIONS = 9'h022;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_FLUSHES = 9'h023;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_INDEX_FULL = 9'h024;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_COMMITTED_UNITS = 9'h025;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_COMMITTED_SLOTS = 9'h026;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_PAGES = 9'h027;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_EXTENTS = 9'h028;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_OBJECTS = 9'h029;
  localparam logic [CounterBits-1:0] COUNTER_STORE_FREE_UNITS = 9'h02a;
  localparam logic [CounterBits-1:0] COUNTER_STORE_RUNS = 9'h02b;
  localparam logic [CounterBits-1:0] COUNTER_STORE_MERGES = 9'h02c;
  localparam logic [CounterBits-1:0] COUNTER_STORE_SPLITS = 9'h02d;
  localparam logic [CounterBits-1:0] COUNTER_INDEX_USED = 9'h02e;
  localparam logic [CounterBits-1:0] COUNTER_INDEX_MOVES = 9'h02f;
  localparam logic [CounterBits-1:0] COUNTER_STASH_USED = 9'h030;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_TOTAL_PAGES = 9'h031;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_TOTAL_UNITS = 9'h032;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_TOTAL_STORED = 9'h033;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_TOTAL_SAME = 9'h034;
  localparam logic [CounterBits-1:0] COUNTER_VAULT_DEAD_TOTAL_RAW = 9'h035;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_ENTERED = 9'h036;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_DIVERTED = 9'h037;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_INSIDE = 9'h038;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_DRAINED = 9'h039;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_OBJECT = 9'h03a;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_ROOM = 9'h03b;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_STREAM = 9'h03c;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_LOOKUP = 9'h03d;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_INDEX = 9'h03e;
  localparam logic [CounterBits-1:0] COUNTER_PUTS_WAIT_FREE = 9'h03f;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_READ_BURSTS = 9'h040;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_WRITE_BURSTS = 9'h041;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_READ_LINES = 9'h042;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_WRITE_LINES = 9'h043;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_CONFLICTS = 9'h044;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_LATENCY_SUM = 9'h045;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_LATENCY_MAX = 9'h046;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_OUTSTANDING_MAX = 9'h047;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_WRITE_ERRORS = 9'h048;
  localparam logic [CounterBits-1:0] COUNTER_DRAM_READ_ERRORS = 9'h049;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_CQ_WRITE_LINES = 9'h050;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_CQ_READS = 9'h051;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_CQ_UNSUPPORTED = 9'h052;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_CQ_DROPPED = 9'h053;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_CQ_DAMAGED = 9'h054;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_PACKETS = 9'h055;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_LINES = 9'h056;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_ENDS = 9'h057;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_LATENCY_SUM = 9'h058;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_LATENCY_MAX = 9'h059;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_TAGS = 9'h05a;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_TAGS_MAX = 9'h05b;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_STALL_TAG = 9'h05c;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_STALL_READY = 9'h05d;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_ERRORS = 9'h05e;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_TIMEOUTS = 9'h05f;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_ABORTS = 9'h060;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_STRAYS = 9'h061;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_READ_EXPIRED = 9'h062;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_WRITE_PACKETS = 9'h063;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_WRITE_DWORDS = 9'h064;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_WRITE_REQUESTS = 9'h065;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_WRITE_DROPPED = 9'h066;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_WRITE_STALL_READY = 9'h067;
  localparam logic [CounterBits-1:0] COUNTER_PCIE_INTERRUPTS = 9'h068;
  localparam logic [CounterBits-1:0] COUNTER_LANES = 9'h070;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_LANE = 9'h090;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_HOST = 9'h091;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_CODEC = 9'h092;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_VAULT = 9'h093;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_RESULT = 9'h094;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_PUT_HELD = 9'h095;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_LANE = 9'h096;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_INDEX = 9'h097;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_ROOM = 9'h098;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_MEMORY = 9'h099;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_CODEC = 9'h09a;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_AGAIN = 9'h09b;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_PROBE = 9'h09c;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_HOST = 9'h09d;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_VAULT = 9'h09e;
  localparam logic [CounterBits-1:0] COUNTER_WAIT_GET_RESULT = 9'h09f;
  localparam logic [CounterBits-1:0] COUNTER_TIER_CLOCK = 9'h0a0;
  localparam logic [CounterBits-1:0] COUNTER_TIER_DURABLE_BYTES = 9'h0a1;
  localparam logic [CounterBits-1:0] COUNTER_TIER_PAGES = 9'h0a2;
  localparam logic [CounterBits-1:0] COUNTER_TIER_COMMITTED_FLASH = 9'h0a3;
  localparam logic [CounterBits-1:0] COUNTER_TIER_COMMITTED_DURABLE = 9'h0a4;
  localparam logic [CounterBits-1:0] COUNTER_TIER_READS = 9'h0a5;
  localparam logic [CounterBits-1:0] COUNTER_TIER_READS_LEFT = 9'h0a6;
  localparam logic [CounterBits-1:0] COUNTER_TIER_READS_FINDING = 9'h0a7;
  localparam logic [CounterBits-1:0] COUNTER_TIER_READS_READING = 9'h0a8;
  localparam logic [CounterBits-1:0] COUNTER_TIER_READS_READING_MAX = 9'h0a9;
  localparam logic [CounterBits-1:0] COUNTER_ECC = 9'h0c0;
  localparam logic [CounterBits-1:0] COUNTER_LANE = 9'h100;

endpackage
