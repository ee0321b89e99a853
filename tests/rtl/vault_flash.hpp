/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault in RTL and the model's with flash behind them: what the tier asks of the one it asks
 * of the other, as the firmware would and as it would not.
 */
#ifndef VAULT_FLASH_HPP
#define VAULT_FLASH_HPP

#include "vault_both.hpp"

extern "C" {
#include "vault_layout.h"
}

namespace vault_bench
{

class WithFlash : public Both
{
	/* Records that were told, and places that the model dropped. */
	std::vector<vault_tier_record> told_;
	std::vector<std::pair<uint64_t, uint32_t>> drops_;
	/* What flash has, by place. */
	std::map<uint64_t, Bytes> flash_;
	/* The one that lookups are about, counted from 1. */
	size_t chosen_ = 0;
	/* The latest one has just gone to flash, and comes back in the next step. */
	bool soon_back_ = false;
	uint64_t next_place_ = 1, promise_ = 0;
	/* The part of flash that is being lost. */
	uint64_t lost_at_ = 0;
	uint32_t lost_units_ = 0;
	Bytes flash_bytes_ = Bytes(vault_tier_record_most());

	static void dropped_place(void *context, uint64_t place, uint32_t bytes)
	{
		static_cast<WithFlash *>(context)->drops_.emplace_back(place, bytes);
	}

	void pool_made(Pool &pool) override
	{
		Command durable;

		/* Fresh contents of one that was durable are so again. */
		pool.durable |= mix_.durable && !pool.ephemeral && random_.one_in(2);
		if (!pool.durable)
			return;
		vault_tier_durable(model_, pool.contents, pool.order);
		durable.op = TIER_DURABLE;
		durable.contents = pool.contents;
		durable.order = pool.order;
		expect(operate(durable), DONE, "durable");
	}

	/* Promises of flash are not what fresh contents get. */
	void pool_goes(Pool &pool) override
	{
		Command command;

		command.op = TIER_RESERVE;
		command.contents = pool.contents;
		tap_check(vault_tier_reserve(model_, pool.contents, 0, 0, false),
			  "test: less is refused");
		expect(operate(command), DONE, "reserve nothing");
	}

	/* One of the records told lately. */
	void aim() override
	{
		chosen_ = 0;
		if (told_.empty() || !random_.one_in(2))
			return;
		chosen_ = told_.size() - random_.below(std::min<size_t>(6, told_.size()));
		aimed_ = told_[chosen_ - 1].handle;
		for (size_t n = 0; n < pools.size(); n++)
			if (pools[n].contents == told_[chosen_ - 1].contents)
				aimed_pool_ = n;
	}

	bool other_operation() override
	{
		strict_ = !pools.empty() && random_.below(100) < mix_.tier;
		if (strict_)
			tier_step();
		return strict_;
	}

	void compare_more() override
	{
		same("places dropped", dut_->drops.all.size(), drops_.size());
		tap_check(dut_->drops.all == drops_, "other places were dropped");
		same("pages that can be promised", promisable(2, 600),
		     vault_tier_promisable(model_, 2, 600));
	}

	/* Whatever the RTL told last, which may have gone since. */
	bool other_command(Command &command) override
	{
		static const Op ops[] = {TIER_OLDEST, TIER_FIND, TIER_LEAVING, TIER_MOVE,
					 TIER_PROMOTE};

		if (!random_.one_in(2))
			return false;
		if (random_.one_in(2))
			command = about(dut_->tier_record(), command.op);
		command.op = ops[random_.below(5)];
		/* Of any pools, the first one's might be the oldest. */
		command.which = 2 * unsigned(random_.below(2));
		command.copy = random_.one_in(2);
		command.to = 1ull << 40;
		command.bytes = std::min(command.bytes, 4096u);
		if (command.contents == pools[0].contents)
			command.contents = pools[1].contents;
		return true;
	}

