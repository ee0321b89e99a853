// SPDX-License-Identifier: Apache-2.0
/* The flash behind the mailbox (hal_flash_mailbox.h). */
#include "hal_flash_mailbox.h"

#include <stddef.h>

#include "hal.h"
#include "pamc_mailbox.h"

/* flash_pkg: page_op_t, end_result_t */
enum { PAGE_READ, PAGE_PROGRAM, BLOCK_ERASE, BLOCK_MARK, DIE_RESET };
enum { END_DONE, END_FAILED, END_SILENT, END_UNCORRECTABLE, END_REFUSED };
/* Of a die here: nothing, a request is under way, its end has come. */
enum { IDLE, WORKS, ENDED };

#define END_RESULT    0x7u
#define END_DAMAGED   0x8u
#define END_THERE     0x10u
#define END_ERASED    (1u << 31)
#define WINDOW_WRITES (1u << 31)
#define LINE_BYTES    64u
#define CHUNK_BYTES   1024u
/* FLASH: a request that no channel has taken; some whose ends were not taken. */
#define OFFERED 0x1u
#define OPEN    0x2u
/* Looks at requests that are open, some cycles each: tens of milliseconds, beyond any erase. */
#define LOOKS 4000000u

/* What was asked before, by firmware that is no more, is over: no end of it is taken for one of
 * what comes, and no page buffer is in use. False: it does not end. */
static bool drain(struct hal *hal)
{
	for (uint32_t n = 0; hal_read(hal, MAILBOX_FLASH) & (OPEN | OFFERED); n++) {
		if (n == LOOKS) {
			return false;
		}
		if (hal_read(hal, MAILBOX_FLASH_END) & END_THERE) {
			hal_write(hal, MAILBOX_FLASH_END, 0);
		}
	}
	/* Of a request that was not made any more. */
	hal_write(hal, MAILBOX_FLASH_PART, 0);
	return true;
}

bool hal_flash_init(struct hal_flash *flash, struct hal *hal, uint32_t line)
{
	uint32_t geometry = hal_read(hal, MAILBOX_FLASH_GEOMETRY);

	*flash = (struct hal_flash){.hal = hal,
				    .line = line,
				    .dies = (geometry & 15) * (geometry >> 4 & 15),
				    .blocks = hal_read(hal, MAILBOX_FLASH_BLOCKS),
				    .pages = 1u << (geometry >> 16 & 15),
				    .page_bytes = (geometry >> 8 & 255) * 1024};
	if (flash->dies == 0 || flash->dies > HAL_FLASH_DIES_MOST) {
		return false;
	}
	return drain(hal);
}

static uint32_t line_of(const struct hal_flash *flash, uint32_t die)
{
	return flash->line + die * (flash->page_bytes / LINE_BYTES);
}

static void copy_in(struct hal_flash *flash, uint32_t die, const void *from)
{
	const uint32_t *words = from;

	hal_write(flash->hal, MAILBOX_WINDOW, line_of(flash, die) | WINDOW_WRITES);
	for (uint32_t n = 0; n < flash->page_bytes / 4; n++) {
		hal_write(flash->hal, MAILBOX_WINDOW_DATA, words[n]);
	}
}

/* False: memory could not correct what is there. */
static bool copy_out(struct hal_flash *flash, uint32_t die, void *to)
{
	uint32_t *words = to;

	hal_write(flash->hal, MAILBOX_WINDOW_LINES, flash->page_bytes / LINE_BYTES);
	hal_write(flash->hal, MAILBOX_WINDOW, line_of(flash, die));
	for (uint32_t n = 0; n < flash->page_bytes / 4; n++) {
		words[n] = hal_read(flash->hal, MAILBOX_WINDOW_DATA);
	}
	return hal_read(flash->hal, MAILBOX_WINDOW) == 0;
}

/* An end of any die, as they come. */
static void collect(struct hal_flash *flash)
{
	uint32_t end = hal_read(flash->hal, MAILBOX_FLASH_END);

	if (end & END_THERE) {
		struct hal_flash_die *die = &flash->die[(end >> 8 & 255) % HAL_FLASH_DIES_MOST];

		hal_write(flash->hal, MAILBOX_FLASH_END, 0);
		if (die->state != WORKS) {
			hal_panic(flash->hal, "an end of no request of the flash");
			return;
		}
		die->end = end;
		die->state = ENDED;
		die->silent = (end & END_RESULT) == END_SILENT;
	}
}

static void ask(struct hal_flash *flash, uint32_t die, uint32_t op, uint32_t block, uint32_t page)
{
	uint32_t chunks = flash->page_bytes / CHUNK_BYTES;

	flash->die[die].state = WORKS;
	flash->die[die].op = (uint8_t)op;
	hal_write(flash->hal, MAILBOX_FLASH_LINE, line_of(flash, die));
	hal_write(flash->hal, MAILBOX_FLASH_PLACE, page << 16 | block);
	hal_write(flash->hal, MAILBOX_FLASH, op | die << 8 | (op == PAGE_READ ? chunks << 24 : 0));
}

