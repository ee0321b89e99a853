/* SPDX-License-Identifier: Apache-2.0 */
/* The vault in RTL and the model's side by side: what is done to one is done to the other. */
#ifndef VAULT_BOTH_HPP
#define VAULT_BOTH_HPP

#include "vault_bench.hpp"

namespace vault_bench
{

class Both
{
      protected:
	struct vault *model_ = nullptr;
	vault_model_layout layout_{};
	std::unique_ptr<Dut> dut_;
	rtl::Random random_;
	Mix mix_;
	/* Rounds of beside(). */
	unsigned int beside_ = 0;
	std::vector<Bytes> blocks_;
	std::map<unsigned int, uint32_t> owner_;
	uint32_t ids_ = 0;
	unsigned int top_ = 0;
	vault_model_page encoded_{};
	Bytes data_;
	std::vector<Lookup> lookups_;
	std::vector<std::pair<size_t, uint64_t>> found_;
	size_t aimed_pool_ = 0;
	vault_handle aimed_{};

	/* What is found now is found at any time of the operation, if it is found after it. */
	bool strict_ = false;

	static std::string where(uint64_t at, const vault_model_layout &layout)
	{
		if (at < layout.index_bytes)
			return "bucket " + std::to_string(at / 64);
		if (at < layout.units_at)
			return "map byte " + std::to_string(at - layout.index_bytes);
		return "unit " + std::to_string((at - layout.units_at) / 32) + " byte " +
		       std::to_string((at - layout.units_at) % 32);
	}

	void same(const char *what, uint64_t rtl, uint64_t model)
	{
		tap_check(rtl == model, std::string(what) + ": " + std::to_string(rtl) +
					    " in RTL, " + std::to_string(model) + " in the model");
	}

	Bytes make_block()
	{
		unsigned int kind = unsigned(random_.below(100));
		Bytes block(4096);

		if (kind < mix_.same) {
			uint64_t word = random_.below(3);

			for (size_t n = 0; n < 4096; n += 8)
				std::memcpy(&block[n], &word, 8);
		} else if (kind < mix_.same + mix_.raw) {
			for (uint8_t &byte : block)
				byte = uint8_t(random_());
		} else if (kind < mix_.same + mix_.raw + mix_.sparse) {
			for (uint64_t n = random_.between(40, 130); n-- > 0;)
				block[n] = uint8_t(random_());
		} else {
			block = blocks_[random_.below(blocks_.size())];
		}
		return block;
	}

	void book_events()
	{
		for (auto &[contents, counts] : dut_->events) {
			for (Pool &pool : pools) {
				for (unsigned int n = 0; n < 4; n++)
					pool.events[n] +=
					    pool.id == owner_[contents] ? counts[n] : 0;
			}
		}
		dut_->events.clear();
	}

	Answer operate(const Command &command)
	{
		Answer answer = dut_->operate(command);

		book_events();
		operations++;
		return answer;
	}

	void expect(const Answer &answer, Result result, const char *what)
	{
		same(what, answer.result, result);
	}

	/* With flash there is more (vault_flash.hpp): a pool has new contents; lookups are to be
	 * about something else; another operation, or none; what else has to be the same. */
	virtual void pool_made(Pool &)
	{
	}

	/* Its contents will be others. */
	virtual void pool_goes(Pool &)
	{
	}

	virtual void aim()
	{
	}

	virtual bool other_operation()
	{
		return false;
	}

	virtual void compare_more()
	{
	}

	/* Anything that may be done beside, to other pools than the first. */
	virtual bool other_command(Command &)
	{
		return false;
	}

      public:
	std::vector<Pool> pools;
	uint64_t operations = 0, refused = 0, dropped = 0, evicted = 0, chained = 0;
	uint64_t looked = 0, changed = 0, failed = 0, short_of_room = 0;
	std::vector<uint64_t> put_new, put_replace, put_evict, remove_cycles;

