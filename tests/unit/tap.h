/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What unit tests in C share: TAP output, a seed that makes a run repeatable
 * (PAMCARD_SEED), random numbers, and pages to store.
 *
 * A test calls TAP_CHECK for what must hold; the first failure of a case says
 * where and ends it. main() runs the cases by tap_run and returns tap_done().
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_PAGE 4096u

struct tap {
	unsigned int failed;
	uint64_t seed;   /* of the run */
	uint64_t random; /* state */
	uint8_t *memory; /* sampled memory pages (tests/data/memory.pages), or NULL */
	size_t memory_pages;
};

/* Fails the case, which must be a function that returns bool, unless condition holds. */
#define TAP_CHECK(condition, ...)                                                                  \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("# %s:%d: %s", __FILE__, __LINE__, #condition);                     \
			printf(" -- " __VA_ARGS__);                                                \
			printf("\n");                                                              \
			return false;                                                              \
		}                                                                                  \
	} while (0)

/* Fails the case unless two numbers are equal; tells both. */
#define TAP_EQUAL(got, wanted)                                                                     \
	do {                                                                                       \
		unsigned long long tap_got = (got);                                                \
		unsigned long long tap_wanted = (wanted);                                          \
		TAP_CHECK(tap_got == tap_wanted, "%s is %#llx, not %#llx", #got, tap_got,          \
			  tap_wanted);                                                             \
	} while (0)

/* Head of a case's function. */
#define TAP_CASE(name) static bool name(__attribute__((unused)) struct tap *tap)

static inline uint64_t tap_random(struct tap *tap)
{
	uint64_t z = tap->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* 0 ... below - 1. */
static inline uint64_t tap_below(struct tap *tap, uint64_t below)
{
	return tap_random(tap) % below;
}

static inline void tap_load_memory(struct tap *tap)
{
	const char *path = "tests/data/memory.pages";
	FILE *file = fopen(path, "rb");
	long size;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < (long)TAP_PAGE) {
		fprintf(stderr, "%s is missing: run tests at the top of the tree\n", path);
		exit(1);
	}
	rewind(file);
	tap->memory_pages = (size_t)size / TAP_PAGE;
	tap->memory = malloc((size_t)size);
	if (!tap->memory || fread(tap->memory, 1, (size_t)size, file) != (size_t)size) {
		fprintf(stderr, "%s cannot be read\n", path);
		exit(1);
	}
	fclose(file);
}

static inline void tap_begin(struct tap *tap)
{
	const char *seed = getenv("PAMCARD_SEED");

	memset(tap, 0, sizeof(*tap));
	tap->seed = seed ? strtoull(seed, NULL, 0) : 1;
	printf("# PAMCARD_SEED=%llu\n", (unsigned long long)tap->seed);
	tap_load_memory(tap);
}

/* Each case starts from the run's seed, so that it can be repeated alone. */
static inline void tap_run(struct tap *tap, const char *name, bool (*function)(struct tap *))
{
	bool passed;

	tap->random = tap->seed;
	passed = function(tap);
	printf("%s %s\n", passed ? "ok" : "not ok", name);
	fflush(stdout);
	tap->failed += !passed;
}

static inline int tap_done(struct tap *tap)
{
	free(tap->memory);
	return tap->failed != 0;
}

static inline void tap_fill_random(struct tap *tap, void *to, size_t bytes)
{
	uint64_t *words = to;

	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		words[i] = tap_random(tap);
	}
}

/* A 4 KiB block of mixed kind: real memory mostly, some same-filled, some incompressible. */
static inline void tap_fill_block(struct tap *tap, uint8_t *block)
{
	uint64_t kind = tap_below(tap, 16);
	uint64_t word = tap_random(tap);

	if (kind == 0) {
		for (size_t i = 0; i < TAP_PAGE; i += sizeof(word)) {
			memcpy(block + i, &word, sizeof(word));
		}
	} else if (kind == 1) {
		tap_fill_random(tap, block, TAP_PAGE);
	} else {
		memcpy(block, tap->memory + tap_below(tap, tap->memory_pages) * TAP_PAGE, TAP_PAGE);
		/* No two pages alike, so that a mix-up shows. */
		memcpy(block + tap_below(tap, TAP_PAGE / 8) * 8, &word, sizeof(word));
	}
}

#endif /* TAP_H */
