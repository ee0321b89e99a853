// SPDX-License-Identifier: Apache-2.0
/* A vault's inside, and news of its index; index_vault.h tells what for. */
#include "index_vault.h"

#include "vault_priv.h"

void (*index_vault_inserts)(struct index *index, struct index_key key, uint64_t entry);
void (*index_vault_removes)(struct index *index, uint64_t *slot);

/* Names that the linker makes: what is called by all others, and the index's own. */
bool __wrap_index_insert(struct index *index, struct index_key key, uint64_t entry);
bool __real_index_insert(struct index *index, struct index_key key, uint64_t entry);
void __wrap_index_remove(struct index *index, uint64_t *slot);
void __real_index_remove(struct index *index, uint64_t *slot);

bool __wrap_index_insert(struct index *index, struct index_key key, uint64_t entry)
{
	if (index_vault_inserts) {
		index_vault_inserts(index, key, entry);
	}
	return __real_index_insert(index, key, entry);
}

void __wrap_index_remove(struct index *index, uint64_t *slot)
{
	if (index_vault_removes) {
		index_vault_removes(index, slot);
	}
	__real_index_remove(index, slot);
}

bool index_vault_insert(struct index *index, struct index_key key, uint64_t entry)
{
	return __real_index_insert(index, key, entry);
}

void index_vault_remove(struct index *index, uint64_t *slot)
{
	__real_index_remove(index, slot);
}

struct index_vault index_vault_open(struct vault *vault)
{
	return (struct index_vault){
	    .dram = vault->dram,
	    .index_bytes = vault->index_bytes,
	    .units_at = vault->index_bytes + vault->map_bytes,
	    .index = &vault->index,
	    .page_key = vault->page_key,
	    .object_key = vault->object_key,
	};
}

struct index_vault_place index_vault_locate(struct vault *vault, uint32_t number,
					    const struct vault_handle *handle)
{
	struct vault_contents *contents = &vault->contents[number];
	const uint64_t words[] = {contents->number, handle->object[0], handle->object[1],
				  handle->object[2]};
	struct index_vault_place place = {
	    .object = vault_object_find(vault, contents, handle->object),
	};

	place.object_found = place.object != VAULT_NO_OBJECT;
	if (place.object_found) {
		place.slot = vault_page_find(vault, place.object, handle->index);
		place.key = vault_page_key(vault, place.object, handle->index);
	} else {
		place.key = index_key(&vault->index, hash_words(&vault->object_key, words, 4),
				      INDEX_OBJECT);
	}
	return place;
}
