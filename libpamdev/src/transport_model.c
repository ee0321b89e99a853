// SPDX-License-Identifier: Apache-2.0
/*
 * model: a whole card inside the process, the C model of sim/model. There is no
 * thread behind it: the card runs when someone waits for it, on the waiting
 * thread. So one core does all the work without a single switch, which is what a
 * program that just wants compressed pages needs.
 */
#include <cpuid.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "device.h"
#include "pam_model.h"

/* Commands between two looks at what has completed: their pages fit the L2 cache. */
#define BUDGET      32u
#define SERIAL_SIZE 24u

/*
 * The card asks for the time with every command. The processor's counter costs a
 * third of the system call's vDSO; it is compared with the clock now and then.
 */
struct fast_clock {
	bool usable;       /* the counter runs evenly on this machine */
	uint64_t ticks;    /* of the counter, at the last comparison */
	uint64_t ns;       /* of the clock, then */
	uint64_t per_tick; /* ns in a tick, times 2^32; 0: not known yet */
	uint64_t last;     /* time told last: it never goes back */
};

struct model_transport {
	struct transport base;
	struct pam_model *model;
	struct fast_clock clock; /* the card thread's */
	/* Whoever holds it is the card thread. Never waited for. */
	atomic_flag running;
};

/* ---- what the card needs of its host ---- */

/* Bus addresses are our own; only this library makes them. */
static int host_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, (const void *)(uintptr_t)addr, len);
	return 0;
}

static int host_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	char *to = (char *)(uintptr_t)addr;

	(void)ctx;
	if (len == sizeof(struct pamc_cqe)) {
		/* Another thread may be polling: its last word makes an entry valid. */
		uint64_t last;

		memcpy(to, buf, 8);
		memcpy(&last, (const char *)buf + 8, 8);
		__atomic_store_n((uint64_t *)(void *)(to + 8), last, __ATOMIC_RELEASE);
		return 0;
	}
	memcpy(to, buf, len);
	return 0;
}

static void *host_place(void *ctx, uint64_t addr, size_t len)
{
	(void)ctx;
	(void)len;
	return (void *)(uintptr_t)addr;
}

/* Nobody sleeps for it: whoever waits runs the card. */
static void host_irq(void *ctx, unsigned int vector)
{
	(void)ctx;
	(void)vector;
}

/* Ticks after which counter and clock are compared again: some milliseconds. */
#define COMPARE_TICKS (1ull << 24)

static void clock_init(struct fast_clock *clock)
{
	unsigned int a, b, c, d;

	clock->ticks = __rdtsc();
	clock->ns = now_ns();
	/* Bit 8: the same rate in all states of power. */
	clock->usable = __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8);
}

static uint64_t clock_compare(struct fast_clock *clock, uint64_t ticks)
{
	uint64_t ns = now_ns();

	/* Also after a sleep of hours: the quotient of two large numbers is as good. */
	if (ticks - clock->ticks >= COMPARE_TICKS) {
		clock->per_tick = (uint64_t)(((unsigned __int128)(ns - clock->ns) << 32) /
					     (ticks - clock->ticks));
		clock->ticks = ticks;
		clock->ns = ns;
	}
	return ns;
}

static uint64_t host_now(void *ctx)
{
	struct fast_clock *clock = &((struct model_transport *)ctx)->clock;
	uint64_t ticks;
	uint64_t ns;

	if (!clock->usable)
		return now_ns();
	ticks = __rdtsc();
	if (!clock->per_tick || ticks - clock->ticks >= COMPARE_TICKS)
		ns = clock_compare(clock, ticks);
	else
		ns = clock->ns + ((ticks - clock->ticks) * clock->per_tick >> 32);
	if (ns > clock->last)
		clock->last = ns;
	return clock->last;
}

/* ---- the URI's options ---- */

struct model_uri {
	struct pam_model_config config;
	char serial[SERIAL_SIZE];
	char boot_flash[PATH_MAX];
};

/* A number with an optional K, M or G. */
static int parse_number(const char *text, uint64_t *value)
{
	unsigned int shift = 0;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno != 0)
		return -EINVAL;
	switch (*end) {
	case 'G':
	case 'g':
		shift += 10;
		/* fallthrough */
	case 'M':
	case 'm':
		shift += 10;
		/* fallthrough */
	case 'K':
	case 'k':
		shift += 10;
		end++;
	}
	if (*end || *value > UINT64_MAX >> shift)
		return -EINVAL;
	*value <<= shift;
	return 0;
}

