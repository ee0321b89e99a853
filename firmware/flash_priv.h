/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the flash translation layer tell each other, and its forms on flash. */
#ifndef FLASH_PRIV_H
#define FLASH_PRIV_H

#include "flash.h"
#include "hal_flash.h"
#include "order.h"

/* All there is of a C library; compilers call them, too. */
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

#define FL_DIES_MOST    64u
#define FL_LANES_MOST   4u
#define FL_BUFS_MOST    64u /* of a stream */
#define FL_ANCHORS_MOST 8u
#define FL_JOURNAL_MOST 16u
#define FL_DRAINS       8u
#define FL_NONE         0xffffffffu
#define FL_NO_PAGE      0xffffu
#define FL_EPOCH_SHIFT  40

/* ---- On flash ---- */

#define FL_MAGIC  0x464d4150u
#define FL_FORMAT 1u
enum fl_page_type {
	FL_PAGE_DATA = 1,
	FL_PAGE_PART,
	FL_PAGE_SUMMARY,
	FL_PAGE_JOURNAL,
	FL_PAGE_CHECKPOINT
};

/* In front of every page. */
struct fl_header {
	uint32_t magic;
	uint32_t crc; /* CRC32C of all that is behind it */
	uint8_t format;
	uint8_t type;
	uint16_t count; /* descriptors or entries */
	uint16_t page;  /* its number in the block */
	uint16_t parts; /* of a record, or of a checkpoint */
	uint16_t part;
	uint16_t before; /* the summary page before this one */
	uint32_t bytes;  /* of a checkpoint, in this page */
	uint64_t seq;    /* the life of the block, or the checkpoint's number */
	uint64_t order;  /* journal: number of the page; others: its buffer's */
	uint64_t tag;    /* journal: of the checkpoint */
	uint64_t zero[2];
};

/* One record; from the end of a data page downwards, from the header upwards in a summary. */
struct fl_desc {
	uint64_t object[3];
	uint64_t index;
	uint64_t version;
	uint32_t pool;
	uint32_t bytes;
	uint16_t page;
	uint16_t unit;
	uint16_t parts;
	uint16_t flags;
};

enum fl_entry_type {
	FL_ENTRY_OPEN = 1,   /* block; seq, low, erases, day */
	FL_ENTRY_CLOSE,      /* block; pages, flags, padding */
	FL_ENTRY_FREE,       /* block */
	FL_ENTRY_BAD,        /* block */
	FL_ENTRY_TOMB,       /* a struct fl_tomb */
	FL_ENTRY_POOL,       /* a struct fl_pool's uid and own */
	FL_ENTRY_POOL_FLUSH, /* uid; version */
	FL_ENTRY_POOL_GONE,  /* uid */
	FL_ENTRY_POOL_OWN,   /* uid; own */
	FL_ENTRY_READS,      /* block; seq, reads */
	FL_ENTRY_DAY,        /* day; the owner's */
};
struct fl_entry {
	uint32_t type;
	uint32_t arg;
	uint64_t x[7];
};

enum fl_block_state {
	FL_BLOCK_FREE, /* content unknown: erased before it is written */
	FL_BLOCK_OPEN,
	FL_BLOCK_CLOSED,
	FL_BLOCK_DRAINED, /* closed, and all that is current has been moved */
	FL_BLOCK_JOURNAL,
	FL_BLOCK_ANCHOR,
	FL_BLOCK_BAD,
};
#define FL_BLOCK_SUMMARY 1u /* its last page is a summary */
#define FL_BLOCK_RETIRE  2u /* bad when it is empty */
#define FL_BLOCK_REFRESH 4u
#define FL_BLOCK_FACTORY 8u
#define FL_BLOCK_HELD    16u /* start: free, and perhaps not the next time */

struct fl_block {
	uint64_t seq; /* of its life; every page repeats it */
	uint64_t low; /* what is in it was current at this time or later */
	uint32_t erases;
	uint32_t reads;
	uint32_t valid;   /* units of current records */
	uint32_t written; /* units of records */
	uint32_t padding; /* units left empty for a sync */
	uint16_t pages;   /* that are trusted, when closed */
	uint16_t day;     /* of its erase; 0: nobody knows */
	uint8_t state;
	uint8_t flags;
	uint16_t told; /* of reads, in steps: what the journal knows of */
	uint16_t zero[2];
};

struct fl_pool {
	uint32_t uid;     /* 0: none */
	uint32_t created; /* low bits of the journal's count: puts wait */
	uint64_t flushed;
	uint8_t own[FL_POOL_OWN];
};

