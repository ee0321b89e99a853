// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands: the table of them with what each needs checked, and those that
 * concern queue pairs, features, and the card itself.
 */
#include "card.h"

#include <string.h>

#define FIELD(name)  offsetof(struct pamc_admin_sqe, name)
#define KNOWN_EVENTS ((2u << PAMC_EVENT_SELF_TEST) - 2)

static void fail(struct command *command, enum pamc_status status, unsigned int field)
{
	command_fail(command, status, field);
}

static void identify(struct pam_model *model, struct command *command)
{
	struct pamc_identify data = model->identify;

	vault_identify(model->vault, &data);
	data.boot_epoch = reg_get(model, PAMC_REG_BOOT_EPOCH);
	dma_write(model, command, command->entry->admin.addr, &data, sizeof(data));
}

static void log_page(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	size_t size = log_render(model, sqe->id);
	uint64_t offset = sqe->p.log.offset;
	size_t length;

	if (!size) {
		fail(command, PAMC_STATUS_NOT_FOUND, FIELD(id));
		return;
	}
	offset = offset < size ? offset : size;
	length = size - offset < sqe->length ? size - offset : sqe->length;
	if (length && !dma_write(model, command, sqe->addr, model->data + offset, length)) {
		return;
	}
	command->result = (uint32_t)length;
}

/* ---------------------------------------------------------------- queue pairs */

static bool ring_wrong(uint64_t base, unsigned int shift, size_t entry)
{
	return base % PAMC_BLOCK_SIZE != 0 || base + (entry << shift) - 1 < base;
}

static bool shift_wrong(unsigned int shift)
{
	return shift < PAMC_MIN_QUEUE_SHIFT || shift > PAMC_MAX_QUEUE_SHIFT;
}

/* Offset of the first wrong field of a QP_CREATE, or NO_FIELD. */
static unsigned int qp_create_wrong(struct pam_model *model, const struct pamc_admin_sqe *sqe)
{
	bool irq = sqe->p.qp_create.flags & PAMC_QP_IRQ;

	if (shift_wrong(sqe->p.qp_create.sq_shift)) {
		return FIELD(p.qp_create.sq_shift);
	}
	if (shift_wrong(sqe->p.qp_create.cq_shift) ||
	    sqe->p.qp_create.cq_shift < sqe->p.qp_create.sq_shift) {
		return FIELD(p.qp_create.cq_shift);
	}
	if (ring_wrong(sqe->p.qp_create.sq_base, sqe->p.qp_create.sq_shift, SQE_SIZE)) {
		return FIELD(p.qp_create.sq_base);
	}
	if (ring_wrong(sqe->p.qp_create.cq_base, sqe->p.qp_create.cq_shift, CQE_SIZE)) {
		return FIELD(p.qp_create.cq_base);
	}
	if (sqe->p.qp_create.flags & ~PAMC_QP_ALL_FLAGS) {
		return FIELD(p.qp_create.flags);
	}
	if (irq && sqe->p.qp_create.vector >= model->config.vectors) {
		return FIELD(p.qp_create.vector);
	}
	return sqe->p.qp_create.rsvd ? FIELD(p.qp_create.rsvd) : NO_FIELD;
}

