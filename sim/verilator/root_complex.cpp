/* SPDX-License-Identifier: Apache-2.0 */
#include "root_complex.hpp"

#include "root_complex_fields.hpp"

#include <algorithm>

namespace pcie
{

namespace
{

constexpr uint32_t host_requester = 0x0008;

/* 128 << n; throws when it is none. */
unsigned int code_of(unsigned int bytes, unsigned int most)
{
	for (unsigned int n = 0; n <= most; n++)
		if (bytes == 128u << n)
			return n;
	throw std::invalid_argument("no such payload or read request size");
}

} /* namespace */

RootComplex::RootComplex(const Ports &ports, uint64_t seed)
    : ports_(ports), random_(seed), cq_pace_(seed ^ 11), cc_pace_(seed ^ 12), rq_pace_(seed ^ 13),
      rc_pace_(seed ^ 14)
{
	reset();
}

void RootComplex::broken(const std::string &what) const
{
	throw rtl::Broken("cycle " + std::to_string(now_) + ": " + what);
}

void RootComplex::reset()
{
	posted_.clear();
	non_posted_.clear();
	non_posted_ids_.clear();
	cq_.clear();
	credits_ = 0;
	wanted_.clear();
	answers_.clear();
	reads_.clear();
	tags_.fill({});
	rc_.clear();
	rc_ends_ = -1;
	host_room_.reset();
	rq_in_ = {};
	cc_in_ = {};
	flr_ = false;
	*ports_.cq_valid = 0;
	*ports_.rc_valid = 0;
	*ports_.cc_ready = 0;
	*ports_.rq_ready = 0;
}

void RootComplex::set_bus_master(bool on)
{
	if (bus_master_ && !on)
		bus_master_off_ = now_;
	bus_master_ = on;
}

void RootComplex::set_msix(bool enable, bool mask)
{
	msix_enable_ = enable;
	msix_mask_ = mask;
}

void RootComplex::start_flr()
{
	flr_ = true;
	set_bus_master(false);
	set_msix(false, false);
}

bool RootComplex::flr() const
{
	return flr_;
}

Fault RootComplex::fault(uint64_t address) const
{
	auto found = faults_.find(address & ~63ull);

	return found == faults_.end() ? NO_FAULT : found->second;
}

size_t RootComplex::reads() const
{
	return reads_.size() + rc_.size();
}

size_t RootComplex::waiting() const
{
	return posted_.size() + non_posted_.size() + cq_.size() + wanted_.size();
}

/* ---- Requests by the host. */

uint64_t RootComplex::submit(const HostRequest &request)
{
	uint64_t order = next_order_++;

	if (request.type == MEM_WRITE || request.type >= MESSAGE) {
		posted_.emplace_back(order, request);
		return 0;
	}
	uint64_t id = next_id_++;

	non_posted_.emplace_back(order, request);
	non_posted_ids_.push_back(id);
	/* Numbered now, so that nobody asks for it in vain. */
	Wanted wanted{request, ~0u, uint16_t(host_requester + random_.below(4)),
		      uint8_t(random_.below(8)), uint8_t(random_.below(8))};

	if (!request.discontinue)
		wanted_.emplace(id, wanted);
	return id;
}

void RootComplex::mmio_write(unsigned int bar, uint64_t offset, const void *from, size_t bytes)
{
	const auto *source = static_cast<const uint8_t *>(from);

	while (bytes) {
		size_t room =
		    std::min<size_t>(options_.max_payload - offset % 4, 4096 - offset % 4096);
		size_t now = std::min(bytes, room);
		HostRequest request;
		unsigned int skip = offset % 4;

		request.type = MEM_WRITE;
		request.bar = bar;
		request.offset = offset - skip;
		request.dwords = unsigned((skip + now + 3) / 4);
		request.data.resize(request.dwords);
		std::memcpy(reinterpret_cast<uint8_t *>(request.data.data()) + skip, source, now);
		request.first_be = uint8_t(15 << skip & 15);
		request.last_be = uint8_t(15 >> (3 - (skip + now - 1) % 4));
		if (request.dwords == 1) {
			request.first_be &= request.last_be;
			request.last_be = 0;
		}
		submit(request);
		source += now;
		offset += now;
		bytes -= now;
	}
}

uint64_t RootComplex::mmio_read(unsigned int bar, uint64_t offset, size_t bytes)
{
	HostRequest request;
	unsigned int skip = offset % 4;

	request.bar = bar;
	request.offset = offset - skip;
	request.dwords = std::max(1u, unsigned((skip + bytes + 3) / 4));
	request.first_be = uint8_t(15 << skip & 15);
	request.last_be = bytes ? uint8_t(15 >> (3 - (skip + bytes - 1) % 4)) : 0;
	if (request.dwords == 1) {
		request.first_be &= request.last_be;
		request.last_be = 0;
	}
	return submit(request);
}

bool RootComplex::answered(uint64_t id) const
{
	return answers_.count(id) != 0;
}

HostAnswer RootComplex::answer(uint64_t id)
{
	HostAnswer found = answers_.at(id);

	answers_.erase(id);
	return found;
}

/* Makes the next packet's beats. What wants an answer needs a credit, may be passed by
 * posted requests and passes none. */
void RootComplex::cq_next()
{
	bool may = !non_posted_.empty() && credits_ > 0 &&
		   (posted_.empty() || non_posted_.front().first < posted_.front().first);
	bool take_posted = !posted_.empty() && (!may || random_.one_in(3));

	if (!may && !take_posted)
		return;
	HostRequest request = (take_posted ? posted_ : non_posted_).front().second;
	uint16_t requester = host_requester;
	unsigned int tag = unsigned(random_.below(256)), attr = 0, tc = 0;

	if (take_posted) {
		posted_.pop_front();
	} else {
		uint64_t id = non_posted_ids_.front();
		auto used = [&] {
			for (const auto &other : wanted_)
				if (other.first < id && other.second.tag == tag)
					return true;
			return false;
		};

		credits_--;
		non_posted_.pop_front();
		non_posted_ids_.pop_front();
		while (used())
			tag = (tag + 1) % 256;
		if (!request.discontinue) {
			Wanted &wanted = wanted_.at(id);

			wanted.tag = tag;
			requester = wanted.requester;
			attr = wanted.attr;
			tc = wanted.tc;
		}
	}

	std::vector<uint32_t> dwords(4);
	uint64_t address = options_.bars.at(request.bar) + request.offset;

	dwords[0] = uint32_t(address) & ~3u;
	dwords[1] = uint32_t(address >> 32);
	dwords[2] = request.dwords | uint32_t(request.type) << 11 | uint32_t(requester) << 16;
	dwords[3] =
	    tag | request.bar << 16 | (request.bar == 0 ? 14u : 18u) << 19 | tc << 25 | attr << 28;
	dwords.insert(dwords.end(), request.data.begin(), request.data.end());

	down_budget_ -= double(4 * dwords.size() + framing);
	for (size_t at = 0; at < dwords.size(); at += 16) {
		Beat beat{};

		beat.last = at + 16 >= dwords.size();
		for (size_t n = at; n < std::min(at + 16, dwords.size()); n++) {
			uint8_t be = n < 4                    ? 0
				     : n == 4                 ? request.first_be
				     : n + 1 == dwords.size() ? request.last_be
							      : 15;

			beat.data[n - at] = dwords[n];
			beat.keep |= uint16_t(1u << (n - at));
			set_field(beat.user, CQ_BYTE_EN + 4 * unsigned(n - at), 4, be);
		}
		if (at == 0) {
			set_field(beat.user, CQ_FIRST_BE, 4, request.first_be);
			set_field(beat.user, CQ_LAST_BE, 4, request.last_be);
			set_field(beat.user, CQ_SOP, 1, 1);
		}
		if (beat.last) {
			set_field(beat.user, CQ_EOP, 1, 1);
			set_field(beat.user, CQ_EOP_PTR, 4, uint32_t(dwords.size() - at - 1));
			set_field(beat.user, CQ_DISCONTINUE, 1, request.discontinue);
		}
		cq_.push_back(beat);
	}
}

void RootComplex::cc_packet(const Collector &packet)
{
	const auto &d = packet.dwords;

	if (d.size() < 3)
		broken("CC: a completion without a descriptor");
	unsigned int tag = d[2] & 255, requester = d[1] >> 16, status = d[1] >> 11 & 7;
	unsigned int length = d[1] & 0x7ff, bytes = d[0] >> 16 & 0x1fff, lower = d[0] & 0x7f;
	auto wanted = std::find_if(wanted_.begin(), wanted_.end(), [&](const auto &entry) {
		return entry.second.tag == tag && entry.second.requester == requester;
	});

	if (wanted == wanted_.end())
		broken("CC: a completion that nobody waits for, tag " + std::to_string(tag));
	const Wanted &w = wanted->second;
	const HostRequest &r = w.request;

	if (d.size() != 3 + length || (status != 0 && length != 0))
		broken("CC: length " + std::to_string(length) + " in a packet of " +
		       std::to_string(d.size()) + " dwords");
	if ((d[2] >> 25 & 7) != w.tc || (d[2] >> 28 & 7) != w.attr)
		broken("CC: traffic class or attributes are not those of the request");
	if (d[1] >> 14 & 1 || d[0] >> 8 & 3)
		broken("CC: poisoned or translated");
	if ((d[0] >> 29 & 1) != (r.type == MEM_READ_LOCKED))
		broken("CC: \"locked\" is wrong");
	if (r.type == MEM_READ) {
		/* First and last byte that is wanted; a read of none counts as one. */
		unsigned int first = 0, last = 4 * r.dwords - 1;
		uint8_t end = r.dwords == 1 ? r.first_be : r.last_be;

		if (r.first_be == 0 && r.dwords == 1) {
			last = 0;
		} else {
			while (!(r.first_be >> first & 1))
				first++;
			while (!(end >> last % 4 & 1))
				last--;
		}
		if (bytes != last - first + 1)
			broken("CC: byte count " + std::to_string(bytes) + ", not " +
			       std::to_string(last - first + 1));
		if (lower != ((r.offset & 0x7c) | first))
			broken("CC: lower address " + hex(lower));
		if (status == 0 && length != r.dwords)
			broken("CC: not all at once");
	} else if (status == 0) {
		broken("CC: success for a request of type " + std::to_string(r.type));
	}
	answers_[wanted->first] = {status, {d.begin() + 3, d.end()}};
	wanted_.erase(wanted);
}

/* ---- A cycle. */

/* A beat of the card's: it stays until taken, packets have no holes. */
void RootComplex::check_beat(const char *name, Collector &c, bool valid, bool ready,
			     const uint32_t *data, uint16_t keep, bool last, unsigned int sop,
			     unsigned int eop, unsigned int eop_ptr, const uint32_t *user,
			     unsigned int user_words)
{
	std::string who = std::string(name) + ": ";
	uint32_t offer[24] = {};

	if (!valid) {
		if (c.waits)
			broken(who + "an offered beat is gone");
		if (!c.dwords.empty())
			broken(who + "tvalid fell inside a packet");
		return;
	}
	std::memcpy(offer, data, 64);
	std::memcpy(offer + 16, user, 4 * user_words);
	offer[22] = keep;
	offer[23] = last;
	if (c.waits && std::memcmp(offer, c.offer, sizeof(offer)) != 0)
		broken(who + "an offered beat has changed");
	std::memcpy(c.offer, offer, sizeof(offer));
	c.waits = !ready;
	if (!ready)
		return;

	unsigned int lanes = unsigned(__builtin_popcount(keep));

	if (lanes == 0 || keep != (1u << lanes) - 1)
		broken(who + "tkeep " + hex(keep) + " has holes");
	if (!last && lanes != 16)
		broken(who + "tkeep " + hex(keep) + " inside a packet");
	if (sop != c.dwords.empty())
		broken(who + "is_sop is wrong");
	if (eop != last || (last && eop_ptr != lanes - 1))
		broken(who + "is_eop is wrong");
	c.dwords.insert(c.dwords.end(), data, data + lanes);
}

void RootComplex::put(const Beat &beat, uint32_t *data, uint32_t *user, SData *keep, CData *last,
		      unsigned int user_words)
{
	std::memcpy(data, beat.data, sizeof(beat.data));
	std::memcpy(user, beat.user, 4 * user_words);
	*keep = beat.keep;
	*last = beat.last;
}

/* What the link carries in a cycle, and room that the host has again. */
void RootComplex::refill()
{
	double more = options_.bytes_per_cycle;

	down_budget_ = more > 0 ? std::min(down_budget_ + more, 64.0) : 0;
	up_budget_ = more > 0 ? std::min(up_budget_ + more, 64.0) : 0;
	host_room_.give_back(now_);
}

/* For the packet that begins now; one that has begun goes on. */
bool RootComplex::rq_has_room() const
{
	if (!*ports_.rq_valid || !rq_in_.dwords.empty())
		return true;
	return host_room_.for_request((ports_.rq_data[2] >> 11 & 15) != 0,
				      ports_.rq_data[2] & 0x7ff, options_.posted,
				      options_.posted_data, options_.non_posted);
}

void RootComplex::before()
{
	*ports_.max_payload = CData(code_of(options_.max_payload, 3));
	*ports_.max_read_req = CData(code_of(options_.max_read_req, 5));
	*ports_.ext_tag = options_.ext_tag;
	*ports_.cpl_timeout = CData(options_.cpl_timeout);
	*ports_.bus_master = bus_master_;
	*ports_.msix_enable = msix_enable_;
	*ports_.msix_mask = msix_mask_;
	*ports_.flr_in_process = flr_;
	if (flr_ && *ports_.flr_done)
		flr_ = false;
	credits_ = std::min(credits_ + *ports_.np_req, 32u);

	refill();
	cq_pace_.follow(options_.cq);
	cc_pace_.follow(options_.cc);
	rq_pace_.follow(options_.rq);
	rc_pace_.follow(options_.rc);

	bool cq_works = cq_pace_.next(), rc_works = rc_pace_.next();

	if (!*ports_.cq_valid && cq_works) {
		if (cq_.empty() && down_budget_ >= 0)
			cq_next();
		if (!cq_.empty()) {
			put(cq_.front(), ports_.cq_data, ports_.cq_user, ports_.cq_keep,
			    ports_.cq_last, 6);
			*ports_.cq_valid = 1;
		}
	}
	if (!*ports_.rc_valid && rc_works) {
		if (rc_.empty() && down_budget_ >= 0)
			rc_next();
		if (!rc_.empty()) {
			put(rc_.front(), ports_.rc_data, ports_.rc_user, ports_.rc_keep,
			    ports_.rc_last, 6);
			*ports_.rc_valid = 1;
		}
	}
	cq_taken_ = *ports_.cq_valid && *ports_.cq_ready;
	rc_taken_ = *ports_.rc_valid && *ports_.rc_ready;

	*ports_.cc_ready = cc_pace_.next() && up_budget_ >= 0;
	*ports_.rq_ready = rq_pace_.next() && up_budget_ >= 0 && rq_has_room();
	cc_taken_ = *ports_.cc_valid && *ports_.cc_ready;
	rq_taken_ = *ports_.rq_valid && *ports_.rq_ready;
	check_beat("CC", cc_in_, *ports_.cc_valid, *ports_.cc_ready, ports_.cc_data,
		   *ports_.cc_keep, *ports_.cc_last, field(ports_.cc_user, CC_SOP, 2),
		   field(ports_.cc_user, CC_EOP, 2), field(ports_.cc_user, CC_EOP_PTR, 4),
		   ports_.cc_user, 3);
	if (rq_taken_ && rq_in_.dwords.empty()) {
		rq_in_.first_be = uint8_t(field(ports_.rq_user, RQ_FIRST_BE, 4));
		rq_in_.last_be = uint8_t(field(ports_.rq_user, RQ_LAST_BE, 4));
	}
	check_beat("RQ", rq_in_, *ports_.rq_valid, *ports_.rq_ready, ports_.rq_data,
		   *ports_.rq_keep, *ports_.rq_last, field(ports_.rq_user, RQ_SOP, 2),
		   field(ports_.rq_user, RQ_EOP, 2), field(ports_.rq_user, RQ_EOP_PTR, 4),
		   ports_.rq_user, 5);
	if (field(ports_.rq_user, RQ_DISCONTINUE, 1) || field(ports_.cc_user, CC_DISCONTINUE, 1))
		broken("the card cuts a packet");

	if (cc_taken_ && *ports_.cc_last) {
		up_budget_ -= double(4 * cc_in_.dwords.size() + framing);
		cc_packet(cc_in_);
		cc_in_.dwords.clear();
	}
	if (rq_taken_) {
		counts_.rq_beats++;
		up_budget_ -= 4 * __builtin_popcount(*ports_.rq_keep);
		if (*ports_.rq_last) {
			up_budget_ -= framing;
			rq_packet(rq_in_);
			rq_in_.dwords.clear();
		}
	}
}

void RootComplex::after(uint64_t now)
{
	now_ = now;
	if (cq_taken_) {
		cq_.pop_front();
		*ports_.cq_valid = 0;
	}
	if (rc_taken_) {
		counts_.rc_beats++;
		rc_.pop_front();
		*ports_.rc_valid = 0;
		if (rc_.empty() && rc_ends_ >= 0)
			tags_[unsigned(rc_ends_)] = {};
	}
}

} // namespace pcie
