/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills memory in a test guest beyond what there is, and checks every byte of it,
 * over and over, while a test does things to the swap device beneath it.
 *
 * usage: hog MIB ROUNDS [huge | FILE]
 *
 * Every page has content of its own, made from the seed (PAMCARD_SEED), the page's
 * number and how often it was rewritten: mostly words that compress to about a
 * third, some noise, some a single repeated word. A round visits all pages in a
 * scattered order, checks each, and rewrites a quarter. Says "filled" when the
 * first fill is done and "round N" after each; ROUNDS 0 goes on until SIGTERM.
 * "huge" asks for transparent huge pages. With FILE the content is its pages, over
 * and over, each marked with its number.
 *
 * Exit status: 0 all right; 1 a byte was wrong; 2 usage; 3 SIGBUS (a page was lost).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES 4096u
#define PAGE_WORDS (PAGE_BYTES / sizeof(uint64_t))
/* Pages that are visited one after the other: programs have some locality, too. */
#define RUN 16u
/* A prime: every run has its turn; and large, so that turns are far apart. */
#define STRIDE 1000003u

enum {
	EXIT_WRONG = 1,
	EXIT_USAGE = 2,
	EXIT_LOST = 3,
};

struct hog {
	uint64_t *memory;
	uint8_t *version; /* of each page's content */
	size_t pages;
	uint64_t seed;
	const uint64_t *samples; /* of the file, or NULL */
	size_t sample_count;
};

static volatile sig_atomic_t stopped;

static void on_term(int number)
{
	(void)number;
	stopped = 1;
}

static void on_bus(int number)
{
	static const char text[] = "SIGBUS\n";

	(void)number;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_LOST + 1);
	_exit(EXIT_LOST);
}

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void make_page(const struct hog *hog, size_t page, uint64_t *out)
{
	uint64_t state = hog->seed ^ page << 8 ^ hog->version[page];
	uint64_t first = next(&state);
	unsigned kind = first & 15;

	if (hog->samples) {
		memcpy(out, hog->samples + first % hog->sample_count * PAGE_WORDS, PAGE_BYTES);
		out[0] = page << 8 | hog->version[page];
		return;
	}
	/* Its own number first, so that no two pages are alike. */
	out[0] = kind == 0 ? first : page;
	for (size_t i = 1; i < PAGE_WORDS; i++) {
		if (kind == 0)
			out[i] = first;
		else if (kind <= 2 || i % 4 == 0)
			out[i] = next(&state);
		else
			out[i] = out[i - 1] + (i & 1);
	}
}

static bool check_page(const struct hog *hog, size_t page)
{
	const uint64_t *found = hog->memory + page * PAGE_WORDS;
	uint64_t wanted[PAGE_WORDS];

	make_page(hog, page, wanted);
	if (memcmp(found, wanted, PAGE_BYTES) == 0)
		return true;
	for (size_t i = 0; i < PAGE_WORDS; i++) {
		if (found[i] == wanted[i])
			continue;
		printf("page %zu, version %u, offset %zu: %#llx instead of %#llx\n", page,
		       hog->version[page], i * sizeof(*found), (unsigned long long)found[i],
		       (unsigned long long)wanted[i]);
		break;
	}
	return false;
}

static bool visit(struct hog *hog, size_t page, uint64_t *state)
{
	if (!check_page(hog, page))
		return false;
	if (next(state) % 4 == 0) {
		hog->version[page]++;
		make_page(hog, page, hog->memory + page * PAGE_WORDS);
	}
	return true;
}

static bool round_of(struct hog *hog, uint64_t *state)
{
	size_t runs = hog->pages / RUN;
	size_t at = next(state) % runs;

	for (size_t i = 0; i < hog->pages && !stopped; i++) {
		if (i % RUN == 0)
			at = (at + STRIDE) % runs;
		if (!visit(hog, at * RUN + i % RUN, state))
			return false;
	}
	return true;
}

static int run(struct hog *hog, unsigned long rounds)
{
	uint64_t state = hog->seed;

	for (size_t page = 0; page < hog->pages && !stopped; page++)
		make_page(hog, page, hog->memory + page * PAGE_WORDS);
	puts("filled");
	for (unsigned long i = 1; (rounds == 0 || i <= rounds) && !stopped; i++) {
		if (!round_of(hog, &state))
			return EXIT_WRONG;
		printf("round %lu\n", i);
	}
	return 0;
}

static bool read_samples(struct hog *hog, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) || status.st_size < (off_t)PAGE_BYTES)
		return false;
	hog->sample_count = (size_t)status.st_size / PAGE_BYTES;
	hog->samples = mmap(NULL, hog->sample_count * PAGE_BYTES, PROT_READ,
			    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	return hog->samples != MAP_FAILED;
}

int main(int argc, char **argv)
{
	const char *seed = getenv("PAMCARD_SEED");
	unsigned long mib = argc > 2 ? strtoul(argv[1], NULL, 0) : 0;
	struct hog hog = {.seed = seed ? strtoull(seed, NULL, 0) : 1};
	size_t bytes = mib << 20;

	if (mib == 0 || mib > 1u << 16) {
		fprintf(stderr, "usage: hog MIB ROUNDS [huge | FILE]\n");
		return EXIT_USAGE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	signal(SIGBUS, on_bus);
	hog.pages = bytes / PAGE_BYTES;
	hog.version = calloc(hog.pages, 1);
	hog.memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!hog.version || hog.memory == MAP_FAILED) {
		fprintf(stderr, "hog: no %lu MiB of address space: %s\n", mib, strerror(errno));
		return EXIT_USAGE;
	}
	if (argc > 3 && strcmp(argv[3], "huge") == 0) {
		madvise(hog.memory, bytes, MADV_HUGEPAGE);
	} else if (argc > 3 && !read_samples(&hog, argv[3])) {
		fprintf(stderr, "hog: no page in %s\n", argv[3]);
		return EXIT_USAGE;
	}
	return run(&hog, strtoul(argv[2], NULL, 0));
}