static int set_lz4(struct pam_model_config *config, const char *value)
{
	if (strcmp(value, "liblz4") == 0)
		config->lz4 = PAM_MODEL_LZ4_LIBRARY;
	else if (strcmp(value, "card") == 0)
		config->lz4 = PAM_MODEL_LZ4_CARD;
	else
		return -EINVAL;
	return 0;
}

static int set_option(struct model_uri *uri, const char *name, const char *value)
{
	struct pam_model_config *c = &uri->config;
	const struct {
		const char *name;
		void *field;
		size_t size;
	} numbers[] = {
	    {"dram", &c->dram_bytes, sizeof(c->dram_bytes)},
	    {"flash", &c->flash_bytes, sizeof(c->flash_bytes)},
	    {"seed", &c->seed, sizeof(c->seed)},
	    {"queues", &c->queue_pairs, sizeof(c->queue_pairs)},
	    {"vectors", &c->vectors, sizeof(c->vectors)},
	    {"put_latency", &c->put_latency_ns, sizeof(c->put_latency_ns)},
	    {"get_latency", &c->get_latency_ns, sizeof(c->get_latency_ns)},
	    {"delay", &c->delay_ns, sizeof(c->delay_ns)},
	    {"fault_dma", &c->fault_one_in[PAM_MODEL_FAULT_DMA], 4},
	    {"fault_irq", &c->fault_one_in[PAM_MODEL_FAULT_IRQ], 4},
	    {"fault_refuse", &c->fault_one_in[PAM_MODEL_FAULT_REFUSE], 4},
	    {"fault_delay", &c->fault_one_in[PAM_MODEL_FAULT_DELAY], 4},
	    {"fault_flip", &c->fault_one_in[PAM_MODEL_FAULT_BIT_FLIP], 4},
	};
	uint64_t number;

	if (strcmp(name, "serial") == 0) {
		if (strlen(value) >= SERIAL_SIZE)
			return -EINVAL;
		strcpy(uri->serial, value);
		c->serial = uri->serial;
		return 0;
	}
	if (strcmp(name, "boot_flash") == 0) {
		if (!*value || strlen(value) >= sizeof(uri->boot_flash))
			return -EINVAL;
		strcpy(uri->boot_flash, value);
		c->boot_flash = uri->boot_flash;
		return 0;
	}
	if (strcmp(name, "lz4") == 0)
		return set_lz4(c, value);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		if (parse_number(value, &number) != 0 ||
		    (numbers[i].size == 4 && number > UINT32_MAX))
			return -EINVAL;
		memcpy(numbers[i].field, &number, numbers[i].size);
		return 0;
	}
	return -ENOENT;
}

static int parse(const char *place, struct model_uri *uri, char *message, size_t size)
{
	char *copy = strdup(place);
	char *rest = copy;
	char *option;
	int status = 0;

	if (!copy)
		return -ENOMEM;
	while (status == 0 && (option = strsep(&rest, ",")) != NULL) {
		char *value = strchr(option, '=');

		if (!*option)
			continue;
		if (value)
			*value++ = '\0';
		status = set_option(uri, option, value ? value : "");
		if (status == -EINVAL)
			snprintf(message, size, "model: option %s: '%s' is not a value for it%s",
				 option, value ? value : "",
				 strcmp(option, "lz4") == 0 ? "; want liblz4 or card" : "");
		else if (status == -ENOENT)
			snprintf(
			    message, size,
			    "model: no option '%s'; there are dram, flash, seed, queues, vectors, "
			    "serial, put_latency, get_latency, delay, fault_dma, fault_irq, "
			    "fault_refuse, fault_delay, fault_flip, lz4, boot_flash",
			    option);
	}
	free(copy);
	return status ? -EINVAL : 0;
}

/* ---- the transport ---- */

static struct model_transport *own(struct transport *transport)
{
	return (struct model_transport *)transport;
}

static int model_open(const char *place, unsigned int timeout_ms, char *message, size_t size,
		      struct transport **transport)
{
	struct pam_model_host host = {
	    .dma_read = host_read,
	    .dma_write = host_write,
	    .dma_place = host_place,
	    .irq = host_irq,
	    .now_ns = host_now,
	};
	struct model_transport *t;
	struct model_uri uri;
	int status;

