// SPDX-License-Identifier: Apache-2.0
/*
 * How much of its memory a store of compressed pages makes use of: real memory
 * pages through fill, churn, and loss of a random half. See README.md beside it
 * for what the figures mean.
 *
 * usage: capacity [--target=vault|zram] [--mib=N] [--rounds=N] [--seed=N]
 *                 [--output-format=text|json] FILE.pages...
 */
#include "capacity.h"

#include <errno.h>
#include <getopt.h>
#include <lz4.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PHASES_MOST 32u

struct phase {
	const char *name;
	struct usage usage;
	uint64_t pages;
	uint64_t refused;
	double capacity;
	double put_us; /* 0: none in this phase */
	double get_us;
};

struct bench {
	struct target target;
	const char *target_name;
	uint8_t *corpus;
	uint32_t corpus_pages;
	uint32_t *held; /* by handle: corpus page + 1, or 0 */
	uint32_t handles;
	uint32_t handles_most;
	uint64_t random;
	uint64_t puts, put_ns, refused;
	struct phase phases[PHASES_MOST];
	unsigned int phase_count;
	double lz4_compress_us;
	double lz4_decompress_us;
	double mean_bytes; /* of a corpus page, by liblz4 */
};

void fail(const char *format, ...)
{
	va_list arguments;

	fputs("capacity: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint32_t random_below(struct bench *bench, uint32_t below)
{
	uint64_t z = bench->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (uint32_t)(((z ^ z >> 31) >> 32) * below >> 32);
}

static const uint8_t *corpus_page(const struct bench *bench, uint32_t number)
{
	return bench->corpus + (size_t)number * PAGE;
}

/* Puts a random page of the corpus under a handle. False: refused. */
static bool put_random(struct bench *bench, uint32_t handle)
{
	uint32_t number = random_below(bench, bench->corpus_pages);
	uint64_t start = now_ns();
	enum outcome outcome =
	    bench->target.put(bench->target.state, handle, corpus_page(bench, number));

	bench->put_ns += now_ns() - start;
	bench->puts++;
	if (outcome == STORED) {
		bench->held[handle] = number + 1;
		return true;
	}
	if (outcome == REFUSED_GONE) {
		bench->held[handle] = 0;
	}
	bench->refused++;
	return false;
}

/* Gets every page and compares it; returns us a page. */
static double verify(struct bench *bench)
{
	uint8_t page[PAGE];
	uint64_t ns = 0;
	uint64_t count = 0;

	for (uint32_t handle = 0; handle < bench->handles; handle++) {
		uint64_t start = now_ns();

		if (bench->held[handle] == 0) {
			continue;
		}
		bench->target.get(bench->target.state, handle, page);
		ns += now_ns() - start;
		count++;
		if (memcmp(page, corpus_page(bench, bench->held[handle] - 1), PAGE) != 0) {
			fail("page %u came back with other bytes", handle);
		}
	}
	return count ? (double)ns / 1000 / (double)count : 0;
}

/*
 * Notes a phase. full: a put was refused, so all of the memory counts, whatever
 * it is used for; else what is used.
 */
static void note(struct bench *bench, const char *name, bool full)
{
	struct phase *phase = &bench->phases[bench->phase_count++];

	*phase = (struct phase){.name = name, .refused = bench->refused};
	bench->target.measure(bench->target.state, &phase->usage);
	for (uint32_t handle = 0; handle < bench->handles; handle++) {
		phase->pages += bench->held[handle] != 0;
	}
	phase->capacity = (double)phase->usage.compressed /
			  (double)(full ? phase->usage.total : phase->usage.used);
	phase->put_us = bench->puts ? (double)bench->put_ns / 1000 / (double)bench->puts : 0;
	phase->get_us = verify(bench);
	bench->puts = 0;
	bench->put_ns = 0;
	bench->refused = 0;
}

/* Puts to absent handles, then to new ones, until one is refused. */
static void fill(struct bench *bench)
{
	for (uint32_t handle = 0; handle < bench->handles_most; handle++) {
		if (bench->held[handle] != 0) {
			continue;
		}
		if (handle >= bench->handles) {
			bench->handles = handle + 1;
		}
		if (!put_random(bench, handle)) {
			return;
		}
	}
	fail("%u pages were not enough to fill it", bench->handles_most);
}

/* Drops each page with a chance of percent. */
static void drop_random(struct bench *bench, uint32_t percent)
{
	for (uint32_t handle = 0; handle < bench->handles; handle++) {
		if (bench->held[handle] != 0 && random_below(bench, 100) < percent) {
			bench->target.drop(bench->target.state, handle);
			bench->held[handle] = 0;
		}
	}
}

/* As many random overwrites as there are pages, of those present when it began. */
static void churn(struct bench *bench, const uint32_t *population, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		put_random(bench, population[random_below(bench, count)]);
	}
}

static uint32_t *present(struct bench *bench, uint32_t *count)
{
	uint32_t *list = calloc(bench->handles, sizeof(*list));

	if (!list) {
		fail("no memory");
	}
	*count = 0;
	for (uint32_t handle = 0; handle < bench->handles; handle++) {
		if (bench->held[handle] != 0) {
			list[(*count)++] = handle;
		}
	}
	return list;
}

static void run_phases(struct bench *bench, unsigned int rounds)
{
	static const char *const names[] = {"churn 1", "churn 2", "churn 3", "churn 4",
					    "churn 5", "churn 6", "churn 7", "churn 8"};
	uint32_t *population;
	uint32_t count;

	fill(bench);
	note(bench, "filled", true);
	drop_random(bench, 5);
	population = present(bench, &count);
	for (unsigned int round = 0; round < rounds; round++) {
		churn(bench, population, count);
		note(bench, names[round], false);
	}
	free(population);
	fill(bench);
	note(bench, "filled after churn", true);
	drop_random(bench, 50);
	note(bench, "half discarded", false);
	fill(bench);
	note(bench, "filled after that", true);
	if (bench->target.compact) {
		drop_random(bench, 50);
		bench->target.compact(bench->target.state);
		note(bench, "half discarded, compacted", false);
	}
}

static void load(struct bench *bench, char **paths, int count)
{
	for (int i = 0; i < count; i++) {
		FILE *file = fopen(paths[i], "rb");
		size_t old = (size_t)bench->corpus_pages * PAGE;
		long size;

		if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0 ||
		    size % PAGE != 0) {
			fail("%s: not a file of 4 KiB pages", paths[i]);
		}
		rewind(file);
		bench->corpus = realloc(bench->corpus, old + (size_t)size);
		if (!bench->corpus ||
		    fread(bench->corpus + old, 1, (size_t)size, file) != (size_t)size) {
			fail("%s: %s", paths[i], strerror(errno));
		}
		bench->corpus_pages += (uint32_t)(size / PAGE);
		fclose(file);
	}
}

