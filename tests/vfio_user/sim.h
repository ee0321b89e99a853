/* SPDX-License-Identifier: Apache-2.0 */
/* A pamsim of the test's own: started, told things by its control socket, ended. */
#ifndef TEST_SIM_H
#define TEST_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sim {
	pid_t pid;
	char folder[64];
	char socket[96];
	char control[96];
};

/*
 * Starts pamsim ($PAMSIM, else build/san/pamsim) with 32 MiB of DRAM, seed 1 and
 * extra, a NULL-ended list that may be NULL. False: it did not come up; says why.
 */
bool sim_start(struct sim *sim, const char *const *extra);

/* Asks it to end. True: it did so at once, cleanly, and without a sanitizer's report. */
bool sim_stop(struct sim *sim);

/* Sends a line to its control socket; the answer goes to answer. False: none came. */
bool sim_control(const struct sim *sim, const char *line, char *answer, size_t size);

/* A figure of its counters, by "group" and "name"; all-ones if it cannot be had. */
unsigned long long sim_counter(const struct sim *sim, const char *group, const char *name);

/* Its open file descriptors now; -1 if they cannot be counted. */
int sim_descriptors(const struct sim *sim);
/* The same, once it stays so for 100 ms: its threads have begun, and whoever has gone is let go. */
int sim_descriptors_at_rest(const struct sim *sim);

/* Is it still running? */
bool sim_alive(const struct sim *sim);

/* A connected socket to path, or -1. */
int sim_connect(const char *path);

#endif /* TEST_SIM_H */
