// SPDX-License-Identifier: GPL-2.0-only
/*
 * The environment that the contract's cases ask for, made of the PAM core's
 * functions: what a case calls a pool is a struct pam_pool.
 */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "contract.h"

#define DURABLE_NAME	"contract-durable"

static struct kcontract *to_contract(struct contract_env *env)
{
	return container_of(env, struct kcontract, env);
}

static struct pam_pool *to_pool(struct contract_pool *pool)
{
	return (struct pam_pool *)pool;
}

static struct pam_handle to_handle(const struct contract_handle *handle)
{
	struct pam_handle pam = { .index = handle->index };

	memcpy(pam.object, handle->object, sizeof(pam.object));
	return pam;
}

static struct pam_pool_params to_params(const struct contract_params *params)
{
	return (struct pam_pool_params) {
		.type = params->type == CONTRACT_EPHEMERAL ? PAM_EPHEMERAL : PAM_PERSISTENT,
		.order = params->order,
		.flags = (params->flags & CONTRACT_POOL_EXCLUSIVE ? PAM_POOL_EXCLUSIVE : 0) |
			 (params->flags & CONTRACT_POOL_FROZEN ? PAM_POOL_FROZEN : 0) |
			 (params->flags & CONTRACT_POOL_DURABLE ? PAM_POOL_DURABLE : 0),
		.reserve = params->reserve,
		.limit = params->limit,
	};
}

static unsigned int to_flags(unsigned int flags)
{
	return flags & CONTRACT_EXCLUSIVE ? PAM_GET_EXCLUSIVE : 0;
}

static int env_pool_create(struct contract_env *env, const struct contract_params *params,
			   struct contract_pool **pool)
{
	struct kcontract *contract = to_contract(env);
	struct pam_pool_params pam = to_params(params);
	struct pam_pool *made;

	if (pam.flags & PAM_POOL_DURABLE)
		strscpy(pam.name, DURABLE_NAME);
	else
		snprintf(pam.name, sizeof(pam.name), "contract-%u", contract->pools++);
	made = pam_pool_create(contract->backend, &pam);
	if (IS_ERR(made))
		return PTR_ERR(made);
	*pool = (struct contract_pool *)made;
	return 0;
}

static void env_pool_destroy(struct contract_env *env, struct contract_pool *pool)
{
	pam_pool_destroy(to_pool(pool));
}

static int env_pool_set(struct contract_env *env, struct contract_pool *pool,
			const struct contract_params *params)
{
	struct pam_pool_params pam = to_params(params);

	return pam_pool_set(to_pool(pool), &pam);
}

static int env_pool_flush(struct contract_env *env, struct contract_pool *pool)
{
	return pam_pool_flush(to_pool(pool));
}

static int env_pool_pages(struct contract_env *env, struct contract_pool *pool, u64 *pages)
{
	struct pam_pool_stats stats;
	int err = pam_pool_stats(to_pool(pool), &stats);

	*pages = stats.pages;
	return err;
}

static int env_put(struct contract_env *env, struct contract_pool *pool,
		   const struct contract_handle *handle, void *page)
{
	struct pam_handle pam = to_handle(handle);

	return pam_put_page(to_pool(pool), &pam, virt_to_page(page));
}

static int env_get(struct contract_env *env, struct contract_pool *pool,
		   const struct contract_handle *handle, void *page, unsigned int flags)
{
	struct pam_handle pam = to_handle(handle);

	return pam_get_page(to_pool(pool), &pam, virt_to_page(page), to_flags(flags));
}

static int env_flush_page(struct contract_env *env, struct contract_pool *pool,
			  const struct contract_handle *handle)
{
	struct pam_handle pam = to_handle(handle);

	return pam_flush_page(to_pool(pool), &pam);
}

static int env_flush_object(struct contract_env *env, struct contract_pool *pool,
			    const u64 object[3])
{
	return pam_flush_object(to_pool(pool), object);
}

static int env_sync(struct contract_env *env, struct contract_pool *pool)
{
	return pam_sync(to_pool(pool));
}

/* A batch under way. */
struct env_batch {
	atomic_t left;
	struct completion done;
	struct pam_request request[CONTRACT_BATCH];
};

static void batch_done(struct pam_request *request)
{
	struct env_batch *batch = request->private;

	if (atomic_dec_and_test(&batch->left))
		complete(&batch->done);
}

static enum pam_op to_op(enum contract_op op)
{
	switch (op) {
	case CONTRACT_PUT:
		return PAM_PUT;
	case CONTRACT_GET:
		return PAM_GET;
	case CONTRACT_FLUSH_PAGE:
		return PAM_FLUSH_PAGE;
	default:
		return PAM_FLUSH_OBJECT;
	}
}

static void fill_request(struct env_batch *batch, struct pam_request *request,
			 const struct contract_request *from)
{
	request->op = to_op(from->op);
	request->flags = to_flags(from->flags);
	request->handle = to_handle(&from->handle);
	request->page = from->page ? virt_to_page(from->page) : NULL;
	request->done = batch_done;
	request->private = batch;
}

