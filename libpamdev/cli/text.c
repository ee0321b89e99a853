// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers and complaints; see text.h.
 */
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE 16

bool text_number(const char *text, uint64_t *value)
{
	static const char units[] = "KMGT";
	unsigned int shift = 0;
	char *end;

	/* strtoull takes signs and spaces. */
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno)
		return false;
	if (*end) {
		const char *unit = strchr(units, *end & ~0x20);

		if (!unit || end[1])
			return false;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (*value > UINT64_MAX >> shift)
		return false;
	*value <<= shift;
	return true;
}

const char *text_bytes(uint64_t bytes, char *buffer)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	double value = (double)bytes / 1024;
	unsigned int unit = 0;

	if (bytes < 1024) {
		snprintf(buffer, TEXT_SIZE, "%" PRIu64 " B", bytes);
		return buffer;
	}
	while (value >= 1024 && unit < 4) {
		value /= 1024;
		unit++;
	}
	snprintf(buffer, TEXT_SIZE, "%.1f %s", value, units[unit]);
	return buffer;
}

const char *text_ns(uint64_t ns, char *buffer)
{
	if (ns < 1000)
		snprintf(buffer, TEXT_SIZE, "%" PRIu64 " ns", ns);
	else if (ns < 1000000)
		snprintf(buffer, TEXT_SIZE, "%.1f us", (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buffer, TEXT_SIZE, "%.1f ms", (double)ns / 1e6);
	else
		snprintf(buffer, TEXT_SIZE, "%.1f s", (double)ns / 1e9);
	return buffer;
}

int complain(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s: error: ", program_invocation_short_name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return code;
}
