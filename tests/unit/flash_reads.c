// SPDX-License-Identifier: Apache-2.0
/*
 * What reads and days do to flash: what is read too often or is too old is written anew, with
 * power cuts in between, and what cannot be corrected once is read again.
 */
#include "flash_care.h"
#include "tap.h"

TAP_CASE(disturb)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	fl_place before;

	config.refresh_reads = 400;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		put_and_demote(rig, EPHEMERAL_SLOT, i);
	}
	rig_settle(rig);
	before = rig->pools[EPHEMERAL_SLOT].entries[0].place;
	TAP_CHECK(before & FL_FLASH, "in flash: %llx", (unsigned long long)before);
	TAP_EQUAL(figures_of(rig).refreshed, 0);
	/* As the data path tells it. */
	for (uint32_t i = 0; i < 400; i++) {
		fl_note_read(rig->fl, before, 0);
	}
	TAP_CHECK(sound(rig), "after 400 reads");
	TAP_CHECK(figures_of(rig).refreshed > 0, "nothing was written anew");
	TAP_CHECK(rig->pools[EPHEMERAL_SLOT].entries[0].place != before, "it stayed");
	/* Many bits were corrected: the same, at once. */
	before = rig->pools[EPHEMERAL_SLOT].entries[5].place;
	fl_note_read(rig->fl, before, config.refresh_bits);
	TAP_CHECK(sound(rig), "after corrected bits");
	TAP_CHECK(rig->pools[EPHEMERAL_SLOT].entries[5].place != before, "it stayed");
	rig_free(rig);
	return true;
}

/* One page in a hundred or so cannot be corrected when it is read, and can the next time. */
TAP_CASE(read_again)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct fl_figures figures;
	struct rig *rig;

	/* Of 40 that can be corrected: 32 and some. */
	nand.bits = 35;
	config.refresh_bits = 0;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		put_and_demote(rig, 0, i);
	}
	for (uint32_t round = 0; round < 40; round++) {
		TAP_CHECK(sound(rig), "round %u", round);
	}
	/* Copied, too: one in four stays. */
	for (uint32_t i = 0; i < 40 * RIG_KEYS; i++) {
		if (i % 4) {
			put_and_demote(rig, 0, i % RIG_KEYS);
		}
	}
	TAP_CHECK(sound(rig), "after collection");
	figures = figures_of(rig);
	printf(
	    "# %llu of %llu reads made again, %llu uncorrectable, %llu records copied, %llu lost\n",
	    (unsigned long long)figures.read_again,
	    (unsigned long long)nand_figures(rig->nand).reads,
	    (unsigned long long)figures.uncorrectable, (unsigned long long)figures.moved,
	    (unsigned long long)rig->lost);
	TAP_CHECK(figures.read_again > 10 && figures.moved > 0, "too little was tested");
	TAP_EQUAL(figures.uncorrectable, 0);
	TAP_EQUAL(rig->lost, 0);
	rig_free(rig);
	return true;
}

/* Reads are not forgotten with power; few of them are. */
TAP_CASE(disturb_and_cut)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;

	config.refresh_reads = 1600;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		put_and_demote(rig, 0, i);
	}
	rig_sync(rig, 0);
	for (uint32_t cut = 0; cut < 3; cut++) {
		for (uint32_t i = 0; i < 500; i++) {
			fl_note_read(rig->fl, rig->pools[0].entries[1].place, 0);
		}
		rig_step(rig);
		rig_settle(rig);
		TAP_EQUAL(figures_of(rig).refreshed, 0);
		/* By the journal, then by the checkpoint. */
		for (uint32_t twice = 0; twice < 2; twice++) {
			nand_cut_now(rig->nand);
			rig_power_on(rig);
			GOOD(rig);
		}
	}
	for (uint32_t i = 0; i < 100 + 3 * 101; i++) {
		fl_note_read(rig->fl, rig->pools[0].entries[1].place, 0);
	}
	TAP_CHECK(sound(rig), "after 1900 reads");
	TAP_CHECK(figures_of(rig).refreshed > 0, "nothing was written anew");
	rig_free(rig);
	return true;
}

/* Each block is looked after once, as it is that day. */
static void patrol(struct rig *rig, uint32_t day)
{
	fl_set_day(rig->fl, day);
	for (uint32_t i = 0; i < rig->config.dies * rig->config.blocks; i++) {
		while (!fl_care(rig->fl)) {
			rig_step(rig);
		}
	}
	/* Until blocks that were open are closed. */
	for (uint32_t i = 0; i < 20; i++) {
		rig_step(rig);
	}
	rig_settle(rig);
}

#define FIRST_DAY 20000u

