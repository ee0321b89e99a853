/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of firmware_tier.c: SANITIZE of flash, and what of it is believed. */
#ifndef FIRMWARE_TIER_SANITIZE_H
#define FIRMWARE_TIER_SANITIZE_H

/* Written below the firmware, so that a block has something in it for sure. */
static void scribble(uint32_t die, uint32_t block)
{
	static uint8_t page[16384];
	uint32_t corrected;

	nand_program(flash.nand, die, block, 0, page);
	while (nand_advance(flash.nand) && nand_poll(flash.nand, die, &corrected) == NAND_BUSY) {
	}
}

static const struct pamc_log_progress *sanitize(void)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_SANITIZE};

	mailbox_command(&hal, &sqe, NULL);
	for (unsigned int n = 0; n < 100 && hal.fw.sanitize.log.running; n++) {
		mailbox_run(&hal, 300);
	}
	return &hal.fw.sanitize.log;
}

/* An erase is not believed: what is said to be erased and is not is erased again. If that does not
 * help, it is told; pages can be reached again. */
TAP_CASE(sanitize_reads_back)
{
	const struct pamc_log_progress *log;
	struct entry *entry;

	TAP_CHECK(start() && lasting_pool() && mailbox_enable(&hal), "no card");
	entry = put(LASTING, 1, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	scribble(1, 20);
	nand_lie(flash.nand, 1, 20, 2);
	log = sanitize();
	TAP_EQUAL(log->running, 0);
	TAP_EQUAL(log->outcome, 1);
	TAP_EQUAL(log->percent, 100);
	TAP_EQUAL(log->failed, 0);
	TAP_EQUAL(log->checked, 4 * 24);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);

	/* One that always says that it is. */
	scribble(2, 20);
	nand_lie(flash.nand, 2, 20, 1000);
	log = sanitize();
	TAP_EQUAL(log->outcome, 2);
	TAP_EQUAL(log->step, PAMC_SANITIZE_PART_FLASH);
	TAP_EQUAL(log->detail, UINT64_C(2) << 32 | 20);
	TAP_EQUAL(log->failed, 1);
	TAP_EQUAL(log->checked, 4 * 24 - 1);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	TAP_CHECK(tier->ready, "flash does not start");
	return true;
}

/* A block that cannot be erased is told as the outcome, if there is something in it. */
TAP_CASE(sanitize_incomplete)
{
	const struct pamc_log_progress *log;

	TAP_CHECK(start() && mailbox_enable(&hal), "no card");
	nand_wear_out(flash.nand, 1, 20);
	log = sanitize();
	TAP_EQUAL(log->outcome, 1);
	TAP_EQUAL(log->checked, 4 * 24);
	scribble(3, 20);
	nand_wear_out(flash.nand, 3, 20);
	log = sanitize();
	TAP_EQUAL(log->outcome, 2);
	TAP_EQUAL(log->failed, 1);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	/* Checkpoints that stay, of which one is the newest, do not come back, either. */
	TAP_CHECK(tier_ops.start(&hal.fw) && tier_ops.start(&hal.fw), "flash does not start");
	for (uint32_t die = 0; die < 4; die++) {
		nand_wear_out(flash.nand, die, 0);
	}
	log = sanitize();
	TAP_EQUAL(log->outcome, 2);
	TAP_CHECK(tier->ready, "flash does not start");
	return true;
}

/* No flash answers any more: it ends all the same, and says what it did not see. */
TAP_CASE(sanitize_without_flash)
{
	const struct pamc_log_progress *log;

	TAP_CHECK(start() && mailbox_enable(&hal), "no card");
	nand_cut_now(flash.nand);
	log = sanitize();
	TAP_EQUAL(log->running, 0);
	TAP_EQUAL(log->outcome, 2);
	TAP_EQUAL(log->failed, 4 * 24);
	TAP_EQUAL(log->checked, 0);
	return true;
}

#define BLOCKS (4 * 24)

/* Blocks 10 and 44 are bad for good; all others were erased so often as was known, and once more.
 */
static bool wear_is_known(const uint32_t *before, uint64_t host_bytes, uint64_t flash_bytes)
{
	struct fl_figures fl;

	for (uint32_t block = 0; block < BLOCKS; block++) {
		const struct fl_block *at = &tier->fl->blocks[block];

		if (block == 10 || block == 44) {
			TAP_CHECK(at->state == FL_BLOCK_BAD, "block %u is good again", block);
		} else {
			TAP_CHECK(at->state != FL_BLOCK_BAD, "block %u is bad", block);
			TAP_CHECK(at->erases > before[block], "block %u: %u erases, before %u",
				  block, at->erases, before[block]);
		}
	}
	fl_get_figures(tier->fl, &fl);
	TAP_EQUAL(fl.bad_grown, 2);
	TAP_EQUAL(fl.bad_factory, 0);
	TAP_CHECK(fl.host_bytes >= host_bytes && fl.flash_bytes > flash_bytes,
		  "what was written is forgotten");
	return true;
}

/* What lasts as long as flash does is known after it, and when power was away: how often blocks
 * were erased, which failed before, and which did so when they were erased for this. */
