// SPDX-License-Identifier: Apache-2.0
/*
 * What the card does to itself: self-test, sanitize, and their log pages.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "pamctl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Between looks at work that is waited for. */
#define LOOK_NS 20000000

static const char *const test_parts[] = {
    [PAMC_TEST_PART_NONE] = "none",     [PAMC_TEST_PART_TABLES] = "tables",
    [PAMC_TEST_PART_BUFFER] = "buffer", [PAMC_TEST_PART_VAULT] = "vault",
    [PAMC_TEST_PART_FLASH] = "flash",
};

static const char *const sanitize_parts[] = {
    [PAMC_SANITIZE_PART_NONE] = "none",     [PAMC_SANITIZE_PART_DRAIN] = "drain",
    [PAMC_SANITIZE_PART_LAYOUT] = "layout", [PAMC_SANITIZE_PART_FLASH] = "flash",
    [PAMC_SANITIZE_PART_MEMORY] = "memory",
};

static const char *name_of(const char *const *names, unsigned int count, unsigned int number)
{
	return number < count ? names[number] : "unknown";
}

static int read_progress(struct session *session, unsigned int page, struct pamc_log_progress *log)
{
	struct pamdev *dev = session_device(session);
	long got;

	if (!dev)
		return EXIT_FAILED;
	memset(log, 0, sizeof(*log));
	got = pamdev_log(dev, page, 0, log, sizeof(*log));
	return got < 0 ? refused((int)got, "%s", session->uri) : EXIT_OK;
}

static void report_progress(struct session *session, unsigned int page,
			    const struct pamc_log_progress *log)
{
	static const char *const outcomes[] = {"never run", "passed", "failed", "aborted"};
	const char *part = page == PAMC_LOG_SELF_TEST
			       ? name_of(test_parts, COUNT(test_parts), log->step)
			       : name_of(sanitize_parts, COUNT(sanitize_parts), log->step);
	const struct field fields[] = {
	    {"running", UNIT_BOOL, log->running, NULL, 0},
	    {"percent", UNIT_PERCENT, log->percent, NULL, 0},
	    FIELD_TEXT("outcome",
		       log->running ? "not yet" : name_of(outcomes, COUNT(outcomes), log->outcome)),
	    FIELD_TEXT("part", part),
	    {"detail", UNIT_HEX, log->detail, NULL, 0},
	    FIELD_NUMBER("failed", log->failed),
	    FIELD_NUMBER("checked", log->checked),
	    FIELD_NUMBER("runs", log->runs),
	};

	report_one(session, fields, COUNT(fields));
}

int log_progress(struct session *session, unsigned int page)
{
	struct pamc_log_progress log;
	int code = read_progress(session, page, &log);

	if (code == EXIT_OK)
		report_progress(session, page, &log);
	return code;
}

/* What came of it, as the exit code says, too. */
static int told(struct session *session, unsigned int page, const struct pamc_log_progress *log)
{
	bool test = page == PAMC_LOG_SELF_TEST;

	report_progress(session, page, log);
	if (log->running || log->outcome == 1)
		return EXIT_OK;
	if (log->outcome == 3)
		return complain(EXIT_FAILED, "%s: aborted, by a reset or by somebody else",
				test ? "self-test" : "sanitize");
	if (test)
		return complain(EXIT_FAILED,
				"self-test: the card's %s failed; save what is on the "
				"card and have it looked at",
				name_of(test_parts, COUNT(test_parts), log->step));
	return complain(EXIT_FAILED,
			"sanitize: something may still be readable on the card (%s); try "
			"again, and if that fails, too, destroy it",
			name_of(sanitize_parts, COUNT(sanitize_parts), log->step));
}

/* It has been started: wait for its end if that is wanted, and say how things are. */
static int finish(struct session *session, unsigned int page, bool wait)
{
	struct pamc_log_progress log;
	int code = read_progress(session, page, &log);

	while (code == EXIT_OK && wait && log.running) {
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
		code = read_progress(session, page, &log);
	}
	return code == EXIT_OK ? told(session, page, &log) : code;
}

static int not_started(struct session *session, int status)
{
	if (status == -EAGAIN || status == -EBUSY)
		return complain(EXIT_FAILED,
				"%s: it is at a self-test or a sanitize already; 'pamctl log "
				"self-test' and 'pamctl log sanitize' tell how far it is",
				session->uri);
	return refused(status, "%s", session->uri);
}

int run_self_test(struct session *session, const struct command *command, int argc, char *argv[])
{
	unsigned int test = PAMDEV_SELF_TEST_SHORT;
	struct pamdev *dev;
	bool wait = false;
	int option, code, status;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		if (option == 'e')
			test = PAMDEV_SELF_TEST_EXTENDED;
		if (option == 's')
			test = PAMDEV_SELF_TEST_STOP;
		wait |= option == 'w';
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 0, 0))
		return EXIT_USAGE;
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	status = pamdev_self_test(dev, test);
	if (status)
		return not_started(session, status);
	return test == PAMDEV_SELF_TEST_STOP ? log_progress(session, PAMC_LOG_SELF_TEST)
					     : finish(session, PAMC_LOG_SELF_TEST, wait);
}

int run_sanitize(struct session *session, const struct command *command, int argc, char *argv[])
{
	bool sure = false, wait = false;
	struct pamdev *dev;
	int option, code, status;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		sure |= option == 'y';
		wait |= option == 'w';
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 0, 0))
		return EXIT_USAGE;
	if (!sure)
		return complain(EXIT_USAGE,
				"sanitize destroys all pools and pages of %s, in flash, "
				"too; with --yes it does so",
				session->uri);
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	status = pamdev_sanitize(dev);
	return status ? not_started(session, status) : finish(session, PAMC_LOG_SANITIZE, wait);
}
