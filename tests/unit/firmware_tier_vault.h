/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault of the test of the tier: a table that answers hal_tier.h, and what the data path asks.
 * Included once.
 */
#ifndef FIRMWARE_TIER_VAULT_H
#define FIRMWARE_TIER_VAULT_H

#include <string.h>

#include "nand_hal.h"
#include "tier_priv.h"

#define PAGES   512u
#define UNITS   1600u
#define PLAIN   3u /* contents */
#define LASTING 4u

static struct entry {
	struct hal_tier_record record;
	bool used;
	uint8_t fill;
} pages[PAGES];

static struct hal hal;
static struct hal_flash flash;
static struct tier *tier;
static void *memory;
static struct hal_tier_figures now;
static unsigned int left_count, lost_units, back_count;
static uint64_t drops[4];
static unsigned int drop_count;
static struct hal_tier_request request;
static bool asked, answered;
static enum hal_tier_answer answer;
static struct hal_tier_request fetch_request;
static bool fetch_asked, fetch_answered;
static enum hal_tier_answer fetch_answer;
static uint8_t read_to[TIER_RECORD_MOST];

/* ---------------------------------------------------------------- the vault */

static struct entry *find(const struct hal_tier_record *record)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		if (pages[i].used && pages[i].record.contents == record->contents &&
		    pages[i].record.index == record->index) {
			return &pages[i];
		}
	}
	return NULL;
}

static bool in_dram(const struct entry *entry)
{
	return entry->used && !(entry->record.place & FL_FLASH);
}

static void tell(const struct entry *entry, struct hal_tier_record *record, void *to)
{
	*record = entry->record;
	if (to && in_dram(entry)) {
		memset(to, entry->fill, record->bytes);
	}
}

bool hal_tier_oldest(struct hal *h, uint32_t which, struct hal_tier_record *record, void *to)
{
	struct entry *oldest = NULL;

	(void)h;
	for (unsigned int i = 0; i < PAGES; i++) {
		const struct hal_tier_record *at = &pages[i].record;

		if (in_dram(&pages[i]) && !at->leaving &&
		    (which == HAL_TIER_ANY || which == at->contents ||
		     (which == HAL_TIER_DURABLE && at->durable)) &&
		    (!oldest || at->version < oldest->record.version)) {
			oldest = &pages[i];
		}
	}
	if (oldest && oldest->record.damaged) {
		/* Told once. */
		record->damaged = true;
		oldest->record.leaving = true;
		return false;
	}
	if (oldest) {
		tell(oldest, record, to);
	}
	return oldest;
}

bool hal_tier_find(struct hal *h, struct hal_tier_record *record, void *to)
{
	const struct entry *entry = find(record);

	(void)h;
	if (entry) {
		tell(entry, record, to);
	}
	return entry;
}

void hal_tier_leaving(struct hal *h, const struct hal_tier_record *record)
{
	(void)h;
	find(record)->record.leaving = true;
	left_count++;
}

bool hal_tier_move(struct hal *h, const struct hal_tier_record *record, uint64_t to)
{
	struct entry *entry = find(record);

	(void)h;
	if (!entry || entry->record.place != record->place ||
	    entry->record.version != record->version) {
		return false;
	}
	if (in_dram(entry) && entry->record.durable) {
		now.durable_bytes -= entry->record.bytes;
	}
	entry->record.place = to;
	return true;
}

bool hal_tier_promote(struct hal *h, const struct hal_tier_record *record, const void *bytes)
{
	struct entry *entry = find(record);

	(void)h;
	if (!entry || entry->record.place != record->place || bytes != read_to ||
	    entry->record.durable) {
		return false;
	}
	entry->record.place = 1000000 + ++back_count;
	entry->record.version = ++now.clock;
	return true;
}

bool hal_tier_recover(struct hal *h, const struct hal_tier_record *record, uint64_t *before,
		      uint32_t *before_bytes)
{
	struct entry *entry = find(record);

	(void)h;
	*before = 0;
	for (unsigned int i = 0; !entry && i < PAGES; i++) {
		entry = pages[i].used ? NULL : &pages[i];
	}
	if (entry->used && entry->record.version >= record->version) {
		return false;
	}
	if (entry->used) {
		*before = entry->record.place;
		*before_bytes = entry->record.bytes;
	}
	entry->used = true;
	entry->record = *record;
	return true;
}

void hal_tier_lose(struct hal *h, uint64_t at, uint32_t units)
{
	(void)h;
	(void)at;
	lost_units += units;
}

void hal_tier_durable(struct hal *h, uint32_t contents, uint32_t order)
{
	(void)h;
	(void)contents;
	(void)order;
}

void hal_tier_set_clock(struct hal *h, uint64_t clock)
{
	(void)h;
	now.clock = clock;
}

void hal_tier_set_promise(struct hal *h, uint64_t bytes)
{
	(void)h;
	(void)bytes;
}

bool hal_tier_reserve(struct hal *h, uint32_t contents, uint64_t slots, uint64_t bytes,
		      bool durable)
{
	(void)h;
	(void)contents;
	(void)slots;
	(void)bytes;
	(void)durable;
	return true;
}

uint64_t hal_tier_promisable(struct hal *h, uint32_t slots, uint64_t bytes)
{
	(void)h;
	(void)slots;
	(void)bytes;
	return 0;
}

void hal_tier_read(struct hal *h, struct hal_tier_figures *figures)
{
	(void)h;
	*figures = now;
}

void hal_tier_wake(struct hal *h, uint32_t free_units, uint32_t durable_bytes)
{
	(void)h;
	(void)free_units;
	(void)durable_bytes;
}

bool hal_tier_dropped(struct hal *h, uint64_t *place, uint32_t *bytes)
{
	(void)h;
	if (drop_count == 0) {
		return false;
	}
	*place = drops[--drop_count];
	*bytes = 1000;
	return true;
}

bool hal_tier_asked(struct hal *h, struct hal_tier_request *what)
{
	bool waits = asked;

	(void)h;
	*what = request;
	asked = false;
	return waits;
}

/* A record, beside the other question. */
bool hal_tier_fetch_asked(struct hal *h, struct hal_tier_request *what)
{
	bool waits = fetch_asked;

	(void)h;
	*what = fetch_request;
	fetch_asked = false;
	return waits;
}

void hal_tier_fetch_answer(struct hal *h, enum hal_tier_answer what)
{
	(void)h;
	fetch_answered = true;
	fetch_answer = what;
}

void hal_tier_answer(struct hal *h, enum hal_tier_answer what)
{
	(void)h;
	answered = true;
	answer = what;
}

bool hal_tier_wait(struct hal *h)
{
	(void)h;
	return nand_advance(flash.nand);
}

#endif /* FIRMWARE_TIER_VAULT_H */
