// SPDX-License-Identifier: Apache-2.0
/* Records that go to flash and come back; vault_tier.h says what firmware may ask for. */
#include "vault_tier.h"

#include <assert.h>
#include <string.h>

#include "vault_priv.h"

static_assert(sizeof(struct vault_tier_header) == 8, "what is in front of a stream in flash");

size_t vault_tier_record_most(void)
{
	return sizeof(struct vault_tier_header) + RECORD_STREAM_MOST;
}

void vault_tier_use(struct vault *vault, uint64_t flash_bytes)
{
	struct vault_keys keys = {
	    .page = {vault->page_key.k0, vault->page_key.k1},
	    .object = {vault->object_key.k0, vault->object_key.k1},
	};

	vault->flash_bytes = flash_bytes;
	vault_init(vault, &keys);
}

void vault_tier_on_drop(struct vault *vault,
			void (*dropped)(void *context, uint64_t place, uint32_t bytes),
			void *context)
{
	vault->dropped = dropped;
	vault->dropped_context = context;
}

bool vault_tier_takes(const struct vault *vault, const struct vault_contents *contents,
		      size_t stream_bytes)
{
	return vault->flash_bytes != 0 && contents->type == PAMC_POOL_TYPE_PERSISTENT &&
	       (contents->durable ||
		sizeof(struct record_header) + stream_bytes > (size_t)STORE_MIN_RUN * STORE_UNIT);
}

uint32_t vault_tier_bytes(const struct vault_contents *contents, const struct vault_sums *sums)
{
	size_t table = contents->order > 0 ? sizeof(uint16_t) << contents->order : 0;

	return (uint32_t)(sizeof(struct vault_tier_header) + table + sums->stored);
}

void vault_tier_describe(struct vault *vault, uint32_t unit, struct vault_page *page,
			 struct vault_sums *sums)
{
	const struct record_stub *stub = record_stub(&vault->store, unit);
	struct record_page record;

	record_read(&vault->store, unit, &record);
	*sums = (struct vault_sums){
	    .pages = 1, .stored = stub->stored, .same = stub->same, .raw = stub->raw};
	*page = (struct vault_page){
	    .crc = record.crc, .stored_bytes = stub->stored, .tier = PAMC_TIER_FLASH};
}

void vault_tier_forgotten(struct vault *vault, uint32_t unit)
{
	const struct record_stub *stub = record_stub(&vault->store, unit);

	vault->flash_pages--;
	if (!stub->lost && vault->dropped) {
		vault->dropped(vault->dropped_context, stub->place, stub->bytes);
	}
}

/* ---------------------------------------------------------------- records */

/* NULL: absent. */
static uint64_t *find(struct vault *vault, uint32_t number, const struct vault_handle *handle)
{
	const struct vault_contents *contents = &vault->contents[number];
	uint32_t object;

	if (number >= VAULT_CONTENTS || !contents->in_use || contents->dead) {
		return NULL;
	}
	object = vault_object_find(vault, contents, handle->object);
	return object == VAULT_NO_OBJECT ? NULL : vault_page_find(vault, object, handle->index);
}

static void tell(struct vault *vault, uint64_t entry, struct vault_tier_record *told, void *bytes)
{
	uint32_t unit = index_unit(entry);
	const struct vault_object *object;
	const struct vault_contents *contents;
	struct vault_tier_header header;
	const struct record_node *node;
	struct record_page record;
	struct vault_page page;
	struct vault_sums sums;
	const uint8_t *stream;
	size_t room;

	record_read(&vault->store, unit, &record);
	object = vault_object_at(vault, record.object);
	contents = &vault->contents[object->contents];
	memcpy(told->handle.object, object->id, sizeof(told->handle.object));
	told->handle.index = record.index;
	told->contents = object->contents;
	told->durable = contents->durable;
	told->leaving = false;
	if (vault_is_stub(&record)) {
		const struct record_stub *stub = record_stub(&vault->store, unit);

		told->version = stub->version;
		told->place = stub->lost ? 0 : stub->place;
		told->bytes = stub->bytes;
		return;
	}
	vault_describe(vault, entry, &page, &sums);
	told->place = (uint64_t)unit + 1;
	told->bytes = vault_tier_bytes(contents, &sums);
	told->version = 0;
	if (record.flags & RECORD_FIFO) {
		node = record_node(&vault->store, unit);
		told->version = node->age & ~RECORD_LEAVING;
		told->leaving = node->age & RECORD_LEAVING;
	}
	if (bytes) {
		header = (struct vault_tier_header){.crc = record.crc, .shape = record.shape};
		stream =
		    record_stream(&vault->store, unit, index_units(entry), vault->gathered, &room);
		memcpy(bytes, &header, sizeof(header));
		memcpy((uint8_t *)bytes + sizeof(header), stream, told->bytes - sizeof(header));
	}
}

