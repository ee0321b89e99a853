// SPDX-License-Identifier: Apache-2.0
/*
 * libpamdev as an environment of the contract cases; see pamdev_env.h.
 */
#include "pamdev_env.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_THREADS 16u
/* There is one such pool at a time. */
#define DURABLE_NAME "contract-durable"

static struct pamdev_env *own(struct contract_env *env)
{
	return env->ctx;
}

static struct pamdev_pool *real(struct contract_pool *pool)
{
	return (struct pamdev_pool *)pool;
}

static const struct pamdev_handle *handle_of(const struct contract_handle *handle)
{
	_Static_assert(sizeof(struct pamdev_handle) == sizeof(struct contract_handle), "handle");
	return (const struct pamdev_handle *)handle;
}

static uint32_t pool_flags(const struct contract_params *params)
{
	return (params->flags & CONTRACT_POOL_EXCLUSIVE ? PAMC_POOL_EXCLUSIVE : 0) |
	       (params->flags & CONTRACT_POOL_FROZEN ? PAMC_POOL_FROZEN : 0) |
	       (params->flags & CONTRACT_POOL_DURABLE ? PAMC_POOL_DURABLE : 0);
}

/* ---- pools ---- */

static int pool_create(struct contract_env *env, const struct contract_params *params,
		       struct contract_pool **pool)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	int status;

	options.type = params->type == CONTRACT_EPHEMERAL ? PAMC_POOL_TYPE_EPHEMERAL
							  : PAMC_POOL_TYPE_PERSISTENT;
	options.order = params->order;
	options.flags = pool_flags(params);
	options.reserve = params->reserve;
	options.limit = params->limit;
	if (params->flags & CONTRACT_POOL_DURABLE)
		options.name = DURABLE_NAME;
	status = pamdev_pool_create(own(env)->dev, &options, (struct pamdev_pool **)pool);
	if (status == 0 && params->flags & CONTRACT_POOL_DURABLE)
		own(env)->durable = real(*pool);
	return status;
}

static void pool_destroy(struct contract_env *env, struct contract_pool *pool)
{
	struct pamdev_env *e = own(env);
	bool durable = real(pool) == e->durable;
	int status = pamdev_pool_destroy(real(pool));
	struct pamdev_pool *found;

	/* The library does not look for a durable one that power took from it. */
	if (status == 0 && durable && pamdev_pool_open(e->dev, DURABLE_NAME, &found) == 0)
		status = pamdev_pool_destroy(found);
	if (status != 0)
		env->ops->log(env, "pool destroy: %d", status);
}

static int pool_set(struct contract_env *env, struct contract_pool *pool,
		    const struct contract_params *params)
{
	(void)env;
	return pamdev_pool_set(real(pool), PAMC_POOL_SET_ALL_FLAGS, pool_flags(params),
			       params->reserve, params->limit);
}

static int pool_flush(struct contract_env *env, struct contract_pool *pool)
{
	(void)env;
	return pamdev_pool_flush(real(pool));
}

static int pool_pages(struct contract_env *env, struct contract_pool *pool, uint64_t *pages)
{
	struct pamc_pool_info info;
	int status = pamdev_pool_info(real(pool), &info);

	(void)env;
	*pages = info.pages;
	return status;
}

/* ---- pages ---- */

/* Hands over what is prepared on the queue and waits for its end. */
static int finish(const struct pamdev_env *e, struct pamdev_queue *queue, int prepared)
{
	struct pamdev_completion done;

	if (prepared != 0)
		return prepared;
	pamdev_submit(queue);
	return pamdev_wait(queue, &done, 1, 1, e->patience_ms) == 1 ? done.status : -ETIMEDOUT;
}

static int put(struct contract_env *env, struct contract_pool *pool,
	       const struct contract_handle *handle, void *page)
{
	struct pamdev_queue *via = own(env)->via;

	if (!via)
		return pamdev_put(real(pool), handle_of(handle), page);
	return finish(own(env), via, pamdev_prep_put(via, real(pool), handle_of(handle), page, 1));
}

static int get(struct contract_env *env, struct contract_pool *pool,
	       const struct contract_handle *handle, void *page, unsigned int flags)
{
	unsigned int how = flags & CONTRACT_EXCLUSIVE ? PAMDEV_EXCLUSIVE : 0;
	struct pamdev_queue *via = own(env)->via;

	if (!via)
		return pamdev_get(real(pool), handle_of(handle), page, how);
	return finish(own(env), via,
		      pamdev_prep_get(via, real(pool), handle_of(handle), page, how, 1));
}

