/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that the data path reads from flash by itself: the tier decides meanwhile whether they
 * come back to memory, and counts them.
 */
#ifndef FIRMWARE_TIER_READS_H
#define FIRMWARE_TIER_READS_H

#include "firmware_tier_vault.h"
#include "flash_priv.h"
#include "tap.h"

/* It is being read, and the tier hears of it. */
static void reads_beside(const struct entry *about)
{
	static uint32_t number;

	fetch(about);
	fetch_request.by_itself = true;
	fetch_request.number = ++number;
	reads_state = HAL_TIER_READS;
	reads_held = false;
	for (unsigned int n = 0; n < 10; n++) {
		tier_ops.run(&hal.fw);
	}
}

TAP_CASE(read_beside_it)
{
	struct entry *entry;
	uint64_t before;

	TAP_CHECK(start(), "no flash");
	TAP_EQUAL(read_most, 8192 - sizeof(struct fl_header) - sizeof(struct fl_desc));
	put_in_flash(PLAIN, 0, 10, 3000);
	entry = page_of(PLAIN, 3);
	before = nand_figures(flash.nand).operations;
	reads_beside(entry);
	TAP_CHECK(reads_told == fetch_request.number && !reads_held, "told of %u", reads_told);
	TAP_CHECK(tier->fetching && !fetch_answered, "it was answered here");
	reads_state = HAL_TIER_OVER;
	tier_ops.run(&hal.fw);
	TAP_CHECK(!tier->fetching && !fetch_answered, "it was answered here, and not there alone");
	/* The second time soon after it: it comes back before it is answered. */
	reads_beside(entry);
	TAP_CHECK(reads_told == fetch_request.number && reads_held, "nothing is held");
	TAP_CHECK(!back(PLAIN, 3) && !fetch_answered, "before it was read");
	reads_state = HAL_TIER_HAS_READ;
	tier_ops.run(&hal.fw);
	TAP_CHECK(fetch_answered && fetch_answer == HAL_TIER_DONE, "no answer");
	TAP_CHECK(back(PLAIN, 3), "it stays in flash");
	TAP_EQUAL(nand_figures(flash.nand).operations, before);
	return true;
}

/* What the data path cannot read is asked for as if it had not tried. */
TAP_CASE(read_is_left)
{
	struct entry *entry;
	uint64_t before;

	TAP_CHECK(start(), "no flash");
	put_in_flash(PLAIN, 0, 10, 3000);
	entry = page_of(PLAIN, 4);
	before = nand_figures(flash.nand).operations;
	reads_beside(entry);
	reads_state = HAL_TIER_LEFT;
	tier_ops.run(&hal.fw);
	TAP_CHECK(!tier->fetching && !fetch_answered, "it was answered");
	TAP_EQUAL(nand_figures(flash.nand).operations, before);
	TAP_EQUAL(ask(HAL_TIER_READ, entry), HAL_TIER_DONE);
	TAP_CHECK(nand_figures(flash.nand).operations > before, "flash was not asked");
	return true;
}

/* Nothing can be written any more: what is there is still to be had, also what was being read. */
TAP_CASE(read_of_the_broken)
{
	struct entry *entry;

	TAP_CHECK(start(), "no flash");
	put_in_flash(PLAIN, 0, 10, 3000);
	entry = page_of(PLAIN, 6);
	fetch(entry);
	tier_ops.run(&hal.fw);
	tier->fl->broken = true;
	for (unsigned int n = 0; n < 1000 && !fetch_answered; n++) {
		tier_ops.run(&hal.fw);
	}
	TAP_CHECK(fetch_answered && fetch_answer == HAL_TIER_DONE, "it was given up");
	TAP_EQUAL(ask(HAL_TIER_READ, page_of(PLAIN, 7)), HAL_TIER_DONE);
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_FAILED);
	return true;
}

/* Reads that nobody made here disturb a block, and show its wrong bits, as those that were. */
TAP_CASE(read_is_counted)
{
	struct fl_figures fl;
	struct entry *entry;
	uint32_t block;

	TAP_CHECK(start(), "no flash");
	put_in_flash(PLAIN, 0, 10, 3000);
	entry = page_of(PLAIN, 5);
	block = fl_block_of(tier->fl, entry->record.place);
	for (uint32_t n = 1; n < 4; n++) {
		uint32_t reads = tier->fl->blocks[block].reads;

		has_read = entry->record.place;
		has_corrected = 1;
		tier_ops.run(&hal.fw);
		TAP_EQUAL(has_read, 0);
		TAP_EQUAL(tier->fl->blocks[block].reads, reads + 1);
	}
	fl_get_figures(tier->fl, &fl);
	TAP_EQUAL(fl.refreshed, 0);
	has_read = entry->record.place;
	has_corrected = correctable;
	settle();
	fl_get_figures(tier->fl, &fl);
	TAP_CHECK(fl.refreshed > 0, "as many bits as can be corrected, and it stays there");
	return true;
}

#endif /* FIRMWARE_TIER_READS_H */
