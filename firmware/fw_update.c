// SPDX-License-Identifier: Apache-2.0
/*
 * New firmware for the card: FW_DOWNLOAD, FW_ACTIVATE.
 *
 * Pieces go to the slot that does not run as they come, all but the image's first page: that
 * has its header, without which the loader finds no image there. It is written when the rest,
 * read back from flash, was found good; so whatever is cut off, and wherever, the slot has a
 * good image or none, and the slot that runs was never touched. Which one is wanted is a byte
 * that is added to a sector of them.
 *
 * A step begins at most one access that takes its time, or looks at one page; the longest is
 * the end of a signature's check, about 15 million cycles.
 */
#include "crc.h"
#include "fw_priv.h"
#include "image.h"

/* A sector's erase takes up to 0.4 s; what the data path is given says nothing of it. */
#define FLASH_PATIENCE_US 2000000u

_Static_assert(sizeof(struct image) == 128, "as tools/fwimage.py has it");
_Static_assert(sizeof(((struct fw_update *)0)->first) == FLASH_PAGE, "fw.h has no room for it");

enum update_step {
	STEP_NONE,
	STEP_KEEP,
	STEP_KEEP_FIRST, /* in a sector that was full */
	STEP_KEPT,
	STEP_PIECE,
	STEP_CHECK,
	STEP_SIGNATURE,
	STEP_FIRST,
	STEP_COMPARE,
	STEP_WANT,
	STEP_WANT_FIRST, /* in a sector that was full */
	STEP_END,
};

static const struct hal_boot *boot_of(struct fw *fw)
{
	return fw->platform.boot;
}

static void read_flash(struct fw *fw, uint32_t from, void *to, uint32_t bytes)
{
	boot_of(fw)->read(fw->platform.hal, from, to, bytes / 4);
}

static bool refuse(struct fw *fw, uint8_t fault)
{
	fw->outcome.info = fault;
	fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIRMWARE, NO_FIELD);
	return true;
}

/* What was downloaded is of no use, or used. */
static void forget(struct fw *fw)
{
	fw->update.slot = 0;
	fw->update.step = STEP_NONE;
}

void fw_update_drop(struct fw *fw)
{
	/* The host does not know how much of the piece arrived. */
	if (fw->update.step >= STEP_KEEP && fw->update.step <= STEP_PIECE) {
		forget(fw);
	}
	fw->update.step = STEP_NONE;
}

static void begin(struct fw *fw, enum update_step step)
{
	fw->update.step = (uint8_t)step;
	fw->update.since = fw_now(fw);
	fw_admin_wait(fw, FW_WAIT_FLASH);
}

static void next(struct fw *fw, enum update_step step)
{
	fw->update.step = (uint8_t)step;
	fw->update.since = fw_now(fw);
}

/* ---------------------------------------------------------------- the slot that is wanted */

/* The slot that is wanted; where the next wish is to be written. */
static uint32_t wanted_slot(struct fw *fw, uint32_t *place)
{
	uint32_t page[FLASH_PAGE / 4], slot = 1;
	bool end = false;

	for (*place = 0; *place < FLASH_SECTOR && !end; *place += FLASH_PAGE) {
		read_flash(fw, FLASH_WANTED + *place, page, FLASH_PAGE);
		end = image_wanted(page, FLASH_PAGE, &slot);
	}
	if (end) {
		*place -= FLASH_PAGE;
		while (((const uint8_t *)page)[*place % FLASH_PAGE] != 0xff) {
			++*place;
		}
	}
	return slot;
}

static void write_wanted(struct fw *fw, uint32_t place, uint8_t slot, enum update_step then)
{
	boot_of(fw)->program(fw->platform.hal, FLASH_WANTED + place, &slot, 1);
	next(fw, then);
}

/* ---------------------------------------------------------------- FW_DOWNLOAD */

/* Firmware that is part of a simulated card goes on with everything. */
static bool goes_on(const struct fw *fw, const struct image *header)
{
	return fw->platform.state == 0 || header->state == fw->platform.state;
}

