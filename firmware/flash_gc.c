// SPDX-License-Identifier: Apache-2.0
/*
 * Collection: what is current in a block is copied to the collector's own stream, and
 * the owner exchanges the address once the copy is in flash. A block's summary tells what
 * is in it, so only pages with something current are read; one without a summary is
 * gone through page by page.
 *
 * A durable record that DRAM has a newer version of is not current, yet after a power
 * cut it may be the only one: the owner is told to put the newer one into flash, and the
 * block is not free before that is there.
 */
#include "flash_priv.h"

static enum fl_state state_of(struct fl *fl, const struct fl_record *record, fl_place at)
{
	return fl->owner.state(fl->owner.context, &record->key, at);
}

static fl_place place_of(const struct fl *fl)
{
	const struct fl_gc *gc = &fl->gc;

	return fl_place_of(fl, gc->victim, gc->desc.page, gc->desc.unit);
}

static void emptied(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	struct fl_drain *drain = &fl->drain[fl->drains++];

	*drain = (struct fl_drain){.block = gc->victim};
	drain->serial[FL_GC] = fl->write[FL_GC].serial;
	drain->serial[FL_HOST] = gc->asked ? fl->write[FL_HOST].serial : 0;
	if (gc->mode == FL_MODE_DUE && !(fl->blocks[gc->victim].flags & FL_BLOCK_RETIRE)) {
		fl->figures.refreshed += gc->end;
	}
	fl_block_state(fl, gc->victim, FL_BLOCK_DRAINED);
	gc->state = FL_GC_IDLE;
}

/* To the next page that has descriptors. */
static void next_source(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	gc->item = 0;
	gc->state = FL_GC_SOURCE;
	if (gc->suspect) {
		gc->state = FL_GC_IDLE;
		gc->suspect = false;
	} else if (gc->by_summary) {
		gc->source_page = fl_header(gc->source)->before;
		if (gc->source_page == FL_NO_PAGE) {
			emptied(fl);
		}
	} else if (++gc->source_page >= gc->end) {
		emptied(fl);
	}
}

static void source_read(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	const struct fl_header *header = fl_header(gc->source);
	bool good =
	    fl_io_good(&gc->io) && fl_page_belongs(fl, gc->source, gc->victim, gc->source_page);

	if (gc->by_summary && (!good || header->type != FL_PAGE_SUMMARY)) {
		/* Page by page then. */
		gc->by_summary = false;
		gc->source_page = 0;
		return;
	}
	if (!good && !gc->suspect) {
		gc->state = FL_GC_UNREAD;
		return;
	}
	if (!good || header->type != (gc->by_summary ? FL_PAGE_SUMMARY : FL_PAGE_DATA)) {
		next_source(fl);
		return;
	}
	gc->item = 0;
	gc->state = FL_GC_WALK;
}

/* The page cannot be read, and nobody knows what was in it. Its block takes nothing, and stays as
 * it is, until that is told. */
static void unread(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	if (fl->owner.lost(fl->owner.context, NULL, fl_place_of(fl, gc->victim, gc->source_page, 0),
			   fl->units)) {
		next_source(fl);
	}
}

static void read_source(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	if (gc->end == 0) {
		emptied(fl);
	} else {
		fl_io_read(fl, &gc->io, gc->victim, gc->source_page, gc->source);
	}
}

static bool copy_small(struct fl *fl, const struct fl_record *record, const uint8_t *page)
{
	fl_place from = fl->gc.suspect ? FL_FROM_SUSPECT : place_of(fl);

	if (!fl_append(fl, FL_GC, record, page + fl->gc.desc.unit * FL_UNIT_BYTES, from, NULL)) {
		return false;
	}
	fl->figures.moved++;
	fl->gc.item++;
	fl->gc.state = FL_GC_WALK;
	return true;
}

static bool begin_big(struct fl *fl, const struct fl_record *record)
{
	struct fl_gc *gc = &fl->gc;
	fl_place from = gc->suspect ? FL_FROM_SUSPECT : place_of(fl);

	if (!fl_append(fl, FL_GC, record, NULL, from, &gc->group)) {
		return false;
	}
	gc->part = 0;
	gc->state = FL_GC_BIG;
	return true;
}

