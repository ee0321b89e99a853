// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands: the table of them with what each needs checked, their way from entry to
 * completion, and completions, which wait here until the queues take them.
 *
 * One command is executed at a time. What it has to wait for is polled by fw_step.
 */
#include "fw_priv.h"

struct admin_command {
	void (*execute)(struct fw *fw);
	bool data;        /* addr and length are used */
	bool needs_vault; /* not while SANITIZE runs */
	uint16_t least;   /* fewest bytes of data */
};

void fw_fail(struct fw_outcome *out, uint8_t status, uint32_t field)
{
	out->status = status;
	out->field = (uint16_t)field;
}

/* Place of an opcode in the table. */
#define AT(opcode) [PAMC_ADMIN_##opcode - PAMC_ADMIN_IDENTIFY]

static const struct admin_command commands[] = {
    AT(IDENTIFY) = {fw_identify, true, false, sizeof(struct pamc_identify)},
    AT(QP_CREATE) = {fw_qp_create, false, false, 0},
    AT(QP_DELETE) = {fw_qp_delete, false, false, 0},
    AT(POOL_CREATE) = {fw_pool_create, true, true, sizeof(struct pamc_pool_info)},
    AT(POOL_DESTROY) = {fw_pool_change, false, true, 0},
    AT(POOL_FLUSH) = {fw_pool_change, false, true, 0},
    AT(POOL_LIST) = {fw_pool_list, true, false, 0},
    AT(POOL_SET) = {fw_pool_change, false, true, 0},
    AT(FEATURE_GET) = {fw_feature_get, false, false, 0},
    AT(FEATURE_SET) = {fw_feature_set, false, false, 0},
    AT(LOG) = {fw_log_page, true, false, 0},
    AT(ASYNC_EVENT) = {fw_event_wait, false, false, 0},
    AT(ABORT) = {fw_abort, false, false, 0},
    AT(FW_DOWNLOAD) = {fw_download, true, false, 0},
    AT(FW_ACTIVATE) = {fw_activate, false, false, 0},
    AT(SELF_TEST) = {fw_self_test, false, false, 0},
    AT(SANITIZE) = {fw_sanitize, false, false, 0},
};

/* Offset of the first wrong field that all commands have, or NO_FIELD. */
static uint32_t entry_wrong(const struct pamc_admin_sqe *sqe, const struct admin_command *as)
{
	if (sqe->flags) {
		return FIELD(flags);
	}
	if (as->data && (sqe->addr % 8 || sqe->addr + sqe->length < sqe->addr)) {
		return FIELD(addr);
	}
	if (as->data && (sqe->length < as->least || sqe->length > PAMC_MAX_ADMIN_DATA)) {
		return FIELD(length);
	}
	if (sqe->function) {
		return FIELD(function);
	}
	return sqe->rsvd ? FIELD(rsvd) : NO_FIELD;
}

static void execute(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	const struct admin_command *as;
	uint32_t wrong;

	if (fw->stopped) {
		fw->outcome.status = PAMC_STATUS_ABORTED;
		return;
	}
	if (sqe->opcode < PAMC_ADMIN_IDENTIFY || sqe->opcode > PAMC_ADMIN_SANITIZE) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_OPCODE, FIELD(opcode));
		return;
	}
	as = &commands[sqe->opcode - PAMC_ADMIN_IDENTIFY];
	wrong = entry_wrong(sqe, as);
	if (wrong != NO_FIELD) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, wrong);
	} else if (as->needs_vault && fw->sanitize.log.running) {
		fw->outcome.status = PAMC_STATUS_NOT_READY;
	} else {
		as->execute(fw);
	}
}

/* ---------------------------------------------------------------- completions */

/* What a host should not see in normal use; as sim/model/complete.c. */
static bool worth_logging(uint8_t status, uint16_t field)
{
	switch (status) {
	case PAMC_STATUS_SUCCESS:
	case PAMC_STATUS_MISS:
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_FROZEN:
	case PAMC_STATUS_ABORTED:
	case PAMC_STATUS_NOT_READY:
		return false;
	case PAMC_STATUS_NOT_FOUND:
		return field != NO_FIELD;
	default:
		return true;
	}
}

/* There is a place for each admin command that the queues can have given out: new ones are
 * taken, and events told, only when none waits. */
