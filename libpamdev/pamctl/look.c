// SPDX-License-Identifier: Apache-2.0
/*
 * Commands that look: list, info, stats, health, log, version; and reset.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamctl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Options and arguments of a command that has none. -1: go on. */
static int plain(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	return command_arguments(command, argc, 0, 0) ? -1 : EXIT_USAGE;
}

/* ---- list ---- */

#define MAX_CARDS   64
#define LIST_FIELDS 4
/* A socket that does not answer must not hold up the others. */
#define LIST_PATIENCE_MS 1000

struct listing {
	struct field fields[MAX_CARDS * LIST_FIELDS];
	struct pamc_identify identify[MAX_CARDS];
	char uris[MAX_CARDS][128];
	char states[MAX_CARDS][256];
	unsigned int count;
};

static void list_card(struct listing *l, const char *uri)
{
	struct pamdev_open_options options = PAMDEV_OPEN_OPTIONS_INIT;
	unsigned int i = l->count;
	struct pamdev *dev;

	if (i == MAX_CARDS)
		return;
	snprintf(l->uris[i], sizeof(l->uris[i]), "%s", uri);
	options.timeout_ms = LIST_PATIENCE_MS;
	options.message = l->states[i];
	options.message_size = sizeof(l->states[i]);
	memset(&l->identify[i], 0, sizeof(l->identify[i]));
	if (pamdev_open(uri, &options, &dev) == 0) {
		pamdev_identify(dev, &l->identify[i]);
		strcpy(l->states[i], "ready");
		pamdev_close(dev);
	}
	const struct field fields[LIST_FIELDS] = {
	    FIELD_TEXT("uri", l->uris[i]),
	    FIELD_CHARS("model", l->identify[i].model),
	    FIELD_BYTES("dram_bytes", l->identify[i].dram_bytes),
	    FIELD_TEXT("state", l->states[i]),
	};
	memcpy(&l->fields[i * LIST_FIELDS], fields, sizeof(fields));
	l->count++;
}

