// SPDX-License-Identifier: Apache-2.0
/*
 * New firmware on the management core in RTL: the product's firmware and loader, which checks
 * the product's signatures, with boot flash behind its bus; at a mailbox that is made of memory
 * (tests/unit/mailbox.h).
 */
#include "core.hpp"

#include <cstring>
#include <vector>

#include "pamc_mcu.h"
#include "stream.hpp"
#include "tap.hpp"

extern "C" {
#include "fw_mailbox_bits.h"
#include "image.h"
#include "mailbox.h"
/* firmware/platform/riscv/images.S */
extern const uint8_t mcu_image_begin[], mcu_image_end[];
}

namespace
{

constexpr uint64_t data = MAILBOX_BASE + 4 * 4096;
/* Cycles: a boot or the check of a signature; any other command. */
constexpr uint64_t long_patience = 80'000'000, patience = 5'000'000;
constexpr uint32_t anything = 0xffff, piece = 4096;

class Bench
{
	rtl::Random random_;

      public:
	hal mailbox;
	rtl_card::Core core;

	explicit Bench(uint64_t seed) : random_(seed), mailbox{}, core(seed)
	{
		core.random = [this] { return uint32_t(random_()); };
		core.flash().write(FLASH_SLOT(1), mcu_image_begin,
				   size_t(mcu_image_end - mcu_image_begin));
		mailbox_open(&mailbox);
		core.power_on(64 << 20);
	}

	void step()
	{
		if (core.asleep())
			core.wake(hal_read(&mailbox, MAILBOX_EVENTS) & anything);
		core.step();
		if (!core.accesses())
			return;

		uint32_t offset = core.offset();

		tap_check(offset < MAILBOX_BUFFER + sizeof(mailbox.buffer), "an access beyond");
		if (core.writes()) {
			hal_write(&mailbox, offset, core.value());
			core.answer(0);
		} else {
			core.answer(hal_read(&mailbox, offset));
		}
		core.step();
	}

	template <typename Condition>
	uint64_t until(const char *what, uint64_t cycles, Condition condition)
	{
		uint64_t from = core.now();

		while (!condition()) {
			step();
			tap_check(core.now() - from < cycles, what);
		}
		return core.now() - from;
	}

	mailbox_done wait(uint16_t cid, uint64_t cycles)
	{
		const mailbox_done *found = nullptr;

		until("a command is not answered", cycles,
		      [&] { return (found = mailbox_find(&mailbox, cid)) != nullptr; });
		return *found;
	}

	mailbox_done command(const pamc_admin_sqe &sqe, uint64_t cycles = patience)
	{
		return wait(mailbox_submit(&mailbox, &sqe), cycles);
	}

	void *at(uint64_t addr)
	{
		return mailbox_at(&mailbox, addr);
	}

	/* Cycles that it takes. */
	uint64_t download(const std::vector<uint8_t> &image)
	{
		uint64_t from = core.now();

		for (uint32_t offset = 0; offset < image.size(); offset += piece) {
			pamc_admin_sqe sqe{};

			sqe.opcode = PAMC_ADMIN_FW_DOWNLOAD;
			sqe.addr = data;
			sqe.length = std::min(piece, uint32_t(image.size()) - offset);
			sqe.p.fw.offset = offset;
			std::memcpy(at(data), &image[offset], sqe.length);
			tap_check(command(sqe).status == PAMC_STATUS_SUCCESS, "FW_DOWNLOAD");
		}
		return core.now() - from;
	}

	mailbox_done activate()
	{
		pamc_admin_sqe sqe{};

		sqe.opcode = PAMC_ADMIN_FW_ACTIVATE;
		sqe.p.fw.action = PAMC_FW_ACTION_NOW;
		return command(sqe, long_patience);
	}

