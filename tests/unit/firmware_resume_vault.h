/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault of the test of restarts within the tier, and the core that restarts: it counts the
 * tier's accesses to vault and flash, and leaves it at one of them, or so many instructions behind
 * it. Included once.
 */
#ifndef FIRMWARE_RESUME_VAULT_H
#define FIRMWARE_RESUME_VAULT_H

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <ucontext.h>
#endif

#include "mailbox.h"
#include "nand.h"
#include "nand_hal.h"
#include "tier_priv.h"

#define PAGES      1024u
#define UNITS      6000u
#define UNIT       32u
#define STUB       3u
#define DROPS_MOST 64u

struct page {
	struct hal_tier_record record;
	uint64_t put; /* its version as it was put: its bytes */
	bool used;
};

static struct {
	struct page pages[PAGES];
	uint64_t clock, unit, durable_bytes;
	uint32_t granted;
	uint32_t free_units, in_flash;
	struct {
		uint64_t place;
		uint32_t bytes;
	} drops[DROPS_MOST];
	unsigned int drop_count;
	/* What is asked, and the mailbox's mark that it was taken. */
	struct hal_tier_request request;
	bool asked, taken;
	enum hal_tier_answer answer;
	const char *wrong;
	unsigned int oldest_asked;
} vault;
/* A part of flash that was being lost is given up. */
static uint64_t given_up;

static struct hal hal;
static struct hal_flash flash;

/* ---------------------------------------------------------------- restarts */

static sigjmp_buf crash;
static uint64_t crash_in;          /* accesses; 0: it goes on */
static unsigned int crash_further; /* instructions behind it */
static bool goes_further;

#if defined(__x86_64__)
#define TRAP_FLAG 0x100

static void trapped(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	(void)context;
	if (goes_further && --crash_further == 0) {
		goes_further = false;
		siglongjmp(crash, 1);
	}
}

static void go_further(void)
{
	struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_NODEFER};

	sigaction(SIGTRAP, &action, NULL);
	goes_further = true;
	hal.crash_in = 1; /* nor in the midst of one of the mailbox */
	__asm__ volatile("pushfq\n orq %0, (%%rsp)\n popfq" ::"i"(TRAP_FLAG) : "cc", "memory");
}

static void no_further(void)
{
	goes_further = false;
	__asm__ volatile("pushfq\n andq %0, (%%rsp)\n popfq" ::"i"(~TRAP_FLAG) : "cc", "memory");
}
#else
static void go_further(void)
{
	siglongjmp(crash, 1);
}

static void no_further(void)
{
}
#endif

/* Behind an access: so a vault's operation is whole, as it is on the card. */
static void access_over(void)
{
	if (crash_in != 0 && --crash_in == 0) {
		if (crash_further == 0) {
			siglongjmp(crash, 1);
		}
		go_further();
	}
}

/* As far as here, and no further: what is accessed is not part of the core. */
static void access_begins(void)
{
	if (goes_further) {
		no_further();
		siglongjmp(crash, 1);
	}
}

/* ---------------------------------------------------------------- flash */

bool hal_flash_read(struct hal_flash *f, uint32_t die, uint32_t block, uint32_t page, void *to)
{
	access_begins();
	bool started = nand_read(f->nand, die, block, page, to);

	access_over();
	return started;
}

bool hal_flash_read_part(struct hal_flash *f, uint32_t die, uint32_t block, uint32_t page,
			 const struct hal_flash_part *part)
{
	access_begins();
	bool started = nand_read_part(f->nand, die, block, page, part->from, part->bytes,
				      (uint8_t *)part->to + part->at);

	access_over();
	return started;
}

bool hal_flash_program(struct hal_flash *f, uint32_t die, uint32_t block, uint32_t page,
		       const void *from)
{
	access_begins();
	bool started = nand_program(f->nand, die, block, page, from);

	access_over();
	return started;
}

bool hal_flash_erase(struct hal_flash *f, uint32_t die, uint32_t block)
{
	access_begins();
	bool started = nand_erase(f->nand, die, block);

	access_over();
	return started;
}