	(void)timeout_ms;
	memset(&uri, 0, sizeof(uri));
	pam_model_config_init(&uri.config);
	status = parse(place, &uri, message, size);
	if (status != 0)
		return status;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	clock_init(&t->clock);
	host.ctx = t;
	status = pam_model_create(&uri.config, &host, &t->model);
	if (status != 0) {
		if (uri.config.boot_flash && status != -EINVAL)
			snprintf(message, size, "model: boot_flash=%s: %s", uri.boot_flash,
				 status == -EMEDIUMTYPE
				     ? "not a card's boot flash: those have 1 MiB"
				     : strerrordesc_np(-status));
		else
			snprintf(message, size,
				 status == -EINVAL
				     ? "model: an option is out of range (dram 1M to 64G, "
				       "flash 16M to 256G, queues 2 to 64, vectors 1 to 64)"
				     : "model: no memory for the card");
		free(t);
		return status;
	}
	atomic_flag_clear(&t->running);
	t->base.ops = &transport_model;
	t->base.vectors = 1;
	t->base.reaches_all = true;
	*transport = &t->base;
	return 0;
}

static void model_close(struct transport *transport)
{
	pam_model_destroy(own(transport)->model);
	free(transport);
}

static int model_read(struct transport *transport, unsigned int bar, uint64_t offset,
		      unsigned int len, uint64_t *value)
{
	*value = pam_model_reg_read(own(transport)->model, bar, offset, len);
	return 0;
}

static int model_write(struct transport *transport, unsigned int bar, uint64_t offset,
		       const void *data, unsigned int len)
{
	pam_model_reg_write(own(transport)->model, bar, offset, data, len);
	return 0;
}

/* Becomes the card thread, unless another one is it. */
static bool enter(struct model_transport *t)
{
	return !atomic_flag_test_and_set_explicit(&t->running, memory_order_acquire);
}

static void leave(struct model_transport *t)
{
	atomic_flag_clear_explicit(&t->running, memory_order_release);
}

static bool model_drive(struct transport *transport)
{
	struct model_transport *t = own(transport);
	bool more;

	if (!enter(t)) {
		/* What we wait for may be what it is doing. */
		sched_yield();
		return true;
	}
	more = pam_model_run(t->model, BUDGET);
	leave(t);
	return more;
}

/* The card is idle, but may have completions to hold back for a while. */
static void model_wait(struct transport *transport, unsigned int vector, uint64_t timeout_ns)
{
	struct model_transport *t = own(transport);
	uint64_t pause = timeout_ns;
	struct timespec time;

	(void)vector;
	if (enter(t)) {
		uint64_t deadline = pam_model_next_deadline(t->model);

		leave(t);
		pause = deadline < pause ? deadline : pause;
	}
	/* Another thread may give it work that concerns us. */
	if (pause > NS_PER_MS)
		pause = NS_PER_MS;
	time.tv_sec = 0;
	time.tv_nsec = (long)pause;
	if (pause)
		nanosleep(&time, NULL);
}

static int model_fault(struct transport *transport, enum pamdev_fault fault, uint32_t one_in)
{
	static const enum pam_model_fault faults[] = {
	    [PAMDEV_FAULT_DMA] = PAM_MODEL_FAULT_DMA,
	    [PAMDEV_FAULT_IRQ] = PAM_MODEL_FAULT_IRQ,
	    [PAMDEV_FAULT_REFUSE] = PAM_MODEL_FAULT_REFUSE,
	    [PAMDEV_FAULT_DELAY] = PAM_MODEL_FAULT_DELAY,
	    [PAMDEV_FAULT_FLIP] = PAM_MODEL_FAULT_BIT_FLIP,
	};
	struct model_transport *t = own(transport);

	if ((unsigned int)fault >= sizeof(faults) / sizeof(faults[0]))
		return -EINVAL;
	while (!enter(t))
		sched_yield();
	pam_model_set_fault(t->model, faults[fault], one_in);
	leave(t);
	return 0;
}

static int model_power_cycle(struct transport *transport)
{
	struct model_transport *t = own(transport);

	while (!enter(t))
		sched_yield();
	pam_model_power_cycle(t->model);
	leave(t);
	return 0;
}

static int model_check(struct transport *transport, char *message, size_t size)
{
	struct model_transport *t = own(transport);
	int status;

	while (!enter(t))
		sched_yield();
	status = pam_model_check(t->model, message, size);
	leave(t);
	return status;
}

const struct transport_ops transport_model = {
    .scheme = "model:",
    .open = model_open,
    .close = model_close,
    .read = model_read,
    .write = model_write,
    .wait = model_wait,
    .drive = model_drive,
    .fault = model_fault,
    .power_cycle = model_power_cycle,
    .check = model_check,
};
