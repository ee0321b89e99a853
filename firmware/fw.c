// SPDX-License-Identifier: Apache-2.0
/*
 * Power, controller and function-level resets, shutdown, and the loop. What has to wait
 * for commands that are inside the card is a state, so that a reset is always seen.
 */
#include "fw_priv.h"

/* In cycles of 4 ns 160 ms: beyond every timeout of the data path, the PCI Express reads'
 * above all, and well below CAP.TIMEOUT. */
#define PATIENCE 40000000u
/* Waits that are polled by fw_step rarely come so far; errors are taken a few at a time. */
#define SWEEPS 64u
/* At IDLE, in a step; and that it was seen, beside the bits of EVENTS. */
#define LOOKS 64u
/* Steps after which health is looked at, if there is always something to do. */
#define TICKS     1024u
#define SEEN_IDLE (1u << 31)

void fw_hold(struct fw *fw, uint32_t set, uint32_t clear)
{
	fw->hold = (fw->hold & ~clear) | set;
	fw_write(fw, MAILBOX_HOLD, fw->hold);
}

void fw_set_full(struct fw *fw, bool full)
{
	if (full != ((fw->hold & HOLD_FULL) != 0)) {
		fw_hold(fw, full ? HOLD_FULL : 0, HOLD_FULL);
	}
}

static void show_status(struct fw *fw)
{
	fw_write(fw, MAILBOX_STATUS,
		 PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)fw->cause) |
		     (fw->ready ? PAMC_STATUS_READY_MASK : 0) |
		     (fw->fatal ? PAMC_STATUS_FATAL_MASK : 0) |
		     (fw->stopped ? PAMC_STATUS_SHUTDOWN_MASK : 0));
}

void fw_fatal(struct fw *fw, uint8_t cause)
{
	fw->fatal = true;
	fw->cause = cause;
	show_status(fw);
}

void fw_stuck(struct fw *fw, const char *what)
{
	fw_fatal(fw, PAMC_FATAL_INTERNAL);
	hal_panic(fw->platform.hal, what);
}

static uint64_t patience(const struct fw *fw)
{
	return fw->platform.patience ? fw->platform.patience : PATIENCE;
}

bool fw_overdue(struct fw *fw, uint64_t since)
{
	return fw_now(fw) - since > patience(fw);
}

bool fw_overdue_inside(struct fw *fw, uint64_t since)
{
	return fw_now(fw) - since > patience(fw) * (fw->platform.tier ? FW_LONG_TIMES : 1);
}

bool fw_gives_up(const struct fw *fw)
{
	return fw->state == FW_DISCARD_ORDER || fw->state == FW_DISCARD_ANSWER ||
	       fw->state == FW_DISCARD_IDLE;
}

static void enter(struct fw *fw, enum fw_state state)
{
	fw->state = state;
	fw->since = fw_now(fw);
}

/* ---------------------------------------------------------------- power */

bool fw_lay_out(struct fw *fw)
{
	struct fw_layout *layout = &fw->layout;
	uint32_t map_line, units_line;

	fw_layout_of(fw->platform.dram_bytes, fw->platform.flash_bytes, layout);
	map_line = (uint32_t)(layout->index_bytes / 64);
	units_line = (uint32_t)((layout->index_bytes + layout->map_bytes) / 64);
	fw_write(fw, MAILBOX_LAYOUT, 0);
	fw_write(fw, MAILBOX_LAYOUT + 4, layout->buckets);
	fw_write(fw, MAILBOX_LAYOUT + 8, map_line);
	fw_write(fw, MAILBOX_LAYOUT + 12, units_line);
	fw_write(fw, MAILBOX_LAYOUT + 16, layout->units);
	fw_write(fw, MAILBOX_LAYOUT + 20, layout->slot_limit);
	for (uint32_t word = 0; word < 4; word++) {
		fw_write(fw, MAILBOX_PAGE_SECRET + 4 * word, hal_random(fw->platform.hal));
	}
	for (uint32_t word = 0; word < 4; word++) {
		fw_write(fw, MAILBOX_OBJECT_SECRET + 4 * word, hal_random(fw->platform.hal));
	}
	fw->vault_lost = fw_vault(fw, VAULT_INIT) != VAULT_RESULT_DONE;
	if (!fw->vault_lost) {
		/* Without its flash it is a card all the same; HEALTH tells. */
		if (fw->platform.tier) {
			fw->platform.tier->start(fw);
		}
		return true;
	}
	fw_stuck(fw, "the vault does not start");
	return false;
}