static int flush_page(struct contract_env *env, struct contract_pool *pool,
		      const struct contract_handle *handle)
{
	struct pamdev_queue *via = own(env)->via;

	if (!via)
		return pamdev_flush_page(real(pool), handle_of(handle));
	return finish(own(env), via, pamdev_prep_flush_page(via, real(pool), handle_of(handle), 1));
}

static int flush_object(struct contract_env *env, struct contract_pool *pool,
			const uint64_t object[3])
{
	struct pamdev_queue *via = own(env)->via;

	if (!via)
		return pamdev_flush_object(real(pool), object);
	return finish(own(env), via, pamdev_prep_flush_object(via, real(pool), object, 1));
}

static int sync_pool(struct contract_env *env, struct contract_pool *pool)
{
	struct pamdev_queue *via = own(env)->via;

	if (!via)
		return pamdev_sync(real(pool));
	return finish(own(env), via, pamdev_prep_sync(via, real(pool), 1));
}

static int query(struct contract_env *env, struct contract_pool *pool,
		 const struct contract_handle *handle)
{
	(void)env;
	return pamdev_query(real(pool), handle_of(handle), NULL);
}

static int prepare(struct pamdev_queue *queue, struct contract_pool *pool,
		   const struct contract_request *request, uint64_t user_data)
{
	const struct pamdev_handle *handle = handle_of(&request->handle);
	unsigned int flags = request->flags & CONTRACT_EXCLUSIVE ? PAMDEV_EXCLUSIVE : 0;

	switch (request->op) {
	case CONTRACT_PUT:
		return pamdev_prep_put(queue, real(pool), handle, request->page, user_data);
	case CONTRACT_GET:
		return pamdev_prep_get(queue, real(pool), handle, request->page, flags, user_data);
	case CONTRACT_FLUSH_PAGE:
		return pamdev_prep_flush_page(queue, real(pool), handle, user_data);
	case CONTRACT_FLUSH_OBJECT:
		return pamdev_prep_flush_object(queue, real(pool), handle->object, user_data);
	}
	return -EINVAL;
}

static int submit_batch(struct contract_env *env, struct contract_pool *pool,
			struct contract_request *requests, unsigned int count)
{
	struct pamdev_completion done[CONTRACT_BATCH];
	struct pamdev_env *e = own(env);
	int status = 0;
	int got = 0;

	pthread_mutex_lock(&e->batch_lock);
	for (unsigned int i = 0; i < count && status == 0; i++)
		status = prepare(e->batch, pool, &requests[i], i);
	if (status == 0 && pamdev_submit(e->batch) != (int)count)
		status = -EIO;
	if (status == 0)
		got = pamdev_wait(e->batch, done, count, count, e->patience_ms);
	for (int i = 0; i < got; i++)
		requests[done[i].user_data].status = done[i].status;
	pthread_mutex_unlock(&e->batch_lock);
	return status == 0 && got != (int)count ? -ETIMEDOUT : status;
}

/* ---- memory, log ---- */

/*
 * Every other buffer is the card's, for transfers without a copy; the rest lie
 * anywhere, off every alignment, and have their own address in front.
 */
static void *page_alloc(struct contract_env *env, unsigned int order)
{
	size_t bytes = (size_t)CONTRACT_BLOCK << order;
	struct pamdev_env *e = own(env);
	void **odd;

	if (__atomic_fetch_add(&e->buffers, 1, __ATOMIC_RELAXED) % 2)
		return pamdev_alloc(e->dev, bytes);
	odd = malloc(bytes + CONTRACT_BLOCK);
	if (!odd)
		return NULL;
	*odd = odd;
	/* Never at a multiple of 4 KiB. */
	return (char *)odd + ((uintptr_t)(odd + 1) & (CONTRACT_BLOCK - 1) ? 8 : 24);
}

static void page_free(struct contract_env *env, void *page, unsigned int order)
{
	(void)order;
	if ((uintptr_t)page & (CONTRACT_BLOCK - 1)) {
		char *at = page;

		free(*(void **)(at - 8) == at - 8 ? at - 8 : at - 24);
	} else {
		pamdev_free(own(env)->dev, page);
	}
}

