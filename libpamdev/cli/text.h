/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as people write and read them, for the programs' command lines and
 * tables, and the one way in which they complain.
 */
#ifndef PAMDEV_CLI_TEXT_H
#define PAMDEV_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes of the programs. */
#define EXIT_OK     0
#define EXIT_FAILED 1 /* the card or the system refused */
#define EXIT_USAGE  2 /* the command line makes no sense */

/* A whole number, decimal or 0x..., with K, M, G or T (of 1024) behind it. False: it is none. */
bool text_number(const char *text, uint64_t *value);

/* "1.5 MiB" into buffer (at least 16 bytes), which is returned. */
const char *text_bytes(uint64_t bytes, char *buffer);
/* "1.5 us" likewise. */
const char *text_ns(uint64_t ns, char *buffer);

/* "program: error: ..." to stderr. Returns code. */
int complain(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* PAMDEV_CLI_TEXT_H */
