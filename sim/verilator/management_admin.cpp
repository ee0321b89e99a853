// SPDX-License-Identifier: Apache-2.0
/* Admin commands that concern queue pairs, features, events and the card itself. */
#include <cstddef>
#include <cstring>

#include "management.hpp"
#include "pamc_mailbox.h"

namespace rtl_card
{

#define FIELD(name) offsetof(pamc_admin_sqe, name)

constexpr uint32_t KNOWN_EVENTS = (2u << PAMC_EVENT_SELF_TEST) - 2;
/* EVENTS */
constexpr uint32_t HAS_ADMIN = 1, HAS_ANSWER = 8, BUSY_DMA = 1u << 17, BUSY_DONE = 1u << 18,
		   BUSY_CONTROL = 1u << 19;
/* CONTROL */
constexpr uint32_t CONTROL_CREATE = 0, CONTROL_DELETE = 1, CONTROL_COALESCE = 3, CONTROL_ABORT = 4;
constexpr size_t ERROR_LOG = 63;

void Management::fail(Outcome &outcome, uint8_t status, size_t field)
{
	outcome.status = status;
	outcome.field = uint16_t(field);
}

/* ---------------------------------------------------------------- host memory */

/* Pieces within 4 KiB of the host. */
bool Management::host_read(uint64_t addr, void *to, size_t bytes, Outcome &outcome)
{
	uint8_t *at = static_cast<uint8_t *>(to);

	while (bytes) {
		size_t part = std::min<size_t>(bytes, 4096 - addr % 4096);

		sim_.write64(MAILBOX_DMA_ADDR, addr);
		sim_.write(MAILBOX_DMA, uint32_t(part));
		wait_for(MAILBOX_EVENTS, BUSY_DMA, 0, "a DMA read does not end");
		if (sim_.read(MAILBOX_DMA_ERROR)) {
			outcome.addr = addr;
			fail(outcome, PAMC_STATUS_DMA_FAULT, 0xffff);
			return false;
		}
		for (size_t n = 0; n < part; n += 4) {
			uint32_t word = sim_.read(uint32_t(MAILBOX_BUFFER + addr % 64 + n));

			std::memcpy(at + n, &word, std::min<size_t>(4, part - n));
		}
		addr += part;
		at += part;
		bytes -= part;
	}
	return true;
}

bool Management::host_write(uint64_t addr, const void *from, size_t bytes, Outcome &outcome)
{
	const uint8_t *at = static_cast<const uint8_t *>(from);

	while (bytes) {
		size_t part = std::min<size_t>(bytes, 4096 - addr % 4096);

		sim_.write64(MAILBOX_DMA_ADDR, addr);
		sim_.write(MAILBOX_DMA, 2u << 16 | 4);
		wait_for(MAILBOX_EVENTS, BUSY_DMA, 0, "a probe does not end");
		if (sim_.read(MAILBOX_DMA_ERROR)) {
			outcome.addr = addr;
			fail(outcome, PAMC_STATUS_DMA_FAULT, 0xffff);
			return false;
		}
		for (size_t n = 0; n < part; n += 4) {
			uint32_t word = 0;

			std::memcpy(&word, at + n, std::min<size_t>(4, part - n));
			sim_.write(uint32_t(MAILBOX_BUFFER + n), word);
		}
		sim_.write(MAILBOX_DMA, 1u << 16 | uint32_t(part + 3) / 4 * 4);
		wait_for(MAILBOX_EVENTS, BUSY_DMA, 0, "a DMA write does not end");
		addr += part;
		at += part;
		bytes -= part;
	}
	return true;
}

/* ---------------------------------------------------------------- queue pairs */

/* What qid is to be created with stands in the mailbox already. True: it was done. */
bool Management::control(uint32_t op, uint32_t qid, uint32_t tag, uint32_t cid)
{
	sim_.write(MAILBOX_CONTROL, op | tag << 4 | qid << 8 | cid << 16);
	wait_for(MAILBOX_EVENTS, BUSY_CONTROL, 0, "the queues take no order");
	if (op == CONTROL_ABORT)
		return true;
	for (;;) {
		wait_for(MAILBOX_EVENTS, HAS_ANSWER, HAS_ANSWER, "the queues do not answer");

		uint32_t answer = sim_.read(MAILBOX_CONTROL_ANSWER);

		if ((answer & 15) < 8) {
			sim_.write(MAILBOX_CONTROL_ANSWER, 0);
			return answer & 16;
		}
		take_control_answer(); /* an ABORT's, which has been waiting */
	}
}

static bool ring_wrong(uint64_t base, unsigned int shift, uint64_t entry)
{
	return base % PAMC_BLOCK_SIZE != 0 || base + (entry << shift) - 1 < base;
}

static bool shift_wrong(unsigned int shift)
{
	return shift < PAMC_MIN_QUEUE_SHIFT || shift > PAMC_MAX_QUEUE_SHIFT;
}

/* Offset of the first wrong field of a QP_CREATE, or 0xffff. */
static size_t qp_create_wrong(const pamc_admin_sqe &sqe, unsigned int vectors)
{
	const auto &p = sqe.p.qp_create;

	if (shift_wrong(p.sq_shift))
		return FIELD(p.qp_create.sq_shift);
	if (shift_wrong(p.cq_shift) || p.cq_shift < p.sq_shift)
		return FIELD(p.qp_create.cq_shift);
	if (ring_wrong(p.sq_base, p.sq_shift, 64))
		return FIELD(p.qp_create.sq_base);
	if (ring_wrong(p.cq_base, p.cq_shift, 16))
		return FIELD(p.qp_create.cq_base);
	if (p.flags & ~PAMC_QP_ALL_FLAGS)
		return FIELD(p.qp_create.flags);
	if ((p.flags & PAMC_QP_IRQ) && p.vector >= vectors)
		return FIELD(p.qp_create.vector);
	return p.rsvd ? FIELD(p.qp_create.rsvd) : 0xffff;
}

void Management::qp_create(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	const auto &p = sqe.p.qp_create;
	size_t wrong = qp_create_wrong(sqe, settings_.vectors);
	uint32_t qid = sqe.id;

	if (qid == 0 || qid >= settings_.queue_pairs || queues_[qid].valid)
		return fail(outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
	if (wrong != 0xffff)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, wrong);
	sim_.write64(MAILBOX_CONTROL_SQ, p.sq_base);
	sim_.write64(MAILBOX_CONTROL_CQ, p.cq_base);
	sim_.write(MAILBOX_CONTROL_ATTR, p.sq_shift | uint32_t(p.cq_shift) << 4 |
					     (p.flags & PAMC_QP_IRQ ? p.vector & 63u : 0) << 8 |
					     (p.flags & PAMC_QP_IRQ ? 1u << 14 : 0) |
					     uint32_t(p.domain) << 16);
	sim_.write(MAILBOX_CONTROL_COALESCE, p.coalesce_count | uint32_t(p.coalesce_usec) << 16);
	control(CONTROL_CREATE, qid, 0, 0);
	queues_[qid] = {true, p.coalesce_count, p.coalesce_usec};
}

void Management::qp_delete(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	uint32_t qid = sqe.id;

	if (qid == 0 || qid >= PAMC_MAX_QP || !queues_[qid].valid)
		return fail(outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
	control(CONTROL_DELETE, qid, 0, 0);
	queues_[qid] = {};
}

/* ---------------------------------------------------------------- features */

void Management::feature_get(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	uint32_t qid = sqe.p.feature.qid;
	uint64_t value = 0;

	switch (sqe.id) {
	case PAMC_FEATURE_COALESCE:
		if (qid >= PAMC_MAX_QP || !queues_[qid].valid)
			return fail(outcome, PAMC_STATUS_BAD_QUEUE, FIELD(p.feature.qid));
		value = queues_[qid].coalesce_count | uint64_t(queues_[qid].coalesce_usec) << 16;
		break;
	case PAMC_FEATURE_EVENT_MASK:
		value = event_mask_;
		break;
	case PAMC_FEATURE_PRESSURE:
		value = pressure_;
		break;
	case PAMC_FEATURE_TEMPERATURE:
		value = temperature_;
		break;
	case PAMC_FEATURE_TIMESTAMP:
		value = time_ns();
		break;
	case PAMC_FEATURE_DIRTY_BUDGET:
		return fail(outcome, PAMC_STATUS_NOT_SUPPORTED, FIELD(id));
	default:
		return fail(outcome, PAMC_STATUS_NOT_FOUND, FIELD(id));
	}
	outcome.result = uint32_t(value);
	outcome.info = uint32_t(value >> 32);
}

/* Largest value of a feature; 0: there is no such feature to set. */
static uint64_t feature_limit(uint32_t feature)
{
	switch (feature) {
	case PAMC_FEATURE_COALESCE:
		return UINT32_MAX;
	case PAMC_FEATURE_EVENT_MASK:
		return KNOWN_EVENTS;
	case PAMC_FEATURE_PRESSURE:
		return 100;
	case PAMC_FEATURE_TEMPERATURE:
		return UINT16_MAX;
	case PAMC_FEATURE_TIMESTAMP:
		return UINT64_MAX;
	default:
		return 0;
	}
}

void Management::feature_set(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	uint32_t qid = sqe.p.feature.qid;
	uint64_t value = sqe.p.feature.value, limit = feature_limit(sqe.id);

	if (!limit)
		return fail(outcome,
			    sqe.id == PAMC_FEATURE_DIRTY_BUDGET ? PAMC_STATUS_NOT_SUPPORTED
								: PAMC_STATUS_NOT_FOUND,
			    FIELD(id));
	if (value > limit)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.feature.value));
	switch (sqe.id) {
	case PAMC_FEATURE_COALESCE:
		if (qid >= PAMC_MAX_QP || !queues_[qid].valid)
			return fail(outcome, PAMC_STATUS_BAD_QUEUE, FIELD(p.feature.qid));
		queues_[qid].coalesce_count = uint16_t(value);
		queues_[qid].coalesce_usec = uint16_t(value >> 16);
		sim_.write(MAILBOX_CONTROL_COALESCE, uint32_t(value));
		control(CONTROL_COALESCE, qid, 0, 0);
		break;
	case PAMC_FEATURE_EVENT_MASK:
		event_mask_ = value & KNOWN_EVENTS;
		events_ &= uint32_t(event_mask_);
		break;
	case PAMC_FEATURE_PRESSURE:
		pressure_ = value;
		pressed_ = false;
		watch_pressure();
		break;
	case PAMC_FEATURE_TEMPERATURE:
		temperature_ = value;
		break;
	default:
		timestamp_ = value;
		timestamp_at_ = sim_.now();
		break;
	}
}

