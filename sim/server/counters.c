/* SPDX-License-Identifier: Apache-2.0 */
/* pamsim's counters: see counters.h. */
#include <inttypes.h>

#include "counters.h"
#include "pamc_if.h"

struct printer {
	FILE *file;
	bool json;
	bool first; /* of its group */
};

static void begin(struct printer *p, const char *group, bool first)
{
	if (p->json)
		fprintf(p->file, "%s\"%s\":{", first ? "{" : ",", group);
	else
		fprintf(p->file, "%s\n", group);
	p->first = true;
}

static void end(struct printer *p)
{
	if (p->json)
		fputc('}', p->file);
}

static void print(struct printer *p, const char *name, uint64_t value)
{
	if (p->json)
		fprintf(p->file, "%s\"%s\":%" PRIu64, p->first ? "" : ",", name, value);
	else
		fprintf(p->file, "  %-20s %" PRIu64 "\n", name, value);
	p->first = false;
}

static void print_card(struct printer *p, struct device *device)
{
	struct pamc_log_counters counters = {0};
	struct pamc_log_capacity capacity = {0};

	device_log(device, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	device_log(device, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
#define PRINT_COUNTER(name)  print(p, #name, counters.name);
#define PRINT_CAPACITY(name) print(p, #name, capacity.name);
	begin(p, "counters", true);
	PAMC_LOG_COUNTERS_TABLE(PRINT_COUNTER)
	end(p);
	begin(p, "capacity", false);
	PAMC_LOG_CAPACITY_TABLE(PRINT_CAPACITY)
	end(p);
#undef PRINT_COUNTER
#undef PRINT_CAPACITY
}

static void print_server(struct printer *p, struct device *device)
{
	struct irqs_counters irqs;
	struct dma_counters dma;

	irqs_get_counters(device_irqs(device), &irqs);
	dma_get_counters(device_dma(device), &dma);
	begin(p, "dma", false);
	print(p, "regions", dma.regions);
	print(p, "direct", dma.direct);
	print(p, "messages", dma.messages);
	print(p, "faults", dma.faults);
	print(p, "timeouts", dma.timeouts);
	end(p);
	begin(p, "interrupts", false);
	print(p, "raised", irqs.raised);
	print(p, "signalled", irqs.signalled);
	print(p, "latched", irqs.latched);
	end(p);
}

void counters_print(FILE *file, struct device *device, bool json)
{
	struct printer p = {.file = file, .json = json};

	print_card(&p, device);
	print_server(&p, device);
	if (json)
		fputc('}', file);
}
