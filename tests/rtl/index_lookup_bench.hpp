/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_core beside a vault of the model: what the vault does to its index becomes
 * commands, records are read where the vault has them.
 */
#ifndef INDEX_LOOKUP_BENCH_HPP
#define INDEX_LOOKUP_BENCH_HPP

#include <map>

#include "card_dram.hpp"
#include "flips.hpp"
#include "index_core/Vindex_core.h"
#include "index_port.hpp"
#include "index_vault.h"
#include "tap.hpp"

namespace index_port
{

constexpr uint64_t table_line = 3;

struct Place {
	uint8_t id;
	bool error, object_found, page_found;
	uint32_t object;
	uint64_t entry;
	Location location;
	Bytes head;
	struct index_key key;

	explicit Place(const VlWide<15> &beat)
	    : id(uint8_t(take(beat, 456, 8))), error(take(beat, 455, 1)),
	      object_found(take(beat, 454, 1)), page_found(take(beat, 422, 1)),
	      object(uint32_t(take(beat, 423, 31))), entry(take(beat, 358, 64)),
	      location(Location::of(take(beat, 328, 30))), head(32), key(take_key(beat, 0))
	{
		for (unsigned int n = 0; n < 32; n++)
			head[n] = uint8_t(take(beat, 72 + 8 * n, 8));
	}
};

/* What a lookup must find; loose: with changes beside it, so places may differ. */
struct Wanted {
	struct index_vault_place place;
	uint64_t entry = 0;
	Location location;
	Bytes head;
	bool loose = false;
	bool may_be_gone = false;
	bool error = false;
	/* The first candidate will do, which may be another page. */
	bool quick = false;
	uint64_t first = 0;
	uint64_t index = 0;
};

class Bench
{
	rtl::Clocked<Vindex_core> core_;
	struct vault *vault_;
	struct index_vault inside_;
	std::vector<uint8_t> table_;
	CData nothing_ = 0, nowhere_ = 0;
	VlWide<18> no_line_{};
	rtl::CardDram dram_, records_;
	rtl::Source<Command> commands_;
	rtl::Sink<Answer> answers_;
	rtl::Source<VlWide<9>> handles_;
	rtl::Sink<VlWide<15>> places_;
	/* Buckets to read ahead. */
	rtl::Source<IData> hints_;
	rtl::Flips flips_;
	/* The index as the RTL has it by the commands so far. */
	struct index shadow_;
	std::vector<uint64_t> shadow_slots_;
	std::map<uint8_t, Wanted> wanted_;
	unsigned int unanswered_ = 0;
	uint8_t id_ = 0;
	uint64_t lookups_ = 0, changes_ = 0, others_ = 0, spoilt_ = 0;
	bool spoils_ = false;

	inline static Bench *listener;

	static struct vault *make_vault(uint64_t bytes, uint64_t seed)
	{
		struct vault *vault;

		/* Units have to begin at a line. */
		for (;; bytes += 32) {
			if (vault_create(bytes, seed, &vault))
				throw std::runtime_error("test: no vault");
			if (index_vault_open(vault).units_at % 64 == 0)
				return vault;
			vault_destroy(vault);
		}
	}

	rtl::DramPorts record_ports()
	{
		return {&core_->record_req_valid_o,
			&core_->record_req_ready_i,
			&core_->record_req_o,
			&nothing_,
			&nowhere_,
			&no_line_,
			&core_->record_rdata_valid_i,
			&core_->record_rdata_i};
	}

	Location shadow_location(const uint64_t *slot) const
	{
		const auto *stashed = reinterpret_cast<const struct index_stashed *>(slot);
		const struct index *index = inside_.index;

		if (stashed >= index->stash && stashed < index->stash + INDEX_STASH)
			return {true, 0, uint32_t(stashed - index->stash)};
		return {false, uint32_t((slot - index->slots) / 8),
			uint32_t((slot - index->slots) % 8)};
	}

	uint64_t *shadow_slot(const Location &location)
	{
		return location.stash ? &shadow_.stash[location.slot].slot
				      : &shadow_.slots[size_t(location.bucket) * 8 + location.slot];
	}

	void send(Asked asked)
	{
		if (hints_.waiting() < 4)
			hints_.push(asked.what == INSERT ? asked.key.second
							 : asked.location.bucket);
		commands_.push(asked.beat());
		unanswered_++;
		changes_++;
	}

	static void inserts(struct index *index, struct index_key key, uint64_t entry)
	{
		if (!listener || index != listener->inside_.index)
			return;
		Asked asked;
		asked.what = INSERT;
		asked.key = key;
		asked.entry = entry;
		listener->send(asked);
		index_vault_insert(&listener->shadow_, key, entry);
	}

