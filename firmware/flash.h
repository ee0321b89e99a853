/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash translation layer, as the layer above (the vault, "owner" here) sees it:
 * records go to flash under their key and are found again by their flash address, which
 * the owner keeps in its own index. There is no second map. What moves a record (demotion,
 * garbage collection, refresh) copies it, programs it, and then asks the owner to
 * exchange the address: struct fl_owner. docs/flash.md has format and guarantees.
 *
 * Nothing here waits: what cannot be done now says FL_BUSY, and fl_step goes on.
 */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FL_UNIT_BYTES 32u

struct fl;
struct hal_flash;

/* What a record is filed under. */
struct fl_key {
	uint64_t object[3];
	uint64_t index;
	uint32_t pool; /* its uid: fl_pool_create's, never used twice */
	uint32_t zero;
};

/*
 * Where a record is. In flash: FL_FLASH, and (block × pages + page) × units + unit, with
 * the block numbered die × blocks + block. Anything without FL_FLASH is the owner's.
 */
typedef uint64_t fl_place;
#define FL_FLASH   (1ull << 63)
#define FL_NOWHERE 0ull

/* Flags of a record. */
#define FL_EPHEMERAL  1u
#define FL_PERSISTENT 2u
#define FL_DURABLE    4u

struct fl_record {
	struct fl_key key;
	uint64_t version; /* fl_version, drawn when the put took effect */
	uint32_t bytes;
	uint16_t flags;
};

/* What the owner says of a record in flash. */
enum fl_state {
	FL_STALE,   /* replaced by what is in flash, or flushed */
	FL_CURRENT, /* the index points to it */
	FL_DIRTY,   /* durable, and replaced by a version that only DRAM has as yet */
};

/*
 * What the owner answers. It is called from fl_step (and fl_put never), must not call
 * back except where said, and answers at once.
 */
struct fl_owner {
	void *context;
	enum fl_state (*state)(void *context, const struct fl_key *key, fl_place at);
	/* Exchange: if the key's record is at `from` with this version, it is at `to` from now
	 * on, and true. The owner does not fl_drop what it exchanges. */
	bool (*move)(void *context, const struct fl_record *record, fl_place from, fl_place to);
	/* The DRAM version that makes a record FL_DIRTY is to go to flash: fl_put it, here and
	 * now, unless it is on its way already. False: fl_put was busy. */
	bool (*write_back)(void *context, const struct fl_key *key);
	/* The record at this place cannot be read any more: from then on an error, until it is
	 * put or flushed. key is NULL if it is not known: all records that begin in
	 * [at, at + units); that may take several calls, as long as it is false. */
	bool (*lost)(void *context, const struct fl_key *key, fl_place at, uint32_t units);
	/* fl_start: a version of a durable record. True: it is newer than what the owner had, and
	 * the index points to it; *before is what it pointed to, FL_NOWHERE if nothing. */
	bool (*recovered)(void *context, const struct fl_record *record, fl_place at,
			  fl_place *before, uint32_t *before_bytes);
	/* fl_start: a durable pool. */
	void (*recovered_pool)(void *context, uint32_t pool, const void *own);
	/* fl_rebuild, before it asks for any state: what is put from now on is later than this. */
	void (*rebuilds)(void *context, uint64_t version);
	/* fl_rebuild: a durable pool that flash knows. False: there is no such pool any more. Else
	 * what is to be kept with it, and when it was flushed the last time, if that is known. */
	bool (*rebuilt_pool)(void *context, uint32_t pool, void *own, uint64_t *flushed);
	/* fl_rebuild: is there anything of this key that can be read? */
	bool (*known)(void *context, const struct fl_key *key);
	/* fl_rebuild, from time to time: fl_drop what was dropped before a state() that told so. */
	void (*drops)(void *context);
};

struct fl_config {
	uint32_t dies;
	uint32_t blocks; /* a die */
	uint32_t pages;  /* a block */
	uint32_t page_bytes;
	uint32_t lanes;        /* blocks that a stream writes to at once, on different dies */
	uint32_t record_most;  /* bytes of the longest record */
	uint32_t pools;        /* most durable pools */
	uint32_t tombs;        /* most flushes that older copies in flash make necessary to keep */
	uint32_t anchors;      /* blocks for each of two checkpoints */
	uint32_t journal;      /* blocks for the journal between two checkpoints */
	uint32_t dirty_bytes;  /* of durable records that only DRAM has: the owner's promise */
	uint32_t refresh_bits; /* corrected in a codeword: the block is rewritten; 0: never */
	uint32_t refresh_reads;
	uint32_t refresh_days; /* 0: never */
	uint32_t wear_spread;  /* erases that blocks may be apart */
};