	/* What was told of a record, and its bytes if they were wanted. */
	void compare_told(const vault_tier_record &want, const uint8_t *bytes, bool copied)
	{
		vault_tier_record got = dut_->tier_record();

		for (unsigned int n = 0; n < 3; n++)
			same("object", got.handle.object[n], want.handle.object[n]);
		same("index", got.handle.index, want.handle.index);
		same("version", got.version, want.version);
		same("place", got.place, want.place);
		same("contents", got.contents, want.contents);
		same("bytes in flash", got.bytes, want.bytes);
		same("durable", got.durable, want.durable);
		same("leaving", got.leaving, want.leaving);
		if (!copied)
			return;
		for (unsigned int quiet = 0; quiet < 4 || !dut_->dram.idle(); quiet++)
			dut_->cycle();
		tap_check(std::memcmp(dut_->buffer(), bytes, want.bytes) == 0,
			  "the record's bytes are not those in flash");
		for (unsigned int n = 0; n < 128; n++)
			same("behind the record", dut_->buffer()[want.bytes + n], 0xa5);
		told_bytes++;
	}

	/* Of the model, with bytes or not; a record in flash leaves them alone. */
	void told(const vault_tier_record &record, const Command &command, const Answer &answer,
		  const char *what)
	{
		bool in_dram = record.place <= layout_.units && record.place != 0;

		expect(answer, DONE, what);
		compare_told(record, flash_bytes_.data(), command.copy && in_dram);
		told_.push_back(record);
	}

	void tier_oldest(unsigned int which)
	{
		Command command;
		vault_tier_record record{};
		static const uint32_t whose[] = {0, VAULT_TIER_ANY, VAULT_TIER_DURABLE};

		command.op = TIER_OLDEST;
		command.which = which;
		command.contents = pool().contents;
		command.copy = !random_.one_in(4);
		std::fill_n(dut_->buffer(), buffer_bytes, 0xa5);
		bool again;

		if (vault_tier_oldest(model_,
				      command.which ? whose[command.which] : command.contents,
				      &record, flash_bytes_.data(), &again)) {
			told(record, command, operate(command), "oldest");
		} else {
			Answer answer = operate(command);

			expect(answer, ABSENT, "oldest");
			same("to be asked again", answer.value, again);
			agains += again;
		}
	}

	void tier_find(const Pool &pool, const vault_handle &handle)
	{
		Command command;
		vault_tier_record record{};

		command.op = TIER_FIND;
		command.contents = pool.contents;
		command.handle = handle;
		command.copy = random_.one_in(2);
		std::fill_n(dut_->buffer(), buffer_bytes, 0xa5);
		if (vault_tier_find(model_, pool.contents, &handle, &record, flash_bytes_.data()))
			told(record, command, operate(command), "find");
		else
			expect(operate(command), ABSENT, "find");
	}

	/* What the firmware says of a record that it was told of, now or long ago. */
	Command about(const vault_tier_record &record, Op op)
	{
		Command command;

		command.op = op;
		command.contents = record.contents;
		command.handle = record.handle;
		command.version = record.version;
		command.place = record.place;
		command.bytes = record.bytes;
		return command;
	}

	void tier_leaving(const vault_tier_record &record)
	{
		vault_tier_record now{};

		vault_tier_leaving(model_, &record);
		Answer answer = operate(about(record, TIER_LEAVING));
		bool there = vault_tier_find(model_, record.contents, &record.handle, &now, NULL);
		bool same_one =
		    now.version == record.version && now.place == record.place && now.leaving;

		expect(answer, !there ? ABSENT : same_one ? DONE : REFUSED, "leaving");
		began_leaving += there && same_one;
	}

