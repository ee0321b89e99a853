/* SPDX-License-Identifier: Apache-2.0 */
/* The command trace: see trace.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamc_if.h"
#include "trace.h"

struct trace {
	FILE *file;
};

struct name {
	unsigned int value;
	const char *name;
};

#define NAME(name, value)           {value, #name},
#define STATUS_NAME(name, value, _) {value, #name},

static const struct name op_names[] = {PAMC_OP_TABLE(NAME){0, NULL}};
static const struct name admin_names[] = {PAMC_ADMIN_TABLE(NAME){0, NULL}};
static const struct name status_names[] = {PAMC_STATUS_TABLE(STATUS_NAME){0, NULL}};

static const char *find_name(const struct name *names, unsigned int value)
{
	for (; names->name; names++)
		if (names->value == value)
			return names->name;
	return "UNKNOWN";
}

int trace_open(const char *path, struct trace **trace)
{
	struct trace *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->file = fopen(path, "we");
	if (!self->file) {
		int ret = -errno;

		free(self);
		return ret;
	}
	/* Whole lines even if the process is killed. */
	setlinebuf(self->file);
	*trace = self;
	return 0;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	fclose(trace->file);
	free(trace);
}

static void print_io(FILE *file, const struct pamc_sqe *sqe)
{
	fprintf(file,
		"%s pool=%" PRIu32 " object=%016" PRIx64 "%016" PRIx64 "%016" PRIx64
		" index=%" PRIx64 " flags=%x addr=%" PRIx64,
		find_name(op_names, sqe->opcode), sqe->pool, sqe->object[2], sqe->object[1],
		sqe->object[0], sqe->index, sqe->flags, sqe->addr);
}

static void print_admin(FILE *file, const struct pamc_admin_sqe *sqe)
{
	fprintf(file, "%s id=%" PRIu32 " addr=%" PRIx64 " length=%" PRIu32,
		find_name(admin_names, sqe->opcode), sqe->id, sqe->addr, sqe->length);
}

void trace_command(void *ctx, unsigned int qid, const void *sqe, const void *cqe, uint64_t start_ns,
		   uint64_t end_ns)
{
	struct trace *trace = ctx;
	struct pamc_admin_sqe admin;
	struct pamc_sqe io;
	struct pamc_cqe done;

	memcpy(&io, sqe, sizeof(io));
	memcpy(&admin, sqe, sizeof(admin));
	memcpy(&done, cqe, sizeof(done));
	fprintf(trace->file, "%" PRIu64 " q%u c%u ", start_ns, qid, io.cid);
	if (qid == 0)
		print_admin(trace->file, &admin);
	else
		print_io(trace->file, &io);
	fprintf(trace->file, " status=%s result=%" PRIx32 " info=%" PRIx32 " ns=%" PRIu64 "\n",
		find_name(status_names, done.status >> 1 & 0xff), done.result, done.info,
		end_ns - start_ns);
}
