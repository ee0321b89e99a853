// SPDX-License-Identifier: Apache-2.0
/*
 * FW_DOWNLOAD and FW_ACTIVATE on boot flash that is made of memory: images that are no good,
 * pieces that do not fit, power that goes at every write, flash that does not work. Signatures
 * are pretended ones; the real ones are tested on the C model (tests/cli) and the core.
 */
#include "crc.h"
#include "fw_priv.h"
#include "image.h"
#include "mailbox.h"
#include "tap.h"

#define DATA  (MAILBOX_BASE + 4 * 4096)
#define BYTES 17000u /* of an image: more than four sectors, and not whole pages */
#define STATE 0x5a5au
#define BUSY  3u /* polls that a write takes */

static struct hal hal;
static uint8_t flash[FLASH_BYTES];
static uint8_t images[3][IMAGE_MOST]; /* 0: in slot 1, which runs; 1, 2: others */
static unsigned int busy, writes, restarts;
static unsigned int power;    /* writes until it goes; 0: it does not */
static unsigned int ignored;  /* the write that has no effect; 0: none */
static bool dead, stuck, bad; /* no power; never ready; takes nothing */
static uint32_t sum;
static uint8_t signature;
static const char *wrong;

/* ---------------------------------------------------------------- boot flash */

static void boot_read(struct hal *of, uint32_t from, uint32_t *to, uint32_t words)
{
	(void)of;
	wrong = busy ? "read while it works" : wrong;
	memcpy(to, flash + from, 4 * words);
}

/* A write begins. Bytes that it gets to; the rest stays as it was. */
static uint32_t begin_write(uint32_t bytes)
{
	wrong = busy ? "written while it works" : wrong;
	busy = BUSY;
	if (dead || bad) {
		return 0;
	}
	writes++;
	if (writes == ignored) {
		return 0;
	}
	if (power && writes == power) {
		dead = true;
		return bytes / 3;
	}
	return bytes;
}

static void boot_program(struct hal *of, uint32_t to, const uint8_t *from, uint32_t bytes)
{
	uint32_t count = begin_write(bytes);

	(void)of;
	wrong = to % FLASH_PAGE + bytes > FLASH_PAGE ? "beyond a page" : wrong;
	for (uint32_t n = 0; n < count; n++) {
		flash[to + n] &= from[n];
	}
}

static void boot_erase(struct hal *of, uint32_t sector)
{
	(void)of;
	wrong = sector % FLASH_SECTOR ? "no sector" : wrong;
	memset(flash + sector, 0xff, begin_write(FLASH_SECTOR));
}

static bool boot_busy(struct hal *of)
{
	hal_read(of, MAILBOX_EVENTS); /* a place to crash */
	of->now += 1000;              /* cycles */
	busy -= busy && !stuck;
	return busy || stuck;
}

/* Pretended: the sum of all that is signed. */
static void verify_begin(struct hal_verify *verify, const uint8_t its[64])
{
	(void)verify;
	sum = 0;
	signature = its[0];
}

static void verify_more(struct hal_verify *verify, const void *part, uint32_t bytes)
{
	(void)verify;
	for (uint32_t n = 0; n < bytes; n++) {
		sum += ((const uint8_t *)part)[n];
	}
}

static bool verify_end(struct hal_verify *verify)
{
	(void)verify;
	return (uint8_t)sum == signature;
}

static void restart(struct hal *of)
{
	(void)of;
	restarts++;
}

static const struct hal_boot boot = {
    .read = boot_read,
    .program = boot_program,
    .erase = boot_erase,
    .busy = boot_busy,
    .verify_begin = verify_begin,
    .verify_more = verify_more,
    .verify_end = verify_end,
    .restart = restart,
};

/* ---------------------------------------------------------------- images */

static struct image *header_of(unsigned int which)
{
	return (struct image *)images[which];
}

static void sign(unsigned int which)
{
	struct image *header = header_of(which);
	const uint8_t *at = images[which];

	header->crc = crc_of(at + IMAGE_CRC_FROM, header->bytes - IMAGE_CRC_FROM);
	header->signature[0] = 0;
	for (uint32_t n = IMAGE_SIGNED_FROM; n < header->bytes; n++) {
		header->signature[0] += at[n];
	}
}

