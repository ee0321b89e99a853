// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands that manage pools.
 */
#include "card.h"

#include <string.h>

#define FIELD(name) offsetof(struct pamc_admin_sqe, name)

/* Whether what the host describes can be a pool at all; the vault knows if it fits. */
static bool describes_pool(const struct pamc_pool_info *info)
{
	return (info->type == PAMC_POOL_TYPE_EPHEMERAL ||
		info->type == PAMC_POOL_TYPE_PERSISTENT) &&
	       info->order <= PAMC_MAX_PAGE_ORDER && !(info->flags & ~PAMC_POOL_ALL_FLAGS) &&
	       info->rsvd == 0;
}

void pools_create(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	struct pamc_pool_info info;

	if (!dma_read(model, command, sqe->addr, &info, sizeof(info))) {
		return;
	}
	if (!describes_pool(&info)) {
		command_fail(command, PAMC_STATUS_BAD_FIELD, FIELD(addr));
		return;
	}
	/* Only what the host may choose; the rest is the card's. */
	struct pamc_pool_info wanted = {
	    .type = info.type,
	    .order = info.order,
	    .domain = info.domain,
	    .flags = info.flags,
	    .reserve = info.reserve,
	    .limit = info.limit,
	    .owner = {info.owner[0], info.owner[1]},
	};
	memcpy(wanted.name, info.name, sizeof(wanted.name));

	enum pamc_status status = vault_pool_create(model->vault, &wanted);

	if (status != PAMC_STATUS_SUCCESS) {
		command_fail(command, status, FIELD(addr));
		return;
	}
	command->result = wanted.id;
}

void pools_list(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	uint32_t room = sqe->length / sizeof(struct pamc_pool_info);
	uint32_t written = 0;
	uint32_t count = 0;

	for (uint32_t id = vault_pool_next(model->vault, sqe->id); id;
	     id = id == UINT32_MAX ? 0 : vault_pool_next(model->vault, id + 1)) {
		if (written < room) {
			memcpy(model->data + written * sizeof(struct pamc_pool_info),
			       vault_pool_info(model->vault, id), sizeof(struct pamc_pool_info));
			written++;
		}
		count++;
	}
	if (written && !dma_write(model, command, sqe->addr, model->data,
				  written * sizeof(struct pamc_pool_info))) {
		return;
	}
	command->result = written;
	command->info = count;
}

/* The field that a POOL_SET was refused for. */
static unsigned int set_wrong(const struct pamc_admin_sqe *sqe, enum pamc_status status)
{
	uint32_t what = sqe->p.pool_set.what;

	if (status == PAMC_STATUS_BAD_POOL) {
		return FIELD(id);
	}
	if ((what & PAMC_POOL_SET_FLAGS) && (sqe->p.pool_set.flags & PAMC_POOL_DURABLE)) {
		return FIELD(p.pool_set.flags);
	}
	return what & PAMC_POOL_SET_RESERVE ? FIELD(p.pool_set.reserve) : FIELD(p.pool_set.limit);
}

void pools_set(struct pam_model *model, struct command *command)
{
	const struct pamc_admin_sqe *sqe = &command->entry->admin;
	uint32_t what = sqe->p.pool_set.what;
	enum pamc_status status;

	if (what & ~PAMC_POOL_SET_ALL_FLAGS) {
		command_fail(command, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.what));
		return;
	}
	if ((what & PAMC_POOL_SET_FLAGS) && (sqe->p.pool_set.flags & ~PAMC_POOL_ALL_FLAGS)) {
		command_fail(command, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.flags));
		return;
	}
	status = vault_pool_set(model->vault, sqe->id, what, sqe->p.pool_set.flags,
				sqe->p.pool_set.reserve, sqe->p.pool_set.limit);
	if (status != PAMC_STATUS_SUCCESS) {
		command_fail(command, status, set_wrong(sqe, status));
	}
}

void pools_flush(struct pam_model *model, struct command *command, bool destroy)
{
	uint32_t id = command->entry->admin.id;
	enum pamc_status status =
	    destroy ? vault_pool_destroy(model->vault, id) : vault_pool_flush(model->vault, id);

	if (status != PAMC_STATUS_SUCCESS) {
		command_fail(command, status, FIELD(id));
		return;
	}
	model->untidy = true;
}
