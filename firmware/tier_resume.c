// SPDX-License-Identifier: Apache-2.0
/*
 * Going on after a restart of the core that cut the tier off in the midst of something. The
 * vault and the data path have gone on, so they are the truth: the translation layer starts anew
 * from flash and asks the vault for what is current (flash_rebuild.c). What the data path asks for
 * waits until that is over, but for records that are read: they stand where the vault says.
 *
 * What memory knew that neither vault nor flash do:
 * - which records were leaving DRAM. The vault names them no more as ones that may go. They are
 *   in the buffers of the translation layer, so those are looked at before it starts anew, and the
 *   vault is asked for each. They are in DRAM still: a record leaves it when its page in flash is
 *   complete. From then on they are the first to go (tier_send_oldest);
 * - uids of durable pools (tier_pools.c);
 * - flushes that are to be remembered (flash_tombs.c).
 * All of it is written so that a restart at any moment finds what was or what is; and all of
 * this here can be cut off and begun again.
 */
#include "tier_priv.h"

/* Records that the vault is asked for, and steps of the translation layer, in one step. */
#define LOOKS 8u
#define STEPS 2u

bool tier_resume(void *memory, const struct tier_geometry *geometry, struct fw *fw,
		 struct hal_flash *flash)
{
	struct tier *tier = memory;

	/* It had not started, or stood still already. */
	if (!tier->ready && tier->resumes == TIER_WHOLE) {
		return false;
	}
	tier->fl = NULL;
	order_stores();
	tier->resumes = TIER_LOOKS;
	order_stores();
	tier->ready = false;
	tier_lay_out(tier, geometry);
	tier->fw = fw;
	tier->hal = fw->platform.hal;
	tier->flash = flash;
	tier->cursor = 0;
	tier->left_before = tier->left_end;
	tier->busy = tier->started = tier->sync_open = false;
	tier_no_grant(tier);
	tier->fetching = tier->fetch_started = false;
	tier->demoting = tier->pressed = tier->rests = false;
	tier->lingers = tier->row = tier->idle = 0;
	if (tier->dirty > tier->config.dirty_bytes) {
		tier->dirty = tier->config.dirty_bytes;
	}
	return true;
}

/* ---------------------------------------------------------------- what was leaving */

