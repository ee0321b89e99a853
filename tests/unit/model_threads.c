// SPDX-License-Identifier: Apache-2.0
/*
 * The card on a thread of its own, as pamsim runs it, while others write registers:
 * no command is lost, torn or done twice, no wake-up and no interrupt falls between.
 *
 * Built with the address sanitizer like all unit tests, and once more with the thread
 * sanitizer (tests/build.mk).
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "rig.h"
#include "tap.h"

#define PATIENCE_S 20
#define VECTOR     5

static struct rig rig;
static struct rig_queue admin, io;
static uint32_t pool;
static uint64_t pages;

static sem_t work;       /* posted by wake() */
static sem_t interrupts; /* posted by irq() of VECTOR */
static atomic_bool stop;

static void on_wake(struct rig *woken)
{
	(void)woken;
	sem_post(&work);
}

static void on_irq(struct rig *from, unsigned int vector)
{
	(void)from;
	if (vector == VECTOR) {
		sem_post(&interrupts);
	}
}

/* False: it was not posted in time. */
static bool sem_patient(sem_t *sem)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	while (sem_timedwait(sem, &until) != 0) {
		if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* Sleeps when there is nothing to do: whatever is not woken for is never done. */
static void *card(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		if (!pam_model_run(rig.model, 32)) {
			sem_wait(&work);
		}
	}
	return NULL;
}

static bool start(pthread_t *thread)
{
	struct rig_queue_config config = {
	    .sq_shift = 5, .cq_shift = 5, .irq = true, .vector = VECTOR};

	if (!rig_open(&rig, NULL) || !rig_enable(&rig, &admin, 5) ||
	    rig_queue_create(&admin, &io, 1, &config) != PAMC_STATUS_SUCCESS) {
		return false;
	}
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	pages = rig_alloc(&rig, 64 * PAMC_BLOCK_SIZE);
	sem_init(&work, 0, 0);
	sem_init(&interrupts, 0, 0);
	atomic_store(&stop, false);
	rig.on_wake = on_wake;
	rig.on_irq = on_irq;
	return pthread_create(thread, NULL, card, NULL) == 0;
}

static void finish(pthread_t thread)
{
	atomic_store(&stop, true);
	sem_post(&work);
	pthread_join(thread, NULL);
	rig_close(&rig);
	sem_destroy(&work);
	sem_destroy(&interrupts);
}

/* Waits for a completion without running the card: it has a thread for that. */
static bool patient(struct rig_queue *queue, struct pamc_cqe *cqe)
{
	struct timespec nap = {.tv_nsec = 20000};

	for (unsigned int i = 0; i < PATIENCE_S * 20000; i++) {
		if (rig_poll(queue, cqe, true)) {
			return true;
		}
		nanosleep(&nap, NULL);
	}
	return false;
}

/* ---------------------------------------------------------------- a bad neighbour */

/* Writes whatever, but not to the queue pair and the control bits of the test. */
static void *neighbour(void *arg)
{
	uint64_t *seed = arg;
	struct tap own = {.random = *seed};
	struct timespec nap = {.tv_nsec = 1000};
	uint8_t bytes[64];

	while (!atomic_load(&stop)) {
		unsigned int qid = 2 + (unsigned int)tap_below(&own, 62);

		tap_fill_random(&own, bytes, sizeof(bytes));
		pam_model_reg_write(rig.model, PAMC_BAR_DB,
				    (uint64_t)qid * PAMC_DB_STRIDE + tap_below(&own, 1024) * 4,
				    bytes, 4u << tap_below(&own, 5));
		/* Torn pieces into the push slots of the test's queue pair, too. */
		pam_model_reg_write(rig.model, PAMC_BAR_DB,
				    PAMC_DB_STRIDE + PAMC_DB_PUSH + 16 * 64 +
					tap_below(&own, 16 * 16) * 4,
				    bytes, 4);
		rig_write(&rig, PAMC_REG_SCRATCH, tap_random(&own), 4);
		/* Odd, so that the card cannot take it for a ring when it gets through. */
		rig_write(&rig, PAMC_REG_ASQ_BASE, tap_random(&own) | 1, 8);
		(void)rig_read(&rig, PAMC_REG_STATUS, 8);
		(void)rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4);
		if (tap_below(&own, 8) == 0) {
			nanosleep(&nap, NULL);
		}
	}
	return NULL;
}

/* One command by ring or push; the lower slots are left alone by the neighbour. */
static void send(struct tap *tap, union rig_sqe *sqe)
{
	rig_enter(&io, sqe);
	if (sqe->io.sq_index % PAMC_PUSH_SLOTS < 16 && tap_below(tap, 2)) {
		rig_push(&io, sqe);
		if (tap_below(tap, 4) == 0) {
			rig_ring(&io);
		}
	} else {
		rig_ring(&io);
	}
}

