// SPDX-License-Identifier: Apache-2.0
/* The vault behind the mailbox, for the tier (hal_tier_mailbox.h). */
#include "hal_tier_mailbox.h"

#include "fw_priv.h"
#include "hal_tier.h"

/* vault_pkg: op_e, which_e, result_e. */
enum {
	TIER_OLDEST = 9,
	TIER_FIND,
	TIER_LEAVING,
	TIER_MOVE,
	TIER_DURABLE,
	TIER_CLOCK,
	TIER_RECOVER,
	TIER_LOSE,
	TIER_RESERVE,
	TIER_PROMISE,
	TIER_PROMOTE
};
enum { OF_CONTENTS, OF_ANY, OF_DURABLE };
/* TIER_READ */
enum { READ_NONE, READ_FINDS, READ_READS, READ_HELD, READ_LEFT };
#define READ_STATE 7u
/* TIER_FOUND, by words. */
enum { FOUND_VERSION = 0, FOUND_PLACE = 2, FOUND_BYTES = 4, FOUND_ATTR = 5 };
#define OP_HIGH     16u
#define WANTS_BYTES (1u << 2)
/* TIER_RECORD, by words. */
enum { IN_OBJECT = 0, IN_INDEX = 6, IN_VERSION = 8, IN_PLACE = 10, IN_BYTES = 12, IN_ATTR = 13 };
#define ATTR_CONTENTS  0xffffu
#define ATTR_DURABLE   (1u << 16)
#define ATTR_LEAVING   (1u << 17)
#define DROP_WAITS     (1u << 31)
#define FLASH_OPEN     (1u << 1)
#define ASK_THERE      (1u << 31)
#define ASK_KIND       7u
#define ASK_CONTENTS   0x1ffu
#define IN_FLASH       (1ull << 63)
#define FETCH_ENDS     (1u << 30)
#define READ_ENDS      (1u << 31)
#define READ_NUMBER(x) ((x) >> 16 & 255u)
#define READ_HOLD      1u
#define LINE_BYTES     64u
/* At EVENTS, while only flash works; and while the firmware waits for something, too. */
#define LOOKS     1024u
#define LOOKS_DUE 16u

uint32_t hal_tier_lines(struct hal *hal)
{
	hal_write(hal, MAILBOX_COUNTER_SELECT, MAILBOX_COUNTER_LANES);
	return HAL_TIER_RECORD_LINES +
	       (hal_read(hal, MAILBOX_COUNTER) >> 8 & 255) * HAL_TIER_STAGING_LINES;
}

void hal_tier_init(struct hal_tier_mailbox *tier, struct hal *hal, struct fw *fw, uint32_t line)
{
	tier->fw = fw;
	tier->line = line;
	tier->asked = tier->fetching = tier->by_itself = tier->has_read = false;
	hal_write(hal, MAILBOX_TIER_STAGING, line + HAL_TIER_RECORD_LINES);
	hal_write(hal, MAILBOX_TIER, 1);
}

static struct fw *fw_of(struct hal *hal)
{
	return hal_tier_of(hal)->fw;
}

void hal_tier_ask_again(struct hal *hal)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);

	tier->asked = tier->fetching = tier->by_itself = tier->has_read = false;
}

/* ---------------------------------------------------------------- the vault's commands */

static void mean_handle(struct fw *fw, const struct hal_tier_record *record)
{
	for (uint32_t n = 0; n < 3; n++) {
		fw_write64(fw, MAILBOX_VAULT_OBJECT + 8 * n, record->object[n]);
	}
	fw_write64(fw, MAILBOX_VAULT_INDEX, record->index);
}

/* That version of it, at that place. */
static void mean_record(struct fw *fw, const struct hal_tier_record *record)
{
	mean_handle(fw, record);
	fw_write64(fw, MAILBOX_TIER_VERSION, record->version);
	fw_write64(fw, MAILBOX_TIER_PLACE, record->place);
	fw_write(fw, MAILBOX_TIER_BYTES, record->bytes);
}

