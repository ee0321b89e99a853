/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mailbox of the management core: byte offsets of its 32-bit words.
 *
 * GENERATED from spec/mailbox.toml by tools/ifgen; do not edit. "make
 * generate" renews it.
 */
#ifndef PAMC_MAILBOX_H
#define PAMC_MAILBOX_H

/*
 * What waits: 0 an admin entry, 1 an error, 2 a fault of a queue pair, 3 an
 * answer to CONTROL, 4 CTRL was written, 5 function-level reset, 6 CTRL.EN was
 * written as 0, 7 a word on the chip was lost, 8 the command of WATCH is not
 * inside, 9 a place in flash that was dropped, 10 an end of the flash's, 11
 * the data path asks for something (TIER_ASK, TIER_FETCH), 12 memory has
 * become short (TIER_LOW, TIER_DIRTY); what is under way: 16 the vault, 17
 * DMA, 18 an admin completion, 19 CONTROL. Writing ones clears bits 4, 6, 7
 * and 12.
 */
#define MAILBOX_EVENTS 0x000u

/* Register CTRL as the host wrote it. */
#define MAILBOX_CTRL 0x004u

/* Register STATUS as the host reads it. */
#define MAILBOX_STATUS 0x008u

/* Register BOOT_EPOCH. */
#define MAILBOX_BOOT_EPOCH 0x010u
#define MAILBOX_BOOT_EPOCH_WORDS 2u

/* Register RESETS. */
#define MAILBOX_RESETS 0x018u

/* Register AQ_ATTR as the host wrote it. */
#define MAILBOX_AQ_ATTR 0x01cu

/* Register ASQ_BASE. */
#define MAILBOX_ASQ_BASE 0x020u
#define MAILBOX_ASQ_BASE_WORDS 2u

/* Register ACQ_BASE. */
#define MAILBOX_ACQ_BASE 0x028u
#define MAILBOX_ACQ_BASE_WORDS 2u

/* Cycles, modulo 2^32. */
#define MAILBOX_NOW 0x030u

/*
 * 0: take no entries to be executed. 1: pages cannot be reached, commands are
 * NOT_READY. 2: take no entries from rings and slots. 3: a function-level
 * reset was dealt with. 4: every command is ABORTED. 5: for tests of hosts,
 * puts find no space.
 */
#define MAILBOX_HOLD 0x034u

/* 0: no command is inside. 1: nothing is under way to or from the host. */
#define MAILBOX_IDLE 0x038u

/*
 * Write: a pool's place in the table. Read: 1 if a command of that pool is
 * inside.
 */
#define MAILBOX_POOL_BUSY 0x03cu

/* The admin entry that waits. */
#define MAILBOX_ADMIN 0x040u
#define MAILBOX_ADMIN_WORDS 16u

/* go: that entry was taken. */
#define MAILBOX_ADMIN_NEXT 0x080u

/* An admin completion: result. */
#define MAILBOX_DONE_RESULT 0x084u

/* Its info. */
#define MAILBOX_DONE_INFO 0x088u

/* go: 15:0 cid, 23:16 status, 31 the error log has an entry. */
#define MAILBOX_DONE 0x08cu

/*
 * Write: a command to watch: 15:0 cid, 21:16 queue pair, 31 watch. Read: 1 if
 * it was inside since, from where its entry was handed out to where its
 * completion was taken.
 */
#define MAILBOX_WATCH 0x090u

/* For a queue pair: bus address of its submission ring. */
#define MAILBOX_CONTROL_SQ 0x0a0u
#define MAILBOX_CONTROL_SQ_WORDS 2u

/* Of its completion ring. */
#define MAILBOX_CONTROL_CQ 0x0a8u
#define MAILBOX_CONTROL_CQ_WORDS 2u

/* 3:0 sq_shift, 7:4 cq_shift, 13:8 vector, 14 interrupts, 31:16 domain. */
#define MAILBOX_CONTROL_ATTR 0x0b0u

/* 15:0 completions, 31:16 microseconds. */
#define MAILBOX_CONTROL_COALESCE 0x0b4u

