/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookups of handles against a vault of the model. All that the vault does to its index is
 * done to the RTL's table by commands; records are read from the vault's own memory. So
 * after every operation the two tables are the same, and each lookup's answer has to be
 * that of the model's locate(), also when entries are moved, others come and go, and
 * objects are flushed while it is under way.
 */
#include <cstdio>
#include <map>

#include "card_dram.hpp"
#include "crc32c.h"
#include "index_core/Vindex_core.h"
#include "index_port.hpp"
#include "index_vault.h"
#include "tap.hpp"

namespace
{

using namespace index_port;

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
	/* The index as the RTL has it by the commands so far. */
	struct index shadow_;
	std::vector<uint64_t> shadow_slots_;
	std::map<uint8_t, Wanted> wanted_;
	unsigned int unanswered_ = 0;
	uint8_t id_ = 0;
	uint64_t lookups_ = 0, changes_ = 0;

	static Bench *listener;

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
		tap_check(got.page_found == (want.entry != 0), "page or none" + what);
		if (!got.page_found)
			return;
		tap_check(got.entry == want.entry, "another slot" + what);
		tap_check(want.loose || got.location == want.location, "another location" + what);
		tap_check(got.head == want.head, "another header" + what);
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
	      shadow_slots_(size_t(inside_.index->buckets) * 8)
	{
		index_init(&shadow_, shadow_slots_.data(), inside_.index->buckets);
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
		rtl::cycle(core_, dram_, records_, commands_, answers_, handles_, places_);
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

	Wanted want(uint32_t pool, const struct vault_handle &handle)
	{
		Wanted wanted;

		wanted.place = index_vault_locate(vault_, pool, &handle);
		if (wanted.place.slot) {
			const uint8_t *head = inside_.dram + inside_.units_at +
					      uint64_t(index_unit(*wanted.place.slot)) * 32;

			wanted.entry = *wanted.place.slot;
			wanted.location = shadow_location(wanted.place.slot);
			wanted.head.assign(head, head + 32);
		}
		return wanted;
	}

	void lookup(uint32_t pool, const struct vault_handle &handle, const Wanted &wanted)
	{
		VlWide<9> beat{};

		while (wanted_.count(id_) || wanted_.size() > 40)
			cycle();
		put(beat, 0, 64, handle.index);
		for (unsigned int n = 0; n < 3; n++)
			put(beat, 64 + 64 * n, 64, handle.object[n]);
		put(beat, 256, 16, index_vault_contents(vault_, pool));
		put(beat, 272, 8, id_);
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

Bench *Bench::listener;

/* Handles: few objects, indexes of all widths. */
class World
{
	Bench &bench_;
	rtl::Random random_;
	std::vector<uint32_t> pools_;
	std::vector<std::pair<uint32_t, struct vault_handle>> known_;
	Bytes page_ = Bytes(4096);

      public:
	World(Bench &bench, uint64_t seed) : bench_(bench), random_(seed)
	{
		for (unsigned int n = 0; n < 3; n++)
			create(n == 2 ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT);
	}

	void create(uint8_t type)
	{
		struct pamc_pool_info info = {};

		info.type = type;
		tap_check(vault_pool_create(bench_.vault(), &info) == PAMC_STATUS_SUCCESS,
			  "test: no pool");
		pools_.push_back(info.id);
	}

	rtl::Random &random()
	{
		return random_;
	}

	uint32_t pool()
	{
		return pools_[random_.below(pools_.size())];
	}

	struct vault_handle handle(unsigned int objects)
	{
		uint64_t object = random_.below(objects);
		struct vault_handle handle = {{object, 0, 0}, random_.below(200)};

		/* Ids that differ in one word only. */
		handle.object[object % 3] = object * 0x0123456789abcdefull;
		if (random_.one_in(4))
			handle.index |= random_.between(1, 3) << 48;
		else if (random_.one_in(4))
			handle.index |= random_.between(1, 3) << random_.between(30, 46);
		return handle;
	}

	void store(uint32_t pool, const struct vault_handle &handle)
	{
		struct vault_page info;

		/* Small pages and long ones, which make chains where memory is shredded. */
		for (size_t n = 0; n < 4096; n++)
			page_[n] = n < 8 || random_.one_in(2) ? uint8_t(handle.index + n)
							      : uint8_t(n / 64);
		if (random_.one_in(3))
			std::fill(page_.begin(), page_.end(), uint8_t(handle.index));
		vault_put(bench_.vault(), pool, &handle, page_.data(), crc32c(page_.data(), 4096),
			  &info);
		bench_.sync();
		known_.emplace_back(pool, handle);
		if (known_.size() > 400)
			known_.erase(known_.begin() + long(random_.below(400)));
	}

	void change(unsigned int objects)
	{
		uint32_t of = pool();
		struct vault_handle which = handle(objects);
		uint32_t flushed;

		if (!known_.empty() && random_.one_in(3))
			std::tie(of, which) = known_[random_.below(known_.size())];
		switch (random_.below(20)) {
		case 0:
			vault_flush_object(bench_.vault(), of, which.object, &flushed);
			break;
		case 1:
		case 2:
		case 3:
		case 4:
			vault_flush_page(bench_.vault(), of, &which, &flushed);
			break;
		case 5:
			vault_background(bench_.vault(), 20);
			break;
		case 6:
			if (random_.one_in(8))
				vault_pool_flush(bench_.vault(), of);
			break;
		default:
			store(of, which);
		}
		bench_.sync();
	}

	std::pair<uint32_t, struct vault_handle> pick(unsigned int objects)
	{
		if (!known_.empty() && !random_.one_in(4))
			return known_[random_.below(known_.size())];
		return {pool(), handle(objects)};
	}

	void lookup(unsigned int objects, bool loose)
	{
		auto [of, which] = pick(objects);
		Wanted wanted = bench_.want(of, which);

		wanted.loose = loose;
		bench_.lookup(of, which, wanted);
	}
};

const rtl::DramManner manners[] = {
    {2, 0, {}, {}, {}},
    {3, 9, {3, 2}, {1, 5}, {4, 2}},
    {45, 0, {}, {}, {}},
    {10, 70, {5, 1}, {}, {1, 2}},
};

void pace(Bench &bench, unsigned int round)
{
	bench.manner(manners[round % 4], round % 3 ? rtl::Pace{} : rtl::Pace{2, 9},
		     round % 5 ? rtl::Pace{} : rtl::Pace{1, 30});
}

/* A vault at work; lookups between its operations. */
void vault_at_work(uint64_t seed, unsigned int rounds, unsigned int objects)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);

	for (unsigned int round = 0; round < rounds; round++) {
		pace(bench, round);
		for (unsigned int n = 0; n < 12; n++)
			world.change(objects);
		bench.commands_taken();
		for (unsigned int n = 0; n < 60; n++)
			world.lookup(objects, false);
		bench.drain();
		if (round % 16 == 0)
			bench.compare();
	}
	bench.compare();
	std::printf("# %llu lookups, %llu changes, %llu cycles\n",
		    (unsigned long long)bench.lookups(), (unsigned long long)bench.changes(),
		    (unsigned long long)bench.now());
}

/*
 * Others' entries come and go in the same buckets, with the same tags, while lookups are
 * under way: candidates that are none, and searches that must begin anew.
 */
void beside_changes(uint64_t seed, unsigned int rounds)
{
	constexpr unsigned int objects = 6;
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 9);

