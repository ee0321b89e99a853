// SPDX-License-Identifier: Apache-2.0
/*
 * The flash translation layer as a whole: its memory, cut from what the platform gives
 * by the geometry, operations of the dies, the loop, what it does when power goes, figures.
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
		       const struct fl_owner *owner)
{
	struct fl *fl = memory;

	memset(fl, 0, sizeof(*fl));
	fl_lay_out(fl, config);
	memset(fl->blocks, 0, fl->blocks_all * sizeof(*fl->blocks));
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
	struct fl *fl = init(memory, config, hal, owner);

	fl_tombs_reset(fl);
	return fl;
}

struct fl *fl_init_again(void *memory, const struct fl_config *config, struct hal_flash *hal,
			 const struct fl_owner *owner)
{
	struct fl *fl = init(memory, config, hal, owner);

	fl->rebuild = true;
	fl_tombs_keep(fl, UINT64_MAX);
	return fl;
}

void fl_adopt(struct fl *fl, struct hal_flash *hal, const struct fl_owner *owner)
{
	fl->hal = hal;
	fl->owner = *owner;
}

/* ---- Operations ---- */

enum { READ, PROGRAM, ERASE };

static bool start(struct fl *fl, struct fl_io *io, uint32_t block, bool started, uint8_t kind)
{
	if (started) {
		io->state = FL_IO_BUSY;
		io->kind = kind;
		io->block = block;
		fl->dies[block / fl->config.blocks] = io;
	}
	return started;
}

bool fl_io_can(const struct fl *fl, const struct fl_io *io, uint32_t block)
{
	return io->state == FL_IO_IDLE && !fl->dies[block / fl->config.blocks];
}

bool fl_io_read(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page, void *to)
{
	uint32_t die = block / fl->config.blocks;

	if (!fl_io_can(fl, io, block) ||
	    !start(fl, io, block, hal_flash_read(fl->hal, die, block % fl->config.blocks, page, to),
		   READ)) {
		return false;
	}
	io->again = 0;
	io->page = page;
	io->to = to;
	return true;
}

bool fl_io_read_part(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page,
		     const struct hal_flash_part *part)
{
	uint32_t die = block / fl->config.blocks;

	io->to = NULL;
	return io->state == FL_IO_IDLE && !fl->dies[die] &&
	       start(fl, io, block,
		     hal_flash_read_part(fl->hal, die, block - die * fl->config.blocks, page, part),
		     READ);
}

void fl_read_again(struct fl *fl, uint32_t block)
{
	fl->figures.read_again++;
	/* It is not to stay where it is. */
	if (fl->config.refresh_bits) {
		fl_refresh(fl, block);
	}
}

/* Whoever only wants to know how it ends, wants to know that it ended so. */
static bool begun_again(struct fl *fl, struct fl_io *io, uint32_t die)
{
	if (io->kind != READ || !io->to || io->again == FL_READ_AGAIN ||
	    !hal_flash_read(fl->hal, die, io->block % fl->config.blocks, io->page, io->to)) {
		return false;
	}
	io->again++;
	fl_count_read(fl, io->block, 0);
	fl_read_again(fl, io->block);
	return true;
}

bool fl_io_program(struct fl *fl, struct fl_io *io, uint32_t block, uint32_t page, const void *from)
{
	uint32_t die = block / fl->config.blocks;

	return fl_io_can(fl, io, block) &&
	       start(fl, io, block,
		     hal_flash_program(fl->hal, die, block % fl->config.blocks, page, from),
		     PROGRAM);
}

bool fl_io_erase(struct fl *fl, struct fl_io *io, uint32_t block)
{
	uint32_t die = block / fl->config.blocks;

	return fl_io_can(fl, io, block) &&
	       start(fl, io, block, hal_flash_erase(fl->hal, die, block % fl->config.blocks),
		     ERASE);
}

bool fl_over(struct fl *fl, uint32_t die, uint32_t *corrected)
{
	struct fl_io *io = fl->dies[die];
	enum hal_flash_status status = hal_flash_poll(fl->hal, die, corrected);

	if (status == HAL_FLASH_BUSY ||
	    (status == HAL_FLASH_UNCORRECTABLE && begun_again(fl, io, die))) {
		return false;
	}
	io->status = (uint8_t)status;
	io->state = FL_IO_DONE;
	fl->dies[die] = NULL;
	return true;
}

