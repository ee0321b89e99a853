/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between the data path and the tier in flash (tier.h): what the firmware asks of
 * the vault, what the data path asks of the firmware, and notices. Each call is one command
 * of a mailbox: its arguments and answers are values of bounded size, it is answered after
 * bounded work, and nothing points into the vault. A record's bytes go to or come from a
 * buffer that the firmware names, as the management core's DMA does it.
 *
 * The C model answers these by its vault (sim/model/mailbox_tier.c), a card in RTL by its
 * mailbox (hal_tier_mailbox.c).
 */
#ifndef HAL_TIER_H
#define HAL_TIER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hal;

/* A page as the vault knows it. */
struct hal_tier_record {
	uint64_t object[3];
	uint64_t index;
	uint64_t version; /* drawn by the vault when the page was put, and not for another one */
	uint64_t place;   /* in flash: as flash.h has it; in DRAM: the vault's; 0: nowhere */
	uint32_t contents;
	uint32_t bytes; /* as in flash */
	bool durable;
	bool leaving; /* its bytes were given to the firmware */
	bool damaged; /* nothing was told, as memory could not correct it; as it was without a word
			 of that */
	bool again;   /* nothing was told as yet: ask again */
};

/* ---- Commands ---- */

#define HAL_TIER_ANY     UINT32_MAX
#define HAL_TIER_DURABLE (UINT32_MAX - 1)
/* The oldest record in DRAM that may go to flash: of these contents, of ANY, of all DURABLE
 * ones. False: none that is not leaving, or it is damaged; or pages that were flushed before have
 * gone instead, as many as in a command, and it is to be asked again. */
bool hal_tier_oldest(struct hal *hal, uint32_t which, struct hal_tier_record *record, void *to);
/* The record of contents, object and index; its bytes, if it is in DRAM and `to` is not NULL.
 * False: absent. */
bool hal_tier_find(struct hal *hal, struct hal_tier_record *record, void *to);
/* Its bytes were taken: it is not the oldest any more. */
void hal_tier_leaving(struct hal *hal, const struct hal_tier_record *record);
/* Exchange: if the page still has this version and is at record->place, in flash or leaving, it is
 * at `to`. 0, of one in flash: it cannot be read there any more, and is an error from now on. */
bool hal_tier_move(struct hal *hal, const struct hal_tier_record *record, uint64_t to);
/* Back to DRAM, if the page still has this version and is at record->place: its bytes are where a
 * READ had them brought to. Nothing gives way to it. False: all is as before; also if it is
 * durable. */
bool hal_tier_promote(struct hal *hal, const struct hal_tier_record *record, const void *bytes);
/* The page is at record->place, unless the vault has that or a newer version. False: it has,
 * or has no room. *before: where it was, 0: nowhere. */
bool hal_tier_recover(struct hal *hal, const struct hal_tier_record *record, uint64_t *before,
		      uint32_t *before_bytes);
/* Pages that begin in [at, at + units) of flash are errors from now on. A part of the index in a
 * command. False: not all of it yet; it is to be asked again, and none may be moved to there
 * meanwhile. Asked of anything else it begins anew, of no units it gives up what was begun. */
bool hal_tier_lose(struct hal *hal, uint64_t at, uint32_t units);
/* These contents are a durable pool's, with pages of this order. */
void hal_tier_durable(struct hal *hal, uint32_t contents, uint32_t order);
/* The vault draws versions above this one. */
void hal_tier_set_clock(struct hal *hal, uint64_t clock);

/*
 * What promises rest on (vault_contents.sv, and the model's vault_promise.c): units of memory that
 * a stub takes, bytes of flash too many that are a unit of memory more, and the share of memory
 * that is never promised.
 */
#define HAL_TIER_STUB_UNITS   5u
#define HAL_TIER_FLASH_A_UNIT 58u
#define HAL_TIER_CACHE_SHARE  16u

/* So many bytes of flash, counted by fw_worst_flash, have room for records for sure. */
void hal_tier_set_promise(struct hal *hal, uint64_t flash);
/* Promises contents slots of the index and bytes of flash, instead of the mailbox's VAULT_SET.
 * durable: what flash has no room for is not to be in DRAM instead. False: cannot be promised,
 * all is as before. */
bool hal_tier_reserve(struct hal *hal, uint32_t contents, uint64_t slots, uint64_t flash,
		      bool durable);
