// SPDX-License-Identifier: Apache-2.0
/*
 * The whole card in RTL where random streams (twins.hpp) do not look: resets while admin
 * commands wait, what the counters tell of a command's time, admin commands that have effects
 * beside the path of a page.
 */
#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

/* CTRL.EN falls while ASYNC_EVENTs wait; the card comes back, again and again. */
void resets(uint64_t seed)
{
	CardHost card(2 << 20, seed);

	for (unsigned int round = 1; round <= 4; round++) {
		pamc_admin_sqe sqe{};
		unsigned int reads = 0;

		card.start();
		card.create_queue(1, 4);
		sqe.opcode = PAMC_ADMIN_ASYNC_EVENT;
		for (sqe.cid = 0; sqe.cid < PAMC_MAX_AEN; sqe.cid++)
			card.submit(0, sqe, false);
		card.doorbell(0);
		/* With and without time to take them. */
		for (unsigned int n = 0; n < 700 * round; n++)
			card.step();
		card.write_register<uint32_t>(PAMC_REG_CTRL, 0);
		while (card.read32(PAMC_REG_STATUS) & PAMC_STATUS_READY_MASK)
			tap_check(++reads < 20000, "READY does not fall");
		tap_check(card.read32(PAMC_REG_RESETS) == round, "resets are not counted");
	}
}

/* One command alone waits for one thing at a time: its stages' counters add up to what its
 * latency was, but for decoding, dispatch and completion. */
void waits(uint64_t seed)
{
	constexpr uint64_t outside = 60;
	CardHost card(4 << 20, seed);
	pamc_pool_info info{};
	pamc_sqe sqe{};

	card.start();
	card.create_queue(1, 4);
	info.type = PAMC_POOL_TYPE_PERSISTENT;
	sqe.pool = card.create_pool(info);
	sqe.addr = card.allocate();
	std::memcpy(card.page(sqe.addr).data(), tap_page_files().front().pages.front().data(),
		    4096);

	auto sum = [&](unsigned int first, unsigned int last) {
		uint64_t all = 0;

		for (unsigned int n = first; n <= last; n++)
			all += card.management().counter(n);
		return all;
	};
	auto check = [&](uint8_t opcode, unsigned int kind, unsigned int first, unsigned int last) {
		uint64_t before = sum(first, last);

		sqe.opcode = opcode;
		card.submit(1, sqe, true);
		tap_check(CardHost::status(card.wait(1).cqe) == PAMC_STATUS_SUCCESS, "a failure");
		card.sim().write(MAILBOX_LATENCY_SELECT, 2u << 9 | kind << 7);

		uint64_t latency = card.sim().read64(MAILBOX_LATENCY);
		uint64_t stages = sum(first, last) - before;

		tap_check(stages < latency && stages + outside > latency,
			  std::to_string(stages) + " of " + std::to_string(latency) +
			      " cycles are told by the counters");
	};

	check(PAMC_OP_PUT, PAMC_LAT_PUT, MAILBOX_COUNTER_WAIT_PUT_HOST,
	      MAILBOX_COUNTER_WAIT_PUT_RESULT);
	check(PAMC_OP_GET, PAMC_LAT_GET, MAILBOX_COUNTER_WAIT_GET_INDEX,
	      MAILBOX_COUNTER_WAIT_GET_RESULT);

	/* And a host can read them. */
	const auto told = card.log<pamc_log_counters>(PAMC_LOG_COUNTERS);

	tap_check(told.put_codec_cycles > 100 && told.get_codec_cycles > 100 &&
		      told.put_codec_cycles ==
			  sum(MAILBOX_COUNTER_WAIT_PUT_CODEC, MAILBOX_COUNTER_WAIT_PUT_CODEC) &&
		      told.get_codec_cycles ==
			  sum(MAILBOX_COUNTER_WAIT_GET_CODEC, MAILBOX_COUNTER_WAIT_GET_CODEC),
		  "the log tells other waits");
	tap_check(told.dram_reads && told.dram_read_cycles >= told.dram_reads * 10 &&
		      told.host_reads && told.host_read_most,
		  "nothing is told of memory or the host");
}

/* A put of one page through queue pair 1: its status. */
unsigned int put(CardHost &card, uint32_t pool, uint64_t page)
{
	pamc_sqe sqe{};

	sqe.opcode = PAMC_OP_PUT;
	sqe.pool = pool;
	sqe.addr = page;
	card.submit(1, sqe, false);
	card.doorbell(1);
	return CardHost::status(card.wait(1).cqe);
}

