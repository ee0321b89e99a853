/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of the card's four PCI Express streams: the hard block of an AMD
 * UltraScale+ device at 512 bits (PG213: dword-aligned, no straddling, client tags) with
 * a host behind it. Every packet of the card is checked against the rules; a broken one
 * throws rtl::Broken.
 *
 *	pcie::RootComplex host(pcie::ports_of(*model), seed);
 *	host.on_read = [](uint64_t address, void *to, size_t bytes) { ...; return true; };
 *	host.on_write = ...;
 *	host.mmio_write(0, 0x38, &value, 4);
 *	auto id = host.mmio_read(0, 0x38, 4);
 *	while (!host.answered(id))
 *		rtl::cycle(clock, host, ...);
 *
 * It is a stream like those of stream.hpp: before(), after(), reset().
 */
#ifndef ROOT_COMPLEX_HPP
#define ROOT_COMPLEX_HPP

#include <array>
#include <functional>
#include <list>
#include <map>
#include <vector>

#include "credits.hpp"
#include "stream.hpp"

namespace pcie
{

/* Where a model has its ports. */
struct Ports {
	CData *cq_valid, *cq_last;
	const CData *cq_ready, *np_req;
	uint32_t *cq_data, *cq_user;
	SData *cq_keep;

	const CData *cc_valid, *cc_last;
	CData *cc_ready;
	const uint32_t *cc_data, *cc_user;
	const SData *cc_keep;

	const CData *rq_valid, *rq_last;
	CData *rq_ready;
	const uint32_t *rq_data, *rq_user;
	const SData *rq_keep;

	CData *rc_valid, *rc_last;
	const CData *rc_ready;
	uint32_t *rc_data, *rc_user;
	SData *rc_keep;

