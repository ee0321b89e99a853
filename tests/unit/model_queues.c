// SPDX-License-Identifier: Apache-2.0
/*
 * Queue pairs of the card model: indices that wrap, rings that are full or gone,
 * turns, and the creation and deletion of queue pairs.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

static struct rig rig;
static struct rig_queue admin, io;

static union rig_sqe nop(void)
{
	return (union rig_sqe){.io = {.opcode = PAMC_OP_NOP}};
}

static struct pamc_log_counters counters(void)
{
	struct pamc_log_counters log = {0};

	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &log, sizeof(log));
	return log;
}

TAP_CASE(indices_run_past_16_bits)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 5};
	struct rig_queue queue;
	struct pamc_cqe cqe;
	unsigned int done = 0;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	while (done < 70000) {
		unsigned int batch = 1 + (unsigned int)tap_below(tap, 16);

		for (unsigned int i = 0; i < batch; i++) {
			union rig_sqe sqe = nop();

			rig_enter(&queue, &sqe);
		}
		rig_ring(&queue);
		for (unsigned int i = 0; i < batch; i++) {
			uint16_t cid = (uint16_t)(queue.cid - batch + 1 + i);

			TAP_CHECK(rig_wait(&queue, &cqe));
			TAP_EQUAL(cqe.cid, cid);
			TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
			TAP_CHECK((uint16_t)(queue.tail - cqe.sq_head) < batch - i,
				  "sq_head %u, tail %u", cqe.sq_head, queue.tail);
		}
		TAP_CHECK(!rig_poll(&queue, &cqe, false), "a completion too many");
		done += batch;
	}
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 0);
	rig_close(&rig);
	return true;
}

/* The host does not consume: the card stops, and goes on exactly where it stopped. */
TAP_CASE(full_completion_ring_stalls_and_loses_nothing)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	struct rig_queue queue;
	struct pamc_cqe cqe;
	uint8_t before[256];

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 16; i++) {
			union rig_sqe sqe = nop();

			rig_enter(&queue, &sqe);
		}
		rig_ring(&queue);
		rig_run(&rig);
	}
	memcpy(before, rig_at(&rig, queue.cq), sizeof(before));
	rig_run(&rig);
	TAP_CHECK(memcmp(before, rig_at(&rig, queue.cq), sizeof(before)) == 0);
	TAP_EQUAL(counters().cq_full_stalls, 1);
	/* The other queue pair is not held up. */
	TAP_EQUAL(rig_command(&io, &(union rig_sqe){.io = {.opcode = PAMC_OP_NOP}}, NULL),
		  PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < 32; i++) {
		TAP_CHECK(rig_wait(&queue, &cqe), "completion %u", i);
		TAP_EQUAL(cqe.cid, i + 1);
	}
	TAP_CHECK(!rig_wait(&queue, &cqe));
	rig_close(&rig);
	return true;
}