/* ---------------------------------------------------------------- ABORT, events */

void Management::abort(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	uint32_t cid = sqe.p.abort.cid;

	if (sqe.id >= PAMC_MAX_QP || !queues_[sqe.id].valid)
		return fail(outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
	if (cid > UINT16_MAX)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.abort.cid));
	if (sqe.id == 0) {
		/* Other admin commands are over before the next one starts. */
		if (!event_abort(uint16_t(cid)))
			outcome.status = PAMC_STATUS_NOT_FOUND;
		return;
	}
	for (uint32_t n = 0; n < aborts_.size(); n++) {
		if (aborts_[n])
			continue;
		aborts_[n] = Abort{sqe.cid, cid | sqe.id << 16};
		outcome.later = true;
		control(CONTROL_ABORT, sqe.id, 8 + n, cid);
		return;
	}
	fail(outcome, PAMC_STATUS_NO_RESOURCES, 0xffff);
}

/* Of an ABORT; all others are waited for where they were asked. */
void Management::take_control_answer()
{
	uint32_t word = sim_.read(MAILBOX_CONTROL_ANSWER);
	uint32_t tag = word & 15;

	sim_.write(MAILBOX_CONTROL_ANSWER, 0);
	if (tag < 8 || !aborts_[tag - 8])
		return;

	Abort &abort = *aborts_[tag - 8];

	/* It may be over before its turn to be watched comes. */
	watch(abort);
	abort.found = word & 32 || sim_.read(MAILBOX_WATCH) & 1;
	abort.answered = true;
	if (watched_)
		watch(*aborts_[*watched_]);
	else
		watch_next();
}

