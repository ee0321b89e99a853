// SPDX-License-Identifier: Apache-2.0
/*
 * From the card's statuses to errnos, and from errnos to words.
 */
#include <string.h>

#include "device.h"

#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)

int status_errno(unsigned int status)
{
	switch ((enum pamc_status)status) {
	case PAMC_STATUS_SUCCESS:
		return 0;
	case PAMC_STATUS_MISS:
	case PAMC_STATUS_NOT_FOUND:
		return -ENOENT;
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_NO_RESOURCES:
		return -ENOSPC;
	case PAMC_STATUS_BAD_HANDLE:
		return -ERANGE;
	case PAMC_STATUS_BAD_POOL:
	case PAMC_STATUS_BAD_QUEUE:
		return -ENXIO;
	case PAMC_STATUS_ACCESS_DENIED:
		return -EACCES;
	case PAMC_STATUS_DMA_FAULT:
	case PAMC_STATUS_INTERNAL:
		return -EIO;
	case PAMC_STATUS_UNCORRECTABLE:
	case PAMC_STATUS_CRC_MISMATCH:
		return -EBADMSG;
	case PAMC_STATUS_ABORTED:
		return -ECANCELED;
	case PAMC_STATUS_NOT_READY:
		return -EAGAIN;
	case PAMC_STATUS_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case PAMC_STATUS_FROZEN:
		return -EPERM;
	case PAMC_STATUS_BAD_OPCODE:
	case PAMC_STATUS_BAD_FIELD:
	case PAMC_STATUS_BAD_FIRMWARE:
		return -EINVAL;
	case PAMC_STATUS_BAD_CRC_PUSH:
		break;
	}
	/* Of a newer card. */
	return -EIO;
}

static const struct {
	int error;
	const char *text;
} texts[] = {
    {0, "success"},
    {ENOENT, "no such page, pool or log"},
    {ENOSPC, "no space: card full, pool limit reached, or promise not possible"},
    {EPERM, "pool is frozen"},
    {EBADMSG, "page is damaged"},
    {ERANGE, "page index has more bits than the card takes"},
    {EACCES, "access denied"},
    {ENXIO, "pool is not there any more"},
    {EIO, "transfer failed or card is out of order"},
    {ECANCELED, "aborted"},
    {ETIMEDOUT, "card did not answer in time"},
    {ENODEV, "card is gone, or what is there is not a PAM card"},
    {EINVAL, "invalid argument"},
    {EAGAIN, "not now, try again"},
    {EOPNOTSUPP, "the card does not support this"},
    {ENOTUNIQ, "several pools have this name"},
    {EPROTO, "the other side does not speak the protocol, or serves another program"},
};

const char *pamdev_strerror(int error)
{
	const char *text;

	if (error < 0)
		error = -error;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].error == error)
			return texts[i].text;
	}
	text = strerrordesc_np(error);
	return text ? text : "unknown error";
}

const char *pamdev_version(void)
{
	return NUMBER(PAMDEV_VERSION_MAJOR) "." NUMBER(PAMDEV_VERSION_MINOR) "." NUMBER(
	    PAMDEV_VERSION_PATCH);
}