void fw_new_epoch(struct fw *fw)
{
	uint64_t epoch;

	do {
		epoch = hal_epoch(fw->platform.hal);
	} while (epoch == 0 || epoch == fw->epoch);
	fw->epoch = epoch;
	fw_write64(fw, MAILBOX_BOOT_EPOCH, epoch);
}

/* What belongs to the host's session; pools stay. */
static void forget_session(struct fw *fw)
{
	memset(fw->queues, 0, sizeof(fw->queues));
	fw->waiting_count = 0;
	memset(fw->aborts, 0, sizeof(fw->aborts));
	fw->watched = FW_ABORTS;
	fw->events = 0;
	fw_features_reset(fw);
	fw->ready = false;
	fw->fatal = false;
	fw->cause = PAMC_FATAL_NONE;
}

void fw_power_on(struct fw *fw, const struct fw_platform *platform)
{
	uint64_t before = fw->epoch;

	memset(fw, 0, sizeof(*fw));
	fw->platform = *platform;
	fw->epoch = before;
	fw->started = fw_now(fw);
	fw_new_epoch(fw);
	fw_write(fw, MAILBOX_RESETS, 0);
	forget_session(fw);
	show_status(fw); /* perhaps FATAL by the loader */
	fw_lay_out(fw);
}

/* ---------------------------------------------------------------- resets */

/*
 * All queue pairs are given up: no command is inside any more, and none touches host
 * memory. The queues wait for a completion of every entry that they gave out, also to drop
 * it; so every admin command that waits for something gets one, behind the order.
 */
static void discard_begin(struct fw *fw, bool flr)
{
	fw->flr = flr;
	fw_admin_drop(fw);
	while (fw_event_abort(fw, -1)) {
	}
	fw_aborts_drop(fw);
	fw_hold(fw, 0, HOLD_PAUSE | HOLD_STOP);
	enter(fw, FW_DISCARD_ORDER);
}

static void discard_end(struct fw *fw)
{
	fw_self_test_abort(fw);
	forget_session(fw);
	fw->resets++;
	fw_write(fw, MAILBOX_RESETS, fw->resets);
	fw_update_reset(fw);
	if (fw->vault_lost && !fw->sanitize.log.running) {
		fw->fatal = true; /* it would not start again; the next reset tries once more */
		fw->cause = PAMC_FATAL_INTERNAL;
	}
	if (fw->flr) {
		fw->stopped = false;
		fw->stop_wanted = false;
		show_status(fw);
		fw_write(fw, MAILBOX_EVENTS, HAS_CTRL | HAS_FALL);
		fw_hold(fw, HOLD_FLR_DONE, HOLD_REFUSE);
		enter(fw, FW_FLR_END);
		return;
	}
	show_status(fw);
	fw->look = true;
	enter(fw, FW_RUNNING);
}

static void discard_step(struct fw *fw, uint32_t events)
{
	uint32_t tag;

	if (events & HAS_ERROR) {
		fw_take_errors(fw);
	} else if (events & HAS_FAULT) {
		fw_take_fault(fw); /* of a queue pair that is going anyway */
	} else if (events & HAS_ANSWER) {
		tag = fw_next_answer(fw) & ANSWER_TAG;
		if (tag == TAG_DISCARD && fw->state == FW_DISCARD_ANSWER) {
			enter(fw, FW_DISCARD_IDLE);
		}
	} else if (fw->state == FW_DISCARD_ORDER) {
		if (!(events & BUSY_CONTROL)) {
			fw_order(fw, CONTROL_DISCARD, 0, TAG_DISCARD, 0);
			enter(fw, FW_DISCARD_ANSWER);
		}
	} else if ((events & HAS_ADMIN) && fw->done_count < FW_DONE) {
		fw_complete_aborted(fw, fw_next_entry(fw)->cid);
	} else if (fw->state == FW_DISCARD_IDLE && (events & SEEN_IDLE)) {
		/* SANITIZE makes it anew by itself. */
		if (fw->vault_lost && !fw->sanitize.log.running) {
			fw_renew_vault(fw, true);
			enter(fw, FW_DISCARD_CLEAR);
		} else {
			discard_end(fw);
		}
	} else if (fw->state == FW_DISCARD_CLEAR) {
		enter(fw, FW_DISCARD_CLEAR);
		if (fw_renew_vault(fw, false)) {
			discard_end(fw);
		}
	}
	/* The host's next reset tries again. */
	if (fw->state != FW_RUNNING && fw_overdue_inside(fw, fw->since)) {
		enter(fw, FW_RUNNING);
		fw->ready = false;
		fw_stuck(fw, "queue pairs are not given up");
	}
}

