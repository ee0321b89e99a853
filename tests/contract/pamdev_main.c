// SPDX-License-Identifier: Apache-2.0
/*
 * Runs the contract cases against libpamdev.
 *
 * usage: pamdev_main model | model-card-lz4 | model-flash | vfio-user | rtl | rtl-slow-host |
 * rtl-core | rtl-flash | rtl-flash-small | --list [CASE...]
 *
 * model-card-lz4 is a model that compresses as the hardware does; model-flash and
 * vfio-user-flash have flash behind little memory.
 * vfio-user starts a pamsim of its own, rtl one with the Verilated card, and rtl-slow-host one
 * whose host and memory have figures as no good ones have, rtl-core one whose firmware runs on
 * the card's core, rtl-flash one with flash behind little memory, rtl-flash-small one with less of
 * both. --list prints name, rules and text of each case, for the check of docs/contract.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamdev_env.h"

static const char *const sim_options[] = {"--dram=8MiB", NULL};
static const char *const flash_options[] = {"--dram=4MiB", "--flash=40MiB", NULL};
/* Small: everything takes long there. */
static const char *const rtl_options[] = {"--card=rtl", "--dram=2MiB", NULL};
static const char *const slow_host_options[] = {
    "--card=rtl", "--dram=2MiB",
    "--rtl=max-payload=128,max-read-request=128,rcb=64,split=yes,reorder=yes,extended-tags=no,"
    "read-latency=2us,read-latency-spread=1us,bandwidth=2GB/s,posted-credits=3,"
    "posted-data-credits=8,non-posted-credits=4,credit-latency=400ns,dram-overhead=300ns,"
    "dram-window=1,dram-refresh-every=3us",
    NULL};
static const char *const core_options[] = {"--card=rtl", "--dram=2MiB", "--rtl=management=core",
					   NULL};

#define PATIENCE_MS 20000
/* Of the card with flash in RTL. A page of 64 KiB is half a million cycles of flash there, and a
 * put may wait for some of them to leave before it; a power cycle is millions: minutes, on a
 * machine that has other work. So random runs are a few hundred steps. */
#define FLASH_PATIENCE_MS 600000
#define FLASH_STEPS       600

/* Flash that is quicker than any, so that the case is about what the card does with it. A page of
 * it has no room for one of a host that does not compress: that takes two. */
#define RTL_FLASH "flash-tier=yes,flash-read=2us,flash-program=10us,flash-erase=20us"
static const char *const rtl_flash_options[] = {"--card=rtl", "--dram=1MiB",
						"--rtl=" RTL_FLASH ",flash-blocks=24", NULL};
/* For cases of many commands, as they count by what memory holds; or of many starts, which read a
 * page of each block. */
static const char *const rtl_small_options[] = {"--card=rtl", "--dram=512KiB",
						"--rtl=" RTL_FLASH ",flash-blocks=12", NULL};

/* Kinds that are a pamsim of its own. */
static const struct {
	const char *name;
	const char *const *options;
} sims[] = {
    {"vfio-user", sim_options},
    {"vfio-user-flash", flash_options},
    {"rtl", rtl_options},
    {"rtl-slow-host", slow_host_options},
    {"rtl-core", core_options},
    {"rtl-flash", rtl_flash_options},
    {"rtl-flash-small", rtl_small_options},
};

static const char *const *find_options(const char *kind)
{
	for (size_t i = 0; i < sizeof(sims) / sizeof(sims[0]); i++) {
		if (kind && strcmp(kind, sims[i].name) == 0)
			return sims[i].options;
	}
	return NULL;
}

/* Small, so that filling it takes no time. */
static const struct {
	const char *name;
	const char *uri;
} models[] = {
    {"model", "model:dram=8M"},
    {"model-card-lz4", "model:dram=8M,lz4=card"},
    {"model-flash", "model:dram=4M,flash=40M"},
};

static const char *find_model(const char *kind)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (kind && strcmp(kind, models[i].name) == 0)
			return models[i].uri;
	}
	return NULL;
}

static int list(void)
{
	for (unsigned int i = 0; i < contract_count(); i++) {
		const struct contract_case *c = contract_get(i);

		printf("%s|%s|%s\n", c->name, c->rules, c->text);
	}
	return 0;
}

static bool wanted(const char *name, char *names[], int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return count == 0;
}

static int run(struct pamdev_env *e, const char *kind, char *names[], int count)
{
	int failed = 0;

	for (unsigned int i = 0; i < contract_count(); i++) {
		const char *name = contract_get(i)->name;
		int verdict;

		if (!wanted(name, names, count))
			continue;
		verdict = contract_run(&e->env, i);
		if (!pamdev_env_clean(e))
			verdict = CONTRACT_FAIL;
		if (verdict == CONTRACT_SKIP)
			printf("ok %s: %s # SKIP not possible here\n", kind, name);
		else
			printf("%s %s: %s\n", verdict ? "not ok" : "ok", kind, name);
		fflush(stdout);
		failed |= verdict == CONTRACT_FAIL;
	}
	return failed;
}

int main(int argc, char *argv[])
{
	const char *const *socket = find_options(argv[1]);
	const char *seed_text = getenv("PAMCARD_SEED");
	uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 1;
	const bool slow = socket && (socket == rtl_flash_options || socket == rtl_small_options);
	struct pamsim sim = {0};
	struct pamdev_env e;
	char uri[64];
	const char *model = find_model(argv[1]);
	int failed;

	if (argc >= 2 && strcmp(argv[1], "--list") == 0)
		return list();
	if (!model && !socket) {
		fprintf(stderr, "usage: pamdev_main model | model-card-lz4 | model-flash | "
				"vfio-user | vfio-user-flash | rtl | rtl-slow-host | rtl-core | "
				"rtl-flash | rtl-flash-small | --list [CASE...]\n");
		return 2;
	}
	printf("# PAMCARD_SEED=%llu\n", (unsigned long long)seed);
	snprintf(uri, sizeof(uri), "%s,seed=%llu", model ? model : "", (unsigned long long)seed);
	if (socket && pamsim_start(&sim, socket) != 0)
		return 1;
	failed = pamdev_env_open(&e, socket ? sim.uri : uri, socket ? &sim : NULL,
				 slow ? FLASH_PATIENCE_MS : PATIENCE_MS, seed);
	if (slow) {
		sim.patience_ms = FLASH_PATIENCE_MS;
		e.env.random_steps = FLASH_STEPS;
	}
	if (failed == 0)
		failed = run(&e, argv[1], argv + 2, argc - 2);
	if (e.dev)
		pamdev_env_close(&e);
	pamsim_stop(&sim);
	return failed != 0;
}