/* Of the bits of a codeword that can be corrected: so many are a reason to write it anew, as there
 * is time for that until there are more than can. */
#define FL_REFRESH_BITS(correctable) ((correctable) * 3 / 4)

#define FL_POOL_OWN 56u /* bytes of a pool that the owner keeps with it */

enum fl_result {
	FL_OK,
	FL_BUSY,   /* not now: fl_step */
	FL_FULL,   /* not before something is flushed */
	FL_BLANK,  /* fl_start: no format */
	FL_BROKEN, /* no place to write to, or a checkpoint that cannot be read */
};

/* ---- Life ---- */

/* Bytes of memory for this configuration; 0: it makes no sense. */
size_t fl_bytes(const struct fl_config *config);
struct fl *fl_init(void *memory, const struct fl_config *config, struct hal_flash *hal,
		   const struct fl_owner *owner);
/* fl_init for a format of flash whose blocks were all erased (fl_wiped): how often each of them
 * was, which are bad, and how much was written so far is known from what the layer was before. */
struct fl *fl_init_worn(void *memory, const struct fl_config *config, struct hal_flash *hal,
			const struct fl_owner *owner);
/* Somebody else erased the block of a layer that does nothing any more; or could not, and it is not
 * to be written again. block: of all. */
void fl_wiped(struct fl *fl, uint32_t block, bool good);
/* Goes on with what is in memory, whose flash and owner may be elsewhere by now. */
void fl_adopt(struct fl *fl, struct hal_flash *hal, const struct fl_owner *owner);

/*
 * The processor was restarted in the midst of something: the layer's memory is there, but
 * not to be trusted as a whole; the owner's index is, and goes on. So the layer starts anew:
 *
 * fl_left tells of the records that were on their way to flash, one after the other, from
 * *cursor = 0 on. False: there is none more. What it tells may be wrong; the owner knows.
 * fl_init_again is fl_init, but what is remembered of flushes stays.
 * fl_rebuild is fl_start, but what is current is what the owner's state() says, whether it is
 * durable or not, and what it points to stays where it is. Records may be read meanwhile.
 */
bool fl_left(void *memory, const struct fl_config *config, uint32_t *cursor,
	     struct fl_record *record);
/* Most records that it tells of. */
uint32_t fl_left_most(const struct fl_config *config);
struct fl *fl_init_again(void *memory, const struct fl_config *config, struct hal_flash *hal,
			 const struct fl_owner *owner);
void fl_rebuild(struct fl *fl, uint64_t version);
/* All that was in flash is gone; or what is durable is found again. fl_ready when done. */
void fl_format(struct fl *fl);
void fl_start(struct fl *fl);
/* FL_BUSY: still at it. */
enum fl_result fl_ready(const struct fl *fl);
/* Some of the work that is due. False: nothing was done. */
bool fl_step(struct fl *fl);
/* Nothing under way, nothing due. */
bool fl_idle(const struct fl *fl);
/*
 * Power is going: takes nothing more, and steps until what was put and flushed is in flash
 * and no more than `steps` times. True: all of it is. No guarantee rests on this.
 */
bool fl_power_fail(struct fl *fl, uint32_t steps);
/* Most pages that fl_power_fail programs, as things are. */
uint32_t fl_power_fail_pages(const struct fl *fl);

/* ---- Records ---- */

/* Rises with each call and with each start. */
uint64_t fl_version(struct fl *fl);
/* The owner draws versions of puts itself, above the latest that it had from fl_version:
 * before it asks for one of a flush, it says how far it has come. */
void fl_version_reached(struct fl *fl, uint64_t version);
/*
 * Puts a record into flash; `from` is exchanged for its address by fl_owner.move. The
 * bytes are copied here. Durable ones that the owner's dirty_bytes cover are never FULL.
 * fl_takes: what fl_put would say now.
 */
enum fl_result fl_takes(const struct fl *fl, const struct fl_record *record);
enum fl_result fl_put(struct fl *fl, const struct fl_record *record, const void *bytes,
		      fl_place from);
/* May records go to flash that need not? */
enum fl_result fl_room(const struct fl *fl);
/* The record at this place is not current any more: replaced or flushed. */
void fl_drop(struct fl *fl, fl_place at, uint32_t bytes);
/* Durable pools only: what was put before is gone for good once a sync is over. FL_BUSY: it
 * is not; do not let the flush complete. */
enum fl_result fl_flush(struct fl *fl, const struct fl_key *key, uint64_t version);
enum fl_result fl_flush_object(struct fl *fl, const struct fl_key *key, uint64_t version);
enum fl_result fl_flush_pool(struct fl *fl, uint32_t pool, uint64_t version);

/* ---- Pools ---- */

