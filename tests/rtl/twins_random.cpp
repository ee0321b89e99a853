// SPDX-License-Identifier: Apache-2.0
/* Random streams: mostly commands that mean something, some that are wrong in one thing. */
#include <cstddef>

#include "pamc_if.h"
#include "twins_stream.hpp"

namespace card_stream
{

namespace
{

class Maker
{
	rtl::Random random_;
	Flavour flavour_;
	Stream stream_;
	unsigned int steps_;
	/* What is believed to be there; a stream need not be right in it. */
	struct Pool {
		bool there = false;
		uint64_t order = 0, domain = 0;
	};
	Pool pools_[POOLS + 1];

	bool one_in(uint64_t n)
	{
		return random_.one_in(n);
	}

	uint64_t below(uint64_t n)
	{
		return random_.below(n);
	}

	Step &add(Kind kind)
	{
		stream_.steps.emplace_back();
		stream_.steps.back().kind = kind;
		return stream_.steps.back();
	}

	bool full() const
	{
		return flavour_ == Flavour::FULL;
	}

	bool flash() const
	{
		return flavour_ == Flavour::FLASH;
	}

	/* Whether there was room would depend on how fast pages leave; what may be promised of
	 * flash alone, on how it is divided, which is not the same. */
	void keep(Step &step)
	{
		step.type = PAMC_POOL_TYPE_PERSISTENT;
		step.limit = 0;
		if (one_in(3)) {
			step.flags |= PAMC_POOL_DURABLE;
			step.reserve = 0;
		}
	}

	uint64_t order()
	{
		return one_in(3) ? below(PAMC_MAX_PAGE_ORDER + 1) : 0;
	}

	/* Pages; what can be promised depends on what is where, unless it is one at a time. */
	uint64_t reserve(uint64_t most, uint64_t order)
	{
		return below(most) >> (flavour_ == Flavour::MANY || flash() ? order : 0);
	}

	void create(uint64_t place)
	{
		Step &step = add(CREATE);

		step.pool = place;
		step.type = one_in(2) ? PAMC_POOL_TYPE_PERSISTENT : PAMC_POOL_TYPE_EPHEMERAL;
		step.order = order();
		step.domain = domain_of(one_in(5) ? QUEUES : 1);
		if (one_in(6))
			step.flags |= PAMC_POOL_EXCLUSIVE;
		if (one_in(12))
			step.flags |= PAMC_POOL_FROZEN;
		if (one_in(full() ? 3 : 5))
			step.limit = random_.between(1, 40);
		if (step.type == PAMC_POOL_TYPE_PERSISTENT && one_in(3))
			step.reserve = reserve(full() && one_in(3) ? 200 : 20, step.order);
		if (step.limit && step.reserve > step.limit && !one_in(4))
			step.limit = step.reserve;
		if (flash())
			keep(step);
		pools_[place] = {true, step.order, step.domain};
		if (!one_in(10))
			return;
		/* Such that there will be none. */
		pools_[place] = Pool();
		switch (below(5)) {
		case 0:
			step.type = random_.between(2, 255);
			break;
		case 1:
			step.order = random_.between(PAMC_MAX_PAGE_ORDER + 1, 255);
			break;
		case 2:
			step.flags |= 8u << below(28);
			break;
		case 3:
			step.rsvd = random_.between(1, 0xffffffff);
			break;
		default:
			/* With flash there is more of it in the model. */
			step.reserve = random_() >> below(flash() ? 20 : 64);
			break;
		}
	}

	/* Few handles, so that they meet: fewer of long pages, or none would fit. */
	void handle(Step &step, uint64_t order)
	{
		uint64_t indices = full()    ? 60 >> (order / 2)
				   : flash() ? 6 >> order / 2
					     : 16 >> order;

		step.object = below(2);
		step.object2 = below(2);
		step.index = below(indices ? indices : 1);
		if (one_in(4))
			step.index |= 1ull << (32 + step.index % 31);
	}