/* go: 2:0 queue_pkg::control_op_e, 7:4 tag, 13:8 queue pair, 31:16 cid. */
#define MAILBOX_CONTROL 0x0b8u

/* The answer that waits: 3:0 tag, 4 ok, 5 found. Writing: it was taken. */
#define MAILBOX_CONTROL_ANSWER 0x0bcu

/*
 * 15:0 domain, 24:16 contents, 27:25 order, 28 ephemeral, 29 exclusive, 30
 * frozen, 31 valid.
 */
#define MAILBOX_POOL_ATTR 0x0c0u

/* go: 7:0 place in the table, 31:8 how often it was used: the pool's id. */
#define MAILBOX_POOL 0x0c4u

/* For the vault: object. */
#define MAILBOX_VAULT_OBJECT 0x100u
#define MAILBOX_VAULT_OBJECT_WORDS 6u

/* Page index. */
#define MAILBOX_VAULT_INDEX 0x118u
#define MAILBOX_VAULT_INDEX_WORDS 2u

/* Reserve, in units; for OP_TIER_RESERVE in bytes of flash. */
#define MAILBOX_VAULT_UNITS 0x120u
#define MAILBOX_VAULT_UNITS_WORDS 2u

/* Reserve, in slots of the index. */
#define MAILBOX_VAULT_SLOTS 0x128u

/* Most pages; 0: none. */
#define MAILBOX_VAULT_LIMIT 0x12cu

/*
 * go: 3:0 and 12 (above them) vault_pkg::op_e, 5:4 count_e, 6 ephemeral, 9:7
 * order, 10 set the reserve, 11 set the limit, 24:16 contents.
 */
#define MAILBOX_VAULT 0x130u

/* vault_pkg::result_e of the last one. */
#define MAILBOX_VAULT_RESULT 0x134u

/*
 * Its value; of OP_TIER_OLDEST and OP_TIER_LOSE 1: not all was done in one go,
 * ask again.
 */
#define MAILBOX_VAULT_VALUE 0x138u

/*
 * Of READ, in words: 0 in_use bit 0, dead 1, ephemeral 2, order 5:3; 1 pages;
 * 2 units; 3, 4 stored; 5 same; 6 raw; 7 slots; 8 records; 9, 10
 * reserve_units; 11 reserve_slots; 12 limit; 13 oldest; 14 newest; 15, 16
 * oldest_age.
 */
#define MAILBOX_VAULT_ROW 0x140u
#define MAILBOX_VAULT_ROW_WORDS 20u

/*
 * Of card memory: line of the index, buckets, line of the map, line of the
 * units, units, most index slots. Set before the vault's INIT.
 */
#define MAILBOX_LAYOUT 0x1a0u
#define MAILBOX_LAYOUT_WORDS 6u

/* Key of the hash of pages. */
#define MAILBOX_PAGE_SECRET 0x1c0u
#define MAILBOX_PAGE_SECRET_WORDS 4u

/* Key of the hash of objects. */
#define MAILBOX_OBJECT_SECRET 0x1d0u
#define MAILBOX_OBJECT_SECRET_WORDS 4u

/*
 * The error that waits: 0: 5:0 queue pair, 31:16 cid; 1: 7:0 status, 15:8
 * opcode, 31:16 field; 2 pool; 3, 4 address; 5, 6 index.
 */
#define MAILBOX_ERROR 0x200u
#define MAILBOX_ERROR_WORDS 7u

/* go: it was taken. */
#define MAILBOX_ERROR_NEXT 0x21cu

/* The queue pair that broke: 5:0, 31:16 index. Writing: it was taken. */
#define MAILBOX_FAULT 0x220u

/* The bus address that it broke at, as far as the data path tells; else 0. */
#define MAILBOX_FAULT_ADDR 0x228u
#define MAILBOX_FAULT_ADDR_WORDS 2u

/* Bus address, a multiple of 4. */
#define MAILBOX_DMA_ADDR 0x240u
#define MAILBOX_DMA_ADDR_WORDS 2u