	for (unsigned int n = 0; n < 150; n++)
		world.change(objects);
	for (unsigned int round = 0; round < rounds; round++) {
		std::vector<std::pair<struct index_key, uint64_t>> fillers;

		pace(bench, round);
		for (unsigned int n = 0; n < 120; n++) {
			auto [of, which] = world.pick(objects);
			Wanted wanted = bench.want(of, which);

			wanted.loose = true;
			bench.lookup(of, which, wanted);
			if (random.one_in(2))
				bench.cycle();
			if (fillers.size() < 60 && random.one_in(2)) {
				struct index_key key = wanted.place.key;
				/* It leads to somewhere else's record; no unit is at the end. */
				uint64_t entry = index_entry(key, uint32_t(random.below(20000)),
							     uint32_t(fillers.size()));

				if (!wanted.entry ||
				    index_unit(entry) != index_unit(wanted.entry)) {
					if (index_insert(bench.index(), key, entry))
						fillers.emplace_back(key, entry);
				}
			} else if (!fillers.empty() && random.one_in(3)) {
				size_t at = random.below(fillers.size());
				unsigned int cursor = 0;
				uint64_t *slot;

				while ((slot = index_next(bench.index(), fillers[at].first,
							  &cursor)) != nullptr) {
					if (*slot == fillers[at].second)
						break;
				}
				index_remove(bench.index(), slot);
				fillers.erase(fillers.begin() + long(at));
			}
		}
		/* The vault must find none of them. */
		for (auto &filler : fillers) {
			unsigned int cursor = 0;
			uint64_t *slot;

			while ((slot = index_next(bench.index(), filler.first, &cursor)) !=
			       nullptr) {
				if (*slot == filler.second)
					break;
			}
			index_remove(bench.index(), slot);
		}
		bench.compare();
		for (unsigned int n = 0; n < 10; n++)
			world.change(objects);
		bench.drain();
	}
	std::printf("# %llu lookups beside %llu changes, %llu cycles\n",
		    (unsigned long long)bench.lookups(), (unsigned long long)bench.changes(),
		    (unsigned long long)bench.now());
}