enum hal_flash_status hal_flash_poll(struct hal_flash *f, uint32_t die, uint32_t *corrected)
{
	access_begins();
	enum nand_result result = nand_poll(f->nand, die, corrected);

	access_over();
	switch (result) {
	case NAND_OK:
		return HAL_FLASH_OK;
	case NAND_UNCORRECTABLE:
		return HAL_FLASH_UNCORRECTABLE;
	case NAND_FAILED:
	case NAND_MISUSE:
		return HAL_FLASH_FAILED;
	default:
		return HAL_FLASH_BUSY;
	}
}

bool hal_flash_erased(struct hal_flash *f, uint32_t die)
{
	access_begins();
	return nand_read_erased(f->nand, die);
}

bool hal_flash_marked_bad(struct hal_flash *f, uint32_t die, uint32_t block)
{
	access_begins();
	return nand_factory_bad(f->nand, die, block);
}

/* What the dies were told to do they do. */
static void drain_flash(void)
{
	bool busy = true;
	uint32_t corrected;

	while (busy) {
		busy = false;
		for (uint32_t die = 0; die < nand_dies(flash.nand); die++) {
			busy |= nand_poll(flash.nand, die, &corrected) == NAND_BUSY;
		}
		nand_advance(flash.nand);
	}
}

/* ---------------------------------------------------------------- pages */

static void wrong(const char *what)
{
	vault.wrong = vault.wrong ? vault.wrong : what;
}

static uint32_t units_of(const struct hal_tier_record *record)
{
	return record->place & FL_FLASH ? STUB : (record->bytes + UNIT - 1) / UNIT + STUB;
}

static struct page *find_page(const struct hal_tier_record *like)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		struct page *page = &vault.pages[i];

		if (page->used && page->record.contents == like->contents &&
		    page->record.index == like->index &&
		    page->record.object[0] == like->object[0]) {
			return page;
		}
	}
	return NULL;
}

/* A record's bytes say which it is. */
static void fill(const struct page *page, void *to)
{
	memset(to, (int)(page->put * 37 % 251), page->record.bytes);
	memcpy(to, &page->put, sizeof(page->put));
	memcpy((uint8_t *)to + 8, &page->record.index, sizeof(page->record.index));
}

static bool filled(const struct page *page, const void *from)
{
	static uint8_t right[TIER_RECORD_MOST];

	fill(page, right);
	return memcmp(right, from, page->record.bytes) == 0;
}

static void tell(const struct page *page, struct hal_tier_record *record, void *to)
{
	*record = page->record;
	if (to && !(record->place & FL_FLASH)) {
		fill(page, to);
	}
}

/* A page is no more, or another one: its place is told. */
static void page_goes(struct page *page)
{
	const struct hal_tier_record *record = &page->record;

	vault.free_units += units_of(record);
	if (record->place & FL_FLASH) {
		if (vault.drop_count == DROPS_MOST) {
			uint64_t later = crash_in;

			crash_in = 0;
			tier_ops.notices(&hal.fw);
			crash_in = later;
		}
		vault.drops[vault.drop_count].place = record->place;
		vault.drops[vault.drop_count++].bytes = record->bytes;
		vault.in_flash--;
	} else if (record->durable) {
		vault.durable_bytes -= record->bytes;
	}
	page->used = false;
}

static struct page *page_comes(const struct hal_tier_record *like)
{
	struct page *page = find_page(like);

	if (page) {
		page_goes(page);
	}
	for (unsigned int i = 0; i < PAGES; i++) {
		page = &vault.pages[i];
		if (!page->used) {
			*page = (struct page){.used = true, .record = *like};
			page->record.version = page->put = ++vault.clock;
			page->record.place = ++vault.unit;
			page->record.leaving = false;
			vault.free_units -= units_of(&page->record);
			vault.durable_bytes += like->durable ? like->bytes : 0;
			return page;
		}
	}
	abort();
}

/* ---------------------------------------------------------------- hal_tier.h */

static struct page *oldest(uint32_t which)
{
	struct page *best = NULL;

