// SPDX-License-Identifier: Apache-2.0
/*
 * Host memory as the card reaches it. Every access of the model goes through here,
 * so that none is uncounted and injected faults hit all that they are meant to hit:
 * pages, lists and admin data. Rings are spared, because one fault there stops a
 * whole queue pair, and a rate could then not be a rate of failing commands.
 */
#include "card.h"

static bool read_host(struct pam_model *model, uint64_t addr, void *buf, size_t len)
{
	if (model->host.dma_read(model->host.ctx, addr, buf, len) != 0) {
		model->counters.dma_faults++;
		return false;
	}
	model->counters.read_lines += (len + 63) / 64;
	return true;
}

static bool write_host(struct pam_model *model, uint64_t addr, const void *buf, size_t len)
{
	if (model->host.dma_write(model->host.ctx, addr, buf, len) != 0) {
		model->counters.dma_faults++;
		return false;
	}
	model->counters.write_dwords += (len + 3) / 4;
	return true;
}

/* Fails the command if a fault is due. */
static bool faulted(struct pam_model *model)
{
	if (!card_fault(model, PAM_MODEL_FAULT_DMA)) {
		return false;
	}
	model->counters.dma_faults++;
	return true;
}

static bool outcome(struct command *command, bool good, uint64_t addr)
{
	if (!good) {
		command_fail(command, PAMC_STATUS_DMA_FAULT, offsetof(struct pamc_sqe, addr));
		command->fault_addr = addr;
	}
	return good;
}

bool dma_read(struct pam_model *model, struct command *command, uint64_t addr, void *buf,
	      size_t len)
{
	return outcome(command, !faulted(model) && read_host(model, addr, buf, len), addr);
}

bool dma_write(struct pam_model *model, struct command *command, uint64_t addr, const void *buf,
	       size_t len)
{
	return outcome(command, !faulted(model) && write_host(model, addr, buf, len), addr);
}

void *dma_place(struct pam_model *model, uint64_t addr, size_t len)
{
	return model->host.dma_place ? model->host.dma_place(model->host.ctx, addr, len) : NULL;
}

bool dma_placed(struct pam_model *model, struct command *command, uint64_t addr, size_t len)
{
	bool good = !faulted(model);

	model->counters.write_dwords += good ? (len + 3) / 4 : 0;
	return outcome(command, good, addr);
}

bool dma_read_ring(struct pam_model *model, uint64_t addr, void *buf, size_t len)
{
	return read_host(model, addr, buf, len);
}

bool dma_write_ring(struct pam_model *model, uint64_t addr, const void *buf, size_t len)
{
	return write_host(model, addr, buf, len);
}
