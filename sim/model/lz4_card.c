// SPDX-License-Identifier: Apache-2.0
/* The card's LZ4 compressor, bit for bit; lz4_card.h tells how it works. */
#include "lz4_card.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

#define PAGE    PAMC_BLOCK_SIZE
#define WINDOW  8u
#define WINDOWS (PAGE / WINDOW)
/* Bytes behind the window that a diagonal is compared over. */
#define BEHIND 16u
#define SPAN   (WINDOW + BEHIND)
/* LZ4 block format: no match starts in the last 12 bytes, the last 5 are literals. */
#define LAST_START  (PAGE - 12)
#define LAST_END    (PAGE - 5)
#define MATCH_LEAST 4u
#define MAX_WAYS    16u
/*
 * When the hardware looks at the last windows of a page, the next page already enters
 * its text memory. So those windows cannot match the first words of the page.
 */
#define LATE_BYTES 192
#define LATE_BASE  (PAGE - LATE_BYTES)

/* Where the next 4 and the 4 bytes after 8 more are, of which a way keeps hash bits. */
#define NEAR_AT 4
#define FAR_AT  12

static const uint8_t fixed_offsets[] = {8, 4, 2, 1};

const struct lz4_card_shape lz4_card_shape_default = {
    .banks = 32, .sets = 32, .ways = 4, .tag_bits = 4, .near_bits = 4, .far_bits = 4};

struct way {
	uint16_t position;
	uint8_t tag, near, far;
};

struct lz4_card {
	struct lz4_card_shape shape;
	unsigned int bank_bits, set_bits;
	/* Of what each byte of the four adds to the hash. */
	uint16_t adds[4][256];
	/* Ways in use of a set in this page, and the ways, newest first. */
	uint8_t *used;
	struct way (*ways)[MAX_WAYS];
	/* The page and the hash at each position, with zeroes behind. */
	uint8_t text[PAGE + SPAN];
	uint16_t hash[PAGE + SPAN];
};

/* The best match that starts at one position of a window. */
struct start {
	unsigned int end; /* 4 ... SPAN, from the window's first byte; 0: no match */
	unsigned int offset;
};

/* What is written so far. */
struct output {
	uint8_t *bytes;
	unsigned int length, most;
	unsigned int anchor; /* first byte of the page that no sequence covers */
};

uint16_t lz4_card_hash(const uint8_t bytes[4])
{
	uint32_t crc = 0;

	for (unsigned int i = 0; i < 4; i++) {
		crc ^= (uint32_t)bytes[i] << 8;
		for (unsigned int bit = 0; bit < 8; bit++) {
			crc = crc << 1 ^ (crc & 0x8000 ? 0x11021 : 0);
		}
	}
	return (uint16_t)crc;
}

static unsigned int log2_of(unsigned int value)
{
	return 31u - (unsigned int)__builtin_clz(value);
}

static bool power_up_to(unsigned int value, unsigned int most)
{
	return value >= 1 && value <= most && (value & (value - 1)) == 0;
}

struct lz4_card *lz4_card_create(const struct lz4_card_shape *shape)
{
	struct lz4_card *card;
	size_t sets;

	if (!shape) {
		shape = &lz4_card_shape_default;
	}
	if (!power_up_to(shape->banks, 64) || !power_up_to(shape->sets, 256) || shape->ways < 1 ||
	    shape->ways > MAX_WAYS || shape->tag_bits > 8 || shape->near_bits > 8 ||
	    shape->far_bits > 8) {
		return NULL;
	}
	card = calloc(1, sizeof(*card));
	if (!card) {
		return NULL;
	}
	card->shape = *shape;
	card->bank_bits = log2_of(shape->banks);
	card->set_bits = log2_of(shape->sets);
	sets = (size_t)shape->banks * shape->sets;
	card->used = calloc(sets, sizeof(*card->used));
	card->ways = calloc(sets, sizeof(*card->ways));
	if (!card->used || !card->ways) {
		lz4_card_destroy(card);
		return NULL;
	}
	for (unsigned int at = 0; at < 4; at++) {
		for (unsigned int value = 0; value < 256; value++) {
			uint8_t bytes[4] = {0};

			bytes[at] = (uint8_t)value;
			card->adds[at][value] = lz4_card_hash(bytes);
		}
	}
	return card;
}

void lz4_card_destroy(struct lz4_card *card)
{
	if (card) {
		free(card->used);
		free(card->ways);
		free(card);
	}
}

static uint64_t load(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Bit n set: byte n of the two words differs. */
static uint32_t differing(uint64_t a, uint64_t b)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7full;
	uint64_t x = a ^ b;
	uint64_t high = (((x & low) + low) | x) & ~low;

	return (uint32_t)((high >> 7) * 0x0102040810204080ull >> 56);
}

