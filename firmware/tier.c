// SPDX-License-Identifier: Apache-2.0
/*
 * The tier's life and its step: notices first, then what the data path waits for, then
 * demotion, then the flash translation layer's own work.
 *
 * Which record goes to flash: durable ones soon, because what only DRAM has of them is
 * bounded; others, the oldest first, when less than one unit of DRAM in LOW is free, until
 * one in HIGH is. So a put finds free memory as a rule and does not wait for flash.
 */
#include "tier_priv.h"

#define LOW  16u
#define HIGH 12u
/*
 * A get that waits for its die while a page is programmed takes several times as long. So
 * demotion gives way to reads, and for some steps after each of them to the next one, unless
 * less than one unit in PRESSED is free; and after so many in a row it may begin a program on each
 * die.
 */
#define PRESSED 32u
#define LINGERS 16u
#define ROW     8u
/* The same while something else waits, which wants something to be written. */
#define ROW_ASKED 2u
/* Records handed to flash, and steps of the translation layer, in one step of the tier. */
#define SENDS 4u
#define STEPS 8u
/* Damaged records that a shutdown passes over, as one whose list is lost comes again. */
#define DAMAGED_MOST 64u
/* Durable data that only DRAM has: this share of flash, within bounds. Half of it is a
 * reason to write. */
#define DIRTY_SHARE 64u
#define DIRTY_LEAST (256u << 10)
#define DIRTY_MOST  (16u << 20)
/* So many steps on end in which neither firmware nor flash did anything: that was all. */
#define MOST_IDLE 1000u

static uint32_t dirty_budget(const struct tier_geometry *geometry)
{
	uint64_t bytes = (uint64_t)geometry->dies * geometry->blocks * geometry->pages *
			 geometry->page_bytes / DIRTY_SHARE;

	if (bytes < DIRTY_LEAST) {
		return DIRTY_LEAST;
	}
	return bytes > DIRTY_MOST ? DIRTY_MOST : (uint32_t)bytes;
}

/* Flushes to be remembered: one for so many pages, in less than a half of the checkpoint's
 * block. */
#define PAGES_A_TOMB 4u
#define TOMBS_MOST   16384u
#define TOMB_SHARE   128u
static uint32_t tombs_of(const struct tier_geometry *geometry)
{
	uint64_t tombs =
	    (uint64_t)geometry->dies * geometry->blocks * geometry->pages / PAGES_A_TOMB;
	uint32_t most = geometry->pages * geometry->page_bytes / TOMB_SHARE;

	most = most < TOMBS_MOST ? most : TOMBS_MOST;
	return tombs < most ? (uint32_t)tombs : most;
}

/* What is in flash is to be had for a year without power, as parts of this kind are sold: so it is
 * written anew after a quarter of one at the latest, while there is power. */
#define REFRESH_DAYS 90u

struct fl_config tier_config(const struct tier_geometry *geometry)
{
	return (struct fl_config){
	    .dies = geometry->dies,
	    .blocks = geometry->blocks,
	    .pages = geometry->pages,
	    .page_bytes = geometry->page_bytes,
	    .lanes = geometry->dies < 8 ? 2 : 4,
	    .record_most = TIER_RECORD_MOST,
	    .pools = TIER_POOLS,
	    .tombs = tombs_of(geometry),
	    .anchors = 2,
	    .journal = 2,
	    .dirty_bytes = dirty_budget(geometry),
	    .refresh_bits = FL_REFRESH_BITS(geometry->correctable),
	    .refresh_reads = 100000,
	    .refresh_days = REFRESH_DAYS,
	    .wear_spread = 1000,
	};
}