static bool poll_die(struct fl *fl, uint32_t die)
{
	struct fl_io *io = fl->dies[die];
	uint32_t corrected;

	if (!fl_over(fl, die, &corrected)) {
		return false;
	}
	if (io->kind == READ) {
		fl_count_read(fl, io->block, corrected);
		fl->figures.uncorrectable +=
		    io->status == HAL_FLASH_UNCORRECTABLE && io != &fl->read_io;
		fl->figures.start_reads += fl->start.state != FL_START_READY;
	} else if (io->kind == PROGRAM) {
		fl->figures.flash_bytes += fl->config.page_bytes;
	}
	return true;
}

static bool poll(struct fl *fl)
{
	bool did = false;

	for (uint32_t die = 0; die < fl->config.dies; die++) {
		if (fl->dies[die]) {
			did |= poll_die(fl, die);
		}
	}
	return did;
}

/* ---- The loop ---- */

static bool write_step(struct fl *fl)
{
	bool did = false;

	for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
		if (fl->lanes[i].summary) {
			did |= fl_lane_step(fl, &fl->lanes[i]);
		}
	}
	if (fl->start.state >= FL_START_SUSPECTS) {
		did |= fl_gc_step(fl);
	}
	return did;
}

bool fl_step(struct fl *fl)
{
	bool did = poll(fl);

	did |= fl_start_step(fl);
	if (fl->start.state == FL_START_FAILED) {
		return did;
	}
	did |= fl_read_step(fl);
	did |= fl_journal_step(fl);
	did |= fl_check_step(fl);
	if (!fl->way) {
		did |= write_step(fl);
	}
	did |= fl_drain_step(fl);
	did |= fl_care_step(fl);
	return did;
}

bool fl_idle(const struct fl *fl)
{
	for (uint32_t die = 0; die < fl->config.dies; die++) {
		if (fl->dies[die]) {
			return false;
		}
	}
	return fl->write[FL_HOST].queued == 0 && fl->write[FL_GC].queued == 0 && fl->drains == 0 &&
	       fl->gc.state == FL_GC_IDLE && !fl_gc_wanted(fl) && !fl->check.due &&
	       fl->check.state == FL_CHECK_IDLE && !fl->journal.sending && !fl->read &&
	       fl_ready(fl) != FL_BUSY;
}

enum fl_result fl_ready(const struct fl *fl)
{
	if (fl->broken) {
		return FL_BROKEN;
	}
	switch (fl->start.state) {
	case FL_START_READY:
		return FL_OK;
	case FL_START_OFF:
		return FL_BLANK;
	case FL_START_FAILED:
		return fl->start.tried ? FL_BROKEN : FL_BLANK;
	default:
		return FL_BUSY;
	}
}

uint64_t fl_version(struct fl *fl)
{
	return ++fl->seq;
}

void fl_version_reached(struct fl *fl, uint64_t version)
{
	fl->seq = version > fl->seq ? version : fl->seq;
}

/* ---- Sync ---- */

void fl_sync_start(struct fl *fl, struct fl_sync *sync)
{
	fl_seal(fl, FL_HOST);
	sync->data = fl->write[FL_HOST].serial;
	sync->journal = fl->journal.added;
	sync->phase = 0;
	fl_journal_want(fl, sync->journal);
}

bool fl_sync_done(struct fl *fl, struct fl_sync *sync)
{
	if (sync->phase == 0 && fl_written(fl, FL_HOST, sync->data)) {
		/* The journal names the blocks that the data went to. */
		sync->journal = fl->journal.added;
		fl_journal_want(fl, sync->journal);
		sync->phase = 1;
	}
	return sync->phase == 1 && fl->journal.durable >= sync->journal;
}

/* ---- Power ---- */

/* A checkpoint is finished only if the journal waits for it. */
static bool needs_checkpoint(const struct fl *fl)
{
	return fl->check.state != FL_CHECK_IDLE || fl->journal.exhausted;
}

uint32_t fl_power_fail_pages(const struct fl *fl)
{
	/* The host's buffers; a summary and a retried page for each lane; the journal. */
	uint32_t pages = fl->bufs + 2 * fl->config.lanes + 4;

	return pages + (needs_checkpoint(fl) ? fl_check_parts(fl) + 2 : 0);
}

bool fl_power_fail(struct fl *fl, uint32_t steps)
{
	struct fl_sync sync;

	fl->refusal = 1;
	fl_sync_start(fl, &sync);
	for (; steps > 0; steps--) {
		poll(fl);
		fl_journal_step(fl);
		if (needs_checkpoint(fl)) {
			fl_check_step(fl);
		}
		for (uint32_t i = 0; i < fl->config.lanes; i++) {
			fl_lane_step(fl, &fl->lanes[FL_HOST * FL_LANES_MOST + i]);
		}
		if (fl_sync_done(fl, &sync)) {
			return true;
		}
	}
	return false;
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
