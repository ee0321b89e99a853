/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of firmware_waits.c: SELF_TEST and SANITIZE. Included once. */
#ifndef FIRMWARE_WAITS_JOBS_H
#define FIRMWARE_WAITS_JOBS_H

TAP_CASE(self_test)
{
	struct pamc_admin_sqe event = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	uint16_t cid;

	TAP_CHECK(start(), "start");
	cid = mailbox_submit(&hal, &event);
	TAP_EQUAL(run(entry(PAMC_ADMIN_SELF_TEST, 1), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.fw.self_test.log.runs, 1);
	TAP_EQUAL(hal.fw.self_test.log.running, 0);
	TAP_EQUAL(hal.fw.self_test.log.outcome, 1);
	TAP_CHECK(mailbox_find(&hal, cid), "event");
	TAP_EQUAL(mailbox_find(&hal, cid)->result, PAMC_EVENT_SELF_TEST);
	TAP_EQUAL(mailbox_find(&hal, cid)->info, PAMC_LOG_SELF_TEST);
	TAP_EQUAL(run(entry(PAMC_ADMIN_SELF_TEST, 15), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.fw.self_test.log.outcome, 1);
	return sound() && no_panic();
}

static const struct pamc_log_progress *tested(uint32_t kind)
{
	run(entry(PAMC_ADMIN_SELF_TEST, kind), NULL);
	for (unsigned int n = 0; n < 1000 && hal.fw.self_test.log.running; n++) {
		fw_step(&hal.fw);
	}
	return &hal.fw.self_test.log;
}

static bool found(const struct pamc_log_progress *log, uint32_t part, uint64_t detail)
{
	TAP_EQUAL(log->running, 0);
	TAP_EQUAL(log->outcome, 2);
	TAP_EQUAL(log->step, part);
	TAP_EQUAL(log->detail, detail);
	TAP_EQUAL(log->failed, 1);
	return true;
}

/* Each part of it is broken once. */
TAP_CASE(self_test_finds)
{
	const struct pamc_log_progress *log;
	uint32_t place = pool & 255;
	struct mailbox_contents *contents;
	uint64_t few, all;

	TAP_CHECK(start(), "start");
	contents = &hal.contents[hal.fw.pools[place].contents];
	log = tested(1);
	TAP_EQUAL(log->outcome, 1);
	few = log->checked;
	log = tested(2);
	TAP_EQUAL(log->outcome, 1);
	TAP_EQUAL(log->percent, 100);
	all = log->checked;
	TAP_CHECK(few > 3 && all > few, "%u and %u things", (unsigned int)few, (unsigned int)all);

	hal.fw.pools[place].uses++;
	TAP_CHECK(found(tested(1), PAMC_TEST_PART_TABLES, place));
	hal.fw.pools[place].uses--;
	hal.stuck_bit = 4 * 77;
	TAP_EQUAL(tested(1)->step, PAMC_TEST_PART_BUFFER);
	TAP_EQUAL(log->detail, 4 * 77);
	hal.stuck_bit = 0;
	contents->order = 3;
	TAP_CHECK(found(tested(1), PAMC_TEST_PART_VAULT, place));
	contents->order = 0;
	hal.counter[MAILBOX_COUNTER_STORE_FREE_UNITS] = hal.fw.layout.units - 1;
	TAP_CHECK(found(tested(1), PAMC_TEST_PART_VAULT, 0));
	/* While commands are inside that says nothing. */
	hal.stuck = STUCK_INSIDE;
	TAP_EQUAL(tested(1)->outcome, 1);
	TAP_EQUAL(log->checked, few - 1);
	hal.stuck = 0;
	hal.counter[MAILBOX_COUNTER_STORE_FREE_UNITS] = 0;
	TAP_EQUAL(tested(1)->outcome, 1);
	hal.stuck = STUCK_VAULT;
	TAP_CHECK(found(tested(1), PAMC_TEST_PART_VAULT, 0));
	return sound();
}

/* Its progress is told, and a reset ends it. */
TAP_CASE(self_test_meets_a_reset)
{
	uint8_t before = 0;
	uint16_t cid;

	TAP_CHECK(start(), "start");
	cid =
	    mailbox_submit(&hal, &(struct pamc_admin_sqe){.opcode = PAMC_ADMIN_SELF_TEST, .id = 2});
	while (!mailbox_find(&hal, cid)) {
		fw_step(&hal.fw);
	}
	for (unsigned int n = 0; n < 30; n++) {
		fw_step(&hal.fw);
		TAP_CHECK(hal.fw.self_test.log.percent >= before, "it goes back");
		before = hal.fw.self_test.log.percent;
	}
	TAP_CHECK(before > 0 && before < 100, "%u percent", before);
	TAP_EQUAL(hal.fw.self_test.log.running, 1);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(hal.fw.self_test.log.running, 0);
	TAP_EQUAL(hal.fw.self_test.log.outcome, 3);
	TAP_EQUAL(hal.fw.self_test.log.percent, before);
	TAP_EQUAL(hal.fw.events, 0);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_EQUAL(tested(1)->outcome, 1);
	return sound() && no_panic();
}

TAP_CASE(sanitize)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_SANITIZE, 0);
	uint64_t epoch;
	uint16_t first, again, create, list;

	TAP_CHECK(start(), "start");
	epoch = hal.fw.epoch;
	hal.stuck = STUCK_INSIDE;
	first = mailbox_submit(&hal, &sqe);
	again = mailbox_submit(&hal, &sqe);
	sqe = pool_create();
	create = mailbox_submit(&hal, &sqe);
	sqe = entry(PAMC_ADMIN_POOL_LIST, 0);
	list = mailbox_submit(&hal, &sqe);
	mailbox_run(&hal, PENDING);
	/* It has begun, others are told so, and what needs no vault goes on. */
	TAP_EQUAL(mailbox_find(&hal, first)->status, PAMC_STATUS_SUCCESS);
	TAP_EQUAL(mailbox_find(&hal, again)->status, PAMC_STATUS_NOT_READY);
	TAP_EQUAL(mailbox_find(&hal, create)->status, PAMC_STATUS_NOT_READY);
	TAP_EQUAL(mailbox_find(&hal, list)->status, PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.fw.sanitize.log.running, 1);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_PAUSE);
	/* A reset does not end it, though it lets commands in until they are given up. */
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	hal.stuck = 0;
	while (hal.fw.state != FW_RUNNING) {
		fw_step(&hal.fw);
	}
	hal.stuck = STUCK_INSIDE;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(hal.fw.sanitize.log.running, 1);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_PAUSE);
	hal.stuck = 0;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(hal.fw.sanitize.log.running, 0);
	TAP_EQUAL(hal.fw.sanitize.log.outcome, 1);
	TAP_EQUAL(hal.fw.sanitize.log.percent, 100);
	TAP_EQUAL(hal.clears, 1);
	TAP_EQUAL(hal.clear_steps, 4);
	TAP_CHECK(hal.fw.epoch != epoch && hal.fw.epoch, "a new epoch");
	TAP_EQUAL(hal.word[MAILBOX_BOOT_EPOCH / 4], (uint32_t)hal.fw.epoch);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	TAP_EQUAL(hal.pool_attr[pool] >> 31, 0);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_EQUAL(run(pool_create(), NULL), PAMC_STATUS_SUCCESS);
	return sound() && no_panic();
}