static size_t up(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

static size_t left_bytes(const struct fl_config *config)
{
	return up(fl_left_most(config) * sizeof(struct tier_left));
}

size_t tier_bytes(const struct tier_geometry *geometry)
{
	struct fl_config config = tier_config(geometry);
	size_t bytes = fl_bytes(&config);

	return bytes ? up(sizeof(struct tier)) + left_bytes(&config) + bytes : 0;
}

void tier_lay_out(struct tier *tier, const struct tier_geometry *geometry)
{
	tier->geometry = *geometry;
	tier->config = tier_config(geometry);
	tier->left_most = fl_left_most(&tier->config);
	tier->left = (struct tier_left *)(void *)((uint8_t *)tier + up(sizeof(struct tier)));
	tier->fl_memory = (uint8_t *)tier->left + left_bytes(&tier->config);
}

struct tier *tier_init(void *memory, const struct tier_geometry *geometry, struct hal_flash *flash)
{
	struct tier *tier = memory;

	memset(tier, 0, sizeof(*tier));
	tier_lay_out(tier, geometry);
	memset(tier->left, 0, left_bytes(&tier->config));
	tier->flash = flash;
	return tier;
}

/* ---------------------------------------------------------------- waiting on the spot */

static bool step(struct tier *tier);

bool tier_worked(struct tier *tier, bool did)
{
	tier->idle = did || hal_tier_wait(tier->hal) ? 0 : tier->idle + 1;
	return tier->idle < MOST_IDLE;
}

bool tier_go_on(struct tier *tier)
{
	return tier_worked(tier, step(tier));
}

bool tier_sync(struct tier *tier)
{
	struct fl_sync sync;

	tier_resume_all(tier);
	tier->idle = 0;
	if (!tier->fl) {
		return false;
	}
	fl_sync_start(tier->fl, &sync);
	while (fl_ready(tier->fl) == FL_OK && tier_go_on(tier)) {
		if (fl_sync_done(tier->fl, &sync)) {
			return true;
		}
	}
	return false;
}

/* ---------------------------------------------------------------- promises */

/* Blocks that may go bad before the promise gets smaller: one in so many. */
#define SPARE_SHARE 32u

/*
 * What records find room in flash for sure, counted by fw_worst_flash: of the blocks that are
 * full when nothing more is taken (fl_room) and none is worth collecting, two thirds. Of each a
 * sixteenth in units of records may be dead or empty; descriptors counted, and for the shortest
 * durable records, that is 28 % of its pages.
 */
static uint64_t room_of(struct tier *tier)
{
	const struct fl_config *config = &tier->config;
	uint32_t blocks = config->dies * config->blocks, whole, other;
	struct fl_figures fl;

	/* While it starts, pools that it finds are promised what they were. */
	if (!tier->fl || fl_ready(tier->fl) == FL_BROKEN || fl_ready(tier->fl) == FL_BLANK) {
		return 0;
	}
	fl_get_figures(tier->fl, &fl);
	whole = config->pages - 1 - fl.parts_most;
	/* Bad ones, checkpoints, the journal, the open ones of both streams, what is kept free. */
	other = fl.bad_grown > blocks / SPARE_SHARE ? fl.bad_grown : blocks / SPARE_SHARE;
	other += fl.bad_factory + 2 * config->anchors + 2 * config->journal + 1 +
		 2 * config->lanes + fl.reserve_blocks + 1;
	other += (fl.closed_pages + whole - 1) / whole;
	return blocks > other ? (uint64_t)(blocks - other) * whole * fl.part_bytes / 3 * 2 : 0;
}

/* As it was, while it is not known how much there is. */
static void promise(struct tier *tier)
{
	if (tier->resumes == TIER_WHOLE) {
		hal_tier_set_promise(tier->fw->platform.hal, room_of(tier));
	}
}

static bool reserve(struct fw *fw, uint32_t contents, uint32_t order, bool durable, uint64_t pages)
{
	struct tier *tier = fw->platform.tier_state;

	promise(tier);
	return hal_tier_reserve(fw->platform.hal, contents, pages * WORST_SLOTS,
				pages * fw_worst_flash(order), durable);
}

static uint64_t promisable(struct fw *fw)
{
	promise(fw->platform.tier_state);
	return hal_tier_promisable(fw->platform.hal, WORST_SLOTS, fw_worst_flash(0));
}

/* ---------------------------------------------------------------- start */

static enum fl_result finish_start(struct tier *tier)
{
	enum fl_result result;

	tier->idle = 0;
	while ((result = fl_ready(tier->fl)) == FL_BUSY && tier_worked(tier, fl_step(tier->fl))) {
	}
	return result;
}

enum fl_result tier_format(struct tier *tier, bool worn)
{
	struct fl_owner owner = tier_owner;

	owner.context = tier;
	tier->fl =
	    (worn ? fl_init_worn : fl_init)(tier->fl_memory, &tier->config, tier->flash, &owner);
	fl_format(tier->fl);
	return finish_start(tier);
}

void tier_take_notices(struct tier *tier)
{
	uint64_t place;
	uint32_t bytes;

	/* Without a translation layer they are those of a vault that is no more. */
	while (hal_tier_dropped(tier->hal, &place, &bytes)) {
		if (tier->fl) {
			fl_drop(tier->fl, place, bytes);
		}
	}
}

void tier_wake(struct tier *tier)
{
	struct hal_tier_figures now;

	hal_tier_read(tier->hal, &now);
	hal_tier_wake(tier->hal, tier->ready ? now.units / LOW : 0,
		      tier->ready ? (uint32_t)(tier->dirty / 2) : UINT32_MAX);
}

/* What tier_serve.c would say to each durable put that keeps within the budget: so the data path
 * need not ask for it. While this is the case flash has room for the whole budget, beside what goes
 * there meanwhile; what that takes of it is seen in the same step, long before the bytes are gone
 * from DRAM that would let others in. */
void tier_grant(struct tier *tier)
{
	uint32_t bytes = 0;

	if (tier->ready && fl_room(tier->fl) == FL_OK && (!tier->sync_open || tier->sync_sealed)) {
		bytes = (uint32_t)tier->dirty;
	}
	if (bytes != tier->granted) {
		hal_tier_grant(tier->hal, bytes);
		tier->granted = bytes;
	}
}

void tier_no_grant(struct tier *tier)
{
	hal_tier_grant(tier->hal, 0);
	tier->granted = 0;
}

void tier_begin(struct tier *tier)
{
	if (tier->ready) {
		tier_flush_version(tier); /* what is put now is later than all that was found */
	}
	tier_wake(tier);
	tier_no_grant(tier);
	hal_tier_read_most(tier->hal, tier->ready ? fl_whole_most(tier->fl) : 0);
	hal_tier_set_promise(tier->hal, room_of(tier));
}

/* The vault is empty and laid out. Before a host can ask for anything: so on the spot. */
static bool start(struct fw *fw)
{
	struct tier *tier = fw->platform.tier_state;
	struct tier_geometry geometry = tier->geometry;
	struct fl_owner owner = tier_owner;
	enum fl_result result;

	/* Nothing of what it was is gone on with, should the core be restarted. */
	tier->ready = false;
	tier->resumes = TIER_WHOLE;
	order_stores();
	tier_init(tier, &geometry, tier->flash);
	tier->fw = fw;
	tier->hal = fw->platform.hal;
	tier->dirty = tier->config.dirty_bytes;
	owner.context = tier;
	tier_take_notices(tier);
	tier->fl = fl_init(tier->fl_memory, &tier->config, tier->flash, &owner);
	/* What SANITIZE could not erase is not to be found, but the format that it made. */
	if (fw->sanitize.log.running && !fw->sanitize.formatted) {
		result = FL_BLANK;
	} else {
		fl_start(tier->fl);
		result = finish_start(tier);
	}
	if (result == FL_BLANK || (fw->sanitize.log.running && result != FL_OK)) {
		result = tier_format(tier, false);
	}
	tier->ready = result == FL_OK && !tier->no_memory;
	tier->cared = fw_now(fw);
	tier_begin(tier);
	return tier->ready;
}

void tier_adopt(struct tier *tier, struct fw *fw, struct hal_flash *flash)
{
	struct fl_owner owner = tier_owner;

	tier->fw = fw;
	tier->flash = flash;
	owner.context = tier;
	if (tier->fl) {
		tier->hal = fw->platform.hal;
		fl_adopt(tier->fl, flash, &owner);
	}
}

void tier_stand_still(struct tier *tier, struct fw *fw)
{
	tier->fw = fw;
	tier->hal = fw->platform.hal;
	tier->still = true;
	tier_wake(tier);
	tier_no_grant(tier);
	fw_raise(fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
}

/* ---------------------------------------------------------------- demotion */

static bool send_some(struct tier *tier, uint32_t which)
{
	bool did = false;

	for (uint32_t n = 0; n < SENDS && tier_send_oldest(tier, which) == FL_OK; n++) {
		did = true;
	}
	return did;
}

static bool demote(struct tier *tier, bool gives_way)
{
	struct hal_tier_figures now;
	bool did = false;

	hal_tier_read(tier->hal, &now);
	tier->pressed = now.free_units < now.units / PRESSED;
	tier->demoting = now.free_units < now.units / (tier->demoting ? HIGH : LOW);
	if (gives_way) {
		return false;
	}
	if (now.durable_bytes > tier->dirty / 2) {
		did = send_some(tier, HAL_TIER_DURABLE);
	}
	if (tier->demoting && fl_room(tier->fl) == FL_OK) {
		did |= send_some(tier, HAL_TIER_ANY);
	}
	return did;
}

/* ---------------------------------------------------------------- the step */

static bool gives_way(struct tier *tier, bool reads)
{
	if (reads) {
		tier->lingers = LINGERS;
	} else if (tier->lingers > 0) {
		tier->lingers--;
	}
	if (tier->lingers == 0 || tier->pressed || (tier->busy && !reads) ||
	    tier->row >= (tier->busy ? ROW_ASKED : ROW)) {
		tier->row = 0;
		return false;
	}
	return true;
}

/* False: nothing can be done before flash is, or a host wants something. */
static bool step(struct tier *tier)
{
	bool did = false, reads, way;

	tier->again = false;
	reads = tier_asked_to_read(tier);
	way = gives_way(tier, reads);
	fl_give_way(tier->fl, way);
	/* Before anything else takes time, which then has its turn in the next step; else what is
	 * to be written may want the same die each time. */
	if (reads && way && tier_read_on(tier)) {
		return true;
	}
	tier_take_notices(tier);
	if (fl_ready(tier->fl) == FL_OK) {
		did |= demote(tier, way);
	} else if (!tier->rests) {
		/* Nothing can be done any more about memory that is short: it is not to be told. */
		hal_tier_wake(tier->hal, 0, UINT32_MAX);
		tier->rests = true;
	}
	for (uint32_t n = 0; n < STEPS && fl_step(tier->fl); n++) {
		did = true;
		/* One that came meanwhile, or has ended. */
		if (way && tier_asked_to_read(tier) && tier_read_waits(tier)) {
			break;
		}
	}
	did |= tier_fetch(tier);
	did |= tier_serve(tier, did);
	tier_grant(tier);
	return did || tier->again;
}

/* Each block is looked after once a day. */
#define DAY_SECONDS 86400ull
/* Looks at the clock: one of so many calls. */
#define CARE_TURNS 64u

static void care(struct tier *tier)
{
	struct fw *fw = tier->fw;
	uint64_t cycles, now;

	if (++tier->care_turn % CARE_TURNS != 0 && fw->timestamp == tier->timestamp) {
		return;
	}
	if (fw->timestamp && fw->platform.cycles_per_us) {
		fl_set_day(tier->fl, (uint32_t)(fw_time_ns(fw) / (DAY_SECONDS * 1000000000)));
	}
	tier->timestamp = fw->timestamp;
	now = fw_now(fw);
	cycles = DAY_SECONDS * 1000000 * fw->platform.cycles_per_us;
	if (now - tier->cared >= cycles / (tier->config.dies * tier->config.blocks) &&
	    fl_care(tier->fl)) {
		tier->cared = now;
	}
}

/* For the loop: true while there is more to be done. */
static bool run(struct fw *fw)
{
	struct tier *tier = fw->platform.tier_state;
	bool did;

	if (tier->resumes != TIER_WHOLE) {
		tier_resume_step(tier);
		return true;
	}
	/* Who waits for flash that cannot be used hears so. Before a start nobody does. */
	if (!tier->ready) {
		if (!tier->hal) {
			return false;
		}
		tier_take_notices(tier);
		did = tier_fetch(tier);
		return tier_serve(tier, false) || did;
	}
	did = step(tier);
	care(tier);
	if (did) {
		return true;
	}
	/* What gives way to the next read is to go on if there is none. */
	if (tier->lingers > 0 && !tier->busy && !tier->fetching &&
	    (tier->demoting || !fl_idle(tier->fl))) {
		return true;
	}
	if ((fl_ready(tier->fl) != FL_OK && !tier->fetching) || fl_idle(tier->fl)) {
		return false;
	}
	if (!hal_tier_wait(tier->hal)) {
		return false;
	}
	/* Perhaps for this. */
	if (tier->fetching) {
		tier_read_on(tier);
	}
	return true;
}

static bool patrol(struct fw *fw, bool restart, bool every, struct fw_patrolled *so_far)
{
	struct tier *tier = fw->platform.tier_state;
	struct fl_patrolled told = {.failed = 1};
	bool over = true;

	if (tier->resumes != TIER_WHOLE) {
		return false; /* it goes on when that is over */
	}
	if (tier->ready && fl_ready(tier->fl) == FL_OK) {
		over = fl_patrol(tier->fl, restart, every, &told);
	}
	*so_far = (struct fw_patrolled){
	    .percent = told.percent,
	    .good = told.good,
	    .failed = told.failed,
	    .first = (uint64_t)(told.first / tier->geometry.blocks) << 32 |
		     told.first % tier->geometry.blocks,
	};
	return over;
}

static void notices(struct fw *fw)
{
	tier_take_notices(fw->platform.tier_state);
}

/* Everything durable is in flash, for a shutdown. Flash that never started has no pools whose
 * pages could be missing there. */
static bool settle(struct fw *fw)
{
	struct tier *tier = fw->platform.tier_state;
	struct hal_tier_figures now;
	uint32_t damaged = 0;
	enum fl_result sent;

	tier_resume_all(tier);
	if (!tier->ready) {
		hal_tier_read(tier->hal, &now);
		/* Nor may flushes be missing there; but all that SANITIZE was begun for. */
		return tier->wiping || (now.durable_bytes == 0 && !tier->still);
	}
	tier->idle = 0;
	do {
		sent = tier_send_oldest(tier, HAL_TIER_DURABLE);
		/* What is damaged is no reason to leave the others. */
		damaged += sent == FL_BROKEN;
		if (sent == FL_FULL) {
			return tier_sync(tier) && damaged == 0;
		}
	} while (sent == FL_OK || (sent == FL_BUSY && tier_go_on(tier)) ||
		 (sent == FL_BROKEN && damaged < DAMAGED_MOST));
	tier_sync(tier);
	return false;
}

static void figures(struct fw *fw, struct fw_tier_figures *out)
{
	struct tier *tier = fw->platform.tier_state;
	const struct tier_geometry *geometry = &tier->geometry;
	struct hal_tier_figures vault;
	struct fl_figures fl;
	uint32_t unusable;

	memset(out, 0, sizeof(*out));
	out->blocks = geometry->dies * geometry->blocks;
	if (!tier->fl) {
		out->broken = tier->resumes == TIER_WHOLE;
		return;
	}
	fl_get_figures(tier->fl, &fl);
	hal_tier_read(tier->hal, &vault);
	/* Without checkpoints, what is kept free, and each block's summary. */
	unusable = fl.bad_factory + fl.bad_grown + fl.reserve_blocks + 2 * tier->config.anchors;
	if (out->blocks > unusable) {
		out->bytes = (uint64_t)(out->blocks - unusable) * (geometry->pages - 1) *
			     geometry->page_bytes;
	}
	out->used = fl.valid_units * FL_UNIT_BYTES;
	out->broken = tier->resumes == TIER_WHOLE && (!tier->ready || fl_ready(tier->fl) != FL_OK);
	out->wear.erase_min = fl.erase_min;
	out->wear.erase_mean = fl.erase_mean;
	/* Of any: checkpoints wear their few blocks, whatever the others do. */
	out->wear.erase_max = fl.erase_max > fl.anchor_erases ? fl.erase_max : fl.anchor_erases;
	out->wear.host_bytes = fl.host_bytes;
	out->wear.flash_bytes = fl.flash_bytes;
	out->wear.bad_factory = fl.bad_factory;
	out->wear.bad_grown = fl.bad_grown;
	out->wear.spare_blocks = fl.spare_blocks;
	out->wear.corrected_bits = fl.corrected_bits;
	out->wear.uncorrectable = fl.uncorrectable;
	out->wear.refreshed = fl.refreshed;
}

static uint64_t get_dirty(struct fw *fw, uint64_t *limit)
{
	const struct tier *tier = fw->platform.tier_state;

	*limit = tier->config.dirty_bytes;
	return tier->dirty;
}

static void set_dirty(struct fw *fw, uint64_t bytes)
{
	struct tier *tier = fw->platform.tier_state;

	tier->dirty = bytes;
	tier_wake(tier);
}

const struct fw_tier_ops tier_ops = {
    .start = start,
    .wipe = tier_wipe,
    .patrol = patrol,
    .run = run,
    .notices = notices,
    .settle = settle,
    .figures = figures,
    .reserve = reserve,
    .promisable = promisable,
    .dirty_budget = get_dirty,
    .set_dirty_budget = set_dirty,
    .pool_create = tier_pool_create,
    .pool_set = tier_pool_set,
    .pool_flush = tier_pool_flush,
    .pool_destroy = tier_pool_destroy,
};
