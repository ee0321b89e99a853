// SPDX-License-Identifier: Apache-2.0
/*
 * The management core: runs the firmware when something waits at its mailbox, and is the
 * platform that it runs on.
 */
#include "card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* Of the firmware, at one go: more than any one thing that waits takes of it. What needs
 * the queues to go on meanwhile comes again in the next run. */
#define MOST_STEPS 256u
/* A cycle of this card is a nanosecond; its hardware, of which there is none, has no clock. */
#define CYCLES_PER_US 1000u
/* Kelvin: 40 degrees, until a test says otherwise. */
#define WARM 313u

/* ---------------------------------------------------------------- the platform */

uint64_t hal_cycles(struct hal *hal)
{
	return card_now(hal->model);
}

uint32_t hal_random(struct hal *hal)
{
	return (uint32_t)card_random(hal->model);
}

/* From the system: one thing that no two runs may share is the boot epoch. */
uint64_t hal_epoch(struct hal *hal)
{
	uint64_t epoch;

	if (getrandom(&epoch, sizeof(epoch), 0) == sizeof(epoch)) {
		return epoch;
	}
	/* The next best: another one than before, of the card's seed. */
	return card_random(hal->model);
}

unsigned int hal_temperature(struct hal *hal)
{
	return hal->temperature;
}

/* What is all zero is an empty vault; INIT gives it its keys. */
unsigned int hal_clear_memory(struct hal *hal, int restart)
{
	static const struct vault_keys none;

	(void)restart;
	vault_init(hal->model->vault, &none);
	return 100;
}

/* The host sees STATUS.FATAL, and may reset the card: as with a real one. */
void hal_panic(struct hal *hal, const char *what)
{
	(void)hal;
	(void)what;
}

/* ---------------------------------------------------------------- power */

/* ASCII, NUL-padded; the field is zero before. */
static void set_text(uint8_t *field, size_t size, const char *text)
{
	size_t length = strlen(text);

	memcpy(field, text, length < size ? length : size);
}

void management_init(struct pam_model *model, uint64_t seed)
{
	struct hal *hal = &model->hal;
	struct vault_figures figures;
	char made[sizeof(hal->platform.serial)];

	vault_read_figures(model->vault, &figures);
	snprintf(made, sizeof(made), "SIM%016llx", (unsigned long long)seed);
	hal->model = model;
	hal->platform = (struct fw_platform){
	    .hal = hal,
	    .dram_bytes = figures.dram_bytes,
	    .queue_pairs = model->config.queue_pairs,
	    .vectors = model->config.vectors,
	    .cycles_per_us = CYCLES_PER_US,
	    .patience = UINT64_MAX,
	};
	hal->temperature = WARM;
	set_text(hal->platform.serial, sizeof(hal->platform.serial),
		 model->config.serial ? model->config.serial : made);
	set_text(hal->platform.model, sizeof(hal->platform.model), "PAM card, C model");
	model->config.serial = NULL; /* the caller's, and not needed any more */
}

/* As the loader says it, who goes on trying. */
static void tell_fatal(struct hal *hal)
{
	hal_write(hal, MAILBOX_STATUS,
		  PAMC_STATUS_FATAL_MASK |
		      PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_FIRMWARE));
}

/* What the mailbox remembers begins anew with the firmware. */
void management_power_on(struct pam_model *model)
{
	struct hal *hal = &model->hal;
	size_t kept = offsetof(struct hal, busy);

	memset((uint8_t *)hal + kept, 0, sizeof(*hal) - kept);
	hal->fatal = !boot_flash_load(hal);
	if (hal->flash) {
		flash_power_cycle(model);
	}
	fw_power_on(&hal->fw, &hal->platform);
	if (hal->fatal) {
		tell_fatal(hal);
	}
}

/* Another image is another build of the same sources here: it goes on with what there is. */
static void restart(struct hal *hal)
{
	hal->restart = false;
	boot_flash_load(hal);
	fw_restart(&hal->fw, &hal->platform);
}

void management_power_loss(struct pam_model *model)
{
	model->hal.platform.power_cycles++;
	model->hal.platform.unsafe_shutdowns += !model->hal.fw.stopped;
}

/* ---------------------------------------------------------------- running it */

void management_serve(struct pam_model *model)
{
	struct fw *fw = &model->hal.fw;
	unsigned int steps = 0;

	if (model->hal.fatal) {
		return;
	}
	do {
		fw_step(fw);
		if (model->hal.restart) {
			restart(&model->hal);
		}
	} while (++steps < MOST_STEPS && (mailbox_events(model) || fw_due(fw)));
	model->hal.busy = fw_busy(fw);
}

void management_reset(struct pam_model *model)
{
	struct fw *fw = &model->hal.fw;

	if (model->hal.fatal) {
		regs_reset(model);
		tell_fatal(&model->hal);
		return;
	}
	model->hal.flr = true;
	while (model->hal.flr || fw->state != FW_RUNNING) {
		fw_step(fw);
		if (model->hal.restart) {
			restart(&model->hal);
		}
	}
	model->hal.busy = fw_busy(fw);
}

bool management_background(struct pam_model *model)
{
	struct fw *fw = &model->hal.fw;

	if (model->hal.fatal) {
		return false;
	}
	/* Long work, a step of it; what flash is to have is the firmware's to find out. */
	if (model->hal.busy || model->hal.flash) {
		fw_step(fw);
		if (model->hal.restart) {
			restart(&model->hal);
		}
		model->hal.busy = fw_busy(fw);
	}
	/* Free space is looked at only for hosts that want to be told of it. */
	if (model->untidy || fw->pressure) {
		model->untidy = fw_background(fw);
		model->hal.busy = fw_busy(fw);
	}
	return model->untidy || model->hal.busy;
}

void pam_model_set_temperature(struct pam_model *model, unsigned int kelvin)
{
	model->hal.temperature = kelvin;
	model->untidy = true; /* the firmware looks at it */
}

int pam_model_log(struct pam_model *model, unsigned int log, void *data, size_t size)
{
	uint32_t length = fw_log(&model->hal.fw, log);

	if (!length) {
		return -ENOENT;
	}
	length = length < size ? length : (uint32_t)size;
	memcpy(data, model->hal.fw.page, length);
	return (int)length;
}
