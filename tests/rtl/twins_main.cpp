// SPDX-License-Identifier: Apache-2.0
/*
 * The card in RTL beside the C model: random streams of commands to both, good ones and
 * hostile ones (twins.hpp says what must be the same).
 *
 * usage: twins [CASE ...]
 *        twins random many|full|flash|single SEED STEPS	one stream
 *        twins replay FILE	a stream that failed, as it was
 *        twins shrink FILE	makes it shorter, as long as that fails, too
 */
#include <sstream>

#include "twins_try.hpp"

namespace
{

using card_stream::Flavour;
using card_stream::Outcome;
using card_stream::Report;
using card_stream::Stream;

void tell_counts(const char *what, const uint64_t (*counts)[32], unsigned int rows,
		 unsigned int first)
{
	for (unsigned int row = 0; row < rows; row++) {
		std::string line;

		for (unsigned int status = 0; status < 32; status++) {
			if (counts[row][status])
				line += " " + std::to_string(status) + ":" +
					std::to_string(counts[row][status]);
		}
		if (!line.empty())
			std::printf("#   %s opcode %u, status:count%s\n", what, row + first,
				    line.c_str());
	}
}

void tell(const Report &report)
{
	auto number = [](uint64_t value) { return static_cast<unsigned long long>(value); };

	std::printf("# %llu commands and %llu admin commands in %llu cycles; %llu aborted, "
		    "%llu resets with %llu outstanding, %llu looks at all counters, %llu pages "
		    "read back; %llu found by ABORT too late, %llu evicted, %llu in flash\n",
		    number(report.commands), number(report.admins), number(report.cycles),
		    number(report.aborted), number(report.resets), number(report.unsettled),
		    number(report.checks), number(report.read_back), number(report.late_aborts),
		    number(report.evictions), number(report.in_flash));
	tell_counts("I/O", report.io, 8, 0);
	tell_counts("admin", report.admin, 32, 0x80);
}

std::string name_of(const Stream &stream)
{
	return "build/test/twins-" + std::to_string(stream.seed) + ".stream";
}

void write_stream(const std::string &name, const Stream &stream, const std::string &what)
{
	std::filesystem::create_directories("build/test");
	std::ofstream(name) << "# " << what << "\n" << to_text(stream);
}

/* What can happen has: a card, and a test, that never come to it would agree, too. */
void check_reach(Flavour flavour, const Report &total)
{
	using Statuses = std::vector<unsigned int>;

	auto reached = [](const uint64_t(*counts)[32], unsigned int rows, const char *what,
			  const Statuses &statuses) {
		for (unsigned int status : statuses) {
			uint64_t count = 0;

			for (unsigned int row = 0; row < rows; row++)
				count += counts[row][status];
			tap_check(count, std::string("no ") + what + " with status " +
					     std::to_string(status));
		}
	};

	if (flavour == Flavour::FULL) {
		tap_check(total.io[PAMC_OP_PUT][PAMC_STATUS_NO_SPACE], "no put was refused");
		tap_check(total.evictions, "nothing was evicted");
	}
	if (flavour == Flavour::FLASH)
		tap_check(total.in_flash > 50, "few pages were in flash");
	if (flavour != Flavour::MANY)
		return;
	reached(total.io, 8, "command",
		{PAMC_STATUS_SUCCESS, PAMC_STATUS_MISS, PAMC_STATUS_NO_SPACE,
		 PAMC_STATUS_BAD_OPCODE, PAMC_STATUS_BAD_FIELD, PAMC_STATUS_BAD_POOL,
		 PAMC_STATUS_ACCESS_DENIED, PAMC_STATUS_DMA_FAULT, PAMC_STATUS_ABORTED,
		 PAMC_STATUS_FROZEN, PAMC_STATUS_CRC_MISMATCH});
	reached(total.admin, 32, "admin command",
		{PAMC_STATUS_SUCCESS, PAMC_STATUS_BAD_OPCODE, PAMC_STATUS_BAD_FIELD,
		 PAMC_STATUS_NOT_SUPPORTED, PAMC_STATUS_BAD_QUEUE, PAMC_STATUS_NOT_FOUND});
	for (unsigned int opcode = 0; opcode <= PAMC_OP_QUERY; opcode++)
		tap_check(total.io[opcode][PAMC_STATUS_SUCCESS],
			  "no success of opcode " + std::to_string(opcode));
	tap_check(total.aborted && total.late_aborts, "no ABORT in time, or none too late");
	/* Rarer than that. */
	if (total.commands < 40000)
		return;
	reached(total.admin, 32, "admin command", {PAMC_STATUS_DMA_FAULT});
	tap_check(total.unsettled, "no reset with commands outstanding");
	tap_check(total.evictions, "nothing was evicted");
}

/* So many streams of a flavour; the first failure is made short and written down. */
void many(Flavour flavour, uint64_t seed, unsigned int streams, unsigned int steps)
{
	card_stream::Tries tries;
	std::vector<Stream> all;
	Report total;

	for (unsigned int n = 0; n < streams; n++)
		all.push_back(card_stream::make(flavour, seed + n, steps));

	std::vector<Outcome> outcomes = tries.run(all);
	std::string failures;

	for (unsigned int n = 0; n < streams; n++) {
		Stream &stream = all[n];
		std::string name = name_of(stream);

		total.add(outcomes[n].report);
		if (!outcomes[n].failed)
			continue;
		write_stream(name, stream, outcomes[n].what);
		std::printf("# stream %llu, step %llu: %s\n",
			    static_cast<unsigned long long>(stream.seed),
			    static_cast<unsigned long long>(outcomes[n].report.steps),
			    outcomes[n].what.c_str());
		if (failures.empty()) {
			Outcome least = tries.shrink(stream, outcomes[n]);

			write_stream(name, stream, least.what);
			std::printf("# made shorter, to %zu steps: %s\n%s", stream.steps.size(),
				    least.what.c_str(),
				    stream.steps.size() > 40 ? "" : to_text(stream).c_str());
		}
		std::printf("# replay it: build/tests/rtl/twins replay %s\n", name.c_str());
		if (failures.empty())
			failures = outcomes[n].what;
	}
	tell(total);
	tap_check(failures.empty(), failures);
	check_reach(flavour, total);
}

Stream read_stream(const char *name)
{
	std::ifstream in(name);
	std::stringstream text;

	text << in.rdbuf();
	return card_stream::from_text(text.str());
}

int replay(const char *name);

/* twins random FLAVOUR SEED STEPS */
int random_one(char **argv)
{
	const std::string name = argv[0];
	Flavour flavour = name == "many"    ? Flavour::MANY
			  : name == "full"  ? Flavour::FULL
			  : name == "flash" ? Flavour::FLASH
					    : Flavour::SINGLE;
	Stream stream = card_stream::make(flavour, std::strtoull(argv[1], nullptr, 0),
					  unsigned(std::atoi(argv[2])));

	write_stream(name_of(stream), stream, "random");
	return replay(name_of(stream).c_str());
}

int shrink(const char *name)
{
	card_stream::Tries tries;
	Stream stream = read_stream(name);
	Outcome outcome = tries.run({stream}).front();

	if (outcome.failed) {
		outcome = tries.shrink(stream, outcome);
		write_stream(name, stream, outcome.what);
	}
	std::printf("%sok %zu steps: %s\n", outcome.failed ? "not " : "", stream.steps.size(),
		    outcome.what.c_str());
	return outcome.failed;
}

int replay(const char *name)
{
	Stream stream = read_stream(name);
	std::vector<PageFile> files = tap_page_files();
	card_stream::Twins twins(stream, files);

	try {
		twins.run();
	} catch (const std::exception &error) {
		tell(twins.report());
		std::printf("not ok step %llu, cycle %llu: %s\n",
			    static_cast<unsigned long long>(twins.report().steps),
			    static_cast<unsigned long long>(twins.report().cycles), error.what());
		return 1;
	}
	tell(twins.report());
	std::printf("ok %s\n", name);
	return 0;
}

} /* namespace */

int main(int argc, char **argv)
{
	if (argc == 3 && std::string(argv[1]) == "replay")
		return replay(argv[2]);
	if (argc == 5 && std::string(argv[1]) == "random")
		return random_one(argv + 2);
	if (argc == 3 && std::string(argv[1]) == "shrink")
		return shrink(argv[2]);

	Tap tap(argc, argv);
	unsigned int longer = Tap::wants_long() ? 20 : 1;
	uint64_t seed = tap.seed() * 1000;

	/* Two halves, for two processors (tests/suite.list): 100,000 commands. Few long streams, as
	 * a quarter of the time goes to a card's beginning, its end and its resets. */
	tap.run("many at a time", [&] { many(Flavour::MANY, seed + 400, 5 * longer, 11000); });
	tap.run("one at a time", [&] { many(Flavour::SINGLE, seed, longer, 600); });
	tap.run("one at a time in a full card",
		[&] { many(Flavour::FULL, seed + 100, 2 * longer, 1500); });
	tap.run("pages in flash", [&] { many(Flavour::FLASH, seed + 300, longer, 700); });
	tap.run("more, many at a time",
		[&] { many(Flavour::MANY, seed + 700, 4 * longer, 11500); });
	return tap.done();
}
