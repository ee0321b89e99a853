// SPDX-License-Identifier: Apache-2.0
/*
 * What a page on flash looks like. Every page tells by itself what it is: of which life
 * of its block, at which place, with a sum over all of it; so what a power cut or an older
 * life left there is never taken for data.
 */
#include "flash_priv.h"

#include "crc32c.h"

_Static_assert(sizeof(struct fl_header) == 64, "form on flash");
_Static_assert(sizeof(struct fl_desc) == 56, "form on flash");
_Static_assert(sizeof(struct fl_entry) == 64, "form on flash");
_Static_assert(sizeof(struct fl_tomb) == 48, "form on flash");
_Static_assert(sizeof(struct fl_pool) == 72, "form on flash");
_Static_assert(sizeof(struct fl_block) == 48, "form on flash");
_Static_assert(sizeof(struct fl_root) % 8 == 0, "form on flash");

#define SUMMED offsetof(struct fl_header, format)
/* A platform may have a quicker one (its build.mk). */
#ifdef FL_CRC32C
uint32_t FL_CRC32C(const void *data, size_t size);
#else
#define FL_CRC32C crc32c
#endif

static uint32_t sum_of(const struct fl *fl, const void *page)
{
	return FL_CRC32C((const uint8_t *)page + SUMMED, fl->config.page_bytes - SUMMED);
}

void fl_page_seal(const struct fl *fl, void *page, enum fl_page_type type, uint64_t seq,
		  uint32_t at)
{
	struct fl_header *header = fl_header(page);

	header->magic = FL_MAGIC;
	header->format = FL_FORMAT;
	header->type = (uint8_t)type;
	header->seq = seq;
	header->page = (uint16_t)at;
	header->crc = sum_of(fl, page);
}

bool fl_page_good(const struct fl *fl, const void *page)
{
	const struct fl_header *header = page;

	return header->magic == FL_MAGIC && header->format == FL_FORMAT &&
	       header->crc == sum_of(fl, page);
}

/* The header is enough: what is written has a magic number. */
bool fl_page_erased(const struct fl *fl, const void *page)
{
	const uint64_t *word = page;

	(void)fl;
	for (uint32_t i = 0; i < sizeof(struct fl_header) / sizeof(*word); i++) {
		if (~word[i] != 0) {
			return false;
		}
	}
	return true;
}

bool fl_page_belongs(const struct fl *fl, const void *page, uint32_t block, uint32_t at)
{
	const struct fl_header *header = page;

	return fl_page_good(fl, page) && header->seq == fl->blocks[block].seq &&
	       header->page == at && header->type >= FL_PAGE_DATA &&
	       header->type <= FL_PAGE_SUMMARY;
}

struct fl_desc *fl_page_desc(const struct fl *fl, void *page, uint32_t number)
{
	return (struct fl_desc *)(void *)((uint8_t *)page + fl->config.page_bytes) - 1 - number;
}

struct fl_desc *fl_summary_desc(void *page, uint32_t number)
{
	return (struct fl_desc *)(void *)((uint8_t *)page + sizeof(struct fl_header)) + number;
}

uint32_t fl_summary_most(const struct fl *fl)
{
	return (fl->config.page_bytes - (uint32_t)sizeof(struct fl_header)) /
	       (uint32_t)sizeof(struct fl_desc);
}

fl_place fl_place_of(const struct fl *fl, uint32_t block, uint32_t page, uint32_t unit)
{
	return FL_FLASH | (((uint64_t)block * fl->config.pages + page) * fl->units + unit);
}

uint32_t fl_block_of(const struct fl *fl, fl_place at)
{
	return (uint32_t)fl_divided(fl_divided(at & ~FL_FLASH, fl->units), fl->config.pages);
}

void fl_desc_record(const struct fl_desc *desc, struct fl_record *record)
{
	memcpy(record->key.object, desc->object, sizeof(record->key.object));
	record->key.index = desc->index;
	record->key.pool = desc->pool;
	record->key.zero = 0;
	record->version = desc->version;
	record->bytes = desc->bytes;
	record->flags = desc->flags;
}

/* Pages that a record takes when it does not fit into one with its descriptor. */
uint32_t fl_parts_of(uint32_t page_bytes, uint32_t bytes)
{
	uint32_t part = page_bytes - (uint32_t)sizeof(struct fl_header);
	uint32_t first = part - (uint32_t)sizeof(struct fl_desc);

	return bytes <= first ? 1 : 1 + (bytes - first + part - 1) / part;
}

uint32_t fl_whole_most(const struct fl *fl)
{
	return fl->part_bytes - (uint32_t)sizeof(struct fl_desc);
}

uint32_t fl_parts(const struct fl *fl, uint32_t bytes)
{
	return fl_parts_of(fl->config.page_bytes, bytes);
}