static uint8_t too_old(struct fw *fw, const struct image *header)
{
	return header->security < fw->platform.security ? PAMC_FW_FAULT_DOWNGRADE
							: PAMC_FW_FAULT_NONE;
}

/* An image begins: nothing is erased for what is none. */
static void begin_image(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	struct image header;
	uint8_t fault;

	if (fw->sqe.length < sizeof(header)) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(length));
		return;
	}
	if (!fw_host_read(fw, fw->sqe.addr, &header, sizeof(header), &fw->outcome)) {
		return;
	}
	fault = image_fault(&header);
	if (!fault) {
		fault = too_old(fw, &header);
	}
	if (fault) {
		refuse(fw, fault);
		return;
	}
	update->slot = fw->platform.slot == 1 ? 2 : 1;
	update->bytes = header.bytes;
	update->have = 0;
	update->erased = 0;
}

void fw_download(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	struct fw_update *update = &fw->update;

	if (!boot_of(fw)) {
		fw_fail(&fw->outcome, PAMC_STATUS_NOT_SUPPORTED, FIELD(opcode));
		return;
	}
	if (sqe->length == 0 || sqe->length % 4) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(length));
	} else if (sqe->p.fw.offset == 0) {
		begin_image(fw);
	} else if (!update->slot || sqe->p.fw.offset != update->have) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.fw.offset));
	}
	if (!fw->outcome.status && sqe->length > update->bytes - update->have) {
		refuse(fw, PAMC_FW_FAULT_LENGTH);
	}
	if (fw->outcome.status) {
		forget(fw);
		return;
	}
	update->end = update->have + sqe->length;
	begin(fw, sqe->p.fw.offset == 0 ? STEP_KEEP : STEP_PIECE);
}

/* What was activated in the slot is about to go, and what comes instead was not: what runs is
 * wanted again, before anything is erased. */
static void keep(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	uint32_t place;

	update->pending = false;
	if (!fw->platform.slot || wanted_slot(fw, &place) != update->slot) {
		next(fw, STEP_PIECE);
	} else if (place < FLASH_SECTOR) {
		write_wanted(fw, place, fw->platform.slot, STEP_KEPT);
	} else {
		boot_of(fw)->erase(fw->platform.hal, FLASH_WANTED);
		next(fw, STEP_KEEP_FIRST);
	}
}

static bool kept(struct fw *fw)
{
	uint32_t place;

	if (wanted_slot(fw, &place) != fw->platform.slot) {
		forget(fw);
		return refuse(fw, PAMC_FW_FAULT_FLASH);
	}
	next(fw, STEP_PIECE);
	return false;
}

/* A sector is erased, or a page of the piece is written. True: that was the last. */
static bool take_piece(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	uint32_t at = update->have, room = FLASH_PAGE - at % FLASH_PAGE;
	uint32_t bytes = room < update->end - at ? room : update->end - at;
	uint32_t page[FLASH_PAGE / 4];

	if (at == update->end) {
		return true;
	}
	if (at >= update->erased) {
		boot_of(fw)->erase(fw->platform.hal, FLASH_SLOT(update->slot) + update->erased);
		update->erased += FLASH_SECTOR;
		return false;
	}
	if (!fw_host_read(fw, fw->sqe.addr + (at - fw->sqe.p.fw.offset), page, bytes,
			  &fw->outcome)) {
		forget(fw);
		return true;
	}
	if (at < FLASH_PAGE) {
		memcpy((uint8_t *)update->first + at, page, bytes);
	} else {
		boot_of(fw)->program(fw->platform.hal, FLASH_SLOT(update->slot) + at,
				     (const uint8_t *)page, bytes);
	}
	update->have += bytes;
	return false;
}

/* ---------------------------------------------------------------- FW_ACTIVATE */

static uint32_t first_bytes(const struct fw_update *update)
{
	return update->bytes < FLASH_PAGE ? update->bytes : FLASH_PAGE;
}

