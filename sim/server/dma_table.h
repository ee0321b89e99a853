/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sorted table of a client's memory regions behind dma.h.  It knows addresses
 * and mappings; who uses a region, and until when, is dma.c's business.
 * One thread at a time.
 */
#ifndef PAMSIM_DMA_TABLE_H
#define PAMSIM_DMA_TABLE_H

#include "dma.h"

struct dma_region {
	uint64_t addr;
	uint64_t size;
	unsigned int access;
	void *base;      /* mapping, or NULL */
	int fd;          /* file for pread and pwrite, or -1 */
	uint64_t offset; /* in fd */
	unsigned int users;
	bool dead; /* being unmapped: no new users */
};

struct dma_table {
	struct dma_region **regions; /* by address; they do not overlap */
	size_t count;
};

/* Makes a region from info, not yet in a table. 0 or a negative errno as dma_map's. */
int dma_region_open(const struct dma_region_info *info, struct dma_region **region);
/* Unmaps, closes, frees. */
void dma_region_close(struct dma_region *region);

/* 0, -EEXIST or -ENOSPC; then region stays the caller's. */
int dma_table_insert(struct dma_table *table, struct dma_region *region);
/* The region that holds addr, or NULL. */
struct dma_region *dma_table_find(const struct dma_table *table, uint64_t addr);
/* Takes region, which must be in it, out. */
void dma_table_remove(struct dma_table *table, const struct dma_region *region);
void dma_table_free(struct dma_table *table);

#endif /* PAMSIM_DMA_TABLE_H */
