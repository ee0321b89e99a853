// SPDX-License-Identifier: Apache-2.0
/*
 * Making room: the age lists of ephemeral contents, eviction, and the sweep that
 * finds what lazy flushes left behind.
 */
#include "vault_priv.h"

/* Keeps the age of the oldest page at hand, where eviction compares it. */
static void note_oldest(const struct vault *vault, struct vault_contents *contents)
{
	if (contents->oldest != STORE_NOWHERE) {
		contents->oldest_age = record_node(&vault->store, contents->oldest)->age;
	}
}

void vault_fifo_add(struct vault *vault, struct vault_contents *contents, uint32_t unit)
{
	struct record_node *node = record_node(&vault->store, unit);

	node->previous = contents->newest;
	node->next = STORE_NOWHERE;
	node->age = ++vault->age;
	if (contents->newest != STORE_NOWHERE) {
		record_node(&vault->store, contents->newest)->next = unit;
	} else {
		contents->oldest = unit;
	}
	contents->newest = unit;
	note_oldest(vault, contents);
}

void vault_fifo_remove(struct vault *vault, struct vault_contents *contents, uint32_t unit)
{
	const struct record_node *node = record_node(&vault->store, unit);

	if (node->age & RECORD_LEAVING) {
		return;
	}
	if (node->previous != STORE_NOWHERE) {
		record_node(&vault->store, node->previous)->next = node->next;
	} else {
		contents->oldest = node->next;
	}
	if (node->next != STORE_NOWHERE) {
		record_node(&vault->store, node->next)->previous = node->previous;
	} else {
		contents->newest = node->previous;
	}
	note_oldest(vault, contents);
}

/* The slot of the record at unit, from the key in its header. */
static uint64_t *slot_of_record(struct vault *vault, uint32_t unit)
{
	struct record_page record;

	record_read(&vault->store, unit, &record);
	return vault_page_find(vault, record.object, record.index);
}

bool vault_evict_from(struct vault *vault, struct vault_contents *contents)
{
	uint32_t unit = contents->oldest;
	struct record_page record;

	if (unit == STORE_NOWHERE) {
		return false;
	}
	record_read(&vault->store, unit, &record);
	if (!vault_object_is_dead(vault, vault_object_at(vault, record.object))) {
		vault_count(vault, contents, VAULT_EVICTED, 1);
	}
	vault_page_remove(vault, slot_of_record(vault, unit));
	return true;
}

bool vault_sweep_step(struct vault *vault)
{
	uint32_t step = vault->sweep_step;
	unsigned int place = 0;
	bool found = false;
	uint64_t *slot;

	vault->sweep_step = step + 1 < index_steps(&vault->index) ? step + 1 : 0;
	while ((slot = index_scan(&vault->index, step, &place)) != NULL) {
		struct record_page record;

		if (index_kind(*slot) != INDEX_PAGE) {
			continue;
		}
		record_read(&vault->store, index_unit(*slot), &record);
		if (vault_object_is_dead(vault, vault_object_at(vault, record.object))) {
			vault_page_remove(vault, slot);
			found = true;
			place = 0;
		}
	}
	return found;
}

/* Live ephemeral contents whose oldest page is the oldest of all; dead ones come first. */
static struct vault_contents *oldest_contents(struct vault *vault)
{
	struct vault_contents *oldest = NULL;

	for (unsigned int i = 0; i < vault->contents_top; i++) {
		struct vault_contents *contents = &vault->contents[i];

		if (!contents->in_use || contents->oldest == STORE_NOWHERE) {
			continue;
		}
		if (contents->dead) {
			return contents;
		}
		if (contents->type != PAMC_POOL_TYPE_EPHEMERAL) {
			continue;
		}
		if (!oldest || contents->oldest_age < oldest->oldest_age) {
			oldest = contents;
		}
	}
	return oldest;
}

bool vault_make_room(struct vault *vault)
{
	struct vault_contents *contents = oldest_contents(vault);

	if (contents && contents->dead) {
		return vault_evict_from(vault, contents);
	}
	if (vault->dead_pages > 0) {
		/* Once around finds one; never more, even if the count were wrong. */
		for (uint32_t step = 0; step < index_steps(&vault->index); step++) {
			if (vault_sweep_step(vault)) {
				return true;
			}
		}
	}
	return contents && vault_evict_from(vault, contents);
}

bool vault_background(struct vault *vault, unsigned int budget)
{
	while (vault->dead_pages > 0 && budget-- > 0) {
		vault_sweep_step(vault);
	}
	return vault->dead_pages > 0;
}
