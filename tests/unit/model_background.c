// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands of the card model that take their time: asynchronous events, aborts,
 * self-test and sanitize.
 */
#include <string.h>

#include "rig.h"
#include "tap.h"

#define FIELD(name) offsetof(struct pamc_admin_sqe, name)

static struct rig rig;
static struct rig_queue admin, io;
static uint64_t buffer; /* 64 KiB of host memory */

static bool start_with(const struct pam_model_config *config)
{
	if (!rig_start(&rig, config, &admin, &io)) {
		return false;
	}
	buffer = rig_alloc(&rig, PAMC_MAX_ADMIN_DATA);
	return true;
}

static bool start(void)
{
	return start_with(NULL);
}

static union rig_sqe entry(unsigned int opcode, uint32_t id, uint32_t length)
{
	return (union rig_sqe){
	    .admin = {.opcode = (uint8_t)opcode, .id = id, .addr = buffer, .length = length}};
}

static enum pamc_status feature_set(uint32_t id, uint64_t value)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_FEATURE_SET, .id = id}};

	sqe.admin.p.feature.value = value;
	return rig_command(&admin, &sqe, NULL);
}

/* Waits for an event: its number, or 0; info goes to *info. */
static unsigned int event(uint32_t *info)
{
	struct pamc_cqe cqe;

	if (!rig_wait(&admin, &cqe) || rig_status(&cqe) != PAMC_STATUS_SUCCESS) {
		return 0;
	}
	*info = cqe.info;
	return cqe.result;
}

static void listen(void)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_ASYNC_EVENT}};

	rig_submit(&admin, &sqe);
	rig_run(&rig);
}

TAP_CASE(events_come_before_and_after_their_command)
{
	uint32_t info = 0;
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	listen();
	TAP_CHECK(!rig_poll(&admin, &cqe, false));
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, 99, 1, buffer, 0), PAMC_STATUS_BAD_POOL);
	TAP_EQUAL(event(&info), PAMC_EVENT_ERROR);
	TAP_EQUAL(info, PAMC_LOG_ERROR);
	/* Now nobody listens; several of a kind become one. */
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, 99, 1, buffer, 0), PAMC_STATUS_BAD_POOL);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, 99, 1, buffer, 0), PAMC_STATUS_BAD_POOL);
	listen();
	TAP_EQUAL(event(&info), PAMC_EVENT_ERROR);
	listen();
	TAP_CHECK(!rig_poll(&admin, &cqe, false));
	/* Masked: it did not happen. */
	TAP_EQUAL(feature_set(PAMC_FEATURE_EVENT_MASK, 0x7c), 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, 99, 1, buffer, 0), PAMC_STATUS_BAD_POOL);
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&admin, &cqe, false));
	rig_close(&rig);
	return true;
}

TAP_CASE(too_many_listeners_are_refused)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_ASYNC_EVENT}};
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	for (unsigned int i = 0; i < PAMC_MAX_AEN; i++) {
		listen();
	}
	rig_submit(&admin, &sqe);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NO_RESOURCES);
	/* The refusal is an error, which the first of the four is told. */
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.result, PAMC_EVENT_ERROR);
	rig_disable(&rig);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_IDENTIFY, 0, buffer, 512, NULL),
		  PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(pressure_is_told_once_until_it_is_over)
{
	struct pam_model_config config;
	uint32_t pool;
	struct pamc_cqe cqe;

	pam_model_config_init(&config);
	config.dram_bytes = 1 << 20;
	TAP_CHECK(start_with(&config));
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_EQUAL(feature_set(PAMC_FEATURE_PRESSURE, 50), 0);
	for (unsigned int round = 0; round < 2; round++) {
		uint64_t stored = 0;

		listen();
		while (!rig_poll(&admin, &cqe, true)) {
			tap_fill_random(tap, rig_at(&rig, buffer), PAMC_BLOCK_SIZE);
			TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, stored++, buffer, 0),
				  PAMC_STATUS_SUCCESS);
		}
		TAP_EQUAL(cqe.result, PAMC_EVENT_PRESSURE);
		TAP_CHECK(cqe.info < 50 && cqe.info >= 48, "%u", cqe.info);
		listen();
		TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, stored++, buffer, 0),
			  PAMC_STATUS_SUCCESS);
		TAP_CHECK(!rig_poll(&admin, &cqe, false));
		TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_ABORT, 0, 0, 0, &cqe),
			  PAMC_STATUS_NOT_FOUND);
		TAP_EQUAL(rig_page(&io, PAMC_OP_FLUSH_OBJECT, pool, 0, 0, 0), PAMC_STATUS_SUCCESS);
		rig_run(&rig);
		/* The listener of this round is used up by the next one's event. */
		if (round == 0) {
			union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_ABORT}};

			sqe.admin.p.abort.cid = (uint16_t)(admin.cid - 1);
			rig_submit(&admin, &sqe);
			TAP_CHECK(rig_wait(&admin, &cqe));
			TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_ABORTED);
			TAP_CHECK(rig_wait(&admin, &cqe));
			TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
		}
	}
	rig_close(&rig);
	return true;
}

