// SPDX-License-Identifier: Apache-2.0
/*
 * The flash translation layer's memory, cut by the geometry from what the platform gives, and
 * figures of what is in it.
 */
#include "flash_priv.h"

/* ---- Memory ---- */

struct cut {
	uint8_t *memory; /* NULL: only counting */
	size_t at;
};

static void *cut(struct cut *cut, size_t bytes)
{
	void *here = cut->memory ? cut->memory + cut->at : NULL;

	cut->at += (bytes + 63) & ~(size_t)63;
	return here;
}

uint32_t fl_buffers(const struct fl_config *config)
{
	return config->lanes + fl_parts_of(config->page_bytes, config->record_most) + 2;
}

static void derive(struct fl *fl, const struct fl_config *config)
{
	uint32_t per_block;

	fl->config = *config;
	fl->blocks_all = config->dies * config->blocks;
	fl->units = config->page_bytes / FL_UNIT_BYTES;
	fl->part_bytes = config->page_bytes - (uint32_t)sizeof(struct fl_header);
	fl->parts_most = fl_parts(fl, config->record_most);
	fl->bufs = fl_buffers(config);
	per_block = config->pages - 1 - fl->parts_most;
	/* The next journal, while the one before may be needed; the copies of a start. */
	fl->keep = 2 * config->journal + config->lanes;
	/* The last that is admitted may take a block for each lane; then collection needs as
	 * many in reserve, and two; and two may fail. */
	fl->reserve = fl->keep + 2 * config->lanes + 4;
	/* Records may fill little more than a half of their pages. */
	fl->dirty_pages = (uint32_t)(2 * (uint64_t)config->dirty_bytes / fl->part_bytes);
	fl->dirty_pages += config->dirty_bytes ? config->lanes * (1 + per_block / 8) : 0;
	fl->tomb_heads = 1;
	while (fl->tomb_heads < config->tombs) {
		fl->tomb_heads *= 2;
	}
}

static size_t lay_out(struct fl *fl, void *memory)
{
	struct cut from = {.memory = memory};
	uint32_t page = fl->config.page_bytes;
	uint32_t most = page / (uint32_t)(sizeof(struct fl_desc) + FL_UNIT_BYTES);

	cut(&from, sizeof(*fl));
	fl->blocks = cut(&from, fl->blocks_all * sizeof(*fl->blocks));
	fl->pools = cut(&from, fl->config.pools * sizeof(*fl->pools));
	fl->tombs = cut(&from, fl->config.tombs * sizeof(*fl->tombs));
	fl->tomb_next = cut(&from, fl->config.tombs * sizeof(*fl->tomb_next));
	fl->tomb_head = cut(&from, fl->tomb_heads * sizeof(*fl->tomb_head));
	for (uint32_t stream = 0; stream < FL_STREAMS; stream++) {
		for (uint32_t i = 0; i < fl->bufs; i++) {
			fl->write[stream].bufs[i].page = cut(&from, page);
			fl->write[stream].bufs[i].from = cut(&from, most * sizeof(fl_place));
		}
		for (uint32_t i = 0; i < fl->config.lanes; i++) {
			fl->lanes[stream * FL_LANES_MOST + i].summary = cut(&from, page);
		}
	}
	fl->journal.page[0] = cut(&from, page);
	fl->journal.page[1] = cut(&from, page);
	fl->check.page = cut(&from, page);
	fl->gc.source = cut(&from, page);
	fl->gc.data = cut(&from, page);
	fl->start.now = cut(&from, page);
	fl->start.then = cut(&from, page);
	return from.at;
}

static bool sensible(const struct fl *fl)
{
	const struct fl_config *config = &fl->config;
	uint32_t slots = config->dies == 1 ? 2 : 1;

	return config->dies >= 1 && config->dies <= FL_DIES_MOST && config->lanes >= 1 &&
	       config->lanes <= FL_LANES_MOST && config->page_bytes % 64 == 0 &&
	       config->page_bytes >= 512 && config->page_bytes <= 65536 && config->pages >= 8 &&
	       config->pages < FL_NO_PAGE && config->anchors >= 2 &&
	       config->anchors <= FL_ANCHORS_MOST && config->blocks > slots * config->anchors &&
	       config->journal >= 1 && config->journal <= FL_JOURNAL_MOST && config->tombs > 0 &&
	       fl->bufs <= FL_BUFS_MOST && fl->parts_most + 4 <= config->pages &&
	       fl_check_parts(fl) <= config->pages;
}

size_t fl_bytes(const struct fl_config *config)
{
	struct fl fl;

	memset(&fl, 0, sizeof(fl));
	if (config->page_bytes < 512 || config->pages < 8) {
		return 0;
	}
	derive(&fl, config);
	return sensible(&fl) ? lay_out(&fl, NULL) : 0;
}

void fl_lay_out(struct fl *fl, const struct fl_config *config)
{
	derive(fl, config);
	lay_out(fl, fl);
}

