// SPDX-License-Identifier: Apache-2.0
/*
 * Proof, for tests, that the vault is consistent: every used unit belongs to
 * exactly one page or object, every page can be found by its key, all sums and
 * lists and commitments are what a recount gives.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault_priv.h"

struct check {
	struct vault *vault;
	char *message;
	size_t size;
	/* By unit: bit 0 reached; for an object's first unit, the pages found that name it. */
	uint32_t *seen;
	uint64_t units;
	uint64_t extents;
	uint64_t objects;
	uint64_t dead_pages;
	uint64_t flash_pages;
	uint64_t durable_bytes;
	struct vault_sums contents[VAULT_CONTENTS];
	struct vault_sums dead;
	uint64_t listed[VAULT_CONTENTS]; /* FIFO pages found by the index */
	uint64_t records[VAULT_CONTENTS];
};

#define SEEN          (1u << 31)
#define SEEN_OBJECT   (1u << 30)
#define SEEN_PAGES(x) ((x) & (SEEN_OBJECT - 1))

__attribute__((format(printf, 2, 3))) static int finding(struct check *check, const char *format,
							 ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(check->message, check->size, format, arguments);
	va_end(arguments);
	return -EUCLEAN;
}

/* Notes that an extent is in use; it must not have been reached before. */
static int claim(struct check *check, struct store_extent extent, const char *what)
{
	const struct store *store = &check->vault->store;

	if (extent.units == 0 || extent.unit >= store->units ||
	    extent.units > store->units - extent.unit) {
		return finding(check, "%s at unit %u: %u units do not exist", what, extent.unit,
			       extent.units);
	}
	for (uint32_t unit = extent.unit; unit < extent.unit + extent.units; unit++) {
		if (!store_is_used(store, unit)) {
			return finding(check, "%s at unit %u: unit %u is free", what, extent.unit,
				       unit);
		}
		if (check->seen[unit] & SEEN) {
			return finding(check, "%s at unit %u: unit %u is another's, too", what,
				       extent.unit, unit);
		}
		check->seen[unit] |= SEEN;
	}
	check->units += extent.units;
	return 0;
}

/* An object's record, when it is first met. */
static int meet_object(struct check *check, uint32_t unit)
{
	struct vault *vault = check->vault;
	const struct vault_object *object = vault_object_at(vault, unit);
	const struct vault_contents *contents;
	int error;

	if (unit < vault->store.units && check->seen[unit] & SEEN_OBJECT) {
		return 0;
	}
	error = claim(check, (struct store_extent){unit, object->record_units}, "object");
	if (error) {
		return error;
	}
	contents = &vault->contents[object->contents];
	if (object->contents >= VAULT_CONTENTS || !contents->in_use) {
		return finding(check, "object %u names contents %u", unit, object->contents);
	}
	if (!object->dead && vault_object_find(vault, contents, object->id) != unit) {
		return finding(check, "object %u is not found by its id", unit);
	}
	check->seen[unit] |= SEEN_OBJECT;
	check->objects++;
	check->records[object->contents]++;
	if (object->dead) {
		check->dead.units += object->record_units;
	} else {
		check->contents[object->contents].units += object->record_units;
	}
	return 0;
}

static void sums_add(struct vault_sums *to, const struct vault_sums *sums)
{
	to->pages += sums->pages;
	to->units += sums->units;
	to->stored += sums->stored;
	to->same += sums->same;
	to->raw += sums->raw;
}

static int claim_record(struct check *check, uint64_t entry, uint64_t *units)
{
	const struct store *store = &check->vault->store;
	struct record_walk walk = record_first(store, index_unit(entry), index_units(entry));

	*units = 0;
	do {
		int error = claim(check, walk.extent, "page");

		if (error) {
			return error;
		}
		*units += walk.extent.units;
		check->extents++;
	} while (record_next(store, &walk));
	return 0;
}

static int check_page(struct check *check, uint64_t *slot)
{
	struct vault *vault = check->vault;
	const struct vault_object *object;
	struct record_page record;
	struct vault_sums sums;
	struct vault_page page;
	uint64_t units;
	int error;

	record_read(&vault->store, index_unit(*slot), &record);
	if (vault_page_find(vault, record.object, record.index) != slot) {
		return finding(check, "page %u/%llu is not found by its key", record.object,
			       (unsigned long long)record.index);
	}
	error = meet_object(check, record.object);
	if (!error) {
		error = claim_record(check, *slot, &units);
	}
	if (error) {
		return error;
	}
	vault_describe(vault, *slot, &page, &sums);
	sums.units = units;
	object = vault_object_at(vault, record.object);
	sums_add(object->dead ? &check->dead : &check->contents[object->contents], &sums);
	check->dead_pages += vault_object_is_dead(vault, object);
	if (record.flags & RECORD_FIFO) {
		bool leaving = record_node(&vault->store, index_unit(*slot))->age & RECORD_LEAVING;

		check->listed[object->contents] += !leaving;
	}
	if (vault_is_stub(&record)) {
		check->flash_pages++;
	} else if (vault->contents[object->contents].durable) {
		check->durable_bytes += vault_tier_bytes(&vault->contents[object->contents], &sums);
	}
	check->records[object->contents]++;
	check->seen[record.object]++;
	return 0;
}

