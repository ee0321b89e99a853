// SPDX-License-Identifier: Apache-2.0
/* The firmware divides card memory as the C model does, for every size. */
#include "fw_priv.h"
#include "tap.h"
#include "vault_layout.h"

static bool same(uint64_t dram_bytes, uint64_t flash_bytes)
{
	struct vault_layout wanted;
	struct fw_layout got;

	vault_lay_out(dram_bytes, flash_bytes, &wanted);
	fw_layout_of(dram_bytes, flash_bytes, &got);
	TAP_EQUAL(got.index_bytes, wanted.index_bytes);
	TAP_EQUAL(got.map_bytes, wanted.map_bytes);
	TAP_EQUAL(got.buckets, wanted.buckets);
	TAP_EQUAL(got.units, wanted.units);
	TAP_EQUAL(got.slot_limit, wanted.slot_limit);
	return true;
}

TAP_CASE(sizes)
{
	for (uint64_t lines = 0; lines < 2000; lines++) {
		TAP_CHECK(same((UINT64_C(1) << 20) + lines * 64, 0), "%u lines",
			  (unsigned int)lines);
	}
	for (unsigned int n = 0; n < 20000; n++) {
		uint64_t dram = (UINT64_C(1) << 20) + tap_below(tap, UINT64_C(64) << 30) / 64 * 64;
		uint64_t flash = tap_below(tap, 2) ? tap_below(tap, UINT64_C(16) << 40) : 0;

		TAP_CHECK(same(dram, flash), "%llu bytes, flash %llu", (unsigned long long)dram,
			  (unsigned long long)flash);
	}
	return same(UINT64_C(64) << 30, 0);
}

TAP_CASE(promises)
{
	for (uint32_t order = 0; order <= PAMC_MAX_PAGE_ORDER; order++) {
		TAP_EQUAL(fw_worst_units(order, false), vault_worst_units(order, false));
		TAP_EQUAL(fw_worst_units(order, true), vault_worst_units(order, true));
		TAP_EQUAL(fw_worst_flash(order), vault_flash_worst(order));
	}
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "card memory is divided as the model does it", sizes);
	tap_run(&tap, "a promised page takes as much as in the model", promises);
	return tap_done(&tap);
}