unsigned int admin(CardHost &card, uint8_t opcode, uint32_t id)
{
	pamc_admin_sqe sqe{};

	sqe.opcode = opcode;
	sqe.id = id;
	return CardHost::status(card.admin(sqe));
}

void wait_status(CardHost &card, uint32_t wanted)
{
	for (unsigned int reads = 0; card.read32(PAMC_REG_STATUS) != wanted;)
		tap_check(++reads < 20000, "STATUS does not get " + std::to_string(wanted));
}

/* Long work ends, and found nothing wrong. What is on the core is not looked into from here. */
bool passed(CardHost &card, unsigned int log)
{
	pamc_log_progress progress;

	while (card.management().busy())
		card.step();
	if (card.management().core())
		return true;
	std::memcpy(&progress, card.management().log(log).data(), sizeof(progress));
	std::printf("# log %u: part %u, detail %llx, %u wrong, %llu right\n", log, progress.step,
		    (unsigned long long)progress.detail, progress.failed,
		    (unsigned long long)progress.checked);
	return progress.outcome == 1 && progress.percent == 100;
}

/* What the firmware does beside the path of a page. */
void admin_commands(uint64_t seed)
{
	CardHost card(2 << 20, seed);
	pamc_admin_sqe log{};
	uint32_t pool;

	card.start();
	card.create_queue(1, 4);
	pool = card.create_pool({});

	uint64_t page = card.allocate(2);

	/* A log page's bytes, up to the last one and none more; across a page of the host. */
	log.opcode = PAMC_ADMIN_LOG;
	log.id = PAMC_LOG_CAPACITY;
	log.addr = page + 4096 - 8;
	log.length = 13;
	card.page(page).fill(0xa5);
	card.page(page + 4096).fill(0xa5);
	tap_check(card.admin(log).result == 13, "a log page has another length");
	for (unsigned int n = 0; n < 4096; n++) {
		bool inside = n < 5;

		tap_check(n >= 4088 || card.page(page)[n] == 0xa5, "written before a log page");
		tap_check(inside || card.page(page + 4096)[n] == 0xa5, "written behind a log page");
	}
	tap_check(card.page(page + 4096)[4] != 0xa5, "a log page's last byte is missing");

	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put");
	tap_check(admin(card, PAMC_ADMIN_POOL_FLUSH, pool) == PAMC_STATUS_SUCCESS, "flush");
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after a flush");
	for (unsigned int test = 1; test <= 2; test++) {
		tap_check(admin(card, PAMC_ADMIN_SELF_TEST, test) == PAMC_STATUS_SUCCESS,
			  "self-test");
		tap_check(passed(card, PAMC_LOG_SELF_TEST), "the self-test finds something");
	}

	/* Pools are gone, and the epoch is another one. */
	uint32_t epoch = card.read32(PAMC_REG_BOOT_EPOCH);

	tap_check(admin(card, PAMC_ADMIN_SANITIZE, 0) == PAMC_STATUS_SUCCESS, "sanitize");
	tap_check(passed(card, PAMC_LOG_SANITIZE), "something is left");
	tap_check(card.read32(PAMC_REG_BOOT_EPOCH) != epoch, "the epoch stays");
	tap_check(put(card, pool, page) == PAMC_STATUS_BAD_POOL, "the pool stays");
	pool = card.create_pool({});
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after sanitize");

	/* Shutdown, and not; a function-level reset. */
	card.write_register<uint32_t>(PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK);
	wait_status(card, PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	tap_check(put(card, pool, page) == PAMC_STATUS_ABORTED, "put after shutdown");
	tap_check(admin(card, PAMC_ADMIN_POOL_FLUSH, pool) == PAMC_STATUS_ABORTED,
		  "admin after it");
	card.write_register<uint32_t>(PAMC_REG_CTRL, PAMC_CTRL_EN_MASK);
	wait_status(card, PAMC_STATUS_READY_MASK);
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after all");
	card.sim().host().start_flr();
	while (card.sim().host().flr() || card.management().busy())
		card.step();
	wait_status(card, 0);
	card.start();
	card.create_queue(1, 4);
	tap_check(put(card, pool, page) == PAMC_STATUS_SUCCESS, "put after a reset");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("resets", [&] { resets(tap.seed()); });
	tap.run("what a command waits for", [&] { waits(tap.seed()); });
	tap.run("admin commands", [&] { admin_commands(tap.seed()); });
	return tap.done();
}