static bool wanted(const struct vault_contents *contents, uint32_t which)
{
	if (!contents->in_use || contents->dead || contents->type != PAMC_POOL_TYPE_PERSISTENT ||
	    contents->oldest == STORE_NOWHERE) {
		return false;
	}
	return which == VAULT_TIER_ANY || which == contents->number ||
	       (which == VAULT_TIER_DURABLE && contents->durable);
}

/* The oldest of its list that its object still has; what was flushed with the object goes, as long
 * as *dead allows it. */
static uint64_t *oldest_of(struct vault *vault, struct vault_contents *contents, unsigned int *dead)
{
	while (contents->oldest != STORE_NOWHERE) {
		struct record_page record;
		uint64_t *slot;

		record_read(&vault->store, contents->oldest, &record);
		slot = vault_page_find(vault, record.object, record.index);
		if (!vault_object_is_dead(vault, vault_object_at(vault, record.object))) {
			return slot;
		}
		vault_page_remove(vault, slot);
		if (--*dead == 0) {
			return NULL;
		}
	}
	return NULL;
}

bool vault_tier_oldest(struct vault *vault, uint32_t which, struct vault_tier_record *record,
		       void *bytes, bool *again)
{
	unsigned int dead = VAULT_TIER_OLDEST_DEAD;
	struct vault_contents *oldest;
	uint64_t *slot;

	*again = false;
	do {
		oldest = NULL;
		for (unsigned int i = 0; i < vault->contents_top; i++) {
			struct vault_contents *contents = &vault->contents[i];

			if (wanted(contents, which) &&
			    (!oldest || contents->oldest_age < oldest->oldest_age)) {
				oldest = contents;
			}
		}
		if (!oldest) {
			return false;
		}
		slot = oldest_of(vault, oldest, &dead);
		*again = dead == 0;
	} while (!slot && !*again);
	if (*again) {
		return false;
	}
	tell(vault, *slot, record, bytes);
	return true;
}

bool vault_tier_find(struct vault *vault, uint32_t contents, const struct vault_handle *handle,
		     struct vault_tier_record *record, void *bytes)
{
	const uint64_t *slot = find(vault, contents, handle);

	if (slot) {
		tell(vault, *slot, record, bytes);
	}
	return slot;
}

/* The slot of a record in DRAM, if it is still the same. */
static uint64_t *same_in_dram(struct vault *vault, const struct vault_tier_record *record)
{
	uint64_t *slot = find(vault, record->contents, &record->handle);
	struct record_page page;

	/* Ephemeral ones are in lists as well. */
	if (!slot || vault->contents[record->contents].type != PAMC_POOL_TYPE_PERSISTENT ||
	    record->place != (uint64_t)index_unit(*slot) + 1) {
		return NULL;
	}
	record_read(&vault->store, index_unit(*slot), &page);
	if (vault_is_stub(&page) || !(page.flags & RECORD_FIFO) ||
	    (record_node(&vault->store, index_unit(*slot))->age & ~RECORD_LEAVING) !=
		record->version) {
		return NULL;
	}
	return slot;
}

void vault_tier_leaving(struct vault *vault, const struct vault_tier_record *record)
{
	const uint64_t *slot = same_in_dram(vault, record);

	if (slot) {
		vault_fifo_remove(vault, &vault->contents[record->contents], index_unit(*slot));
		record_node(&vault->store, index_unit(*slot))->age |= RECORD_LEAVING;
	}
}

/* Writes a stub into an extent, which is zeroed; returns the slot's content. */
static uint64_t write_stub(struct vault *vault, uint64_t match, const struct store_extent *extent,
			   const struct record_page *like, const struct record_stub *stub)
{
	struct record_page page = *like;

	page.shape = RECORD_STUB_SHAPE;
	page.flags = 0;
	record_write(&vault->store, extent, 1, &page, stub, sizeof(*stub));
	vault->flash_pages++;
	return (match & INDEX_MATCH_MASK) | (uint64_t)extent->units << INDEX_UNITS_SHIFT |
	       extent->unit;
}

/*
 * The record in the slot gives way to a stub at its own beginning: so nothing has to be found
 * for it, and who looks the page up meanwhile finds the one or the other.
 */