void fw_complete(struct fw *fw, uint16_t cid, const struct fw_outcome *out,
		 const struct pamc_admin_sqe *sqe)
{
	bool logged = sqe && worth_logging(out->status, out->field);
	struct fw_done *done = &fw->done[(fw->done_first + fw->done_count) % FW_DONE];

	fw->admin++;
	fw->admin_aborts += out->status == PAMC_STATUS_ABORTED;
	fw->admin_errors += out->status != PAMC_STATUS_SUCCESS &&
			    out->status != PAMC_STATUS_ABORTED && out->status != PAMC_STATUS_MISS;
	if (logged) {
		fw_log_error(fw, &(struct pamc_log_error){
				     .cid = cid,
				     .status = out->status,
				     .opcode = sqe->opcode,
				     .field = out->field,
				     .addr = out->addr,
				 });
	}
	if (fw->done_count == 0) {
		fw->done_since = fw_now(fw);
	}
	done->result = out->result;
	done->info = out->info;
	done->word = cid | (uint32_t)out->status << 16 | (uint32_t)logged << 31;
	fw->done_count++;
}

void fw_complete_aborted(struct fw *fw, uint16_t cid)
{
	fw_complete(fw, cid, &(struct fw_outcome){.status = PAMC_STATUS_ABORTED}, NULL);
}

void fw_done_pump(struct fw *fw)
{
	while (fw->done_count && !(fw_read(fw, MAILBOX_EVENTS) & BUSY_DONE)) {
		const struct fw_done *done = &fw->done[fw->done_first];

		fw_write(fw, MAILBOX_DONE_RESULT, done->result);
		fw_write(fw, MAILBOX_DONE_INFO, done->info);
		fw_write(fw, MAILBOX_DONE, done->word);
		fw->done_first = (fw->done_first + 1) % FW_DONE;
		fw->done_count--;
		fw->done_since = fw_now(fw);
	}
	if (fw->done_count && !fw->fatal && fw_overdue(fw, fw->done_since)) {
		fw_stuck(fw, "the queues take no completion");
	}
}

/* ---------------------------------------------------------------- one command */

static void finish(struct fw *fw)
{
	fw->wait = FW_WAIT_NONE;
	if (!fw->outcome.later) {
		fw_complete(fw, fw->sqe.cid, &fw->outcome, &fw->sqe);
	}
}

void fw_take_admin(struct fw *fw)
{
	fw->sqe = *fw_next_entry(fw);
	memset(&fw->outcome, 0, sizeof(fw->outcome));
	fw->outcome.field = NO_FIELD;
	execute(fw);
	if (fw->wait == FW_WAIT_NONE) {
		finish(fw);
	}
}

void fw_admin_wait(struct fw *fw, enum fw_wait wait)
{
	fw->wait = wait;
	fw->wait_since = fw_now(fw);
}

void fw_admin_poll(struct fw *fw)
{
	bool over = false;

	if (fw->wait == FW_WAIT_FLASH) {
		if (fw_update_step(fw)) {
			finish(fw);
		}
		return;
	}
	if (fw->wait == FW_WAIT_POOL) {
		over = !(fw_read(fw, MAILBOX_POOL_BUSY) & 1);
	} else if (fw->wait == FW_WAIT_IDLE) {
		over = fw_read(fw, MAILBOX_IDLE) & IDLE_INSIDE;
	}
	if (over) {
		fw_pool_changed(fw);
		fw_hold(fw, 0, HOLD_PAUSE);
		finish(fw);
	} else if (fw_overdue_inside(fw, fw->wait_since)) {
		fw_hold(fw, 0, HOLD_PAUSE);
		fw_fail(&fw->outcome, PAMC_STATUS_INTERNAL, NO_FIELD);
		finish(fw);
		fw_stuck(fw, "commands or the queues do not end");
	}
}

void fw_admin_ordered(struct fw *fw)
{
	if (fw->wait == FW_WAIT_ORDER) {
		finish(fw);
	}
}

void fw_admin_drop(struct fw *fw)
{
	if (fw->wait == FW_WAIT_FLASH) {
		fw_update_drop(fw);
	}
	if (fw->wait != FW_WAIT_NONE) {
		fw->wait = FW_WAIT_NONE;
		fw_complete_aborted(fw, fw->sqe.cid);
	}
}
