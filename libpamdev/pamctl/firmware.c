// SPDX-License-Identifier: Apache-2.0
/*
 * Commands on the card's firmware.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamctl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Beyond any image; a card that takes less says so. */
#define MOST_BYTES (16u << 20)
#define MOST_SLOTS 4u

/* What to do about a fault of an image. */
static const char *remedy(unsigned int fault)
{
	switch (fault) {
	case PAMC_FW_FAULT_CRC:
		return "; get the file anew";
	case PAMC_FW_FAULT_SIGNATURE:
		return "; get it from the card's maker, or sign it with the key of this card's "
		       "loader";
	case PAMC_FW_FAULT_DOWNGRADE:
		return "; take one that is not older";
	case PAMC_FW_FAULT_INCOMPLETE:
		return "; 'pamctl firmware download' comes first, with all of the file";
	case PAMC_FW_FAULT_STATE:
		return "; with --start=reset it waits for that";
	case PAMC_FW_FAULT_FLASH:
		return "; what runs is as it was. Try again; if that does not help, the card is "
		       "broken";
	default:
		return "";
	}
}

static int refused_image(struct session *session, const char *what, int status, unsigned int fault)
{
	if (status == -EINVAL && fault)
		return complain(EXIT_FAILED, "%s: %s%s", what, pamdev_firmware_fault(fault),
				remedy(fault));
	if (status == -EOPNOTSUPP)
		return complain(EXIT_FAILED, "%s: the firmware of this card cannot be replaced",
				session->uri);
	return refused(status, "%s", what);
}

/* Where things stand, for who asked or has just changed it. */
static int report_firmware(struct session *session, unsigned int *fault)
{
	static const char *const names[MOST_SLOTS] = {"slot_1", "slot_2", "slot_3", "slot_4"};
	struct pamdev *dev = session_device(session);
	struct pamc_log_firmware log = {0};
	struct pamc_identify id;
	long status;

	if (!dev)
		return EXIT_FAILED;
	status = pamdev_identify(dev, &id);
	if (status == 0)
		status = pamdev_log(dev, PAMC_LOG_FIRMWARE, 0, &log, sizeof(log));
	if (status < 0)
		return refused((int)status, "%s", session->uri);
	struct field fields[6 + MOST_SLOTS] = {
	    FIELD_CHARS("revision", id.firmware),
	    FIELD_NUMBER("running_slot", log.active_slot),
	    FIELD_NUMBER("next_slot", log.next_slot ? log.next_slot : log.active_slot),
	    FIELD_NUMBER("downloaded_slot", log.downloaded_slot),
	    FIELD_TEXT("boot_fault", pamdev_firmware_fault(log.boot_reason)),
	    FIELD_NUMBER("slots", log.slots),
	};
	unsigned int slots = log.slots < MOST_SLOTS ? log.slots : MOST_SLOTS;

	for (unsigned int n = 0; n < slots; n++) {
		const struct field slot = {names[n], UNIT_TEXT, 0, (char *)log.revision + 16 * n,
					   16};

		fields[6 + n] = slot;
	}
	report_one(session, fields, 6 + slots);
	if (fault)
		*fault = log.boot_reason;
	return EXIT_OK;
}

int run_firmware_show(struct session *session, const struct command *command, int argc,
		      char *argv[])
{
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	return command_arguments(command, argc, 0, 0) ? report_firmware(session, NULL) : EXIT_USAGE;
}

/* ---- download ---- */

struct progress {
	size_t size;
	bool shown;
};

static void show_progress(void *ctx, size_t done)
{
	struct progress *p = ctx;

	if (p->shown)
		fprintf(stderr, "\r%zu of %zu KiB%s", done / 1024, p->size / 1024,
			done == p->size ? "\n" : "");
}

/* All of a file, with malloc; NULL after a complaint. */
static void *read_file(const char *name, size_t *size)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char *data = file ? malloc(MOST_BYTES) : NULL;

	if (data) {
		*size = fread(data, 1, MOST_BYTES, file);
		errno = ferror(file) ? EIO : *size == MOST_BYTES ? EFBIG : 0;
	}
	if (!data || errno) {
		complain(EXIT_FAILED, "%s: %s", name, strerror(errno));
		free(data);
		data = NULL;
	}
	if (file && file != stdin)
		fclose(file);
	return data;
}

int run_firmware_download(struct session *session, const struct command *command, int argc,
			  char *argv[])
{
	struct progress progress = {0, !session->json && isatty(STDERR_FILENO)};
	unsigned int fault;
	struct pamdev *dev;
	int code, status;
	void *image;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 1, 1))
		return EXIT_USAGE;
	image = read_file(argv[optind], &progress.size);
	dev = image ? session_device(session) : NULL;
	code = EXIT_FAILED;
	if (dev) {
		status = pamdev_firmware_download(dev, image, progress.size, show_progress,
						  &progress, &fault);
		code = status ? refused_image(session, argv[optind], status, fault)
			      : report_firmware(session, NULL);
	}
	free(image);
	return code;
}

/* ---- activate ---- */

static bool start_action(const char *text, unsigned int *action)
{
	static const char *const names[] = {
	    [PAMC_FW_ACTION_STORE] = "never",
	    [PAMC_FW_ACTION_RESET] = "reset",
	    [PAMC_FW_ACTION_NOW] = "now",
	};

	for (*action = 0; *action < COUNT(names); ++*action) {
		if (strcmp(text, names[*action]) == 0)
			return true;
	}
	complain(EXIT_USAGE, "--start is now, reset or never, not '%s'", text);
	return false;
}

int run_firmware_activate(struct session *session, const struct command *command, int argc,
			  char *argv[])
{
	unsigned int action = PAMC_FW_ACTION_NOW, fault;
	uint64_t slot = 0;
	struct pamdev *dev;
	int option, code;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		if (option == 's' && (!text_number(optarg, &slot) || slot < 1 || slot > MOST_SLOTS))
			return complain(EXIT_USAGE, "--slot wants a number from 1 on, not '%s'",
					optarg);
		if (option == 'w' && !start_action(optarg, &action))
			return EXIT_USAGE;
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 0, 0))
		return EXIT_USAGE;
	dev = session_device(session);
	if (!dev)
		return EXIT_FAILED;
	code = pamdev_firmware_activate(dev, (unsigned int)slot, action, &fault);
	if (code == -EINVAL && !fault)
		return complain(EXIT_FAILED, "the card has no slot %u", (unsigned int)slot);
	if (code)
		return refused_image(session, "firmware activate", code, fault);
	code = report_firmware(session, &fault);
	if (code == EXIT_OK && action == PAMC_FW_ACTION_NOW && fault)
		return complain(EXIT_FAILED, "%s: it did not start, another slot runs: %s",
				session->uri, pamdev_firmware_fault(fault));
	return code;
}
