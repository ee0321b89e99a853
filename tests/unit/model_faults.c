// SPDX-License-Identifier: Apache-2.0
/*
 * Fault injection, latencies and the trace of the card model: each fault is seen
 * where it should be, at its rate, and holds up nothing else.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

static struct rig rig;
static struct rig_queue admin, io;
static uint32_t pool;
static uint64_t page;

static bool start(const struct pam_model_config *config)
{
	if (!rig_start(&rig, config, &admin, &io)) {
		return false;
	}
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	page = rig_alloc(&rig, PAMC_BLOCK_SIZE);
	rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, 5);
	return pool != 0;
}

/* How many of 1000 commands end with this status. */
static unsigned int count(unsigned int opcode, enum pamc_status status)
{
	unsigned int found = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		found += rig_page(&io, opcode, pool, i % 8, page, 0) == status;
	}
	return found;
}

TAP_CASE(rates_are_kept)
{
	TAP_CHECK(start(NULL));
	for (uint64_t i = 0; i < 8; i++) {
		TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, i, page, 0), PAMC_STATUS_SUCCESS);
	}
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 4);

	unsigned int faults = count(PAMC_OP_GET, PAMC_STATUS_DMA_FAULT);

	TAP_CHECK(faults > 170 && faults < 330, "%u of 1000", faults);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DMA, 0);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_REFUSE, 4);
	faults = count(PAMC_OP_PUT, PAMC_STATUS_NO_SPACE);
	TAP_CHECK(faults > 170 && faults < 330, "%u of 1000", faults);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_REFUSE, 0);
	TAP_EQUAL(count(PAMC_OP_PUT, PAMC_STATUS_SUCCESS), 1000);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_COUNT, 1); /* not a fault: nothing */
	TAP_EQUAL(count(PAMC_OP_GET, PAMC_STATUS_SUCCESS), 1000);
	rig_close(&rig);
	return true;
}

TAP_CASE(dropped_interrupts_cost_their_arm)
{
	struct rig_queue_config config = {.sq_shift = 4, .cq_shift = 4, .vector = 2, .irq = true};
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	struct rig_queue queue;

	TAP_CHECK(start(NULL));
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &config), PAMC_STATUS_SUCCESS);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_IRQ, 1);
	rig_ack(&queue, true);
	TAP_EQUAL(rig_command(&queue, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig.interrupts[2], 0);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_IRQ, 0);
	TAP_EQUAL(rig_command(&queue, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig.interrupts[2], 0);
	rig_ack(&queue, true);
	TAP_EQUAL(rig_command(&queue, &nop, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig.interrupts[2], 1);
	rig_close(&rig);
	return true;
}

/* Held back commands are overtaken, and all come in the end. */
TAP_CASE(delays_do_not_block)
{
	struct pam_model_config config;
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	bool seen[UINT16_MAX] = {false};
	unsigned int overtaken = 0;
	struct pamc_cqe cqe;
	uint16_t first;

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.seed = tap->seed;
	config.delay_ns = 50000;
	TAP_CHECK(start(&config));
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 3);
	first = (uint16_t)(io.cid + 1);
	for (unsigned int round = 0; round < 100; round++) {
		uint16_t last = io.cid;

		for (unsigned int i = 0; i < 32; i++) {
			rig_enter(&io, &nop);
		}
		rig_ring(&io);
		rig_run(&rig);
		for (unsigned int i = 0; i < 32; i++) {
			if (!rig_poll(&io, &cqe, true)) {
				rig.now += 50000;
				TAP_CHECK(rig_wait(&io, &cqe));
			}
			TAP_CHECK(!seen[cqe.cid]);
			seen[cqe.cid] = true;
			overtaken += (int16_t)(cqe.cid - last) < 0;
			last = cqe.cid;
		}
	}
	for (uint16_t cid = first; cid != (uint16_t)(io.cid + 1); cid++) {
		TAP_CHECK(seen[cid], "cid %u", cid);
	}
	TAP_CHECK(overtaken > 50, "%u", overtaken);
	rig_close(&rig);
	return true;
}

