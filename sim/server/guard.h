/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies to and from memory that belongs to somebody else: a client that
 * truncates the file behind a mapping would otherwise kill the server by SIGBUS.
 */
#ifndef PAMSIM_GUARD_H
#define PAMSIM_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* Installs the SIGBUS handler of this process; once, before guard_copy. 0 or a negative errno. */
int guard_install(void);

/* memcpy that returns false when either side went away under it. Any thread. */
bool guard_copy(void *to, const void *from, size_t len);

#endif /* PAMSIM_GUARD_H */