#define FL_TOMB_OBJECT 1u
/* What is of this key, or of all keys of the object, and older than version, is gone. */
struct fl_tomb {
	uint64_t object[3];
	uint64_t index;
	uint64_t version;
	uint32_t pool;
	uint32_t flags;
};

struct fl_root {
	uint64_t seq;
	uint32_t bad_grown;
	uint16_t day;
	uint16_t owner_day;
	uint64_t host_bytes;
	uint64_t flash_bytes;
	uint32_t next_uid;
	uint32_t blocks;
	uint32_t pools;
	uint32_t tombs;
	uint32_t journals;
	uint32_t journals_before;
	uint32_t journal[FL_JOURNAL_MOST];
	uint32_t journal_before[FL_JOURNAL_MOST];
};

/* ---- In memory ---- */

enum fl_stream { FL_HOST, FL_GC, FL_STREAMS };

#define FL_IO_IDLE 0u
#define FL_IO_BUSY 1u
#define FL_IO_DONE 2u
/* A page that flash cannot correct is read so many times more: cells are near their thresholds,
 * and not every read of them errs alike. */
#define FL_READ_AGAIN 2u
struct fl_io {
	uint8_t state;
	uint8_t kind;
	uint8_t status;
	uint8_t again;
	uint32_t block;
	uint32_t page;
	void *to; /* of a whole page that is read; or NULL */
};

enum fl_buf_state { FL_BUF_FREE, FL_BUF_FILLING, FL_BUF_SEALED };
struct fl_buf {
	uint8_t *page;
	fl_place *from;
	uint64_t serial;
	uint64_t born; /* nothing in it had been flushed then */
	uint32_t fill;
	uint32_t padding;
	uint8_t state;
	uint8_t next; /* part of the same record */
};

#define FL_FROM_SUSPECT (~0ull) /* from: this is a record's second life, told by recovered() */

enum fl_lane_state {
	FL_LANE_CLOSED,
	FL_LANE_ERASING,
	FL_LANE_OPEN,
	FL_LANE_DATA,
	FL_LANE_SUMMARY,
	FL_LANE_ENDED
};
struct fl_lane {
	struct fl_io io;
	uint8_t *summary;
	uint32_t block;
	uint16_t next;
	uint16_t sent;
	uint16_t summaries; /* descriptors in the summary */
	uint16_t before;
	uint8_t state;
	uint8_t stream;
	uint8_t count;
	bool closing;
	bool failed;
	bool retire; /* to be closed early */
	uint8_t queue[FL_BUFS_MOST];
};

struct fl_write {
	struct fl_buf bufs[FL_BUFS_MOST];
	uint32_t filling; /* FL_NONE */
	uint32_t turn;
	uint64_t serial;
	uint32_t queued; /* pages */
};

struct fl_journal {
	struct fl_io io;
	uint8_t *page[2];
	uint32_t count[2];
	uint32_t fill;
	bool sending;
	bool frozen;
	bool muted;
	bool poke; /* a page is wanted, even an empty one */
	bool erased;
	bool exhausted;
	uint32_t blocks[FL_JOURNAL_MOST];
	uint32_t blocks_count;
	uint32_t at;
	uint32_t next;
	uint64_t gen;
	uint64_t order;
	uint64_t tag;
	uint64_t added;
	uint64_t durable;
	uint64_t wanted;
	uint64_t opened; /* the last entry that tells of a new block */
	uint32_t frees[2];
	uint32_t tail_frees; /* blocks that the last page frees */
	uint64_t sent;       /* what the page under way makes durable */
};

enum fl_check_state {
	FL_CHECK_IDLE,
	FL_CHECK_WAIT,
	FL_CHECK_ERASE,
	FL_CHECK_WRITE,
	FL_CHECK_CONFIRM
};
struct fl_check {
	struct fl_io io;
	uint8_t state;
	bool due;
	uint8_t turn[2];
	uint32_t anchor; /* of the last one */
	uint32_t next_anchor;
	uint32_t sum;
	uint32_t block;
	uint32_t part;
	uint32_t parts;
	uint64_t number;
	uint8_t *page;
};

struct fl_drain {
	uint32_t block;
	uint64_t serial[FL_STREAMS];
	uint64_t journal; /* 0: its FREE is not in the journal */
};

