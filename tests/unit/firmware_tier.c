// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware's tier at a vault that is a table (hal_tier.h) and flash that is a model:
 * what goes to flash and when, what the flash translation layer is answered, and what the
 * data path is for each thing that it may ask for.
 */
#include <string.h>

#include "firmware_tier_vault.h"
#include "flash_priv.h"
#include "tap.h"
#include "tier_priv.h"

/* ---------------------------------------------------------------- cases */

#include "firmware_tier_bounded.h"
#include "firmware_tier_care.h"
#include "firmware_tier_sanitize.h"

TAP_CASE(watermarks)
{
	TAP_CHECK(start(), "no flash");
	for (uint64_t i = 0; i < 300; i++) {
		put(PLAIN, i, 3000);
	}
	now.free_units = UNITS / 16;
	settle();
	TAP_EQUAL(left_count, 0);
	now.free_units = UNITS / 16 - 1;
	tier_ops.run(&hal.fw);
	TAP_CHECK(left_count > 0, "nothing leaves");
	TAP_CHECK(pages[0].record.leaving && !pages[299].record.leaving, "not the oldest");
	/* It goes on between the marks, and ends at the upper one. */
	now.free_units = UNITS / 12 - 1;
	left_count = 0;
	tier_ops.run(&hal.fw);
	TAP_CHECK(left_count > 0, "it ends too early");
	now.free_units = UNITS / 12;
	settle();
	left_count = 0;
	now.free_units = UNITS / 16;
	settle();
	TAP_EQUAL(left_count, 0);
	TAP_CHECK(count_in_flash(PLAIN) > 0, "none has come");
	return true;
}

TAP_CASE(dirty)
{
	TAP_CHECK(start() && lasting_pool(), "no flash");
	while (now.durable_bytes + 4000 <= tier->config.dirty_bytes / 2) {
		put(LASTING, now.durable_bytes, 4000);
	}
	settle();
	TAP_EQUAL(left_count, 0);
	put(LASTING, now.durable_bytes, 4000);
	settle();
	TAP_CHECK(left_count > 0, "nothing leaves");
	/* What a host set is forgotten with its session. */
	tier_ops.set_dirty_budget(&hal.fw, 4096);
	hal.fw.layout.units = UNITS;
	fw_features_reset(&hal.fw);
	TAP_EQUAL(tier->dirty, tier->config.dirty_bytes);
	return true;
}

TAP_CASE(states)
{
	struct fl_key key = {.object = {1, 2, 3}, .index = 7};
	struct entry *entry;
	fl_place old;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	put(LASTING, 7, 2000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, &pages[0]), HAL_TIER_DONE);
	old = pages[0].record.place;
	TAP_CHECK(old & FL_FLASH, "a sync left it in DRAM");
	key.pool = tier_uid(tier, LASTING);
	TAP_EQUAL(tier_owner.state(tier, &key, old), FL_CURRENT);
	TAP_EQUAL(tier_owner.state(tier, &key, old + 1), FL_STALE);
	/* Its successor is in DRAM alone: told, written when asked for, and once. */
	entry = put(LASTING, 7, 2000);
	left_count = 0;
	TAP_EQUAL(tier_owner.state(tier, &key, old), FL_DIRTY);
	TAP_CHECK(tier_owner.write_back(tier, &key), "it is not taken");
	TAP_EQUAL(left_count, 1);
	TAP_CHECK(tier_owner.write_back(tier, &key), "it is on its way");
	TAP_EQUAL(left_count, 1);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	TAP_CHECK(tier_owner.write_back(tier, &key), "it is there");
	TAP_EQUAL(left_count, 1);
	/* What is not durable needs no older copy. */
	put(PLAIN, 7, 2000);
	key.pool = TIER_OTHER | PLAIN;
	TAP_EQUAL(tier_owner.state(tier, &key, old), FL_STALE);
	key.index = 8;
	TAP_EQUAL(tier_owner.state(tier, &key, old), FL_STALE);
	key.pool = 77; /* a pool that is gone */
	TAP_EQUAL(tier_owner.state(tier, &key, old), FL_STALE);
	return true;
}