	static void removes(struct index *index, uint64_t *slot)
	{
		if (!listener || index != listener->inside_.index)
			return;
		Asked asked;
		asked.what = REMOVE;
		asked.location = listener->shadow_location(slot);
		asked.expected = *slot;
		listener->send(asked);
		index_vault_remove(&listener->shadow_, listener->shadow_slot(asked.location));
	}

	void look_at(const Place &got)
	{
		auto found = wanted_.find(got.id);

		tap_check(found != wanted_.end(), "an answer that nobody waits for");
		const Wanted want = found->second;
		std::string what = ", lookup " + std::to_string(lookups_);

		wanted_.erase(found);
		lookups_++;
		if (spoils_ && got.error) {
			spoilt_++;
			return;
		}
		tap_check(got.error == want.error, "error is wrong" + what);
		if (got.error)
			return;
		if (want.may_be_gone && !got.object_found)
			return;
		tap_check(got.object_found == want.place.object_found, "object or none" + what);
		if (got.object_found)
			tap_check(got.object == want.place.object, "another object" + what);
		tap_check(got.key.first == want.place.key.first &&
			      got.key.second == want.place.key.second &&
			      got.key.match == want.place.key.match,
			  "another key" + what);
		if (want.quick) {
			look_at_candidate(got, want, what);
			return;
		}
		tap_check(got.page_found == (want.entry != 0), "page or none" + what);
		if (!got.page_found)
			return;
		tap_check(got.entry == want.entry, "another slot" + what);
		tap_check(want.loose || got.location == want.location, "another location" + what);
		tap_check(got.head == want.head, "another header" + what);
	}

	/* Whoever asked reads its record, and must see whether it is the page's. */
	void look_at_candidate(const Place &got, const Wanted &want, const std::string &what)
	{
		if (!got.page_found) {
			tap_check(want.loose ? !want.entry : !want.first, "no candidate" + what);
			return;
		}
		tap_check(got.entry == index_entry(want.place.key, index_unit(got.entry),
						   index_units(got.entry)),
			  "no candidate of this page" + what);
		others_ += got.entry != want.entry;
		if (want.loose)
			return;
		tap_check(want.may_be_gone || got.entry == want.first, "another candidate" + what);

		const uint8_t *head =
		    inside_.dram + inside_.units_at + uint64_t(index_unit(got.entry)) * 32;
		uint32_t object;
		uint64_t index = 0;

		std::memcpy(&object, head, 4);
		std::memcpy(&index, head + 4, 6);
		tap_check(want.entry || (object & 0x7fffffff) != got.object ||
			      index != (want.index & 0xffffffffffff),
			  "another page would pass for this one" + what);
	}

      public:
	Bench(uint64_t bytes, uint64_t seed)
	    : core_(seed), vault_(make_vault(bytes, seed)), inside_(index_vault_open(vault_)),
	      table_((table_line + inside_.index->buckets) * 64, 0xa5),
	      dram_(rtl::dram_ports(core_), table_, seed),
	      records_(record_ports(), inside_.dram,
		       inside_.units_at +
			   (bytes - inside_.units_at) / 64 * 64 /* as far as lines go */,
		       seed + 1),
	      commands_(&core_->command_valid_i, &core_->command_ready_o, &core_->command_i,
			seed + 2),
	      answers_(&core_->answer_valid_o, &core_->answer_ready_i, &core_->answer_o, seed + 3),
	      handles_(&core_->handle_valid_i, &core_->handle_ready_o, &core_->handle_i, seed + 4),
	      places_(&core_->place_valid_o, &core_->place_ready_i, &core_->place_o, seed + 5),
	      hints_(&core_->soon_valid_i, &core_->soon_ready_o, &core_->soon_bucket_i, seed + 7),
	      flips_(&core_->inject_i, &core_->ecc_o, seed + 6),
	      shadow_slots_(size_t(inside_.index->buckets) * 8)
	{
		index_init(&shadow_, shadow_slots_.data(), inside_.index->buckets);
		core_->forget_i = 0;
		core_->table_line_i = table_line;
		core_->units_line_i = inside_.units_at / 64;
		core_->buckets_i = inside_.index->buckets;
		put(core_->page_secret_i, 0, 64, inside_.page_key.k0);
		put(core_->page_secret_i, 64, 64, inside_.page_key.k1);
		put(core_->object_secret_i, 0, 64, inside_.object_key.k0);
		put(core_->object_secret_i, 64, 64, inside_.object_key.k1);
		core_.reset();
		listener = this;
		index_vault_inserts = inserts;
		index_vault_removes = removes;
		Asked asked;
		asked.what = INIT;
		send(asked);
		drain();
	}

	~Bench()
	{
		listener = nullptr;
		vault_destroy(vault_);
	}

	Bench(const Bench &) = delete;
	Bench &operator=(const Bench &) = delete;

	rtl::Flips &flips()
	{
		return flips_;
	}

	struct vault *vault()
	{
		return vault_;
	}

	struct index *index()
	{
		return inside_.index;
	}

