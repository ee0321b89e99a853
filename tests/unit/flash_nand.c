// SPDX-License-Identifier: Apache-2.0
/*
 * The NAND model keeps to the rules of the parts and tells who does not: tests of the flash
 * translation layer are worth what this is worth.
 */
#include "nand.h"
#include "tap.h"

#define PAGE 4096u

static enum nand_result finish(struct nand *nand, uint32_t die, uint32_t *corrected)
{
	enum nand_result result;

	while ((result = nand_poll(nand, die, corrected)) == NAND_BUSY) {
		nand_advance(nand);
	}
	return result;
}

static enum nand_result program(struct nand *nand, uint32_t block, uint32_t page, uint8_t fill)
{
	uint8_t data[PAGE];
	uint32_t corrected;

	memset(data, fill, sizeof(data));
	return nand_program(nand, 0, block, page, data) ? finish(nand, 0, &corrected) : NAND_OFF;
}

static enum nand_result erase(struct nand *nand, uint32_t block)
{
	uint32_t corrected;

	return nand_erase(nand, 0, block) ? finish(nand, 0, &corrected) : NAND_OFF;
}

static enum nand_result look(struct nand *nand, uint32_t block, uint32_t page, uint8_t *data,
			     uint32_t *corrected)
{
	return nand_read(nand, 0, block, page, data) ? finish(nand, 0, corrected) : NAND_OFF;
}

TAP_CASE(rules)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand = nand_create(&config);
	uint8_t data[PAGE];
	uint32_t corrected;

	TAP_EQUAL(program(nand, 3, 0, 0x11), NAND_OK);
	TAP_EQUAL(program(nand, 3, 1, 0x22), NAND_OK);
	TAP_EQUAL(program(nand, 3, 1, 0x33), NAND_MISUSE);
	TAP_EQUAL(program(nand, 3, 3, 0x44), NAND_MISUSE);
	TAP_EQUAL(nand_figures(nand).misuses, 2);
	TAP_EQUAL(look(nand, 3, 1, data, &corrected), NAND_OK);
	TAP_CHECK(data[0] == 0x22 && data[PAGE - 1] == 0x22, "what was refused has no effect");
	TAP_EQUAL(look(nand, 3, 2, data, &corrected), NAND_OK);
	TAP_CHECK(data[0] == 0xff && data[PAGE - 1] == 0xff, "an erased page is all ones");
	TAP_EQUAL(erase(nand, 3), NAND_OK);
	TAP_EQUAL(look(nand, 3, 0, data, &corrected), NAND_OK);
	TAP_CHECK(data[0] == 0xff, "erased");
	TAP_EQUAL(program(nand, 3, 0, 0x55), NAND_OK);
	TAP_CHECK(nand_read(nand, 1, 0, 0, data) && !nand_read(nand, 1, 0, 0, data),
		  "one operation a die");
	TAP_EQUAL(nand_figures(nand).misuses, 3);
	nand_destroy(nand);
	return true;
}

TAP_CASE(takes_time)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand = nand_create(&config);
	uint64_t transfer = (config.page_bytes + config.spare_bytes) * 1000ull / config.bus_mb_s;
	uint8_t data[PAGE] = {0};
	uint32_t corrected;
	uint64_t alone;

	program(nand, 0, 0, 1);
	TAP_EQUAL(nand_ns(nand), transfer + config.program_us * 1000ull);
	alone = nand_ns(nand);
	erase(nand, 1);
	TAP_EQUAL(nand_ns(nand), alone + config.erase_us * 1000ull);
	/* Two dies of two channels take no longer than one; two of one share the bus. */
	alone = nand_ns(nand);
	nand_program(nand, 0, 2, 0, data);
	nand_program(nand, 1, 2, 0, data);
	finish(nand, 0, &corrected);
	TAP_EQUAL(finish(nand, 1, &corrected), NAND_OK);
	TAP_EQUAL(nand_ns(nand) - alone, transfer + config.program_us * 1000ull);
	alone = nand_ns(nand);
	nand_program(nand, 0, 2, 1, data);
	nand_program(nand, 2, 2, 0, data);
	finish(nand, 0, &corrected);
	finish(nand, 2, &corrected);
	TAP_EQUAL(nand_ns(nand) - alone, 2 * transfer + config.program_us * 1000ull);
	nand_destroy(nand);
	return true;
}

/* Errors of a page, on average, and how many reads of 100 fail. */
static double errors(struct nand *nand, uint32_t block, uint32_t *failed)
{
	uint8_t data[PAGE];
	double sum = 0;

	*failed = 0;
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t corrected = 0;

		*failed += look(nand, block, 0, data, &corrected) == NAND_UNCORRECTABLE;
		sum += corrected;
	}
	return sum / 100;
}

TAP_CASE(gets_worse)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand;
	double fresh, worn, old, disturbed;
	uint32_t failed;

	config.bits = 2;
	config.bits_erases = 20;
	config.bits_days = 100;
	config.bits_reads = 3;
	nand = nand_create(&config);
	program(nand, 0, 0, 1);
	fresh = errors(nand, 0, &failed);
	TAP_CHECK(fresh >= 2 && fresh < 10 && failed == 0, "%f, %u", fresh, failed);
	for (uint32_t i = 0; i < 500; i++) {
		erase(nand, 1);
	}
	program(nand, 1, 0, 1);
	worn = errors(nand, 1, &failed);
	TAP_CHECK(worn > fresh + 5 && failed == 0, "%f after erases, %u", worn, failed);
	for (uint32_t i = 0; i < 50; i++) {
		errors(nand, 0, &failed);
	}
	disturbed = errors(nand, 0, &failed);
	TAP_CHECK(disturbed > fresh + 5, "%f after reads", disturbed);
	program(nand, 2, 0, 1);
	nand_pass_days(nand, 100);
	old = errors(nand, 2, &failed);
	TAP_CHECK(old > fresh + 5, "%f after days", old);
	nand_pass_days(nand, 1000);
	errors(nand, 2, &failed);
	TAP_EQUAL(failed, 100);
	nand_destroy(nand);
	return true;
}

