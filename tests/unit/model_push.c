// SPDX-License-Identifier: Apache-2.0
/*
 * Push submission: an entry is taken exactly once, whole, in its turn, however its
 * lines arrive, and the ring's copy stands in for whatever never arrives.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

static struct rig rig;
static struct rig_queue admin, io;

static struct pamc_log_counters counters(void)
{
	struct pamc_log_counters log = {0};

	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &log, sizeof(log));
	return log;
}

/* An entry that is in the ring and ready to be pushed. */
static union rig_sqe prepared(void)
{
	union rig_sqe sqe = {.io = {.opcode = PAMC_OP_NOP}};

	rig_enter(&io, &sqe);
	rig_seal(&sqe);
	return sqe;
}

/* Words [first, first + count) of an entry into its slot. */
static void push_words(const union rig_sqe *sqe, unsigned int first, unsigned int count)
{
	unsigned int slot = sqe->io.sq_index % PAMC_PUSH_SLOTS;

	pam_model_reg_write(rig.model, PAMC_BAR_DB,
			    (uint64_t)io.qid * PAMC_DB_STRIDE + PAMC_DB_PUSH + slot * 64 +
				first * 4,
			    (const uint8_t *)sqe + first * 4, count * 4);
}

/* Exactly the completions of cids first ... last come, in order. */
static bool completes(uint16_t first, uint16_t last)
{
	struct pamc_cqe cqe;

	for (uint16_t cid = first; cid != (uint16_t)(last + 1); cid++) {
		if (!rig_wait(&io, &cqe) || cqe.cid != cid) {
			return false;
		}
	}
	rig_run(&rig);
	return !rig_poll(&io, &cqe, false);
}

static bool silent(void)
{
	struct pamc_cqe cqe;

	rig_run(&rig);
	return !rig_poll(&io, &cqe, false);
}

TAP_CASE(whole_lines)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	uint64_t fetched = counters().fetched;

	for (unsigned int i = 0; i < 100; i++) {
		union rig_sqe sqe = prepared();

		push_words(&sqe, 0, 16);
		TAP_CHECK(completes(sqe.io.cid, sqe.io.cid), "entry %u", i);
	}
	TAP_EQUAL(counters().pushed, 100);
	TAP_EQUAL(counters().fetched, fetched);
	rig_close(&rig);
	return true;
}

TAP_CASE(past_16_bits)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int i = 0; i < 66000; i++) {
		union rig_sqe sqe = prepared();

		push_words(&sqe, 0, 16);
		TAP_CHECK(completes(sqe.io.cid, sqe.io.cid), "entry %u", i);
	}
	rig_close(&rig);
	return true;
}

/* The words of one entry in random order and pieces: it is taken with the last one. */
TAP_CASE(pieces_in_any_order)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int round = 0; round < 300; round++) {
		union rig_sqe sqe = prepared();
		unsigned int order[16];

		for (unsigned int i = 0; i < 16; i++) {
			unsigned int j = (unsigned int)tap_below(tap, i + 1);

			order[i] = order[j];
			order[j] = i;
		}
		/* Words that already hold the right value may complete it sooner. */
		for (unsigned int i = 0; i < 16; i++) {
			push_words(&sqe, order[i], 1);
			if (tap_below(tap, 3) == 0) {
				pam_model_run(rig.model, 4);
			}
		}
		TAP_CHECK(completes(sqe.io.cid, sqe.io.cid), "round %u", round);
	}
	rig_close(&rig);
	return true;
}

/* Several entries whose lines arrive in another order are executed in theirs. */
TAP_CASE(entries_in_any_order)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int round = 0; round < 200; round++) {
		unsigned int count = 1 + (unsigned int)tap_below(tap, 32);
		union rig_sqe sqes[32];
		unsigned int order[32];

		for (unsigned int i = 0; i < count; i++) {
			unsigned int j = (unsigned int)tap_below(tap, i + 1);

			sqes[i] = prepared();
			order[i] = order[j];
			order[j] = i;
		}
		for (unsigned int i = 0; i < count; i++) {
			push_words(&sqes[order[i]], 0, 16);
			if (tap_below(tap, 2)) {
				pam_model_run(rig.model, 4);
			}
		}
		TAP_CHECK(completes(sqes[0].io.cid, sqes[count - 1].io.cid), "round %u", round);
	}
	TAP_EQUAL(counters().push_dropped, 0);
	rig_close(&rig);
	return true;
}