	Both(const Mix &mix, uint64_t seed) : random_(seed), mix_(mix), data_(16 * 4096)
	{
		size_t bytes = mix.dram;

		/* Units have to begin with a line. */
		for (;; bytes += 64) {
			tap_check(vault_create(bytes, seed, &model_) == 0, "no vault");
			if (mix.flash)
				vault_tier_use(model_, bytes);
			vault_model_read_layout(model_, &layout_);
			if (layout_.units_at % 64 == 0)
				break;
			vault_destroy(model_);
		}
		if (mix.whole_index) {
			layout_.slot_limit = layout_.buckets * 8 + 100;
			vault_model_set_slot_limit(model_, layout_.slot_limit);
		}
		if (mix.slots) {
			layout_.slot_limit = mix.slots;
			vault_model_set_slot_limit(model_, layout_.slot_limit);
		}
		tap_check(vault_use_card_lz4(model_) == 0, "no codec");
		for (const PageFile &file : tap_page_files()) {
			for (size_t n = 0; n < file.pages.size(); n += 5)
				blocks_.push_back(file.pages[n]);
		}
		dut_ = std::make_unique<Dut>(layout_, seed, mix.flash);
		Command init;

		init.op = INIT;
		expect(dut_->operate(init), DONE, "init");
	}

	virtual ~Both()
	{
		vault_destroy(model_);
	}

	Both(const Both &) = delete;
	Both &operator=(const Both &) = delete;

	void mix(const Mix &mix)
	{
		mix_ = mix;
	}

	Dut &dut()
	{
		return *dut_;
	}

	struct vault *model()
	{
		return model_;
	}

	const vault_model_layout &layout() const
	{
		return layout_;
	}

	rtl::Random &random()
	{
		return random_;
	}

	static vault_handle handle_of(uint64_t object, uint64_t index)
	{
		vault_handle handle = {{object, 0, object << 40}, index};

		/* Some indices need all 64 bits. */
		if (index % 4 == 3)
			handle.index |= 1ull << (32 + index % 32);
		return handle;
	}

	vault_handle handle()
	{
		return handle_of(random_.below(mix_.objects), random_.below(mix_.indices));
	}

	Pool &pool()
	{
		return pools[random_.below(pools.size())];
	}

	/* Contents as CREATE gives them, for a pool of the model's. */
	unsigned int contents_create(bool ephemeral, unsigned int order)
	{
		Command create;

		create.op = CREATE;
		create.ephemeral = ephemeral;
		create.order = order;
		Answer answer = operate(create);

		expect(answer, DONE, "create");
		top_ = std::max(top_, answer.value + 1);
		return answer.value;
	}

	Answer contents_set(unsigned int contents, unsigned int order, bool set_reserve,
			    uint64_t reserve, bool set_limit, uint64_t limit)
	{
		Command set;

		set.op = SET;
		set.contents = contents;
		set.set_reserve = set_reserve;
		set.reserve_units = reserve * vault_model_worst_units(order);
		set.reserve_slots = reserve * 2;
		set.set_limit = set_limit;
		set.limit = limit;
		return operate(set);
	}

	void pool_create()
	{
		bool ephemeral = mix_.ephemeral && (!mix_.persistent || random_.one_in(2));
		unsigned int order = unsigned(random_.below(mix_.most_order + 1));
		uint64_t reserve = 0, limit = 0;

		if (mix_.limits && random_.one_in(3))
			limit = random_.between(1, 60);
		if (mix_.limits && !mix_.flash && !ephemeral && random_.one_in(2)) {
			reserve = random_.below(random_.one_in(8) ? 250 : 40);
			if (limit && reserve > limit)
				limit = reserve;
		}
		uint32_t made = ::pool_create(
		    model_, ephemeral ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT, order,
		    reserve, limit);
		unsigned int contents = contents_create(ephemeral, order);
		Answer answer = contents_set(contents, order, true, reserve, true, limit);

		expect(answer, made != VAULT_NO_CONTENTS ? DONE : REFUSED, "pool create");
		if (made == VAULT_NO_CONTENTS) {
			Command abandon;

			abandon.op = ABANDON;
			abandon.contents = contents;
			expect(operate(abandon), DONE, "abandon");
			return;
		}
		same("contents", contents, made);
		pools.push_back(
		    {++ids_, contents, order, ephemeral, reserve, limit, {}, {}, false});
		owner_[contents] = ids_;
		pool_made(pools.back());
	}

