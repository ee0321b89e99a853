/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams, each tried in a process of its own: what breaks, breaks only that, and a processor
 * is given to each. One that fails is made shorter, as far as tries go, by leaving out parts
 * of it (delta debugging), and written to a file that can be replayed.
 */
#ifndef CARD_TRY_HPP
#define CARD_TRY_HPP

#include <string>
#include <vector>

#include "twins.hpp"

namespace card_stream
{

struct Outcome {
	bool failed = false;
	std::string what;
	Report report;
};

class Tries
{
	std::vector<PageFile> files_ = tap_page_files();
	/* Processors for one that fails; else one, as tests run side by side (tests/run.py). */
	unsigned int width_;
	/* Of one failure. */
	unsigned int most_tries_;
	long most_seconds_;

	[[noreturn]] void child(const Stream &stream, int out) const;
	/* The first of the candidates that fails, if any does. */
	const Stream *first_failing(const std::vector<Stream> &candidates, Outcome &outcome) const;

      public:
	Tries();
	/* The outcomes, in the order of the streams. */
	std::vector<Outcome> run(const std::vector<Stream> &streams, unsigned int width = 1) const;
	/* The outcome of what it became. */
	Outcome shrink(Stream &stream, const Outcome &outcome) const;
};

} // namespace card_stream

#endif /* CARD_TRY_HPP */
