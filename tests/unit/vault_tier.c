// SPDX-License-Identifier: Apache-2.0
/*
 * Records of the vault that go to flash and come back: which are offered, that an exchange
 * hits the version that it means and no other, which places are told of as dropped, what a
 * power cycle finds. Flash is a table here: a place is a number.
 */
#include "vault_tier.h"
#include "crc32c.h"
#include "tap.h"
#include "vault_pools.h"

#define DRAM     (4u << 20)
#define FLASH    (64ull << 20)
#define IN_FLASH (1ull << 63)
#define DROPS    4096u

struct card {
	struct tap *tap;
	struct vault *vault;
	uint32_t pool;
	unsigned int order;
	uint64_t place; /* the last one given */
	uint64_t drops[DROPS];
	unsigned int drop_count;
	_Alignas(8) uint8_t page[16 * TAP_PAGE];
	uint8_t back[16 * TAP_PAGE];
	uint8_t record[17 * TAP_PAGE];
};

static struct card the_card;

static void dropped(void *context, uint64_t place, uint32_t bytes)
{
	struct card *card = context;

	(void)bytes;
	card->drops[card->drop_count++ % DROPS] = place;
}

static bool begin(struct tap *tap, unsigned int order, bool durable)
{
	struct card *card = &the_card;

	memset(card, 0, sizeof(*card));
	card->tap = tap;
	card->order = order;
	TAP_EQUAL(vault_create(DRAM, 1, &card->vault), 0);
	vault_tier_use(card->vault, FLASH);
	vault_tier_on_drop(card->vault, dropped, card);
	card->pool = pool_create(card->vault, PAMC_POOL_TYPE_PERSISTENT, order, 0, 0);
	if (durable) {
		vault_tier_durable(card->vault, card->pool, order);
	}
	return card->pool != VAULT_NO_CONTENTS;
}

static bool end(void)
{
	char message[200] = "";
	int error = vault_check(the_card.vault, message, sizeof(message));

	vault_destroy(the_card.vault);
	TAP_CHECK(error == 0, "%s", message);
	return true;
}

static struct vault_handle handle(uint64_t object, uint64_t index)
{
	return (struct vault_handle){{object, 7, 9}, index};
}

/* Half of each page does not compress. */
static void fill(uint8_t *page, size_t bytes, uint64_t seed)
{
	uint64_t *words = (uint64_t *)page;

	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		uint64_t mixed = (seed + 1) * 0x9e3779b97f4a7c15ull + i * 0xd1342543de82ef95ull;

		mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93ull;
		words[i] = i % 2 ? seed : mixed ^ mixed >> 32;
	}
}

static enum pamc_status put_in(uint32_t pool, struct vault_handle at, uint64_t seed)
{
	size_t bytes = (size_t)TAP_PAGE << the_card.order;
	struct vault_page page;

	fill(the_card.page, bytes, seed);
	return vault_put(the_card.vault, pool, &at, the_card.page, crc32c(the_card.page, bytes),
			 &page);
}

static enum pamc_status put(struct vault_handle at, uint64_t seed)
{
	return put_in(the_card.pool, at, seed);
}

static bool oldest(uint32_t which, struct vault_tier_record *record)
{
	bool again;

	return vault_tier_oldest(the_card.vault, which, record, the_card.record, &again);
}

/* The oldest goes to flash. */
static bool demote(struct vault_tier_record *record)
{
	if (!oldest(VAULT_TIER_ANY, record)) {
		return false;
	}
	vault_tier_leaving(the_card.vault, record);
	return vault_tier_move(the_card.vault, record, IN_FLASH | ++the_card.place);
}

static bool in_flash(struct vault_handle at, struct vault_tier_record *record)
{
	unsigned int flags;

	return vault_tier_where(the_card.vault, the_card.pool, &at, record, &flags);
}