TAP_CASE(reading)
{
	struct entry *entry, other;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 60000); /* several pages of flash */
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	TAP_EQUAL(ask(HAL_TIER_READ, entry), HAL_TIER_DONE);
	TAP_CHECK(read_to[0] == entry->fill && read_to[59999] == entry->fill, "other bytes");
	other = *entry;
	/* In a block that was never written; half of a record; beyond all blocks; in a header. */
	other.record.place = FL_FLASH | ((24 * 4 - 1) * 32u * (8192 / FL_UNIT_BYTES) + 2);
	TAP_EQUAL(ask(HAL_TIER_READ, &other), HAL_TIER_AGAIN);
	other.record.place = entry->record.place + 1;
	TAP_EQUAL(ask(HAL_TIER_READ, &other), HAL_TIER_FAILED);
	other.record.place = FL_FLASH | (24 * 4 * 32u * (8192 / FL_UNIT_BYTES) + 2);
	TAP_EQUAL(ask(HAL_TIER_READ, &other), HAL_TIER_FAILED);
	other.record.place = entry->record.place - 1;
	TAP_EQUAL(ask(HAL_TIER_READ, &other), HAL_TIER_FAILED);
	for (uint32_t die = 0; die < 4; die++) {
		for (uint32_t block = 0; block < 24; block++) {
			for (uint32_t page = 0; page < 32; page++) {
				nand_damage(flash.nand, die, block, page);
			}
		}
	}
	TAP_EQUAL(ask(HAL_TIER_READ, entry), HAL_TIER_FAILED);
	return true;
}

static bool read_often(const struct entry *entry, unsigned int times)
{
	bool good = true;

	for (unsigned int n = 0; n < times; n++) {
		good &= ask(HAL_TIER_READ, entry) == HAL_TIER_DONE;
	}
	return good;
}

/* Pages in flash whose record has so many bytes, from this index on. */
static void put_in_flash(uint32_t contents, uint64_t first, unsigned int count, uint32_t bytes)
{
	for (unsigned int i = 0; i < count; i++) {
		put(contents, first + i, bytes);
	}
	now.free_units = 1;
	settle();
	now.free_units = UNITS;
	settle();
}

static struct entry *page_of(uint32_t contents, uint64_t index)
{
	return find(&(struct hal_tier_record){.contents = contents, .index = index});
}

static bool back(uint32_t contents, uint64_t index)
{
	return in_dram(page_of(contents, index));
}

static bool read_again(uint32_t contents, uint64_t index)
{
	return ask(HAL_TIER_READ, page_of(contents, index)) == HAL_TIER_DONE;
}

#include "firmware_tier_reads.h"

