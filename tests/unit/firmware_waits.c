// SPDX-License-Identifier: Apache-2.0
/*
 * The firmware while something takes its time: resets and shutdown are always seen, every
 * admin command that the queues gave out is completed, and what never ends is told to the
 * host by STATUS.FATAL, from which a reset leads back.
 */
#include "fw_priv.h"
#include "mailbox.h"
#include "tap.h"

#define DATA     (MAILBOX_BASE + 4 * 4096)
#define PENDING  300 /* steps that are enough for all that does not wait */
#define INTERNAL (PAMC_STATUS_FATAL_MASK | PAMC_PREP(PAMC_STATUS_CAUSE, PAMC_FATAL_INTERNAL))

static struct hal hal;
static uint32_t pool;

static struct pamc_admin_sqe entry(unsigned int opcode, uint32_t id)
{
	return (struct pamc_admin_sqe){.opcode = (uint8_t)opcode, .id = id};
}

static enum pamc_status run(struct pamc_admin_sqe sqe, struct mailbox_done *done)
{
	return mailbox_command(&hal, &sqe, done);
}

static struct pamc_admin_sqe pool_create(void)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_POOL_CREATE, 0);
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_PERSISTENT};

	memcpy(mailbox_at(&hal, DATA), &info, sizeof(info));
	sqe.addr = DATA;
	sqe.length = sizeof(info);
	return sqe;
}

static struct pamc_admin_sqe qp_create(uint32_t qid)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_QP_CREATE, qid);

	sqe.p.qp_create.sq_base = sqe.p.qp_create.cq_base = MAILBOX_BASE;
	sqe.p.qp_create.sq_shift = sqe.p.qp_create.cq_shift = 4;
	return sqe;
}

/* With a queue pair and a pool that holds something. */
static bool start(void)
{
	struct mailbox_done done;

	mailbox_open(&hal);
	if (!mailbox_enable(&hal) || run(qp_create(1), NULL) || run(pool_create(), &done)) {
		return false;
	}
	pool = done.result;
	hal.contents[hal.pool_attr[pool % FW_POOLS] >> 16 & 511].pages = 3;
	return true;
}

static bool sound(void)
{
	if (hal.broken) {
		printf("# %s\n", hal.broken);
	}
	return !hal.broken;
}

static bool no_panic(void)
{
	if (hal.panics) {
		printf("# %s\n", hal.panic);
	}
	return !hal.panics;
}

/* It is as after power-up, and pools are there. */
static bool usable(void)
{
	struct mailbox_done done;
	struct pamc_admin_sqe list = entry(PAMC_ADMIN_POOL_LIST, 0);

	hal.stuck = 0;
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_EQUAL(run(qp_create(1), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(run(list, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(done.info, 1);
	return sound();
}

/* What a command may be waiting for. */
static const struct {
	uint32_t stuck;
	uint8_t opcode;
	const char *name;
} waits[] = {
    {STUCK_POOL, PAMC_ADMIN_POOL_DESTROY, "POOL_DESTROY"},
    {STUCK_POOL, PAMC_ADMIN_POOL_SET, "POOL_SET"},
    {STUCK_INSIDE, PAMC_ADMIN_POOL_FLUSH, "POOL_FLUSH"},
    {STUCK_ANSWER, PAMC_ADMIN_QP_DELETE, "QP_DELETE"},
    {STUCK_CONTROL, PAMC_ADMIN_QP_DELETE, "QP_DELETE before it is taken"},
};
#define WAITS (sizeof(waits) / sizeof(waits[0]))

/* Such a command, which then waits, behind events that are waited for. */
static bool wait_for(size_t n, uint16_t *cid, uint16_t *event)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_ASYNC_EVENT, 0);

	TAP_CHECK(start(), "start");
	*event = mailbox_submit(&hal, &sqe);
	sqe = entry(waits[n].opcode, waits[n].opcode == PAMC_ADMIN_QP_DELETE ? 1 : pool);
	*cid = mailbox_submit(&hal, &sqe);
	mailbox_submit(&hal, &sqe); /* this one is not begun */
	hal.stuck = waits[n].stuck;
	mailbox_run(&hal, PENDING);
	TAP_CHECK(!mailbox_find(&hal, *cid), "%s waits", waits[n].name);
	TAP_CHECK(!mailbox_find(&hal, *event), "so does the event");
	return true;
}

/* ---------------------------------------------------------------- resets */

TAP_CASE(reset_while_a_command_waits)
{
	for (size_t n = 0; n < WAITS; n++) {
		uint16_t cid, event;

		TAP_CHECK(wait_for(n, &cid, &event), "%s", waits[n].name);
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, PENDING);
		/* Until the queues are told, they would not drop completions but write them. */
		TAP_CHECK(waits[n].stuck != STUCK_CONTROL || !mailbox_find(&hal, cid), "%s",
			  waits[n].name);
		/* Commands inside end at last; nothing is dropped before that. */
		hal.stuck = 0;
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(mailbox_status(&hal), 0);
		TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 1);
		TAP_EQUAL(hal.discards, 1);
		TAP_EQUAL(hal.done_count, hal.entered);
		TAP_EQUAL(mailbox_find(&hal, cid)->status, PAMC_STATUS_ABORTED);
		TAP_EQUAL(mailbox_find(&hal, event)->status, PAMC_STATUS_ABORTED);
		TAP_CHECK(usable(), "%s", waits[n].name);
	}
	return no_panic();
}