static void make(struct tap *tap, unsigned int which, uint32_t bytes)
{
	struct image *header = header_of(which);

	for (uint32_t n = 0; n < bytes; n++) {
		images[which][n] = (uint8_t)tap_random(tap);
	}
	*header = (struct image){
	    .magic = IMAGE_MAGIC,
	    .bytes = bytes,
	    .format = IMAGE_FORMAT,
	    .target = IMAGE_TARGET,
	    .entry = MCU_RAM + sizeof(*header),
	    .security = 5,
	    .state = STATE,
	};
	header->revision[0] = (uint8_t)('a' + which);
	sign(which);
}

/* What the loader would say of a slot. */
static bool good(uint32_t slot)
{
	struct image header;
	const uint8_t *at = flash + FLASH_SLOT(slot);

	memcpy(&header, at, sizeof(header));
	if (image_fault(&header) ||
	    crc_of(at + IMAGE_CRC_FROM, header.bytes - IMAGE_CRC_FROM) != header.crc) {
		return false;
	}
	verify_begin(NULL, header.signature);
	verify_more(NULL, at + IMAGE_SIGNED_FROM, header.bytes - IMAGE_SIGNED_FROM);
	return verify_end(NULL);
}

static bool holds(uint32_t slot, unsigned int which)
{
	return !memcmp(flash + FLASH_SLOT(slot), images[which], header_of(which)->bytes);
}

static uint32_t wanted(void)
{
	uint32_t slot = 1;

	image_wanted(flash + FLASH_WANTED, FLASH_SECTOR, &slot);
	return slot;
}

/* ---------------------------------------------------------------- a host */

static void power_up(void)
{
	mailbox_open(&hal);
	hal.fw.platform.slots = FLASH_SLOTS;
	hal.fw.platform.slot = 1;
	hal.fw.platform.security = 5;
	hal.fw.platform.state = STATE;
	hal.fw.platform.boot = &boot;
	busy = writes = restarts = power = 0;
	dead = stuck = bad = false;
}

/* A card that runs image 0 of slot 1; slot 2 has nothing. */
static bool start_again(void)
{
	memset(flash, 0xff, sizeof(flash));
	memcpy(flash + FLASH_SLOT(1), images[0], 9000);
	wrong = NULL;
	power_up();
	return mailbox_enable(&hal);
}

static bool start(struct tap *tap)
{
	make(tap, 0, 9000);
	make(tap, 1, BYTES);
	make(tap, 2, IMAGE_MOST);
	return start_again();
}

static bool well(void)
{
	TAP_CHECK(!hal.broken && !hal.panics && !wrong, "%s",
		  wrong        ? wrong
		  : hal.broken ? hal.broken
			       : hal.panic);
	TAP_CHECK(holds(1, 0), "what runs was touched");
	return true;
}

static enum pamc_status piece(unsigned int which, uint32_t offset, uint32_t bytes,
			      struct mailbox_done *done)
{
	struct pamc_admin_sqe sqe = {
	    .opcode = PAMC_ADMIN_FW_DOWNLOAD, .addr = DATA, .length = bytes};

	sqe.p.fw.offset = offset;
	memcpy(mailbox_at(&hal, DATA), images[which] + offset, bytes);
	return mailbox_command(&hal, &sqe, done);
}

static enum pamc_status send(unsigned int which, uint32_t bytes, uint32_t part,
			     struct mailbox_done *done)
{
	enum pamc_status status = PAMC_STATUS_SUCCESS;

	for (uint32_t at = 0; at < bytes && status == PAMC_STATUS_SUCCESS; at += part) {
		status = piece(which, at, bytes - at < part ? bytes - at : part, done);
	}
	return status;
}

static enum pamc_status activate(uint32_t slot, uint32_t action, struct mailbox_done *done)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_FW_ACTIVATE};

	sqe.p.fw.slot = slot;
	sqe.p.fw.action = action;
	return mailbox_command(&hal, &sqe, done);
}

static const struct pamc_log_firmware *shown(void)
{
	fw_log(&hal.fw, PAMC_LOG_FIRMWARE);
	return (const struct pamc_log_firmware *)hal.fw.page;
}

/* ---------------------------------------------------------------- cases */

