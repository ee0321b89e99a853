/* SPDX-License-Identifier: Apache-2.0 */
/* pamsim's command line. */
#ifndef PAMSIM_OPTIONS_H
#define PAMSIM_OPTIONS_H

#include <stdbool.h>

#include "card.h"

struct options {
	const struct card_kind *kind;
	struct card_config card;
	const char *socket_path; /* or NULL */
	int fd;                  /* or -1 */
	const char *trace_path;
	const char *control_path;
	const char *counters_path;
	bool json;
};

/*
 * Parses the command line; prints the answer to --help and --version.
 * True: go on. False: exit with *code; a bad option has been explained in one line.
 */
bool options_parse(int argc, char **argv, struct options *options, int *code);

#endif /* PAMSIM_OPTIONS_H */