static void flr_end_step(struct fw *fw, uint32_t events)
{
	if (!(events & HAS_FLR)) {
		fw_hold(fw, 0, HOLD_FLR_DONE);
		enter(fw, FW_RUNNING);
	} else if (fw_overdue(fw, fw->since)) {
		fw_hold(fw, 0, HOLD_FLR_DONE);
		enter(fw, FW_RUNNING);
		fw_stuck(fw, "a function-level reset does not end");
	}
}

/* ---------------------------------------------------------------- CTRL */

/* CTRL.EN became 1. */
static void start(struct fw *fw)
{
	uint32_t attr = fw_read(fw, MAILBOX_AQ_ATTR);
	uint64_t sq = fw_read64(fw, MAILBOX_ASQ_BASE), cq = fw_read64(fw, MAILBOX_ACQ_BASE);
	uint32_t sq_shift = PAMC_GET(PAMC_AQ_ATTR_SQ_SHIFT, attr);
	uint32_t cq_shift = PAMC_GET(PAMC_AQ_ATTR_CQ_SHIFT, attr);

	if (!fw_ring_good(sq, sq_shift, sizeof(struct pamc_admin_sqe)) ||
	    !fw_ring_good(cq, cq_shift, sizeof(struct pamc_cqe)) || cq_shift < sq_shift) {
		fw_fatal(fw, PAMC_FATAL_BAD_ADMIN_QUEUE);
		return;
	}
	if (fw_queue_start(fw, sq, cq, sq_shift, cq_shift)) {
		fw->ready = true;
		show_status(fw);
	}
}

static void follow_ctrl(struct fw *fw, uint32_t events)
{
	bool fell = events & HAS_FALL;
	uint32_t ctrl;
	bool enabled;

	fw->look = false;
	fw_write(fw, MAILBOX_EVENTS, events & (HAS_CTRL | HAS_FALL));
	ctrl = fw_read(fw, MAILBOX_CTRL);
	enabled = ctrl & PAMC_CTRL_EN_MASK;
	fw->stop_wanted = ctrl & PAMC_CTRL_SHUTDOWN_MASK;
	/* A fall of EN that was followed by a rise: nothing of the session is left then. */
	if ((fw->ready || fw->fatal) && (fell || !enabled)) {
		discard_begin(fw, false);
		return;
	}
	if (enabled && !fw->ready && !fw->fatal) {
		start(fw);
	}
	if (!fw->stop_wanted && (fw->stopped || fw->state == FW_STOPPING)) {
		fw->stopped = false;
		fw_hold(fw, 0, HOLD_STOP | HOLD_REFUSE);
		enter(fw, FW_RUNNING);
		show_status(fw);
	}
}

/* A cycle without traffic: a host that polls a register leaves few. */
static bool all_idle(struct fw *fw)
{
	for (uint32_t n = 0; n < LOOKS; n++) {
		if ((fw_read(fw, MAILBOX_IDLE) & IDLE_ALL) == IDLE_ALL) {
			return true;
		}
	}
	return false;
}

/* Not again: the host has to reset it. */
static void stop_failed(struct fw *fw, const char *what)
{
	fw->stop_wanted = false;
	fw_hold(fw, 0, HOLD_STOP);
	enter(fw, FW_RUNNING);
	fw_stuck(fw, what);
}

