// SPDX-License-Identifier: Apache-2.0
/* Object records: finding and making them, and flushing an object without looking at its pages. */
#include <assert.h>
#include <string.h>

#include "vault_priv.h"

static_assert(sizeof(struct vault_object) <= STORE_MIN_RUN * STORE_UNIT, "one run holds an object");

static struct index_key object_key(const struct vault *vault, const struct vault_contents *contents,
				   const uint64_t id[3])
{
	const uint64_t words[] = {contents->number, id[0], id[1], id[2]};

	return index_key(&vault->index, hash_words(&vault->object_key, words, 4), INDEX_OBJECT);
}

static bool is_object(const struct vault *vault, uint64_t entry,
		      const struct vault_contents *contents, const uint64_t id[3])
{
	const struct vault_object *object = vault_object_at(vault, index_unit(entry));

	return object->id[0] == id[0] && object->id[1] == id[1] && object->id[2] == id[2] &&
	       object->contents == contents->number;
}

static uint64_t *object_slot(struct vault *vault, const struct vault_contents *contents,
			     const uint64_t id[3])
{
	unsigned int cursor = 0;
	struct index_key key;
	uint64_t *slot;

	/* A slot that still holds the entry it held then still names a live object. */
	if (vault->recent_slot && *vault->recent_slot == vault->recent_entry &&
	    is_object(vault, vault->recent_entry, contents, id)) {
		return vault->recent_slot;
	}
	key = object_key(vault, contents, id);
	while ((slot = index_next(&vault->index, key, &cursor)) != NULL) {
		if (is_object(vault, *slot, contents, id)) {
			vault->recent_slot = slot;
			vault->recent_entry = *slot;
			return slot;
		}
	}
	return NULL;
}

uint32_t vault_object_find(struct vault *vault, const struct vault_contents *contents,
			   const uint64_t id[3])
{
	const uint64_t *slot = object_slot(vault, contents, id);

	return slot ? index_unit(*slot) : VAULT_NO_OBJECT;
}

bool vault_object_is_dead(const struct vault *vault, const struct vault_object *object)
{
	return object->dead || vault->contents[object->contents].dead;
}

uint32_t vault_object_create(struct vault *vault, struct vault_contents *contents,
			     const uint64_t id[3])
{
	struct store_extent extent;
	struct vault_object *object;
	struct index_key key;

	while (vault->index.used >= vault->slot_limit ||
	       store_alloc(&vault->store, sizeof(*object), &extent, 1) == 0) {
		if (!vault_make_room(vault)) {
			/* A full index is not for flash to help. */
			vault->short_of_room = vault->index.used < vault->slot_limit;
			return VAULT_NO_OBJECT;
		}
	}
	vault_charge(vault, contents, extent.units, 1);
	key = object_key(vault, contents, id);
	vault->short_of_room = false;
	if (!vault_admits(vault, contents, NULL) ||
	    !vault_insert(vault, key, index_entry(key, extent.unit, extent.units))) {
		vault_charge(vault, contents, -(int64_t)extent.units, -1);
		store_free(&vault->store, extent);
		return VAULT_NO_OBJECT;
	}
	object = vault_object_at(vault, extent.unit);
	memcpy(object->id, id, sizeof(object->id));
	object->contents = contents->number;
	object->record_units = extent.units;
	contents->records++;
	vault->objects++;
	return extent.unit;
}

static void object_free(struct vault *vault, struct vault_object *object, uint32_t unit)
{
	struct vault_contents *contents = &vault->contents[object->contents];

	store_free(&vault->store, (struct store_extent){unit, object->record_units});
	contents->records--;
	vault->objects--;
	vault_contents_settle(contents);
}

void vault_object_settle(struct vault *vault, uint32_t unit)
{
	struct vault_object *object = vault_object_at(vault, unit);
	struct vault_contents *contents = &vault->contents[object->contents];

	if (object->pages != 0 || unit == vault->held) {
		return;
	}
	if (object->dead) {
		vault->dead_objects.units -= object->record_units;
	} else {
		index_remove(&vault->index, object_slot(vault, contents, object->id));
		vault_charge(vault, contents, -(int64_t)object->record_units, -1);
	}
	object_free(vault, object, unit);
}

uint32_t vault_flush_object(struct vault *vault, uint32_t number, const uint64_t object_id[3])
{
	struct vault_contents *contents = &vault->contents[number];
	uint64_t *slot = object_slot(vault, contents, object_id);
	struct vault_object *object;

	if (!slot) {
		return 0;
	}
	object = vault_object_at(vault, index_unit(*slot));
	index_remove(&vault->index, slot);
	/* Its pages leave the contents' sums now and the card when the sweep comes by. */
	vault_charge(vault, contents, -(int64_t)(object->units + object->record_units),
		     -(int64_t)(object->pages + 1));
	contents->sums.pages -= object->pages;
	contents->sums.stored -= object->stored;
	contents->sums.same -= object->same;
	contents->sums.raw -= object->raw;
	vault->dead_objects.pages += object->pages;
	vault->dead_objects.units += object->units + object->record_units;
	vault->dead_objects.stored += object->stored;
	vault->dead_objects.same += object->same;
	vault->dead_objects.raw += object->raw;
	vault->dead_pages += object->pages;
	object->dead = true;
	vault_count(vault, contents, VAULT_FLUSHES, object->pages);
	return object->pages;
}
