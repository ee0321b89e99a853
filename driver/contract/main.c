// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_contract: runs the contract's cases on a backend, through the PAM core.
 *
 *	modprobe pam_contract backend=ram
 *	cat /sys/kernel/debug/pam_contract/results
 *	echo card0 > /sys/kernel/debug/pam_contract/run
 *
 * Results are in TAP, there and in the kernel log.  For tests: it makes pools of its
 * own and touches no other, but fills a small backend, so that others' puts are
 * refused meanwhile.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "contract.h"

static char *backend;
module_param(backend, charp, 0444);
MODULE_PARM_DESC(backend, "Backend to test when loaded, as in /sys/class/pam (default: none)");

static char *only;
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "Run only cases whose name contains this, or one of these, with commas between");

static char *faults;
module_param(faults, charp, 0444);
MODULE_PARM_DESC(faults, "Folder of the files fault_refuse, fault_flip and fault_transfer, as /sys/module/pam_ram/parameters (default: none)");

static char *helper;
module_param(helper, charp, 0444);
MODULE_PARM_DESC(helper, "Folder of the pipes ask and answer: power-cycle, rebind or restart is written to one, and ok awaited from the other when that was done to the backend (default: none)");

static unsigned long seed;
module_param(seed, ulong, 0644);
MODULE_PARM_DESC(seed, "Seed of handles and contents (0 = drawn, and reported)");

static unsigned int fill_limit_mb = 32;
module_param(fill_limit_mb, uint, 0644);
MODULE_PARM_DESC(fill_limit_mb, "Largest backend, in MiB, that is filled up (default 32)");

#define RESULTS_BYTES	(64 * 1024)

/* One run at a time; protects the results. */
static DEFINE_MUTEX(run_lock);
/* Protects the report's end against threads of a case. */
static DEFINE_MUTEX(report_lock);
static char *results;
static size_t results_length;
static struct dentry *folder;

void report_va(const char *prefix, const char *format, va_list args)
{
	char line[200];

	vscnprintf(line, sizeof(line), format, args);
	pr_info("pam_contract: %s%s\n", prefix, line);
	mutex_lock(&report_lock);
	results_length += scnprintf(results + results_length, RESULTS_BYTES - results_length,
				    "%s%s\n", prefix, line);
	mutex_unlock(&report_lock);
}

void report(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_va("", format, args);
	va_end(args);
}

static void run_case(struct kcontract *contract, unsigned int i, unsigned int number)
{
	const struct contract_case *which = contract_get(i);
	/* A case may move this thread to another queue's CPU. */
	int result = contract_run(&contract->env, i);

	set_cpus_allowed_ptr(current, cpu_possible_mask);
	switch (result) {
	case CONTRACT_PASS:
		report("ok %u %s", number, which->name);
		break;
	case CONTRACT_SKIP:
		report("ok %u %s # SKIP not possible here", number, which->name);
		break;
	default:
		report("not ok %u %s: %s (rules %s)", number, which->name, which->text,
		       which->rules);
		break;
	}
}

static bool is_wanted(const char *name)
{
	const char *part = only;

	while (part) {
		size_t length = strcspn(part, ",");
		const char *at;

		for (at = name; *at; at++)
			if (length && !strncmp(at, part, length))
				return true;
		part = part[length] ? part + length + 1 : NULL;
	}
	return !only;
}

static int run_cases(const char *name)
{
	u64 drawn = seed ?: get_random_u32();
	struct kcontract contract;
	unsigned int i, number = 0;
	int err;

	lockdep_assert_held(&run_lock);
	results_length = 0;
	err = kcontract_open(&contract, name, faults, helper, drawn, (u64)fill_limit_mb << 20);
	if (err) {
		report("Bail out! no backend %s to test: error %d", name, err);
		return err;
	}
	report("# backend %s, seed %llu", name, drawn);
	for (i = 0; i < contract_count(); i++) {
		if (!is_wanted(contract_get(i)->name))
			continue;
		run_case(&contract, i, ++number);
		cond_resched();
	}
	report("1..%u", number);
	kcontract_close(&contract);
	return 0;
}

static ssize_t run_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	char name[PAM_NAME_LEN] = "";
	int err;

	if (size >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, size))
		return -EFAULT;
	mutex_lock(&run_lock);
	err = run_cases(strim(name));
	mutex_unlock(&run_lock);
	return err ?: size;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

static int results_show(struct seq_file *file, void *unused)
{
	mutex_lock(&run_lock);
	seq_write(file, results, results_length);
	mutex_unlock(&run_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(results);

static int __init contract_init(void)
{
	results = vzalloc(RESULTS_BYTES);
	if (!results)
		return -ENOMEM;
	folder = debugfs_create_dir("pam_contract", NULL);
	debugfs_create_file("run", 0200, folder, NULL, &run_fops);
	debugfs_create_file("results", 0400, folder, NULL, &results_fops);
	keep_init(folder);
	if (backend) {
		mutex_lock(&run_lock);
		run_cases(backend);
		mutex_unlock(&run_lock);
	}
	return 0;
}

static void __exit contract_exit(void)
{
	/* Waits for reads and runs under way. */
	debugfs_remove(folder);
	keep_exit();
	vfree(results);
}

module_init(contract_init);
module_exit(contract_exit);

MODULE_DESCRIPTION("Contract tests of page-accessible memory backends");
MODULE_LICENSE("GPL");