static uint32_t vault(struct fw *fw, uint32_t op, uint32_t contents)
{
	/* An operation's highest bit is apart from the others. */
	return fw_vault(fw, (op & ~OP_HIGH) | (op & OP_HIGH) << 8 | VAULT_CONTENTS(contents));
}

static bool do_it(struct fw *fw, uint32_t op, uint32_t contents)
{
	return vault(fw, op, contents) == VAULT_RESULT_DONE;
}

static uint64_t told64(struct fw *fw, uint32_t word)
{
	return fw_read64(fw, MAILBOX_TIER_RECORD + 4 * word);
}

/* Which record it is. */
static void told_which(struct fw *fw, struct hal_tier_record *record)
{
	for (uint32_t n = 0; n < 3; n++) {
		record->object[n] = told64(fw, IN_OBJECT + 2 * n);
	}
	record->index = told64(fw, IN_INDEX);
	record->version = told64(fw, IN_VERSION);
}

/* Where, and of what kind. */
static void told_where(struct fw *fw, struct hal_tier_record *record)
{
	uint32_t attr = fw_read(fw, MAILBOX_TIER_RECORD + 4 * IN_ATTR);

	record->place = told64(fw, IN_PLACE);
	record->bytes = fw_read(fw, MAILBOX_TIER_RECORD + 4 * IN_BYTES);
	record->contents = attr & ATTR_CONTENTS;
	record->durable = attr & ATTR_DURABLE;
	record->leaving = attr & ATTR_LEAVING;
}

/* False: card memory could not correct what is there. */
static bool copy_out(struct hal *hal, uint32_t bytes, void *to)
{
	uint32_t *at = to; /* of the firmware's buffers, which are aligned */
	uint32_t rest = bytes % 4;

	hal_write(hal, MAILBOX_WINDOW_LINES, (bytes + LINE_BYTES - 1) / LINE_BYTES);
	hal_write(hal, MAILBOX_WINDOW, hal_tier_of(hal)->line);
	for (uint32_t n = 0; n < bytes / 4; n++) {
		*at++ = hal_read(hal, MAILBOX_WINDOW_DATA);
	}
	if (rest) {
		uint32_t word = hal_read(hal, MAILBOX_WINDOW_DATA);

		memcpy(at, &word, rest);
	}
	return hal_read(hal, MAILBOX_WINDOW) == 0;
}

static bool ask_for(struct hal *hal, uint32_t op, uint32_t contents, uint32_t which,
		    struct hal_tier_record *record, void *to)
{
	struct fw *fw = fw_of(hal);
	uint32_t result;

	fw_write(fw, MAILBOX_TIER_WHICH, which | (to ? WANTS_BYTES : 0));
	fw_write(fw, MAILBOX_TIER_LINE, hal_tier_of(hal)->line);
	result = vault(fw, op, contents);
	record->damaged = result != VAULT_RESULT_DONE && result != VAULT_RESULT_ABSENT;
	record->again = result == VAULT_RESULT_ABSENT && fw_vault_value(fw) != 0;
	if (result != VAULT_RESULT_DONE) {
		return false;
	}
	told_which(fw, record);
	told_where(fw, record);
	/* What is in flash, or nowhere, was not copied. */
	record->damaged = to && (int64_t)record->place > 0 && !copy_out(hal, record->bytes, to);
	return !record->damaged;
}

bool hal_tier_oldest(struct hal *hal, uint32_t which, struct hal_tier_record *record, void *to)
{
	switch (which) {
	case HAL_TIER_ANY:
		return ask_for(hal, TIER_OLDEST, 0, OF_ANY, record, to);
	case HAL_TIER_DURABLE:
		return ask_for(hal, TIER_OLDEST, 0, OF_DURABLE, record, to);
	default:
		return ask_for(hal, TIER_OLDEST, which, OF_CONTENTS, record, to);
	}
}