/* Only the chunks that have some of it come over the bus. */
static void ask_part(struct hal_flash *flash, uint32_t die, uint32_t block, uint32_t page,
		     const struct hal_flash_part *part)
{
	uint32_t first = part->from / CHUNK_BYTES;
	uint32_t last = (part->from + part->bytes - 1) / CHUNK_BYTES;

	flash->die[die].state = WORKS;
	flash->die[die].op = PAGE_READ;
	hal_write(flash->hal, MAILBOX_FLASH_LINE,
		  (uint32_t)(uintptr_t)part->to + part->at / LINE_BYTES);
	hal_write(flash->hal, MAILBOX_FLASH_PLACE, page << 16 | block);
	hal_write(flash->hal, MAILBOX_FLASH_PART,
		  part->from % CHUNK_BYTES / 4 | part->at % LINE_BYTES / 4 << 8 |
		      part->bytes / 4 << 16);
	hal_write(flash->hal, MAILBOX_FLASH,
		  PAGE_READ | die << 8 | first << 16 | (last - first + 1) << 24);
}

/* Can it be asked now? A die that was silent is to answer to a reset first; if it does not,
 * the operation is over as soon as it has begun, so that its block is given up. */
static bool free_for(struct hal_flash *flash, uint32_t number)
{
	struct hal_flash_die *die = &flash->die[number];
	bool was_reset;

	if (die->state != IDLE || die->silent) {
		collect(flash);
	}
	was_reset = die->state == ENDED && die->op == DIE_RESET;
	if ((die->state != IDLE && !was_reset) || (hal_read(flash->hal, MAILBOX_FLASH) & OFFERED)) {
		return false;
	}
	if (die->silent && !was_reset) {
		ask(flash, number, DIE_RESET, 0, 0);
		return false;
	}
	return true;
}

static bool begin(struct hal_flash *flash, uint32_t number, uint32_t op, uint32_t block,
		  uint32_t page)
{
	struct hal_flash_die *die = &flash->die[number];

	if (die->silent) {
		die->op = (uint8_t)op;
		die->state = ENDED;
	} else {
		ask(flash, number, op, block, page);
	}
	return true;
}

bool hal_flash_read(struct hal_flash *flash, uint32_t die, uint32_t block, uint32_t page, void *to)
{
	if (!free_for(flash, die)) {
		return false;
	}
	flash->die[die].to = to;
	return begin(flash, die, PAGE_READ, block, page);
}

bool hal_flash_read_part(struct hal_flash *flash, uint32_t number, uint32_t block, uint32_t page,
			 const struct hal_flash_part *part)
{
	struct hal_flash_die *die = &flash->die[number];

	if (!free_for(flash, number)) {
		return false;
	}
	die->to = NULL; /* nothing of it comes here */
	if (die->silent) {
		return begin(flash, number, PAGE_READ, block, page);
	}
	ask_part(flash, number, block, page, part);
	return true;
}

bool hal_flash_program(struct hal_flash *flash, uint32_t die, uint32_t block, uint32_t page,
		       const void *from)
{
	if (!free_for(flash, die)) {
		return false;
	}
	copy_in(flash, die, from);
	return begin(flash, die, PAGE_PROGRAM, block, page);
}

bool hal_flash_erase(struct hal_flash *flash, uint32_t die, uint32_t block)
{
	return free_for(flash, die) && begin(flash, die, BLOCK_ERASE, block, 0);
}

enum hal_flash_status hal_flash_poll(struct hal_flash *flash, uint32_t number, uint32_t *corrected)
{
	struct hal_flash_die *die = &flash->die[number];
	bool good;

	*corrected = 0;
	collect(flash);
	if (die->state != ENDED || die->op == DIE_RESET) {
		return HAL_FLASH_BUSY;
	}
	die->state = IDLE;
	good = (die->end & END_RESULT) == END_DONE && !(die->end & END_DAMAGED);
	if (die->op != PAGE_READ) {
		return good ? HAL_FLASH_OK : HAL_FLASH_FAILED;
	}
	*corrected = die->end >> 24 & 127;
	good = good && (!die->to || copy_out(flash, number, die->to));
	return good ? HAL_FLASH_OK : HAL_FLASH_UNCORRECTABLE;
}

bool hal_flash_erased(struct hal_flash *flash, uint32_t die)
{
	return flash->die[die].end & END_ERASED;
}

static uint32_t end_of(struct hal_flash *flash, uint32_t number, uint32_t op, uint32_t block)
{
	struct hal_flash_die *die = &flash->die[number];

	while (!free_for(flash, number)) {
	}
	begin(flash, number, op, block, 0);
	while (die->state != ENDED) {
		collect(flash);
	}
	die->state = IDLE;
	return die->end;
}

/* A page that was written has data where the mark was. */
bool hal_flash_marked_bad(struct hal_flash *flash, uint32_t number, uint32_t block)
{
	uint32_t end = end_of(flash, number, BLOCK_MARK, block);

	if ((end & END_RESULT) != END_DONE || (end >> 16 & 255) == 255) {
		return (end & END_RESULT) != END_DONE;
	}
	end = end_of(flash, number, PAGE_READ, block);
	return (end & END_RESULT) != END_DONE || (end & (END_DAMAGED | END_ERASED));
}
