// SPDX-License-Identifier: Apache-2.0
/*
 * The core that runs the firmware restarts, before each of its accesses to the mailbox in
 * turn, and sometimes again while it recovers: a host sees the same completions as without,
 * each once, and the card is left with the same pools, queue pairs and contents.
 */
#include "fw_priv.h"
#include "mailbox.h"
#include "tap.h"

#define DATA  (MAILBOX_BASE + 4 * 4096)
#define STEPS 3000

static struct hal hal;
static jmp_buf crash;

/* What comes of it all. */
struct end {
	struct mailbox_done done[MAILBOX_ENTRIES];
	unsigned int done_count;
	uint64_t queues;
	uint32_t status, resets, written;
	unsigned int pools, contents, attr[FW_POOLS];
	uint64_t reserve;
};

static struct pamc_admin_sqe entry(unsigned int opcode, uint32_t id)
{
	return (struct pamc_admin_sqe){
	    .opcode = (uint8_t)opcode, .id = id, .addr = DATA + 4096, .length = 4096};
}

static struct pamc_admin_sqe plain(unsigned int opcode, uint32_t id)
{
	return (struct pamc_admin_sqe){.opcode = (uint8_t)opcode, .id = id};
}

static struct pamc_admin_sqe qp_create(uint32_t qid)
{
	struct pamc_admin_sqe sqe = plain(PAMC_ADMIN_QP_CREATE, qid);

	sqe.p.qp_create.sq_base = sqe.p.qp_create.cq_base = MAILBOX_BASE;
	sqe.p.qp_create.sq_shift = sqe.p.qp_create.cq_shift = 4;
	return sqe;
}

static struct pamc_admin_sqe pool_create(void)
{
	struct pamc_admin_sqe sqe = plain(PAMC_ADMIN_POOL_CREATE, 0);
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_PERSISTENT, .reserve = 5};

	memcpy(mailbox_at(&hal, DATA), &info, sizeof(info));
	sqe.addr = DATA;
	sqe.length = sizeof(info);
	return sqe;
}

static struct pamc_admin_sqe pool_set(uint32_t pool)
{
	struct pamc_admin_sqe sqe = plain(PAMC_ADMIN_POOL_SET, pool);

	sqe.p.pool_set.what = PAMC_POOL_SET_LIMIT | PAMC_POOL_SET_FLAGS;
	sqe.p.pool_set.limit = 77;
	sqe.p.pool_set.flags = PAMC_POOL_FROZEN;
	return sqe;
}

static struct pamc_admin_sqe abort_of(uint32_t qid, uint32_t cid)
{
	struct pamc_admin_sqe sqe = plain(PAMC_ADMIN_ABORT, qid);

	sqe.p.abort.cid = cid;
	return sqe;
}

/* From where a host has what it wants; what runs is the scene. */
static void open_card(void)
{
	struct mailbox_done done;
	struct pamc_admin_sqe sqe;

	mailbox_open(&hal);
	hal.fw.platform.journal = true;
	/* That it restarted is told, and nothing else is to be. */
	mailbox_enable(&hal);
	sqe = qp_create(1);
	mailbox_command(&hal, &sqe, NULL);
	for (unsigned int n = 0; n < 2; n++) {
		sqe = pool_create();
		mailbox_command(&hal, &sqe, &done);
		hal.contents[hal.pool_attr[done.result % FW_POOLS] >> 16 & 511].pages = 3;
	}
	hal.fw.event_mask = 0;
	hal.done_count = 0;
	hal.taken = hal.entered = 0;
}

/* Does what the host asks for; the n-th access to the mailbox is one too many. */
static bool run(unsigned int scene, unsigned int n, unsigned int again)
{
	struct fw_platform platform = hal.fw.platform;
	struct pamc_admin_sqe sqe;
	volatile unsigned int crashes = 0;
	uint16_t waits = 0;

	switch (scene) {
	case 0: /* what is only asked */
		sqe = entry(PAMC_ADMIN_IDENTIFY, 0);
		mailbox_submit(&hal, &sqe);
		sqe = entry(PAMC_ADMIN_LOG, PAMC_LOG_CAPACITY);
		mailbox_submit(&hal, &sqe);
		sqe = entry(PAMC_ADMIN_POOL_LIST, 0);
		mailbox_submit(&hal, &sqe);
		break;
	case 1: /* queue pairs */
		sqe = qp_create(2);
		mailbox_submit(&hal, &sqe);
		sqe = plain(PAMC_ADMIN_QP_DELETE, 1);
		mailbox_submit(&hal, &sqe);
		sqe = qp_create(1);
		mailbox_submit(&hal, &sqe);
		break;
	case 2: /* pools */
		sqe = pool_create();
		mailbox_submit(&hal, &sqe);
		sqe = pool_set(1);
		mailbox_submit(&hal, &sqe);
		break;
	case 3:
		sqe = plain(PAMC_ADMIN_POOL_FLUSH, 1);
		mailbox_submit(&hal, &sqe);
		sqe = plain(PAMC_ADMIN_POOL_DESTROY, 2);
		mailbox_submit(&hal, &sqe);
		break;
	case 4: /* what waits, and what ends it */
		for (unsigned int i = 0; i < 3; i++) {
			sqe = plain(PAMC_ADMIN_ASYNC_EVENT, 0);
			waits = mailbox_submit(&hal, &sqe);
		}
		sqe = abort_of(0, waits);
		mailbox_submit(&hal, &sqe);
		break;
	case 5: /* a reset, and the card is used again */
		sqe = plain(PAMC_ADMIN_ASYNC_EVENT, 0);
		mailbox_submit(&hal, &sqe);
		mailbox_ctrl(&hal, 0);
		mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK);
		break;
	default: /* a shutdown */
		mailbox_ctrl(&hal, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
		break;
	}
	hal.crash = &crash;
	hal.crash_in = n;
	if (setjmp(crash)) {
		crashes++;
		hal.crash_in = crashes == 1 ? again : 0;
		fw_restart(&hal.fw, &platform);
	}
	mailbox_run(&hal, STEPS);
	hal.crash_in = 0;
	return crashes != 0;
}

