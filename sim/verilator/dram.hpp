/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card DRAM: an AXI4 slave of 512 bits with the timing of a DDR4 channel behind it. Rows
 * are open or not, banks are busy, refresh stops everything; accesses are done in the order
 * that suits the banks, answers come in order for each ID and in any order between IDs.
 * Every rule of AXI4 that the master could break is checked; a broken one throws
 * rtl::Broken.
 *
 *	dram::Slave memory(dram::ports_of(*model), seed);
 *	memory.manner.r = {3, 2};
 *	memory.write(0x1000, bytes.data(), bytes.size());
 *	rtl::cycle(clock, memory, ...);
 *
 * A read sees memory as it is when its data leave, a write takes effect just before its
 * answer: who relies on an order that AXI does not promise, gets wrong data.
 *
 * It is a stream like those of stream.hpp: before(), after(), reset().
 */
#ifndef DRAM_HPP
#define DRAM_HPP

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "stream.hpp"

namespace dram
{

/* Where a model has its ports. */
struct Ports {
	const CData *ar_valid, *ar_id, *ar_len, *ar_size, *ar_burst;
	const QData *ar_addr;
	CData *ar_ready;
	CData *r_valid, *r_id, *r_resp, *r_last;
	const CData *r_ready;
	VlWide<16> *r_data;
	const CData *aw_valid, *aw_id, *aw_len, *aw_size, *aw_burst;
	const QData *aw_addr;
	CData *aw_ready;
	const CData *w_valid, *w_last;
	const VlWide<16> *w_data;
	const QData *w_strb;
	CData *w_ready;
	CData *b_valid, *b_id, *b_resp;
	const CData *b_ready;
};

/* For models whose ports are called as those of dram_top. */
template <class Model> Ports ports_of(Model &m)
{
	return {&m.axi_arvalid_o, &m.axi_arid_o,    &m.axi_arlen_o,   &m.axi_arsize_o,
		&m.axi_arburst_o, &m.axi_araddr_o,  &m.axi_arready_i, &m.axi_rvalid_i,
		&m.axi_rid_i,     &m.axi_rresp_i,   &m.axi_rlast_i,   &m.axi_rready_o,
		&m.axi_rdata_i,   &m.axi_awvalid_o, &m.axi_awid_o,    &m.axi_awlen_o,
		&m.axi_awsize_o,  &m.axi_awburst_o, &m.axi_awaddr_o,  &m.axi_awready_i,
		&m.axi_wvalid_o,  &m.axi_wlast_o,   &m.axi_wdata_o,   &m.axi_wstrb_o,
		&m.axi_wready_i,  &m.axi_bvalid_i,  &m.axi_bid_i,     &m.axi_bresp_i,
		&m.axi_bready_o};
}

/*
 * In cycles of the card's clock: DDR4-2400 CL17, x8 chips of 8 Gbit, 64 bits and ECC, at
 * 250 MHz (one cycle is 4 ns, 4.8 clocks of the memory).
 */
struct Timing {
	/* Both ways through controller and PHY. */
	double overhead = 18;
	/* A line, eight transfers of 8 bytes: 3.33 ns. */
	double burst = 0.833;
	/* tCL, tRCD, tRP: 14.16 ns. */
	double cas = 3.54, rcd = 3.54, rp = 3.54;
	/* tRAS 32 ns, tWR 15 ns, tRRD 3.3 ns, tFAW 21 ns. */
	double ras = 8.0, wr = 3.75, rrd = 0.83, faw = 5.25;
	/* From reads to writes or back: tWTR and the bus. */
	double turnaround = 2.5;
	/* tREFI 7.8 us, tRFC 350 ns. */
	double refresh_every = 1950, refresh_takes = 87.5;
	/* Accesses among which the controller chooses; the longest one may be passed over. */
	unsigned int window = 64;
	double patience = 400;
};

/* How it behaves at its ports. */
struct Manner {
	rtl::Pace ar, aw, w, r, b;
	/* Lines of different IDs come mixed, whose is drawn by lot. */
	bool mixed = false;
};

/* What it has seen. */
struct Counts {
	uint64_t read_lines = 0, write_lines = 0;
	uint64_t row_hits = 0, row_misses = 0, refreshes = 0;
	uint64_t corrected = 0, uncorrectable = 0;
};

class Slave
{
      public:
	Timing timing;
	Manner manner;
	Counts counts;
	/* A read was announced; may be used to damage what it will find. */
	std::function<void(unsigned int id, uint64_t address, size_t lines)> on_read;
	/* IDs the master may use. */
	unsigned int ids = 16;
	/* What was never written reads as something that this chooses; zero: as zeroes. */
	uint64_t junk = 0;

