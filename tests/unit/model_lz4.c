// SPDX-License-Identifier: Apache-2.0
/*
 * The model that compresses as the hardware does: what stands in card memory is, byte
 * for byte, what the hardware's compressor makes of the pages, also after a power
 * cycle; and without being told so it is liblz4's.
 */
#include <errno.h>

#include <lz4.h>

#include "codec.h"
#include "crc32c.h"
#include "lz4_card.h"
#include "odd_pages.h"
#include "rig.h"
#include "tap.h"
#include "vault_priv.h"

#define ORDER 2u /* blocks of a large page, as a power of two */

static void any_block(struct tap *tap, uint8_t *block)
{
	if (tap_below(tap, 2)) {
		tap_fill_block(tap, block);
	} else {
		odd_random_page(&tap->random, block);
	}
}

static uint32_t make_pool(struct vault *vault, unsigned int order)
{
	return vault_contents_create(vault, PAMC_POOL_TYPE_PERSISTENT, order);
}

/* The record's stream is, block by block, what the card's compressor makes. */
static bool check_record(struct vault *vault, struct lz4_card *card, uint32_t pool,
			 const struct vault_handle *handle, const uint8_t *data, unsigned int order)
{
	struct vault_contents *contents = &vault->contents[pool];
	uint32_t object = vault_object_find(vault, contents, handle->object);
	uint64_t *slot = vault_page_find(vault, object, handle->index);
	size_t at = order ? sizeof(uint16_t) << order : 0;
	uint8_t made[TAP_PAGE];
	const uint8_t *stream;
	struct vault_page page;
	uint32_t sum = 0;
	size_t bytes;

	TAP_CHECK(slot, "the page is not there");
	stream = record_stream(&vault->store, index_unit(*slot), index_units(*slot),
			       vault->gathered, &bytes);
	for (unsigned int i = 0; i < 1u << order; i++, data += TAP_PAGE) {
		uint32_t length;
		enum pamc_codec how = lz4_card_encode(card, data, made, &length);

		TAP_CHECK(at + length <= bytes, "block %u", i);
		TAP_CHECK(memcmp(stream + at, how == PAMC_CODEC_RAW ? data : made, length) == 0,
			  "block %u, codec %d, %u bytes", i, how, length);
		at += length;
		sum += length;
	}
	TAP_EQUAL(vault_query(vault, pool, handle, &page), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(page.stored_bytes, sum);
	return true;
}

static bool check_pages(struct tap *tap, struct vault *vault, struct lz4_card *card)
{
	static uint8_t data[TAP_PAGE << ORDER], back[TAP_PAGE << ORDER];
	uint32_t pools[2] = {make_pool(vault, 0), make_pool(vault, ORDER)};
	struct vault_page page;

	TAP_EQUAL(vault_use_card_lz4(vault), 0);
	/* Told twice is told once. */
	TAP_EQUAL(vault_use_card_lz4(vault), 0);
	for (unsigned int n = 0; n < 1500; n++) {
		unsigned int order = tap_below(tap, 4) ? 0 : ORDER;
		struct vault_handle handle = {{7, 0, 1}, tap_below(tap, 100)};
		uint32_t pool = pools[order != 0];

		for (unsigned int i = 0; i < 1u << order; i++) {
			any_block(tap, data + (size_t)i * TAP_PAGE);
		}
		TAP_EQUAL(
		    vault_put(vault, pool, &handle, data, crc32c(data, TAP_PAGE << order), &page),
		    PAMC_STATUS_SUCCESS);
		TAP_CHECK(check_record(vault, card, pool, &handle, data, order), "page %u", n);
		TAP_EQUAL(vault_get(vault, pool, &handle, back, &page), PAMC_STATUS_SUCCESS);
		TAP_CHECK(memcmp(data, back, TAP_PAGE << order) == 0, "page %u", n);
	}
	return true;
}

TAP_CASE(memory_holds_what_the_card_makes)
{
	struct lz4_card *card = lz4_card_create(NULL);
	struct vault *vault = NULL;
	bool passed =
	    card && vault_create(8 << 20, tap->seed, &vault) == 0 && check_pages(tap, vault, card);

	vault_destroy(vault);
	lz4_card_destroy(card);
	return passed;
}

/* Sizes that the card would make of memory pages, and liblz4. */
static bool check_sizes(struct tap *tap, struct rig *rig, struct rig_queue *io, uint32_t pool,
			bool card_lz4)
{
	struct lz4_card *card = lz4_card_create(NULL);
	uint64_t addr = rig_alloc(rig, TAP_PAGE);
	unsigned int differ = 0;
	uint8_t out[LZ4_COMPRESSBOUND(TAP_PAGE)];

	TAP_CHECK(card, "no memory");
	for (size_t n = 0; n < 60; n++) {
		const uint8_t *page = tap->memory + n * TAP_PAGE;
		union rig_sqe sqe = {.io = {.opcode = PAMC_OP_PUT,
					    .pool = pool,
					    .object = {7, 7, 7},
					    .index = n,
					    .addr = addr}};
		struct pamc_cqe cqe;
		uint32_t by_card, stored;
		enum pamc_codec how = lz4_card_encode(card, page, out, &by_card);
		int by_library;

		memcpy(rig_at(rig, addr), page, TAP_PAGE);
		TAP_EQUAL(rig_command(io, &sqe, &cqe), PAMC_STATUS_SUCCESS);
		stored = cqe.info & 0xffffff;
		if (how != PAMC_CODEC_LZ4) {
			continue;
		}
		by_library =
		    LZ4_compress_default((const char *)page, (char *)out, TAP_PAGE, sizeof(out));
		differ += by_library != (int)by_card;
		TAP_EQUAL(stored, card_lz4 ? by_card : (uint32_t)by_library);
	}
	lz4_card_destroy(card);
	TAP_CHECK(differ > 20, "they hardly differ: %u pages", differ);
	return true;
}

static bool card_of(struct tap *tap, enum pam_model_lz4 lz4)
{
	static struct rig rig;
	struct rig_queue admin, io;
	struct pam_model_config config;
	struct rig_queue_config queue = {.sq_shift = 4, .cq_shift = 4};
	uint32_t pool;

	pam_model_config_init(&config);
	config.lz4 = lz4;
	TAP_CHECK(rig_start(&rig, &config, &admin, &io), "start");
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_CHECK(check_sizes(tap, &rig, &io, pool, lz4 == PAM_MODEL_LZ4_CARD), "at first");
	pam_model_power_cycle(rig.model);
	TAP_CHECK(rig_enable(&rig, &admin, 4), "enable");
	TAP_EQUAL(rig_queue_create(&admin, &io, 1, &queue), PAMC_STATUS_SUCCESS);
	pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	TAP_CHECK(check_sizes(tap, &rig, &io, pool, lz4 == PAM_MODEL_LZ4_CARD),
		  "after a power cycle");
	rig_close(&rig);
	return true;
}

TAP_CASE(card_sizes)
{
	return card_of(tap, PAM_MODEL_LZ4_CARD);
}

TAP_CASE(library_sizes)
{
	return card_of(tap, PAM_MODEL_LZ4_LIBRARY);
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "memory holds what the card makes", memory_holds_what_the_card_makes);
	tap_run(&tap, "sizes are the card's, also after a power cycle", card_sizes);
	tap_run(&tap, "sizes are liblz4's by default", library_sizes);
	return tap_done(&tap);
}