	void pool_destroy(size_t number)
	{
		Command abandon;

		abandon.op = ABANDON;
		abandon.contents = pools[number].contents;
		vault_contents_abandon(model_, pools[number].contents, false);
		expect(operate(abandon), DONE, "abandon");
		owner_.erase(pools[number].contents);
		pools.erase(pools.begin() + long(number));
	}

	void pool_flush(Pool &pool)
	{
		uint64_t pages = pool_pages(model_, pool.contents);

		pool_goes(pool);
		uint32_t fresh = ::pool_flush(model_, pool.contents);

		if (pages == 0)
			return;
		for (unsigned int n = 0; n < 4; n++)
			pool.before[n] += vault_counts(model_, pool.contents)[n];
		unsigned int contents = contents_create(pool.ephemeral, pool.order);
		Command abandon;

		abandon.op = ABANDON;
		abandon.contents = pool.contents;
		abandon.count = COUNT_FLUSH;
		Answer answer = operate(abandon);

		expect(answer, DONE, "flush");
		same("pages flushed", answer.value, pages);
		owner_.erase(pool.contents);
		pool.contents = contents;
		owner_[contents] = pool.id;
		expect(contents_set(contents, pool.order, true, pool.reserve, true, pool.limit),
		       DONE, "set after flush");
		same("contents", contents, fresh);
		pool_made(pool);
	}

	void pool_set(Pool &pool)
	{
		bool limit = pool.ephemeral || mix_.flash || random_.one_in(2);
		uint64_t value = random_.below(limit ? 70 : 120);
		bool good = true;

		if (limit && value && value < pool.reserve)
			value = pool.reserve;
		if (!limit && pool.limit && value > pool.limit)
			value = pool.limit;
		if (limit)
			vault_contents_limit(model_, pool.contents, value);
		else
			good = pool_reserve(model_, pool.contents, pool.order, value);
		Answer answer =
		    contents_set(pool.contents, pool.order, !limit, value, limit, value);

		expect(answer, good ? DONE : REFUSED, "pool set");
		if (good)
			(limit ? pool.limit : pool.reserve) = value;
	}

	void put(Pool &pool, const vault_handle &handle)
	{
		size_t bytes = size_t(4096) << pool.order;
		vault_page told;
		vault_model_figures before;
		uint32_t object;

		for (size_t at = 0; at < bytes; at += 4096) {
			Bytes block = make_block();

			std::memcpy(&data_[at], block.data(), 4096);
		}
		Command put;

		put.op = PUT;
		put.contents = pool.contents;
		put.handle = handle;
		put.crc = crc32c(data_.data(), bytes);
		vault_model_encode(model_, pool.contents, data_.data(), &encoded_);
		put.page = &encoded_;
		vault_model_read_figures(model_, &before);
		bool there = vault_model_locate(model_, pool.contents, &handle, &object) != 0;
		uint64_t extents = before.extents, evictions = before.evictions;
		pamc_status status =
		    vault_put(model_, pool.contents, &handle, data_.data(), put.crc, &told);

		vault_model_read_figures(model_, &before);
		bool present = vault_model_locate(model_, pool.contents, &handle, &object) != 0;
		Answer answer = operate(put);

		expect(answer,
		       status != PAMC_STATUS_SUCCESS ? REFUSED
		       : present                     ? DONE
						     : DROPPED,
		       "put");
		/* With flash it is to be tried again, and does not count yet. */
		bool shorts = status != PAMC_STATUS_SUCCESS && mix_.flash &&
			      vault_tier_try_again(model_, pool.contents);

		same("short of room", answer.value, shorts);
		short_of_room += shorts;
		refused += status != PAMC_STATUS_SUCCESS;
		dropped += status == PAMC_STATUS_SUCCESS && !present;
		evicted += before.evictions - evictions;
		chained += before.extents > extents + 1;
		if (present && before.evictions == evictions && before.extents <= extents + 1)
			(there ? put_replace : put_new).push_back(answer.cycles);
		else if (before.evictions == evictions + 1)
			put_evict.push_back(answer.cycles);
	}