/* A tail that makes no sense neither executes anything nor undoes the good one before. */
TAP_CASE(tail_jumps_are_ignored)
{
	struct pamc_cqe cqe;
	union rig_sqe sqe = nop();

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	rig_submit(&io, &sqe);
	rig_doorbell(&rig, 1, PAMC_DB_SQ_TAIL, 33);
	rig_doorbell(&rig, 1, PAMC_DB_SQ_TAIL, 0x8000);
	rig_doorbell(&rig, 1, PAMC_DB_SQ_TAIL, 0); /* backward: nothing is taken back */
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 2);
	TAP_CHECK(rig_wait(&io, &cqe));
	TAP_CHECK(!rig_wait(&io, &cqe));
	/* All entries of the ring are usable. */
	for (unsigned int i = 0; i < 32; i++) {
		rig_enter(&io, &sqe);
	}
	rig_ring(&io);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 2);
	for (unsigned int i = 0; i < 32; i++) {
		TAP_CHECK(rig_wait(&io, &cqe));
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(head_jumps_are_ignored)
{
	struct pamc_cqe cqe;
	union rig_sqe sqe = nop();

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	rig_enter(&io, &sqe);
	rig_submit(&io, &sqe);
	rig_run(&rig);
	rig_doorbell(&rig, 1, PAMC_DB_CQ_HEAD, 3);      /* two were posted */
	rig_doorbell(&rig, 1, PAMC_DB_CQ_HEAD, 0xffff); /* backward */
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 2);
	rig_doorbell(&rig, 1, PAMC_DB_CQ_HEAD, 2);
	rig_doorbell(&rig, 1, PAMC_DB_CQ_HEAD, 1);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 3);
	TAP_CHECK(rig_poll(&io, &cqe, false));
	TAP_CHECK(rig_poll(&io, &cqe, false));
	TAP_EQUAL(rig_command(&io, &sqe, NULL), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

/* A queue pair that always has work does not keep another one waiting for long. */
TAP_CASE(queue_pairs_have_their_turns)
{
	struct rig_queue_config big = {.sq_shift = 10, .cq_shift = 10};
	struct rig_queue queue, later;
	struct pamc_cqe cqe;
	union rig_sqe sqe = nop();

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &big), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_queue_create(&admin, &later, 3, &big), PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < 1000; i++) {
		rig_enter(&queue, &sqe);
	}
	rig_ring(&queue);
	rig_submit(&later, &sqe);
	rig_submit(&io, &sqe);
	TAP_CHECK(pam_model_run(rig.model, 40));
	TAP_CHECK(rig_poll(&io, &cqe, true), "starved by its neighbour");
	TAP_CHECK(rig_poll(&later, &cqe, true), "starved by its neighbour");
	TAP_CHECK(rig_poll(&queue, &cqe, true));
	rig_close(&rig);
	return true;
}

TAP_CASE(budget_bounds_a_run)
{
	struct pamc_cqe cqe;
	union rig_sqe sqe = nop();
	unsigned int posted = 0;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	for (unsigned int i = 0; i < 30; i++) {
		rig_enter(&io, &sqe);
	}
	rig_ring(&io);
	TAP_CHECK(pam_model_run(rig.model, 3));
	while (rig_poll(&io, &cqe, true)) {
		posted++;
	}
	TAP_EQUAL(posted, 3);
	rig_run(&rig);
	TAP_CHECK(!pam_model_run(rig.model, 3));
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	rig_close(&rig);
	return true;
}

