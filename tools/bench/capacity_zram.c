// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's zram as a target of the capacity benchmark: lz4, a memory limit,
 * and its own account of compressed and used bytes (mm_stat). Its table of slots
 * (16 bytes a page) is not in that account.
 */
#include "capacity.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Large enough for any ratio: only written pages take memory. */
#define PAGES_PER_LIMIT_PAGE 16u

struct zram {
	int device;
	uint64_t limit;
	uint8_t *buffer; /* aligned for direct I/O */
};

static void set(const char *attribute, const char *value)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/zram0/%s", attribute);
	file = fopen(path, "w");
	if (!file || fputs(value, file) < 0 || fclose(file) != 0) {
		fail("%s cannot be set to %s: %s", path, value, strerror(errno));
	}
}

static enum outcome put(void *state, uint32_t index, const void *page)
{
	struct zram *zram = state;

	memcpy(zram->buffer, page, PAGE);
	if (pwrite(zram->device, zram->buffer, PAGE, (off_t)index * PAGE) == PAGE) {
		return STORED;
	}
	if (errno != EIO && errno != ENOMEM && errno != ENOSPC) {
		fail("writing to zram: %s", strerror(errno));
	}
	return REFUSED_KEPT;
}

static void get(void *state, uint32_t index, void *page)
{
	struct zram *zram = state;

	if (pread(zram->device, zram->buffer, PAGE, (off_t)index * PAGE) != PAGE) {
		fail("reading from zram: %s", strerror(errno));
	}
	memcpy(page, zram->buffer, PAGE);
}

static void drop(void *state, uint32_t index)
{
	struct zram *zram = state;
	uint64_t range[2] = {(uint64_t)index * PAGE, PAGE};

	if (ioctl(zram->device, BLKDISCARD, range) != 0) {
		fail("discarding from zram: %s", strerror(errno));
	}
}

static void measure(void *state, struct usage *usage)
{
	struct zram *zram = state;
	FILE *file = fopen("/sys/block/zram0/mm_stat", "r");
	unsigned long long original, compressed, used;

	if (!file || fscanf(file, "%llu %llu %llu", &original, &compressed, &used) != 3) {
		fail("mm_stat cannot be read");
	}
	fclose(file);
	*usage = (struct usage){.compressed = compressed, .used = used, .total = zram->limit};
}

static void compact(void *state)
{
	(void)state;
	set("compact", "1");
}

static void close_zram(void *state)
{
	struct zram *zram = state;

	close(zram->device);
	set("reset", "1");
	free(zram->buffer);
	free(zram);
}

void target_zram(struct target *target, uint64_t bytes)
{
	struct zram *zram = calloc(1, sizeof(*zram));
	char number[32];

	if (!zram || posix_memalign((void **)&zram->buffer, PAGE, PAGE) != 0) {
		fail("no memory");
	}
	set("reset", "1");
	set("comp_algorithm", "lz4");
	snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes * PAGES_PER_LIMIT_PAGE);
	set("disksize", number);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes);
	set("mem_limit", number);
	zram->limit = bytes;
	zram->device = open("/dev/zram0", O_RDWR | O_DIRECT);
	if (zram->device < 0) {
		fail("/dev/zram0: %s", strerror(errno));
	}
	*target = (struct target){
	    .state = zram,
	    .put = put,
	    .get = get,
	    .drop = drop,
	    .measure = measure,
	    .compact = compact,
	    .close = close_zram,
	};
}