	/* Puts to the RTL alone, several at a time, no handle twice: cycles of each. */
	double beside(Pool &pool, unsigned int most, unsigned int count)
	{
		/* Each time in another order, so that what is replaced is not side by side. */
		constexpr unsigned int strides[] = {1, 227, 101, 187, 263, 331, 29};
		unsigned int stride = strides[beside_++ % std::size(strides)];
		std::map<unsigned int, uint64_t> inside;
		uint64_t since = dut_->now(), next = 0, done = 0;

		while (done < count) {
			unsigned int tag;
			Result result;

			while (inside.size() < most && next < count) {
				Command put;
				Bytes page = make_block();

				put.op = PUT;
				put.contents = pool.contents;
				put.handle = handle_of(0, next++ * stride % mix_.indices);
				put.crc = crc32c(page.data(), 4096);
				vault_model_encode(model_, pool.contents, page.data(), &encoded_);
				put.page = &encoded_;
				dut_->start(put);
				inside[dut_->tag()] = next;
			}
			dut_->cycle();
			while (dut_->next_answer(tag, result)) {
				tap_check(result == DONE, "put: " + std::to_string(result));
				tap_check(inside.erase(tag) == 1, "answered twice");
				done++;
			}
			tap_check(dut_->now() - since < 10000000, "it hangs");
		}
		return double(dut_->now() - since) / count;
	}

	/* What the RTL has to hold when it works alone, by pool and handle. */
	struct Kept {
		vault_handle handle;
		bool present = false, inside = false;
		vault_model_page page{};
		uint32_t crc = 0;
	};

	/* The stream of a record as it lies in memory, and its units. */
	Bytes stream_of(uint64_t entry, size_t bytes, uint64_t &units)
	{
		const std::vector<uint8_t> &memory = dut_->dram.bytes();
		uint64_t unit = entry & 0xffffffff, length = entry >> 54 & 0xff;
		Bytes stream;
		bool first = true, goes_on = true;

		while (length != 0) {
			const uint8_t *at = &memory.at(layout_.units_at + unit * 32);
			size_t from = first ? 16 : 0;
			uint64_t next = 0;

			tap_check(unit + length <= layout_.units, "an extent outside");
			if (first)
				goes_on = at[11] & 0x80;
			if (goes_on) {
				uint16_t more;

				std::memcpy(&more, at + from + 6, 2);
				std::memcpy(&next, at + from, 6);
				from += 8;
				goes_on = more != 0;
			}
			if (first && at[11] & 0x40)
				from += 8;
			stream.insert(stream.end(), at + from, at + length * 32);
			units += length;
			unit = next & 0xffffffff;
			length = next >> 32;
			first = false;
		}
		tap_check(stream.size() >= bytes, "a record is too short");
		stream.resize(bytes);
		return stream;
	}