/* What is to be activated: in the slot already, or with its first page still here. */
static uint8_t find_image(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	const struct image *header = (const struct image *)update->first;
	uint8_t fault;

	update->target = fw->sqe.p.fw.slot ? (uint8_t)fw->sqe.p.fw.slot : update->slot;
	if (!update->target) {
		return PAMC_FW_FAULT_INCOMPLETE;
	}
	update->stored = update->target != update->slot;
	if (update->stored) {
		/* Of another one, if it was downloaded, the first page is needed: it is given up.
		 */
		forget(fw);
		read_flash(fw, FLASH_SLOT(update->target), update->first, FLASH_PAGE);
	} else if (update->have != update->bytes) {
		return PAMC_FW_FAULT_INCOMPLETE;
	}
	fault = image_fault(header);
	if (fault) {
		return fault;
	}
	update->bytes = header->bytes;
	if (fw->sqe.p.fw.action == PAMC_FW_ACTION_NOW && !goes_on(fw, header)) {
		return PAMC_FW_FAULT_STATE;
	}
	return too_old(fw, header);
}

void fw_activate(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	struct fw_update *update = &fw->update;
	uint8_t fault;

	if (!boot_of(fw)) {
		fw_fail(&fw->outcome, PAMC_STATUS_NOT_SUPPORTED, FIELD(opcode));
		return;
	}
	if (sqe->p.fw.action > PAMC_FW_ACTION_NOW) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.fw.action));
		return;
	}
	if (sqe->p.fw.slot > FLASH_SLOTS) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.fw.slot));
		return;
	}
	fault = find_image(fw);
	if (fault) {
		refuse(fw, fault);
		return;
	}
	update->at = IMAGE_SIGNED_FROM;
	update->crc = CRC_NONE;
	boot_of(fw)->verify_begin(&update->verify, (const uint8_t *)update->first);
	begin(fw, STEP_CHECK);
}

/* One page of the image. False: there is more. */
static bool check_page(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	uint32_t page[FLASH_PAGE / 4], at = update->at, room = FLASH_PAGE - at % FLASH_PAGE;
	uint32_t bytes = room < update->bytes - at ? room : update->bytes - at;
	const uint8_t *from = (const uint8_t *)update->first + at;
	uint32_t head = at < IMAGE_CRC_FROM ? IMAGE_CRC_FROM - at : 0;

	if (at >= FLASH_PAGE) {
		read_flash(fw, FLASH_SLOT(update->target) + at, page, bytes);
		from = (const uint8_t *)page;
	}
	boot_of(fw)->verify_more(&update->verify, from, bytes);
	update->crc = crc_more(update->crc, from + head, bytes - head);
	update->at += bytes;
	return update->at == update->bytes;
}

static bool end_check(struct fw *fw)
{
	struct fw_update *update = &fw->update;

	if (~update->crc != ((const struct image *)update->first)->crc) {
		forget(fw);
		return refuse(fw, PAMC_FW_FAULT_CRC);
	}
	next(fw, STEP_SIGNATURE);
	return false;
}

static bool check_signature(struct fw *fw)
{
	if (!boot_of(fw)->verify_end(&fw->update.verify)) {
		forget(fw);
		return refuse(fw, PAMC_FW_FAULT_SIGNATURE);
	}
	next(fw, fw->update.stored ? STEP_WANT : STEP_FIRST);
	return false;
}

static void write_first(struct fw *fw)
{
	struct fw_update *update = &fw->update;

	boot_of(fw)->program(fw->platform.hal, FLASH_SLOT(update->target),
			     (const uint8_t *)update->first, first_bytes(update));
	next(fw, STEP_COMPARE);
}

/* The rest was read from flash when it was checked. */
static bool compare_first(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	uint32_t page[FLASH_PAGE / 4];

	read_flash(fw, FLASH_SLOT(update->target), page, first_bytes(update));
	update->slot = 0;
	for (uint32_t n = 0; n < first_bytes(update) / 4; n++) {
		if (page[n] != update->first[n]) {
			return refuse(fw, PAMC_FW_FAULT_FLASH);
		}
	}
	next(fw, STEP_WANT);
	return false;
}

