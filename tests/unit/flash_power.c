// SPDX-License-Identifier: Apache-2.0
/*
 * Power cuts. A random run of puts, replacements, flushes of pages, objects and pools,
 * creations, destructions and syncs, on durable and other pools, is cut off at each of its
 * flash operations: before it, in the middle, after it but before anyone knew. Then power
 * comes back, often to be cut again during the start; what is found must be, for each key
 * of a durable pool, the version of the last sync that completed or a later one, and nothing
 * at all of other pools; every record must read as it was put; all room must be accounted
 * for; and the run goes on from there, and is cut again.
 *
 * All of that with flash that is whole, and with poor flash: blocks that the maker marked, others
 * that fail one after the other at a program or an erase, wrong bits in whatever is read; and it is
 * written anew for these, for reads and for its age.
 *
 * The history is kept by flash_rig.c. A run is named by its seed and the cut:
 * PAMCARD_SEED, PAMCARD_CUT=operation:when, PAMCARD_POOR=1, PAMCARD_OPS. PAMCARD_LONG=1 draws many
 * long runs.
 */
#include "flash_rig.h"
#include "tap.h"

/* What happened in all runs of a case. */
struct totals {
	uint64_t cuts, start_cuts, torn, synced, recovered, puts, checkpoints, collected;
	uint64_t marked, failed, corrected, refreshed; /* of poor flash */
};

/* Of each two blocks for checkpoints one stays good, as without them nothing goes on. */
#define MOST_WORN  4u
#define POOR_BADS  50u /* of 1000 */
#define POOR_BITS  8
#define POOR_BLOCK 11u

/* Are some blocks marked, and none of those for checkpoints? */
static bool fit(const struct rig *rig)
{
	uint32_t marked = 0;

	for (uint32_t die = 0; die < rig->config.dies; die++) {
		for (uint32_t block = 0; block < rig->config.blocks; block++) {
			if (nand_factory_bad(rig->nand, die, block)) {
				marked++;
				if (block < 2 && (die == 0 || die == rig->config.dies - 1)) {
					return false;
				}
			}
		}
	}
	return marked > 0;
}

static struct rig *new_rig(uint64_t seed, bool poor)
{
	struct nand_config nand = rig_nand_config(seed);
	struct fl_config config;
	struct rig *rig;

	if (!poor) {
		config = rig_fl_config(&nand);
		return rig_new(&nand, &config, seed ^ 0x5eed);
	}
	nand.blocks = POOR_BLOCK;
	nand.factory_bad = POOR_BADS;
	nand.bits = POOR_BITS;
	config = rig_fl_config(&nand);
	config.refresh_bits = 2 * POOR_BITS;
	config.refresh_reads = 150;
	config.refresh_days = 30;
	rig = rig_new(&nand, &config, seed ^ 0x5eed);
	while (!fit(rig)) {
		rig_free(rig);
		nand.seed += 1u << 20;
		rig = rig_new(&nand, &config, seed ^ 0x5eed);
	}
	rig->poor = true;
	return rig;
}

/* What poor flash has in store now and then. */
static void fate(struct rig *rig)
{
	uint64_t what = rig_rand(rig, 128);

	if (what == 0) {
		uint32_t die = (uint32_t)rig_rand(rig, rig->config.dies);
		uint32_t block = (uint32_t)rig_rand(rig, rig->config.blocks);

		if (rig->worn < MOST_WORN &&
		    (block != 0 || (die != 0 && die != rig->config.dies - 1))) {
			rig->worn++;
			nand_wear_out(rig->nand, die, block);
		}
	} else if (what == 1) {
		fl_set_day(rig->fl, 1 + (uint32_t)(rig->puts / 4));
	} else if (what < 16) {
		fl_care(rig->fl);
	}
}

/* Something at random. False: power is gone. */
static bool some(struct rig *rig)
{
	if (rig->poor) {
		fate(rig);
	}
	return rig_random(rig);
}

/* From nothing: format, and so many operations. */
static bool run(struct rig *rig, uint32_t operations)
{
	bool on = rig_format(rig);

	for (uint32_t i = 0; on && i < operations && !rig->wrong[0]; i++) {
		on = some(rig);
	}
	return on;
}

/* Until it is up; cuts of the start itself are drawn, most of them early. */
static void start(struct rig *rig, uint32_t start_cuts, struct totals *totals)
{
	while (!rig->wrong[0]) {
		if (start_cuts > 0) {
			uint64_t at = nand_figures(rig->nand).operations + rig_rand(rig, 150);

			start_cuts--;
			nand_cut_at(rig->nand, at, (enum nand_cut)rig_rand(rig, 3));
		} else {
			nand_cut_at(rig->nand, UINT64_MAX, NAND_CUT_BEFORE);
		}
		if (rig_power_on(rig)) {
			return;
		}
		totals->start_cuts++;
	}
}