static void demote(struct vault *vault, uint64_t *slot, const struct vault_tier_record *record,
		   uint64_t to)
{
	struct vault_contents *contents = &vault->contents[record->contents];
	struct record_page page;
	struct vault_page described;
	struct vault_sums sums;
	struct store_extent extent;
	struct record_stub stub;
	uint32_t freed;
	uint32_t extents;

	vault_describe(vault, *slot, &described, &sums);
	record_read(&vault->store, index_unit(*slot), &page);
	vault_fifo_remove(vault, contents, index_unit(*slot));
	extent.unit = index_unit(*slot);
	extent.units = record_cut(&vault->store, extent.unit, index_units(*slot), &freed, &extents);
	vault->extents -= extents;
	stub = (struct record_stub){
	    .place = to,
	    .version = record->version,
	    .bytes = record->bytes,
	    .stored = (uint32_t)sums.stored,
	    .same = (uint8_t)sums.same,
	    .raw = (uint8_t)sums.raw,
	    .known = true,
	};
	*slot = write_stub(vault, *slot, &extent, &page, &stub);
	vault_object_at(vault, page.object)->units -= freed;
	vault_charge(vault, contents, -(int64_t)freed, 0);
	if (contents->durable) {
		vault->durable_bytes -= record->bytes;
	}
}

bool vault_tier_move(struct vault *vault, const struct vault_tier_record *record, uint64_t to)
{
	uint64_t *slot = find(vault, record->contents, &record->handle);
	struct record_page page;

	if (!slot) {
		return false;
	}
	record_read(&vault->store, index_unit(*slot), &page);
	if (vault_is_stub(&page)) {
		struct record_stub *stub = record_stub(&vault->store, index_unit(*slot));

		if (stub->lost || stub->place != record->place ||
		    stub->version != record->version) {
			return false;
		}
		if (to == 0) {
			stub->lost = true;
		} else {
			stub->place = to;
		}
		return true;
	}
	if (to == 0 || !same_in_dram(vault, record) ||
	    !(record_node(&vault->store, index_unit(*slot))->age & RECORD_LEAVING)) {
		return false;
	}
	demote(vault, slot, record, to);
	return true;
}

/* ---------------------------------------------------------------- after power was away */

static bool recover_new(struct vault *vault, struct vault_contents *contents,
			const struct vault_tier_record *record, const struct record_stub *stub)
{
	uint32_t object = vault_object_find(vault, contents, record->handle.object);
	struct vault_encoded encoded = {.stored = stub->stored};
	struct store_extent extent;
	struct index_key key;
	uint64_t entry;

	if (object == VAULT_NO_OBJECT) {
		object = vault_object_create(vault, contents, record->handle.object);
	}
	if (object == VAULT_NO_OBJECT) {
		return false;
	}
	encoded.page = (struct record_page){.object = object, .index = record->handle.index};
	if (vault->index.used >= vault->slot_limit ||
	    store_alloc(&vault->store, sizeof(struct record_header) + sizeof(*stub), &extent, 1) ==
		0) {
		vault_object_settle(vault, object);
		return false;
	}
	key = vault_page_key(vault, object, record->handle.index);
	entry = write_stub(vault, key.match, &extent, &encoded.page, stub);
	vault->extents++;
	vault_charge(vault, contents, extent.units, 1);
	if (!vault_insert(vault, key, entry)) {
		vault->index_full++;
		vault->extents--;
		vault->flash_pages--;
		vault_charge(vault, contents, -(int64_t)extent.units, -1);
		store_free(&vault->store, extent);
		vault_object_settle(vault, object);
		return false;
	}
	vault_object_at(vault, object)->pages++;
	vault_object_at(vault, object)->units += extent.units;
	vault_object_at(vault, object)->stored += stub->stored;
	contents->sums.pages++;
	contents->sums.stored += stub->stored;
	contents->records++;
	return true;
}

bool vault_tier_recover(struct vault *vault, const struct vault_tier_record *record,
			uint64_t *before, uint32_t *before_bytes)
{
	struct vault_contents *contents = &vault->contents[record->contents];
	uint64_t *slot = find(vault, record->contents, &record->handle);
	/* How the page's blocks are coded is not known before it is read. */
	struct record_stub next = {
	    .place = record->place,
	    .version = record->version,
	    .bytes = record->bytes,
	    .stored = record->bytes - (uint32_t)sizeof(struct vault_tier_header),
	};
	struct record_stub *stub;

	*before = 0;
	*before_bytes = 0;
	if (!slot) {
		return recover_new(vault, contents, record, &next);
	}
	stub = record_stub(&vault->store, index_unit(*slot));
	if (stub->version > record->version ||
	    (stub->version == record->version && stub->place == record->place)) {
		return false;
	}
	*before = stub->place;
	*before_bytes = stub->bytes;
	contents->sums.stored += next.stored - (uint64_t)stub->stored;
	vault_object_at(vault, vault_object_find(vault, contents, record->handle.object))->stored +=
	    next.stored - (uint64_t)stub->stored;
	*stub = next;
	return true;
}

