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

static uint32_t first_page(const struct fl *fl)
{
	return (uint32_t)((fl->read->at & ~FL_FLASH) / fl->units % fl->config.pages);
}

bool fl_read_start(struct fl *fl, struct fl_read *read)
{
	uint64_t at = read->at & ~FL_FLASH;
	uint32_t parts = fl_parts(fl, read->record.bytes);
	uint32_t from = (uint32_t)(at % fl->units) * FL_UNIT_BYTES;

	/* No record can be where these are not so. */
	if (fl->read || !(read->at & FL_FLASH) || read->record.bytes == 0 ||
	    read->record.bytes > fl->config.record_most ||
	    at / fl->units / fl->config.pages >= fl->blocks_all ||
	    at / fl->units % fl->config.pages + parts > fl->config.pages ||
	    from < sizeof(struct fl_header) ||
	    (parts == 1 && from + read->record.bytes > fl->config.page_bytes) ||
	    (parts > 1 && from != sizeof(struct fl_header))) {
		return false;
	}
	read->part = 0;
	read->life = fl->blocks[fl_block_of(fl, read->at)].seq;
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
	part->from = read->part == 0
			 ? (uint32_t)((read->at & ~FL_FLASH) % fl->units) * FL_UNIT_BYTES
			 : (uint32_t)sizeof(struct fl_header);
	left = (read->record.bytes - part->at + 3) & ~3u;
	part->bytes = left < most ? left : most;
}

bool fl_read_step(struct fl *fl)
{
	struct hal_flash_part part;
	uint32_t block;

	if (!fl->read) {
		return false;
	}
	if (fl_io_over(&fl->read_io)) {
		if (!fl_io_good(&fl->read_io)) {
			end(fl, FL_BROKEN);
		} else if (++fl->read->part == fl_parts(fl, fl->read->record.bytes)) {
			end(fl, FL_OK);
		}
		return true;
	}
	if (fl->read_io.state != FL_IO_IDLE) {
		return false;
	}
	block = fl_block_of(fl, fl->read->at);
	/* While it is found out what the blocks have, none is erased that has anything. */
	if (fl->start.state == FL_START_READY &&
	    (fl->read->life == 0 || fl->read->life != fl->blocks[block].seq)) {
		end(fl, FL_FULL);
		return true;
	}
	next_part(fl, &part);
	return fl_io_read_part(fl, &fl->read_io, block, first_page(fl) + fl->read->part, &part);
}