static int env_submit(struct contract_env *env, struct contract_pool *pool,
		      struct contract_request *requests, unsigned int count)
{
	struct env_batch *batch = kvzalloc(sizeof(*batch), GFP_KERNEL);
	LIST_HEAD(list);
	unsigned int i;

	if (!batch)
		return -ENOMEM;
	atomic_set(&batch->left, count);
	init_completion(&batch->done);
	for (i = 0; i < count; i++) {
		fill_request(batch, &batch->request[i], &requests[i]);
		list_add_tail(&batch->request[i].list, &list);
	}
	pam_submit(to_pool(pool), &list);
	wait_for_completion(&batch->done);
	for (i = 0; i < count; i++)
		requests[i].status = batch->request[i].status;
	kvfree(batch);
	return 0;
}

static void *env_page_alloc(struct contract_env *env, unsigned int order)
{
	return (void *)__get_free_pages(GFP_KERNEL | __GFP_COMP, order);
}

static void env_page_free(struct contract_env *env, void *page, unsigned int order)
{
	free_pages((unsigned long)page, order);
}

static void *env_alloc(struct contract_env *env, size_t bytes)
{
	return kvzalloc(bytes, GFP_KERNEL);
}

static void env_free(struct contract_env *env, void *memory)
{
	kvfree(memory);
}

static __printf(2, 3) void env_log(struct contract_env *env, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("# ", format, args);
	va_end(args);
}

static int env_promisable(struct contract_env *env, u64 *pages)
{
	struct pam_backend_info info;
	int err = pam_backend_query(to_contract(env)->backend, &info);

	*pages = info.promisable_pages;
	return err;
}

/* Backends have a queue per CPU: another CPU is another queue. */
static int env_use_queue(struct contract_env *env, unsigned int which)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);

	if (which)
		cpu = cpumask_next(cpu, cpu_online_mask);
	if (cpu >= nr_cpu_ids)
		return -EOPNOTSUPP;
	return set_cpus_allowed_ptr(current, cpumask_of(cpu));
}

/* A thread of env_parallel(). */
struct env_thread {
	struct task_struct *task;
	struct completion worked;
	void (*work)(void *arg, unsigned int thread);
	void *arg;
	unsigned int number;
};

