// SPDX-License-Identifier: GPL-2.0-only
/*
 * New firmware for the card, by the kernel's upload interface: /sys/class/firmware/pam0.
 *
 * It goes to the slot that does not run, is checked by the card, and starts at once:
 * pools, pages and queue pairs stay, and commands go on meanwhile.
 */
#include <linux/firmware.h>
#include <linux/minmax.h>

#include "card.h"

/* A piece costs the card the erase of a sector, and no more. */
#define PCARD_FW_PIECE		4096U
/* Of an image's header: any image is longer. */
#define PCARD_FW_LEAST		128U

static const char *pcard_fw_fault_text(u32 fault)
{
#define PCARD_FAULT(name, value, text) { PAMC_FW_FAULT_##name, text },
	static const struct {
		enum pamc_fw_fault fault;
		const char *text;
	} texts[] = { PAMC_FW_FAULT_TABLE(PCARD_FAULT) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].fault == fault)
			return texts[i].text;
	return "unknown fault";
}

/* As pcard_admin_run; what is wrong with the image into @fault. */
static int pcard_fw_command(struct pcard *card, struct pamc_admin_sqe *sqe, const void *data,
			    size_t bytes, u32 *fault)
{
	struct pcard_admin *admin = &card->admin;
	unsigned int tries;
	int ret = -EIO;

	for (tries = 0; tries < PCARD_MAX_TRIES; tries++) {
		*fault = PAMC_FW_FAULT_NONE;
		ret = pcard_admin_begin(card);
		if (ret)
			return ret;
		if (bytes)
			memcpy(admin->data, data, bytes);
		ret = pcard_admin_command(card, sqe, bytes);
		if (ret == -EIO && pcard_cqe_status(&admin->cqe) == PAMC_STATUS_BAD_FIRMWARE)
			*fault = le32_to_cpu(admin->cqe.info);
		pcard_admin_end(card);
		if (!pcard_admin_retry(card, ret))
			break;
	}
	return ret;
}

static enum fw_upload_err pcard_fw_error(struct pcard *card, int ret, u32 fault)
{
	if (fault) {
		dev_err(pcard_dev(card), "new firmware: %s\n", pcard_fw_fault_text(fault));
		return fault == PAMC_FW_FAULT_FLASH ? FW_UPLOAD_ERR_HW_ERROR :
						      FW_UPLOAD_ERR_FW_INVALID;
	}
	dev_err(pcard_dev(card), "new firmware: the card did not take it (%d); what runs stays\n",
		ret);
	return ret == -ETIMEDOUT ? FW_UPLOAD_ERR_TIMEOUT : FW_UPLOAD_ERR_RW_ERROR;
}

static enum fw_upload_err pcard_fw_prepare(struct fw_upload *upload, const u8 *data, u32 size)
{
	struct pcard *card = upload->dd_handle;

	WRITE_ONCE(card->upload_canceled, false);
	if (size > PCARD_FW_LEAST && size % 4 == 0)
		return FW_UPLOAD_ERR_NONE;
	dev_err(pcard_dev(card), "new firmware: %u bytes are no image of a PAM card's firmware\n",
		size);
	return FW_UPLOAD_ERR_INVALID_SIZE;
}

static enum fw_upload_err pcard_fw_write(struct fw_upload *upload, const u8 *data, u32 offset,
					 u32 size, u32 *written)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_FW_DOWNLOAD,
		.p.fw.offset = cpu_to_le64(offset),
	};
	struct pcard *card = upload->dd_handle;
	u32 bytes = min(size, PCARD_FW_PIECE);
	u32 fault;
	int ret;

	if (READ_ONCE(card->upload_canceled))
		return FW_UPLOAD_ERR_CANCELED;
	ret = pcard_fw_command(card, &sqe, data + offset, bytes, &fault);
	if (ret)
		return pcard_fw_error(card, ret, fault);
	*written = bytes;
	return FW_UPLOAD_ERR_NONE;
}

