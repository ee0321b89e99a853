/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault of the test of the tier: a table that answers hal_tier.h, and what the data path asks;
 * and what the test does with both. Included once.
 */
#ifndef FIRMWARE_TIER_VAULT_H
#define FIRMWARE_TIER_VAULT_H

#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
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
static unsigned int left_count, back_count;
/* Pages that were flushed and go before the oldest record, 8 at a time; what is lost, in how many
 * goes. */
static unsigned int dead_count, lost_asks, lost_goes;
static uint64_t lost_at;
static uint32_t lost_units;
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
	record->again = dead_count > 0;
	if (record->again) {
		dead_count -= dead_count < 8 ? dead_count : 8;
		return false;
	}
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

bool hal_tier_lose(struct hal *h, uint64_t at, uint32_t units)
{
	(void)h;
	lost_at = at;
	lost_units = units;
	return ++lost_asks >= lost_goes;
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

static uint32_t granted;

void hal_tier_grant(struct hal *h, uint32_t durable_bytes)
{
	(void)h;
	granted = durable_bytes;
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

void hal_tier_fetched(struct hal *h, struct hal_tier_record *record)
{
	(void)h;
	(void)record; /* all of it was told */
}

void hal_tier_fetch_answer(struct hal *h, enum hal_tier_answer what)
{
	(void)h;
	fetch_answered = true;
	fetch_answer = what;
}

/* Records that it reads by itself: what it is at with the one that is asked for, what it was told
 * of it, and one that it has read. */
static uint32_t read_most, reads_told;
static enum hal_tier_reads reads_state;
static bool reads_held;
static uint64_t has_read; /* 0: none */
static uint32_t has_corrected;

void hal_tier_read_most(struct hal *h, uint32_t bytes)
{
	(void)h;
	read_most = bytes;
}

void hal_tier_hold(struct hal *h, const struct hal_tier_request *about, bool hold)
{
	(void)h;
	reads_told = about->number;
	reads_held = hold;
}

enum hal_tier_reads hal_tier_reads(struct hal *h, const struct hal_tier_request *about)
{
	(void)h;
	return about->number == fetch_request.number ? reads_state : HAL_TIER_OVER;
}

bool hal_tier_has_read(struct hal *h, uint64_t *place, uint32_t *corrected)
{
	bool waits = has_read != 0;

	(void)h;
	*place = has_read;
	*corrected = has_corrected;
	has_read = 0;
	return waits;
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

/* ---------------------------------------------------------------- the test's hands */

/* Wrong bits of the flash: what its ECC corrects, and raw ones for 1000 reads, or days. */
static uint32_t correctable = 72;
static double bits_reads, bits_days;

static bool start(void)
{
	struct tier_geometry geometry = {
	    .dies = 4, .blocks = 24, .pages = 32, .page_bytes = 8192, .correctable = correctable};
	struct nand_config config = nand_config_typical(1);

	config.channels = 2;
	config.planes = 1;
	config.factory_bad = 0;
	config.blocks = geometry.blocks;
	config.pages = geometry.pages;
	config.page_bytes = geometry.page_bytes;
	config.correctable = correctable;
	config.bits_reads = bits_reads;
	config.bits_days = bits_days;
	if (flash.nand) {
		nand_destroy(flash.nand);
	}
	free(memory);
	flash.nand = nand_create(&config);
	memory = aligned_alloc(64, (tier_bytes(&geometry) + 63) / 64 * 64);
	memset(pages, 0, sizeof(pages));
	now = (struct hal_tier_figures){.clock = 1, .units = UNITS, .free_units = UNITS};
	left_count = drop_count = back_count = 0;
	dead_count = lost_asks = lost_goes = lost_units = 0;
	asked = fetch_asked = false;
	mailbox_open(&hal);
	tier = tier_init(memory, &geometry, &flash);
	hal.fw.platform.tier = &tier_ops;
	hal.fw.platform.tier_state = tier;
	return tier_ops.start(&hal.fw);
}

/* A durable pool with contents LASTING. */
static bool lasting_pool(void)
{
	struct fw_pool pool = {.id = 1, .contents = LASTING};

	return tier_pool_create(&hal.fw, &pool) == PAMC_STATUS_SUCCESS;
}

static struct entry *put(uint32_t contents, uint64_t index, uint32_t bytes)
{
	static uint64_t unit;
	struct hal_tier_record record = {
	    .object = {1, 2, 3}, .index = index, .contents = contents, .bytes = bytes};
	struct entry *entry = find(&record);

	for (unsigned int i = 0; !entry && i < PAGES; i++) {
		entry = pages[i].used ? NULL : &pages[i];
	}
	record.version = ++now.clock;
	record.place = ++unit;
	record.durable = contents == LASTING;
	now.durable_bytes += record.durable ? bytes : 0;
	*entry = (struct entry){.record = record, .used = true, .fill = (uint8_t)now.clock};
	return entry;
}

/* Until it has nothing to do. */
static void settle(void)
{
	unsigned int idle = 0;

	while (idle < 3) {
		idle = tier_ops.run(&hal.fw) ? 0 : idle + 1;
	}
}

static void fetch(const struct entry *about)
{
	fetch_request = (struct hal_tier_request){.ask = HAL_TIER_READ, .to = read_to};
	fetch_request.record = about->record;
	fetch_asked = true;
	fetch_answered = false;
}

static enum hal_tier_answer ask_to_read(const struct entry *about)
{
	fetch(about);
	for (unsigned int n = 0; n < 100000 && !fetch_answered; n++) {
		tier_ops.run(&hal.fw);
	}
	return fetch_answered ? fetch_answer : (enum hal_tier_answer)99;
}

static enum hal_tier_answer ask_once(enum hal_tier_ask what, const struct entry *about)
{
	request = (struct hal_tier_request){.ask = what, .to = read_to};
	if (about) {
		request.record = about->record;
	}
	asked = true;
	answered = false;
	for (unsigned int n = 0; n < 100000 && !answered; n++) {
		tier_ops.run(&hal.fw);
	}
	return answered ? answer : (enum hal_tier_answer)99;
}

static enum hal_tier_answer ask(enum hal_tier_ask what, const struct entry *about)
{
	enum hal_tier_answer told;

	if (what == HAL_TIER_READ) {
		return ask_to_read(about);
	}
	told = ask_once(what, about);
	while (what == HAL_TIER_SYNC && told == HAL_TIER_AGAIN) {
		told = ask_once(HAL_TIER_SYNC_ON, about);
	}
	return told;
}

static unsigned int count_in_flash(uint32_t contents)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < PAGES; i++) {
		count += pages[i].used && pages[i].record.contents == contents &&
			 (pages[i].record.place & FL_FLASH);
	}
	return count;
}

#endif /* FIRMWARE_TIER_VAULT_H */
