// SPDX-License-Identifier: Apache-2.0
/*
 * How card memory is divided, and what a promised page takes of it at worst. The figures
 * are those of the C model (sim/model/vault_layout.c, store.c, record.c) and of the RTL
 * (index_pkg, store_pkg, vault_pkg); tests/unit/firmware_layout.c holds them together.
 */
#include "fw_priv.h"

#define DRAM_PER_BUCKET 6144u
/* With flash the index is for what is there, too, within this. */
#define DRAM_PER_BUCKET_LEAST 768u
#define BUCKET_BYTES          64u
#define BUCKET_SLOTS          8u
/* Shortest run of units that the allocator hands out; what links one to the next. */
#define MIN_RUN    3u
#define LINK_BYTES 8u
/* In front of a persistent page's content, at most; of a block in a longer page; an object. */
#define RECORD_HEAD  24u
#define RECORD_NODE  16u /* more, when it may go to flash */
#define RECORD_BLOCK 2u
#define OBJECT_BYTES 56u
/* In flash: in front of a page's content; what tells of it in its page, and in a summary. */
#define FLASH_HEAD       8u
#define FLASH_DESCRIPTOR 56u

/* The map has a bit for each unit, in whole lines of 64 bytes. */
static uint64_t map_bytes(uint32_t units)
{
	return ((uint64_t)units + 511) / 512 * 64;
}

void fw_layout_of(uint64_t dram_bytes, uint64_t flash_bytes, struct fw_layout *layout)
{
	uint64_t most = dram_bytes / DRAM_PER_BUCKET_LEAST;
	uint64_t wanted = (dram_bytes + flash_bytes) / DRAM_PER_BUCKET;
	uint64_t rest;
	uint32_t units;

	layout->buckets = (uint32_t)(wanted < most ? wanted : most);
	layout->index_bytes = (uint64_t)layout->buckets * BUCKET_BYTES;
	rest = dram_bytes - layout->index_bytes;
	units = (uint32_t)(rest * 8 / (UNIT_BYTES * 8 + 1));
	while (map_bytes(units) + (uint64_t)units * UNIT_BYTES > rest) {
		units--;
	}
	/* Two units are a line, and they begin with one. */
	units -= units % 2;
	layout->units = units;
	layout->map_bytes = rest - (uint64_t)units * UNIT_BYTES;
	layout->slot_limit = (uint32_t)((uint64_t)layout->buckets * BUCKET_SLOTS / 16 * 15);
}

/* For so many bytes when no free run is shorter than shortest. */
static uint32_t worst_of(uint32_t bytes, uint32_t shortest)
{
	uint32_t least = shortest * UNIT_BYTES - LINK_BYTES;
	uint32_t extents = (bytes + least - 1) / least;
	uint32_t units = (bytes + (extents - 1) * LINK_BYTES + UNIT_BYTES - 1) / UNIT_BYTES;

	units = units < MIN_RUN ? MIN_RUN : units;
	/* Of several extents the last is a shortest run even for a single byte. */
	return units + (extents > 1 ? MIN_RUN - 1 : 0);
}

/* Or the last extent gets what would remain of its run, too short to be one. */
static uint32_t worst_units(uint32_t bytes)
{
	uint32_t plain = worst_of(bytes, MIN_RUN),
		 given = worst_of(bytes, MIN_RUN + 1) + MIN_RUN - 1;

	return plain > given ? plain : given;
}

uint32_t fw_worst_units(uint32_t order, bool flash)
{
	uint32_t blocks = 1u << order;
	uint32_t table = order ? blocks * RECORD_BLOCK : 0;

	table += flash ? RECORD_NODE : 0;
	return worst_units(RECORD_HEAD + table + blocks * PAMC_BLOCK_SIZE) +
	       worst_units(OBJECT_BYTES);
}

uint64_t fw_worst_flash(uint32_t order)
{
	uint32_t blocks = 1u << order;
	uint64_t bytes =
	    FLASH_HEAD + (order ? blocks * RECORD_BLOCK : 0) + (uint64_t)blocks * PAMC_BLOCK_SIZE;

	/* Twice: any two pages of flash in a row have more in them than one can hold. */
	return 2 * (bytes + UNIT_BYTES - 1 + FLASH_DESCRIPTOR) + FLASH_DESCRIPTOR;
}