/* How many pages that take so much each could be promised now. */
uint64_t hal_tier_promisable(struct hal *hal, uint32_t slots, uint64_t flash);

struct hal_tier_figures {
	uint64_t clock;         /* the latest version */
	uint64_t durable_bytes; /* of durable records in DRAM, as in flash */
	uint64_t pages;         /* in flash */
	uint32_t units, free_units;
};
void hal_tier_read(struct hal *hal, struct hal_tier_figures *figures);
/* The firmware is to run when fewer units are free, or more bytes of durable records in DRAM,
 * than this; told when it comes to that, and after each read of figures anew. */
void hal_tier_wake(struct hal *hal, uint32_t free_units, uint32_t durable_bytes);
/* So many bytes of durable records may be in DRAM without DURABLE_ROOM being asked for: as long as
 * there are no more with a put, or there are none. 0: each asks. */
void hal_tier_grant(struct hal *hal, uint32_t durable_bytes);

/* ---- Notices: places in flash that no page is at any more; the vault waits when there are
 * too many of them. False: no more. ---- */

bool hal_tier_dropped(struct hal *hal, uint64_t *place, uint32_t *bytes);

/* ---- What the data path asks for; its command waits meanwhile ---- */

enum hal_tier_ask {
	HAL_TIER_READ,         /* record, from where it is in flash now to `to` */
	HAL_TIER_ROOM,         /* a put found no memory */
	HAL_TIER_DURABLE_ROOM, /* a put of so many bytes may be too much for what is not in flash */
	HAL_TIER_FLUSH_PAGE,   /* of a durable pool: before the index forgets it */
	HAL_TIER_FLUSH_OBJECT,
	HAL_TIER_SYNC, /* contents; puts of these wait until all that was put before is on its way
			*/
	HAL_TIER_SYNC_ON, /* the same one, to which AGAIN was the answer */
};
struct hal_tier_request {
	enum hal_tier_ask ask;
	struct hal_tier_record record;
	void *to; /* memory of the data path (hal_flash_read_part) */
	/* READ: the data path reads it by itself; by that number it knows of what is said. */
	bool by_itself;
	uint32_t number;
};
enum hal_tier_answer {
	HAL_TIER_DONE,
	HAL_TIER_AGAIN, /* READ: it is not there any more; look it up again. DURABLE_ROOM, SYNC:
			 * not yet; to be asked again, after what others ask */
	HAL_TIER_NO,    /* *ROOM: there is none */
	HAL_TIER_FAILED,
};
/* Anything but READ, one thing at a time. False: nothing is asked for. */
bool hal_tier_asked(struct hal *hal, struct hal_tier_request *request);
void hal_tier_answer(struct hal *hal, enum hal_tier_answer answer);
/* READ: one at a time, beside the other, which may take much longer. Of the record it tells what it
 * takes to read it, and hal_tier_fetched the rest, before any other command. */
bool hal_tier_fetch_asked(struct hal *hal, struct hal_tier_request *request);
void hal_tier_fetched(struct hal *hal, struct hal_tier_record *record);
void hal_tier_fetch_answer(struct hal *hal, enum hal_tier_answer answer);

/* ---- Records that it reads by itself, as soon as a command wants them: those of so many bytes at
 * most, which lie in one page of flash. 0: none, nor is any before this was said. ---- */

void hal_tier_read_most(struct hal *hal, uint32_t bytes);
enum hal_tier_reads {
	HAL_TIER_READS,
	HAL_TIER_HAS_READ, /* and waits for the answer */
	HAL_TIER_LEFT,     /* could not: it asks for it once more */
	HAL_TIER_OVER,     /* has answered it */
};
/* hold: it is to wait for the answer when it has read it, if it did not by now. To be said of each
 * of them, as it keeps telling of what nothing was said of. */
void hal_tier_hold(struct hal *hal, const struct hal_tier_request *request, bool hold);
enum hal_tier_reads hal_tier_reads(struct hal *hal, const struct hal_tier_request *request);
/* One that was read so, as any of the functions above has come to know of: where it was, the most
 * bits that were corrected. False: no more. */
bool hal_tier_has_read(struct hal *hal, uint64_t *place, uint32_t *corrected);

/* Nothing can be done before flash is, or something is asked: time may pass here, a simulation's,
 * too, but not much. False: flash does nothing either. */
bool hal_tier_wait(struct hal *hal);

#ifdef __cplusplus
}
#endif

#endif /* HAL_TIER_H */
