/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in for the card's firmware: it sits at the mailbox (pamc_mailbox.h) and does
 * what firmware will do there, as the C model does it (sim/model/admin.c and its like).
 *
 *   management.cpp        resets, shutdown, the loop
 *   management_admin.cpp  admin commands: queue pairs, features, events, ABORT
 *   management_pools.cpp  pools
 *   management_logs.cpp   identity and log pages
 */
#ifndef MANAGEMENT_HPP
#define MANAGEMENT_HPP

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "mailbox_bus.hpp"
#include "pamc_if.h"
#include "stream.hpp"

namespace rtl_card
{

struct Settings {
	uint64_t dram_bytes = 256ull << 20;
	unsigned int queue_pairs = PAMC_MAX_QP;
	unsigned int vectors = PAMC_MAX_VECTORS;
	uint64_t seed = 1;
};

class Management
{
	struct Pool {
		pamc_pool_info info{}; /* id 0: free; counts are filled in when asked for */
		uint32_t uses = 0;
		unsigned int contents = 0;
		/* Of contents that the pool had before. */
		uint64_t evicted = 0, flushes = 0, puts = 0, refused = 0, gets = 0, misses = 0,
			 errors = 0;
	};

	struct Queue {
		bool valid = false;
		uint16_t coalesce_count = 0, coalesce_usec = 0;
	};

	/* What an admin command comes to. */
	struct Outcome {
		uint8_t status = PAMC_STATUS_SUCCESS;
		uint16_t field = 0xffff;
		uint64_t addr = 0;
		uint32_t result = 0, info = 0;
		bool later = false;
	};

	/* Card memory: lines of index, map and units; figures. */
	struct Layout {
		uint32_t buckets, units, map_line, units_line, slot_limit;
		uint64_t index_bytes, map_bytes;
	};

	/* An ABORT: its own cid, whom it aborts; the queues have answered; they or the executor
	 * had the command. */
	struct Abort {
		uint16_t cid;
		uint32_t target;
		bool answered = false, found = false;
	};

	MailboxBus &sim_;
	Settings settings_;
	Layout layout_{};
	bool full_ = false;
	/* Of memories on the chip: words that were lost. The vault's table was among them. */
	std::array<uint32_t, 16> lost_{};
	bool vault_lost_ = false;
	uint32_t held_ = 0;
	bool ready_ = false, fatal_ = false, stopped_ = false, busy_ = false, was_flr_ = false;
	uint32_t status_ = 0, resets_ = 0;
	uint64_t epoch_ = 0, random_, started_ = 0;

	std::array<Pool, 256> pools_{};
	std::array<Queue, PAMC_MAX_QP> queues_{};
	std::deque<uint16_t> waiting_; /* cids of ASYNC_EVENT */
	std::array<std::optional<Abort>, 8> aborts_{};
	std::optional<size_t> watched_; /* of aborts_ */
	uint32_t events_ = 0;
	std::array<uint32_t, 8> event_info_{};
	uint64_t event_mask_ = 0, pressure_ = 0, temperature_ = 0, timestamp_ = 0,
		 timestamp_at_ = 0;
	bool pressed_ = false;
	std::deque<pamc_log_error> errors_;
	uint64_t error_sequence_ = 0, admin_ = 0, admin_errors_ = 0, admin_aborts_ = 0;
	uint64_t power_cycles_ = 0, unsafe_ = 0;
	pamc_log_progress self_test_{}, sanitize_{};

      public:
	Management(MailboxBus &sim, const Settings &settings);

	/* From power-up on, and after each loss of power. */
	void power_on(bool first);

	/* Deals with all that waits. */
	void serve();

	/* Something that nobody waits for; false: nothing to do. */
	bool background();

	/* Cycles that a quiet card still has to run for its interrupt timers. */
	uint64_t linger() const;

	/* For tests of hosts: puts find no space from now on, or do again. */
	void set_full(bool full);

	/* A log page as it is now; empty: there is none. */
	std::vector<uint8_t> log(unsigned int page);

	/* A counter of the card: MAILBOX_COUNTER_... */
	uint64_t counter(unsigned int which);

	/* What the host reads, as the card has it (struct of registers is 64 bytes). */
	bool stopped() const
	{
		return stopped_;
	}

      private:
	uint64_t random();
	/* Bits of HOLD, beside FULL. */
	void hold(uint32_t bits);
	void wait_for(uint32_t word, uint32_t mask, uint32_t value, const char *what);

	/* management.cpp */
	void lay_out();
	void show_status();
	void fatal(uint8_t cause);
	void follow_ctrl();
	void start();
	void reset();
	void discard();
	void flr();
	void shut_down();
	void take_errors();
	void take_fault();
	void take_lost();
	void forget_pools();
	void take_control_answer();

	/* management_admin.cpp */
	void take_admin();
	void execute(const pamc_admin_sqe &sqe, Outcome &outcome);
	void complete(uint16_t cid, const Outcome &outcome, const pamc_admin_sqe *sqe);
	static uint16_t entry_wrong(const pamc_admin_sqe &sqe, bool data, uint32_t least);
	static void fail(Outcome &outcome, uint8_t status, size_t field);
	void qp_create(const pamc_admin_sqe &sqe, Outcome &outcome);
	void qp_delete(const pamc_admin_sqe &sqe, Outcome &outcome);
	void feature_get(const pamc_admin_sqe &sqe, Outcome &outcome);
	void feature_set(const pamc_admin_sqe &sqe, Outcome &outcome);
	void abort(const pamc_admin_sqe &sqe, Outcome &outcome);
	void self_test(const pamc_admin_sqe &sqe, Outcome &outcome);
	void sanitize();
	bool control(uint32_t op, uint32_t qid, uint32_t tag, uint32_t cid);
	void take_left();
	void watch(const Abort &abort);
	void watch_next();
	void watch_none();
	bool event_abort(std::optional<uint16_t> cid);
	void raise(unsigned int event, uint32_t info);
	void report_events();
	void watch_pressure();
	void log_error(pamc_log_error entry);
	/* False: the outcome is a DMA fault. At most MAX_ADMIN_DATA bytes. */
	bool host_read(uint64_t addr, void *to, size_t bytes, Outcome &outcome);
	bool host_write(uint64_t addr, const void *from, size_t bytes, Outcome &outcome);

	/* management_pools.cpp */
	struct Vault {
		uint32_t result, value;
		std::array<uint32_t, 20> row;
	};
	Vault vault(uint32_t word);
	Pool *pool(uint32_t id);
	void show_pool(const Pool &pool, bool valid);
	void drain(const Pool &pool);
	uint64_t contents_counter(unsigned int contents, unsigned int kind);
	void contents_clear(unsigned int contents);
	void keep_counters(Pool &pool);
	void fill_in(Pool &pool);
	uint8_t set_reserve(unsigned int contents, uint64_t pages, unsigned int order,
			    std::optional<uint64_t> limit);
	void pool_create(const pamc_admin_sqe &sqe, Outcome &outcome);
	void pool_remove(const pamc_admin_sqe &sqe, Outcome &outcome, bool destroy);
	void pool_list(const pamc_admin_sqe &sqe, Outcome &outcome);
	void pool_set(const pamc_admin_sqe &sqe, Outcome &outcome);

	/* management_logs.cpp */
	void identify(const pamc_admin_sqe &sqe, Outcome &outcome);
	void log_page(const pamc_admin_sqe &sqe, Outcome &outcome);
	uint64_t time_ns() const;
	pamc_log_capacity capacity();
};

} // namespace rtl_card

#endif /* MANAGEMENT_HPP */