static union rig_sqe abort_entry(uint32_t qid, uint32_t cid)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_ABORT, .id = qid}};

	sqe.admin.p.abort.cid = cid;
	return sqe;
}

/* A put that waits in the ring: it is stopped in its turn, and its older page is gone. */
TAP_CASE(aborts_stop_what_waits)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	union rig_sqe put, sqe = {.io = {.opcode = PAMC_OP_NOP}};
	struct rig_queue queue;
	struct pamc_cqe cqe;
	uint32_t pool;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	put = (union rig_sqe){.io = {.opcode = PAMC_OP_PUT,
				     .pool = pool,
				     .object = {7, 7, 7},
				     .index = 1,
				     .addr = buffer}};
	/* Nobody consumes, so after 16 commands the rest waits: an older put, and a newer. */
	for (unsigned int i = 0; i < 16; i++) {
		rig_submit(&queue, &sqe);
	}
	rig_run(&rig);
	rig_submit(&queue, &put);
	rig_submit(&queue, &put);
	sqe = abort_entry(2, 18);
	rig_submit(&admin, &sqe);
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&admin, &cqe, true));
	for (unsigned int i = 1; i <= 18; i++) {
		TAP_CHECK(rig_wait(&queue, &cqe));
		TAP_EQUAL(rig_status(&cqe), i == 18 ? PAMC_STATUS_ABORTED : PAMC_STATUS_SUCCESS);
	}
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, buffer, 0), PAMC_STATUS_MISS);
	rig_close(&rig);
	return true;
}

TAP_CASE(aborts_end_what_is_held_back)
{
	struct pam_model_config config;
	union rig_sqe sqe;
	struct pamc_cqe cqe;
	uint32_t pool;

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.put_latency_ns = 1000000;
	TAP_CHECK(start_with(&config));
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	for (uint64_t i = 0; i < 3; i++) {
		sqe = (union rig_sqe){.io = {.opcode = PAMC_OP_PUT,
					     .pool = pool,
					     .object = {7, 7, 7},
					     .index = i,
					     .addr = buffer}};
		rig_submit(&io, &sqe);
	}
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&io, &cqe, false));
	sqe = abort_entry(1, io.cid - 1u);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_SUCCESS);
	TAP_CHECK(rig_poll(&io, &cqe, true));
	TAP_EQUAL(cqe.cid, io.cid - 1);
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_CHECK(!rig_poll(&io, &cqe, true));
	TAP_EQUAL(pam_model_next_deadline(rig.model), 1000000);
	rig.now += 1000000;
	TAP_CHECK(rig_wait(&io, &cqe));
	TAP_CHECK(rig_wait(&io, &cqe));
	rig_close(&rig);
	return true;
}

TAP_CASE(aborts_that_find_nothing_say_so)
{
	union rig_sqe sqe = abort_entry(1, 500);

	TAP_CHECK(start());
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_NOT_FOUND);
	sqe = abort_entry(0, 500);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_NOT_FOUND);
	sqe = abort_entry(2, 500);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_QUEUE);
	sqe = abort_entry(UINT32_MAX, 500);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_QUEUE);
	sqe = abort_entry(1, 0x10000);
	TAP_EQUAL(rig_command(&admin, &sqe, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(p.abort.cid));
	rig_close(&rig);
	return true;
}