	/*
	 * Operations on the RTL alone, several at a time, no handle in two of them. Then every
	 * handle has to hold what the last put wrote that was answered, and the sums to fit.
	 * With errors, what failed is not known any more.
	 */
	void many(unsigned int most, unsigned int count, bool errors)
	{
		std::map<std::pair<size_t, unsigned int>, Kept> all;
		std::map<unsigned int, std::pair<Kept *, Command>> inside;
		uint64_t since = dut_->now();
		unsigned int begun = 0;

		while (begun < count || !inside.empty()) {
			unsigned int tag, kind = unsigned(random_.below(100));
			Result result;

			if (begun < count && inside.size() < most && random_.one_in(8)) {
				size_t pool = random_.below(pools.size());
				unsigned int object = unsigned(random_.below(mix_.objects));
				unsigned int index = unsigned(random_.below(mix_.indices));
				Kept &kept = all[{pool, object * mix_.indices + index}];
				Command command;

				if (kept.inside)
					continue;
				command.contents = pools[pool].contents;
				kept.handle = command.handle = handle_of(object, index);
				command.op = kind < mix_.removes                 ? REMOVE
					     : kind < mix_.removes + mix_.sweeps ? SWEEP
										 : PUT;
				command.count = COUNT_FLUSH;
				if (command.op == PUT) {
					Bytes data;

					for (unsigned int n = 0; n < 1u << pools[pool].order; n++) {
						Bytes block = make_block();

						data.insert(data.end(), block.begin(), block.end());
					}
					command.crc = kept.crc = crc32c(data.data(), data.size());
					vault_model_encode(model_, pools[pool].contents,
							   data.data(), &kept.page);
					command.page = &kept.page;
				}
				kept.inside = true;
				dut_->start(command);
				tap_check(inside.count(dut_->tag()) == 0, "tags");
				inside[dut_->tag()] = {&kept, command};
				begun++;
			}
			dut_->cycle();
			while (dut_->next_answer(tag, result)) {
				tap_check(inside.count(tag) == 1, "an answer to nothing");
				auto &[kept, command] = inside[tag];

				if (command.op == PUT)
					kept->present = result == DONE;
				refused += result == REFUSED;
				if (command.op == REMOVE) {
					/* After an error nobody knows. */
					if (!errors)
						same("removed", result,
						     kept->present ? DONE : ABSENT);
					kept->present = false;
				}
				tap_check(errors || result != ERROR, "an error");
				failed += result == ERROR;
				kept->inside = false;
				inside.erase(tag);
				operations++;
			}
			tap_check(dut_->now() - since < 100000000, "it hangs");
		}
		dut_->settle();
		if (errors)
			return;
		std::vector<uint64_t> pages(pools.size()), stored(pools.size()),
		    units(pools.size());
		vault_model_figures figures = dut_->figures();
		uint64_t used = 0, committed = 0;

		for (auto &[where_is, kept] : all) {
			size_t n = where_is.first;

			found_.clear();
			lookups_ = {{pools[n].contents, kept.handle, 0, true, false}};
			dut_->lookup(0, pools[n].contents, kept.handle);
			for (unsigned int c = 0; c < 5000 && found_.empty(); c++) {
				dut_->cycle();
				lookups_ask();
			}
			tap_check(found_.size() == 1, "a lookup hangs");
			same("present", found_[0].second != 0, kept.present);
			if (!kept.present)
				continue;
			Bytes stream = stream_of(found_[0].second, kept.page.bytes, units[n]);

			tap_check(std::memcmp(stream.data(), kept.page.stream, stream.size()) == 0,
				  "a page is not what was put");
			pages[n]++;
			stored[n] += kept.page.stored;
		}
		found_.clear();
		for (size_t n = 0; n < pools.size(); n++) {
			Command read;

			read.op = READ;
			read.contents = pools[n].contents;
			vault_row row = dut_->operate(read).row;

			same("pages", row.pages, pages[n]);
			same("stored", row.stored, stored[n]);
			tap_check(row.units >= units[n] && row.slots >= pages[n] &&
				      row.records == row.slots,
				  "the sums do not fit");
			used += row.units;
			committed += std::max(row.units, row.reserve_units);
		}
		same("units free", figures.free_units, layout_.units - used);
		same("units committed", figures.committed_units, committed);
		tap_check(committed <= layout_.units, "more is committed than there is");
	}

	void remove(Pool &pool, const vault_handle &handle)
	{
		Command remove;

		remove.op = REMOVE;
		remove.contents = pool.contents;
		remove.handle = handle;
		remove.count = COUNT_FLUSH;
		uint32_t flushed = vault_flush_page(model_, pool.contents, &handle);
		Answer answer = operate(remove);

		expect(answer, flushed ? DONE : ABSENT, "remove");
		same("removed", answer.value, flushed);
		if (flushed)
			remove_cycles.push_back(answer.cycles);
	}

	void flush_object(Pool &pool, const vault_handle &handle)
	{
		Command flush;

		flush.op = FLUSH_OBJECT;
		flush.contents = pool.contents;
		flush.handle = handle;
		uint32_t flushed = vault_flush_object(model_, pool.contents, handle.object);
		Answer answer = operate(flush);

		tap_check(answer.result == DONE || (answer.result == ABSENT && flushed == 0),
			  "flush_object: answer " + std::to_string(answer.result));
		same("pages of the object", answer.value, flushed);
	}