static int thread_main(void *arg)
{
	struct env_thread *thread = arg;

	thread->work(thread->arg, thread->number);
	complete(&thread->worked);
	/* Wait to be collected, so that nothing of this module runs afterwards. */
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule_timeout(HZ);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int env_parallel(struct contract_env *env, void (*work)(void *arg, unsigned int thread),
			void *arg, unsigned int threads)
{
	struct env_thread *thread = kvcalloc(threads, sizeof(*thread), GFP_KERNEL);
	unsigned int i, started;
	int err = 0;

	if (!thread)
		return -ENOMEM;
	/* All exist before one works: cases wait for each other's threads. */
	for (started = 0; started < threads; started++) {
		thread[started] = (struct env_thread) {
			.work = work, .arg = arg, .number = started,
		};
		init_completion(&thread[started].worked);
		thread[started].task = kthread_create(thread_main, &thread[started],
						      "pam_contract/%u", started);
		if (IS_ERR(thread[started].task)) {
			err = PTR_ERR(thread[started].task);
			break;
		}
	}
	for (i = 0; i < started && !err; i++)
		wake_up_process(thread[i].task);
	for (i = 0; i < started && !err; i++)
		wait_for_completion(&thread[i].worked);
	/* One that is stopped before it ran for the first time would not work at all. */
	for (i = 0; i < started; i++)
		kthread_stop(thread[i].task);
	kvfree(thread);
	return err;
}

/* Writes a module parameter of the backend, as an administrator would. */
static int set_parameter(const char *folder, const char *name, bool on)
{
	char *path = kasprintf(GFP_KERNEL, "%s/%s", folder, name);
	const char *value = on ? "1" : "0";
	struct file *file;
	ssize_t written;
	loff_t pos = 0;

	if (!path)
		return -ENOMEM;
	file = filp_open(path, O_WRONLY, 0);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOENT ? -EOPNOTSUPP : PTR_ERR(file);
	written = kernel_write(file, value, 1, &pos);
	filp_close(file, NULL);
	return written == 1 ? 0 : -EIO;
}

static int env_fault(struct contract_env *env, enum contract_fault fault, bool on)
{
	const char *folder = to_contract(env)->faults;

	if (!folder)
		return -EOPNOTSUPP;
	switch (fault) {
	case CONTRACT_FAULT_REFUSE:
		return set_parameter(folder, "fault_refuse", on);
	case CONTRACT_FAULT_FLIP:
		return set_parameter(folder, "fault_flip", on);
	case CONTRACT_FAULT_DMA:
		return set_parameter(folder, "fault_transfer", on);
	}
	return -EOPNOTSUPP;
}

/* Has someone do a thing outside, and waits until it is done. */
static int have_done(struct contract_env *env, const char *what)
{
	const char *folder = to_contract(env)->helper;
	char answer[8] = "";
	char *path;
	struct file *file;
	ssize_t n;

	path = kasprintf(GFP_KERNEL, "%s/ask", folder);
	if (!path)
		return -ENOMEM;
	file = filp_open(path, O_WRONLY, 0);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_write(file, what, strlen(what), NULL);
	filp_close(file, NULL);
	if (n != strlen(what))
		return -EIO;
	path = kasprintf(GFP_KERNEL, "%s/answer", folder);
	if (!path)
		return -ENOMEM;
	file = filp_open(path, O_RDONLY, 0);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_read(file, answer, sizeof(answer) - 1, NULL);
	filp_close(file, NULL);
	return n > 0 && !strcmp(strim(answer), "ok") ? 0 : -EIO;
}

static int env_power_cycle(struct contract_env *env)
{
	return have_done(env, "power-cycle\n");
}

static int env_pool_reopen(struct contract_env *env, struct contract_pool **pool)
{
	struct pam_pool *found;

	if (*pool)
		pam_pool_close(to_pool(*pool));
	*pool = NULL;
	found = pam_pool_open(to_contract(env)->backend, DURABLE_NAME);
	if (IS_ERR(found))
		return PTR_ERR(found);
	*pool = (struct contract_pool *)found;
	return 0;
}

/* The backend goes and another comes that has its name. */
static int change_backend(struct contract_env *env, const char *how)
{
	struct kcontract *contract = to_contract(env);
	struct pam_backend *backend;
	int err = have_done(env, how);

	if (err)
		return err;
	backend = pam_backend_get(contract->name);
	if (!backend)
		return -ENODEV;
	pam_backend_put(contract->backend);
	contract->backend = backend;
	return 0;
}

/* First under the pool, then when the pool was let go of. */
static int env_restart(struct contract_env *env, struct contract_pool *pool)
{
	int err = change_backend(env, "rebind\n");

	if (err) {
		pam_pool_close(to_pool(pool));
		return err;
	}
	err = env_pool_reopen(env, &pool);
	if (err)
		return err;
	pam_pool_close(to_pool(pool));
	return change_backend(env, "restart\n");
}

static const struct contract_ops kernel_ops = {
	.pool_create = env_pool_create,
	.pool_destroy = env_pool_destroy,
	.pool_set = env_pool_set,
	.pool_flush = env_pool_flush,
	.pool_pages = env_pool_pages,
	.put = env_put,
	.get = env_get,
	.flush_page = env_flush_page,
	.flush_object = env_flush_object,
	.sync = env_sync,
	.submit = env_submit,
	.page_alloc = env_page_alloc,
	.page_free = env_page_free,
	.alloc = env_alloc,
	.free = env_free,
	.log = env_log,
	.promisable = env_promisable,
	.fault = env_fault,
	.use_queue = env_use_queue,
	.parallel = env_parallel,
};

/* So that cases are skipped when there is no one to ask. */
static struct contract_ops kernel_ops_with_helper;

/*
 * Makes the environment of a backend by name. Cases that fill the backend run when
 * it has at most fill_limit bytes; faults and helper may be NULL. 0, -ENODEV (no such backend) or
 * others.
 */
int kcontract_open(struct kcontract *contract, const char *backend, const char *faults,
		   const char *helper, u64 seed, u64 fill_limit)
{
	struct pam_backend_info info;
	int err;

	memset(contract, 0, sizeof(*contract));
	contract->backend = pam_backend_get(backend);
	if (!contract->backend)
		return -ENODEV;
	err = pam_backend_query(contract->backend, &info);
	if (err) {
		pam_backend_put(contract->backend);
		return err;
	}
	contract->faults = faults;
	contract->helper = helper;
	contract->name = backend;
	kernel_ops_with_helper = kernel_ops;
	kernel_ops_with_helper.power_cycle = env_power_cycle;
	kernel_ops_with_helper.pool_reopen = env_pool_reopen;
	kernel_ops_with_helper.restart = env_restart;
	contract->env.ops = helper ? &kernel_ops_with_helper : &kernel_ops;
	contract->env.max_order = min(info.max_order, CONTRACT_MAX_ORDER);
	contract->env.index_bits = 64;
	contract->env.seed = seed;
	if (info.total_bytes + info.flash_bytes > fill_limit)
		return 0;
	contract->env.fill_pages = (info.total_bytes + info.flash_bytes) / CONTRACT_BLOCK + 1;
	/* The cases want four times as many pages, some of them longer than they are. */
	if (info.flash_bytes >= 6 * info.total_bytes)
		contract->env.cache_pages = info.total_bytes / CONTRACT_BLOCK;
	return 0;
}

void kcontract_close(struct kcontract *contract)
{
	pam_backend_put(contract->backend);
}
