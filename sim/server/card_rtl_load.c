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

#define LIBRARY "libpamcard_rtl.so"

typedef int create_function(const struct card_config *config, const struct card_host *host,
			    struct card **card);

/* Beside the program, or above: one with sanitizers is in a folder of its own. */
static bool find(char *path, size_t size)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const char *folder;

	if (length < 0)
		return false;
	program[length] = 0;
	folder = dirname(program);
	snprintf(path, size, "%s/" LIBRARY, folder);
	if (access(path, R_OK) == 0)
		return true;
	snprintf(path, size, "%s/../" LIBRARY, folder);
	return access(path, R_OK) == 0;
}

const char *card_rtl_missing(void)
{
	char path[PATH_MAX + sizeof(LIBRARY) + 4];

	return find(path, sizeof(path)) ? NULL : LIBRARY " is not there; \"make rtl\" builds it";
}

int card_rtl_load(const struct card_config *config, const struct card_host *host,
		  struct card **card)
{
	char path[PATH_MAX + sizeof(LIBRARY) + 4];
	create_function *create;
	void *library;

	if (!find(path, sizeof(path)))
		return -ELIBACC;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "pamsim: error: %s\n", dlerror());
		return -ELIBACC;
	}
	/* Never closed: the card may have been the last to use it. */
	*(void **)&create = dlsym(library, "card_rtl_create");
	if (!create) {
		fprintf(stderr, "pamsim: error: %s\n", dlerror());
		return -ELIBACC;
	}
	return create(config, host, card);
}