/* An I/O ring that cannot be reached ends its queue pair, and nothing else. */
TAP_CASE(unreachable_rings_end_only_their_queue_pair)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	struct rig_queue queue;
	struct pamc_cqe cqe;
	union rig_sqe sqe = nop();

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	rig_allow(&rig, queue.sq, 4096, RIG_NONE);
	rig_submit(&queue, &sqe);
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&queue, &cqe, false));
	TAP_EQUAL(rig_last_error(&rig).status, PAMC_STATUS_DMA_FAULT);
	TAP_EQUAL(rig_last_error(&rig).qid, 2);
	TAP_EQUAL(rig_last_error(&rig).addr, queue.sq);
	rig_submit(&queue, &sqe);
	rig_run(&rig);
	TAP_EQUAL(rig.faults, 1);
	TAP_EQUAL(rig_queue_delete(&admin, 2), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	rig_allow(&rig, queue.cq, 4096, RIG_READ);
	rig_submit(&queue, &sqe);
	rig_run(&rig);
	TAP_EQUAL(rig_last_error(&rig).addr, queue.cq);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(rig_command(&io, &sqe, NULL), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

static enum pamc_status create_raw(unsigned int qid, const union rig_sqe *like)
{
	union rig_sqe sqe = *like;

	sqe.admin.opcode = PAMC_ADMIN_QP_CREATE;
	sqe.admin.id = qid;
	return rig_command(&admin, &sqe, NULL);
}

TAP_CASE(creation_checks_every_field)
{
	union rig_sqe good = {.admin = {.opcode = PAMC_ADMIN_QP_CREATE}};
	union rig_sqe bad;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	good.admin.p.qp_create.sq_base = rig_alloc(&rig, 4096);
	good.admin.p.qp_create.cq_base = rig_alloc(&rig, 4096);
	good.admin.p.qp_create.sq_shift = 4;
	good.admin.p.qp_create.cq_shift = 4;
	good.admin.p.qp_create.flags = PAMC_QP_IRQ;

#define BAD(member, value)                                                                         \
	do {                                                                                       \
		bad = good;                                                                        \
		bad.admin.member = (value);                                                        \
		TAP_EQUAL(create_raw(9, &bad), PAMC_STATUS_BAD_FIELD);                             \
		TAP_EQUAL(rig_last_error(&rig).field, offsetof(struct pamc_admin_sqe, member));    \
	} while (0)

	BAD(p.qp_create.sq_base, 64);
	BAD(p.qp_create.cq_base, 16);
	BAD(p.qp_create.cq_base, 1);
	BAD(p.qp_create.sq_shift, 3);
	BAD(p.qp_create.sq_shift, 13);
	BAD(p.qp_create.sq_shift, 255);
	BAD(p.qp_create.cq_shift, 3);
	BAD(p.qp_create.cq_shift, 13);
	BAD(p.qp_create.vector, 64);
	BAD(p.qp_create.flags, 2);
	BAD(p.qp_create.rsvd, 1);
	BAD(flags, 1);
	BAD(function, 1);
	BAD(rsvd, 1);
	bad = good;
	bad.admin.p.qp_create.sq_shift = 5;
	TAP_EQUAL(create_raw(9, &bad), PAMC_STATUS_BAD_FIELD);
	bad = good;
	bad.admin.p.qp_create.sq_shift = 12;
	bad.admin.p.qp_create.cq_shift = 12;
	bad.admin.p.qp_create.sq_base = UINT64_C(0xffffffffffffe000);
	TAP_EQUAL(create_raw(9, &bad), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, offsetof(struct pamc_admin_sqe, p.qp_create.sq_base));

	static const uint32_t ids[] = {0, 1, 64, 1000, UINT32_MAX};

	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		TAP_EQUAL(create_raw(ids[i], &good), PAMC_STATUS_BAD_QUEUE);
		TAP_EQUAL(rig_last_error(&rig).field, offsetof(struct pamc_admin_sqe, id));
	}
	TAP_EQUAL(create_raw(63, &good), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_queue_delete(&admin, 0), PAMC_STATUS_BAD_QUEUE);
	TAP_EQUAL(rig_queue_delete(&admin, 2), PAMC_STATUS_BAD_QUEUE);
	TAP_EQUAL(rig_queue_delete(&admin, 0x10001), PAMC_STATUS_BAD_QUEUE);
	TAP_EQUAL(rig_queue_delete(&admin, 63), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_queue_delete(&admin, 63), PAMC_STATUS_BAD_QUEUE);
	rig_close(&rig);
	return true;
}

TAP_CASE(all_queue_pairs_work_at_once)
{
	static struct rig_queue queues[PAMC_MAX_QP];
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	union rig_sqe sqe = nop();
	struct pamc_cqe cqe;

	TAP_CHECK(rig_open(&rig, NULL));
	TAP_CHECK(rig_enable(&rig, &admin, 5));
	for (unsigned int qid = 1; qid < PAMC_MAX_QP; qid++) {
		TAP_EQUAL(rig_queue_create(&admin, &queues[qid], qid, &small), PAMC_STATUS_SUCCESS);
	}
	for (unsigned int qid = 1; qid < PAMC_MAX_QP; qid++) {
		rig_submit(&queues[qid], &sqe);
	}
	for (unsigned int qid = 1; qid < PAMC_MAX_QP; qid++) {
		TAP_CHECK(rig_wait(&queues[qid], &cqe));
		TAP_EQUAL(cqe.qid, qid);
	}
	rig_close(&rig);
	return true;
}

/* Once a deletion or a reset is complete, the card does not touch host memory. */
TAP_CASE(deleted_queue_pairs_are_silent)
{
	struct pam_model_config config;
	union rig_sqe sqe = nop();

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.delay_ns = 1000;
	config.fault_one_in[PAM_MODEL_FAULT_DELAY] = 1;
	TAP_CHECK(rig_open(&rig, &config));
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 0);
	TAP_CHECK(rig_enable(&rig, &admin, 5));
	TAP_EQUAL(rig_queue_create(&admin, &io, 1,
				   &(struct rig_queue_config){.sq_shift = 5, .cq_shift = 5}),
		  PAMC_STATUS_SUCCESS);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 1);
	rig_submit(&io, &sqe);
	rig_run(&rig);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 0);
	TAP_EQUAL(pam_model_next_deadline(rig.model), 1000);
	TAP_EQUAL(rig_queue_delete(&admin, 1), PAMC_STATUS_SUCCESS);
	rig_allow(&rig, io.cq, PAMC_BLOCK_SIZE, RIG_NONE);
	rig_allow(&rig, io.sq, PAMC_BLOCK_SIZE, RIG_NONE);
	rig_submit(&io, &sqe);
	rig_push(&io, &sqe);
	rig.now += 100000;
	rig_run(&rig);
	TAP_EQUAL(rig.faults, 0);
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	rig_close(&rig);
	return true;
}

