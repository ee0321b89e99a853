// SPDX-License-Identifier: Apache-2.0
/*
 * Flash that is full, that wears and breaks: collection finds room whenever there is some, blocks
 * age alike, blocks that fail are given up without a loss, and what is lost is lost alone and told.
 */
#include "flash_care.h"
#include "tap.h"

/* Of a page with one record: its header, and what tells of the record. */
#define PAGE_OVERHEAD (64u + 56u)

static uint32_t fill(struct rig *rig)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < 2 * RIG_KEYS; i++) {
		uint64_t refused = rig->refused;

		put_and_demote(rig, EPHEMERAL_SLOT + i / RIG_KEYS, i % RIG_KEYS);
		count += rig->refused == refused;
	}
	return count;
}

TAP_CASE(full)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig = begin(&nand, &config, tap->seed);
	uint32_t first, again;

	rig->usual_bytes = 3800;
	/* Beyond what there is: refused, not stuck. */
	first = fill(rig);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		put_and_demote(rig, 0, i);
		put_and_demote(rig, 1, i);
	}
	TAP_CHECK(rig->refused > 20, "%llu refused", (unsigned long long)rig->refused);
	TAP_CHECK(sound(rig), "full");
	TAP_EQUAL(fl_room(rig->fl), FL_FULL);
	/* Overwritten for long while it is full. */
	for (uint32_t i = 0; i < 6000; i++) {
		uint32_t slot = (uint32_t)rig_rand(rig, RIG_POOLS);

		put_and_demote(rig, slot, (uint32_t)rig_rand(rig, RIG_KEYS));
		if (i % 500 == 0) {
			rig_sync(rig, 0);
		}
	}
	TAP_CHECK(sound(rig), "overwritten while full");
	TAP_CHECK(figures_of(rig).collected > 100, "%llu blocks collected",
		  (unsigned long long)figures_of(rig).collected);
	/* And emptied: what it took first it takes again. */
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		rig_flush_pool(rig, slot);
	}
	rig_sync(rig, 0);
	rig_settle(rig);
	TAP_EQUAL(figures_of(rig).valid_units, 0);
	again = fill(rig);
	TAP_CHECK(again * 20 >= first * 19, "%u records, %u before", again, first);
	TAP_CHECK(sound(rig), "filled again");
	printf("# %u records fill it, %u again; %llu refused, %llu blocks collected\n", first,
	       again, (unsigned long long)rig->refused,
	       (unsigned long long)figures_of(rig).collected);
	rig_free(rig);
	return true;
}

/* Erases of the block that has most less those of the one that has least. */
static uint32_t spread(struct tap *tap, uint32_t wear_spread, uint64_t *erases)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	struct fl_figures figures;

	config.wear_spread = wear_spread;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < 2 * RIG_KEYS; i++) {
		put_and_demote(rig, EPHEMERAL_SLOT + i / RIG_KEYS, i % RIG_KEYS);
	}
	/* Most of it never changes again. */
	for (uint32_t i = 0; i < 20000; i++) {
		put_and_demote(rig, EPHEMERAL_SLOT, (uint32_t)rig_rand(rig, 16));
	}
	figures = figures_of(rig);
	*erases = nand_figures(rig->nand).erases;
	if (!sound(rig)) {
		figures.erase_max = 1u << 30;
	}
	rig_free(rig);
	return figures.erase_max - figures.erase_min;
}

TAP_CASE(wear)
{
	uint64_t erases, without_erases;
	uint32_t without = spread(tap, 1000000, &without_erases);
	uint32_t with = spread(tap, 8, &erases);

	printf("# spread %u (%llu erases), without levelling %u (%llu)\n", with,
	       (unsigned long long)erases, without, (unsigned long long)without_erases);
	TAP_CHECK(with <= 14, "spread %u", with);
	TAP_CHECK(without > 3 * with, "without levelling %u", without);
	TAP_CHECK(erases * 4 < without_erases * 5, "it costs %llu erases, not %llu",
		  (unsigned long long)erases, (unsigned long long)without_erases);
	return true;
}