static void qp_create(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	unsigned int wrong = qp_create_wrong(model, sqe);
	uint32_t qid = sqe->id;

	if (qid == 0 || qid >= model->config.queue_pairs || model->qps[qid].valid) {
		fail(command, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	if (wrong != NO_FIELD) {
		fail(command, PAMC_STATUS_BAD_FIELD, wrong);
		return;
	}
	queue_create(model, qid,
		     &(struct queue_config){
			 .sq_base = sqe->p.qp_create.sq_base,
			 .cq_base = sqe->p.qp_create.cq_base,
			 .sq_shift = sqe->p.qp_create.sq_shift,
			 .cq_shift = sqe->p.qp_create.cq_shift,
			 .vector = sqe->p.qp_create.vector,
			 .domain = sqe->p.qp_create.domain,
			 .coalesce_count = sqe->p.qp_create.coalesce_count,
			 .coalesce_usec = sqe->p.qp_create.coalesce_usec,
			 .irq = sqe->p.qp_create.flags & PAMC_QP_IRQ,
		     });
}

static void qp_delete(struct pam_model *model, struct command *command)
{
	uint32_t qid = command->entry->admin.id;

	if (qid == 0 || qid >= PAMC_MAX_QP || !model->qps[qid].valid) {
		fail(command, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	queue_delete(model, qid);
}

/* ---------------------------------------------------------------- features */

/* The queue pair a per-queue feature is about, or NULL. */
static struct queue_pair *feature_qp(struct pam_model *model, struct command *command)
{
	uint32_t qid = command->entry->admin.p.feature.qid;

	if (qid >= PAMC_MAX_QP || !model->qps[qid].valid) {
		fail(command, PAMC_STATUS_BAD_QUEUE, FIELD(p.feature.qid));
		return NULL;
	}
	return &model->qps[qid];
}

static void feature_get(struct pam_model *model, struct command *command)
{
	const struct queue_pair *qp;
	uint64_t value = 0;

	switch (command->entry->admin.id) {
	case PAMC_FEATURE_COALESCE:
		qp = feature_qp(model, command);
		if (!qp) {
			return;
		}
		value = qp->coalesce_count | (uint64_t)qp->coalesce_usec << 16;
		break;
	case PAMC_FEATURE_EVENT_MASK:
		value = model->event_mask;
		break;
	case PAMC_FEATURE_PRESSURE:
		value = model->pressure_percent;
		break;
	case PAMC_FEATURE_TEMPERATURE:
		value = model->temperature;
		break;
	case PAMC_FEATURE_TIMESTAMP:
		value = log_time(model);
		break;
	case PAMC_FEATURE_DIRTY_BUDGET:
		fail(command, PAMC_STATUS_NOT_SUPPORTED, FIELD(id));
		return;
	default:
		fail(command, PAMC_STATUS_NOT_FOUND, FIELD(id));
		return;
	}
	command->result = (uint32_t)value;
	command->info = (uint32_t)(value >> 32);
}

/* Largest value of a feature; 0 = there is no such feature to set. */
static uint64_t feature_limit(uint32_t feature)
{
	switch (feature) {
	case PAMC_FEATURE_COALESCE:
		return UINT32_MAX;
	case PAMC_FEATURE_EVENT_MASK:
		return KNOWN_EVENTS;
	case PAMC_FEATURE_PRESSURE:
		return 100;
	case PAMC_FEATURE_TEMPERATURE:
		return UINT16_MAX;
	case PAMC_FEATURE_TIMESTAMP:
		return UINT64_MAX;
	default:
		return 0;
	}
}

static void feature_set_coalesce(struct pam_model *model, struct command *command)
{
	struct queue_pair *qp = feature_qp(model, command);
	uint64_t value = command->entry->admin.p.feature.value;

	if (!qp) {
		return;
	}
	qp->coalesce_count = (uint16_t)value;
	qp->coalesce_usec = (uint16_t)(value >> 16);
	qp->irq_due = NEVER; /* the new time starts now, if completions wait */
	interrupt_consider(model, qp);
}

static void feature_set(struct pam_model *model, struct command *command)
{
	uint32_t feature = command->entry->admin.id;
	uint64_t value = command->entry->admin.p.feature.value;
	uint64_t limit = feature_limit(feature);

	if (!limit) {
		fail(command,
		     feature == PAMC_FEATURE_DIRTY_BUDGET ? PAMC_STATUS_NOT_SUPPORTED
							  : PAMC_STATUS_NOT_FOUND,
		     FIELD(id));
		return;
	}
	if (value > limit) {
		fail(command, PAMC_STATUS_BAD_FIELD, FIELD(p.feature.value));
		return;
	}
	switch (feature) {
	case PAMC_FEATURE_COALESCE:
		feature_set_coalesce(model, command);
		break;
	case PAMC_FEATURE_EVENT_MASK:
		model->event_mask = value & KNOWN_EVENTS;
		model->events_pending &= (uint32_t)model->event_mask;
		break;
	case PAMC_FEATURE_PRESSURE:
		model->pressure_percent = value;
		model->pressed = false;
		break;
	case PAMC_FEATURE_TEMPERATURE:
		model->temperature = value;
		break;
	default:
		model->timestamp = value;
		model->timestamp_at = card_now(model);
		break;
	}
}

/* ---------------------------------------------------------------- dispatch */

static void unsupported(struct pam_model *model, struct command *command)
{
	(void)model;
	fail(command, PAMC_STATUS_NOT_SUPPORTED, FIELD(opcode));
}

static void pool_destroy(struct pam_model *model, struct command *command)
{
	pools_flush(model, command, true);
}

static void pool_flush(struct pam_model *model, struct command *command)
{
	pools_flush(model, command, false);
}

struct admin_command {
	void (*execute)(struct pam_model *model, struct command *command);
	bool data;        /* addr and length are used */
	uint16_t least;   /* fewest bytes of data */
	bool needs_vault; /* not while sanitize runs */
};

/* Place of an opcode in the table. */
#define AT(opcode) [PAMC_ADMIN_##opcode - PAMC_ADMIN_IDENTIFY]

static const struct admin_command *admin_command(unsigned int opcode)
{
	static const struct admin_command commands[] = {
	    AT(IDENTIFY) = {identify, true, sizeof(struct pamc_identify), false},
	    AT(QP_CREATE) = {qp_create, false, 0, false},
	    AT(QP_DELETE) = {qp_delete, false, 0, false},
	    AT(POOL_CREATE) = {pools_create, true, sizeof(struct pamc_pool_info), true},
	    AT(POOL_DESTROY) = {pool_destroy, false, 0, true},
	    AT(POOL_FLUSH) = {pool_flush, false, 0, true},
	    AT(POOL_LIST) = {pools_list, true, 0, false},
	    AT(POOL_SET) = {pools_set, false, 0, true},
	    AT(FEATURE_GET) = {feature_get, false, 0, false},
	    AT(FEATURE_SET) = {feature_set, false, 0, false},
	    AT(LOG) = {log_page, true, 0, false},
	    AT(ASYNC_EVENT) = {event_wait, false, 0, false},
	    AT(ABORT) = {abort_start, false, 0, false},
	    AT(FW_DOWNLOAD) = {unsupported, false, 0, false},
	    AT(FW_ACTIVATE) = {unsupported, false, 0, false},
	    AT(SELF_TEST) = {selftest_start, false, 0, false},
	    AT(SANITIZE) = {sanitize_start, false, 0, false},
	};

	if (opcode < PAMC_ADMIN_IDENTIFY || opcode > PAMC_ADMIN_SANITIZE) {
		return NULL;
	}
	return &commands[opcode - PAMC_ADMIN_IDENTIFY];
}

/* Offset of the first wrong field that all commands have, or NO_FIELD. */
static unsigned int entry_wrong(const struct pamc_admin_sqe *sqe, const struct admin_command *as)
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

void exec_admin(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	const struct admin_command *as = admin_command(sqe->opcode);

	if (!as) {
		fail(command, PAMC_STATUS_BAD_OPCODE, FIELD(opcode));
		return;
	}

	unsigned int wrong = entry_wrong(sqe, as);

	if (wrong != NO_FIELD) {
		fail(command, PAMC_STATUS_BAD_FIELD, wrong);
	} else if (as->needs_vault && model->sanitize.running) {
		command->status = PAMC_STATUS_NOT_READY;
	} else {
		as->execute(model, command);
	}
}
