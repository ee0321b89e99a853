// SPDX-License-Identifier: Apache-2.0
/*
 * Flash behind the model: the NAND, the firmware's seam to the vault (hal_tier.h), and what
 * the executor asks of the tier. A command that waits for flash lets the firmware go on until
 * it is answered, and flash's own time pass; so a wait takes no longer than the work it is.
 */
#include "card.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hal_tier.h"
#include "nand_hal.h"
#include "tier.h"
#include "vault_layout.h"
#include "vault_tier.h"

/* Notices that wait; the vault goes on when the firmware has taken some. */
#define MOST_DROPS 1024u
/* A read whose page was moved meanwhile is tried again. */
#define READ_TRIES 16u
/* A request that the firmware does not answer although it has nothing else to do. */
#define MOST_IDLE 1000u

/* The card's vault and this one promise alike. */
_Static_assert(HAL_TIER_STUB_UNITS == VAULT_STUB_UNITS, "firmware knows what a stub takes");
_Static_assert(HAL_TIER_FLASH_A_UNIT == VAULT_FLASH_A_UNIT, "firmware knows what flash is worth");
_Static_assert(HAL_TIER_CACHE_SHARE == VAULT_CACHE_SHARE, "firmware knows what is kept back");

struct model_flash {
	struct nand *nand;
	struct hal_flash hal;
	void *memory;
	struct {
		uint64_t place;
		uint32_t bytes;
	} drops[MOST_DROPS];
	uint32_t drop_first, drop_count;
	struct hal_tier_request request;
	bool asked; /* and not yet answered */
	bool taken;
	bool dead; /* it did not answer once */
	uint32_t granted;
	uint32_t idle;
	enum hal_tier_answer answer;
	uint8_t *record;
};

/* ---------------------------------------------------------------- making it */

/* Blocks of half a MiB on 4 dies, or for large ones of 4 MiB on 8. */
static struct nand_config nand_config_for(uint64_t bytes, uint64_t seed)
{
	struct nand_config config = nand_config_typical(seed);
	bool large = bytes >= UINT64_C(2) << 30;

	config.planes = 1;
	config.channels = large ? 4 : 2;
	config.pages = large ? 256 : 64;
	config.page_bytes = large ? 16384 : 8192;
	config.spare_bytes = config.page_bytes / 8;
	config.blocks = (uint32_t)(bytes / ((uint64_t)config.channels * config.dies * config.pages *
					    config.page_bytes));
	return config;
}

static void dropped(void *context, uint64_t place, uint32_t bytes)
{
	struct pam_model *model = context;
	struct model_flash *flash = model->hal.flash;
	uint32_t at;

	if (flash->drop_count == MOST_DROPS) {
		model->hal.platform.tier->notices(&model->hal.fw);
	}
	at = (flash->drop_first + flash->drop_count++) % MOST_DROPS;
	flash->drops[at].place = place;
	flash->drops[at].bytes = bytes;
}

int flash_create(struct pam_model *model, uint64_t seed)
{
	struct nand_config nand = nand_config_for(model->config.flash_bytes, seed);
	struct tier_geometry geometry = {.dies = nand.channels * nand.dies,
					 .blocks = nand.blocks,
					 .pages = nand.pages,
					 .page_bytes = nand.page_bytes,
					 .correctable = nand.correctable};
	struct fw_platform *platform = &model->hal.platform;
	struct model_flash *flash = calloc(1, sizeof(*flash));
	size_t bytes = tier_bytes(&geometry);

	if (!flash) {
		return -ENOMEM;
	}
	model->hal.flash = flash;
	flash->memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
	flash->record = malloc(vault_tier_record_most());
	if (!bytes || !flash->memory || !flash->record) {
		return bytes ? -ENOMEM : -EINVAL;
	}
	flash->nand = nand_create(&nand);
	flash->hal.nand = flash->nand;
	vault_tier_use(model->vault, model->config.flash_bytes);
	vault_tier_on_drop(model->vault, dropped, model);
	platform->tier = &tier_ops;
	platform->tier_state = tier_init(flash->memory, &geometry, &flash->hal);
	platform->flash_bytes = model->config.flash_bytes;
	platform->flash_endurance = TIER_ENDURANCE;
	return 0;
}