bool hal_tier_find(struct hal *hal, struct hal_tier_record *record, void *to)
{
	mean_handle(fw_of(hal), record);
	return ask_for(hal, TIER_FIND, record->contents, OF_CONTENTS, record, to);
}

void hal_tier_leaving(struct hal *hal, const struct hal_tier_record *record)
{
	mean_record(fw_of(hal), record);
	do_it(fw_of(hal), TIER_LEAVING, record->contents);
}

bool hal_tier_move(struct hal *hal, const struct hal_tier_record *record, uint64_t to)
{
	mean_record(fw_of(hal), record);
	fw_write64(fw_of(hal), MAILBOX_TIER_TO, to);
	return do_it(fw_of(hal), TIER_MOVE, record->contents);
}

/* bytes: a line of card memory, as hal_tier_asked tells it. */
bool hal_tier_promote(struct hal *hal, const struct hal_tier_record *record, const void *bytes)
{
	struct fw *fw = fw_of(hal);

	mean_record(fw, record);
	fw_write(fw, MAILBOX_TIER_LINE, (uint32_t)(uintptr_t)bytes);
	return do_it(fw, TIER_PROMOTE, record->contents);
}

bool hal_tier_recover(struct hal *hal, const struct hal_tier_record *record, uint64_t *before,
		      uint32_t *before_bytes)
{
	struct fw *fw = fw_of(hal);

	*before = 0;
	*before_bytes = 0;
	mean_record(fw, record);
	if (!do_it(fw, TIER_RECOVER, record->contents)) {
		return false;
	}
	*before = told64(fw, IN_PLACE);
	*before_bytes = fw_read(fw, MAILBOX_TIER_RECORD + 4 * IN_BYTES);
	return true;
}

bool hal_tier_lose(struct hal *hal, uint64_t at, uint32_t units)
{
	struct fw *fw = fw_of(hal);

	fw_write64(fw, MAILBOX_TIER_PLACE, at);
	fw_write(fw, MAILBOX_TIER_BYTES, units);
	/* Also if a line of the index cannot be read, it goes on behind that. */
	return vault(fw, TIER_LOSE, 0) == VAULT_RESULT_NONE || fw_vault_value(fw) == 0;
}

void hal_tier_durable(struct hal *hal, uint32_t contents, uint32_t order)
{
	do_it(fw_of(hal), TIER_DURABLE | VAULT_ORDER(order), contents);
}

void hal_tier_set_clock(struct hal *hal, uint64_t clock)
{
	fw_write64(fw_of(hal), MAILBOX_TIER_VERSION, clock);
	do_it(fw_of(hal), TIER_CLOCK, 0);
}

/* ---------------------------------------------------------------- promises */

/* Bits of a row of the vault's table for bytes of flash. */
#define PROMISE_BITS 40u

void hal_tier_set_promise(struct hal *hal, uint64_t flash)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);

	tier->promise = flash;
	fw_write64(tier->fw, MAILBOX_TIER_PLACE, flash);
	do_it(tier->fw, TIER_PROMISE, 0);
}

bool hal_tier_reserve(struct hal *hal, uint32_t contents, uint64_t slots, uint64_t flash,
		      bool durable)
{
	struct fw *fw = fw_of(hal);

	/* A row of the vault's table has so many bits for it. */
	if (slots > fw->layout.slot_limit || flash >> PROMISE_BITS) {
		return false;
	}
	fw_write(fw, MAILBOX_TIER_WHICH, durable ? OF_DURABLE : OF_CONTENTS);
	fw_write64(fw, MAILBOX_VAULT_UNITS, flash);
	fw_write(fw, MAILBOX_VAULT_SLOTS, (uint32_t)slots);
	return do_it(fw, TIER_RESERVE, contents);
}

struct demand {
	uint64_t flash, slots;
	bool durable; /* some of it cannot be kept in memory */
};

