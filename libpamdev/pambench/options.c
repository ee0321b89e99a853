// SPDX-License-Identifier: Apache-2.0
/*
 * pambench's command line.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "cli/text.h"

static const char help[] =
    "usage: pambench [OPTION...]\n"
    "\n"
    "Puts pages to a card and gets them back in loops, beside bare liblz4 on the\n"
    "same pages; prints pages/s, bytes/s, latencies and the ratio to liblz4.\n"
    "\n"
    "  -d, --device=URI     the card (default model:dram=1G)\n"
    "  --pages=SOURCE       a file of 4 KiB pages; heap: of a heap made here (default);\n"
    "                       pid:N: of a running process; same; random\n"
    "  --same=PERCENT       of the pages are same-filled (besides those of the source)\n"
    "  --random=PERCENT     of the pages are incompressible\n"
    "  --count=N            pages of the working set (default 4096)\n"
    "  --order=N            page size is 4 KiB << N, 0 to 4 (default 0)\n"
    "  --depth=N            operations outstanding, 16 to 2048, a power of two;\n"
    "                       0: synchronous calls (default 32)\n"
    "  --batch=N            operations handed over at once (default 8)\n"
    "  --rounds=N           loops over the working set; medians are printed (default 7)\n"
    "  --seed=N             of everything random (default 1)\n"
    "  --sequential         visit pages in order, not at random\n"
    "  --unaligned          buffers that must be copied\n"
    "  -o, --output-format=FORMAT   normal or json\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 usage. pambench(1) has the details.\n";

enum option_id {
	OPT_PAGES = 1000,
	OPT_SAME,
	OPT_RANDOM,
	OPT_COUNT,
	OPT_ORDER,
	OPT_DEPTH,
	OPT_BATCH,
	OPT_ROUNDS,
	OPT_SEED,
	OPT_SEQUENTIAL,
	OPT_UNALIGNED,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
    {"device", required_argument, NULL, 'd'},
    {"pages", required_argument, NULL, OPT_PAGES},
    {"same", required_argument, NULL, OPT_SAME},
    {"random", required_argument, NULL, OPT_RANDOM},
    {"count", required_argument, NULL, OPT_COUNT},
    {"order", required_argument, NULL, OPT_ORDER},
    {"depth", required_argument, NULL, OPT_DEPTH},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"rounds", required_argument, NULL, OPT_ROUNDS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"sequential", no_argument, NULL, OPT_SEQUENTIAL},
    {"unaligned", no_argument, NULL, OPT_UNALIGNED},
    {"output-format", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

/* A number within its range into *field. */
static int number(const char *name, const char *text, uint64_t least, uint64_t most,
		  uint64_t *value)
{
	if (text_number(text, value) && *value >= least && *value <= most)
		return -1;
	return complain(EXIT_USAGE, "--%s wants a number from %llu to %llu, not '%s'", name,
			(unsigned long long)least, (unsigned long long)most, text);
}

static int set_number(int option, const char *text, struct options *o)
{
	static const struct {
		int option;
		const char *name;
		uint64_t least, most;
	} ranges[] = {
	    {OPT_SAME, "same", 0, 100},        {OPT_RANDOM, "random", 0, 100},
	    {OPT_COUNT, "count", 1, 1u << 24}, {OPT_ORDER, "order", 0, PAMC_MAX_PAGE_ORDER},
	    {OPT_DEPTH, "depth", 0, 2048},     {OPT_BATCH, "batch", 1, 2048},
	    {OPT_ROUNDS, "rounds", 1, 1000},   {OPT_SEED, "seed", 0, UINT64_MAX},
	};
	uint64_t value = 0;
	unsigned int i = 0;
	int code;

	while (ranges[i].option != option)
		i++;
	code = number(ranges[i].name, text, ranges[i].least, ranges[i].most, &value);
	if (code >= 0)
		return code;
	switch (option) {
	case OPT_SAME:
		o->same_percent = (unsigned int)value;
		break;
	case OPT_RANDOM:
		o->random_percent = (unsigned int)value;
		break;
	case OPT_COUNT:
		o->count = value;
		break;
	case OPT_ORDER:
		o->order = (unsigned int)value;
		break;
	case OPT_DEPTH:
		o->depth = (unsigned int)value;
		break;
	case OPT_BATCH:
		o->batch = (unsigned int)value;
		break;
	case OPT_ROUNDS:
		o->rounds = (unsigned int)value;
		break;
	default:
		o->seed = value;
	}
	return -1;
}

static int set_option(int option, struct options *o)
{
	switch (option) {
	case 'd':
		o->uri = optarg;
		return -1;
	case 'o':
		if (strcmp(optarg, "json") != 0 && strcmp(optarg, "normal") != 0)
			return complain(EXIT_USAGE, "--output-format is normal or json, not '%s'",
					optarg);
		o->json = strcmp(optarg, "json") == 0;
		return -1;
	case OPT_PAGES:
		o->source = optarg;
		return -1;
	case OPT_SEQUENTIAL:
		o->sequential = true;
		return -1;
	case OPT_UNALIGNED:
		o->unaligned = true;
		return -1;
	case OPT_HELP:
		fputs(help, stdout);
		return EXIT_OK;
	case OPT_VERSION:
		printf("pambench %s\n", pamdev_version());
		return EXIT_OK;
	case '?':
		/* getopt has said what. */
		return EXIT_USAGE;
	default:
		return set_number(option, optarg, o);
	}
}

int options_parse(int argc, char *argv[], struct options *options)
{
	static const struct options defaults = {
	    .uri = "model:dram=1G",
	    .source = "heap",
	    .count = 4096,
	    .depth = 32,
	    .batch = 8,
	    .rounds = 7,
	    .seed = 1,
	};
	int option;

	*options = defaults;
	while ((option = getopt_long(argc, argv, "d:o:", long_options, NULL)) != -1) {
		int code = set_option(option, options);

		if (code >= 0)
			return code;
	}
	if (optind < argc)
		return complain(EXIT_USAGE, "'%s' is no option; --help lists them", argv[optind]);
	if (options->same_percent + options->random_percent > 100)
		return complain(EXIT_USAGE, "--same and --random are more than 100 %% together");
	if (options->depth && (options->depth < 16 || (options->depth & (options->depth - 1))))
		return complain(EXIT_USAGE, "--depth is 0 or a power of two from 16 to 2048");
	if (options->batch > options->depth)
		options->batch = options->depth ? options->depth : 1;
	return -1;
}