TAP_CASE(coming_back)
{
	const unsigned int window = UNITS / 40, long_window = UNITS / (10000 / 32);

	TAP_CHECK(start() && lasting_pool(), "no flash");
	put_in_flash(PLAIN, 0, 100, 3000);
	put_in_flash(PLAIN, 200, 8, 10000);
	put_in_flash(LASTING, 300, 8, 1000);
	/* A scan, which sees each page twice, but not so soon. */
	for (unsigned int n = 0; n < 2 * (window + 1); n++) {
		unsigned int i = n % (window + 1);

		TAP_CHECK(!back(PLAIN, i), "page %u of %u", i, n);
		TAP_CHECK(read_again(PLAIN, i), "page %u", i);
	}
	TAP_EQUAL(back_count, 0);
	/* Twice, in as many as memory has room for. */
	for (unsigned int i = 50; i < 50 + window - 1; i++) {
		TAP_CHECK(read_again(PLAIN, i), "page %u", i);
	}
	TAP_CHECK(read_again(PLAIN, 50) && back(PLAIN, 50), "it stays in flash");
	TAP_EQUAL(back_count, 1);
	/* Not with memory nearly full, nor what is durable. */
	now.free_units = UNITS / 16;
	TAP_CHECK(read_again(PLAIN, 51) && read_again(PLAIN, 51) && !back(PLAIN, 51), "it came");
	now.free_units = UNITS / 16 + 1;
	TAP_CHECK(read_again(PLAIN, 51) && back(PLAIN, 51), "it stays in flash");
	now.free_units = UNITS;
	TAP_CHECK(read_again(LASTING, 300) && read_again(LASTING, 300), "a durable one");
	TAP_EQUAL(back_count, 2);
	/* Of long pages memory has room for fewer. */
	for (unsigned int n = 0; n < 2 * (long_window + 1); n++) {
		TAP_CHECK(read_again(PLAIN, 200 + n % (long_window + 1)), "page %u", n);
	}
	TAP_EQUAL(back_count, 2);
	TAP_CHECK(read_again(PLAIN, 200) && read_again(PLAIN, 207) && read_again(PLAIN, 200),
		  "a long one");
	TAP_CHECK(back(PLAIN, 200) && !back(PLAIN, 207), "it stays in flash");
	return true;
}

/* A page that waits has its read begun before anything else is looked at, and is answered in the
 * step that waits for it. */
TAP_CASE(read_first)
{
	const struct entry *entry, *gone;
	uint64_t before;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 5000);
	gone = put(LASTING, 2, 5000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	settle();
	drops[drop_count++] = gone->record.place;
	before = nand_figures(flash.nand).operations;
	fetch(entry);
	tier_ops.run(&hal.fw);
	TAP_EQUAL(nand_figures(flash.nand).operations, before + 1);
	TAP_CHECK(drop_count == 1 && !fetch_answered, "there was time for something else");
	tier_ops.run(&hal.fw);
	TAP_EQUAL(drop_count, 0);
	TAP_CHECK(fetch_answered && fetch_answer == HAL_TIER_DONE, "it still waits");
	return true;
}

TAP_CASE(yielding)
{
	const struct entry *entry;
	uint64_t before;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 5000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	for (uint64_t i = 0; i < 300; i++) {
		put(PLAIN, i, 3000);
	}
	now.free_units = UNITS / 16 - 1;
	for (unsigned int n = 0; n < 8; n++) {
		tier_ops.run(&hal.fw);
	}
	before = nand_figures(flash.nand).operations;
	TAP_CHECK(read_often(entry, 7), "reads");
	TAP_EQUAL(nand_figures(flash.nand).operations, before + 7);
	/* An erase takes as long as fifty reads. */
	TAP_CHECK(read_often(entry, 100), "more reads");
	TAP_CHECK(nand_figures(flash.nand).operations > before + 107, "nothing is written");
	/* With hardly any memory it does not wait for the end of reads. */
	now.free_units = UNITS / 32 - 1;
	tier_ops.run(&hal.fw);
	before = nand_figures(flash.nand).programs;
	TAP_CHECK(read_often(entry, 4), "reads");
	TAP_CHECK(nand_figures(flash.nand).programs > before, "nothing is written then");
	/* And what gave way goes on without anybody's asking. */
	now.free_units = UNITS / 16 - 1;
	TAP_CHECK(read_often(entry, 1), "a read");
	before = count_in_flash(PLAIN);
	for (unsigned int n = 0; n < 1000 && tier_ops.run(&hal.fw); n++) {
	}
	TAP_CHECK(count_in_flash(PLAIN) > before, "it has stopped");
	return true;
}