static bool fits(struct fw *fw, uint64_t promise, const struct demand *all)
{
	uint64_t units = fw->layout.units;
	uint64_t memory = units / HAL_TIER_CACHE_SHARE + fw_worst_units(PAMC_MAX_PAGE_ORDER, true) +
			  all->slots * HAL_TIER_STUB_UNITS;

	if (all->slots > fw->layout.slot_limit) {
		return false;
	}
	if (all->flash > promise) {
		if (all->durable) {
			return false;
		}
		memory += (all->flash - promise) / HAL_TIER_FLASH_A_UNIT + 1;
	}
	return memory <= units;
}

uint64_t hal_tier_promisable(struct hal *hal, uint32_t slots, uint64_t flash)
{
	struct fw *fw = fw_of(hal);
	struct demand now = {
	    .flash = fw_counter(fw, MAILBOX_COUNTER_TIER_COMMITTED_FLASH),
	    .slots = fw_counter(fw, MAILBOX_COUNTER_VAULT_COMMITTED_SLOTS),
	    .durable = fw_counter(fw, MAILBOX_COUNTER_TIER_COMMITTED_DURABLE) != 0,
	};
	uint64_t good = 0, bad = fw->layout.slot_limit / slots + 1;

	if (flash && bad > (((uint64_t)1 << PROMISE_BITS) - 1) / flash + 1) {
		bad = (((uint64_t)1 << PROMISE_BITS) - 1) / flash + 1;
	}
	while (bad - good > 1) {
		uint64_t pages = good + (bad - good) / 2;
		struct demand all = {.flash = now.flash + pages * flash,
				     .slots = now.slots + pages * slots,
				     .durable = now.durable};

		if (fits(fw, hal_tier_of(hal)->promise, &all)) {
			good = pages;
		} else {
			bad = pages;
		}
	}
	return good;
}

/* ---------------------------------------------------------------- figures, notices */

void hal_tier_read(struct hal *hal, struct hal_tier_figures *figures)
{
	struct fw *fw = fw_of(hal);

	/* What gets short from now on is told anew. */
	fw_write(fw, MAILBOX_EVENTS, HAS_SHORT);
	figures->clock = fw_counter(fw, MAILBOX_COUNTER_TIER_CLOCK);
	figures->durable_bytes = fw_counter(fw, MAILBOX_COUNTER_TIER_DURABLE_BYTES);
	figures->pages = fw_counter(fw, MAILBOX_COUNTER_TIER_PAGES);
	figures->units = fw->layout.units;
	figures->free_units = (uint32_t)fw_counter(fw, MAILBOX_COUNTER_STORE_FREE_UNITS);
}

void hal_tier_wake(struct hal *hal, uint32_t free_units, uint32_t durable_bytes)
{
	fw_write(fw_of(hal), MAILBOX_TIER_LOW, free_units);
	fw_write(fw_of(hal), MAILBOX_TIER_DIRTY, durable_bytes);
}

void hal_tier_grant(struct hal *hal, uint32_t durable_bytes)
{
	fw_write(fw_of(hal), MAILBOX_TIER_GRANT, durable_bytes);
}

bool hal_tier_dropped(struct hal *hal, uint64_t *place, uint32_t *bytes)
{
	uint32_t drop = hal_read(hal, MAILBOX_TIER_DROP);

	if (!(drop & DROP_WAITS)) {
		return false;
	}
	*bytes = drop & ~DROP_WAITS;
	*place = fw_read64(fw_of(hal), MAILBOX_TIER_DROP_PLACE);
	hal_write(hal, MAILBOX_TIER_DROP, 0);
	return true;
}

/* ---------------------------------------------------------------- what the data path asks for */

/* Where it is by now: false if it is not in flash, and the question is answered. A page waits, so
 * no word is gone for that this can be done without. */