TAP_CASE(factory_marks)
{
	struct nand_config nand = rig_nand_config(tap->seed + 2);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	uint32_t marked = 0;

	nand.factory_bad = 120;
	nand.blocks = 14;
	config.blocks = 14;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t die = 0; die < config.dies; die++) {
		for (uint32_t block = 0; block < config.blocks; block++) {
			marked += nand_factory_bad(rig->nand, die, block);
		}
	}
	for (uint32_t i = 0; i < 1500; i++) {
		rig_random(rig);
	}
	TAP_CHECK(sound(rig), "with marked blocks");
	TAP_CHECK(marked > 0, "%u marked", marked);
	TAP_EQUAL(figures_of(rig).bad_factory, marked);
	nand_cut_now(rig->nand);
	rig_power_on(rig);
	TAP_CHECK(sound(rig), "started again");
	TAP_EQUAL(figures_of(rig).bad_factory, marked);
	rig_free(rig);
	return true;
}

TAP_CASE(failing_blocks)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	uint32_t grown;

	nand.blocks = 14;
	config.blocks = 14;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < 12; i++) {
		/* Whatever it is used for: data, journal, checkpoint. */
		nand_wear_out(rig->nand, i % config.dies, (i * 5 + 1) % config.blocks);
		for (uint32_t j = 0; j < 250; j++) {
			rig_random(rig);
		}
		TAP_CHECK(sound(rig), "block %u", i);
	}
	grown = figures_of(rig).bad_grown;
	TAP_CHECK(grown >= 6, "%u given up", grown);
	rig_sync(rig, 0);
	nand_cut_now(rig->nand);
	rig_power_on(rig);
	TAP_CHECK(sound(rig), "started again");
	TAP_CHECK(figures_of(rig).bad_grown + 2 >= grown, "%u known, %u before",
		  figures_of(rig).bad_grown, grown);
	for (uint32_t j = 0; j < 500; j++) {
		rig_random(rig);
	}
	TAP_CHECK(sound(rig), "and used");
	rig_free(rig);
	return true;
}

static uint64_t page_of(const struct fl_config *config, const struct rig_pool *pool, uint32_t key)
{
	return (pool->entries[key].place & ~FL_FLASH) / (config->page_bytes / FL_UNIT_BYTES);
}

static uint32_t count_in(const struct fl_config *config, const struct rig_pool *pool, uint64_t page)
{
	uint32_t count = 0;

	for (uint32_t key = 0; key < RIG_KEYS; key++) {
		count += page_of(config, pool, key) == page;
	}
	return count;
}

/* One page of a closed block becomes unreadable. */
TAP_CASE(one_page_lost)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig = begin(&nand, &config, tap->seed);
	struct rig_pool *pool = &rig->pools[0];
	uint64_t page;
	uint32_t in_page = 0;
	uint32_t lost = 0;

	/* Twice, so that there are older versions that must not come back. */
	for (uint32_t i = 0; i < 2 * RIG_KEYS; i++) {
		put_and_demote(rig, 0, i % RIG_KEYS);
		rig_sync(rig, 0);
	}
	rig_settle(rig);
	page = page_of(&config, pool, 20);
	in_page = count_in(&config, pool, page);
	nand_damage(rig->nand, (uint32_t)(page / config.pages / config.blocks),
		    (uint32_t)(page / config.pages % config.blocks),
		    (uint32_t)(page % config.pages));
	fl_note_read(rig->fl, pool->entries[20].place, config.refresh_bits);
	rig_settle(rig);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		lost += pool->entries[i].lost;
	}
	TAP_CHECK(in_page > 0 && pool->entries[20].lost, "%u in the page", in_page);
	TAP_EQUAL(lost, in_page);
	TAP_EQUAL(figures_of(rig).lost, in_page);
	TAP_CHECK(figures_of(rig).uncorrectable > 0, "not counted");
	TAP_CHECK(sound(rig), "all others are there");
	rig_sync(rig, 0);
	/* After a cut the lost ones are absent: that is no older version. */
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		if (pool->entries[i].lost) {
			pool->entries[i].history[0] = 0;
			pool->entries[i].history_count = 1;
		}
	}
	nand_cut_now(rig->nand);
	rig_power_on(rig);
	TAP_CHECK(sound(rig), "started again");
	rig_free(rig);
	return true;
}