TAP_CASE(flr_while_a_command_waits)
{
	for (size_t n = 0; n < WAITS; n++) {
		uint16_t cid, event;

		TAP_CHECK(wait_for(n, &cid, &event), "%s", waits[n].name);
		hal.flr = true;
		mailbox_run(&hal, PENDING);
		hal.stuck = 0;
		mailbox_run(&hal, PENDING);
		TAP_CHECK(!hal.flr, "%s", waits[n].name);
		TAP_EQUAL(mailbox_status(&hal), 0);
		TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 1);
		TAP_EQUAL(hal.done_count, hal.entered);
		TAP_CHECK(usable(), "%s", waits[n].name);
	}
	return no_panic();
}

/* A host that lets the card's completions wait still gets its reset. */
TAP_CASE(reset_while_completions_are_not_taken)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE);

	TAP_CHECK(start(), "start");
	hal.stuck = STUCK_DONE;
	for (unsigned int n = 0; n < 12; n++) {
		mailbox_submit(&hal, &sqe);
	}
	mailbox_run(&hal, PENDING);
	TAP_CHECK(hal.done_count < 3, "%u completions", hal.done_count);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	/* Seen: the queues were told to drop what they hold, which they do now. */
	TAP_CHECK(hal.fw.state == FW_DISCARD_ANSWER, "state %u", (unsigned int)hal.fw.state);
	hal.stuck = 0;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_EQUAL(hal.done_count, hal.entered);
	TAP_CHECK(usable(), "after it");
	return no_panic();
}

TAP_CASE(reset_completes_all_that_waits)
{
	struct pamc_admin_sqe event = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	struct pamc_admin_sqe abort = entry(PAMC_ADMIN_ABORT, 1);
	struct pamc_admin_sqe destroy;
	unsigned int before;

	TAP_CHECK(start(), "start");
	before = hal.done_count;
	destroy = entry(PAMC_ADMIN_POOL_DESTROY, pool);
	for (unsigned int n = 0; n < PAMC_MAX_AEN; n++) {
		mailbox_submit(&hal, &event);
	}
	for (unsigned int n = 0; n < FW_ABORTS; n++) {
		mailbox_submit(&hal, &abort);
	}
	hal.stuck = STUCK_POOL;
	for (unsigned int n = 0; n < 20; n++) {
		mailbox_submit(&hal, &destroy);
	}
	mailbox_run(&hal, PENDING);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_EQUAL(hal.done_count, hal.entered);
	for (unsigned int n = before; n < hal.done_count; n++) {
		TAP_EQUAL(hal.done[n].status, PAMC_STATUS_ABORTED);
	}
	TAP_CHECK(usable(), "after it");
	return no_panic();
}

/* EN falls and rises before the firmware looks, and once more while it resets. */
TAP_CASE(short_resets)
{
	TAP_CHECK(start(), "start");
	mailbox_ctrl(&hal, 0);
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
	hal.stuck = STUCK_TRAFFIC;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 0);
	mailbox_ctrl(&hal, 0);
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
	hal.stuck = 0;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 1);
	TAP_EQUAL(hal.queues, 1);
	TAP_EQUAL(run(qp_create(1), NULL), PAMC_STATUS_SUCCESS);
	/* Only before it looks. */
	mailbox_ctrl(&hal, 0);
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(hal.word[MAILBOX_RESETS / 4], 2);
	TAP_EQUAL(hal.queues, 1);
	return sound() && no_panic();
}

