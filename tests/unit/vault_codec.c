// SPDX-License-Identifier: Apache-2.0
/*
 * CRC32C by published vectors, the codec, and records: all kinds of blocks come
 * back, damaged ones never harm more than themselves.
 */
#include "codec.h"
#include "crc32c.h"
#include "record.h"
#include "tap.h"

static bool test_crc(struct tap *tap)
{
	static const struct {
		uint8_t first, step;
		uint32_t crc;
	} vectors[] = {
	    /* RFC 3720 B.4: 32 bytes of zeroes, of ones, rising, falling. */
	    {0x00, 0x00, 0x8a9136aa},
	    {0xff, 0x00, 0x62a8ab43},
	    {0x00, 0x01, 0x46dd794e},
	    {0x1f, 0xff, 0x113fdb5c},
	};
	uint8_t page[3 * TAP_PAGE];

	TAP_CHECK(crc32c("123456789", 9) == 0xe3069283u, "the check value");
	TAP_CHECK(crc32c("", 0) == 0, "of nothing");
	for (size_t v = 0; v < sizeof(vectors) / sizeof(vectors[0]); v++) {
		for (unsigned int i = 0; i < 32; i++) {
			page[i] = (uint8_t)(vectors[v].first + i * vectors[v].step);
		}
		TAP_CHECK(crc32c(page, 32) == vectors[v].crc, "vector %zu: %08x", v,
			  crc32c(page, 32));
	}
	tap_fill_random(tap, page, sizeof(page));
	for (unsigned int round = 0; round < 2000; round++) {
		size_t start = tap_below(tap, 64);
		size_t size = tap_below(tap, sizeof(page) - start);
		size_t cut = size ? tap_below(tap, size) : 0;
		uint32_t bitwise = ~0u;

		/* The definition, bit by bit, against the fast one in one go and in two. */
		for (size_t i = 0; i < size; i++) {
			bitwise ^= page[start + i];
			for (unsigned int bit = 0; bit < 8; bit++) {
				bitwise = bitwise >> 1 ^ (bitwise & 1 ? CRC32C_POLYNOMIAL : 0);
			}
		}
		TAP_CHECK(crc32c(page + start, size) == ~bitwise, "%zu bytes", size);
		TAP_CHECK(crc32c_extend(crc32c(page + start, cut), page + start + cut,
					size - cut) == ~bitwise,
			  "%zu bytes in two parts", size);
	}
	return true;
}

/* One block there and back; *how tells what it became. */
static bool round_trip(struct codec *codec, const uint8_t *block, enum pamc_codec *how)
{
	uint8_t out[TAP_PAGE];
	uint8_t back[TAP_PAGE];
	uint32_t length;

	*how = codec_encode(codec, block, out, &length);
	TAP_CHECK(length >= 1 && length <= TAP_PAGE, "%u bytes", length);
	TAP_CHECK(codec_decode(*how, *how == PAMC_CODEC_RAW ? block : out, length, back),
		  "codec %d, %u bytes", *how, length);
	TAP_CHECK(memcmp(back, block, TAP_PAGE) == 0, "codec %d, %u bytes", *how, length);
	return true;
}

static bool all_kinds(struct tap *tap, struct codec *codec)
{
	uint8_t block[TAP_PAGE];
	enum pamc_codec how;

	memset(block, 0, sizeof(block));
	TAP_CHECK(round_trip(codec, block, &how) && how == PAMC_CODEC_SAME, "zeroes");
	for (unsigned int i = 0; i < TAP_PAGE; i++) {
		block[i] = (uint8_t)(0x11 * (i % 8));
	}
	TAP_CHECK(round_trip(codec, block, &how) && how == PAMC_CODEC_SAME, "8-byte pattern");
	block[TAP_PAGE - 1] ^= 1;
	TAP_CHECK(round_trip(codec, block, &how) && how == PAMC_CODEC_LZ4, "nearly a pattern");
	tap_fill_random(tap, block, sizeof(block));
	TAP_CHECK(round_trip(codec, block, &how) && how == PAMC_CODEC_RAW, "random");
	for (size_t i = 0; i < tap->memory_pages; i++) {
		TAP_CHECK(round_trip(codec, tap->memory + i * TAP_PAGE, &how), "page %zu", i);
	}
	/* Random data with ever more zeroes: on both sides of where raw ends. */
	for (unsigned int zeroes = 0; zeroes < 400; zeroes++) {
		tap_fill_random(tap, block, sizeof(block));
		memset(block + 100, 0, zeroes);
		TAP_CHECK(round_trip(codec, block, &how), "%u zeroes", zeroes);
	}
	return true;
}

static bool test_codec(struct tap *tap)
{
	struct codec *codec = codec_create();
	bool passed = codec && all_kinds(tap, codec);

	codec_destroy(codec);
	return passed;
}

