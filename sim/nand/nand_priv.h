/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the NAND model tell each other. */
#ifndef NAND_PRIV_H
#define NAND_PRIV_H

#include <stddef.h>

#include "nand.h"

enum nand_page_kind {
	NAND_PAGE_ERASED,
	NAND_PAGE_GOOD,
	NAND_PAGE_BAD,      /* every read is uncorrectable */
	NAND_PAGE_UNSTABLE, /* some are, some are not */
	NAND_PAGE_PHANTOM,  /* reads as erased, and is not */
};

struct nand_page {
	uint8_t *data; /* NULL: erased */
	uint32_t day;
	uint8_t kind;
};

struct nand_block {
	struct nand_page *pages; /* NULL: all are erased */
	uint32_t next;           /* the page to be programmed next */
	uint32_t erases;
	uint32_t reads;
	bool factory_bad;
	bool half_erased; /* neither erased nor to be programmed */
	bool worn;
	uint32_t lies; /* so many of the next erases do nothing */
};

enum nand_operation { NAND_OP_NONE, NAND_OP_READ, NAND_OP_PROGRAM, NAND_OP_ERASE };

#define NAND_CODEWORDS_MOST 64u

struct nand_die {
	enum nand_operation op;
	uint32_t block;
	uint32_t page;
	uint8_t *to; /* of a read: these bytes of the page */
	uint32_t from, bytes;
	bool erased;   /* it was read, and is */
	uint8_t *data; /* what is programmed */
	uint64_t done_ns;
	enum nand_result refused;            /* NAND_OK: a proper operation */
	uint16_t wrong[NAND_CODEWORDS_MOST]; /* bits of each codeword of what was read */
};

struct nand {
	struct nand_config config;
	struct nand_block *blocks;
	struct nand_die *dies;
	uint64_t *channel_ns; /* until then the bus is in use */
	uint32_t die_count;
	uint64_t ns;
	uint32_t day;
	uint64_t random;
	bool off;
	bool cut_armed;
	uint64_t cut_operation;
	enum nand_cut cut_when;
	struct nand_figures figures;
};

static inline uint64_t nand_random(struct nand *nand)
{
	uint64_t z = nand->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static inline double nand_chance(struct nand *nand)
{
	return (double)(nand_random(nand) >> 11) * 0x1p-53;
}

static inline struct nand_block *nand_block(const struct nand *nand, uint32_t die, uint32_t block)
{
	return &nand->blocks[(size_t)die * nand->config.blocks + block];
}

/* ---- nand_wear.c: what ECC makes of a page, what wears out ---- */

/* Also says of each codeword of the page how many bits are wrong. */
enum nand_result nand_ecc(struct nand *nand, struct nand_block *block, uint32_t page,
			  uint16_t *wrong, uint32_t *corrected);
bool nand_fails(struct nand *nand, const struct nand_block *block);

/* ---- nand_power.c ---- */

/* An operation is about to start: true if power goes away before it does. */
bool nand_power_before(struct nand *nand);
/* What the die does is cut off: torn, if it is more than a read. */
void nand_tear(struct nand *nand, uint32_t die);
/* It was started: power may go away now. */
void nand_power_after(struct nand *nand, uint32_t die);

/* ---- nand.c ---- */

void nand_finish_program(struct nand *nand, uint32_t die, enum nand_page_kind kind);
void nand_finish_erase(struct nand *nand, uint32_t die);
void nand_forget(struct nand_block *block, uint32_t pages);

#endif /* NAND_PRIV_H */