/* After a cut: found again, readable, and usable. */
static void aftermath(struct rig *rig, uint32_t start_cuts, uint32_t operations,
		      struct totals *totals)
{
	struct fl_figures figures;

	totals->cuts++;
	start(rig, start_cuts, totals);
	nand_cut_at(rig->nand, UINT64_MAX, NAND_CUT_BEFORE);
	if (!rig->wrong[0]) {
		rig_read_all(rig);
	}
	for (uint32_t i = 0; i < operations && !rig->wrong[0]; i++) {
		some(rig);
	}
	if (!rig->wrong[0]) {
		rig_check(rig);
		fl_get_figures(rig->fl, &figures);
		totals->checkpoints += figures.checkpoints;
		totals->collected += figures.collected;
		totals->marked += figures.bad_factory;
		totals->failed += figures.bad_grown;
		totals->corrected += figures.corrected_bits;
		totals->refreshed += figures.refreshed;
	}
	if (nand_figures(rig->nand).misuses) {
		rig_fault(rig, "flash was misused", nand_figures(rig->nand).misuses, 0);
	}
}

static void add(struct totals *totals, const struct rig *rig)
{
	totals->torn += nand_figures(rig->nand).torn;
	totals->synced += rig->synced;
	totals->recovered += rig->recovered;
	totals->puts += rig->puts;
}

static void tell(const struct totals *totals)
{
	printf("# %llu cuts, %llu more during starts, %llu operations torn; %llu puts, %llu syncs, "
	       "%llu records found again; %llu checkpoints, %llu blocks collected\n",
	       (unsigned long long)totals->cuts, (unsigned long long)totals->start_cuts,
	       (unsigned long long)totals->torn, (unsigned long long)totals->puts,
	       (unsigned long long)totals->synced, (unsigned long long)totals->recovered,
	       (unsigned long long)totals->checkpoints, (unsigned long long)totals->collected);
	if (totals->corrected) {
		printf("# after all cuts: %llu blocks marked, %llu failed, %llu bits corrected, "
		       "%llu pages written anew\n",
		       (unsigned long long)totals->marked, (unsigned long long)totals->failed,
		       (unsigned long long)totals->corrected,
		       (unsigned long long)totals->refreshed);
	}
}

/* Poor flash was poor. */
static bool poor_enough(const struct totals *totals)
{
	return totals->marked > 0 && totals->failed > totals->cuts / 8 &&
	       totals->refreshed > totals->cuts / 8;
}

static bool one_cut(uint64_t seed, bool poor, uint32_t operations, uint64_t at, enum nand_cut when,
		    struct totals *totals)
{
	struct rig *rig = new_rig(seed, poor);
	bool good;

	nand_cut_at(rig->nand, at, when);
	if (!run(rig, operations)) {
		rig->random ^= at * 3 + when;
		aftermath(rig, (uint32_t)rig_rand(rig, 3), 12, totals);
		/* Once more, so that what the first start left is tested, too. */
		if (!rig->wrong[0]) {
			nand_cut_now(rig->nand);
			aftermath(rig, 0, 0, totals);
		}
	}
	good = !rig->wrong[0];
	if (!good) {
		printf("# PAMCARD_SEED=%llu PAMCARD_CUT=%llu:%d PAMCARD_POOR=%d PAMCARD_OPS=%u: "
		       "%s\n",
		       (unsigned long long)seed, (unsigned long long)at, when, poor, operations,
		       rig->wrong);
	}
	add(totals, rig);
	rig_free(rig);
	return good;
}

/* Every operation of one run; or of these one in so many. */
static bool every_cut(struct tap *tap, bool poor, uint32_t operations, uint32_t stride)
{
	struct totals totals = {0};
	struct rig *rig = new_rig(tap->seed, poor);
	uint64_t all;
	char wrong[sizeof(rig->wrong)];

	TAP_CHECK(run(rig, operations), "power went away by itself");
	all = nand_figures(rig->nand).operations;
	memcpy(wrong, rig->wrong, sizeof(wrong));
	rig_free(rig);
	TAP_CHECK(!wrong[0], "without a cut: %s", wrong);
	for (uint64_t at = 0; at < all; at++) {
		for (uint32_t when = 0; when < 3; when++) {
			if ((at * 3 + when) % stride == 0) {
				TAP_CHECK(one_cut(tap->seed, poor, operations, at,
						  (enum nand_cut)when, &totals),
					  "cut %llu:%u of %llu", (unsigned long long)at, when,
					  (unsigned long long)all);
			}
		}
	}
	printf("# %llu flash operations\n", (unsigned long long)all);
	tell(&totals);
	TAP_CHECK(totals.start_cuts * stride > all / 4 && totals.torn * stride > all / 2 &&
		      totals.recovered * stride > all && (!poor || poor_enough(&totals)),
		  "too little was tested");
	return true;
}

