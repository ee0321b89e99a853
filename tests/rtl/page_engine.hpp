/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Packer and Unpacker share: a verilated engine between a source and a sink, with
 * the pages that are in it. Who derives from it checks the beats that leave.
 */
#ifndef PAGE_ENGINE_HPP
#define PAGE_ENGINE_HPP

#include <deque>

#include "stream.hpp"

template <class Model, class InBeat, class OutBeat, class Inside> class PageEngine
{
      protected:
	rtl::Clocked<Model> dut_;
	rtl::Source<InBeat> in_;
	rtl::Sink<OutBeat> out_;
	std::deque<Inside> inside_; /* pages, from the time they are pushed */
	uint64_t pages_ = 0;        /* that came out */

	/* port gives the beat's port of a model, whose name differs. */
	template <class Port>
	PageEngine(uint64_t seed, Port port)
	    : dut_(seed), in_(&dut_->in_valid_i, &dut_->in_ready_o, port(dut_), seed ^ 1),
	      out_(&dut_->out_valid_o, &dut_->out_ready_i, &dut_->out_o, seed ^ 2)
	{
	}

	~PageEngine() = default;

	virtual void step() = 0;

	template <class Taken> void for_each_taken(Taken taken)
	{
		for (; !out_.taken().empty(); out_.taken().pop_front())
			taken(out_.taken().front().beat);
	}

	void set_pace(rtl::Pace in, rtl::Pace out)
	{
		in_.pace(in);
		out_.pace(out);
	}

	void lose_all(unsigned int cycles)
	{
		in_.reset();
		out_.reset();
		dut_.reset(cycles);
		inside_.clear();
	}

      public:
	/* Runs until at most so many pages are waiting or inside. */
	void run(size_t most = 0)
	{
		while (inside_.size() > most)
			step();
	}

	void run_cycles(uint64_t cycles)
	{
		while (cycles--)
			step();
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	uint64_t pages() const
	{
		return pages_;
	}

	/* lib_pkg::engine_stats_t, word n from its end: latency_sum, latency_max, latency,
	 * occupancy_max, occupancy, blocked, starved, busy, pages. */
	uint32_t stats(unsigned int word)
	{
		return uint32_t(rtl::get_bits(dut_->stats_o, 32 * word, 32));
	}
};

#endif /* PAGE_ENGINE_HPP */