	CData *max_payload, *max_read_req, *ext_tag, *bus_master, *msix_enable, *msix_mask;
	CData *flr_in_process, *cpl_timeout;
	const CData *flr_done;
};

/* For models whose ports are called as those of pcie_top. */
template <class Model> Ports ports_of(Model &m)
{
	return {&m.cq_tvalid_i,     &m.cq_tlast_i,           &m.cq_tready_o,
		&m.cq_np_req_o,     m.cq_tdata_i.data(),     m.cq_tuser_i.data(),
		&m.cq_tkeep_i,      &m.cc_tvalid_o,          &m.cc_tlast_o,
		&m.cc_tready_i,     m.cc_tdata_o.data(),     m.cc_tuser_o.data(),
		&m.cc_tkeep_o,      &m.rq_tvalid_o,          &m.rq_tlast_o,
		&m.rq_tready_i,     m.rq_tdata_o.data(),     m.rq_tuser_o.data(),
		&m.rq_tkeep_o,      &m.rc_tvalid_i,          &m.rc_tlast_i,
		&m.rc_tready_o,     m.rc_tdata_i.data(),     m.rc_tuser_i.data(),
		&m.rc_tkeep_i,      &m.cfg_max_payload_i,    &m.cfg_max_read_req_i,
		&m.cfg_ext_tag_i,   &m.cfg_bus_master_i,     &m.cfg_msix_enable_i,
		&m.cfg_msix_mask_i, &m.cfg_flr_in_process_i, &m.cfg_cpl_timeout_i,
		&m.cfg_flr_done_o};
}

/* What can be wrong with the answer to a read. */
enum Fault {
	NO_FAULT,
	FAULT_UNSUPPORTED, /* status UR, maybe after some data */
	FAULT_ABORT,       /* status CA, likewise */
	FAULT_POISONED,    /* a completion is poisoned */
	FAULT_DISCONTINUE, /* a completion is cut by the hard block */
	FAULT_COUNT,       /* a completion's byte count is wrong; nothing follows */
	FAULT_ADDRESS,     /* a completion's address is wrong; nothing follows */
	FAULT_GIVEN_UP,    /* the hard block reports its own timeout */
	FAULT_DROPPED,     /* never answered */
	FAULT_LATE,        /* answered late_cycles late */
	FAULTS
};

struct Options {
	/* Bytes. */
	unsigned int max_payload = 512, max_read_req = 512, rcb = 64;
	/* Extended Tag Field Enable: without it, tags have five bits. Not to be changed while
	 * reads are open. */
	bool ext_tag = true;
	/* Completion Timeout Value of Device Control 2; 1: 100 us. */
	unsigned int cpl_timeout = 0;
	/* Cycles from a read's arrival to its first completion: 800 ns at 250 MHz. */
	unsigned int latency = 200, latency_spread = 0;
	/* Of each direction, with headers and framing: 8 GT/s x16, 128b/130b, at 250 MHz.
	 * 0: as fast as the streams are. */
	double bytes_per_cycle = 63.0;
	/* What the host has room for: writes, their data in units of 16 bytes, reads; and
	 * cycles from a request's arrival until its room can be used again. 0: any number. */
	unsigned int posted = 64, posted_data = 1024, non_posted = 64;
	unsigned int credit_latency = 50;
	/* Completions are cut at random multiples of rcb; else as long as may be. */
	bool split = false;
	/* Completions of different reads in any order; else one read after the other. */
	bool reorder = false;
	rtl::Pace cq, cc, rq, rc;
	/* One read in so many has this fault; 0: none. */
	std::array<unsigned int, FAULTS> one_in{};
	unsigned int late_cycles = 5000;
	/* One completion in so many is followed by one that nobody asked for. */
	unsigned int stray_one_in = 0;
	/* The card may use the tag of a read that was not answered to its end again after
	 * so many cycles. */
	uint64_t forget_after = ~0ull;
	/* Writes of a dword to here are interrupts. */
	uint64_t msi_base = 0xfee00000, msi_size = 0x100000;
	std::array<uint64_t, 6> bars = {0x3fe0000000, 0, 0x3fe0100000, 0, 0, 0};
};

/* Types of requests by the host. */
enum Type : uint8_t {
	MEM_READ,
	MEM_WRITE,
	IO_READ,
	IO_WRITE,
	FETCH_ADD,
	SWAP,
	COMPARE_SWAP,
	MEM_READ_LOCKED,
	MESSAGE = 12
};

struct HostRequest {
	Type type = MEM_READ;
	unsigned int bar = 0;
	uint64_t offset = 0; /* in the BAR, of the first dword */
	unsigned int dwords = 1;
	uint8_t first_be = 15, last_be = 0;
	std::vector<uint32_t> data;
	bool discontinue = false;
};

struct HostAnswer {
	unsigned int status = 0;
	std::vector<uint32_t> data;
};

struct Counts {
	uint64_t rq_packets = 0, rq_beats = 0, write_bytes = 0, reads = 0, probes = 0;
	uint64_t rc_packets = 0, rc_beats = 0, read_bytes = 0, interrupts = 0;
	uint64_t completions = 0; /* entries of 16 bytes: nothing else is so short */
	uint64_t faults[FAULTS] = {}, strays = 0;
};

class RootComplex
{
      public:
	/* False: not the card's to use. 0 bytes: is it there? */
	std::function<bool(uint64_t address, void *to, size_t bytes)> on_read;
	std::function<bool(uint64_t address, const void *from, size_t bytes)> on_write;
	std::function<void(uint64_t address, uint32_t data)> on_interrupt;
	/* Until when by time of its own, not the card's, a read of so many bytes (none: a probe)
	 * has no answer; and what time that is. */
	std::function<uint64_t(size_t bytes)> held_until;
	/* Whether a read of so many bytes (none: a probe) is refused, although it is allowed. */
	std::function<bool(size_t bytes)> refuses;
	std::function<uint64_t()> host_time;
	/* Which reads may suffer the faults of one_in; not set: all. */
	std::function<bool(uint64_t address)> suffers;

	RootComplex(const Ports &ports, uint64_t seed);

	/* May be changed at any time. */
	Options &options()
	{
		return options_;
	}

	/* Configuration space. */
	void set_bus_master(bool on);
	void set_msix(bool enable, bool mask);

