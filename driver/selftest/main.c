// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_selftest: tests what the PAM core promises beyond the contract, which no
 * backend with pages can show: who waits for whom when pools and backends end.
 * Loading it runs the tests; results are in the kernel log, in TAP.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/workqueue.h>

#include "script.h"

/* What is long enough to see that something waits, and not to wait in vain. */
#define PATIENCE_MS	50
#define LIMIT_MS	10000

static struct script script;
static struct workqueue_struct *background;
static bool failed;

/* Notes the first wrong thing of a test. */
#define EXPECT(what)							\
do {									\
	if (!(what)) {							\
		pr_info("pam_selftest: # line %d: not so: %s\n", __LINE__, #what); \
		failed = true;						\
	}								\
} while (0)

static struct pam_pool *make_pool(const char *name, enum pam_pool_type type)
{
	struct pam_pool_params params = { .type = type };

	strscpy(params.name, name);
	return pam_pool_create(script.backend, &params);
}

/* Something that is to block, done by another thread. */
struct task {
	struct work_struct work;
	void (*call)(struct pam_pool *pool);
	struct pam_pool *pool;
	struct completion done;
};

static void task_run(struct work_struct *work)
{
	struct task *task = container_of(work, struct task, work);

	task->call(task->pool);
	complete(&task->done);
}

static void task_start(struct task *task, void (*call)(struct pam_pool *pool),
		       struct pam_pool *pool)
{
	task->call = call;
	task->pool = pool;
	init_completion(&task->done);
	INIT_WORK_ONSTACK(&task->work, task_run);
	queue_work(background, &task->work);
	msleep(PATIENCE_MS);
}

static bool task_ends(struct task *task)
{
	bool ended = wait_for_completion_timeout(&task->done, msecs_to_jiffies(LIMIT_MS));

	if (ended) {
		flush_work(&task->work);
		destroy_work_on_stack(&task->work);
	}
	return ended;
}

/* An asynchronous flush; anything that needs no page does. */
struct flight {
	struct pam_request request;
	struct completion done;
};

static void flight_done(struct pam_request *request)
{
	complete(request->private);
}

static void flight_add(struct flight *flight, struct list_head *batch)
{
	memset(flight, 0, sizeof(*flight));
	init_completion(&flight->done);
	flight->request.op = PAM_FLUSH_PAGE;
	flight->request.done = flight_done;
	flight->request.private = &flight->done;
	list_add_tail(&flight->request.list, batch);
}

static void flight_start(struct flight *flight, struct pam_pool *pool)
{
	LIST_HEAD(batch);

	flight_add(flight, &batch);
	pam_submit(pool, &batch);
}

static const struct pam_handle handle;

static void test_names(void)
{
	static struct script other;
	struct pam_pool *pool, *twin;

	EXPECT(script_register(&other, "selftest") == -EEXIST);
	EXPECT(script_register(&other, "self/test") == -EINVAL);
	EXPECT(script_register(&other, "") == -EINVAL);
	EXPECT(!pam_backend_get("no such backend"));
	pool = make_pool("twin", PAM_EPHEMERAL);
	twin = make_pool("twin", PAM_EPHEMERAL);
	EXPECT(!IS_ERR(pool));
	EXPECT(PTR_ERR_OR_ZERO(twin) == -EEXIST);
	pam_pool_destroy(pool);
	pool = make_pool("twin", PAM_EPHEMERAL);
	EXPECT(!IS_ERR(pool));
	pam_pool_destroy(pool);
}

static int try_params(enum pam_pool_type type, unsigned int order, unsigned int flags,
		      u64 reserve, u64 limit)
{
	struct pam_pool_params params = {
		.name = "params", .type = type, .order = order, .flags = flags,
		.reserve = reserve, .limit = limit,
	};
	struct pam_pool *pool = pam_pool_create(script.backend, &params);

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	pam_pool_destroy(pool);
	return 0;
}

static void test_params(void)
{
	EXPECT(try_params(PAM_PERSISTENT, PAM_MAX_ORDER, 0, 0, 1) == 0);
	EXPECT(try_params(PAM_PERSISTENT, PAM_MAX_ORDER + 1, 0, 0, 0) == -EINVAL);
	EXPECT(try_params(PAM_PERSISTENT + 1, 0, 0, 0, 0) == -EINVAL);
	EXPECT(try_params(PAM_EPHEMERAL, 0, BIT(7), 0, 0) == -EINVAL);
	EXPECT(try_params(PAM_EPHEMERAL, 0, 0, 1, 0) == -EINVAL);
	EXPECT(try_params(PAM_PERSISTENT, 0, 0, 2, 1) == -EINVAL);
	EXPECT(try_params(PAM_PERSISTENT, 0, 0, 1, 0) == -ENOSPC);
	EXPECT(try_params(PAM_EPHEMERAL, 0, PAM_POOL_DURABLE, 0, 0) == -EINVAL);
	/* This backend has none, and none to be found. */
	EXPECT(try_params(PAM_PERSISTENT, 0, PAM_POOL_DURABLE, 0, 0) == -EOPNOTSUPP);
	EXPECT(pam_pool_open(script.backend, "params") == ERR_PTR(-EOPNOTSUPP));
	EXPECT(pam_pool_open(script.backend, "a/b") == ERR_PTR(-EINVAL));
	EXPECT(make_pool("a/b", PAM_EPHEMERAL) == ERR_PTR(-EINVAL));
}

static void test_interrupt(void)
{
	struct pam_pool *pool = make_pool("interrupt", PAM_PERSISTENT);

	EXPECT(pam_flush_page(pool, &handle) == 0);
	pam_pool_destroy(pool);
}

/* The interrupt comes only when the core said that it sleeps. */
static void test_poll(void)
{
	struct pam_pool *pool = make_pool("poll", PAM_PERSISTENT);

	script.hold_until_sleep = true;
	script.polls = 0;
	EXPECT(pam_flush_page(pool, &handle) == 0);
	EXPECT(script.polls > 0);
	script.hold_until_sleep = false;
	pam_pool_destroy(pool);
}

static void test_nowait(void)
{
	struct pam_pool *pool = make_pool("nowait", PAM_PERSISTENT);
	struct flight flight[4];
	LIST_HEAD(batch);
	unsigned int i;

	for (i = 0; i < 4; i++)
		flight_add(&flight[i], &batch);
	script.room = 2;
	EXPECT(pam_submit_nowait(pool, &batch) == -EAGAIN);
	EXPECT(list_count_nodes(&batch) == 2);
	EXPECT(batch.next == &flight[2].request.list);
	pam_submit(pool, &batch);
	EXPECT(list_empty(&batch));
	for (i = 0; i < 4; i++)
		EXPECT(wait_for_completion_timeout(&flight[i].done, HZ));
	pam_pool_destroy(pool);
}

static void test_destroy_waits(void)
{
	struct pam_pool *pool = make_pool("destroy", PAM_PERSISTENT);
	unsigned int before = script.destroyed;
	struct flight flight;
	struct task task;

	script.hold = true;
	flight_start(&flight, pool);
	task_start(&task, pam_pool_destroy, pool);
	EXPECT(!completion_done(&task.done));
	EXPECT(script.destroyed == before);
	script_release(&script, 0);
	EXPECT(task_ends(&task));
	EXPECT(script.destroyed == before + 1);
	EXPECT(flight.request.status == 0);
}

static void call_flush(struct pam_pool *pool)
{
	pam_pool_flush(pool);
}

static void call_flush_page(struct pam_pool *pool)
{
	pam_flush_page(pool, &handle);
}

static void test_flush_waits(void)
{
	struct pam_pool *pool = make_pool("flush", PAM_PERSISTENT);
	struct task flush, submitter;
	struct flight flight, late;
	unsigned int taken;
	LIST_HEAD(batch);

	script.hold = true;
	script.flushes = 0;
	flight_start(&flight, pool);
	task_start(&flush, call_flush, pool);
	EXPECT(script.flushes == 0);
	/* Meanwhile others wait, or are told to. */
	taken = script.submitted;
	script.room = 1;
	flight_add(&late, &batch);
	EXPECT(pam_submit_nowait(pool, &batch) == -EAGAIN);
	task_start(&submitter, call_flush_page, pool);
	EXPECT(script.submitted == taken);
	script_release(&script, 0);
	EXPECT(task_ends(&flush));
	EXPECT(task_ends(&submitter));
	EXPECT(script.flushes == 1);
	EXPECT(pam_submit_nowait(pool, &batch) == 0);
	EXPECT(wait_for_completion_timeout(&late.done, HZ));
	pam_pool_destroy(pool);
}

/* What pools answer when their backend is gone. */
static void expect_lost(struct pam_pool *ephemeral, struct pam_pool *persistent)
{
	unsigned int before = script.submitted;
	struct pam_pool_stats stats;

	EXPECT(pam_pool_lost(ephemeral) && pam_pool_lost(persistent));
	EXPECT(pam_put_page(ephemeral, &handle, ZERO_PAGE(0)) == -ENODEV);
	EXPECT(pam_put_page(persistent, &handle, ZERO_PAGE(0)) == -ENODEV);
	EXPECT(pam_get_page(ephemeral, &handle, ZERO_PAGE(0), 0) == -ENOENT);
	EXPECT(pam_get_page(persistent, &handle, ZERO_PAGE(0), 0) == -ENODEV);
	EXPECT(pam_flush_page(persistent, &handle) == 0);
	EXPECT(pam_flush_object(ephemeral, handle.object) == 0);
	EXPECT(pam_pool_flush(persistent) == 0);
	EXPECT(pam_sync(persistent) == -ENODEV);
	EXPECT(pam_pool_stats(persistent, &stats) == -ENODEV);
	EXPECT(pam_pool_set(persistent, pam_pool_params(persistent)) == -ENODEV);
	EXPECT(make_pool("late", PAM_EPHEMERAL) == ERR_PTR(-ENODEV));
	EXPECT(script.submitted == before);
}

static void call_unregister(struct pam_pool *unused)
{
	pam_backend_unregister(script.backend);
}

/* A backend leaves while its pools live and one has a request under way. */
static void test_unregister(void)
{
	struct pam_backend *backend = pam_backend_get("selftest");
	int pinned = module_refcount(THIS_MODULE);
	struct pam_pool *ephemeral = make_pool("ephemeral", PAM_EPHEMERAL);
	struct pam_pool *persistent = make_pool("persistent", PAM_PERSISTENT);
	struct pam_backend_info info;
	struct flight flight;
	struct task task;

	EXPECT(module_refcount(THIS_MODULE) == pinned + 2);
	script.destroyed = 0;
	script.hold = true;
	flight_start(&flight, persistent);
	task_start(&task, call_unregister, NULL);
	EXPECT(!completion_done(&task.done));
	script_release(&script, -EIO);
	EXPECT(task_ends(&task));
	EXPECT(flight.request.status == -EIO);
	EXPECT(script.destroyed == 2);
	EXPECT(module_refcount(THIS_MODULE) == pinned);
	expect_lost(ephemeral, persistent);
	EXPECT(pam_backend_query(backend, &info) == -ENODEV);
	EXPECT(!pam_backend_get("selftest"));
	pam_pool_destroy(ephemeral);
	pam_pool_destroy(persistent);
	EXPECT(script.destroyed == 2);
	pam_backend_put(backend);
}

/* The same name comes back, loses its pages, and goes with its pools alive. */
static void test_lost(void)
{
	struct pam_pool *ephemeral, *persistent;

	EXPECT(script_register(&script, "selftest") == 0);
	ephemeral = make_pool("ephemeral", PAM_EPHEMERAL);
	persistent = make_pool("persistent", PAM_PERSISTENT);
	pam_backend_lost(script.backend);
	expect_lost(ephemeral, persistent);
	pam_pool_destroy(ephemeral);
	pam_backend_unregister(script.backend);
	EXPECT(pam_get_page(persistent, &handle, ZERO_PAGE(0), 0) == -ENODEV);
	pam_pool_destroy(persistent);
	EXPECT(script.destroyed == 2);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "names are unique and fit for sysfs", test_names },
	{ "bad parameters are refused", test_params },
	{ "completion in a hard interrupt", test_interrupt },
	{ "a poller says when it goes to sleep", test_poll },
	{ "nowait leaves what there is no room for", test_nowait },
	{ "destroying a pool waits for its requests", test_destroy_waits },
	{ "flushing a pool waits, and others wait for it", test_flush_waits },
	{ "a backend leaves under its pools", test_unregister },
	{ "a backend loses its pages", test_lost },
};

static int __init selftest_init(void)
{
	unsigned int i;
	int err;

	background = alloc_workqueue("pam_selftest", WQ_UNBOUND, 0);
	if (!background)
		return -ENOMEM;
	err = script_register(&script, "selftest");
	if (err) {
		destroy_workqueue(background);
		return err;
	}
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		failed = false;
		tests[i].run();
		EXPECT(!script.busy);
		pr_info("pam_selftest: %s %u %s\n", failed ? "not ok" : "ok", i + 1,
			tests[i].name);
	}
	pr_info("pam_selftest: 1..%zu\n", ARRAY_SIZE(tests));
	return 0;
}

static void __exit selftest_exit(void)
{
	irq_work_sync(&script.irq);
	destroy_workqueue(background);
}

module_init(selftest_init);
module_exit(selftest_exit);

MODULE_DESCRIPTION("Tests of the page-accessible memory core");
MODULE_LICENSE("GPL");
