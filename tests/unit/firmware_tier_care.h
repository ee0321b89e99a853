/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of firmware_tier.c: flash is written anew before it forgets, as the product sets it up. */
#ifndef FIRMWARE_TIER_CARE_H
#define FIRMWARE_TIER_CARE_H

#include "firmware_tier_vault.h"
#include "tap.h"

static uint64_t refreshed(void)
{
	struct fw_tier_figures figures;

	tier_ops.figures(&hal.fw, &figures);
	return figures.wear.refreshed;
}

/* Flash that gets a wrong bit with every few reads, with each strength of ECC that there is. */
static bool reads_with(uint32_t bits)
{
	struct entry *entry;

	correctable = bits;
	bits_reads = 150;
	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 3000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	for (uint32_t i = 0; i < 1500; i++) {
		TAP_CHECK(ask_to_read(entry) == HAL_TIER_DONE, "read %u fails", i);
		if (i % 8 == 0) {
			settle();
		}
	}
	TAP_CHECK(refreshed() > 0, "nothing was written anew");
	return true;
}

TAP_CASE(wrong_bits)
{
	bool good = reads_with(40) && reads_with(72);

	correctable = 72;
	bits_reads = 0;
	return good;
}

/* Flash that forgets in ten months; nobody reads it. */
#define CARE_RECORDS 40u
#define DAY          (86400ull * 1000000 * 250) /* cycles */

static bool remembered(struct entry *const *entries)
{
	for (uint32_t i = 0; i < CARE_RECORDS; i++) {
		if (ask_to_read(entries[i]) != HAL_TIER_DONE) {
			return false;
		}
	}
	return true;
}

/* The firmware's clock goes on by so many days, and flash is as much older; the firmware is idle.
 */
static void days_pass(uint32_t days)
{
	nand_pass_days(flash.nand, days);
	for (uint32_t day = 0; day < days; day += days / 2) {
		for (uint32_t block = 0; block < tier->config.dies * tier->config.blocks; block++) {
			hal.now += days / 2 * DAY / (tier->config.dies * tier->config.blocks) + 1;
			for (uint32_t turn = 0; turn < 65; turn++) {
				tier_ops.run(&hal.fw);
			}
		}
	}
	settle();
}

/* early: what was written anew after five months. */
static bool a_year(uint64_t timestamp, uint64_t *early)
{
	struct entry *entries[CARE_RECORDS];

	bits_days = 250;
	TAP_CHECK(start() && lasting_pool(), "no flash");
	hal.fw.timestamp = timestamp;
	hal.fw.timestamp_at = hal.now;
	tier_ops.run(&hal.fw);
	for (uint32_t i = 0; i < CARE_RECORDS; i++) {
		entries[i] = put(LASTING, i, 3000);
	}
	TAP_EQUAL(ask(HAL_TIER_SYNC, entries[0]), HAL_TIER_DONE);
	for (uint32_t month = 0; month < 14; month++) {
		days_pass(30);
		if (month == 4) {
			*early = refreshed();
		}
	}
	bits_days = 0;
	TAP_CHECK(remembered(entries), "a record was forgotten");
	TAP_CHECK(refreshed() > 0, "nothing was written anew");
	return true;
}

TAP_CASE(forgetting)
{
	struct entry *entry;
	uint64_t with = 0, without = 0;

	TAP_CHECK(a_year(1000000000000000000, &with), "with a clock");
	TAP_CHECK(with > 0, "nothing was written anew for its age");
	TAP_CHECK(a_year(0, &without), "without a clock");
	TAP_EQUAL(without, 0);
	/* And it does forget, if time passes of which the firmware knows nothing. */
	bits_days = 250;
	TAP_CHECK(start() && lasting_pool(), "no flash");
	bits_days = 0;
	entry = put(LASTING, 1, 3000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	nand_pass_days(flash.nand, 420);
	TAP_EQUAL(ask_to_read(entry), HAL_TIER_FAILED);
	return true;
}

#endif /* FIRMWARE_TIER_CARE_H */