void Management::watch(const Abort &abort)
{
	sim_.write(MAILBOX_WATCH, abort.target | 1u << 31);
}

/* Queues are done with the command of an ABORT: it may be executed now. The ABORT is
 * completed behind it; one at a time is looked after. */
void Management::watch_next()
{
	for (size_t n = 0; n < aborts_.size() && !watched_; n++) {
		if (aborts_[n] && aborts_[n]->answered) {
			watched_ = n;
			watch(*aborts_[n]);
		}
	}
}

void Management::watch_none()
{
	watched_.reset();
	sim_.write(MAILBOX_WATCH, 0);
}

/* The command that was watched is over, or was not there. */
void Management::take_left()
{
	std::optional<size_t> watched = watched_;

	watch_none();
	if (watched && aborts_[*watched]) {
		Outcome outcome;

		if (!aborts_[*watched]->found)
			outcome.status = PAMC_STATUS_NOT_FOUND;
		complete(aborts_[*watched]->cid, outcome, nullptr);
		aborts_[*watched].reset();
	}
	watch_next();
}

/* Completes a waiting ASYNC_EVENT, that with cid or any, as ABORTED. */
bool Management::event_abort(std::optional<uint16_t> cid)
{
	for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
		if (!cid || *at == *cid) {
			Outcome outcome;

			outcome.status = PAMC_STATUS_ABORTED;
			complete(*at, outcome, nullptr);
			waiting_.erase(at);
			return true;
		}
	}
	return false;
}

