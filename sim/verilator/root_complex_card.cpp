/* SPDX-License-Identifier: Apache-2.0 */
/* What the card asks of the host, and the completions it gets, with all their faults. */
#include "root_complex.hpp"

#include <algorithm>

#include "root_complex_fields.hpp"

namespace pcie
{

/* ---- Requests by the card. */

void RootComplex::rq_packet(const Collector &packet)
{
	const auto &d = packet.dwords;

	if (d.size() < 4)
		broken("RQ: a request without a descriptor");
	uint64_t address = (uint64_t(d[1]) << 32 | d[0]) & ~3ull;
	unsigned int dwords = d[2] & 0x7ff, type = d[2] >> 11 & 15, tag = d[3] & 255;
	std::string what = (type ? "RQ: write of " : "RQ: read of ") + std::to_string(dwords) +
			   " dwords at " + hex(address) + ": ";

	if (type > 1)
		broken("RQ: type " + std::to_string(type));
	if (!bus_master_ && now_ - bus_master_off_ > 1000)
		broken(what + "without bus mastering");
	if (d[0] & 3 || d[2] >> 15)
		broken(what + "descriptor bits that must be zero");
	if (dwords == 0 || dwords > 1024)
		broken(what + "length");
	if (address % 4096 + 4 * dwords > 4096)
		broken(what + "crosses 4 KiB");
	if (dwords == 1 ? packet.last_be != 0 : !packet.first_be || !packet.last_be)
		broken(what + "byte enables");
	if (dwords > 2 && ((0xf1 >> packet.first_be & 1) || (packet.first_be & 8) == 0 ||
			   ((packet.last_be + 1) & packet.last_be) != 0))
		broken(what + "byte enables with holes");
	counts_.rq_packets++;
	host_room_.take(type != 0, dwords, now_ + options_.credit_latency);
	if (type == 0) {
		if (d.size() != 4)
			broken(what + "has payload");
		rq_read(address, dwords, tag, packet);
	} else {
		if (d.size() != 4 + dwords)
			broken(what + "in a packet of " + std::to_string(d.size()) + " dwords");
		rq_write(address, dwords, packet);
	}
}

void RootComplex::rq_read(uint64_t address, unsigned int dwords, unsigned int tag,
			  const Collector &packet)
{
	if (4 * dwords > options_.max_read_req)
		broken("RQ: read of " + std::to_string(dwords) + " dwords is too long");
	if (tag >= 32 && !options_.ext_tag)
		broken("RQ: tag " + std::to_string(tag) + " has more than five bits");
	Tag &t = tags_[tag];

	if (t.used && !(t.forgotten && now_ - t.since >= options_.forget_after))
		broken("RQ: tag " + std::to_string(tag) + " is still in use");
	t = {true, false, now_};

	Read read{address, 0, dwords, tag, packet.first_be, now_, 0, NO_FAULT, 0, 0};

	read.ready = now_ + options_.latency +
		     (options_.latency_spread ? random_.below(options_.latency_spread + 1) : 0);
	size_t bytes = packet.first_be ? 4 * dwords : 0;

	read.held = held_until ? held_until(bytes) : 0;
	bool may = !suffers || suffers(address);

	for (unsigned int n = 1; may && n < FAULTS && read.fault == NO_FAULT; n++)
		if (options_.one_in[n] && random_.one_in(options_.one_in[n]))
			read.fault = Fault(n);
	if (read.fault == FAULT_LATE)
		read.ready += options_.late_cycles;
	read.fault_at = random_.one_in(2) ? 0 : random_.below(4 * dwords);
	if (!on_read || !on_read(address, nullptr, 0) || (refuses && refuses(bytes))) {
		read.fault = FAULT_UNSUPPORTED;
		read.fault_at = 0;
	}
	for (uint64_t line = address & ~63ull; line < address + 4 * dwords; line += 64) {
		if (read.fault)
			faults_[line] = read.fault;
		else
			faults_.erase(line);
	}
	counts_.faults[read.fault]++;
	(packet.first_be ? counts_.reads : counts_.probes)++;
	if (read.fault == FAULT_DROPPED)
		t.forgotten = true;
	else
		reads_.push_back(read);
}

void RootComplex::rq_write(uint64_t address, unsigned int dwords, const Collector &packet)
{
	const uint32_t *data = packet.dwords.data() + 4;

	if (address >= options_.msi_base && address - options_.msi_base < options_.msi_size) {
		if (dwords != 1 || packet.first_be != 15)
			broken("RQ: an interrupt is not one dword");
		if (!msix_enable_ && now_ - bus_master_off_ > 1000)
			broken("RQ: an interrupt while MSI-X is off");
		counts_.interrupts++;
		if (on_interrupt)
			on_interrupt(address, data[0]);
		return;
	}
	if (4 * dwords > options_.max_payload)
		broken("RQ: write of " + std::to_string(dwords) + " dwords is too long");
	counts_.write_bytes += 4 * dwords;
	counts_.completions += dwords == 4;
	if (!on_write)
		return;
	if (packet.first_be == 15 && (dwords == 1 || packet.last_be == 15)) {
		on_write(address, data, 4 * dwords);
		return;
	}
	for (unsigned int n = 0; n < 4 * dwords; n++) {
		uint8_t be = n < 4 ? packet.first_be : n / 4 + 1 == dwords ? packet.last_be : 15;

		if (be >> n % 4 & 1)
			on_write(address + n, reinterpret_cast<const uint8_t *>(data) + n, 1);
	}
}

/* ---- Completions for the card. */

void RootComplex::rc_send(std::vector<uint32_t> dwords, unsigned int tag, bool discontinue,
			  bool ends)
{
	for (size_t at = 0; at < dwords.size(); at += 16) {
		Beat beat{};

		beat.last = at + 16 >= dwords.size();
		for (size_t n = at; n < std::min(at + 16, dwords.size()); n++) {
			beat.data[n - at] = dwords[n];
			beat.keep |= uint16_t(1u << (n - at));
			set_field(beat.user, 4 * unsigned(n - at), 4, n < 3 ? 0 : 15);
		}
		/* What is not valid means nothing. */
		for (size_t n = dwords.size() - at; beat.last && n < 16; n++)
			beat.data[n] = 0x5a5a5a5a;
		set_field(beat.user, RC_SOP, 1, at == 0);
		if (beat.last) {
			set_field(beat.user, RC_EOP, 1, 1);
			set_field(beat.user, RC_EOP_PTR, 4, uint32_t(dwords.size() - at - 1));
			set_field(beat.user, RC_DISCONTINUE, 1, discontinue);
		}
		rc_.push_back(beat);
	}
	counts_.rc_packets++;
	down_budget_ -= double(4 * dwords.size() + framing);
	rc_ends_ = ends ? int(tag) : -1;
}

/* The next completion of a read; over: it was the last one. */
void RootComplex::rc_piece(Read &read, bool &over)
{
	bool probe = read.first_be == 0;
	uint64_t at = read.address + read.sent, end = read.address + 4 * read.dwords;
	uint64_t rcb = options_.rcb, stop = end;

	if (options_.split) {
		uint64_t cuts = (end - 1) / rcb - at / rcb; /* multiples of rcb inside */

		if (cuts)
			stop = std::min(end, (at / rcb + 1 + random_.below(cuts + 1)) * rcb);
	}
	if (stop - at > options_.max_payload)
		stop = (at + options_.max_payload) / rcb * rcb;

	unsigned int bytes = unsigned(stop - at), left = probe ? 1 : unsigned(end - at);
	unsigned int code = 0, status = 0, lower = unsigned(at & 0xfff);
	bool poisoned = false, discontinue = false;
	bool hit = read.fault != NO_FAULT && stop > read.address + read.fault_at;
	std::vector<uint32_t> dwords(3 + bytes / 4);

	over = stop == end;
	if (!on_read(at, dwords.data() + 3, probe ? 0 : bytes)) {
		read.fault = FAULT_UNSUPPORTED;
		hit = true;
	}
	if (hit) {
		bool forgotten = false;

		switch (read.fault) {
		case FAULT_UNSUPPORTED:
		case FAULT_ABORT:
			code = 2;
			status = read.fault == FAULT_ABORT ? 4 : 1;
			over = true;
			break;
		case FAULT_POISONED:
			code = 1;
			poisoned = true;
			read.fault_at = ~0ull / 2;
			break;
		case FAULT_DISCONTINUE:
			discontinue = true;
			read.fault_at = ~0ull / 2;
			break;
		case FAULT_COUNT:
			/* Too much left, or more data than is left. */
			if (!probe && over && random_.one_in(2))
				dwords.resize(dwords.size() + 16 * (1 + random_.below(2)),
					      0xbadbad);
			else if (!probe)
				left += random_.one_in(2) ? 64 : 4;
			code = probe || random_.one_in(2) ? 3 : 0;
			forgotten = true;
			break;
		case FAULT_ADDRESS:
			lower ^= 64;
			code = probe || random_.one_in(2) ? 5 : 0;
			forgotten = true;
			break;
		case FAULT_GIVEN_UP:
			code = 9;
			forgotten = true;
			break;
		default:
			break;
		}
		if (code == 2 || code == 9)
			dwords.resize(3);
		if (forgotten) {
			tags_[read.tag].forgotten = true;
			over = true;
		}
	}
	bool tag_free = over && !tags_[read.tag].forgotten;

	dwords[0] = lower | code << 12 | (left & 0x1fff) << 16 | uint32_t(over) << 30;
	dwords[1] =
	    uint32_t(dwords.size() - 3) | status << 11 | uint32_t(poisoned) << 14 | 0x0100u << 16;
	dwords[2] = read.tag | 0u << 8;
	read.sent += bytes;
	counts_.read_bytes += probe ? 0 : 4 * (dwords.size() - 3);
	rc_send(dwords, read.tag, discontinue, tag_free);
}

/* A completion of no request, as the hard block marks it, or with a tag the card has not. */
void RootComplex::rc_stray()
{
	unsigned int tag = unsigned(random_.below(256)), lines = unsigned(random_.below(5));
	std::vector<uint32_t> dwords(3 + 16 * lines, 0xbadbad);

	dwords[0] = 6u << 12 | 64 * lines << 16;
	dwords[1] = uint32_t(dwords.size() - 3) | (lines ? 0u : 1u << 11);
	dwords[2] = tag;
	counts_.strays++;
	rc_send(dwords, tag, false, false);
}

void RootComplex::let_go()
{
	for (Read &read : reads_)
		read.held = 0;
}

void RootComplex::rc_next()
{
	if (options_.stray_one_in && random_.one_in(options_.stray_one_in)) {
		rc_stray();
		return;
	}
	/* Of those that are ready the oldest, or any. */
	std::vector<std::list<Read>::iterator> ready;

	for (auto read = reads_.begin(); read != reads_.end(); ++read) {
		if (read->ready > now_ || (read->held && host_time() < read->held))
			continue;
		ready.push_back(read);
		if (!options_.reorder)
			break;
	}
	if (ready.empty())
		return;
	auto read = ready[random_.below(ready.size())];
	bool over = false;

	rc_piece(*read, over);
	if (over)
		reads_.erase(read);
}

} // namespace pcie