static void list_sockets(struct listing *l, const char *folder)
{
	char pattern[256];
	char uri[300];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/pamcard/*", folder);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		snprintf(uri, sizeof(uri), "vfio-user:%s", found.gl_pathv[i]);
		list_card(l, uri);
	}
	globfree(&found);
}

int run_list(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = plain(session, command, argc, argv);
	const char *named = getenv("PAMDEV");
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	struct listing *l;

	if (code >= 0)
		return code;
	l = calloc(1, sizeof(*l));
	if (!l)
		return complain(EXIT_FAILED, "no memory");
	list_card(l, "model:");
	if (named && *named && strcmp(named, "model:") != 0)
		list_card(l, named);
	list_sockets(l, "/run");
	if (runtime && *runtime)
		list_sockets(l, runtime);
	report_many(session, "cards", "no cards", l->fields, LIST_FIELDS, l->count);
	free(l);
	return EXIT_OK;
}

/* ---- info ---- */

int run_info(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = plain(session, command, argc, argv);
	struct pamc_identify id;
	struct pamdev *dev;
	char version[24];
	int status;

	if (code >= 0)
		return code;
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	status = pamdev_identify(dev, &id);
	if (status != 0)
		return refused(status, "%s", session->uri);
	snprintf(version, sizeof(version), "%u.%u", id.version >> 16, id.version & 0xffff);
	const struct field fields[] = {
	    FIELD_TEXT("uri", session->uri),
	    FIELD_CHARS("model", id.model),
	    FIELD_CHARS("serial", id.serial),
	    FIELD_CHARS("firmware", id.firmware),
	    FIELD_TEXT("interface", version),
	    {"vendor", UNIT_HEX, id.vendor, NULL, 0},
	    {"device", UNIT_HEX, id.device, NULL, 0},
	    {"boot_epoch", UNIT_HEX, id.boot_epoch, NULL, 0},
	    FIELD_BYTES("dram_bytes", id.dram_bytes),
	    FIELD_BYTES("usable_bytes", id.usable_bytes),
	    FIELD_BYTES("flash_bytes", id.flash_bytes),
	    FIELD_NUMBER("promisable_pages", id.promisable_pages),
	    FIELD_BYTES("worst_page_bytes", id.worst_page_bytes),
	    FIELD_NUMBER("queue_pairs", PAMC_GET(PAMC_CAP_QPS, id.cap)),
	    FIELD_NUMBER("vectors", PAMC_GET(PAMC_CAP_VECTORS, id.cap)),
	    FIELD_NUMBER("max_pools", id.max_pools),
	    FIELD_NUMBER("max_objects", id.max_objects),
	    FIELD_NUMBER("index_bits", id.index_bits),
	    {"page_orders", UNIT_HEX, PAMC_GET(PAMC_CAP_PAGE_ORDERS, id.cap), NULL, 0},
	    {"codecs", UNIT_HEX, id.codecs, NULL, 0},
	    {"push", UNIT_BOOL, PAMC_GET(PAMC_CAP_PUSH, id.cap), NULL, 0},
	    {"durable", UNIT_BOOL, PAMC_GET(PAMC_CAP_DURABLE, id.cap), NULL, 0},
	};

	report_one(session, fields, COUNT(fields));
	return EXIT_OK;
}

/* ---- logs ---- */

/* Reads the beginning of a log page; what the card does not fill stays zero. */
static int read_log(struct session *session, unsigned int page, void *data, size_t size)
{
	struct pamdev *dev = session_device(session);
	long got;

	if (!dev)
		return EXIT_FAILED;
	memset(data, 0, size);
	got = pamdev_log(dev, page, 0, data, size);
	return got < 0 ? refused((int)got, "%s", session->uri) : EXIT_OK;
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

int run_stats(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = plain(session, command, argc, argv);
	struct pamc_log_counters counters;
	struct pamc_log_capacity capacity;

	if (code >= 0)
		return code;
	code = read_log(session, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
	if (code == EXIT_OK)
		code = read_log(session, PAMC_LOG_COUNTERS, &counters, sizeof(counters));
	if (code != EXIT_OK)
		return code;
#define CAPACITY(name) FIELD_NUMBER(#name, capacity.name),
#define COUNTER(name)  FIELD_NUMBER(#name, counters.name),
	/* In both logs there are names like "pages" and "puts", none twice. */
	struct field fields[] = {PAMC_LOG_CAPACITY_TABLE(CAPACITY)
				     PAMC_LOG_COUNTERS_TABLE(COUNTER)};

	for (unsigned int i = 0; i < COUNT(fields); i++) {
		if (ends_in(fields[i].name, "_bytes"))
			fields[i].unit = UNIT_BYTES;
	}
	report_one(session, fields, COUNT(fields));
	return EXIT_OK;
}

int run_health(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = plain(session, command, argc, argv);
	struct pamc_log_health h;

	if (code >= 0)
		return code;
	code = read_log(session, PAMC_LOG_HEALTH, &h, sizeof(h));
	if (code != EXIT_OK)
		return code;
	const struct field fields[] = {
	    {"warnings", UNIT_HEX, h.warnings, NULL, 0},
	    {"temperature", UNIT_KELVIN, h.temperature, NULL, 0},
	    {"spare_percent", UNIT_PERCENT, h.spare_percent, NULL, 0},
	    {"used_percent", UNIT_PERCENT, h.used_percent, NULL, 0},
	    {"power_on_s", UNIT_SECONDS, h.power_on_s, NULL, 0},
	    FIELD_NUMBER("power_cycles", h.power_cycles),
	    FIELD_NUMBER("unsafe_shutdowns", h.unsafe_shutdowns),
	    FIELD_NUMBER("dram_corrected", h.dram_corrected),
	    FIELD_NUMBER("dram_uncorrected", h.dram_uncorrected),
	    FIELD_NUMBER("errors", h.errors),
	    FIELD_NUMBER("fw_restarts", h.fw_restarts),
	    FIELD_NUMBER("chip_corrected", h.chip_corrected),
	    FIELD_NUMBER("chip_uncorrected", h.chip_uncorrected),
	};

	report_one(session, fields, COUNT(fields));
	return EXIT_OK;
}

static int log_latency(struct session *session)
{
	static const char *const names[PAMC_LAT_COUNT] = {
	    [PAMC_LAT_PUT] = "put",
	    [PAMC_LAT_GET] = "get",
	    [PAMC_LAT_MISS] = "miss",
	    [PAMC_LAT_FLUSH] = "flush",
	};
	struct pamc_log_latency all[PAMC_LAT_COUNT];
	struct field fields[PAMC_LAT_COUNT][6];
	int code = read_log(session, PAMC_LOG_LATENCY, all, sizeof(all));

	if (code != EXIT_OK)
		return code;
	for (unsigned int i = 0; i < PAMC_LAT_COUNT; i++) {
		const struct pamc_log_latency *l = &all[i];
		const struct field row[] = {
		    FIELD_TEXT("operation", names[i]),
		    FIELD_NUMBER("count", l->count),
		    {"mean_ns", UNIT_NS, l->count ? l->sum_ns / l->count : 0, NULL, 0},
		    {"p50_ns", UNIT_NS, pamdev_latency_percentile(l, 50), NULL, 0},
		    {"p99_ns", UNIT_NS, pamdev_latency_percentile(l, 99), NULL, 0},
		    {"p999_ns", UNIT_NS, pamdev_latency_percentile(l, 99.9), NULL, 0},
		};

		memcpy(fields[i], row, sizeof(row));
	}
	report_many(session, "latency", "", fields[0], COUNT(fields[0]), PAMC_LAT_COUNT);
	return EXIT_OK;
}

#define MAX_ERRORS   256
#define ERROR_FIELDS 9

static const char *status_text(unsigned int status)
{
#define STATUS(name, value, text)                                                                  \
	case value:                                                                                \
		return text;
	switch (status) {
		PAMC_STATUS_TABLE(STATUS)
	default:
		return "unknown";
	}
}

static const char *opcode_name(unsigned int opcode)
{
#define OPCODE(name, value)                                                                        \
	case value:                                                                                \
		return #name;
	switch (opcode) {
		PAMC_OP_TABLE(OPCODE)
		PAMC_ADMIN_TABLE(OPCODE)
	default:
		return "unknown";
	}
}

static void report_errors(struct session *session, const struct pamc_log_error *errors,
			  struct field *fields)
{
	unsigned int count = 0;

	while (count < MAX_ERRORS && errors[count].sequence) {
		const struct pamc_log_error *e = &errors[count];
		const struct field row[ERROR_FIELDS] = {
		    FIELD_NUMBER("sequence", e->sequence),
		    FIELD_NUMBER("time_ns", e->time_ns),
		    FIELD_NUMBER("qid", e->qid),
		    FIELD_NUMBER("cid", e->cid),
		    FIELD_TEXT("opcode", opcode_name(e->opcode)),
		    FIELD_TEXT("status", status_text(e->status)),
		    {"field", UNIT_HEX, e->field, NULL, 0},
		    FIELD_NUMBER("pool", e->pool),
		    {"addr", UNIT_HEX, e->addr, NULL, 0},
		};

		memcpy(fields + count * ERROR_FIELDS, row, sizeof(row));
		count++;
	}
	report_many(session, "errors", "no errors", fields, ERROR_FIELDS, count);
}

static int log_error(struct session *session)
{
	struct pamc_log_error *errors = calloc(MAX_ERRORS, sizeof(*errors));
	struct field *fields = calloc(MAX_ERRORS * ERROR_FIELDS, sizeof(*fields));
	int code = EXIT_FAILED;

	if (!errors || !fields)
		complain(EXIT_FAILED, "no memory");
	else
		code = read_log(session, PAMC_LOG_ERROR, errors, MAX_ERRORS * sizeof(*errors));
	if (code == EXIT_OK)
		report_errors(session, errors, fields);
	free(errors);
	free(fields);
	return code;
}

static int log_wear(struct session *session)
{
	struct pamc_log_wear w;
	int code = read_log(session, PAMC_LOG_WEAR, &w, sizeof(w));

	if (code != EXIT_OK)
		return code;
	const struct field fields[] = {
	    FIELD_NUMBER("erase_min", w.erase_min),
	    FIELD_NUMBER("erase_mean", w.erase_mean),
	    FIELD_NUMBER("erase_max", w.erase_max),
	    FIELD_BYTES("host_bytes", w.host_bytes),
	    FIELD_BYTES("flash_bytes", w.flash_bytes),
	    FIELD_NUMBER("bad_factory", w.bad_factory),
	    FIELD_NUMBER("bad_grown", w.bad_grown),
	    FIELD_NUMBER("spare_blocks", w.spare_blocks),
	    FIELD_NUMBER("corrected_bits", w.corrected_bits),
	    FIELD_NUMBER("uncorrectable", w.uncorrectable),
	    FIELD_NUMBER("refreshed", w.refreshed),
	};

	report_one(session, fields, COUNT(fields));
	return EXIT_OK;
}

int run_log(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 1, 1))
		return EXIT_USAGE;
	if (strcmp(argv[optind], "latency") == 0)
		return log_latency(session);
	if (strcmp(argv[optind], "error") == 0)
		return log_error(session);
	if (strcmp(argv[optind], "wear") == 0)
		return log_wear(session);
	if (strcmp(argv[optind], "self-test") == 0)
		return log_progress(session, PAMC_LOG_SELF_TEST);
	if (strcmp(argv[optind], "sanitize") == 0)
		return log_progress(session, PAMC_LOG_SANITIZE);
	return complain(EXIT_USAGE,
			"log: there are error, latency, wear, self-test and sanitize, not '%s'",
			argv[optind]);
}

/* ---- the rest ---- */

int run_reset(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = plain(session, command, argc, argv);
	struct pamdev *dev;
	int status;

	if (code >= 0)
		return code;
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	status = pamdev_reset(dev);
	return status ? refused(status, "%s", session->uri) : EXIT_OK;
}

int run_version(struct session *session, const struct command *command, int argc, char *argv[])
{
	int code = command ? plain(session, command, argc, argv) : -1;
	char version[24];

	if (code >= 0)
		return code;
	snprintf(version, sizeof(version), "%u.%u", PAMC_VERSION_MAJOR, PAMC_VERSION_MINOR);
	const struct field fields[] = {
	    FIELD_TEXT("pamctl", pamdev_version()),
	    FIELD_TEXT("libpamdev", pamdev_version()),
	    FIELD_TEXT("interface", version),
	};

	report_one(session, fields, COUNT(fields));
	return EXIT_OK;
}
