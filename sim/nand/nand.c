// SPDX-License-Identifier: Apache-2.0
/*
 * Geometry, rules and time of the NAND model: which operation may be done now, what it
 * leaves behind, when it is over. A broken rule is the caller's error and is shouted
 * about, because real flash would only be subtly wrong.
 */
#include "nand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nand_priv.h"

struct nand_config nand_config_small(uint64_t seed)
{
	return (struct nand_config){.channels = 2,
				    .dies = 2,
				    .planes = 1,
				    .blocks = 16,
				    .pages = 16,
				    .page_bytes = 4096,
				    .spare_bytes = 256,
				    .codeword_bytes = 1024,
				    .correctable = 40,
				    .read_us = 25,
				    .program_us = 200,
				    .erase_us = 2000,
				    .bus_mb_s = 800,
				    .seed = seed};
}

struct nand_config nand_config_typical(uint64_t seed)
{
	return (struct nand_config){.channels = 4,
				    .dies = 2,
				    .planes = 2,
				    .blocks = 64,
				    .pages = 256,
				    .page_bytes = 16384,
				    .spare_bytes = 2048,
				    .codeword_bytes = 2048,
				    .correctable = 72,
				    .read_us = 60,
				    .program_us = 700,
				    .erase_us = 3500,
				    .bus_mb_s = 1200,
				    .factory_bad = 5,
				    .seed = seed};
}

struct nand *nand_create(const struct nand_config *config)
{
	struct nand *nand = calloc(1, sizeof(*nand));
	size_t blocks;

	if (!nand) {
		abort();
	}
	nand->config = *config;
	nand->random = config->seed;
	nand->die_count = config->channels * config->dies;
	blocks = (size_t)nand->die_count * config->blocks;
	nand->blocks = calloc(blocks, sizeof(*nand->blocks));
	nand->dies = calloc(nand->die_count, sizeof(*nand->dies));
	nand->channel_ns = calloc(config->channels, sizeof(*nand->channel_ns));
	if (!nand->blocks || !nand->dies || !nand->channel_ns) {
		abort();
	}
	for (size_t block = 0; block < blocks; block++) {
		nand->blocks[block].factory_bad = nand_random(nand) % 1000 < config->factory_bad;
	}
	return nand;
}

void nand_forget(struct nand_block *block, uint32_t pages)
{
	for (uint32_t page = 0; block->pages && page < pages; page++) {
		free(block->pages[page].data);
	}
	free(block->pages);
	block->pages = NULL;
}

void nand_destroy(struct nand *nand)
{
	size_t blocks = (size_t)nand->die_count * nand->config.blocks;

	for (size_t block = 0; block < blocks; block++) {
		nand_forget(&nand->blocks[block], nand->config.pages);
	}
	for (uint32_t die = 0; die < nand->die_count; die++) {
		free(nand->dies[die].data);
	}
	free(nand->blocks);
	free(nand->dies);
	free(nand->channel_ns);
	free(nand);
}

const struct nand_config *nand_config_of(const struct nand *nand)
{
	return &nand->config;
}

uint32_t nand_dies(const struct nand *nand)
{
	return nand->die_count;
}

static void misuse(struct nand *nand, const char *what, uint32_t die, uint32_t block, uint32_t page)
{
	nand->figures.misuses++;
	fprintf(stderr, "nand: MISUSE: %s: die %u block %u page %u\n", what, die, block, page);
}

/* The die takes an operation; false: it cannot. */
static struct nand_die *begin(struct nand *nand, enum nand_operation op, uint32_t die,
			      uint32_t block, uint32_t page)
{
	struct nand_die *at;

	if (nand->off || nand_power_before(nand)) {
		return NULL;
	}
	if (die >= nand->die_count || block >= nand->config.blocks || page >= nand->config.pages) {
		misuse(nand, "no such place", die, block, page);
		return NULL;
	}
	at = &nand->dies[die];
	if (at->op != NAND_OP_NONE) {
		misuse(nand, "the die is busy", die, block, page);
		return NULL;
	}
	nand->figures.operations++;
	*at = (struct nand_die){.op = op, .block = block, .page = page, .refused = NAND_OK};
	return at;
}