/*
 * go: 12:0 bytes, within 4 KiB, a multiple of 4; 17:16: 0 from the host, by
 * whole lines into the buffer, 1 to the host from the buffer's start, 2 a
 * probe.
 */
#define MAILBOX_DMA 0x248u

/* 1: the last one failed. */
#define MAILBOX_DMA_ERROR 0x24cu

/* 8:0: which counter, see below. */
#define MAILBOX_COUNTER_SELECT 0x280u

/* Its value; the low word holds the high one for the next read. */
#define MAILBOX_COUNTER 0x284u
#define MAILBOX_COUNTER_WORDS 2u

/*
 * 6:0 bucket, 8:7 enum lat, 10:9: 0 a bucket, 1 the count, 2 the sum of
 * cycles.
 */
#define MAILBOX_LATENCY_SELECT 0x290u

/* Its value. */
#define MAILBOX_LATENCY 0x294u
#define MAILBOX_LATENCY_WORDS 2u

/*
 * 11:3 contents, 2:0: 0 puts, 1 puts refused, 2 pages evicted, 3 pages
 * flushed, 4 gets, 5 misses, 6 pages damaged. Written with bit 31: it starts
 * anew.
 */
#define MAILBOX_CONTENTS_SELECT 0x2a0u

/* Its value. */
#define MAILBOX_CONTENTS_COUNTER 0x2a4u
#define MAILBOX_CONTENTS_COUNTER_WORDS 2u

/*
 * go: the next write to a memory on the chip is damaged: 4:0 memory (ecc_pkg),
 * 14:5 and 24:15 the bits, the same for one.
 */
#define MAILBOX_ECC_INJECT 0x2b0u

/*
 * How often was written, modulo 256, what starts something once: 7:0 DONE,
 * 15:8 ADMIN_NEXT, 23:16 CONTROL, 31:24 CONTROL_ANSWER. For firmware that was
 * restarted to learn what it had done; none does yet.
 */
#define MAILBOX_WRITTEN 0x2b4u

/*
 * NAND flash: 3:0 channels, 0 if there is none, 7:4 dies of each, 15:8 chunks
 * of 1 KiB in a page, 19:16 log2 of the pages of a block.
 */
#define MAILBOX_FLASH_GEOMETRY 0x400u

/* Blocks of a die. */
#define MAILBOX_FLASH_BLOCKS 0x404u

/*
 * For a request: line of card memory from which on its data are or are to be,
 * in the order of chunks, for as long as it takes.
 */
#define MAILBOX_FLASH_LINE 0x408u

/* For a request: 15:0 block, 31:16 page of it. */
#define MAILBOX_FLASH_PLACE 0x40cu

/*
 * go: a request: 2:0 flash_pkg::page_op_t, 15:8 die, counted over all
 * channels, 23:16 first chunk, 31:24 chunks (of a read). Read: bit 0 no
 * channel has taken it yet, this and the two words before are ignored until
 * then; bit 1 requests are under way, or their ends wait.
 */
#define MAILBOX_FLASH 0x410u

/*
 * The end that waits: 2:0 flash_pkg::end_result_t, 3 the page's lines had one
 * that card memory could not correct, 4 there is an end, 15:8 die, 23:16
 * status of the die or a block's mark, 30:24 most bits that were corrected in
 * a chunk, 31 all chunks are erased. Writing: it was taken.
 */
#define MAILBOX_FLASH_END 0x414u

/*
 * 5:0 which counter, in the order of flash_pkg::CounterWords, 9:6 of which
 * channel.
 */
#define MAILBOX_FLASH_SELECT 0x418u

/* Its value. */
#define MAILBOX_FLASH_COUNTER 0x41cu

/*
 * For the next request, if it is a read: what memory gets of its chunks, in
 * words of 4 bytes: 7:0 so many are left out at the beginning, 31:16 so many
 * come, 0: all, 11:8 the word of the first line where they begin. No other
 * byte of memory is written.
 */
#define MAILBOX_FLASH_PART 0x420u

/* For reads: lines that will be read at most. */
#define MAILBOX_WINDOW_LINES 0x440u

