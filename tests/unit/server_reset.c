// SPDX-License-Identifier: Apache-2.0
/*
 * A function-level reset of a card that takes its time (sim/server/device.c): the client gets
 * its answer all the same, and until the reset is over the card is not there, as configuration
 * space says; nothing that is written meanwhile reaches it.
 */
#include <linux/pci_regs.h>
#include <pthread.h>
#include <string.h>

#include "device.h"
#include "pamc_if.h"
#include "tap.h"

/* A card that counts what reaches it, and whose resets end when they are let. */
static struct {
	struct card card;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool held; /* resets do not end */
	unsigned int begun, ended, writes;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static uint64_t fake_read(struct card *card, unsigned int bar, uint64_t offset, unsigned int len)
{
	(void)card;
	(void)bar;
	(void)offset;
	(void)len;
	return 0x1234;
}

static void fake_write(struct card *card, unsigned int bar, uint64_t offset, const void *data,
		       unsigned int len)
{
	(void)card;
	(void)bar;
	(void)offset;
	(void)data;
	(void)len;
	fake.writes++;
}

static bool fake_run(struct card *card, unsigned int budget)
{
	(void)card;
	(void)budget;
	return false;
}

static uint64_t fake_deadline(struct card *card)
{
	(void)card;
	return UINT64_MAX;
}

static void fake_reset(struct card *card)
{
	(void)card;
	pthread_mutex_lock(&fake.lock);
	fake.begun++;
	while (fake.held) {
		pthread_cond_wait(&fake.changed, &fake.lock);
	}
	fake.ended++;
	pthread_mutex_unlock(&fake.lock);
}

static void fake_destroy(struct card *card)
{
	(void)card;
}

static const struct card_ops ops = {
    .reg_read = fake_read,
    .reg_write = fake_write,
    .run = fake_run,
    .next_deadline = fake_deadline,
    .reset = fake_reset,
    .power_cycle = fake_reset,
    .destroy = fake_destroy,
};

static int fake_create(const struct card_config *config, const struct card_host *host,
		       struct card **card)
{
	(void)config;
	(void)host;
	fake.card.ops = &ops;
	*card = &fake.card;
	return 0;
}

static void hold(bool held)
{
	pthread_mutex_lock(&fake.lock);
	fake.held = held;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.lock);
}

static struct device *device;

static bool open_device(void)
{
	static const struct card_kind kind = {"fake", fake_create, NULL};
	const struct card_config config = {.vectors = 4};

	fake.begun = fake.ended = fake.writes = 0;
	fake.held = false;
	return device_create(&kind, &config, &device) == 0;
}

static uint32_t config_read(unsigned int at)
{
	uint32_t value = 0;

	device_config_read(device, at, &value, sizeof(value));
	return value;
}

static uint32_t bar_read(void)
{
	uint32_t value = 0;

	device_bar_read(device, PAMC_BAR_REGS, PAMC_REG_STATUS, &value, sizeof(value));
	return value;
}

/* Where the capability is whose number this is; 0: nowhere. */
static unsigned int capability(unsigned int number)
{
	unsigned int at = config_read(PCI_CAPABILITY_LIST) & 0xff;

	while (at && (config_read(at) & 0xff) != number) {
		at = config_read(at) >> 8 & 0xff;
	}
	return at;
}

static void ask_for_flr(void)
{
	uint16_t control = PCI_EXP_DEVCTL_BCR_FLR;

	device_config_write(device, capability(PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL, &control,
			    sizeof(control));
}

static void write_bar(void)
{
	uint32_t value = 1;

	device_bar_write(device, PAMC_BAR_REGS, PAMC_REG_SCRATCH, &value, sizeof(value));
}

TAP_CASE(quick)
{
	uint16_t master = PCI_COMMAND_MASTER;
	uint32_t id;

	TAP_CHECK(open_device(), "no device");
	id = config_read(PCI_VENDOR_ID);
	device_config_write(device, PCI_COMMAND, &master, sizeof(master));
	ask_for_flr();
	TAP_EQUAL(fake.ended, 1);
	TAP_EQUAL(config_read(PCI_VENDOR_ID), id);
	TAP_EQUAL(config_read(PCI_COMMAND) & PCI_COMMAND_MASTER, 0);
	TAP_EQUAL(bar_read(), 0x1234);
	device_destroy(device);
	return true;
}

TAP_CASE(slow)
{
	uint16_t master = PCI_COMMAND_MASTER;
	uint32_t id;

	TAP_CHECK(open_device(), "no device");
	id = config_read(PCI_VENDOR_ID);
	hold(true);
	ask_for_flr();
	TAP_EQUAL(fake.ended, 0);
	TAP_EQUAL(config_read(PCI_VENDOR_ID), UINT32_MAX);
	TAP_EQUAL(config_read(PCI_COMMAND), UINT32_MAX);
	TAP_EQUAL(bar_read(), UINT32_MAX);
	write_bar();
	device_config_write(device, PCI_COMMAND, &master, sizeof(master));
	hold(false);
	while (config_read(PCI_COMMAND) == UINT32_MAX) {
	}
	TAP_EQUAL(fake.ended, 1);
	TAP_EQUAL(fake.writes, 0);
	TAP_EQUAL(config_read(PCI_VENDOR_ID), id);
	TAP_EQUAL(config_read(PCI_COMMAND) & PCI_COMMAND_MASTER, 0);
	TAP_EQUAL(bar_read(), 0x1234);
	write_bar();
	TAP_EQUAL(fake.writes, 1);
	device_destroy(device);
	return true;
}

static void *let_go(void *arg)
{
	const struct timespec soon = {.tv_nsec = 100000000};

	(void)arg;
	nanosleep(&soon, NULL);
	hold(false);
	return NULL;
}

/* Another reset, and another client, wait for the one that is under way. */
TAP_CASE(behind)
{
	const struct dma_peer nobody = {.max_bytes = 4096};
	pthread_t thread;

	TAP_CHECK(open_device(), "no device");
	hold(true);
	ask_for_flr();
	pthread_create(&thread, NULL, let_go, NULL);
	device_client_arrived(device, &nobody);
	TAP_EQUAL(fake.ended, 1);
	TAP_CHECK(config_read(PCI_VENDOR_ID) != UINT32_MAX, "the new client finds no card");
	pthread_join(thread, NULL);
	hold(true);
	ask_for_flr();
	pthread_create(&thread, NULL, let_go, NULL);
	device_reset(device);
	TAP_EQUAL(fake.ended, 3);
	pthread_join(thread, NULL);
	device_destroy(device);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "a reset that is over at once", quick);
	tap_run(&tap, "one that takes longer than a client waits", slow);
	tap_run(&tap, "what comes meanwhile", behind);
	return tap_done(&tap);
}