void Management::raise(unsigned int event, uint32_t info)
{
	if (!(event_mask_ >> event & 1))
		return;
	events_ |= 1u << event;
	event_info_[event] = info;
}

/* What happened, to as many ASYNC_EVENTs as there are. */
void Management::report_events()
{
	while (events_ && !waiting_.empty()) {
		unsigned int event = unsigned(__builtin_ctz(events_));
		Outcome outcome;

		outcome.result = event;
		outcome.info = event_info_[event];
		complete(waiting_.front(), outcome, nullptr);
		waiting_.pop_front();
		events_ &= events_ - 1;
	}
}

/* Event PRESSURE: once, until there was more room again. */
void Management::watch_pressure()
{
	if (!pressure_)
		return;

	pamc_log_capacity now = capacity();
	uint64_t percent = now.usable_bytes ? now.free_bytes * 100 / now.usable_bytes : 0;
	bool pressed = percent < pressure_;

	if (pressed && !pressed_)
		raise(PAMC_EVENT_PRESSURE, uint32_t(percent));
	pressed_ = pressed;
}

void Management::log_error(pamc_log_error entry)
{
	entry.sequence = ++error_sequence_;
	entry.time_ns = time_ns();
	errors_.push_front(entry);
	if (errors_.size() > ERROR_LOG)
		errors_.pop_back();
	raise(PAMC_EVENT_ERROR, PAMC_LOG_ERROR);
}

/* ---------------------------------------------------------------- tests of the card */

void Management::self_test(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	if (sqe.id != 1 && sqe.id != 2 && sqe.id != 15)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, FIELD(id));
	if (sqe.id == 15)
		return; /* none is ever running: they are over at once */
	self_test_.runs++;
	self_test_.percent = 100;
	self_test_.outcome = vault(8 /* READ */).result == 0 ? 1 : 2;
	raise(PAMC_EVENT_SELF_TEST, PAMC_LOG_SELF_TEST);
}

/* All pools and their memory; hardware will have an engine that clears it. */
void Management::forget_pools()
{
	uint32_t held = held_;

	hold(held | 1);
	wait_for(MAILBOX_IDLE, 1, 1, "commands do not end");
	for (Pool &pool : pools_) {
		if (pool.info.id) {
			show_pool(pool, false);
			pool.info = {};
		}
	}
	sim_.clear_memory();
	lay_out();
	vault_lost_ = false;
	hold(held);

	uint64_t epoch = epoch_;

	while (epoch == epoch_ || epoch == 0)
		epoch = random();
	epoch_ = epoch;
	sim_.write64(MAILBOX_BOOT_EPOCH, epoch_);
}

void Management::sanitize()
{
	forget_pools();
	sanitize_.runs++;
	sanitize_.percent = 100;
	sanitize_.outcome = 1;
	raise(PAMC_EVENT_SELF_TEST, PAMC_LOG_SANITIZE);
}

/* ---------------------------------------------------------------- dispatch */

/* Offset of the first wrong field that all commands have, or 0xffff. */
uint16_t Management::entry_wrong(const pamc_admin_sqe &sqe, bool data, uint32_t least)
{
	if (sqe.flags)
		return FIELD(flags);
	if (data && (sqe.addr % 8 || sqe.addr + sqe.length < sqe.addr))
		return FIELD(addr);
	if (data && (sqe.length < least || sqe.length > PAMC_MAX_ADMIN_DATA))
		return FIELD(length);
	if (sqe.function)
		return FIELD(function);
	return sqe.rsvd ? FIELD(rsvd) : 0xffff;
}

