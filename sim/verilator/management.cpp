// SPDX-License-Identifier: Apache-2.0
/* Power, resets, shutdown, and the loop. */
#include "management.hpp"

#include <sys/random.h>

#include "pamc_mailbox.h"
#include "vault_layout.h"

namespace rtl_card
{

/* EVENTS */
constexpr uint32_t HAS_ADMIN = 1, HAS_ERROR = 2, HAS_FAULT = 4, HAS_ANSWER = 8, HAS_CTRL = 16,
		   HAS_FLR = 32, HAS_FALL = 64, HAS_LOST = 128, HAS_LEFT = 256;
/* HOLD */
constexpr uint32_t STOP = 4, FLR_DONE = 8, REFUSE = 16, FULL = 32;
/* VAULT, CONTROL */
constexpr uint32_t VAULT_INIT = 0, CONTROL_CREATE = 0, CONTROL_DISCARD = 2;
/* Longest that anything inside the card may take, in cycles: a read's timeout and more. */
constexpr uint64_t patience = 40'000'000;
constexpr uint64_t default_kelvin = 358;
/* rtl/lib/ecc_pkg.sv. */
enum Memory : unsigned int {
	CONTENTS = 1,
	INDEX_STASH = 5,
	QUEUE_FETCH,
	QUEUE_POST,
	QUEUE_DOMAIN,
	MSIX,
};

Management::Management(MailboxBus &sim, const Settings &settings)
    : sim_(sim), settings_(settings), random_(settings.seed)
{
}

uint64_t Management::random()
{
	uint64_t z = random_ += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

void Management::hold(uint32_t bits)
{
	held_ = bits;
	sim_.write(MAILBOX_HOLD, held_ | (full_ ? FULL : 0));
}

void Management::set_full(bool full)
{
	if (full != full_) {
		full_ = full;
		hold(held_);
	}
}

void Management::wait_for(uint32_t word, uint32_t mask, uint32_t value, const char *what)
{
	for (uint64_t end = sim_.now() + patience; (sim_.read(word) & mask) != value;) {
		if (sim_.now() > end)
			throw rtl::Broken(std::string("the card does not get ready: ") + what);
	}
}

/* ---------------------------------------------------------------- power */

void Management::lay_out()
{
	struct vault_layout made;

	vault_lay_out(settings_.dram_bytes, &made);
	layout_.buckets = made.buckets;
	layout_.units = made.units;
	layout_.index_bytes = made.index_bytes;
	layout_.map_bytes = made.map_bytes;
	layout_.map_line = uint32_t(made.index_bytes / 64);
	layout_.units_line = uint32_t((made.index_bytes + made.map_bytes) / 64);
	layout_.slot_limit = uint32_t(made.slot_limit);
	sim_.write(MAILBOX_LAYOUT, 0);
	sim_.write(MAILBOX_LAYOUT + 4, layout_.buckets);
	sim_.write(MAILBOX_LAYOUT + 8, layout_.map_line);
	sim_.write(MAILBOX_LAYOUT + 12, layout_.units_line);
	sim_.write(MAILBOX_LAYOUT + 16, layout_.units);
	sim_.write(MAILBOX_LAYOUT + 20, layout_.slot_limit);
	for (uint32_t word = 0; word < 4; word++)
		sim_.write(MAILBOX_PAGE_SECRET + 4 * word, uint32_t(random()));
	for (uint32_t word = 0; word < 4; word++)
		sim_.write(MAILBOX_OBJECT_SECRET + 4 * word, uint32_t(random()));
	if (vault(VAULT_INIT).result != 0)
		throw rtl::Broken("the vault does not start");
}

void Management::power_on(bool first)
{
	uint64_t epoch = 0;

	while (epoch == 0 || epoch == epoch_) {
		if (getrandom(&epoch, sizeof(epoch), 0) != sizeof(epoch))
			epoch = 0;
	}
	if (!first) {
		power_cycles_++;
		unsafe_ += !stopped_;
	}
	epoch_ = epoch;
	resets_ = 0;
	ready_ = fatal_ = stopped_ = vault_lost_ = false;
	lost_ = {};
	pools_ = {};
	errors_.clear();
	error_sequence_ = admin_ = admin_errors_ = admin_aborts_ = 0;
	self_test_ = {};
	sanitize_ = {};
	timestamp_ = 0;
	started_ = sim_.now();
	sim_.write64(MAILBOX_BOOT_EPOCH, epoch_);
	sim_.write(MAILBOX_RESETS, 0);
	lay_out();
	reset();
	sim_.enable_interrupts();
}

/* ---------------------------------------------------------------- states */

void Management::show_status()
{
	sim_.write(MAILBOX_STATUS, status_ | (ready_ ? PAMC_STATUS_READY_MASK : 0) |
				       (fatal_ ? PAMC_STATUS_FATAL_MASK : 0) |
				       (stopped_ ? PAMC_STATUS_SHUTDOWN_MASK : 0));
}

void Management::fatal(uint8_t cause)
{
	fatal_ = true;
	status_ = uint32_t(cause) << 8;
	show_status();
}

/* What belongs to the host's session; pools stay. */
void Management::reset()
{
	waiting_.clear();
	watch_none();
	aborts_ = {};
	queues_ = {};
	events_ = 0;
	event_mask_ = (2u << PAMC_EVENT_SELF_TEST) - 2;
	pressure_ = 0;
	pressed_ = false;
	temperature_ = default_kelvin;
	ready_ = fatal_ = false;
	status_ = 0;
}

/*
 * Drops all queue pairs: no command is inside any more, and none touches host memory. The
 * queues wait for a completion of every entry that they gave out, also to drop it: so all
 * admin commands that wait for something get one.
 */
void Management::discard()
{
	Outcome aborted;
	uint64_t end = sim_.now() + patience;

	aborted.status = PAMC_STATUS_ABORTED;
	sim_.write(MAILBOX_CONTROL, CONTROL_DISCARD);
	for (uint16_t cid : waiting_)
		complete(cid, aborted, nullptr);
	waiting_.clear();
	watch_none();
	for (std::optional<Abort> &one : aborts_) {
		if (one)
			complete(one->cid, aborted, nullptr);
		one.reset();
	}
	for (bool done = false; !done;) {
		uint32_t events = sim_.read(MAILBOX_EVENTS);

		if (events & HAS_ADMIN) {
			/* The cid is in the upper half of an entry's first word. */
			uint16_t cid = uint16_t(sim_.read(MAILBOX_ADMIN) >> 16);

			sim_.write(MAILBOX_ADMIN_NEXT, 0);
			complete(cid, aborted, nullptr);
		} else if (events & HAS_ANSWER) {
			/* Those of ABORTs are of no use any more. */
			done = (sim_.read(MAILBOX_CONTROL_ANSWER) & 15) < 8;
			sim_.write(MAILBOX_CONTROL_ANSWER, 0);
		}
		if (sim_.now() > end)
			throw rtl::Broken("the queues are not given up");
	}
	wait_for(MAILBOX_IDLE, 3, 3, "commands do not end");
}

static bool ring_good(uint64_t base, unsigned int shift, unsigned int entry)
{
	return shift >= PAMC_MIN_QUEUE_SHIFT && shift <= PAMC_MAX_QUEUE_SHIFT &&
	       base % PAMC_BLOCK_SIZE == 0 && base + (uint64_t(entry) << shift) - 1 >= base;
}

/* CTRL.EN became 1. */
void Management::start()
{
	uint32_t attr = sim_.read(MAILBOX_AQ_ATTR);
	uint64_t sq = sim_.read64(MAILBOX_ASQ_BASE), cq = sim_.read64(MAILBOX_ACQ_BASE);
	unsigned int sq_shift = attr & 15, cq_shift = attr >> 4 & 15;

	if (!ring_good(sq, sq_shift, 64) || !ring_good(cq, cq_shift, 16) || cq_shift < sq_shift) {
		fatal(PAMC_FATAL_BAD_ADMIN_QUEUE);
		return;
	}
	sim_.write64(MAILBOX_CONTROL_SQ, sq);
	sim_.write64(MAILBOX_CONTROL_CQ, cq);
	sim_.write(MAILBOX_CONTROL_ATTR, sq_shift | cq_shift << 4 | 1u << 14);
	sim_.write(MAILBOX_CONTROL_COALESCE, 0);
	control(CONTROL_CREATE, 0, 0, 0);
	queues_[0].valid = true;
	ready_ = true;
	show_status();
}

/* Finishes what was fetched; what comes from then on is aborted. */
void Management::shut_down()
{
	hold(STOP);
	wait_for(MAILBOX_IDLE, 1, 1, "commands do not end");
	while (event_abort({})) {
	}
	stopped_ = true;
	show_status();
	hold(REFUSE);
}

void Management::follow_ctrl()
{
	bool fell = sim_.read(MAILBOX_EVENTS) & HAS_FALL;

	sim_.write(MAILBOX_EVENTS, fell ? HAS_CTRL | HAS_FALL : HAS_CTRL);

	uint32_t ctrl = sim_.read(MAILBOX_CTRL);
	bool enabled = ctrl & PAMC_CTRL_EN_MASK, stop = ctrl & PAMC_CTRL_SHUTDOWN_MASK;

	/* A fall of EN that was followed by a rise: nothing of the session is left then. */
	if ((ready_ || fatal_) && (fell || !enabled)) {
		discard();
		reset();
		if (vault_lost_)
			forget_pools();
		sim_.write(MAILBOX_RESETS, ++resets_);
		show_status();
	}
	if (enabled && !ready_ && !fatal_)
		start();
	if (stop && !stopped_ && ready_) {
		shut_down();
	} else if (!stop && stopped_) {
		stopped_ = false;
		hold(0);
		show_status();
	}
}

void Management::flr()
{
	discard();
	reset();
	if (vault_lost_)
		forget_pools();
	stopped_ = false;
	sim_.write(MAILBOX_RESETS, ++resets_);
	show_status();
	sim_.write(MAILBOX_EVENTS, HAS_CTRL | HAS_FALL);
	hold(FLR_DONE);
	wait_for(MAILBOX_EVENTS, HAS_FLR, 0, "a function-level reset does not end");
	hold(0);
	sim_.enable_interrupts();
}

/* ---------------------------------------------------------------- the loop */

void Management::take_errors()
{
	while (sim_.read(MAILBOX_EVENTS) & HAS_ERROR) {
		uint32_t word[MAILBOX_ERROR_WORDS];
		pamc_log_error entry{};

		for (uint32_t n = 0; n < MAILBOX_ERROR_WORDS; n++)
			word[n] = sim_.read(MAILBOX_ERROR + 4 * n);
		sim_.write(MAILBOX_ERROR_NEXT, 0);
		entry.qid = word[0] & 63;
		entry.cid = uint16_t(word[0] >> 16);
		entry.status = uint8_t(word[1]);
		entry.opcode = uint8_t(word[1] >> 8);
		entry.field = uint16_t(word[1] >> 16);
		entry.pool = word[2];
		entry.addr = word[3] | uint64_t(word[4]) << 32;
		entry.index = word[5] | uint64_t(word[6]) << 32;
		log_error(entry);
	}
}

/* A queue pair's ring cannot be read. */
void Management::take_fault()
{
	uint32_t word = sim_.read(MAILBOX_FAULT);
	pamc_log_error entry{};

	sim_.write(MAILBOX_FAULT, 0);
	entry.qid = word & 63;
	entry.status = PAMC_STATUS_DMA_FAULT;
	entry.field = 0xffff;
	log_error(entry);
	if (entry.qid == 0)
		fatal(PAMC_FATAL_ADMIN_DMA);
}

/*
 * Words of memories on the chip were lost. Who wanted them has been told; but without what
 * it must know of queues or of all pages, the card stops until it is reset.
 */
void Management::take_lost()
{
	sim_.write(MAILBOX_EVENTS, HAS_LOST);
	for (unsigned int memory = 0; memory < lost_.size(); memory++) {
		uint32_t lost = uint32_t(counter(MAILBOX_COUNTER_ECC + memory) >> 32);

		if (lost == lost_[memory])
			continue;
		lost_[memory] = lost;
		raise(PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
		if (memory == CONTENTS || memory == INDEX_STASH)
			vault_lost_ = true;
		if (vault_lost_ || (memory >= QUEUE_FETCH && memory <= MSIX))
			fatal(PAMC_FATAL_INTERNAL);
	}
}

void Management::serve()
{
	if (busy_)
		return;
	busy_ = true;
	while (sim_.wants_management()) {
		uint32_t events = sim_.read(MAILBOX_EVENTS);

		if (events & HAS_FLR)
			flr();
		else if (events & (HAS_CTRL | HAS_FALL))
			follow_ctrl();
		else if (events & HAS_LOST)
			take_lost();
		else if (events & HAS_ERROR)
			take_errors();
		else if (events & HAS_FAULT)
			take_fault();
		else if (events & HAS_ANSWER)
			take_control_answer();
		else if (events & HAS_LEFT)
			take_left();
		else if (events & HAS_ADMIN)
			take_admin();
		report_events();
	}
	busy_ = false;
}

bool Management::background()
{
	constexpr uint32_t VAULT_SWEEP = 4;

	busy_ = true;
	watch_pressure();
	report_events();

	bool work = uint32_t(counter(MAILBOX_COUNTER_VAULT_DEAD_PAGES)) != 0;

	for (unsigned int n = 0; work && n < 64; n++)
		vault(VAULT_SWEEP);
	busy_ = false;
	return work;
}

uint64_t Management::linger() const
{
	uint64_t longest = 64;

	for (const Queue &queue : queues_)
		longest = std::max<uint64_t>(
		    longest, queue.valid ? (queue.coalesce_usec + 2) * cycles_per_us : 0);
	return longest;
}

} // namespace rtl_card