	/* Requests; what wants an answer gets a number. */
	uint64_t submit(const HostRequest &request);
	void mmio_write(unsigned int bar, uint64_t offset, const void *from, size_t bytes);
	/* Within 64 bytes of dwords. */
	uint64_t mmio_read(unsigned int bar, uint64_t offset, size_t bytes);
	bool answered(uint64_t id) const;
	HostAnswer answer(uint64_t id);
	/* Zero when all requests are delivered and answered. */
	size_t waiting() const;

	/* Function-level reset; over when the card says so. */
	void start_flr();
	bool flr() const;

	/* What the last read of this line suffered. */
	Fault fault(uint64_t address) const;
	/* Reads that are to be answered. */
	size_t reads() const;
	const Counts &counts() const
	{
		return counts_;
	}
	/* Answers that are held back come. */
	void let_go();
	void clear_counts()
	{
		counts_ = {};
	}

	void before();
	void after(uint64_t now);
	void reset();

      private:
	struct Beat {
		uint32_t data[16];
		uint32_t user[6];
		uint16_t keep;
		bool last;
	};

	struct Read {
		uint64_t address, sent; /* bytes sent */
		unsigned int dwords, tag;
		uint8_t first_be;
		uint64_t came, ready;
		Fault fault;
		uint64_t held;
		uint64_t fault_at; /* the piece that has it begins at or behind this byte */
	};

	struct Tag {
		bool used = false, forgotten = false;
		uint64_t since = 0;
	};

	struct Wanted {
		HostRequest request;
		unsigned int tag;
		uint16_t requester;
		uint8_t attr, tc;
	};

	struct Collector {
		std::vector<uint32_t> dwords;
		uint8_t first_be = 0, last_be = 0;
		bool waits = false;
		uint32_t offer[24] = {};
	};

	[[noreturn]] void broken(const std::string &what) const;
	void check_beat(const char *name, Collector &c, bool valid, bool ready,
			const uint32_t *data, uint16_t keep, bool last, unsigned int sop,
			unsigned int eop, unsigned int eop_ptr, const uint32_t *user,
			unsigned int user_words);
	void refill();
	bool rq_has_room() const;
	void rq_packet(const Collector &packet);
	void rq_read(uint64_t address, unsigned int dwords, unsigned int tag,
		     const Collector &packet);
	void rq_write(uint64_t address, unsigned int dwords, const Collector &packet);
	void cc_packet(const Collector &packet);
	void cq_next();
	void rc_next();
	void rc_piece(Read &read, bool &over);
	void rc_send(std::vector<uint32_t> dwords, unsigned int tag, bool discontinue, bool ends);
	void rc_stray();
	void put(const Beat &beat, uint32_t *data, uint32_t *user, SData *keep, CData *last,
		 unsigned int user_words);

	Ports ports_;
	Options options_;
	rtl::Random random_;
	rtl::Pacer cq_pace_, cc_pace_, rq_pace_, rc_pace_;
	uint64_t now_ = 0;
	Counts counts_;

	bool bus_master_ = false, msix_enable_ = false, msix_mask_ = false, flr_ = false;
	uint64_t bus_master_off_ = 0;

	std::deque<std::pair<uint64_t, HostRequest>> posted_, non_posted_;
	uint64_t next_id_ = 1, next_order_ = 1;
	std::deque<uint64_t> non_posted_ids_;
	std::deque<Beat> cq_;
	unsigned int credits_ = 0;
	std::map<uint64_t, Wanted> wanted_;
	std::map<uint64_t, HostAnswer> answers_;

	std::list<Read> reads_;
	std::array<Tag, 256> tags_;
	std::map<uint64_t, Fault> faults_;
	std::deque<Beat> rc_;
	int rc_ends_ = -1; /* this tag's last completion is in rc_ */
	double down_budget_ = 0, up_budget_ = 0;
	Credits host_room_;
	Collector rq_in_, cc_in_;
	bool cq_taken_ = false, rc_taken_ = false, rq_taken_ = false, cc_taken_ = false;
};

} // namespace pcie

#endif /* ROOT_COMPLEX_HPP */