enum fl_gc_state {
	FL_GC_IDLE,
	FL_GC_SELECT,
	FL_GC_SOURCE,
	FL_GC_UNREAD,
	FL_GC_WALK,
	FL_GC_DATA,
	FL_GC_BIG,
	FL_GC_LOST
};
enum fl_gc_mode { FL_MODE_NONE, FL_MODE_NEED, FL_MODE_OLDEST, FL_MODE_DUE, FL_MODE_LEVEL };
struct fl_gc {
	struct fl_io io;
	uint8_t *source; /* page with descriptors */
	uint8_t *data;
	uint8_t state;
	uint8_t mode;
	uint8_t stuck; /* bits: modes for which no block was found, since one was closed */
	bool by_summary;
	bool asked;   /* the owner, to write something back */
	bool suspect; /* start: this group of pages, told as recovered */
	uint16_t source_page;
	uint16_t data_page;
	uint16_t end; /* pages to look at */
	uint32_t item;
	uint32_t victim;
	uint32_t cursor;
	uint32_t best;
	uint64_t best_score;
	uint32_t part;
	uint32_t group; /* buffer, FL_NONE */
	struct fl_desc desc;
};

enum fl_start_state {
	FL_START_OFF,
	FL_START_MARKS, /* format */
	FL_START_ERASE,
	FL_START_ANCHORS,
	FL_START_LOAD,
	FL_START_JOURNAL,
	FL_START_BLOCKS,
	FL_START_SUSPECTS,
	FL_START_SETTLE,
	FL_START_CHECKPOINT,
	FL_START_READY,
	FL_START_FAILED,
};
struct fl_suspect {
	uint32_t block;
	uint16_t page;
};
struct fl_start {
	struct fl_io io;
	uint8_t state;
	bool summaries;
	bool reading;
	bool pending; /* a record group that ended, as far as it is known */
	uint64_t candidate[2 * FL_ANCHORS_MOST];
	uint64_t tried; /* number of the checkpoint */
	uint64_t base;
	uint64_t weak; /* the newest with one page of its journal */
	uint64_t tag;
	bool accept_weak;
	uint32_t anchor;
	uint32_t good_end;
	uint32_t at;
	uint32_t page;
	uint32_t parts;
	uint32_t got;
	uint32_t group;
	uint32_t unread;
	uint32_t suspects;
	uint32_t block;
	uint64_t order;
	/* fl_rebuild. */
	uint64_t life;    /* the last life of a block that flash knows of */
	uint64_t version; /* later than all that is older than this start */
	uint64_t low;     /* version of the oldest record in the block */
	bool looks;       /* whether a free block is one */
	bool needed;      /* something in it is current, or may be after a power cut */
	bool found;       /* flash did not know of it */
	uint16_t before;  /* its last summary, */
	uint16_t whole;   /* and page that could be read */
	uint32_t descs;   /* since that summary */
	uint32_t lane;    /* that goes on with it */
	uint8_t *now;     /* pages */
	uint8_t *then;
	struct fl_suspect suspect[FL_STREAMS * FL_LANES_MOST];
};

/* SELF_TEST (flash_patrol.c). */
struct fl_patrol {
	struct fl_io io;
	bool open;
	bool every;
	bool stale; /* what io does was begun for another one */
	uint8_t tries;
	uint32_t block;
	struct fl_patrolled told;
};

struct fl {
	struct fl_config config;
	struct hal_flash *hal;
	struct fl_owner owner;
	uint32_t blocks_all;
	uint32_t units; /* a page */
	uint32_t part_bytes;
	uint32_t parts_most;
	uint32_t bufs;    /* a stream */
	uint32_t keep;    /* free blocks that are for a start and the journal */
	uint32_t reserve; /* those, and the collector's */
	uint32_t dirty_pages;
	uint64_t seq;
	uint32_t next_uid;
	uint32_t next_other;
	uint32_t free;
	uint32_t due;
	uint16_t day;       /* of its own count, which never goes back; 0: nobody has told one */
	uint16_t owner_day; /* as it was told last */
	uint32_t care;      /* the block that it comes to next, */
	uint32_t random;    /* and which page of it */
	uint32_t refusal;   /* power is going */
	bool broken;
	bool level;
	bool rebuild; /* fl_rebuild */
	bool way;     /* fl_give_way */
	struct fl_block *blocks;
	struct fl_pool *pools;
	struct fl_tomb *tombs;
	uint32_t *tomb_next;
	uint32_t *tomb_head;
	uint32_t tomb_heads;
	uint32_t tomb_count;
	uint32_t tomb_room; /* how many could go with the next checkpoint */
	bool tombs_changed;
	struct fl_io *dies[FL_DIES_MOST];
	struct fl_lane lanes[FL_STREAMS * FL_LANES_MOST];
	struct fl_write write[FL_STREAMS];
	struct fl_journal journal;
	struct fl_check check;
	struct fl_gc gc;
	struct fl_drain drain[FL_DRAINS];
	uint32_t drains;
	struct fl_start start;
	struct fl_io read_io;
	struct fl_read *read;
	uint32_t corrected; /* by the last page of it that came, */
	bool uncounted;     /* if that is yet to be counted */
	struct fl_patrol patrol;
	struct fl_figures figures;
	struct fl_root root;
};

