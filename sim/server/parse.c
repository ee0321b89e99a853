/* SPDX-License-Identifier: Apache-2.0 */
/* Figures and faults in text: see parse.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define HOUR_NS (3600u * UINT64_C(1000000000))

static const char *const fault_names[CARD_FAULT_COUNT] = {
    [CARD_FAULT_DMA] = "dma",           [CARD_FAULT_IRQ] = "irq",
    [CARD_FAULT_REFUSE] = "refuse",     [CARD_FAULT_DELAY] = "delay",
    [CARD_FAULT_BIT_FLIP] = "bit-flip",
};

struct unit {
	const char *name;
	uint64_t factor;
};

/* A number with one of units behind it (the last one has no name: none is needed). */
static int parse_with_unit(const char *text, const struct unit *units, uint64_t max,
			   uint64_t *value)
{
	char *end;
	unsigned long long number;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno)
		return -EINVAL;
	for (; units->factor; units++) {
		if (strcmp(end, units->name) != 0)
			continue;
		if (number > max / units->factor)
			return -EINVAL;
		*value = number * units->factor;
		return 0;
	}
	return -EINVAL;
}

int parse_time(const char *text, uint64_t *ns)
{
	static const struct unit units[] = {
	    {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0},
	};

	return parse_with_unit(text, units, HOUR_NS, ns);
}

int parse_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = {
	    {"", 1},
	    {"KiB", UINT64_C(1) << 10},
	    {"MiB", UINT64_C(1) << 20},
	    {"GiB", UINT64_C(1) << 30},
	    {"TiB", UINT64_C(1) << 40},
	    {NULL, 0},
	};

	return parse_with_unit(text, units, UINT64_MAX, bytes);
}

int parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	static const struct unit none[] = {{"", 1}, {NULL, 0}};
	int ret = parse_with_unit(text, none, max, value);

	return ret == 0 && *value < min ? -EINVAL : ret;
}

static int find_fault(const char *name)
{
	for (int fault = 0; fault < CARD_FAULT_COUNT; fault++)
		if (strcmp(name, fault_names[fault]) == 0)
			return fault;
	return -1;
}

static int parse_fault(char *item, struct faults *faults, char error[PARSE_ERROR_SIZE])
{
	char *value = strchr(item, '=');
	char *time = NULL;
	uint64_t one_in;
	int fault;

	if (value)
		*value++ = '\0';
	fault = find_fault(item);
	if (fault < 0 || !value) {
		snprintf(
		    error, PARSE_ERROR_SIZE,
		    "no fault '%.40s': want dma=N, irq=N, refuse=N, delay=N:TIME or bit-flip=N",
		    item);
		return -EINVAL;
	}
	if (fault == CARD_FAULT_DELAY && (time = strchr(value, ':')))
		*time++ = '\0';
	if (parse_number(value, 0, UINT32_MAX, &one_in)) {
		snprintf(error, PARSE_ERROR_SIZE,
			 "fault %s: '%.40s' is not a number; it means one in N, 0 is never", item,
			 value);
		return -EINVAL;
	}
	if (time && (parse_time(time, &faults->delay_ns) || !faults->delay_ns)) {
		snprintf(error, PARSE_ERROR_SIZE,
			 "fault delay: '%.40s' is not a time such as 500us, 20ms or 1s", time);
		return -EINVAL;
	}
	faults->named |= 1u << fault;
	faults->one_in[fault] = (uint32_t)one_in;
	return 0;
}

int faults_parse(char *text, struct faults *faults, char error[PARSE_ERROR_SIZE])
{
	char *rest;
	int ret = 0;

	for (char *item = strtok_r(text, ",", &rest); item && ret == 0;
	     item = strtok_r(NULL, ",", &rest))
		ret = parse_fault(item, faults, error);
	if (ret == 0 && !faults->named) {
		snprintf(error, PARSE_ERROR_SIZE, "no fault is named");
		ret = -EINVAL;
	}
	return ret;
}

int waves_parse(char *text, struct card_config *card, char error[PARSE_ERROR_SIZE])
{
	char *item = strchr(text, ',');

	card->waves_path = text;
	card->waves_from = 1;
	card->waves_commands = UINT64_MAX;
	while (item) {
		uint64_t *to = NULL;
		char *value;

		*item++ = '\0';
		value = strchr(item, '=');
		if (strncmp(item, "from=", 5) == 0)
			to = &card->waves_from;
		else if (strncmp(item, "commands=", 9) == 0)
			to = &card->waves_commands;
		item = strchr(item, ',');
		if (item)
			*item = '\0';
		if (!to || parse_number(value + 1, 1, UINT32_MAX, to)) {
			snprintf(error, PARSE_ERROR_SIZE,
				 "want FILE[,from=N][,commands=N], N from 1 on");
			return -EINVAL;
		}
	}
	if (*text)
		return 0;
	snprintf(error, PARSE_ERROR_SIZE, "the file has no name");
	return -EINVAL;
}