/* A sync of much, and reads one after the other beside it. */
TAP_CASE(side_by_side)
{
	unsigned int reads = 0, in_a_row = 0, most_in_a_row = 0;
	uint64_t programs;
	struct entry *gone;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	put_in_flash(PLAIN, 0, 20, 5000);
	now.free_units = UNITS / 16; /* nothing comes back */
	gone = page_of(PLAIN, 0);
	for (uint64_t i = 0; i < 200; i++) {
		put(LASTING, i, 4000);
	}
	request = (struct hal_tier_request){.ask = HAL_TIER_SYNC, .to = read_to};
	request.record = page_of(LASTING, 0)->record;
	asked = true;
	answered = false;
	programs = nand_figures(flash.nand).programs;
	for (unsigned int n = 0; n < 100000 && !answered; n++) {
		if (!fetch_asked && !tier->fetching) {
			bool wrote = nand_figures(flash.nand).programs != programs;

			TAP_CHECK(reads == 0 || fetch_answer == HAL_TIER_DONE, "read %u", reads);
			in_a_row = wrote ? 0 : in_a_row + 1;
			most_in_a_row = in_a_row > most_in_a_row ? in_a_row : most_in_a_row;
			programs = nand_figures(flash.nand).programs;
			reads++;
			fetch(gone);
		}
		tier_ops.run(&hal.fw);
		if (answered && answer == HAL_TIER_AGAIN) {
			request.ask = HAL_TIER_SYNC_ON;
			asked = true;
			answered = false;
		}
	}
	TAP_CHECK(answered && answer == HAL_TIER_DONE, "the sync does not end");
	TAP_EQUAL(count_in_flash(LASTING), 200);
	TAP_CHECK(reads > 20, "%u reads beside it", reads);
	TAP_CHECK(most_in_a_row < 20, "%u reads, and nothing is written", most_in_a_row);
	return true;
}

/* Others are answered while it waits for flash; puts of its own pool wait. */
TAP_CASE(sync_in_turns)
{
	unsigned int turns = 0, held = 0;
	enum hal_tier_answer told;
	struct entry *entry = NULL;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	for (uint64_t i = 0; i < 200; i++) {
		entry = put(LASTING, i, 4000);
	}
	told = ask_once(HAL_TIER_SYNC, entry);
	for (; told == HAL_TIER_AGAIN && turns < 10000; turns++) {
		TAP_EQUAL(ask(HAL_TIER_FLUSH_PAGE, &pages[turns % PAGES]), HAL_TIER_DONE);
		held += ask_once(HAL_TIER_DURABLE_ROOM, entry) == HAL_TIER_AGAIN;
		told = ask_once(HAL_TIER_SYNC_ON, entry);
	}
	TAP_EQUAL(told, HAL_TIER_DONE);
	TAP_CHECK(turns > 1 && held > 0, "%u turns, %u puts held", turns, held);
	TAP_EQUAL(count_in_flash(LASTING), 200);
	TAP_EQUAL(ask_once(HAL_TIER_DURABLE_ROOM, entry), HAL_TIER_DONE);
	return true;
}

/* Durable puts need not ask while flash has room for all that may be dirty, and no SYNC has to come
 * to an end. */
TAP_CASE(grants)
{
	struct entry *entry = NULL;
	unsigned int held = 0, turns = 0;
	enum hal_tier_answer told;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	tier_ops.run(&hal.fw);
	TAP_EQUAL(granted, tier->config.dirty_bytes);
	for (uint64_t i = 0; i < 200; i++) {
		entry = put(LASTING, i, 4000);
	}
	told = ask_once(HAL_TIER_SYNC, entry);
	for (; told == HAL_TIER_AGAIN && turns < 10000; turns++) {
		TAP_CHECK(granted == 0 || tier->sync_sealed,
			  "puts of its pool keep it from ending");
		held += granted == 0;
		told = ask_once(HAL_TIER_SYNC_ON, entry);
	}
	TAP_EQUAL(told, HAL_TIER_DONE);
	TAP_CHECK(held > 0, "it was sealed at once");
	TAP_EQUAL(granted, tier->config.dirty_bytes);
	/* Another budget. */
	tier_ops.set_dirty_budget(&hal.fw, 100000);
	tier_ops.run(&hal.fw);
	TAP_EQUAL(granted, 100000);
	/* No flash: nothing comes in unasked. */
	tier_stand_still(tier, &hal.fw);
	TAP_EQUAL(granted, 0);
	return true;
}

