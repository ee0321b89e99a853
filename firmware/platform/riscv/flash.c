// SPDX-License-Identifier: Apache-2.0
/*
 * The tier in flash on the management core. Its tables and buffers are in card memory that
 * is the core's (CARD), at the end of it; before them a page buffer for each die and the lines by
 * which records come and go, which others reach, too.
 *
 * All of that outlives a restart of the core, the cache included. So what matters is where
 * the core was: outside of the tier, which then goes on as if nothing had happened, or in one of
 * its operations, which cannot be done again from its begin, as the firmware's own steps can:
 * then the tier finds out anew what is in flash (tier_resume). An operation that must not be done
 * twice is not over before the step is that it is a part of, as that one may be.
 *
 * Should that be cut off, too, time and again, it is given up, and the tier stands still: before
 * the loader takes the image for one that does not work. So it does if memory has lost
 * something: a SYNC could be said to be over that is not.
 */
#include "flash.h"

#include <stddef.h>
#include <string.h>

#include "hal_flash_mailbox.h"
#include "hal_tier_mailbox.h"
#include "mcu.h"
#include "order.h"
#include "tier.h"

/* Less than this is no card memory to keep pages in. */
#define PAGES_LEAST 0x20000u
#define ALIGN       4096u
#define LINE        64u
/* Restarts on end that the tier goes on after, without having had nothing to do in between. */
#define RESUMES 2u

static struct {
	struct hal_flash flash;
	uint32_t inside; /* the core is in an operation of the tier, or behind one in a step */
	uint32_t resumes;
	uint32_t fresh; /* its memory is all zero but for what says how things are */
	uint32_t line;  /* of card memory: the first page buffer */
	uint32_t bytes; /* of CARD, its tables and buffers */
} kept __attribute__((section(".kept")));

struct hal_tier_mailbox *hal_tier_of(struct hal *hal)
{
	(void)hal;
	return (struct hal_tier_mailbox *)MCU_CARD;
}

#define TIER_AT (MCU_CARD + ((sizeof(struct hal_tier_mailbox) + LINE - 1) & ~(LINE - 1)))

static uint32_t enter(void)
{
	uint32_t was = kept.inside;

	kept.inside = 1;
	order_stores();
	return was;
}

static void leave(uint32_t was)
{
	order_stores();
	kept.inside = was;
}

void flash_step_over(void)
{
	leave(0);
}

static struct tier_geometry geometry(void)
{
	return (struct tier_geometry){
	    .dies = kept.flash.dies,
	    .blocks = kept.flash.blocks,
	    .pages = kept.flash.pages,
	    .page_bytes = kept.flash.page_bytes,
	    .correctable = HAL_FLASH_CORRECTABLE,
	};
}

/* By words: also what was lost is written so. */
static void make_fresh(struct fw *fw)
{
	volatile uint32_t *at = (volatile uint32_t *)MCU_CARD;
	struct tier_geometry flash = geometry();

	for (uint32_t words = kept.bytes / 4; words; words--) {
		*at++ = 0;
	}
	hal_tier_init(hal_tier_of(NULL), NULL, fw,
		      kept.line + flash.dies * (flash.page_bytes / LINE));
	tier_init((void *)TIER_AT, &flash, &kept.flash);
	kept.fresh = 1;
}

/* Of whole words; a core that is restarted begins anew. */
uint32_t flash_crc32c(const void *data, size_t size)
{
	const uint32_t *at = data;

	mcu_write(MCU_CRC, ~0u);
	for (size_t left = size / 4; left; left--) {
		mcu_write(MCU_CRC_WORD, *at++);
	}
	return ~mcu_read(MCU_CRC);
}

/* ---------------------------------------------------------------- the operations, watched */

static bool start(struct fw *fw)
{
	uint32_t was = enter();
	bool good;

	if (!kept.fresh) {
		make_fresh(fw);
	}
	kept.fresh = 0;
	good = tier_ops.start(fw);
	leave(was);
	return good;
}

static bool wipe(struct fw *fw, bool restart, struct fw_wiped *so_far)
{
	uint32_t was = enter();
	bool over = tier_ops.wipe(fw, restart, so_far);

	leave(was);
	return over;
}

static bool patrol(struct fw *fw, bool restart, bool every, struct fw_patrolled *so_far)
{
	uint32_t was = enter();
	bool over = tier_ops.patrol(fw, restart, every, so_far);

	leave(was);
	return over;
}

static bool run(struct fw *fw)
{
	uint32_t was = enter();
	bool more = tier_ops.run(fw);

	if (!more) {
		kept.resumes = 0;
	}
	leave(was);
	return more;
}

static void notices(struct fw *fw)
{
	uint32_t was = enter();

	tier_ops.notices(fw);
	leave(was);
}

static bool settle(struct fw *fw)
{
	uint32_t was = enter();
	bool good = tier_ops.settle(fw);

	leave(was);
	return good;
}

static void figures(struct fw *fw, struct fw_tier_figures *to)
{
	uint32_t was = enter();

	tier_ops.figures(fw, to);
	leave(was);
}

