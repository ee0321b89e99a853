// SPDX-License-Identifier: Apache-2.0
/*
 * Reading a record by its address: without a lock on its block, and without looking at what
 * is read, which goes from flash to the data path.
 *
 * That it is the record rests on this: the owner's index had the address as the read was
 * asked for, and what a block has at a place stays until it is erased. An erase gives it another
 * life (flash_lane.c), and needs the die, as the read does. So if the block's life is
 * still the same as the die takes the read, the record comes; if not, the caller looks it up
 * again. What is wrong with its bytes, beyond what the flash itself can tell, its own CRC tells the
 * data path.
 */
#include "flash_priv.h"

bool fl_read_start(struct fl *fl, struct fl_read *read)
{
	uint64_t at = read->at & ~FL_FLASH, over = fl_divided(at, fl->units);
	uint32_t pages = (uint32_t)over; /* before it */
	uint32_t block = pages / fl->config.pages, page = pages - block * fl->config.pages;
	uint32_t from = ((uint32_t)at - pages * fl->units) * FL_UNIT_BYTES;
	uint32_t parts = fl_parts(fl, read->record.bytes);

	/* No record can be where these are not so. */
	if (fl->read || !(read->at & FL_FLASH) || read->record.bytes == 0 ||
	    read->record.bytes > fl->config.record_most || over >> 32 || block >= fl->blocks_all ||
	    page + parts > fl->config.pages || from < sizeof(struct fl_header) ||
	    (parts == 1 && from + read->record.bytes > fl->config.page_bytes) ||
	    (parts > 1 && from != sizeof(struct fl_header))) {
		return false;
	}
	read->part = 0;
	read->again = 0;
	read->parts = parts;
	read->block = block;
	read->page = page;
	read->from = from;
	read->life = fl->blocks[read->block].seq;
	read->result = FL_BUSY;
	fl->read = read;
	return true;
}

bool fl_read_done(const struct fl *fl)
{
	return !fl->read;
}

void fl_note_read(struct fl *fl, fl_place at, uint32_t corrected)
{
	fl_count_read(fl, fl_block_of(fl, at), corrected);
}

void fl_give_way(struct fl *fl, bool way)
{
	fl->way = way;
}

static void end(struct fl *fl, enum fl_result result)
{
	fl->read->result = result;
	fl->read = NULL;
}

/* What of the record is in its next page, and where. */
static void next_part(const struct fl *fl, struct hal_flash_part *part)
{
	const struct fl_read *read = fl->read;
	uint32_t head = fl->part_bytes - (uint32_t)sizeof(struct fl_desc);
	uint32_t most = read->part == 0 ? head : fl->part_bytes;
	uint32_t left;

	part->to = read->to;
	part->at = read->part == 0 ? 0 : head + (read->part - 1) * fl->part_bytes;
	part->from = read->part == 0 ? read->from : (uint32_t)sizeof(struct fl_header);
	left = (read->record.bytes - part->at + 3) & ~3u;
	part->bytes = left < most ? left : most;
}

bool fl_read_step(struct fl *fl)
{
	struct hal_flash_part part;

	if (!fl->read) {
		return false;
	}
	if (fl_io_over(&fl->read_io)) {
		if (!fl_io_good(&fl->read_io)) {
			if (fl->read->again++ < FL_READ_AGAIN) {
				fl_read_again(fl, fl->read->block);
				return true;
			}
			fl->figures.uncorrectable++;
			end(fl, FL_BROKEN);
		} else if (++fl->read->part == fl->read->parts) {
			end(fl, FL_OK);
		}
		return true;
	}
	if (fl->read_io.state != FL_IO_IDLE) {
		return false;
	}
	/* While it is found out what the blocks have, none is erased that has anything. */
	if (fl->start.state == FL_START_READY &&
	    (fl->read->life == 0 || fl->read->life != fl->blocks[fl->read->block].seq)) {
		end(fl, FL_FULL);
		return true;
	}
	next_part(fl, &part);
	return fl_io_read_part(fl, &fl->read_io, fl->read->block, fl->read->page + fl->read->part,
			       &part);
}

bool fl_read_on(struct fl *fl)
{
	bool did;

	if (fl->read_io.state == FL_IO_BUSY) {
		if (!fl_over(fl, fl->read_io.block / fl->config.blocks, &fl->corrected)) {
			return false;
		}
		fl->uncounted = true;
	}
	did = fl_read_step(fl);
	/* The next page of it. */
	if (fl->uncounted) {
		fl_read_step(fl);
	}
	return did;
}

void fl_read_count(struct fl *fl)
{
	if (fl->uncounted) {
		fl->uncounted = false;
		fl_count_read(fl, fl->read_io.block, fl->corrected);
	}
}
