// SPDX-License-Identifier: Apache-2.0
/*
 * What the flash translation layer costs: write amplification under overwrites, wear, the
 * time of a start. On the NAND model in virtual time, the firmware's own time not counted.
 * See README.md beside it; flash.py runs it and shows the results.
 *
 * usage: flash [--seed=N] [--blocks=N (a die)] [--pages=N (a block)] [--starts]     prints JSON
 * --starts: only those.
 */
#include "flash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nand_hal.h"

#define RECORD_LEAST 200u
#define RECORD_MOST  2300u /* 1250 on average: a page as LZ4 leaves it */
#define ROUNDS       4u    /* overwrites of all there is; the last two are measured */
#define WRONG_BITS   4     /* of a codeword, on average, with every read */

struct entry {
	uint64_t version;
	fl_place place;
	uint32_t bytes;
};

struct bench {
	struct nand *nand;
	struct hal_flash hal;
	struct fl_config config;
	struct fl *fl;
	void *memory;
	struct entry *entries;
	uint32_t count;
	uint32_t pool;
	bool durable;
	uint64_t random;
	uint64_t places;
	double zeta, zeta2;
};

static uint64_t draw(struct bench *bench)
{
	uint64_t z = bench->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static void *need(void *memory)
{
	if (!memory) {
		abort();
	}
	return memory;
}

/* ---- The owner ---- */

static enum fl_state owner_state(void *context, const struct fl_key *key, fl_place at)
{
	const struct bench *bench = context;

	return bench->entries[key->index].place == at ? FL_CURRENT : FL_STALE;
}

static bool owner_move(void *context, const struct fl_record *record, fl_place from, fl_place to)
{
	struct bench *bench = context;
	struct entry *entry = &bench->entries[record->key.index];

	if (entry->place != from || entry->version != record->version) {
		return false;
	}
	entry->place = to;
	return true;
}

static bool owner_write_back(void *context, const struct fl_key *key)
{
	(void)context;
	(void)key;
	return true;
}

static bool owner_lost(void *context, const struct fl_key *key, fl_place at, uint32_t units)
{
	(void)context;
	fprintf(stderr, "flash: lost %#llx + %u (%p)\n", (unsigned long long)at, units,
		(const void *)key);
	exit(1);
}

static bool owner_recovered(void *context, const struct fl_record *record, fl_place at,
			    fl_place *before, uint32_t *before_bytes)
{
	struct bench *bench = context;
	struct entry *entry = &bench->entries[record->key.index];

	if (record->version <= entry->version) {
		return false;
	}
	*before = entry->place;
	*before_bytes = entry->bytes;
	*entry = (struct entry){record->version, at, record->bytes};
	return true;
}

static void owner_recovered_pool(void *context, uint32_t pool, const void *own)
{
	(void)context;
	(void)pool;
	(void)own;
}

/* ---- Running ---- */

static void step(struct bench *bench)
{
	if (!fl_step(bench->fl)) {
		nand_advance(bench->nand);
	}
}

static void new_layer(struct bench *bench)
{
	const struct fl_owner owner = {.context = bench,
				       .state = owner_state,
				       .move = owner_move,
				       .write_back = owner_write_back,
				       .lost = owner_lost,
				       .recovered = owner_recovered,
				       .recovered_pool = owner_recovered_pool};

	bench->fl = fl_init(bench->memory, &bench->config, &bench->hal, &owner);
}

static void until_ready(struct bench *bench)
{
	while (fl_ready(bench->fl) == FL_BUSY) {
		step(bench);
	}
	if (fl_ready(bench->fl) != FL_OK) {
		fprintf(stderr, "flash: does not start\n");
		exit(1);
	}
}

static void sync(struct bench *bench)
{
	struct fl_sync sync;

	fl_sync_start(bench->fl, &sync);
	while (!fl_sync_done(bench->fl, &sync)) {
		step(bench);
	}
}

static uint32_t least(uint64_t one, uint64_t other)
{
	return (uint32_t)(one < other ? one : other);
}

/* The card's own settings: tier_config in firmware/tier.c, which is not to be had without all of
 * the firmware. */
static struct fl_config config_for(const struct nand_config *nand)
{
	const uint32_t dies = nand->channels * nand->dies;
	const uint64_t all = (uint64_t)dies * nand->blocks * nand->pages;
	const uint32_t block_bytes = nand->pages * nand->page_bytes;

	return (struct fl_config){.dies = dies,
				  .blocks = nand->blocks,
				  .pages = nand->pages,
				  .page_bytes = nand->page_bytes,
				  .lanes = 4,
				  .record_most = 65576,
				  .pools = 64,
				  .tombs = least(least(all / 4, block_bytes / 128), 16384),
				  .anchors = 2,
				  .journal = 2,
				  .dirty_bytes = least(all * nand->page_bytes / 64, 16u << 20),
				  .refresh_bits = FL_REFRESH_BITS(nand->correctable),
				  .refresh_reads = 100000,
				  .refresh_days = 90,
				  .wear_spread = 1000};
}

static uint32_t pages = 64; /* a block */

static struct nand_config nand_for(uint64_t seed, uint32_t blocks)
{
	struct nand_config nand = nand_config_typical(seed);

	nand.blocks = blocks;
	nand.pages = pages;
	nand.bits = WRONG_BITS;
	return nand;
}

static void begin(struct bench *bench, const struct nand_config *nand, double fill, bool durable,
		  uint64_t seed)
{
	uint8_t own[FL_POOL_OWN] = {0};
	double raw =
	    (double)nand->channels * nand->dies * nand->blocks * nand->pages * nand->page_bytes;

	memset(bench, 0, sizeof(*bench));
	bench->random = seed;
	bench->durable = durable;
	bench->nand = nand_create(nand);
	bench->hal.nand = bench->nand;
	bench->config = config_for(nand);
	bench->memory = need(malloc(fl_bytes(&bench->config)));
	bench->count = (uint32_t)(raw * fill / ((RECORD_LEAST + RECORD_MOST) / 2.0));
	bench->entries = need(calloc(bench->count, sizeof(*bench->entries)));
	new_layer(bench);
	fl_format(bench->fl);
	until_ready(bench);
	fl_pool_create(bench->fl, durable, own, &bench->pool);
	sync(bench);
}

static void end(struct bench *bench)
{
	nand_destroy(bench->nand);
	free(bench->memory);
	free(bench->entries);
}

/* False: full. */
static bool put(struct bench *bench, uint32_t index)
{
	static uint8_t bytes[RECORD_MOST];
	struct entry *entry = &bench->entries[index];
	struct fl_record record = {.key = {.index = index, .pool = bench->pool},
				   .flags =
				       bench->durable ? FL_DURABLE | FL_PERSISTENT : FL_EPHEMERAL};
	enum fl_result result;

	while ((result = fl_room(bench->fl)) == FL_BUSY) {
		step(bench);
	}
	if (result != FL_OK) {
		return false;
	}
	if (entry->place & FL_FLASH) {
		fl_drop(bench->fl, entry->place, entry->bytes);
	}
	entry->version = fl_version(bench->fl);
	entry->place = ++bench->places;
	entry->bytes = RECORD_LEAST + (uint32_t)(draw(bench) % (RECORD_MOST - RECORD_LEAST + 1));
	record.version = entry->version;
	record.bytes = entry->bytes;
	memcpy(bytes, &record.version, sizeof(record.version));
	while ((result = fl_put(bench->fl, &record, bytes, entry->place)) == FL_BUSY) {
		step(bench);
	}
	return result == FL_OK;
}

/* Zipf with exponent 0.99, by the method of Gray et al. (YCSB); spread over the keys. */
static uint32_t zipf(struct bench *bench)
{
	const double theta = 0.99;
	double u = (double)(draw(bench) >> 11) * 0x1p-53;
	double eta = (1 - pow(2.0 / bench->count, 1 - theta)) / (1 - bench->zeta2 / bench->zeta);
	uint64_t rank;

	if (u * bench->zeta < 1) {
		rank = 0;
	} else if (u * bench->zeta < 1 + pow(0.5, theta)) {
		rank = 1;
	} else {
		rank = (uint64_t)(bench->count * pow(eta * u - eta + 1, 1 / (1 - theta)));
	}
	return (uint32_t)((rank * 2654435761u) % bench->count);
}

static void start_zipf(struct bench *bench)
{
	bench->zeta2 = 1 + pow(0.5, 0.99);
	for (uint32_t i = 1; i <= bench->count; i++) {
		bench->zeta += 1 / pow(i, 0.99);
	}
}

static void overwrite(uint64_t seed, uint32_t blocks, double fill, bool skewed, const char *comma)
{
	struct nand_config nand = nand_for(seed, blocks);
	struct bench bench;
	struct fl_figures before = {0}, after;
	uint64_t ns = 0;
	bool on = true;

	begin(&bench, &nand, fill, false, seed);
	if (skewed) {
		start_zipf(&bench);
	}
	for (uint32_t i = 0; on && i < bench.count; i++) {
		on = put(&bench, i);
	}
	for (uint32_t round = 0; on && round < ROUNDS; round++) {
		if (round == ROUNDS - 2) {
			fl_get_figures(bench.fl, &before);
			ns = nand_ns(bench.nand);
		}
		for (uint32_t i = 0; on && i < bench.count; i++) {
			on = put(&bench,
				 skewed ? zipf(&bench) : (uint32_t)(draw(&bench) % bench.count));
		}
	}
	fl_get_figures(bench.fl, &after);
	printf("%s\n  {\"fill\": %.2f, \"skewed\": %s, \"records\": %u, ", comma, fill,
	       skewed ? "true" : "false", bench.count);
	if (on) {
		double host = (double)(after.host_bytes - before.host_bytes);

		printf("\"amplification\": %.2f, \"host_mb_s\": %.0f, \"moved\": %llu, ",
		       (double)(after.flash_bytes - before.flash_bytes) / host,
		       host * 1000 / (double)(nand_ns(bench.nand) - ns),
		       (unsigned long long)(after.moved - before.moved));
	} else {
		printf("\"amplification\": null, ");
	}
	printf("\"erase_min\": %u, \"erase_mean\": %u, \"erase_max\": %u}", after.erase_min,
	       after.erase_mean, after.erase_max);
	end(&bench);
}

static void start_time(uint64_t seed, uint32_t blocks, double fill, const char *comma)
{
	struct nand_config nand = nand_for(seed, blocks);
	struct bench bench;
	struct fl_figures figures;
	uint64_t ns;
	uint32_t found = 0;

	begin(&bench, &nand, fill, true, seed);
	for (uint32_t i = 0; i < bench.count && put(&bench, i); i++) {
	}
	sync(&bench);
	nand_cut_now(bench.nand);
	nand_power_on(bench.nand);
	ns = nand_ns(bench.nand);
	memset(bench.entries, 0, bench.count * sizeof(*bench.entries));
	new_layer(&bench);
	fl_start(bench.fl);
	until_ready(&bench);
	ns = nand_ns(bench.nand) - ns;
	for (uint32_t i = 0; i < bench.count; i++) {
		found += bench.entries[i].version != 0;
	}
	fl_get_figures(bench.fl, &figures);
	printf(
	    "%s\n  {\"mib\": %.0f, \"records\": %u, \"found\": %u, \"reads\": %llu, \"ms\": %.1f}",
	    comma, (double)figures.valid_units * FL_UNIT_BYTES / (1 << 20), bench.count, found,
	    (unsigned long long)figures.start_reads, (double)ns / 1e6);
	end(&bench);
}

static void tables(void)
{
	struct nand_config nand = nand_config_typical(1);
	const uint32_t blocks[] = {64, 256, 1024};

	for (uint32_t i = 0; i < 3; i++) {
		struct fl_config config;

		nand.blocks = blocks[i];
		config = config_for(&nand);
		printf("%s\n  {\"gib\": %.0f, \"blocks\": %u, \"tombs\": %u, \"bytes\": %zu}",
		       i ? "," : "",
		       (double)config.dies * config.blocks * config.pages * config.page_bytes /
			   (1 << 30),
		       config.dies * config.blocks, config.tombs, fl_bytes(&config));
	}
}

int main(int argc, char **argv)
{
	const double fills[] = {0.50, 0.60, 0.70, 0.80};
	const double amounts[] = {0.10, 0.20, 0.40, 0.80};
	uint64_t seed = 1;
	uint32_t blocks = 64;
	bool starts = false;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--seed=", 7) == 0) {
			seed = strtoull(argv[i] + 7, NULL, 0);
		} else if (strncmp(argv[i], "--blocks=", 9) == 0) {
			blocks = (uint32_t)strtoul(argv[i] + 9, NULL, 0);
		} else if (strncmp(argv[i], "--pages=", 8) == 0) {
			pages = (uint32_t)strtoul(argv[i] + 8, NULL, 0);
		} else if (strcmp(argv[i], "--starts") == 0) {
			starts = true;
		} else {
			fprintf(stderr, "usage: flash [--seed=N] [--blocks=N] [--pages=N] "
					"[--starts]\n");
			return 2;
		}
	}
	printf(
	    "{\"seed\": %llu, \"dies\": 8, \"blocks\": %u, \"pages\": %u, \"page_bytes\": 16384,\n"
	    " \"rounds\": %u, \"overwrite\": [",
	    (unsigned long long)seed, 8 * blocks, pages, ROUNDS);
	for (uint32_t i = 0; !starts && i < 8; i++) {
		overwrite(seed, blocks, fills[i % 4], i >= 4, i ? "," : "");
		fflush(stdout);
	}
	printf("],\n \"start\": [");
	for (uint32_t i = 0; i < 4; i++) {
		start_time(seed, blocks, amounts[i], i ? "," : "");
	}
	printf("],\n \"tables\": [");
	tables();
	printf("]}\n");
	return 0;
}
