// SPDX-License-Identifier: Apache-2.0
/*
 * SANITIZE of flash: every block but those with the maker's mark is erased and then read back,
 * all pages of it, on all dies at once. What an erase says of itself is not believed: a block
 * is done when each of its pages reads as never written. One that is not is erased again; if that
 * does not help, what is in it can still be read, and the host is told.
 *
 * At the end flash is formatted: how often blocks were erased and which are bad goes on from where
 * it was, unless flash could not be used before. The start that follows finds that format.
 */
#include "tier_priv.h"

/* Erases of a block that does not read as erased. */
#define TRIES 3u
/* Looks at all dies in one step. */
#define PASSES 16u

enum { WIPE_BEGIN, WIPE_ERASE, WIPE_ERASES, WIPE_READ, WIPE_READS };

/* How flash was before is known. */
static bool knows(const struct tier *tier)
{
	return tier->wiped.known != UINT32_MAX;
}

/* Of the block that the die is at. */
static void tell(struct tier *tier, uint32_t die, bool good)
{
	if (knows(tier)) {
		fl_wiped(tier->fl, die * tier->geometry.blocks + tier->wiper[die].block, good);
	}
}

static void next_block(struct tier_wiper *at)
{
	at->block++;
	at->state = WIPE_BEGIN;
}

/* Not all of the block reads as erased. */
static void not_erased(struct tier *tier, uint32_t die, struct tier_wiper *at)
{
	struct fw_wiped *wiped = &tier->wiped;

	at->state = WIPE_ERASE;
	if (++at->tries == TRIES) {
		if (wiped->failed++ == 0) {
			wiped->first = (uint64_t)die << 32 | at->block;
		}
		tell(tier, die, false);
		next_block(at);
	}
}

/* As the translation layer knows it: a block may be written by now, and its first page torn. */
static bool marked_bad(const struct tier *tier, uint32_t die, uint32_t block)
{
	return knows(tier) ? fl_marked_bad(tier->fl, die * tier->geometry.blocks + block)
			   : hal_flash_marked_bad(tier->flash, die, block);
}

/* False: the die is at it still, or there is nothing more to do. */
static bool wipe_die(struct tier *tier, uint32_t die)
{
	struct tier_wiper *at = &tier->wiper[die];
	enum hal_flash_status status;
	uint32_t corrected;

	if (at->block == tier->geometry.blocks) {
		return false;
	}
	if (at->state == WIPE_BEGIN) {
		at->state = WIPE_ERASE;
		at->tries = 0;
		if (marked_bad(tier, die, at->block)) {
			tier->wiped.marked++;
			next_block(at);
		}
		return true;
	}
	if (at->state == WIPE_ERASE) {
		at->page = 0;
		at->state += hal_flash_erase(tier->flash, die, at->block);
		return at->state != WIPE_ERASE;
	}
	if (at->state == WIPE_READ) {
		at->state += hal_flash_read(tier->flash, die, at->block, at->page, NULL);
		return at->state != WIPE_READ;
	}
	status = hal_flash_poll(tier->flash, die, &corrected);
	if (status == HAL_FLASH_BUSY) {
		return false;
	}
	if (at->state == WIPE_ERASES) {
		at->state = WIPE_READ; /* also if it failed: that tells what is there */
		tell(tier, die, status == HAL_FLASH_OK);
	} else if (status != HAL_FLASH_OK || !hal_flash_erased(tier->flash, die)) {
		not_erased(tier, die, at);
	} else if (++at->page == tier->geometry.pages) {
		tier->wiped.good++;
		next_block(at);
	} else {
		at->state = WIPE_READ;
	}
	return true;
}

static void begin(struct tier *tier)
{
	struct fl_figures known = {.bad_factory = UINT32_MAX};

	tier_resume_all(tier);
	tier->idle = 0;
	while (tier->ready && !fl_idle(tier->fl) && tier_go_on(tier)) {
	}
	if (tier->ready) {
		fl_get_figures(tier->fl, &known);
	}
	tier->ready = false;
	hal_tier_read_most(tier->hal, 0);
	tier->idle = 0;
	memset(tier->wiper, 0, sizeof(tier->wiper));
	tier->wiped = (struct fw_wiped){.blocks = tier->geometry.dies * tier->geometry.blocks,
					.known = known.bad_factory};
	tier->wiping = true;
}

/* What was not come to was not erased; nor was what has no maker's mark and says that it had,
 * as its die does not answer. */
static void end(struct fw_wiped *wiped)
{
	wiped->failed = wiped->blocks - wiped->good - wiped->marked;
	if (wiped->marked > wiped->known) {
		wiped->failed += wiped->marked - wiped->known;
	}
}

bool tier_wipe(struct fw *fw, bool restart, struct fw_wiped *so_far)
{
	struct tier *tier = fw->platform.tier_state;
	bool over = false;

	/* A core that was restarted within this finds nothing of it, and begins anew. */
	if (restart || !tier->wiping) {
		begin(tier);
	}
	for (uint32_t n = 0; n < PASSES; n++) {
		bool did = false;

		for (uint32_t die = 0; die < tier->geometry.dies; die++) {
			did |= wipe_die(tier, die);
		}
		over = tier->wiped.good + tier->wiped.failed + tier->wiped.marked ==
			   tier->wiped.blocks ||
		       !tier_worked(tier, did);
		if (!did || over) {
			break;
		}
	}
	if (over) {
		end(&tier->wiped);
		tier->wiped.formatted = knows(tier) && tier_format(tier, true) == FL_OK;
	}
	*so_far = tier->wiped;
	return over;
}
