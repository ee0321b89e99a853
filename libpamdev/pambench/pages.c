// SPDX-License-Identifier: Apache-2.0
/*
 * Where pambench's pages come from. What they contain decides every figure, so
 * the source is always named in the report.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "cli/text.h"

static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static void fill_random(char *block, uint64_t *state)
{
	for (size_t i = 0; i < BLOCK; i += 8) {
		uint64_t word = next(state);

		memcpy(block + i, &word, 8);
	}
}

static void fill_same(char *block, uint64_t *state)
{
	uint64_t word = next(state) & 3 ? 0 : next(state);

	for (size_t i = 0; i < BLOCK; i += 8)
		memcpy(block + i, &word, 8);
}

/* ---- a heap of our own: what a program that keeps records of things has in it ---- */

struct record {
	struct record *left, *right, *parent;
	char *name;
	uint64_t serial;
	uint32_t flags, uses;
	double weight;
};

static char *make_name(uint64_t *state)
{
	static const char *const words[] = {"page",  "index", "queue", "buffer", "request",
					    "table", "entry", "node",  "handle", "memory"};
	char *name = malloc(24);

	if (name)
		snprintf(name, 24, "%s/%s-%u", words[next(state) % 10], words[next(state) % 10],
			 (unsigned int)(next(state) % 100000));
	return name;
}

/* Record i of a tree, with its name right behind it in memory. */
static struct record *make_record(struct record **all, uint64_t i, uint64_t *state)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->name = make_name(state);
	r->serial = i;
	r->flags = (uint32_t)next(state) & 0x11;
	r->uses = (uint32_t)(next(state) % 50);
	r->weight = (double)(next(state) % 1000) / 8;
	if (i) {
		r->parent = all[(i - 1) / 2];
		*(i & 1 ? &r->parent->left : &r->parent->right) = r;
	}
	return r;
}

/* Copies the pages that the records lie in, from the first on; returns how many. */
static uint64_t copy_heap(char *blocks, uint64_t count, struct record *const *all, uint64_t records)
{
	/* Not through pointers: there is more in these pages than we allocated. */
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	uintptr_t last = 0;
	uint64_t done = 0;

	for (uint64_t i = 0; memory >= 0 && i < records && done < count; i++) {
		uintptr_t page = (uintptr_t)all[i] & ~(uintptr_t)(BLOCK - 1);

		if (page == last)
			continue;
		last = page;
		if (pread(memory, blocks + done * BLOCK, BLOCK, (off_t)page) == (ssize_t)BLOCK)
			done++;
	}
	if (memory >= 0)
		close(memory);
	return done;
}

static int fill_heap(char *blocks, uint64_t count, uint64_t *state)
{
	uint64_t records = count * BLOCK / (sizeof(struct record) + 40) + 64;
	struct record **all = calloc(records, sizeof(*all));
	uint64_t made = 0;
	uint64_t done = 0;

	while (all && made < records) {
		all[made] = make_record(all, made, state);
		if (!all[made])
			break;
		/* A heap has holes, with what was there before in them. */
		if (made % 10 == 9) {
			free(all[made - 4]->name);
			all[made - 4]->name = NULL;
		}
		made++;
	}
	if (made)
		done = copy_heap(blocks, count, all, made);
	for (uint64_t i = done; i < count && done; i++)
		memcpy(blocks + i * BLOCK, blocks + i % done * BLOCK, BLOCK);
	while (made) {
		free(all[--made]->name);
		free(all[made]);
	}
	free(all);
	return done ? 0 : -ENOMEM;
}

/* ---- another process ---- */