/* Of so much of a page, and as much of its spare. */
static uint64_t transfer_ns(const struct nand *nand, uint32_t bytes)
{
	uint64_t all = nand->config.page_bytes + nand->config.spare_bytes;

	return all * bytes / nand->config.page_bytes * 1000 / nand->config.bus_mb_s;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool nand_read(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, void *to)
{
	return nand_read_part(nand, die, block, page, 0, nand->config.page_bytes, to);
}

/* Bytes of a codeword of data: it comes as a whole. */
#define CODEWORD 1024u

bool nand_read_part(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, uint32_t from,
		    uint32_t bytes, void *to)
{
	struct nand_die *at = begin(nand, NAND_OP_READ, die, block, page);
	uint64_t *bus = &nand->channel_ns[die % nand->config.channels];
	uint32_t first = from / CODEWORD * CODEWORD;
	uint32_t end = (from + bytes + CODEWORD - 1) / CODEWORD * CODEWORD;

	if (!at) {
		return false;
	}
	if (from > nand->config.page_bytes || bytes > nand->config.page_bytes - from) {
		misuse(nand, "more than there is of a page", die, block, page);
		at->refused = NAND_MISUSE;
	}
	end = end < nand->config.page_bytes ? end : nand->config.page_bytes;
	nand->figures.reads++;
	at->to = to;
	at->from = from;
	at->bytes = bytes;
	*bus = later(nand->ns + nand->config.read_us * 1000ull, *bus) +
	       transfer_ns(nand, end > first ? end - first : 0);
	at->done_ns = *bus;
	nand_power_after(nand, die);
	return true;
}

bool nand_program(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, const void *from)
{
	struct nand_die *at = begin(nand, NAND_OP_PROGRAM, die, block, page);
	uint64_t *bus = &nand->channel_ns[die % nand->config.channels];
	const struct nand_block *target;

	if (!at) {
		return false;
	}
	target = nand_block(nand, die, block);
	if (target->half_erased) {
		misuse(nand, "program in a block whose erase was interrupted", die, block, page);
		at->refused = NAND_MISUSE;
	} else if (page != target->next) {
		misuse(nand, page < target->next ? "page programmed twice" : "page out of order",
		       die, block, page);
		at->refused = NAND_MISUSE;
	}
	nand->figures.programs++;
	at->data = malloc(nand->config.page_bytes);
	if (!at->data) {
		abort();
	}
	memcpy(at->data, from, nand->config.page_bytes);
	*bus = later(nand->ns, *bus) + transfer_ns(nand, nand->config.page_bytes);
	at->done_ns = *bus + nand->config.program_us * 1000ull;
	nand_power_after(nand, die);
	return true;
}

bool nand_erase(struct nand *nand, uint32_t die, uint32_t block)
{
	struct nand_die *at = begin(nand, NAND_OP_ERASE, die, block, 0);

	if (!at) {
		return false;
	}
	if (nand_block(nand, die, block)->factory_bad) {
		misuse(nand, "erase of a block with the maker's mark", die, block, 0);
		at->refused = NAND_MISUSE;
	}
	nand->figures.erases++;
	at->done_ns = nand->ns + nand->config.erase_us * 1000ull;
	nand_power_after(nand, die);
	return true;
}

void nand_finish_program(struct nand *nand, uint32_t die, enum nand_page_kind kind)
{
	struct nand_die *at = &nand->dies[die];
	struct nand_block *block = nand_block(nand, die, at->block);

	if (!block->pages) {
		block->pages = calloc(nand->config.pages, sizeof(*block->pages));
		if (!block->pages) {
			abort();
		}
	}
	block->pages[at->page] =
	    (struct nand_page){.data = at->data, .day = nand->day, .kind = (uint8_t)kind};
	block->next = at->page + 1;
	at->data = NULL;
	at->op = NAND_OP_NONE;
}

void nand_finish_erase(struct nand *nand, uint32_t die)
{
	struct nand_block *block = nand_block(nand, die, nand->dies[die].block);

	nand_forget(block, nand->config.pages);
	block->next = 0;
	block->reads = 0;
	block->erases++;
	block->half_erased = false;
	nand->dies[die].op = NAND_OP_NONE;
}

static enum nand_result finish_read(struct nand *nand, uint32_t die, uint32_t *corrected)
{
	struct nand_die *at = &nand->dies[die];
	struct nand_block *block = nand_block(nand, die, at->block);
	const struct nand_page *page = block->pages ? &block->pages[at->page] : NULL;
	enum nand_result result;

	at->op = NAND_OP_NONE;
	memset(at->wrong, 0, sizeof(at->wrong));
	block->reads++;
	at->erased = !page || page->kind == NAND_PAGE_ERASED || page->kind == NAND_PAGE_PHANTOM;
	if (at->erased) {
		if (at->to) {
			memset(at->to, 0xff, at->bytes);
		}
		return NAND_OK;
	}
	result = nand_ecc(nand, block, at->page, at->wrong, corrected);
	if (!at->to) {
		return result;
	}
	memcpy(at->to, page->data + at->from, at->bytes);
	if (result != NAND_OK) {
		/* What comes from the die then is noise. */
		for (uint32_t byte = 0; byte < at->bytes; byte += 61) {
			at->to[byte] ^= (uint8_t)(1u << nand_random(nand) % 8);
		}
	}
	return result;
}

enum nand_result nand_poll(struct nand *nand, uint32_t die, uint32_t *corrected)
{
	struct nand_die *at = &nand->dies[die];
	struct nand_block *block = nand_block(nand, die, at->block);
	enum nand_operation op = at->op;

	*corrected = 0;
	if (nand->off) {
		return NAND_OFF;
	}
	if (op == NAND_OP_NONE) {
		return NAND_IDLE;
	}
	if (nand->ns < at->done_ns) {
		return NAND_BUSY;
	}
	if (at->refused != NAND_OK) {
		free(at->data);
		at->data = NULL;
		at->op = NAND_OP_NONE;
		return at->refused;
	}
	if (op == NAND_OP_READ) {
		return finish_read(nand, die, corrected);
	}
	if (nand_fails(nand, block)) {
		if (op == NAND_OP_PROGRAM) {
			nand_finish_program(nand, die, NAND_PAGE_BAD);
		} else {
			block->half_erased = true;
			at->op = NAND_OP_NONE;
		}
		return NAND_FAILED;
	}
	if (op == NAND_OP_PROGRAM) {
		nand_finish_program(nand, die, NAND_PAGE_GOOD);
	} else if (block->lies) {
		block->lies--;
		at->op = NAND_OP_NONE;
	} else {
		nand_finish_erase(nand, die);
	}
	return NAND_OK;
}

enum nand_result nand_end(struct nand *nand, uint32_t die, uint32_t *corrected)
{
	nand->ns = later(nand->ns, nand->dies[die].done_ns);
	return nand_poll(nand, die, corrected);
}

uint32_t nand_wrong_bits(const struct nand *nand, uint32_t die, uint32_t codeword)
{
	return codeword < NAND_CODEWORDS_MOST ? nand->dies[die].wrong[codeword] : 0;
}

void nand_abort(struct nand *nand, uint32_t die)
{
	struct nand_die *at = &nand->dies[die];

	if (at->op != NAND_OP_NONE && at->refused == NAND_OK) {
		nand_tear(nand, die);
	}
	free(at->data);
	at->data = NULL;
	at->op = NAND_OP_NONE;
}

bool nand_factory_bad(const struct nand *nand, uint32_t die, uint32_t block)
{
	return nand_block(nand, die, block)->factory_bad;
}

bool nand_read_erased(const struct nand *nand, uint32_t die)
{
	return nand->dies[die].erased;
}

bool nand_advance(struct nand *nand)
{
	uint64_t first = UINT64_MAX;

	for (uint32_t die = 0; die < nand->die_count; die++) {
		if (nand->dies[die].op != NAND_OP_NONE && nand->dies[die].done_ns < first) {
			first = nand->dies[die].done_ns;
		}
	}
	if (first == UINT64_MAX) {
		return false;
	}
	nand->ns = later(nand->ns, first);
	return true;
}

uint64_t nand_ns(const struct nand *nand)
{
	return nand->ns;
}

void nand_pass_days(struct nand *nand, uint32_t days)
{
	nand->day += days;
}

uint32_t nand_day(const struct nand *nand)
{
	return nand->day;
}

void nand_damage(struct nand *nand, uint32_t die, uint32_t block, uint32_t page)
{
	struct nand_block *at = nand_block(nand, die, block);

	if (at->pages && at->pages[page].kind != NAND_PAGE_ERASED) {
		at->pages[page].kind = NAND_PAGE_BAD;
	}
}

void nand_wear_out(struct nand *nand, uint32_t die, uint32_t block)
{
	nand_block(nand, die, block)->worn = true;
}

void nand_lie(struct nand *nand, uint32_t die, uint32_t block, uint32_t erases)
{
	nand_block(nand, die, block)->lies = erases;
}

static bool page_holds(const uint8_t *page, size_t size, const void *what, size_t bytes)
{
	for (size_t at = 0; page && at + bytes <= size; at++) {
		if (memcmp(page + at, what, bytes) == 0) {
			return true;
		}
	}
	return false;
}

bool nand_holds(const struct nand *nand, const void *what, size_t bytes)
{
	size_t blocks = (size_t)nand->die_count * nand->config.blocks;

	for (size_t block = 0; block < blocks; block++) {
		const struct nand_page *pages = nand->blocks[block].pages;

		for (uint32_t page = 0; pages && page < nand->config.pages; page++) {
			if (page_holds(pages[page].data, nand->config.page_bytes, what, bytes)) {
				return true;
			}
		}
	}
	return false;
}

struct nand_figures nand_figures(const struct nand *nand)
{
	struct nand_figures figures = nand->figures;
	size_t blocks = (size_t)nand->die_count * nand->config.blocks;

	figures.erase_least = UINT32_MAX;
	for (size_t block = 0; block < blocks; block++) {
		uint32_t erases = nand->blocks[block].erases;

		if (nand->blocks[block].factory_bad) {
			continue;
		}
		figures.erase_most = erases > figures.erase_most ? erases : figures.erase_most;
		figures.erase_least = erases < figures.erase_least ? erases : figures.erase_least;
	}
	return figures;
}
