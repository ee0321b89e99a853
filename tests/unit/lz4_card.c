// SPDX-License-Identifier: Apache-2.0
/*
 * The C reference of the card's compressor: stock liblz4 decodes what it makes of any
 * page, it stays within its buffer, it is no worse than liblz4 on memory, and nothing
 * of a page is left for the next. That the RTL does the same is tests/rtl/compressor.
 */
#include "lz4_card.h"

#include <dirent.h>
#include <lz4.h>

#include "codec.h"
#include "odd_pages.h"
#include "tap.h"

/* What became of a page. */
struct packed {
	enum pamc_codec how;
	uint32_t length;
	uint8_t bytes[TAP_PAGE];
};

/* Encodes into memory of just the size that the encoder may use, and decodes it. */
static bool round_trip(struct lz4_card *card, const uint8_t *page, struct packed *packed)
{
	uint8_t *out = malloc(CODEC_LZ4_MOST);
	uint8_t *in = malloc(TAP_PAGE);
	uint8_t back[TAP_PAGE];
	int got;

	if (!out || !in) {
		abort();
	}
	memcpy(in, page, TAP_PAGE);
	packed->how = lz4_card_encode(card, in, out, &packed->length);
	if (packed->how != PAMC_CODEC_RAW && packed->length <= CODEC_LZ4_MOST) {
		memcpy(packed->bytes, out, packed->length);
	}
	free(out);
	free(in);
	switch (packed->how) {
	case PAMC_CODEC_SAME:
		TAP_EQUAL(packed->length, CODEC_PATTERN_BYTES);
		for (unsigned int i = 0; i < TAP_PAGE; i++) {
			TAP_CHECK(page[i] == packed->bytes[i % 8], "byte %u", i);
		}
		break;
	case PAMC_CODEC_RAW:
		TAP_EQUAL(packed->length, TAP_PAGE);
		break;
	default:
		TAP_EQUAL(packed->how, PAMC_CODEC_LZ4);
		TAP_CHECK(packed->length >= 1 && packed->length <= CODEC_LZ4_MOST, "%u bytes",
			  packed->length);
		got = LZ4_decompress_safe((const char *)packed->bytes, (char *)back,
					  (int)packed->length, TAP_PAGE);
		TAP_CHECK(got == (int)TAP_PAGE, "liblz4 says %d of %u bytes", got, packed->length);
		TAP_CHECK(memcmp(back, page, TAP_PAGE) == 0, "%u bytes", packed->length);
	}
	return true;
}

/* A page of any kind. */
static void any_page(struct tap *tap, uint8_t *page)
{
	switch (tap_below(tap, 3)) {
	case 0:
		memcpy(page, tap->memory + tap_below(tap, tap->memory_pages) * TAP_PAGE, TAP_PAGE);
		break;
	case 1:
		odd_page((uint32_t)tap_below(tap, odd_page_count()), &tap->random, page);
		break;
	default:
		odd_random_page(&tap->random, page);
	}
}

static bool with_card(struct tap *tap, const struct lz4_card_shape *shape,
		      bool (*function)(struct tap *, struct lz4_card *))
{
	struct lz4_card *card = lz4_card_create(shape);
	bool passed = card && function(tap, card);

	lz4_card_destroy(card);
	return passed;
}

/* Sums over a file of pages; pages of one pattern left out. */
static bool one_file(struct lz4_card *card, const char *name)
{
	static struct packed packed;
	char path[300];
	uint8_t page[TAP_PAGE];
	uint64_t card_bytes = 0, lz4_bytes = 0;
	unsigned int pages = 0;
	FILE *file;

	snprintf(path, sizeof(path), "tests/data/%s", name);
	file = fopen(path, "rb");
	TAP_CHECK(file, "%s", path);
	while (fread(page, 1, sizeof(page), file) == sizeof(page)) {
		char out[LZ4_COMPRESSBOUND(TAP_PAGE)];
		bool passed = round_trip(card, page, &packed);
		int made;

		if (!passed) {
			fclose(file);
			TAP_CHECK(passed, "page %u of %s", pages, path);
		}
		if (packed.how == PAMC_CODEC_SAME) {
			continue;
		}
		made = LZ4_compress_default((const char *)page, out, TAP_PAGE, sizeof(out));
		pages++;
		card_bytes += packed.length;
		lz4_bytes += made > (int)CODEC_LZ4_MOST ? TAP_PAGE : (unsigned int)made;
	}
	fclose(file);
	TAP_CHECK(pages > 0, "%s is empty", path);
	printf("# %s: %u pages, ratio %.3f, liblz4's %.3f\n", name, pages,
	       (double)pages * TAP_PAGE / (double)card_bytes,
	       (double)pages * TAP_PAGE / (double)lz4_bytes);
	TAP_CHECK(card_bytes <= lz4_bytes, "%s: the ratio is below liblz4's", name);
	return true;
}