/* A year, a month at a time, with flash that forgets in half a year. */
static bool a_year(struct tap *tap, bool patrols, uint32_t refresh_days, uint64_t *uncorrectable)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;

	nand.bits = 1;
	nand.bits_days = 150;
	config.refresh_days = refresh_days;
	rig = begin(&nand, &config, tap->seed);
	fl_set_day(rig->fl, FIRST_DAY);
	for (uint32_t i = 0; i < 2 * RIG_KEYS; i++) {
		put_and_demote(rig, i / RIG_KEYS, i % RIG_KEYS);
	}
	rig_sync(rig, 0);
	rig_sync(rig, 1);
	for (uint32_t month = 1; month <= 12; month++) {
		nand_pass_days(rig->nand, 30);
		if (patrols) {
			patrol(rig, FIRST_DAY + 30 * month);
		}
		if (month == 6) {
			/* Neither age nor what was read is forgotten. */
			rig_sync(rig, 0);
			rig_sync(rig, 1);
			nand_cut_now(rig->nand);
			rig_power_on(rig);
			GOOD(rig);
		}
	}
	rig->lost += !patrols; /* reads may fail */
	rig_read_all(rig);
	*uncorrectable = figures_of(rig).uncorrectable;
	GOOD(rig);
	TAP_CHECK(!patrols || figures_of(rig).refreshed > 30, "%llu refreshed",
		  (unsigned long long)figures_of(rig).refreshed);
	rig_free(rig);
	return true;
}

TAP_CASE(retention)
{
	uint64_t by_day, by_bits, without;

	TAP_CHECK(a_year(tap, true, 60, &by_day), "by age");
	TAP_CHECK(a_year(tap, true, 0, &by_bits), "by wrong bits");
	TAP_CHECK(a_year(tap, false, 60, &without), "without");
	TAP_EQUAL(by_day, 0);
	TAP_EQUAL(by_bits, 0);
	TAP_CHECK(without > 50, "without refresh only %llu reads fail",
		  (unsigned long long)without);
	return true;
}

/* The owner's clock says this; that is the count. */
static bool day_is(struct rig *rig, uint32_t day, uint32_t count)
{
	fl_set_day(rig->fl, day);
	rig_sync(rig, 0);
	GOOD(rig);
	TAP_EQUAL(figures_of(rig).day, count);
	return true;
}

/* A clock that comes late, is set back, is wrong by years; power that goes in between. */
TAP_CASE(days)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;

	config.refresh_days = 60;
	rig = begin(&nand, &config, tap->seed);
	put_and_demote(rig, 0, 1);
	TAP_CHECK(day_is(rig, 0, 0) && day_is(rig, 70000, 0), "no day");
	TAP_CHECK(day_is(rig, 20000, 61), "the first day");
	TAP_CHECK(day_is(rig, 20010, 71), "ten days");
	for (uint32_t round = 0; round < 2; round++) {
		nand_cut_now(rig->nand);
		rig_power_on(rig);
		TAP_EQUAL(figures_of(rig).day, 71);
	}
	TAP_CHECK(day_is(rig, 20012, 73), "two days without power");
	TAP_CHECK(day_is(rig, 11000, 73) && day_is(rig, 11004, 77), "set back");
	TAP_CHECK(day_is(rig, 40000, 137) && day_is(rig, 20020, 137), "wrong, and set right");
	TAP_CHECK(day_is(rig, 20021, 138), "the next day");
	/* What was there before the first day is old. */
	TAP_EQUAL(figures_of(rig).refreshed, 0);
	patrol(rig, 20021);
	TAP_CHECK(figures_of(rig).refreshed > 0, "it stayed");
	TAP_CHECK(sound(rig), "in the end");
	rig_free(rig);
	return true;
}

/* An idle card's checkpoint and journal are not read for years. */
TAP_CASE(old_checkpoint)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	uint64_t before;

	for (uint32_t by_day = 0; by_day < 2; by_day++) {
		nand.bits_days = 150;
		config.refresh_days = by_day ? 60 : 0;
		rig = begin(&nand, &config, tap->seed);
		rig_sync(rig, 0);
		patrol(rig, FIRST_DAY);
		before = figures_of(rig).checkpoints;
		nand_pass_days(rig->nand, by_day ? 61 : 230);
		/* A page of a block at a time. */
		for (uint32_t i = 0; i < 4; i++) {
			patrol(rig, FIRST_DAY + 61);
		}
		TAP_CHECK(figures_of(rig).checkpoints > before, "no checkpoint, %u", by_day);
		TAP_CHECK(figures_of(rig).anchor_erases > 0, "%u erases",
			  figures_of(rig).anchor_erases);
		TAP_CHECK(figures_of(rig).checkpoints < before + 4, "%llu checkpoints",
			  (unsigned long long)(figures_of(rig).checkpoints - before));
		nand_pass_days(rig->nand, 60);
		nand_cut_now(rig->nand);
		rig_power_on(rig);
		TAP_CHECK(sound(rig), "started again");
		rig_free(rig);
	}
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "what is read too often is written anew", disturb);
	tap_run(&tap, "what cannot be corrected is read again", read_again);
	tap_run(&tap, "a power cut does not make reads forgotten", disturb_and_cut);
	tap_run(&tap, "what is old is written anew", retention);
	tap_run(&tap, "days are counted, whatever clocks do", days);
	tap_run(&tap, "an old checkpoint is written anew", old_checkpoint);
	return tap_done(&tap);
}