/* ---- flash_memory.c ---- */

/* Where its tables and buffers are. */
void fl_lay_out(struct fl *fl, const struct fl_config *config);
/* Of a stream. */
uint32_t fl_buffers(const struct fl_config *config);

/* ---- flash.c: operations of the flash ---- */

bool fl_io_read(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page, void *to);
/* Whether what the die has been asked for is over. A read is yet to be counted. */
bool fl_over(struct fl *fl, uint32_t die, uint32_t *corrected);
bool fl_io_read_part(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page,
		     const struct hal_flash_part *part);
bool fl_io_program(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page,
		   const void *from);
bool fl_io_erase(struct fl *fl, struct fl_io *io, uint32_t block);
/* Could it start now? Asked before work that would be in vain. */
bool fl_io_can(const struct fl *fl, const struct fl_io *io, uint32_t block);
/* True once: it is over. */
static inline bool fl_io_over(struct fl_io *io)
{
	if (io->state != FL_IO_DONE) {
		return false;
	}
	io->state = FL_IO_IDLE;
	return true;
}
static inline bool fl_io_good(const struct fl_io *io)
{
	return io->status == HAL_FLASH_OK;
}

/* ---- flash_page.c: forms ---- */

static inline struct fl_header *fl_header(void *page)
{
	return (struct fl_header *)page;
}
/* Completes header and sum. */
void fl_page_seal(const struct fl *fl, void *page, enum fl_page_type type, uint64_t seq,
		  uint32_t at);
bool fl_page_good(const struct fl *fl, const void *page);
bool fl_page_erased(const struct fl *fl, const void *page);
/* Of a block's life, at this place in it. */
bool fl_page_belongs(const struct fl *fl, const void *page, uint32_t block, uint32_t at);
struct fl_desc *fl_page_desc(const struct fl *fl, void *page, uint32_t number);
struct fl_desc *fl_summary_desc(void *page, uint32_t number);
uint32_t fl_summary_most(const struct fl *fl);
fl_place fl_place_of(const struct fl *fl, uint32_t block, uint32_t page, uint32_t unit);
uint32_t fl_block_of(const struct fl *fl, fl_place at);
/* As a core divides that has no 64 bits of its own: most places are below. */
static inline uint64_t fl_divided(uint64_t what, uint32_t by)
{
	return what >> 32 ? what / by : (uint32_t)what / by;
}
void fl_desc_record(const struct fl_desc *desc, struct fl_record *record);
static inline uint32_t fl_units(uint32_t bytes)
{
	return (bytes + FL_UNIT_BYTES - 1) / FL_UNIT_BYTES;
}
uint32_t fl_parts(const struct fl *fl, uint32_t bytes);
uint32_t fl_parts_of(uint32_t page_bytes, uint32_t bytes);

/* ---- flash_blocks.c ---- */

/* The free block to write next, or FL_NONE; away from dies that others write on. */
uint32_t fl_block_take(struct fl *fl, enum fl_stream stream, bool journal);
void fl_block_bad(struct fl *fl, uint32_t block);
void fl_block_state(struct fl *fl, uint32_t block, enum fl_block_state state);
void fl_block_flag(struct fl *fl, uint32_t block, uint32_t flag);
void fl_count_read(struct fl *fl, uint32_t block, uint32_t corrected);
/* A page of it could not be corrected, and is read once more. */
void fl_read_again(struct fl *fl, uint32_t block);
void fl_reads_known(struct fl *fl, uint32_t block, uint32_t reads);
/* What is in it is to be written anew, if it is anything that is needed. */
void fl_refresh(struct fl *fl, uint32_t block);

/* ---- flash_care.c ---- */

void fl_care_begin(struct fl *fl);
bool fl_care_step(struct fl *fl);

/* ---- flash_write.c: streams ---- */

/* False: no buffer. bytes NULL: for a record of several pages, which the caller fills
 * (fl_group_part) and then closes or gives up. */
bool fl_append(struct fl *fl, enum fl_stream stream, const struct fl_record *record,
	       const void *bytes, fl_place from, uint32_t *group);