/* In DRAM, with this content. */
static bool holds(struct vault_handle at, uint64_t seed)
{
	size_t bytes = (size_t)TAP_PAGE << the_card.order;
	struct vault_tier_record record;
	struct vault_page page;

	TAP_CHECK(!in_flash(at, &record), "it is in flash");
	TAP_EQUAL(vault_get(the_card.vault, the_card.pool, &at, the_card.back, &page),
		  PAMC_STATUS_SUCCESS);
	fill(the_card.page, bytes, seed);
	TAP_CHECK(memcmp(the_card.page, the_card.back, bytes) == 0, "another content");
	return true;
}

TAP_CASE(round_trip)
{
	struct vault_tier_record record;
	uint8_t kept[17 * TAP_PAGE];
	struct vault_page page;
	struct vault_row before, after;

	for (unsigned int order = 0; order <= PAMC_MAX_PAGE_ORDER; order += 2) {
		size_t bytes = (size_t)TAP_PAGE << order;

		TAP_CHECK(begin(tap, order, false), "order %u", order);
		/* A wide index takes its place in a stub as well. */
		TAP_EQUAL(put(handle(1, UINT64_MAX - 5), 3), PAMC_STATUS_SUCCESS);
		vault_read_contents(the_card.vault, the_card.pool, &before);
		TAP_CHECK(demote(&record), "it stays");
		memcpy(kept, the_card.record, record.bytes);
		TAP_CHECK(in_flash(handle(1, UINT64_MAX - 5), &record), "it is not in flash");
		TAP_EQUAL(record.place, IN_FLASH | 1);
		vault_read_contents(the_card.vault, the_card.pool, &after);
		TAP_EQUAL(after.stored, before.stored);
		TAP_EQUAL(after.raw, before.raw);
		TAP_EQUAL(after.pages, 1);
		TAP_CHECK(after.units < before.units, "nothing is gained");
		TAP_EQUAL(vault_tier_get(the_card.vault, the_card.pool, &record.handle, kept,
					 the_card.back, &page),
			  PAMC_STATUS_SUCCESS);
		fill(the_card.page, bytes, 3);
		TAP_CHECK(memcmp(the_card.page, the_card.back, bytes) == 0, "another content");
		TAP_EQUAL(page.tier, PAMC_TIER_FLASH);
		/* Damage is told: of the content, of what is in front of it. */
		kept[record.bytes - 9] ^= 1;
		TAP_EQUAL(vault_tier_get(the_card.vault, the_card.pool, &record.handle, kept,
					 the_card.back, &page),
			  PAMC_STATUS_UNCORRECTABLE);
		kept[record.bytes - 9] ^= 1;
		for (unsigned int i = 0; i < 6; i++) {
			kept[i] ^= 0x55;
			TAP_EQUAL(vault_tier_get(the_card.vault, the_card.pool, &record.handle,
						 kept, the_card.back, &page),
				  PAMC_STATUS_UNCORRECTABLE);
			kept[i] ^= 0x55;
		}
		if (!end()) {
			return false;
		}
	}
	return true;
}

/* Bytes that are whole, and another page's. */
TAP_CASE(others_bytes)
{
	struct vault_handle at = handle(1, 1), other = handle(1, 2);
	struct vault_tier_record record;
	struct vault_page page;

	TAP_CHECK(begin(tap, 0, false), "no card");
	for (uint64_t n = 1; n <= 2; n++) {
		struct vault_handle each = handle(1, n);

		for (size_t i = 0; i < TAP_PAGE; i++) {
			the_card.page[i] = (uint8_t)tap_random(tap);
		}
		vault_put(the_card.vault, the_card.pool, &each, the_card.page,
			  crc32c(the_card.page, TAP_PAGE), &page);
	}
	TAP_CHECK(demote(&record) && demote(&record) && record.handle.index == 2, "they stay");
	TAP_EQUAL(vault_tier_get(the_card.vault, the_card.pool, &at, the_card.record, the_card.back,
				 &page),
		  PAMC_STATUS_UNCORRECTABLE);
	TAP_EQUAL(vault_tier_get(the_card.vault, the_card.pool, &other, the_card.record,
				 the_card.back, &page),
		  PAMC_STATUS_SUCCESS);
	return end();
}

