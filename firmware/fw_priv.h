/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware's parts tell each other. */
#ifndef FW_PRIV_H
#define FW_PRIV_H

#include <stddef.h>

#include "fw.h"
#include "fw_mailbox_bits.h"
#include "pamc_mailbox.h"

/* All there is of a C library; compilers call them, too. */
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

#define FIELD(name)    offsetof(struct pamc_admin_sqe, name)
#define NO_FIELD       0xffffu
#define KNOWN_EVENTS   ((2u << PAMC_EVENT_SELF_TEST) - 2)
#define DEFAULT_KELVIN 358
#define UNIT_BYTES     32u

/* HOLD */
#define HOLD_PAUSE    (1u << 0)
#define HOLD_OFFLINE  (1u << 1)
#define HOLD_STOP     (1u << 2)
#define HOLD_FLR_DONE (1u << 3)
#define HOLD_REFUSE   (1u << 4)
#define HOLD_FULL     (1u << 5)

/* IDLE */
#define IDLE_INSIDE (1u << 0)
#define IDLE_ALL    3u

/* CONTROL: queue_pkg::control_op_e; tags, of which ABORTs have the upper half. */
#define CONTROL_CREATE   0u
#define CONTROL_DELETE   1u
#define CONTROL_DISCARD  2u
#define CONTROL_COALESCE 3u
#define CONTROL_ABORT    4u
#define TAG_ORDER        0u
#define TAG_DISCARD      1u
#define TAG_ABORT        8u
#define ANSWER_TAG       15u
#define ANSWER_FOUND     32u

/* VAULT: vault_pkg::op_e, what goes with it, result_e. */
#define VAULT_INIT           0u
#define VAULT_SWEEP          4u
#define VAULT_CREATE         5u
#define VAULT_ABANDON        6u
#define VAULT_SET            7u
#define VAULT_READ           8u
#define VAULT_COUNT_FLUSH    (1u << 4)
#define VAULT_EPHEMERAL      (1u << 6)
#define VAULT_ORDER(order)   ((uint32_t)(order) << 7)
#define VAULT_SET_RESERVE    (1u << 10)
#define VAULT_SET_LIMIT      (1u << 11)
#define VAULT_CONTENTS(nr)   ((uint32_t)(nr) << 16)
#define VAULT_RESULT_DONE    0u
#define VAULT_RESULT_ABSENT  1u
#define VAULT_RESULT_REFUSED 2u
#define VAULT_RESULT_NONE    7u /* it did not answer */

/* ---- fw.c: power, resets, shutdown, the loop ---- */

void fw_hold(struct fw *fw, uint32_t set, uint32_t clear);
void fw_fatal(struct fw *fw, uint8_t cause);
/* The data path does not do what it promised. */
void fw_stuck(struct fw *fw, const char *what);
/* More cycles since then than anything inside the card may take. */
bool fw_overdue(struct fw *fw, uint64_t since);
/* So many times of it: commands that may wait for flash. 7.7 s, below CAP.TIMEOUT. */
#define FW_LONG_TIMES 48u
/* A reset waits until no command is inside any more. */
bool fw_gives_up(const struct fw *fw);
/* Than commands that are inside may take. */
bool fw_overdue_inside(struct fw *fw, uint64_t since);
/* Card memory is zero: the vault starts anew. */
bool fw_lay_out(struct fw *fw);
void fw_new_epoch(struct fw *fw);

/* ---- fw_mailbox.c: words, and what they start ---- */

static inline uint32_t fw_read(struct fw *fw, uint32_t word)
{
	return hal_read(fw->platform.hal, word);
}
static inline void fw_write(struct fw *fw, uint32_t word, uint32_t value)
{
	hal_write(fw->platform.hal, word, value);
}
static inline uint64_t fw_now(struct fw *fw)
{
	return hal_cycles(fw->platform.hal);
}
uint64_t fw_read64(struct fw *fw, uint32_t word);
void fw_write64(struct fw *fw, uint32_t word, uint64_t value);
/* Until the bits of a word in mask are value. False: they never were, and the card is fatal. */
bool fw_wait_for(struct fw *fw, uint32_t word, uint32_t mask, uint32_t value, const char *what);

/* An operation of the vault. Its result; more of it stays in the mailbox. */
uint32_t fw_vault(struct fw *fw, uint32_t word);
uint32_t fw_vault_value(struct fw *fw);
/* Of contents that were READ: spec/mailbox.toml, VAULT_ROW. */
uint32_t fw_row(struct fw *fw, uint32_t word);
uint64_t fw_row64(struct fw *fw, uint32_t word);

/* Tells the queues what to do; what CREATE and COALESCE need is there already. */
bool fw_order(struct fw *fw, uint32_t op, uint32_t qid, uint32_t tag, uint32_t cid);

/* False: the outcome says why. Any number of bytes; addr is a multiple of 4. */
bool fw_host_read(struct fw *fw, uint64_t addr, void *to, uint32_t bytes, struct fw_outcome *out);
bool fw_host_write(struct fw *fw, uint64_t addr, const void *from, uint32_t bytes,
		   struct fw_outcome *out);

/* ---- fw_layout.c ---- */

void fw_layout_of(uint64_t dram_bytes, uint64_t flash_bytes, struct fw_layout *layout);
/* Most units, and slots of the index, that a promised page and its object take. */
uint32_t fw_worst_units(uint32_t order, bool flash);
#define WORST_SLOTS 2u
/* Most bytes of flash that it takes. */
uint64_t fw_worst_flash(uint32_t order);

/* ---- fw_admin.c: commands and completions ---- */

