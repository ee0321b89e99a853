// SPDX-License-Identifier: Apache-2.0
/* What is done to the card under faults (faults.hpp). */
#include "faults.hpp"

namespace
{

using card_faults::Campaign;
using card_faults::Plan;

std::vector<Plan> plans()
{
	std::vector<Plan> made(9);

	made[0].name = "one wrong bit in 8 bytes is nobody's concern";
	made[0].single = 40;
	made[1].name = "damaged pages are told";
	made[1].payload = 8;
	made[2].name = "memory beyond repair";
	made[2].twin = 400;
	made[3].name = "transfers fail";
	made[3].transfers = 200;
	made[3].strays = 50;
	made[4].name = "resets at any time";
	made[4].resets = 25;
	made[5].name = "resets while transfers fail";
	made[5].resets = 25;
	made[5].transfers = 300;
	made[6].name = "rings cannot be read";
	made[6].transfers = 300;
	made[6].rings = true;
	made[6].resets = 200;
	made[7].name = "answers that never come";
	made[7].dropped = 100;
	made[8].name = "one wrong bit in memories on the chip is nobody's concern";
	made[8].chip = 60;
	return made;
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	uint64_t many = Tap::wants_long() ? 30 : 1, seed = tap.seed();
	/* Each answer that does not come takes its time. */
	uint64_t commands = Tap::wants_long() ? 1200 : 500, slow_commands = 300;

	for (const Plan &plan : plans()) {
		tap.run(plan.name, [&] {
			for (uint64_t n = seed; n < seed + many; n++) {
				try {
					/* A ring is read seldom enough. */
					Campaign(plan, n).run(plan.dropped ? slow_commands
							      : plan.rings ? 3 * commands
									   : commands);
				} catch (const std::exception &error) {
					throw std::runtime_error(
					    "PAMCARD_SEED=" + std::to_string(n) + ": " +
					    error.what());
				}
			}
		});
	}
	return tap.done();
}