TAP_CASE(sanitize_keeps_wear)
{
	uint32_t before[BLOCKS];
	struct fl_figures fl;
	struct entry *entry;

	TAP_CHECK(start() && lasting_pool() && mailbox_enable(&hal), "no card");
	entry = put(LASTING, 1, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	for (uint32_t block = 0; block < BLOCKS; block++) {
		tier->fl->blocks[block].erases += 50 + block;
		before[block] = tier->fl->blocks[block].erases;
	}
	fl_get_figures(tier->fl, &fl);
	TAP_CHECK(fl.host_bytes > 0, "nothing was written");
	fl_block_bad(tier->fl, 10);
	nand_wear_out(flash.nand, 44 / 24, 44 % 24);
	TAP_EQUAL(sanitize()->outcome, 1);
	TAP_CHECK(tier->ready && wear_is_known(before, fl.host_bytes, fl.flash_bytes), "at once");
	TAP_CHECK(tier_ops.start(&hal.fw) && wear_is_known(before, fl.host_bytes, fl.flash_bytes),
		  "after a start");
	/* Once more, with nothing in it. */
	TAP_EQUAL(sanitize()->outcome, 1);
	for (uint32_t block = 0; block < BLOCKS; block++) {
		before[block]++;
	}
	TAP_CHECK(tier_ops.start(&hal.fw) && wear_is_known(before, fl.host_bytes, fl.flash_bytes),
		  "after the second one");
	return true;
}

static const struct pamc_log_progress *self_test(uint32_t kind)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_SELF_TEST, .id = kind};

	mailbox_command(&hal, &sqe, NULL);
	for (unsigned int n = 0; n < 1000 && hal.fw.self_test.log.running; n++) {
		mailbox_run(&hal, 300);
	}
	return &hal.fw.self_test.log;
}

/* A self-test reads flash: some of each die, or a page of each block that has been filled. */
TAP_CASE(self_test_of_flash)
{
	const struct pamc_log_progress *log;
	struct entry *entry = NULL;
	uint64_t few, all;

	TAP_CHECK(start() && lasting_pool() && mailbox_enable(&hal), "no card");
	log = self_test(2);
	TAP_EQUAL(log->outcome, 1);
	all = log->checked;
	log = self_test(1);
	TAP_EQUAL(log->outcome, 1);
	few = log->checked;
	for (uint64_t i = 0; i < 60; i++) {
		entry = put(LASTING, i, 60000);
		TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	}
	log = self_test(1);
	TAP_EQUAL(log->outcome, 1);
	TAP_EQUAL(log->checked, few);
	log = self_test(2);
	TAP_EQUAL(log->outcome, 1);
	TAP_CHECK(log->checked > all + 4, "%u blocks are read", (unsigned int)(log->checked - all));
	all = log->checked;
	/* All that was written cannot be read any more: the first is told, and how many. */
	for (uint32_t die = 0; die < 4; die++) {
		for (uint32_t block = 0; block < 24; block++) {
			nand_damage(flash.nand, die, block, 0);
		}
	}
	log = self_test(2);
	TAP_EQUAL(log->running, 0);
	TAP_EQUAL(log->outcome, 2);
	TAP_EQUAL(log->step, PAMC_TEST_PART_FLASH);
	TAP_CHECK(log->failed > 4, "%u blocks", log->failed);
	TAP_CHECK((log->detail >> 32) < 4 && (uint32_t)log->detail < 24, "another place");
	/* Without power nothing is read, and it ends. */
	nand_cut_now(flash.nand);
	mailbox_command(&hal, &(struct pamc_admin_sqe){.opcode = PAMC_ADMIN_SELF_TEST, .id = 15},
			NULL);
	TAP_EQUAL(hal.fw.self_test.log.running, 0);
	return true;
}

/* Blocks that were provided for those that fail are used up: one in 32, here 3. */
TAP_CASE(spare_is_told)
{
	const struct pamc_log_health *health;
	struct fl_figures fl;

	TAP_CHECK(start() && mailbox_enable(&hal), "no card");
	hal.fw.watches = 0;
	fw_watch_health(&hal.fw);
	TAP_EQUAL(hal.fw.events >> PAMC_EVENT_HEALTH & 1, 0);
	for (uint32_t block = 10; block < 13; block++) {
		fl_block_bad(tier->fl, block);
	}
	fl_get_figures(tier->fl, &fl);
	TAP_EQUAL(fl.bad_grown, 3);
	fw_log(&hal.fw, PAMC_LOG_HEALTH);
	health = (const struct pamc_log_health *)hal.fw.page;
	TAP_EQUAL(health->spare_percent, 0);
	TAP_EQUAL(health->warnings, 4);
	for (unsigned int n = 0; n < 64; n++) {
		fw_watch_health(&hal.fw);
	}
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "no event");
	hal.fw.events = 0;
	for (unsigned int n = 0; n < 200; n++) {
		fw_watch_health(&hal.fw);
	}
	TAP_EQUAL(hal.fw.events >> PAMC_EVENT_HEALTH & 1, 0);
	return true;
}

#endif /* FIRMWARE_TIER_SANITIZE_H */