TAP_CASE(order_of_leaving)
{
	struct vault_tier_record record;
	struct vault_page page;
	struct vault_handle same = handle(9, 9);
	uint32_t ephemeral, lasting;

	TAP_CHECK(begin(tap, 0, false), "no card");
	ephemeral = pool_create(the_card.vault, PAMC_POOL_TYPE_EPHEMERAL, 0, 0, 0);
	lasting = pool_create(the_card.vault, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	vault_tier_durable(the_card.vault, lasting, 0);
	put_in(ephemeral, handle(1, 0), 1);
	memset(the_card.page, 7, TAP_PAGE);
	vault_put(the_card.vault, the_card.pool, &same, the_card.page,
		  crc32c(the_card.page, TAP_PAGE), &page);
	put_in(the_card.pool, handle(1, 1), 1);
	put_in(lasting, handle(1, 2), 2);
	put_in(the_card.pool, handle(1, 3), 3);
	/* Neither the ephemeral one nor that which a stub would not be smaller than. */
	TAP_CHECK(oldest(VAULT_TIER_ANY, &record) && record.handle.index == 1, "not the oldest");
	TAP_CHECK(oldest(lasting, &record) && record.handle.index == 2, "not of these contents");
	TAP_CHECK(oldest(VAULT_TIER_DURABLE, &record) && record.durable, "not durable");
	vault_tier_leaving(the_card.vault, &record);
	TAP_CHECK(!oldest(lasting, &record), "it leaves twice");
	TAP_CHECK(demote(&record) && record.handle.index == 1, "not the oldest");
	TAP_CHECK(demote(&record) && record.handle.index == 3, "not the next");
	TAP_CHECK(!oldest(VAULT_TIER_ANY, &record), "there is one more");
	/* Durable ones go whatever they are. */
	vault_put(the_card.vault, lasting, &same, the_card.page, crc32c(the_card.page, TAP_PAGE),
		  &page);
	TAP_CHECK(oldest(VAULT_TIER_ANY, &record) && record.handle.index == 9, "it stays");
	return end();
}

/* Between leaving and exchange anything may happen; only the same version is exchanged. */
TAP_CASE(exchange)
{
	struct vault_tier_record record, other;
	struct vault_handle at = handle(1, 1);

	TAP_CHECK(begin(tap, 0, false), "no card");
	/* Replaced. */
	put(at, 1);
	oldest(VAULT_TIER_ANY, &record);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "gone without leaving");
	vault_tier_leaving(the_card.vault, &record);
	put(at, 2);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "a newer one is lost");
	TAP_CHECK(holds(at, 2), "replaced");
	/* Flushed, and put again where it was: an empty vault gives the same place each time. */
	vault_flush_page(the_card.vault, the_card.pool, &at);
	put(at, 2);
	oldest(VAULT_TIER_ANY, &record);
	vault_tier_leaving(the_card.vault, &record);
	vault_flush_page(the_card.vault, the_card.pool, &at);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "it is flushed");
	put(at, 3);
	vault_tier_find(the_card.vault, the_card.pool, &at, &other, NULL);
	TAP_EQUAL(other.place, record.place);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "another version");
	TAP_CHECK(holds(at, 3), "flushed and put");
	/* The place of another version, the version at another place. */
	other.version--;
	TAP_CHECK(!vault_tier_move(the_card.vault, &other, IN_FLASH | 5), "another version");
	other.version++;
	other.place++;
	TAP_CHECK(!vault_tier_move(the_card.vault, &other, IN_FLASH | 5), "another place");
	/* Its object, its pool. */
	oldest(VAULT_TIER_ANY, &record);
	vault_tier_leaving(the_card.vault, &record);
	vault_flush_object(the_card.vault, the_card.pool, at.object);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "its object is gone");
	put(at, 4);
	oldest(VAULT_TIER_ANY, &record);
	vault_tier_leaving(the_card.vault, &record);
	the_card.pool = pool_flush(the_card.vault, the_card.pool);
	TAP_CHECK(!vault_tier_move(the_card.vault, &record, IN_FLASH | 5), "its pool is gone");
	/* In flash, from place to place. */
	put(at, 5);
	TAP_CHECK(demote(&record), "it stays");
	in_flash(at, &record);
	other = record;
	other.place++;
	TAP_CHECK(!vault_tier_move(the_card.vault, &other, IN_FLASH | 77), "another place");
	other = record;
	other.version++;
	TAP_CHECK(!vault_tier_move(the_card.vault, &other, IN_FLASH | 77), "another version");
	TAP_CHECK(vault_tier_move(the_card.vault, &record, IN_FLASH | 77), "it does not move");
	in_flash(at, &record);
	TAP_EQUAL(record.place, IN_FLASH | 77);
	TAP_EQUAL(the_card.drop_count, 0);
	return end();
}

