// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operator sets: a folder in /sys/kernel/config/pam_swap is a device, its
 * files are its configuration, and writing 1 to "power" makes the disk of the
 * folder's name.  README.md describes the files.
 *
 * A folder of a device that is switched on cannot be removed, and while there are
 * folders the module cannot be unloaded: neither can take swapped pages away.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "swap.h"

/* So that no disk of another driver can be named. */
#define DISK_PREFIX	"pamswap"

static struct configfs_subsystem swap_subsystem;

static struct pam_swap *to_swap(struct config_item *item)
{
	return container_of(to_config_group(item), struct pam_swap, group);
}

/* Takes the lock of a device that may be configured, which is one that is off. */
static int swap_lock_off(struct pam_swap *swap)
{
	mutex_lock(&swap->lock);
	if (!swap->powered)
		return 0;
	mutex_unlock(&swap->lock);
	swap_err(swap, "switch it off (echo 0 > power) to change its configuration\n");
	return -EBUSY;
}

static ssize_t swap_backend_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", to_swap(item)->backend_name);
}

static ssize_t swap_backend_store(struct config_item *item, const char *page, size_t count)
{
	struct pam_swap *swap = to_swap(item);
	char name[PAM_NAME_LEN];
	int error;

	if (strscpy(name, page, sizeof(name)) < 0)
		return -EINVAL;
	error = swap_lock_off(swap);
	if (error)
		return error;
	strscpy(swap->backend_name, strim(name), PAM_NAME_LEN);
	mutex_unlock(&swap->lock);
	return count;
}

static ssize_t swap_backing_dev_show(struct config_item *item, char *page)
{
	struct pam_swap *swap = to_swap(item);
	ssize_t length;

	mutex_lock(&swap->lock);
	length = sysfs_emit(page, "%s\n", swap->backing_path ?: "");
	mutex_unlock(&swap->lock);
	return length;
}

static ssize_t swap_backing_dev_store(struct config_item *item, const char *page, size_t count)
{
	struct pam_swap *swap = to_swap(item);
	char *copy = kstrndup(page, count, GFP_KERNEL);
	char *path = NULL;
	int error;

	if (!copy)
		return -ENOMEM;
	if (*strim(copy)) {
		path = kstrdup(strim(copy), GFP_KERNEL);
		error = path ? 0 : -ENOMEM;
	} else {
		error = 0;
	}
	kfree(copy);
	if (!error)
		error = swap_lock_off(swap);
	if (error) {
		kfree(path);
		return error;
	}
	kfree(swap->backing_path);
	swap->backing_path = path;
	mutex_unlock(&swap->lock);
	return count;
}

static ssize_t swap_size_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%llu\n", to_swap(item)->size);
}

static ssize_t swap_size_store(struct config_item *item, const char *page, size_t count)
{
	struct pam_swap *swap = to_swap(item);
	char *end;
	u64 size = memparse(page, &end);
	int error;

	if (end == page || *skip_spaces(end)) {
		swap_err(swap, "size is a number of bytes; K, M, G, T may follow\n");
		return -EINVAL;
	}
	error = swap_lock_off(swap);
	if (error)
		return error;
	swap->size = round_down(size, PAGE_SIZE);
	mutex_unlock(&swap->lock);
	return count;
}

static ssize_t swap_max_size_show(struct config_item *item, char *page)
{
	struct pam_swap *swap = to_swap(item);
	u64 size;

	mutex_lock(&swap->lock);
	size = swap_largest(swap);
	mutex_unlock(&swap->lock);
	return sysfs_emit(page, "%llu\n", size);
}

static ssize_t swap_synchronous_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", to_swap(item)->synchronous);
}

static ssize_t swap_synchronous_store(struct config_item *item, const char *page, size_t count)
{
	struct pam_swap *swap = to_swap(item);
	bool value;
	int error = kstrtobool(page, &value);

	if (!error)
		error = swap_lock_off(swap);
	if (error)
		return error;
	swap->synchronous = value;
	mutex_unlock(&swap->lock);
	return count;
}

static ssize_t swap_power_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", to_swap(item)->powered);
}

static int swap_set_power(struct pam_swap *swap, bool on)
{
	int error;

	if (on == swap->powered)
		return 0;
	if (on) {
		error = configfs_depend_item_unlocked(&swap_subsystem, &swap->group.cg_item);
		if (error)
			return error;
		error = swap_power_on(swap);
	} else {
		error = swap_power_off(swap);
		if (error)
			return error;
	}
	if (!swap->powered)
		configfs_undepend_item(&swap->group.cg_item);
	return error;
}

static ssize_t swap_power_store(struct config_item *item, const char *page, size_t count)
{
	struct pam_swap *swap = to_swap(item);
	bool on;
	int error = kstrtobool(page, &on);

	if (error)
		return error;
	mutex_lock(&swap->lock);
	error = swap_set_power(swap, on);
	mutex_unlock(&swap->lock);
	return error ?: count;
}

CONFIGFS_ATTR(swap_, backend);
CONFIGFS_ATTR(swap_, backing_dev);
CONFIGFS_ATTR(swap_, size);
CONFIGFS_ATTR_RO(swap_, max_size);
CONFIGFS_ATTR(swap_, synchronous);
CONFIGFS_ATTR(swap_, power);

static struct configfs_attribute *swap_attributes[] = {
	&swap_attr_backend,
	&swap_attr_backing_dev,
	&swap_attr_size,
	&swap_attr_max_size,
	&swap_attr_synchronous,
	&swap_attr_power,
	NULL,
};

static void swap_release(struct config_item *item)
{
	struct pam_swap *swap = to_swap(item);

	kfree(swap->backing_path);
	kfree(swap);
}

static struct configfs_item_operations swap_item_ops = {
	.release = swap_release,
};

static const struct config_item_type swap_type = {
	.ct_item_ops = &swap_item_ops,
	.ct_attrs = swap_attributes,
	.ct_owner = THIS_MODULE,
};

static struct config_group *swap_make_group(struct config_group *group, const char *name)
{
	struct pam_swap *swap;

	if (strncmp(name, DISK_PREFIX, strlen(DISK_PREFIX)) ||
	    strlen(name) >= min(DISK_NAME_LEN, PAM_NAME_LEN)) {
		pr_err("pam_swap: %s: a device is named as its disk: %s..., up to %d letters\n",
		       name, DISK_PREFIX, min(DISK_NAME_LEN, PAM_NAME_LEN) - 1);
		return ERR_PTR(-EINVAL);
	}
	swap = kzalloc(sizeof(*swap), GFP_KERNEL);
	if (!swap)
		return ERR_PTR(-ENOMEM);
	mutex_init(&swap->lock);
	config_group_init_type_name(&swap->group, name, &swap_type);
	return &swap->group;
}

static struct configfs_group_operations swap_group_ops = {
	.make_group = swap_make_group,
};

static const struct config_item_type swap_subsystem_type = {
	.ct_group_ops = &swap_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem swap_subsystem = {
	.su_group.cg_item = {
		.ci_namebuf = "pam_swap",
		.ci_type = &swap_subsystem_type,
	},
	.su_mutex = __MUTEX_INITIALIZER(swap_subsystem.su_mutex),
};

int __init swap_configfs_register(void)
{
	config_group_init(&swap_subsystem.su_group);
	return configfs_register_subsystem(&swap_subsystem);
}

void swap_configfs_unregister(void)
{
	configfs_unregister_subsystem(&swap_subsystem);
}
