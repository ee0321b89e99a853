/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests/rtl/index_lookup.cpp needs of the inside of a vault, whose headers are C, and
 * news of all that the vault does to its index (by the linker's --wrap).
 */
#ifndef INDEX_VAULT_H
#define INDEX_VAULT_H

#ifdef __cplusplus
extern "C" {
#endif

#include "hash.h"
#include "index.h"
#include "vault.h"
#include "vault_pools.h"

struct index_vault {
	uint8_t *dram;
	uint64_t index_bytes;
	uint64_t units_at; /* offset of unit 0 */
	struct index *index;
	struct hash_key page_key;
	struct hash_key object_key;
};

struct index_vault index_vault_open(struct vault *vault);

/* As locate() of vault.c does it, with the key of what was looked for last. */
struct index_vault_place {
	bool object_found;
	uint32_t object;
	uint64_t *slot; /* NULL: no such page */
	struct index_key key;
};
struct index_vault_place index_vault_locate(struct vault *vault, uint32_t contents,
					    const struct vault_handle *handle);

/* Called before an index changes; NULL: nobody listens. */
extern void (*index_vault_inserts)(struct index *index, struct index_key key, uint64_t entry);
extern void (*index_vault_removes)(struct index *index, uint64_t *slot);

/* The same as the index's own, without news. */
bool index_vault_insert(struct index *index, struct index_key key, uint64_t entry);
void index_vault_remove(struct index *index, uint64_t *slot);

#ifdef __cplusplus
}
#endif

#endif /* INDEX_VAULT_H */