TAP_CASE(drops)
{
	struct vault_tier_record record;
	uint64_t seen = 0;

	TAP_CHECK(begin(tap, 0, false), "no card");
	for (unsigned int i = 0; i < 40; i++) {
		put(handle(i / 10, i), i);
		TAP_CHECK(demote(&record), "page %u stays", i);
	}
	put(handle(0, 0), 100);
	TAP_EQUAL(the_card.drop_count, 1);
	TAP_EQUAL(the_card.drops[0], IN_FLASH | 1);
	vault_flush_page(the_card.vault, the_card.pool, &(struct vault_handle){{0, 7, 9}, 1});
	TAP_EQUAL(the_card.drop_count, 2);
	vault_flush_object(the_card.vault, the_card.pool, (uint64_t[]){1, 7, 9});
	while (vault_background(the_card.vault, 16)) {
	}
	TAP_EQUAL(the_card.drop_count, 12);
	the_card.pool = pool_flush(the_card.vault, the_card.pool);
	while (vault_background(the_card.vault, 16)) {
	}
	TAP_EQUAL(the_card.drop_count, 40);
	for (unsigned int i = 0; i < 40; i++) {
		seen |= 1ull << (the_card.drops[i] & 63);
	}
	TAP_EQUAL(seen, ((1ull << 40) - 1) << 1);
	return end();
}

TAP_CASE(coming_back)
{
	static uint8_t kept[400][TAP_PAGE + 64];
	struct vault_tier_record record;
	struct vault_handle hot = handle(1, 0);

	TAP_CHECK(begin(tap, 0, false), "no card");
	for (unsigned int i = 0; i < 400; i++) {
		put(handle(1, i), i);
		TAP_CHECK(demote(&record), "page %u stays", i);
		memcpy(kept[i], the_card.record, record.bytes);
	}
	/* Other bytes, another version or place, a page of another handle: it stays. */
	TAP_CHECK(in_flash(hot, &record), "it is not in flash");
	for (unsigned int i = 0; i < 6; i++) {
		kept[0][i] ^= 0x11;
		TAP_CHECK(!vault_tier_promote(the_card.vault, &record, kept[0]), "byte %u", i);
		kept[0][i] ^= 0x11;
	}
	for (unsigned int i = 0; i < 4; i++) {
		struct vault_tier_record other = record;

		other.version += i == 0;
		other.place += i == 1;
		other.bytes += i == 2;
		other.handle.index += i == 3;
		TAP_CHECK(!vault_tier_promote(the_card.vault, &other, kept[0]), "other %u", i);
	}
	TAP_EQUAL(the_card.drop_count, 0);
	/* It comes, and its place is not needed any more. */
	TAP_CHECK(vault_tier_promote(the_card.vault, &record, kept[0]), "it stays");
	TAP_CHECK(holds(hot, 0), "it did not come back");
	TAP_EQUAL(the_card.drop_count, 1);
	TAP_EQUAL(the_card.drops[0], IN_FLASH | 1);
	TAP_CHECK(!vault_tier_promote(the_card.vault, &record, kept[0]), "it comes twice");
	/* And goes again, with another version. */
	TAP_CHECK(demote(&record) && record.handle.index == 0, "it stays");
	return end();
}

