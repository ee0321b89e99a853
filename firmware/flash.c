// SPDX-License-Identifier: Apache-2.0
/*
 * The flash translation layer as a whole: operations of the dies, the loop, what it does when power
 * goes. Its memory and figures: flash_memory.c.
 */
#include "flash_priv.h"

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