static void want(struct fw *fw)
{
	uint32_t place, slot = wanted_slot(fw, &place);

	if (fw->sqe.p.fw.action == PAMC_FW_ACTION_STORE || slot == fw->update.target) {
		next(fw, STEP_END);
	} else if (place < FLASH_SECTOR) {
		write_wanted(fw, place, fw->update.target, STEP_END);
	} else {
		boot_of(fw)->erase(fw->platform.hal, FLASH_WANTED);
		next(fw, STEP_WANT_FIRST);
	}
}

static bool end_activation(struct fw *fw)
{
	struct fw_update *update = &fw->update;
	const struct image *header = (const struct image *)update->first;
	uint32_t place;

	if (fw->sqe.p.fw.action != PAMC_FW_ACTION_STORE) {
		if (wanted_slot(fw, &place) != update->target) {
			return refuse(fw, PAMC_FW_FAULT_FLASH);
		}
		update->pending = fw->sqe.p.fw.action == PAMC_FW_ACTION_RESET &&
				  update->target != fw->platform.slot && goes_on(fw, header);
		update->restart = fw->sqe.p.fw.action == PAMC_FW_ACTION_NOW;
	}
	fw->outcome.result = update->target;
	return true;
}

/* ---------------------------------------------------------------- both */

static bool step(struct fw *fw)
{
	switch (fw->update.step) {
	case STEP_KEEP:
		keep(fw);
		return false;
	case STEP_KEEP_FIRST:
		write_wanted(fw, 0, fw->platform.slot, STEP_KEPT);
		return false;
	case STEP_KEPT:
		return kept(fw);
	case STEP_PIECE:
		fw->update.since = fw_now(fw);
		return take_piece(fw);
	case STEP_CHECK:
		return check_page(fw) && end_check(fw);
	case STEP_SIGNATURE:
		return check_signature(fw);
	case STEP_FIRST:
		write_first(fw);
		return false;
	case STEP_COMPARE:
		return compare_first(fw);
	case STEP_WANT:
		want(fw);
		return false;
	case STEP_WANT_FIRST:
		write_wanted(fw, 0, fw->update.target, STEP_END);
		return false;
	case STEP_END:
		return end_activation(fw);
	default:
		return true;
	}
}

bool fw_update_step(struct fw *fw)
{
	bool over;

	if (!boot_of(fw)->busy(fw->platform.hal)) {
		over = step(fw);
	} else {
		over = fw_now(fw) - fw->update.since >
		       (uint64_t)FLASH_PATIENCE_US * fw->platform.cycles_per_us;
		if (over) {
			forget(fw);
			refuse(fw, PAMC_FW_FAULT_FLASH);
		}
	}
	if (over) {
		fw->update.step = STEP_NONE;
	}
	return over;
}

void fw_update_reset(struct fw *fw)
{
	fw->update.restart |= fw->update.pending;
}

void fw_update_crashed(struct fw *fw)
{
	if (fw->wait == FW_WAIT_FLASH) {
		forget(fw);
		fw_fail(&fw->outcome, PAMC_STATUS_INTERNAL, NO_FIELD);
	}
}

void fw_update_restart(struct fw *fw)
{
	fw->update.restart = false;
	fw->update.pending = false;
	/* The step ends here. */
	fw_end(fw);
	boot_of(fw)->restart(fw->platform.hal);
}

/* What the slots have, as their headers say; boot flash is not checked for that. */
void fw_update_show(struct fw *fw, struct pamc_log_firmware *page)
{
	uint32_t place, wanted;
	struct image header;

	if (!boot_of(fw)) {
		return;
	}
	wanted = wanted_slot(fw, &place);
	for (uint32_t slot = 1; slot <= FLASH_SLOTS; slot++) {
		read_flash(fw, FLASH_SLOT(slot), &header, sizeof(header));
		if (image_fault(&header)) {
			continue;
		}
		memcpy(page->revision + sizeof(header.revision) * (slot - 1), header.revision,
		       sizeof(header.revision));
		page->next_slot =
		    slot == wanted && slot != fw->platform.slot ? (uint8_t)slot : page->next_slot;
	}
	page->downloaded_slot = fw->update.slot;
}
