/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pamctl: looks at PAM cards and works with their pools and pages.
 *
 *   main.c	command line, and scripts of commands
 *   commands.c	table of the commands
 *   report.c	results as tables and as JSON
 *   look.c	list, info, stats, health, log, version
 *   pools.c	pool ...
 *   pages.c	put, get, flush
 *   firmware.c	firmware ...
 *   care.c	self-test, sanitize
 *   feature.c	feature ...
 */
#ifndef PAMCTL_H
#define PAMCTL_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/text.h"
#include "pamdev.h"

/* What all commands of a run share. */
struct session {
	const char *uri;
	bool json;
	/* Opened by the first command that needs it, closed at the end. */
	struct pamdev *dev;
	bool script; /* commands come from a script */
};

struct command {
	const char *name;      /* "pool create" */
	const char *arguments; /* for the usage line */
	const char *text;      /* what it does, one line */
	const char *details;   /* rest of its help; may be NULL */
	const struct option *options;
	/*
	 * argv[0] is the command; getopt has not been called. An exit code, after
	 * a complaint if it is not 0.
	 */
	int (*run)(struct session *session, const struct command *command, int argc, char *argv[]);
};

extern const struct command commands[];
extern const unsigned int command_count;

/* The card, opened if it is not yet; NULL after a complaint. */
struct pamdev *session_device(struct session *session);

/*
 * Next option of a command's own: its `val`, -1 at the end, or '?' after a
 * complaint. The options that all have (-o, --help) are dealt with; *code is the
 * exit code when the command must end with it, else it stays -1.
 */
int command_option(struct session *session, const struct command *command, int argc, char *argv[],
		   int *code);
/* Are there between least and most arguments left? Else complains. */
bool command_arguments(const struct command *command, int argc, int least, int most);

/* "what: why" for an errno of the library. Returns EXIT_FAILED. */
int refused(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* look.c, pools.c, pages.c, firmware.c, care.c, feature.c */
int run_list(struct session *session, const struct command *command, int argc, char *argv[]);
int run_info(struct session *session, const struct command *command, int argc, char *argv[]);
int run_stats(struct session *session, const struct command *command, int argc, char *argv[]);
int run_health(struct session *session, const struct command *command, int argc, char *argv[]);
int run_log(struct session *session, const struct command *command, int argc, char *argv[]);
int run_version(struct session *session, const struct command *command, int argc, char *argv[]);
int run_reset(struct session *session, const struct command *command, int argc, char *argv[]);
int run_pool_create(struct session *session, const struct command *command, int argc, char *argv[]);
int run_pool_list(struct session *session, const struct command *command, int argc, char *argv[]);
int run_pool_destroy(struct session *session, const struct command *command, int argc,
		     char *argv[]);
int run_pool_flush(struct session *session, const struct command *command, int argc, char *argv[]);
int run_pool_set(struct session *session, const struct command *command, int argc, char *argv[]);
int run_put(struct session *session, const struct command *command, int argc, char *argv[]);
int run_get(struct session *session, const struct command *command, int argc, char *argv[]);
int run_flush(struct session *session, const struct command *command, int argc, char *argv[]);
int run_sync(struct session *session, const struct command *command, int argc, char *argv[]);
int run_firmware_show(struct session *session, const struct command *command, int argc,
		      char *argv[]);
int run_firmware_download(struct session *session, const struct command *command, int argc,
			  char *argv[]);
int run_firmware_activate(struct session *session, const struct command *command, int argc,
			  char *argv[]);

int run_self_test(struct session *session, const struct command *command, int argc, char *argv[]);
int run_sanitize(struct session *session, const struct command *command, int argc, char *argv[]);
int run_feature_get(struct session *session, const struct command *command, int argc, char *argv[]);
int run_feature_set(struct session *session, const struct command *command, int argc, char *argv[]);

/* care.c: log page SELF_TEST or SANITIZE. */
int log_progress(struct session *session, unsigned int page);

/* pools.c: a pool by name or by #id; NULL after a complaint. */
struct pamdev_pool *find_pool(struct session *session, const char *name);

/* ---- report.c ---- */

enum unit {
	UNIT_NUMBER,
	UNIT_BYTES,
	UNIT_NS,
	UNIT_SECONDS,
	UNIT_PERCENT,
	UNIT_KELVIN,
	UNIT_HEX,
	UNIT_BOOL,
	UNIT_TEXT,
};

struct field {
	const char *name; /* snake_case; the key in JSON */
	enum unit unit;
	uint64_t value;
	const char *text; /* UNIT_TEXT */
	size_t size;      /* of text, which may end earlier with a NUL; 0 = as long as it is */
};

#define FIELD_NUMBER(name, value) {name, UNIT_NUMBER, value, NULL, 0}
#define FIELD_BYTES(name, value)  {name, UNIT_BYTES, value, NULL, 0}
#define FIELD_TEXT(name, text)    {name, UNIT_TEXT, 0, text, 0}
#define FIELD_CHARS(name, characters)                                                              \
	{name, UNIT_TEXT, 0, (const char *)(characters), sizeof(characters)}

/* One thing: a line for each field, or a JSON object. */
void report_one(const struct session *session, const struct field *fields, unsigned int count);
/*
 * Things of one kind, `columns` fields each, one after the other: a table, or a
 * JSON array under this key. `empty` is printed when there are none.
 */
void report_many(const struct session *session, const char *key, const char *empty,
		 const struct field *fields, unsigned int columns, unsigned int rows);

#endif /* PAMCTL_H */
