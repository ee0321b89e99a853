/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives verilated modules that have valid/ready streams: a clock, sources that offer
 * beats, sinks that take them, both with random gaps, and the stream's rules checked.
 *
 *	rtl::Clocked<Vfoo> foo(seed);
 *	rtl::Source<VlWide<6>> in(&foo->in_valid_i, &foo->in_ready_o, &foo->in_i, seed);
 *	rtl::Sink<VlWide<10>> out(&foo->out_valid_o, &foo->out_ready_i, &foo->out_o, seed);
 *	foo.reset();
 *	in.push(beat);
 *	while (out.taken().empty())
 *		rtl::cycle(foo, in, out);
 *
 * A module must have no combinational path from an input of a stream to an output of
 * another: all inputs of a cycle are set at once, and outputs are as of its beginning.
 */
#ifndef STREAM_HPP
#define STREAM_HPP

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "verilated.h"
#if VM_COVERAGE
#include <cstdlib>

#include "verilated_cov.h"
#endif

namespace rtl
{

/* Random numbers (splitmix64). */
class Random
{
	uint64_t state_;

      public:
	explicit Random(uint64_t seed) : state_(seed)
	{
	}

	uint64_t operator()()
	{
		uint64_t z = state_ += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		return z ^ z >> 31;
	}

	/* 0 ... below - 1. */
	uint64_t below(uint64_t below)
	{
		return (*this)() % below;
	}

	/* low ... high. */
	uint64_t between(uint64_t low, uint64_t high)
	{
		return low + below(high - low + 1);
	}

	bool one_in(uint64_t n)
	{
		return below(n) == 0;
	}
};

/* How a stream's end behaves: it works for 1 ... work cycles, then rests for 1 ... rest. */
struct Pace {
	unsigned int work = 1;
	unsigned int rest = 0; /* never rests */
};

class Pacer
{
	Pace pace_;
	Random random_;
	bool working_ = false;
	uint64_t left_ = 0;

      public:
	explicit Pacer(uint64_t seed) : random_(seed)
	{
	}

	void set(Pace pace)
	{
		pace_ = pace;
		left_ = 0;
	}

	/* What may be set at any time, in each cycle. */
	void follow(Pace pace)
	{
		if (pace.work != pace_.work || pace.rest != pace_.rest)
			set(pace);
	}

	/* Works in the next cycle? */
	bool next()
	{
		if (pace_.rest == 0)
			return true;
		if (left_ == 0) {
			working_ = !working_;
			left_ = random_.between(1, working_ ? pace_.work : pace_.rest);
		}
		left_--;
		return working_;
	}
};

/* A field of a beat; a beat is a port's type: QData, VlWide<n> ... */
template <class Beat> uint64_t get_bits(const Beat &beat, unsigned int low, unsigned int width)
{
	const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&beat);
	uint64_t value = 0;

	for (unsigned int n = 0; n < width; n++)
		value |= uint64_t(bytes[(low + n) / 8] >> (low + n) % 8 & 1) << n;
	return value;
}

template <class Beat>
void set_bits(Beat &beat, unsigned int low, unsigned int width, uint64_t value)
{
	uint8_t *bytes = reinterpret_cast<uint8_t *>(&beat);

	for (unsigned int n = 0; n < width; n++) {
		uint8_t bit = 1u << (low + n) % 8;

		bytes[(low + n) / 8] &= ~bit;
		if (value >> n & 1)
			bytes[(low + n) / 8] |= bit;
	}
}

/* A broken rule of a stream, or a hang. */
struct Broken : std::runtime_error {
	using std::runtime_error::runtime_error;
};

