/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card as a PCIe device: configuration space, BARs, interrupts and DMA around
 * a card (card.h) and its thread.  The transport above it (session.c) turns
 * messages into these calls; nothing here knows what a message is.
 *
 * Threads: the thread at the socket may call everything but what is marked slow,
 * and never waits for the client or for a command of the card.  Another thread may
 * call device_power_cycle and what is marked slow.
 */
#ifndef PAMSIM_DEVICE_H
#define PAMSIM_DEVICE_H

#include "card.h"
#include "dma.h"
#include "irqs.h"

struct device;

#define DEVICE_BARS        6u
#define DEVICE_CONFIG_SIZE 4096u

/*
 * Powers the card on; config->vectors is taken as PAMC_MAX_VECTORS when 0.
 * 0 or a negative errno: -EINVAL for figures the card refuses.
 */
int device_create(const struct card_kind *kind, const struct card_config *config,
		  struct device **device);
void device_destroy(struct device *device);

/* Bytes of a BAR; 0: it does not exist. The upper half of a 64-bit BAR does not. */
uint64_t device_bar_size(unsigned int bar);

/* Any offset and length inside the BAR or configuration space: 0, else -EINVAL. */
int device_bar_read(struct device *device, unsigned int bar, uint64_t offset, void *data,
		    size_t len);
int device_bar_write(struct device *device, unsigned int bar, uint64_t offset, const void *data,
		     size_t len);
int device_config_read(struct device *device, uint64_t offset, void *data, size_t len);
/* A function-level reset that takes longer than 2 s goes on when it returns: until it is over,
 * everything reads as all ones, and writes are lost. */
int device_config_write(struct device *device, uint64_t offset, const void *data, size_t len);

/* Function-level or bus reset: complete when it returns. Pools stay. */
void device_reset(struct device *device);
/* Power loss and return: complete when it returns. Pools are lost. */
void device_power_cycle(struct device *device);

/* A client is there (DMA may begin), or is gone: its memory and eventfds are released. */
void device_client_arrived(struct device *device, const struct dma_peer *peer);
void device_client_gone(struct device *device);

/* For SET_IRQS, DMA_MAP and the like, and for counters. */
struct irqs *device_irqs(struct device *device);
struct dma *device_dma(struct device *device);

/*
 * Slow: as card_ops.set_fault, log and check, on the card thread, and so perhaps
 * after waiting for a client that has not shared its memory.
 */
void device_set_fault(struct device *device, enum card_fault fault, uint32_t one_in);
/* False: the card has no sensor. */
bool device_set_temperature(struct device *device, unsigned int kelvin);
int device_log(struct device *device, unsigned int page, void *data, size_t size);
int device_check(struct device *device, char *message, size_t size);

#endif /* PAMSIM_DEVICE_H */