	const struct index_vault &inside() const
	{
		return inside_;
	}

	rtl::CardDram &dram()
	{
		return dram_;
	}

	rtl::CardDram &records()
	{
		return records_;
	}

	uint64_t now() const
	{
		return core_.now();
	}

	uint64_t lookups() const
	{
		return lookups_;
	}

	/* Quick lookups that have led to another page. */
	uint64_t others() const
	{
		return others_;
	}

	/* Lookups may end as errors from now on; how many have. */
	void may_fail(bool may)
	{
		spoils_ = may;
	}

	uint64_t failed() const
	{
		return spoilt_;
	}

	uint64_t changes() const
	{
		return changes_;
	}

	void manner(const rtl::DramManner &manner, rtl::Pace handles, rtl::Pace places)
	{
		dram_.manner(manner);
		records_.manner(manner);
		handles_.pace(handles);
		places_.pace(places);
	}

	void cycle()
	{
		rtl::cycle(core_, dram_, records_, commands_, answers_, hints_, handles_, places_,
			   flips_);
		while (!answers_.taken().empty()) {
			Answered got(answers_.taken().front().beat);

			answers_.taken().pop_front();
			tap_check(got.ok && !got.error, "a command has failed");
			tap_check(unanswered_ > 0, "an answer to no command");
			unanswered_--;
		}
		while (!places_.taken().empty()) {
			look_at(Place(places_.taken().front().beat));
			places_.taken().pop_front();
		}
	}

	template <class Condition> void run_until(Condition condition)
	{
		for (uint64_t end = now() + 200000; !condition(); cycle())
			tap_check(now() < end, "no answer");
	}

	void drain()
	{
		run_until([&] {
			return unanswered_ == 0 && wanted_.empty() && dram_.idle() &&
			       !core_->req_valid_o && !core_->wdata_valid_o;
		});
	}

	/* Until all commands are taken by the RTL, whether done or not. */
	void commands_taken()
	{
		run_until([&] { return commands_.waiting() == 0; });
	}

	/* What the vault has done without index_insert and index_remove: slots replaced. */
	void sync()
	{
		auto replaced = [&](const Location &location, uint64_t &is, uint64_t now) {
			Asked asked;

			if (is == now)
				return;
			asked.what = REPLACE;
			asked.location = location;
			asked.expected = is;
			asked.entry = now;
			send(asked);
			is = now;
		};

		for (uint32_t n = 0; n < shadow_slots_.size(); n++)
			replaced({false, n / 8, n % 8}, shadow_slots_[n], inside_.index->slots[n]);
		for (uint32_t n = 0; n < INDEX_STASH; n++)
			replaced({true, 0, n}, shadow_.stash[n].slot, inside_.index->stash[n].slot);
	}

	void compare()
	{
		drain();
		tap_check(std::memcmp(&table_[table_line * 64], inside_.index->slots,
				      inside_.index_bytes) == 0,
			  "the tables differ");
		tap_check(core_->stash_level_o == inside_.index->stash_used, "stashes differ");
		tap_check(core_->used_o == inside_.index->used, "used differs");
	}

	Wanted want(uint32_t contents, const struct vault_handle &handle)
	{
		Wanted wanted;

		wanted.place = index_vault_locate(vault_, contents, &handle);
		wanted.index = handle.index;
		if (wanted.place.object_found) {
			unsigned int cursor = 0;
			const uint64_t *slot = index_next(inside_.index, wanted.place.key, &cursor);

			wanted.first = slot ? *slot : 0;
		}
		if (wanted.place.slot) {
			const uint8_t *head = inside_.dram + inside_.units_at +
					      uint64_t(index_unit(*wanted.place.slot)) * 32;

			wanted.entry = *wanted.place.slot;
			wanted.location = shadow_location(wanted.place.slot);
			wanted.head.assign(head, head + 32);
		}
		return wanted;
	}

	void lookup(uint32_t contents, const struct vault_handle &handle, const Wanted &wanted)
	{
		VlWide<9> beat{};

		while (wanted_.count(id_) || wanted_.size() > 40)
			cycle();
		put(beat, 0, 64, handle.index);
		for (unsigned int n = 0; n < 3; n++)
			put(beat, 64 + 64 * n, 64, handle.object[n]);
		put(beat, 256, 16, contents);
		put(beat, 272, 8, id_);
		put(beat, 280, 1, wanted.quick);
		wanted_[id_++] = wanted;
		handles_.push(beat);
	}

	/* Lookups that are not answered yet may find their object gone. */
	void may_be_gone(const struct vault_handle &handle, uint32_t object)
	{
		(void)handle;
		for (auto &wanted : wanted_) {
			if (wanted.second.place.object_found &&
			    wanted.second.place.object == object)
				wanted.second.may_be_gone = true;
		}
	}
};

} // namespace index_port

#endif /* INDEX_LOOKUP_BENCH_HPP */