/* Of the admin queue's ring; one that is found when it is being given up means nothing. */
TAP_CASE(faults)
{
	TAP_CHECK(start(), "start");
	hal.word[MAILBOX_FAULT / 4] = 1;
	hal.word[MAILBOX_FAULT_ADDR / 4] = 0x5000;
	hal.fault_waits = true;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(hal.fw.errors[hal.fw.error_last].addr, 0x5000);
	hal.word[MAILBOX_FAULT / 4] = 0;
	hal.fault_waits = true;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK | PAMC_STATUS_FATAL_MASK |
					    PAMC_PREP(PAMC_STATUS_CAUSE, PAMC_FATAL_ADMIN_DMA));
	mailbox_ctrl(&hal, 0);
	hal.word[MAILBOX_FAULT / 4] = 0;
	hal.fault_waits = true;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_CHECK(usable(), "after it");
	return no_panic();
}

/* A word of a memory on the chip is lost. */
static void lose(unsigned int memory)
{
	hal.counter[MAILBOX_COUNTER_ECC + memory] += UINT64_C(1) << 32;
	hal.lost_waits = true;
	mailbox_run(&hal, PENDING);
}

TAP_CASE(lost_words)
{
	struct pamc_admin_sqe event = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	const struct pamc_log_health *health;
	uint64_t epoch;
	uint16_t cid;

	/* Of a pool: the host is told. */
	TAP_CHECK(start(), "start");
	cid = mailbox_submit(&hal, &event);
	hal.counter[MAILBOX_COUNTER_ECC] = 5; /* that were corrected are no news */
	hal.lost_waits = true;
	mailbox_run(&hal, PENDING);
	TAP_CHECK(!mailbox_find(&hal, cid), "no event");
	lose(0);
	TAP_CHECK(mailbox_find(&hal, cid), "event");
	TAP_EQUAL(mailbox_find(&hal, cid)->result, PAMC_EVENT_HEALTH);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	fw_log(&hal.fw, PAMC_LOG_HEALTH);
	health = (const struct pamc_log_health *)hal.fw.page;
	TAP_EQUAL(health->chip_corrected, 5);
	TAP_EQUAL(health->chip_uncorrected, 1);
	TAP_EQUAL(health->warnings, 32);

	/* Of queue pairs, of the vault: fatal until a reset, which costs the latter all pages. */
	for (unsigned int memory = 1; memory < FW_MEMORIES; memory++) {
		bool vault = memory == 1 || memory == 5 || memory == 19 || memory == 22;
		bool fatal = vault || (memory >= 6 && memory <= 9) || memory == 16 || memory == 17;

		TAP_CHECK(start(), "start");
		epoch = hal.fw.epoch;
		lose(memory);
		TAP_CHECK(((mailbox_status(&hal) & INTERNAL) == INTERNAL) == fatal, "memory %u",
			  memory);
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(mailbox_status(&hal), 0);
		TAP_CHECK((hal.fw.epoch != epoch) == vault, "memory %u", memory);
		TAP_EQUAL(hal.clear_steps, vault ? 4 : 0);
		TAP_EQUAL(hal.pool_attr[pool] >> 31, !vault);
		TAP_CHECK(mailbox_enable(&hal), "memory %u", memory);
		TAP_EQUAL(run(pool_create(), NULL), PAMC_STATUS_SUCCESS);
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(hal.clears, vault); /* once */
	}
	return sound() && no_panic();
}

/* ---------------------------------------------------------------- shutdown */

