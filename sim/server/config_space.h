/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's PCI configuration space: a PCIe endpoint with two 64-bit BARs,
 * power management, MSI-X and advanced error reporting.  Identity and BARs come
 * from the card interface (include/pamc_if.h); all else is what the hard block
 * of an FPGA would show.
 *
 * One thread.
 */
#ifndef PAMSIM_CONFIG_SPACE_H
#define PAMSIM_CONFIG_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_SPACE_SIZE 4096u

struct config_space {
	uint8_t value[CONFIG_SPACE_SIZE];
	uint8_t initial[CONFIG_SPACE_SIZE];
	uint8_t writable[CONFIG_SPACE_SIZE]; /* bits that keep what is written */
	uint8_t clearing[CONFIG_SPACE_SIZE]; /* bits that writing 1 clears */
};

/* The state after power-on; vectors is 1 ... PAMC_MAX_VECTORS. */
void config_space_init(struct config_space *config, unsigned int vectors);

/* Back to that state, as a function-level reset does. */
void config_space_reset(struct config_space *config);

/* Any offset and length within CONFIG_SPACE_SIZE; the caller has checked that. */
void config_space_read(const struct config_space *config, size_t offset, void *data, size_t len);

/* The same. True: a function-level reset was asked for, which the caller carries out. */
bool config_space_write(struct config_space *config, size_t offset, const void *data, size_t len);

/* May the card use DMA? */
bool config_space_bus_master(const struct config_space *config);

#endif /* PAMSIM_CONFIG_SPACE_H */