TAP_CASE(at_every_operation)
{
	return every_cut(tap, false, 900, 1);
}

TAP_CASE(poor_at_operations)
{
	return every_cut(tap, true, 900, 8);
}

/* Long enough for checkpoints, journal blocks and collection, cut after cut. */
static bool long_run(uint64_t seed, bool poor, uint32_t cuts, struct totals *totals)
{
	struct rig *rig = new_rig(seed, poor);
	bool on = run(rig, 300);

	for (uint32_t i = 0; on && i < cuts && !rig->wrong[0]; i++) {
		uint64_t now = nand_figures(rig->nand).operations;
		bool power = true;

		nand_cut_at(rig->nand, now + rig_rand(rig, 700), (enum nand_cut)rig_rand(rig, 3));
		while (power && !rig->wrong[0]) {
			power = some(rig);
		}
		if (!power) {
			aftermath(rig, (uint32_t)rig_rand(rig, 4), 0, totals);
		}
	}
	if (rig->wrong[0]) {
		printf("# run of seed %llu, %s flash: %s\n", (unsigned long long)seed,
		       poor ? "poor" : "good", rig->wrong);
		on = false;
	}
	add(totals, rig);
	rig_free(rig);
	return on;
}

static bool random_cuts(struct tap *tap, bool poor, uint32_t runs, uint32_t cuts)
{
	struct totals totals = {0};

	for (uint32_t i = 0; i < runs; i++) {
		uint64_t seed = tap->seed * 1000003 + i;

		TAP_CHECK(long_run(seed, poor, cuts, &totals), "run %u", i);
	}
	tell(&totals);
	TAP_CHECK(totals.checkpoints > totals.cuts && totals.collected > 0 && totals.torn > 0 &&
		      (!poor || poor_enough(&totals)),
		  "too little was tested");
	return true;
}

TAP_CASE(again_and_again)
{
	return random_cuts(tap, false, 12, 40);
}

TAP_CASE(poor_again_and_again)
{
	struct totals totals = {0};

	/* In these both blocks that a checkpoint took for its journal failed. */
	TAP_CHECK(long_run(3000011, true, 30, &totals) && long_run(4000013, true, 30, &totals),
		  "a journal that fails");
	return random_cuts(tap, true, 4, 30);
}

TAP_CASE(at_every_operation_of_long_runs)
{
	for (uint32_t i = 0; i < 8; i++, tap->seed++) {
		if (!every_cut(tap, i % 2 != 0, 3000, 1)) {
			return false;
		}
	}
	return true;
}

TAP_CASE(again_and_again_for_long)
{
	return random_cuts(tap, false, 1000, 60) && random_cuts(tap, true, 500, 60);
}

/* Both blocks fail that the first checkpoint takes for its journal: the first behind its own. */
TAP_CASE(failing_journal)
{
	struct rig *rig = new_rig(tap->seed, false);

	nand_wear_out(rig->nand, 0, rig->config.anchors);
	nand_wear_out(rig->nand, 0, rig->config.anchors + 1);
	TAP_CHECK(run(rig, 200), "power went away by itself");
	nand_cut_now(rig->nand);
	TAP_CHECK(rig_power_on(rig), "it does not start");
	rig_read_all(rig);
	TAP_CHECK(!rig->wrong[0], "%s", rig->wrong);
	rig_free(rig);
	return true;
}

int main(void)
{
	struct tap tap;
	const char *cut = getenv("PAMCARD_CUT");
	const char *longer = getenv("PAMCARD_LONG");

	tap_begin(&tap);
	if (cut) {
		struct totals totals = {0};
		char *end;
		uint64_t at = strtoull(cut, &end, 0);
		uint32_t when = *end == ':' ? (uint32_t)strtoul(end + 1, NULL, 0) : 0;
		const char *ops = getenv("PAMCARD_OPS"), *poor = getenv("PAMCARD_POOR");

		tap.failed =
		    !one_cut(tap.seed, poor && *poor == '1', ops ? (uint32_t)atoi(ops) : 900, at,
			     (enum nand_cut)when, &totals);
		tell(&totals);
		return tap_done(&tap);
	}
	tap_run(&tap, "all blocks of a journal fail", failing_journal);
	tap_run(&tap, "power is cut at every operation", at_every_operation);
	tap_run(&tap, "power is cut again and again", again_and_again);
	tap_run(&tap, "power is cut at operations of poor flash", poor_at_operations);
	tap_run(&tap, "power is cut again and again with poor flash", poor_again_and_again);
	if (longer && *longer == '1') {
		tap_run(&tap, "power is cut at every operation of long runs",
			at_every_operation_of_long_runs);
		tap_run(&tap, "power is cut again and again for long", again_and_again_for_long);
	}
	return tap_done(&tap);
}