	/* Also to nowhere, if it may be lost. */
	void tier_move(vault_tier_record &record, bool may_lose = true)
	{
		Command move = about(record, TIER_MOVE);
		vault_tier_record now{};
		bool there = vault_tier_find(model_, record.contents, &record.handle, &now, NULL);

		/* Places in flash look like none in DRAM. */
		move.to = may_lose && random_.one_in(12) ? 0 : (1ull << 40) + next_place_++ * 32;
		/* If it is not in DRAM, another place in flash has it. */
		Bytes bytes = flash_.count(record.place) ? flash_[record.place] : Bytes();
		if (there && now.place != 0 && now.place <= layout_.units) {
			vault_tier_find(model_, record.contents, &record.handle, &now,
					flash_bytes_.data());
			bytes.assign(flash_bytes_.begin(), flash_bytes_.begin() + now.bytes);
		}
		bool moved = vault_tier_move(model_, &record, move.to);

		if (moved && move.to)
			flash_[move.to] = bytes;

		expect(operate(move), moved ? DONE : there ? REFUSED : ABSENT, "move");
		if (moved && move.to)
			record.place = move.to;
		moves += moved;
		moves_nowhere += moved && !move.to;
		no_moves += !moved;
	}

	/* Bytes are read where the record was told to be, or others. */
	void tier_promote(vault_tier_record record)
	{
		Bytes bytes(8);

		if (flash_.count(record.place))
			bytes = flash_[record.place];
		if (random_.one_in(8))
			bytes[random_.below(6)] ^= uint8_t(random_.between(1, 255));
		if (random_.one_in(12))
			record.bytes += 1;
		if (record.bytes > vault_tier_record_most())
			return;
		bytes.resize(record.bytes, 0x77);
		/* A block's shape. */
		if (record.bytes > 40 && random_.one_in(8))
			bytes[8 + random_.below(32)] ^= uint8_t(1 << random_.below(8));

		vault_tier_record now{};
		bool there = vault_tier_find(model_, record.contents, &record.handle, &now, NULL);
		Command promote = about(record, TIER_PROMOTE);

		std::fill_n(dut_->buffer(), buffer_bytes, 0xa5);
		std::copy(bytes.begin(), bytes.end(), dut_->buffer());
		bool good = vault_tier_promote(model_, &record, bytes.data());

		expect(operate(promote), good ? DONE : there ? REFUSED : ABSENT, "promote");
		(good ? promotions : no_promotions)++;
		long_promotions += good && record.bytes > 8 + 4096;
	}

	/* A record that flash has, whether the vault knows of it or not. */
	void tier_recover()
	{
		Command recover;
		vault_tier_record record{};
		vault_tier_figures figures;
		uint64_t before;
		uint32_t before_bytes;

		for (const Pool &pool : pools)
			if (pool.durable && (record.bytes == 0 || random_.one_in(2)))
				record.contents = pool.contents, record.bytes = 1;
		if (record.bytes == 0)
			return;
		record.handle =
		    handle_of(random_.below(mix_.objects + 2), random_.below(mix_.indices));
		/* Or one that it has, if only because it was found before. */
		for (const vault_tier_record &told : told_)
			if (random_.one_in(8) && told.place > layout_.units &&
			    told.contents == record.contents)
				record = told;
		vault_tier_record there{};
		unsigned int flags = 0;

		/* As firmware does it before there is anything but what it has found. */
		if (vault_tier_find(model_, record.contents, &record.handle, &there, nullptr) &&
		    (!vault_tier_where(model_, record.contents, &record.handle, &there, &flags) ||
		     !(flags & VAULT_TIER_UNKNOWN)))
			return;
		vault_tier_read(model_, &figures);
		record.version =
		    there.version + random_.below(3) - std::min<uint64_t>(1, there.version);
		record.place = random_.one_in(4) && there.place ? there.place
								: (1ull << 40) + next_place_++ * 32;
		record.bytes = uint32_t(random_.between(9, 4000));
		record.durable = true;
		bool good = vault_tier_recover(model_, &record, &before, &before_bytes);

		recover = about(record, TIER_RECOVER);
		expect(operate(recover), good ? DONE : REFUSED, "recover");
		if (good) {
			vault_tier_record told = dut_->tier_record();

			same("place before", told.place, before);
			same("bytes before", told.bytes, before_bytes);
			record.durable = true;
			told_.push_back(record);
		}
		recovered += good;
		recovered_again += good && before;
	}

