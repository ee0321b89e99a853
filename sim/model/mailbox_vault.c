// SPDX-License-Identifier: Apache-2.0
/*
 * The vault as the firmware sees it: operations on contents, their counts, and the table of
 * what the executor must know of pools.
 */
#include "card.h"

#include <string.h>

/* VAULT: vault_pkg::op_e and what goes with it; result_e. */
enum { OP_INIT = 0, OP_SWEEP = 4, OP_CREATE, OP_ABANDON, OP_SET, OP_READ };
enum { RESULT_DONE = 0, RESULT_REFUSED = 2 };
#define COUNT_FLUSH(word) (((word) >> 4 & 3) == 1)
#define EPHEMERAL         (1u << 6)
#define ORDER(word)       ((word) >> 7 & 7)
#define SET_RESERVE       (1u << 10)
#define SET_LIMIT         (1u << 11)
#define CONTENTS(word)    ((word) >> 16 & (VAULT_CONTENTS - 1))
/* POOL_ATTR */
#define ATTR_EXCLUSIVE (1u << 29)
#define ATTR_FROZEN    (1u << 30)
#define ATTR_VALID     (1u << 31)
/* CONTENTS_SELECT */
#define ANEW (1u << 31)

void mailbox_pool(struct pam_model *model, uint32_t id)
{
	uint32_t attr = mailbox_word(&model->hal, MAILBOX_POOL_ATTR);

	model->pools[id % CARD_POOLS] = (struct exec_pool){
	    .id = id,
	    .domain = (uint16_t)attr,
	    .contents = (uint16_t)CONTENTS(attr),
	    .order = attr >> 25 & 7,
	    .exclusive = attr & ATTR_EXCLUSIVE,
	    .frozen = attr & ATTR_FROZEN,
	    .valid = attr & ATTR_VALID,
	};
}

/* The division of memory is the vault's own; the firmware must have come to the same. */
static bool layout_agrees(const struct pam_model *model)
{
	struct vault_figures figures;
	uint32_t want[MAILBOX_LAYOUT_WORDS];

	vault_read_figures(model->vault, &figures);
	want[0] = 0;
	want[1] = figures.buckets;
	want[2] = (uint32_t)(figures.index_bytes / 64);
	want[3] = (uint32_t)((figures.index_bytes + figures.map_bytes) / 64);
	want[4] = figures.units;
	want[5] = (uint32_t)figures.slot_limit;
	return memcmp(want, &model->hal.word[MAILBOX_LAYOUT / 4], sizeof(want)) == 0;
}

static uint32_t init(struct pam_model *model)
{
	const struct hal *hal = &model->hal;
	struct vault_keys keys = {
	    .page = {mailbox_word64(hal, MAILBOX_PAGE_SECRET),
		     mailbox_word64(hal, MAILBOX_PAGE_SECRET + 8)},
	    .object = {mailbox_word64(hal, MAILBOX_OBJECT_SECRET),
		       mailbox_word64(hal, MAILBOX_OBJECT_SECRET + 8)},
	};

	if (!layout_agrees(model)) {
		return RESULT_REFUSED;
	}
	vault_init(model->vault, &keys);
	return RESULT_DONE;
}

static uint32_t create(struct pam_model *model, uint32_t word)
{
	model->hal.vault_value = vault_contents_create(
	    model->vault, word & EPHEMERAL ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT,
	    ORDER(word));
	return model->hal.vault_value == VAULT_NO_CONTENTS ? RESULT_REFUSED : RESULT_DONE;
}

static uint32_t set(struct pam_model *model, uint32_t word)
{
	const struct hal *hal = &model->hal;

	if ((word & SET_RESERVE) &&
	    !vault_contents_reserve(model->vault, CONTENTS(word),
				    mailbox_word64(hal, MAILBOX_VAULT_UNITS),
				    mailbox_word(hal, MAILBOX_VAULT_SLOTS))) {
		return RESULT_REFUSED;
	}
	if (word & SET_LIMIT) {
		vault_contents_limit(model->vault, CONTENTS(word),
				     mailbox_word(hal, MAILBOX_VAULT_LIMIT));
	}
	return RESULT_DONE;
}

static void split(uint32_t *word, uint64_t value)
{
	word[0] = (uint32_t)value;
	word[1] = (uint32_t)(value >> 32);
}

static void read_row(struct pam_model *model, uint32_t contents)
{
	uint32_t *word = model->hal.row;
	struct vault_row row;

	vault_read_contents(model->vault, contents, &row);
	memset(word, 0, sizeof(model->hal.row));
	word[0] = row.in_use | (uint32_t)row.dead << 1 | (uint32_t)row.ephemeral << 2 |
		  (uint32_t)row.order << 3;
	word[1] = (uint32_t)row.pages;
	word[2] = (uint32_t)row.units;
	split(&word[3], row.stored);
	word[5] = (uint32_t)row.same;
	word[6] = (uint32_t)row.raw;
	word[7] = (uint32_t)row.slots;
	word[8] = (uint32_t)row.records;
	split(&word[9], row.reserve_units);
	word[11] = (uint32_t)row.reserve_slots;
	word[12] = (uint32_t)row.limit;
	word[13] = row.oldest;
	word[14] = row.newest;
	split(&word[15], row.oldest_age);
}

void mailbox_vault(struct pam_model *model, uint32_t word)
{
	struct hal *hal = &model->hal;

	hal->vault_result = RESULT_DONE;
	switch (word & 15) {
	case OP_INIT:
		hal->vault_result = init(model);
		break;
	case OP_SWEEP:
		hal->vault_value = vault_background(model->vault, 1);
		break;
	case OP_CREATE:
		hal->vault_result = create(model, word);
		break;
	case OP_ABANDON:
		hal->vault_value = (uint32_t)vault_contents_abandon(model->vault, CONTENTS(word),
								    COUNT_FLUSH(word));
		model->untidy = true;
		break;
	case OP_SET:
		hal->vault_result = set(model, word);
		break;
	case OP_READ:
		read_row(model, CONTENTS(word));
		break;
	default:
		hal->vault_result = RESULT_REFUSED;
		break;
	}
}

/* ---------------------------------------------------------------- counts of contents */

static uint64_t *selected(struct pam_model *model, uint32_t select)
{
	uint32_t what = select & 7;

	return what < VAULT_COUNTS
		   ? &vault_counts(model->vault, select >> 3 & (VAULT_CONTENTS - 1))[what]
		   : NULL;
}

void mailbox_contents_select(struct pam_model *model, uint32_t select)
{
	uint64_t *count = selected(model, select);

	if ((select & ANEW) && count) {
		*count = 0;
	}
}

uint64_t mailbox_contents_counter(struct pam_model *model)
{
	const uint64_t *count = selected(model, mailbox_word(&model->hal, MAILBOX_CONTENTS_SELECT));

	return count ? *count : 0;
}
