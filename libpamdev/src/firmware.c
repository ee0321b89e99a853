// SPDX-License-Identifier: Apache-2.0
/*
 * New firmware for a card. Pieces are small: the card erases flash for each, which takes its
 * time, and no command may take too long.
 */
#include "device.h"

#define PIECE 4096u

static int firmware_command(struct pamdev *dev, struct pamc_admin_sqe *entry, const void *data,
			    size_t size, unsigned int *fault)
{
	struct pamc_cqe cqe = {0};
	int status = admin_command(dev, entry, data, size, NULL, 0, &cqe);

	if (fault && (cqe.status >> 1 & 0xff) == PAMC_STATUS_BAD_FIRMWARE)
		*fault = cqe.info;
	return status;
}

int pamdev_firmware_download(struct pamdev *dev, const void *image, size_t size,
			     void (*progress)(void *ctx, size_t done), void *ctx,
			     unsigned int *fault)
{
	int status = 0;

	if (fault)
		*fault = PAMC_FW_FAULT_NONE;
	if (size % 4 || size < PAMDEV_FIRMWARE_LEAST) {
		if (fault)
			*fault = PAMC_FW_FAULT_LENGTH;
		return -EINVAL;
	}
	for (size_t done = 0, part; status == 0 && done < size; done += part) {
		struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_FW_DOWNLOAD};

		part = size - done < PIECE ? size - done : PIECE;
		entry.p.fw.offset = done;
		status = firmware_command(dev, &entry, (const char *)image + done, part, fault);
		if (status == 0 && progress)
			progress(ctx, done + part);
	}
	return status;
}

int pamdev_firmware_activate(struct pamdev *dev, unsigned int slot, unsigned int action,
			     unsigned int *fault)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_FW_ACTIVATE};

	if (fault)
		*fault = PAMC_FW_FAULT_NONE;
	entry.p.fw.slot = slot;
	entry.p.fw.action = action;
	return firmware_command(dev, &entry, NULL, 0, fault);
}

const char *pamdev_firmware_fault(unsigned int fault)
{
	static const char *const texts[] = {
#define FAULT(name, value, text) [value] = text,
	    PAMC_FW_FAULT_TABLE(FAULT)
#undef FAULT
	};

	return fault < sizeof(texts) / sizeof(texts[0]) && texts[fault]
		   ? texts[fault]
		   : "a fault that this program does not know";
}