/*
 * go: a window to card memory: 29:0 line with which it begins, 31 it is
 * written. Of a line that was being written, what came is written. Read: 1 if
 * memory could not correct a line that was read since.
 */
#define MAILBOX_WINDOW 0x444u

/*
 * The next word there. An access ends when memory has answered, or has
 * accepted the line that is complete: what is started after it finds it.
 */
#define MAILBOX_WINDOW_DATA 0x448u

/*
 * Bit 0: there is flash behind memory, for the vault; takes effect with its
 * next INIT. Read: as the vault has it. This word and those up to TIER_STAGING
 * are ignored while the vault is busy.
 */
#define MAILBOX_TIER 0x800u

/*
 * For OP_TIER_OLDEST: 1:0 vault_pkg::which_e; for it and FIND: 2 the record's
 * bytes are wanted. For RESERVE: 1:0 TIER_DURABLE if they are a durable
 * pool's.
 */
#define MAILBOX_TIER_WHICH 0x804u

/* From this line of card memory on; for OP_TIER_PROMOTE the bytes are there. */
#define MAILBOX_TIER_LINE 0x808u

/*
 * Bytes of a record in flash; for OP_TIER_LOSE units of flash, 0: what was
 * begun is given up.
 */
#define MAILBOX_TIER_BYTES 0x80cu

/* The version that is meant; for OP_TIER_CLOCK the latest one. */
#define MAILBOX_TIER_VERSION 0x810u
#define MAILBOX_TIER_VERSION_WORDS 2u

/*
 * The place where it is meant to be; for OP_TIER_LOSE the first unit that is
 * lost, for PROMISE bytes of flash.
 */
#define MAILBOX_TIER_PLACE 0x818u
#define MAILBOX_TIER_PLACE_WORDS 2u

/*
 * For OP_TIER_MOVE: the place where it is from then on; 0: it is lost where it
 * is.
 */
#define MAILBOX_TIER_TO 0x820u
#define MAILBOX_TIER_TO_WORDS 2u

/*
 * EVENTS 12 is set whenever memory is taken and less than so many units are
 * free then.
 */
#define MAILBOX_TIER_LOW 0x828u

/*
 * And whenever there are more bytes of durable records in memory than before,
 * and than this.
 */
#define MAILBOX_TIER_DIRTY 0x82cu

/*
 * Line of card memory from which on the get lanes have theirs for what comes
 * from flash: ask_pkg::StagingLines each.
 */
#define MAILBOX_TIER_STAGING 0x830u

/*
 * vault_pkg::tier_record_t of the last OP_TIER_* that told one: 0 to 5 object;
 * 6, 7 index; 8, 9 version; 10, 11 place; 12 bytes; 13: 15:0 contents, 16
 * durable, 17 leaving, 18 in flash, 19 lost, 20 known.
 */
#define MAILBOX_TIER_RECORD 0x840u
#define MAILBOX_TIER_RECORD_WORDS 14u

/* The place in flash that waits: no page is there any more. */
#define MAILBOX_TIER_DROP_PLACE 0x880u
#define MAILBOX_TIER_DROP_PLACE_WORDS 2u

/*
 * 31 one waits, 30:0 its bytes. Writing: it was taken. The vault waits, in the
 * middle of what it does, when 16 wait: whoever waits for the vault has to
 * take them.
 */
#define MAILBOX_TIER_DROP 0x888u

/*
 * What the data path asks for, but records, and what TIER_GRANT has not
 * answered: 31 it does, 2:0 ask_pkg::kind_e, 24:16 contents; stays until it is
 * answered. Write: the answer, 1:0 ask_pkg::answer_e; of nothing that is asked
 * it is ignored.
 */
#define MAILBOX_TIER_ASK 0x8c0u

/* Its bytes. */
#define MAILBOX_TIER_ASK_BYTES 0x8c4u

/*
 * So many bytes of durable records may be in memory: a durable put is let in
 * at once, without being asked for here, if there are none, or no more than
 * this with it; 0: none is.
 */
#define MAILBOX_TIER_GRANT 0x8c8u

/* Page index. */
#define MAILBOX_TIER_ASK_INDEX 0x8d0u
#define MAILBOX_TIER_ASK_INDEX_WORDS 2u