TAP_CASE(shutdown)
{
	uint32_t stop = PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK;
	struct pamc_admin_sqe event = entry(PAMC_ADMIN_ASYNC_EVENT, 0);
	uint16_t cid;

	TAP_CHECK(start(), "start");
	cid = mailbox_submit(&hal, &event);
	mailbox_run(&hal, PENDING);
	hal.stuck = STUCK_INSIDE;
	mailbox_ctrl(&hal, stop);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_STOP);
	/* None is inside, and the last of a page has not left yet. */
	hal.stuck = STUCK_TRAFFIC;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	hal.stuck = 0;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_REFUSE);
	TAP_CHECK(mailbox_find(&hal, cid), "event");
	TAP_EQUAL(mailbox_find(&hal, cid)->status, PAMC_STATUS_ABORTED);
	TAP_EQUAL(run(pool_create(), NULL), PAMC_STATUS_ABORTED);
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(run(pool_create(), NULL), PAMC_STATUS_SUCCESS);
	/* A function-level reset ends it, a controller reset does not. */
	for (unsigned int way = 0; way < 2; way++) {
		mailbox_ctrl(&hal, stop);
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_REFUSE);
		if (way == 0) {
			mailbox_ctrl(&hal, PAMC_CTRL_SHUTDOWN_MASK);
		} else {
			hal.flr = true;
		}
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(mailbox_status(&hal), way == 0 ? PAMC_STATUS_SHUTDOWN_MASK : 0);
		TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], way == 0 ? HOLD_REFUSE : 0);
		TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	}
	/* Given up half way, by its end and by resets. */
	for (unsigned int way = 0; way < 3; way++) {
		hal.stuck = STUCK_INSIDE;
		mailbox_ctrl(&hal, stop);
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_STOP);
		if (way == 2) {
			hal.flr = true;
		} else {
			mailbox_ctrl(&hal, way == 0 ? PAMC_CTRL_EN_MASK : 0);
		}
		mailbox_run(&hal, PENDING);
		hal.stuck = 0;
		mailbox_run(&hal, PENDING);
		TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
		TAP_EQUAL(mailbox_status(&hal), way == 0 ? PAMC_STATUS_READY_MASK : 0);
		TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	}
	return sound() && no_panic();
}

/* A host may say that it goes before it has used the card. */
TAP_CASE(shutdown_of_a_disabled_card)
{
	mailbox_open(&hal);
	mailbox_ctrl(&hal, PAMC_CTRL_SHUTDOWN_MASK);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_SHUTDOWN_MASK);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	return sound() && no_panic();
}

/* A shutdown lets the command that is executed end. */
TAP_CASE(shutdown_while_a_command_waits)
{
	uint16_t cid, event;

	TAP_CHECK(wait_for(0, &cid, &event), "wait");
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK);
	hal.stuck = 0;
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	TAP_EQUAL(mailbox_find(&hal, cid)->status, PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.done_count, hal.entered);
	return sound() && no_panic();
}

/* ---------------------------------------------------------------- what never ends */

static bool becomes_fatal(const char *what)
{
	hal.tick = 100000; /* so that the limits of waits are not far */
	mailbox_run(&hal, 5000);
	TAP_CHECK(hal.panics, "%s", what);
	TAP_CHECK((mailbox_status(&hal) & INTERNAL) == INTERNAL, "%s: status %x", what,
		  mailbox_status(&hal));
	hal.tick = 6;
	hal.stuck = 0;
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_CHECK(usable(), "%s", what);
	return true;
}

TAP_CASE(every_wait_has_a_limit)
{
	struct pamc_admin_sqe sqe = entry(PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE);
	struct pamc_admin_sqe log = entry(PAMC_ADMIN_LOG, PAMC_LOG_CAPACITY);
	uint16_t cid, event;

	for (size_t n = 0; n < WAITS; n++) {
		TAP_CHECK(wait_for(n, &cid, &event), "%s", waits[n].name);
		TAP_CHECK(becomes_fatal(waits[n].name), "%s", waits[n].name);
		TAP_CHECK(mailbox_find(&hal, cid) == NULL ||
			      mailbox_find(&hal, cid)->status != PAMC_STATUS_SUCCESS,
			  "%s", waits[n].name);
	}
	log.addr = DATA;
	log.length = 4096;
	for (uint32_t stuck = STUCK_VAULT; stuck <= STUCK_DMA; stuck <<= 1) {
		TAP_CHECK(start(), "start");
		mailbox_submit(&hal, &log);
		hal.stuck = stuck;
		TAP_CHECK(becomes_fatal("LOG"), "stuck %x", stuck);
	}
	TAP_CHECK(start(), "start");
	hal.stuck = STUCK_DONE;
	mailbox_submit(&hal, &sqe);
	mailbox_submit(&hal, &sqe);
	TAP_CHECK(becomes_fatal("completions"), "completions");
	TAP_CHECK(start(), "start");
	hal.stuck = STUCK_INSIDE;
	mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
	TAP_CHECK(becomes_fatal("shutdown"), "shutdown");
	for (uint32_t stuck = STUCK_CONTROL; stuck <= STUCK_TRAFFIC; stuck <<= 1) {
		if (stuck != STUCK_POOL) {
			TAP_CHECK(start(), "start");
			hal.stuck = stuck;
			mailbox_ctrl(&hal, 0);
			TAP_CHECK(becomes_fatal("reset"), "stuck %x", stuck);
		}
	}
	for (uint32_t stuck = STUCK_CONTROL; stuck <= STUCK_ANSWER; stuck <<= 1) {
		TAP_CHECK(start(), "start");
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, PENDING);
		hal.stuck = stuck;
		mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
		TAP_CHECK(becomes_fatal("EN"), "stuck %x", stuck);
	}
	TAP_CHECK(start(), "start");
	mailbox_submit(&hal, &(struct pamc_admin_sqe){.opcode = PAMC_ADMIN_SANITIZE});
	hal.stuck = STUCK_INSIDE;
	hal.tick = 100000;
	mailbox_run(&hal, 5000);
	TAP_CHECK(mailbox_status(&hal) & PAMC_STATUS_FATAL_MASK, "SANITIZE");
	TAP_EQUAL(hal.fw.sanitize.log.outcome, 2);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	return sound();
}