static bool still_there(struct hal *hal, struct hal_tier_request *request)
{
	struct hal_tier_record *record = &request->record;
	struct fw *fw = fw_of(hal);

	for (uint32_t n = 0; n < 6; n++) {
		fw_write(fw, MAILBOX_VAULT_OBJECT + 4 * n,
			 fw_read(fw, MAILBOX_TIER_FETCH_OBJECT + 4 * n));
	}
	for (uint32_t n = 0; n < 2; n++) {
		fw_write(fw, MAILBOX_VAULT_INDEX + 4 * n,
			 fw_read(fw, MAILBOX_TIER_FETCH_INDEX + 4 * n));
	}
	fw_write(fw, MAILBOX_TIER_WHICH, OF_CONTENTS);
	if (!do_it(fw, TIER_FIND, record->contents)) {
		hal_tier_fetch_answer(hal, HAL_TIER_AGAIN);
		return false;
	}
	told_where(fw, record);
	if ((int64_t)record->place > 0) {
		hal_tier_fetch_answer(hal, HAL_TIER_AGAIN);
		return false;
	}
	if (record->place == 0 || record->bytes > HAL_TIER_RECORD_MOST) {
		hal_tier_fetch_answer(hal, HAL_TIER_FAILED);
		return false;
	}
	return true;
}

bool hal_tier_asked(struct hal *hal, struct hal_tier_request *request)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);
	uint32_t ask = hal_read(hal, MAILBOX_TIER_ASK);
	struct fw *fw = tier->fw;

	if (!(ask & ASK_THERE) || tier->asked) {
		return false;
	}
	tier->asked = true;
	*request = (struct hal_tier_request){
	    .ask = (enum hal_tier_ask)(ask & ASK_KIND),
	    .record = {.index = fw_read64(fw, MAILBOX_TIER_ASK_INDEX),
		       .contents = ask >> 16 & ASK_CONTENTS,
		       .bytes = fw_read(fw, MAILBOX_TIER_ASK_BYTES),
		       .durable = true},
	};
	for (uint32_t n = 0; n < 3; n++) {
		request->record.object[n] = fw_read64(fw, MAILBOX_TIER_ASK_OBJECT + 8 * n);
	}
	return true;
}

void hal_tier_answer(struct hal *hal, enum hal_tier_answer answer)
{
	hal_tier_of(hal)->asked = false;
	hal_write(hal, MAILBOX_TIER_ASK, answer);
}

bool hal_tier_fetch_asked(struct hal *hal, struct hal_tier_request *request)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);
	uint32_t ask = hal_read(hal, MAILBOX_TIER_FETCH), read;

	tier->has_read |= ask & FETCH_ENDS;
	if (!(ask & ASK_THERE) || tier->fetching) {
		return false;
	}
	read = hal_read(hal, MAILBOX_TIER_READ);
	request->number = READ_NUMBER(read);
	request->by_itself = (read & READ_STATE) != READ_LEFT;
	/* Soon it is known whose it is; or it is over. */
	if ((read & READ_STATE) != READ_READS && (read & READ_STATE) != READ_HELD &&
	    request->by_itself) {
		return false;
	}
	tier->fetching = true;
	tier->by_itself = request->by_itself;
	request->ask = HAL_TIER_READ;
	request->record.contents = ask >> 16 & ASK_CONTENTS;
	request->to = (void *)(uintptr_t)hal_read(hal, MAILBOX_TIER_FETCH_LINE);
	if (!request->by_itself) {
		return still_there(hal, request);
	}
	read = hal_read(hal, MAILBOX_TIER_FOUND + 4 * FOUND_ATTR);
	request->record.durable = read & ATTR_DURABLE;
	request->record.bytes = hal_read(hal, MAILBOX_TIER_FOUND + 4 * FOUND_BYTES);
	return true;
}

