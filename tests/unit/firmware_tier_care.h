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

#endif /* FIRMWARE_TIER_CARE_H */
