/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault's side of the tier (firmware/tier.h): which records may go to flash, exchanging
 * a record for its place there and back, and telling of places that nobody needs any more.
 * Each call does bounded work; what may be more is gone on with by the next call.
 *
 * A page in flash keeps a stub in DRAM (record.h): its key, its size, where it is. So all
 * that counts pages, or finds them to flush them, does not care where they are.
 * Persistent pages only go there; ephemeral ones are dropped instead. Pages that take no
 * more than a stub does stay, unless they are durable.
 */
#ifndef VAULT_TIER_H
#define VAULT_TIER_H

#include "vault.h"

/* In front of a page's stream in flash: what its header has in DRAM. */
struct vault_tier_header {
	uint32_t crc;
	uint16_t shape;
	uint16_t zero;
};

/* Most bytes of a record in flash. */
size_t vault_tier_record_most(void);

/* Places in DRAM: a unit's number, and one; in flash they are the firmware's. */
struct vault_tier_record {
	struct vault_handle handle;
	uint64_t version;
	uint64_t place;
	uint32_t contents;
	uint32_t bytes; /* in flash */
	bool durable;
	bool leaving; /* on its way to flash */
};

/* There is flash of so many bytes. The vault is empty, and starts anew. */
void vault_tier_use(struct vault *vault, uint64_t flash_bytes);
/* Told of each place in flash that is not needed any more. */
void vault_tier_on_drop(struct vault *vault,
			void (*dropped)(void *context, uint64_t place, uint32_t bytes),
			void *context);

/* ---- What firmware may ask for ---- */

#define VAULT_TIER_ANY     UINT32_MAX
#define VAULT_TIER_DURABLE (UINT32_MAX - 1)
/* The oldest record in DRAM of these contents (or ANY, or of all durable ones) that is not on
 * its way, and its bytes as they are to be in flash. What was flushed with its object and is older
 * goes, so many pages in a call. False: there is none; but if *again, it is to be asked again. */
#define VAULT_TIER_OLDEST_DEAD 8u
bool vault_tier_oldest(struct vault *vault, uint32_t which, struct vault_tier_record *record,
		       void *bytes, bool *again);
/* The record of this page; bytes only if it is in DRAM. False: absent. */
bool vault_tier_find(struct vault *vault, uint32_t contents, const struct vault_handle *handle,
		     struct vault_tier_record *record, void *bytes);
/* The record is on its way: it is not the oldest any more. */
void vault_tier_leaving(struct vault *vault, const struct vault_tier_record *record);
/* If the page is still this version at record->place, and on its way or in flash, it is at `to`,
 * in flash, from now on. `to` 0: it is in flash, and lost. */
bool vault_tier_move(struct vault *vault, const struct vault_tier_record *record, uint64_t to);
/* Back to DRAM: these bytes were read where the page is in flash, if it still is, in this version.
 * Not durable ones, as DRAM would be the only one to have them; nothing gives way to it.
 * False: all is as before. */
bool vault_tier_promote(struct vault *vault, const struct vault_tier_record *record,
			const void *bytes);
/* After power was away: the page is at record->place, in flash, unless it is known in the same
 * version or a newer one. *before: where it was until now, 0: nowhere. */
bool vault_tier_recover(struct vault *vault, const struct vault_tier_record *record,
			uint64_t *before, uint32_t *before_bytes);
/* Pages that begin in [at, at + units) of flash are lost: errors from now on. So many steps of the
 * index in a call. False: not all of them yet; the same call goes on, another one begins anew. None
 * may be moved to there meanwhile. Of no units: what was begun is given up. */
#define VAULT_TIER_LOSE_STEPS 64u
bool vault_tier_lose(struct vault *vault, uint64_t at, uint32_t units);
/* Contents whose pages survive: all of them go to flash, also the small ones. order: of contents
 * made before it was known. */
void vault_tier_durable(struct vault *vault, uint32_t contents, unsigned int order);

struct vault_tier_figures {
	uint64_t clock;         /* version of the latest put */
	uint64_t durable_bytes; /* of durable records in DRAM, as they are to be in flash */
	uint64_t pages;         /* in flash */
	uint32_t units, free_units;
};
void vault_tier_read(const struct vault *vault, struct vault_tier_figures *figures);
/* Puts have later versions. */
void vault_tier_set_clock(struct vault *vault, uint64_t clock);

/* ---- Promises (vault_promise.c) ---- */

/* So many bytes of flash, counted by VAULT_FLASH_COST, have room for sure. */
void vault_tier_set_promise(struct vault *vault, uint64_t flash);
/* As vault_contents_reserve: slots of the index and bytes of flash. durable: the pages are to be
 * in flash, and not in memory instead. */
bool vault_tier_reserve(struct vault *vault, uint32_t contents, uint64_t slots, uint64_t flash,
			bool durable);
/* How many pages that take so much each could be promised now. */
uint64_t vault_tier_promisable(const struct vault *vault, uint64_t slots, uint64_t flash);

/* ---- What the path of a page needs ---- */

#define VAULT_TIER_LOST    1u
#define VAULT_TIER_UNKNOWN 2u /* power was away since it was put: its CRC is in flash */
/* Where a page is in flash. False: it is not there. */
bool vault_tier_where(struct vault *vault, uint32_t contents, const struct vault_handle *handle,
		      struct vault_tier_record *record, unsigned int *flags);
bool vault_tier_is_durable(const struct vault *vault, uint32_t contents);
/* What was read there: the page's content, as vault_get would give it. UNCORRECTABLE: it is
 * not what was put. */
enum pamc_status vault_tier_get(struct vault *vault, uint32_t contents,
				const struct vault_handle *handle, const void *bytes, void *data,
				struct vault_page *page);
/* It could not be read. */
void vault_tier_unread(struct vault *vault, uint32_t contents);
/* The put that failed last did so for want of memory, which flash may help: it is to be tried
 * again, and does not count. */
bool vault_tier_try_again(struct vault *vault, uint32_t contents);

#endif /* VAULT_TIER_H */