/* One descriptor. */
static bool walk(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	struct fl_record record;
	enum fl_state state;

	if (gc->item >= fl_header(gc->source)->count) {
		next_source(fl);
		return true;
	}
	gc->desc = gc->by_summary ? *fl_summary_desc(gc->source, gc->item)
				  : *fl_page_desc(fl, gc->source, gc->item);
	fl_desc_record(&gc->desc, &record);
	if (gc->suspect) {
		state = fl_buried(fl, &record) ? FL_STALE : FL_CURRENT;
	} else {
		state = state_of(fl, &record, place_of(fl));
	}
	if (state == FL_DIRTY) {
		if (!fl->owner.write_back(fl->owner.context, &record.key)) {
			return false;
		}
		gc->asked = true;
		state = FL_STALE;
	}
	if (state == FL_STALE) {
		gc->item++;
		return true;
	}
	if (gc->desc.parts > 1) {
		return begin_big(fl, &record);
	}
	if (!gc->by_summary) {
		return copy_small(fl, &record, gc->source);
	}
	if (gc->data_page == gc->desc.page) {
		return copy_small(fl, &record, gc->data);
	}
	gc->state = FL_GC_DATA;
	return true;
}

static bool record_lost(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	struct fl_record record;

	fl_desc_record(&gc->desc, &record);
	if (state_of(fl, &record, place_of(fl)) == FL_CURRENT) {
		if (!fl_tomb_lost(fl, &record)) {
			return false;
		}
		fl->figures.lost++;
		/* If it was flushed since it was asked for, its place has been dropped; what is
		 * lost drops it never. The block is erased in either case. */
		fl->owner.lost(fl->owner.context, &record.key, place_of(fl), 1);
	}
	gc->item++;
	gc->state = FL_GC_WALK;
	return true;
}

static bool data(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	if (fl_io_over(&gc->io)) {
		if (fl_io_good(&gc->io) &&
		    fl_page_belongs(fl, gc->data, gc->victim, gc->desc.page)) {
			/* Asked once more in walk: it may be flushed by now. */
			gc->data_page = gc->desc.page;
			gc->state = FL_GC_WALK;
		} else {
			gc->data_page = FL_NO_PAGE;
			gc->state = FL_GC_LOST;
		}
		return true;
	}
	return gc->io.state == FL_IO_IDLE &&
	       fl_io_read(fl, &gc->io, gc->victim, gc->desc.page, gc->data);
}

/* All parts are copied. Current still? */
static void end_big(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	struct fl_record record;

	fl_desc_record(&gc->desc, &record);
	if (gc->suspect || state_of(fl, &record, place_of(fl)) == FL_CURRENT) {
		fl_group_close(fl, FL_GC, gc->group);
		fl->figures.moved++;
		gc->item++;
	} else {
		/* Once more, for what it is now. */
		fl_group_drop(fl, FL_GC, gc->group);
	}
	gc->state = FL_GC_WALK;
}

static bool big(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	uint32_t page = gc->desc.page + gc->part;
	const struct fl_header *header = fl_header(gc->data);

	if (gc->io.state == FL_IO_IDLE) {
		gc->data_page = FL_NO_PAGE;
		return fl_io_read(fl, &gc->io, gc->victim, page, gc->data);
	}
	if (!fl_io_over(&gc->io)) {
		return false;
	}
	if (!fl_io_good(&gc->io) || !fl_page_belongs(fl, gc->data, gc->victim, page) ||
	    header->part != gc->part || header->parts != gc->desc.parts) {
		fl_group_drop(fl, FL_GC, gc->group);
		gc->state = FL_GC_LOST;
		if (gc->suspect) {
			/* Torn: it never was. */
			gc->item++;
			gc->state = FL_GC_WALK;
		}
		return true;
	}
	memcpy(fl_group_part(fl, FL_GC, gc->group, gc->part) + sizeof(*header),
	       gc->data + sizeof(*header),
	       fl->part_bytes - (gc->part == 0 ? (uint32_t)sizeof(struct fl_desc) : 0));
	if (++gc->part == gc->desc.parts) {
		end_big(fl);
	}
	return true;
}

void fl_gc_suspect(struct fl *fl, uint32_t block, uint32_t page)
{
	struct fl_gc *gc = &fl->gc;

	gc->victim = block;
	gc->source_page = (uint16_t)page;
	gc->end = (uint16_t)(page + 1);
	gc->by_summary = false;
	gc->suspect = true;
	gc->data_page = FL_NO_PAGE;
	gc->item = 0;
	gc->state = FL_GC_SOURCE;
}

bool fl_gc_step(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	switch (gc->state) {
	case FL_GC_IDLE:
	case FL_GC_SELECT:
		return fl->start.state == FL_START_READY && fl_pick_step(fl);
	case FL_GC_SOURCE:
		if (fl_io_over(&gc->io)) {
			source_read(fl);
			return true;
		}
		if (gc->io.state == FL_IO_IDLE) {
			read_source(fl);
			return gc->io.state == FL_IO_BUSY;
		}
		return false;
	case FL_GC_UNREAD:
		unread(fl);
		return true;
	case FL_GC_WALK:
		return walk(fl);
	case FL_GC_DATA:
		return data(fl);
	case FL_GC_BIG:
		return big(fl);
	default:
		return record_lost(fl);
	}
}