void fw_take_admin(struct fw *fw);
/* The command that is executed: what it waited for is there, or it goes with its session. */
void fw_admin_wait(struct fw *fw, enum fw_wait wait);
void fw_admin_poll(struct fw *fw);
void fw_admin_ordered(struct fw *fw);
void fw_admin_drop(struct fw *fw);
void fw_fail(struct fw_outcome *out, uint8_t status, uint32_t field);
/* A completion; sqe: what the error log may have to tell of, none for commands that waited. */
void fw_complete(struct fw *fw, uint16_t cid, const struct fw_outcome *out,
		 const struct pamc_admin_sqe *sqe);
void fw_complete_aborted(struct fw *fw, uint16_t cid);
void fw_done_pump(struct fw *fw);

/* ---- fw_queues.c: queue pairs, ABORT ---- */

bool fw_ring_good(uint64_t base, uint32_t shift, uint32_t entry);
bool fw_queue_start(struct fw *fw, uint64_t sq, uint64_t cq, uint32_t sq_shift, uint32_t cq_shift);
void fw_qp_create(struct fw *fw);
void fw_qp_delete(struct fw *fw);
void fw_abort(struct fw *fw);
void fw_aborts_drop(struct fw *fw);
/* After a restart: the command of an ABORT is watched again. */
void fw_aborts_resume(struct fw *fw);
void fw_take_answer(struct fw *fw);
/* The command that is watched is not inside. */
void fw_take_left(struct fw *fw);

/* ---- fw_pools.c ---- */

void fw_pool_create(struct fw *fw);
void fw_pool_list(struct fw *fw);
/* POOL_DESTROY, POOL_FLUSH, POOL_SET: up to the wait for commands inside, and after it. */
void fw_pool_change(struct fw *fw);
void fw_pool_changed(struct fw *fw);
void fw_pools_forget(struct fw *fw);
/* A durable pool that flash has: all but its id, which it gets. 0: there is no place for it. */
uint32_t fw_pool_found(struct fw *fw, const struct fw_pool *found);
/* The executor is to know of none. */
void fw_pools_hide(struct fw *fw);
/* The core was restarted in the midst of something: what a step had begun with pools is as
 * before, as far as it matters. place: of one that was being made, or 0. */
void fw_pools_repair(struct fw *fw, uint32_t place, uint32_t uses);

/* ---- fw_lost.c: words of memories on the chip ---- */

void fw_take_lost(struct fw *fw);
/* The vault cannot be trusted any more: it starts anew, without pools. False: not yet. */
bool fw_renew_vault(struct fw *fw, bool begin);

/* ---- fw_restart.c: what survives a restart of the core ---- */

/* Between these, all of a step happens, or none of it. */
void fw_begin(struct fw *fw, enum fw_open what, uint32_t events);
void fw_end(struct fw *fw);
/* Takes the admin entry, or the queues' answer, that waits. */
const struct pamc_admin_sqe *fw_next_entry(struct fw *fw);
uint32_t fw_next_answer(struct fw *fw);
/* The step's next order to the queues was given before the restart. */
bool fw_ordered_before(struct fw *fw);
/* So was its answer taken. */
bool fw_answered_before(const struct fw *fw);
/* A pool is about to be made at a place. */
void fw_makes_pool(struct fw *fw, uint32_t place);

/* ---- fw_features.c ---- */

void fw_features_reset(struct fw *fw);
void fw_feature_get(struct fw *fw);
void fw_feature_set(struct fw *fw);

/* ---- fw_events.c: events, errors ---- */

void fw_event_wait(struct fw *fw);
/* Completes a waiting ASYNC_EVENT as ABORTED: that with cid, or any if cid is negative. */
bool fw_event_abort(struct fw *fw, int32_t cid);
void fw_raise(struct fw *fw, uint32_t event, uint32_t info);
void fw_report_events(struct fw *fw);
void fw_watch_pressure(struct fw *fw);
void fw_watch_health(struct fw *fw);
void fw_log_error(struct fw *fw, const struct pamc_log_error *entry);
void fw_take_errors(struct fw *fw);
/* A queue pair's ring cannot be read. */
void fw_take_fault(struct fw *fw);

/* ---- fw_jobs.c: SELF_TEST, SANITIZE ---- */

void fw_self_test(struct fw *fw);
void fw_self_test_abort(struct fw *fw);
void fw_sanitize(struct fw *fw);
/* False: none is under way. */
bool fw_job_running(const struct fw *fw);
void fw_job_step(struct fw *fw);

/* ---- fw_update.c: boot flash, FW_DOWNLOAD, FW_ACTIVATE ---- */

void fw_download(struct fw *fw);
void fw_activate(struct fw *fw);
/* What was asked of boot flash goes on. True: the command is over. */
bool fw_update_step(struct fw *fw);
/* The command goes with its session. */
void fw_update_drop(struct fw *fw);
/* An image that is to start with a reset: this was one. */
void fw_update_reset(struct fw *fw);
void fw_update_restart(struct fw *fw);
/* The core was restarted in the midst of something: what was asked of boot flash is given up. */
void fw_update_crashed(struct fw *fw);
void fw_update_show(struct fw *fw, struct pamc_log_firmware *page);

/* ---- fw_logs.c ---- */

/* Of log_health.warnings, those that fw_watch_health raises an event for. */
#define HEALTH_HOT   1u
#define HEALTH_SPARE 4u
bool fw_hot(struct fw *fw);
bool fw_spare_low(struct fw *fw);
uint64_t fw_time_ns(struct fw *fw);
void fw_identify(struct fw *fw);
void fw_log_page(struct fw *fw);

#endif /* FW_PRIV_H */
