// SPDX-License-Identifier: Apache-2.0
/*
 * Completions: held back where latency is asked for, posted, and the interrupts
 * that follow them.
 *
 * A held completion is only an answer on its way: its command has taken effect, and
 * others overtake it freely. An interrupt is raised only here, on the card thread,
 * after the completion is in host memory; CQ_HEAD merely arms and rings. So an arm
 * either sees the entries posted before it or is seen by the next one: no wake-up
 * falls between.
 */
#include "card.h"

#include <string.h>

/* ---------------------------------------------------------------- interrupts */

/* Whether waiting completions are enough; starts the coalescing time if not. */
static bool interrupt_wanted(struct pam_model *model, struct queue_pair *qp, uint64_t cq)
{
	unsigned int waiting = (uint16_t)(INDEX_HIGH(cq) - INDEX_LOW(cq));
	unsigned int count = qp->coalesce_count;

	if (!(cq & INDEX_ARMED) || waiting == 0) {
		qp->irq_due = NEVER;
		model->timed &= ~(UINT64_C(1) << qp->qid);
		return false;
	}
	/* A full ring or a queue pair that cannot go on must not wait for more. */
	if ((!count && !qp->coalesce_usec) || (count && waiting >= count) ||
	    waiting >= INDEX_ENTRIES(cq) || qp->stalled) {
		return true;
	}
	if (!qp->coalesce_usec) {
		return false;
	}

	uint64_t now = card_now(model);

	if (qp->irq_due == NEVER) {
		qp->irq_due = now + qp->coalesce_usec * UINT64_C(1000);
		model->timed |= UINT64_C(1) << qp->qid;
	}
	return now >= qp->irq_due;
}

void interrupt_consider(struct pam_model *model, struct queue_pair *qp)
{
	uint64_t cq = atomic_load(&qp->cq);

	if (!qp->irq) {
		return;
	}
	do {
		if (!interrupt_wanted(model, qp, cq)) {
			return;
		}
		/* The word as it was judged: an arm that comes meanwhile is judged anew. */
	} while (!atomic_compare_exchange_weak(&qp->cq, &cq, cq & ~INDEX_ARMED));
	qp->irq_due = NEVER;
	model->timed &= ~(UINT64_C(1) << qp->qid);
	if (card_fault(model, PAM_MODEL_FAULT_IRQ)) {
		return;
	}
	model->counters.interrupts++;
	model->host.irq(model->host.ctx, qp->vector);
}

void interrupt_timers(struct pam_model *model, uint64_t now)
{
	for (uint64_t timed = model->timed; timed; timed &= timed - 1) {
		struct queue_pair *qp = &model->qps[__builtin_ctzll(timed)];

		if (now >= qp->irq_due) {
			interrupt_consider(model, qp);
		}
	}
}

/* ---------------------------------------------------------------- posting */

/* Writes the completion into the ring; there is room, as the command owned it. */
static void post(struct pam_model *model, struct queue_pair *qp, const union entry *entry,
		 struct pamc_cqe *cqe, uint64_t start_ns, int latency, uint64_t now)
{
	uint64_t cq = atomic_load(&qp->cq);
	uint16_t posted;
	uint64_t addr;

	/* Counted before it is written: a host that polls may answer at once. */
	do {
		posted = INDEX_HIGH(cq);
	} while (!atomic_compare_exchange_weak(
	    &qp->cq, &cq, index_make(cq, INDEX_LOW(cq), (uint16_t)(posted + 1))));
	qp->inflight--;
	cqe->sq_head = INDEX_HIGH(atomic_load(&qp->sq));
	cqe->status |= !(posted >> qp->cq_shift & 1);
	addr = qp->cq_base + (posted & ((1u << qp->cq_shift) - 1)) * CQE_SIZE;
	if (qp->broken || !dma_write_ring(model, addr, cqe, sizeof(*cqe))) {
		if (!qp->broken) {
			queue_broken(model, qp, addr);
		}
		return;
	}
	model->counters.completions++;
	if (latency >= 0) {
		count_latency(model, latency, now - start_ns);
	}
	if (model->config.trace) {
		model->config.trace(model->config.trace_ctx, qp->qid, entry, cqe, start_ns, now);
	}
	interrupt_consider(model, qp);
}