/* ---------------------------------------------------------------- a part of flash is lost */

static void lose(struct vault *vault, uint64_t entry)
{
	struct record_page page;
	struct record_stub *stub;

	if (index_kind(entry) != INDEX_PAGE) {
		return;
	}
	record_read(&vault->store, index_unit(entry), &page);
	stub = record_stub(&vault->store, index_unit(entry));
	if (vault_is_stub(&page) && stub->place >= vault->lose_at &&
	    stub->place < vault->lose_end) {
		stub->lost = true;
	}
}

/*
 * The stash first: entries leave it for their buckets, and none that was in one before goes there.
 * So what the walk could miss is what is moved from a bucket to come to one where it has been.
 */
bool vault_tier_lose(struct vault *vault, uint64_t at, uint32_t units)
{
	if (!vault->loses || vault->lose_at != at || vault->lose_end != at + units) {
		vault->lose_at = at;
		vault->lose_end = at + units;
		vault->lose_steps = 0;
	}
	vault->loses = units != 0;
	for (uint32_t n = 0; n < VAULT_TIER_LOSE_STEPS && vault->loses; n++) {
		uint32_t done = vault->lose_steps++;
		uint32_t step = done == 0 ? vault->index.buckets : done - 1;
		unsigned int place = 0;
		const uint64_t *slot;

		while ((slot = index_scan(&vault->index, step, &place)) != NULL) {
			lose(vault, *slot);
		}
		vault->loses = vault->lose_steps < index_steps(&vault->index);
	}
	return !vault->loses;
}

bool vault_insert(struct vault *vault, struct index_key key, uint64_t entry)
{
	bool placed = index_insert(&vault->index, key, entry);

	if (vault->loses && vault->index.moved != 0) {
		lose(vault, vault->index.moved);
	}
	return placed;
}

void vault_tier_durable(struct vault *vault, uint32_t number, unsigned int order)
{
	vault->contents[number].durable = true;
	vault->contents[number].order = (uint8_t)order;
}

void vault_tier_read(const struct vault *vault, struct vault_tier_figures *figures)
{
	*figures = (struct vault_tier_figures){
	    .clock = vault->age,
	    .durable_bytes = vault->durable_bytes,
	    .pages = vault->flash_pages,
	    .units = vault->store.units,
	    .free_units = vault->store.free_units,
	};
}

void vault_tier_set_clock(struct vault *vault, uint64_t clock)
{
	vault->age = clock > vault->age ? clock : vault->age;
}

/* ---------------------------------------------------------------- the path of a page */

bool vault_tier_where(struct vault *vault, uint32_t number, const struct vault_handle *handle,
		      struct vault_tier_record *record, unsigned int *flags)
{
	const uint64_t *slot = find(vault, number, handle);
	const struct record_stub *stub;
	struct record_page page;

	if (!slot) {
		return false;
	}
	record_read(&vault->store, index_unit(*slot), &page);
	if (!vault_is_stub(&page)) {
		return false;
	}
	tell(vault, *slot, record, NULL);
	stub = record_stub(&vault->store, index_unit(*slot));
	*flags = (stub->lost ? VAULT_TIER_LOST : 0) | (stub->known ? 0 : VAULT_TIER_UNKNOWN);
	return true;
}

bool vault_tier_is_durable(const struct vault *vault, uint32_t contents)
{
	return vault->contents[contents].durable;
}

/* The stub that is meant, whose page memory may have alone; NULL: it is another one by now. */
static uint64_t *same_in_flash(struct vault *vault, const struct vault_tier_record *record,
			       struct record_page *page)
{
	uint64_t *slot = find(vault, record->contents, &record->handle);
	const struct record_stub *stub;

	if (!slot || vault->contents[record->contents].durable) {
		return NULL;
	}
	record_read(&vault->store, index_unit(*slot), page);
	stub = record_stub(&vault->store, index_unit(*slot));
	return vault_is_stub(page) && !stub->lost && stub->known && stub->place == record->place &&
		       stub->version == record->version && stub->bytes == record->bytes
		   ? slot
		   : NULL;
}

