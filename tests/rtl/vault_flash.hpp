/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault in RTL and the model's with flash behind them: what the tier asks of the one it asks
 * of the other, as the firmware would and as it would not.
 */
#ifndef VAULT_FLASH_HPP
#define VAULT_FLASH_HPP

#include "vault_both.hpp"

namespace vault_bench
{

class WithFlash : public Both
{
	/* Records that were told, and places that the model dropped. */
	std::vector<vault_tier_record> told_;
	std::vector<std::pair<uint64_t, uint32_t>> drops_;
	/* The one that lookups are about, counted from 1. */
	size_t chosen_ = 0;
	uint64_t next_place_ = 1;
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
	}

	/* Whatever the RTL told last, which may have gone since. */
	bool other_command(Command &command) override
	{
		static const Op ops[] = {TIER_OLDEST, TIER_FIND, TIER_LEAVING, TIER_MOVE};

		if (!random_.one_in(2))
			return false;
		if (random_.one_in(2))
			command = about(dut_->tier_record(), command.op);
		command.op = ops[random_.below(4)];
		/* Of any pools, the first one's might be the oldest. */
		command.which = 2 * unsigned(random_.below(2));
		command.copy = random_.one_in(2);
		command.to = 1ull << 40;
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
		if (vault_tier_oldest(model_,
				      command.which ? whose[command.which] : command.contents,
				      &record, flash_bytes_.data()))
			told(record, command, operate(command), "oldest");
		else
			expect(operate(command), ABSENT, "oldest");
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

	void tier_move(vault_tier_record &record)
	{
		Command move = about(record, TIER_MOVE);
		vault_tier_record now{};
		bool there = vault_tier_find(model_, record.contents, &record.handle, &now, NULL);

		/* Places in flash look like none in DRAM. */
		move.to = (1ull << 40) + next_place_++ * 32;
		bool moved = vault_tier_move(model_, &record, move.to);

		expect(operate(move), moved ? DONE : there ? REFUSED : ABSENT, "move");
		if (moved)
			record.place = move.to;
		moves += moved;
		no_moves += !moved;
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

	void tier_step()
	{
		unsigned int what = unsigned(random_.below(20));

		if (what < 6 || told_.empty()) {
			size_t before = told_.size();

			tier_oldest(unsigned(random_.below(3)));
			/* Often it goes the whole way at once. */
			if (told_.size() > before && random_.one_in(2)) {
				tier_leaving(told_.back());
				if (random_.one_in(2))
					tier_move(told_.back());
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

			if (what < 13)
				tier_leaving(told_[n]);
			else
				tier_move(told_[n]);
		}
		if (told_.size() > 300)
			told_.erase(told_.begin(), told_.begin() + 100);
	}

      public:
	/* The oldest record goes to flash. */
	void demote()
	{
		tier_oldest(1);
		tier_leaving(told_.back());
		tier_move(told_.back());
	}

	uint64_t told_bytes = 0, began_leaving = 0, moves = 0, no_moves = 0;

	WithFlash(const Mix &mix, uint64_t seed) : Both(mix, seed)
	{
		vault_tier_on_drop(model_, dropped_place, this);
	}
};

} // namespace vault_bench

#endif /* VAULT_FLASH_HPP */