/* An object is flushed while it is looked up; who asks afterwards must not find it. */
void objects_go(uint64_t seed, unsigned int rounds)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 5);
	uint32_t pool = world.pool();

	for (unsigned int round = 0; round < rounds; round++) {
		struct vault_handle handle = {{round % 70, 5, round % 2}, random()};
		uint32_t flushed;

		pace(bench, round / 8);
		world.store(pool, handle);
		bench.drain();
		Wanted wanted = bench.want(pool, handle);
		wanted.loose = true;
		/* At any moment of the first lookup, or of one that the cache answers. */
		bench.lookup(pool, handle, wanted);
		for (unsigned int n = unsigned(random.below(round % 2 ? 250 : 120)); n > 0; n--) {
			bench.cycle();
			if (random.one_in(40))
				bench.lookup(pool, handle, wanted);
		}
		bench.may_be_gone(handle, wanted.place.object);
		vault_flush_object(bench.vault(), pool, handle.object, &flushed);
		bench.sync();
		bench.commands_taken();
		for (unsigned int n = 0; n < 3; n++) {
			bench.lookup(pool, handle, bench.want(pool, handle));
			for (unsigned int wait = unsigned(random.below(120)); wait > 0; wait--)
				bench.cycle();
		}
		bench.drain();
		vault_background(bench.vault(), 1000);
		bench.sync();
	}
	bench.compare();
}

void errors(uint64_t seed)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);

	for (unsigned int n = 0; n < 100; n++)
		world.change(5);
	bench.drain();
	for (unsigned int n = 0; n < 200; n++) {
		auto [of, which] = world.pick(5);
		Wanted wanted = bench.want(of, which);

		if (!wanted.entry)
			continue;
		wanted.error = true;
		if (n % 2)
			bench.dram().break_line(table_line + wanted.place.key.first);
		else
			bench.records().break_line(bench.inside().units_at / 64 +
						   index_unit(wanted.entry) / 2);
		bench.lookup(of, which, wanted);
		bench.drain();
		bench.dram().mend();
		bench.records().mend();
		world.lookup(5, false);
		bench.drain();
	}
}

void figures(uint64_t seed)
{
	Bench bench(8 << 20, seed);
	World world(bench, seed);
	std::vector<struct vault_handle> handles;
	uint32_t pool = world.pool();
	uint64_t start, cold, warm, rate_warm, rate_cold;

	bench.manner(manners[2], {}, {});
	for (unsigned int n = 0; n < 2000; n++) {
		handles.push_back({{n % 4 == 0 ? n + 100 : n % 4, 0, 0}, n});
		world.store(pool, handles.back());
		bench.commands_taken();
	}
	bench.drain();
	auto one = [&](unsigned int n) {
		start = bench.now();
		bench.lookup(pool, handles[n], bench.want(pool, handles[n]));
		bench.drain();
		return bench.now() - start;
	};
	auto many = [&](unsigned int first, unsigned int step) {
		start = bench.now();
		for (unsigned int n = first; n < 2000; n += step)
			bench.lookup(pool, handles[n], bench.want(pool, handles[n]));
		bench.drain();
		return bench.now() - start;
	};
	cold = one(1);
	warm = one(1);
	one(5);
	rate_warm = many(1, 4);
	rate_cold = many(0, 4);
	std::printf("# memory of 45 cycles: object cached %llu cycles, one every %.1f; not cached "
		    "%llu, one every %.1f\n",
		    (unsigned long long)warm, double(rate_warm) / 500, (unsigned long long)cold,
		    double(rate_cold) / 500);
	tap_check(warm < 160 && cold < 280, "lookups are slow");
	tap_check(rate_warm < 500 * 11, "few lookups at a time");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int longer = Tap::wants_long() ? 20 : 1;

	tap.run("figures", [&] { figures(tap.seed()); });
	tap.run("few objects", [&] { vault_at_work(tap.seed(), 200 * longer, 6); });
	tap.run("many objects", [&] { vault_at_work(tap.seed() + 1, 200 * longer, 400); });
	tap.run("beside changes", [&] { beside_changes(tap.seed(), 120 * longer); });
	tap.run("objects that go", [&] { objects_go(tap.seed(), 400 * longer); });
	tap.run("errors of the memory", [&] { errors(tap.seed()); });
	return tap.done();
}