void flash_destroy(struct pam_model *model)
{
	struct model_flash *flash = model->hal.flash;

	if (!flash) {
		return;
	}
	if (flash->nand) {
		nand_destroy(flash->nand);
	}
	free(flash->memory);
	free(flash->record);
	free(flash);
	model->hal.flash = NULL;
}

void flash_power_cycle(struct pam_model *model)
{
	struct model_flash *flash = model->hal.flash;

	nand_cut_now(flash->nand);
	nand_power_on(flash->nand);
	flash->drop_count = 0;
	flash->asked = false;
	flash->dead = false;
}

/* ---------------------------------------------------------------- for tests */

void pam_model_spoil_flash(struct pam_model *model)
{
	struct nand *nand = model->hal.flash->nand;
	const struct nand_config *config = nand_config_of(nand);

	for (uint32_t die = 0; die < nand_dies(nand); die++) {
		for (uint32_t block = 0; block < config->blocks; block++) {
			for (uint32_t page = 0; page < config->pages; page++) {
				nand_damage(nand, die, block, page);
			}
		}
	}
}

void pam_model_cut_flash(struct pam_model *model, uint64_t operation)
{
	struct nand *nand = model->hal.flash->nand;

	nand_cut_at(nand, nand_figures(nand).operations + operation, NAND_CUT_DURING);
}

bool pam_model_flash_holds(struct pam_model *model, const void *what, size_t bytes)
{
	return nand_holds(model->hal.flash->nand, what, bytes);
}

void pam_model_flash_lies(struct pam_model *model, uint32_t erases)
{
	struct nand *nand = model->hal.flash->nand;
	const struct nand_config *config = nand_config_of(nand);

	for (uint32_t die = 0; die < nand_dies(nand); die++) {
		for (uint32_t block = 0; block < config->blocks; block++) {
			nand_lie(nand, die, block, erases);
		}
	}
}

uint64_t pam_model_flash_operations(struct pam_model *model)
{
	return nand_figures(model->hal.flash->nand).operations;
}

/* ---------------------------------------------------------------- hal_tier.h */

static void to_firmware(const struct vault_tier_record *from, struct hal_tier_record *to)
{
	memcpy(to->object, from->handle.object, sizeof(to->object));
	to->index = from->handle.index;
	to->version = from->version;
	to->place = from->place;
	to->contents = from->contents;
	to->bytes = from->bytes;
	to->durable = from->durable;
	to->leaving = from->leaving;
}

static struct vault_tier_record from_firmware(const struct hal_tier_record *from)
{
	struct vault_tier_record to = {
	    .handle.index = from->index,
	    .version = from->version,
	    .place = from->place,
	    .contents = from->contents,
	    .bytes = from->bytes,
	    .durable = from->durable,
	};

	memcpy(to.handle.object, from->object, sizeof(to.handle.object));
	return to;
}

bool hal_tier_oldest(struct hal *hal, uint32_t which, struct hal_tier_record *record, void *to)
{
	struct vault_tier_record oldest;

	if (!vault_tier_oldest(hal->model->vault, which, &oldest, to, &record->again)) {
		return false;
	}
	to_firmware(&oldest, record);
	return true;
}

bool hal_tier_find(struct hal *hal, struct hal_tier_record *record, void *to)
{
	struct vault_tier_record found = from_firmware(record);

	if (!vault_tier_find(hal->model->vault, record->contents, &found.handle, &found, to)) {
		return false;
	}
	to_firmware(&found, record);
	return true;
}

void hal_tier_leaving(struct hal *hal, const struct hal_tier_record *record)
{
	struct vault_tier_record leaving = from_firmware(record);

	vault_tier_leaving(hal->model->vault, &leaving);
}

