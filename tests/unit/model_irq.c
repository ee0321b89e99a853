// SPDX-License-Identifier: Apache-2.0
/*
 * Interrupts: one per arm, coalesced by count and time, and none lost, whatever the
 * order in which the host arms and the card completes.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

static struct rig rig;
static struct rig_queue admin, io;

#define VECTOR 3
#define ARM    PAMC_DB_CQ_HEAD_ARM_MASK

/* Queue pair 1 with interrupts on VECTOR. */
static bool start(unsigned int count, unsigned int usec)
{
	struct rig_queue_config config = {.sq_shift = 5,
					  .cq_shift = 5,
					  .vector = VECTOR,
					  .irq = true,
					  .coalesce_count = (uint16_t)count,
					  .coalesce_usec = (uint16_t)usec};

	return rig_open(&rig, NULL) && rig_enable(&rig, &admin, 5) &&
	       rig_queue_create(&admin, &io, 1, &config) == PAMC_STATUS_SUCCESS;
}

static void nops(unsigned int count)
{
	union rig_sqe sqe = {.io = {.opcode = PAMC_OP_NOP}};

	for (unsigned int i = 0; i < count; i++) {
		rig_enter(&io, &sqe);
	}
	rig_ring(&io);
	rig_run(&rig);
}

/* Consumes what is there, and arms or not. */
static void consume(bool arm)
{
	struct pamc_cqe cqe;

	while (rig_poll(&io, &cqe, false)) {
	}
	rig_ack(&io, arm);
	rig_run(&rig);
}

TAP_CASE(none_before_the_first_arm)
{
	TAP_CHECK(start(0, 0));
	nops(5);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	consume(false);
	nops(5);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(one_for_each_arm)
{
	TAP_CHECK(start(0, 0));
	consume(true);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	nops(3);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	nops(3);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	consume(true);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 2);
	rig_close(&rig);
	return true;
}

/* Entries beyond the index that arms: at once. */
TAP_CASE(arming_behind_completions_raises_at_once)
{
	struct pamc_cqe cqe;

	TAP_CHECK(start(0, 0));
	nops(2);
	TAP_CHECK(rig_poll(&io, &cqe, false));
	rig_ack(&io, true);
	rig_run(&rig);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	rig_close(&rig);
	return true;
}

/* A head without ARM neither arms nor disarms. */
TAP_CASE(head_alone_leaves_the_arm)
{
	TAP_CHECK(start(0, 0));
	consume(true);
	consume(false);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	consume(false);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	rig_close(&rig);
	return true;
}

TAP_CASE(count_coalesces)
{
	TAP_CHECK(start(4, 0));
	consume(true);
	nops(3);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	/* Consumed ones do not count. */
	consume(true);
	nops(3);
	consume(false);
	nops(3);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 2);
	rig_close(&rig);
	return true;
}

TAP_CASE(time_coalesces)
{
	TAP_CHECK(start(0, 10));
	consume(true);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	TAP_EQUAL(pam_model_next_deadline(rig.model), 10000);
	rig.now += 9999;
	nops(20);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	rig.now += 1;
	TAP_EQUAL(pam_model_next_deadline(rig.model), 0);
	rig_run(&rig);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	rig_close(&rig);
	return true;
}

/* The time starts with the first completion that waits, not with an earlier one. */
TAP_CASE(polling_stops_the_time)
{
	TAP_CHECK(start(0, 10));
	consume(true);
	nops(1);
	rig.now += 9000;
	consume(false);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	nops(1);
	TAP_EQUAL(pam_model_next_deadline(rig.model), 10000);
	rig_close(&rig);
	return true;
}

TAP_CASE(count_or_time_whichever_is_first)
{
	TAP_CHECK(start(3, 10));
	consume(true);
	nops(3);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	consume(true);
	nops(2);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	rig.now += 10000;
	rig_run(&rig);
	TAP_EQUAL(rig.interrupts[VECTOR], 2);
	rig_close(&rig);
	return true;
}

/* More than the ring holds would never be reached: a full ring is enough. */
TAP_CASE(full_ring_ends_the_wait)
{
	TAP_CHECK(start(1000, 0));
	consume(true);
	nops(31);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	nops(1);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	rig_close(&rig);
	return true;
}

TAP_CASE(feature_changes_coalescing)
{
	union rig_sqe sqe = {
	    .admin = {.opcode = PAMC_ADMIN_FEATURE_SET, .id = PAMC_FEATURE_COALESCE}};
	struct pamc_cqe cqe;

	TAP_CHECK(start(4, 0));
	consume(true);
	nops(2);
	TAP_EQUAL(rig.interrupts[VECTOR], 0);
	sqe.admin.p.feature.value = 2 | 50 << 16;
	sqe.admin.p.feature.qid = 1;
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig.interrupts[VECTOR], 1);
	sqe.admin.opcode = PAMC_ADMIN_FEATURE_GET;
	TAP_EQUAL(rig_command(&admin, &sqe, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.result, 2 | 50 << 16);
	rig_close(&rig);
	return true;
}

TAP_CASE(polled_queue_pairs_have_none)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	consume(true);
	nops(5);
	for (unsigned int i = 0; i < PAMC_MAX_VECTORS; i++) {
		TAP_EQUAL(rig.interrupts[i], 0);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(admin_uses_vector_0)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	rig_ack(&admin, true);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE, 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig.interrupts[0], 1);
	rig_close(&rig);
	return true;
}

/* The interrupt tells of a completion that is already in memory, and it of its data. */
TAP_CASE(interrupt_after_completion)
{
	struct pamc_cqe cqe;

	TAP_CHECK(start(0, 0));
	for (unsigned int i = 0; i < 1000; i++) {
		unsigned int before = rig.interrupts[VECTOR];
		union rig_sqe sqe = {.io = {.opcode = PAMC_OP_NOP}};

		rig_ack(&io, true);
		if (tap_below(tap, 2)) {
			rig_run(&rig);
		}
		rig_submit(&io, &sqe);
		while (rig.interrupts[VECTOR] == before) {
			TAP_CHECK(pam_model_run(rig.model, 1) || rig.interrupts[VECTOR] != before,
				  "no interrupt for entry %u", i);
		}
		TAP_CHECK(rig_poll(&io, &cqe, false));
	}
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "none before the first arm", none_before_the_first_arm);
	tap_run(&tap, "one for each arm", one_for_each_arm);
	tap_run(&tap, "arming behind completions raises at once",
		arming_behind_completions_raises_at_once);
	tap_run(&tap, "a head alone leaves the arm", head_alone_leaves_the_arm);
	tap_run(&tap, "count coalesces", count_coalesces);
	tap_run(&tap, "time coalesces", time_coalesces);
	tap_run(&tap, "polling stops the time", polling_stops_the_time);
	tap_run(&tap, "count or time, whichever is first", count_or_time_whichever_is_first);
	tap_run(&tap, "a full ring ends the wait", full_ring_ends_the_wait);
	tap_run(&tap, "the feature changes coalescing", feature_changes_coalescing);
	tap_run(&tap, "polled queue pairs have none", polled_queue_pairs_have_none);
	tap_run(&tap, "admin uses vector 0", admin_uses_vector_0);
	tap_run(&tap, "interrupt after completion", interrupt_after_completion);
	return tap_done(&tap);
}