/* A reset waits for what is inside, and not for flash. */
TAP_CASE(sync_given_up)
{
	struct entry *entry = NULL;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	for (uint64_t i = 0; i < 200; i++) {
		entry = put(LASTING, i, 4000);
	}
	TAP_EQUAL(ask_once(HAL_TIER_SYNC, entry), HAL_TIER_AGAIN);
	hal.fw.state = FW_DISCARD_IDLE;
	TAP_EQUAL(ask_once(HAL_TIER_DURABLE_ROOM, entry), HAL_TIER_DONE);
	TAP_EQUAL(ask_once(HAL_TIER_SYNC_ON, entry), HAL_TIER_FAILED);
	TAP_CHECK(count_in_flash(LASTING) < 200, "it was waited for");
	hal.fw.state = FW_RUNNING;
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	TAP_EQUAL(count_in_flash(LASTING), 200);
	return true;
}

TAP_CASE(room)
{
	TAP_CHECK(start(), "no flash");
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_NO);
	/* Less than fills a page of flash, and still they leave. */
	for (uint64_t i = 0; i < 3; i++) {
		put(PLAIN, i, 500);
	}
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_DONE);
	TAP_CHECK(count_in_flash(PLAIN) > 0, "none has left");
	/* And when there is no place for more. */
	for (uint64_t i = 10; i < 10000; i++) {
		static struct entry *entry;

		entry = put(PLAIN, 10 + i % 400, 60000);
		if (ask(HAL_TIER_ROOM, entry) == HAL_TIER_NO) {
			TAP_EQUAL(fl_room(tier->fl), FL_FULL);
			return true;
		}
	}
	TAP_CHECK(false, "flash is never full");
}

TAP_CASE(room_of_long_ones)
{
	TAP_CHECK(start(), "no flash");
	for (uint64_t i = 0; i < 12; i++) {
		put(PLAIN, i, 60000);
	}
	/* A single one is as much as four others: who waits need not wait for more. */
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_DONE);
	TAP_CHECK(count_in_flash(PLAIN) > 0, "none has left");
	TAP_CHECK(count_in_flash(PLAIN) < 4, "as many as if they were short");
	return true;
}

TAP_CASE(syncing)
{
	TAP_CHECK(start() && lasting_pool(), "no flash");
	for (uint64_t i = 0; i < 20; i++) {
		put(LASTING, i, 1500);
		put(PLAIN, i, 1500);
	}
	TAP_EQUAL(ask(HAL_TIER_SYNC, find(&(struct hal_tier_record){.contents = LASTING})),
		  HAL_TIER_DONE);
	TAP_EQUAL(count_in_flash(LASTING), 20);
	TAP_EQUAL(count_in_flash(PLAIN), 0);
	/* For a shutdown, the same. */
	put(LASTING, 99, 1500);
	TAP_CHECK(tier_ops.settle(&hal.fw), "it does not settle");
	TAP_EQUAL(count_in_flash(LASTING), 21);
	return true;
}

/* A record that card memory cannot correct: nobody says that all is in flash. */
TAP_CASE(damaged)
{
	TAP_CHECK(start() && lasting_pool(), "no flash");
	for (uint64_t i = 0; i < 20; i++) {
		put(LASTING, i, 1500)->record.damaged = i == 7;
	}
	TAP_EQUAL(ask(HAL_TIER_SYNC, find(&(struct hal_tier_record){.contents = LASTING})),
		  HAL_TIER_FAILED);
	put(LASTING, 50, 1500)->record.damaged = true;
	put(LASTING, 51, 1500);
	TAP_CHECK(!tier_ops.settle(&hal.fw), "settled without what is damaged");
	TAP_EQUAL(count_in_flash(LASTING), 20);
	return true;
}

