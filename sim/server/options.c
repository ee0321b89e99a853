/* SPDX-License-Identifier: Apache-2.0 */
/* pamsim's command line: see options.h. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "pamc_if.h"
#include "parse.h"
#include "trace.h"

#define EXIT_USAGE 2
/* Room for a list of all figures that there are. */
#define KIND_ERROR_SIZE 1024

static const char help[] =
    "usage: pamsim --socket-path=PATH | --fd=FDNUM [OPTION...]\n"
    "\n"
    "A PAM card that a virtual machine or libpamdev attaches to by vfio-user.\n"
    "\n"
    "  --socket-path=PATH   listen at PATH, one client at a time\n"
    "  --fd=FDNUM           use this socket, listening or connected, instead\n"
    "  --card=KIND          model: the C model (default); rtl: the Verilated card\n"
    "  --dram=SIZE          card memory, as 512MiB or 4GiB (default 256MiB)\n"
    "  --flash=SIZE         flash behind it, as 1GiB (default none; --card=model)\n"
    "  --queue-pairs=N      queue pairs, admin included (2 to 64, default 64)\n"
    "  --vectors=N          MSI-X vectors (1 to 64, default 64)\n"
    "  --seed=N             of hash keys and faults (default: random)\n"
    "  --lz4=WHO            compresses: liblz4 (default), card: as the hardware, slower\n"
    "  --boot-flash=FILE    the C model's firmware slots, kept in FILE (default: memory)\n"
    "  --put-latency=TIME   added to every put, as 10us\n"
    "  --get-latency=TIME   added to every get\n"
    "  --rtl=LIST           figures around --card=rtl: KEY=VALUE,...; --rtl=help lists them\n"
    "  --waves=LIST         FILE[,from=N][,commands=N]: signals of --card=rtl, as FST\n"
    "  --fault=LIST         dma=N,irq=N,refuse=N,delay=N:TIME,bit-flip=N: one in N fails\n"
    "  --trace=FILE         write a line for every command\n"
    "  --counters=FILE      where SIGUSR1 writes counters (default: stderr)\n"
    "  --output-format=FMT  of counters: normal or json\n"
    "  --control=PATH       take commands at this socket; send it 'help'\n"
    "  --help, --version\n"
    "\n"
    "SIGTERM ends it. pamsim(1) has the details.\n";

enum option_id {
	OPT_SOCKET_PATH,
	OPT_FD,
	OPT_CARD,
	OPT_DRAM,
	OPT_FLASH,
	OPT_QUEUE_PAIRS,
	OPT_VECTORS,
	OPT_SEED,
	OPT_LZ4,
	OPT_BOOT_FLASH,
	OPT_PUT_LATENCY,
	OPT_GET_LATENCY,
	OPT_RTL,
	OPT_WAVES,
	OPT_FAULT,
	OPT_TRACE,
	OPT_COUNTERS,
	OPT_OUTPUT_FORMAT,
	OPT_CONTROL,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
    {"socket-path", required_argument, NULL, OPT_SOCKET_PATH},
    {"fd", required_argument, NULL, OPT_FD},
    {"card", required_argument, NULL, OPT_CARD},
    {"dram", required_argument, NULL, OPT_DRAM},
    {"flash", required_argument, NULL, OPT_FLASH},
    {"queue-pairs", required_argument, NULL, OPT_QUEUE_PAIRS},
    {"vectors", required_argument, NULL, OPT_VECTORS},
    {"seed", required_argument, NULL, OPT_SEED},
    {"lz4", required_argument, NULL, OPT_LZ4},
    {"boot-flash", required_argument, NULL, OPT_BOOT_FLASH},
    {"put-latency", required_argument, NULL, OPT_PUT_LATENCY},
    {"get-latency", required_argument, NULL, OPT_GET_LATENCY},
    {"rtl", required_argument, NULL, OPT_RTL},
    {"waves", required_argument, NULL, OPT_WAVES},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"counters", required_argument, NULL, OPT_COUNTERS},
    {"output-format", required_argument, NULL, OPT_OUTPUT_FORMAT},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("pamsim: error: ", stderr);
	vfprintf(stderr, format, args);
	fputs(" (--help shows the options)\n", stderr);
	va_end(args);
	return -EINVAL;
}

static int take_number(const char *name, const char *text, uint64_t min, uint64_t max,
		       uint64_t *value)
{
	if (parse_number(text, min, max, value) == 0)
		return 0;
	return complain("--%s=%s: want a number from %llu to %llu", name, text,
			(unsigned long long)min, (unsigned long long)max);
}

static int take_time(const char *name, const char *text, uint64_t *ns)
{
	if (parse_time(text, ns) == 0)
		return 0;
	return complain("--%s=%s: want a time with its unit, such as 500ns, 10us or 2ms", name,
			text);
}

static int take_card(const char *text, struct options *options)
{
	options->kind = card_kind_find(text);
	if (!options->kind)
		return complain("--card=%s: no such card; there are model and rtl", text);
	return 0;
}

static int take_waves(char *text, struct card_config *card)
{
	char error[PARSE_ERROR_SIZE];

	if (waves_parse(text, card, error))
		return complain("--waves: %s", error);
	return 0;
}