TAP_CASE(wears_out)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand;
	uint32_t erases = 0;
	uint32_t bad = 0;

	config.endurance = 100;
	config.factory_bad = 100;
	nand = nand_create(&config);
	while (nand_factory_bad(nand, 0, bad)) {
		bad++;
	}
	while (erase(nand, bad) == NAND_OK && erases < 100000) {
		erases++;
	}
	TAP_CHECK(erases >= 100 && erases < 2000, "%u erases", erases);
	bad = 0;
	for (uint32_t die = 0; die < nand_dies(nand); die++) {
		for (uint32_t block = 0; block < config.blocks; block++) {
			bad += nand_factory_bad(nand, die, block);
		}
	}
	TAP_CHECK(bad > 0 && bad < 20, "%u marked", bad);
	nand_destroy(nand);
	return true;
}

/* Every way in which a program can be torn, and what is there then. */
TAP_CASE(torn_program)
{
	uint32_t seen[5] = {0};

	for (uint32_t i = 0; i < 200; i++) {
		struct nand_config config = nand_config_small(tap->seed + i);
		struct nand *nand = nand_create(&config);
		uint8_t data[PAGE];
		uint32_t corrected, good = 0;
		enum nand_result result = NAND_OK;

		program(nand, 0, 0, 0x11);
		nand_cut_at(nand, 1, NAND_CUT_DURING);
		TAP_EQUAL(program(nand, 0, 1, 0x22), NAND_OFF);
		TAP_CHECK(nand_is_off(nand) && !nand_erase(nand, 0, 0), "off is off");
		nand_power_on(nand);
		TAP_EQUAL(look(nand, 0, 0, data, &corrected), NAND_OK);
		TAP_CHECK(data[0] == 0x11, "what was there stays");
		for (uint32_t again = 0; again < 20; again++) {
			result = look(nand, 0, 1, data, &corrected);
			good += result == NAND_OK;
		}
		if (good == 0) {
			seen[0]++;
		} else if (good < 20) {
			seen[1]++;
		} else if (data[0] == 0xff) {
			seen[2]++;
			TAP_EQUAL(program(nand, 0, 1, 0x33), NAND_MISUSE);
		} else {
			seen[data[PAGE - 1] == 0xff ? 3 : 4]++;
		}
		nand_destroy(nand);
	}
	for (uint32_t i = 0; i < 5; i++) {
		TAP_CHECK(seen[i] > 10, "way %u: %u of 200", i, seen[i]);
	}
	return true;
}

TAP_CASE(torn_erase)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand = nand_create(&config);
	uint8_t data[PAGE];
	uint32_t corrected, old = 0, lost = 0;

	for (uint32_t page = 0; page < config.pages; page++) {
		program(nand, 0, page, 0x11);
	}
	nand_cut_at(nand, nand_figures(nand).operations, NAND_CUT_DURING);
	TAP_EQUAL(erase(nand, 0), NAND_OFF);
	nand_power_on(nand);
	for (uint32_t page = 0; page < config.pages; page++) {
		enum nand_result result = look(nand, 0, page, data, &corrected);

		lost += result != NAND_OK;
		old += result == NAND_OK && data[0] == 0x11;
	}
	TAP_CHECK(lost > 0 && old > 0 && old < config.pages, "%u lost, %u as before", lost, old);
	TAP_EQUAL(program(nand, 0, 0, 0x22), NAND_MISUSE);
	TAP_EQUAL(erase(nand, 0), NAND_OK);
	TAP_EQUAL(program(nand, 0, 0, 0x22), NAND_OK);
	nand_destroy(nand);
	return true;
}

TAP_CASE(cut_before_and_after)
{
	struct nand_config config = nand_config_small(tap->seed);
	struct nand *nand = nand_create(&config);
	uint8_t data[PAGE];
	uint32_t corrected;

	nand_cut_at(nand, 0, NAND_CUT_BEFORE);
	TAP_EQUAL(program(nand, 0, 0, 0x11), NAND_OFF);
	nand_power_on(nand);
	TAP_EQUAL(program(nand, 0, 0, 0x22), NAND_OK);
	nand_cut_at(nand, 1, NAND_CUT_AFTER);
	TAP_CHECK(nand_program(nand, 0, 0, 1, memset(data, 0x33, PAGE)), "it starts");
	TAP_EQUAL(finish(nand, 0, &corrected), NAND_OFF);
	nand_power_on(nand);
	TAP_EQUAL(look(nand, 0, 1, data, &corrected), NAND_OK);
	TAP_EQUAL(data[PAGE - 1], 0x33);
	TAP_EQUAL(nand_figures(nand).misuses, 0);
	nand_destroy(nand);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "order, one program an erase, one operation a die", rules);
	tap_run(&tap, "operations take time, on dies and on channels", takes_time);
	tap_run(&tap, "pages get worse by erases, reads and days", gets_worse);
	tap_run(&tap, "blocks wear out, some are bad from the start", wears_out);
	tap_run(&tap, "a program that power cuts is torn in every way", torn_program);
	tap_run(&tap, "an erase that power cuts leaves neither", torn_erase);
	tap_run(&tap, "cuts before and after an operation", cut_before_and_after);
	return tap_done(&tap);
}