/* What its stub says that it is. */
static bool is_what_it_was(const struct record_page *record, const struct record_stub *stub,
			   const struct vault_tier_header *header, const uint8_t *stream,
			   unsigned int blocks)
{
	uint32_t stored = 0, same = 0, raw = 0;

	if (header->crc != record->crc || record_shape_blocks(header->shape) != blocks) {
		return false;
	}
	for (unsigned int i = 0; i < blocks; i++) {
		uint16_t shape = header->shape;
		enum pamc_codec codec;

		if (blocks > 1) {
			memcpy(&shape, stream + i * sizeof(shape), sizeof(shape));
		}
		codec = record_shape_codec(shape);
		if (codec > PAMC_CODEC_SAME || record_shape_blocks(shape) != 1) {
			return false;
		}
		stored += record_shape_bytes(shape);
		same += codec == PAMC_CODEC_SAME;
		raw += codec == PAMC_CODEC_RAW;
	}
	return stored == stub->stored && same == stub->same && raw == stub->raw;
}

bool vault_tier_promote(struct vault *vault, const struct vault_tier_record *record,
			const void *bytes)
{
	struct vault_contents *contents = &vault->contents[record->contents];
	struct vault_encoded encoded = {0};
	struct vault_tier_header header;
	const struct record_stub *stub;
	unsigned int count;
	uint32_t units;
	uint64_t *slot;
	uint64_t old;

	slot = same_in_flash(vault, record, &encoded.page);
	if (!slot) {
		return false;
	}
	memcpy(&header, bytes, sizeof(header));
	stub = record_stub(&vault->store, index_unit(*slot));
	encoded.stream = (const uint8_t *)bytes + sizeof(header);
	if (!is_what_it_was(&encoded.page, stub, &header, encoded.stream, 1u << contents->order)) {
		return false;
	}
	encoded.page.shape = header.shape;
	encoded.stream_bytes = record->bytes - sizeof(header);
	encoded.stored = stub->stored;
	encoded.same = stub->same;
	encoded.raw = stub->raw;
	encoded.page.flags =
	    vault_tier_takes(vault, contents, encoded.stream_bytes) ? RECORD_FIFO : 0;
	if (vault_place(vault, contents, &encoded, &count, &units) != VAULT_PLACED) {
		return false;
	}
	old = *slot;
	record_write(&vault->store, vault->extent_list, count, &encoded.page, encoded.stream,
		     encoded.stream_bytes);
	*slot = (old & INDEX_MATCH_MASK) |
		(uint64_t)vault->extent_list[0].units << INDEX_UNITS_SHIFT |
		vault->extent_list[0].unit;
	vault->extents += count;
	/* In this order: the object must not be without pages meanwhile. */
	vault_page_added(vault, contents, vault->extent_list[0].unit, units, &encoded);
	vault_page_forget(vault, old);
	return true;
}

enum pamc_status vault_tier_get(struct vault *vault, uint32_t number,
				const struct vault_handle *handle, const void *bytes, void *data,
				struct vault_page *page)
{
	struct vault_contents *contents = &vault->contents[number];
	uint64_t *slot = find(vault, number, handle);
	const uint8_t *stream = (const uint8_t *)bytes + sizeof(struct vault_tier_header);
	struct vault_tier_header header;
	struct record_page record;
	struct vault_sums sums;
	struct record_stub *stub;
	size_t length;

	record_read(&vault->store, index_unit(*slot), &record);
	stub = record_stub(&vault->store, index_unit(*slot));
	memcpy(&header, bytes, sizeof(header));
	if (stub->known && header.crc != record.crc) {
		vault_tier_unread(vault, number);
		return PAMC_STATUS_UNCORRECTABLE;
	}
	record.crc = header.crc;
	record.shape = header.shape;
	length = stub->bytes - sizeof(header);
	if (record_shape_blocks(record.shape) != 1u << contents->order ||
	    vault_describe_stream(&record, stream, length, page, &sums) != length ||
	    !vault_decode_stream(&record, stream, length, data, page, &sums)) {
		vault_tier_unread(vault, number);
		return PAMC_STATUS_UNCORRECTABLE;
	}
	page->tier = PAMC_TIER_FLASH;
	vault_count(vault, contents, VAULT_GETS, 1);
	return PAMC_STATUS_SUCCESS;
}

void vault_tier_unread(struct vault *vault, uint32_t number)
{
	vault_count(vault, &vault->contents[number], VAULT_DAMAGED, 1);
}

bool vault_tier_try_again(struct vault *vault, uint32_t number)
{
	if (!vault->short_of_room || vault->contents[number].type != PAMC_POOL_TYPE_PERSISTENT) {
		return false;
	}
	vault->contents[number].counts[VAULT_REFUSED]--;
	vault->totals[VAULT_REFUSED]--;
	return true;
}