/* Object. */
#define MAILBOX_TIER_ASK_OBJECT 0x8d8u
#define MAILBOX_TIER_ASK_OBJECT_WORDS 6u

/*
 * Records that get lanes want from flash (ask_pkg::ASK_READ), told and
 * answered as TIER_ASK, beside it; 30: an end waits (TIER_READ_END).
 */
#define MAILBOX_TIER_FETCH 0x900u

/* Line of card memory from which on it is to be, as OP_TIER_FIND copies it. */
#define MAILBOX_TIER_FETCH_LINE 0x904u

/* Page index. */
#define MAILBOX_TIER_FETCH_INDEX 0x908u
#define MAILBOX_TIER_FETCH_INDEX_WORDS 2u

/* Object. */
#define MAILBOX_TIER_FETCH_OBJECT 0x910u
#define MAILBOX_TIER_FETCH_OBJECT_WORDS 6u

/*
 * What the card itself does about the question of TIER_FETCH
 * (mailbox_fetch.sv): 2:0: 0 there is none, 1 asks the vault where it is, 2
 * reads it, 3 has read it and waits for the answer, 4 leaves it to firmware,
 * 5, 6 has answered it; 23:16 the question's number; 31 an end waits. Writing,
 * with that number: firmware knows of it; bit 0: it will answer it as the read
 * has ended, else the card does. An answer by TIER_FETCH is ignored while it
 * is 1 or 2.
 */
#define MAILBOX_TIER_READ 0x930u

/*
 * The card reads records of so many bytes at most by itself, which are those
 * that lie in one page of flash; 0: none.
 */
#define MAILBOX_TIER_READ_MOST 0x934u

/*
 * 31: a record was read by the card, 30:24 most bits that were corrected in a
 * chunk. Writing: it was taken.
 */
#define MAILBOX_TIER_READ_END 0x938u

/* Where it was, bits 31:0. */
#define MAILBOX_TIER_READ_PLACE 0x93cu

/*
 * What the vault told of the record that TIER_FETCH asks for, while TIER_READ
 * is 2 or 3: 0, 1 version; 2, 3 place; 4 bytes; 5: 15:0 contents, 16 durable.
 */
#define MAILBOX_TIER_FOUND 0x940u
#define MAILBOX_TIER_FOUND_WORDS 6u

/* A page for DMA. */
#define MAILBOX_BUFFER 0x1000u
#define MAILBOX_BUFFER_WORDS 1024u

