// SPDX-License-Identifier: Apache-2.0
#include "fw_priv.h"

void fw_restart(struct fw *fw, const struct fw_platform *platform)
{
	fw->platform = *platform;
	fw_raise(fw, PAMC_EVENT_FIRMWARE, PAMC_LOG_FIRMWARE);
}