/* Bare liblz4 on the same pages, for the time it takes and the size it makes. */
static void run_lz4(struct bench *bench)
{
	char out[LZ4_COMPRESSBOUND(PAGE)];
	char back[PAGE];
	uint64_t compress = 0;
	uint64_t decompress = 0;
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < bench->corpus_pages; i++) {
		const char *page = (const char *)corpus_page(bench, i);
		uint64_t start = now_ns();
		int made = LZ4_compress_default(page, out, PAGE, sizeof(out));
		uint64_t middle = now_ns();

		if (LZ4_decompress_safe(out, back, made, PAGE) != (int)PAGE) {
			fail("liblz4 does not read what it wrote");
		}
		decompress += now_ns() - middle;
		compress += middle - start;
		bytes += (uint64_t)made;
	}
	bench->lz4_compress_us = (double)compress / 1000 / bench->corpus_pages;
	bench->lz4_decompress_us = (double)decompress / 1000 / bench->corpus_pages;
	bench->mean_bytes = (double)bytes / bench->corpus_pages;
}

static void print_text(const struct bench *bench)
{
	printf("%s, %u corpus pages, %.0f bytes each by liblz4 (ratio %.2f)\n", bench->target_name,
	       bench->corpus_pages, bench->mean_bytes, PAGE / bench->mean_bytes);
	printf("%-28s %8s %8s %10s %8s %7s %7s %7s\n", "", "capacity", "pages", "extents/pg",
	       "refused", "index", "put us", "get us");
	for (unsigned int i = 0; i < bench->phase_count; i++) {
		const struct phase *phase = &bench->phases[i];

		printf("%-28s %8.3f %8llu %10.2f %8llu %7.2f %7.2f %7.2f\n", phase->name,
		       phase->capacity, (unsigned long long)phase->pages,
		       (double)phase->usage.extents / (double)phase->pages,
		       (unsigned long long)phase->refused, phase->usage.index_load, phase->put_us,
		       phase->get_us);
	}
	printf("bare liblz4: compress %.2f us, decompress %.2f us a page\n", bench->lz4_compress_us,
	       bench->lz4_decompress_us);
}

