// SPDX-License-Identifier: Apache-2.0
/*
 * The card's boot flash, and its loader. What runs is the firmware that was compiled into
 * the model in any case; which image is said to run, and whether that may be, is as on a card:
 * the same layout (image.h), the same checks, the same key.
 *
 * Without any image (a new card) the firmware is part of the card: slot 0.
 */
#include "card.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc.h"
#include "image.h"
#include "platform/verify.h"

/* ---------------------------------------------------------------- the memory */

static int map_file(struct hal *hal, int fd)
{
	struct stat about;
	bool made;
	void *map;

	if (fstat(fd, &about) != 0) {
		return -errno;
	}
	made = about.st_size == 0;
	if (!made && about.st_size != FLASH_BYTES) {
		return -EMEDIUMTYPE;
	}
	if (made && ftruncate(fd, FLASH_BYTES) != 0) {
		return -errno;
	}
	map = mmap(NULL, FLASH_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		return -errno;
	}
	hal->boot_flash = map;
	if (made) {
		memset(map, 0xff, FLASH_BYTES);
	}
	return 0;
}

int boot_flash_open(struct hal *hal, const char *file)
{
	int fd, error;

	if (!file) {
		void *map = mmap(NULL, FLASH_BYTES, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED) {
			return -ENOMEM;
		}
		hal->boot_flash = memset(map, 0xff, FLASH_BYTES);
		return 0;
	}
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0) {
		return -errno;
	}
	error = map_file(hal, fd);
	close(fd);
	return error;
}

void boot_flash_close(struct hal *hal)
{
	if (hal->boot_flash) {
		munmap(hal->boot_flash, FLASH_BYTES);
	}
}

/* ---------------------------------------------------------------- for the firmware */

static void read_bytes(struct hal *hal, uint32_t from, void *to, uint32_t bytes)
{
	memcpy(to, hal->boot_flash + from, bytes);
}

static void boot_read(struct hal *hal, uint32_t from, uint32_t *to, uint32_t words)
{
	read_bytes(hal, from, to, 4 * words);
}

/* Bits can only be cleared, and a page is not left. */
static void boot_program(struct hal *hal, uint32_t to, const uint8_t *from, uint32_t bytes)
{
	uint32_t page = to / FLASH_PAGE * FLASH_PAGE;

	for (uint32_t n = 0; n < bytes; n++) {
		hal->boot_flash[page + (to + n) % FLASH_PAGE] &= from[n];
	}
}

static void boot_erase(struct hal *hal, uint32_t sector)
{
	memset(hal->boot_flash + sector / FLASH_SECTOR * FLASH_SECTOR, 0xff, FLASH_SECTOR);
}

static bool boot_busy(struct hal *hal)
{
	(void)hal;
	return false;
}

static void boot_restart(struct hal *hal)
{
	hal->restart = true;
}

static const struct hal_boot boot = {
    .read = boot_read,
    .program = boot_program,
    .erase = boot_erase,
    .busy = boot_busy,
    .verify_begin = fw_verify_begin,
    .verify_more = fw_verify_more,
    .verify_end = fw_verify_end,
    .restart = boot_restart,
};

/* ---------------------------------------------------------------- the loader */

/* Reads a slot's image, and says what is wrong with it: enum pamc_fw_fault. */
static uint8_t load(struct hal *hal, uint32_t slot, uint8_t *to)
{
	struct image header;
	uint8_t fault;

	read_bytes(hal, FLASH_SLOT(slot), to, IMAGE_MOST);
	memcpy(&header, to, sizeof(header));
	fault = image_fault(&header);
	if (fault) {
		return fault;
	}
	if (crc_of(to + IMAGE_CRC_FROM, header.bytes - IMAGE_CRC_FROM) != header.crc) {
		return PAMC_FW_FAULT_CRC;
	}
	return fw_verify(to + IMAGE_SIGNED_FROM, header.bytes - IMAGE_SIGNED_FROM, header.signature)
		   ? PAMC_FW_FAULT_NONE
		   : PAMC_FW_FAULT_SIGNATURE;
}

static uint32_t wanted_slot(struct hal *hal)
{
	uint8_t bytes[FLASH_SECTOR];
	uint32_t slot = 1;

	read_bytes(hal, FLASH_WANTED, bytes, sizeof(bytes));
	image_wanted(bytes, sizeof(bytes), &slot);
	return slot;
}

static bool blank(struct hal *hal, uint32_t slot)
{
	struct image header;

	read_bytes(hal, FLASH_SLOT(slot), &header, sizeof(header));
	return header.magic == ~0u;
}

bool boot_flash_load(struct hal *hal)
{
	static_assert(FLASH_SLOTS == 2, "the other slot is not found otherwise");
	struct fw_platform *platform = &hal->platform;
	uint32_t wanted, slot;
	struct image header;
	uint8_t *image;

	if (!hal->boot_flash) {
		return true;
	}
	platform->boot = &boot;
	platform->slots = FLASH_SLOTS;
	platform->slot = platform->boot_reason = 0;
	platform->security = platform->state = 0;
	memset(platform->revision, 0, sizeof(platform->revision));
	image = blank(hal, 1) && blank(hal, 2) ? NULL : malloc(IMAGE_MOST);
	if (!image) {
		return true;
	}
	slot = wanted = wanted_slot(hal);
	platform->boot_reason = load(hal, wanted, image);
	if (platform->boot_reason) {
		slot = 3 - wanted;
	}
	if (slot == wanted || load(hal, slot, image) == PAMC_FW_FAULT_NONE) {
		memcpy(&header, image, sizeof(header));
		platform->slot = (uint8_t)slot;
		platform->security = header.security;
		platform->state = header.state;
		memcpy(platform->revision, header.revision, sizeof(platform->revision));
	}
	free(image);
	return platform->slot != 0;
}