static void look(struct end *end)
{
	memset(end, 0, sizeof(*end));
	memcpy(end->done, hal.done, sizeof(end->done));
	end->done_count = hal.done_count;
	end->queues = hal.queues;
	end->status = mailbox_status(&hal);
	end->written = hal.word[MAILBOX_WRITTEN / 4];
	end->resets = hal.word[MAILBOX_RESETS / 4];
	for (unsigned int place = 1; place < FW_POOLS; place++) {
		end->pools += hal.fw.pools[place].id != 0;
		/* Contents may be others, and so may the id of a pool that was begun twice. */
		end->attr[place] = hal.pool_attr[place] & ~(511u << 16);
		if (hal.fw.pools[place].id && hal.pool_id[place] != hal.fw.pools[place].id) {
			end->pools += 1000;
		}
	}
	for (unsigned int n = 0; n < MAILBOX_CONTENTS; n++) {
		end->contents += hal.contents[n].used && !hal.contents[n].dead;
		end->reserve +=
		    hal.contents[n].used && !hal.contents[n].dead ? hal.contents[n].reserve : 0;
	}
}

/* The same, but for ids of pools. */
static bool same(const struct end *a, const struct end *b)
{
	for (unsigned int n = 0; n < a->done_count && n < b->done_count; n++) {
		const struct mailbox_done *one = &a->done[n], *other = &b->done[n];

		if (one->cid != other->cid || one->status != other->status ||
		    (one->result ^ other->result) % FW_POOLS || one->info != other->info) {
			return false;
		}
	}
	return a->done_count == b->done_count && a->queues == b->queues && a->status == b->status &&
	       a->resets == b->resets && a->written == b->written && a->pools == b->pools &&
	       a->contents == b->contents && a->reserve == b->reserve &&
	       !memcmp(a->attr, b->attr, sizeof(a->attr));
}

static bool scene(unsigned int number, const char *what)
{
	struct end right, now;
	unsigned int n, bad = 0, first = 0;

	open_card();
	run(number, 0, 0);
	look(&right);
	TAP_CHECK(hal.broken == NULL && hal.panics == 0, "without a crash");
	for (n = 1;; n++) {
		bool crashed;

		open_card();
		crashed = run(number, n, n % 3 == 0 ? n * 7 % 900 + 1 : 0);
		look(&now);
		if (!same(&right, &now) || hal.broken || hal.panics) {
			bad++;
			first = first ? first : n;
		}
		if (!crashed) {
			break;
		}
	}
	printf("# %s: %u places to crash\n", what, n - 1);
	if (bad) {
		printf("# %u of them go wrong, the first is %u: %s\n", bad, first,
		       hal.broken ? hal.broken : "");
	}
	TAP_CHECK(n > 10 && bad == 0, "the same comes of it as without a crash");
	return true;
}

TAP_CASE(asking)
{
	return scene(0, "asking");
}

TAP_CASE(queue_pairs)
{
	return scene(1, "queue pairs");
}

TAP_CASE(pools)
{
	return scene(2, "pools are made and set");
}

TAP_CASE(pools_end)
{
	return scene(3, "pools are flushed and destroyed");
}

TAP_CASE(waiting)
{
	return scene(4, "ASYNC_EVENT and ABORT");
}

TAP_CASE(reset)
{
	return scene(5, "a reset");
}

TAP_CASE(shutdown)
{
	return scene(6, "a shutdown");
}

/* The loader had none to start and told hosts so; then one started. What they were told stays until
 * they reset the controller; and after a power-up it does not stay. */
TAP_CASE(loader_was_fatal)
{
	uint32_t fatal =
	    PAMC_STATUS_FATAL_MASK | PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_FIRMWARE);
	struct fw_platform platform;

	mailbox_open(&hal);
	TAP_CHECK(mailbox_enable(&hal), "no card");
	platform = hal.fw.platform;
	platform.fatal = true;
	hal_write(&hal, MAILBOX_STATUS, fatal);
	fw_restart(&hal.fw, &platform);
	TAP_EQUAL(mailbox_status(&hal), fatal | PAMC_STATUS_READY_MASK);
	/* Once is enough. */
	platform.fatal = false;
	fw_restart(&hal.fw, &platform);
	mailbox_run(&hal, 1000);
	TAP_EQUAL(mailbox_status(&hal), fatal | PAMC_STATUS_READY_MASK);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 1000);
	TAP_EQUAL(mailbox_status(&hal), 0);
	TAP_CHECK(mailbox_enable(&hal), "no card after the reset");
	hal_write(&hal, MAILBOX_STATUS, fatal);
	fw_power_on(&hal.fw, &platform);
	TAP_EQUAL(mailbox_status(&hal), 0);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "asking", asking);
	tap_run(&tap, "queue pairs", queue_pairs);
	tap_run(&tap, "pools are made and set", pools);
	tap_run(&tap, "pools are flushed and destroyed", pools_end);
	tap_run(&tap, "ASYNC_EVENT and ABORT", waiting);
	tap_run(&tap, "a reset", reset);
	tap_run(&tap, "a shutdown", shutdown);
	tap_run(&tap, "hosts were told that no firmware starts", loader_was_fatal);
	return tap_done(&tap);
}
