/* SPDX-License-Identifier: Apache-2.0 */
/* The card as a PCIe device: see device.h. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card_thread.h"
#include "config_space.h"
#include "device.h"
#include "pamc_if.h"

/*
 * A reset waits for what is inside the card, which a slow simulation takes its time for;
 * a client does not wait for an answer that long, and gives the card up. So a function-level
 * reset that is not over by then goes on, and until it is over the card answers nothing, as
 * the specification has it (PCIe 6.6.2): reads are all ones, writes are lost. Linux waits for
 * up to 60 s until configuration space reads as something else.
 */
#define FLR_WAIT_S 2

struct device {
	struct card *card;
	struct card_thread *thread;
	pthread_mutex_t reset_lock; /* of what is about a reset */
	pthread_cond_t reset_over;
	bool resetting;
	atomic_bool silent; /* that is a function-level reset */
	void (*reset_how)(struct card *card);
	struct card_call reset_call;
	pthread_mutex_t config_lock; /* of config; taken after reset_lock */
	struct config_space config;
	struct irqs *irqs;
	struct dma *dma;
};

static int host_dma_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	return dma_read_host(((struct device *)ctx)->dma, addr, buf, len);
}

static int host_dma_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	return dma_write_host(((struct device *)ctx)->dma, addr, buf, len);
}

static void host_irq(void *ctx, unsigned int vector)
{
	irqs_raise(((struct device *)ctx)->irqs, vector);
}

static void host_wake(void *ctx)
{
	card_thread_wake(((struct device *)ctx)->thread);
}