/* ---------------------------------------------------------------- held back */

void held_init(struct pam_model *model)
{
	model->held_count = 0;
	for (unsigned int i = 0; i < MAX_HELD; i++) {
		model->unused[i] = (uint16_t)i;
	}
}

static bool sooner(struct pam_model *model, unsigned int a, unsigned int b)
{
	const struct held *first = &model->held[model->heap[a]];
	const struct held *second = &model->held[model->heap[b]];

	return first->due_ns != second->due_ns ? first->due_ns < second->due_ns
					       : first->order < second->order;
}

static void swap(struct pam_model *model, unsigned int a, unsigned int b)
{
	uint16_t moved = model->heap[a];

	model->heap[a] = model->heap[b];
	model->heap[b] = moved;
}

static void sift_up(struct pam_model *model, unsigned int at)
{
	while (at > 0 && sooner(model, at, (at - 1) / 2)) {
		swap(model, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static void sift_down(struct pam_model *model, unsigned int at)
{
	for (;;) {
		unsigned int least = at;

		for (unsigned int child = 2 * at + 1; child <= 2 * at + 2; child++) {
			if (child < model->held_count && sooner(model, child, least)) {
				least = child;
			}
		}
		if (least == at) {
			return;
		}
		swap(model, at, least);
		at = least;
	}
}

/* The caller has seen that there is a place (has_room in queue.c). */
static void hold(struct pam_model *model, const struct command *command, const struct pamc_cqe *cqe,
		 uint64_t due_ns)
{
	unsigned int at = model->held_count;
	uint16_t place = model->unused[MAX_HELD - 1 - at];

	model->held[place] = (struct held){
	    .due_ns = due_ns,
	    .order = model->held_order++,
	    .start_ns = command->start_ns,
	    .qp = command->qp,
	    .latency = command->latency,
	    .entry = *command->entry,
	    .cqe = *cqe,
	};
	model->heap[at] = place;
	model->held_count++;
	sift_up(model, at);
}

/* Takes the top off the heap; its place stays readable until the next hold(). */
static struct held *pop(struct pam_model *model)
{
	uint16_t place = model->heap[0];

	model->held_count--;
	model->heap[0] = model->heap[model->held_count];
	model->unused[MAX_HELD - 1 - model->held_count] = place;
	sift_down(model, 0);
	return &model->held[place];
}

static void release(struct pam_model *model, struct held *held, uint64_t now)
{
	post(model, held->qp, &held->entry, &held->cqe, held->start_ns, held->latency, now);
	model->active |= model->starved;
	model->starved = 0;
}

unsigned int complete_held(struct pam_model *model, uint64_t now, unsigned int budget)
{
	unsigned int done = 0;
	uint64_t posted_at = now == NEVER ? card_now(model) : now;

	while (done < budget && model->held_count && model->held[model->heap[0]].due_ns <= now) {
		release(model, pop(model), posted_at);
		done++;
	}
	return done;
}

bool complete_early(struct pam_model *model, struct queue_pair *qp, uint16_t cid)
{
	for (unsigned int at = 0; at < model->held_count; at++) {
		struct held *held = &model->held[model->heap[at]];

		if (held->qp == qp && held->cqe.cid == cid) {
			held->due_ns = 0;
			held->order = 0;
			sift_up(model, at);
			release(model, pop(model), card_now(model));
			return true;
		}
	}
	return false;
}

void complete_forget(struct pam_model *model, struct queue_pair *qp)
{
	unsigned int count = model->held_count;

	if (!count) {
		return;
	}
	model->held_count = 0;
	for (unsigned int at = 0; at < count; at++) {
		uint16_t place = model->heap[at];

		if (model->held[place].qp == qp) {
			continue;
		}
		model->heap[model->held_count++] = place;
		sift_up(model, model->held_count - 1);
	}
	/* The places that are in use are in the heap; all others are free. */
	bool used[MAX_HELD] = {false};
	unsigned int top = 0;

	for (unsigned int at = 0; at < model->held_count; at++) {
		used[model->heap[at]] = true;
	}
	for (unsigned int place = 0; place < MAX_HELD; place++) {
		if (!used[place]) {
			model->unused[top++] = (uint16_t)place;
		}
	}
	model->active |= model->starved;
	model->starved = 0;
}

/* ---------------------------------------------------------------- the end of a command */

/* Whether the error log gets an entry: everything that a host should not see in normal use;
 * as firmware/fw_admin.c. */
static bool worth_logging(const struct command *command)
{
	switch (command->status) {
	case PAMC_STATUS_SUCCESS:
	case PAMC_STATUS_MISS:
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_FROZEN:
	case PAMC_STATUS_ABORTED:
	case PAMC_STATUS_NOT_READY:
		return false;
	case PAMC_STATUS_NOT_FOUND:
		return command->field != NO_FIELD;
	default:
		return true;
	}
}

static void count_outcome(struct pam_model *model, const struct command *command)
{
	struct card_counters *counters = &model->counters;

	switch (command->status) {
	case PAMC_STATUS_SUCCESS:
		counters->puts += command->entry->io.opcode == PAMC_OP_PUT;
		counters->gets += command->entry->io.opcode == PAMC_OP_GET;
		break;
	case PAMC_STATUS_MISS:
		counters->misses += command->entry->io.opcode == PAMC_OP_GET;
		break;
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_FROZEN:
		counters->puts_refused++;
		break;
	case PAMC_STATUS_ABORTED:
		counters->aborts++;
		break;
	case PAMC_STATUS_UNCORRECTABLE:
	case PAMC_STATUS_CRC_MISMATCH:
		counters->crc_errors++;
		counters->errors++;
		break;
	default:
		counters->errors++;
		break;
	}
}

/* The completion, now or later. */
static void finish(struct pam_model *model, const struct command *command, uint64_t now,
		   bool logged)
{
	struct pamc_cqe cqe = {
	    .result = command->result,
	    .info = command->info,
	    .qid = (uint16_t)command->qp->qid,
	    .cid = command->entry->io.cid,
	    .status = (uint16_t)(command->status << 1 | (logged ? CQE_LOGGED : 0)),
	};
	uint64_t hold_ns = command->hold_ns;

	if (card_fault(model, PAM_MODEL_FAULT_DELAY)) {
		hold_ns += model->config.delay_ns;
	}
	/* A shutdown waits for what was fetched, and not for injected times; an event that comes
	 * to its command when all places are taken does not either. */
	if (hold_ns && command->status != PAMC_STATUS_ABORTED && !(model->hal.hold & HOLD_STOP) &&
	    model->held_count < MAX_HELD) {
		hold(model, command, &cqe, now + hold_ns);
	} else {
		post(model, command->qp, command->entry, &cqe, command->start_ns, command->latency,
		     now);
	}
}

void complete(struct pam_model *model, struct command *command, uint64_t now)
{
	bool logged = worth_logging(command);

	count_outcome(model, command);
	if (logged) {
		mailbox_error(model, command);
	}
	finish(model, command, now, logged);
}

void complete_admin(struct pam_model *model, const struct admin_entry *admin, uint32_t result,
		    uint32_t info, enum pamc_status status, bool logged)
{
	struct command command = {
	    .qp = &model->qps[0],
	    .entry = &admin->entry,
	    .start_ns = admin->start_ns,
	    .status = status,
	    .result = result,
	    .info = info,
	    .latency = -1,
	};

	finish(model, &command, card_now(model), logged);
}