	/* Mostly it goes on. */
	void tier_lose()
	{
		if (lost_units_ == 0 || random_.one_in(6)) {
			lost_at_ = (1ull << 40) + random_.below(next_place_ + 1) * 32;
			lost_units_ = uint32_t(random_.below(100));
		}
		if (lose(lost_at_, lost_units_))
			lost_units_ = 0;
	}

	void tier_reserve()
	{
		Command command;
		Pool &which = pool();
		uint64_t flash = random_.one_in(4) ? 0 : random_.below(2000) * 1000;

		if (which.ephemeral || random_.one_in(3)) {
			command.op = TIER_PROMISE;
			command.place = random_.one_in(3) ? 0 : random_.below(3000) * 1000;
			vault_tier_set_promise(model_, command.place);
			expect(operate(command), DONE, "promise");
			promise_ = command.place;
			return;
		}
		command.op = TIER_RESERVE;
		command.contents = which.contents;
		command.reserve_slots = unsigned(random_.one_in(4) ? 0 : random_.below(600));
		command.reserve_units = flash;
		command.which = which.durable && random_.one_in(2) ? 2 : 0;
		bool good = vault_tier_reserve(model_, which.contents, command.reserve_slots, flash,
					       command.which == 2);

		expect(operate(command), good ? DONE : REFUSED, "reserve");
		(good ? reserves : no_reserves)++;
	}

	/* As firmware works it out of what it is told. */
	uint64_t promisable(uint64_t slots, uint64_t flash)
	{
		vault_model_figures now = dut_->figures();
		uint64_t good = 0, bad = layout_.slot_limit / slots + 1;

		while (bad - good > 1) {
			uint64_t pages = good + (bad - good) / 2;
			uint64_t all_slots = now.committed_slots + pages * slots;
			uint64_t all_flash = dut_->committed_flash + pages * flash;
			uint64_t memory = layout_.units / 16 +
					  vault_worst_units(PAMC_MAX_PAGE_ORDER, true) +
					  all_slots * VAULT_STUB_UNITS;
			bool fits = all_slots <= layout_.slot_limit;

			if (all_flash > promise_) {
				fits &= dut_->committed_durable == 0;
				memory += (all_flash - promise_) / VAULT_FLASH_A_UNIT + 1;
			}
			(fits && memory <= layout_.units ? good : bad) = pages;
		}
		return good;
	}

	void tier_clock()
	{
		Command clock;
		vault_tier_figures figures;

		vault_tier_read(model_, &figures);
		clock.op = TIER_CLOCK;
		clock.version =
		    figures.clock + random_.below(6) - std::min<uint64_t>(3, figures.clock);
		vault_tier_set_clock(model_, clock.version);
		expect(operate(clock), DONE, "clock");
	}

	/* As for a pool that is found after its pages: they take of flash what its order makes of
	 * them. */
	void tier_order()
	{
		const Pool &of = pool();
		Command durable;

		if (!of.durable)
			return;
		durable.op = TIER_DURABLE;
		durable.contents = of.contents;
		for (unsigned int order : {unsigned(random_.below(5)), unsigned(of.order)}) {
			durable.order = order;
			vault_tier_durable(model_, of.contents, order);
			expect(operate(durable), DONE, "another order");
			same("pages that can be promised", promisable(2, 600),
			     vault_tier_promisable(model_, 2, 600));
		}
		orders++;
	}

