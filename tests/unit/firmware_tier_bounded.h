/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of the test of the tier: what the vault does in several goes. Included once. */
#ifndef FIRMWARE_TIER_BOUNDED_H
#define FIRMWARE_TIER_BOUNDED_H

/* The oldest record is not there before that; what waits for it waits, and what does not is done.
 */
TAP_CASE(dead_first)
{
	unsigned int steps = 0, before;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	put(LASTING, 1, 1500);
	settle();
	dead_count = 100;
	request = (struct hal_tier_request){.ask = HAL_TIER_SYNC};
	request.record = find(&(struct hal_tier_record){.contents = LASTING, .index = 1})->record;
	asked = true;
	answered = false;
	/* A few of them in a step, and there is more to be done. */
	while (dead_count > 0) {
		before = dead_count;
		TAP_CHECK(tier_ops.run(&hal.fw), "it rests");
		TAP_CHECK(before - dead_count <= 64, "%u in a step", before - dead_count);
		steps++;
	}
	TAP_CHECK(steps > 1 && !answered, "in one step");
	for (unsigned int n = 0; n < 1000 && !answered; n++) {
		tier_ops.run(&hal.fw);
	}
	TAP_CHECK(answered, "no answer");
	TAP_EQUAL(answer == HAL_TIER_AGAIN ? ask(HAL_TIER_SYNC, &pages[0]) : answer, HAL_TIER_DONE);
	TAP_EQUAL(count_in_flash(LASTING), 1);
	/* A shutdown does not end before. */
	put(LASTING, 2, 1500);
	dead_count = 100;
	TAP_CHECK(tier_ops.settle(&hal.fw), "it does not settle");
	TAP_EQUAL(dead_count, 0);
	TAP_EQUAL(count_in_flash(LASTING), 2);
	/* Nor is there no room. */
	put(PLAIN, 3, 1500);
	dead_count = 100;
	TAP_EQUAL(ask(HAL_TIER_ROOM, NULL), HAL_TIER_DONE);
	return true;
}

TAP_CASE(losing)
{
	struct fl_key key = {.object = {1, 2, 3}, .index = 7};
	struct entry *entry;
	fl_place at;

	TAP_CHECK(start() && lasting_pool(), "no flash");
	entry = put(LASTING, 7, 2000);
	TAP_EQUAL(ask(HAL_TIER_SYNC, entry), HAL_TIER_DONE);
	at = entry->record.place;
	key.pool = tier_uid(tier, LASTING);
	/* It is elsewhere by now; there is no such page. */
	TAP_CHECK(tier_owner.lost(tier, &key, at + 1, 1), "not in one go");
	key.index = 8;
	TAP_CHECK(tier_owner.lost(tier, &key, at, 1), "not in one go");
	TAP_EQUAL(entry->record.place, at);
	/* The one that is known is lost without the whole index being looked at. */
	key.index = 7;
	hal.fw.events = 0;
	TAP_CHECK(tier_owner.lost(tier, &key, at, 1), "not in one go");
	TAP_EQUAL(entry->record.place, FL_NOWHERE);
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "it is not told");
	TAP_EQUAL(lost_asks, 0);
	/* Those that are not: as often as it takes, then it is told. */
	lost_goes = 3;
	hal.fw.events = 0;
	TAP_CHECK(!tier_owner.lost(tier, NULL, at, 32) && !tier_owner.lost(tier, NULL, at, 32),
		  "it is over");
	TAP_EQUAL(hal.fw.events >> PAMC_EVENT_HEALTH & 1, 0);
	TAP_CHECK(tier_owner.lost(tier, NULL, at, 32), "it is not over");
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "it is not told");
	TAP_EQUAL(lost_at, at);
	TAP_EQUAL(lost_units, 32);
	return true;
}

#endif /* FIRMWARE_TIER_BOUNDED_H */