/* A torn entry is not executed; SQ_TAIL brings the ring's copy, once. */
TAP_CASE(torn_entries_wait_for_the_tail)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int missing = 0; missing < 16; missing++) {
		union rig_sqe sqe = {.io = {.opcode = PAMC_OP_NOP,
					    .pool = 0x01010101,
					    .object = {~0ull, ~0ull, ~0ull},
					    .index = ~0ull,
					    .addr = ~0ull,
					    .crc = missing + 1}};

		rig_enter(&io, &sqe);
		rig_seal(&sqe);
		push_words(&sqe, 0, missing);
		push_words(&sqe, missing + 1, 15 - missing);
		if (missing == 13 || missing == 14) {
			/* function and rsvd are as before: sq_index is in 13, and differs. */
			TAP_CHECK(missing == 14 || silent(), "word %u missing", missing);
		} else {
			TAP_CHECK(silent(), "word %u missing", missing);
		}
		rig_ring(&io);
		TAP_CHECK(completes(sqe.io.cid, sqe.io.cid), "word %u missing", missing);
		/* The missing line comes late: the entry is over, and stays so. */
		push_words(&sqe, missing, 1);
		TAP_CHECK(silent(), "word %u late", missing);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(wrong_crc_and_wrong_slot_are_ignored)
{
	union rig_sqe sqe;
	uint64_t at = (uint64_t)1 * PAMC_DB_STRIDE + PAMC_DB_PUSH;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	sqe = prepared();
	sqe.io.push_crc ^= 1;
	push_words(&sqe, 0, 16);
	TAP_CHECK(silent());
	rig_seal(&sqe);
	pam_model_reg_write(rig.model, PAMC_BAR_DB, at + 64 * 5, &sqe, 64);
	TAP_CHECK(silent());
	sqe.io.sq_index += 32; /* a later one, which is not its turn */
	rig_seal(&sqe);
	push_words(&sqe, 0, 16);
	TAP_CHECK(silent());
	rig_ring(&io);
	TAP_CHECK(completes(sqe.io.cid, sqe.io.cid));
	rig_close(&rig);
	return true;
}

/* An entry pushed twice, or pushed after SQ_TAIL went by, runs once. */
TAP_CASE(entries_run_once)
{
	union rig_sqe sqe;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	sqe = prepared();
	push_words(&sqe, 0, 16);
	push_words(&sqe, 0, 16);
	TAP_CHECK(completes(sqe.io.cid, sqe.io.cid));
	push_words(&sqe, 0, 16);
	TAP_CHECK(silent());
	rig_ring(&io);
	TAP_CHECK(silent());
	TAP_EQUAL(counters().push_dropped, 1);
	sqe = prepared();
	rig_ring(&io);
	push_words(&sqe, 0, 16);
	TAP_CHECK(completes(sqe.io.cid, sqe.io.cid));
	TAP_CHECK(silent());
	TAP_EQUAL(counters().push_dropped, 2);
	TAP_EQUAL(counters().pushed, 1);
	rig_close(&rig);
	return true;
}

/* What was left in a slot does not come back when the index has gone around. */
TAP_CASE(slots_do_not_come_back)
{
	union rig_sqe old, sqe = {.io = {.opcode = PAMC_OP_NOP}};

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	old = prepared();
	rig_ring(&io);
	TAP_CHECK(completes(old.io.cid, old.io.cid));
	push_words(&old, 0, 16); /* late; its index is 0 */
	for (unsigned int i = 1; i < 65536; i++) {
		struct pamc_cqe cqe;

		rig_submit(&io, &sqe);
		TAP_CHECK(rig_wait(&io, &cqe));
	}
	TAP_EQUAL(io.tail, 0);
	TAP_CHECK(silent(), "an old entry was executed again");
	rig_doorbell(&rig, 1, PAMC_DB_PUSH + 0x3c - 4, 0);
	TAP_CHECK(silent());
	rig_close(&rig);
	return true;
}

/* Ring and push in turns, as a driver does that pushes when unloaded. */
TAP_CASE(mixed_with_the_ring)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int round = 0; round < 2000; round++) {
		unsigned int count = 1 + (unsigned int)tap_below(tap, 20);
		uint16_t first = (uint16_t)(io.cid + 1);

		for (unsigned int i = 0; i < count; i++) {
			union rig_sqe sqe = prepared();

			if (tap_below(tap, 2)) {
				push_words(&sqe, 0, 16);
			} else {
				rig_ring(&io);
			}
			if (tap_below(tap, 4) == 0) {
				pam_model_run(rig.model, 2);
			}
		}
		rig_ring(&io);
		TAP_CHECK(completes(first, io.cid), "round %u", round);
	}
	rig_close(&rig);
	return true;
}

/* While the completion ring is full, a pushed entry waits in its slot. */
TAP_CASE(pushed_entries_wait_for_room)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	union rig_sqe sqe;

	TAP_CHECK(rig_open(&rig, NULL));
	TAP_CHECK(rig_enable(&rig, &admin, 5));
	TAP_EQUAL(rig_queue_create(&admin, &io, 1, &small), PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < 18; i++) {
		sqe = prepared();
		push_words(&sqe, 0, 16);
		rig_run(&rig);
	}
	TAP_CHECK(completes(1, 18));
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "whole lines", whole_lines);
	tap_run(&tap, "past 16 bits", past_16_bits);
	tap_run(&tap, "pieces in any order", pieces_in_any_order);
	tap_run(&tap, "entries in any order", entries_in_any_order);
	tap_run(&tap, "torn entries wait for the tail", torn_entries_wait_for_the_tail);
	tap_run(&tap, "wrong CRC and wrong slot are ignored", wrong_crc_and_wrong_slot_are_ignored);
	tap_run(&tap, "entries run once", entries_run_once);
	tap_run(&tap, "slots do not come back", slots_do_not_come_back);
	tap_run(&tap, "mixed with the ring", mixed_with_the_ring);
	tap_run(&tap, "pushed entries wait for room", pushed_entries_wait_for_room);
	return tap_done(&tap);
}
