// SPDX-License-Identifier: Apache-2.0
/*
 * ABORT of a command that is being executed: the host answers its reads late, so that the
 * command stays inside for as long as the test wants. The ABORT is completed behind its
 * command, as found; one of a command that never was is not found.
 */
#include "card_host.hpp"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1, puts = 6;
constexpr unsigned int late = 20000; /* cycles */

pamc_admin_sqe abort_of(uint16_t cid, uint16_t own)
{
	pamc_admin_sqe sqe{};

	sqe.opcode = PAMC_ADMIN_ABORT;
	sqe.id = qid;
	sqe.cid = own;
	sqe.p.abort.cid = cid;
	return sqe;
}

/* Puts that wait for their pages, each of them aborted; wait: cycles in between. */
void executing(CardHost &card, uint32_t pool, unsigned int wait)
{
	std::array<bool, puts> over{};
	unsigned int aborted = 0;

	card.sim().host().options().latency = late;
	for (uint16_t cid = 0; cid < puts; cid++) {
		pamc_sqe sqe{};

		sqe.opcode = PAMC_OP_PUT;
		sqe.cid = cid;
		sqe.pool = pool;
		sqe.index = cid;
		sqe.addr = card.allocate();
		card.submit(qid, sqe, true);
	}
	for (unsigned int n = 0; n < wait; n++)
		card.step();
	/* One after the other: a push for which there is no room is fetched, and so comes late. */
	for (uint16_t cid = 0; cid <= puts; cid++) {
		card.submit(0, abort_of(cid, uint16_t(100 + cid)), true);
		for (unsigned int n = 0; n < 200; n++)
			card.step();
	}

	uint64_t end = card.now() + 20 * late;

	while (aborted <= puts) {
		card.step();
		tap_check(card.now() < end, "ABORTs are not completed");
		while (auto done = card.poll(0)) {
			uint16_t cid = uint16_t(done->cqe.cid - 100);
			unsigned int status = CardHost::status(done->cqe);

			/* Whatever was completed before is in memory before. */
			while (auto other = card.poll(qid))
				over.at(other->cqe.cid) = true;
			aborted++;
			if (cid == puts) {
				tap_check(status == PAMC_STATUS_NOT_FOUND,
					  "a command that never was is found");
				continue;
			}
			tap_check(status == PAMC_STATUS_SUCCESS,
				  "command " + std::to_string(cid) + " was not found");
			tap_check(over.at(cid), "ABORT of " + std::to_string(cid) +
						    " was completed before its command");
		}
	}
	card.sim().host().options().latency = 200;
	for (bool one : over)
		tap_check(one, "a command was not completed");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (unsigned int wait : {0u, 50u, 3000u}) {
		tap.run("aborted " + std::to_string(wait) + " cycles behind", [&] {
			CardHost card(4 << 20, tap.seed());
			pamc_pool_info info{};

			card.start();
			card.create_queue(qid, 6);
			info.type = PAMC_POOL_TYPE_PERSISTENT;

			uint32_t pool = card.create_pool(info);

			executing(card, pool, wait);
		});
	}
	return tap.done();
}
