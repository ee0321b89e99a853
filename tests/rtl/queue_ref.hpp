/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a queue pair, written from docs/interface.md: what its doorbells and push
 * slots come to, in the order in which the card accepts them, and when it may and must
 * raise its interrupt. Indices count from creation and are wider than the card's.
 */
#ifndef QUEUE_REF_HPP
#define QUEUE_REF_HPP

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "crc32c.h"
#include "pamc_if.h"
#include "stream.hpp"

namespace queue
{

using Entry = std::array<uint8_t, 64>;

template <class Value> Value field(const Entry &entry, size_t at)
{
	Value value;

	std::memcpy(&value, entry.data() + at, sizeof(value));
	return value;
}

template <class Value> void set_field(Entry &entry, size_t at, Value value)
{
	std::memcpy(entry.data() + at, &value, sizeof(value));
}

inline void seal(Entry &entry)
{
	set_field<uint32_t>(entry, offsetof(pamc_sqe, push_crc),
			    crc32c(entry.data(), PAMC_PUSH_CRC_BYTES));
}

struct Config {
	uint64_t sq_base = 0, cq_base = 0;
	unsigned int sq_shift = 4, cq_shift = 4, vector = 0, domain = 0;
	unsigned int count = 0, usec = 0;
	bool irq = false;
};

/* Interrupts: what is due, with some time for the card to get there. */
struct IrqRef {
	bool armed = false;
	bool maybe = false;        /* an arm and an interrupt may have crossed */
	std::deque<uint64_t> arms; /* that an interrupt may come for */
	bool waits = false;        /* armed, and there are entries: since when */
	bool may_wait = false;
	uint64_t since = 0;
	uint64_t time_since = 0;   /* the same, but a short break does not count */
	uint64_t ended = 0;        /* of the last break */
	uint64_t enough_since = 0; /* 0: not due at once */
	uint64_t enough_last = 0;  /* was due at once the last time */
	uint64_t waiting_last = 0; /* was armed with entries the last time */
};

class Ref
{
      public:
	Config config;
	uint64_t tail = 0;    /* submitted, as the card may know */
	uint64_t handed = 0;  /* entries that came out */
	uint64_t head = 0;    /* consumed, as the host has told */
	uint64_t posted = 0;  /* completion entries written */
	uint64_t bad_min = 0; /* doorbells to be counted; some may or may not be */
	uint64_t bad_max = 0;
	IrqRef irq;

      private:
	std::array<Entry, PAMC_PUSH_SLOTS> slots_{};
	std::array<bool, PAMC_PUSH_SLOTS> fresh_{};
	std::deque<std::pair<uint64_t, uint64_t>> heads_; /* that may still count, until when */

	/* The index of 16 bits that is nearest to a full one. */
	static int64_t distance(uint16_t index, uint64_t from)
	{
		return int16_t(uint16_t(index - uint16_t(from)));
	}

	/* Takes what is in the tail's slot, and what comes after it. */
	void take()
	{
		for (;;) {
			unsigned int slot = tail % PAMC_PUSH_SLOTS;
			const Entry &entry = slots_[slot];

			if (!fresh_[slot] ||
			    field<uint32_t>(entry, offsetof(pamc_sqe, push_crc)) !=
				crc32c(entry.data(), PAMC_PUSH_CRC_BYTES) ||
			    field<uint16_t>(entry, offsetof(pamc_sqe, sq_index)) != uint16_t(tail))
				return;
			fresh_[slot] = false;
			tail++;
		}
	}

      public:
	uint64_t sq_entries() const
	{
		return uint64_t(1) << config.sq_shift;
	}

	uint64_t cq_entries() const
	{
		return uint64_t(1) << config.cq_shift;
	}

	void sq_tail(uint16_t index)
	{
		uint16_t ahead = uint16_t(index - uint16_t(handed));

		/* Entries that are on their way out count as handed out; nobody writes values
		 * that are only just too large. */
		if (ahead > sq_entries() + 16) {
			bad_max++;
			bad_min++;
			return;
		}
		/* Behind the next entry to be handed out, by now? */
		if (distance(index, tail) <= 0) {
			bad_max++;
			return;
		}
		for (uint64_t next = tail + uint64_t(distance(index, tail)); tail != next; tail++)
			fresh_[tail % PAMC_PUSH_SLOTS] = false;
		take();
	}