/* Whatever stands in memory, decoding stays within its buffers (sanitizers watch). */
static bool damage(struct tap *tap, struct codec *codec)
{
	uint8_t out[TAP_PAGE];
	uint8_t back[TAP_PAGE];
	unsigned int caught = 0;

	for (unsigned int round = 0; round < 20000; round++) {
		const uint8_t *block = tap->memory + tap_below(tap, tap->memory_pages) * TAP_PAGE;
		uint32_t length;
		enum pamc_codec how = codec_encode(codec, block, out, &length);
		uint8_t *exact;

		if (how != PAMC_CODEC_LZ4) {
			continue;
		}
		/* A buffer of its own size, so that reading past it is seen. */
		exact = malloc(length);
		if (!exact) {
			abort();
		}
		memcpy(exact, out, length);
		exact[tap_below(tap, length)] ^= (uint8_t)(1u << tap_below(tap, 8));
		caught += !codec_decode(how, exact, length, back) ||
			  crc32c(back, TAP_PAGE) != crc32c(block, TAP_PAGE);
		free(exact);
	}
	TAP_CHECK(caught > 15000, "only %u seen", caught);
	/* A valid LZ4 block, but of five bytes. */
	TAP_CHECK(!codec_decode(PAMC_CODEC_LZ4, "\x50hello", 6, back), "a short block");
	TAP_CHECK(!codec_decode(PAMC_CODEC_SAME, out, 7, back), "pattern of 7 bytes");
	TAP_CHECK(!codec_decode(PAMC_CODEC_RAW, out, 4095, back), "raw block of 4095 bytes");
	TAP_CHECK(!codec_decode(PAMC_CODEC_ZSTD, out, 100, back), "codec this card has not");
	return true;
}

static bool test_damage(struct tap *tap)
{
	struct codec *codec = codec_create();
	bool passed = codec && damage(tap, codec);

	codec_destroy(codec);
	return passed;
}

#define UNITS 4096u

/* A record in extents of given lengths, written and read back. */
static bool one_record(struct tap *tap, struct store *store, uint8_t *scratch)
{
	static struct store_extent extents[1500];
	static uint8_t stream[RECORD_STREAM_MOST];
	struct record_page page = {
	    .object = (uint32_t)tap_random(tap) >> 1,
	    .index = tap_random(tap) >> tap_below(tap, 64),
	    .crc = (uint32_t)tap_random(tap),
	    .shape = (uint16_t)tap_below(tap, 1 << 14),
	    .flags = tap_below(tap, 2) ? RECORD_FIFO : 0,
	};
	size_t bytes = 8 + tap_below(tap, tap_below(tap, 8) ? 4089 : sizeof(stream) - 8);
	struct record_page back;
	const uint8_t *got;
	unsigned int count;
	uint32_t freed;
	uint32_t parts;
	size_t size;

	tap_fill_random(tap, stream, sizeof(stream));
	count = store_alloc(store, record_bytes(&page, bytes), extents, 1500);
	TAP_CHECK(count > 0, "no room for %zu bytes", bytes);
	record_write(store, extents, count, &page, stream, bytes);
	TAP_CHECK(record_matches(store, extents[0].unit, page.object, page.index), "key");
	TAP_CHECK(
	    !record_matches(store, extents[0].unit, page.object, page.index ^ 1ull << 63) &&
		!record_matches(store, extents[0].unit, page.object, page.index ^ 1) &&
		!record_matches(store, extents[0].unit, page.object, page.index ^ 1ull << 47) &&
		!record_matches(store, extents[0].unit, page.object ^ 1, page.index),
	    "another key");
	record_read(store, extents[0].unit, &back);
	TAP_CHECK(back.object == page.object && back.index == page.index && back.crc == page.crc &&
		      back.shape == page.shape,
		  "header");
	if (page.flags & RECORD_FIFO) {
		struct record_node *node = record_node(store, extents[0].unit);

		*node = (struct record_node){1, 2, ~0ull};
	}
	got = record_stream(store, extents[0].unit, extents[0].units, scratch, &size);
	TAP_CHECK(size >= bytes && memcmp(got, stream, bytes) == 0, "%zu bytes in %u extents",
		  bytes, count);
	if (tap_below(tap, 3) == 0) {
		/* Stays, as long as there is room, so that later ones are chained. */
		return true;
	}
	freed = record_free(store, extents[0].unit, extents[0].units, &parts);
	for (unsigned int i = 0; i < count; i++) {
		freed -= extents[i].units;
	}
	TAP_CHECK(freed == 0 && parts == count, "%u extents of %u freed", parts, count);
	return true;
}

static bool test_records(struct tap *tap)
{
	struct store store;
	uint8_t *memory = calloc(UNITS, STORE_UNIT);
	uint8_t *map = calloc(1, store_map_bytes(UNITS));
	uint8_t *scratch = malloc(RECORD_STREAM_MOST);
	bool passed = true;

	if (!memory || !map || !scratch) {
		abort();
	}
	for (unsigned int round = 0; round < 40 && passed; round++) {
		memset(memory, 0, (size_t)UNITS * STORE_UNIT);
		memset(map, 0, store_map_bytes(UNITS));
		store_init(&store, memory, map, UNITS);
		while (passed && store.free_units > store_worst_units(RECORD_MOST)) {
			passed = one_record(tap, &store, scratch);
		}
	}
	free(memory);
	free(map);
	free(scratch);
	return passed;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "CRC32C agrees with published vectors and the definition", test_crc);
	tap_run(&tap, "blocks of all kinds come back", test_codec);
	tap_run(&tap, "damaged blocks are survived", test_damage);
	tap_run(&tap, "records in any extents come back", test_records);
	return tap_done(&tap);
}