	void sweep()
	{
		Command sweep;

		sweep.op = SWEEP;
		bool found = vault_model_sweep_step(model_);
		Answer answer = operate(sweep);

		expect(answer, DONE, "sweep");
		same("found", answer.value, found);
	}

	/* Lookups of an operation are drawn before it, asked during it, judged behind it. */
	void lookups_draw()
	{
		lookups_.clear();
		aimed_pool_ = random_.below(64);
		aimed_ = handle();
		aim();
		for (unsigned int n = unsigned(random_.below(8)); n > 0 && !pools.empty(); n--) {
			uint32_t object;
			bool aim = random_.one_in(2);
			Lookup lookup = {aim ? pools[aimed_pool_ % pools.size()].contents
					     : pool().contents,
					 aim ? aimed_ : handle(), 0, false, false};

			lookup.before =
			    vault_model_locate(model_, lookup.contents, &lookup.handle, &object);
			lookups_.push_back(lookup);
		}
	}

	void lookups_ask()
	{
		if (!lookups_.empty() && random_.one_in(40)) {
			size_t n = random_.below(lookups_.size());

			if (!lookups_[n].asked)
				dut_->lookup(unsigned(n), lookups_[n].contents, lookups_[n].handle);
			lookups_[n].asked = true;
		}
		for (auto &taken : dut_->places()) {
			Reader<VlWide<15>> place(taken.beat, place_bits);
			Lookup &lookup = lookups_.at(place.field(8));

			tap_check(!place.field(1), "a lookup met an error");
			lookup.came = true;
			place.field(32);
			bool found = place.field(1);
			found_.emplace_back(&lookup - lookups_.data(), found ? place.field(64) : 0);
		}
		dut_->places().clear();
	}

	void lookups_judge()
	{
		uint64_t since = dut_->now();

		while (std::any_of(lookups_.begin(), lookups_.end(), [](const Lookup &lookup) {
			return lookup.asked && !lookup.came;
		})) {
			dut_->cycle();
			lookups_ask();
			tap_check(dut_->now() - since < 100000, "a lookup hangs");
		}
		for (auto [n, entry] : found_) {
			uint32_t object;
			const Lookup &lookup = lookups_[n];
			uint64_t after =
			    vault_model_locate(model_, lookup.contents, &lookup.handle, &object);

			/* A page that is replaced may have gone first and come back to its place.
			 */
			bool aimed = lookup.handle.index == aimed_.index &&
				     lookup.handle.object[0] == aimed_.object[0];

			bool kept = strict_ && lookup.before && after;

			if (entry != lookup.before && entry != after &&
			    (entry != 0 || kept || (lookup.before == after && !aimed)))
				throw std::runtime_error("a lookup found " + std::to_string(entry) +
							 ", before it was " +
							 std::to_string(lookup.before) + ", then " +
							 std::to_string(after));
			looked++;
			changed += lookup.before != after;
		}
		found_.clear();
	}

	void step()
	{
		if (!mix_.lookups) {
			operation();
			return;
		}
		lookups_draw();
		dut_->beside = [this] { lookups_ask(); };
		operation();
		dut_->beside = [] {};
		lookups_judge();
	}

	/* One operation of the mix. */
	void operation()
	{
		unsigned int kind = unsigned(random_.below(100));
		const Mix &mix = mix_;

		if (other_operation())
			return;
		if (pools.empty() || kind >= 100 - mix.admin) {
			unsigned int what = unsigned(random_.below(4));

			if (pools.size() < mix.pools && (pools.empty() || what == 0))
				pool_create();
			else if (what == 1 && random_.one_in(2))
				pool_destroy(random_.below(pools.size()));
			else if (what == 2 && random_.one_in(2))
				pool_flush(pool());
			else
				pool_set(pool());
			return;
		}
		Pool &chosen = mix.lookups ? pools[aimed_pool_ % pools.size()] : pool();
		vault_handle handle_here = mix.lookups ? aimed_ : handle();

		if (kind < mix.removes)
			remove(chosen, handle_here);
		else if (kind < mix.removes + mix.flushes)
			flush_object(chosen, handle_here);
		else if (kind < mix.removes + mix.flushes + mix.sweeps)
			sweep();
		else
			put(chosen, handle_here);
	}