static int take_faults(char *text, struct card_config *card)
{
	struct faults faults = {0};
	char error[PARSE_ERROR_SIZE];

	if (faults_parse(text, &faults, error))
		return complain("--fault: %s", error);
	for (int fault = 0; fault < CARD_FAULT_COUNT; fault++)
		if (faults.named & 1u << fault)
			card->fault_one_in[fault] = faults.one_in[fault];
	if (faults.delay_ns)
		card->delay_ns = faults.delay_ns;
	return 0;
}

static int take_lz4(const char *text, struct card_config *card)
{
	card->lz4_as_hardware = strcmp(text, "card") == 0;
	if (card->lz4_as_hardware || strcmp(text, "liblz4") == 0)
		return 0;
	return complain("--lz4=%s: want liblz4 or card", text);
}

static int take_format(const char *text, struct options *options)
{
	options->json = strcmp(text, "json") == 0;
	if (options->json || strcmp(text, "normal") == 0)
		return 0;
	return complain("--output-format=%s: want normal or json", text);
}

/* Options with a figure. */
static int take_figure(int id, const char *text, struct options *options)
{
	struct card_config *card = &options->card;
	uint64_t value = 0;
	int ret = 0;

	switch (id) {
	case OPT_FD:
		ret = take_number("fd", text, 0, 1 << 20, &value);
		options->fd = (int)value;
		break;
	case OPT_DRAM:
		if (parse_size(text, &card->dram_bytes) || !card->dram_bytes)
			ret = complain("--dram=%s: want a size such as 512MiB or 4GiB", text);
		break;
	case OPT_FLASH:
		if (parse_size(text, &card->flash_bytes) || !card->flash_bytes)
			ret = complain("--flash=%s: want a size such as 512MiB or 4GiB", text);
		break;
	case OPT_QUEUE_PAIRS:
		ret = take_number("queue-pairs", text, 2, PAMC_MAX_QP, &value);
		card->queue_pairs = (unsigned int)value;
		break;
	case OPT_VECTORS:
		ret = take_number("vectors", text, 1, PAMC_MAX_VECTORS, &value);
		card->vectors = (unsigned int)value;
		break;
	case OPT_SEED:
		ret = take_number("seed", text, 0, UINT64_MAX, &card->seed);
		break;
	case OPT_PUT_LATENCY:
		ret = take_time("put-latency", text, &card->put_latency_ns);
		break;
	case OPT_GET_LATENCY:
		ret = take_time("get-latency", text, &card->get_latency_ns);
		break;
	}
	return ret;
}

static int take_option(int id, char *text, struct options *options)
{
	switch (id) {
	case OPT_SOCKET_PATH:
		options->socket_path = text;
		return 0;
	case OPT_TRACE:
		options->trace_path = text;
		options->card.trace = trace_command;
		return 0;
	case OPT_RTL:
		options->card.rtl_figures = text;
		return 0;
	case OPT_WAVES:
		return take_waves(text, &options->card);
	case OPT_CONTROL:
		options->control_path = text;
		return 0;
	case OPT_COUNTERS:
		options->counters_path = text;
		return 0;
	case OPT_CARD:
		return take_card(text, options);
	case OPT_FAULT:
		return take_faults(text, &options->card);
	case OPT_BOOT_FLASH:
		options->card.boot_flash = text;
		return 0;
	case OPT_LZ4:
		return take_lz4(text, &options->card);
	case OPT_OUTPUT_FORMAT:
		return take_format(text, options);
	default:
		return take_figure(id, text, options);
	}
}

static int check_together(const struct options *options, int extra, char **argv)
{
	char error[KIND_ERROR_SIZE];

	if (argv[extra])
		return complain("'%s' is not an option", argv[extra]);
	if (options->socket_path && options->fd >= 0)
		return complain("--socket-path and --fd exclude each other");
	if (!options->socket_path && options->fd < 0)
		return complain("--socket-path=PATH (or --fd=FDNUM) is missing");
	if (options->card.fault_one_in[CARD_FAULT_DELAY] && !options->card.delay_ns)
		return complain("--fault: delay needs its time, as in delay=100:20ms");
	if (options->kind->check(&options->card, error, sizeof(error)))
		return complain("--card=%s: %s", options->kind->name, error);
	return 0;
}

/* --help, --version, --rtl=help. */
static int answer(int id)
{
	char error[KIND_ERROR_SIZE];

	if (id == OPT_HELP)
		fputs(help, stdout);
	else if (id == OPT_VERSION)
		printf("pamsim, card interface %u.%u\n", PAMC_VERSION_MAJOR, PAMC_VERSION_MINOR);
	else if (card_rtl_print_figures(error, sizeof(error)))
		return complain("--rtl=help: %s", error);
	return 0;
}

static bool asks(int id, const char *text)
{
	return id == OPT_HELP || id == OPT_VERSION || (id == OPT_RTL && !strcmp(text, "help"));
}

bool options_parse(int argc, char **argv, struct options *options, int *code)
{
	int id;

	*options = (struct options){.kind = &card_kinds[0], .fd = -1};
	*code = EXIT_USAGE;
	while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (id == '?')
			return false;
		if (asks(id, optarg)) {
			if (answer(id) == 0)
				*code = EXIT_SUCCESS;
			return false;
		}
		if (take_option(id, optarg, options))
			return false;
	}
	return check_together(options, optind, argv) == 0;
}