/* Compares a diagonal; bit n set: byte n of the window and what follows does not match. */
static uint32_t compare(const struct lz4_card *card, unsigned int base, unsigned int offset)
{
	const uint8_t *here = card->text + base;
	uint32_t differs = 0;

	if (offset <= base) {
		for (unsigned int i = 0; i < SPAN; i += 8) {
			differs |= differing(load(here + i), load(here + i - offset)) << i;
		}
	} else {
		/* Starts before the page: nothing matches there. */
		for (unsigned int i = 0; i < SPAN; i++) {
			bool same = base + i >= offset && here[i] == here[(int)i - (int)offset];

			differs |= (uint32_t)!same << i;
		}
	}
	if (base + SPAN > LAST_END) {
		differs |= ~0u << (LAST_END > base ? LAST_END - base : 0);
	}
	if (base >= LATE_BASE) {
		for (unsigned int i = 0; i < SPAN; i++) {
			differs |= (uint32_t)(base + i < LATE_BYTES + offset) << i;
		}
	}
	return differs;
}

/* Takes a diagonal for every start at which it ends later than what is there. */
static void try_diagonal(const struct lz4_card *card, unsigned int base, unsigned int offset,
			 struct start starts[WINDOW])
{
	uint32_t differs = compare(card, base, offset) | 1u << SPAN;

	for (unsigned int i = 0; i < WINDOW && base + i <= LAST_START; i++) {
		unsigned int end = i + (unsigned int)__builtin_ctz(differs >> i);

		if (end >= i + MATCH_LEAST && end > starts[i].end) {
			starts[i] = (struct start){end, offset};
		}
	}
}

/* The way that most of what is known speaks for, the newest of those. -1: none. */
static int best_way(const struct way *ways, unsigned int used, const struct way *wanted)
{
	int best = -1;
	int best_rank = 0;

	for (unsigned int i = 0; i < used; i++) {
		int rank = 0;

		if (ways[i].tag == wanted->tag) {
			rank = 1;
			if (ways[i].near == wanted->near) {
				rank = ways[i].far == wanted->far ? 3 : 2;
			}
		}
		if (rank > best_rank) {
			best_rank = rank;
			best = (int)i;
		}
	}
	return best;
}

/* Looks up and enters the window's positions; offsets[] of guesses, 0: none. */
static void probe(struct lz4_card *card, unsigned int base, unsigned int offsets[WINDOW])
{
	const struct lz4_card_shape *shape = &card->shape;
	uint64_t taken = 0;

	for (unsigned int i = 0; i < WINDOW && base + i <= LAST_START; i++) {
		unsigned int at = base + i;
		unsigned int hash = card->hash[at];
		unsigned int bank = hash & (shape->banks - 1);
		size_t set = bank * shape->sets + (hash >> card->bank_bits & (shape->sets - 1));
		struct way *ways = card->ways[set];
		struct way wanted = {
		    .position = (uint16_t)at,
		    .tag = (uint8_t)(hash >> (card->bank_bits + card->set_bits) &
				     ((1u << shape->tag_bits) - 1)),
		    .near = (uint8_t)(card->hash[at + NEAR_AT] & ((1u << shape->near_bits) - 1)),
		    .far = (uint8_t)(card->hash[at + FAR_AT] & ((1u << shape->far_bits) - 1)),
		};
		int best;

		offsets[i] = 0;
		if (taken >> bank & 1) {
			continue;
		}
		taken |= 1ull << bank;
		best = best_way(ways, card->used[set], &wanted);
		if (best >= 0) {
			offsets[i] = at - ways[best].position;
		}
		memmove(ways + 1, ways, (shape->ways - 1) * sizeof(*ways));
		ways[0] = wanted;
		card->used[set] += card->used[set] < shape->ways;
	}
}

/*
 * For each first free byte of a window, which start to take next; WINDOW: none. Costs
 * are in half bytes, of the window from its first byte on.
 */
static void choose(const struct start starts[WINDOW], unsigned int pick[WINDOW + 1])
{
	int least[WINDOW + 1];

	pick[WINDOW] = WINDOW;
	least[WINDOW] = 2 * WINDOW;
	least[WINDOW] = 2 * WINDOW;
	for (int i = WINDOW - 1; i >= 0; i--) {
		unsigned int end = starts[i].end;
		int cost = 2 * i + 2 * 3;

		pick[i] = pick[i + 1];
		least[i] = least[i + 1];
		if (end == 0) {
			continue;
		}
		if (end == SPAN) {
			/* May go on for long. */
			cost -= 48;
		} else if (end >= WINDOW) {
			cost -= (int)(end - WINDOW);
		} else {
			cost += least[end] - 2 * (int)end;
		}
		if (cost <= least[i] && cost < 2 * (int)WINDOW) {
			pick[i] = (unsigned int)i;
			least[i] = cost;
		}
	}
}