	/* Pages of the first pool, and of the others: handles, entries. */
	using Entries = std::vector<std::pair<vault_handle, uint64_t>>;

	void remember(Entries &kept, std::vector<uint64_t> &others)
	{
		for (unsigned int n = 0; n < mix_.objects * mix_.indices; n++) {
			for (const Pool &pool : pools) {
				uint32_t object;
				vault_handle handle = handle_of(n / mix_.indices, n % mix_.indices);
				uint64_t entry =
				    vault_model_locate(model_, pool.contents, &handle, &object);

				if (entry && pool.id == pools[0].id)
					kept.emplace_back(handle, entry);
				else if (entry)
					others.push_back(entry);
			}
		}
		tap_check(!kept.empty() && !others.empty(), "nothing to damage");
	}

	/* Anything, to the RTL alone, to other pools than the first. */
	Answer operate_elsewhere()
	{
		Command command;
		Bytes page = make_block();
		const Pool &pool = pools[1 + random_.below(pools.size() - 1)];
		static const Op ops[] = {PUT,    PUT,          PUT,   PUT, REMOVE,
					 REMOVE, FLUSH_OBJECT, SWEEP, SET};

		command.op = ops[random_.below(9)];
		command.contents = pool.contents;
		command.handle = handle();
		command.set_limit = true;
		command.limit = random_.below(100);
		if (!other_command(command) && command.op == PUT) {
			vault_model_encode(model_, pool.contents, page.data(), &encoded_);
			command.page = &encoded_;
		}
		return dut_->operate(command);
	}

	void compare_kept(const Entries &kept)
	{
		const std::vector<uint8_t> &bytes = dut_->dram.bytes();
		Pool &first = pools[0];

		dut_->settle();
		for (auto &[handle, entry] : kept) {
			lookups_ = {{first.contents, handle, entry, true, false}};
			dut_->lookup(0, first.contents, handle);
			for (unsigned int n = 0; n < 2000 && found_.empty(); n++) {
				dut_->cycle();
				lookups_ask();
			}
			tap_check(found_.size() == 1, "a lookup hangs");
			same("a page elsewhere", found_[0].second, entry);
			found_.clear();
			uint64_t at = layout_.units_at + (entry & 0xffffffff) * 32;

			tap_check(std::memcmp(&bytes[at], &layout_.dram[at],
					      (entry >> 54 & 0xff) * 32) == 0,
				  "a page elsewhere has changed");
		}
	}

	/*
	 * From here on the RTL is alone. Lines cannot be read, or bits of records in pools but
	 * the first are wrong. Whatever is done to those pools is answered, and the first one's
	 * pages stay what they are.
	 */
	void damage(bool flips, unsigned int count, uint64_t &errors)
	{
		Entries kept;
		std::vector<uint64_t> others;

		remember(kept, others);
		for (unsigned int n = 0; n < (flips ? 20 : 60); n++) {
			uint64_t unit = layout_.units_at +
					(others[random_.below(others.size())] & 0xffffffff) * 32;

			if (flips)
				dut_->dram
				    .bytes()[unit + random_.below(random_.one_in(2) ? 16 : 48)] ^=
				    uint8_t(1u << random_.below(8));
			else if (random_.one_in(3))
				dut_->dram.break_line(random_.below(layout_.index_bytes / 64));
			else
				dut_->dram.break_line(unit / 64);
		}
		for (unsigned int n = 0; n < count; n++)
			errors += operate_elsewhere().result == ERROR;
		dut_->dram.mend();
		compare_kept(kept);
	}