/* More held back than the card can keep: queue pairs wait, and nothing is lost. */
TAP_CASE(held_completions_have_an_end)
{
	struct rig_queue_config big = {.sq_shift = 12, .cq_shift = 12};
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	struct pam_model_config config;
	struct rig_queue queues[2];
	struct pamc_cqe cqe;
	unsigned int posted = 0;
	char finding[128] = "";

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.delay_ns = 1000;
	TAP_CHECK(start(&config));
	TAP_EQUAL(rig_queue_create(&admin, &queues[0], 2, &big), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_queue_create(&admin, &queues[1], 3, &big), PAMC_STATUS_SUCCESS);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 1);
	for (unsigned int i = 0; i < 4096; i++) {
		rig_enter(&queues[0], &nop);
		rig_enter(&queues[1], &nop);
	}
	rig_ring(&queues[0]);
	rig_ring(&queues[1]);
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&queues[0], &cqe, false) && !rig_poll(&queues[1], &cqe, false));
	TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);
	/* By time alone, as the host does not write a doorbell meanwhile. */
	for (unsigned int round = 0; round < 2; round++) {
		rig.now += 1000;
		rig_run(&rig);
	}
	for (unsigned int i = 0; i < 2; i++) {
		while (rig_poll(&queues[i], &cqe, true)) {
			posted++;
		}
	}
	TAP_EQUAL(posted, 8192);
	/* Deletion takes its held ones away, and only its own. */
	rig_enter(&queues[0], &nop);
	rig_ring(&queues[0]);
	rig_enter(&queues[1], &nop);
	rig_ring(&queues[1]);
	rig_run(&rig);
	pam_model_set_fault(rig.model, PAM_MODEL_FAULT_DELAY, 0);
	TAP_EQUAL(rig_queue_delete(&admin, 2), PAMC_STATUS_SUCCESS);
	TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);
	rig.now += 1000;
	TAP_CHECK(rig_wait(&queues[1], &cqe));
	TAP_CHECK(!rig_poll(&queues[0], &cqe, false));
	rig_close(&rig);
	return true;
}

struct trace {
	unsigned int calls;
	struct pamc_sqe sqe;
	struct pamc_cqe cqe;
	unsigned int qid;
	uint64_t start_ns, end_ns;
};

static void trace(void *ctx, unsigned int qid, const void *sqe, const void *cqe, uint64_t start_ns,
		  uint64_t end_ns)
{
	struct trace *seen = ctx;

	seen->calls++;
	seen->qid = qid;
	memcpy(&seen->sqe, sqe, sizeof(seen->sqe));
	memcpy(&seen->cqe, cqe, sizeof(seen->cqe));
	seen->start_ns = start_ns;
	seen->end_ns = end_ns;
}

TAP_CASE(the_trace_sees_every_command)
{
	struct pam_model_config config;
	struct trace seen = {0};

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.trace = trace;
	config.trace_ctx = &seen;
	TAP_CHECK(start(&config));
	TAP_EQUAL(seen.calls, 2);
	TAP_EQUAL(seen.qid, 0);
	rig.tick = 7;
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 3, page, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(seen.calls, 3);
	TAP_EQUAL(seen.qid, 1);
	TAP_EQUAL(seen.sqe.opcode, PAMC_OP_PUT);
	TAP_EQUAL(seen.sqe.index, 3);
	TAP_EQUAL(seen.cqe.cid, seen.sqe.cid);
	TAP_EQUAL(seen.end_ns - seen.start_ns, 7);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "rates are kept", rates_are_kept);
	tap_run(&tap, "dropped interrupts cost their arm", dropped_interrupts_cost_their_arm);
	tap_run(&tap, "delays do not block", delays_do_not_block);
	tap_run(&tap, "held completions have an end", held_completions_have_an_end);
	tap_run(&tap, "the trace sees every command", the_trace_sees_every_command);
	return tap_done(&tap);
}