static void *alloc(struct contract_env *env, size_t bytes)
{
	(void)env;
	return calloc(1, bytes);
}

static void release(struct contract_env *env, void *memory)
{
	(void)env;
	free(memory);
}

__attribute__((format(printf, 2, 3))) static void say(struct contract_env *env, const char *format,
						      ...)
{
	va_list arguments;

	(void)env;
	va_start(arguments, format);
	flockfile(stdout);
	printf("# ");
	vprintf(format, arguments);
	printf("\n");
	funlockfile(stdout);
	va_end(arguments);
}

/* ---- optional parts ---- */

static int promisable(struct contract_env *env, uint64_t *pages)
{
	struct pamc_identify identify;
	int status = pamdev_identify(own(env)->dev, &identify);

	*pages = identify.promisable_pages;
	return status;
}

static int reset(struct contract_env *env)
{
	return pamdev_reset(own(env)->dev);
}

static int tell(struct pamdev_env *e, const char *line)
{
	char reply[512];

	if (pamsim_control(e->sim, line, reply, sizeof(reply)) == 0)
		return 0;
	e->env.ops->log(&e->env, "pamsim: %s", reply);
	return -EIO;
}

static int power_cycle(struct contract_env *env)
{
	struct pamdev_env *e = own(env);
	int status = e->sim ? tell(e, "power-cycle") : pamdev_simulate_power_cycle(e->dev);

	return status ? status : pamdev_reset(e->dev);
}

static int pool_reopen(struct contract_env *env, struct contract_pool **pool)
{
	int status;

	if (*pool)
		pamdev_pool_close(real(*pool));
	*pool = NULL;
	status = pamdev_pool_open(own(env)->dev, DURABLE_NAME, (struct pamdev_pool **)pool);
	if (status == 0)
		own(env)->durable = real(*pool);
	return status;
}

static int fault(struct contract_env *env, enum contract_fault what, bool on)
{
	static const struct {
		enum pamdev_fault model;
		const char *pamsim;
	} faults[] = {
	    [CONTRACT_FAULT_REFUSE] = {PAMDEV_FAULT_REFUSE, "refuse"},
	    [CONTRACT_FAULT_FLIP] = {PAMDEV_FAULT_FLIP, "bit-flip"},
	    [CONTRACT_FAULT_DMA] = {PAMDEV_FAULT_DMA, "dma"},
	};
	struct pamdev_env *e = own(env);
	char line[32];

	if (!e->sim)
		return pamdev_simulate_fault(e->dev, faults[what].model, on);
	snprintf(line, sizeof(line), "fault %s=%d", faults[what].pamsim, on);
	return tell(e, line);
}

static int use_queue(struct contract_env *env, unsigned int which)
{
	own(env)->via = which ? own(env)->second : NULL;
	return 0;
}

static int use_domain(struct contract_env *env, unsigned int domain)
{
	own(env)->via = domain ? own(env)->domain : NULL;
	return 0;
}

struct task {
	void (*work)(void *arg, unsigned int thread);
	void *arg;
	unsigned int number;
};

static void *run_task(void *context)
{
	struct task *task = context;

	task->work(task->arg, task->number);
	return NULL;
}