void hal_tier_fetched(struct hal *hal, struct hal_tier_record *record)
{
	struct fw *fw = fw_of(hal);

	if (!hal_tier_of(hal)->by_itself) {
		told_which(fw, record);
		return;
	}
	for (uint32_t n = 0; n < 3; n++) {
		record->object[n] = fw_read64(fw, MAILBOX_TIER_FETCH_OBJECT + 8 * n);
	}
	record->index = fw_read64(fw, MAILBOX_TIER_FETCH_INDEX);
	record->version = fw_read64(fw, MAILBOX_TIER_FOUND + 4 * FOUND_VERSION);
	record->place = fw_read64(fw, MAILBOX_TIER_FOUND + 4 * FOUND_PLACE);
}

void hal_tier_fetch_answer(struct hal *hal, enum hal_tier_answer answer)
{
	hal_tier_of(hal)->fetching = hal_tier_of(hal)->by_itself = false;
	hal_write(hal, MAILBOX_TIER_FETCH, answer);
}

/* ---------------------------------------------------------------- what it reads by itself */

void hal_tier_read_most(struct hal *hal, uint32_t bytes)
{
	hal_write(hal, MAILBOX_TIER_READ_MOST, bytes);
}

void hal_tier_hold(struct hal *hal, const struct hal_tier_request *request, bool hold)
{
	hal_write(hal, MAILBOX_TIER_READ, request->number << 16 | (hold ? READ_HOLD : 0));
}

enum hal_tier_reads hal_tier_reads(struct hal *hal, const struct hal_tier_request *request)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);
	uint32_t read = hal_read(hal, MAILBOX_TIER_READ), state = read & READ_STATE;

	tier->has_read |= read & READ_ENDS;
	if (READ_NUMBER(read) == request->number) {
		if (state == READ_FINDS || state == READ_READS) {
			return HAL_TIER_READS;
		}
		if (state == READ_HELD) {
			return HAL_TIER_HAS_READ;
		}
	}
	tier->fetching = tier->by_itself = false;
	return READ_NUMBER(read) == request->number && state == READ_LEFT ? HAL_TIER_LEFT
									  : HAL_TIER_OVER;
}

bool hal_tier_has_read(struct hal *hal, uint64_t *place, uint32_t *corrected)
{
	struct hal_tier_mailbox *tier = hal_tier_of(hal);
	uint32_t end;

	if (!tier->has_read) {
		return false;
	}
	end = hal_read(hal, MAILBOX_TIER_READ_END);
	tier->has_read = end & READ_ENDS;
	if (!tier->has_read) {
		return false;
	}
	*corrected = end >> 24 & 127;
	*place = IN_FLASH | hal_read(hal, MAILBOX_TIER_READ_PLACE);
	hal_write(hal, MAILBOX_TIER_READ_END, 0);
	return true;
}

/* What is asked beside what was taken: both have one bit of EVENTS, which stays until they are
 * answered. */
static bool more_asked(struct hal *hal)
{
	const struct hal_tier_mailbox *tier = hal_tier_of(hal);
	uint32_t fetch, state;

	if (!tier->asked && hal_read(hal, MAILBOX_TIER_ASK) & ASK_THERE) {
		return true;
	}
	fetch = hal_read(hal, MAILBOX_TIER_FETCH);
	if (fetch & FETCH_ENDS || (fetch & ASK_THERE && !tier->fetching)) {
		return true;
	}
	if (!tier->by_itself) {
		return false;
	}
	state = hal_read(hal, MAILBOX_TIER_READ) & READ_STATE;
	return state != READ_FINDS && state != READ_READS;
}

/* Time passes in each access. Until something comes that is to be dealt with, as a whole step takes
 * much longer than a look does. */
bool hal_tier_wait(struct hal *hal)
{
	uint32_t looks = fw_due(fw_of(hal)) ? LOOKS_DUE : LOOKS, events;

	if (!(hal_read(hal, MAILBOX_FLASH) & FLASH_OPEN)) {
		return false;
	}
	while (looks-- > 0) {
		events = hal_read(hal, MAILBOX_EVENTS);
		if (events & (HAS_ALL & ~HAS_ASKED) || (events & HAS_ASKED && more_asked(hal))) {
			break;
		}
	}
	return true;
}
