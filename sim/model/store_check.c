// SPDX-License-Identifier: Apache-2.0
/*
 * Proof, for tests, that the store's lists, its bitmap and the free memory tell
 * the same story, and that free memory is scrubbed.
 */
#include "store.h"

#include <errno.h>
#include <stdio.h>

struct totals {
	uint64_t units;
	uint64_t runs;
};

/* One free run, as the bitmap has it: [unit, end). */
static int check_run(const struct store *store, uint32_t unit, uint32_t end, char *message,
		     size_t size)
{
	const uint32_t *words = store_at(store, unit);
	size_t count = (size_t)(end - unit) * STORE_UNIT / sizeof(*words);
	uint32_t length = end - unit;

	if (length < STORE_MIN_RUN || words[2] != length || words[count - 1] != length) {
		snprintf(message, size, "free run at unit %u: %u units, noted as %u and %u", unit,
			 length, words[2], words[count - 1]);
		return -EUCLEAN;
	}
	for (size_t word = 3; word < count - 1; word++) {
		if (words[word] != 0) {
			snprintf(message, size, "free run at unit %u: not scrubbed at byte %zu",
				 unit, word * sizeof(*words));
			return -EUCLEAN;
		}
	}
	return 0;
}

static int check_list(const struct store *store, unsigned int bin, struct totals *totals,
		      char *message, size_t size)
{
	uint32_t previous = STORE_NOWHERE;

	for (uint32_t unit = store->head[bin]; unit != STORE_NOWHERE;) {
		const uint32_t *words = store_at(store, unit);
		uint32_t length = words[2];

		if (words[1] != previous || store_is_used(store, unit) ||
		    (length <= STORE_MAX_EXTENT ? length : STORE_MAX_EXTENT + 1) != bin ||
		    ++totals->runs > store->runs) {
			snprintf(message, size, "list %u of free runs is broken at unit %u", bin,
				 unit);
			return -EUCLEAN;
		}
		totals->units += length;
		previous = unit;
		unit = words[0];
	}
	if ((store->head[bin] != STORE_NOWHERE) != (store->occupied[bin / 64] >> bin % 64 & 1)) {
		snprintf(message, size, "list %u of free runs: wrong occupancy", bin);
		return -EUCLEAN;
	}
	return 0;
}

int store_check(const struct store *store, char *message, size_t size)
{
	struct totals listed = {0};
	struct totals mapped = {0};

	for (unsigned int bin = 0; bin < STORE_BINS; bin++) {
		int error = check_list(store, bin, &listed, message, size);

		if (error) {
			return error;
		}
	}
	for (uint32_t unit = 0; unit < store->units;) {
		uint32_t start = unit;
		int error;

		while (unit < store->units && !store_is_used(store, unit)) {
			unit++;
		}
		if (unit == start) {
			unit++;
			continue;
		}
		mapped.runs++;
		mapped.units += unit - start;
		error = check_run(store, start, unit, message, size);
		if (error) {
			return error;
		}
	}
	if (listed.units != store->free_units || mapped.units != store->free_units ||
	    listed.runs != store->runs || mapped.runs != store->runs) {
		snprintf(message, size,
			 "free units: %u counted, %llu listed, %llu mapped; runs: %u, %llu, %llu",
			 store->free_units, (unsigned long long)listed.units,
			 (unsigned long long)mapped.units, store->runs,
			 (unsigned long long)listed.runs, (unsigned long long)mapped.runs);
		return -EUCLEAN;
	}
	return 0;
}