static int parallel(struct contract_env *env, void (*work)(void *arg, unsigned int thread),
		    void *arg, unsigned int threads)
{
	struct task tasks[MAX_THREADS];
	pthread_t ids[MAX_THREADS];
	unsigned int started = 0;

	(void)env;
	while (started < threads && started < MAX_THREADS) {
		tasks[started] = (struct task){work, arg, started};
		if (pthread_create(&ids[started], NULL, run_task, &tasks[started]) != 0)
			break;
		started++;
	}
	for (unsigned int i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	return started == threads ? 0 : -EAGAIN;
}

static void real_block(struct contract_env *env, uint64_t seed, void *block)
{
	memcpy(block, own(env)->sample + seed % SAMPLE_BLOCKS * CONTRACT_BLOCK, CONTRACT_BLOCK);
}

/* ---- opening ---- */

static const struct contract_ops ops = {
    .pool_create = pool_create,
    .pool_destroy = pool_destroy,
    .pool_set = pool_set,
    .pool_flush = pool_flush,
    .pool_pages = pool_pages,
    .put = put,
    .get = get,
    .flush_page = flush_page,
    .flush_object = flush_object,
    .sync = sync_pool,
    .submit = submit_batch,
    .page_alloc = page_alloc,
    .page_free = page_free,
    .alloc = alloc,
    .free = release,
    .log = say,
    .promisable = promisable,
    .query = query,
    .reset = reset,
    .power_cycle = power_cycle,
    .pool_reopen = pool_reopen,
    .fault = fault,
    .use_queue = use_queue,
    .use_domain = use_domain,
    .parallel = parallel,
    .real_block = real_block,
};

static int load_sample(struct pamdev_env *e)
{
	FILE *file = fopen("tests/data/memory.pages", "rb");
	size_t got = 0;

	e->sample = malloc(SAMPLE_BLOCKS * CONTRACT_BLOCK);
	if (file && e->sample)
		got = fread(e->sample, CONTRACT_BLOCK, SAMPLE_BLOCKS, file);
	if (file)
		fclose(file);
	if (got == SAMPLE_BLOCKS)
		return 0;
	fprintf(stderr, "tests/data/memory.pages: less than %u pages\n", SAMPLE_BLOCKS);
	return -1;
}

static int open_queues(struct pamdev_env *e)
{
	struct pamdev_queue_options batch = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_queue_options second = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_queue_options domain = PAMDEV_QUEUE_OPTIONS_INIT;
	int status;

	batch.depth = CONTRACT_BATCH;
	second.depth = 16;
	second.submission = PAMDEV_SUBMIT_PUSH;
	second.crc = PAMDEV_CRC_CHECK;
	domain.depth = 16;
	domain.domain = 1;
	status = pamdev_queue_create(e->dev, &batch, &e->batch);
	if (status == 0)
		status = pamdev_queue_create(e->dev, &second, &e->second);
	if (status == 0)
		status = pamdev_queue_create(e->dev, &domain, &e->domain);
	if (status != 0)
		fprintf(stderr, "queues: %s\n", pamdev_strerror(status));
	return status ? -1 : 0;
}

int pamdev_env_open(struct pamdev_env *e, const char *uri, struct pamsim *sim, int patience_ms,
		    uint64_t seed)
{
	struct pamdev_open_options options = PAMDEV_OPEN_OPTIONS_INIT;
	struct pamc_identify identify;
	char message[256];

	memset(e, 0, sizeof(*e));
	pthread_mutex_init(&e->batch_lock, NULL);
	e->patience_ms = patience_ms;
	options.timeout_ms = (unsigned int)patience_ms;
	options.message = message;
	options.message_size = sizeof(message);
	if (pamdev_open(uri, &options, &e->dev) != 0) {
		fprintf(stderr, "%s: %s\n", uri, message);
		return -1;
	}
	if (load_sample(e) != 0 || open_queues(e) != 0 || pamdev_identify(e->dev, &identify) != 0)
		return -1;
	e->sim = sim;
	e->ops = ops;
	e->env.ops = &e->ops;
	e->env.ctx = e;
	e->env.max_order = CONTRACT_MAX_ORDER;
	e->env.index_bits = identify.index_bits;
	e->env.fill_pages = (identify.usable_bytes + identify.flash_bytes) / CONTRACT_BLOCK + 1;
	if (identify.flash_bytes >= 6 * identify.usable_bytes)
		e->env.cache_pages = identify.usable_bytes / CONTRACT_BLOCK;
	e->env.seed = seed;
	return 0;
}

void pamdev_env_close(struct pamdev_env *e)
{
	pamdev_queue_destroy(e->batch);
	pamdev_queue_destroy(e->second);
	pamdev_queue_destroy(e->domain);
	pamdev_close(e->dev);
	pthread_mutex_destroy(&e->batch_lock);
	free(e->sample);
}

bool pamdev_env_clean(struct pamdev_env *e)
{
	struct pamc_pool_info left;
	char message[512] = "";
	int status;

	if (pamdev_pool_list(e->dev, 0, &left, 1) != 0) {
		printf("# a pool was left behind\n");
		return false;
	}
	status = e->sim ? pamsim_control(e->sim, "check", message, sizeof(message))
			: pamdev_simulate_check(e->dev, message, sizeof(message));
	if (status != 0)
		printf("# the card is inconsistent: %s\n", message);
	return status == 0;
}
