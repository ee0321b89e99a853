// SPDX-License-Identifier: Apache-2.0
/*
 * A card from open to close: finding the transport, enabling the controller with
 * its timeouts, and resetting it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"

static const struct transport_ops *const transports[] = {&transport_model, &transport_vfio_user};

#define TRANSPORTS (sizeof(transports) / sizeof(transports[0]))

/* Where a sentence about a failure goes. */
struct report {
	char *text;
	size_t size;
};

static int fail(struct report report, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct report report, int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (report.size)
		vsnprintf(report.text, report.size, format, arguments);
	va_end(arguments);
	return status;
}

int device_state(const struct pamdev *dev)
{
	int state = atomic_load_explicit(&dev->transport->state, memory_order_relaxed);

	return state ? state : atomic_load_explicit(&dev->disabled, memory_order_relaxed);
}

static int read_register(struct pamdev *dev, uint64_t offset, unsigned int len, uint64_t *value)
{
	return dev->transport->ops->read(dev->transport, PAMC_BAR_REGS, offset, len, value);
}

/*
 * Sets CTRL and waits until STATUS.READY follows. The card says itself how long
 * that may take; the device's own timeout does not apply.
 */
static int set_enable(struct pamdev *dev, bool enable, uint64_t *card_status)
{
	uint64_t deadline = now_ns() + PAMC_GET(PAMC_CAP_TIMEOUT, dev->cap) * 500 * NS_PER_MS;
	struct transport *t = dev->transport;
	const struct timespec pause = {0, 200 * NS_PER_US};
	uint32_t control = PAMC_PREP(PAMC_CTRL_EN, enable);
	int status = t->ops->write(t, PAMC_BAR_REGS, PAMC_REG_CTRL, &control, sizeof(control));

	while (status == 0) {
		bool late = now_ns() >= deadline;

		if (t->ops->drive)
			t->ops->drive(t);
		status = read_register(dev, PAMC_REG_STATUS, 4, card_status);
		if (status != 0)
			break;
		if (*card_status == UINT32_MAX)
			return -ENODEV;
		if (PAMC_GET(PAMC_STATUS_READY, *card_status) == enable)
			return 0;
		if (enable && PAMC_GET(PAMC_STATUS_FATAL, *card_status))
			return -EIO;
		if (late)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return status;
}

void device_disable(struct pamdev *dev)
{
	struct transport *t = dev->transport;
	uint64_t card_status;

	atomic_store(&dev->disabled, -EIO);
	/* Without an answer only the end of the connection keeps its hands off our memory. */
	if (set_enable(dev, false, &card_status) != 0 && t->ops->sever)
		t->ops->sever(t);
}

/* Is it a card, and one that we can talk to? */
static int probe(struct pamdev *dev, struct report report)
{
	uint32_t proof = 0x50414d21;
	uint64_t value;
	int status;

	status = read_register(dev, PAMC_REG_MAGIC, 4, &value);
	if (status != 0)
		return fail(report, status, "no answer from the card: %s", pamdev_strerror(status));
	if (value != PAMC_MAGIC)
		return fail(report, -ENODEV, "this is not a PAM card (MAGIC reads 0x%llx)",
			    (unsigned long long)value);
	status = read_register(dev, PAMC_REG_VERSION, 4, &value);
	if (status == 0 && PAMC_GET(PAMC_VERSION_MAJOR, value) != PAMC_VERSION_MAJOR)
		return fail(
		    report, -EOPNOTSUPP,
		    "the card speaks version %llu.%llu of the interface, this library %u.%u",
		    (unsigned long long)PAMC_GET(PAMC_VERSION_MAJOR, value),
		    (unsigned long long)PAMC_GET(PAMC_VERSION_MINOR, value), PAMC_VERSION_MAJOR,
		    PAMC_VERSION_MINOR);
	if (status == 0)
		status = read_register(dev, PAMC_REG_CAP, 8, &dev->cap);
	if (status == 0)
		status = dev->transport->ops->write(dev->transport, PAMC_BAR_REGS, PAMC_REG_SCRATCH,
						    &proof, sizeof(proof));
	if (status == 0)
		status = read_register(dev, PAMC_REG_SCRATCH, 4, &value);
	if (status == 0 && value != proof)
		status = -EIO;
	if (status != 0)
		return fail(report, status, "the card's registers do not work: %s",
			    pamdev_strerror(status));
	return 0;
}

/* Controller reset, then up again with an empty admin queue. The admin lock is held. */
static int enable(struct pamdev *dev, struct report report)
{
	struct transport *t = dev->transport;
	uint64_t card_status = 0;
	uint64_t epoch;
	int status = 0;

	if (t->ops->prepare)
		status = t->ops->prepare(t);
	if (status == 0)
		status = set_enable(dev, false, &card_status);
	if (status != 0)
		return fail(report, status, "the card does not finish its reset: %s",
			    pamdev_strerror(status));
	status = admin_start(dev);
	if (status == 0)
		status = set_enable(dev, true, &card_status);
	if (status == 0)
		status = read_register(dev, PAMC_REG_BOOT_EPOCH, 8, &epoch);
	if (status != 0)
		return fail(report, status, "the card does not get ready: %s (cause %llu)",
			    pamdev_strerror(status),
			    (unsigned long long)PAMC_GET(PAMC_STATUS_CAUSE, card_status));
	atomic_store(&dev->epoch, epoch);
	atomic_store(&dev->disabled, 0);
	pthread_mutex_lock(&dev->qid_lock);
	dev->qids = 1;
	atomic_fetch_add(&dev->generation, 1);
	pthread_mutex_unlock(&dev->qid_lock);
	return 0;
}

static int start(struct pamdev *dev, struct report report)
{
	int status = probe(dev, report);

	if (status != 0)
		return status;
	dev->admin_rings = memory_alloc(dev, ring_bytes(1u << ADMIN_SHIFT));
	dev->admin_data = memory_alloc(dev, PAMC_MAX_ADMIN_DATA);
	if (!dev->admin_rings || !dev->admin_data)
		return fail(report, -ENOMEM, "no memory for the admin queue");
	return enable(dev, report);
}

static struct pamdev *device_alloc(const char *uri, unsigned int timeout_ms)
{
	struct pamdev *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return NULL;
	dev->uri = strdup(uri);
	if (!dev->uri) {
		free(dev);
		return NULL;
	}
	dev->timeout_ns = timeout_ms * NS_PER_MS;
	pthread_mutex_init(&dev->admin_lock, NULL);
	pthread_mutex_init(&dev->qid_lock, NULL);
	pthread_mutex_init(&dev->region_lock, NULL);
	for (unsigned int i = 0; i < SYNC_QUEUES; i++)
		pthread_mutex_init(&dev->sync[i].lock, NULL);
	return dev;
}

static void device_free(struct pamdev *dev)
{
	memory_free_all(dev);
	dev->transport->ops->close(dev->transport);
	pthread_mutex_destroy(&dev->admin_lock);
	pthread_mutex_destroy(&dev->qid_lock);
	pthread_mutex_destroy(&dev->region_lock);
	for (unsigned int i = 0; i < SYNC_QUEUES; i++)
		pthread_mutex_destroy(&dev->sync[i].lock);
	free(dev->uri);
	free(dev);
}

static int find_transport(const char *uri, const struct transport_ops **ops, const char **place)
{
	for (size_t i = 0; i < TRANSPORTS; i++) {
		size_t length = strlen(transports[i]->scheme);

		if (strncmp(uri, transports[i]->scheme, length) == 0) {
			*ops = transports[i];
			*place = uri + length;
			return 0;
		}
	}
	return -EINVAL;
}

int pamdev_open(const char *uri, const struct pamdev_open_options *options, struct pamdev **dev)
{
	unsigned int timeout_ms =
	    options && options->timeout_ms ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
	struct report report = {NULL, 0};
	const struct transport_ops *ops;
	struct transport *transport;
	struct pamdev *opened;
	const char *place;
	int status;

	if (options && options->message && options->message_size) {
		report.text = options->message;
		report.size = options->message_size;
		report.text[0] = '\0';
	}
	*dev = NULL;
	if (!uri || find_transport(uri, &ops, &place) != 0)
		return fail(report, -EINVAL,
			    "'%s' names no card: want model:[OPTIONS] or vfio-user:PATH",
			    uri ? uri : "");
	opened = device_alloc(uri, timeout_ms);
	if (!opened)
		return fail(report, -ENOMEM, "no memory");
	status = ops->open(place, timeout_ms, report.text, report.size, &transport);
	if (status != 0) {
		free(opened->uri);
		free(opened);
		return status;
	}
	opened->transport = transport;
	status = start(opened, report);
	if (status != 0) {
		device_free(opened);
		return status;
	}
	*dev = opened;
	return 0;
}

void pamdev_close(struct pamdev *dev)
{
	uint64_t card_status;

	if (!dev)
		return;
	for (unsigned int i = 0; i < SYNC_QUEUES; i++)
		pamdev_queue_destroy(dev->sync[i].queue);
	if (device_state(dev) == 0)
		set_enable(dev, false, &card_status);
	device_free(dev);
}

const char *pamdev_uri(const struct pamdev *dev)
{
	return dev->uri;
}

int pamdev_state(const struct pamdev *dev)
{
	return device_state(dev);
}

int pamdev_reset(struct pamdev *dev)
{
	const struct report nowhere = {NULL, 0};
	int status = atomic_load(&dev->transport->state);

	if (status != 0)
		return status;
	pthread_mutex_lock(&dev->admin_lock);
	status = enable(dev, nowhere);
	if (status != 0)
		atomic_store(&dev->disabled, -EIO);
	pthread_mutex_unlock(&dev->admin_lock);
	return status;
}

int pamdev_simulate_fault(struct pamdev *dev, enum pamdev_fault fault, uint32_t one_in)
{
	const struct transport_ops *ops = dev->transport->ops;

	return ops->fault ? ops->fault(dev->transport, fault, one_in) : -EOPNOTSUPP;
}

int pamdev_simulate_power_cycle(struct pamdev *dev)
{
	const struct transport_ops *ops = dev->transport->ops;

	return ops->power_cycle ? ops->power_cycle(dev->transport) : -EOPNOTSUPP;
}

int pamdev_simulate_check(struct pamdev *dev, char *message, size_t size)
{
	const struct transport_ops *ops = dev->transport->ops;

	return ops->check ? ops->check(dev->transport, message, size) : -EOPNOTSUPP;
}
