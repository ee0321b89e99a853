/* SPDX-License-Identifier: Apache-2.0 */
/* The C model (sim/model) behind card.h. Nothing else in pamsim knows it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "card.h"
#include "pam_model.h"

struct card_model {
	struct card card;
	struct pam_model *model;
};

static const enum pam_model_fault model_faults[CARD_FAULT_COUNT] = {
    [CARD_FAULT_DMA] = PAM_MODEL_FAULT_DMA,           [CARD_FAULT_IRQ] = PAM_MODEL_FAULT_IRQ,
    [CARD_FAULT_REFUSE] = PAM_MODEL_FAULT_REFUSE,     [CARD_FAULT_DELAY] = PAM_MODEL_FAULT_DELAY,
    [CARD_FAULT_BIT_FLIP] = PAM_MODEL_FAULT_BIT_FLIP,
};

static struct pam_model *model_of(struct card *card)
{
	return ((struct card_model *)card)->model;
}

static uint64_t card_model_reg_read(struct card *card, unsigned int bar, uint64_t offset,
				    unsigned int len)
{
	return pam_model_reg_read(model_of(card), bar, offset, len);
}

static void card_model_reg_write(struct card *card, unsigned int bar, uint64_t offset,
				 const void *data, unsigned int len)
{
	pam_model_reg_write(model_of(card), bar, offset, data, len);
}

static bool card_model_run(struct card *card, unsigned int budget)
{
	return pam_model_run(model_of(card), budget);
}

static uint64_t card_model_next_deadline(struct card *card)
{
	return pam_model_next_deadline(model_of(card));
}

static void card_model_reset(struct card *card)
{
	pam_model_reset(model_of(card));
}

static void card_model_power_cycle(struct card *card)
{
	pam_model_power_cycle(model_of(card));
}

static void card_model_set_temperature(struct card *card, unsigned int kelvin)
{
	pam_model_set_temperature(model_of(card), kelvin);
}

static void card_model_set_fault(struct card *card, enum card_fault fault, uint32_t one_in)
{
	pam_model_set_fault(model_of(card), model_faults[fault], one_in);
}

static int card_model_log(struct card *card, unsigned int page, void *data, size_t size)
{
	return pam_model_log(model_of(card), page, data, size);
}

static int card_model_check(struct card *card, char *message, size_t size)
{
	return pam_model_check(model_of(card), message, size);
}

static void card_model_destroy(struct card *card)
{
	pam_model_destroy(model_of(card));
	free(card);
}

static const struct card_ops card_model_ops = {
    .reg_read = card_model_reg_read,
    .reg_write = card_model_reg_write,
    .run = card_model_run,
    .next_deadline = card_model_next_deadline,
    .reset = card_model_reset,
    .power_cycle = card_model_power_cycle,
    .set_fault = card_model_set_fault,
    .set_temperature = card_model_set_temperature,
    .log = card_model_log,
    .check = card_model_check,
    .destroy = card_model_destroy,
};

int card_model_check_config(const struct card_config *config, char *error, size_t size)
{
	if (!config->rtl_figures && !config->waves_path)
		return 0;
	snprintf(error, size, "%s is for --card=rtl alone",
		 config->rtl_figures ? "--rtl" : "--waves");
	return -EINVAL;
}

int card_model_create(const struct card_config *config, const struct card_host *host,
		      struct card **card)
{
	const struct pam_model_host model_host = {
	    .dma_read = host->dma_read,
	    .dma_write = host->dma_write,
	    .irq = host->irq,
	    .wake = host->wake,
	    .now_ns = host->now_ns,
	    .ctx = host->ctx,
	};
	struct pam_model_config model_config;
	struct card_model *self;
	int ret;

	pam_model_config_init(&model_config);
	model_config.dram_bytes = config->dram_bytes;
	model_config.flash_bytes = config->flash_bytes;
	model_config.queue_pairs = config->queue_pairs;
	model_config.vectors = config->vectors;
	model_config.seed = config->seed;
	model_config.put_latency_ns = config->put_latency_ns;
	model_config.get_latency_ns = config->get_latency_ns;
	model_config.delay_ns = config->delay_ns;
	for (unsigned int i = 0; i < CARD_FAULT_COUNT; i++)
		model_config.fault_one_in[model_faults[i]] = config->fault_one_in[i];
	model_config.trace = config->trace;
	model_config.trace_ctx = config->trace_ctx;
	model_config.boot_flash = config->boot_flash;
	model_config.lz4 = config->lz4_as_hardware ? PAM_MODEL_LZ4_CARD : PAM_MODEL_LZ4_LIBRARY;

	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->card.ops = &card_model_ops;
	ret = pam_model_create(&model_config, &model_host, &self->model);
	if (ret) {
		free(self);
		return ret;
	}
	*card = &self->card;
	return 0;
}
