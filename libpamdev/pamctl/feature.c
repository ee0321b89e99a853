// SPDX-License-Identifier: Apache-2.0
/*
 * Features of the card: what can be set until its next reset, which is when the next pamctl
 * opens it, too.
 */
#include <errno.h>
#include <string.h>

#include "pamctl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct feature {
	const char *name; /* as people write it */
	const char *key;  /* in the output */
	unsigned int id;
	enum unit unit;
};

/* All but COALESCE, which is a queue pair's. */
static const struct feature features[] = {
    {"event-mask", "event_mask", PAMC_FEATURE_EVENT_MASK, UNIT_HEX},
    {"pressure", "pressure", PAMC_FEATURE_PRESSURE, UNIT_PERCENT},
    /* In kelvin, as it is set; not UNIT_KELVIN, whose 0 is another. */
    {"temperature", "temperature", PAMC_FEATURE_TEMPERATURE, UNIT_NUMBER},
    {"timestamp", "timestamp", PAMC_FEATURE_TIMESTAMP, UNIT_NUMBER},
    {"dirty-budget", "dirty_budget", PAMC_FEATURE_DIRTY_BUDGET, UNIT_BYTES},
};

/* The feature of that name; NULL after a complaint. */
static const struct feature *find_feature(const char *name)
{
	for (unsigned int i = 0; i < COUNT(features); i++) {
		if (strcmp(features[i].name, name) == 0)
			return &features[i];
	}
	complain(EXIT_USAGE,
		 "feature: there are event-mask, pressure, temperature, timestamp and "
		 "dirty-budget, not '%s'",
		 name);
	return NULL;
}

/* Reads one feature, or all of them that the card has. */
static int report_features(struct session *session, struct pamdev *dev, const struct feature *only)
{
	struct field fields[COUNT(features)];
	unsigned int count = 0;

	for (unsigned int i = 0; i < COUNT(features); i++) {
		const struct feature *f = &features[i];
		uint64_t value = 0;
		int status;

		if (only && only != f)
			continue;
		status = pamdev_feature_get(dev, f->id, &value);
		if (status == -EOPNOTSUPP && !only)
			continue;
		if (status)
			return refused(status, "feature %s", f->name);
		fields[count++] = (struct field){f->key, f->unit, value, NULL, 0};
	}
	report_one(session, fields, count);
	return EXIT_OK;
}

int run_feature_get(struct session *session, const struct command *command, int argc, char *argv[])
{
	const struct feature *only = NULL;
	struct pamdev *dev;
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 0, 1))
		return EXIT_USAGE;
	if (optind < argc) {
		only = find_feature(argv[optind]);
		if (!only)
			return EXIT_USAGE;
	}
	dev = session_device(session);
	return dev ? report_features(session, dev, only) : EXIT_FAILED;
}

int run_feature_set(struct session *session, const struct command *command, int argc, char *argv[])
{
	const struct feature *feature;
	struct pamdev *dev;
	uint64_t value;
	int code, status;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 2, 2))
		return EXIT_USAGE;
	feature = find_feature(argv[optind]);
	if (!feature)
		return EXIT_USAGE;
	if (!text_number(argv[optind + 1], &value))
		return complain(EXIT_USAGE, "feature %s: '%s' is no number", feature->name,
				argv[optind + 1]);
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	status = pamdev_feature_set(dev, feature->id, value);
	if (status == -EINVAL)
		return complain(EXIT_FAILED, "feature %s: the card does not take %s", feature->name,
				argv[optind + 1]);
	return status ? refused(status, "feature %s", feature->name) : EXIT_OK;
}
