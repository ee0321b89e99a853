/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the Verilated card. It is a library of its own, beside the program, because
 * making it takes minutes and needs Verilator, and most of those who use pamsim need
 * neither.
 */
#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "card.h"

/* Made by "make rtl", and by name: the second one writes its signals, and is slower. */
#define PLAIN "libpamcard_rtl.so"
#define WAVES "libpamcard_rtl_waves.so"

/* What such a library has for us (sim/verilator/card_rtl.cpp). */
typedef int create_function(const struct card_config *config, const struct card_host *host,
			    struct card **card);
typedef int check_function(const struct card_config *config, char *error, size_t size);
typedef void tell_function(void);

/* Beside the program, or above: one with sanitizers is in a folder of its own. */
static bool find(const char *name, char *path, size_t size)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const char *folder;

	if (length < 0)
		return false;
	program[length] = 0;
	folder = dirname(program);
	snprintf(path, size, "%s/%s", folder, name);
	if (access(path, R_OK) == 0)
		return true;
	snprintf(path, size, "%s/../%s", folder, name);
	return access(path, R_OK) == 0;
}

/* Loads it, for good: the card may be the last to use it. NULL, and why not in error. */
static void *load(bool waves, const char *symbol, char *error, size_t size)
{
	const char *name = waves ? WAVES : PLAIN;
	char path[PATH_MAX + sizeof(WAVES) + 4];
	void *library;
	void *found;

	if (!find(name, path, sizeof(path))) {
		snprintf(error, size, "%s is not there; \"make %s\" builds it", name,
			 waves ? "build/" WAVES : "rtl");
		return NULL;
	}
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	found = library ? dlsym(library, symbol) : NULL;
	if (!found)
		snprintf(error, size, "%s", dlerror());
	return found;
}

static const char *model_only(const struct card_config *config)
{
	if (config->put_latency_ns)
		return "--put-latency";
	if (config->get_latency_ns)
		return "--get-latency";
	if (config->boot_flash)
		return "--boot-flash";
	if (config->flash_bytes)
		return "--flash";
	return config->trace ? "--trace" : NULL;
}

int card_rtl_check_config(const struct card_config *config, char *error, size_t size)
{
	check_function *check;

	*(void **)&check = load(config->waves_path, "card_rtl_check", error, size);
	if (!check)
		return -EINVAL;
	if (model_only(config)) {
		snprintf(error, size, "%s is for --card=model alone", model_only(config));
		return -EINVAL;
	}
	return check(config, error, size);
}

int card_rtl_load(const struct card_config *config, const struct card_host *host,
		  struct card **card)
{
	create_function *create;
	char error[PATH_MAX];

	*(void **)&create = load(config->waves_path, "card_rtl_create", error, sizeof(error));
	if (create)
		return create(config, host, card);
	fprintf(stderr, "pamsim: error: %s\n", error);
	return -ELIBACC;
}

int card_rtl_print_figures(char *error, size_t size)
{
	tell_function *tell;

	*(void **)&tell = load(false, "card_rtl_tell_figures", error, size);
	if (!tell)
		return -EINVAL;
	tell();
	return 0;
}