bool hal_tier_move(struct hal *hal, const struct hal_tier_record *record, uint64_t to)
{
	struct vault_tier_record moved = from_firmware(record);

	return vault_tier_move(hal->model->vault, &moved, to);
}

bool hal_tier_promote(struct hal *hal, const struct hal_tier_record *record, const void *bytes)
{
	struct vault_tier_record promoted = from_firmware(record);

	return vault_tier_promote(hal->model->vault, &promoted, bytes);
}

bool hal_tier_recover(struct hal *hal, const struct hal_tier_record *record, uint64_t *before,
		      uint32_t *before_bytes)
{
	struct vault_tier_record found = from_firmware(record);

	return vault_tier_recover(hal->model->vault, &found, before, before_bytes);
}

bool hal_tier_lose(struct hal *hal, uint64_t at, uint32_t units)
{
	return vault_tier_lose(hal->model->vault, at, units);
}

void hal_tier_durable(struct hal *hal, uint32_t contents, uint32_t order)
{
	vault_tier_durable(hal->model->vault, contents, order);
}

void hal_tier_set_clock(struct hal *hal, uint64_t clock)
{
	vault_tier_set_clock(hal->model->vault, clock);
}

void hal_tier_set_promise(struct hal *hal, uint64_t flash)
{
	vault_tier_set_promise(hal->model->vault, flash);
}

bool hal_tier_reserve(struct hal *hal, uint32_t contents, uint64_t slots, uint64_t flash,
		      bool durable)
{
	return vault_tier_reserve(hal->model->vault, contents, slots, flash, durable);
}

uint64_t hal_tier_promisable(struct hal *hal, uint32_t slots, uint64_t flash)
{
	return vault_tier_promisable(hal->model->vault, slots, flash);
}

void hal_tier_read(struct hal *hal, struct hal_tier_figures *figures)
{
	struct vault_tier_figures now;

	vault_tier_read(hal->model->vault, &now);
	*figures = (struct hal_tier_figures){.clock = now.clock,
					     .durable_bytes = now.durable_bytes,
					     .pages = now.pages,
					     .units = now.units,
					     .free_units = now.free_units};
}

/* It runs after each command. */
void hal_tier_wake(struct hal *hal, uint32_t free_units, uint32_t durable_bytes)
{
	(void)hal;
	(void)free_units;
	(void)durable_bytes;
}

void hal_tier_grant(struct hal *hal, uint32_t durable_bytes)
{
	hal->flash->granted = durable_bytes;
}

bool hal_tier_dropped(struct hal *hal, uint64_t *place, uint32_t *bytes)
{
	struct model_flash *flash = hal->flash;

	if (flash->drop_count == 0) {
		return false;
	}
	*place = flash->drops[flash->drop_first].place;
	*bytes = flash->drops[flash->drop_first].bytes;
	flash->drop_first = (flash->drop_first + 1) % MOST_DROPS;
	flash->drop_count--;
	return true;
}

bool hal_tier_asked(struct hal *hal, struct hal_tier_request *request)
{
	struct model_flash *flash = hal->flash;

	if (!flash->asked || flash->taken || flash->request.ask == HAL_TIER_READ) {
		return false;
	}
	*request = flash->request;
	flash->taken = true;
	return true;
}

void hal_tier_answer(struct hal *hal, enum hal_tier_answer answer)
{
	hal->flash->answer = answer;
	hal->flash->asked = false;
}

/* The executor waits for each answer, so there is one question at a time. */
bool hal_tier_fetch_asked(struct hal *hal, struct hal_tier_request *request)
{
	struct model_flash *flash = hal->flash;

	if (!flash->asked || flash->taken || flash->request.ask != HAL_TIER_READ) {
		return false;
	}
	*request = flash->request;
	flash->taken = true;
	/* Where it is by now. */
	if (!hal_tier_find(hal, &request->record, NULL) || (int64_t)request->record.place > 0) {
		hal_tier_fetch_answer(hal, HAL_TIER_AGAIN);
		return false;
	}
	return true;
}