TAP_CASE(dirty_room)
{
	struct entry *entry = NULL;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	for (uint64_t i = 0; i < 6; i++) {
		entry = put(LASTING, i, 60000);
	}
	request.record.bytes = 60000;
	TAP_EQUAL(ask(HAL_TIER_DURABLE_ROOM, entry), HAL_TIER_DONE);
	TAP_CHECK(now.durable_bytes + 60000 <= tier->config.dirty_bytes,
		  "more than was promised to flash");
	/* Counted still, and flushed: there is nothing to wait for. */
	now.durable_bytes = tier->config.dirty_bytes;
	for (unsigned int i = 0; i < PAGES; i++) {
		pages[i].used = false;
	}
	TAP_EQUAL(ask(HAL_TIER_DURABLE_ROOM, entry), HAL_TIER_DONE);
	return true;
}

TAP_CASE(flush_versions)
{
	struct entry *entry;
	uint64_t before;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	now.clock += 1000; /* puts, far ahead of what flash has drawn */
	before = now.clock;
	TAP_EQUAL(ask(HAL_TIER_FLUSH_PAGE, entry), HAL_TIER_DONE);
	TAP_CHECK(now.clock > before, "what is put next is no later");
	before = now.clock;
	TAP_EQUAL(ask(HAL_TIER_FLUSH_OBJECT, entry), HAL_TIER_DONE);
	TAP_CHECK(now.clock > before, "what is put next is no later");
	return true;
}

TAP_CASE(notices)
{
	struct fl_figures before, after;
	struct entry *entry;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	fl_get_figures(tier->fl, &before);
	drops[0] = entry->record.place;
	drop_count = 1;
	tier_ops.notices(&hal.fw);
	fl_get_figures(tier->fl, &after);
	TAP_EQUAL(before.valid_units - after.valid_units, 32);
	return true;
}