static struct fl *init(void *memory, const struct fl_config *config, struct hal_flash *hal,
		       const struct fl_owner *owner, bool worn)
{
	struct fl *fl = memory;

	memset(fl, 0, sizeof(*fl));
	fl_lay_out(fl, config);
	if (!worn) {
		memset(fl->blocks, 0, fl->blocks_all * sizeof(*fl->blocks));
	}
	memset(fl->pools, 0, config->pools * sizeof(*fl->pools));
	fl->hal = hal;
	fl->owner = *owner;
	fl->free = fl->blocks_all;
	fl->next_uid = 1;
	fl->next_other = 1;
	fl->seq = 1ull << FL_EPOCH_SHIFT;
	fl->journal.muted = true;
	for (uint32_t stream = 0; stream < FL_STREAMS; stream++) {
		fl->write[stream].filling = FL_NONE;
		for (uint32_t i = 0; i < config->lanes; i++) {
			fl->lanes[stream * FL_LANES_MOST + i].stream = (uint8_t)stream;
		}
	}
	return fl;
}

struct fl *fl_init(void *memory, const struct fl_config *config, struct hal_flash *hal,
		   const struct fl_owner *owner)
{
	struct fl *fl = init(memory, config, hal, owner, false);

	fl_tombs_reset(fl);
	return fl;
}

/* The same blocks as before, all of them empty. */
struct fl *fl_init_worn(void *memory, const struct fl_config *config, struct hal_flash *hal,
			const struct fl_owner *owner)
{
	struct fl_figures figures = ((struct fl *)memory)->figures;
	struct fl *fl = init(memory, config, hal, owner, true);

	fl_tombs_reset(fl);
	fl->figures = figures;
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		struct fl_block *at = &fl->blocks[block];
		uint32_t erases = at->erases;
		uint8_t flags = at->flags & FL_BLOCK_FACTORY;
		bool bad = at->state == FL_BLOCK_BAD;

		memset(at, 0, sizeof(*at));
		at->erases = erases;
		at->flags = flags;
		if (bad) {
			fl_block_state(fl, block, FL_BLOCK_BAD);
		}
	}
	return fl;
}

struct fl *fl_init_again(void *memory, const struct fl_config *config, struct hal_flash *hal,
			 const struct fl_owner *owner)
{
	struct fl *fl = init(memory, config, hal, owner, false);

	fl->rebuild = true;
	fl_tombs_keep(fl, UINT64_MAX);
	return fl;
}

void fl_adopt(struct fl *fl, struct hal_flash *hal, const struct fl_owner *owner)
{
	fl->hal = hal;
	fl->owner = *owner;
}

/* ---- Figures ---- */

bool fl_marked_bad(const struct fl *fl, uint32_t block)
{
	return fl->blocks[block].flags & FL_BLOCK_FACTORY;
}

void fl_get_figures(const struct fl *fl, struct fl_figures *figures)
{
	uint64_t sum = 0;
	uint32_t count = 0;

	*figures = fl->figures;
	figures->erase_min = FL_NONE;
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		const struct fl_block *at = &fl->blocks[block];

		figures->valid_units += at->valid;
		figures->bad_factory += (at->flags & FL_BLOCK_FACTORY) != 0;
		if (at->state == FL_BLOCK_ANCHOR && at->erases > figures->anchor_erases) {
			figures->anchor_erases = at->erases;
		}
		if (at->state == FL_BLOCK_BAD || at->state == FL_BLOCK_ANCHOR) {
			continue;
		}
		figures->erase_min =
		    at->erases < figures->erase_min ? at->erases : figures->erase_min;
		figures->erase_max =
		    at->erases > figures->erase_max ? at->erases : figures->erase_max;
		sum += at->erases;
		count++;
	}
	figures->erase_mean = count ? (uint32_t)(sum / count) : 0;
	figures->free_blocks = fl->free;
	figures->reserve_blocks = fl->reserve;
	figures->spare_blocks = fl->free > fl->reserve ? fl->free - fl->reserve : 0;
	figures->closed_pages = fl->dirty_pages + fl->parts_most + fl->config.lanes;
	figures->part_bytes = fl->part_bytes;
	figures->parts_most = fl->parts_most;
	figures->tombs = fl->tomb_count;
	figures->day = fl->day;
}

const char *fl_check(const struct fl *fl)
{
	uint32_t free = 0;
	uint32_t drained = 0;
	uint32_t queued[FL_STREAMS] = {0};

	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		const struct fl_block *at = &fl->blocks[block];

		free += at->state == FL_BLOCK_FREE;
		drained += at->state == FL_BLOCK_DRAINED;
		if (at->valid > at->written) {
			return "a block has more that is current than was written";
		}
	}
	for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
		queued[fl->lanes[i].stream] += fl->lanes[i].count;
	}
	if (free != fl->free) {
		return "free blocks are miscounted";
	}
	if (drained != fl->drains) {
		return "emptied blocks are forgotten";
	}
	if (queued[FL_HOST] != fl->write[FL_HOST].queued ||
	    queued[FL_GC] != fl->write[FL_GC].queued) {
		return "pages that wait are miscounted";
	}
	return NULL;
}