static int pcard_fw_activate(struct pcard *card, enum pamc_fw_action action, u32 *fault)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_FW_ACTIVATE,
		.p.fw.action = cpu_to_le32(action),
	};

	return pcard_fw_command(card, &sqe, NULL, 0, fault);
}

/* What runs now. */
static enum fw_upload_err pcard_fw_look(struct pcard *card)
{
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_IDENTIFY };
	struct pamc_identify identify = {};
	struct pamc_log_firmware log;
	int ret;

	ret = pcard_admin_log(card, PAMC_LOG_FIRMWARE, &log, sizeof(log)) ?:
	      pcard_admin_run(card, &sqe, &identify, sizeof(identify));
	if (ret)
		return pcard_fw_error(card, ret, 0);
	memcpy(card->identify.firmware, identify.firmware, sizeof(identify.firmware));
	if (log.boot_reason) {
		dev_err(pcard_dev(card), "new firmware did not start: %s; slot %u runs\n",
			pcard_fw_fault_text(log.boot_reason), log.active_slot);
		return FW_UPLOAD_ERR_HW_ERROR;
	}
	dev_info(pcard_dev(card), "firmware %.16s runs, of slot %u\n", identify.firmware,
		 log.active_slot);
	return FW_UPLOAD_ERR_NONE;
}

static enum fw_upload_err pcard_fw_poll_complete(struct fw_upload *upload)
{
	struct pcard *card = upload->dd_handle;
	u32 fault;
	int ret;

	if (READ_ONCE(card->upload_canceled))
		return FW_UPLOAD_ERR_CANCELED;
	ret = pcard_fw_activate(card, PAMC_FW_ACTION_NOW, &fault);
	if (!ret)
		return pcard_fw_look(card);
	if (fault != PAMC_FW_FAULT_STATE)
		return pcard_fw_error(card, ret, fault);
	ret = pcard_fw_activate(card, PAMC_FW_ACTION_RESET, &fault);
	if (ret)
		return pcard_fw_error(card, ret, fault);
	dev_warn(pcard_dev(card), "new firmware starts when the card is switched on next: it cannot go on with the pages that are there\n");
	return FW_UPLOAD_ERR_NONE;
}

static void pcard_fw_cancel(struct fw_upload *upload)
{
	struct pcard *card = upload->dd_handle;

	WRITE_ONCE(card->upload_canceled, true);
}

static const struct fw_upload_ops pcard_fw_ops = {
	.prepare = pcard_fw_prepare,
	.write = pcard_fw_write,
	.poll_complete = pcard_fw_poll_complete,
	.cancel = pcard_fw_cancel,
};

/**
 * pcard_firmware_add - offer the card's slots to the operator
 * @card: the card, live
 *
 * Sleeps.  A card without slots, or a kernel without CONFIG_FW_UPLOAD, is no failure:
 * pamctl can do the same.
 */
void pcard_firmware_add(struct pcard *card)
{
	struct pamc_log_firmware log;
	struct fw_upload *upload;

	if (!IS_ENABLED(CONFIG_FW_UPLOAD) ||
	    pcard_admin_log(card, PAMC_LOG_FIRMWARE, &log, sizeof(log)) || !log.slots)
		return;
	/*
	 * Not THIS_MODULE, which would stay loaded as long as there is a card: its removal
	 * waits for an upload.
	 */
	upload = firmware_upload_register(NULL, pcard_dev(card), card->name, &pcard_fw_ops, card);
	if (IS_ERR(upload))
		dev_warn(pcard_dev(card), "its firmware cannot be replaced: error %ld\n",
			 PTR_ERR(upload));
	else
		card->upload = upload;
}

/**
 * pcard_firmware_remove - the reverse
 * @card: the card
 *
 * Sleeps, until an upload in progress has been canceled.
 */
void pcard_firmware_remove(struct pcard *card)
{
	if (card->upload)
		firmware_upload_unregister(card->upload);
	card->upload = NULL;
}
