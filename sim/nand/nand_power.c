// SPDX-License-Identifier: Apache-2.0
/*
 * Power that goes away, at an operation that the test names: before it, in the middle,
 * after it but before anyone was told. What is in the middle is torn, in every way that
 * flash is known for: a page that is lost, one that is as good, one that reads well now
 * and then, one whose first part alone is there, one that looks erased and is not; a
 * block of which some pages are erased, some lost, and some as they were.
 */
#include <stdlib.h>
#include <string.h>

#include "nand_priv.h"

static void tear_program(struct nand *nand, uint32_t die)
{
	struct nand_die *at = &nand->dies[die];
	uint32_t bytes = nand->config.page_bytes;
	uint32_t words = bytes / nand->config.codeword_bytes;

	switch (nand_random(nand) % 6) {
	case 0:
		nand_finish_program(nand, die, NAND_PAGE_GOOD);
		break;
	case 1:
		nand_finish_program(nand, die, NAND_PAGE_UNSTABLE);
		break;
	case 2:
		nand_finish_program(nand, die, NAND_PAGE_PHANTOM);
		break;
	case 3:
	case 4:
		/* Codewords behind these are still erased, which is no error to an ECC. */
		if (words > 1) {
			uint32_t kept = 1 + (uint32_t)(nand_random(nand) % (words - 1));

			memset(at->data + kept * nand->config.codeword_bytes, 0xff,
			       bytes - kept * nand->config.codeword_bytes);
		}
		nand_finish_program(nand, die, NAND_PAGE_GOOD);
		break;
	default:
		nand_finish_program(nand, die, NAND_PAGE_BAD);
		break;
	}
}

static void tear_erase(struct nand *nand, uint32_t die)
{
	struct nand_block *block = nand_block(nand, die, nand->dies[die].block);

	block->half_erased = true;
	for (uint32_t page = 0; block->pages && page < nand->config.pages; page++) {
		struct nand_page *at = &block->pages[page];

		if (at->kind == NAND_PAGE_ERASED) {
			continue;
		}
		switch (nand_random(nand) % 4) {
		case 0:
			break;
		case 1:
			at->kind = NAND_PAGE_UNSTABLE;
			break;
		case 2:
			at->kind = NAND_PAGE_PHANTOM;
			break;
		default:
			at->kind = NAND_PAGE_BAD;
			break;
		}
	}
	nand->dies[die].op = NAND_OP_NONE;
}

static void finish(struct nand *nand, uint32_t die)
{
	if (nand->dies[die].op == NAND_OP_PROGRAM) {
		nand_finish_program(nand, die, NAND_PAGE_GOOD);
	} else if (nand->dies[die].op == NAND_OP_ERASE) {
		nand_finish_erase(nand, die);
	}
}

void nand_tear(struct nand *nand, uint32_t die)
{
	nand->figures.torn++;
	if (nand->dies[die].op == NAND_OP_PROGRAM) {
		tear_program(nand, die);
	} else if (nand->dies[die].op == NAND_OP_ERASE) {
		tear_erase(nand, die);
	}
}

static void go_off(struct nand *nand, uint32_t first, bool first_finishes)
{
	for (uint32_t die = 0; die < nand->die_count; die++) {
		struct nand_die *at = &nand->dies[die];

		if (at->op != NAND_OP_NONE && at->refused == NAND_OK) {
			if (die == first ? first_finishes : nand_random(nand) % 2) {
				finish(nand, die);
			} else {
				nand_tear(nand, die);
			}
		}
		free(at->data);
		at->data = NULL;
		at->op = NAND_OP_NONE;
	}
	nand->off = true;
	nand->cut_armed = false;
}

bool nand_power_before(struct nand *nand)
{
	if (nand->cut_armed && nand->figures.operations == nand->cut_operation &&
	    nand->cut_when == NAND_CUT_BEFORE) {
		go_off(nand, nand->die_count, false);
	}
	return nand->off;
}

void nand_power_after(struct nand *nand, uint32_t die)
{
	/* Already counted. */
	if (nand->cut_armed && nand->figures.operations == nand->cut_operation + 1 &&
	    nand->cut_when != NAND_CUT_BEFORE) {
		go_off(nand, die, nand->cut_when == NAND_CUT_AFTER);
	}
}

void nand_cut_at(struct nand *nand, uint64_t operation, enum nand_cut when)
{
	nand->cut_armed = true;
	nand->cut_operation = operation;
	nand->cut_when = when;
}

void nand_cut_now(struct nand *nand)
{
	go_off(nand, nand->die_count, false);
}

bool nand_is_off(const struct nand *nand)
{
	return nand->off;
}

void nand_power_on(struct nand *nand)
{
	nand->off = false;
}