/* Clearing that stops short of the end is seen, and told where. */
TAP_CASE(sanitize_is_looked_at)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_SANITIZE, 0);
	uint64_t last;

	TAP_CHECK(start(), "start");
	last = hal.fw.platform.dram_bytes / 64 - 1;
	hal.uncleared = (uint32_t)last;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.fw.sanitize.log.running, 0);
	TAP_EQUAL(hal.fw.sanitize.log.outcome, 2);
	TAP_EQUAL(hal.fw.sanitize.log.step, PAMC_SANITIZE_PART_MEMORY);
	TAP_EQUAL(hal.fw.sanitize.log.detail, last * 64);
	TAP_EQUAL(hal.fw.sanitize.log.failed, 1);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	/* What is wrong then does not stand in the next one's page. */
	hal.uncleared = 0;
	TAP_EQUAL(run(sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.fw.sanitize.log.outcome, 1);
	TAP_EQUAL(hal.fw.sanitize.log.step, 0);
	TAP_EQUAL(hal.fw.sanitize.log.failed, 0);
	TAP_EQUAL(hal.fw.sanitize.log.runs, 2);
	return sound() && no_panic();
}

/* What commands that are inside may still do to pages while a sanitized card has none. */
TAP_CASE(pages_cannot_be_reached_while_memory_is_cleared)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_SANITIZE, 0);

	TAP_CHECK(start(), "start");
	mailbox_submit(&hal, &sqe);
	while (hal.clear_steps < 2) {
		fw_step(&hal.fw);
	}
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_OFFLINE);
	TAP_EQUAL(hal.fw.sanitize.log.percent, 50);
	return sound() && no_panic();
}