TAP_CASE(pools)
{
	struct fw_pool pool = {.id = 1, .contents = LASTING};
	uint32_t first;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	first = tier_uid(tier, LASTING);
	TAP_CHECK(!(first & TIER_OTHER), "no durable pool");
	TAP_EQUAL(tier_uid(tier, PLAIN), TIER_OTHER | PLAIN);
	/* Other contents, the same pool. */
	TAP_EQUAL(tier_pool_flush(&hal.fw, &pool, 9), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(tier_uid(tier, 9), first);
	TAP_EQUAL(tier_uid(tier, LASTING), TIER_OTHER | LASTING);
	pool.contents = 9;
	TAP_EQUAL(tier_pool_destroy(&hal.fw, &pool), PAMC_STATUS_SUCCESS);
	/* Again, as after one that did not get to flash. */
	TAP_EQUAL(tier_pool_destroy(&hal.fw, &pool), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(tier_pool_set(&hal.fw, &pool), PAMC_STATUS_INTERNAL);
	/* As many as there are places, and no uid twice. */
	for (uint16_t n = 0; n < TIER_POOLS; n++) {
		pool.contents = (uint16_t)(100 + n);
		TAP_EQUAL(tier_pool_create(&hal.fw, &pool), PAMC_STATUS_SUCCESS);
		TAP_CHECK(tier_uid(tier, pool.contents) > first, "a uid again");
	}
	pool.contents = 99;
	TAP_EQUAL(tier_pool_create(&hal.fw, &pool), PAMC_STATUS_NO_RESOURCES);
	return true;
}

/* Flash without power: nothing is waited for without end. */
TAP_CASE(no_flash)
{
	struct fw_tier_figures figures;
	struct entry *entry;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 1, 1000);
	nand_cut_now(flash.nand);
	TAP_CHECK(!tier_ops.settle(&hal.fw), "settled without flash");
	/* A pool that did not get to flash keeps no place. */
	TAP_EQUAL(tier_pool_create(&hal.fw, &(struct fw_pool){.contents = 5}),
		  PAMC_STATUS_INTERNAL);
	TAP_EQUAL(tier_uid(tier, 5), TIER_OTHER | 5);
	TAP_CHECK(!tier_ops.start(&hal.fw), "it starts without flash");
	TAP_CHECK(!tier_ops.run(&hal.fw), "there is work");
	TAP_EQUAL(tier_pool_create(&hal.fw, &(struct fw_pool){.contents = 5}),
		  PAMC_STATUS_INTERNAL);
	tier_ops.figures(&hal.fw, &figures);
	TAP_CHECK(figures.broken, "it is not told");
	/* It comes back with power; nothing of it was lost but what it did not have. */
	nand_power_on(flash.nand);
	entry->used = false;
	TAP_CHECK(tier_ops.start(&hal.fw), "it does not start again");
	TAP_EQUAL(tier_uid(tier, hal.fw.pools[1].contents) & TIER_OTHER, 0);
	return true;
}

/* The core was restarted: outside of the tier, which goes on; within it, which then does nothing
 * any more, and says so, until the vault is made anew. */
TAP_CASE(restarted)
{
	struct tier_geometry geometry;
	struct fw_pool pool = {.id = 1, .contents = LASTING};
	struct fw_tier_figures figures;
	struct entry *gone, *here;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	gone = put(LASTING, 1, 1000);
	here = put(LASTING, 2, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, here), HAL_TIER_DONE);
	TAP_EQUAL(count_in_flash(LASTING), 2);
	tier_adopt(tier, &hal.fw, &flash);
	TAP_EQUAL(ask(HAL_TIER_READ, gone), HAL_TIER_DONE);
	put(LASTING, 3, 1000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, here), HAL_TIER_DONE);
	TAP_EQUAL(count_in_flash(LASTING), 3);
	TAP_EQUAL(hal.fw.events >> PAMC_EVENT_HEALTH & 1, 0);

	geometry = tier->geometry;
	memset(memory, 0, tier_bytes(&geometry));
	tier_init(memory, &geometry, &flash);
	tier_stand_still(tier, &hal.fw);
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "no event");
	TAP_EQUAL(ask(HAL_TIER_READ, here), HAL_TIER_FAILED);
	TAP_EQUAL(ask(HAL_TIER_SYNC, here), HAL_TIER_FAILED);
	TAP_EQUAL(ask(HAL_TIER_FLUSH_PAGE, here), HAL_TIER_FAILED);
	TAP_EQUAL(ask(HAL_TIER_DURABLE_ROOM, here), HAL_TIER_FAILED);
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_FAILED);
	tier_adopt(tier, &hal.fw, &flash);
	TAP_EQUAL(ask(HAL_TIER_READ, here), HAL_TIER_FAILED);
	TAP_EQUAL(tier_ops.pool_create(&hal.fw, &pool), PAMC_STATUS_INTERNAL);
	TAP_EQUAL(tier_ops.pool_set(&hal.fw, &pool), PAMC_STATUS_INTERNAL);
	TAP_EQUAL(tier_ops.pool_flush(&hal.fw, &pool, 7), PAMC_STATUS_INTERNAL);
	TAP_EQUAL(tier_ops.pool_destroy(&hal.fw, &pool), PAMC_STATUS_INTERNAL);
	tier_ops.figures(&hal.fw, &figures);
	TAP_CHECK(figures.broken, "it is not told");
	tier_ops.promisable(&hal.fw);
	drops[drop_count++] = here->record.place;
	tier_ops.notices(&hal.fw);
	TAP_EQUAL(drop_count, 0);
	/* Nothing is dirty; but what was flushed may not be so in flash. */
	now.durable_bytes = 0;
	TAP_CHECK(!tier_ops.settle(&hal.fw), "settled without knowing what is in flash");

	TAP_CHECK(tier_ops.start(&hal.fw), "it does not start");
	TAP_CHECK(tier_ops.settle(&hal.fw), "it is not settled");
	TAP_EQUAL(ask(HAL_TIER_READ, gone), HAL_TIER_DONE);
	return true;
}

