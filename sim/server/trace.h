/* SPDX-License-Identifier: Apache-2.0 */
/* The command trace: one line of text per command the card completed (docs/man/pamsim.1.scd). */
#ifndef PAMSIM_TRACE_H
#define PAMSIM_TRACE_H

#include <stdint.h>

struct trace;

/* Creates or overwrites the file at path. 0 or a negative errno. */
int trace_open(const char *path, struct trace **trace);

/* Writes out what is buffered and closes. NULL is allowed. */
void trace_close(struct trace *trace);

/* A struct card_config.trace callback; ctx is the struct trace. */
void trace_command(void *ctx, unsigned int qid, const void *sqe, const void *cqe, uint64_t start_ns,
		   uint64_t end_ns);

#endif /* PAMSIM_TRACE_H */
