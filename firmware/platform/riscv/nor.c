// SPDX-License-Identifier: Apache-2.0
#include "nor.h"

#include "mcu.h"

#define PROGRAM   0x02u
#define STATUS    0x05u
#define ENABLE    0x06u
#define FAST_READ 0x0bu
#define ERASE     0x20u
#define BUSY      1u
/* Polls; a sector's erase takes up to 0.4 s. */
#define PATIENCE 1000000u

static uint8_t exchange(uint32_t byte)
{
	mcu_write(MCU_FLASH_BYTE, byte);
	return (uint8_t)mcu_read(MCU_FLASH_BYTE);
}

static void begin(uint32_t command)
{
	mcu_write(MCU_FLASH_SELECT, 1);
	exchange(command);
}

static void end(void)
{
	mcu_write(MCU_FLASH_SELECT, 0);
}

static void address(uint32_t at)
{
	exchange(at >> 16);
	exchange(at >> 8);
	exchange(at);
}

static void alone(uint32_t command)
{
	begin(command);
	end();
}

bool nor_busy(void)
{
	uint8_t status;

	begin(STATUS);
	status = exchange(0);
	end();
	return status & BUSY;
}

/* What was begun before is over, also by a core that has restarted since: a memory that works
 * hears nothing. One that never gets ready is read as it is: what depends on it has checks. */
static void ready(void)
{
	for (uint32_t polls = 0; nor_busy() && polls < PATIENCE; polls++) {
	}
}

void nor_read(uint32_t from, uint32_t *to, uint32_t words)
{
	ready();
	begin(FAST_READ);
	address(from);
	exchange(0);
	for (uint32_t n = 0; n < words; n++) {
		to[n] = mcu_read(MCU_FLASH_WORD);
	}
	end();
}

void nor_program(uint32_t to, const uint8_t *from, uint32_t bytes)
{
	ready();
	alone(ENABLE);
	begin(PROGRAM);
	address(to);
	for (uint32_t n = 0; n < bytes; n++) {
		exchange(from[n]);
	}
	end();
}

void nor_erase(uint32_t sector)
{
	ready();
	alone(ENABLE);
	begin(ERASE);
	address(sector);
	end();
}