/* Whenever a reset comes, the card is whole afterwards and works again. */
TAP_CASE(resets_at_any_moment)
{
	struct rig_queue_config config = {.sq_shift = 5, .cq_shift = 5, .irq = true};
	char finding[128] = "";
	uint64_t pages;
	uint32_t pool;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	pages = rig_alloc(&rig, 64 * PAMC_BLOCK_SIZE);
	rig_fill(rig_at(&rig, pages), 64 * PAMC_BLOCK_SIZE, 9);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 3);
	for (unsigned int round = 0; round < 100; round++) {
		uint64_t mark = rig.used;

		for (unsigned int i = 0; i < 30; i++) {
			union rig_sqe sqe = {
			    .io = {.opcode = (uint8_t)(1 + tap_below(tap, 3)),
				   .pool = pool,
				   .index = tap_below(tap, 64),
				   .addr = pages + tap_below(tap, 64) * PAMC_BLOCK_SIZE}};

			rig_enter(&io, &sqe);
		}
		rig_submit(&admin, &(union rig_sqe){.admin = {.opcode = PAMC_ADMIN_ASYNC_EVENT}});
		rig_ring(&io);
		pam_model_run(rig.model, (unsigned int)tap_below(tap, 40));
		if (tap_below(tap, 2)) {
			rig_write(&rig, PAMC_REG_CTRL, 0, 4);
			pam_model_run(rig.model, 1);
		} else {
			pam_model_reset(rig.model);
		}
		TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);
		TAP_CHECK(rig_enable(&rig, &admin, 5));
		TAP_EQUAL(rig_queue_create(&admin, &io, 1, &config), PAMC_STATUS_SUCCESS);
		/* The old rings are not used any more: their memory can be. */
		if (rig.used > RIG_MEMORY / 2) {
			rig.used = mark;
		}
	}
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, pages, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, pages, 0), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "indices run past 16 bits", indices_run_past_16_bits);
	tap_run(&tap, "a full completion ring stalls and loses nothing",
		full_completion_ring_stalls_and_loses_nothing);
	tap_run(&tap, "tail jumps are ignored", tail_jumps_are_ignored);
	tap_run(&tap, "head jumps are ignored", head_jumps_are_ignored);
	tap_run(&tap, "queue pairs have their turns", queue_pairs_have_their_turns);
	tap_run(&tap, "the budget bounds a run", budget_bounds_a_run);
	tap_run(&tap, "unreachable rings end only their queue pair",
		unreachable_rings_end_only_their_queue_pair);
	tap_run(&tap, "creation checks every field", creation_checks_every_field);
	tap_run(&tap, "all queue pairs work at once", all_queue_pairs_work_at_once);
	tap_run(&tap, "deleted queue pairs are silent", deleted_queue_pairs_are_silent);
	tap_run(&tap, "resets at any moment", resets_at_any_moment);
	return tap_done(&tap);
}