/* What is durable and cannot get to flash is no clean shutdown, and the host is told. */
TAP_CASE(shutdown_without_flash)
{
	uint32_t status;

	TAP_CHECK(start() && lasting_pool() && mailbox_enable(&hal), "no card");
	put(LASTING, 1, 1000);
	nand_cut_now(flash.nand);
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
	mailbox_run(&hal, 300);
	status = mailbox_status(&hal);
	TAP_CHECK(!(status & PAMC_STATUS_SHUTDOWN_MASK), "a clean shutdown");
	TAP_CHECK(status & PAMC_STATUS_FATAL_MASK, "status %x", status);
	TAP_EQUAL(hal.fw.errors[1].status, PAMC_STATUS_INTERNAL);
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "no event");
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "the oldest leave when memory runs short, until it does not", watermarks);
	tap_run(&tap, "durable records leave when half of what may be dirty is", dirty);
	tap_run(&tap, "flash is told what is current, and what has only a successor in DRAM",
		states);
	tap_run(&tap, "what is read is the record, or it is not", reading);
	tap_run(&tap, "what is read twice comes back, a scan brings nothing", coming_back);
	tap_run(&tap, "a read comes before all else", read_first);
	tap_run(&tap, "what the data path reads is told whether it comes back", read_beside_it);
	tap_run(&tap, "what the data path cannot read is read", read_is_left);
	tap_run(&tap, "what the data path has read is counted", read_is_counted);
	tap_run(&tap, "what is in flash is read when nothing can be written there",
		read_of_the_broken);
	tap_run(&tap, "demotion gives way to reads, for a while", yielding);
	tap_run(&tap, "reads go on beside a sync, and it beside them", side_by_side);
	tap_run(&tap, "a sync takes turns with what else is asked", sync_in_turns);
	tap_run(&tap, "durable puts that need not ask", grants);
	tap_run(&tap, "a reset does not wait for a sync", sync_given_up);
	tap_run(&tap, "room is made if there is any", room);
	tap_run(&tap, "room of long records is made by fewer of them", room_of_long_ones);
	tap_run(&tap, "a sync is about its pool, a shutdown about all", syncing);
	tap_run(&tap, "what was flushed goes bit by bit before the oldest record", dead_first);
	tap_run(&tap, "what is lost is told, page by page or part by part", losing);
	tap_run(&tap, "what is damaged is not said to be in flash", damaged);
	tap_run(&tap, "what is dirty keeps to what flash was told", dirty_room);
	tap_run(&tap, "a flush is later than puts before it, and earlier than those after",
		flush_versions);
	tap_run(&tap, "places that are not needed are given up", notices);
	tap_run(&tap, "what many wrong bits are found in is written anew", wrong_bits);
	tap_run(&tap, "what is old is written anew, by the clock or by its bits", forgetting);
	tap_run(&tap, "durable pools have uids, each its own", pools);
	tap_run(&tap, "without flash nothing is waited for", no_flash);
	tap_run(&tap, "a core that was restarted goes on, or stands still", restarted);
	tap_run(&tap, "a shutdown that flash fails is none", shutdown_without_flash);
	tap_run(&tap, "SANITIZE does not believe an erase", sanitize_reads_back);
	tap_run(&tap, "SANITIZE with a block that cannot be erased", sanitize_incomplete);
	tap_run(&tap, "a self-test reads flash", self_test_of_flash);
	tap_run(&tap, "spare that is low is told, once", spare_is_told);
	tap_run(&tap, "SANITIZE ends without flash", sanitize_without_flash);
	tap_run(&tap, "SANITIZE keeps what is known of wear", sanitize_keeps_wear);
	nand_destroy(flash.nand);
	free(memory);
	return tap_done(&tap);
}
