// SPDX-License-Identifier: Apache-2.0
/*
 * Words of memories on the chip that were lost. Who wanted them has been told; but without
 * what it must know of queues or of all pages, the card stops until it is reset.
 */
#include "fw_priv.h"

/* rtl/lib/ecc_pkg.sv */
enum memory {
	MEMORY_CONTENTS = 1,
	MEMORY_INDEX_STASH = 5,
	MEMORY_QUEUE_FETCH = 6,
	MEMORY_MSIX = 9,
	MEMORY_QUEUE_INDEX = 16,
	MEMORY_QUEUE_IRQ = 17,
	MEMORY_COMMANDS = 19,
	MEMORY_EXTENTS = 22,
};

static bool of_vault(uint32_t memory)
{
	return memory == MEMORY_CONTENTS || memory == MEMORY_INDEX_STASH ||
	       memory == MEMORY_COMMANDS || memory == MEMORY_EXTENTS;
}

static bool of_queues(uint32_t memory)
{
	return (memory >= MEMORY_QUEUE_FETCH && memory <= MEMORY_MSIX) ||
	       memory == MEMORY_QUEUE_INDEX || memory == MEMORY_QUEUE_IRQ;
}

void fw_take_lost(struct fw *fw)
{
	fw_write(fw, MAILBOX_EVENTS, HAS_LOST);
	for (uint32_t memory = 0; memory < FW_MEMORIES; memory++) {
		uint32_t lost = (uint32_t)(fw_counter(fw, MAILBOX_COUNTER_ECC + memory) >> 32);

		if (lost == fw->lost[memory]) {
			continue;
		}
		fw->lost[memory] = lost;
		fw_raise(fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
		fw->vault_lost |= of_vault(memory);
		if (of_vault(memory) || of_queues(memory)) {
			fw_fatal(fw, PAMC_FATAL_INTERNAL);
		}
	}
}

/* No command is inside. What pools held is cleared, for it is nobody's any more. */
bool fw_renew_vault(struct fw *fw, bool begin)
{
	if (begin) {
		fw_pools_forget(fw);
		fw_new_epoch(fw);
		fw->cleared = hal_clear_memory(fw->platform.hal, 1);
	} else if (fw->cleared < 100) {
		fw->cleared = hal_clear_memory(fw->platform.hal, 0);
	} else {
		/* Also after a SANITIZE that failed. */
		fw_hold(fw, 0, fw_lay_out(fw) ? HOLD_OFFLINE : 0);
		return true;
	}
	return false;
}
