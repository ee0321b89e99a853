// SPDX-License-Identifier: Apache-2.0
/* The slave's ports, its banks, its bytes; dram.hpp tells what it is. */
#include "dram.hpp"

#include <algorithm>

namespace dram
{

using rtl::Broken;

static constexpr unsigned int ROW_LINES_SHIFT = 7; /* of a bank: 8 KiB over all chips */

Slave::Slave(const Ports &ports, uint64_t seed)
    : ports_(ports), random_(seed), ar_pacer_(seed + 1), aw_pacer_(seed + 2), w_pacer_(seed + 3),
      r_pacer_(seed + 4), b_pacer_(seed + 5)
{
	reset();
}

void Slave::reset()
{
	accesses_.clear();
	reads_.clear();
	announced_.clear();
	early_.clear();
	early_last_.clear();
	writes_.clear();
	*ports_.ar_ready = *ports_.aw_ready = *ports_.w_ready = 0;
	*ports_.r_valid = *ports_.b_valid = 0;
	ar_takes_ = aw_takes_ = w_takes_ = r_takes_ = b_takes_ = false;
	ar_offer_ = aw_offer_ = w_offer_ = {};
	activations_.assign(4, -1000.0);
	next_refresh_ = now_ + timing.refresh_every;
	pace();
}

void Slave::pace()
{
	ar_pacer_.set(manner.ar);
	aw_pacer_.set(manner.aw);
	w_pacer_.set(manner.w);
	r_pacer_.set(manner.r);
	b_pacer_.set(manner.b);
}

bool Slave::idle() const
{
	return accesses_.empty() && reads_.empty() && announced_.empty() && writes_.empty() &&
	       early_.empty() && !*ports_.r_valid && !*ports_.b_valid;
}

/* ---- bytes ---- */

Slave::Page Slave::fresh(uint64_t address) const
{
	Page page{};

	if (junk != 0) {
		rtl::Random random(junk + address / 4096);

		for (size_t at = 0; at < page.size(); at += 8) {
			uint64_t word = random();

			std::memcpy(page.data() + at, &word, 8);
		}
	}
	return page;
}

Slave::Page &Slave::page(uint64_t address)
{
	auto &page = pages_[address / 4096];

	if (!page)
		page = std::make_unique<Page>(fresh(address));
	return *page;
}

const Slave::Page *Slave::page_if(uint64_t address) const
{
	auto found = pages_.find(address / 4096);

	return found == pages_.end() ? nullptr : found->second.get();
}

void Slave::read(uint64_t address, void *to, size_t bytes) const
{
	auto *out = static_cast<uint8_t *>(to);

	while (bytes > 0) {
		size_t part = std::min<size_t>(bytes, 4096 - address % 4096);
		const Page *from = page_if(address);

		if (from)
			std::memcpy(out, from->data() + address % 4096, part);
		else if (junk == 0)
			std::memset(out, 0, part);
		else
			std::memcpy(out, fresh(address).data() + address % 4096, part);
		address += part;
		out += part;
		bytes -= part;
	}
}

void Slave::write(uint64_t address, const void *from, size_t bytes)
{
	auto *in = static_cast<const uint8_t *>(from);

	if (!flips_.empty())
		for (uint64_t word = (address + 7) / 8; (word + 1) * 8 <= address + bytes; word++)
			flips_.erase(word);
	while (bytes > 0) {
		size_t part = std::min<size_t>(bytes, 4096 - address % 4096);

		std::memcpy(page(address).data() + address % 4096, in, part);
		address += part;
		in += part;
		bytes -= part;
	}
}

void Slave::forget(uint64_t end)
{
	for (auto at = pages_.begin(); at != pages_.end();)
		at = at->first < end / 4096 ? pages_.erase(at) : std::next(at);
	flips_.erase(flips_.begin(), flips_.lower_bound(end / 4096 * 512));
}

void Slave::flip(uint64_t address, unsigned int bit)
{
	auto &bits = flips_[address / 8];
	unsigned int which = unsigned(address % 8) * 8 + bit;

	if (!bits.insert(which).second)
		bits.erase(which);
	if (bits.empty())
		flips_.erase(address / 8);
}

bool Slave::damaged(uint64_t line, Counts &into) const
{
	bool bad = false;

	if (flips_.empty())
		return false;
	for (auto at = flips_.lower_bound(line * 8); at != flips_.end() && at->first < line * 8 + 8;
	     ++at) {
		bad |= at->second.size() > 1;
		into.corrected += at->second.size() == 1;
	}
	into.uncorrectable += bad;
	return bad;
}

/* ---- banks ---- */

/* Neighbouring lines are in different bank groups; rows are spread over the banks. */
Slave::Address Slave::address_of(uint64_t line)
{
	uint64_t above = line >> (2 + ROW_LINES_SHIFT);
	uint64_t row = above >> 2;
	unsigned int group = unsigned((line ^ row ^ row >> 4) & 3);
	unsigned int bank = unsigned((above ^ row >> 2 ^ row >> 6) & 3);

	return {group * 4 + bank, row};
}

Slave::Plan Slave::plan(const Access &access) const
{
	auto [number, row] = address_of(access.burst->line + access.beat);
	const Bank &bank = banks_[number];
	double column, activate = -1;

	if (bank.open && bank.row == row) {
		column = std::max(now_, bank.column);
	} else {
		activate = std::max({now_, bank.activate, activations_.back() + timing.rrd,
				     activations_.front() + timing.faw});
		if (bank.open)
			activate = std::max(activate, std::max(now_, bank.precharge) + timing.rp);
		column = activate + timing.rcd;
	}
	double bus = bus_free_ + (access.burst->write != bus_writes_ ? timing.turnaround : 0);

	return {activate, std::max(column + timing.cas, bus)};
}

void Slave::commit(size_t which)
{
	Access access = accesses_[which];
	Plan chosen = plan(access);
	auto [number, row] = address_of(access.burst->line + access.beat);
	Bank &bank = banks_[number];

	accesses_.erase(accesses_.begin() + long(which));
	if (chosen.activate >= 0) {
		counts.row_misses++;
		bank.open = true;
		bank.row = row;
		bank.column = chosen.activate + timing.rcd;
		bank.precharge = chosen.activate + timing.ras;
		bank.activate = chosen.activate + timing.ras + timing.rp;
		activations_.pop_front();
		activations_.push_back(chosen.activate);
	} else {
		counts.row_hits++;
	}
	bus_free_ = chosen.data + timing.burst;
	bus_writes_ = access.burst->write;
	bank.precharge =
	    std::max(bank.precharge, bus_free_ + (access.burst->write ? timing.wr : 0));
	access.burst->beats[access.beat].ready = bus_free_ + timing.overhead;
	(access.burst->write ? counts.write_lines : counts.read_lines)++;
}

/* Commands go out early enough for the bus not to wait for a bank that could be ready. */
void Slave::schedule()
{
	double horizon = timing.rp + timing.rcd + timing.cas + 2;

	if (now_ >= next_refresh_) {
		double over = std::max(now_, bus_free_) + timing.refresh_takes;

		for (auto &bank : banks_) {
			bank.open = false;
			bank.activate = over;
		}
		bus_free_ = over;
		next_refresh_ += timing.refresh_every;
		counts.refreshes++;
	}
	while (!accesses_.empty() && bus_free_ < now_ + horizon) {
		size_t best = 0;

		if (now_ - accesses_[0].since < timing.patience) {
			size_t among = std::min<size_t>(accesses_.size(), timing.window);
			double when = 1e30;

			for (size_t n = 0; n < among; n++) {
				double data = plan(accesses_[n]).data;

				if (data < when) {
					when = data;
					best = n;
				}
			}
		}
		commit(best);
	}
}

/* ---- ports ---- */

void Slave::hold(Offer &offer, bool valid, bool ready, const void *bytes, size_t count,
		 const char *what)
{
	if (offer.waits && (!valid || std::memcmp(offer.bytes.data(), bytes, count) != 0))
		throw Broken(std::string(what) + ": what was offered and not taken has changed");
	offer.waits = valid && !ready;
	if (offer.waits)
		std::memcpy(offer.bytes.data(), bytes, count);
}

Slave::BurstPointer Slave::announce(bool write, unsigned int id, uint64_t address, unsigned int len,
				    unsigned int size, unsigned int burst) const
{
	const char *what = write ? "AW" : "AR";

	if (size != 6 || burst != 1)
		throw Broken(std::string(what) + ": not INCR of 64 bytes a beat");
	if (address % 64 != 0)
		throw Broken(std::string(what) + ": not aligned");
	if (address % 4096 + uint64_t(len + 1) * 64 > 4096)
		throw Broken(std::string(what) + ": crosses 4 KiB");
	if (id >= ids)
		throw Broken(std::string(what) + ": no such ID");
	auto made = std::make_shared<Burst>();

	made->id = id;
	made->line = address / 64;
	made->write = write;
	if (!write)
		made->beats.resize(len + 1);
	else
		made->next = len + 1; /* beats to come */
	return made;
}

/* Gives announced bursts their data. */
void Slave::fill_writes()
{
	while (!announced_.empty() && !early_.empty()) {
		BurstPointer burst = announced_.front();

		burst->beats.push_back(early_.front());
		early_.pop_front();
		bool last = early_last_.front();

		early_last_.pop_front();
		if (last != (burst->beats.size() == burst->next))
			throw Broken("WLAST: not with the last beat of a burst");
		if (last) {
			for (size_t beat = 0; beat < burst->beats.size(); beat++)
				accesses_.push_back({burst, beat, now_});
			writes_.push_back(burst);
			announced_.pop_front();
		}
	}
}

void Slave::drive_r()
{
	if (*ports_.r_valid)
		return;
	if (!r_pacer_.next())
		return;
	std::vector<unsigned int> can;

	for (auto &[id, bursts] : reads_) {
		Burst &burst = *bursts.front();

		if (burst.beats[burst.next].ready <= now_)
			can.push_back(id);
	}
	if (can.empty())
		return;
	unsigned int id = can[0];

	if (manner.mixed)
		id = can[random_.below(can.size())];
	else if (std::find(can.begin(), can.end(), last_id_) != can.end() &&
		 reads_[last_id_].front()->next != 0)
		id = last_id_; /* a burst is not interrupted */
	else
		for (unsigned int other : can) {
			const Burst &one = *reads_[id].front(), &two = *reads_[other].front();

			if (two.beats[two.next].ready < one.beats[one.next].ready)
				id = other; /* who has waited longest */
		}
	Burst &burst = *reads_[id].front();
	uint64_t line = burst.line + burst.next;
	bool bad = damaged(line, counts);

	read(line * 64, ports_.r_data, 64);
	if (bad)
		for (unsigned int n = 0; n < 16; n++)
			ports_.r_data->at(n) = uint32_t(random_());
	*ports_.r_id = CData(id);
	*ports_.r_resp = bad ? 2 : 0;
	*ports_.r_last = burst.next + 1 == burst.beats.size();
	*ports_.r_valid = 1;
	last_id_ = id;
	if (++burst.next == burst.beats.size()) {
		reads_[id].pop_front();
		if (reads_[id].empty())
			reads_.erase(id);
	}
}

void Slave::drive_b()
{
	if (*ports_.b_valid || !b_pacer_.next())
		return;
	/* Any whose ID has no earlier one. */
	std::vector<size_t> can;
	std::set<unsigned int> seen;

	for (size_t n = 0; n < writes_.size(); n++) {
		Burst &burst = *writes_[n];
		bool first = seen.insert(burst.id).second;

		if (first && std::all_of(burst.beats.begin(), burst.beats.end(),
					 [&](const Beat &beat) { return beat.ready <= now_; }))
			can.push_back(n);
	}
	if (can.empty())
		return;
	size_t which = can[manner.mixed ? random_.below(can.size()) : 0];
	BurstPointer burst = writes_[which];
	bool refused = false;

	for (size_t beat = 0; beat < burst->beats.size(); beat++)
		refused |= refused_.count(burst->line + beat) != 0;
	for (size_t beat = 0; beat < burst->beats.size() && !refused; beat++) {
		uint64_t address = (burst->line + beat) * 64;
		const Beat &from = burst->beats[beat];

		for (unsigned int n = 0; n < 64;) {
			unsigned int count = 0;

			while (n + count < 64 && (from.strb >> (n + count) & 1))
				count++;
			if (count > 0)
				write(address + n, &from.data[n], count);
			n += count + 1;
		}
	}
	*ports_.b_id = CData(burst->id);
	*ports_.b_resp = refused ? 2 : 0;
	*ports_.b_valid = 1;
	writes_.erase(writes_.begin() + long(which));
}

void Slave::before()
{
	now_ += 1;
	fill_writes();
	schedule();
	drive_r();
	drive_b();

	*ports_.ar_ready = ar_pacer_.next() && accesses_.size() < 256;
	*ports_.aw_ready = aw_pacer_.next() && announced_.size() < 16;
	*ports_.w_ready = w_pacer_.next() && early_.size() < 64 && accesses_.size() < 256;

	std::array<uint64_t, 2> ar{*ports_.ar_addr, uint64_t(*ports_.ar_id) << 8 | *ports_.ar_len};
	std::array<uint64_t, 2> aw{*ports_.aw_addr, uint64_t(*ports_.aw_id) << 8 | *ports_.aw_len};
	std::array<uint8_t, 73> w;

	std::memcpy(&w[0], ports_.w_data, 64);
	std::memcpy(&w[64], ports_.w_strb, 8);
	w[72] = *ports_.w_last;
	hold(ar_offer_, *ports_.ar_valid, *ports_.ar_ready, ar.data(), sizeof(ar), "AR");
	hold(aw_offer_, *ports_.aw_valid, *ports_.aw_ready, aw.data(), sizeof(aw), "AW");
	hold(w_offer_, *ports_.w_valid, *ports_.w_ready, w.data(), sizeof(w), "W");

	ar_takes_ = *ports_.ar_valid && *ports_.ar_ready;
	aw_takes_ = *ports_.aw_valid && *ports_.aw_ready;
	w_takes_ = *ports_.w_valid && *ports_.w_ready;
	r_takes_ = *ports_.r_valid && *ports_.r_ready;
	b_takes_ = *ports_.b_valid && *ports_.b_ready;
	if (ar_takes_)
		ar_burst_ = announce(false, *ports_.ar_id, *ports_.ar_addr, *ports_.ar_len,
				     *ports_.ar_size, *ports_.ar_burst);
	if (aw_takes_)
		aw_burst_ = announce(true, *ports_.aw_id, *ports_.aw_addr, *ports_.aw_len,
				     *ports_.aw_size, *ports_.aw_burst);
	if (w_takes_) {
		std::memcpy(w_beat_.data.data(), ports_.w_data, 64);
		w_beat_.strb = *ports_.w_strb;
		w_last_ = *ports_.w_last;
	}
}

void Slave::after(uint64_t)
{
	if (ar_takes_) {
		if (on_read)
			on_read(ar_burst_->id, ar_burst_->line * 64, ar_burst_->beats.size());
		reads_[ar_burst_->id].push_back(ar_burst_);
		for (size_t beat = 0; beat < ar_burst_->beats.size(); beat++)
			accesses_.push_back({ar_burst_, beat, now_});
	}
	if (aw_takes_)
		announced_.push_back(aw_burst_);
	if (w_takes_) {
		early_.push_back(w_beat_);
		early_last_.push_back(w_last_);
	}
	if (r_takes_) {
		*ports_.r_valid = 0;
		std::memset(static_cast<void *>(ports_.r_data), 0x5a, 64);
	}
	if (b_takes_)
		*ports_.b_valid = 0;
}

} // namespace dram