static void put_byte(struct output *out, unsigned int byte)
{
	if (out->length < out->most) {
		out->bytes[out->length] = (uint8_t)byte;
	}
	out->length++;
}

/* The rest of a length whose nibble is 15. */
static void put_length(struct output *out, unsigned int length)
{
	if (length < 15) {
		return;
	}
	for (length -= 15; length >= 255; length -= 255) {
		put_byte(out, 255);
	}
	put_byte(out, length);
}

/* Literals up to start, and the match from there to end; no match when they are equal. */
static void put_sequence(const struct lz4_card *card, struct output *out, unsigned int start,
			 unsigned int end, unsigned int offset)
{
	unsigned int literals = start - out->anchor;
	unsigned int match = end > start ? end - start - MATCH_LEAST : 0;

	put_byte(out, (literals < 15 ? literals : 15) << 4 | (match < 15 ? match : 15));
	put_length(out, literals);
	for (unsigned int i = out->anchor; i < start; i++) {
		put_byte(out, card->text[i]);
	}
	if (end > start) {
		put_byte(out, offset & 255);
		put_byte(out, offset >> 8);
		put_length(out, match);
	}
	out->anchor = end;
}

/* A match under way: bytes start ... end - 1. */
struct match {
	unsigned int start, end, offset;
	bool open;
};

/* The windows in turn; every match goes to out when its end is known. */
static void parse(struct lz4_card *card, struct output *out)
{
	struct match match = {0};

	for (unsigned int base = 0; base < PAGE; base += WINDOW) {
		struct start starts[WINDOW] = {0};
		unsigned int offsets[WINDOW] = {0};
		unsigned int pick[WINDOW + 1];
		unsigned int free_at;

		probe(card, base, offsets);
		for (unsigned int i = 0; i < sizeof(fixed_offsets); i++) {
			try_diagonal(card, base, fixed_offsets[i], starts);
		}
		for (unsigned int i = 0; i < WINDOW; i++) {
			if (offsets[i]) {
				try_diagonal(card, base, offsets[i], starts);
			}
		}
		choose(starts, pick);
		if (match.open && match.end == base) {
			uint32_t differs = compare(card, base, match.offset) | 1u << WINDOW;

			match.end += (unsigned int)__builtin_ctz(differs);
			if (match.end < base + WINDOW) {
				match.open = false;
				put_sequence(card, out, match.start, match.end, match.offset);
			}
		}
		while (match.end < base + WINDOW) {
			free_at = match.end > base ? match.end - base : 0;
			if (pick[free_at] == WINDOW) {
				break;
			}
			match.start = base + pick[free_at];
			match.end = base + starts[pick[free_at]].end;
			match.offset = starts[pick[free_at]].offset;
			match.open = match.end == base + SPAN;
			if (!match.open) {
				put_sequence(card, out, match.start, match.end, match.offset);
			}
		}
	}
}

static bool is_same_filled(const uint8_t *page)
{
	return memcmp(page, page + CODEC_PATTERN_BYTES, PAGE - CODEC_PATTERN_BYTES) == 0;
}

enum pamc_codec lz4_card_encode(struct lz4_card *card, const void *page, void *out,
				uint32_t *length)
{
	struct output output = {.bytes = out, .most = CODEC_LZ4_MOST};

	memcpy(card->text, page, PAGE);
	if (is_same_filled(card->text)) {
		memcpy(out, page, CODEC_PATTERN_BYTES);
		*length = CODEC_PATTERN_BYTES;
		return PAMC_CODEC_SAME;
	}
	for (unsigned int i = 0; i < PAGE + SPAN - 3; i++) {
		const uint8_t *at = card->text + i;

		card->hash[i] = (uint16_t)(card->adds[0][at[0]] ^ card->adds[1][at[1]] ^
					   card->adds[2][at[2]] ^ card->adds[3][at[3]]);
	}
	memset(card->used, 0, (size_t)card->shape.banks * card->shape.sets);
	parse(card, &output);
	put_sequence(card, &output, PAGE, PAGE, 0);
	if (output.length > CODEC_LZ4_MOST) {
		*length = PAGE;
		return PAMC_CODEC_RAW;
	}
	*length = output.length;
	return PAMC_CODEC_LZ4;
}
