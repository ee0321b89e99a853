/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the mailbox between mcu.cpp and the firmware that it tests the core with. */
#ifndef MCU_PROBE_H
#define MCU_PROBE_H

enum probe_place {
	PROBE_BOOT,
	PROBE_WHY,
	PROBE_KEPT,
	PROBE_DATA,
	PROBE_RANDOM,
	PROBE_DRAM,
	PROBE_READY, /* told last */
	PROBE_ANSWER,
	PROBE_COMMAND, /* asked until there is one */
	PROBE_WITH,
	PROBE_PLACES,
};

enum probe_command {
	PROBE_NOTHING,
	PROBE_SLEEP,
	PROBE_SPIN,
	PROBE_TRAP,
	PROBE_NOWHERE,
	PROBE_WRITE,
	PROBE_READ,
	PROBE_BYTES,
	PROBE_FLASH,
	PROBE_HEALTHY,
	PROBE_RESTART,
	PROBE_POKE,
};

#define PROBE_SECTOR 0x4000u

#endif /* MCU_PROBE_H */
