// SPDX-License-Identifier: Apache-2.0
/*
 * Power: making a card, unmaking it, and losing and regaining power between.
 */
#include "card.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MIN_DRAM     (UINT64_C(1) << 20)
#define MAX_DRAM     (UINT64_C(64) << 30)
#define DEFAULT_DRAM (UINT64_C(256) << 20)
#define MIN_FLASH    (UINT64_C(16) << 20)
#define MAX_FLASH    (UINT64_C(256) << 30)

/* A seed for those who give none. */
static uint64_t entropy(void)
{
	uint64_t value = 0;

	while (getrandom(&value, sizeof(value), 0) != sizeof(value)) {
	}
	return value;
}

static void constant_registers(struct pam_model *model)
{
	uint64_t cap = PAMC_REG_CAP_RESET & ~(PAMC_CAP_QPS_MASK | PAMC_CAP_VECTORS_MASK);

	cap |= PAMC_PREP(PAMC_CAP_QPS, (uint64_t)model->config.queue_pairs);
	cap |= PAMC_PREP(PAMC_CAP_VECTORS, (uint64_t)model->config.vectors);
	if (model->config.flash_bytes)
		cap |= PAMC_CAP_FLASH_MASK | PAMC_CAP_DURABLE_MASK | PAMC_CAP_TIMEOUT_MASK;
	reg_set(model, PAMC_REG_MAGIC, UINT32_MAX, PAMC_REG_MAGIC_RESET);
	reg_set(model, PAMC_REG_VERSION, UINT32_MAX, PAMC_REG_VERSION_RESET);
	reg_set(model, PAMC_REG_CAP, UINT64_MAX, cap);
}

/* An empty vault as the config wants it; the firmware gives it its keys. 0 or negative errno. */
static int make_vault(struct pam_model *model)
{
	int error = vault_create(model->config.dram_bytes, 0, &model->vault);

	if (error == 0 && model->config.lz4 == PAM_MODEL_LZ4_CARD) {
		error = vault_use_card_lz4(model->vault);
	}
	return error;
}

void pam_model_reset(struct pam_model *model)
{
	management_reset(model);
}

void pam_model_power_cycle(struct pam_model *model)
{
	management_power_loss(model);
	management_reset(model);
	memset(&model->counters, 0, sizeof(model->counters));
	memset(model->latency, 0, sizeof(model->latency));
	memset(model->pools, 0, sizeof(model->pools));
	vault_clear_totals(model->vault);
	management_power_on(model);
}

void pam_model_config_init(struct pam_model_config *config)
{
	*config = (struct pam_model_config){.size = sizeof(*config)};
}

/* Takes the caller's config over, with defaults; false when a figure is out of range. */
static bool take_config(struct pam_model_config *config, const struct pam_model_config *given)
{
	size_t least = offsetof(struct pam_model_config, fault_one_in);

	pam_model_config_init(config);
	if (given) {
		if (given->size < least || given->size > sizeof(*config)) {
			return false;
		}
		memcpy(config, given, given->size);
		config->size = sizeof(*config);
	}
	config->dram_bytes = config->dram_bytes ? config->dram_bytes : DEFAULT_DRAM;
	config->queue_pairs = config->queue_pairs ? config->queue_pairs : PAMC_MAX_QP;
	config->vectors = config->vectors ? config->vectors : PAMC_MAX_VECTORS;
	return config->dram_bytes >= MIN_DRAM && config->dram_bytes <= MAX_DRAM &&
	       config->queue_pairs >= 2 && config->queue_pairs <= PAMC_MAX_QP &&
	       config->vectors <= PAMC_MAX_VECTORS &&
	       (config->flash_bytes == 0 ||
		(config->flash_bytes >= MIN_FLASH && config->flash_bytes <= MAX_FLASH)) &&
	       (config->lz4 == PAM_MODEL_LZ4_LIBRARY || config->lz4 == PAM_MODEL_LZ4_CARD);
}

static int power_on(struct pam_model *model)
{
	uint64_t seed = model->config.seed ? model->config.seed : entropy();
	int error;

	model->random = seed;
	model->held = calloc(MAX_HELD, sizeof(*model->held));
	model->heap = calloc(MAX_HELD, sizeof(*model->heap));
	model->unused = calloc(MAX_HELD, sizeof(*model->unused));
	if (!model->held || !model->heap || !model->unused) {
		return -ENOMEM;
	}
	error = make_vault(model);
	if (error) {
		return error;
	}
	for (unsigned int qid = 0; qid < PAMC_MAX_QP; qid++) {
		model->qps[qid].qid = qid;
	}
	regs_reset(model);
	constant_registers(model);
	held_init(model);
	if (!model->config.no_boot_flash) {
		error = boot_flash_open(&model->hal, model->config.boot_flash);
		if (error) {
			return error;
		}
	}
	model->config.boot_flash = NULL; /* the caller's, as is serial */
	management_init(model, seed);
	if (model->config.flash_bytes) {
		error = flash_create(model, seed);
		if (error) {
			return error;
		}
	}
	management_power_on(model);
	return 0;
}

int pam_model_create(const struct pam_model_config *config, const struct pam_model_host *host,
		     struct pam_model **model)
{
	struct pam_model_config taken;
	struct pam_model *made;
	int error;

	if (!take_config(&taken, config) || !host || !host->dma_read || !host->dma_write ||
	    !host->irq || !host->now_ns) {
		return -EINVAL;
	}
	made = aligned_alloc(64, (sizeof(*made) + 63) / 64 * 64);
	if (!made) {
		return -ENOMEM;
	}
	memset(made, 0, sizeof(*made));
	made->config = taken;
	made->host = *host;
	error = power_on(made);
	if (error) {
		pam_model_destroy(made);
		return error;
	}
	*model = made;
	return 0;
}

void pam_model_destroy(struct pam_model *model)
{
	if (!model) {
		return;
	}
	flash_destroy(model);
	if (model->vault) {
		vault_destroy(model->vault);
	}
	boot_flash_close(&model->hal);
	free(model->held);
	free(model->heap);
	free(model->unused);
	free(model);
}