/* Resident pages of its private writable mappings, in order, until there are enough. */
static int fill_pid(char *blocks, uint64_t count, const char *pid)
{
	char path[64];
	char line[512];
	uint64_t done = 0;
	FILE *maps;
	FILE *memory;

	snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	maps = fopen(path, "re");
	snprintf(path, sizeof(path), "/proc/%.20s/mem", pid);
	memory = maps ? fopen(path, "re") : NULL;
	while (memory && done < count && fgets(line, sizeof(line), maps)) {
		uint64_t from, to;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " rw-p", &from, &to) != 2 ||
		    strstr(line, "rw-p") == NULL || fseeko(memory, (off_t)from, SEEK_SET) != 0)
			continue;
		for (; from < to && done < count; from += BLOCK) {
			if (fread(blocks + done * BLOCK, 1, BLOCK, memory) != BLOCK)
				break;
			/* Never touched, or zeroed: no measure of a heap. */
			if (blocks[done * BLOCK] ||
			    memcmp(blocks + done * BLOCK, blocks + done * BLOCK + 1, BLOCK - 1))
				done++;
		}
	}
	if (maps)
		fclose(maps);
	if (memory)
		fclose(memory);
	for (uint64_t i = done; i < count && done; i++)
		memcpy(blocks + i * BLOCK, blocks + i % done * BLOCK, BLOCK);
	return done ? 0 : complain(EXIT_FAILED, "no pages of process %s can be read", pid);
}

static int fill_file(char *blocks, uint64_t count, const char *name)
{
	FILE *file = fopen(name, "re");
	uint64_t have;

	if (!file)
		return complain(EXIT_FAILED, "%s: %s", name, strerror(errno));
	have = fread(blocks, BLOCK, count, file);
	fclose(file);
	if (!have)
		return complain(EXIT_FAILED, "%s holds no page of 4096 bytes", name);
	for (uint64_t i = have; i < count; i++)
		memcpy(blocks + i * BLOCK, blocks + i % have * BLOCK, BLOCK);
	return 0;
}

static int fill(const struct options *options, char *blocks, uint64_t count, uint64_t *state)
{
	const char *source = options->source;
	int status;

	if (strncmp(source, "pid:", 4) == 0)
		return fill_pid(blocks, count, source + 4);
	if (strcmp(source, "heap") == 0) {
		status = fill_heap(blocks, count, state);
		return status ? complain(EXIT_FAILED, "no memory for a heap") : 0;
	}
	if (strcmp(source, "same") != 0 && strcmp(source, "random") != 0)
		return fill_file(blocks, count, source);
	for (uint64_t i = 0; i < count; i++) {
		if (*source == 's')
			fill_same(blocks + i * BLOCK, state);
		else
			fill_random(blocks + i * BLOCK, state);
	}
	return 0;
}

/* Fisher and Yates. */
static void shuffle(uint32_t *visit, uint64_t count, uint64_t *state)
{
	for (uint64_t i = count - 1; i > 0; i--) {
		uint64_t j = next(state) % (i + 1);
		uint32_t kept = visit[i];

		visit[i] = visit[j];
		visit[j] = kept;
	}
}

int pages_make(struct pamdev *dev, const struct options *options, struct pages *pages)
{
	uint64_t blocks = options->count << options->order;
	uint64_t state = options->seed;
	int code;

	pages->count = options->count;
	pages->size = BLOCK << options->order;
	pages->data = pamdev_alloc(dev, blocks * BLOCK);
	pages->visit = malloc(pages->count * sizeof(*pages->visit));
	if (!pages->data || !pages->visit)
		return complain(EXIT_FAILED, "no memory for %llu pages",
				(unsigned long long)pages->count);
	code = fill(options, pages->data, blocks, &state);
	if (code != 0)
		return code;
	for (uint64_t i = 0; i < blocks; i++) {
		uint64_t kind = next(&state) % 100;

		if (kind < options->same_percent)
			fill_same(pages->data + i * BLOCK, &state);
		else if (kind < options->same_percent + options->random_percent)
			fill_random(pages->data + i * BLOCK, &state);
	}
	for (uint64_t i = 0; i < pages->count; i++)
		pages->visit[i] = (uint32_t)i;
	if (!options->sequential)
		shuffle(pages->visit, pages->count, &state);
	return 0;
}

void pages_free(struct pamdev *dev, struct pages *pages)
{
	pamdev_free(dev, pages->data);
	free(pages->visit);
}