static bool all_files(struct tap *tap, struct lz4_card *card)
{
	DIR *folder = opendir("tests/data");
	unsigned int files = 0;
	bool passed = true;

	(void)tap;
	TAP_CHECK(folder, "no tests/data: run at the top of the tree");
	for (struct dirent *entry; passed && (entry = readdir(folder)) != NULL;) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && strcmp(dot, ".pages") == 0) {
			passed = one_file(card, entry->d_name);
			files++;
		}
	}
	closedir(folder);
	return passed && files > 0;
}

TAP_CASE(test_files)
{
	return with_card(tap, NULL, all_files);
}

static bool odd_list(struct tap *tap, struct lz4_card *card)
{
	static struct packed packed;
	unsigned int kinds[4] = {0};
	uint8_t page[TAP_PAGE];

	for (uint32_t n = 0; n < odd_page_count(); n++) {
		odd_page(n, &tap->random, page);
		TAP_CHECK(round_trip(card, page, &packed), "odd page %u", n);
		kinds[packed.how & 3]++;
	}
	printf("# %u same, %u LZ4, %u raw\n", kinds[PAMC_CODEC_SAME], kinds[PAMC_CODEC_LZ4],
	       kinds[PAMC_CODEC_RAW]);
	TAP_CHECK(kinds[PAMC_CODEC_SAME] >= 4 && kinds[PAMC_CODEC_LZ4] >= 500 &&
		      kinds[PAMC_CODEC_RAW] >= 20,
		  "kinds are missing");
	return true;
}

TAP_CASE(test_odd)
{
	return with_card(tap, NULL, odd_list);
}

static bool many_random(struct tap *tap, struct lz4_card *card)
{
	static struct packed packed;
	uint8_t page[TAP_PAGE];

	for (unsigned int n = 0; n < 6000; n++) {
		odd_random_page(&tap->random, page);
		TAP_CHECK(round_trip(card, page, &packed), "random page %u", n);
	}
	return true;
}

TAP_CASE(test_random)
{
	return with_card(tap, NULL, many_random);
}

/* On both sides of the longest LZ4 block, byte by byte. */
static bool raw_edge(struct tap *tap, struct lz4_card *card)
{
	static struct packed packed;
	uint32_t longest = 0, before = 0;
	bool raw = false;
	uint8_t page[TAP_PAGE];
	uint8_t noise[TAP_PAGE];

	tap_fill_random(tap, noise, sizeof(noise));
	for (unsigned int random = 3950; random <= TAP_PAGE; random++) {
		memset(page, 0, sizeof(page));
		memcpy(page, noise, random);
		TAP_CHECK(round_trip(card, page, &packed), "%u random bytes", random);
		if (packed.how == PAMC_CODEC_RAW) {
			raw = true;
			continue;
		}
		TAP_CHECK(!raw, "LZ4 again with %u random bytes", random);
		TAP_CHECK(packed.length >= before &&
			      packed.length <= before + 2 + (before ? 0 : TAP_PAGE),
			  "%u random bytes: from %u to %u", random, before, packed.length);
		before = packed.length;
		longest = packed.length > longest ? packed.length : longest;
	}
	TAP_CHECK(raw, "nothing is raw");
	TAP_EQUAL(longest, CODEC_LZ4_MOST);
	return true;
}