void hal_tier_fetched(struct hal *hal, struct hal_tier_record *record)
{
	(void)hal;
	(void)record; /* all of it was told */
}

void hal_tier_fetch_answer(struct hal *hal, enum hal_tier_answer answer)
{
	hal_tier_answer(hal, answer);
}

/* It reads none by itself. */
void hal_tier_read_most(struct hal *hal, uint32_t bytes)
{
	(void)hal;
	(void)bytes;
}

void hal_tier_hold(struct hal *hal, const struct hal_tier_request *request, bool hold)
{
	(void)hal;
	(void)request;
	(void)hold;
}

enum hal_tier_reads hal_tier_reads(struct hal *hal, const struct hal_tier_request *request)
{
	(void)hal;
	(void)request;
	return HAL_TIER_OVER;
}

bool hal_tier_has_read(struct hal *hal, uint64_t *place, uint32_t *corrected)
{
	(void)hal;
	(void)place;
	(void)corrected;
	return false;
}

bool hal_tier_wait(struct hal *hal)
{
	return nand_advance(hal->flash->nand);
}

/* ---------------------------------------------------------------- what the executor asks */

static enum hal_tier_answer ask(struct pam_model *model, enum hal_tier_ask what,
				const struct vault_tier_record *record)
{
	struct model_flash *flash = model->hal.flash;
	struct fw *fw = &model->hal.fw;
	/* A SYNC that was to be asked again is the same one. */
	uint32_t idle = what == HAL_TIER_SYNC_ON ? flash->idle : 0;

	if (flash->dead) {
		return HAL_TIER_FAILED;
	}
	flash->request = (struct hal_tier_request){.ask = what, .to = flash->record};
	to_firmware(record, &flash->request.record);
	flash->taken = false;
	flash->asked = true;
	while (flash->asked) {
		bool did = model->hal.platform.tier->run(fw);

		/* To be told to ask again is nothing done. */
		did = did && (flash->asked || flash->answer != HAL_TIER_AGAIN);
		idle = did ? 0 : idle + 1;
		flash->idle = idle;
		if (idle == MOST_IDLE || (idle && !flash->taken)) {
			/* It has no flash that it could use. */
			flash->dead = flash->taken;
			flash->asked = false;
			return HAL_TIER_FAILED;
		}
	}
	return flash->answer;
}

static struct vault_tier_record about(uint32_t contents, const struct vault_handle *handle)
{
	return (struct vault_tier_record){.handle = *handle, .contents = contents, .durable = true};
}

/* As rtl/mcu/mailbox_tier.sv. */
static bool granted(struct pam_model *model, uint32_t bytes)
{
	uint32_t most = model->hal.flash->granted;
	struct vault_tier_figures now;

	vault_tier_read(model->vault, &now);
	return most && !model->hal.flash->dead &&
	       (now.durable_bytes == 0 || now.durable_bytes + bytes <= most);
}

static const struct vault_handle no_handle;

/* No room; but what was flushed with its object or pool may have some, and be found only now. */
static bool swept(struct pam_model *model)
{
	struct vault_figures figures;

	vault_read_figures(model->vault, &figures);
	while (vault_background(model->vault, MOST_DROPS)) {
	}
	return figures.dead_pages > 0;
}

enum pamc_status flash_put(struct pam_model *model, uint32_t contents,
			   const struct vault_handle *handle, const void *data, uint32_t crc,
			   struct vault_page *page)
{
	struct vault *vault = model->vault;
	struct vault_tier_record record = about(contents, handle);
	enum hal_tier_answer answer = HAL_TIER_DONE;

