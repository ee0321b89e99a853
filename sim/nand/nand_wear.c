// SPDX-License-Identifier: Apache-2.0
/*
 * How a page gets worse: by the erases of its block, by reads of its neighbours, by
 * days. A real controller sees raw bit errors through its ECC; this draws their number
 * for each codeword and tells what ECC would: so many corrected, or beyond it.
 */
#include "nand_priv.h"

#define DRAWS 32u

/* Errors of each codeword, for this mean of one; and of the one that has most. */
static uint32_t worst_codeword(struct nand *nand, double mean, uint16_t *wrong)
{
	uint32_t codewords = nand->config.page_bytes / nand->config.codeword_bytes;
	double chance = mean / DRAWS;
	uint32_t whole = (uint32_t)chance;
	uint32_t worst = 0;

	for (uint32_t word = 0; word < codewords; word++) {
		uint32_t errors = whole * DRAWS;

		for (uint32_t draw = 0; draw < DRAWS; draw++) {
			errors += nand_chance(nand) < chance - whole;
		}
		worst = errors > worst ? errors : worst;
		if (word < NAND_CODEWORDS_MOST) {
			wrong[word] = (uint16_t)errors;
		}
	}
	return worst;
}

/* Nothing of the page is to be had. */
static enum nand_result ruined(const struct nand *nand, uint16_t *wrong)
{
	for (uint32_t word = 0; word < NAND_CODEWORDS_MOST; word++) {
		wrong[word] = (uint16_t)(4 * nand->config.correctable);
	}
	return NAND_UNCORRECTABLE;
}

enum nand_result nand_ecc(struct nand *nand, struct nand_block *block, uint32_t page,
			  uint16_t *wrong, uint32_t *corrected)
{
	const struct nand_config *config = &nand->config;
	const struct nand_page *at = &block->pages[page];
	double wear = block->erases / 1000.0;
	double mean = config->bits + config->bits_erases * wear +
		      config->bits_reads * (block->reads / 1000.0) +
		      config->bits_days * ((nand->day - at->day) / 1000.0) * (1 + wear);

	if (at->kind == NAND_PAGE_BAD) {
		return ruined(nand, wrong);
	}
	if (at->kind == NAND_PAGE_UNSTABLE && nand_random(nand) % 2) {
		return ruined(nand, wrong);
	}
	*corrected = mean > 0 ? worst_codeword(nand, mean, wrong) : 0;
	return *corrected > config->correctable ? NAND_UNCORRECTABLE : NAND_OK;
}

bool nand_fails(struct nand *nand, const struct nand_block *block)
{
	uint32_t endurance = nand->config.endurance;

	if (block->worn) {
		return true;
	}
	/* From a small chance at the end of its life to certainty at twice of that. */
	return endurance && block->erases > endurance &&
	       nand_chance(nand) < (block->erases - endurance) / (endurance * 64.0);
}