/* Counters, for COUNTER_SELECT. */
#define MAILBOX_COUNTER_QUEUE_BAD_DOORBELL 0x000u
#define MAILBOX_COUNTER_QUEUE_PUSHED 0x001u
#define MAILBOX_COUNTER_QUEUE_PUSH_DROPPED 0x002u
#define MAILBOX_COUNTER_QUEUE_FETCHED 0x003u
#define MAILBOX_COUNTER_QUEUE_CQ_FULL_STALLS 0x004u
#define MAILBOX_COUNTER_QUEUE_INTERRUPTS 0x005u
#define MAILBOX_COUNTER_QUEUE_COMPLETIONS 0x006u
#define MAILBOX_COUNTER_EXEC_PUTS 0x010u
#define MAILBOX_COUNTER_EXEC_PUTS_REFUSED 0x011u
#define MAILBOX_COUNTER_EXEC_GETS 0x012u
#define MAILBOX_COUNTER_EXEC_MISSES 0x013u
#define MAILBOX_COUNTER_EXEC_ABORTS 0x014u
#define MAILBOX_COUNTER_EXEC_ERRORS 0x015u
#define MAILBOX_COUNTER_EXEC_UNLOGGED 0x016u
#define MAILBOX_COUNTER_HAZARD_STALLS 0x017u
#define MAILBOX_COUNTER_BUSY_CYCLES 0x018u
#define MAILBOX_COUNTER_EXEC_DAMAGED 0x019u
#define MAILBOX_COUNTER_VAULT_PUTS 0x020u
#define MAILBOX_COUNTER_VAULT_PUTS_REFUSED 0x021u
#define MAILBOX_COUNTER_VAULT_EVICTIONS 0x022u
#define MAILBOX_COUNTER_VAULT_FLUSHES 0x023u
#define MAILBOX_COUNTER_VAULT_INDEX_FULL 0x024u
#define MAILBOX_COUNTER_VAULT_COMMITTED_UNITS 0x025u
#define MAILBOX_COUNTER_VAULT_COMMITTED_SLOTS 0x026u
#define MAILBOX_COUNTER_VAULT_DEAD_PAGES 0x027u
#define MAILBOX_COUNTER_VAULT_EXTENTS 0x028u
#define MAILBOX_COUNTER_VAULT_OBJECTS 0x029u
#define MAILBOX_COUNTER_STORE_FREE_UNITS 0x02au
#define MAILBOX_COUNTER_STORE_RUNS 0x02bu
#define MAILBOX_COUNTER_STORE_MERGES 0x02cu
#define MAILBOX_COUNTER_STORE_SPLITS 0x02du
#define MAILBOX_COUNTER_INDEX_USED 0x02eu
#define MAILBOX_COUNTER_INDEX_MOVES 0x02fu
#define MAILBOX_COUNTER_STASH_USED 0x030u
#define MAILBOX_COUNTER_VAULT_DEAD_TOTAL_PAGES 0x031u
#define MAILBOX_COUNTER_VAULT_DEAD_TOTAL_UNITS 0x032u
#define MAILBOX_COUNTER_VAULT_DEAD_TOTAL_STORED 0x033u
#define MAILBOX_COUNTER_VAULT_DEAD_TOTAL_SAME 0x034u
#define MAILBOX_COUNTER_VAULT_DEAD_TOTAL_RAW 0x035u
#define MAILBOX_COUNTER_PUTS_ENTERED 0x036u
#define MAILBOX_COUNTER_PUTS_DIVERTED 0x037u
#define MAILBOX_COUNTER_PUTS_WAIT_INSIDE 0x038u
#define MAILBOX_COUNTER_PUTS_WAIT_DRAINED 0x039u
#define MAILBOX_COUNTER_PUTS_WAIT_OBJECT 0x03au
#define MAILBOX_COUNTER_PUTS_WAIT_ROOM 0x03bu
#define MAILBOX_COUNTER_PUTS_WAIT_STREAM 0x03cu
#define MAILBOX_COUNTER_PUTS_WAIT_LOOKUP 0x03du
#define MAILBOX_COUNTER_PUTS_WAIT_INDEX 0x03eu
#define MAILBOX_COUNTER_PUTS_WAIT_FREE 0x03fu
#define MAILBOX_COUNTER_DRAM_READ_BURSTS 0x040u
#define MAILBOX_COUNTER_DRAM_WRITE_BURSTS 0x041u
#define MAILBOX_COUNTER_DRAM_READ_LINES 0x042u
#define MAILBOX_COUNTER_DRAM_WRITE_LINES 0x043u
#define MAILBOX_COUNTER_DRAM_CONFLICTS 0x044u
#define MAILBOX_COUNTER_DRAM_LATENCY_SUM 0x045u
#define MAILBOX_COUNTER_DRAM_LATENCY_MAX 0x046u
#define MAILBOX_COUNTER_DRAM_OUTSTANDING_MAX 0x047u
#define MAILBOX_COUNTER_DRAM_WRITE_ERRORS 0x048u
#define MAILBOX_COUNTER_DRAM_READ_ERRORS 0x049u
#define MAILBOX_COUNTER_PCIE_CQ_WRITE_LINES 0x050u
#define MAILBOX_COUNTER_PCIE_CQ_READS 0x051u
#define MAILBOX_COUNTER_PCIE_CQ_UNSUPPORTED 0x052u
#define MAILBOX_COUNTER_PCIE_CQ_DROPPED 0x053u
#define MAILBOX_COUNTER_PCIE_CQ_DAMAGED 0x054u
#define MAILBOX_COUNTER_PCIE_READ_PACKETS 0x055u
#define MAILBOX_COUNTER_PCIE_READ_LINES 0x056u
#define MAILBOX_COUNTER_PCIE_READ_ENDS 0x057u
#define MAILBOX_COUNTER_PCIE_READ_LATENCY_SUM 0x058u
#define MAILBOX_COUNTER_PCIE_READ_LATENCY_MAX 0x059u
#define MAILBOX_COUNTER_PCIE_TAGS 0x05au
#define MAILBOX_COUNTER_PCIE_TAGS_MAX 0x05bu
#define MAILBOX_COUNTER_PCIE_READ_STALL_TAG 0x05cu
#define MAILBOX_COUNTER_PCIE_READ_STALL_READY 0x05du
#define MAILBOX_COUNTER_PCIE_READ_ERRORS 0x05eu
#define MAILBOX_COUNTER_PCIE_READ_TIMEOUTS 0x05fu
#define MAILBOX_COUNTER_PCIE_READ_ABORTS 0x060u
#define MAILBOX_COUNTER_PCIE_READ_STRAYS 0x061u
#define MAILBOX_COUNTER_PCIE_READ_EXPIRED 0x062u
#define MAILBOX_COUNTER_PCIE_WRITE_PACKETS 0x063u
#define MAILBOX_COUNTER_PCIE_WRITE_DWORDS 0x064u
#define MAILBOX_COUNTER_PCIE_WRITE_REQUESTS 0x065u
#define MAILBOX_COUNTER_PCIE_WRITE_DROPPED 0x066u
#define MAILBOX_COUNTER_PCIE_WRITE_STALL_READY 0x067u
#define MAILBOX_COUNTER_PCIE_INTERRUPTS 0x068u
#define MAILBOX_COUNTER_LANES 0x070u
#define MAILBOX_COUNTER_WAIT_PUT_LANE 0x090u
#define MAILBOX_COUNTER_WAIT_PUT_HOST 0x091u
#define MAILBOX_COUNTER_WAIT_PUT_CODEC 0x092u
#define MAILBOX_COUNTER_WAIT_PUT_VAULT 0x093u
#define MAILBOX_COUNTER_WAIT_PUT_RESULT 0x094u
#define MAILBOX_COUNTER_WAIT_PUT_HELD 0x095u
#define MAILBOX_COUNTER_WAIT_GET_LANE 0x096u
#define MAILBOX_COUNTER_WAIT_GET_INDEX 0x097u
#define MAILBOX_COUNTER_WAIT_GET_ROOM 0x098u
#define MAILBOX_COUNTER_WAIT_GET_MEMORY 0x099u
#define MAILBOX_COUNTER_WAIT_GET_CODEC 0x09au
#define MAILBOX_COUNTER_WAIT_GET_AGAIN 0x09bu
#define MAILBOX_COUNTER_WAIT_GET_PROBE 0x09cu
#define MAILBOX_COUNTER_WAIT_GET_HOST 0x09du
#define MAILBOX_COUNTER_WAIT_GET_VAULT 0x09eu
#define MAILBOX_COUNTER_WAIT_GET_RESULT 0x09fu
#define MAILBOX_COUNTER_TIER_CLOCK 0x0a0u
#define MAILBOX_COUNTER_TIER_DURABLE_BYTES 0x0a1u
#define MAILBOX_COUNTER_TIER_PAGES 0x0a2u
#define MAILBOX_COUNTER_TIER_COMMITTED_FLASH 0x0a3u
#define MAILBOX_COUNTER_TIER_COMMITTED_DURABLE 0x0a4u
#define MAILBOX_COUNTER_TIER_READS 0x0a5u
#define MAILBOX_COUNTER_TIER_READS_LEFT 0x0a6u
#define MAILBOX_COUNTER_TIER_READS_FINDING 0x0a7u
#define MAILBOX_COUNTER_TIER_READS_READING 0x0a8u
#define MAILBOX_COUNTER_TIER_READS_READING_MAX 0x0a9u
#define MAILBOX_COUNTER_ECC 0x0c0u
#define MAILBOX_COUNTER_LANE 0x100u

#endif /* PAMC_MAILBOX_H */