TAP_CASE(a_neighbour_that_writes_everything)
{
	pthread_t thread, bad;
	struct pamc_cqe cqe;
	uint64_t seed = tap_random(tap);
	unsigned int sent = 0, done = 0;
	uint64_t number[32] = {0};

	TAP_CHECK(start(&thread));
	TAP_CHECK(pthread_create(&bad, NULL, neighbour, &seed) == 0);
	/* Put, get back, compare; several at once, each with its pages. */
	while (done < 3000) {
		unsigned int batch = 1 + (unsigned int)tap_below(tap, 16);

		for (unsigned int phase = 0; phase < 2; phase++) {
			for (unsigned int i = 0; i < batch; i++) {
				uint64_t page =
				    pages + (uint64_t)(i + 32 * phase) * PAMC_BLOCK_SIZE;
				union rig_sqe sqe = {
				    .io = {.opcode = phase ? PAMC_OP_GET : PAMC_OP_PUT,
					   .pool = pool,
					   .index = i,
					   .addr = page}};

				if (phase == 0) {
					number[i] = ++sent;
					rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, number[i]);
				}
				send(tap, &sqe);
			}
			for (unsigned int i = 0; i < batch; i++) {
				TAP_CHECK(patient(&io, &cqe), "command %u", done);
				TAP_EQUAL(cqe.cid, (uint16_t)(io.cid - batch + 1 + i));
				TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
			}
		}
		for (unsigned int i = 0; i < batch; i++) {
			TAP_CHECK(memcmp(rig_at(&rig, pages + i * (uint64_t)PAMC_BLOCK_SIZE),
					 rig_at(&rig, pages + (i + 32) * (uint64_t)PAMC_BLOCK_SIZE),
					 PAMC_BLOCK_SIZE) == 0);
		}
		done += batch;
	}
	TAP_CHECK(!rig_poll(&io, &cqe, false), "a completion too many");
	atomic_store(&stop, true);
	pthread_join(bad, NULL);
	finish(thread);
	return true;
}

/* ---------------------------------------------------------------- interrupts */

/* The consumer sleeps on the interrupt alone, having armed with its last index. */
TAP_CASE(no_interrupt_is_lost)
{
	pthread_t thread;
	unsigned int open = 0;

	TAP_CHECK(start(&thread));
	for (unsigned int round = 0; round < 10000; round++) {
		unsigned int count = 1 + (unsigned int)tap_below(tap, 4);
		union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
		struct pamc_cqe cqe;

		for (unsigned int i = 0; i < count; i++) {
			rig_enter(&io, &nop);
			rig_ring(&io);
			open++;
		}
		while (open > 0) {
			while (rig_poll(&io, &cqe, false)) {
				open--;
			}
			rig_ack(&io, open > 0);
			if (open > 0) {
				TAP_CHECK(sem_patient(&interrupts), "round %u, %u open", round,
					  open);
			}
		}
	}
	finish(thread);
	return true;
}

/* ---------------------------------------------------------------- resets */

/* Waits until STATUS is (or, if not is, is not) this; returns what it is then. */
static uint32_t status_after(uint32_t status, bool is)
{
	struct timespec nap = {.tv_nsec = 20000};
	uint32_t now = 0;

	for (unsigned int i = 0; i < PATIENCE_S * 20000; i++) {
		now = (uint32_t)rig_read(&rig, PAMC_REG_STATUS, 4);
		if ((now == status) == is) {
			break;
		}
		nanosleep(&nap, NULL);
	}
	return now;
}

/* Disables and enables until the neighbour's admin queue has not got in between. */
static bool restart(void)
{
	for (unsigned int i = 0; i < 1000; i++) {
		rig_write(&rig, PAMC_REG_CTRL, 0, 4);
		if (status_after(0, true) != 0) {
			return false;
		}
		memset(rig_at(&rig, admin.cq), 0, PAMC_BLOCK_SIZE);
		memset(rig_at(&rig, io.cq), 0, PAMC_BLOCK_SIZE);
		admin.head = admin.tail = 0;
		io.head = io.tail = 0;
		rig_write(&rig, PAMC_REG_ASQ_BASE, admin.sq, 8);
		rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
		if (status_after(0, false) == PAMC_STATUS_READY_MASK) {
			return true;
		}
	}
	return false;
}

TAP_CASE(resets_under_load)
{
	pthread_t thread, bad;
	uint64_t seed = tap_random(tap);
	char finding[128] = "";
	struct pamc_cqe cqe;

	TAP_CHECK(start(&thread));
	TAP_CHECK(pthread_create(&bad, NULL, neighbour, &seed) == 0);
	for (unsigned int round = 0; round < 200; round++) {
		union rig_sqe sqe = {
		    .io = {.opcode = PAMC_OP_PUT, .pool = pool, .index = round, .addr = pages}};
		union rig_sqe create = {.admin = {.opcode = PAMC_ADMIN_QP_CREATE, .id = 1}};

		for (unsigned int i = 0; i < 20; i++) {
			send(tap, &sqe);
		}
		TAP_CHECK(restart(), "round %u", round);
		create.admin.p.qp_create.sq_base = io.sq;
		create.admin.p.qp_create.cq_base = io.cq;
		create.admin.p.qp_create.sq_shift = 5;
		create.admin.p.qp_create.cq_shift = 5;
		rig_submit(&admin, &create);
		TAP_CHECK(patient(&admin, &cqe), "round %u", round);
		TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	}
	atomic_store(&stop, true);
	sem_post(&work);
	pthread_join(bad, NULL);
	pthread_join(thread, NULL);
	TAP_CHECK(pam_model_check(rig.model, finding, sizeof(finding)) == 0, "%s", finding);
	rig_close(&rig);
	sem_destroy(&work);
	sem_destroy(&interrupts);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "a neighbour that writes everything", a_neighbour_that_writes_everything);
	tap_run(&tap, "no interrupt is lost", no_interrupt_is_lost);
	tap_run(&tap, "resets under load", resets_under_load);
	return tap_done(&tap);
}