/* No vault at power-up: fatal from the beginning. */
TAP_CASE(dead_at_power_up)
{
	struct fw_platform platform;

	mailbox_open(&hal);
	platform = hal.fw.platform;
	hal.stuck = STUCK_VAULT;
	hal.tick = 100000;
	fw_power_on(&hal.fw, &platform);
	TAP_EQUAL(mailbox_status(&hal), INTERNAL);
	/* Resets try again. */
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 5000);
	TAP_EQUAL(mailbox_status(&hal), INTERNAL);
	hal.stuck = 0;
	hal.tick = 6;
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, PENDING);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_CHECK(mailbox_enable(&hal), "status %x", mailbox_status(&hal));
	TAP_EQUAL(run(pool_create(), NULL), PAMC_STATUS_SUCCESS);
	return sound();
}

#include "firmware_waits_jobs.h"

/* A card full for tests stays so whatever else is held. */
TAP_CASE(full)
{
	TAP_CHECK(start(), "start");
	fw_set_full(&hal.fw, true);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_FULL);
	TAP_EQUAL(run(entry(PAMC_ADMIN_POOL_FLUSH, pool), NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], HOLD_FULL);
	fw_set_full(&hal.fw, false);
	TAP_EQUAL(hal.word[MAILBOX_HOLD / 4], 0);
	return sound() && no_panic();
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "reset while a command waits", reset_while_a_command_waits);
	tap_run(&tap, "function-level reset while a command waits", flr_while_a_command_waits);
	tap_run(&tap, "reset while completions are not taken",
		reset_while_completions_are_not_taken);
	tap_run(&tap, "reset completes all that waits", reset_completes_all_that_waits);
	tap_run(&tap, "resets that are shorter than a look", short_resets);
	tap_run(&tap, "faults of rings", faults);
	tap_run(&tap, "words on the chip that are lost", lost_words);
	tap_run(&tap, "shutdown", shutdown);
	tap_run(&tap, "shutdown of a disabled card", shutdown_of_a_disabled_card);
	tap_run(&tap, "shutdown while a command waits", shutdown_while_a_command_waits);
	tap_run(&tap, "every wait has a limit", every_wait_has_a_limit);
	tap_run(&tap, "a vault that does not start", dead_at_power_up);
	tap_run(&tap, "self-test", self_test);
	tap_run(&tap, "a self-test finds what is wrong, and where", self_test_finds);
	tap_run(&tap, "a reset ends a self-test", self_test_meets_a_reset);
	tap_run(&tap, "sanitize", sanitize);
	tap_run(&tap, "after SANITIZE memory is looked at", sanitize_is_looked_at);
	tap_run(&tap, "no page can be reached while memory is cleared",
		pages_cannot_be_reached_while_memory_is_cleared);
	tap_run(&tap, "SANITIZE stops pages at once", sanitize_stops_pages_at_once);
	tap_run(&tap, "what is too hot is told, once", temperature);
	tap_run(&tap, "full for tests", full);
	return tap_done(&tap);
}