/* A model with its clock. */
template <class Model> class Clocked
{
	std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
	std::unique_ptr<Model> model_;
	uint64_t now_ = 0;

      public:
	/* Called after each half of a cycle, to write the signals down. */
	std::function<void(uint64_t time)> on_half;

	/* Registers without a reset start as anything. */
	explicit Clocked(uint64_t seed)
	{
#if VM_TRACE
		context_->traceEverOn(true);
#endif
		context_->randReset(2);
		context_->randSeed(int(seed & 0x7fffffff));
		model_ = std::make_unique<Model>(context_.get());
		model_->clk_i = 0;
		model_->rst_ni = 1;
		model_->eval();
	}

#if VM_COVERAGE
	/* One file for each model that was made; tools/rtl/coverage.py adds them up. */
	void write_coverage()
	{
		static unsigned int number;
		const char *prefix = std::getenv("PAMCARD_COVERAGE");

		context_->coveragep()->write(std::string(prefix ? prefix : "coverage") + "." +
					     std::to_string(number++) + ".dat");
	}
#endif

	~Clocked()
	{
		/* The model takes leave of the thread's context, which must not be the one
		 * of another model that is gone already. */
		Verilated::threadContextp(context_.get());
		model_->final();
#if VM_COVERAGE
		write_coverage();
#endif
		model_.reset();
	}

	Clocked(const Clocked &) = delete;
	Clocked &operator=(const Clocked &) = delete;

	Model *operator->()
	{
		return model_.get();
	}

	void half(CData clk)
	{
		model_->clk_i = clk;
		model_->eval();
		if (on_half)
			on_half(context_->time());
		context_->timeInc(1);
	}

	/* One cycle, from rising edge to rising edge: what a test sets changes as registers do, so
	 * that clocks that stand still (lib_clock_gate) see it before the edge. */
	void edge()
	{
		half(0);
		half(1);
		now_++;
	}

	/* Streams have to be told, too: Source::reset, Sink::reset. */
	void reset(unsigned int cycles = 2)
	{
		model_->rst_ni = 0;
		model_->eval();
		while (cycles--)
			edge();
		model_->rst_ni = 1;
		model_->eval();
	}

	/* Cycles since the beginning. */
	uint64_t now() const
	{
		return now_;
	}
};

/* Offers beats in order. What is offered stays until it is taken. */
template <class Beat> class Source
{
	CData *valid_;
	const CData *ready_;
	Beat *port_;
	Pacer pacer_;
	std::deque<Beat> beats_;
	bool taken_ = false;
	uint64_t count_ = 0;

      public:
	Source(CData *valid, const CData *ready, Beat *port, uint64_t seed)
	    : valid_(valid), ready_(ready), port_(port), pacer_(seed)
	{
		*valid_ = 0;
	}

	void pace(Pace pace)
	{
		pacer_.set(pace);
	}

	void push(const Beat &beat)
	{
		beats_.push_back(beat);
	}

	/* Beats that have not been taken. */
	size_t waiting() const
	{
		return beats_.size();
	}

	/* Beats taken since the beginning. */
	uint64_t count() const
	{
		return count_;
	}

	void before()
	{
		bool work = pacer_.next();

		if (!*valid_ && work && !beats_.empty()) {
			*valid_ = 1;
			*port_ = beats_.front();
		}
		taken_ = *valid_ && *ready_;
	}

	void after(uint64_t)
	{
		if (taken_) {
			beats_.pop_front();
			count_++;
			*valid_ = 0;
			/* Nobody may look at it now. Bits above the port's width stay 0, so
			 * the top word is left alone. */
			std::memset(static_cast<void *>(port_), 0x5a, sizeof(*port_) - 4);
		}
	}

	void reset()
	{
		beats_.clear();
		*valid_ = 0;
	}
};

/* Takes beats and keeps them with the cycle in which they were taken. */
template <class Beat> class Sink
{
      public:
	struct Taken {
		Beat beat;
		uint64_t when;
	};

      private:
	const CData *valid_;
	CData *ready_;
	const Beat *port_;
	Pacer pacer_;
	std::deque<Taken> taken_;
	bool waits_ = false;
	bool takes_ = false;
	Beat waiting_{};

      public:
	Sink(const CData *valid, CData *ready, const Beat *port, uint64_t seed)
	    : valid_(valid), ready_(ready), port_(port), pacer_(seed)
	{
		*ready_ = 0;
	}

	void pace(Pace pace)
	{
		pacer_.set(pace);
	}

	std::deque<Taken> &taken()
	{
		return taken_;
	}

	void before()
	{
		if (waits_ && (!*valid_ || std::memcmp(&waiting_, port_, sizeof(waiting_)) != 0))
			throw Broken("a beat that was offered and not taken has changed");
		*ready_ = pacer_.next();
		waits_ = *valid_ && !*ready_;
		if (waits_)
			waiting_ = *port_;
		takes_ = *valid_ && *ready_;
		if (takes_)
			taken_.push_back({*port_, 0});
	}

	void after(uint64_t now)
	{
		if (takes_)
			taken_.back().when = now;
	}

	void reset()
	{
		taken_.clear();
		waits_ = false;
		*ready_ = 0;
	}
};

/* A cycle of a model with all its streams. */
template <class Clock, class... Streams> void cycle(Clock &clock, Streams &...streams)
{
	(streams.before(), ...);
	clock.edge();
	(streams.after(clock.now()), ...);
}

} // namespace rtl

#endif /* STREAM_HPP */