uint8_t *fl_group_part(struct fl *fl, enum fl_stream stream, uint32_t group, uint32_t part);
void fl_group_close(struct fl *fl, enum fl_stream stream, uint32_t group);
void fl_group_drop(struct fl *fl, enum fl_stream stream, uint32_t group);
void fl_seal(struct fl *fl, enum fl_stream stream);
/* Are all buffers up to this one in flash? */
bool fl_written(const struct fl *fl, enum fl_stream stream, uint64_t serial);
/* No page that is still to be written had its birth before this time. */
uint64_t fl_oldest_buffer(const struct fl *fl, enum fl_stream stream);
/* Pages that fit into the blocks that a stream has. */
uint32_t fl_stream_space(const struct fl *fl, enum fl_stream stream);
/* Pages that the host's stream may still take. */
uint32_t fl_host_pages(const struct fl *fl);

/* ---- flash_lane.c: a stream's blocks ---- */

bool fl_lane_step(struct fl *fl, struct fl_lane *lane);

/* ---- flash_journal.c ---- */

bool fl_journal_room(const struct fl *fl, uint32_t entries);
void fl_journal_add(struct fl *fl, const struct fl_entry *entry);
void fl_journal_block(struct fl *fl, enum fl_entry_type type, uint32_t block);
void fl_journal_want(struct fl *fl, uint64_t upto);
bool fl_journal_step(struct fl *fl);
void fl_journal_apply(struct fl *fl, const struct fl_entry *entry);

/* ---- flash_tombs.c: flushes, pools ---- */

void fl_tombs_reset(struct fl *fl);
/* Those that memory has, as far as they make sense, and below this version. */
void fl_tombs_keep(struct fl *fl, uint64_t below);
void fl_tombs_index(struct fl *fl);
bool fl_tomb_put(struct fl *fl, const struct fl_tomb *tomb);
/* Is a record of this version gone? */
bool fl_buried(const struct fl *fl, const struct fl_record *record);
uint64_t fl_low(const struct fl *fl);
/* Those no copy of which can come back go; counts them only if told so. */
uint32_t fl_tombs_expire(struct fl *fl, bool only_count);
struct fl_pool *fl_pool_find(const struct fl *fl, uint32_t uid);
struct fl_pool *fl_pool_new(struct fl *fl, uint32_t uid);
/* A durable record that was lost: nothing older may come back. False: later. */
bool fl_tomb_lost(struct fl *fl, const struct fl_record *record);

/* ---- flash_checkpoint.c ---- */

void fl_check_begin(struct fl *fl);
bool fl_check_step(struct fl *fl);
uint32_t fl_check_parts(const struct fl *fl);
uint32_t fl_anchor_block(const struct fl *fl, uint32_t number);
uint64_t fl_check_tag(uint64_t tag, uint32_t sum);
/* From a page; false: it makes no sense. */
bool fl_check_load(struct fl *fl, const uint8_t *page, uint32_t part);

/* ---- flash_gc.c, flash_pick.c ---- */

bool fl_gc_step(struct fl *fl);
bool fl_pick_step(struct fl *fl);
bool fl_drain_step(struct fl *fl);
bool fl_gc_wanted(const struct fl *fl);
/* Start: the record group at this page, into the collector's stream. */
void fl_gc_suspect(struct fl *fl, uint32_t block, uint32_t page);

/* ---- flash_start.c, flash_scan.c ---- */

bool fl_start_step(struct fl *fl);
bool fl_scan_step(struct fl *fl);
void fl_tell_recovered(struct fl *fl, const struct fl_record *record, fl_place at);
void fl_start_failed(struct fl *fl);

/* ---- flash_rebuild.c: start with the owner's index as it is ---- */

/* Checkpoint and journal are read. */
void fl_rebuild_pools(struct fl *fl);
/* At the page that was read of a block that flash takes for free. */
enum fl_look { FL_LOOK_FREE, FL_LOOK_TAKEN, FL_LOOK_ON };
enum fl_look fl_rebuild_look(struct fl *fl);
void fl_rebuild_begin(struct fl *fl);
void fl_rebuild_tell(struct fl *fl, const struct fl_desc *desc, uint32_t block);
void fl_rebuild_summary(struct fl *fl);
/* The block was gone through; open: up to start->page. */
void fl_rebuild_end(struct fl *fl, bool open);
void fl_rebuild_lanes(struct fl *fl);
/* False: what is dropped there was not counted. */
bool fl_rebuild_counted(struct fl *fl, fl_place at);

/* ---- flash_read.c ---- */

bool fl_read_step(struct fl *fl);

#endif /* FLASH_PRIV_H */