	/*
	 * A row of the table of contents is lost: what is done then ends with an error, until
	 * the vault is made anew; pages elsewhere stay as they are.
	 */
	void lose_row()
	{
		Entries kept;
		std::vector<uint64_t> others;
		Command init, create;

		remember(kept, others);
		dut_->flips.make({{rtl::CONTENTS, 4 * 127}}, 50, 2);
		for (unsigned int n = 0; n < 400; n++) {
			bool over = dut_->failed();
			Answer answer = operate_elsewhere();

			tap_check(!over || answer.result == ERROR, "done without a table");
		}
		dut_->flips.make({}, 0, 0);
		tap_check(dut_->failed() && dut_->flips.lost[rtl::CONTENTS] > 0,
			  "nothing was lost");
		compare_kept(kept);
		/* Until here. The first INIT takes what error was still to be made. */
		init.op = INIT;
		for (unsigned int n = 0; n < 2; n++) {
			std::fill(dut_->dram.bytes().begin(), dut_->dram.bytes().end(), 0);
			expect(dut_->operate(init), DONE, "init");
		}
		create.op = CREATE;
		expect(dut_->operate(create), DONE, "create");
	}

	void compare_row(unsigned int number)
	{
		vault_row want;
		Command read;

		read.op = READ;
		read.contents = number;
		vault_read_contents(model_, number, &want);
		vault_row row = dut_->operate(read).row;

		same("in use", row.in_use, want.in_use);
		if (!want.in_use)
			return;
		same("dead", row.dead, want.dead);
		same("ephemeral", row.ephemeral, want.ephemeral);
		same("durable", row.durable, want.durable);
		same("order", row.order, want.order);
		same("pages", row.pages, want.pages);
		same("units", row.units, want.units);
		same("stored", row.stored, want.stored);
		same("same", row.same, want.same);
		same("raw", row.raw, want.raw);
		same("slots", row.slots, want.slots);
		same("records", row.records, want.records);
		same("reserve units", row.reserve_units, want.reserve_units);
		same("reserve slots", row.reserve_slots, want.reserve_slots);
		same("oldest", row.oldest, want.oldest);
		same("newest", row.newest, want.newest);
		if (want.oldest != 0xffffffff)
			same("oldest age", row.oldest_age, want.oldest_age);
		if (!want.dead)
			same("limit", row.limit, want.limit);
	}

	/* After an operation: figures; after a batch: everything. */
	void compare_figures()
	{
		vault_model_figures want, got = dut_->figures();
		static const char *const names[] = {"committed units",
						    "committed slots",
						    "dead sums' pages",
						    "dead sums' units",
						    "dead sums' stored",
						    "dead sums' same",
						    "dead sums' raw",
						    "dead pages",
						    "extents",
						    "objects",
						    "age",
						    "sweep step",
						    "puts",
						    "puts refused",
						    "evictions",
						    "flushes",
						    "index full",
						    "index used",
						    "index moves",
						    "stash used",
						    "free units",
						    "runs",
						    "merges",
						    "splits",
						    "durable bytes",
						    "pages in flash"};
		const uint64_t *a = reinterpret_cast<const uint64_t *>(&got);
		const uint64_t *b = reinterpret_cast<const uint64_t *>(&want);

		vault_model_read_figures(model_, &want);
		for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++)
			same(names[n], a[n], b[n]);
	}

	void compare()
	{
		dut_->settle();
		const uint8_t *want = layout_.dram;
		const std::vector<uint8_t> &got = dut_->dram.bytes();

		if (std::memcmp(got.data(), want, layout_.dram_bytes) != 0) {
			size_t at = 0;

			while (got[at] == want[at])
				at++;
			throw std::runtime_error("memory differs in " + where(at, layout_) + ": " +
						 std::to_string(got[at]) + " in RTL, " +
						 std::to_string(want[at]) + " in the model");
		}
		compare_figures();
		for (unsigned int n = 0; n < top_; n++)
			compare_row(n);
		for (const Pool &pool : pools) {
			const uint64_t *counts = vault_counts(model_, pool.contents);
			static const char *const names[] = {"pool's puts", "pool's refused puts",
							    "pool's evictions", "pool's flushes"};

			for (unsigned int n = 0; n < 4; n++)
				same(names[n], pool.events[n], pool.before[n] + counts[n]);
		}
		compare_more();
		char message[200] = "";

		tap_check(vault_check(model_, message, sizeof(message)) == 0, message);
	}
};

} // namespace vault_bench

#endif /* VAULT_BOTH_HPP */