TAP_CASE(test_edge)
{
	return with_card(tap, NULL, raw_edge);
}

/* The same page gives the same, whatever was before it. */
static bool no_memory(struct tap *tap, struct lz4_card *card)
{
	static struct packed first, again, other;
	uint8_t page[TAP_PAGE];
	uint8_t between[TAP_PAGE];

	for (unsigned int n = 0; n < 1000; n++) {
		struct lz4_card *fresh = n % 50 ? NULL : lz4_card_create(NULL);

		any_page(tap, page);
		TAP_CHECK(round_trip(card, page, &first), "page %u", n);
		for (uint64_t i = tap_below(tap, 3); i > 0; i--) {
			any_page(tap, between);
			TAP_CHECK(round_trip(card, between, &other), "page %u", n);
		}
		TAP_CHECK(round_trip(fresh ? fresh : card, page, &again), "page %u", n);
		lz4_card_destroy(fresh);
		TAP_EQUAL(again.how, first.how);
		TAP_EQUAL(again.length, first.length);
		TAP_CHECK(first.how == PAMC_CODEC_RAW ||
			      memcmp(first.bytes, again.bytes, first.length) == 0,
			  "page %u", n);
	}
	return true;
}

TAP_CASE(test_memory)
{
	return with_card(tap, NULL, no_memory);
}

static bool some_pages(struct tap *tap, struct lz4_card *card)
{
	static struct packed packed;
	uint8_t page[TAP_PAGE];

	for (unsigned int n = 0; n < 300; n++) {
		any_page(tap, page);
		TAP_CHECK(round_trip(card, page, &packed), "page %u", n);
	}
	return true;
}

TAP_CASE(test_shapes)
{
	static const struct lz4_card_shape shapes[] = {
	    {1, 1, 1, 0, 0, 0},   {1, 32, 4, 4, 4, 4},   {64, 256, 16, 8, 8, 8},
	    {32, 32, 1, 4, 4, 4}, {32, 32, 16, 4, 4, 4}, {32, 256, 4, 4, 4, 4},
	    {64, 1, 3, 8, 0, 0},  {2, 2, 2, 0, 8, 0},    {8, 16, 5, 0, 0, 8},
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		TAP_CHECK(with_card(tap, &shapes[i], some_pages), "shape %zu", i);
	}
	return true;
}

TAP_CASE(test_refusals)
{
	static const struct lz4_card_shape shapes[] = {
	    {0, 32, 4, 4, 4, 4},  {3, 32, 4, 4, 4, 4},   {128, 32, 4, 4, 4, 4},
	    {32, 0, 4, 4, 4, 4},  {32, 33, 4, 4, 4, 4},  {32, 512, 4, 4, 4, 4},
	    {32, 32, 0, 4, 4, 4}, {32, 32, 17, 4, 4, 4}, {32, 32, 4, 9, 4, 4},
	    {32, 32, 4, 4, 9, 4}, {32, 32, 4, 4, 4, 9},
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct lz4_card *card = lz4_card_create(&shapes[i]);

		lz4_card_destroy(card);
		TAP_CHECK(!card, "shape %zu", i);
	}
	lz4_card_destroy(NULL);
	return true;
}

TAP_CASE(test_hash)
{
	for (unsigned int n = 0; n < 10000; n++) {
		uint32_t word = (uint32_t)tap_random(tap);
		uint8_t bytes[4];

		memcpy(bytes, &word, sizeof(word));
		TAP_EQUAL(lz4_card_hash(bytes), odd_hash(word));
	}
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "memory comes back, no longer than by liblz4", test_files);
	tap_run(&tap, "odd pages come back", test_odd);
	tap_run(&tap, "random pages come back", test_random);
	tap_run(&tap, "LZ4 up to its longest block, then raw", test_edge);
	tap_run(&tap, "a page is encoded alike, whatever came before", test_memory);
	tap_run(&tap, "tables of other shapes", test_shapes);
	tap_run(&tap, "impossible shapes are refused", test_refusals);
	tap_run(&tap, "the hash is a CRC-16", test_hash);
	return tap_done(&tap);
}
