/* SPDX-License-Identifier: Apache-2.0 */
/* Memory regions and their table: see dma_table.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dma_table.h"

static int check_range(const struct dma_region_info *info)
{
	const uint64_t odd = DMA_PAGE_SIZE - 1;

	if (!info->size || ((info->addr | info->size) & odd))
		return -EINVAL;
	/* The last byte must have an address; size may reach up to 2^64. */
	if (info->addr + (info->size - 1) < info->addr)
		return -EINVAL;
	return 0;
}

/* A file that ends before the region does would fault on access: better refused now. */
static int check_file(const struct dma_region_info *info)
{
	struct stat st;

	if (info->offset & (DMA_PAGE_SIZE - 1) || info->size > INT64_MAX ||
	    info->offset > INT64_MAX - info->size)
		return -EINVAL;
	if (fstat(info->fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode))
		return info->offset + info->size > (uint64_t)st.st_size ? -EINVAL : 0;
	/* Pipes and sockets could block for ever; what else can be mapped may be. */
	return info->file_io && !S_ISBLK(st.st_mode) ? -EINVAL : 0;
}

static int attach_file(struct dma_region *region, const struct dma_region_info *info)
{
	int prot = 0;

	if (info->file_io) {
		region->fd = fcntl(info->fd, F_DUPFD_CLOEXEC, 0);
		region->offset = info->offset;
		return region->fd < 0 ? -errno : 0;
	}
	if (info->access & DMA_CAN_READ)
		prot |= PROT_READ;
	if (info->access & DMA_CAN_WRITE)
		prot |= PROT_WRITE;
	region->base =
	    mmap(NULL, info->size, prot, MAP_SHARED | MAP_NORESERVE, info->fd, (off_t)info->offset);
	if (region->base != MAP_FAILED)
		return 0;
	region->base = NULL;
	return -errno;
}

int dma_region_open(const struct dma_region_info *info, struct dma_region **region)
{
	struct dma_region *self;
	int ret = check_range(info);

	if (ret == 0 && info->fd >= 0)
		ret = check_file(info);
	if (ret)
		return ret;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->addr = info->addr;
	self->size = info->size;
	self->access = info->access;
	self->fd = -1;
	if (info->fd >= 0)
		ret = attach_file(self, info);
	if (ret) {
		free(self);
		return ret;
	}
	*region = self;
	return 0;
}

void dma_region_close(struct dma_region *region)
{
	if (region->base)
		munmap(region->base, region->size);
	if (region->fd >= 0)
		close(region->fd);
	free(region);
}

/* Number of regions that begin at or below addr. */
static size_t begin_below(const struct dma_table *table, uint64_t addr)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (table->regions[middle]->addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int dma_table_insert(struct dma_table *table, struct dma_region *region)
{
	size_t place = begin_below(table, region->addr);
	struct dma_region **regions;

	if (dma_table_find(table, region->addr))
		return -EEXIST;
	if (place < table->count && table->regions[place]->addr - region->addr < region->size)
		return -EEXIST;
	if (table->count == DMA_MAX_REGIONS)
		return -ENOSPC;
	regions = realloc(table->regions, (table->count + 1) * sizeof(*regions));
	if (!regions)
		return -ENOMEM;
	table->regions = regions;
	memmove(regions + place + 1, regions + place, (table->count - place) * sizeof(*regions));
	regions[place] = region;
	table->count++;
	return 0;
}

struct dma_region *dma_table_find(const struct dma_table *table, uint64_t addr)
{
	size_t below = begin_below(table, addr);
	struct dma_region *region;

	if (!below)
		return NULL;
	region = table->regions[below - 1];
	return addr - region->addr < region->size ? region : NULL;
}

void dma_table_remove(struct dma_table *table, const struct dma_region *region)
{
	size_t place = begin_below(table, region->addr) - 1;

	table->count--;
	memmove(table->regions + place, table->regions + place + 1,
		(table->count - place) * sizeof(*table->regions));
}

void dma_table_free(struct dma_table *table)
{
	free(table->regions);
	table->regions = NULL;
	table->count = 0;
}