static uint64_t host_now_ns(void *ctx)
{
	struct timespec now;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int device_create(const struct card_kind *kind, const struct card_config *config,
		  struct device **device)
{
	struct device *self = calloc(1, sizeof(*self));
	const struct card_host host = {
	    .dma_read = host_dma_read,
	    .dma_write = host_dma_write,
	    .irq = host_irq,
	    .wake = host_wake,
	    .now_ns = host_now_ns,
	    .ctx = self,
	};
	unsigned int vectors = config->vectors ? config->vectors : PAMC_MAX_VECTORS;
	pthread_condattr_t monotonic;
	int ret;

	if (!self)
		return -ENOMEM;
	pthread_mutex_init(&self->reset_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&self->reset_over, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&self->config_lock, NULL);
	config_space_init(&self->config, vectors);
	ret = irqs_create(vectors, &self->irqs);
	if (ret == 0)
		ret = dma_create(&self->dma);
	if (ret == 0)
		ret = card_thread_create(&self->thread);
	if (ret == 0)
		ret = kind->create(config, &host, &self->card);
	if (ret == 0)
		ret = card_thread_start(self->thread, self->card);
	if (ret) {
		device_destroy(self);
		return ret;
	}
	dma_hold(self->dma, DMA_HOLD_BUS_MASTER, true);
	*device = self;
	return 0;
}

void device_destroy(struct device *device)
{
	if (!device)
		return;
	if (device->dma)
		device_client_gone(device);
	card_thread_destroy(device->thread);
	if (device->card)
		device->card->ops->destroy(device->card);
	dma_destroy(device->dma);
	irqs_destroy(device->irqs);
	pthread_mutex_destroy(&device->config_lock);
	pthread_cond_destroy(&device->reset_over);
	pthread_mutex_destroy(&device->reset_lock);
	free(device);
}

uint64_t device_bar_size(unsigned int bar)
{
	switch (bar) {
	case PAMC_BAR_REGS:
		return PAMC_BAR_REGS_SIZE;
	case PAMC_BAR_DB:
		return PAMC_BAR_DB_SIZE;
	default:
		return 0;
	}
}

static bool inside(uint64_t size, uint64_t offset, size_t len)
{
	return offset <= size && len <= size - offset;
}

/* Bytes until the next multiple of size. */
static size_t until_multiple(uint64_t offset, size_t size)
{
	return size - (size_t)(offset % size);
}

/*
 * How much of an access the card takes in one step: naturally aligned powers of
 * two, as the bus delivers them, and in the push area whole slots.
 */
static unsigned int step(unsigned int bar, uint64_t offset, size_t len)
{
	const size_t slot = sizeof(struct pamc_sqe);
	size_t part = 8;

	if (bar == PAMC_BAR_DB && offset % PAMC_DB_STRIDE >= PAMC_DB_PUSH && offset % 4 == 0 &&
	    len >= 4) {
		part = until_multiple(offset, slot) < len ? until_multiple(offset, slot) : len;
		return (unsigned int)(part & ~(size_t)3);
	}
	while (part > len || offset % part)
		part /= 2;
	return (unsigned int)part;
}

/* MSI-X table and pending bits: the client keeps the table, so it reads as zero here. */
static bool is_msix(unsigned int bar, uint64_t offset)
{
	return bar == PAMC_BAR_REGS && offset >= PAMC_MSIX_TABLE;
}

static uint64_t msix_read(struct device *device, uint64_t offset)
{
	if (offset < PAMC_MSIX_PBA || offset >= PAMC_MSIX_PBA + sizeof(uint64_t))
		return 0;
	return irqs_pending(device->irqs) >> (8 * (offset - PAMC_MSIX_PBA));
}

int device_bar_read(struct device *device, unsigned int bar, uint64_t offset, void *data,
		    size_t len)
{
	uint8_t *bytes = data;

	if (!inside(device_bar_size(bar), offset, len))
		return -EINVAL;
	if (atomic_load(&device->silent)) {
		memset(data, 0xff, len);
		return 0;
	}
	while (len) {
		unsigned int part = step(PAMC_BAR_REGS, offset, len);
		uint64_t value = is_msix(bar, offset)
				     ? msix_read(device, offset)
				     : device->card->ops->reg_read(device->card, bar, offset, part);

		memcpy(bytes, &value, part);
		offset += part;
		bytes += part;
		len -= part;
	}
	return 0;
}

int device_bar_write(struct device *device, unsigned int bar, uint64_t offset, const void *data,
		     size_t len)
{
	const uint8_t *bytes = data;

	if (!inside(device_bar_size(bar), offset, len))
		return -EINVAL;
	if (atomic_load(&device->silent))
		return 0;
	while (len) {
		unsigned int part = step(bar, offset, len);

		if (!is_msix(bar, offset))
			device->card->ops->reg_write(device->card, bar, offset, bytes, part);
		offset += part;
		bytes += part;
		len -= part;
	}
	return 0;
}

int device_config_read(struct device *device, uint64_t offset, void *data, size_t len)
{
	if (!inside(CONFIG_SPACE_SIZE, offset, len))
		return -EINVAL;
	if (atomic_load(&device->silent)) {
		memset(data, 0xff, len);
		return 0;
	}
	pthread_mutex_lock(&device->config_lock);
	config_space_read(&device->config, offset, data, len);
	pthread_mutex_unlock(&device->config_lock);
	return 0;
}

/* Config lock held: what the register says and what DMA does must not part. */
static void apply_bus_master(struct device *device)
{
	dma_hold(device->dma, DMA_HOLD_BUS_MASTER, !config_space_bus_master(&device->config));
}

/* On the card thread. */
static void run_reset(struct card *card, void *arg)
{
	struct device *device = arg;

	device->reset_how(card);
	irqs_clear(device->irqs);
	pthread_mutex_lock(&device->reset_lock);
	pthread_mutex_lock(&device->config_lock);
	config_space_reset(&device->config);
	apply_bus_master(device);
	pthread_mutex_unlock(&device->config_lock);
	dma_hold(device->dma, DMA_HOLD_RESET, false);
	device->resetting = false;
	atomic_store(&device->silent, false);
	pthread_cond_broadcast(&device->reset_over);
	pthread_mutex_unlock(&device->reset_lock);
}

/* Lock held. */
static void await_reset(struct device *device)
{
	while (device->resetting)
		pthread_cond_wait(&device->reset_over, &device->reset_lock);
}

/*
 * Runs a reset on the card thread, with DMA stopped so that nothing can hold it up. Waits for so
 * many seconds for its end, or (0) until it is there.
 */
static void reset_by(struct device *device, void (*how)(struct card *card), time_t seconds)
{
	struct timespec until;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&device->reset_lock);
	await_reset(device);
	device->resetting = true;
	atomic_store(&device->silent, seconds > 0);
	device->reset_how = how;
	device->reset_call = (struct card_call){.function = run_reset, .arg = device};
	dma_hold(device->dma, DMA_HOLD_RESET, true);
	card_thread_post(device->thread, &device->reset_call);
	if (seconds == 0)
		await_reset(device);
	while (ret == 0 && device->resetting)
		ret = pthread_cond_timedwait(&device->reset_over, &device->reset_lock, &until);
	pthread_mutex_unlock(&device->reset_lock);
}