/* 8 KiB to 64 KiB; the shape of each block has to be what it was, too. */
TAP_CASE(long_ones_coming_back)
{
	static uint8_t kept[16 * (TAP_PAGE + 2) + 64];
	struct vault_tier_record record;
	struct vault_handle at = handle(1, 1);

	for (unsigned int order = 1; order <= PAMC_MAX_PAGE_ORDER; order++) {
		TAP_CHECK(begin(tap, order, false), "no card");
		put(at, order);
		TAP_CHECK(demote(&record), "it stays");
		memcpy(kept, the_card.record, record.bytes);
		TAP_CHECK(in_flash(at, &record), "it is not in flash");
		for (unsigned int i = 0; i < 8 + (2u << order); i++) {
			if (i < 6 || i >= 8) {
				kept[i] ^= 0x01;
				TAP_CHECK(!vault_tier_promote(the_card.vault, &record, kept),
					  "order %u, byte %u", order, i);
				kept[i] ^= 0x01;
			}
		}
		TAP_CHECK(vault_tier_promote(the_card.vault, &record, kept), "order %u stays",
			  order);
		TAP_CHECK(holds(at, order), "it did not come back");
		TAP_EQUAL(the_card.drop_count, 1);
		if (!end()) {
			return false;
		}
	}
	return true;
}

TAP_CASE(durable_pages)
{
	struct vault_tier_figures figures;
	struct vault_tier_record record;
	struct vault_page page;
	struct vault_handle at = handle(1, 1);
	uint64_t bytes;

	TAP_CHECK(begin(tap, 0, true), "no card");
	put(at, 1);
	put(handle(1, 2), 2);
	vault_tier_read(the_card.vault, &figures);
	bytes = figures.durable_bytes;
	TAP_CHECK(demote(&record) && record.durable, "it stays");
	vault_tier_read(the_card.vault, &figures);
	TAP_EQUAL(figures.durable_bytes, bytes - record.bytes);
	TAP_EQUAL(figures.pages, 1);
	vault_tier_get(the_card.vault, the_card.pool, &at, the_card.record, the_card.back, &page);
	TAP_CHECK(in_flash(at, &record) &&
		      !vault_tier_promote(the_card.vault, &record, the_card.record),
		  "it came back, and only DRAM has it");
	vault_flush_page(the_card.vault, the_card.pool, &(struct vault_handle){{1, 7, 9}, 2});
	vault_tier_read(the_card.vault, &figures);
	TAP_EQUAL(figures.durable_bytes, 0);
	return end();
}

TAP_CASE(recovery)
{
	struct vault_tier_record record = {
	    .handle = handle(3, 4), .version = 50, .place = IN_FLASH | 9, .bytes = 1000};
	struct vault_tier_record found;
	struct vault_tier_figures figures;
	struct vault_row row;
	uint64_t before;
	uint32_t bytes;
	unsigned int flags;

	TAP_CHECK(begin(tap, 0, true), "no card");
	record.contents = the_card.pool;
	TAP_CHECK(vault_tier_recover(the_card.vault, &record, &before, &bytes), "not taken");
	TAP_EQUAL(before, 0);
	TAP_CHECK(!vault_tier_recover(the_card.vault, &record, &before, &bytes), "taken twice");
	record.version = 40;
	record.place = IN_FLASH | 10;
	TAP_CHECK(!vault_tier_recover(the_card.vault, &record, &before, &bytes), "an older one");
	record.version = 60;
	record.bytes = 2000;
	TAP_CHECK(vault_tier_recover(the_card.vault, &record, &before, &bytes), "not the newer");
	TAP_EQUAL(before, IN_FLASH | 9);
	TAP_EQUAL(bytes, 1000);
	TAP_CHECK(vault_tier_where(the_card.vault, the_card.pool, &record.handle, &found, &flags),
		  "it is not there");
	TAP_EQUAL(found.place, IN_FLASH | 10);
	TAP_EQUAL(flags, VAULT_TIER_UNKNOWN);
	vault_read_contents(the_card.vault, the_card.pool, &row);
	TAP_EQUAL(row.pages, 1);
	TAP_EQUAL(row.stored, 2000 - sizeof(struct vault_tier_header));
	/* Puts come after all that was found. */
	vault_tier_set_clock(the_card.vault, 100);
	put(handle(3, 5), 1);
	vault_tier_read(the_card.vault, &figures);
	TAP_EQUAL(figures.clock, 101);
	return end();
}