	if (vault_tier_is_durable(vault, contents)) {
		record.bytes = (uint32_t)vault_tier_record_most();
		if (!granted(model, record.bytes)) {
			answer = ask(model, HAL_TIER_DURABLE_ROOM, &record);
		}
		if (answer == HAL_TIER_NO && swept(model)) {
			answer = ask(model, HAL_TIER_DURABLE_ROOM, &record);
		}
	}
	while (answer == HAL_TIER_DONE) {
		enum pamc_status status = vault_put(vault, contents, handle, data, crc, page);

		if (status != PAMC_STATUS_NO_SPACE || !vault_tier_try_again(vault, contents)) {
			return status;
		}
		answer = ask(model, HAL_TIER_ROOM, &record);
		if (answer == HAL_TIER_NO && swept(model)) {
			answer = HAL_TIER_DONE;
		}
	}
	vault_refuse(vault, contents, handle);
	return PAMC_STATUS_NO_SPACE;
}

/* It was read in flash, also if it has come back to memory with that. */
static enum pamc_status read_in_flash(struct pam_model *model, uint32_t contents,
				      const struct vault_handle *handle, void *data,
				      struct vault_page *page)
{
	struct vault *vault = model->vault;
	struct vault_tier_record record;
	enum pamc_status status;
	unsigned int flags;

	if (vault_tier_where(vault, contents, handle, &record, &flags)) {
		return vault_tier_get(vault, contents, handle, model->hal.flash->record, data,
				      page);
	}
	status = vault_get(vault, contents, handle, data, page);
	page->tier = PAMC_TIER_FLASH;
	return status;
}

enum pamc_status flash_get(struct pam_model *model, uint32_t contents,
			   const struct vault_handle *handle, void *data, struct vault_page *page)
{
	struct vault *vault = model->vault;
	struct vault_tier_record record;
	unsigned int flags;

	for (unsigned int n = 0; n < READ_TRIES; n++) {
		enum hal_tier_answer answer;

		if (!vault_tier_where(vault, contents, handle, &record, &flags)) {
			return vault_get(vault, contents, handle, data, page);
		}
		if (flags & VAULT_TIER_LOST) {
			break;
		}
		answer = ask(model, HAL_TIER_READ, &record);
		if (answer == HAL_TIER_DONE) {
			return read_in_flash(model, contents, handle, data, page);
		}
		if (answer != HAL_TIER_AGAIN) {
			break;
		}
	}
	vault_tier_unread(vault, contents);
	return PAMC_STATUS_UNCORRECTABLE;
}

enum pamc_status flash_query(struct pam_model *model, uint32_t contents,
			     const struct vault_handle *handle, struct vault_page *page)
{
	struct vault_tier_record record;
	enum pamc_status status;
	unsigned int flags;

	if (!vault_tier_where(model->vault, contents, handle, &record, &flags) ||
	    !(flags & VAULT_TIER_UNKNOWN)) {
		return vault_query(model->vault, contents, handle, page);
	}
	status = flash_get(model, contents, handle, model->page, page);
	if (status == PAMC_STATUS_SUCCESS) {
		vault_get_lost(model->vault, contents); /* it was no get */
	}
	return status;
}

enum pamc_status flash_bury(struct pam_model *model, uint32_t contents,
			    const struct vault_handle *handle, bool object)
{
	struct vault_tier_record record = about(contents, handle);
	enum hal_tier_ask what = object ? HAL_TIER_FLUSH_OBJECT : HAL_TIER_FLUSH_PAGE;

	if (!vault_tier_is_durable(model->vault, contents)) {
		return PAMC_STATUS_SUCCESS;
	}
	return ask(model, what, &record) == HAL_TIER_DONE ? PAMC_STATUS_SUCCESS
							  : PAMC_STATUS_INTERNAL;
}

enum pamc_status flash_sync(struct pam_model *model, uint32_t contents)
{
	struct vault_tier_record record = about(contents, &no_handle);
	enum hal_tier_answer answer;

	if (!vault_tier_is_durable(model->vault, contents)) {
		return PAMC_STATUS_SUCCESS;
	}
	answer = ask(model, HAL_TIER_SYNC, &record);
	while (answer == HAL_TIER_AGAIN) {
		answer = ask(model, HAL_TIER_SYNC_ON, &record);
	}
	return answer == HAL_TIER_DONE ? PAMC_STATUS_SUCCESS : PAMC_STATUS_INTERNAL;
}