static int check_index(struct check *check)
{
	struct index *index = &check->vault->index;
	uint64_t used = 0;

	for (uint32_t step = 0; step < index_steps(index); step++) {
		unsigned int place = 0;
		uint64_t *slot;

		while ((slot = index_scan(index, step, &place)) != NULL) {
			int error = index_kind(*slot) == INDEX_PAGE
					? check_page(check, slot)
					: meet_object(check, index_unit(*slot));

			if (error) {
				return error;
			}
			used++;
		}
	}
	if (used != index->used) {
		return finding(check, "index: %llu entries, counted %llu", (unsigned long long)used,
			       (unsigned long long)index->used);
	}
	return 0;
}

static int check_objects(struct check *check)
{
	for (uint32_t unit = 0; unit < check->vault->store.units; unit++) {
		if (check->seen[unit] & SEEN_OBJECT &&
		    vault_object_at(check->vault, unit)->pages != SEEN_PAGES(check->seen[unit])) {
			return finding(check, "object %u: %u pages, counted %u", unit,
				       SEEN_PAGES(check->seen[unit]),
				       vault_object_at(check->vault, unit)->pages);
		}
	}
	return 0;
}

/* An ephemeral list: as long as it should be, linked both ways, oldest first. */
static int check_list(struct check *check, const struct vault_contents *contents)
{
	const struct store *store = &check->vault->store;
	uint32_t previous = STORE_NOWHERE;
	uint64_t age = 0;
	uint64_t count = 0;

	for (uint32_t unit = contents->oldest; unit != STORE_NOWHERE;) {
		const struct record_node *node = record_node(store, unit);

		if (node->previous != previous || node->age <= age ||
		    ++count > check->listed[contents->number]) {
			return finding(check, "contents %u: the list breaks at unit %u",
				       contents->number, unit);
		}
		age = node->age;
		previous = unit;
		unit = node->next;
	}
	if (previous != contents->newest || count != check->listed[contents->number]) {
		return finding(check, "contents %u: %llu pages listed of %llu", contents->number,
			       (unsigned long long)count,
			       (unsigned long long)check->listed[contents->number]);
	}
	return 0;
}

static int check_contents(struct check *check)
{
	struct vault *vault = check->vault;
	uint64_t units = 0;
	uint64_t slots = 0;

	for (unsigned int i = 0; i < VAULT_CONTENTS; i++) {
		const struct vault_contents *contents = &vault->contents[i];
		int error;

		if (memcmp(&contents->sums, &check->contents[i], sizeof(contents->sums)) != 0 &&
		    contents->in_use) {
			return finding(check,
				       "contents %u: %llu pages in %llu units counted, %llu in "
				       "%llu found (or their bytes differ)",
				       i, (unsigned long long)contents->sums.pages,
				       (unsigned long long)contents->sums.units,
				       (unsigned long long)check->contents[i].pages,
				       (unsigned long long)check->contents[i].units);
		}
		if (!contents->in_use) {
			continue;
		}
		if (contents->records != check->records[i]) {
			return finding(check, "contents %u: %llu records counted, %llu found", i,
				       (unsigned long long)contents->records,
				       (unsigned long long)check->records[i]);
		}
		error = check_list(check, contents);
		if (error) {
			return error;
		}
		if (contents->type == PAMC_POOL_TYPE_PERSISTENT && !contents->dead) {
			units += contents->sums.units > contents->reserve_units
				     ? contents->sums.units
				     : contents->reserve_units;
			slots += contents->slots > contents->reserve_slots
				     ? contents->slots
				     : contents->reserve_slots;
		}
	}
	if (units != vault->committed_units || slots != vault->committed_slots ||
	    (vault->flash_bytes == 0 && !vault_committed(vault))) {
		return finding(check, "%llu units committed, counted %llu, of %u",
			       (unsigned long long)units,
			       (unsigned long long)vault->committed_units, vault->store.units);
	}
	return 0;
}

static int check_totals(struct check *check)
{
	const struct vault *vault = check->vault;

	if (check->units + vault->store.free_units != vault->store.units) {
		return finding(check, "%llu units are reached and %u free, of %u: some are lost",
			       (unsigned long long)check->units, vault->store.free_units,
			       vault->store.units);
	}
	if (check->flash_pages != vault->flash_pages ||
	    check->durable_bytes != vault->durable_bytes) {
		return finding(check, "pages in flash %llu/%llu, durable bytes %llu/%llu",
			       (unsigned long long)vault->flash_pages,
			       (unsigned long long)check->flash_pages,
			       (unsigned long long)vault->durable_bytes,
			       (unsigned long long)check->durable_bytes);
	}
	if (check->extents != vault->extents || check->objects != vault->objects ||
	    check->dead_pages != vault->dead_pages ||
	    memcmp(&check->dead, &vault->dead_objects, sizeof(check->dead)) != 0) {
		return finding(
		    check, "extents %llu/%llu, objects %llu/%llu, dead pages %llu/%llu",
		    (unsigned long long)vault->extents, (unsigned long long)check->extents,
		    (unsigned long long)vault->objects, (unsigned long long)check->objects,
		    (unsigned long long)vault->dead_pages, (unsigned long long)check->dead_pages);
	}
	return 0;
}

int vault_check(struct vault *vault, char *message, size_t size)
{
	struct check *check = calloc(1, sizeof(*check));
	int error = -ENOMEM;

	if (!check) {
		return error;
	}
	*check = (struct check){.vault = vault, .message = message, .size = size};
	check->seen = calloc(vault->store.units, sizeof(*check->seen));
	if (check->seen) {
		error = store_check(&vault->store, message, size);
		error = error ? error : check_index(check);
		error = error ? error : check_objects(check);
		error = error ? error : check_contents(check);
		error = error ? error : check_totals(check);
		free(check->seen);
	}
	free(check);
	return error;
}