static bool same_key(const struct fl_key *a, const struct fl_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Is it what the vault has, in DRAM, and on its way? */
static bool still_leaving(struct tier *tier, const struct fl_key *key, uint64_t version,
			  struct hal_tier_record *record)
{
	return tier_from_key(tier, key, record) && hal_tier_find(tier->hal, record, NULL) &&
	       record->leaving && record->version == version && record->place != 0 &&
	       !(record->place & FL_FLASH);
}

static void remember(struct tier *tier, const struct fl_key *key, uint64_t version)
{
	uint32_t place = 0;
	struct tier_left *left;

	for (uint32_t i = 0; i < tier->left_before; i++) {
		if (same_key(&tier->left[i].key, key) && tier->left[i].version == version) {
			return; /* since the restart before this one */
		}
	}
	while (place < tier->left_end && tier->left[place].key.pool) {
		place++;
	}
	/* What is durable must get to flash; anything else may stay where it is. */
	if (place == tier->left_most && !(key->pool & TIER_OTHER)) {
		for (place = 0;
		     place < tier->left_most && !(tier->left[place].key.pool & TIER_OTHER);
		     place++) {
		}
	}
	if (place >= tier->left_most) {
		return;
	}
	left = &tier->left[place];
	left->key.pool = 0;
	order_stores();
	memcpy(left->key.object, key->object, sizeof(key->object));
	left->key.index = key->index;
	left->key.zero = 0;
	left->version = version;
	order_stores();
	left->key.pool = key->pool;
	if (place == tier->left_end) {
		tier->left_end++;
	}
}

static void forget(struct tier_left *left)
{
	order_stores();
	left->key.pool = 0;
}

/* False: there is no more to look at. */
static bool look(struct tier *tier)
{
	struct hal_tier_record record;
	struct fl_record left;

	for (uint32_t n = 0; n < LOOKS; n++) {
		if (!fl_left(tier->fl_memory, &tier->config, &tier->cursor, &left)) {
			return false;
		}
		if (still_leaving(tier, &left.key, left.version, &record)) {
			remember(tier, &left.key, left.version);
		}
	}
	return true;
}

enum fl_result tier_send_left(struct tier *tier)
{
	bool room = fl_room(tier->fl) == FL_OK, any = false;

	for (uint32_t i = 0; i < tier->left_end; i++) {
		struct tier_left *left = &tier->left[i];
		struct hal_tier_record record;
		struct fl_record put;
		enum fl_result result;

		if (!left->key.pool || (!room && (left->key.pool & TIER_OTHER))) {
			any |= left->key.pool != 0;
			continue;
		}
		if (!still_leaving(tier, &left->key, left->version, &record)) {
			forget(left);
			if (record.damaged) {
				return FL_BROKEN;
			}
			continue;
		}
		put = tier_as_put(tier, &record);
		result = fl_takes(tier->fl, &put);
		if (result != FL_OK) {
			return result;
		}
		if (!hal_tier_find(tier->hal, &record, tier->record)) {
			forget(left);
			return FL_BROKEN; /* damaged */
		}
		result = tier_send(tier, &record);
		if (result == FL_OK) {
			forget(left);
		}
		return result;
	}
	if (!any) {
		tier->left_end = 0;
	}
	return FL_FULL;
}

bool tier_send_if_left(struct tier *tier, const struct hal_tier_record *record)
{
	struct fl_key key;

	tier_key(tier, record, &key);
	for (uint32_t i = 0; i < tier->left_end; i++) {
		struct tier_left *left = &tier->left[i];

		if (same_key(&left->key, &key) && left->version == record->version) {
			if (tier_send(tier, record) != FL_OK) {
				return false;
			}
			forget(left);
			break;
		}
	}
	return true;
}

/* ---------------------------------------------------------------- the steps */

static void begin_rebuild(struct tier *tier)
{
	struct hal_tier_figures now;
	struct fl_owner owner = tier_owner;

	owner.context = tier;
	/* What could not be read is found anew, or its block is another one's by then. */
	hal_tier_lose(tier->hal, 0, 0);
	hal_tier_read(tier->hal, &now);
	tier->fl = fl_init_again(tier->fl_memory, &tier->config, tier->flash, &owner);
	fl_rebuild(tier->fl, now.clock);
	tier->idle = 0;
	tier->resumes = TIER_REBUILDS;
}

static void resumed(struct tier *tier)
{
	for (uint32_t i = 0; i < TIER_POOLS; i++) {
		/* Its end was in flash, and it is given up anew. */
		if (!tier->pools[i].found) {
			tier->pools[i].uid = 0;
		}
	}
	tier->ready = true;
	order_stores();
	tier->resumes = TIER_WHOLE;
	tier_begin(tier);
}

static void give_up(struct tier *tier)
{
	tier->resumes = TIER_WHOLE;
	tier_stand_still(tier, tier->fw);
}

static void rebuild(struct tier *tier)
{
	bool did = false;

	tier_take_notices(tier);
	for (uint32_t n = 0; n < STEPS && fl_step(tier->fl); n++) {
		did = true;
	}
	did |= tier_fetch(tier);
	switch (fl_ready(tier->fl)) {
	case FL_OK:
		resumed(tier);
		break;
	case FL_BUSY:
		if (!tier_worked(tier, did)) {
			give_up(tier);
		}
		break;
	default:
		give_up(tier);
		break;
	}
}

void tier_resume_step(struct tier *tier)
{
	if (tier->resumes == TIER_REBUILDS) {
		rebuild(tier);
		return;
	}
	if (tier->cursor == 0 && !tier_pools_again(tier)) {
		give_up(tier);
		return;
	}
	tier_take_notices(tier);
	if (!look(tier)) {
		begin_rebuild(tier);
	}
}

void tier_resume_all(struct tier *tier)
{
	while (tier->resumes != TIER_WHOLE) {
		tier_resume_step(tier);
	}
}