	void tier_step()
	{
		unsigned int what = unsigned(random_.below(20));

		if (soon_back_) {
			soon_back_ = false;
			tier_promote(told_.back());
			return;
		}
		if (mix_.promises && random_.one_in(4)) {
			unsigned int which = unsigned(random_.below(20));

			if (which == 0)
				tier_lose();
			else if (which == 1)
				tier_order();
			else if (which < 12)
				tier_recover();
			else
				tier_reserve();
			return;
		}
		if (what < 6 || told_.empty()) {
			size_t before = told_.size();

			tier_oldest(unsigned(random_.below(3)));
			/* Often it goes the whole way at once. */
			if (told_.size() > before && random_.one_in(2)) {
				tier_leaving(told_.back());
				if (random_.one_in(2)) {
					tier_move(told_.back());
					soon_back_ = random_.one_in(2);
				}
			}
		} else if (what < 9) {
			tier_find(pool(), handle());
		} else if (what == 9) {
			tier_clock();
		} else {
			/* Mostly one of the latest. */
			size_t most =
			    random_.one_in(4) ? told_.size() : std::min<size_t>(6, told_.size());
			size_t n = chosen_ ? chosen_ - 1 : told_.size() - 1 - random_.below(most);

			if (what == 10)
				tier_promote(told_[n]);
			else if (what < 13)
				tier_leaving(told_[n]);
			else
				tier_move(told_[n]);
		}
		if (told_.size() > 300)
			told_.erase(told_.begin(), told_.begin() + 100);
	}

      public:
	/* As far as it gets in one go: true if that was all. */
	bool lose(uint64_t at, uint32_t units)
	{
		Command lose;

		lose.op = TIER_LOSE;
		lose.place = at;
		lose.bytes = units;
		bool over = vault_tier_lose(model_, at, units);
		Answer answer = operate(lose);

		expect(answer, DONE, "lose");
		same("to be asked again", answer.value, !over);
		loses += over;
		return over;
	}

	/* A page that is nowhere as yet is found in flash. False: there is no room. */
	bool find_in_flash(const Pool &pool, const vault_handle &handle, uint64_t place)
	{
		vault_tier_record record{};
		uint64_t before;
		uint32_t before_bytes;

		record.handle = handle;
		record.contents = pool.contents;
		record.version = 1;
		record.place = place;
		record.bytes = 500;
		bool good = vault_tier_recover(model_, &record, &before, &before_bytes);

		expect(operate(about(record, TIER_RECOVER)), good ? DONE : REFUSED, "recover");
		return good;
	}

	/* Of which a get hears that it is lost. */
	bool is_lost(const Pool &pool, const vault_handle &handle)
	{
		vault_tier_record record{};
		unsigned int flags = 0;

		tap_check(vault_tier_where(model_, pool.contents, &handle, &record, &flags),
			  "a page is gone");
		return flags & VAULT_TIER_LOST;
	}

	void ask_oldest()
	{
		tier_oldest(1);
	}

	/* The latest one that went comes back; or stays, as a line of its bytes cannot be read. */
	void promote_last(int broken_line)
	{
		const vault_tier_record &record = told_.back();
		const Bytes &bytes = flash_[record.place];
		vault_tier_record now;

		if (broken_line < 0) {
			tier_promote(record);
			return;
		}
		std::copy(bytes.begin(), bytes.end(), dut_->buffer());
		dut_->dram.break_line(uint64_t(dut_->buffer() - dut_->dram.bytes().data()) / 64 +
				      uint64_t(broken_line));
		expect(operate(about(record, TIER_PROMOTE)), ERROR, "promote what is broken");
		dut_->dram.mend();
		expect(operate(about(record, TIER_FIND)), DONE, "find");
		now = dut_->tier_record();
		same("place", now.place, record.place);
	}

	uint32_t last_bytes() const
	{
		return told_.back().bytes;
	}

	/* The oldest record goes to flash. */
	void demote()
	{
		tier_oldest(1);
		tier_leaving(told_.back());
		tier_move(told_.back(), false);
	}

	uint64_t told_bytes = 0, began_leaving = 0, moves = 0, no_moves = 0;
	uint64_t promotions = 0, no_promotions = 0, long_promotions = 0, agains = 0,
		 moves_nowhere = 0;
	uint64_t orders = 0, recovered = 0, recovered_again = 0, loses = 0, reserves = 0,
		 no_reserves = 0;

	WithFlash(const Mix &mix, uint64_t seed) : Both(mix, seed)
	{
		vault_tier_on_drop(model_, dropped_place, this);
	}
};

} // namespace vault_bench

#endif /* VAULT_FLASH_HPP */
