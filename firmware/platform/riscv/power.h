/* SPDX-License-Identifier: Apache-2.0 */
/* How often the card was powered, and how often power went without a shutdown before. */
#ifndef POWER_H
#define POWER_H

#include <stdbool.h>
#include <stdint.h>

struct power_counts {
	uint32_t cycles, unsafe;
};

/* Those before this one, which is written down if power was lost since. */
struct power_counts power_count(bool lost);

/* The host has shut the card down; or uses it again. */
void power_stopped(bool stopped);

#endif /* POWER_H */