	pamc_log_firmware log()
	{
		pamc_admin_sqe sqe{};
		pamc_log_firmware log;

		sqe.opcode = PAMC_ADMIN_LOG;
		sqe.id = PAMC_LOG_FIRMWARE;
		sqe.addr = data;
		sqe.length = sizeof(log);
		tap_check(command(sqe).status == PAMC_STATUS_SUCCESS, "LOG");
		std::memcpy(&log, at(data), sizeof(log));
		return log;
	}
};

uint32_t make_pool(Bench &bench)
{
	pamc_admin_sqe sqe{};
	pamc_pool_info info{};

	info.type = PAMC_POOL_TYPE_PERSISTENT;
	std::memcpy(bench.at(data), &info, sizeof(info));
	sqe.opcode = PAMC_ADMIN_POOL_CREATE;
	sqe.addr = data;
	sqe.length = sizeof(info);

	mailbox_done done = bench.command(sqe);

	tap_check(done.status == PAMC_STATUS_SUCCESS, "POOL_CREATE");
	return done.result;
}

uint32_t first_pool(Bench &bench)
{
	pamc_admin_sqe sqe{};
	uint32_t id;

	sqe.opcode = PAMC_ADMIN_POOL_LIST;
	sqe.addr = data;
	sqe.length = sizeof(pamc_pool_info);
	tap_check(bench.command(sqe).result == 1, "POOL_LIST");
	std::memcpy(&id, bench.at(data), sizeof(id));
	return id;
}

void update(uint64_t seed)
{
	const std::vector<uint8_t> good(mcu_image_begin, mcu_image_end);
	std::vector<uint8_t> forged = good;
	Bench bench(seed);
	pamc_admin_sqe listen{};

	bench.until("it does not boot", long_patience, [&] { return bench.core.asleep(); });
	mailbox_ctrl(&bench.mailbox, PAMC_CTRL_EN_MASK);
	bench.until("it does not get ready", patience,
		    [&] { return mailbox_status(&bench.mailbox) == PAMC_STATUS_READY_MASK; });

	uint32_t pool = make_pool(bench);
	uint32_t epoch = bench.mailbox.word[MAILBOX_BOOT_EPOCH / 4];

	/* Only the ROM knows that this is not signed. */
	forged[seed % 64] ^= 4;
	bench.download(forged);

	mailbox_done done = bench.activate();

	tap_check(done.status == PAMC_STATUS_BAD_FIRMWARE && done.info == PAMC_FW_FAULT_SIGNATURE,
		  "a forged image: status " + std::to_string(done.status) + ", fault " +
		      std::to_string(done.info));
	tap_check(bench.log().active_slot == 1, "something else runs");

	/* The first event is that there was an error. */
	listen.opcode = PAMC_ADMIN_ASYNC_EVENT;
	tap_check(bench.command(listen).result == PAMC_EVENT_ERROR, "no error is told");

	uint16_t event = mailbox_submit(&bench.mailbox, &listen);
	uint64_t sent = bench.download(good), from = bench.core.now();

	done = bench.activate();
	tap_check(done.status == PAMC_STATUS_SUCCESS && done.result == 2,
		  "a good image: status " + std::to_string(done.status) + ", fault " +
		      std::to_string(done.info));
	std::printf("# cycles, of %zu bytes: %llu to send, %llu to check and write", good.size(),
		    static_cast<unsigned long long>(sent),
		    static_cast<unsigned long long>(bench.core.now() - from));
	from = bench.core.now();
	done = bench.wait(event, long_patience);
	std::printf(", %llu until it runs\n",
		    static_cast<unsigned long long>(bench.core.now() - from));
	tap_check(done.result == PAMC_EVENT_FIRMWARE && done.info == PAMC_LOG_FIRMWARE,
		  "another event");

	pamc_log_firmware log = bench.log();

	tap_check(log.active_slot == 2 && log.boot_reason == 0 && log.next_slot == 0,
		  "slot " + std::to_string(log.active_slot) + " runs, because of " +
		      std::to_string(log.boot_reason));
	tap_check(std::memcmp(&bench.core.flash()[FLASH_SLOT(2)], good.data(), good.size()) == 0,
		  "slot 2 has something else");
	tap_check(first_pool(bench) == pool, "the pool is lost");
	tap_check(bench.mailbox.word[MAILBOX_BOOT_EPOCH / 4] == epoch, "another boot epoch");
	tap_check(mailbox_status(&bench.mailbox) == PAMC_STATUS_READY_MASK, "it is not ready");
	tap_check(!bench.mailbox.broken, bench.mailbox.broken ? bench.mailbox.broken : "");
	tap_check(bench.core.lost == 0, "words of RAM are lost");
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("new firmware starts, and a forged one does not", [&] { update(tap.seed()); });
	return tap.done();
}
