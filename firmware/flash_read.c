// SPDX-License-Identifier: Apache-2.0
/*
 * Reading a record by its address, as the data path does it: without a lock on the block.
 * The block may have been collected and written anew since the address was looked up, so
 * what is read has to say that it is the record: else the caller looks it up again.
 */
#include "flash_priv.h"

bool fl_read_start(struct fl *fl, struct fl_read *read)
{
	if (fl->read || !(read->at & FL_FLASH) || read->record.bytes > fl->config.record_most) {
		return false;
	}
	read->part = 0;
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

static void end(struct fl *fl, enum fl_result result)
{
	fl->read->result = result;
	fl->read = NULL;
}

/* The record's descriptor in its first page. */
static const struct fl_desc *find(struct fl *fl, uint8_t *page)
{
	const struct fl_record *record = &fl->read->record;
	uint32_t unit = (uint32_t)((fl->read->at & ~FL_FLASH) % fl->units);

	for (uint32_t i = 0; i < fl_header(page)->count; i++) {
		const struct fl_desc *desc = fl_page_desc(fl, page, i);

		if (desc->unit == unit && desc->index == record->key.index &&
		    desc->pool == record->key.pool && desc->version == record->version &&
		    desc->bytes == record->bytes &&
		    memcmp(desc->object, record->key.object, sizeof(desc->object)) == 0) {
			return desc;
		}
	}
	return NULL;
}

static void part_read(struct fl *fl)
{
	struct fl_read *read = fl->read;
	/* Start is over: its page is free for this. */
	uint8_t *page = fl->start.now;
	uint32_t block = fl_block_of(fl, read->at);
	uint32_t first = (uint32_t)((read->at & ~FL_FLASH) / fl->units % fl->config.pages);
	uint32_t parts = fl_parts(fl, read->record.bytes);
	uint32_t head = fl->part_bytes - (uint32_t)sizeof(struct fl_desc);
	uint32_t offset = read->part == 0 ? 0 : head + (read->part - 1) * fl->part_bytes;
	uint32_t most = read->part == 0 ? head : fl->part_bytes;
	uint32_t left = read->record.bytes - offset;
	uint32_t from = sizeof(struct fl_header);

	if (!fl_io_good(&fl->read_io)) {
		end(fl, FL_BROKEN);
		return;
	}
	if (!fl_page_belongs(fl, page, block, first + read->part) ||
	    fl_header(page)->part != read->part || fl_header(page)->parts != parts) {
		end(fl, FL_FULL);
		return;
	}
	if (read->part == 0) {
		const struct fl_desc *desc = find(fl, page);

		if (!desc) {
			end(fl, FL_FULL);
			return;
		}
		from = desc->unit * FL_UNIT_BYTES;
	}
	memcpy((uint8_t *)read->to + offset, page + from, left < most ? left : most);
	if (++read->part == parts) {
		end(fl, FL_OK);
	}
}

bool fl_read_step(struct fl *fl)
{
	uint32_t first;

	if (!fl->read) {
		return false;
	}
	if (fl_io_over(&fl->read_io)) {
		part_read(fl);
		return true;
	}
	first = (uint32_t)((fl->read->at & ~FL_FLASH) / fl->units % fl->config.pages);
	return fl->read_io.state == FL_IO_IDLE &&
	       fl_io_read(fl, &fl->read_io, fl_block_of(fl, fl->read->at), first + fl->read->part,
			  fl->start.now);
}