/* Nor can what says what is in its block: that is told of the page, as often as it takes. */
TAP_CASE(nameless_page_lost)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig = begin(&nand, &config, tap->seed);
	struct rig_pool *pool = &rig->pools[0];
	uint32_t in_page = 0, lost = 0, die, block;
	uint64_t page;

	for (uint32_t i = 0; i < 2 * RIG_KEYS; i++) {
		put_and_demote(rig, 0, i % RIG_KEYS);
		rig_sync(rig, 0);
	}
	rig_settle(rig);
	page = page_of(&config, pool, 20);
	in_page = count_in(&config, pool, page);
	die = (uint32_t)(page / config.pages / config.blocks);
	block = (uint32_t)(page / config.pages % config.blocks);
	nand_damage(rig->nand, die, block, (uint32_t)(page % config.pages));
	nand_damage(rig->nand, die, block, config.pages - 1);
	fl_note_read(rig->fl, pool->entries[20].place, config.refresh_bits);
	rig_settle(rig);
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		lost += pool->entries[i].lost;
	}
	TAP_CHECK(in_page > 0 && pool->entries[20].lost, "%u in the page", in_page);
	TAP_EQUAL(lost, in_page);
	TAP_CHECK(rig->lost_goes >= 6 && rig->lost_goes % 3 == 0, "asked %llu times",
		  (unsigned long long)rig->lost_goes);
	TAP_CHECK(sound(rig), "all others are there");
	rig_free(rig);
	return true;
}

/* The optional flush: all that was handed over is there, without a sync. */
TAP_CASE(power_fail)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);

	for (uint32_t round = 0; round < 40; round++) {
		struct rig *rig = begin(&nand, &config, tap->seed + round);
		uint64_t programs;
		uint32_t promised;
		bool done = false;

		for (uint32_t i = 0; i < 100 + round; i++) {
			rig_random(rig);
		}
		for (uint32_t slot = 0; slot < EPHEMERAL_SLOT; slot++) {
			for (uint32_t i = 0; rig->pools[slot].state == RIG_ALIVE && i < 8; i++) {
				put_and_demote(rig, slot, i);
			}
		}
		programs = nand_figures(rig->nand).programs;
		promised = fl_power_fail_pages(rig->fl);
		for (uint32_t i = 0; i < 4000 && !done; i++) {
			done = fl_power_fail(rig->fl, 1);
			nand_advance(rig->nand);
		}
		TAP_CHECK(done, "it does not end");
		programs = nand_figures(rig->nand).programs - programs;
		TAP_CHECK(programs <= promised, "%llu pages, %u promised",
			  (unsigned long long)programs, promised);
		for (uint32_t slot = 0; slot < EPHEMERAL_SLOT; slot++) {
			for (uint32_t i = 0; rig->pools[slot].state == RIG_ALIVE && i < 8; i++) {
				struct rig_entry *entry = &rig->pools[slot].entries[i];

				entry->history[0] = entry->version;
				entry->history_count = 1;
			}
		}
		nand_cut_now(rig->nand);
		rig_power_on(rig);
		TAP_CHECK(sound(rig), "round %u", round);
		rig_free(rig);
	}
	return true;
}

/* Puts until the record has so many bytes, and sends it to flash. */
static void put_bytes(struct rig *rig, uint32_t key, uint32_t least, uint32_t most)
{
	const struct rig_entry *entry = &rig->pools[EPHEMERAL_SLOT].entries[key];

	do {
		rig_put(rig, EPHEMERAL_SLOT, key);
	} while (rig_bytes(rig, entry->version) < least || rig_bytes(rig, entry->version) > most);
	rig_demote(rig, EPHEMERAL_SLOT, key);
}