TAP_CASE(updates)
{
	struct mailbox_done done;

	TAP_CHECK(start(tap), "start");
	TAP_EQUAL(send(1, BYTES, 4096, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(shown()->downloaded_slot, 2);
	TAP_CHECK(!good(2), "an image is there before it was checked");
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(done.result, 2);
	TAP_EQUAL(restarts, 1);
	TAP_CHECK(holds(2, 1) && good(2), "slot 2 has another image");
	TAP_EQUAL(wanted(), 2);
	TAP_EQUAL(shown()->next_slot, 2);
	TAP_EQUAL(shown()->revision[0], 'a');
	TAP_EQUAL(shown()->revision[16], 'b');
	TAP_EQUAL(shown()->downloaded_slot, 0);
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_INCOMPLETE);
	/* Back again. */
	TAP_EQUAL(activate(1, PAMC_FW_ACTION_RESET, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(wanted(), 1);
	return well();
}

/* Stored, and started when the host resets the controller; of any pieces. */
TAP_CASE(when)
{
	struct mailbox_done done;

	TAP_CHECK(start(tap), "start");
	for (uint32_t at = 0; at < IMAGE_MOST;) {
		uint32_t part = 4 * (uint32_t)(1 + tap_below(tap, 3000));

		part = at == 0 && part < 128 ? 128 : part;
		part = part < IMAGE_MOST - at ? part : IMAGE_MOST - at;
		TAP_EQUAL(piece(2, at, part, NULL), PAMC_STATUS_SUCCESS);
		at += part;
	}
	/* What arrived stays over a controller reset. */
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 100);
	TAP_CHECK(mailbox_enable(&hal), "enable");
	TAP_EQUAL(activate(2, PAMC_FW_ACTION_STORE, &done), PAMC_STATUS_SUCCESS);
	TAP_CHECK(holds(2, 2) && wanted() == 1, "stored, and no more");
	TAP_EQUAL(activate(2, PAMC_FW_ACTION_RESET, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(restarts, 0);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 100);
	TAP_EQUAL(restarts, 1);
	TAP_CHECK(mailbox_enable(&hal), "enable");
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 100);
	TAP_EQUAL(restarts, 1);
	return well();
}

/* An image that is stored only does not start in place of the one that was to, which had its
 * slot: what runs stays. Also with a sector of wishes that is full, and one that takes none. */
TAP_CASE(stored_after_activated)
{
	for (unsigned int way = 0; way < 3; way++) {
		struct mailbox_done done;

		TAP_CHECK(start(tap), "start");
		TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_RESET, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(wanted(), 2);
		if (way == 1) {
			memset(flash + FLASH_WANTED, 2, FLASH_SECTOR);
		}
		/* No image: what was to start still is. */
		TAP_EQUAL(piece(2, 0, 124, NULL), PAMC_STATUS_BAD_FIELD);
		TAP_CHECK(wanted() == 2 && hal.fw.update.pending, "it is not wanted any more");
		ignored = way == 2 ? writes + 1 : 0;
		if (way == 2) {
			TAP_EQUAL(piece(2, 0, 4096, &done), PAMC_STATUS_BAD_FIRMWARE);
			TAP_EQUAL(done.info, PAMC_FW_FAULT_FLASH);
			TAP_CHECK(holds(2, 1), "erased, and still wanted");
			ignored = 0;
		}
		TAP_EQUAL(send(2, IMAGE_MOST, 8192, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_STORE, NULL), PAMC_STATUS_SUCCESS);
		TAP_CHECK(holds(2, 2) && wanted() == 1, "way %u: slot %u is wanted", way, wanted());
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, 100);
		TAP_EQUAL(restarts, 0);
		TAP_CHECK(well(), "way %u", way);
	}
	return true;
}

/* Pieces that make no sense: nothing is left of the download. */
TAP_CASE(pieces)
{
	static const struct {
		uint32_t offset, bytes;
		uint32_t status;
	} bad_ones[] = {
	    {0, 124, PAMC_STATUS_BAD_FIELD},        {0, 4098, PAMC_STATUS_BAD_FIELD},
	    {0, 0, PAMC_STATUS_BAD_FIELD},          {4096, 4096, PAMC_STATUS_BAD_FIELD},
	    {8188, 4096, PAMC_STATUS_BAD_FIELD},    {8196, 4096, PAMC_STATUS_BAD_FIELD},
	    {8192, 0, PAMC_STATUS_BAD_FIELD},       {8192, 4094, PAMC_STATUS_BAD_FIELD},
	    {8192, 8812, PAMC_STATUS_BAD_FIRMWARE},
	};
	struct mailbox_done done;

	TAP_CHECK(start(tap), "start");
	TAP_EQUAL(piece(1, 4096, 4096, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(activate(0, 3, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_EQUAL(activate(3, 0, NULL), PAMC_STATUS_BAD_FIELD);
	for (unsigned int n = 0; n < sizeof(bad_ones) / sizeof(bad_ones[0]); n++) {
		TAP_EQUAL(send(1, 8192, 4096, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
		TAP_EQUAL(done.info, PAMC_FW_FAULT_INCOMPLETE);
		TAP_EQUAL(piece(1, bad_ones[n].offset, bad_ones[n].bytes, NULL),
			  bad_ones[n].status);
		TAP_EQUAL(piece(1, 8192, 4096, NULL), PAMC_STATUS_BAD_FIELD);
	}
	TAP_EQUAL(send(1, 8192, 4096, NULL), PAMC_STATUS_SUCCESS);
	{
		struct pamc_admin_sqe sqe = {
		    .opcode = PAMC_ADMIN_FW_DOWNLOAD, .addr = MAILBOX_NOWHERE, .length = 4096};

		sqe.p.fw.offset = 8192;
		TAP_EQUAL(mailbox_command(&hal, &sqe, NULL), PAMC_STATUS_DMA_FAULT);
	}
	TAP_EQUAL(piece(1, 8192, 4096, NULL), PAMC_STATUS_BAD_FIELD);
	TAP_CHECK(!good(2) && wanted() == 1 && restarts == 0, "something was activated");
	return well();
}

static bool refused(unsigned int which, uint8_t fault, bool at_once)
{
	struct mailbox_done done;
	enum pamc_status status;

	writes = 0;
	status = send(which, BYTES, 4096, &done);
	if (at_once) {
		TAP_EQUAL(writes, 0);
	} else {
		TAP_EQUAL(status, PAMC_STATUS_SUCCESS);
		status = activate(0, PAMC_FW_ACTION_NOW, &done);
	}
	TAP_EQUAL(status, PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, fault);
	TAP_CHECK(!good(2) && wanted() == 1 && restarts == 0, "it was activated");
	return well();
}

TAP_CASE(bad_images)
{
	struct image *header = header_of(1);

	TAP_CHECK(start(tap), "start");
	header->magic++;
	TAP_CHECK(refused(1, PAMC_FW_FAULT_LENGTH, true), "magic");
	make(tap, 1, BYTES);
	header->bytes = IMAGE_MOST + 4;
	TAP_CHECK(refused(1, PAMC_FW_FAULT_LENGTH, true), "too long");
	make(tap, 1, BYTES);
	header->target = 7;
	sign(1);
	TAP_CHECK(refused(1, PAMC_FW_FAULT_VERSION, true), "target");
	make(tap, 1, BYTES);
	header->security = 4;
	sign(1);
	TAP_CHECK(refused(1, PAMC_FW_FAULT_DOWNGRADE, true), "security");
	make(tap, 1, BYTES);
	images[1][BYTES - 1] ^= 1;
	TAP_CHECK(refused(1, PAMC_FW_FAULT_CRC, false), "last byte");
	make(tap, 1, BYTES);
	images[1][tap_below(tap, 2) ? 68 + 40 : 5000] ^= 8;
	TAP_CHECK(refused(1, PAMC_FW_FAULT_CRC, false), "a bit");
	make(tap, 1, BYTES);
	header->signature[0]++;
	TAP_CHECK(refused(1, PAMC_FW_FAULT_SIGNATURE, false), "signature");
	make(tap, 1, BYTES);
	header->state++;
	sign(1);
	TAP_CHECK(refused(1, PAMC_FW_FAULT_STATE, false), "state");
	/* But it may wait for power-up, and starts with no reset. */
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_RESET, NULL), PAMC_STATUS_SUCCESS);
	mailbox_ctrl(&hal, 0);
	mailbox_run(&hal, 100);
	TAP_CHECK(wanted() == 2 && restarts == 0, "wanted %u, %u restarts", wanted(), restarts);
	return well();
}

/* An image that was put into the slot otherwise is checked, too. */
TAP_CASE(bad_slots)
{
	struct mailbox_done done;

	TAP_CHECK(start(tap), "start");
	TAP_EQUAL(activate(2, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_LENGTH);
	memcpy(flash + FLASH_SLOT(2), images[1], BYTES);
	flash[FLASH_SLOT(2) + 6000] ^= 1;
	TAP_EQUAL(activate(2, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_CRC);
	header_of(1)->security = 4;
	sign(1);
	memcpy(flash + FLASH_SLOT(2), images[1], BYTES);
	TAP_EQUAL(activate(2, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_DOWNGRADE);
	TAP_CHECK(wanted() == 1 && restarts == 0, "activated");
	TAP_CHECK(well(), "well");
	/* Both: the firmware that runs is in RAM, and can still be given a good one. */
	flash[FLASH_SLOT(1) + 300] ^= 1;
	flash[FLASH_SLOT(2) + 300] ^= 1;
	make(tap, 1, BYTES);
	TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_SUCCESS);
	TAP_CHECK(good(2) && wanted() == 2, "not saved");
	return !wrong;
}

/* Wherever power goes, one of the two images starts, whole. */
TAP_CASE(power_loss)
{
	unsigned int before = 0, after = 0, last = 0;

	for (unsigned int at = 1; !last; at++) {
		uint32_t slot;

		TAP_CHECK(start(tap), "start");
		memcpy(flash + FLASH_SLOT(2), images[2], IMAGE_MOST);
		power = at;
		if (send(1, BYTES, 4096, NULL) == PAMC_STATUS_SUCCESS) {
			activate(0, PAMC_FW_ACTION_RESET, NULL);
		}
		last = dead ? 0 : at;
		slot = wanted();
		slot = good(slot) ? slot : 3 - slot;
		TAP_CHECK(good(slot) && holds(slot, slot - 1), "write %u: slot %u", at, slot);
		TAP_CHECK(!good(2) || holds(2, 1) || holds(2, 2), "write %u: slot 2", at);
		before += slot == 1;
		after += slot == 2;
		/* And it can be done again. */
		power_up();
		TAP_CHECK(mailbox_enable(&hal), "enable");
		hal.fw.platform.slot = (uint8_t)slot;
		wrong = NULL;
		TAP_EQUAL(send(2, IMAGE_MOST, 8192, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, NULL), PAMC_STATUS_SUCCESS);
		TAP_CHECK(holds(3 - slot, 2) && wanted() == 3 - slot && !wrong, "write %u: %s", at,
			  wrong);
	}
	printf("# power went at each of %u writes: %u times the old image, %u times the new\n",
	       last - 1, before, after);
	TAP_CHECK(before > 60 && after >= 1, "cuts are not where they should be");
	return true;
}

TAP_CASE(flash_faults)
{
	struct mailbox_done done;

	TAP_CHECK(start(tap), "start");
	bad = true;
	memset(flash + FLASH_SLOT(2), 0, FLASH_SLOT_BYTES);
	TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_CRC);
	bad = false;
	TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
	stuck = true;
	hal.fw.platform.cycles_per_us = 1;
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
	TAP_EQUAL(done.info, PAMC_FW_FAULT_FLASH);
	TAP_CHECK(wanted() == 1 && restarts == 0, "activated");
	stuck = false;
	/* What fails last: the image's first page, the wish. */
	for (unsigned int n = 0; n < 2; n++) {
		TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
		ignored = writes + 1 + n;
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_BAD_FIRMWARE);
		TAP_EQUAL(done.info, PAMC_FW_FAULT_FLASH);
		TAP_CHECK(wanted() == 1 && restarts == 0, "activated");
	}
	ignored = 0;
	/* The sector of wishes is full. */
	memset(flash + FLASH_WANTED, 1, FLASH_SECTOR);
	TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, &done), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(wanted(), 2);
	TAP_EQUAL(flash[FLASH_WANTED + 1], 0xff);
	return well();
}

/* A host that resets the controller in the midst of a command. */
TAP_CASE(reset_between)
{
	for (unsigned int steps = 1; steps < 400; steps += 7) {
		const struct mailbox_done *done;
		uint16_t cid;
		struct pamc_admin_sqe sqe = {
		    .opcode = PAMC_ADMIN_FW_DOWNLOAD, .addr = DATA, .length = 16384};

		TAP_CHECK(start(tap), "start");
		memcpy(mailbox_at(&hal, DATA), images[1], BYTES);
		cid = mailbox_submit(&hal, &sqe);
		mailbox_run(&hal, steps);
		mailbox_ctrl(&hal, 0);
		mailbox_run(&hal, 10000);
		done = mailbox_find(&hal, cid);
		TAP_CHECK(done, "not completed");
		/* Nobody knows how much of the piece arrived. */
		TAP_EQUAL(shown()->downloaded_slot, done->status ? 0 : 2);
		hal.taken = hal.entered = hal.done_count = 0;
		TAP_CHECK(mailbox_enable(&hal), "enable");
		TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
		mailbox_run(&hal, 10);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, NULL), PAMC_STATUS_SUCCESS);
		TAP_CHECK(holds(2, 1) && restarts == 1, "%u steps", steps);
		/* Reads of log pages wait for flash themselves, on a card (nor.c). */
		wrong = NULL;
	}
	return well();
}

/* The core restarts, before an access to the mailbox or to flash. */
TAP_CASE(crashes)
{
	static jmp_buf crash;
	static struct fw_platform platform;
	volatile unsigned int n = 0, count = 0, given_up = 0;
	volatile bool crashed;

	TAP_CHECK(start(tap), "start");
	do {
		n += 1 + (unsigned int)tap_below(tap, 20);
		TAP_CHECK(start_again(), "start");
		hal.fw.platform.journal = true;
		platform = hal.fw.platform;
		hal.crash = &crash;
		hal.crash_in = n;
		crashed = setjmp(crash) != 0;
		if (crashed) {
			count++;
			fw_restart(&hal.fw, &platform);
			mailbox_run(&hal, 10000);
			given_up += hal.done_count &&
				    hal.done[hal.done_count - 1].status == PAMC_STATUS_INTERNAL;
		} else {
			TAP_EQUAL(send(1, BYTES, 4096, NULL), PAMC_STATUS_SUCCESS);
			TAP_EQUAL(activate(0, PAMC_FW_ACTION_STORE, NULL), PAMC_STATUS_SUCCESS);
		}
		hal.crash_in = 0;
		TAP_CHECK(hal.taken == hal.entered && hal.done_count == hal.taken,
			  "crash %u: a command has no completion", n);
		TAP_CHECK(!good(2) || holds(2, 1), "crash %u: slot 2", n);
		TAP_EQUAL(wanted(), 1);
		TAP_EQUAL(send(1, BYTES, 8192, NULL), PAMC_STATUS_SUCCESS);
		TAP_EQUAL(activate(0, PAMC_FW_ACTION_NOW, NULL), PAMC_STATUS_SUCCESS);
		TAP_CHECK(holds(2, 1) && wanted() == 2 && restarts == 1, "crash %u", n);
		TAP_CHECK(well(), "crash %u", n);
	} while (crashed);
	printf("# %u crashes, in %u of them what went to flash was given up\n", count, given_up);
	TAP_CHECK(count > 100 && given_up > count / 2, "they are too few");
	return true;
}

TAP_CASE(no_slots)
{
	TAP_CHECK(start(tap), "start");
	hal.fw.platform.boot = NULL;
	TAP_EQUAL(piece(1, 0, 4096, NULL), PAMC_STATUS_NOT_SUPPORTED);
	TAP_EQUAL(activate(0, 0, NULL), PAMC_STATUS_NOT_SUPPORTED);
	return well();
}

/* The image that starts goes on with everything, and says so. */
TAP_CASE(starts)
{
	struct pamc_admin_sqe listen = {.opcode = PAMC_ADMIN_ASYNC_EVENT};
	struct fw_platform other;
	const struct mailbox_done *told;
	uint16_t cid;

	TAP_CHECK(start(tap), "start");
	cid = mailbox_submit(&hal, &listen);
	mailbox_run(&hal, 100);
	other = hal.fw.platform;
	other.slot = 2;
	fw_restart(&hal.fw, &other);
	mailbox_run(&hal, 100);
	told = mailbox_find(&hal, cid);
	TAP_CHECK(told && told->result == PAMC_EVENT_FIRMWARE && told->info == PAMC_LOG_FIRMWARE,
		  "no event");
	TAP_EQUAL(shown()->active_slot, 2);
	return well();
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "an image is downloaded, activated, started", updates);
	tap_run(&tap, "stored, or started by a reset; in pieces of any size", when);
	tap_run(&tap, "stored only, where another was to start", stored_after_activated);
	tap_run(&tap, "pieces that do not fit", pieces);
	tap_run(&tap, "images that are no good", bad_images);
	tap_run(&tap, "slots that are no good, both of them", bad_slots);
	tap_run(&tap, "power goes at every write", power_loss);
	tap_run(&tap, "flash that does not work", flash_faults);
	tap_run(&tap, "a reset in the midst of it", reset_between);
	tap_run(&tap, "the core restarts in the midst of it", crashes);
	tap_run(&tap, "a card without slots", no_slots);
	tap_run(&tap, "what starts goes on and says so", starts);
	return tap_done(&tap);
}
