/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pamsim of the test's own: started, controlled and stopped by it, and killed
 * with it whatever happens. For all tests in C that need a card on a socket.
 */
#ifndef TESTS_PAMSIM_H
#define TESTS_PAMSIM_H

#include <sys/types.h>

struct pamsim {
	pid_t pid;
	char folder[64];
	char uri[96];     /* vfio-user:PATH, for pamdev_open */
	char control[96]; /* path of its control socket */
	int patience_ms;  /* with its answers there; pamsim_start sets it */
};

/* Starts build/san/pamsim with these options (NULL-terminated); 0, or -1 and says why. */
int pamsim_start(struct pamsim *sim, const char *const options[]);
/* Ends it and removes its sockets. */
void pamsim_stop(struct pamsim *sim);
/*
 * Sends a line to its control socket. 0, or -1 when it did not answer "ok"; the
 * answer is in reply (size bytes).
 */
int pamsim_control(const struct pamsim *sim, const char *line, char *reply, size_t size);

#endif /* TESTS_PAMSIM_H */
