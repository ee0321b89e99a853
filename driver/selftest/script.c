// SPDX-License-Identifier: GPL-2.0-only
/* The backend of script.h. */
#include <linux/err.h>
#include <linux/module.h>

#include "script.h"

/* Completes what is held, and keeps nothing from now on. */
void script_release(struct script *script, int status)
{
	struct pam_request *request, *next;
	unsigned long flags;
	LIST_HEAD(list);

	spin_lock_irqsave(&script->lock, flags);
	script->hold = false;
	list_splice_init(&script->held, &list);
	spin_unlock_irqrestore(&script->lock, flags);
	list_for_each_entry_safe(request, next, &list, list) {
		list_del_init(&request->list);
		pam_request_done(request, status);
	}
}

static void script_irq(struct irq_work *irq)
{
	WARN_ON(!in_hardirq());
	script_release(container_of(irq, struct script, irq), 0);
}

static int script_submit(struct pam_backend *backend, void *priv, struct list_head *batch,
			 bool nowait)
{
	struct script *script = pam_backend_priv(backend);
	struct pam_request *request, *next;
	bool complete, full = false;
	unsigned long flags;

	spin_lock_irqsave(&script->lock, flags);
	list_for_each_entry_safe(request, next, batch, list) {
		full = nowait && !script->room;
		if (full)
			break;
		script->room -= nowait;
		script->submitted++;
		*(void **)request->priv = priv;
		list_move_tail(&request->list, &script->held);
	}
	complete = !script->hold && !script->hold_until_sleep;
	spin_unlock_irqrestore(&script->lock, flags);
	if (complete)
		irq_work_queue(&script->irq);
	return full ? -EAGAIN : 0;
}

static unsigned int script_poll(struct pam_backend *backend, struct pam_request *request,
				bool sleep)
{
	struct script *script = pam_backend_priv(backend);

	script->polls++;
	if (sleep && script->hold_until_sleep)
		irq_work_queue(&script->irq);
	return 0;
}

static void check_alone(struct script *script, void *pool)
{
	struct pam_request *request;

	list_for_each_entry(request, &script->held, list)
		script->busy |= *(void **)request->priv == pool;
}

static int script_pool_create(struct pam_backend *backend, const struct pam_pool_params *params,
			      void **priv)
{
	struct script *script = pam_backend_priv(backend);

	if (params->reserve)
		return -ENOSPC;
	/* Any pointer does that no other pool has. */
	*priv = (char *)script + ++script->created;
	return 0;
}

static void script_pool_destroy(struct pam_backend *backend, void *priv)
{
	struct script *script = pam_backend_priv(backend);

	check_alone(script, priv);
	script->destroyed++;
}

static int script_pool_set(struct pam_backend *backend, void *priv,
			   const struct pam_pool_params *params)
{
	return params->reserve ? -ENOSPC : 0;
}

static int script_pool_flush(struct pam_backend *backend, void *priv)
{
	struct script *script = pam_backend_priv(backend);

	check_alone(script, priv);
	script->flushes++;
	return 0;
}

static int script_pool_stats(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats)
{
	return 0;
}

static int script_sync(struct pam_backend *backend, void *priv)
{
	return 0;
}

static int script_info(struct pam_backend *backend, struct pam_backend_info *info)
{
	return 0;
}

static const struct pam_backend_ops script_ops = {
	.owner = THIS_MODULE,
	.pool_create = script_pool_create,
	.pool_destroy = script_pool_destroy,
	.pool_set = script_pool_set,
	.pool_flush = script_pool_flush,
	.pool_stats = script_pool_stats,
	.submit = script_submit,
	.poll = script_poll,
	.sync = script_sync,
	.info = script_info,
};

int script_register(struct script *script, const char *name)
{
	memset(script, 0, sizeof(*script));
	spin_lock_init(&script->lock);
	INIT_LIST_HEAD(&script->held);
	init_irq_work(&script->irq, script_irq);
	script->backend = pam_backend_register(name, &script_ops, NULL, script);
	return PTR_ERR_OR_ZERO(script->backend);
}
