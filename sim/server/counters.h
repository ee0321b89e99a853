/* SPDX-License-Identifier: Apache-2.0 */
/* pamsim's counters, for people and for programs: those of the card and its own. */
#ifndef PAMSIM_COUNTERS_H
#define PAMSIM_COUNTERS_H

#include <stdbool.h>
#include <stdio.h>

#include "device.h"

/* One "name value" a line, or JSON in one line without its end. Slow: see device_log. */
void counters_print(FILE *file, struct device *device, bool json);

#endif /* PAMSIM_COUNTERS_H */
