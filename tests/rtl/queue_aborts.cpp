/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ABORTs that look for their commands when their queue pair goes: the next one of its number
 * has nothing to do with them. Random hosts (queue.cpp) come to that by luck only.
 */
#include "queue_bench.hpp"

using namespace queue;

namespace
{

constexpr unsigned int qid = 7, entries = 8;

void create(Bench &bench)
{
	bench.create(qid, bench.config_of(qid, 5, 6, false));
}

void rounds(Bench &bench)
{
	create(bench);
	for (unsigned int round = 0; round < 50; round++) {
		for (uint16_t cid = 0; bench.abort(qid, cid); cid++)
			;
		bench.end(DELETE, qid);
		bench.finish_control();
		bench.ended(DELETE, qid);
		create(bench);
		/* Its commands have the same CIDs; the bench sees to it that none is aborted. */
		for (unsigned int n = 0; n < entries; n++)
			bench.push(qid, bench.write_entry(qid));
		bench.steps(2000);
		tap_check(bench.pairs[qid].ref.handed == entries, "entries are missing");
		tap_check(!bench.aborts_open(), "an abort has no answer");
	}
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("ABORTs end with their queue pair", [&] {
		Bench bench(tap.seed());

		rounds(bench);
	});
	return tap.done();
}