/* The target's completion ring is full: the ABORT waits with it, and more are refused. */
TAP_CASE(aborts_wait_and_run_out)
{
	struct rig_queue_config small = {.sq_shift = 4, .cq_shift = 4};
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	struct rig_queue queue;
	struct pamc_cqe cqe;
	union rig_sqe sqe;

	TAP_CHECK(start());
	TAP_EQUAL(rig_queue_create(&admin, &queue, 2, &small), PAMC_STATUS_SUCCESS);
	for (unsigned int i = 0; i < 20; i++) {
		rig_submit(&queue, &nop);
		rig_run(&rig);
	}
	for (unsigned int i = 0; i < 8; i++) {
		sqe = abort_entry(2, 18);
		rig_submit(&admin, &sqe);
	}
	rig_run(&rig);
	TAP_CHECK(!rig_poll(&admin, &cqe, true));
	sqe = abort_entry(2, 18);
	rig_submit(&admin, &sqe);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NO_RESOURCES);
	for (unsigned int i = 1; i <= 20; i++) {
		TAP_CHECK(rig_wait(&queue, &cqe));
		TAP_EQUAL(rig_status(&cqe), i == 18 ? PAMC_STATUS_ABORTED : PAMC_STATUS_SUCCESS);
	}
	for (unsigned int i = 0; i < 8; i++) {
		TAP_CHECK(rig_wait(&admin, &cqe));
		TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	}
	/* One more, whose queue pair goes: it is answered. */
	for (unsigned int i = 0; i < 20; i++) {
		rig_submit(&queue, &nop);
		rig_run(&rig);
	}
	sqe = abort_entry(2, 38);
	rig_submit(&admin, &sqe);
	rig_submit(&admin, &(union rig_sqe){.admin = {.opcode = PAMC_ADMIN_QP_DELETE, .id = 2}});
	/* The two end in any order. */
	for (unsigned int i = 0; i < 2; i++) {
		TAP_CHECK(rig_wait(&admin, &cqe));
		TAP_EQUAL(rig_status(&cqe),
			  cqe.cid == admin.cid ? PAMC_STATUS_SUCCESS : PAMC_STATUS_NOT_FOUND);
	}
	rig_close(&rig);
	return true;
}

static struct pamc_log_progress progress(unsigned int log)
{
	struct pamc_log_progress got = {0};

	pam_model_log(rig.model, log, &got, sizeof(got));
	return got;
}

TAP_CASE(self_tests_pass_and_can_be_stopped)
{
	uint32_t info = 0;
	uint32_t pool;
	union rig_sqe sqe;
	struct pamc_cqe cqe;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, buffer, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).outcome, 0);
	for (uint32_t test = 1; test <= 2; test++) {
		listen();
		TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_SELF_TEST, test, 0, 0, NULL),
			  PAMC_STATUS_SUCCESS);
		TAP_EQUAL(event(&info), PAMC_EVENT_SELF_TEST);
		TAP_EQUAL(info, PAMC_LOG_SELF_TEST);
		TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).outcome, 1);
		TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).percent, 100);
		TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).runs, test);
	}
	sqe = entry(PAMC_ADMIN_SELF_TEST, 2, 0);
	rig_enter(&admin, &sqe);
	rig_submit(&admin, &sqe);
	sqe = entry(PAMC_ADMIN_SELF_TEST, 15, 0);
	rig_submit(&admin, &sqe);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NOT_READY);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).outcome, 3);
	TAP_EQUAL(progress(PAMC_LOG_SELF_TEST).running, 0);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_SELF_TEST, 3, 0, 0, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(rig_last_error(&rig).field, FIELD(id));
	/* It leaves nothing behind. */
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, 0, buffer, 0, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 1);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, buffer, 0), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(sanitize_destroys_everything)
{
	struct pamc_log_capacity capacity;
	struct pamc_log_counters counters;
	uint64_t epoch;
	uint32_t pool, info = 0;
	struct pamc_cqe cqe;
	union rig_sqe sqe;

	TAP_CHECK(start());
	epoch = rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	for (uint64_t i = 0; i < 100; i++) {
		rig_fill(rig_at(&rig, buffer), PAMC_BLOCK_SIZE, i);
		TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, i, buffer, 0), PAMC_STATUS_SUCCESS);
	}
	listen();
	/* While it runs, nothing that needs the store is served. */
	sqe = entry(PAMC_ADMIN_SANITIZE, 0, 0);
	rig_enter(&admin, &sqe);
	sqe = entry(PAMC_ADMIN_SANITIZE, 0, 0);
	rig_enter(&admin, &sqe);
	sqe = entry(PAMC_ADMIN_POOL_DESTROY, pool, 0);
	rig_submit(&admin, &sqe);
	sqe = (union rig_sqe){.io = {.opcode = PAMC_OP_GET, .pool = pool, .addr = buffer}};
	rig_submit(&io, &sqe);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NOT_READY);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NOT_READY);
	TAP_CHECK(rig_wait(&io, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_NOT_READY);
	TAP_EQUAL(event(&info), PAMC_EVENT_SELF_TEST);
	TAP_EQUAL(info, PAMC_LOG_SANITIZE);
	TAP_EQUAL(progress(PAMC_LOG_SANITIZE).outcome, 1);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_LIST, 0, buffer, 0, &cqe), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(cqe.info, 0);
	pam_model_log(rig.model, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
	TAP_EQUAL(capacity.used_bytes, 0);
	TAP_EQUAL(capacity.pages, 0);
	pam_model_log(rig.model, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	TAP_EQUAL(counters.puts, 100);
	TAP_CHECK(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8) != epoch);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, buffer, 0), PAMC_STATUS_MISS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, buffer, 0), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