TAP_CASE(losses)
{
	struct vault_tier_record record;
	struct vault_handle at = handle(1, 1);
	unsigned int flags;

	TAP_CHECK(begin(tap, 0, false), "no card");
	for (unsigned int i = 0; i < 4; i++) {
		put(handle(1, i), i);
		demote(&record);
	}
	TAP_CHECK(!vault_tier_lose(the_card.vault, IN_FLASH | 2, 2), "all in one go");
	while (!vault_tier_lose(the_card.vault, IN_FLASH | 2, 2)) {
	}
	for (unsigned int i = 0; i < 4; i++) {
		struct vault_handle each = handle(1, i);

		TAP_CHECK(vault_tier_where(the_card.vault, the_card.pool, &each, &record, &flags),
			  "page %u is gone", i);
		TAP_EQUAL(flags & VAULT_TIER_LOST, i == 1 || i == 2);
	}
	/* A put heals it, and its place is not dropped a second time. */
	put(at, 9);
	TAP_CHECK(holds(at, 9), "put again");
	TAP_EQUAL(the_card.drop_count, 0);
	TAP_EQUAL(
	    vault_flush_page(the_card.vault, the_card.pool, &(struct vault_handle){{1, 7, 9}, 2}),
	    1);
	TAP_EQUAL(the_card.drop_count, 0);
	return end();
}

/* When DRAM is full to the last unit a record still finds room for its stub; and then a put
 * that failed for want of memory is worth another try. */
TAP_CASE(full)
{
	struct vault_tier_record record;
	uint64_t n = 0;

	TAP_CHECK(begin(tap, 0, false), "no card");
	while (put(handle(n / 50, n), n) == PAMC_STATUS_SUCCESS) {
		n++;
	}
	TAP_CHECK(vault_tier_try_again(the_card.vault, the_card.pool), "it is not memory");
	for (unsigned int i = 0; i < 10; i++) {
		TAP_CHECK(demote(&record), "page %u stays", i);
	}
	TAP_EQUAL(put(handle(n / 50, n), n), PAMC_STATUS_SUCCESS);
	TAP_CHECK(!vault_tier_try_again(the_card.vault, the_card.pool), "it was stored");
	vault_contents_limit(the_card.vault, the_card.pool, 1);
	TAP_EQUAL(put(handle(1000, 0), 0), PAMC_STATUS_NO_SPACE);
	TAP_CHECK(!vault_tier_try_again(the_card.vault, the_card.pool), "it was a limit");
	return end();
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "pages of all lengths go to flash and come back, damage is told", round_trip);
	tap_run(&tap, "another page's bytes are an error", others_bytes);
	tap_run(&tap, "the oldest leave first, and who has no reason stays", order_of_leaving);
	tap_run(&tap, "an exchange hits the version it means", exchange);
	tap_run(&tap, "each place that is not needed any more is told of once", drops);
	tap_run(&tap, "what was read comes back, if it is that page's", coming_back);
	tap_run(&tap, "and so do pages of several blocks", long_ones_coming_back);
	tap_run(&tap, "durable pages are counted until flash has them", durable_pages);
	tap_run(&tap, "after power was away the newest version counts", recovery);
	tap_run(&tap, "a lost page is one until it is put or flushed", losses);
	tap_run(&tap, "a full vault can always demote", full);
	return tap_done(&tap);
}
