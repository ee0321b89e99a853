// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asynchronous events of the card: to the kernel log and, as uevents of the PCI
 * device, to whoever watches.
 */
#include <linux/kobject.h>

#include "card.h"

static const char *pcard_event_name(u32 event)
{
	switch (event) {
	case PAMC_EVENT_ERROR:
		return "error";
	case PAMC_EVENT_HEALTH:
		return "health";
	case PAMC_EVENT_POOLS:
		return "pools";
	case PAMC_EVENT_PRESSURE:
		return "pressure";
	case PAMC_EVENT_FIRMWARE:
		return "firmware";
	case PAMC_EVENT_SELF_TEST:
		return "self-test";
	default:
		return "unknown";
	}
}

static void pcard_report_error(struct pcard *card)
{
	struct pamc_log_error entry;

	if (pcard_admin_log(card, PAMC_LOG_ERROR, &entry, sizeof(entry)) || !entry.sequence)
		return;
	dev_warn_ratelimited(pcard_dev(card),
			     "error log: #%llu queue %u command %#x of opcode %#x: %s, field %#x, pool %u, address %#llx\n",
			     le64_to_cpu(entry.sequence), le16_to_cpu(entry.qid),
			     le16_to_cpu(entry.cid), entry.opcode,
			     pcard_status_text(entry.status), le16_to_cpu(entry.field),
			     le32_to_cpu(entry.pool), le64_to_cpu(entry.addr));
}

/* The event names only the log page; what is wrong stands there. */
static void pcard_report_health(struct pcard *card, const struct pcard_event *event)
{
	static const char * const names[] = {
		"temperature", "DRAM errors", "flash spare low", "read-only",
		"power-loss store failed", "chip memory",
	};
	struct pamc_log_health log;
	unsigned int i, length = 0;
	char text[128] = "none";
	u32 warnings;

	if (pcard_admin_log(card, PAMC_LOG_HEALTH, &log, sizeof(log))) {
		dev_warn_ratelimited(pcard_dev(card), "event: health (%u)\n", event->info);
		return;
	}
	warnings = le32_to_cpu(log.warnings);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (warnings & BIT(i))
			length += scnprintf(text + length, sizeof(text) - length, "%s%s",
					    length ? ", " : "", names[i]);
	dev_warn_ratelimited(pcard_dev(card), "event: health (%u), warnings %#x (%s), %u K\n",
			     event->info, warnings, text, le16_to_cpu(log.temperature));
}

static void pcard_report(struct pcard *card, const struct pcard_event *event)
{
	char name[32], info[32];
	char *env[3] = { name, info, NULL };

	snprintf(name, sizeof(name), "PAM_EVENT=%s", pcard_event_name(event->event));
	snprintf(info, sizeof(info), "PAM_INFO=%u", event->info);
	if (event->event == PAMC_EVENT_ERROR)
		pcard_report_error(card);
	else if (event->event == PAMC_EVENT_HEALTH)
		pcard_report_health(card, event);
	else
		dev_info_ratelimited(pcard_dev(card), "event: %s (%u)\n",
				     pcard_event_name(event->event), event->info);
	kobject_uevent_env(&pcard_dev(card)->kobj, KOBJ_CHANGE, env);
}

/**
 * pcard_event_work - report events and ask for more
 * @work: admin.event_work
 */
void pcard_event_work(struct work_struct *work)
{
	struct pcard *card = container_of(work, struct pcard, admin.event_work);
	struct pcard_admin *admin = &card->admin;
	unsigned int i;

	for (i = 0; i < PCARD_EVENTS; i++) {
		struct pcard_event event;

		spin_lock_irq(&admin->lock);
		event = admin->events[i];
		admin->events[i].event = 0;
		spin_unlock_irq(&admin->lock);
		if (!event.event)
			continue;
		pcard_report(card, &event);
		pcard_admin_ask_event(card, i);
	}
}
