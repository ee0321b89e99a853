// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_card.ko: PAM cards as backends of the PAM core.
 *
 * The module and its parameters.  README.md tells an operator about them.
 */
#include <linux/dmi.h>
#include <linux/module.h>

#include "card.h"

#define PCARD_MIN_TIMEOUT_MS	100
#define PCARD_MAX_TIMEOUT_MS	600000
#define PCARD_MAX_DEPTH		1024

struct pcard_options pcard_options = {
	.timeout_ms = 5000,
	.queue_depth = 256,
};

static int pcard_set_timeout(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, PCARD_MIN_TIMEOUT_MS, PCARD_MAX_TIMEOUT_MS);
}

static const struct kernel_param_ops pcard_timeout_ops = {
	.set = pcard_set_timeout,
	.get = param_get_uint,
};

module_param_cb(timeout_ms, &pcard_timeout_ops, &pcard_options.timeout_ms, 0644);
MODULE_PARM_DESC(timeout_ms, "milliseconds until a command is aborted, and again until the card is reset (100..600000, default 5000)");

module_param_named(queues, pcard_options.queues, uint, 0444);
MODULE_PARM_DESC(queues, "most I/O queue pairs per card (default 0: one per CPU)");

module_param_named(queue_depth, pcard_options.queue_depth, uint, 0444);
MODULE_PARM_DESC(queue_depth, "commands in flight per queue pair, rounded down to a power of 2 (16..1024, default 256)");

module_param_named(coalesce_count, pcard_options.coalesce_count, uint, 0444);
MODULE_PARM_DESC(coalesce_count, "completions until an interrupt (default 0: at once)");

module_param_named(coalesce_usec, pcard_options.coalesce_usec, uint, 0444);
MODULE_PARM_DESC(coalesce_usec, "microseconds until an interrupt in spite of coalesce_count (default 0)");

module_param_named(crc, pcard_options.crc, bool, 0444);
MODULE_PARM_DESC(crc, "check the CRC32C of pages on this side, too (default off: bus and card check)");

module_param_named(adopt, pcard_options.adopt, bool, 0444);
MODULE_PARM_DESC(adopt, "keep pools that this host left on a card, for who creates them again (default off: destroy them)");

static char *push = "auto";
module_param(push, charp, 0444);
MODULE_PARM_DESC(push, "write commands into the card: auto (if doorbells are not emulated), on, off");

static char *owner;
module_param(owner, charp, 0444);
MODULE_PARM_DESC(owner, "UUID that marks this host's pools (default: the machine's)");

static int pcard_parse_push(void)
{
	static const char * const names[] = {
		[PCARD_PUSH_OFF] = "off",
		[PCARD_PUSH_ON] = "on",
		[PCARD_PUSH_AUTO] = "auto",
	};
	int i = match_string(names, ARRAY_SIZE(names), push);

	if (i < 0) {
		pr_err("pam_card: push=%s: must be auto, on or off\n", push);
		return -EINVAL;
	}
	pcard_options.push = i;
	return 0;
}

/* A name for this host that is the same after a crash. */
static int pcard_find_owner(void)
{
	/* Of machines that do not know theirs. */
	static const uuid_t nameless = UUID_INIT(0x7c2f4b0e, 0x9d55, 0x4e0b, 0x9a, 0x41,
						 0x50, 0x41, 0x4d, 0x43, 0x41, 0x52);
	const char *machine = dmi_get_system_info(DMI_PRODUCT_UUID);

	if (owner) {
		if (!uuid_parse(owner, &pcard_options.owner))
			return 0;
		pr_err("pam_card: owner=%s: must be a UUID\n", owner);
		return -EINVAL;
	}
	if (!machine || uuid_parse(machine, &pcard_options.owner) ||
	    uuid_is_null(&pcard_options.owner))
		pcard_options.owner = nameless;
	return 0;
}

static int pcard_check_options(void)
{
	struct pcard_options *o = &pcard_options;

	if (o->queue_depth < BIT(PAMC_MIN_QUEUE_SHIFT) || o->queue_depth > PCARD_MAX_DEPTH) {
		pr_err("pam_card: queue_depth=%u: must be 16..%u\n", o->queue_depth,
		       PCARD_MAX_DEPTH);
		return -EINVAL;
	}
	if (o->coalesce_count > U16_MAX || o->coalesce_usec > U16_MAX) {
		pr_err("pam_card: coalesce_count and coalesce_usec must be below 65536\n");
		return -EINVAL;
	}
	if (o->coalesce_count && !o->coalesce_usec) {
		pr_err("pam_card: coalesce_count needs coalesce_usec, or the last completions wait for ever\n");
		return -EINVAL;
	}
	return pcard_parse_push() ?: pcard_find_owner();
}

static int __init pcard_module_init(void)
{
	int ret = pcard_check_options();

	if (ret)
		return ret;
	pcard_debugfs_init();
	ret = pci_register_driver(&pcard_driver);
	if (ret)
		pcard_debugfs_exit();
	return ret;
}

static void __exit pcard_module_exit(void)
{
	pci_unregister_driver(&pcard_driver);
	pcard_debugfs_exit();
}

module_init(pcard_module_init);
module_exit(pcard_module_exit);

MODULE_DESCRIPTION("PAM card: page-accessible memory on PCI Express");
MODULE_LICENSE("GPL");
