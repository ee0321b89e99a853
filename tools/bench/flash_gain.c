// SPDX-License-Identifier: Apache-2.0
/*
 * How much more a card holds with flash behind its memory: real pages are put into one pool until
 * the card refuses, with memory alone and with flash. On the C model, through libpamdev.
 * See README.md beside it; flash.py runs it and shows the results.
 *
 * usage: flash_gain MEMORY_MIB FLASH_MIB FILE.pages...      prints JSON
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamdev.h"

#define PAGE 4096u
/* More refusals than this in a row are no passing shortage. */
#define REFUSED_MOST 16u

struct pages {
	unsigned char *data;
	size_t count;
};

static void fail(const char *what, int error)
{
	fprintf(stderr, "flash_gain: %s: %s\n", what, strerror(-error));
	exit(1);
}

static void load(struct pages *pages, const char *name)
{
	FILE *file = fopen(name, "rb");
	long size;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0 ||
	    size % PAGE != 0) {
		fprintf(stderr, "flash_gain: %s: no file of whole pages of 4096 bytes\n", name);
		exit(1);
	}
	rewind(file);
	pages->data = realloc(pages->data, pages->count * PAGE + (size_t)size);
	if (!pages->data ||
	    fread(pages->data + pages->count * PAGE, 1, (size_t)size, file) != (size_t)size) {
		fprintf(stderr, "flash_gain: %s: cannot be read\n", name);
		exit(1);
	}
	fclose(file);
	pages->count += (size_t)size / PAGE;
}

/* Pages are taken in steps that are prime to their number as a rule, so that what one program has
 * is not all in one place. */
static const unsigned char *page_of(const struct pages *pages, uint64_t number)
{
	return pages->data + number * 7919 % pages->count * PAGE;
}

/* Puts until refused; each page is then got and compared. */
static void fill(const struct pages *pages, unsigned long memory, unsigned long flash)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {.object = {1}};
	struct pamdev_pool *pool;
	struct pamdev_page told;
	struct pamdev *dev;
	unsigned char page[PAGE];
	uint64_t held = 0, in_flash = 0, stored = 0;
	unsigned int refused = 0;
	char uri[80];
	int error;

	snprintf(uri, sizeof(uri), "model:dram=%luM,flash=%luM", memory, flash);
	error = pamdev_open(uri, NULL, &dev);
	if (error) {
		fail(uri, error);
	}
	error = pamdev_pool_create(dev, &options, &pool);
	if (error) {
		fail("pool", error);
	}
	while (refused < REFUSED_MOST) {
		handle.index = held;
		error = pamdev_put(pool, &handle, page_of(pages, held));
		if (error == -ENOSPC) {
			refused++;
			continue;
		}
		if (error) {
			fail("put", error);
		}
		refused = 0;
		held++;
	}
	for (uint64_t n = 0; n < held; n++) {
		handle.index = n;
		error = pamdev_query(pool, &handle, &told);
		if (error) {
			fail("query", error);
		}
		in_flash += told.tier == PAMC_TIER_FLASH;
		stored += told.stored_bytes;
		error = pamdev_get(pool, &handle, page, 0);
		if (error || memcmp(page, page_of(pages, n), PAGE) != 0) {
			fail("a page is not what was put", error);
		}
	}
	printf(
	    "{\"memory_mib\": %lu, \"flash_mib\": %lu, \"pages\": %llu, \"pages_in_flash\": %llu, "
	    "\"stored_bytes\": %llu}",
	    memory, flash, (unsigned long long)held, (unsigned long long)in_flash,
	    (unsigned long long)stored);
	pamdev_pool_destroy(pool);
	pamdev_close(dev);
}

int main(int argc, char **argv)
{
	struct pages pages = {0};

	if (argc < 4) {
		fprintf(stderr, "usage: flash_gain MEMORY_MIB FLASH_MIB FILE.pages...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		load(&pages, argv[i]);
	}
	printf("[");
	fill(&pages, strtoul(argv[1], NULL, 10), 0);
	printf(",\n");
	fill(&pages, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
	printf("]\n");
	free(pages.data);
	return 0;
}