	void cq_head(uint16_t index, bool arm, uint64_t now)
	{
		uint16_t step = uint16_t(index - uint16_t(head));

		if (step > posted - head) {
			bad_max++;
			bad_min++;
			return;
		}
		if (step)
			heads_.push_back({now, head});
		head += step;
		if (arm) {
			irq.armed = true;
			irq.maybe = false;
			irq.arms.push_back(now);
			if (irq.arms.size() > 40)
				irq.arms.pop_front();
		}
	}

	/* Dwords of a slot: byte n of data if bit n of strobe is set. */
	void slot_write(unsigned int slot, const uint8_t *data, uint64_t strobe)
	{
		for (unsigned int n = 0; n < 64; n++) {
			if (strobe >> n & 1)
				slots_[slot][n] = data[n];
		}
		if (strobe >> 63)
			fresh_[slot] = true;
		/* A stale one is forgotten at once. */
		const Entry &entry = slots_[slot];
		uint16_t index = field<uint16_t>(entry, offsetof(pamc_sqe, sq_index));

		if (fresh_[slot] && index % PAMC_PUSH_SLOTS == slot &&
		    uint16_t(index - uint16_t(tail)) >= PAMC_PUSH_SLOTS &&
		    field<uint32_t>(entry, offsetof(pamc_sqe, push_crc)) ==
			crc32c(entry.data(), PAMC_PUSH_CRC_BYTES))
			fresh_[slot] = false;
		take();
	}

	/* Waits for room in its completion ring. */
	bool stalls() const
	{
		return tail > handed && handed - head >= cq_entries();
	}

	/* Each cycle: keeps the times. */
	void irq_step(uint64_t now)
	{
		/* A head that was accepted is on its way for some cycles. */
		while (!heads_.empty() && now - heads_.front().first > 12)
			heads_.pop_front();
		uint64_t old_head = heads_.empty() ? head : heads_.front().second;
		uint64_t waiting = posted - old_head;
		bool waits = irq.armed && posted != head;
		bool enough =
		    (irq.armed || irq.maybe) && waiting &&
		    ((!config.count && !config.usec) || (config.count && waiting >= config.count) ||
		     waiting >= cq_entries());

		bool may_wait = (irq.armed || irq.maybe) && waiting;

		if (waits && !irq.waits)
			irq.since = now;
		if (may_wait && !irq.may_wait && now - irq.ended > 600)
			irq.time_since = now;
		if (!may_wait && irq.may_wait)
			irq.ended = now;
		irq.waits = waits;
		irq.may_wait = may_wait;
		if (may_wait)
			irq.waiting_last = now;
		if (enough || (may_wait && tail - old_head > cq_entries()))
			irq.enough_last = now;
		if (!waits || heads_.size() || !(enough || stalls()))
			irq.enough_since = 0;
		else if (!irq.enough_since)
			irq.enough_since = now;
	}

	/* An interrupt came: was it right? It was decided at most so many cycles ago. */
	std::string irq_came(uint64_t now, uint64_t slack, uint64_t cycles_per_us)
	{
		std::string what;

		if (!config.irq)
			what = "an interrupt of a queue that has none";
		else if (irq.arms.empty())
			what = "an interrupt of a queue that is not armed";
		else if (now - irq.waiting_last > slack)
			what = "an interrupt and no entries";
		else if (now - irq.enough_last > slack &&
			 !(config.usec && now - irq.time_since + 8 >= config.usec * cycles_per_us))
			what = "an interrupt too early: " + std::to_string(posted - head) +
			       " entries, " + std::to_string(now - irq.time_since) + " cycles";
		/* Arms that came before it was decided are over. */
		if (!irq.arms.empty())
			irq.arms.pop_front();
		while (!irq.arms.empty() && now - irq.arms.front() >= slack)
			irq.arms.pop_front();
		irq.maybe = !irq.arms.empty();
		irq.armed = irq.waits = irq.may_wait = false;
		irq.enough_since = irq.ended = 0;
		return what;
	}

	/* Is one missing? */
	std::string irq_missing(uint64_t now, uint64_t slack, uint64_t cycles_per_us) const
	{
		if (irq.enough_since && now - irq.enough_since > slack)
			return "no interrupt for " + std::to_string(posted - head) + " entries";
		if (irq.waits && config.usec &&
		    now - irq.since > (config.usec + 1) * cycles_per_us + slack)
			return "no interrupt when the time of " + std::to_string(config.usec) +
			       " us was up, since " + std::to_string(irq.since) + ", " +
			       std::to_string(posted - head) + " entries";
		return {};
	}
};

} // namespace queue

#endif /* QUEUE_REF_HPP */