static void print_json(const struct bench *bench)
{
	printf("{\"target\": \"%s\", \"corpus_pages\": %u, \"mean_bytes\": %.1f, "
	       "\"lz4_compress_us\": %.3f, \"lz4_decompress_us\": %.3f, \"phases\": [",
	       bench->target_name, bench->corpus_pages, bench->mean_bytes, bench->lz4_compress_us,
	       bench->lz4_decompress_us);
	for (unsigned int i = 0; i < bench->phase_count; i++) {
		const struct phase *phase = &bench->phases[i];

		printf("%s{\"name\": \"%s\", \"capacity\": %.4f, \"compressed\": %llu, "
		       "\"used\": %llu, \"total\": %llu, \"pages\": %llu, \"extents\": %llu, "
		       "\"refused\": %llu, \"index_load\": %.3f, \"put_us\": %.3f, "
		       "\"get_us\": %.3f}",
		       i ? ", " : "", phase->name, phase->capacity,
		       (unsigned long long)phase->usage.compressed,
		       (unsigned long long)phase->usage.used,
		       (unsigned long long)phase->usage.total, (unsigned long long)phase->pages,
		       (unsigned long long)phase->usage.extents, (unsigned long long)phase->refused,
		       phase->usage.index_load, phase->put_us, phase->get_us);
	}
	printf("]}\n");
}

struct options {
	bool zram;
	bool json;
	uint64_t mib;
	unsigned int rounds;
	uint64_t seed;
};

static void parse(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
	    {"target", required_argument, NULL, 't'},        {"mib", required_argument, NULL, 'm'},
	    {"rounds", required_argument, NULL, 'r'},        {"seed", required_argument, NULL, 's'},
	    {"output-format", required_argument, NULL, 'o'}, {0}};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 't':
			options->zram = strcmp(optarg, "zram") == 0;
			if (!options->zram && strcmp(optarg, "vault") != 0) {
				fail("--target=%s: vault or zram", optarg);
			}
			break;
		case 'm':
			options->mib = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			options->rounds = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 's':
			options->seed = strtoull(optarg, NULL, 0);
			break;
		case 'o':
			options->json = strcmp(optarg, "json") == 0;
			break;
		default:
			exit(2);
		}
	}
	if (optind == argc || options->mib < 1 || options->mib > 4096 || options->rounds > 8) {
		fail("want FILE.pages..., --mib=1 to 4096, --rounds=0 to 8");
	}
}

int main(int argc, char **argv)
{
	struct options options = {.mib = 64, .rounds = 4, .seed = 1};
	static struct bench bench;

	parse(&options, argc, argv);
	load(&bench, argv + optind, argc - optind);
	run_lz4(&bench);
	bench.random = options.seed;
	bench.handles_most = (uint32_t)(options.mib << 20 >> 8);
	bench.held = calloc(bench.handles_most, sizeof(*bench.held));
	if (!bench.held) {
		fail("no memory");
	}
	if (options.zram) {
		bench.target_name = "zram";
		target_zram(&bench.target, options.mib << 20);
	} else {
		bench.target_name = "card";
		target_vault(&bench.target, options.mib << 20, options.seed);
	}
	run_phases(&bench, options.rounds);
	bench.target.close(bench.target.state);
	if (options.json) {
		print_json(&bench);
	} else {
		print_text(&bench);
	}
	free(bench.corpus);
	free(bench.held);
	return 0;
}