	void io()
	{
		static const uint8_t mix[] = {PAMC_OP_PUT,   PAMC_OP_PUT,       PAMC_OP_PUT,
					      PAMC_OP_GET,   PAMC_OP_GET,       PAMC_OP_GET,
					      PAMC_OP_GET,   PAMC_OP_QUERY,     PAMC_OP_QUERY,
					      PAMC_OP_QUERY, PAMC_OP_FLUSH_PAGE};
		Step step;

		step.opcode = mix[below(sizeof(mix))];
		if (one_in(25))
			step.opcode = one_in(2) ? PAMC_OP_NOP : PAMC_OP_SYNC;
		/* At first they are put, later got. */
		if (flash() && one_in(stream_.steps.size() < steps_ / 2 ? 2 : 8))
			step.opcode = PAMC_OP_PUT;
		if (one_in(full() ? 60 : 30))
			step.opcode = PAMC_OP_FLUSH_OBJECT;
		step.pool = random_.between(1, POOLS);
		/* Most pages are of 4 KiB. */
		for (unsigned int n = 0;
		     n < 5 && (pools_[step.pool].order > 1 || !pools_[step.pool].there); n++)
			step.pool = random_.between(1, POOLS);
		step.queue = pools_[step.pool].domain == domain_of(QUEUES) ? QUEUES
			     : one_in(30)                                  ? QUEUES
					  : random_.between(1, QUEUES - 1);
		handle(step, pools_[step.pool].order);
		step.push = one_in(3);
		if (step.opcode == PAMC_OP_PUT || step.opcode == PAMC_OP_GET) {
			step.list = one_in(3);
			if (step.list)
				step.flags |= PAMC_SQE_LIST;
			step.bad = one_in(25);
			step.entry = step.list && one_in(20);
			step.data = random_() >> 16;
		}
		if (step.opcode == PAMC_OP_PUT && one_in(8)) {
			step.flags |= PAMC_SQE_CRC;
			step.crc = one_in(3) ? 2 : 1;
		}
		if (step.opcode == PAMC_OP_GET && one_in(6))
			step.flags |= PAMC_SQE_EXCLUSIVE;
		if (one_in(20))
			spoil(step);
		if (one_in(60))
			step.push = 2 + below(64);
		if (flavour_ == Flavour::MANY && one_in(120))
			step.abort = one_in(2) ? 1 : 2 + below(one_in(2) ? 30 : 400);
		/* It must come by the ring to be overtaken. */
		if (step.abort == 1)
			step.push = 0;
		stream_.steps.push_back(step);
	}

	/* So much by one queue pair that the last one can be aborted before its turn. */
	void burst()
	{
		uint64_t queue = random_.between(1, QUEUES - 1);

		for (unsigned int n = 0; n < 16; n++) {
			io();

			Step &step = stream_.steps.back();

			step.queue = queue;
			step.push = step.abort = 0;
			if (n == 15)
				step.abort = 1;
		}
	}

	void spoil(Step &step)
	{
		switch (below(8)) {
		case 0:
			step.opcode = random_.between(PAMC_OP_QUERY + 1, 255);
			break;
		case 1:
			step.flags ^= 1u << below(8);
			break;
		case 2:
			step.function = random_.between(1, 0xffff);
			break;
		case 3:
			step.rsvd = random_.between(1, 0xffffffff);
			break;
		case 4:
			step.pool_xor = 1u << below(32);
			break;
		case 5:
			step.offset = one_in(2) ? 8 * random_.between(1, 511) : below(4096);
			break;
		case 6:
			step.high = 1;
			break;
		default:
			step.pool = 0;
			break;
		}
	}

	/* Admin commands that are refused, or harmless. */
	void admin()
	{
		Step &step = add(ADMIN);

		step.opcode = PAMC_ADMIN_IDENTIFY;
		step.length = 4096;
		switch (below(10)) {
		case 0:
			step.length = below(one_in(2) ? 1024 : 0x20000);
			break;
		case 1:
			step.opcode = one_in(2) ? below(PAMC_ADMIN_IDENTIFY)
						: random_.between(PAMC_ADMIN_SANITIZE + 1, 255);
			break;
		case 2:
			/* Of a queue pair that is there, or of none that can be. */
			step.opcode = one_in(2) ? PAMC_ADMIN_QP_CREATE : PAMC_ADMIN_QP_DELETE;
			step.id = step.opcode == PAMC_ADMIN_QP_DELETE ? random_.between(60, 200)
				  : one_in(2)                         ? 1 + below(QUEUES)
								      : 64 + below(1000);
			break;
		case 3:
			/* Rings that cannot be. */
			step.opcode = PAMC_ADMIN_QP_CREATE;
			step.id = 40;
			step.p0 = one_in(3) ? 8 : 0x100000;
			step.p1 = one_in(3) ? ~uint64_t(0) << 12 : 0x200000;
			step.p2 = below(256) | below(256) << 8;
			step.p3 = random_.between(1, 0xffff) << 32;
			break;
		case 4:
			step.opcode = one_in(2) ? PAMC_ADMIN_FEATURE_GET : PAMC_ADMIN_FEATURE_SET;
			do
				step.id = below(9);
			while (step.id == PAMC_FEATURE_TIMESTAMP ||
			       step.id == PAMC_FEATURE_EVENT_MASK);
			step.p0 = below(one_in(2) ? 120 : 0x20000);
			step.p1 = below(one_in(2) ? 3 : 70);
			break;
		case 5:
			/* Errors of other commands come in while this one looks. */
			step.opcode = PAMC_ADMIN_LOG;
			step.id = below(12);
			step.p0 = below(one_in(2) ? 600 : 6000);
			step.length = below(one_in(2) ? 600 : 6000) / 8 * 8;
			break;
		case 6:
			step.opcode = PAMC_ADMIN_ABORT;
			step.id = below(one_in(2) ? QUEUES + 1 : 80);
			step.p0 = random_.between(1000, 0x10100);
			break;
		case 7:
			step.opcode = one_in(2) ? PAMC_ADMIN_FW_DOWNLOAD : PAMC_ADMIN_FW_ACTIVATE;
			break;
		case 8:
			step.opcode = PAMC_ADMIN_SELF_TEST;
			step.id = random_.between(3, 14);
			break;
		default:
			step.opcode = PAMC_ADMIN_POOL_LIST;
			step.id = below(one_in(2) ? 5 : 5000);
			break;
		}
		if (one_in(8))
			step.flags = 1u << below(8);
		if (one_in(8))
			step.function = random_.between(1, 0xffff);
		if (one_in(8))
			step.rsvd = random_.between(1, 0xffffffff);
		if (one_in(8))
			step.offset = random_.between(1, 4095);
		if (one_in(10))
			step.bad = 1;
	}

