// SPDX-License-Identifier: Apache-2.0
/*
 * The core that runs the firmware may be restarted at any instruction, while the data path
 * goes on. Memory stays, but in the midst of a step.
 *
 * So each step begins by keeping what it may change, and after a restart that step is done
 * again from there. What cannot be done twice the mailbox counts (WRITTEN): entries and
 * answers that were taken are kept here and not taken again, orders to the queues are not
 * given again, completions that have left are forgotten. Orders to the vault may be given
 * twice; contents of no pool, which a step that was cut off may leave, are given up first.
 *
 * What is not exact: an entry of the error log may be missing or there twice, and so may
 * counts of a pool that was being flushed.
 */
#include "fw_priv.h"
#include "order.h"

#define FROM  offsetof(struct fw, state)
#define BYTES (offsetof(struct fw, errors) - FROM)

_Static_assert(BYTES <= sizeof(((struct fw_journal *)0)->before), "FW_JOURNAL_WORDS is too small");
_Static_assert(FROM % 4 == 0 && BYTES % 4 == 0, "not whole words");

/* WRITTEN, of so many bits each. */
enum written { WRITTEN_DONE, WRITTEN_ENTRIES, WRITTEN_ORDERS, WRITTEN_ANSWERS };

static uint32_t since(uint32_t now, uint32_t before, enum written which)
{
	return ((now >> 8 * which) - (before >> 8 * which)) & 0xff;
}

/* By words: a small library's memcpy goes by bytes, and this is in each step. */
static void copy(void *to, const void *from)
{
	typedef uint32_t __attribute__((may_alias)) word_of_any;
	word_of_any *at = to;
	const word_of_any *what = from;

	for (uint32_t n = 0; n < BYTES / 4; n++) {
		at[n] = what[n];
		order_stores(); /* no memcpy for the loop */
	}
}

void fw_begin(struct fw *fw, enum fw_open what, uint32_t events)
{
	struct fw_journal *journal = &fw->journal;

	if (!fw->platform.journal || journal->open == what) {
		return; /* begun, and not over, before the restart */
	}
	copy(journal->before, (const uint8_t *)fw + FROM);
	journal->events = events;
	journal->written = fw_read(fw, MAILBOX_WRITTEN);
	journal->place = 0;
	journal->entries = journal->orders = journal->answers = 0;
	order_stores();
	journal->open = what;
	order_stores();
}

void fw_end(struct fw *fw)
{
	order_stores();
	fw->journal.open = FW_CLOSED;
	order_stores();
}

const struct pamc_admin_sqe *fw_next_entry(struct fw *fw)
{
	struct fw_journal *journal = &fw->journal;
	uint32_t word[sizeof(journal->sqe) / 4];

	if (journal->entries) {
		journal->entries--;
		return &journal->sqe;
	}
	for (uint32_t n = 0; n < sizeof(journal->sqe) / 4; n++) {
		word[n] = fw_read(fw, MAILBOX_ADMIN + 4 * n);
	}
	memcpy(&journal->sqe, word, sizeof(journal->sqe));
	order_stores();
	fw_write(fw, MAILBOX_ADMIN_NEXT, 0);
	return &journal->sqe;
}

uint32_t fw_next_answer(struct fw *fw)
{
	struct fw_journal *journal = &fw->journal;

	if (journal->answers) {
		journal->answers--;
		return journal->answer;
	}
	journal->answer = fw_read(fw, MAILBOX_CONTROL_ANSWER);
	order_stores();
	fw_write(fw, MAILBOX_CONTROL_ANSWER, 0);
	return journal->answer;
}

bool fw_answered_before(const struct fw *fw)
{
	return fw->journal.answers != 0;
}

bool fw_ordered_before(struct fw *fw)
{
	if (fw->journal.orders == 0) {
		return false;
	}
	fw->journal.orders--;
	return true;
}

void fw_makes_pool(struct fw *fw, uint32_t place)
{
	fw->journal.uses = fw->pools[place].uses;
	order_stores();
	fw->journal.place = place;
	order_stores();
}

/* Nothing that the firmware had started is under way any more. The vault may wait for its notices
 * to be taken. */
static void settle(struct fw *fw)
{
	uint64_t since = fw_now(fw);
	uint32_t events;

	while ((events = fw_read(fw, MAILBOX_EVENTS)) & (BUSY_VAULT | BUSY_DMA)) {
		if ((events & HAS_DROPPED) && fw->platform.tier) {
			fw->platform.tier->notices(fw);
		}
		if (fw_overdue_inside(fw, since)) {
			fw_stuck(fw, "something does not end");
			return;
		}
	}
}

void fw_restart(struct fw *fw, const struct fw_platform *platform)
{
	struct fw_journal *journal = &fw->journal;
	uint32_t now;

	fw->platform = *platform;
	if (journal->open != FW_CLOSED) {
		copy((uint8_t *)fw + FROM, journal->before);
	}
	fw_update_crashed(fw);
	settle(fw);
	now = fw_read(fw, MAILBOX_WRITTEN);
	if (journal->open == FW_PUMP) {
		uint32_t left = since(now, journal->written, WRITTEN_DONE);

		fw->done_first = (fw->done_first + left) % FW_DONE;
		fw->done_count -= left;
		/* Only to forget that, if the core is restarted again. */
		fw_end(fw);
	} else if (journal->open == FW_STEP) {
		journal->entries = since(now, journal->written, WRITTEN_ENTRIES);
		journal->orders = since(now, journal->written, WRITTEN_ORDERS);
		journal->answers = since(now, journal->written, WRITTEN_ANSWERS);
		fw_pools_repair(fw, journal->place, journal->uses);
		journal->place = 0;
	}
	/* As it was when the step began. */
	fw_hold(fw, 0, 0);
	fw_aborts_resume(fw);
	if (platform->fatal) {
		fw_fatal(fw, PAMC_FATAL_FIRMWARE);
	}
	fw_raise(fw, PAMC_EVENT_FIRMWARE, PAMC_LOG_FIRMWARE);
}

/* Nothing is known of what is in the card: it starts anew, and hosts have to reset it. */
void fw_start_over(struct fw *fw, const struct fw_platform *platform)
{
	memset(fw, 0, sizeof(*fw));
	fw->platform = *platform;
	fw_hold(fw, HOLD_PAUSE, 0);
	fw_wait_for(fw, MAILBOX_IDLE, IDLE_INSIDE, IDLE_INSIDE, "commands do not end");
	settle(fw);
	fw_pools_hide(fw);
	for (unsigned int done = hal_clear_memory(platform->hal, 1); done < 100;) {
		done = hal_clear_memory(platform->hal, 0);
	}
	fw_power_on(fw, platform);
	fw_hold(fw, 0, HOLD_PAUSE);
	fw_fatal(fw, PAMC_FATAL_INTERNAL);
	fw_raise(fw, PAMC_EVENT_FIRMWARE, PAMC_LOG_FIRMWARE);
}