void device_reset(struct device *device)
{
	reset_by(device, device->card->ops->reset, 0);
}

void device_power_cycle(struct device *device)
{
	reset_by(device, device->card->ops->power_cycle, 0);
}

int device_config_write(struct device *device, uint64_t offset, const void *data, size_t len)
{
	bool reset;

	if (!inside(CONFIG_SPACE_SIZE, offset, len))
		return -EINVAL;
	if (atomic_load(&device->silent))
		return 0;
	pthread_mutex_lock(&device->config_lock);
	reset = config_space_write(&device->config, offset, data, len);
	apply_bus_master(device);
	pthread_mutex_unlock(&device->config_lock);
	if (reset)
		reset_by(device, device->card->ops->reset, FLR_WAIT_S);
	return 0;
}

void device_client_arrived(struct device *device, const struct dma_peer *peer)
{
	pthread_mutex_lock(&device->reset_lock);
	await_reset(device);
	pthread_mutex_unlock(&device->reset_lock);
	dma_set_peer(device->dma, peer);
	dma_hold(device->dma, DMA_HOLD_NO_CLIENT, false);
}

void device_client_gone(struct device *device)
{
	dma_hold(device->dma, DMA_HOLD_NO_CLIENT, true);
	dma_set_peer(device->dma, NULL);
	dma_unmap_all(device->dma);
	irqs_release(device->irqs);
}

struct irqs *device_irqs(struct device *device)
{
	return device->irqs;
}

struct dma *device_dma(struct device *device)
{
	return device->dma;
}

struct fault_call {
	enum card_fault fault;
	uint32_t one_in;
};

static void call_set_fault(struct card *card, void *arg)
{
	const struct fault_call *call = arg;

	card->ops->set_fault(card, call->fault, call->one_in);
}

void device_set_fault(struct device *device, enum card_fault fault, uint32_t one_in)
{
	struct fault_call call = {.fault = fault, .one_in = one_in};

	card_thread_call(device->thread, call_set_fault, &call);
}

static void call_set_temperature(struct card *card, void *arg)
{
	card->ops->set_temperature(card, *(const unsigned int *)arg);
}

bool device_set_temperature(struct device *device, unsigned int kelvin)
{
	if (!device->card->ops->set_temperature)
		return false;
	card_thread_call(device->thread, call_set_temperature, &kelvin);
	return true;
}

struct read_call {
	unsigned int page;
	void *data;
	size_t size;
	int ret;
};

static void call_log(struct card *card, void *arg)
{
	struct read_call *call = arg;

	call->ret = card->ops->log(card, call->page, call->data, call->size);
}

int device_log(struct device *device, unsigned int page, void *data, size_t size)
{
	struct read_call call = {.page = page, .data = data, .size = size};

	card_thread_call(device->thread, call_log, &call);
	return call.ret;
}

static void call_check(struct card *card, void *arg)
{
	struct read_call *call = arg;

	call->ret = card->ops->check(card, call->data, call->size);
}

int device_check(struct device *device, char *message, size_t size)
{
	struct read_call call = {.data = message, .size = size};

	card_thread_call(device->thread, call_check, &call);
	return call.ret;
}
