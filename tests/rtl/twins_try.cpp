// SPDX-License-Identifier: Apache-2.0
#include "twins_try.hpp"

#include <map>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace card_stream
{

namespace
{

long seconds()
{
	timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Until the other side is closed. */
std::string read_all(int in)
{
	std::string all;
	char part[4096];

	for (ssize_t got; (got = ::read(in, part, sizeof(part))) > 0;)
		all.append(part, size_t(got));
	return all;
}

} /* namespace */

Tries::Tries()
    : width_(std::clamp(std::thread::hardware_concurrency(), 1u, 4u)), most_tries_(300),
      most_seconds_(180)
{
}

/* Writes the report, then what was wrong, if anything was. */
void Tries::child(const Stream &stream, int out) const
{
	Report report;
	std::string what;

	try {
		Twins twins(stream, files_);

		try {
			twins.run();
		} catch (const std::exception &error) {
			what = error.what();
		}
		report = twins.report();
	} catch (const std::exception &error) {
		what = error.what();
	}
	what.insert(0, reinterpret_cast<const char *>(&report), sizeof(report));
	_exit(::write(out, what.data(), what.size()) == ssize_t(what.size()) ? 0 : 1);
}

std::vector<Outcome> Tries::run(const std::vector<Stream> &streams, unsigned int width) const
{
	struct Child {
		size_t which;
		int in;
	};
	std::map<pid_t, Child> running;
	std::vector<Outcome> outcomes(streams.size());
	size_t next = 0;

	std::fflush(stdout);
	while (next < streams.size() || !running.empty()) {
		while (running.size() < width && next < streams.size()) {
			int ends[2];

			if (pipe(ends) != 0)
				throw std::runtime_error("no pipe");

			pid_t pid = fork();

			if (pid < 0)
				throw std::runtime_error("no process");
			if (pid == 0)
				child(streams[next], ends[1]);
			close(ends[1]);
			running[pid] = {next++, ends[0]};
		}

		int status;
		pid_t pid = wait(&status);
		Child child = running.at(pid);
		Outcome &outcome = outcomes[child.which];
		/* Less than a pipe holds: nobody waited for it to be read. */
		std::string said = read_all(child.in);

		close(child.in);
		running.erase(pid);
		if (said.size() < sizeof(Report)) {
			outcome.what = "a rule of the RTL was broken, or it crashed (status " +
				       std::to_string(status) + ")";
		} else {
			std::memcpy(&outcome.report, said.data(), sizeof(Report));
			outcome.what = said.substr(sizeof(Report));
		}
		outcome.failed = !outcome.what.empty() || status != 0;
	}
	return outcomes;
}

const Stream *Tries::first_failing(const std::vector<Stream> &candidates, Outcome &outcome) const
{
	std::vector<Outcome> outcomes = run(candidates, width_);

	for (size_t n = 0; n < candidates.size(); n++) {
		if (outcomes[n].failed) {
			outcome = outcomes[n];
			return &candidates[n];
		}
	}
	return nullptr;
}

Outcome Tries::shrink(Stream &stream, const Outcome &outcome) const
{
	Outcome now = outcome;
	long end = seconds() + most_seconds_;
	unsigned int tries = 0;
	size_t part = stream.steps.size() / 2;
	bool gone = false;

	/* What comes behind the failure has not been looked at. */
	if (now.report.steps && now.report.steps < stream.steps.size()) {
		Stream shorter = stream;

		shorter.steps.resize(now.report.steps);
		std::vector<Stream> candidates = {shorter};
		if (first_failing(candidates, now))
			stream = shorter;
		part = stream.steps.size() / 2;
	}
	for (size_t from = 0; part > 0 && tries < most_tries_ && seconds() < end;) {
		std::vector<Stream> candidates;
		size_t size = stream.steps.size(), places = (size + part - 1) / part, at = from;

		/* As many at once as there are processors. */
		for (; candidates.size() < width_ && at < places; at++) {
			Stream shorter = stream;
			auto first = shorter.steps.begin() + long(at * part);
			auto last = shorter.steps.begin() + long(std::min((at + 1) * part, size));

			shorter.steps.erase(first, last);
			candidates.push_back(std::move(shorter));
		}
		tries += unsigned(candidates.size());

		const Stream *found = first_failing(candidates, now);

		if (found) {
			/* What followed the part that is gone now stands in its place. */
			from += size_t(found - candidates.data());
			stream = *found;
			gone = true;
		} else {
			from = at;
		}
		if (from * part >= stream.steps.size()) {
			/* Once more without single steps while that makes it shorter. */
			part = part > 1 ? std::min((part + 1) / 2, stream.steps.size()) : gone;
			from = 0;
			gone = false;
		}
	}
	return now;
}

} // namespace card_stream