/* Destroyed and flushed pools are found and scrubbed without anybody's doing. */
TAP_CASE(what_pools_leave_is_cleared)
{
	struct pamc_log_capacity capacity;
	uint32_t pools[2];

	TAP_CHECK(start());
	for (unsigned int i = 0; i < 2; i++) {
		pools[i] = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
		for (uint64_t n = 0; n < 50; n++) {
			rig_fill(rig_at(&rig, buffer), PAMC_BLOCK_SIZE, n);
			TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pools[i], n, buffer, 0),
				  PAMC_STATUS_SUCCESS);
		}
	}
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_FLUSH, pools[0], 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	rig_run(&rig);
	pam_model_log(rig.model, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
	TAP_EQUAL(capacity.pages, 50);
	TAP_EQUAL(capacity.dead_pages, 0);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_POOL_DESTROY, pools[1], 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	rig_run(&rig);
	pam_model_log(rig.model, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
	TAP_EQUAL(capacity.used_bytes, 0);
	TAP_EQUAL(capacity.objects, 0);
	rig_close(&rig);
	return true;
}

/* What is held back has happened: a shutdown does not wait for its time. */
TAP_CASE(shutdown_lets_go_of_what_is_held_back)
{
	struct pam_model_config config;
	struct pamc_cqe cqe;
	union rig_sqe sqe;
	uint32_t pool;

	pam_model_config_init(&config);
	config.dram_bytes = 8 << 20;
	config.put_latency_ns = 1000000;
	TAP_CHECK(start_with(&config));
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	for (unsigned int i = 0; i < 2; i++) {
		sqe = (union rig_sqe){.io = {.opcode = PAMC_OP_PUT, .pool = pool, .addr = buffer}};
		rig_enter(&io, &sqe);
	}
	/* Both are fetched, one is executed and held back. */
	rig_ring(&io);
	pam_model_run(rig.model, 1);
	TAP_CHECK(!rig_poll(&io, &cqe, false));
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4),
		  PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	for (unsigned int i = 0; i < 2; i++) {
		TAP_CHECK(rig_poll(&io, &cqe, true));
		TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_SUCCESS);
	}
	TAP_EQUAL(pam_model_next_deadline(rig.model), UINT64_MAX);
	rig_close(&rig);
	return true;
}

static void shut_down(struct rig *from, unsigned int vector)
{
	(void)vector;
	from->on_irq = NULL;
	rig_write(from, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
}

/* The host says that it goes when it hears of SANITIZE, with commands still in its rings. */
TAP_CASE(shutdown_meets_sanitize)
{
	struct pamc_cqe cqe;
	union rig_sqe sqe;
	uint32_t pool;

	TAP_CHECK(start());
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	/* Whose turn is it next? The admin queue pair's. */
	rig_run(&rig);
	TAP_EQUAL(rig_page(&io, PAMC_OP_QUERY, pool, 1, 0, 0), PAMC_STATUS_MISS);
	rig_ack(&admin, true);
	rig.on_irq = shut_down;
	sqe = (union rig_sqe){.io = {.opcode = PAMC_OP_PUT, .pool = pool, .addr = buffer}};
	rig_submit(&io, &sqe);
	sqe = entry(PAMC_ADMIN_SANITIZE, 0, 0);
	rig_submit(&admin, &sqe);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4),
		  PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	TAP_CHECK(rig_poll(&io, &cqe, true));
	TAP_CHECK(rig_status(&cqe) != PAMC_STATUS_SUCCESS);
	TAP_EQUAL(progress(PAMC_LOG_SANITIZE).outcome, 1);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "events come before and after their command",
		events_come_before_and_after_their_command);
	tap_run(&tap, "too many listeners are refused", too_many_listeners_are_refused);
	tap_run(&tap, "pressure is told once until it is over",
		pressure_is_told_once_until_it_is_over);
	tap_run(&tap, "aborts stop what waits", aborts_stop_what_waits);
	tap_run(&tap, "aborts end what is held back", aborts_end_what_is_held_back);
	tap_run(&tap, "aborts that find nothing say so", aborts_that_find_nothing_say_so);
	tap_run(&tap, "aborts wait and run out", aborts_wait_and_run_out);
	tap_run(&tap, "self-tests pass and can be stopped", self_tests_pass_and_can_be_stopped);
	tap_run(&tap, "sanitize destroys everything", sanitize_destroys_everything);
	tap_run(&tap, "what pools leave is cleared", what_pools_leave_is_cleared);
	tap_run(&tap, "shutdown lets go of what is held back",
		shutdown_lets_go_of_what_is_held_back);
	tap_run(&tap, "shutdown meets SANITIZE", shutdown_meets_sanitize);
	return tap_done(&tap);
}