	for (unsigned int i = 0; i < PAGES; i++) {
		struct page *page = &vault.pages[i];

		if (page->used && !(page->record.place & FL_FLASH) && !page->record.leaving &&
		    (which == HAL_TIER_ANY || which == page->record.contents ||
		     (which == HAL_TIER_DURABLE && page->record.durable)) &&
		    (!best || page->record.version < best->record.version)) {
			best = page;
		}
	}
	return best;
}

bool hal_tier_oldest(struct hal *h, uint32_t which, struct hal_tier_record *record, void *to)
{
	access_begins();
	const struct page *page = oldest(which);

	(void)h;
	/* Now and then something that was flushed goes instead. */
	record->again = vault.oldest_asked++ % 5 == 4;
	if (record->again) {
		page = NULL;
	}
	if (page) {
		tell(page, record, to);
	}
	access_over();
	return page;
}

bool hal_tier_find(struct hal *h, struct hal_tier_record *record, void *to)
{
	access_begins();
	const struct page *page = find_page(record);

	(void)h;
	if (page) {
		tell(page, record, to);
	}
	access_over();
	return page;
}

/* That version of it, at that place. */
static struct page *same(const struct hal_tier_record *record)
{
	struct page *page = find_page(record);

	return page && page->record.version == record->version &&
		       page->record.place == record->place
		   ? page
		   : NULL;
}

void hal_tier_leaving(struct hal *h, const struct hal_tier_record *record)
{
	access_begins();
	struct page *page = same(record);

	(void)h;
	if (page && !(record->place & FL_FLASH)) {
		page->record.leaving = true;
	}
	access_over();
}

bool hal_tier_move(struct hal *h, const struct hal_tier_record *record, uint64_t to)
{
	access_begins();
	struct page *page = same(record);
	bool moves = page && (record->place & FL_FLASH || page->record.leaving);

	(void)h;
	if (moves) {
		vault.free_units += units_of(&page->record);
		if (!(record->place & FL_FLASH)) {
			vault.durable_bytes -= page->record.durable ? page->record.bytes : 0;
			vault.in_flash++;
		}
		page->record.place = to;
		page->record.leaving = false;
		vault.free_units -= units_of(&page->record);
	}
	access_over();
	return moves;
}

bool hal_tier_promote(struct hal *h, const struct hal_tier_record *record, const void *bytes)
{
	access_begins();
	struct page *page = same(record);
	bool comes = page && (record->place & FL_FLASH) && !page->record.durable;

	(void)h;
	(void)bytes;
	if (comes) {
		struct hal_tier_record like = page->record;
		uint64_t put = page->put;

		page_comes(&like)->put = put;
	}
	access_over();
	return comes;
}

bool hal_tier_recover(struct hal *h, const struct hal_tier_record *record, uint64_t *before,
		      uint32_t *before_bytes)
{
	access_begins();
	struct page *page = find_page(record);

	(void)h;
	*before = 0;
	*before_bytes = 0;
	if (page &&
	    (page->record.version > record->version ||
	     (page->record.version == record->version && page->record.place == record->place))) {
		return false;
	}
	if (page) {
		*before = page->record.place;
		*before_bytes = page->record.bytes;
	} else {
		for (unsigned int i = 0; i < PAGES && !page; i++) {
			page = vault.pages[i].used ? NULL : &vault.pages[i];
		}
		vault.in_flash++;
		vault.free_units -= STUB;
	}
	*page = (struct page){.used = true, .put = record->version, .record = *record};
	return true;
}

bool hal_tier_lose(struct hal *h, uint64_t at, uint32_t units)
{
	access_begins();
	(void)h;
	(void)at;
	if (units != 0) {
		wrong("something is said to be lost");
	}
	given_up++;
	access_over();
	return true;
}

void hal_tier_durable(struct hal *h, uint32_t contents, uint32_t order)
{
	access_begins();
	(void)h;
	(void)contents;
	(void)order;
	access_over();
}

void hal_tier_set_clock(struct hal *h, uint64_t clock)
{
	access_begins();
	(void)h;
	vault.clock = clock > vault.clock ? clock : vault.clock;
	access_over();
}

void hal_tier_set_promise(struct hal *h, uint64_t bytes)
{
	access_begins();
	(void)h;
	(void)bytes;
	access_over();
}

