/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card in RTL beside the C model: a stream of commands to both, many outstanding on the
 * RTL's side. Statuses, results and every byte of what is read must be the same, counters
 * and logs where both define them, and in the end all that is stored.
 *
 * The model executes a command when it is submitted to the RTL. Where the contract leaves
 * the order open (one handle by two queue pairs, a pool's limit) the second command is held
 * back until the first one is over. What was outstanding at a reset has happened or not:
 * what the RTL made of it has to be one of the two, and is then forgotten by both.
 *
 * With flash only the RTL's memory is so small that pages have to leave it; there are no
 * pools that drop pages, and where a page is, and how large memory is, are not compared.
 */
#ifndef CARD_TWINS_HPP
#define CARD_TWINS_HPP

#include <map>
#include <set>
#include <tuple>

#include "card_host.hpp"
#include "model_host.hpp"
#include "tap.hpp"
#include "twins_stream.hpp"

namespace card_stream
{

/* What a stream came to: plain data, it passes between processes. */
struct Report {
	uint64_t commands = 0, admins = 0, cycles = 0, steps = 0;
	uint64_t io[8][32] = {}; /* by opcode, 7: none, and status */
	uint64_t admin[32][32] = {};
	uint64_t aborted = 0, late_aborts = 0, resets = 0, unsettled = 0, read_back = 0, checks = 0;
	uint64_t evictions = 0; /* by the model */
	uint64_t in_flash = 0;  /* pages, the RTL's */

	void add(const Report &other)
	{
		const auto *from = reinterpret_cast<const uint64_t *>(&other);
		auto *to = reinterpret_cast<uint64_t *>(this);

		for (size_t n = 0; n < sizeof(*this) / sizeof(*to); n++)
			to[n] += from[n];
	}
};

class Twins
{
	/* Pool, object, index. */
	using Handle = std::tuple<uint32_t, uint64_t, uint64_t, uint64_t>;
	static constexpr unsigned int PLACES = 48;

	/* A command that was sent and what it has to come to. */
	struct Sent {
		bool open = false;
		unsigned int queue = 0, blocks = 0;
		pamc_sqe sqe{};
		pamc_cqe wanted{};
		/* An ABORT is on its way: the model waits for what the RTL makes of it. */
		bool undecided = false;
		pamc_admin_sqe abort{};
		/* Handles it may change, and the CRC of what was there before. */
		std::map<Handle, std::optional<uint32_t>> touched;
	};

	struct Pool {
		uint32_t id = 0;
		uint16_t domain = 0;
		unsigned int order = 0;
		bool exclusive = false;
		/* What comes to its limit depends on the order. */
		bool serial = false;
	};

	struct Figure {
		std::string name;
		uint64_t value;
		bool counter;
	};

	const std::vector<PageFile> &files_;
	const Stream &stream_;
	bool exact_;         /* pages lie where the model's do */
	uint64_t patience_;  /* cycles without a completion */
	bool empty_ = false; /* there are none */
	CardHost card_;
	ModelHost model_;
	std::array<Pool, POOLS + 1> pools_{};
	std::array<Sent, PLACES> sent_;
	unsigned int open_ = 0;
	std::array<bool, QUEUES + 1> rings_{}; /* a doorbell is due */
	std::map<Handle, uint32_t> stored_;
	std::set<Handle> ever_;
	std::map<std::string, int64_t> ahead_; /* the RTL's counters, of the model's */
	uint64_t progress_ = 0;
	bool settling_ = false;
	Report report_;

	static uint64_t space(unsigned int place);
	static uint64_t list(unsigned int place);
	static Handle handle_of(const pamc_sqe &sqe);
	static std::string tell(const Sent &sent);
	void behave();
	void open_queue(unsigned int queue);
	void map_memory();

	/* card_twins.cpp: a cycle, and what is in the way of a command */
	void pump(bool poll = true);
	void rest();
	void tidy();
	bool in_the_way(const Sent &other, const pamc_sqe &sqe, unsigned int queue) const;
	void wait_for_pool(uint32_t id);
	void take(unsigned int queue, const pamc_cqe &cqe);
	void compare(const Sent &sent, const pamc_cqe &cqe);
	void decide(Sent &sent, const pamc_cqe &cqe);
	void book(Sent &sent);
	[[noreturn]] void hangs() const;

	void io(const Step &step);
	void lay_out(const Step &step, unsigned int place, unsigned int blocks, pamc_sqe &sqe);
	void fill(uint64_t addr, uint64_t data, unsigned int block);
	void follow_with_abort(Sent &sent, uint64_t after);

	/* card_twins_admin.cpp */
	void step(const Step &step);
	pamc_cqe admin(const pamc_admin_sqe &sqe, const char *what);
	void admin_step(const Step &step);
	void create(const Step &step);
	void destroy(const Step &step);
	void set(const Step &step);
	void reset(const Step &step);
	void settle(std::vector<Sent> unsettled);
	void restart();

	/* card_twins_figures.cpp */
	std::vector<uint8_t> read(bool model, pamc_admin_sqe sqe);
	std::vector<Figure> figures(bool model);
	void pool_figures(bool model, std::vector<Figure> &to);
	void log_figures(bool model, std::vector<Figure> &to);
	void check(bool rebase);
	void read_back();

      public:
	Twins(const Stream &stream, const std::vector<PageFile> &files);
	/* Throws when they differ. */
	void run();
	const Report &report()
	{
		report_.cycles = card_.now();
		return report_;
	}
};

} // namespace card_stream

#endif /* CARD_TWINS_HPP */