static bool reserve(struct fw *fw, uint32_t contents, uint32_t order, bool durable, uint64_t pages)
{
	uint32_t was = enter();
	bool good = tier_ops.reserve(fw, contents, order, durable, pages);

	leave(was);
	return good;
}

static uint64_t promisable(struct fw *fw)
{
	uint32_t was = enter();
	uint64_t pages = tier_ops.promisable(fw);

	leave(was);
	return pages;
}

static uint64_t dirty_budget(struct fw *fw, uint64_t *limit)
{
	uint32_t was = enter();
	uint64_t bytes = tier_ops.dirty_budget(fw, limit);

	leave(was);
	return bytes;
}

static void set_dirty_budget(struct fw *fw, uint64_t bytes)
{
	uint32_t was = enter();

	tier_ops.set_dirty_budget(fw, bytes);
	leave(was);
}

/* A second pool would be made, the pages of contents that are another pool's by now flushed. */
static uint8_t pool_create(struct fw *fw, const struct fw_pool *pool)
{
	enter();
	return tier_ops.pool_create(fw, pool);
}

static uint8_t pool_flush(struct fw *fw, const struct fw_pool *pool, uint32_t contents)
{
	enter();
	return tier_ops.pool_flush(fw, pool, contents);
}

static uint8_t pool_set(struct fw *fw, const struct fw_pool *pool)
{
	uint32_t was = enter();
	uint8_t status = tier_ops.pool_set(fw, pool);

	leave(was);
	return status;
}

static uint8_t pool_destroy(struct fw *fw, const struct fw_pool *pool)
{
	uint32_t was = enter();
	uint8_t status = tier_ops.pool_destroy(fw, pool);

	leave(was);
	return status;
}

static const struct fw_tier_ops watched = {
    .start = start,
    .wipe = wipe,
    .patrol = patrol,
    .run = run,
    .notices = notices,
    .settle = settle,
    .figures = figures,
    .reserve = reserve,
    .promisable = promisable,
    .dirty_budget = dirty_budget,
    .set_dirty_budget = set_dirty_budget,
    .pool_create = pool_create,
    .pool_set = pool_set,
    .pool_flush = pool_flush,
    .pool_destroy = pool_destroy,
};

/* ---------------------------------------------------------------- power, restarts */

static void tell(struct fw_platform *platform)
{
	platform->dram_bytes = (uint64_t)kept.line * LINE;
	platform->tier = &watched;
	platform->flash_endurance = TIER_ENDURANCE;
	platform->tier_state = (void *)TIER_AT;
	platform->flash_bytes = (uint64_t)kept.flash.dies * kept.flash.blocks * kept.flash.pages *
				kept.flash.page_bytes;
}

/* CARD_LINE can be written once: firmware before this one may have done so. */
static bool find_room(void)
{
	struct tier_geometry flash = geometry();
	uint64_t lines = mcu_read(MCU_DRAM_LINES), own = tier_bytes(&flash), others;
	uint32_t begin = mcu_read(MCU_CARD_LINE);

	/* 0: no flash translation layer fits this flash. */
	if (own == 0) {
		return false;
	}
	own = (TIER_AT - MCU_CARD + own + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
	others = (uint64_t)kept.flash.dies * kept.flash.page_bytes +
		 (uint64_t)hal_tier_lines(NULL) * LINE + PAGES_LEAST;
	if (own > MCU_CARD_BYTES || lines * LINE < own + ALIGN + others) {
		return false;
	}
	if (begin == 0) {
		begin = (uint32_t)(lines - own / LINE) & ~(ALIGN / LINE - 1);
		mcu_write(MCU_CARD_LINE, begin);
	}
	if (lines - begin < own / LINE || (uint64_t)begin * LINE < others) {
		return false;
	}
	kept.line = begin - (uint32_t)((others - PAGES_LEAST) / LINE);
	kept.flash.line = kept.line;
	kept.bytes = (uint32_t)own;
	return true;
}

void flash_power_on(struct fw *fw, struct fw_platform *platform)
{
	memset(&kept, 0, sizeof(kept));
	if (!hal_flash_init(&kept.flash, NULL, 0) || !find_room()) {
		kept.line = 0;
		return;
	}
	make_fresh(fw);
	tell(platform);
}

bool flash_restart(struct fw *fw, struct fw_platform *platform)
{
	struct tier_geometry flash = geometry();

	if (kept.line == 0) {
		return true;
	}
	tell(platform);
	if (!kept.inside) {
		tier_adopt((void *)TIER_AT, fw, &kept.flash);
		return true;
	}
	/* Nobody knows what the flash was asked for; it ends what it has begun. What the data path
	 * asks for was not answered, and is taken once more. */
	if (hal_flash_init(&kept.flash, NULL, kept.line) && kept.resumes < RESUMES &&
	    (mcu_read(MCU_RESTART) & 7) != BY_LOST) {
		kept.resumes++;
		hal_tier_ask_again(NULL);
		if (tier_resume((void *)TIER_AT, &flash, fw, &kept.flash)) {
			return true;
		}
	}
	make_fresh(fw);
	return false;
}

void flash_stand_still(struct fw *fw)
{
	tier_stand_still((void *)TIER_AT, fw);
	kept.inside = 0;
}