/* Records that fill a page to the last byte: the rest of their last unit is not there. */
TAP_CASE(whole_pages)
{
	for (uint32_t page_bytes = 4096; page_bytes <= 8192; page_bytes *= 2) {
		struct nand_config nand = rig_nand_config(tap->seed);
		uint32_t most = page_bytes - PAGE_OVERHEAD;
		struct fl_config config;
		struct rig *rig;

		nand.page_bytes = page_bytes;
		config = rig_fl_config(&nand);
		rig = begin(&nand, &config, tap->seed);
		rig->usual_bytes = most - 96 + 1;
		for (uint32_t bytes = most - 15; bytes <= most; bytes++) {
			put_bytes(rig, 2 * (most - bytes), bytes, bytes);
			put_bytes(rig, 2 * (most - bytes) + 1, 96, 600);
		}
		TAP_CHECK(sound(rig), "pages of %u bytes", page_bytes);
		rig_free(rig);
	}
	return true;
}

/* To the end of its life: refused, and nothing lost. */
TAP_CASE(end_of_life)
{
	struct nand_config nand = rig_nand_config(tap->seed);
	struct fl_config config = rig_fl_config(&nand);
	struct rig *rig;
	uint64_t refused = 0;

	nand.endurance = 40;
	config.wear_spread = 10;
	rig = begin(&nand, &config, tap->seed);
	for (uint32_t i = 0; i < 100; i++) {
		put_and_demote(rig, EPHEMERAL_SLOT, i);
	}
	for (uint32_t i = 0; i < 60000 && refused < 200 && !rig->wrong[0]; i++) {
		refused = rig->refused;
		put_and_demote(rig, 4, (uint32_t)rig_rand(rig, 50));
		refused = rig->refused > refused ? rig->refused : 0;
		if (fl_ready(rig->fl) != FL_OK) {
			break;
		}
	}
	/* A flash that ends may be busy for ever. */
	if (strncmp(rig->wrong, "busy for ever", 13) == 0) {
		rig->wrong[0] = 0;
	}
	rig_read_all(rig);
	GOOD(rig);
	TAP_CHECK(figures_of(rig).bad_grown > 5, "%u given up", figures_of(rig).bad_grown);
	TAP_EQUAL(nand_figures(rig->nand).misuses, 0);
	TAP_EQUAL(figures_of(rig).lost, 0);
	printf("# erases %u to %u, %u blocks given up\n", figures_of(rig).erase_min,
	       figures_of(rig).erase_max, figures_of(rig).bad_grown);
	rig_free(rig);
	return true;
}

TAP_CASE(tables)
{
	struct nand_config nand = nand_config_typical(1);
	struct fl_config config = rig_fl_config(&nand);

	printf("# tests' geometry: %zu bytes of tables and buffers\n", fl_bytes(&config));
	config = (struct fl_config){.dies = 8,
				    .blocks = 1024,
				    .pages = 256,
				    .page_bytes = 16384,
				    .lanes = 4,
				    .record_most = 65536 + 128,
				    .pools = 256,
				    .tombs = 16384,
				    .anchors = 4,
				    .journal = 8,
				    .dirty_bytes = 16u << 20,
				    .refresh_bits = 40,
				    .refresh_reads = 100000,
				    .wear_spread = 100};
	printf("# 32 GiB in 8192 blocks: %zu bytes\n", fl_bytes(&config));
	TAP_CHECK(fl_bytes(&config) > 0 && fl_bytes(&config) < 4u << 20, "%zu", fl_bytes(&config));
	config.pages = 7;
	TAP_EQUAL(fl_bytes(&config), 0);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "tables", tables);
	tap_run(&tap, "full, overwritten while full, emptied, filled", full);
	tap_run(&tap, "blocks wear alike", wear);
	tap_run(&tap, "the maker's marks are heeded", factory_marks);
	tap_run(&tap, "blocks that fail are given up", failing_blocks);
	tap_run(&tap, "a lost page loses its records alone", one_page_lost);
	tap_run(&tap, "so does one that nobody can name", nameless_page_lost);
	tap_run(&tap, "power that goes slowly loses nothing", power_fail);
	tap_run(&tap, "records that fill a page to the last byte", whole_pages);
	tap_run(&tap, "the end of life", end_of_life);
	return tap_done(&tap);
}