static void stop_end(struct fw *fw)
{
	while (fw_event_abort(fw, -1)) {
	}
	if (!fw->platform.tier || fw->platform.tier->settle(fw)) {
		fw->stopped = true;
		show_status(fw);
		fw_hold(fw, HOLD_REFUSE, HOLD_STOP);
		enter(fw, FW_RUNNING);
	} else {
		fw_log_error(fw, &(struct pamc_log_error){
				     .status = PAMC_STATUS_INTERNAL,
				     .field = NO_FIELD,
				 });
		fw_raise(fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
		stop_failed(fw, "durable pools do not get to flash for a shutdown");
	}
}

/* Finishes what was fetched; what comes from then on is aborted. */
static void stop_step(struct fw *fw)
{
	if (fw->state == FW_RUNNING) {
		fw_hold(fw, HOLD_STOP, 0);
		enter(fw, FW_STOPPING);
	} else if (all_idle(fw)) {
		stop_end(fw);
	} else if (fw_overdue_inside(fw, fw->since)) {
		stop_failed(fw, "commands do not end for a shutdown");
	}
}

static bool stop_due(const struct fw *fw)
{
	return fw->state == FW_STOPPING || (fw->stop_wanted && !fw->stopped);
}

/* ---------------------------------------------------------------- the loop */

static void run_step(struct fw *fw, uint32_t events)
{
	if (events & HAS_FLR) {
		discard_begin(fw, true);
	} else if ((events & (HAS_CTRL | HAS_FALL)) || fw->look) {
		follow_ctrl(fw, events);
	} else if (events & HAS_LOST) {
		fw_take_lost(fw);
	} else if (events & HAS_ERROR) {
		fw_take_errors(fw);
	} else if (events & HAS_FAULT) {
		fw_take_fault(fw);
	} else if (events & HAS_ANSWER) {
		fw_take_answer(fw);
	} else if (events & HAS_LEFT) {
		fw_take_left(fw);
	} else if (fw->wait != FW_WAIT_NONE) {
		fw_admin_poll(fw);
	} else if (stop_due(fw)) {
		stop_step(fw);
	} else if (fw->update.restart && fw->done_count == 0) {
		fw_update_restart(fw);
	} else if ((events & HAS_ADMIN) && fw->done_count == 0) {
		fw_take_admin(fw);
	} else if (fw_job_running(fw)) {
		fw_job_step(fw);
	}
	if (fw->done_count == 0) {
		fw_report_events(fw);
	}
}

static void step(struct fw *fw, uint32_t events)
{
	switch (fw->state) {
	case FW_RUNNING:
	case FW_STOPPING:
		run_step(fw, events);
		break;
	case FW_FLR_END:
		flr_end_step(fw, events);
		break;
	default:
		discard_step(fw, events);
		break;
	}
}

/* What waits; and, if only that is waited for, whether there was a cycle without traffic. */
static uint32_t look(struct fw *fw)
{
	uint32_t events = fw_read(fw, MAILBOX_EVENTS);

	return fw->state == FW_DISCARD_IDLE && all_idle(fw) ? events | SEEN_IDLE : events;
}

/* There is something to do. Looking again is not: a step costs much more than a look. */
static bool step_due(struct fw *fw, uint32_t events)
{
	if (events & (HAS_ANYTHING | SEEN_IDLE)) {
		return true;
	}
	if (fw->state == FW_DISCARD_IDLE || fw->state == FW_DISCARD_ANSWER) {
		return fw_overdue_inside(fw, fw->since);
	}
	/* The tier's work is its own (run). */
	return fw_due(fw) || fw_job_running(fw);
}

static void run_tier(struct fw *fw)
{
	fw->tier_busy = fw->platform.tier && fw->platform.tier->run(fw);
}

void fw_step(struct fw *fw)
{
	bool first = false;
	/* What a restart has left begun comes first. */
	uint32_t events = fw->journal.open == FW_STEP ? fw->journal.events : look(fw);

	/* A page that waits for flash comes before a look at what else may be due. */
	if ((events & (HAS_ASKED | HAS_ANYTHING)) == HAS_ASKED && fw->journal.open == FW_CLOSED) {
		run_tier(fw);
		first = true;
	}
	if (fw->journal.open == FW_STEP || step_due(fw, events)) {
		fw_begin(fw, FW_STEP, events);
		step(fw, events);
		fw_end(fw);
	}
	if (!first) {
		run_tier(fw);
	}
	if (++fw->ticks % TICKS == 0) {
		fw_watch_health(fw);
	}
	/* Completions of a session that ends are for the queues to drop. */
	if (fw->done_count && fw->state != FW_DISCARD_ORDER) {
		fw_begin(fw, FW_PUMP, 0);
		fw_done_pump(fw);
		fw_end(fw);
	}
}

bool fw_due(const struct fw *fw)
{
	return fw->journal.open != FW_CLOSED || fw->state != FW_RUNNING || fw->look ||
	       fw->wait != FW_WAIT_NONE || fw->done_count != 0 || stop_due(fw) ||
	       fw->update.restart || (fw->events && fw->waiting_count);
}

bool fw_busy(const struct fw *fw)
{
	return fw_due(fw) || fw_job_running(fw) || fw->tier_busy;
}

bool fw_background(struct fw *fw)
{
	bool work;

	if (fw_due(fw) || fw_job_running(fw)) {
		return true;
	}
	fw_watch_pressure(fw);
	fw_watch_health(fw);
	work = (uint32_t)fw_counter(fw, MAILBOX_COUNTER_VAULT_DEAD_PAGES) != 0;
	for (uint32_t n = 0; work && n < SWEEPS; n++) {
		work = fw_vault(fw, VAULT_SWEEP) != VAULT_RESULT_NONE;
	}
	return work || fw_busy(fw);
}