/* Durable: nothing may be put before a sync is over. Others only get a uid. */
enum fl_result fl_pool_create(struct fl *fl, bool durable, const void *own, uint32_t *pool);
/* Durable: another own. */
enum fl_result fl_pool_set(struct fl *fl, uint32_t pool, const void *own);
bool fl_pool_known(const struct fl *fl, uint32_t pool);
/* Never comes back once a sync is over. */
enum fl_result fl_pool_destroy(struct fl *fl, uint32_t pool);

/* ---- Sync: all that was put, flushed, created and destroyed before is in flash ---- */

struct fl_sync {
	uint64_t data;
	uint64_t journal;
	uint32_t phase;
};
void fl_sync_start(struct fl *fl, struct fl_sync *sync);
bool fl_sync_done(struct fl *fl, struct fl_sync *sync);

/* ---- Reading ---- */

struct fl_read {
	struct fl_record record; /* wanted: key, version, bytes */
	fl_place at;             /* as the owner's index has it as fl_read_start is called */
	void *to;                /* memory of the data path (hal_flash_read_part) */
	uint32_t part, parts, again;
	uint32_t block, page, from; /* where it begins */
	uint64_t life;
	enum fl_result result; /* FL_OK; FL_FULL: something else may be there now, look it up
				* again; FL_BROKEN: uncorrectable */
};
/* One at a time. The bytes go to where they are wanted without being looked at here. */
bool fl_read_start(struct fl *fl, struct fl_read *read);
bool fl_read_done(const struct fl *fl);
/* What fl_step does for it, and nothing else; what there was to correct is counted after that,
 * before the next call, when there is time for it. */
bool fl_read_on(struct fl *fl);
void fl_read_count(struct fl *fl);
void fl_note_read(struct fl *fl, fl_place at, uint32_t corrected);
/* Bytes of the longest record that lies in one page. */
uint32_t fl_whole_most(const struct fl *fl);
/* Until told otherwise nothing that records wait for is begun, as it would keep reads from dies and
 * bus: what is there to be written, and collection. */
void fl_give_way(struct fl *fl, bool way);

/* Of what fl_patrol has looked at. */
struct fl_patrolled {
	uint32_t percent;
	uint32_t good, failed;
	uint32_t first; /* block that failed, counted over all dies */
};
/* Reads a block of each die, or every one that has been filled, some of it in a call; fl_step must
 * go on. True: that was all. */
bool fl_patrol(struct fl *fl, bool restart, bool every, struct fl_patrolled *so_far);

/* ---- Care: what nobody reads forgets, too ---- */

/* The day, by the owner's clock; 0: it has none. Blocks age by days that this passes on. One that
 * goes back stands still here, and goes on from where it is. */
void fl_set_day(struct fl *fl, uint32_t day);
/* Looks after one block, the one after that of the last time: it is written anew if it is too old,
 * or if a page of it, which is read, has too many wrong bits. False: not now. */
bool fl_care(struct fl *fl);

/* ---- Figures: log_wear ---- */

struct fl_figures {
	uint32_t erase_min; /* of the blocks that are for anything, */
	uint32_t erase_mean;
	uint32_t erase_max;
	uint32_t anchor_erases; /* and most of one that is for checkpoints alone */
	uint64_t host_bytes;
	uint64_t flash_bytes;
	uint32_t bad_factory;
	uint32_t bad_grown;
	uint32_t spare_blocks; /* free ones beyond what collection needs */
	uint64_t corrected_bits;
	uint64_t uncorrectable;
	uint64_t refreshed; /* pages */
	uint64_t lost;      /* records */
	/* Beyond log_wear. */
	uint64_t read_again; /* as they could not be corrected */
	uint64_t moved;      /* records, by collection */
	uint64_t collected;  /* blocks */
	uint64_t checkpoints;
	uint64_t journal_pages;
	uint64_t start_reads;
	uint32_t free_blocks;
	uint32_t reserve_blocks; /* of these, what collection and a start need */
	uint32_t closed_pages;   /* fl_room is not OK when there are no more */
	uint32_t part_bytes;     /* of a page, for records and what tells of them */
	uint32_t parts_most;     /* pages that may be left empty at the end of a block */
	uint32_t tombs;
	uint32_t day;   /* that blocks age by, of its own count; 0: nobody has told one yet */
	uint64_t cared; /* blocks that were looked after */
	uint64_t valid_units;
};
void fl_get_figures(const struct fl *fl, struct fl_figures *figures);
/* The maker's mark was there when the flash was formatted; block: of all. */
bool fl_marked_bad(const struct fl *fl, uint32_t block);
/* NULL: all counts agree with each other; else what does not. For tests. */
const char *fl_check(const struct fl *fl);

#ifdef __cplusplus
}
#endif

#endif /* FLASH_H */
