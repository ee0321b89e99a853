/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How card DRAM is divided, and what a page takes of it at worst: figures that the card's
 * management core must know when the vault is hardware.
 */
#ifndef VAULT_LAYOUT_H
#define VAULT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Index, bitmap and units, in this order, from the start of DRAM; bytes. */
struct vault_layout {
	uint64_t index_bytes;
	uint64_t map_bytes;
	uint64_t slot_limit; /* most slots of the index that may be filled */
	uint32_t buckets;
	uint32_t units;
};

/* Of so many bytes of DRAM, a multiple of a unit; flash needs more of the index. */
void vault_lay_out(uint64_t dram_bytes, uint64_t flash_bytes, struct vault_layout *layout);

/* Slots of the index that a page takes at worst: its own and its object's. */
#define VAULT_WORST_SLOTS 2u
/* Most units that a page of an order and its object's record take; with flash, pages that
 * may go there are in lists. */
uint64_t vault_worst_units(unsigned int order, bool flash);

/*
 * Most bytes of flash that a record of so many takes there: itself and a descriptor of 56 bytes,
 * rounded up by 31, twice, because any two pages in a row have more in them than one can hold;
 * and its descriptor in a summary.
 */
#define VAULT_FLASH_COST(bytes) (2 * (uint64_t)(bytes) + 2 * (31 + 56) + 56)
/* The same for a page of an order at worst. */
uint64_t vault_flash_worst(unsigned int order);
/* Units of memory that a stub, or an object, takes at worst. */
#define VAULT_STUB_UNITS 5u
/* What takes so many bytes of flash takes at most one unit of memory more than its stub. */
#define VAULT_FLASH_A_UNIT 58u
/* Of memory that is never promised one unit in so many, so that pages can come and go. */
#define VAULT_CACHE_SHARE 16u

#ifdef __cplusplus
}
#endif

#endif /* VAULT_LAYOUT_H */