	Slave(const Ports &ports, uint64_t seed);

	/* Direct, at once, whatever is under way; heals flipped bits that it covers. */
	void read(uint64_t address, void *to, size_t bytes) const;
	void write(uint64_t address, const void *from, size_t bytes);

	/* What was written before this byte, by whole pages of 4 KiB. */
	void forget(uint64_t end);

	/* One wrong bit in 8 bytes is corrected when read; two or more make the line's read
	 * fail (SLVERR, its data garbage), until all 8 bytes are written. */
	void flip(uint64_t address, unsigned int bit);

	/* Writes to this line are refused (SLVERR, no effect). */
	void refuse_writes(uint64_t line)
	{
		refused_.insert(line);
	}

	/* Nothing is under way. */
	bool idle() const;

	/* To be called when manner has been changed. */
	void pace();

	void before();
	void after(uint64_t now);
	void reset();

      private:
	struct Beat {
		std::array<uint8_t, 64> data{};
		uint64_t strb = 0;
		/* When it is done; before it was scheduled: never. */
		double ready = 1e30;
	};
	struct Burst {
		unsigned int id;
		uint64_t line;
		bool write;
		std::vector<Beat> beats;
		size_t next = 0;
	};
	using BurstPointer = std::shared_ptr<Burst>;
	struct Access {
		BurstPointer burst;
		size_t beat;
		double since;
	};
	struct Bank {
		bool open = false;
		uint64_t row = 0;
		/* From when on: activate, read or write, precharge. */
		double activate = 0, column = 0, precharge = 0;
	};
	struct Address {
		unsigned int bank;
		uint64_t row;
	};
	struct Plan {
		double activate, data;
	};
	/* What is offered and not taken must stay. */
	struct Offer {
		bool waits = false;
		std::array<uint8_t, 88> bytes{};
	};
	using Page = std::array<uint8_t, 4096>;

	Ports ports_;
	rtl::Random random_;
	rtl::Pacer ar_pacer_, aw_pacer_, w_pacer_, r_pacer_, b_pacer_;
	std::unordered_map<uint64_t, std::unique_ptr<Page>> pages_;
	std::map<uint64_t, std::set<unsigned int>> flips_; /* by 8 bytes */
	std::set<uint64_t> refused_;

	double now_ = 0;
	std::array<Bank, 16> banks_;
	std::deque<double> activations_;
	double bus_free_ = 0, next_refresh_ = 0;
	bool bus_writes_ = false;

	std::deque<Access> accesses_;
	std::map<unsigned int, std::deque<BurstPointer>> reads_;
	std::deque<BurstPointer> announced_; /* writes without all of their data */
	std::deque<Beat> early_;             /* data without an announcement */
	std::deque<bool> early_last_;
	std::deque<BurstPointer> writes_; /* with data, not answered */
	unsigned int last_id_ = 0;

	bool ar_takes_ = false, aw_takes_ = false, w_takes_ = false, r_takes_ = false,
	     b_takes_ = false;
	BurstPointer ar_burst_, aw_burst_;
	Beat w_beat_;
	bool w_last_ = false;
	Offer ar_offer_, aw_offer_, w_offer_;

	static Address address_of(uint64_t line);
	Plan plan(const Access &access) const;
	void commit(size_t which);
	void schedule();
	BurstPointer announce(bool write, unsigned int id, uint64_t address, unsigned int len,
			      unsigned int size, unsigned int burst) const;
	void hold(Offer &offer, bool valid, bool ready, const void *bytes, size_t count,
		  const char *what);
	void fill_writes();
	void drive_r();
	void drive_b();
	Page &page(uint64_t address);
	const Page *page_if(uint64_t address) const;
	Page fresh(uint64_t address) const;
	bool damaged(uint64_t line, Counts &into) const;
};

} // namespace dram

#endif /* DRAM_HPP */