/* What a host sends once it knows of SANITIZE is not executed on what is to go. */
TAP_CASE(sanitize_stops_pages_at_once)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_SANITIZE, 0);
	uint16_t cid;

	TAP_CHECK(start(), "start");
	hal.stuck = STUCK_INSIDE;
	cid = mailbox_submit(&hal, &sqe);
	while (!mailbox_find(&hal, cid)) {
		fw_step(&hal.fw);
	}
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_PAUSE);
	return sound() && no_panic();
}

static const struct pamc_log_health *health(void)
{
	fw_log(&hal.fw, PAMC_LOG_HEALTH);
	return (const struct pamc_log_health *)hal.fw.page;
}

/* Event HEALTH that has come, if any; fw_background is what looks at the sensor. */
static bool told_of_health(void)
{
	bool told;

	for (unsigned int n = 0; n < 4; n++) {
		fw_background(&hal.fw);
	}
	told = hal.fw.events >> PAMC_EVENT_HEALTH & 1;
	hal.fw.events = 0;
	return told;
}

/* What is too hot is told once for each time that it gets so. */
TAP_CASE(temperature)
{
	struct pamc_admin_sqe set = entry(PAMC_ADMIN_FEATURE_SET, PAMC_FEATURE_TEMPERATURE);

	TAP_CHECK(start(), "start");
	TAP_EQUAL(health()->temperature, 0);
	TAP_EQUAL(health()->warnings & 1, 0);
	TAP_CHECK(!told_of_health(), "told of nothing");
	hal.temperature = 357;
	TAP_EQUAL(health()->temperature, 357);
	TAP_CHECK(!told_of_health(), "told below the threshold");
	hal.temperature = 358;
	TAP_EQUAL(health()->warnings & 1, 1);
	TAP_CHECK(told_of_health(), "not told");
	hal.temperature = 360;
	TAP_CHECK(!told_of_health(), "told twice");
	hal.temperature = 350;
	TAP_CHECK(!told_of_health(), "told as it gets cooler");
	TAP_EQUAL(health()->warnings & 1, 0);
	set.p.feature.value = 340;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_SUCCESS);
	TAP_CHECK(told_of_health(), "not told by a lower threshold");
	set.p.feature.value = 0;
	TAP_EQUAL(run(set, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(health()->warnings & 1, 0);
	hal.temperature = 400;
	TAP_CHECK(!told_of_health(), "told without a threshold");
	/* The next session has the threshold that there was at first, and has not heard of it. */
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_CHECK(told_of_health(), "not told after a reset");
	/* Without ever being idle, too. */
	hal.temperature = 300;
	told_of_health();
	hal.temperature = 400;
	for (unsigned int n = 0; n < 1024; n++) {
		fw_step(&hal.fw);
	}
	TAP_CHECK(hal.fw.events >> PAMC_EVENT_HEALTH & 1, "not told while there is work");
	return sound() && no_panic();
}

#endif /* FIRMWARE_WAITS_JOBS_H */