bool hal_tier_reserve(struct hal *h, uint32_t contents, uint64_t slots, uint64_t bytes,
		      bool durable)
{
	access_begins();
	(void)h;
	(void)contents;
	(void)slots;
	(void)bytes;
	(void)durable;
	return true;
}

uint64_t hal_tier_promisable(struct hal *h, uint32_t slots, uint64_t bytes)
{
	access_begins();
	(void)h;
	(void)slots;
	(void)bytes;
	return 0;
}

void hal_tier_read(struct hal *h, struct hal_tier_figures *figures)
{
	access_begins();
	(void)h;
	*figures = (struct hal_tier_figures){.clock = vault.clock,
					     .durable_bytes = vault.durable_bytes,
					     .pages = vault.in_flash,
					     .units = UNITS,
					     .free_units = vault.free_units};
	access_over();
}

void hal_tier_wake(struct hal *h, uint32_t free_units, uint32_t durable_bytes)
{
	access_begins();
	(void)h;
	(void)free_units;
	(void)durable_bytes;
	access_over();
}

void hal_tier_grant(struct hal *h, uint32_t durable_bytes)
{
	access_begins();
	(void)h;
	vault.granted = durable_bytes;
	access_over();
}

/* As rtl/mcu/mailbox_tier.sv. */
static bool is_granted(uint32_t bytes)
{
	return vault.granted &&
	       (vault.durable_bytes == 0 || vault.durable_bytes + bytes <= vault.granted);
}

bool hal_tier_dropped(struct hal *h, uint64_t *place, uint32_t *bytes)
{
	access_begins();
	(void)h;
	if (vault.drop_count == 0) {
		return false;
	}
	vault.drop_count--;
	*place = vault.drops[vault.drop_count].place;
	*bytes = vault.drops[vault.drop_count].bytes;
	access_over();
	return true;
}

/* One thing at a time is asked here; a record in its own way. */
bool hal_tier_asked(struct hal *h, struct hal_tier_request *request)
{
	access_begins();
	(void)h;
	if (!vault.asked || vault.taken || vault.request.ask == HAL_TIER_READ) {
		return false;
	}
	vault.taken = true;
	*request = vault.request;
	access_over();
	return true;
}

void hal_tier_answer(struct hal *h, enum hal_tier_answer what)
{
	access_begins();
	(void)h;
	vault.taken = false;
	vault.asked = false;
	vault.answer = what;
	access_over();
}

bool hal_tier_fetch_asked(struct hal *h, struct hal_tier_request *request)
{
	access_begins();
	const struct page *page;

	if (!vault.asked || vault.taken || vault.request.ask != HAL_TIER_READ) {
		return false;
	}
	vault.taken = true;
	*request = vault.request;
	page = find_page(&request->record);
	if (!page || !(page->record.place & FL_FLASH)) {
		hal_tier_fetch_answer(h, HAL_TIER_AGAIN);
		return false;
	}
	request->record = page->record;
	access_over();
	return true;
}

void hal_tier_fetched(struct hal *h, struct hal_tier_record *record)
{
	(void)h;
	(void)record; /* all of it was told */
}

void hal_tier_fetch_answer(struct hal *h, enum hal_tier_answer what)
{
	hal_tier_answer(h, what);
}

/* It reads none by itself. */
void hal_tier_read_most(struct hal *h, uint32_t bytes)
{
	(void)h;
	(void)bytes;
}

void hal_tier_hold(struct hal *h, const struct hal_tier_request *request, bool hold)
{
	(void)h;
	(void)request;
	(void)hold;
}

enum hal_tier_reads hal_tier_reads(struct hal *h, const struct hal_tier_request *request)
{
	(void)h;
	(void)request;
	return HAL_TIER_OVER;
}

bool hal_tier_has_read(struct hal *h, uint64_t *place, uint32_t *corrected)
{
	(void)h;
	(void)place;
	(void)corrected;
	return false;
}

bool hal_tier_wait(struct hal *h)
{
	access_begins();
	(void)h;
	return nand_advance(flash.nand);
}

#endif /* FIRMWARE_RESUME_VAULT_H */
