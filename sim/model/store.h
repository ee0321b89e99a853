/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: which units of card DRAM are free.
 *
 * Memory is handed out in units of STORE_UNIT bytes, exactly as many as are
 * asked for, as one extent when a free run is long enough, and else as a chain
 * of extents, so that every free unit can be used for any page: the store has
 * no size classes, needs no mover, and refuses only when it is full.
 *
 * Free runs are kept coalesced, in one list for each length, doubly linked
 * through the runs' own memory; one bit a unit tells used from free. Neither an
 * allocation nor a free costs more than a constant for each extent concerned.
 *
 * No run is ever shorter than STORE_MIN_RUN units, whatever happens: that bounds
 * the number of extents of a page, and so what a promised page takes at worst
 * (store_worst_units).
 *
 * Free memory holds zeroes but for the runs' own links: store_free scrubs, so no
 * byte of a page outlives it, whoever is given the memory next.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both may be set by the compiler's command line, for tools/bench/capacity. */
#ifndef STORE_UNIT_SHIFT
#define STORE_UNIT_SHIFT 5u
#endif
#ifndef STORE_MIN_RUN
#define STORE_MIN_RUN 3u
#endif
#define STORE_UNIT (1u << STORE_UNIT_SHIFT)
/* Longest extent: its length has 8 bits in the index and in links. */
#define STORE_MAX_EXTENT 255u
/* Lists for exact lengths, and one for all longer runs. */
#define STORE_BINS (STORE_MAX_EXTENT + 2)
/* At the start of an extent (of the first one: behind the header) when another follows. */
#define STORE_LINK_BYTES 8u
#define STORE_NOWHERE    UINT32_MAX

struct store_extent {
	uint32_t unit;
	uint32_t units;
};

struct store {
	uint8_t *memory;
	uint64_t *used; /* bit u: unit u belongs to an extent */
	uint32_t units;
	uint32_t free_units;
	uint32_t runs; /* free ones */
	uint32_t head[STORE_BINS];
	uint64_t occupied[(STORE_BINS + 63) / 64];
	uint64_t merges;
	uint64_t splits;
};

/* Bytes of the bitmap for so many units, a multiple of 64. */
size_t store_map_bytes(uint32_t units);

/* memory and map are zeroed; map has store_map_bytes(units) bytes. */
void store_init(struct store *store, void *memory, void *map, uint32_t units);

/*
 * Allocates what holds bytes: extents[0 ... n-1], at most most of them, each of
 * which but the last also has room for a link. The whole of it is one extent if
 * any free run is long enough. Returns n, or 0 when there is not enough free;
 * then nothing was allocated.
 */
unsigned int store_alloc(struct store *store, size_t bytes, struct store_extent *extents,
			 unsigned int most);

/* Frees and scrubs one extent. */
void store_free(struct store *store, struct store_extent extent);

/* The units that store_alloc(bytes) takes if all free runs are as short as can be. */
uint32_t store_worst_units(size_t bytes);

/* Most extents store_alloc(bytes) makes. */
unsigned int store_worst_extents(size_t bytes);

static inline void *store_at(const struct store *store, uint32_t unit)
{
	return store->memory + ((size_t)unit << STORE_UNIT_SHIFT);
}

static inline bool store_is_used(const struct store *store, uint32_t unit)
{
	return store->used[unit / 64] >> unit % 64 & 1;
}

/* Lists, bitmap and free memory agree: 0, or -EUCLEAN with the first finding in message. */
int store_check(const struct store *store, char *message, size_t size);

#endif /* STORE_H */