void Management::execute(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	bool data = sqe.opcode == PAMC_ADMIN_IDENTIFY || sqe.opcode == PAMC_ADMIN_POOL_CREATE ||
		    sqe.opcode == PAMC_ADMIN_POOL_LIST || sqe.opcode == PAMC_ADMIN_LOG;
	uint32_t least = sqe.opcode == PAMC_ADMIN_IDENTIFY      ? sizeof(pamc_identify)
			 : sqe.opcode == PAMC_ADMIN_POOL_CREATE ? sizeof(pamc_pool_info)
								: 0;
	uint16_t wrong = entry_wrong(sqe, data, least);

	if (sqe.opcode < PAMC_ADMIN_IDENTIFY || sqe.opcode > PAMC_ADMIN_SANITIZE)
		return fail(outcome, PAMC_STATUS_BAD_OPCODE, FIELD(opcode));
	if (wrong != 0xffff)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, wrong);
	switch (sqe.opcode) {
	case PAMC_ADMIN_IDENTIFY:
		return identify(sqe, outcome);
	case PAMC_ADMIN_QP_CREATE:
		return qp_create(sqe, outcome);
	case PAMC_ADMIN_QP_DELETE:
		return qp_delete(sqe, outcome);
	case PAMC_ADMIN_POOL_CREATE:
		return pool_create(sqe, outcome);
	case PAMC_ADMIN_POOL_DESTROY:
		return pool_remove(sqe, outcome, true);
	case PAMC_ADMIN_POOL_FLUSH:
		return pool_remove(sqe, outcome, false);
	case PAMC_ADMIN_POOL_LIST:
		return pool_list(sqe, outcome);
	case PAMC_ADMIN_POOL_SET:
		return pool_set(sqe, outcome);
	case PAMC_ADMIN_FEATURE_GET:
		return feature_get(sqe, outcome);
	case PAMC_ADMIN_FEATURE_SET:
		return feature_set(sqe, outcome);
	case PAMC_ADMIN_LOG:
		return log_page(sqe, outcome);
	case PAMC_ADMIN_ASYNC_EVENT:
		if (waiting_.size() == PAMC_MAX_AEN)
			return fail(outcome, PAMC_STATUS_NO_RESOURCES, 0xffff);
		waiting_.push_back(sqe.cid);
		outcome.later = true;
		return;
	case PAMC_ADMIN_ABORT:
		return abort(sqe, outcome);
	case PAMC_ADMIN_SELF_TEST:
		return self_test(sqe, outcome);
	case PAMC_ADMIN_SANITIZE:
		return sanitize();
	default:
		return fail(outcome, PAMC_STATUS_NOT_SUPPORTED, FIELD(opcode));
	}
}

/* As sim/model/complete.c: what a host should not see in normal use. */
static bool worth_logging(uint8_t status, uint16_t field)
{
	switch (status) {
	case PAMC_STATUS_SUCCESS:
	case PAMC_STATUS_MISS:
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_FROZEN:
	case PAMC_STATUS_ABORTED:
	case PAMC_STATUS_NOT_READY:
		return false;
	case PAMC_STATUS_NOT_FOUND:
		return field != 0xffff;
	default:
		return true;
	}
}

/* sqe: what the error log may have to tell of; none for commands that waited. */
void Management::complete(uint16_t cid, const Outcome &outcome, const pamc_admin_sqe *sqe)
{
	bool logged = sqe && worth_logging(outcome.status, outcome.field);

	admin_++;
	admin_aborts_ += outcome.status == PAMC_STATUS_ABORTED;
	admin_errors_ += outcome.status != PAMC_STATUS_SUCCESS &&
			 outcome.status != PAMC_STATUS_ABORTED &&
			 outcome.status != PAMC_STATUS_MISS;
	if (logged) {
		pamc_log_error entry{};

		entry.cid = cid;
		entry.status = outcome.status;
		entry.opcode = sqe->opcode;
		entry.field = outcome.field;
		entry.addr = outcome.addr;
		log_error(entry);
	}
	wait_for(MAILBOX_EVENTS, BUSY_DONE, 0, "a completion is not taken");
	sim_.write(MAILBOX_DONE_RESULT, outcome.result);
	sim_.write(MAILBOX_DONE_INFO, outcome.info);
	sim_.write(MAILBOX_DONE, cid | uint32_t(outcome.status) << 16 | uint32_t(logged) << 31);
}

void Management::take_admin()
{
	pamc_admin_sqe sqe;
	uint32_t word[16];
	Outcome outcome;

	for (uint32_t n = 0; n < 16; n++)
		word[n] = sim_.read(MAILBOX_ADMIN + 4 * n);
	std::memcpy(&sqe, word, sizeof(sqe));
	sim_.write(MAILBOX_ADMIN_NEXT, 0);
	if (stopped_)
		outcome.status = PAMC_STATUS_ABORTED;
	else
		execute(sqe, outcome);
	if (!outcome.later)
		complete(sqe.cid, outcome, &sqe);
}

} // namespace rtl_card