	void set(uint64_t place)
	{
		Step &step = add(SET);

		step.pool = place;
		step.id = random_.between(1, PAMC_POOL_SET_ALL_FLAGS);
		step.flags = one_in(5) ? below(8) : 0;
		step.reserve = flash() ? 0 : reserve(one_in(4) ? 100 : 10, pools_[place].order);
		step.limit = one_in(2) || flash() ? 0 : random_.between(1, 30);
		if (one_in(10))
			step.id = 1u << below(32);
		if (one_in(20))
			step.flags = 1u << below(32);
	}

	void change()
	{
		uint64_t place = random_.between(1, POOLS);
		Pool &pool = pools_[place];

		if (!pool.there) {
			create(place);
		} else if (one_in(3)) {
			add(DESTROY).pool = place;
			pool = Pool();
			if (one_in(2))
				create(place);
		} else if (one_in(2)) {
			Step &step = add(DESTROY);

			step.pool = place;
			step.flags = 1;
		} else {
			set(place);
		}
	}

	void doorbell()
	{
		Step &step = add(DOORBELL);

		step.queue = one_in(2) ? below(QUEUES + 1) : random_.between(30, PAMC_MAX_QP - 1);
		step.offset = one_in(2) ? uint64_t(PAMC_DB_SQ_TAIL) : uint64_t(PAMC_DB_CQ_HEAD);
		step.p0 = random_.between(0x3000, 0xc000);
	}

      public:
	Maker(Flavour flavour, uint64_t seed, unsigned int steps)
	    : random_(seed), flavour_(flavour), steps_(steps)
	{
		stream_.seed = seed;
		stream_.window = flavour == Flavour::MANY ? random_.between(8, 40)
				 : flash()                ? random_.between(1, 16)
							  : 1;
		/* No larger than needed: after a pool's end, all of the index is looked at. */
		stream_.dram = full()                       ? (1 << 20) + 64 * below(30000)
			       : flavour == Flavour::SINGLE ? 2 << 20
			       : flash()                    ? 384 << 10
							    : 4 << 20;
		stream_.flash = flash() ? 16 : 0;
		stream_.manner = random_() >> 32;
	}

	Stream make()
	{
		for (uint64_t place = 1; place <= POOLS - 1; place++)
			create(place);
		while (stream_.steps.size() < steps_) {
			uint64_t dice = below(4000);

			if (dice < 40)
				change();
			else if (dice < 80)
				admin();
			else if (dice < 100)
				doorbell();
			else if (dice < 110)
				add(WAIT).offset = below(one_in(2) ? 300 : 3000);
			else if (dice < 120)
				add(REST);
			else if (dice < 121)
				add(CHECK);
			else if (dice == 121 && !one_in(4)) {
				Step &step = add(RESET);

				step.flags = below(3);
				step.queue = random_.between(1, QUEUES);
			} else if (dice < 143 && flavour_ == Flavour::MANY)
				burst();
			else
				io();
		}
		return stream_;
	}
};

} /* namespace */

Stream make(Flavour flavour, uint64_t seed, unsigned int steps)
{
	return Maker(flavour, seed, steps).make();
}

} // namespace card_stream
